"""Units: what people write, and the way to the canonical unit of a variable (``tables/units.csv``).

A unit is known by its UCUM code (https://ucum.org). Conversions are linear and exact where the definition
is: ``(x - zero) * factor`` gives the value in the first unit of the dimension. Gases go between volume
fraction (ppb, ppm) and mass concentration with the molar masses of ``tables/gases.csv`` at 20 °C and
1013.25 hPa, the convention of European air quality law (Directive 2008/50/EC, annex VI C: 293 K, 101.3 kPa).
"""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kit.errors import UsageError
from kit.vocab.variables import Variable, variable
from kit.vocab.words import fold

TABLES = Path(__file__).parents[1] / "tables"
#: Litres of one mole of an ideal gas at 293.15 K and 101325 Pa (R: CODATA 2018, 8.314462618 J/(mol K)).
MOLAR_VOLUME = 8.314462618 * 293.15 / 101325 * 1000
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


@dataclass(frozen=True)
class Unit:
    """A unit of measurement; ``id`` is its UCUM code, ``symbol`` what people write."""

    id: str
    symbol: str
    dimension: str
    zero: Fraction
    factor: Fraction
    source: str


@cache
def units() -> dict[str, Unit]:
    """Return every unit by UCUM code."""
    return {line["unit"]: _unit(line) for line in table_lines("units.csv")}


def unit(text: str) -> Unit | None:
    """Return the unit that ``text`` means, ``None`` if nobody can tell.

    >>> unit("μg/m³").id, unit("℃").id, unit("inHg").symbol, unit("bananas")
    ('ug/m3', 'Cel', 'inHg', None)
    """
    bare = text.strip()
    if bare in units():
        return units()[bare]
    exact, folded = _spellings()
    found = exact.get(_compact(bare))
    if found is None:
        found = folded.get(_key(bare))
    if found is None and bare[:1] in "([{" and bare[-1:] in ")]}":
        return unit(bare[1:-1]) if len(bare) > 2 else None
    if found is None and (said := re.fullmatch(r"([^(]+)\(\s*([^()]+)\)", bare)):
        first, again = unit(said[1]), unit(said[2].strip(" ="))
        same = again is not None and first is not None and again.dimension == first.dimension
        return first if same or re.fullmatch(r"(?i)pm\s*\d+([.,]\d)?", said[2].strip()) else None
    return units()[found] if found else None


def spellings(name: str) -> tuple[str, ...]:
    """Return the ways in which a unit is written, its code and its symbol first.

    >>> spellings("Cel")[:3]
    ('Cel', '°C', 'C')
    """
    line = next(line for line in table_lines("units.csv") if line["unit"] == name)
    return tuple(dict.fromkeys([line["unit"], line["symbol"], *filter(None, line["texts"].split("|"))]))


def convertible(unit_in: str | Unit, name: str) -> bool:
    """Tell whether values in ``unit_in`` can be turned into the canonical unit of variable ``name``.

    >>> convertible("ppb", "no2"), convertible("ppb", "pm10"), convertible("mV", "no2")
    (True, False, False)
    """
    known = unit_in if isinstance(unit_in, Unit) else unit(unit_in)
    return known is not None and _way(known, variable(name)) is not None


def units_for(name: str) -> tuple[Unit, ...]:
    """Return the units that a variable may come in, its canonical unit first.

    >>> [u.id for u in units_for("temperature")]
    ['Cel', '[degF]', 'K']
    """
    wanted = variable(name)
    usual = [u for u in units().values() if u.id in _USUAL.get(wanted.unit, ()) or u.id == wanted.unit]
    fitting = [u for u in usual if _way(u, wanted) is not None]
    return tuple(sorted(fitting, key=lambda u: u.id != wanted.unit))


#: The units offered when a file does not say which one it uses; others are understood when written.
_USUAL = {
    "%": ("%", "{fraction}"),
    "Cel": ("Cel", "[degF]", "K"),
    "hPa": ("hPa", "Pa", "kPa", "mm[Hg]", "[in_i'Hg]"),
    "m/s": ("m/s", "km/h", "[mi_i]/h", "[kn_i]"),
    "mm": ("mm", "[in_i]", "m"),
    "mm/h": ("mm/h", "[in_i]/h"),
    "ug/m3": ("ug/m3", "mg/m3", "[ppb]", "[ppm]"),
    "mg/m3": ("mg/m3", "ug/m3", "[ppm]", "[ppb]"),
    "[ppm]": ("[ppm]",),
    "km": ("km", "m", "[mi_i]"),
    "lx": ("lx", "klx"),
    "W/m2": ("W/m2",),
    "g/m3": ("g/m3",),
    "mg/L": ("mg/L",),
    "deg": ("deg",),
    "cm": ("cm", "mm", "m", "[in_i]"),
    "h": ("h", "min", "s"),
    "uS/cm": ("uS/cm", "mS/cm", "S/m"),
    "[ppb]": ("[ppb]", "[ppm]"),
}


def convert(values: Any, unit_in: str | Unit, name: str) -> NDArray[np.float64]:
    """Return ``values`` (array of numbers) in the canonical unit of variable ``name``, as float64.

    Raises :class:`UsageError` for a unit that is unknown or does not fit. Sources: ``tables/units.csv``.

    >>> convert([86.0], "°F", "temperature"), convert([101792.89], "Pa", "pressure")
    (array([30.]), array([1017.9289]))
    >>> convert([100.0], "ppb", "no2").round(1), convert([29.92], "inHg", "pressure").round(2)
    (array([191.3]), array([1013.21]))
    >>> convert([0, 4, 12], "Bft", "wind_speed")
    array([ 0.1,  6.7, 32.7])
    """
    given = np.asarray(values, dtype=np.float64)
    known = unit_in if isinstance(unit_in, Unit) else unit(unit_in)
    wanted = variable(name)
    way = _way(known, wanted) if known is not None else None
    if known is None or way is None:
        raise UsageError(
            "{unit} is not a unit of {variable}.", do="Use one of: {usual}.", code="unknown-unit",
            unit=known.symbol if known else str(unit_in), variable=name,
            usual=", ".join(u.symbol for u in units_for(name)),
        )  # fmt: skip
    if known.dimension == "wind force":
        return _from_force(given)
    zero, factor = way
    moved = given - float(zero) if zero else given
    if factor == 1:
        return moved.copy() if moved is given else moved
    if max(factor.numerator, factor.denominator) < 2**40:
        return moved * float(factor.numerator) / float(factor.denominator)
    return moved * float(factor)


@cache
def _forces() -> NDArray[np.float64]:
    """Return the mid speed of each Beaufort force; of 12, which has no upper end, the lowest."""
    lines = table_lines("beaufort.csv")
    return np.array([(float(line["low"]) + float(line["high"])) / 2 for line in lines]).round(3)


def _from_force(given: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Beaufort forces in m/s: mid speeds, halves between two of them, more than 12 by 0.836 B^1.5."""
    speeds = _forces()
    inside = np.interp(given, np.arange(len(speeds)), speeds, left=np.nan)
    beyond = given > len(speeds) - 1
    inside[beyond] = np.maximum(0.836 * given[beyond] ** 1.5, speeds[-1])
    return inside


@cache
def _gases() -> dict[str, Fraction]:
    return {line["variable"]: Fraction(line["molar_mass"]) for line in table_lines("gases.csv")}


def _way(unit_in: Unit, wanted: Variable) -> tuple[Fraction, Fraction] | None:
    """Return (zero, factor) of ``(x - zero) * factor``, or None where there is no way."""
    target = units()[wanted.unit]
    if unit_in.dimension == "wind force" and target.dimension == "speed":
        return Fraction(0), Fraction(1)
    if unit_in.dimension == target.dimension:
        return unit_in.zero, unit_in.factor / target.factor
    mass = _gases().get(wanted.id)
    if mass is None:
        return None
    per_ppb = mass / Fraction(MOLAR_VOLUME)
    if (unit_in.dimension, target.dimension) == ("fraction in air", "mass in air"):
        return Fraction(0), unit_in.factor * per_ppb / target.factor
    if (unit_in.dimension, target.dimension) == ("mass in air", "fraction in air"):
        return Fraction(0), unit_in.factor / per_ppb / target.factor
    return None


def table_lines(name: str) -> list[dict[str, str]]:
    """Return the lines of one of kit's tables by the names of its columns."""
    with (TABLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _unit(line: dict[str, str]) -> Unit:
    zero, factor = Fraction(line["zero"]), Fraction(line["factor"])
    return Unit(line["unit"], line["symbol"], line["dimension"], zero, factor, line["source"])


@cache
def _spellings() -> tuple[dict[str, str], dict[str, str]]:
    """Return spelling -> unit id, once with case kept, once without (only where that is unambiguous)."""
    exact: dict[str, str] = {}
    loose: dict[str, set[str]] = {}
    for line in table_lines("units.csv"):
        for text in (line["unit"], line["symbol"], *line["texts"].split("|")):
            if text:
                exact.setdefault(_compact(text), line["unit"])
                if len(_key(text)) > 1 or len(text) == 1:
                    loose.setdefault(_key(text), set()).add(line["unit"])
    return exact, {key: next(iter(found)) for key, found in loose.items() if len(found) == 1}


def _compact(text: str) -> str:
    """Return the spelling without spaces, powers written plainly, one kind of micro and degree sign."""
    plain = text.translate(_SUPERSCRIPTS).replace("º", "°").replace("˚", "°").replace("**", "")
    plain = unicodedata.normalize("NFKC", plain).replace("μ", "u").replace("µ", "u")
    return re.sub(r"[\s^·⋅]", "", plain)


def _key(text: str) -> str:
    compact = _compact(text)
    bare = re.sub(r"(?<=[^\W\d])[.]|[.](?=[^\W\d])", "", compact)
    return fold(bare.replace("°", "")) if len(compact) > 1 else fold(compact)
