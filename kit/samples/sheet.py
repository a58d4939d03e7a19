"""A table of text cells into which defects are put, each counted and located.

Every defect is written down with its kind, its column, how many cells or rows it has, and the records of
the finished file in which it stands (from 1 after the header, blank rows counted, as runs
``[first, last]``). No two defects touch each other.

=================== =====================================================================================
kind                what it is; what ``count`` counts
=================== =====================================================================================
gap                 no rows for some time; missing rows (``runs``: the records before and after)
missing-code        a code or text in place of a value; cells
spike               one value far from its neighbours; cells
flat-line           a sensor that repeats its last value; cells
stuck-humidity      the humidity sensor is stuck at 99.9; cells
error-code          a code that the sensor sends when it fails (999.9); cells
duplicate-row       an exact repeat of the row before; rows
empty-row           the same time again without values; rows
no-location         latitude and longitude 0 (the position was lost); rows
repeated-hour       the second of two hours with the same wall clock time (end of summer time); rows
wrong-unit          °F typed among °C; cells
decimal-slip        the decimal comma forgotten; cells
impossible-date     a date that does not exist; rows
blank-row           a row without any content; rows
event-row           the logger noted an event instead of a value; rows
personal-column     a column about people, which must not be stored; columns
overlap             a row that another file holds too; rows
uncounted           X instead of a number: seen, not counted; cells
incomplete-list     a row of a survey that did not list everything seen; rows
obscured            coordinates that the platform made inexact; rows
no-date             an observation without a date; rows
no-taxon            an observation that nobody named; rows
=================== =====================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

#: Rows kept free between two defects.
MARGIN = 30


@dataclass
class Defect:
    """One kind of defect in one column of one file."""

    kind: str
    count: int
    column: str = ""
    value: str = ""
    runs: list[list[int]] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Return what the manifest says of it; empty fields are left out."""
        text = {"column": self.column.replace('"', ""), "value": self.value.replace('"', "")}
        found = {"kind": self.kind, "count": self.count, **text}
        return {key: value for key, value in found.items() if value != ""} | {"runs": self.runs}


class Sheet:
    """Columns of text cells, and the defects put into them.

    Parameters
    ----------
    columns
        Name -> one text per row, all of the same length.
    rng
        Where defects stand is drawn from it.
    """

    def __init__(self, columns: dict[str, list[str]], rng: np.random.Generator) -> None:
        self.columns = columns
        self.rng = rng
        self.n = len(next(iter(columns.values())))
        self._busy = np.zeros(self.n, dtype=bool)
        self._gone = np.zeros(self.n, dtype=bool)
        self._after: dict[int, list[dict[str, str]]] = {}
        self._notes: list[tuple[Defect, list[tuple[int, int]]]] = []

    def choose(self, length: int = 1, *, suits: Callable[[int], bool] | None = None) -> int:
        """Return the first row of a free place of ``length`` rows, and take the place."""
        while True:
            first = int(self.rng.integers(MARGIN, self.n - length - MARGIN))
            near = slice(first - MARGIN, first + length + MARGIN)
            if not self._busy[near].any() and (suits is None or suits(first)):
                self._busy[first : first + length] = True
                return first

    def note(self, kind: str, rows: Sequence[int], *, column: str = "", value: str = "") -> None:
        """Write down a defect that the cells already have, by source row."""
        self._notes.append((Defect(kind, len(rows), column, value), [(r, r) for r in rows]))
        self._busy[list(rows)] = True

    def put(self, kind: str, column: str, text: str, count: int) -> None:
        """Put ``text`` into ``count`` single cells."""
        rows = sorted(self.choose() for _ in range(count))
        for row in rows:
            self.columns[column][row] = text
        self.note(kind, rows, column=column, value=text)

    def change(self, kind: str, column: str, change: Callable[[str], str], count: int) -> None:
        """Change ``count`` single cells."""
        rows = sorted(self.choose() for _ in range(count))
        for row in rows:
            self.columns[column][row] = change(self.columns[column][row])
        self.note(kind, rows, column=column)

    def hold(self, kind: str, column: str, length: int, text: str | None = None) -> None:
        """Let a column stand still for ``length`` rows, at ``text`` or at its own value."""
        first = self.choose(length)
        value = self.columns[column][first] if text is None else text
        self.columns[column][first : first + length] = [value] * length
        self._notes.append((Defect(kind, length, column, value), [(first, first + length - 1)]))

    def gap(self, length: int) -> None:
        """Take ``length`` rows away."""
        first = self.choose(length)
        self._gone[first : first + length] = True
        self._notes.append((Defect("gap", length), [(first - 1, first + length)]))

    def repeat(self, kind: str, count: int, **changes: str) -> None:
        """Repeat ``count`` single rows right after themselves, with some cells changed."""
        rows = sorted(self.choose() for _ in range(count))
        for row in rows:
            self._after.setdefault(row, []).append(changes)
        self._notes.append((Defect(kind, count), [(r, -1) for r in rows]))

    def rows(self) -> list[list[str]]:
        """Return the finished rows, in the order of the file."""
        names = list(self.columns)
        table = list(zip(*self.columns.values(), strict=True))
        done: list[list[str]] = []
        for row in range(self.n):
            if self._gone[row]:
                continue
            done.append(list(table[row]))
            for changes in self._after.get(row, ()):
                done.append([changes.get(name, cell) for name, cell in zip(names, table[row], strict=True)])
        return done

    def defects(self) -> list[Defect]:
        """Return every defect with its runs of records."""
        extra = np.zeros(self.n, dtype=int)
        for row, more in self._after.items():
            extra[row] = len(more)
        number = np.cumsum(~self._gone + extra) - extra
        found = []
        for defect, spans in self._notes:
            for first, last in spans:
                one = int(number[first])
                defect.runs.append([one + 1, one + 1] if last < 0 else [one, int(number[last])])
            found.append(defect)
        return found
