"""Neighbours and other years: faults are found, real events are left alone; against a slow loop."""

from __future__ import annotations

import math
from dataclasses import replace
from statistics import median

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.checks import limits
from kit.checks.context import run_context
from kit.checks.hours import median_of_rows
from kit.checks.neighbours import TO_SIGMA, suspicious
from kit.model import Station

DAYS = 31
HOURS = 24 * DAYS
TIMES = pd.date_range("2026-05-01", periods=HOURS, freq="h").as_unit("us")
CLOCK = TIMES.hour.to_numpy()


def town(count=5, **more):
    """Stations a few kilometres apart."""
    return {
        f"s/{n}": Station(f"s/{n}", latitude=58.38 + 0.02 * n, longitude=26.7, elevation=40.0, **more)
        for n in range(count)
    }


def weather(count=5, seed=1):
    """Temperatures: one weather for all, noise and a difference of each station's own."""
    rng = np.random.default_rng(seed)
    shared = 12 + 6 * np.sin((CLOCK - 9) / 24 * 2 * np.pi) + np.cumsum(rng.normal(0, 0.2, HOURS))
    return shared + rng.normal(0, 0.4, (count, HOURS)) + rng.normal(0, 0.5, (count, 1))


def dust(count=5, seed=1):
    rng = np.random.default_rng(seed)
    shared = np.exp(2.3 + 0.5 * np.sin(np.arange(HOURS) / 40))
    return shared * np.exp(rng.normal(0, 0.15, (count, HOURS)) + rng.normal(0, 0.2, (count, 1)))


def long(values, variable="temperature", flag=1, times=TIMES):
    parts = [
        pd.DataFrame({
            "station": f"s/{n}", "sensor": "1", "variable": variable, "time": times, "period": 3600,
            "value": row, "flag": np.int8(flag), "reason": "", "row": 1, "submission": "x",
        })
        for n, row in enumerate(values)
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def found(values, variable="temperature", stations=None, code="neighbours"):
    table = long(values, variable)
    result = run_context(table, stations or town(len(values)), {})
    mask = np.array([code in text for text in result.reason])
    return {
        key: np.flatnonzero(mask[table["station"] == key]).tolist()
        for key in dict.fromkeys(table["station"][mask])
    }


@pytest.mark.parametrize("seed", range(8))
def test_good_stations_are_left_alone(seed):
    assert found(weather(seed=seed)) == {}
    assert found(dust(seed=seed), "pm25") == {}


@pytest.mark.parametrize("count", [4, 5, 20])
def test_a_sensor_in_the_sun_is_found(count):
    values = weather(count)
    sunny = (CLOCK >= 9) & (CLOCK <= 14)
    values[1] += np.where(sunny & (TIMES.day.to_numpy() > 20), 11.0, 0.0)
    hit = found(values)
    assert set(hit) == {"s/1"}
    assert set(hit["s/1"]) <= set(np.flatnonzero(sunny))
    assert len(hit["s/1"]) > 55  # of 66


def test_a_sensor_that_is_wrong_all_the_time_is_found():
    values = weather()
    values[2] += 12.0
    hit = found(values)
    assert set(hit) == {"s/2"}
    assert len(hit["s/2"]) > 0.9 * HOURS


def test_a_dead_dust_sensor_and_a_screaming_one_are_found():
    values = dust()
    values[0] *= 6
    values[0, 300:340] = 0.2
    values[3, 100:150] = 400.0
    hit = found(values, "pm25")
    assert set(hit) == {"s/0", "s/3"}
    assert set(hit["s/3"]) == set(range(100, 150))
    assert set(range(300, 340)) <= set(hit["s/0"])


@pytest.mark.parametrize("sharing", [2, 3, 5])
def test_fireworks_that_several_stations_share_are_real(sharing):
    values = dust()
    values[:sharing, 200:206] += np.array([400, 350, 250, 150, 90, 60])
    assert found(values, "pm25") == {}


def test_a_short_peak_at_one_road_is_real():
    values = dust()
    values[0, 200:203] += 300
    assert found(values, "pm25") == {}


def test_sunny_mornings_that_two_share_are_real():
    values = weather()
    values[:2] += np.where((CLOCK >= 7) & (CLOCK <= 11), 9.0, 0.0)
    assert found(values) == {}


def test_a_hill_is_colder_by_its_height():
    values = weather()
    values[4] -= 0.0065 * 1500
    stations = town()
    stations["s/4"] = replace(stations["s/4"], elevation=1540.0)
    assert found(values, stations=stations) == {}
    assert set(found(values)) == {"s/4"}  # without its height it would be a wrong sensor
    unknown = {**stations, "s/4": replace(stations["s/4"], elevation=None)}
    assert found(values, stations=unknown) == {}  # a height that nobody knows may be the reason


def test_stations_far_away_indoors_or_without_a_place_are_no_neighbours():
    values = weather(4)
    values[0, 100:120] += 15
    assert set(found(values)) == {"s/0"}
    stations = town(4)
    for other in (
        replace(stations["s/3"], latitude=60.5), replace(stations["s/3"], exposure="indoor"),
        replace(stations["s/3"], latitude=None),
    ):  # fmt: skip
        known = {**stations, "s/3": other}
        assert found(values, stations=known) == {}
        result = run_context(long(values), known, {})
        assert {n.station for n in result.not_run if n.check == "neighbours"} == set(stations)


def test_rows_in_any_order_give_the_same():
    values = weather()
    values[2, 100:120] += 15
    table = long(values)
    mixed = table.sample(frac=1, random_state=5)
    straight, other = (run_context(one, town(), {}) for one in (table, mixed))
    assert (straight.reason[mixed.index] == other.reason).all()
    assert (straight.reason != "").sum() == 20


def test_failed_values_neither_count_nor_get_a_reason():
    values = weather(4)
    values[0, 100:120] += 15
    table = long(values)
    table.loc[(table["station"] == "s/0") & table["time"].isin(TIMES[100:120]), "flag"] = np.int8(4)
    assert set(run_context(table, town(4), {}).reason) == {""}


def slow_suspicious(apart, own):
    """The definition, hour by hour, before the rule of hours running."""
    sides = []
    for column in apart.T:
        there = [v for v in column if not math.isnan(v)]
        middle = median(there) if there else 0.0
        scatter = TO_SIGMA * median([abs(v - middle) for v in there]) if there else 0.0
        side = math.copysign(1, middle)
        far = len(there) >= own.one("least") and abs(middle) > max(
            own.one("minimum"), own.one("times") * scatter
        )
        far = far and min(v * side for v in there) >= own.one("alone") * abs(middle)
        sides.append(side if far else 0.0)
    marked = [False] * len(sides)
    for start in range(len(sides)):
        end = start
        while end < len(sides) and sides[end] == sides[start]:
            end += 1
        if sides[start] and end - start >= own.one("hours"):
            marked[start:end] = [True] * (end - start)
    return marked


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from([0.0, 0.3, -7.0, 7.0, 9.0, 20.0, math.nan]), min_size=8, max_size=8),
             min_size=1, max_size=5)
)  # fmt: skip
def test_the_verdict_is_its_definition(rows):
    apart, own = np.array(rows), limits("neighbours", "temperature")
    found = suspicious(np.zeros(apart.shape[1]), apart, own)
    assert found.tolist() == slow_suspicious(apart, own)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.one_of(st.floats(-9, 9), st.just(math.nan)), min_size=3, max_size=3), min_size=1))
def test_medians_of_columns(rows):
    table = np.array(rows)
    expected = [median([v for v in column if not math.isnan(v)] or [math.nan]) for column in table.T]
    np.testing.assert_allclose(median_of_rows(table), expected)


def years(count, seed=2):
    times = pd.date_range("2020-05-01", f"{2019 + count}-05-31T23:00", freq="h").as_unit("us")
    times = times[times.month == 5]
    rng = np.random.default_rng(seed)
    value = 12 + 6 * np.sin((times.hour.to_numpy() - 9) / 24 * 2 * np.pi) + rng.normal(0, 2, len(times))
    return times, value


def test_a_value_unlike_those_of_other_years_is_suspect():
    times, value = years(5)
    value[1000] = 44.0
    table = long([value], times=times)
    result = run_context(table, town(1), {})
    assert np.flatnonzero(result.reason == "other-years").tolist() == [1000]


@pytest.mark.parametrize(("count", "told"), [(3, True), (4, False)])
def test_three_other_years_are_needed(count, told):
    times, value = years(count)
    value[1000] = 44.0
    result = run_context(long([value], times=times), town(1), {})
    assert any(n.check == "other-years" for n in result.not_run) == told
    assert (result.reason == "other-years").any() != told


def test_years_with_half_a_month_do_not_count():
    times, value = years(4)
    keep = (times.year != 2021) | (times.day > 15)
    result = run_context(long([value[keep]], times=times[keep]), town(1), {})
    # 2021 can be compared with the three others; these have two full ones and half a one
    assert not any(n.check == "other-years" for n in result.not_run)
    value[10] = 60.0
    result = run_context(long([value[keep]], times=times[keep]), town(1), {})
    assert not (result.reason == "other-years").any()
