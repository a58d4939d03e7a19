"""Many questions at once: p values that keep the share of false discoveries small.

Of the questions answered "yes" because their adjusted p is at most 0.05, on average at most 5 % are false.

Sources
-------
Benjamini & Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x (independent or positively dependent
questions, such as stations that share weather); Benjamini & Yekutieli 2001, doi:10.1214/aos/1013699998 (any
dependence).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def benjamini_hochberg(p: ArrayLike) -> NDArray[np.float64]:
    """Return the adjusted p values, in the order given.

    ``p`` has any shape, each 0 to 1; missing ones (NaN) were not asked: they stay NaN and do not count.

    >>> benjamini_hochberg([0.01, 0.04, 0.03, 0.5]).round(4).tolist()
    [0.04, 0.0533, 0.0533, 0.5]
    """
    return _step_up(p, any_dependence=False)


def benjamini_yekutieli(p: ArrayLike) -> NDArray[np.float64]:
    """Return the adjusted p values whatever the questions have to do with each other.

    As :func:`benjamini_hochberg`, times 1 + 1/2 + ... + 1/m for m questions.

    >>> benjamini_yekutieli([0.01, 0.04, 0.03, 0.5]).round(4).tolist()
    [0.0833, 0.1111, 0.1111, 1.0]
    """
    return _step_up(p, any_dependence=True)


def _step_up(p: ArrayLike, *, any_dependence: bool) -> NDArray[np.float64]:
    given = np.asarray(p, dtype=float)
    asked = np.isfinite(given)
    values = given[asked]
    if ((values < 0) | (values > 1)).any():
        raise ValueError("p values are between 0 and 1")
    m = len(values)
    order = np.argsort(values)
    factor = float((1 / np.arange(1, m + 1)).sum()) if any_dependence else 1.0
    scaled = values[order] * factor * m / np.arange(1, m + 1)
    adjusted = np.empty(m)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    found = np.full(given.shape, np.nan)
    found[asked] = adjusted
    return found
