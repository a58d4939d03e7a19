"""Does the 95 % interval of the joint slope hold the true slope in 90 to 99 % of simulations?

Run this file as a program for the whole table (5-12 years, 1-8 stations, correlation between stations 0, .5
and .8, between months 0 and .3): ``python tests/stats/test_coverage.py 1000``. It prints coverage and mean
width by shuffling, then by covariance. The tests repeat corners of it.
"""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from simulated import SLOPE, months

from kit.stats import kendall
from kit.stats.regional import joint_slope


def coverage(
    years: int, stations: int, between: float, memory: float, method: str | None, runs: int
) -> tuple:
    """Return the share of intervals that hold the true slope, and their mean width."""
    rng = np.random.default_rng([years, stations, int(10 * between), int(10 * memory)])
    held, widths = 0, []
    for _ in range(runs):
        values = months(rng, years, stations, between, memory)
        found = joint_slope(values, np.arange(years), method=method)
        held += found.low <= SLOPE <= found.high
        widths.append(found.high - found.low)
    return held / runs, float(np.mean(widths))


# 300 runs: the share of a true 95 % has a standard error of 1.3 %; the bounds leave room for two of them.
@pytest.mark.slow
@pytest.mark.parametrize(
    ("years", "stations", "between", "memory"),
    [(5, 3, 0.0, 0.0), (5, 8, 0.8, 0.3), (6, 3, 0.5, 0.3), (7, 8, 0.8, 0.3), (8, 3, 0.8, 0.0),
     (10, 8, 0.8, 0.3), (10, 3, 0.0, 0.3), (12, 5, 0.5, 0.3)],
)  # fmt: skip
def test_the_interval_holds_the_truth(years: int, stations: int, between: float, memory: float) -> None:
    share, _ = coverage(years, stations, between, memory, None, 300)
    assert 0.90 <= share <= 0.995


@pytest.mark.slow
@pytest.mark.parametrize("years", [6, 8, 11])
def test_gaps_and_late_stations(years: int) -> None:
    """One station joins in the second year, one leaves before the last, a tenth of the months is missing."""
    rng, held = np.random.default_rng(years), 0
    for _ in range(300):
        values = months(rng, years, 5, 0.5, 0.3)
        values[rng.random(values.shape) < 0.1] = np.nan
        values[0, :12] = np.nan
        values[-1, 12:24] = np.nan
        found = joint_slope(values, np.arange(years))
        held += found.low <= SLOPE <= found.high
    assert 0.90 <= held / 300 <= 0.995, held / 300


@pytest.mark.slow
def test_independence_would_be_wrong() -> None:
    """The same simulations, judged as if stations and months were independent, fail: the rule is needed."""
    rng, held = np.random.default_rng(4), 0
    for _ in range(200):
        values = months(rng, 8, 8, 0.8, 0.3)
        left = values - SLOPE * np.arange(8)[:, None]
        held += kendall.seasonal_kendall(left, correlated=False).p > 0.05
    assert held / 200 < 0.75


@pytest.mark.slow
def test_chance_says_trend_in_one_of_twenty() -> None:
    """Without a trend, p is below 0.05 in about 5 % of simulations (both methods)."""
    for years, method in ((5, "shuffling"), (7, "shuffling"), (10, "covariance")):
        rng = np.random.default_rng(years)
        alarms = [
            joint_slope(months(rng, years, 5, 0.5, 0.3, 0.0), np.arange(years), method=method).p <= 0.05
            for _ in range(300)
        ]
        assert 0.01 <= np.mean(alarms) <= 0.10, (years, method)


if __name__ == "__main__":
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    for case in product((5, 6, 7, 8, 9, 10, 12), (1, 3, 8), (0.0, 0.5, 0.8), (0.0, 0.3)):
        if case[1] > 1 or not case[2]:
            results = [coverage(*case, method, many) for method in ("shuffling", "covariance")]
            print(*case, *(f"{share:.3f} {width:.3f}" for share, width in results))  # noqa: T201
