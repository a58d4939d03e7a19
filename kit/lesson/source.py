"""A lesson's folder as it is written: what it says about itself, its cells, its tasks."""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kit.classroom.tasks import Task
from kit.errors import FileError, NotFoundError
from kit.lesson.translate import Translation
from kit.text import N_, tr

FILES = ("lesson.toml", "lesson.md", "answers.toml")
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
    """One step of an hour: how long, and who works. ``stop`` marks an early finish after it."""

    id: str
    title: str
    minutes: int
    who: str = "pupils"
    stop: bool = False


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
    """A lesson as its folder says. Texts are English (or the teacher's own language)."""

    folder: Path
    id: str
    facts: Mapping[str, Any]
    hours: tuple[Hour, ...]
    tasks: Mapping[str, Task] = field(repr=False)

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
    def source(self) -> str:
        """The language of ``lesson.md``: English, or a teacher's own in an adapted lesson."""
        return str(self.facts.get("source", "en"))

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
            "licence": self.facts.get("licence", ""),
            "origin": dict(self.facts.get("origin", {})),
            "folder": str(self.folder),
        }

    def cells(self) -> list[Cell]:
        """Return the cells of ``lesson.md`` (slow: Jupytext is loaded)."""
        import jupytext

        notebook = jupytext.reads((self.folder / "lesson.md").read_text(encoding="utf-8"), fmt="md")
        return [
            Cell(cell.cell_type, cell.source, tuple(cell.metadata.get("tags", ())))
            for cell in notebook.cells
            if cell.source.strip()
        ]

    def texts(self) -> list[str]:
        """Return the texts of ``lesson.toml`` that people read, in order."""
        facts = self.facts
        found = [str(facts["title"]), *facts.get("questions", []), *facts.get("objectives", [])]
        found += [*facts.get("materials", []), str(facts.get("minimum", ""))]
        for hour in self.hours:
            found += [hour.title, *(step.title for step in hour.steps)]
        return [text for text in found if text]

    def hash(self) -> str:
        """Return the SHA-256 of the source (text, tasks, facts, translations), as hex digits."""
        digest = hashlib.sha256()
        for path in [self.folder / name for name in FILES] + sorted((self.folder / "locale").glob("*.po")):
            digest.update(path.name.encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
        return digest.hexdigest()


def load(folder: str | Path) -> Lesson:
    """Read a lesson's folder; what cannot be read raises :class:`~kit.errors.FileError`."""
    folder = find(folder)
    facts = _toml(folder / "lesson.toml")
    for key in ("title", "ages", "hours"):
        if key not in facts:
            raise FileError(
                "{file} does not say {key}.", do="Add a line {key} = …", file="lesson.toml", key=key
            )
    hours = tuple(
        Hour(
            str(number), str(hour["title"]), int(hour.get("minutes", 45)),
            tuple(Step(**step) for step in hour.get("steps", ())),
        )
        for number, hour in enumerate(facts["hours"], start=1)
    )  # fmt: skip
    tasks = {name: Task.read(name, task) for name, task in _toml(folder / "answers.toml").items()}
    return Lesson(folder, str(facts.get("id", folder.name)), facts, hours, tasks)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FileError("{file} is missing in {folder}.", file=path.name, folder=path.parent.name) from None
    except tomllib.TOMLDecodeError as wrong:
        place = re.search(r"line (\d+)", str(wrong))
        line = int(place[1]) if place else path.read_text(encoding="utf-8").count("\n") + 1
        raise FileError(
            "{file} cannot be read: something is missing or too much in line {line}, or just before it.",
            do="Look there: every quotation mark and every bracket needs its partner. Save, and try again.",
            file=path.name, line=line,
        ) from wrong  # fmt: skip


def _places() -> list[Path]:
    """Folders that may hold lessons: from here upwards, then those that come with kit."""
    package = Path(__file__).parents[1]
    here = Path.cwd()
    found = [Path(os.environ["KIT_LESSONS"])] if os.environ.get("KIT_LESSONS") else []
    for folder in (here, *here.parents):
        found += [folder, folder / "lessons", folder / "my-lessons"]
    return [*found, package.parent / "lessons", package / "_shipped" / "lessons"]


def find(lesson: str | Path) -> Path:
    """Return the folder of a lesson, given its id or the folder itself.

    Looked for in the folder itself, here and upwards (also in ``lessons/`` and ``my-lessons/``), then
    among the lessons that come with kit. An unknown one raises :class:`~kit.errors.NotFoundError`.
    """
    if (Path(lesson) / "lesson.toml").is_file():
        return Path(lesson).resolve()
    name = str(lesson)
    for place in _places():
        if (place / "lesson.toml").is_file() and place.name == name:
            return place
        if name and (place / name / "lesson.toml").is_file():
            return place / name
    known = ", ".join(one.id for one in list_lessons())
    raise NotFoundError(
        "There is no lesson named {lesson}.", do="Known lessons: {known}.",
        code="unknown-lesson", lesson=name, known=known or tr("none"),
    )  # fmt: skip


def list_lessons() -> list[Lesson]:
    """Return the lessons found from here upwards and those that come with kit, by id."""
    found: dict[str, Lesson] = {}
    for place in _places():
        if not place.is_dir() or place.name not in ("lessons", "my-lessons"):
            continue
        for path in sorted(place.glob("*/lesson.toml")):
            if path.parent.name not in found:
                found[path.parent.name] = load(path.parent)
    return [found[name] for name in sorted(found)]
