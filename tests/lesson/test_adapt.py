"""A teacher's own version of a lesson."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from kit import lesson
from kit.errors import KitError, NotFoundError, UsageError
from kit.lesson.adapt import kept_origin
from kit.lesson.copying import Choices
from kit.lesson.minutes import new_minutes
from kit.lesson.source import Hour, Step, find
from kit.lesson.written import to_toml

SHIPPED = Path(__file__).resolve().parents[2] / "lessons" / "00-our-air"


def test_own_version_in_ones_own_language(tmp_path: Path) -> None:
    made = lesson.new(
        "meie-ohk",
        "00-our-air",
        title="Meie oma õhk",
        minutes=40,
        station="EE-TRT-7k2p/roof",
        lang="et",
        out=tmp_path,
    )
    assert made == tmp_path / "meie-ohk"
    assert lesson.validate(made) == []
    found, old = lesson.load(made), lesson.load(SHIPPED)
    assert found.title("et") == "Meie oma õhk"
    assert found.languages == ("et",)
    assert [hour.minutes for hour in found.hours] == [40, 40]
    assert [sum(step.minutes for step in hour.steps) for hour in found.hours] == [40, 40]
    assert found.parameters["station"] == "EE-TRT-7k2p/roof"
    assert found.facts["origin"] == {
        "lesson": "00-our-air", "title": old.title("et"), "version": "1.0",
        "licence": "CC-BY-4.0", "hash": old.hash(),
    }  # fmt: skip
    pupil, _ = lesson.build(made, tmp_path / "out", "et")
    text = pupil.read_text(encoding="utf-8")
    assert "# Meie oma õhk" in text
    assert "Tehtud tunnist 00-our-air" in text
    assert 'kit.lesson.start(\\"meie-ohk\\"' in text


def test_untouched_copy_teaches_the_same(tmp_path: Path) -> None:
    made = lesson.new("copy", SHIPPED, lang="et", out=tmp_path)
    ours, _ = lesson.build(made, tmp_path / "a", "et")
    theirs, _ = lesson.build(SHIPPED, tmp_path / "b", "et")

    def words(path: Path) -> list[str]:
        return ["".join(cell["source"]) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]

    assert words(ours)[:1] == words(theirs)[:1]
    differing = [a for a, b in zip(words(ours), words(theirs), strict=True) if a != b]
    assert all("copy" in cell or "Tehtud tunnist" in cell for cell in differing), differing
    assert (made / "data" / "meie_ohk_2025-12.csv").is_file()


def test_changing_one_task_needs_one_file(tmp_path: Path) -> None:
    made = lesson.new("own", "00-our-air", lang="en", out=tmp_path)
    tasks = tomllib.loads((made / "answers.toml").read_text(encoding="utf-8"))
    tasks["A1"] |= {"question": "How many hours has December?", "code": "31 * 24"}
    (made / "answers.toml").write_text(to_toml(tasks), encoding="utf-8")
    assert lesson.validate(made) == []
    pupil, _ = lesson.build(made, tmp_path / "out", "en")
    assert "**Task A1.** How many hours has December?" in pupil.read_text(encoding="utf-8")


@pytest.mark.parametrize("minutes", [30, 35, 40, 45, 50, 60, 75, 90])
def test_steps_share_an_hour_of_any_length(minutes: int) -> None:
    for hour in lesson.load(SHIPPED).hours:
        shares = new_minutes(hour, minutes)
        assert sum(shares) == minutes
        assert min(shares) >= 1
        work = sum(time for time, step in zip(shares, hour.steps, strict=True) if step.who == "pupils")
        assert work <= minutes * 30 / 45


def test_minutes_by_step_and_too_few_minutes() -> None:
    hour = Hour("1", "x", 45, (Step("a", "A", 30), Step("b", "B", 15, "together")))
    assert new_minutes(hour, {"a": 20}) == [20, 15]
    assert new_minutes(hour, None) == [30, 15]
    with pytest.raises(UsageError, match="1 minutes are too few for 2 steps"):
        new_minutes(hour, 1)


def test_names_that_cannot_be_and_folders_that_exist(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be the name of a lesson"):
        lesson.new("../evil", "00-our-air", out=tmp_path)
    lesson.new("mine", "00-our-air", out=tmp_path)
    with pytest.raises(UsageError, match="exists already"):
        lesson.new("mine", "00-our-air", out=tmp_path)


def test_toml_is_read_back_as_it_was() -> None:
    table = {"a": 'x "y" \\ µ', "n": 1, "f": 0.5, "t": True, "l": ["a", "b"], "empty": [],
             "sub": {"k": "v", "deep": {"z": 1}}, "rows": [{"i": 1, "s": [{"q": 2}]}, {"i": 2}]}  # fmt: skip
    assert tomllib.loads(to_toml(table)) == table


def test_a_lesson_is_found_by_its_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find("00") == SHIPPED, "of two that begin so, the one that is nobody's own version"
    assert find("00-our-air-40") == SHIPPED.with_name("00-our-air-40-minutes")
    assert find(SHIPPED) == SHIPPED
    with pytest.raises(NotFoundError, match="There is no lesson named 0"):
        find("0")
    monkeypatch.chdir(tmp_path)
    for name in ("77-a", "77-b"):
        shutil.copytree(SHIPPED, tmp_path / "lessons" / name, ignore=shutil.ignore_patterns("build"))
        facts = (tmp_path / "lessons" / name / "lesson.toml").read_text(encoding="utf-8")
        (tmp_path / "lessons" / name / "lesson.toml").write_text(
            facts.replace('"00-our-air"', f'"{name}"'), encoding="utf-8"
        )
    with pytest.raises(UsageError, match="Which lesson is 77") as which:
        find("77")
    assert "77-a, 77-b" in which.value.words()


def test_own_dates_variable_tasks_and_file(tmp_path: Path) -> None:
    data = tmp_path / "meie.csv"
    data.write_text("kasutaja;mari@kool.ee\naeg;PM10\n2026-03-01 10:00;12\n", encoding="utf-8")
    made = lesson.new(
        "own", SHIPPED, lang="et", out=tmp_path, file=data, since="2026-03-01", until="2026-03-31",
        variables={"pm25": "pm10"}, without=["A5", "B7"], station="EE-7/katus",
    )  # fmt: skip
    found = lesson.load(made)
    assert lesson.validate(made) == []
    assert dict(found.parameters) == {
        "station": "EE-7/katus", "file": "data/meie.csv", "since": "2026-03-01", "until": "2026-03-31",
    }  # fmt: skip
    assert found.facts["variables"] == ["pm10"]
    assert {need.variable for need in found.least.needs} == {"pm10"}
    assert not {"A5", "B7"} & set(found.tasks)
    assert found.tasks["A4"].variable == "pm10"
    text = (made / "lesson.md").read_text(encoding="utf-8")
    assert '"pm25"' not in text
    assert 'kit.plot.timeline(lesson.readings("pm10"))' in text
    assert not re.search("task A5|answer..A5", text)
    kept = (made / "data" / "meie.csv").read_text(encoding="utf-8")
    assert "mari@kool.ee" not in kept
    assert "2026-03-01 10:00;12" in kept


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"since": "1.3.2026"}, "since: 1.3.2026 is not a date"),
        ({"since": "2026-04-01", "until": "2026-03-01"}, "is after the last one"),
        ({"without": ["A99"]}, "has no task A99"),
        ({"variables": {"no2": "pm10"}}, "has no variable no2"),
        ({"variables": {"pm25": "dust"}}, "dust"),
        ({"file": "nowhere.csv"}, "There is no file nowhere.csv"),
    ],
)
def test_choices_that_cannot_be_write_nothing(tmp_path: Path, given: dict[str, Any], words: str) -> None:
    with pytest.raises(KitError, match=words):
        lesson.new("own", SHIPPED, out=tmp_path, **given)
    assert not (tmp_path / "own").exists()


def test_the_origin_is_kept_as_it_was(tmp_path: Path) -> None:
    made = lesson.new("own", SHIPPED, lang="et", minutes=40, out=tmp_path)
    files, choices, data = kept_origin(made)
    assert choices == Choices("et", minutes=40)
    assert files == {name: (made / name).read_text(encoding="utf-8") for name in files}
    assert set(files) >= {"lesson.toml", "lesson.md", "answers.toml", "rubric.toml"}
    assert set(data) == {path.name for path in (SHIPPED / "data").iterdir() if path.is_file()}
    assert sum(path.stat().st_size for path in (made / ".origin").iterdir()) < 80_000


def test_help_in_other_languages_comes_along_and_what_is_changed_is_helped_with_in_her_language(
    tmp_path: Path,
) -> None:
    made = lesson.new("own", "03", lang="et", out=tmp_path)
    own = lesson.load(made)
    assert own.help_in == ("ru", "uk", "de")
    words = own.translation("uk").texts
    assert words[own.tasks["1"].question].startswith("Яким було найвище середнє PM2.5")
    assert set(words) == {text for task in own.tasks.values() for text in task.texts()}
    path = made / "answers.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace(own.tasks["1"].question, "Minu oma küsimus?"),
        encoding="utf-8",
    )
    assert lesson.validate(made) == []
    assert "Minu oma küsimus?" not in lesson.load(made).translation("uk").texts
