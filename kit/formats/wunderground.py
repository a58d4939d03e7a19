r"""Weather Underground: what people copy or download from a personal weather station's page, and its API.

Samples (the old export of a day; the table of the page, units in the cells; the API's JSON)::

    Time,TemperatureC,PressurehPa,WindDirectionDegrees,WindSpeedKMH,HourlyPrecipMM,dailyrainMM,DateUTC
    2024-06-01 00:04:00,11.1,1015.6,270,1.6,0.0,0.0,2024-05-31 22:04:00

    Date,Time,Temperature,Dew Point,Humidity,Wind,Speed,Gust,Pressure,Precip. Rate.,Precip. Accum.,UV,Solar
    2024/05/01,12:04 AM,49.5 °F,46.2 °F,88 %,ENE,0.0 mph,0.0 mph,29.81 in,0.00 in,0.00 in,0,0 w/m²

    {"observations": [{"stationID": "…", "obsTimeUtc": "2024-05-01T00:59:55Z", "humidityAvg": 79,
     "metric": {"tempAvg": 11, "windspeedAvg": 2, "pressureMax": 1012.2, "precipTotal": 0.0}}]}

What the format defines
    Old names carry their unit: C or F, hPa or In (inches of mercury), KMH or MPH, MM or in. ``DateUTC`` is
    the time in UTC. In JSON ``metric`` means °C, km/h, hPa and mm, ``imperial`` °F, mph, inHg and inches,
    ``metric_si`` °C, m/s, hPa and mm, ``uk_hybrid`` °C, mph, hPa and mm (source: The Weather Company, API of
    personal weather stations, parameter ``units``). The pressure is the one reduced to sea level.
Traps
    * ``Precip. Accum.``, ``dailyrain`` and ``precipTotal`` are **the rain since midnight**; kit makes amounts
      of it. ``HourlyPrecip`` slides with the clock, and ``Precip. Rate.`` is a rate, though the page writes
      "in".
    * ``Wind`` is the direction in words; ``Speed`` and ``Gust`` are of the wind.
    * The page of a month or a year has a table of highs and lows per day, not of readings.
    * Lines of the old export end in ``<br>``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from kit.errors import FileError
from kit.formats import plain
from kit.formats._columns import split_unit
from kit.formats._format import Format
from kit.formats._json import read_json
from kit.formats._objects import holds_json, looks_like_json, objects, table_of
from kit.formats._reasons import ABOUT, COMPUTED, EXTREMES, OTHER_TIME, WORDS
from kit.model import Column, RawTable, Source
from kit.vocab import SLIDING

_OLD = re.compile(r"\bHourlyPrecip(MM|In)\b.*\bdailyrain(MM|in)\b", re.I)
_PAGE = re.compile(r"\bPrecip\.?[ _]?Rate\b.*\bPrecip\.?[ _]?Accum\b", re.I)
_UNITS = {
    "metric": ("°C", "km/h", "hPa", "mm"), "imperial": ("°F", "mph", "in", "in"),
    "metric_si": ("°C", "m/s", "hPa", "mm"), "uk_hybrid": ("°C", "mph", "hPa", "mm"),
}  # fmt: skip
#: Names without their unit: (variable, place of its unit in ``_UNITS``, a unit that is always so).
_KNOWN: Mapping[str, tuple[str, int, str]] = {
    "temperature": ("temperature", 0, ""), "temp": ("temperature", 0, ""), "tempavg": ("temperature", 0, ""),
    "dewpoint": ("dew_point", 0, ""), "dewpt": ("dew_point", 0, ""), "dewptavg": ("dew_point", 0, ""),
    "humidity": ("humidity", -1, "%"), "humidityavg": ("humidity", -1, "%"),
    "winddirectiondegrees": ("wind_direction", -1, "deg"), "winddir": ("wind_direction", -1, "deg"),
    "winddiravg": ("wind_direction", -1, "deg"), "wind": ("wind_direction", -1, "deg"),
    "windspeed": ("wind_speed", 1, ""), "windspeedavg": ("wind_speed", 1, ""), "speed": ("wind_speed", 1, ""),
    "windspeedgust": ("wind_gust", 1, ""), "gust": ("wind_gust", 1, ""), "windgust": ("wind_gust", 1, ""),
    "windgusthigh": ("wind_gust", 1, ""),
    "pressure": ("pressure_sea_level", 2, ""), "pressuremax": ("pressure_sea_level", 2, ""),
    "preciprate": ("rain_rate", 3, ""),
    "precipaccum": ("rain", 3, ""), "dailyrain": ("rain", 3, ""), "preciptotal": ("rain", 3, ""),
    "solarradiation": ("radiation", -1, "W/m2"), "solar": ("radiation", -1, "W/m2"),
    "solarradiationhigh": ("radiation", -1, "W/m2"),
    "uv": ("uv_index", -1, "1"), "uvindex": ("uv_index", -1, "1"), "uvhigh": ("uv_index", -1, "1"),
}  # fmt: skip
_GLUED = re.compile(
    r"(?P<name>Temperature|Dewpoint|Pressure|WindSpeed|WindSpeedGust|dailyrain|SolarRadiation)"
    r"(?P<unit>C|F|hPa|In|KMH|MPH|MM|Watts/m\^2)$",
    re.I,
)
_GLUED_UNITS = {
    "c": "Cel", "f": "[degF]", "hpa": "hPa", "kmh": "km/h", "mph": "[mi_i]/h", "mm": "mm", "watts/m^2": "W/m2"
}  # fmt: skip
_PER_HOUR = {"mm": "mm/h", "in": "[in_i]/h", "[in_i]": "[in_i]/h"}
_LEFT_OUT = (
    (SLIDING, r"hourlyprecip"), (OTHER_TIME, r"time$|obstimelocal|epoch|^date"),
    (COMPUTED, r"windchill|heatindex|trend"), (EXTREMES, r"(high|low|max|min)$"),
    (WORDS, r"winddirection$|conditions|clouds"), (ABOUT, r"softwaretype|stationid|^tz$|qcstatus"),
)  # fmt: skip


def sniff(source: Source, head: str) -> float:
    """Sure of the site's own names of rain, and of the API's answer."""
    if looks_like_json(head):
        keys = set(re.findall(r'"(\w+)"\s*:', head[:4000]))
        return 0.95 if {"observations", "obsTimeUtc"} <= keys else 0.0
    if re.search(r"^\W*stationID\b.*\bobsTimeUtc\b", head):
        return 0.95
    return 0.95 if any(_OLD.search(line) or _PAGE.search(line) for line in head.splitlines()[:5]) else 0.0


def parse(source: Source) -> RawTable:
    """Read a day of a station; see the module for its rules."""
    if holds_json(source):
        source = _from_api(source)
    cleaned = re.sub(rb"<br\s*/?>\s*", b"\n", source.data, flags=re.I)
    table = plain.parse(Source(source.name, cleaned))
    columns = tuple(_column(column) for column in table.columns)
    if not any(column.role == "value" for column in columns):
        raise FileError(
            "{file} holds the highs and lows of days; it holds no readings.",
            do="Open the page of a single day and copy or download its table.", code="no-values",
            file=source.name,
        )  # fmt: skip
    return replace(table, format="wunderground", columns=columns)


def _from_api(source: Source) -> Source:
    """What the API gave as a table: observations, the units of their system in the names."""
    found = read_json(source)
    records = objects(found.get("observations") if isinstance(found, dict) else found, source.name)
    system = next((key for key in _UNITS if isinstance(records[0].get(key), dict)), "metric")
    frame = table_of({**one, **(one.get(system) or {}), system: None} for one in records)
    places = {name: _KNOWN.get(name.lower(), ("", -1, ""))[1] for name in map(str, frame.columns)}
    units = {name: f"{name} ({_UNITS[system][at]})" for name, at in places.items() if at >= 0}
    frame = frame.drop(columns=system).rename(columns=units)
    return Source(source.name, frame.to_csv(index=False, lineterminator="\n").encode())


def _column(column: Column) -> Column:
    """The column of a table: names are the site's own, units stand behind them or in brackets."""
    if column.role not in ("value", "ignored", "note"):
        return column
    glued = _GLUED.match(column.name)
    label, unit = (glued["name"], glued["unit"].lower()) if glued else split_unit(column.name)
    variable = _KNOWN.get(_plain(label), ("", -1, ""))[0]
    if column.role == "ignored" and not variable:
        return column
    fixed = _KNOWN[_plain(label)][2] if variable else ""
    if unit.lower() in ("in", "inches", "in."):
        unit = "[in_i'Hg]" if variable.startswith("pressure") else "[in_i]"
    unit = _GLUED_UNITS.get(unit, unit) if glued else unit
    return _named(column, variable, fixed or unit)


def _named(column: Column, variable: str, unit: str) -> Column:
    if not variable:
        name = _plain(split_unit(column.name)[0])
        reason = next((why for why, words in _LEFT_OUT if re.search(words, name)), column.reason or ABOUT)
        return replace(column, role="ignored", variable="", unit="", reason=reason)
    if variable == "rain_rate":
        unit = _PER_HOUR.get(unit, unit)
    counter = "day" if variable == "rain" else ""
    variable, unit = variable if unit else "", "" if variable == "wind_direction" else unit
    return replace(column, role="value", variable=variable, unit=unit, counter=counter, reason="")


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


_HEADER = "Time,TemperatureC,…,HourlyPrecipMM,dailyrainMM,DateUTC"
FORMAT = Format("wunderground", "Weather Underground", _HEADER, sniff, parse)
