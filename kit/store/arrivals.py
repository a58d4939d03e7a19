"""Arrivals: rows that came since the tables were settled, in Parquet files named after their content.

A file is written whole, flushed to the disk, and counts only when a version names it; a process that is
killed leaves at most a file that nothing names. Small files are merged into larger ones as they come
(:func:`merged`), so that there are never many: with :data:`FAN` = 16, n submissions leave fewer than 16 files
for each power of 16 in the number of their rows, and a row is rewritten once per power.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

from kit.store.layouts import Layout
from kit.store.space import Space, Unreachable, space_of
from kit.store.versions import Arrival

if TYPE_CHECKING:
    import polars as pl

#: So many files of one size are merged into one of the next size.
FAN = 16
#: Files with more rows than this are left as they are.
LARGEST = 4_000_000


def file_name(sha256: str) -> str:
    """Return where the file with this SHA-256 stands.

    >>> file_name("3f9ac2")
    'arrivals/3f/3f9ac2.parquet'
    """
    return f"arrivals/{sha256[:2]}/{sha256}.parquet"


class Arrivals:
    """The files of arrivals of one dataset."""

    def __init__(self, place: Space | str | os.PathLike[str]) -> None:
        self.space = space_of(place)

    def put(
        self, layout: Layout, frame: pl.DataFrame, after: int, upto: int, *, durable: bool = True
    ) -> Arrival:
        """Keep rows, durable when this returns if that is wanted."""
        buffer = io.BytesIO()
        layout.in_order(frame).write_parquet(buffer, compression="zstd", compression_level=1)
        data = buffer.getvalue()
        name = sha256(data).hexdigest()
        self.space.keep(file_name(name), data, durable=durable)
        return Arrival(layout.name, name, len(frame), after, upto)

    def whole(self, item: Arrival) -> bool:
        """Return whether the file is there and is what was written."""
        try:
            return sha256(self.space.get(file_name(item.file))).hexdigest() == item.file
        except Unreachable:
            raise
        except OSError:
            return False

    def scan(self, layout: Layout, items: Iterable[Arrival]) -> pl.LazyFrame | None:
        """Return the rows of some files lazily; None if there are no files."""
        import polars as pl

        paths = [self.space.place(file_name(item.file)) for item in items]
        if not paths:
            return None
        found = pl.scan_parquet(paths, glob=False, storage_options=self.space.options)
        return found.select(list(layout.all_columns))

    def read(self, layout: Layout, items: Iterable[Arrival]) -> pl.DataFrame:
        """Return the rows of some files."""
        lazy = self.scan(layout, items)
        return layout.no_rows() if lazy is None else lazy.collect()

    def merged(self, layout: Layout, items: Sequence[Arrival], *, durable: bool = True) -> list[Arrival]:
        """Return the arrivals of one table (oldest first) with small neighbours merged."""
        found = list(items)
        while run := _run(found):
            rows = self.read(layout, run)
            made = self.put(layout, rows, run[0].after, run[-1].upto, durable=durable)
            found[-len(run) :] = [made]
        return found

    def without(self, layout: Layout, item: Arrival, keep: pl.Expr, after: int) -> Arrival | None:
        """Return an arrival with only some rows of another, those of versions after ``after``."""
        rows = self.read(layout, [item]).filter(keep)
        return self.put(layout, rows, after, item.upto) if len(rows) else None


def _run(items: Sequence[Arrival]) -> list[Arrival]:
    """Return the newest files that are to be merged: at least :data:`FAN` that are no larger than the last.

    >>> [len(_run([Arrival("r", "", rows, 0, 0)] * n)) for rows, n in ((30, 15), (30, 16), (9_999_999, 16))]
    [0, 16, 0]
    """
    if not items or items[-1].rows > LARGEST:
        return []
    size = _size(items[-1].rows)
    run: list[Arrival] = []
    for item in reversed(items):
        if _size(item.rows) > size or item.rows > LARGEST:
            break
        run.append(item)
    return run[::-1] if len(run) >= FAN else []


def _size(rows: int) -> int:
    """Return the power of :data:`FAN` that a number of rows has.

    >>> [_size(rows) for rows in (1, 30, 255, 256)]
    [0, 1, 1, 2]
    """
    size = 0
    while rows >= FAN:
        rows //= FAN
        size += 1
    return size
