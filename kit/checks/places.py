"""Places where no station can be, and stations that moved."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from kit.model import Flag
from kit.vocab.zones import zone_at

Floats = NDArray[np.float64]
Flags = NDArray[np.int8]

#: Mean radius of the Earth in kilometres (IUGG).
EARTH_KM = 6371.0088


def impossible_location(latitude: float, longitude: float) -> Flag:
    """Return 4 for a place outside ±90/±180 degrees or at exactly 0, 0 (a GPS without a fix), else 1.

    >>> impossible_location(58.38, 26.72), impossible_location(0, 0), impossible_location(95, 20)
    (<Flag.GOOD: 1>, <Flag.FAIL: 4>, <Flag.FAIL: 4>)
    """
    inside = abs(latitude) <= 90 and abs(longitude) <= 180
    return Flag.GOOD if inside and (latitude, longitude) != (0, 0) else Flag.FAIL


def impossible_locations(latitude: Floats, longitude: Floats) -> Flags:
    """Flag places as :func:`impossible_location` does, 9 where both coordinates are missing, 4 where one is.

    >>> impossible_locations(np.array([58.38, 95.0, np.nan]), np.array([26.72, 20.0, np.nan])).tolist()
    [1, 4, 9]
    """
    inside = (latitude >= -90) & (latitude <= 90) & (longitude >= -180) & (longitude <= 180)
    inside &= (latitude != 0) | (longitude != 0)
    flag = np.full(latitude.shape, np.int8(Flag.GOOD))
    bad = np.flatnonzero(~inside)
    nowhere = np.isnan(latitude[bad]) & np.isnan(longitude[bad])
    flag[bad] = np.where(nowhere, np.int8(Flag.MISSING), np.int8(Flag.FAIL))
    return flag


def distance_km(latitude: Floats, longitude: Floats, to_latitude: float, to_longitude: float) -> Floats:
    """Return great-circle distances in kilometres (haversine formula); NaN where a coordinate is.

    One degree along the equator is 111.195 km:

    >>> distance_km(np.array([0.0]), np.array([1.0]), 0.0, 0.0).round(3).tolist()
    [111.195]
    """
    phi, to_phi = np.radians(latitude), np.radians(to_latitude)
    half_phi, half_lambda = (to_phi - phi) / 2, np.radians(to_longitude - longitude) / 2
    a = np.sin(half_phi) ** 2 + np.cos(phi) * np.cos(to_phi) * np.sin(half_lambda) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(a, 1.0))))


def moved(
    latitude: Floats, longitude: Floats, station_latitude: float, station_longitude: float, kilometres: float
) -> Flags:
    """Flag readings taken more than ``kilometres`` from their station with 3; 2 where no place is given.

    >>> moved(np.array([58.38, 57.0, np.nan]), np.array([26.72, 24.1, np.nan]), 58.38, 26.72, 1).tolist()
    [1, 3, 2]
    """
    away = distance_km(latitude, longitude, station_latitude, station_longitude)
    flag = np.where(away > kilometres, np.int8(Flag.SUSPECT), np.int8(Flag.GOOD))
    flag[np.isnan(away)] = Flag.NOT_EVALUATED
    return flag


def outside_region(latitude: float, longitude: float, region: str) -> Flag:
    """Return 3 for a place whose country is not that of its region, 2 where this cannot be told, else 1.

    ``region`` is an ISO 3166-2 code. The country follows from the time zone of the place (tzfpy) and the
    table of zones and countries of the IANA time zone database (``zone.tab``).

    >>> outside_region(58.38, 26.72, "EE-79"), outside_region(26.72, 58.38, "EE-79")
    (<Flag.GOOD: 1>, <Flag.SUSPECT: 3>)
    """
    if not region or impossible_location(latitude, longitude) == Flag.FAIL:
        return Flag.NOT_EVALUATED if not region else Flag.GOOD
    countries = countries_at(latitude, longitude)
    if not countries:
        return Flag.NOT_EVALUATED
    return Flag.GOOD if region.split("-")[0].upper() in countries else Flag.SUSPECT


@cache
def countries_at(latitude: float, longitude: float) -> frozenset[str]:
    """Return the ISO 3166 codes of the countries that share the time zone of a place (none at sea)."""
    return _zones().get(zone_at(latitude, longitude), frozenset())


@cache
def _zones() -> dict[str, frozenset[str]]:
    """Return the countries of every zone, from the tables of the tzdata package."""
    from importlib.resources import files

    found: dict[str, set[str]] = {}
    for name in ("zone.tab", "zone1970.tab"):
        for line in (files("tzdata") / "zoneinfo" / name).read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                countries, _, zone, *_ = line.split("\t")
                found.setdefault(zone, set()).update(countries.split(","))
    return {zone: frozenset(countries) for zone, countries in found.items()}
