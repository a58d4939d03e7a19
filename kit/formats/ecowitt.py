r"""Ecowitt, Froggit, Ambient Weather and other stations of the same maker: CSV or workbook export.

Samples (commas or semicolons; the words follow the language, the units the settings)::

    Time,Indoor Temperature(℃),Outdoor Temperature(℃),Outdoor Humidity(%),ABS Pressure(hPa),Daily Rain(mm)
    2024-05-01 06:05,21.4,8.1,91,1009.2,0.6

    Zeit;Temperatur Innen(℃);Temperatur Aussen(℃);Luftfeuchtigkeit Aussen(%);Tagesregen(mm)
    2024-05-01 06:05;21,4;8,1;91;0,6

What the format defines
    The unit of every column stands in brackets at the end of its name. ``--`` is a missing value. Times are
    the station's local clock, with summer time, without saying so. ``ABS`` pressure is as measured, ``REL``
    reduced to sea level.
Traps
    * Rain columns "Hourly, Event, Daily, Weekly, Monthly, Yearly" are **counters** that grow and fall back to
      zero; adding them up gives nonsense. Only ``Rain Rate`` is a value of its own. kit leaves them out.
    * ``℃`` is one character (U+2103), not "°C".
    * ``CH1`` … ``CH8`` are extra sensors; each is a channel of its own and may be indoors or in the ground.
    * The workbook export has a row of groups ("Outdoor", "Indoor") above the names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kit.errors import FileError
from kit.formats._columns import split_unit
from kit.formats._delimited import no_rows, read_table
from kit.formats._format import Format
from kit.formats._roles import EMPTY
from kit.model import Column, RawTable, Source
from kit.text import N_

_TIME = re.compile(
    r"(time|date|datetime|date ?time|simple date|zeit|datum|aeg|kuupäev|tid|tijd|heure|hora|data)\b", re.I
)
_OWN = re.compile(
    r"abs(olute)?\s*pressure|rel(ative)?\s*pressure|feels like"
    r"|(hourly|event|daily|weekly|monthly|yearly|total) rain|(indoor|outdoor) (temperature|humidity)"
    r"|solar rad|uv-?index|rain rate|wind gust"
    r"|gef(ü|ue)hlte temp|(temperatur|luftfeuchtigkeit|luftfeuchte) ?(innen|au(ss|ß)en)"
    r"|(innen|au(ss|ß)en)(temperatur|luftfeuchte|feuchte)|(absoluter|relativer) luftdruck|luftdruck (abs|rel)"
    r"|(st(ü|ue)ndlicher|ereignis|t(ä|ae)glicher|w(ö|oe)chentlicher|monatlicher|j(ä|ae)hrlicher) ?regen"
    r"|(tages|wochen|monats|jahres|stunden)regen|sonneneinstrahlung|windb(ö|oe)e|ilmarain",
    re.I,
)
_COUNTER = re.compile(
    r"(hour(ly)?|event|dai?ly|day|week(ly)?|month(ly)?|year(ly)?|total|24 ?h(our)?s?) ?rain"
    r"|rain ?(hour|event|day|week|month|year|total|today)"
    r"|(st(ü|ue)ndlich\w*|stunden|ereignis\w*|t(ä|ae)glich\w*|tages|w(ö|oe)chentlich\w*|wochen|monat\w*"
    r"|j(ä|ae)hrlich\w*|jahres|gesamt)[- ]?(regen|niederschlag)"
    r"|regen ?\(?(stunde|ereignis|tag|woche|monat|jahr|gesamt)",
    re.I,
)
#: Words of the row of groups above the names in a workbook.
_GROUPS = re.compile(
    r"(^|[\t,;\"])(outdoor|indoor|rainfall|solar and uvi|au(ss|ß)en|innen)([\t,;\"]|$)", re.I
)
_CHANNEL = re.compile(r"\b(?:CH|Ch|channel|Kanal)\s?(\d{1,2})\b")
_RESETTING = N_("a counter that falls back to zero, not an amount of rain")


def sniff(source: Source, head: str) -> float:
    """High if several names of columns are the maker's own and carry their unit in brackets."""
    above = ""
    for line in head.lstrip("\ufeff").split("\n", 12)[:12]:
        names = [name.strip(' "') for name in re.split(r"[,;\t]", line)]
        if len(names) >= 3 and _TIME.match(names[0]):
            units = [name for name in names if re.search(r"[(（].*[)）]", name)]
            own = sum(1 for name in units if _OWN.search(name))
            if len(units) >= 2 and _GROUPS.search(above):
                own += 2
            if own >= 2:
                return 0.85 + min(own, 10) / 100
        above = line
    return 0.0


def _is_header(cells: Sequence[str]) -> bool:
    return bool(_TIME.match(cells[0])) and sum(1 for cell in cells if "(" in cell or "（" in cell) >= 2


def parse(source: Source) -> RawTable:
    """Read an export; the vocabulary finds the variables from the names, the units stand in them."""
    table = read_table(source, _is_header)
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    columns = []
    for name in table.header:
        plain = name.replace("（", "(").replace("）", ")")
        columns.append(_column(name, plain, bool((table.frame[name] != "").any())))
    if not any(column.role == "time" for column in columns):
        raise FileError(
            "{file} has no column with the time.", do="Export it again with the time.", code="no-times",
            file=source.name,
        )  # fmt: skip
    return RawTable(
        "ecowitt", "readings", table.frame, tuple(columns), decimal=table.decimal, missing=("--", "-"),
        blank=table.blank, refused=table.refused, around=table.around, notes=table.notes,
    )  # fmt: skip


def _column(name: str, plain: str, filled: bool) -> Column:
    label, unit = split_unit(plain)
    if _TIME.match(plain) and not unit and not _OWN.search(plain):
        return Column(name, "time", label=plain)
    if not filled:
        return Column(name, "ignored", label=label, reason=EMPTY)
    if _COUNTER.search(label) and "rate" not in label.lower():
        return Column(name, "ignored", label=label, unit=unit, reason=_RESETTING)
    channel = _CHANNEL.search(label)
    return Column(name, "value", label=label, unit=unit, sensor=channel[1] if channel else "1")


FORMAT = Format("ecowitt", "Ecowitt", "Time,Outdoor Temperature(℃),Outdoor Humidity(%),…", sniff, parse)
