"""Converted values keep the digits that the file had, and the receipt can say how they were converted.

The rule: a value that was converted to another unit is the shortest decimal number that, converted back and
rounded to the decimals that the file had, gives exactly what the file says; never shorter than the variable
is usually shown. So 81 °F is 27.2 °C and not 27.22222, 29.91 inHg is 1012.9 hPa, 4.0 mph is 1.8 m/s and
4.1 mph is 1.83 m/s (1.8 m/s would be 4.0 mph again): nothing is lost, and no precision is claimed that the
device did not have. The rule looks at one value alone, so that two downloads of one reading always agree.
Amounts that are summed up (rain) keep every decimal of the conversion: 0.01 in is 0.254 mm, and a hundred of
them are 25.4 mm. Values in kit's own unit are left alone, bit for bit.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kit.text import N_
from kit.vocab import convert, units, variable

if TYPE_CHECKING:
    from kit.ingest.meanings import Meaning
    from kit.model import Report

Floats = NDArray[np.float64]

#: Most decimals that are looked for in a file, and that a converted value gets.
_MOST_GIVEN, _MOST = 9, 12

GAS = N_("{column}: 1 {unit_in} was taken as {factor} {unit} (at 20 °C and 1013.25 hPa, as in European law).")
FORCE = N_("{column}: wind forces became the middle speed of each force (WMO); force 12 became {speed} m/s.")
POINTS = N_("{column}: compass points became degrees, in steps of 22.5°.")


def as_precise(given: Floats, unit_in: str, name: str, written: pd.Series[Any] | None = None) -> Floats:
    """Return values in the canonical unit of variable ``name``, with the digits that they had.

    Parameters
    ----------
    given
        Values as in the file, in ``unit_in`` (a UCUM code of ``kit.vocab.units``); NaN for missing.
    written
        Their cells as text, which tell "3.0" from "3"; None where the file holds numbers.

    >>> as_precise(np.array([81.0, 80.6, np.nan]), "[degF]", "temperature").tolist()
    [27.2, 27.0, nan]
    >>> as_precise(np.array([29.91]), "[in_i'Hg]", "pressure").tolist()
    [1012.9]
    >>> as_precise(np.array([4.0, 4.1]), "[mi_i]/h", "wind_speed", pd.Series(["4.0", "4.1"])).tolist()
    [1.8, 1.83]
    >>> as_precise(np.array([96913.02]), "Pa", "pressure").tolist()
    [969.1302]
    >>> as_precise(np.array([0.01]), "[in_i]", "rain").tolist()
    [0.254]
    """
    converted = convert(given, unit_in, name)
    if unit_in == variable(name).unit or np.array_equal(converted, given, equal_nan=True):
        return converted
    if units()[unit_in].dimension == "wind force":
        return converted
    which, kinds = pd.factorize(given)
    if not len(kinds):
        return converted
    digits = decimals(np.append(np.asarray(kinds, dtype=np.float64), np.nan))[which]
    if written is not None and len(written) == len(given):
        digits = np.maximum(digits, _written(written))
    pairs, which = np.unique(which * 16 + digits, return_inverse=True)
    short = _shortest(np.append(kinds, np.nan)[pairs // 16], pairs % 16, unit_in, name)
    return short[which]


def _shortest(given: Floats, digits: NDArray[np.int64], unit_in: str, name: str) -> Floats:
    """Return values with so many decimals in the canonical unit, each as short as the rule says."""
    full = convert(given, unit_in, name)
    wanted = variable(name)
    if wanted.kind == "sum":
        return _to(full, 9)
    zero, one = convert([0.0, 1.0], unit_in, name)
    scale = 10.0**digits
    found, left = full.copy(), np.flatnonzero(np.isfinite(full))
    for more in range(wanted.digits, _MOST + 1):
        tried = _to(full[left], more)
        back = (tried - zero) / (one - zero)
        same = np.rint(back * scale[left]) == np.rint(given[left] * scale[left])
        found[left[same]] = tried[same]
        left = left[~same]
    return found


def _written(cells: pd.Series[Any]) -> NDArray[np.int64]:
    """Return how many decimals cells are written with, at most nine.

    >>> _written(pd.Series(["3.0", "12,25 ", "7", ""])).tolist()
    [1, 2, 0, 0]
    """
    if pd.api.types.is_numeric_dtype(cells.dtype):
        return np.zeros(len(cells), dtype=np.int64)
    which, kinds = pd.factorize(cells)
    tails = pd.Series(kinds, dtype="str").str.extract(r"[.,](\d+)\D*$", expand=False)
    found = np.append(tails.str.len().fillna(0).to_numpy(dtype=np.int64), 0)
    return np.asarray(np.minimum(found[which], _MOST_GIVEN), dtype=np.int64)


def _to(values: Floats, digits: int) -> Floats:
    """Return values with so many decimals (the nearest float64 of the decimal number)."""
    big = np.rint(values * 10.0**digits)
    return np.where(np.abs(big) < 2**53, big / 10.0**digits, values)


def decimals(values: Floats) -> NDArray[np.int64]:
    """Return how many decimals each number has, at most nine.

    >>> decimals(np.array([81.0, 29.91, 0.1 + 0.2, np.nan])).tolist()
    [0, 2, 1, 0]
    """
    found = np.full(len(values), _MOST_GIVEN)
    for digits in range(_MOST_GIVEN - 1, -1, -1):
        big = values * 10.0**digits
        with np.errstate(invalid="ignore"):
            whole = np.abs(big - np.rint(big)) <= 1e-9 * np.maximum(1.0, np.abs(big))
        found[whole | ~np.isfinite(values)] = digits
    return found


def conversion_note(unit_in: str, name: str) -> tuple[str, dict[str, Any]] | None:
    """Return what a receipt says about a conversion that is more than a change of unit, else None.

    The template still needs ``column``.

    >>> conversion_note("[ppb]", "no2")[1]
    {'unit_in': 'ppb', 'factor': 1.9125, 'unit': 'µg/m³'}
    >>> conversion_note("[degF]", "temperature")
    """
    known, wanted = units()[unit_in], variable(name)
    target = units()[wanted.unit]
    if known.dimension == "wind force":
        return FORCE, {"speed": float(convert([12.0], unit_in, name)[0])}
    if known.id.startswith("compass"):
        return POINTS, {}
    if known.dimension != target.dimension:
        factor = float(f"{float(convert([1.0], unit_in, name)[0]):.5g}")
        return GAS, {"unit_in": known.symbol, "factor": factor, "unit": target.symbol}
    return None


def note_conversions(report: Report, meanings: Iterable[Meaning]) -> None:
    """Say in the notes of a report how gases, wind forces and compass points were converted."""
    notes = list(report.notes)
    for part in meanings:
        told = conversion_note(part.unit, part.variable) if part.unit and part.variable else None
        if told:
            notes.append((told[0], {"column": part.name, **told[1]}))
    report.notes = tuple(notes)
