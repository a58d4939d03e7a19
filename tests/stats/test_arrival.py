"""First dates: what the lists say, and how often that holds the truth."""

from __future__ import annotations

import math

import numpy as np
import pytest

from kit.stats.arrival import arrival, seen_share
from tests.stats import life


def test_what_lists_say() -> None:
    found = arrival([12, 1, 5, 5, 8, 20, 20], [True, False, False, True, True, False, False])
    assert (found.not_before, found.first, found.last, found.gone_by) == (1, 5, 12, 20)
    assert (found.inside, found.hits) == (1, 1)
    always = arrival([3, 4], [True, True])
    assert math.isnan(always.not_before)
    assert math.isnan(always.since)
    assert math.isnan(always.gone_by)


def test_the_middle_does_not_follow_the_weeks_with_many_lists() -> None:
    days = [0, *[7 + k / 20 for k in range(20)], 14, 21, 28]
    assert arrival(days, [True] * len(days)).middle == 14
    assert arrival([4, 1, 9], [True, True, True]).middle == 4


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_since_goes_back_until_overlooking_is_rare(share: float) -> None:
    days = np.arange(40)
    found = arrival(days, days >= 30, share)
    back = 30 - found.since
    assert (1 - share) ** back <= 0.05 < (1 - share) ** (back - 1)
    assert found.not_before == 29


@pytest.mark.parametrize("detection", [0.3, 0.6, 0.9])
def test_how_often_the_intervals_hold_the_day(detection: float) -> None:
    rng = np.random.default_rng(4)
    plain, wide = [], []
    for _ in range(400):
        days, found, came = life.arrivals(rng, 3, detection)
        if not found.any():
            continue
        one = arrival(days, found)
        plain.append(one.not_before < came <= one.first)
        wide.append(one.since < came <= one.first)
    assert np.mean(plain) == pytest.approx(detection, abs=0.08)
    assert np.mean(wide) > 0.91


def test_share() -> None:
    assert seen_share(0, 0) == 0.5
    assert seen_share(99, 99) == pytest.approx(0.995)
