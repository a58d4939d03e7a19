"""Reading a delimited text table whole: cells as text, rows counted, records that do not fit refused.

**Row numbers.** The index of :attr:`Table.frame` is the position of the record after the header (and after a
units row), from 1. Blank records are left out of the frame but keep their number, so that a person who counts
rows in the file finds the one that is meant. A quoted cell with a line break is one record.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kit.errors import FileError
from kit.formats._columns import unique
from kit.formats._decode import Note, Text, decode
from kit.formats._layout import SEPARATORS, Layout, by_spaces, find_layout, is_date, is_number, records
from kit.formats._source import is_workbook
from kit.formats._workbook import sheets
from kit.model import Problem, Source
from kit.text import N_

_LISTED = 500


@dataclass
class Table:
    """A table as text. ``units`` are those of a units row ("" where there is none), one per column."""

    header: tuple[str, ...]
    frame: pd.DataFrame
    units: tuple[str, ...]
    preamble: tuple[str, ...] = ()
    decimal: str = "."
    blank: int = 0
    refused: tuple[Problem, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass
class _Body:
    """Split records: ``rows`` their numbers, ``blank`` and ``refused`` those that are not in ``frame``."""

    frame: pd.DataFrame
    blank: int
    refused: list[Problem]
    notes: list[Note]


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
    body = _read_body(source, _after(text, layout.lines), separator, layout, cut)
    names = unique([*layout.header, *[""] * (body.frame.shape[1] - len(layout.header))])
    units = (*layout.units, *[""] * (len(names) - len(layout.units)))
    body.frame.columns = pd.Index(names)
    notes = [*decoded.notes, *body.notes]
    if layout.preamble:
        notes.append((N_("Lines above the table that were skipped: {n}."), {"n": len(layout.preamble)}))
    table = Table(
        names, body.frame, units, layout.preamble, ".", body.blank, tuple(body.refused), tuple(notes)
    )
    table = _without_empty_columns(table, layout)
    table.decimal = decimal_sign(table.frame)
    return table


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
    _, chosen, text = max(tables, key=lambda entry: entry[0])
    note = N_("Sheets of the workbook that were not read: {names}.")
    others = ", ".join(name for name, _ in found if name != chosen)
    return Text(text, "workbook", ((note, {"names": others}),) if others else ()), ("\t",)


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


def _read_body(source: Source, body: str, separator: str, layout: Layout, cut: bool) -> _Body:
    if '"' in body:
        split = _split_quoted(body, separator)
        if split is not None:
            return _from_records(source, split, layout, cut)
    return _from_lines(source, body, separator, layout, cut)


def _split_quoted(body: str, separator: str) -> list[list[str]] | None:
    """Records with quoted cells; None where the quotes are only letters (inches, a stray quote)."""
    csv.field_size_limit(1 << 22)
    try:
        found = list(csv.reader(io.StringIO(body, newline="\n"), delimiter=separator))
    except csv.Error:
        return None
    width = max((len(cells) for cells in found), default=0)
    for cells in found:
        for cell in cells:
            # a stray quote swallows whole records: inside the cell stand lines that are records themselves
            if "\n" in cell and any(
                line.count(separator) >= max(1, width - 2) for line in cell.split("\n")[1:]
            ):
                return None
    return found


def _widths(
    source: Source, counts: np.ndarray, last: Callable[[int, int], bool], named: int
) -> tuple[int, int]:
    """Return (columns to read, fewest cells that a record may have) from the records' cell counts."""
    filled = counts[counts > 1]
    if not len(filled):
        return named, named
    sizes, often = np.unique(filled, return_counts=True)
    usual = int(sizes[np.argmax(often)])
    width = max(named, usual)
    if usual > named and not last(named, usual):
        raise FileError(
            "In {file} the rows have {cells} cells but the header names only {names} columns.",
            why="Values would come under wrong names.",
            do="Correct the header line, or export the file from the device again.",
            code="columns-shifted", file=source.name, cells=usual, names=named,
        )  # fmt: skip
    short = int(often[sizes < width].sum())
    fewest = usual if short >= 0.2 * len(filled) and usual < width else width
    return width, fewest


def _ragged(row: int, cells: int, width: int, start: str, cut: bool) -> Problem:
    params = {"cells": cells, "width": width}
    if cut:
        return Problem(
            "cut-off", N_("Row {row} is the last one and is cut off: {cells} cells in place of {width}."),
            row, value=start, suggestion=N_("Copy the file again; the end of it is missing."), params=params,
        )  # fmt: skip
    return Problem(
        "ragged", N_("Row {row} has {cells} cells where the header names {width}."), row, value=start,
        suggestion=N_("Correct this row in the file, or leave it out."), params=params,
    )  # fmt: skip


def _footer(lines: Iterable[tuple[int, str]]) -> Note:
    text = " / ".join(line.strip()[:80] for _, line in lines)
    return N_("Text below the table was skipped: {text}"), {"text": text[:200]}


def _from_records(source: Source, split: list[list[str]], layout: Layout, cut: bool) -> _Body:
    named = len(layout.header)
    split = [[cell.strip() for cell in cells] for cells in split]
    counts = np.fromiter(map(len, split), dtype=np.int64, count=len(split))

    def spare(width: int, usual: int) -> bool:
        return not any(any(cells[width:]) for cells in split)

    width, fewest = _widths(source, counts, spare, named)
    good: list[list[str]] = []
    rows: list[int] = []
    bad: list[tuple[int, list[str]]] = []
    blank = 0
    for row, cells in enumerate(split, 1):
        size = len(cells)
        if not any(cells):
            blank += 1
        elif fewest <= size <= width or (size > width and not any(cells[width:])):
            good.append(cells[:width] + [""] * (width - size))
            rows.append(row)
        else:
            bad.append((row, cells))
    lines = [(row, " ".join(filter(None, cells))) for row, cells in bad]
    body = _Body(
        pd.DataFrame(good, columns=range(width), dtype="str", index=pd.Index(rows, dtype="int64")),
        blank,
        [],
        [],
    )
    sizes = {row: len(cells) for row, cells in bad}
    return _account(body, lines, sizes, width, len(split) if cut else 0)


def _from_lines(source: Source, body: str, separator: str, layout: Layout, cut: bool) -> _Body:
    """Records of one line each, without quotes: counted with numpy, read by pandas' C engine."""
    named = len(layout.header)
    raw = (
        np.frombuffer(body.encode("utf-8", "replace") + b"\n", dtype=np.uint8)
        if body
        else np.empty(0, np.uint8)
    )
    ends = np.flatnonzero(raw == 10)
    marks = np.flatnonzero(raw == ord(separator))
    counts = np.diff(np.searchsorted(marks, ends), prepend=0) + 1
    lines: list[str] | None = None

    def spare(width: int, usual: int) -> bool:
        nonlocal lines
        lines = body.split("\n")
        return not any(any(cell.strip() for cell in line.split(separator)[width:]) for line in lines)

    width, fewest = _widths(source, counts, spare, named)
    fits = (counts >= fewest) & (counts <= width) if width > 1 else counts == 1
    rows = np.flatnonzero(fits) + 1
    bad: list[tuple[int, str]] = []
    blank = 0
    text = body
    if not fits.all():
        lines = body.split("\n") if lines is None else lines
        kept = [lines[row - 1] for row in rows]
        rescued = False
        for row in (np.flatnonzero(~fits) + 1).tolist():
            line = lines[row - 1]
            stripped = line.rstrip(separator + " \t")
            if not stripped:
                blank += 1
            elif counts[row - 1] > width and stripped.count(separator) < width:
                kept.append(stripped + separator * (width - 1 - stripped.count(separator)))
                rows = np.append(rows, row)
                rescued = True
            else:
                bad.append((row, line))
        if rescued:
            order = np.argsort(rows, kind="stable")
            rows, kept = rows[order], [kept[at] for at in order]
        text = "\n".join(kept)
    frame = (
        _read_csv(text, separator, width) if len(rows) else pd.DataFrame(columns=range(width), dtype="str")
    )
    frame.index = pd.Index(rows, dtype="int64")
    if re.search(
        r"(^|[" + re.escape(separator) + r"\n])[^\S\n]|[^\S\n]([" + re.escape(separator) + r"\n]|$)", text
    ):
        frame = frame.apply(lambda column: column.str.strip())
    empty = frame[0] == ""
    if empty.any():
        empty &= (frame.loc[empty] == "").all(axis=1).reindex(frame.index, fill_value=False)
        blank += int(empty.sum())
        frame = frame.loc[~empty]
    sizes = {row: int(counts[row - 1]) for row, _ in bad}
    return _account(_Body(frame, blank, [], []), bad, sizes, width, len(counts) if cut else 0)


def _read_csv(text: str, separator: str, width: int) -> pd.DataFrame:
    return pd.read_csv(
        io.StringIO(text), sep=separator, header=None, names=list(range(width)), index_col=False, dtype="str",
        keep_default_na=False, na_filter=False, quoting=csv.QUOTE_NONE, skip_blank_lines=False, engine="c",
        low_memory=False,
    )  # fmt: skip


def _account(body: _Body, bad: list[tuple[int, str]], sizes: dict[int, int], width: int, cut: int) -> _Body:
    """Tell refused records from text below the table."""
    end = int(body.frame.index[-1]) if len(body.frame) else 0
    below = [(row, line) for row, line in bad if row > end and sizes[row] < max(2, width // 2)]
    below = [(row, line) for row, line in below if not is_date(line.strip()) and row != cut]
    if below:
        body.notes.append(_footer(below))
    skipped = {row for row, _ in below}
    for row, line in bad:
        if row not in skipped:
            body.refused.append(_ragged(row, sizes[row], width, line.strip()[:80], row == cut))
    return body


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


def decimal_sign(frame: pd.DataFrame) -> str:
    """Return the decimal sign of the numbers in a table of text: "," if more cells have it than ".".

    >>> decimal_sign(pd.DataFrame({"a": ["1,5", "2"], "b": ["x", "3,25"]}))
    ','
    """
    sample = frame if len(frame) <= 3000 else frame.iloc[np.linspace(0, len(frame) - 1, 3000).astype(int)]
    commas = points = 0
    for name in frame.columns:
        cells = [cell for cell in sample[name] if ("," in cell or "." in cell) and is_number(cell)]
        for cell in cells:
            comma, point = cell.rfind(","), cell.rfind(".")
            commas += comma > point
            points += point > comma
    return "," if commas > points else "."
