r"""NOAA's Global Surface Summary of the Day (GSOD): one file per station and year.

Sample (comma, quoted, padded with blanks)::

    "STATION","DATE","LATITUDE","LONGITUDE","ELEVATION","NAME","TEMP","TEMP_ATTRIBUTES","DEWP",…,"FRSHTT"
    "99999099999","2024-05-01","58.38","26.72","70.0","ANYTOWN, EN","  49.6","24","  35.1",…,"000000"

What the format defines
    Days are those of UTC. ``TEMP`` (mean), ``DEWP``, ``MAX``, ``MIN`` are in degrees Fahrenheit, ``SLP`` in
    hPa, ``VISIB`` in miles, ``WDSP`` (mean) and ``GUST`` in knots, ``PRCP`` and ``SNDP`` in inches. The file
    says none of that. Source: https://www.ncei.noaa.gov/data/global-summary-of-the-day/doc/readme.txt.
Traps
    * Each column has a number of its own for "missing": 9999.9 for temperatures and pressures, 999.9 for
      visibility, wind and snow, 99.99 for rain. 999.9 hPa is a pressure.
    * ``…_ATTRIBUTES`` beside a mean is the number of reports in it and no reading.
    * ``STP``, the pressure at the station, lacks its first digit from 1000 hPa on; it is left out, and so is
      ``MXSPD``, the fastest mean wind.
    * Snow and gusts are reported on some days only; a day without them lacks nothing.
    * ``PRCP`` is the sum that a station reported last, which in some places is not that of the UTC day.
"""

from __future__ import annotations

from collections.abc import Sequence

from kit.formats._delimited import no_rows, read_table
from kit.formats._format import Format
from kit.formats._reasons import NOT_KEPT
from kit.model import Column, RawTable, Source
from kit.text import N_

#: Column -> variable, unit, the text for a missing value.
_VALUES = {
    "TEMP": ("temperature", "°F", "9999.9"), "DEWP": ("dew_point", "°F", "9999.9"),
    "MAX": ("temperature_max", "°F", "9999.9"), "MIN": ("temperature_min", "°F", "9999.9"),
    "SLP": ("pressure_sea_level", "hPa", "9999.9"), "VISIB": ("visibility", "mi", "999.9"),
    "WDSP": ("wind_speed", "kt", "999.9"), "GUST": ("wind_gust", "kt", "999.9"),
    "PRCP": ("rain", "in", "99.99"), "SNDP": ("snow_depth", "in", "999.9"),
}  # fmt: skip
_MARK = N_("how many reports a mean has, or how a value was found")
_STP = N_("it lacks its first digit from 1000 hPa on")
_DAYS = N_("The days are those of UTC.")


def sniff(source: Source, head: str) -> float:
    """1 if the header has the columns that only this product has.

    >>> sniff(Source("a.csv", b""), "STATION,DATE,TEMP,TEMP_ATTRIBUTES,WDSP,MAX,MIN,PRCP,FRSHTT")
    1.0
    """
    first = head.lstrip("\ufeff").split("\n", 1)[0]
    return 1.0 if _is_header([cell.strip('" \r') for cell in first.split(",")]) else 0.0


def _is_header(cells: Sequence[str]) -> bool:
    return {"STATION", "DATE", "TEMP", "MAX", "MIN"} <= {*cells} and bool(
        {"FRSHTT", "TEMP_ATTRIBUTES", "MXSPD"} & {*cells}
    )


def parse(source: Source) -> RawTable:
    """Read one station's year, or several years of several stations below each other."""
    table = read_table(source, _is_header, (",",))
    frame = table.frame.loc[table.frame["STATION"] != "STATION"]
    if frame.empty and not table.refused:
        raise no_rows(source.name)
    codes = {name: said[2] for name, said in _VALUES.items() if name in frame}
    frame = frame.assign(**{name: frame[name].mask(frame[name] == code, "") for name, code in codes.items()})
    return RawTable(
        "gsod", "readings", frame, tuple(_column(str(name)) for name in frame.columns), zone="UTC",
        period=86_400, blank=table.blank, refused=table.refused, notes=(*table.notes, (_DAYS, {})),
        sparse=True,
    )  # fmt: skip


def _column(name: str) -> Column:
    places = {"STATION": "station", "DATE": "date", "LATITUDE": "latitude", "LONGITUDE": "longitude"}
    if name in places:
        return Column(name, places[name], label=name)  # type: ignore[arg-type]
    if name == "ELEVATION":
        return Column(name, "elevation", label=name, unit="m")
    if name in _VALUES:
        variable, unit, _ = _VALUES[name]
        return Column(name, "value", label=name, variable=variable, unit=unit)
    if name == "NAME":
        return Column(name, "note", label="station name")
    reason = _MARK if name.endswith("_ATTRIBUTES") else _STP if name == "STP" else NOT_KEPT
    return Column(name, "ignored", label=name, reason=reason)


FORMAT = Format("gsod", "NOAA GSOD", "STATION,DATE,…,TEMP,TEMP_ATTRIBUTES,DEWP,…,FRSHTT", sniff, parse)
