"""How often a device measures, found from its times."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kit.aggregate.groups import DAY, MICRO, stamps

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: A day with fewer steps than this takes the cadence of the whole series.
FEWEST_STEPS = 3


def cadence(times: Any) -> float:
    """Return the device's own interval in seconds: the most common difference between readings.

    Differences are compared in classes of 1 s (below a minute), 10 s (below ten minutes) or a minute;
    the result is the mean of the differences in the most common class, the shorter one of two. NaN with
    fewer than two different times. Lost readings do not change it as long as most steps are whole.

    >>> cadence(np.array(["2019-03-30T00:00", "2019-03-30T00:10", "2019-03-30T00:20",
    ...                   "2019-03-30T01:50", "2019-03-30T02:00"], "M8[us]"))
    600.0
    """
    stamp = np.unique(stamps(times))
    found, _ = _commonest(np.diff(stamp) / MICRO, np.zeros(max(len(stamp) - 1, 0), dtype=np.int64), 1)
    return float(found[0])


def cadences(stamp: Ints, series: Ints) -> Floats:
    """Return the cadence in seconds for every reading: that of its series on its UTC day.

    ``stamp`` (microseconds) must rise within each ``series`` (equal numbers together). A day with
    fewer than three steps takes the cadence of the whole series; NaN where there is no step at all.
    """
    if not len(stamp):
        return np.zeros(0)
    count = int(series.max()) + 1
    day = stamp // (DAY * MICRO)
    new = np.ones(len(stamp), dtype=bool)
    new[1:] = (series[1:] != series[:-1]) | (day[1:] != day[:-1])
    group = np.cumsum(new) - 1
    is_step = np.zeros(len(stamp), dtype=bool)
    is_step[1:] = (series[1:] == series[:-1]) & (stamp[1:] > stamp[:-1])
    at = np.flatnonzero(is_step)
    step = (stamp[at] - stamp[at - 1]) / MICRO
    of_day, steps = _commonest(step, group[at], int(group[-1]) + 1)
    of_series, _ = _commonest(step, series[at], count)
    found: Floats = of_day[group]
    few = (steps < FEWEST_STEPS)[group]
    found[few] = of_series[series[few]]
    return found


def _commonest(step: Floats, group: Ints, count: int) -> tuple[Floats, Ints]:
    """Return per group the mean step of the most common class, and how many steps it has in all."""
    found = np.full(count, np.nan)
    steps = np.bincount(group, minlength=count).astype(np.int64)
    if not len(step):
        return found, steps
    width = np.where(step < 60, 1.0, np.where(step < 600, 10.0, 60.0))
    kind = (np.round(step / width) * width).astype(np.int64)
    order = np.lexsort((kind, group))
    kind, which, step = kind[order], group[order], step[order]
    new = np.ones(len(kind), dtype=bool)
    new[1:] = (kind[1:] != kind[:-1]) | (which[1:] != which[:-1])
    start = np.flatnonzero(new)
    size = np.diff(np.append(start, len(kind)))
    mean = np.add.reduceat(step, start) / size
    ranked = np.lexsort((-kind[start], size, which[start]))  # per group the winner comes last
    owner = which[start][ranked]
    last = np.ones(len(ranked), dtype=bool)
    last[:-1] = owner[1:] != owner[:-1]
    found[owner[last]] = mean[ranked[last]]
    return found, steps
