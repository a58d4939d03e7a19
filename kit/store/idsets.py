"""The ids of the entries of a version, in order and in memory, so that the next version's id costs little."""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from hashlib import sha256

#: Counts what happens to the log besides growing (an erasure, versions that are numbered anew): then what was
#: known of the versions so far is no longer true.
SCHEMA = """
CREATE TRIGGER IF NOT EXISTS log_shrinks AFTER DELETE ON log BEGIN
    INSERT INTO meta VALUES ('turned', '1') ON CONFLICT (key) DO UPDATE SET value = value + 1;
END;
CREATE TRIGGER IF NOT EXISTS log_moves AFTER UPDATE OF version ON log
WHEN old.version IS NOT new.version AND (old.version IS NOT NULL OR
    new.version <= (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'settled')) BEGIN
    INSERT INTO meta VALUES ('turned', '1') ON CONFLICT (key) DO UPDATE SET value = value + 1;
END;
"""
#: With more new ids than this at once all are sorted again.
FEW = 64


class IdSet:
    """Some ids in their order, and as the text of which the id of a version is made.

    >>> from kit.entry import version_id
    >>> some = IdSet(["b", "d"])
    >>> some.add(["c", "a"])
    >>> len(some), some.version_id() == version_id(["a", "b", "c", "d"])
    (4, True)
    """

    def __init__(self, ids: Iterable[str] = ()) -> None:
        self._ids = sorted(ids)
        self._text = bytearray("".join(f"{one}\n" for one in self._ids).encode())

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, ids: Sequence[str]) -> None:
        """Take in ids of one length that are not among them."""
        if len(ids) > FEW:
            self.__init__([*self._ids, *ids])  # type: ignore[misc]
            return
        for one in ids:
            place = bisect_left(self._ids, one)
            self._ids.insert(place, one)
            start = place * (len(one) + 1)
            self._text[start:start] = f"{one}\n".encode()

    def copy(self) -> IdSet:
        """Return the same ids as a set of their own."""
        found = IdSet()
        found._ids, found._text = self._ids.copy(), self._text.copy()
        return found

    def version_id(self) -> str:
        """Return :func:`kit.entry.version_id` of the ids."""
        return sha256(memoryview(self._text)[:-1] if self._text else b"").hexdigest()


class Known:
    """The ids of the versions up to the newest one that was asked for, as one process remembers them."""

    def __init__(self) -> None:
        self._since, self._upto, self._ids = "", -1, IdSet()

    def upto(self, sql: sqlite3.Connection, number: int) -> IdSet:
        """Return the ids of the entries of versions up to ``number``; they are not to be changed."""
        meta = dict(sql.execute("SELECT key, value FROM meta WHERE key IN ('turned', 'settled')").fetchall())
        since = meta.get("turned", "0")
        if number > int(meta.get("settled", "0")):  # more may still be noted of it
            return IdSet(row[0] for row in sql.execute("SELECT id FROM log WHERE version <= ?", (number,)))
        if since != self._since or number < self._upto:
            self._since, self._upto, self._ids = since, -1, IdSet()
        rows = sql.execute("SELECT id FROM log WHERE version > ? AND version <= ?", (self._upto, number))
        self._ids.add([row[0] for row in rows.fetchall()])
        self._upto = number
        return self._ids
