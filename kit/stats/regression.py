"""Straight lines through pairs of values, and how well one series agrees with another.

Two lines are here. Least squares (:func:`lines`) asks how much y changes with x and takes x as exact. The
orthogonal line (:func:`orthogonal`) treats both devices alike; it is the one of the European guide to the
demonstration of equivalence of ambient air monitoring methods (EC Working Group, January 2010, annex B;
https://circabc.europa.eu), from which the uncertainty of a device also comes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Lines:
    """Least-squares lines of several groups, each array of shape (groups,).

    ``slope_se`` and ``intercept_se`` are one standard error (openair's linearRelation prints two of the
    slope); ``scatter`` is the standard deviation about the line, with n - 2 degrees of freedom. They are
    those that NIST certifies for Norris (https://www.itl.nist.gov/div898/strd/lls/data/Norris.shtml).
    """

    n: Places
    slope: Floats
    intercept: Floats
    r2: Floats
    slope_se: Floats
    intercept_se: Floats
    scatter: Floats


def lines(x: ArrayLike, y: ArrayLike, places: ArrayLike | None = None, size: int = 1) -> Lines:
    """Return the least-squares line of y on x in each group 0 to ``size`` - 1.

    Pairs with a missing value, and those of no group (-1), are left out; a group needs three pairs and two
    different x.

    >>> found = lines([0.0, 1.0, 2.0, 3.0], [1.0, 3.0, 5.0, 7.5])
    >>> found.slope.round(2).tolist(), found.intercept.round(2).tolist(), found.r2.round(4).tolist()
    ([2.15], [0.9], [0.9968])
    """
    a, b = (np.asarray(v, dtype=float).ravel() for v in (x, y))
    at = np.zeros(len(a), dtype=np.int64) if places is None else np.asarray(places, dtype=np.int64).ravel()
    keep = np.isfinite(a) & np.isfinite(b) & (at >= 0)
    a, b, at = a[keep], b[keep], at[keep]
    n = np.bincount(at, minlength=size)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean_x, mean_y = (np.bincount(at, weights=v, minlength=size) / n for v in (a, b))
        dx, dy = a - mean_x[at], b - mean_y[at]
        sxx, syy, sxy = (np.bincount(at, weights=v, minlength=size) for v in (dx * dx, dy * dy, dx * dy))
        enough = (n >= 3) & (sxx > 0)
        slope = np.where(enough, sxy / sxx, np.nan)
        rest = np.maximum(syy - slope * sxy, 0.0)
        scatter = np.where(enough, np.sqrt(rest / (n - 2)), np.nan)
        return Lines(
            n, slope, mean_y - slope * mean_x, np.where(syy > 0, 1 - rest / syy, np.nan),
            scatter / np.sqrt(sxx), scatter * np.sqrt(1 / n + mean_x**2 / sxx), scatter,
        )  # fmt: skip


@dataclass(frozen=True)
class Orthogonal:
    """An orthogonal line y = intercept + slope x with its uncertainties.

    ``rss`` is the sum of squares of y about the line (in the direction of y); ``r2`` the squared Pearson
    correlation.
    """

    n: int
    slope: float
    intercept: float
    slope_se: float
    intercept_se: float
    r2: float
    rss: float

    def uncertainty(self, at: float, reference: float = 0.0) -> float:
        """Return the combined standard uncertainty of y at the true value ``at``, in the unit of y.

        Scatter about the line without that of the reference itself (``reference``: its standard uncertainty),
        and the bias of the line at that value: u² = rss / (n - 2) - u_ref² + (a + (b - 1) at)².
        """
        scatter = max(self.rss / (self.n - 2) - reference**2, 0.0)
        return math.sqrt(scatter + (self.intercept + (self.slope - 1) * at) ** 2)


def orthogonal(x: ArrayLike, y: ArrayLike) -> Orthogonal:
    """Return the orthogonal line through pairs (x: reference, y: device).

    Pairs with a missing value are left out.     Exact lines are found as they are:

    >>> found = orthogonal([0.0, 1.0, 2.0, 4.0], [1.0, 3.0, 5.0, 9.0])
    >>> round(found.slope, 9), round(found.intercept, 9), round(found.rss, 9)
    (2.0, 1.0, 0.0)
    """
    a, b = (np.asarray(v, dtype=float).ravel() for v in (x, y))
    keep = np.isfinite(a) & np.isfinite(b)
    a, b = a[keep], b[keep]
    n = len(a)
    if n < 3 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return Orthogonal(n, math.nan, math.nan, math.nan, math.nan, math.nan, math.nan)
    dx, dy = a - a.mean(), b - b.mean()
    sxx, syy, sxy = float(dx @ dx), float(dy @ dy), float(dx @ dy)
    if sxy == 0:
        return Orthogonal(n, math.nan, math.nan, math.nan, math.nan, 0.0, math.nan)
    slope = (syy - sxx + math.sqrt((syy - sxx) ** 2 + 4 * sxy**2)) / (2 * sxy)
    intercept = float(b.mean()) - slope * float(a.mean())
    variance = max(syy - sxy**2 / sxx, 0.0) / ((n - 2) * sxx)
    rest = b - intercept - slope * a
    return Orthogonal(
        n, slope, intercept, math.sqrt(variance), math.sqrt(variance * float((a * a).mean())),
        sxy**2 / (sxx * syy), float(rest @ rest),
    )  # fmt: skip


def agreement(observed: ArrayLike, modelled: ArrayLike) -> dict[str, float]:
    """Return how well ``modelled`` agrees with ``observed``.

    ``n``; ``fac2`` (share within a factor of two); ``mb`` mean bias; ``mge`` mean gross error; ``nmb`` and
    ``nmge`` the same over the mean observed value (fractions); ``rmse``; ``r`` Pearson; ``coe`` coefficient
    of efficiency (1: perfect, 0: no better than the observed mean); ``ioa`` refined index of agreement (-1 to
    1). Definitions: Carslaw & Ropkins 2012 (doi:10.1016/j.envsoft.2011.09.008), Willmott et al. 2012
    (doi:10.1002/joc.2419); Legates & McCabe 2013 (doi:10.1002/joc.3487).

    >>> found = agreement([1.0, 2.0, 3.0], [1.0, 2.0, 4.0])
    >>> round(found["mb"], 4), round(found["rmse"], 4), round(found["ioa"], 4)
    (0.3333, 0.5774, 0.75)
    """
    o, m = (np.asarray(v, dtype=float).ravel() for v in (observed, modelled))
    keep = np.isfinite(o) & np.isfinite(m)
    o, m = o[keep], m[keep]
    names = ("fac2", "mb", "mge", "nmb", "nmge", "rmse", "r", "coe", "ioa")
    if not len(o):
        return {"n": 0, **dict.fromkeys(names, math.nan)}
    gap, spread = m - o, float(np.abs(o - o.mean()).sum())
    error, total = float(np.abs(gap).sum()), float(o.sum())
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = m / o
        known = ~np.isnan(ratio)  # nothing of nothing has no ratio; something of nothing is no half or double
        fac2 = float(((ratio >= 0.5) & (ratio <= 2))[known].mean()) if known.any() else math.nan
    different = np.ptp(o) > 0 and np.ptp(m) > 0
    doubled = 2 * spread
    ioa = math.nan
    if doubled > 0 or error > 0:
        ioa = 1 - error / doubled if error <= doubled else doubled / error - 1
    values = (
        fac2, float(gap.mean()), error / len(o), float(gap.sum()) / total if total else math.nan,
        error / total if total else math.nan, math.sqrt(float((gap * gap).mean())),
        float(np.corrcoef(o, m)[0, 1]) if different else math.nan,
        1 - error / spread if spread else math.nan, ioa,
    )  # fmt: skip
    return {"n": len(o), **dict(zip(names, values, strict=True))}
