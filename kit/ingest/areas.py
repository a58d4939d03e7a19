"""Sightings from many places: one question in place of one per place.

A class that exports the records of its surroundings (eBird, GBIF, iNaturalist) has dozens of places in a
file, and none of them is a station. All may belong to one station of the school; each sighting keeps its own
(rounded) coordinates. The sites of transects, on the other hand, are stations: the answer ``<school>/*``
makes one of each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from kit.ingest.slugs import slug
from kit.model import Question, RawTable, Station
from kit.text import N_

Floats = NDArray[np.float64]

ASK_MANY = N_("{file} has sightings from {n} places (column {column}). To which station do they belong?")
ASK_COLUMNS = N_("{file} has readings from {n} places, one in each column. To which station do they belong?")
EACH = N_("each of the {n} places is a station of its own")
TOGETHER = N_("one new station for all of them ({what})")
#: Up to so many places are asked for one by one.
FEW = 3
#: Formats whose places are wherever somebody went, not sites to come back to.
_RECORDS = ("ebird", "gbif", "darwin-core", "inaturalist")
_NEAR = 5.0


def each_place(answer: str, column: str, keys: Sequence[str]) -> dict[str, str]:
    """Return ``station.<key>`` answers for the answer ``<school>/*``, no two places under one id.

    >>> each_place("school/*", "SITE_ID", ["1", "A b", "a-b"])
    {'station.1': 'school/site-id-1', 'station.A b': 'school/site-id-a-b', \
'station.a-b': 'school/site-id-a-b-2'}
    """
    if not answer.endswith("/*"):
        return {}
    found: dict[str, str] = {}
    taken: dict[str, int] = {}
    for key in keys:
        name = slug(f"{column} {key}")
        taken[name] = taken.get(name, 0) + 1
        found[f"station.{key}"] = answer[:-1] + (name if taken[name] == 1 else f"{name}-{taken[name]}")
    return found


def is_near(station: Station, latitude: Floats, longitude: Floats) -> bool:
    """Tell whether half of the places lie within 5 km of a station (yes, where nobody knows).

    >>> there = Station("s/roof", latitude=58.38, longitude=26.72)
    >>> [is_near(there, np.array([58.4, lat, lat]), np.array([26.7, 26.7, 26.7])) for lat in (58.37, 59.4)]
    [True, False]
    """
    known = ~np.isnan(latitude)
    if station.latitude is None or station.longitude is None or not known.any():
        return True
    north = (latitude[known] - station.latitude) * 111.2
    east = (longitude[known] - station.longitude) * 111.2 * np.cos(np.radians(station.latitude))
    return bool(np.median(np.hypot(north, east)) <= _NEAR)


def ask_once(
    table: RawTable, keys: Sequence[str], column: str, file: str, school: str,
    stations: Sequence[Station], near: Sequence[str],
) -> Question:  # fmt: skip
    """Return the one question for all places; ``stations`` are the known ones, the school's own first."""
    prefix = school or "school"
    area = slug(file.rsplit("/", 1)[-1].split(".", 1)[0])
    each = (f"{prefix}/*", EACH)
    together = (f"{prefix}/{area}", TOGETHER)
    known = [(one.id, (one.name or one.id).replace("{", "{{").replace("}", "}}")) for one in stations]
    mine = [option for option in known if option[0] in near][:1]
    rest = [option for option in known if option not in mine and option[0] != together[0]]
    options = [*mine, together, each, *rest] if table.format in _RECORDS else [each, *mine, together, *rest]
    params = {"file": file, "n": len(keys), "column": column, "what": area}
    text = ASK_MANY if column else ASK_COLUMNS
    return Question("station", text, tuple(options), options[0][0], params)


def without_copies(
    codes: NDArray[np.int64], stations: Sequence[Station]
) -> tuple[NDArray[np.int64], list[Station]]:
    """Return codes and stations with every station only once.

    >>> roof, yard = Station("s/roof"), Station("s/yard")
    >>> codes, stations = without_copies(np.array([0, 1, 2]), [roof, yard, roof])
    >>> codes.tolist(), [one.id for one in stations]
    ([0, 1, 0], ['s/roof', 's/yard'])
    """
    place: dict[str, int] = {}
    kept: list[Station] = []
    for station in stations:
        if station.id not in place:
            place[station.id] = len(kept)
            kept.append(station)
    if len(kept) == len(stations):
        return codes, list(stations)
    moved = np.array([place[station.id] for station in stations], dtype=np.int64)
    return moved[codes], kept


def rows_of(codes: NDArray[np.int64], size: int) -> list[NDArray[np.int64]]:
    """Return the rows of each code, in order.

    >>> [rows.tolist() for rows in rows_of(np.array([1, 0, 1]), 2)]
    [[1], [0, 2]]
    """
    if not size:
        return []
    order = np.argsort(codes, kind="stable")
    return np.split(order, np.searchsorted(codes[order], np.arange(1, size)))


def bulk(table: RawTable, answers: Mapping[str, str], keys: Sequence[str]) -> str:
    """Return the answer that holds for all places of a file of sightings ("" if none was given)."""
    several = table.kind == "sightings" or any(column.station for column in table.columns)
    return answers.get("station", "") if several and len(keys) > 1 else ""
