"""The journal: one SQLite file in which an acknowledged act is one durable transaction.

An act (an upload, a retraction, a new station ...) is acknowledged when its transaction is on the disk: it
holds the entries, the kept copy and the rows derived from it. :mod:`kit.store.flush` moves that to
``entries/``, ``raw/`` and the tables, and only when a version names it does the journal forget the kept
copy and the rows. The table ``log`` stays: an index of every entry (it is made again from ``entries/``
when the journal is lost), and the place where the same act by two processes is noticed.

Safe between processes and threads: SQLite in WAL mode, a transaction takes the write lock before it looks
(``BEGIN IMMEDIATE``). The disk is the slow part, and it flushes many as fast as one: acts of several threads
share a transaction (:mod:`kit.store.groups`), and the log of writes is flushed by us, after the transaction
and before anything is acknowledged (``synchronous=NORMAL``; FULL would flush while others wait for the write
lock, and also what may be forgotten).

What waits for a version is bounded (:data:`kit.store.acts.BACKLOG_BYTES`): where the tables cannot be
written the journal says so instead of filling the disk.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from kit.entry import Entry
from kit.store import folder as disk
from kit.store import idsets, outbox, removing
from kit.store.acts import Act, Draft, KeyTaken, busy, do, insert, is_sound, note, room, take_turn, under
from kit.store.entries import parse_entry
from kit.store.groups import Groups, QueueFull
from kit.store.outbox import Pending
from kit.store.versions import Version

NAME = "journal.sqlite"
#: How long (seconds) a process waits for another one's transaction, and an act for its turn.
PATIENCE = 60.0
#: So many acts of threads of one process wait for their transaction; who comes then waits before the door.
QUEUE = 256

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS log (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, counter INTEGER NOT NULL,
    key TEXT NOT NULL, entry BLOB NOT NULL, version INTEGER
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS log_key ON log (key) WHERE key != '';
CREATE INDEX IF NOT EXISTS log_subject ON log (subject, kind) WHERE subject != '';
CREATE INDEX IF NOT EXISTS log_version ON log (version);
CREATE INDEX IF NOT EXISTS log_counter ON log (counter);
CREATE TABLE IF NOT EXISTS version_ids (number INTEGER PRIMARY KEY, id TEXT NOT NULL);
"""


class Journal:
    """The journal of one dataset folder (``None``: in memory, for a dataset that cannot be written)."""

    def __init__(self, folder: Path | None) -> None:
        self.path = folder / NAME if folder else None
        self._mutex = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._pid = 0
        self._folder = str(folder or "")
        self._log: Path | None = None
        self._log_is_named = False
        self._known = idsets.Known()
        #: Whether all that is late was written while this process knew of it: the power has not failed since.
        self.knows_late = False
        self._groups: Groups[Act, list[Entry]] = Groups(self._together, QUEUE, PATIENCE)
        with self._begin() as sql:
            self._check_in(sql, folder)

    def _connect(self) -> sqlite3.Connection:
        """Return this process's connection (a forked process may not use its parent's)."""
        if self._connection is None or self._pid != os.getpid():
            new = self.path is not None and not self.path.exists()
            sql = sqlite3.connect(
                self.path or ":memory:", timeout=PATIENCE, isolation_level=None, check_same_thread=False
            )
            sql.execute("PRAGMA auto_vacuum=INCREMENTAL")
            (mode,) = sql.execute("PRAGMA journal_mode=WAL").fetchone()
            sql.execute(f"PRAGMA synchronous={'NORMAL' if mode == 'wal' else 'FULL'}")
            self._log = Path(f"{self.path}-wal") if mode == "wal" else None
            self._log_is_named = False
            sql.execute("PRAGMA journal_size_limit=16777216")
            if not sql.execute("SELECT 1 FROM sqlite_master WHERE name = 'late'").fetchone():
                schema = _SCHEMA + outbox.SCHEMA + removing.SCHEMA + idsets.SCHEMA
                sql.executescript(f"BEGIN IMMEDIATE;{schema}COMMIT;")
            if new and self.path is not None:
                disk.sync_folder(self.path.parent)
            self._connection, self._pid = sql, os.getpid()
        return self._connection

    def close(self) -> None:
        """Close the file (it is opened again when needed)."""
        with self._mutex:
            if self._connection is not None and self._pid == os.getpid():
                self._connection.close()
            self._connection = None

    @contextmanager
    def _begin(self) -> Iterator[sqlite3.Connection]:
        """One transaction that has the write lock from its first look on."""
        with self._mutex:
            sql = self._connect()
            take_turn(sql, PATIENCE)
            try:
                yield sql
                sql.execute("COMMIT")
            except BaseException:
                # On a full disk SQLite may have rolled back already; the first error is the one to tell.
                if sql.in_transaction:
                    sql.execute("ROLLBACK")
                raise

    def _sync(self) -> None:
        """Flush what was committed to the disk: only then it is acknowledged."""
        if self._log is not None:
            disk.sync_bytes(self._log)
            if not self._log_is_named:
                disk.sync_folder(self._log.parent)
                self._log_is_named = True  # it stays until the last connection, ours among them, is closed

    # --- which journal is this?

    def _check_in(self, sql: sqlite3.Connection, folder: Path | None) -> None:
        """Mint ids for a new journal; notice when the folder was copied."""
        place = ""
        if self.path is not None:
            state = self.path.stat()
            place = f"{state.st_dev}:{state.st_ino}"
        known = dict(sql.execute("SELECT key, value FROM meta").fetchall())
        if known.get("place") == place and "replica" in known:
            return
        fresh = "replica" not in known
        # A journal that does not know the folder it stands in trusts nothing until the next flush has looked.
        doubt = not fresh or (
            folder is not None and any((folder / n).exists() for n in ("entries", "versions"))
        )
        if not fresh and not is_sound(sql):
            raise sqlite3.DatabaseError(disk.MALFORMED)
        values = {"place": place, "replica": uuid.uuid4().hex, "settled": known.get("settled", "0")}
        values |= dict.fromkeys(("doubt", "copied"), "1" if doubt else "0")
        for item in values.items():
            sql.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", item)

    def meta(self, key: str) -> str:
        """Return one of ``replica``, ``settled`` (number of the newest version), ``doubt`` and ``copied``.

        The last two are "1" or "0": everything is to be looked at; because the folder is a copy, or the
        journal is new in it.
        """
        with self._mutex:
            row = self._connect().execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else ""

    def set_meta(self, key: str, value: str) -> None:
        """Set one of the values of :meth:`meta`."""
        with self._begin() as sql:
            sql.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))
        self._sync()

    # --- acts

    def add(
        self, drafts: Sequence[Draft], key: str = "", expected: Iterable[str] = (), *, still: str = ""
    ) -> list[Entry]:
        """Write one act, durable when this returns; return its entries with their counters.

        ``key`` makes the act happen once: if the submissions known under it are not ``expected``, nothing is
        written and :class:`KeyTaken` names them. ``still`` is a submission that must still count: if it was
        retracted in the meantime, nothing is written and :class:`KeyTaken` names it.

        :class:`kit.errors.DatasetError` (``busy``), with nothing written, when others were writing for
        :data:`PATIENCE` seconds; :class:`kit.store.acts.Backlog` when too much waits for a version already.
        """
        try:
            return self._groups.give(Act(tuple(drafts), key, frozenset(expected), still))
        except QueueFull:
            raise busy(self._folder) from None

    def _together(self, acts: Sequence[Act], outcomes: list[list[Entry] | Exception]) -> None:
        """Do some acts in one transaction, each whole or not at all (what :class:`Groups` asks for)."""
        try:
            with self._begin() as sql:
                count, volume = room(sql)
                for act in acts:
                    found = self._one(sql, act, full=count <= 0 or volume <= 0)
                    outcomes.append(found)
                    if isinstance(found, list):
                        count, volume = count - 1, volume - act.size
        except BaseException:
            # After an error while it was committed only a look tells whether it was.
            if not any(isinstance(made, list) and made and self.entry(made[0].id) for made in outcomes):
                outcomes.clear()
            raise
        try:
            self._sync()
        except BaseException:
            outcomes.clear()  # perhaps done, perhaps not: whoever repeats it is told
            raise

    def _one(self, sql: sqlite3.Connection, act: Act, *, full: bool) -> list[Entry] | Exception:
        if full and act.size:
            return busy(self._folder, waiting=True)
        sql.execute("SAVEPOINT act")
        try:
            made: list[Entry] | Exception = do(sql, act)
        except (KeyTaken, ValueError, TypeError, sqlite3.DataError) as error:  # ValueError: also Removed
            sql.execute("ROLLBACK TO act")
            made = error
        sql.execute("RELEASE act")
        return made

    def adopt(
        self, entries: Iterable[Entry], kept: Mapping[str, bytes] | None = None, *, here: bool = False
    ) -> int:
        """Take in entries from elsewhere, with ``here`` those found in the folder; return how many are new.

        ``kept`` has their kept copies by SHA-256, as far as they are not in the folder already. What an
        erasure removes is not taken in.
        """
        count = 0
        with self._begin() as sql:
            for entry in entries:
                if sql.execute("SELECT 1 FROM log WHERE id = ?", (entry.id,)).fetchone():
                    continue
                if insert(sql, entry, derive=True, kept=(kept or {}).get(entry.payload)):
                    count += 1
                elif here:
                    removing.remember(sql, [entry])
        self._sync()
        return count

    def under(self, key: str) -> tuple[str, ...]:
        """Return the ids of the submissions with this key."""
        with self._mutex:
            return under(self._connect(), key)

    # --- what was erased

    @property
    def erasing(self) -> bool:
        """Whether something that was erased is still to be removed from the folder."""
        return self.meta("erasing") == "1"

    def erased(self) -> list[removing.Gone]:
        """Return what was removed from the log and is still to be removed from the folder, by id."""
        with self._mutex:
            rows = self._connect().execute("SELECT id, kind, payload FROM erased ORDER BY id").fetchall()
        return [removing.Gone(*row) for row in rows]

    def scrub(self) -> bool:
        """Leave no trace of what was removed in the file (:func:`kit.store.removing.scrub`)."""
        with self._mutex:
            return removing.scrub(self._connect())

    # --- the way out

    def waiting(self) -> int:
        """Return how many acknowledged entries no version names yet."""
        with self._mutex:
            return int(self._connect().execute("SELECT count(*) FROM pending").fetchone()[0])

    def is_waiting(self, entry_id: str) -> bool:
        """Return whether no version names this entry yet."""
        with self._mutex:
            row = self._connect().execute("SELECT 1 FROM pending WHERE id = ?", (entry_id,)).fetchone()
        return row is not None

    def pending(self, most: int = 2000, most_bytes: int = 200_000_000) -> list[Pending]:
        """Return the oldest pending entries, as many as fit in memory."""
        with self._mutex:
            return outbox.oldest(self._connect(), most, most_bytes)

    def waiting_entries(self) -> list[Entry]:
        """Return the acknowledged entries that no version names yet."""
        with self._mutex:
            rows = self._connect().execute("SELECT entry, id FROM pending JOIN log USING (id) ORDER BY seq")
            return [parse_entry(*row) for row in rows.fetchall()]

    def unknown(self, ids: Iterable[str]) -> list[str]:
        """Return those of some entries that the log does not hold."""
        with self._mutex:
            sql = self._connect()
            return [i for i in ids if not sql.execute("SELECT 1 FROM log WHERE id = ?", (i,)).fetchone()]

    def settle(self, version: Version, strange: Iterable[Entry] = (), *, late: bool = False) -> None:
        """Note that a version names these entries; forget their kept copies and rows (:func:`outbox.settle`).

        ``strange`` are those of them that the log did not hold (another journal stood here when they came).
        """
        ids = [(entry_id,) for entry_id in version.added]
        with self._begin() as sql:
            for entry in strange:
                if not note(sql, entry):
                    removing.remember(sql, [entry])
            sql.executemany(f"UPDATE log SET version = {int(version.number)} WHERE id = ?", ids)
            outbox.settle(sql, version.number, version.added, late=late)
            sql.execute("INSERT OR REPLACE INTO version_ids VALUES (?, ?)", (version.number, version.id))
            newest = max(version.number, int(self.meta("settled") or 0))
            sql.execute("INSERT OR REPLACE INTO meta VALUES ('settled', ?)", (str(newest),))
        with self._mutex:
            self._connect().execute("PRAGMA incremental_vacuum").fetchall()

    def unsettle(self, named: Mapping[str, int]) -> None:
        """Make the log agree with the versions that exist: ``named`` is entry id -> number of its version."""
        newest = max(named.values(), default=0)
        with self._begin() as sql:
            for (entry_id,) in sql.execute("SELECT id FROM log").fetchall():
                number = named.get(entry_id)
                sql.execute("UPDATE log SET version = ? WHERE id = ?", (number, entry_id))
                if number is None:
                    sql.execute("INSERT OR IGNORE INTO pending (id, derive) VALUES (?, 1)", (entry_id,))
                else:
                    outbox.settle(sql, number, (entry_id,), late=True)  # nobody has looked at its files yet
            sql.execute("INSERT OR REPLACE INTO meta VALUES ('settled', ?)", (str(newest),))

    def disown(self, ids: Iterable[str]) -> None:
        """Take entries out again of which this folder does not hold the kept copy."""
        with self._begin() as sql:
            ids = list(ids)
            outbox.forget(sql, ids)
            sql.executemany("DELETE FROM log WHERE id = ?", [(one,) for one in ids])

    def keeps(self, entry_id: str) -> bool:
        """Return whether the kept copy of an entry that waits is in the journal."""
        with self._mutex:
            found = self._connect().execute(
                "SELECT 1 FROM pending WHERE id = ? AND kept IS NOT NULL", (entry_id,)
            )
            return found.fetchone() is not None

    def late(self) -> list[outbox.Late]:
        """Return what stands in a version and may not be on the disk yet."""
        with self._mutex:
            return outbox.late(self._connect())

    def late_upto(self, least: int = 1) -> int:
        """Return the newest version that may not be on the disk yet; 0 with fewer such entries than that."""
        with self._mutex:
            count, upto = self._connect().execute("SELECT count(*), max(version) FROM late").fetchone()
        return int(upto or 0) if count >= least else 0

    def secured(self, upto: int) -> None:
        """Forget what is on the disk: all of the versions up to this number."""
        with self._begin() as sql:
            sql.execute("DELETE FROM late WHERE version <= ?", (upto,))

    # --- the log

    def ids(self, upto: int | None = None, after: int = -1) -> list[str]:
        """Return the ids, in any order, of entries of versions ``after`` < number <= ``upto`` (None: all)."""
        where, values = ("", ()) if upto is None else ("WHERE version > ? AND version <= ?", (after, upto))
        with self._mutex:
            rows = self._connect().execute(f"SELECT id FROM log {where}", values)
            return [row[0] for row in rows.fetchall()]

    def entries(self, after: int = 0, upto: int | None = None) -> list[Entry]:
        """Return the entries of versions ``after`` < number <= ``upto``, in their order (None: all)."""
        where, values = ("", ()) if upto is None else ("WHERE version > ? AND version <= ?", (after, upto))
        with self._mutex:
            found = self._connect().execute(f"SELECT entry, id FROM log {where} ORDER BY counter, id", values)
            rows = found.fetchall()
        return [parse_entry(*row) for row in rows]

    def id_after(self, number: int, added: Sequence[str] = ()) -> tuple[str, int]:
        """Return the id of a version that adds entries to those up to ``number``, and how many it has."""
        with self._mutex:
            known = self._known.upto(self._connect(), number)
            if added:
                known = known.copy()
                known.add(added)
            return known.version_id(), len(known)

    def version_ids(self) -> dict[int, str]:
        """Return the ids of versions by number, as far as they were noted; a file may say another one."""
        with self._mutex:
            return dict(self._connect().execute("SELECT number, id FROM version_ids").fetchall())

    def note_version_ids(self, ids: Mapping[int, str]) -> None:
        """Note the ids of versions by number."""
        with self._begin() as sql:
            sql.executemany("INSERT OR REPLACE INTO version_ids VALUES (?, ?)", ids.items())

    def entry(self, entry_id: str) -> Entry | None:
        """Return one entry, None if there is none."""
        with self._mutex:
            row = self._connect().execute("SELECT entry FROM log WHERE id = ?", (entry_id,)).fetchone()
        return parse_entry(row[0]) if row else None
