"""The same chart for each part of the readings, side by side, with the same axes and colours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd

from kit.analysis import CalendarResult
from kit.analysis.conditions import Conditioned
from kit.analysis.result import Result
from kit.figures.chart import Chart
from kit.figures.colours import Scale
from kit.figures.forms import few
from kit.figures.layers import Layer, Words, capital
from kit.figures.panels import Panel
from kit.figures.told import table_of
from kit.text import N_, join, tr

#: What the conditions are called; others are names of variables.
CALLED = {
    "season": N_("season"), "weekday": N_("day of the week"), "weekend": N_("working days and weekend"),
    "hour": N_("hour"), "month": N_("month"), "year": N_("year"), "daylight": N_("day and night"),
    "wind": N_("the wind's side"), "station": N_("station"), "school": N_("school"), "region": N_("region"),
    "exposure": N_("where it stands"),
}  # fmt: skip


def of_parts(found: Conditioned, draw: Callable[[Result], Chart]) -> Chart:
    """Return the charts of all parts as small multiples of one."""
    if all(isinstance(one, CalendarResult) for one in found.results.values()):
        return _calendars(found, draw)
    charts = {label: draw(one) for label, one in found.results.items()}
    first = next(iter(charts.values()))
    kept = {label: _one_kind(one.panels) for label, one in charts.items()}
    named = [
        (label, panel)
        for label, own in kept.items()
        for panel in (own if len(own) > 1 else (replace(own[0], title=None),))
    ]
    shown, notes = few(named)
    panels = tuple(replace(panel, title=partial(_titled, found, label, panel)) for label, panel in shown)
    words = _Told(found, first, notes)
    return replace(
        first,
        panels=_alike(panels),
        words_in=words,
        tables=(table_of(found, words.heading),),
        digits=max(one.digits for one in charts.values()),
        scale=_scale([one.scale for one in charts.values()]),
        columns=0,
    )


def _one_kind(panels: tuple[Panel, ...]) -> tuple[Panel, ...]:
    """Return the panels that have the axes of the first."""
    first = panels[0]
    return tuple(panel for panel in panels if (panel.x, panel.y) == (first.x, first.y))


def _titled(found: Conditioned, label: str, panel: Panel, lang: str) -> str:
    return capital(found.label(label, lang) + (f": {panel.title(lang)}" if panel.title is not None else ""))


def _calendars(found: Conditioned, draw: Callable[[Result], Chart]) -> Chart:
    """Return the calendars of all parts as one, each part as if it were a station (of several: its own)."""
    held = []
    for label, one in found.results.items():
        if isinstance(one, CalendarResult):
            many = one.days["station"].nunique() > 1
            names = one.days["station_name"].astype(str)
            shown = label + " · " + names if many else pd.Series(label, index=one.days.index)
            held.append(one.days.assign(station=shown, station_name=shown))
    whole = replace(next(iter(found.results.values())), days=pd.concat(held))  # type: ignore[call-arg]
    chart = draw(whole)
    words = _Told(found, chart, ())
    return replace(chart, words_in=words, tables=(table_of(found, words.heading),))


@dataclass(frozen=True)
class _Told:
    """The words of the parts: a callable of the language."""

    found: Conditioned
    first: Chart
    notes: tuple[tuple[str, object], ...]

    def __call__(self, lang: str) -> Words:
        one = self.first.words_in(lang)
        sentence = self.found.sentence(lang)
        alt = one.alt.replace(one.sentence, sentence)
        note = " ".join(tr(text, lang, **given) for text, given in self.notes)  # type: ignore[arg-type]
        return replace(one, title=self.heading(lang), sentence=sentence, alt=alt, note=note,
                       caution=self.found.caution(lang),
                       remarks=tuple(self.found.remarks(lang)))  # fmt: skip

    def heading(self, lang: str) -> str:
        """Return the title: that of the parts, and what they are parts by."""
        from kit.analysis.result import called

        by = [tr(CALLED[name], lang) if name in CALLED else called(name)(lang) for name in self.found.by]
        return f"{self.first.words_in(lang).title} ({join(by, lang)})"


def _alike(panels: tuple[Panel, ...]) -> tuple[Panel, ...]:
    """Return the panels with the same axes: names that any of them has, values that all of them need."""
    if any(panel.box is not None for panel in panels):
        return panels
    for way in ("x", "y"):
        if all(getattr(panel, way).named for panel in panels):
            panels = _same_names(panels, way)
    ways = ("y",) if panels[0].plane == "polar" or not panels[0].y.named else ("x",)
    for way in ways:
        axes = [getattr(panel, way) for panel in panels]
        if any(axis.ticks is not None for axis in axes) or any(panel.dates for panel in panels if way == "x"):
            continue
        spans = [axis.span for axis in axes if axis.span is not None]
        low, high = _ends([layer for panel in panels for layer in panel.layers], way)
        room = (high - low or 1.0) * 0.05
        span = (low - (room if low else 0.0), high + room)
        if panels[0].plane == "polar":
            span = (0.0, high * 1.02)
        elif len(spans) == len(axes):
            span = (min(one[0] for one in spans), max(one[1] for one in spans))
        shared = replace(axes[0], span=span)
        panels = tuple(replace(panel, **{way: shared}) for panel in panels)
    return panels


def _same_names(panels: tuple[Panel, ...], way: str) -> tuple[Panel, ...]:
    """Return the panels on one axis of names; what stood at a name stands at its new place."""
    held = [dict(getattr(panel, way).ticks("en")) for panel in panels]
    words = list(dict.fromkeys(word for ticks in held for word in ticks.values()))
    source = {word: (panel, at) for panel, ticks in enumerate(held) for at, word in ticks.items()}
    axes = [getattr(panel, way) for panel in panels]

    def ticks(lang: str) -> list[tuple[float, str]]:
        return [(float(at), dict(axes[source[word][0]].ticks(lang))[source[word][1]])
                for at, word in enumerate(words)]  # fmt: skip

    shared = replace(axes[0], ticks=ticks, span=(-0.5, len(words) - 0.5))
    moved = []
    for panel, names in zip(panels, held, strict=True):
        place = {at: float(words.index(word)) for at, word in names.items()}
        layers = tuple(_moved(layer, way, place) for layer in panel.layers)
        moved.append(replace(panel, layers=layers, **{way: shared}))
    return tuple(moved)


def _moved(layer: Layer, way: str, place: dict[float, float]) -> Layer:
    values = np.array([place.get(float(at), float(at)) for at in getattr(layer, way)])
    return replace(layer, x=values) if way == "x" else replace(layer, y=values)


def _ends(layers: list[Layer], way: str) -> tuple[float, float]:
    """Return the lowest and the highest value of an axis; lows lie along the values."""
    values = [
        np.asarray(getattr(one, way), dtype=float) for one in layers if one.kind != "cells" or way != "y"
    ]
    values += [np.array([one.y.max() + one.y.min()]) for one in layers if one.kind == "cells" and len(one.y)]
    values += [np.asarray(one.low) for one in layers if one.low is not None and one.across == (way == "x")]
    values += [np.zeros(1) for one in layers if one.kind == "bars" and one.low is None]
    held = np.concatenate([v[np.isfinite(v)] for v in values]) if values else np.zeros(1)
    return (float(held.min()), float(held.max())) if len(held) else (0.0, 1.0)


def _scale(scales: list[Scale | None]) -> Scale | None:
    """Return one scale for all parts."""
    there = [one for one in scales if one is not None]
    if not there:
        return None
    return replace(there[0], low=min(one.low for one in there), high=max(one.high for one in there))
