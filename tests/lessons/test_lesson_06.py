"""Lesson 6, is it changing: right answers from the sensor's file with pandas alone, and elsewhere."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

import kit
from kit import classroom, samples
from tests.lessons.conftest import Begin

FILE = "tartu-b/2019-2025_dht22_sensor_99102.csv.gz"
NAME = "06-is-it-changing"
OURS = "EE-TRT-m4x9/garden"
#: Some hours of the file are wrong (kit leaves them out), so that means of years differ a little.
WRONG_HOURS = 0.05


def days_of_the_file() -> pd.Series:
    """Daily temperature of the sample station's file, by its standard time (two hours before UTC)."""
    raw = pd.read_csv(samples.folder() / FILE, sep=";")
    when = pd.to_datetime(raw["timestamp"]) + pd.Timedelta(hours=2)
    hours = pd.Series(raw["temperature"].to_numpy(), index=pd.DatetimeIndex(when))
    hours = hours[~hours.index.duplicated(keep="last")].sort_index()
    days = hours.resample("1D").agg(["mean", "count"])
    return days.loc[days["count"] >= 18, "mean"]


def years_of_the_file() -> pd.Series:
    days = days_of_the_file()
    years = days.groupby(days.index.year).agg(["mean", "count"])
    return years.loc[years["count"] >= 274, "mean"]


def right() -> dict[str, object]:
    context = classroom.current()
    return {name: context.right_answer(task) for name, task in context.tasks.items() if task.kind != "text"}


def median_of_pairs(years: pd.Series) -> float:
    return float(np.median([(years[b] - years[a]) / (b - a) for a, b in combinations(years.index, 2)]))


def test_years_and_lines_are_those_of_the_file(begin: Begin) -> None:
    running = begin(NAME, depth="C", station=OURS)
    years = years_of_the_file()
    assert running.value("longest") == OURS
    assert running.value("yearly").to_series().to_dict() == pytest.approx(years.to_dict(), abs=WRONG_HOURS)
    straight = np.polyfit(years.index, years, 1)[0]
    assert right()["11"] == pytest.approx(10 * straight, abs=10 * WRONG_HOURS / 3)
    assert running.value("middle") == pytest.approx(median_of_pairs(years), abs=WRONG_HOURS / 3)
    odd = years.copy()
    odd.iloc[-1] += 5
    moved = np.polyfit(odd.index, odd, 1)[0] - straight
    assert moved > abs(median_of_pairs(odd) - median_of_pairs(years))
    assert right()["12"] == "a"


def test_unusual_months_are_those_of_the_two_stations(begin: Begin) -> None:
    running = begin(NAME, depth="A", station=OURS)
    days = running.value("long")["temperature"].to_series().dropna().reset_index()
    months = days.groupby(["station", days["time"].dt.to_period("M")])["temperature"].agg(["mean", "count"])
    months = months[months["count"] >= 0.75 * months.index.get_level_values("time").days_in_month]["mean"]
    table = months.unstack("station")
    away = (table - table.groupby(table.index.month).transform("mean")).mean(axis=1)
    assert right()["2"] == int((away.iloc[-12:] > 0).sum())
    assert right()["1"] == ("a" if away.iloc[-1] > 0 else "b")


def test_our_newest_month_is_laid_on_the_days_of_the_region(begin: Begin) -> None:
    running = begin(NAME, depth="B", station=OURS)
    days = days_of_the_file()
    assert float(running.value("our_month")) == pytest.approx(days["2025-12"].mean(), abs=0.1)
    region = running.value("long")["temperature"].to_series().dropna()
    december = region[region.index.get_level_values("time").month == 12]
    low, high = december.quantile([0.25, 0.75])
    assert running.value("band")["p25"] == pytest.approx(low, abs=0.3)
    assert running.value("band")["p75"] == pytest.approx(high, abs=0.3)
    assert right()["3"] == "c"


def test_answers_about_the_trend_are_those_of_the_trend(begin: Begin) -> None:
    running = begin(NAME, depth="B", station=OURS)
    found = kit.trend(running.shared.readings("temperature", region="EE-79", freq="1D"))
    answers = right()
    assert answers["4"] == ("c" if found.low <= 0 <= found.high else "a" if found.low > 0 else "b")
    assert answers["5"] == pytest.approx(10 * (found.high - found.low))
    assert answers["8"] == "a"
    assert (answers["6"] == "a") == (found.p > 0.2)
    assert kit.answer("5", float(answers["5"]) + 1).state == "not yet"  # type: ignore[arg-type]


def test_a_station_with_one_year_has_no_trend_of_its_own(begin: Begin) -> None:
    running = begin(NAME, depth="B", station="EE-HRJ-q5n7/roof")
    assert running.station == "EE-HRJ-q5n7/roof"
    assert right()["7"] == "d"
    assert len(running.value("used")) == 3
    assert kit.answer("7", "a").state == "not yet"


def test_a_region_with_one_long_series_says_that_it_rests_on_one(begin: Begin) -> None:
    running = begin(NAME, depth="C", station="DE-ROS-8t3c/roof")
    assert running.value("schools") == 1
    assert running.value("without_one") is running.value("trend")
    assert right()["8"] == "c"
    begin(NAME, depth="C", station=OURS)
    assert right()["8"] == "a"
