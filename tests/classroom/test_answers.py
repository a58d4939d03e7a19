"""Answers, hints, solutions and the progress that is kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kit
from kit import classroom, text
from kit.classroom.tasks import Task, judge
from kit.classroom.values import letters, numbers
from kit.errors import NotFoundError, UsageError

TASKS = {
    "A1": Task(
        "A1",
        "number",
        "How many?",
        code="7 * 100",
        hints=("Count.", "Count in hundreds."),
        explain="So it is.",
    ),
    "A2": Task("A2", "number", "Mean?", code="12.52", variable="pm25", digits=1, hints=("h1", "h2")),
    "B1": Task("B1", "choice", "Which?", answer="b", options={"a": "up", "b": "down"}, hints=("h1", "h2")),
    "B2": Task("B2", "choices", "Which ones?", answer="a, d", options=dict.fromkeys("abcd", "…")),
    "T1": Task("T1", "text", "Why?"),
}


@pytest.fixture
def running(tmp_path: Path) -> Iterator[classroom.Context]:
    calls: list[str] = []

    def evaluate(code: str) -> Any:
        calls.append(code)
        return eval(code)

    context = classroom.Context(
        "test", TASKS, evaluate, classroom.Progress("test", tmp_path / "my-progress.json")
    )
    context.calls = calls  # type: ignore[attr-defined]
    classroom.enter(context)
    yield context
    classroom.leave()
    text.use(None)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("12,5", [12.5]), ("12.5 µg/m³", [12.5]), ("about 12,5", [12.5]), ("−4,1", [-4.1]), ("–4.1", [-4.1]),
        ("1 234,5", [1234.5]), ("1.234,5", [1234.5]), ("1,234.5", [1234.5]), ("1,234", [1.234, 1234.0]),
        ("0,123", [0.123]), ("1e3", [1000.0]), (7, [7.0]), (np.float64(2.5), [2.5]), (True, []), ("warm", []),
        ([1, 2], []), ("1,234,567", [1234567.0]),
    ],
)  # fmt: skip
def test_numbers_as_pupils_write_them(given: Any, expected: list[float]) -> None:
    assert numbers(given) == expected


@pytest.mark.parametrize(
    ("task", "given", "outcome"),
    [
        ("A1", 700, "right"), ("A1", "700 rows", "right"), ("A1", 701, "not yet"),
        ("A1", ..., "not attempted"),
        ("A1", "  ", "not attempted"), ("A1", None, "not attempted"), ("A1", "many", "not yet"),
        ("A2", "12,5 µg/m3", "right"), ("A2", "12.52", "right"), ("A2", "12.4", "not yet"),
        ("A2", "0.0125 mg/m3", "right"), ("A2", "12.5 °C", "not yet"), ("A2", "-12.5", "not yet"),
        ("B1", "B", "right"), ("B1", "b)", "right"), ("B1", "down", "right"), ("B1", "a", "not yet"),
        ("B1", "a, b", "not yet"), ("B2", "d and a", "right"), ("B2", "a d", "right"), ("B2", "a", "not yet"),
        ("B2", ["a", "d"], "right"), ("B2", "a, x", "not yet"), ("T1", "because", "saved"),
        ("T1", "", "not attempted"),
    ],
)  # fmt: skip
def test_outcomes(running: classroom.Context, task: str, given: Any, outcome: str) -> None:
    assert kit.answer(task, given).state == outcome


def test_letters_of_unknown_choices_are_none() -> None:
    assert letters("z", {"a": "x"}) == frozenset()


def test_rounding_is_allowed_only_to_the_digits_asked_for() -> None:
    task = Task("X", "number", "?", digits=1)
    assert [judge(task, value, 2.26) for value in (2.3, 2.26, 2.2, 2.35)] == [
        "right",
        "right",
        "not yet",
        "not yet",
    ]


def test_right_answer_is_computed_once_and_only_when_needed(running: classroom.Context) -> None:
    assert running.calls == []  # type: ignore[attr-defined]
    for value in (1, 2, 700):
        kit.answer("A1", value)
    assert running.calls == ["7 * 100"]  # type: ignore[attr-defined]


def test_progress_is_saved_after_every_step_and_holds_no_names(
    running: classroom.Context, tmp_path: Path
) -> None:
    file = tmp_path / "my-progress.json"
    kit.answer("A1", 1)
    assert json.loads(file.read_text())["test"]["A1"]["state"] == "not yet"
    kit.answer("A1", 700)
    kit.hint("A2")
    kept = json.loads(file.read_text())["test"]
    assert kept["A1"] == {"state": "right", "tries": 2, "hints": 0, "answer": "700"}
    assert kept["A2"]["hints"] == 1
    again = classroom.Progress("test", file)
    assert again.of("A1")["state"] == "right"
    assert set(kept["A1"]) == {"state", "tries", "hints", "answer"}


def test_another_lesson_in_the_same_folder_keeps_its_progress(
    running: classroom.Context, tmp_path: Path
) -> None:
    other = classroom.Progress("other", tmp_path / "my-progress.json")
    other.note("X", state="right")
    kit.answer("A1", 700)
    assert set(json.loads((tmp_path / "my-progress.json").read_text())) == {"other", "test"}


def test_what_was_done_before_the_kernel_was_restarted_is_not_called_open(running: classroom.Context) -> None:
    kit.answer("A1", 3)
    assert kit.answer("A1", ...).title == "A1: not answered yet."
    kit.answer("A1", 700)
    again = kit.answer("A1", ...)
    assert (again.title, again.state) == ("A1: done already.", "not attempted")
    assert "Your last answer was: 700" in str(again)
    assert running.progress.of("A1")["state"] == "right"
    with text.using("et"):
        assert kit.answer("A1", ...).title == "A1: juba tehtud."


def test_a_damaged_progress_file_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text("{broken")
    progress = classroom.Progress("test", tmp_path / "p.json")
    progress.note("A1", state="right")
    assert json.loads((tmp_path / "p.json").read_text())["test"]["A1"]["state"] == "right"


def test_a_folder_that_cannot_be_written_is_said_and_does_not_fail(
    running: classroom.Context, tmp_path: Path
) -> None:
    running.progress.path = tmp_path / "absent" / "my-progress.json"
    outcome = kit.answer("A1", 700)
    assert outcome.state == "right"
    assert "cannot be saved" in str(outcome)


def test_hints_say_more_each_time_and_end_with_the_way_to_the_solution(running: classroom.Context) -> None:
    assert "Count." in str(kit.hint("A1"))
    assert "Count in hundreds." in str(kit.hint("A1"))
    last = str(kit.hint("A1"))
    assert "Count in hundreds." in last
    assert 'kit.solution("A1")' in last


def test_solution_asks_to_try_first_and_then_shows_value_reason_and_code(running: classroom.Context) -> None:
    first = kit.solution("A1")
    assert "700" not in str(first)
    assert "Try first" in str(first)
    shown = str(kit.solution("A1"))
    assert "700" in shown
    assert "So it is." in shown
    assert "7 * 100" in shown
    assert "700" in str(kit.solution("A1", now=True))


def test_solution_after_a_try_is_shown_at_once_with_its_unit(running: classroom.Context) -> None:
    kit.answer("A2", 3)
    assert "12.5 µg/m³" in str(kit.solution("A2"))


def test_copied_and_deleted_cells_do_no_harm(running: classroom.Context) -> None:
    assert kit.answer("B1", "a").state == "not yet"
    assert kit.answer("B1", "b").state == "right"  # the same task in a copied cell
    assert kit.answer("A2", ...).state == "not attempted"  # A1's cell was deleted


def test_an_earlier_answer_is_remembered_in_words(running: classroom.Context) -> None:
    kit.answer("A1", "699 rows")
    assert "699 rows" in str(kit.answer("A1", ...))


def test_words_in_estonian(running: classroom.Context) -> None:
    text.use("et")
    assert "A1: õige!" in str(kit.answer("A1", 700))
    assert "vihje 1 / 2" in str(kit.hint("A1"))


def test_html_is_escaped(running: classroom.Context) -> None:
    kit.answer("T1", "<script>alert(1)</script>")
    assert "<script>" not in kit.answer("T1", ...)._repr_html_()


def test_unknown_task_names_the_known_ones(running: classroom.Context) -> None:
    with pytest.raises(NotFoundError, match=r"This lesson has no task Z9\. Its tasks are: A1, A2"):
        kit.answer("Z9", 1)


def test_without_a_lesson_the_first_cells_are_named() -> None:
    classroom.leave()
    with pytest.raises(UsageError, match="Run the first two code cells"):
        kit.answer("A1", 1)
