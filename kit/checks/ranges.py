"""Missing values and values that cannot be, or hardly ever are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kit.checks.limits import limits
from kit.model import Flag

Floats = NDArray[np.float64]
Flags = NDArray[np.int8]
#: Sums over at least so many seconds are those of a month, or of a year (28 and 360 days).
_MONTH_LIKE, _YEAR_LIKE = 28 * 86_400, 360 * 86_400


def missing(value: Floats) -> Flags:
    """Flag missing values (NaN) with 9, all others with 1.

    >>> missing(np.array([1.0, np.nan])).tolist()
    [1, 9]
    """
    return np.where(np.isnan(value), np.int8(Flag.MISSING), np.int8(Flag.GOOD))


def gross_range(
    value: Floats,
    fail_min: float = float("nan"),
    fail_max: float = float("nan"),
    suspect_min: float = float("nan"),
    suspect_max: float = float("nan"),
) -> Flags:
    """Flag values outside the fail span with 4, outside the suspect span with 3.

    Both ends of a span belong to it; a NaN limit is no limit; missing values get 9. The QARTOD
    gross range test (https://ioos.noaa.gov/project/qartod/).

    >>> gross_range(np.array([-95.0, 20.0, 52.0, 86.0]), -90, 60, -50, 50).tolist()
    [4, 1, 3, 4]
    """
    low, high = _ends(fail_min, suspect_min, max), _ends(fail_max, suspect_max, min)
    flag = np.full(value.shape, np.int8(Flag.GOOD))
    odd = np.flatnonzero(~((value >= low) & (value <= high)))  # few: what is missing is among them
    few = value[odd]
    worst = np.where(np.isnan(few), np.int8(Flag.MISSING), np.int8(Flag.SUSPECT))
    worst[(few < fail_min) | (few > fail_max)] = Flag.FAIL
    flag[odd] = worst
    return flag


def _ends(fail: float, suspect: float, inner: Callable[[float, float], float]) -> float:
    """Return the inner one of two ends of a span; NaN is no end.

    >>> _ends(-90.0, -50.0, max), _ends(float("nan"), float("nan"), min)
    (-50.0, inf)
    """
    none = -np.inf if inner is max else np.inf
    return inner(none if np.isnan(fail) else fail, none if np.isnan(suspect) else suspect)


def long_sums(variable: str, period: NDArray[np.integer[Any]]) -> list[tuple[str, Any]]:
    """Return which limits (name of their check) which values of a variable have, by ``period`` in seconds.

    The rain of a month is no rain of a day; what is a mean has the same limits however long it is: then the
    slice of all comes back.

    >>> [(check, part.tolist()) for check, part in long_sums("rain", np.array([3600, 2629746]))]
    [('gross-range', [True, False]), ('month-range', [False, True])]
    >>> [check for check, _ in long_sums("temperature", np.array([3600, 2629746]))]
    ['gross-range']
    """
    if not limits("month-range", variable).known or not (period >= _MONTH_LIKE).any():
        return [("gross-range", slice(None))]
    yearly = period >= _YEAR_LIKE
    monthly = (period >= _MONTH_LIKE) & ~yearly
    parts = {"gross-range": ~monthly & ~yearly, "month-range": monthly, "year-range": yearly}
    return [(check, part) for check, part in parts.items() if part.any()]
