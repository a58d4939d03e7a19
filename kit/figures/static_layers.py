"""Layers → what matplotlib draws on one plane."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from kit.figures import colours
from kit.figures.colours import Scale
from kit.figures.layers import FAR, GREY, INK, MATPLOTLIB_DASH, MATPLOTLIB_SYMBOL, Layer, anchor
from kit.figures.panels import Panel
from kit.figures.traces import lattice

#: Height of a text line in the drawing, in points.
LINE = 14.5
#: A grid of more cells than this is a picture within the picture.
MOST_PATHS = 800
BEHIND = {"boxstyle": "round,pad=0.12", "facecolor": "white", "alpha": 0.75, "linewidth": 0}


class Pen:
    """Draws layers on one panel.

    ``mapped`` are the colours of ``scale`` as matplotlib has them (norm and map); ``small``: there are many
    panels in a row.
    """

    def __init__(
        self, ax: Any, panel: Panel, lang: str, mapped: Any, scale: Scale | None, small: bool
    ) -> None:
        self.ax, self.panel, self.lang, self.mapped, self.small = ax, panel, lang, mapped, small
        self.stops = scale.stops if scale else colours.LITTLE_TO_MUCH

    def draw(self, layer: Layer) -> Any:
        """Draw one layer; return the handle for the legend (None if it is not explained there)."""
        handle = getattr(self, f"_{layer.kind}")(layer)
        return handle if layer.legend and layer.name else None

    def _x(self, layer: Layer) -> npt.NDArray[Any]:
        return np.deg2rad(layer.x.astype(np.float64)) if self.panel.plane == "polar" else layer.x

    def _line(self, layer: Layer) -> Any:
        every = max(len(layer.y) // 14, 1) if len(layer.y) > 60 else 1
        (handle,) = self.ax.plot(
            self._x(layer), layer.y, color=layer.colour, lw=layer.width, ls=MATPLOTLIB_DASH[layer.dash],
            marker=MATPLOTLIB_SYMBOL.get(layer.symbol, ""), ms=5, markevery=every, mec="white", mew=0.6,
            label=layer.named(self.lang), zorder=3, alpha=0.4 if layer.faint else 1,
        )  # fmt: skip
        return handle

    def _points(self, layer: Layer) -> Any:
        thin = layer.symbol == "x-thin"
        handle = self.ax.scatter(
            self._x(layer), layer.y, s=np.square(layer.size), c=layer.colour,
            marker=MATPLOTLIB_SYMBOL.get(layer.symbol) or "o", label=layer.named(self.lang),
            edgecolors=None if thin else "white", linewidths=1.6 if thin else 0.8, zorder=5,
            alpha=0.4 if layer.faint else 1,
        )  # fmt: skip
        if layer.places:
            self._words(layer, layer.labels(self.lang) if layer.labels else [])
        return handle

    def _words(self, layer: Layer, words: list[str]) -> None:
        """Put words beside the points of a layer, with a thin line where they stand far from them."""
        for i, text in enumerate(words):
            dx, dy = layer.places[i]
            across, up = anchor(dx, dy)
            arrow = {"arrowstyle": "-", "color": INK, "lw": 0.7, "shrinkA": 0, "shrinkB": 3}
            self.ax.annotate(
                text, (layer.x[i], layer.y[i]), xytext=(dx * LINE, dy * LINE), textcoords="offset points",
                ha=across, va=up, fontsize=10, color=INK, zorder=6, annotation_clip=False, bbox=BEHIND,
                arrowprops=arrow if abs(dx) + abs(dy) > FAR else None,
            )  # fmt: skip

    def _band(self, layer: Layer) -> Any:
        return self.ax.fill_between(
            self._x(layer), np.asarray(layer.low), layer.y, color=layer.colour, alpha=0.22, lw=0,
            label=layer.named(self.lang), zorder=2,
        )  # fmt: skip

    def _whiskers(self, layer: Layer) -> Any:
        draw = self.ax.hlines if layer.across else self.ax.vlines
        held, high = (layer.y, layer.x) if layer.across else (self._x(layer), layer.y)
        style = {"color": layer.colour, "lw": layer.width, "label": layer.named(self.lang), "zorder": 4}
        return draw(held, layer.low, high, **style)

    def _bars(self, layer: Layer) -> Any:
        low = np.zeros(len(layer.y)) if layer.low is None else np.asarray(layer.low)
        polar = self.panel.plane == "polar"
        style: dict[str, Any] = {
            "color": layer.colour, "edgecolor": "white", "linewidth": 0.5, "zorder": 2.5,
            "label": layer.named(self.lang), "hatch": layer.hatch * 3 or None,
        }  # fmt: skip
        if layer.across:
            return self.ax.barh(layer.y, layer.x - low, layer.wide, left=low, **style)
        wide: Any = np.deg2rad(layer.wide) if polar else layer.wide
        if np.issubdtype(layer.x.dtype, np.datetime64):
            wide = np.timedelta64(round(layer.wide * 24), "h")
        return self.ax.bar(self._x(layer), layer.y - low, wide, bottom=low, **style)

    def _cells(self, layer: Layer) -> Any:
        columns, lines, cells = lattice(layer)
        value = np.append(np.asarray(layer.value, dtype=np.float64), np.nan)[cells]
        norm, cmap = self.mapped
        polar = self.panel.plane == "polar"
        edge = 0.6 if max(cells.shape) <= 60 and not polar else 0
        across, up = _edges(columns), _edges(lines)
        if polar:
            across, up = np.deg2rad(across), np.maximum(up, 0.0)
        drawn = self.ax.pcolormesh(
            across, up, np.ma.masked_invalid(value), norm=norm, cmap=cmap, linewidth=edge, zorder=1,
            edgecolors="white" if edge else "none", rasterized=cells.size > MOST_PATHS,
        )  # fmt: skip
        if layer.written is not None:
            size = 7 if self.small else 9 if max(cells.shape) <= 14 else 6.5
            words = layer.written(self.lang)
            for x, y, one, text in zip(layer.x, layer.y, np.asarray(layer.value), words, strict=True):
                shade = colours.mixed(self.stops, float(norm(one))) if np.isfinite(one) else "#ffffff"
                ink = "white" if colours.dark(shade) else INK
                self.ax.text(x, y, text, ha="center", va="center", fontsize=size, color=ink, zorder=5)
        return drawn

    def _land(self, layer: Layer) -> None:
        for xs, ys in _pieces(layer):
            self.ax.fill(xs, ys, facecolor="#eeeae0", edgecolor=GREY, lw=0.6, zorder=1)

    def _border(self, layer: Layer) -> None:
        for xs, ys in _pieces(layer):
            self.ax.plot(xs, ys, color=GREY, lw=0.7, ls=MATPLOTLIB_DASH[layer.dash], zorder=1)


def _edges(middles: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the borders between cells, given their middles."""
    middles = middles.astype(np.float64)
    if len(middles) == 1:
        return np.array([middles[0] - 0.5, middles[0] + 0.5])
    between = (middles[1:] + middles[:-1]) / 2
    first, last = middles[0] - (between[0] - middles[0]), middles[-1] + (middles[-1] - between[-1])
    return np.concatenate([[first], between, [last]])


def _pieces(layer: Layer) -> list[tuple[Any, Any]]:
    """Return the pieces of a layer between its NaNs."""
    gaps = np.flatnonzero(np.isnan(layer.y))
    pieces = zip(np.split(layer.x, gaps), np.split(layer.y, gaps), strict=True)
    return [(x[~np.isnan(y)], y[~np.isnan(y)]) for x, y in pieces if (~np.isnan(y)).any()]
