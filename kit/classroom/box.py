"""Answering without code: a field or a list, a button to check, a button for a hint.

The thin skin over :func:`kit.answer` and :func:`kit.hint`; nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

from kit.classroom.check import hint, judged
from kit.classroom.panel import Boxes, beside, button, controls, guarded, labelled, named
from kit.classroom.state import current, own_language
from kit.classroom.tasks import Task
from kit.classroom.values import letters
from kit.text import N_, tr
from kit.vocab import variable

WORDS = {
    "number": N_("Your answer: a number"),
    "choice": N_("Your answer: one of these"),
    "choices": N_("Your answer: all that are right"),
    "text": N_("Your answer: a sentence, no names"),
}


class AnswerBox:
    """The controls of one task; ``.widget`` is what is shown.

    What was answered before stands in the field again. With ``asked`` the question stands above them, too;
    ``checked`` is called after each check.
    """

    def __init__(self, task: Task, *, asked: bool = False, checked: Callable[[], None] | None = None) -> None:
        widgets = controls()
        self.task, self.out, self.checked = task, widgets.Output(), checked
        self.field = self._field(widgets)
        self.check = button(tr("Check"), guarded(self.out, self._check), main=True)
        self.help = button(tr("Hint"), guarded(self.out, lambda _: hint(task.id)))
        label = tr("Your answer to {task}", task=task.id)
        shown = self.field.widget if isinstance(self.field, Boxes) else self.field
        question = [widgets.HTML(f"<p style='margin:.2em 0;line-height:1.45'>{escape(task.question)}</p>")]
        parts = [*(question if asked else []), shown, beside(self.check, self.help), self.out]
        self.widget = labelled(task.id if asked else label, *parts)
        self._restore(str(current().progress.of(task.id).get("answer", "")))

    def _field(self, widgets: Any) -> Any:
        label = tr(WORDS[self.task.kind])
        if self.task.options:
            options = {f"{letter}) {text}": letter for letter, text in self.task.options.items()}
            return Boxes(label, options, one=self.task.kind == "choice")
        if self.task.kind == "text":
            wide = widgets.Layout(width="auto", max_width="46em")
            return named(widgets.Textarea(rows=3, layout=wide), label)
        unit = self.task.unit or (variable(self.task.variable).symbol if self.task.variable else "")
        return named(widgets.Text(), f"{label} ({unit})" if unit else label)

    def _restore(self, given: str) -> None:
        """Put an earlier answer into the field."""
        if isinstance(self.field, Boxes):
            self.field.ticked = sorted(letters(given, self.task.options)) if given else []
        else:
            self.field.value = given

    def value(self) -> str:
        """Return what was answered, as :func:`kit.answer` takes it."""
        return ", ".join(self.field.ticked) if isinstance(self.field, Boxes) else str(self.field.value)

    def _check(self, _: Any) -> Any:
        way = tr("the button {name}", name=self.help.description)
        outcome = judged(self.task.id, self.value(), way)
        if self.checked is not None:
            self.checked()
        return outcome


@own_language()
def answer_box(task: Task) -> Any:
    """Return the widget in which a task is answered without code."""
    return AnswerBox(task).widget
