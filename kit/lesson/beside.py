"""Which station stands beside ours, so that the two devices should show the same."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from kit.checks.places import distance_km
from kit.errors import NotFoundError
from kit.model import Station

if TYPE_CHECKING:
    from kit.dataset import Dataset
    from kit.dataset.snapshot import Snapshot

#: Places are known to 0.001 degrees (some 100 m), so "beside" can be no nearer than this.
NEAR_KM = 0.15
#: A station of this name is taken for the reference, whatever else stands there.
REFERENCE = "reference"


def beside(places: Mapping[str, Station], station: str) -> list[str]:
    """Return the stations that stand beside one: at most 150 m away, both outdoors or both indoors.

    >>> here, there = (Station(id, latitude=59.43, longitude=24.75) for id in ("EE-A/a", "EE-A/b"))
    >>> beside({"EE-A/a": here, "EE-A/b": there, "EE-A/c": Station("EE-A/c")}, "EE-A/a")
    ['EE-A/b']
    """
    ours = places.get(station)
    if ours is None or ours.latitude is None or ours.longitude is None:
        return []
    return [
        one.id
        for one in places.values()
        if one.id != station
        and (one.exposure == "indoor") == (ours.exposure == "indoor")
        and _km(one, ours.latitude, ours.longitude) <= NEAR_KM
    ]


def _km(one: Station, latitude: float, longitude: float) -> float:
    """Return how far a station is from a place; NaN without coordinates."""
    if one.latitude is None or one.longitude is None:
        return math.nan
    return float(distance_km(np.array(one.latitude), np.array(one.longitude), latitude, longitude))


def days_together(
    shared: Dataset | Snapshot, variable: str, stations: Iterable[str]
) -> dict[str, dict[str, int]]:
    """Return for each station, for each one beside it, on how many days both have a daily value."""
    places = {one.id: one for one in shared.stations()}
    near = {one: others for one in stations if (others := beside(places, one))}
    wanted = sorted({*near, *(other for others in near.values() for other in others)})
    if not wanted:
        return {}
    days: Any = shared.readings(variable, station=wanted, freq="1D")
    if variable not in days:
        return {}
    there = days[variable].notnull().transpose("time", "station").to_pandas()
    return {
        one: {other: int((there[one] & there[other]).sum()) for other in others if other in there}
        for one, others in near.items()
        if one in there
    }


def station_beside(shared: Dataset | Snapshot, station: str, variable: str) -> str:
    """Return the station beside ours to compare with: one named "reference", else that with most days.

    Raises :class:`NotFoundError` (``none-beside``) if none beside it measured on the same days.
    """
    found = {one: n for one, n in days_together(shared, variable, [station]).get(station, {}).items() if n}
    if not found:
        raise NotFoundError(
            "No station stands beside {station} that measured the same on the same days.",
            do="Put two devices side by side, give both stations the same place, and upload both files.",
            code="none-beside", station=station,
        )  # fmt: skip
    return max(found, key=lambda one: (one.partition("/")[2] == REFERENCE, found[one], one))
