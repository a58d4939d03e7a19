"""Running means, and runs above a bound."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Align = Literal["left", "centre", "right"]


def rolling_mean(values: ArrayLike, width: int, align: Align = "right", needed: float = 0.75) -> Floats:
    """Return the running mean over ``width`` values along the first axis; the same shape.

    Parameters
    ----------
    values
        Evenly spaced, NaN where missing; shape (n,) or (n, series).
    align
        Where the result stands: at the first value of the window (``left``), the last (``right``) or in the
        middle, which is position ``(width - 1) // 2`` of the window (``centre``).
    needed
        Share of ``width`` that must be there. Windows that reach over an end count what lies outside
        as missing. (openair's ``rollingMean(align = "centre")`` replaces the values at both ends by means of
        other windows; these do not agree with it there, everywhere else they do.)

    >>> rolling_mean([1.0, 2.0, 3.0, np.nan, 5.0], 2, needed=1.0).tolist()
    [nan, 1.5, 2.5, nan, nan]
    """
    found = np.asarray(values, dtype=float)
    table = found.reshape(len(found), -1)
    there = np.isfinite(table)
    before = {"right": width - 1, "centre": (width - 1) // 2, "left": 0}[align]
    total, n = (_window(part, width, before) for part in (np.where(there, table, 0.0), there.astype(float)))
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where((n > 0) & (n >= needed * width - 1e-9), total / n, np.nan)
    shaped: Floats = mean.reshape(found.shape)
    return shaped


def _window(table: Floats, width: int, before: int) -> Floats:
    """Return sums over windows; each sum is added up by itself, so that no error is carried along."""
    padded = np.pad(table, ((before, width - 1 - before), (0, 0)))
    sums: Floats = np.lib.stride_tricks.sliding_window_view(padded, width, axis=0).sum(axis=-1)
    return sums


def runs(above: ArrayLike, least: int) -> list[tuple[int, int]]:
    """Return (start, end) of runs of True of at least ``least`` values; ``end`` is the one after the last.

    >>> runs([False, True, True, False, True], 2)
    [(1, 3)]
    """
    there = np.concatenate([[False], np.asarray(above, dtype=bool), [False]]).astype(np.int8)
    edges = np.diff(there)
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    return [(int(a), int(b)) for a, b in zip(starts, ends, strict=True) if b - a >= least]
