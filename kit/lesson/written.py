"""TOML as a lesson's files hold it: written from tables, and changed so that little else changes."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

_HEADER = re.compile(r"^\[{1,2}([\w.-]+)\]{1,2}\s*(#.*)?$")
_KEY = re.compile(r"^([\w-]+)\s*=")


def to_toml(table: Mapping[str, Any], path: str = "") -> str:
    """Return a table as TOML: texts, numbers, truth values, lists of these, tables and lists of tables.

    >>> print(to_toml({"a": 1, "b": {"c": ["x"]}}).strip())
    a = 1
    <BLANKLINE>
    [b]
    c = ["x"]
    """
    plain, below = [], []
    for key, value in table.items():
        name = key if re.fullmatch(r"[\w-]+", key, re.A) else json.dumps(key, ensure_ascii=False)
        full = f"{path}.{name}" if path else name
        if isinstance(value, Mapping):
            below.append(f"\n[{full}]\n{to_toml(value, full)}")
        elif isinstance(value, (list, tuple)) and value and isinstance(value[0], Mapping):
            below += [f"\n[[{full}]]\n{to_toml(one, full)}" for one in value]
        else:
            plain.append(f"{name} = {_toml_value(value)}\n")
    return "".join(plain) + "".join(below)


def _toml_value(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        inner = ", ".join(_toml_value(one) for one in value)
        if len(inner) < 100:
            return f"[{inner}]"
        return "[\n" + "".join(f"    {_toml_value(v)},\n" for v in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def changed(text: str, table: Mapping[str, Any]) -> str:
    """Return TOML that says what ``table`` says, as like to ``text`` as can be.

    What says the same stays as it is. Where only texts differ, only these are replaced; else the file is
    written anew and the lines of comments go before what they stood before.

    >>> changed('# mine\\n[A]\\nq = "old"\\n', {"A": {"q": "new"}})
    '# mine\\n[A]\\nq = "new"\\n'
    """
    if _is(text, table):
        return text
    said = _replaced(text, table)
    if _is(said, table):
        return said
    plain = to_toml(table)
    commented = _with_comments(plain, _comments(text))
    return commented if _is(commented, table) else plain


def _is(text: str, table: Mapping[str, Any]) -> bool:
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return to_toml(found) == to_toml(table)  # the order counts: pupils see that of tasks and choices


def _replaced(text: str, table: Mapping[str, Any]) -> str:
    """Return the text with each text that differs replaced where it stands, if it stands there once."""
    for old, new in _differing(tomllib.loads(text), table):
        one, other = json.dumps(old, ensure_ascii=False), json.dumps(new, ensure_ascii=False)
        if text.count(one) == 1:
            text = text.replace(one, other)
    return text


def _differing(old: Any, new: Any) -> Iterator[tuple[str, str]]:
    if isinstance(old, str) and isinstance(new, str) and old != new:
        yield old, new
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in old.keys() & new.keys():
            yield from _differing(old[key], new[key])
    elif isinstance(old, list) and isinstance(new, (list, tuple)) and len(old) == len(new):
        for one, other in zip(old, new, strict=True):
            yield from _differing(one, other)


def _anchors(text: str) -> Iterator[tuple[str, tuple[str, int] | None]]:
    """Yield each line with what it is: the header of a table or a key of one, the n-th of its name."""
    section, seen = "", Counter[str]()
    for line in text.split("\n"):
        header, key = _HEADER.match(line), _KEY.match(line)
        name = header[1] if header else f"{section}.{key[1]}" if key else ""
        if header:
            section = header[1]
        if not name:
            yield line, None
            continue
        seen[name] += 1
        yield line, (name, seen[name])


def _comments(text: str) -> dict[tuple[str, int] | None, list[str]]:
    """Return the lines of comments by what they stand before; None: the end."""
    found: dict[tuple[str, int] | None, list[str]] = {}
    waiting: list[str] = []
    for line, anchor in _anchors(text):
        if line.lstrip().startswith("#"):
            waiting.append(line)
        elif anchor and waiting:
            found[anchor], waiting = waiting, []
    return found | ({None: waiting} if waiting else {})


def _with_comments(text: str, comments: dict[tuple[str, int] | None, list[str]]) -> str:
    lines: list[str] = []
    left = dict(comments)
    for line, anchor in _anchors(text):
        lines += left.pop(anchor, []) if anchor else []
        lines.append(line)
    rest = [line for one in left.values() for line in one]
    return "\n".join(lines).rstrip("\n") + "\n" + "".join(line + "\n" for line in rest)
