"""Answering without code: a field or a list, a button to check, a button for a hint.

The thin skin over :func:`kit.answer` and :func:`kit.hint`; nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

from kit.classroom.check import hint, judged
from kit.classroom.panel import beside, button, controls, guarded, labelled, named
from kit.classroom.state import current, own_language
from kit.classroom.tasks import Task
from kit.classroom.values import letters
from kit.text import N_, tr
from kit.vocab import variable


class AnswerBox:
    """The controls of one task; ``.widget`` is what is shown.

    What was answered before stands in the fields again. With ``asked`` the question stands above them, too;
    ``checked`` is called after each check.
    """

    def __init__(self, task: Task, *, asked: bool = False, checked: Callable[[], None] | None = None) -> None:
        widgets = controls()
        self.task, self.out, self.checked = task, widgets.Output(), checked
        self.fields = self._fields(widgets)
        self.check = button(tr("Check"), guarded(self.out, self._check), main=True)
        self.help = button(tr("Hint"), guarded(self.out, lambda _: hint(task.id)))
        label = tr("Your answer to {task}", task=task.id)
        question = [widgets.HTML(f"<p style='margin:.2em 0;line-height:1.45'>{escape(task.question)}</p>")]
        parts = [*(question if asked else []), *self.fields, beside(self.check, self.help), self.out]
        self.widget = labelled(task.id if asked else label, *parts)
        self._restore(str(current().progress.of(task.id).get("answer", "")))

    def _fields(self, widgets: Any) -> list[Any]:
        wide = widgets.Layout(width="auto", max_width="46em")
        words = {"number": N_("Your answer: a number"), "choice": N_("Your answer: one of these"),
                 "text": N_("Your answer: a sentence, no names")}  # fmt: skip
        if self.task.kind == "choices":
            return [
                widgets.HTML(escape(tr("Your answer: all that are right"))),
                *(
                    widgets.Checkbox(description=f"{letter}) {text}", value=False, indent=False, layout=wide)
                    for letter, text in self.task.options.items()
                ),
            ]
        label = tr(words[self.task.kind])
        if self.task.kind == "choice":
            options = [(f"{letter}) {text}", letter) for letter, text in self.task.options.items()]
            return [named(widgets.RadioButtons(options=options, value=None, layout=wide), label)]
        if self.task.kind == "text":
            return [named(widgets.Textarea(rows=3, layout=wide), label)]
        unit = self.task.unit or (variable(self.task.variable).symbol if self.task.variable else "")
        return [named(widgets.Text(), f"{label} ({unit})" if unit else label)]

    def _restore(self, given: str) -> None:
        """Put an earlier answer into the fields."""
        if not given:
            return
        if self.task.options:
            chosen = letters(given, self.task.options)
            if self.task.kind == "choices":
                for letter, box in zip(self.task.options, self.fields[1:], strict=True):
                    box.value = letter in chosen
            if self.task.kind == "choice" and chosen:
                self.fields[0].value = min(chosen)
        else:
            self.fields[0].value = given

    def value(self) -> str:
        """Return what stands in the fields, as :func:`kit.answer` takes it."""
        if self.task.kind == "choices":
            chosen = zip(self.task.options, self.fields[1:], strict=True)
            return ", ".join(letter for letter, box in chosen if box.value)
        return str(self.fields[0].value or "")

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
