"""A lesson's written cells as HTML, and the whole page around them: one file that needs nothing else."""

from __future__ import annotations

import base64
import json
import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kit.errors import JobError
from kit.lesson.directives import Writer
from kit.lesson.source import Cell, Lesson
from kit.text import tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

TEMPLATE = Path(__file__).with_name("template")
#: Marks the place of a piece of HTML: a character of nobody's language.
_HELD = "\ue000"
_PLACE = re.compile(rf"<p>{_HELD}(\d+){_HELD}</p>")
_CALLS = re.compile(r"kit\.(?:answer|hint|solution)\(")
#: What other faces have in their own way: progress, the language of help, a quiz of the tasks.
_OWN = re.compile(r"lesson\.(?:progress|help_in)\(|kit\.widgets\.quiz\(")


@dataclass(frozen=True)
class Heading:
    """A heading of a page: its level (1 to 6), its anchor and its words."""

    level: int
    anchor: str
    words: str


class HtmlWriter(Writer):
    """Writes Markdown cells as HTML; what a face shows in another way than a notebook, it overrides.

    ``headings`` collects the headings in order. HTML in the lesson's own text is shown as text: a page holds
    only what kit writes. A directive gives HTML through :meth:`held`.
    """

    def __init__(self, lesson: Lesson, lang: str) -> None:
        super().__init__(lesson, lang)
        self.headings: list[Heading] = []
        self._held: list[str] = []

    def held(self, html: str) -> str:
        """Return what stands in Markdown, on a line of its own, for a piece of HTML."""
        self._held.append(html)
        return f"{_HELD}{len(self._held) - 1}{_HELD}"

    def html(self, source: str) -> str:
        """Return one Markdown cell as HTML."""
        return self.to_html(self.markdown(source))

    def _early_finish(self) -> str:
        words = self.tr("You may stop here.")
        label = escape(self.tr("Short of time?"))
        return self.held(f'<p class="stop"><strong>{label}</strong> {escape(words)}</p>')

    def inline(self, text: str) -> str:
        """Return one of the lesson's own texts, translated, as HTML inside a line."""
        return str(_parser().renderInline(self.t(text))).strip()

    def to_html(self, text: str) -> str:
        """Return Markdown as HTML: headings with anchors, tables with scoped heads, pictures inside."""
        parser = _parser()
        tokens = parser.parse(text)
        for token, following in zip(tokens, [*tokens[1:], None], strict=True):
            if token.type == "heading_open" and following is not None:
                anchor = f"part-{len(self.headings) + 1}"
                token.attrSet("id", anchor)
                self.headings.append(Heading(int(token.tag[1]), anchor, _words(following)))
            elif token.type == "th_open":
                token.attrSet("scope", "col")
            for child in token.children or ():
                if child.type == "image":
                    child.attrSet("src", self._picture(str(child.attrGet("src") or "")))
        written = str(parser.renderer.render(tokens, parser.options, {}))
        for mark, wrapped in (("<table>", '<div class="scroll"><table>'), ("</table>", "</table></div>")):
            written = written.replace(mark, wrapped)
        return _PLACE.sub(lambda found: self._held[int(found[1])], written)

    def _picture(self, src: str) -> str:
        """Return a picture of the lesson's folder as a data address."""
        path = self.lesson.folder / src
        if "://" in src or not path.is_file():
            raise JobError(
                "{lesson} shows the picture {file}, which is not in its folder.",
                do="Put the file into the lesson's folder; pages must work without the internet.",
                code="picture", lesson=self.lesson.id, file=src,
            )  # fmt: skip
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


def _words(inline: Token) -> str:
    return "".join(child.content for child in inline.children or () if child.type in ("text", "code_inline"))


@cache
def _parser() -> Any:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.validateLink = lambda url: not re.match(r"(?i)\s*(javascript|vbscript):", url)  # type: ignore[method-assign]
    return parser


def without_code(lesson: Lesson, audience: str) -> Iterator[tuple[int, Cell]]:
    """Yield the cells of a face without code, each with its place among the notebook's.

    Left out are the other readers' cells, what is about working in a notebook (tagged ``notebook``), text
    about code (``code``), and the cells that set the notebook up. A code cell stands for what it shows.
    """
    place = -1
    for cell in lesson.cells():
        if {"pupil", "teacher"} - {audience} & set(cell.tags):
            continue
        place += 1
        if "notebook" in cell.tags:
            continue
        if cell.kind == "markdown":
            if "code" not in cell.tags:
                yield place, cell
        elif not set(cell.tags) & {"parameters", "setup"} and not _OWN.search(cell.source):
            yield place, cell


def is_answer(cell: Cell) -> bool:
    """Return whether a code cell only takes an answer: the face has another place for that."""
    lines = [line for line in cell.source.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return cell.kind == "code" and all(_CALLS.match(line) for line in lines)


def asset(*names: str) -> str:
    """Return the text of files of kit's own templates."""
    return "".join((TEMPLATE / name).read_text(encoding="utf-8") for name in names)


def in_script(value: Any) -> str:
    r"""Return JSON that can stand inside a script element: no "<" in it can end the element.

    >>> print(in_script({"a": "</script>"}))
    {"a": "\u003c/script>"}
    """
    return json.dumps(value, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")


def document(
    title: str, lang: str, body: Sequence[str], *, styles: Sequence[str], about: Any, script: str = ""
) -> str:
    """Return a whole page; ``about`` is its JSON-LD, ``script`` runs after the body."""
    skip = escape(tr("To the content", lang))
    run = f"<script>{script}</script>\n" if script else ""
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{asset(*styles)}</style>\n"
        f'<script type="application/ld+json">{in_script(about)}</script>\n</head>\n<body>\n'
        f'<a class="skip" href="#content">{skip}</a>\n' + "\n".join(body) + f"\n{run}</body>\n</html>\n"
    )
