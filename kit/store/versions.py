"""``versions/N.json``: the commit point of the dataset, and where every reader starts.

A version is made only after its entries, kept copies and rows are durable, and only if there is none with its
number. It names the entries added since the version before, so that the entry set of any version is the union
of ``added`` up to it; and where the rows of all of them stand: the settled tables (Delta Lake) hold those of
the entries up to version ``settled.upto``, the arrivals (Parquet files named after their content) the others.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kit.entry import canonical_json
from kit.errors import DatasetError
from kit.store import folder as disk


@dataclass(frozen=True)
class Arrival:
    """Rows of one table that came since the tables were settled: a Parquet file, ``arrivals/ab/<file>``.

    It holds the rows of the entries of versions ``after`` < number <= ``upto`` and of no others.
    """

    table: str
    file: str
    rows: int
    after: int
    upto: int


@dataclass(frozen=True)
class Settled:
    """The settled tables: which Delta version of each holds what counts of versions up to ``upto``.

    ``tables`` gives by name the Delta table's ``id`` and ``version``.
    """

    upto: int = 0
    tables: Mapping[str, Mapping[str, str | int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Version:
    """One version.

    ``number`` counts in this folder only; ``id`` is :func:`kit.entry.version_id` of the whole entry set (the
    same in every copy that holds the same entries); ``files`` gives the SHA-256 of each data file of the
    settled tables that was written for this version; ``made`` is information.
    """

    number: int
    id: str
    rules: int
    entries: int
    added: tuple[str, ...]
    made: str
    arrivals: tuple[Arrival, ...] = ()
    settled: Settled = Settled()
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def short(self) -> str:
        """The 12 hex digits that people see."""
        return self.id[:12]

    def of(self, table: str) -> list[Arrival]:
        """Return the arrivals of one table, oldest first."""
        return [item for item in self.arrivals if item.table == table]


class Versions:
    """The versions of one dataset folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "versions"
        self._newest: Version | None = None
        self._unseen: frozenset[int] = frozenset()

    def numbers(self) -> list[int]:
        """Return the numbers of all versions, ascending."""
        try:
            names = [path.name for path in self.folder.iterdir()]
        except FileNotFoundError:
            return []
        found = sorted(int(name[:-5]) for name in names if name.endswith(".json") and name[:-5].isdigit())
        return [number for number in found if number not in self._unseen]

    def between(self, after: int, upto: int) -> list[int]:
        """Return the numbers ``after`` < number <= ``upto`` of versions that there are."""
        return [number for number in range(after + 1, upto + 1) if self._path(number).exists()]

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
            return _version(json.loads(path.read_bytes()))
        except (ValueError, TypeError, KeyError) as error:
            raise DatasetError(
                "The file {file} of the dataset is damaged.",
                why="It is not a version as kit writes it.",
                do="Open the dataset again, or run kit rebuild: it is made again from what was given.",
                code="version-damaged",
                file=f"versions/{path.name}",
            ) from error

    def all(self) -> list[Version]:
        """Return all versions, ascending."""
        return [self.read(number) for number in self.numbers()]

    def put_aside(self, numbers: Collection[int], *, here: bool = False) -> list[str]:
        """Do without some versions, with ``here`` without touching the folder; return their names."""
        late = [self._path(number) for number in numbers]
        self._newest = None
        if here:
            self._unseen |= set(numbers)
        elif late:
            for path in late:
                path.rename(path.with_name(f".{path.name}.{secrets.token_hex(4)}.part"))
            disk.sync_folder(self.folder)
        return [f"versions/{path.name}" for path in late]

    def commit(self, version: Version) -> bool:
        """Make a version, durable; return False when another process made that number first."""
        made = disk.create(self._path(version.number), canonical_json(asdict(version)))
        if made:
            self._newest = version
        return made

    def _path(self, number: int) -> Path:
        return self.folder / f"{number}.json"


def _version(fields: Mapping[str, Any]) -> Version:
    arrivals = tuple(Arrival(**item) for item in fields["arrivals"])
    settled = Settled(**fields["settled"])
    return Version(**{**fields, "added": tuple(fields["added"]), "arrivals": arrivals, "settled": settled})
