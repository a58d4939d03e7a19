"""Old data stays readable: stored datasets of every layout open, verify, and say what they said then."""

from __future__ import annotations

import json
import os
import re
import shutil
import zipfile
from pathlib import Path

import pytest

from kit.dataset import open_dataset, settings
from kit.dataset.backing import restore
from kit.dataset.upgrading import upgrade
from kit.errors import DatasetError
from kit.store import folder as disk
from tests.dataset.old.make import said

OLD = Path(__file__).with_name("old")
LAYOUTS = sorted(int(path.stem.split("-")[1]) for path in OLD.glob("layout-*.zip"))


def stored(layout: int, folder: Path) -> Path:
    with zipfile.ZipFile(OLD / f"layout-{layout}.zip") as archive:
        archive.extractall(folder)
    return folder


def then(layout: int) -> dict[str, object]:
    found: dict[str, object] = json.loads((OLD / f"layout-{layout}.json").read_text(encoding="utf-8"))
    return found


def test_there_is_one_of_the_layout_that_this_kit_writes() -> None:
    assert list(range(1, settings.LAYOUT + 1)) == LAYOUTS
    assert all(path.stat().st_size < 200_000 for path in OLD.iterdir() if path.is_file())


@pytest.mark.parametrize("layout", LAYOUTS)
def test_it_opens_verifies_and_says_the_same(layout: int, tmp_path: Path) -> None:
    folder = stored(layout, tmp_path / "old")
    assert settings.read_settings(folder).layout == layout
    shared = open_dataset(folder)
    wanted = then(layout)
    found = said(shared)
    assert list(dict.fromkeys(found.pop("versions"))) == list(dict.fromkeys(wanted.pop("versions")))  # type: ignore[call-overload]
    assert found == wanted
    result = shared.verify()
    assert result["ok"], result["differences"]
    assert settings.read_settings(folder).layout == settings.LAYOUT
    for version in shared.versions():
        shared.at(version.id).readings("temperature", freq="1D")
    halfway = shared.at(shared.versions()[3].id).readings("temperature", freq=None)
    assert len(halfway) == 960  # both first files, nothing else
    shared.compact()
    shared.close()
    again = open_dataset(folder)
    assert {**said(again), "versions": 0} == {**wanted, "versions": 0}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_backup_of_it_and_a_merge_with_it(layout: int, tmp_path: Path) -> None:
    folder = stored(layout, tmp_path / "old")
    done = restore(folder, tmp_path / "restored")
    assert (done.version, done.damaged) == (then(layout)["version"], ())
    from kit.dataset import create

    new = create(tmp_path / "new")
    new.merge(stored(layout, tmp_path / "other"))
    assert new.version == then(layout)["version"]


@pytest.mark.parametrize("after", range(4))
def test_an_upgrade_that_is_stopped(after: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After so many files are written anew the process dies; the next one goes on."""
    folder = stored(1, tmp_path / "old")
    real, calls = disk.replace, []

    def dies(path: Path, data: bytes) -> None:
        if len(calls) == after * 3:
            raise KeyboardInterrupt
        calls.append(path)
        real(path, data)

    monkeypatch.setattr(disk, "replace", dies)
    with pytest.raises(KeyboardInterrupt):
        open_dataset(folder)
    monkeypatch.undo()
    shared = open_dataset(folder)
    assert {**said(shared), "versions": 0} == {**then(1), "versions": 0}
    assert shared.verify()["ok"]
    upgrade(shared._store)  # another process had come to the same idea
    assert shared.verify()["ok"]
    assert {**said(open_dataset(folder)), "versions": 0} == {**then(1), "versions": 0}


def test_what_a_person_wrote_into_kit_toml_stays(tmp_path: Path) -> None:
    folder = stored(1, tmp_path / "old")
    path = folder / "kit.toml"
    path.write_text(path.read_text().replace('region = "EE-79"', 'region = "EE-37"  # we moved'))
    shared = open_dataset(folder)
    assert 'region = "EE-37"  # we moved' in path.read_text()
    assert len(re.findall("layout = ", path.read_text())) == 1
    assert shared.school == "EE-A"


def test_an_old_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = stored(1, tmp_path / "old")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(DatasetError, match=r"made by an older kit.*open it once") as refused:
        open_dataset(folder)
    assert refused.value.code == "older-layout"


def test_an_unknown_newer_layout_says_what_is_needed(tmp_path: Path) -> None:
    folder = stored(settings.LAYOUT, tmp_path / "new")
    path = folder / "kit.toml"
    path.write_text(path.read_text().replace(f"layout = {settings.LAYOUT}", "layout = 99"))
    before = sorted(folder.rglob("*"))
    with pytest.raises(DatasetError, match=r"newer kit.*99.*Install a newer kit"):
        open_dataset(folder)
    assert sorted(folder.rglob("*")) == before


def test_the_stored_one_needs_nothing_but_its_folder(tmp_path: Path) -> None:
    """Neither journal nor anything derived: entries and kept copies are enough."""
    folder = stored(settings.LAYOUT, tmp_path / "old")
    for name in ("journal.sqlite", "tables", "arrivals", "versions"):
        path = folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    shared = open_dataset(folder)
    assert {**said(shared), "versions": 0} == {**then(settings.LAYOUT), "versions": 0}
