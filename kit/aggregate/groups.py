"""Grouping rows of long frames by integer keys."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kit.vocab import variable

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

HOUR = 3_600
DAY = 86_400
MICRO = 1_000_000

#: Columns of the frames between the steps. station, sensor and variable are pandas categories.
#: ``time`` is the UTC start of the hour, or the local standard date; ``period`` the length of the
#: step in seconds (rows with longer readings pass through with their own); ``span`` how many hours
#: (in a frame of hours) or days (in a frame of days) the row stands for; ``value`` is NaN where the
#: step is incomplete; ``n`` counts the readings (hours, days) in it; ``coverage`` is 0..1; ``flag`` the worst
#: used; ``at_least`` marks sums of which something is missing; ``min`` and ``max`` are the extremes of
#: what was aggregated; u, v is the mean wind vector in m/s (towards east, north), du, dv that of the
#: directions alone; ``devices`` is one bit per deployment whose readings are in it (kit.aggregate.devices).
FRAME = (
    "station", "sensor", "variable", "time", "period", "span", "value", "n", "coverage", "flag",
    "at_least", "min", "max", "u", "v", "du", "dv", "devices",
)  # fmt: skip
VECTOR = ("u", "v", "du", "dv")
#: Kinds of variables as numbers.
KINDS = ("mean", "sum", "max", "point", "vector")
SUM, LARGEST, TURNED = (KINDS.index(name) for name in ("sum", "max", "vector"))

#: Keys stay below this; integers in a wider range than _WIDE are replaced by their ranks.
_LARGEST, _WIDE = 2**62, 2**24


def stamps(time: Any) -> Ints:
    """Return ``datetime64`` as whole microseconds since 1970."""
    return np.asarray(time).astype("datetime64[us]", copy=False).view(np.int64)


def from_stamps(stamp: Ints) -> NDArray[Any]:
    """Return microseconds since 1970 as ``datetime64[us]``."""
    return stamp.astype("datetime64[us]")


def constant(value: Any, count: int) -> NDArray[Any]:
    """Return one value ``count`` times (read-only), without room for each.

    >>> constant(np.int64(7), 3).tolist()
    [7, 7, 7]
    """
    return np.broadcast_to(np.asarray(value), count)


def as_category(column: pd.Series) -> pd.Categorical:
    """Return a column of names as a category whose categories are sorted."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return pd.Categorical(column)
    codes, names = pd.factorize(column, sort=True)
    return pd.Categorical.from_codes(codes, categories=names)


def take(names: pd.Categorical, at: Ints) -> pd.Categorical:
    """Return the names at these places."""
    if len(names.categories) == 1 and len(at) <= len(names) and not names.codes.any():
        return names[: len(at)]
    return pd.Categorical.from_codes(names.codes[at], dtype=names.dtype, validate=False)


def combine(columns: Sequence[pd.Categorical | Ints]) -> Ints:
    """Return one integer per row for a combination of names and integers, sorted like the columns."""
    key, total = np.zeros(len(columns[0]), dtype=np.int64), 1
    for column in columns:
        if isinstance(column, pd.Categorical):
            codes, size = column.codes, len(column.categories)
        else:
            codes, size = _dense(column)
        if size <= 1:
            continue
        if total == 1:
            key, total = np.array(codes, dtype=np.int64), size
            continue
        if total * size > _LARGEST:
            key, total = _ranks(key)
            codes, size = _ranks(codes)
        key *= size
        key += codes
        total *= size
    return key


def _dense(column: Ints) -> tuple[Ints, int]:
    """Return integers from 0 in the same order, and how many there can be."""
    if not len(column):
        return column, 1
    low, high = int(column.min()), int(column.max())
    if low == high:
        return column, 1
    return (column - low, high - low + 1) if high - low < _WIDE else _ranks(column)


def _ranks(column: NDArray[Any]) -> tuple[Ints, int]:
    values, ranks = np.unique(column, return_inverse=True)
    return ranks.astype(np.int64), len(values)


def kinds(names: pd.Categorical) -> NDArray[np.int8]:
    """Return the kind of each row's variable: its place in :data:`KINDS`."""
    of_each = np.array([KINDS.index(variable(str(name)).kind) for name in names.categories], dtype=np.int8)
    if len(of_each) == 1:
        return np.full(len(names), of_each[0], dtype=np.int8)
    return of_each[names.codes] if len(of_each) else np.zeros(0, dtype=np.int8)


def extremes(names: pd.Categorical, kind: NDArray[np.int8]) -> tuple[Bools, Bools]:
    """Return of which rows an hour or day takes the largest, and of which the smallest value."""
    upper = (kind == LARGEST) | np.asarray(names == "temperature_max")
    return np.asarray(upper, dtype=bool), np.asarray(names == "temperature_min", dtype=bool)


def changes(key: Ints) -> Bools:
    """Return which rows have another key than the row before (the first one has)."""
    new = np.ones(len(key), dtype=bool)
    np.not_equal(key[1:], key[:-1], out=new[1:])
    return new


def sorting(key: Ints, within: Ints | None = None) -> Ints | None:
    """Return what sorts rows by ``key`` and then ``within`` (None: as they come); None if they are sorted.

    >>> sorting(np.array([1, 1, 2]), np.array([5, 6, 0])), sorting(np.array([2, 1])).tolist()
    (None, [1, 0])
    """
    rising = bool((key[1:] >= key[:-1]).all())
    if rising and (within is None or bool(((within[1:] >= within[:-1]) | (key[1:] != key[:-1])).all())):
        return None
    return np.argsort(key, kind="stable") if within is None else np.lexsort((within, key))


class Groups:
    """Rows in groups: ``order`` sorts them by group (None: they are), each of which begins at ``start``."""

    def __init__(self, key: Ints, within: Ints | None = None) -> None:
        self.order = sorting(key, within)
        self.start = np.flatnonzero(changes(key if self.order is None else key[self.order]))
        self.rows = len(key)
        self.alone = self.order is None and len(self.start) == self.rows

    def __len__(self) -> int:
        return len(self.start)

    @property
    def first(self) -> Ints:
        """The row number of the first row of each group."""
        return self.start if self.order is None else self.order[self.start]

    @cached_property
    def size(self) -> Ints:
        """How many rows each group has."""
        return np.diff(np.append(self.start, self.rows))

    def take(self, rows: Any) -> Any:
        """Return the value of the first row of each group (an array or a category)."""
        return rows if self.alone else rows.take(self.first)

    def _sorted(self, values: NDArray[Any], dtype: Any = np.float64) -> NDArray[Any]:
        data = np.asarray(values, dtype=dtype)
        return data if self.order is None else data[self.order]

    def _each_group(self, function: np.ufunc, values: NDArray[Any], dtype: Any = np.float64) -> NDArray[Any]:
        data = self._sorted(values, dtype)
        return data if len(self) == self.rows else np.asarray(function.reduceat(data, self.start))

    def sum(self, values: NDArray[Any]) -> Floats:
        """Return the sum in each group; NaN must have been replaced."""
        return self._each_group(np.add, values)

    def max(self, values: NDArray[Any]) -> Floats:
        """Return the largest value in each group, NaN ignored (NaN: there is none)."""
        return self._each_group(np.fmax, values)

    def min(self, values: NDArray[Any]) -> Floats:
        """Return the smallest value in each group, NaN ignored (NaN: there is none)."""
        return self._each_group(np.fmin, values)

    def highest(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the largest of whole numbers (or whether any is true) in each group, in their own type."""
        return self._each_group(np.maximum, values, values.dtype)

    def union(self, bits: Ints) -> Ints:
        """Return the bits that are set in any row of each group."""
        return self._each_group(np.bitwise_or, bits, np.int64)

    def mean(self, values: Floats, weight: Floats | None = None, use: Bools | None = None) -> Floats:
        """Return the weighted mean of the rows in ``use`` (NaN: there is none).

        Weights are taken relative to the largest of the group, so that equal ones are exactly 1.
        """
        if use is not None and bool(use.all()):
            use = None
        equal = weight is None or bool((weight == 1).all())
        if equal and use is None:
            return np.asarray(values, dtype=np.float64) if self.alone else self.sum(values) / self.size
        if weight is None or equal:
            weight = np.ones(self.rows)
        else:
            weight = weight / self.each(self.max(weight if use is None else np.where(use, weight, np.nan)))
        used = weight if use is None else np.where(use, weight, 0.0)
        total = self.sum(used)
        data = self.sum((values if use is None else np.where(use, values, 0.0)) * used)
        return np.asarray(np.divide(data, total, out=np.full(len(self), np.nan), where=total > 0))

    def each(self, per_group: NDArray[Any]) -> NDArray[Any]:
        """Return the value of its group for every row."""
        spread = per_group if len(self) == self.rows else np.repeat(per_group, self.size)
        if self.order is None:
            return spread
        found: NDArray[Any] = np.empty(self.rows, dtype=per_group.dtype)
        found[self.order] = spread
        return found


def best(frame: pd.DataFrame, key: Ints, weight: Ints | None = None) -> pd.DataFrame:
    """Keep one row per key: with a value if there is one, best coverage, largest ``weight``, first."""
    value = np.isfinite(frame["value"].to_numpy())
    coverage = frame["coverage"].to_numpy()
    weight = np.zeros(len(frame), dtype=np.int64) if weight is None else weight
    order = np.lexsort((-np.arange(len(frame)), weight, coverage, value, key))
    ordered = key[order]
    last = np.ones(len(frame), dtype=bool)
    last[:-1] = ordered[1:] != ordered[:-1]
    return frame.iloc[order[last]].reset_index(drop=True)
