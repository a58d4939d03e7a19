"""Opening the journal of a folder; one that is damaged is put aside and made anew.

Nothing that a version names is lost with a journal: its index is made again from ``entries/``. What was only
in it (acknowledged, in no version yet) is taken from the damaged file as far as that can be read; every entry
and kept copy is checked against its name.
"""

from __future__ import annotations

import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kit.store import folder as disk
from kit.store.entries import Objects, parse_entry, raw_name
from kit.store.journal import NAME, Journal
from kit.store.mending import note
from kit.store.space import Space

#: A journal that was put aside and of which nothing was taken yet; afterwards it ends with ``.part``.
OLD = ".old"


def open_journal(space: Space) -> Journal:
    """Return the journal of a dataset, made anew if it was found to be damaged."""
    folder = space.home
    mark = folder / disk.DAMAGED
    try:
        if not mark.exists() and not any(folder.glob(f".{NAME}-*{OLD}")):
            return Journal(folder)
    except sqlite3.DatabaseError as error:
        if not disk.is_damage(error):
            raise
    from filelock import FileLock

    from kit.store.flush import LOCK

    with FileLock(str(folder / LOCK), timeout=120.0):
        return _renewed(space, mark)


def _renewed(space: Space, mark: Path) -> Journal:
    """Return the journal; the caller holds the lock, and may come second."""
    folder = space.home
    try:
        if mark.exists():
            raise sqlite3.DatabaseError(disk.MALFORMED)
        journal = Journal(folder)
    except sqlite3.DatabaseError as error:
        if not disk.is_damage(error):
            raise
        _put_aside(folder)
        journal = Journal(folder)
    for old in sorted(folder.glob(f".{NAME}-*{OLD}")):
        for data, kept in _waiting(old):
            entry = parse_entry(data)
            objects = Objects(space)
            raw = {} if kept is None else {sha256(kept).hexdigest(): kept}
            if (
                not entry.payload
                or entry.payload in raw
                or not objects.fault(raw_name(entry.payload), entry.payload)
            ):
                journal.adopt([entry], raw)
        for path in (_late(old), old):
            with suppress(FileNotFoundError):
                path.rename(path.with_name(f"{path.name}.part"))
    note(journal, "journal")
    mark.unlink(missing_ok=True)
    return journal


def _put_aside(folder: Path) -> None:
    old = folder / f".{NAME}-{secrets.token_hex(4)}{OLD}"
    (folder / f"{NAME}-shm").unlink(missing_ok=True)
    with suppress(FileNotFoundError):
        (folder / f"{NAME}-wal").rename(_late(old))
    with suppress(FileNotFoundError):
        (folder / NAME).rename(old)
    disk.sync_folder(folder)


def _late(old: Path) -> Path:
    return old.with_name(f"{old.name}-wal")


def _waiting(old: Path) -> Iterator[tuple[bytes, bytes | None]]:
    """Yield (canonical JSON, kept copy) of what waited in a damaged journal, as far as it is whole."""
    with TemporaryDirectory(prefix="kit-") as place:
        copy = Path(place) / NAME
        for source, target in ((old, copy), (_late(old), copy.with_name(f"{NAME}-wal"))):
            with suppress(FileNotFoundError):
                shutil.copyfile(source, target)
        with closing(sqlite3.connect(copy)) as sql:
            for table, order in (("pending", "seq"), ("late", "version")):
                for entry_id in _read(sql, f"SELECT id FROM {table} ORDER BY {order}", ()):
                    for data, kept in _read(
                        sql, f"SELECT entry, kept FROM log JOIN {table} USING (id) WHERE id = ?", entry_id
                    ):
                        if sha256(data).hexdigest() == entry_id[0]:
                            yield data, kept


def _read(sql: sqlite3.Connection, text: str, values: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    try:
        yield from sql.execute(text, values)
    except sqlite3.DatabaseError:
        return
