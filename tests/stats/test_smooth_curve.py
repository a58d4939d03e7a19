"""The smooth curve: splines as scipy, the likelihood as the textbook's matrices, the band by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.interpolate import BSpline

from kit.stats import smooth


def test_the_splines_are_scipys() -> None:
    n, knots = 50, 6
    x = np.linspace(0, knots, n)
    oracle = BSpline.design_matrix(np.clip(x, 0, knots - 1e-12), np.arange(-3, knots + 4), 3).toarray()
    assert smooth.spline_basis(n, knots) == pytest.approx(oracle, abs=1e-9)


@pytest.mark.parametrize("memory", [0.0, 0.5])
def test_curves_and_likelihoods_as_mixed_model(memory: float) -> None:
    """The restricted likelihood written out with the whole covariance matrix of the values."""
    rng = np.random.default_rng(2)
    n, period = 48, 12
    y = rng.standard_normal(n) + np.linspace(0, 2, n)
    places = np.delete(np.arange(n), [5, 6, 20])
    found = smooth._candidates(y[places], places, n, period, memory)
    design, penalty = smooth._design(n, period, tuple(range(12)))
    values, vectors = np.linalg.eigh(penalty)
    bent = values > 1e-9
    fixed, free = (
        design[places] @ vectors[:, ~bent],
        design[places] @ (vectors[:, bent] / np.sqrt(values[bent])),
    )
    noise = memory ** np.abs(places[:, None] - places).astype(float)
    known = []
    for k, size in enumerate(smooth.PENALTIES):
        cov = noise + free @ free.T / size
        inverse = np.linalg.inv(cov)
        inner = fixed.T @ inverse @ fixed
        beta = np.linalg.solve(inner, fixed.T @ inverse @ y[places])
        rest = y[places] - fixed @ beta
        quadratic = rest @ inverse @ rest
        known.append(-((len(places) - fixed.shape[1]) * np.log(quadratic) + np.linalg.slogdet(cov)[1]
                       + np.linalg.slogdet(inner)[1]) / 2)  # fmt: skip
        if k % 6 == 0:
            fit = fixed @ beta + free @ free.T @ inverse @ rest / size
            season = np.append(found.seasons[k], -found.seasons[k].sum())[places % period]
            assert found.curves[k][places] + season == pytest.approx(fit, abs=1e-5)
    assert np.diff(found.likely) == pytest.approx(np.diff(known), abs=1e-4)


def test_gaps_seasons_and_ends() -> None:
    t = np.arange(96)
    y = 5 + 0.02 * t + 3 * np.cos(2 * np.pi * t / 12) + 0.2 * np.sin(t * 1.7)
    holed = y.copy()
    holed[30:50] = np.nan
    holed[t % 12 == 7] = np.nan  # one month is never there
    found = smooth.smooth(holed)
    assert np.isfinite(found.curve).all()
    assert np.abs(found.curve - (5 + 0.02 * t))[np.isfinite(holed)].max() < 0.5
    assert np.isnan(found.season[7])
    assert np.nansum(found.season) == pytest.approx(0)
    assert (found.high - found.low)[40] > (found.high - found.low)[20]
    whole = smooth.smooth(y)
    assert whole.season == pytest.approx(3 * np.cos(2 * np.pi * np.arange(12) / 12), abs=0.1)
    assert smooth.smooth(y + 100).curve == pytest.approx(whole.curve + 100, abs=1e-3)
    assert smooth.smooth(1000 * y).curve == pytest.approx(1000 * whole.curve, rel=1e-4)


def test_too_few_and_constant_values() -> None:
    with pytest.raises(ValueError, match="needs 16 values"):
        smooth.smooth(np.ones(15))
    found = smooth.smooth(np.full(72, 4.0))
    assert found.curve == pytest.approx(4.0, abs=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("memory", [0.0, 0.6])
def test_the_band_holds_the_curve(memory: float) -> None:
    """A wave, 6 years: over 40 runs the band holds 88 to 99 % of the months."""
    rng, t = np.random.default_rng(6), np.arange(72) / 12
    truth, held = np.sin(2 * np.pi * t / 6), 0.0
    for _ in range(40):
        noise = rng.standard_normal(72)
        for i in range(1, 72):
            noise[i] = memory * noise[i - 1] + np.sqrt(1 - memory**2) * noise[i]
        found = smooth.smooth(truth + 3 * np.cos(2 * np.pi * t) + noise)
        held += np.mean((found.low <= truth) & (truth <= found.high)) / 40
    assert 0.87 <= held <= 0.995
