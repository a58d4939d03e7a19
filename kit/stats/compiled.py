"""The pair counting of :mod:`kit.stats.fast`, compiled by Numba: imported only where the extra ``fast`` is.

For one series: the pairs that fall short of a slope b are the inversions of ``y - b t``, which merge sort
counts in O(n log n); sorting the order by ``y - low t`` into the order by ``y - high t`` by insertion meets
each pair whose slope is between ``low`` and ``high`` exactly once (slope selection by sampling: Dillencourt,
Mount & Netanyahu 1992, doi:10.1142/S0218195992000020). What is met is divided and selected as everywhere
else. Rounding may put a pair on the wrong side of a border, never far beyond it: if a rank's slope lies that
close to a border, all slopes are taken instead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit

from kit.stats.fast import Floats, Integers

F = TypeVar("F", bound=Callable[..., Any])
EPSILON = float(np.finfo(np.float64).eps)


def fast(function: F) -> F:
    """Compile; the machine code is kept for the next session where the disk allows."""
    return cast(F, njit(cache=True, nogil=True)(function))


@fast
def scores_and_slopes(values: Floats, times: Floats, ranks: Integers) -> tuple[Integers, Floats]:
    """Do what :func:`kit.stats.fast.scores_and_slopes` does; times are all different."""
    series, n = values.shape
    scores = np.zeros(series, dtype=np.int64)
    slopes = np.full(ranks.shape, np.nan)
    room = np.empty(max(n * (n - 1) // 16, 1024))
    for k in range(series):
        there = np.isfinite(values[k])
        y, t = values[k][there], times[there]
        if len(y) < 2 or ranks[k, 0] < 0:
            continue
        scores[k] = _score(y)
        low, high = _bracket(y, t, ranks[k])
        below, held = _between(y, t, low, high, room)
        if held > len(room):
            room = np.empty(held)
            below, held = _between(y, t, low, high, room)
        found = _pick(room, held, ranks[k] - below)
        if not (found[0] > low + _slack(y, t, low) and found[-1] < high - _slack(y, t, high)):
            found = _of_all(y, t, ranks[k])
        slopes[k] = found
    return scores, slopes


@fast
def _slack(y: Floats, t: Floats, slope: float) -> float:
    """Return by how much rounding can misplace a slope."""
    size = np.abs(y).max() + abs(slope) * max(abs(t[0]), abs(t[-1]))
    return float(16 * EPSILON * size / np.diff(t).min())


@fast
def _sorted(z: Floats) -> tuple[Integers, int]:
    """Return the stable order of ``z`` and how many pairs stand in the wrong order."""
    n = len(z)
    order, other = np.arange(n), np.empty(n, dtype=np.int64)
    wrong, width = 0, 1
    while width < n:
        for start in range(0, n, 2 * width):
            middle, end = min(start + width, n), min(start + 2 * width, n)
            i, j = start, middle
            for k in range(start, end):
                if i < middle and (j >= end or z[order[i]] <= z[order[j]]):
                    other[k] = order[i]
                    i += 1
                else:
                    other[k] = order[j]
                    wrong += middle - i
                    j += 1
        order, other = other, order
        width *= 2
    return order, wrong


@fast
def _score(y: Floats) -> int:
    n = len(y)
    order, falling = _sorted(y)
    level, first = 0, 0
    for k in range(1, n + 1):
        if k == n or y[order[k]] != y[order[first]]:
            level += (k - first) * (k - first - 1) // 2
            first = k
    return n * (n - 1) // 2 - level - 2 * falling


@fast
def _bracket(y: Floats, t: Floats, ranks: Integers) -> tuple[float, float]:
    """Return two slopes between which those of the ranks almost surely lie, by a sample of pairs."""
    n = len(y)
    pairs = n * (n - 1) // 2
    m = min(max(pairs // 16, 256), 32768)
    sample = np.empty(m)
    state = np.uint64(88172645463325252)
    for k in range(m):
        i = j = 0
        while i == j:
            state ^= state << np.uint64(13)
            state ^= state >> np.uint64(7)
            state ^= state << np.uint64(17)
            i = int((state >> np.uint64(33)) % np.uint64(n))
            j = int((state & np.uint64(0x7FFFFFFF)) % np.uint64(n))
        sample[k] = (y[j] - y[i]) / (t[j] - t[i])
    one, other = ranks[0] / pairs, ranks[-1] / pairs
    low = int(m * one - 4.5 * np.sqrt(m * one * (1 - one)) - 4)
    high = int(m * other + 4.5 * np.sqrt(m * other * max(1 - other, 0.0)) + 4)
    ends = _pick(sample, m, np.array([max(low, 0), min(high, m - 1)]))
    bottom = ends[0] - 4 * _slack(y, t, ends[0]) if low >= 0 else -np.inf
    top = ends[1] + 4 * _slack(y, t, ends[1]) if high < m else np.inf
    return bottom, top


@fast
def _between(y: Floats, t: Floats, low: float, high: float, room: Floats) -> tuple[int, int]:
    """Return how many slopes are below ``low``, and how many up to ``high``, which are put into ``room``."""
    if not (np.isfinite(low) and np.isfinite(high)):
        return 0, 0
    order, below = _sorted(y - low * t)
    z = y - high * t
    held = 0
    for k in range(1, len(order)):
        mine = order[k]
        place = k
        while place > 0 and z[order[place - 1]] >= z[mine]:
            passed = order[place - 1]
            if passed < mine:
                if held < len(room):
                    room[held] = (y[mine] - y[passed]) / (t[mine] - t[passed])
                held += 1
            order[place] = passed
            place -= 1
        order[place] = mine
    return below, held


@fast
def _of_all(y: Floats, t: Floats, ranks: Integers) -> Floats:
    n = len(y)
    slopes = np.empty(n * (n - 1) // 2)
    k = 0
    for i in range(n - 1):
        for j in range(i + 1, n):
            slopes[k] = (y[j] - y[i]) / (t[j] - t[i])
            k += 1
    return _pick(slopes, k, ranks)


@fast
def _pick(x: Floats, held: int, places: Integers) -> Floats:
    """Return the values of the given places in the order of size (places increase), NaN where outside.

    Hoare's selection; the first ``held`` values of ``x`` change their order.
    """
    found = np.full(len(places), np.nan)
    first = 0
    for k in range(len(places)):
        place = places[k]
        if place < 0 or place >= held:
            continue
        left, right = first, held - 1
        while left < right:
            middle = (left + right) // 2
            a, b, c = x[left], x[middle], x[right]
            pivot = max(min(a, b), min(max(a, b), c))
            i, j = left, right
            while i <= j:
                while x[i] < pivot:
                    i += 1
                while x[j] > pivot:
                    j -= 1
                if i <= j:
                    x[i], x[j] = x[j], x[i]
                    i += 1
                    j -= 1
            if place <= j:
                right = j
            elif place >= i:
                left = i
            else:
                break
        found[k] = x[place]
        first = place
    return found
