"""What is said about settled readings is seen at once: nothing it touches is taken from the tables."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
import xarray as xr

from kit.dataset import Dataset, create, open_dataset
from kit.dataset.finals import Finals
from kit.model import Source, Station

#: Two neighbours, and one that no neighbour of theirs can be compared with.
NEAR, BESIDE, FAR = "EE-A/near", "EE-A/beside", "EE-B/far"
PLACES = {NEAR: (58.378, 26.729), BESIDE: (58.381, 26.735), FAR: (59.437, 24.754)}
LATE = datetime(2024, 3, 1, 3)


def describe(name: str, zone: str = "Europe/Tallinn", exposure: str = "roof") -> Station:
    return Station(name, "EE-79", *PLACES[name], elevation=50.0, zone=zone, exposure=exposure)


def give(shared: Dataset, station: str, first: float, variable: str = "temperature (°C)") -> str:
    """Fifty hours of one variable; the same times each time."""
    rows = "".join(f"2024-03-{1 + n // 24:02}T{n % 24:02}:00,{first + n % 7}\n" for n in range(50))
    source = Source(f"{station[-4:]}-{first}.csv", f"time,{variable}\n{rows}".encode())
    return shared.upload(source, answers={"station": station, "zone": "UTC"}).submission


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A settled dataset: a file of each station, a later one of the first, one that was taken back."""
    shared = create(tmp_path_factory.mktemp("stale") / "shared", school="EE-A", region="EE-79")
    for name in PLACES:
        shared.add_station(describe(name))
        give(shared, name, 5)
    give(shared, NEAR, 6)
    shared.retract(give(shared, NEAR, 7))
    give(shared, NEAR, 50, "relative humidity (%)")
    shared.review(NEAR, "temperature", 3, "device")
    shared.compact()
    shared.close()
    return shared.folder


@pytest.fixture
def settled(made: Path, tmp_path: Path) -> Dataset:
    return open_dataset(shutil.copytree(made, tmp_path / "shared"))


def of(shared: Dataset, station: str, value: float) -> str:
    """Return the submission of a station whose file has this first value."""
    return next(one.id for one in shared.submissions() if one.file == f"{station[-4:]}-{value:g}.csv")


def from_elsewhere(shared: Dataset) -> None:
    other = open_dataset(shutil.copytree(shared.folder, shared.folder.parent / "other"))
    other.review(FAR, "temperature", 4, "device")
    other.close()
    shared.merge(other.folder)


Act = Callable[[Dataset], object]
ACTS: dict[str, tuple[Act, set[str]]] = {
    "a new file": (lambda shared: give(shared, FAR, 9), {FAR}),
    "a new file of a neighbour": (lambda shared: give(shared, BESIDE, 9), {NEAR, BESIDE}),
    "taken back": (lambda shared: shared.retract(of(shared, NEAR, 6)), {NEAR, BESIDE}),
    "restored": (lambda shared: shared.restore(of(shared, NEAR, 7)), {NEAR, BESIDE}),
    "corrected": (
        lambda shared: shared.correct(of(shared, FAR, 5), answers={"zone": "Europe/Tallinn"}), {FAR}
    ),
    "reviewed": (lambda shared: shared.review(FAR, "temperature", 4, "device"), {FAR}),
    "reviewed in part": (
        lambda shared: shared.review(FAR, "temperature", 4, "event", since=LATE), {FAR}
    ),
    "reviewed again": (lambda shared: shared.review(NEAR, "temperature", 1, "checked"), {NEAR, BESIDE}),
    "reviewed elsewhere": (from_elsewhere, {FAR}),
    "another zone": (
        lambda shared: shared.add_station(describe(FAR, zone="Asia/Kathmandu")), {FAR}
    ),
    "erased": (lambda shared: shared.erase(of(shared, NEAR, 6), "mistake"), set(PLACES)),
}  # fmt: skip


def looks(shared: Dataset) -> tuple[pd.DataFrame, xr.Dataset]:
    table = shared.readings(freq=None)
    return table.drop(columns="submission"), shared.readings("temperature", freq="1D").drop_attrs()


@pytest.mark.parametrize("act", ACTS)
def test_it_is_seen_at_once(settled: Dataset, act: str) -> None:
    before = looks(settled)
    do, stale = ACTS[act]
    do(settled)
    shared = open_dataset(settled.folder)
    after = looks(shared)
    assert not (after[0].equals(before[0]) and after[1].identical(before[1]))
    version, state = shared._now()
    assert version is not None
    finals = shared._finals()
    assert finals is not None
    assert finals.stale.of("temperature") == stale
    shared._known = Finals(shared._store, version, state, settled=False)
    derived = looks(shared)
    pd.testing.assert_frame_equal(after[0], derived[0])
    xr.testing.assert_identical(after[1], derived[1])
    shared.compact()
    again = looks(open_dataset(settled.folder))
    pd.testing.assert_frame_equal(after[0], again[0])
    xr.testing.assert_identical(after[1], again[1])


@pytest.mark.parametrize(
    "say",
    [
        lambda shared: shared.annotate(NEAR, "new battery"),
        lambda shared: shared.cite("a report"),
        lambda shared: shared.add_station(describe(NEAR)),
        lambda shared: shared.review(FAR, "humidity", 4, "device"),
    ],
)
def test_what_changes_nothing_leaves_it_settled(settled: Dataset, say: Act) -> None:
    say(settled)
    finals = open_dataset(settled.folder)._finals()
    assert finals is not None
    assert finals.stale.of("temperature") == frozenset()


def test_what_is_stale_grows_by_what_is_new(made: Path, tmp_path: Path) -> None:
    """A view that saw the versions one by one and one that sees only the last find the same stale."""
    shared = open_dataset(shutil.copytree(made, tmp_path / "shared"))
    first = shared.submissions()[0].id
    acts: list[Callable[[], object]] = [
        lambda: give(shared, BESIDE, 60.0),
        lambda: shared.add_station(describe(FAR, zone="UTC")),
        lambda: shared.retract(first, "wrong"),
        lambda: shared.review(NEAR, "temperature", 4, "device"),
        lambda: shared.restore(first, "right"),
    ]
    for number, act in enumerate(acts):
        act()
        grown, anew = shared._finals(), open_dataset(shared.folder)._finals()
        assert grown is not None
        assert anew is not None
        assert grown._late is not None
        assert len(grown._late.ids) == number + 1
        assert (grown.stale.series, grown.stale.stations) == (anew.stale.series, anew.stale.stations)
        assert grown._late == anew._late
    assert FAR in shared._finals().stale.stations  # type: ignore[union-attr]
