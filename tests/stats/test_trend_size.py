"""Does the default trend test say "trend" where there is none, when months remember each other?

Scenarios [station_size] of tests/simulations/scenarios.toml in short; run as a program for the table that
:mod:`kit.stats.regional` quotes: ``python tests/stats/test_trend_size.py 4000``.
"""

from __future__ import annotations

import sys
from itertools import product

import numpy as np
import pytest

from kit.stats.regional import joint_slope

MONTHS = range(1, 13)


def months(rng: np.random.Generator, years: int, memory: float, missing: float, rounded: bool) -> np.ndarray:
    """Return months without a trend, shape (years, 12): season, memory, steps of one deviation."""
    n = years * 12
    noise = rng.standard_normal(n + 48)
    for i in range(1, n + 48):
        noise[i] = memory * noise[i - 1] + np.sqrt(1 - memory**2) * noise[i]
    y = noise[48:] + 3 * np.cos(np.arange(n) * np.pi / 6)
    y = np.round(y) if rounded else y
    return np.where(rng.random(n) < missing, np.nan, y).reshape(years, 12)


def size(years: int, memory: float, missing: float, rounded: bool, runs: int, allowed: bool = True) -> float:
    """Return the share of runs with p of at most 0.05, with or without allowing for memory."""
    rng = np.random.default_rng([years, int(10 * memory), int(10 * missing), rounded])
    alarms = 0
    for _ in range(runs):
        y = months(rng, years, memory, missing, rounded)
        alarms += joint_slope(y, range(years), months=MONTHS if allowed else None).p <= 0.05
    return alarms / runs


# 400 runs: a true 5 % gives more than 8.4 % in one of a thousand tests
@pytest.mark.slow
@pytest.mark.parametrize(("years", "memory", "missing", "rounded"), [
    (5, 0.6, 0.0, True), (6, 0.6, 0.2, False), (8, 0.6, 0.0, False), (10, 0.6, 0.0, False),
    (10, 0.0, 0.2, True), (20, 0.6, 0.2, True),
])  # fmt: skip
def test_no_trend_is_found_where_there_is_none(
    years: int, memory: float, missing: float, rounded: bool
) -> None:
    assert size(years, memory, missing, rounded, 400) <= 0.084


def test_memory_is_measured_and_allowed_for() -> None:
    several = [months(np.random.default_rng(seed), 20, 0.6, 0.1, False) for seed in range(2, 12)]
    found = [joint_slope(y, range(20), months=MONTHS).memory for y in several]
    assert np.mean(found) == pytest.approx(0.6, abs=0.06)
    y = several[0]
    with_it, without = joint_slope(y, range(20), months=MONTHS), joint_slope(y, range(20))
    assert 1.1 < with_it.widened < 1.25
    assert with_it.slope == without.slope
    assert with_it.p > without.p
    assert with_it.high - with_it.low > without.high - without.low
    summers = joint_slope(y[:, 5:8], range(20), months=(6, 7, 8))
    assert 1 <= summers.widened < 1.03  # nine months between one summer and the next


def test_years_with_gaps_between_them_have_less_memory() -> None:
    y = months(np.random.default_rng(1), 10, 0.7, 0.0, False)
    apart = joint_slope(y, np.arange(10) * 3, months=MONTHS)
    assert apart.memory == pytest.approx(joint_slope(y, np.arange(10), months=MONTHS).memory, abs=0.1)
    assert apart.widened < 1.01


if __name__ == "__main__":
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    for case in product((5, 6, 8, 10, 20), (0.0, 0.3, 0.6), (0.0, 0.2), (False, True)):
        print(*case, size(*case, many), size(*case, many, allowed=False), flush=True)  # noqa: T201
