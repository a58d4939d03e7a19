"""Wide tables of several sensors: a cell is missing only where its sensor measures that at all."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kit.model import RawTable

Ints = NDArray[np.int64]


def measured_cells(table: RawTable) -> dict[str, Ints]:
    """Return for each column of values the places of the rows whose sensor fills it somewhere in the table.

    A thermometer's rows have no PM2.5, and none is missing. Rows of a sensor that fills no column at
    all stay in every column, and so does a column that no sensor fills. In a sparse table every row counts
    by itself.

    >>> from kit.model import Column
    >>> frame = pd.DataFrame({"id": ["1", "2", "1"], "pm": ["5", "", ""], "t": ["", "3", ""]})
    >>> columns = (Column("id", "sensor"), Column("pm", "value"), Column("t", "value"))
    >>> cells = measured_cells(RawTable("plain", "readings", frame, columns))
    >>> {name: places.tolist() for name, places in cells.items()}
    {'pm': [0, 2], 't': [1]}
    """
    names = [column.name for column in table.columns if column.role == "value"]
    everywhere = np.arange(len(table.frame), dtype=np.int64)
    own = next((column.name for column in table.columns if column.role == "sensor"), None)
    codes = pd.factorize(table.frame[own])[0] if own else everywhere[:0]
    if table.sparse:  # each row is by itself
        codes = everywhere
    size = int(codes.max()) + 1 if len(codes) else 0
    if size < 2 and not table.sparse:
        return dict.fromkeys(names, everywhere)
    missing = {"", "nan", *(text.casefold() for text in table.missing)}
    fills: dict[str, NDArray[np.bool_]] = {}
    for name in names:
        cells = table.frame[name]
        numeric = pd.api.types.is_numeric_dtype(cells.dtype)
        filled = cells.notna() if numeric else ~cells.astype("str").str.casefold().isin(missing)
        fills[name] = np.bincount(codes[filled.to_numpy(dtype=bool)], minlength=size) > 0
    idle: NDArray[np.bool_] = ~np.logical_or.reduce([np.zeros(size, dtype=np.bool_), *fills.values()])
    return {
        name: np.flatnonzero((has | idle)[codes]).astype(np.int64)
        if has.any() and not (has | idle).all()
        else everywhere
        for name, has in fills.items()
    }
