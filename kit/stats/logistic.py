"""Yes or no against what may matter: logistic regression that stays finite, and groups that are alike.

The estimates maximise the likelihood penalised by Jeffreys' prior (Firth 1993, doi:10.1093/biomet/80.1.27;
Heinze & Schemper 2002, doi:10.1002/sim.1047): they exist when every answer of a group is yes, and are less
biased in small samples. Answers of one group (the lists of one day at one place) may agree more than by
chance; by how much is measured on the groups' totals, and all variances are widened by that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kit.stats.kendall import Floats

ITERATIONS = 100
CLOSE = 1e-10
LONGEST_STEP = 3.0


@dataclass(frozen=True)
class Logistic:
    """Coefficients (columns,), their covariance, and the factor ``widened`` (1 or more) that it holds."""

    coefficients: Floats
    covariance: Floats
    widened: float
    n: int
    converged: bool


def fit(x: ArrayLike, y: ArrayLike, groups: ArrayLike | None = None, *, penalised: bool = True) -> Logistic:
    """Return the logistic regression of ``y`` on the columns of ``x``.

    Parameters
    ----------
    x
        Shape (n, columns), of full rank; a constant is a column of ones.
    y
        0 or 1, shape (n,).
    groups
        Which answers belong together, shape (n,); default: each for itself, and nothing is widened.
    penalised
        False: maximum likelihood, which has no finite answer when yes and no can be told apart exactly.

    Examples
    --------
    Three of four: maximum likelihood has log 3 = 1.0986; the penalty adds half a yes and half a no.

    >>> ones = np.ones((4, 1))
    >>> round(float(fit(ones, [1, 1, 1, 0], penalised=False).coefficients[0]), 4)
    1.0986
    >>> round(float(fit(ones, [1, 1, 1, 0]).coefficients[0]), 4), round(float(np.log(3.5 / 1.5)), 4)
    (0.8473, 0.8473)
    """
    a, b = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    beta = np.zeros(a.shape[1])
    best = _goodness(a, b, beta, penalised)
    converged = False
    for _ in range(ITERATIONS):
        p = expit(a @ beta)
        inverse = np.linalg.pinv(_information(a, p), hermitian=True)
        left = b - p
        if penalised:
            left = left + ((a @ inverse) * a).sum(axis=1) * p * (1 - p) * (0.5 - p)
        move = inverse @ (a.T @ left)
        move = move * min(1.0, LONGEST_STEP / max(float(np.abs(move).max()), 1e-300))
        for _ in range(30):
            found = _goodness(a, b, beta + move, penalised)
            if found >= best - 1e-12 * abs(best):
                break
            move = move / 2
        beta, best = beta + move, found
        if float(np.abs(move).max()) < CLOSE:
            converged = True
            break
    p = expit(a @ beta)
    widened = 1.0 if groups is None else _widened(b - p, p * (1 - p), np.asarray(groups), a.shape[1])
    covariance = np.linalg.pinv(_information(a, p), hermitian=True) * widened
    return Logistic(beta, np.asarray(covariance, dtype=float), widened, len(b), converged)


def expit(values: ArrayLike) -> Floats:
    """Return the chance that belongs to a logit.

    >>> expit([0.0, 1000.0, -1000.0]).tolist()
    [0.5, 1.0, 0.0]
    """
    z = np.asarray(values, dtype=float)
    found: Floats = np.exp(-np.logaddexp(0.0, -z))
    return found


def _information(x: Floats, p: Floats) -> Floats:
    found: Floats = (x * (p * (1 - p))[:, None]).T @ x
    return found


def _goodness(x: Floats, y: Floats, beta: Floats, penalised: bool) -> float:
    z = x @ beta
    value = float((y * z - np.logaddexp(0.0, z)).sum())
    if penalised:
        value += 0.5 * float(np.linalg.slogdet(_information(x, expit(z)))[1])
    return value


def _widened(left: Floats, variance: Floats, groups: NDArray[np.generic], columns: int) -> float:
    """Return the squares of the groups' totals over what chance alone would make them, at least 1."""
    place = np.unique(groups, return_inverse=True)[1].ravel()
    size = int(place.max()) + 1
    total = np.bincount(place, weights=left, minlength=size)
    alone = np.bincount(place, weights=variance, minlength=size)
    if size <= columns or not alone.sum() > 0:
        return 1.0
    return max(float((total * total).sum() / alone.sum()) * size / (size - columns), 1.0)
