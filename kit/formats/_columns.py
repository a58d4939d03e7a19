"""Names of columns: unique names, the unit inside a name, the time zone inside a name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from zoneinfo import available_timezones

#: Spellings of units as they stand in headers (compared without blanks and case). Not a list of units that
#: kit converts - that is the vocabulary's - but of what tells "Temp (°C)" from "CO (GT)".
_UNITS = (
    "c °c ºc ˚c ℃ º degc deg.c deg_c degreesc degreecelsius celsius gradc grad cel f °f"
    " ℉ degf fahrenheit k kelvin °"
    " % %rh rh% percent vwc% hpa pa kpa mbar mb bar inhg mmhg torr atm psi"
    " m/s ms-1 m*s-1 mps m.s-1 km/h kmh kph kmph mph kn kt kts knots bft beaufort ft/s"
    " mm cm m km in inch inches ft mi mm/h mm/hr mmh-1 mm/min in/h in/hr l/m2 l/m² kg/m2 kg/m² mm/m2"
    " µg/m3 µg/m³ μg/m3 μg/m³ ug/m3 ug/m³ ugm-3 µgm-3 ug.m-3 mcg/m3 mg/m3 mg/m³ g/m3 g/m³ ng/m3 ng/m³"
    " ppm ppb ppt ppmv ppbv #/cm3 1/cm3 pcs/cm3 pcs/l #/l mg/l g/l µg/l ug/l µmol/l psu ntu fnu"
    " w/m2 w/m² wm-2 watt/m2 j/cm2 j/cm² j/m2 mj/m2 mj/m² kwh/m2 lux lx klux klx kfc fc µmol/m2/s"
    " deg degree degrees db dba dbspl db(a) v mv volt volts a ma w kw s sec secs seconds min minutes"
    " h hr hours d days ms milliseconds us/cm µs/cm ms/cm s/m uvi ohm kohm hz bq/m3 bq/m³ pci/l"
    " µsv/h usv/h cpm"
    " okta oktas ph utc gmt yyyy-mm-dd hh:mm dd/mm/yyyy dd.mm.yyyy hhmm"
)
_SPELLED = frozenset(_UNITS.split())
#: Units that also end a name without brackets: "Wind speed m/s", "Particulate Matter 10 µg/m3".
_TRAILING = re.compile(
    r"^(?P<label>.*\S)[\s_]+(?P<unit>°\s?[CF]|℃|℉|%|[µμu]g/m[3³]|mg/m[3³]|hPa|kPa|mbar|inHg|mmHg|km/h|m/s|mph|W/m[2²]"
    r"|mm/hr?|in/hr|mg/[lL]|lux|lx|ppm|ppb|dBA?)$"
)
#: "Air temperature in ºC (SHT31)": small letters, for "Temp In C" is indoors.
_IN_UNIT = re.compile(r"^(?P<label>.*\S) in (?P<unit>[^\s()\[\]]+)(?P<rest>( [(\[].*)?)$")
#: Units that are written right behind the last letter: "Temperature°C", "Humidity%RH".
_GLUED = re.compile(r"^(?P<label>.*[^\W\d_])(?P<unit>°\s?[CF]|℃|℉|%(?:[rR][hHF])?)$")
_BRACKETS = re.compile(r"^(?P<label>.*?)\s*[(\[{](?P<unit>[^()\[\]{}]*(?:\([^()]*\))?)[)\]}]\s*(?P<rest>.*)$")


def is_unit(text: str) -> bool:
    """Tell whether a text is the spelling of a unit.

    >>> is_unit("°C"), is_unit("µg/m³"), is_unit("GT")
    (True, True, False)
    """
    return re.sub(r"[\s^]+", "", text).lower() in _SPELLED


def split_unit(name: str) -> tuple[str, str]:
    """Return a column's name as (label, unit); the unit is "" if the name holds none.

    >>> split_unit("Outdoor Temperature(℃)"), split_unit("CO(GT)"), split_unit("Temp, °C")
    (('Outdoor Temperature', '℃'), ('CO(GT)', ''), ('Temp', '°C'))
    >>> split_unit("PM2.5 (μg/m³) raw"), split_unit("Temperature°C"), split_unit("Humidity%RH")
    (('PM2.5 raw', 'μg/m³'), ('Temperature', '°C'), ('Humidity', '%RH'))
    >>> split_unit("PM 2.5 in ug/m3 (PMS5003)"), split_unit("Temp In C")
    (('PM 2.5 (PMS5003)', 'ug/m3'), ('Temp In C', ''))
    """
    name = " ".join(name.split())
    found = _IN_UNIT.match(name)
    if found and is_unit(found["unit"]):
        return found["label"] + found["rest"], found["unit"]
    found = _BRACKETS.match(name)
    if found and is_unit(found["unit"]) and (found["label"] or found["rest"]):
        return " ".join((found["label"] + " " + found["rest"]).split()), found["unit"].strip()
    if found and found["rest"] and (deeper := split_unit(found["rest"]))[1]:
        return name[: len(name) - len(found["rest"])] + deeper[0], deeper[1]
    for sign in (",", " - ", "/", ":"):
        label, _, unit = name.rpartition(sign)
        if label and is_unit(unit.strip()) and (sign != "/" or not is_unit(name.rpartition(" ")[2])):
            return label.strip(), unit.strip()
    found = _TRAILING.match(name) or _GLUED.match(name)
    if found:
        return found["label"].rstrip("_ "), found["unit"]
    return name, ""


def unique(names: Iterable[str]) -> tuple[str, ...]:
    """Return names without blanks around, none empty, none twice.

    >>> unique([" Temp ", "", "Temp"])
    ('Temp', 'column 2', 'Temp (2)')
    """
    found: list[str] = []
    seen: dict[str, int] = {}
    for position, raw in enumerate(names, 1):
        base = " ".join(raw.replace("\ufeff", "").split()) or f"column {position}"
        name, again = base, seen.get(base, 1)
        while name in seen:
            again += 1
            name = f"{base} ({again})"
        seen[base] = again
        seen.setdefault(name, 1)
        found.append(name)
    return tuple(found)


_OFFSET = re.compile(r"\b(?:GMT|UTC)\s*(?P<sign>[+\-−])\s*(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?")
_IANA = re.compile(r"\b[A-Z][A-Za-z]+/[A-Z][A-Za-z_\-]+(?:/[A-Z][A-Za-z_\-]+)?")


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def zone_in(texts: str | Sequence[str]) -> str:
    """Return the time zone that a header or preamble states: "UTC", "+02:00", an IANA name, or "".

    >>> zone_in("Date Time, GMT-04:00"), zone_in("Time (UTC)"), zone_in("Timezone : Europe/Berlin")
    ('-04:00', 'UTC', 'Europe/Berlin')
    >>> zone_in("Date Time, GMT+00:00"), zone_in("local time")
    ('UTC', '')
    """
    for text in [texts] if isinstance(texts, str) else texts:
        for name in _IANA.findall(text):
            if name in _zones():
                return str(name)
        found = _OFFSET.search(text)
        if found and int(found["hours"]) <= 14:
            hours, minutes = int(found["hours"]), int(found["minutes"] or 0)
            sign = "+" if found["sign"] == "+" else "-"
            return "UTC" if hours == minutes == 0 else f"{sign}{hours:02d}:{minutes:02d}"
        if re.search(r"(?<![A-Za-z])(UTC|GMT)(?![A-Za-z])", text) or re.search(
            r"(?i)[_ ]utc$|^utc[_ ]|[a-z]Utc$", text
        ):
            return "UTC"
    return ""
