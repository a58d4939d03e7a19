"""Lesson 5, who lives here: right answers from the tables with pandas alone, and for other classes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from math import comb
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kit
from kit import classroom, lesson, samples, text
from kit.dataset import create
from kit.model import Station

HARJU, PARNU = "EE-HRJ-q5n7/roof", "EE-PRN-h6w2/garden"


@pytest.fixture
def start(practice_cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[object]:
    """Start the lesson; with the station of another sample school, or a dataset of one's own."""
    monkeypatch.setenv("KIT_CACHE", str(practice_cache))
    monkeypatch.chdir(tmp_path)

    def started(depth: str = "A", **given: object) -> lesson.Running:
        return lesson.start("05-who-lives-here", lang="en", depth=depth, **given)  # type: ignore[arg-type]

    yield started
    classroom.leave()
    text.use(None)


def lists_of(folder: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Complete lists of a sample school: (species on each, one row a list; counts, NaN for an X)."""
    raw = pd.read_csv(
        samples.folder() / folder / "linnuloendus_2024-2025.csv", sep=";", encoding="utf-8-sig", dtype=str
    )
    whole = raw[raw["Täielik nimekiri"] == "jah"]
    when = whole["Kuupäev"].str.split(".").str[::-1].str.join("-") + " " + whole["Kellaaeg"]
    counts = whole.assign(when=when, n=pd.to_numeric(whole["Arv"], errors="coerce"))
    counts = counts.pivot_table(
        index="when",
        columns="Teaduslik nimi",
        values="n",
        aggfunc=lambda n: n.sum(skipna=False),
        dropna=False,
    )
    seen = pd.crosstab(when, whole["Teaduslik nimi"]) > 0
    return seen, counts.reindex(index=seen.index, columns=seen.columns).where(seen, 0.0)


def expected(seen: pd.DataFrame, n: int) -> float:
    """Species that n lists name on average: each is missed by the draws of lists that are without it."""
    lists, without = len(seen), (~seen).sum()
    return float(sum(1 - comb(int(left), n) / comb(lists, n) for left in without))


def test_the_mean_over_all_draws_is_that_of_every_draw_written_out() -> None:
    seen = lists_of("harju-a")[0].iloc[:8]
    every = [int(seen.iloc[list(pick)].any().sum()) for pick in combinations(range(8), 3)]
    assert expected(seen, 3) == pytest.approx(np.mean(every))


def test_answers_agree_with_the_files_counted_with_pandas(start) -> None:  # type: ignore[no-untyped-def]
    running = start("B")
    seen, counts = lists_of("harju-a")
    assert running.value("ours") == HARJU
    assert running.value("many")[HARJU] == len(seen)
    right = {name: classroom.current().right_answer(task) for name, task in classroom.current().tasks.items()
             if task.kind != "text"}  # fmt: skip
    assert right["1"] == int(seen.sort_index().iloc[-1].sum())
    assert right["2"] == "b"
    whole = counts[counts.notna().all(axis=1)].sum()
    shares = whole / whole.sum()
    assert right["11"] == pytest.approx(1 / (shares**2).sum())
    assert running.value("here")["hill1"] == pytest.approx(
        np.exp(-(shares[shares > 0] * np.log(shares[shares > 0])).sum())
    )
    start("A")
    context = classroom.current()
    assert context.right_answer(context.tasks["3"]) == round(100 * seen.mean().max())
    assert context.right_answer(context.tasks["6"]) == pytest.approx(expected(seen, 5))
    assert context.right_answer(context.tasks["7"]) == "a"
    start("C")
    context = classroom.current()
    assert context.right_answer(context.tasks["8"]) == pytest.approx(expected(seen, 5))


def test_single_sightings_are_counted_apart(start) -> None:  # type: ignore[no-untyped-def]
    running = start("C")
    loose = running.shared.sightings(station="DE-ROS-8t3c/roof")
    assert set(loose["eventID"]) == {""}
    assert running.value("without_survey") >= len(loose) > 200
    words = " ".join(kit.diversity(running.value("everything")).remarks("en"))
    assert f"belong to no survey: {running.value('without_survey')}." in words
    assert kit.answer("4", running.value("without_survey")).state == "right"


def test_the_fair_comparison_is_that_of_five_lists_each(start) -> None:  # type: ignore[no-untyped-def]
    running = start("A", station=PARNU)
    assert running.value("ours") == PARNU
    partner = running.value("partner")
    assert partner != PARNU
    table = running.value("fair").table.set_index("group")
    assert table.loc[PARNU, "hill0"] == pytest.approx(expected(lists_of("parnu-b")[0], 5))
    more = running.value("more")
    if running.value("fair").differ():
        assert more == ("a" if table["hill0"].idxmax() == PARNU else "b")
    else:
        assert more == "c"
    assert kit.answer("9", more).state == "right"
    assert kit.answer("9", {"a": "b", "b": "a", "c": "a"}[more]).state == "not yet"
    assert kit.answer("14", "b, d" if more == "c" else "a, d").state == "right"
    assert kit.answer("14", "a, b, c, d, e").state == "not yet"
    assert kit.answer("14", "c").state == "not yet"


def test_other_stations_have_other_right_answers(start) -> None:  # type: ignore[no-untyped-def]
    running = start("A")
    ours = {name: float(running.values.evaluate(task.code)) for name, task in running.lesson.tasks.items()
            if task.kind == "number"}  # fmt: skip
    other = start("A", station=PARNU)
    theirs = {name: float(other.values.evaluate(task.code)) for name, task in other.lesson.tasks.items()
              if task.kind == "number"}  # fmt: skip
    assert ours.keys() == theirs.keys()
    assert ours != theirs
    assert kit.answer("6", f"{theirs['6']:.1f}".replace(".", ",")).state == "right"
    assert kit.answer("6", theirs["6"] + 1).state == "not yet"


def test_a_station_without_lists_borrows_those_of_the_school_with_most(start) -> None:  # type: ignore[no-untyped-def]
    running = start("A", station="DE-ROS-8t3c/roof")
    many = running.value("many")
    assert "DE-ROS-8t3c/roof" not in many
    assert many[running.value("ours")] == max(many.values())
    assert running.value("names")[0] in running.value("both").sentence("en") + str(
        running.value("both").names
    )


HEADER = "Species;Scientific name;Count;Date;Time;Minutes;Observers;Complete list\n"


def own(folder: Path, days: int, schools: int) -> None:
    """Make a dataset of a class's own: a few lists of invented birds."""
    shared = create(folder, school="EE-TST-1", region="EE-79", zone="Europe/Tallinn")
    names = [("Parus major", "great tit"), ("Pica pica", "magpie"), ("Corvus cornix", "hooded crow")]
    for school in range(1, schools + 1):
        station = f"EE-TST-{school}/yard"
        shared.add_station(
            Station(station, "EE-79", 58.4, 26.7, 60.0, "Europe/Tallinn", "garden", f"Test {school}")
        )
        rows = [
            f"{common};{latin};{1 + at};{day:02d}.05.2026;10:00;10;{school};yes\n"
            for day in range(1, days + 1)
            for at, (latin, common) in enumerate(names)
            if at <= day % 3 or school == 2
        ]
        file = folder.parent / f"birds{school}.csv"
        file.write_text(HEADER + "".join(rows), encoding="utf-8")
        receipt = shared.upload(file, station=station, accept_likely=True)
        assert receipt.status == "stored", receipt


@pytest.mark.parametrize("schools", [1, 2])
def test_a_class_with_its_own_lists(start, tmp_path: Path, schools: int) -> None:  # type: ignore[no-untyped-def]
    """Every value and every task works with ten lists, also where there is no other school."""
    own(tmp_path / "ours", 10, schools)
    for depth in "ABC":
        running = start(depth, dataset=tmp_path / "ours", station="EE-TST-1/yard")
        assert not running.practice
        context = classroom.current()
        for name, task in context.tasks.items():
            if task.kind == "text":
                continue
            right = context.right_answer(task)
            assert kit.answer(name, right).state == "right", name
    assert running.value("partner") == ("EE-TST-2/yard" if schools == 2 else "")
    assert running.value("more") == ("d" if schools == 1 else running.value("more"))
    assert running.value("without_survey") == 0
    found = kit.analysis.dissimilarity(running.value("pair"), by=running.value("sides"))
    assert len(found.pairs) >= 1


def test_a_dataset_without_any_list_practises_with_the_samples(start, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    shared = create(tmp_path / "none", school="EE-TST-1", region="EE-79", zone="Europe/Tallinn")
    yard = Station("EE-TST-1/yard", "EE-79", 58.4, 26.7, 60.0, "Europe/Tallinn", "garden", "Test")
    shared.add_station(yard)
    running = start("A", dataset=tmp_path / "none")
    assert running.practice
    assert running.value("ours") == HARJU


def test_the_other_school_is_the_one_whose_effort_is_least_like_ours(start) -> None:  # type: ignore[no-untyped-def]
    running = start("A")
    many = running.value("many")
    apart = {place: max(n / many[HARJU], many[HARJU] / n) for place, n in many.items() if place != HARJU}
    assert running.value("partner") == max(apart, key=apart.get)  # type: ignore[arg-type]
