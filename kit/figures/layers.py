"""What a chart is made of before any library draws it: layers, and how they are told apart.

Plotly and matplotlib draw the same layers, so the interactive and the printed figure cannot differ.
Colours are those of Okabe and Ito (2008, https://jfly.uni-koeln.de/color/) that reach a contrast of at
least 3:1 on white, the bright ones darkened; a dash and a symbol go with each colour, so that colour is
never the only code.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from kit.text import tr

#: At most this many points are drawn per layer.
MOST_POINTS = 1500

#: (colour, dash, symbol) in plotly's words; see :data:`MATPLOTLIB_DASH` for matplotlib's.
STYLES = (
    ("#0072b2", "solid", "circle"),
    ("#c04f00", "dash", "square"),
    ("#007a5a", "dot", "diamond"),
    ("#a8407f", "dashdot", "triangle-up"),
    ("#4d4d4d", "longdash", "cross"),
    ("#8a6d00", "longdashdot", "triangle-down"),
    ("#3b7fb5", "solid", "star"),
)
INK = "#222222"
#: A label further from its point than this (heights of a text line) gets a line to it.
FAR = 1.0
GREY = "#767676"
RED = "#b22222"

MATPLOTLIB_DASH: dict[str, Any] = {
    "solid": "-",
    "dash": (0, (6, 3)),
    "dot": (0, (1.2, 2)),
    "dashdot": (0, (6, 2, 1.5, 2)),
    "longdash": (0, (10, 3)),
    "longdashdot": (0, (10, 3, 1.5, 3)),
}
MATPLOTLIB_SYMBOL = {
    "circle": "o",
    "square": "s",
    "diamond": "D",
    "triangle-up": "^",
    "cross": "P",
    "triangle-down": "v",
    "star": "*",
    "x-thin": "x",
    "circle-open": "o",
}

#: Patterns that tell filled areas apart in grey; plotly and matplotlib write them alike.
HATCHES = ("", "/", "x", ".", "\\", "-")

Kind = Literal["line", "points", "band", "whiskers", "bars", "cells", "land", "border"]


@dataclass(frozen=True)
class Layer:
    """One layer of a chart.

    Attributes
    ----------
    kind
        ``line``, ``points``, ``band`` (between ``low`` and ``y``), ``whiskers`` (thin bars from ``low`` to
        ``y``), ``bars`` (from ``low``, or 0, to ``y``), ``cells`` (a grid, coloured by ``value``), ``land``
        (filled rings separated by NaN), ``border`` (thin lines separated by NaN).
    x, y
        Same length. ``x`` is datetime64 or float (a longitude, a place on an axis of names, degrees of a
        polar plane); NaN in ``y`` is a gap and stays one.
    name
        An English template (shown through :func:`kit.text.tr`), a name such as a station's, or a function of
        the language.
    labels
        Words beside each point in a language, or None.
    places
        Where each label stands: (dx, dy) from its point in heights of a text line, y upwards. A label far
        from its point gets a thin line to it.
    legend
        Whether the layer is explained in the legend.
    across
        Bars and whiskers lie: they go from ``low`` to ``x``, at ``y``.
    wide
        How wide bars are, in the unit of their axis (days where it is one of dates).
    value
        What colours cells, by the chart's scale.
    hatch
        A pattern of bars, see :data:`HATCHES`.
    said
        What is said of each point when it is pointed at, in a language; None: its place and value.
    written
        What is written into each cell, in a language.
    """

    kind: Kind
    x: npt.NDArray[Any]
    y: npt.NDArray[np.float64]
    name: str | Callable[[str], str] = ""
    low: npt.NDArray[np.float64] | None = None
    colour: str = INK
    dash: str = "solid"
    symbol: str = ""
    width: float = 1.6
    size: float | npt.NDArray[np.float64] = 7
    labels: Callable[[str], list[str]] | None = None
    places: tuple[tuple[float, float], ...] = field(default=())
    legend: bool = True
    faint: bool = False
    across: bool = False
    wide: float = 0.8
    value: npt.NDArray[np.float64] | None = None
    hatch: str = ""
    said: Callable[[str], list[str]] | None = None
    written: Callable[[str], list[str]] | None = None

    def named(self, lang: str) -> str:
        """Return the name in a language."""
        return tr(self.name, lang) if isinstance(self.name, str) else self.name(lang)

    def thinned(self) -> Layer:
        """Return the layer with at most :data:`MOST_POINTS` points; extremes and gaps are kept."""
        spoken = self.labels is not None or self.said is not None
        if spoken or self.kind not in ("line", "points", "band") or len(self.y) <= MOST_POINTS:
            return self
        if self.kind == "band" and self.low is not None:
            keep = np.union1d(thin(self.y, MOST_POINTS // 2), thin(self.low, MOST_POINTS // 2))
            return replace(self, x=self.x[keep], y=self.y[keep], low=self.low[keep])
        keep = thin(self.y)
        size = self.size[keep] if isinstance(self.size, np.ndarray) else self.size
        return replace(self, x=self.x[keep], y=self.y[keep], size=size)


def thin(values: npt.NDArray[np.float64], most: int = MOST_POINTS) -> npt.NDArray[np.intp]:
    """Return the positions to draw: the lowest and highest of each of many bins, and one gap per bin.

    The first and the last position are always kept, so the drawn period is the true one.

    >>> thin(np.array([1.0, 5.0, 2.0, 9.0, 0.0, 3.0, 4.0, 4.0, 4.0, 7.0]), most=8).tolist()
    [0, 3, 4, 5, 9]
    """
    n = len(values)
    if n <= most:
        return np.arange(n)
    keep = {0, n - 1}
    for part in np.array_split(np.arange(n), max((most - 2) // 3, 1)):
        y = values[part]
        missing = np.isnan(y)
        if missing.any():
            keep.add(int(part[int(np.argmax(missing))]))
        if not missing.all():
            keep.add(int(part[int(np.nanargmin(y))]))
            keep.add(int(part[int(np.nanargmax(y))]))
    return np.array(sorted(keep), dtype=np.intp)


def capital(text: str) -> str:
    """Return a text that begins a sentence.

    >>> capital("õhutemperatuur")
    'Õhutemperatuur'
    """
    return text[:1].upper() + text[1:]


def anchor(dx: float, dy: float) -> tuple[str, str]:
    """Return how a label at this offset is aligned: (left, center, right), (top, center, bottom).

    >>> anchor(0.8, 0), anchor(0, -1.2)
    (('left', 'center'), ('center', 'top'))
    """
    if abs(dx) >= 0.5:
        return ("left" if dx > 0 else "right"), "center"
    return "center", ("bottom" if dy > 0 else "top")


@dataclass(frozen=True)
class Table:
    """A table of a chart: a frame, a caption and headers in each language.

    ``headers(lang)`` gives the header of each column of ``frame``, same order; ``digits`` the decimals of
    its number columns (0 where not named); ``rows`` names the column whose cells are row headers. A result
    brings its own texts: then ``shown(lang)`` gives all cells as people read them, and headers with them.
    """

    frame: pd.DataFrame
    caption: Callable[[str], str]
    headers: Callable[[str], list[str]]
    digits: dict[str, int] = field(default_factory=dict)
    rows: str = ""
    shown: Callable[[str], pd.DataFrame] | None = None


@dataclass(frozen=True)
class Words:
    """The words of a chart in one language.

    ``note`` is small print in the figure, ``caution`` what may not be concluded from it, ``remarks`` what
    else has to be known: what was left out, and why.
    """

    title: str
    sentence: str
    alt: str
    x: str
    y: str
    note: str = ""
    caution: str = ""
    remarks: tuple[str, ...] = ()
