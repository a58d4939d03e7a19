"""The loglinear model of counts: what TRIM printed, statsmodels, dense matrices, and its level."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.optimize
import statsmodels.api as sm

from kit.stats import loglinear
from kit.stats.student import t_quantile
from tests.stats import life


def skylark(field_data: Path) -> np.ndarray:
    import rdata

    table = rdata.read_rda(field_data / "known" / "rtrim" / "skylark.RData")["skylark"]
    return table.pivot(index="site", columns="time", values="count").to_numpy()


#: What TRIM 3.61 printed for the skylarks, as kept with rtrim (github.com/SNStatComp/rtrim,
#: pkg/tests/testthat/outfiles, skylark-1b, -1e, -1d and -1f): design, memory?, dispersion, memory, imputed
#: index of the last year and its error, its total and its error, slope and its error.
STEADY = np.arange(8.0)[:, None]
BROKEN = np.column_stack([np.minimum(np.arange(8.0), 1), np.maximum(np.arange(8.0) - 1, 0)])
PRINTED = {
    "1b": (None, False, 1.344, 0.0, 1.1867, 0.1293, 606, 42, 0.0485, 0.0124),
    "1e": (None, True, 1.367, 0.302, 1.1828, 0.1308, 601, 42, 0.0478, 0.0142),
    "1d": (STEADY, True, 1.439, 0.281, 1.3226, 0.1283, 586, 35, 0.0509, 0.0139),
    "1f": (BROKEN, True, 1.334, 0.305, 1.1776, 0.1230, 602, 36, 0.0463, 0.0135),
}
INDEX = {
    "1b": (
        [0.7096, 0.8410, 0.8290, 0.9182, 1.0216, 1.1000],
        [0.0894, 0.0904, 0.0896, 0.0974, 0.1069, 0.1178],
    ),
    "1e": (
        [0.7201, 0.8454, 0.8314, 0.9221, 1.0250, 1.1082],
        [0.0766, 0.0893, 0.0901, 0.0989, 0.1086, 0.1201],
    ),
}


@pytest.mark.fielddata
@pytest.mark.parametrize("name", PRINTED)
def test_as_trim_printed(field_data: Path, name: str) -> None:
    design, serial, dispersion, memory, last, last_se, total, total_se, slope, slope_se = PRINTED[name]
    found = loglinear.fit(skylark(field_data), design=design, serial=serial, variant="TRIM")
    assert found.converged
    assert found.dispersion == pytest.approx(dispersion, abs=5.1e-4)
    assert found.memory == pytest.approx(memory, abs=5.1e-4)
    index, error = found.index()
    assert (index[-1], error[-1]) == pytest.approx((last, last_se), abs=5.1e-5)
    errors = np.sqrt(np.diag(found.totals_covariance))
    assert (found.totals[-1], errors[-1]) == pytest.approx((total, total_se), abs=0.51)
    assert found.slope() == pytest.approx((slope, slope_se), abs=5.1e-5)
    if name in INDEX:
        assert index[1:-1] == pytest.approx(INDEX[name][0], abs=5.1e-5)
        assert error[1:-1] == pytest.approx(INDEX[name][1], abs=5.1e-5)


def long(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the counts that are there and the columns of sites and years (but the first)."""
    site, year = np.nonzero(np.isfinite(counts))
    x = np.hstack([np.eye(counts.shape[0])[site], np.eye(counts.shape[1])[year][:, 1:]])
    return counts[site, year], x, np.column_stack([site, year])


@pytest.mark.parametrize("seed", range(3))
def test_independent_counts_as_statsmodels(seed: int) -> None:
    rng = np.random.default_rng(seed)
    counts = life.counts(rng, 8, rng.normal(0, 0.4, 6), missing=0.3)
    effort = rng.uniform(0.5, 3, counts.shape)
    y, x, where = long(counts)
    there = sm.GLM(y, x, sm.families.Poisson(), exposure=effort[where[:, 0], where[:, 1]]).fit(tol=1e-12)
    found = loglinear.fit(counts, effort, dispersed=False, serial=False)
    assert found.sites == pytest.approx(there.params[:8], abs=1e-7)
    assert found.years[1:] == pytest.approx(there.params[8:], abs=1e-7)
    assert found.covariance == pytest.approx(there.cov_params()[8:, 8:], abs=1e-7)
    raw = loglinear.fit(counts, effort, serial=False, variant="TRIM").dispersion
    assert raw == pytest.approx(there.pearson_chi2 / there.df_resid)


def test_dispersion_and_memory_without_bias() -> None:
    """What residuals are expected to be, by dense matrices; then both numbers on average."""
    rng = np.random.default_rng(5)
    counts = life.counts(rng, 7, rng.normal(0, 0.3, 6), missing=0.25, overdispersion=3, serial=0.5)
    found = loglinear.fit(counts)
    assert 0 < found.memory < 0.95
    plain = loglinear.fit(counts, serial=False, dispersed=False)
    y, x, where = long(counts)
    mu = plain.expected[where[:, 0], where[:, 1]]
    w = np.sqrt(mu)[:, None] * x
    left = np.eye(len(y)) - w @ np.linalg.pinv(w)
    same = where[:, None, 0] == where[None, :, 0]
    apart = np.abs(where[:, None, 1] - where[None, :, 1])
    expected = left @ np.where(same, found.memory**apart, 0) @ left * found.dispersion
    r = (y - mu) / np.sqrt(mu)
    pairs = np.triu(same & (apart == 1))
    assert (r @ r) == pytest.approx(np.trace(expected), rel=1e-6)
    assert np.outer(r, r)[pairs].sum() == pytest.approx(expected[pairs].sum(), rel=1e-5)
    # The errors of the totals: how each count moves them, by small changes.
    moved = []
    for place in where:
        more = counts.copy()
        more[tuple(place)] += 1e-4
        moved.append((loglinear.fit(more, serial=False).totals - found.totals) / 1e-4)
    turn = np.array(moved).T * np.sqrt(mu)
    joint = np.where(same, found.memory**apart, 0) * found.dispersion
    assert found.totals_covariance == pytest.approx(turn @ joint @ turn.T, rel=1e-3, abs=1e-2)


def test_index_slope_and_gaps_in_years() -> None:
    rng = np.random.default_rng(7)
    truth = np.array([0.0, 0.1, 0.3, 0.4])
    found = loglinear.fit(life.counts(rng, 200, truth, mean=60), times=[2001, 2002, 2004, 2005])
    assert found.index()[0] == pytest.approx(np.exp(truth), rel=0.05)
    assert found.index(2)[0][2] == 1
    assert found.index(2)[1][2] == pytest.approx(0, abs=1e-7)
    assert found.slope([2001, 2002, 2004, 2005])[0] == pytest.approx(0.1, abs=0.01)
    effort = np.broadcast_to([1.0, 2.0, 1.0, 3.0], (200, 4))
    more = loglinear.fit(life.counts(rng, 200, truth + np.log(effort[0]), mean=60), effort)
    assert more.index()[0] == pytest.approx(np.exp(truth), rel=0.05)


def test_what_the_counts_do_not_determine() -> None:
    apart = [[5.0, 0.0, np.nan], [np.nan, 0.0, 3.0], [4.0, np.nan, 2.0]]
    assert not loglinear.fit(apart).converged  # nothing but zeros in the middle year
    exact = loglinear.fit([[2.0, 4.0], [3.0, 6.0], [10.0, 20.0]])
    assert exact.index()[0] == pytest.approx([1, 2])
    assert exact.dispersion == 1.0  # never less than chance
    assert loglinear.fit([[2.0, 4.0], [3.0, 6.0]], variant="TRIM").dispersion == pytest.approx(0, abs=1e-9)
    lonely = loglinear.fit([[2.0, 4.0]])
    assert (lonely.freedom, lonely.dispersion, lonely.converged) == (0, 1.0, True)


@pytest.mark.slow
def test_the_trend_keeps_its_level_where_trims_formulas_do_not() -> None:
    """Ten stations, twelve years, memory .4 and dispersion 3: the scenario that is hardest for them."""
    rng = np.random.default_rng(11)
    hits = {"unbiased": 0, "TRIM": 0}
    for _ in range(200):
        counts = life.counts(rng, 10, np.zeros(12), overdispersion=3, serial=0.4)
        for variant in ("unbiased", "TRIM"):
            found = loglinear.fit(counts, variant=variant)  # type: ignore[arg-type]
            slope, error = found.slope()
            hits[variant] += abs(slope) > t_quantile(0.975, found.freedom) * error
    assert hits["unbiased"] <= 24
    assert hits["unbiased"] < hits["TRIM"]


def test_frames_and_arrays_are_the_same() -> None:
    counts = life.counts(np.random.default_rng(1), 6, np.zeros(5), missing=0.2)
    frame = pd.DataFrame(counts, columns=range(2000, 2005))
    assert loglinear.fit(frame, None, frame.columns).totals.tolist() == loglinear.fit(counts).totals.tolist()


def can_run_away(y: np.ndarray) -> bool:
    """Whether effects can grow without end and the counts only become more likely (a linear programme)."""
    site, year = np.nonzero(np.isfinite(y))
    design = np.zeros((len(site), sum(y.shape)))
    design[np.arange(len(site)), site] = design[np.arange(len(site)), y.shape[0] + year] = 1
    some = y[site, year] > 0
    none = design[~some]
    if not len(none):
        return False
    found = scipy.optimize.linprog(
        none.sum(axis=0), A_ub=none, b_ub=np.zeros(len(none)), A_eq=design[some], b_eq=np.zeros(some.sum()),
        bounds=[(-1, 1)] * design.shape[1],
    )  # fmt: skip
    return bool(found.fun < -1e-9)


def test_what_the_counts_determine_cannot_run_away() -> None:
    rng, kept, cut = np.random.default_rng(0), 0, 0
    for _ in range(200):
        y = np.where(rng.random((6, 5)) < 0.5, np.nan, rng.poisson(1.0, (6, 5)))
        sites, years = loglinear.determined(y)
        part = y[np.ix_(sites, years)]
        assert not can_run_away(part)
        kept += len(part) > 1
        cut += can_run_away(y)
        if sites.all() and years.all():
            assert not can_run_away(y)
    assert min(kept, cut) > 50


def test_a_year_known_from_a_site_with_nothing_else_is_left_out() -> None:
    """Its only other count is 0, so that the year could be anything: the index was 3.9e12 once."""
    y = np.array([[np.nan, 5.0, 0.0], [4.0, np.nan, 2.0], [6.0, np.nan, 3.0], [5.0, np.nan, 4.0]])
    sites, years = loglinear.determined(y)
    assert sites.tolist() == [False, True, True, True]
    assert years.tolist() == [True, False, True]
