"""Student's t, against scipy."""

from __future__ import annotations

import math

import pytest
import scipy.stats

from kit.stats.student import t_below, t_quantile


@pytest.mark.parametrize("freedom", [0.5, 1, 2, 3.7, 10, 146, 5000, 2e6, math.inf])
@pytest.mark.parametrize("chance", [0.001, 0.025, 0.3, 0.5, 0.9, 0.975, 0.9999])
def test_as_scipy(chance: float, freedom: float) -> None:
    there = scipy.stats.t.ppf(chance, freedom)
    assert t_quantile(chance, freedom) == pytest.approx(
        there, rel=1e-5 if freedom > 1e6 else 1e-10, abs=1e-12
    )
    if freedom < 1e6:
        assert t_below(there, freedom) == pytest.approx(chance, rel=1e-10)


def test_impossible() -> None:
    assert math.isnan(t_quantile(1.0, 3))
    assert math.isnan(t_quantile(0.5, 0))
    assert t_quantile(0.5, 3) == pytest.approx(0, abs=1e-12)
