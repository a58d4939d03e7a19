"""``versions/N.json``: the commit point of the dataset, and where every reader starts.

A version is made only after its entries, kept copies and rows are durable, or kept by the journal until they
are, and only if there is none with its number. It names the entries added since the version before, so that
the entry set of any version is the union of ``added`` up to it; and where the rows of all of them stand: the
settled tables (Delta Lake) hold those of the entries up to version ``settled.upto``, the arrivals (Parquet
files named after their content) the others.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any

from kit.entry import canonical_json
from kit.errors import DatasetError
from kit.store import folder as disk
from kit.store.space import Space, Unreachable, space_of


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

    def since(self, number: int) -> list[Arrival]:
        """Return the arrivals that came with a version, or after it."""
        return [item for item in self.arrivals if item.upto >= number]

    def of(self, table: str) -> list[Arrival]:
        """Return the arrivals of one table, oldest first."""
        return [item for item in self.arrivals if item.table == table]


#: In the home of a bucket: the newest version that was seen there, for when the network is away.
SEEN = "newest.json"


def name_of(number: int) -> str:
    """Return where a version stands."""
    return f"versions/{number}.json"


class Versions:
    """The versions of one dataset."""

    def __init__(self, place: Space | str | os.PathLike[str]) -> None:
        self.space = space_of(place)
        self._newest: Version | None = None
        self._unseen: frozenset[int] = frozenset()

    def numbers(self) -> list[int]:
        """Return the numbers of all versions, ascending."""
        names = [name.partition("/")[2] for name in self._names()]
        found = sorted(int(name[:-5]) for name in names if name.endswith(".json") and name[:-5].isdigit())
        return [number for number in found if number not in self._unseen]

    def between(self, after: int, upto: int) -> list[int]:
        """Return the numbers ``after`` < number <= ``upto`` of versions that there are."""
        wanted = range(after + 1, upto + 1)
        if self.space.local is None and len(wanted) > 1:
            there = set(self.numbers())
            return [number for number in wanted if number in there]
        return [number for number in wanted if self.space.exists(name_of(number))]

    def _names(self) -> list[str]:
        if self.space.local is None:
            return [item.name for item in self.space.items("versions")]
        with suppress(FileNotFoundError):
            return [f"versions/{path.name}" for path in (self.space.local / "versions").iterdir()]
        return []

    def newest(self) -> Version | None:
        """Return the newest version, None in a dataset without any."""
        if self._newest and not self.space.exists(name_of(self._newest.number + 1)) and self._still_there():
            return self._newest
        numbers = self.numbers()
        self._now(self.read(numbers[-1]) if numbers else None)
        return self._newest

    def seen(self) -> Version | None:
        """Return the newest version; while the network is away the newest that was seen on this computer.

        :class:`kit.store.space.Unreachable` when none was seen here.
        """
        try:
            return self.newest()
        except Unreachable:
            if self._newest is None and (self.space.home / SEEN).exists():
                self._newest = _version(json.loads((self.space.home / SEEN).read_bytes()))
            if self._newest is None:
                raise
            return self._newest

    def _now(self, newest: Version | None) -> None:
        if self.space.local is None and newest is not None and newest != self._newest:
            disk.make_folder(self.space.home)
            disk.replace(self.space.home / SEEN, canonical_json(asdict(newest)))
        self._newest = newest

    def _still_there(self) -> bool:
        return self._newest is not None and self.space.exists(name_of(self._newest.number))

    def read(self, number: int) -> Version:
        """Return one version by its number in this dataset."""
        return self._parsed(number, self.space.get(name_of(number)))

    def _parsed(self, number: int, data: bytes) -> Version:
        try:
            return _version(json.loads(data))
        except (ValueError, TypeError, KeyError) as error:
            raise DatasetError(
                "The file {file} of the dataset is damaged.",
                why="It is not a version as kit writes it.",
                do="Open the dataset again, or run kit rebuild: it is made again from what was given.",
                code="version-damaged",
                file=name_of(number),
            ) from error

    def all(self) -> list[Version]:
        """Return all versions, ascending."""
        return self.read_all(self.numbers())

    def read_all(self, numbers: Collection[int]) -> list[Version]:
        """Return some versions."""
        found = zip(numbers, self.space.get_all(map(name_of, numbers)), strict=True)
        return [self._parsed(number, data) for number, (_, data) in found if data is not None]

    def put_aside(self, numbers: Collection[int], *, here: bool = False) -> list[str]:
        """Do without some versions, with ``here`` without touching the dataset; return their names."""
        late = [name_of(number) for number in numbers]
        self._newest = None
        if here:
            self._unseen |= set(numbers)
        elif late:
            for name in late:
                self.space.keep(f"versions/.{name[9:]}.{secrets.token_hex(4)}.part", self.space.get(name))
            self.space.delete(late)
        return late

    def commit(self, version: Version, *, durable: bool = True) -> bool:
        """Make a version, durable if wanted; return False when another process made that number first."""
        made = self.space.create(name_of(version.number), canonical_json(asdict(version)), durable=durable)
        if made:
            self._now(version)
        return made


def _version(fields: Mapping[str, Any]) -> Version:
    arrivals = tuple(Arrival(**item) for item in fields["arrivals"])
    settled = Settled(**fields["settled"])
    return Version(**{**fields, "added": tuple(fields["added"]), "arrivals": arrivals, "settled": settled})
