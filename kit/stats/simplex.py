"""The lowest point of a function of a few numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def lowest(
    function: Callable[[Floats], float],
    start: Floats,
    *,
    size: float = 1.0,
    tolerance: float = 1e-8,
    most: int = 600,
) -> tuple[Floats, float]:
    """Return where a function is lowest and its value there, by the simplex of Nelder & Mead 1965.

    doi:10.1093/comjnl/7.4.308; no derivatives. ``size`` is that of the first simplex; ends when the values at
    all corners agree within ``tolerance``.

    >>> place, value = lowest(lambda x: (x[0] - 1) ** 2 + 5 * (x[1] + 2) ** 2, np.zeros(2))
    >>> place.round(2).tolist(), round(value, 4)
    ([1.0, -2.0], 0.0)
    """
    k = len(start)
    corners = np.vstack([start, start + size * np.eye(k)])
    values = np.array([function(one) for one in corners])
    for _ in range(most):
        order = np.argsort(values, kind="stable")
        corners, values = corners[order], values[order]
        if values[-1] - values[0] < tolerance:
            break
        middle = corners[:-1].mean(axis=0)
        away = middle - corners[-1]
        tried = middle + away
        value = function(tried)
        if value < values[0]:
            further = middle + 2 * away
            beyond = function(further)
            tried, value = (further, beyond) if beyond < value else (tried, value)
        elif value >= values[-2]:
            nearer = middle + (0.5 if value < values[-1] else -0.5) * away
            between = function(nearer)
            if between >= min(value, values[-1]):
                corners[1:] = (corners[1:] + corners[0]) / 2
                values[1:] = [function(one) for one in corners[1:]]
                continue
            tried, value = nearer, between
        corners[-1], values[-1] = tried, value
    best = int(np.argmin(values))
    return corners[best], float(values[best])
