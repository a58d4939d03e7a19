"""The interactive charts of results in a browser: words do not lie over words and none leaves the drawing."""

from __future__ import annotations

import json
from itertools import combinations
from typing import Any

import pytest

from kit import figures
from tests.figures import worlds

WORDS = (
    ".gtitle, .gtitle-subtitle, .annotation-text, .xtitle, .ytitle, .xtick text, .ytick text, .legendtext, "
    ".angularaxistick text, [class^=x][class$=tick] text, [class^=y][class$=tick] text, .g-xtitle text"
)
MEASURE = """where => [...new Set(document.querySelectorAll(where))].map(one => {
    const b = one.getBoundingClientRect();
    return [one.textContent, b.left, b.top, b.right, b.bottom]; }).filter(b => b[3] > b[1])"""


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["en", "et"])
@pytest.mark.parametrize("name", [*worlds.RESULTS, *worlds.PARTED])
def test_no_words_lie_over_others(tab: Any, name: str, lang: str) -> None:
    chart = figures.result(worlds.found(name))
    tab.evaluate(
        "async text => { const f = JSON.parse(text), here = document.getElementById('here');"
        " here.style.width = '820px'; Plotly.purge(here);"
        " await Plotly.newPlot(here, f.data, f.layout, {displayModeBar: false}); }",
        json.dumps(chart.plotly(lang)),
    )
    found = tab.evaluate(MEASURE, WORDS)
    whole = tab.evaluate("() => { const b = document.querySelector('.main-svg').getBoundingClientRect();"
                         " return [b.left, b.top, b.right, b.bottom]; }")  # fmt: skip
    assert len(found) >= 4 + len(chart.panels)
    for words, left, top, right, bottom in found:
        assert left >= whole[0] - 1, words
        assert right <= whole[2] + 1, words
        assert top >= whole[1] - 1, words
        assert bottom <= whole[3] + 1, words
    over = [(a[0], b[0]) for a, b in combinations(found, 2) if _meet(a, b)]
    assert not over, over


def _meet(one: list[Any], other: list[Any]) -> bool:
    wide = min(one[3], other[3]) - max(one[1], other[1])
    high = min(one[4], other[4]) - max(one[2], other[2])
    slanted = min(one[4] - one[2], other[4] - other[2]) > 30
    return wide > 2 and high > 3 and not slanted
