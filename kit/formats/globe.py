r"""GLOBE: observations of schools, from the download tool (ADAT, CSV) or from api.globe.gov (JSON, GeoJSON).

Samples (ADAT has blanks in front of its names; each quantity carries its protocol)::

    org_name, site_name, latitude, longitude, elevation, measured_on,air temps:current temp (deg C)

    {"results": [{"protocol": "air_temps", "measuredDate": "2024-05-01", "siteId": 4711, "siteName": "yard",
      "latitude": 58.380, "longitude": 26.722, "data": {"airtempsMeasuredAt": "2024-05-01T09:12:00",
      "airtempsCurrentTemp": 14.5, "airtempsUserid": 42}}]}

What the format defines
    ``…MeasuredAt`` is UTC; ``…SolarMeasuredAt`` and ``…SolarNoonAt`` are the sun's time and are left out.
    Temperatures are °C, precipitation mm, humidity %, pressure mbar, and each site is a station.
    ``air temp dailies`` are read near solar noon: the highest and lowest temperature and the precipitation
    are those of the 24 hours before.
Traps
    * ``…Userid`` is a number for each observer; comments, teams and links to photos can name or show people:
      they are personal.
    * A file may hold several protocols, each with its own time.
    * Precipitation of several days (``days accumulated`` above 1) stands in one row: it is marked.
    * Monthly protocols are means of other rows and are left out. The temperature of the ground's surface,
      seen by an infrared thermometer, is not that of the air.
    * Without ``MeasuredAt`` only the date is known.
    * Mosquito habitats are sightings of a genus; clouds and land cover are words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from kit.errors import FileError
from kit.formats._columns import split_unit, unique
from kit.formats._decode import Note
from kit.formats._delimited import Table, no_rows, read_table
from kit.formats._format import Format
from kit.formats._json import read_json
from kit.formats._reasons import COUNTER, EMPTY, OTHER_TIME, WORDS
from kit.model import Column, RawTable, Source
from kit.text import N_

DAY = 86_400
_PEOPLE = N_("the number or the team of an observer, free text, or a link to a photo")
_SOLAR = N_("the sun's time, not the clock's")
_MONTHLY = N_("a mean of other readings; kit works it out itself")
_GROUND = N_("the temperature of the ground's surface, not of the air")
_PLACE = N_("another column gives the place")
_SEVERAL = N_("Times were taken from {names}, whichever a row has.")
_DAYS = N_("Precipitation collected over more than one day: {n} rows. It is marked as estimated.")

#: (protocol without blanks, quantity in small letters) -> (variable, unit, period in seconds or None).
_QUANTITIES: tuple[tuple[str, str, str, str, int | None], ...] = (
    (r"airtemp(s|dail|noon)", r"current temp", "temperature", "Cel", None),
    (r"airtemp(s|dail|noon)", r"max(imum)? temp", "temperature_max", "Cel", DAY),
    (r"airtemp(s|dail|noon)", r"min(imum)? temp", "temperature_min", "Cel", DAY),
    (r"airtemp(s|dail|noon)", r"average temp", "temperature", "Cel", DAY),
    (r"relativehumidit|humidit", r"relative humidity", "humidity", "%", None),
    (r"relativehumidit|humidit", r"dry bulb temp", "temperature", "Cel", None),
    (r"precipitation", r"(liquid (accumulation|depth)|rain (depth|fall)|rainfall)", "rain", "mm", DAY),
    (r"watertemp", r"(average )?water temp", "water_temperature", "Cel", None),
    (r"soiltemp", r"(average )?(temp|\d+ ?cm)", "soil_temperature", "Cel", None),
    (r"dissolvedoxygen", r"(average )?dissolved oxygen", "dissolved_oxygen", "mg/L", None),
    (r"(barometric|air)pressure", r"(barometric )?pressure( mbar| hpa)?$", "", "mbar", None),
)


def sniff(source: Source, head: str) -> float:
    """Sure with GLOBE's own names of organisation, site and time of measuring."""
    text = head.lstrip("\ufeff \t\r\n")
    if text[:1] in "{[":
        named = re.search(r'"\w+MeasuredAt"\s*:', text) and re.search(
            r'"(siteId|siteName|countryCode)"', text
        )
        own = re.search(r'"protocol"\s*:', text) and re.search(r'"organizationId"', text)
        return 0.97 if named or own else 0.0
    line = text.split("\n", 1)[0]
    separator = max((",", ";", "\t"), key=line.count)
    return 0.95 if _is_header([cell.strip().strip('"') for cell in line.split(separator)]) else 0.0


def _is_header(cells: Sequence[str]) -> bool:
    names = {_compact(cell) for cell in cells}
    who = names & {"orgname", "orgid", "organizationid", "organizationname", "schoolname", "protocol"}
    where = names & {"sitename", "siteid"}
    when = any(re.search(r"measured(at|on|date)$", name) for name in names)
    return bool(who and where and when)


def _compact(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", name.lower())


def parse(source: Source) -> RawTable:
    """Read a download; see the module for its rules."""
    if source.data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        frame = _from_json(source)
        return _table(source, Table(tuple(frame.columns), frame, ()))
    table = read_table(source, _is_header)
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    return _table(source, table)


def _from_json(source: Source) -> pd.DataFrame:
    """One row a record: its own fields, and those of its ``data`` (or of a feature's properties)."""
    found = read_json(source)
    records: Any = found
    if isinstance(found, dict):
        records = found.get("results", found.get("features", [found] if "data" in found else []))
    rows = (
        [_flat(record) for record in records if isinstance(record, dict)] if isinstance(records, list) else []
    )
    if not rows:
        raise no_rows(source.name)
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [[row.get(name, "") for name in names] for row in rows]
    index = pd.RangeIndex(1, len(rows) + 1)
    frame = pd.DataFrame(
        cells, columns=list(unique(names)), index=pd.Index(index, dtype="int64"), dtype="str"
    )
    return frame


def _flat(record: Mapping[str, Any]) -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in record.items():
        if key in ("data", "properties") and isinstance(value, dict):
            flat |= _flat(value)
        elif key == "geometry" and isinstance(value, dict):
            place = value.get("coordinates")
            if isinstance(place, list) and len(place) >= 2:
                flat |= {"longitude": _text(place[0]), "latitude": _text(place[1])}
        elif not (key == "type" and value == "Feature"):
            flat[" ".join(str(key).split()) or "?"] = _text(value)
    return flat


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return " ".join(str(value).split())


def _table(source: Source, table: Table) -> RawTable:
    frame = table.frame
    filled = {name: bool((frame[name] != "").any()) for name in frame.columns}
    genus = next((n for n in frame.columns if _compact(n).endswith("mapper" + "genus") and filled[n]), None)
    columns = [_column(name, filled[name]) for name in frame.columns]
    columns = _one_station(columns, frame)
    frame, columns, time = _time(frame, columns)
    frame, columns, days = _several_days(frame, columns)
    if any(column.role == "date" for column in columns):
        columns = [replace(column, stamp="") for column in columns]  # the day that was written down
    if genus is not None:
        frame, columns = _in_utc(frame, [_sighting(column, genus) for column in columns])
    elif not any(column.role == "value" for column in columns):
        raise FileError(
            "{file} holds observations of GLOBE, but no readings and no species that kit collects.",
            why="Clouds, land cover and photos are words and pictures.",
            do="Download a protocol with numbers, such as air temperature or precipitation.",
            code="no-values", file=source.name,
        )  # fmt: skip
    return RawTable(
        "globe", "readings" if genus is None else "sightings", frame, tuple(columns), zone="UTC",
        decimal=table.decimal, missing=("M", "missing"), blank=table.blank, refused=table.refused,
        notes=(*table.notes, *time, *days),
    )  # fmt: skip


def parts_of(name: str) -> tuple[str, str, str]:
    """Return (protocol without blanks, quantity in small letters, unit) of a column's name.

    >>> parts_of("air temps:current temp (deg C)"), parts_of("airtempsCurrentTemp"), parts_of("Current Temp")
    (('airtemps', 'current temp', 'deg C'), ('airtemps', 'current temp', ''), ('', 'current temp', ''))
    """
    label, unit = split_unit(name)
    if ":" in label:
        protocol, _, quantity = label.partition(":")
        return _compact(protocol), " ".join(quantity.lower().replace("_", " ").split()), unit
    joined = re.fullmatch(r"([a-z]{6,})((?:[A-Z0-9][A-Za-z0-9]*))", label)
    if joined and joined[1] not in ("measured", "organization", "country", "publish", "create", "update"):
        return joined[1], " ".join(re.findall(r"[A-Z]?[a-z]+|\d+|[A-Z]+(?![a-z])", joined[2])).lower(), unit
    words = re.findall(r"[A-Z]?[a-z]+|\d+|[A-Z]+(?![a-z])", label)
    return "", " ".join(words).lower(), unit


def _column(name: str, filled: bool) -> Column:
    protocol, what, unit = parts_of(name)
    compact = _compact(what)
    if re.search(r"user ?id|comment|team|photo|url|caption|field ?notes|observer|feature id|raw$", what):
        return Column(name, "personal", label=what, reason=_PEOPLE)
    if "solar" in what:
        return Column(name, "ignored", label=what, reason=_SOLAR)
    if compact in ("measuredat", "measuredon", "measureddate"):
        return Column(name, "time" if compact == "measuredat" else "date", label=what)
    if not protocol and compact in ("latitude", "longitude", "elevation"):
        return Column(name, compact, label=what)  # type: ignore[arg-type]
    if re.search(r"latitude|longitude|elevation|location", what):
        return Column(name, "ignored", label=what, reason=_PLACE)
    if not protocol and compact in ("siteid", "sitename"):
        return Column(name, "station", label=what)
    if not filled:
        return Column(name, "ignored", label=what, reason=EMPTY)
    if "monthl" in protocol:
        return Column(name, "ignored", label=what, reason=_MONTHLY)
    if "surfacetemp" in protocol:
        return Column(name, "ignored", label=what, reason=_GROUND)
    if re.search(r"( |^)(id|pid|count|number)$", what) and not compact.startswith("larvae"):
        return Column(name, "ignored", label=what, reason=COUNTER)
    return _reading(name, protocol, what, unit)


def _reading(name: str, protocol: str, what: str, unit: str) -> Column:
    for own, quantity, variable, canonical, period in _QUANTITIES:
        if re.match(own, protocol or "airtemps") and re.match(quantity, what):
            own_unit = canonical if variable else unit or canonical
            return Column(
                name, "value", label=what, variable=variable, unit=own_unit, period=period,
                stamp="end" if period else "",
            )  # fmt: skip
    if unit and protocol and not re.match(r"skycond|aerosol|mosquito|landcover|treeheight|cloud", protocol):
        return Column(name, "value", label=what, unit=unit)
    return Column(name, "note", label=what, reason=WORDS)


def _one_station(columns: list[Column], frame: pd.DataFrame) -> list[Column]:
    """Of the site's name and number keep the name where each name is one site, else the number."""
    sites = [column for column in columns if column.role == "station"]
    if len(sites) < 2:
        return columns
    name = next((c.name for c in sites if _compact(c.label).endswith("name")), sites[0].name)
    number = next((c.name for c in sites if c.name != name), name)
    pairs = frame[[name, number]].drop_duplicates()
    clear = len(pairs) == pairs[name].nunique() and (frame[name] != "").all()
    keep = name if clear else number
    return [
        Column(c.name, "note", label=c.label, reason=_PLACE) if c.role == "station" and c.name != keep else c
        for c in columns
    ]


def _time(frame: pd.DataFrame, columns: list[Column]) -> tuple[pd.DataFrame, list[Column], tuple[Note, ...]]:
    """One column of times: that of the protocol, of whichever a row has; else the date."""
    times = [c.name for c in columns if c.role == "time" and (frame[c.name] != "").any()]
    dates = [c.name for c in columns if c.role == "date" and (frame[c.name] != "").any()]
    note: tuple[Note, ...] = ()
    keep = (times or dates)[:1]
    if len(times) > 1:
        text = frame[times[0]]
        for name in times[1:]:
            text = text.where(text != "", frame[name])
        joined = " + ".join(times)
        frame, keep = frame.assign(**{joined: text}), [joined]
        columns = [*columns, Column(joined, "time", label="measured at", derived=True)]
        note = ((_SEVERAL, {"names": ", ".join(times)}),)
    return frame, [
        Column(c.name, "ignored", label=c.label, reason=OTHER_TIME)
        if c.role in ("time", "date") and c.name not in keep else c
        for c in columns
    ], note  # fmt: skip


def _several_days(
    frame: pd.DataFrame, columns: list[Column]
) -> tuple[pd.DataFrame, list[Column], tuple[Note, ...]]:
    """Mark precipitation that was collected over more than one day."""
    days = next((c.name for c in columns if re.search(r"days? accumulated|accumulation days", c.label)), None)
    rain = next((c.name for c in columns if c.role == "value" and c.variable == "rain"), None)
    if days is None or rain is None:
        return frame, columns, ()
    more = (pd.to_numeric(frame[days], errors="coerce") > 1) & (frame[rain] != "")
    if not more.any():
        return frame, columns, ()
    verdict = pd.Series("", index=frame.index, dtype="str").where(~more, "estimated")
    name = f"{rain} + {days}"
    frame = frame.assign(**{name: verdict})
    columns = [*columns, Column(name, "quality", label=rain, derived=True)]
    return frame, columns, ((_DAYS, {"n": int(more.sum())}),)


def _in_utc(frame: pd.DataFrame, columns: list[Column]) -> tuple[pd.DataFrame, list[Column]]:
    """Say of the times of sightings that they are UTC: their dates are those of the place."""
    time = next((column for column in columns if column.role == "time"), None)
    if time is None:
        return frame, columns
    name = unique([*frame.columns, "measured at (UTC)"])[-1]
    bare = frame[time.name].str.fullmatch(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?")
    frame = frame.assign(**{name: frame[time.name].where(~bare, frame[time.name] + "Z")})
    columns = [replace(c, role="ignored", reason=OTHER_TIME) if c is time else c for c in columns]
    return frame, [*columns, replace(time, name=name, derived=True)]


def _sighting(column: Column, genus: str) -> Column:
    """A column of a table of mosquito habitats."""
    if column.name == genus:
        return Column(column.name, "taxon", label="scientificName")
    if column.role in ("time", "date"):
        return replace(column, label="eventDate")
    if re.match(r"larvae count", column.label):
        return Column(column.name, "count", label="individualCount")
    if column.role in ("latitude", "longitude"):
        return Column(column.name, column.role, label=f"decimal{column.role.capitalize()}")
    return column if column.role != "value" else Column(column.name, "note", label=column.label, reason=WORDS)


FORMAT = Format(
    "globe", "GLOBE", "org_name, site_name, …, measured_on, air temps:current temp (deg C)", sniff, parse
)
