"""In which order do alike things stand beside each other?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def leaf_order(rows: ArrayLike) -> list[int]:
    """Return the order of the rows of a table by complete linkage of their Euclidean distances.

    At each merge the tighter group stands left (single rows are tightest, of two single rows the first one),
    as R's ``hclust`` has it.

    >>> leaf_order([[0.0], [10.0], [1.0], [11.5]])
    [0, 2, 1, 3]
    """
    table = np.asarray(rows, dtype=float)
    distance = np.sqrt(((table[:, None, :] - table[None, :, :]) ** 2).sum(axis=2))
    groups: dict[int, tuple[int, list[int]]] = {k: (-len(table) + k, [k]) for k in range(len(table))}
    step = 0
    while len(groups) > 1:
        keys = sorted(groups)
        gaps = {(a, b): float(distance[np.ix_(groups[a][1], groups[b][1])].max())
                for at, a in enumerate(keys) for b in keys[at + 1 :]}  # fmt: skip
        a, b = min(gaps, key=lambda pair: gaps[pair])
        (age_a, one), (age_b, two) = groups.pop(a), groups.pop(b)
        step += 1
        groups[min(a, b)] = (step, one + two if age_a < age_b else two + one)
    return next(iter(groups.values()))[1] if groups else []
