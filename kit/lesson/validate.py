"""What is missing or wrong in a lesson, in plain sentences."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from kit.classroom.tasks import Task
from kit.errors import KitError
from kit.lesson.build import AUDIENCES, notebook_text
from kit.lesson.directives import Writer
from kit.lesson.facts import facts_wrong, forms_wrong
from kit.lesson.source import DEPTHS, MOST_WORK, WHO, Cell, Lesson, load
from kit.lesson.translate import help_texts, lesson_texts, paragraphs, status
from kit.text import tr

PARAMETERS = ("dataset", "station", "file", "language")
#: What a cell may be tagged; a slip here would show pupils what is for the teacher.
TAGS = (*AUDIENCES, "no-code", "code", "notebook", "parameters", "setup", *DEPTHS)
_CALL = re.compile(r'kit\.answer\(\s*"(\w+)"')
_IMAGE = re.compile(r"!\[([^\]]*)\]\(")
_KEPT = re.compile(r"`[^`]+`|\]\([^)]+\)|\{\{[^{}]+\}\}")


def validate(folder: str | Path) -> list[str]:
    """Return everything that is missing or wrong in a lesson, one plain sentence each; empty if nothing.

    Checked: facts, minutes, pupils' work, early finish, steps in order, tasks and their answers and hints, a
    way without code, headings, alternative texts, code that Python can read, parameters, licence, ids of
    other tables, rubric, questionnaire, translations; all of it for every depth.
    """
    found: list[str] = []
    try:
        lesson = load(folder)
        found += [*facts_wrong(lesson), *forms_wrong(lesson)]
        found += _values(lesson)
        found += [problem for task in lesson.tasks.values() for problem in _task(task)]
        found += _depths(lesson)
        for lang in lesson.languages:
            found += _translation(lesson, lang, lesson_texts(lesson))
        for lang in lesson.help_in if not lesson.facts.get("origin") else ():
            found += _translation(lesson, lang, help_texts(lesson))
        if not set(lesson.depths) <= set(DEPTHS):
            return list(dict.fromkeys(found))
        for one in lesson.each_depth():
            where = tr("Depth {depth}", depth=one.depth) + ": " if one.suffix else ""
            for problem in _of_one(one):
                found.append(where + problem)  # one by one: a broken build hides nothing found before
    except KitError as wrong:
        found.append(str(wrong))
    return list(dict.fromkeys(found))


def _of_one(lesson: Lesson) -> Iterator[str]:
    """Check the lesson of one depth, up to what its readers see in the built notebooks."""
    cells = lesson.cells()
    yield from [*_minutes(lesson), *_directives(lesson, cells), *_tasks(lesson, cells)]
    yield from _cells(lesson, cells)
    for lang in lesson.languages:
        for audience in AUDIENCES:
            yield from _headings(lesson, notebook_cells(lesson, cells, audience, lang), audience)


def _depths(lesson: Lesson) -> Iterator[str]:
    """Check tags, and compare the depths that cells, steps, tasks and criteria name with the lesson's."""
    named = {f"{step.id}": step.depths for hour in lesson.hours for step in hour.steps}
    named |= {name: task.depths for name, task in lesson.tasks.items()}
    named |= {one.id: one.depths for one in (lesson.rubric.criteria if lesson.rubric else ())}
    for cell in lesson.cells():
        for tag in cell.tags:
            if tag not in TAGS:
                yield tr(
                    "lesson.md: a cell is tagged {tag}, which kit does not know. Known: {known}.",
                    tag=tag, known=", ".join(TAGS),
                )  # fmt: skip
        named[cell.source.split("\n")[0]] = tuple(tag for tag in cell.tags if tag in DEPTHS)
    for name, depths in named.items():
        for depth in depths:
            if depth not in lesson.depths:
                yield tr("“{name}” is for depth {depth}, which lesson.toml does not name in depths.",
                         name=_short(name), depth=depth)  # fmt: skip
    starts = [cell.source for cell in lesson.cells() if "lesson.start(" in cell.source]
    if len(lesson.depths) > 1 and not all('depth="{{depth}}"' in source for source in starts):
        yield tr("lesson.md starts the lesson without {words}.", words='depth="{{depth}}"')


def notebook_cells(lesson: Lesson, cells: list[Cell], audience: str, lang: str) -> list[str]:
    """Return the Markdown cells of one built notebook."""
    import json

    built = json.loads(notebook_text(lesson, cells, audience, lang))["cells"]
    return ["".join(cell["source"]) for cell in built if cell["cell_type"] == "markdown"]


def _minutes(lesson: Lesson) -> Iterator[str]:
    for hour in lesson.hours:
        total = sum(step.minutes for step in hour.steps)
        if total != hour.minutes:
            yield tr("Hour {n}: its steps take {total} minutes, not {minutes}.", n=hour.id, total=total,
                     minutes=hour.minutes)  # fmt: skip
        if hour.pupils > MOST_WORK * hour.minutes + 1e-9:
            yield tr("Hour {n}: pupils work {work} minutes; at most {most} are allowed.", n=hour.id,
                     work=hour.pupils, most=int(MOST_WORK * hour.minutes))  # fmt: skip
        for step in hour.steps:
            if step.minutes < 1:
                yield tr("Step {step} takes no time.", step=step.id)
            if step.who not in WHO:
                yield tr("Step {step}: who works is {who}, not one of {known}.", step=step.id, who=step.who,
                         known=", ".join(WHO))  # fmt: skip
    if not any(step.stop for hour in lesson.hours for step in hour.steps):
        yield tr("No step is marked as an early finish (stop = true).")


def _directives(lesson: Lesson, cells: list[Cell]) -> Iterator[str]:
    """Compare the order of hours, steps and early finishes in the text with the plan."""
    written = [block for cell in cells if cell.kind == "markdown" for block in paragraphs(cell.source)]
    found = [block for block in written if re.match(r"^\{\{(hour|step|early-finish)", block)]
    wanted = []
    for hour in lesson.hours:
        wanted.append(f"{{{{hour {hour.id}}}}}")
        for step in hour.steps:
            wanted.append(f"{{{{step {step.id}}}}}")
            if step.stop:
                wanted.append("{{early-finish}}")
    for number, (one, other) in enumerate(zip(found, wanted, strict=False), start=1):
        if one != other:
            yield tr("lesson.md: mark number {n} is {found}; by lesson.toml it should be {wanted}.", n=number,
                     found=one, wanted=other)  # fmt: skip
            return
    for one in found[len(wanted) :]:
        yield tr("lesson.md: {mark} is not in lesson.toml.", mark=one)
    for one in wanted[len(found) :]:
        yield tr("lesson.md: {mark} is missing.", mark=one)


def _tasks(lesson: Lesson, cells: list[Cell]) -> Iterator[str]:
    code = "\n".join(cell.source for cell in cells if cell.kind == "code")
    text = "\n".join(cell.source for cell in cells if cell.kind == "markdown")
    for name in _CALL.findall(code):
        if name not in lesson.tasks:
            yield tr("lesson.md asks for task {task}, which is not in answers.toml.", task=name)
    for name in lesson.tasks:
        if f'kit.answer("{name}"' not in code:
            yield tr("Task {task} is never answered in lesson.md.", task=name)
        if f"{{{{task {name}}}}}" not in text:
            yield tr("Task {task} is never asked in lesson.md.", task=name)


def _values(lesson: Lesson) -> Iterator[str]:
    for name, code in lesson.values.items():
        if not _readable(code, "eval"):
            yield tr("Value {name}: Python cannot read its code.", name=name)


def _task(task: Task) -> Iterator[str]:
    if task.kind == "text":
        return
    if not (task.code or task.answer):
        yield tr("Task {task} has no right answer.", task=task.id)
    if task.code and not _readable(task.code, "eval"):
        yield tr("Task {task}: Python cannot read its code.", task=task.id)
    if len(task.hints) < 2:
        yield tr("Task {task} has fewer than two hints.", task=task.id)
    if not task.explain:
        yield tr("Task {task} does not explain its answer.", task=task.id)
    if task.kind in ("choice", "choices") and len(task.options) < 2:
        yield tr("Task {task} has fewer than two choices.", task=task.id)
    if task.answer and task.options and not set(task.answer.replace(",", " ").split()) <= set(task.options):
        yield tr("Task {task}: the right answer is none of its choices.", task=task.id)


def _cells(lesson: Lesson, cells: list[Cell]) -> Iterator[str]:
    named = [cell for cell in cells if "parameters" in cell.tags]
    if len(named) != 1:
        yield tr("lesson.md has {n} cells tagged parameters; it needs one.", n=len(named))
    for name in PARAMETERS:
        if named and not re.search(rf"^{name} = ", named[0].source, re.M):
            yield tr("The parameters cell does not set {name}.", name=name)
    writer = Writer(lesson, lesson.source)
    ways: dict[str, set[str]] = {}
    step = ""
    for cell in cells:
        if cell.kind == "markdown":
            step = ([step, *re.findall(r"^\{\{step ([\w-]+)\}\}$", cell.source, re.M)])[-1]
            continue
        ways.setdefault(step, set()).update(cell.tags)
        if not _readable(writer.code(cell.source), "exec"):
            yield tr("Python cannot read this cell: {line}", line=cell.source.split("\n")[0])
    for name, tags in ways.items():
        if "code" in tags and "no-code" not in tags:
            yield tr("Step {step} has code to write and no way without code.", step=name)


def _readable(code: str, mode: str) -> bool:
    try:
        ast.parse(code, mode=mode)
    except SyntaxError:
        return False
    return True


def _translation(lesson: Lesson, lang: str, texts: list[str]) -> Iterator[str]:
    if lang == lesson.source:
        return
    translation = lesson.translation(lang)
    missing, stale = status(texts, translation)
    for text in missing:
        yield tr("Not translated ({lang}): {text}", lang=lang, text=_short(text))
    for text in stale:
        yield tr(
            "The translation ({lang}) was made for an older wording: {text}", lang=lang, text=_short(text)
        )
    for text in texts:
        done = translation.texts.get(text)
        if done and Counter(_KEPT.findall(text)) != Counter(_KEPT.findall(done)):
            yield tr("Code or links differ in the translation ({lang}): {text}", lang=lang, text=_short(text))


def _short(text: str) -> str:
    line = text.replace("\n", " ")
    return line if len(line) <= 80 else line[:79] + "…"


def _headings(lesson: Lesson, sources: list[str], audience: str) -> Iterator[str]:
    """Check one built notebook: heading order, no heading twice, alternative texts, no mark left over."""
    level, seen = 0, set()
    for source in sources:
        for block in paragraphs(source):
            if "{{" in block and not block.startswith("```"):
                yield tr(
                    "A mark is not understood; it stands alone on its line, without spaces in its braces: "
                    "{text}",
                    text=_short(block),
                )
            for alt in _IMAGE.findall(block):
                if len(alt.strip()) < 10:
                    yield tr("An image has no alternative text: {text}", text=_short(block))
            heading = re.match(r"^(#+) (.+)$", block)
            if not heading:
                continue
            if len(heading[1]) > level + 1:
                yield tr("The heading “{text}” skips a level.", text=heading[2])
            level = len(heading[1])
            if heading[0] in seen:
                yield tr("The heading “{text}” stands twice.", text=heading[2])
            seen.add(heading[0])
