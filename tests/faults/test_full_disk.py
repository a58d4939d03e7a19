"""A disk that is full at every stage: told in words, nothing lost or doubled, free space mends it.

The dataset lies on a small tmpfs (only root may mount one), filled up to some free pages before each act.
"""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.acts import ACTS
from tests.faults.killing import Uploader, World, said, uploading

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
PAGE = 4096
#: So many are left free; with KIT_FAULTS=long all of these, else every fourth.
PAGES = (1, 0, 2, 3, 5, 8, 13, 21, 34, 55, 89)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A tmpfs of 6 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    if (
        os.getuid()
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(place)], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("mounting a small disk needs the rights of root")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.fixture(scope="module")
def uploader() -> Iterator[Uploader]:
    with uploading() as made:
        yield made


class SmallWorld(World):
    """A world whose dataset lies on the small disk, and everything else does not."""

    def __init__(self, disk: Path, place: Path, uploader: Uploader) -> None:
        self.disk = disk
        super().__init__(place, random.Random(5), uploader)

    def fill(self, pages: int) -> None:
        """Leave so many pages free."""
        (self.disk / "ballast").unlink(missing_ok=True)
        free = os.statvfs(self.disk).f_bavail - pages
        (self.disk / "ballast").write_bytes(b"x" * (PAGE * free))
        assert os.statvfs(self.disk).f_bavail == pages

    def free(self) -> None:
        (self.disk / "ballast").unlink(missing_ok=True)


@pytest.mark.parametrize(
    "act", ["upload", "flush", "settle", "merge", "correct", "retract", "review", "erase", "cite", "rebuild"]
)
def test_a_disk_that_is_full_at_any_stage(
    small_disk: Path, tmp_path: Path, uploader: Uploader, act: str
) -> None:
    place = tmp_path / "world"
    place.mkdir()
    (place / "shared").symlink_to(small_disk / "shared")
    (small_disk / "shared").mkdir()
    world = SmallWorld(small_disk, place, uploader)
    told = 0
    for pages in PAGES[:: 1 if os.environ.get("KIT_FAULTS") == "long" else 4]:
        calls, change = ACTS[act](world)
        world.fill(pages)
        order = world.order(calls)
        codes, _ = uploader.run([order])
        found = said(Path(order["output"]))
        told += check_words(codes, found)
        world.note(change, found, len([item for item in found if "did" in item]) == len(calls))
        world.free()
        world.look()
    world.examine()
    assert told


def check_words(codes: list[int], found: list[dict[str, Any]]) -> bool:
    """Return whether the full disk was told; it is told in words, or else everything was done."""
    if codes == [0] and not any("trouble" in item for item in found):
        return False
    assert codes in ([0], [4]), (codes, found)
    for item in found:
        if "error" in item or "trouble" in item:
            assert item.get("error", item.get("trouble")) == "disk-full", item
            assert (
                "is full. Nothing that was acknowledged is lost. Free some space and try again."
                in item["words"]
            )
    return True
