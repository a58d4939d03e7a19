"""The truth: ``entries/ab/<id>.json`` and ``raw/ab/<sha256>``, objects named after their content.

They are only ever added. Two copies of a dataset are merged by copying the objects that the other lacks.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from kit.entry import Entry
from kit.errors import DatasetError
from kit.store.space import Space, space_of

FIELDS = ("kind", "school", "subject", "counter", "made", "payload", "content")


def parse_entry(data: bytes, entry_id: str = "") -> Entry:
    """Return the entry that canonical JSON holds; ``ValueError`` if it holds none.

    With ``entry_id``, that is trusted to be its id and not worked out again.
    """
    fields = json.loads(data)
    if not isinstance(fields, dict) or set(fields) != set(FIELDS):
        raise ValueError("not an entry")
    entry = Entry(**fields)
    if entry_id:
        entry.__dict__["id"] = entry_id
    return entry


def entry_name(entry_id: str) -> str:
    """Return where the entry with this id is kept.

    >>> entry_name("3f9ac2")
    'entries/3f/3f9ac2.json'
    """
    return f"entries/{entry_id[:2]}/{entry_id}.json"


def raw_name(sha256: str) -> str:
    """Return where the kept copy with this SHA-256 is kept.

    >>> raw_name("3f9ac2")
    'raw/3f/3f9ac2'
    """
    return f"raw/{sha256[:2]}/{sha256}"


class Objects:
    """The immutable objects of one dataset."""

    def __init__(self, place: Space | str | os.PathLike[str]) -> None:
        self.space = space_of(place)

    def entry_path(self, entry_id: str) -> Path:
        """Return the file of the entry with this id, of a dataset in a folder."""
        return self.space.home / entry_name(entry_id)

    def raw_path(self, sha256: str) -> Path:
        """Return the file of the kept copy with this SHA-256, of a dataset in a folder."""
        return self.space.home / raw_name(sha256)

    def put_entry(self, entry_id: str, data: bytes, *, durable: bool = True) -> None:
        """Keep an entry's canonical JSON, durable when this returns if that is wanted."""
        self.space.keep(entry_name(entry_id), data, durable=durable)

    def put_raw(self, sha256: str, data: bytes, *, durable: bool = True) -> None:
        """Keep a kept copy, durable when this returns if that is wanted."""
        self.space.keep(raw_name(sha256), data, durable=durable)

    def entry(self, entry_id: str) -> Entry:
        """Return an entry; :class:`DatasetError` when it is missing or was changed."""
        data = self._checked(entry_name(entry_id), entry_id)
        return parse_entry(data)

    def entry_if_whole(self, entry_id: str) -> Entry | None:
        """Return an entry, None when its object is damaged (``verify`` reports it)."""
        return next(self.entries_if_whole([entry_id]))

    def entries_if_whole(self, ids: Iterable[str]) -> Iterator[Entry | None]:
        """Yield entries, None for one whose object is damaged."""
        ids = list(ids)
        for entry_id, (_, data) in zip(ids, self.space.get_all(map(entry_name, ids)), strict=True):
            whole = data is not None and hashlib.sha256(data).hexdigest() == entry_id
            try:
                yield parse_entry(data) if whole and data is not None else None
            except ValueError:
                yield None

    def raw(self, sha256: str) -> bytes:
        """Return a kept copy; :class:`DatasetError` when it is missing or was changed."""
        return self._checked(raw_name(sha256), sha256)

    def entry_ids(self) -> Iterator[str]:
        """Yield the ids of all entries that are there (by their names), sorted."""
        names = (item.name.rpartition("/")[2] for item in self.space.items("entries"))
        yield from sorted(name[:-5] for name in names if name.endswith(".json") and name[0] != ".")

    def fault(self, name: str, sha256: str) -> str:
        """Return ``"missing"``, ``"changed"`` or "" for an object."""
        return next(self.faults({name: sha256}))

    def faults(self, wanted: dict[str, str]) -> Iterator[str]:
        """Yield :meth:`fault` for objects by their names."""
        for name, data in self.space.get_all(wanted):
            whole = data is not None and hashlib.sha256(data).hexdigest() == wanted[name]
            yield "" if whole else "missing" if data is None else "changed"

    def _checked(self, name: str, sha256: str) -> bytes:
        try:
            data = self.space.get(name)
        except FileNotFoundError:
            raise DatasetError(
                "The object {object} is missing from the dataset.",
                why="A file was deleted from the folder, or was not copied with it.",
                do="Copy {object} from a backup or from another copy of the dataset.",
                code="object-missing",
                object=name,
            ) from None
        if hashlib.sha256(data).hexdigest() != sha256:
            raise DatasetError(
                "The object {object} was changed.",
                why="Its content no longer fits its name.",
                do="Copy {object} from a backup or from another copy of the dataset.",
                code="object-changed",
                object=name,
            )
        return data
