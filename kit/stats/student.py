"""Student's t: how far out a share of it lies, for intervals from few values."""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

TINY = 1e-300
EXACT = 1e-15


@lru_cache(maxsize=4096)
def t_quantile(chance: float, freedom: float) -> float:
    """Return the value that Student's t with ``freedom`` degrees stays below with the given chance.

    Found by bisection in the distribution function (Abramowitz & Stegun 1964, 26.7.1 and 26.5.8); infinite
    degrees of freedom are the normal distribution.

    >>> round(t_quantile(0.975, 10), 4), round(t_quantile(0.975, math.inf), 4)
    (2.2281, 1.96)
    """
    if not 0 < chance < 1 or not freedom > 0:
        return math.nan
    if freedom > 1e6:
        return NormalDist().inv_cdf(chance)
    if chance < 0.5:
        return -t_quantile(1 - chance, freedom)
    low, high = 0.0, 2.0
    while t_below(high, freedom) < chance:
        low, high = high, high * 2
    while high - low > EXACT * max(1.0, high) * 4:
        middle = (low + high) / 2
        low, high = (middle, high) if t_below(middle, freedom) < chance else (low, middle)
    return (low + high) / 2


def t_below(x: float, freedom: float) -> float:
    """Return the chance that Student's t with ``freedom`` degrees is below ``x``.

    >>> round(t_below(2.2281, 10), 4), t_below(0.0, 3)
    (0.975, 0.5)
    """
    tail = 0.5 * _beta_share(freedom / (freedom + x * x), freedom / 2, 0.5)
    return 1 - tail if x > 0 else tail


def _beta_share(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    """Return the continued fraction of the incomplete beta function, by Lentz's method."""
    c, d = 1.0, 1 / _not_zero(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, 1000):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d, c = 1 / _not_zero(1 + term * d), _not_zero(1 + term / c)
            value *= c * d
        if abs(c * d - 1) < EXACT:
            break
    return value


def _not_zero(value: float) -> float:
    return value if abs(value) > TINY else TINY
