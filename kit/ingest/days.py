"""Clock times without a date: a person says the day (question ``date``); it belongs to one file."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from kit.errors import UsageError
from kit.ingest.clock import read_clock
from kit.model import Column, Question, RawTable
from kit.text import N_

ASK_DAY = N_(
    "On which day was {file} measured? Its times, from {first} to {last}, have no date. Write the day of the"
    " first row such as 2026-03-01."
)
PLACED = N_("The times have no date; the first row was placed on {date}, as you said.")


def day_column(table: RawTable) -> Column | None:
    """Return the column of clock times of a table that has no dates, else None."""
    if any(column.role in ("time", "date", "elapsed") for column in table.columns):
        return None
    return next((column for column in table.columns if column.role == "clock"), None)


def ask_day(table: RawTable, column: Column, file: str) -> Question:
    """Return the question for the day of a table of clock times."""
    cells = [str(cell) for cell in table.frame[column.name] if str(cell)] or [""]
    params = {"file": file, "first": cells[0], "last": cells[-1]}
    return Question("date", ASK_DAY, params=params)


def on_day(cells: pd.Series[Any], given: str) -> pd.Series[Any]:
    """Return clock times with their dates; a clock that goes back by more than half a day begins a new day.

    A table with the newest row first goes back in time: ``given`` is the day of its first row.

    Raises :class:`UsageError` for what is no day.

    >>> on_day(pd.Series(["23:30", "0:30"]), "2026-03-01").tolist()
    ['2026-03-01 23:30', '2026-03-02 0:30']
    """
    clock = read_clock(pd.Series([given], dtype="str"))
    if clock.refused or not clock.date_only or clock.undecided or clock.unit:
        raise UsageError(
            "{value} is not a day.", do="Write it as 2026-03-01.", code="bad-date", value=given
        )  # fmt: skip
    hours = read_clock("2000-01-01 " + cells.astype("str")).local.astype("datetime64[s]").astype(np.int64)
    known = np.flatnonzero(hours > np.iinfo(np.int64).min)
    steps = np.diff(hours[known])
    half = 43_200
    days = np.zeros(len(cells), dtype=np.int64)
    turns = np.concatenate([[0], np.cumsum((steps < -half).astype(np.int64) - (steps > half))])
    days[known] = turns[: len(known)]
    dates = np.datetime_as_string(clock.local[0].astype("datetime64[D]") + days, unit="D")
    return pd.Series(dates, index=cells.index, dtype="str") + " " + cells.astype("str")
