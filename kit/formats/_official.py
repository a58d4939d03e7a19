"""What official files have in common: whole numbers in tenths, and a place above the table."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

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
