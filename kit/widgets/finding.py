"""A finding: one sentence on a plan, and what may not be concluded; it waits for the teacher."""

from __future__ import annotations

from html import escape
from typing import Any

from kit.classroom.cards import is_live
from kit.classroom.check import Told
from kit.classroom.panel import button, choice, controls, guarded, labelled
from kit.dataset import waiting
from kit.dataset.findings import Finding, keep_finding, text_of
from kit.dataset.findings_page import definitions, plan_lines
from kit.errors import UsageError
from kit.text import N_, tr
from kit.widgets.desk import Desk, Started, choices, field, groups

ASKED = {
    "sentence": N_("Our finding in one sentence, with a number and how many stations and days"),
    "limits": N_("What may not be concluded from it"),
}


class FindingState:
    """A finding being written; nothing is kept before :meth:`keep`.

    Attributes
    ----------
    plan
        The id of the plan that it speaks of; the newest of ours at first, "" if there is none.
    group, words, instead
        The number of the group; what was written, by the keys of :data:`ASKED`; the id of an earlier finding
        of ours that it replaces ("": none).
    """

    def __init__(self, running: Started) -> None:
        self.desk, self.group, self.instead = Desk(running), "", ""
        self.plan = next(iter(self.plans().values()), "")
        self.words: dict[str, Any] = dict.fromkeys(ASKED, "")

    def plans(self) -> dict[str, str]:
        """Return the plans that our group can speak of, the newest first: words -> id."""
        return choices(self.desk.plans(self.group))

    def earlier(self) -> dict[str, str]:
        """Return our group's earlier findings of this lesson, the newest first: words -> id."""
        desk = self.desk
        texts = [text_of(one) for one in waiting.there(desk.shared)] if desk.keeps else []
        found = [one for one in [*texts, *desk.findings()] if isinstance(one, Finding)]
        mine = (desk.school, desk.lesson, self.group)
        ours = [one for one in found if (one.school, one.lesson, one.group) == mine]
        return choices(sorted(ours, key=lambda one: one.written, reverse=True))

    def shown_plan(self) -> str:
        """Return the chosen plan as HTML ("" if there is none)."""
        desk = self.desk
        found = (one for one in desk.plans(self.group) if one.id == self.plan)
        return next((definitions(plan_lines(one)) for one in found), "")

    def keep(self) -> Told:
        """Keep the finding, and cite the data; in a copy that keeps nothing, save it as a file."""
        desk = self.desk
        if not desk.keeps:
            version = (tr("Data"), str(desk.shared.version))
            said = [(tr(label), self.words[key]) for key, label in ASKED.items()]
            return desk.to_file("finding", [*said, version])
        if not self.plan:
            raise UsageError(
                "There is no plan yet that this finding could speak of.", do="Keep your plan first.",
                code="no-plan-yet",
            )  # fmt: skip
        made = keep_finding(
            desk.dataset, desk.lesson, plan=self.plan, **self.words, instead=self.instead, group=self.group,
            school=desk.school,
        )  # fmt: skip
        self.words, self.instead = dict.fromkeys(ASKED, ""), ""
        title = tr("Your finding is kept, with the data version {version}.", version=made.content["version"])
        return desk.kept(title)


class FindingPanel:
    """The controls; ``.widget`` is what is shown."""

    def __init__(self, state: FindingState) -> None:
        widgets = controls()
        self.state, self.out, self.table = state, widgets.Output(), widgets.HTML()
        keeps = state.desk.keeps
        again = guarded(self.out, lambda _: self._offer())
        self.group = choice(tr("Which group are you?"), groups(), "", again)
        self.plan = choice(tr("Which plan?"), {tr("none"): ""}, "")
        self.plan.observe(self._chosen, names="value")
        self.said = widgets.HTML()
        self.fields = {key: field(tr(label)) for key, label in ASKED.items()}
        self.instead = choice(tr("Does it replace an earlier finding of yours?"), {tr("no"): ""}, "")
        look = button(tr("Look for our plans again"), again)
        self.keep = button(
            tr("Keep our finding") if keeps else tr("Save as a file"), guarded(self.out, self._keep),
            main=True,
        )  # fmt: skip
        where = widgets.HTML(f"<p>{escape(state.desk.where())}</p>")
        chosen = (self.group, self.plan, look, self.said) if keeps else ()
        rest = (self.instead,) if keeps else ()
        parts = (where, *chosen, *self.fields.values(), *rest, self.keep, self.out, self.table)
        self.widget = labelled(tr("Our finding"), *parts)
        self._offer()

    def _offer(self) -> None:
        """Offer the plans and findings that there are now; what was chosen stays chosen."""
        self.state.group = self.group.value
        plans, chosen = self.state.plans(), self.plan.value or self.state.plan
        self.plan.options = list((plans or {tr("none"): ""}).items())
        self.plan.value = chosen if chosen in plans.values() else next(iter(plans.values()), "")
        self.instead.options = [(tr("no"), ""), *self.state.earlier().items()]
        self.instead.value = ""
        self._chosen(None)
        ours = self.state.desk.ours(self.state.group)
        self.table.value = ours._repr_html_() if len(ours) else ""

    def _chosen(self, _: Any) -> None:
        self.state.plan = self.plan.value or ""
        self.said.value = self.state.shown_plan()

    def _keep(self, _: Any) -> Told:
        self.state.instead = self.instead.value
        self.state.plan = self.plan.value or ""
        self.state.words = {key: one.value for key, one in self.fields.items()}
        done = self.state.keep()
        for one in self.fields.values():
            one.value = ""
        self._offer()
        return done


def finding(lesson: Started) -> Any:
    """Return a form for a finding on one of our plans; where no person works, a sentence.

    Parameters
    ----------
    lesson
        The started lesson.

    From code: :func:`kit.dataset.findings.keep_finding`.
    """
    if is_live():
        return FindingPanel(FindingState(lesson)).widget
    said = tr("Opened in JupyterLab, this is where you write your finding and what may not be concluded.")
    return Told("", "note", tr("Our finding"), (said,))
