"""Are two things alike at the same time, beyond season, place and weather? Pairs that are alike in all else.

Outings (one or more lists of one place and time) are compared in pairs: only those of one group (place, kind
of day) that lie within some days of each other and are near in everything else that is known. Within such
pairs the difference in the outcome is set against the difference in the exposure; what a straight line in
the remaining differences explains (some minutes more, some degrees warmer, some days later) is taken out of
both first (Frisch & Waugh 1933, doi:10.2307/1907330).

How rare the answer is by chance is found by turning: within each season the exposures of all places together
are moved along the calendar, as on a ring. That keeps the season, what the exposures remember from day to
day, and what places share; nothing of that kind is assumed away. What is left to assume: within a season, and
without its slope and bend, one week's exposures could as well have been another's.

Measured size at .05 (spring and summer of 120 days, both things with the same season of twice the size of the
rest, places that share weather; memory from day to day 0 and .6; 1, 4 and 10 schools): 4.5 to 5.7 % with 60
surveys (600 runs each), 2.7 to 6.3 % with 200 (300 runs each).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kit.stats.permutation import Chance, judged

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
#: All turnings up to this many; beyond, this many with the real one among them.
TURNINGS = 2000
#: At most so many numbers at a time.
CHUNK = 4_000_000


@dataclass(frozen=True)
class Pairs:
    """Which outings are compared: ``first`` and ``second`` (places, shape (pairs,)) and their ``weight``.

    An outing with many partners gets no more say than those of a group of that size have: the weight is
    2 / (partners of one + partners of the other + 2).
    """

    first: Places
    second: Places
    weight: Floats

    @property
    def outings(self) -> Places:
        """Which outings have a partner, in order."""
        return np.unique(np.concatenate([self.first, self.second]))


def pairs(
    group: ArrayLike, day: ArrayLike, near: Sequence[tuple[ArrayLike, float]] = (), *, within: int = 7
) -> Pairs:
    """Return the pairs of outings that are alike.

    Parameters
    ----------
    group
        Shape (outings,): only those of the same group are compared.
    day
        Shape (outings,), day numbers: at most ``within`` days apart, and not the same day.
    near
        What else must be near: (values of shape (outings,), largest difference). Not known (NaN) is near to
        not known only.

    Examples
    --------
    >>> found = pairs(["a", "a", "a", "b"], [0, 3, 9, 3], [([10.0, 12.0, 11.0, 10.0], 5.0)])
    >>> list(zip(found.first.tolist(), found.second.tolist(), found.weight.round(2).tolist()))
    [(0, 1, 0.4), (1, 2, 0.4)]
    """
    _, codes = np.unique(np.asarray(group), return_inverse=True)
    days = np.asarray(day, dtype=np.int64)
    order = np.lexsort((days, codes))
    # One long line of days, groups further apart than any pair may be.
    line = codes[order] * (np.ptp(days) + within + 1 if len(days) else 1) + days[order]
    last = np.searchsorted(line, line + within, side="right")
    count = last - np.arange(len(line)) - 1
    first = np.repeat(np.arange(len(line)), count)
    second = first + 1 + np.arange(len(first)) - np.repeat(np.cumsum(count) - count, count)
    a, b = order[first], order[second]
    keep = days[a] != days[b]
    for values, reach in near:
        x = np.asarray(values, dtype=float)
        with np.errstate(invalid="ignore"):
            keep &= (np.abs(x[a] - x[b]) <= reach) | (np.isnan(x[a]) & np.isnan(x[b]))
    a, b = a[keep], b[keep]
    held = np.bincount(np.concatenate([a, b]), minlength=len(days))
    return Pairs(a.astype(np.int64), b.astype(np.int64), 2.0 / (held[a] + held[b] + 2))


def turned(
    outcome: ArrayLike,
    exposure: ArrayLike,
    day: ArrayLike,
    column: ArrayLike,
    season: ArrayLike,
    matched: Pairs,
    also: Sequence[ArrayLike] = (),
    seed: int = 0,
) -> Chance:
    """Return how much the outcome changes per unit of exposure, judged by turning the exposures.

    Parameters
    ----------
    outcome
        Shape (outings,).
    exposure
        Shape (days, columns), NaN where not measured: one column for each place (and hour).
    day, column
        Shape (outings,): the row and column of ``exposure`` that belong to each outing.
    season
        Shape (days,): days with the same number are turned together; they must follow each other. -1 for days
        that are never turned.
    matched
        From :func:`pairs`.
    also
        What else differs within pairs and is allowed for, each of shape (outings,), without missing values.

    Returns
    -------
    The slope within pairs; NaN where the exposure does not differ within any pair.

    Notes
    -----
    Measured size at 0.05 (``python -m tests.simulations joining_size``: 60 and 200 surveys of 1, 4 and 10
    schools in spring and autumn, air and sightings with a season and a memory of 0 and .6 from day to day):
    4.7 % of 1,074 runs, 1 to 8 % in the single cells of 36 to 100 runs.

    Examples
    --------
    >>> days = np.arange(20)
    >>> smoke = np.array([5.0, 20, 7, 9, 30, 12, 6, 25, 8, 11, 14, 9, 28, 16, 10, 7, 22, 13, 9, 18])
    >>> seen = 4 - 0.1 * smoke
    >>> found = turned(seen, smoke[:, None], days, days * 0, days * 0, pairs(days * 0, days))
    >>> round(found.estimate, 6), found.count, found.deals
    (-0.1, 1, 20)
    """
    y, x = np.asarray(outcome, dtype=float), np.asarray(exposure, dtype=float)
    row, at = np.asarray(day, dtype=np.int64), np.asarray(column, dtype=np.int64)
    part = np.asarray(season, dtype=np.int64)
    root = np.sqrt(matched.weight)
    explained = _directions(row, part, matched, also)
    rest = root * (y[matched.first] - y[matched.second])
    rest = rest - explained @ (explained.T @ rest)
    ways = _turnings(part, np.unique(part[row]), seed)
    found, share = np.zeros(len(ways)), np.zeros(len(ways))
    real: Floats = np.zeros(0)
    size = max(1, CHUNK // max(len(root), 1))
    for start in range(0, len(ways), size):
        moved = ways[start : start + size][:, row]
        exposed = x[moved, at]
        z = root * np.nan_to_num(exposed[:, matched.first] - exposed[:, matched.second])
        z = z - (z @ explained) @ explained.T
        if not start:
            real = z[0]
        length = np.sqrt(np.maximum(np.einsum("kp,kp->k", z, z), 0.0))
        with np.errstate(invalid="ignore", divide="ignore"):
            found[start : start + size] = np.where(length > 0, z @ rest / length, 0.0)
            share[start : start + size] = np.where(length > 0, z @ real / length, 0.0)
    spread = float(np.sqrt(real @ real))
    if not spread > 1e-12 * max(float(np.nanmax(np.abs(x), initial=0.0)), 1e-300):
        return Chance(math.nan, -math.inf, math.inf, 1.0, len(ways), len(ways), 1 / len(ways))
    return judged(found / spread, share / spread)


def _directions(row: Places, part: Places, matched: Pairs, also: Sequence[ArrayLike]) -> Floats:
    """Return orthonormal directions (pairs, k) of what is allowed for, weighted as the pairs are.

    Season: a line and a curve through the days of each season, as differences within pairs.
    """
    root = np.sqrt(matched.weight)
    columns = []
    for one in np.unique(part[row]):
        inside = part[row] == one
        t = np.where(inside, row - row[inside].mean(), 0.0)
        both = inside[matched.first] & inside[matched.second]
        for power in (t, t * t):
            columns.append(np.where(both, power[matched.first] - power[matched.second], 0.0))
    for values in also:
        v = np.asarray(values, dtype=float)
        columns.append(v[matched.first] - v[matched.second])
    table = np.stack(columns, axis=1) * root[:, None]
    scale = np.sqrt((table * table).sum(axis=0))
    table = table[:, scale > 0] / scale[scale > 0]
    left, size, _ = np.linalg.svd(table, full_matrices=False)
    kept: Floats = left[:, size > 1e-9]
    return kept


def _turnings(part: Places, used: Places, seed: int) -> Places:
    """Return where each day's exposure is taken from, the real place first; shape (ways, days)."""
    days = np.arange(len(part))
    spans = [np.flatnonzero(part == one) for one in used if one >= 0]
    number = math.prod(len(span) for span in spans)
    if number <= TURNINGS:
        turns = np.array(list(product(*[range(len(span)) for span in spans])), dtype=np.int64)
        turns = turns.reshape(number, len(spans))
    else:
        rng = np.random.default_rng(seed)
        drawn = np.stack([rng.integers(0, len(span), TURNINGS - 1) for span in spans], axis=1)
        turns = np.vstack([np.zeros((1, len(spans)), dtype=np.int64), drawn])
    ways: Places = np.tile(days, (len(turns), 1))
    for span, turn in zip(spans, turns.T, strict=True):
        ways[:, span] = span[(np.arange(len(span)) + turn[:, None]) % len(span)]
    return ways
