"""``kit.answer``, ``kit.hint``, ``kit.solution``: the task's identity is in the call, never in a cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kit.classroom.cards import is_live
from kit.classroom.html import card, plain_text, show
from kit.classroom.state import Context, current, own_language
from kit.classroom.tasks import Task, judge
from kit.classroom.values import letters
from kit.text import N_, number, tr, trn

#: The first line of what is said about an answer, by its outcome.
TITLES = {
    "right": N_("{task}: right!"),
    "not yet": N_("{task}: not yet."),
    "not attempted": N_("{task}: not answered yet."),
    "saved": N_("{task}: saved."),
}
#: With these a task is done.
DONE = ("right", "saved")


@dataclass(frozen=True)
class Told:
    """Words for a pupil, shown as a card."""

    task: str
    kind: str
    title: str
    paragraphs: tuple[str, ...] = ()
    code: str = ""

    def __str__(self) -> str:
        return plain_text(self.title, self.paragraphs, self.code)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return card(self.kind, self.title, self.paragraphs, code=self.code)


@dataclass(frozen=True, repr=False)
class Outcome(Told):
    """What came of an answer: ``state`` is "right", "not yet", "not attempted" or "saved" (open)."""

    state: str = "not attempted"

    def _ipython_display_(self) -> None:
        """Show the card; where nothing was answered and a person works here, also a box to answer in."""
        show(self._repr_html_(), str(self))
        if self.state == "not attempted" and is_live():
            from kit.classroom.box import answer_box

            show(answer_box(current().task(self.task)))


def answer(task: str, value: Any = ...) -> Outcome:
    """Check an answer to a task of the lesson in use.

    Parameters
    ----------
    task
        The task's id, e.g. ``"A3"``.
    value
        A number, a text such as ``"12,5 µg/m³"``, or the letter of a choice; ``...`` is no answer yet.
    """
    return judged(task, value, f'kit.hint("{task}")')


@own_language()
def judged(task: str, value: Any, way: str) -> Outcome:
    """Check an answer as :func:`answer` does; ``way`` says how to get a hint where the answer was given."""
    context = current()
    known = context.task(task)
    right = "" if known.kind == "text" else context.right_answer(known)
    state = judge(known, value, right)
    if state != "not attempted":
        tries = int(context.progress.of(task)["tries"]) + 1
        context.progress.note(task, state=state, tries=tries, answer=str(value)[:500])
    words = list(_words(context, known, state, value, way))
    if not context.progress.saved:
        words.append(tr("Your progress cannot be saved in this folder; it is kept while the notebook runs."))
    before = state == "not attempted" and context.progress.of(task)["state"] in DONE
    title = tr(N_("{task}: done already.") if before else TITLES[state], task=task)
    return Outcome(task, state, title, tuple(words), state=state)


def _words(context: Context, task: Task, state: str, value: Any, ask: str) -> tuple[str, ...]:
    if state == "right":
        return (task.explain,)
    if state == "saved":
        return (task.explain or tr("Read it to your partner: is every claim backed by something you saw?"),)
    if state == "not attempted":
        way = tr("Put your answer in place of the three dots, e.g. {example}, and run the cell.",
                 example=_example(task))  # fmt: skip
        before = context.progress.of(task.id).get("answer", "")
        return (way, tr("Your last answer was: {answer}", answer=before) if before else "")
    if task.options and not letters(value, task.options):
        known = ", ".join(task.options)
        return (tr("Answer with a letter ({letters}) in quotation marks, or ask for a hint: {call}.",
                   letters=known, call=ask),)  # fmt: skip
    if not task.options and not isinstance(value, (int, float)) and not any(c.isdigit() for c in str(value)):
        return (tr("The answer to this task is a number."),)
    return (tr("Look once more, or ask for a hint: {call}.", call=ask),)


def _example(task: Task) -> str:
    shown = {"number": "12.5", "choice": '"a"', "choices": '"a, c"', "text": '"…"'}[task.kind]
    return f'kit.answer("{task.id}", {shown})'


@own_language()
def hint(task: str) -> Told:
    """Show the next hint to a task; each one says more than the one before."""
    context = current()
    known = context.task(task)
    used = int(context.progress.of(task)["hints"])
    if used >= len(known.hints):
        words = [
            *known.hints[-1:],
            tr("There are no more hints. {call} shows the answer.", call=f'kit.solution("{task}")'),
        ]
        return Told(task, "note", tr("Last hint to {task}", task=task), tuple(words))
    context.progress.note(task, hints=used + 1)
    title = tr("Hint {n} of {all} to {task}", n=used + 1, all=len(known.hints), task=task)
    return Told(task, "note", title, (known.hints[used],))


@own_language()
def solution(task: str, *, now: bool = False) -> Told:
    """Show the right answer, computed from the class's own data, and why it is right.

    Before a first try or hint a pupil is asked to try; calling it once more (or ``now``, as teachers'
    notebooks do) shows it all the same.
    """
    context = current()
    known = context.task(task)
    done = context.progress.of(task)
    if not (now or done["tries"] or done["hints"] or done.get("asked")):
        context.progress.note(task, asked=True)
        words = tr("Try first, or ask for a hint. Run this cell once more to see the answer all the same.")
        return Told(task, "note", tr("{task}: the answer is waiting", task=task), (words,))
    title = tr("{task}: the answer", task=task)
    paragraphs = (shown_answer(context, known), known.explain)
    return Told(task, "note", title, paragraphs, known.code)


def shown_answer(context: Context, task: Task) -> str:
    """Return the right answer in words."""
    if task.kind == "text":
        return tr("This is an open question: there are several good answers.")
    right = context.right_answer(task)
    if task.kind == "number":
        unit = task.unit
        if task.variable:
            from kit import vocab

            unit = vocab.variable(task.variable).symbol
        text = number(float(right), task.digits) + (f" {unit}" if unit else "")
        if task.tolerance:
            text += " " + tr("(anything within {slack} of it is right)", slack=number(task.tolerance))
        return text
    chosen = [letter for letter in task.options if letter in str(right)]
    return "; ".join(f"{letter}) {task.options[letter]}" for letter in chosen)


@own_language()
def summary(context: Context | None = None) -> Told:
    """Return how many tasks are done."""
    context = context or current()
    done = sum(context.progress.of(name)["state"] in DONE for name in context.tasks)
    title = trn("{n} task done of {all}", "{n} tasks done of {all}", done, all=len(context.tasks))
    left = [name for name in context.tasks if context.progress.of(name)["state"] not in DONE]
    words = tr("Still open: {tasks}", tasks=", ".join(left)) if left else tr("All done.")
    return Told("", "note", title, (words,))
