"""Panels → a plotly figure as plain JSON. Plotly itself is not needed to make it, nor the internet."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import numpy as np

from kit.figures.colours import Scale
from kit.figures.layers import FAR, INK, Layer, Words, anchor
from kit.figures.panels import Axis, Panel, grid, marks, shared
from kit.figures.traces import NOTE, Place, safe, traces, xs

#: Height of a text line on the screen, in pixels.
LINE = 15.5
#: Dates on an axis by step, without month names: plotly.js knows only English ones without a locale file.
DATE_STOPS = {
    "en": [
        ("%H:%M", None, 3600_000 * 12),
        ("%-d %b %Y", 3600_000 * 12, "M1"),
        ("%b %Y", "M1", "M12"),
        ("%Y", "M12", None),
    ],
    "et": [
        ("%H:%M", None, 3600_000 * 12),
        ("%-d.%m.%Y", 3600_000 * 12, "M1"),
        ("%m.%Y", "M1", "M12"),
        ("%Y", "M12", None),
    ],
}
SEPARATORS = {"en": ".,", "et": ",\u00a0"}
AXIS = {"gridcolor": "#dddddd", "zeroline": False, "linecolor": INK, "ticks": "outside", "automargin": True}
SMALL = {"size": 12, "color": "#444444"}
#: A name on an axis is at most about as long as this many letters; longer ones have two lines.
WIDEST = 26


def figure(
    panels: tuple[Panel, ...], words: Words, lang: str, unit: str, digits: int, scale: Scale | None = None,
    columns: int = 0,
) -> dict[str, Any]:  # fmt: skip
    """Return ``{"data": [...], "layout": {...}}``."""
    code = lang if lang in DATE_STOPS else "en"
    room = _room(panels, columns)
    map_ = panels[0].plane == "map"
    layout: dict[str, Any] = {
        "title": {"text": safe(words.title), "x": 0.01, "xanchor": "left", "font": {"size": 17}},
        "font": {"color": INK, "size": 13, "family": "system-ui, 'DejaVu Sans', sans-serif"},
        "paper_bgcolor": "#ffffff", "plot_bgcolor": "#e6f0f7" if map_ else "#ffffff",
        "separators": SEPARATORS[code], "margin": {"l": 60, "r": 24, "t": 56, "b": 56},
        "height": 130 + room.height, "hovermode": "closest", "barmode": "overlay",
        # Counted from the lower edge of the whole figure: many names never reach up to the axis' title.
        "legend": {"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0},
        "modebar": {"orientation": "v"},  # beside the plot, not over its title
        "meta": {"alt": words.alt}, "annotations": [],
    }  # fmt: skip
    if words.note and not map_:
        lines = [safe(line) for line in wrap(words.note, 104)]
        layout["title"]["subtitle"] = {"text": "<br>".join(lines), "font": SMALL}
        layout["margin"]["t"] += 6 + 16 * len(lines)
    round_ = panels[0].plane == "polar"  # its names of the sides stand outside
    layout["margin"]["t"] += 26 * (panels[0].title is not None) + 36 * round_
    layout["margin"]["b"] += 46 * round_
    layout["height"] += layout["margin"]["t"] + layout["margin"]["b"] - 112
    if scale is not None:
        layout["coloraxis"] = _colours(scale, lang)
    data: list[dict[str, Any]] = []
    for at, panel in enumerate(panels):
        place = Place(panel, at + 1, lang, unit, digits)
        layout |= _plane(place, words, code, room, panels)
        layout["annotations"] += _notes(place, words, room.inside(at))
        for layer in panel.layers:
            data += traces(layer.thinned(), place)
    shown: set[str] = set()
    for trace in data:  # what has the same name in several panels is explained once
        if trace.get("showlegend") and trace["name"] in shown:
            trace["showlegend"] = False
        shown |= {trace["name"]} if trace.get("showlegend") else set()
    return {"data": data, "layout": layout}


def _colours(scale: Scale, lang: str) -> dict[str, Any]:
    n = len(scale.stops) - 1
    stops = [[round(at / n, 4), colour] for at, colour in enumerate(scale.stops)]
    title = {"text": safe(scale.words(lang)), "side": "right"}
    bar = {"title": title, "thickness": 14, "outlinewidth": 0, "ticks": "outside"}
    ends = {"cmin": scale.low, "cmax": scale.high}
    return {"colorscale": stops, **ends, "showscale": scale.bar, "colorbar": bar}


Domain = tuple[list[float], list[float]]


@dataclass(frozen=True)
class _Room:
    """How the panels share the drawing: rows and columns, and what lies between them (shares, pixels)."""

    rows: int
    across: int
    apart: float
    one: int
    gap: int

    @property
    def height(self) -> int:
        """The height of all panels, in pixels."""
        return self.rows * self.one + (self.rows - 1) * self.gap

    def inside(self, at: int) -> Domain:
        """Return the part of the width and of the height that a panel has."""
        row, column = divmod(at, self.across)
        wide = (1 - self.apart * (self.across - 1)) / self.across
        left, top = column * (wide + self.apart), 1 - row * (self.one + self.gap) / self.height
        below = max(top - self.one / self.height, 0.0)
        return [round(left, 4), round(left + wide, 4)], [round(below, 4), round(top, 4)]


def _room(panels: tuple[Panel, ...], columns: int) -> _Room:
    rows, across = grid(len(panels), columns)
    plane, first = panels[0].plane, panels[0]
    lines = max((len(panel.y.ticks("en")) for panel in panels if panel.y.ticks), default=0)
    alone = {"map": 390, "polar": 340}.get(plane, 310)
    one = max(alone if rows == 1 else 250 if plane == "polar" else 200, 24 * lines if plane == "plain" else 0)
    words = [len(text) for at, panel in enumerate(panels) if at % across and panel.y.ticks
             and not shared(panels, at, across)[1] for _, text in panel.y.ticks("en")]  # fmt: skip
    apart = 0.03 + min(max(words), WIDEST) * 0.0095 if words else 0.04 if first.y.span else 0.08
    titled = any(panel.x.title is not None and not shared(panels, at, across)[0]
                 for at, panel in enumerate(panels))  # fmt: skip
    slanted = any(marks(panel.x, "en", 84 // across)[1] and not shared(panels, at, across)[0]
                  for at, panel in enumerate(panels))  # fmt: skip
    gap = 84 if plane == "polar" else 52 + 26 * titled + 50 * slanted
    return _Room(rows, across, apart if plane == "plain" else 0.12, one, gap)


def _plane(place: Place, words: Words, code: str, room: _Room, panels: tuple[Panel, ...]) -> dict[str, Any]:
    panel, end, at = place.panel, place.suffix, place.number - 1
    inside = room.inside(at)
    if place.polar:
        return {f"polar{end}": _circle(place, inside, room.across)}
    below, beside = shared(panels, at, room.across)
    x = _axis(panel.x, place.lang, words.x if at + room.across >= len(panels) else "", panel, not below)
    y = _axis(panel.y, place.lang, words.y if at % room.across == 0 else "", panel, not beside)
    if panel.x.ticks is not None:
        ticks, slanted = marks(panel.x, place.lang, 84 // room.across)
        x |= {"tickvals": [place_ for place_, _ in ticks], "ticktext": [_short(text) for _, text in ticks]}
        x |= {"tickangle": 30 if slanted else 0}
    x |= {"domain": inside[0], "anchor": f"y{end}"}
    y |= {"domain": inside[1], "anchor": f"x{end}"}
    if panel.dates:
        stops = [{"dtickrange": [low, high], "value": value, "enabled": True}
                 for value, low, high in DATE_STOPS[code]]  # fmt: skip
        x |= {"type": "date", "tickformatstops": stops} | ({"nticks": 5} if len(panels) > 1 else {})
    if panel.box is not None:
        west, south, east, north = panel.box
        ratio = 1 / float(np.cos(np.deg2rad((south + north) / 2)))
        flat = {"constrain": "domain", "showgrid": False, "ticksuffix": "°"}
        x |= {"range": [west, east], **flat}
        y |= {"range": [south, north], **flat, "scaleanchor": "x", "scaleratio": round(ratio, 5)}
    return {f"xaxis{end}": x, f"yaxis{end}": y}


def _axis(axis: Axis, lang: str, title: str, panel: Panel, shown: bool) -> dict[str, Any]:
    words = safe(axis.title(lang) if axis.title else title) if shown else ""
    drawn: dict[str, Any] = {**AXIS, "title": {"text": words}, "showticklabels": shown}
    if axis.ticks is not None:
        ticks = axis.ticks(lang)
        drawn |= {"tickvals": [at for at, _ in ticks], "ticktext": [_short(text) for _, text in ticks]}
        drawn["showgrid"] = not any(layer.kind == "cells" for layer in panel.layers)
    if axis.span is not None:
        drawn["range"] = list(axis.span)
    if axis.down:
        drawn |= {"range": list(axis.span)[::-1]} if axis.span else {"autorange": "reversed"}
    return drawn


def _short(text: str) -> str:
    return "<br>".join(safe(line) for line in wrap(text, WIDEST)[:3])


def _circle(place: Place, inside: Domain, across: int) -> dict[str, Any]:
    ticks = list(place.panel.x.ticks(place.lang) if place.panel.x.ticks else [])[:: 1 if across == 1 else 2]
    marks = {"tickvals": [at for at, _ in ticks], "ticktext": [safe(text) for _, text in ticks]}
    angular = {"direction": "clockwise", "rotation": 90, "linecolor": INK, "gridcolor": "#dddddd", **marks}
    radial: dict[str, Any] = {"angle": 67.5, "tickangle": 67.5, "gridcolor": "#cccccc", "nticks": 5,
                              "tickfont": {"size": 11}}  # fmt: skip
    if place.panel.y.title is not None:
        radial["ticksuffix"] = f" {safe(place.panel.y.title(place.lang))}"
    if place.panel.y.span is not None:
        radial["range"] = list(place.panel.y.span)
    return {"domain": {"x": inside[0], "y": inside[1]}, "angularaxis": angular, "radialaxis": radial,
            "bgcolor": "#ffffff", "bargap": 0}  # fmt: skip


def _notes(place: Place, words: Words, inside: Domain) -> list[dict[str, Any]]:
    """Return the words in a panel as annotations: its title, names beside points, a map's source."""
    found = []
    panel, lang = place.panel, place.lang
    if panel.title is not None:
        (left, _), (_, top) = inside
        up = 24 if panel.plane == "polar" else 4
        found.append({"text": f"<b>{safe(panel.title(lang))}</b>", "x": left, "y": top, "xref": "paper",
                      "yref": "paper", "xanchor": "left", "yanchor": "bottom", "showarrow": False,
                      "yshift": up, "font": {"size": 13, "color": INK}})  # fmt: skip
    for layer in panel.layers:
        if layer.places:
            found += _beside(layer, place)
    if panel.box is not None:
        corner = {"x": panel.box[2], "y": panel.box[1], "xanchor": "right", "yanchor": "bottom"}
        small = {"size": 10, "color": "#444444"}
        found.append({"text": safe(words.note), "showarrow": False, "font": small, **corner})
    return found


def _beside(layer: Layer, place: Place) -> list[dict[str, Any]]:
    """Return the words beside the points of a layer, with a thin line where they stand far."""
    found = []
    texts = layer.labels(place.lang) if layer.labels else []
    for x, y, text, (dx, dy) in zip(xs(layer.x), layer.y, texts, layer.places, strict=True):
        across, up = anchor(dx, dy)
        far = abs(dx) + abs(dy) > FAR
        shift = {"ax": dx * LINE, "ay": -dy * LINE} if far else {"xshift": dx * LINE, "yshift": dy * LINE}
        found.append({
            **NOTE, "x": x, "y": float(y), "xref": f"x{place.suffix}", "yref": f"y{place.suffix}",
            "text": safe(text), "showarrow": far, "xanchor": across, "font": {"size": 13, "color": INK},
            "yanchor": {"center": "middle"}.get(up, up), **shift,
        })  # fmt: skip
    return found
