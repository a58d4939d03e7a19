"""Pupil and teacher notebooks from one source: the same bytes every time, without outputs.

A cell of ``lesson.md`` is for both notebooks, unless it carries a tag:

==============  ====================================================================================
``teacher``     only in the teacher's notebook (notes); ``pupil``: only in the pupil's
``no-code``     the way without code: the cell's code is folded away
``code``        the way with code: what is built without code leaves the cell out, or folds away what it shows
``notebook``    about working in a notebook ("run this cell"): not on paper, not on the page without code
``parameters``  what papermill may set: dataset, station, file, language
``A B C``       only in the notebooks of these depths (``depths`` in ``lesson.toml``)
==============  ====================================================================================

Paragraphs of one directive are written by kit: ``{{title}}``, ``{{about}}``, ``{{timetable}}``,
``{{materials}}``, ``{{hour 1}}``, ``{{step look}}``, ``{{early-finish}}``, ``{{task A1}}``, ``{{licence}}``,
``{{curriculum}}``, ``{{glossary}}``, ``{{rubric}}``, ``{{questionnaire before}}`` (and ``after``). In code
``{{id}}``, ``{{language}}``, ``{{station}}``, ``{{file}}`` and ``{{depth}}`` are filled. In the teacher's
notebook every ``kit.answer("A1", …)`` is followed by the hints and by a cell that computes the right answer.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kit.errors import JobError
from kit.lesson.directives import Writer
from kit.lesson.source import Cell, Lesson, load
from kit.lesson.translate import paragraphs
from kit.text import tr

AUDIENCES = ("pupil", "teacher")
CALL = re.compile(r'kit\.answer\(\s*"(\w+)"')


def build(folder: str | Path, out: str | Path, lang: str = "en") -> tuple[Path, ...]:
    """Write ``pupil.ipynb`` and ``teacher.ipynb`` of a lesson in one language into ``out``; return them.

    A lesson of several depths gives ``pupil-a.ipynb``, ``teacher-a.ipynb``, ``pupil-b.ipynb`` … The bytes
    depend on the source only. A lesson whose source is broken raises :class:`~kit.errors.JobError` or
    :class:`~kit.errors.FileError`, and nothing is written.
    """
    lesson, out = load(folder), Path(out)
    texts = {
        out / f"{audience}{one.suffix}.ipynb": notebook_text(one, one.cells(), audience, lang)
        for one in lesson.each_depth()
        for audience in AUDIENCES
    }
    out.mkdir(parents=True, exist_ok=True)
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8", newline="\n")
    return tuple(texts)


def build_all(folder: str | Path, out: str | Path | None = None) -> list[Path]:
    """Build every language of a lesson into ``out`` (default: its ``build`` folder); return the notebooks."""
    lesson = load(folder)
    target = Path(out) if out else lesson.folder / "build"
    return [path for lang in lesson.languages for path in build(lesson.folder, target / lang, lang)]


def notebooks(folder: str | Path, lang: str, audience: str = "pupil") -> list[Path]:
    """Return the notebooks of each depth in ``lang``, or in the lesson's first language; built if absent."""
    lesson = load(folder)
    code = lang if lang in lesson.languages else lesson.languages[0]
    target = lesson.folder / "build" / code
    paths = [target / f"{audience}{one.suffix}.ipynb" for one in lesson.each_depth()]
    if not all(path.is_file() for path in paths):
        build(lesson.folder, target, code)
    return paths


def notebook_text(lesson: Lesson, cells: list[Cell], audience: str, lang: str) -> str:
    """Return one notebook as JSON text."""
    made = list(_cells(lesson, cells, audience, lang))
    titles = [
        line for cell in made if cell["cell_type"] == "markdown" for line in _headings(cell["source"], 1)
    ]
    if len(titles) != 1:
        raise JobError(
            "The {audience} notebook of {lesson} has {n} titles.", do="Write {title} once in lesson.md.",
            code="titles", audience=audience, lesson=lesson.id, n=len(titles), title="{{title}}",
        )  # fmt: skip
    notebook = {
        "cells": made,
        "metadata": {
            "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
            "kit": {
                "audience": audience, "language": lang, "lesson": lesson.id, "source": lesson.hash(),
                "licence": lesson.facts.get("licence", ""),
            }
            | ({"depth": lesson.depth} if lesson.depth else {}),
            "language_info": {"name": "python"},
            "title": lesson.title(lang),
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }  # fmt: skip
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _cells(lesson: Lesson, cells: list[Cell], audience: str, lang: str) -> Iterator[dict[str, Any]]:
    """Yield the notebook's cells; an id depends on the source alone, so it is the same in every language."""
    writer = Writer(lesson, lang)
    seen: dict[str, int] = {}

    def cell(kind: str, key: str, source: str, tags: tuple[str, ...]) -> dict[str, Any]:
        seen[key] = seen.get(key, -1) + 1
        name = hashlib.sha256(f"{lesson.id}\n{key}\n{seen[key]}".encode()).hexdigest()[:10]
        meta: dict[str, Any] = {"tags": sorted(tags)} if tags else {}
        if "no-code" in tags:
            meta["jupyter"] = {"source_hidden": True}
        made: dict[str, Any] = {"cell_type": kind, "id": name, "metadata": meta, "source": _lines(source)}
        return made | {"execution_count": None, "outputs": []} if kind == "code" else made

    for one in cells:
        if set(one.tags) & (set(AUDIENCES) - {audience}):
            continue
        if one.kind == "markdown":
            text = writer.markdown(one.source)
            if "teacher" in one.tags:
                text = f"**{tr('For the teacher', lang)}**\n\n{text}"
            yield cell("markdown", one.source, text, one.tags)
            continue
        yield cell("code", one.source, writer.code(one.source), one.tags)
        if audience == "teacher":
            for task in CALL.findall(one.source):
                yield cell("markdown", f"notes {task}", writer.notes(task), ("answer",))
                yield cell("code", f"answer {task}", f'kit.solution("{task}", now=True)', ("answer",))


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _headings(source: list[str], level: int) -> list[str]:
    blocks = paragraphs("".join(source))
    return [block for block in blocks if block.startswith("#" * level + " ")]
