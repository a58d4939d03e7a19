r"""FMI (Finland): downloads of observations of weather and air, in Finnish, Swedish or English.

Samples (now, and before 2023)::

    "Havaintoasema","Vuosi","Kuukausi","Päivä","Aika [Paikallinen aika]","Lämpötilan keskiarvo [°C]"
    "Anytown","2024","5","1","10:00","12.3"

    Vuosi,Kk,Pv,Klo,Aikavyöhyke,Sademäärä (mm),Ilman lämpötila (degC)
    2022,5,1,10:00,UTC,0.2,12.3

What the format defines
    The name or a cell beside the clock says whether times are UTC or those of Finland. Means and extremes of
    hours, and all values of air quality, stand at the end of their hour; values at midnight only are of the
    day. Pressure is that at sea level.
Traps
    * ``-1`` is "none" in columns of rain and snow: kit takes 0.
    * ``-`` is a missing value.
    * Rain beside values of ten minutes is that of the last hour, again and again: it is left out.
Source: https://en.ilmatieteenlaitos.fi/download-observations
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from kit.formats._columns import split_unit
from kit.formats._delimited import no_rows, read_table
from kit.formats._format import Format
from kit.formats._official import Quantity, defined, parts, readings
from kit.formats._reasons import ABOUT, CONVERTED
from kit.formats._times import join_day_clock
from kit.model import Column, RawTable, Source
from kit.text import N_
from kit.vocab import SLIDING

_FIRST = {"havaintoasema", "observation station", "observationsstation"}
_HEADER = re.compile(
    r'^\W*(?:"?(?:Havaintoasema|Observation station|Observationsstation)"?[,;\t]"?(?:Vuosi|Year|År)\b'
    r"|Vuosi,Kk,Pv,Klo,Aikavyöhyke,)", re.I | re.M,
)  # fmt: skip
_HOUR, _DAY = 3_600, 86_400
_AIR = {"pm10", "pm25", "no2", "no", "o3", "so2", "co"}
#: What is in a name, in small letters -> variable ("" for what kit does not take); the first counts.
_MEANING = (
    (r"<\s*10\s*µ|pm10|hengitettäv", "pm10"), (r"<\s*2[.,]5\s*µ|pm2|pienhiuk", "pm25"),
    (r"typpidioks|nitrogen dioxide|kvävedioxid", "no2"), (r"typpimon|nitrogen monox|kvävemonox", "no"),
    (r"otsoni|ozone|ozon", "o3"), (r"rikkidioks|sulphur diox|svaveldiox", "so2"),
    (r"hiilimon|carbon monox|kolmonox", "co"), (r"indeks|index", ""),
    (r"kastepiste|dew|daggpunkt", "dew_point"),
    (r"(maan?pinn|ground|mark).*(lämp|temp)", ""),
    (r"(ylin|maximum|högsta).*(lämpötila|temperatur)", "temperature_max"),
    (r"(alin|minimum|lägsta).*(lämpötila|temperatur)", "temperature_min"),
    (r"lämpötila|temperatur", "temperature"), (r"kosteu|humidity|fuktighet", "humidity"),
    (r"puuska|gust|vindby|\bby", "wind_gust"), (r"(suurin|maximum|högsta).*(tuul|wind|vind)", ""),
    (r"suun|direction|riktning", "wind_direction"), (r"tuul|wind|vind", "wind_speed"),
    (r"paine|pressure|tryck", "pressure_sea_level"), (r"intensi", "rain_rate"),
    (r"sademäärä|precipitation|nederbörd", "rain"), (r"lumensyv|lumen syv|snow|snö", "snow_depth"),
    (r"näkyvyys|visibility|sikt", "visibility"), (r"globaalisät|global radiat|globalstrål", "radiation"),
)  # fmt: skip
_UNITS = {"temperature": "Cel", "pressure_sea_level": "hPa"}
_HOURLY = re.compile(r"keskiarvo|average|medel|tunnin|hourly", re.I)
_NONE = N_("Values of -1 (nothing fell, no snow) were taken as 0: {n}.")


def sniff(source: Source, head: str) -> float:
    """Sure for the names of station and year, or those of the older files."""
    return 0.97 if _HEADER.search(head) else 0.0


def _is_header(cells: Sequence[str]) -> bool:
    return len(cells) > 5 and (cells[0].lower() in _FIRST or tuple(cells[1:4]) == ("Kk", "Pv", "Klo"))


def parse(source: Source) -> RawTable:
    """Read a download of any step; see the module."""
    table = read_table(source, _is_header)
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    frame = table.frame
    names = list(map(str, frame.columns))
    old = "Aikavyöhyke" in names
    when = names[:4] if old else names[1:5]
    first = names[4] if old else names[0]
    others = parts(*when)
    others[first] = (
        Column(first, "ignored", label=first, reason=ABOUT) if old else Column(first, "station", label=first)
    )
    joined, _, _ = join_day_clock(frame, [], when)
    time = joined[" + ".join(when)]
    clocks = pd.to_datetime(frame[when[3]].str[:5], format="%H:%M", errors="coerce")
    daily = len(frame) > 1 and bool((clocks.dt.hour.eq(0) & clocks.dt.minute.eq(0)).all())
    hourly = not daily and any(_HOURLY.search(name) for name in names[5:])
    fine = not daily and bool(clocks.dt.minute.gt(0).any())
    meaning: dict[str, Quantity] = {}
    added: list[Column] = []
    for name in names[5:]:
        quantity = _quantity(name, daily, hourly)
        if quantity is None:
            continue
        if quantity.variable == "rain" and fine:
            others[name] = Column(name, "ignored", label=name, reason=SLIDING)
        elif quantity.variable in ("rain", "snow_depth") and (none := _is_none(frame[name])).any():
            label = f"{name} (0)"
            frame = frame.assign(**{label: frame[name].mask(none, "0").astype("str")})
            others[name] = Column(name, "ignored", label=name, reason=CONVERTED)
            added.append(quantity.column(label, name, derived=True))
            table.notes = (*table.notes, (_NONE, {"n": int(none.sum())}))
        else:
            meaning[name] = quantity
    columns = [*defined(frame[names], meaning, others), *added]
    utc = bool((frame[first] == "UTC").all()) if old else "UTC" in when[3]
    raw = readings(
        "fmi", table, frame, columns, time.str[:10] if daily else time,
        zone="UTC" if utc else "Europe/Helsinki", period=_DAY if daily else 0,
    )  # fmt: skip
    raw.missing = ("-",)
    return raw


def _quantity(name: str, daily: bool, hourly: bool) -> Quantity | None:
    _, unit = split_unit(name)
    variable = next((one for pattern, one in _MEANING if re.search(pattern, name, re.I)), "")
    if not variable:
        return None
    unit = unit or _UNITS.get(variable.removesuffix("_max").removesuffix("_min"), "")
    if daily:
        return Quantity(variable, unit)
    before = hourly or variable in _AIR or variable == "rain"
    return Quantity(variable, unit, _HOUR if before else 0, ends=before)


def _is_none(cells: pd.Series) -> pd.Series:
    return cells.isin(["-1", "-1.0"])


FORMAT = Format(
    "fmi", "FMI", '"Havaintoasema","Vuosi","Kuukausi","Päivä","Aika [Paikallinen aika]",…', sniff, parse
)
