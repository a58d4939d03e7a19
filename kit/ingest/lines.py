"""Lines above and below a table that name people ("Observer: …"): what stands behind the name goes, in place.

The line itself stays with its signs, so that the rest of the file is read as it would have been.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from kit.ingest.personal import says_personal, without_forms
from kit.model import RawTable, Source

#: So many lines at the beginning and at the end of a file are looked at.
ABOVE, BELOW = 150, 50
_BEFORE = " \t#*%/;,\"'"
#: What ends a value: another name with its sign.
_NEXT = re.compile(r"[;,\t]\s*[^\W\d_][\w ]{1,30}[:=]")
_BY = re.compile(
    r"\b(?:(?:measured|taken|made|recorded|collected|written|observed|sent|mõõdetud|koostanud|gemessen|erfasst)\s+)"
    r"(?:by |von |durch )?[A-ZÕÄÖÜŠŽ]|\[e-mail\]|\[phone\]"
)
_WORD = re.compile(r"[^\W_]+")
_NAME = re.compile(r"[^\W_][\w.'-]*(?: [A-ZÕÄÖÜŠŽ][\w.'-]*)*")


def is_of_people(line: str) -> bool:
    """Tell whether a line beside a table names people.

    >>> lines = "Vaatleja: M. M.", "Observer;M. M.;;", "taken by Ann", "Pond: 7b", "Observer:"
    >>> [is_of_people(line) for line in lines]
    [True, True, True, False, False]
    >>> lines_of_people(RawTable("plain", "readings", None, (), around=("Observer: M. M.", "Pond")))
    ('Observer: M. M.',)
    """
    return bool(_BY.search(line)) or _value_of_people(line) is not None


def lines_of_people(table: RawTable) -> tuple[str, ...]:
    """Return the lines around a table that name people."""
    return tuple(line for line in table.around if is_of_people(line))


def _value_of_people(line: str, signs: str = ":=;\t,") -> tuple[int, int] | None:
    """Return where the names stand in a line that begins with a word for people."""
    start = len(line) - len(line.lstrip(_BEFORE))
    found = re.match(rf"[^\n:=;\t,|]{{2,50}}?[\"']?\s*[{signs}]", line[start:])
    if not found or not says_personal(found[0][:-1].strip("\"' "), alone=False):
        return None
    start += found.end()
    another = _NEXT.search(line, start)
    end = another.start() if another else len(line)
    return (start, end) if _WORD.search(line, start, end) else None


def without_people(source: Source, around: Iterable[str] = ()) -> tuple[Source, int]:
    r"""Return a file of text without the names in lines such as "Observer: …", and in how many they were.

    ``around`` are further lines to empty: those that are known to stand beside the table.

    >>> without_people(Source("a.csv", b"# Observer: A. B.; Site: pond\ntime;temp\n"))[0].data
    b'# Observer: . .; Site: pond\ntime;temp\n'
    """
    data = source.data
    if data[:1] in (b"{", b"[") or b"\x00" in data[:2000]:
        return source, 0
    known = {" ".join(line.split()) for line in around}
    head, tail = _edges(source)
    lines, below = data[:head].split(b"\n"), data[tail:].split(b"\n")
    clean = [[_emptied(line, known) for line in part] for part in (lines, below)]
    changed = sum(line is not None for part in clean for line in part)
    if not changed:
        return source, 0
    above, under = (
        b"\n".join(old if new is None else new for old, new in zip(part, news, strict=True))
        for part, news in zip((lines, below), clean, strict=True)
    )
    return Source(source.name, above + data[head:tail] + under), changed


def remark(text: str) -> str:
    """Return what a person wrote without traces of people; a name of which nothing says that it is one stays.

    >>> remark("new battery, ask mari@kool.ee or 555 1234")
    'new battery, ask [e-mail] or [phone]'
    >>> remark("Observer: A. B."), remark("taken by Ann Example in the garden")
    ('Observer: …', 'taken by … in the garden')
    """
    return "\n".join(map(_nameless, without_forms(text.strip()).splitlines()))


def _nameless(line: str) -> str:
    if found := _value_of_people(line, ":="):
        return f"{line[: found[0]]} …{line[found[1] :]}"
    by = _BY.search(line)
    if by and not by[0].endswith("]"):
        return _nameless(line[: by.end() - 1] + _NAME.sub("…", line[by.end() - 1 :], count=1))
    return line


def _edges(source: Source) -> tuple[int, int]:
    """Return where the first lines end and where the last ones begin; those between are not looked at."""
    ends = source.line_ends
    if len(ends) < ABOVE + BELOW:
        return len(source.data), len(source.data)
    return int(ends[ABOVE - 1]), int(ends[-BELOW]) + 1


def _emptied(line: bytes, known: set[str]) -> bytes | None:
    encoding = "utf-8"
    try:
        text = line.decode()
    except UnicodeDecodeError:
        encoding, text = "latin-1", line.decode("latin-1")
    bare = text.strip("\r\ufeff")
    named = _value_of_people(bare, ":=")
    if named is None and not {" ".join(bare.split()), " ".join(bare.strip(_BEFORE).split())} & known:
        return None
    start, end = named or _value_of_people(bare) or (0, len(bare))
    clean = bare[:start] + _WORD.sub("", bare[start:end]) + bare[end:]
    return text.replace(bare, clean or "…").encode(encoding) if clean != bare else None
