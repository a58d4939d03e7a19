"""Where names stand beside points so that all can be read, and how much of a map shows some stations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from kit.figures.layers import anchor
from kit.figures.panels import Box

#: A map is never lower than this many degrees of latitude, so that coasts and borders show where it is.
LEAST_HEIGHT = 1.6
#: Width over height of the drawing in the static figure, and its height in text lines.
SHAPE, LINES = 1.3, 26.0
#: Width of a letter in heights of a line, about.
LETTER = 0.46
#: Where a label may stand, near places first: around the point, then further out on a line to it.
NEAR = ((0.9, 0.0), (-0.9, 0.0), (0.0, 0.8), (0.0, -0.8))
FAR = tuple(
    (round(reach * x, 2), round(reach * y, 2))
    for reach in (2.2, 3.4, 4.8, 6.4)
    for x, y in ((0.8, 0.7), (-0.8, 0.7), (0.8, -0.7), (-0.8, -0.7), (0.0, 1.0), (0.0, -1.0))
)
OFFSETS = (*NEAR, *FAR)


def box_around(latitudes: Sequence[float] | Any, longitudes: Sequence[float] | Any) -> Box:
    """Return west, south, east, north around the stations, with a margin and the shape of the drawing.

    >>> [round(edge, 2) for edge in box_around([58.0, 59.0], [24.0, 27.0])]
    [23.1, 57.54, 27.9, 59.46]
    """
    south, north = float(min(latitudes)), float(max(latitudes))
    west, east = float(min(longitudes)), float(max(longitudes))
    middle, centre = (south + north) / 2, (west + east) / 2
    narrow = float(np.cos(np.deg2rad(middle)))
    height = max((north - south) * 1.6, (east - west) * 1.6 * narrow / SHAPE, LEAST_HEIGHT)
    width = height * SHAPE / narrow
    return (centre - width / 2, middle - height / 2, centre + width / 2, middle + height / 2)


def arrange(
    xs: Any, ys: Any, words: Sequence[str], box: Box, shape: float = SHAPE, lines: float = LINES
) -> tuple[tuple[float, float], ...] | None:
    """Return the offset of each label so that none covers another or leaves the map; None if impossible.

    Offsets are (dx, dy) in heights of a text line. Near places are tried before far ones. ``box`` is drawn
    ``lines`` text lines high, and ``shape`` times as wide as high.

    >>> arrange([24.0, 27.0], [58.0, 59.0], ["A", "B"], box_around([58.0, 59.0], [24.0, 27.0]))
    ((0.9, 0.0), (0.9, 0.0))
    """
    west, south, east, north = box
    wide = lines * shape
    px = (np.asarray(xs) - west) / (east - west) * wide
    py = (np.asarray(ys) - south) / (north - south) * lines
    dots = [(x - 0.6, y - 0.6, x + 0.6, y + 0.6) for x, y in zip(px, py, strict=True)]
    taken: list[Box] = []
    chosen = []
    for i in np.lexsort((px, -py)):
        others = [*taken, *dots[:i], *dots[i + 1 :]]
        for dx, dy in OFFSETS:
            a, b, c, d = _around(px[i] + dx, py[i] + dy, len(words[i]) * LETTER, anchor(dx, dy))
            on_map = a >= 0 and c <= wide and b >= 0 and d <= lines
            if on_map and not any(a < r and c > p and b < s and d > q for p, q, r, s in others):
                taken.append((a, b, c, d))
                chosen.append((int(i), (dx, dy)))
                break
        else:
            return None
    return tuple(offset for _, offset in sorted(chosen))


def _around(x: float, y: float, length: float, aligned: tuple[str, str]) -> Box:
    """Return left, lower, right and upper edge of a label."""
    left = {"left": x, "right": x - length, "center": x - length / 2}[aligned[0]]
    lower = {"bottom": y, "top": y - 1.1, "center": y - 0.55}[aligned[1]]
    return left, lower, left + length, lower + 1.1
