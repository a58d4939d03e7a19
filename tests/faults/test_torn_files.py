"""Files of every kind that are empty, cut in half, changed or gone: the next start works and tells.

With KIT_FAULTS=long every kind in every way, else some.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from kit.dataset import open_dataset
from kit.dataset.local import Dataset
from kit.errors import DatasetError
from tests.faults.killing import World, uploading, write_file

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
LONG = os.environ.get("KIT_FAULTS") == "long"
HOW = ("half", "flipped", "empty", "gone") if LONG else ("half", "flipped")
ROWS = ("arrivals", "tables/readings", "tables/days", "_delta_log")
FEW = [("arrivals", "gone"), ("tables/readings", "half"), ("tables/days", "flipped"), ("_delta_log", "empty")]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A dataset with settled and arrived rows, and one file that was acknowledged and waits."""
    with uploading() as uploader:
        world = World(tmp_path_factory.mktemp("torn") / "world", random.Random(1), uploader)
        world.calm([["compact"], ["upload", *world.fresh(1)], ["compact"]])
        world.calm([["upload", path] for path in world.fresh(2)])
        world.calm([["upload", *world.fresh(1)]], hold=True)
        yield world


def copy(world: World, tmp_path: Path) -> Path:
    """A copy that takes itself for the original: its journal has the right place."""
    folder = tmp_path / "shared"
    shutil.copytree(world.folder, folder)
    state = (folder / "journal.sqlite").stat()
    sql = sqlite3.connect(folder / "journal.sqlite")
    sql.execute("UPDATE meta SET value = ? WHERE key = 'place'", (f"{state.st_dev}:{state.st_ino}",))
    sql.commit()
    sql.close()
    return folder


def damage(path: Path, how: str) -> None:
    data = path.read_bytes()
    if how == "gone":
        path.unlink()
    elif how == "flipped":
        path.write_bytes(
            data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 0x55]) + data[len(data) // 2 + 1 :]
        )
    else:
        path.write_bytes(data[: len(data) // 2] if how == "half" else b"")


def rows(shared: Dataset) -> dict[str, int]:
    """Rows by file."""
    table = shared.readings("pm10", freq=None)
    names = {item.id: item.file for item in shared.submissions()}
    return {names[key]: int(n) for key, n in table.groupby("submission").size().items()}


def goes_on(shared: Dataset, wanted: dict[str, int], tmp_path: Path) -> None:
    """Everything is there, and more can be given, settled and verified."""
    assert rows(shared) == wanted
    assert shared.upload(write_file(tmp_path, 900, 5)).status == "stored"
    assert rows(shared) == {**wanted, "day-0900.csv": 5}
    shared.compact()
    assert rows(shared) == {**wanted, "day-0900.csv": 5}
    found = shared.verify()
    assert found["ok"], found["differences"]


@pytest.mark.parametrize("how", ["empty", "half", "gone"] if LONG else ["half"])
def test_the_newest_version(made: World, tmp_path: Path, how: str) -> None:
    folder = copy(made, tmp_path)
    versions = sorted((folder / "versions").glob("*.json"), key=lambda path: int(path.stem))
    damage(versions[-1], how)
    shared = open_dataset(folder)
    goes_on(shared, made.rows, tmp_path)
    said = [(item["what"], item["name"]) for item in shared.status()["mended"]]
    assert said == ([] if how == "gone" else [("version", f"versions/{versions[-1].name}")])


@pytest.mark.parametrize("how", ["empty", "half", "gone"] if LONG else ["empty"])
def test_an_older_version(made: World, tmp_path: Path, how: str) -> None:
    """It is not needed for reading; verify tells, and rebuild makes it and the later ones again."""
    folder = copy(made, tmp_path)
    damage(folder / "versions" / "3.json", how)
    shared = open_dataset(folder)
    assert rows(shared) == made.rows
    if how != "gone":
        assert any(
            "versions/3.json of the dataset is damaged" in item for item in shared.verify()["differences"]
        )
    shared.rebuild()
    goes_on(shared, made.rows, tmp_path)
    numbers = [version.number for version in shared.versions()]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize(("kind", "how"), [(kind, how) for kind in ROWS for how in HOW] if LONG else FEW)
def test_files_with_rows(made: World, tmp_path: Path, kind: str, how: str) -> None:
    folder = copy(made, tmp_path)
    kinds = f"{kind}/**/*.parquet" if kind != "_delta_log" else "tables/readings/_delta_log/*.json"
    for path in sorted(folder.glob(kinds)):
        damage(path, how)
    shared = open_dataset(folder)
    # What is as long as it was is not noticed before somebody looks.
    if how == "flipped" and not shared.verify()["ok"]:
        shared.rebuild()
    goes_on(shared, made.rows, tmp_path)


@pytest.mark.parametrize("how", HOW)
def test_the_journal(made: World, tmp_path: Path, how: str) -> None:
    """What no version named yet stood only there; what can still be read of it is taken."""
    folder = copy(made, tmp_path)
    open_journal = sqlite3.connect(folder / "journal.sqlite")
    open_journal.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    open_journal.close()
    if how == "flipped":  # a bit of each page that is no free space
        data = bytearray((folder / "journal.sqlite").read_bytes())
        data[4096::4096] = bytes(byte ^ 0x55 for byte in data[4096::4096])
        (folder / "journal.sqlite").write_bytes(bytes(data))
    else:
        damage(folder / "journal.sqlite", how)
    late = f"day-{len(made.rows) - 1:04}.csv"
    shared = open_dataset(folder)
    found = rows(shared)
    assert found == {name: made.rows[name] for name in found}
    assert set(made.rows) - set(found) <= {late}
    if how in ("half", "flipped"):
        assert [item["what"] for item in shared.status()["mended"]] == ["journal"]
    assert shared.upload(made.drop / late).status in ("stored", "already")  # given again, it counts once
    goes_on(shared, made.rows, tmp_path)


def test_a_journal_that_is_damaged_while_it_is_used(made: World, tmp_path: Path) -> None:
    folder = copy(made, tmp_path)
    shared = open_dataset(folder)
    wanted = rows(shared)
    shared.close()
    for path in folder.glob("journal.sqlite-*"):
        path.unlink()
    data = bytearray((folder / "journal.sqlite").read_bytes())
    data[8192:] = os.urandom(len(data) - 8192)  # the first pages are as they were: it opens
    (folder / "journal.sqlite").write_bytes(bytes(data))
    with pytest.raises(
        DatasetError, match=r"journal of the dataset in .* is damaged.*Open the dataset again"
    ):
        shared.upload(write_file(tmp_path, 700, 5))
    again = open_dataset(folder)
    assert [item["what"] for item in again.status()["mended"]] == ["journal"]
    goes_on(again, wanted, tmp_path)


@pytest.mark.parametrize("how", HOW)
def test_entries_and_kept_copies(made: World, tmp_path: Path, how: str) -> None:
    """Reading goes on; verify names them; entries come back from the journal, kept copies from a copy."""
    folder = copy(made, tmp_path)
    for _ in range(2):  # what waits comes into a version, and what is late to the disk
        open_dataset(folder).close()
    shutil.copytree(folder, tmp_path / "other")
    entries, copies = (sorted((folder / name).glob("??/*")) for name in ("entries", "raw"))
    for path in (*entries, *copies):
        damage(path, how)
    shared = open_dataset(folder)
    assert rows(shared) == made.rows
    said = shared.verify()["differences"]
    word = "missing" if how == "gone" else "changed"
    assert sum(f": its file is {word}" in item or f": its file was {word}" in item for item in said) == len(
        [*entries, *copies]
    )
    merged = shared.merge(tmp_path / "other")
    assert merged.mended >= len(copies) - (how == "flipped") * len(copies)
    if how == "flipped":
        return  # nothing tells them from whole ones but reading every byte of both copies
    goes_on(shared, made.rows, tmp_path)


def test_a_damaged_kit_toml_says_what_to_do(made: World, tmp_path: Path) -> None:
    folder = copy(made, tmp_path)
    (folder / "kit.toml").write_bytes(b"layout = \nschool")
    with pytest.raises(DatasetError, match=r"cannot be understood.*Correct it by hand"):
        open_dataset(folder)
