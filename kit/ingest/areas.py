"""Files from many places: one question in place of one per place.

A class that exports the records of its surroundings (eBird, GBIF, iNaturalist) has dozens of places in a
file, and none of them is a station. All may belong to one station of the school; each sighting keeps its own
(rounded) coordinates. The sites of transects, on the other hand, are stations: the answer ``<school>/*``
makes one of each.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from kit.ingest.slugs import slug
from kit.model import Question, RawTable, Station
from kit.text import N_
from kit.vocab import fold

Floats = NDArray[np.float64]

ASK_MANY = N_("{file} has sightings from {n} places (column {column}). To which station do they belong?")
ASK_COLUMNS = N_("{file} has readings from {n} places, one in each column. To which station do they belong?")
ASK_ROWS = N_("{file} has readings from {n} places (column {column}). Which stations are they?")
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


def distance(station: Station, latitude: Floats, longitude: Floats) -> float:
    """Return how far half of the places are from a station at most, in km; NaN where nobody knows.

    >>> there = Station("s/roof", latitude=58.38, longitude=26.72)
    >>> [round(distance(there, np.array([58.4, lat, lat]), np.full(3, 26.7)), 1) for lat in (58.37, 59.4)]
    [1.6, 113.4]
    """
    known = ~np.isnan(latitude)
    if station.latitude is None or station.longitude is None or not known.any():
        return math.nan
    north = (latitude[known] - station.latitude) * 111.2
    east = (longitude[known] - station.longitude) * 111.2 * np.cos(np.radians(station.latitude))
    return float(np.median(np.hypot(north, east)))


def likely_station(
    own: Sequence[Station], text: str, latitude: Floats, longitude: Floats, new: str, *, told: bool = False
) -> str:
    """Return the id of the station that a file is likely from, "" where only a person can tell.

    In this order: the one that ``text`` (the name of the file or of its place) names; a ``new`` one where
    the file has ``told`` its place; the school's only one; a new one where none of its ``own`` can be meant.
    A station that is known to be further than 5 km away does not count.

    >>> nowhere = np.array([np.nan])
    >>> roof, yard = Station("s/roof"), Station("s/yard")
    >>> [likely_station(own, "yard_march", nowhere, nowhere, "s/march") for own in ([roof, yard], [roof], [])]
    ['s/yard', 's/roof', 's/march']
    >>> likely_station([roof, yard], "march", nowhere, nowhere, "s/march")
    ''
    """
    possible = [one for one in own if not distance(one, latitude, longitude) > _NEAR]
    called = named_in(possible, text)
    if len(called) == 1:
        return called[0].id
    if told or not possible:
        return new
    placed = not np.isnan(latitude).all()
    sure = len(own) == 1 and (not placed or distance(own[0], latitude, longitude) <= _NEAR)
    return own[0].id if sure else ""


def named_in(stations: Sequence[Station], text: str) -> list[Station]:
    """Return the stations whose place or name stands in a text as whole words: those with the longest one.

    >>> two = [Station("s/roof"), Station("s/roof-north", name="Põhjakatus")]
    >>> [[one.id for one in named_in(two, t)] for t in ("Roof_26", "roof-north 3", "põhjakatus5", "roofs")]
    [['s/roof'], ['s/roof-north'], ['s/roof-north'], []]
    """
    found: dict[int, list[Station]] = {}
    there = f" {_words(text)} "
    for station in stations:
        names = [_words(name) for name in (station.id.split("/", 1)[-1], station.name)]
        sizes = [len(name) for name in names if re.search(r"[^\W\d]{3}", name) and f" {name} " in there]
        if sizes:
            found.setdefault(max(sizes), []).append(station)
    return found[max(found)] if found else []


def _words(text: str) -> str:
    return " ".join(re.findall(r"[^\W\d_]+|\d+", fold(text)))


def ask_once(
    table: RawTable, keys: Sequence[str], column: str, file: str, school: str, stations: Sequence[Station],
    latitude: Floats, longitude: Floats,
) -> Question:  # fmt: skip
    """Return the one question for all places; ``stations`` are the known ones, the school's own first."""
    stem = file.rsplit("/", 1)[-1].split(".", 1)[0]
    prefix, area = school or "school", slug(stem)
    each = (f"{prefix}/*", EACH)
    together = (f"{prefix}/{area}", TOGETHER)
    own = [one for one in stations if one.school == school]
    near = [one for one in own if distance(one, latitude, longitude) <= _NEAR]
    likely = likely_station(near or own, stem, latitude, longitude, together[0])
    known = {one.id: (one.id, (one.name or one.id).replace("{", "{{").replace("}", "}}")) for one in stations}
    first = [known.pop(one.id) for one in near]
    rest = [option for name, option in known.items() if name != together[0]]
    options = [*first, together, each, *rest]
    if table.format not in _RECORDS:
        likely = each[0]
    if table.kind == "readings" and column:
        params = {"file": file, "n": len(keys), "column": column}
        return Question("station", ASK_ROWS, (each,), likely, params)
    options.sort(key=lambda option: option[0] != likely)
    params = {"file": file, "n": len(keys), "column": column, "what": area}
    return Question("station", ASK_MANY if column else ASK_COLUMNS, tuple(options), likely, params)


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
    """Return the answer that holds for all places of a file ("" if none was given).

    Readings of places in rows are never those of one station: their answer is ``<school>/*``.
    """
    given = answers.get("station", "") if len(keys) > 1 else ""
    several = table.kind == "sightings" or any(column.station for column in table.columns)
    return given if several or given.endswith("/*") else ""
