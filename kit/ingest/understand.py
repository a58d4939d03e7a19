"""From the bytes of a file to a report: what kit understood, what it asks, what is wrong with which row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kit import formats
from kit.errors import FileError, UsageError
from kit.ingest.accounting import count_rows, repeated
from kit.ingest.amounts import to_amounts
from kit.ingest.cells import as_text, category, kinds
from kit.ingest.column_units import PROVEN
from kit.ingest.columns import read_columns
from kit.ingest.days import PLACED, ask_day, day_column, on_day
from kit.ingest.indoors import NOTE as INDOORS
from kit.ingest.indoors import move_indoors, rows_indoors
from kit.ingest.longtable import checked, long_table, unknown_labels, unreadable_cells
from kit.ingest.meanings import Columns
from kit.ingest.periods import ask_offset, read_spans, winter_offset
from kit.ingest.places import Places, as_iana, find_places
from kit.ingest.precision import note_conversions
from kit.ingest.redacting import Redacted, copy_with_lines, is_read_alike, is_redacted, read_redacted
from kit.ingest.several import settle_places
from kit.ingest.sightings import read_sightings
from kit.ingest.signature import signature
from kit.ingest.site import odd_pressures, swapped_places
from kit.ingest.starts import elapsed_column, read_starts
from kit.ingest.suggestions import flag_problems
from kit.ingest.summary import empty_table, note_clashes, note_times, span, summary
from kit.ingest.times import Times, read_times, text_of_times
from kit.model import READINGS, SIGHTINGS, Question, RawTable, Report, Source, Station
from kit.text import tr


def understand(
    source: Source,
    answers: Mapping[str, str] | None = None,
    stations: Iterable[Station] = (),
    *,
    school: str = "",
    now: datetime | None = None,
) -> Report:
    """Return what a file says, without storing anything.

    Parameters
    ----------
    source
        The file.
    answers
        Answers to questions by id, such as ``station`` or ``unit.temp``; ARCHITECTURE.md lists the ids.
    stations
        The stations known so far.
    school
        Id of the school that gives the file; new stations are proposed under it.
    now
        When the file is given (naive: UTC; default: now). Later times are refused.

    Returns
    -------
    Report
        With open ``questions``, its tables are empty. Otherwise times are in UTC at the start of their
        period, values in the unit of their variable, every row is in exactly one of accepted, flagged,
        rejected, duplicate, and ``understand(report.kept, report.answers, report.stations)`` gives the same
        tables.

    Raises
    ------
    FileError
        The file cannot be understood at all.
    UsageError
        An answer is impossible (an unknown unit, zone, station).

    Examples
    --------
    >>> text = b"time;temp (F)\\n2026-03-01 10:00;50\\n2026-03-01 11:00;212\\n"
    >>> there = Station("school/roof", latitude=58.38, longitude=26.72, zone="Europe/Tallinn")
    >>> report = understand(Source("a.csv", text), {"station": "school/roof"}, [there])
    >>> report.readings[["time", "value", "flag"]].astype(str).values.tolist()
    [['2026-03-01 08:00:00', '10.0', '1'], ['2026-03-01 09:00:00', '100.0', '4']]
    >>> report.rows, report.accepted, report.flagged
    (2, 1, 1)
    """
    answers = {key: str(value).strip() for key, value in (answers or {}).items() if str(value).strip()}
    moment = _naive(now or datetime.now(UTC))
    found = read_redacted(source)
    report = _empty(found)
    stations = list(stations)
    several = settle_places(found.table, answers)
    table = several.table
    places = find_places(table, answers, stations, file=found.source.name, school=school)
    places.problems += swapped_places(places.stations, stations)
    places.used |= several.used
    if several.questions:
        places.questions = several.questions
    work = _take_sightings if table.kind == "sightings" else _take_readings
    report = work(report, table, answers, places, moment)
    if not (found.sure or report.questions or is_read_alike(report.kept, table)):
        better = _as_other_format(report, answers, stations, school=school, now=now)
        if better is not None:
            return better
        report.kept = copy_with_lines(found, table)
    return report


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _empty(found: Redacted) -> Report:
    table = found.table
    return Report(
        file=found.source.name, format=table.format, kind=table.kind, stations=(), answers={},
        readings=empty_table(READINGS), sightings=empty_table(SIGHTINGS),
        rows=len(table.frame) + len(table.refused), blank=table.blank, dropped_columns=tuple(found.dropped),
        problems=table.refused, notes=(*table.notes, *found.notes), kept=found.kept,
        signature=signature(table),
    )  # fmt: skip


def _take_readings(
    report: Report, table: RawTable, answers: Mapping[str, str], places: Places, now: datetime
) -> Report:
    columns = read_columns(table, answers)
    inside = rows_indoors(table)
    columns.meanings = move_indoors(columns.meanings, inside)
    if inside.any():
        report.notes = (*report.notes, (INDOORS, {"n": int(inside.sum())}))
    report.ignored_columns = columns.ignored
    if columns.proven:
        units = ", ".join(f"{name}: {symbol}" for name, symbol in columns.proven.items())
        report.notes = (*report.notes, (PROVEN, {"units": units}))
    times = _times(table, answers, places, now, report)
    used = {**places.used, **columns.used, **times.used, **_zone_answer(table, times, answers, places)}
    if times.date_order and "date_order" in answers:
        used["date_order"] = answers["date_order"]
    questions = [*places.questions, *columns.questions, *times.questions]
    report.questions = tuple(_once(questions))
    report.answers = dict(sorted(used.items()))
    report.problems = (*report.problems, *times.problems, *places.problems)
    report.notes = (*report.notes, *places.notes, *times.notes)
    if not columns.meanings and not report.questions:
        raise _nothing(report.file, columns)
    if report.questions:
        return report
    return _with_readings(report, table, columns, places, times, now)


def _with_readings(
    report: Report, table: RawTable, columns: Columns, places: Places, times: Times, now: datetime
) -> Report:
    """Return the report with its readings checked and counted; nothing is open any more."""
    report.stations = tuple(places.stations)
    long = long_table(table, columns, places, times)
    unreadable = unreadable_cells(long, columns.meanings, table)
    keep = ~np.isnat(long["time"].to_numpy())
    if unreadable.problems:
        keep &= long["row"].isin(unreadable.rows_kept).to_numpy()
    long = long if keep.all() else long[keep]
    read = times.utc + np.timedelta64(times.period if table.stamp == "end" else 0, "s")
    long, told = to_amounts(long, columns.meanings, places.stations, read)
    report.notes = (*report.notes, *told)
    long = checked(report, long, places, now, table, columns.meanings)
    problems = [*unreadable.problems, *unknown_labels(table, columns)]
    problems += flag_problems(long, columns.meanings, table)
    problems += odd_pressures(columns.meanings, places.stations)
    report.problems = (*report.problems, *problems)
    again = repeated(long)
    report.variables = summary(long, columns.meanings)
    report.time = span(long["time"], places, table, report.answers)
    rows = {"row": long["row"].array.astype(np.int64)}
    report.readings = pd.DataFrame({name: as_text(long[name].array) for name in READINGS} | rows, copy=False)
    note_times(report, table, times)
    note_clashes(report, again)
    note_conversions(report, columns.meanings)
    return count_rows(_with_all_answers(report, columns, table, times), again=again)


def _nothing(file: str, columns: Columns) -> FileError:
    reasons: dict[str, list[str]] = {}
    for name, reason in list(columns.ignored.items())[:12]:
        reasons.setdefault(reason, []).append(name)

    def why(lang: str) -> str:
        return "; ".join(f"{', '.join(names)} ({tr(reason, lang)})" for reason, names in reasons.items())

    return FileError(
        "{file} has no column with readings that kit knows.", why="Its columns are: {columns}.",
        do="Say what a column holds: --answer variable.COLUMN=temperature.", code="no-values",
        file=file, columns=why,
    )  # fmt: skip


def _times(
    table: RawTable, answers: Mapping[str, str], places: Places, now: datetime, report: Report
) -> Times:
    cells, name = text_of_times(table.frame, table.columns)
    elapsed = elapsed_column(table)
    day = day_column(table)
    if day is not None:
        name = day.name
        cells = (
            on_day(table.frame[name], answers["date"]) if answers.get("date") else table.frame[name].iloc[:0]
        )
    if not name and elapsed is None:
        raise FileError(
            "{file} has no column with dates and times.",
            why="Without its time a reading cannot be compared with others.",
            do="Export the file with times, or add a column such as 2026-03-01 14:30.",
            code="no-times", file=report.file,
        )  # fmt: skip
    zone = table.zone or (_zone_text(answers["zone"]) if answers.get("zone") else "")
    zone = winter_offset(zone) if table.fixed_offset else zone
    here = [station.zone for station in places.stations] or [""]
    standard = table.fixed_offset and any(column.role == "latitude" for column in table.columns)
    own = [winter_offset(one) if standard else one for one in here]
    every = category(np.zeros(len(table.frame), dtype=np.int8), [zone])
    zones = every if zone or (table.fixed_offset and not standard) else category(places.codes, own)
    order = answers.get("date_order", "")
    if order not in ("", "dmy", "mdy", "ymd"):
        raise UsageError(
            "{value} is no order of dates.", do="Write dmy, mdy or ymd.", code="bad-order", value=order
        )
    period = table.period
    if elapsed is not None:
        return read_starts(
            table, elapsed, answers, zones, _series(table, places),
            file=report.file, now=now,
        )  # fmt: skip
    if day is not None and not answers.get("date"):
        nothing = np.full(len(table.frame), np.datetime64("NaT"), dtype="datetime64[us]")
        times = Times(nothing, np.zeros(len(table.frame), dtype=bool), period, name)
        times.questions.append(ask_day(table, day, report.file))
        return times
    series = _series(table, places)
    times = read_times(
        cells, name, zones, series, date_order=order, stamp=table.stamp, period=period, now=now
    )
    read_spans(table, times, zones, series)
    if day is not None:
        times.used["date"] = answers["date"]
        times.notes.append((PLACED, {"date": answers["date"]}))
    # while the station is open its zone is too: that question comes after the answer, if at all
    asked = [q for q in times.questions if q.id != "zone" or not places.questions]
    asked = [places.with_zones(question) for question in asked]
    times.questions = [ask_offset(question) for question in asked] if table.fixed_offset else asked
    return times


def _zone_text(given: str) -> str:
    """Return a zone as :func:`read_times` takes it; :class:`UsageError` for what is none."""
    iana = as_iana(given)
    return given if not iana or iana.startswith("Etc/") else iana


def _series(table: RawTable, places: Places) -> NDArray[np.int64]:
    """Number the series of a table: rows of one station, sensor and (in long tables) label."""
    numbers = places.codes
    for column in table.columns:
        if column.role in ("sensor", "label"):
            codes, texts = kinds(table.frame[column.name])
            numbers = numbers * len(texts) + codes
    return numbers


def _zone_answer(table: RawTable, times: Times, answers: Mapping[str, str], places: Places) -> dict[str, str]:
    """Return the zone that the times were read with where the file does not say it itself."""
    if table.zone or times.own_zone:
        return {}
    if answers.get("zone"):
        return {"zone": answers["zone"]}
    zones = {station.zone for station in places.stations}
    return {"zone": zones.pop()} if len(zones) == 1 and "" not in zones else {}


def _once(questions: Iterable[Question]) -> list[Question]:
    return list({question.id: question for question in reversed(list(questions))}.values())[::-1]


def _with_all_answers(report: Report, columns: Columns, table: RawTable, times: Times) -> Report:
    """A redacted copy has lost what stood above its table: what was found out is written down."""
    if not is_redacted(report.dropped_columns, report.notes) and not table.container:
        return report
    found = {}
    for column in table.columns:
        for part in columns.meanings:
            if part.column == column.name and not column.variable:
                name = f"rain-{part.counter}" if part.counter else part.named or part.variable
                found[f"variable.{part.name}"] = name
                found[f"unit.{part.name}"] = part.unit
    if table.zone and not times.own_zone:
        found["zone"] = table.zone
    return replace(report, answers=dict(sorted({**found, **report.answers}.items())))


def _take_sightings(
    report: Report, table: RawTable, answers: Mapping[str, str], places: Places, now: datetime
) -> Report:
    report.ignored_columns = {c.name: c.reason for c in table.columns if c.role == "ignored"}
    found = read_sightings(table, places, answers, now, report.file)
    report.questions = tuple(_once([*places.questions, *found.questions]))
    report.answers = dict(sorted({**places.used, **found.used}.items()))
    report.problems = (*report.problems, *found.problems, *places.problems)
    report.notes = (*report.notes, *found.notes)
    if report.questions:
        return report
    report.stations = tuple(places.stations)
    report.sightings = found.table
    days = found.table["eventDate"]
    zones = ", ".join(dict.fromkeys(s.zone for s in places.stations if s.zone))
    report.time = {"start": str(days.min()), "end": str(days.max()), "zone": zones} if len(days) else {}
    return count_rows(report)


def _as_other_format(
    report: Report, answers: Mapping[str, str], stations: list[Station], *, school: str, now: datetime | None
) -> Report | None:
    """Return what the kept copy says where it is of another format: lines above its table had hidden it."""
    try:
        if formats.parse(report.kept).format == report.format:
            return None
    except FileError:
        return None
    found = understand(report.kept, answers, stations, school=school, now=now)
    found.file = report.file
    found.dropped_columns = tuple(dict.fromkeys((*report.dropped_columns, *found.dropped_columns)))
    found.notes = tuple(
        {template: (template, params) for template, params in (*report.notes, *found.notes)}.values()
    )
    return found
