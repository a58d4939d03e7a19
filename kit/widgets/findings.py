"""The published findings of all schools, and a review of one: levels, a star and a wish."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

from kit.classroom.cards import is_live
from kit.classroom.check import Told
from kit.classroom.panel import button, choice, controls, guarded, labelled
from kit.dataset.findings import CRITERIA, LEVELS, Finding, keep_review
from kit.dataset.findings_page import article, page
from kit.errors import UsageError
from kit.text import N_, tr
from kit.widgets.desk import Desk, Started, choices, field, groups

ASKED = {
    "star": N_("A star: what is good about it"),
    "wish": N_("A wish: what would make it better, or a question"),
}


class FindingsList:
    """Findings to be read."""

    def __init__(self, found: list[Finding]) -> None:
        self.found = tuple(found)

    def __len__(self) -> int:
        return len(self.found)

    def __repr__(self) -> str:
        return "\n\n".join(one.text() for one in self.found)

    def _repr_html_(self) -> str:
        return "".join(article(one) for one in self.found)


class FindingsState:
    """The published findings, and a review being written; nothing is kept before :meth:`keep`.

    Attributes
    ----------
    chosen
        The id of the finding that is shown and reviewed; the newest of another school at first.
    group, levels, words
        The number of the group that reviews; criterion -> level; what was written, by the keys of
        :data:`ASKED`.
    """

    def __init__(self, running: Started) -> None:
        self.desk, self.group = Desk(running), ""
        found = self.desk.findings()
        others = [one for one in found if one.school != self.desk.school]
        self.chosen = next((one.id for one in reversed(others or found)), "")
        self.forget()

    def forget(self) -> None:
        """Begin the review anew."""
        self.levels = dict.fromkeys(CRITERIA, "")
        self.words: dict[str, Any] = dict.fromkeys(ASKED, "")

    def findings(self) -> dict[str, str]:
        """Return the findings, those of other schools first, the newest first: words -> id."""
        every = list(reversed(self.desk.findings()))
        every.sort(key=lambda one: one.school == self.desk.school)
        return choices(every)

    def finding(self) -> Finding | None:
        """Return the chosen finding as it stands now."""
        return next((one for one in self.desk.findings() if one.id == self.chosen), None)

    def none(self) -> str:
        """Say why there is no finding to read."""
        if not self.desk.keeps:
            return tr(
                "This copy of the shared data has no findings: ask your teacher for the page of findings."
            )
        return tr("No finding is published yet. A finding is published when a teacher has approved it.")

    def keep(self) -> Told:
        """Keep the review; it waits for the teacher of the school that wrote it."""
        one = self.finding()
        if one is None:
            raise UsageError("There is no finding to review yet.", do="Look at the list again.",
                             code="no-finding-yet")  # fmt: skip
        desk = self.desk
        if not desk.keeps:
            said = [(tr(words), tr(LEVELS.get(self.levels[key], "–"))) for key, words in CRITERIA.items()]
            written = [(tr(label), self.words[key]) for key, label in ASKED.items()]
            return desk.to_file("review", [(tr("Finding"), one.sentence), *said, *written])
        keep_review(desk.dataset, one, levels=self.levels, **self.words, group=self.group, school=desk.school)
        self.forget()
        return desk.kept(tr("Your review is kept."))

    def save(self, folder: str | Path = ".") -> Told:
        """Save all findings as one page that stands by itself, and say where it is."""
        path = Path(folder) / "findings.html"
        path.write_text(page(self.desk.findings()), encoding="utf-8")
        return Told("", "note", tr("Saved: {file}", file=path.name), (
            tr("The file lies beside this notebook. In the list of files on the left, click it with the "
               "right button and choose Download."),
        ))  # fmt: skip


class FindingsPanel:
    """The controls; ``.widget`` is what is shown."""

    def __init__(self, state: FindingsState) -> None:
        widgets = controls()
        self.state, self.out = state, widgets.Output()
        self.which = choice(tr("Which finding?"), {tr("none"): ""}, "")
        self.which.observe(self._chosen, names="value")
        self.said = widgets.HTML()
        self.group = choice(tr("Which group are you?"), groups(), "")
        levels = {tr("choose …"): "", **{tr(words): key for key, words in LEVELS.items()}}
        self.levels = {key: choice(tr(words), levels, "") for key, words in CRITERIA.items()}
        self.fields = {key: field(tr(label)) for key, label in ASKED.items()}
        again = button(tr("Look for findings again"), guarded(self.out, lambda _: self._offer()))
        self.save = button(tr("Save all findings as a page"), guarded(self.out, lambda _: state.save()))
        keeps = state.desk.keeps
        self.keep = button(
            tr("Give this review") if keeps else tr("Save as a file"), guarded(self.out, self._keep),
            main=True,
        )  # fmt: skip
        where = widgets.HTML(f"<p>{escape(state.desk.where())}</p>")
        form = (self.group, *self.levels.values(), *self.fields.values(), where, self.keep)
        review = labelled(tr("Our review: be kind, be useful, speak of the work"), *form)
        self.widget = labelled(
            tr("Findings of all schools"), self.which, again, self.said, self.save, review, self.out,
        )  # fmt: skip
        self._offer()

    def _offer(self) -> None:
        """Offer the findings that there are now; what was chosen stays chosen."""
        found, chosen = self.state.findings(), self.which.value or self.state.chosen
        self.which.options = list((found or {tr("none"): ""}).items())
        self.which.value = chosen if chosen in found.values() else next(iter(found.values()), "")
        self.save.disabled = self.keep.disabled = not found
        self._chosen(None)

    def _chosen(self, _: Any) -> None:
        self.state.chosen = self.which.value or ""
        one = self.state.finding()
        self.said.value = article(one) if one is not None else f"<p>{escape(self.state.none())}</p>"

    def _keep(self, _: Any) -> Told:
        self.state.group = self.group.value
        self.state.levels = {key: one.value for key, one in self.levels.items()}
        self.state.words = {key: one.value for key, one in self.fields.items()}
        done = self.state.keep()
        for one in (*self.fields.values(), *self.levels.values()):
            one.value = ""
        return done


def findings(lesson: Started) -> Any:
    """Return the published findings of all schools with a form to review one.

    Where no person works, the findings to be read, or a sentence where there is none.

    Parameters
    ----------
    lesson
        The started lesson.

    From code: ``shared.findings()``, :func:`kit.dataset.findings.keep_review`.
    """
    state = FindingsState(lesson)
    if is_live():
        return FindingsPanel(state).widget
    if found := state.desk.findings():
        return FindingsList(found)
    return Told("", "note", tr("Findings of all schools"), (state.none(),))
