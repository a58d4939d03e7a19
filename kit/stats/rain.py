"""The gamma distribution of rain sums, and the standardised precipitation index (SPI)."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

#: A fit needs so many sums above zero.
FEWEST_WET = 4
ROUNDS = 10_000


def gamma_cdf(values: ArrayLike, shape: float, scale: float) -> Floats:
    """Return the probability that a gamma distribution does not exceed ``values``.

    The regularised incomplete gamma function by its series below ``shape + 1`` (DLMF 8.11.4,
    https://dlmf.nist.gov/8.11.E4) and its continued fraction above (8.9.2), to 1e-12 of scipy's.

    >>> gamma_cdf([1.0, 3.0], 1.0, 1.0).round(6).tolist()  # 1 - exp(-x)
    [0.632121, 0.950213]
    """
    x = np.asarray(values, dtype=np.float64) / scale
    found = np.where(np.isnan(x), np.nan, np.where(np.isposinf(x), 1.0, 0.0))
    inside = np.isfinite(x) & (x > 0)
    near = inside & (x < shape + 1.0)
    found[near] = _series(x[near], shape)
    far = inside & ~near
    found[far] = 1.0 - _fraction(x[far], shape)
    return found


def _front(x: Floats, shape: float) -> Floats:
    from math import lgamma

    return np.asarray(np.exp(shape * np.log(x) - x - lgamma(shape)))


def _series(x: Floats, shape: float) -> Floats:
    term = np.full_like(x, 1.0 / shape)
    total = term.copy()
    for k in range(1, ROUNDS):
        term = term * x / (shape + k)
        total += term
        if not (term > 1e-17 * total).any():
            break
    return np.asarray(total * _front(x, shape))


def _fraction(x: Floats, shape: float) -> Floats:
    """Evaluate the continued fraction from above (Lentz's way)."""
    tiny = 1e-300
    b = x + 1.0 - shape
    c = np.full_like(x, 1.0 / tiny)
    d = 1.0 / b
    h = d.copy()
    for k in range(1, ROUNDS):
        a = -k * (k - shape)
        b = b + 2.0
        d = 1.0 / _not_zero(a * d + b, tiny)
        c = _not_zero(b + a / c, tiny)
        step = c * d
        h *= step
        if not (np.abs(step - 1.0) > 1e-16).any():
            break
    return np.asarray(h * _front(x, shape))


def _not_zero(values: Floats, tiny: float) -> Floats:
    return np.where(np.abs(values) < tiny, tiny, values)


def gamma_fit(sums: ArrayLike) -> tuple[float, float]:
    """Return shape and scale by Thom's approximation of the greatest likelihood; (nan, nan) for too few.

    Thom 1958 (doi:10.1175/1520-0493(1958)086<0117:ANOTGD>2.0.CO;2); McKee et al. 1993 use it for the SPI.
    Only sums above zero count, at least four, not all alike. It differs from the exact greatest likelihood by
    less than 1 % of the shape for the sums of months and longer.

    >>> [round(x, 3) for x in gamma_fit([20.0, 40.0, 60.0, 80.0, 100.0])]
    [3.703, 16.204]
    """
    wet = np.asarray(sums, dtype=np.float64)
    wet = wet[wet > 0]
    if len(wet) < FEWEST_WET:
        return np.nan, np.nan
    mean = float(wet.mean())
    gap = float(np.log(mean) - np.log(wet).mean())
    if gap <= 1e-12:
        return np.nan, np.nan
    shape = (1.0 + np.sqrt(1.0 + 4.0 * gap / 3.0)) / (4.0 * gap)
    return float(shape), mean / float(shape)


def standardised(sums: ArrayLike) -> Floats:
    """Return the SPI of sums of the same part of different years, e.g. of all Mays; NaN where missing.

    McKee, Doesken & Kleist 1993; WMO-No. 1090 (https://library.wmo.int/idurl/4/39629): H(x) = q + (1 - q)
    G(x), q being the share of sums that are zero and G the gamma distribution of the others; then the normal
    quantile of H. It is cut at -3.09 and 3.09 (one year in a thousand): nobody has measured long enough for
    more.

    >>> standardised([20.0, 40.0, 60.0, 80.0, 100.0]).round(2).tolist()
    [-1.6, -0.55, 0.17, 0.75, 1.24]
    """
    found = np.asarray(sums, dtype=np.float64)
    there = found[np.isfinite(found)]
    shape, scale = gamma_fit(there)
    if not np.isfinite(shape):
        return np.full(found.shape, np.nan)
    dry = float((there == 0).mean())
    share = dry + (1.0 - dry) * gamma_cdf(found, shape, scale)
    ends = (0.001, 0.999)
    normal = NormalDist()
    score = [
        normal.inv_cdf(min(max(p, ends[0]), ends[1])) if np.isfinite(p) else np.nan for p in share.ravel()
    ]
    return np.asarray(score).reshape(found.shape)
