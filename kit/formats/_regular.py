"""The quick way through a large, regular table: the same cells as the usual reader, with types.

A table is regular when it is UTF-8 without quotes, every line has the same number of separators and none is
blank, and the cells of the columns that should be numbers or times are so without exception. Everything else
is left to :func:`kit.formats._delimited.read_table`, which reads the same from a regular table, slower:
numbers are then text, too. Without Polars nothing is regular.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal

import numpy as np
import pandas as pd

from kit.model import Source

#: What the cells of a column are: ``number`` becomes float64 (NaN if empty), ``kind`` a category of few
#: texts, ``time`` datetime64[us] (written as 2026-03-01T14:30:00), ``text`` stays text.
Cells = Literal["number", "kind", "time", "text"]
#: Smaller tables are read in the usual way: there is nothing to gain.
LEAST = 1 << 18
#: How many bytes Polars reads at once.
PIECE = 8 << 20
#: How many bytes are looked at at once: they stay in the processor's cache.
CACHED = 1 << 18
_AS_TEXT: ContextVar[bool] = ContextVar("as_text", default=False)
_TIME = "%Y-%m-%dT%H:%M:%S"


@contextmanager
def as_text() -> Iterator[None]:
    """Inside this block every table is read as text, as it stands in the file."""
    token = _AS_TEXT.set(True)
    try:
        yield
    finally:
        _AS_TEXT.reset(token)


def regular_frame(
    source: Source, separators: str, cells: Callable[[str], Cells], least: int | None = None
) -> pd.DataFrame | None:
    r"""Return the table of a regular file, its index counting from 1; None if it is not regular.

    The first line must be the header; ``cells`` says what a column of that name should hold.

    >>> source = Source("a.csv", b"id;time;P1\n7;2026-03-01T10:00:00;4.2\n7;2026-03-01T10:02:30;\n")
    >>> frame = regular_frame(source, ";", {"id": "kind", "time": "time", "P1": "number"}.__getitem__, 0)
    >>> [str(dtype) for dtype in frame.dtypes], frame["P1"].tolist()
    (['category', 'datetime64[us]', 'float64'], [4.2, nan])
    """
    data = source.data
    if _AS_TEXT.get() or len(data) < (LEAST if least is None else least):
        return None
    separator, names = next(
        ((sign, names) for sign in separators if len(names := _header(data, sign)) > 1), ("", ())
    )
    if not names or not _is_even(source, separator, len(names)):
        return None
    frame = _read(source, separator, {name: cells(name) for name in names})
    if frame is not None:
        frame.index = pd.RangeIndex(1, len(frame) + 1)
    return frame


class Grid:
    """Where the cells of a regular table stand in its bytes; ``rows`` is the number of records."""

    def __init__(self, source: Source, separator: str) -> None:
        self._data, self._separator, self._ends = source.data, separator.encode(), source.line_ends
        self.rows = len(self._ends) - source.data.endswith(b"\n")

    def spans(self, row: int, columns: Sequence[int]) -> list[tuple[int, int]]:
        """Return (start, end) of some cells of a record (from 1; columns from 0), without blanks."""
        start = int(self._ends[row - 1]) + 1
        end = int(self._ends[row]) if row < len(self._ends) else len(self._data)
        cells = self._data[start:end].split(self._separator)
        found = []
        for column in columns:
            cell, first = cells[column], start + sum(map(len, cells[:column])) + column
            first += len(cell) - len(cell.lstrip())
            found.append((first, first + len(cell.strip())))
        return found


def cell_grid(source: Source, names: list[str]) -> Grid | None:
    r"""Return where the cells of a file stand whose first line is exactly ``names``; None if it is not even.

    >>> source = Source("a.csv", b"t;lat\n1; 58.38123\n")
    >>> ((start, end),) = cell_grid(source, ["t", "lat"]).spans(1, [1])
    >>> source.data[start:end]
    b'58.38123'
    """
    separator = _separator(source, names)
    return Grid(source, separator) if separator and _is_even(source, separator, len(names)) else None


def as_written(source: Source, names: Sequence[str]) -> Callable[[str, Sequence[int]], list[str]]:
    """Return the function that looks up the texts of a regular table's cells (``RawTable.written``)."""

    grid = Grid(source, _separator(source, names))

    def texts(column: str, places: Sequence[int]) -> list[str]:
        at = list(names).index(column)
        spans = (grid.spans(place + 1, [at]) for place in places)
        return [source.data[start:end].decode() for ((start, end),) in spans]

    return texts


def _separator(source: Source, names: Sequence[str]) -> str:
    """Return what stands between the names in the first line of a file, if it is exactly these; else ""."""
    fitting = (sign for sign in ";,\t" if _header(source.data, sign) == tuple(names))
    return next(fitting, "") if len(names) > 1 else ""


def _header(data: bytes, separator: str) -> tuple[str, ...]:
    try:
        line = data[: data.find(b"\n") + 1].removeprefix(b"\xef\xbb\xbf").decode().rstrip("\r\n")
    except UnicodeDecodeError:
        return ()
    names = line.split(separator)
    plain = all(name == name.strip() and name and '"' not in name for name in names)
    return tuple(names) if plain and len(set(names)) == len(names) else ()


def _is_even(source: Source, separator: str, width: int) -> bool:
    """Tell whether every line can have ``width`` cells: no quotes, no blank lines, enough separators.

    >>> [_is_even(Source("", data), ";", 2) for data in (b"a;b\\n1;2", b"a;b\\n\\n1;2", b"a;b\\r\\n1;\\r\\n")]
    [True, False, True]
    """
    data, ends = source.data, source.line_ends
    if b'"' in data or b"\0" in data or not len(ends) or ends[0] == 0 or (np.diff(ends) == 1).any():
        return False
    signs = np.frombuffer(data, dtype=np.uint8)
    if b"\r" in data:
        returns = signs[ends - 1] == ord("\r")  # before every line end, and nothing else in no line
        if (
            np.count_nonzero(returns) != data.count(b"\r")
            or (returns & (np.diff(ends, prepend=-1) == 2)).any()
        ):
            return False
    lines = len(ends) + (not data.endswith(b"\n"))
    starts = range(0, len(data), CACHED)
    count = sum(np.count_nonzero(signs[at : at + CACHED] == ord(separator)) for at in starts)
    return bool(count == lines * (width - 1))


def _read(source: Source, separator: str, cells: Mapping[str, Cells]) -> pd.DataFrame | None:
    """Read the table piece by piece, so that what Polars needs meanwhile stays small."""
    try:
        import polars as pl
    except ImportError:
        return None
    data = source.data
    types = {"number": pl.Float64(), "kind": pl.Categorical()}
    schema = {name: types.get(kind, pl.String()) for name, kind in cells.items()}
    columns = {name: _Column(kind, len(source.line_ends)) for name, kind in cells.items()}
    start = data.find(b"\n") + 1
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        while start < len(data):
            end = data.find(b"\n", start + PIECE) + 1 or len(data)
            try:
                piece = pl.read_csv(
                    data[start:end], separator=separator, schema=schema, quote_char=None, has_header=False
                )
                if not all(pool.map(_Column.take, columns.values(), piece.get_columns())):
                    return None
            except pl.exceptions.PolarsError:
                return None
            start = end
    return pd.DataFrame({name: column.whole() for name, column in columns.items()}, copy=False)


class _Column:
    """One column while the pieces of a table are read."""

    def __init__(self, kind: Cells, rows: int) -> None:
        types = {"number": "float64", "kind": "int32", "time": "datetime64[us]", "text": "object"}
        self.kind, self.rows, self.size = kind, np.empty(rows, dtype=types[kind]), 0
        self.texts: dict[str, int] = {}

    def take(self, series: Any) -> bool:
        """Take in the cells of one piece; False if some cell is not what it should be."""
        found = {"number": _numbers, "kind": self._kinds, "time": _times, "text": _texts}[self.kind](series)
        if found is None:
            return False
        self.rows[self.size : self.size + len(series)] = found
        self.size += len(series)
        return True

    def _kinds(self, series: Any) -> Any:
        """Return the numbers of texts; those of Polars have holes."""
        import polars as pl

        if series.null_count() == len(series):
            return self.texts.setdefault("", len(self.texts))
        kinds = series.unique()
        texts = kinds.cast(pl.String()).fill_null("").to_list()
        if any(text != text.strip() for text in texts) or len(set(texts)) < len(texts):
            return None
        nothing = np.iinfo(np.uint32).max
        numbers, codes = (one.to_physical().fill_null(nothing).to_numpy() for one in (kinds, series))
        own = np.array([self.texts.setdefault(text, len(self.texts)) for text in texts], dtype=np.int32)
        order = np.argsort(numbers)
        return own[order[np.searchsorted(numbers[order], codes)]]

    def whole(self) -> Any:
        """Return all cells as a column of a DataFrame."""
        cells = self.rows[: self.size]
        if self.kind == "kind":
            return pd.Categorical.from_codes(cells, categories=pd.Index(list(self.texts), dtype="str"))
        return pd.array(cells, dtype="str") if self.kind == "text" else cells


def _numbers(series: Any) -> Any:
    values = series.fill_null(np.nan).to_numpy()
    return None if np.isinf(values).any() else values


def _times(series: Any) -> Any:
    if series.has_nulls() or (series.str.len_bytes() != 19).any():
        return None
    return series.str.to_datetime(_TIME, time_unit="us", strict=True).to_numpy()


def _texts(series: Any) -> Any:
    series = series.fill_null("")
    return None if series.str.contains(r"^\s|\s$").any() else series.to_numpy()
