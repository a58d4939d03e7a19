"""``versions/N.json``: the commit point of the dataset, and where every reader starts.

A version is made only after its entries, kept copies and tables are durable, and only if there is none
with its number. It names the entries added since the version before, so that the entry set of any version
is the union of ``added`` up to it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from kit.entry import canonical_json
from kit.errors import DatasetError
from kit.store import folder as disk


@dataclass(frozen=True)
class Version:
    """One version.

    ``number`` counts in this folder only; ``id`` is :func:`kit.entry.version_id` of the whole entry set (the
    same in every copy that holds the same entries); ``tables`` gives for each table the Delta table's id and
    its Delta version; ``files`` the SHA-256 of each data file written for this version; ``made`` is
    information.
    """

    number: int
    id: str
    rules: int
    entries: int
    tables: Mapping[str, Mapping[str, str | int]]
    added: tuple[str, ...]
    files: Mapping[str, str]
    made: str

    @property
    def short(self) -> str:
        """The 12 hex digits that people see."""
        return self.id[:12]


class Versions:
    """The versions of one dataset folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "versions"
        self._newest: Version | None = None

    def numbers(self) -> list[int]:
        """Return the numbers of all versions, ascending."""
        try:
            names = [path.name for path in self.folder.iterdir()]
        except FileNotFoundError:
            return []
        return sorted(int(name[:-5]) for name in names if name.endswith(".json") and name[:-5].isdigit())

    def newest(self) -> Version | None:
        """Return the newest version, None in a dataset without any."""
        if self._newest and not self._path(self._newest.number + 1).exists() and self._still_there():
            return self._newest
        numbers = self.numbers()
        self._newest = self.read(numbers[-1]) if numbers else None
        return self._newest

    def _still_there(self) -> bool:
        return self._newest is not None and self._path(self._newest.number).exists()

    def read(self, number: int) -> Version:
        """Return one version by its number in this folder."""
        path = self._path(number)
        try:
            fields = json.loads(path.read_bytes())
            fields["added"] = tuple(fields["added"])
            return Version(**fields)
        except (ValueError, TypeError, KeyError) as error:
            raise DatasetError(
                "The file {file} of the dataset is damaged.",
                why="It is not a version as kit writes it.",
                do="Copy it from a backup; or delete it and run kit rebuild.",
                code="version-damaged",
                file=f"versions/{path.name}",
            ) from error

    def all(self) -> list[Version]:
        """Return all versions, ascending."""
        return [self.read(number) for number in self.numbers()]

    def commit(self, version: Version) -> bool:
        """Make a version, durable; return False when another process made that number first."""
        made = disk.create(self._path(version.number), canonical_json(asdict(version)))
        if made:
            self._newest = version
        return made

    def _path(self, number: int) -> Path:
        return self.folder / f"{number}.json"
