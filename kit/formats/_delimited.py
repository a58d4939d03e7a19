"""Reading a delimited text table whole: cells as text, rows counted, records that do not fit refused.

**Row numbers.** The index of :attr:`Table.frame` is the position of the record after the header (and after a
units row), from 1. Blank records are left out of the frame but keep their number, so that a person who counts
rows in the file finds the one that is meant. A quoted cell with a line break is one record.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kit.errors import FileError
from kit.formats._body import read_body
from kit.formats._columns import split_unit, unique
from kit.formats._decode import Note, Text, decode
from kit.formats._layout import SEPARATORS, Layout, by_spaces, find_layout, is_number, records
from kit.formats._source import is_workbook
from kit.formats._workbook import sheets
from kit.model import Problem, Source
from kit.text import N_

_THOUSANDS = re.compile(r"[+\-−]?[1-9]\d{0,2}([.,]\d{3})+")
_HUNDREDS = re.compile(r"[+\-−]?[1-9]\d{2}")


@dataclass
class Table:
    """A table as text.

    ``units`` are those of a units row ("" where there is none), one per column; they also become part of the
    names ("Temp (°C)"), so that a copy with one header line says the same.
    """

    header: tuple[str, ...]
    frame: pd.DataFrame
    units: tuple[str, ...]
    preamble: tuple[str, ...] = ()
    decimal: str = "."
    blank: int = 0
    refused: tuple[Problem, ...] = ()
    notes: tuple[Note, ...] = ()
    around: tuple[str, ...] = ()


def read_table(
    source: Source,
    is_header: Callable[[Sequence[str]], bool] | None = None,
    separators: Sequence[str] = SEPARATORS,
) -> Table:
    """Return the table in a text file.

    Parameters
    ----------
    source
        The file; see :func:`kit.formats._decode.decode` for encodings and line ends.
    is_header
        For formats that know their header: tells whether a record is it.
    separators
        Candidates; runs of blanks are tried where none fits.

    Raises
    ------
    FileError
        Codes ``no-table``, ``no-header``, ``only-header``, ``columns-shifted``, and those of ``decode``.
    """
    decoded, separators = _text_of(source, is_header, separators)
    text = decoded.text.removeprefix("\ufeff")
    declared = re.match(r"\s*sep=(.)\s*\n", text)
    if declared:
        text = text[declared.end() :]
    layout = find_layout(text, is_header, separators)
    if layout is None:
        raise _no_layout(source, text)
    if layout.separator in ("  ", " "):
        text = by_spaces(text, layout.separator)
    separator = "\t" if layout.separator in ("  ", " ") else layout.separator
    cut = not (text.endswith("\n") or decoded.encoding == "workbook")
    body = read_body(source, _after(text, layout.lines), separator, len(layout.header), cut)
    extra = body.frame.shape[1] - len(layout.header)
    units = (*layout.units, *[""] * extra)
    names = unique(
        _with_unit(name, unit) for name, unit in zip([*layout.header, *[""] * extra], units, strict=True)
    )
    body.frame.columns = pd.Index(names)
    notes = [*decoded.notes, *body.notes]
    if layout.preamble:
        notes.append((N_("Lines above the table that were skipped: {n}."), {"n": len(layout.preamble)}))
    table = Table(
        names, body.frame, units, layout.preamble, ".", body.blank, tuple(body.refused), tuple(notes)
    )
    table.around = (*layout.preamble, *body.below)
    table = _without_empty_columns(table, layout)
    table.decimal = decimal_sign(table.frame, separator)
    return table


def _with_unit(name: str, unit: str) -> str:
    """A name with the unit that stands below it, as people write it into one cell: "Temp (°C)"."""
    return f"{name} ({unit})" if name and unit and not split_unit(name)[1] else name


def _text_of(
    source: Source, is_header: Callable[[Sequence[str]], bool] | None, separators: Sequence[str]
) -> tuple[Text, Sequence[str]]:
    """The text of a file, or of the sheet of a workbook that is most like a table."""
    if not is_workbook(source.data):
        return decode(source), separators
    found = sheets(source)
    layouts = [(find_layout(text, is_header, ("\t",)), name, text) for name, text in found]
    tables = [
        (layout.score * min(text.count("\n"), 1000), name, text) for layout, name, text in layouts if layout
    ]
    if not tables:
        return Text(found[0][1], "workbook"), ("\t",)
    _, _, text = max(tables, key=lambda entry: entry[0])
    note = N_("Other sheets of the workbook that were not read: {n}.")
    others = len(found) - 1
    return Text(text, "workbook", ((note, {"n": others}),) if others else ()), ("\t",)


def no_rows(name: str) -> FileError:
    """The error for a table that has a header and nothing below it."""
    return FileError(
        "{file} holds a header but no rows of data.", why="The device had probably recorded nothing yet.",
        do="Check the period that you chose and export again.", code="only-header", file=name,
    )  # fmt: skip


def _no_layout(source: Source, text: str) -> FileError:
    for separator in SEPARATORS:
        rows = [cells for _, cells in records(text[: 1 << 16], separator, 50) if any(cells)]
        wide = [cells for cells in rows if len(cells) > 1]
        if len(wide) >= 0.8 * len(rows) and wide:
            return FileError(
                "{file} has rows of values but no header that says what they are.",
                do="Export it with column names, or write them into the first line.",
                code="no-header", file=source.name, row=1, value=separator.join(wide[0])[:80],
            )  # fmt: skip
    return FileError(
        "{file} holds text but no table.", why="No separator (; , tab |) divides its lines into columns.",
        do="Export the readings from the device as CSV.", code="no-table", file=source.name,
    )  # fmt: skip


def _after(text: str, lines: int) -> str:
    position = 0
    for _ in range(lines):
        end = text.find("\n", position)
        if end < 0:
            return ""
        position = end + 1
    return text[position:].rstrip("\n")


def _without_empty_columns(table: Table, layout: Layout) -> Table:
    """Drop columns that have neither a name nor a value (separators at the ends of lines)."""
    named = [bool(name.strip()) for name in layout.header] + [False] * (
        len(table.header) - len(layout.header)
    )
    keep = [at for at, has in enumerate(named) if has or (table.frame.iloc[:, at] != "").any()]
    if len(keep) == len(named):
        return table
    note = N_("{n} columns without a name and without values were left out.")
    table.notes = (*table.notes, (note, {"n": len(named) - len(keep)}))
    table.frame = table.frame.iloc[:, keep]
    table.header = tuple(table.header[at] for at in keep)
    table.units = tuple(table.units[at] for at in keep)
    return table


def decimal_sign(frame: pd.DataFrame, separator: str = ";") -> str:
    """Return the decimal sign of the numbers in a table of text.

    Cells such as "1,012" may be decimals or thousands; they count only where no other cell tells. In a table
    with commas between its columns they are then thousands (who writes decimal commas uses semicolons), and
    so they are in a column where whole numbers of three digits stand beside them ("999", "1.012").

    >>> decimal_sign(pd.DataFrame({"a": ["1,5", "2"], "b": ["x", "3,25"]}))
    ','
    >>> [decimal_sign(pd.DataFrame({"a": cells})) for cells in (["101,325", "1,234.5"], ["6,661"])]
    ['.', ',']
    """
    for size in (300, 6000):
        comma, point, comma_or_not, point_or_not = _signs(frame, size)
        if comma or point or len(frame) <= size:
            break
    if comma or point:
        return "," if comma > point else "."
    return "," if comma_or_not > point_or_not and separator != "," else "."


def _signs(frame: pd.DataFrame, size: int) -> tuple[int, int, int, int]:
    """Count numbers with a decimal comma, with a decimal point, and those that may hold thousands."""
    rows = np.unique(np.linspace(0, len(frame) - 1, size).astype(int)) if len(frame) > size else slice(None)
    sure = {",": 0, ".": 0}
    either = {",": 0, ".": 0}
    for position in range(frame.shape[1]):
        cells = frame.iloc[:, position].to_numpy(dtype=object)[rows].tolist()
        grouped, own = {",": 0, ".": 0}, {",": 0, ".": 0}
        for text in cells:
            if "." not in text and "," not in text:
                continue
            cell = text.rstrip("*#†")
            comma, point = cell.rfind(","), cell.rfind(".")
            if comma == point or not is_number(cell):
                continue
            sign = "," if comma > point else "."
            if min(comma, point) < 0 and _THOUSANDS.fullmatch(cell):
                grouped[sign] += 1
            else:
                sure[sign] += 1
                own[sign] += 1
        whole = any(grouped.values()) and any(map(_HUNDREDS.fullmatch, cells))
        for sign, other in ((",", "."), (".", ",")):
            if grouped[sign] and whole and not own[sign]:
                sure[other] += grouped[sign]
            else:
                either[sign] += grouped[sign]
    return sure[","], sure["."], either[","], either["."]
