"""Grids of coloured cells: the calendar, and what goes with what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from kit.analysis import CalendarResult, CorrelationResult, DissimilarityResult, SimilarityResult
from kit.analysis import calendar as analyse
from kit.analysis.conditions import By
from kit.analysis.result import Note, Result, called, digits_for, said
from kit.analysis.sides import MONTHS
from kit.figures import colours
from kit.figures.chart import Chart
from kit.figures.colours import Scale
from kit.figures.forms import few, floats, named_axis, parts, square
from kit.figures.layers import INK, Layer
from kit.figures.panels import Axis, Panel, months, weekdays, words_at
from kit.figures.told import GRID, Told, chart, names, unit_of
from kit.text import N_, day, number, tr

CALENDAR = N_("{name}, day by day")
WHITE = N_("White days have too few readings.")
CORRELATION = N_("What rises and falls together")
SCALE = N_("correlation")
DISSIMILARITY = N_("How different the lists are")
DIFFERENT = N_("0: the same, 1: nothing in common")
SIMILARITY = N_("{name}: which stations are alike")
TREE, MATRIX = N_("who joins whom, and how early"), N_("correlation of each pair")
APART = N_("1 − correlation")
#: Matrices with more rows than this have no numbers in their cells.
MOST_NUMBERS = 12


def calendar(
    data: xr.Dataset | Result, variable: str | None = None, *, by: By = None, **options: Any
) -> Chart:
    """Return a calendar: a coloured cell for each day.

    ``data`` are readings, or a result of :func:`kit.analysis.calendar`, which explains the rest. Up to twelve
    months are drawn as the sheets of a calendar on the wall, more as a grid of months for each year.
    """
    from kit.figures.results import result

    return result(data if isinstance(data, Result) else analyse(data, variable, by=by, **options))


def of_calendar(result: CalendarResult) -> Chart:
    """Return sheets of months, or a grid of months and days for each year and station."""
    days, unit = result.days, unit_of(result)
    stations = list(parts(days))
    digits = digits_for(*floats(days["value"].dropna()))
    sheets = [(name, key, part) for name, mine in stations for key, part in mine.groupby(["year", "month"])]
    alone = len(stations) == 1
    if len(sheets) <= 12:
        panels, notes = [_sheet(part, name, alone, unit, digits) for name, _, part in sheets], ()
    else:
        years = [(name, key, part) for name, mine in stations for key, part in mine.groupby("year")]
        kept, notes = few(years)  # type: ignore[assignment]
        panels = [_year(part, name, key, alone, unit, digits) for name, key, part in kept]
    scale = colours.around(floats(days["value"]), lambda _: unit)
    words = Told(result, (CALENDAR, {"name": called(result.variable)}), GRID, notes=((WHITE, {}), *notes))
    columns = 0 if len(sheets) <= 12 else 1 if len(panels) <= 2 else 2
    return chart("calendar", tuple(panels), words, digits=digits, scale=scale, columns=columns)


def _sheet(part: pd.DataFrame, name: str, alone: bool, unit: str, digits: int) -> Panel:
    year, month = int(part["year"].iloc[0]), int(part["month"].iloc[0])
    layer = Layer("cells", floats(part["weekday"]), floats(part["week"]), value=floats(part["value"]),
                  said=partial(_day_said, part, unit, digits),
                  written=lambda _: [str(number) for number in part["day"]])  # fmt: skip
    rows = Axis(ticks=lambda _: [], span=(-0.5, 5.5), down=True)
    return Panel((layer,), title=partial(_month, month, year, "" if alone else name), x=weekdays(), y=rows)


def _month(month: int, year: int, name: str, lang: str) -> str:
    words = tr(MONTHS[month - 1], lang)
    return f"{name}: {words} {year}" if name else f"{words[:1].upper()}{words[1:]} {year}"


def _year(part: pd.DataFrame, name: str, year: int, alone: bool, unit: str, digits: int) -> Panel:
    layer = Layer("cells", floats(part["day"]), floats(part["month"]), value=floats(part["value"]),
                  said=partial(_day_said, part, unit, digits))  # fmt: skip
    across = Axis(lambda _: [(float(d), str(d)) for d in (1, 5, 10, 15, 20, 25, 30)], (0.5, 31.5))
    down = Axis(months().ticks, (0.5, 12.5), down=True)
    return Panel((layer,), title=_same(str(year) if alone else f"{name}: {year}"), x=across, y=down)


def _same(text: str) -> Callable[[str], str]:
    return lambda _: text


def _day_said(part: pd.DataFrame, unit: str, digits: int, lang: str) -> list[str]:
    return [f"{day(time.date(), lang)}: {number(float(value), digits, lang)} {unit}"
            for time, value in zip(part["time"], part["value"], strict=True)]  # fmt: skip


def of_correlation(result: CorrelationResult) -> Chart:
    """Return the correlations of all pairs as cells with their numbers."""
    matrix = result.matrix.to_numpy(dtype=float)
    axis = named_axis(lambda lang: [called(name)(lang) for name in result.order], len(matrix))
    layer = square(matrix, 2, written=len(matrix) <= MOST_NUMBERS, signed=True)
    scale = Scale(-1.0, 1.0, lambda lang: tr(SCALE, lang), both_ways=True)
    across = replace(axis, down=False)
    words = Told(result, (CORRELATION, {}), GRID)
    return chart("correlation", (Panel((layer,), x=across, y=axis),), words, unit="", digits=2, scale=scale)


def of_dissimilarity(result: DissimilarityResult) -> Chart:
    """Return how different each two groups are as cells with their numbers."""
    matrix = result.matrix.to_numpy(dtype=float)
    keys = [str(key) for key in result.matrix.index]
    axis = named_axis(lambda lang: [said(result.names[key], lang) for key in keys], len(keys))
    layer = square(matrix, 2, written=len(matrix) <= MOST_NUMBERS)
    scale = Scale(0.0, 1.0, lambda lang: tr(DIFFERENT, lang))
    words = Told(result, (DISSIMILARITY, {}), GRID)
    panel = Panel((layer,), x=replace(axis, down=False), y=axis)
    return chart("dissimilarity", (panel,), words, unit="", digits=2, scale=scale)


def of_similarity(result: SimilarityResult) -> Chart:
    """Return the tree of the stations beside their correlations, alike ones next to each other."""
    order = leaves(result.merges, result.n_stations)
    shown = names(result.stations)
    matrix = result.matrix.to_numpy(dtype=float)[np.ix_(order, order)]
    axis = replace(words_at([shown[at] for at in order], down=True), named=False)  # the tree cannot be moved
    lines = Layer("line", *tree(result.merges, order), colour=INK, width=1.5)
    farthest = float(result.merges[:, 2].max()) if len(result.merges) else 1.0
    joined = Panel((lines,), title=lambda lang: tr(TREE, lang), y=axis,
                   x=Axis(span=(0.0, farthest * 1.05), title=lambda lang: tr(APART, lang)))  # fmt: skip
    layer = square(matrix, 2, written=len(matrix) <= MOST_NUMBERS, signed=True)
    numbered = Axis(lambda _: [(float(at), str(at + 1)) for at in range(len(order))], axis.span)
    beside = Panel((layer,), title=lambda lang: tr(MATRIX, lang), x=numbered, y=axis)
    least = float(np.nanmin(matrix))
    low = -1.0 if least < 0 else np.floor(10 * min(least, 0.9)) / 10
    scale = Scale(float(low), 1.0, lambda lang: tr(SCALE, lang), both_ways=least < 0)
    note: Note = (N_("The columns are the stations in the order of the rows."), {})
    words = Told(result, (SIMILARITY, {"name": called(result.variable)}), GRID, notes=(note,))
    return chart("similarity", (joined, beside), words, unit="", digits=2, scale=scale, columns=2)


def leaves(merges: Any, n: int) -> list[int]:
    """Return the order in which the lines of a tree do not cross.

    >>> leaves(np.array([[0, 2, 0.1, 2], [1, 3, 0.5, 3]]), 3)
    [1, 0, 2]
    """
    if not len(merges):
        return list(range(n))
    waiting, found = [n + len(merges) - 1], []
    while waiting:
        at = waiting.pop()
        if at < n:
            found.append(at)
        else:
            waiting += [int(merges[at - n][1]), int(merges[at - n][0])]
    return found


def tree(merges: Any, order: list[int]) -> tuple[Any, Any]:
    """Return the lines of a lying tree, its leaves at 0, 1 … in their order; x is the distance."""
    n = len(order)
    place: dict[int, tuple[float, float]] = {leaf: (0.0, float(at)) for at, leaf in enumerate(order)}
    x: list[float] = []
    y: list[float] = []
    for at, (one, other, distance, _) in enumerate(np.asarray(merges, dtype=float)):
        (x1, y1), (x2, y2) = place[int(one)], place[int(other)]
        x += [x1, distance, distance, x2, np.nan]
        y += [y1, y1, y2, y2, np.nan]
        place[n + at] = (float(distance), (y1 + y2) / 2)
    return np.array(x), np.array(y)
