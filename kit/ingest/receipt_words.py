"""The words of a receipt, from its record: one line that says whether it worked, then sections of lines.

As text a receipt of a good file fits one screen (:data:`SCREEN` lines); pages show everything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kit.checks import CHECKS
from kit.ingest.column_units import symbol_of
from kit.ingest.receipt import NOTHING, SHOWN, hints, problem_words, recorded_question
from kit.ingest.suggestions import reason_template
from kit.text import N_, day, join, number, tr, trn
from kit.vocab import variable

#: Lines of one screen; how many variables and notes, ranges of rows and reasons the text shows at most.
SCREEN, VARIABLES, NOTES, RANGES, REASONS = 24, 8, 6, 6, 12
#: A receipt names all stations up to this many, then the first eight and their number.
STATIONS = 20

#: Status -> the first words of a receipt.
STATUS = {
    "understood": N_("{file} was understood"),
    "stored": N_("{file} is stored"),
    "received": N_("{file} is received and safe; it will be in the tables soon"),
    "to-bring": N_("{file} was understood; it is on this device only"),
    "already": N_("{file} was already here; nothing was stored twice"),
    "restored": N_("{file} had been taken back and is here again"),
    "refused": N_("{file} was NOT stored"),
    "answer-needed": N_("{file}: kit needs an answer first; nothing was stored"),
    "corrected": N_("{file} is corrected"),
}


#: How rows are counted; people see the row of their spreadsheet.
ROWS = N_("Rows are counted below the column names: row 1 is the first line with values.")


def first_line(record: Mapping[str, Any], lang: str | None = None) -> str:
    """Return the line that says whether it worked, and how many rows are new."""
    record = NOTHING | dict(record)
    status = record["status"]
    if record["questions"] or status == "question":
        return tr(STATUS["answer-needed"], lang, file=record["file"]) + "."
    if record["corrects"] and status == "stored":
        status = "corrected"
    start = tr(STATUS[status], lang, file=record["file"])
    if status == "refused":
        return start + "."
    rows = trn("{n} row", "{n} rows", record["rows"], lang)
    if status == "already":
        return f"{start}: {rows}."
    flagged = trn("{n} flagged", "{n} flagged", record["flagged"], lang)
    others = [
        (record["rejected"], trn("{n} refused", "{n} refused", record["rejected"], lang)),
        (record["duplicate"], trn("{n} known already", "{n} known already", record["duplicate"], lang)),
    ]
    wrong = [text for n, text in others if n]
    good = trn("{n} good", "{n} good", record["accepted"], lang)
    if record["duplicate"]:
        new = trn("{n} of them new", "{n} of them new", record["accepted"] + record["flagged"], lang)
        told = f"{new} ({join([good, flagged], lang)})" if record["flagged"] else new
        return f"{start}: {rows}, {join([told, *wrong], lang)}."
    if record["flagged"]:
        wrong.insert(0, flagged)
    if not wrong:
        return f"{start}: {rows}, {tr('all of them good', lang)}."
    return f"{start}: {rows}, {join([good, *wrong], lang)}."


def sections(
    record: Mapping[str, Any], lang: str | None = None, *, short: bool = False, typed: bool = False
) -> list[tuple[str, list[str]]]:
    """Return (heading, lines) of a receipt; only those with something to say. Lines without one belong above.

    ``short`` leaves out what does not fit one screen, and says so; with ``typed`` answers stand there as they
    are written on the command line.
    """
    record = NOTHING | dict(record)
    found = [
        (tr("Please answer", lang), _question_lines(record, lang, typed)),
        (tr("Changed", lang), _changed_lines(record, lang)),
        (tr("Understood", lang), _understood(record, lang, short)),
        (tr("Flagged: kept, but look at them", lang), _flag_lines(record, lang, short)),
        (tr("Refused: not kept", lang), _refused_lines(record, lang)),
        ("", [tr(ROWS, lang)] if record["flags"] or record["refused"] else []),
        (tr("Good to know", lang), _shortened(_note_lines(record, lang), NOTES if short else 0, lang)),
    ]
    return [(heading, lines) for heading, lines in found if lines]


def receipt_text(record: Mapping[str, Any], lang: str | None = None) -> str:
    """Return the receipt in plain words; the first line says whether it worked.

    ``record`` is that of :func:`kit.ingest.receipt_record`; numbers are written as ``lang`` writes them.

    >>> receipt_text({"file": "a.csv", "rows": 1200, "accepted": 1200}, "en").splitlines()[0]
    'a.csv was understood: 1,200 rows, all of them good.'
    """
    record = NOTHING | dict(record)
    lines = [first_line(record, lang)]
    for heading, body in sections(record, lang, short=True, typed=True):
        lines += ["", heading, *(f"  {line}" for line in body)] if heading else [f"  {line}" for line in body]
    if record["submission"]:
        lines += ["", tr("Submission: {id}", lang, id=record["submission"][:12])]
    return "\n".join(lines)


def _shortened(lines: list[str], most: int, lang: str | None) -> list[str]:
    if not most or len(lines) <= most:
        return lines
    more = trn("… and {n} more line", "… and {n} more lines", len(lines) - most + 1, lang)
    return [*lines[: most - 1], more]


def _question_lines(record: Mapping[str, Any], lang: str | None, typed: bool) -> list[str]:
    """Return questions and their answers; ``typed``: as they are written on the command line."""
    lines = []
    for question in record["questions"]:
        asked = recorded_question(question, lang)
        lines.append(asked["text"])
        for option in asked["options"][:6]:
            value, label = option["value"], option["label"]
            words = value if label == value else f"{value}  ({label})"
            lines.append(f"   --answer {asked['id']}={words}" if typed else f"   {label}")
        if len(asked["options"]) > 6:
            lines.append("   …")
    return lines


def _changed_lines(record: Mapping[str, Any], lang: str | None) -> list[str]:
    """Say what a correction changed: rows that moved, answers from → to."""
    change = record["corrects"]
    if not change:
        return []
    lines = []
    before, after = (join(list(names), lang) for names in change["stations"])
    if before != after:
        lines.append(
            trn(
                "{n} row moved from {before} to {after}.", "{n} rows moved from {before} to {after}.",
                change["rows"], lang, before=before, after=after,
            )
        )  # fmt: skip
    for name, old, new in change["answers"]:
        if name.split(".")[0] != "station" or before == after:
            lines.append(f"{name}: {old or '–'} → {new or '–'}")
    was = change["submission"][:12]
    return [*lines, tr("Submission {id} does not count any more; this one is in its place.", lang, id=was)]


def _understood(record: Mapping[str, Any], lang: str | None, short: bool) -> list[str]:
    lines = []
    if record["stations"]:
        new = record["new_stations"].get("stations", ())
        names = [one["name"] or one["id"] for one in record["stations"] if one["id"] not in new]
        if len(names) > (VARIABLES if short else STATIONS):
            shown = ", ".join(names[:VARIABLES])
            lines.append(tr("{n} stations: {names}, …", lang, n=number(len(names), 0, lang), names=shown))
        elif names:
            lines.append(tr("Station: {names}", lang, names=join(names, lang)))
        if new:
            shown = ", ".join(new[:VARIABLES]) + (" …" if len(new) > VARIABLES else "")
            lines.append(
                trn("New station: {names}", "{n} new stations: {names}", len(new), lang, names=shown)
            )
    if record["time"].get("start"):
        lines.append(_time_line(record, lang))
    if record["species"]:
        shown = ", ".join(record["species"][:SHOWN]) + (" …" if record["species_total"] > SHOWN else "")
        lines.append(tr("Species: {n} ({names})", lang, n=record["species_total"], names=shown))
    facts = [(name, one) for name, one in record["variables"].items() if one["count"]]
    most = VARIABLES if short and len(facts) > VARIABLES + 1 else len(facts)
    lines += [_variable_line(name, one, lang) for name, one in facts[:most]]
    if facts[most:]:
        lines.append(
            tr("and {names}", lang, names=join([variable(n).name(lang) for n, _ in facts[most:]], lang))
        )
    return lines


def _variable_line(name: str, facts: Mapping[str, Any], lang: str | None) -> str:
    """One variable: how many values from where to where, and from which columns and units."""
    known = variable(name)
    values = {
        "name": known.name(lang), "n": number(facts["count"], 0, lang), "unit": known.symbol,
        "low": number(facts["min"], known.digits, lang), "high": number(facts["max"], known.digits, lang),
    }  # fmt: skip
    if values["low"] == values["high"]:
        many = trn("{n} value", "{n} values", facts["count"], lang)
        line = f"{values['name']}: {many}, {values['low']} {known.symbol}".rstrip()
    else:
        line = tr("{name}: {n} values from {low} to {high} {unit}", lang, **values).rstrip()
    units = ", ".join(symbol_of(one) for one in facts["unit_in"].split(", "))
    columns = [text for text in facts.get("columns", ()) if text.casefold() != known.name(lang).casefold()]
    shown = ", ".join(columns[:3]) + (" …" if len(columns) > 3 else "")
    if columns and facts["unit_in"] != facts["unit"]:
        return f"{line} {tr('(column {columns}, in {units})', lang, columns=shown, units=units)}"
    if columns:
        return f"{line} {tr('(column {columns})', lang, columns=shown)}"
    if facts["unit_in"] != facts["unit"]:
        return f"{line} {tr('(in the file: {units})', lang, units=units)}"
    return line


def _time_line(record: Mapping[str, Any], lang: str | None) -> str:
    when = _when(record)
    if when["local"]:
        return tr("Time: {start} to {end} (time of {local}), clock of the file: {zone}", lang, **when)
    return tr("Time: {start} to {end}, clock of the file: {zone}", lang, **when)


def _when(record: Mapping[str, Any]) -> dict[str, str]:
    """Return the first and last time by the clock of the station; in UTC where stations' clocks differ."""
    time = record["time"]
    zones = {str(station.get("zone") or "") for station in record["stations"]}
    found = {"local": "", "zone": time.get("zone") or "–"}
    for key in ("start", "end"):
        found[key] = str(time[key]).replace("T", " ").replace("Z", " UTC")
    try:
        info = ZoneInfo(zones.pop()) if len(zones) == 1 else None
        moments = [datetime.fromisoformat(str(time[key])) for key in ("start", "end")]
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return found
    if info is None or any(moment.tzinfo is None for moment in moments):
        return found
    start, end = (f"{moment.astimezone(info):%Y-%m-%d %H:%M}" for moment in moments)
    return found | {"start": start, "end": end, "local": "" if info.key == found["zone"] else info.key}


def _flag_lines(record: Mapping[str, Any], lang: str | None, short: bool) -> list[str]:
    """One line per reason: why, then each variable with how many values and their rows."""
    reasons: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for group in record["flags"]:
        reasons.setdefault(group["reason"], {}).setdefault(group["variable"], []).append(group)
    lines = []
    most = REASONS if short else len(reasons)
    for reason, names in list(reasons.items())[:most]:
        why = " ".join(tr(reason_template(code), lang) for code in reason.split(";") if code)
        lines.append(why)
        parts = [_flag_part(name, groups, lang) for name, groups in names.items()]
        lines.append("   " + "; ".join(parts))
    if len(reasons) > most:
        lines.append(trn("… and {n} more reason", "… and {n} more reasons", len(reasons) - most, lang))
    for problem in hints(record["problems"]):
        said = problem_words(problem, lang)
        lines.append("   → " + tr("row {row}:", lang, row=said["row"]) + " " + said["suggestion"])
    return lines


def _flag_part(name: str, groups: list[dict[str, Any]], lang: str | None) -> str:
    said = variable(name).name(lang) if name else tr("sightings", lang)
    values = trn("{n} value", "{n} values", sum(group["values"] for group in groups), lang)
    runs = sorted(run for group in groups for run in _ranges(group, "first_rows"))
    more = sum(group["rows"] for group in groups) > sum(last - first + 1 for first, last in runs)
    if not more and len(runs) == 1 and runs[0][0] == runs[0][1]:
        return tr("{name}: {values} (row {row})", lang, name=said, values=values, row=runs[0][0])
    return tr("{name}: {values} (rows {rows})", lang, name=said, values=values, rows=rows_text(runs, more))


def _ranges(group: Mapping[str, Any], first: str) -> list[list[int]]:
    """Return the ranges of rows of a group; receipts of an older kit have only the first rows."""
    return [list(run) for run in group.get("ranges") or [[row, row] for row in group[first]]]


def rows_text(runs: Sequence[Sequence[int]], more: bool = False) -> str:
    """Return ranges of rows as people write them, at most six.

    >>> rows_text([[14, 18], [40, 40], [41, 42]])
    '14-18, 40, 41-42'
    """
    shown = [str(first) if first == last else f"{first}-{last}" for first, last in runs[:RANGES]]
    return ", ".join(shown) + (" …" if more or len(runs) > RANGES else "")


def _refused_lines(record: Mapping[str, Any], lang: str | None) -> list[str]:
    lines = []
    for group in record["refused"]:
        first = problem_words(group["first"], lang)
        line = first["message"]
        if group["count"] > 1:
            runs = _ranges(group, "rows")
            more = group["count"] > sum(last - start + 1 for start, last in runs)
            line += " " + trn("({n} such row: {rows})", "({n} such rows: {rows})", group["count"], lang,
                              rows=rows_text(runs, more))  # fmt: skip
        lines.append(line)
        if first["suggestion"]:
            lines.append("   → " + first["suggestion"])
    return lines


def _note_lines(record: Mapping[str, Any], lang: str | None) -> list[str]:
    lines = [*_remembered_lines(record, lang), *_elsewhere_lines(record, lang), *_new_lines(record, lang)]
    if record["dropped_columns"]:
        names = ", ".join(record["dropped_columns"])
        lines.append(tr("Columns about people were left out and not kept: {names}", lang, names=names))
    lines += [tr(template, lang, **params) for template, params in record["notes"]]
    by_reason: dict[str, list[str]] = {}
    for name, why in record["ignored_columns"].items():
        if name.startswith("kit:"):  # a column of kit's own templates
            continue
        by_reason.setdefault(why, []).append(name)
    for why, names_of in by_reason.items():
        shown = ", ".join(names_of[:8]) + (" …" if len(names_of) > 8 else "")
        reason = tr(why, lang) if why else tr("not needed", lang)
        lines.append(tr("Columns not used: {names} ({why})", lang, names=shown, why=reason))
    told = {*record["remembered"].get("answers", {})}
    taken = [
        f"{key} = {value}" for key, value in record["answers"].items()
        if key.split(".")[0] not in ("station", "zone", "unit", "variable") and key not in told
    ]  # fmt: skip
    if taken and not record["questions"]:
        shown = ", ".join(taken[:VARIABLES]) + (" …" if len(taken) > VARIABLES else "")
        lines.append(tr("Answers that were used: {answers}", lang, answers=shown))
    if record["blank"]:
        lines.append(trn("{n} empty row was skipped.", "{n} empty rows were skipped.", record["blank"], lang))
    checks_off = dict.fromkeys(str(n["check"]) for n in record["not_run"])
    if checks_off:
        names = " ".join(tr(CHECKS.get(check, check), lang) for check in checks_off)
        lines.append(tr("Checks that could not run: {names}", lang, names=names))
    return lines


def _remembered_lines(record: Mapping[str, Any], lang: str | None) -> list[str]:
    """Say which answers were taken over from an earlier file, and how to say otherwise."""
    told = record["remembered"]
    if not told:
        return []
    answers = ", ".join(f"{name} = {value}" for name, value in told["answers"].items())
    when = day(date.fromisoformat(told["made"][:10]), lang)
    line = tr("Answers from your file {file} of {day} were used: {answers}.", lang,
              file=told["file"], day=when, answers=answers)  # fmt: skip
    if not record["submission"]:
        return [line + " " + tr("If one is wrong, give another: --answer ID=VALUE", lang)]
    wrong = tr("If one is wrong: kit correct {id} --answer ID=VALUE", lang, id=record["submission"][:12])
    return [f"{line} {wrong}"]


def _new_lines(record: Mapping[str, Any], lang: str | None) -> list[str]:
    """Say how to mend a new station that was only a slip."""
    new, others = (record["new_stations"].get(key, ()) for key in ("stations", "others"))
    if len(new) != 1 or not others or not record["submission"]:
        return []
    template = N_(
        "If the new station is a slip and one of these was meant: {others}, write kit correct {id} --station"
        " SCHOOL/PLACE"
    )
    return [tr(template, lang, others=", ".join(others), id=record["submission"][:12])]


def _elsewhere_lines(record: Mapping[str, Any], lang: str | None) -> list[str]:
    """Name other submissions of the same file that count too: one of them is probably a mistake."""
    template = N_(
        "The same file also counts with other answers: submission {id} ({stations}). If that was a mistake:"
        " kit retract {id}"
    )
    return [
        tr(template, lang, id=one["submission"][:12], stations=", ".join(one["stations"]))
        for one in record["elsewhere"]
    ]
