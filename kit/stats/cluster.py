"""Which series are alike: groups by average linkage, and how many independent ones they are worth."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kit.stats.kendall import Floats


def correlations(values: ArrayLike, fewest: int = 2) -> Floats:
    """Return Pearson's correlation of each pair of series over the times that both have.

    ``values`` has shape (times, series), NaN where missing; the answer (series, series), NaN where fewer than
    ``fewest`` times are common or one of the two does not vary on them. One matrix product per sum, no loop.

    >>> correlations([[1.0, 2.0, 5.0], [2.0, 4.0, 3.0], [3.0, 6.0, np.nan]]).round(3).tolist()
    [[1.0, 1.0, -1.0], [1.0, 1.0, -1.0], [-1.0, -1.0, 1.0]]
    """
    y = np.asarray(values, dtype=float)
    there = np.isfinite(y).astype(float)
    level = np.where(there > 0, y, 0.0).sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    y = np.where(there > 0, y - level, 0.0)
    n = there.T @ there
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (y.T @ there) / n  # of the row's series on the times that the column's has, too
        spread = ((y * y).T @ there) / n - mean**2
        both = (y.T @ y) / n - mean * mean.T
        size = np.sqrt(np.maximum(spread, 0) * np.maximum(spread.T, 0))
        scale = (y * y).sum(axis=0) / np.maximum(there.sum(axis=0), 1)
        varies = size > 1e-12 * np.sqrt(np.outer(scale, scale))
        found: Floats = np.where((n >= fewest) & varies, np.clip(both / size, -1.0, 1.0), np.nan)
    return found


def average_linkage(distances: ArrayLike) -> Floats:
    """Return the merges by average linkage (UPGMA; Sokal & Michener 1958), written as scipy's ``linkage``.

    Parameters
    ----------
    distances
        Shape (items, items), symmetric.

    Returns
    -------
    Shape (items - 1, 4): the two groups that merge (items are 0 to n - 1, the group of row k is n + k), their
    distance (the mean over all pairs of items), and how many items the new group has.

    Examples
    --------
    >>> average_linkage([[0.0, 1.0, 4.0], [1.0, 0.0, 6.0], [4.0, 6.0, 0.0]]).tolist()
    [[0.0, 1.0, 1.0, 2.0], [2.0, 3.0, 5.0, 3.0]]
    """
    d = np.array(distances, dtype=float)
    n = len(d)
    np.fill_diagonal(d, np.inf)
    names, sizes = np.arange(n), np.ones(n)
    rows = np.zeros((max(n - 1, 0), 4))
    for step in range(n - 1):
        a, b = sorted(divmod(int(np.argmin(d)), n))
        rows[step] = [*sorted((names[a], names[b])), d[a, b], sizes[a] + sizes[b]]
        joined = (sizes[a] * d[a] + sizes[b] * d[b]) / (sizes[a] + sizes[b])
        d[a], d[:, a] = joined, joined
        d[b], d[:, b], d[a, a] = np.inf, np.inf, np.inf
        names[a], sizes[a] = n + step, sizes[a] + sizes[b]
    return rows


def groups(merges: ArrayLike, farthest: float) -> NDArray[np.int64]:
    """Return the group of each item, from 0 in the order of the items, merging up to a distance.

    >>> groups([[0.0, 1.0, 1.0, 2.0], [2.0, 3.0, 5.0, 3.0]], 2.0).tolist()
    [0, 0, 1]
    """
    rows = np.asarray(merges, dtype=float).reshape(-1, 4)
    n = len(rows) + 1
    held: dict[int, list[int]] = {item: [item] for item in range(n)}
    for step, (a, b, distance, _) in enumerate(rows):
        if distance <= farthest:
            held[n + step] = held.pop(int(a)) + held.pop(int(b))
    found = np.zeros(n, dtype=np.int64)
    for number, items in enumerate(sorted(held.values(), key=min)):
        found[items] = number
    return found


def effective_number(correlation: ArrayLike) -> float:
    """Return how many independent stations say as much about the region's mean as these do.

    ``n / (1 + (n - 1) r)`` with the mean correlation r between different stations (Matalas & Langbein 1962,
    doi:10.1029/JZ067i009p03441), which is what the variance of the mean of n alike series gives; between 1
    and n. NaN where no pair has a correlation.

    >>> round(effective_number([[1.0, 0.8, 0.8], [0.8, 1.0, 0.8], [0.8, 0.8, 1.0]]), 3)
    1.154
    """
    r = np.asarray(correlation, dtype=float)
    n = len(r)
    if n == 1:
        return 1.0
    pairs = r[np.triu_indices(n, 1)]
    pairs = pairs[np.isfinite(pairs)]
    if not len(pairs):
        return float("nan")
    return float(np.clip(n / max(1 + (n - 1) * float(pairs.mean()), 1.0), 1.0, n))
