"""What makes a name doubtful: numbers that do not fit it, a rain counter, a unit that nobody knows.

A doubtful column is asked for and never taken without an answer: where the numbers speak against the name,
the likely answer is to leave the column out; where a file states a unit that kit does not know, no unit is
likely.
"""

from __future__ import annotations

import csv
import re
from functools import cache

import numpy as np
from numpy.typing import NDArray

from kit.model import Column
from kit.text import N_
from kit.vocab import Match, convert, recognise, unit, units_for, variable
from kit.vocab.units import TABLES

Floats = NDArray[np.float64]

ASK_UNLIKELY = N_("The numbers in the column {column} are unusual for {variable}. What does it hold?")
ASK_COUNTER = N_(
    "The numbers in the column {column} only rise, like those of a rain counter; kit takes the rain of each"
    " record. What does it hold?"
)
_LAST_BRACKET = re.compile(r"[(\[]\s*([^\s()\[\]]{1,12})\s*[)\]]\s*$")
#: So many steps from a value above zero must rise or stay before a column is taken for a counter.
_STEPS, _SHARE, _DISTINCT = 20, 0.95, 5


@cache
def typical() -> dict[str, tuple[float, float]]:
    """Return usual ranges of medians by variable; they only order what a question offers."""
    with (TABLES / "typical.csv").open(encoding="utf-8", newline="") as file:
        return {line["variable"]: (float(line["low"]), float(line["high"])) for line in csv.DictReader(file)}


def middle(values: Floats, name: str) -> Floats:
    """Return the median of a column as an array of one (none without numbers); of rain only where it rained.

    >>> middle(np.array([0.0, 0.0, 0.0, 0.2, np.nan]), "rain").tolist()
    [0.2]
    """
    known = values[~np.isnan(values)]
    if variable(name).kind == "sum":
        known = known[known > 0]
    return np.array([np.median(known)]) if len(known) else known


def unlikely(values: Floats, match: Match) -> bool:
    """Tell whether the numbers are unusual for a variable in every unit that it may have, none being stated.

    "RH" is relative humidity, unless the numbers are those of hourly rain.

    >>> from kit.vocab import recognise
    >>> temperature = recognise("temperature")
    >>> unlikely(np.array([21.5, 22.0]), temperature), unlikely(np.array([101_325.0, 101_400.0]), temperature)
    (False, True)
    """
    span = typical().get(match.variable)
    centre = middle(values, match.variable)
    if match.unit or span is None or not len(centre):
        return False
    usual = (convert(centre, one, match.variable)[0] for one in units_for(match.variable))
    return not any(span[0] <= value <= span[1] for value in usual)


def is_counter(values: Floats) -> bool:
    """Tell whether amounts of rain run on like those of a counter, forwards or backwards in the file.

    After a record with rain the next one mostly has less; a counter has the same or more.

    >>> is_counter(np.arange(40) * 0.2), is_counter(np.tile([0.0, 0.2, 0.6, 0.2], 20))
    (True, False)
    """
    known = values[~np.isnan(values)]
    if len(np.unique(known)) < _DISTINCT:
        return False
    for run in (known, known[::-1]):
        wet = run[:-1] > 0
        if wet.sum() >= _STEPS and (run[1:] >= run[:-1])[wet].mean() >= _SHARE:
            return True
    return False


def strange_unit(column: Column) -> str:
    """Return the unit that a column states and kit does not know, "" if there is none.

    >>> strange_unit(Column("temp (blargs)", "value", label="temp (blargs)"))
    'blargs'
    >>> [strange_unit(Column(name, "value", label=name)) for name in ("temp (C)", "CO(GT)", "temp")]
    ['', '', '']
    """
    if column.unit.strip():
        return "" if unit(column.unit) else column.unit.strip()
    label = column.label or column.name
    match = recognise(label)
    found = _LAST_BRACKET.search(label)
    if found is None or match is None or match.sure or match.unit:
        return ""
    return found[1]
