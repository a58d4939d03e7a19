"""For teachers: what pupils wrote and nobody else has seen; approve it, or send it back with a reason."""

from __future__ import annotations

from html import escape
from typing import Any

from kit.classroom.cards import is_live
from kit.classroom.check import Told
from kit.classroom.panel import button, choice, controls, guarded, labelled, named
from kit.dataset import waiting
from kit.dataset.annotations import WHAT
from kit.dataset.findings import Finding, Plan, Review, Text, plans, take_back, text_of
from kit.dataset.findings_page import definitions, plan_lines, review_lines, when, who
from kit.dataset.waiting import Waiting
from kit.errors import UsageError
from kit.text import N_, tr, trn
from kit.widgets.desk import Desk, Started, choices, kind, short, words

#: Why a text is sent back: a choice, and words of the teacher's own if they are needed.
WHY = {
    "people": N_("It says something about a person. Please leave that out."),
    "kind": N_("It is not kind, or not useful. Please speak of the work."),
    "far": N_("It says more than the data can show."),
    "number": N_("A number, the days or the stations are missing."),
    "clear": N_("It is hard to understand. Please write it again, shorter."),
}


class ApproveState:
    """What waits for a teacher, of all lessons and notes."""

    def __init__(self, running: Started) -> None:
        self.desk = Desk(running)

    def waiting(self) -> list[Waiting]:
        """Return what waits, the oldest first."""
        return waiting.waiting(self.desk.shared) if self.desk.keeps else []

    def words(self) -> str:
        """Say how many texts wait."""
        if not self.desk.keeps:
            return tr("Here nothing waits: this is only a copy of the shared data.")
        n = len(self.waiting())
        return trn("{n} text waits for you.", "{n} texts wait for you.", n) if n else tr("Nothing waits.")

    def choices(self) -> dict[str, str]:
        """Return what waits, to choose from: words -> id."""
        return {f"{at}. {_name(one)}": one.id for at, one in enumerate(self.waiting(), start=1)}

    def shown(self, draft: str) -> str:
        """Return a text that waits as HTML ("" if it does not wait any more)."""
        one = next((one for one in self.waiting() if one.id == draft), None)
        return "" if one is None else definitions(self._lines(one))

    def approve(self, draft: str) -> Told:
        """Approve a text, and the plan that a finding speaks of with it: both are then published."""
        desk = self.desk
        if not draft:
            raise UsageError("No text is chosen.", do="Choose one from the list.", code="no-text")
        one = next((one for one in self.waiting() if one.id == draft), None)
        if one is not None and (plan := self._plan(one)) is not None and not plan.entry:
            waiting.approve(desk.dataset, plan.id)
        waiting.approve(desk.dataset, draft)
        told = tr("All who have a copy of the shared data see it after the next merge.")
        if desk.practice:
            told = tr("This is practice: it is forgotten when the notebook closes.")
        return Told("", "right", tr("Approved: {text}", text=_name(one) if one else draft[:12]), (told,))

    def send_back(self, draft: str, why: str, more: str = "") -> Told:
        """Send a text back; ``why`` is a key of :data:`WHY` or "", ``more`` are the teacher's own words."""
        if not draft:
            raise UsageError("No text is chosen.", do="Choose one from the list.", code="no-text")
        reason = " ".join(part for part in (tr(WHY[why]) if why else "", more.strip()) if part)
        if not reason:
            raise UsageError("A text is sent back with a reason.", do="Choose one, or write one.",
                             code="back-why")  # fmt: skip
        waiting.send_back(self.desk.dataset, draft, reason)
        said = tr("The class sees the reason where it wrote the text.")
        return Told("", "note", tr("Sent back: {reason}", reason=reason), (said,))

    def published(self) -> dict[str, str]:
        """Return what our school published, the newest first, to choose from: words -> id."""
        desk = self.desk
        found = desk.findings() if desk.keeps else []
        texts: list[Text] = [one for one in plans(desk.shared) if one.entry] if desk.keeps else []
        texts += found
        texts += [review for one in found for review in one.reviews]
        ours = sorted((one for one in texts if one.school == desk.school), key=lambda one: one.written)
        return choices(reversed(ours), kinds=True)

    def take_back(self, text: str) -> Told:
        """Take back what was published: it is shown nowhere any more, in no copy after the next merge."""
        if not text:
            raise UsageError("No text is chosen.", do="Choose one from the list.", code="no-text")
        take_back(self.desk.dataset, text)
        more = tr("Its words stay in the log of the dataset; to remove them for ever: kit erase")
        return Told("", "note", tr("Taken back: it is shown nowhere any more."), (more,))

    def _plan(self, one: Waiting) -> Plan | None:
        """Return the plan that a finding speaks of, approved or waiting."""
        text = text_of(one)
        if not isinstance(text, Finding):
            return None
        return next((p for p in plans(self.desk.shared, school=one.school) if p.id == text.plan_id), None)

    def _lines(self, one: Waiting) -> list[tuple[str, str, str]]:
        """Return a text in parts: what it is, the words, their language."""
        text, parts = text_of(one), [(tr("Written"), when(one.written), "")]
        if text is None:
            what = str(one.content.get("what", ""))
            parts += [(tr("Note about"), one.subject, ""), (tr("What happened"), tr(WHAT.get(what, "–")), ""),
                      (tr("in words"), str(one.content.get("text", "")), "")]  # fmt: skip
            return parts
        parts.append((tr("By"), who(text), ""))
        if isinstance(text, Plan):
            return [*parts, *plan_lines(text)]
        if isinstance(text, Review):
            return [*parts, *review_lines(text)]
        assert isinstance(text, Finding)
        parts += [(tr("Finding"), text.sentence, text.lang),
                  (tr("May not be concluded"), text.limits, text.lang)]  # fmt: skip
        plan = self._plan(one)
        if plan is None:
            return [*parts, (tr("Plan"), tr("It is not published."), "")]
        if not plan.entry:
            parts.append((tr("Plan"), tr("It waits, too: whoever approves the finding approves it."), ""))
        return [*parts, *plan_lines(plan)]


def _name(one: Waiting) -> str:
    text = text_of(one)
    if text is None:
        return f"{tr('note')}: {short(str(one.content.get('text', '')))}"
    return f"{kind(text)}: {short(words(text))}"


class ApprovePanel:
    """The controls; ``.widget`` is what is shown."""

    def __init__(self, state: ApproveState) -> None:
        widgets = controls()
        self.state, self.out = state, widgets.Output()
        self.count, self.said = widgets.HTML(), widgets.HTML()
        self.which = choice(tr("Which text?"), {tr("choose …"): ""}, "")
        self.which.observe(self._chosen, names="value")
        self.old = choice(tr("What our school published"), {tr("choose …"): ""}, "")
        self.gone = button(tr("Take it back"), guarded(self.out, self._take_back))
        again = button(tr("Look again"), guarded(self.out, lambda _: self._offer()))
        self.yes = button(tr("I have read it: approve"), guarded(self.out, self._approve), main=True)
        why = {tr("choose …"): "", **{tr(words): key for key, words in WHY.items()}}
        self.why = choice(tr("Or send it back, because"), why, "")
        self.more = named(widgets.Text(), tr("More, in your own words"))
        self.back = button(tr("Send back"), guarded(self.out, self._back))
        rule = tr("Approve only what names no person and says nothing about people or neighbours. What you "
                  "approve is published under CC BY 4.0 and travels with the shared data.")  # fmt: skip
        self.widget = labelled(
            tr("What waits for the teacher"), widgets.HTML(f"<p>{escape(rule)}</p>"), self.count, self.which,
            again, self.said, self.yes, self.why, self.more, self.back, self.out, self.old, self.gone,
        )  # fmt: skip
        self._offer()

    def _offer(self) -> None:
        """Offer what waits now; none is chosen, so that a second click approves nothing unread."""
        self.which.options = [(tr("choose …"), ""), *self.state.choices().items()]
        self.old.options = [(tr("choose …"), ""), *self.state.published().items()]
        self.which.value = self.old.value = self.why.value = ""
        self.more.value = ""
        self.count.value = f"<p role='status'>{escape(self.state.words())}</p>"
        self._chosen(None)

    def _chosen(self, _: Any) -> None:
        self.said.value = self.state.shown(self.which.value) if self.which.value else ""
        self.yes.disabled = self.back.disabled = not self.which.value

    def _approve(self, _: Any) -> Told:
        done = self.state.approve(self.which.value)
        self._offer()
        return done

    def _back(self, _: Any) -> Told:
        done = self.state.send_back(self.which.value, self.why.value, self.more.value)
        self._offer()
        return done

    def _take_back(self, _: Any) -> Told:
        done = self.state.take_back(self.old.value)
        self._offer()
        return done


def approve(lesson: Started) -> Any:
    """Return a teacher's panel of what waits for approval; where no person works, how many texts wait.

    Parameters
    ----------
    lesson
        The started lesson; what waits of other lessons, and notes, are shown, too.

    From code: :func:`kit.dataset.waiting.approve`, :func:`kit.dataset.waiting.send_back`.
    """
    state = ApproveState(lesson)
    if is_live():
        return ApprovePanel(state).widget
    said = tr("Opened in JupyterLab, this is where a teacher approves what pupils wrote, or sends it back.")
    return Told("", "note", state.words(), (said,))
