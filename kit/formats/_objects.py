"""Tables made of JSON: lists of objects as records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from kit.errors import FileError
from kit.formats._decode import decode
from kit.model import Source


def looks_like_json(text: str) -> bool:
    """Tell whether a text begins as a JSON object or list does.

    >>> looks_like_json('[ {"a": 1} ]'), looks_like_json("[mm]; [s]")
    (True, False)
    """
    start = "".join(text[:400].split()).lstrip("\ufeff")
    return start.startswith(('{"', '[{"', "{}", "[]", '[["', '[[{"'))


def holds_json(source: Source) -> bool:
    """Tell whether a file begins as a JSON object or list does, in whatever encoding."""
    try:
        return looks_like_json(decode(Source(source.name, source.data[:1024]), markup=True).text)
    except FileError:
        return False


def objects(found: Any, name: str) -> list[dict[str, Any]]:
    """Return the records of a JSON file that is a list of objects, or one object.

    Raises :class:`FileError` (code ``only-header``) where there are none, ``no-table`` for anything else.
    """
    listed = [found] if isinstance(found, dict) else found
    if isinstance(listed, list) and not listed:
        raise FileError(
            "{file} holds a header but no rows of data.", why="The device had probably recorded nothing yet.",
            do="Check the period that you chose and export again.", code="only-header", file=name,
        )  # fmt: skip
    if not isinstance(listed, list) or not all(isinstance(one, dict) and one for one in listed):
        raise FileError(
            "{file} is a JSON file, but not a list of readings.",
            do="Export the readings from the device as CSV.", code="no-table", file=name,
        )  # fmt: skip
    return listed


def table_of(
    records: Iterable[Mapping[str, Any]], first: Sequence[str] = (), rows: Sequence[int] | None = None
) -> pd.DataFrame:
    """Return records as a table of text: a column per key in the order of their first use, rows from 1.

    >>> table_of([{"a": "1"}, {"b": None, "a": "2"}]).to_dict("list")
    {'a': ['1', '2'], 'b': ['', '']}
    """
    records = list(records)
    names = list(dict.fromkeys([*first, *(key for record in records for key in record)]))
    cells = {name: [text_of(record.get(name)) for record in records] for name in names}
    index = pd.Index(range(1, len(records) + 1) if rows is None else list(rows), dtype="int64")
    return pd.DataFrame(cells, index=index, columns=names, dtype="str")


def text_of(value: Any) -> str:
    """Return a JSON value as the text of a cell: "" for nothing, for lists and for objects.

    >>> text_of(" 1.5 "), text_of(None), text_of(True), text_of([1])
    ('1.5', '', 'true', '')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, (list, dict)):
        return ""
    return " ".join(str(value).split())
