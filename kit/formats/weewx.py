r"""WeeWX: its archive written as CSV, and the CSV that ``weectl import`` takes.

Samples::

    dateTime,usUnits,interval,barometer,pressure,inTemp,outTemp,inHumidity,outHumidity,windSpeed,rain
    1714550400,17,5,1012.9,1008.1,21.4,14.2,44,61,2.1,0.0

    Time,Barometer,Temp,Humidity,Windspeed,Dir,Gust,Dayrain,Radiation,Uv,Comment
    28/11/2023 08:00:00,1016.9,24.6,84,1.8,113,8,0,359,3.8,"start of observations"

What the format defines
    The archive: ``dateTime`` is in seconds since 1970 (UTC) and stands at the **end** of ``interval``
    minutes; ``usUnits`` says the units of the row: 1 °F, inHg, mph, in; 16 °C, hPa, km/h, **cm** of rain;
    17 °C, hPa, m/s, mm. Means and sums are over the interval. ``barometer`` is reduced to sea level,
    ``pressure`` as measured, ``altimeter`` computed. https://weewx.com/docs
    The import file: local times, momentary values; its units stand in WeeWX's settings and not in the file.
Traps
    * A row of another unit system than the others cannot be kept in one column: such rows are refused.
    * ``Dayrain`` is a running total that starts again at midnight; ``rain`` is the amount of the interval.
    * ``soilMoist`` is a tension in centibar; ``extraTemp`` may hang anywhere (ingest asks).
    * ``Comment`` is free text.
    * Missing values are empty, ``None`` or ``NULL``. A dump of SQLite separates with ``|``.
    * The extension that writes CSV puts ``# `` in front of the header.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from kit.errors import FileError
from kit.formats._columns import split_unit
from kit.formats._delimited import Table, no_rows, read_table
from kit.formats._format import Format
from kit.formats._reasons import COMPUTED, EMPTY, FREE_TEXT, INTERVAL
from kit.formats._stations import DEVICE, EXTRA, words_column
from kit.formats._times import from_epoch
from kit.model import Column, Problem, RawTable, Source
from kit.text import N_

#: Name in the archive -> (variable, group of units). https://weewx.com/docs/latest/reference/units/
_ARCHIVE = {
    "barometer": ("pressure_sea_level", "pressure"), "pressure": ("pressure", "pressure"),
    "inTemp": ("temperature_indoor", "temperature"), "outTemp": ("temperature", "temperature"),
    "inHumidity": ("humidity_indoor", "%"), "outHumidity": ("humidity", "%"),
    "windSpeed": ("wind_speed", "speed"), "windGust": ("wind_gust", "speed"),
    "windDir": ("wind_direction", "deg"),
    "rain": ("rain", "rain"), "rainRate": ("rain_rate", "rate"), "dewpoint": ("dew_point", "temperature"),
    "radiation": ("radiation", "W/m2"), "UV": ("uv_index", "1"), "pm1_0": ("pm1", "ug/m3"),
    "pm2_5": ("pm25", "ug/m3"), "pm10_0": ("pm10", "ug/m3"), "co2": ("co2", "ppm"), "noise": ("noise", "dB"),
    "soilTemp1": ("soil_temperature", "temperature"), "soilTemp2": ("soil_temperature", "temperature"),
    "soilTemp3": ("soil_temperature", "temperature"), "soilTemp4": ("soil_temperature", "temperature"),
}  # fmt: skip
_SYSTEMS = {
    "1": {"temperature": "°F", "pressure": "inHg", "speed": "mph", "rain": "in", "rate": "in/h"},
    "16": {"temperature": "°C", "pressure": "hPa", "speed": "km/h", "rain": "cm", "rate": "cm/h"},
    "17": {"temperature": "°C", "pressure": "hPa", "speed": "m/s", "rain": "mm", "rate": "mm/h"},
}  # fmt: skip
_DERIVED = re.compile(
    r"^(altimeter|windchill|heatindex|humidex|appTemp|cloudbase|ET|windrun|maxSolarRad|inDewpoint|beaufort"
    r"|AirDensity|extraDewpoint\d?|windGustDir|forecast|daySunshineDur|sunshineDur)$", re.I
)  # fmt: skip
_DEVICE = re.compile(
    r"voltage|battery|signal|rxCheck|heatingTemp|heatingVoltage|referenceVoltage|supplyVoltage|linkBattery"
    r"|lightning|leafWet|leafTemp|soilMoist|hail|snow", re.I
)  # fmt: skip
_IMPORT = {
    "barometer": "pressure_sea_level", "temp": "temperature", "humidity": "humidity", "dir": "wind_direction",
    "windspeed": "wind_speed", "gust": "wind_gust", "dayrain": "rain", "radiation": "radiation",
    "uv": "uv_index", "rain": "rain", "dewpoint": "dew_point", "rainrate": "rain_rate", "comment": "",
}  # fmt: skip
_SYSTEM = N_("tells the units of the row")
_MIXED = N_(
    "Row {row}: its unit system (usUnits {value}) is not that of the other rows ({usual}), so it was left"
    " out."
)
_MEND = N_("Export the rows of each unit system into a file of its own.")


def sniff(source: Source, head: str) -> float:
    """Sure for the archive's own names, high for a header made of the import file's names."""
    for line in head.lstrip("\ufeff").split("\n", 4)[:4]:
        names = [name.strip(' "\r') for name in re.split(r"[,;\t|]", line.removeprefix("#"))]
        if {"dateTime", "usUnits"} <= set(names):
            return 0.98
        low = {name.lower() for name in names}
        if names[0].lower() in ("time", "date_and_time", "datetime", "timestamp") and "dayrain" in low:
            return 0.9 if len(low & _IMPORT.keys()) >= 5 else 0.0
    return 0.0


def _is_header(cells: Sequence[str]) -> bool:
    low = {cell.lower().removeprefix("#").strip() for cell in cells}
    return {"datetime", "usunits"} <= low or ("dayrain" in low and len(low & _IMPORT.keys()) >= 5)


def parse(source: Source) -> RawTable:
    """Read an archive or an import file; see the module for their rules."""
    table = read_table(source, _is_header)
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    if table.header[0].startswith("#"):
        table.header = (table.header[0].lstrip("# "), *table.header[1:])
        table.frame.columns = pd.Index(table.header)
    return _archive(source, table) if "usUnits" in table.header else _import(table)


def _archive(source: Source, table: Table) -> RawTable:
    systems = table.frame["usUnits"].str.replace(r"\.0+$", "", regex=True)
    counts = systems[systems.isin(list(_SYSTEMS))].value_counts()
    if not len(counts):
        raise FileError(
            "{file} has no unit system: the column usUnits must be 1, 16 or 17.",
            do="Export the archive again with the column usUnits.", code="no-units", file=source.name,
        )  # fmt: skip
    usual = str(counts.index[0])
    other = (systems != usual).to_numpy()
    refused = tuple(
        Problem("other-units", _MIXED, int(row), "usUnits", value, _MEND, {"usual": usual})
        for row, value in zip(table.frame.index[other], systems[other], strict=True)
    )
    frame = table.frame[~other]
    text = from_epoch(frame["dateTime"])
    columns = [_archive_column(name, frame, _SYSTEMS[usual]) for name in table.header]
    if text is not None:
        frame = frame.assign(**{"time in UTC": text})
        columns = [
            Column(c.name, "ignored", label=c.label, reason=_SECONDS) if c.name == "dateTime" else c
            for c in columns
        ]
        columns.append(Column("time in UTC", "time", label="time in UTC", derived=True))
    return RawTable(
        "weewx", "readings", frame, tuple(columns), zone="UTC" if text is not None else "", stamp="end",
        period=_period(frame), decimal=table.decimal, blank=table.blank, refused=(*table.refused, *refused),
        around=table.around, notes=table.notes,
    )  # fmt: skip


_SECONDS = N_("the time in seconds since 1970, read as UTC")


def _archive_column(name: str, frame: pd.DataFrame, units: dict[str, str]) -> Column:
    if name == "dateTime":
        return Column(name, "time", label=name)
    if name in ("usUnits", "interval"):
        return Column(name, "ignored", label=name, reason=_SYSTEM if name == "usUnits" else INTERVAL)
    if not (~frame[name].isin(("", "None", "NULL"))).any():
        return Column(name, "ignored", label=name, reason=EMPTY)
    if _DERIVED.match(name):
        return Column(name, "ignored", label=name, reason=COMPUTED)
    if _DEVICE.search(name):
        return Column(name, "ignored", label=name, reason=DEVICE)
    extra = re.match(r"extra(Temp|Humid)(\d)", name)
    if extra:
        label, unit = ("temperature", units["temperature"]) if extra[1] == "Temp" else ("humidity", "%")
        return Column(name, "value", label=f"{EXTRA} {label}", unit=unit, sensor=f"extra{extra[2]}")
    told = words_column(name, frame[name]) if name not in _ARCHIVE else None
    if told is not None:
        return told
    variable, group = _ARCHIVE.get(name, ("", ""))
    number = re.search(r"(\d)$", name) if variable == "soil_temperature" else None
    unit = units.get(group, group)
    return Column(
        name, "value", label=name, variable=variable, unit=unit, sensor=number[1] if number else "1"
    )


def _period(frame: pd.DataFrame) -> int:
    """Return the archive interval in seconds where nearly all rows have the same, else 0."""
    if "interval" not in frame or frame.empty:
        return 0
    minutes = pd.to_numeric(frame["interval"], errors="coerce").to_numpy(dtype="float64")
    usual, often = np.unique(minutes[np.isfinite(minutes)], return_counts=True)
    if not len(usual) or often.max() < 0.9 * len(minutes):
        return 0
    return int(usual[np.argmax(often)] * 60)


def _import(table: Table) -> RawTable:
    columns = []
    for at, name in enumerate(table.header):
        told = words_column(name, table.frame[name]) if at else None
        columns.append(told or _import_column(name, bool((table.frame[name] != "").any()), at))
    return RawTable(
        "weewx", "readings", table.frame, tuple(columns), decimal=table.decimal, blank=table.blank,
        refused=table.refused, around=table.around, notes=table.notes,
    )  # fmt: skip


def _import_column(name: str, filled: bool, position: int) -> Column:
    label, unit = split_unit(name)
    low = label.lower()
    if position == 0:
        return Column(name, "time", label=label)
    if low == "comment":
        return Column(name, "personal", label=label, reason=FREE_TEXT)
    if not filled:
        return Column(name, "ignored", label=label, reason=EMPTY)
    unit = unit or {"humidity": "%", "dir": "deg", "radiation": "W/m2"}.get(low, "")
    counter = "day" if low == "dayrain" else ""
    return Column(name, "value", label=label, variable=_IMPORT.get(low, ""), unit=unit, counter=counter)


FORMAT = Format("weewx", "WeeWX", "dateTime,usUnits,interval,barometer,…", sniff, parse)
