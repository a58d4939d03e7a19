"""What a dataset does, in a folder and in a bucket alike."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kit.dataset import Dataset, create, open_dataset
from kit.dataset.backing import restore
from kit.dataset.settings import place_of
from kit.errors import DatasetError, UsageError
from kit.model import Source, Station
from kit.store.space import space_of
from tests.contracts.conftest import Place

DayFile = Callable[..., Source]


def held(shared: Dataset) -> dict[str, float]:
    """The values of PM10 that count, by time."""
    table = shared.readings("pm10", freq=None)
    return {str(t)[:16]: v for t, v in zip(table["time"].to_numpy(), table["value"], strict=True)}


def names(shared: Dataset, prefix: str) -> set[str]:
    """The names of what stands in the dataset."""
    return {item.name for item in shared._store.space.items(prefix)}


def test_made_once_and_opened_by_its_address(place: Place) -> None:
    shared = place.make()
    assert shared.url == str(place_of(place.url))
    assert (shared.school, place.on().school) == ("EE-A", "EE-A")
    assert [station.id for station in place.on("two").stations()] == ["EE-A/roof"]
    with pytest.raises(UsageError, match="is a shared dataset already"):
        create(place.url)


def test_there_is_no_dataset(place: Place) -> None:
    with pytest.raises(DatasetError, match="is not a shared dataset") as caught:
        place.on()
    assert caught.value.code == "no-dataset"


def test_upload_repeat_retract_restore(place: Place, day_file: DayFile) -> None:
    shared = place.make()
    given = shared.upload(day_file([10, 12]))
    assert (given.status, given.trouble) == ("stored", None)
    assert shared.upload(day_file([10, 12])).status == "already"
    assert held(place.on("two")) == {"2024-03-01T00:00": 10, "2024-03-01T00:01": 12}
    assert place.on("two").upload(day_file([10, 12])).status == "already"
    shared.retract(given.submission)
    assert held(place.on("two")) == {}
    assert place.on("two").upload(day_file([10, 12])).status == "restored"
    assert len(held(shared)) == 2
    assert shared.status()["waiting"] == 0


def test_readings_sightings_reviews(place: Place, day_file: DayFile, checklist: Source) -> None:
    shared = place.make()
    shared.upload(day_file(np.arange(24 * 60) % 7 + 10.0))
    given = shared.upload(checklist, station="EE-A/roof", accept_likely=True)
    assert given.status == "stored"
    shared.review("EE-A/roof", "pm10", 4, "device")
    other = place.on("two")
    assert set(other.readings("pm10", freq=None)["flag"]) == {4}
    assert np.isnan(other.readings("pm10")["pm10"].values).all()
    assert other.sightings()["scientificName"].tolist() == ["Parus major", "Vulpes vulpes"]


def test_settled_and_read_alike(place: Place, day_file: DayFile) -> None:
    shared = place.make()
    shared.upload(day_file(np.arange(24 * 60) % 7 + 10.0))
    before, days = held(shared), shared.readings("pm10").to_dataframe()
    assert shared.compact() is True
    assert shared.compact() is False
    shared.upload(day_file([1, 2], "2024-03-02T00:00"))
    other = place.on("two")
    assert {key: value for key, value in held(other).items() if key in before} == before
    assert len(held(other)) == len(before) + 2
    days2 = other.readings("pm10", until="2024-03-01").to_dataframe()
    assert np.array_equal(days["pm10"][: len(days2)], days2["pm10"], equal_nan=True)
    assert other.compact() is True
    assert other.verify() == {**shared.verify(), "differences": []}
    assert shared.verify()["ok"]


def test_versions_and_citations(place: Place, day_file: DayFile) -> None:
    shared = place.make()
    shared.upload(day_file([10, 12]))
    version = shared.version
    cited = shared.cite("a report")
    shared.upload(day_file([1, 2, 3], "2024-03-02T00:00"))
    other = place.on("two")
    assert cited.startswith(version)
    assert len(held(other.at(version))) == len(held(other.at(cited))) == 2
    assert len(held(other)) == 5
    assert [one.id for one in other.versions()] == [one.id for one in shared.versions()]


def test_rebuilt(place: Place, day_file: DayFile) -> None:
    shared = place.make()
    shared.upload(day_file([10, 12]))
    shared.compact()
    before = shared.verify()
    shared._store.space.delete([*names(shared, "tables"), *names(shared, "arrivals")])
    assert held(place.on("two")) == held(shared)  # derived anew by whoever reads
    shared.rebuild()
    assert place.on("two").verify()["tables"] == before["tables"]


def test_a_damaged_copy_is_found(place: Place, day_file: DayFile) -> None:
    shared = place.make()
    shared.upload(day_file([10, 12]))
    one = next(iter(names(shared, "raw")))
    shared._store.space.replace(one, b"torn")
    found = shared.verify()
    assert not found["ok"]
    assert any("its file was changed" in words for words in found["differences"])


def test_cleaned(place: Place, day_file: DayFile) -> None:
    shared = place.make()
    for day in range(1, 5):
        shared.upload(day_file([day, 12], f"2024-03-0{day}T00:00"))
        shared.compact()
    shared._store.space.keep("entries/ab/.torn.part", b"x")
    before, files = held(shared), len(names(shared, ""))
    assert shared.clean().files == 0  # all of it is young
    gone = shared.clean(grace=-5.0)
    assert gone.files > 4
    assert len(names(shared, "")) == files - gone.files
    assert held(place.on("two")) == before
    assert place.on("two").verify()["ok"]


def test_merged_from_a_folder_and_back(place: Place, day_file: DayFile, tmp_path: Path) -> None:
    shared = place.make()
    shared.upload(day_file([10, 12]))
    stick = create(tmp_path / "stick", school="EE-A", zone="Europe/Tallinn")
    stick.upload(day_file([1, 2, 3], "2024-03-02T00:00"), accept_likely=True)
    assert shared.merge(stick.folder, both=True).taken > 0
    assert held(shared) == held(stick)
    assert shared.version == stick.version
    assert shared.merge(stick.folder).taken == 0
    fresh = create(tmp_path / "fresh")
    fresh.merge(place.url)
    assert fresh.version == shared.version
    assert fresh.verify()["tables"] == shared.verify()["tables"]
    with pytest.raises(UsageError, match="is this dataset itself"):
        shared.merge(place.url)


def test_backed_up_and_restored(place: Place, day_file: DayFile, tmp_path: Path) -> None:
    shared = place.make()
    shared.upload(day_file([10, 12]))
    backup = shared.backup(tmp_path / "kit.zip")
    assert backup.damaged == ()
    made = restore(Path(backup.file), tmp_path / "restored")
    assert made.version == shared.version
    with pytest.raises(UsageError, match="is not empty"):
        restore(Path(backup.file), place.url)
    again = restore(Path(backup.file), f"{place.url}-again")
    assert again.version == shared.version
    assert held(open_dataset(again.folder)) == held(shared)


def test_erased_everywhere(place: Place, day_file: DayFile, yard: Station) -> None:
    shared = place.make()
    other = place.on("two")
    shared.add_station(yard)
    shared.upload(day_file([10, 12]))
    gone = shared.upload(day_file([71, 72, 73], "2024-03-02T00:00", lat="58.4", lon="26.8"), station=yard.id)
    assert len(held(other)) == 5
    other.upload(day_file([10, 13], "2024-03-04T00:00"), station="EE-A/roof")
    shared.compact()
    done = shared.erase("EE-B", "wish")
    assert (done.ok, done.entries, done.copies) == (True, 2, 1)
    assert not any(gone.record["submission"] in name for name in names(shared, ""))
    assert set(held(other)) == set(held(shared)) == {
        "2024-03-01T00:00", "2024-03-01T00:01", "2024-03-04T00:00", "2024-03-04T00:01",
    }  # fmt: skip
    assert [station.id for station in other.stations()] == ["EE-A/roof"]
    again = place.on("two")
    assert again.status()["erasing"] is False
    assert gone.submission.encode() not in (again.folder / "journal.sqlite").read_bytes()
    with pytest.raises(UsageError, match="was erased"):
        again.add_station(yard)


def test_two_that_write_at_once(place: Place, day_file: DayFile) -> None:
    one = place.make("one")
    two = place.on("two")
    files = {
        shared: [day_file([k, n, 7], f"2024-0{k}-{n:02}T00:00") for n in range(1, 9)]
        for k, shared in ((3, one), (4, two))
    }
    start = threading.Barrier(2)
    statuses: list[str] = []

    def give(shared: Dataset) -> None:
        start.wait()
        for source in files[shared]:
            statuses.append(shared.upload(source).status)

    threads = [threading.Thread(target=give, args=(shared,)) for shared in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == ["stored"] * 16
    assert held(one) == held(two)
    assert len(held(one)) == 48
    assert one.version == two.version
    submissions = [item.id for item in one.submissions()]
    assert len(submissions) == len(set(submissions)) == 16
    assert one.verify()["ok"]


def test_two_that_settle_at_once(place: Place, day_file: DayFile) -> None:
    one = place.make("one")
    two = place.on("two")
    for n in range(1, 4):
        one.upload(day_file(np.arange(60.0), f"2024-03-0{n}T00:00"))
    start = threading.Barrier(2)
    troubles: list[DatasetError] = []

    def settle(shared: Dataset) -> None:
        start.wait()
        try:
            shared.compact(patience=30.0)
        except DatasetError as error:
            troubles.append(error)

    threads = [threading.Thread(target=settle, args=(shared,)) for shared in (one, two)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [error.code for error in troubles] in ([], ["settling"], ["settling"] * 2)
    assert one.verify()["ok"]
    one.upload(day_file([1.0], "2024-03-05T00:00"))
    assert two.compact() is True
    assert len(held(one)) == len(held(two)) == 181
    assert two.verify()["ok"]


def test_what_is_in_the_way_of_a_space(place: Place) -> None:
    """The space itself: created once, replaced, listed, removed."""
    space = place.make()._store.space
    assert space.create("entries/zz/one", b"1")
    assert not space.create("entries/zz/one", b"2")
    assert space.get("entries/zz/one") == b"1"
    space.replace("entries/zz/one", b"3" * 6_000_000)
    assert dict(space.get_all(["entries/zz/one", "entries/zz/no"])) == {
        "entries/zz/one": b"3" * 6_000_000, "entries/zz/no": None,
    }  # fmt: skip
    assert [item.size for item in space.items("entries/zz")] == [6_000_000]
    assert list(space.items("entries/z")) == []
    space.delete(["entries/zz/one", "entries/zz/no"])
    assert not space.exists("entries/zz/one")
    with pytest.raises(FileNotFoundError):
        space.get("entries/zz/one")
    assert abs(space.now() - time.time()) < 60
    assert space_of(space) is space
