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
from collections.abc import Sequence
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
    return {line["unit"]: _unit(line) for line in _lines("units.csv")}


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
    return units()[found] if found else None


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
    zero, factor = way
    moved = given - float(zero) if zero else given
    if factor == 1:
        return moved.copy() if moved is given else moved
    if max(factor.numerator, factor.denominator) < 2**40:
        return moved * float(factor.numerator) / float(factor.denominator)
    return moved * float(factor)


#: Names of the sixteen compass points, clockwise from north: English, German, Estonian words and letters.
_POINTS = (
    "n north nord pohi", "nne northnortheast nordnordost nno", "ne northeast nordost no kirre",
    "ene eastnortheast ostnordost ono", "e east ost o ida", "ese eastsoutheast ostsudost oso ostsuedost",
    "se southeast sudost suedost so kagu", "sse southsoutheast sudsudost sso suedsuedost",
    "s south sud sued louna", "ssw southsouthwest sudsudwest suedsuedwest",
    "sw southwest sudwest suedwest edel", "wsw westsouthwest westsudwest westsuedwest",
    "w west laas", "wnw westnorthwest westnordwest",
    "nw northwest nordwest loe", "nnw northnorthwest nordnordwest",
)  # fmt: skip


def compass(texts: Sequence[str]) -> NDArray[np.float64]:
    """Return compass points as degrees clockwise from north; NaN for what is none (calm, variable).

    >>> compass(["N", "nne", "Südwest", "kagu", "---"])
    array([  0. ,  22.5, 225. , 135. ,   nan])
    """
    known = _compass()
    return np.array(
        [known.get(re.sub(r"[^a-z]", "", fold(text)), np.nan) for text in texts], dtype=np.float64
    )


@cache
def _compass() -> dict[str, float]:
    return {word: 22.5 * place for place, words in enumerate(_POINTS) for word in words.split()}


@cache
def _gases() -> dict[str, Fraction]:
    return {line["variable"]: Fraction(line["molar_mass"]) for line in _lines("gases.csv")}


def _way(unit_in: Unit, wanted: Variable) -> tuple[Fraction, Fraction] | None:
    """Return (zero, factor) of ``(x - zero) * factor``, or None where there is no way."""
    target = units()[wanted.unit]
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


def _lines(name: str) -> list[dict[str, str]]:
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
    for line in _lines("units.csv"):
        for text in (line["unit"], line["symbol"], *line["texts"].split("|")):
            if text:
                exact.setdefault(_compact(text), line["unit"])
                loose.setdefault(_key(text), set()).add(line["unit"])
    return exact, {key: next(iter(found)) for key, found in loose.items() if len(found) == 1}


def _compact(text: str) -> str:
    """Return the spelling without spaces, powers written plainly, one kind of micro and degree sign."""
    plain = text.translate(_SUPERSCRIPTS).replace("º", "°").replace("˚", "°").replace("**", "")
    plain = unicodedata.normalize("NFKC", plain).replace("μ", "u").replace("µ", "u")
    return re.sub(r"[\s^·⋅]", "", plain)


def _key(text: str) -> str:
    return fold(_compact(text).replace("°", "")) if len(_compact(text)) > 1 else fold(_compact(text))
