r"""MeteoSwiss (Switzerland): open data of its automatic stations and climate series, semicolons.

Sample (each parameter has a code; the climate series has ``station/location;date`` and days as 20240501)::

    station_abbr;reference_timestamp;tre200s0;ure200s0;rre150z0;prestas0
    XYZ;01.05.2024 00:10;7.4;66.2;0.1;955.5

What the format defines
    Times are UTC; those of ten minutes and of hours stand at the end, those of days and longer at the start.
    The last letters of a code say of what a value is: ``s0`` of the moment, ``z0`` of ten minutes, ``h0`` an
    hour, ``d0`` a day, ``m0`` a month, ``y0`` a year, with ``x`` or ``n`` in the place of ``0`` the highest
    and lowest. ``tre200`` temperature, ``ure200`` humidity, ``tde200`` dew point,
    ``prestas``/``presta`` pressure at the station, ``pp0qff`` at sea level, ``rre150`` rain, ``gre000``
    radiation, ``sre000`` minutes of sunshine, ``fkl010`` wind in m/s (``z1`` the gust), ``dkl010`` its
    direction, ``htoaut``/``hto000`` depth of snow in cm.
Traps
    * ``fu3010`` is the same wind in km/h: where ``fkl010`` stands beside it, it is left out.
    * Rain of a day goes from 6 UTC to 6 UTC; it is taken as that day. ``rka150`` goes from 0 to 0: where it
      stands, kit takes it instead.
    * ``-`` is a missing value.
Source: https://github.com/MeteoSwiss/opendata-download
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kit.formats._delimited import no_rows, read_table
from kit.formats._format import Format
from kit.formats._official import Quantity, defined, readings
from kit.formats._reasons import PART, SAID
from kit.model import MONTH, YEAR, Column, RawTable, Source

_HEADER = re.compile(
    r"^\W*(?:station_abbr|station/location|stn)[;,](?:reference_timestamp|date|time)[;,]", re.I
)
_PERIODS = {"s": 0, "t": 0, "z": 600, "h": 3_600, "d": 86_400, "m": MONTH, "y": YEAR}
#: Code without its last two letters -> (variable, unit).
_MEANING = {
    "tre200": ("temperature", "Cel"), "ure200": ("humidity", "%"),
    "tde200": ("dew_point", "Cel"), "presta": ("pressure", "hPa"),
    "pp0qff": ("pressure_sea_level", "hPa"), "rre150": ("rain", "mm"),
    "rka150": ("rain", "mm"), "gre000": ("radiation", "W/m2"),
    "sre000": ("sunshine", "min"), "fkl010": ("wind_speed", "m/s"),
    "fu3010": ("wind_speed", "km/h"), "dkl010": ("wind_direction", "deg"),
    "htoaut": ("snow_depth", "cm"), "hto000": ("snow_depth", "cm"),
    "tso005": ("soil_temperature", "Cel"),
}  # fmt: skip
_WIND = {"fkl010", "fu3010"}
_EXTREME = {("temperature", "x"): "temperature_max", ("temperature", "n"): "temperature_min"}
_SHAPES = (
    (r"^(\d{1,2})\.(\d{1,2})\.(\d{4})", r"\3-\2-\1"),
    (r"^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)$", r"\1-\2-\3 \4:\5"),
    (r"^(\d{4})(\d\d)(\d\d)(\d\d)$", r"\1-\2-\3 \4:00"),
    (r"^(\d{4})(\d\d)(\d\d)$", r"\1-\2-\3"),
    (r"^(\d{4})(\d\d)$", r"\1-\2"),
)


def sniff(source: Source, head: str) -> float:
    """Sure for the first two names, or a line of them below a legend, with a code behind."""
    line = next((line for line in head.split("\n")[:40] if _HEADER.match(line)), "")
    return 0.97 if any(_meaning(name.strip('" \r')) for name in re.split("[;,]", line)[2:]) else 0.0


def _is_header(cells: Sequence[str]) -> bool:
    return len(cells) > 2 and bool(_HEADER.match(";".join(cells[:3])))


def parse(source: Source) -> RawTable:
    """Read a table of ten minutes, hours, days, months or years; see the module."""
    table = read_table(source, _is_header, (";", ","))
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    frame = table.frame
    names = list(map(str, frame.columns))
    found = {name: known for name in names[2:] if (known := _meaning(name)) is not None}
    others = {
        names[0]: Column(names[0], "station", label=names[0]),
        names[1]: Column(names[1], "ignored", label=names[1], reason=PART),
    }
    meaning: dict[str, Quantity] = {}
    for name in sorted(found, key=lambda name: (not frame[name].str.strip("-").any(), *_rank(name))):
        taken = any(one.variable == found[name].variable for one in meaning.values())
        if taken:
            others[name] = Column(name, "ignored", label=name, reason=SAID)
        else:
            meaning[name] = found[name]
    time = frame[names[1]]
    for pattern, form in _SHAPES:
        time = time.str.replace(pattern, form, regex=True)
    period = max((one.period or 0 for one in meaning.values()), default=0)
    if period >= MONTH:
        time = time.str[: 4 if period == YEAR else 7]
    elif period == 86_400:
        time = time.str[:10]
    raw = readings(
        "meteoswiss", table, frame, defined(frame, meaning, others), time, zone="UTC",
        period=period if period >= 86_400 else 0,
    )  # fmt: skip
    raw.missing = ("-", "32767")
    return raw


def _meaning(name: str) -> Quantity | None:
    """What a code means, None for what kit does not take.

    >>> _meaning("rre150h0"), _meaning("tre200dn").variable, _meaning("fkl010z1").variable
    (Quantity(variable='rain', unit='mm', period=3600, ends=True), 'temperature_min', 'wind_gust')
    """
    stem, step, kind = name[:6], name[6:7], name[7:8]
    if len(name) != 8 or stem not in _MEANING or step not in _PERIODS:
        return None
    variable, unit = _MEANING[stem]
    if stem in _WIND:
        if kind not in "01":
            return None
        variable = "wind_gust" if kind == "1" else variable
    elif kind != "0":
        variable = _EXTREME.get((variable, kind), "")
        if not variable:
            return None
    period = _PERIODS[step]
    return Quantity(variable, unit, period, ends=period in (600, 3_600))


def _rank(name: str) -> tuple[bool, str]:
    """Names that are taken before others with the same meaning come first."""
    return name[:6] in ("fu3010", "rre150") and name[6:7] != "z", name


FORMAT = Format("meteoswiss", "MeteoSwiss", "station_abbr;reference_timestamp;tre200s0;…", sniff, parse)
