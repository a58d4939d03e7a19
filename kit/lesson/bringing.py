"""``kit lesson bring``: what was changed in a built notebook goes back into the lesson's source."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from kit.errors import UsageError
from kit.lesson.build import AUDIENCES
from kit.lesson.cells import Piece, joined, piece, split
from kit.lesson.merging import woven
from kit.lesson.opened import Opened, as_it_was_built, built, matched, open_notebook, which
from kit.lesson.opened import Shown as Seen
from kit.lesson.record import read_text
from kit.lesson.source import DEPTHS, Cell, Lesson, find, load
from kit.lesson.translate import paragraphs
from kit.lesson.undoing import ALIKE, DIRECTIVE, Edit, Shown, apply, code_source, without_answers
from kit.lesson.update import valid, write_all
from kit.lesson.validate import TAGS
from kit.lesson.written import changed
from kit.text import N_, tr

FILES = ("lesson.toml", "answers.toml", "rubric.toml", "questionnaire.toml")
WORDS = {
    "changed": N_("Changed:"),
    "new": N_("New:"),
    "gone": N_("Taken out:"),
    "moved": N_("Moved:"),
    "told": N_("Changed in {file}:"),
    "left": N_("Not brought, kit writes this from {file}; change it there:"),
    "unread": N_("Not brought, Python cannot read this cell:"),
    "both": N_("Not brought, this cell is another in the lesson now:"),
    "raw": N_("Not brought, a lesson has only text and code:"),
    "picture": N_("Not brought, this picture is inside the notebook; put its file into the lesson's folder:"),
}


@dataclass(frozen=True)
class Change:
    """One thing that was brought, or (``left``, ``unread``, ``both``, ``raw``, ``picture``) was not."""

    kind: str
    text: str
    file: str = "lesson.md"

    @property
    def open(self) -> bool:
        """Whether a person should look at it."""
        return self.kind in ("left", "unread", "both", "raw", "picture")


@dataclass(frozen=True)
class Brought:
    """What was brought from a notebook into a lesson, and what is not valid in it now."""

    lesson: str
    notebook: str
    changes: tuple[Change, ...] = ()
    problems: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return it as ``--json`` prints it."""
        return {
            "lesson": self.lesson, "notebook": self.notebook, "problems": list(self.problems),
            "changes": [{**asdict(one), "open": one.open} for one in self.changes],
        }  # fmt: skip

    def text(self, lang: str | None = None) -> str:
        """Return it in words."""
        if not self.changes:
            return tr("{notebook} says what {lesson} says already.", lang, notebook=self.notebook,
                      lesson=self.lesson)  # fmt: skip
        parts = []
        for one in sorted(self.changes, key=lambda one: not one.open):
            lines = one.text.split("\n")
            quote = "\n".join(f"> {line}".rstrip() for line in lines[:6] + ["…"] * (len(lines) > 6))
            parts.append(f"**{tr(WORDS[one.kind], lang, file=one.file)}**\n\n{quote}")
        if self.problems:
            parts.append("**" + tr("Look at this before you use the lesson:", lang) + "**")
            parts.append("\n".join(f"- {problem}" for problem in self.problems))
        return "\n\n".join(parts)


def bring(lesson: str | Path, notebook: str | Path, *, show: bool = False) -> Brought:
    """Bring what was changed in a notebook back into the source of its lesson; return what was done.

    The notebook is a pupils' or a teacher's one of any depth, in the language of the source, saved by any
    program. Cells are recognised by their ids, else by their texts. Outputs and pupils' answers are not
    brought. What kit writes from another file stays a directive, and a changed text goes into that file.

    Parameters
    ----------
    lesson
        Id or folder of the lesson; it may be an own version of the lesson that the notebook belongs to.
    notebook
        The saved notebook.
    show
        Only say what would be done.

    Raises
    ------
    kit.errors.FileError
        when a file cannot be read; nothing is written.
    kit.errors.UsageError
        when the notebook is in another language, of another lesson, or was built from an older text.
    """
    mine, book = load(find(lesson)), open_notebook(notebook)
    _fits(mine, book)
    depth, audience = which(mine, book)
    work = _Bringing(mine, book, depth, audience)
    files = work.files()
    problems: list[str] = []
    if files:
        problems = valid(mine, files, {})
        if not show:
            write_all(mine.folder, files, {})
    return Brought(mine.id, Path(notebook).name, tuple(work.changes), tuple(problems))


def _fits(mine: Lesson, book: Opened) -> None:
    if book.lesson not in ("", mine.id, mine.facts.get("origin", {}).get("lesson")):
        raise UsageError(
            "This notebook belongs to the lesson {other}, not to {lesson}.",
            do="Make your own version of it first: kit lesson new NAME --from {other}",
            code="other-lesson", other=book.lesson, lesson=mine.id,
        )  # fmt: skip
    if book.language not in ("", mine.source):
        raise UsageError(
            "This notebook is in the language {other}, the text of {lesson} in {lang}.",
            do="Make your own version in your language (kit lesson new NAME --from {lesson} --lang {other}) "
            "and bring the notebook there.",
            code="other-language", other=book.language, lang=mine.source, lesson=mine.id,
        )  # fmt: skip


@dataclass
class _Bringing:
    """The work on one notebook."""

    mine: Lesson
    book: Opened
    depth: str
    audience: str
    changes: list[Change] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.head, self.pieces = split(read_text(self.mine.folder / "lesson.md"))
        self.before = {name: tomllib.loads(read_text(self.mine.folder / name)) for name in FILES
                       if (self.mine.folder / name).is_file()}  # fmt: skip
        self.tables = copy.deepcopy(self.before)
        self.visible = [place for place, one in enumerate(self.pieces) if self._is_seen(one.cell.tags)]
        blocks = {block for place in self.visible for block in paragraphs(self.pieces[place].cell.source)}
        one_depth = self.mine.at(self.depth) if self.depth else self.mine
        self.shown = Shown(one_depth, {block for block in blocks if DIRECTIVE.match(block)})
        self.now = built(self.mine, self.depth, self.audience)

    def _is_seen(self, tags: tuple[str, ...]) -> bool:
        """Return whether the notebook has the cells with these tags."""
        depths = set(DEPTHS) & set(tags) if self.depth else set()
        audiences = set(AUDIENCES) & set(tags)
        return (not depths or self.depth in depths) and (not audiences or audiences == {self.audience})

    def files(self) -> dict[str, str | None]:
        """Return the texts of the files that change."""
        base = as_it_was_built(self.mine, self.book, self.depth, self.audience)
        to_now = (
            {here: here for here in range(len(base))} if base == self.now else matched_now(base, self.now)
        )
        places = dict(
            zip((i for i, cell in enumerate(self.now) if not cell.answer), self.visible, strict=True)
        )
        piece_of = {here: places.get(there) for here, there in to_now.items()}
        found = matched(base, self.book.cells)
        back = {there: here for here, there in found.items()}
        made: dict[Any, Piece] = dict(enumerate(self.pieces))
        order: list[Any] = []
        for number, cell in enumerate(self.book.cells):
            here = back.get(number)
            if here is None:
                if new := self._new(cell):
                    made["new", number] = new
                    order.append(("new", number))
                continue
            place = piece_of.get(here)
            if base[here].answer:
                self._notes(base[here], cell)
            elif place is not None:
                made[place] = self._changed(self.pieces[place], base[here], cell)
                order.append(place)
            elif cell.source != base[here].source:
                self.changes.append(Change("both", cell.source))
        gone = [piece_of.get(here) for here in range(len(base)) if here not in found]
        return self._written(made, order, {place for place in gone if place is not None})

    def _written(self, made: dict[Any, Piece], order: list[Any], gone: set[int]) -> dict[str, str | None]:
        every = list(range(len(self.pieces)))
        self.changes += [Change("gone", self.pieces[place].cell.source) for place in sorted(gone)]
        moved = [name for name in order if isinstance(name, int)]
        if moved != sorted(moved):
            self.changes += [Change("moved", self.pieces[p].cell.source) for p in _movers(moved)]
            names = woven(order, every)
        else:
            names = woven(every, order)
        pieces = [made[name] for name in names if name not in gone]
        files: dict[str, str | None] = {}
        if pieces != self.pieces:
            files["lesson.md"] = joined(self.head, pieces)
            self._without_tasks(pieces)
        for name, table in self.tables.items():
            text = read_text(self.mine.folder / name)
            if table != self.before[name]:
                files[name] = changed(text, table)
        return files

    def _without_tasks(self, pieces: Sequence[Piece]) -> None:
        """Take those tasks out of ``answers.toml`` of which nothing is left in the text."""
        text = "\n".join(one.cell.source for one in pieces)
        before = "\n".join(one.cell.source for one in self.pieces)
        for task in self.mine.tasks:
            marks = (f"{{{{task {task}}}}}", f'kit.answer("{task}"')
            if any(mark in before for mark in marks) and not any(mark in text for mark in marks):
                del self.tables["answers.toml"][task]
                self.changes.append(Change("gone", self.mine.tasks[task].question, "answers.toml"))

    def _changed(self, old: Piece, base: Seen, cell: Seen) -> Piece:
        """Return a cell of the source as the notebook has it now."""
        if cell.kind == "raw":
            self.changes.append(Change("raw", cell.source))
            return old
        known = tuple(tag for tag in cell.tags if tag in TAGS)
        tags = known if known and set(known) != set(base.tags) else old.cell.tags
        if cell.source == base.source and cell.kind == base.kind:
            return old.changed(old.cell.source, tags)
        if cell.kind != old.cell.kind:
            new = self._new(cell)
            return old if new is None else piece(Cell(cell.kind, new.cell.source, tags))
        source = self._code(old, base, cell) if cell.kind == "code" else self._text(old.cell, cell)
        made = old.changed(source, tags)
        if made != old:
            self.changes.append(Change("changed", source))
        return made

    def _code(self, old: Piece, base: Seen, cell: Seen) -> str:
        try:
            code = without_answers(cell.source, base.source)
        except ValueError:
            self.changes.append(Change("unread", cell.source))
            return old.cell.source
        source, given = code_source(code, base.source, old.cell.source)
        facts = self.tables["lesson.toml"]
        for name in ("station", "file"):
            if name in given and given[name] != self.mine.parameters[name]:
                facts["parameters"] = {**facts.get("parameters", {}), name: given[name]}
                if name == "station":
                    facts.pop("sample", None)
                self.changes.append(Change("told", f"{name} = {given[name]}", "lesson.toml"))
        return source

    def _text(self, old: Cell, cell: Seen) -> str:
        """Return Markdown with the directives that it had; what was changed in them goes into their files."""
        blocks = paragraphs(cell.source)
        if "teacher" in old.tags and blocks and blocks[0] == f"**{tr('For the teacher', self.mine.source)}**":
            blocks = blocks[1:]
        if "](attachment:" in cell.source:
            self.changes.append(Change("picture", cell.source))
            return old.source
        parts = self._recognised(blocks)
        for directive in paragraphs(old.source):
            if DIRECTIVE.match(directive) and directive not in parts:
                parts = self._rewritten(directive, parts)
        return "\n\n".join(parts)

    def _recognised(self, blocks: list[str]) -> list[str]:
        """Return paragraphs with whole texts of directives replaced by these."""
        parts, place = [], 0
        while place < len(blocks):
            directive = self.shown.directive_at(blocks, place)
            parts.append(directive or blocks[place])
            place += len(self.shown.written[directive]) if directive else 1
        return parts

    def _rewritten(self, directive: str, parts: list[str]) -> list[str]:
        """Find what became of the text of a directive; what was changed in it goes into its file."""
        written = self.shown.written[directive]
        size = len(written)
        windows = [
            (start, start + length)
            for length in sorted({size, max(1, size - 1), size + 1}, key=lambda one: abs(one - size))
            for start in range(len(parts) - length + 1)
            if not any(DIRECTIVE.match(part) for part in parts[start : start + length])
        ]
        for start, end in windows:
            edits = self.shown.edits(directive, "\n\n".join(parts[start:end]))
            if edits is not None:
                self._tell(edits)
                return [*parts[:start], directive, *parts[end:]]
        scores = [(_ratio("\n\n".join(parts[a:b]), "\n\n".join(written)), a, b) for a, b in windows]
        score, start, end = max(scores, default=(0.0, 0, 0))
        if score < ALIKE:
            return parts
        self.changes.append(Change("left", "\n\n".join(parts[start:end]), Edit(directive, "", "").file))
        return [*parts[:start], directive, *parts[end:]]

    def _tell(self, edits: Sequence[Edit]) -> None:
        for edit in dict.fromkeys(edits):
            done = apply(edit, self.tables)
            self.changes.append(Change("told" if done else "left", str(edit.new), edit.file))

    def _notes(self, base: Seen, cell: Seen) -> None:
        """Take in what a teacher changed in the hints and the explanation of a task."""
        if cell.source == base.source or cell.kind == "code":
            return
        for task in self.shown.lesson.tasks:
            if base.source == "\n\n".join(paragraphs(self.shown.writer.notes(task))):
                edits = self.shown.edits(f"notes {task}", cell.source)
                if edits is not None:
                    return self._tell(edits)
        self.changes.append(Change("left", cell.source, "answers.toml"))
        return None

    def _new(self, cell: Seen) -> Piece | None:
        """Return a cell that came in; one of a teacher's notebook is for the teacher, of a depth for it."""
        source = cell.source
        if cell.kind == "raw" or "](attachment:" in source:
            self.changes.append(Change("raw" if cell.kind == "raw" else "picture", source))
            return None
        if cell.kind == "markdown":
            source = "\n\n".join(self._recognised(paragraphs(source)))
        else:
            try:
                source = without_answers(source)
            except ValueError:
                self.changes.append(Change("unread", source))
                return None
        tags = [tag for tag in cell.tags if tag in TAGS]
        if (
            self.audience == "teacher"
            and not set(tags) & {"teacher", "pupil"}
            and not DIRECTIVE.search(source)
        ):
            tags.append("teacher")
        if len(self.mine.depths) > 1 and not set(tags) & set(DEPTHS):
            tags.append(self.depth)
        self.changes.append(Change("new", source))
        return piece(Cell(cell.kind, source, tuple(tags)))


def matched_now(base: Sequence[Seen], now: Sequence[Seen]) -> Mapping[int, int]:
    """Return which cell of the notebook built now each cell of an older one is: same id and text, or text."""
    found: dict[int, int] = {}
    for here, cell in enumerate(base):
        same = [there for there, one in enumerate(now) if (one.kind, one.source) == (cell.kind, cell.source)]
        free = [there for there in same if there not in set(found.values())]
        if free:
            found[here] = next((there for there in free if now[there].id == cell.id), free[0])
    return found


def _movers(order: Sequence[int]) -> list[int]:
    """Return as few of some places as could have been moved to give this order."""
    runs: list[list[int]] = [[]]
    for place in order:
        fitting = [run for run in runs if not run or run[-1] < place]
        runs.append([*sorted(fitting, key=len)[-1], place])
    stayed = set(sorted(runs, key=len)[-1])
    return [place for place in order if place not in stayed]


def _ratio(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
