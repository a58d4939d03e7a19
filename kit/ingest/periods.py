"""Columns whose period or stamp is other than the table's.

Official tables hold values of a moment (temperature at 10:00) beside sums and means that end then (rain from 09:00
to 10:00). A column's own ``period`` and ``stamp`` win over those of the table.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kit.ingest.columns import Meaning
from kit.model import RawTable


def own_periods(
    table: RawTable, meanings: Sequence[Meaning], period: int
) -> tuple[NDArray[np.int32], NDArray[np.timedelta64]]:
    """Return per meaning its period in seconds, and what to add to the table's times to get its starts.

    ``period`` is that of the table; its times were already moved to the start of it where they stand at the end.

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
