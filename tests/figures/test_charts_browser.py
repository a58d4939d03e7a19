"""The interactive figures in a browser: no words over other words."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import pytest
import xarray as xr

from kit import figures
from kit.analysis import trend

#: What must not lie over one another, and where it is in plotly's drawing.
PARTS = {
    "title": ".gtitle",
    "y": ".ytitle",
    "x": ".xtitle",
    "legend": ".legend .bg",
    "buttons": ".modebar-group",
}
MEASURE = """parts => Object.fromEntries(Object.entries(parts).map(([name, where]) => [name,
    [...document.querySelectorAll(where)].map(one => one.getBoundingClientRect())
        .filter(box => box.width && box.height).map(b => [b.left, b.top, b.right, b.bottom])]))"""


def many(daily: Callable[..., xr.Dataset]) -> xr.Dataset:
    """Six stations with long names, so that the legend has several lines."""
    one = daily()
    two = one.assign_coords(
        station=[f"{name}2" for name in one["station"].values],
        station_name=("station", [f"{name}, teine maja" for name in one["station_name"].values]),
        latitude=one["latitude"] + 0.4,
    )
    both = xr.concat([one, two + 0], "station", coords="different", compat="equals")
    both["pm25"][3:] += np.arange(1.0, 4.0)[:, None]
    both.attrs = one.attrs
    return both


@pytest.mark.browser
@pytest.mark.parametrize("width", [420, 700])
@pytest.mark.parametrize("lang", ["en", "et"])
@pytest.mark.parametrize("kind", ["timeline", "map", "trend"])
def test_no_words_lie_over_others(
    tab: Any, daily: Callable[..., xr.Dataset], kind: str, lang: str, width: int
) -> None:
    ds = many(daily)
    chart = {"timeline": figures.timeline, "map": figures.map}.get(kind, lambda d: figures.trend(trend(d)))(
        ds
    )
    drawn = json.dumps(chart.plotly(lang))
    tab.evaluate(
        "async ([text, width]) => { const f = JSON.parse(text), here = document.getElementById('here');"
        " here.style.width = width + 'px'; Plotly.purge(here);"
        " await Plotly.newPlot(here, f.data, f.layout, {displaylogo: false, displayModeBar: true}); }",
        [drawn, width],
    )
    boxes = tab.evaluate(MEASURE, PARTS)
    assert len(boxes["title"]) == len(boxes["y"]) == len(boxes["x"]) == 1
    assert boxes["buttons"]
    flat = [(name, box) for name, found in boxes.items() for box in found]
    over = [(a, b) for (a, one), (b, other) in combinations(flat, 2) if a != b and _meet(one, other)]
    if width == 420:  # on a narrow screen the title runs under the buttons, which are there on demand
        over = [pair for pair in over if pair != ("title", "buttons")]
    assert not over, boxes
    inside = tab.evaluate(
        "() => document.querySelector('#here .svg-container').getBoundingClientRect().height"
    )
    top, bottom = boxes["y"][0][1], boxes["y"][0][3]
    assert 0 <= top < bottom <= inside


def _meet(one: list[float], other: list[float]) -> bool:
    return (
        min(one[2], other[2]) - max(one[0], other[0]) > 1
        and min(one[3], other[3]) - max(one[1], other[1]) > 1
    )
