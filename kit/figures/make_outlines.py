"""Make ``kit/tables/outlines.json`` from a TopoJSON file of countries (a maintainer's tool).

    python -m kit.figures.make_outlines countries-10m.json kit/tables/outlines.json

Source: ``countries-10m.json`` of the npm package ``world-atlas`` 2.0.2 (ISC), which repackages Natural
Earth 4.1, 1:10m (https://www.naturalearthdata.com, public domain). TopoJSON is specified in
https://github.com/topojson/topojson-specification: arcs are lists of quantised differences, a negative
index ~i is arc i backwards. Land (filled) and the borders between countries (lines) are kept apart, so
that a border is drawn once.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

Point = tuple[float, float]
Box = tuple[float, float, float, float]

#: West, south, east, north (degrees) of what is kept, and of the region that is kept in detail.
EUROPE: Box = (-25.0, 33.5, 46.0, 72.0)
BALTIC: Box = (8.0, 53.0, 32.0, 67.0)
#: The line that Natural Earth draws across the isthmus of Crimea is left out: the map shows the borders
#: recognised by the United Nations (General Assembly resolution 68/262).
LEFT_OUT: tuple[Box, ...] = ((33.2, 45.7, 35.3, 46.4),)

SOURCE = {
    "source": "Natural Earth 4.1, 1:10m countries, https://www.naturalearthdata.com",
    "licence": "public domain",
    "by": "npm world-atlas 2.0.2 (ISC), countries-10m.json",
    "changed": "clipped to Europe, simplified (0.01 degrees around the Baltic Sea, 0.05 elsewhere), two "
    "decimals, the line across the isthmus of Crimea left out (UN General Assembly resolution 68/262)",
    "made_with": "python -m kit.figures.make_outlines",
}


def decode(topology: dict[str, Any]) -> list[list[Point]]:
    """Return the arcs of a topology in degrees.

    >>> decode({"transform": {"scale": [0.5, 1], "translate": [10, 20]}, "arcs": [[[0, 0], [2, 1], [2, -1]]]})
    [[(10.0, 20), (11.0, 21), (12.0, 20)]]
    """
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, y * sy + ty))
        arcs.append(points)
    return arcs


def ring(indices: Sequence[int], arcs: Sequence[list[Point]]) -> list[Point]:
    """Return the arcs joined into one ring; ``~i`` is arc ``i`` backwards."""
    points: list[Point] = []
    for index in indices:
        part = arcs[index] if index >= 0 else arcs[~index][::-1]
        points.extend(part[1:] if points else part)
    return points


def unwrap(points: Sequence[Point]) -> list[Point]:
    """Return the ring without jumps across the date line (longitudes may pass 180).

    >>> unwrap([(179, 60), (-179, 61)])
    [(179.0, 60), (181.0, 61)]
    """
    turned: list[Point] = []
    turn = 0.0
    for i, (x, y) in enumerate(points):
        if i and abs(x - points[i - 1][0]) > 180:
            turn += 360 if x < points[i - 1][0] else -360
        turned.append((x + turn, y))
    return turned


def simplify(points: Sequence[Point], tolerance: float) -> list[Point]:
    """Return the line with fewer points, none further off than ``tolerance`` (Douglas-Peucker).

    >>> simplify([(0, 0), (1, 0.01), (2, 0), (3, 5)], 0.1)
    [(0, 0), (2, 0), (3, 5)]
    """
    if len(points) < 3:
        return list(points)
    keep = {0, len(points) - 1}
    todo = [(0, len(points) - 1)]
    while todo:
        first, last = todo.pop()
        (x0, y0), (x1, y1) = points[first], points[last]
        length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
        worst, where = 0.0, -1
        for i in range(first + 1, last):
            x, y = points[i]
            if length:
                off = abs((x1 - x0) * (y0 - y) - (x0 - x) * (y1 - y0)) / length
            else:
                off = ((x - x0) ** 2 + (y - y0) ** 2) ** 0.5
            if off > worst:
                worst, where = off, i
        if where >= 0 and worst > tolerance:
            keep.add(where)
            todo += [(first, where), (where, last)]
    return [points[i] for i in sorted(keep)]


def touches(points: Sequence[Point], box: Box) -> bool:
    """Whether the bounding box of the points meets ``box``."""
    west, south, east, north = box
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return max(xs) >= west and min(xs) <= east and max(ys) >= south and min(ys) <= north


def inside(points: Sequence[Point], box: Box) -> bool:
    """Whether all points lie in ``box``."""
    west, south, east, north = box
    return all(west <= x <= east and south <= y <= north for x, y in points)


def _owners(geometries: Sequence[dict[str, Any]]) -> dict[int, int]:
    """Return how many countries use each arc."""
    users: dict[int, set[int]] = {}
    for number, geometry in enumerate(geometries):
        polygons = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]
        for polygon in polygons:
            for indices in polygon:
                for index in indices:
                    users.setdefault(index if index >= 0 else ~index, set()).add(number)
    return {index: len(found) for index, found in users.items()}


def make(topology: dict[str, Any]) -> dict[str, Any]:
    """Return the outlines: ``land`` (rings) and ``borders`` (lines) as lists of [longitude, latitude]."""
    from kit.figures.outlines import clip_line, clip_ring

    arcs = decode(topology)
    tolerances = [0.01 if touches(arc, BALTIC) else 0.05 for arc in arcs]
    arcs = [simplify(arc, tolerance) for arc, tolerance in zip(arcs, tolerances, strict=True)]
    land, borders = [], []
    (geometry,) = topology["objects"]["land"]["geometries"]
    for polygon in geometry["arcs"]:
        points = unwrap(ring(polygon[0], arcs))
        if len(points) > 3 and touches(points, EUROPE):
            small = 0.06 if touches(points, BALTIC) else 0.3
            xs, ys = [p[0] for p in points], [p[1] for p in points]
            if max(xs) - min(xs) + max(ys) - min(ys) > small:
                land.append(clip_ring(points, EUROPE))
    for index, users in _owners(topology["objects"]["countries"]["geometries"]).items():
        line = arcs[index]
        if users > 1 and touches(line, EUROPE) and not any(inside(line, box) for box in LEFT_OUT):
            borders += clip_line(line, EUROPE)
    rounded = [[[round(x, 2), round(y, 2)] for x, y in points] for points in land if len(points) > 3]
    lines = [[[round(x, 2), round(y, 2)] for x, y in points] for points in borders if len(points) > 1]
    return {**SOURCE, "land": rounded, "borders": lines}


def main(arguments: Sequence[str]) -> None:
    """Read the TopoJSON file named first and write the outlines to the file named second."""
    topology = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    text = json.dumps(make(topology), separators=(",", ":"))
    Path(arguments[1]).write_text(
        text.replace('"land"', '\n"land"').replace('"borders"', '\n"borders"'), "utf-8"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
