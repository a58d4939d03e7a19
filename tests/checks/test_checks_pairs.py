"""Quantities that contradict each other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.checks import limits, pairs, run

TIMES = pd.date_range("2026-05-01", periods=48, freq="h").as_unit("us")


def column(variable, values, sensor="1", times=TIMES):
    return pd.DataFrame({
        "station": "s/a", "sensor": sensor, "variable": variable, "period": 0, "time": times[: len(values)],
        "value": np.asarray(values, dtype=float),
    })  # fmt: skip


def reasons(*frames):
    frame = pd.concat(frames, ignore_index=True)
    done = run(frame, {})
    return frame.assign(reason=done.reason, flag=done.flag)


WAVE = 10 + 3 * np.sin(np.arange(48) / 4)


@pytest.mark.parametrize(
    ("check", "one", "other", "odd", "even"),
    [
        ("part-above-whole", "pm25", "pm10", 20.0, 0.0),
        ("part-above-whole", "pm1", "pm25", 20.0, 0.0),
        ("dew-point", "dew_point", "temperature", 2.0, -3.0),
        ("gust-below-wind", "wind_gust", "wind_speed", -3.0, 2.0),
        ("min-above-max", "temperature_min", "temperature_max", 2.0, -4.0),
    ],
)
def test_what_cannot_be_is_suspect_in_both(check, one, other, odd, even):
    apart = np.full(48, even)
    apart[20] = odd
    found = reasons(column(one, WAVE + apart), column(other, WAVE))
    hit = found[found["reason"].str.contains(check)]
    assert hit["time"].tolist() == [TIMES[20]] * 2
    assert set(hit["variable"]) == {one, other}
    assert set(hit["flag"]) == {3}


def test_rain_in_dry_air_is_suspect_and_the_humidity_is_not():
    rain, humidity = np.zeros(48), np.full(48, 60.0) + WAVE
    rain[[10, 20]], humidity[20] = 2.0, 19.0
    found = reasons(column("rain", rain), column("humidity", humidity))
    hit = found[found["reason"].str.contains("dry-rain")]
    assert hit[["variable", "time"]].values.tolist() == [["rain", TIMES[20]]]


@pytest.mark.parametrize(("a", "b"), [("a", "b"), ("12345/A", "12345/B"), ("out-a", "out-b")])
def test_two_channels_that_disagree(a, b):
    other = WAVE + 1
    other[30:] = WAVE[30:] * 3
    found = reasons(column("pm25", WAVE, a), column("pm25", other, b))
    hit = found[found["reason"].str.contains("channels")]
    assert set(hit["time"]) == set(TIMES[30:])
    assert set(hit["sensor"]) == {a, b}


def test_other_sensors_and_other_times_are_not_compared():
    half = TIMES + pd.Timedelta("30min")
    for more in (column("pm10", WAVE - 9, sensor="2"), column("pm10", WAVE - 9, times=half)):
        assert not reasons(column("pm25", WAVE + 30), more)["reason"].str.contains("part-above").any()


def test_what_failed_is_not_compared():
    values = WAVE.copy()
    values[20] = 3000.0
    found = reasons(column("pm25", values), column("pm10", WAVE + 1))
    assert not found["reason"].str.contains("part-above").any()


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.sampled_from([1.0, 20.0, 60.0])), unique_by=lambda p: p[0]),
    st.lists(st.tuples(st.integers(0, 9), st.sampled_from([1.0, 20.0, 60.0])), unique_by=lambda p: p[0]),
)
def test_pairs_are_those_of_a_slow_loop(fine, coarse):
    frames = [
        column(name, [v for _, v in rows], times=TIMES[[t for t, _ in rows]] if rows else TIMES[:0])
        for name, rows in (("pm25", fine), ("pm10", coarse))
    ]
    found = reasons(*frames)
    hit = found[found["reason"].str.contains("part-above")]
    own = limits("part-above-whole", "pm25")
    expected = {
        TIMES[t]
        for t, v in fine
        for s, w in coarse
        if s == t and v - w > own.one("room") + own.one("relative") * w
    }
    assert set(hit["time"]) == expected
    assert len(hit) == 2 * len(expected)


def test_every_rule_has_its_limits_and_words():
    from kit.checks import CHECKS, REASONS

    for rule in pairs.RULES:
        assert limits(rule.check, rule.one).known
        assert rule.check in CHECKS
        assert rule.check in REASONS
