"""Order statistics of all pair slopes, without ever holding them all.

A series of n values has n (n - 1) / 2 pairs; Theil's slope and Sen's limits are some of their slopes by rank.
Series of up to 200 values: all slopes of many series are partitioned at once. Longer ones: a sample of pairs
tells between which two slopes the ranks must lie; all pairs are counted against these two, and only those
between them are kept. Counting shows whether the ranks do lie there, so the answer is exact: it is the very
number that sorting all slopes gives.

If the extra ``fast`` (Numba) is installed and the work is long enough to be worth its start, compiled code
does the same in O(n log n) (:mod:`kit.stats.compiled`): the same numbers, bit for bit.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Engine = Literal["auto", "numpy", "numba"]

#: Up to this many values (19,900 pairs) a series is not bracketed.
WHOLE_UP_TO = 200
#: Pair slopes held at once (8 bytes each; some working copies beside them).
HELD = 250_000
#: Pairs drawn to bracket the ranks.
SAMPLE = 16384
#: From this many pairs on, starting the compiled code pays.
WORTH_COMPILING = 30_000_000


def scores_and_slopes(
    values: Floats, times: Floats, ranks: Integers, engine: Engine = "auto"
) -> tuple[Integers, Floats]:
    """Return Kendall's score of each series, and its pair slopes of the given ranks.

    Parameters
    ----------
    values
        Shape (series, n), NaN where missing.
    times
        Shape (n,), finite and in order; pairs at equal times count for nothing.
    ranks
        Shape (series, k), increasing, from 0 (the smallest slope); negative where a series has no slopes.
    engine
        ``"numpy"``, ``"numba"`` (needs the extra ``fast``), or by the size of the work. At equal times
        NumPy always does it.

    Returns
    -------
    Scores, shape (series,), and slopes, shape (series, k), NaN where the rank is negative.
    """
    series, n = values.shape
    together = bool((np.diff(times) <= 0).any())
    if not together and _compiled(engine, series * n * (n - 1) // 2):
        from kit.stats import compiled

        return compiled.scores_and_slopes(
            np.ascontiguousarray(values), np.ascontiguousarray(times), np.ascontiguousarray(ranks)
        )
    if n <= WHOLE_UP_TO:
        return _whole(values, times, ranks)
    scores, slopes = np.zeros(series, dtype=np.int64), np.full(ranks.shape, np.nan)
    for k in range(series):
        present = np.isfinite(values[k])
        scores[k], slopes[k] = _by_bracket(values[k, present], times[present], ranks[k])
    return scores, slopes


def _compiled(engine: Engine, pairs: int) -> bool:
    if engine == "numpy" or (engine == "auto" and pairs < WORTH_COMPILING):
        return False
    from importlib.util import find_spec

    return engine == "numba" or find_spec("numba") is not None


def _whole(values: Floats, times: Floats, ranks: Integers) -> tuple[Integers, Floats]:
    """Partition all slopes of some series at a time; missing ones stand at the end."""
    series, n = values.shape
    pairs = n * (n - 1) // 2
    scores, slopes = np.zeros(series, dtype=np.int64), np.full(ranks.shape, np.nan)
    if not pairs or ranks.max(initial=-1) < 0:
        return scores, slopes
    run = np.concatenate([times[lag:] - times[:-lag] for lag in range(1, n)])
    apart = run > 0
    step = max(1, HELD // pairs)
    for start in range(0, series, step):
        part = slice(start, start + step)
        some, wanted = values[part], ranks[part]
        rise = np.empty((len(some), pairs))
        place = 0
        for lag in range(1, n):
            np.subtract(some[:, lag:], some[:, :-lag], out=rise[:, place : place + n - lag])
            place += n - lag
        if not apart.all():
            rise[:, ~apart] = np.nan
        scores[part] = np.count_nonzero(rise > 0, axis=1) - np.count_nonzero(rise < 0, axis=1)
        np.divide(rise, run, out=rise, where=apart)
        places = np.unique(wanted[wanted >= 0])
        if len(places) > 12:
            rise.sort(axis=1)
        elif len(places):
            rise.partition(places, axis=1)
        taken = np.take_along_axis(rise, np.maximum(wanted, 0), axis=1)
        slopes[part] = np.where(wanted < 0, np.nan, taken)
    return scores, slopes


def _by_bracket(y: Floats, t: Floats, ranks: Integers) -> tuple[int, Floats]:
    """Return the score and the slopes by rank of one long series without gaps."""
    if len(y) < 2 or ranks.min() < 0:
        return 0, np.full(ranks.shape, np.nan)
    low, high = _bracket(y, t, ranks)
    score, below, between = _count(y, t, low, high)
    if ranks.min() < below or ranks.max() >= below + len(between):
        score, below, between = _count(y, t, -np.inf, np.inf)
    places = ranks - below
    return score, np.partition(between, np.unique(places))[places]


@lru_cache(maxsize=8)
def _drawn(n: int) -> Integers:
    return np.random.default_rng(n).integers(0, n, (2, SAMPLE))


def _bracket(y: Floats, t: Floats, ranks: Integers) -> tuple[float, float]:
    """Return two slopes between which those of the ranks almost surely lie."""
    one, other = _drawn(len(y))
    run = t[other] - t[one]
    apart = run != 0
    sample = (y[other] - y[one])[apart] / run[apart]
    m, pairs = len(sample), len(y) * (len(y) - 1) / 2
    if not m:
        return -np.inf, np.inf
    share = np.array([ranks.min(), ranks.max()]) / pairs
    spread = 4.5 * np.sqrt(m * share * (1 - share).clip(0)) + 4
    low, high = int(m * share[0] - spread[0]), int(np.ceil(m * share[1] + spread[1]))
    sample.partition([max(low, 0), min(high, m - 1)])
    return (
        float(sample[low]) if low >= 0 else -np.inf,
        float(sample[high]) if high < m else np.inf,
    )


def _count(y: Floats, t: Floats, low: float, high: float) -> tuple[int, int, Floats]:
    """Return the score, how many slopes are below ``low``, and those from ``low`` to ``high``."""
    n = len(y)
    room = max(HELD, n)
    rise, run = np.empty(room), np.empty(room)
    score, below, between = 0, 0, []
    filled = 0
    for lag in range(1, n):
        np.subtract(y[lag:], y[:-lag], out=rise[filled : filled + n - lag])
        np.subtract(t[lag:], t[:-lag], out=run[filled : filled + n - lag])
        filled += n - lag
        if lag < n - 1 and filled + n - lag - 1 <= room:
            continue
        up, along = rise[:filled], run[:filled]
        if along.min() <= 0:
            up, along = up[along > 0], along[along > 0]
        slope = up / along
        score += int(np.count_nonzero(up > 0)) - int(np.count_nonzero(up < 0))
        below += int(np.count_nonzero(slope < low))
        between.append(slope[(slope >= low) & (slope <= high)])
        filled = 0
    return score, below, np.concatenate(between)
