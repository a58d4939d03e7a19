"""Receipts: what a person reads after giving a file.

The *record* is neutral of language: it keeps templates and parameters, so that a receipt can be read again
later in another language. The first line says whether it worked; then what was understood, what is flagged,
what was refused and how to mend it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kit.ingest.columns import symbol_of
from kit.ingest.suggestions import reason_template
from kit.model import Problem, Question, Report
from kit.text import N_, join, number, tr, trn
from kit.vocab import variable, variables

LISTED = 500
_SHOWN = 5

#: Status -> the first words of a receipt.
STATUS = {
    "understood": N_("{file} was understood"),
    "stored": N_("{file} is stored"),
    "received": N_("{file} is received and safe; it will be in the tables soon"),
    "already": N_("{file} was already here; nothing was stored twice"),
    "restored": N_("{file} had been taken back and is here again"),
    "refused": N_("{file} was NOT stored"),
    "answer-needed": N_("{file}: kit needs an answer first; nothing was stored"),
}
#: What a record holds at least; a file that could not be understood has nothing else than name and status.
NOTHING: dict[str, Any] = {
    "file": "", "status": "understood", "submission": "", "received": "", "format": "", "kind": "readings",
    "stations": (), "rows": 0, "blank": 0, "accepted": 0, "flagged": 0, "rejected": 0, "duplicate": 0,
    "values": 0, "variables": {}, "time": {}, "answers": {}, "dropped_columns": (), "ignored_columns": {},
    "questions": (), "not_run": (), "flags": (), "refused": (), "problems": (), "problems_total": 0,
    "notes": (),
}  # fmt: skip


def receipt_record(
    report: Report, *, submission: str = "", status: str = "understood", received: str = ""
) -> dict[str, Any]:
    """Return the report as a JSON-able dict without language; at most 500 problems are listed."""
    return {
        "file": report.file, "status": status, "submission": submission, "received": received,
        "format": report.format, "kind": report.kind, "stations": [s.to_dict() for s in report.stations],
        "rows": report.rows, "blank": report.blank, "accepted": report.accepted, "flagged": report.flagged,
        "rejected": report.rejected, "duplicate": report.duplicate, "values": report.values,
        "variables": report.variables, "time": dict(report.time), "answers": dict(report.answers),
        "dropped_columns": list(report.dropped_columns), "ignored_columns": dict(report.ignored_columns),
        "questions": [_question_record(question) for question in report.questions],
        "not_run": [asdict(one) for one in report.not_run],
        "flags": _flag_groups(report), "refused": _refused_groups(report),
        "problems": [_problem_record(problem) for problem in report.problems[:LISTED]],
        "problems_total": len(report.problems),
        "notes": [[template, dict(params)] for template, params in report.notes],
    }  # fmt: skip


def _question_record(question: Question) -> dict[str, Any]:
    return {**asdict(question), "options": [list(option) for option in question.options]}


def _problem_record(problem: Problem) -> dict[str, Any]:
    return asdict(problem)


def _flag_groups(report: Report) -> list[dict[str, Any]]:
    """Return the flagged values grouped by variable, flag and reason, with the first rows of each."""
    table = report.readings if report.kind == "readings" else report.sightings.assign(variable="")
    wrong = table[table["flag"].isin((3, 4, 9))]
    groups = []
    for (name, flag, reason), part in wrong.groupby(["variable", "flag", "reason"], sort=False):
        rows = part["row"].drop_duplicates()
        groups.append({
            "variable": str(name), "flag": int(str(flag)), "reason": str(reason), "values": len(part),
            "rows": len(rows), "first_rows": [int(row) for row in rows.head(_SHOWN)],
        })  # fmt: skip
    return sorted(groups, key=lambda g: (g["flag"] == 9, -g["flag"], -g["values"]))


def _refused_groups(report: Report) -> list[dict[str, Any]]:
    """Return the problems of refused rows and cells, grouped by code, in the order of the file."""
    stored = set(report.readings["row"]) | set(report.sightings["row"])
    groups: dict[str, dict[str, Any]] = {}
    for problem in report.problems:
        if problem.row is None or (problem.row in stored and problem.code not in ("unreadable", "bad-count")):
            continue
        group = groups.setdefault(
            problem.code, {"code": problem.code, "count": 0, "rows": [], "first": _problem_record(problem)}
        )
        group["count"] += 1
        if len(group["rows"]) < _SHOWN:
            group["rows"].append(problem.row)
    return sorted(groups.values(), key=lambda g: -g["count"])


def receipt_dict(record: Mapping[str, Any], lang: str | None = None) -> dict[str, Any]:
    """Return the receipt with the keys of ``kit upload --json``, texts in ``lang``."""
    keys = (
        "file", "status", "submission", "received", "format", "kind", "rows", "blank", "accepted", "flagged",
        "rejected", "duplicate", "values", "variables", "time", "dropped_columns", "answers", "flags",
    )  # fmt: skip
    record = NOTHING | dict(record)
    found: dict[str, Any] = {key: record[key] for key in keys}
    found["stations"] = [station["id"] for station in record["stations"]]
    found["ignored_columns"] = {
        name: tr(why, lang) if why else "" for name, why in record["ignored_columns"].items()
    }
    found["questions"] = [_question(question, lang) for question in record["questions"]]
    found["not_run"] = [
        {
            "check": n["check"],
            "variable": n["variable"],
            "station": n["station"],
            "why": tr(n["why"], lang, **n["params"]),
        }
        for n in record["not_run"]
    ]
    found["problems"] = [problem_words(problem, lang) for problem in record["problems"]]
    found["problems_total"] = record["problems_total"]
    found["notes"] = [tr(template, lang, **params) for template, params in record["notes"]]
    return found


def question_words(question: Question, lang: str | None = None) -> dict[str, Any]:
    """Return a question as people read it: ``id``, ``text``, ``options`` (value, label), ``likely``."""
    return _question(_question_record(question), lang)


def _question(question: Mapping[str, Any], lang: str | None) -> dict[str, Any]:
    params = dict(question["params"])
    options = [{"value": value, "label": tr(label, lang, **params)} for value, label in question["options"]]
    if params.get("variable") in variables():
        params["variable"] = variable(params["variable"]).name(lang)
    text = tr(question["text"], lang, **params)
    return {"id": question["id"], "text": text, "options": options, "likely": question["likely"]}


def problem_words(problem: Mapping[str, Any], lang: str | None) -> dict[str, Any]:
    """Return a problem of a record as the keys of ``problems`` in the command line's ``--json``."""
    places = {key: problem[key] for key in ("row", "column", "value")} | problem["params"]
    if "why" in places:
        places["why"] = tr(places["why"], lang)
    suggestion = tr(problem["suggestion"], lang, **places) if problem["suggestion"] else ""
    return {
        **{key: problem[key] for key in ("row", "column", "value", "code")},
        "message": tr(problem["message"], lang, **places), "suggestion": suggestion,
    }  # fmt: skip


# --- words -------------------------------------------------------------------------------------------


def first_line(record: Mapping[str, Any], lang: str | None = None) -> str:
    """Return the line that says whether it worked."""
    if record["questions"]:
        return tr(STATUS["answer-needed"], lang, file=record["file"]) + "."
    start = tr(STATUS[record["status"]], lang, file=record["file"])
    if record["status"] == "refused":
        return start + "."
    counts = [trn("{n} row", "{n} rows", record["rows"], lang)]
    parts = [
        (record["flagged"], trn("{n} flagged", "{n} flagged", record["flagged"], lang)),
        (record["rejected"], trn("{n} refused", "{n} refused", record["rejected"], lang)),
        (record["duplicate"], trn("{n} known already", "{n} known already", record["duplicate"], lang)),
    ]
    wrong = [text for n, text in parts if n]
    if not wrong:
        return f"{start}: {counts[0]}, {tr('all of them good', lang)}."
    good = trn("{n} good", "{n} good", record["accepted"], lang)
    return f"{start}: {counts[0]}, {join([good, *wrong], lang)}."


def sections(record: Mapping[str, Any], lang: str | None = None) -> list[tuple[str, list[str]]]:
    """Return (heading, lines) of a receipt; only those with something to say."""
    found = [
        (tr("Please answer", lang), _question_lines(record, lang)),
        (tr("Understood", lang), _understood(record, lang)),
        (tr("Flagged: kept, but look at them", lang), _flag_lines(record, lang)),
        (tr("Refused: not kept", lang), _refused_lines(record, lang)),
        (tr("Good to know", lang), _note_lines(record, lang)),
    ]
    return [(heading, lines) for heading, lines in found if lines]


def _question_lines(record: Mapping[str, Any], lang: str | None) -> list[str]:
    lines = []
    for question in record["questions"]:
        asked = _question(question, lang)
        lines.append(asked["text"])
        for option in asked["options"][:6]:
            shown = (
                option["label"]
                if option["label"] == option["value"]
                else f"{option['value']}  ({option['label']})"
            )
            lines.append(f"   --answer {asked['id']}={shown}")
        if len(asked["options"]) > 6:
            lines.append("   …")
    return lines


def _understood(record: Mapping[str, Any], lang: str | None) -> list[str]:
    lines = []
    if record["stations"]:
        names = [station["name"] or station["id"] for station in record["stations"]]
        lines.append(tr("Station: {names}", lang, names=join(names, lang)))
    if record["time"].get("start"):
        lines.append(_time_line(record, lang))
    for name, facts in record["variables"].items():
        known = variable(name)
        digits = known.digits
        if not facts["count"]:
            continue
        values = {
            "name": known.name(lang), "n": number(facts["count"], 0, lang), "unit": known.symbol,
            "low": number(facts["min"], digits, lang), "high": number(facts["max"], digits, lang),
        }  # fmt: skip
        line = tr("{name}: {n} values from {low} to {high} {unit}", lang, **values).rstrip()
        if facts["unit_in"] != facts["unit"]:
            units = ", ".join(symbol_of(one) for one in facts["unit_in"].split(", "))
            line += " " + tr("(in the file: {units})", lang, units=units)
        lines.append(line)
    return lines


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


def _flag_lines(record: Mapping[str, Any], lang: str | None) -> list[str]:
    """One line per reason: why, then each variable with how many values and the first rows."""
    reasons: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for group in record["flags"]:
        reasons.setdefault(group["reason"], {}).setdefault(group["variable"], []).append(group)
    lines = []
    for reason, names in reasons.items():
        why = " ".join(tr(reason_template(code), lang) for code in reason.split(";") if code)
        lines.append(why)
        parts = [_flag_part(name, groups, lang) for name, groups in names.items()]
        lines.append("   " + "; ".join(parts))
    hints = [p for p in record["problems"] if {"other", "fitting"} & set(p["params"])]
    for problem in hints[:_SHOWN]:
        said = problem_words(problem, lang)
        lines.append("   → " + tr("row {row}:", lang, row=said["row"]) + " " + said["suggestion"])
    return lines


def _flag_part(name: str, groups: list[dict[str, Any]], lang: str | None) -> str:
    said = variable(name).name(lang) if name else tr("sightings", lang)
    values = trn("{n} value", "{n} values", sum(group["values"] for group in groups), lang)
    first = sorted(row for group in groups for row in group["first_rows"])[:_SHOWN]
    more = " …" if sum(group["rows"] for group in groups) > len(first) else ""
    rows = ", ".join(map(str, first)) + more
    return tr("{name}: {values} (rows {rows})", lang, name=said, values=values, rows=rows)


def _refused_lines(record: Mapping[str, Any], lang: str | None) -> list[str]:
    lines = []
    for group in record["refused"]:
        first = problem_words(group["first"], lang)
        line = first["message"]
        if group["count"] > 1:
            more = ", ".join(map(str, group["rows"][1:])) + (
                " …" if group["count"] > len(group["rows"]) else ""
            )
            line += " " + trn(
                "(and {n} more: rows {rows})",
                "(and {n} more: rows {rows})",
                group["count"] - 1,
                lang,
                rows=more,
            )
        lines.append(line)
        if first["suggestion"]:
            lines.append("   → " + first["suggestion"])
    return lines


def _note_lines(record: Mapping[str, Any], lang: str | None) -> list[str]:
    lines = []
    if record["dropped_columns"]:
        names = ", ".join(record["dropped_columns"])
        lines.append(tr("Columns about people were left out and not kept: {names}", lang, names=names))
    by_reason: dict[str, list[str]] = {}
    for name, why in record["ignored_columns"].items():
        by_reason.setdefault(why, []).append(name)
    for why, names_of in by_reason.items():
        shown = ", ".join(names_of[:8]) + (" …" if len(names_of) > 8 else "")
        reason = tr(why, lang) if why else tr("not needed", lang)
        lines.append(tr("Columns not used: {names} ({why})", lang, names=shown, why=reason))
    lines += [tr(template, lang, **params) for template, params in record["notes"]]
    taken = [f"{key} = {value}" for key, value in record["answers"].items() if not key.startswith("station")]
    if taken and not record["questions"]:
        lines.append(tr("Answers that were used: {answers}", lang, answers=", ".join(taken)))
    if record["blank"]:
        lines.append(trn("{n} empty row was skipped.", "{n} empty rows were skipped.", record["blank"], lang))
    checks_off = dict.fromkeys(str(n["check"]) for n in record["not_run"])
    if checks_off:
        lines.append(tr("Checks that could not run: {names}", lang, names=", ".join(checks_off)))
    return lines


def receipt_text(record: Mapping[str, Any], lang: str | None = None) -> str:
    """Return the receipt in plain words; the first line says whether it worked."""
    record = NOTHING | dict(record)
    lines = [first_line(record, lang)]
    for heading, body in sections(record, lang):
        lines += ["", heading, *(f"  {line}" for line in body)]
    if record["submission"]:
        lines += ["", tr("Submission: {id}", lang, id=record["submission"][:12])]
    return "\n".join(lines)
