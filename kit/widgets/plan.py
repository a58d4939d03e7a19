"""A plan before looking: question, expectation and rule, kept with the time and the version of the data."""

from __future__ import annotations

from html import escape
from typing import Any

from kit.classroom.cards import is_live
from kit.classroom.check import Told
from kit.classroom.html import Shown
from kit.classroom.panel import button, choice, controls, guarded, labelled
from kit.dataset.findings import keep_plan
from kit.dataset.findings_page import when
from kit.text import N_, tr
from kit.widgets.desk import Desk, Started, field, groups

#: The parts of a plan, as they are asked for.
ASKED = {
    "question": N_("1. Our question"),
    "expectation": N_("2. What we expect to see"),
    "why": N_("3. Why we expect it"),
    "rule": N_("4. Our rule: what must the data show so that we were right?"),
}


class PlanState:
    """A plan being written; nothing is kept before :meth:`keep`.

    Attributes
    ----------
    group
        The number of the group, "" where there is one.
    words
        What was written, by the keys of :data:`ASKED`.
    """

    def __init__(self, running: Started) -> None:
        self.desk, self.group = Desk(running), ""
        self.words: dict[str, Any] = dict.fromkeys(ASKED, "")

    def keep(self) -> Told:
        """Keep the plan; in a copy that keeps nothing, save it as a file."""
        desk = self.desk
        if not desk.keeps:
            return desk.to_file("plan", [(tr(label), self.words[key]) for key, label in ASKED.items()])
        made = keep_plan(desk.dataset, desk.lesson, **self.words, group=self.group, school=desk.school)
        self.words = dict.fromkeys(ASKED, "")
        title = tr("Your plan is kept: {time}, data version {version}.", time=when(made.written),
                   version=made.content["version"] or "–")  # fmt: skip
        return desk.kept(title, tr("Now look at the data."))

    def ours(self) -> Shown:
        """Return what has become of our texts."""
        return self.desk.ours(self.group)


class PlanPanel:
    """The controls; ``.widget`` is what is shown."""

    def __init__(self, state: PlanState) -> None:
        widgets = controls()
        self.state, self.out, self.table = state, widgets.Output(), widgets.HTML()
        again = guarded(self.out, lambda _: self._show())
        self.group = choice(tr("Which group are you?"), groups(), "", again)
        self.fields = {key: field(tr(label)) for key, label in ASKED.items()}
        keeps = state.desk.keeps
        self.keep = button(
            tr("Keep our plan") if keeps else tr("Save as a file"), guarded(self.out, self._keep), main=True
        )
        where = widgets.HTML(f"<p>{escape(state.desk.where())}</p>")
        parts = (where, self.group, *self.fields.values(), self.keep, self.out, self.table)
        self.widget = labelled(tr("Our plan, before we look"), *parts)
        self._show()

    def _show(self) -> None:
        self.state.group = self.group.value
        ours = self.state.ours()
        self.table.value = ours._repr_html_() if len(ours) else ""

    def _keep(self, _: Any) -> Told:
        self.state.words = {key: one.value for key, one in self.fields.items()}
        done = self.state.keep()
        for one in self.fields.values():
            one.value = ""
        self._show()
        return done


def plan(lesson: Started) -> Any:
    """Return a form for a plan before looking; where no person works, a sentence.

    Parameters
    ----------
    lesson
        The started lesson.

    From code: :func:`kit.dataset.findings.keep_plan`.
    """
    if is_live():
        return PlanPanel(PlanState(lesson)).widget
    said = tr("Opened in JupyterLab, this is where you keep your question, what you expect and your rule.")
    return Told("", "note", tr("Our plan, before we look"), (said,))
