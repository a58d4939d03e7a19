"""A map on which what is alike lies close together: principal coordinates and non-metric scaling.

Sources
-------
Gower 1966, doi:10.1093/biomet/53.3-4.325 (principal coordinates). Kruskal 1964, doi:10.1007/BF02289565 and
doi:10.1007/BF02289694 (non-metric scaling, stress formula 1, ties in the first way: equal dissimilarities may
be drawn at different distances). De Leeuw & Mair 2009, doi:10.18637/jss.v031.i03 (majorisation, SMACOF).

vegan's ``metaMDS`` minimises the same stress, with ties in the first way, too, by gradients, but transforms
the data before and rescales the map to half changes; R's ``cmdscale`` and scikit-bio's ``pcoa`` give the same
principal coordinates (signs are free).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from kit.stats.kendall import Floats

STARTS = 20
#: Every start goes so many steps; the best ones then go on until they come to rest.
FIRST_STEPS, STEPS = 25, 300
FINALISTS = 4
SETTLED = 1e-6


@dataclass(frozen=True)
class Coordinates:
    """Principal coordinates, shape (objects, axes), and how much each axis explains.

    ``share`` (axes,) is each axis' part of the sum of positive eigenvalues; ``negative`` how large the
    negative ones are together, in parts of that sum (0 for distances that fit into space).
    """

    points: Floats
    share: Floats
    negative: float


@dataclass(frozen=True)
class Scaling:
    """A map by non-metric scaling: ``points`` (objects, axes), its ``stress`` (0 to 1), and ``starts``.

    ``again`` says how many of the four best starts ended at this stress (within 0.005): one means that the
    map may not be the best one.
    """

    points: Floats
    stress: float
    starts: int
    again: int


def _square(distances: ArrayLike) -> Floats:
    found = np.asarray(distances, dtype=float)
    if found.ndim != 2 or found.shape[0] != found.shape[1] or not np.isfinite(found).all():
        raise ValueError("distances are a square table without gaps")
    if not np.allclose(found, found.T) or np.diag(found).any() or (found < 0).any():
        raise ValueError("distances are the same both ways, 0 to itself, never negative")
    return found


def pcoa(distances: ArrayLike, axes: int = 2) -> Coordinates:
    """Return principal coordinates of a square table of distances.

    Examples
    --------
    Three places on a line, 3 and 4 apart:

    >>> found = pcoa([[0, 3, 7], [3, 0, 4], [7, 4, 0]], axes=1)
    >>> np.round(np.abs(np.diff(found.points[:, 0])), 6).tolist(), round(float(found.share[0]), 6)
    ([3.0, 4.0], 1.0)
    """
    square = _square(distances) ** 2
    centred = square - square.mean(axis=0) - square.mean(axis=1)[:, None] + square.mean()
    values, vectors = np.linalg.eigh(-0.5 * centred)
    order = np.argsort(values)[::-1]
    values, vectors = values[order], vectors[:, order]
    positive = values[values > 0].sum()
    held = np.maximum(values[:axes], 0.0)
    points = np.zeros((len(square), axes))
    points[:, : len(held)] = _turned(vectors[:, :axes] * np.sqrt(held))
    share = np.zeros(axes)
    if positive > 0:
        share[: len(held)] = held / positive
    negative = float(-values[values < 0].sum() / positive) if positive > 0 else 0.0
    return Coordinates(points, share, negative)


def _turned(points: Floats) -> Floats:
    """Return points with the largest value of each axis positive: signs are free, so they are fixed here."""
    largest = np.abs(points).argmax(axis=0)
    signs = np.sign(points[largest, np.arange(points.shape[1])])
    return np.asarray(points * np.where(signs == 0, 1.0, signs))


def isotonic(values: ArrayLike) -> Floats:
    """Return the rising sequence that is closest to ``values`` by least squares (pool adjacent violators).

    >>> isotonic([1.0, 3.0, 2.0, 4.0]).tolist()
    [1.0, 2.5, 2.5, 4.0]
    """
    means = np.asarray(values, dtype=float)
    sizes = np.ones(len(means))
    while (falls := means[1:] < means[:-1]).any():
        starts = np.flatnonzero(np.append(True, ~falls))  # what falls step by step belongs together
        whole = np.add.reduceat(sizes, starts)
        means, sizes = np.add.reduceat(means * sizes, starts) / whole, whole
    return np.repeat(means, sizes.astype(np.int64))


def nmds(distances: ArrayLike, axes: int = 2, *, starts: int = STARTS, seed: int = 0) -> Scaling:
    """Return the map whose distances rise most faithfully with the dissimilarities (lowest stress 1).

    The first start is the map by principal coordinates, the others are random. The map is centred, turned to
    its own principal axes and of mean square 1.

    Examples
    --------
    Corners of a square can be drawn without any stress:

    >>> corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    >>> apart = np.sqrt(((corners[:, None] - corners) ** 2).sum(axis=2))
    >>> nmds(apart).stress < 0.001
    True
    """
    square = _square(distances)
    n = len(square)
    above = np.triu_indices(n, 1)
    wanted = np.round(square[above], 12)  # equal ones are ties, whatever the last digit says
    rng = np.random.default_rng(seed)
    maps = [pcoa(square, axes).points]
    maps += [rng.standard_normal((n, axes)) for _ in range(max(starts - 1, 0))]
    begun = sorted((_settled(one, wanted, above, FIRST_STEPS) for one in maps), key=lambda one: one[0])
    ended = [_settled(one, wanted, above, STEPS) for _, one in begun[:FINALISTS]]
    stresses = np.array([stress for stress, _ in ended])
    best = int(stresses.argmin())
    points = ended[best][1]
    points = points - points.mean(axis=0)
    _, _, axes_of = np.linalg.svd(points, full_matrices=False)
    points = points @ axes_of.T
    size = np.sqrt((points**2).mean())
    again = int((stresses <= stresses[best] + 0.005).sum())
    return Scaling(_turned(points / (size or 1.0)), float(stresses[best]), len(maps), again)


def _distances(points: Floats, above: tuple[np.ndarray, np.ndarray]) -> Floats:
    return np.asarray(np.sqrt(((points[above[0]] - points[above[1]]) ** 2).sum(axis=1)))


def _settled(
    points: Floats, wanted: Floats, above: tuple[np.ndarray, np.ndarray], steps: int
) -> tuple[float, Floats]:
    """Return the stress at which a map comes to rest, or after so many steps, and the map."""
    n, last, before = len(points), np.inf, points
    for _ in range(steps):
        apart = _distances(points, above)
        order = np.lexsort((apart, wanted))
        target = np.empty_like(apart)
        target[order] = isotonic(apart[order])
        size = float((apart**2).sum())
        stress = float(np.sqrt(((apart - target) ** 2).sum() / size)) if size > 0 else 1.0
        if last - stress < SETTLED:
            return min((stress, points), (last, before), key=lambda found: found[0])
        last, before = stress, points
        target *= np.sqrt(size / max(float((target**2).sum()), 1e-300))
        ratio = np.divide(target, apart, out=np.zeros_like(apart), where=apart > 1e-12)
        pull = np.zeros((n, n))
        pull[above] = -ratio
        pull += pull.T
        np.fill_diagonal(pull, -pull.sum(axis=1))
        points = pull @ points / n
    return last, before
