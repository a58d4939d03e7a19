r"""Open-Meteo: CSV and JSON of its weather and air models (not measurements).

Sample (a small table of places, a blank line, the table of values; several places have a ``location_id``)::

    latitude,longitude,elevation,utc_offset_seconds,timezone,timezone_abbreviation
    58.375,26.75,65.0,10800,Europe/Tallinn,EEST

    time,temperature_2m (°C),precipitation (mm)
    2024-05-01T00:00,7.1,0.00

What the format defines
    Units stand in brackets. Times are local with **one** offset for the whole file, ``utc_offset_seconds``:
    there is no lost and no double hour. Hourly values are of the moment, except precipitation, radiation,
    gusts and sunshine: those are of the hour (quarter of an hour) before. Daily values are of the local day.
Traps
    * Values come from models on a grid, several kilometres wide; a note says so.
    * Hours and days can stand in one file, one table below the other: kit takes the finer one.
    * ``rain`` and ``showers`` are parts of ``precipitation``; kit takes the whole where it is there, else
      ``rain``.
Source: https://open-meteo.com/en/docs
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from kit.errors import FileError
from kit.formats._columns import split_unit
from kit.formats._decode import Note, decode
from kit.formats._delimited import no_rows, read_table
from kit.formats._format import Format
from kit.formats._json import read_json
from kit.formats._official import MODEL
from kit.formats._reasons import ABOUT, NOT_KEPT
from kit.model import Column, RawTable, Source
from kit.text import N_

_HOUR, _DAY = 3_600, 86_400
_PLACE = ("location_id", "latitude", "longitude", "elevation", "utc_offset_seconds", "timezone")
_STEPS = ("minutely_15", "hourly", "daily")
_SOIL = "soil_temperature"
#: Name -> (variable, whether it is of the time before).
_HOURLY = {
    "temperature_2m": ("temperature", False), "relative_humidity_2m": ("humidity", False),
    "relativehumidity_2m": ("humidity", False), "dew_point_2m": ("dew_point", False),
    "dewpoint_2m": ("dew_point", False), "pressure_msl": ("pressure_sea_level", False),
    "surface_pressure": ("pressure", False), "wind_speed_10m": ("wind_speed", False),
    "windspeed_10m": ("wind_speed", False), "wind_direction_10m": ("wind_direction", False),
    "winddirection_10m": ("wind_direction", False), "wind_gusts_10m": ("wind_gust", True),
    "windgusts_10m": ("wind_gust", True), "precipitation": ("rain", True),
    "shortwave_radiation": ("radiation", True), "sunshine_duration": ("sunshine", True),
    "visibility": ("visibility", False), "uv_index": ("uv_index", False), "snow_depth": ("snow_depth", False),
    "pm10": ("pm10", False), "pm2_5": ("pm25", False), "carbon_monoxide": ("co", False),
    "nitrogen_dioxide": ("no2", False), "sulphur_dioxide": ("so2", False), "ozone": ("o3", False),
    "carbon_dioxide": ("co2", False), "nitrogen_monoxide": ("no", False),
    "soil_temperature_0cm": (_SOIL, False), "soil_temperature_0_to_7cm": (_SOIL, False),
}  # fmt: skip
_DAILY = {
    "temperature_2m_max": "temperature_max", "temperature_2m_min": "temperature_min",
    "temperature_2m_mean": "temperature", "precipitation_sum": "rain", "wind_gusts_10m_max": "wind_gust",
    "windgusts_10m_max": "wind_gust", "wind_speed_10m_mean": "wind_speed", "sunshine_duration": "sunshine",
    "wind_direction_10m_dominant": "wind_direction", "winddirection_10m_dominant": "wind_direction",
    "relative_humidity_2m_mean": "humidity", "dew_point_2m_mean": "dew_point",
    "pressure_msl_mean": "pressure_sea_level", "surface_pressure_mean": "pressure",
}  # fmt: skip
_COARSER = N_("Tables of coarser steps that were not read: {names}.")
_LOCAL = N_("local time without its offset; the time with the offset is taken")


def sniff(source: Source, head: str) -> float:
    """Sure for Open-Meteo's own names of columns or keys."""
    text = head.lstrip("\ufeff \n")
    if text.startswith(("{", "[")):
        own = '"utc_offset_seconds"' in text and '"generationtime_ms"' in text
        return 0.95 if own and any(f'"{step}"' in text for step in _STEPS) else 0.0
    first = text.split("\n", 1)[0]
    return 0.95 if "utc_offset_seconds" in first and ("timezone" in first) and "latitude" in first else 0.0


def parse(source: Source) -> RawTable:
    """Read a CSV or JSON file; see the module."""
    text = decode(source, markup=True).text.lstrip("\ufeff \n")
    if text.startswith(("{", "[")):
        frame, others = _from_json(source)
        return _table(frame, 0, (), _notes(others))
    blocks = [block for block in re.split(r"\n[ \t,;]*\n", text.rstrip("\n")) if block.strip()]
    if _is_flat(re.split("[,;]", blocks[0].split("\n", 1)[0])):
        blocks = [text]
    tables = [block for block in blocks if "time" in re.split('[,;"]', block.split("\n", 1)[0])]
    if not tables:
        raise no_rows(source.name)
    table = read_table(Source(source.name, tables[0].encode()), _is_header)
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    frame = table.frame
    if "utc_offset_seconds" not in frame:
        places = read_table(Source(source.name, blocks[0].encode()), lambda cells: "latitude" in cells).frame
        if places.empty:
            raise no_rows(source.name)
        frame = _with_place(frame, places)
    if "utc_offset_seconds" not in frame:
        raise no_rows(source.name)
    notes = [*table.notes, *_notes([block.split("\n", 1)[0][:60] for block in tables[1:]])]
    done = _table(frame, table.blank, table.refused, notes)
    done.decimal = table.decimal
    return done


def _notes(others: Sequence[str]) -> list[Note]:
    return [(MODEL, {}), *([(_COARSER, {"names": "; ".join(others)})] if others else [])]


def _is_flat(cells: Sequence[str]) -> bool:
    names = {cell.strip(' "') for cell in cells}
    return {"utc_offset_seconds", "time"} <= names


def _is_header(cells: Sequence[str]) -> bool:
    return "time" in cells


def _with_place(frame: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Put the facts of each place into the rows that belong to it."""
    names = [name for name in _PLACE if name in places and name != "location_id"]
    if "location_id" in frame and "location_id" in places:
        facts = places.drop_duplicates("location_id").set_index("location_id")
        add = {name: frame["location_id"].map(facts[name]).fillna("").astype("str") for name in names}
    else:
        add = {name: pd.Series(str(places[name].iloc[0]), index=frame.index, dtype="str") for name in names}
    return frame.assign(**add)


def _from_json(source: Source) -> tuple[pd.DataFrame, list[str]]:
    held = read_json(source)
    places = [one for one in (held if isinstance(held, list) else [held]) if isinstance(one, Mapping)]
    step = next((name for name in _STEPS if any(isinstance(one.get(name), Mapping) for one in places)), "")
    frames = []
    for number, one in enumerate(places):
        part = one.get(step)
        times = part.get("time") if isinstance(part, Mapping) else None
        if not isinstance(part, Mapping) or not isinstance(times, list):
            continue
        units = one.get(f"{step}_units")
        facts: dict[str, Any] = {name: one.get(name) for name in _PLACE[1:]}
        if len(places) > 1:
            facts["location_id"] = one.get("location_id", str(number))
        cells: dict[str, Any] = {name: [_text(value)] * len(times) for name, value in facts.items()}
        for name, values in part.items():
            if isinstance(values, list) and len(values) == len(times):
                unit = _text(units.get(name)) if isinstance(units, Mapping) and name != "time" else ""
                cells[f"{name} ({unit})" if unit else str(name)] = [_text(value) for value in values]
        frames.append(pd.DataFrame(cells, dtype="str"))
    if not frames or not sum(map(len, frames)):
        raise FileError(
            "{file} is an answer of Open-Meteo without any values in it.",
            do="Choose at least one quantity and download it again.", code="no-values", file=source.name,
        )  # fmt: skip
    frame = pd.concat(frames, ignore_index=True).fillna("").astype("str")
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    others = [
        name for name in _STEPS if name != step and any(isinstance(one.get(name), Mapping) for one in places)
    ]
    return frame, others


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, (dict, list)) else " ".join(str(value).split())


def _table(frame: pd.DataFrame, blank: int, refused: Any, notes: Sequence[Note]) -> RawTable:
    frame = frame.rename(columns=str)
    daily = bool(frame["time"].str.fullmatch(r"\d{4}-\d\d-\d\d").all()) and len(frame) > 0
    step = _step(frame)
    columns = [_column(name, daily, step, set(frame.columns)) for name in frame.columns]
    if not daily:
        offset = (
            pd.to_numeric(frame["utc_offset_seconds"], errors="coerce").fillna(0).to_numpy(dtype=np.int64)
        )
        frame = frame.assign(**{"time with offset": _with_offset(frame["time"], offset)})
        columns.append(Column("time with offset", "time", derived=True))
    zones = [str(one) for one in frame["timezone"].unique()] if "timezone" in frame else []
    zone = (
        str(zones[0]) if daily and len(zones) == 1 and ("/" in zones[0] or zones[0] in ("GMT", "UTC")) else ""
    )
    return RawTable(
        "open-meteo", "readings", frame, tuple(columns), zone="UTC" if zone == "GMT" else zone,
        period=_DAY if daily else 0, blank=blank, refused=refused, notes=tuple(notes),
    )  # fmt: skip


def _with_offset(time: pd.Series, seconds: np.ndarray) -> pd.Series:
    """Local times with the offset of the file behind them."""
    kinds, which = np.unique(seconds, return_inverse=True)
    names = []
    for kind in kinds.tolist():
        hours, minutes = divmod(abs(int(kind)) // 60, 60)
        names.append(f"{'-' if kind < 0 else '+'}{hours:02d}:{minutes:02d}")
    text = time + pd.Series(np.array(names, dtype=object)[which], index=time.index, dtype="str")
    return text.where(time.str.match(r"\d{4}-\d\d-\d\dT"), time).astype("str")


def _step(frame: pd.DataFrame) -> int:
    """The step of the table in seconds: a quarter of an hour or an hour."""
    quarter = frame["time"].str.contains(r"T\d\d:(?:15|45)", regex=True).any()
    return 900 if quarter else _HOUR


def _column(name: str, daily: bool, step: int, names: set[str]) -> Column:
    if name in ("latitude", "longitude", "elevation"):
        return Column(name, name, label=name)  # type: ignore[arg-type]
    if name == "location_id":
        return Column(name, "station", label=name)
    if name == "time":
        return (
            Column(name, "date", label=name) if daily else Column(name, "ignored", label=name, reason=_LOCAL)
        )
    if name in _PLACE or name == "timezone_abbreviation":
        return Column(name, "ignored", label=name, reason=ABOUT)
    label, unit = split_unit(name)
    if "(" in label:
        label = label.split("(")[0].strip()
    if label in ("rain", "rain_sum") and not any(one.startswith("precipitation") for one in names):
        label = "precipitation_sum" if daily else "precipitation"
    if daily and label in _DAILY:
        return Column(name, "value", label=label, variable=_DAILY[label], unit=unit)
    if not daily and label in _HOURLY:
        variable, before = _HOURLY[label]
        period = step if before else 0
        stamp = "end" if before else "start"
        return Column(name, "value", label, variable, unit, period=period, stamp=stamp)  # type: ignore[arg-type]
    return Column(name, "ignored", label=label, reason=NOT_KEPT)


FORMAT = Format(
    "open-meteo", "Open-Meteo", "latitude,longitude,elevation,utc_offset_seconds,timezone,…", sniff, parse
)
