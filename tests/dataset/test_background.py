"""Settling by itself, and removing what nobody needs."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from kit.dataset import Dataset, background, open_dataset, settling
from kit.errors import DatasetError
from kit.model import Source
from kit.store import cleaning

DayFile = Callable[..., Source]


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settle as soon as ten rows have arrived."""
    monkeypatch.setattr(settling, "DUE_ROWS", 10)
    monkeypatch.setattr(background, "REST", 0.0)


def settled(shared: Dataset) -> int:
    version = shared._store.versions.newest()
    return version.settled.upto if version else 0


def test_it_happens_by_itself(shared: Dataset, day_file: DayFile, often: None) -> None:
    shared.upload(day_file([1, 2]))
    assert shared.status()["settling"] == "no"
    assert not shared._settler.running
    shared.upload(day_file(range(30), "2024-03-02T00:00"))
    assert shared.wait(60)
    assert settled(shared) == 3
    assert (shared.status()["unsettled"], shared.status()["settling"]) == (0, "no")
    assert len(shared.readings("pm10", freq=None)) == 32
    assert shared.verify()["ok"]
    assert not [thread for thread in threading.enumerate() if thread.name == "kit-settling"]


def test_nobody_waits_and_never_two_at_once(
    shared: Dataset, day_file: DayFile, often: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, at_work = threading.Event(), []

    def slow(step: str) -> None:
        if step == "durable":
            at_work.append(step)
            assert go.wait(60)

    monkeypatch.setattr(settling, "on_step", slow)
    shared.upload(day_file(range(30)))
    while not at_work:
        time.sleep(0.01)
    other = open_dataset(shared.folder)
    start = time.monotonic()
    receipts = [
        who.upload(day_file(range(20), f"2024-03-{day:02}T00:00"))
        for day, who in ((2, shared), (3, other), (4, shared))
    ]
    assert [receipt.status for receipt in receipts] == ["stored"] * 3
    assert time.monotonic() - start < 30
    assert at_work == ["durable"]
    assert shared.status()["settling"] == "running"
    other.wait(60)
    assert other._settler.trouble is None  # that another one is at it is no trouble
    assert len(other.readings("pm10", freq=None)) == 90
    go.set()
    assert shared.wait(60)
    assert settled(shared) == 2
    shared.upload(day_file([1], "2024-03-09T00:00"))  # what arrived meanwhile is due now
    assert shared.wait(60)
    assert settled(shared) > 5
    assert len(shared.readings("pm10", freq=None)) == 91
    assert shared.verify()["ok"]


def test_trouble_is_told_and_never_raised(
    shared: Dataset, day_file: DayFile, often: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Panic(BaseException):
        """As deltalake raises them."""

    def broken(step: str) -> None:
        raise OSError(28, "No space left on device") if len(tries) else Panic("Already shut down")

    tries: list[str] = []
    monkeypatch.setattr(settling, "on_step", broken)
    assert shared.upload(day_file(range(30))).status == "stored"
    assert shared.wait(60)
    assert "Already shut down" in shared.status()["settling"]
    tries.append("once")
    shared.upload(day_file(range(30), "2024-03-02T00:00"))
    assert not shared._settler.running  # it is not tried at every upload
    monkeypatch.setattr(background, "PAUSE", 0.0)
    shared._settler._not_before = 0.0  # ten minutes later
    shared.upload(day_file(range(30), "2024-03-03T00:00"))
    assert shared.wait(60)
    assert "is full" in shared.status()["settling"]
    monkeypatch.setattr(settling, "on_step", lambda step: None)
    shared.upload(day_file(range(30), "2024-03-04T00:00"))
    assert shared.wait(60)
    assert shared.status()["settling"] == "no"
    assert settled(shared) == 5


def test_many_large_files_are_settled_together(
    shared: Dataset, day_file: DayFile, often: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "REST", 1000.0)
    for day in (1, 2, 3):
        shared.upload(day_file(range(30), f"2024-03-{day:02}T00:00"))
        assert shared.wait(60)
    assert settled(shared) == 2
    assert shared.status()["settling"] == "due"
    assert len(shared.readings("pm10", freq=None)) == 90


SCRIPT = """
import sys, threading, time
from kit.dataset import open_dataset, settling
from kit.store import flush
from kit.model import Source
settling.DUE_ROWS = 10
busy = threading.Event()
def slow(step):
    if step == "before-readings":
        print("settling", flush=True)
        busy.set()
        time.sleep(1)
settling.on_step = slow
shared = open_dataset(sys.argv[1])
print(shared.upload(sys.argv[2]).status, flush=True)
busy.wait(60)
"""


@pytest.mark.parametrize("end", ["exit", "kill"])
def test_a_process_that_ends_in_the_middle(
    shared: Dataset, day_file: DayFile, tmp_path: Path, end: str
) -> None:
    """It ends soon and quietly; the dataset is whole, and the next settling takes back what was begun."""
    source = day_file(range(60))
    (tmp_path / source.name).write_bytes(source.data)
    command = [sys.executable, "-c", SCRIPT, str(shared.folder), str(tmp_path / source.name)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    lines = {process.stdout.readline() for _ in range(2)}
    assert lines == {"settling\n", "stored\n"}
    if end == "kill":
        process.kill()
    _, errors = process.communicate(timeout=60)
    assert process.returncode == (-9 if end == "kill" else 0)
    assert errors == ""
    assert settled(shared) == 0
    assert len(shared.readings("pm10", freq=None)) == 60
    assert shared.compact()
    assert settled(shared) == 2
    assert shared.verify()["ok"]


# --- cleaning


def files(folder: Path) -> set[str]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix() for path in found}


def grow_old(folder: Path, seconds: float = 7200) -> None:
    """Pretend that every file was written long ago."""
    for path in folder.rglob("*"):
        if path.is_file():
            os.utime(path, (time.time() - seconds,) * 2)


@pytest.fixture
def grown(shared: Dataset, day_file: DayFile, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """A dataset that was settled five times, long ago."""
    for day in range(1, 6):
        shared.upload(day_file(range(day, 20 + day), f"2024-03-{day:02}T00:00"))
        shared.compact()
    grow_old(shared.folder)
    monkeypatch.setattr(cleaning, "_made", lambda version: time.time() - 7200)
    return shared


def test_what_no_version_needs_is_removed_and_every_version_stays_readable(grown: Dataset) -> None:
    before = {item.id: grown.at(item.id).readings(freq=None) for item in grown.versions()}
    was = files(grown.folder)
    gone = grown.clean()
    assert gone.files == len(was - files(grown.folder)) > 10
    assert gone.size > 10_000
    assert {name.split("/")[0] for name in was - files(grown.folder)} == {"tables", "arrivals"}
    newest = grown._store.versions.newest()
    assert newest is not None
    for table in ("readings", "days"):
        kept = {int(item.settled.tables[table]["version"]) for item in grown.versions()[-cleaning.KEEP :]}
        here = [n for n in files(grown.folder) if n.startswith(f"tables/{table}/variable=pm10/")]
        assert len(here) == len(kept) == 2
    assert grown.clean().files == 0
    for shared in (grown, open_dataset(grown.folder)):
        assert shared._finals() is not None
        for name, table in before.items():
            pd.testing.assert_frame_equal(shared.at(name).readings(freq=None), table)
    assert grown.verify()["ok"]
    grown.retract(grown.submissions()[0].id)
    assert grown.compact()
    assert grown.verify()["ok"]


def test_nothing_young_is_removed(shared: Dataset, day_file: DayFile) -> None:
    """Somebody may be reading a file of the version before, or be about to name one."""
    for day in (1, 2, 3, 4, 5):
        shared.upload(day_file(range(10), f"2024-03-{day:02}T00:00"))
        shared.compact()
    (shared.folder / "entries" / "00").mkdir(exist_ok=True)
    (shared.folder / "entries" / "00" / ".x.json.1-ab.part").touch()
    was = files(shared.folder)
    assert shared.clean().files == 0
    assert files(shared.folder) == was
    grow_old(shared.folder)  # the files are old, but it was a minute ago that versions named them
    shared.clean()
    lost = was - files(shared.folder)
    assert lost == {"entries/00/.x.json.1-ab.part"}
    assert shared.clean(grace=-60).files > 5


def test_what_the_dead_left_is_swept(grown: Dataset) -> None:
    litter = [
        "versions/.9.json.77-abcd.part", "raw/ab/.abcd.77-abcd.part", ".kit.toml.77-abcd.part",
        "arrivals/ab/.abcd.parquet.77-abcd.part", "arrivals/ab/" + "ab" * 32 + ".parquet",
        "tables/readings/variable=pm10/part-0.parquet#1", "tables/readings/variable=pm10/part-0.parquet",
        "tables/days/_delta_log/_commit_abc.json.tmp", "tables/.aside/readings-x/a.parquet",
        "tables/.aside/readings-00000000000000000004.json",
    ]  # fmt: skip
    for name in litter:
        (grown.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (grown.folder / name).write_bytes(b"x")
    grown.clean()
    assert set(litter) <= files(grown.folder)  # it is young
    grow_old(grown.folder)
    grown.clean()
    assert not set(litter) & files(grown.folder)
    assert grown.verify()["ok"]


def test_the_delta_log_does_not_grow_for_ever(
    shared: Dataset, day_file: DayFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = shared._store.tables["readings"]
    for day in range(1, 9):
        shared.upload(day_file(range(20), f"2024-03-{day:02}T00:00"))
        shared.compact()
        if day in (3, 5, 8):  # deltalake does this by itself, every hundred commits
            table.open().create_checkpoint()
    logs = len(list(table.log.iterdir()))
    grow_old(shared.folder)
    monkeypatch.setattr(cleaning, "_made", lambda version: time.time() - 7200)
    before = shared.readings("pm10", freq=None)
    shared.clean()
    assert len(list(table.log.iterdir())) == logs - 11  # ten commits and a checkpoint
    again = open_dataset(shared.folder)
    for version in again.versions()[-cleaning.KEEP :]:
        assert table.open(int(version.settled.tables["readings"]["version"])).file_uris()
    pd.testing.assert_frame_equal(again.readings("pm10", freq=None), before)
    again.upload(day_file(range(20), "2024-03-20T00:00"))
    assert again.compact()
    assert again.verify()["ok"]


def test_tables_that_a_rebuild_left_are_removed_whole(
    grown: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = grown.readings(freq=None)
    for _ in range(cleaning.KEEP):
        grown.rebuild()
    grow_old(grown.folder)
    grown.clean()
    assert not [name for name in files(grown.folder) if name.startswith("tables/")]
    pd.testing.assert_frame_equal(grown.readings(freq=None), before)
    assert grown.compact()
    pd.testing.assert_frame_equal(grown.readings(freq=None), before)
    assert grown.verify()["ok"]


def test_a_reader_on_an_old_version_goes_on(grown: Dataset, day_file: DayFile) -> None:
    """A view keeps its version while files go away under it, even without any grace."""
    view = grown.at(grown.versions()[3].id)
    before = view.readings("pm10", freq="1D")
    cleaning.clean(grown._store, grace=-60, keep=1)
    fresh = grown.at(grown.versions()[3].id)
    assert fresh.readings("pm10", freq="1D").identical(before)
    assert view.readings("pm10", freq="1D").identical(before)


def test_only_one_cleans(grown: Dataset) -> None:
    from filelock import FileLock

    with FileLock(str(grown.folder / settling.LOCK)), pytest.raises(DatasetError) as refused:
        grown.clean(patience=0.1)
    assert refused.value.code == "settling"
