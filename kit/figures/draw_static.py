"""Layers → a static picture (SVG, PNG) by matplotlib; no pyplot, display, browser or internet."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import datetime
from html import escape
from typing import Any

import numpy as np

from kit.figures.layers import FAR, GREY, INK, MATPLOTLIB_DASH, MATPLOTLIB_SYMBOL, Layer, Words, anchor
from kit.text import language, number, tr

Box = tuple[float, float, float, float]
WIDTH, HEIGHT, MAP_HEIGHT = 8.4, 4.6, 6.2
#: Height of a text line in the drawing, in points.
LINE = 14.5
BEHIND = {"boxstyle": "round,pad=0.12", "facecolor": "white", "alpha": 0.75, "linewidth": 0}


def _draw_layer(ax: Any, layer: Layer, lang: str) -> Any:
    """Draw one layer; return the handle for the legend (None if it is not explained there)."""
    name = tr(layer.name, lang)
    marker = MATPLOTLIB_SYMBOL.get(layer.symbol, "")
    if layer.kind == "line":
        every = max(len(layer.y) // 14, 1)
        (handle,) = ax.plot(
            layer.x,
            layer.y,
            color=layer.colour,
            lw=layer.width,
            ls=MATPLOTLIB_DASH[layer.dash],
            marker=marker,
            ms=5,
            markevery=every,
            mec="white",
            mew=0.6,
            label=name,
            zorder=3,
            alpha=0.4 if layer.faint else 1,
        )
        return handle
    if layer.kind == "points":
        edge = layer.colour if layer.symbol == "x-thin" else "white"
        handle = ax.scatter(
            layer.x,
            layer.y,
            s=np.square(layer.size),
            c=layer.colour,
            marker=marker or "o",
            label=name,
            edgecolors=None if layer.symbol == "x-thin" else edge,
            linewidths=1.6 if layer.symbol == "x-thin" else 0.8,
            zorder=5,
        )
        if layer.labels is not None:
            _label(ax, layer, layer.labels(lang))
        return handle
    if layer.kind == "band":
        return ax.fill_between(
            layer.x, layer.low, layer.y, color=layer.colour, alpha=0.22, lw=0, label=name, zorder=2
        )
    if layer.kind == "land":
        for xs, ys in _parts(layer):
            ax.fill(xs, ys, facecolor="#eeeae0", edgecolor=GREY, lw=0.6, zorder=1)
        return None
    for xs, ys in _parts(layer):
        ax.plot(xs, ys, color=GREY, lw=0.7, ls=MATPLOTLIB_DASH[layer.dash], zorder=1)
    return None


def _label(ax: Any, layer: Layer, words: list[str]) -> None:
    """Put words beside the points of a layer, with a thin line where they stand far from them."""
    for i, text in enumerate(words):
        dx, dy = layer.places[i]
        across, up = anchor(dx, dy)
        arrow = {"arrowstyle": "-", "color": INK, "lw": 0.7, "shrinkA": 0, "shrinkB": 3}
        ax.annotate(
            text,
            (layer.x[i], layer.y[i]),
            xytext=(dx * LINE, dy * LINE),
            textcoords="offset points",
            ha=across,
            va=up,
            fontsize=10,
            color=INK,
            zorder=6,
            annotation_clip=False,
            bbox=BEHIND,
            arrowprops=arrow if abs(dx) + abs(dy) > FAR else None,
        )


def _parts(layer: Layer) -> list[tuple[Any, Any]]:
    """Return the pieces of a layer between its NaNs."""
    gaps = np.flatnonzero(np.isnan(layer.y))
    pieces = zip(np.split(layer.x, gaps), np.split(layer.y, gaps), strict=True)
    return [(x[~np.isnan(y)], y[~np.isnan(y)]) for x, y in pieces if (~np.isnan(y)).any()]


def _date_axis(ax: Any, lang: str) -> None:
    """Put dates on the x axis in the language's own words."""
    from babel.dates import format_date
    from matplotlib.dates import AutoDateLocator, num2date

    locator = AutoDateLocator(minticks=4, maxticks=9)  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_locator(locator)
    ticks = ax.get_xticks()
    step = float(np.min(np.diff(ticks))) if len(ticks) > 1 else 400.0
    pattern = "y" if step > 360 else "LLL y" if step > 27 else "d. MMM" if lang == "et" else "d MMM"

    def words(value: float, _: int) -> str:
        moment: datetime = num2date(value)  # type: ignore[no-untyped-call]
        if step < 0.9:
            midnight = moment.hour == 0 and moment.minute == 0
            return format_words(moment) if midnight else f"{moment:%H:%M}"
        return format_words(moment)

    def format_words(moment: datetime) -> str:
        return str(format_date(moment, format=pattern, locale=language(lang)))

    ax.xaxis.set_major_formatter(_formatter(words))


def _formatter(words: Callable[[float, int], str]) -> Any:
    from matplotlib.ticker import FuncFormatter

    return FuncFormatter(words)


def _number_axis(axis: Any, lang: str, suffix: str = "") -> None:
    """Write the numbers of an axis as the language does, all with the same decimals."""

    def words(value: float, _: int) -> str:
        ticks = axis.get_majorticklocs()
        step = float(np.min(np.diff(ticks))) if len(ticks) > 1 else 1.0
        digits = next((d for d in range(6) if abs(round(step, d) - step) < step * 1e-6), 6)
        return number(value, digits, lang) + suffix

    axis.set_major_formatter(_formatter(words))


def draw(layers: tuple[Layer, ...], words: Words, lang: str, box: Box | None) -> Any:
    """Return the drawn matplotlib figure."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, MAP_HEIGHT if box else HEIGHT), layout="constrained")
    ax = figure.add_subplot()
    handles = []
    for layer in layers:
        handle = _draw_layer(ax, layer.thinned(), lang)
        if handle is not None and layer.legend and layer.name:
            handles.append(handle)
    ax.set_title(_wrapped(words.title, 78), loc="left", fontsize=13, color=INK)
    ax.set_xlabel(words.x, color=INK)
    ax.set_ylabel(words.y, color=INK)
    ax.tick_params(colors=INK)
    _number_axis(ax.yaxis, lang, "°" if box else "")
    if box is None:
        ax.grid(visible=True, color="#dddddd", lw=0.8)
        ax.spines[["top", "right"]].set_visible(False)
        ax.margins(x=0.01)
        if any(np.issubdtype(layer.x.dtype, np.datetime64) for layer in layers):
            _date_axis(ax, lang)
    else:
        west, south, east, north = box
        ax.set_xlim(west, east)
        ax.set_ylim(south, north)
        ax.set_aspect(1 / float(np.cos(np.deg2rad((south + north) / 2))))
        ax.set_facecolor("#e6f0f7")
        _number_axis(ax.xaxis, lang, "°")
    if handles:
        columns = 1 if max(len(str(h.get_label())) for h in handles) > 45 else 2 if len(handles) > 1 else 1
        figure.legend(
            handles=handles,
            loc="outside lower left",
            ncols=columns,
            frameon=False,
            fontsize=10,
            labelcolor=INK,
            handlelength=4,
        )
    if words.note and box is None:
        ax.set_title(words.title + "\n", loc="left", fontsize=13, color=INK)
        ax.annotate(
            words.note,
            (0, 1),
            xycoords="axes fraction",
            xytext=(0, 7),
            textcoords="offset points",
            va="bottom",
            fontsize=9.5,
            color="#444444",
        )
    elif words.note:
        ax.annotate(
            words.note,
            (1, 0),
            xycoords="axes fraction",
            xytext=(-4, 4),
            textcoords="offset points",
            ha="right",
            va="bottom",
            fontsize=8,
            color="#444444",
            zorder=7,
            bbox=BEHIND,
        )
    return figure


def _wrapped(text: str, width: int) -> str:
    from textwrap import fill

    return fill(text, width, break_long_words=False)


def png(figure: Any) -> bytes:
    """Return the figure as PNG, 150 dots per inch."""
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=150, metadata={"Software": None})
    return out.getvalue()


def svg(figure: Any, words: Words, key: str, lang: str) -> str:
    """Return the figure as SVG to be put into a page: a picture with a name and a description.

    ``key`` begins every id, so that several pictures can stand in one page. Text stays text.
    """
    from matplotlib import rc_context

    out = io.StringIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": key}):
        figure.savefig(out, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    text = out.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.S)
    text = re.sub(r'(?<=\bid=")|(?<=href="#)|(?<=url\(#)', f"{key}-", text)
    text = re.sub(r"font: ([0-9.]+px) [^;\"]*", r"font: \1 'DejaVu Sans', Verdana, sans-serif", text)
    text = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", text, count=1)
    text = text.replace(
        "<svg ",
        f'<svg role="img" lang="{lang}" aria-labelledby="{key}-title {key}-desc" '
        'style="max-width:100%;height:auto" ',
        1,
    )
    title = f'<title id="{key}-title">{escape(words.title)}</title>'
    names = title + f'<desc id="{key}-desc">{escape(words.alt)}</desc>'
    return re.sub(r"(<svg[^>]*>)", lambda found: found[1] + names, text, count=1)
