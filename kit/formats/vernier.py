r"""Vernier Graphical Analysis, Logger Pro and LabQuest: exports of school probes, one block of columns a run.

Sample (Graphical Analysis; Logger Pro writes ``Latest: Time (s)``, ``Run 1: …``, ``Remote Data: …``)::

    Data Set 1:Time(s),Data Set 1:Temperature(°C),Data Set 2:Time(s),Data Set 2:Temperature(°C)
    0,21.3,0,20.9
    60,21.4,60,21.1
    120,21.4,,

LabQuest and Logger Pro as text (tabs; the long names, the short names, the units)::

    Vernier Format 2
    pond.cmbl 3/1/2026 10:12:00 .
    Data Set
    Time	Temperature
    t	T
    s	°C

    0	21.3

What the format defines
    In front of the colon stands the run, behind it the quantity with its unit in brackets. Times count from
    the moment when "Collect" was pressed.
Traps
    * No clock: a person must say when each run started. The date in the second line of the text export is
      that of the file.
    * Runs stand side by side and differ in length. kit puts them below each other; the rows of the second
      run are numbered from the next power of ten (row 1005 is row 5 of the second run), so that a row can be
      found again.
    * The words are those of the program's language ("Datensatz 1:Zeit(s)"), and a run can have any name, that
      of a pupil too: runs with names of their own become Run 1, Run 2 …
    * A time before 0 is a reading from before the trigger.
    * Calculated columns and events stand among the measured ones.
    * PASCO's programs write the run behind the quantity ("Time (s) Run #2") or into a row above the names,
      and may add "Date and Time", which is then the time. A spreadsheet may only repeat the columns, each
      block beginning with its time: these are runs 1, 2, …
    * A kept copy has the runs in a column: ``Data Set,Time(s),Temperature(°C)``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from kit.errors import FileError
from kit.formats._body import ragged
from kit.formats._columns import split_unit, unique
from kit.formats._decode import Note, decode
from kit.formats._delimited import Table, decimal_sign, no_rows, read_table
from kit.formats._elapsed import elapsed_unit
from kit.formats._format import Format
from kit.formats._layout import is_date, is_number
from kit.formats._reasons import EMPTY, OTHER_TIME
from kit.formats._source import is_workbook
from kit.model import Column, Problem, RawTable, Source
from kit.text import N_
from kit.vocab.durations import SECONDS, duration_unit

RUN = "Data Set"
#: Names of runs that the programs give; any other is one that somebody typed, perhaps a pupil's.
_OWN_NAMES = re.compile(
    r"\W*(?:(?:(?:data|date|remote|set|run|latest|previous|datensatz|daten|lauf|messung|messreihe|letzte[rs]?|andmed"
    r"|andmestik|andmehulk|katse|mõõtmine|viimane|essai|série|jeu|données|de|serie|conjunto|datos|ensayo|latauskerta"
    r"|mittaus|sarja|datu|kopa|duomenys|набор|данных|опыт|серия|набір|даних|дослід)[\W\d_]*)+|[\W\d_]+)",
    re.I,
)
_NUMBERED = N_("The runs have the names of people or things; kit calls them Run 1, Run 2 … in their order.")
_BLOCK = re.compile(r"(?P<run>[^:]{1,60}?)\s*:\s*(?P<name>\S.*)$")
_BEHIND = re.compile(r"(?P<name>\S.*?)\s*[,:]?\s+(?P<run>(?:Run|Lauf|Katse|Essai)\s*#?\s*\d+)$", re.I)
_ABOVE = re.compile(r"(?P<run>(?:Run|Lauf|Katse|Essai)\s*#?\s*\d+)\s+(?P<name>\S.*)$", re.I)
_CALENDAR = re.compile(r"date\W*(and\W*)?time|time\W*stamp|kuupäev ja (kella)?aeg|datum und (uhr)?zeit", re.I)
_MAGIC = re.compile(r"\s*\"?Vernier Format 2")
_SIDE_BY_SIDE = N_(
    "The runs stand side by side; they were put below each other. Row {row} is row 1 of {run}."
)
_SECONDS = "Time(s)"


def sniff(source: Source, head: str) -> float:
    """Sure if every name is "run: quantity" and a time is among them, or with the first line of the text."""
    text = head.lstrip("\ufeff").lstrip()
    if _MAGIC.match(text):
        return 0.99
    for line in text.split("\n", 3)[:3]:
        for separator in ("\t", ";", ","):
            cells = [cell.strip().strip('"').strip() for cell in line.split(separator)]
            if len(cells) > 1 and _is_header(cells):
                return 0.95
    return 0.0


def _is_header(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    if len(filled) < 2:
        return False
    if filled[0] == RUN:
        return _is_time(filled[1])
    blocks = _blocks(filled)
    names = [block.name for block in blocks]
    times = [name for name in names if _is_time(name)]
    return bool(times) and all("(" in name or "（" in name for name in times) and len(names) > len(times)


def _blocks(header: Sequence[str]) -> list[_Block]:
    """Return run and name of every column; [] where the header names no runs.

    >>> [(block.run, block.name) for block in _blocks(["Time (s) Run #1", "Temp (°C) Run #1"])]
    [('Run #1', 'Time (s)'), ('Run #1', 'Temp (°C)')]
    >>> [(block.run, block.name) for block in _blocks(["t (s)", "T (°C)", "t (s)", "T (°C)"])][2:]
    [('2', 't (s)'), ('2', 'T (°C)')]
    """
    bare = [re.sub(r" \(\d+\)$", "", name) for name in header]
    for pattern in (_BLOCK, _BEHIND, _ABOVE):
        found = [pattern.match(name) for name in bare]
        if all(found):
            return [_Block(one["run"], one["name"], at) for at, one in enumerate(found) if one]
    bare = [_ABOVE.sub(r"\g<name>", name) for name in bare]
    times = [at for at, name in enumerate(bare) if name == bare[0]]
    if len(times) < 2 or not _is_time(bare[0]):
        return []
    return [_Block(str(sum(at >= time for time in times)), name, at) for at, name in enumerate(bare)]


def _is_time(name: str) -> bool:
    fits, unit = elapsed_unit(name)
    return fits and bool(unit)


@dataclass
class _Block:
    """A column of the file: its run, its name without the run, its place."""

    run: str
    name: str
    place: int


def parse(source: Source) -> RawTable:
    """Read an export; see the module for its rules."""
    if not is_workbook(source.data):
        decoded = decode(source)
        if _MAGIC.match(decoded.text.lstrip("\ufeff")):
            return _text_export(source, decoded.text.lstrip("\ufeff"), decoded.notes)
    table = read_table(source, _is_header)
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    if table.header[0] == RUN:
        return _table(source, table.frame, table, table.notes)
    named = [place for place, name in enumerate(table.header) if not re.fullmatch(r"column \d+", name)]
    blocks = [
        replace(block, place=named[block.place])
        for block in _blocks([table.header[place] for place in named])
    ]
    for place in sorted(set(range(len(table.header))) - set(named)):
        blocks.append(_Block(blocks[-1].run if blocks else "", table.header[place], place))
    if not blocks:
        raise _no_times(source)
    frame, notes = _below_each_other(table.frame, blocks)
    return _table(source, frame, table, (*table.notes, *notes))


def _below_each_other(wide: pd.DataFrame, blocks: Sequence[_Block]) -> tuple[pd.DataFrame, list[Note]]:
    """Return one row a reading time with the run in the first column; rows without any cell are left out."""
    runs = list(dict.fromkeys(block.run for block in blocks))
    names = _names(blocks)
    stride = 10 ** len(str(int(wide.index[-1]))) if len(wide) else 10
    parts: list[pd.DataFrame] = []
    notes: list[Note] = []
    for number, run in enumerate(runs):
        own = [block for block in blocks if block.run == run]
        part = wide.iloc[:, [block.place for block in own]].copy()
        part.columns = pd.Index(unique(block.name for block in own))
        part = _same_time(part, names)
        part = part.reindex(columns=unique([*names, *part.columns])[: len(names)], fill_value="")
        part = part[(part != "").any(axis=1)]
        part.index = part.index + number * stride
        part.insert(0, RUN, run)
        parts.append(part)
        if number and len(part):
            notes.append((_SIDE_BY_SIDE, {"row": number * stride + 1, "run": run}))
    return pd.concat(parts), notes


def _names(blocks: Sequence[_Block]) -> list[str]:
    """Return the names of all runs' columns; times in several units become one column in seconds."""
    names = list(dict.fromkeys(block.name for block in blocks))
    units = {elapsed_unit(name)[1] for name in names if _is_time(name)}
    if len(units) < 2:
        return names
    return [_SECONDS, *(name for name in names if not _is_time(name))]


def _same_time(part: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return a run with its time in seconds where the runs have several units."""
    own = next((str(name) for name in part.columns if _is_time(str(name))), None)
    if own is None or _SECONDS not in names or own == _SECONDS:
        return part
    values = pd.to_numeric(part[own].str.replace(",", ".", regex=False), errors="coerce")
    text = (values * SECONDS[elapsed_unit(own)[1]]).map("{:.6g}".format).where(values.notna(), part[own])
    return part.assign(**{own: text.astype("str")}).rename(columns={own: _SECONDS})


def _table(source: Source, frame: pd.DataFrame, table: Table, notes: Sequence[Note]) -> RawTable:
    columns: list[Column] = []
    for name in frame.columns:
        columns.append(_column(name, frame[name], [column.role for column in columns]))
    if not any(column.role == "elapsed" for column in columns):
        raise _no_times(source)
    columns = _by_calendar(frame, columns)
    frame, renamed = _numbered(frame)
    told = [(template, _renamed(params, renamed)) for template, params in notes]
    return RawTable(
        "vernier", "readings", frame, tuple(columns), decimal=decimal_sign(frame.drop(columns=RUN)),
        blank=table.blank, refused=table.refused, around=table.around, container=bool(renamed),
        notes=(*told, *([(_NUMBERED, {})] if renamed else [])),
    )  # fmt: skip


def _numbered(frame: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return the table with "Run 1", "Run 2" … for runs with names of their own, and old name → new."""
    runs = [str(run) for run in frame[RUN].unique()]
    if all(_OWN_NAMES.fullmatch(run) for run in runs):
        return frame, {}
    renamed = {run: f"Run {at}" for at, run in enumerate(runs, 1)}
    return frame.assign(**{RUN: frame[RUN].map(renamed).astype("str")}), renamed


def _renamed(params: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {key: names.get(value, value) if key == "run" else value for key, value in params.items()}


def _no_times(source: Source) -> FileError:
    return FileError(
        "{file} has no column with the time since the start.",
        do="Export it again with the column of times.", code="no-times", file=source.name,
    )  # fmt: skip


def _by_calendar(frame: pd.DataFrame, columns: list[Column]) -> list[Column]:
    """Take a column of dates with clock times for the time where there is one: then nobody need be asked."""
    dated = next((c.name for c in columns if c.role == "value" and _CALENDAR.match(c.name)), "")
    if not dated or not all(map(is_date, frame[dated])):
        return columns
    return [
        Column(c.name, "time", label=c.label) if c.name == dated
        else replace(c, role="ignored", unit="", reason=OTHER_TIME) if c.role == "elapsed"
        else replace(c, role="note") if c.role == "run"
        else c
        for c in columns
    ]  # fmt: skip


def _column(name: str, cells: pd.Series, before: Sequence[str]) -> Column:
    if name == RUN:
        return Column(name, "run", label=RUN)
    label, unit = split_unit(name)
    if _is_time(name):
        if "elapsed" in before:
            return Column(name, "ignored", label=label, reason=OTHER_TIME)
        return Column(name, "elapsed", label=label, unit=elapsed_unit(name)[1])
    if not (cells != "").any():
        return Column(name, "ignored", label=label, reason=EMPTY)
    return Column(name, "value", label=re.sub(r"\s+\d$", "", label), unit=unit)


def _text_export(source: Source, text: str, notes: Sequence[Note]) -> RawTable:
    """The text export: blocks of a title, long names, short names, units, and records with tabs."""
    lines = text.split("\n")[1:]
    parts: list[pd.DataFrame] = []
    refused: list[Problem] = []
    blank = 0
    titles: list[str] = []
    found = list(_sections(lines))
    stride = 10 ** len(str(max((len(records) for *_, records in found), default=0)))
    all_notes = list(notes)
    for at, (title, names, records) in enumerate(found):
        title = title if title and title not in titles else f"{title or RUN} {at + 1}"
        titles.append(title)
        rows, index = [], []
        for row, cells in enumerate(records, 1 + at * stride):
            if not any(cells):
                blank += 1
            elif len(cells) > len(names) and any(cells[len(names) :]):
                refused.append(ragged(row, len(cells), len(names), " ".join(cells)[:80]))
            else:
                rows.append((cells + [""] * len(names))[: len(names)])
                index.append(row)
        part = pd.DataFrame(rows, columns=list(names), index=pd.Index(index, dtype="int64"), dtype="str")
        part.insert(0, RUN, title)
        parts.append(part)
        if at and len(part):
            all_notes.append((_SIDE_BY_SIDE, {"row": at * stride + 1, "run": title}))
    if not parts or not sum(map(len, parts)):
        raise no_rows(source.name)
    frame = pd.concat(parts).fillna("").astype("str")
    empty = Table(tuple(frame.columns), frame, (), blank=blank, refused=tuple(refused))
    done = _table(source, frame, empty, all_notes)
    done.container = True  # the lines above the table name the file, often after the pupils
    return done


def _sections(lines: Sequence[str]) -> list[tuple[str, tuple[str, ...], list[list[str]]]]:
    """Split the text export into (title, names with units, records).

    A row of names has a time with its unit among them, or a row of units one or two rows below it.
    """
    found: list[tuple[str, tuple[str, ...], list[list[str]]]] = []
    title = ""
    skip = 0
    for at, line in enumerate(lines):
        cells = [cell.strip() for cell in line.split("\t")]
        if skip:
            skip -= 1
        elif len(cells) > 1 and (units := _units_below(lines, at)) is not None:
            below = [cell.strip(" ()[]") for cell in lines[at + units].split("\t")] if units else []
            below += [""] * (len(cells) - len(below))
            names = [f"{c} ({unit})" if unit else c for c, unit in zip(cells, below, strict=False)]
            found.append((title, unique(names), []))
            skip, title = units, ""
        elif len(cells) == 1 and line.strip() and not is_number(line.strip()):
            title = line.strip()
        elif found and (any(cells) or found[-1][2]):
            found[-1][2].append(cells)
    return found


def _units_below(lines: Sequence[str], at: int) -> int | None:
    """Return how many rows below a row of names the units stand (0: in the names); None if it is none."""
    if any(is_number(cell.strip()) for cell in lines[at].split("\t")):
        return None
    for below in (2, 1):
        if at + below < len(lines) and _has_time_unit(lines[at + below]) and not _has_time_unit(lines[at]):
            return below
    return 0 if any(_is_time(cell.strip()) for cell in lines[at].split("\t")) else None


def _has_time_unit(line: str) -> bool:
    return duration_unit(line.split("\t")[0]) != "" and "\t" in line


FORMAT = Format("vernier", "Vernier", "Data Set 1:Time(s),Data Set 1:Temperature(°C),…", sniff, parse)
