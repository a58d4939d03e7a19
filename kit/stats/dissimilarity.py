"""How different two communities are: 0 the same, 1 nothing in common.

Tools name these differently. ``bray_curtis`` of numbers is ``vegan::vegdist("bray")`` and
``scipy.spatial.distance.braycurtis``; of presences it is Sørensen's. ``jaccard`` of numbers is
``vegdist("jaccard")``, also called Ruzicka, 2 B / (1 + B) of Bray-Curtis B; that is vegan's default, while
scipy's "jaccard" is of presences (vegan: ``binary = TRUE``).

Sources
-------
Bray & Curtis 1957, doi:10.2307/1942268. Jaccard 1912, doi:10.1111/j.1469-8137.1912.tb05611.x.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from kit.stats.kendall import Floats


def bray_curtis(table: ArrayLike) -> Floats:
    """Return sum |x - y| / sum (x + y) of all pairs of rows, shape (rows, rows).

    Parameters
    ----------
    table
        Numbers from 0 (counts, shares, or 0 and 1), shape (rows, species). Two rows without anything have no
        dissimilarity (NaN).

    Examples
    --------
    >>> float(bray_curtis([[6, 2], [2, 2]])[0, 1])
    0.3333333333333333
    """
    numbers = np.asarray(table, dtype=float)
    if not np.isfinite(numbers).all() or (numbers < 0).any():
        raise ValueError("numbers are finite and at least 0")
    apart = np.array([np.abs(numbers - row).sum(axis=1) for row in numbers]).reshape(
        len(numbers), len(numbers)
    )
    total = numbers.sum(axis=1)
    together = total[:, None] + total[None, :]
    found: Floats = np.divide(apart, together, out=np.full(apart.shape, np.nan), where=together > 0)
    np.fill_diagonal(found, 0.0)
    return found


def jaccard(table: ArrayLike, *, binary: bool) -> Floats:
    """Return 1 - sum min(x, y) / sum max(x, y) of all pairs of rows, shape (rows, rows).

    ``binary``: of presences (which share of all species of both is not shared); else of the numbers.

    >>> float(jaccard([[6, 2, 0], [2, 2, 1]], binary=True)[0, 1])
    0.33333333333333337
    >>> round(float(jaccard([[6, 2], [2, 2]], binary=False)[0, 1]), 12)
    0.5
    """
    numbers = np.asarray(table, dtype=float)
    bray = bray_curtis((numbers > 0).astype(float) if binary else numbers)
    return 2 * bray / (1 + bray)


def expected_jaccard(chances: ArrayLike) -> Floats:
    """Return Jaccard's dissimilarity of lists that hold each species with a chance, shape (rows, rows).

    1 - sum p q / sum (p + q - p q): the ratio of expected numbers of shared and of all species. With chances
    of 0 and 1 it is ``jaccard(binary=True)``. So lists of one length can be compared where rows have
    different numbers of surveys.

    >>> round(float(expected_jaccard([[1.0, 0.5], [1.0, 0.5]])[0, 1]), 4)
    0.2857
    """
    p = np.asarray(chances, dtype=float)
    shared = p @ p.T
    total = p.sum(axis=1)
    every = total[:, None] + total[None, :] - shared
    found: Floats = 1.0 - np.divide(shared, every, out=np.full(shared.shape, np.nan), where=every > 0)
    np.fill_diagonal(found, 0.0)
    return found
