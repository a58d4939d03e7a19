r"""OpenAQ: the daily files of its archive, the CSV downloads of its site, and the answers of its API (JSON).

Samples (archive; download; API v3, one object a value)::

    location_id,sensors_id,location,datetime,lat,lon,parameter,units,value
    77,501,Anytown-77,2024-05-01T01:00:00+03:00,58.381,26.722,pm10,µg/m³,14.0

    locationId,location,city,country,utc,local,parameter,value,unit,latitude,longitude

    {"meta": {"name": "openaq-api"}, "results": [{"period": {"label": "1hour", "interval": "01:00:00",
      "datetimeFrom": {"utc": "2024-05-01T00:00:00+00:00"}}, "value": 6, "parameter": {"name": "pm25", ...}}]}

What the format defines
    One value a line; ``parameter`` names it, ``units`` (``unit``) gives its unit, ``sensors_id`` the sensor.
    Times carry their offset, or are UTC where the name of the column says so.
Traps
    * Units differ from place to place: ppm, ppb, µg/m³.
    * The CSV files give the END of each averaging period and not how long it is. kit takes the time as it
      stands and says so. The API gives both; there the start and the length are taken.
    * ``-999`` and other negative codes come through from the owners of the stations: missing values.
    * ``owner_name`` may name a person.
Sources: https://docs.openaq.org/aws/about, https://docs.openaq.org/resources/measurements
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from kit.errors import FileError
from kit.formats._decode import Note, decode
from kit.formats._delimited import no_rows, read_table
from kit.formats._format import Format
from kit.formats._json import read_json
from kit.formats._reasons import ABOUT, OTHER_TIME
from kit.model import Column, RawTable, Role, Source
from kit.text import N_

#: Names of columns in all shapes, without signs and capitals -> role. Of several times the first counts.
_ROLES: dict[str, Role] = {
    "locationid": "station", "locationname": "note", "location": "note",
    "sensorsid": "sensor", "sensorid": "sensor",
    "datetimefrom": "time", "datetimeutc": "time", "dateutc": "time", "utc": "time", "datetime": "time",
    "lat": "latitude", "latitude": "latitude", "lon": "longitude", "longitude": "longitude",
    "coordinateslatitude": "latitude", "coordinateslongitude": "longitude",
    "parameter": "label", "units": "unit", "unit": "unit", "value": "value",
    "ownername": "personal", "owner": "personal",
}  # fmt: skip
_OWNER = N_("the owner can be a person")
_END = N_("The times are the ends of averaging periods; OpenAQ does not say here how long these are.")
_INTERVAL = re.compile(r"(\d{1,6}):([0-5]\d):([0-5]\d)")
_MISSING = ("-999", "-999.0", "-9999", "-9999.0", "-99", "-99.0")


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


def _is_header(cells: Sequence[str]) -> bool:
    names = {_plain(cell) for cell in cells}
    if not {"parameter", "value"} <= names:
        return False
    archive = {"locationid", "sensorsid", "datetime"} <= names or {
        "locationid",
        "sensorid",
        "datetime",
    } <= names
    download = bool({"locationid", "location", "locationname"} & names) and bool(
        {"dateutc", "utc", "datetimeutc"} & names
    )
    return archive or download or {"datetimefrom", "datetimeto", "interval"} <= names


def sniff(source: Source, head: str) -> float:
    """Sure for the API's JSON and for the names of columns that only OpenAQ puts together."""
    text = head.lstrip("\ufeff \n")
    if text.startswith(("{", "[")):
        api = '"openaq-api"' in text or (
            '"parameter"' in text and re.search(r'"datetimeFrom"|"locationId"', text)
        )
        return 0.95 if api and '"results"' in text else 0.0
    first = text.split("\n", 1)[0]
    return 0.95 if any(_is_header(first.split(sign)) for sign in ",;\t") else 0.0


def parse(source: Source) -> RawTable:
    """Read an archive file, a download or an answer of the API; see the module."""
    start = decode(Source(source.name, source.data[:4096]), markup=True).text.lstrip("\ufeff \n")
    if start.startswith(("{", "[")):
        return _table(_from_api(source), 0, (), ())
    table = read_table(source, _is_header)
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    done = _table(table.frame, table.blank, table.refused, table.notes)
    done.decimal, done.around = table.decimal, table.around
    return done


def _table(frame: pd.DataFrame, blank: int, refused: Any, notes: Sequence[Note]) -> RawTable:
    columns: list[Column] = []
    taken: set[str] = set()
    for name in sorted(frame.columns, key=lambda one: _order(str(one))):
        columns.append(_column(str(name), taken))
    places = {column.name: column for column in columns}
    ordered = [places[str(name)] for name in frame.columns]
    period = _period(frame)
    if "hasFlags" in frame:
        doubt = frame["hasFlags"].str.lower().eq("true").map({True: "suspect", False: ""})
        frame = frame.assign(flagged=doubt.astype("str"))
        ordered.append(Column("flagged", "quality", derived=True))
    own = notes if period or "interval" in frame else (*notes, (_END, {}))
    return RawTable(
        "openaq", "readings", frame, tuple(ordered), zone=_zone(ordered), period=period,
        missing=_MISSING, blank=blank, refused=refused, notes=tuple(own),
    )  # fmt: skip


def _order(name: str) -> int:
    """The place of a name in the table of roles: of several columns for one role the first there counts."""
    names = list(_ROLES)
    return names.index(_plain(name)) if _plain(name) in names else len(names)


def _column(name: str, taken: set[str]) -> Column:
    role = _ROLES.get(_plain(name), "ignored")
    if role in taken and role != "note":
        return Column(name, "ignored", label=name, reason=OTHER_TIME if role == "time" else ABOUT)
    taken.add(role)
    if role == "ignored":
        is_time = re.search(r"date|time|local", name, re.I)
        return Column(name, "ignored", label=name, reason=OTHER_TIME if is_time else ABOUT)
    return Column(name, role, label=name, reason=_OWNER if role == "personal" else "")


def _zone(columns: Sequence[Column]) -> str:
    name = next((column.name for column in columns if column.role == "time"), "")
    return "UTC" if _plain(name) in ("utc", "dateutc", "datetimeutc", "datetimefrom") else ""


def _period(frame: pd.DataFrame) -> int:
    """Seconds of the averaging period if all values have the same, else 0."""
    if "interval" not in frame:
        return 0
    kinds = frame["interval"].unique()
    found = _INTERVAL.fullmatch(str(kinds[0])) if len(kinds) == 1 else None
    return int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3]) if found else 0


def _from_api(source: Source) -> pd.DataFrame:
    held = read_json(source)
    results = held.get("results") if isinstance(held, Mapping) else held
    found = [one for one in results or [] if isinstance(one, Mapping)] if isinstance(results, list) else []
    rows = [_flat(one) for one in found if "value" in one and ("parameter" in one)]
    if not rows:
        raise FileError(
            "{file} is an answer of OpenAQ without any measured values in it.",
            do="Ask for measurements, or download the location's file as CSV.", code="no-values",
            file=source.name,
        )  # fmt: skip
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [[_text(row.get(name)) for name in names] for row in rows]
    return pd.DataFrame(cells, columns=names, index=pd.RangeIndex(1, len(rows) + 1), dtype="str")


def _flat(one: Mapping[str, Any]) -> dict[str, Any]:
    """One result as a row, for both versions of the API."""
    row: dict[str, Any] = {}
    for key in ("locationId", "location", "sensorsId", "sensors_id", "location_id"):
        if key in one:
            row[key] = one[key]
    period, date = _part(one, "period"), _part(one, "date")
    if period:
        row["datetimeFrom"] = _part(period, "datetimeFrom").get("utc")
        row["datetimeTo"] = _part(period, "datetimeTo").get("utc")
        row["interval"] = period.get("interval")
    elif date:
        row["utc"], row["local"] = date.get("utc"), date.get("local")
    elif "datetime" in one:
        row["datetimeUtc"] = _part(one, "datetime").get("utc")
    parameter = one["parameter"]
    named = parameter if isinstance(parameter, Mapping) else {"name": parameter, "units": one.get("unit")}
    row |= {"parameter": named.get("name"), "units": named.get("units"), "value": one["value"]}
    place = _part(one, "coordinates")
    if place:
        row["latitude"], row["longitude"] = place.get("latitude"), place.get("longitude")
    flags = _part(one, "flagInfo")
    if flags:
        row["hasFlags"] = flags.get("hasFlags")
    return row


def _part(one: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = one.get(name)
    return part if isinstance(part, Mapping) else {}


def _text(value: Any) -> str:
    if value is None or isinstance(value, (dict, list)):
        return ""
    return " ".join(str(value).split())


FORMAT = Format(
    "openaq", "OpenAQ", "location_id,sensors_id,location,datetime,…,parameter,units,value", sniff, parse
)
