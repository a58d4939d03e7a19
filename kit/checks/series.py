"""A long table as series in time order, for the checks that compare neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MICROSECONDS_PER_HOUR = 3_600_000_000
_MISSING_TIME = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Ordered:
    """One reading per series and time, in order.

    ``index`` are their positions in the table, ``twin`` gives for every position of the table the
    place in ``index`` of the reading that stands for it (-1: none, it has no time or another value).
    """

    index: Ints
    twin: Ints
    hours: Floats
    value: Floats
    series: Ints


def starts(series: Ints) -> Ints:
    """Return the places where a series begins; equal numbers stand together.

    >>> starts(np.array([4, 4, 7])).tolist(), starts(np.array([], dtype=int)).tolist()
    ([0, 2], [])
    """
    return np.flatnonzero(np.r_[True, series[1:] != series[:-1]][: len(series)])


def blocks(series: Ints, size: int) -> Iterator[slice]:
    """Yield the places of whole series, some together until they are ``size`` readings.

    >>> [(one.start, one.stop) for one in blocks(np.array([0, 0, 1, 1, 1, 2]), 3)]
    [(0, 5), (5, 6)]
    """
    first = 0
    for end in np.r_[starts(series)[1:], len(series)].tolist():
        if end - first >= size or end == len(series):
            yield slice(first, end)
            first = end


def series_codes(frame: pd.DataFrame, columns: Sequence[str]) -> tuple[Ints, pd.DataFrame]:
    """Return an integer per row for its combination of ``columns``, and the table of combinations."""
    combined = np.zeros(len(frame), dtype=np.int64)
    for column in columns:
        codes, names = pd.factorize(frame[column])
        combined = combined * (len(names) + 1) + codes + 1
    codes, kinds = pd.factorize(combined, sort=True)
    first = np.zeros(len(kinds), dtype=np.int64)
    first[codes[::-1]] = np.arange(len(frame) - 1, -1, -1)
    return codes.astype(np.int64), frame.iloc[first][list(columns)].reset_index(drop=True)


def in_order(time: NDArray[Any], value: Floats, series: Ints) -> Ordered:
    """Return the readings by series and time, one per time: the first with a value, else the first.

    ``time`` is ``datetime64[us]``; readings without a time are left out. Another reading at the same
    time is the twin of that one when it has the same value.
    """
    stamp = time.astype("datetime64[us]").astype(np.int64)
    absent = np.isnan(value)
    order = _sorted_order(stamp, absent, series)
    start = np.ones(len(order), dtype=bool)
    start[1:] = (series[order[1:]] != series[order[:-1]]) | (stamp[order[1:]] != stamp[order[:-1]])
    if start.all():  # one reading a time
        twin = np.full(len(value), -1, dtype=np.int64)
        twin[order] = np.arange(len(order))
        return Ordered(order, twin, stamp[order] / MICROSECONDS_PER_HOUR, value[order], series[order])
    index = order[start]
    group = np.cumsum(start) - 1
    twin = np.full(len(value), -1, dtype=np.int64)
    stands_for = index[group] if len(index) else index
    equal = (value[order] == value[stands_for]) | (absent[order] & absent[stands_for])
    twin[order[equal]] = group[equal]
    hours = stamp[index] / MICROSECONDS_PER_HOUR
    return Ordered(index, twin, hours, value[index], series[index])


def _sorted_order(stamp: Ints, absent: NDArray[np.bool_], series: Ints) -> Ints:
    """Return the places by series, time, presence of a value; quickly where only the series are mixed."""
    if len(series) and series.min() >= 0 and series.max() < 2**15:
        order = np.argsort(series.astype(np.int16), kind="stable")  # a radix sort
        t, s = stamp[order], series[order]
        if ((t[1:] > t[:-1]) | (s[1:] != s[:-1])).all() and stamp.min() != _MISSING_TIME:
            return np.asarray(order, dtype=np.int64)
    order = np.lexsort((absent, stamp, series))
    return np.asarray(order[stamp[order] != _MISSING_TIME], dtype=np.int64)


def median_step(hours: Floats, series: Ints, count: int) -> Floats:
    """Return the median step in hours between neighbouring readings of each series (NaN: no step).

    Parameters
    ----------
    hours, series
        Times in hours, rising within a series; the number of the series, equal ones together.
    count
        How many series there are.

    >>> median_step(np.array([0.0, 1.0, 2.0, 9.0, 0.0]), np.array([0, 0, 0, 0, 1]), 2).tolist()
    [1.0, nan]
    """
    found = np.full(count, np.nan)
    bounds = np.r_[starts(series), len(series)]
    if len(series) and len(bounds) < 64:
        for first, end in pairwise(bounds.tolist()):
            if end - first > 1:
                found[series[first]] = np.median(np.diff(hours[first:end]))
        return found
    inside = series[1:] == series[:-1]
    step, which = np.diff(hours)[inside], series[1:][inside]
    order = np.lexsort((step, which))
    step, which = step[order], which[order]
    names, first, number = np.unique(which, return_index=True, return_counts=True)
    found[names] = (step[first + (number - 1) // 2] + step[first + number // 2]) / 2
    return found
