"""What official files have in common: whole numbers in tenths, and a place above the table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from kit.formats._delimited import Table
from kit.formats._reasons import NOT_KEPT, PART
from kit.model import Column, RawTable
from kit.text import N_

#: Said of values that nobody measured.
MODEL = N_(
    "The values were computed by weather models for a grid several kilometres wide; nobody measured them."
)
_TIME = "date and time"
PLACE = ("station name", "latitude", "longitude", "elevation")


def scaled(cells: pd.Series, factor: float, missing: tuple[float, ...] = ()) -> pd.Series:
    """Numbers times ``factor`` as text, "" for the codes in ``missing``; what is no number stays as it is.

    Tenths are written with one decimal and not as 12.299999999999999.

    >>> scaled(pd.Series(["123", "-7", "-9999", "", "x"]), 0.1, (-9999,)).tolist()
    ['12.3', '-0.7', '', '', 'x']
    """
    numbers = pd.to_numeric(cells, errors="coerce").to_numpy(dtype=np.float64)
    whole = round(1 / factor)
    values = numbers / whole if abs(1 / factor - whole) < 1e-9 else np.round(numbers * factor, 6)
    text = pd.Series(values, index=cells.index).astype("str")
    known = np.isfinite(numbers)
    gone = np.isin(numbers, missing)
    return text.where(known, cells).mask(gone, "").astype("str")


def with_place(frame: pd.DataFrame, place: Mapping[str, str]) -> pd.DataFrame:
    """Put the place of the station, as the lines above a table say it, into columns of the table.

    A plain copy of the table then still says where it was measured. Columns that are there already stay.
    """
    known = {name: place[name] for name in PLACE if place.get(name) and name not in frame}
    return frame.assign(
        **{name: pd.Series(text, index=frame.index, dtype="str") for name, text in known.items()}
    )


def verdicts(cells: pd.Series, meaning: Mapping[str, str]) -> pd.Series:
    """Marks of a source as the verdicts of a quality column; other marks say nothing.

    >>> verdicts(pd.Series(["1", "3", ""]), {"3": "fail"}).tolist()
    ['', 'fail', '']
    """
    return cells.map(dict(meaning)).fillna("").astype("str")


class Quantity(NamedTuple):
    """What a source defines of a column: variable, unit, period (None: the table's), whether it ends then."""

    variable: str
    unit: str
    period: int | None = None
    ends: bool = False

    def column(self, name: str, label: str = "", *, derived: bool = False, station: str = "") -> Column:
        """Return the column of this quantity."""
        stamp = "end" if self.ends else ""
        return Column(
            name, "value", label or name, self.variable, self.unit, period=self.period, derived=derived,
            stamp=stamp, station=station,  # type: ignore[arg-type]
        )  # fmt: skip


def defined(
    frame: pd.DataFrame, meaning: Mapping[str, Quantity], others: Mapping[str, Column], reason: str = NOT_KEPT
) -> list[Column]:
    """Return a column for each of a frame: as ``others`` says, else its quantity, else left out.

    Places above the table (:data:`PLACE`) get their roles.
    """
    columns = []
    for name in map(str, frame.columns):
        if name in others:
            columns.append(others[name])
        elif name in meaning:
            columns.append(meaning[name].column(name))
        elif name in PLACE:
            role = "station" if name == "station name" else name
            columns.append(Column(name, role, label=name))  # type: ignore[arg-type]
        else:
            columns.append(Column(name, "ignored", label=name, reason=reason))
    return columns


def parts(*names: str) -> dict[str, Column]:
    """Return columns that were put together to the time.

    >>> parts("YEAR")["YEAR"].role
    'ignored'
    """
    return {name: Column(name, "ignored", label=name, reason=PART) for name in names}


def readings(
    kind: str, table: Table, frame: pd.DataFrame, columns: list[Column], time: pd.Series,
    *, zone: str = "", period: int = 0, fixed_offset: bool = False,
) -> RawTable:  # fmt: skip
    """Return the raw table with the text of its times as a last, derived column.

    ``period`` is that of the table where its times are dates: then a day, month or year.
    """
    frame = frame.assign(**{_TIME: time.str.strip().astype("str")})
    columns = [*columns, Column(_TIME, "date" if period >= 86_400 else "time", derived=True)]
    return RawTable(
        kind, "readings", frame, tuple(columns), zone=zone, period=period, decimal=table.decimal,
        blank=table.blank, refused=table.refused, notes=table.notes, around=table.around,
        fixed_offset=fixed_offset,
    )  # fmt: skip
