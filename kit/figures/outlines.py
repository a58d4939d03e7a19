"""Outlines of Europe for maps without the internet, from ``kit/tables/outlines.json``.

The file says where it comes from (Natural Earth, public domain) and how it was changed; it is made by
:mod:`kit.figures.make_outlines`. Points are (longitude, latitude) in degrees, WGS 84.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from kit.text import N_, tr

Point = tuple[float, float]
Box = tuple[float, float, float, float]

FILE = Path(__file__).parents[1] / "tables" / "outlines.json"


@cache
def _read() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def source(lang: str | None = None) -> str:
    """Return where the outlines come from, to be printed on a map.

    >>> source("en")
    'Outlines: Natural Earth (public domain)'
    """
    return tr(N_("Outlines: Natural Earth (public domain)"), lang)


def land(box: Box) -> list[list[Point]]:
    """Return the rings of land that meet ``box`` (west, south, east, north), clipped to it."""
    return [part for points in _read()["land"] if (part := clip_ring(points, box))]


def borders(box: Box) -> list[list[Point]]:
    """Return the borders between countries inside ``box``."""
    return [part for points in _read()["borders"] for part in clip_line(points, box)]


def _sides(box: Box) -> list[tuple[Callable[[Point], bool], int, float]]:
    west, south, east, north = box
    return [
        (lambda p: p[0] >= west, 0, west),
        (lambda p: p[0] <= east, 0, east),
        (lambda p: p[1] >= south, 1, south),
        (lambda p: p[1] <= north, 1, north),
    ]


def _cut(a: Point, b: Point, axis: int, at: float) -> Point:
    share = (at - a[axis]) / (b[axis] - a[axis])
    other = a[1 - axis] + share * (b[1 - axis] - a[1 - axis])
    return (at, other) if axis == 0 else (other, at)


def clip_ring(points: Sequence[Sequence[float]], box: Box) -> list[Point]:
    """Return the part of a filled ring inside ``box`` (Sutherland and Hodgman 1974), closed; [] if none.

    >>> clip_ring([(0, 0), (4, 0), (4, 4), (0, 4), (0, 0)], (2, 1, 9, 9))
    [(2.0, 1), (4.0, 1), (4, 4), (2, 4.0), (2.0, 1)]
    """
    ring: list[Point] = [(p[0], p[1]) for p in points]
    if ring and ring[0] == ring[-1]:
        ring = ring[:-1]
    for is_in, axis, at in _sides(box):
        kept: list[Point] = []
        for i, here in enumerate(ring):
            before = ring[i - 1]
            if is_in(here) != is_in(before):
                kept.append(_cut(before, here, axis, at))
            if is_in(here):
                kept.append(here)
        ring = kept
    return [*ring, ring[0]] if len(ring) > 2 else []


def clip_line(points: Sequence[Sequence[float]], box: Box) -> list[list[Point]]:
    """Return the parts of a line whose steps touch ``box`` (not cut at the edge: a map's frame does that).

    >>> clip_line([(0, 0), (1, 0), (2, 0), (3, 0)], (1.5, -1, 9, 1))
    [[(1, 0), (2, 0), (3, 0)]]
    """
    west, south, east, north = box
    parts: list[list[Point]] = []
    open_part = False
    for a, b in pairwise(points):
        seen = (
            max(a[0], b[0]) >= west
            and min(a[0], b[0]) <= east
            and max(a[1], b[1]) >= south
            and min(a[1], b[1]) <= north
        )
        if seen:
            if not open_part:
                parts.append([(a[0], a[1])])
            parts[-1].append((b[0], b[1]))
        open_part = seen
    return parts
