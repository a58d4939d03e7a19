"""The gamma distribution and the index of rain, against scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from kit.stats.rain import gamma_cdf, gamma_fit, standardised


@pytest.mark.parametrize("shape", [0.05, 0.5, 1.0, 3.7, 40.0, 900.0])
def test_the_gamma_distribution_is_scipys(shape: float) -> None:
    x = np.r_[0.0, np.geomspace(1e-6, 5 * shape + 60, 200), np.inf]
    assert np.allclose(gamma_cdf(x, shape, 2.0), stats.gamma.cdf(x, shape, scale=2.0), rtol=1e-10, atol=1e-12)
    assert np.isnan(gamma_cdf([np.nan], shape, 2.0)).all()


@pytest.mark.parametrize("shape", [1.0, 2.5, 12.0])
def test_thoms_fit_is_near_the_greatest_likelihood(shape: float) -> None:
    sums = np.random.default_rng(int(shape)).gamma(shape, 20.0, 300)
    exact, _, scale = stats.gamma.fit(sums, floc=0)
    assert gamma_fit(sums) == pytest.approx((exact, scale), rel=0.012)


def test_the_index_is_a_standard_normal_variable_and_keeps_the_order() -> None:
    rng = np.random.default_rng(1)
    sums = np.where(rng.random(400) < 0.2, 0.0, rng.gamma(2.0, 30.0, 400))
    sums[7] = np.nan
    found = standardised(sums)
    assert np.isnan(found[7])
    wet = np.isfinite(sums) & (sums > 0)
    exact, _, scale = stats.gamma.fit(sums[wet], floc=0)
    share = (sums == 0).sum() / 399
    other = stats.norm.ppf(share + (1 - share) * stats.gamma.cdf(sums[wet], exact, scale=scale))
    assert np.abs(np.clip(other, -3.09, 3.09) - found[wet]).max() < 0.03
    order = np.argsort(sums[wet])
    assert (np.diff(found[wet][order]) >= 0).all()
    assert abs(np.nanmean(found[wet]) - stats.norm.ppf(np.linspace(share, 1, 2000)[1:-1]).mean()) < 0.05


@pytest.mark.parametrize("sums", [[0.0] * 30, [5.0] * 30, [0.0] * 28 + [3.0, 4.0], [np.nan] * 30, []])
def test_what_has_no_distribution_has_no_index(sums: list[float]) -> None:
    assert np.isnan(standardised(sums)).all()
