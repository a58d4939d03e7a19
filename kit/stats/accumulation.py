"""How species add up survey by survey, over all orders of the surveys and in random ones.

Sources
-------
Colwell, Mao & Chang 2004, doi:10.1890/03-0557 (the mean, "Mao tau"). The standard deviation is that of a
draw of t of the T surveys without putting back, from the chances that two species are missed together. It is
exact, while ``vegan::specaccum(method = "exact")`` puts the correlation of two species' presences in place of
that of finding them in t surveys (9 % off for 20 of its 50 forest plots). It is 0 for all T and says nothing
about other surveys than these; for that take :func:`kit.stats.rarefaction.curves`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kit.stats.drawing import missed
from kit.stats.kendall import Floats


def exact(seen: ArrayLike) -> tuple[Floats, Floats]:
    """Return mean and standard deviation of the number of species in 1 to T surveys, each of shape (T,).

    Parameters
    ----------
    seen
        Which species each survey found, shape (surveys, species), bool.

    Examples
    --------
    >>> mean, sd = exact([[1, 1, 0], [1, 0, 0], [1, 0, 1]])
    >>> np.round(mean, 3).tolist(), np.round(sd, 3).tolist()
    ([1.667, 2.333, 3.0], [0.471, 0.471, 0.0])
    """
    found = np.asarray(seen, dtype=bool)
    found = found[:, found.any(axis=0)]
    units = len(found)
    held = found.sum(axis=0).astype(float)
    either = held[:, None] + held[None, :] - found.astype(float).T @ found
    sizes = np.arange(1, units + 1, dtype=float)
    gone = missed(held[None, :], units, sizes[:, None])
    mean = held.size - gone.sum(axis=1)
    variance = np.array([
        missed(either, units, t).sum() - gone[i].sum() ** 2 for i, t in enumerate(sizes)
    ])  # fmt: skip
    return mean, np.sqrt(np.maximum(variance, 0.0))


def in_order(seen: ArrayLike) -> NDArray[np.int64]:
    """Return the number of species after each survey, in the order given, shape (surveys,).

    >>> in_order([[1, 1, 0], [1, 0, 0], [1, 0, 1]]).tolist()
    [2, 2, 3]
    """
    found = np.asarray(seen, dtype=bool)
    first = np.where(found.any(axis=0), found.argmax(axis=0), len(found))
    return np.cumsum(np.bincount(first, minlength=len(found) + 1)[: len(found)]).astype(np.int64)


def shuffled(seen: ArrayLike, shuffles: int = 500, seed: int = 0) -> NDArray[np.int64]:
    """Return the number of species after each survey in random orders, shape (shuffles, surveys).

    >>> shuffled([[1, 1, 0], [1, 0, 0], [1, 0, 1]], 4)[:, -1].tolist()
    [3, 3, 3, 3]
    """
    found, rng = np.asarray(seen, dtype=bool), np.random.default_rng(seed)
    orders = rng.permuted(np.tile(np.arange(len(found)), (shuffles, 1)), axis=1)
    return np.array([in_order(found[order]) for order in orders]).reshape(shuffles, len(found))
