"""A lesson's tasks without code, one below the other: answered, checked and helped as by ``kit.answer``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

from kit.classroom.box import AnswerBox
from kit.classroom.cards import is_live
from kit.classroom.check import Told, summary
from kit.classroom.html import KINDS, plain_text
from kit.classroom.panel import controls, labelled
from kit.classroom.state import current, own_language
from kit.classroom.tasks import Task
from kit.text import N_, tr

#: What has become of a task, in words.
STATES = {
    "right": N_("right"),
    "not yet": N_("not yet"),
    "not attempted": N_("not answered yet"),
    "saved": N_("saved"),
}


class QuizState:
    """Tasks of the lesson in use; an unknown id raises :class:`~kit.errors.NotFoundError`.

    Parameters
    ----------
    tasks
        Ids in the order in which they are shown; none: all of the lesson's.
    """

    def __init__(self, tasks: Iterable[str] = ()) -> None:
        context = current()
        ids = [str(one) for one in ([tasks] if isinstance(tasks, str) else tasks)] or list(context.tasks)
        self.tasks: list[Task] = [context.task(one) for one in dict.fromkeys(ids)]

    def states(self) -> dict[str, str]:
        """Return what has become of each task so far."""
        return {task.id: str(current().progress.of(task.id)["state"]) for task in self.tasks}

    def done(self) -> Told:
        """Return how many tasks of the lesson are done."""
        return summary()


@dataclass(frozen=True)
class Questions:
    """Tasks to be read, with their options and what has become of them."""

    tasks: tuple[Task, ...]
    states: dict[str, str]

    def __repr__(self) -> str:
        return "\n\n".join(
            plain_text(f"{task.id}: {task.question}", self._lines(task)) for task in self.tasks
        )

    def _lines(self, task: Task) -> list[str]:
        return [*(f"{letter}) {words}" for letter, words in task.options.items()), self._state(task)]

    def _state(self, task: Task) -> str:
        state = self.states[task.id]
        return f"{KINDS[state][0]} {tr(STATES[state])}"

    def _repr_html_(self) -> str:
        parts = []
        for task in self.tasks:
            options = "".join(f"<li>{escape(f'{key}) {words}')}</li>" for key, words in task.options.items())
            options = f"<ul style='list-style:none;margin:.2em 0'>{options}</ul>" if options else ""
            asked = f"<p style='margin:.3em 0'><b>{escape(task.id)}</b> {escape(task.question)}</p>"
            parts.append(f"<li>{asked}{options}<p style='margin:.1em 0'>{escape(self._state(task))}</p></li>")
        return f"<ol style='list-style:none;padding-left:0;max-width:46em'>{''.join(parts)}</ol>"


class QuizPanel:
    """The tasks' boxes; ``.widget`` is what is shown."""

    def __init__(self, state: QuizState) -> None:
        widgets = controls()
        self.state = state
        self.progress = widgets.HTML()
        self.boxes = [AnswerBox(task, asked=True, checked=self._counted) for task in state.tasks]
        self._counted()
        self.widget = labelled(
            tr("Questions"), *(box.widget for box in self.boxes), self.progress, width="54em"
        )

    def _counted(self) -> None:
        said = [self.state.done().title]
        said += [
            f"{task}: {KINDS[state][0]} {tr(STATES[state])}" for task, state in self.state.states().items()
        ]
        lines = "".join(f"<li>{escape(line)}</li>" for line in said[1:])
        head = f"<p style='margin:.4em 0 0;font-weight:600'>{escape(said[0])}</p>"
        self.progress.value = f"<div role='status'>{head}<ul style='margin:.2em 0'>{lines}</ul></div>"


@own_language()
def quiz(tasks: Iterable[str] = ()) -> Any:
    """Return a panel in which tasks of the lesson are answered without code; none named: all of them.

    Where no person works, the questions and their options are shown to be read.
    """
    state = QuizState(tasks)
    return QuizPanel(state).widget if is_live() else Questions(tuple(state.tasks), state.states())
