"""Tasks and questionnaires of the page without code, as HTML forms that its own script checks."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html import escape
from typing import Any

from kit.classroom.check import TITLES
from kit.classroom.tasks import Task
from kit.classroom.values import plain
from kit.lesson.forms import SCALE, WHEN, Item
from kit.lesson.html import HtmlWriter
from kit.lesson.sealed import sealed
from kit.lesson.source import Lesson
from kit.text import N_, tr
from kit.vocab import convert, convertible, units, variable
from kit.vocab.units import spellings

#: Units whose conversion is not a straight line (Beaufort) are not understood by a page.
BENT = ("wind force",)


class FormWriter(HtmlWriter):
    """Writes tasks and questionnaires as forms; right answers, hints and explanations are sealed in them."""

    def __init__(self, lesson: Lesson, lang: str, answers: Mapping[str, Mapping[str, Any]]) -> None:
        super().__init__(lesson, lang)
        self.answers = answers

    def _task(self, name: str) -> str:
        task = self._known(name)
        label = escape(self.tr("Task {task}", task=name))
        parts = [f'<p class="name" id="name-{name}">{label}</p>', self._field(task)]
        buttons = [self._button("check", N_("Save") if task.kind == "text" else N_("Check"), 'type="submit"')]
        if task.hints:
            buttons.append(self._button("hint", N_("Hint")))
        if task.kind != "text":
            buttons.append(self._button("solution", N_("Answer")))
        parts.append(f'<p class="buttons">{"".join(buttons)}</p>')
        parts.append(f'<div class="told" role="status" id="told-{name}"></div>')
        seal = sealed(json.dumps(self._secret(task), ensure_ascii=False, sort_keys=True), self.salt(name))
        return self.held(
            f'<form class="task" data-task="{name}" data-kind="{task.kind}" data-sealed="{seal}" '
            f'aria-labelledby="name-{name}" novalidate>{"".join(parts)}</form>'
        )

    def salt(self, name: str) -> str:
        """Return the salt of one task's seal."""
        return f"{self.lesson.id}/{self.lesson.depth}/{name}"

    def _button(self, does: str, words: str, kind: str = 'type="button"') -> str:
        return f'<button {kind} data-does="{does}">{escape(self.tr(words))}</button>'

    def _field(self, task: Task) -> str:
        question, field = self.inline(task.question), f"answer-{task.id}"
        told = f'aria-describedby="told-{task.id}"'
        if task.kind == "number":
            unit = self.t(task.unit) if task.unit_words else task.unit
            place = self.tr("a number")
            return (
                f'<p><label for="{field}">{question}</label></p><p class="number">'
                f'<input id="{field}" name="value" autocomplete="off" size="12" '
                f'placeholder="{escape(place)}" {told}> <span>{escape(unit)}</span></p>'
            )
        if task.kind == "text":
            place = self.tr("Write a sentence, not a name.")
            return (
                f'<p><label for="{field}">{question}</label></p><p><textarea id="{field}" name="value" '
                f'rows="3" placeholder="{escape(place)}" {told}></textarea></p>'
            )
        kind = "radio" if task.kind == "choice" else "checkbox"
        options = "".join(
            _option(kind, "value", letter, f"{letter}) {self.inline(text)}")
            for letter, text in task.options.items()
        )
        return f"<fieldset {told}><legend>{question}</legend>{options}</fieldset>"

    def _secret(self, task: Task) -> dict[str, Any]:
        """Return what a form holds sealed."""
        known = self.answers.get(task.id, {})
        units = accepted_units(task) if task.kind == "number" and task.variable else {}
        return {
            "right": known.get("right"), "slack": known.get("slack", 0), "shown": known.get("shown", ""),
            "units": units, "hints": [self.t(text) for text in task.hints], "explain": self.t(task.explain),
        }  # fmt: skip

    def _questionnaire(self, when: str) -> str:
        form = self.lesson.questionnaire
        if form is None or when not in WHEN:
            return super()._questionnaire(when)  # it says what is wrong
        told = self.tr("Nobody sees who answered what: no names, please.")
        items = "".join(self._item(item, when) for item in form.asked(when))
        heading, save = escape(self.tr(WHEN[when])), self._button("save-survey", N_("Save as a file"))
        return self.held(
            f'<form class="survey" data-survey="{when}" aria-labelledby="survey-{when}">'
            f'<p class="name" id="survey-{when}">{heading}</p><p>{escape(told)}</p>{items}'
            f'<p class="buttons">{save}</p></form>'
        )

    def _item(self, item: Item, when: str) -> str:
        scale = {str(place): tr(text, self.lang) for place, text in enumerate(SCALE, start=1)}
        options = scale if item.kind == "scale" else {key: self.t(text) for key, text in item.options.items()}
        inputs = "".join(_option("radio", item.id, key, escape(text)) for key, text in options.items())
        return f'<fieldset class="{item.kind}"><legend>{self.inline(item.text)}</legend>{inputs}</fieldset>'


def _option(kind: str, name: str, value: str, words: str) -> str:
    """Return one box with its label; ``words`` are HTML already."""
    return f'<label><input type="{kind}" name="{name}" value="{value}"> <span>{words}</span></label>'


def accepted_units(task: Task) -> dict[str, list[float]]:
    """Return the units in which a number may be typed: plain spelling → zero and factor to the canonical one.

    >>> task = Task("A1", "number", "?", variable="temperature")
    >>> accepted_units(task)["°f"], accepted_units(task)["°c"]
    ([32.0, 0.555555555555556], [0.0, 1.0])
    """
    wanted = variable(task.variable)
    found = {plain(text): [0.0, 1.0] for text in (wanted.symbol, wanted.unit, wanted.cf_units) if text}
    for name, known in units().items():
        if known.dimension in BENT or not convertible(known, wanted.id):
            continue
        low, high = (float(value) for value in convert([0.0, 1000.0], known, wanted.id))
        factor = (high - low) / 1000
        for text in spellings(name):
            found.setdefault(plain(text), [round(-low / factor, 9) + 0.0, round(factor, 15)])
    return found


def words(lang: str) -> dict[str, str]:
    """Return the texts that the page's script says; what stands in braces it fills itself."""
    ask = tr("the button {name}", lang, name=tr("Hint", lang))
    say = {
        **{state.replace(" ", "_"): tr(text, lang, task="{task}") for state, text in TITLES.items()},
        "look": tr("Look once more, or ask for a hint: {call}.", lang, call=ask),
        "no_number": tr("The answer to this task is a number.", lang),
        "first": tr("Try first, or ask for a hint.", lang),
        "waiting": tr("{task}: the answer is waiting", lang, task="{task}"),
        "answer": tr("{task}: the answer", lang, task="{task}"),
        "hint": tr("Hint {n} of {all} to {task}", lang, n="{n}", all="{all}", task="{task}"),
        "last_hint": tr("Last hint to {task}", lang, task="{task}"),
        "empty": tr("Write or choose an answer first.", lang),
        "read": tr("Read it to your partner: is every claim backed by something you saw?", lang),
        "done": tr("{done} of {all} tasks done", lang, done="{done}", all="{all}"),
        "forget": tr("Delete all answers that are kept on this computer?", lang),
        "kept": tr("Your answers are kept in this browser, on this computer.", lang),
        "not_kept": tr("This browser keeps nothing: save your answers as a file before you leave.", lang),
    }  # fmt: skip
    return {key: re.sub(r"\s+", " ", text) for key, text in say.items()}
