"""Do readings fit the place where they were taken? Swapped coordinates, air pressure of another unit.

The answers are problems of the whole file: what is wrong is one entry or one setting, not a row.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from kit.checks import Gap
from kit.checks.places import countries_at, distance_km
from kit.ingest.meanings import Meaning
from kit.model import Problem, Station
from kit.text import N_
from kit.vocab import convert, units_for, variable

SWAPPED = N_("The station {station} would stand at {latitude}, {longitude}, far from your other stations.")
SWAP_BACK = N_("Were latitude and longitude swapped? {longitude}, {latitude} would be near them.")
ODD_PRESSURE = N_(
    "In column {column} the air pressure is usually {value} {unit}; at a height of {height} m it would be"
    " about {expected} {unit}."
)
OTHER_UNIT = N_("Did you mean {raw} {other} = {converted} {unit}? Then answer unit.{column}={other_id}.")
OTHER_HEIGHT = N_("Is it the pressure at sea level, or is the height of the station wrong?")
PAUSES = N_(
    "Pauses of three hours or more of sensor {sensor}: {n}; the longest pause is {hours} hours, from"
    " {start} UTC."
)
#: A place further away than ``FAR`` is odd when its mirror image is nearer than ``NEAR`` (km).
FAR, NEAR = 500.0, 150.0
#: Air pressure differs from that of the standard atmosphere by less than this (hPa): weather makes 60.
WEATHER = 75.0


def swapped_places(found: Iterable[Station], known: Iterable[Station]) -> list[Problem]:
    """Return a problem for each new station whose coordinates fit only when they are swapped.

    >>> home = Station("T/roof", region="EE-79", latitude=58.38, longitude=26.72)
    >>> new = Station("T/garden", latitude=26.70, longitude=58.37)
    >>> [problem.code for problem in swapped_places([new], [home])]
    ['swapped-coordinates']
    >>> swapped_places([Station("T/garden", latitude=58.37, longitude=26.70)], [home])
    []
    """
    homes = [s for s in known if s.latitude is not None and s.longitude is not None]
    ids = {s.id for s in homes}
    problems = []
    for station in found:
        own = [s for s in homes if s.school == station.school] or homes
        lat, lon = station.latitude, station.longitude
        if station.id in ids or lat is None or lon is None or not own or abs(lon) > 90:
            continue
        if _nearest(own, lat, lon) > FAR and _nearest(own, lon, lat) < NEAR:
            params = {"station": station.id, "latitude": (lat, 3), "longitude": (lon, 3)}
            problems.append(Problem("swapped-coordinates", SWAPPED, suggestion=SWAP_BACK, params=params))
    return problems


def _nearest(stations: list[Station], latitude: float, longitude: float) -> float:
    """Return kilometres to the nearest station; 0 inside the country of one of them."""
    away = distance_km(
        np.array([s.latitude for s in stations], dtype=float),
        np.array([s.longitude for s in stations], dtype=float), latitude, longitude,
    )  # fmt: skip
    countries = {s.region.split("-")[0].upper() for s in stations if s.region}
    return 0.0 if countries & countries_at(latitude, longitude) else float(away.min())


def standard_pressure(height: float) -> float:
    """Return the air pressure of the ICAO standard atmosphere (Doc 7488) at a height in metres, in hPa.

    >>> round(standard_pressure(0.0), 2), round(standard_pressure(1000.0), 1)
    (1013.25, 898.7)
    """
    return float(1013.25 * (1 - 0.0065 * height / 288.15) ** 5.25588)


def odd_pressures(meanings: list[Meaning], stations: list[Station]) -> list[Problem]:
    """Return a problem for columns of station pressure that the height of their station cannot have.

    Needs a station with a known height; the column's median is compared with the standard atmosphere.

    >>> from types import SimpleNamespace
    >>> part = SimpleNamespace(variable="pressure", name="p", unit="hPa", values=np.array([750.0, 760.0]))
    >>> odd = odd_pressures([part], [Station("s/roof", elevation=60.0)])
    >>> [round(problem.params["expected"][0], 1) for problem in odd]
    [1006.1]
    """
    heights = {s.id: s.elevation for s in stations}
    problems = []
    for part in meanings:
        if part.variable != "pressure" or len(heights) != 1 or None in heights.values():
            continue
        height = float(next(iter(heights.values())) or 0.0)
        values = part.values[np.isfinite(part.values)]
        if not len(values):
            continue
        raw = float(np.median(values))
        value = float(convert([raw], part.unit, "pressure")[0])
        expected = standard_pressure(height)
        if abs(value - expected) <= WEATHER:
            continue
        params = {
            "column": part.name, "value": (value, 1), "unit": variable("pressure").symbol,
            "height": (height, 0), "expected": (expected, 0),
        }  # fmt: skip
        suggestion = OTHER_HEIGHT
        for other in units_for("pressure"):
            converted = float(convert([raw], other, "pressure")[0])
            if other.id != part.unit and abs(converted - expected) <= WEATHER:
                suggestion = OTHER_UNIT
                params |= {"raw": (raw, 1), "converted": (converted, 1)}
                params |= {"other": other.symbol, "other_id": other.symbol}
                break
        problems.append(
            Problem("odd-pressure", ODD_PRESSURE, column=part.name, suggestion=suggestion, params=params)
        )
    return problems


def pauses(gaps: Iterable[Gap]) -> list[tuple[str, dict[str, object]]]:
    """Return the notes on the pauses of sensors, the longest first, five at most."""
    longest = sorted(gaps, key=lambda gap: (-gap.hours, gap.station, gap.sensor))[:5]
    return [
        (PAUSES, {"sensor": gap.sensor, "n": gap.count, "hours": (gap.hours, 0),
                  "start": str(gap.start.astype("datetime64[m]")).replace("T", " ")})
        for gap in longest
    ]  # fmt: skip
