r"""Environment and Climate Change Canada: hourly, daily and monthly climate data, CSV.

Sample (a column of flags behind each quantity; days have ``Date/Time`` as 2024-05-01, months 2024-05)::

    "Longitude (x)","Latitude (y)","Station Name","Climate ID","Date/Time (LST)","Year","Month","Day",
      "Time (LST)","Temp (°C)","Temp Flag","Wind Dir (10s deg)","Wind Dir Flag","Precip. Amount (mm)"
    "-52.75","47.62","ANYTOWN A","9999999","2024-05-01 10:30","2024","05","01","10:30","12.0","","27","","0.2"

What the format defines
    Times of hours are local standard time all year (or UTC, where the name says so). Directions are in tens
    of degrees, pressure in kPa, wind in km/h. Rain of an hour stands at its end; the other values of hours
    are of that moment. Flag ``E`` is an estimate, ``M`` missing, ``T`` a trace (0).
Traps
    * A gust of ``<31`` only says that there was none above 31 km/h: it is left out.
    * ``Total Rain`` and ``Total Snow`` (cm of new snow) are parts of ``Total Precip``: kit takes the whole.
    * A direction of 0 is calm.
Source: https://climate.weather.gc.ca/glossary_e.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from kit.formats._delimited import no_rows, read_table
from kit.formats._format import Format
from kit.formats._official import Quantity, defined, readings, scaled, verdicts
from kit.formats._reasons import CONVERTED, MARK, NOT_KEPT, OTHER_TIME, PART, STATION_NUMBER
from kit.model import MONTH, Column, RawTable, Source

_HEADER = re.compile(r'^\W*"?Longitude \(x\)"?[;,]"?Latitude \(y\)"?[;,]"?Station Name', re.M)
_HOUR, _DAY = 3_600, 86_400
_TENS = re.compile(r"\((?:10s|10's) deg\)")
#: Beginning of a name -> what it means.
_HOURLY = {
    "Temp (": Quantity("temperature", "Cel", 0), "Dew Point Temp (": Quantity("dew_point", "Cel", 0),
    "Rel Hum (": Quantity("humidity", "%", 0), "Wind Spd (": Quantity("wind_speed", "km/h", 0),
    "Visibility (": Quantity("visibility", "km", 0), "Stn Press (": Quantity("pressure", "kPa", 0),
    "Precip. Amount (": Quantity("rain", "mm", _HOUR, ends=True),
    "Wind Dir (": Quantity("wind_direction", "deg", 0),
}  # fmt: skip
_DAILY = {
    "Max Temp (": Quantity("temperature_max", "Cel"), "Min Temp (": Quantity("temperature_min", "Cel"),
    "Mean Temp (": Quantity("temperature", "Cel"), "Total Precip (": Quantity("rain", "mm"),
    "Snow on Grnd (": Quantity("snow_depth", "cm"), "Spd of Max Gust (": Quantity("wind_gust", "km/h"),
}  # fmt: skip
_MONTHLY = {
    "Mean Max Temp (": Quantity("temperature_max", "Cel"),
    "Mean Min Temp (": Quantity("temperature_min", "Cel"),
    "Mean Temp (": Quantity("temperature", "Cel"), "Total Precip (": Quantity("rain", "mm"),
}  # fmt: skip
_FLAGS = {"E": "estimated"}
_ROLES = {"Longitude (x)": "longitude", "Latitude (y)": "latitude", "Station Name": "station"}


def sniff(source: Source, head: str) -> float:
    """Sure for the first three names."""
    return 0.97 if _HEADER.search(head) else 0.0


def _is_header(cells: Sequence[str]) -> bool:
    return tuple(cells[:3]) == tuple(_ROLES)


def parse(source: Source) -> RawTable:
    """Read a table of hours, days or months; see the module."""
    table = read_table(source, _is_header, (",", ";"))
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    frame = table.frame
    names = list(map(str, frame.columns))
    when = next((name for name in names if name.startswith("Date/Time")), names[4])
    hourly = any(name.startswith("Time") for name in names)
    known = _HOURLY if hourly else _DAILY if "Day" in names else _MONTHLY
    others = {name: Column(name, role, label=name) for name, role in _ROLES.items()}  # type: ignore[arg-type]
    others["Climate ID"] = Column("Climate ID", "ignored", label="Climate ID", reason=STATION_NUMBER)
    others[when] = Column(when, "ignored", label=when, reason=PART)
    for name in names:
        if name in ("Year", "Month", "Day") or name.startswith("Time"):
            others[name] = Column(name, "ignored", label=name, reason=OTHER_TIME)
        elif name.endswith("Flag"):
            others[name] = Column(name, "ignored", label=name, reason=MARK)
    meaning: dict[str, Quantity] = {}
    added: list[Column] = []
    for name in names:
        quantity = next((one for text, one in known.items() if name.startswith(text)), None)
        if quantity is None:
            continue
        label = name
        if _TENS.search(name):
            label = _TENS.sub("(deg)", name)
            frame = frame.assign(**{label: scaled(frame[name], 10, (0.0,))})
            others[name] = Column(name, "ignored", label=name, reason=CONVERTED)
            added.append(quantity.column(label, name, derived=True))
        else:
            meaning[name] = quantity
        flag = name.split(" (")[0] + " Flag"
        if flag in frame:
            said = f"{name} (verdict)"
            frame = frame.assign(**{said: verdicts(frame[flag], _FLAGS)})
            added.append(Column(said, "quality", label=label, derived=True))
    columns = [*defined(frame[names], meaning, others, NOT_KEPT), *added]
    period = 0 if hourly else _DAY if known is _DAILY else MONTH
    utc = "UTC" in when
    return readings(
        "eccc", table, frame, columns, pd.Series(frame[when]), zone="UTC" if utc else "", period=period,
        fixed_offset=hourly and not utc,
    )  # fmt: skip


FORMAT = Format(
    "eccc", "Environment Canada", '"Longitude (x)","Latitude (y)","Station Name","Climate ID"', sniff, parse
)
