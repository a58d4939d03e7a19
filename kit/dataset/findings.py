"""Findings: a plan that was kept before looking, what was found, and what others say of it.

Three forms of one kind of entry. A *plan* says the question, what is expected and why, and by which rule it
is judged. A *finding* speaks of a plan: one sentence, what may not be concluded, and the version of the data
as anyone can look at it again. A *review* speaks of a finding of another group: a level for each criterion, a
star and a wish. All of them hold words of pupils, so they wait for a teacher (:mod:`kit.dataset.waiting`);
the time and the version that they name are those of writing. What a text is called, its id, is that of the
waiting list, the same in every copy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from kit.dataset import waiting
from kit.dataset.deriving import stamp
from kit.dataset.waiting import MARK, Waiting
from kit.errors import NotFoundError, UsageError
from kit.ingest.lines import remark
from kit.store.acts import Draft
from kit.text import N_, language

if TYPE_CHECKING:
    from datetime import datetime

    from kit.dataset.local import Dataset
    from kit.dataset.view import View
    from kit.entry import Entry

KIND = "finding"
PLAN, FOUND, REVIEW = "plan", "finding", "review"
#: What a review looks at, the claim first, and how far it is there.
CRITERIA = {
    "claim": N_("The finding says what, where and when, with a number."),
    "evidence": N_("The data support it: enough stations and days, more than chance."),
    "fair": N_("The comparison is fair: the same days, the same kind of places."),
    "limits": N_("It says what may not be concluded."),
}
LEVELS = {"no": N_("not yet"), "partly": N_("on the way"), "yes": N_("fully there")}


@dataclass(frozen=True)
class Text:
    """What plans, findings and reviews have in common.

    Attributes
    ----------
    id
        What it is called in every copy.
    school, group, lesson, lang
        Who wrote it (of the group a number), in which lesson and language.
    written
        When it was written (UTC), by the clock of that computer.
    version
        The newest version of the data at that time, as it is cited (``"3f9ac2d41b07/2"``).
    entry
        The id of its entry; "" while it waits for a teacher.
    """

    id: str
    school: str
    group: str
    lesson: str
    lang: str
    written: str
    version: str
    entry: str


@dataclass(frozen=True)
class Plan(Text):
    """What was asked and expected, and the rule by which it is judged, before anyone looked."""

    question: str = ""
    expectation: str = ""
    why: str = ""
    rule: str = ""


@dataclass(frozen=True)
class Review(Text):
    """What another group says of a finding: criterion -> level, a star and a wish.

    ``earlier`` says that it speaks of the wording before the one that counts now.
    """

    finding: str = ""
    levels: Mapping[str, str] = field(default_factory=dict, hash=False)
    star: str = ""
    wish: str = ""
    earlier: bool = False


@dataclass(frozen=True, repr=False)
class Finding(Text):
    """A finding that a teacher approved.

    ``version`` is cited, so :meth:`kit.dataset.Dataset.at` shows these data in every copy. ``plan`` is None
    (``plan_id``) was not approved, or was taken back. ``instead`` is the id of the wording that it replaces.
    """

    sentence: str = ""
    limits: str = ""
    plan_id: str = ""
    plan: Plan | None = None
    reviews: tuple[Review, ...] = ()
    instead: str = ""

    @property
    def citation(self) -> str:
        """The version of the data, as it is cited."""
        return self.version

    @property
    def planned_before(self) -> bool:
        """Whether its plan was kept before it, by the clock of the computer."""
        return self.plan is not None and self.plan.written < self.written

    def text(self, lang: str | None = None) -> str:
        """Return it in words, a line for each part."""
        from kit.dataset.findings_page import lines

        return "\n".join(f"{label}: {words}" for label, words, _ in lines(self, lang))

    def __repr__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        from kit.dataset.findings_page import article

        return article(self)


# --- keeping, until a teacher has read it


def keep_plan(
    shared: Dataset, lesson: str, *, question: str, expectation: str, why: str = "", rule: str,
    group: str = "", school: str = "", lang: str | None = None, now: datetime | None = None,
) -> Waiting:  # fmt: skip
    """Keep a plan with the time and the version of the data, before looking; it waits for a teacher.

    Raises :class:`kit.errors.UsageError` when the question, the expectation or the rule is missing.
    """
    words = {"question": question, "expectation": expectation, "why": why, "rule": rule}
    if not all(waiting.clean(words[name]) for name in ("question", "expectation", "rule")):
        raise UsageError(
            "The plan lacks a question, an expectation or a rule.", do="Write a sentence into each field.",
            code="plan-incomplete",
        )  # fmt: skip
    version = shared._now()[0]
    facts = _facts(PLAN, lesson, group, lang) | {
        "version": f"{version.short}/{version.rules}" if version else ""
    }
    return waiting.put(shared, KIND, lesson, words, facts, school=school, now=now)


def keep_finding(
    shared: Dataset, lesson: str, *, plan: str, sentence: str, limits: str, group: str = "",
    instead: str = "", school: str = "", lang: str | None = None, now: datetime | None = None,
) -> Waiting:  # fmt: skip
    """Keep a finding; it waits for a teacher. The newest version of the data is cited for it.

    Parameters
    ----------
    plan
        The id of a plan of the same school, approved or waiting.
    sentence, limits
        The finding in one sentence, and what may not be concluded from it.
    instead
        The id of an own finding that it replaces; one that still waits is taken off the list.

    Raises
    ------
    kit.errors.UsageError
        when something is missing, or nothing was ever given to the dataset.
    kit.errors.NotFoundError
        when there is no such plan, or finding to replace.
    """
    if not (waiting.clean(sentence) and waiting.clean(limits)):
        raise UsageError(
            "The finding lacks its sentence, or what may not be concluded.",
            do="Write a sentence into each field.", code="finding-incomplete",
        )  # fmt: skip
    school = school or shared.school
    if plan not in {one.id for one in plans(shared, school=school)}:
        raise NotFoundError("There is no such plan of your school.", do="Keep your plan first.",
                            code="no-plan")  # fmt: skip
    old = {one.id: one for one in waiting.there(shared) if one.school == school}
    known = {one.id for one in findings(shared) if one.school == school}
    if instead and instead not in old and instead not in known:
        raise NotFoundError("There is no such finding of your school.", do="Look at the list again.",
                            code="no-own-finding")  # fmt: skip
    before = str(old[instead].content.get("instead", "")) if instead in old else instead
    facts = _facts(FOUND, lesson, group, lang)
    facts |= {"version": shared.cite(now=now), "plan": plan, **({"instead": before} if before else {})}
    words = {"sentence": sentence, "limits": limits}
    made = waiting.put(shared, KIND, lesson, words, facts, school=school, now=now)
    if instead in old and instead != made.id:
        waiting.withdraw(shared, instead)
    return made


def keep_review(
    shared: Dataset, finding: Finding, *, levels: Mapping[str, str], star: str, wish: str, group: str = "",
    school: str = "", lang: str | None = None, now: datetime | None = None,
) -> Waiting:  # fmt: skip
    """Keep a review of another group's finding; it waits for a teacher of the school that wrote it.

    Raises :class:`kit.errors.UsageError` when a criterion has no level, the star or the wish is missing, or
    the finding is the group's own.
    """
    school = school or shared.school
    if (school, group) == (finding.school, finding.group) or (school == finding.school and not group):
        raise UsageError(
            "A group does not review its own finding.",
            do="Choose your group and the finding of another group or school.", code="own-finding",
        )  # fmt: skip
    if any(levels.get(name) not in LEVELS for name in CRITERIA):
        raise UsageError("A criterion has no level yet.", do="Choose a level for each criterion.",
                         code="review-levels")  # fmt: skip
    if not (waiting.clean(star) and waiting.clean(wish)):
        raise UsageError("The review lacks a star or a wish.", code="review-words",
                         do="Write what is good, and what could be better.")  # fmt: skip
    version = shared._now()[0]
    facts = _facts(REVIEW, finding.lesson, group, lang) | {
        "version": f"{version.short}/{version.rules}" if version else "",
        "finding": finding.id, "levels": {name: levels[name] for name in CRITERIA},
    }  # fmt: skip
    subject = f"{finding.school}/{finding.entry}" if finding.school else finding.entry
    words = {"star": star, "wish": wish}
    return waiting.put(shared, KIND, subject, words, facts, school=school, now=now)


def _facts(form: str, lesson: str, group: str, lang: str | None) -> dict[str, Any]:
    facts = {"form": form, "lesson": lesson, "lang": language(lang)}
    return facts | ({"group": group} if group else {})


# --- reading


def findings(shared: View, lesson: str = "") -> list[Finding]:
    """Return the approved findings of all schools in the order of entries, of one lesson or of all.

    What was taken back, or replaced by its own school, is left out; what was said of a wording that was
    replaced stands with the one that replaced it (``earlier``).
    """
    held = _counting(shared)
    by_id = {one.id: one for one in held}
    found = {one.id: one for one in held if isinstance(one, Finding)}
    newer = {
        one.instead: one.id
        for one in found.values()
        if one.instead in found and found[one.instead].school == one.school
    }
    said: dict[str, list[Review]] = {}
    for one in held:
        if isinstance(one, Review) and one.finding in found:
            name = _newest(one.finding, newer)
            said.setdefault(name, []).append(replace(one, earlier=name != one.finding))
    whole = []
    for one in found.values():
        if one.id not in newer and lesson in ("", one.lesson):
            plan = by_id.get(one.plan_id)
            plan = plan if isinstance(plan, Plan) and plan.school == one.school else None
            whole.append(replace(one, plan=plan, reviews=tuple(said.get(one.id, ()))))
    return whole


def plans(shared: View, lesson: str = "", school: str = "") -> list[Plan]:
    """Return plans, oldest first: the approved ones, and those that wait on this computer (``entry`` "")."""
    found: list[Text] = [*_counting(shared)]
    for one in waiting.waiting(shared):
        text = text_of(one)
        found += [text] if text is not None else []
    chosen = [
        one for one in found
        if isinstance(one, Plan) and lesson in ("", one.lesson) and school in ("", one.school)
    ]  # fmt: skip
    return sorted(chosen, key=lambda one: (one.written, one.id))


def take_back(shared: Dataset, finding: str, reason: str = "", *, now: datetime | None = None) -> str:
    """Take back a plan, a finding or a review (its id, or the first six digits or more).

    Return the id of the retraction. Raises :class:`kit.errors.NotFoundError` when there is none such.
    """
    known = {one.id: one for one in _counting(shared)}
    close = [one for name, one in known.items() if name.startswith(finding)] if len(finding) >= 6 else []
    if len(close) != 1:
        raise NotFoundError(
            "There is no finding {name} in the dataset.", do="There are: {known}.", code="no-finding",
            name=finding, known=", ".join(name[:12] for name in known) or "–",
        )  # fmt: skip
    content = {"retracted": True, "reason": remark(reason)}
    same = [one for one in _entries(shared) if one.content.get(MARK, one.id) == close[0].id]
    drafts = [Draft("retraction", one.school, one.id, stamp(now), content) for one in same]
    return shared.act(*drafts)


def _entries(shared: View) -> Iterator[Entry]:
    return (entry for entry in shared._now()[1].entries if entry.kind == KIND)


def _counting(shared: View) -> list[Text]:
    """Return the texts that count, in the order of entries.

    One that two copies of a folder approved apart is there once, and taken back if one of them was.
    """
    verdicts = {entry.subject: entry.content.get("retracted") for entry in shared._now()[1].entries
                if entry.kind == "retraction"}  # fmt: skip
    entries = list(_entries(shared))
    gone = {str(entry.content.get(MARK, entry.id)) for entry in entries if verdicts.get(entry.id)}
    found: dict[str, Text] = {}
    for entry in entries:
        name = str(entry.content.get(MARK, entry.id))
        if name not in gone and name not in found:
            written = str(entry.content.get("written", entry.made))
            text = _text(entry.content, name, entry.school, written, entry.id)
            found |= {name: text} if text is not None else {}
    return list(found.values())


def text_of(one: Waiting) -> Text | None:
    """Return what a text that waits says; None for one that is no plan, finding or review."""
    return _text(one.content, one.id, one.school, one.written, "") if one.kind == KIND else None


def _text(held: Mapping[str, Any], name: str, school: str, written: str, entry: str) -> Text | None:
    """Return a plan, a finding or a review; None for a form that only a later kit knows."""

    def said(*names: str) -> dict[str, Any]:
        return {one: str(held.get(one, "")) for one in names}

    common = {**said("group", "lesson", "lang", "version"), "id": name, "school": school,
              "written": written, "entry": entry}  # fmt: skip
    if held.get("form") == PLAN:
        return Plan(**common, **said("question", "expectation", "why", "rule"))
    if held.get("form") == FOUND:
        return Finding(**common, **said("sentence", "limits", "instead"), plan_id=str(held.get("plan", "")))
    if held.get("form") == REVIEW:
        given = held.get("levels")
        levels = {str(key): str(value) for key, value in given.items()} if isinstance(given, Mapping) else {}
        return Review(**common, **said("finding", "star", "wish"), levels=levels)
    return None


def _newest(name: str, newer: Mapping[str, str]) -> str:
    """Return the wording that counts now of one that was replaced, perhaps again and again."""
    seen = {name}
    while name in newer and newer[name] not in seen:
        name = newer[name]
        seen.add(name)
    return name
