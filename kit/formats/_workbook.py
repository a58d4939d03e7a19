"""Workbooks (.xlsx, .ods, .xls): each sheet as tab-separated text, so that one reader serves both."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from functools import lru_cache
from typing import Any

from kit.errors import FileError
from kit.formats._phyphox import dated_sheets
from kit.formats._source import LIMITS, Limits
from kit.formats._traces import redacted
from kit.model import Source


@lru_cache(maxsize=1)
def sheets(source: Source, limits: Limits = LIMITS) -> list[tuple[str, str]]:
    """Return (name, tab-separated text) of every sheet that is not empty.

    Dates become ISO text ("2024-05-01" or "2024-05-01 10:00:00"); numbers the shortest text that gives
    the same number back; line breaks and tabs inside a cell become blanks. Traces of people are replaced
    (:mod:`kit.formats._traces`). Recordings of phyphox get their times (:mod:`kit.formats._phyphox`).
    """
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError:  # compiled: a browser has none
        raise FileError(
            "{file} is a workbook, and a browser cannot read those.",
            do="Open it and save it as CSV, or bring the file to your teacher as it is.",
            code="not-in-browser", file=source.name,
        ) from None  # fmt: skip
    _refuse_bomb(source, limits)
    found: list[tuple[str, str]] = []
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(source.data))
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=True)
            if rows:
                found.append((name, _text(rows)))
    except (CalamineError, ValueError, OSError, zipfile.BadZipFile) as error:
        if isinstance(error, FileError):
            raise
        raise _broken(source.name) from None
    if not any(text.strip() for _, text in found):
        raise FileError(
            "{file} is a workbook without anything in it.", do="Give the workbook that holds the readings.",
            code="empty", file=source.name,
        )  # fmt: skip
    return [(name, redacted(text)) for name, text in dated_sheets(found) if text.strip()]


def _broken(name: str) -> FileError:
    return FileError(
        "{file} is a workbook that cannot be read: it is damaged or locked.",
        do="Open it, save it again without a password, or save it as CSV.", code="broken-workbook", file=name,
    )  # fmt: skip


def _refuse_bomb(source: Source, limits: Limits) -> None:
    if source.data[:2] != b"PK":
        return
    try:
        with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
            size = sum(info.file_size for info in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise _broken(source.name) from None
    if size > limits.unpacked or (size > 64 << 20 and size / len(source.data) > limits.ratio):
        raise FileError(
            "{file} unpacks to far more than its own size and was not unpacked.",
            why="Such archives can fill a computer.", do="Pack fewer files into one archive.",
            code="archive-too-large", file=source.name,
        )  # fmt: skip


def _text(rows: list[list[Any]]) -> str:
    timed = {at for cells in rows for at, cell in enumerate(cells) if isinstance(cell, dt.datetime)}
    return "\n".join("\t".join(_cell(cell, at in timed) for at, cell in enumerate(cells)) for cells in rows)


def _cell(cell: Any, timed: bool) -> str:
    if isinstance(cell, str):
        return " ".join(cell.split())
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, (int, float)):
        return str(int(cell)) if cell == int(cell) and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        rounded = (cell + dt.timedelta(milliseconds=500)).replace(microsecond=0)
        near = abs(rounded - cell) < dt.timedelta(milliseconds=5)
        return (rounded if near else cell).isoformat(sep=" ")
    if isinstance(cell, dt.date):
        return cell.isoformat() + (" 00:00:00" if timed else "")
    if isinstance(cell, dt.time):
        return cell.replace(microsecond=0).isoformat()
    return str(cell)
