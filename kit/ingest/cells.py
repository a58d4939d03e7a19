"""Columns of few texts: which text stands in which row, without touching every cell."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

#: Sets of fewer texts are remembered: those of one device come again with each of its files.
_FEW = 30


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
    again, unique = _distinct(texts)
    return again[codes], unique


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
    again, unique = _distinct(texts)
    found = (_dtype if len(unique) < _FEW else _dtype.__wrapped__)(tuple(unique))
    return pd.Categorical.from_codes(again[codes] if len(texts) else codes, dtype=found, validate=False)


@lru_cache(maxsize=256)
def _dtype(texts: tuple[str, ...]) -> pd.CategoricalDtype:
    return pd.CategoricalDtype(pd.Index(texts, dtype="str"))


def _distinct(texts: Sequence[str]) -> tuple[NDArray[np.int64], list[str]]:
    """Return the number of each text among the different ones, in their order, and these."""
    places: dict[str, int] = {}
    codes = [places.setdefault(text, len(places)) for text in texts]
    return np.array(codes, dtype=np.int64), list(places)


def as_text(cells: Any) -> Any:
    """Return the cells of a column with a category as plain texts; others as they are.

    >>> as_text(category(np.array([1, 0]), ["roof", "garden"])).tolist()
    ['garden', 'roof']
    """
    return cells.categories.array.take(cells.codes) if isinstance(cells, pd.Categorical) else cells
