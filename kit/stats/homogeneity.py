"""Do all series have the same trend? Stations against each other, months of the year against each other.

van Belle & Hughes (1984, doi:10.1029/WR020i001p00127) split the sum of the squared scores of all series into
a part for the common trend and parts for the differences, and take the series for independent:
:func:`van_belle_hughes`. Stations of one region share their weather, and months remember each other; then
that test says "different" too often or too seldom. :func:`by_shuffling` asks the same of the same scores,
after the common slope is taken out, and looks what the parts are when whole years are put into another order,
all stations and months together: what they share stays shared.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kit.stats import kendall
from kit.stats.kendall import Floats


@dataclass(frozen=True)
class Part:
    """One part of the sum: ``statistic``, degrees of ``freedom``, ``p``; NaN for less than two series.

    ``smallest`` is the smallest p that this way of judging can give.
    """

    statistic: float
    freedom: int
    p: float
    smallest: float = 0.0


@dataclass(frozen=True)
class Homogeneity:
    """Its parts: stations against each other, months against each other, the ``trend`` common to all."""

    stations: Part
    months: Part
    trend: Part


def van_belle_hughes(z: ArrayLike) -> Homogeneity:
    """Return the parts for independent series.

    ``z`` holds the standardised scores (score over its standard deviation, without continuity correction),
    shape (stations, months).

    >>> found = van_belle_hughes([[2.0, 1.0], [0.0, 1.0]])
    >>> found.stations.statistic, found.months.statistic, found.trend.statistic
    (1.0, 0.0, 4.0)
    """
    scores = np.asarray(z, dtype=float)
    k, m = scores.shape
    mean = float(scores.mean())
    by_station = m * float(((scores.mean(axis=1) - mean) ** 2).sum())
    by_month = k * float(((scores.mean(axis=0) - mean) ** 2).sum())
    return Homogeneity(_judged(by_station, k - 1), _judged(by_month, m - 1), _judged(k * m * mean**2, 1))


def _judged(statistic: float, freedom: int) -> Part:
    return Part(statistic, freedom, chi_square_tail(statistic, freedom) if freedom else math.nan)


def chi_square_tail(x: float, freedom: int) -> float:
    """Return the chance that chi-square with ``freedom`` degrees exceeds ``x``.

    The finite sums of Abramowitz & Stegun 1964, 26.4.4 and 26.4.5.

    >>> round(chi_square_tail(3.8415, 1), 4), round(chi_square_tail(18.307, 10), 4)
    (0.05, 0.05)
    """
    if x <= 0:
        return 1.0
    half = x / 2
    if freedom % 2:
        tail = math.erfc(math.sqrt(half))
        term = 0.5
    else:
        tail, term = math.exp(-half), 1.0
    while term < freedom / 2:
        tail += math.exp(-half + term * math.log(half) - math.lgamma(term + 1))
        term += 1
    return min(tail, 1.0)


def by_shuffling(
    values: ArrayLike, years: ArrayLike, slope: float, months: int, widened: float = 1.0
) -> Homogeneity:
    """Return the parts, judged by putting whole years into another order.

    The score of a station is that of all its months together, the score of a month that of all stations; each
    is divided by its standard deviation over all orders, so that a station with half the years counts for
    itself.

    Parameters
    ----------
    values
        Shape (years, stations * months), NaN where missing; a station's months beside each other.
    years
        Shape (years,).
    slope
        The common slope, taken out first (:func:`kit.stats.regional.joint_slope`).
    months
        How many columns each station has.
    widened
        How much wider scores really are than shuffled ones (``Joint.widened``).

    Examples
    --------
    Two stations that rise alike are one trend; if one rises and one falls they are not:

    >>> year = np.arange(6.0)
    >>> alike = by_shuffling(np.column_stack([year, year]), year, 1.0, 1)
    >>> apart = by_shuffling(np.column_stack([year, -year]), year, 0.0, 1)
    >>> alike.stations.p, round(apart.stations.p, 4)
    (1.0, 0.0028)
    """
    y, t = np.asarray(values, dtype=float), np.asarray(years, dtype=float)
    column = np.arange(y.shape[1])
    d = kendall.rises(y)
    count, orders = kendall.shuffle_count(d, widened)
    variance = kendall.score_variance(d)
    z = kendall.score(d) / math.sqrt(variance) if variance > 0 else 0.0
    return Homogeneity(
        _spread(y, t, column // months, slope, widened),
        _spread(y, t, column % months, slope, widened),
        Part(z * z, 1, count / orders, _rarest(y)),
    )


def _spread(y: Floats, t: Floats, group: NDArray[np.int64], slope: float, widened: float) -> Part:
    """Return how unlike the groups' scores are, and the share of orders in which they are as unlike."""
    scores = []
    for one in range(int(group.max()) + 1):
        d = kendall.rises(_without(y[:, group == one], t, slope))
        scores.append(kendall.shuffled_scores(d) / math.sqrt(max(kendall.score_variance(d), 1.0)))
    if len(scores) < 2:
        return Part(math.nan, 0, math.nan)
    z = np.array(scores).T
    sums = ((z - z.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    count = int((sums * widened >= sums[0] - 1e-9).sum())
    return Part(float(sums[0]), z.shape[1] - 1, count / len(z), _rarest(y))


def _rarest(y: Floats) -> float:
    """Return the smallest p; where all orders are tried, the reversed one is as unlike as the real one."""
    orders = len(kendall.year_orders(len(y)))
    return (2 if len(y) <= kendall.ALL_ORDERS_UP_TO else 1) / orders


def _without(values: Floats, t: Floats, slope: float) -> Floats:
    """Return the values without a slope; what rounding leaves of an exact line is nothing."""
    left = values - slope * (t - t.mean())[:, None]
    left = left - np.nanmean(left) if np.isfinite(left).any() else left
    largest = np.nanmax(np.abs(values), initial=1e-300)
    return np.where(np.abs(left) < 1e-12 * largest, 0.0, left)
