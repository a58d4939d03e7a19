"""A long table as series in time order, for the checks that compare neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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

    ``index`` are their positions in the table. ``twins`` are the positions of further readings at the same
    time with the same value, ``stand_ins`` the places in ``index`` of those that stand for them. ``rising``
    says that every series stands in the table in the order of its times, each time once.
    """

    index: Ints
    twins: Ints
    stand_ins: Ints
    hours: Floats
    value: Floats
    series: Ints
    rising: bool


@dataclass(frozen=True)
class Names:
    """What each of some series is: by name of a column (``"station"`` ...) a text or number for each."""

    columns: Mapping[str, list[Any]]
    size: int

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, column: str) -> list[Any]:
        return self.columns[column]

    def array(self, column: str) -> NDArray[Any]:
        """Return a column as an array of objects."""
        found = np.empty(self.size, dtype=object)
        found[:] = self.columns[column]
        return found


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


def series_codes(frame: pd.DataFrame, columns: Sequence[str]) -> tuple[Ints, Names]:
    """Return an integer per row for its combination of ``columns``, and what each combination is.

    >>> codes, names = series_codes(pd.DataFrame({"a": ["x", "x", "y"], "b": [1, 2, 1]}), ["a", "b"])
    >>> codes.tolist(), len(names), names["a"], names["b"]
    ([0, 1, 2], 3, ['x', 'x', 'y'], [1, 2, 1])
    """
    each = [numbered(frame[column]) for column in columns]
    codes, found = _combined(each, len(frame))
    first = np.zeros(found, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(frame) - 1, -1, -1)
    texts = (np.asarray(kinds, dtype=object)[own[first]].tolist() for own, kinds in each)
    return codes, Names(dict(zip(columns, texts, strict=True)), found)


def series_numbers(frame: pd.DataFrame, columns: Sequence[str]) -> tuple[Ints, int]:
    """Return an integer per row for its combination of ``columns``, and how many there are.

    >>> numbers, count = series_numbers(pd.DataFrame({"a": ["x", "x", "y"], "b": [1, 2, 1]}), ["a", "b"])
    >>> numbers.tolist(), count
    ([0, 1, 2], 3)
    """
    return _combined([numbered(frame[column]) for column in columns], len(frame))


def _combined(each: Sequence[tuple[NDArray[np.integer[Any]], Any]], rows: int) -> tuple[Ints, int]:
    combined, size = np.zeros(rows, dtype=np.int64), 1
    for codes, kinds in each:
        combined, size = combined * (len(kinds) + 1) + codes + 1, size * (len(kinds) + 1)
    if size <= rows:  # numbers that occur can be looked up
        present = np.bincount(combined, minlength=size) > 0
        codes, found = (np.cumsum(present) - 1)[combined], int(present.sum())
    else:
        codes, kinds_found = pd.factorize(combined, sort=True)
        found = len(kinds_found)
    return codes.astype(np.int64, copy=False), found


def numbered(column: pd.Series[Any]) -> tuple[NDArray[np.integer[Any]], Any]:
    """Return the number of each row's text (or number), and the texts, of which some may stand nowhere.

    >>> codes, texts = numbered(pd.Series(["b", "a", "b"]))
    >>> codes.tolist(), list(texts)
    ([0, 1, 0], ['b', 'a'])
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        cells: Any = column.array
        return cells.codes, cells.categories
    if column.dtype.kind in "iu" and len(column):
        cells = column.to_numpy()
        if (cells == cells[0]).all():
            return np.zeros(len(cells), dtype=np.int8), cells[:1]
    return pd.factorize(column)


def in_order(time: NDArray[Any], value: Floats, series: Ints) -> Ordered:
    """Return the readings by series and time, one per time: the first with a value, else the first.

    ``time`` is ``datetime64[us]``; readings without a time are left out. Another reading at the same
    time is the twin of that one when it has the same value.
    """
    stamp = time.astype("datetime64[us]").view(np.int64)
    none = np.zeros(0, dtype=np.int64)
    index = by_series(series)
    t, s = stamp[index], series[index]
    if ((t[1:] > t[:-1]) | (s[1:] != s[:-1])).all() and stamp.min(initial=0) != _MISSING_TIME:
        return Ordered(index, none, none, t / MICROSECONDS_PER_HOUR, value[index], s, rising=True)
    absent = np.isnan(value)
    order = np.lexsort((absent, stamp, series))
    order = order[stamp[order] != _MISSING_TIME]
    t, s = stamp[order], series[order]
    start = np.ones(len(order), dtype=bool)
    start[1:] = (s[1:] != s[:-1]) | (t[1:] != t[:-1])
    index, group = order[start], np.cumsum(start) - 1
    again = np.flatnonzero(~start)
    twins, stand_ins = order[again], group[again]
    equal = value[twins] == value[index[stand_ins]]
    equal |= absent[twins] & absent[index[stand_ins]]
    return Ordered(
        index, twins[equal], stand_ins[equal],
        t[start] / MICROSECONDS_PER_HOUR, value[index], s[start], rising=False,
    )  # fmt: skip


def by_series(series: Ints) -> Ints:
    """Return the places by series, those of one series in their order; quick for a few thousand series.

    >>> by_series(np.array([1, 0, 1])).tolist()
    [1, 0, 2]
    """
    few = len(series) and series.min() >= 0 and series.max() < 2**15
    short = series.astype(np.int16) if few else series  # a radix sort
    return np.argsort(short, kind="stable")


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
