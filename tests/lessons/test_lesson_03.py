"""Lesson 3, the air today: right answers from the sensor's file with pandas alone, and for other stations."""

from __future__ import annotations

import pandas as pd
import pytest

import kit
from kit import classroom, samples
from tests.lessons.conftest import Begin

FILE = "tartu-b/2019-2025_sds011_sensor_99101.csv.gz"
NAME = "03-the-air-today"


def of_the_file() -> pd.Series:
    """PM2.5 of the last 28 days of the sample station's file, by its standard time (two hours before UTC)."""
    raw = pd.read_csv(samples.folder() / FILE, sep=";")
    when = pd.to_datetime(raw["timestamp"]) + pd.Timedelta(hours=2)
    values = pd.Series(raw["P2"].to_numpy(), index=when.dt.tz_localize(None) if when.dt.tz else when)
    values = values[~values.index.duplicated(keep="last")].sort_index()
    return values[values.index >= values.index.max().normalize() - pd.Timedelta(days=27)]


def right() -> dict[str, object]:
    context = classroom.current()
    return {name: context.right_answer(task) for name, task in context.tasks.items() if task.kind != "text"}


def test_right_answers_are_those_of_the_file(begin: Begin) -> None:
    running = begin(NAME, depth="B")
    values = of_the_file()
    days = values.resample("1D").mean()
    by_hour = values.groupby(values.index.hour).mean()
    found = right()
    assert running.last(28) == (str(days.index[0].date()), str(days.index[-1].date()))
    assert found["1"] == pytest.approx(values[values.index.normalize() == days.index[-1]].max(), abs=0.01)
    assert found["4"] == int((days > 15).sum())
    assert found["6"] == "abcd"[int(by_hour.idxmax()) // 6]
    assert found["7"] == pytest.approx(by_hour.max() - by_hour.min(), abs=0.02)
    assert running.value("by_hour").to_numpy() == pytest.approx(by_hour.to_numpy(), abs=0.01)


def test_bands_are_those_of_the_table_in_hours_that_are_not_damp(begin: Begin) -> None:
    running = begin(NAME, depth="A")
    hours = running.value("hours").isel(station=0).to_dataframe()
    dry = hours[~(hours["humidity"] > 85)]
    worst = pd.concat(
        [pd.cut(dry["pm25"], [-1, 5, 15, 50, 90, 140, 9999], labels=False),
         pd.cut(dry["pm10"], [-1, 15, 45, 120, 195, 270, 9999], labels=False)], axis=1,
    ).max(axis=1)  # fmt: skip
    assert right()["2"] == "abcdef"[int(worst.mode()[0])]
    assert len(running.value("index").hours) == int(worst.notna().sum())
    assert right()["3"] == "a"


def test_another_station_has_other_answers(begin: Begin) -> None:
    begin(NAME, depth="B")
    ours = right()
    begin(NAME, depth="B", station="DE-ROS-8t3c/roof")
    theirs = right()
    assert ours["7"] != theirs["7"]
    assert kit.answer("7", f"{theirs['7']:.1f}".replace(".", ",")).state == "right"
    assert kit.answer("7", float(theirs["7"]) + 2).state == "not yet"  # type: ignore[arg-type]


def test_mornings_are_only_told_apart_where_the_bands_are(begin: Begin) -> None:
    running = begin(NAME, depth="C")
    school, free = running.value("school_days"), running.value("weekend")
    overlap = school["low"] <= free["high"] and free["low"] <= school["high"]
    assert (right()["8"] == "c") == overlap
    assert school["n"] == 20
    assert free["n"] == 8


def test_a_station_without_readings_of_it_works_with_a_partner_and_says_so(begin: Begin) -> None:
    running = begin(NAME, depth="A", station="DE-NEU-k9f4/garden")
    assert running.station == "DE-ROS-8t3c/roof"
    assert "partner" in repr(running)
    assert "DE-NEU-k9f4/garden" in repr(running)
    assert right()["1"]
