"""Sums over stretches of any length, against sums of the true rain minute by minute."""

from __future__ import annotations

from itertools import chain, combinations, pairwise

import numpy as np
import pandas as pd
import pytest

from kit import aggregate
from kit.aggregate.sums import by_hour, separate
from kit.model import Station

STATIONS = {"s/a": Station("s/a", zone="Etc/GMT-2")}
MINUTE = 60


def stretches(edges: np.ndarray, fell: np.ndarray, start: str = "2026-03-01T22:00") -> pd.DataFrame:
    """Amounts between neighbouring ``edges`` (minutes since ``start``); ``fell``: the rain of each minute."""
    total = np.append(0.0, np.cumsum(fell))
    times = pd.Timestamp(start) + pd.to_timedelta(edges, unit="min")
    return pd.DataFrame({
        "station": "s/a", "sensor": "1", "variable": "rain", "time": times[:-1].as_unit("us"),
        "period": (np.diff(edges) * MINUTE).astype("int32"), "value": np.diff(total[edges]), "flag": 1,
    })  # fmt: skip


def rain(minutes: int, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.where(rng.random(minutes) < 0.05, rng.integers(1, 5, minutes) * 0.2, 0.0)


@pytest.mark.parametrize("seed", range(5))
def test_days_of_irregular_readings_are_the_true_ones_but_for_what_lies_on_their_borders(seed: int) -> None:
    fell = rain(3 * 1440, seed)
    rng = np.random.default_rng(seed + 100)
    edges = np.unique(np.append(rng.choice(3 * 1440, 700, replace=False), [0, 1440, 2880, 4320]))
    days = aggregate.to_freq(stretches(edges, fell), STATIONS, "1D")
    assert days["time"].dt.strftime("%m-%d").tolist() == ["03-02", "03-03", "03-04"]
    np.testing.assert_allclose(days["value"], fell.reshape(3, 1440).sum(1), atol=1e-9)
    assert not days["at_least"].any()
    loose = np.delete(edges, np.searchsorted(edges, [1440, 2880]))  # no reading at midnight
    days = aggregate.to_freq(stretches(loose, fell), STATIONS, "1D")
    assert days["value"].sum() == pytest.approx(fell.sum())
    border = 2 * stretches(loose, fell)["value"].max()
    assert (abs(days["value"] - fell.reshape(3, 1440).sum(1)) <= border).all()


def test_hours_share_a_stretch_by_time_and_long_ones_give_no_hour() -> None:
    table = stretches(np.array([0, 50, 110, 130, 400, 420, 480]), np.full(480, 0.1))
    hours = aggregate.to_freq(table, STATIONS, "1h")
    assert hours["value"].round(9).tolist()[:2] == [6.0, 6.0]
    assert hours["value"].isna().tolist() == [False, False, True, True, True, True, True, False]
    days = aggregate.to_freq(table, STATIONS, "1D")
    assert days["value"].tolist() == [pytest.approx(48.0)]
    assert days["at_least"].tolist() == [True]  # only eight hours


def test_a_gap_of_days_counts_in_its_month_and_in_no_day() -> None:
    fell = rain(31 * 1440, 3)
    edges = np.arange(0, 31 * 1440 + 1, 10)
    gap = (edges > 5 * 1440 + 900) & (edges < 8 * 1440 + 480)
    table = stretches(edges[~gap], fell, "2026-02-28T22:00")
    month = aggregate.to_freq(table, STATIONS, "1MS").iloc[0]
    assert month["value"] == pytest.approx(fell.sum())
    assert month["coverage"] == pytest.approx(1.0)
    assert not month["at_least"]
    days = aggregate.to_freq(table, STATIONS, "1D").set_index("time")
    assert len(days) == 29  # two days lie wholly in the gap
    assert days.loc[["2026-03-06", "2026-03-09"], "at_least"].all()
    assert days["at_least"].sum() == 2
    year = aggregate.to_freq(table, STATIONS, "1YS").iloc[0]
    assert year["value"] == pytest.approx(fell.sum())
    assert year["at_least"]


def test_weekly_totals_beside_daily_ones_are_not_added_to_them() -> None:
    start = pd.Timestamp("2026-02-28T22:00")
    daily = pd.DataFrame(
        {"time": start + pd.to_timedelta(np.arange(31), unit="D"), "period": 86400, "value": 1.0}
    )
    weekly = pd.DataFrame(
        {"time": start + pd.to_timedelta([0, 7, 14], unit="D"), "period": 604800, "value": 7.0}
    )
    table = pd.concat([daily, weekly], ignore_index=True).assign(
        station="s/a", sensor="1", variable="rain", flag=1
    )
    month = aggregate.to_freq(table, STATIONS, "1MS").iloc[0]
    assert month["value"] == 31.0


def test_overlapping_exports_are_counted_once() -> None:
    fell = rain(1440)
    fine, coarse = np.arange(0, 1441, 5), np.arange(0, 1441, 30)
    holes = np.delete(fine, np.arange(40, 80))
    for parts in ((fine, coarse), (coarse, holes), (holes, fine), (fine + 0, fine + 0)):
        table = pd.concat([stretches(part, fell) for part in parts], ignore_index=True)
        days = aggregate.to_freq(table, STATIONS, "1D")
        assert days["value"].tolist() == [pytest.approx(fell.sum())]


def best_by_trying(start: list[int], end: list[int]) -> int:
    """The most time that stretches without overlap cover, found by trying all subsets."""
    every = chain.from_iterable(combinations(range(len(start)), n) for n in range(len(start) + 1))
    best = 0
    for chosen in every:
        rows = sorted(chosen, key=lambda one: start[one])
        if all(end[a] <= start[b] for a, b in pairwise(rows)):
            best = max(best, sum(end[one] - start[one] for one in rows))
    return best


@pytest.mark.parametrize("seed", range(30))
def test_separate_covers_as_much_as_any_choice(seed: int) -> None:
    rng = np.random.default_rng(seed)
    start = rng.integers(0, 40, 9) * 100
    period = rng.integers(1, 12, 9) * 100
    use = separate(np.zeros(9, np.int64), start, period)
    chosen = sorted(zip(start[use].tolist(), (start + period)[use].tolist(), strict=True))
    assert all(a[1] <= b[0] for a, b in pairwise(chosen))
    assert period[use].sum() == best_by_trying(start.tolist(), (start + period).tolist())


def test_series_do_not_disturb_each_other_and_all_is_found_again() -> None:
    series = np.array([0, 1, 1, 0])
    stamp = np.array([0, 0, 1800, 1800]) * 1_000_000
    found = by_hour(series, stamp, np.full(4, 1800), np.array([1.0, 2, 3, 4]), np.ones(4, np.int64))
    assert found["value"].tolist() == [5.0, 5.0]
    assert found["coverage"].tolist() == [1.0, 1.0]


def test_steady_stated_periods_are_as_before() -> None:
    times = pd.date_range("2026-03-01T22:00", periods=96, freq="15min").as_unit("us")
    table = pd.DataFrame({
        "station": "s/a", "sensor": "1", "variable": "rain", "time": times, "period": 900, "value": 0.2,
        "flag": 1,
    })  # fmt: skip
    hours = aggregate.to_freq(table, STATIONS, "1h")
    assert hours["value"].round(9).tolist() == [0.8] * 24
    assert not hours["at_least"].any()
    assert aggregate.to_freq(table.drop(index=[5]), STATIONS, "1h")["at_least"].tolist()[:3] == [
        False,
        True,
        False,
    ]
