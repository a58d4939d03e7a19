"""Columns and rows whose period or stamp is other than the table's.

Official tables hold values of a moment (temperature at 10:00) beside sums and means that end then (rain from
09:00 to 10:00). A column's own ``period`` and ``stamp`` win over those of the table. Samplers hang for days
or weeks, each with its own beginning and end: a column of the role ``span`` says how long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kit.ingest.meanings import Meaning
from kit.ingest.numbers import numbers
from kit.ingest.time_forms import offset_of
from kit.ingest.times import DAY, Times, Zones, read_times, standard_offset, written
from kit.model import Problem, Question, RawTable
from kit.text import N_
from kit.vocab.durations import SECONDS

ASK_OFFSET = N_(
    "The times in {column} are in one offset from UTC all year, without summer time; the file does not say"
    " which. Which one is it?"
)
NO_SPAN = N_("Row {row}: {value} in column {column} does not say how long the measurement took.")
MEND_SPAN = N_("Write when it ended, which is after its beginning; or leave the row out.")


def own_periods(
    table: RawTable, meanings: Sequence[Meaning], period: int
) -> tuple[NDArray[np.int32], NDArray[np.timedelta64]]:
    """Return per meaning its period in seconds, and what to add to the table's times to get its starts.

    ``period`` is that of the table; its times were already moved to the start where they stand at the end.

    >>> import pandas as pd
    >>> from kit.model import Column
    >>> columns = (Column("T", "value", period=0), Column("R", "value", period=3600, stamp="end"))
    >>> none = np.zeros(0)
    >>> parts = [Meaning(c.name, c.name, none.astype(int), none, none.astype(bool)) for c in columns]
    >>> periods, shift = own_periods(RawTable("x", "readings", pd.DataFrame(), columns), parts, 0)
    >>> periods.tolist(), (shift / np.timedelta64(1, "s")).tolist()
    ([0, 3600], [0.0, -3600.0])
    """
    columns = {column.name: column for column in table.columns}
    periods = np.full(len(meanings), period, dtype=np.int32)
    shift = np.zeros(len(meanings), dtype="timedelta64[us]")
    for place, part in enumerate(meanings):
        column = columns[part.column]
        if column.period is None and not column.stamp:
            continue
        own = period if column.period is None else column.period
        before = period if table.stamp == "end" else 0
        after = own if (column.stamp or table.stamp) == "end" else 0
        periods[place], shift[place] = own, np.timedelta64(before - after, "s")
    return periods, shift


def read_spans(table: RawTable, times: Times, zones: Zones, series: NDArray[np.int64]) -> None:
    """Give ``times`` the period of each row in seconds where a column of the table says it.

    Rows whose period is not known, or ends before it begins, lose their time (one problem each). Where both
    sides are dates, the second one is the first day after the period, unless such a period would be empty or
    the next one begins on the day after: then it is its last day.
    """
    column = next((column for column in table.columns if column.role == "span"), None)
    if column is None:
        return
    cells = table.frame[column.name]
    rows = cells.index.to_numpy()
    told: set[int] = set()
    if column.unit:
        values, _ = numbers(cells, table.decimal, table.missing)
        seconds = np.round(values * SECONDS[column.unit])
    else:
        ends = read_times(cells, column.name, zones, series, date_order=times.date_order)
        lost = set(rows[np.isnat(times.utc)].tolist())
        times.problems += [problem for problem in ends.problems if problem.row not in lost]
        told = {problem.row for problem in ends.problems if problem.row is not None}
        times.questions += [question for question in ends.questions if question.id == "date_order"]
        days = times.period == ends.period == DAY and _last_days(times.utc, ends.utc)
        seconds = (ends.utc + np.timedelta64(DAY * days, "s") - times.utc) / np.timedelta64(1, "s")
    known = np.isfinite(seconds) & (seconds >= 0) & (seconds <= np.iinfo(np.int32).max)
    spans = np.where(known, np.nan_to_num(seconds), 0).astype(np.int64)
    bad = ~np.isnat(times.utc) & ~known
    for i in np.flatnonzero(bad & ~np.isin(rows, list(told))).tolist():
        times.problems.append(Problem(
            "bad-span", NO_SPAN, int(rows[i]), column.name, written(cells.iloc[i]), MEND_SPAN,
        ))  # fmt: skip
    times.utc[bad] = np.datetime64("NaT")
    if column.unit and table.stamp == "end":
        times.utc = times.utc - spans.astype("timedelta64[s]")
    times.spans = spans


def _last_days(starts: NDArray[Any], ends: NDArray[Any]) -> bool:
    """Tell whether the second of two dates is the last day of a period (and not the first one after it)."""
    first, last = (days[~np.isnat(days)] for days in (starts, ends))
    after = last + np.timedelta64(DAY, "s")
    both = ~np.isnat(starts) & ~np.isnat(ends)
    return bool((starts == ends)[both].any() or np.isin(after, first).sum() > np.isin(last, first).sum())


def winter_offset(zone: str) -> str:
    """Return the offset of a zone without summer time, as text; offsets and UTC stay as they are.

    >>> winter_offset("Europe/Tallinn"), winter_offset("+01:00"), winter_offset("")
    ('+02:00', '+01:00', '')
    """
    if not zone or offset_of(zone) is not None:
        return zone
    now = np.array(["2020-01-01"], dtype="datetime64[us]")
    minutes = int(standard_offset(zone, now)[0] / np.timedelta64(1, "m"))
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def ask_offset(question: Question) -> Question:
    """Return the question for a zone as one for an offset, the winter time of the stations first."""
    if question.id != "zone":
        return question
    offsets = dict.fromkeys([winter_offset(zone) for zone, _ in question.options if zone != "UTC"])
    options = tuple((one, one) for one in dict.fromkeys([*offsets, "UTC", "+01:00", "+02:00"]))
    return replace(question, text=ASK_OFFSET, options=options, likely=options[0][0] if offsets else "")
