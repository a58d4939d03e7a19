"""Rows between pandas (in memory, naive UTC) and Polars (in files); no pyarrow is needed."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl


def to_polars(frame: pd.DataFrame, columns: Mapping[str, str]) -> pl.DataFrame:
    """Return the named columns as a Polars frame; times stay naive, NaN stays NaN."""
    import numpy as np
    import pandas as pd
    import polars as pl

    made = {}
    for name, dtype in columns.items():
        series = frame[name]
        if dtype == "str":
            codes, words = pd.factorize(series.to_numpy(dtype=object, na_value=""))
            made[name] = pl.Series(name, list(words), dtype=pl.String).gather(codes.astype("uint32"))
        elif dtype.startswith("datetime"):
            made[name] = pl.Series(name, series.to_numpy().astype("datetime64[us]"))
        else:
            made[name] = pl.Series(name, np.ascontiguousarray(series.to_numpy(dtype=dtype)))
    return pl.DataFrame(made)


def to_pandas(frame: pl.DataFrame, columns: Mapping[str, str]) -> pd.DataFrame:
    """Return the named columns as a pandas frame with those dtypes."""
    import pandas as pd

    made: dict[str, Any] = {}
    for name, dtype in columns.items():
        series = frame[name]
        if dtype == "str":
            made[name] = words(series)
        elif dtype.startswith("datetime"):
            made[name] = series.dt.replace_time_zone(None).to_numpy().astype("datetime64[us]")
        else:
            made[name] = series.to_numpy().astype(dtype, copy=False)
    return pd.DataFrame(made)


def words(series: pl.Series) -> pd.Series[str]:
    """Return a Polars string series as a pandas one of dtype ``str`` (fast where words repeat)."""
    import numpy as np
    import pandas as pd

    few = series.unique().sort()
    if len(few) * 4 > len(series):
        return pd.Series(series.to_list(), dtype="str")
    codes = codes_of(series, few)
    return pd.Series(np.array(few.to_list(), dtype=object)[codes], dtype="str")


def codes_of(series: pl.Series, few: pl.Series) -> Any:
    """Return the place of each word in ``few`` (sorted, distinct) as a numpy array."""
    import numpy as np
    import polars as pl

    if len(few) == 0:
        return np.empty(0, dtype="uint32")
    places = pl.Series(range(len(few)), dtype=pl.UInt32)
    return series.replace_strict(few, places, return_dtype=pl.UInt32).to_numpy()


def pack(frame: pd.DataFrame, columns: Mapping[str, str]) -> bytes:
    """Return rows as compressed Arrow bytes (b"" if there are none)."""
    if not len(frame):
        return b""
    buffer = io.BytesIO()
    to_polars(frame, columns).write_ipc(buffer, compression="zstd")
    return buffer.getvalue()


def unpack(data: bytes) -> pl.DataFrame:
    """Return the rows that :func:`pack` packed."""
    import polars as pl

    return pl.read_ipc(io.BytesIO(data))
