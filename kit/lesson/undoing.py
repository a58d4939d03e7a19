"""From what a notebook shows back to what a lesson says: directives, and the texts that they wrote out."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import SequenceMatcher
from typing import Any

from kit.lesson.directives import Writer
from kit.lesson.source import Hour, Lesson
from kit.lesson.translate import Translation, paragraphs

DIRECTIVE = re.compile(r"^\{\{([a-z-]+)(?: ([\w-]+))?\}\}$")
#: A text that differs more from what a directive wrote is a new one.
ALIKE = 0.6
#: What kit writes from which file; all others come from ``lesson.toml``.
FILES = {"task": "answers.toml", "notes": "answers.toml", "rubric": "rubric.toml",
         "questionnaire": "questionnaire.toml"}  # fmt: skip
_MARK = re.compile("\ue000(\\d+)\ue001")
_VALUE = re.compile(r"\{\{(id|language|station|file|depth)\}\}")


@dataclass
class _Marks(Translation):
    """Writes a number in place of each of the lesson's own texts."""

    originals: list[str] = field(default_factory=list)

    def text(self, original: str, *, mark: bool = True) -> str:
        """Return a mark."""
        self.originals.append(original)
        return f"\ue000{len(self.originals) - 1}\ue001"


@dataclass(frozen=True)
class Edit:
    """A text (or the minutes of a step) of one file of the lesson that is another now."""

    directive: str
    old: str | int
    new: str | int

    @property
    def file(self) -> str:
        """Where the text stands."""
        return FILES.get(self.directive.strip("{}").split(" ")[0], "lesson.toml")


class Shown:
    """What the directives of one lesson (of one depth) write in its own language."""

    def __init__(self, lesson: Lesson, directives: set[str]) -> None:
        self.lesson = lesson
        self.writer = Writer(lesson, lesson.source)
        self.written = {one: paragraphs(self.writer.markdown(one)) for one in directives}

    def directive_at(self, blocks: list[str], place: int) -> str:
        """Return the directive whose whole text stands at a place; "" if there is none."""
        fitting = [
            one for one, text in self.written.items() if text and blocks[place : place + len(text)] == text
        ]
        return max(fitting, key=lambda one: len(self.written[one]), default="")

    def edits(self, directive: str, text: str) -> list[Edit] | None:
        """Return which texts of the lesson were changed in what a directive wrote; None: nobody can tell."""
        directive = directive.strip("{}")
        name, _, argument = directive.partition(" ")
        found = self._edits(directive, text, self.lesson, _writing(name, argument))
        if found is None and name == "step" and (minutes := re.search(r"\n\n\*(\d+) ", text)):
            longer = _with_minutes(self.lesson, argument, int(minutes[1]))
            found = self._edits(directive, text, longer, _writing(name, argument))
            old = next(s.minutes for hour in self.lesson.hours for s in hour.steps if s.id == argument)
            found = None if found is None else [*found, Edit(directive, old, int(minutes[1]))]
        return found

    @staticmethod
    def _edits(
        directive: str, text: str, lesson: Lesson, writing: Callable[[Writer], str]
    ) -> list[Edit] | None:
        marks = _Marks(lesson.source, lesson.source)

        class Marked(Lesson):
            def translation(self, lang: str | None) -> Translation:
                return marks

        marked = Marked(**{one.name: getattr(lesson, one.name) for one in fields(Lesson)})
        parts = _MARK.split("\n\n".join(paragraphs(writing(Writer(marked, lesson.source)))))
        pattern = "".join(re.escape(part) if place % 2 == 0 else "(.+?)" for place, part in enumerate(parts))
        match = re.fullmatch(pattern, text, re.S)
        if not match:
            return None
        pairs = zip((marks.originals[int(number)] for number in parts[1::2]), match.groups(), strict=True)
        return [
            Edit(directive, old, new.replace("\\|", "|"))
            for old, new in pairs
            if new.replace("\\|", "|") != old
        ]


def _writing(name: str, argument: str) -> Callable[[Writer], str]:
    if name == "notes":
        return lambda writer: writer.notes(argument)
    return lambda writer: writer.markdown(f"{{{{{name}{' ' + argument if argument else ''}}}}}")


def _with_minutes(lesson: Lesson, step: str, minutes: int) -> Lesson:
    def told(hour: Hour) -> Hour:
        steps = (replace(one, minutes=minutes) if one.id == step else one for one in hour.steps)
        return replace(hour, steps=tuple(steps))

    return replace(lesson, hours=tuple(told(hour) for hour in lesson.hours))


def apply(edit: Edit, tables: Mapping[str, Any]) -> bool:
    """Change the tables of the lesson's files (by name) as an edit says; return whether anything changed."""
    name, _, argument = edit.directive.partition(" ")
    table = tables.get(edit.file, {})
    hours = table.get("hours", [])
    if name in ("task", "notes"):
        return _swap(table.get(argument, {}), edit)
    if name == "hour":
        return _swap(hours[int(argument) - 1], edit, {"title"})
    if name == "step":
        steps = [step for hour in hours for step in hour["steps"] if step["id"] == argument]
        return sum(_swap(step, edit, {"title", "minutes"}) for step in steps) > 0
    return _swap(table, edit)


def _swap(value: Any, edit: Edit, only: set[str] | None = None) -> bool:
    """Put the new text in the place of the old one, wherever that stands in a table."""
    done = False
    places = list(value.items() if isinstance(value, dict) else enumerate(value))
    for key, one in places:
        if only and key not in only:
            continue
        if isinstance(one, (dict, list)):
            done |= _swap(one, edit)
        elif type(one) is type(edit.old) and one == edit.old:
            value[key] = edit.new
            done = True
    return done


# --- code


def without_answers(code: str, built: str = "") -> str:
    """Return code in which pupils' answers are again what the lesson has; ValueError if it is no Python.

    >>> without_answers('kit.answer("A1", 747)')
    'kit.answer("A1", ...)'
    """
    wanted = {name: built_code for name, _, _, built_code in _answers(built)} if built else {}
    data = code.encode()
    for name, start, end, _ in sorted(_answers(code), key=lambda call: -call[1]):
        data = data[:start] + wanted.get(name, "...").encode() + data[end:]
    return data.decode()


def _answers(code: str) -> Iterator[tuple[str, int, int, str]]:
    """Yield task, start and end (bytes) and text of what is given as answer in each ``kit.answer``."""
    try:
        tree = ast.parse(code)
    except SyntaxError as wrong:
        raise ValueError(str(wrong)) from wrong
    starts = [0]
    for line in code.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "kit.answer" and len(node.args) > 1:
            first, last = node.args[1], node.args[-1]
            start = starts[first.lineno - 1] + first.col_offset
            end = starts[(last.end_lineno or last.lineno) - 1] + (last.end_col_offset or 0)
            name = node.args[0].value if isinstance(node.args[0], ast.Constant) else ""
            yield str(name), start, end, code.encode()[start:end].decode()


def code_source(code: str, built: str, source: str) -> tuple[str, dict[str, str]]:
    """Return the source of a cell of code that was changed, and what it says of the lesson's parameters.

    Lines that were left alone stay as they are in the source, and so do lines with three dots in which
    pupils put their own.

    >>> code_source('x = 1\\nfile = "b.csv"', 'x = ...\\nfile = ""', 'x = ...\\nfile = "{{file}}"')
    ('x = ...\\nfile = "{{file}}"', {'file': 'b.csv'})
    """
    old, new, kept = built.split("\n"), code.split("\n"), source.split("\n")
    lines: list[str] = []
    given: dict[str, str] = {}
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            lines += kept[a:b]
            continue
        for place, line in enumerate(new[c:d]):
            model = kept[a + place] if a + place < b else ""
            found = _filled(model, line)
            lines.append(line if found is None else model)
            given |= found or {}
    return "\n".join(lines), given


def _filled(model: str, line: str) -> dict[str, str] | None:
    """Return what stands in the gaps of a line of the source; None if it is another line."""
    if not _VALUE.search(model) and "..." not in model:
        return None
    names = _VALUE.findall(model)
    pattern = (
        re.escape(_VALUE.sub("\ue000", model)).replace("\ue000", "(.*)").replace(re.escape("..."), ".+?")
    )
    match = re.fullmatch(pattern, line)
    return dict(zip(names, match.groups(), strict=True)) if match else None
