"""Backups: everything that was given, in one file; what a restored copy is, and what damage costs."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from kit.dataset import Dataset, open_dataset
from kit.dataset.backing import restore
from kit.errors import DatasetError, FileError, UsageError
from kit.model import Source
from kit.store import folder as disk

DayFile = Callable[..., Source]


@pytest.fixture
def used(shared: Dataset, day_file: DayFile) -> Dataset:
    """A dataset with a correction by hand, a retraction and something settled."""
    shared.upload(day_file([10, 12, 14]))
    one = shared.upload(day_file([11, "", 13], "2024-03-02T00:00"))
    shared.compact()
    shared.upload(day_file([15, 12, 14]))
    shared.retract(one.submission)
    return shared


def test_a_restored_copy_is_the_same_dataset_with_a_replica_id_of_its_own(
    used: Dataset, tmp_path: Path
) -> None:
    (tmp_path / "stick").mkdir()
    made = used.backup(tmp_path / "stick")
    assert Path(made.file).name == f"kit-EE-A-{used.version}.zip"
    assert (made.entries, made.damaged) == (len(used._store.journal.ids()), ())
    done = restore(Path(made.file), tmp_path / "new computer")
    assert (done.version, done.wanted, done.entries) == (used.version, used.version, made.entries)
    again = open_dataset(tmp_path / "new computer")
    assert again.version == used.version
    assert again.school == "EE-A"
    assert again._store.journal.meta("replica") != used._store.journal.meta("replica")
    pd.testing.assert_frame_equal(again.readings(freq=None), used.readings(freq=None))
    assert again.readings("pm10").identical(used.readings("pm10"))
    first = used.versions()[1].id
    pd.testing.assert_frame_equal(again.at(first).readings(freq=None), used.at(first).readings(freq=None))
    one, two = used.verify(), again.verify()
    assert two["ok"], two["differences"]
    assert two["tables"] == one["tables"]
    assert again.merge(used.folder).taken == 0
    assert again.backup(tmp_path / "b.zip").version == made.version


def test_the_same_version_gives_the_same_bytes(used: Dataset, tmp_path: Path, day_file: DayFile) -> None:
    one = used.backup(tmp_path / "1.zip")
    used.readings("pm10")
    two = open_dataset(used.folder).backup(tmp_path / "2.zip")
    assert Path(one.file).read_bytes() == Path(two.file).read_bytes()
    used.upload(day_file([1, 2], "2024-03-09T00:00"))
    three = used.backup(tmp_path / "3.zip")
    assert three.entries == one.entries + 1
    names = zipfile.ZipFile(three.file).namelist()
    assert set(zipfile.ZipFile(one.file).namelist()) < set(names)
    assert not [name for name in names if name.startswith(("tables", "arrivals", "journal"))]


def test_a_backup_holds_one_version_while_others_upload(
    used: Dataset, tmp_path: Path, day_file: DayFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kit.dataset.packing import _Zip

    before, put = used.version, _Zip.put

    def meanwhile(pack: _Zip, name: str, data: bytes) -> None:
        if name == "backup.json":
            open_dataset(used.folder).upload(day_file([5, 6], "2024-03-20T00:00"))
        put(pack, name, data)

    monkeypatch.setattr(_Zip, "put", meanwhile)
    made = used.backup(tmp_path / "b.zip")
    assert used.version != before
    done = restore(Path(made.file), tmp_path / "copy")
    assert (done.version, done.damaged) == (before, ())
    assert open_dataset(tmp_path / "copy").verify()["ok"]


def test_an_empty_dataset_and_an_unpacked_backup(tmp_path: Path, used: Dataset) -> None:
    from kit.dataset import create

    empty = create(tmp_path / "empty")
    done = restore(Path(empty.backup(tmp_path / "e.zip").file), tmp_path / "e")
    assert (done.version, done.entries, done.text("en")) == (
        "",
        0,
        f"0 entries were restored to {tmp_path}/e (version -).",
    )
    zipfile.ZipFile(used.backup(tmp_path / "b.zip").file).extractall(tmp_path / "unpacked")
    assert restore(tmp_path / "unpacked", tmp_path / "from folder").version == used.version


def test_what_is_refused(used: Dataset, tmp_path: Path) -> None:
    made = used.backup(tmp_path / "b.zip")
    with pytest.raises(UsageError, match="exists already") as refused:
        used.backup(made.file)
    assert refused.value.code == "exists"
    with pytest.raises(UsageError, match="lies in the dataset itself"):
        used.backup(used.folder / "b.zip")
    with pytest.raises(UsageError, match="lies in the dataset itself"):
        used.backup(used.folder)
    with pytest.raises(UsageError, match=r"ends with \.zip"):
        used.backup(tmp_path / "b.tar")
    with pytest.raises(UsageError, match="is not empty"):
        restore(Path(made.file), used.folder)
    for data in (b"", b"PK", Path(made.file).read_bytes()[:-200]):
        (tmp_path / "half.zip").write_bytes(data)
        with pytest.raises(FileError, match="no backup"):
            restore(tmp_path / "half.zip", tmp_path / "x")
    with pytest.raises(FileError, match="no backup"):
        restore(tmp_path / "absent.zip", tmp_path / "x")
    newer = rewritten(Path(made.file), tmp_path / "newer.zip", {"kit.toml": b"layout = 99\n"})
    with pytest.raises(DatasetError, match="made by a newer kit"):
        restore(newer, tmp_path / "x")
    assert not (tmp_path / "x").exists()
    assert not list(tmp_path.glob(".*.part"))


def test_a_restore_that_was_interrupted_goes_on(
    used: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Path(used.backup(tmp_path / "b.zip").file)
    used.annotate(used.submissions()[0].id, "later")
    later = Path(used.backup(tmp_path / "later.zip").file)
    left = [0]
    link = disk.link

    def die(source: Path, target: Path) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt
        link(source, target)

    monkeypatch.setattr(disk, "link", die)
    (tmp_path / "copy-2").mkdir()
    (tmp_path / "copy-2" / ".restoring.77-abcd.part").touch()  # of one that was killed at once
    for after in (2, 3, 7, 12):
        folder = tmp_path / f"copy-{after}"
        left[0] = after
        with pytest.raises(KeyboardInterrupt):
            restore(made, folder)
        left[0] = 0
        with pytest.raises(UsageError, match="is not empty"):  # another one would be mixed with it
            restore(later, folder)
        done = restore(made, folder)
        assert (done.version, done.damaged) == (done.wanted, ())
        assert open_dataset(folder).verify()["ok"]
        assert not (folder / "restoring").exists()
        with pytest.raises(UsageError, match="is not empty"):
            restore(made, folder)


def rewritten(backup: Path, out: Path, other: dict[str, bytes | None]) -> Path:
    """Copy a backup with other members (None: without them)."""
    with zipfile.ZipFile(backup) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            data = other.get(name, before.read(name))
            if data is not None:
                after.writestr(name, data)
    return out


@pytest.mark.parametrize("what", ["raw changed", "raw missing", "entry missing", "entry changed", "bits"])
def test_damage_is_named_and_all_else_is_restored(used: Dataset, tmp_path: Path, what: str) -> None:
    backup = Path(used.backup(tmp_path / "b.zip").file)
    given = used.submissions()[0].entry
    raw, entry = f"raw/{given.payload[:2]}/{given.payload}", f"entries/{given.id[:2]}/{given.id}.json"
    name = raw if what.startswith("raw") else entry
    if what == "bits":  # a stick that lost some
        data = bytearray(backup.read_bytes())
        info = zipfile.ZipFile(backup).getinfo(entry)
        data[info.header_offset + 30 + len(entry) + info.compress_size // 2] ^= 0x55
        backup.write_bytes(bytes(data))
    else:
        backup = rewritten(backup, tmp_path / "bad.zip", {name: b"x" if "changed" in what else None})
    done = restore(backup, tmp_path / "copy")
    assert name in done.damaged or entry in done.damaged
    assert done.entries == len(used._store.journal.ids()) - 1
    assert done.version != done.wanted == used.version
    words = done.text("en")
    assert "missing or damaged and " in words
    assert f"The backup was of version {used.version}." in words
    copy = open_dataset(tmp_path / "copy")
    assert {item.id for item in copy.submissions()} == {item.id for item in used.submissions()} - {given.id}
    assert copy.verify()["ok"]
    copy.merge(used.folder)  # as the words advise
    assert copy.version == used.version
    pd.testing.assert_frame_equal(copy.readings(freq=None), used.readings(freq=None))


def test_a_damaged_dataset_is_backed_up_all_the_same(used: Dataset, tmp_path: Path) -> None:
    given = used.submissions()[0].entry
    used._store.objects.raw_path(given.payload).unlink()
    used._store.objects.entry_path(given.id).write_bytes(b"{}")  # the journal still knows it
    made = used.backup(tmp_path / "b.zip")
    assert made.damaged == (f"raw/{given.payload[:2]}/{given.payload}",)
    assert "1 file is missing or damaged and was left out: raw/" in made.text("en")


def test_a_backup_that_is_stopped_leaves_nothing(
    used: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kit.dataset.packing import _Zip

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_Zip, "put", full)
    with pytest.raises(DatasetError, match="is full"):
        used.backup(tmp_path / "b.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["shared"]


def test_a_copy_of_the_folder_is_a_backup_too(used: Dataset, tmp_path: Path) -> None:
    shutil.copytree(used.folder, tmp_path / "copied")
    done = restore(tmp_path / "copied", tmp_path / "again")
    assert (done.version, done.damaged) == (used.version, ())
