"""The text of ``lesson.md`` cell by cell, as it is written: what nobody changes stays byte for byte."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from kit.errors import FileError
from kit.lesson.source import Cell, read_cells

_CODE = re.compile(r"^(`{3,})python( .*)?$")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_REGION = re.compile(r"^<!-- #region( .*)? -->$")
_END = "<!-- #endregion -->"


@dataclass(frozen=True)
class Piece:
    """One cell and how it is written; two are equal when their cells are."""

    cell: Cell
    raw: str = field(compare=False, repr=False)

    @property
    def plain(self) -> bool:
        """Whether it is Markdown with nothing around it."""
        return self.cell.kind == "markdown" and not self.raw.startswith("<!-- #region")

    def changed(self, source: str, tags: tuple[str, ...] | None = None) -> Piece:
        """Return it with another text (and other tags); the same ones change nothing."""
        cell = replace(self.cell, source=source, tags=self.cell.tags if tags is None else tags)
        return self if cell == self.cell else piece(cell)


def piece(cell: Cell) -> Piece:
    """Return a cell as kit writes it: Markdown as it is, if that can be read back, else in a region."""
    tags = f" tags={json.dumps(list(cell.tags), ensure_ascii=False)}" if cell.tags else ""
    if cell.kind == "code":
        fence = "```" + "`" * cell.source.count("```")
        return Piece(cell, f"{fence}python{tags}\n{cell.source}\n{fence}")
    odd = re.search(r"\n\n\n|^(`{3,}|~{3,}|<!-- |---)|^\n|\n$", cell.source, re.M)
    if not (tags or odd):
        return Piece(cell, cell.source)
    return Piece(cell, f"<!-- #region{tags} -->\n{cell.source}\n{_END}")


def split(text: str) -> tuple[str, list[Piece]]:
    """Return the head of ``lesson.md`` (between lines of ``---``) and its cells."""
    lines = text.replace("\r\n", "\n").split("\n")
    head, place = "", 0
    if lines[0] == "---" and "---" in lines[1:]:
        place = lines.index("---", 1) + 1
        head = "\n".join(lines[:place])
    found = list(_pieces(lines[place:]))
    cells = read_cells(text)
    if tuple(one.cell.source for one in found) == tuple(cell.source for cell in cells):
        return head, [Piece(cell, one.raw) for cell, one in zip(cells, found, strict=True)]
    return head, [piece(cell) for cell in cells]


def _pieces(lines: Sequence[str]) -> Iterable[Piece]:
    """Yield what stands between blank lines, as Jupytext sees it; tags are left to Jupytext."""
    place = 0
    while place < len(lines):
        line = lines[place]
        if not line.strip():
            place += 1
            continue
        start = place
        if code := _CODE.match(line):
            place = _after(lines, place, code[1])
            body = lines[start + 1 : place - 1]
        elif _REGION.match(line):
            place = _after(lines, place, _END)
            body = lines[start + 1 : place - 1]
        else:
            place = _end_of_text(lines, place)
            body = lines[start:place]
        source = "\n".join(body)
        if source.strip():
            kind = "code" if code else "markdown"
            yield Piece(Cell(kind, source), "\n".join(lines[start:place]))


def _after(lines: Sequence[str], start: int, end: str) -> int:
    """Return the place after the next line that is ``end``."""
    for place in range(start + 1, len(lines)):
        if lines[place] == end:
            return place + 1
    return len(lines)


def _end_of_text(lines: Sequence[str], place: int) -> int:
    """Return where a Markdown cell ends: at two blank lines, a cell of code, a region."""
    fence = ""
    start = place
    while place < len(lines):
        line = lines[place]
        if fence:
            fence = "" if line.strip() == fence else fence
        elif place > start and (_CODE.match(line) or _REGION.match(line)):
            break
        elif found := _FENCE.match(line):
            fence = found[1]
        elif not line.strip() and place + 1 < len(lines) and not lines[place + 1].strip():
            break
        place += 1
    while not lines[place - 1].strip():
        place -= 1
    return place


def joined(head: str, pieces: Sequence[Piece]) -> str:
    """Return ``lesson.md``; a cell that could not be read back raises :class:`~kit.errors.FileError`."""
    text = head + "\n\n" if head else ""
    for place, one in enumerate(pieces):
        gap = "" if place == 0 else "\n\n\n" if one.plain and pieces[place - 1].plain else "\n\n"
        text += gap + one.raw
    text += "\n"
    for one, cell in zip(pieces, read_cells(text), strict=False):
        if one.cell != cell:
            break
    else:
        if len(read_cells(text)) == len(pieces):
            return text
    raise FileError(
        "{file}: this cell cannot be written as text: {line}", do="Write it in a simpler way.",
        code="lesson-cell", file="lesson.md", line=one.cell.source.split("\n")[0],
    )  # fmt: skip
