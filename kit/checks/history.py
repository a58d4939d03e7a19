"""Is a value like those of the same month in the station's other years? At most "suspect".

Bundled climate normals know nothing of a school's roof, so the years of the series itself are the measure:
hours of the same month in at least three other years. The band reaches from the lower to the upper quartile,
and on both sides ``times`` their distance beyond (Tukey's fences): a few wrong values do not move it.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kit.checks.hours import Hours, months
from kit.checks.limits import Limits, limits
from kit.checks.neighbours import once, scaled
from kit.model import NotRun
from kit.text import N_

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

CHECK = "other-years"
TOO_SHORT = N_(
    "This sensor has fewer than {least} other years with most of a month; that is too little to compare."
)


def unlike_other_years(hours: Hours, variable: str) -> tuple[Bools, list[NotRun]]:
    """Return which hours (like ``hours.value``) are suspect, and where the check could not run."""
    own = limits(CHECK, variable)
    found = np.zeros(hours.value.shape, dtype=bool)
    not_run: list[NotRun] = []
    if not own.known or not own.applies or not hours.value.size:
        return found, not_run
    month = months(hours.hour)
    for code, key in enumerate(hours.names["station"]):
        here = np.flatnonzero(np.isfinite(hours.value[code]))
        odd = far_from_other_years(scaled(hours.value[code, here], own), hours.hour[here], month[here], own)
        if odd is None:
            said = {"least": int(own.one("years"))}
            not_run.append(NotRun(CHECK, variable, key, TOO_SHORT, said))
        else:
            found[code, here[odd]] = True
    return found, once(not_run)


def far_from_other_years(value: Floats, hour: Ints, month: Ints, own: Limits) -> Bools | None:
    """Return which values lie outside the band of their month in other years; None if no month can be told.

    Parameters
    ----------
    value, hour, month
        One series: values, hours and months since 1970 (months rise).
    own
        ``years`` other years are needed that have the month with at least ``days`` days; ``times`` and the
        ``least_width`` of the distance between the quartiles.
    """
    odd = np.zeros(len(value), dtype=bool)
    bounds = (
        np.flatnonzero(np.r_[True, month[1:] != month[:-1], True]) if len(month) else np.zeros(1, dtype=int)
    )
    parts = [slice(a, b) for a, b in pairwise(bounds.tolist())]
    full = [len(np.unique(hour[part] // 24)) >= own.one("days") for part in parts]
    able = False
    for name in range(12):
        mine = [k for k, part in enumerate(parts) if month[part.start] % 12 == name]
        for k in mine:
            others = [value[parts[j]] for j in mine if j != k and full[j]]
            if len(others) < own.one("years"):
                continue
            able = True
            low, high = np.percentile(np.concatenate(others), [25, 75])
            room = own.one("times") * max(high - low, own.one("least_width"))
            odd[parts[k]] = (value[parts[k]] < low - room) | (value[parts[k]] > high + room)
    return odd if able else None
