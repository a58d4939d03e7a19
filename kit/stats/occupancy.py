"""At how many places does it live, if it is overlooked now and then? Occupancy in one season.

Places are visited several times. Where it was never found it is either absent or was overlooked each time;
how often it is overlooked shows at the places where it was found (MacKenzie et al. 2002,
doi:10.1890/0012-9658(2002)083[2248:ESORWD]2.0.CO;2). One occupancy and one detection for all places; places
may have different numbers of visits. What is assumed: nothing moves in or out between the visits, nothing is
noted that was not there, visits find it independently of each other, and no place hides it better.

Intervals are those of the likelihood ratio with the other number at its best (profile likelihood; Venzon &
Moolgavkar 1988, doi:10.2307/2347496), which stay between 0 and 1 and are lopsided near them, where the usual
estimate plus or minus two standard errors is not. The limit is that of Student's t squared with one less than
the number of places, a little wider than the normal one where places are few.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kit.stats.student import t_quantile

Floats = NDArray[np.float64]
#: Within this of 0 or 1 an estimate is at the border; logits beyond :data:`FAR` are no different from it.
BORDER, FAR = 1e-4, 16.0
GRID, PARTS, ROUNDS, NARROWINGS = 33, 17, 6, 9
#: Each finer grid reaches from one neighbour of the best point to the other.
FINER = np.linspace(-1, 1, 9)


@dataclass(frozen=True)
class Occupancy:
    """Share of places occupied, and chance that one visit finds it there, with intervals.

    ``sites`` places, at ``found`` of which it was found, in ``detections`` of all ``visits``.
    ``log_likelihood`` is without binomial coefficients. NaN (and limits 0 and 1) where nothing was found.
    """

    occupied: float
    low: float
    high: float
    detection: float
    detection_low: float
    detection_high: float
    sites: int
    found: int
    visits: int
    detections: int
    log_likelihood: float

    @property
    def at_border(self) -> bool:
        """Whether the best estimate is that every place is occupied: then it may be anything up to it."""
        return self.occupied > 1 - BORDER

    def left(self, visits: ArrayLike) -> Floats:
        """Return the chance that a place is occupied where so many visits did not find it."""
        missed = self.occupied * (1 - self.detection) ** np.asarray(visits, dtype=float)
        found: Floats = missed / np.maximum(missed + 1 - self.occupied, 1e-300)
        return found


def occupancy(detections: ArrayLike, visits: ArrayLike, confidence: float = 0.95) -> Occupancy:
    """Return how many places are occupied, allowing for what was overlooked.

    Parameters
    ----------
    detections
        At how many visits it was found, for each place; whole numbers, shape (places,).
    visits
        How many visits each place had; shape (places,), at least 1.

    Notes
    -----
    Measured (300 runs each; 20 and 60 places, 3 and 6 visits, occupied .3 and .7, detection .3 and .6): the
    95 % interval holds the truth in 93 to 97 %, that of the detection in 94 to 98 %. The estimate itself is
    too high where little is found: .49 on average instead of .3 (20 places, 3 visits, detection .3; in 23 %
    of the runs at the border), .36 with 60 places; with 6 visits or detection .6 by at most .04.

    Examples
    --------
    39 places with five visits each; found at 18 of them, at 30 visits in all (blue-ridge salamanders;
    MacKenzie et al. 2006, Occupancy Estimation and Modeling, ISBN 978-0-12-088766-8, give .595 and .259):

    >>> found = occupancy([1] * 9 + [2] * 7 + [3, 4] + [0] * 21, [5] * 39)
    >>> round(found.occupied, 3), round(found.detection, 3), round(-2 * found.log_likelihood, 2)
    (0.595, 0.259, 161.76)
    """
    d, k = np.asarray(detections, dtype=float), np.asarray(visits, dtype=float)
    if d.shape != k.shape or (k < 1).any() or (d < 0).any() or (d > k).any():
        raise ValueError("each place needs a visit, and no more detections than visits")
    seen = d > 0
    counts = (len(d), int(seen.sum()), int(k.sum()), int(d.sum()))
    if not seen.any():
        return Occupancy(math.nan, 0.0, 1.0, math.nan, 0.0, 1.0, *counts, 0.0)
    shape = _Likelihood(d, k)
    limit = t_quantile((1 + confidence) / 2, max(len(d) - 1, 1)) ** 2 / 2
    best = shape.maximum()
    ends = [shape.ends(axis, best, best[2] - limit) for axis in (0, 1)]
    return Occupancy(best[0], *ends[0], best[1], *ends[1], *counts, best[2])


class _Likelihood:
    """The log-likelihood of (occupied, detection), by what it depends on."""

    def __init__(self, d: Floats, k: Floats) -> None:
        self.found = float((d > 0).sum())
        self.hits, self.misses = float(d.sum()), float((k - d)[d > 0].sum())
        self.kinds, self.without = np.unique(k[d == 0], return_counts=True)

    def __call__(self, occupied: Floats, detection: Floats) -> Floats:
        """Return the log-likelihood; arrays that broadcast."""
        with np.errstate(divide="ignore"):
            total = self.found * np.log(occupied) + self.hits * np.log(detection)
            if self.misses:
                total = total + self.misses * np.log1p(-detection)
            for visits, places in zip(self.kinds, self.without, strict=True):
                total = total + places * np.log1p(-occupied * (1 - (1 - detection) ** visits))
        return np.asarray(total)

    def best(self, axis: int, fixed: Floats) -> tuple[Floats, Floats]:
        """Return (the other parameter, log-likelihood) at its best where one (``axis``) is ``fixed``."""

        def value(logit: Floats) -> Floats:
            other, mine = 1 / (1 + np.exp(-logit)), fixed[:, None]
            return self(mine, other) if axis == 0 else self(other, mine)

        places = np.linspace(-FAR, FAR, GRID)
        logits = np.broadcast_to(places, (len(fixed), GRID))
        width = places[1] - places[0]
        for _ in range(NARROWINGS):
            at = np.argmax(value(logits), axis=1)[:, None]
            middle = np.take_along_axis(logits, at, 1)
            logits = middle + width * FINER
            width = width / 4
        at = np.argmax(value(logits), axis=1)[:, None]
        logits = np.take_along_axis(logits, at, 1)
        return (1 / (1 + np.exp(-logits)))[:, 0], value(logits)[:, 0]

    def maximum(self) -> tuple[float, float, float]:
        """Return the best (occupied, detection, log-likelihood)."""
        low, high = 0.0, 1.0
        occupied = detection = top = math.nan
        for _ in range(ROUNDS + 2):
            tried = np.linspace(low, high, PARTS)
            tried = tried[(tried > 0)]
            others, values = self.best(0, tried)
            at = int(np.argmax(values))
            occupied, detection, top = float(tried[at]), float(others[at]), float(values[at])
            width = (high - low) / (PARTS - 1)
            low, high = max(0.0, occupied - width), min(1.0, occupied + width)
        return occupied, detection, top

    def ends(self, axis: int, best: tuple[float, float, float], limit: float) -> tuple[float, float]:
        """Return the first and last value whose profile reaches ``limit``."""
        found = []
        for far in (0.0, 1.0):
            inside, outside = best[axis], far
            if inside == far or self.best(axis, np.array([far]))[1][0] >= limit:
                found.append(far)
                continue
            for _ in range(ROUNDS):
                tried = np.linspace(inside, outside, PARTS)
                reached = self.best(axis, tried)[1] >= limit
                last = int(np.argmin(reached)) - 1 if not reached.all() else PARTS - 2
                inside, outside = float(tried[max(last, 0)]), float(tried[max(last, 0) + 1])
            found.append(inside)
        return found[0], found[1]
