"""``verify``: do the tables follow from what was given, and is what was given still what it was?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from kit.dataset.comparing import compare, hash_of
from kit.dataset.deriving import derive
from kit.entry import Entry, version_id
from kit.errors import DatasetError, KitError
from kit.model import RULES
from kit.store import reading
from kit.store.entries import entry_name, raw_name
from kit.store.flush import Parts
from kit.store.frames import unpack
from kit.store.layouts import LAYOUTS
from kit.store.versions import Version
from kit.text import tr

if TYPE_CHECKING:
    import polars as pl

    from kit.dataset.local import Dataset

#: Submissions whose rows are read from the tables at a time.
CHUNK = 500


def verify(shared: Dataset, store: Parts) -> dict[str, Any]:
    """Return what :meth:`kit.dataset.local.Dataset.verify` describes."""
    version, state = shared._now()
    differences: list[str] = []
    digests: dict[str, dict[str, str]] = {name: {} for name in LAYOUTS}
    if version is not None:
        entries = store.journal.entries(0, version.number)
        differences += list(_objects(store, version, entries))
        given = [entry for entry in entries if entry.kind == "submission"]
        for start in range(0, len(given), CHUNK):
            differences += _compare(store, version, given[start : start + CHUNK], digests)
        differences += list(_files(store, version))
        differences += list(_strangers(store, version, {entry.id for entry in given}))
        if not differences:  # else it is clear already, and derived rows would be those of damaged files
            differences, hashes = compare(store, version, state)
            digests |= hashes
    tables = {name: _digest_of(found) for name, found in digests.items()}
    return {
        "ok": not differences,
        "version": shared.version,
        "rules": version.rules if version else RULES,
        "submissions": len(state.submissions),
        "tables": tables,
        "differences": differences,
    }


def _objects(store: Parts, version: Version, entries: list[Entry]) -> Iterator[str]:
    """Yield what is wrong with entries and kept copies."""
    ids = [entry.id for entry in entries]
    if version_id(ids) != version.id:
        yield tr("version {version}: its entries do not give its id", version=version.short)
    for entry in entries:
        yield from _object(store, "entry", entry.id)
        if sha256(entry.canonical()).hexdigest() != entry.id:
            yield tr("entry {id}: what the journal says of it was changed", id=entry.id[:12])
        if entry.payload:
            yield from _object(store, "raw", entry.payload)
    for entry_id in sorted(set(store.objects.entry_ids()) - set(ids)):
        if not store.journal.is_waiting(entry_id):
            yield tr("entry {id}: it is in the folder but in no version", id=entry_id[:12])
            there = store.objects.entry_if_whole(entry_id)
            if there is not None and there.payload:
                yield from _object(store, "raw", there.payload)


def _object(store: Parts, kind: str, name: str) -> Iterator[str]:
    fault = store.objects.fault(entry_name(name) if kind == "entry" else raw_name(name), name)
    if not fault:
        return
    if kind == "entry" and fault == "missing":
        yield tr("entry {id}: its file is missing", id=name[:12])
    elif kind == "entry":
        yield tr("entry {id}: its file was changed", id=name[:12])
    elif fault == "missing":
        yield tr("kept copy {id}: its file is missing", id=name[:12])
    else:
        yield tr("kept copy {id}: its file was changed", id=name[:12])


def _compare(
    store: Parts, version: Version, given: list[Entry], digests: Mapping[str, dict[str, str]]
) -> list[str]:
    """Compare the rows of some submissions with what follows from their kept copies."""
    differences = []
    stored = {name: _stored(store, version, name, given) for name in LAYOUTS}
    for entry in given:
        place = {"id": entry.id[:12], "file": entry.content["file"]}
        try:
            packed = derive(entry, store.objects.raw(entry.payload))
        except KitError as error:
            differences.append(tr("submission {id} ({file}): {why}", **place, why=error.words()))
            packed = None
        for name in LAYOUTS:
            found = stored[name].get(entry.id)
            there = digest(found, name) if found is not None else ""
            if there:
                digests[name][entry.id] = there
            if packed is None or isinstance(stored[name], _Unreadable):
                continue
            wanted = digest(unpack(packed[name]), name) if packed.get(name) else ""
            if wanted != there:
                differences.append(
                    tr("submission {id} ({file}): table {table} has other rows", **place, table=name)
                )
    differences += [found.words for found in stored.values() if isinstance(found, _Unreadable)]
    return differences


class _Unreadable(dict[str, Any]):
    """The rows of a table that cannot be read."""

    words = ""


def _stored(store: Parts, version: Version, name: str, given: list[Entry]) -> dict[str, pl.DataFrame]:
    import polars as pl

    ids = [entry.id for entry in given]

    def pick(lazy: pl.LazyFrame) -> pl.LazyFrame:
        return lazy.filter(pl.col("submission").is_in(ids))

    try:
        rows = reading.rows(store, name, version, pick, can_repair=False)
    except KitError as error:
        unreadable = _Unreadable()
        unreadable.words = tr("table {table}: {why}", table=name, why=error.words())
        return unreadable
    found = rows.partition_by("submission", as_dict=True, include_key=True)
    return {str(key[0]): frame for key, frame in found.items()}


def _files(store: Parts, version: Version) -> Iterator[str]:
    """Yield the files with rows that are not what was written."""
    for item in version.arrivals:
        if not store.arrivals.whole(item):
            yield tr(
                "table {table}: the file {file} was changed", table=item.table, file=f"{item.file}.parquet"
            )
    sums: dict[str, str] = {}
    for number in store.versions.numbers():
        try:
            sums.update(store.versions.read(number).files)
        except DatasetError as error:
            yield error.words()
    for name, named in version.settled.tables.items():
        table = store.tables[name]
        try:
            names = table.names(table.open(int(named["version"])))
        except Exception:  # noqa: BLE001  (many kinds)
            if name not in LAYOUTS:  # of the others it is told already
                yield tr("table {table}: it cannot be read", table=name)
            continue
        for one in names:
            place = one.removeprefix("tables/")
            known = sums.get(place)
            if known and store.objects.fault(one, known):
                yield tr("table {table}: the file {file} was changed", table=name, file=place)


def _strangers(store: Parts, version: Version, ids: set[str]) -> Iterator[str]:
    """Yield rows that no submission of the version gave."""
    import polars as pl

    for name in LAYOUTS:
        try:
            found = reading.rows(
                store, name, version, lambda lazy: lazy.select("submission").unique(), can_repair=False
            )
        except KitError:
            continue  # told already
        for submission in sorted(set(found.get_column("submission").cast(pl.String)) - ids):
            if not store.journal.is_waiting(submission):
                yield tr(
                    "table {table}: rows of a submission {id} that no version names",
                    table=name, id=submission[:12],
                )  # fmt: skip


def digest(rows: pl.DataFrame, name: str) -> str:
    """Return the SHA-256 of rows in canonical order, float64 bits included ("" for no rows).

    Which submission they belong to is not part of it.
    """
    layout = LAYOUTS[name]
    if not len(rows):
        return ""
    rows = rows.select(list(layout.columns)).sort(["row", *(c for c in layout.columns if c != "row")])
    return hash_of(rows, layout.columns)


def _digest_of(found: Mapping[str, str]) -> str:
    """Return one hash for a table: over its submissions and the hashes of their rows."""
    lines = "".join(f"{key} {found[key]}\n" for key in sorted(found))
    return sha256(lines.encode()).hexdigest()
