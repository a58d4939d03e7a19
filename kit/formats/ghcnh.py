r"""NOAA GHCN-Hourly: one station's observations, columns divided by "|" (.psv) or commas.

Sample (six columns for each quantity: value, measurement code, quality code, report type, source, station)::

    Station_ID|Station_name|DATE|Year|Month|Day|Hour|Minute|Latitude|Longitude|Elevation|temperature|…
    XXI0000XXXX|ANYTOWN|2024-05-01T10:20:00|2024|5|1|10|20|58.380|26.720|40.0|12.3||1|FM-15|335|…

What the format defines
    Times are UTC; the older files have no ``DATE`` but its parts. ``temperature`` and
    ``dew_point_temperature`` °C, ``station_level_pressure`` and ``sea_level_pressure`` hPa, wind m/s and
    degrees, ``relative_humidity`` %, ``visibility`` km, ``precipitation`` mm of the hour before.
Traps
    * Quality codes 2 and 6 are suspect, 3 and 7 wrong; letters name the check that failed.
    * Sums of several hours (``precipitation_6_hour``) hold the same rain: left out.
    * Several reports may stand at one minute; the later row counts.
Source: https://www.ncei.noaa.gov/products/global-historical-climatology-network-hourly
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kit.formats._delimited import no_rows, read_table
from kit.formats._format import Format
from kit.formats._official import Quantity, defined, parts, readings, verdicts
from kit.formats._reasons import MARK, STATION_NUMBER
from kit.formats._times import join_parts
from kit.model import Column, RawTable, Source

_HEADER = re.compile(
    r"^\W*(?:Station_ID|STATION)[|,;](?:Station_name)[|,;](?:DATE|Year)[|,;].*temperature", re.M
)
_MEANING = {
    "temperature": Quantity("temperature", "Cel", 0),
    "dew_point_temperature": Quantity("dew_point", "Cel", 0),
    "station_level_pressure": Quantity("pressure", "hPa", 0),
    "sea_level_pressure": Quantity("pressure_sea_level", "hPa", 0),
    "wind_direction": Quantity("wind_direction", "deg", 0), "wind_speed": Quantity("wind_speed", "m/s", 0),
    "wind_gust": Quantity("wind_gust", "m/s", 0), "relative_humidity": Quantity("humidity", "%", 0),
    "visibility": Quantity("visibility", "km", 0),
    "precipitation": Quantity("rain", "mm", 3_600, ends=True),
}  # fmt: skip
_PARTS = ("Year", "Month", "Day", "Hour", "Minute")
_BAD = {"2": "suspect", "6": "suspect", "3": "fail", "7": "fail"}


def sniff(source: Source, head: str) -> float:
    """Sure for the names of the station and the date."""
    return 0.97 if _HEADER.search(head) else 0.0


def _is_header(cells: Sequence[str]) -> bool:
    return len(cells) > 10 and bool(_HEADER.search("|".join(cells)))


def parse(source: Source) -> RawTable:
    """Read one station's file; see the module."""
    table = read_table(source, _is_header, ("|", ",", ";"))
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    frame = table.frame
    names = list(map(str, frame.columns))
    others = {
        **parts("DATE", *_PARTS),
        names[0]: Column(names[0], "ignored", label=names[0], reason=STATION_NUMBER),
    }
    others["Station_name"] = Column("Station_name", "station", label="Station_name")
    for name in ("Latitude", "Longitude", "Elevation"):
        others[name] = Column(name, name.lower(), label=name)  # type: ignore[arg-type]
    if "DATE" in frame:
        time = frame["DATE"]
    else:
        joined, _, _ = join_parts(frame, [], _PARTS)
        time = joined[" + ".join(_PARTS)]
    added = []
    for name in [name for name in _MEANING if f"{name}_Quality_Code" in frame]:
        said = f"{name} (verdict)"
        marks = frame[f"{name}_Quality_Code"].str.replace(r"^[A-Za-z]$", "2", regex=True)
        frame = frame.assign(**{said: verdicts(marks, _BAD)})
        added.append(Column(said, "quality", label=name, derived=True))
    columns = [*defined(frame[names], _MEANING, others, MARK), *added]
    return readings("ghcnh", table, frame, columns, time, zone="UTC")


FORMAT = Format("ghcnh", "GHCN-Hourly", "Station_ID|Station_name|DATE|…|temperature|…", sniff, parse)
