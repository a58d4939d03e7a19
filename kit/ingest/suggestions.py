"""Problems for flagged values, with "did you mean": 86 °C, did you mean 86 °F = 30.0 °C?"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from kit import checks
from kit.ingest.columns import Meaning, symbol_of
from kit.ingest.counters import AT_LEAST_TEXT, GLITCH_TEXT
from kit.ingest.doubts import typical
from kit.model import Problem, RawTable
from kit.text import N_
from kit.vocab import convert, units_for, variable

AMBIGUOUS = N_(
    "The clocks were put back at this time, and the file does not tell which of the two hours it is."
)
ZONE_HINT = N_("Set the device to UTC or to winter time all year.")
UNREADABLE = N_("There was something in this cell that is no number.")
DID_YOU_MEAN = N_("{value} {unit_in}: did you mean {value} {other} = {converted} {unit}?")
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
    wrong = long[long["flag"].isin((3, 4))]
    if wrong.empty:
        return []
    listed = wrong.groupby(["reason", "_which"], sort=False).head(LISTED)
    problems = []
    cells = {part.column: table.frame[part.column].to_numpy(dtype=object) for part in meanings}
    columns = [listed[name].tolist() for name in ("row", "_at", "_which", "reason")]
    for row, at, which, reason in zip(*columns, strict=True):
        part = meanings[which]
        text = str(cells[part.column][at])
        code = next((one for one in reason.split(";") if one), "suspect")
        suggestion = ""
        params: dict[str, str] = {}
        if code in ("out-of-range", "unusual-value", "spike", "rate-of-change"):
            suggestion, params = decimal_slip(part, text, cells[part.column], table.decimal)
        if not suggestion and code in ("out-of-range", "unusual-value"):
            suggestion, params = did_you_mean(part, _raw(part, at))
        elif code == "ambiguous-time":
            suggestion = ZONE_HINT
        said = {"reading": _reading(part, text), "why": reason_template(code)}
        problems.append(Problem(code, WHERE, row, part.name, text, suggestion, said | params))
    return problems


def _reading(part: Meaning, text: str) -> str:
    """Return a cell with its unit, as a person would say it."""
    return f"{text} {symbol_of(part.unit)}".strip() if any(c.isdigit() for c in text) else text


def decimal_slip(part: Meaning, text: str, cells: Any, decimal: str) -> tuple[str, dict[str, str]]:
    """Return a suggestion if a whole number lacks the decimal sign that the other cells of its column have.

    >>> import numpy as np
    >>> values = np.array([16.1, 16.3, 16.4, 165.0, 16.6])
    >>> part = Meaning("t", "t", np.arange(5), values, np.zeros(5, bool), "temperature", "Cel")
    >>> decimal_slip(part, "165", ["16.1", "16.3", "16.4", "165", "16.6"], ".")[1]["fitting"]
    '16.5'
    """
    bare = text.strip()
    if not re.fullmatch(r"[-−]?\d{2,}", bare):
        return "", {}
    sample = [str(cell).strip() for cell in cells[:2000] if str(cell).strip()]
    sizes = [len(cell.rpartition(decimal)[2]) if decimal in cell else 0 for cell in sample if cell != bare]
    if len(sizes) < 4 or not (digits := max(set(sizes), key=sizes.count)):
        return "", {}
    if sizes.count(digits) < 0.8 * len(sizes) or len(bare.lstrip("-−")) <= digits:
        return "", {}
    whole = float(bare.replace("−", "-"))
    fitting = whole / 10**digits
    low, middle, high = np.nanpercentile(part.values[part.values != whole], [5, 50, 95])
    room = max(high - low, 0.1 * abs(middle))
    if not low - room <= fitting <= high + room:
        return "", {}
    said = f"{fitting:.{digits}f}".replace(".", decimal)
    return SLIP, {"fitting": said, "unit_in": symbol_of(part.unit)}


def _raw(part: Meaning, at: int) -> float:
    """Return the number in the file at one place of the frame."""
    return float(part.values[int(part.cells.searchsorted(at))])


def did_you_mean(part: Meaning, value: float) -> tuple[str, dict[str, str]]:
    """Return a suggestion (template, parameters) if the value would be usual in another unit.

    >>> import numpy as np
    >>> none = np.zeros(0)
    >>> part = Meaning("t", "t", none.astype(int), none, none.astype(bool), "temperature", "Cel")
    >>> did_you_mean(part, 86.0)[1]["converted"], did_you_mean(part, 500.0)
    ('30.0', ('', {}))
    """
    known = variable(part.variable)
    low, high = typical().get(part.variable, (0.0, -1.0))
    for other in units_for(part.variable):
        if other.id == part.unit:
            continue
        converted = float(convert([value], other, part.variable)[0])
        if low <= converted <= high:
            params = {
                "value": f"{value:g}", "unit_in": symbol_of(part.unit), "other": other.symbol,
                "converted": f"{converted:.{known.digits}f}", "unit": known.symbol,
            }  # fmt: skip
            return DID_YOU_MEAN, params
    return "", {}
