"""Searching a folder for what was erased: every file is decoded, and every name of a file read.

Parquet is decoded to its texts, SQLite to its cells (and its bytes as they stand, free pages among them),
archives and compressed data to what is in them. Numbers are not searched for: 12.5 says nothing. What is
searched for are ids and hashes (their first 12 digits, as people see them) and *words*: of at least six
letters or digits with a letter among them, that neither kit itself uses nor anything that stays says.
"""

from __future__ import annotations

import gzip
import io
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

import kit
from kit.store.space import Space, Unreachable

_WORD = re.compile(r"\w{6,}")
_LETTER = re.compile(r"[^\W\d_]")
_HEX = re.compile(r"[0-9a-f]{12,}")
_DIGITS = 12
_TORN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
#: What is in an archive in an archive is looked at so deep.
DEPTH = 3


def words_in(text: str) -> set[str]:
    """Return the words of a text that may tell where it came from.

    >>> sorted(words_in("Mari Maasikas, 2024-03-01T00:00:00, 123456, roof"))
    ['Maasikas']
    """
    found = set(_WORD.findall(text))
    return {one for one in found if _LETTER.search(one) and not _HEX.fullmatch(one)}


def digits_in(text: str) -> Iterator[str]:
    """Yield every 12 hex digits in a row."""
    for run in _HEX.findall(text):
        for start in range(len(run) - _DIGITS + 1):
            yield run[start : start + _DIGITS]


class Needles:
    """What is searched for: words, and the first digits of ids and hashes."""

    def __init__(self, words: Iterable[str], ids: Iterable[str]) -> None:
        self.words = set(words)
        self.ids = {one[:_DIGITS] for one in ids}

    def in_text(self, text: str) -> set[str]:
        """Return those that stand in a text."""
        found = self.words.intersection(_WORD.findall(text)) if self.words else set()
        return found | self.ids.intersection(digits_in(text)) if self.ids else found

    def without(self, said: set[str]) -> Needles:
        """Return the needles but some."""
        return Needles(self.words - said, self.ids - said)


@lru_cache(maxsize=1)
def own_words() -> frozenset[str]:
    """Return the words that kit itself uses: they are in every dataset."""
    found: set[str] = set()
    for path in Path(kit.__file__).parent.rglob("*"):
        if path.suffix in (".py", ".csv", ".po"):
            found |= words_in(path.read_text(encoding="utf-8"))
    return frozenset(found)


def texts(data: bytes, depth: int = DEPTH) -> Iterator[str]:
    """Yield what bytes say: as they stand, decoded, unpacked.

    >>> list(texts(gzip.compress(b"a word")))[-1]
    'a word'
    """
    if data[:4] == b"PAR1":
        yield from _parquet(data)
        return
    yield data.decode("utf-8", "replace")
    if b"\0" in data[:200]:
        for code in ("utf-16-le", "utf-16-be"):
            yield data.decode(code, "replace")
    else:
        yield data.decode("cp1252", "replace")
    if depth:
        for inner in unpacked(data):
            yield from texts(inner, depth - 1)


def _parquet(data: bytes) -> Iterator[str]:
    import polars as pl

    with suppress(pl.exceptions.PolarsError):
        frame = pl.read_parquet(io.BytesIO(data))
        for name, dtype in frame.schema.items():
            if dtype in (pl.String, pl.Categorical, pl.Enum):
                yield "\n".join(str(one) for one in frame[name].cast(pl.String).unique())
        return
    yield data.decode("latin-1")  # torn


def unpacked(data: bytes) -> Iterator[bytes]:
    """Yield what is in an archive or in compressed data."""
    if data[:4] == b"PK\3\4":
        with suppress(*_TORN), zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name.encode("utf-8", "replace")
                yield archive.read(name)
        return
    for unpack in (gzip.decompress, zlib.decompress):
        with suppress(OSError, zlib.error, EOFError):
            yield unpack(data)
            return


def cells(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (kind of entry if it is a row of the log, text) for every row of an SQLite file."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as sql:
        tables = [name for (name,) in sql.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            names = [row[1] for row in sql.execute(f"PRAGMA table_info('{table}')")]
            for row in sql.execute(f"SELECT * FROM '{table}'"):
                kind = str(row[names.index("kind")]) if table == "log" else ""
                for cell in row:
                    for text in texts(cell if isinstance(cell, bytes) else str(cell).encode()):
                        yield kind, text


def search(
    space: Space, needles: Needles, named: set[str], skip: frozenset[str]
) -> tuple[int, dict[str, str]]:
    """Search every file of a space but those to ``skip``; return how many, and what was found where.

    The latter is a needle by the place in which it stands. ``named`` are ids that erasures name: in rows of
    the log that are erasures, and in the bytes of its file, they may stand.
    """
    looked, found = 0, {}
    for place in sorted(item.name for item in space.items("")):
        if place in skip:
            continue
        looked += 1
        hits = needles.in_text(unquote(place))
        for part in _of_file(space, place, needles, named):
            hits |= part
            if hits:
                break
        if hits:
            found[place] = min(hits)
    return looked, found


def _of_file(space: Space, name: str, needles: Needles, named: set[str]) -> Iterator[set[str]]:
    try:
        data = space.get(name)
    except Unreachable:
        raise
    except OSError:  # gone in the meantime
        return
    database = data[:15] == b"SQLite format 3"
    raw = needles.without(named) if database or name.endswith(("-wal", "-shm")) else needles
    for text in texts(data):
        yield raw.in_text(text)
    if database and space.local:
        with suppress(sqlite3.Error):
            for kind, text in cells(space.home / name):
                yield needles.without(named).in_text(text) if kind == "erasure" else needles.in_text(text)
