"""How much one value says about the next, and what that does to the variance of a trend.

Also two tests for trend that allow for memory, for comparison with other software; kit's own default is
:mod:`kit.stats.regional`, which keeps its size better.

Sources
-------
Box & Jenkins 1976 (autocorrelation); Bayley & Hammersley 1946, doi:10.2307/2983560 (effective number of
values); Hamed & Rao 1998, doi:10.1016/S0022-1694(97)00125-X (Kendall's variance must grow with memory); Yue,
Pilon, Phinney & Cavadias 2002, doi:10.1002/hyp.1095 (memory taken out first).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kit.stats import kendall
from kit.stats.kendall import NORMAL, Kendall

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


def beyond_blocks(length: int, correlation: float) -> float:
    """Return how many times the variance of long sums is what shuffling blocks of ``length`` values shows.

    First-order memory: ``(1 + r) / (1 - r)`` over ``1 + 2 sum (1 - l / length) r^l`` for l below ``length``.

    >>> round(beyond_blocks(6, 0.6), 2), beyond_blocks(6, 0.0)
    (1.42, 1.0)
    """
    r = min(max(correlation, 0.0), STRONGEST)
    lags = np.arange(1, length)
    return (1 + r) / (1 - r) / (1 + 2 * float(((1 - lags / length) * r**lags).sum()))


def ranks(values: ArrayLike) -> Floats:
    """Return the ranks of the values from 1, equal ones sharing their mean rank; NaN stays NaN.

    >>> ranks([3.0, 1.0, 3.0, math.nan]).tolist()
    [2.5, 1.0, 2.5, nan]
    """
    y = np.asarray(values, dtype=float)
    found = np.full(y.shape, np.nan)
    present = np.isfinite(y)
    _, place, count = np.unique(y[present], return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    found[present] = (last - (count - 1) / 2)[place]
    return found


def hamed_rao(
    values: ArrayLike, *, lags: int | None = None, significance: float = 0.05, continuity: bool = True
) -> Kendall:
    """Return the Mann-Kendall test with the variance of Hamed & Rao (1998).

    The variance grows with the autocorrelation of the ranks of what Theil's line leaves, at the lags where
    it is significant. As ``pymannkendall.hamed_rao_modification_test``, which however closes gaps: here
    values on both sides of a gap are not neighbours. Where the factor is not above 0 the answer is p = 1.

    Measured size at 0.05 (1,000 runs each; months, season of medians taken out, none or 20 % missing):
    without memory 13 % (5 years) to 8 to 12 % (10 and 20 years), with a correlation of .3 20 % to 12 %, with
    .6 23 % to 17 %: it says "trend" far too often.

    Parameters
    ----------
    values
        Shape (n,), evenly spaced, NaN where missing, without a season.
    lags
        The highest lag; default: all.
    significance
        Of the single autocorrelations.

    Examples
    --------
    >>> found = hamed_rao([1.0, 2.0, 4.0, 3.0, 5.0, 7.0, 6.0, 8.0, 9.0, 8.5])
    >>> round(found.variance, 1), round(found.p, 5)
    (125.0, 0.00068)
    """
    y = np.asarray(values, dtype=float)
    plain = kendall.mann_kendall(y)
    n = plain.n
    if n < 4:
        return plain
    left = ranks(y - kendall.theil_sen(y).slope * np.arange(1, len(y) + 1))
    highest = len(y) - 1 if lags is None else min(lags, len(y) - 1)
    r = acf(left, highest)[1:]
    i = np.arange(1, highest + 1)
    limit = NORMAL.inv_cdf(1 - significance / 2) / math.sqrt(n)
    weight = (n - i) * (n - i - 1.0) * (n - i - 2.0) * (i < n)
    factor = 1 + 2 / (n * (n - 1.0) * (n - 2.0)) * float((weight * r)[np.abs(r) > limit].sum())
    variance = plain.variance * factor
    p = kendall.normal_p(plain.s, variance, continuity)
    return Kendall(plain.s, variance, *p, n=n, tau=plain.tau)


def prewhitened(values: ArrayLike, *, continuity: bool = True) -> Kendall:
    """Return the Mann-Kendall test after trend-free pre-whitening (Yue et al. 2002).

    Theil's line is taken away, then from each value what its neighbour before tells of it, and the line is
    put back. As ``pymannkendall.trend_free_pre_whitening_modification_test``, except that a value behind a
    gap has no neighbour and is left out.

    Measured size at 0.05, as for :func:`hamed_rao`: without memory 7 % (5 years) to 5 % (20 years), with a
    correlation of .3 12 to 18 %, with .6 26 to 41 %: putting the line back brings back what chance made.

    Parameters
    ----------
    values
        Shape (n,), evenly spaced, NaN where missing, without a season.

    Examples
    --------
    >>> found = prewhitened([1.0, 2.0, 4.0, 3.0, 5.0, 7.0, 6.0, 8.0, 9.0, 8.5])
    >>> found.s, found.n
    (30.0, 9)
    """
    y = np.asarray(values, dtype=float)
    if np.isfinite(y).sum() < 4:
        return kendall.mann_kendall(y, continuity=continuity)
    line = kendall.theil_sen(y).slope * np.arange(1, len(y) + 1)
    left = y - line
    r = float(acf(left, 1)[1])
    return kendall.mann_kendall(left[1:] - r * left[:-1] + line[:-1], continuity=continuity)
