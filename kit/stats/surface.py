"""A smooth surface through scattered values with weights: penalised splines in two directions.

Cubic B-splines on an even grid, with a penalty on the second differences of their coefficients in each
direction (Eilers & Marx 1996, doi:10.1214/ss/1038425655; tensor products: Currie, Durbán & Eilers 2006,
doi:10.1111/j.1467-9868.2006.00543.x). How smooth is decided by generalised cross-validation (Craven & Wahba
1979, doi:10.1007/BF01404567). openair's polarPlot uses a thin-plate spline instead (Wood 2003); both are
penalised and agree where there are data.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
STRENGTHS = 10.0 ** np.arange(-4.0, 6.1, 0.5)


def basis(x: ArrayLike, low: float, high: float, pieces: int) -> Floats:
    """Return cubic B-splines on ``pieces`` equal parts of [low, high], shape (len(x), pieces + 3).

    The rows add up to 1; values outside are taken as the nearest end.

    >>> basis([0.0, 0.5, 1.0], 0.0, 1.0, 2).round(3).tolist()[0]
    [0.167, 0.667, 0.167, 0.0, 0.0]
    """
    width = (high - low) / pieces
    at = np.clip((np.asarray(x, dtype=float).ravel() - low) / width, 0.0, pieces)
    piece = np.minimum(at.astype(np.int64), pieces - 1)
    t = at - piece
    parts = ((1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3)
    found = np.zeros((len(at), pieces + 3))
    for shift, part in enumerate(parts):
        found[np.arange(len(at)), piece + shift] += part / 6
    return found


def roughness(size: int, order: int = 2) -> Floats:
    """Return the penalty matrix of differences, shape (size, size)."""
    steps = np.diff(np.eye(size), order, axis=0)
    found: Floats = steps.T @ steps
    return found


@dataclass(frozen=True)
class Surface:
    """A fitted surface.

    ``freedom`` is its effective number of parameters, ``sigma`` the scatter at weight 1.
    """

    coefficients: Floats
    covariance: Floats
    span: tuple[float, float]
    pieces: int
    freedom: float
    sigma: float

    def at(self, x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
        """Return the surface and its standard error at points."""
        rows = _tensor(x, y, self.span, self.pieces)
        return rows @ self.coefficients, np.sqrt(
            np.maximum(np.sum((rows @ self.covariance) * rows, axis=1), 0)
        )


def _tensor(x: ArrayLike, y: ArrayLike, span: tuple[float, float], pieces: int) -> Floats:
    a, b = basis(x, *span, pieces), basis(y, *span, pieces)
    return (a[:, :, None] * b[:, None, :]).reshape(len(a), -1)


def fit(
    x: ArrayLike, y: ArrayLike, z: ArrayLike, weights: ArrayLike, span: tuple[float, float], pieces: int = 9
) -> Surface:
    """Return the smooth surface z(x, y) on the square ``span`` × ``span``.

    A plane has no roughness and is found as it is:

    >>> g = np.linspace(-1, 1, 9)
    >>> u, v = (m.ravel() for m in np.meshgrid(g, g))
    >>> value, _ = fit(u, v, 2 + u - 3 * v, np.ones(81), (-1, 1)).at([0.25], [0.5])
    >>> round(float(value[0]), 6)
    0.75
    """
    target, w = np.asarray(z, dtype=float), np.asarray(weights, dtype=float)
    rows = _tensor(x, y, span, pieces)
    size = pieces + 3
    one, rough = np.eye(size), roughness(size)
    penalty = np.kron(rough, one) + np.kron(one, rough) + 1e-9 * np.eye(size * size)
    weighted = rows * w[:, None]
    normal, right = rows.T @ weighted, weighted.T @ target
    scale = np.trace(normal) / len(normal)
    best: tuple[float, Floats, Floats, float, float] | None = None
    for strength in STRENGTHS * scale:
        inverse = np.linalg.inv(normal + strength * penalty)
        coefficients = inverse @ right
        freedom = float(np.trace(inverse @ normal))
        rest = float(w @ (target - rows @ coefficients) ** 2)
        left = max(len(target) - freedom, 1e-6)
        score = len(target) * rest / left**2
        if best is None or score < best[0]:
            best = (score, coefficients, inverse @ normal @ inverse, freedom, rest / left)
    assert best is not None
    _, coefficients, shape, freedom, variance = best
    return Surface(coefficients, shape * variance, span, pieces, freedom, float(np.sqrt(variance)))
