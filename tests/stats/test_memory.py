"""Autocorrelation and the tests that allow for it, blocks, change points, false discoveries, as others."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pymannkendall
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.stats import autocorrelation, bootstrap, changepoint, kendall, multiple


def with_memory(n: int, r: float, seed: int) -> np.ndarray:
    noise, found = np.random.default_rng(seed).standard_normal(n + 50), np.zeros(n + 50)
    for i in range(1, n + 50):
        found[i] = r * found[i - 1] + math.sqrt(1 - r * r) * noise[i]
    return found[50:]


@given(st.integers(8, 60), st.sampled_from([0.0, 0.4, 0.8]), st.integers(0, 10**6), st.booleans())
@settings(deadline=None, max_examples=60)
def test_hamed_rao_and_prewhitening_as_pymannkendall(n: int, r: float, seed: int, rounded: bool) -> None:
    y = with_memory(n, r, seed) + 0.02 * np.arange(n)
    y = y.round(1) if rounded else y
    oracle, found = pymannkendall.hamed_rao_modification_test(y), autocorrelation.hamed_rao(y)
    assert found.s == oracle.s
    assert found.variance == pytest.approx(oracle.var_s, rel=1e-9)
    if found.variance > 0:
        assert found.p == pytest.approx(oracle.p, rel=1e-9, abs=1e-12)
    three = autocorrelation.hamed_rao(y, lags=3)
    assert three.variance == pytest.approx(
        pymannkendall.hamed_rao_modification_test(y, lag=3).var_s, rel=1e-9
    )
    oracle = pymannkendall.trend_free_pre_whitening_modification_test(y)
    found = autocorrelation.prewhitened(y)
    assert found.n == n - 1
    assert found.p == pytest.approx(oracle.p, rel=1e-9, abs=1e-12)


def test_gaps_are_not_closed() -> None:
    """Two ends of a gap are not neighbours: only the pairs that are there count."""
    y = with_memory(60, 0.7, 1)
    y[20:40] = np.nan
    left = y - np.nanmean(y)
    pairs = [left[i] * left[i + 1] for i in range(59) if np.isfinite(left[i] * left[i + 1])]
    assert len(pairs) == 38
    assert autocorrelation.memory(y) == pytest.approx(np.mean(pairs) / np.nanmean(left**2))
    assert autocorrelation.prewhitened(y).n == 38


def test_memory_of_nothing_and_of_a_line() -> None:
    assert autocorrelation.memory([np.nan, 1.0]) == 0.0
    assert autocorrelation.memory([2.0] * 9) == 0.0
    assert autocorrelation.memory([1.0, -1.0] * 6) == 0.0
    assert autocorrelation.memory(np.arange(1000.0)) == autocorrelation.STRONGEST
    assert autocorrelation.acf([2.0] * 5, 3).tolist() == [1.0, 0.0, 0.0, 0.0]


@pytest.mark.parametrize(("years", "r"), [(6, 0.3), (10, 0.6), (20, 0.6)])
def test_how_much_wider_than_shuffling_is_simulated(years: int, r: float) -> None:
    """The factor is the variance of a slope of yearly means over the one that shuffled years show."""
    rng = np.random.default_rng(years)
    t = np.arange(years * 12)
    cov = r ** np.abs(t[:, None] - t)
    draws = rng.multivariate_normal(np.zeros(years * 12), cov, 20000).reshape(-1, years, 12).mean(axis=2)
    weight = np.arange(years) - (years - 1) / 2
    true, shuffled = (draws @ weight).var(), draws.var(axis=1, ddof=1).mean() * (weight @ weight)
    assert autocorrelation.year_blocks(range(years), range(1, 13), r) == pytest.approx(
        true / shuffled, rel=0.03
    )
    assert autocorrelation.year_blocks(range(years), range(1, 13), 0.0) == 1.0


def test_blocks_are_runs_of_neighbours_and_repeatable() -> None:
    places = bootstrap.moving_blocks(50, 7, 400)
    assert places.shape == (400, 50)
    assert set(np.diff(places[:, :7]).ravel()) == {1}
    assert (places == bootstrap.moving_blocks(50, 7, 400)).all()
    assert places.min() == 0
    assert places.max() == 49
    with pytest.raises(ValueError, match="do not fit"):
        bootstrap.moving_blocks(5, 6)
    assert bootstrap.block_length(np.zeros(30)) == 1
    assert bootstrap.block_length(with_memory(400, 0.6, 3)) > 5


def test_the_interval_from_blocks_is_wider_where_there_is_memory() -> None:
    widths = []
    for r in (0.0, 0.7):
        found = bootstrap.slope_interval(with_memory(120, r, 5) + 0.05 * np.arange(120), replicates=199)
        assert found.low < 0.05 < found.high
        assert found.slope == kendall.theil_sen(with_memory(120, r, 5) + 0.05 * np.arange(120)).slope
        widths.append(found.high - found.low)
    assert widths[1] > 1.5 * widths[0]
    assert math.isnan(bootstrap.slope_interval([1.0, np.nan]).low)


def pettitt_by_hand(y: np.ndarray) -> tuple[int, float]:
    """Every place: the sum of signs of all differences between the two sides."""
    u = [np.sign(y[:k, None] - y[None, k:]).sum() for k in range(1, len(y))]
    return int(np.argmax(np.abs(u))) + 1, float(np.abs(u).max())


@given(st.integers(2, 40), st.integers(0, 10**6), st.sampled_from([0.0, 1.0]))
@settings(deadline=None, max_examples=60)
def test_pettitt_by_hand_and_by_mann_whitney(n: int, seed: int, steps: float) -> None:
    y = np.random.default_rng(seed).standard_normal(n) * 2
    y = np.round(y) if steps else y
    place, k = pettitt_by_hand(y)
    found = changepoint.pettitt(y)
    assert found.k == pytest.approx(k)
    assert found.p == pytest.approx(min(1, 2 * math.exp(-6 * k * k / (n**3 + n**2))))
    if k:
        assert found.place == place
        assert (found.before, found.after) == (np.median(y[:place]), np.median(y[place:]))
        u = scipy.stats.mannwhitneyu(y[:place], y[place:]).statistic  # U = n1 n2 / 2 at no difference
        assert 2 * abs(u - place * (n - place) / 2) == pytest.approx(k)


def test_pettitt_skips_gaps() -> None:
    y = np.array([1.0, np.nan, 1.1, 0.9, np.nan, 5.0, 5.2, np.nan, 5.1])
    found = changepoint.pettitt(y)
    assert (found.place, found.n, found.k) == (5, 6, 9.0)
    assert changepoint.pettitt([np.nan, 3.0]).p == 1.0
    assert changepoint.pettitt([3.0] * 9).p == 1.0
    assert changepoint.of_months([3.0] * 60).p == 1.0


@pytest.mark.fielddata
def test_the_nile_fell_in_1899(field_data: Path) -> None:
    """Pettitt's test of the Nile at Aswan: U* = 1617 behind 1898 (Cobb 1978 found the same year)."""
    nile = pd.read_csv(field_data / "known/mannkendall/R_Nile.csv")
    found = changepoint.pettitt(nile["v"])
    assert (nile["t"][found.place], found.k) == (1899, 1617.0)
    assert found.p == pytest.approx(3.591e-7, rel=1e-3)


def test_shuffling_half_years_sees_a_step_and_no_step() -> None:
    rng = np.random.default_rng(3)
    flat = rng.standard_normal(72)
    assert changepoint.of_months(flat).p > 0.1
    step = flat + np.where(np.arange(72) < 40, 0, 2.0)
    found = changepoint.of_months(step)
    assert abs(found.place - 40) <= 2
    assert found.p < 0.01
    assert found.p == found.count / found.orders


@given(st.lists(st.one_of(st.floats(0, 1), st.just(0.05)), min_size=1, max_size=40))
def test_false_discoveries_as_scipy(p: list[float]) -> None:
    assert multiple.benjamini_hochberg(p) == pytest.approx(
        scipy.stats.false_discovery_control(p, method="bh")
    )
    assert multiple.benjamini_yekutieli(p) == pytest.approx(
        scipy.stats.false_discovery_control(p, method="by")
    )


def test_questions_not_asked_do_not_count() -> None:
    found = multiple.benjamini_hochberg([0.01, np.nan, 0.04])
    assert found[[0, 2]].tolist() == multiple.benjamini_hochberg([0.01, 0.04]).tolist()
    assert math.isnan(found[1])
    assert multiple.benjamini_hochberg([]).size == 0
    with pytest.raises(ValueError, match="between 0 and 1"):
        multiple.benjamini_hochberg([1.2])
