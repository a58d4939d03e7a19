"""meta.xml: the descriptor of a Darwin Core Archive (https://dwc.tdwg.org/text/), read without any risk.

The parser is the standard library's expat, used directly: it never opens another file, and a document type
declaration (the only way to entities, and so to their bombs) stops it at once. A package such as
``defusedxml`` would do the same on top of the same parser.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from kit.errors import FileError
from kit.text import N_

_LIMIT = 4 << 20
_COLUMNS = 5000


@dataclass
class Element:
    """One element: its name without the namespace, its attributes, its text, what is inside it."""

    tag: str
    attributes: dict[str, str]
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def all(self, tag: str) -> list[Element]:
        """Return the elements of a name inside this one."""
        return [child for child in self.children if child.tag == tag]


@dataclass(frozen=True)
class Part:
    """One table of the archive. ``fields`` are (index or None, term, default)."""

    row_type: str
    files: tuple[str, ...]
    key: int | None
    fields: tuple[tuple[int | None, str, str], ...]
    separator: str = ","
    line_end: str = "\n"
    quote: str = '"'
    encoding: str = "utf-8"
    header_lines: int = 0

    @property
    def width(self) -> int:
        """How many columns the descriptor speaks of."""
        known = [index for index, _, _ in self.fields if index is not None]
        return max([*known, -1 if self.key is None else self.key], default=-1) + 1


def read_descriptor(name: str, data: bytes) -> tuple[Part, tuple[Part, ...]]:
    """Return (core, extensions) of a meta.xml; raise :class:`FileError` with the cause if it is none."""
    root = _parse(name, data)
    cores = root.all("core")
    if root.tag != "archive" or len(cores) != 1:
        raise _bad(name, N_("It must hold an element archive with one element core in it."), root.tag)
    return _part(name, cores[0]), tuple(_part(name, one) for one in root.all("extension"))


def _parse(name: str, data: bytes) -> Element:
    if len(data) > _LIMIT:
        raise _bad(name, N_("It is far larger than any descriptor."), f"{len(data) >> 20} MiB")
    top = Element("", {})
    stack = [top]

    def start(tag: str, attributes: dict[str, str]) -> None:
        if len(stack) > 20:
            raise _bad(name, N_("Its elements are nested too deeply."), tag)
        short = {key.rsplit(" ", 1)[-1]: value for key, value in attributes.items()}
        element = Element(tag.rsplit(" ", 1)[-1], short)
        stack[-1].children.append(element)
        stack.append(element)

    def end(_: str) -> None:
        stack.pop()

    def characters(text: str) -> None:
        stack[-1].text += text

    def doctype(*_: object) -> None:
        raise _bad(name, N_("It declares a document type or entities, which kit does not read."), "DOCTYPE")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = characters, doctype
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise _bad(
            name, N_("It is no well-formed XML."), f"{expat.ErrorString(error.code)}, line {error.lineno}"
        ) from None
    except FileError:
        raise
    except (LookupError, ValueError) as error:
        raise _bad(name, N_("Its encoding is not known."), str(error)[:80]) from None
    return top.children[0]


def _part(name: str, element: Element) -> Part:
    given = element.attributes
    files = tuple(
        location.text.strip() for files in element.all("files") for location in files.all("location")
    )
    if not any(files):
        raise _bad(name, N_("A table in it names no file (element location)."), given.get("rowType", "?"))
    keys = [*element.all("id"), *element.all("coreid")]
    fields = []
    for one in element.all("field"):
        term = re.split(r"[/#:]", one.attributes.get("term", "").strip().rstrip("/#"))[-1]
        if not term:
            raise _bad(name, N_("A field in it names no term."), str(one.attributes)[:80])
        index = _index(name, one.attributes.get("index"))
        fields.append((index, term, one.attributes.get("default", "").strip()))
    separator = _unescape(given.get("fieldsTerminatedBy", ","))
    if len(separator) != 1:
        raise _bad(
            name, N_("The sign between its columns (fieldsTerminatedBy) must be one character."), separator
        )
    lines = given.get("ignoreHeaderLines", "0").strip() or "0"
    return Part(
        re.split(r"[/#:]", given.get("rowType", "").strip())[-1], files,
        _index(name, keys[0].attributes.get("index")) if keys else None, tuple(fields), separator,
        _unescape(given.get("linesTerminatedBy", "\\n")) or "\n",
        _unescape(given.get("fieldsEnclosedBy", '"')),
        given.get("encoding", "utf-8").strip() or "utf-8", int(lines) if lines.isdecimal() else 0,
    )  # fmt: skip


def _index(name: str, text: str | None) -> int | None:
    if text is None or not text.strip():
        return None
    if not re.fullmatch(r"\s*\d{1,4}\s*", text) or int(text) >= _COLUMNS:
        raise _bad(name, N_("The number of a column in it is no number from 0 on."), text)
    return int(text)


def _unescape(text: str) -> str:
    for mark, sign in (("\\t", "\t"), ("\\r", "\r"), ("\\n", "\n"), ("&quot;", '"'), ('\\"', '"')):
        text = text.replace(mark, sign)
    return text


def _bad(name: str, why: str, value: str) -> FileError:
    return FileError(
        "The descriptor meta.xml of {file} cannot be used ({value}).", why=why,
        do="Ask whoever made the archive for a correct one, or give the table in it alone as a CSV file.",
        code="bad-descriptor", file=name, value=value[:120],
    )  # fmt: skip
