"""The practice data are on the disk once, and what one pupil does in them no other one sees."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from kit import lesson
from kit.lab import prepare
from kit.lesson import practice


def contents(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


def test_copies_share_what_never_changes_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, practice_cache: Path
) -> None:
    monkeypatch.setenv("KIT_CACHE", str(practice_cache))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    found = lesson.load("00-our-air")
    made = practice.made_for(found)
    before = contents(made)
    first, second = practice.practice(found), practice.practice(found)
    assert isinstance(first.folder, Path)
    linked = [path for path in first.folder.rglob("*") if path.is_file() and path.stat().st_nlink > 1]
    size = sum(path.stat().st_size for path in linked)
    every = sum(path.stat().st_size for path in first.folder.rglob("*") if path.is_file())
    assert size > every / 2 or not linked, "linked where the disk can"
    assert not any(path.suffix in (".sqlite", ".json", ".toml", ".lock") for path in linked)
    file = practice.our_file(found, "", found.parameters["station"])
    assert file is not None
    assert first.upload(file, station=found.parameters["station"], accept_likely=True).status == "stored"
    assert first.version != second.version
    first.erase(first.stations()[0].id.partition("/")[0], "wish")
    assert contents(made) == before


def test_prepared_is_every_lesson(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("kit.lesson.practice.made_for", lambda one: asked.append(one.id))
    assert prepare.prepare() == len(asked)
    assert asked == [one.id for one in lesson.list_lessons()]
