"""What the journal holds for the folder: what waits for a version, and what is late.

*Late* is what stands in a version already but perhaps not yet on the disk. Small batches are written without
a flush for each of their files: the journal, which is on the disk, keeps their kept copies until everything
was flushed at once (:func:`kit.store.late.secure`), after about :data:`MOST` of them. Should the power fail
before, whoever opens the dataset next puts back what was torn. So an upload waits for one flush and not for
nine. The late versions are always the newest ones: before a version of another kind all is flushed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kit.entry import Entry
from kit.store.entries import parse_entry

#: A batch is small up to so many entries, and so many bytes of kept copies.
FEW, SMALL = 32, 1 << 18
#: So many late entries are flushed together.
MOST = 64

SCHEMA = """
CREATE TABLE IF NOT EXISTS pending (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kept BLOB, derive INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS pending_rows (
    id TEXT NOT NULL, name TEXT NOT NULL, data BLOB NOT NULL, PRIMARY KEY (id, name)
);
CREATE TABLE IF NOT EXISTS late (id TEXT PRIMARY KEY, version INTEGER NOT NULL, kept BLOB);
"""
#: The tables with a row, or several, for an entry that the journal holds something of.
TABLES = ("pending_rows", "pending", "late")


@dataclass(frozen=True)
class Pending:
    """An acknowledged entry that no version names yet; with ``derive`` its rows are not in the journal."""

    seq: int
    entry: Entry
    kept: bytes | None = field(repr=False)
    rows: Mapping[str, bytes] = field(repr=False)
    derive: bool = False


@dataclass(frozen=True)
class Late:
    """An entry that the version with this number names, and its kept copy; ``data`` is its canonical JSON."""

    id: str
    payload: str
    data: bytes = field(repr=False)
    version: int
    kept: bytes | None = field(repr=False)


def is_small(batch: Sequence[Pending]) -> bool:
    """Return whether the journal keeps a batch until it is flushed with others (what :func:`settle` does)."""
    sizes = [len(item.kept or b"") for item in batch if item.kept is not None or not item.derive]
    return len(sizes) == len(batch) <= FEW and sum(sizes) <= SMALL


def oldest(sql: sqlite3.Connection, most: int, most_bytes: int) -> list[Pending]:
    """Return the oldest entries that wait, as many as fit in memory."""
    sizes = sql.execute(
        "SELECT p.id, coalesce(length(p.kept), 0) + coalesce((SELECT sum(length(data)) * 8 "
        "FROM pending_rows r WHERE r.id = p.id), 0) FROM pending p ORDER BY seq LIMIT ?", (most,)
    ).fetchall()  # fmt: skip
    found: list[Pending] = []
    total = 0
    for entry_id, size in sizes:
        total += size
        if found and total > most_bytes:
            break
        found.append(_pending(sql, entry_id))
    return found


def _pending(sql: sqlite3.Connection, entry_id: str) -> Pending:
    seq, kept, derive, entry = sql.execute(
        "SELECT seq, kept, derive, entry FROM pending JOIN log USING (id) WHERE id = ?", (entry_id,)
    ).fetchone()
    rows = dict(sql.execute("SELECT name, data FROM pending_rows WHERE id = ?", (entry_id,)).fetchall())
    return Pending(seq, parse_entry(entry), kept, rows, bool(derive))


def settle(sql: sqlite3.Connection, number: int, added: Sequence[str], *, late: bool) -> None:
    """Forget what a version names; where that may be ``late`` its kept copies stay if the batch is small."""
    ids = [(entry_id,) for entry_id in added]
    if late and len(ids) <= FEW:
        question = "SELECT coalesce(length(kept), 0), derive AND kept IS NULL FROM pending WHERE id = ?"
        found = [row for one in ids for row in sql.execute(question, one)]
        if not any(elsewhere for _, elsewhere in found) and sum(size for size, _ in found) <= SMALL:
            sql.executemany(
                f"INSERT OR REPLACE INTO late SELECT id, {int(number)}, kept FROM pending WHERE id = ?", ids
            )
    sql.executemany("DELETE FROM pending_rows WHERE id = ?", ids)
    sql.executemany("DELETE FROM pending WHERE id = ?", ids)


def late(sql: sqlite3.Connection) -> list[Late]:
    """Return what is late, in the order of versions."""
    rows = sql.execute("SELECT id, entry, late.version, kept FROM late JOIN log USING (id) ORDER BY 3, 1")
    return [
        Late(name, parse_entry(data, name).payload, data, number, kept)
        for name, data, number, kept in rows.fetchall()
    ]


def forget(sql: sqlite3.Connection, ids: Iterable[str]) -> None:
    """Hold nothing of some entries any more."""
    for table in TABLES:
        sql.executemany(f"DELETE FROM {table} WHERE id = ?", [(one,) for one in ids])
