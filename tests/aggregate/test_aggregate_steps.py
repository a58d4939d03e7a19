"""The steps of aggregation, against a slow plain-Python reference and by hand."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit import aggregate
from kit.errors import UsageError
from kit.model import Station

ZONES = {"s/a": "Europe/Tallinn", "s/b": "Asia/Kolkata", "s/c": "America/New_York"}
OFFSET = {"s/a": 120, "s/b": 330, "s/c": -300}  # minutes of standard time
STATIONS = {name: Station(name, zone=zone) for name, zone in ZONES.items()}


def table(values, variable="pm25", start="2019-03-01", freq="h", **more):
    columns = {"station": "s/a", "sensor": "1", "variable": variable, "period": 0, "flag": 1, **more}
    times = pd.date_range(start, periods=len(values), freq=freq).as_unit("us")
    return pd.DataFrame({"time": times, "value": np.array(values, dtype=float), **columns})


def put(*tables):
    return pd.concat(tables, ignore_index=True)


# ---------------------------------------------------------------- the slow reference


def vector(pairs):
    """Mean direction of (direction, speed) pairs; None where it points nowhere."""
    east = sum(s * math.sin(math.radians(d)) for d, s in pairs)
    north = sum(s * math.cos(math.radians(d)) for d, s in pairs)
    if not pairs or math.hypot(east, north) / len(pairs) < 1e-6:
        return None
    return math.degrees(math.atan2(east, north)) % 360


def slow_days(rows, interval, kind):
    """Days from (station, sensor, datetime, value, flag) rows of one variable: dicts and loops only."""
    hours = defaultdict(list)
    for station, sensor, time, value, flag in rows:
        if flag in (1, 2, 3) and not math.isnan(value):
            hours[station, sensor, time.replace(minute=0, second=0)].append((value, flag))
    expected = 3600 / interval
    merged = defaultdict(list)
    for (station, _sensor, hour), found in hours.items():
        values = [v for v, _ in found]
        worst = max(f for _, f in found)
        if kind == "sum":
            merged[station, hour].append(
                (sum(values), worst, len(values) == expected, len(values) / expected)
            )
        elif len(values) / expected >= 0.75:
            merged[station, hour].append(
                (max(values) if kind == "max" else sum(values) / len(values), worst, True, 1)
            )
        else:
            merged[station, hour] += []
    days = defaultdict(list)
    for (station, hour), sensors in merged.items():
        day = (hour + timedelta(minutes=OFFSET[station])).date()
        if kind == "sum" and any(whole for _, _, whole, _ in sensors):
            sensors = [s for s in sensors if s[2]]
        days[station, day] += []
        if sensors:
            mean = sum(s[0] for s in sensors) / len(sensors)
            part = 1 if sensors[0][2] else max(s[3] for s in sensors)
            days[station, day].append((mean, max(s[1] for s in sensors), sensors[0][2], part))
    result = {}
    for key, found in days.items():
        coverage = sum(part for *_, part in found) / 24
        values = [v for v, *_ in found]
        value = float("nan")
        if values and (kind == "sum" or coverage >= 0.75):
            value = {"sum": sum(values), "max": max(values), "mean": sum(values) / len(values)}[kind]
        at_least = kind == "sum" and (coverage < 1 or not all(w for _, _, w, _ in found))
        result[key] = (value, len(found), coverage, max((f for _, f, *_ in found), default=9), at_least)
    return result


@pytest.mark.parametrize(("variable", "kind"), [("pm25", "mean"), ("rain", "sum"), ("wind_gust", "max")])
@pytest.mark.parametrize("seed", range(4))
def test_days_are_those_of_the_slow_reference(variable, kind, seed):
    rng = random.Random(seed)
    interval = rng.choice([300, 600, 900, 3600])
    rows = []
    for station in ZONES:
        for sensor in ("1", "2")[: rng.randint(1, 2)]:
            for step in range(0, 5 * 86400, interval):
                time = datetime(2019, 3, 29) + timedelta(seconds=step)
                dead = rng.random() < 0.1 or (station == "s/b" and 30 <= step // 3600 < 38)
                if not dead:
                    value = float("nan") if rng.random() < 0.03 else round(rng.expovariate(0.1), 2)
                    rows.append((station, sensor, time, value, rng.choice([1, 1, 1, 2, 3, 4])))
    frame = pd.DataFrame(rows, columns=["station", "sensor", "time", "value", "flag"])
    frame["time"] = frame["time"].astype("datetime64[us]")
    frame = frame.assign(variable=variable, period=0).sample(frac=1, random_state=seed)
    fast = aggregate.to_freq(frame, STATIONS, "1D")
    slow = slow_days(rows, interval, kind)
    assert len(fast) == len(slow)
    assert len(fast) >= 15
    for row in fast.itertuples():
        value, n, coverage, flag, at_least = slow[row.station, row.time.date()]
        assert row.value == pytest.approx(value, rel=1e-12, nan_ok=True)
        assert (row.n, row.flag, row.at_least) == (n, flag, at_least)
        assert row.coverage == pytest.approx(min(1, coverage))


@pytest.mark.parametrize("with_speed", [True, False])
def test_wind_days_are_those_of_the_slow_reference(with_speed):
    rng = random.Random(5)
    directions = [rng.choice([0, 360, 350, 10, 90, 200]) for _ in range(72 * 6)]
    speeds = [rng.choice([0.0, 1.0, 2.5, 8.0]) for _ in directions]
    parts = [table(directions, "wind_direction", "2019-03-01", "10min")]
    if with_speed:
        parts.append(table(speeds, "wind_speed", "2019-03-01", "10min"))
    found = aggregate.to_freq(put(*parts), {"s/a": Station("s/a", zone="Etc/UTC")}, "1D")
    found = found[found.variable == "wind_direction"]
    assert len(found) == 3
    for day, value in enumerate(found.value):
        part = slice(day * 144, day * 144 + 144)
        weights = speeds[part] if with_speed else [1.0] * 144
        assert value == pytest.approx(vector(list(zip(directions[part], weights, strict=True))), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 359), min_size=1, max_size=20), st.integers(0, 359))
def test_turning_the_compass_turns_the_mean(directions, turn):
    mean = aggregate.vector_mean(np.array(directions, dtype=float))
    turned = aggregate.vector_mean(np.array([(d + turn) % 360 for d in directions], dtype=float))
    assert math.isnan(mean) == math.isnan(turned)
    if not math.isnan(mean):
        resultant = vector([(d, 1.0) for d in directions])
        assert abs((turned - mean - turn + 180) % 360 - 180) < 1e-3
        assert abs((mean - resultant + 180) % 360 - 180) < 1e-9


# ---------------------------------------------------------------- rules, one by one


def test_north_is_one_direction_and_the_mean_of_350_and_20_is_5():
    hour = aggregate.hourly(table([350.0, 20.0, 350.0, 20.0], "wind_direction", freq="15min"))
    assert hour.value.round(6).tolist() == [5.0]
    both = aggregate.hourly(table([0.0, 360.0, 0.0, 360.0], "wind_direction", freq="15min"))
    assert both.value.tolist() == [0.0]


def test_opposite_winds_have_no_mean_direction():
    hour = aggregate.hourly(table([90.0, 270.0, 90.0, 270.0], "wind_direction", freq="15min"))
    assert hour.value.isna().all()
    assert hour.coverage.tolist() == [1.0]


def test_calms_have_no_direction_but_count_as_measured():
    direction = [0.0] * 20 + [90.0] * 4
    speed = [0.0] * 20 + [3.0] * 4
    frame = put(table(direction, "wind_direction"), table(speed, "wind_speed"))
    utc = {"s/a": Station("s/a", zone="Etc/UTC")}
    hours = aggregate.to_freq(frame, utc, "1h").query("variable == 'wind_direction'")
    assert hours.value.isna().tolist() == [True] * 20 + [False] * 4
    assert set(hours.coverage) == {1.0}
    day = aggregate.to_freq(frame, utc, "1D").query("variable == 'wind_direction'")
    assert day.value.round(9).tolist() == [90.0]
    assert day.n.tolist() == [24]


def test_without_enough_speeds_directions_count_alike_but_calms_still_have_none():
    directions = table([0.0, 0.0, 90.0, 90.0], "wind_direction", freq="15min")
    speeds = table([0.0, 0.0], "wind_speed", freq="15min")
    hour = aggregate.to_freq(put(directions, speeds), STATIONS, "1h").query("variable == 'wind_direction'")
    assert hour.value.round(9).tolist() == [90.0]
    assert hour.coverage.tolist() == [1.0]


def test_the_wind_vector_points_where_the_wind_blows():
    frame = put(table([270.0] * 4, "wind_direction"), table([5.0] * 4, "wind_speed"))
    hours = aggregate.hourly(frame)
    west = hours[hours.variable == "wind_direction"]
    assert west.u.round(9).tolist() == [5.0] * 4
    assert west.v.abs().max() < 1e-9


@pytest.mark.parametrize(("present", "complete"), [(18, True), (17, False)])
def test_a_day_needs_18_of_its_24_hours(present, complete):
    frame = table(np.arange(24.0), start="2019-02-28T22:00").iloc[:present]
    day = aggregate.to_freq(frame, STATIONS, "1D")
    assert day.time.tolist() == [pd.Timestamp("2019-03-01")]
    assert day.value.notna().tolist() == [complete]
    assert day.coverage.tolist() == [present / 24]
    assert day.n.tolist() == [present]


@pytest.mark.parametrize(("present", "complete"), [(18, True), (17, False)])
def test_an_hour_needs_three_quarters_of_its_readings(present, complete):
    frame = table(np.arange(48.0), freq="150s")
    hour = aggregate.hourly(frame.drop(index=frame.index[24 : 48 - present]))
    assert hour.n.tolist() == [24, present]
    assert hour.value.notna().tolist() == [True, complete]


def test_rain_says_at_least_unless_every_hour_is_complete():
    whole = table(np.ones(24 * 6), "rain", "2019-02-28T22:00", "10min")
    day = aggregate.to_freq(whole, STATIONS, "1D")
    assert (day.value[0], bool(day.at_least[0]), day.coverage[0]) == (144.0, False, 1.0)
    day = aggregate.to_freq(whole.drop(index=70), STATIONS, "1D")
    assert (day.value[0], bool(day.at_least[0])) == (143.0, True)
    assert day.coverage[0] < 1
    day = aggregate.to_freq(whole.iloc[:12], STATIONS, "1D")
    assert (day.value[0], bool(day.at_least[0])) == (12.0, True)


def test_a_rain_gauge_whose_clock_is_slow_is_still_complete():
    day = aggregate.to_freq(table(np.ones(287), "rain", "2019-02-28T22:00", "301s"), STATIONS, "1D")
    assert (day.value[0], bool(day.at_least[0]), day.coverage[0]) == (287.0, False, 1.0)  # 11 or 12 an hour


def test_failed_and_missing_values_are_never_used_and_lower_the_coverage():
    frame = table([1.0, 2.0, 3.0, 100.0, 5.0, np.nan], freq="10min", flag=[1, 3, 2, 4, 1, 9])
    hour = aggregate.hourly(frame)
    assert (hour.n[0], hour.flag[0]) == (4, 3)
    assert hour.coverage[0] == pytest.approx(4 / 6)
    assert math.isnan(hour.value[0])
    assert hour["max"][0] == 5.0
    strict = aggregate.hourly(put(frame, table([7.0] * 6, start="2019-03-01T01:00", freq="10min")), use=(1,))
    assert strict.n.tolist() == [2, 6]
    assert strict.flag.tolist() == [1, 1]
    for wrong in ((1, 4), (9,), ()):
        with pytest.raises(UsageError, match="flags 1, 2 and 3"):
            aggregate.hourly(frame, use=wrong)


def test_a_fast_sensor_weighs_as_much_as_an_hourly_one():
    fast, slow = table([10.0] * 24, freq="150s"), table([20.0], sensor="2", period=3600)
    hour = aggregate.merge_sensors(aggregate.hourly(put(fast, slow)))
    assert hour.value.tolist() == [15.0]
    assert hour.sensor.tolist() == ["+"]


def test_a_sensor_with_an_incomplete_hour_is_left_out_of_it():
    one, two = table([10.0] * 12, freq="10min"), table([20.0] * 12, freq="10min", sensor="2").iloc[:8]
    hours = aggregate.merge_sensors(aggregate.hourly(put(one, two)))
    assert hours.value.tolist() == [15.0, 10.0]


def test_a_complete_rain_gauge_wins_over_an_incomplete_one():
    one, two = table([1.0] * 6, "rain", freq="10min"), table([1.0] * 5, "rain", freq="10min", sensor="2")
    hour = aggregate.to_freq(put(one, two), STATIONS, "1h")
    assert (hour.value[0], bool(hour.at_least[0])) == (6.0, False)


def test_a_device_swapped_at_noon_makes_one_day():
    morning = table([10.0] * 12, start="2019-02-28T22:00")
    evening = table([20.0] * 12, start="2019-03-01T10:00", sensor="2")
    day = aggregate.to_freq(put(morning, evening), STATIONS, "1D")
    assert (day.value.tolist(), day.n.tolist()) == ([15.0], [24])


def test_daily_readings_pass_straight_to_their_day():
    # midnight in standard time, midnight in summer time, a rain day from 7 UTC
    starts = pd.to_datetime(["2019-03-30T22:00", "2019-03-31T21:00", "2019-04-02T07:00"])
    frame = table([1.1, 5.641667, 3.3], "temperature_max", period=86400).assign(time=starts.as_unit("us"))
    day = aggregate.to_freq(frame, STATIONS, "1D")
    assert day.time.dt.strftime("%m-%d").tolist() == ["03-31", "04-01", "04-02"]
    assert day.value.tolist() == [1.1, 5.641667, 3.3]
    assert day.coverage.tolist() == [1.0] * 3
    assert aggregate.to_freq(frame, STATIONS, "1h").empty


def test_hourly_extremes_become_those_of_the_day_and_their_mean_of_the_month():
    values = np.tile(np.r_[np.arange(12.0), np.arange(12.0)[::-1]], 31) + np.repeat(np.arange(31.0), 24)
    high = table(values, "temperature_max", "2019-02-28T22:00", period=3600)
    low = table(values, "temperature_min", "2019-02-28T22:00", period=3600)
    days = aggregate.to_freq(put(high, low), STATIONS, "1D")
    assert days[days.variable == "temperature_max"].value.tolist() == [11.0 + d for d in range(31)]
    assert days[days.variable == "temperature_min"].value.tolist() == [0.0 + d for d in range(31)]
    month = aggregate.to_freq(put(high, low), STATIONS, "1MS")
    assert month.value.tolist() == [11.0 + 15, 15.0]


def test_gusts_take_the_maximum_at_every_step():
    values = np.arange(31 * 24.0)
    for freq, expected in (("1h", 743), ("1D", 743), ("1MS", 743)):
        frame = aggregate.to_freq(table(values, "wind_gust", "2019-02-28T22:00"), STATIONS, freq)
        assert frame.value.max() == expected


@pytest.mark.parametrize(("days", "complete"), [(24, True), (23, False)])
def test_a_month_needs_three_quarters_of_its_days(days, complete):
    frame = table(np.arange(days * 1.0), "temperature", "2019-02-28T22:00", "D", period=86400)
    month = aggregate.to_freq(frame, STATIONS, "1MS")
    assert month.time.tolist() == [pd.Timestamp("2019-03-01")]
    assert month.value.notna().tolist() == [complete]  # 24 of 31 is 77 %
    assert month.coverage.tolist() == pytest.approx([days / 31])


def test_monthly_readings_pass_through_and_a_four_week_tube_is_its_month():
    start = pd.to_datetime(["2018-12-31T22:00", "2019-01-31T22:00", "2019-03-03T22:00"]).as_unit("us")
    frame = table([1.0, 2.0, 3.0], "no2").assign(time=start, period=[31 * 86400, 28 * 86400, 28 * 86400])
    month = aggregate.to_freq(frame, STATIONS, "1MS")
    assert month.time.dt.strftime("%Y-%m").tolist() == ["2019-01", "2019-02", "2019-03"]
    assert month.value.tolist() == [1.0, 2.0, 3.0]
    assert month.coverage.tolist() == [1.0] * 3
    assert aggregate.to_freq(frame, STATIONS, "1D").empty


def test_a_year_without_the_summer_is_not_a_year():
    whole = table(np.arange(365.0), "temperature", "2018-12-31T22:00", "D", period=86400)
    year = aggregate.to_freq(whole, STATIONS, "1YS")
    assert (year.value.tolist(), year.n.tolist()) == ([182.0], [365])
    no_july = whole.drop(index=range(181, 211))  # 335 days of 365, 62 of the third quarter's 92
    year = aggregate.to_freq(no_july, STATIONS, "1YS")
    assert year.value.isna().all()
    assert year.coverage[0] > 0.9


def test_the_year_of_monthly_readings_weighs_months_by_their_days():
    starts = pd.date_range("2019-01-01", periods=12, freq="MS").as_unit("us")
    length = starts.days_in_month
    frame = table(np.arange(12.0), "no2").assign(time=starts - pd.Timedelta("2h"), period=length * 86400)
    year = aggregate.to_freq(frame, STATIONS, "1YS")
    assert year.value[0] == pytest.approx(np.average(np.arange(12), weights=length))


def test_three_hourly_readings_make_a_day():
    day = aggregate.to_freq(table(np.arange(8.0), freq="3h", start="2019-02-28T22:00"), STATIONS, "1D")
    assert (day.value.tolist(), day.coverage.tolist(), day.n.tolist()) == ([3.5], [1.0], [24])


def test_one_reading_a_day_by_hand_is_no_day_mean():
    day = aggregate.to_freq(table(np.arange(10.0), "temperature", freq="D"), STATIONS, "1D")
    assert day.value.isna().all()
    assert day.coverage.round(3).unique().tolist() == [0.042]


def test_a_lone_reading_has_no_known_completeness():
    day = aggregate.to_freq(table([5.0], "temperature"), STATIONS, "1D")
    assert day.value.isna().all()
    assert day.coverage.tolist() == [0.0]


def test_of_two_readings_at_one_time_the_last_row_counts():
    frame = put(table([1.0, 1.0, 1.0, 1.0], freq="15min"), table([5.0], freq="15min"), table([np.nan]))
    hour = aggregate.hourly(frame)
    assert (hour.value[0], hour.n[0]) == (2.0, 4)


def test_means_and_raw_values_of_one_sensor_are_not_counted_twice():
    raw, means = table([10.0] * 24, freq="150s"), table([30.0], period=3600)
    assert aggregate.hourly(put(raw, means)).value.tolist() == [10.0]
    assert aggregate.hourly(put(raw.iloc[:5], means)).value.tolist() == [30.0]


def test_an_empty_table_gives_empty_frames():
    empty = table([])
    for freq in aggregate.FREQUENCIES:
        assert aggregate.to_freq(empty, STATIONS, freq).empty
    all_failed = table([1.0, 2.0], flag=4)
    assert aggregate.to_freq(all_failed, STATIONS, "1D").empty


def test_wrong_calls_say_what_to_do():
    with pytest.raises(UsageError, match="Choose one of: 1h, 1D, 1MS, 1YS"):
        aggregate.to_freq(table([1.0]), STATIONS, "1W")
    with pytest.raises(UsageError, match="no column period, flag"):
        aggregate.hourly(table([1.0]).drop(columns=["period", "flag"]))
    with pytest.raises(UsageError, match="s/a cannot be told: its time zone is not known"):
        aggregate.to_freq(table([1.0] * 3), {"s/a": Station("s/a")}, "1D")


def test_the_order_of_rows_does_not_matter():
    frame = put(*(table(np.random.default_rng(i).random(300), sensor=str(i), freq="10min") for i in range(3)))
    one = aggregate.to_freq(frame, STATIONS, "1D")
    two = aggregate.to_freq(frame.sample(frac=1, random_state=1), STATIONS, "1D")
    pd.testing.assert_frame_equal(one, two, check_exact=True)


def test_half_a_million_readings_to_days_take_about_a_second():
    from time import process_time

    frame = put(*(table(np.arange(50_000.0), start="2010-01-01", sensor=str(i)) for i in range(10)))
    begin = process_time()
    days = aggregate.to_freq(frame, STATIONS, "1D")
    assert process_time() - begin < 10  # 0.6 s on a quiet machine
    assert len(days) == 2084


def test_one_look_by_hand_does_not_replace_the_mean_of_its_hour():
    device = table(np.full(24, 10.0), "temperature", "2019-02-28T22:00", period=3600)
    by_hand = table([25.0] * 3, "temperature", "2019-02-27T12:00", freq="D")
    hours = aggregate.to_freq(put(by_hand, device), STATIONS, "1h").set_index("time")["value"]
    assert hours["2019-03-01T12:00"] == 10.0
    assert hours["2019-02-27T12:00"] == 25.0
    assert aggregate.to_freq(put(by_hand, device), STATIONS, "1D")["value"].dropna().tolist() == [10.0]
