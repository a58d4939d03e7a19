"""Panels → a static picture (SVG, PNG) by matplotlib; no pyplot, display, browser or internet."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import datetime
from html import escape
from importlib.util import find_spec
from textwrap import fill
from typing import Any

import numpy as np

from kit.errors import UsageError
from kit.figures.colours import Scale
from kit.figures.layers import INK, Words
from kit.figures.panels import Axis, Panel, grid, marks, shared
from kit.figures.static_layers import BEHIND, Pen
from kit.text import language, number

WIDTH, HEIGHT, MAP_HEIGHT, POLAR_HEIGHT = 8.4, 4.6, 6.2, 5.4
#: How high a row of several panels is, in inches.
ROW, POLAR_ROW = 2.1, 3.2
#: Points of a title and of the small print below it.
TITLE, NOTE = 13, 9.5
#: A name on an axis has at most this many letters in a line.
WIDEST = 26


def available() -> bool:
    """Whether pictures can be drawn here: a browser has no matplotlib, it draws figures itself."""
    return find_spec("matplotlib") is not None


def _date_axis(ax: Any, lang: str, ticks: int) -> None:
    """Put dates on the x axis in the language's own words."""
    from babel.dates import format_date
    from matplotlib.dates import AutoDateLocator, num2date

    locator = AutoDateLocator(minticks=min(ticks, 4), maxticks=ticks)  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_locator(locator)
    at = ax.get_xticks()
    step = float(np.min(np.diff(at))) if len(at) > 1 else 400.0
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


def draw(
    panels: tuple[Panel, ...], words: Words, lang: str, scale: Scale | None = None, columns: int = 0
) -> Any:
    """Return the drawn matplotlib figure."""
    if not available():
        raise UsageError(
            "A browser cannot make a picture file of this chart.",
            do="Use the camera above the figure, or save the numbers: let the name end in .csv.",
            code="not-in-browser",
        )
    from matplotlib.figure import Figure

    rows, across = grid(len(panels), columns)
    figure = Figure(figsize=(WIDTH, _height(panels, rows)), layout="constrained")
    mapped = _mapped(scale) if scale else None
    handles: dict[str, Any] = {}
    axes = []
    for at, panel in enumerate(panels):
        polar = {"projection": "polar"} if panel.plane == "polar" else {}
        ax = figure.add_subplot(rows, across, at + 1, **polar)
        axes.append(ax)
        pen = Pen(ax, panel, lang, mapped, scale, across > 2)
        for layer in panel.layers:
            handle = pen.draw(layer.thinned())
            if handle is not None:
                handles.setdefault(layer.named(lang), handle)
        below, beside = shared(panels, at, across)
        x = panel.x.title(lang) if panel.x.title else words.x if at + across >= len(panels) else ""
        y = panel.y.title(lang) if panel.y.title else words.y if at % across == 0 else ""
        _plane(ax, panel, lang, ("" if below else x, "" if beside else y), across)
        if panel.plane != "polar":
            ax.tick_params(labelleft=not beside, labelbottom=not below)
        if panel.title is not None:
            title = fill(panel.title(lang), 90 // across, break_long_words=False)
            ax.set_title(title, loc="left", fontsize=10.5, fontweight="bold", color=INK)
    if scale is not None and scale.bar:
        _bar(figure, axes, mapped, scale, lang)
    _legend(figure, list(handles.values()))
    _heading(figure, panels, words, axes[0])
    return figure


def _height(panels: tuple[Panel, ...], rows: int) -> float:
    plane = panels[0].plane
    lines = max((len(panel.y.ticks("en")) for panel in panels if panel.y.ticks), default=0)
    if len(panels) == 1:
        return {"map": MAP_HEIGHT, "polar": POLAR_HEIGHT}.get(plane, max(HEIGHT, 1.6 + 0.25 * lines))
    one = POLAR_ROW if plane == "polar" else max(ROW, 0.25 * lines)
    return 1.3 + rows * one


def _mapped(scale: Scale) -> Any:
    from matplotlib.colors import LinearSegmentedColormap, Normalize

    return Normalize(scale.low, scale.high), LinearSegmentedColormap.from_list("kit", list(scale.stops))


def _bar(figure: Any, axes: list[Any], mapped: Any, scale: Scale, lang: str) -> None:
    from matplotlib.cm import ScalarMappable

    norm, cmap = mapped
    bar = figure.colorbar(ScalarMappable(norm, cmap), ax=axes, pad=0.02, aspect=30, shrink=0.9)
    bar.outline.set_visible(False)
    bar.set_label(scale.words(lang), color=INK)
    bar.ax.tick_params(colors=INK, labelsize=9)
    _number_axis(bar.ax.yaxis, lang)


def _plane(ax: Any, panel: Panel, lang: str, titles: tuple[str, str], across: int) -> None:
    """Set the axes of one panel: names, numbers or dates, and what is drawn."""
    ax.tick_params(colors=INK, labelsize=8.5 if across > 1 else 10)
    if panel.plane == "polar":
        _circle(ax, panel, lang, across)
        return
    ax.set_xlabel(titles[0], color=INK)
    ax.set_ylabel(titles[1], color=INK)
    suffix = "°" if panel.box else ""
    _number_axis(ax.yaxis, lang, suffix)
    if panel.box is None:
        if not any(layer.kind == "cells" for layer in panel.layers):
            ax.grid(visible=True, color="#dddddd", lw=0.8)
        else:
            ax.spines[["left", "bottom"]].set_visible(False)
        ax.set_axisbelow(True)
        ax.spines[["top", "right"]].set_visible(False)
        ax.margins(x=0.01)
    else:
        west, south, east, north = panel.box
        ax.set_xlim(west, east)
        ax.set_ylim(south, north)
        ax.set_aspect(1 / float(np.cos(np.deg2rad((south + north) / 2))))
        ax.set_facecolor("#e6f0f7")
    for axis, which, limit in ((panel.x, ax.xaxis, ax.set_xlim), (panel.y, ax.yaxis, ax.set_ylim)):
        if axis.span is not None:
            limit(*(axis.span[::-1] if axis.down else axis.span))
        if axis.ticks is not None:
            _marks(which, axis, lang, 84 // across if which is ax.xaxis else 0)
    if panel.dates:
        _date_axis(ax, lang, 9 if across == 1 else 5 if across == 2 else 4)
    elif panel.x.ticks is None:
        _number_axis(ax.xaxis, lang, suffix)


def _marks(which: Any, axis: Axis, lang: str, letters: int) -> None:
    """Put the marks on an axis; ``letters`` is the room of a level one, 0 for an upright one."""
    held, slanted = marks(axis, lang, letters or 10_000)
    style = {"rotation": 30, "ha": "right", "rotation_mode": "anchor"} if slanted else {}
    which.set_ticks([at for at, _ in held], [fill(text, WIDEST) for _, text in held], **style)


def _circle(ax: Any, panel: Panel, lang: str, across: int) -> None:
    ax.set_theta_zero_location("N")
    ax.set_theta_direction(-1)
    ticks = list(panel.x.ticks(lang) if panel.x.ticks else [])[:: 1 if across == 1 else 2]
    ax.set_thetagrids([at for at, _ in ticks], [text for _, text in ticks])
    if panel.y.span is not None:
        ax.set_ylim(*panel.y.span)
    from matplotlib.ticker import MaxNLocator

    ax.yaxis.set_major_locator(MaxNLocator(4, min_n_ticks=2))
    _number_axis(ax.yaxis, lang, f" {panel.y.title(lang)}" if panel.y.title else "")
    ax.set_rlabel_position(67.5)
    ax.grid(visible=True, color="#cccccc", lw=0.7)
    for label in ax.get_yticklabels():
        label.set(fontsize=8.5, bbox=BEHIND, zorder=7)
    ax.spines["polar"].set_color("#999999")


def _legend(figure: Any, handles: list[Any]) -> None:
    if not handles:
        return
    longest = max(len(str(handle.get_label())) for handle in handles)
    columns = min(len(handles), max(1, int(8.2 / (0.95 + 0.085 * longest))))
    figure.legend(
        handles=handles, loc="outside lower left", ncols=columns, frameon=False, fontsize=10,
        labelcolor=INK, handlelength=4 if columns < 4 else 2,
    )  # fmt: skip


def _heading(figure: Any, panels: tuple[Panel, ...], words: Words, ax: Any) -> None:
    """Write the title, and the small print below it (on a map: in its corner)."""
    title = fill(words.title, 82, break_long_words=False)
    style: dict[str, Any] = {"x": 0.012, "ha": "left", "fontsize": TITLE, "color": INK}
    if not words.note or panels[0].box is not None:
        figure.suptitle(title, **style)
    else:
        note = fill(words.note, 118, break_long_words=False)
        room = "\n" * round((note.count("\n") + 1) * NOTE / TITLE + 0.35)
        figure.suptitle(title + room, **style)
        above = 0.07 + (title.count("\n") + 1) * TITLE * 1.3 / 72
        figure.text(0.013, 1 - above / figure.get_figheight(), note, va="top", fontsize=NOTE, color="#444444")
    if words.note and panels[0].box is not None:
        ax.annotate(
            words.note, (1, 0), xycoords="axes fraction", xytext=(-4, 4), textcoords="offset points",
            ha="right", va="bottom", fontsize=8, color="#444444", zorder=7, bbox=BEHIND,
        )  # fmt: skip


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
        figure.savefig(
            out, format="svg", dpi=150, metadata=dict.fromkeys(("Date", "Creator", "Format", "Type"))
        )
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
