"""Where readings were taken: station of every row, coordinates rounded first, time zone of a new place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kit.errors import UsageError
from kit.ingest.areas import FEW, ask_once, bulk, each_place, likely_station, rows_of, without_copies
from kit.ingest.cells import kinds
from kit.ingest.indoors import rows_indoors
from kit.ingest.numbers import numbers, rounded
from kit.ingest.slugs import slug
from kit.ingest.time_forms import offset_of
from kit.model import Problem, Question, RawTable, Station
from kit.text import N_
from kit.vocab import zones

Floats = NDArray[np.float64]
#: Latitude and longitude of a station, rounded, or (None, None).
Spot = tuple[float | None, float | None]

ASK_STATION = N_("At which station was {file} measured?")
ASK_KEY = N_("Which station is {key} in {file}?")
ASK_ZONE = N_("In which time zone does the new station {station} stand?")
NEW = N_("new station ({what})")
NEW_AT = N_("new station at {latitude}, {longitude} ({what})")
BAD_PLACE = N_("Row {row}: {value} is not a place where a station can stand (column {column}).")
MEND_PLACE = N_("Correct the coordinates; latitude goes from -90 to 90, longitude from -180 to 180.")
MOVED = N_("{key} has {n} different places in this file; the most frequent one is used.")
_ID = re.compile(r"[^\s/]+/[^\s/]+")


@dataclass
class Places:
    """Station of every row (``codes`` into ``stations``), or the questions to ask first.

    ``latitude`` and ``longitude`` are per row, rounded to three decimals, NaN where there are none;
    ``impossible`` says which rows name a place where nothing can stand; ``of_column`` gives the station of
    each column of values where those are of several places.
    """

    codes: NDArray[np.int64]
    impossible: NDArray[np.bool_]
    stations: list[Station] = field(default_factory=list)
    latitude: Floats | None = None
    longitude: Floats | None = None
    questions: list[Question] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    used: dict[str, str] = field(default_factory=dict)
    notes: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    zones: tuple[str, ...] = ()
    of_column: dict[str, int] = field(default_factory=dict)

    def with_zones(self, question: Question) -> Question:
        """Return a question for a zone with the zones of the known stations as options.

        Only if all of them share one zone it is a likely answer: UTC is never guessed.
        """
        if question.id != "zone" or question.options:
            return question
        options = tuple((zone, zone) for zone in dict.fromkeys((*self.zones, "UTC")))
        return replace(question, options=options, likely=self.zones[0] if len(self.zones) == 1 else "")


def coordinates(table: RawTable) -> tuple[Floats, Floats, NDArray[np.bool_], list[Problem]]:
    """Return (latitude, longitude, impossible) per row, rounded before anything else, and the problems.

    Places out of range, and 0, 0, are impossible: NaN and one problem per distinct place.
    """
    axes: dict[str, tuple[str | None, Floats]] = {}
    if not {"latitude", "longitude"} & {column.role for column in table.columns}:
        nowhere = np.full(len(table.frame), np.nan)
        return nowhere, nowhere, np.zeros(len(table.frame), dtype=bool), []
    for axis in ("latitude", "longitude"):
        name = next((c.name for c in table.columns if c.role == axis), None)
        values = numbers(table.frame[name], table.decimal)[0] if name else np.full(len(table.frame), np.nan)
        axes[axis] = (name, rounded(values))
    (lat_name, latitude), (_, longitude) = axes["latitude"], axes["longitude"]
    known = ~np.isnan(latitude) & ~np.isnan(longitude)
    bad = known & ((np.abs(latitude) > 90) | (np.abs(longitude) > 180) | ((latitude == 0) & (longitude == 0)))
    problems = []
    pairs = pd.Series(
        list(zip(latitude[bad].tolist(), longitude[bad].tolist(), strict=True)), index=np.flatnonzero(bad)
    )
    for at, pair in pairs.drop_duplicates().items():
        row, value = int(table.frame.index[int(str(at))]), f"{pair[0]:g}, {pair[1]:g}"
        problems.append(Problem("impossible-location", BAD_PLACE, row, lat_name or "", value, MEND_PLACE))
    if bad.any() or not known.all():
        nowhere = bad | ~known
        latitude, longitude = (np.where(nowhere, np.nan, axis) for axis in (latitude, longitude))
    return latitude, longitude, bad, problems


@dataclass(frozen=True)
class _Search:
    """What is known before the first station is looked for.

    ``keys`` are the places as the file names them ("" if it names none), ``rows`` the rows of each and
    ``column`` the name of the column that names them; ``for_all`` is one answer for all places and ``each``
    what it means for every one (:mod:`kit.ingest.areas`).
    """

    table: RawTable
    file: str
    school: str
    answers: Mapping[str, str]
    stations: Mapping[str, Station]
    column: str
    keys: list[str]
    rows: list[NDArray[np.int64]]
    latitude: Floats
    longitude: Floats
    for_all: str
    each: Mapping[str, str]

    @property
    def own(self) -> list[Station]:
        """The known stations of the school that gives the file."""
        return [station for station in self.stations.values() if station.school == self.school]

    @property
    def stem(self) -> str:
        """The name of the file without folder and extension."""
        return self.file.rsplit("/", 1)[-1].rsplit(".", 1)[0]

    def question(self, key: str) -> str:
        """Return the id of the question for a place."""
        return "station" if len(self.keys) == 1 else f"station.{key}"


def find_places(
    table: RawTable, answers: Mapping[str, str], known: Iterable[Station], *, file: str, school: str
) -> Places:
    """Return the station of every row.

    A place is known by an answer, because the file names it as the station is called, or because exactly one
    known station stands at exactly the rounded coordinates; otherwise it is asked for.
    """
    places, search = _begin(table, answers, {station.id: station for station in known}, file, school)
    inside = rows_indoors(table)
    for key, at in zip(search.keys, search.rows, strict=True):
        spot = _spot(places, key or file, search.latitude[at], search.longitude[at], table.kind)
        exposure = "indoor" if inside[at].all() else ""
        name = _name(places, search, key, at)
        station = _answered(places, search, key, name, spot, exposure)
        places.stations.append(station or _asked(places, search, key, name, at, spot, exposure))
    if table.kind == "sightings" or len(search.keys) > 1:
        _together(places, search)
    return places


def _nameless(size: int) -> tuple[NDArray[np.int64], list[str]]:
    """Return what :func:`kinds` says of a column of empty cells."""
    return np.zeros(size, dtype=np.int64), [""] if size else []


def _begin(
    table: RawTable, answers: Mapping[str, str], stations: Mapping[str, Station], file: str, school: str
) -> tuple[Places, _Search]:
    """Return what the table alone says of places: named in a column, one for each column, or none."""
    latitude, longitude, impossible, problems = coordinates(table)
    column = next((c.name for c in table.columns if c.role == "station"), None)
    codes, keys = kinds(table.frame[column]) if column else _nameless(len(table.frame))
    by_column = list(dict.fromkeys(c.station for c in table.columns if c.role == "value" and c.station))
    if by_column:
        column, keys, codes = None, by_column, np.zeros(len(codes), dtype=np.int64)
    for_all = bulk(table, answers, keys)
    search = _Search(
        table, file, school, answers, stations, column or "", keys,
        [np.arange(len(codes))] * len(keys) if by_column else rows_of(codes, len(keys)),
        latitude, longitude, for_all, each_place(for_all, column or "", keys),
    )  # fmt: skip
    places = Places(codes, impossible, problems=problems)
    if (~np.isnan(latitude)).any():
        places.latitude, places.longitude = latitude, longitude
    places.zones = tuple(dict.fromkeys(one.zone for one in search.own or stations.values() if one.zone))
    if by_column:
        places.of_column = {c.name: keys.index(c.station) for c in table.columns if c.station}
    return places, search


def _name(places: Places, search: _Search, key: str, at: NDArray[np.int64]) -> str:
    """Return what a new station at this place would be called within its school."""
    named = bool(search.column or places.of_column)
    return slug(f"{search.column} {key}") if named else slug(_what(search.table, at) or search.stem)


def _answered(
    places: Places, search: _Search, key: str, name: str, spot: Spot, exposure: str
) -> Station | None:
    """Return the station of a place that needs no question."""
    question_id, answers = search.question(key), search.answers
    names = (key, f"{search.school}/{key}") if key else ()
    named = next((name for name in names if name in search.stations), "")
    said = {question_id: named, **answers} if named else answers
    if said.get(question_id, "").endswith("/*"):  # each place is a station of its own, and there is one
        said = {**said, question_id: said[question_id][:-1] + name}
    station = _station(places, search, question_id, spot, said, exposure)
    if station is None and search.for_all:
        given = {
            question_id: search.each.get(question_id, search.for_all), "zone": answers.get("zone", "")
        }  # fmt: skip
        where = spot if search.each else (None, None)
        station = _station(places, search, question_id, where, given, exposure)
        places.used.pop(question_id)
        places.used["station"] = search.for_all
    return station


def _asked(
    places: Places, search: _Search, key: str, name: str, at: NDArray[np.int64], spot: Spot, exposure: str
) -> Station:
    """Ask for the station of a place; return the new one that it would be."""
    what = _what(search.table, at)
    proposal = f"{search.school or 'school'}/{name}" + ("-indoor" if exposure else "")
    own, stations = search.own, search.stations.values()
    alike = [one for one in stations if (one.exposure == "indoor") == bool(exposure)]
    here = [one for one in alike if spot[0] is not None and (one.latitude, one.longitude) == spot]
    might = here or [one for one in own if one in alike]
    likely = likely_station(
        might, key or search.stem, search.latitude[at], search.longitude[at], proposal,
        told=not here and (spot[0] is not None or len(search.keys) > 1),
    )  # fmt: skip
    known = list({one.id: one for one in (*here, *own, *stations)}.values())
    question_id = search.question(key)
    asked = _ask(question_id, key, search.file, spot, proposal, what or key or name, known, likely)
    places.questions.append(asked)
    return Station(proposal, latitude=spot[0], longitude=spot[1], exposure=exposure)


def _together(places: Places, search: _Search) -> None:
    """Ask once where there would be many questions, and have every station only once."""
    asked = [question for question in places.questions if question.id.startswith("station.")]
    if len(asked) > FEW:
        known = list({one.id: one for one in (*search.own, *search.stations.values())}.values())
        once = ask_once(
            search.table, search.keys, search.column, search.file, search.school, known,
            search.latitude, search.longitude,
        )  # fmt: skip
        places.questions = [*(q for q in places.questions if q not in asked), once]
    if not places.of_column:
        places.codes, places.stations = without_copies(places.codes, places.stations)
        return
    own = np.array(list(places.of_column.values()), dtype=np.int64)
    own, places.stations = without_copies(own, places.stations)
    places.of_column = dict(zip(places.of_column, own.tolist(), strict=True))


def _spot(places: Places, key: str, latitude: Floats, longitude: Floats, kind: str) -> Spot:
    """Return the (most frequent) place of a station's rows; none for sightings all over the place."""
    known = ~np.isnan(latitude)
    if not known.any():
        return None, None
    both = (np.rint(latitude[known] * 1000) * 1_000_000 + np.rint(longitude[known] * 1000)).astype(np.int64)
    spots, first, often = np.unique(both, return_index=True, return_counts=True)
    pairs = np.column_stack((latitude[known][first], longitude[known][first]))
    if len(spots) > 1 and kind == "sightings":
        return None, None
    if len(pairs) > 1:
        places.notes.append((MOVED, {"key": key, "n": len(pairs)}))
    best = pairs[int(np.argmax(often))]
    return float(best[0]), float(best[1])


def _station(
    places: Places, search: _Search, question_id: str, spot: Spot, answers: Mapping[str, str], exposure: str
) -> Station | None:
    stations, kind = search.stations, search.table.kind
    given = answers.get(question_id) or (answers.get("station") if question_id == "station" else None)
    if given:
        places.used[question_id] = given
        if given in stations:
            return _with_zone(places, stations[given], answers, kind)
        matching = [s for s in stations.values() if s.id.split("/", 1)[-1] == given]
        if len(matching) == 1:
            places.used[question_id] = matching[0].id
            return _with_zone(places, matching[0], answers, kind)
        if not _ID.fullmatch(given):
            raise UsageError(
                "{value} is not a station.", do="Write it as school/place, for example {example}.",
                code="bad-station", value=given, example=f"{search.school or 'school'}/roof",
            )  # fmt: skip
        new = Station(given, latitude=spot[0], longitude=spot[1], exposure=exposure)
        return _with_zone(places, new, answers, kind)
    if spot[0] is None:
        return None
    here = [s for s in stations.values() if (s.latitude, s.longitude) == spot]
    here = [s for s in here if (s.exposure == "indoor") == (exposure == "indoor")]
    if len(here) != 1:
        return None
    places.used[question_id] = here[0].id
    return _with_zone(places, here[0], answers, kind)


def _with_zone(places: Places, station: Station, answers: Mapping[str, str], kind: str) -> Station:
    """Give a station its time zone: its own, that of its place, or the answer; else ask (for readings)."""
    if station.zone:
        return station
    zone = zone_at(station.latitude, station.longitude)
    if not zone and answers.get("zone"):
        zone = as_iana(answers["zone"])
        places.used["zone"] = answers["zone"]
    if not zone and kind == "readings" and not any(question.id == "zone" for question in places.questions):
        params = {"station": station.id}
        places.questions.append(places.with_zones(Question("zone", ASK_ZONE, params=params)))
    return replace(station, zone=zone)


def zone_at(latitude: float | None, longitude: float | None) -> str:
    """Return the IANA time zone at a place ("" if there is none or no place).

    >>> zone_at(58.38, 26.72), zone_at(None, None)
    ('Europe/Tallinn', '')
    """
    if latitude is None or longitude is None:
        return ""
    return zones.zone_at(latitude, longitude)


def as_iana(text: str) -> str:
    """Return the IANA name of a zone that a person gave; whole hours become Etc/GMT names.

    Raises :class:`UsageError` for what is no zone.

    >>> as_iana("Europe/Tallinn"), as_iana("+02:00"), as_iana("utc")
    ('Europe/Tallinn', 'Etc/GMT-2', 'UTC')
    """
    from zoneinfo import available_timezones

    if text.strip().upper() in ("UTC", "Z", "GMT"):
        return "UTC"
    seconds = offset_of(text)
    if seconds is not None and seconds % 3600 == 0:
        hours = seconds // 3600
        return f"Etc/GMT{-hours:+d}" if hours else "UTC"
    if seconds is None and text not in available_timezones():
        raise UsageError(
            "{value} is not a time zone.",
            do="Write it as Europe/Tallinn, UTC or +02:00.",
            code="bad-zone",
            value=text,
        )
    return text if seconds is None else ""


def _what(table: RawTable, at: NDArray[np.int64]) -> str:
    """Return the device's type and number, as far as the file says them."""
    words = []
    for column in table.columns:
        if column.role == "sensor" or column.label == "sensor_type":
            kinds = table.frame[column.name].iloc[at].astype("str").unique()
            if len(kinds) == 1 and kinds[0]:
                words.append((column.label != "sensor_type", str(kinds[0])))
    return " ".join(word for _, word in sorted(words))


def _ask(
    question_id: str, key: str, file: str, spot: Spot,
    proposal: str, what: str, stations: list[Station], likely: str,
) -> Question:  # fmt: skip
    """Return the question for a station; a new one is the last option but where it is the likely one."""
    params = {"file": file, "key": key, "what": what}
    label = NEW if spot[0] is None or spot[1] is None else NEW_AT
    if spot[0] is not None and spot[1] is not None:
        params |= {"latitude": f"{spot[0]:.3f}", "longitude": f"{spot[1]:.3f}"}
    names = {s.id: _braces(f"{s.name} ({s.id})" if s.name else s.id) for s in stations}
    options = [(s.id, names[s.id]) for s in stations if s.id != proposal]
    options.append((proposal, label))
    options.sort(key=lambda option: option[0] != likely)
    text = ASK_STATION if question_id == "station" else ASK_KEY
    return Question(question_id, text, tuple(options), likely, params)


def _braces(text: str) -> str:
    """Return a text that stays the same when the places of a template are filled."""
    return text.replace("{", "{{").replace("}", "}}")
