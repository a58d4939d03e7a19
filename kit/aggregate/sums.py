"""Sums over stretches of time of any length: rain between two readings of a counter, across gaps and borders.

A stretch of less than a day is divided over the hours that it touches, in proportion to its time in each: the
sums of days and months stay right, and at most the one stretch over a border is shared between its sides.
When the rain fell inside a stretch is not known, so an hour of which more than a quarter lies in a stretch
of more than an hour has no value of its own (``n`` is 0 and it counts only in sums of days). Stretches of a
day or more are not divided: the days inside have no value, and months add the stretch as a whole.

Where stretches of one sensor overlap (exports with different intervals, a file with a gap and one without),
those are used that cover most time together; of equal ones the shorter.
"""

from __future__ import annotations

from bisect import bisect_right

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kit.aggregate.groups import DAY, HOUR, MICRO, Groups, combine, stamps

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: Starts and periods are rounded to seconds, so that neighbours may seem to overlap by so much.
ROUNDING = 1
#: The share of an hour that stretches of more than an hour may cover.
UNSURE = 0.25
#: A sum is complete with this share of its hour (whole seconds do not add up to it exactly).
WHOLE = 0.995


def separate(series: Ints, start: Ints, period: Ints) -> Bools:
    """Return which stretches to use so that none overlap: those that cover most time, of equal ones more.

    ``start`` and ``period`` are whole seconds.

    >>> series, start = np.zeros(4, np.int64), np.array([0, 0, 300, 600])
    >>> separate(series, start, np.array([600, 300, 300, 300])).tolist()
    [False, True, True, True]
    """
    use = np.ones(len(start), dtype=bool)
    order = np.lexsort((start + period, start, series))
    _, place = np.unique(series[order], return_inverse=True)
    base = int(start.min()) if len(start) else 0
    width = int((start + period).max()) - base + 2 * ROUNDING + 1 if len(start) else 1
    begin = start[order] - base + place * width
    end = begin + period[order]
    latest = np.maximum.accumulate(end)
    new = np.ones(len(order), dtype=bool)
    new[1:] = begin[1:] >= latest[:-1] - ROUNDING
    cluster = np.cumsum(new) - 1
    size = np.bincount(cluster) if len(cluster) else np.zeros(0, dtype=np.int64)
    first = np.flatnonzero(new)
    for number in np.flatnonzero(size > 1).tolist():
        rows = order[first[number] : first[number] + size[number]]
        use[rows] = _most(start[rows].tolist(), (start + period)[rows].tolist())
    return use


def _most(start: list[int], end: list[int]) -> Bools:
    """Return the stretches of one cluster that cover most together (weighted interval scheduling)."""
    order = sorted(range(len(start)), key=lambda one: (end[one], -start[one]))
    ends = [end[one] for one in order]
    best: list[tuple[int, int]] = [(0, 0)]
    before: list[int] = []
    for rank, one in enumerate(order):
        last = bisect_right(ends, start[one] + ROUNDING, 0, rank)
        before.append(last)
        covered, count = best[last]
        best.append(max(best[-1], (covered + end[one] - start[one], count + 1)))
    use = np.zeros(len(start), dtype=bool)
    rank = len(order)
    while rank:
        if best[rank] != best[rank - 1]:
            use[order[rank - 1]] = True
            rank = before[rank - 1]
        else:
            rank -= 1
    return use


def by_hour(
    series: Ints, stamp: Ints, period: Ints, value: Floats, flag: Ints
) -> dict[str, NDArray[np.float64]]:
    """Return one entry per series and hour: the parts of the stretches in it.

    Parameters
    ----------
    series, stamp, period, value, flag
        One entry per stretch of less than a day; ``stamp`` in microseconds, ``period`` in seconds.

    Returns
    -------
    dict
        ``row`` (of one stretch in the hour), ``hour`` (since 1970), ``value``, ``n`` (0: the hour has no
        value of its own), ``coverage`` (0..1), ``flag``, ``min``, ``max``.

    >>> found = by_hour(np.zeros(2, np.int64), np.array([1800, 5400]) * MICRO, np.array([3600, 3600]),
    ...     np.array([2.0, 1.0]), np.ones(2, np.int64))
    >>> found["value"].tolist(), found["coverage"].tolist()
    ([1.0, 1.5, 0.5], [0.5, 1.0, 0.5])
    """
    start = np.round(stamp / MICRO).astype(np.int64)
    rows = np.flatnonzero(separate(series, start, period))
    start, length = start[rows], period[rows]
    first = start // HOUR
    count = (start + length - 1) // HOUR - first + 1
    at = np.repeat(np.arange(len(rows)), count)
    hour = first[at] + np.arange(len(at)) - np.repeat(np.cumsum(count) - count, count)
    inside = np.minimum(start[at] + length[at], (hour + 1) * HOUR) - np.maximum(start[at], hour * HOUR)
    part = value[rows][at] * inside / length[at]
    groups = Groups(combine([series[rows][at], hour]), at)
    long = groups.sum(np.where(length[at] > HOUR, inside, 0)) > UNSURE * HOUR
    return {
        "row": rows[at][groups.first], "hour": hour[groups.first], "value": groups.sum(part),
        "n": np.where(long, 0, groups.sum(np.ones(len(at)))),
        "coverage": np.minimum(1.0, groups.sum(inside) / HOUR), "flag": groups.max(flag[rows][at]),
        "min": groups.min(part), "max": groups.max(part),
    }  # fmt: skip


def fill_gaps(days: pd.DataFrame) -> Bools:
    """Return which rows of a frame of days are sums over more than a day that fill a gap between days.

    Such rows are added to the days around them. One whose days mostly have values of their own (weekly totals
    beside daily ones) is not.
    """
    period = days["period"].to_numpy(dtype=np.int64)
    found = np.zeros(len(days), dtype=bool)
    at = np.flatnonzero(period > DAY)
    if not len(at):
        return found
    _, series = np.unique(
        combine([days[name].array for name in ("station", "sensor", "variable")]), return_inverse=True
    )
    day = stamps(days["time"].to_numpy()) // (DAY * MICRO)
    single = np.flatnonzero((period == DAY) & np.isfinite(days["value"].to_numpy()))
    width = int(day.max() - day.min() + 2 + period.max() // DAY)
    order = np.lexsort((day[single], series[single]))
    place = series[single][order] * width + day[single][order] - day.min()
    covered = np.append(0.0, np.cumsum(days["coverage"].to_numpy()[single][order]))
    low = series[at] * width + day[at] - day.min()
    inside = period[at] // DAY
    left, right = np.searchsorted(place, low), np.searchsorted(place, low + inside)
    found[at] = covered[right] - covered[left] <= 0.5 * inside
    return found
