"""Where stations share their weather, the joint trend still says "trend" in one of twenty cases only."""

from __future__ import annotations

import numpy as np
import pytest

from kit.stats.regional import joint_slope
from tests.stats.simulated import months


@pytest.mark.parametrize("years", [5, 10])
def test_the_size_at_a_correlation_of_eight_tenths(years: int) -> None:
    rng = np.random.default_rng(years)
    runs = 60
    said = 0
    for _ in range(runs):
        values = months(rng, years, 4, 0.8, 0.6, slope=0.0)
        said += joint_slope(values, np.arange(float(years)), months=range(1, 13)).p <= 0.05
    assert said / runs <= 0.13
