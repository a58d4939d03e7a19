"""Tables with the times in the header and a quantity in every row, turned so that they can be read."""

from __future__ import annotations

import re

import pandas as pd

from kit.formats._columns import unique
from kit.formats._decode import decode
from kit.formats._delimited import Table, decimal_sign
from kit.formats._layout import SEPARATORS, is_date, is_number, records
from kit.formats._source import is_workbook
from kit.formats._workbook import sheets
from kit.model import Source
from kit.text import N_

TURNED = N_("The times stand in the header; the table was turned, so that row {row} is the first time.")
#: So many times make a header, and so many rows at most are quantities.
_TIMES, _ROWS = 3, 200
_CLOCK_ALONE = re.compile(r"\d{1,2}[:.]\d{2}([:.]\d{2})?$")


def turned_readings(source: Source) -> Table | None:
    """Return the table in a file the other way round, None where no row of times stands above numbers.

    The row numbers of the result are those of the times, from 1.
    """
    texts = [text for _, text in sheets(source)] if is_workbook(source.data) else [decode(source).text]
    for text in texts:
        for separator in ("\t",) if is_workbook(source.data) else SEPARATORS:
            rows = [
                cells for _, cells in records(text.removeprefix("\ufeff"), separator, _ROWS) if any(cells)
            ]
            table = _turn(rows, text)
            if table is not None:
                return table
    return None


def _turn(rows: list[list[str]], text: str) -> Table | None:
    top = next((at for at, cells in enumerate(rows[:20]) if sum(map(_is_time, cells[1:])) >= _TIMES), None)
    if top is None or _is_time(rows[top][0]) or text.count("\n") > _ROWS + 20:
        return None
    head = rows[top]
    places = [at for at, cell in enumerate(head) if at and _is_time(cell)]
    first = places[0]
    body = [cells + [""] * (len(head) - len(cells)) for cells in rows[top + 1 :] if len(cells) > first]
    body = [cells for cells in body if any(cells[:first]) and not _is_time(cells[0])]
    filled = [cells[at] for cells in body for at in places if cells[at]]
    if (
        not filled
        or sum(map(is_number, filled)) < 0.6 * len(filled)
        or len(places) < 0.5 * (len(head) - first)
    ):
        return None
    names = unique(["Time", *(" ".join(filter(None, cells[:first])) for cells in body)])
    columns = [[head[at] for at in places], *([cells[at] for at in places] for cells in body)]
    index = pd.RangeIndex(1, len(places) + 1)
    frame = pd.DataFrame(
        {name: pd.Series(cells, index=index, dtype="str") for name, cells in zip(names, columns, strict=True)}
    )
    above = tuple(" ".join(filter(None, cells)) for cells in rows[:top])
    return Table(
        names,
        frame,
        ("",) * len(names),
        above,
        decimal_sign(frame),
        notes=((TURNED, {"row": 1}),),
        around=above,
    )


def _is_time(cell: str) -> bool:
    return is_date(cell) and not is_number(cell) and not _CLOCK_ALONE.match(cell)
