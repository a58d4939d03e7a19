"""Lesson 8, where is spring: right answers from the tables with pandas alone, and for other classes."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import kit
from kit import classroom, lesson, samples
from kit.dataset import Dataset, create
from kit.model import Station
from tests.lessons.conftest import Begin

NAME, BRIMSTONE = "08-where-is-spring", "Gonepteryx rhamni"
VILJANDI, DIARY = "EE-VIL-x3c8/trail", "EE-TRT-m4x9/trail"


def walks(station: str) -> pd.DataFrame:
    """The complete lists of a sample trail: a row a day, a column per species with yes and no."""
    path = next(file["path"] for file in samples.files("spring") if file["station"] == station
                and file["kind"] == "sightings")  # fmt: skip
    raw = pd.read_csv(samples.folder() / path, sep=";", encoding="utf-8-sig", dtype=str)
    day, whole = raw.columns[0], raw.columns[3]
    raw = raw[raw[whole].isin(["jah", "ja"])]
    seen = raw[raw.columns[4:]].eq("x")
    return seen.set_index(pd.to_datetime(raw[day], format="%d.%m.%Y")).sort_index()


def first_date(seen: pd.Series) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the day of the last list without it and of the first list with it."""
    first = seen.index[seen.to_numpy()][0]
    return seen.index[seen.index < first][-1], first


def middles(seen: pd.DataFrame) -> pd.Series:
    """Return the middle of each year's interval, in days after 1 March, where it is short enough."""
    found = {}
    for year, part in seen.groupby(seen.index.year):
        before, first = first_date(part[BRIMSTONE])
        if (first - before).days <= 14:
            found[year] = (before + (first - before) / 2 - pd.Timestamp(year, 3, 1)) / pd.Timedelta(days=1)
    return pd.Series(found)


def rights(running: lesson.Running) -> dict[str, Any]:
    context = classroom.current()
    return {name: context.right_answer(task) for name, task in context.tasks.items() if task.kind != "text"}


def test_answers_agree_with_the_files_counted_with_pandas(begin: Begin) -> None:
    running = begin(NAME, depth="A")
    assert running.value("latin") == BRIMSTONE
    assert (running.value("here"), running.value("year")) == (VILJANDI, 2025)
    right = rights(running)
    ours = walks(VILJANDI).loc["2025", BRIMSTONE]
    before, first = first_date(ours)
    assert right["1"] == (first - before).days
    groups = [first_date(ours.iloc[group::3])[1] for group in range(3)]
    assert right["3"] == (max(groups) - first).days > 0
    others = [file["station"] for file in samples.files("spring") if file["kind"] == "sightings"
              and file["station"].startswith("EE-")]  # fmt: skip
    dates = {station: first_date(walks(station).loc["2025", BRIMSTONE]) for station in others}
    assert len(dates) == 10
    assert right["4"] == sum(date < first for _, date in dates.values())
    places = {one.id: one.latitude for one in running.shared.stations()}
    north = np.array([places[station] for station in others])
    day = [((a + (b - a) / 2) - pd.Timestamp(2025, 1, 1)) / pd.Timedelta(days=1) for a, b in dates.values()]
    assert running.value("across").per_degree == pytest.approx(np.polyfit(north, day, 1)[0])


def test_the_long_series_is_the_diary_and_its_slopes_are_those_of_numpy(begin: Begin) -> None:
    running = begin(NAME, depth="C")
    assert running.value("long_place") == DIARY
    own = middles(walks(DIARY))
    assert running.value("n_years") == len(own)
    series = running.value("series")
    assert series.slope == pytest.approx(10 * np.polyfit(own.index, own, 1)[0])
    pairs = [(own[b] - own[a]) / (b - a) for a, b in combinations(own.index, 2)]
    assert rights(running)["13"] == pytest.approx(10 * np.median(pairs))
    rng = np.random.default_rng(5)
    shuffled = [np.polyfit(own.index, rng.permutation(own), 1)[0] for _ in range(2000)]
    share = np.mean(np.abs(shuffled) >= abs(series.slope / 10))
    assert rights(running)["14"] == ("a" if share > 0.2 else "b" if share > 0.05 else "c")
    assert running.value("change") == "earlier"


def test_one_late_spring_and_the_warmth(begin: Begin) -> None:
    running = begin(NAME, depth="B")
    own = middles(walks(DIARY))
    assert own[running.value("odd_year")] == own.max(), "the highest dot of the figure"
    without = running.value("without_odd")
    assert running.value("odd_year") not in set(without.years["year"])
    assert rights(running)["8"] == ("a" if without.direction == running.value("series").direction else "b")
    path = next(file["path"] for file in samples.files("spring") if file["station"] == DIARY
                and file["kind"] != "sightings")  # fmt: skip
    table = pd.read_csv(samples.folder() / path, sep=";", decimal=",", encoding="utf-8-sig")
    days = pd.to_datetime(table.iloc[:, 0], format="%d.%m.%Y")
    months = table.iloc[:, 1].groupby([days.dt.year, days.dt.month]).mean().unstack()
    warm = months[[2, 3, 4]].mean(axis=1)
    assert running.value("warmth").months == (2, 3, 4)
    assert running.value("warmth").slope == pytest.approx(np.polyfit(warm[own.index], own, 1)[0], abs=0.1)
    assert rights(running)["9"] == "a"


def test_what_may_be_said_follows_from_the_data(begin: Begin) -> None:
    running = begin(NAME, depth="A")
    right = rights(running)
    assert (right["5"], right["6"], right["10"]) == ("c", "a", "b"), (
        "with ten schools: not clear; fifty years"
    )
    assert kit.answer("10", "a, b").state == "not yet"
    assert kit.answer("10", "b, c").state == "not yet"
    assert kit.answer("10", "b").state == "right"
    wide = begin(NAME, depth="A", station="DE-ROS-8t3c/trail")
    assert {one[:2] for one in running.value("around")} == {"EE"}
    assert {one[:2] for one in wide.value("around")} == {"DE", "EE"}, "fewer than five schools in its country"
    right = rights(wide)
    assert (right["5"], right["10"]) == ("a", "a, b"), "with schools of two countries the way north is clear"


@pytest.mark.parametrize("station", ["EE-RAP-w8k3/trail", "EE-IDV-b7t4/trail"])
def test_other_stations_have_other_right_answers(begin: Begin, station: str) -> None:
    ours = rights(begin(NAME, depth="A"))
    theirs = rights(begin(NAME, depth="A", station=station))
    assert ours.keys() == theirs.keys()
    assert [ours[name] for name in "134"] != [theirs[name] for name in "134"]
    assert kit.answer("4", theirs["4"]).state == "right"
    assert kit.answer("4", theirs["4"] + 1).state == "not yet"


HEADER = "Species;Scientific name;Count;Date;Time;Minutes;Observers;Complete list\n"


def own(folder: Path, schools: int, years: tuple[int, ...]) -> Dataset:
    """Make a class's own dataset: invented lists every third day, swallows later in the north."""
    shared = create(folder, school="EE-TST-1", region="EE-79", zone="Europe/Tallinn")
    for school in range(1, schools + 1):
        north = 57.6 + 0.3 * school
        station = f"EE-TST-{school}/yard"
        shared.add_station(
            Station(station, "EE-79", north, 26.7, 60.0, "Europe/Tallinn", "garden", f"Test {school}")
        )
        rows = []
        for year in years:
            for day in pd.date_range(f"{year}-03-20", f"{year}-05-30", freq="3D"):
                names = [("Pica pica", "magpie")]
                names += [("Hirundo rustica", "barn swallow")] * (day.dayofyear >= 110 + 3 * school)
                rows += [f"{common};{latin};1;{day:%d.%m.%Y};10:00;10;5;yes\n" for latin, common in names]
        file = folder.parent / f"spring{school}.csv"
        file.write_text(HEADER + "".join(rows), encoding="utf-8")
        receipt = shared.upload(file, station=station, accept_likely=True)
        assert receipt.status == "stored", receipt
    return shared


@pytest.mark.parametrize(
    ("schools", "years"), [(1, (2026,)), (6, (2025, 2026)), (2, tuple(range(2014, 2027)))]
)
def test_a_class_with_its_own_lists(
    begin: Begin, tmp_path: Path, schools: int, years: tuple[int, ...]
) -> None:
    """Every value and every task works with few schools, few years, and no temperatures."""
    own(tmp_path / "ours", schools, years)
    for depth in "ABC":
        running = begin(NAME, depth=depth, dataset=tmp_path / "ours", station="EE-TST-1/yard")
        assert not running.practice
        assert running.value("latin") == "Hirundo rustica"
        for name in running.lesson.values:
            running.value(name)
        for name, right in rights(running).items():
            assert kit.answer(name, right).state == "right", name
    assert running.value("gap") == 3
    assert running.value("towards") == ("later" if schools == 6 else "unclear")
    assert running.value("change") == ("unclear" if len(years) > 10 else "none")
    assert running.value("with_warmth") == "none"
    for name in ("our_spring", "groups", "dates", "across", "series", "without_odd", "warmth"):
        assert kit.plot.result(running.value(name)).sentence("en")


def test_a_bird_that_stays_all_winter_is_no_sign_of_spring(begin: Begin, tmp_path: Path) -> None:
    """Lists of a whole year: the magpie is on few of them in January, the swallow comes in April."""
    shared = create(tmp_path / "ours", school="EE-TST-1", region="EE-79", zone="Europe/Tallinn")
    shared.add_station(
        Station("EE-TST-1/yard", "EE-79", 58.4, 26.7, 60.0, "Europe/Tallinn", "garden", "Test 1")
    )
    rows = []
    for at, day in enumerate(pd.date_range("2026-01-02", "2026-06-20", freq="3D")):
        names = [("Corvus cornix", "hooded crow")]
        names += [("Pica pica", "magpie")] * (at > 4)
        names += [("Hirundo rustica", "barn swallow")] * (day.dayofyear >= 120)
        rows += [f"{common};{latin};1;{day:%d.%m.%Y};10:00;10;5;yes\n" for latin, common in names]
    file = tmp_path / "year.csv"
    file.write_text(HEADER + "".join(rows), encoding="utf-8")
    assert shared.upload(file, station="EE-TST-1/yard", accept_likely=True).status == "stored"
    running = begin(NAME, depth="A", dataset=tmp_path / "ours", station="EE-TST-1/yard")
    assert running.value("latin") == "Hirundo rustica"
    assert kit.phenology(running.value("mine"), "Pica pica").table["since"].notna().all()


def test_a_station_without_lists_works_with_those_of_another(begin: Begin, tmp_path: Path) -> None:
    shared = own(tmp_path / "ours", 5, (2026,))
    shared.add_station(
        Station("EE-TST-9/yard", "EE-79", 58.4, 26.7, 60.0, "Europe/Tallinn", "garden", "Test 9")
    )
    running = begin(NAME, depth="A", dataset=tmp_path / "ours", station="EE-TST-9/yard")
    assert running.source_of_data.kind == "partner"
    assert running.station.startswith("EE-TST-")
    assert running.station != "EE-TST-9/yard"
    assert running.value("gap") == 3
