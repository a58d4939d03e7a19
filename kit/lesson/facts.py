"""What is missing or wrong in the facts of a lesson: ids, least data, rubric, questionnaire."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import fields

from kit import vocab
from kit.errors import NotFoundError
from kit.lesson.directives import LICENCES
from kit.lesson.forms import KINDS, WHEN
from kit.lesson.least import SIGHTINGS, WHOSE
from kit.lesson.source import DEPTHS, Lesson, find, load
from kit.lesson.terms import SUBJECTS, frameworks, glossary
from kit.model import Station
from kit.text import RECEIPT_LANGUAGES, tr

NEEDED = ("version", "questions", "objectives", "subjects", "variables", "materials", "minimum", "licence")


def facts_wrong(lesson: Lesson) -> Iterator[str]:
    """Yield what is missing or wrong in ``lesson.toml``, one plain sentence each."""
    from kit.samples.manifest import PARTS

    facts = lesson.facts
    for key in NEEDED:
        if not facts.get(key):
            yield tr("lesson.toml does not say {key}.", key=key)
    licence = facts.get("licence")
    if licence and licence not in LICENCES:
        yield tr("The licence {licence} is not one of {known}.", licence=licence, known=", ".join(LICENCES))
    ages = re.fullmatch(r"(\d{1,2})-(\d{1,2})", lesson.ages)
    if not ages or int(ages[1]) > int(ages[2]):
        yield tr("lesson.toml: ages is {ages}; it should look like 13-15.", ages=lesson.ages)
    if lesson.id != lesson.folder.name:
        yield tr(
            "lesson.toml: id is {id}, but the folder is {folder}: both must be the same, as notebooks find "
            "their lesson by it.", id=lesson.id, folder=lesson.folder.name,
        )  # fmt: skip
    yield from _twice("lesson.toml", [step.id for hour in lesson.hours for step in hour.steps])
    for lang in (lesson.source, *lesson.languages):
        if lang not in RECEIPT_LANGUAGES:
            yield tr("lesson.toml: kit does not speak {lang}. It speaks {known}.", lang=lang,
                     known=", ".join(RECEIPT_LANGUAGES))  # fmt: skip
    variables = [*vocab.variables(), SIGHTINGS]
    yield from _unknown("variables", facts.get("variables", []), variables)
    yield from _unknown("depths", lesson.depths, DEPTHS)
    yield from _unknown("subjects", facts.get("subjects", []), SUBJECTS)
    yield from _unknown("curriculum", facts.get("curriculum", []), frameworks())
    yield from _unknown("glossary", facts.get("glossary", []), glossary())
    further = [code for code in RECEIPT_LANGUAGES if code not in lesson.languages]
    yield from _unknown("help_in", lesson.help_in, further)
    yield from _unknown("read_by", facts.get("read_by", {}), lesson.languages)
    yield from _unknown("sample", facts.get("sample", {}), [field.name for field in fields(Station)])
    yield from _unknown("samples", facts.get("samples", []), PARTS)
    yield from _unknown("minimum.needs.variable", [need.variable for need in lesson.least.needs], variables)
    yield from _unknown("minimum.needs.whose", [need.whose for need in lesson.least.needs], WHOSE)
    for place, need in enumerate(lesson.least.needs, start=1):
        if (need.days > 0) == (need.years > 0) or need.schools < 1 or min(need.days, need.years) < 0:
            yield tr(
                "lesson.toml: minimum.needs.{n} should say days or years, and at least one school.", n=place
            )
    yield from _before(lesson)


def _unknown(key: str, named: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    ids = list(known)
    for name, times in Counter(list(named)).items():
        if times > 1 and not key.startswith("minimum"):
            yield tr("lesson.toml: {key} names {name} twice.", key=key, name=name)
        if name in ids:
            continue
        near = difflib.get_close_matches(name, ids, n=1)
        known_as = {"key": key, "name": name, "near": "".join(near)}
        if near:
            yield tr(
                "lesson.toml: {key} names {name}, which kit does not know. Did you mean {near}?", **known_as
            )
        else:
            yield tr("lesson.toml: {key} names {name}, which kit does not know.", **known_as)


def _before(lesson: Lesson) -> Iterator[str]:
    """Check that the lessons that come before exist, and that no lesson comes before itself."""
    seen: set[str] = set()
    waiting = list(lesson.facts.get("prerequisites", []))
    while waiting:
        name = waiting.pop()
        if name == lesson.id:
            yield tr("lesson.toml: prerequisites lead back to this lesson.")
        if name in seen or name == lesson.id:
            continue
        seen.add(name)
        try:
            waiting += load(find(name)).facts.get("prerequisites", [])
        except NotFoundError as wrong:
            yield str(wrong)


def forms_wrong(lesson: Lesson) -> Iterator[str]:
    """Yield what is missing or wrong in the rubric and the questionnaire, and in their places in the text."""
    text = "\n".join(cell.source for cell in lesson.cells() if cell.kind == "markdown")
    wanted = {
        "{{curriculum}}": lesson.facts.get("curriculum"),
        "{{glossary}}": lesson.facts.get("glossary"),
        "{{rubric}}": lesson.rubric,
    }
    for when in WHEN:
        wanted[f"{{{{questionnaire {when}}}}}"] = lesson.questionnaire and lesson.questionnaire.asked(when)
    for mark, what in wanted.items():
        if what and mark not in text:
            yield tr("lesson.md: {mark} is missing.", mark=mark)
        if mark in text and not what:
            yield tr("lesson.md has {mark}, but there is nothing to write there.", mark=mark)
    yield from _rubric(lesson)
    yield from _questionnaire(lesson)


def _rubric(lesson: Lesson) -> Iterator[str]:
    form = lesson.rubric
    if form is None:
        return
    if len(form.levels) < 2:
        yield tr("rubric.toml needs at least two levels.")
    if not form.criteria:
        yield tr("rubric.toml names no criteria.")
    for one in form.criteria:
        if len(one.levels) != len(form.levels) or not all(level.strip() for level in one.levels):
            yield tr("rubric.toml: {name} needs a description for each of the {n} levels.", name=one.id,
                     n=len(form.levels))  # fmt: skip
    yield from _twice("rubric.toml", [one.id for one in form.criteria])


def _questionnaire(lesson: Lesson) -> Iterator[str]:
    form = lesson.questionnaire
    if form is None:
        return
    if not form.items:
        yield tr("questionnaire.toml asks nothing.")
    for item in form.items:
        if item.kind not in KINDS:
            yield tr("questionnaire.toml: {name} is of the kind {kind}, not one of {known}: pupils write no "
                     "text, so that nobody can be known by it.", name=item.id, kind=item.kind,
                     known=", ".join(KINDS))  # fmt: skip
        if (item.kind == "choice") != (len(item.options) > 1):
            yield tr(
                "questionnaire.toml: {name} needs choices if it is a choice, and only then.", name=item.id
            )
        if not item.when or not set(item.when) <= set(WHEN):
            yield tr("questionnaire.toml: {name} is asked {when}, not one of {known}.", name=item.id,
                     when=", ".join(item.when) or "–", known=", ".join(WHEN))  # fmt: skip
    yield from _twice("questionnaire.toml", [item.id for item in form.items])


def _twice(file: str, ids: list[str]) -> Iterator[str]:
    for name, times in Counter(ids).items():
        if times > 1:
            yield tr("{file}: {name} stands there twice.", file=file, name=name)
