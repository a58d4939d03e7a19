"""The command line as a teacher or a script meets it: words, keys of --json, exit status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from kit.cli import run

GOOD = "time;temp (°C);RH (%)\n2026-03-01 10:00;1,5;80\n2026-03-01 11:00;2,5;78\n2026-03-01 12:00;3,5;75\n"
KEYS = {
    "file", "status", "submission", "format", "stations", "rows", "blank", "accepted", "flagged", "rejected",
    "duplicate", "values", "variables", "time", "dropped_columns", "questions", "not_run", "problems",
}  # fmt: skip


class Done(NamedTuple):
    status: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


Kit = Callable[..., Done]


@pytest.fixture
def kit(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Kit:
    monkeypatch.chdir(tmp_path)

    def call(*words: str | Path) -> Done:
        status = run([str(word) for word in words])
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return Done(status, said.out, said.err)

    return call


@pytest.fixture
def shared(kit: Kit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A dataset with one station; it is the one in use."""
    folder = tmp_path / "shared"
    assert (
        kit("init", folder, "--school", "EE-7", "--zone", "Europe/Tallinn", "--region", "EE-79").status == 0
    )
    monkeypatch.setenv("KIT_DATASET", str(folder))
    added = kit("station", "add", "EE-7/roof", "--lat", "58.3781", "--lon", "26.7290", "--exposure", "roof")
    assert added.status == 0
    assert "EE-7/roof" in added.out
    return folder


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "march.csv"
    path.write_text(GOOD, encoding="utf-8")
    return path


def test_the_help_fits_one_screen(kit: Kit) -> None:
    done = kit("--help")
    assert done.status == 0
    assert len(done.out.splitlines()) <= 26
    assert max(map(len, done.out.splitlines())) <= 90
    for command in (
        "demo",
        "lab",
        "init",
        "read",
        "upload",
        "retract",
        "station",
        "status",
        "verify",
        "batch",
    ):
        assert f"\n  {command}" in done.out


def test_upload_says_first_that_it_worked(kit: Kit, shared: Path, good: Path) -> None:
    done = kit("upload", good)
    assert done.status == 3  # a station was not named: the likely one is offered, not taken
    assert "--answer 'station=EE-7/roof'" in done.err
    done = kit("upload", good, "--station", "EE-7/roof")
    assert done.status == 0
    assert done.out.splitlines()[0] == "march.csv is stored: 3 rows, all of them good."
    assert "air temperature: 3 values from 1.5 to 3.5 °C" in done.out


def test_the_keys_of_json(kit: Kit, shared: Path, good: Path) -> None:
    done = kit("upload", good, "--station", "EE-7/roof", "--json")
    (found,) = done.objects
    assert set(found) >= KEYS
    assert found["variables"]["temperature"] == {
        "unit_in": "Cel",
        "unit": "Cel",
        "count": 3,
        "min": 1.5,
        "max": 3.5,
    }
    assert found["time"] == {
        "start": "2026-03-01T08:00:00Z", "end": "2026-03-01T10:00:00Z", "zone": "Europe/Tallinn",
    }  # fmt: skip
    assert found["rows"] == found["accepted"] + found["flagged"] + found["rejected"] + found["duplicate"]
    assert {"check", "variable", "station", "why"} == set(found["not_run"][0])
    previewed = kit("read", good, "--station", "EE-7/roof", "--json").objects[0]
    assert previewed["submission"] == ""
    assert {key: previewed[key] for key in KEYS - {"status", "submission"}} == {
        key: found[key] for key in KEYS - {"status", "submission"}
    }


def test_the_same_file_twice_counts_once_and_retract_can_be_undone(
    kit: Kit, shared: Path, good: Path
) -> None:
    first = kit("upload", good, "--station", "EE-7/roof", "--json").objects[0]
    again = kit("upload", good, "--station", "EE-7/roof", "--json").objects[0]
    assert (again["status"], again["submission"]) == ("already", first["submission"])
    assert kit("status", "--json").objects[0]["readings"] == 6
    assert kit("retract", first["submission"][:12]).status == 0
    assert kit("status", "--json").objects[0]["submissions"] == 0
    assert kit("upload", good, "--station", "EE-7/roof", "--json").objects[0]["status"] == "restored"
    assert kit("verify").status == 0


def test_read_stores_nothing(kit: Kit, shared: Path, good: Path) -> None:
    before = kit("status", "--json").objects[0]
    assert kit("read", good, "--station", "EE-7/roof").status == 0
    assert kit("status", "--json").objects[0] == before


def test_an_open_question_is_exit_status_3_and_yes_takes_the_likely_answer(
    kit: Kit, shared: Path, good: Path
) -> None:
    asked = kit("upload", good, "--json")
    assert asked.status == 3
    (found,) = asked.objects
    assert found["status"] == "question"
    assert [question["id"] for question in found["questions"]] == ["station"]
    assert found["questions"][0]["likely"] == "EE-7/roof"
    assert found["questions"][0]["options"][0]["value"] == "EE-7/roof"
    assert kit("upload", good, "--json", "--yes").objects[0]["stations"] == ["EE-7/roof"]
    assert kit("upload", good, "--answer", "station").status == 2


def test_refused_rows_are_0_and_strict_makes_them_1(kit: Kit, shared: Path, tmp_path: Path) -> None:
    path = tmp_path / "april.csv"
    path.write_text(GOOD + "2026-04-31 10:00;1,5;80\n", encoding="utf-8")
    done = kit("upload", path, "--station", "EE-7/roof", "--json")
    assert done.status == 0
    (problem,) = done.objects[0]["problems"]
    assert (problem["row"], problem["value"], problem["code"]) == (4, "2026-04-31 10:00", "impossible-date")
    assert "no such day as 2026-04-31" in problem["message"]
    assert problem["suggestion"]
    other = tmp_path / "april2.csv"
    other.write_text(path.read_text(encoding="utf-8") + "2026-03-01 13:00;1,5;80\n", encoding="utf-8")
    assert kit("upload", other, "--station", "EE-7/roof", "--strict").status == 1


def test_several_files_are_json_lines_and_the_worst_counts(
    kit: Kit, shared: Path, good: Path, tmp_path: Path
) -> None:
    page = tmp_path / "page.csv"
    page.write_text("<!DOCTYPE html><html><body>404</body></html>", encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("a.csv", GOOD.replace("2026-03-01", "2026-03-02"))
        archive.writestr("b.csv", GOOD.replace("2026-03-01", "2026-03-03"))
    done = kit("upload", good, page, tmp_path / "two.zip", "--station", "EE-7/roof", "--json")
    assert done.status == 1
    assert [(found["file"].rsplit("/", 1)[-1], found["status"]) for found in done.objects] == [
        ("march.csv", "stored"), ("page.csv", "refused"), ("a.csv", "stored"), ("b.csv", "stored"),
    ]  # fmt: skip
    assert done.objects[2]["file"].endswith("two.zip!/a.csv")
    assert kit("verify").status == 0
    with zipfile.ZipFile(tmp_path / "new.zip", "w") as archive:
        other = GOOD.replace("RH (%)", "relative humidity (%)")  # another device: nothing is remembered
        archive.writestr("a.csv", other.replace("2026-03-01", "2026-03-04"))
        archive.writestr("b.csv", other.replace("2026-03-01", "2026-03-05"))
    asked = kit("upload", tmp_path / "new.zip", "--json")
    assert (asked.status, {found["status"] for found in asked.objects}) == (3, {"question"})
    assert all(set(found) >= KEYS for found in done.objects)


def test_the_inbox(kit: Kit, shared: Path, good: Path) -> None:
    (shared / "inbox").mkdir()
    (shared / "inbox" / "march.csv").write_bytes(good.read_bytes())
    done = kit("upload", "--inbox", "--station", "EE-7/roof", "--json")
    assert [found["status"] for found in done.objects] == ["stored"]


def test_wrong_use_and_a_missing_dataset(kit: Kit, good: Path, tmp_path: Path) -> None:
    assert kit("fly").status == 2
    assert kit("upload").status in (2, 4)
    away = kit("--dataset", tmp_path / "nowhere", "status")
    assert away.status == 4
    assert "is not a shared dataset" in away.err
    assert "kit init" in away.err
    as_json = kit("--dataset", tmp_path / "nowhere", "status", "--json")
    assert as_json.objects[0]["error"]["code"] == "no-dataset"
    missing = kit("read", tmp_path / "none.csv")
    assert missing.status == 1
    assert "none.csv" in missing.err


def bad_files() -> dict[str, tuple[bytes, str]]:
    """Name -> (bytes, a word of the reason). The long line is made by its own test."""
    return {
        "page.csv": (
            b"<!DOCTYPE html>\n<html><head><title>404</title></head><body>Not found</body></html>",
            "web page",
        ),
        "empty.csv": (b"", "empty"),
        "one.csv": (b"x", "one"),
        "broken.zip": (b"PK\x03\x04abc", "archive"),
        "picture.csv": (bytes(range(256)) * 40, "binary"),
        "untimed.csv": (b"temp (C);RH\n1.5;80\n2.5;79\n3.5;78\n", "date"),
        "header.csv": (b"time;temp (C)\n", "row"),
        "units.csv": (b"time;zorp (blargs)\n2026-03-01 10:00;1.5\n2026-03-01 11:00;2.5\n", ""),
        "encoding.csv": ("time;temp (°C)\n2026-03-01 10:00;1.5\n".encode("utf-16-le")[:-1] + b"\xd8", ""),
    }


@pytest.mark.parametrize("name", sorted(bad_files()))
def test_bad_input_is_refused_in_words_and_nothing_is_stored(
    kit: Kit, shared: Path, tmp_path: Path, name: str
) -> None:
    data, word = bad_files()[name]
    path = tmp_path / name
    path.write_bytes(data)
    before = kit("status", "--json").objects[0]
    done = kit("upload", path, "--station", "EE-7/roof")
    assert done.status in (1, 3), done
    assert name in done.err
    assert word in done.err.lower()
    after = kit("status", "--json").objects[0]
    assert after == before
    found = kit("upload", path, "--station", "EE-7/roof", "--json").objects[0]
    assert found["status"] in ("refused", "question")
    assert found["problems"] or found["questions"]


def test_a_line_of_200_megabytes_is_refused(kit: Kit, shared: Path, tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    with path.open("wb") as file:
        file.write(b"time;temp\n")
        for _ in range(200):
            file.write(b"7" * 1_000_000)
    done = kit("upload", path, "--station", "EE-7/roof")
    assert done.status == 1
    assert "long.csv" in done.err
    assert "line" in done.err


def test_estonian(kit: Kit, shared: Path, good: Path) -> None:
    done = kit("upload", good, "--station", "EE-7/roof", "--lang", "et")
    assert "õhutemperatuur" in done.out
    assert "stored" not in done.out


def test_people_never_see_a_traceback(
    kit: Kit, shared: Path, good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kit.dataset import Dataset

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(Dataset, "upload", broken)
    done = kit("upload", good, "--station", "EE-7/roof")
    assert done.status == 1
    assert "Something unexpected happened (RuntimeError)" in done.err
    log = next(word for word in done.err.split() if word.endswith(".log"))
    assert "a fault of ours" in Path(log).read_text(encoding="utf-8")
    Path(log).unlink()
    monkeypatch.setenv("KIT_DEBUG", "1")
    with pytest.raises(RuntimeError):
        run(["upload", str(good), "--station", "EE-7/roof"])


def test_as_a_process(tmp_path: Path, good: Path) -> None:
    environment = os.environ | {"PYTHONUTF8": "0", "LC_ALL": "C"}

    def call(*words: str) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "kit", *words]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)

    assert call("init", "d", "--school", "s", "--zone", "UTC").returncode == 0
    done = call("--dataset", "d", "upload", str(good), "--station", "s/roof", "--json")
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout.decode("utf-8"))["accepted"] == 3


def test_an_unknown_unit_is_not_stored_even_with_yes(kit: Kit, shared: Path, tmp_path: Path) -> None:
    strange = tmp_path / "strange.csv"
    strange.write_text("time;temp (blargs)\n2026-03-01 10:00;1.5\n2026-03-01 11:00;2.5\n", encoding="utf-8")
    done = kit("upload", strange, "--yes", "--station", "EE-7/roof")
    assert done.status == 3
    assert "kit does not know the unit blargs" in done.err
    assert "Add --yes" not in done.err
    done = kit("upload", strange, "--yes", "--station", "EE-7/roof", "--answer", "unit.temp (blargs)=C")
    assert done.status == 0


def test_at_a_terminal_the_questions_are_asked(
    kit: Kit, shared: Path, good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    replies = iter(["2"])  # the second option: a new station
    monkeypatch.setattr("builtins.input", lambda _="": next(replies))
    done = kit("upload", good)
    assert done.status == 0
    assert "At which station was march.csv measured?" in done.out
    assert kit("status", "--json").objects[0]["stations"] == 2


def test_lessons_and_batches_are_listed(kit: Kit, shared: Path, good: Path) -> None:
    assert "00-our-air" in kit("lesson", "list").out
    assert kit("lesson", "validate", "00-our-air").status == 0
    assert kit("lesson", "validate", "99-nothing").status == 2
    kit("upload", good, "--station", "EE-7/roof")
    planned = kit("batch", "plan", "--json").objects
    assert {job["notebook"] for job in planned} == {"regional_trend", "school_report"}


def test_lab_never_touches_a_classs_own_notebooks(tmp_path: Path) -> None:
    from kit.cli.lab import copy_lessons

    first = copy_lessons(tmp_path, "et")
    assert "00-our-air-pupil.ipynb" in {path.name for path in first}
    first[0].write_text("our own work", encoding="utf-8")
    assert copy_lessons(tmp_path, "et") == []
    assert first[0].read_text(encoding="utf-8") == "our own work"
    teachers = {path.name for path in copy_lessons(tmp_path, "et", teacher=True)}
    assert {"00-our-air-teacher.ipynb", "00-our-air-40-minutes-teacher.ipynb"} <= teachers
    assert all("-teacher" in name for name in teachers)


def test_the_demo_starts_only_in_its_own_place(kit: Kit, tmp_path: Path) -> None:
    done = kit("demo", "--dataset", tmp_path / "ours")
    assert done.status == 2
    assert "datasets/demo" in done.err
