r"""Cumulus and Cumulus MX: the monthly log of a weather station (``May24log.txt``).

Sample (no header; one line every ten minutes or as set)::

    01/05/24,00:10,12.3,61,5.0,3.6,6.1,225,0.0,0.2,1013.2,431.8,20.9,45,4.1,11.9,12.3,0.0,0,0.000,0.000,…

What the format defines
    The order of the columns (``_NAMES``): clock of the computer, values of that moment, average wind and
    highest gust of the last ten minutes, pressure at sea level, rain of the day and the gauge's own counter.
    Later versions added columns at the end; from version 4 on a column with seconds since 1970 stands third.
Traps
    * Date first, then month, always two digits; between them stands what the computer's language uses.
    * The separator is ``,`` or ``;`` (then the decimal sign may be a comma).
    * Units are those of the user's settings and not in the file: ingest asks.
    * The rain of the day starts again at midnight or at 9 or 10 in the morning.
    * A new version in the middle of a month writes longer lines than the old one.
    * 0 stands for sensors that a station does not have: columns of nothing but 0 for sun, UV and sunshine are
      left out.
Source: https://cumuluswiki.org/a/Standard_log_files
"""

from __future__ import annotations

import re

import pandas as pd

from kit.formats._body import read_body
from kit.formats._decode import decode
from kit.formats._delimited import decimal_sign, no_rows
from kit.formats._format import Format
from kit.formats._reasons import COMPUTED, EMPTY, NOT_KEPT, PART, SAID
from kit.model import Column, RawTable, Source
from kit.text import N_

#: Name -> (variable, unit, counter) in the order of the file; "" for what kit does not take.
_NAMES: dict[str, tuple[str, str, str]] = {
    "date": ("", "", ""), "time": ("", "", ""), "temperature": ("temperature", "", ""),
    "humidity": ("humidity", "%", ""), "dew point": ("dew_point", "", ""),
    "average wind": ("wind_speed", "", ""), "gust": ("wind_gust", "", ""),
    "average wind direction": ("wind_direction", "deg", ""), "rain rate": ("rain_rate", "", ""),
    "rain today": ("rain", "", "day"), "pressure at sea level": ("pressure_sea_level", "", ""),
    "rain counter": ("rain", "", "total"), "indoor temperature": ("temperature_indoor", "", ""),
    "indoor humidity": ("humidity_indoor", "%", ""), "latest gust": ("", "", ""),
    "wind chill": ("", "", ""), "heat index": ("", "", ""), "UV index": ("uv_index", "1", ""),
    "solar radiation": ("radiation", "W/m2", ""), "evapotranspiration": ("", "", ""),
    "annual evapotranspiration": ("", "", ""), "apparent temperature": ("", "", ""),
    "highest possible radiation": ("", "", ""), "sunshine today": ("", "", ""),
    "wind direction": ("", "", ""), "RG-11 rain today": ("", "", ""), "rain since midnight": ("", "", ""),
    "feels like": ("", "", ""), "humidex": ("", "", ""),
}  # fmt: skip
_COMPUTED = ("wind chill", "heat index", "apparent temperature", "highest possible radiation",
             "feels like", "humidex")  # fmt: skip
_START = re.compile(r"\d\d[^\w\s,;]\d\d[^\w\s,;]\d\d([,;])\d\d[:.]\d\d\1")
_NUMBER = re.compile(r"-?\d+([.,]\d+)?|")
_EPOCH = re.compile(r"1\d{9}$")
_NO_SENSOR = N_("nothing but 0: the station has no such sensor")


def sniff(source: Source, head: str) -> float:
    """Sure if the first lines, or half of them, are a date, a clock and at least twelve numbers."""
    lines = [line for line in head.lstrip("\ufeff").split("\n")[:6] if line.strip()]
    return 0.97 if sum(map(bool, map(_separator, lines))) > 0.4 * len(lines) else 0.0


def _separator(line: str) -> str:
    """Return the separator of a line of such a log, "" for any other line."""
    found = _START.match(line)
    if found is None:
        return ""
    cells = line.strip().split(found[1])[2:]
    fits = len(cells) >= 12 and all(map(_NUMBER.fullmatch, cells))
    return found[1] if fits else ""


def parse(source: Source) -> RawTable:
    """Read a monthly log; see the module for its rules."""
    decoded = decode(source)
    lines = decoded.text.lstrip("\ufeff").split("\n")
    at = next((place for place, line in enumerate(lines[:9]) if _separator(line)), None)
    if at is None:
        raise no_rows(source.name)
    above, text, separator = lines[:at], "\n".join(lines[at:]), _separator(lines[at])
    text, width = _as_long(text, separator)
    names = list(_NAMES)
    if _EPOCH.match(text.split(separator, 3)[2]):
        names.insert(2, "seconds since 1970")
    names += [f"column {place + 1}" for place in range(len(names), width)]
    body = read_body(source, text, separator, width, not text.endswith("\n"))
    frame = body.frame
    frame.columns = pd.Index(names[: frame.shape[1]])
    day = frame["date"].str.replace(r"^(\d\d)\D(\d\d)\D(\d\d)$", r"20\3-\2-\1", regex=True)
    clock = frame["time"].str.replace(".", ":", regex=False)
    frame = frame.assign(**{"date + time": (day + " " + clock).astype("str")})
    columns = [_column(str(name), frame[name]) for name in frame.columns]
    return RawTable(
        "cumulus", "readings", frame, tuple(columns), decimal=decimal_sign(frame, separator),
        blank=body.blank, refused=tuple(body.refused), notes=(*decoded.notes, *body.notes),
        around=(*(line for line in above if line.strip()), *body.below),
    )  # fmt: skip


def _as_long(text: str, separator: str) -> tuple[str, int]:
    """Return the text with as many cells in every whole line, and how many: new versions write more.

    >>> _as_long("1;2\\n1;2;3\\n", ";")
    ('1;2;\\n1;2;3\\n', 3)
    """
    lines = pd.Series(text.split("\n"), dtype="str")
    signs = lines.str.count(re.escape(separator))
    most = int(signs.max())
    whole = lines.str.contains(separator, regex=False) & (signs < most)
    whole.iloc[-1] = False
    if whole.any():
        lines = lines.where(~whole, lines + (most - signs).map(lambda size: separator * size))
    return "\n".join(lines), most + 1


def _column(name: str, cells: pd.Series) -> Column:
    if name == "date + time":
        return Column(name, "time", derived=True)
    if name in ("date", "time"):
        return Column(name, "ignored", label=name, reason=PART)
    variable, unit, counter = _NAMES.get(name, ("", "", ""))
    if not (cells != "").any():
        return Column(name, "ignored", label=name, reason=EMPTY)
    if name in ("UV index", "solar radiation") and cells.str.fullmatch(r"-?0*([.,]0*)?").all():
        return Column(name, "ignored", label=name, reason=_NO_SENSOR)
    if variable:
        return Column(name, "value", label=name, variable=variable, unit=unit, counter=counter)
    if name in _COMPUTED:
        return Column(name, "ignored", label=name, reason=COMPUTED)
    also = name in ("latest gust", "wind direction", "rain since midnight", "seconds since 1970")
    return Column(name, "ignored", label=name, reason=SAID if also else NOT_KEPT)


FORMAT = Format("cumulus", "Cumulus", "dd/mm/yy,hh:mm,… (no header; May24log.txt)", sniff, parse)
