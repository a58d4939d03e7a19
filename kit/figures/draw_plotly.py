"""Layers → a plotly figure as plain JSON. Plotly itself is not needed to make it, nor the internet."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np
import numpy.typing as npt

from kit.figures.layers import FAR, GREY, INK, Layer, Words, anchor
from kit.text import tr

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
HOVER_DATE = {"en": "%{x|%-d %b %Y}", "et": "%{x|%-d.%m.%Y}"}
HOVER_TIME = {"en": "%{x|%-d %b %Y %H:%M}", "et": "%{x|%-d.%m.%Y %H:%M}"}
SEPARATORS = {"en": ".,", "et": ",\u00a0"}


def _x(values: npt.NDArray[Any]) -> list[Any]:
    if np.issubdtype(values.dtype, np.datetime64):
        clock = bool(len(values)) and bool((values != values.astype("datetime64[D]")).any())
        return [str(text) for text in np.datetime_as_string(values, unit="s" if clock else "D")]
    return [None if v != v else round(float(v), 4) for v in values]


def _y(values: npt.NDArray[np.float64]) -> list[float | None]:
    return [None if v != v else round(float(v), 4) for v in values]


def safe(text: str) -> str:
    """Return a text as plotly shows it unchanged (plotly takes some HTML in texts, links among it)."""
    return escape(text, quote=False)


def trace(layer: Layer, lang: str, hover: str) -> list[dict[str, Any]]:
    """Return the traces of one layer (a band is two: its lower edge and the filled upper one)."""
    base: dict[str, Any] = {
        "type": "scatter",
        "name": safe(tr(layer.name, lang)),
        "x": _x(layer.x),
        "y": _y(layer.y),
        "showlegend": bool(layer.legend and layer.name),
        "connectgaps": False,
    }
    if layer.faint:
        base["opacity"] = 0.4
    if layer.kind == "line":
        line = {"color": layer.colour, "dash": layer.dash, "width": layer.width}
        base |= {"mode": "lines+markers" if layer.symbol else "lines", "line": line, "hovertemplate": hover}
        if layer.symbol:
            few = 0 if len(layer.y) <= 60 else 14
            base["marker"] = {"symbol": layer.symbol, "size": 7, "color": layer.colour, "maxdisplayed": few}
    elif layer.kind == "points":
        size = layer.size.tolist() if isinstance(layer.size, np.ndarray) else layer.size
        edge = (
            {"color": "#ffffff", "width": 1}
            if layer.symbol != "x-thin"
            else {"color": layer.colour, "width": 2}
        )
        base |= {"mode": "markers", "hovertemplate": hover}
        base["marker"] = {
            "symbol": layer.symbol or "circle",
            "size": size,
            "color": layer.colour,
            "line": edge,
        }
        if layer.labels is not None:
            base |= {
                "text": [safe(text) for text in layer.labels(lang)],
                "hovertemplate": "%{text}<extra></extra>",
            }
    elif layer.kind == "band":
        low = np.asarray(layer.low, dtype=np.float64)
        under = {
            **base,
            "y": _y(low),
            "mode": "lines",
            "line": {"width": 0},
            "hoverinfo": "skip",
            "showlegend": False,
        }
        base |= {"mode": "lines", "line": {"width": 0}, "fill": "tonexty", "hoverinfo": "skip"}
        base["fillcolor"] = _faint(layer.colour)
        return [under, base]
    else:
        base |= {"mode": "lines", "hoverinfo": "skip", "showlegend": False}
        base["line"] = {"color": GREY, "width": 0.8, "dash": layer.dash}
        if layer.kind == "land":
            base |= {"fill": "toself", "fillcolor": "#eeeae0"}
    return [base]


def notes(layer: Layer, lang: str) -> list[dict[str, Any]]:
    """Return the words beside the points of a layer as annotations, with a thin line where they stand far."""
    found = []
    for i, text in enumerate(layer.labels(lang) if layer.labels else []):
        dx, dy = layer.places[i]
        across, up = anchor(dx, dy)
        far = abs(dx) + abs(dy) > FAR
        place = {"ax": dx * LINE, "ay": -dy * LINE} if far else {"xshift": dx * LINE, "yshift": dy * LINE}
        found.append(
            {
                "x": float(layer.x[i]),
                "y": float(layer.y[i]),
                "text": safe(text),
                "showarrow": far,
                "arrowhead": 0,
                "arrowwidth": 1,
                "bgcolor": "rgba(255,255,255,0.75)",
                "arrowcolor": INK,
                "xanchor": across,
                "font": {"size": 13, "color": INK},
                "yanchor": {"center": "middle"}.get(up, up),
                **place,
            }
        )
    return found


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.22)"


def figure(
    layers: tuple[Layer, ...],
    words: Words,
    lang: str,
    box: tuple[float, float, float, float] | None,
    unit: str,
    digits: int,
) -> dict[str, Any]:
    """Return ``{"data": [...], "layout": {...}}``; ``box`` (west, south, east, north) makes it a map."""
    code = lang if lang in DATE_STOPS else "en"
    clock = any(
        np.issubdtype(layer.x.dtype, np.datetime64) and (layer.x != layer.x.astype("datetime64[D]")).any()
        for layer in layers
    )
    when = (HOVER_TIME if clock else HOVER_DATE)[code]
    hover = f"{when}: %{{y:,.{digits}f}} {unit}<extra>%{{fullData.name}}</extra>"
    data = [t for layer in layers for t in trace(layer.thinned(), lang, hover)]
    axis = {
        "gridcolor": "#dddddd",
        "zeroline": False,
        "linecolor": INK,
        "ticks": "outside",
        "automargin": True,
    }
    layout: dict[str, Any] = {
        "title": {"text": safe(words.title), "x": 0.01, "xanchor": "left", "font": {"size": 17}},
        "font": {"color": INK, "size": 13, "family": "system-ui, 'DejaVu Sans', sans-serif"},
        "paper_bgcolor": "#ffffff",
        "plot_bgcolor": "#ffffff",
        "separators": SEPARATORS[code],
        "margin": {"l": 60, "r": 24, "t": 56, "b": 56},
        "height": 440,
        "hovermode": "closest",
        # Counted from the lower edge of the whole figure: many names never reach up to the axis' title.
        "legend": {"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0},
        "modebar": {"orientation": "v"},  # beside the plot, not over its title
        "xaxis": {**axis, "title": {"text": safe(words.x)}},
        "yaxis": {**axis, "title": {"text": safe(words.y)}},
        "meta": {"alt": words.alt},
        "annotations": [note for layer in layers for note in notes(layer, lang)],
    }
    if box is None:
        if words.note:
            layout["title"]["subtitle"] = {"text": safe(words.note), "font": {"size": 12, "color": "#444444"}}
            layout["margin"]["t"] = 76
        stops = [
            {"dtickrange": [low, high], "value": value, "enabled": True}
            for value, low, high in DATE_STOPS[code]
        ]
        layout["xaxis"] |= {"type": "date", "tickformatstops": stops}
    else:
        west, south, east, north = box
        ratio = 1 / float(np.cos(np.deg2rad((south + north) / 2)))
        layout["xaxis"] |= {
            "range": [west, east],
            "constrain": "domain",
            "showgrid": False,
            "ticksuffix": "°",
        }
        layout["yaxis"] |= {
            "range": [south, north],
            "constrain": "domain",
            "showgrid": False,
            "ticksuffix": "°",
            "scaleanchor": "x",
            "scaleratio": round(ratio, 5),
        }
        layout |= {"plot_bgcolor": "#e6f0f7", "height": 520}
        small = {"size": 10, "color": "#444444"}
        corner = {"x": east, "y": south, "xanchor": "right", "yanchor": "bottom"}
        layout["annotations"].append({"text": safe(words.note), "showarrow": False, "font": small, **corner})
    return {"data": data, "layout": layout}
