"""Which settled rows no longer hold: what came since the tables were settled touches them.

The unit is the *series*: a variable at a station. A series is stale when a submission, retraction or review
since then is about it, or when its station was described anew (place, height, zone, exposure); and, because
its readings are compared with those of its neighbours, when a station within the reach of that check is stale
in the same variable. All else is as it was settled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from kit.checks.limits import limits
from kit.checks.neighbours import CHECK
from kit.checks.places import distance_km
from kit.dataset.state import State, describe
from kit.entry import Entry
from kit.model import Station

#: Variables whose aggregates need another one: directions are weighted with the speed.
NEEDS = {"wind_direction": ("wind_speed",)}
_FACTS = ("latitude", "longitude", "elevation", "zone", "exposure")


@dataclass(frozen=True)
class Stale:
    """What is stale in one version.

    ``series`` are the stations by variable that something is about, ``stations`` those described anew,
    ``before`` how these were described when the tables were settled; with ``everything`` nothing is settled.
    """

    state: State
    series: Mapping[str, frozenset[str]] = field(default_factory=dict)
    stations: frozenset[str] = frozenset()
    before: Mapping[str, Station] = field(default_factory=dict)
    everything: bool = False

    def of(self, variable: str) -> frozenset[str]:
        """Return the stations whose readings of a variable are stale, neighbours included."""
        if self.everything:
            return frozenset(self.state.stations)
        own = self.stations.union(
            *(self.series.get(name, ()) for name in (variable, *NEEDS.get(variable, ())))
        )
        places = [self.state.stations[name] for name in own if name in self.state.stations]
        return own | near(variable, [*places, *(self.before[name] for name in own if name in self.before)],
                          self.state)  # fmt: skip

    @property
    def any(self) -> bool:
        """Whether anything is stale."""
        return self.everything or bool(self.series or self.stations)


def near(variable: str, places: Iterable[Station], state: State) -> frozenset[str]:
    """Return the stations within the reach of the check against neighbours (these places among them)."""
    places = list(places)
    if not places:
        return frozenset()
    own = limits(CHECK, variable)
    there = [one for one in places if one.latitude is not None and one.longitude is not None]
    known = [one for one in state.stations.values() if one.latitude is not None and one.longitude is not None]
    if not own.known or not own.applies or not there or not known:
        return frozenset()
    latitude = np.array([one.latitude for one in known], dtype=float)
    longitude = np.array([one.longitude for one in known], dtype=float)
    found = np.zeros(len(known), dtype=bool)
    for one in there:
        away = distance_km(latitude, longitude, float(one.latitude or 0.0), float(one.longitude or 0.0))
        found |= away <= own.one("kilometres") + 1e-6
    return frozenset(known[place].id for place in np.flatnonzero(found))


@dataclass(frozen=True)
class Late:
    """What the entries since the tables were settled (``ids``) are about: series, and stations described.

    ``described`` by people, ``given`` with files. It grows by entries, so that a version that adds a few to
    thousands costs a few.
    """

    ids: frozenset[str] = frozenset()
    series: Mapping[str, frozenset[str]] = field(default_factory=dict)
    described: frozenset[str] = frozenset()
    given: frozenset[str] = frozenset()

    def with_entries(self, entries: Iterable[Entry], state: State) -> Late:
        """Return it with more entries; ``state`` holds them."""
        new = list(entries)
        series: dict[str, set[str]] = {}
        for entry in new:
            for variable, station in _about(entry, state):
                series.setdefault(variable, set()).add(station)
        return Late(
            self.ids.union(entry.id for entry in new),
            {**self.series, **{name: self.series.get(name, frozenset()) | found
                               for name, found in series.items()}},
            self.described.union(entry.subject for entry in new if entry.kind == "station"),
            self.given.union(
                name for entry in new if entry.kind == "submission"
                for name in state.submissions[entry.id].stations
            ),
        )  # fmt: skip


def since(late: Late, state: State) -> Stale:
    """Return what is stale because of what came since the tables were settled."""
    told = late.described | (late.given & state.told)
    before = _described(told, late.ids, state) if told else {}
    now = state.stations
    changed = {
        name for name, then in before.items()
        if name in now and any(getattr(then, fact) != getattr(now[name], fact) for fact in _FACTS)
    }  # fmt: skip
    return Stale(state, late.series, frozenset(changed), before)


def _described(names: frozenset[str], late: frozenset[str], state: State) -> dict[str, Station]:
    """Return how stations were described before some ``late`` entries came."""
    found: dict[str, Station] = {}
    for entry in state.entries:
        if entry.id in late or entry.kind not in ("station", "submission"):
            continue
        about = {entry.subject} if entry.kind == "station" else state.submissions[entry.id].stations
        if not names.isdisjoint(about):
            describe(found, entry)
    return {name: found[name] for name in names if name in found}


def variables_of(entry: Entry) -> list[str]:
    """Return the variables that a submission has readings of."""
    return list(entry.content["receipt"].get("variables", {})) if entry.content["kind"] == "readings" else []


def _about(entry: Entry, state: State) -> Iterable[tuple[str, str]]:
    """Yield the series (variable, station) that an entry is about."""
    if entry.kind in ("submission", "retraction"):
        name = entry.id if entry.kind == "submission" else entry.subject
        if name in state.submissions:
            given = state.submissions[name]
            for variable in variables_of(given.entry):
                for station in given.stations:
                    yield variable, station
    elif entry.kind == "review":
        yield entry.content["variable"], entry.content["station"]
