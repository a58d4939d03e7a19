r"""MET Norway: tables of seklima.met.no and JSON of the Frost API.

Samples (tables: decimal comma, a last line about the source; JSON: an answer of ``observations``)::

    Navn;Stasjon;Tid(norsk normaltid);Lufttemperatur;Nedbør (1 t);Lufttrykk i havnivå
    Anytown;SN99999;01.05.2024 10:00;12,3;0,2;1013,2

    {"@type": "ObservationResponse", "data": [{"sourceId": "SN99999:0",
      "referenceTime": "2024-05-01T10:00:00.000Z",
      "observations": [{"elementId": "air_temperature", "value": 12.3, "unit": "degC", "qualityCode": 0}]}]}

What the format defines
    Tables: Norwegian standard time (UTC+1) all year; ``(1 t)``, ``(10 min)`` and ``(døgn)`` say over what a
    value goes, which stands at its end; days are days. JSON: UTC, ``mean(… PT1H)`` and ``sum(… P1D)`` in the
    name of the element say the same, days stand at their start.
Traps
    * ``-`` is a missing value; the last line names the source and is no record.
    * Quality codes 3 and 4 are estimates, 5 and 6 uncertain, 7 wrong.
    * A month's table (``måned``) has months as 05.2024.
Sources: https://seklima.met.no/, https://frost.met.no/dataclarifications.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from kit.formats._delimited import Table, no_rows, read_table
from kit.formats._format import Format
from kit.formats._json import read_json
from kit.formats._official import Quantity, defined, parts, readings, verdicts
from kit.formats._reasons import ABOUT, NOT_KEPT
from kit.model import MONTH, Column, RawTable, Source

_HEADER = re.compile(r"^\W*Navn[;,\t]Stasjon[;,\t]Tid\s?\(", re.M)
_LONG = re.compile(r"^\W*sourceId[;,]referenceTime[;,]elementId[;,]", re.M)
_DAY = 86_400
#: Beginning of a name, in small letters -> (variable, unit).
_NORWEGIAN = (
    ("lufttemperatur", "temperature", "Cel"), ("middeltemperatur", "temperature", "Cel"),
    ("maksimumstemperatur", "temperature_max", "Cel"), ("minimumstemperatur", "temperature_min", "Cel"),
    ("homogenisert middeltemperatur", "temperature", "Cel"), ("duggpunkt", "dew_point", "Cel"),
    ("relativ luftfuktighet", "humidity", "%"), ("lufttrykk i havnivå", "pressure_sea_level", "hPa"),
    ("lufttrykk i stasjonsnivå", "pressure", "hPa"), ("nedbør", "rain", "mm"),
    ("middelvind", "wind_speed", "m/s"), ("vindretning", "wind_direction", "deg"),
    ("høyeste vindkast", "wind_gust", "m/s"), ("vindkast", "wind_gust", "m/s"),
    ("snødybde", "snow_depth", "cm"), ("soltid", "sunshine", "h"), ("globalstråling", "radiation", "W/m2"),
)  # fmt: skip
_SPANS = (("(10 min)", 600), ("(1 t)", 3_600), ("(time)", 3_600), ("(12 t)", 43_200))
_FROST = {
    "air_temperature": "temperature", "max(air_temperature": "temperature_max",
    "min(air_temperature": "temperature_min", "mean(air_temperature": "temperature",
    "dew_point_temperature": "dew_point", "relative_humidity": "humidity",
    "air_pressure_at_sea_level": "pressure_sea_level", "surface_air_pressure": "pressure",
    "sum(precipitation_amount": "rain", "wind_speed": "wind_speed", "mean(wind_speed": "wind_speed",
    "max(wind_speed_of_gust": "wind_gust", "wind_from_direction": "wind_direction",
    "surface_snow_thickness": "snow_depth", "mean(relative_humidity": "humidity",
    "mean(surface_downwelling_shortwave_flux_in_air": "radiation",
}  # fmt: skip
_ISO = {"PT1M": 60, "PT10M": 600, "PT1H": 3_600, "PT12H": 43_200, "P1D": _DAY, "P1M": MONTH}
_UNITS = {"degC": "Cel", "percent": "%", "degrees": "deg"}
_QUALITY = {"3": "estimated", "4": "estimated", "5": "suspect", "6": "suspect", "7": "fail"}


def sniff(source: Source, head: str) -> float:
    """Sure for the first names of a table, or the type of an answer."""
    if head.lstrip("\ufeff \n").startswith("{"):
        return 0.97 if '"ObservationResponse"' in head and '"referenceTime"' in head else 0.0
    return 0.97 if _HEADER.search(head) or _LONG.search(head) else 0.0


def _is_header(cells: Sequence[str]) -> bool:
    return bool(_HEADER.search(";".join(cells[:3])) or _LONG.search(";".join(cells)))


def parse(source: Source) -> RawTable:
    """Read a table or an answer; see the module."""
    if source.data[:50].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        frame = _from_json(source)
        table = Table(tuple(map(str, frame.columns)), frame, ())
    else:
        table = read_table(source, _is_header, (";", ","))
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    return _frost(table) if "elementId" in table.frame else _seklima(table)


def _seklima(table: Table) -> RawTable:
    frame = table.frame
    names = list(map(str, frame.columns))
    when = names[2]
    foot = frame[names[0]].str.startswith("Data er gyldig") | frame[names[0]].str.contains(
        "Meteorologisk inst"
    )
    table.blank += int(foot.sum())
    table.refused = tuple(one for one in table.refused if "Data er" not in one.value)
    frame = frame[~foot]
    others = parts(when)
    others[names[0]] = Column(names[0], "station", label=names[0])
    others[names[1]] = Column(names[1], "ignored", label=names[1], reason=ABOUT)
    time = frame[when].str.replace(r"^(\d{2})\.(\d{2})\.(\d{4})", r"\3-\2-\1", regex=True)
    time = time.str.replace(r"^(\d{2})\.(\d{4})$", r"\2-\1", regex=True)
    width = int(time.str.len().max()) if len(time) else 0
    period = 0 if width > 10 else _DAY if width == 10 else MONTH
    meaning = {
        name: one
        for name in names[3:]
        if (one := _norwegian(name.lower().lstrip("\ufeff"), period)) is not None
    }
    raw = readings(
        "met-norway", table, frame, defined(frame, meaning, others), time, zone="" if period else "+01:00",
        period=period,
    )  # fmt: skip
    raw.missing = ("-",)
    return raw


def _norwegian(name: str, period: int) -> Quantity | None:
    found = next(((one, unit) for text, one, unit in _NORWEGIAN if name.startswith(text)), None)
    if found is None:
        return None
    own = next((span for text, span in _SPANS if text in name), 0)
    return Quantity(*found) if period else Quantity(*found, own, ends=own > 0)


def _from_json(source: Source) -> pd.DataFrame:
    held = read_json(source)
    rows = []
    for one in held.get("data") or [] if isinstance(held, Mapping) else []:
        for value in one.get("observations") or [] if isinstance(one, Mapping) else []:
            if isinstance(value, Mapping):
                rows.append([_text(one.get("sourceId")), _text(one.get("referenceTime")),
                             *(_text(value.get(key)) for key in _KEYS)])  # fmt: skip
    index = pd.RangeIndex(1, len(rows) + 1)
    return pd.DataFrame(rows, columns=["sourceId", "referenceTime", *_KEYS], index=index, dtype="str")


_KEYS = ("elementId", "value", "unit", "timeResolution", "timeOffset", "qualityCode")


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, (dict, list)) else " ".join(str(value).split())


def _frost(table: Table) -> RawTable:
    """One value a row: a column for each element, for they have periods of their own."""
    frame = table.frame
    others = {name: Column(name, "ignored", label=name, reason=ABOUT) for name in map(str, frame.columns)}
    others["sourceId"] = Column("sourceId", "station", label="sourceId")
    elements = [name for name in frame["elementId"].unique() if name]
    rows = frame["elementId"]
    verdict = verdicts(frame["qualityCode"], _QUALITY) if "qualityCode" in frame else None
    added: list[Column] = []
    base = list(map(str, frame.columns))
    days = bool(elements) and all(_span(name) >= _DAY for name in elements)
    for name in elements:
        variable = next((one for text, one in _FROST.items() if re.split(r"[ )]", name)[0] == text), "")
        if not variable:
            frame = frame.assign(**{name: frame["value"].where(rows == name, "")})
            added.append(Column(name, "ignored", label=name, reason=NOT_KEPT, derived=True))
            continue
        units = frame.loc[rows == name, "unit"]
        unit = _UNITS.get(str(units.iloc[0]), str(units.iloc[0]))
        frame = frame.assign(**{name: frame["value"].where(rows == name, "").astype("str")})
        span = _span(name)
        added.append(Quantity(variable, unit, span, ends=0 < span < _DAY).column(name, derived=True))
    if verdict is not None:
        frame = frame.assign(verdict=verdict)
        added.append(Column("verdict", "quality", derived=True))
    time = frame["referenceTime"].str.replace(r"\.000Z$", "Z", regex=True)
    raw = readings(
        "met-norway", table, frame, [*defined(frame[base], {}, others), *added],
        time.str[:10] if days else time,
        zone="UTC", period=max((_span(name) for name in elements), default=0) if days else 0,
    )  # fmt: skip
    raw.sparse, raw.container = True, True
    return raw


def _span(name: str) -> int:
    """Seconds that the name of an element states.

    >>> _span("sum(precipitation_amount PT1H)"), _span("air_temperature")
    (3600, 0)
    """
    found = re.search(r" (P\w+)\)", name)
    return _ISO.get(found[1], 0) if found else 0


FORMAT = Format(
    "met-norway", "MET Norway", "Navn;Stasjon;Tid(norsk normaltid);Lufttemperatur;…", sniff, parse
)
