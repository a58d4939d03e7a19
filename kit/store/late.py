"""Flushing late versions to the disk (:mod:`kit.store.outbox`), and putting back what a power cut tore."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

from kit.errors import DatasetError
from kit.store import folder as disk
from kit.store.arrivals import file_name
from kit.store.entries import entry_name, raw_name
from kit.store.versions import Version, name_of

if TYPE_CHECKING:
    from kit.store.flush import Parts
    from kit.store.outbox import Late


def may_be(store: Parts) -> bool:
    """Return whether versions of this dataset may be late: what a bucket has taken is on its disks."""
    return store.space.local is not None


def secure(store: Parts, least: int = 1) -> None:
    """Flush what is late to the disk if it is at least so many entries; then the journal forgets them."""
    if not store.journal.late_upto(least):
        return
    if not store.journal.knows_late:
        put_back(store)
        return
    found = store.journal.late()
    try:
        _flush(store, found, store.versions.newest())
    except OSError:
        store.journal.set_meta("doubt", "1")  # what could not be written is told once only
        raise


def put_back(store: Parts) -> None:
    """Look whether what another process left late is whole, put back what is not, and flush everything.

    Versions and rows that are torn are only noted (``doubt``): they follow from what is put back here.
    """
    found = store.journal.late()
    for one in found:
        if one.kept is not None and sha256(one.kept).hexdigest() == one.payload:
            store.objects.put_raw(one.payload, one.kept, durable=False)
        if sha256(one.data).hexdigest() == one.id:  # the journal has no checksums of its own
            store.objects.put_entry(one.id, one.data, durable=False)
    if found:
        newest = _newest_if_whole(store, found[0].version, found[-1].version)
        if newest is None:
            store.journal.set_meta("doubt", "1")
        _flush(store, found, newest)
    store.journal.knows_late = True


def _newest_if_whole(store: Parts, first: int, last: int) -> Version | None:
    """Return the last of the late versions; None where one, or a file of its rows, is torn."""
    try:
        versions = [store.versions.read(number) for number in range(first, last + 1)]
    except (DatasetError, FileNotFoundError):
        return None
    return versions[-1] if all(map(store.arrivals.whole, versions[-1].since(first))) else None


def _flush(store: Parts, found: Sequence[Late], newest: Version | None) -> None:
    disk.sync_all(store.folder, _names(found, newest))
    store.journal.secured(found[-1].version)


def _names(found: Sequence[Late], newest: Version | None) -> Iterator[str]:
    """Yield the files that are late."""
    for one in found:
        yield entry_name(one.id)
        if one.payload:
            yield raw_name(one.payload)
    if newest is not None:
        yield from (name_of(number) for number in {one.version for one in found})
        yield from (file_name(item.file) for item in newest.since(found[0].version))
