"""Lesson 4, weather across the region: right answers from the stations' files with pandas alone."""

from __future__ import annotations

import pandas as pd
import pytest

import kit
from kit import classroom, samples
from tests.lessons.conftest import Begin

NAME = "04-weather-across-the-region"
TARTU, ROSTOCK = "EE-TRT-7k2p/roof", "DE-ROS-8t3c/roof"
ESTONIAN = {"sep": ";", "decimal": ",", "encoding": "latin-1"}
#: Station -> its file, how to read it, the columns of time and temperature, hours before its standard time.
FILES: dict[str, tuple[str, dict[str, str], str, int, int]] = {
    TARTU: ("tartu-a/ilmajaam_2019-2025.csv.gz", ESTONIAN, "", 2, 2),
    "EE-TRT-m4x9/garden": ("tartu-b/2019-2025_dht22_sensor_99102.csv.gz", {"sep": ";"}, "timestamp", 6, 2),
    "EE-PRN-3v8d/roof": ("parnu-a/opensensemap_Temperature_2019-2025.csv.gz", {}, "createdAt", 1, 2),
    ROSTOCK: ("rostock-a/Wetterstation_2019-2025.csv.gz", {}, "Zeit", 1, 0),
}


def hours(station: str) -> pd.Series:
    """Hourly means of a station's file by its standard time (Rostock: in winter)."""
    file, how, clock, column, ahead = FILES[station]
    raw = pd.read_csv(samples.folder() / file, **how)
    if clock:
        when = pd.to_datetime(raw[clock]).dt.tz_localize(None)
    else:
        when = pd.to_datetime(raw.iloc[:, 0] + " " + raw.iloc[:, 1], format="%d.%m.%Y %H:%M")
        when = when.dt.tz_localize("Europe/Tallinn", ambiguous="infer", nonexistent="shift_forward")
        when = when.dt.tz_convert("UTC").dt.tz_localize(None)
    values = pd.Series(raw.iloc[:, column].to_numpy(), pd.DatetimeIndex(when + pd.Timedelta(hours=ahead)))
    values = pd.to_numeric(values, errors="coerce")
    return values[~values.index.duplicated(keep="last")].sort_index().resample("1h").mean()


def right() -> dict[str, object]:
    context = classroom.current()
    return {name: context.right_answer(task) for name, task in context.tasks.items() if task.kind != "text"}


def test_days_are_those_of_the_files(begin: Begin) -> None:
    running = begin(NAME, depth="B", station=ROSTOCK)
    days = running.value("days")["temperature"].to_pandas().T
    assert list(days.index.astype("str")[[0, -1]]) == ["2025-12-04", "2025-12-31"]
    for station in FILES:
        ours = hours(station).resample("1D").mean().reindex(days.index)
        assert days[station].to_numpy() == pytest.approx(ours.to_numpy(), abs=0.05), station


def test_right_answers_follow_from_the_days(begin: Begin) -> None:
    running = begin(NAME, depth="A")
    days = running.value("days")["temperature"].to_pandas().T
    last, others = days.iloc[-1], days.drop(columns=TARTU).mean(axis=1)
    found = right()
    assert found["1"] == ("a" if last.idxmax() == TARTU else "b" if last.idxmin() == TARTU else "c")
    assert found["2"] == pytest.approx(last.max() - last.min())
    assert found["3"] == ("b" if (days[TARTU] - others).mean() <= -0.5 else "a")
    assert found["4"] == int((days[TARTU] > others).sum())
    year = hours(TARTU)["2025"]
    whole = year.resample("1D").count() >= 18
    assert found["8"] == int((year.resample("1D").min()[whole] < 0).sum())


def test_the_day_night_range_is_that_of_the_hours_that_all_measured(begin: Begin) -> None:
    running = begin(NAME, depth="B", station=ROSTOCK)
    table = running.value("same_hours")["temperature"].to_pandas().T
    assert (table.notna().all(axis=1) == table.notna().any(axis=1)).all()
    for station, ahead in ((TARTU, 2), (ROSTOCK, 1)):
        course = table[station].groupby((table.index + pd.Timedelta(hours=ahead)).hour).mean()
        assert running.value("ranges")[station] == pytest.approx(course.max() - course.min(), abs=1e-6)
    figure = kit.variation(running.value("same_hours"), "hour", "temperature", by="station").table
    drawn = figure.groupby("part")["mean"].agg(lambda hour: hour.max() - hour.min())
    assert sorted(drawn) == pytest.approx(sorted(running.value("ranges").values()), abs=1e-6)


def test_another_station_has_other_answers(begin: Begin) -> None:
    begin(NAME, depth="B")
    ours = right()
    begin(NAME, depth="B", station=ROSTOCK)
    theirs = right()
    assert (ours["3"], theirs["3"]) == ("b", "a")
    assert ours["8"] != theirs["8"]
    assert kit.answer("7", str(theirs["7"])).state == "right"
    assert kit.answer("6", f"{theirs['6']:.1f}".replace(".", ",")).state == "right"
    assert kit.answer("6", float(ours["6"])).state == "not yet"  # type: ignore[arg-type]
    assert kit.answer("5", "c").state == "not yet"
    assert kit.answer("9", round(float(theirs["9"]))).state == "right"  # type: ignore[arg-type]


def test_two_stations_of_a_region_are_compared_with_the_country_and_two_of_a_country_with_all(
    begin: Begin,
) -> None:
    running = begin(NAME, depth="A")
    assert running.region == "EE-79"
    assert len(running.value("places")) == 4
    assert all(place.startswith("EE-") for place in running.value("places"))
    abroad = begin(NAME, depth="A", station=ROSTOCK)
    assert {place[:2] for place in abroad.value("places")} == {"DE", "EE"}


def test_an_uneven_station_is_left_out_and_the_newest_common_day_is_taken(begin: Begin) -> None:
    running = begin(NAME, depth="A")
    few = running.value("all_days").copy(deep=True)
    few["temperature"].loc[{"station": "EE-HRJ-q5n7/roof", "time": few["time"][:8]}] = float("nan")
    few["temperature"].loc[{"station": "EE-PRN-3v8d/roof", "time": few["time"][-1]}] = float("nan")
    running.value("days")
    running.values._kept = {"all_days": few}
    assert "EE-HRJ-q5n7/roof" not in running.value("places")
    assert "EE-PRN-3v8d/roof" in running.value("places")
    assert running.value("newest") == "2025-12-30"
