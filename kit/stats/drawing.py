"""What is expected when part of a sample is drawn without putting back.

A sample has ``units`` (individuals, or surveys); a species was found ``x`` times in it; ``m`` units are
drawn. How often the species is then found is hypergeometric (Hurlbert 1971, doi:10.2307/1934145).
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from kit.stats.kendall import Floats

#: From this mean on, sums over the distribution are replaced by its first four moments.
LARGE = 1000.0
#: So many standard deviations around the mean hold everything that can be seen in a float64.
REACH = 12.0
CHUNK = 128
#: Up to this number factorials are looked up.
TABLE = 1 << 16
_SMALL = np.array([math.lgamma(k + 1.0) for k in range(64)])


def log_factorial(k: ArrayLike) -> Floats:
    """Return log k! of whole numbers from 0 (error below 1e-15 of the value).

    >>> [round(float(x), 6) for x in np.exp(log_factorial([0, 1, 5]))]
    [1.0, 1.0, 120.0]
    """
    k = np.asarray(k)
    if k.size and k.max() < TABLE:
        found: Floats = _table()[k.astype(np.int64)]
        return found
    return _stirling(k)


@cache
def _table() -> Floats:
    return _stirling(np.arange(TABLE))


def _stirling(k: ArrayLike) -> Floats:
    """Return log k! by Stirling's series from 64 on."""
    k = np.asarray(k, dtype=float)
    large = np.maximum(k, 64.0)
    inverse = 1.0 / large
    tail = inverse / 12 - inverse**3 / 360 + inverse**5 / 1260 - inverse**7 / 1680
    stirling = (large + 0.5) * np.log(large) - large + 0.5 * math.log(2 * math.pi) + tail
    found: Floats = np.where(k < 64, _SMALL[np.minimum(k, 63).astype(np.int64)], stirling)
    return found


def missed(x: ArrayLike, units: ArrayLike, m: ArrayLike) -> Floats:
    """Return the chance that none of ``m`` drawn units holds a species that ``x`` of ``units`` hold.

    ``C(units - x, m) / C(units, m)``; whole numbers that broadcast together.

    >>> round(float(missed(2, 4, 2)), 6)
    0.166667
    """
    x, units, m = np.broadcast_arrays(*(np.asarray(part, dtype=float) for part in (x, units, m)))
    left = units - x - m
    fits = left >= 0
    left = np.where(fits, left, 0.0)
    log = log_factorial(units - x) - log_factorial(left) + log_factorial(units - m) - log_factorial(units)
    found: Floats = np.where(fits, np.exp(np.minimum(log, 0.0)), 0.0)
    return found


def mean_power(x: ArrayLike, units: int, m: int, q: float) -> Floats:
    """Return the mean of ``K**q`` over all draws, K being how often the species is found; 0**0 counts 0.

    For ``q = 1``, whose mean says nothing (``m x / units``), it is the mean of ``K log K``, from which
    Shannon's entropy follows.

    Parameters
    ----------
    x
        How often each species was found, shape (species,), whole numbers from 1 to ``units``.
    q
        The order, at least 0.

    Examples
    --------
    Of 4 units, 2 hold the species; of two drawn ones none, one or two do, with chances 1/6, 4/6, 1/6:

    >>> [round(float(mean_power([2], 4, 2, q)[0]), 4) for q in (0, 0.5, 1, 2)]
    [0.8333, 0.9024, 0.231, 1.3333]
    """
    x = np.asarray(x, dtype=float)
    if q == 0:
        return 1.0 - missed(x, units, m)
    if q == 2:
        pairs = (m - 1) * (x - 1) / (units - 1) if units > 1 else 0.0
        return np.asarray(m * x / units * (1 + pairs), dtype=float)
    mean = m * x / units
    found = np.zeros_like(x)
    summed = np.flatnonzero(mean <= LARGE)
    summed = summed[np.argsort(x[summed], kind="stable")]
    for start in range(0, len(summed), CHUNK):
        chosen = summed[start : start + CHUNK]
        found[chosen] = _by_sum(x[chosen], units, m, q)
    rest = mean > LARGE
    if rest.any():
        found[rest] = _by_moments(x[rest], units, m, q)
    return found


def _by_sum(x: Floats, units: int, m: int, q: float) -> Floats:
    share = x / units
    spread = np.sqrt(m * share * (1 - share) * (units - m) / max(units - 1, 1))
    low = np.maximum(np.maximum(1.0, m + x - units), np.floor(m * share - REACH * spread - REACH))
    high = np.minimum(np.minimum(x, m), np.ceil(m * share + REACH * spread + REACH))
    k = low[:, None] + np.arange(int((high - low).max()) + 1)
    inside = k <= high[:, None]
    k = np.minimum(k, high[:, None])
    n = x[:, None]
    log = (
        log_factorial(n) - log_factorial(k) - log_factorial(n - k)
        + log_factorial(units - n) - log_factorial(m - k) - log_factorial(units - n - m + k)
    )  # fmt: skip
    whole = log_factorial(units) - log_factorial(m) - log_factorial(units - m)
    worth = k * np.log(k) if q == 1 else k**q
    return np.asarray((np.where(inside, np.exp(log - whole), 0.0) * worth).sum(axis=1), dtype=float)


def _by_moments(x: Floats, units: int, m: int, q: float) -> Floats:
    """Return the mean by Taylor's series around a large mean; what is left out is below 1e-9 of it."""
    share = x / units
    mean = m * share
    second = mean * (1 - share) * (units - m) / (units - 1)
    third = second * (1 - 2 * share) * (units - 2 * m) / (units - 2)
    fourth = 3 * second**2 + second
    if q == 1:
        parts = mean * np.log(mean), 1 / mean, -1 / mean**2, 2 / mean**3
    else:
        top = q * (q - 1)
        parts = (
            mean**q, top * mean ** (q - 2), top * (q - 2) * mean ** (q - 3),
            top * (q - 2) * (q - 3) * mean ** (q - 4),
        )  # fmt: skip
    return np.asarray(parts[0] + parts[1] * second / 2 + parts[2] * third / 6 + parts[3] * fourth / 24)
