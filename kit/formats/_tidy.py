"""Rows of a plain table that hold no readings, and units inside cells.

Left out, each with a note and never as readings: headers that are repeated, lines of totals and means
("Total", "Keskmine"), a second table below the first (the larger is read). A row of units below the header,
and a unit behind every number of a column ("12.5 °C"), become the column's unit: part of its name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from kit.formats._columns import is_unit, split_unit, unique
from kit.formats._decode import Note
from kit.formats._delimited import Table, decimal_sign
from kit.formats._layout import is_date, is_number
from kit.formats._roles import Found
from kit.formats._words import DATE, TIME, TOTAL, plain_name
from kit.text import N_

REPEATED = N_("Lines that repeat the header were left out: {n}.")
TOTALS = N_("Lines of totals and means were left out, because kit works them out itself: {n} (row {rows}).")
OTHER_TABLE = N_(
    "The file holds several tables; the largest was read. Rows of the others: {n}, from row {row} on."
)
#: Above so many rows without a time at the place of the time nothing is looked for: they are something else.
_MOST = 5000
_WITH_UNIT = re.compile(
    r"(?P<number>[+\-−]?\d[\d.,'’ \u00a0\u202f]*(?:[eE][+-]?\d+)?)\s?"
    r"(?P<unit>[^\d\s.,+\-−*#][^\d\s]{0,7}[23³²]?)$"
)


def tidy(table: Table, found: Sequence[Found]) -> Table:
    """Return the table without rows that are no records, and with the units of cells in the names.

    ``found`` is what the columns look like; without a column of times nothing is left out.
    """
    shapes = ("datetime", "date", "clock", "month")
    times = [at for at, column in enumerate(found) if column.shape in shapes]
    if times:
        table = _records_only(table, times[0])
    return _without_units(table, {found[at].name for at in times})


def _records_only(table: Table, time: int) -> Table:
    cells = table.frame.iloc[:, time].to_numpy(dtype=object)
    first = cells.astype("U1")
    places = np.flatnonzero(~np.char.isdigit(first))
    if not len(places) or len(places) > _MOST:
        return table
    headers: dict[int, tuple[str, ...]] = {}
    totals: list[int] = []
    units: list[int] = []
    for place in places.tolist():
        row = [str(cell) for cell in table.frame.iloc[place]]
        filled = [cell for cell in row if cell]
        if is_date(row[time]) or any(is_date(cell) and not is_number(cell) for cell in filled):
            continue
        if any(_is_total(cell) for cell in filled):
            totals.append(place)
        elif place < 2 and _is_unit_row(row):
            units.append(place)
        elif len(filled) >= 2 and not any(map(is_number, filled)) and _is_header(row, time, table):
            headers[place] = tuple(row)
    if not (headers or totals or units):
        return table
    for place in units:
        table = _with_units(table, [str(cell) for cell in table.frame.iloc[place]])
    return _take(table, headers, totals, units)


def _is_header(row: Sequence[str], time: int, table: Table) -> bool:
    """Tell whether a row names columns: it repeats the name of the times, or names them in another word."""
    plain = plain_name(split_unit(row[time])[0])
    return _bare(row[time]) == _bare(table.header[time]) or bool(TIME.match(plain) or DATE.match(plain))


def _take(table: Table, headers: dict[int, tuple[str, ...]], totals: list[int], units: list[int]) -> Table:
    """Leave rows out; of several tables below one another keep the largest."""
    frame, size = table.frame, len(table.frame)
    rows = frame.index.to_numpy()
    keep = np.ones(size, dtype=bool)
    keep[[*headers, *totals, *units]] = False
    notes: list[Note] = list(table.notes)
    own = tuple(_bare(name) for name in table.header)
    kinds = {place: tuple(_bare(cell) for cell in row) for place, row in headers.items()}
    same = [place for place, kind in kinds.items() if _is_same(kind, own)]
    others = {place: kind for place, kind in kinds.items() if place not in same}
    if same:
        notes.append((REPEATED, {"n": len(same)}))
    if totals:
        notes.append((TOTALS, {"n": len(totals), "rows": ", ".join(str(rows[at]) for at in totals[:5])}))
    if others:
        which = np.zeros(size, dtype=np.int64)
        named = [own, *dict.fromkeys(others.values())]
        for place in sorted(kinds):
            which[place:] = 0 if place in same else named.index(kinds[place])
        counts = np.bincount(which[keep], minlength=len(named))
        best = int(np.argmax(counts))
        lost = keep & (which != best)
        if lost.any():
            notes.append((OTHER_TABLE, {"n": int(lost.sum()), "row": int(rows[np.flatnonzero(lost)[0]])}))
        keep &= which == best
        if best:
            place = next(place for place, kind in others.items() if kind == named[best])
            table = _renamed(table, unique(headers[place]))
            frame = table.frame
    return replace(table, frame=frame[keep], notes=tuple(notes))


def _bare(name: str) -> str:
    return re.sub(r" \(\d+\)$", "", split_unit(name)[0]).casefold()


def _is_same(kind: tuple[str, ...], own: tuple[str, ...]) -> bool:
    pairs = [(a, b) for a, b in zip(kind, own, strict=True) if a]
    return sum(a == b for a, b in pairs) >= 0.7 * len(pairs)


def _renamed(table: Table, names: tuple[str, ...]) -> Table:
    frame = table.frame.copy()
    frame.columns = pd.Index(names)
    return replace(table, header=names, frame=frame, units=("",) * len(names))


def _is_total(cell: str) -> bool:
    """Tell whether a cell names a total or a mean.

    >>> [_is_total(cell) for cell in ("Keskmine:", "Monthly mean", "Итого", "Maximilian", "12")]
    [True, True, True, False, False]
    """
    return len(cell) < 40 and not any(map(str.isdigit, cell)) and bool(TOTAL.search(cell.casefold()))


def _is_unit_row(row: Sequence[str]) -> bool:
    filled = [cell for cell in row if cell]
    units = sum(1 for cell in filled if is_unit(cell.strip("[]() ")) or re.fullmatch(r"\[.+\]", cell))
    return units > 0 and units >= 0.5 * len(filled) and not any(map(is_number, filled))


def _with_units(table: Table, row: Sequence[str]) -> Table:
    """Return the table with the units of a row below the header in its names."""
    bare = [cell.strip("[]() ") for cell in row]
    units = [cell if is_unit(cell) or raw != cell else "" for cell, raw in zip(bare, row, strict=True)]
    return _with_names(table, units)


def _with_names(table: Table, units: Sequence[str]) -> Table:
    names = unique(
        f"{name} ({unit})" if unit and not split_unit(name)[1] else name
        for name, unit in zip(table.header, units, strict=True)
    )
    frame = table.frame.copy()
    frame.columns = pd.Index(names)
    stated = tuple(new or old for new, old in zip(units, table.units, strict=True))
    return replace(table, header=names, frame=frame, units=stated)


def _without_units(table: Table, times: set[str]) -> Table:
    """Move a unit that stands behind the numbers of a column into its name, where it is one throughout."""
    units = [""] * len(table.header)
    changed: dict[str, pd.Series] = {}
    for at, name in enumerate(table.header):
        if name in times:
            continue
        cells = table.frame.iloc[:, at]
        sample = [str(cell) for cell in cells.head(400).tolist() if cell != ""][:20]
        if len(sample) < 20 < len(cells):
            sample = [str(cell) for cell in cells[cells != ""].iloc[:20]]
        if sum(bool(_WITH_UNIT.fullmatch(cell)) for cell in sample) < 0.5 * max(len(sample), 1):
            continue
        split = cells.str.extract(_WITH_UNIT.pattern)
        found = split["unit"].dropna()
        stated = [str(unit) for unit in found.unique()]
        if len(stated) != 1 or not is_unit(stated[0]) or len(found) < 0.5 * int((cells != "").sum()):
            continue
        changed[name] = split["number"].str.strip().fillna(cells).astype("str")
        units[at] = stated[0]
    if not changed:
        return table
    frame = table.frame.assign(**changed)
    return _with_names(replace(table, frame=frame, decimal=decimal_sign(frame)), units)
