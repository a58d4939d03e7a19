"""A lesson's notebook as somebody saved it, and the one that kit built: what belongs to what."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit.errors import FileError, UsageError
from kit.lesson.build import AUDIENCES, notebook_text
from kit.lesson.merging import aligned, text_alike
from kit.lesson.record import read_text
from kit.lesson.source import Lesson, find, load

#: Cells that other tools put in, or that stand for nothing.
NOT_OURS = ("injected-parameters", "papermill-error-cell-tag")


@dataclass(frozen=True)
class Shown:
    """One cell of a notebook; outputs are never looked at."""

    id: str
    kind: str
    source: str
    tags: tuple[str, ...] = ()

    @property
    def answer(self) -> bool:
        """Whether kit wrote it from ``answers.toml`` for the teacher."""
        return "answer" in self.tags


@dataclass(frozen=True)
class Opened:
    """A saved notebook: its cells and what kit wrote into its head."""

    cells: tuple[Shown, ...]
    lesson: str = ""
    source: str = ""
    audience: str = ""
    language: str = ""
    depth: str = ""


def open_notebook(path: str | Path) -> Opened:
    """Read a notebook of any version of its format; what is none raises :class:`~kit.errors.FileError`."""
    import nbformat

    file = Path(path)
    try:
        book = nbformat.reads(read_text(file), as_version=4)  # type: ignore[no-untyped-call]
        cells = [_shown(cell) for cell in book.cells]
    except FileError:
        raise
    except Exception as wrong:  # whatever nbformat and json raise over a file that is no notebook
        raise FileError(
            "{file} is not a notebook.", do="Name a file that ends with .ipynb, as JupyterLab saved it.",
            code="no-notebook", file=file.name,
        ) from wrong  # fmt: skip
    ours = [cell for cell in cells if cell.source.strip() and not set(NOT_OURS) & set(cell.tags)]
    head: dict[str, Any] = dict(book.metadata.get("kit", {}))
    return Opened(
        tuple(ours),
        **{key: str(head.get(key, "")) for key in ("lesson", "source", "audience", "language", "depth")},
    )


def _shown(cell: Any) -> Shown:
    name = str(cell.get("id", "") or cell.metadata.get("id", ""))
    return Shown(name, cell.cell_type, tidy(cell.source), tuple(map(str, cell.metadata.get("tags", ()))))


def tidy(source: str) -> str:
    """Return the text of a cell without blanks at the ends of lines."""
    return "\n".join(line.rstrip() for line in source.replace("\r\n", "\n").split("\n")).strip("\n")


def cells_of(text: str) -> tuple[Shown, ...]:
    """Return the cells of a notebook that kit built."""
    return tuple(
        Shown(
            cell["id"],
            cell["cell_type"],
            tidy("".join(cell["source"])),
            tuple(cell["metadata"].get("tags", ())),
        )
        for cell in json.loads(text)["cells"]
    )


def built(lesson: Lesson, depth: str, audience: str) -> tuple[Shown, ...]:
    """Return the cells of one notebook of a lesson, in the language of its source."""
    one = lesson.at(depth) if depth else lesson
    return cells_of(notebook_text(one, one.cells(), audience, lesson.source))


def which(lesson: Lesson, book: Opened) -> tuple[str, str]:
    """Return depth and audience of the notebook: as its head says, else those that fit its cells best."""
    depths = lesson.depths or ("",)
    if book.audience in AUDIENCES and (book.depth in depths or (not book.depth and len(depths) == 1)):
        return book.depth or depths[0], book.audience
    texts = {cell.source for cell in book.cells}

    def fit(one: tuple[str, str]) -> float:
        cells = {cell.source for cell in built(lesson, *one)}
        return len(cells & texts) / len(cells | texts)

    return max(((depth, audience) for depth in depths for audience in AUDIENCES), key=fit)


def as_it_was_built(lesson: Lesson, book: Opened, depth: str, audience: str) -> tuple[Shown, ...]:
    """Return the notebook as it was before anyone changed it.

    It was built from the lesson as it is; or it stands in its folder ``build``; or it is the origin's. Of
    what was built from another text nobody can tell what was changed: :class:`~kit.errors.UsageError`.
    """
    if book.source in ("", lesson.hash()):
        return built(lesson, depth, audience)
    origin = str(lesson.facts.get("origin", {}).get("lesson", ""))
    places = [lesson] + ([load(find(origin))] if origin and origin == book.lesson else [])
    for place in places:
        for path in (place.folder / "build" / book.language).glob(f"{audience}*.ipynb"):
            text = path.read_text(encoding="utf-8")
            if json.loads(text)["metadata"].get("kit", {}).get("source") == book.source and _is(
                path, depth, place
            ):
                return cells_of(text)
        if place.hash() == book.source:
            one = place.at(depth) if depth else place
            return cells_of(notebook_text(one, one.cells(), audience, book.language))
    raise UsageError(
        "This notebook was built from an older text of {lesson}, so nobody can tell what was changed in it.",
        do="Build the lesson anew (kit lesson build {lesson}), and make your change in the new notebook.",
        code="stale-notebook", lesson=lesson.id,
    )  # fmt: skip


def _is(path: Path, depth: str, lesson: Lesson) -> bool:
    return path.stem.endswith(f"-{depth.lower()}") or len(lesson.depths) < 2


def matched(base: Sequence[Shown], other: Sequence[Shown]) -> dict[int, int]:
    """Return which cell of ``other`` each cell of ``base`` is: by its id, else by its text."""
    places = {cell.id: place for place, cell in enumerate(other) if cell.id}
    found = {place: places[cell.id] for place, cell in enumerate(base) if cell.id in places}
    left = [place for place in range(len(base)) if place not in found]
    free = [place for place in range(len(other)) if place not in set(found.values())]
    pairs = aligned([_text(base[place]) for place in left], [_text(other[place]) for place in free], _alike)
    return found | {left[here]: free[there] for here, there in pairs.items()}


def _text(cell: Shown) -> tuple[str, str]:
    return cell.kind, cell.source


def _alike(one: tuple[str, str], other: tuple[str, str]) -> float:
    return text_alike(one[1], other[1]) if one[0] == other[0] else -1
