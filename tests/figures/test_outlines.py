"""The outlines that maps are drawn on."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from kit.figures import outlines
from kit.figures.make_outlines import make


def inside(x: float, y: float, ring: list[tuple[float, float]]) -> bool:
    """Ray casting, written for this test."""
    hit = False
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            hit = not hit
    return hit


@pytest.mark.parametrize(
    ("place", "longitude", "latitude", "on_land"),
    [
        ("Tartu", 26.72, 58.38, True),
        ("Kuressaare", 22.55, 58.30, True), ("Helsinki", 24.9, 60.3, True),
        ("Gulf of Finland", 25.0, 59.85, False), ("Gulf of Riga", 23.6, 57.7, False),
        ("Madrid", -3.7, 40.4, True),
        ("Baltic proper", 20.0, 58.5, False), ("Stockholm", 17.9, 59.4, True),
    ],
)  # fmt: skip
def test_land_is_where_it_is(place: str, longitude: float, latitude: float, on_land: bool) -> None:
    rings = outlines.land((-25, 33, 46, 72))
    assert sum(inside(longitude, latitude, ring) for ring in rings) % 2 == on_land, place


def test_file_names_its_source_and_is_small() -> None:
    assert outlines.FILE.stat().st_size < 250_000
    held = json.loads(outlines.FILE.read_text("utf-8"))
    assert "Natural Earth" in held["source"]
    assert held["licence"] == "public domain"


def test_make_decodes_clips_and_parts_land_from_borders() -> None:
    # two square countries side by side: arc 0 is their border, arcs 1 and 2 the coasts
    topology = {
        "transform": {"scale": [0.1, 0.1], "translate": [20, 55]},
        "arcs": [[[10, 0], [0, 10]], [[10, 10], [-10, 0], [0, -10], [10, 0]],
                 [[10, 10], [10, 0], [0, -10], [-10, 0]]],
        "objects": {
            "countries": {"geometries": [
                {"type": "Polygon", "arcs": [[0, 1]]}, {"type": "MultiPolygon", "arcs": [[[0, 2]]]},
            ]},
            "land": {"geometries": [{"type": "MultiPolygon", "arcs": [[[1, -3]]]}]},
        },
    }  # fmt: skip
    made = make(topology)
    assert made["borders"] == [[[21.0, 55.0], [21.0, 56.0]]]
    (ring,) = made["land"]
    assert ring[0] == ring[-1]
    assert {tuple(p) for p in ring} == {(21, 56), (20, 56), (20, 55), (21, 55), (22, 55), (22, 56)}
