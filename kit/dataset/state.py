"""What the entries say, folded in their order: stations, submissions, which of them count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from kit.dataset.reach import Reach, reach_in
from kit.dataset.reviews import Review, review_from
from kit.entry import Entry
from kit.errors import NotFoundError, UsageError
from kit.model import Station
from kit.store import removing
from kit.text import N_

#: Marks a station entry that came with a file, not from a person.
TOLD = "told_by_file"


@dataclass(frozen=True)
class Submission:
    """One act of giving data, as the log tells it.

    ``rows`` are the data records of the file; ``retracted`` says that it does not count any more; ``record``
    is the language-neutral receipt, dated ``made`` (UTC).
    """

    id: str
    file: str
    format: str
    kind: str
    school: str
    stations: tuple[str, ...]
    rows: int
    made: str
    retracted: bool
    entry: Entry = field(repr=False)

    @property
    def record(self) -> dict[str, Any]:
        """The receipt that was given, with the submission's id."""
        return {**self.entry.content["receipt"], "submission": self.id}

    @cached_property
    def reach(self) -> Reach:
        """Which readings it may hold."""
        return reach_in(self.entry)


@dataclass
class State:
    """The meaning of an entry set. ``order`` gives each submission its place in the order of entries.

    ``told`` are the stations of which only files told: how they did it first counts until a person describes
    them, in whatever order that arrives.
    """

    stations: dict[str, Station] = field(default_factory=dict)
    submissions: dict[str, Submission] = field(default_factory=dict)
    order: dict[str, int] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    told: set[str] = field(default_factory=set)
    _alike: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict, repr=False)

    def alike(self, what: str, value: str) -> list[Submission]:
        """Return the submissions, in order, that have one ``"payload"``, ``"signature"`` or ``"station"``."""
        return [self.submissions[name] for name in self._alike.get((what, value), ())]

    def live(self) -> dict[str, int]:
        """Return the submissions that count, with their places in the order."""
        return {key: place for key, place in self.order.items() if not self.submissions[key].retracted}

    def station(self, station_id: str) -> Station:
        """Return one station; :class:`NotFoundError` with the closest ids if there is none."""
        if station_id not in self.stations:
            raise not_found("station", station_id, self.stations)
        return self.stations[station_id]

    def with_entries(self, entries: Iterable[Entry]) -> State:
        """Return what these entries and more mean; they come in any order and are taken by (counter, id)."""
        more = sorted(entries, key=_place)
        if not more:
            return self
        late = bool(self.entries) and _place(more[0]) < _place(self.entries[-1])
        erased = {entry.subject for entry in more if entry.kind == removing.KIND}
        if late or (self.entries and erased):
            rest = (entry for entry in self.entries if not removing.is_removed(entry, erased))
            return State().with_entries([*rest, *more])
        made = State(
            dict(self.stations), dict(self.submissions), dict(self.order), [*self.entries, *more],
            list(self.reviews), set(self.told),
            dict(self._alike),
        )  # fmt: skip
        for place, entry in enumerate(more, start=len(self.entries)):
            made._take(entry, place)
        return made

    def _take(self, entry: Entry, place: int) -> None:
        if entry.kind == "station":
            self.told |= describe(self.stations, entry)
            if not entry.content.get(TOLD):
                self.told.discard(entry.subject)
        elif entry.kind == "submission":
            self.told |= describe(self.stations, entry)
            self.order[entry.id] = place
            self.submissions[entry.id] = made = _submission(entry)
            marks = {("payload", entry.payload), ("signature", entry.content.get("signature", ""))}
            for mark in marks | {("station", name) for name in made.stations}:
                self._alike[mark] = (*self._alike.get(mark, ()), entry.id)
        elif entry.kind == "retraction" and entry.subject in self.submissions:
            retracted = bool(entry.content["retracted"])
            self.submissions[entry.subject] = replace(self.submissions[entry.subject], retracted=retracted)
        elif entry.kind == "review":
            self.reviews.append(review_from(entry.content))


@dataclass(frozen=True)
class Citation:
    """A version that was cited: its full id, under which rules, how many entries it has.

    ``base`` is the id of the citation from which its list of entries goes on ("" if it lists all of them).
    """

    id: str
    version: str
    rules: int
    entries: int
    note: str = ""
    base: str = ""

    @property
    def short(self) -> str:
        """As it is written: 12 hex digits and the rules.

        >>> Citation("", "3f9ac2d41b07" + "0" * 52, 2, 1).short
        '3f9ac2d41b07/2'
        """
        return f"{self.version[:12]}/{self.rules}"

    def content(self) -> dict[str, Any]:
        """Return what the entry holds."""
        return {name: value for name, value in asdict(self).items() if name != "id"}


def citations(state: State) -> list[Citation]:
    """Return the citations in the order of entries."""
    names = [item.name for item in fields(Citation) if item.name != "id"]
    return [
        Citation(entry.id, **{name: entry.content[name] for name in names})
        for entry in state.entries
        if entry.kind == "citation"
    ]


def _place(entry: Entry) -> tuple[int, str]:
    return entry.counter, entry.id


def describe(stations: dict[str, Station], entry: Entry) -> set[str]:
    """Take in how a station entry or a submission describes stations; return those that only files told of.

    What a person says overrules what was said before; what a file says counts where nothing else is known.
    """
    if entry.kind == "station" and not entry.content.get(TOLD):
        stations[entry.subject] = station_from(entry.content)
        return set()
    items = entry.content["stations"] if entry.kind == "submission" else [entry.content]
    new = {item["id"]: item for item in items if item["id"] not in stations}
    stations |= {name: station_from(item) for name, item in new.items()}
    return set(new)


def _submission(entry: Entry) -> Submission:
    content = entry.content
    return Submission(
        id=entry.id, file=content["file"], format=content["format"], kind=content["kind"],
        school=entry.school, stations=tuple(item["id"] for item in content["stations"]),
        rows=int(content["receipt"].get("rows", 0)), made=entry.made, retracted=False, entry=entry,
    )  # fmt: skip


def station_from(content: Mapping[str, Any]) -> Station:
    """Return the station that an entry describes (fields of later kits are left out)."""
    known = {item.name for item in fields(Station)}
    return Station(**{name: value for name, value in content.items() if name in known})


def not_found(what: str, name: str, known: Iterable[str]) -> NotFoundError:
    """Return the error for something that is not in the dataset, naming what comes closest."""
    known = sorted(known)
    close = get_close_matches(name, known, n=3, cutoff=0.4) or known[:5]
    params: dict[str, Any] = {"name": name, "close": ", ".join(close)}
    do = N_("Did you mean: {close}?") if close else ""
    if what == "station":
        return NotFoundError("There is no station {name} in the dataset.", do=do, code="no-station", **params)
    if what == "school":
        return NotFoundError("There is no school {name} in the dataset.", do=do, code="no-school", **params)
    if what == "region":
        return NotFoundError("There is no region {name} in the dataset.", do=do, code="no-region", **params)
    if what == "version":
        return NotFoundError("There is no version {name} of the dataset.", do=do, code="no-version", **params)
    return NotFoundError(
        "There is no submission {name} in the dataset.", do=do, code="no-submission", **params
    )


def chosen(
    state: State,
    station: str | Iterable[str] | None = None,
    school: str | Iterable[str] | None = None,
    region: str | Iterable[str] | None = None,
) -> list[Station]:
    """Return the stations that are meant, by id; ``region`` "EE" means every region of it ("EE-79" ...).

    An id, school or region that no station has is a :class:`NotFoundError`.
    """
    found = list(state.stations.values())
    if station is not None:
        found = [state.station(name) for name in dict.fromkeys(several(station))]
    if school is not None:
        wanted = several(school)
        found = [item for item in found if item.school in wanted]
        if not {item.school for item in found}.issuperset(wanted):
            known = {item.school for item in state.stations.values()}
            for name in wanted:
                if name not in known:
                    raise not_found("school", name, known)
    if region is not None:
        wanted = several(region)
        known = {item.region for item in state.stations.values() if item.region}
        for name in wanted:
            if not any(_within(code, name) for code in known):
                raise not_found("region", name, known)
        meant = {code for code in known if any(_within(code, name) for name in wanted)}
        found = [item for item in found if item.region in meant]
    return sorted(found, key=lambda item: item.id)


def _within(code: str, region: str) -> bool:
    return code == region or code.startswith(region + "-")


def several(names: str | Iterable[str]) -> list[str]:
    """Return one name or several as a list."""
    found = [names] if isinstance(names, str) else list(names)
    if not all(isinstance(name, str) and name for name in found):
        raise UsageError("A name must be a text that is not empty.", code="name")
    return found
