r"""KNMI (the Netherlands): hourly and daily values of its stations, text with a block of remarks above.

Sample (``#`` before the remarks; older files have none; blanks fill the cells)::

    # STN         LON(east)   LAT(north)     ALT(m)  NAME
    # 999         4.000       52.000         3.00    Anytown
    # STN,YYYYMMDD,   HH,   DD,   FH,   FX,    T,   TD,   RH,    P,    U
      999,20240501,    1,  240,   30,   60,  101,   80,   -1,10132,   87

What the format defines
    Whole numbers in tenths: ``T TD TG TN TX`` 0.1 °C, ``FH FG FX FXX`` 0.1 m/s, ``RH`` 0.1 mm of rain (not
    relative humidity: that is ``U`` and ``UG``), ``P PG`` 0.1 hPa at sea level, ``SQ`` 0.1 h of sunshine,
    ``Q`` J/cm² of global radiation. ``HH`` 5 is the hour from 4:00 to 5:00 UT; means and sums are of that
    hour, temperature, humidity and pressure of its end. Days go from 0 to 24 UT.
Traps
    * ``RH`` and ``SQ`` of -1 mean "less than 0.05": kit takes 0.
    * ``DD`` 0 is calm and 990 is variable: no direction.
    * ``FF`` is the mean of the last ten minutes; where ``FH``, that of the hour, is there too, it is left
      out.
Source: https://www.knmi.nl/nederland-nu/klimatologie/uurgegevens
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from kit.formats._decode import Note, decode
from kit.formats._delimited import no_rows, read_table
from kit.formats._format import Format
from kit.formats._official import PLACE, scaled, with_place
from kit.formats._reasons import NOT_KEPT, PART, TENTHS
from kit.model import Column, RawTable, Source
from kit.text import N_

_HOUR, _DAY = 3_600, 86_400
_HEADER = re.compile(r"^[ \t]*#?[ \t]*STN[ \t]*,[ \t]*YYYYMMDD[ \t]*,.*$", re.M)
_PLACE = re.compile(r"^#?\s*(\d{3}):?\s+(-?\d+\.\d+)\s+(-?\d+\.\d+)\s+(-?\d+(?:\.\d+)?)\s+(\S.*)$", re.M)
#: Name -> (variable, unit, factor, whether it is of the whole hour).
_HOURLY = {
    "T": ("temperature", "°C", 0.1, False), "TD": ("dew_point", "°C", 0.1, False),
    "U": ("humidity", "%", 1, False), "P": ("pressure_sea_level", "hPa", 0.1, False),
    "DD": ("wind_direction", "deg", 1, False), "FH": ("wind_speed", "m/s", 0.1, True),
    "FF": ("wind_speed", "m/s", 0.1, False), "FX": ("wind_gust", "m/s", 0.1, True),
    "RH": ("rain", "mm", 0.1, True), "SQ": ("sunshine", "h", 0.1, True),
    "Q": ("radiation", "W/m²", 10_000 / _HOUR, True),
}  # fmt: skip
_DAILY = {
    "TG": ("temperature", "°C", 0.1, True), "TN": ("temperature_min", "°C", 0.1, True),
    "TX": ("temperature_max", "°C", 0.1, True), "UG": ("humidity", "%", 1, True),
    "PG": ("pressure_sea_level", "hPa", 0.1, True), "DDVEC": ("wind_direction", "deg", 1, True),
    "FG": ("wind_speed", "m/s", 0.1, True), "FXX": ("wind_gust", "m/s", 0.1, True),
    "RH": ("rain", "mm", 0.1, True), "SQ": ("sunshine", "h", 0.1, True),
    "Q": ("radiation", "W/m²", 10_000 / _DAY, True),
}  # fmt: skip
_TEN_MINUTES = N_("mean of ten minutes; the mean of the hour is taken")
_TRACES = N_("Amounts written as -1 (less than 0.05) were taken as 0: {n}.")


def sniff(source: Source, head: str) -> float:
    """Sure if some line names the station and the date in KNMI's way."""
    return 0.97 if _HEADER.search(head) else 0.0


def _is_header(cells: Sequence[str]) -> bool:
    return len(cells) > 2 and cells[0].strip("# \t") == "STN" and cells[1].strip() == "YYYYMMDD"


def parse(source: Source) -> RawTable:
    """Read an hourly or daily file; see the module for the units."""
    decoded = decode(source)
    header = _HEADER.search(decoded.text)
    above = decoded.text[: header.start()] if header else ""
    body = decoded.text[header.start() :].lstrip("# \t") if header else decoded.text
    lines = body.split("\n", 2)
    if len(lines) > 1 and not lines[1].strip("# \t"):  # an empty remark between header and data
        body = "\n".join([lines[0], *lines[2:]])
    table = read_table(Source(source.name, body.encode()), _is_header, (",", ";"))
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    frame = _with_places(table.frame, above)
    hourly = next((name for name in ("HH", "H", "HOUR") if name in frame), "")
    date = frame["YYYYMMDD"].str.replace(r"^(\d{4})(\d{2})(\d{2})$", r"\1-\2-\3", regex=True)
    if hourly:
        clock = frame[hourly].str.replace(r"\.0+$", "", regex=True).str.zfill(2)
        date = date + " " + clock + ":00"
    frame = frame.assign(time=date.str.strip().astype("str"))
    meaning = _HOURLY if hourly else _DAILY
    columns = [_column(str(name), meaning, hourly, set(frame.columns)) for name in frame.columns]
    notes: list[Note] = list(table.notes)
    for name in [name for name in frame.columns if name in meaning]:
        if name == "FF" and "FH" in frame:
            continue
        variable, unit, factor, whole = meaning[str(name)]
        frame, traces = _converted(frame, str(name), f"{name} ({unit})", factor)
        notes += [(_TRACES, {"n": traces})] if traces else []
        own = (_HOUR if whole else 0) if hourly else _DAY
        columns.append(Column(
            f"{name} ({unit})", "value", str(name), variable, unit, period=own,
            stamp="end" if hourly and whole else "start", derived=True,
        ))  # fmt: skip
    return RawTable(
        "knmi", "readings", frame, tuple(columns), zone="UTC", period=0 if hourly else _DAY,
        blank=table.blank, refused=table.refused, notes=tuple(notes),
        around=tuple(line.strip("# ") for line in above.split("\n") if line.strip("# ")),
    )  # fmt: skip


def _with_places(frame: pd.DataFrame, above: str) -> pd.DataFrame:
    """Add the place of every station that the lines above the table name."""
    known = {
        number: {
            "longitude": east,
            "latitude": north,
            "elevation": height,
            "station name": " ".join(name.split()),
        }
        for number, east, north, height, name in _PLACE.findall(above)
    }
    if not known:
        return frame
    if frame["STN"].nunique() == 1:
        return with_place(frame, known.get(str(frame["STN"].iloc[0]), {}))
    places = {
        name: frame["STN"].map(lambda number, name=name: known.get(number, {}).get(name, "")).astype("str")
        for name in PLACE
    }
    return frame.assign(**places)


def _converted(frame: pd.DataFrame, name: str, new: str, factor: float) -> tuple[pd.DataFrame, int]:
    cells, traces = frame[name], 0
    if name in ("RH", "SQ"):
        small = cells == "-1"
        traces, cells = int(small.sum()), cells.mask(small, "0")
    gone = (0.0, 990.0) if name in ("DD", "DDVEC") else ()
    return frame.assign(**{new: scaled(cells, factor, gone)}), traces


def _column(
    name: str, meaning: dict[str, tuple[str, str, float, bool]], hourly: str, names: set[str]
) -> Column:
    if name in PLACE:
        role = "station" if name == "station name" else name
        return Column(name, role, label=name)  # type: ignore[arg-type]
    if name == "time":
        return Column(name, "time" if hourly else "date", derived=True)
    if name in ("YYYYMMDD", hourly):
        return Column(name, "ignored", label=name, reason=PART)
    if name == "STN":
        return Column(name, "note" if "station name" in names else "station", label="station")
    if name == "FF" and "FH" in names:
        return Column(name, "ignored", label=name, reason=_TEN_MINUTES)
    return Column(name, "ignored", label=name, reason=TENTHS if name in meaning else NOT_KEPT)


FORMAT = Format("knmi", "KNMI", "# STN,YYYYMMDD,HH,DD,FH,T,RH,…", sniff, parse)
