r"""Met Éireann (Ireland): hourly and daily data of its stations, CSV below a legend.

Sample (``ind`` columns are indicators of the value behind them)::

    Station Name: ANYTOWN
    Station Height: 71 M
    Latitude:53.428  ,Longitude: -6.241

    date:   -  Date and Time (utc)
    rain:   -  Precipitation Amount (mm)

    date,ind,rain,ind,temp,ind,wetb,dewpt,vappr,rhum,msl
    01-may-2024 10:00,0,0.1,0,6.8,0,6.4,5.9,9.3,94,1004.9

What the format defines
    Times are UTC. Rain and sunshine of an hour stand at its end, wind is the mean of the ten minutes before;
    ``temp dewpt`` °C, ``rhum`` %, ``msl`` hPa at sea level, ``wdsp`` knots, ``wddir`` degrees, ``vis`` m,
    ``sun`` h. Days go from 0 to 24 UTC: ``maxtp mintp rain wdsp hg sun``, ``glorad``/``g_rad`` J/cm².
Traps
    * Names of months are English and small; an empty cell is a blank.
    * ``cbl`` is the pressure at the height of the station. ``hm`` is the highest mean of ten minutes.
Source: https://www.met.ie/climate/available-data/historical-data
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kit.formats._decode import decode
from kit.formats._delimited import no_rows, read_table
from kit.formats._format import Format
from kit.formats._official import Quantity, defined, parts, readings, scaled, with_place
from kit.formats._reasons import CONVERTED
from kit.model import Column, RawTable, Source

_HEADER = re.compile(r"^\W*date[;,](?=[^\n]*\b(?:ind|rain)\b)(?=[^\n]*\b(?:rain)\b)[^\n]*$", re.M)
_OWN = re.compile(r"\b(?:maxtp|mintp|dewpt|vappr|wdsp)\b")
_HOUR, _DAY = 3_600, 86_400
_HOURLY = {
    "rain": Quantity("rain", "mm", _HOUR, ends=True), "temp": Quantity("temperature", "Cel", 0),
    "dewpt": Quantity("dew_point", "Cel", 0), "rhum": Quantity("humidity", "%", 0),
    "msl": Quantity("pressure_sea_level", "hPa", 0), "vis": Quantity("visibility", "m", 0),
    "wdsp": Quantity("wind_speed", "[kn_i]", 600, ends=True),
    "wddir": Quantity("wind_direction", "deg", 600, ends=True),
    "sun": Quantity("sunshine", "h", _HOUR, ends=True),
}  # fmt: skip
_DAILY = {
    "rain": Quantity("rain", "mm"), "maxtp": Quantity("temperature_max", "Cel"),
    "mintp": Quantity("temperature_min", "Cel"), "cbl": Quantity("pressure", "hPa"),
    "wdsp": Quantity("wind_speed", "[kn_i]"), "hg": Quantity("wind_gust", "[kn_i]"),
    "sun": Quantity("sunshine", "h"),
}  # fmt: skip
_ENERGY = ("glorad", "g_rad")
_FACTS = (
    ("station name", r"Station Name:\s*(.+?)\s*,*$"), ("elevation", r"Station Height:\s*(-?[\d.]+)"),
    ("latitude", r"Latitude:\s*(-?[\d.]+)"), ("longitude", r"Longitude:\s*(-?[\d.]+)"),
)  # fmt: skip


def sniff(source: Source, head: str) -> float:
    """Sure for a line of the short names."""
    found = _HEADER.search(head)
    return 0.95 if found and len(_OWN.findall(found[0])) > 1 else 0.0


def _is_header(cells: Sequence[str]) -> bool:
    return cells[0] == "date" and len(_OWN.findall(",".join(cells))) > 1


def parse(source: Source) -> RawTable:
    """Read hours or days with the station's place; see the module."""
    table = read_table(source, _is_header, (",", ";"))
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    text = decode(source).text
    head = text[: text.find("\ndate,") + 1]
    facts = {name: found[1] for name, rule in _FACTS if (found := re.search(rule, head, re.M | re.I))}
    frame = with_place(table.frame, facts)
    names = list(map(str, frame.columns))
    time = frame["date"]
    hourly = bool(time.str.contains(":", regex=False).any())
    others, added = parts("date"), []
    for name in [name for name in _ENERGY if name in names]:
        label = f"{name} (W/m²)"
        frame = frame.assign(**{label: scaled(frame[name], 10_000 / _DAY)})
        others[name] = Column(name, "ignored", label=name, reason=CONVERTED)
        added.append(Quantity("radiation", "W/m2").column(label, name, derived=True))
    columns = [*defined(frame[names], _HOURLY if hourly else _DAILY, others), *added]
    return readings("met-eireann", table, frame, columns, time, zone="UTC", period=0 if hourly else _DAY)


FORMAT = Format("met-eireann", "Met Éireann", "date,ind,rain,ind,temp,ind,wetb,dewpt,…", sniff, parse)
