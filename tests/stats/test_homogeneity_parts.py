"""The same trend everywhere? Against scipy, by hand, and by its level where stations share weather."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
import scipy.stats

from kit.stats import homogeneity
from kit.stats.regional import joint_slope
from tests.stats.simulated import months


def test_the_tail_of_chi_square_as_scipy() -> None:
    for freedom in (1, 2, 3, 7, 10, 11, 60, 199):
        for x in (1e-3, 0.5, 3.84, freedom, 3.0 * freedom):
            theirs = scipy.stats.chi2.sf(x, freedom)
            assert homogeneity.chi_square_tail(x, freedom) == pytest.approx(theirs, rel=1e-9, abs=1e-300)


def test_the_parts_of_independent_series_add_up() -> None:
    """Stations, months, their interaction and the trend are the whole sum of squares (table 1)."""
    z = np.random.default_rng(1).normal(size=(5, 12))
    found = homogeneity.van_belle_hughes(z)
    rows, columns = z.mean(axis=1, keepdims=True), z.mean(axis=0, keepdims=True)
    interaction = ((z - rows - columns + z.mean()) ** 2).sum()
    parts = found.stations.statistic + found.months.statistic + found.trend.statistic
    assert parts + interaction == pytest.approx((z**2).sum())
    assert found.stations.p == pytest.approx(scipy.stats.chi2.sf(found.stations.statistic, 4))


def test_shuffling_by_hand() -> None:
    y, t = np.random.default_rng(2).normal(size=(5, 6)), np.arange(5.0)
    found = homogeneity.by_shuffling(y, t, 0.1, 2)

    def scores(table: np.ndarray) -> np.ndarray:
        signs = sum(np.sign(table[j] - table[i]) for i in range(5) for j in range(i + 1, 5))
        return np.asarray(signs).reshape(3, 2).sum(axis=1)

    every = np.array([scores((y - 0.1 * t[:, None])[list(order)]) for order in permutations(range(5))])
    z = every / every.std(axis=0)
    sums = ((z - z.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    assert found.stations.statistic == pytest.approx(sums[0])
    assert found.stations.p == pytest.approx(np.mean(sums >= sums[0] - 1e-9))
    assert found.stations.freedom == 2


@pytest.mark.parametrize("between", [0.0, 0.8])
def test_the_level_is_kept_where_stations_share_weather(between: float) -> None:
    rng = np.random.default_rng(int(10 * between))
    said = np.zeros(2)
    for _ in range(80):
        y = months(rng, 10, 3, between, 0.3)
        joint = joint_slope(y, np.arange(10.0), months=range(1, 13))
        found = homogeneity.by_shuffling(y, np.arange(10.0), joint.slope, 12, joint.widened)
        said += [found.stations.p <= 0.05, found.months.p <= 0.05]
    assert (said / 80 <= 0.13).all()


def test_different_trends_are_found() -> None:
    rng = np.random.default_rng(4)
    y = months(rng, 10, 4, 0.8, 0.3, slope=0.0)
    y[:, :12] += 0.8 * np.arange(10)[:, None]
    found = homogeneity.by_shuffling(y, np.arange(10.0), 0.0, 12)
    assert found.stations.p < 0.05
    assert found.months.p > 0.05
