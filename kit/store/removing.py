"""What an erasure removes, and how the journal forgets it.

An erasure is an entry that names a school or an entry. It removes every entry of that school or that entry,
and what is said about them, whatever their counters and however late they arrive; never another erasure.
The rule looks at one entry and at the set of erasures only, so that copies that meet in any order agree. The
log never holds an entry that an erasure in it removes: it is the effective entry set, of which the ids of
versions are made.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from kit.entry import Entry
from kit.errors import UsageError
from kit.store import outbox
from kit.store.entries import parse_entry
from kit.text import N_

KIND = "erasure"
#: Kinds that say nothing about which readings count.
QUIET = ("annotation", "citation", "finding", "feedback", KIND)

SCHEMA = """
CREATE TABLE IF NOT EXISTS erased (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, payload TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS log_erasure ON log (subject) WHERE kind = 'erasure';
"""


@dataclass(frozen=True)
class Gone:
    """An entry that was removed from the log and that is still to be removed from the folder."""

    id: str
    kind: str
    payload: str


class Removed(UsageError):
    """Something is given for a school, or said about an entry, that was erased; nothing was stored."""

    def __init__(self, entry: Entry, subjects: Collection[str]) -> None:
        name = next((one for one in _names(entry) if one in subjects), entry.school)
        super().__init__(
            N_("{name} was erased from this dataset; nothing can be given to it any more."),
            why=N_("What was erased stays erased in every copy."),
            do=N_("If that was a mistake, use a new id for the school."),
            code="erased", name=name[:12] if len(name) == 64 else name,
        )  # fmt: skip


def _names(entry: Entry) -> tuple[str, ...]:
    """Return what erasures can name an entry by; a subject may be ``SCHOOL/PLACE`` or ``SCHOOL/ENTRY``."""
    school, _, about = entry.subject.partition("/")
    return entry.id, entry.subject, entry.school, school, about if len(about) == 64 else ""


def is_removed(entry: Entry, subjects: Collection[str]) -> bool:
    """Return whether erasures of these ``subjects`` (ids of schools and entries) remove an entry.

    A submission goes with its school, and when all its stations are of schools that were erased.

    >>> roof = Entry("station", "EE-A", "EE-A/roof", 1, "", "", {})
    >>> is_removed(roof, {"EE-A"}), is_removed(roof, {roof.id}), is_removed(roof, {"EE-B"})
    (True, True, False)
    >>> is_removed(Entry("finding", "EE-B", f"EE-A/{roof.id}", 2, "", "", {}), {roof.id})
    True
    >>> is_removed(Entry("erasure", "EE-A", "EE-A", 2, "", "", {}), {"EE-A"})
    False
    """
    if not subjects or entry.kind == KIND:
        return False
    if any(name in subjects for name in _names(entry) if name):
        return True
    return bool(schools := schools_of(entry)) and schools <= set(subjects)


def schools_of(entry: Entry) -> set[str]:
    """Return the schools whose stations a submission has readings of."""
    if entry.kind != "submission":
        return set()
    return {str(item["id"]).split("/", 1)[0] for item in entry.content.get("stations", ())}


def subjects(sql: sqlite3.Connection) -> frozenset[str]:
    """Return what the erasures in the log name."""
    return frozenset(name for (name,) in sql.execute("SELECT subject FROM log WHERE kind = 'erasure'"))


def forget(sql: sqlite3.Connection, erasure: Entry) -> None:
    """Remove from the log what an erasure removes; remember it until the folder is free of it."""
    named = subjects(sql) | {erasure.subject}
    # Without a slash in it the name is of an entry, or of a school: then only a look at all tells.
    every = (parse_entry(data, name) for name, data in sql.execute("SELECT id, entry FROM log").fetchall())
    found = [entry for entry in every if is_removed(entry, named)]
    remember(sql, found)
    outbox.forget(sql, [entry.id for entry in found])
    sql.executemany("DELETE FROM log WHERE id = ?", [(entry.id,) for entry in found])
    sql.execute("INSERT OR REPLACE INTO meta VALUES ('erasing', '1')")


def remember(sql: sqlite3.Connection, entries: Iterable[Entry]) -> None:
    """Remember entries of which files are, or may be, in the folder."""
    rows = [(entry.id, entry.kind, entry.payload) for entry in entries]
    sql.executemany("INSERT OR IGNORE INTO erased VALUES (?, ?, ?)", rows)
    if rows:
        sql.execute("INSERT OR REPLACE INTO meta VALUES ('erasing', '1')")


def scrub(sql: sqlite3.Connection) -> bool:
    """Write the file anew, without the pages and the log of writes in which rows stood that are gone.

    Return whether that could be done (another process may be reading for long).
    """
    sql.execute("DELETE FROM erased")
    sql.execute("VACUUM")
    (blocked, *_) = sql.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not blocked
