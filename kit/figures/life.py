"""Living things: curves of species, who is common, which lists are alike."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from kit.analysis import AccumulationResult, ChecklistsResult, OrdinationResult, RankResult, RarefactionResult
from kit.analysis.result import said
from kit.figures.chart import Chart
from kit.figures.colours import Scale
from kit.figures.forms import BLUE, MORE, MOST_LINES, between, few, floats, named_axis, style
from kit.figures.layers import GREY, Layer
from kit.figures.panels import Axis, Panel
from kit.figures.ranges import SPECIES, beside
from kit.figures.told import BARS, CLOUD, GRID, LINES, Told, chart
from kit.text import N_, number, tr
from kit.vocab.taxa import common_name

ACCUMULATION = N_("Species found with more and more surveys")
RAREFACTION = {"incidence": N_("Species by number of surveys, counted and beyond"),
               "abundance": N_("Species by number of individuals, counted and beyond")}  # fmt: skip
UNITS = {"incidence": N_("surveys"), "abundance": N_("individuals")}
BEYOND = N_("Solid: what was counted. Dashed: what more surveys would most likely give.")
RANDOM = N_("Bands: 95 % of the orders in which the surveys could have come.")
RANKS = N_("From the commonest to the rarest")
OF_LISTS, OF_INDIVIDUALS = N_("% of the lists"), N_("% of the individuals")
FIRST = N_("Drawn: the {shown} commonest; the table holds all.")
ORDINATION = N_("A map of the lists: the nearer, the more alike")
MAP_NOTE = N_("Only distances count: the axes have no unit. Small grey points are species.")
GROUPS, KINDS, AXIS = N_("lists"), N_("species"), N_("direction {n}")
CHECKLISTS, SEEN = N_("The newest lists, side by side"), N_("individuals counted")
MARKS = N_("X: seen, not counted. 0: looked for, not seen. ?: nobody can say.")
#: So many species of lists side by side are drawn.
MOST_SPECIES = 30
#: As many of the commonest species are drawn.
COMMON = 20


def of_accumulation(result: AccumulationResult) -> Chart:
    """Return the curve of each group with the range of random orders."""
    layers: list[Layer] = []
    for at, (key, part) in enumerate(result.curve.groupby("group", sort=False)):
        name, how = partial(_group, result.names[str(key)]), style(at)
        if result.curve["group"].nunique() <= MOST_LINES:
            layers.insert(
                0, _quiet(between(floats(part["surveys"]), part["low"], part["high"], "", how["colour"]))
            )
        layers.append(Layer("line", floats(part["surveys"]), floats(part["species"]), name, width=2, **how))
    words = Told(result, (ACCUMULATION, {}), LINES, UNITS["incidence"], SPECIES, ((RANDOM, {}),))
    return chart("accumulation", (Panel(tuple(layers), y=Axis()),), words, unit="", digits=1)


def _group(words: Any, lang: str) -> str:
    return said(words, lang)


def _quiet(layer: Layer) -> Layer:
    return replace(layer, legend=False)


def of_rarefaction(result: RarefactionResult) -> Chart:
    """Return the curve of each group for the number of species: solid as counted, dashed beyond."""
    curve = result.curve[result.curve["order"] == 0] if 0 in result.orders else result.curve
    layers: list[Layer] = []
    many = curve["group"].nunique() > MOST_LINES
    for at, (key, part) in enumerate(curve.groupby("group", sort=False)):
        name, how = partial(_group, result.names[str(key)]), style(at)
        size, species = floats(part["size"]), floats(part["species"])
        beyond = (part["stage"] == "extrapolation").to_numpy()
        edge = (part["stage"] == "observed").to_numpy()
        if not many and part["low"].notna().any():
            layers.insert(0, _quiet(between(size, part["low"], part["high"], "", how["colour"])))
        how["dash"] = "solid"
        symbol = how.pop("symbol")
        layers.append(Layer("line", size[~beyond], species[~beyond], name, width=2.2, legend=False, **how))
        how["dash"] = "dash"
        if beyond.any():
            layers.append(
                Layer(
                    "line", size[beyond | edge], species[beyond | edge], name, width=1.6, legend=False, **how
                )
            )
        last = np.flatnonzero(edge) if edge.any() else np.flatnonzero(~beyond)[-1:]
        layers.append(
            Layer("points", size[last], species[last], name, colour=how["colour"], symbol=symbol, size=11)
        )
    words = Told(
        result, (RAREFACTION[result.datatype], {}), LINES, UNITS[result.datatype], SPECIES, ((BEYOND, {}),)
    )
    return chart("rarefaction", (Panel(tuple(layers)),), words, unit="", digits=1)


def of_checklists(result: ChecklistsResult) -> Chart:
    """Return the lists side by side: a cell for each species and list, with what the list says of it."""
    marks = result.marks.head(MOST_SPECIES)
    rows, columns = (m.ravel().astype(np.float64) for m in np.mgrid[0 : len(marks), 0 : len(marks.columns)])
    written = [str(mark) for mark in marks.to_numpy().ravel()]
    seen = {"X": 1.0, "?": np.nan}
    value = np.array([seen[mark] if mark in seen else float(mark) for mark in written])
    layer = Layer("cells", columns, rows, value=value, written=lambda _: written)
    days = named_axis(result.headings_of, len(marks.columns))
    panel = Panel(
        (layer,), x=replace(days, down=False), y=named_axis(partial(_called, marks.index), len(marks))
    )
    scale = Scale(0.0, max(float(np.nanmax(value, initial=1.0)), 1.0), lambda lang: tr(SEEN, lang))
    notes: tuple[Any, ...] = ((MARKS, {}),)
    if len(marks) < len(result.marks):
        notes = (*notes, (MORE, {"shown": len(marks), "n": len(result.marks)}))
    words = Told(result, (CHECKLISTS, {}), GRID, notes=notes)
    return chart("checklists", (panel,), words, unit="", digits=0, scale=scale)


def of_ranks(result: RankResult) -> Chart:
    """Return the commonest species as bars, a panel for each group."""
    groups, notes = few(list(result.ranks.groupby("group", sort=False)))
    most = COMMON if len(groups) == 1 else 10
    panels = [_ranked(part.head(most), result, str(key) if len(groups) > 1 else "") for key, part in groups]
    label = OF_LISTS if result.datatype == "incidence" else OF_INDIVIDUALS
    words = Told(result, (RANKS, {}), BARS, label, "", ((FIRST, {"shown": most}), *notes))
    return chart("ranks", tuple(panels), words, unit="%", digits=0, columns=1 if len(panels) == 1 else 2)


def _ranked(part: pd.DataFrame, result: RankResult, key: str) -> Panel:
    up = np.arange(len(part), dtype=np.float64)
    layer = Layer("bars", 100 * floats(part["share"]), up, colour=BLUE, across=True, legend=False)
    title = partial(_group, result.names[key]) if key else None
    return Panel((layer,), title=title, y=named_axis(partial(_called, part["name"]), len(part)))


def _called(names: Any, lang: str) -> list[str]:
    return [common_name(str(name), lang) for name in names]


def of_ordination(result: OrdinationResult) -> Chart:
    """Return the map of the groups; species are small points in it."""
    points, species = result.points, result.species
    x, y = floats(points["axis1"]), floats(points["axis2"])
    shown = [said(result.names[str(key)], "en") for key in points["group"]]
    layers = [
        Layer(
            "points",
            floats(species["axis1"]),
            floats(species["axis2"]),
            KINDS,
            colour=GREY,
            size=4,
            symbol="circle",
            said=partial(_called, species.iloc[:, 0]),
        ),
        Layer("points", x, y, GROUPS, colour=BLUE, symbol="square", size=9, said=lambda _: shown),
    ]
    names, across, up, notes = beside(x, y, shown)
    layers.append(names)
    words = Told(result, (ORDINATION, {}), CLOUD, notes=((MAP_NOTE, {}), *notes))
    ways = [replace(axis, title=_way(result, at)) for at, axis in enumerate((across, up))]
    panel = Panel(tuple(layers), x=ways[0], y=ways[1])
    return chart("ordination", (panel,), words, unit="", digits=2)


def _way(result: OrdinationResult, at: int) -> Any:
    def words(lang: str) -> str:
        share = f" ({number(100 * result.share[at], 0, lang)} %)" if len(result.share) > at else ""
        return tr(AXIS, lang, n=at + 1) + share

    return words
