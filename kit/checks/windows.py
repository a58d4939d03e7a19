"""Checks that look at a window of time before each reading, and at the time between readings.

Arrays as in :mod:`kit.checks.shape`. A window of ``window_hours`` before a reading holds the
readings that are less than ``window_hours`` older, itself included: (t - window, t].
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kit.model import Flag

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.int8]


def window_starts(hours: Floats, series: Ints, window_hours: float) -> Ints:
    """Return for each reading the place of the first reading of its window.

    >>> window_starts(np.array([0.0, 1.0, 2.0, 3.0, 3.0]), np.array([0, 0, 0, 0, 1]), 2.0).tolist()
    [0, 0, 1, 2, 4]
    """
    size = len(hours)
    if not size:
        return np.zeros(0, dtype=np.int64)
    first = np.flatnonzero(np.r_[True, series[1:] != series[:-1]])
    if len(first) == 1:
        return np.asarray(np.searchsorted(hours, hours - window_hours, side="right"), dtype=np.int64)
    span = float(hours.max() - hours.min()) + window_hours + 1.0
    lengths = np.diff(np.r_[first, size])
    line = hours - hours.min() + span * np.repeat(np.arange(len(first)), lengths)
    start = np.searchsorted(line, line - window_hours, side="right")
    return np.asarray(np.maximum(start, np.repeat(first, lengths)), dtype=np.int64)


def rolling_range(value: Floats, start: Ints) -> Floats:
    """Return the difference of the highest and the lowest value from ``start`` to each place.

    Missing values are left out (NaN where there is none but missing ones). The windows are covered by two
    spans whose length is a power of two, so that the work grows with the logarithm of the window.

    >>> rolling_range(np.array([3.0, 1.0, np.nan, 7.0]), np.array([0, 0, 1, 2])).tolist()
    [0.0, 2.0, 0.0, 0.0]
    """
    size = len(value)
    length = np.arange(size) - start + 1
    level = np.frexp(length.astype(np.float32))[1] - 1
    low, high = value.copy(), value.copy()
    found = np.empty(size)
    for power in range(int(level.max(initial=-1)) + 1):
        at = np.flatnonzero(level == power)
        if len(at) * 2 > size:
            other = np.maximum(start + (1 << power) - 1, 0)
            wide = np.fmax(high, high[np.minimum(other, size - 1)])
            wide -= np.fmin(low, low[np.minimum(other, size - 1)])
            found[at] = wide[at]
        elif len(at):
            other = start[at] + (1 << power) - 1
            found[at] = np.fmax(high[at], high[other]) - np.fmin(low[at], low[other])
        step = 1 << power
        if step < size:
            high[step:] = np.fmax(high[step:], high[:-step])
            low[step:] = np.fmin(low[step:], low[:-step])
    return found


def may_be_quiet(value: Floats, suspect: float, count: int) -> bool:
    """Return whether ``count`` values running may lie within ``suspect`` anywhere; quick, to save the rest.

    >>> may_be_quiet(np.arange(100.0), 5.0, 20), may_be_quiet(np.zeros(100), 5.0, 20)
    (False, True)
    """
    low, high, length = value, value, 1
    while 2 * length <= count and len(high) > length:
        high, low = np.fmax(high[length:], high[:-length]), np.fmin(low[length:], low[:-length])
        length *= 2
    return bool((high - low < suspect).any())


def attenuated_signal(
    hours: Floats,
    value: Floats,
    series: Ints,
    window_hours: float,
    suspect: float,
    fail: float = 0.0,
    min_readings: float = 1,
) -> Flags:
    """Flag readings whose window has a smaller range than ``suspect`` with 3, than ``fail`` with 4.

    A window with fewer than ``min_readings`` values cannot be judged (2); missing values get 9. QARTOD's
    attenuated signal test with the range (https://ioos.noaa.gov/project/qartod/).

    >>> v = np.r_[1.0, 5.0, 5.1, 5.0, 5.1, np.nan]
    >>> attenuated_signal(np.arange(6.0), v, np.zeros(6, int), 3.0, 0.5, 0.01, 3).tolist()
    [2, 2, 1, 3, 3, 9]
    """
    start = window_starts(hours, series, window_hours)
    width = rolling_range(value, start)
    flag = np.where(width < suspect, np.int8(Flag.SUSPECT), np.int8(Flag.GOOD))
    flag[width < fail] = Flag.FAIL
    present = ~np.isnan(value)
    count = np.cumsum(present)
    before = np.r_[0, count][start]
    flag[count - before < min_readings] = Flag.NOT_EVALUATED
    flag[~present] = Flag.MISSING
    return flag


def time_gap(hours: Floats, series: Ints, gap_hours: float) -> Flags:
    """Flag the first reading after a gap of more than ``gap_hours`` with 3; 9 where there is no time.

    A good value after a gap is a good value: kit reports gaps and does not flag readings for them.

    >>> time_gap(np.array([0.0, 1.0, 5.0, 6.0]), np.zeros(4, int), 2.0).tolist()
    [1, 1, 3, 1]
    """
    flag = np.full(hours.shape, np.int8(Flag.GOOD))
    after = np.flatnonzero(np.diff(hours) > gap_hours) + 1
    flag[after[series[after] == series[after - 1]]] = Flag.SUSPECT
    flag[np.isnan(hours)] = Flag.MISSING
    return flag
