"""Giving a file: once, with questions, and taking it back."""

from __future__ import annotations

import dataclasses
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kit.dataset import Dataset, create, local, open_dataset
from kit.errors import AnswerNeeded, DatasetError, FileError, NotFoundError, UsageError
from kit.model import Source, Station
from kit.store.arrivals import Arrivals

DayFile = Callable[..., Source]
Values = Callable[..., dict[str, float]]
NOW = datetime(2026, 5, 1, 12, 0, 30, tzinfo=UTC)


def test_a_file_is_stored_and_read_back(shared: Dataset, day_file: DayFile, values: Values) -> None:
    receipt = shared.upload(day_file([10, 12, 14]), now=NOW)
    assert (receipt.status, receipt.rows, receipt.accepted, receipt.duplicate) == ("stored", 3, 3, 0)
    assert receipt.record["received"] == "2026-05-01T12:00:30Z"
    assert values(shared) == {"2024-03-01T00:00": 10, "2024-03-01T00:01": 12, "2024-03-01T00:02": 14}
    assert values(shared, "pm25")["2024-03-01T00:01"] == 6
    table = shared.readings("pm10", freq=None)
    assert set(table["submission"]) == {receipt.submission}
    assert set(table["station"]) == {"EE-A/roof"}
    assert open_dataset(shared.folder).submission(receipt.submission[:12]).record == {
        **receipt.record,
        "status": "stored",
    }
    assert "stored" in receipt.text("en").splitlines()[0]
    assert receipt.to_dict("en")["submission"] == receipt.submission


def test_a_path_and_its_kept_copy(shared: Dataset, day_file: DayFile, tmp_path: Path) -> None:
    source = day_file([10, 12])
    path = tmp_path / "day.csv"
    path.write_bytes(source.data)
    receipt = shared.upload(path)
    assert receipt.file == "day.csv"
    assert (shared.folder / "raw" / source.sha256[:2] / source.sha256).read_bytes() == source.data


def test_a_receipt_names_other_submissions_of_the_file_and_does_not_grow(
    shared: Dataset, day_file: DayFile
) -> None:
    """A template that every school uploads as it is would else make entries grow with the dataset."""
    receipts = [shared.upload(day_file([10, 12]), station=f"EE-A/place{n}") for n in range(8)]
    named = [[one["stations"] for one in receipt.record["elsewhere"]] for receipt in receipts]
    assert named[0] == []
    assert named[2] == [["EE-A/place0"], ["EE-A/place1"]]
    assert named[7] == [[f"EE-A/place{n}"] for n in range(2, 7)]


def test_the_same_file_again_is_the_same_submission(shared: Dataset, day_file: DayFile) -> None:
    first = shared.upload(day_file([10, 12]), now=NOW)
    version = shared.version
    again = open_dataset(shared.folder).upload(day_file([10, 12]))
    assert (again.status, again.submission) == ("already", first.submission)
    assert again.record["received"] == first.record["received"]
    assert shared.version == version


def test_another_answer_is_another_submission(shared: Dataset, day_file: DayFile) -> None:
    first = shared.upload(day_file([10, 12]))
    other = shared.upload(day_file([10, 12]), station="EE-A/garden")
    assert other.status == "stored"
    assert other.submission != first.submission
    assert [station.id for station in shared.stations()] == ["EE-A/garden", "EE-A/roof"]
    assert shared.upload(day_file([10, 12]), station="EE-A/garden").status == "already"


def test_a_new_station_asked_for_and_then_known(shared: Dataset, day_file: DayFile) -> None:
    elsewhere = day_file([10, 12], lat="58.401", lon="26.8")
    with pytest.raises(AnswerNeeded) as needed:
        shared.upload(elsewhere)
    assert [question.id for question in needed.value.questions] == ["station"]
    assert shared.submissions() == []
    first = shared.upload(elsewhere, accept_likely=True)
    station = shared.station(first.record["stations"][0]["id"])
    assert (station.zone, station.region, station.school) == ("Europe/Tallinn", "EE-79", "EE-A")
    assert (station.latitude, station.longitude) == (58.401, 26.8)
    # Now it stands at exactly these coordinates: nothing is asked, and it is the same submission.
    assert shared.upload(elsewhere).status == "already"


def test_a_file_without_zone_takes_the_stations_and_stays_one_submission(shared: Dataset) -> None:
    text = b"time;temp (C)\n2026-03-01 10:00;1.5\n2026-03-01 11:00;2.5\n"
    first = shared.upload(Source("a.csv", text), station="EE-A/roof", now=NOW)
    again = shared.upload(Source("b.csv", text), station="EE-A/roof", now=NOW)
    assert (first.status, again.status) == ("stored", "already")
    times = shared.readings("temperature", freq=None)["time"].astype(str).tolist()
    assert times == ["2026-03-01 08:00:00", "2026-03-01 09:00:00"]


def test_the_datasets_zone_answers_the_question_of_the_zone(tmp_path: Path) -> None:
    text = b"time;temp (C)\n2026-03-01 10:00;1.5\n2026-03-01 11:00;2.5\n"
    plain = create(tmp_path / "plain", school="EE-A")
    with pytest.raises(AnswerNeeded) as needed:
        plain.upload(Source("a.csv", text), station="EE-A/new", now=NOW)
    assert "zone" in [question.id for question in needed.value.questions]
    zoned = create(tmp_path / "zoned", school="EE-A", zone="Europe/Tallinn")
    receipt = zoned.upload(Source("a.csv", text), station="EE-A/new", now=NOW)
    assert receipt.status == "stored"
    assert zoned.station("EE-A/new").zone == "Europe/Tallinn"
    assert zoned.upload(Source("a.csv", text), station="EE-A/new", now=NOW).status == "already"


def test_a_corrected_zone_makes_a_new_submission(shared: Dataset) -> None:
    text = b"time;temp (C)\n2026-03-01 10:00;1.5\n2026-03-01 11:00;2.5\n"
    first = shared.upload(Source("a.csv", text), station="EE-A/roof", now=NOW)
    shared.add_station(dataclasses.replace(shared.station("EE-A/roof"), zone="Europe/Lisbon"))
    corrected = shared.upload(Source("a.csv", text), station="EE-A/roof", now=NOW)
    assert corrected.status == "stored"
    shared.retract(first.submission)
    times = shared.readings("temperature", freq=None)["time"].astype(str).tolist()
    assert times == ["2026-03-01 10:00:00", "2026-03-01 11:00:00"]
    assert shared.verify()["ok"]  # the first one is derived with the station as it was then


def test_a_file_given_again_keeps_its_answers(shared: Dataset) -> None:
    """Although more stations are there by now, and another one is the likely one."""
    text = b"time;temp (C)\n2026-03-01 10:00;1.5\n2026-03-01 11:00;2.5\n"
    first = shared.upload(Source("a.csv", text), station="EE-A/pond", now=NOW)
    for name in ("EE-A/a", "EE-A/b"):
        shared.add_station(Station(name, zone="Europe/Tallinn"))
    again = shared.upload(Source("a.csv", text), now=NOW)
    assert (again.status, again.submission) == ("already", first.submission)
    other = shared.upload(Source("a.csv", text), station="EE-A/b", now=NOW)
    assert other.status == "stored"
    shared.retract(other.submission)
    assert shared.upload(Source("a.csv", text), now=NOW).submission == first.submission


def test_rows_that_are_there_already_are_counted(shared: Dataset, day_file: DayFile) -> None:
    shared.upload(day_file([10, 12, 14]))
    receipt = shared.upload(day_file([10, 12, 15, 16]))
    assert (receipt.accepted, receipt.duplicate, receipt.flagged, receipt.rejected) == (2, 2, 0, 0)


def test_what_is_not_a_table_stores_nothing(shared: Dataset) -> None:
    with pytest.raises(FileError, match=r"page\.csv"):
        shared.upload(Source("page.csv", b"<!DOCTYPE html><html><body>404</body></html>"))
    assert shared.submissions() == []
    assert not (shared.folder / "raw").exists()


def test_retract_and_restore(shared: Dataset, day_file: DayFile, values: Values) -> None:
    old = shared.upload(day_file([10, 12]))
    new = shared.upload(day_file([11, 12]))
    before = shared.version
    assert values(shared)["2024-03-01T00:00"] == 11
    entry = shared.retract(new.submission[:12], reason="wrong sensor")
    assert len(entry) == 64
    assert values(shared)["2024-03-01T00:00"] == 10  # the other value is back
    assert [item.retracted for item in shared.submissions()] == [False, True]
    again = shared.upload(day_file([11, 12]))
    assert (again.status, again.submission) == ("restored", new.submission)
    assert values(shared)["2024-03-01T00:00"] == 11
    assert values(shared.at(before)) == values(shared)  # type: ignore[arg-type]
    assert shared.upload(day_file([11, 12])).status == "already"
    shared.retract(old.submission)
    shared.restore(old.submission)
    assert {item.retracted for item in shared.submissions()} == {False}


def test_a_missing_value_never_replaces_a_value(shared: Dataset, day_file: DayFile, values: Values) -> None:
    shared.upload(day_file([10, 12]))
    shared.upload(day_file(["", 13]))
    assert values(shared) == {"2024-03-01T00:00": 10, "2024-03-01T00:01": 13}


def test_stations_are_completed_and_checked(shared: Dataset) -> None:
    made = shared.add_station(Station("EE-A/lake", latitude=58.37812, longitude=26.7))
    assert (made.zone, made.latitude, made.region) == ("Europe/Tallinn", 58.378, "EE-79")
    version = shared.version
    shared.add_station(made)
    assert shared.version == version  # it said nothing new
    with pytest.raises(UsageError, match=r"roof cannot be a station's id.*EE-TRT-7k2p/roof"):
        shared.add_station(Station("roof"))
    with pytest.raises(UsageError, match="Mars/Olympus is not a time zone"):
        shared.add_station(Station("EE-A/x", zone="Mars/Olympus"))
    with pytest.raises(UsageError, match="cannot have the latitude 95"):
        shared.add_station(Station("EE-A/x", latitude=95, longitude=1))


def test_unknown_submission(shared: Dataset, day_file: DayFile) -> None:
    receipt = shared.upload(day_file([10]))
    with pytest.raises(NotFoundError, match=f"no submission 0123456789ab .*{receipt.submission[:12]}"):
        shared.retract("0123456789ab")


def test_an_archive_member_by_member(shared: Dataset, day_file: DayFile, tmp_path: Path) -> None:
    path = tmp_path / "days.zip"
    days = [day_file([n, n + 1], f"2024-03-0{n}T00:00") for n in range(1, 6)]
    with zipfile.ZipFile(path, "w") as archive:
        for day in days:
            archive.writestr(day.name, day.data)
        archive.writestr("notes.html", "<!DOCTYPE html><html><body>nothing</body></html>")
    with pytest.raises(UsageError, match=r"days\.zip holds 6 files"):
        shared.upload(path)
    receipts = list(shared.upload_all(path))
    assert sorted(receipt.status for receipt in receipts) == ["refused"] + ["stored"] * 5
    refused = next(receipt for receipt in receipts if receipt.status == "refused")
    assert "notes.html" in refused.text("en")
    assert refused.to_dict("en")["status"] == "refused"
    assert len(shared.readings("pm10", freq=None)) == 10
    assert [receipt.status for receipt in shared.upload_all(path)].count("already") == 5


def test_received_when_the_tables_cannot_be_written(
    shared: Dataset, day_file: DayFile, values: Values, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Arrivals, "put", full)
        receipt = shared.upload(day_file([10, 12]))
        assert receipt.status == "received"
        assert "is full" in receipt.text("en")
        assert shared.status()["waiting"] == 1
        assert len(values(shared)) == 0
    later = open_dataset(shared.folder)  # opening it is enough
    assert values(later) == {"2024-03-01T00:00": 10, "2024-03-01T00:01": 12}
    assert later.upload(day_file([10, 12])).submission == receipt.submission


def test_a_full_disk_acknowledges_nothing(
    shared: Dataset, day_file: DayFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sqlite3

    def full(*_: Any, **__: Any) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(shared._store.journal, "add", full)
        with pytest.raises(DatasetError, match=r"is full\..*Free some space"):
            shared.upload(day_file([10, 12]))
    assert shared.submissions() == []


def test_a_dataset_that_cannot_be_written_can_be_read(
    shared: Dataset, day_file: DayFile, values: Values, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared.upload(day_file([10, 12]))
    shared.close()
    for path in shared.folder.glob("journal.sqlite*"):
        path.unlink()
    monkeypatch.setattr(local.os, "access", lambda *_: False)
    reader = open_dataset(shared.folder)
    assert values(reader) == {"2024-03-01T00:00": 10, "2024-03-01T00:01": 12}
    assert [station.id for station in reader.stations()] == ["EE-A/roof"]
    with pytest.raises(DatasetError, match="read-only for you"):
        reader.upload(day_file([1]))
    assert not list(shared.folder.glob("journal.sqlite*"))
