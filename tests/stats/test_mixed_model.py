"""The mixed model: against nlme's published answer, statsmodels, and the likelihood written out in full."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.stats import multivariate_normal

from kit.stats import mixed

#: Distances (mm) of 16 boys and 11 girls at 8, 10, 12 and 14 years: Potthoff & Roy 1964,
#: doi:10.1093/biomet/51.3-4.313 ("Orthodont" in nlme).
TEETH = """26 25 29 31,21.5 22.5 23 26.5,23 22.5 24 27.5,25.5 27.5 26.5 27,20 23.5 22.5 26,24.5 25.5 27 28.5,
22 22 24.5 26.5,24 21.5 24.5 25.5,23 20.5 31 26,27.5 28 31 31.5,23 23 23.5 25,21.5 23.5 24 28,17 24.5 26 29.5,
22.5 25.5 25.5 26,23 24.5 26 30,22 21.5 23.5 25,21 20 21.5 23,21 21.5 24 25.5,20.5 24 24.5 26,
23.5 24.5 25 26.5,21.5 23 22.5 23.5,20 21 21 22.5,21.5 22.5 23 25,23 23 23.5 24,20 21 22 21.5,
16.5 19 19 19.5,24.5 25 28 28"""


def months(
    rng: np.random.Generator, years: int, stations: int, between: float = 0.5, memory: float = 0.3,
    own: float = 0.0, slope: float = 0.1,
) -> np.ndarray:  # fmt: skip
    """Values of shape (months, stations)."""
    n = years * 12
    noise = rng.standard_normal((n, stations + 1))
    for i in range(1, n):
        noise[i] = memory * noise[i - 1] + np.sqrt(1 - memory**2) * noise[i]
    t = np.arange(n)[:, None] / 12
    y = np.sqrt(between) * noise[:, :1] + np.sqrt(1 - between) * noise[:, 1:]
    season = 3 * np.cos(2 * np.pi * t + rng.normal(0, 0.2, stations))
    return y + season + (slope + own * rng.standard_normal(stations)) * t + rng.normal(0, 5, stations)


def fitted(y: np.ndarray, **options: bool) -> mixed.Mixed:
    stamps = np.arange(float(len(y)))
    return mixed.fit(y, stamps / 12, stamps, stamps % 12, **options)


def test_nlme_orthodont() -> None:
    """Pinheiro & Bates 2000 (doi:10.1007/b98882), lme(distance ~ age, random = ~ age | Subject), REML.

    Without gaps the slope does not depend on whether levels are random: .6601852, error .0712532, standard
    deviations .2264 of the slopes and 1.3100 of the rest.
    """
    y = np.array([[float(x) for x in one.split()] for one in TEETH.replace("\n", "").split(",")]).T
    ages = np.array([8.0, 10.0, 12.0, 14.0])
    found = mixed.fit(y, ages, ages, np.zeros(4), memory=False, shared=False)
    assert found.slope == pytest.approx(0.6601852, abs=1e-7)
    assert found.error == pytest.approx(0.0712532, abs=2e-6)
    assert (found.own, found.rest) == (pytest.approx(0.2264, abs=1e-4), pytest.approx(1.3100, abs=1e-4))
    assert found.freedom == pytest.approx(26, abs=0.02)
    one_each = np.array([np.polyfit(ages, child, 1)[0] for child in y.T])
    assert found.slope == pytest.approx(one_each.mean())
    assert np.corrcoef(found.slopes, one_each)[0, 1] == pytest.approx(1.0)
    assert found.slopes.std() < one_each.std()


def test_statsmodels_with_slopes_of_stations_and_gaps() -> None:
    from statsmodels.regression.mixed_linear_model import MixedLM

    rng = np.random.default_rng(4)
    t = np.arange(60) / 12 - 59 / 24
    y = rng.normal(0, 5, 7) + (0.2 + 0.4 * rng.standard_normal(7)) * t[:, None] + rng.standard_normal((60, 7))
    y[rng.random(y.shape) < 0.2] = np.nan
    y[:30, 2] = np.nan
    found = mixed.fit(y, t, t, np.zeros(60), memory=False, shared=False)
    at, station = np.nonzero(np.isfinite(y))
    exog = np.column_stack([np.eye(7)[station], t[at]])
    model = MixedLM(y[at, station], exog, station, exog_re=t[at][:, None])
    oracle = model.fit(reml=True)
    assert found.slope == pytest.approx(oracle.fe_params[-1], abs=1e-5)
    assert found.error == pytest.approx(oracle.bse_fe[-1], rel=1e-3)
    assert found.rest**2 == pytest.approx(oracle.scale, rel=1e-3)
    assert found.own**2 == pytest.approx(float(oracle.cov_re.ravel()[0]), rel=5e-3)
    own = [float(oracle.random_effects[s].iloc[0]) + oracle.fe_params[-1] for s in range(7)]
    assert found.slopes == pytest.approx(own, abs=1e-3)


def written_out(y: np.ndarray, theta: np.ndarray) -> tuple[float, float, float]:
    """Return (restricted log-likelihood, slope, error) with every matrix written out."""
    memory, shared_memory, shared, own, rest = theta
    at, station = np.nonzero(np.isfinite(y))
    t = at / 12 - (len(y) - 1) / 24
    same = station[:, None] == station
    apart = np.abs(at[:, None] - at)
    cover = rest * (same * memory**apart + shared * shared_memory**apart + own * same * np.outer(t, t))
    levels = pd.get_dummies(pd.Series(station * 12 + at % 12)).to_numpy(float)
    design = np.column_stack([levels, t])
    values = y[at, station]
    inverse = np.linalg.inv(cover)
    gram = design.T @ inverse @ design
    beta = np.linalg.solve(gram, design.T @ inverse @ values)
    left = values - design @ beta
    whole = multivariate_normal(np.zeros(len(left)), cover).logpdf(left)
    restricted = whole - np.linalg.slogdet(gram)[1] / 2 + design.shape[1] * np.log(2 * np.pi) / 2
    return float(restricted), float(beta[-1]), float(np.sqrt(np.linalg.inv(gram)[-1, -1]))


def test_the_whole_model_against_everything_written_out() -> None:
    rng = np.random.default_rng(11)
    y = months(rng, 3, 5, between=0.6, memory=0.5, own=1.0)
    y[rng.random(y.shape) < 0.1] = np.nan
    y[:14, 1] = np.nan
    found = fitted(y)
    assert min(found.own, found.shared, found.memory, found.shared_memory) > 0
    ratio = np.array([found.shared, found.own]) ** 2 / found.rest**2
    theta = np.array([found.memory, found.shared_memory, *ratio, found.rest**2])
    restricted, slope, error = written_out(y, theta)
    assert found.log_likelihood == pytest.approx(restricted, abs=1e-6)
    assert (found.slope, found.error) == (pytest.approx(slope, abs=1e-8), pytest.approx(error, abs=1e-8))

    def value(x: np.ndarray) -> float:
        memories = 1 / (1 + np.exp(-x[:2]))
        return -written_out(y, np.array([*memories, *np.exp(x[2:])]))[0]

    start = np.append(np.log(theta[:2] / (1 - theta[:2])), np.log(np.maximum(theta[2:], 1e-4)))
    better = minimize(value, start, method="Nelder-Mead", options={"maxfev": 60})
    assert -better.fun <= found.log_likelihood + 1e-3


def test_late_and_early_stations_make_no_slope() -> None:
    rng = np.random.default_rng(2)
    y = months(rng, 8, 6, slope=0.0)
    moved = y.copy()
    moved[:36, 0], moved[-30:, 1] = np.nan, np.nan
    shifted = moved + np.array([50.0, -50.0, 0.0, 7.0, 0.0, 0.0])
    assert fitted(shifted).slope == pytest.approx(fitted(moved).slope, abs=1e-6)
    assert abs(fitted(moved).slope) < 0.3


def test_units_and_stations_that_are_alike() -> None:
    rng = np.random.default_rng(3)
    y = months(rng, 6, 4, memory=0.2)
    plain, scaled = fitted(y), fitted(1000 * y - 5)
    for name in ("slope", "error", "low", "high", "rest", "shared"):
        assert getattr(scaled, name) == pytest.approx(1000 * getattr(plain, name), rel=1e-3)
    assert scaled.p == pytest.approx(plain.p, abs=1e-3)
    one = fitted(y[:, :1])
    assert (one.own, one.shared) == (0.0, 0.0)
    copies = fitted(np.repeat(y[:, :1], 5, axis=1) + 1e-2 * rng.standard_normal((len(y), 5)))
    assert copies.error == pytest.approx(one.error, rel=0.25)
    line = np.arange(72.0)[:, None] / 12 + np.arange(3)
    exact = fitted(line)
    assert (exact.slope, exact.error) == (pytest.approx(1.0), pytest.approx(0.0, abs=1e-6))
    with pytest.raises(ValueError, match="no series"):
        fitted(np.full((24, 2), np.nan))


@pytest.mark.slow
@pytest.mark.parametrize("between", [0.0, 0.8])
def test_the_interval_holds(between: float) -> None:
    rng = np.random.default_rng(int(10 * between))
    held = []
    for _ in range(40):
        found = fitted(months(rng, 8, 3, between=between, memory=0.3))
        held.append(found.low <= 0.1 <= found.high)
    assert np.mean(held) >= 0.85
