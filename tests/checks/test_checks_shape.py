"""Spike, flat line, rate of change and stuck values, against slow loops written from the definition."""

from __future__ import annotations

import math
from statistics import median

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.checks import codes, shape
from kit.checks.series import in_order, median_step

NAN = float("nan")


@st.composite
def long_series(draw):
    """Several series one after the other: coarse values (so that some are equal), gaps, missing values."""
    hours, values, series = [], [], []
    for number in range(draw(st.integers(1, 3))):
        now = 0.0
        for _ in range(draw(st.integers(0, 14))):
            now += draw(st.sampled_from([1.0, 1.0, 1.0, 0.25, 2.0, 5.0]))
            hours.append(now)
            values.append(draw(st.sampled_from([0.0, 1.0, 1.0, 2.0, 4.0, 9.0, 20.0, 99.9, 99.9, NAN])))
            series.append(number)
    return np.array(hours, dtype=float), np.array(values, dtype=float), np.array(series, dtype=np.int64)


def connected(hours, series, i, j, gap):
    return series[i] == series[j] and hours[j] - hours[i] <= gap


def slow_spike(hours, value, series, gap, suspect, fail, relative):
    here = [i for i in range(len(value)) if not math.isnan(value[i])]
    flag = [1 if i in here else 9 for i in range(len(value))]
    for k in range(1, len(here) - 1):
        a, i, b = here[k - 1], here[k], here[k + 1]
        if not (connected(hours, series, a, i, gap) and connected(hours, series, i, b, gap)):
            continue
        if (value[i] - value[a]) * (value[i] - value[b]) <= 0:
            continue
        around = [value[a], value[i], value[b]]
        if k >= 2 and connected(hours, series, here[k - 2], a, gap):
            around.append(value[here[k - 2]])
        if k + 2 < len(here) and connected(hours, series, b, here[k + 2], gap):
            around.append(value[here[k + 2]])
        height = min(abs(value[i] - value[a]), abs(value[i] - value[b]), abs(value[i] - median(around)))
        room = relative * max(abs(value[a]), abs(value[b]))
        flag[i] = 4 if height > fail + room else 3 if height > suspect + room else 1
    return flag


def slow_flat(hours, value, series, gap, suspect_hours, fail_hours, min_readings, at_most, at_least):
    flag = [9 if math.isnan(v) else 1 for v in value]
    i = 0
    while i < len(value):
        j = i
        while (
            j + 1 < len(value) and connected(hours, series, j, j + 1, gap)
            and abs(value[j + 1] - value[j]) <= 1e-6
        ):  # fmt: skip
            j += 1
        lasts = hours[j] - hours[i]
        legit = value[i] <= at_most or value[i] >= at_least
        if not math.isnan(value[i]) and not legit and j - i + 1 >= min_readings and lasts >= suspect_hours:
            for k in range(i, j + 1):
                flag[k] = 4 if lasts >= fail_hours else 3
        i = j + 1
    return flag


def slow_rate(hours, value, series, gap, per_hour, use):
    flag = [9 if math.isnan(v) else 1 for v in value]
    last = None
    for i in range(len(value)):
        if math.isnan(value[i]) or not use[i]:
            continue
        if last is not None and connected(hours, series, last, i, gap):
            allowed = per_hour * max(1.0, hours[i] - hours[last])
            if abs(value[i] - value[last]) > allowed:
                flag[i] = 3
        last = i
    return flag


def slow_stuck(hours, value, series, gap, code, repeats, fail_hours):
    flag = [9 if math.isnan(v) else 1 for v in value]
    here = [i for i in range(len(value)) if not math.isnan(value[i])]
    k = 0
    while k < len(here):
        m = k
        while (
            m + 1 < len(here) and value[here[k]] == code and value[here[m + 1]] == code
            and connected(hours, series, here[m], here[m + 1], gap)
        ):  # fmt: skip
            m += 1
        if value[here[k]] == code and m - k + 1 >= repeats:
            lasts = hours[here[m]] - hours[here[k]]
            for i in here[k : m + 1]:
                flag[i] = 4 if lasts >= fail_hours else 3
        k = m + 1
    return flag


@settings(max_examples=400, deadline=None)
@given(long_series(), st.sampled_from([1.0, 2.0, 6.0]), st.sampled_from([0.0, 0.5]))
def test_spike_is_its_definition(data, gap, relative):
    hours, value, series = data
    found = shape.spike(hours, value, series, gap, 2.0, 6.0, relative).tolist()
    assert found == slow_spike(hours, value, series, gap, 2.0, 6.0, relative)


@settings(max_examples=400, deadline=None)
@given(long_series(), st.sampled_from([1.0, 2.0]), st.integers(1, 4))
def test_flat_line_is_its_definition(data, gap, least):
    hours, value, series = data
    found = shape.flat_line(hours, value, series, gap, 2, 3, least, 1e-6, 0.0, 50.0).tolist()
    assert found == slow_flat(hours, value, series, gap, 2, 3, least, 0.0, 50.0)


@settings(max_examples=400, deadline=None)
@given(long_series(), st.sampled_from([1.0, 2.0, 6.0]), st.randoms())
def test_rate_of_change_is_its_definition_and_never_worse_than_suspect(data, gap, random):
    hours, value, series = data
    use = np.array([random.random() < 0.8 for _ in value], dtype=bool)
    found = shape.rate_of_change(hours, value, series, gap, 3.0, use).tolist()
    assert found == slow_rate(hours, value, series, gap, 3.0, use)
    assert set(found) <= {1, 3, 9}


@settings(max_examples=400, deadline=None)
@given(long_series(), st.sampled_from([1.0, 2.0]))
def test_stuck_at_is_its_definition(data, gap):
    hours, value, series = data
    found = codes.stuck_at(hours, value, series, gap, [99.9], 3, 3).tolist()
    assert found == slow_stuck(hours, value, series, gap, 99.9, 3, 3)


@settings(max_examples=200, deadline=None)
@given(long_series())
def test_median_step_is_the_median_of_the_steps(data):
    hours, _, series = data
    count = int(series.max()) + 1 if len(series) else 1
    for number, found in enumerate(median_step(hours, series, count).tolist()):
        steps = np.diff(hours[series == number])
        assert found == median(steps) if len(steps) else math.isnan(found)


def one(values, **more):
    return np.arange(float(len(values))), np.array(values, dtype=float), np.zeros(len(values), dtype=np.int64)


def test_good_values_beside_a_spike_stay_good():
    # ioos_qc 3.0.0 flags the value before the spike as suspect and gives up next to a gap: [2 3 4 2 9 2 1 2]
    found = shape.spike(*one([1, 1, 9, 1, NAN, 1, 1, 1]), 2.5, 2, 5)
    assert found.tolist() == [1, 1, 4, 1, 9, 1, 1, 1]


def test_an_event_of_two_readings_is_no_spike():
    assert shape.spike(*one([1, 1, 9, 9, 1, 1]), 2.5, 2, 5).tolist() == [1] * 6


def test_a_downward_spike_is_found_too():
    assert shape.spike(*one([20, 20, 5, 20, 20]), 2.5, 6, 15).tolist() == [1, 1, 3, 1, 1]


def test_the_good_value_after_a_spike_is_not_too_fast():
    # ioos_qc 3.0.0 flags both: [1 1 3 3]
    hours, value, series = one([1, 2, 50, 3])
    use = shape.spike(hours, value, series, 2.5, 5, 20) < 3
    assert shape.rate_of_change(hours, value, series, 2.5, 10, use).tolist() == [1, 1, 1, 1]


def test_a_flat_line_ends_at_a_missing_value_and_at_a_gap():
    values = [7.0] * 8 + [NAN] + [7.0] * 8
    assert shape.flat_line(*one(values), 2.5, 12, 48).tolist() == [1] * 8 + [9] + [1] * 8
    hours = np.r_[np.arange(8.0), np.arange(30.0, 38.0)]
    flat, zero = np.full(16, 7.0), np.zeros(16, dtype=np.int64)
    assert shape.flat_line(hours, flat, zero, 2.5, 12, 48).tolist() == [1] * 16


@pytest.mark.parametrize("function", [shape.spike, shape.flat_line])
def test_nothing_in_gives_nothing_out(function):
    empty = np.zeros(0)
    assert function(empty, empty, np.zeros(0, dtype=np.int64), 1.0, 1.0, 2.0).tolist() == []


def test_of_readings_at_one_time_the_first_with_a_value_stands_for_its_twins():
    time = np.array(["2019-03-30T01", "2019-03-30T00", "2019-03-30T01", "2019-03-30T01", "NaT"], "M8[us]")
    order = in_order(time, np.array([NAN, 5.0, 7.0, 7.0, 1.0]), np.zeros(5, dtype=np.int64))
    assert order.index.tolist() == [1, 2]
    assert (order.twins.tolist(), order.stand_ins.tolist()) == ([3], [1])
