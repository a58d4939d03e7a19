"""Removing from the folder what an erasure removed from the log.

The erasure is acknowledged first (:mod:`kit.store.removing`); the journal then remembers what is to be
removed until all of this is done, so that whoever opens the dataset after a sudden end goes on with it. Each
step may be repeated: (1) rows, with one version that no longer names the files in which they stood; (2) those
files; (3) kept copies, then entries; (4) their ids in older versions; (5) what else the caller knows of; (6)
the journal's own free pages.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from kit.entry import canonical_json
from kit.store import flush as flushing
from kit.store import reading
from kit.store.arrivals import file_name
from kit.store.entries import entry_name, raw_name
from kit.store.flush import Parts
from kit.store.journal import NAME
from kit.store.layouts import LAYOUTS
from kit.store.removing import QUIET, Gone
from kit.store.space import Folder
from kit.store.versions import SEEN, Arrival, Settled, Version, name_of

if TYPE_CHECKING:
    import polars as pl

#: Rows that leave the settled tables are kept in files of about so many.
CHUNK = 4_000_000
#: A file that is being written is at least so young (seconds).
YOUNG = 10.0


def rewrite_rows(store: Parts) -> list[Gone]:
    """Do steps 1 and 2; return what is to be removed. The caller holds both locks."""
    store.journal.set_meta("doubt", "1")  # what still lies in entries/ is looked at, too
    newest = flushing.bring(store)
    gone = store.journal.erased()
    while newest is not None and any(one.kind not in QUIET for one in gone):
        arrivals = [item for name in LAYOUTS for item in _arrivals(store, newest, name, {o.id for o in gone})]
        if (tuple(arrivals), Settled()) == (newest.arrivals, newest.settled):
            break
        made = flushing.commit_after(store, newest, arrivals, Settled())
        newest, gone = made or store.versions.newest(), store.journal.erased()
        if made:
            break
    flushing.on_step("rows-erased")
    if newest is not None:
        _drop_files(store, newest)
    flushing.on_step("files-erased")
    return gone


def _arrivals(store: Parts, newest: Version, name: str, gone: set[str]) -> Iterator[Arrival]:
    """Yield the arrivals of a table that hold all its rows, the settled ones too, but those that are gone."""
    import polars as pl

    layout, keep = LAYOUTS[name], ~pl.col("submission").is_in(list(gone))
    if newest.settled.upto:
        yield from _unsettled(store, newest, name)
    for item in newest.of(name):
        rows = store.arrivals.read(layout, [item])
        kept = rows.filter(keep)
        if len(kept) == len(rows):
            yield item
        elif len(kept):
            yield store.arrivals.put(layout, kept, item.after, item.upto)


def _unsettled(store: Parts, newest: Version, name: str) -> Iterator[Arrival]:
    """Yield the rows of a settled table as arrivals, each with those of some versions."""
    import polars as pl

    upto = newest.settled.upto
    for after, last in pairwise(_cuts(store, name, upto)):
        ids = [entry.id for entry in store.journal.entries(after, last)]

        def pick(lazy: pl.LazyFrame, ids: Sequence[str] = ids) -> pl.LazyFrame:
            return lazy.filter(pl.col("submission").is_in(ids)).select(list(LAYOUTS[name].all_columns))

        rows = reading.settled(store, name, newest, pick)
        if rows is None:  # cannot be read: derive
            found = flushing.derived_arrivals(store, after, last)
            yield from (item for item in found if item.table == name)
        elif len(rows):
            yield store.arrivals.put(LAYOUTS[name], rows, after, last)


def _cuts(store: Parts, name: str, upto: int) -> list[int]:
    """Return numbers of versions, from 0 to ``upto``, between which stand about :data:`CHUNK` rows."""
    cuts, size = [0], 0
    for number in range(1, upto + 1):
        more = sum(
            int(one.content.get("tables", {}).get(name, 0))
            for one in store.journal.entries(number - 1, number)
        )
        if size and size + more > CHUNK:
            cuts.append(number - 1)
            size = 0
        size += more
    return [*cuts, upto]


def _drop_files(store: Parts, newest: Version) -> None:
    """Remove every file with rows that the newest version does not name; readers go on with that version."""
    named = {file_name(item.file) for item in newest.arrivals}
    store.space.delete(one.name for one in list(store.space.items("arrivals")) if one.name not in named)
    if not newest.settled.upto:
        for table in store.tables.values():
            table.discard()
        store.space.delete(one.name for one in list(store.space.items("tables")))
        if store.space.local:
            shutil.rmtree(store.space.local / "tables", ignore_errors=True)


def drop_objects(store: Parts, gone: Sequence[Gone]) -> list[str]:
    """Do steps 3 and 4; return the hashes of the kept copies that stay, for another entry has them, too."""
    needed = {entry.payload for entry in store.journal.entries()}
    shared = sorted({one.payload for one in gone} & needed - {""})
    space = store.space
    space.delete(raw_name(one.payload) for one in gone if one.payload and one.payload not in needed)
    flushing.on_step("raw-erased")
    space.delete(entry_name(one.id) for one in gone)
    flushing.on_step("entries-erased")
    ids = {one.id for one in gone}
    for version in store.versions.all():
        if not ids.isdisjoint(version.added):
            rest = replace(version, added=tuple(one for one in version.added if one not in ids))
            space.replace(name_of(version.number), canonical_json(asdict(rest)))
    space.delete(one.name for one in list(space.items("versions")) if one.name.startswith("versions/."))
    home = Folder(store.folder)
    home.delete([path.name for path in store.folder.glob(f".{NAME}-*")])  # put aside when damaged
    (store.folder / SEEN).unlink(missing_ok=True)
    now = time.time()
    for place in ("entries", "raw") if space.local else ():
        parts = [one for one in space.items(place) if one.name.endswith(".part")]
        space.delete(one.name for one in parts if now - one.written > YOUNG)
    flushing.on_step("versions-erased")
    return shared


def finish(store: Parts, patience: float = 5.0) -> bool:
    """Do step 6; return whether the journal is free of it (another process may be reading in it for long)."""
    until = time.monotonic() + patience
    while not (clean := store.journal.scrub()) and time.monotonic() < until:
        time.sleep(0.05)
    flushing.on_step("journal-erased")
    if clean:
        store.journal.set_meta("erasing", "0")
    return clean
