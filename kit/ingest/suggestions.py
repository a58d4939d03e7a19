"""Problems for flagged values, with "did you mean": 86 °C, did you mean 86 °F = 30.0 °C?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property
from typing import Any

import numpy as np
import pandas as pd

from kit import checks
from kit.ingest.amounts import AT_LEAST_TEXT, GLITCH_TEXT
from kit.ingest.column_units import symbol_of
from kit.ingest.doubts import typical
from kit.ingest.meanings import Meaning
from kit.model import Flag, Problem, RawTable
from kit.text import N_
from kit.vocab import convert, units_for, variable

AMBIGUOUS = N_(
    "The clocks were put back at this time, and the file does not tell which of the two hours it is."
)
ZONE_HINT = N_("Set the device to UTC or to winter time all year.")
UNREADABLE = N_("There was something in this cell that is no number.")
DID_YOU_MEAN = N_("{value} {unit_in}: did you mean {value} {other} = {converted} {unit}?")
#: What to do about a reason, where no value can be suggested.
ADVICE = {
    "factory-clock": N_(
        "Set the device's clock. If you know when it was started, correct the dates in the file."
    ),
    "clock-back": N_("Set the device's clock to UTC and leave it so all year."),
    "min-above-max": N_("Look whether the columns for the lowest and the highest value are swapped."),
    "part-above-whole": N_(
        "Look whether the columns for the sizes of dust are swapped, and clean the sensor."
    ),
    "channels": N_("Clean the device; if the channels still differ, one of its sensors has to be replaced."),
}
#: Reasons that a slip of the pen or a wrong unit may have; for some, a usual value is enough to suggest it.
MISTYPED = {"out-of-range", "out-of-season", "unusual-value", "spike", "rate-of-change"}
UNLIKELY = {"out-of-range", "out-of-season", "unusual-value"}
SLIP = N_("Is a decimal sign missing? {fitting} {unit_in} would fit the other values of this column.")
#: What is told of one flagged value; ``why`` is the reason, a template of its own.
WHERE = N_("Row {row}: {reading} in column {column}. {why}")
LISTED = 500
#: Reason codes that ingest sets itself.
OWN_REASONS = {
    "ambiguous-time": AMBIGUOUS, "unreadable": UNREADABLE, "counter-reset": AT_LEAST_TEXT,
    "counter-glitch": GLITCH_TEXT,
}  # fmt: skip


def reason_template(code: str) -> str:
    """Return the English template of one reason code, of ingest or of a check."""
    return OWN_REASONS.get(code) or checks.REASONS.get(code, code)


def flag_problems(long: pd.DataFrame, meanings: list[Meaning], table: RawTable) -> list[Problem]:
    """Return one problem per suspect or failed value (the first 500 of each reason and variable)."""
    flag = long["flag"].to_numpy()
    at_wrong = (flag == Flag.SUSPECT) | (flag == Flag.FAIL)
    if not at_wrong.any():
        return []
    wrong = long[at_wrong]
    listed = wrong.groupby(["reason", "_which"], sort=False).head(LISTED)
    problems = []
    usual: dict[int, Usual] = {}
    columns = [listed[name].tolist() for name in ("row", "_at", "_which", "reason")]
    cells = _cells(columns[1], columns[2], meanings, table)
    for row, at, which, reason in zip(*columns, strict=True):
        part, text = meanings[which], cells[which, at]
        if which not in usual:
            usual[which] = Usual(part, _first_texts(table, part.column), table.decimal)
        code = next((one for one in reason.split(";") if one), "suspect")
        suggestion, params = _suggestion(code, reason, part, text, _raw(part, at), usual[which])
        said = {"reading": _reading(part, text), "why": reason_template(code)}
        problems.append(Problem(code, WHERE, row, part.name, text, suggestion, said | params))
    return problems


def _cells(
    ats: Sequence[int], kinds: Sequence[int], meanings: list[Meaning], table: RawTable
) -> dict[tuple[int, int], str]:
    """Return the texts of cells by (number of the meaning, place), looked up column by column."""
    places: dict[int, list[int]] = {}
    for at, which in zip(ats, kinds, strict=True):
        places.setdefault(which, []).append(at)
    return {
        (which, at): text
        for which, mine in places.items()
        for at, text in zip(mine, table.texts(meanings[which].column, mine), strict=True)
    }


def _suggestion(
    code: str, reason: str, part: Meaning, text: str, value: float, usual: Usual
) -> tuple[str, dict[str, Any]]:
    """Return what may have been meant, for the first reason of a value."""
    if code == "ambiguous-time":
        return ZONE_HINT, {}
    if code in ADVICE:
        return ADVICE[code], {}
    if not set(reason.split(";")) & MISTYPED:
        return "", {}
    slip = decimal_slip(part, text, usual)
    if slip[0]:
        return slip
    if set(reason.split(";")) & UNLIKELY:
        return did_you_mean(part, value, usual)
    return did_you_mean(part, value, usual, fitting=True)


def _reading(part: Meaning, text: str) -> str:
    """Return a cell with its unit, as a person would say it."""
    return f"{text} {symbol_of(part.unit)}".strip() if any(c.isdigit() for c in text) else text


def _first_texts(table: RawTable, column: str) -> Iterator[str]:
    """Yield the first cells of a column; they are looked up when the first one is asked for."""
    yield from table.texts(column, range(min(2000, len(table.frame))))


class Usual:
    """What is usual in a column: the span of its values, and how many decimals its (first) ``cells`` have."""

    def __init__(self, part: Meaning, cells: Iterable[str], decimal: str) -> None:
        self.values = part.values[np.isfinite(part.values)]
        self.decimal, self._cells = decimal, cells

    @cached_property
    def digits(self) -> int:
        """How many decimals numbers of this column have, where at least a fifth has any; else 0."""
        sample = [cell.strip() for cell in self._cells if cell.strip()]
        sizes = [len(cell.rpartition(self.decimal)[2]) if self.decimal in cell else 0 for cell in sample]
        with_decimals = [size for size in sizes if size]
        if len(sizes) < 5 or len(with_decimals) < 0.2 * len(sizes):
            return 0
        return max(sorted(set(with_decimals)), key=with_decimals.count)

    def fits(self, value: float, instead_of: float) -> bool:
        """Return whether a value lies among the others of the column."""
        others = self.values[self.values != instead_of]
        if len(others) < 3:
            return False
        low, middle, high = np.percentile(others, [5, 50, 95])
        room = max(high - low, 0.1 * abs(middle))
        return bool(low - room <= value <= high + room)


def decimal_slip(part: Meaning, text: str, usual: Usual) -> tuple[str, dict[str, Any]]:
    """Return a suggestion if a whole number lacks the decimal sign that others of its column have.

    >>> values = np.array([16.1, 16.3, 16.4, 165.0, 16.6])
    >>> part = Meaning("t", "t", np.arange(5), values, np.zeros(5, bool), "temperature", "Cel")
    >>> usual = Usual(part, ["16.1", "16.3", "16.4", "165", "16.6"], ".")
    >>> decimal_slip(part, "165", usual)[1]["fitting"]
    '16.5'
    """
    bare = text.strip()
    if not re.fullmatch(r"[-−]?\d{2,}", bare):
        return "", {}
    digits = usual.digits
    if not digits or len(bare.lstrip("-−")) <= digits:
        return "", {}
    whole = float(bare.replace("−", "-"))
    fitting = whole / 10**digits
    if not usual.fits(fitting, whole):
        return "", {}
    said = f"{fitting:.{digits}f}".replace(".", usual.decimal)
    return SLIP, {"fitting": said, "unit_in": symbol_of(part.unit)}


def _raw(part: Meaning, at: int) -> float:
    """Return the number in the file at one place of the frame."""
    return float(part.values[int(part.cells.searchsorted(at))])


_units_for = cache(units_for)


def did_you_mean(
    part: Meaning, value: float, usual: Usual | None = None, *, fitting: bool = False
) -> tuple[str, dict[str, Any]]:
    """Return a suggestion (template, parameters) if the value would be usual in another unit.

    A unit in which it lies among the other values of its column is preferred, and the only kind taken with
    ``fitting``. Numbers in the parameters are pairs of value and digits: :func:`kit.text.tr` writes them as
    the reader's language does.

    >>> none = np.zeros(0)
    >>> part = Meaning("t", "t", none.astype(int), none, none.astype(bool), "temperature", "Cel")
    >>> did_you_mean(part, 86.0)[1]["converted"], did_you_mean(part, 500.0)
    ((30.0, 1), ('', {}))
    """
    known = variable(part.variable)
    low, high = typical().get(part.variable, (0.0, -1.0))
    others = [unit for unit in _units_for(part.variable) if unit.id != part.unit]
    there = {unit.id: float(convert([value], unit, part.variable)[0]) for unit in others}
    likely = [unit for unit in others if low <= there[unit.id] <= high]
    if usual is not None:
        here = {unit.id: _in_unit(there[unit.id], part, known.unit) for unit in likely}
        among = [unit for unit in likely if usual.fits(here[unit.id], value)]
        likely = among if among or fitting else likely
    if not likely or (fitting and usual is None):
        return "", {}
    other = likely[0]
    return DID_YOU_MEAN, {
        "value": (value, _decimals(value)), "unit_in": symbol_of(part.unit), "other": other.symbol,
        "converted": (there[other.id], known.digits), "unit": known.symbol,
    }  # fmt: skip


def _in_unit(value: float, part: Meaning, canonical: str) -> float:
    """Return a value of the canonical unit in the unit of the column (units are straight lines)."""
    if part.unit == canonical:
        return value
    zero, one = convert(np.array([0.0, 1.0]), part.unit, part.variable)
    return float((value - zero) / (one - zero))


def _decimals(value: float) -> int:
    """Return how many decimals a number is written with, three at most.

    >>> _decimals(86.0), _decimals(75.25)
    (0, 2)
    """
    return len(f"{value:.3f}".rstrip("0").partition(".")[2])
