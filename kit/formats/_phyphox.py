"""Recordings of phyphox (a phone as a set of instruments): the .zip holds tables and the phone's clock.

``Raw Data.csv`` counts seconds since the start; ``meta/time.csv`` says when that was, and when the recording
was paused and went on::

    "event","experiment time","system time","system time text"
    "START",0.0,1772353200.0,"2026-03-01 10:20:00.000 UTC+02:00"

In a workbook (.xlsx, .xls) the same stands in its sheets ``Raw Data``, ``Metadata Time`` and others.
Each table gets a first column with the time in UTC, so that nobody need be asked; what ``meta`` says about
the phone is left out. https://phyphox.org/wiki/index.php/Time_reference
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

_CLOCK = re.compile(r"(^|/)meta/time\.csv$", re.I)
_META = re.compile(r"(^|/)meta/[^/]+\.csv$", re.I)
_HEADER = re.compile(r'"?Time \(s\)"?(?P<separator>[,;\t])')
_NAME = "Time (UTC)"


def is_recording(names: Iterable[str]) -> bool:
    """Tell whether an archive is a recording: it holds the phone's clock.

    >>> is_recording(["Raw Data.csv", "meta/device.csv", "meta/time.csv"]), is_recording(["time.csv"])
    (True, False)
    """
    return any(_CLOCK.search(name) for name in names)


def dated(files: Iterable[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """Return the tables of a recording with the time in UTC in front, without the files about the phone."""
    files = list(files)
    starts = next((_starts(data) for name, data in files if _CLOCK.search(name)), None)
    return [(name, _with_time(data, starts)) for name, data in files if not _META.search(name)]


def dated_sheets(sheets: list[tuple[str, str]]) -> list[tuple[str, str]]:
    r"""Return the sheets (name, tab-separated text) of a workbook; of a recording as :func:`dated` does.

    >>> clock = "event\texperiment time\tsystem time\nSTART\t0\t1772353200"
    >>> dated_sheets([("Raw Data", "Time (s)\tp (hPa)\n1.5\t1015.1"), ("Metadata Time", clock)])
    [('Raw Data', '"Time (UTC)"\tTime (s)\tp (hPa)\n2026-03-01T08:20:01.500000Z\t1.5\t1015.1\n')]
    """
    starts = next((_starts(text.encode()) for name, text in sheets if name == "Metadata Time"), None)
    if starts is None:
        return sheets
    tables = ((name, text) for name, text in sheets if not name.startswith("Metadata "))
    return [(name, _with_time(text.encode(), starts).decode()) for name, text in tables]


def _starts(data: bytes) -> pd.DataFrame | None:
    """Return when the recording started or went on: ``zero`` (its own seconds) and ``clock`` (UTC)."""
    text = data.decode("utf-8-sig", errors="replace")
    separator = max((",", ";", "\t"), key=text.split("\n", 1)[0].count)
    try:
        table = pd.read_csv(io.StringIO(text), sep=separator, dtype="str", header=0).iloc[:, :3]
    except (pd.errors.ParserError, pd.errors.EmptyDataError):
        return None
    if table.shape[1] < 3:
        return None
    table.columns = pd.Index(["event", "zero", "clock"])
    table = table[table["event"] == "START"]
    numbers = table[["zero", "clock"]].apply(lambda cells: _numbers(cells))
    good = len(numbers) and numbers.notna().all().all() and numbers["zero"].is_monotonic_increasing
    return numbers if good else None


def _numbers(cells: pd.Series) -> pd.Series:
    return pd.to_numeric(cells.str.strip('"').str.replace(",", ".", regex=False), errors="coerce")


def _with_time(data: bytes, starts: pd.DataFrame | None) -> bytes:
    r"""Return a table with the time in UTC in front; as it is where its times cannot be read.

    >>> starts = pd.DataFrame({"zero": [0.0, 2.0], "clock": [1772353200.0, 1772356800.0]})
    >>> print(_with_time(b'"Time (s)","p (hPa)"\n1.5E0,1015.1\n2.5E0,1015.2\n', starts).decode())
    "Time (UTC)","Time (s)","p (hPa)"
    2026-03-01T08:20:01.500000Z,1.5E0,1015.1
    2026-03-01T09:20:00.500000Z,2.5E0,1015.2
    <BLANKLINE>
    """
    text = data.decode("utf-8-sig", errors="replace")
    found = _HEADER.match(text)
    if found is None or starts is None:
        return data
    header, *lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    separator = found["separator"]
    rows = pd.Series(lines, dtype="str")
    seconds = _numbers(rows.str.partition(separator)[0]).to_numpy(dtype="float64") if lines else np.zeros(0)
    if not len(seconds) or not np.isfinite(seconds).all():
        return data
    zero, clock = starts["zero"].to_numpy(), starts["clock"].to_numpy()
    part = np.maximum(np.searchsorted(zero, seconds, side="right") - 1, 0)
    moments = np.round((clock[part] + seconds - zero[part]) * 1e6).astype("int64").astype("datetime64[us]")
    stamps = pd.Series(np.datetime_as_string(moments), dtype="str") + "Z"
    table = stamps + separator + rows
    return "\n".join([f'"{_NAME}"{separator}{header}', *table, ""]).encode()
