"""Intervals for means of readings that remember each other: blocks of days are drawn, never single hours.

The mean of a cell (an hour of the day, say) is a ratio of sums. Each block of consecutive days has an
influence on it; the bootstrap draws blocks and judges the mean by its own standard error in each draw
(studentised block bootstrap: Götze & Künsch 1996, doi:10.1214/aos/1069362303; Davison & Hinkley 1997, 8.2.3,
doi:10.1017/CBO9780511802843). Blocks are as long as the cube root of the number of days (Hall, Horowitz &
Jing 1995, doi:10.1093/biomet/82.3.561).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

#: Cells that fewer blocks than this reach get no interval.
FEWEST_BLOCKS = 5
RUNS = 999


def blocks_of_days(days: ArrayLike, length: int | None = None) -> tuple[Places, int]:
    """Return the number of the block of each day, counted from 0 without gaps, and the length of the blocks.

    ``days`` are day numbers or dates, repeated as often as they have values. The default length is the cube
    root of how many different days there are, rounded up.

    >>> blocks_of_days(["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-09"], 2)[0].tolist()
    [0, 0, 1, 2]
    """
    stamps = np.asarray(days)
    if stamps.dtype.kind in "MUO":
        stamps = stamps.astype("datetime64[D]").astype(np.int64)
    different = np.unique(stamps)
    size = length or math.ceil(len(different) ** (1 / 3) - 1e-9)
    _, places = np.unique((stamps - different[0]) // size if len(different) else stamps, return_inverse=True)
    return places.astype(np.int64), size


def influence(sums: Floats, counts: Floats) -> Floats:
    """Return what each block adds to the difference of the mean from itself, shape (blocks, cells).

    ``sums`` and ``counts`` have that shape, too: sums of the values of a block in a cell and how many there
    are. The columns of the answer add up to 0; their sum of squares is the variance of the mean.

    >>> influence(np.array([[2.0], [4.0]]), np.array([[1.0], [1.0]])).tolist()
    [[-0.5], [0.5]]
    """
    n = counts.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        parts: Floats = (sums - sums.sum(axis=0) / n * counts) / n
    return parts


def interval(
    parts: Floats, *, confidence: float = 0.95, runs: int = RUNS, seed: int = 1
) -> tuple[Floats, Floats]:
    """Return how far the low and high end of the interval lie from each mean, shapes (cells,).

    ``parts`` are the influences, shape (blocks, cells). NaN with fewer than :data:`FEWEST_BLOCKS`
    blocks that say something of a cell. The same input gives the same interval.

    >>> low, high = interval(np.array([[-0.2], [0.1], [0.0], [0.3], [-0.2], [0.1], [-0.1]]))
    >>> bool(low[0] < -0.45) and bool(high[0] > 0.45)
    True
    """
    blocks, cells = parts.shape
    values = np.where(np.isfinite(parts), parts, 0.0) * blocks
    reached = (values != 0).sum(axis=0)
    own = values.std(axis=0, ddof=1) / math.sqrt(blocks) if blocks > 1 else np.zeros(cells)
    drawn = np.random.default_rng(seed).multinomial(blocks, np.full(blocks, 1 / blocks), size=runs)
    mean = drawn @ values / blocks
    spread = np.sqrt(np.maximum(drawn @ (values * values) / blocks - mean * mean, 0.0) / max(blocks - 1, 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        scores = np.where(spread > 1e-12 * np.maximum(own, 1e-300), mean / spread, np.nan)
    tail = (1 - confidence) / 2
    low, high = np.full(cells, np.nan), np.full(cells, np.nan)
    there = (reached >= FEWEST_BLOCKS) & np.isfinite(scores).any(axis=0)
    if there.any():
        ends = np.nanquantile(scores[:, there], [tail, 1 - tail], axis=0)
        low[there], high[there] = -ends[1] * own[there], -ends[0] * own[there]
    return low, high
