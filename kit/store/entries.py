"""The truth: ``entries/ab/<id>.json`` and ``raw/ab/<sha256>``, objects named after their content.

They are only ever added. Two copies of a dataset are merged by copying the objects that the other lacks.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from kit.entry import Entry
from kit.errors import DatasetError
from kit.store import folder as disk

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


class Objects:
    """The immutable objects of one dataset folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def entry_path(self, entry_id: str) -> Path:
        """Return where the entry with this id is kept."""
        return self.folder / "entries" / entry_id[:2] / f"{entry_id}.json"

    def raw_path(self, sha256: str) -> Path:
        """Return where the kept copy with this SHA-256 is kept."""
        return self.folder / "raw" / sha256[:2] / sha256

    def put_entry(self, entry_id: str, data: bytes) -> None:
        """Keep an entry's canonical JSON, durable when this returns."""
        disk.keep(self.entry_path(entry_id), data)

    def put_raw(self, sha256: str, data: bytes) -> None:
        """Keep a kept copy, durable when this returns."""
        disk.keep(self.raw_path(sha256), data)

    def entry(self, entry_id: str) -> Entry:
        """Return an entry; :class:`DatasetError` when it is missing or was changed."""
        data = self._checked(self.entry_path(entry_id), entry_id)
        return parse_entry(data)

    def entry_if_whole(self, entry_id: str) -> Entry | None:
        """Return an entry, None when its file is damaged (``verify`` reports it)."""
        try:
            return self.entry(entry_id)
        except (DatasetError, ValueError):
            return None

    def raw(self, sha256: str) -> bytes:
        """Return a kept copy; :class:`DatasetError` when it is missing or was changed."""
        return self._checked(self.raw_path(sha256), sha256)

    def entry_ids(self) -> Iterator[str]:
        """Yield the ids of all entries in the folder (by their names), sorted."""
        for path in sorted((self.folder / "entries").glob("??/*.json")):
            if not path.name.startswith("."):
                yield path.stem

    def fault(self, path: Path, sha256: str) -> str:
        """Return ``"missing"``, ``"changed"`` or "" for an object."""
        try:
            return "" if hashlib.sha256(path.read_bytes()).hexdigest() == sha256 else "changed"
        except FileNotFoundError:
            return "missing"

    def _checked(self, path: Path, sha256: str) -> bytes:
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise DatasetError(
                "The object {object} is missing from the dataset.",
                why="A file was deleted from the folder, or was not copied with it.",
                do="Copy {object} from a backup or from another copy of the dataset.",
                code="object-missing",
                object=_place(path),
            ) from None
        if hashlib.sha256(data).hexdigest() != sha256:
            raise DatasetError(
                "The object {object} was changed.",
                why="Its content no longer fits its name.",
                do="Copy {object} from a backup or from another copy of the dataset.",
                code="object-changed",
                object=_place(path),
            )
        return data


def _place(path: Path) -> str:
    return "/".join(path.parts[-3:])
