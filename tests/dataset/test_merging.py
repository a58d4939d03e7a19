"""Merging with sticks, read-only disks, damaged copies, and copies that did not finish."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from kit.__main__ import main
from kit.dataset import Dataset, create, merging, open_dataset
from kit.errors import DatasetError, UsageError
from kit.model import Source
from kit.store import flush as flushing
from kit.store import folder as disk
from kit.store.entries import Objects
from tests.dataset.conftest import ROOF

DayFile = Callable[..., Source]
Values = Callable[..., dict[str, float]]


@pytest.fixture
def other(tmp_path: Path, day_file: DayFile) -> Dataset:
    """Another copy, of another school, with three submissions, one of them taken back."""
    made = create(tmp_path / "other", school="EE-B", region="EE-37", zone="Europe/Tallinn")
    given = [
        made.upload(day_file([n, n + 1], f"2024-04-0{n}T00:00"), station="EE-B/pond", accept_likely=True)
        for n in (1, 2, 3)
    ]
    made.retract(given[0].submission)
    return made


def everything(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in folder.rglob("*")}


def test_the_other_copy_is_only_read(shared: Dataset, other: Dataset, values: Values) -> None:
    other.close()
    before = everything(other.folder)
    settings = (shared.folder / "kit.toml").read_bytes()
    done = shared.merge(other.folder)
    assert (done.taken, done.given, done.mended, done.damaged, done.unread) == (5, None, 0, (), False)
    assert everything(other.folder) == before
    assert (shared.folder / "kit.toml").read_bytes() == settings
    assert len(values(shared)) == 4
    assert shared.merge(other.folder).taken == 0  # again
    assert shared.verify()["ok"]
    assert "held everything" in shared.merge(other.folder).text("en")


def test_giving_and_taking_without_hard_links(
    shared: Dataset, other: Dataset, values: Values, day_file: DayFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stick with a file system that knows no links."""
    shared.upload(day_file([10, 12]))
    other.close()

    def no_link(*_: Any) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(disk, "link", no_link)
    done = shared.merge(other.folder, both=True)
    assert (done.taken, done.given) == (5, 2)
    stick = open_dataset(other.folder)
    assert stick.version == shared.version
    assert values(stick) == values(shared)
    assert (stick.school, shared.school) == ("EE-B", "EE-A")
    assert stick.verify()["ok"]
    assert "2 entries were given" in done.text("en")


def test_damaged_objects_are_named_and_all_others_are_taken(
    shared: Dataset, other: Dataset, values: Values, tmp_path: Path
) -> None:
    whole = tmp_path / "whole"
    shutil.copytree(other.folder, whole)
    one, two, three = (item.entry for item in other.submissions())
    other.close()
    open_dataset(other.folder).close()  # what was late is on the disk now: its journal keeps no copies
    objects = Objects(other.folder)
    objects.raw_path(one.payload).write_bytes(b"torn")
    objects.raw_path(two.payload).unlink()
    objects.entry_path(three.id).write_bytes(b"")
    done = shared.merge(other.folder)
    assert done.taken == 2  # the station and the retraction, which waits for its submission
    assert len(done.damaged) == 3
    assert set(done.damaged) == {
        "/".join(path.parts[-3:])
        for path in (
            objects.raw_path(one.payload), objects.raw_path(two.payload), objects.entry_path(three.id),
        )
    }  # fmt: skip
    assert "3 damaged objects were left out" in done.text("en")
    assert shared.verify()["ok"]
    assert shared.merge(whole).taken == 3
    assert len(values(shared)) == 4
    # And the other way round the damaged copy is put right.
    fixed = open_dataset(other.folder)
    assert fixed.merge(shared.folder).mended == 3
    fixed.merge(shared.folder)
    assert fixed.version == shared.version
    assert fixed.verify()["ok"]


def test_a_stick_that_is_pulled_out(
    shared: Dataset, other: Dataset, values: Values, monkeypatch: pytest.MonkeyPatch
) -> None:
    other.close()
    away = other.folder.with_name("away")
    monkeypatch.setattr(merging, "GROUP", 2)
    reads = []

    def entry(self: Objects, entry_id: str) -> Any:
        if self.space.home == other.folder:
            reads.append(entry_id)
            if len(reads) == 4:
                other.folder.rename(away)
        return real(self, entry_id)

    real = Objects.entry
    with monkeypatch.context() as patch:
        patch.setattr(Objects, "entry", entry)
        with pytest.raises(
            DatasetError, match=r"can no longer be read.*so far \(3 entries\) stays"
        ) as caught:
            shared.merge(other.folder)
    assert caught.value.code == "merge-stopped"
    assert len(shared.versions()[-1].id) == 64
    assert shared.verify()["ok"]
    away.rename(other.folder)
    assert shared.merge(other.folder).taken == 2
    assert len(values(shared)) == 4


def test_a_disk_that_gives_nothing_any_more(
    shared: Dataset, other: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    other.close()
    monkeypatch.setattr(merging, "ERRORS", 3)

    def entry(self: Objects, entry_id: str) -> Any:
        if self.space.home == other.folder:
            raise OSError(errno.EIO, "Input/output error")
        return real(self, entry_id)

    real = Objects.entry
    with monkeypatch.context() as patch:
        patch.setattr(Objects, "entry", entry)
        with pytest.raises(DatasetError, match="Input/output error"):
            shared.merge(other.folder)


def test_what_waits_in_the_journal_of_a_copy_that_was_stopped(
    shared: Dataset, other: Dataset, values: Values, day_file: DayFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Acknowledged, but its program died before the tables had it; the stick is read-only."""
    with monkeypatch.context() as patch:
        patch.setattr(flushing, "flush", lambda *_: None)
        receipt = other.upload(day_file([8, 9], "2024-05-01T00:00"), station="EE-B/pond", accept_likely=True)
    assert other.status()["waiting"] == 1
    running = other.folder.with_name("running")  # its journal has a second file, for it was not closed
    shutil.copytree(other.folder, running)
    assert (running / "journal.sqlite-wal").stat().st_size
    other.close()
    assert not (other.folder / "journal.sqlite-wal").exists()
    for copy in (other.folder, running):
        here = create(other.folder.with_name(f"here-{copy.name}"))
        before = everything(copy)
        done = here.merge(copy)
        assert (done.taken, done.unread) == (6, False)
        assert everything(copy) == before
        assert receipt.submission in {item.id for item in here.submissions()}
        assert values(here)["2024-05-01T00:00"] == 8
        assert here.verify()["ok"]


def test_a_journal_that_cannot_be_read_is_told(shared: Dataset, other: Dataset) -> None:
    other.close()
    (other.folder / "journal.sqlite").write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    done = shared.merge(other.folder)
    assert (done.taken, done.unread) == (5, True)
    assert "kit --dataset" in done.text("en")


@pytest.mark.parametrize("journal", ["kept", "lost"])
def test_what_is_missing_here_comes_back(
    shared: Dataset, other: Dataset, values: Values, journal: str
) -> None:
    shared.merge(other.folder, both=True)
    item = other.submissions()[1]
    shared.close()
    Objects(shared.folder).raw_path(item.entry.payload).unlink()
    Objects(shared.folder).entry_path(item.id).write_bytes(b"")
    shutil.rmtree(shared.folder / "arrivals")
    for path in shared.folder.glob("journal.sqlite*") if journal == "lost" else ():
        path.unlink()
    here = open_dataset(shared.folder)
    assert not here.verify()["ok"]
    done = here.merge(other.folder)
    assert done.taken + done.mended == (2 if journal == "kept" else 1)  # an entry not known is taken anew
    assert values(here) == values(open_dataset(other.folder))
    assert here.verify()["ok"]
    assert here.version == open_dataset(other.folder).version


def test_stopped_anywhere_it_goes_on(
    shared: Dataset, other: Dataset, day_file: DayFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared.upload(day_file([10, 12]))
    monkeypatch.setattr(merging, "GROUP", 2)
    calls: list[str] = []

    class Killed(BaseException):
        pass

    def step(name: str) -> None:
        calls.append(name)
        if len(calls) in (2, 5, 9, 14, 20):
            raise Killed

    monkeypatch.setattr(flushing, "on_step", step)
    stopped = 0
    while True:
        try:
            here = open_dataset(shared.folder)
            here.merge(other.folder)
        except Killed:
            stopped += 1
            continue
        break
    assert stopped >= 3
    assert here.verify()["ok"]
    assert here.status()["waiting"] == 0
    assert len(here.submissions()) == 4


def test_what_cannot_be_merged(shared: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="is this dataset itself"):
        shared.merge(shared.folder)
    with pytest.raises(DatasetError, match="is not a shared dataset"):
        shared.merge(tmp_path)
    newer = tmp_path / "newer"
    newer.mkdir()
    (newer / "kit.toml").write_text("layout = 99\n")
    with pytest.raises(DatasetError, match="a newer kit"):
        shared.merge(newer)
    there = create(tmp_path / "there")
    real = os.access
    monkeypatch.setattr(os, "access", lambda path, *_: Path(path) != there.folder and real(path, *_))
    with pytest.raises(DatasetError, match="read-only"):
        shared.merge(there.folder, both=True)


def test_on_the_command_line(shared: Dataset, other: Dataset, capsys: pytest.CaptureFixture[str]) -> None:
    start = ["--dataset", str(shared.folder), "merge", str(other.folder)]
    assert main([*start, "--both", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["taken"], said["given"], said["damaged"], said["version"]) == (5, 1, [], shared.version)
    assert main(start) == 0
    assert "held everything" in capsys.readouterr().out
    Objects(other.folder).entry_path("ab" * 32).parent.mkdir(exist_ok=True)
    Objects(other.folder).entry_path("ab" * 32).write_text("{}")
    assert main(start) == 4
    assert "damaged object was left out" in capsys.readouterr().out


def stick_with(shared: Dataset, folder: Path, kinds: set[str]) -> Path:
    """A stick that got only entries of some kinds."""
    folder.mkdir()
    shutil.copy(shared.folder / "kit.toml", folder)
    here, there = Objects(shared.folder), Objects(folder)
    for entry in map(here.entry, here.entry_ids()):
        if entry.kind in kinds:
            there.put_entry(entry.id, entry.canonical())
            if entry.payload:
                there.put_raw(entry.payload, here.raw(entry.payload))
    return folder


@pytest.mark.parametrize("settled", ["before", "between", "after", "twice"])
def test_readings_that_arrive_before_their_station(
    shared: Dataset, other: Dataset, values: Values, tmp_path: Path, settled: str
) -> None:
    """Until then the station is as the file told it; it does not matter when the tables were settled."""
    if settled == "before":
        shared.compact()
    other.add_station(replace(other.station("EE-B/pond"), zone="Asia/Kathmandu"))  # other days
    shared.merge(stick_with(other, tmp_path / "stick", {"submission", "retraction"}))
    assert values(shared) == values(other)
    if settled in ("between", "twice"):
        shared.compact()
        assert values(open_dataset(shared.folder)) == values(other)
        assert shared.verify()["ok"]
    shared.merge(other.folder)
    if settled in ("after", "twice"):
        shared.compact()
    again = open_dataset(shared.folder)
    assert again.stations() == [ROOF, *other.stations()]
    pd.testing.assert_frame_equal(again.readings(freq=None), other.readings(freq=None))
    assert (
        again.readings("pm10", freq="1D")
        .drop_attrs()
        .identical(other.readings("pm10", freq="1D").drop_attrs())
    )
    assert again.verify()["ok"]


@pytest.mark.parametrize("first", ["the person", "the file"])
def test_what_a_person_says_of_a_station_stands_over_what_a_file_brought_along(
    shared: Dataset, tmp_path: Path, day_file: DayFile, first: str
) -> None:
    """Two copies learn of a place apart; the entry of the file is later in the order of entries."""
    elsewhere = create(tmp_path / "elsewhere", school="EE-A", zone="Europe/Tallinn")
    elsewhere.annotate(elsewhere.add_station(ROOF).id, "so that its counter is ahead")
    plain = b"time;temp (C)\n2026-03-01 10:00;1.5\n2026-03-01 11:00;2.5\n"
    elsewhere.upload(Source("a.csv", plain), station="EE-A/yard", accept_likely=True)
    yard = replace(ROOF, id="EE-A/yard", name="Yard", exposure="garden")
    shared.add_station(yard)
    if first == "the file":
        elsewhere.compact()
    elsewhere.merge(shared.folder, both=True)
    for copy in (shared, elsewhere):
        assert copy.station("EE-A/yard") == yard
        assert copy.readings("temperature", freq="1D").sizes["station"] == 1
        assert float(copy.readings("temperature", freq="1D").latitude[0]) == yard.latitude
        assert copy.verify()["ok"]
