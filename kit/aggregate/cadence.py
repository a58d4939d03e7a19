"""How often a device measures, found from its times."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kit.aggregate.groups import DAY, MICRO, changes, stamps

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
    day = stamp // (DAY * MICRO)
    same = series[1:] == series[:-1]
    new = np.ones(len(stamp), dtype=bool)
    new[1:] = ~same | (day[1:] != day[:-1])
    group = np.cumsum(new) - 1
    rise = np.diff(stamp)
    at = np.flatnonzero(same & (rise > 0))
    step = rise[at] / MICRO
    of_day, steps = _commonest(step, group[at + 1], int(group[-1]) + 1)
    found: Floats = of_day[group]
    few = (steps < FEWEST_STEPS)[group]
    if few.any():
        there = np.zeros(int(series.max()) + 1, dtype=bool)
        there[series[few]] = True
        mine = there[series[at + 1]]
        of_series, _ = _commonest(step[mine], series[at + 1][mine], len(there))
        found[few] = of_series[series[few]]
    return found


def _commonest(step: Floats, group: Ints, count: int) -> tuple[Floats, Ints]:
    """Return per group (they ascend) the mean step of the most common class, and how many steps it has."""
    found = np.full(count, np.nan)
    steps = np.bincount(group, minlength=count).astype(np.int64)
    if not len(step):
        return found, steps
    width = np.where(step < 60, 1.0, np.where(step < 600, 10.0, 60.0))
    kind = (np.round(step / width) * width).astype(np.int64)
    start = np.flatnonzero(changes(group))
    size = np.diff(start, append=len(group))
    shortest = kind == np.repeat(np.minimum.reduceat(kind, start), size)
    number = np.add.reduceat(shortest, start, dtype=np.int64)
    clear = 2 * number > size  # more than all others together: mostly it is so
    rows = np.flatnonzero(shortest & np.repeat(clear, size))
    if len(rows):
        number = number[clear]
        first = (np.cumsum(number) - number).astype(np.intp)
        found[group[start[clear]]] = np.add.reduceat(step[rows], first) / number
    rest = np.flatnonzero(~np.repeat(clear, size))
    if len(rest):
        owner, mean = _by_counting(step[rest], kind[rest], group[rest])
        found[owner] = mean
    return found, steps


def _by_counting(step: Floats, kind: Ints, group: Ints) -> tuple[Ints, Floats]:
    """Return groups and the mean step of the class that is most common in each, the shorter one of two."""
    order = np.lexsort((kind, group))
    kind, which, step = kind[order], group[order], step[order]
    start = np.flatnonzero(changes(kind) | changes(which))
    size = np.diff(start, append=len(kind))
    mean = np.add.reduceat(step, start) / size
    ranked = np.lexsort((-kind[start], size, which[start]))  # per group the winner comes last
    owner = which[start][ranked]
    last = np.append(owner[1:] != owner[:-1], True)
    return owner[last], mean[ranked[last]]
