"""A lesson's folder as it is written: what it says about itself, its cells, its tasks."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from kit.classroom.tasks import Task
from kit.errors import FileError, NotFoundError, UsageError
from kit.lesson.forms import QUESTIONNAIRE, RUBRIC, Questionnaire, Rubric
from kit.lesson.least import Least
from kit.lesson.record import read_text, read_toml, record, records
from kit.lesson.translate import Translation
from kit.lesson.values import read_values
from kit.text import N_, language, tr

FILES = ("lesson.toml", "lesson.md", "answers.toml")
#: How much of the work is shown; a lesson has none of these (it is one), or some.
DEPTHS = {"A": N_("guided"), "B": N_("partly open"), "C": N_("own inquiry")}
#: Pupils work at most this share of an hour: 30 of 45 minutes.
MOST_WORK = 30 / 45
#: Who works in a step. Only the first counts as pupils' work.
WHO = {
    "pupils": N_("pupils work, in pairs"),
    "together": N_("all together"),
    "teacher": N_("the teacher shows"),
}


@dataclass(frozen=True)
class Step:
    """One step of an hour: how long, and who works. ``stop`` marks an early finish after it.

    ``depths`` names the depths that have it; none means all.
    """

    id: str
    title: str
    minutes: int
    who: str = "pupils"
    stop: bool = False
    depths: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Hour:
    """An hour as it is written, its steps apart."""

    title: str
    minutes: int = 45


@dataclass(frozen=True)
class Hour:
    """One lesson hour of ``minutes`` minutes and its steps, in order."""

    id: str
    title: str
    minutes: int
    steps: tuple[Step, ...]

    @property
    def pupils(self) -> int:
        """Minutes of pupils' own work."""
        return sum(step.minutes for step in self.steps if step.who == "pupils")


@dataclass(frozen=True)
class Cell:
    """One cell of the source: ``kind`` is "markdown" or "code"."""

    kind: str
    source: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lesson:
    """A lesson as its folder says. Texts are English (or the teacher's own language).

    ``depth`` is "" for the whole source; :meth:`at` gives the lesson of one depth.
    """

    folder: Path
    id: str
    facts: Mapping[str, Any]
    hours: tuple[Hour, ...]
    tasks: Mapping[str, Task] = field(repr=False)
    least: Least = field(repr=False)
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    rubric: Rubric | None = field(default=None, repr=False)
    questionnaire: Questionnaire | None = field(default=None, repr=False)
    depth: str = ""

    @property
    def ages(self) -> str:
        """The ages it is for, e.g. "13-15"."""
        return str(self.facts["ages"])

    @property
    def minutes(self) -> int:
        """Minutes of all its hours."""
        return sum(hour.minutes for hour in self.hours)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which it is complete."""
        return tuple(self.facts.get("languages", ["en"]))

    @property
    def help_in(self) -> tuple[str, ...]:
        """Further languages in which pupils get the tasks, hints and answers when they ask for help."""
        return tuple(self.facts.get("help_in", ()))

    @property
    def source(self) -> str:
        """The language of ``lesson.md``: English, or a teacher's own in an adapted lesson."""
        return str(self.facts.get("source", "en"))

    @property
    def depths(self) -> tuple[str, ...]:
        """Its depths, e.g. ("A", "B", "C"); none means that there is one way through it."""
        return tuple(self.facts.get("depths", ()))

    def at(self, depth: str) -> Lesson:
        """Return the lesson of one depth: its steps, tasks and criteria; an unknown one raises an error."""
        if depth not in self.depths:
            raise NotFoundError(
                "{lesson} has no depth {depth}.", do="It has: {known}.", code="unknown-depth",
                lesson=self.id, depth=depth, known=", ".join(self.depths) or tr("none"),
            )  # fmt: skip
        hours = tuple(replace(one, steps=_of(depth, one.steps)) for one in self.hours)
        tasks = {name: task for name, task in self.tasks.items() if not task.depths or depth in task.depths}
        rubric = self.rubric and replace(self.rubric, criteria=_of(depth, self.rubric.criteria))
        return replace(self, hours=hours, tasks=tasks, rubric=rubric, depth=depth)

    def each_depth(self) -> tuple[Lesson, ...]:
        """Return the lesson of every depth; a lesson without depths is its own only one."""
        return tuple(self.at(depth) for depth in self.depths) or (self,)

    @property
    def suffix(self) -> str:
        """What tells the notebooks of its depths apart: "-a", or "" where there is only one."""
        return f"-{self.depth.lower()}" if self.depth and len(self.depths) > 1 else ""

    def read_by(self, lang: str | None) -> str:
        """Who read the text in ``lang``; "" means: no teacher yet."""
        return str(self.facts.get("read_by", {}).get(language(lang), ""))

    def translation(self, lang: str | None) -> Translation:
        """Return the translation of this lesson into ``lang``."""
        return Translation.of(self.folder, lang, self.source)

    @property
    def parameters(self) -> Mapping[str, str]:
        """What a notebook can be run with, and its defaults."""
        return {"station": "", "file": "", **self.facts.get("parameters", {})}

    def title(self, lang: str | None = None) -> str:
        """Return the title in ``lang``."""
        return self.translation(lang).text(str(self.facts["title"]), mark=False)

    def to_dict(self) -> dict[str, Any]:
        """Return what ``kit lesson list --json`` prints."""
        return {
            "id": self.id,
            "title": {lang: self.title(lang) for lang in self.languages},
            "ages": self.ages,
            "minutes": self.minutes,
            "languages": list(self.languages),
            "depths": list(self.depths),
            "subjects": list(self.facts.get("subjects", [])),
            "curriculum": list(self.facts.get("curriculum", [])),
            "prerequisites": list(self.facts.get("prerequisites", [])),
            "version": str(self.facts.get("version", "")),
            "licence": self.facts.get("licence", ""),
            "origin": dict(self.facts.get("origin", {})),
            "folder": str(self.folder),
        }

    def cells(self) -> list[Cell]:
        """Return the cells of ``lesson.md`` (slow: Jupytext is loaded)."""
        cells = read_cells(read_text(self.folder / "lesson.md"))
        others = set(DEPTHS) - {self.depth} if self.depth else set()
        return [cell for cell in cells if self.depth in cell.tags or not others.intersection(cell.tags)]

    def texts(self) -> list[str]:
        """Return the texts of ``lesson.toml`` that people read, in order."""
        facts = self.facts
        found = [str(facts["title"]), *facts.get("questions", []), *facts.get("objectives", [])]
        found += [*facts.get("materials", []), self.least.text]
        for hour in self.hours:
            found += [hour.title, *(step.title for step in hour.steps)]
        for form in (self.rubric, self.questionnaire):
            found += form.texts() if form else []
        return [text for text in found if text]

    def hash(self) -> str:
        """Return the SHA-256 of the source (text, tasks, facts, translations), as hex digits."""
        digest = hashlib.sha256()
        forms = [path for path in (self.folder / RUBRIC, self.folder / QUESTIONNAIRE) if path.is_file()]
        written = [self.folder / name for name in FILES] + forms
        for path in written + sorted((self.folder / "locale").glob("*.po")):
            digest.update(path.name.encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
        return digest.hexdigest()


def _of(depth: str, parts: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(part for part in parts if not part.depths or depth in part.depths)


@lru_cache(maxsize=16)
def read_cells(text: str) -> tuple[Cell, ...]:
    """Return the cells of a text in Jupytext Markdown; a broken one raises :class:`~kit.errors.FileError`."""
    import jupytext

    try:
        cells = jupytext.reads(text, fmt="md").cells
    except (
        Exception
    ) as wrong:  # whatever Jupytext and its YAML reader raise over a broken head or broken tags
        raise FileError(
            "{file} cannot be read: its head (between two lines of ---) or the tags of a cell are broken.",
            do="Compare them with those of a lesson that works.", file="lesson.md",
        ) from wrong  # fmt: skip
    return tuple(
        Cell(cell.cell_type, cell.source, tuple(cell.metadata.get("tags", ())))
        for cell in cells
        if cell.source.strip()
    )


def load(folder: str | Path) -> Lesson:
    """Read a lesson's folder; what cannot be read raises :class:`~kit.errors.FileError`."""
    folder = find(folder)
    facts = read_toml(folder / "lesson.toml")
    record(_Facts, facts, "lesson.toml", apart=("hours", "minimum", "sample"))
    written = read_toml(folder / "answers.toml")
    values = read_values(written.pop("values", {}))
    tasks = {name: _task(name, table) for name, table in written.items()}
    return Lesson(
        folder, str(facts.get("id", folder.name)), facts, _hours(facts.get("hours")), tasks,
        Least.read(facts.get("minimum", {})), values, Rubric.of(folder), Questionnaire.of(folder),
    )  # fmt: skip


@dataclass(frozen=True)
class _Facts:
    """The keys of ``lesson.toml`` and what each must be; hours, least data and the sample are read apart."""

    title: str
    ages: str
    id: str = ""
    version: str = ""
    source: str = "en"
    uploads: bool = True
    samples: tuple[str, ...] = ()
    licence: str = ""
    depths: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    help_in: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    prerequisites: tuple[str, ...] = ()
    curriculum: tuple[str, ...] = ()
    glossary: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    objectives: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    read_by: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    origin: Mapping[str, str] = field(default_factory=dict)


def _task(name: str, table: object) -> Task:
    named = {**table, "id": name} if isinstance(table, Mapping) else table
    return record(Task, named, "answers.toml", name)


def _hours(tables: object) -> tuple[Hour, ...]:
    """Read ``[[hours]]`` and their steps."""
    plain = records(_Hour, tables, "lesson.toml", "hours", apart=("steps",))
    hours = []
    for number, (hour, table) in enumerate(zip(plain, tables, strict=True), start=1):  # type: ignore[call-overload]
        steps = records(Step, table.get("steps", []), "lesson.toml", f"hours.{number}.steps")
        hours.append(Hour(str(number), hour.title, hour.minutes, steps))
    return tuple(hours)


def _places() -> list[Path]:
    """Folders that may hold lessons: from here upwards, then those that come with kit."""
    package = Path(__file__).parents[1]
    here = Path.cwd()
    found = [Path(os.environ["KIT_LESSONS"])] if os.environ.get("KIT_LESSONS") else []
    for folder in (here, *here.parents):
        found += [folder, folder / "lessons", folder / "my-lessons"]
    return [*found, package.parent / "lessons", package / "_shipped" / "lessons"]


def find(lesson: str | Path) -> Path:
    """Return the folder of a lesson, given the folder itself, its id or the beginning of it, such as "03".

    Looked for in the folder itself, here and upwards (also in ``lessons/`` and ``my-lessons/``), then
    among the lessons that come with kit. Of several that begin so, the only one that is nobody's own version
    of another is meant. An unknown one raises :class:`~kit.errors.NotFoundError`, one that may be several
    :class:`~kit.errors.UsageError`.
    """
    if (Path(lesson) / "lesson.toml").is_file():
        return Path(lesson).resolve()
    name = str(lesson)
    for place in _places():
        if (place / "lesson.toml").is_file() and place.name == name:
            return place
        if name and (place / name / "lesson.toml").is_file():
            return place / name
    return _that_begins(name)


def _that_begins(name: str) -> Path:
    """Return the folder of the lesson whose id begins so; a number is whole ("0" is not "03")."""
    every = list_lessons()
    begin = [one for one in every if name and re.match(rf"{re.escape(name)}(?![0-9])", one.id)]
    found = [one for one in begin if not one.facts.get("origin")] if len(begin) > 1 else begin
    if len(found) == 1:
        return found[0].folder
    if begin:
        raise UsageError(
            "Which lesson is {name}?", do="Write more of its name: {known}.", code="which-lesson",
            name=name, known=", ".join(one.id for one in begin),
        )  # fmt: skip
    known = ", ".join(one.id for one in every)
    raise NotFoundError(
        "There is no lesson named {lesson}.", do="Known lessons: {known}.",
        code="unknown-lesson", lesson=name, known=known or tr("none"),
    )  # fmt: skip


def folders() -> list[Path]:
    """Return the folders of the lessons from here upwards and of those that come with kit, by name."""
    found: dict[str, Path] = {}
    for place in _places():
        if not place.is_dir() or place.name not in ("lessons", "my-lessons"):
            continue
        for path in place.glob("*/lesson.toml"):
            found.setdefault(path.parent.name, path.parent)
    return [found[name] for name in sorted(found)]


def list_lessons() -> list[Lesson]:
    """Return the lessons of :func:`folders` that can be read.

    A teacher's half-written lesson must not keep a class from the others; ``kit lesson validate`` names
    what is wrong with it.
    """
    lessons = []
    for folder in folders():
        with suppress(FileError):
            lessons.append(load(folder))
    return lessons
