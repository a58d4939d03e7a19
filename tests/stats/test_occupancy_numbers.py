"""Occupancy: against a published answer, a general optimiser, and the share of intervals that hold."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import t

from kit.stats.occupancy import occupancy


def likelihood(found: np.ndarray, visits: np.ndarray, psi: float, p: float) -> float:
    """Return minus the log-likelihood, written out place by place."""
    total = 0.0
    for d, k in zip(found, visits, strict=True):
        here = psi * p**d * (1 - p) ** (k - d)
        total -= np.log(here if d else here + 1 - psi)
    return total


def optimised(found: np.ndarray, visits: np.ndarray) -> tuple[float, float, float]:
    starts = [np.array([a, b]) for a in (-1.0, 1.0, 4.0) for b in (-2.0, 0.0)]

    def value(x: np.ndarray) -> float:
        psi, p = 1 / (1 + np.exp(-x))
        return likelihood(found, visits, psi, p)

    options = {"xatol": 1e-9, "fatol": 1e-12, "maxiter": 4000}
    best = min(
        (minimize(value, x, method="Nelder-Mead", options=options) for x in starts), key=lambda o: o.fun
    )
    psi, p = 1 / (1 + np.exp(-best.x))
    return psi, p, -best.fun


def test_the_published_answer_for_salamanders() -> None:
    """PRESENCE's own: .5946 and .2587, AIC 165.7586 (wiqid's tests quote it); only sums matter, 18 and 30."""
    found = occupancy([1] * 9 + [2] * 7 + [3, 4] + [0] * 21, [5] * 39)
    assert (round(found.occupied, 4), round(found.detection, 4)) == (0.5946, 0.2587)
    assert round(4 - 2 * found.log_likelihood, 4) == 165.7586
    assert found.low < 18 / 39 < found.occupied < found.high < 1


@pytest.mark.parametrize("seed", range(8))
def test_unequal_visits_against_an_optimiser_and_the_profile(seed: int) -> None:
    rng = np.random.default_rng(seed)
    visits = rng.integers(1, 8, 35)
    found = rng.binomial(visits, 0.45) * (rng.random(35) < 0.6)
    fit = occupancy(found, visits)
    psi, p, top = optimised(found, visits)
    assert fit.log_likelihood == pytest.approx(top, abs=1e-7)
    assert (fit.occupied, fit.detection) == pytest.approx((psi, p), abs=2e-4)
    limit = top - t.ppf(0.975, 34) ** 2 / 2
    grid = np.linspace(1e-4, 1 - 1e-4, 2000)
    for end in (fit.low, fit.high):
        if end < 1:
            profile = max(-likelihood(found, visits, end, other) for other in grid)
            assert profile == pytest.approx(limit, abs=2e-3)
    for end in (fit.detection_low, fit.detection_high):
        profile = max(-likelihood(found, visits, other, end) for other in grid)
        assert profile == pytest.approx(limit, abs=2e-3)


def test_at_the_borders() -> None:
    nowhere = occupancy([0] * 20, [3] * 20)
    assert np.isnan(nowhere.occupied)
    assert (nowhere.low, nowhere.high) == (0.0, 1.0)
    everywhere = occupancy([3] * 20, [3] * 20)
    assert (everywhere.occupied, everywhere.high, everywhere.detection_high) == (1.0, 1.0, 1.0)
    assert everywhere.detection == pytest.approx(1.0, abs=1e-6)
    assert 0.8 < everywhere.low < 1
    once = occupancy([1] * 3 + [0] * 17, [3] * 20)
    assert once.at_border
    assert once.low > 3 / 20 - 0.12
    assert once.high == 1.0
    always = occupancy([3] * 10 + [0] * 10, [3] * 20)
    assert always.occupied == pytest.approx(0.5, abs=1e-6)
    assert always.left([3])[0] == pytest.approx(0.0, abs=1e-9)
    # Without anything overlooked the interval is that of a share: the likelihood ratio's, by bisection.
    limit = t.ppf(0.975, 19) ** 2 / 2
    ratio = 10 * np.log(0.5 / always.low) + 10 * np.log(0.5 / (1 - always.low))
    assert ratio == pytest.approx(limit, abs=1e-4)


def test_nonsense() -> None:
    for found, visits in (([2], [1]), ([0], [0]), ([-1], [2]), ([1, 1], [2])):
        with pytest.raises(ValueError, match="each place needs a visit"):
            occupancy(found, visits)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("places", "visits", "psi", "p"), [(20, 3, 0.3, 0.3), (20, 3, 0.7, 0.6), (60, 3, 0.7, 0.3)]
)
def test_intervals_hold(places: int, visits: int, psi: float, p: float) -> None:
    rng = np.random.default_rng(places + visits)
    held = []
    for _ in range(80):
        found = rng.binomial(visits, p, places) * (rng.random(places) < psi)
        fit = occupancy(found, [visits] * places)
        held.append(fit.low <= psi <= fit.high)
    assert np.mean(held) >= 0.88
