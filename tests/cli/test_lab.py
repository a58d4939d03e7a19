"""``kit lab`` on a computer that many share: nobody's work is lost or seen, nothing secret is left."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from argparse import Namespace
from pathlib import Path

import pytest

from kit.cli import lab
from kit.errors import UsageError
from kit.lab import places, session

DAY = dt.date(2026, 9, 14)


def options(**given: object) -> Namespace:
    usual = {"folder": "", "again": False, "teacher": False, "dataset": None, "idle": 30.0}
    return Namespace(**{**usual, **given})


def test_each_session_has_a_folder_of_its_own(tmp_path: Path) -> None:
    names = [places.fresh(tmp_path, DAY).name for _ in range(3)]
    assert names == ["2026-09-14", "2026-09-14-2", "2026-09-14-3"]
    assert places.fresh(tmp_path, DAY, teacher=True).name == "2026-09-14-teacher"


def test_the_next_pair_sees_nothing_and_is_told_where_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    first = lab._todays(options())
    (first / "my-progress.json").write_text("{}", encoding="utf-8")
    assert "go on" not in capsys.readouterr().out
    second = lab._todays(options())
    assert second != first
    assert not list(second.iterdir())
    assert str(first) in capsys.readouterr().out


def test_beginning_again_deletes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "Klassi töö 7b"
    folder.mkdir()
    (folder / "my-progress.json").write_text("ours", encoding="utf-8")
    assert lab._named(options(folder=str(folder), again=True)) == folder
    assert not list(folder.iterdir())
    kept = [path for path in tmp_path.iterdir() if path != folder]
    assert [(path / "my-progress.json").read_text(encoding="utf-8") for path in kept] == ["ours"]
    assert kept[0].name in capsys.readouterr().out
    now = dt.datetime(2026, 9, 14, 10, 5)
    assert places.put_aside(tmp_path / "absent", now) is None
    (folder / "again.txt").touch()
    assert places.put_aside(folder, now) != kept[0]


def test_a_half_written_lesson_of_a_teacher_does_not_keep_a_class_from_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shipped = Path(__file__).resolve().parents[2] / "lessons" / "03-the-air-today"
    own = tmp_path / "my-lessons" / "begun"
    shutil.copytree(shipped, own, ignore=shutil.ignore_patterns("build", "lesson.md"))
    facts = (shipped / "lesson.toml").read_text(encoding="utf-8").replace("03-the-air-today", "begun")
    (own / "lesson.toml").write_text(facts, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    put = lab.copy_lessons(tmp_path / "work", "en", teacher=True)
    assert "03-the-air-today-pupil-a.ipynb" in {path.name for path in put}
    assert "begun" not in " ".join(path.name for path in put)
    assert "The lesson begun is left out: lesson.md is missing in begun." in capsys.readouterr().err


def test_without_again_a_named_folder_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "my-progress.json").write_text("ours", encoding="utf-8")
    lab._named(options(folder=str(tmp_path)))
    assert (tmp_path / "my-progress.json").read_text(encoding="utf-8") == "ours"


def test_work_goes_where_files_can_be_made(tmp_path: Path) -> None:
    not_a_folder = tmp_path / "file"
    not_a_folder.touch()
    assert not places.can_write(not_a_folder / "work")
    assert places.writable([not_a_folder / "work", tmp_path / "ok"]) == tmp_path / "ok"
    with pytest.raises(UsageError) as caught:
        places.writable([not_a_folder / "work"])
    assert "--folder" in caught.value.words("en")
    with pytest.raises(UsageError) as caught:
        lab._named(options(folder=str(not_a_folder / "work")))
    assert caught.value.code == "folder-protected"


def test_a_home_that_cannot_be_written_does_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "home"
    blocked.touch()
    monkeypatch.setenv("HOME", str(blocked))
    monkeypatch.setenv("USERPROFILE", str(blocked))
    monkeypatch.setenv("KIT_CACHE", str(blocked / "cache"))
    assert blocked not in places.work_places()
    assert places.can_write(places.remakeable())
    with places.private() as private:
        environment = places.surroundings(private)
        assert all(Path(value).is_dir() and private in Path(value).parents for value in environment.values())


def test_a_private_folder_is_gone_afterwards_also_after_a_power_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left = tmp_path / "kit-lab-left"
    left.mkdir()
    (left / "alive").touch()
    with places.private() as first, places.private() as second:
        (first / "runtime").mkdir()
        assert not left.exists(), "of a session that was cut short"
        assert first.is_dir()
        assert second.is_dir()
        if os.name == "posix":
            assert first.stat().st_mode & 0o077 == 0, "nobody else may read it"
    assert not list(tmp_path.iterdir())


def test_pupils_get_no_answers_and_are_warned_of_those_that_lie_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lab.copy_lessons(tmp_path, "en")
    assert not list(tmp_path.glob("*teacher*"))
    lab._warn_of_answers(tmp_path, options())
    assert capsys.readouterr().out == ""
    lab.copy_lessons(tmp_path, "en", teacher=True)
    lab._warn_of_answers(tmp_path, options())
    assert "teacher" in capsys.readouterr().out
    lab._warn_of_answers(tmp_path, options(teacher=True))
    assert capsys.readouterr().out == ""


def test_a_folder_in_which_nothing_was_done_is_known(tmp_path: Path) -> None:
    put = lab.copy_lessons(tmp_path, "en")
    assert lab.untouched(tmp_path, put)
    (tmp_path / "my-progress.json").touch()
    assert not lab.untouched(tmp_path, put)
    (tmp_path / "my-progress.json").unlink()
    put[0].write_text("ours", encoding="utf-8")
    assert not lab.untouched(tmp_path, put)


def test_lessons_are_copied_from_a_read_only_installation(tmp_path: Path) -> None:
    for path in lab.copy_lessons(tmp_path, "en"):
        assert os.access(path, os.W_OK)
        assert path.stat().st_mode & 0o200


def test_the_command_holds_no_secret_and_serves_this_computer_only(tmp_path: Path) -> None:
    words = session.command(tmp_path, 8888, idle=60, terminals=False, browser=True, warm=True)
    assert "--ServerApp.ip=127.0.0.1" in words
    assert "token" not in " ".join(words).lower()
    assert "--ServerApp.terminals_enabled=False" in words
    assert "--no-browser" not in words


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"LANG": "et_EE.UTF-8"}, "et"),
        ({"LANG": "et_EE", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "C"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows says it in another way")
def test_language_of_the_computer(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], code: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert lab.system_language() == code


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
def test_a_whole_session(tmp_path: Path, practice_cache: Path) -> None:
    """Starts beside another program on its port, keeps its token to itself, loses nothing when stopped."""
    import socket

    (tmp_path / "tmp").mkdir()
    surroundings = {**os.environ, "KIT_CACHE": str(practice_cache), "TMPDIR": str(tmp_path / "tmp")}
    surroundings |= {"HOME": str(tmp_path / "no-home"), "KIT_LANG": "en"}
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        kit = subprocess.Popen(
            [sys.executable, "-m", "kit", "lab", "--no-browser", "--port", str(port)],
            cwd=tmp_path, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        try:
            said: list[str] = []
            limit = time.monotonic() + 240
            address = ""
            while not address and time.monotonic() < limit:
                line = kit.stdout.readline() if kit.stdout else ""
                said.append(line)
                address = line.strip() if "token=" in line else ""
            assert address, said
            base, _, token = address.partition("lab?token=")
            assert f":{port}/" not in base, "the port was taken"
            with pytest.raises(urllib.error.HTTPError):
                urllib.request.urlopen(base + "api/contents", timeout=60)
            asked = urllib.request.Request(base + "api/contents", headers={"Authorization": f"token {token}"})
            names = {item["name"] for item in json.load(urllib.request.urlopen(asked, timeout=60))["content"]}
            assert "00-our-air-pupil.ipynb" in names
            arguments = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline")]
            assert not any(token.encode() in line for line in arguments)
            work = next((tmp_path / "my-work").iterdir())
            (work / "my-progress.json").write_text("{}", encoding="utf-8")
        finally:
            kit.send_signal(signal.SIGTERM)
            rest = kit.communicate(timeout=60)[0]
    assert "go on" in rest.lower()
    assert (work / "my-progress.json").is_file()
    assert not list((tmp_path / "tmp").glob("kit-lab-*"))
