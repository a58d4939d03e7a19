"""Windows, pauses, seasons and places against slow loops written from the definition."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.checks import limits, places, run, seasons, windows
from kit.checks.ranges import gross_range
from kit.model import Station

NAN = float("nan")
SPANS = st.sampled_from([-90.0, -5.0, 0.0, 3.0, NAN])


@st.composite
def long_series(draw):
    hours, values, series = [], [], []
    for number in range(draw(st.integers(1, 3))):
        now = draw(st.sampled_from([0.0, 100.0]))
        for _ in range(draw(st.integers(0, 20))):
            now += draw(st.sampled_from([1.0, 1.0, 0.25, 2.0, 5.0]))
            hours.append(now)
            values.append(draw(st.sampled_from([0.0, 0.1, 1.0, 1.2, 4.0, 9.0, NAN])))
            series.append(number)
    return np.array(hours, dtype=float), np.array(values, dtype=float), np.array(series, dtype=np.int64)


@settings(max_examples=300, deadline=None)
@given(long_series(), st.sampled_from([1.0, 2.5, 6.0]), st.integers(1, 4))
def test_attenuated_signal_is_its_definition(data, window, least):
    hours, value, series = data
    found = windows.attenuated_signal(hours, value, series, window, 0.5, 0.15, least)
    for i in range(len(value)):
        inside = [
            value[j]
            for j in range(i + 1)
            if series[j] == series[i] and hours[j] > hours[i] - window and not math.isnan(value[j])
        ]
        if math.isnan(value[i]):
            expected = 9
        elif len(inside) < least:
            expected = 2
        else:
            width = max(inside) - min(inside)
            expected = 4 if width < 0.15 else 3 if width < 0.5 else 1
        assert found[i] == expected, (i, inside)


@settings(max_examples=200, deadline=None)
@given(long_series(), st.floats(0.0, 10.0), st.integers(1, 8))
def test_a_quick_look_never_misses_a_quiet_window(data, suspect, count):
    _, value, _ = data
    value = value[np.isfinite(value)]
    quiet = any(
        max(value[i : i + count]) - min(value[i : i + count]) < suspect for i in range(len(value) - count + 1)
    )
    assert windows.may_be_quiet(value, suspect, count) or not quiet or not len(value)


@settings(max_examples=200, deadline=None)
@given(long_series(), st.sampled_from([0.5, 1.0, 3.0]))
def test_a_pause_is_a_long_step_in_one_series(data, gap):
    hours, _, series = data
    found = windows.time_gap(hours, series, gap)
    expected = [
        3 if i and series[i] == series[i - 1] and hours[i] - hours[i - 1] > gap else 1
        for i in range(len(hours))
    ]
    assert found.tolist() == expected


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from([-100.0, -5.0, -4.9, 0.0, 3.0, 5.0, math.inf, -math.inf, NAN]), max_size=30),
    SPANS, SPANS, st.sampled_from([3.0, 5.0, NAN]), st.sampled_from([3.0, 4.0, NAN]),
)  # fmt: skip
def test_gross_range_is_its_definition(values, fail_min, suspect_min, fail_max, suspect_max):
    found = gross_range(np.array(values, dtype=float), fail_min, fail_max, suspect_min, suspect_max)
    for value, flag in zip(values, found.tolist(), strict=True):
        if math.isnan(value):
            assert flag == 9
        elif value < fail_min or value > fail_max:
            assert flag == 4
        else:
            assert flag == (3 if value < suspect_min or value > suspect_max else 1)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([0.0, 58.4, 90.0, 90.1, -91.0, NAN]),
            st.sampled_from([0.0, 26.7, 180.0, -181.0, NAN]),
        )
    )
)
def test_places_are_judged_one_by_one_as_all_together(pairs):
    latitude, longitude = (np.array([pair[k] for pair in pairs], dtype=float) for k in (0, 1))
    found = places.impossible_locations(latitude, longitude)
    for (lat, lon), flag in zip(pairs, found.tolist(), strict=True):
        both = math.isnan(lat) and math.isnan(lon)
        one = math.isnan(lat) or math.isnan(lon)
        assert flag == (9 if both else 4 if one else int(places.impossible_location(lat, lon)))


def test_half_years_change_places_at_the_equator():
    time = pd.date_range("2025-01-15", periods=12, freq="MS").to_numpy().astype("M8[us]")
    north, south = seasons.is_summer(time, 58.0), seasons.is_summer(time, -33.0)
    assert (north != south).all()
    assert (pd.DatetimeIndex(time[north]).month.tolist()) == [4, 5, 6, 7, 8, 9]


def test_the_limits_of_wmo_by_band_and_half_year():
    own = limits("half-year-range", "temperature")
    january, july = (np.array([day], "M8[us]") for day in ("2026-01-10", "2026-07-10"))

    def flag(value, time, latitude):
        return int(seasons.half_year_range(np.array([value]), time, latitude, own)[0])

    assert [flag(v, january, 58.0) for v in (-91, -85, -40, 35, 36, 41)] == [4, 3, 1, 1, 3, 4]
    assert [flag(v, july, 58.0) for v in (-41, -35, -30, 40, 45, 51)] == [4, 3, 1, 1, 3, 4]
    assert [flag(v, january, 45.0) for v in (-41, -35, 50, 52, 56)] == [4, 3, 1, 3, 4]
    assert flag(45.0, january, -50.0) == 3  # summer there
    wind = limits("half-year-range", "wind_speed")
    assert seasons.half_year_range(np.array([45.0]), july, 58.0, wind)[0] == 3
    assert seasons.half_year_range(np.array([45.0]), january, 58.0, wind)[0] == 1


def test_a_pause_is_told_and_flags_nothing():
    times = pd.date_range("2026-03-01", periods=200, freq="h")
    keep = np.ones(200, dtype=bool)
    keep[50:60], keep[100:130] = False, False
    frame = pd.DataFrame({
        "station": "s/a", "sensor": "1", "variable": "temperature", "period": 0, "time": times,
        "value": 5 + np.sin(np.arange(200) / 4),
    })[keep]  # fmt: skip
    done = run(frame, {})
    assert set(done.flag) == {1}
    (gap,) = done.gaps
    assert (gap.count, gap.hours, str(gap.start)[:13]) == (2, 31.0, "2026-03-05T03")


def test_a_station_outside_its_region_is_suspect():
    frame = pd.DataFrame({
        "station": "s/a", "sensor": "1", "variable": "rain", "period": 0, "value": 0.0,
        "time": pd.date_range("2026-03-01", periods=5, freq="h"),
    })  # fmt: skip
    swapped = {"s/a": Station("s/a", region="EE-79", latitude=26.72, longitude=58.38)}
    assert set(run(frame, swapped).reason) == {"outside-region"}
    right = {"s/a": Station("s/a", region="EE-79", latitude=58.38, longitude=26.72)}
    assert set(run(frame, right).flag) == {1}
