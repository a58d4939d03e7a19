"""Before and after: the estimate against least squares, the chance by its level, the words by numbers."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy.sparse.csgraph import connected_components

from kit.analysis.before_after import before_after
from kit.errors import AnalysisError, NotFoundError, UsageError
from kit.stats import panel, permutation


def region(rng: np.random.Generator, days: int, stations: int, between: float, memory: float) -> np.ndarray:
    """Days that remember each other, stations that share weather; shape (days, stations)."""
    noise = rng.standard_normal((days + 30, stations + 1))
    found = np.zeros_like(noise)
    for i in range(1, len(noise)):
        found[i] = memory * found[i - 1] + np.sqrt(1 - memory**2) * noise[i]
    return np.sqrt(between) * found[30:, :1] + np.sqrt(1 - between) * found[30:, 1:]


def readings(values: np.ndarray, **coordinates: list[str]) -> xr.Dataset:
    names = [f"EE-{chr(65 + s)}/roof" for s in range(values.shape[1])]
    time = pd.date_range("2026-03-01", periods=len(values), freq="D", unit="us")
    return xr.Dataset(
        {"pm25": (("station", "time"), values.T)},
        {"station": names, "time": time, **{k: ("station", v) for k, v in coordinates.items()}},
        {"freq": "1D", "dataset_version": "3f9ac2d41b07", "rules": 1},
    )


def dummies(values: np.ndarray, after: np.ndarray, treated: np.ndarray) -> float:
    """Return the difference in differences by least squares with every dummy written out."""
    rows, y = [], []
    for t, s in np.argwhere(np.isfinite(values)):
        row = np.zeros(values.shape[0] + values.shape[1] + 1)
        row[t] = row[values.shape[0] + s] = 1
        row[-1] = after[t] and treated[s]
        rows.append(row)
        y.append(values[t, s])
    return float(np.linalg.lstsq(np.array(rows), np.array(y), rcond=None)[0][-1])


def test_difference_in_differences_is_least_squares_for_every_deal() -> None:
    rng = np.random.default_rng(1)
    values = region(rng, 25, 6, 0.5, 0.3)
    values[rng.random(values.shape) < 0.3] = np.nan
    after = np.arange(25) >= 11
    found = panel.difference_in_differences(values, after, np.arange(6) < 2)
    by_hand = [dummies(values, after, np.isin(np.arange(6), one)) for one in combinations(range(6), 2)]
    assert found.estimate == pytest.approx(by_hand[0])
    assert found.count == sum(abs(one) >= abs(by_hand[0]) - 1e-9 for one in by_hand)
    assert found.deals == 15
    assert found.smallest == pytest.approx(1 / 15)


@pytest.mark.parametrize("treated", [1, 2, 4])
def test_the_interval_holds_what_the_test_does_not_reject(treated: int) -> None:
    rng = np.random.default_rng(treated)
    values, after, mine = region(rng, 40, 8, 0.5, 0.0), np.arange(40) >= 20, np.arange(8) < treated
    values += np.outer(after, mine) * 1.5
    found = panel.difference_in_differences(values, after, mine)
    for effect in np.linspace(-1, 4, 41):
        left = panel.difference_in_differences(values - effect * np.outer(after, mine), after, mine)
        inside = found.low < effect < found.high
        assert inside == (left.p > 0.05) or min(abs(effect - found.low), abs(effect - found.high)) < 1e-6


def test_levels_are_least_squares_and_links_are_components() -> None:
    rng = np.random.default_rng(3)
    values = rng.normal(size=(30, 9)) + np.arange(9)
    values[rng.random(values.shape) < 0.5] = np.nan
    days, stations = np.nonzero(np.isfinite(values))
    design = np.hstack([np.eye(9)[stations], np.eye(30)[days]])
    level = np.linalg.lstsq(design, values[days, stations], rcond=None)[0][:9]
    assert panel.levels(values).stations == pytest.approx(level - level.mean())
    sparse = np.where(rng.random((12, 9)) < 0.12, 1.0, np.nan)
    held = np.nan_to_num(sparse)
    _, label = connected_components(held.T @ held)
    assert panel.linked(sparse).sum() == np.bincount(label).max()


def test_turning_by_hand() -> None:
    """Without a memory every turned step is the plain difference of means."""
    values, after = np.array([3.0, -3.0, 1.0, -2.0, 9.0, 4.0, 9.5]), np.arange(7) >= 4
    found = permutation.step(values, after)
    turned = [np.roll(values, k) for k in range(7)]
    by_hand = [row[after].mean() - row[~after].mean() for row in turned]
    assert found.estimate == pytest.approx(by_hand[0])
    assert found.count == sum(abs(one) >= abs(by_hand[0]) - 1e-9 for one in by_hand)


@pytest.mark.parametrize(("memory", "treated"), [(0.0, 1), (0.6, 1), (0.6, 3)])
def test_the_level_is_kept(memory: float, treated: int) -> None:
    rng = np.random.default_rng(int(10 * memory) + treated)
    said = 0
    for _ in range(250):
        values = region(rng, 60, 8, 0.5, memory)
        mine, after = np.arange(8) < treated, np.arange(60) >= 30
        if treated == 3:
            found = panel.difference_in_differences(values, after, mine)
        else:
            found = permutation.step(values[:, 0] - panel.levels(values[:, 1:]).days, after)
        said += found.p <= 0.05
    assert said / 250 <= 0.10


def test_a_change_is_found_and_said() -> None:
    rng = np.random.default_rng(5)
    values = 20 + 4 * region(rng, 90, 8, 0.8, 0.5)
    values[45:, :3] -= 6
    found = before_after(readings(values), "2026-04-15", ["EE-A", "EE-B/roof", "EE-C"])
    assert (found.n_treated, found.n_others, found.days_before, found.days_after) == (3, 5, 45, 45)
    assert found.low < -6 < found.high < 0
    assert (found.direction, found.count, found.orders) == ("down", 1, 56)
    text = found.sentence("en")
    assert f"{-found.change:.1f} µg/m³ lower from April 15, 2026 on" in text
    assert "the 5 stations that it was compared with" in text
    assert "in 1 of 56 shufflings; at the rarest in 1" in text
    assert "madalam" in found.sentence("et")
    assert found.table["treated"].sum() == 3
    assert found.to_dict("en")["smallest_p"] == pytest.approx(1 / 56)
    part = before_after(readings(values), "2026-04-15", "EE-A", by="weekend")
    assert set(part) <= {"Monday to Friday", "weekend"}


def test_one_place_is_judged_by_days_and_everything_alone_says_what_is_in_it() -> None:
    rng = np.random.default_rng(6)
    values = 20 + region(rng, 100, 4, 0.5, 0.3)
    values[50:, 0] += 3
    found = before_after(readings(values), "2026-04-20", "EE-A")
    assert (found.orders, found.direction) == (100, "up")
    assert found.low < 3 < found.high
    alone = before_after(readings(values), "2026-04-20")
    assert alone.n_others == 0
    assert "no other station" in alone.sentence("en")
    assert "season" in alone.caution("en")
    few = before_after(readings(values), "2026-04-20", "EE-A", method="stations")
    assert few.low == -np.inf
    assert "chance cannot be told" in few.sentence("en")
    assert few.to_dict("en")["low"] is None


def test_gaps_indoors_and_nonsense() -> None:
    rng = np.random.default_rng(7)
    values = 20 + region(rng, 90, 5, 0.5, 0.3)
    values[50:, 3] = np.nan
    exposure = ["roof", "roof", "indoor", "roof", "roof"]
    found = before_after(readings(values, exposure=exposure), "2026-04-15", "EE-A")
    assert found.n_others == 2
    assert found.remarks("en") == [
        "EE-C/roof was left out: it stands indoors.",
        "EE-D/roof was left out: it has less than half of the days before or after.",
    ]
    with pytest.raises(AnalysisError, match="None of the stations where something changed"):
        before_after(readings(values), "2026-04-15", "EE-D")
    with pytest.raises(AnalysisError, match="has 3 days before and 87 days after; 21 are needed"):
        before_after(readings(values), "2026-03-04", "EE-A")
    with pytest.raises(NotFoundError, match="There are: EE-A/roof"):
        before_after(readings(values), "2026-04-15", "EE-Z")
    with pytest.raises(UsageError, match="is no date"):
        before_after(readings(values), "when it snowed", "EE-A")
    with pytest.raises(UsageError, match="All stations are treated"):
        before_after(readings(values), "2026-04-15", method="stations")


def test_what_rounding_leaves_is_no_change() -> None:
    days = np.random.default_rng(8).normal(size=(90, 1)) + np.arange(6) / 3
    found = before_after(readings(days), "2026-04-15", "EE-A")
    assert (found.change, found.p, found.direction) == (0.0, 1.0, "unclear")
