"""Columns of few texts: which text stands in which row, without touching every cell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def kinds(cells: pd.Series[Any]) -> tuple[NDArray[np.int64], list[str]]:
    """Return (number of each row's text, the texts) of a column; texts are stripped, empty cells are "".

    >>> codes, texts = kinds(pd.Series(["a ", "b", "a", None]))
    >>> codes.tolist(), texts
    ([0, 1, 0, 2], ['a', 'b', ''])
    """
    codes, found = pd.factorize(cells, use_na_sentinel=False)
    texts = ["" if pd.isna(one) else str(one).strip() for one in found]
    again, unique = pd.factorize(np.array(texts, dtype=object))
    return again.astype(np.int64)[codes], [str(one) for one in unique]
