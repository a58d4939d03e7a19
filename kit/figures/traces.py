"""Layers → the traces of a plotly figure, as plain JSON."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import numpy.typing as npt

from kit.figures import colours
from kit.figures.layers import GREY, INK, Layer
from kit.figures.panels import Panel

HOVER_DATE = {"en": "%{x|%-d %b %Y}", "et": "%{x|%-d.%m.%Y}"}
HOVER_TIME = {"en": "%{x|%-d %b %Y %H:%M}", "et": "%{x|%-d.%m.%Y %H:%M}"}
DAY = 86_400_000


@dataclass(frozen=True)
class Place:
    """Where and how the layers of a panel are drawn: its number (from 1), language, unit and decimals."""

    panel: Panel
    number: int
    lang: str
    unit: str
    digits: int

    @property
    def suffix(self) -> str:
        """What plotly puts behind the names of the panel's axes."""
        return "" if self.number == 1 else str(self.number)

    @property
    def polar(self) -> bool:
        """Whether x is an angle."""
        return self.panel.plane == "polar"


def xs(values: npt.NDArray[Any]) -> list[Any]:
    """Return x values as JSON."""
    if np.issubdtype(values.dtype, np.datetime64):
        clock = bool(len(values)) and bool((values != values.astype("datetime64[D]")).any())
        return [str(text) for text in np.datetime_as_string(values, unit="s" if clock else "D")]
    return ys(values)


def ys(values: npt.NDArray[np.float64]) -> list[float | None]:
    """Return numbers as JSON: seven significant digits, None for missing ones."""
    return [float(f"{v:.7g}") if np.isfinite(v) else None for v in values.astype(np.float64)]


def safe(text: str) -> str:
    """Return a text as plotly shows it unchanged (plotly takes some HTML in texts, links among it)."""
    return escape(text, quote=False)


def traces(layer: Layer, place: Place) -> list[dict[str, Any]]:
    """Return the traces of one layer (a band is two: its lower edge and the filled upper one)."""
    return [trace for trace in _DRAW[layer.kind](layer, place) if trace]


def _base(layer: Layer, place: Place, x: npt.NDArray[Any], y: npt.NDArray[np.float64]) -> dict[str, Any]:
    name = safe(layer.named(place.lang))
    along = ("theta", "r") if place.polar else ("x", "y")
    where = (
        {"subplot": f"polar{place.suffix}"}
        if place.polar
        else {"xaxis": f"x{place.suffix}", "yaxis": f"y{place.suffix}"}
    )
    base: dict[str, Any] = {
        "type": "scatterpolar" if place.polar else "scatter", "name": name, along[0]: xs(x), along[1]: ys(y),
        "showlegend": bool(layer.legend and layer.name), **where,
    }  # fmt: skip
    if layer.name:
        base["legendgroup"] = name
    if layer.faint:
        base["opacity"] = 0.4
    return base


def _pointed(layer: Layer, place: Place) -> dict[str, Any]:
    """Return what is said when somebody points at the layer."""
    said = layer.said or (layer.labels if layer.kind == "points" else None)
    if said is not None:
        return {"text": [safe(text) for text in said(place.lang)], "hovertemplate": "%{text}<extra></extra>"}
    value = f":,.{place.digits}f}} {safe(place.unit)}".rstrip()
    extra = "<extra>%{fullData.name}</extra>" if layer.name else "<extra></extra>"
    if place.polar:
        return {"hovertemplate": f"%{{theta:.0f}}°: %{{r{value}{extra}"}
    ticks = (place.panel.y if layer.across else place.panel.x).ticks
    held = layer.y if layer.across else layer.x
    shown = "%{x" if layer.across else "%{y"
    if ticks is not None:
        words = dict(ticks(place.lang))
        names = [safe(words.get(float(at), f"{at:g}")) for at in held]
        return {"customdata": names, "hovertemplate": f"%{{customdata}}: {shown}{value}{extra}"}
    if np.issubdtype(held.dtype, np.datetime64):
        code = place.lang if place.lang in HOVER_DATE else "en"
        clock = bool((held != held.astype("datetime64[D]")).any())
        when = (HOVER_TIME if clock else HOVER_DATE)[code]
    else:
        when = "%{y:~r}" if layer.across else "%{x:~r}"
    return {"hovertemplate": f"{when}: {shown}{value}{extra}"}


def _line(layer: Layer, place: Place) -> list[dict[str, Any]]:
    line = {"color": layer.colour, "dash": layer.dash, "width": layer.width}
    base = _base(layer, place, layer.x, layer.y) | _pointed(layer, place)
    base |= {"mode": "lines+markers" if layer.symbol else "lines", "line": line, "connectgaps": False}
    if layer.symbol:
        few = 0 if len(layer.y) <= 60 else 14
        base["marker"] = {"symbol": layer.symbol, "size": 7, "color": layer.colour, "maxdisplayed": few}
    return [base]


def _points(layer: Layer, place: Place) -> list[dict[str, Any]]:
    size = layer.size.tolist() if isinstance(layer.size, np.ndarray) else layer.size
    thin = layer.symbol == "x-thin"
    edge = {"color": layer.colour, "width": 2} if thin else {"color": "#ffffff", "width": 1}
    base = _base(layer, place, layer.x, layer.y) | _pointed(layer, place) | {"mode": "markers"}
    base["marker"] = {"symbol": layer.symbol or "circle", "size": size, "color": layer.colour, "line": edge}
    return [base]


def _band(layer: Layer, place: Place) -> list[dict[str, Any]]:
    low = np.asarray(layer.low, dtype=np.float64)
    drawn: list[dict[str, Any]] = []
    for start, end in runs(np.isfinite(low) & np.isfinite(layer.y)):
        piece = slice(start, end)
        hidden = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
        under = _base(layer, place, layer.x[piece], low[piece]) | hidden | {"showlegend": False}
        over = _base(layer, place, layer.x[piece], layer.y[piece]) | hidden
        over |= {"fill": "tonexty", "fillcolor": faint(layer.colour)}
        over["showlegend"] = over["showlegend"] and not drawn
        drawn += [under, over]
    return drawn


def runs(there: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return where each unbroken run begins and ends.

    >>> runs(np.array([True, True, False, True]))
    [(0, 2), (3, 4)]
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], there, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _whiskers(layer: Layer, place: Place) -> list[dict[str, Any]]:
    low = np.asarray(layer.low, dtype=np.float64)
    gap = np.full(len(low), np.nan)
    high = layer.x.astype(np.float64) if layer.across else layer.y
    values = np.stack([low, high, gap], axis=1).ravel()
    held = np.repeat(layer.y if layer.across else layer.x, 3)
    base = _base(layer, place, *((values, held) if layer.across else (held, values)))
    line = {"color": layer.colour, "width": layer.width}
    return [base | {"mode": "lines", "line": line, "hoverinfo": "skip", "connectgaps": False}]


def _bars(layer: Layer, place: Place) -> list[dict[str, Any]]:
    low = np.zeros(len(layer.y)) if layer.low is None else np.asarray(layer.low, dtype=np.float64)
    base = _base(layer, place, layer.x, layer.y) | _pointed(layer, place)
    length = "x" if layer.across else "r" if place.polar else "y"
    tops = layer.x.astype(np.float64) if layer.across else layer.y
    wide = layer.wide * (DAY if np.issubdtype(layer.x.dtype, np.datetime64) else 1)
    base |= {"type": "barpolar" if place.polar else "bar", "base": ys(low), length: ys(tops - low),
             "width": wide if not place.polar else [wide] * len(tops)}  # fmt: skip
    if layer.said is None:  # a bar's length is not its value where it does not begin at 0
        base["hovertemplate"] = base["hovertemplate"].replace(f"%{{{length}:", "%{text:")
        base["text"] = ys(tops)
    if layer.across:
        base["orientation"] = "h"
    base["marker"] = {"color": layer.colour, "line": {"color": "#ffffff", "width": 0.6}}
    if layer.hatch:
        base["marker"]["pattern"] = {
            "shape": layer.hatch,
            "fillmode": "overlay",
            "fgcolor": "#ffffff",
            "size": 7,
            "solidity": 0.25,
        }
    if not place.polar:
        base["textposition"] = "none"
    return [base]


def lattice(layer: Layer) -> tuple[Any, Any, npt.NDArray[np.intp]]:
    """Return the places of columns and rows, and which point stands in each cell (row, column), -1: none.

    Columns and rows that nobody stands in are there, too, so that all cells have one size.

    >>> lattice(Layer("cells", np.array([1.0, 2.0, 4.0]), np.zeros(3)))[0].tolist()
    [1.0, 2.0, 3.0, 4.0]
    """
    columns, at = _steps(layer.x)
    lines, up = _steps(layer.y)
    cells = np.full((len(lines), len(columns)), -1, dtype=np.intp)
    cells[up, at] = np.arange(len(layer.x))
    return columns, lines, cells


def _steps(places: npt.NDArray[Any]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.intp]]:
    """Return evenly spaced places, and which of them each of the given ones is."""
    found = np.unique(places.astype(np.float64).round(6))
    step = float(np.diff(found).min()) if len(found) > 1 else 1.0
    at = np.rint((places - found[0]) / step).astype(np.intp)
    return found[0] + step * np.arange(at.max() + 1), at


def _cells(layer: Layer, place: Place) -> list[dict[str, Any]]:
    if place.polar:
        return _wedges(layer, place)
    columns, lines, cells = lattice(layer)
    value = np.append(np.asarray(layer.value, dtype=np.float64), np.nan)
    base = _base(layer, place, columns, lines) | {"type": "heatmap", "coloraxis": "coloraxis"}
    base |= {"z": [ys(row) for row in value[cells]], "xgap": 1, "ygap": 1, "hoverongaps": False}
    base.pop("legendgroup", None)

    def spread(words: list[str]) -> list[list[str]]:
        held = [*(safe(text) for text in words), ""]
        return [[held[i] for i in row] for row in cells.tolist()]

    if layer.said is not None:
        said = spread(layer.said(place.lang))
        base |= {"customdata": said, "hovertemplate": "%{customdata}<extra></extra>"}
    else:
        base["hovertemplate"] = f"%{{z:,.{place.digits}f}} {safe(place.unit)}<extra></extra>"
    if layer.written is not None:
        base |= {"text": spread(layer.written(place.lang)), "texttemplate": "%{text}"}
    return [base]


def _wedges(layer: Layer, place: Place) -> list[dict[str, Any]]:
    """Return the cells of a round grid; their y is the middle between their inner and outer rim."""
    columns, lines, _ = lattice(layer)
    high = float(lines[1] - lines[0]) if len(lines) > 1 else 2 * float(lines[0])
    wide = float(columns[1] - columns[0]) if len(columns) > 1 else 360.0
    n = len(layer.x)
    base = _base(layer, place, layer.x, np.full(n, high)) | _pointed(layer, place)
    base |= {"type": "barpolar", "base": ys(layer.y - high / 2), "width": [wide] * n}
    colour = {"color": ys(np.asarray(layer.value)), "coloraxis": "coloraxis", "line": {"width": 0}}
    return [base | {"marker": colour}]


def _ground(layer: Layer, place: Place) -> list[dict[str, Any]]:
    base = _base(layer, place, layer.x, layer.y) | {"mode": "lines", "hoverinfo": "skip", "showlegend": False}
    base["line"] = {"color": GREY, "width": 0.8, "dash": layer.dash}
    if layer.kind == "land":
        base |= {"fill": "toself", "fillcolor": "#eeeae0"}
    return [base]


def faint(colour: str) -> str:
    """Return a colour through which others are seen."""
    return "rgba({},{},{},0.22)".format(*colours.parts(colour))


_DRAW = {
    "line": _line, "points": _points, "band": _band, "whiskers": _whiskers, "bars": _bars, "cells": _cells,
    "land": _ground, "border": _ground,
}  # fmt: skip
#: What words beside points look like.
NOTE = {"arrowhead": 0, "arrowwidth": 1, "bgcolor": "rgba(255,255,255,0.75)", "arrowcolor": INK}
