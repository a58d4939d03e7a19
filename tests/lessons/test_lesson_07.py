"""Lesson 7, where from: right answers from the station's file with pandas alone, and for made-up classes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kit
from kit import classroom, samples
from kit.dataset import create
from kit.lesson import Running
from kit.model import Station
from kit.samples import dust as sample_dust
from tests.lessons.conftest import Begin

FILE = "parnu-b/ilmajaam_varav_2025.csv.gz"
NAME = "07-where-from"
NAMES = {
    "PM10(µg/m³)": "pm10",
    "PM2.5(µg/m³)": "pm25",
    "Wind(m/s)": "speed",
    "Wind Direction(º)": "direction",
}
LETTERS = "abcdefgh"
SOUTH_WEST, NORTH_WEST = 5, 7
OURS = "EE-TST-1/roof"
UNITS = {"time": "UTC", "wind direction": "°", "wind speed": "m/s", "PM2.5": "µg/m³", "PM10": "µg/m³"}
#: Kit leaves out hours that its checks call wrong, and takes the second of two hours with one name.
ROUGHLY = 0.1


def of_the_file() -> pd.DataFrame:
    raw = pd.read_csv(samples.folder() / FILE, na_values=["--"]).rename(columns=NAMES)
    raw["time"] = pd.to_datetime(raw["Time"])
    raw["side"] = np.round(raw["direction"] / 45) % 8
    return raw[raw["speed"] > 0]


def right() -> dict[str, object]:
    context = classroom.current()
    return {name: context.right_answer(task) for name, task in context.tasks.items() if task.kind != "text"}


def ends_by_weeks(rows: pd.DataFrame, side: int) -> tuple[float, float]:
    """Draw whole weeks with replacement: the middle 95 % of the means of one side."""
    weeks = rows[rows["side"] == side].groupby(rows["time"].dt.dayofyear // 7)["pm10"].agg(["sum", "count"])
    drawn = np.random.default_rng(7).integers(0, len(weeks), (2000, len(weeks)))
    means = weeks["sum"].to_numpy()[drawn].sum(axis=1) / weeks["count"].to_numpy()[drawn].sum(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def test_often_and_dusty_are_those_of_the_file(begin: Begin) -> None:
    running = begin(NAME, depth="B")
    rows, answers = of_the_file(), right()
    assert running.value("dust") == "pm10"
    assert answers["1"] == LETTERS[int(rows.groupby("side").size().idxmax())] == LETTERS[SOUTH_WEST]
    means = rows.groupby("side")[["pm10", "pm25"]].mean()
    assert answers["4"] == LETTERS[int(means["pm10"].idxmax())] == LETTERS[NORTH_WEST]
    assert running.value("sides")["mean"].to_numpy() == pytest.approx(means["pm10"].to_numpy(), abs=ROUGHLY)
    assert sample_dust.TRUTH["direction"] == 45 * NORTH_WEST
    assert ends_by_weeks(rows, NORTH_WEST)[0] > ends_by_weeks(rows, SOUTH_WEST)[1]
    assert (answers["5"], answers["11"]) == ("b", "a")
    share = 100 * means["pm25"] / means["pm10"]
    assert answers["7"] == pytest.approx(share[NORTH_WEST], abs=1)
    assert share[NORTH_WEST] < share[SOUTH_WEST] - 10
    assert answers["8"] == "a"
    bins = rows.groupby(["side", np.ceil(rows["speed"] / 2)])["pm10"].agg(["mean", "count"])
    speed = bins[bins["count"] >= 5]["mean"].idxmax()[1]
    assert answers["6"] == "abc"[int(min(speed, 3)) - 1]


def test_witnesses_are_those_of_the_file(begin: Begin) -> None:
    running = begin(NAME, depth="C")
    rows = of_the_file()
    there = rows[rows["side"] == NORTH_WEST]
    days = there.groupby(there["time"].dt.dayofweek >= 5)["pm10"].mean()
    assert running.value("work")["mean"] == pytest.approx(days[False], abs=3 * ROUGHLY)
    assert running.value("rest")["mean"] == pytest.approx(days[True], abs=3 * ROUGHLY)
    assert right()["9"] == "a"
    windy = rows[rows["speed"] > rows["speed"].median()].groupby("side")["pm10"].agg(["mean", "count"])
    assert running.value("windy_sides")["count"].to_numpy() == pytest.approx(
        windy["count"].to_numpy(), abs=30
    )
    assert right()["13"] == ("a" if windy["mean"].idxmax() == NORTH_WEST else "b")


def test_sides_made_by_pupils_are_those_of_kit_also_between_two_sides(begin: Begin) -> None:
    running = begin(NAME, depth="C")
    one = running.value("one")
    between = one.assign(wind_direction=one["wind_direction"] // 22.5 * 22.5)
    found = kit.variation(between.expand_dims("station"), "wind", "pm10").table.set_index("wind")["n"]
    codes = running.lesson.values["side"]
    side = eval(codes, {"one": between})
    n = between["pm10"].to_series().groupby(side.to_series()).count()
    assert n.to_dict() == pytest.approx(found.to_dict(), rel=0.02)


def test_wrong_answers_are_not_right(begin: Begin) -> None:
    begin(NAME, depth="B")
    assert kit.answer("4", "f").state == "not yet"
    assert kit.answer("2", "b").state == "not yet"
    assert kit.answer("11", "a, c").state == "not yet"
    assert kit.answer("7", "36 %").state == "right"
    assert kit.answer("7", 62).state == "not yet"


Rule = Callable[[pd.DataFrame], np.ndarray]


@pytest.fixture
def class_with(begin: Begin, tmp_path: Path) -> Callable[..., Running]:
    """Begin the lesson with a class's own station: 75 days of a wind mostly from the west, and made-up dust.

    ``coarse`` and ``fine`` say what is added to PM10 and PM2.5; ``without`` columns are not measured.
    """

    def start(coarse: Rule, fine: Rule | None = None, without: tuple[str, ...] = ()) -> Running:
        random, n = np.random.default_rng(11), 24 * 75
        rows = pd.DataFrame({"time": pd.date_range("2026-01-05", periods=n, freq="h")})
        turned = np.repeat(random.normal(262, 55, n // 6), 6)
        rows["wind direction"] = np.mod(turned + random.normal(0, 10, n), 360).round()
        rows["wind speed"] = np.repeat(random.gamma(4, 0.8, n // 6), 6).round(1) + 0.2
        days = np.repeat(random.gamma(5, 0.5, 75), 24)
        rows["PM2.5"] = days + random.gamma(4, 0.8, n) + (fine(rows) if fine else 0.0)
        rows["PM10"] = 1.5 * rows["PM2.5"] + random.gamma(4, 0.3, n) + coarse(rows)
        file, held = tmp_path / "ours.csv", rows.drop(columns=list(without))
        held = held.rename(columns={name: f"{name} ({unit})" for name, unit in UNITS.items()})
        held.to_csv(file, index=False, sep=";", float_format="%.2f")
        shared = create(tmp_path / "ours", school="EE-TST-1", region="EE-79", zone="Europe/Tallinn")
        shared.add_station(Station(OURS, "EE-79", 58.4, 26.7, 60.0, "Europe/Tallinn", "roof", "Our roof"))
        receipt = shared.upload(file, station=OURS, accept_likely=True)
        assert receipt.status == "stored", receipt.text()
        shared.close()
        return begin(NAME, depth="B", dataset=str(tmp_path / "ours"))

    return start


def from_side(rows: pd.DataFrame, side: int) -> np.ndarray:
    return (np.round(rows["wind direction"] / 45) % 8 == side).to_numpy()


def test_where_no_side_stands_out_the_answer_says_so(class_with: Callable[..., Running]) -> None:
    running = class_with(lambda rows: np.zeros(len(rows)))
    assert (running.source_of_data.kind, running.station) == ("own", OURS)
    answers = right()
    assert answers["1"] == "g"
    assert (answers["5"], answers["11"]) in (("c", "d"), ("a", "d"))
    assert answers["9"] == "c"
    assert kit.answer("11", "a").state == "not yet"


def test_dust_from_the_commonest_side_is_no_other_side(class_with: Callable[..., Running]) -> None:
    class_with(lambda rows: np.where(from_side(rows, 6), 15.0, 0.0))
    answers = right()
    assert answers["1"] == answers["4"] == "g"
    assert (answers["5"], answers["8"], answers["11"]) == ("a", "d", "d")


def test_smoke_at_weekends_is_finer_and_told_as_such(class_with: Callable[..., Running]) -> None:
    def stoves(rows: pd.DataFrame) -> np.ndarray:
        return np.where(from_side(rows, 7) & (rows["time"].dt.dayofweek >= 5).to_numpy(), 60.0, 0.0)

    running = class_with(lambda rows: 8.0 - stoves(rows) / 2, stoves)
    answers = right()
    assert answers["4"] == "h"
    assert running.value("finer") > 10
    assert (answers["8"], answers["9"]) == ("b", "b")


def test_pm25_alone_is_enough_and_its_share_is_all(class_with: Callable[..., Running]) -> None:
    def stoves(rows: pd.DataFrame) -> np.ndarray:
        return np.where(from_side(rows, 7), 9.0, 0.0)

    running = class_with(lambda rows: np.zeros(len(rows)), stoves, without=("PM10",))
    answers = right()
    assert running.value("dust") == "pm25"
    assert answers["7"] == pytest.approx(100)
    assert (answers["4"], answers["5"], answers["8"], answers["11"]) == ("h", "b", "d", "a")


def test_pm10_of_a_part_of_the_time_is_not_set_beside_pm25_of_all_of_it(
    class_with: Callable[..., Running],
) -> None:
    running = class_with(lambda rows: np.where(rows.index < 24 * 40, np.nan, 0.0))
    assert int(running.value("hours")["pm10"].notnull().sum()) > 24 * 30
    assert running.value("dust") == "pm25"
    assert (right()["7"], right()["8"]) == (pytest.approx(100), "d")


def test_without_wind_of_its_own_a_class_works_with_the_sample(class_with: Callable[..., Running]) -> None:
    running = class_with(lambda rows: np.zeros(len(rows)), without=("wind direction",))
    assert (running.source_of_data.kind, running.source_of_data.own) == ("sample", OURS)
    assert OURS in repr(running)
    assert right()["4"] == LETTERS[NORTH_WEST]
