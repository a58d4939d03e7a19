"""Rows between pandas (in memory, naive UTC) and Polars (in files); no pyarrow is needed."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

#: A column of fewer rows is converted cell by cell.
FEW = 1000


def to_polars(frame: pd.DataFrame, columns: Mapping[str, str]) -> pl.DataFrame:
    """Return the named columns as a Polars frame; times stay naive, NaN stays NaN."""
    import numpy as np
    import polars as pl

    made = []
    for name, dtype in columns.items():
        series = frame[name]
        if dtype == "str":
            made.append(_texts(series))
        elif dtype.startswith("datetime"):
            made.append(pl.Series(name, series.to_numpy().astype("datetime64[us]", copy=False)))
        else:
            made.append(pl.Series(name, np.ascontiguousarray(series.to_numpy(dtype=dtype))))
    return pl.DataFrame(made)


def _texts(series: pd.Series[str]) -> pl.Series:
    """Return texts as Polars has them; long columns of few words are put together from the words."""
    import pandas as pd
    import polars as pl

    texts = series.to_numpy(dtype=object, na_value="")
    if len(texts) < FEW:
        return pl.Series(str(series.name), texts.tolist(), dtype=pl.String)
    codes, words = pd.factorize(texts)
    return pl.Series(str(series.name), list(words), dtype=pl.String).gather(codes.astype("uint32"))


def to_pandas(
    frame: pl.DataFrame, columns: Mapping[str, str], texts: Callable[[pl.Series], Any] | None = None
) -> pd.DataFrame:
    """Return the named columns as a pandas frame with those dtypes; ``texts`` says what text becomes.

    With ``texts`` the frame may share read-only memory with Polars.
    """
    import pandas as pd

    made: dict[str, Any] = {}
    for name, dtype in columns.items():
        series = frame[name]
        if dtype == "str":
            made[name] = (texts or words)(series)
        elif dtype.startswith("datetime"):
            if getattr(series.dtype, "time_zone", None):
                series = series.dt.replace_time_zone(None)
            made[name] = series.to_numpy().astype("datetime64[us]", copy=False)
        else:
            made[name] = series.to_numpy().astype(dtype, copy=False)
    return pd.DataFrame(made, copy=texts is None)


def words(series: pl.Series) -> pd.Series[str]:
    """Return a Polars string series as a pandas one of dtype ``str`` (fast where words repeat)."""
    import pandas as pd

    if len(series) < 10 * FEW:
        return pd.Series(series.to_list(), dtype="str")
    found = categories(series)
    if len(found.categories) * 4 > len(series):
        return pd.Series(series.to_list(), dtype="str")
    return pd.Series(found.categories.to_numpy(dtype=object)[found.codes], dtype="str")


def categories(series: pl.Series) -> pd.Categorical:
    """Return a Polars string series as pandas categories, sorted ones (fast where words follow themselves).

    >>> import polars as pl
    >>> categories(pl.Series(["b", "b", "a", "b"])).codes.tolist()
    [1, 1, 0, 1]
    """
    import numpy as np
    import pandas as pd

    if len(series) and series[0] == series[-1] and bool((series == series[0]).all()):
        few, codes = series[:1], np.zeros(len(series), dtype="int8")
    else:
        runs = series.rle().struct.unnest()
        few = runs["value"].unique().sort()
        codes = codes_of(runs["value"], few).astype(np.min_scalar_type(-1 - len(few)))
        if len(runs) < len(series):
            codes = np.repeat(codes, runs["len"].to_numpy())
    return pd.Categorical.from_codes(codes, categories=pd.Index(few.to_list(), dtype="str"), validate=False)


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
    to_polars(frame, columns).write_ipc_stream(buffer, compression="zstd")
    return buffer.getvalue()


def unpack(data: bytes) -> pl.DataFrame:
    """Return the rows that :func:`pack` packed."""
    import polars as pl

    return pl.read_ipc_stream(io.BytesIO(data))
