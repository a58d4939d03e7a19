"""Several processes at once, a wrong clock, a folder that cannot be written, a copy taken while in use."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from kit.dataset import open_dataset
from kit.dataset.local import Dataset
from kit.errors import DatasetError
from tests.faults.killing import ROOF, Uploader, World, said, uploading, write_file

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
YEAR = 365.25 * 86400


@pytest.fixture(scope="module")
def uploader() -> Iterator[Uploader]:
    with uploading() as made:
        yield made


@pytest.fixture
def world(tmp_path: Path, uploader: Uploader) -> World:
    return World(tmp_path / "world", random.Random(4), uploader)


def table(shared: Dataset) -> dict[str, int]:
    """Rows by submission."""
    found = shared.readings("pm10", freq=None).groupby("submission").size()
    return {str(key): int(n) for key, n in found.items()}


@pytest.mark.parametrize("count", [2, 8])
def test_processes_at_once(world: World, uploader: Uploader, count: int) -> None:
    """Each gives files of its own and one that all give; one settles, one takes back, one is killed."""
    common = world.fresh(1)
    first = world.one()
    orders = [
        world.order([["upload", path] for path in [*world.fresh(2), *common]])
        for _ in range(count)
    ]  # fmt: skip
    orders += [world.order([["compact"], ["compact"]]), world.order([["retract", world.submission(first)]])]
    codes, _ = uploader.run(orders)
    assert codes == [0] * len(orders)
    receipts = [item for order in orders for item in said(Path(order["output"])) if item["did"] == "upload"]
    of_common = [item for item in receipts if item["file"] == Path(common[0]).name]
    assert len({item["submission"] for item in of_common}) == 1
    assert sorted(item["status"] for item in of_common) == ["already"] * (count - 1) + ["stored"]
    assert {item["status"] for item in receipts} <= {"stored", "already"}
    world.may = {name: {ROOF.id} for name in world.rows} | {first: {"taken back"}}
    world.examine()


def test_eight_processes_of_which_some_are_killed(world: World, uploader: Uploader) -> None:
    given = [[["upload", path] for path in world.fresh(3)] for _ in range(8)]
    orders = [world.order(calls, die_at=10 + 3 * n if n % 2 else 0) for n, calls in enumerate(given)]
    codes, _ = uploader.run(orders)
    assert set(codes) == {0, -signal.SIGKILL}
    done = {item["file"] for order in orders for item in said(Path(order["output"]))}
    for calls in given:
        for _, path in calls:
            name = Path(path).name
            world.may[name] = {ROOF.id} if name in done else {ROOF.id, "absent"}
    world.examine()


def test_a_clock_that_is_set_back_and_forth(world: World) -> None:
    """What was said last counts, whatever the clock said; nothing young is cleaned away, nothing is lost."""
    name = world.one()
    submission = world.submission(name)
    new = world.fresh(3)
    world.calm([["upload", new[0]], ["retract", submission]], clock=20 * YEAR)
    world.calm([["upload", new[1]], ["restore", submission], ["compact"]], clock=-1.5 * YEAR)
    world.calm([["retract", submission], ["upload", new[2]], ["clean"]])
    world.calm([["compact"], ["clean"]], clock=20 * YEAR)
    world.may |= {Path(path).name: {ROOF.id} for path in new}
    world.may[name] = {"taken back"}
    world.examine()
    world.calm([["restore", submission], ["clean"]], clock=-30 * YEAR)
    world.may[name] = {ROOF.id}
    world.examine()


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Path]:
    """A small disk that can be made read-only."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=30m", "tmpfs", str(place)]
    if os.getuid() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mounting a disk needs the rights of root")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


READ_ONLY = (
    r"cannot be written. The folder or its disk is read-only for you. Ask for the right to write there"
)


def test_a_read_only_folder_is_read_and_says_so(world: World, mount: Path, tmp_path: Path) -> None:
    shutil.copytree(world.folder, mount / "shared")
    open_dataset(mount / "shared").close()
    working = open_dataset(mount / "shared")
    wanted = table(working)
    path = write_file(tmp_path, 800, 5)
    working.close()  # no disk becomes read-only while a file on it is open for writing
    subprocess.run(["mount", "-o", "remount,ro", str(mount)], check=True)
    with pytest.raises(DatasetError, match=READ_ONLY):  # it became read-only while the dataset was in use
        working.upload(path)
    working.close()
    shared = open_dataset(mount / "shared")
    assert table(shared) == wanted
    assert shared.verify()["ok"]
    for act in (lambda: shared.upload(path), shared.compact, shared.rebuild, shared.cite):
        with pytest.raises(DatasetError, match=READ_ONLY):
            act()
    here = open_dataset(world.folder)
    assert here.merge(mount / "shared").taken == 0
    subprocess.run(["mount", "-o", "remount,rw", str(mount)], check=True)
    assert open_dataset(mount / "shared").upload(path).status == "stored"


def copies_of(folder: Path, place: Path, stop: threading.Event, chance: random.Random) -> None:
    """Copy a folder again and again, its parts in any order and with pauses between them."""
    for number in range(1000):
        if stop.is_set():
            return
        copy = place / f"copy-{number}"
        copy.mkdir()
        parts = sorted(folder.iterdir())
        chance.shuffle(parts)
        for part in parts:
            with suppress(OSError):  # a file was gone meanwhile
                if part.is_dir():
                    shutil.copytree(part, copy / part.name)
                else:
                    shutil.copy(part, copy)
            stop.wait(chance.uniform(0, 0.15))


@pytest.mark.slow
def test_a_copy_taken_while_others_write(world: World, uploader: Uploader, tmp_path: Path) -> None:
    """It opens, holds what it got, takes more, and merges back."""
    stop = threading.Event()
    place = tmp_path / "copies"
    place.mkdir()
    copier = threading.Thread(target=copies_of, args=(world.folder, place, stop, random.Random(9)))
    copier.start()
    for number in range(8):
        calls = [["upload", path] for path in world.fresh(2)]
        codes, _ = uploader.run([world.order([*calls, ["compact"]] if number % 3 == 0 else calls)])
        assert codes == [0]
    stop.set()
    copier.join()
    original = open_dataset(world.folder)
    known = {item.id: item.file for item in original.submissions()}
    wanted = table(original)
    copies = sorted(place.iterdir())
    odd = [copy for copy in copies if is_odd(copy)]
    for number, copy in enumerate(list(dict.fromkeys([*odd, *copies]))[:6]):
        shared = open_dataset(copy)
        have = {item.id for item in shared.submissions()}
        assert have <= set(known)
        assert table(shared) == {key: n for key, n in wanted.items() if key in have}
        mine = shared.upload(write_file(tmp_path, 600 + number, 5))
        assert mine.status == "stored", mine.trouble
        merged = shared.merge(world.folder)
        assert not merged.damaged
        assert table(shared) == {**wanted, mine.submission: 5}
        assert shared.status()["left_out"] == 0
        found = shared.verify()
        assert found["ok"], found["differences"]
        shared.close()
    original.merge(copies[-1])
    assert original.verify()["ok"]


def is_odd(copy: Path) -> bool:
    """Return whether a copy lacks what one of its entries or versions needs."""
    shared = open_dataset(copy)
    try:
        status = shared.status()
        return bool(status["left_out"] or status["mended"])
    finally:
        shared.close()
