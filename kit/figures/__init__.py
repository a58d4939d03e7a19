"""Figures that are never only pictures: each is a :class:`Chart` with sentence, table and alternative text.

``kit.plot`` is this package:

>>> import kit
>>> kit.plot.timeline(shared.readings("pm25", region="EE-79"))         # doctest: +SKIP
>>> kit.plot.map(ds), kit.plot.trend(kit.trend(ds))                    # doctest: +SKIP

In Jupyter a chart shows plotly's interactive figure (no internet needed), the sentence and the folded data
table; ``.svg(lang)`` and ``.png(lang)`` are for print and pages, drawn by matplotlib.
"""

from __future__ import annotations

from kit.figures.chart import Chart
from kit.figures.courses import variation
from kit.figures.grids import calendar
from kit.figures.lines import timeline
from kit.figures.places import map
from kit.figures.results import result
from kit.figures.roses import rose
from kit.figures.slopes import trend

__all__ = ["Chart", "calendar", "map", "result", "rose", "timeline", "trend", "variation"]
