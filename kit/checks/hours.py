"""Readings of one variable as hours: the table that stations and years are compared by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kit.checks.series import Names, series_codes
from kit.model import Flag

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
HOUR = 3_600_000_000


@dataclass(frozen=True)
class Hours:
    """Medians of the hours of each series.

    ``value`` has one row per series and one column per hour of ``hour`` (hours since 1970 UTC, rising; only
    hours with readings), NaN where there is none. ``names`` has station, sensor and period of each series.
    ``series`` and ``at`` are row and column of each reading of the table, -1 for those that are not used
    (missing, failed).
    """

    value: Floats
    hour: Ints
    names: Names
    series: Ints
    at: Ints


def by_hour(readings: pd.DataFrame) -> Hours:
    """Return the hours of a long table of one variable (columns of READINGS); failed values are left out.

    >>> table = pd.DataFrame({"station": "s/a", "sensor": "1", "period": 0, "flag": [1, 1, 4],
    ...     "time": pd.to_datetime(["2026-03-01T10:00", "2026-03-01T10:30", "2026-03-01T11:00"]),
    ...     "value": [4.0, 6.0, 99.0]})
    >>> by_hour(table).value.tolist()
    [[5.0]]
    """
    series, names = series_codes(readings, ("station", "sensor", "period"))
    value = readings["value"].to_numpy(dtype=np.float64)
    use = np.isfinite(value) & (readings["flag"].to_numpy() < Flag.FAIL)
    stamp = readings["time"].to_numpy(dtype="datetime64[us]").astype(np.int64) // HOUR
    hour, column = np.unique(stamp[use], return_inverse=True)
    at = np.full(len(value), -1, dtype=np.int64)
    at[use] = column
    cells = series[use] * max(len(hour), 1) + column
    table = np.full((len(names), len(hour)), np.nan)
    if len(cells):
        found = medians(cells, value[use])
        table.reshape(-1)[found[0]] = found[1]
    return Hours(table, hour, names, np.where(use, series, -1), at)


def medians(group: Ints, value: Floats) -> tuple[Ints, Floats]:
    """Return the groups there are and the median of each.

    >>> [found.tolist() for found in medians(np.array([7, 7, 7, 2]), np.array([1.0, 9.0, 3.0, 5.0]))]
    [[2, 7], [5.0, 3.0]]
    """
    order = np.lexsort((value, group))
    sorted_group, sorted_value = group[order], value[order]
    first = np.flatnonzero(np.r_[True, sorted_group[1:] != sorted_group[:-1]])
    count = np.diff(np.r_[first, len(group)])
    low, high = sorted_value[first + (count - 1) // 2], sorted_value[first + count // 2]
    return sorted_group[first], (low + high) / 2


def median_of_rows(table: Floats) -> Floats:
    """Return the median of each column, missing values left out; NaN where there is no value.

    >>> median_of_rows(np.array([[1.0, np.nan], [4.0, np.nan], [2.0, np.nan]])).tolist()
    [2.0, nan]
    """
    ordered = np.sort(table, axis=0)
    count = np.isfinite(table).sum(axis=0)
    column = np.arange(table.shape[1])
    low = ordered[np.maximum(count - 1, 0) // 2, column]
    high = ordered[np.minimum(count // 2, len(table) - 1), column]
    return np.asarray(np.where(count > 0, (low + high) / 2, np.nan))


def months(hour: Ints) -> Ints:
    """Return months since 1970 of hours since 1970."""
    return hour.astype("datetime64[h]").astype("datetime64[M]").astype(np.int64)
