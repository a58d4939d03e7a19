"""A lesson in another language: one message a paragraph, ``locale/<lang>.po`` in the lesson's folder.

A text without a translation, or with one that was made for an older wording (marked fuzzy), is shown in
English with a visible mark, and :func:`kit.lesson.validate` names it. Paragraphs are the blocks of
Markdown between blank lines; in code, comment lines and texts in ``_("…")`` are translated.
"""

from __future__ import annotations

import ast
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from kit.errors import FileError
from kit.text import language, tr

if TYPE_CHECKING:
    from kit.lesson.source import Cell, Lesson

_MARKED = re.compile(r'_\(\s*("(?:[^"\\]|\\.)*")\s*\)')
_COMMENT = re.compile(r"^(\s*# )(?!noqa|type:|fmt:)(\S.*)$")
_DIRECTIVE = re.compile(r"^\{\{[^{}]+\}\}$")


@dataclass
class Translation:
    """The translation of one lesson into one language.

    ``texts`` maps an English text to its translation, ``stale`` holds texts whose translation was made for
    an older wording. ``missed`` collects what was asked for and not found.
    """

    lang: str
    source: str = "en"
    texts: dict[str, str] = field(default_factory=dict)
    stale: frozenset[str] = frozenset()
    missed: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, folder: Path, lang: str | None, source: str = "en") -> Translation:
        """Read the translation of the lesson in ``folder``, written in ``source``, into ``lang``."""
        code = language(lang)
        path = folder / "locale" / f"{code}.po"
        if code == source or not path.is_file():
            return cls(code, source)
        texts, stale = _catalogue(path, path.stat().st_mtime_ns)
        return cls(code, source, texts, stale)

    def text(self, original: str, *, mark: bool = True) -> str:
        """Return one text; a missing translation gives the original text with a visible mark."""
        if self.lang == self.source or not original.strip():
            return original
        if original in self.texts:
            return self.texts[original]
        self.missed.append(original)
        return tr("[not yet translated]", self.lang) + " " + original if mark else original

    def markdown(self, source: str) -> str:
        """Return Markdown with every paragraph translated."""
        if self.lang == self.source:
            return source
        return "\n\n".join(
            block if not is_text(block) else self._block(block) for block in paragraphs(source)
        )

    def _block(self, block: str) -> str:
        heading = re.match(r"^#+ ", block)
        if heading:
            return heading.group() + self.text(block[heading.end() :])
        return self.text(block)

    def code(self, source: str, *, marks: bool = False) -> str:
        """Return code with its comments and marked texts translated; ``marks`` keeps the marks ``_()``."""
        frame = "_({})" if marks else "{}"
        lines = []
        for line in source.split("\n"):
            comment = _COMMENT.match(line)
            lines.append(comment[1] + self.text(comment[2]) if comment else line)
        return _MARKED.sub(
            lambda found: frame.format(json.dumps(self.text(ast.literal_eval(found[1])), ensure_ascii=False)),
            "\n".join(lines),
        )


@lru_cache(maxsize=16)
def _catalogue(path: Path, changed: int) -> tuple[dict[str, str], frozenset[str]]:
    from babel.messages.pofile import PoFileError, read_po

    try:
        with path.open("rb") as file:
            found = read_po(file, locale=path.stem, abort_invalid=True)
    except PoFileError as wrong:
        raise FileError(
            "{file} cannot be read: {reason}", do="Correct the line that it names, then try again.",
            file=path.name, reason=str(wrong),
        ) from wrong  # fmt: skip
    messages = [message for message in found if message.id and isinstance(message.id, str)]
    texts = {str(m.id): str(m.string) for m in messages if m.string and not m.fuzzy}
    return texts, frozenset(str(m.id) for m in messages if m.fuzzy)


def paragraphs(source: str) -> list[str]:
    """Return the blocks of Markdown between blank lines; fenced code stays in one block.

    >>> paragraphs("One.\\n\\n- a\\n- b\\n\\n```\\nx\\n\\ny\\n```")
    ['One.', '- a\\n- b', '```\\nx\\n\\ny\\n```']
    """
    blocks: list[str] = []
    lines: list[str] = []
    fenced = False
    for line in source.split("\n"):
        fenced ^= line.lstrip().startswith("```")
        if line.strip() or fenced:
            lines.append(line.rstrip())
        elif lines:
            blocks.append("\n".join(lines))
            lines = []
    return [*blocks, "\n".join(lines)] if lines else blocks


def is_text(block: str) -> bool:
    """Return whether a block holds words to translate (not fenced code, a comment or a directive)."""
    return not (block.startswith(("```", "<!--")) or _DIRECTIVE.match(block))


def cell_texts(cell: Cell) -> Iterator[str]:
    """Yield the texts of one cell, in order."""
    if cell.kind == "markdown":
        for block in paragraphs(cell.source):
            if is_text(block):
                yield re.sub(r"^#+ ", "", block)
        return
    for line in cell.source.split("\n"):
        comment = _COMMENT.match(line)
        if comment:
            yield comment[2]
    for found in _MARKED.finditer(cell.source):
        yield str(ast.literal_eval(found[1]))


def lesson_texts(lesson: Lesson) -> list[str]:
    """Return every text of a lesson that people read, once each, in order."""
    found = lesson.texts()
    for task in lesson.tasks.values():
        found += task.texts()
    for cell in lesson.cells():
        found += cell_texts(cell)
    return list(dict.fromkeys(text for text in found if text.strip()))


def help_texts(lesson: Lesson) -> list[str]:
    """Return the texts that a language of ``help_in`` must have: those of the tasks, once each."""
    return list(dict.fromkeys(text for task in lesson.tasks.values() for text in task.texts()))


def carry_help(old: Lesson, folder: Path, lang: str) -> None:
    """Write what an own version in ``lang`` has of its origin's help in other languages.

    The tasks of an own version are in its language, so its catalogues translate from that one. What a
    teacher has in them stays; a task that she wrote anew is helped with in her language.
    """
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import write_po

    from kit.lesson.source import load

    words, asked = old.translation(lang), help_texts(load(folder))
    for code in old.help_in:
        known = old.translation(code).texts
        texts = {words.text(text, mark=False): known[text] for text in help_texts(old) if text in known}
        texts |= Translation.of(folder, code, lang).texts
        if code == lang or not texts:
            continue
        catalogue = Catalog(locale=code, charset="utf-8", fuzzy=False)
        for text in asked:
            if text in texts:
                catalogue.add(text, texts[text])
        body = io.BytesIO()
        write_po(body, catalogue, width=0, omit_header=True)
        (folder / "locale").mkdir(exist_ok=True)
        path = folder / "locale" / f"{code}.po"
        path.write_text(_HEADER + body.getvalue().decode(), encoding="utf-8", newline="\n")


def update_translation(folder: str | Path, lang: str) -> Path:
    """Bring ``locale/<lang>.po`` up to date with the source (of a help language: the tasks); return its path.

    New texts are added empty. A text whose English wording changed keeps its old translation, marked
    fuzzy: it counts as missing until a person has looked at it and taken the mark away.
    """
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import read_po, write_po

    from kit.lesson.source import load

    lesson = load(folder)
    template = Catalog(locale=lang, charset="utf-8")
    for text in help_texts(lesson) if lang in lesson.help_in else lesson_texts(lesson):
        template.add(text)
    path = lesson.folder / "locale" / f"{lang}.po"
    catalogue = Catalog(locale=lang, charset="utf-8", project=lesson.id, fuzzy=False)
    if path.is_file():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=lang)
    catalogue.update(template)
    catalogue.header_comment = f"# {lesson.id}: {lang}"
    catalogue.obsolete.clear()
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=0, omit_header=True)
    body = path.read_text(encoding="utf-8")
    path.write_text(_HEADER + body, encoding="utf-8", newline="\n")
    return path


_HEADER = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""


def status(texts: Iterable[str], translation: Translation) -> tuple[list[str], list[str]]:
    """Return the texts that have no translation, and those whose translation is stale."""
    asked = list(texts)
    stale = [text for text in asked if text in translation.stale]
    missing = [text for text in asked if text not in translation.texts and text not in translation.stale]
    return missing, stale
