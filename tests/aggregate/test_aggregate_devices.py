"""Which readings come from devices that may be compared: replaced, added and agreeing sensors."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kit import aggregate
from kit.aggregate.devices import TOGETHER, deployments
from kit.model import Station

STATIONS = {"s/a": Station("s/a", zone="Etc/UTC"), "s/b": Station("s/b", zone="Etc/UTC")}
ALL = pd.date_range("2020-01-01", periods=200 * 24, freq="h").as_unit("us")
AIR = 10 + np.cumsum(np.random.default_rng(1).normal(0, 0.3, len(ALL)))  # the true air, hour by hour


def sensor(name, first, last, bias=0.0, variable="pm25", station="s/a"):
    """Hourly readings of one sensor on days ``first`` to ``last`` (excluded)."""
    part = slice(first * 24, last * 24)
    return pd.DataFrame({
        "station": station, "sensor": name, "variable": variable, "time": ALL[part], "period": 3600,
        "value": AIR[part] + bias, "flag": 1,
    })  # fmt: skip


def days(*tables, freq="1D"):
    found = aggregate.to_freq(pd.concat(tables, ignore_index=True), STATIONS, freq)
    return found["deployment"].to_numpy()


def test_one_sensor_is_one_deployment():
    assert set(days(sensor("1", 0, 100), sensor("1", 120, 200))) == {0}


def test_a_replaced_sensor_begins_a_new_deployment():
    found = days(sensor("old", 0, 100), sensor("new", 100, 200))
    assert found.tolist() == [0] * 100 + [1] * 100
    assert days(sensor("old", 0, 100), sensor("new", 100, 200), freq="1h").tolist() == [0] * 2400 + [1] * 2400


def test_the_name_of_a_sensor_does_not_say_which_came_first():
    assert days(sensor("9", 0, 100), sensor("1", 100, 200)).tolist() == [0] * 100 + [1] * 100


@pytest.mark.parametrize(
    ("together", "bias", "apart"),
    [(TOGETHER, 0.0, False), (TOGETHER - 1, 0.0, True), (TOGETHER, 3.0, True), (TOGETHER, 0.02, False)],
)
def test_an_overlap_joins_two_sensors_if_it_is_long_and_they_agree(together, bias, apart):
    found = days(sensor("old", 0, 100 + together), sensor("new", 100, 200, bias))
    assert (len(set(found)) > 1) == apart
    if apart:  # before, both together, after: three kinds of values
        assert found.tolist() == [0] * 100 + [1] * together + [2] * (100 - together)


def test_a_second_biased_sensor_changes_the_average_and_is_seen():
    assert days(sensor("a", 0, 200), sensor("b", 120, 200, 5.0)).tolist() == [0] * 120 + [1] * 80


def test_sensors_that_agree_through_a_third_are_one():
    found = days(sensor("a", 0, 80), sensor("b", 40, 160), sensor("c", 120, 200))
    assert set(found) == {0}


def test_the_day_and_the_month_of_the_change_are_mixed():
    swapped = pd.concat([sensor("old", 0, 100).iloc[:-12], sensor("new", 99, 200).iloc[12:]])
    assert days(swapped)[98:101].tolist() == [0, 1, 2]
    assert days(swapped, freq="1MS").tolist() == [0, 0, 0, 1, 2, 2, 2]  # the change is on April 9


def test_other_stations_and_variables_are_not_touched():
    table = pd.concat([
        sensor("old", 0, 100), sensor("new", 100, 200), sensor("1", 0, 200, variable="pm10"),
        sensor("old", 0, 200, station="s/b"),
    ])  # fmt: skip
    found = aggregate.to_freq(table, STATIONS, "1D").groupby(["station", "variable"])["deployment"].nunique()
    assert found.to_dict() == {("s/a", "pm10"): 1, ("s/a", "pm25"): 2, ("s/b", "pm25"): 1}


def test_no_value_no_deployment():
    bad = sensor("2", 50, 60).assign(flag=4)
    found = aggregate.to_freq(pd.concat([sensor("1", 0, 50), bad, sensor("1", 60, 70)]), STATIONS, "1D")
    assert set(found["deployment"][found["value"].notna()]) == {0}
    assert deployments(np.array([0, 4, 0]), np.array([1, 1, 2])).tolist() == [-1, 0, -1]
