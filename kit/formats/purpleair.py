r"""PurpleAir: history of the API and the download tool (CSV, JSON), old ThingSpeak files, the memory card.

Samples (comma; channels A and B are two laser counters in one housing)::

    sensor_index,time_stamp,pm2.5_alt_a,pm2.5_alt_b,pm2.5_atm_a,pm2.5_atm_b,temperature,humidity,pressure
    4711,1709251200,1.10,1.00,0.96,0.81,39,81,1012.576

    created_at,entry_id,PM1.0_CF1_ug/m3,PM2.5_CF1_ug/m3,…,RSSI_dbm,Temperature_F,Humidity_%,PM2.5_ATM_ug/m3,
    2019-03-01 00:00:24 UTC,1,0.4,0.8,…,-60,45,51,0.8,

    UTCDateTime,mac_address,firmware_ver,hardware,current_temp_f,current_humidity,pressure,…,pm2_5_atm

What the format defines
    Times are UTC: seconds since 1970, ISO 8601, or "… UTC". Temperature is in °F, pressure in hPa (mbar), PM
    in µg/m³. The history's JSON states its averaging period in minutes, the tool's file name as
    "10-Minute Average"; otherwise nothing is stated (0). An average stands at the start of its period.
    Sources: https://api.purpleair.com, https://community.purpleair.com/t/sd-card-file-headers/279.
Three quantities, not one
    ``atm`` is what the counter gives for outdoor air: it is ``pm25``. ``cf_1`` ("CF=1", a factory's
    calibration dust) is ``pm25_cf1``; ``alt`` (computed from the particle counts) is ``pm25_alt``. They
    differ by tens of per cent and are never pooled. Of PM1 and PM10 only ``atm`` is kept.
    ``pm2.5`` alone is the maker's choice of the two (``atm`` outdoors); it is taken where ``atm`` is missing.
Traps
    * ``…_a`` and ``…_b`` are the channels: two sensors, "a" and "b". The mean of both, in the same file, is
      left out.
    * Old names of ThingSpeak columns come in many spellings; downloads of channel B have " B " in the file's
      name, and the place in brackets: "(outside) (58.380 26.722)".
    * Temperature is measured **inside the housing**, on average about 8 °F above the air (source: the API's
      documentation); it is kept as it is and said so.
    * ``mac_address`` and ``name`` are never kept; of the address only the end, as the sensor's number.
    * Running averages (``pm2.5_10minute`` …), counts of particles, ``voc`` and signal strengths are left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from kit.errors import FileError
from kit.formats import _airrohr as airrohr
from kit.formats._body import ragged
from kit.formats._decode import Note
from kit.formats._delimited import no_rows, read_table
from kit.formats._devices import each_device, short_address
from kit.formats._format import Format, head_cells
from kit.formats._json import read_json
from kit.formats._objects import holds_json, looks_like_json, table_of, text_of
from kit.formats._reasons import ADDRESS, COUNTER, NOT_KEPT, OTHER_TIME, WHO
from kit.formats._times import from_epoch
from kit.model import MONTH, YEAR, Column, Problem, RawTable, Source
from kit.text import N_

_PM = re.compile(
    r"pm_?(?P<size>1|2|10)(?:[._](?P<part>0|5))?(?:_(?P<kind>cf_?atm|cf_?1|atm|alt))?(?:_(?P<channel>a|b))?"
)
_WEATHER = {
    "temperature": ("temperature", "°F"), "current_temp": ("temperature", "°F"),
    "humidity": ("humidity", "%"), "current_humidity": ("humidity", "%"), "pressure": ("pressure", "hPa"),
    "current_dewpoint": ("dew_point", "°F"), "co2": ("co2", "ppm"),
}  # fmt: skip
_TIMES = ("time_stamp", "utcdatetime", "created_at", "datetime", "timestamp")
_PEOPLE = ("name", "owner", "label")
_ABOUT = re.compile(
    r"rssi|uptime(_?min(utes)?)?|average|pa_latency|mem(ory|frag)?|adc|analog_input|firmware.*|hardware|model"
    r"|channel_.*|confidence.*|private|icon|last_.*|date_created|led_.*|position_rating|altitude|is_owner|version|gas|voc(_[ab])?|iaq"
)
_COUNTED = re.compile(r"(>=?)?_?(p_)?\d+[._]\d+_?um.*")
_SEEN = re.compile(r"(scattering_coefficient|deciviews|visual_range)(_[ab])?")
_RUNNING = re.compile(r"pm2[._]5_\d+_?(minute|hour|day|week).*")
_INDEX = re.compile(r".*aqi.*")
#: Averages that the download tool offers, as it writes them into the names of files.
_AVERAGE = re.compile(r"(\d+)[\s_-]*(minute|min|hour|day|week|month|year)s?[\s_-]*average", re.I)
_SECONDS = {"min": 60, "minute": 60, "hour": 3600, "day": 86400, "week": 604800, "month": MONTH, "year": YEAR}
_PLACE = re.compile(r"\((?P<lat>-?\d{1,2}\.\d+)[ ,_]+(?P<lon>-?\d{1,3}\.\d+)\)")

_BOTH = N_("the mean of channels A and B, which are taken themselves")
_CF1_ONLY = N_("of CF=1 values kit keeps PM2.5 only")
_RUNNING_MEAN = N_("a mean over a longer time; kit works out such means itself")
HOUSING = N_(
    "PurpleAir measures temperature and humidity inside its housing, where it is warmer than outside "
    "(by about 4 °C)."
)
ONLY_CF1 = N_("The file holds PM2.5 as CF=1 only; it is kept apart from PM2.5 of outdoor air.")
_PLACED = N_("The place was taken from the name of the file.")


def sniff(source: Source, head: str) -> float:
    """High for PurpleAir's own column names.

    >>> sniff(Source("a.csv", b""), "time_stamp,sensor_index,pm2.5_atm_a")
    0.95
    """
    start = head[:6000]
    if looks_like_json(start):
        return 0.95 if '"fields"' in start and '"sensor_index"' in start and '"data"' in start else 0.0
    return 0.95 if any(map(_is_header, head_cells(start, 3))) else 0.0


def _is_header(cells: Sequence[str]) -> bool:
    names = {_plain(cell) for cell in cells}
    if not names & set(_TIMES):
        return False
    own = sum(bool(_PM.fullmatch(name)) for name in names) + ("rssi" in names)
    old = (
        "created_at" in names
        and bool(names & {"entry_id"})
        and bool(own or any(map(_COUNTED.fullmatch, names)))
    )
    card = "utcdatetime" in names and ("mac_address" in names or own > 0)
    kinds = any(found["kind"] for found in map(_PM.fullmatch, names) if found)
    weather = bool(names & {"sensor_index", "id"}) and bool(names & _WEATHER.keys()) and "time_stamp" in names
    return old or card or ("time_stamp" in names and kinds) or (weather and "sensor_index" in names)


def _plain(name: str) -> str:
    """Return a name without case and unit, in the spelling of the API.

    >>> _plain("PM2.5_CF1_ug/m3"), _plain("PM10.0 (ATM)"), _plain("Temperature_F"), _plain("pm2_5_atm_b")
    ('pm2.5_cf1', 'pm10.0_atm', 'temperature', 'pm2_5_atm_b')
    """
    low = re.sub(r"[\s()]+", "_", name.strip("\ufeff ").lower()).strip("_")
    return re.sub(r"_(ug/m3|[µμ]g/m3|[µμ]g/m³|f|%|hpa|dbm|dl)$", "", low)


@dataclass
class _Read:
    """What was read, whatever the shape of the file."""

    frame: pd.DataFrame
    decimal: str = "."
    blank: int = 0
    refused: tuple[Problem, ...] = ()
    notes: tuple[Note, ...] = ()
    around: tuple[str, ...] = ()
    period: int = 0


def parse(source: Source) -> RawTable:
    """Read one of PurpleAir's files; see the module for what its columns mean."""
    if holds_json(source):
        read = _history(source)
    else:
        table = read_table(source, _is_header, (",", ";", "\t"))
        read = _Read(table.frame, table.decimal, table.blank, table.refused, table.notes, table.around)
        read.period = _period(table.frame, source.name)
    if read.frame.empty and not read.refused:
        raise no_rows(source.name)
    notes = list(read.notes)
    frame, columns = _times(read.frame, _columns(read.frame, source.name))
    frame, columns = each_device(*_numbered(frame, columns))
    frame, columns, placed = _placed(frame, columns, source.name)
    variables = {column.variable for column in columns}
    if placed:
        notes.append((_PLACED, {}))
    if "temperature" in variables:
        notes.append((HOUSING, {}))
    if "pm25_cf1" in variables and "pm25" not in variables:
        notes.append((ONLY_CF1, {}))
    return RawTable(
        "purpleair", "readings", frame, tuple(columns), zone="UTC", period=read.period, decimal=read.decimal,
        missing=("nan", "NULL", "null"), blank=read.blank, refused=read.refused, notes=tuple(notes),
        exposure="indoor" if re.search(r"\((inside|indoor)\)", source.name, re.I) else "", around=read.around,
    )  # fmt: skip


def _history(source: Source) -> _Read:
    """The JSON of the history: names in ``fields``, one list per record in ``data``."""
    found = read_json(source)
    fields, data = (found.get("fields"), found.get("data")) if isinstance(found, dict) else (None, None)
    if not isinstance(fields, list) or not isinstance(data, list):
        raise FileError(
            "{file} is a JSON file, but not a list of readings.",
            do="Export the readings from the device as CSV.", code="no-table", file=source.name,
        )  # fmt: skip
    names = [text_of(name) or f"column {at}" for at, name in enumerate(fields, 1)]
    good = [isinstance(cells, list) and len(cells) == len(names) for cells in data]
    rows = [row for row, fits in enumerate(good, 1) if fits]
    records = [dict(zip(names, data[row - 1], strict=True)) for row in rows]
    problems = tuple(
        ragged(row, len(cells) if isinstance(cells, list) else 0, len(names))
        for row, (cells, fits) in enumerate(zip(data, good, strict=True), 1)
        if not fits
    )
    frame = table_of(records, names, rows)
    if "sensor_index" not in frame and text_of(found.get("sensor_index")):
        frame["sensor_index"] = text_of(found["sensor_index"])
    minutes = text_of(found.get("average"))
    if minutes.isdecimal() and int(minutes) and "average" not in frame:
        frame["average"] = minutes  # the kept copy is a table and must say it too
    return _Read(frame, refused=problems, period=_period(frame, ""))


def _period(frame: pd.DataFrame, name: str) -> int:
    """Return the averaging period that a column of minutes or the name of the file states, in s, else 0."""
    stated = frame["average"].unique().tolist() if "average" in frame else []
    if len(stated) == 1 and str(stated[0]).isdecimal():
        seconds = 60 * int(str(stated[0]))
        return {43_200 * 60: MONTH, 525_600 * 60: YEAR}.get(seconds, seconds)
    found = _AVERAGE.search(name.rsplit("/", 1)[-1])
    if not found or found[2].lower() in ("month", "year"):
        return _SECONDS[found[2].lower()] if found and found[1] == "1" else 0
    return int(found[1]) * _SECONDS[found[2].lower()]


def _columns(frame: pd.DataFrame, file: str) -> list[Column]:
    """Say what every column is; channels of one file are sensors of their own."""
    channel = "b" if re.search(r"(?<![^\W_])B(?![^\W_])(?=.*\()", file.rsplit("/", 1)[-1]) else "a"
    old = any(_plain(str(name)) == "entry_id" for name in frame.columns)
    found = [_column(str(name), channel if old else "1") for name in frame.columns]
    card = any(_plain(str(name)) == "utcdatetime" for name in frame.columns)
    if card and any(c.sensor == "b" for c in found):
        found = [
            replace(c, sensor="a") if c.variable.startswith("pm") and c.sensor == "1" else c for c in found
        ]
    split = {c.variable for c in found if c.sensor in ("a", "b") and (frame[c.name] != "").any()}
    atm = any(c.variable == "pm25" and "atm" in c.name.lower() and (frame[c.name] != "").any() for c in found)
    done = []
    for column in found:
        alone = _plain(column.name) in ("pm2.5", "pm2.5_a", "pm2.5_b")
        if column.role == "value" and column.variable == "pm25" and alone and atm:
            column = Column(
                column.name, "ignored", label=column.name, reason=N_("the same as another column")
            )
        elif column.role == "value" and column.sensor == "1" and column.variable in split:
            column = Column(column.name, "ignored", label=column.name, reason=_BOTH)
        done.append(column)
    return done


def _column(name: str, channel: str) -> Column:
    plain = _plain(name)
    if plain in _TIMES:
        return Column(name, "time", label=name)
    if plain in ("sensor_index", "id", "sensor", "sensor_id", "sensor_number"):
        return Column(name, "sensor")
    if plain in ("latitude", "longitude"):
        return Column(name, plain, label=name)  # type: ignore[arg-type]
    if plain == "mac_address":
        return Column(name, "personal", label=name, reason=ADDRESS)
    if plain in _PEOPLE:
        return Column(name, "personal", label=name, reason=WHO)
    if plain == "entry_id":
        return Column(name, "ignored", label=name, reason=COUNTER)
    base, _, own = plain.rpartition("_")
    weather = plain if plain in _WEATHER else base if own in ("a", "b") else ""
    if weather in _WEATHER:
        variable, unit = _WEATHER[weather]
        return Column(
            name, "value", label=name, variable=variable, unit=unit, sensor=own if weather == base else "1"
        )
    found = _PM.fullmatch(plain)
    if found and (found["size"], found["part"] or "0") in (("1", "0"), ("2", "5"), ("10", "0")):
        return _particles(name, found, channel)
    for pattern, reason in (
        (_RUNNING, _RUNNING_MEAN), (_COUNTED, airrohr.NUMBERS), (_SEEN, NOT_KEPT),
        (_INDEX, NOT_KEPT), (_ABOUT, airrohr.DEVICE),
    ):  # fmt: skip
        if pattern.fullmatch(plain):
            return Column(name, "ignored", label=name, reason=reason)
    return Column(name, "ignored", label=name, reason=NOT_KEPT)


def _particles(name: str, found: re.Match[str], channel: str) -> Column:
    size = {"1": "pm1", "2": "pm25", "10": "pm10"}[found["size"]]
    kind = (found["kind"] or "").replace("_", "")
    if kind == "cf1" and size != "pm25":
        return Column(name, "ignored", label=name, reason=_CF1_ONLY)
    variable = size + ("_cf1" if kind == "cf1" else "_alt" if kind == "alt" else "")
    return Column(
        name, "value", label=name, variable=variable, unit="µg/m³", sensor=found["channel"] or channel
    )


def _times(frame: pd.DataFrame, columns: list[Column]) -> tuple[pd.DataFrame, list[Column]]:
    """Write the times as ISO text; of several columns with times one is used."""
    stamps = [column.name for column in columns if column.role == "time"]
    stamps.sort(key=lambda name: _TIMES.index(_plain(name)))
    if not stamps:
        return frame, columns
    cells = frame[stamps[0]]
    epoch = from_epoch(cells)
    text = cells.str.replace(r"[zZ]$", "Z", regex=True) if epoch is None else epoch
    columns = [
        Column(c.name, "ignored", label=c.label, reason=OTHER_TIME) if c.name in stamps[1:] else c
        for c in columns
    ]
    return frame.assign(**{stamps[0]: text.astype("str")}), columns


def _numbered(frame: pd.DataFrame, columns: list[Column]) -> tuple[pd.DataFrame, list[Column]]:
    """Give rows without a sensor's number that of their device: the last three parts of its address.

    Where there is none either, the maker's name says what stands there; the file's name is often the owner's.
    """
    columns = [replace(c, role="note", label="sensor_type") if c.name == "device" else c for c in columns]
    address = next((c.name for c in columns if _plain(c.name) == "mac_address"), "")
    if any(c.role == "sensor" or c.name == "device" for c in columns):
        return frame, columns
    if not address:
        made = pd.Series("PurpleAir", index=frame.index, dtype="str")
        return frame.assign(device=made), [*columns, Column("device", "note", label="sensor_type")]
    short = {text: short_address(str(text)) for text in frame[address].unique()}
    sensor = frame[address].map(short).astype("str")
    return frame.assign(sensor=sensor), [*columns, Column("sensor", "sensor")]


def _placed(frame: pd.DataFrame, columns: list[Column], file: str) -> tuple[pd.DataFrame, list[Column], bool]:
    """Take the place from the name of an old download, where the table has none."""
    found = _PLACE.search(file.rsplit("/", 1)[-1])
    if not found or any(c.role in ("latitude", "longitude") for c in columns) or "latitude" in frame:
        return frame, columns, False
    frame = frame.assign(latitude=found["lat"], longitude=found["lon"]).astype(
        {"latitude": "str", "longitude": "str"}
    )
    return frame, [*columns, Column("latitude", "latitude"), Column("longitude", "longitude")], True


FORMAT = Format("purpleair", "PurpleAir", "time_stamp,sensor_index,pm2.5_atm_a,pm2.5_atm_b,…", sniff, parse)
