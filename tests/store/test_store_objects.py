"""Objects that appear whole or not at all, once, with and without hard links; network shares."""

from __future__ import annotations

import errno
import hashlib
import multiprocessing
from pathlib import Path

import pytest

from kit.errors import DatasetError
from kit.store import folder as disk
from kit.store.entries import Objects
from kit.store.versions import Version, Versions


def test_created_once(tmp_path: Path) -> None:
    path = tmp_path / "ab" / "object"
    assert disk.create(path, b"first")
    assert not disk.create(path, b"second")
    assert path.read_bytes() == b"first"
    assert [item.name for item in path.parent.iterdir()] == ["object"]


def test_works_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(source: Path, target: Path) -> None:
        raise OSError(errno.EPERM, "no hard links on this stick")

    monkeypatch.setattr(disk, "link", none)
    test_created_once(tmp_path)


def test_a_failed_write_leaves_no_name_and_no_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes, **_: object) -> None:
        path.write_bytes(data[:3])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(disk, "write", full)
    with pytest.raises(DatasetError, match=r"disk that holds .* is full") as error, disk.in_words(tmp_path):
        disk.create(tmp_path / "object", b"whole")
    assert error.value.code == "disk-full"
    assert list(tmp_path.iterdir()) == []


def _race(folder: str, who: int, barrier: object) -> None:
    versions = Versions(Path(folder))
    won = []
    for number in range(1, 31):
        barrier.wait()  # type: ignore[attr-defined]
        version = Version(number, f"by {who}", 1, 0, (), "")
        won.append(versions.commit(version))
    (Path(folder) / f"{who}.won").write_text("".join("1" if w else "0" for w in won))


def test_one_of_two_processes_makes_a_version(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(2)
    both = [context.Process(target=_race, args=(str(tmp_path), who, barrier)) for who in (1, 2)]
    for process in both:
        process.start()
    for process in both:
        process.join(60)
    won = [(tmp_path / f"{who}.won").read_text() for who in (1, 2)]
    assert all(a + b in ("01", "10") for a, b in zip(*won, strict=True))
    versions = Versions(tmp_path).all()
    assert [v.id for v in versions] == [f"by {1 if a == '1' else 2}" for a in won[0]]


def test_objects_are_checked_against_their_names(tmp_path: Path) -> None:
    objects = Objects(tmp_path)
    sha256 = hashlib.sha256(b"kept").hexdigest()
    objects.put_raw(sha256, b"kept")
    assert objects.raw(sha256) == b"kept"
    objects.raw_path(sha256).write_bytes(b"kepT")
    with pytest.raises(DatasetError, match=r"raw/.* was changed\..*Copy .* from a backup"):
        objects.raw(sha256)
    objects.put_raw(sha256, b"kept")  # giving it again heals it
    assert objects.raw(sha256) == b"kept"
    objects.raw_path(sha256).unlink()
    with pytest.raises(DatasetError, match="is missing from the dataset"):
        objects.raw(sha256)


def test_network_shares_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = f"/dev/vda / ext4 rw 0 0\n//server/class {tmp_path}/my\\040share cifs rw 0 0\n"
    assert disk.file_system(tmp_path, mounts) == "ext4"
    assert disk.file_system(tmp_path / "my share" / "data", mounts) == "cifs"
    monkeypatch.setattr(disk, "file_system", lambda folder: "cifs")
    with pytest.raises(DatasetError, match=r"network share \(cifs\)\..*run a hub"):
        disk.refuse_network_share(tmp_path)


def test_a_damaged_version_is_told(tmp_path: Path) -> None:
    versions = Versions(tmp_path)
    versions.commit(Version(1, "x", 1, 0, (), ""))
    (tmp_path / "versions" / "2.json").write_text('{"number": 2')
    with pytest.raises(DatasetError, match=r"versions/2\.json of the dataset is damaged"):
        versions.newest()
