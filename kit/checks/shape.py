"""Checks on the shape of a series: spikes, flat lines, changes that are too fast.

All functions take flat arrays in which the readings of several series may follow each other:
``hours`` (time in hours, rising within a series), ``value``, ``series`` (an integer per series,
equal ones together) and ``gap`` (hours; a longer step between two readings is a gap, across which
nothing is compared; one number, or one per reading). They return int8 flags of the same length;
missing values get 9. No loop runs over readings.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kit.checks.limits import Limits
from kit.checks.ranges import missing
from kit.model import Flag

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.int8]
Bools = NDArray[np.bool_]


def linked(hours: Floats, series: Ints, gap: float | Floats) -> Bools:
    """Return whether each reading follows the one before it in the same series and without a gap.

    >>> linked(np.array([0.0, 1.0, 5.0, 6.0]), np.array([0, 0, 0, 1]), 2.0).tolist()
    [False, True, False, False]
    """
    link = np.zeros(len(hours), dtype=bool)
    widest = np.broadcast_to(np.asarray(gap, dtype=float), hours.shape)
    link[1:] = (series[1:] == series[:-1]) & (hours[1:] - hours[:-1] <= widest[1:])
    return link


def spike(
    hours: Floats,
    value: Floats,
    series: Ints,
    gap: float | Floats,
    suspect: float,
    fail: float,
    relative: float = 0.0,
) -> Flags:
    """Flag single readings that stand out from both neighbours on the same side.

    The height of a spike is the smallest of its distances to the reading before, the reading
    after, and the median of up to five readings around and including it. Above ``suspect`` +
    ``relative`` x the larger neighbour (in size) it gets 3, above ``fail`` + the same 4. A good
    value beside a spike has one normal neighbour and stays good; one between two spikes equals the
    median and stays good; two equal high readings in a row are an event and no spike. The first
    and last reading before a gap cannot be judged and stay 1. Compare QARTOD's spike test, which
    flags the good neighbours too.

    >>> v = np.array([1.0, 1.0, 9.0, 1.0, 9.0, 1.0, 1.0])
    >>> spike(np.arange(7.0), v, np.zeros(7, int), 2.0, 2.0, 5.0).tolist()
    [1, 1, 4, 1, 4, 1, 1]
    """
    flag = missing(value)
    here = np.flatnonzero(np.isfinite(value))
    if len(here) < 3:
        return flag
    x = value[here]
    big = np.abs(np.diff(x)) > suspect
    at = np.flatnonzero(big[:-1] & big[1:]) + 1
    before, after = x[at] - x[at - 1], x[at] - x[at + 1]
    lower = np.minimum(np.abs(before), np.abs(after))
    room = relative * np.maximum(np.abs(x[at - 1]), np.abs(x[at + 1]))
    keep = (before * after > 0) & (lower > suspect + room)
    keep &= _linked_at(hours, series, gap, here, at) & _linked_at(hours, series, gap, here, at + 1)
    at, lower, room = at[keep], lower[keep], room[keep]
    over = np.minimum(lower, np.abs(x[at] - _median_of_five(x, hours, series, gap, here, at))) - room
    flag[here[at[over > suspect]]] = Flag.SUSPECT
    flag[here[at[over > fail]]] = Flag.FAIL
    return flag


def _linked_at(hours: Floats, series: Ints, gap: float | Floats, here: Ints, at: Ints) -> Bools:
    """Return whether the readings ``here[at]`` follow ``here[at - 1]``; as :func:`linked`, for a few."""
    inside = (at > 0) & (at < len(here))
    found = np.zeros(len(at), dtype=bool)
    after, before = here[at[inside]], here[at[inside] - 1]
    widest = gap[after] if isinstance(gap, np.ndarray) else gap
    found[inside] = (series[after] == series[before]) & (hours[after] - hours[before] <= widest)
    return found


def _median_of_five(
    x: Floats, hours: Floats, series: Ints, gap: float | Floats, here: Ints, at: Ints
) -> Floats:
    """Return the median of x[at-2 .. at+2], leaving out what is behind a gap. Needs both neighbours."""
    window = np.full((len(at), 5), np.nan)
    for column, shift in enumerate((-1, 0, 1)):
        window[:, column] = x[at + shift]
    left = _linked_at(hours, series, gap, here, at - 1)
    window[left, 3] = x[at[left] - 2]
    right = _linked_at(hours, series, gap, here, at + 2)
    window[right, 4] = x[at[right] + 2]
    return np.asarray(np.nanmedian(window, axis=1)) if len(at) else np.zeros(0)


def flat_line(
    hours: Floats,
    value: Floats,
    series: Ints,
    gap: float | Floats,
    suspect_hours: float,
    fail_hours: float,
    min_readings: float = 10,
    tolerance: float = 1e-6,
    legit_at_most: float = float("nan"),
    legit_at_least: float = float("nan"),
) -> Flags:
    """Flag every reading of a stretch in which the value does not change.

    A stretch ends at a gap, at a missing value, and where a reading differs by more than
    ``tolerance`` from the one before. It is flagged 3 when it has ``min_readings`` readings and
    lasts ``suspect_hours`` from its first to its last reading, 4 from ``fail_hours`` on. Values up
    to ``legit_at_most`` (calm, no rain, night) or from ``legit_at_least`` (100 % in fog) may stay.

    >>> v = np.r_[np.full(13, 7.0), 8.0]
    >>> flat_line(np.arange(14.0), v, np.zeros(14, int), 2.0, 12, 48).tolist()
    [3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 1]
    """
    flag = missing(value)
    if not len(value):
        return flag
    same = linked(hours, series, gap)
    same[1:] &= np.abs(value[1:] - value[:-1]) <= tolerance  # NaN compares False: it ends a stretch
    first = np.flatnonzero(~same)
    count = np.diff(np.append(first, len(value)))
    lasts = hours[first + count - 1] - hours[first]
    may_stay = (value[first] <= legit_at_most) | (value[first] >= legit_at_least) | np.isnan(value[first])
    long_enough = (count >= min_readings) & (lasts >= suspect_hours) & ~may_stay
    level = np.where(long_enough, np.where(lasts >= fail_hours, Flag.FAIL, Flag.SUSPECT), Flag.GOOD)
    return np.maximum(flag, np.repeat(level.astype(np.int8), count))


def rate_of_change(
    hours: Floats,
    value: Floats,
    series: Ints,
    gap: float | Floats,
    per_hour: float,
    use: Bools | None = None,
    least_hours: float = 1.0,
) -> Flags:
    """Flag readings that differ too much from the one before, with 3 at most.

    The allowed difference is ``per_hour`` (in the unit of the value) for each hour between the
    two, and for at least ``least_hours``, so that fast devices are not flagged for noise. Readings that
    are not in ``use`` (those that failed, those that are spikes) are neither flagged nor compared
    with, so the good value after a spike is compared with the good value before it.

    >>> v = np.array([10.0, 10.0, 30.0, 10.5, 20.0])
    >>> use = np.array([True, True, False, True, True])
    >>> rate_of_change(np.arange(5.0), v, np.zeros(5, int), 2.5, 8, use).tolist()
    [1, 1, 1, 1, 3]
    """
    flag = missing(value)
    finite = np.isfinite(value)
    here = np.flatnonzero(finite if use is None else finite & use)
    if len(here) < 2:
        return flag
    x = value if len(here) == len(value) else value[here]
    change = np.abs(np.diff(x))
    if least_hours > 0:
        at = np.flatnonzero(change > per_hour * least_hours) + 1
    else:
        t = hours if len(here) == len(value) else hours[here]
        at = np.flatnonzero(change > per_hour * np.diff(t)) + 1
    apart = np.maximum(hours[here[at]] - hours[here[at - 1]], least_hours)
    fast = (change[at - 1] > per_hour * apart) & _linked_at(hours, series, gap, here, at)
    flag[here[at[fast]]] = Flag.SUSPECT
    return flag


def one_shape(
    check: str, own: Limits, hours: Floats, value: Floats, series: Ints, gap: Floats, use: Bools
) -> Flags:
    """Return the flags of one check of this module (its id) with its limits; ``use`` as in rate_of_change."""
    if check == "spike":
        limit = own.one("suspect"), own.one("fail"), own.one("relative", 0.0)
        return spike(hours, value, series, gap, *limit)
    if check == "rate-of-change":
        return rate_of_change(hours, value, series, gap, own.one("per_hour"), use)
    return flat_line(
        hours, value, series, gap, own.one("suspect_hours"), own.one("fail_hours"),
        own.one("min_readings"), own.one("tolerance"), own.one("legit_at_most"), own.one("legit_at_least"),
    )  # fmt: skip
