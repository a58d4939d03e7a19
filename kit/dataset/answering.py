"""From a file to a report with as few questions as can be: the same for reading and for uploading.

Answers are taken in this order: what is said now; what was answered for the same file; what was answered for
the device's last file (:mod:`kit.dataset.remembering`); the dataset's time zone; on wish, what is likely.
Command line, panel, inbox and ``upload()`` all go this way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from kit.dataset.reach import Reach, reach_in
from kit.dataset.remembering import Memory, contradict, recall
from kit.dataset.stations import complete
from kit.errors import UsageError
from kit.model import Question, Report, Source, Station
from kit.text import N_

if TYPE_CHECKING:
    import pandas as pd

    from kit.dataset.view import View
    from kit.entry import Entry
    from kit.store.versions import Version

OTHER = N_("At which station was {file} measured? {there} has other readings at the same times.")
#: An answer can raise the next question; no file asks longer than this.
ROUNDS = 10


@dataclass(frozen=True)
class Act:
    """What someone said when giving a file; with ``fresh`` nothing that was answered before is used.

    ``if_asked`` are answers that are only taken to questions which the file raises.
    """

    answers: Mapping[str, str]
    school: str | None = None
    accept_likely: bool = False
    now: datetime | None = None
    fresh: bool = False
    if_asked: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Answered:
    """A report (perhaps with open questions) and the earlier answers that were used for it.

    ``asked`` are all questions that came up, answered or not, in their order; ``answers`` what was taken.
    """

    report: Report
    memory: Memory = field(default_factory=Memory)
    asked: Mapping[str, Question] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)


def answer(shared: View | None, source: Source, act: Act, now: datetime) -> Answered:
    """Return the report of a source with every question answered that can be.

    Raises :class:`kit.errors.UsageError` for a station of a school that the dataset does not know.
    """
    from kit import ingest

    answers = dict(act.answers)
    stations = shared.stations() if shared else []
    school = act.school or (_school(shared, {}) if shared else "")
    if shared:
        _check_schools(shared, act)
    memory = Memory()
    report = ingest.understand(source, answers, stations, school=school, now=now)
    asked = {one.id: one for one in report.questions}
    if shared and not act.fresh:
        answers = {**_answered_before(shared, report, {**act.if_asked, **answers}), **answers}
        memory = recall(shared._now()[1], report.signature, act.school or _school(shared, answers))
        if answers != act.answers:
            report = ingest.understand(source, answers, stations, school=school, now=now)
    taken: set[str] = set()
    doubted: set[str] = set()
    for _ in range(ROUNDS):
        if not report.questions:
            there = already(shared, report) if shared and (memory.used or taken) else None
            wrong = memory.misfits(report, there)
            if taken and contradict(report, there):
                wrong |= taken
                doubted |= taken
            if not wrong:
                break
            answers = {name: text for name, text in answers.items() if name not in wrong}
        elif not (more := _next(shared, report, answers, memory, act, doubted)):
            break
        else:
            taken = {name for name in more if name.split(".")[0] == "station"} - set(memory.used) or taken
            answers |= more
        report = ingest.understand(source, answers, stations, school=school, now=now)
        asked |= {one.id: one for one in report.questions if one.id not in asked}
    if doubted:
        report.questions = tuple(_doubtful(one) if one.id in doubted else one for one in report.questions)
        asked |= {one.id: one for one in report.questions}
    if shared and not report.questions:
        report = _with_whole_stations(shared, source, report, stations, school, now)
    return Answered(report, memory, asked, answers)


def _next(
    shared: View | None, report: Report, answers: Mapping[str, str], memory: Memory, act: Act,
    doubted: set[str],
) -> dict[str, str]:  # fmt: skip
    """Return answers to open questions, {} where only a person can go on.

    A station that is only likely is ``doubted`` where it has other readings at these times: another device.
    Where a question has no likely answer, the others get theirs all the same.
    """
    said = {
        one.id: act.if_asked[one.id] for one in report.questions
        if act.if_asked.get(one.id) and one.id not in answers
    }  # fmt: skip
    known = said or memory.fitting(report.questions, answers)
    if known:
        return known
    zone = shared._settings.zone if shared else ""
    if zone and "zone" not in answers and any(item.id == "zone" for item in report.questions):
        return {"zone": zone}
    if not act.accept_likely:
        return {}
    return {
        one.id: one.likely for one in report.questions
        if one.likely and one.id not in doubted and one.id not in answers
        and not (shared and _foreign(shared, act, one.id, one.likely))
    }  # fmt: skip


def _foreign(shared: View, act: Act, question: str, answer: str) -> str:
    """Return the school that an answer names and that the dataset does not know ("" if all is well).

    A dataset to which nothing was given and that has no school of its own takes any.
    """
    if question.split(".")[0] != "station" or "/" not in answer:
        return ""
    known = {act.school, shared.school, *shared.schools()} - {"", None}
    school = answer.split("/")[0]
    return school if known and school not in known else ""


def _check_schools(shared: View, act: Act) -> None:
    for question, answer in {**act.if_asked, **act.answers}.items():
        if school := _foreign(shared, act, question, answer):
            raise UsageError(
                "There is no school {school} in this dataset, so the file cannot be from station {station}.",
                why="Its schools are: {schools}.",
                do="Correct the station; for a new school write kit station add {station} first.",
                code="unknown-school", school=school, station=answer,
                schools=", ".join(sorted({*shared.schools(), shared.school} - {""})),
            )  # fmt: skip


def new_stations(shared: View | None, report: Report) -> dict[str, Any]:
    """Return what a receipt says of stations that came with this file ({} if there are none).

    ``stations`` are their ids; ``others`` known ones with a like name, where a person named the new one.
    """
    from difflib import get_close_matches

    known = [item.id for item in shared.stations()] if shared else []
    new = [item.id for item in report.stations if item.id not in known]
    if shared is None or not new or report.questions:
        return {}
    named = [item.id for item in report.stations if item.id in new and item.latitude is None]
    others: list[str] = []
    if len(named) == 1 and named[0] in report.answers.values():
        school, place = named[0].split("/", 1)
        places = [item.split("/", 1)[1] for item in known if item.startswith(f"{school}/")]
        others = [f"{school}/{one}" for one in get_close_matches(place, places, n=3, cutoff=0.6)]
    return {"stations": new, "others": others}


def _doubtful(question: Question) -> Question:
    """Return a question about the station without its likely answer, which comes last and is told why."""
    options = tuple(sorted(question.options, key=lambda option: option[0] == question.likely))
    text = OTHER if question.id == "station" else question.text
    params = {**question.params, "there": question.likely}
    return replace(question, text=text, options=options, likely="", params=params)


def _school(shared: View, answers: Mapping[str, str]) -> str:
    """Return the school where nobody names one: that of the station, the dataset's, or the only one."""
    named = {text.split("/")[0] for name, text in answers.items() if name.split(".")[0] == "station"}
    schools = named or ({shared.school} if shared.school else set(shared.schools()))
    return schools.pop() if len(schools) == 1 else ""


def _answered_before(shared: View, report: Report, answers: Mapping[str, str]) -> dict[str, str]:
    """Return what was answered when the same kept copy was given before, where nothing else is said now.

    So a file that is given again stays the same submission, even if another answer has become the likely one.
    """
    given = shared._now()[1].alike("payload", report.kept.sha256)
    given.sort(key=lambda item: not item.retracted)
    before: dict[str, str] = dict(given[-1].entry.content["answers"]) if given else {}
    if any(name.split(".")[0] == "station" for name in answers):
        # Another station, or the same one described anew: what followed from the one before is open again.
        before = {
            name: text for name, text in before.items() if name.split(".")[0] not in ("station", "zone")
        }
    return {name: text for name, text in before.items() if not answers.get(name)}


def _with_whole_stations(
    shared: View, source: Source, report: Report, stations: Iterable[Station], school: str, now: datetime
) -> Report:
    """Return the report as it is when its new stations are known with all that can be found out.

    So it does not depend on whether the file was the first one of its station.
    """
    from kit import ingest

    known = {station.id: station for station in stations}
    new = {item.id: complete(item, shared._settings) for item in report.stations if item.id not in known}
    if not new or all(item in report.stations for item in new.values()):
        return report
    return ingest.understand(source, report.answers, [*known.values(), *new.values()], school=school, now=now)


def already(shared: View, report: Report, without: str = "") -> pd.DataFrame | None:
    """Return the values (or sightings) that count now where the report has some; None if there are none.

    ``without`` is a submission that is left out of account.
    """
    version, state = shared._now()
    known = [item for item in report.stations if item.id in state.stations]
    if version is None or not known:
        return None
    if report.kind == "sightings":
        found = shared.sightings(station=[item.id for item in known])
        return found[found["submission"] != without]
    reach = reach_of(report)
    live = {
        item.id: state.order[item.id] for station in known for item in state.alike("station", station.id)
        if not item.retracted and item.id != without and item.reach.meets(reach)
    }  # fmt: skip
    return _readings_already(shared, report, known, version, live) if live and len(report.readings) else None


def meets(entry: Entry, report: Report) -> bool:
    """Return whether an entry may say something of the same readings as a report, or of all of them."""
    if entry.kind != "submission":
        return entry.kind == "retraction"
    return reach_in(entry).meets(reach_of(report))


def reach_of(report: Report) -> Reach:
    """Return which readings a report may hold."""
    stations = frozenset(item.id for item in report.stations)
    return Reach.of(stations, report.variables if report.kind == "readings" else None, report.time)


def _readings_already(
    shared: View, report: Report, known: list[Station], version: Version, live: dict[str, int]
) -> pd.DataFrame:
    import polars as pl

    from kit.dataset import winners
    from kit.store.frames import to_pandas

    times = report.readings["time"]
    low, high = times.min().to_pydatetime(), times.max().to_pydatetime()
    ids = [item.id for item in known]

    def pick(lazy: pl.LazyFrame) -> pl.LazyFrame:
        return lazy.filter(pl.col("station").is_in(ids) & pl.col("time").is_between(low, high))

    variables = sorted(report.readings["variable"].unique())
    rows = shared._rows("readings", version, pick, variables, (low, None))
    rows = winners.readings(rows, live)
    columns = {"station": "str", "sensor": "str", "variable": "str", "time": "datetime64[us]",
               "period": "int32", "value": "float64"}  # fmt: skip
    return to_pandas(rows, columns)
