"""Two copies of a dataset that meet: the union of their entries.

Merging takes over what the other copy has and this one lacks: its entries and kept copies, and what its
journal has acknowledged. Every object is checked against its name. The other copy is only read, so it may lie
on a read-only disk, on a stick, or on a network share. What is taken over goes the way of an upload, in
groups: each is acknowledged by the journal and brought into a version before the next is read. So a merge
that was stopped at any moment leaves a dataset in good order, and the next one goes on from there; a second
one changes nothing; and it does not matter who merges with whom first.

``kit.toml`` (school, region, zone and language of this copy) is not merged: it says whose copy this is.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any, TypeVar

from kit.dataset.settings import NAME, read_settings
from kit.entry import Entry
from kit.errors import DatasetError, UsageError
from kit.store import flush as flushing
from kit.store import folder as disk
from kit.store import peeking
from kit.store.entries import Objects, entry_name, parse_entry, raw_name
from kit.store.flush import Parts
from kit.store.space import Space, Unreachable, sizes
from kit.text import tr, trn

#: So many entries, or bytes of kept copies, are taken over together.
GROUP, GROUP_BYTES = 2000, 32_000_000
#: So many objects in a row that the disk does not give: it is no longer there.
ERRORS = 20
#: So many names of damaged objects are told; the others are counted.
NAMES = 5


@dataclass(frozen=True)
class Merged:
    """What a merge did.

    ``taken`` entries came from the other copy, ``given`` went there (None: nothing was to be given);
    ``mended`` objects of this copy were missing or cut short and came from there. ``damaged`` names the
    objects of the other copy that were left out, ``unread`` says that its journal could not be read.
    ``refused`` entries of the other copy were not taken over because they were erased, ``removed`` entries
    of this copy went because they were erased there.
    """

    other: str
    taken: int
    given: int | None = None
    mended: int = 0
    damaged: tuple[str, ...] = ()
    unread: bool = False
    refused: int = 0
    removed: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return it as ``kit merge --json`` prints it."""
        return {**asdict(self), "damaged": list(self.damaged)}

    def text(self, lang: str | None = None) -> str:
        """Return it in words, a sentence a line.

        >>> Merged("/media/usb/kit", 2).text("en")
        '2 entries were taken over from /media/usb/kit.'
        """
        there = {"other": self.other}
        lines = []
        if not self.refused:
            lines = [tr("This dataset held everything that is in {other} already.", lang, **there)]
        if self.taken:
            lines = [trn("{n} entry was taken over from {other}.",
                         "{n} entries were taken over from {other}.",
                         self.taken, lang, **there)]  # fmt: skip
        if self.refused:
            lines += [trn("{n} entry of {other} was not taken over: it was erased.",
                          "{n} entries of {other} were not taken over: they were erased.",
                          self.refused, lang, **there)]  # fmt: skip
        if self.removed:
            lines += [trn("{n} entry of this dataset was erased, as it was in {other}.",
                          "{n} entries of this dataset were erased, as they were in {other}.",
                          self.removed, lang, **there)]  # fmt: skip
        if self.given is not None:
            lines += [trn("{n} entry was given to {other}.", "{n} entries were given to {other}.",
                          self.given, lang, **there)]  # fmt: skip
        if self.mended:
            lines += [trn("{n} object that was missing here is back.",
                          "{n} objects that were missing here are back.", self.mended, lang)]  # fmt: skip
        if self.damaged:
            n, names = len(self.damaged), ", ".join(self.damaged[:NAMES])
            names += " …" if n > NAMES else ""
            lines += [trn("{n} damaged object was left out: {names}.",
                          "{n} damaged objects were left out: {names}.", n, lang, names=names),
                      tr("Merge with a copy that holds them whole, too.", lang)]  # fmt: skip
        if self.unread:
            lines += [tr("The journal of {other} cannot be read; what waits in it was not taken over.", lang,
                         **there), tr("Open that copy with kit ({command}) and merge again.", lang,
                                      command=f"kit --dataset {self.other} status")]  # fmt: skip
        return "\n".join(lines)


def merge(store: Parts, other: Space) -> Merged:
    """Take over what ``store`` lacks from the dataset in ``other``.

    Raises :class:`DatasetError` when ``other`` is no dataset or was made by a newer kit, and when it can no
    longer be read (a stick was pulled out): what was taken over until then stays. :class:`UsageError` when it
    is this very folder.
    """
    read_settings(other)
    if _same(other, store.space):
        raise UsageError(
            "{other} is this dataset itself.",
            do="Name the folder of another copy.",
            code="merge-itself", other=other.url,
        )  # fmt: skip
    theirs = _Other(other, store.objects)
    taken = mended = refused = 0
    try:
        mended = _mend(store, theirs)
        with disk.in_words(store.folder):
            flushing.flush(store)
            known = set(store.journal.ids())
        for group in theirs.groups(known):
            with disk.in_words(store.folder):
                kept = {entry.payload: data for entry, data in group if data is not None}
                store.journal.adopt([entry for entry, _ in group], kept)
                gone = store.journal.unknown(entry.id for entry, _ in group)
                taken, refused = taken + len(group) - len(gone), refused + len(gone)
                flushing.on_step("adopted")
                flushing.flush(store)
    except _Stopped as stopped:
        raise DatasetError(
            "The copy in {other} can no longer be read.",
            why="The computer says: {said}",
            do="What was taken over so far ({n} entries) stays. Connect it and merge again.",
            code="merge-stopped", other=other.url, said=str(stopped), n=taken,
        ) from stopped  # fmt: skip
    with disk.in_words(store.folder):
        removed = len(known.difference(store.journal.ids()))
    damaged = tuple(sorted(theirs.damaged))
    return Merged(other.url, taken, None, mended, damaged, theirs.unread, refused, removed)


def _mend(store: Parts, theirs: _Other) -> int:
    """Put back the objects of this copy that are missing or cut short and that the other holds whole."""
    with disk.in_words(store.folder):
        entries, raw = sizes(store.space, "entries"), sizes(store.space, "raw")
    odd = {name[:-5] for name, size in theirs.sizes("entries").items() if entries.get(name) != size}
    odd_raw = {name for name, size in theirs.sizes("raw").items() if raw.get(name) != size}
    with disk.in_words(store.folder):
        if odd:
            odd &= set(store.journal.ids())
        if odd_raw:
            odd_raw &= {entry.payload for entry in store.journal.entries()}
    count = 0
    for name in sorted(odd):
        if store.objects.fault(entry_name(name), name) and (found := theirs.entry(name)):
            with disk.in_words(store.folder):
                store.objects.put_entry(name, found.canonical())
            count += 1
    for name in sorted(odd_raw):
        if store.objects.fault(raw_name(name), name) and (data := theirs.raw(name)) is not None:
            with disk.in_words(store.folder):
                store.objects.put_raw(name, data)
            count += 1
    return count


def _same(one: Space, other: Space) -> bool:
    """Return whether two spaces are the same folder or bucket."""
    if one.local is None or other.local is None:
        return one.url == other.url
    return one.local.samefile(other.local)


Found = tuple[Entry, bytes | None]
T = TypeVar("T")


class _Stopped(Exception):
    """The other copy can no longer be read."""


@dataclass
class _Other:
    """Another copy, which is only read; what is whole among ``ours`` is not read there."""

    space: Space
    ours: Objects
    damaged: set[str] = field(default_factory=set)
    unread: bool = False

    def __post_init__(self) -> None:
        self.objects = Objects(self.space)
        self._errors = 0

    def groups(self, known: set[str]) -> Iterator[list[Found]]:
        """Yield the entries that are not ``known`` with their kept copies, in groups of bounded size.

        When the other copy can no longer be read, what was read whole comes first, then :class:`_Stopped`.
        """
        group: list[Found] = []
        size = 0
        try:
            for entry, kept in self._each(set(known)):
                group.append((entry, kept))
                size += len(kept or b"")
                if len(group) >= GROUP or size >= GROUP_BYTES:
                    yield group
                    group, size = [], 0
        except _Stopped:
            if group:
                yield group
            raise
        if group:
            yield group

    def _each(self, known: set[str]) -> Iterator[Found]:
        """Yield what is not known; what waits in the journal first, for it may be on its way out of there."""
        for found in self._waiting(known):
            known.add(found[0].id)
            yield found
        names = self._look(lambda: list(self.objects.entry_ids())) or []
        self._must_be_there()
        for name in names:
            if name not in known and (entry := self.entry(name)) and (whole := self._with_copy(entry)):
                yield whole

    def _waiting(self, known: set[str]) -> Iterator[Found]:
        try:
            for name, data, kept in peeking.waiting(self.space.home):
                entry = None if name in known else parse_entry(data)
                if entry and entry.id == name and (found := self._with_copy(entry, kept)):
                    yield found
        except (sqlite3.Error, OSError, ValueError, TypeError):
            self._must_be_there()
            self.unread = True

    def _with_copy(self, entry: Entry, kept: bytes | None = None) -> Found | None:
        """Return an entry with its kept copy (None where we hold that); None if that is damaged."""
        name = entry.payload
        if not name or not self.ours.fault(raw_name(name), name):
            return entry, None
        if kept is None or sha256(kept).hexdigest() != name:
            kept = self.raw(name)
        return None if kept is None else (entry, kept)

    def entry(self, name: str) -> Entry | None:
        """Return an entry; None, and a note, when it is damaged."""
        return self._look(lambda: self._entry(name), entry_name(name))

    def _entry(self, name: str) -> Entry:
        found = self.objects.entry(name)
        if found.id != name:
            raise ValueError(name)
        return found

    def raw(self, name: str) -> bytes | None:
        """Return a kept copy; None, and a note, when it is damaged."""
        return self._look(lambda: self.objects.raw(name), raw_name(name))

    def sizes(self, kind: str) -> dict[str, int]:
        """Return the size of each object of ``entries`` or ``raw``, by its name."""
        return dict(self._look(lambda: sizes(self.space, kind)) or {})

    def _look(self, read: Callable[[], T], place: str = "") -> T | None:
        """Return what is read; None, and a note of ``place``, where that object is damaged."""
        try:
            found = read()
        except (OSError, ValueError, TypeError) as error:
            if isinstance(error, Unreachable):
                raise _Stopped(error.words()) from None
            self._must_be_there()
            said = isinstance(error, OSError) and not isinstance(error, DatasetError)
            self._errors = self._errors + 1 if said else 0
            if not place or self._errors == ERRORS:
                raise _Stopped(getattr(error, "strerror", None) or str(error)) from error
            self.damaged.add(place)
            return None
        self._errors = 0
        return found

    def _must_be_there(self) -> None:
        if not self.space.exists(NAME):
            raise _Stopped(os.strerror(errno.ENOENT))
