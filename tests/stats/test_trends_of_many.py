"""Mann-Kendall and Theil-Sen of many series: whatever the way they are counted, the numbers of others."""

from __future__ import annotations

import math
import tracemalloc

import numpy as np
import pymannkendall
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.stats import fast, kendall

ENGINES = ["numpy", "numba"]


@st.composite
def tables(draw: st.DrawFn, longest: int = 40) -> np.ndarray:
    """Some series: few levels (ties), gaps, trends, offsets of any size; short and empty ones too."""
    series, n = draw(st.integers(1, 4)), draw(st.integers(1, longest))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    steps = draw(st.sampled_from([0.0, 0.1, 1.0, 3.0]))
    values = rng.standard_normal((series, n)) * draw(st.sampled_from([1e-6, 1.0, 1e5]))
    values += draw(st.sampled_from([0.0, 0.03, -2.0])) * np.arange(n) + draw(
        st.sampled_from([0.0, 1013.0, -1e7])
    )
    values = np.round(values / steps) * steps if steps else values
    values[rng.random(values.shape) < draw(st.sampled_from([0.0, 0.2, 0.9]))] = np.nan
    return values


def same_as_others(values: np.ndarray, found: kendall.Trends, times: np.ndarray) -> None:
    """Compare each series with scipy and pymannkendall."""
    for k, one in enumerate(values):
        present = np.isfinite(one)
        assert found.n[k] == present.sum()
        if present.sum() < 2:
            assert found.p[k] == 1.0
            assert math.isnan(found.slope[k])
            continue
        line = scipy.stats.theilslopes(one[present], times[present])
        assert (found.slope[k], found.low[k], found.high[k]) == (line[0], line[2], line[3])
        test = pymannkendall.original_test(one[present])
        assert found.s[k] == test.s
        assert found.p[k] == pytest.approx(test.p, rel=1e-9, abs=1e-14)


@pytest.mark.parametrize("engine", ENGINES)
@given(tables())
@settings(deadline=None, max_examples=60)
def test_as_scipy_and_pymannkendall(engine: fast.Engine, values: np.ndarray) -> None:
    same_as_others(values, kendall.trends(values, engine=engine), np.arange(values.shape[1]))


@pytest.mark.parametrize("engine", ENGINES)
@given(tables(30), st.integers(0, 10**6))
@settings(deadline=None, max_examples=40)
def test_unequal_steps_of_time_in_any_order(engine: fast.Engine, values: np.ndarray, seed: int) -> None:
    rng = np.random.default_rng(seed)
    times = np.cumsum(rng.choice([0.1, 1.0, 31.0, 3600.0], values.shape[1]))
    mixed = rng.permutation(values.shape[1])
    found = kendall.trends(values[:, mixed], times[mixed], engine=engine)
    same_as_others(values, found, times)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("steps", [0.0, 0.1, 5.0])
@pytest.mark.parametrize("n", [201, 700])
def test_long_series(engine: fast.Engine, steps: float, n: int) -> None:
    rng = np.random.default_rng(n)
    values = np.cumsum(rng.standard_normal((3, n)), axis=1) + 1e4
    values = np.round(values / steps) * steps if steps else values
    values[1, rng.random(n) < 0.3] = np.nan
    values[2, 4:] = values[2, 4]  # nearly constant
    same_as_others(values, kendall.trends(values, engine=engine), np.arange(n))


@given(tables(25), st.integers(0, 10**6))
@settings(deadline=None, max_examples=40)
def test_equal_times_are_ties(values: np.ndarray, seed: int) -> None:
    """Against scipy's tau-b where a year has several values, and against the definition of the slope."""
    times = np.sort(np.random.default_rng(seed).integers(0, 8, values.shape[1])).astype(float)
    found = kendall.trends(values, times, continuity=False)
    for k, one in enumerate(values):
        y, t = kendall.present(one, times)
        slopes = [(b - a) / (v - u) for i, (a, u) in enumerate(zip(y, t, strict=True))
                  for b, v in zip(y[i + 1 :], t[i + 1 :], strict=True) if v > u]  # fmt: skip
        if not slopes:
            assert math.isnan(found.slope[k])
            continue
        assert found.slope[k] == pytest.approx(np.median(slopes), rel=1e-12)
        assert found.s[k] == np.sign(slopes).sum()
        if len(np.unique(y)) > 1 and len(y) > 2:  # scipy divides by zero at two
            tau = scipy.stats.kendalltau(t, y, method="asymptotic")
            assert found.p[k] == pytest.approx(tau.pvalue, rel=1e-9, abs=1e-14)


def test_equal_times_in_a_long_series() -> None:
    rng = np.random.default_rng(3)
    times = np.repeat(np.arange(150.0), 2)
    values = rng.standard_normal((1, 300)).round(1)
    for engine in ENGINES:
        found = kendall.trends(values, times, engine=engine)  # type: ignore[arg-type]
        line = scipy.stats.theilslopes(values[0], times)
        assert found.slope[0] == line[0]
        tau = scipy.stats.kendalltau(times, values[0], method="asymptotic")
        assert kendall.mann_kendall(values[0], times, continuity=False).p == pytest.approx(
            tau.pvalue, rel=1e-9
        )


def test_a_bracket_that_misses_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(1).standard_normal((1, 250))
    right = kendall.trends(values, engine="numpy")
    monkeypatch.setattr(fast, "_bracket", lambda y, t, ranks: (5.0, 6.0))
    assert kendall.trends(values, engine="numpy").slope == right.slope


def test_memory_stays_small() -> None:
    """One matrix of all pairs of 3,000 values would take 72 MB."""
    values = np.random.default_rng(1).standard_normal((2, 3000))
    tracemalloc.start()
    kendall.trends(values, engine="numpy")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20e6


def test_without_the_extra_numpy_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert not fast._compiled("auto", 10**9)
    monkeypatch.undo()
    assert fast._compiled("auto", 10**9)
    assert not fast._compiled("auto", 10**6)
    assert fast._compiled("numba", 1)
