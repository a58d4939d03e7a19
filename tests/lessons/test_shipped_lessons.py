"""What holds for every lesson that comes with kit: complete, built, its tasks right with the class's data."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

import kit
from kit import classroom, lesson, text
from kit.classroom.state import Progress
from kit.classroom.tasks import Task
from kit.lesson.run import translated
from tests.lessons.conftest import Begin
from tests.lessons.executed import LESSONS, untold

FOLDERS = sorted(path.parent for path in LESSONS.glob("[0-9]*/lesson.toml"))
TEN = [folder for folder in FOLDERS if not folder.name.startswith("00-")]
DEPTHS = [(folder, depth) for folder in FOLDERS for depth in lesson.load(folder).depths or ("",)]
SCRIPTS = sorted(LESSONS.glob("[0-9]*/data/make_*.py"))


def name(value: object) -> str:
    return value.name if isinstance(value, Path) else str(value)


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_nothing_is_missing(folder: Path) -> None:
    assert lesson.validate(folder) == []


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_every_lesson_has_what_a_teacher_asks_for(folder: Path) -> None:
    found = lesson.load(folder)
    assert all(found.facts.get(key) for key in ("subjects", "curriculum", "glossary")), "goals and words"
    assert found.rubric is not None
    assert found.questionnaire is not None
    assert {need.whose for need in found.least.needs} >= {"ours"}
    assert set(found.facts["read_by"]) == set(found.languages)


@pytest.mark.parametrize("folder", TEN, ids=name)
def test_the_ten_have_three_depths_and_two_languages_and_pupils_work_half_an_hour(folder: Path) -> None:
    found = lesson.load(folder)
    assert found.depths == ("A", "B", "C")
    assert set(found.languages) >= {"en", "et"}
    for depth in found.depths:
        for hour in found.at(depth).hours:
            assert hour.minutes == sum(step.minutes for step in hour.steps)
            assert hour.pupils <= 30
            assert any(step.stop for step in hour.steps)


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_committed_notebooks_are_those_of_the_source(folder: Path, tmp_path: Path) -> None:
    built = {made.relative_to(tmp_path) for made in lesson.build_all(folder, tmp_path)}
    assert built == {path.relative_to(folder / "build") for path in folder.glob("build/*/*.ipynb")}
    for made in built:
        kept = folder / "build" / made
        assert kept.read_bytes() == (tmp_path / made).read_bytes(), f"run: kit lesson build {folder.name}"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.parents[1].name)
def test_sample_file_is_what_its_script_makes(script: Path) -> None:
    spec = importlib.util.spec_from_file_location(script.stem, script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.FILE.read_bytes() == module.make().encode("utf-8"), f"run {script.name}"


def wrong_answer(task: Task, right: Any) -> Any:
    """Return an answer of the right kind that is not right."""
    if task.kind == "number":
        return float(right) + max(1.0, 3 * task.tolerance)
    letters = {letter.strip() for letter in str(right).split(",")}
    if task.kind == "choice":
        return next(letter for letter in task.options if letter not in letters)
    others = sorted(set(task.options) - letters)
    return ", ".join(others) if others else sorted(letters)[0]


@pytest.mark.slow
@pytest.mark.parametrize(("folder", "depth"), DEPTHS, ids=name)
def test_every_task_is_right_with_its_own_answer_and_not_without(
    folder: Path, depth: str, begin: Begin
) -> None:
    """In every language: right, right with unit and decimal comma, wrong, not attempted, hints, solution."""
    running = begin(folder, depth=depth)
    if running.lesson.facts.get("uploads", True):
        running.catch_up()
    context = classroom.current()
    assert context.tasks
    for lang in running.lesson.languages:
        text.use(lang)
        context.tasks, context.progress = translated(running.lesson, lang), Progress(context.lesson, None)
        for one, task in context.tasks.items():
            where = f"task {one}, {lang}"
            assert kit.answer(one, ...).state == "not attempted", where
            if task.kind == "text":
                assert kit.answer(one, "because").state == "saved", where
                continue
            right = context.right_answer(task)
            assert kit.answer(one, wrong_answer(task, right)).state == "not yet", where
            assert kit.answer(one, right).state == "right", where
            shown = str(right).replace(".", ",") + (f" {task.unit}" if task.kind == "number" else "")
            assert kit.answer(one, shown).state == "right", f"{where}: {shown}"
            hints = [str(kit.hint(one)) for _ in task.hints]
            assert len(set(hints)) >= 2, where
            assert len(str(kit.solution(one))) > 20, where


def test_a_number_that_the_table_of_a_figure_does_not_hold_is_found() -> None:
    page = "<table><tr><td>10.42</td><td>3</td></tr></table>"
    assert untold("The highest mean is 10.4 µg/m³ at 3 stations.", page, "en") == []
    assert untold("The highest mean is 11.4 µg/m³ at 7 stations.", page, "en") == ["11.4"]
    assert untold("The highest mean is 9 µg/m³.", page, "en") == ["9"]
    assert untold("Kõrgeim keskmine on 10,4 µg/m³.", page.replace(".", ","), "et") == []
    assert untold("Kõrgeim keskmine on 10,5 µg/m³.", page.replace(".", ","), "et") == ["10,5"]
