"""JSON that no format knows, as a plain table: lists of records, lists side by side, one record a line.

What services and home-made loggers give: ``[{"time": …, "temp": …}]``, ``{"feeds": [{…}]}``,
``{"time": […], "temp": […]}``, or an object in each line. What stands in an object inside a record becomes
columns of its own. ThingSpeak names its fields in ``channel`` beside the records.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from kit.errors import FileError
from kit.formats._decode import decode
from kit.formats._json import read_json
from kit.formats._objects import holds_json, table_of
from kit.model import Source


def from_json(source: Source) -> Source:
    """Return a JSON file as comma-separated text; anything else (and JSON without records) as it is.

    >>> from_json(Source("a.json", b'{"feeds": [{"t": "2024-05-01", "in": {"temp": 14.20}}]}')).data
    b't,temp\\n2024-05-01,14.20\\n'
    >>> from_json(Source("a.json", b'{"t": ["2024-05-01", "2024-05-02"], "temp": [14.2, null]}')).data
    b't,temp\\n2024-05-01,14.2\\n2024-05-02,\\n'
    """
    if not holds_json(source):
        return source
    found = _whole(source)
    records = _records(found)
    if not records:
        return source
    flat = [dict(_leaves(record)) for record in records]
    last = Counter(names[-1] for names in dict.fromkeys(name for record in flat for name in record))
    fields = _fields(found)
    named = {
        names: fields.get(names[-1]) or (names[-1] if last[names[-1]] == 1 else ".".join(names))
        for record in flat for names in record
    }  # fmt: skip
    frame = table_of({named[names]: value for names, value in record.items()} for record in flat)
    return Source(source.name, frame.to_csv(index=False, lineterminator="\n").encode())


def _whole(source: Source) -> Any:
    """What the file holds; a file with an object in each line is a list of them."""
    try:
        return read_json(source)
    except FileError:
        lines = [line for line in decode(source, markup=True).text.splitlines() if line.strip(" ,")]
        if len(lines) < 2 or not all(line.lstrip().startswith("{") for line in lines[:100]):
            raise
        return [read_json(Source(source.name, line.strip(" ,").encode())) for line in lines]


def _records(found: Any, depth: int = 0) -> list[Mapping[str, Any]]:
    """The longest list of objects in the file, or the lists of one length that stand side by side."""
    if isinstance(found, list):
        if found and all(isinstance(one, list) for one in found):
            return _pairs(found) or [record for one in found for record in _records(one, depth + 1)]
        return found if found and all(isinstance(one, dict) for one in found) else []
    if not isinstance(found, dict) or depth > 3:
        return []
    inside = [_records(value, depth + 1) for value in found.values()]
    longest = max(inside, key=len, default=[])
    columns = {key: value for key, value in found.items() if isinstance(value, list) and len(value) > 1}
    sizes = {len(value) for value in columns.values()}
    bare = not any(isinstance(cell, (list, dict)) for value in columns.values() for cell in value[:3])
    if len(columns) > 1 and len(sizes) == 1 and bare and sizes.pop() > len(longest):
        return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
    return longest


def _pairs(found: list[list[Any]]) -> list[Mapping[str, Any]]:
    """Lists of a time and a value each."""
    bare = all(len(one) == 2 and not any(isinstance(cell, (list, dict)) for cell in one) for one in found)
    return [dict(zip(("time", "value"), one, strict=True)) for one in found] if bare else []


def _leaves(record: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The values in a record with the names of what they stand in; lists are left out."""
    for key, value in record.items():
        if isinstance(value, dict) and len(above) < 4:
            yield from _leaves(value, (*above, key))
        elif not isinstance(value, list):
            yield (*above, key), value


def _fields(found: Any) -> dict[str, str]:
    """What ThingSpeak says of its fields: field1 → "Temperature (C)"."""
    channel = found.get("channel") if isinstance(found, dict) else None
    said = channel if isinstance(channel, dict) else {}
    return {key: str(name) for key, name in said.items() if key.startswith("field") and name}
