"""From the journal to entries, kept copies, tables and a version; and what to do when that was interrupted.

The order is the promise: (1) kept copies and entries, durable; (2) rows appended to each table, exactly
once, durable; (3) ``versions/N.json``, only if absent; (4) the journal forgets. A process may be killed
between any two steps: the next flush, in any process, goes on from what it finds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kit.entry import Entry, version_id
from kit.errors import DatasetError
from kit.model import RULES
from kit.store import folder as disk
from kit.store.entries import Objects
from kit.store.frames import unpack
from kit.store.journal import Journal, Pending
from kit.store.tables import LAYOUTS, Table, rows_of
from kit.store.versions import Version, Versions

if TYPE_CHECKING:
    import polars as pl
    from deltalake import DeltaTable

#: Gives the rows of a submission, by name of table, from its entry and its kept copy (packed). How many rows
#: of each table an entry has stands in its content under ``"tables"``.
Derive = Callable[[Entry, bytes], Mapping[str, bytes]]

#: Called with the name of each step; tests kill the process there.
on_step: Callable[[str], None] = lambda step: None  # noqa: E731

LOCK = "flush.lock"


@dataclass
class Parts:
    """The parts of one dataset folder's store."""

    folder: Path
    journal: Journal
    objects: Objects
    tables: Mapping[str, Table]
    versions: Versions
    derive: Derive


def parts(folder: Path, derive: Derive, journal: Journal | None = None) -> Parts:
    """Return the parts of the store in a folder."""
    tables = {name: Table(folder, layout) for name, layout in LAYOUTS.items()}
    return Parts(folder, journal or Journal(folder), Objects(folder), tables, Versions(folder), derive)


def flush(store: Parts, patience: float = 120.0) -> Version | None:
    """Bring everything acknowledged into a version; return the newest one (None in an empty dataset)."""
    with disk.in_words(store.folder), _lock(store, patience):
        return _settle_all(store)


def rebuild(store: Parts, patience: float = 120.0) -> Version | None:
    """Derive every table again from entries and kept copies, and make a version of it."""
    with disk.in_words(store.folder), _lock(store, patience):
        store.journal.set_meta("doubt", "1")
        newest = _settle_all(store)
        return _derive_all(store, newest) if newest else None


def repair(store: Parts, patience: float = 120.0) -> Version | None:
    """Look at everything again: tables that are missing or damaged are derived anew."""
    store.journal.set_meta("doubt", "1")
    return flush(store, patience)


def _lock(store: Parts, patience: float) -> AbstractContextManager[Any]:
    from filelock import FileLock

    lock: AbstractContextManager[Any] = FileLock(str(store.folder / LOCK), timeout=patience)
    return lock


def _settle_all(store: Parts) -> Version | None:
    recover(store)
    newest = store.versions.newest()
    if newest and newest.rules != RULES:
        newest = _derive_all(store, newest)
    while batch := store.journal.pending():
        newest = _step(store, newest, batch)
    if store.journal.meta("doubt") == "1":
        newest = _step(store, newest, []) if newest else None
        store.journal.set_meta("doubt", "0")
    return newest


def catch_up(store: Parts) -> None:
    """Note in the journal the versions that were made but not noted (their maker died, or is about to)."""
    settled = int(store.journal.meta("settled") or 0)
    newest = store.versions.newest()
    if newest is not None and newest.number > settled:
        for number in store.versions.numbers():
            if number > settled:
                version = store.versions.read(number)
                found = map(store.objects.entry_if_whole, store.journal.unknown(version.added))
                store.journal.settle(version, [entry for entry in found if entry])


def recover(store: Parts) -> None:
    """Make the journal agree with the folder. The caller holds the flush lock."""
    newest = store.versions.newest()
    if int(store.journal.meta("settled") or 0) > (newest.number if newest else 0):
        store.journal.set_meta("doubt", "1")  # a version went missing
    if store.journal.meta("doubt") == "1":
        look_again(store)
    else:
        catch_up(store)


def look_again(store: Parts) -> None:
    """Trust only the folder: index every entry in ``entries/`` and every version, put back lost objects."""
    known = set(store.journal.ids())
    present = set(store.objects.entry_ids())
    store.journal.adopt(
        entry for entry in map(store.objects.entry_if_whole, sorted(present - known)) if entry
    )
    for entry_id in sorted(known - present):
        entry = store.journal.entry(entry_id)
        if entry is not None:
            store.objects.put_entry(entry.id, entry.canonical())
    named = {entry_id: version.number for version in store.versions.all() for entry_id in version.added}
    store.journal.unsettle(named)


def _step(store: Parts, newest: Version | None, batch: Sequence[Pending]) -> Version:
    """Bring one batch into a version."""
    for item in batch:
        if item.kept is not None:
            store.objects.put_raw(item.entry.payload, item.kept)
    on_step("raw")
    for item in batch:
        store.objects.put_entry(item.entry.id, item.entry.canonical())
    on_step("entries")
    tables, files = {}, {}
    for name, table in store.tables.items():
        tables[name], sums = _append(store, table, newest, batch)
        files.update(sums)
    return _commit(store, newest, tables, files, [item.entry.id for item in batch])


def _append(
    store: Parts, table: Table, newest: Version | None, batch: Sequence[Pending]
) -> tuple[dict[str, str | int], dict[str, str]]:
    """Append a batch's rows to one table, durable; return the table's parts of the version."""
    name = table.layout.name
    named = newest.tables.get(name) if newest else None
    doubt = store.journal.meta("doubt") == "1"
    snapshot, known = table.prepare(named, look_at_files=doubt)
    durable = int(named["version"]) if named and known else -1
    app = f"kit-{store.journal.meta('replica')}"
    if doubt and _is_doubled(store, table, snapshot):
        table.discard()
        snapshot, known = table.prepare(named)
    before = snapshot.version()
    as_named = known and before == (int(named["version"]) if named else 0)
    noted = int(snapshot.transaction_version(app) or 0)
    # Never backwards, not even with a journal from a backup, whose numbers come again.
    last = max([noted, *(item.seq for item in batch)])

    def rows(done: int) -> pl.DataFrame | None:
        if as_named and not doubt and all(item.seq > done for item in batch):
            return _rows(store, name, batch)
        # Someone was here before: only the rows themselves tell what is still to be appended.
        present = table.submissions(table.open())
        ids = set(present) | {item.entry.id for item in batch}
        old = store.journal.entries(0, newest.number) if newest else []
        missing = [Pending(0, entry, None, {}, derive=True) for entry in old if entry.id not in ids]
        return _rows(store, name, [*missing, *(item for item in batch if item.entry.id not in present)])

    on_step(f"before-{name}")
    snapshot = table.append(snapshot, rows, app, last)
    on_step(f"after-{name}")
    if snapshot.version() > before + 1:  # somebody else wrote in between: the next flush looks at it all
        store.journal.set_meta("doubt", "1")
        raise _two_writers(store, newest.number + 1 if newest else 1)
    sums = table.sync(durable, snapshot.version())
    on_step(f"durable-{name}")
    return {"id": str(snapshot.metadata().id), "version": snapshot.version()}, sums


def _is_doubled(store: Parts, table: Table, snapshot: DeltaTable) -> bool:
    """Return whether rows of a submission stand there more than once (two flushed without a lock)."""
    for entry_id, n in table.submissions(snapshot).items():
        content = entry.content if (entry := store.journal.entry(entry_id)) else {}
        if content.get("rules", RULES) == RULES and n > content.get("tables", {}).get(table.layout.name, n):
            return True
    return False


def _rows(store: Parts, name: str, items: Iterable[Pending]) -> pl.DataFrame | None:
    return rows_of(_each(store, name, items))


def _each(store: Parts, name: str, items: Iterable[Pending]) -> Iterable[tuple[pl.DataFrame, str, int]]:
    for item in items:
        same_rules = item.entry.content.get("rules", RULES) == RULES
        if item.derive and same_rules and not item.entry.content.get("tables", {}).get(name, 0):
            continue
        packed = item.rows if same_rules and not item.derive else _derived(store, item.entry, item.kept)
        if packed.get(name):
            yield unpack(packed[name]), item.entry.id, item.entry.counter


def _derived(store: Parts, entry: Entry, kept: bytes | None = None) -> Mapping[str, bytes]:
    if entry.kind != "submission":
        return {}
    return store.derive(entry, store.objects.raw(entry.payload) if kept is None else kept)


def _derive_all(store: Parts, newest: Version) -> Version:
    """Replace the rows of every table by what the entries give under the rules in force."""
    entries = [entry for entry in store.journal.entries(0, newest.number) if entry.kind == "submission"]
    packed = {entry.id: _derived(store, entry) for entry in entries}
    tables: dict[str, dict[str, str | int]] = {}
    files: dict[str, str] = {}
    for name, table in store.tables.items():
        named = newest.tables.get(name)
        snapshot, known = table.prepare(named)
        rows = rows_of(
            (unpack(packed[e.id][name]), e.id, e.counter) for e in entries if packed[e.id].get(name)
        )
        app = f"kit-{store.journal.meta('replica')}"
        done = int(snapshot.transaction_version(app) or 0)
        snapshot = table.replace(snapshot, rows if rows is not None else table.no_rows(), app, done)
        files |= table.sync(int(named["version"]) if named and known else -1, snapshot.version())
        tables[name] = {"id": str(snapshot.metadata().id), "version": snapshot.version()}
        on_step(f"rebuilt-{name}")
    return _commit(store, newest, tables, files, [])


def _commit(
    store: Parts,
    newest: Version | None,
    tables: Mapping[str, Mapping[str, str | int]],
    files: Mapping[str, str],
    added: Sequence[str],
) -> Version:
    number = newest.number if newest else 0
    if newest and not added and newest.rules == RULES and newest.tables == dict(tables):
        return newest
    ids = [*store.journal.ids(number), *added]
    version = Version(
        number=number + 1, id=version_id(ids), rules=RULES, entries=len(ids), tables=dict(tables),
        added=tuple(sorted(added)), files=dict(files), made=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )  # fmt: skip
    on_step("before-version")
    if not store.versions.commit(version):
        store.journal.set_meta("doubt", "1")
        raise _two_writers(store, version.number)
    on_step("version")
    store.journal.settle(version)
    on_step("settled")
    return version


def _two_writers(store: Parts, number: int) -> DatasetError:
    return DatasetError(
        "Version {number} of the dataset in {folder} was made by another program at the same time.",
        why="The lock of the folder does not hold between the two programs.",
        do="Keep the dataset on a disk of one computer. Nothing is lost; try again.",
        code="two-writers", number=number, folder=str(store.folder),
    )  # fmt: skip
