"""Stations and days together: what belongs to the station, what to the day, and what to neither.

Each value is a level of its station plus a level of its day plus the rest, by least squares over the values
that are there (a two-way layout; Scheffé 1959, The Analysis of Variance, ch. 4). A station that misses some
days is compared on the days it has, so gaps and late joiners do not shift anything. The days are eliminated
first; what is solved has the size of the stations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kit.stats.kendall import Floats
from kit.stats.permutation import Chance, choices, judged


@dataclass(frozen=True)
class Levels:
    """``stations``: level of each, mean 0, shape (stations,); ``days``: shape (days,), NaN without values."""

    stations: Floats
    days: Floats


def levels(values: ArrayLike) -> Levels:
    """Return the levels of stations and days of ``values``, shape (days, stations), NaN where missing.

    Stations that share no day with the others, directly or through third ones, cannot be compared: see
    :func:`linked`.

    >>> found = levels([[1.0, 3.0], [2.0, np.nan], [np.nan, 8.0]])
    >>> found.stations.round(9).tolist(), found.days.round(9).tolist()
    ([-1.0, 1.0], [2.0, 3.0, 7.0])
    """
    y = np.asarray(values, dtype=float)
    there = np.isfinite(y)
    n = there.sum(axis=1)
    filled, weight = np.where(there, y, 0.0), 1 / np.maximum(n, 1)
    rest = np.where(there, filled - (filled.sum(axis=1) * weight)[:, None], 0.0)
    stations = np.linalg.pinv(_gram(there, weight), hermitian=True) @ rest.sum(axis=0)
    stations = stations - stations.mean()
    free = np.where(there, filled - stations, 0.0).sum(axis=1)
    return Levels(stations, np.where(n > 0, free * weight, np.nan))


def _gram(there: NDArray[np.bool_], weight: Floats) -> Floats:
    """Return the cross products of the stations' columns once the days are taken out."""
    held = there.astype(float)
    found: Floats = np.diag(held.sum(axis=0)) - (held * weight[:, None]).T @ held
    return found


def linked(values: ArrayLike) -> NDArray[np.bool_]:
    """Return which stations belong to the largest group linked by common days, shape (stations,).

    >>> linked([[1.0, 3.0, np.nan], [np.nan, np.nan, 2.0]]).tolist()
    [True, True, False]
    """
    there = np.isfinite(np.asarray(values, dtype=float)).astype(float)
    joined = (there.T @ there) > 0
    best = np.zeros(there.shape[1], dtype=bool)
    for station in range(there.shape[1]):
        group = joined[station].copy()
        while (wider := group | joined[group].any(axis=0)).sum() > group.sum():
            group = wider
        if group.sum() > best.sum():
            best = group
    return best


def difference_in_differences(values: ArrayLike, after: ArrayLike, treated: ArrayLike) -> Chance:
    """Return how much more the treated stations changed than the others, judged by dealing who was treated.

    The estimate is that of least squares with a level for each station and each day; without gaps it is
    (after minus before at the treated) minus (after minus before at the others).

    Parameters
    ----------
    values
        Shape (days, stations), NaN where missing.
    after
        Which days belong to the time after; shape (days,).
    treated
        Which stations; shape (stations,).

    Examples
    --------
    >>> days = np.array([[1.0, 5.0, 3.0], [2.0, 6.0, 4.0], [7.0, 7.0, 5.0], [8.0, 8.0, 6.0]])
    >>> found = difference_in_differences(days, [False, False, True, True], [True, False, False])
    >>> round(found.estimate, 6), found.count, found.deals
    (4.0, 1, 3)
    """
    y, late = np.asarray(values, dtype=float), np.asarray(after, dtype=bool)
    chosen = np.asarray(treated, dtype=bool)
    there = np.isfinite(y)
    filled, weight = np.where(there, y, 0.0), 1 / np.maximum(there.sum(axis=1), 1)
    rest = np.where(there, filled - (filled.sum(axis=1) * weight)[:, None], 0.0)
    whole, part = _gram(there, weight), _gram(there[late], weight[late])
    # What the stations' own levels explain is taken out of the columns "after at this station".
    out = part @ np.linalg.pinv(whole, hermitian=True)
    score = rest[late].sum(axis=0) - out @ rest.sum(axis=0)
    size = part - out @ part
    ways = choices(len(chosen), int(chosen.sum()), chosen).astype(float)
    spread = np.einsum("wi,ij,wj->w", ways, size, ways)
    kept = spread > 1e-9 * spread[0]
    kept[0] = True
    ways, spread = ways[kept], spread[kept]
    return judged(ways @ score / spread, ways @ size @ chosen.astype(float) / spread)
