r"""rp5.ru: archives of weather stations and airports, semicolons, in many languages.

Sample (remarks, then names that are the same in every language, except the first)::

    # Weather station Anytown, Estonia, WMO_ID=99999, selection from 01.05.2024 till 02.05.2024, all days
    # Encoding: UTF-8
    "Local time in Anytown";"T";"Po";"P";"Pa";"U";"DD";"Ff";"ff10";"Tn";"Tx";"VV";"Td";"RRR";"tR";"sss"
    "01.05.2024 09:00";"7.1";"751.0";"756.9";"0.3";"83";"Wind blowing from the south-west";"2";"";"";"";
      "10.0";"4.4";"0.3";"12";"";

What the format defines
    Times are those of the clocks at the place. ``T Td Tn Tx`` °C, ``Po`` (``P0``) pressure at the station and
    ``P`` at sea level in mmHg, ``U`` humidity, ``Ff`` wind and ``ff10`` gusts in m/s, ``VV`` visibility in
    km, ``RRR`` rain of the ``tR`` hours before, ``sss`` depth of snow in cm. Newest first.
Traps
    * Directions are sentences ("Wind blowing from the south-west", "Ветер, дующий с юго-запада").
    * ``Tn`` and ``Tx`` are of the 12 hours before. ``ff3`` repeats the gusts of three hours: left out.
    * Sums of rain overlap (6 of the 12 hours): kit takes those of the length that is most frequent. Words in
      their place say that nothing or next to nothing fell: 0.
    * ``10.0 and more`` is a limit of visibility and not a value.
Source: https://rp5.ru/archive.php
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from kit.formats._delimited import no_rows, read_table
from kit.formats._format import Format
from kit.formats._official import Quantity, defined, readings
from kit.formats._reasons import CONVERTED, PART
from kit.model import Column, RawTable, Source

_HEADER = re.compile(r'^[^\n#]*[;,\t]"?T"?[;,\t]"?P[o0]"?[;,\t]"?P"?[;,\t].*\bDD"?[;,\t]"?Ff\b', re.M)
_HALF = 43_200
_MEANING = {
    "T": Quantity("temperature", "Cel", 0), "Td": Quantity("dew_point", "Cel", 0),
    "Tn": Quantity("temperature_min", "Cel", _HALF, ends=True),
    "Tx": Quantity("temperature_max", "Cel", _HALF, ends=True),
    "Po": Quantity("pressure", "mm[Hg]", 0), "P0": Quantity("pressure", "mm[Hg]", 0),
    "P": Quantity("pressure_sea_level", "mm[Hg]", 0), "U": Quantity("humidity", "%", 0),
    "Ff": Quantity("wind_speed", "m/s", 600, ends=True), "ff10": Quantity("wind_gust", "m/s", 600, ends=True),
    "VV": Quantity("visibility", "km", 0), "sss": Quantity("snow_depth", "cm", 0),
}  # fmt: skip
#: Stems of the four winds in the languages of the site; of "calm" and "variable" nothing is left.
_WINDS = (
    ("N", r"north|nord|север|півн|północ|šiaur|ziemeļ|põhj|pohj|kuzey"),
    ("S", r"south|süd|sud|юг|юж|південн?|півд|połud|piet|dienvid|lõun|etel|güney"),
    ("E", r"east|ost|восток|восточ|схід|схо|wschod|ryt|austrum|ida|itä|doğu"),
    ("W", r"west|ouest|запад|захід|заход|зах|zachod|vakar|rietum|lää|läns|batı"),
)
_STEM = re.compile("|".join(f"(?P<{letter}>{stems})" for letter, stems in _WINDS), re.I)
_POINTS = {
    "N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW",
}  # fmt: skip


def sniff(source: Source, head: str) -> float:
    """Sure for the names that stand behind the time."""
    return 0.97 if _HEADER.search(head) else 0.0


def _is_header(cells: Sequence[str]) -> bool:
    return "DD" in cells and bool(_HEADER.search(";".join(cells)))


def parse(source: Source) -> RawTable:
    """Read an archive; see the module."""
    table = read_table(source, _is_header, (";", ","))
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    frame = table.frame
    names = list(map(str, frame.columns))
    others = {names[0]: Column(names[0], "ignored", label=names[0], reason=PART)}
    others["DD"] = Column("DD", "ignored", label="DD", reason=CONVERTED)
    frame = frame.assign(**{"DD (from)": _points(frame["DD"])})
    wind = Quantity("wind_direction", "compass", 600, ends=True)
    added = [wind.column("DD (from)", "DD", derived=True)]
    if "RRR" in frame and "tR" in frame and (hours := _span(frame["tR"])):
        name = f"RRR ({hours} h)"
        frame = frame.assign(**{name: _rain(frame, hours)})
        others["RRR"] = Column("RRR", "ignored", label="RRR", reason=CONVERTED)
        added.append(Quantity("rain", "mm", hours * 3_600, ends=True).column(name, "RRR", derived=True))
    for name in [name for name in ("VV", "sss") if name in frame]:
        limit = frame[name].str.contains(r"[^\d.,\s-]", regex=True)
        if limit.any():
            new = f"{name} (number)"
            frame = frame.assign(**{new: frame[name].mask(limit, "").astype("str")})
            others[name] = Column(name, "ignored", label=name, reason=CONVERTED)
            added.append(_MEANING[name].column(new, name, derived=True))
    time = frame[names[0]].str.replace(r"^(\d{2})\.(\d{2})\.(\d{4})", r"\3-\2-\1", regex=True)
    raw = readings("rp5", table, frame, [*defined(frame[names], _MEANING, others), *added], time)
    raw.sparse = True
    return raw


def _points(cells: pd.Series) -> pd.Series:
    """Sentences as compass points, "" where there is no direction.

    >>> _points(pd.Series(["Ветер, дующий с юго-юго-запада", "Calm, no wind"], dtype="str")).tolist()
    ['SSW', '']
    """
    said = {}
    for text in cells.unique():
        point = "".join(str(found.lastgroup) for found in _STEM.finditer(text))
        said[text] = point if point in _POINTS else ""
    return cells.map(said).astype("str")


def _span(cells: pd.Series) -> int:
    """The most frequent length of the sums of rain in hours, 0 if there is none."""
    hours = pd.to_numeric(cells, errors="coerce").dropna()
    return int(hours.mode().max()) if len(hours) else 0


def _rain(frame: pd.DataFrame, hours: int) -> pd.Series:
    """Sums over so many hours; words are 0."""
    mine = pd.to_numeric(frame["tR"], errors="coerce").eq(hours)
    words = frame["RRR"].str.contains(r"[^\W\d]", regex=True)
    return frame["RRR"].mask(words, "0").where(mine, "").astype("str")


FORMAT = Format("rp5", "rp5.ru", '"Local time in …";"T";"Po";"P";"Pa";"U";"DD";"Ff";…', sniff, parse)
