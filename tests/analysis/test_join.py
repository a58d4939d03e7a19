"""Readings beside complete lists: who is compared with whom, what chance does, and the words."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from kit.analysis.join import join
from kit.errors import AnalysisError, UsageError
from kit.stats.matching import Pairs, pairs, turned

TIT = "Parus major"


def world(
    effect: float = 0.0, schools: int = 4, days: int = 92, seed: int = 0, hourly: bool = False
) -> tuple[xr.Dataset, pd.DataFrame]:
    """Readings of a spring, and a complete list on two or three school days a week."""
    rng = np.random.default_rng(seed)
    time = pd.date_range("2026-03-01", periods=days, unit="us")
    x = np.exp(2.3 + 0.5 * rng.standard_normal((1, days)) + 0.2 * rng.standard_normal((schools, days)))
    names = [f"EE-{chr(65 + s)}/roof" for s in range(schools)]
    values, freq, stamps = x, "1D", time
    if hourly:
        stamps = pd.date_range("2026-03-01", periods=24 * days, freq="h", unit="us")
        values, freq = np.repeat(x, 24, axis=1) + np.tile(np.arange(24.0), days), "1h"
    ds = xr.Dataset(
        {"pm25": (("station", "time"), values)},
        {"station": names, "time": stamps, "exposure": ("station", ["roof"] * schools),
         "zone": ("station", ["Europe/Tallinn"] * schools), "school": ("station", [n[:4] for n in names])},
        {"freq": freq, "dataset_version": "3f9ac2d41b07", "rules": 1},
    )  # fmt: skip
    rows = []
    for s, d in product(range(schools), range(days)):
        if time[d].weekday() < 5 and rng.random() < 0.5:
            chance = 1 / (1 + np.exp(-1 - effect * (x[s, d] - 10)))
            for name in ["Pica pica", TIT] if rng.random() < chance else ["Pica pica"]:
                rows.append((f"EE-{chr(65 + s)}/park", time[d].strftime("%Y-%m-%d"), name))
    frame = pd.DataFrame(rows, columns=["station", "eventDate", "scientificName"])
    return ds, frame.assign(
        eventID=frame["eventDate"], eventTime="08:30", complete=True, individualCount=1.0, flag=1,
        effort_minutes=20.0, occurrenceStatus="present", vernacularName="",
    )  # fmt: skip


def by_hand(group, day, near, within):  # type: ignore[no-untyped-def]
    found = []
    for a, b in combinations(range(len(group)), 2):
        alike = group[a] == group[b] and 0 < abs(day[a] - day[b]) <= within
        for values, reach in near:
            both = np.isnan(values[a]) and np.isnan(values[b])
            alike = alike and (both or abs(values[a] - values[b]) <= reach)
        if alike:
            found.append((a, b))
    return found


def test_pairs_by_hand() -> None:
    rng = np.random.default_rng(0)
    group, day = rng.integers(0, 3, 40), rng.integers(100, 140, 40)
    clock = np.where(rng.random(40) < 0.2, np.nan, rng.uniform(8, 14, 40))
    found = pairs(group, day, [(clock, 2.0)])
    one = {tuple(sorted(pair)) for pair in zip(found.first.tolist(), found.second.tolist(), strict=True)}
    assert one == set(by_hand(group, day, [(clock, 2.0)], 7))
    assert len(found.first) == len(one)
    partners = np.bincount(np.concatenate([found.first, found.second]), minlength=40)
    assert found.weight == pytest.approx(2 / (partners[found.first] + partners[found.second] + 2))
    assert len(pairs([], [], []).first) == 0


def test_a_group_of_alike_outings_weighs_as_its_own_mean() -> None:
    """All pairs of a group with these weights are the deviations from the group's mean."""
    rng = np.random.default_rng(1)
    x, y, day = rng.normal(size=7), rng.normal(size=7), np.arange(7)
    found = pairs(day * 0, day)
    dx, dy = (v[found.first] - v[found.second] for v in (x, y))
    assert (found.weight * dx * dy).sum() == pytest.approx(((x - x.mean()) * (y - y.mean())).sum())


def test_turning_is_least_squares_for_every_turn() -> None:
    rng = np.random.default_rng(2)
    days, n = 30, 45
    exposure = rng.normal(size=(days, 2)) + np.arange(days)[:, None] / 10
    exposure[4, 0] = np.nan
    season = np.repeat([0, 1], 15)
    day, column = rng.integers(5, days, n), rng.integers(0, 2, n)
    hour, outcome = rng.normal(size=n), rng.normal(size=n)
    matched = pairs(column, day)
    found = turned(outcome, exposure, day, column, season, matched, [hour])
    root = np.sqrt(matched.weight)

    def within(values: np.ndarray) -> np.ndarray:
        return root * (values[matched.first] - values[matched.second])

    others = [within(hour)]
    both = [(season[day] == s)[matched.first] & (season[day] == s)[matched.second] for s in (0, 1)]
    for s, power in product((0, 1), (1, 2)):
        centre = day - day[season[day] == s].mean()
        others.append(within(centre**power) * both[s])  # pairs across two seasons have none
    others = np.stack(others, axis=1)

    def left(a: int, b: int) -> tuple[np.ndarray, np.ndarray]:
        order = np.concatenate([(np.arange(15) + a) % 15, 15 + (np.arange(15) + b) % 15])
        both_sides = np.nan_to_num(within(exposure[order][day, column])), within(outcome)
        x, y = (v - others @ np.linalg.lstsq(others, v, rcond=None)[0] for v in both_sides)
        return x, y

    def cosine(a: int, b: int) -> float:
        x, y = left(a, b)
        return float(x @ y / np.linalg.norm(x))

    x, y = left(0, 0)
    assert found.estimate == pytest.approx(float(x @ y / (x @ x)))
    assert found.deals == 225
    real = abs(cosine(0, 0))
    assert found.count == sum(abs(cosine(a, b)) >= real - 1e-9 for a, b in product(range(15), repeat=2))


def test_a_slope_and_a_bend_of_the_season_do_nothing() -> None:
    rng = np.random.default_rng(3)
    day = np.sort(rng.integers(0, 60, 80))
    exposure = rng.normal(size=(60, 1))
    outcome, zero = rng.normal(size=80), day * 0
    matched = pairs(zero, day)
    plain = turned(outcome, exposure, day, zero, np.zeros(60), matched)
    bent = turned(outcome + 0.3 * day - 0.01 * day**2, exposure, day, zero, np.zeros(60), matched)
    assert bent.estimate == pytest.approx(plain.estimate)
    assert bent.count == plain.count


@pytest.mark.parametrize(("schools", "memory"), [(1, 0.0), (4, 0.6)])
def test_the_level_is_kept(schools: int, memory: float) -> None:
    rng = np.random.default_rng(schools)

    def remembering(*shape: int) -> np.ndarray:
        found = rng.standard_normal(shape)
        for i in range(1, shape[0]):
            found[i] = memory * found[i - 1] + np.sqrt(1 - memory**2) * found[i]
        return found

    said = 0
    for _ in range(150):
        season = 2 * np.sin(np.arange(90) / 58)[:, None]
        x = season + remembering(90, 1) + 0.5 * remembering(90, schools)
        y = season + remembering(90, 1) + 0.5 * remembering(90, schools)
        school, day = rng.integers(0, schools, 100), rng.integers(0, 90, 100)
        seen = (rng.random(100) < 1 / (1 + np.exp(-y[day, school]))).astype(float)
        said += turned(seen, x, day, school, np.zeros(90), pairs(school, day)).p <= 0.05
    assert said / 150 <= 0.10


def test_fewer_lists_on_smoky_days() -> None:
    ds, sightings = world(effect=-0.3)
    found = join(ds, sightings, "great tit")
    assert (found.direction, found.variable, found.schools, found.version) == (
        "down",
        "pm25",
        4,
        "3f9ac2d41b07/1",
    )
    assert found.high < 0
    text = found.sentence("en")
    size, low, high = (-100 * found.step * v for v in (found.slope, found.high, found.low))
    assert f"{size:.0f} of 100 lists fewer for every {found.step:.0f} µg/m³ more" in text
    assert f"(between {low:.0f} and {high:.0f})" in text
    assert f"in {found.count} of {found.orders} tries; at the rarest in 1." in text
    assert "nimekirja sajast vähem" in found.sentence("et")
    assert "not of how many animals" in found.caution("en")
    assert any("weather may be behind this" in one for one in found.remarks("en"))
    lower, higher = found.table["noted"]
    assert lower > higher
    assert found.table["readings"].is_monotonic_increasing
    assert found.to_dict("en")["direction"] == "down"
    lists = join(ds, sightings)
    assert lists.slope == pytest.approx(found.slope)  # the other species is on every list
    assert "species fewer for every" in lists.sentence("en")


def test_nothing_is_found_where_nothing_is() -> None:
    ds, sightings = world(seed=5)
    found = join(ds, sightings, TIT)
    assert found.direction == "unclear"
    assert "no clear connection with PM2.5" in found.sentence("en")


def test_only_what_is_alike_is_compared() -> None:
    ds, sightings = world(effect=-0.2)
    temperature = np.where(np.arange(92) % 2, 20.0, 0.0) + np.zeros((4, 1))
    warm = ds.assign(temperature=(("station", "time"), temperature))
    plain, matched = join(ds, sightings, TIT), join(warm, sightings, TIT, "pm25")
    assert matched.pairs < 0.7 * plain.pairs
    assert matched.weather == ("temperature",)
    assert "They were also alike in: air temperature." in matched.remarks("en")
    hours = sightings.assign(eventTime=np.where(sightings["station"] < "EE-C", "08:30", ""))
    unknown = join(ds, hours, TIT)
    assert unknown.pairs == plain.pairs
    assert "Surveys without hour or effort" in " ".join(unknown.remarks("en"))
    days = sightings["eventDate"].str[-1].astype(int)
    apart = sightings.assign(effort_minutes=np.where(days % 2, 5.0, 60.0))
    assert join(ds, apart, TIT).pairs < plain.pairs


def test_lists_of_one_hour_are_one_survey_and_indoor_readings_are_none() -> None:
    ds, sightings = world(effect=-0.2)
    again = pd.concat(
        [sightings, sightings.assign(eventID="second " + sightings["eventID"])], ignore_index=True
    )
    once, twice = join(ds, sightings, TIT), join(ds, again, TIT)
    assert (twice.slope, twice.p, twice.surveys) == (once.slope, once.p, once.surveys)
    assert twice.n == 2 * once.n
    indoors = ds.assign_coords(exposure=("station", ["indoor", "roof", "roof", "roof"]))
    fewer = join(indoors, sightings, TIT)
    assert fewer.schools == 3
    assert "at whose school nothing was measured" in fewer.remarks("en")[0]


def test_hourly_readings_are_those_of_the_hour_by_the_local_clock() -> None:
    """08:30 is 06:30 UTC in winter and 05:30 in summer time, which began on 29 March."""
    ds, sightings = world(effect=-0.3, hourly=True)
    found = join(ds, sightings, TIT)
    daily, _ = world(effect=-0.3)
    plain = join(daily, sightings, TIT)
    assert found.surveys == plain.surveys
    summer = sightings[sightings["eventDate"] >= "2026-04-06"]
    shifted = join(ds, summer, TIT).table["readings"] - join(daily, summer, TIT).table["readings"]
    assert shifted.to_numpy() == pytest.approx([5.0, 5.0])
    winter = sightings[sightings["eventDate"] < "2026-03-29"]
    shifted = join(ds, winter, TIT).table["readings"] - join(daily, winter, TIT).table["readings"]
    assert shifted.to_numpy() == pytest.approx([6.0, 6.0])


def test_too_little_and_nonsense() -> None:
    ds, sightings = world()
    with pytest.raises(AnalysisError, match="Too few surveys can be compared"):
        join(ds, sightings[sightings["eventDate"] < "2026-03-08"], TIT)
    with pytest.raises(AnalysisError, match="Too few surveys can be compared: 0 have"):
        join(ds, sightings.assign(eventDate="2025-03-08"), TIT)
    with pytest.raises(AnalysisError, match="the same was noted"):
        join(ds, sightings, "Pica pica")
    with pytest.raises(AnalysisError, match="the same was measured"):
        join(ds.assign(pm25=ds["pm25"] * 0 + 5), sightings, TIT)
    with pytest.raises(AnalysisError, match="stands on none of the"):
        join(ds, sightings, "Bufo bufo")
    with pytest.raises(AnalysisError, match="There are no readings here"):
        join(ds.assign(pm25=ds["pm25"] * np.nan), sightings, TIT)
    with pytest.raises(AnalysisError, match="neither daily nor hourly"):
        join(ds.isel(time=slice(0, 90, 30)).assign_attrs(freq="1M"), sightings, TIT)
    with pytest.raises(UsageError, match="is a direction"):
        join(ds.rename(pm25="wind_direction"), sightings, TIT)
    with pytest.raises(UsageError, match="Which variable"):
        join(ds, sightings, TIT, "no2")
    parts = join(ds, sightings, TIT, by="school")
    assert set(parts.labels) == {"EE-A", "EE-B", "EE-C", "EE-D"}


def test_one_week_cannot_tell() -> None:
    matched = Pairs(np.array([0, 1]), np.array([1, 2]), np.ones(2))
    found = turned([0, 1, 1], [[1.0], [5.0], [2.0]], [0, 1, 2], [0, 0, 0], [0, 0, 0], matched)
    assert found.deals == 3
    same = turned([0, 1, 1], np.ones((3, 1)), [0, 1, 2], [0, 0, 0], [0, 0, 0], matched)
    assert np.isnan(same.estimate)
