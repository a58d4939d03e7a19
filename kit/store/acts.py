"""Acts: what the journal is asked to write in one piece, and how it writes it into a transaction."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from kit.entry import Entry
from kit.errors import DatasetError
from kit.store import removing
from kit.store.entries import parse_entry
from kit.text import N_

#: No more files are taken when so many of them, or so many bytes of kept copies and rows, wait for a version.
BACKLOG_ACTS, BACKLOG_BYTES = 10_000, 1_000_000_000
#: Further from that than this (more than one transaction can bring) it need not be known how much waits.
PLENTY_ACTS, PLENTY_BYTES = 1000, 200_000_000
WAITING = N_("Files that were given before are still being brought into its tables.")


@dataclass(frozen=True)
class Draft:
    """An entry to be, before the journal gives it its counter.

    ``kept`` is the kept copy (``payload`` its SHA-256), ``rows`` the packed rows by name of table. With
    ``once`` the entry is left out when the newest entry of its kind about its subject says the same, with
    ``first`` when there is any entry of its kind about its subject.
    """

    kind: str
    school: str
    subject: str
    made: str
    content: Mapping[str, Any]
    payload: str = ""
    kept: bytes | None = field(default=None, repr=False)
    rows: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    once: bool = False
    first: bool = False

    def entry(self, counter: int) -> Entry:
        """Return the entry with its place in the order."""
        return Entry(
            self.kind, self.school, self.subject, counter, self.made, self.payload, dict(self.content)
        )


@dataclass(frozen=True)
class Act:
    """What :meth:`kit.store.journal.Journal.add` is asked for."""

    drafts: tuple[Draft, ...]
    key: str = ""
    expected: frozenset[str] = frozenset()
    still: str = ""

    @property
    def size(self) -> int:
        """How many bytes of kept copies and rows it brings."""
        return sum(len(one.kept or b"") + sum(map(len, one.rows.values())) for one in self.drafts)


class KeyTaken(Exception):
    """Another process gave the same thing in the meantime; ``ids`` are the submissions under the key."""

    def __init__(self, ids: tuple[str, ...]) -> None:
        super().__init__(ids)
        self.ids = ids


class Backlog(DatasetError):
    """Too much waits for a version; nothing was stored (:func:`kit.store.flush.acknowledge` makes room)."""


def busy(folder: str, *, waiting: bool = False) -> DatasetError:
    """Return the error for an act that was not done: others write, or too much is ``waiting``."""
    return (Backlog if waiting else DatasetError)(
        "The dataset in {folder} is busy.",
        why=WAITING if waiting else "Another program has been writing to it for a long time.",
        do="Nothing was stored: try again in a minute.",
        code="busy", folder=folder,
    )  # fmt: skip


def do(sql: sqlite3.Connection, act: Act) -> list[Entry]:
    """Write one act into the transaction; what it raises is told, and the act taken back."""
    if act.still and _is_retracted(sql, act.still):
        raise KeyTaken((act.still,))
    if act.key and set(ids := under(sql, act.key)) != act.expected:
        raise KeyTaken(ids)
    counter = int(sql.execute("SELECT coalesce(max(counter), 0) FROM log").fetchone()[0])
    made = []
    for draft in act.drafts:
        newest = _newest_about(sql, draft) if draft.once or draft.first else None
        if newest is not None and (draft.first or newest.content == dict(draft.content)):
            continue
        counter += 1
        entry = draft.entry(counter)
        if not insert(sql, entry, derive=False, kept=draft.kept):
            raise removing.Removed(entry, removing.subjects(sql))
        rows = [(entry.id, name, data) for name, data in draft.rows.items()]
        sql.executemany("INSERT INTO pending_rows VALUES (?, ?, ?)", rows)
        made.append(entry)
    return made


def room(sql: sqlite3.Connection) -> tuple[int, int]:
    """Return how many acts and bytes may still wait for a version, or less where that is plenty."""
    (span,) = sql.execute(
        "SELECT coalesce(max(seq) - (SELECT min(seq) FROM pending) + 1, 0) FROM pending"
    ).fetchone()
    pages, free, size = (
        sql.execute(f"PRAGMA {what}").fetchone()[0] for what in ("page_count", "freelist_count", "page_size")
    )
    used = (pages - free) * size  # of all tables
    if span + PLENTY_ACTS < BACKLOG_ACTS and used + PLENTY_BYTES < BACKLOG_BYTES:
        return BACKLOG_ACTS - span, BACKLOG_BYTES - used
    count, kept = sql.execute("SELECT count(kept), coalesce(sum(length(kept)), 0) FROM pending").fetchone()
    (rows,) = sql.execute("SELECT coalesce(sum(length(data)), 0) FROM pending_rows").fetchone()
    return BACKLOG_ACTS - count, BACKLOG_BYTES - kept - rows


def under(sql: sqlite3.Connection, key: str) -> tuple[str, ...]:
    """Return the ids of the submissions with this key."""
    rows = sql.execute(
        "SELECT id FROM log WHERE key = ? AND key != '' ORDER BY counter, id", (key,)
    ).fetchall()
    return tuple(row[0] for row in rows)


def is_sound(sql: sqlite3.Connection) -> bool:
    """Return whether a journal that was copied is whole: it may have been written to meanwhile."""
    if sql.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
        return False
    entries = sql.execute("SELECT id, entry FROM log")
    copies = sql.execute("SELECT entry, kept FROM pending JOIN log USING (id) WHERE kept IS NOT NULL")
    return all(sha256(data).hexdigest() == entry_id for entry_id, data in entries) and all(
        sha256(kept).hexdigest() == parse_entry(data).payload for data, kept in copies
    )


def _is_retracted(sql: sqlite3.Connection, submission: str) -> bool:
    newest = _newest_about(sql, Draft("retraction", "", submission, "", {}))
    return newest is not None and bool(newest.content.get("retracted"))


def _newest_about(sql: sqlite3.Connection, draft: Draft) -> Entry | None:
    row = sql.execute(
        "SELECT entry FROM log WHERE kind = ? AND subject = ? ORDER BY counter DESC, id DESC LIMIT 1",
        (draft.kind, draft.subject),
    ).fetchone()
    return parse_entry(row[0]) if row else None


def note(sql: sqlite3.Connection, entry: Entry) -> bool:
    """Write an entry into the log, unless it is there; return False if an erasure removes it."""
    if removing.is_removed(entry, removing.subjects(sql)):
        return False
    key = entry.content.get("key", "") if entry.kind == "submission" else ""
    values = (entry.id, entry.kind, entry.subject, entry.counter, key, entry.canonical())
    sql.execute("INSERT OR IGNORE INTO log VALUES (?, ?, ?, ?, ?, ?, NULL)", values)
    if entry.kind == removing.KIND:
        removing.forget(sql, entry)
    return True


def insert(sql: sqlite3.Connection, entry: Entry, *, derive: bool, kept: bytes | None) -> bool:
    """Write an entry into the log; it waits for a version. Return False if an erasure removes it."""
    if not note(sql, entry):
        return False
    sql.execute("INSERT INTO pending (id, kept, derive) VALUES (?, ?, ?)", (entry.id, kept, int(derive)))
    return True


def take_turn(sql: sqlite3.Connection, patience: float) -> None:
    """Begin a transaction, with the write lock.

    A transaction takes a millisecond or two, but SQLite's own way of waiting for those of other processes
    soon sleeps for a tenth of a second: most of the time nobody would be writing.
    """
    until = time.monotonic() + patience
    sql.execute("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                sql.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
                time.sleep(random.uniform(0.0005, 0.004))
            else:
                return
    finally:
        sql.execute(f"PRAGMA busy_timeout={patience * 1000:.0f}")
