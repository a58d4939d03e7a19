"""How often does chance do this? Labels are dealt again, and an estimate's interval follows from that.

Every estimate here is linear in the values: under the labels of deal k it is ``found[k]``, and an effect of
size one under the real labels would be seen as ``share[k]`` under the labels of deal k. So taking an effect c
away from the values leaves ``found[k] - c * share[k]``, and the interval holds every c that leaves nothing
which the same test would reject (Lehmann & Romano 2005, 5.12, doi:10.1007/0-387-27605-X).

Where the labels may be exchanged (stations drawn alike, days whose order does not matter once the series is
rotated as a whole) the test keeps its level exactly; it is discrete, so it may be on the careful side.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kit.stats.autocorrelation import memory
from kit.stats.kendall import Floats

#: All deals up to this many; beyond, :data:`DRAWN` random ones and the real one.
ALL_UP_TO = 5040
DRAWN = 4999
ROUNDING = 1e-9


@dataclass(frozen=True)
class Chance:
    """An estimate, its interval, and how often chance is as far from zero.

    ``count`` of ``deals`` were at least as far from zero, the real one among them; ``p`` is their share.
    ``smallest`` is the smallest p that these deals can give. An interval without an end is infinite.
    """

    estimate: float
    low: float
    high: float
    p: float
    count: int
    deals: int
    smallest: float


def judged(found: ArrayLike, share: ArrayLike, confidence: float = 0.95) -> Chance:
    """Return the first estimate, judged by those of all deals.

    Parameters
    ----------
    found
        The estimate under each deal, the real one first; shape (deals,).
    share
        What each deal would show of an effect of one, the real one first (1.0); shape (deals,).

    Examples
    --------
    Of four stations one changed by 5, the others by 0, 1 and -1; dealt again, each could have been the one:

    >>> change = np.array([5.0, 0.0, 1.0, -1.0])
    >>> mine = np.eye(4)
    >>> found = mine @ change - (1 - mine) @ change / 3
    >>> result = judged(found, mine[:, 0] - (1 - mine)[:, 0] / 3)
    >>> result.estimate, result.count, result.deals, result.smallest, result.low
    (5.0, 1, 4, 0.25, -inf)
    """
    a, b = np.asarray(found, dtype=float), np.asarray(share, dtype=float)
    slack = ROUNDING * max(float(np.abs(a).max()), 1e-300)
    count = int((np.abs(a) >= abs(a[0]) - slack).sum())
    twins = int((np.abs(b) >= 1 - ROUNDING).sum())
    low, high = _ends(a, b, confidence)
    return Chance(float(a[0]), low, high, count / len(a), count, len(a), twins / len(a))


def _ends(a: Floats, b: Floats, confidence: float) -> tuple[float, float]:
    """Return the ends of the effects that are not rejected.

    A deal is as far from zero as the real one for all effects between two roots around the estimate; where
    it shows as much of an effect as the real labels do, it is so without an end.
    """
    allowed = math.floor((1 - confidence) * len(a) + ROUNDING)
    with np.errstate(divide="ignore", invalid="ignore"):
        one, two = (a[0] - a) / (1 - b), (a[0] + a) / (1 + b)
    bounded = np.abs(b) < 1 - ROUNDING
    low = np.sort(np.where(bounded, np.fmin(one, two), -np.inf)[1:])
    high = np.sort(np.where(bounded, np.fmax(one, two), np.inf)[1:])[::-1]
    if not allowed:
        return -math.inf, math.inf
    # The effect is kept while more than `allowed` deals (the real one among them) are as far from zero.
    place = allowed - 1
    return min(float(low[place]), float(a[0])), max(float(high[place]), float(a[0]))


def choices(n: int, k: int, chosen: ArrayLike, seed: int = 0) -> NDArray[np.bool_]:
    """Return ways to choose ``k`` of ``n``, the real one (``chosen``, shape (n,)) first, shape (ways, n).

    >>> choices(3, 1, [False, True, False]).astype(int).tolist()
    [[0, 1, 0], [1, 0, 0], [0, 0, 1]]
    """
    real = np.asarray(chosen, dtype=bool)
    if math.comb(n, k) <= ALL_UP_TO:
        places = np.array(list(combinations(range(n), k)), dtype=np.int64).reshape(-1, k)
        ways = np.zeros((len(places), n), dtype=bool)
        np.put_along_axis(ways, places, True, axis=1)
        ways = ways[(ways != real).any(axis=1)]
    else:
        ways = np.random.default_rng(seed).permuted(np.tile(real, (DRAWN, 1)), axis=1)
    return np.vstack([real, ways])


def step(values: ArrayLike, after: ArrayLike) -> Chance:
    """Return by how much a series is higher after than before, judged by rotating the days.

    The whole series is turned on a ring, one day at a time, and the step is measured at the same place again:
    its memory from day to day stays as it is, so no independence is assumed. Turned, the labels have two
    borders and not one, which would make the turned steps a little smaller than the real one; that is allowed
    for with the correlation between neighbouring days. What is left to assume: nothing else makes the series
    drift.

    Parameters
    ----------
    values
        One value a day, in order, NaN where missing; shape (days,).
    after
        Which days belong to the time after; shape (days,).

    Examples
    --------
    >>> series = [0.0] * 25 + [3.0] * 15
    >>> found = step(series, [False] * 25 + [True] * 15)
    >>> found.estimate, found.count, found.deals
    (3.0, 1, 40)
    """
    y, late = np.asarray(values, dtype=float), np.asarray(after, dtype=bool)
    there = np.isfinite(y)
    days = np.arange(len(y))
    # Turning the labels against the values is the same as turning the values.
    labels = late[(days[:, None] + days) % len(y)]
    first, second = (labels & there).astype(float), (~labels & there).astype(float)
    n_after, n_before = first.sum(axis=1), second.sum(axis=1)
    whole = (n_after > 0) & (n_before > 0)
    weight = first[whole] / n_after[whole, None] - second[whole] / n_before[whole, None]
    found, share = weight @ np.where(there, y, 0.0), weight @ late
    remembered = memory(np.where(there, y - found[0] * late, np.nan))
    size = np.sqrt(np.einsum("ki,ki->k", weight @ remembered ** np.abs(days[:, None] - days), weight))
    return judged(found * size[0] / size, share * size[0] / size)
