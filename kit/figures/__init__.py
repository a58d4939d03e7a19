"""Figures that are never only pictures: each is a :class:`Chart` with sentence, table and alternative text.

``kit.plot`` is this package:

>>> import kit
>>> kit.plot.timeline(shared.readings("pm25", region="EE-79"))         # doctest: +SKIP
>>> kit.plot.map(ds), kit.plot.trend(kit.trend(ds))                    # doctest: +SKIP

In Jupyter a chart shows plotly's interactive figure (no internet needed), the sentence and the folded data
table; ``.svg(lang)`` and ``.png(lang)`` are for print and pages, drawn by matplotlib.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kit.figures.chart import Chart
    from kit.figures.courses import variation
    from kit.figures.grids import calendar
    from kit.figures.lines import timeline
    from kit.figures.places import map, stations_map
    from kit.figures.results import result
    from kit.figures.roses import rose
    from kit.figures.slopes import trend
    from kit.figures.spread import box, scatter

#: Public name -> its module. It is loaded, and what it draws with, when it is first asked for.
_DOORS = {
    "Chart": "chart",
    "box": "spread",
    "calendar": "grids",
    "map": "places",
    "result": "results",
    "rose": "roses",
    "scatter": "spread",
    "stations_map": "places",
    "timeline": "lines",
    "trend": "slopes",
    "variation": "courses",
}

__all__ = [
    "Chart", "box", "calendar", "map", "result", "rose", "scatter", "stations_map", "timeline", "trend",
    "variation",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used (PEP 562)."""
    if name not in _DOORS:
        raise AttributeError(f"module 'kit.figures' has no attribute {name!r}")
    value = getattr(import_module(f"kit.figures.{_DOORS[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
