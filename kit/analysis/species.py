"""Counting species fairly: rarefaction, Hill numbers, Chao1 and sample coverage of one list of counts.

Sources
-------
Hurlbert 1971, doi:10.2307/1934145 (rarefaction). Colwell, Mao & Chang 2004, doi:10.1890/03-0557 (species
against surveys, "Mao tau"). Hill 1973, doi:10.2307/1934352. Chao et al. 2009, doi:10.1890/07-2147.1 (Chao1
and its variants). Chao & Jost 2012, doi:10.1890/11-1952.1 (coverage). Chao et al. 2014, doi:10.1890/13-0133.1
(Hill numbers of a smaller sample).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from kit.stats.kendall import Floats

ChaoVariant = Literal["iNEXT", "classic", "bias-corrected"]


def positive(counts: ArrayLike) -> Floats:
    """Return the counts above zero, shape (species,). Missing or fractional counts are no counts."""
    found = np.asarray(counts, dtype=float).ravel()
    if not np.isfinite(found).all() or (found < 0).any() or (found != np.round(found)).any():
        raise ValueError("counts are whole numbers from 0")
    return found[found > 0]


def hill(counts: ArrayLike, q: float) -> float:
    """Return the Hill number of order ``q`` of the sample: 0 species, 1 exp(Shannon), 2 inverse Simpson.

    >>> [round(hill([5, 5, 5, 5], q), 6) for q in (0, 1, 2)]
    [4.0, 4.0, 4.0]
    """
    found = positive(counts)
    if not len(found):
        return 0.0
    share = found / found.sum()
    if q == 1:
        return math.exp(shannon(found))
    return float((share**q).sum() ** (1 / (1 - q)))


def shannon(counts: ArrayLike) -> float:
    """Return Shannon's entropy in nats (natural logarithm)."""
    found = positive(counts)
    share = found / found.sum() if len(found) else found
    return float(-(share * np.log(share)).sum()) + 0.0


def simpson(counts: ArrayLike) -> float:
    """Return Simpson's index 1 - sum p^2: the chance that two drawn individuals are of different species.

    Drawn with putting back, as ``vegan::diversity``.
    """
    found = positive(counts)
    return float(1 - ((found / found.sum()) ** 2).sum()) if len(found) else 0.0


def _log_choose(n: Floats, k: Floats | float) -> Floats:
    """Return log C(n, k); -inf where k > n."""
    gamma = np.vectorize(math.lgamma, otypes=[float])
    n, k = np.broadcast_arrays(np.asarray(n, dtype=float), np.asarray(k, dtype=float))
    out = np.full(n.shape, -np.inf)
    fits = (k >= 0) & (k <= n)
    a, b = n[fits], k[fits]
    if fits.any():
        out[fits] = gamma(a + 1) - gamma(b + 1) - gamma(a - b + 1)
    return out


def rarefied(counts: ArrayLike, m: float) -> float:
    """Return the number of species expected among ``m`` individuals drawn without putting back (Hurlbert).

    ``m`` is 0 to n; fractions are interpolated.

    >>> round(rarefied([3, 2, 1], 2), 4)
    1.7333
    """
    found = positive(counts)
    return _between(lambda whole: _expected(found, found.sum(), whole), m, found.sum())


def mao_tau(surveys_with_species: ArrayLike, surveys: int, t: float) -> float:
    """Return the number of species expected in ``t`` surveys drawn from ``surveys`` (Colwell 2004).

    ``surveys_with_species`` has one number per species: in how many surveys it was found.

    >>> mao_tau([2, 1], 2, 1)
    1.5
    """
    found = positive(surveys_with_species)
    return _between(lambda whole: _expected(found, surveys, whole), t, surveys)


def _expected(found: Floats, whole: float, m: int) -> float:
    """Return the sum over species of 1 - C(N - x, m) / C(N, m)."""
    missed = np.exp(_log_choose(whole - found, m) - _log_choose(np.array([whole], dtype=float), m))
    return round(float((1 - missed).sum()), 10)


def _between(at: Callable[[int], float], m: float, largest: float) -> float:
    """Return ``at(m)``, interpolated in a straight line between whole numbers."""
    if not 0 <= m <= largest:
        raise ValueError(f"{m} is not between 0 and {largest}: rarefaction only makes samples smaller")
    low = math.floor(m)
    if low == m:
        return at(low)
    return at(low) + (m - low) * (at(low + 1) - at(low))


def rarefied_hill(counts: ArrayLike, m: int, q: float) -> float:
    """Return the Hill number of order ``q`` expected among ``m`` of the individuals (Chao et al. 2014).

    It is made from the expected numbers of species found k times, k = 1 ... m, as iNEXT does.
    """
    found = positive(counts)
    n = found.sum()
    if not 1 <= m <= n:
        raise ValueError(f"{m} is not between 1 and {n}: rarefaction only makes samples smaller")
    if q == 0:
        return rarefied(found, m)
    k = np.arange(1, m + 1, dtype=float)
    whole = _log_choose(np.array([n], dtype=float), float(m))
    ways = _log_choose(found[:, None], k) + _log_choose(n - found[:, None], m - k) - whole
    times = np.exp(ways).sum(axis=0)
    share = k / m
    if q == 1:
        return math.exp(-float((times * share * np.log(share)).sum()))
    return float((times * share**q).sum() ** (1 / (1 - q)))


def chao1(counts: ArrayLike, variant: ChaoVariant = "iNEXT") -> float:
    """Return Chao's lower bound of the number of species.

    ``"iNEXT"``: S + (n-1)/n f1^2 / (2 f2), or (n-1)/n f1 (f1-1) / 2 where f2 is 0. ``"classic"``: without the
    factor (n-1)/n. ``"bias-corrected"``: S + f1 (f1-1) / (2 (f2+1)) always, as ``vegan::estimateR``.

    >>> round(chao1([9, 4, 2, 1, 1, 1]), 4), chao1([9, 4, 2, 1, 1, 1], "classic")
    (10.25, 10.5)
    """
    found = positive(counts)
    n, once, twice = found.sum(), float((found == 1).sum()), float((found == 2).sum())
    if not n:
        return 0.0
    factor = (n - 1) / n if variant == "iNEXT" else 1.0
    if variant == "bias-corrected" or not twice:
        return float(len(found) + factor * once * (once - 1) / (2 * (twice + 1)))
    return float(len(found) + factor * once**2 / (2 * twice))


def coverage(counts: ArrayLike, m: int | None = None) -> float:
    """Return the sample coverage: the share of the community's individuals whose species were found.

    The estimator of Chao & Jost (2012); with ``m`` that of a smaller sample of m individuals. NaN for no
    counts.

    >>> round(coverage([9, 4, 2, 1, 1, 1]), 4)
    0.8396
    """
    found = positive(counts)
    n = found.sum()
    if not n:
        return math.nan
    if m is not None and m < n:
        without = _log_choose(n - found, float(m)) - _log_choose(np.array([n - 1]), float(m))
        return float(1 - (found / n * np.exp(without)).sum())
    once, twice = float((found == 1).sum()), float((found == 2).sum())
    if not once:
        return 1.0
    if twice:
        unseen = (n - 1) * once / ((n - 1) * once + 2 * twice)
    else:
        unseen = (n - 1) * (once - 1) / ((n - 1) * (once - 1) + 2) if once > 1 else 1.0
    return float(1 - once / n * unseen)


def good_coverage(counts: ArrayLike) -> float:
    """Return Good's coverage, 1 - f1 / n (NaN for no counts).

    >>> good_coverage([3, 1])
    0.75
    """
    found = positive(counts)
    return float(1 - (found == 1).sum() / found.sum()) if len(found) else math.nan
