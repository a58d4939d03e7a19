"""Lesson 10, our region together: right answers from the stations' files with pandas and all dealings."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, permutations
from typing import Any

import numpy as np
import pandas as pd
import pytest

import kit
from kit import classroom, lesson, samples
from kit.classroom.check import Told
from kit.dataset import Dataset, waiting
from kit.dataset.findings import CRITERIA, LEVELS, keep_finding, keep_plan, keep_review
from kit.errors import AnalysisError, UsageError
from tests.lessons.conftest import Begin

NAME = "10-our-region-together"
OURS, ROSTOCK = "EE-PRN-3v8d/roof", "DE-ROS-8t3c/roof"
#: Station -> its file, separator, column of its time (UTC) and of the temperature.
FILES = {
    "EE-TRT-m4x9/garden": ("tartu-b/2019-2025_dht22_sensor_99102.csv.gz", ";", "timestamp", 6),
    OURS: ("parnu-a/opensensemap_Temperature_2019-2025.csv.gz", ",", "createdAt", 1),
}


class Fewer:
    """The shared data as if only some stations had been there."""

    def __init__(self, shared: Any, *stations: str) -> None:
        self.shared, self.only, self.version = shared, stations, "fewer"

    def __getattr__(self, name: str) -> Any:
        return getattr(self.shared, name)

    def stations(self) -> Iterator[Any]:
        return (one for one in self.shared.stations() if one.id in self.only)


def days_of_the_file(station: str) -> pd.Series:
    """Daily means of a station's file by its standard time (two hours before UTC)."""
    file, sign, clock, column = FILES[station]
    raw = pd.read_csv(samples.folder() / file, sep=sign)
    when = pd.to_datetime(raw[clock]).dt.tz_localize(None) + pd.Timedelta(hours=2)
    values = pd.Series(pd.to_numeric(raw.iloc[:, column], errors="coerce").to_numpy(), pd.DatetimeIndex(when))
    values = values[~values.index.duplicated(keep="last")].sort_index()
    return values.resample("1h").mean().resample("1D").mean()


def right() -> dict[str, Any]:
    context = classroom.current()
    return {name: context.right_answer(task) for name, task in context.tasks.items() if task.kind != "text"}


def levels(running: lesson.Running) -> pd.Series:
    """Each place's mean over the days that all of them have (in the samples nearly all days)."""
    table: pd.DataFrame = running.value("days")["temperature"].to_pandas().T
    return table.dropna().mean()


def dealt(x: np.ndarray, y: np.ndarray) -> float:
    """The share of all dealings of x whose slope is as far from zero as the real one."""
    slopes = [np.polyfit(np.array(one), y, 1)[0] for one in permutations(x)]
    return float(np.mean(np.abs(slopes) >= abs(slopes[0]) * (1 - 1e-9)))


def test_days_are_those_of_the_files(begin: Begin) -> None:
    running = begin(NAME, depth="A")
    days = running.value("days")["temperature"].to_pandas().T
    assert (running.station, len(days), days.shape[1]) == (OURS, 90, 6)
    for station in FILES:
        ours = days_of_the_file(station).reindex(days.index)
        assert days[station].dropna().to_numpy() == pytest.approx(ours[days[station].notna()], abs=0.05)


def test_chance_is_that_of_all_720_dealings(begin: Begin) -> None:
    running = begin(NAME, depth="A")
    level = levels(running)
    places = {one.id: one for one in running.shared.stations()}
    found = right()
    assert found["3"] == len(level)
    clear = []
    for letter, name, scale in (
        ("a", "north", "latitude"),
        ("b", "east", "longitude"),
        ("c", "height", "elevation"),
    ):
        x = np.array([getattr(places[station], scale) for station in level.index])
        share = dealt(x, level.to_numpy())
        assert running.value(name).p == pytest.approx(share, abs=0.003), name
        if share <= 0.05:
            clear.append(letter)
    assert found["5"] == (", ".join(clear) or "d")
    north = dealt(np.array([places[one].latitude for one in level.index]), level.to_numpy())
    assert found["4"] == ("a" if north > 0.2 else "b" if north > 0.05 else "c")
    assert found["8"] == ("a, b, d" if "a" in clear else "b, c, d")


def test_two_groups_are_compared_place_by_place(begin: Begin) -> None:
    running = begin(NAME, depth="C")
    level, groups = levels(running), running.value("groups")
    places = {one.id: float(one.latitude or 0) for one in running.shared.stations() if one.id in level.index}
    half = sorted(places, key=lambda name: places[name])[len(places) // 2 :]
    assert {name for name, group in groups.items() if group} == set(half)
    north = [name for name, group in groups.items() if group]
    difference = level[north].mean() - level.drop(north).mean()
    found = right()
    assert found["7"] == pytest.approx(difference, abs=0.01)
    ways = [
        level[list(one)].mean() - level.drop(list(one)).mean()
        for one in combinations(level.index, len(north))
    ]
    share = float(np.mean(np.abs(ways) >= abs(difference) - 1e-9))
    grouped = running.value("grouped")
    assert grouped.p == pytest.approx(share, abs=1e-6)
    rarest = float(np.mean(np.abs(ways) >= max(np.abs(ways)) - 1e-9))
    assert grouped.smallest_p == pytest.approx(2 / len(ways)), "one way, and the same with the halves changed"
    assert rarest >= grouped.smallest_p - 1e-9
    assert found["6"] == ("b" if grouped.smallest_p > 0.05 else "a")
    assert kit.answer("7", -float(found["7"])).state == "not yet"


def test_the_area_grows_until_five_schools_measured(begin: Begin) -> None:
    running = begin(NAME, depth="B", station=ROSTOCK)
    assert (running.station, running.region) == (ROSTOCK, "DE-MV")
    assert len(running.value("places")) == 6
    assert {place[:2] for place in running.value("places")} == {"DE", "EE"}


def test_with_four_schools_nothing_is_said_about_chance(begin: Begin) -> None:
    running = begin(NAME, depth="A")
    estonian = [one.id for one in running.shared.stations() if one.region.startswith("EE")]
    running.shared = Fewer(running.shared, *estonian)  # type: ignore[assignment]
    north = running.value("north")
    others = levels(running).drop(OURS)
    assert north.difference == pytest.approx(levels(running)[OURS] - others.mean(), abs=0.05)
    found = right()
    assert (found["3"], found["5"], found["4"], found["8"]) == (4, "d", "d", "a, b, c, d")
    for name in ("east", "height", "grouped", "by_season", "gaps"):
        assert running.value(name).sentence()


def test_a_school_alone_is_told_that_there_is_nobody_to_compare_with(begin: Begin) -> None:
    running = begin(NAME, depth="A")
    running.shared = Fewer(running.shared, OURS)  # type: ignore[assignment]
    with pytest.raises((AnalysisError, UsageError), match="only one station"):
        running.value("north")


def test_panels_say_what_they_are_for_where_no_person_works(begin: Begin) -> None:
    running = begin(NAME, depth="A", lang="et")
    for panel in (kit.widgets.plan, kit.widgets.finding, kit.widgets.findings, kit.widgets.approve):
        assert isinstance(panel(running), Told)


def test_the_criteria_of_the_review_are_in_the_rubric() -> None:
    """What the panel asks of a reviewer stands in the lesson's rubric, in as many levels."""
    rubric = lesson.load(NAME).rubric
    assert rubric is not None
    assert set(CRITERIA) <= {one.id for one in rubric.criteria}
    assert len(rubric.levels) == len(LEVELS)


def test_from_the_plan_to_the_published_finding_and_its_review(begin: Begin) -> None:
    """Group 1 plans and finds, the teacher approves, group 2 reviews: then the region reads it."""
    running = begin(NAME, depth="A")
    shared = running.shared
    assert isinstance(shared, Dataset)
    ours: dict[str, Any] = {"school": OURS.split("/")[0], "group": "1"}
    question: dict[str, Any] = {
        "question": "Colder in the north?",
        "expectation": "Yes.",
        "rule": "Below 0 at both ends.",
    }
    plan = keep_plan(shared, NAME, why="The sun.", **question, **ours)
    words: dict[str, Any] = {
        "sentence": "From October on it was not clear.",
        "limits": "Why, and what comes next.",
    }
    draft = keep_finding(shared, NAME, plan=plan.id, **words, **ours)
    assert not shared.findings(), "nobody sees it before the teacher has read it"
    for one in (plan, draft):
        waiting.approve(shared, one.id)
    found = shared.findings()[0]
    levels = dict.fromkeys(CRITERIA, "yes")
    review = keep_review(shared, found, levels=levels, star="The interval.", wish="Which days?", group="2",
                         school=ours["school"])  # fmt: skip
    waiting.approve(shared, review.id)
    found = shared.findings()[0]
    assert (found.lesson, found.sentence) == (NAME, words["sentence"])
    assert found.plan is not None
    assert found.plan.written <= found.written
    assert [one.wish for one in found.reviews] == ["Which days?"]
    assert "Which days?" in repr(kit.widgets.findings(running))
