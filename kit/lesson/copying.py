"""A lesson as a teacher's own version of it: which choices she made, and the files that they give.

The files depend on the origin and the choices only, so ``kit lesson update`` can make them again from an
origin that has changed and see what is new there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from kit import vocab
from kit.errors import NotFoundError, UsageError
from kit.lesson.cells import Piece, joined, split
from kit.lesson.forms import QUESTIONNAIRE, RUBRIC
from kit.lesson.minutes import length, new_minutes
from kit.lesson.record import read_text, read_toml
from kit.lesson.source import Lesson
from kit.lesson.translate import Translation, paragraphs
from kit.lesson.written import to_toml

_ANSWER = re.compile(r'^[^\n]*kit\.answer\(\s*"(\w+)"[^\n]*\n?', re.M)
_SPAN = re.compile(r"`[^`\n]+`")


@dataclass(frozen=True)
class Choices:
    """What a teacher chose when she made a lesson her own; "" and () mean: as it is in the origin.

    ``minutes`` are those of one hour, or by step. ``since`` and ``until`` are dates (2026-03-01).
    ``variables`` says which variable takes the place of which; ``without`` names tasks that are left out.
    """

    lang: str
    title: str = ""
    minutes: int | Mapping[str, int] | None = None
    station: str = ""
    file: str = ""
    since: str = ""
    until: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return what was chosen, as it is kept."""
        return {key: value for key, value in asdict(self).items() if value}

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> Choices:
        """Return what :meth:`to_dict` gave."""
        return cls(**{**table, "without": tuple(table.get("without", ()))})

    def check(self, old: Lesson) -> None:
        """Raise :class:`~kit.errors.KitError` for dates, variables and tasks that cannot be."""
        for name, moment in (("since", self.since), ("until", self.until)):
            try:
                date.fromisoformat(moment or "2000-01-01")
            except ValueError:
                raise UsageError(
                    "{name}: {value} is not a date.", do="Write it like 2026-03-01.", code="date",
                    name=name, value=moment,
                ) from None  # fmt: skip
        if self.since and self.until and self.since > self.until:
            raise UsageError("The first day ({since}) is after the last one ({until}).", code="date",
                             since=self.since, until=self.until)  # fmt: skip
        ours = list(old.facts.get("variables", []))
        for one, other in self.variables.items():
            if one not in ours:
                raise NotFoundError(
                    "{lesson} has no variable {name}.", do="It has: {known}.", code="unknown-variable",
                    lesson=old.id, name=one, known=", ".join(ours) or "–",
                )  # fmt: skip
            vocab.variable(other)
        for task in self.without:
            if task not in old.tasks:
                raise NotFoundError(
                    "{lesson} has no task {task}.", do="It has: {known}.", code="unknown-task",
                    lesson=old.id, task=task, known=", ".join(old.tasks),
                )  # fmt: skip


def files_of(old: Lesson, name: str, choices: Choices) -> dict[str, str]:
    """Return the texts of the own version ``name`` of a lesson, by the names of their files."""
    words = old.translation(choices.lang)
    return {
        "lesson.toml": to_toml(_facts(old, name, words, choices)),
        "lesson.md": _source(old, words, choices),
        "answers.toml": to_toml(_tasks(old, words, choices)),
        **{file: to_toml(table) for file, table in _forms(old, words).items()},
    }


def _facts(old: Lesson, name: str, words: Translation, choices: Choices) -> dict[str, Any]:
    facts = {**old.facts, "id": name, "title": choices.title or words.text(str(old.facts["title"]))}
    facts |= {"version": "1", "source": choices.lang, "languages": [choices.lang]}
    for key in ("questions", "objectives", "materials"):
        facts[key] = [words.text(text) for text in old.facts.get(key, [])]
    facts.pop("read_by", None)
    if old.help_in:
        facts["help_in"] = [code for code in old.help_in if code != choices.lang]
    if old.least.text:
        facts["minimum"] = {**old.facts["minimum"], "text": words.text(old.least.text)}
    facts["origin"] = origin_of(old, choices.lang)
    facts["hours"] = _hours(old, words, choices.minutes)
    own = {"station": choices.station, "file": choices.file} if choices.station else {}
    own |= {key: getattr(choices, key) for key in ("file", "since", "until") if getattr(choices, key)}
    if own:
        facts["parameters"] = {**facts.get("parameters", {}), **own}
    if choices.station:
        facts.pop("sample", None)
    return _renamed(facts, choices.variables) if choices.variables else facts


def origin_of(old: Lesson, lang: str) -> dict[str, str]:
    """Return what an own version says of its origin."""
    return {
        "lesson": old.id,
        "title": old.title(lang),
        "version": str(old.facts.get("version", "1")),
        "licence": str(old.facts.get("licence", "")),
        "hash": old.hash(),
    }


def _renamed(facts: dict[str, Any], variables: Mapping[str, str]) -> dict[str, Any]:
    """Return facts about other variables."""
    named = [variables.get(one, one) for one in facts.get("variables", [])]
    least = dict(facts.get("minimum", {}))
    if "needs" in least:
        needs = [{**need, "variable": variables.get(need["variable"], need["variable"])}
                 for need in least["needs"]]  # fmt: skip
        least["needs"] = needs
    return {**facts, "variables": list(dict.fromkeys(named)), "minimum": least}


def _hours(old: Lesson, words: Translation, minutes: int | Mapping[str, int] | None) -> list[dict[str, Any]]:
    hours = []
    for hour in old.hours:
        steps = new_minutes(hour, minutes, old.depths)
        total = minutes if isinstance(minutes, int) else hour.minutes
        hours.append(
            {
                "title": words.text(hour.title),
                "minutes": length(hour, steps, old) if isinstance(minutes, Mapping) else total,
                "steps": [
                    {"id": step.id, "title": words.text(step.title), "minutes": time, "who": step.who}
                    | ({"stop": True} if step.stop else {})
                    | ({"depths": list(step.depths)} if step.depths else {})
                    for step, time in zip(hour.steps, steps, strict=True)
                ],
            }
        )
    return hours


def _source(old: Lesson, words: Translation, choices: Choices) -> str:
    """Return ``lesson.md`` in the new language, directives and tags as they were."""
    text = read_text(old.folder / "lesson.md")
    head, pieces = split(text)
    made = [one for one in (_piece(one, words, choices) for one in pieces) if one.cell.source.strip()]
    return text if made == pieces else joined(head, made)


def _piece(old: Piece, words: Translation, choices: Choices) -> Piece:
    source = old.cell.source
    if old.cell.kind == "code":
        source = words.code(source, marks=True) if words.lang != words.source else source
        source = in_code(_ANSWER.sub(lambda call: "" if call[1] in choices.without else call[0], source),
                         choices.variables)  # fmt: skip
        return old.changed(source.rstrip("\n"))
    asked = {f"{{{{task {task}}}}}" for task in choices.without}
    if asked & set(paragraphs(source)):
        source = "\n\n".join(block for block in paragraphs(source) if block not in asked)
    source = _SPAN.sub(lambda code: in_code(code[0], choices.variables), words.markdown(source))
    return old.changed(source)


def in_code(code: str, variables: Mapping[str, str]) -> str:
    """Return code in which other variables are named.

    >>> in_code("shared.readings('pm25')", {"pm25": "pm10"})
    "shared.readings('pm10')"
    """
    for one, other in variables.items():
        for quote in ("'", '"'):
            code = code.replace(f"{quote}{one}{quote}", f"{quote}{other}{quote}")
    return code


def _tasks(old: Lesson, words: Translation, choices: Choices) -> dict[str, Any]:
    """Return ``answers.toml`` in the new language."""
    renamed = choices.variables
    values = {name: in_code(code, renamed) for name, code in old.values.items()}
    tasks: dict[str, Any] = {"values": values} if values else {}
    for name, task in old.tasks.items():
        if name in choices.without:
            continue
        table: dict[str, Any] = {"kind": task.kind, "question": words.text(task.question)}
        for key in ("code", "answer", "variable", "tolerance", "digits"):
            if getattr(task, key):
                table[key] = getattr(task, key)
        if task.code:
            table["code"] = in_code(task.code, renamed)
        if task.variable in renamed:
            table["variable"] = renamed[task.variable]
        if task.unit:
            table["unit"] = words.text(task.unit) if task.unit_words else task.unit
        if task.hints:
            table["hints"] = [words.text(hint) for hint in task.hints]
        if task.explain:
            table["explain"] = words.text(task.explain)
        if task.depths:
            table["depths"] = list(task.depths)
        if task.options:
            table["options"] = {letter: words.text(text) for letter, text in task.options.items()}
        tasks[name] = table
    return tasks


def _forms(old: Lesson, words: Translation) -> dict[str, dict[str, Any]]:
    """Return the rubric and the questionnaire in the new language, by the name of their file."""

    def said(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: said(one, key if key == "options" else name) for name, one in value.items()}
        if isinstance(value, list):
            return [said(one, key) for one in value]
        return words.text(value) if key in ("text", "title", "levels", "options") else value

    paths = [old.folder / name for name in (RUBRIC, QUESTIONNAIRE)]
    return {path.name: said(read_toml(path)) for path in paths if path.is_file()}
