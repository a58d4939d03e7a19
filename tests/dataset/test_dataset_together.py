"""What one file of a group, one reader or one copy must know of the others."""

from __future__ import annotations

import shutil
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kit.dataset import Dataset, create, local, open_dataset
from kit.errors import DatasetError
from kit.model import Source
from kit.store import flush as flushing
from kit.store.entries import Objects

DayFile = Callable[..., Source]
Values = Callable[..., dict[str, float]]


def zipped(path: Path, *members: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def test_rows_of_another_member_of_the_archive_are_duplicates(
    shared: Dataset, day_file: DayFile, tmp_path: Path
) -> None:
    one, two = day_file([10, 12, 14]), day_file([10, 12, 14, 16])
    other = day_file([1, 2], "2024-04-01T00:00")
    path = zipped(tmp_path / "a.zip", ("1.csv", one.data), ("2.csv", two.data), ("3.csv", other.data))
    counted = [(r.status, r.accepted, r.duplicate) for r in shared.upload_all(path)]
    assert counted == [("stored", 3, 0), ("stored", 1, 3), ("stored", 2, 0)]


def test_members_that_do_not_overlap_still_go_in_together(
    shared: Dataset, day_file: DayFile, tmp_path: Path
) -> None:
    days = [day_file([n, n + 1], f"2024-03-0{n}T00:00") for n in range(1, 7)]
    before = len(shared.versions())
    receipts = list(shared.upload_all(zipped(tmp_path / "a.zip", *((d.name, d.data) for d in days))))
    assert [receipt.duplicate for receipt in receipts] == [0] * 6
    assert len(shared.versions()) == before + 1


def test_a_station_known_from_a_member_is_known_to_the_next(tmp_path: Path, day_file: DayFile) -> None:
    """The second file has no place and no zone: it takes those of the station, as it would alone."""
    shared = create(tmp_path / "data", school="EE-A")
    plain = b"time;temp (C)\n2026-03-01 10:00;1.5\n2026-03-01 11:00;2.5\n"
    path = zipped(tmp_path / "a.zip", ("1.csv", day_file([10, 12]).data), ("2.csv", plain))
    receipts = list(shared.upload_all(path, station="EE-A/pond", accept_likely=True))
    assert [receipt.status for receipt in receipts] == ["stored", "stored"]
    station = shared.station("EE-A/pond")
    assert (station.latitude, station.longitude, station.zone) == (58.378, 26.729, "Europe/Tallinn")


def test_a_disk_that_fills_up_in_an_archive_leaves_the_receipts_of_those_before(
    shared: Dataset, day_file: DayFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = [day_file([n, n + 1], f"2024-03-0{n}T00:00") for n in (1, 2, 3)]
    path = zipped(tmp_path / "a.zip", *((day.name, day.data) for day in days))
    real, calls = shared._store.journal.add, []

    def full(*given: Any, **more: Any) -> Any:
        calls.append(1)
        if len(calls) == 3:
            raise sqlite3.OperationalError("database or disk is full")
        return real(*given, **more)

    monkeypatch.setattr(shared._store.journal, "add", full)
    receipts = []
    with pytest.raises(DatasetError, match="is full"):  # noqa: PT012
        for receipt in shared.upload_all(path):
            receipts.append(receipt)
    assert [receipt.status for receipt in receipts] == ["stored", "stored"]


def test_a_receipt_names_the_file_that_was_just_given(shared: Dataset, day_file: DayFile) -> None:
    data = day_file([10, 12]).data
    first = shared.upload(Source("monday.csv", data))
    again = shared.upload(Source("tuesday.csv", data))
    assert (again.status, again.file, again.submission) == ("already", "tuesday.csv", first.submission)
    shared.retract(first.submission)
    again = shared.upload(Source("friday.csv", data))
    assert (again.status, again.file, again.submission) == ("restored", "friday.csv", first.submission)


def test_a_version_made_while_a_reader_looks_is_read_whole(
    shared: Dataset, day_file: DayFile, values: Values, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process makes a version and dies before it tells the journal, just when the reader looks."""
    reader = open_dataset(shared.folder)
    assert len(values(reader)) == 0
    real, busy = flushing.catch_up, []

    def meanwhile(store: Any) -> None:
        real(store)
        if store is reader._store and not busy:
            busy.append(1)
            with monkeypatch.context() as patch:
                patch.setattr(shared._store.journal, "settle", lambda *_: None)
                patch.setattr(flushing, "bring", lambda store: _once(store))
                shared.upload(day_file([10, 12]))

    def _once(store: Any) -> Any:
        flushing._step(store, store.journal.pending())
        return store.versions.newest()

    monkeypatch.setattr(flushing, "catch_up", meanwhile)
    values(reader)
    assert busy
    assert values(reader) == {"2024-03-01T00:00": 10, "2024-03-01T00:01": 12}
    assert len(reader.submissions()) == 1


def test_a_reader_that_cannot_write_sees_what_came_later(
    shared: Dataset, day_file: DayFile, values: Values, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared.upload(day_file([10, 12]))
    with monkeypatch.context() as patch:
        patch.setattr(local.os, "access", lambda *_: False)
        reader = open_dataset(shared.folder)
    assert len(values(reader)) == 2
    shared.upload(day_file([1, 2], "2024-04-01T00:00"))
    assert reader.version == shared.version
    assert values(reader) == values(shared)
    assert len(reader.submissions()) == 2


def test_a_merge_that_was_stopped_is_completed_from_the_journal(
    shared: Dataset, day_file: DayFile, values: Values, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = create(tmp_path / "other", school="EE-A")
    other.upload(day_file([10, 12]), station="EE-A/roof", accept_likely=True)
    wanted = values(other)
    other.close()

    def stopped(step: str) -> None:
        if step == "adopted":
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(flushing, "on_step", stopped)
        with pytest.raises(KeyboardInterrupt):
            shared.merge(other.folder)
    shutil.rmtree(other.folder)
    assert len(set(Objects(shared.folder).entry_ids())) == 1  # nothing of the other's is there yet
    assert values(open_dataset(shared.folder)) == wanted
    assert shared.verify()["differences"] == []


def test_verify_finds_a_change_in_the_journal(shared: Dataset, day_file: DayFile) -> None:
    """Readers take entries from the journal, which has no checksums of its own."""
    receipt = shared.upload(day_file([10, 12]))
    shared.retract(receipt.submission)
    shared.close()
    with sqlite3.connect(shared.folder / "journal.sqlite") as sql:
        changed = (
            "UPDATE log SET entry = CAST(replace(entry, '\"retracted\":true', '\"retracted\":false') AS BLOB)"
        )
        assert sql.execute(changed + " WHERE kind = 'retraction'").rowcount == 1
    sql.close()
    again = open_dataset(shared.folder)
    result = again.verify()
    assert not result["ok"]
    assert len(result["differences"]) == 1
    assert "what the journal says of it was changed" in result["differences"][0]
    again.close()
    for path in shared.folder.glob("journal.sqlite*"):
        path.unlink()
    assert open_dataset(shared.folder).verify()["ok"]  # it is made again from the entries


def test_a_lost_kept_copy_and_lost_tables_do_not_keep_verify_from_telling(
    shared: Dataset, day_file: DayFile, values: Values
) -> None:
    shared.upload(day_file([1, 2], "2024-04-01T00:00"))
    source = day_file([10, 12])
    receipt = shared.upload(source)
    wanted = values(shared)
    shared.close()
    for path in shared.folder.glob("journal.sqlite*"):
        path.unlink()
    shutil.rmtree(shared.folder / "arrivals")
    lost = shared.folder / "raw" / source.sha256[:2] / source.sha256
    lost.unlink()
    damaged = open_dataset(shared.folder)
    assert f"kept copy {source.sha256[:12]}: its file is missing" in damaged.verify()["differences"]
    assert len(values(damaged)) < len(wanted)
    assert damaged.status()["left_out"] == 1
    damaged.close()
    lost.write_bytes(source.data)
    again = open_dataset(shared.folder)
    assert values(again) == wanted
    assert again.submission(receipt.submission).file == source.name
    assert again.verify()["ok"]
