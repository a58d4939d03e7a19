"""Joining the columns of a time: date + clock, year + month + day + hour, seconds since 1970.

A joined column is text, as a person would have written it in one cell; ingest parses it. Its name is made
of the names of its parts ("Date + Time"), which become ``ignored``; it is ``derived``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from kit.formats._decode import Note
from kit.formats._reasons import PART
from kit.model import Column
from kit.text import N_

#: Counts above such a number are of so many in a second: nano-, micro-, milliseconds.
_FINER = {1e17: 1e9, 1e14: 1e6, 1e11: 1e3}
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
    text = clock_text(frame[clock])
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


def join_day_clock(
    frame: pd.DataFrame, columns: Sequence[Column], parts: Sequence[str]
) -> tuple[pd.DataFrame, list[Column], Note]:
    """Return frame and columns with one time column made of year, month, day and a clock column.

    >>> frame = pd.DataFrame({"y": ["2013"], "m": ["1"], "d": ["5"], "t": ["7:30"]})
    >>> columns = [Column(name, "note") for name in "ymdt"]
    >>> join_day_clock(frame, columns, ["y", "m", "d", "t"])[0]["y + m + d + t"].tolist()
    ['2013-01-05 7:30']
    """
    day, _, _ = join_parts(frame, columns, parts[:3])
    text = day[" + ".join(parts[:3])] + " " + clock_text(frame[parts[3]])
    return _with_time(frame, columns, list(parts), text.str.strip())


def from_epoch(cells: pd.Series) -> pd.Series | None:
    """Return ISO text in UTC for seconds (or finer) since 1970, None if the cells are neither.

    Only times between 1990 and 2100 are taken for such; other cells stay as they are.

    >>> from_epoch(pd.Series(["1663711800", "1663711800500"], dtype="str")).tolist()
    ['2022-09-20T22:10:00Z', '2022-09-20T22:10:00.500000Z']
    """
    numbers = pd.to_numeric(cells, errors="coerce").to_numpy(dtype="float64")
    seconds = np.select(
        [np.abs(numbers) > limit for limit in _FINER], [numbers / one for one in _FINER.values()], numbers
    )
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


def from_excel(cells: pd.Series) -> pd.Series | None:
    """Return ISO text for days counted as spreadsheets do (1 is 1900-01-01), None if the cells are no such.

    Only days between 1990 and 2100 are taken for such; other cells stay as they are. Source of the zero
    (day 0 is 1899-12-30, from March 1900 on): ECMA-376, part 1, 18.17.4.1.

    >>> from_excel(pd.Series(["45352.5", "45353,25"], dtype="str")).tolist()
    ['2024-03-01 12:00:00', '2024-03-02 06:00:00']
    """
    plain = cells.str.replace(",", ".", regex=False)
    numbers = pd.to_numeric(plain, errors="coerce").to_numpy(dtype="float64")
    fits = (numbers >= 32874) & (numbers < 73051)
    filled = int((cells != "").sum())
    if not filled or fits.sum() < 0.9 * filled:
        return None
    seconds = np.round(np.where(fits, numbers, 0) * 86400).astype("int64").astype("timedelta64[s]")
    stamps = np.datetime64("1899-12-30", "s") + seconds
    whole = bool((numbers[fits] == np.floor(numbers[fits])).all())
    text = pd.Series(np.datetime_as_string(stamps, unit="D" if whole else "s"), index=cells.index)
    return text.str.replace("T", " ", regex=False).where(fits, cells).astype("str")


def clock_text(cells: pd.Series) -> pd.Series:
    """Return clocks with colons: "18.00.00", "14h30", "1530", "7".

    >>> clock_text(pd.Series(["14h30", "7"])).tolist(), clock_text(pd.Series(["30", "1530"])).tolist()
    (['14:30', '07:00'], ['00:30', '15:30'])
    """
    text = cells.str.replace(r"^(\d{1,2})[.h](\d{2})(?:[.m](\d{2}))?", _colons, regex=True)
    text = text.str.replace(r"^(\d{1,2}) ?[hH]$", r"\1", regex=True)
    if _in_hundreds(text):
        return text.str.zfill(4).str.replace(r"^(\d{2})(\d{2})$", r"\1:\2", regex=True)
    if len(text) and (text.str.fullmatch(r"\d{5,6}").sum() > 0.5 * (text != "").sum()):
        return text.str.zfill(6).str.replace(r"^(\d{2})(\d{2})(\d{2})$", r"\1:\2:\3", regex=True)
    text = text.str.replace(r"^(\d{1,2})$", lambda found: found[1].zfill(2) + ":00", regex=True)
    return text.str.replace(r"^(\d{1,2})(\d{2})$", r"\1:\2", regex=True)


def _in_hundreds(cells: pd.Series) -> bool:
    """Tell whether clocks are written as numbers such as 0, 30, 130, 1530 (and not as hours 0 to 24)."""
    digits = cells[cells.str.fullmatch(r"\d{1,4}")]
    return len(digits) > 0 and bool((digits.str.len() >= 3).any())


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
    found.append(Column(joined, "time", label=joined, derived=True))
    return frame, found, (JOINED, {"names": ", ".join(names)})
