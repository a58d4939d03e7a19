"""What the columns (or labels) of a table hold, as far as it is known: what the other modules work on."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kit.ingest.counters import series_of_rows
from kit.ingest.precision import as_precise
from kit.model import Question, RawTable

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass
class Meaning:
    """What one column (wide table) or one label (long table) holds.

    ``cells`` are the places of its rows in the frame; ``values`` are as in the file, ``bad`` marks cells
    that are no number. ``variable`` is "" while a question is open, ``unit`` a UCUM code.
    ``named`` is the variable that the name says where the rows were moved to its indoor variable.
    ``counter`` is as in :class:`kit.model.Column`; ``written`` are the cells as text (None for numbers);
    ``unclear_o`` says that "O" among compass points could be east or west.
    """

    name: str
    column: str
    cells: NDArray[np.int64]
    values: Floats
    bad: Bools
    variable: str = ""
    unit: str = ""
    sensor: str = "1"
    named: str = ""
    counter: str = ""
    written: pd.Series[Any] | None = None
    unclear_o: bool = False

    def canonical(self) -> Floats:
        """Return the values in the canonical unit of the variable, with the digits that the file had."""
        return as_precise(self.values, self.unit, self.variable, self.written)


@dataclass
class Columns:
    """What all columns hold: meanings, what is left out and why, open questions, answers that counted."""

    table: RawTable
    meanings: list[Meaning] = field(default_factory=list)
    ignored: dict[str, str] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    used: dict[str, str] = field(default_factory=dict)
    proven: dict[str, str] = field(default_factory=dict)

    @cached_property
    def series(self) -> NDArray[np.int64] | None:
        """The number of the station and sensor that each row belongs to, None where there is only one."""
        return series_of_rows(self.table)
