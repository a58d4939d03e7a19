r"""NOAA Integrated Surface Database: the "global hourly" CSV files, and ISD-Lite.

Samples (every cell of the first is a group of parts; the second has twelve columns of whole numbers)::

    "STATION","DATE","SOURCE","LATITUDE","LONGITUDE","ELEVATION","NAME","REPORT_TYPE",…,"WND","TMP","DEW","SLP"
    "99999099999","2024-05-01T00:00:00","4","58.38","26.72","70.0","ANYTOWN","FM-12",…,"240,1,N,0031,1","+0123,1",…

    2024 05 01 00   123    80 10132   240    31     8     0 -9999

What the format defines
    Times are UTC. ``TMP DEW`` 0.1 °C, ``SLP`` 0.1 hPa at sea level, ``MA1`` altimeter setting and station
    pressure in 0.1 hPa, ``WND`` direction and speed (0.1 m/s), ``OC1`` gust (0.1 m/s), ``VIS`` metres,
    ``AA1`` … ``AA4`` rain of so many hours in 0.1 mm. A digit behind each number is its quality: 2 and 6 are
    suspect, 3 and 7 are wrong. ISD-Lite: temperature, dew point, sea-level pressure, direction, speed, sky,
    rain of 1 and of 6 hours; tenths.
Traps
    * ``+9999``, ``99999``, ``999`` are missing values, ``-9999`` in ISD-Lite. ``-1`` is a trace of rain: kit
      takes 0.
    * Rain sums of 6, 12 and 24 hours overlap with those of 1 hour: kit takes those of 1 hour.
    * Direction 999 with type V is variable, with type C calm: no direction. Daily summaries (``SOD``,
      ``SOM``) stand between the hours and have no temperature.
    * One hour can have several reports (``FM-12``, ``FM-15``); equal ones are duplicates.
Source: https://www.ncei.noaa.gov/data/global-hourly/doc/isd-format-document.pdf
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from kit.formats._decode import decode
from kit.formats._delimited import no_rows, read_table
from kit.formats._format import Format
from kit.formats._official import scaled, verdicts
from kit.formats._reasons import NOT_KEPT, STATION_NUMBER, TENTHS
from kit.model import Column, RawTable, Source
from kit.text import N_

_HOUR = 3_600
_LITE = re.compile(r"^(?:1[89]|20)\d\d[ ]+[01]?\d[ ]+[0-3]?\d[ ]+[0-2]?\d(?:[ ]+-?\d{1,5}){8}[ ]*$", re.M)
#: A group of parts in one cell: "+0123,1" or "10132,1" or "240,1,N,0031,1".
_GROUPED = re.compile(r'"[+-]?\d{3,6},\d(,[A-Z9],\d{4},\d)?"')
_LITE_NAMES = ("year", "month", "day", "hour", "TMP", "DEW", "SLP", "WD", "WS", "SKY", "P01", "P06")
_LITE_HEADER = ",".join(_LITE_NAMES)
#: Group -> parts (place of the number, place of its quality, factor, missing codes, variable, unit).
_Part = tuple[int, int, float, tuple[float, ...], str, str]
_GROUPS: dict[str, tuple[_Part, ...]] = {
    "TMP": ((0, 1, 0.1, (9999,), "temperature", "°C"),),
    "DEW": ((0, 1, 0.1, (9999,), "dew_point", "°C"),),
    "SLP": ((0, 1, 0.1, (99999,), "pressure_sea_level", "hPa"),),
    "MA1": ((2, 3, 0.1, (99999,), "pressure", "hPa"),),
    "WND": ((0, 1, 1, (999,), "wind_direction", "deg"), (3, 4, 0.1, (9999,), "wind_speed", "m/s")),
    "OC1": ((0, 1, 0.1, (9999,), "wind_gust", "m/s"),),
    "VIS": ((0, 1, 1, (999999,), "visibility", "m"),),
}  # fmt: skip
_RAIN = ("AA1", "AA2", "AA3", "AA4")
_VERDICT = {"2": "suspect", "6": "suspect", "3": "fail", "7": "fail"}
_LITE_PARTS: dict[str, tuple[str, str, float]] = {
    "TMP": ("temperature", "°C", 0.1), "DEW": ("dew_point", "°C", 0.1),
    "SLP": ("pressure_sea_level", "hPa", 0.1), "WD": ("wind_direction", "deg", 1),
    "WS": ("wind_speed", "m/s", 0.1), "P01": ("rain", "mm", 0.1),
}  # fmt: skip
_SIX = N_("a sum of six hours; the sums of one hour are taken")


def sniff(source: Source, head: str) -> float:
    """Sure for the header of "global hourly" files and for lines of ISD-Lite."""
    text = head.lstrip("\ufeff \n")
    first = text.split("\n", 1)[0]
    names = [cell.strip(' "\r') for cell in first.split(",")]
    if _is_header(names) and ("REPORT_TYPE" in names or _GROUPED.search(text)):
        return 0.97
    if first.strip() == _LITE_HEADER:
        return 0.97
    lines = [line for line in text.split("\n")[:20] if line.strip()]
    return 0.9 if lines and all(_LITE.match(line) for line in lines[: max(1, len(lines) - 1)]) else 0.0


def _is_header(cells: Sequence[str]) -> bool:
    return {"STATION", "DATE"} <= set(cells) and bool(set(cells) & {*_GROUPS, *_RAIN})


def parse(source: Source) -> RawTable:
    """Read a "global hourly" or an ISD-Lite file; see the module."""
    text = decode(source).text.lstrip("\ufeff \n")
    first = text.split("\n", 1)[0]
    if _LITE.match(text) or first.strip() == _LITE_HEADER:
        return _lite(source, text)
    table = read_table(source, _is_header, (",", ";"))
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    frame = table.frame
    columns = [_column(str(name), set(table.header)) for name in frame.columns]
    made: dict[str, pd.Series] = {}
    for group in [name for name in _GROUPS if name in frame]:
        split = frame[group].str.split(",", expand=True)
        for part in _GROUPS[group]:
            _take(made, columns, group, split, part, 0)
    rains = [name for name in _RAIN if name in frame]
    for group in rains:
        split = frame[group].str.split(",", expand=True)
        if 3 not in split.columns:
            continue
        hourly = split[0].isin(["01", "1"])
        if not hourly.any():
            continue
        split = split.where(hourly, "")
        _take(made, columns, group, split, (1, 3, 0.1, (9999,), "rain", "mm"), _HOUR)
    frame = frame.assign(**made)
    return RawTable(
        "isd", "readings", frame, tuple(columns), zone="UTC", blank=table.blank, refused=table.refused,
        around=table.around, notes=table.notes,
    )  # fmt: skip


def _take(
    made: dict[str, pd.Series],
    columns: list[Column],
    group: str,
    split: pd.DataFrame,
    part: _Part,
    period: int,
) -> None:
    """Add the column of one number of a group, and the column of its quality."""
    place, quality, factor, missing, variable, unit = part
    if place not in split.columns:
        return
    name = f"{group} {variable} ({unit})"
    made[name] = scaled(split[place].fillna(""), factor, missing)
    stamp = "end" if period else "start"
    columns.append(
        Column(name, "value", group, variable, unit, period=period, stamp=stamp, derived=True)  # type: ignore[arg-type]
    )
    if quality in split.columns:
        made[f"{name} quality"] = verdicts(split[quality].fillna(""), _VERDICT)
        columns.append(Column(f"{name} quality", "quality", label=name, derived=True))


def _column(name: str, names: set[str]) -> Column:
    single = {"DATE": "time", "LATITUDE": "latitude", "LONGITUDE": "longitude", "ELEVATION": "elevation"}
    if name in single:
        return Column(name, single[name], label=name)  # type: ignore[arg-type]
    if name == "NAME" or (name == "STATION" and "NAME" not in names):
        return Column(name, "station", label=name)
    if name == "STATION":
        return Column(name, "ignored", label=name, reason=STATION_NUMBER)
    taken = name in _GROUPS or name in _RAIN
    return Column(name, "ignored", label=name, reason=TENTHS if taken else NOT_KEPT)


def _lite(source: Source, text: str) -> RawTable:
    if not text.startswith(_LITE_HEADER):
        text = _LITE_HEADER + "\n" + re.sub(r"^ +| +$", "", text, flags=re.M)
        head, _, body = text.partition("\n")
        text = head + "\n" + re.sub(r" +", ",", body)
    table = read_table(Source(source.name, text.encode()), lambda cells: tuple(cells) == _LITE_NAMES, (",",))
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    frame = table.frame
    clock = frame["year"] + "-" + frame["month"].str.zfill(2) + "-" + frame["day"].str.zfill(2)
    frame = frame.assign(time=(clock + " " + frame["hour"].str.zfill(2) + ":00").str.strip().astype("str"))
    columns = [
        Column(str(name), "ignored", label=str(name),
               reason=_SIX if name == "P06" else TENTHS if name in _LITE_PARTS else NOT_KEPT)
        for name in table.frame.columns
    ]  # fmt: skip
    columns.append(Column("time", "time", derived=True))
    for name, (variable, unit, factor) in _LITE_PARTS.items():
        new = f"{name} ({unit})"
        cells = frame[name].mask(frame[name] == "-1", "0") if name == "P01" else frame[name]
        frame = frame.assign(**{new: scaled(cells, factor, (-9999,))})
        period = _HOUR if variable == "rain" else 0
        stamp = "end" if period else "start"
        columns.append(Column(new, "value", name, variable, unit, period=period, stamp=stamp, derived=True))  # type: ignore[arg-type]
    return RawTable(
        "isd", "readings", frame, tuple(columns), zone="UTC", missing=("-9999",), blank=table.blank,
        refused=table.refused, around=table.around, notes=table.notes,
    )  # fmt: skip


FORMAT = Format("isd", "NOAA ISD", "STATION,DATE,…,REPORT_TYPE,…,WND,TMP", sniff, parse)
