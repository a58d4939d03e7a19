"""Columns whose period or stamp is other than the table's.

Official tables hold values of a moment (temperature at 10:00) beside sums and means that end then (rain from
09:00 to 10:00). A column's own ``period`` and ``stamp`` win over those of the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kit.ingest.columns import Meaning
from kit.ingest.time_forms import offset_of
from kit.ingest.times import standard_offset
from kit.model import Question, RawTable
from kit.text import N_

ASK_OFFSET = N_(
    "The times in {column} are in one offset from UTC all year, without summer time; the file does not say"
    " which. Which one is it?"
)


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
