"""Kendall and Theil-Sen against R's Kendall package, scipy, pymannkendall and enumeration."""

from __future__ import annotations

import math
from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pymannkendall
import pytest
import scipy.stats

from kit.stats import kendall


@pytest.fixture(scope="session")
def r_kendall(field_data: Path) -> pd.DataFrame:
    return pd.read_csv(field_data / "known/reference_values/R_Kendall_results.csv", index_col="series")


def _series(field_data: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(field_data / f"known/mannkendall/{name}.csv")


@pytest.mark.fielddata
@pytest.mark.parametrize(
    ("file", "row"),
    [("Kendall_PrecipGL", "Kendall::PrecipGL MannKendall"), ("R_Nile", "datasets::Nile MannKendall")],
)
def test_mann_kendall_as_r(field_data: Path, r_kendall: pd.DataFrame, file: str, row: str) -> None:
    data, known = _series(field_data, file), r_kendall.loc[row]
    found = kendall.mann_kendall(data["v"], data["t"])
    assert found.s == known["S"]
    assert found.variance == pytest.approx(known["varS"], rel=1e-6)
    assert found.p == pytest.approx(known["p"], rel=1e-4)  # R's package computes in single precision
    assert found.tau == pytest.approx(known["tau"], rel=1e-6)
    without = kendall.mann_kendall(data["v"], data["t"], continuity=False)
    assert abs(without.p - known["p"]) > 1e-7  # the known answer is WITH the correction


@pytest.mark.fielddata
def test_seasonal_kendall_as_r(field_data: Path, r_kendall: pd.DataFrame) -> None:
    months = _series(field_data, "R_nottem")["v"].to_numpy().reshape(-1, 12)
    known = r_kendall.loc["datasets::nottem Seasonal"]
    found = kendall.seasonal_kendall(months, correlated=False)
    assert found.s == known["S"]
    assert found.variance == pytest.approx(known["varS"], rel=1e-6)
    assert found.p == pytest.approx(known["p"], rel=1e-5)
    assert found.tau == pytest.approx(known["tau"], rel=1e-6)
    assert kendall.seasonal_kendall(months, correlated=False, continuity=True).p > known["p"] + 1e-4


@pytest.mark.fielddata
def test_correlated_seasonal_as_pymannkendall(field_data: Path) -> None:
    for name in ("R_nottem", "R_co2"):
        values = _series(field_data, name)["v"].to_numpy()
        months = values[: len(values) // 12 * 12].reshape(-1, 12)
        oracle = pymannkendall.correlated_seasonal_test(months.ravel(), period=12)
        found = kendall.seasonal_kendall(months)
        assert found.s == oracle.s
        assert found.variance == pytest.approx(oracle.var_s, rel=1e-12)
        assert found.p == pytest.approx(oracle.p, abs=1e-12)
        slopes = kendall.pair_slopes(months)
        assert np.median(slopes) == pytest.approx(
            pymannkendall.seasonal_sens_slope(months.ravel(), 12).slope, rel=1e-12
        )


def test_covariance_of_hirsch_and_slack_with_missing_values() -> None:
    """The formula as they print it: [K + 4 sum R R - n (n_g + 1)(n_h + 1)] / 3 with middle ranks."""
    rng = np.random.default_rng(5)
    y = rng.integers(0, 9, (11, 3)).astype(float)
    y[[2, 7, 9], [0, 1, 1]] = np.nan
    n, held = len(y), np.isfinite(y).sum(axis=0)
    sign = np.nan_to_num(np.sign(y[:, None, :] - y[None, :, :]))
    rank = (held + 1 + sign.sum(axis=1)) / 2
    found = kendall.covariance(y)
    for g in range(3):
        for h in range(3):
            k = sum(sign[j, i, g] * sign[j, i, h] for i in range(n) for j in range(i + 1, n))
            known = (k + 4 * (rank[:, g] * rank[:, h]).sum() - n * (held[g] + 1) * (held[h] + 1)) / 3
            assert found[g, h] == pytest.approx(known)
    assert found.sum() == pytest.approx(kendall.score_variance(kendall.rises(y)))
    for g in range(3):  # the diagonal is the variance with ties, where nothing is missing
        column = y[np.isfinite(y[:, g]), g]
        assert kendall.covariance(column[:, None])[0, 0] == pytest.approx(
            kendall.mann_kendall(column).variance
        )


@pytest.mark.parametrize("n", [5, 6])
def test_the_covariance_is_the_variance_over_all_orders(n: int) -> None:
    """Var(S) of Dietz and Killeen equals the variance of S when whole years are shuffled."""
    y = np.random.default_rng(n).normal(size=(n, 7)).round(1)
    y[1, 2] = y[3, 4] = np.nan
    d = kendall.rises(y)
    by_hand = [kendall.score(kendall.rises(y[list(order)])) for order in permutations(range(n))]
    assert np.mean(by_hand) == pytest.approx(0)
    assert np.var(by_hand) == pytest.approx(kendall.score_variance(d))
    assert sorted(by_hand) == sorted(kendall.shuffled_scores(d))
    assert kendall.shuffled_scores(d)[0] == kendall.score(d)
    assert kendall.shuffle_count(d) == (sum(abs(s) >= abs(by_hand[0]) for s in by_hand), math.factorial(n))


def test_drawn_orders_are_repeatable_and_hold_the_real_one() -> None:
    orders = kendall.year_orders(9)
    assert orders.shape == (kendall.SHUFFLES + 1, 9)
    assert orders[0].tolist() == list(range(9))
    assert (np.sort(orders, axis=1) == np.arange(9)).all()
    kendall.year_orders.cache_clear()
    assert (kendall.year_orders(9) == orders).all()


@pytest.mark.parametrize("seed", range(6))
def test_theil_sen_as_scipy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    times = np.sort(rng.uniform(0, 50, 30))
    values = (0.3 * times + rng.normal(0, 2, 30)).round(1)
    low, high = scipy.stats.theilslopes(values, times)[2:]
    found = kendall.theil_sen(values, times)
    assert found.slope == pytest.approx(scipy.stats.theilslopes(values, times)[0], rel=1e-12)
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-12)
    holed = np.where(np.arange(30) % 7 == 3, np.nan, values)
    assert kendall.theil_sen(holed, times) == kendall.theil_sen(
        values[np.isfinite(holed)], times[np.isfinite(holed)]
    )


def test_mann_kendall_with_ties_as_scipy() -> None:
    rng = np.random.default_rng(1)
    values = rng.integers(0, 6, 40).astype(float)
    times = rng.integers(0, 12, 40).astype(float)  # ties in time too
    found = kendall.mann_kendall(values, times, continuity=False)
    oracle = scipy.stats.kendalltau(times, values, method="asymptotic")
    assert found.p == pytest.approx(oracle.pvalue, rel=1e-10)
    assert found.tau == pytest.approx(oracle.statistic, rel=1e-12)


def test_nothing_to_compare() -> None:
    assert kendall.mann_kendall([math.nan, 3.0]).p == 1.0
    assert kendall.mann_kendall([2.0] * 8).p == 1.0
    assert math.isnan(kendall.mann_kendall([2.0] * 8).tau)
    assert math.isnan(kendall.mann_kendall([]).tau)
    assert math.isnan(kendall.theil_sen([1.0]).slope)


@pytest.mark.fielddata
def test_theil_sen_as_openair(field_data: Path) -> None:
    """openair: days since 1970 of the month's start, slope times 365."""
    folder = field_data / "known/reference_values"
    months = pd.read_csv(folder / "openair_theilsen_monthly_series.csv", parse_dates=["date"])
    known = pd.read_csv(folder / "openair_theilsen_summary.csv").drop_duplicates(["pollutant", "deseason"])
    for row in known.itertuples():
        one = months[(months["pollutant"] == row.pollutant) & (months["deseason"] == row.deseason)].dropna()
        days = (one["date"] - pd.Timestamp("1970-01-01")).dt.days
        found = kendall.theil_sen(one["conc"], days)
        assert found.slope * 365 == pytest.approx(row.slope_per_year, rel=1e-9), (row.pollutant, row.deseason)
