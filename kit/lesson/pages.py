"""What stands beside the steps of a lesson: curriculum, glossary, rubric, questionnaire; as Markdown."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from kit.errors import JobError
from kit.lesson.forms import SCALE, WHEN, Item
from kit.lesson.source import Lesson, find, load
from kit.lesson.terms import FRAMEWORKS, SUBJECTS, frameworks, glossary
from kit.text import tr

T = TypeVar("T")


def curriculum(lesson: Lesson, lang: str) -> str:
    """Return subjects, lessons that come before, and curriculum goals with their addresses."""
    facts = lesson.facts
    subjects = ", ".join(tr(SUBJECTS.get(one, one), lang) for one in facts.get("subjects", []))
    lines = [f"**{tr('Subjects', lang)}**: {subjects}"] if subjects else []
    before = [load(find(one)).title(lang) for one in facts.get("prerequisites", [])]
    if before:
        lines.append(
            f"**{tr('Lessons that come before', lang)}**: " + ", ".join(f"“{one}”" for one in before)
        )
    goals = [_known(frameworks(), one, lesson) for one in facts.get("curriculum", [])]
    if goals:
        lines.append(f"**{tr('Curriculum', lang)}**")
        lines.append("\n".join(
            f"- [{tr(FRAMEWORKS[goal.framework], lang)}]({goal.url}): {goal.text(lang)}"
            + (f" ({tr('grades {grades}', lang, grades=goal.grades)})" if goal.grades else "")
            for goal in goals
        ))  # fmt: skip
    return "\n\n".join(lines)


def words(lesson: Lesson, lang: str) -> str:
    """Return the lesson's words from the glossary with their meanings."""
    terms = [_known(glossary(), one, lesson) for one in lesson.facts.get("glossary", [])]
    meanings = "\n".join(f"- **{term.word(lang)}**: {term.meaning(lang)}" for term in terms)
    return f"**{tr('Words of this lesson', lang)}**\n\n{meanings}"


def _known(table: dict[str, T], name: str, lesson: Lesson) -> T:
    if name not in table:
        raise JobError(
            "{lesson} names {id}, which is in no table of kit.", code="unknown-id", lesson=lesson.id, id=name
        )
    return table[name]


def rubric(lesson: Lesson, lang: str, t: Callable[[str], str]) -> str:
    """Return the rubric as a table: a row for each criterion, a column for each level."""
    form = lesson.rubric
    if form is None:
        raise JobError("{lesson} has no {file}.", code="no-form", lesson=lesson.id, file="rubric.toml")
    heads = [tr("What we look at", lang), *map(t, form.levels)]
    rows = [[f"**{t(one.title)}**", *map(t, one.levels)] for one in form.criteria]
    return f"**{tr('How good is our work?', lang)}**\n\n{_table(heads, rows)}"


def questionnaire(lesson: Lesson, when: str, lang: str, t: Callable[[str], str]) -> str:
    """Return what pupils are asked ``before`` or ``after``: sentences with one scale in a table, choices."""
    form = lesson.questionnaire
    if form is None or when not in WHEN:
        raise JobError(
            "{lesson} has no questionnaire {when}.", code="no-form", lesson=lesson.id, when=when or "?"
        )
    items = form.asked(when)
    scale = [item for item in items if item.kind == "scale"]
    parts = [f"**{tr(WHEN[when], lang)}** · " + tr("Nobody sees who answered what: no names, please.", lang)]
    if scale:
        heads = [tr("What do you think?", lang), *(tr(step, lang) for step in SCALE)]
        parts.append(_table(heads, [[t(item.text), *["○"] * len(SCALE)] for item in scale]))
    parts += [_choice(item, t) for item in items if item.kind == "choice"]
    return "\n\n".join(parts)


def _choice(item: Item, t: Callable[[str], str]) -> str:
    return t(item.text) + "\n\n" + "\n".join(f"- ○ {t(text)}" for text in item.options.values())


def _table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |"
        for line in lines
    )
