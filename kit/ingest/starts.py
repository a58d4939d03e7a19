"""Runs without a clock: a device counts from its own zero, and a person says when that was.

A table of elapsed times holds one run or several: its column of role ``run`` tells them apart, and a clock
that goes back to the beginning starts a new one (the device was switched off and on). For each run kit asks
``start`` (or ``start.<run>``): a date and a clock time of the station, or with an offset, or ``none``, which
leaves the run out. kit never makes up a start, so the question has no likely answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kit.errors import FileError, UsageError
from kit.ingest.clock import read_clock
from kit.ingest.numbers import numbers
from kit.ingest.summary import decimals
from kit.ingest.time_forms import offset_of
from kit.ingest.times import Micro, Times, Zones, read_times, refusal
from kit.model import Column, Problem, Question, RawTable
from kit.text import N_
from kit.vocab.durations import SECONDS, duration_unit

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ASK_START = N_(
    "When did the measurement in {file} start? The file counts its time from a zero and does not say when"
    " that was. Rows: {n}; the first is {first} after the zero, the last {last}. Write date and clock time of"
    " the zero, such as 2026-03-01 10:15. Write none to leave these rows out."
)
ASK_RUN = N_(
    "When did the run {run} in {file} start? Rows: {n}; the first is {first} after the zero of this run, the"
    " last {last}. Write date and clock time of the zero, such as 2026-03-01 10:15. Write none to leave this"
    " run out."
)
ASK_UNIT = N_("In which unit does the column {column} count the time? Its numbers go from {first} to {last}.")
ASK_INTERVAL = N_(
    "{file} holds no times at all: its program did not switch them on. If it wrote its rows at equal steps,"
    " how long is a step? Write it such as 10 s or 5 min; write none if nobody knows. Next time use the block"
    ' "set timestamp" (Python: log.set_labels(timestamp=log.SECONDS)).'
)
SPACED = N_("The file has no times; its rows were placed {interval} apart, as you said.")
UNITS = {
    "s": N_("seconds"), "ms": N_("milliseconds"), "min": N_("minutes"), "h": N_("hours"), "d": N_("days"),
}  # fmt: skip
LEFT_OUT = N_("Row {row}: its run was left out, because nobody could say when it started.")
ASK_SOMEONE = N_("If you find out when it started, give the file again with that answer.")
BAD_ELAPSED = N_("Row {row}: {value} in column {column} is no time since the start of the measurement.")
MEND_ELAPSED = N_("Correct it in the file, or leave the row out.")
STARTED = N_("The run {run} was placed so that its zero is at {start}.")
STARTED_ONE = N_("The file has no clock; its zero was placed at {start}.")
RESTARTED = N_(
    "The time in column {column} starts again from its zero (so often: {n}). Each piece is a run of its own."
)
#: Answers that leave a run out.
NONE = frozenset(("none", "ignore", "no", "ei", "nein", "keine", "нет", "ні", "-"))
#: More runs than this are no runs: the column is something else.
MOST_RUNS = 60
_CLOCKWISE = re.compile(r"-?\d+:[0-5]?\d:[0-5]?\d(?:[.,]\d+)?")
_LONGEST = 4e9


@dataclass(frozen=True)
class Run:
    """One run: the id of its question, its name, the places of its rows and their seconds after its zero."""

    id: str
    name: str
    at: Ints
    seconds: Floats
    follows: bool

    def first(self) -> float:
        """Seconds from the zero to the first row."""
        return float(np.nanmin(self.seconds))

    def last(self) -> float:
        """Seconds from the zero to the last row."""
        return float(np.nanmax(self.seconds))


def elapsed_column(table: RawTable) -> Column | None:
    """Return the column of elapsed times of a table that has no clock, else None."""
    if any(column.role in ("time", "date") for column in table.columns):
        return None
    return next((column for column in table.columns if column.role == "elapsed"), None)


def read_starts(
    table: RawTable,
    column: Column,
    answers: Mapping[str, str],
    zones: Zones,
    series: Ints,
    *,
    file: str,
    now: datetime,
) -> Times:
    """Return the times of a table of elapsed times in UTC, or the questions to ask first.

    Parameters
    ----------
    column
        Its column of elapsed times; a ``unit`` of "" is asked for.
    zones
        Zone of each row's station ("" if not known yet).
    series
        A number per row; rows of one number are one series of one device, in the order of the file.

    Returns
    -------
    Times
        With ``used``, the answers that counted, and ``notes``, what a receipt says about the runs.

    Raises
    ------
    UsageError
        An answer is no time, or lies in the future, or a run would begin before the one before it ended.
    FileError
        The clock starts again so often that it is none.
    """
    size = len(table.frame)
    times = Times(np.full(size, np.datetime64("NaT"), dtype="datetime64[us]"), np.zeros(size, dtype=bool),
                  table.period, column.name)  # fmt: skip
    values, bad, spans = _numbers(table, column)
    each = _interval(times, answers, file) if column.unit == "rows" else 0.0
    unit = "s" if spans else "" if column.unit == "rows" else _unit(times, column, values, answers)
    if not unit and not each:
        return times
    seconds = values * (each or SECONDS[unit])
    bad |= np.abs(seconds) > _LONGEST
    seconds[bad] = np.nan
    _refuse_rows(times, table, seconds, bad)
    runs = _runs(table, seconds, series, file, times)
    explicit = []
    ends: Any = None
    for run in runs:
        given = answers.get(run.id, "")
        if not given:
            times.questions.append(_ask(run, len(runs), file))
            continue
        if given.casefold() in NONE:
            times.used[run.id] = "none"
            times.problems += [
                Problem("left-out", LEFT_OUT, int(row), column.name, suggestion=ASK_SOMEONE)
                for row in table.frame.index[run.at]
            ]
            continue
        times.used[run.id] = given
        zone = str(zones[int(run.at[0])])
        start, unsure, own = _start(run, given, zone, answers.get("date_order", ""))
        explicit.append(own)
        if np.isnat(start):
            continue  # the zone is not known yet and is asked for
        times.utc[run.at] = start + _micro(run.seconds)
        times.ambiguous[run.at] |= unsure
        _possible(run, given, times.utc[run.at], ends, now, zone)
        ends = np.nanmax(times.utc[run.at].astype(np.int64)).astype("datetime64[us]")
        times.notes.append((STARTED_ONE if len(runs) == 1 else STARTED, {"run": run.name, "start": given}))
    times.own_zone = all(explicit)
    if table.stamp == "end" and table.period:
        times.utc = times.utc - np.timedelta64(table.period, "s")
    return times


def _numbers(table: RawTable, column: Column) -> tuple[Floats, NDArray[np.bool_], bool]:
    """Return (values, unreadable, whether the cells were lengths of time such as "0:05:30": seconds then)."""
    cells = table.frame[column.name]
    values, bad = numbers(cells, table.decimal, table.missing)
    if bad.any() and bad.mean() > 0.5 and cells.iloc[np.flatnonzero(bad)].str.fullmatch(_CLOCKWISE).all():
        spans = pd.to_timedelta(cells[bad].str.replace(",", ".", regex=False), errors="coerce")
        values[bad] = spans.dt.total_seconds().to_numpy()
        return values, bad & np.isnan(values), True
    return values, bad, False


def _unit(times: Times, column: Column, values: Floats, answers: Mapping[str, str]) -> str:
    """Return the unit of the elapsed times: stated, answered, or "" after asking."""
    stated = duration_unit(column.unit)
    name = f"unit.{column.name}"
    if answers.get(name):
        unit = duration_unit(answers[name])
        if not unit:
            raise UsageError(
                "{value} is not a unit of time.", do="Write ms, s, min, h or d.", code="unknown-unit",
                value=answers[name],
            )  # fmt: skip
        times.used[name] = answers[name]
        return unit
    if stated or np.isnan(values).all():
        return stated or "s"
    steps = np.diff(values[~np.isnan(values)])
    step = float(np.median(steps[steps > 0])) if (steps > 0).any() else 1.0
    order = ["ms", "s", "min", "h", "d"] if step >= 50 else ["s", "min", "h", "ms", "d"]
    options = tuple((unit, UNITS[unit]) for unit in order)
    params = {
        "column": column.name, "first": f"{np.nanmin(values):g}", "last": f"{np.nanmax(values):g}"
    }  # fmt: skip
    times.questions.append(Question(name, ASK_UNIT, options, "", params))
    return ""


def _interval(times: Times, answers: Mapping[str, str], file: str) -> float:
    """Return the seconds from row to row of a log without any time, as a person says; 0 after asking."""
    given = answers.get("interval", "")
    if not given:
        times.questions.append(Question("interval", ASK_INTERVAL, params={"file": file}))
        return 0.0
    found = re.fullmatch(r"\s*(\d+(?:[.,]\d+)?)\s*([^\W\d_]+)\.?\s*", given)
    unit = duration_unit(found[2]) if found else ""
    if given.casefold() in NONE:
        raise FileError(
            "{file} holds no times, and nobody can say how far apart its rows are.",
            why="Without its time a reading cannot be compared with others.",
            do='Measure again with times switched on: the block "set timestamp", in Python'
            " log.set_labels(timestamp=log.SECONDS).",
            code="no-times", file=file,
        )  # fmt: skip
    if found is None or not unit or not float(found[1].replace(",", ".")):
        raise UsageError(
            "{value} is not a length of time.", do="Write it as 10 s or 5 min.", code="bad-interval",
            value=given,
        )  # fmt: skip
    times.used["interval"] = given
    times.notes.append((SPACED, {"interval": given}))
    return float(found[1].replace(",", ".")) * SECONDS[unit]


def _refuse_rows(times: Times, table: RawTable, seconds: Floats, bad: NDArray[np.bool_]) -> None:
    for at in np.flatnonzero(np.isnan(seconds)).tolist():
        row, value = int(table.frame.index[at]), str(table.frame[times.column].iloc[at])
        if bad[at]:
            problem = Problem("bad-elapsed", BAD_ELAPSED, row, times.column, value[:80], MEND_ELAPSED)
        else:
            problem = refusal("no-time", row, times.column, value)
        times.problems.append(problem)


def _runs(table: RawTable, seconds: Floats, series: Ints, file: str, times: Times) -> list[Run]:
    """Return the runs of a table, in the order of the file."""
    known = np.flatnonzero(~np.isnan(seconds))
    own = next((c.name for c in table.columns if c.role == "run"), None)
    keys = table.frame[own].astype("str").str.strip() if own else pd.Series("", index=table.frame.index)
    part = pd.DataFrame(
        {"key": keys.to_numpy()[known], "series": series[known], "seconds": seconds[known], "at": known}
    )
    if part.empty:
        return []
    part["piece"] = _pieces(part)
    found = list(part.groupby(["key", "piece"], sort=False))
    pieces = part.groupby("key")["piece"].nunique()
    again = int(pieces.sum() - len(pieces))
    if len(found) > MOST_RUNS:
        raise FileError(
            "In {file} the time in column {column} starts again {n} times.",
            why="So many runs cannot be given a date one by one.",
            do="Give each measurement its own file, or a column with date and time.", code="too-many-runs",
            file=file, column=times.column, n=len(found),
        )  # fmt: skip
    if again:
        times.notes.append((RESTARTED, {"column": times.column, "n": again}))
    runs: list[Run] = []
    for number, (_, rows) in enumerate(found, 1):
        key, piece = str(rows["key"].iloc[0]), int(rows["piece"].iloc[0])
        name = key or str(number)
        if key and piece:
            name = f"{name} ({piece + 1})"
        question = "start" if len(found) == 1 else f"start.{name.replace('=', ' ')}"
        if question in {run.id for run in runs}:
            question = f"{question} ({number})"
        runs.append(Run(question, name, rows["at"].to_numpy(), rows["seconds"].to_numpy(), bool(piece)))
    return runs


def _pieces(part: pd.DataFrame) -> NDArray[np.int64]:
    """Number the pieces of each run: a clock that goes back starts a new one.

    Rows that are merely out of order (back by about one step) start none; a table with the newest row first
    is looked at backwards.
    """
    groups = part.groupby(["key", "series"], sort=False)["seconds"]
    steps = groups.diff()
    names = [part["key"], part["series"]]
    down = (steps < 0).groupby(names).transform("sum")
    moves = (steps.notna() & (steps != 0)).groupby(names).transform("sum")
    backwards = (down >= 2) & (down > 0.6 * moves)
    steps = steps.where(~backwards, -steps)
    step = steps.where(steps > 0).groupby(names).transform("median").fillna(0.0)
    before = groups.shift()
    smaller = (part["seconds"] <= before / 2) & ~backwards
    restart = (steps < 0) & (smaller | (-steps > 1.5 * step))
    return np.asarray(restart.groupby(names).cumsum(), dtype=np.int64)


def _ask(run: Run, runs: int, file: str) -> Question:
    params = {
        "file": file, "run": run.name, "n": len(run.at), "first": span(run.first()), "last": span(run.last())
    }  # fmt: skip
    return Question(run.id, ASK_START if runs == 1 else ASK_RUN, params=params)


def span(seconds: float) -> str | tuple[float, int, str]:
    """Return a length of time with the symbols of its units, as a text is filled with it (``text.tr``).

    >>> span(0.48), span(75), span(7505), span(2 * 86400)
    ((0.48, 2, 's'), '1 min 15 s', '2 h 5 min', '48 h')
    """
    if abs(seconds) < 60:
        short = f"{seconds:.4g}"
        return float(short), decimals([float(short)]), "s"
    minutes, rest = divmod(round(abs(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "h"), (minutes, "min"), (0 if hours else rest, "s")]
    return ("−" if seconds < 0 else "") + " ".join(f"{count} {unit}" for count, unit in parts if count)


def _micro(seconds: Floats) -> NDArray[np.timedelta64]:
    micro: NDArray[np.timedelta64] = np.round(seconds * 1e6).astype(np.int64).astype("timedelta64[us]")
    return micro


def _start(run: Run, given: str, zone: str, order: str) -> tuple[Any, bool, bool]:
    """Return (zero of a run in UTC, whether its hour occurs twice, whether the answer has an offset)."""
    cells = pd.Series([given], index=pd.Index([1]), dtype="str")
    clock = read_clock(cells, order)
    bare = given.strip().replace(".", "").replace("-", "").replace("/", "")
    if clock.refused or clock.date_only or clock.undecided or bare.isdigit():
        raise UsageError(
            "{value} does not say when the run {run} started.",
            do="Write date and clock time as 2026-03-01 10:15, or none to leave the run out.",
            code="bad-start", value=given, run=run.name,
        )  # fmt: skip
    own = bool(clock.explicit.all())
    if not own and not zone:
        return np.datetime64("NaT", "us"), False, False
    read = read_times(cells, run.id, [zone], np.zeros(1, dtype=np.int64), date_order=order)
    if np.isnat(read.utc[0]):
        raise UsageError(
            "The run {run} cannot have started at {value}: there was no such time in {zone}, because the"
            " clocks were put forward.",
            do="Look up the time again, or write it with its offset, such as 2026-03-01 10:15 +02:00.",
            code="bad-start", value=given, run=run.name, zone=zone,
        )  # fmt: skip
    return read.utc[0], bool(read.ambiguous[0]), own


def _possible(run: Run, given: str, utc: Micro, ends: Any, now: datetime, zone: str) -> None:
    """Raise :class:`UsageError` for a run in the future, or before the run before it had ended."""
    limit = np.datetime64(now, "us") + np.timedelta64(10, "m")
    last = utc.max()
    if last > limit:
        raise UsageError(
            "The run {run} cannot have started at {value}: its last row would be in the future, at {last}.",
            do="Look up when it started; its last row is {span} after the zero.",
            code="future-start", value=given, run=run.name, span=span(run.last()),
            last=_shown(last, zone),
        )  # fmt: skip
    if utc.min() < np.datetime64("1970-01-01", "us"):
        raise UsageError(
            "The run {run} cannot have started at {value}: that is before 1970.", do="Check the year.",
            code="bad-start", value=given, run=run.name,
        )  # fmt: skip
    if run.follows and ends is not None and utc.min() < ends:
        raise UsageError(
            "The run {run} cannot have started at {value}: the run before it had not ended by then.",
            do="Check the starts of both runs; the last row of the one before is at {end}.",
            code="bad-start", value=given, run=run.name,
            end=_shown(ends, zone),
        )  # fmt: skip


def _shown(utc: Any, zone: str) -> str:
    """Return a time as the clock of ``zone`` shows it, with the offset."""
    offset = offset_of(zone) if zone else 0
    there = timezone(timedelta(seconds=offset)) if offset is not None else ZoneInfo(zone)
    stamp = pd.Timestamp(utc).tz_localize("UTC").tz_convert(there)
    return stamp.strftime("%Y-%m-%d %H:%M") + f" ({zone or 'UTC'})"
