"""What the journal of another copy has acknowledged and not brought into a version. Nothing is written there.

A journal that was closed in good order is one file, which SQLite reads as it stands. Else (its program was
killed, or is at work now) what counts stands in a second file, and a copy of both is opened. Whoever uses
this checks every object against its name, so that a copy taken at a bad moment cannot do any harm.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from kit.store.journal import NAME

_WAITING = "SELECT id, entry, kept FROM pending JOIN log USING (id) ORDER BY seq"


def waiting(folder: Path) -> Iterator[tuple[str, bytes, bytes | None]]:
    """Yield (entry id, its canonical JSON, its kept copy or None) of what waits in the journal of a folder.

    Raises ``sqlite3.Error`` or ``OSError`` when the journal cannot be read.
    """
    journal = folder / NAME
    late = folder / f"{NAME}-wal"
    if not journal.exists():
        return
    if not late.exists() or not late.stat().st_size:
        yield from _read(journal)
        return
    with TemporaryDirectory(prefix="kit-") as place:
        for path in (late, journal):
            shutil.copyfile(path, Path(place) / path.name)
        yield from _read(Path(place) / NAME, options="")


def _read(journal: Path, options: str = "?immutable=1") -> Iterator[tuple[str, bytes, bytes | None]]:
    with closing(sqlite3.connect(f"{journal.absolute().as_uri()}{options}", uri=True)) as sql:
        tables = {name for (name,) in sql.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if {"pending", "log"} <= tables:
            yield from sql.execute(_WAITING)
