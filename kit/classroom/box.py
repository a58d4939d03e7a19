"""Answering without code: a field or a list, a button to check, a button for a hint.

The thin skin over :func:`kit.answer` and :func:`kit.hint`; nothing is decided here.
"""

from __future__ import annotations

from html import escape
from typing import Any

from kit.classroom.check import hint, judged
from kit.classroom.panel import controls, guarded, labelled
from kit.classroom.state import own_language
from kit.classroom.tasks import Task
from kit.text import tr


class AnswerBox:
    """The controls of one task; ``.widget`` is what is shown."""

    def __init__(self, task: Task) -> None:
        widgets = controls()
        self.task = task
        self.out = widgets.Output()
        self.fields = self._fields(widgets)
        self.check = _button(widgets, tr("Check"), "primary")
        self.help = _button(widgets, tr("Hint"), "")
        self.check.on_click(guarded(self.out, self._check))
        self.help.on_click(guarded(self.out, lambda _: hint(task.id)))
        label = tr("Your answer to {task}", task=task.id)
        self.widget = labelled(label, *self.fields, widgets.HBox([self.check, self.help]), self.out)

    def _fields(self, widgets: Any) -> list[Any]:
        wide = widgets.Layout(width="auto", max_width="46em")
        if self.task.kind == "choice":
            options = [
                (tr("choose …"), ""),
                *((f"{k}) {words}", k) for k, words in self.task.options.items()),
            ]
            return [widgets.Dropdown(options=options, value="", layout=wide)]
        if self.task.kind == "choices":
            return [
                widgets.Checkbox(description=f"{letter}) {words}", value=False, indent=False, layout=wide)
                for letter, words in self.task.options.items()
            ]
        if self.task.kind == "text":
            return [widgets.Textarea(rows=3, placeholder=tr("Write a sentence, not a name."), layout=wide)]
        field = widgets.Text(placeholder=tr("a number"), layout=widgets.Layout(width="12em"))
        return [widgets.HBox([field, widgets.HTML(escape(self.task.unit))])]

    def value(self) -> str:
        """Return what stands in the fields, as :func:`kit.answer` takes it."""
        if self.task.kind == "choices":
            chosen = zip(self.task.options, self.fields, strict=True)
            return ", ".join(letter for letter, box in chosen if box.value)
        field = self.fields[0]
        return str(field.children[0].value if self.task.kind == "number" else field.value)

    def _check(self, _: Any) -> Any:
        return judged(self.task.id, self.value(), tr("the button {name}", name=self.help.description))


def _button(widgets: Any, text: str, style: str) -> Any:
    return widgets.Button(
        description=text, button_style=style, layout=widgets.Layout(width="auto", min_width="7em")
    )


@own_language()
def answer_box(task: Task) -> Any:
    """Return the widget in which a task is answered without code."""
    return AnswerBox(task).widget
