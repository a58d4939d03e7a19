"""Readings each of which is its hour take a shorter way; the result is that of the way for all others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from kit import aggregate
from kit.aggregate import hours, sensors
from kit.model import Station

ZONES = ("Europe/Tallinn", "Asia/Kolkata", "+05:45", "Europe/Moscow")
VARIABLES = ("pm25", "rain", "temperature_max", "temperature_min", "wind_direction", "wind_speed", "noise")
HOUR = np.timedelta64(3600, "s")
Draw = Callable[[st.SearchStrategy[Any]], Any]


@st.composite
def tables(draw: Draw) -> pd.DataFrame:
    """Return readings of some devices: mostly hourly means, with something else at times."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    odd = draw(
        st.sampled_from(["nothing", "nothing", "close", "period", "momentary", "again", "short", "day"])
    )
    frames = []
    for place in range(draw(st.integers(1, 3))):
        for variable in draw(st.lists(st.sampled_from(VARIABLES), min_size=1, max_size=2, unique=True)):
            for sensor in draw(st.sampled_from(["1", "1", "ab"])):
                count = draw(st.integers(1, 150))
                step = HOUR * rng.choice([1, 1, 1, 1, 1, 1, 2, 9], count)
                start = (
                    np.datetime64("2014-10-24T20:00", "us")
                    + draw(st.sampled_from([0, 1800, 2837])) * HOUR // 3600
                )
                frames.append(pd.DataFrame({
                    "station": f"s/{place}", "sensor": sensor, "variable": variable,
                    "time": start + np.cumsum(step), "period": 3600,
                    "value": np.round(rng.choice([0.0, 1.0, np.nan], count, p=[0.1, 0.88, 0.02])
                                      * rng.normal(150, 60, count) % 360, 1),
                    "flag": rng.choice(np.array([1, 1, 1, 1, 1, 2, 3, 4, 9], dtype=np.int8), count),
                }))  # fmt: skip
    table = pd.concat(frames, ignore_index=True)
    one = draw(st.integers(0, len(table) - 1))
    if odd == "close":
        table.loc[one, "time"] -= pd.Timedelta(seconds=1)
    elif odd in ("period", "momentary", "day"):
        table.loc[one, "period"] = {"period": 600, "momentary": 0, "day": 86_400}[odd]
    elif odd == "short":
        table["period"] = 600
    elif odd == "again":
        table = pd.concat([table, table.iloc[[one]].assign(value=7.0)], ignore_index=True)
    if draw(st.booleans()):
        table = table.sample(frac=1, random_state=one)
    return table


def in_general(
    rows: pd.DataFrame, places: dict[str, Station], freq: str, use: tuple[int, ...]
) -> pd.DataFrame:
    """Return what the way for all readings gives."""
    with (
        patch.object(hours, "_hour_by_hour", return_value=False),
        patch.object(sensors, "_one_sensor", return_value=False),
    ):
        return aggregate.to_freq(rows, places, freq, use)


@settings(deadline=None, max_examples=60)
@given(tables(), st.sampled_from(aggregate.FREQUENCIES), st.sampled_from([(1,), (1, 2), (1, 2, 3), (3,)]))
def test_both_ways_give_the_same(table: pd.DataFrame, freq: str, use: tuple[int, ...]) -> None:
    places = {f"s/{n}": Station(f"s/{n}", zone=zone) for n, zone in enumerate(ZONES)}
    with patch.object(hours, "_hours_as_given", wraps=hours._hours_as_given) as short:
        found = aggregate.to_freq(table, places, freq, use)
    event(f"the short way: {short.called}")
    pd.testing.assert_frame_equal(found, in_general(table, places, freq, use), check_exact=True)


def hourly(**other: Any) -> pd.DataFrame:
    count = 30
    facts = {"station": "s/0", "sensor": "1", "variable": "pm25", "period": 3600, "value": 5.0, "flag": 1}
    times = np.datetime64("2024-01-01T00:00", "us") + np.arange(count) * HOUR
    return pd.DataFrame({**facts, "time": times, **other}, index=range(count))


def changed(column: str, row: int, value: Any) -> pd.DataFrame:
    table = hourly()
    table.loc[row, column] = value
    return table


@pytest.mark.parametrize(
    ("table", "short"),
    [
        (hourly(), True),
        (hourly()[::-1], True),
        (changed("time", 7, pd.Timestamp("2024-01-01T07:00:01")), False),
        (changed("time", 7, pd.Timestamp("2024-01-01T08:00")), False),
        (changed("period", 7, 600), False),
        (changed("period", 29, 0), False),
        (hourly(period=600), False),
        (hourly(period=7200), False),
        (hourly(period=0), False),
        (changed("sensor", 7, "2"), True),
        (changed("flag", 7, 9), True),
    ],
)
def test_the_short_way_is_taken_only_for_hours(table: pd.DataFrame, short: bool) -> None:
    with patch.object(hours, "_hours_as_given", wraps=hours._hours_as_given) as taken:
        aggregate.hourly(table)
    assert taken.called == short


def test_a_result_with_texts_can_be_written_to() -> None:
    found = aggregate.to_freq(hourly(), {}, "1h")
    found.loc[3, "coverage"] = 0.5
    assert found["coverage"].tolist() == [1.0] * 3 + [0.5] + [1.0] * 26
