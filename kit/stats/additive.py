"""An additive model: smooth curves of several things, added up, judged on weeks that it has not seen.

Each curve is a penalised spline (Eilers & Marx 1996, doi:10.1214/ss/1038425655; Wood 2017,
doi:10.1201/9781315370279). How smooth each one is decides the error on blocks of consecutive values left out
in turn (Roberts et al. 2017, doi:10.1111/ecog.02881); neighbours in time would give the answer away. All sums
that this needs are made once per block, so that trying a smoothness costs one small system of equations.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kit.stats.surface import basis, roughness

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
WEAKEST, STRONGEST = 1e-4, 1e6
ROUNDS = 2


@dataclass(frozen=True)
class Term:
    """One curve: its columns for the given values and its penalty, both for the same coefficients."""

    name: str
    rows: Floats
    penalty: Floats


def curve(name: str, values: ArrayLike, pieces: int = 8) -> Term:
    """Return a smooth curve over the range of the values.

    >>> curve("temperature", [0.0, 1.0, 2.0], 4).rows.shape
    (3, 7)
    """
    x = np.asarray(values, dtype=float)
    low, high = float(x.min()), float(x.max())
    rows = basis(x, low, high if high > low else low + 1.0, pieces)
    return Term(name, rows, roughness(rows.shape[1]))


def circle(name: str, values: ArrayLike, period: float, pieces: int = 12) -> Term:
    """Return a smooth curve that closes: hours of the day, days of the year.

    >>> rows = circle("hour", [0.0, 24.0], 24.0, 6).rows
    >>> bool(np.allclose(rows[0], rows[1]))
    True
    """
    open_rows = basis(np.mod(np.asarray(values, dtype=float), period), 0.0, period, pieces)
    rows = open_rows[:, :pieces].copy()
    rows[:, :3] += open_rows[:, pieces:]
    steps = np.eye(pieces) - 2 * np.roll(np.eye(pieces), 1, axis=1) + np.roll(np.eye(pieces), 2, axis=1)
    return Term(name, rows, steps.T @ steps)


def groups(name: str, values: ArrayLike, size: int) -> Term:
    """Return a level for each of ``size`` groups (numbers 0 to ``size`` - 1), drawn towards their mean."""
    return Term(name, np.eye(size)[np.asarray(values, dtype=np.int64)], np.eye(size))


def plane(name: str, x: ArrayLike, y: ArrayLike, pieces: int = 5) -> Term:
    """Return a smooth surface over two things, such as the two components of the wind."""
    a, b = (np.asarray(v, dtype=float) for v in (x, y))
    span = max(float(np.abs(a).max()), float(np.abs(b).max()), 1e-9)
    u, v = basis(a, -span, span, pieces), basis(b, -span, span, pieces)
    size = pieces + 3
    rough, one = roughness(size), np.eye(size)
    rows = (u[:, :, None] * v[:, None, :]).reshape(len(a), -1)
    return Term(name, rows, np.kron(rough, one) + np.kron(one, rough))


@dataclass(frozen=True)
class Additive:
    """A fitted model: ``level`` and, per term, its centred contribution to each value, shape (n,).

    ``error`` is the mean squared error on blocks left out, ``spread`` that of the mean of the other blocks;
    ``skill`` is 1 - error / spread, the share of the variance that is foretold.
    """

    level: float
    parts: dict[str, Floats]
    error: float
    spread: float

    @property
    def skill(self) -> float:
        """Share of the variance on blocks left out that the model foretells."""
        return 1 - self.error / self.spread if self.spread > 0 else 0.0

    @property
    def fitted(self) -> Floats:
        """The model's value for each of the values."""
        whole: Floats = self.level + np.sum(list(self.parts.values()), axis=0)
        return whole


class _Sums:
    """Sums of products of one block: what least squares needs of it."""

    def __init__(self, rows: Floats, y: Floats) -> None:
        self.normal, self.right, self.square = rows.T @ rows, rows.T @ y, float(y @ y)
        self.total, self.n = float(y.sum()), len(y)

    def error(self, coefficients: Floats) -> float:
        """Return the sum of squared errors of coefficients in this block."""
        return float(self.square - 2 * coefficients @ self.right + coefficients @ self.normal @ coefficients)


def fit(y: ArrayLike, terms: list[Term], block: ArrayLike) -> Additive:
    """Fit ``y`` by the sum of the terms; ``block`` says which block each value belongs to (0, 1 …).

    >>> x = np.linspace(0, 1, 400)
    >>> found = fit(np.sin(6 * x), [curve("x", x)], np.arange(400) // 20 % 10)
    >>> bool(found.skill > 0.999), sorted(found.parts)
    (True, ['x'])
    """
    target, fold = np.asarray(y, dtype=float), np.asarray(block, dtype=np.int64)
    means = [term.rows.mean(axis=0) for term in terms]
    columns = [term.rows - mean for term, mean in zip(terms, means, strict=True)]
    rows = np.column_stack([np.ones(len(target)), *columns])
    edges = np.cumsum([1, *[term.rows.shape[1] for term in terms]])
    spans = [slice(int(a), int(b)) for a, b in pairwise(edges)]
    level = float(target.mean())
    parts = [_Sums(rows[fold == k], target[fold == k] - level) for k in np.unique(fold)]
    normal: Floats = np.sum([p.normal for p in parts], axis=0)
    right: Floats = np.sum([p.right for p in parts], axis=0)
    scale = [float(np.trace(normal[s, s])) / (s.stop - s.start) for s in spans]

    def penalty(strengths: list[float]) -> Floats:
        whole = 1e-8 * max(scale, default=1.0) * np.eye(rows.shape[1])
        for s, term, one, size in zip(spans, terms, strengths, scale, strict=True):
            whole[s, s] += one * size * term.penalty + 1e-6 * size * np.eye(s.stop - s.start)
        whole[0, 0] = 0.0
        return whole

    def error(strengths: list[float]) -> float:
        given = penalty(strengths)
        whole = 0.0
        for p in parts:
            left = np.linalg.solve(normal - p.normal + given, right - p.right)
            whole += p.error(left.astype(np.float64))
        return whole / len(target)

    strengths = [1.0] * len(terms)
    best = error(strengths)
    for _ in range(ROUNDS):
        for at in range(len(terms)):
            for times in (10.0, 0.1):
                while WEAKEST < strengths[at] * times < STRONGEST:
                    tried = [*strengths[:at], strengths[at] * times, *strengths[at + 1 :]]
                    reached = error(tried)
                    if reached >= best:
                        break
                    best, strengths = reached, tried
    coefficients = np.linalg.solve(normal + penalty(strengths), right)
    total, n = sum(p.total for p in parts), len(target)
    spread = 0.0
    for p in parts:
        mean = (total - p.total) / max(n - p.n, 1)
        spread += p.square - 2 * mean * p.total + p.n * mean**2
    return Additive(
        level + float(coefficients[0]),
        {t.name: c @ coefficients[s] for t, c, s in zip(terms, columns, spans, strict=True)},
        best, spread / n,
    )  # fmt: skip
