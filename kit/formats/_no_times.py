"""The error of a table without dates, with what else is wrong in it: the cause may be there."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from kit.errors import FileError
from kit.formats._delimited import Table
from kit.formats._roles import Found
from kit.model import Source
from kit.text import N_

_NAMES = N_("Its columns are: {columns}.")
_UNEVEN = N_("Its columns are: {columns}. And row {row} has {cells} cells where the header names {width}.")
_TWICE = N_("Its columns are: {columns}. And two columns have the same name: {name}.")


def no_times(source: Source, table: Table, found: Sequence[Found]) -> FileError:
    """Return the error for a table no column of which tells when.

    Lines of words that do not even agree in their number of cells are text and no table. A row that does not
    fit, or a name that stands twice, is told beside the missing dates.
    """
    uneven = [problem for problem in table.refused if problem.row is not None]
    if 2 * len(uneven) >= max(len(table.frame), 1) and all(one.shape in ("text", "empty") for one in found):
        return FileError(
            "{file} holds text but no table.", why="Its lines have different numbers of cells.",
            do="Export the readings from the device as CSV.", code="no-table", file=source.name,
        )  # fmt: skip
    names = ", ".join(textwrap.shorten(column.name, 40, placeholder=" …")[:40] for column in found[:12])
    why, more = _NAMES, {}
    twice = [name.removesuffix(" (2)") for name in table.header if name.endswith(" (2)")]
    if uneven and {"cells", "width"} <= uneven[0].params.keys():
        why, more = _UNEVEN, {"row": uneven[0].row, **uneven[0].params}
    elif twice and twice[0] in table.header:
        why, more = _TWICE, {"name": twice[0]}
    return FileError(
        "{file} holds a table but no column with dates or times.", why=why,
        do="Add a column with date and time, such as 2026-03-01 14:00, then try again.",
        code="no-times", file=source.name, columns=names, **more,
    )  # fmt: skip
