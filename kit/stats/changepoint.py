"""Where does the level of a series change?

Pettitt's statistic compares all values before a place with all values after it by rank; the place where
that difference is greatest is the most likely one (Pettitt 1979, doi:10.2307/2346729). It is the place of one
change of level: a steady change has its greatest difference in the middle.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from kit.stats.autocorrelation import Floats, beyond_blocks, memory, ranks
from kit.stats.kendall import theil_sen, year_orders

#: Months that are shuffled together.
BLOCK = 6


@dataclass(frozen=True)
class ChangePoint:
    """The most likely change of level.

    ``place`` is the place (from 0) of the first value of the new level; ``k`` Pettitt's statistic; ``p``
    how often chance does as much; ``n`` values; ``before`` and ``after`` the medians. ``count`` of
    ``orders`` shufflings were as strong (0 of 0 where ``p`` comes from Pettitt's formula).
    """

    place: int
    k: float
    p: float
    n: int
    before: float
    after: float
    count: int = 0
    orders: int = 0


def pettitt(values: ArrayLike) -> ChangePoint:
    """Return Pettitt's test of one series of independent values.

    ``p`` is Pettitt's ``2 exp(-6 K^2 / (n^3 + n^2))``, at most 1. Missing values are left out. With ties
    ranks are shared.

    Measured size at 0.05 (5,000 runs without change, normal, none or 20 % missing, with or without many
    ties): 0 % for 10 values, 0.6 to 2.0 % for 20, 1.6 to 2.9 % for 40: Pettitt's formula is careful.

    Examples
    --------
    >>> found = pettitt([1.0, 2.0, 1.5, 1.2, 5.0, 6.0, 5.5, 7.0])
    >>> found.place, found.k, round(found.p, 3)
    (4, 16.0, 0.139)
    """
    y = np.asarray(values, dtype=float)
    u = np.cumsum(excess(y))
    n = int(np.isfinite(y).sum())
    if n < 2:
        return ChangePoint(0, 0.0, 1.0, n, math.nan, math.nan)
    k = float(np.abs(u).max())
    return _at(y, u, k, min(1.0, 2 * math.exp(-6 * k * k / (n**3 + n**2))))


def excess(y: Floats) -> Floats:
    """Return for each value how many others are below it minus how many are above; 0 where it is missing.

    The sum of the first values is Pettitt's U at that place.

    >>> excess(np.array([5.0, 1.0, math.nan, 3.0])).tolist()
    [2.0, -2.0, 0.0, 0.0]
    """
    flat = ranks(y.ravel())
    n = int(np.isfinite(flat).sum())
    found: Floats = np.nan_to_num(2 * flat - (n + 1)).reshape(y.shape)
    return found


def _at(y: Floats, u: Floats, k: float, p: float) -> ChangePoint:
    present = np.flatnonzero(np.isfinite(y))
    last = int(np.argmax(np.abs(u) >= k - 1e-9))
    place = int(present[np.searchsorted(present, last, side="right")]) if k else int(present[0])
    before, after = y[present[present < place]], y[present[present >= place]]
    levels = [float(np.median(part)) if len(part) else math.nan for part in (before, after)]
    return ChangePoint(place, k, p, len(present), levels[0], levels[1])


def _left(y: Floats, found: ChangePoint) -> Floats:
    """Return what a step leaves over, or a straight line if that leaves less."""
    step = np.where(np.arange(len(y)) < found.place, y - found.before, y - found.after)
    slope = theil_sen(y).slope
    line = y - slope * np.arange(len(y))
    line = line - np.nanmedian(line)
    return line if np.nansum(np.abs(line)) < np.nansum(np.abs(step)) else step


def of_months(values: ArrayLike, *, block: int = BLOCK) -> ChangePoint:
    """Return the change of level among months without a season, judged by shuffling half-years.

    Months remember the month before, so Pettitt's formula would find changes in nearly every series. Blocks
    of six months are put into another order instead (4999 drawn orders), and the greatest difference is
    looked for again each time; what memory reaches beyond a block is allowed for by its size
    (:func:`kit.stats.autocorrelation.beyond_blocks`).

    Measured size at 0.05 (a season of medians taken out of 5, 8 and 10 years; none or 20 % of the months
    missing; 700 runs each): 5 years 6 to 8 %, from 8 years on 4 to 6.5 %, much the same with a correlation of
    0, .3 and .6 between neighbouring months.

    Parameters
    ----------
    values
        Shape (n,): one value a month, NaN where missing.
    block
        How many values are shuffled together.

    Examples
    --------
    >>> found = of_months(np.repeat([1.0, 5.0], 36) + np.tile([0.5, 0.0, -0.5], 24))
    >>> found.place, found.before, found.after, found.p < 0.05
    (36, 1.0, 5.0, True)
    """
    y = np.asarray(values, dtype=float)
    if np.isfinite(y).sum() < 2:
        return pettitt(y)
    n = math.ceil(len(y) / block)
    share = np.zeros(n * block)
    share[: len(y)] = excess(y)
    orders = year_orders(n)
    parts = np.array_split(orders, max(1, orders.size * block // 500_000))
    drawn = np.concatenate([
        np.abs(np.cumsum(share.reshape(n, block)[some].reshape(len(some), -1), axis=1)).max(axis=1)
        for some in parts
    ])  # fmt: skip
    found = _at(y, np.cumsum(share[: len(y)]), float(drawn[0]), 0.0)
    widened = beyond_blocks(block, memory(_left(y, found)))
    count = int((drawn >= drawn[0] / math.sqrt(widened) - 1e-9).sum())
    return replace(found, p=count / len(drawn), count=count, orders=len(drawn))
