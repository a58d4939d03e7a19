r"""Netatmo weather stations: the export of one module (CSV or workbook) from my.netatmo.com.

Sample (two lines about the module, then the table)::

    Name;Long;Lat;ModuleName;ModuleType
    "Our school";26.7221,58.3801;;Outdoor
    Timestamp;"Timezone : Europe/Tallinn";Temperature;Humidity
    1714550402;"2024/05/01 11:00:02";14.2;61

What the format defines
    ``Timestamp`` counts seconds since 1970 (UTC); the second column repeats it on the clock of the zone in
    its name. ``Pressure`` is reduced to sea level, ``AbsolutePressure`` as measured. ``Noise`` is in dB,
    ``CO2`` in ppm, ``Rain`` and ``sum_rain`` are amounts (no running totals). The module called Indoor, and
    any with CO2 or noise, stands in a room.
Traps
    * Below ``Long;Lat`` the pair is often one cell, latitude first: "50.85,7.13". kit takes the order whose
      place lies in the stated time zone, and leaves the place out where both or neither do.
    * Units follow the account and are not in the file. Pressure tells its unit by its size; temperatures are
      °C and rain is in mm outside the countries that use °F; otherwise, and for wind, ingest asks.
    * A calm has the angle -1: no direction. Wind comes in whole numbers of km/h unless the account says
      otherwise (``windunit`` 0 in https://dev.netatmo.com/apidocumentation/weather): ingest asks, km/h first.
    * Exports over long spans are means (sums of rain) over half an hour, three hours, a day …; their time is
      the **middle** of that span.
    * The names of station and module can name people: they are left out of the kept copy. Modules are told
      apart by their type and a piece of the hash of their name.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from kit.formats._columns import split_unit, zone_in
from kit.formats._decode import Note
from kit.formats._delimited import Table, no_rows, read_table
from kit.formats._format import Format
from kit.formats._layout import records
from kit.formats._reasons import EMPTY, OTHER_TIME
from kit.formats._stations import EXTREME, words_column
from kit.formats._times import from_epoch
from kit.model import Column, RawTable, Source
from kit.text import N_
from kit.vocab.zones import zone_at

_VARIABLES = {
    "temperature": ("temperature", ""), "humidity": ("humidity", "%"), "co2": ("co2", "ppm"),
    "noise": ("noise", "dB"), "pressure": ("pressure_sea_level", ""), "absolutepressure": ("pressure", ""),
    "rain": ("rain", ""), "sum_rain": ("rain", ""), "windstrength": ("wind_speed", ""),
    "windangle": ("wind_direction", "deg"), "guststrength": ("wind_gust", ""),
}  # fmt: skip
_LOCAL = re.compile(r"timezone\s*:", re.I)
_EXTREME = re.compile(r"^(min|max|date_)|_(min|max)$|^(min|max)", re.I)
#: Steps of the long exports, in seconds.
STEPS = (1800, 3600, 10_800, 86_400, 604_800)
#: Zones of the countries that use degrees Fahrenheit.
_FAHRENHEIT = re.compile(
    r"^(America/(New_York|Chicago|Denver|Los_Angeles|Phoenix|Anchorage|Detroit|Boise|Indiana|Kentucky"
    r"|North_Dakota|Juneau|Sitka|Nome|Puerto_Rico|Nassau|Cayman)|Pacific/(Honolulu|Guam)|Africa/Monrovia|US/"
    r"|EST|CST|MST|PST)"
)
_OTHER = N_("the direction of the gust, not of the wind")
_NO_PLACE = N_("The place above the table was left out: which number is the latitude is not certain.")
_SWAPPED = N_("The place above the table is written latitude first; kit took it so, for it lies in {zone}.")
_PRIVATE = N_("The names of the station and its module were left out of the kept copy.")
_MIDDLE = N_("The times stand in the middle of spans of {seconds} seconds; kit moved them to the start.")


def sniff(source: Source, head: str) -> float:
    """Sure if there is the header with a time zone inside."""
    start = "\n".join(head.lstrip("\ufeff").split("\n", 8)[:8])
    if re.search(r'^"?Timestamp"?[;,\t]"?Timezone\s*:', start, re.M | re.I):
        return 0.98
    return 0.9 if re.match(r'"?Name"?[;,\t]"?Long"?[;,\t]"?Lat"?[;,\t]"?ModuleName', start) else 0.0


def _is_header(cells: Sequence[str]) -> bool:
    return len(cells) > 2 and cells[0].lower() == "timestamp" and bool(_LOCAL.match(cells[1]))


def parse(source: Source) -> RawTable:
    """Read the export of one module; see the module for its rules."""
    table = read_table(source, _is_header)
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    zone = zone_in(table.header[1])
    frame, notes = _with_module(source, table, zone)
    stated = {name: frame[name].iloc[0] if len(frame) else "" for name in ("module type",) if name in frame}
    inside = stated.get("module type", "").lower() == "indoor" or any(
        name.lower() in ("co2", "noise") and (frame[name] != "").any() for name in table.header
    )
    calm = next((name for name in table.header if name.lower() == "windangle"), "")
    if calm:
        frame = frame.assign(**{calm: frame[calm].where(frame[calm] != "-1", "")})
    columns = [_column(name, frame, zone) for name in frame.columns]
    frame, columns, period = _with_time(frame, columns, table.header[0])
    if period:
        notes.append((_MIDDLE, {"seconds": period}))
    return RawTable(
        "netatmo", "readings", frame, tuple(columns), zone="UTC" if period or _is_epoch(columns) else zone,
        period=period, decimal=table.decimal, blank=table.blank, refused=table.refused,
        notes=(*table.notes, *notes), exposure="indoor" if inside else "", container=bool(table.preamble),
    )  # fmt: skip


def _is_epoch(columns: Sequence[Column]) -> bool:
    return any(column.role == "time" and column.derived for column in columns)


def _column(name: str, frame: pd.DataFrame, zone: str) -> Column:
    if name in ("latitude", "longitude"):
        return Column(name, name)  # type: ignore[arg-type]
    if name == "module":
        return Column(name, "sensor")
    if name == "module type" or name.lower() == "timestamp" or _LOCAL.match(name):
        return Column(name, "note", label=name)
    if not (frame[name] != "").any():
        return Column(name, "ignored", label=name, reason=EMPTY)
    told = words_column(name, frame[name])
    if told is not None:
        return told
    label, unit = split_unit(name)
    plain = re.sub(r"[\s]", "", label.lower())
    if plain == "gustangle":
        return Column(name, "ignored", label=label, reason=_OTHER)
    if _EXTREME.search(plain):
        return Column(name, "ignored", label=label, reason=EXTREME)
    variable, usual = _VARIABLES.get(plain, ("", ""))
    unit = unit or usual or _unit(variable, frame[name], zone)
    wind = "km/h" if variable.startswith("wind_") and not _FAHRENHEIT.match(zone) else ""
    return Column(name, "value", label=label, variable=variable, unit=unit, usual=wind)


def _unit(variable: str, cells: pd.Series, zone: str) -> str:
    """Return the unit that the numbers or the country prove, "" if they do not."""
    numbers = pd.to_numeric(cells.str.replace(",", ".", regex=False), errors="coerce").to_numpy(
        dtype="float64"
    )
    known = numbers[np.isfinite(numbers)]
    middle = float(np.median(known)) if len(known) else np.nan
    if variable.startswith("pressure"):
        spans = {"hPa": (850, 1090), "inHg": (25, 32.2), "mmHg": (640, 820)}
        return next((unit for unit, (low, high) in spans.items() if low < middle < high), "")
    metric = bool(zone) and not _FAHRENHEIT.match(zone)
    if variable == "temperature":
        return "°C" if metric or middle < 5 else "°F" if middle > 50 else ""
    if variable == "rain":
        return "mm" if metric else ""
    return ""


def _with_module(source: Source, table: Table, zone: str) -> tuple[pd.DataFrame, list[Note]]:
    """Put what stands above the table into columns, so that a plain copy of the table says the same."""
    lines = [line for line in table.preamble if line]
    if len(lines) < 2:
        return table.frame, []
    _, values = _module_cells(source)
    frame = table.frame.copy()
    notes: list[Note] = [(_PRIVATE, {})]
    place, note = place_of(values, zone)
    if note:
        notes.append((note, {"zone": zone}))
    if place:
        frame["latitude"], frame["longitude"] = place
    kind = values[-1] if values else ""
    name = values[-2] if len(values) >= 4 else ""
    slug = re.sub(r"[^a-z0-9]+", "-", kind.lower()).strip("-") or "module"
    frame["module"] = f"{slug}-{hashlib.sha256(name.encode()).hexdigest()[:6]}" if name else slug
    frame["module type"] = kind
    return frame, notes


def _module_cells(source: Source) -> tuple[list[str], list[str]]:
    """Return the cells of the two lines about the module."""
    from kit.formats._decode import decode
    from kit.formats._source import is_workbook
    from kit.formats._workbook import sheets

    if is_workbook(source.data):
        text, separators = "\n".join(text for _, text in sheets(source)), "\t"
    else:
        text, separators = decode(source).text, ";,\t"
    for separator in separators:
        rows = [cells for _, cells in records(text[: 1 << 14], separator, 12) if any(cells)]
        for at, cells in enumerate(rows[:-1]):
            if cells and cells[0].lower() == "name" and "moduletype" in [cell.lower() for cell in cells]:
                return cells, rows[at + 1]
    return [], []


def place_of(values: Sequence[str], zone: str) -> tuple[tuple[str, str] | None, str]:
    """Return (latitude, longitude) as text from the cells below ``Name;Long;Lat;…``, and a note.

    >>> place_of(["School", "58.38,26.72", "", "Outdoor"], "Europe/Tallinn")[0]
    ('58.38', '26.72')
    >>> place_of(["School", "26.72", "58.38", "", "Outdoor"], "Europe/Tallinn")
    (('58.38', '26.72'), '')
    """
    pair = re.fullmatch(r"\s*(-?\d+\.\d+)\s*,\s*(-?\d+\.\d+)\s*", values[1]) if len(values) > 1 else None
    if pair:
        first, second = pair[1], pair[2]
    elif len(values) > 2 and all(re.fullmatch(r"-?\d+([.,]\d+)?", cell) for cell in values[1:3]):
        first, second = (cell.replace(",", ".") for cell in values[1:3])
    else:
        return None, ""
    stated, other = _fits(second, first, zone), _fits(first, second, zone)
    if stated and not other:
        return (second, first), ""
    if other and not stated:
        return (first, second), _SWAPPED
    return None, _NO_PLACE


def _fits(latitude: str, longitude: str, zone: str) -> bool:
    """Tell whether a place exists and lies in the time zone (or in one with the same clock)."""
    if not zone or abs(float(latitude)) > 90 or abs(float(longitude)) > 180:
        return False
    there = zone_at(float(latitude), float(longitude))
    return there == zone or (there.split("/")[0] == zone.split("/")[0] and _same_clock(there, zone))


def _same_clock(one: str, other: str) -> bool:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    days = [datetime(2024, month, 15, 12) for month in (1, 7)]
    return all(ZoneInfo(one).utcoffset(day) == ZoneInfo(other).utcoffset(day) for day in days)


def _with_time(
    frame: pd.DataFrame, columns: list[Column], name: str
) -> tuple[pd.DataFrame, list[Column], int]:
    """Return frame and columns with the time in UTC; the period where times are the middles of spans."""
    local = next((c.name for c in columns if _LOCAL.match(c.name)), "")
    text = from_epoch(frame[name])
    if text is None:  # the seconds are damaged: the clock of the zone is left
        found = [Column(local, "time", label=local) if c.name == local else c for c in columns]
        found = [replace(c, role="ignored", reason=OTHER_TIME) if c.name == name else c for c in found]
        return frame, found, 0
    seconds = pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype="float64")
    step = middles(seconds, frame[local] if local else pd.Series(dtype="str"))
    if step:
        starts = pd.Series(seconds - step / 2, index=frame.index).map("{:.0f}".format)
        moved = from_epoch(starts)
        text = text if moved is None else moved
    frame = frame.assign(**{"time in UTC": text})
    found = [replace(c, role="ignored", reason=OTHER_TIME) if c.name in (name, local) else c for c in columns]
    return frame, [*found, Column("time in UTC", "time", label="time in UTC", derived=True)], step


def middles(seconds: np.ndarray, local: pd.Series) -> int:
    """Return the step of an export of means whose times are the middles of their spans, else 0.

    >>> middles(np.array([900.0, 2700, 4500]), pd.Series(["00:15:00", "00:45:00", "01:15:00"]))
    1800
    >>> middles(np.array([0.0, 1800, 3600]), pd.Series(["00:00:00", "00:30:00", "01:00:00"]))
    0
    """
    known = seconds[np.isfinite(seconds)]
    steps = np.diff(known)
    usual = [step for step in STEPS if len(steps) >= 2 and (steps == step).mean() > 0.8]
    if not usual:
        return 0
    step = usual[0]
    clock = local.str.extract(r"(\d{1,2}):(\d{2})(?::(\d{2}))?\s*$").fillna("0").astype("int64")
    of_day = (clock[0] * 3600 + clock[1] * 60 + clock[2]).to_numpy() if len(clock) else known
    within = min(step, 86_400)
    return step if len(of_day) and (of_day % within == within // 2).mean() > 0.8 else 0


FORMAT = Format("netatmo", "Netatmo", 'Timestamp;"Timezone : Europe/…";Temperature;Humidity;…', sniff, parse)
