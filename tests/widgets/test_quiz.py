"""Tasks without code: boxes and quiz go through the same answer and hint as code, and keep progress."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import kit
from kit import classroom
from kit.classroom.box import AnswerBox
from kit.classroom.tasks import Task
from kit.errors import NotFoundError
from kit.widgets import QuizState, quiz
from kit.widgets.quiz import QuizPanel
from tests.widgets.conftest import fields, words

TASKS = {
    "1": Task("1", "number", "How much?", code="2", unit="µg/m³", hints=("Look at the table.",)),
    "2": Task("2", "choice", "Which?", answer="b", options={"a": "x < y", "b": "y"}),
    "3": Task("3", "choices", "Which of them?", answer="a, b", options={"a": "x", "b": "y", "c": "z"}),
    "4": Task("4", "text", "Why?"),
}


@pytest.fixture
def progress(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "p.json"
    _open(path)
    yield path
    classroom.leave()


def _open(path: Path) -> None:
    """Start the lesson, as a kernel does that was started anew."""
    classroom.enter(classroom.Context("t", TASKS, lambda code: int(code), classroom.Progress("t", path)))


def test_answer_boxes_answer_without_code(progress: Path) -> None:
    box = AnswerBox(TASKS["1"])
    box.field.value = "2,0"
    assert box._check(None).state == "right"
    box = AnswerBox(TASKS["2"])
    assert box._check(None).state == "not attempted"
    box.field.boxes["a"].value = True
    box.field.boxes["b"].value = True
    assert box.field.ticked == ["b"], "only one of them"
    assert box._check(None).state == "right"
    box = AnswerBox(TASKS["3"])
    box.field.ticked = ["a", "b"]
    assert box._check(None).state == "right"
    box.field.ticked = ["a", "b", "c"]
    wrong = box._check(None)
    assert wrong.state == "not yet"
    assert "the button Hint" in str(wrong), "in the box the hint is a button"
    assert "quotation marks" not in str(wrong), "letters were given already"
    box = AnswerBox(TASKS["4"])
    box.field.value = "because"
    assert box._check(None).state == "saved"
    assert "Your answer to 4" in words(box.widget)


def test_every_kind_of_task_has_its_control_with_words(progress: Path) -> None:
    panel = QuizPanel(QuizState())
    kinds = [type(one).__name__ for one in fields(panel.widget)]
    two, three = ["Button"] * 2, ["Checkbox"] * 3
    assert kinds == ["Text", *two, *three[:2], *two, *three, *two, "Textarea", *two]
    assert all(field.description for field in fields(panel.widget))
    said = words(panel.widget)
    for part in (
        "How much?",
        "Your answer: a number (µg/m³)",
        "Which of them?",
        "all that are right",
        "b) y",
    ):
        assert part in said


def test_the_quiz_says_in_words_and_signs_what_has_become_of_each_task(progress: Path) -> None:
    panel = QuizPanel(QuizState(["2", "1", "2"]))
    assert [task.id for task in panel.state.tasks] == ["2", "1"]
    assert "0 tasks done of 4" in panel.progress.value
    second, first = panel.boxes
    second.field.ticked = ["a"]
    assert second._check(None).state == "not yet"
    assert "2: ↻ not yet" in panel.progress.value
    second.field.ticked = ["b"]
    assert second._check(None).state == "right"
    assert "2: ✔ right" in panel.progress.value
    assert "1: … not answered yet" in panel.progress.value
    assert "1 task done of 4" in panel.progress.value
    first.help.click()
    assert json.loads(progress.read_text(encoding="utf-8"))["t"]["1"]["hints"] == 1
    assert "Last hint" in str(kit.hint("1")), "the same hints as in code"


def test_a_quiz_opened_anew_has_the_earlier_answers_and_a_copy_does_no_harm(progress: Path) -> None:
    panel = QuizPanel(QuizState())
    panel.boxes[0].field.value = "3"
    panel.boxes[1].field.ticked = ["b"]
    panel.boxes[2].field.ticked = ["a"]
    for box in panel.boxes:
        box.check.click()
    kit.answer("4", "because of the wind")
    _open(progress)
    for again in (QuizPanel(QuizState()), QuizPanel(QuizState(["1", "2", "3", "4"]))):
        assert [box.value() for box in again.boxes] == ["3", "b", "a", "because of the wind"]
        assert "2 tasks done of 4" in again.progress.value


def test_without_a_person_the_questions_are_there_to_be_read(progress: Path) -> None:
    shown = quiz(["2"])
    assert str(shown) == "2: Which?\na) x < y\nb) y\n… not answered yet"
    assert "<li>a) x &lt; y</li>" in shown._repr_html_()
    with pytest.raises(NotFoundError, match="no task 9"):
        quiz(["9"])
