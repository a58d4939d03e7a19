"""JSON files: one guarded way to read them."""

from __future__ import annotations

import json
from typing import Any

from kit.errors import FileError
from kit.formats._decode import decode
from kit.model import Source


def read_json(source: Source) -> Any:
    """Return what a JSON file holds; numbers keep the digits they were written with (as text).

    Raises
    ------
    FileError
        The file is no JSON, is cut off, or is nested absurdly deep.

    Examples
    --------
    >>> read_json(Source("a.json", b'{"value": 12.50, "n": 3, "bad": null}'))
    {'value': '12.50', 'n': '3', 'bad': None}
    """
    text = decode(source, markup=True).text
    try:
        return json.loads(text, parse_float=str, parse_int=str, parse_constant=lambda _: None)
    except RecursionError:
        line, column = 1, 1
    except json.JSONDecodeError as error:
        line, column = error.lineno, error.colno
    raise FileError(
        "{file} is not a complete JSON file: it breaks off or is damaged in line {line}, character {column}.",
        do="Download or copy it again.", code="broken-json",
        file=source.name, line=str(line), column=str(column),
    )  # fmt: skip
