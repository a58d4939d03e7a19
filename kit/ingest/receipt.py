"""Receipts: what a person reads after giving a file.

The *record* is neutral of language: it keeps templates and parameters, so that a receipt can be read again
later in another language (:mod:`kit.ingest.receipt_words` as text, :mod:`kit.ingest.receipt_page` as HTML).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kit.model import Flag, Problem, Question, Report
from kit.text import tr
from kit.vocab import variable, variables

#: How many problems, first rows and ranges of rows a record lists at most.
LISTED, SHOWN, RANGES = 500, 5, 40
#: How many problems a page shows at most.
LOOKED_AT = 100

#: What a record holds at least; a file that could not be understood has nothing else than name and status.
NOTHING: dict[str, Any] = {
    "file": "", "status": "understood", "submission": "", "received": "", "format": "", "kind": "readings",
    "stations": (), "rows": 0, "blank": 0, "accepted": 0, "flagged": 0, "rejected": 0, "duplicate": 0,
    "values": 0, "variables": {}, "time": {}, "answers": {}, "dropped_columns": (), "ignored_columns": {},
    "questions": (), "not_run": (), "flags": (), "refused": (), "problems": (), "problems_total": 0,
    "notes": (), "remembered": {}, "corrects": {}, "elsewhere": (),
    "new_stations": {},
    "species": (), "species_total": 0,
}  # fmt: skip


def receipt_record(
    report: Report, *, submission: str = "", status: str = "understood", received: str = ""
) -> dict[str, Any]:
    """Return the report as a JSON-able dict without language; at most 500 problems are listed.

    ``received`` is when the file was given (ISO 8601, UTC), ``status`` one of "understood", "to-bring",
    "question", "stored", "refused". Times are UTC at the start of the period, values in the unit named beside
    them.

    >>> from kit.ingest import understand
    >>> from kit.model import Source, Station
    >>> roof = Station("school/roof", zone="Europe/Tallinn")
    >>> text = b"time;temp (F)\\n2026-03-01 10:00;50\\n2026-03-01 11:00;59\\n"
    >>> record = receipt_record(understand(Source("a.csv", text), {"station": "school/roof"}, [roof]))
    >>> [record["variables"]["temperature"][key] for key in ("count", "min", "max", "unit")]
    [2, 10.0, 15.0, 'Cel']
    >>> record["time"]["start"], record["time"]["zone"]
    ('2026-03-01T08:00:00Z', 'Europe/Tallinn')
    """
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
        **_species(report),
    }  # fmt: skip


def _species(report: Report) -> dict[str, Any]:
    """Return the species that were seen, most frequent first (few), and how many they are."""
    table = report.sightings
    if not len(table):
        return {"species": [], "species_total": 0}
    names = table["vernacularName"].where(table["vernacularName"] != "", table["scientificName"])
    counts = names[(names != "") & (table["occurrenceStatus"] != "absent")].value_counts()
    return {"species": [str(name) for name in counts.index[: SHOWN + 1]], "species_total": len(counts)}


def _question_record(question: Question) -> dict[str, Any]:
    return {**asdict(question), "options": [list(option) for option in question.options]}


def _problem_record(problem: Problem) -> dict[str, Any]:
    return {**vars(problem), "params": dict(problem.params)}


def _flag_groups(report: Report) -> list[dict[str, Any]]:
    """Return the flagged values grouped by variable, flag and reason, with the first rows of each."""
    table = report.readings if report.kind == "readings" else report.sightings
    wrong_flag = table["flag"].to_numpy() >= Flag.SUSPECT
    if not wrong_flag.any():
        return []
    wrong = table[wrong_flag]
    wrong = wrong if report.kind == "readings" else wrong.assign(variable="")
    groups = []
    for (name, flag, reason), part in wrong.groupby(["variable", "flag", "reason"], sort=False):
        rows = part["row"].drop_duplicates()
        groups.append({
            "variable": str(name), "flag": int(str(flag)), "reason": str(reason), "values": len(part),
            "rows": len(rows), "first_rows": [int(row) for row in rows.head(SHOWN)],
            "ranges": row_ranges(rows.to_numpy()),
        })  # fmt: skip
    return sorted(groups, key=lambda g: (g["flag"] == 9, -g["flag"], -g["values"]))


def row_ranges(rows: Sequence[int] | NDArray[np.int64]) -> list[list[int]]:
    """Return rows as [first, last] of each run, in order, at most 40 runs.

    >>> row_ranges([14, 16, 15, 40, 41, 7])
    [[7, 7], [14, 16], [40, 41]]
    """
    kinds = np.unique(np.asarray(rows, dtype=np.int64))
    runs = np.split(kinds, np.flatnonzero(np.diff(kinds) > 1) + 1) if len(kinds) else []
    return [[int(run[0]), int(run[-1])] for run in runs[:RANGES]]


def _refused_groups(report: Report) -> list[dict[str, Any]]:
    """Return the problems of refused rows and cells, grouped by code, in the order of the file."""
    if not report.problems:
        return []
    stored = set(report.readings["row"].tolist()) | set(report.sightings["row"].tolist())
    groups: dict[str, dict[str, Any]] = {}
    rows: dict[str, list[int]] = {}
    for problem in report.problems:
        if problem.row is None or (problem.row in stored and problem.code not in ("unreadable", "bad-count")):
            continue
        groups.setdefault(problem.code, {"code": problem.code, "first": _problem_record(problem)})
        rows.setdefault(problem.code, []).append(problem.row)
    for code, group in groups.items():
        group |= {"count": len(rows[code]), "rows": rows[code][:SHOWN], "ranges": row_ranges(rows[code])}
    return sorted(groups.values(), key=lambda g: -g["count"])


def to_look_at(problems: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return at most five problems of one kind in one column, by row, at most 100: groups tell all rows."""
    found: list[Mapping[str, Any]] = []
    many: dict[tuple[str, str, str], int] = {}
    for problem in problems:
        kind = problem["code"], problem["column"], str(problem["params"].get("why", ""))
        many[kind] = many.get(kind, 0) + 1
        if many[kind] <= SHOWN:
            found.append(problem)
    return sorted(found, key=lambda problem: problem["row"] or 0)[:LOOKED_AT]


def hints(problems: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the first problem of each kind that says what may have been meant, the first five of them."""
    found: dict[Any, Mapping[str, Any]] = {}
    for one in problems:
        if {"other", "fitting"} & set(one["params"]):
            found.setdefault((one["code"], one["column"], one["params"].get("other")), one)
    return [*found.values()][:SHOWN]


def lasting(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record as an entry holds it: with those problems that receipts tell, few of each kind.

    How many there were, and which rows, stands in ``problems_total``, ``flags`` and ``refused``; all come
    back when the kept copy is read again. The receipt is told in the same words.

    >>> one = {"code": "spike", "row": 1, "column": "t", "value": "99", "message": "", "suggestion": ""}
    >>> record = {"problems": [one | {"row": row, "params": {}} for row in range(1, 400)]}
    >>> [problem["row"] for problem in lasting(record)["problems"]]
    [1, 2, 3, 4, 5]
    """
    problems = record["problems"]
    told = {id(one) for one in (*to_look_at(problems), *hints(problems))}
    return {**record, "problems": [one for one in problems if id(one) in told]}


def receipt_dict(record: Mapping[str, Any], lang: str | None = None) -> dict[str, Any]:
    """Return the receipt with the keys of ``kit upload --json``, texts in ``lang``.

    ``record`` is that of :func:`receipt_record`; what it lacks is empty.

    >>> found = receipt_dict({"rows": 3, "ignored_columns": {"x": "kit does not know this name"}}, "en")
    >>> found["rows"], found["accepted"], found["ignored_columns"]
    (3, 0, {'x': 'kit does not know this name'})
    """
    keys = (
        "file", "status", "submission", "received", "format", "kind", "rows", "blank", "accepted", "flagged",
        "rejected", "duplicate", "values", "time", "dropped_columns", "answers", "flags", "remembered",
        "corrects", "elsewhere",
    )  # fmt: skip
    record = NOTHING | dict(record)
    found: dict[str, Any] = {key: record[key] for key in keys}
    facts = ("unit_in", "unit", "count", "min", "max")
    found["variables"] = {name: {key: one[key] for key in facts} for name, one in record["variables"].items()}
    found["columns"] = {
        column: name for name, one in record["variables"].items() for column in one.get("columns", ())
    }
    found["stations"] = [station["id"] for station in record["stations"]]
    found["new_stations"] = list(record["new_stations"].get("stations", ()))
    found["ignored_columns"] = {
        name: tr(why, lang) if why else "" for name, why in record["ignored_columns"].items()
    }
    found["questions"] = [recorded_question(question, lang) for question in record["questions"]]
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
    return recorded_question(_question_record(question), lang)


def recorded_question(question: Mapping[str, Any], lang: str | None = None) -> dict[str, Any]:
    """Return a question of a record as people read it; see :func:`question_words`."""
    params = dict(question["params"])
    options = [
        {"value": value, "label": _option_words(value, label, params, lang)}
        for value, label in question["options"]
    ]
    if params.get("variable") in variables():
        params["variable"] = variable(params["variable"]).name(lang)
    text = tr(question["text"], lang, **params)
    return {"id": question["id"], "text": text, "options": options, "likely": question["likely"]}


def _option_words(value: str, label: str, params: Mapping[str, Any], lang: str | None) -> str:
    """Return the label of an option: a variable by its name in ``lang``, else the template filled."""
    known = variables().get(value)
    return known.name(lang) if known and label == known.names["en"] else tr(label, lang, **params)


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
