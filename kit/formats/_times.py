"""Joining the columns of a time: date + clock, year + month + day + hour, seconds since 1970.

A joined column is text, as a person would have written it in one cell; ingest parses it. Its name is made
of the names of its parts ("Date + Time"), which become ``ignored``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from kit.formats._decode import Note
from kit.model import Column
from kit.text import N_

PART = N_("put together with other columns to the time")
JOINED = N_("The time was put together from the columns {names}.")


def join_clock(
    frame: pd.DataFrame, columns: Sequence[Column], date: str, clock: str
) -> tuple[pd.DataFrame, list[Column], Note]:
    """Return frame and columns with one time column made of a date and a clock column.

    Clocks such as "18.00.00" get colons; a clock that is only an hour ("7") becomes "07:00".

    >>> frame = pd.DataFrame({"Date": ["10/03/2004"], "Time": ["18.00.00"]})
    >>> columns = [Column("Date", "date"), Column("Time", "clock")]
    >>> join_clock(frame, columns, "Date", "Time")[0]["Date + Time"].tolist()
    ['10/03/2004 18:00:00']
    """
    text = _clock_text(frame[clock])
    both = (frame[date] + " " + text).str.strip()
    return _with_time(frame, columns, [date, clock], both)


def join_parts(
    frame: pd.DataFrame, columns: Sequence[Column], parts: Sequence[str]
) -> tuple[pd.DataFrame, list[Column], Note]:
    """Return frame and columns with one time column made of year, month[, day[, hour[, minute[, second]]]].

    >>> frame = pd.DataFrame({"y": ["2013"], "m": ["1"], "d": ["5"], "h": ["7"]})
    >>> columns = [Column(name, "note") for name in "ymdh"]
    >>> join_parts(frame, columns, ["y", "m", "d", "h"])[0]["y + m + d + h"].tolist()
    ['2013-01-05 07:00']
    """
    cells = [frame[name].str.replace(r"\.0+$", "", regex=True) for name in parts]
    text = cells[0]
    for part in cells[1:3]:
        text = text + "-" + _two(part)
    if len(cells) > 3:
        text = text + " " + _two(cells[3]) + ":" + (_two(cells[4]) if len(cells) > 4 else "00")
    if len(cells) > 5:
        text = text + ":" + _two(cells[5])
    return _with_time(frame, columns, list(parts), text)


def from_epoch(cells: pd.Series) -> pd.Series | None:
    """Return ISO text in UTC for seconds or milliseconds since 1970, None if the cells are neither.

    Only times between 1990 and 2100 are taken for such; other cells stay as they are.

    >>> from_epoch(pd.Series(["1663711800", "1663711800500"], dtype="str")).tolist()
    ['2022-09-20T22:10:00Z', '2022-09-20T22:10:00.500000Z']
    """
    numbers = pd.to_numeric(cells, errors="coerce").to_numpy(dtype="float64")
    seconds = np.where(np.abs(numbers) > 1e11, numbers / 1000, numbers)
    fits = (seconds > 6.3e8) & (seconds < 4.1e9)
    filled = int((cells != "").sum())
    if not filled or fits.sum() < 0.9 * filled:
        return None
    stamps = pd.to_datetime(np.where(fits, np.round(seconds * 1e6), 0).astype("int64"), unit="us")
    whole = bool((seconds[fits] == np.floor(seconds[fits])).all())
    text = pd.Series(
        np.datetime_as_string(stamps.to_numpy().astype("datetime64[us]"), unit="s" if whole else "us")
    )
    if not whole:
        text = text.str.replace(".000000", "", regex=False)
    text = (text + "Z").astype("str")
    text.index = cells.index
    return text.where(fits, cells).astype("str")


def _two(cells: pd.Series) -> pd.Series:
    return cells.str.zfill(2)


def _clock_text(cells: pd.Series) -> pd.Series:
    text = cells.str.replace(r"^(\d{1,2})[.h](\d{2})(?:[.m](\d{2}))?", _colons, regex=True)
    text = text.str.replace(r"^(\d{1,2})$", lambda found: found[1].zfill(2) + ":00", regex=True)
    return text.str.replace(r"^(\d{1,2})(\d{2})$", r"\1:\2", regex=True)


def _colons(found: object) -> str:
    parts = found.groups()  # type: ignore[attr-defined]
    return ":".join(part for part in parts if part)


def _with_time(
    frame: pd.DataFrame, columns: Sequence[Column], names: list[str], text: pd.Series
) -> tuple[pd.DataFrame, list[Column], Note]:
    joined = " + ".join(names)
    frame = frame.copy()
    frame[joined] = text.astype("str")
    found = [
        replace(column, role="ignored", reason=PART) if column.name in names else column for column in columns
    ]
    found.append(Column(joined, "time", label=joined))
    return frame, found, (JOINED, {"names": ", ".join(names)})
