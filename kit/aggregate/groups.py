"""Grouping rows of long frames by integer keys."""

from __future__ import annotations

from collections.abc import Sequence
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

#: Keys stay below this; integers in a wider range than _WIDE are replaced by their ranks.
_LARGEST, _WIDE = 2**62, 2**24


def stamps(time: Any) -> Ints:
    """Return ``datetime64`` as whole microseconds since 1970."""
    return np.asarray(time).astype("datetime64[us]").astype(np.int64)


def from_stamps(stamp: Ints) -> NDArray[Any]:
    """Return microseconds since 1970 as ``datetime64[us]``."""
    return stamp.astype("datetime64[us]")


def as_category(column: pd.Series) -> pd.Categorical:
    """Return a column of names as a category whose categories are sorted."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return pd.Categorical(column)
    codes, names = pd.factorize(column, sort=True)
    return pd.Categorical.from_codes(codes, categories=names)


def combine(columns: Sequence[pd.Categorical | Ints]) -> Ints:
    """Return one integer per row for a combination of names and integers, sorted like the columns."""
    key, total = np.zeros(len(columns[0]), dtype=np.int64), 1
    for column in columns:
        if isinstance(column, pd.Categorical):
            codes, size = np.asarray(column.codes, dtype=np.int64), len(column.categories)
        else:
            codes, size = _dense(column)
        if total * max(size, 1) > _LARGEST:
            key, total = _ranks(key)
            codes, size = _ranks(codes)
        key, total = key * max(size, 1) + codes, total * max(size, 1)
    return key


def _dense(column: Ints) -> tuple[Ints, int]:
    """Return integers from 0 in the same order, and how many there can be."""
    if not len(column):
        return column, 1
    low, high = int(column.min()), int(column.max())
    return (column - low, high - low + 1) if high - low < _WIDE else _ranks(column)


def _ranks(column: Ints) -> tuple[Ints, int]:
    values, ranks = np.unique(column, return_inverse=True)
    return ranks.astype(np.int64), len(values)


def kinds(names: pd.Categorical) -> NDArray[Any]:
    """Return the kind (mean, sum, max, point, vector) of each row's variable."""
    of_each = np.array([variable(str(name)).kind for name in names.categories], dtype=object)
    return of_each[names.codes] if len(of_each) else np.zeros(0, dtype=object)


def extremes(names: pd.Categorical, kind: NDArray[Any]) -> tuple[Bools, Bools]:
    """Return of which rows an hour or day takes the largest, and of which the smallest value."""
    upper = (kind == "max") | np.asarray(names == "temperature_max")
    return np.asarray(upper, dtype=bool), np.asarray(names == "temperature_min", dtype=bool)


class Groups:
    """Rows in groups: ``order`` sorts the rows by group, ``start`` is where each group begins in it."""

    def __init__(self, key: Ints, within: Ints) -> None:
        self.order = np.lexsort((within, key))
        ordered = key[self.order]
        new = np.ones(len(key), dtype=bool)
        new[1:] = ordered[1:] != ordered[:-1]
        self.start = np.flatnonzero(new)

    def __len__(self) -> int:
        return len(self.start)

    @property
    def first(self) -> Ints:
        """The row number of the first row of each group."""
        return self.order[self.start]

    def sum(self, values: NDArray[Any]) -> Floats:
        """Return the sum in each group; NaN must have been replaced."""
        data = np.asarray(values, dtype=np.float64)[self.order]
        return np.asarray(np.add.reduceat(data, self.start)) if len(self) else np.zeros(0)

    def max(self, values: NDArray[Any]) -> Floats:
        """Return the largest value in each group, NaN ignored (NaN: there is none)."""
        data = np.asarray(values, dtype=np.float64)[self.order]
        return np.asarray(np.fmax.reduceat(data, self.start)) if len(self) else np.zeros(0)

    def min(self, values: NDArray[Any]) -> Floats:
        """Return the smallest value in each group, NaN ignored (NaN: there is none)."""
        data = np.asarray(values, dtype=np.float64)[self.order]
        return np.asarray(np.fmin.reduceat(data, self.start)) if len(self) else np.zeros(0)

    def union(self, bits: Ints) -> Ints:
        """Return the bits that are set in any row of each group."""
        data = np.asarray(bits, dtype=np.int64)[self.order]
        found: Ints = np.bitwise_or.reduceat(data, self.start) if len(self) else np.zeros(0, dtype=np.int64)
        return found

    def mean(self, values: Floats, weight: Floats, use: Bools) -> Floats:
        """Return the weighted mean of the rows in ``use`` (NaN: there is none).

        Weights are taken relative to the largest of the group, so that equal ones are exactly 1.
        """
        if len(weight) and not (weight == 1).all():
            weight = weight / self.each(self.max(np.where(use, weight, np.nan)))
        total = self.sum(np.where(use, weight, 0.0))
        data = self.sum(np.where(use, values, 0.0) * np.where(use, weight, 0.0))
        return np.asarray(np.divide(data, total, out=np.full(len(self), np.nan), where=total > 0))

    def each(self, per_group: NDArray[Any]) -> NDArray[Any]:
        """Return the value of its group for every row."""
        size = np.diff(np.append(self.start, len(self.order)))
        found: NDArray[Any] = np.empty(len(self.order), dtype=per_group.dtype)
        found[self.order] = np.repeat(per_group, size)
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
