"""Cadence and local standard days."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit import aggregate
from kit.aggregate.cadence import cadences
from kit.errors import UsageError
from kit.model import Station


@pytest.mark.parametrize(
    ("zone", "moment", "hours"),
    [
        ("Europe/Tallinn", "2019-07-01", 2),
        ("Europe/Tallinn", "2019-01-01", 2),
        ("America/New_York", "2013-07-01", -5),
        ("Asia/Kolkata", "2019-07-01", 5.5),
        ("Europe/Moscow", "2010-07-01", 3),
        ("Europe/Moscow", "2013-07-01", 4),
        ("Europe/Moscow", "2015-07-01", 3),
        ("Europe/Istanbul", "2015-07-01", 2),
        ("Europe/Istanbul", "2020-07-01", 3),
        ("+02:00", "2019-07-01", 2),
        ("-03:30", "2019-01-01", -3.5),
        ("Etc/UTC", "2019-07-01", 0),
        ("Australia/Lord_Howe", "2019-01-01", 10.5),
    ],
)  # fmt: skip
def test_standard_offsets(zone, moment, hours):
    stamp = np.array([moment], dtype="M8[us]").astype(np.int64)
    assert aggregate.standard_offset(zone, stamp).tolist() == [hours * 3600]


def test_the_hour_in_which_the_standard_time_changes():
    # Moscow went from +4 to +3 on 2014-10-25 at 22:00 UTC
    stamp = np.array(["2014-10-25T21:59", "2014-10-25T22:00"], dtype="M8[us]").astype(np.int64)
    assert aggregate.standard_offset("Europe/Moscow", stamp).tolist() == [14400, 10800]


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc", "UTC+2"])
def test_an_unknown_zone_is_refused(zone):
    with pytest.raises(UsageError, match="is not a time zone"):
        aggregate.standard_offset(zone, np.array([0]))


@pytest.mark.parametrize(
    ("zone", "start", "first"),
    [
        ("Europe/Tallinn", "2019-03-29T22:00", "2019-03-30"),
        ("Europe/Tallinn", "2019-10-25T22:00", "2019-10-26"),
        ("America/New_York", "2013-03-09T05:00", "2013-03-09"),
        ("America/New_York", "2013-11-02T05:00", "2013-11-02"),
        ("Asia/Kolkata", "2019-03-29T18:00", "2019-03-29"),
    ],
)  # fmt: skip
def test_days_around_the_change_of_the_clocks_have_24_hours(zone, start, first):
    times = pd.date_range(start, periods=72, freq="h").as_unit("us")
    frame = pd.DataFrame(
        {
            "station": "s/a",
            "sensor": "1",
            "variable": "pm25",
            "time": times,
            "period": 3600,
            "value": 1.0,
            "flag": 1,
        }
    )
    days = aggregate.to_freq(frame, {"s/a": Station("s/a", zone=zone)}, "1D")
    whole = days.iloc[1:-1] if zone == "Asia/Kolkata" else days
    assert whole.n.tolist() == [24] * len(whole)
    assert days.time[0] == pd.Timestamp(first)


def slow_cadence(seconds):
    """The most common difference: classes of 1 s, 10 s or a minute, the shorter of two, then the mean."""
    classes = []
    steps = [b - a for a, b in pairwise(seconds)]
    for step in steps:
        width = 1 if step < 60 else 10 if step < 600 else 60
        classes.append(round(step / width) * width)
    if not steps:
        return float("nan")
    count = Counter(classes)
    best = min(c for c in count if count[c] == max(count.values()))
    chosen = [s for s, c in zip(steps, classes, strict=True) if c == best]
    return sum(chosen) / len(chosen)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([5, 59, 60, 145, 146, 151, 154, 300, 599, 600, 3600, 7200]), max_size=30))
def test_cadence_is_its_definition(steps):
    seconds = np.concatenate([[0], np.cumsum(steps)]).astype(int)
    found = aggregate.cadence((seconds * 1_000_000).astype("M8[us]"))
    expected = slow_cadence(seconds.tolist())
    assert found == pytest.approx(expected, nan_ok=True)


def test_lost_readings_do_not_change_the_cadence():
    times = pd.date_range("2019-03-30", periods=500, freq="150s").to_numpy()
    kept = np.sort(np.random.default_rng(3).choice(500, 350, replace=False))
    assert aggregate.cadence(times[kept]) == 150


def test_a_device_may_change_its_cadence_from_day_to_day():
    slow = pd.date_range("2019-03-30", periods=24, freq="h")
    fast = pd.date_range("2019-03-31", periods=288, freq="5min")
    stamp = np.r_[slow.to_numpy(), fast.to_numpy()].astype("M8[us]").astype(np.int64)
    found = cadences(stamp, np.zeros(len(stamp), dtype=np.int64))
    assert set(found[:24]) == {3600.0}
    assert set(found[24:]) == {300.0}


def test_a_single_time_has_no_cadence():
    assert math.isnan(aggregate.cadence(np.array(["2019-03-30"], dtype="M8[us]")))
    assert math.isnan(aggregate.cadence(np.array([], dtype="M8[us]")))
