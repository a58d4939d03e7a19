r"""Ecowitt, Froggit, Misol and other stations of the same maker: CSV or workbook export, and their SD card.

Samples (commas or semicolons; the words follow the language, the units the settings)::

    Time,Indoor Temperature(℃),Outdoor Temperature(℃),Outdoor Humidity(%),ABS Pressure(hPa),Daily Rain(mm)
    2024-05-01 06:05,21.4,8.1,91,1009.2,0.6

    Zeit;Temperatur Innen(℃);Temperatur Aussen(℃);Luftfeuchtigkeit Aussen(%);Regen/Tag(mm)
    2024-05-01 06:05;21,4;8,1;91;0,6

What the format defines
    The unit of every column stands in brackets at the end of its name. ``--`` is a missing value. Times are
    the station's local clock, with summer time, without saying so; newer SD cards add ``Timestamp``, seconds
    since 1970 in UTC, which is then the time. ``ABS`` pressure is as measured, ``REL`` reduced to sea level.
Traps
    * Rain columns "Hourly, Event, Daily, Weekly, Monthly, Yearly" are **running totals** that fall back to
      zero; ingest makes amounts of the longest-running one. "24h Rain" slides and is left out; "Rain Rate" is
      a rate. ``Piezo`` columns are a second gauge.
    * ``℃`` is one character (U+2103), not "°C".
    * ``CH1`` … ``CH8`` are extra sensors, each a channel of its own; a thermometer among them may hang in a
      room or a fridge, so ingest asks.
    * The workbook export has a row of groups ("Outdoor", "Indoor") above the names.
    * Older SD cards have a file for each extra sensor (``2024CH1A.CSV``, ``2024SM1A.CSV``) whose channel
      stands in the file's name alone, and one for all others (``202405Allsensors_A.CSV``). ``WH45`` and
      ``AQIN`` are for rooms; ``WH34``, ``WN34`` is a probe on a wire, in water, soil or a fridge.
    * EasyWeather (the program of the same maker) begins with the number of the record, and its time stands
      second, followed by the interval in minutes. Its "24 Hour Rainfall" slides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from kit.errors import FileError
from kit.formats import _words as words
from kit.formats._delimited import no_rows, read_table
from kit.formats._format import Format
from kit.formats._layout import is_date, is_number
from kit.formats._reasons import COUNTER, INTERVAL, OTHER_TIME
from kit.formats._stations import known, station_column
from kit.formats._times import from_epoch
from kit.model import Column, RawTable, Source

_TIME = re.compile(
    r"(time|date|datetime|date ?time|date ?& ?time|zeit|datum|aeg|kuupäev|tid|tijd|heure|temps|hora|fecha"
    r"|tiempo|data|ora|aika|czas|čas|laiks|laikas|время|час)\b",
    re.I,
)
_EPOCH = re.compile(r"timestamp$", re.I)
_OWN = re.compile(
    r"abs(olute)?\s*pressure|rel(ative)?\s*pressure|feels like"
    r"|(hourly|event|daily|weekly|monthly|yearly|total) rain|(indoor|outdoor) (temperature|humidity)"
    r"|solar rad|uv-?index|rain rate|wind gust"
    r"|gef(ü|ue)hlte temp|(temperatur|luftfeuchtigkeit|luftfeuchte) ?(innen|au(ss|ß)en)"
    r"|(innen|au(ss|ß)en)(temperatur|luftfeuchte|feuchte)|(absoluter|relativer) luftdruck|luftdruck (abs|rel)"
    r"|(abs|rel)\. luftdruck"
    r"|(st(ü|ue)ndlicher|ereignis|t(ä|ae)glicher|w(ö|oe)chentlicher|monatlicher|j(ä|ae)hrlicher) ?regen"
    r"|(tages|wochen|monats|jahres|stunden)regen|regen/(stunde|tag|woche|monat|jahr)|sonneneinstrahlung"
    r"|windb(ö|oe)e|ilmarain"
    r"|ch\d (temperature|humidity|dew ?point|heat ?index)|soil ?moisture ?ch\d|pm2\.5 ?ch\d"
    r"|thunder (count|dist)|w[hn]34 ?ch\d|(wh4[56]|aqin) ?(temp|humid|co2|pm)"
    r"|(hour|24 hour|week|month|total) rainfall",
    re.I,
)
#: An extra sensor's own file on an SD card: 2024CH1A.CSV.
_OWN_FILE = re.compile(r"(?:^|/)20\d\d(?P<channel>[A-Z]{2}\d)[A-Z]?\.csv$", re.I)
_INTERVAL = re.compile(r"(interval|intervall|intervalle)\b", re.I)
#: Words of the row of groups above the names in a workbook.
_GROUPS = re.compile(
    r"(^|[\t,;\"])(outdoor|indoor|rainfall|solar and uvi|au(ss|ß)en|innen)([\t,;\"]|$)", re.I
)
#: Another maker's portal writes the same names (kit.formats.ambient_weather).
_AMBIENT = re.compile(r"simple date|ultra-violet radiation index|max daily gust", re.I)
#: So many columns of different kinds make a table one of this maker's, whatever the language.
_ENOUGH = 6


def sniff(source: Source, head: str) -> float:
    """High if several names of columns are the maker's own and carry their unit in brackets."""
    above = ""
    for line in head.lstrip("\ufeff").split("\n", 12)[:12]:
        names = _without_number([name.strip(' "\r') for name in re.split(r"[,;\t]", line)])
        if _OWN_FILE.search(source.name) and _is_header(names, 1):
            return 0.85
        if len(names) >= 3 and _TIME.match(names[0]) and not _AMBIENT.search(line):
            units = [name for name in names if re.search(r"[(（].*[)）]", name)]
            own = sum(1 for name in units if _OWN.search(name))
            if len(units) >= 2 and _GROUPS.search(above):
                own += 2
            kinds = {known(name) for name in units} - {""}
            if own >= 2 or (len(kinds) >= _ENOUGH and kinds & {"temperature_indoor", "humidity_indoor"}):
                return 0.85 + min(own, 10) / 100
        above = line
    return 0.0


def _without_number(names: list[str]) -> list[str]:
    """The names without that of the record's number in front."""
    return names[1:] if len(names) > 1 and words.COUNTER.match(words.plain_name(names[0])) else names


def _is_header(cells: Sequence[str], units: int = 2) -> bool:
    cells = _without_number(list(cells))
    return bool(_TIME.match(cells[0])) and sum(1 for cell in cells if "(" in cell or "（" in cell) >= units


def parse(source: Source) -> RawTable:
    """Read an export; names that these stations share settle the variable, the vocabulary reads the rest."""
    own = _OWN_FILE.search(source.name)
    table = read_table(source, lambda cells: _is_header(cells, 1 if own else 2))
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    channel = own["channel"].lower() if own else ""
    columns = [_column(name, table.frame[name], channel) for name in table.header]
    if table.header[0] != _without_number(list(table.header))[0]:
        columns[0] = Column(table.header[0], "ignored", label=table.header[0], reason=COUNTER)
    frame, columns, zone = _with_epoch(table.frame, columns)
    if not any(column.role == "time" for column in columns):
        raise FileError(
            "{file} has no column with the time.", do="Export it again with the time.", code="no-times",
            file=source.name,
        )  # fmt: skip
    return RawTable(
        "ecowitt", "readings", frame, tuple(columns), zone=zone, decimal=table.decimal, missing=("--", "-"),
        blank=table.blank, refused=table.refused, around=table.around, notes=table.notes,
    )  # fmt: skip


def _column(name: str, cells: pd.Series, channel: str) -> Column:
    if _EPOCH.match(name):
        return Column(name, "note", label=name)
    if _TIME.match(name) and not _OWN.search(name) and (not known(name) or _are_dates(cells)):
        return Column(name, "time", label=name)
    if _INTERVAL.match(name):
        return Column(name, "ignored", label=name, reason=INTERVAL)
    return station_column(name, cells, channel)


def _are_dates(cells: pd.Series) -> bool:
    """Tell whether a column holds times: "Temps" is French for time, and temperatures elsewhere."""
    filled = [cell for cell in cells.head(20) if cell]
    return bool(filled) and all(is_date(cell) and not is_number(cell) for cell in filled)


def _with_epoch(frame: pd.DataFrame, columns: list[Column]) -> tuple[pd.DataFrame, list[Column], str]:
    """Take the column of seconds since 1970 for the time where there is one; it knows no summer time."""
    name = next((c.name for c in columns if c.role == "note" and _EPOCH.match(c.name)), "")
    text = from_epoch(frame[name]) if name else None
    found = [
        replace(c, role="ignored", reason=OTHER_TIME)
        if c.name == name or (c.role == "time" and text is not None)
        else c
        for c in columns
    ]
    if text is None:
        return frame, found, ""
    found.append(Column("time in UTC", "time", label="time in UTC", derived=True))
    return frame.assign(**{"time in UTC": text}), found, "UTC"


FORMAT = Format("ecowitt", "Ecowitt", "Time,Outdoor Temperature(℃),Outdoor Humidity(%),…", sniff, parse)
