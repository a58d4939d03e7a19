"""Problems for flagged values, with "did you mean": 86 °C, did you mean 86 °F = 30.0 °C?"""

from __future__ import annotations

import pandas as pd

from kit import checks
from kit.ingest.columns import Meaning, symbol_of
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
LISTED = 500
#: Reason codes that ingest sets itself.
OWN_REASONS = {"ambiguous-time": AMBIGUOUS, "unreadable": UNREADABLE}


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
        if code in ("out-of-range", "unusual-value"):
            suggestion, params = did_you_mean(part, _raw(part, at))
        elif code == "ambiguous-time":
            suggestion = ZONE_HINT
        problems.append(Problem(code, reason_template(code), row, part.name, text, suggestion, params))
    return problems


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
