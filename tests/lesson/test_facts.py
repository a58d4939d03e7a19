"""Facts, rubric, questionnaire and glossary: what they show, and every rule finds what breaks it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from kit import lesson
from kit.cli import run
from kit.errors import FileError
from kit.lesson.terms import FRAMEWORKS, SUBJECTS, frameworks, glossary
from kit.text import tr

SHIPPED = Path(__file__).resolve().parents[2] / "lessons" / "00-our-air"

#: file, what stands there, what is put in its place, what is said
BROKEN = {
    "subject": ("lesson.toml", '"geography"', '"geografy"',
                "subjects names geografy, which kit does not know. Did you mean geography?"),
    "twice": ("lesson.toml", '"geography"', '"science"', "lesson.toml: subjects names science twice."),
    "goal": ("lesson.toml", '"ngss-sep4"', '"ngss-sep9"',
             "curriculum names ngss-sep9, which kit does not know."),
    "term": ("lesson.toml", '"receipt"', '"zzz"',
             "lesson.toml: glossary names zzz, which kit does not know."),
    "variable": ("lesson.toml", 'variables = ["pm25"]', 'variables = ["pm2"]', "variables names pm2"),
    "need": ("lesson.toml", 'variable = "pm25", days = 28 }', 'variable = "pm", days = 28 }',
             "minimum.needs.variable names pm"),
    "whose": ("lesson.toml", 'whose = "region"', 'whose = "world"', "minimum.needs.whose names world"),
    "days or years": ("lesson.toml", "years = 5", "years = 5, days = 3",
                      "minimum.needs.3 should say days or years, and at least one school."),
    "no school": ("lesson.toml", "years = 5", "years = 5, schools = 0", "minimum.needs.3 should say"),
    "ages": ("lesson.toml", '"13-15"', '"thirteen"', "ages is thirteen; it should look like 13-15."),
    "language": ("lesson.toml", '["en", "et"]', '["en", "et", "tlh"]', "kit does not speak tlh."),
    "before": ("lesson.toml", "subjects", 'prerequisites = ["00-nothing"]\nsubjects',
               "no lesson named 00-nothing"),
    "itself": ("lesson.toml", "subjects", 'prerequisites = ["00-our-air"]\nsubjects',
               "prerequisites lead back to this lesson"),
    "read by": ("lesson.toml", '[read_by]\nen = ""', '[read_by]\nfi = ""', "read_by names fi"),
    "key": ("lesson.toml", "subjects", "subject", "lesson.toml: kit does not know subject."),
    "step key": ("lesson.toml", 'id = "air", ', 'id = "air", minute = 3, ',
                 "kit does not know hours.1.steps.1.minute."),
    "kind": ("lesson.toml", "minutes = 5,", 'minutes = "5",',
             "hours.1.steps.1.minutes must be a whole number."),
    "true": ("lesson.toml", "stop = true", "stop = 1", "hours.1.steps.4.stop must be true or false."),
    "list": ("lesson.toml", 'variables = ["pm25"]', 'variables = "pm25"',
             "variables must be a list of texts in square brackets."),
    "missing": ("lesson.toml", 'id = "air", title = "What is in the air?"', 'id = "air"',
                "lesson.toml does not say hours.1.steps.1.title."),
    "tag": ("lesson.md", 'tags=["teacher"]', 'tags=["teachers"]', "lesson.md: a cell is tagged teachers"),
    "sample": ("lesson.toml", "elevation = 40", "height = 40",
               "sample names height, which kit does not know."),
    "spaces": ("lesson.md", "{{rubric}}", "{{rubric}}\n\n{{ rubric }}", "A mark is not understood"),
    "in a sentence": ("lesson.md", "{{rubric}}", "{{rubric}}\n\nSee {{glossary}}.",
                      "braces: See {{glossary}}."),
    "no time": ("lesson.toml", "minutes = 5,", "minutes = 0,", "Step air takes no time."),
    "same step": ("lesson.toml", 'id = "look"', 'id = "air"', "lesson.toml: air stands there twice."),
    "folder": ("lesson.toml", 'id = "00-our-air"', 'id = "our-air"',
               "id is our-air, but the folder is 00-our-air"),
    "older than old": ("lesson.toml", '"13-15"', '"15-13"', "ages is 15-13"),
    "mark": ("lesson.md", "{{rubric}}\n", "\n", "lesson.md: {{rubric}} is missing."),
    "when": ("lesson.md", "{{questionnaire before}}", "{{questionnaire during}}",
             "has no questionnaire during."),
    "after": ("lesson.md", "{{questionnaire after}}", "", "lesson.md: {{questionnaire after}} is missing."),
    "no name": ("lesson.md", "{{questionnaire after}}", "{{questionnaire}}",
                "unknown directive {{questionnaire}}"),
    "not a directive": ("lesson.md", "{{rubric}}", "{{rubric}}\n\n{{find air}}",
                        "unknown directive {{find air}}"),
    "levels": ("rubric.toml", '    "We say what we believe.",\n', "",
               "rubric.toml: conclude needs a description for each of the 3 levels."),
    "same criterion": ("rubric.toml", 'id = "fair"', 'id = "doubt"',
                       "rubric.toml: doubt stands there twice."),
    "rubric": ("rubric.toml", "levels = [", "level = [", "rubric.toml: kit does not know level."),
    "free text": ("questionnaire.toml", 'kind = "choice"', 'kind = "text"',
                  "again is of the kind text, not one of scale, choice: pupils write no text"),
    "no choices": ("questionnaire.toml", 'kind = "choice"', 'kind = "scale"',
                   "again needs choices if it is a choice, and only then."),
    "asked": ("questionnaire.toml", '["after"]', '["later"]',
              "again is asked later, not one of before, after."),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "00-our-air", ignore=shutil.ignore_patterns("build")))


def edit(path: Path, old: str, new: str) -> None:
    written = path.read_text(encoding="utf-8")
    assert old in written
    path.write_text(written.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_named(rule: str, folder: Path) -> None:
    name, old, new, said = BROKEN[rule]
    edit(folder / name, old, new)
    found = lesson.validate(folder)
    assert any(said in problem for problem in found), found


def cells(path: Path) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]


def test_forms_and_goals_stand_in_the_notebooks_of_those_who_need_them(folder: Path, tmp_path: Path) -> None:
    pupil, teacher = ("\n".join(cells(path)) for path in lesson.build(folder, tmp_path / "out", "et"))
    for both in (pupil, teacher):
        assert "| Mida vaatame | veel mitte | poolel teel | käes |" in both
        assert "| Oskan öelda, miks seadme arv võib vale olla. | ○ | ○ | ○ | ○ |" in both
        assert both.count("Kuidas oli ajaga?") == 1, "asked after, not before"
        assert "- **kviitung**: kiti vastus" in both
    goal = frameworks()["greencomp-2.2"]
    assert f"[GreenComp]({goal.url}): 2.2 kriitiline mõtlemine" in teacher
    assert goal.url not in pupil
    assert "(klassid 6-8)" in teacher


def test_a_text_that_no_teacher_has_read_says_so_in_its_language(folder: Path, tmp_path: Path) -> None:
    edit(folder / "lesson.toml", '[read_by]\nen = ""', '[read_by]\nen = "a teacher of physics, 2026-11"')
    english, estonian = (cells(lesson.build(folder, tmp_path / lang, lang)[0]) for lang in ("en", "et"))
    mark = "not yet read by a teacher"
    assert mark not in "\n".join(english)
    assert tr(mark, "et") in "\n".join(estonian)


def test_a_table_survives_any_text(folder: Path, tmp_path: Path) -> None:
    edit(folder / "rubric.toml", "We say what we believe.", "We say a | b,\\nor c.")
    pupil, _ = lesson.build(folder, tmp_path / "out", "en")
    rows = [
        line for cell in cells(pupil) for line in cell.splitlines() if line.startswith("| **Concluding**")
    ]
    assert len(rows) == 1
    assert len(re.findall(r"(?<!\\)\|", rows[0])) == 5


@pytest.mark.parametrize("name", ["lesson.toml", "answers.toml", "rubric.toml", "questionnaire.toml"])
@pytest.mark.parametrize(
    "written", ["", "x", "x = 1", "[x]\ny = 1", "hours = 3", "criteria = [1]", "items = {}"]
)
def test_a_file_of_anything_is_said_in_words(name: str, written: str, folder: Path) -> None:
    (folder / name).write_text(written, encoding="utf-8")
    found = lesson.validate(folder)
    assert found
    assert not [problem for problem in found if re.search(r"__init__|Traceback|object has no", problem)]


def test_lessons_that_come_before_in_a_circle_are_found(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIT_LESSONS", str(tmp_path))
    other = Path(shutil.copytree(folder, tmp_path / "other"))
    edit(other / "lesson.toml", 'id = "00-our-air"', 'id = "other"\nprerequisites = ["00-our-air"]')
    assert lesson.validate(other) == []
    teacher = cells(lesson.build(other, tmp_path / "out", "en")[1])
    assert f"**Lessons that come before**: “{lesson.load(folder).title('en')}”" in "\n".join(teacher)
    edit(folder / "lesson.toml", 'id = "00-our-air"', 'id = "00-our-air"\nprerequisites = ["other"]')
    assert "lesson.toml: prerequisites lead back to this lesson." in lesson.validate(other)


@pytest.mark.parametrize(
    ("old", "new"),
    [("jupyter:", "jupyter: ["), ('tags=["code"]', "tags=[3]"), ("{{title}}", "\xff{{title}}")],
)
def test_a_text_that_cannot_be_read_is_said_in_words(old: str, new: str, folder: Path) -> None:
    edit(folder / "lesson.md", old, new)
    if "\xff" in new:
        (folder / "lesson.md").write_bytes(
            (folder / "lesson.md").read_text(encoding="utf-8").encode("utf-16")
        )
    assert any("lesson.md cannot be read" in problem for problem in lesson.validate(folder))


def test_a_missing_text_is_said_and_a_byte_order_mark_does_no_harm(folder: Path) -> None:
    for name in ("lesson.md", "lesson.toml", "rubric.toml"):
        (folder / name).write_bytes(b"\xef\xbb\xbf" + (folder / name).read_bytes())
    assert lesson.validate(folder) == []
    (folder / "lesson.md").unlink()
    assert lesson.validate(folder) == ["lesson.md is missing in 00-our-air."]


def test_a_half_written_lesson_does_not_hide_the_others(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my-lessons").mkdir()
    own = Path(shutil.copytree(folder, tmp_path / "my-lessons" / "half"))
    (own / "lesson.toml").write_text('title = "', encoding="utf-8")
    assert "00-our-air" in [one.id for one in lesson.list_lessons()]
    assert own in lesson.folders()
    assert run(["lesson", "validate"]) == 1
    assert "half: lesson.toml cannot be read" in capsys.readouterr().out


def test_a_file_in_another_encoding_is_said_in_words(folder: Path) -> None:
    (folder / "rubric.toml").write_bytes("levels = ['õ']".encode("latin-1"))
    with pytest.raises(FileError, match=r"rubric\.toml cannot be read: it is not saved as UTF-8"):
        lesson.load(folder)


def test_goals_and_words_are_complete_and_sourced() -> None:
    assert {goal.framework for goal in frameworks().values()} == set(FRAMEWORKS)
    for goal in frameworks().values():
        assert goal.url.startswith("https://")
        assert goal.source
        assert goal.en != goal.et
        assert goal.id.startswith(goal.framework + "-")
        assert re.fullmatch(r"(\d+|K)?(-\d+)?", goal.grades)
    for term in glossary().values():
        assert all((term.word("et"), term.meaning("en"), term.meaning("et"), term.source))
        assert not term.meaning("en").endswith(".")
        assert not term.meaning("et").endswith(".")
    for name in ("frameworks", "glossary"):
        path = Path(lesson.__file__).parents[1] / "tables" / f"{name}.csv"
        ids = [line.split(",")[0] for line in path.read_text(encoding="utf-8").splitlines()[1:]]
        assert len(set(ids)) == len(ids)
    assert all(tr(name, "et") != name for name in SUBJECTS.values())


def test_greencomp_has_its_twelve_competences_and_ngss_its_eight_practices() -> None:
    """Four areas of three (doi:10.2760/13286); eight practices (doi:10.17226/13165)."""
    numbers = [
        goal.id.removeprefix("greencomp-") for goal in frameworks().values() if goal.framework == "greencomp"
    ]
    assert numbers == [f"{area}.{one}" for area in range(1, 5) for one in range(1, 4)]
    practices = [goal for goal in frameworks() if re.fullmatch(r"ngss-sep\d", goal)]
    assert practices == [f"ngss-sep{number}" for number in range(1, 9)]
