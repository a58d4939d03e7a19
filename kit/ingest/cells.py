"""Columns of few texts: which text stands in which row, without touching every cell."""

from __future__ import annotations

from collections.abc import Sequence
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
    found: Any
    if isinstance(cells.dtype, pd.CategoricalDtype):
        codes, found = _of_category(cells.cat.codes.to_numpy(), cells.cat.categories)
    else:
        codes, found = pd.factorize(cells, use_na_sentinel=False)
    texts = ["" if pd.isna(one) else str(one).strip() for one in found]
    again, unique = pd.factorize(np.array(texts, dtype=object))
    return again.astype(np.int64)[codes], [str(one) for one in unique]


def _of_category(codes: NDArray[np.integer[Any]], texts: Any) -> tuple[NDArray[np.int64], list[Any]]:
    """Number the texts of a category that occur in the order in which they do; code -1 is no text."""
    first = np.full(len(texts) + 1, len(codes))
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    order = np.argsort(first, kind="stable")
    rank = np.argsort(order)
    found = [texts[at] if at < len(texts) else None for at in order[first[order] < len(codes)].tolist()]
    return rank[codes], found


def category(codes: NDArray[np.integer[Any]], texts: Sequence[str]) -> pd.Categorical:
    """Return a column of few texts: ``texts[code]`` for every code; equal texts are one.

    >>> category(np.array([0, 1, 2]), ["roof", "garden", "roof"]).tolist()
    ['roof', 'garden', 'roof']
    """
    again, unique = pd.factorize(np.array(texts, dtype=object))
    return pd.Categorical.from_codes(again[codes] if len(texts) else codes, pd.Index(unique, dtype="str"))


def as_text(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with its categories as plain texts."""
    few = [str(name) for name, dtype in table.dtypes.items() if isinstance(dtype, pd.CategoricalDtype)]
    texts = {name: table[name].cat.categories.astype("str").array.take(table[name].cat.codes) for name in few}
    return table.assign(**texts) if texts else table
