"""From the journal to entries, kept copies, arrivals and a version; and what to do when that was interrupted.

The order is the promise: (1) kept copies and entries; (2) their rows as arrivals; (3) ``versions/N.json``,
only if absent; (4) the journal forgets what is on the disk. Rows count only through a version, so that they
count exactly once: a process may be killed between any two steps, and two may do this at the same time; who
comes second finds the other's version and goes on from there. Each step is durable before the next; those of
a small batch are flushed later, and until then the journal keeps what it needs (:mod:`kit.store.outbox`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kit.entry import Entry
from kit.errors import DatasetError
from kit.model import RULES
from kit.store import folder as disk
from kit.store import late, outbox
from kit.store.acts import Backlog, Draft
from kit.store.arrivals import Arrivals
from kit.store.entries import Objects
from kit.store.frames import unpack
from kit.store.journal import Journal
from kit.store.layouts import LAYOUTS, SETTLED
from kit.store.mending import can_take_in, look_again, note
from kit.store.outbox import Pending
from kit.store.space import Space, Unreachable, space_of
from kit.store.tables import Table
from kit.store.versions import Arrival, Settled, Version, Versions

if TYPE_CHECKING:
    import polars as pl

#: Gives the rows of a submission, by name of table, from its entry and its kept copy (packed). How many rows
#: of each table an entry has stands in its content under ``"tables"``.
Derive = Callable[[Entry, bytes], Mapping[str, bytes]]

#: Called with the name of each step; tests kill the process there.
on_step: Callable[[str], None] = lambda step: None  # noqa: E731

LOCK = "flush.lock"
#: Rows that are derived again are kept in files of about so many.
CHUNK = 500_000
#: From so many objects on several are put at the same time, by so many threads.
FEW, HANDS = 4, 8


@dataclass
class Parts:
    """The parts of one dataset's store; ``folder`` is the home of its ``space``."""

    space: Space
    folder: Path
    journal: Journal
    objects: Objects
    arrivals: Arrivals
    tables: Mapping[str, Table]
    versions: Versions
    derive: Derive


def parts(place: Space | Path, derive: Derive, journal: Journal | None = None) -> Parts:
    """Return the parts of the store in a folder or a bucket."""
    space = space_of(place)
    tables = {name: Table(space, layout) for name, layout in SETTLED.items()}
    journal = journal or Journal(space.home)
    return Parts(space, space.home, journal, Objects(space), Arrivals(space), tables, Versions(space), derive)


def acknowledge(
    store: Parts, drafts: Sequence[Draft], key: str = "", expected: Iterable[str] = (), *, still: str = ""
) -> list[Entry]:
    """Write one act into the journal (:meth:`Journal.add`); what waits there makes room first if it must."""
    with disk.in_words(store.folder):
        try:
            return store.journal.add(drafts, key, expected, still=still)
        except Backlog:
            flush(store)
            return store.journal.add(drafts, key, expected, still=still)


def flush(store: Parts, patience: float = 120.0) -> Version | None:
    """Bring everything acknowledged into a version; return the newest one (None in an empty dataset)."""
    with disk.in_words(store.folder), lock(store, patience):
        return bring(store)


def rebuild(store: Parts, patience: float = 120.0) -> Version | None:
    """Derive all rows again from entries and kept copies, and make a version of them."""
    with disk.in_words(store.folder), lock(store, patience):
        store.journal.set_meta("doubt", "1")
        bring(store)
        return _derive_again(store)


def repair(store: Parts, patience: float = 120.0) -> Version | None:
    """Look at everything again: rows that are missing or damaged are derived anew."""
    store.journal.set_meta("doubt", "1")
    return flush(store, patience)


def lock(store: Parts, patience: float) -> AbstractContextManager[Any]:
    """Return the lock of whoever makes versions."""
    from filelock import FileLock

    held: AbstractContextManager[Any] = FileLock(str(store.folder / LOCK), timeout=patience)
    return held


def bring(store: Parts) -> Version | None:
    """Do what :func:`flush` does. The caller holds the lock."""
    doubt = recover(store)
    newest = store.versions.newest()
    if newest and newest.rules != RULES:
        newest = _derive_again(store)
    elif newest and doubt:
        newest = _mend(store, newest)
    while batch := store.journal.pending():
        _step(store, batch)
        newest = store.versions.newest()
    late.secure(store, outbox.MOST)
    if doubt:
        for name in ("copied", "doubt"):
            store.journal.set_meta(name, "0")
    return newest


def has_work(store: Parts) -> bool:
    """Return whether acts wait for a version, or everything is to be looked at (a version went missing)."""
    if store.journal.waiting() or store.journal.late_upto() or store.journal.meta("doubt") == "1":
        return True
    return _misses_a_version(store) or can_take_in(store)


def _misses_a_version(store: Parts) -> bool:
    try:
        newest = store.versions.newest()
    except Unreachable:
        raise
    except DatasetError:  # damaged
        return True
    return int(store.journal.meta("settled") or 0) > (newest.number if newest else 0)


def catch_up(store: Parts) -> None:
    """Note in the journal the versions that were made but not noted (their maker died, or is about to)."""
    settled = int(store.journal.meta("settled") or 0)
    newest = store.versions.newest()
    if newest is not None and newest.number > settled:
        earlier = store.versions.between(settled, newest.number - 1)
        for version in (*store.versions.read_all(earlier), newest):
            found = store.objects.entries_if_whole(store.journal.unknown(version.added))
            strange = [entry for entry in found if entry]
            store.journal.settle(version, strange, late=late.may_be(store))


def recover(store: Parts) -> bool:
    """Make the journal agree with the folder; return whether that was in doubt. The caller holds the lock."""
    if _misses_a_version(store):
        store.journal.set_meta("doubt", "1")
    elif store.journal.meta("doubt") != "1":
        try:
            catch_up(store)
        except Unreachable:
            raise
        except DatasetError:  # an older version is damaged
            store.journal.set_meta("doubt", "1")
    if not store.journal.knows_late:
        late.put_back(store)
    doubt = store.journal.meta("doubt") == "1"
    if doubt:
        look_again(store)
        late.put_back(store)  # what waited, though a version names it
    return doubt


def _step(store: Parts, batch: Sequence[Pending]) -> None:
    """Bring one batch into a version; a small one is flushed to the disk later (:mod:`kit.store.outbox`)."""
    durable = not (late.may_be(store) and outbox.is_small(batch))
    kept = {item.entry.payload: item.kept for item in batch if item.kept is not None}
    _together(store.objects.put_raw, kept, durable=durable)
    on_step("raw")
    entries = {item.entry.id: item.entry.canonical() for item in batch}
    _together(store.objects.put_entry, entries, durable=durable)
    on_step("entries")
    rows = {name: _rows(store, name, batch) for name in LAYOUTS}
    on_step("rows")

    def with_batch(newest: Version | None) -> tuple[list[Arrival], Settled] | None:
        if not all(store.journal.is_waiting(item.entry.id) for item in batch):
            return None  # somebody was quicker
        number = newest.number if newest else 0
        arrivals = []
        for name, frame in rows.items():
            found = newest.of(name) if newest else []
            if frame is not None:
                found = [
                    *found, store.arrivals.put(LAYOUTS[name], frame, number, number + 1, durable=durable)
                ]  # fmt: skip
            arrivals += store.arrivals.merged(LAYOUTS[name], found, durable=durable)
        on_step("arrivals")
        return arrivals, newest.settled if newest else Settled()

    commit(store, with_batch, [item.entry.id for item in batch], durable=durable)


def _together(put: Callable[..., None], objects: Mapping[str, bytes], *, durable: bool) -> None:
    """Put some objects: a disk flushes many as fast as one."""
    if len(objects) < FEW or not durable:
        for name, data in objects.items():
            put(name, data, durable=durable)
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(HANDS) as hands:
        for done in [hands.submit(put, *one) for one in objects.items()]:
            done.result()


def commit(
    store: Parts,
    make: Callable[[Version | None], tuple[list[Arrival], Settled] | None],
    added: Sequence[str] = (),
    files: Mapping[str, str] | None = None,
    *,
    durable: bool = True,
) -> Version | None:
    """Make the next version; ``make`` says, from the newest one, where its rows stand (None: no version).

    When somebody else makes that number first, ``make`` is asked again with theirs.
    """
    while True:
        newest = store.versions.newest()
        catch_up(store)
        if durable:
            late.secure(store)  # so that the late versions are the newest ones
        found = make(newest)
        if found is None:
            return newest
        number = newest.number if newest else 0
        made_id, entries = store.journal.id_after(number, added)
        version = Version(
            number=number + 1, id=made_id, rules=RULES, entries=entries, added=tuple(sorted(added)),
            made=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), arrivals=tuple(found[0]), settled=found[1],
            files=files or {},
        )  # fmt: skip
        on_step("before-version")
        made = store.versions.commit(version, durable=durable)
        on_step("version")
        catch_up(store)
        on_step("settled")
        if made:
            return version


def commit_after(
    store: Parts, newest: Version, arrivals: Sequence[Arrival], settled: Settled
) -> Version | None:
    """Make a version of the rows of ``newest``; return None if another computer has made one after it."""
    found = commit(store, lambda seen: (list(arrivals), settled) if seen == newest else None)
    return found if found and (found.arrivals, found.settled) == (tuple(arrivals), settled) else None


# --- rows


def _rows(store: Parts, name: str, items: Iterable[Pending]) -> pl.DataFrame | None:
    return rows_of(_each(store, name, items))


def _each(store: Parts, name: str, items: Iterable[Pending]) -> Iterator[tuple[pl.DataFrame, str, int]]:
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


def rows_of(data: Iterable[tuple[pl.DataFrame, str, int]]) -> pl.DataFrame | None:
    """Return the rows of several submissions, each (rows, entry id, counter), as one frame or None."""
    import polars as pl

    frames = [
        frame.with_columns(pl.lit(entry_id).alias("submission"), pl.lit(counter, pl.Int64).alias("counter"))
        for frame, entry_id, counter in data
        if len(frame)
    ]
    return pl.concat(frames) if frames else None


def _derive_again(store: Parts) -> Version | None:
    """Derive the rows of every entry under the rules in force; nothing is settled then."""
    while newest := store.versions.newest():
        arrivals = derived_arrivals(store, 0, newest.number)
        on_step("derived")
        if made := commit_after(store, newest, arrivals, Settled()):
            return made
    return None


def derived_arrivals(store: Parts, after: int, upto: int) -> list[Arrival]:
    """Derive the rows of the entries of versions ``after`` < number <= ``upto``; return them as arrivals."""
    found: list[Arrival] = []
    for name, layout in LAYOUTS.items():
        start, size = after, 0
        frames: list[tuple[pl.DataFrame, str, int]] = []
        for number in range(after + 1, upto + 1):
            waiting = [
                Pending(0, entry, None, {}, derive=True)
                for entry in store.journal.entries(number - 1, number)
            ]
            more = list(_each(store, name, waiting))
            frames, size = [*frames, *more], size + sum(len(frame) for frame, _, _ in more)
            if size >= CHUNK or number == upto:
                rows = rows_of(frames)
                if rows is not None:
                    found.append(store.arrivals.put(layout, rows, start, number))
                start, size, frames = number, 0, []
    return found


def _mend(store: Parts, newest: Version) -> Version | None:
    """Derive again the rows whose files are missing or damaged."""
    settled, arrivals = newest.settled, list(newest.arrivals)
    if settled.upto and not all(store.tables[name].is_whole(named) for name, named in settled.tables.items()):
        arrivals = [*derived_arrivals(store, 0, settled.upto), *arrivals]
        settled = Settled()
    mended: list[Arrival] = []
    for item in arrivals:
        if store.arrivals.whole(item):
            mended.append(item)
        else:
            again = derived_arrivals(store, item.after, item.upto)
            mended += [one for one in again if one.table == item.table]
    if (tuple(mended), settled) == (newest.arrivals, newest.settled):
        return newest
    note(store.journal, "rows")
    # Where somebody made a version meanwhile, whoever reads next finds what is still to be mended.
    return commit_after(store, newest, mended, settled) or store.versions.newest()
