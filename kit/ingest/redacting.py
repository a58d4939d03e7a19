"""The way of a file past what names people: what is read of it, what is kept, and the proof that both agree.

What counts as personal is said in ``personal`` (columns) and ``lines`` (lines beside a table); the copy is
written by ``keeping``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from kit import formats
from kit.errors import FileError
from kit.ingest.keeping import kept_copy, shortened
from kit.ingest.lines import lines_of_people, without_people
from kit.ingest.personal import (
    exact_columns,
    may_name_people,
    personal_columns,
    without_names,
    without_traces,
)
from kit.model import RawTable, Source
from kit.text import N_

PEOPLE = N_("Lines around the table that name people were left out of the kept copy: {n}.")
TRACES = N_(
    "Addresses, phone numbers and exact places in the text of the file were replaced or shortened; "
    "the original stays with you only."
)
FILE_NAME = N_(
    "The file's name is kept too. If it names a person, give the file another name and send it again."
)
ROUNDED = N_("Coordinates were rounded to three decimals, about 100 metres.")

Note = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Redacted:
    """A file without what is personal.

    ``source`` is the file without traces of people, ``whole`` its table, ``table`` that without the personal
    columns ``dropped``; ``kept`` is what is kept, ``exact`` names the columns whose coordinates it rounds.
    ``sure`` says that the kept copy is known to be read like the file; ``notes`` what was left out.
    """

    source: Source
    whole: RawTable
    table: RawTable
    kept: Source
    dropped: list[str]
    exact: list[str]
    sure: bool
    notes: tuple[Note, ...]


def read_redacted(given: Source) -> Redacted:
    """Return a file without what is personal, read; :class:`FileError` if no format reads it.

    >>> found = read_redacted(Source("a.csv", b"time,temp,user\\n2026-03-01 10:00,1.5,Mari\\n"))
    >>> found.dropped, found.kept.data, found.sure
    (['user'], b'time,temp\\n2026-03-01 10:00,1.5\\n', False)
    """
    source, table, emptied = _read(formats.redact(given))
    table, pairs = without_traces(table)
    dropped = personal_columns(table)
    exact = [name for name in exact_columns(table) if name not in dropped]
    table = without_names(table, dropped)
    people = len(lines_of_people(table))
    in_place = exact and not (pairs or dropped or people or table.container)
    proven = shortened(source, table, exact) if in_place else None
    if not proven and (dropped or exact or pairs or people) and not all(map(_is_text, table.frame.dtypes)):
        with formats.as_text():  # a copy is made of the cells as they stand in the file
            table = without_names(without_traces(formats.parse(source))[0], dropped)
    kept = proven or kept_copy(source, table, dropped, exact, people + len(pairs))
    if kept is not source:
        table.refused = tuple(replace(one, value="") for one in table.refused)
    told: tuple[tuple[str, dict[str, int], bool], ...] = (
        (ROUNDED, {}, bool(exact)),
        (PEOPLE, {"n": people + emptied}, people + emptied > 0),
        (TRACES, {}, bool(pairs) or (source.data is not given.data and not emptied)),
        (FILE_NAME, {}, may_name_people(source.name)),
    )
    return Redacted(
        source, table, _without(table, dropped), kept, dropped, exact,
        sure=kept is source or kept is proven,
        notes=tuple((template, params) for template, params, true in told if true),
    )  # fmt: skip


def is_redacted(dropped: tuple[str, ...], notes: tuple[Note, ...]) -> bool:
    """Tell from what a report says whether its kept copy lacks what stood beside the table."""
    return bool(dropped) or bool({ROUNDED, PEOPLE, TRACES} & {template for template, _ in notes})


def is_read_alike(kept: Source, table: RawTable) -> bool:
    """Tell whether a redacted copy is read in the same way as the file was."""
    try:
        again = formats.parse(kept)
    except FileError:
        return False
    names = [c.name for c in table.columns]
    same = again.format == table.format and again.kind == table.kind
    same = same and [c.name for c in again.columns] == names and again.frame.index.equals(table.frame.index)
    same = same and (again.stamp, again.period) == (table.stamp, table.period)
    same = same and (again.decimal == table.decimal or _only_whole(again))
    return same and not personal_columns(again)


def _only_whole(table: RawTable) -> bool:
    """Tell whether no cell that is read as a number has a decimal sign: then it does not matter which."""
    roles = ("value", "elapsed", "latitude", "longitude", "elevation", "count", "effort")
    cells = (table.frame[column.name] for column in table.columns if column.role in roles)
    return not any(one.astype("str").str.contains("[.,]", regex=True).any() for one in cells)


def copy_with_lines(found: Redacted, table: RawTable) -> Source:
    """Return a copy that holds the lines around its table too, where its reader needs them.

    Raises :class:`FileError` (``not-redactable``) if no copy is read like ``table``.
    """
    kept = kept_copy(found.source, found.whole, found.dropped, found.exact, above=True)
    if is_read_alike(kept, table):
        return kept
    raise FileError(
        "{file} holds personal data ({columns}) and kit cannot make a copy without it.",
        do="Remove these columns in a spreadsheet and save the table as CSV.", code="not-redactable",
        file=found.source.name, columns=", ".join(found.dropped) or "…",
    )  # fmt: skip


def _read(source: Source) -> tuple[Source, RawTable, int]:
    """Return a file without names beside its table, the table, and in how many lines names stood."""
    source, emptied = without_people(source)
    table = formats.parse(source)
    left = lines_of_people(table)
    again, more = without_people(source, left) if left else (source, 0)
    return (again, formats.parse(again), emptied + more) if more else (source, table, emptied)


def _is_text(dtype: Any) -> bool:
    return isinstance(dtype, pd.StringDtype) or getattr(dtype, "kind", "") == "O"


def _without(table: RawTable, dropped: list[str]) -> RawTable:
    """Return the table without the personal columns; their cells are not looked at again."""
    columns = tuple(column for column in table.columns if column.name not in dropped)
    if [column.name for column in columns] == table.frame.columns.tolist():
        return table
    return replace(table, frame=table.frame[[column.name for column in columns]], columns=columns)
