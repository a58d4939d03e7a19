"""How much one value says about the next, and what that does to the variance of a trend.

Sources
-------
Box & Jenkins 1976 (autocorrelation); Bayley & Hammersley 1946, doi:10.2307/2983560 (effective number of
values); Hamed & Rao 1998, doi:10.1016/S0022-1694(97)00125-X (why Kendall's variance must grow with memory).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
#: A memory beyond this cannot be told from a change of level.
STRONGEST = 0.95


def acf(values: ArrayLike, lags: int) -> Floats:
    """Return the autocorrelation at the lags 0, 1 ... ``lags``, shape (lags + 1,).

    Missing values (NaN) are left out of the pairs. Each sum of products is divided by its number of pairs and
    shrunk by (n - lag) / n, which without gaps is the usual (biased) estimate. A constant series gives 0 at
    all lags but the first.

    >>> acf([1.0, 2.0, 3.0, 4.0], 1).tolist()
    [1.0, 0.25]
    """
    y = np.asarray(values, dtype=float)
    n = len(y)
    found = np.zeros(lags + 1)
    found[0] = 1.0
    present = np.isfinite(y)
    if present.sum() < 2:
        return found
    left = np.where(present, y - y[present].mean(), 0.0)
    variance = float((left**2).sum()) / int(present.sum())
    if variance <= 0:
        return found
    for lag in range(1, min(lags, n - 1) + 1):
        pairs = int((present[lag:] & present[:-lag]).sum())
        if pairs:
            found[lag] = float(left[lag:] @ left[:-lag]) / pairs * (n - lag) / n / variance
    return found


def memory(values: ArrayLike) -> float:
    """Return the correlation between neighbouring values, 0 (none or negative) to :data:`STRONGEST`.

    Missing values are left out of the pairs. No shrinking, so that short series do not look forgetful.

    >>> round(memory([1.0, 1.5, 1.0, -1.0, -1.5, -1.0]), 2)
    0.71
    """
    y = np.asarray(values, dtype=float)
    present = np.isfinite(y)
    both = present[1:] & present[:-1]
    if both.sum() < 3:
        return 0.0
    left = np.where(present, y - y[present].mean(), 0.0)
    variance = float((left**2).sum()) / int(present.sum())
    if variance <= 0:
        return 0.0
    return float(np.clip((left[1:] @ left[:-1]) / both.sum() / variance, 0.0, STRONGEST))


def effective_size(n: int, correlation: float) -> float:
    """Return how many independent values say as much about a mean as ``n`` that remember each other.

    ``correlation`` is that of neighbours; it fades as its powers (first-order memory), at least 0.

    >>> round(effective_size(120, 0.6), 1)
    30.5
    """
    r = min(max(correlation, 0.0), STRONGEST)
    lags = np.arange(1, n)
    return float(n / (1 + 2 * ((1 - lags / n) * r**lags).sum()))


def year_blocks(years: ArrayLike, months: Sequence[int], correlation: float) -> float:
    """Return how many times the variance of a trend is what shuffling whole years shows.

    Shuffling takes years for independent. With a memory from month to month, a year's end says something
    about the next year's beginning: neighbouring years are more alike than others, so real trends by chance
    are wider than shuffled ones. The factor is that of a straight line through yearly means whose months have
    first-order memory: ``w'Cw / w'w`` over the mean variance within the years, ``C`` being the covariance
    between the years' means, ``w`` the years less their mean.

    Parameters
    ----------
    years
        The years, shape (years,), increasing.
    months
        The calendar months that each year's mean is made of.
    correlation
        That of neighbouring months, 0 to 1.

    Examples
    --------
    >>> round(year_blocks(range(20), range(1, 13), 0.6), 2), round(year_blocks(range(20), (6, 7, 8), 0.6), 2)
    (1.17, 1.01)
    """
    t = np.asarray(years, dtype=float)
    n, m = len(t), len(months)
    if n < 3 or correlation <= 0:
        return 1.0
    stamps = (12 * t[:, None] + np.asarray(months, dtype=float)).ravel()
    alike = correlation ** np.abs(stamps[:, None] - stamps)
    between = alike.reshape(n, m, n, m).mean(axis=(1, 3))
    weight = t - t.mean()
    within = float(np.trace(between) - between.mean() * n) / (n - 1)
    return max(1.0, float(weight @ between @ weight) / float(weight @ weight) / within)
