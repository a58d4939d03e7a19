"""The records below a header: split into cells, counted, numbered; those that do not fit are refused.

Two ways to the same result. Where every record is one line, the cells per line are counted with numpy and
pandas' C engine reads them; where quoted cells hold line breaks or rows are ragged inside quotes, the csv
module does.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from kit.errors import FileError
from kit.formats._decode import Note
from kit.formats._layout import FIELD_LIMIT, is_date
from kit.model import Problem, Source
from kit.text import N_

_Counts = np.ndarray
_QUOTE, _BREAK = 34, 10
#: Texts shorter than this are split by hand, unless they hold what a parser treats in its own way.
_SHORT = 1 << 16
_ODD = re.compile(r"[\r\x00]")


@dataclass
class Body:
    """Split records: ``frame`` (index: row numbers, columns 0, 1, …), blank and refused ones, notes."""

    frame: pd.DataFrame
    blank: int = 0
    refused: list[Problem] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    below: tuple[str, ...] = ()


def read_body(source: Source, text: str, separator: str, named: int, cut: bool, quotes: bool = True) -> Body:
    """Return the records in ``text``, which stands below a header of ``named`` columns.

    ``cut`` says that the file does not end with a line break, so that its last record may be cut off;
    ``quotes`` is false where quotes are known to be ordinary letters.
    """
    raw = np.frombuffer(text.encode("utf-8", "replace") + b"\n" if text else b"", dtype=np.uint8)
    if quotes and '"' in text:
        counts = _quoted_counts(raw, ord(separator))
        if counts is not None and (counts == named).all():
            rows = np.arange(1, len(counts) + 1)
            return _body_of(
                _read_csv(text, separator, named, csv.QUOTE_MINIMAL), rows, raw, ord(separator), 0
            )
        split = _split_quoted(text, separator)
        if split is not None:
            return _from_records(source, split, named, cut)
    return _from_lines(source, text, raw, separator, named, cut)


def _line_counts(raw: np.ndarray, marks: np.ndarray) -> _Counts:
    ends = np.flatnonzero(raw == _BREAK)
    return np.diff(np.searchsorted(marks, ends), prepend=0) + 1


def _quoted_counts(raw: np.ndarray, separator: int) -> _Counts | None:
    """Cells per line where quotes may hold separators; None if one spans lines or a quote is stray."""
    quotes = np.flatnonzero(raw == _QUOTE)
    ends = np.flatnonzero(raw == _BREAK)
    per_line = np.diff(np.searchsorted(quotes, ends), prepend=0)
    if (per_line % 2).any():
        return None
    opening, closing = quotes[0::2], quotes[1::2]
    before = raw[np.maximum(opening - 1, 0)]
    after = raw[closing + 1]
    edges_before = (before == separator) | (before == _BREAK) | (before == _QUOTE) | (opening == 0)
    edges_after = (after == separator) | (after == _BREAK) | (after == _QUOTE)
    if not (edges_before.all() and edges_after.all()):
        return None
    marks = np.flatnonzero(raw == separator)
    inside = np.searchsorted(quotes, marks) % 2 == 1
    return _line_counts(raw, marks[~inside])


def _split_quoted(text: str, separator: str) -> list[list[str]] | None:
    """Records with quoted cells; None where the quotes are only letters (inches, a stray quote)."""
    csv.field_size_limit(FIELD_LIMIT)
    try:
        found = list(csv.reader(io.StringIO(text, newline="\n"), delimiter=separator))
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


def _widths(source: Source, counts: _Counts, named: int, spare: Callable[[int], bool]) -> tuple[int, int]:
    """Return (columns to read, fewest cells that a record may have) from the records' cell counts.

    ``spare`` tells whether all cells beyond a width are empty. Records are short without being damaged only
    where a fifth of the file is: such files leave out empty cells at the ends of lines.
    """
    filled = counts[counts > 1]
    if not len(filled):
        return named, named
    sizes, often = np.unique(filled, return_counts=True)
    usual = int(sizes[np.argmax(often)])
    if usual > named and not spare(named):
        raise FileError(
            "In {file} the rows have {cells} cells but the header names only {names} columns.",
            why="Values would come under wrong names.",
            do="Correct the header line, or export the file from the device again.",
            code="columns-shifted", file=source.name, cells=usual, names=named,
        )  # fmt: skip
    short = int(often[sizes < named].sum())
    fewest = usual if short >= 0.2 * len(filled) and usual < named else named
    return named, fewest


def _from_records(source: Source, split: list[list[str]], named: int, cut: bool) -> Body:
    split = [[cell.strip() for cell in cells] for cells in split]
    counts = np.fromiter(map(len, split), dtype=np.int64, count=len(split))
    width, fewest = _widths(source, counts, named, lambda size: not any(any(cells[size:]) for cells in split))
    good: list[list[str]] = []
    rows: list[int] = []
    bad: dict[int, tuple[int, str]] = {}
    blank = 0
    for row, cells in enumerate(split, 1):
        size = len(cells)
        if not any(cells):
            blank += 1
        elif fewest <= size <= width or (size > width and not any(cells[width:])):
            good.append(cells[:width] + [""] * (width - size))
            rows.append(row)
        else:
            bad[row] = (size, " ".join(filter(None, cells)))
    frame = pd.DataFrame(good, columns=range(width), dtype="str", index=pd.Index(rows, dtype="int64"))
    return _account(Body(frame, blank), bad, width, len(split) if cut else 0)


def _from_lines(source: Source, text: str, raw: np.ndarray, separator: str, named: int, cut: bool) -> Body:
    """Records of one line each; quotes are letters."""
    counts = _line_counts(raw, np.flatnonzero(raw == ord(separator)))
    lines: list[str] = []

    def spare(width: int) -> bool:
        lines.extend(text.split("\n"))
        return not any(any(cell.strip() for cell in line.split(separator)[width:]) for line in lines)

    width, fewest = _widths(source, counts, named, spare)
    fits = (counts >= fewest) & (counts <= width)
    if fits.all() and len(counts):
        frame = _read_csv(text, separator, width, csv.QUOTE_NONE)
        return _body_of(frame, np.arange(1, len(counts) + 1), raw, ord(separator), 0)
    kept: dict[int, str] = {}
    bad: dict[int, tuple[int, str]] = {}
    blank = 0
    for row, (line, fit, size) in enumerate(
        zip(text.split("\n"), fits.tolist(), counts.tolist(), strict=False), 1
    ):
        stripped = line if fit else line.rstrip(separator + " \t")
        if not stripped:
            blank += 1
        elif fit or (size > width and stripped.count(separator) < width):
            kept[row] = stripped if fit else stripped + separator * (width - 1 - stripped.count(separator))
        else:
            bad[row] = (size, line)
    frame = _read_csv("\n".join(kept.values()), separator, width, csv.QUOTE_NONE) if kept else _nothing(width)
    body = _body_of(frame, np.fromiter(kept, dtype=np.int64, count=len(kept)), raw, ord(separator), blank)
    return _account(body, bad, width, len(counts) if cut else 0)


def _nothing(width: int) -> pd.DataFrame:
    return pd.DataFrame(columns=range(width), dtype="str")


def _read_csv(text: str, separator: str, width: int, quoting: Literal[0, 3]) -> pd.DataFrame:
    if quoting == csv.QUOTE_NONE and len(text) < _SHORT and not _ODD.search(text):
        rows = [line.split(separator) for line in text.split("\n")]
        if all(len(row) == width for row in rows):  # far quicker than to set up a parser
            columns = zip(*rows, strict=True)
            return pd.DataFrame(
                {at: pd.array(cells, dtype="str") for at, cells in enumerate(columns)}, copy=False
            )
    text = text + "\n" if text.endswith("\n") else text  # an empty last line is a record too
    return pd.read_csv(
        io.StringIO(text), sep=separator, header=None, names=list(range(width)), index_col=False, dtype="str",
        keep_default_na=False, na_filter=False, quoting=quoting, skip_blank_lines=False, engine="c",
        low_memory=False,
    )  # fmt: skip


def _body_of(frame: pd.DataFrame, rows: np.ndarray, raw: np.ndarray, separator: int, blank: int) -> Body:
    """Number the records, strip their cells where any has blanks around it, leave out blank records."""
    frame.index = pd.Index(rows, dtype="int64")
    edge = (raw == separator) | (raw == _BREAK) | (raw == _QUOTE)
    space = ((raw <= 32) & (raw != _BREAK) & (raw != separator)) | (raw >= 0xC2)
    # bytes from 0xC2 on begin letters beyond ASCII, among them no-break spaces: rare at the edge of a cell
    padded = (space[:-1] & edge[1:]).any() or (edge[:-1] & space[1:]).any() or (len(raw) and space[0])
    if padded or bytes((0xC2, 0xA0)) in raw.tobytes():
        frame = frame.apply(lambda column: column.str.strip())
    if len(frame):
        first: Any = frame[0].array
        if (first == "").any():
            empty = frame[0] == ""
            empty &= (frame.loc[empty] == "").all(axis=1).reindex(frame.index, fill_value=False)
            blank += int(empty.sum())
            frame = frame.loc[~empty]
    return Body(frame, blank)


def _account(body: Body, bad: dict[int, tuple[int, str]], width: int, cut: int) -> Body:
    """Tell refused records from text below the table, and from lines of comment inside it."""
    comments = {row: line.strip() for row, (_, line) in bad.items() if line.lstrip().startswith("#")}
    comments.pop(cut, "")
    if comments:
        note = N_("Lines of comment (#) in the table that were skipped: {n}.")
        body.notes.append((note, {"n": len(comments)}))
        bad = {row: what for row, what in bad.items() if row not in comments}
    end = int(body.frame.index[-1]) if len(body.frame) else 0
    below = {
        row: line.strip()
        for row, (size, line) in bad.items()
        if row > end and size < max(2, width // 2) and row != cut and not is_date(line.strip())
    }
    if below:
        body.notes.append((N_("Lines of text below the table that were skipped: {n}."), {"n": len(below)}))
    body.below = (*comments.values(), *below.values())
    for row, (size, line) in bad.items():
        if row not in below:
            body.refused.append(ragged(row, size, width, line.strip()[:80], row == cut))
    return body


def ragged(row: int, cells: int, width: int, start: str = "", cut: bool = False) -> Problem:
    """Return the problem of a record that has ``cells`` cells and not ``width``; ``cut``: its end is missing.

    >>> ragged(3, 2, 5, "7;8").to_dict("en")["message"]
    'Row 3 has 2 cells where the header names 5.'
    """
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


def further_down(problem: Problem, rows: int) -> Problem:
    """Return a problem with its row counted from ``rows`` rows higher up in the file."""
    return problem if problem.row is None else replace(problem, row=problem.row + rows)
