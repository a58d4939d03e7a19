"""Roses and the polar plot: what comes with the wind from each side, the north on top."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from kit.analysis import PolarResult, RoseResult, WindResult, pollution_rose, wind_rose
from kit.analysis.conditions import By
from kit.analysis.result import Note, Result, called, digits_for
from kit.analysis.wind import COMPASS as SIDES
from kit.figures import colours
from kit.figures.chart import Chart
from kit.figures.layers import STYLES, Layer
from kit.figures.panels import Axis, Panel
from kit.figures.told import ROSE, Told, chart, unit_of
from kit.text import N_, number, tr

WIND = N_("Wind: where it came from, and how strong")
POLLUTION = N_("{name} by the wind's side: how often")
PERCENTILES = N_("{name} by the wind's side: percentiles")
POLAR = N_("{name} by side and speed of the wind")
OFTEN = N_("How often which wind blew")
LENGTH = N_(
    "The longer a wedge, the more often the wind came from there (rings: % of the time). Calm: {calm} %."
)
LINES_OUT = N_("The further out a line, the higher the value with wind from there (rings: {unit}).")
SPEED_OUT = N_("The further from the middle, the stronger the wind came from that side (rings: m/s).")
SMOOTHED = N_("Colours between the measured points are estimated.")
PERCENT_OF = N_("{percent} % are lower")
COMPASS = Axis(lambda lang: [(45.0 * at, tr(name, lang)) for at, name in enumerate(SIDES[::2])])


def rose(data: xr.Dataset | Result, variable: str | None = None, *, by: By = None, **options: Any) -> Chart:
    """Return the rose of readings: of a variable by the wind's side, or of the wind alone.

    Parameters
    ----------
    data
        Readings with ``wind_speed`` and ``wind_direction``, dims (station, time); or the result of
        ``wind_rose``, ``pollution_rose``, ``percentile_rose`` or ``polar``.
    variable
        Whose values colour the wedges (a pollution rose); default: the speed of the wind.
    by, options
        As in :func:`kit.analysis.wind_rose` and :func:`kit.analysis.pollution_rose`.

    Raises
    ------
    AnalysisError
        ``no-wind``, ``empty``.
    """
    from kit.figures.results import result

    if isinstance(data, Result):
        return result(data)
    if variable is None:
        return result(wind_rose(data, by=by, **options))
    return result(pollution_rose(data, variable, by=by, **options))


@cache
def rings(unit: str) -> Axis:
    """Return the axis from the middle outwards, in a unit."""
    return Axis(title=lambda _: unit)


def of_wind(result: WindResult) -> Chart:
    """Return a wind rose: wedges as long as the wind came often, classes of speed within."""
    share = 100 * result.rose["share"].to_numpy(dtype=float)
    words = Told(result, (WIND, {}), ROSE, notes=(_length(result.calms),))
    panel = Panel(_wedges(result.classes, "m/s"), "polar", x=COMPASS, y=rings("%"))
    return chart("rose", (panel,), words, values=share, unit="%", digits=1)


def of_values(result: RoseResult) -> Chart:
    """Return a pollution rose (wedges of classes) or a percentile rose (a line for each percentile)."""
    unit, name = unit_of(result), {"name": called(result.variable)}
    if not result.percentiles:
        words = Told(result, (POLLUTION, name), ROSE, notes=(_length(result.calms),))
        panel = Panel(_wedges(result.classes, unit), "polar", x=COMPASS, y=rings("%"))
        return chart("rose", (panel,), words, unit="%", digits=1)
    good = result.rose[~result.rose["thin"]]
    layers = tuple(_around(result.rose, p, at) for at, p in enumerate(result.percentiles))
    words = Told(result, (PERCENTILES, name), ROSE, notes=((LINES_OUT, {"unit": unit}),))
    values = good[[f"p{p:g}" for p in result.percentiles]].to_numpy(dtype=float).ravel()
    return chart("rose", (Panel(layers, "polar", x=COMPASS, y=rings(unit)),), words, values=values)


def _length(calms: float) -> Note:
    return LENGTH, {"calm": lambda lang: number(100 * calms, 0, lang)}


def _wedges(classes: pd.DataFrame, unit: str) -> tuple[Layer, ...]:
    """Return a layer of stacked wedges for each class, light for low and dark for high values."""
    borders = sorted(set(classes["above"]))
    inside = np.zeros(classes["sector"].nunique())
    wide, layers = 360.0 / max(len(inside), 1), []
    for above, colour in zip(borders, colours.shades(len(borders)), strict=True):
        mine = classes[classes["above"] == above]
        outer = inside + 100 * mine["share"].to_numpy(dtype=float)
        name = partial(_class_name, above, float(mine["up_to"].iloc[0]), unit)
        layers.append(
            Layer(
                "bars",
                mine["sector"].to_numpy(dtype=float),
                outer,
                name,
                low=inside,
                colour=colour,
                wide=0.9 * wide,
                said=partial(_class_said, mine, name),
            )
        )
        inside = outer
    return tuple(layers)


def _class_name(above: float, up_to: float, unit: str, lang: str) -> str:
    first = number(above, None, lang)
    words = f"> {first}" if math.isinf(up_to) else f"{first}–{number(up_to, None, lang)}"
    return f"{words} {unit}".strip()


def _class_said(mine: pd.DataFrame, name: Callable[[str], str], lang: str) -> list[str]:
    return [f"{sector:g}°, {name(lang)}: {number(100 * share, 1, lang)} %"
            for sector, share in zip(mine["sector"], mine["share"], strict=True)]  # fmt: skip


def _around(rose: pd.DataFrame, percent: float, at: int) -> Layer:
    """Return one percentile as a closed line; sides with too few values are gaps."""
    value = np.where(rose["thin"], np.nan, rose[f"p{percent:g}"].to_numpy(dtype=float))
    angle = rose["sector"].to_numpy(dtype=float)
    colour, dash, symbol = STYLES[at % len(STYLES)]
    symbol = symbol if len(angle) <= 16 else ""
    return Layer(
        "line",
        np.append(angle, angle[0] + 360),
        np.append(value, value[0]),
        lambda lang: tr(PERCENT_OF, lang, percent=number(percent, None, lang)),
        colour=colour,
        dash=dash,
        symbol=symbol,
    )


def of_polar(result: PolarResult) -> Chart:
    """Return a polar plot: angle is the side of the wind, distance its speed, colour the value."""
    counting = result.statistic == "frequency"
    smooth = not result.surface.empty
    layer = _surface(result) if smooth else _bins(result)
    title: Note = (OFTEN, {}) if counting else (POLAR, {"name": called(result.variable)})
    unit = "" if counting else result.unit if result.statistic == "contribution" else unit_of(result)
    notes: tuple[Note, ...] = ((SPEED_OUT, {}), (SMOOTHED, {})) if smooth else ((SPEED_OUT, {}),)
    words = Told(result, title, ROSE, notes=notes)
    value = np.asarray(layer.value)
    scale = colours.around(value, lambda lang: unit or tr(N_("number of hours"), lang))
    panel = Panel((layer,), "polar", x=COMPASS, y=rings("m/s"))
    return chart("polar", (panel,), words, values=value[np.isfinite(value)], unit=unit, scale=scale)


def _bins(result: PolarResult) -> Layer:
    """Return the bins that have enough values as cells of a round grid."""
    good = result.bins[~result.bins["thin"]] if (~result.bins["thin"]).any() else result.bins
    middle = good["speed"].to_numpy(dtype=float) - result.speed_step / 2
    said = partial(_bins_said, good, result.speed_step, unit_of(result))
    value = good["value"].to_numpy(dtype=float)
    return Layer("cells", good["sector"].to_numpy(dtype=float), middle, value=value, said=said)


def _bins_said(good: pd.DataFrame, step: float, unit: str, lang: str) -> list[str]:
    digits = digits_for(*good["value"].to_numpy(dtype=float))
    rows = good[["sector", "speed", "value", "n"]].to_numpy(dtype=float).tolist()
    return [
        f"{sector:g}°, {number(speed - step, None, lang)}–{number(speed, None, lang)} m/s: "
        f"{number(value, digits, lang)} {unit} (n = {number(n, 0, lang)})"
        for sector, speed, value, n in rows
    ]


def _surface(result: PolarResult, around: int = 72, rings: int = 24) -> Layer:
    """Return the smooth surface as cells of a round grid, read from its square grid (bilinear)."""
    line = np.unique(result.surface["u"].to_numpy(dtype=float))
    square = result.surface["value"].to_numpy(dtype=float).reshape(len(line), len(line))  # rows: v
    ring = line[-1] / rings
    turns, out = np.arange(around) * 360 / around, ring * np.arange(1, rings + 1)
    angle, outer = (m.ravel() for m in np.meshgrid(turns, out))
    middle = outer - ring / 2
    value = _between(line, square, middle * np.sin(np.deg2rad(angle)), middle * np.cos(np.deg2rad(angle)))
    there = np.isfinite(value)
    unit = unit_of(result)
    digits = digits_for(*value[there])

    def told(lang: str) -> list[str]:
        return [f"{a:.0f}°, {number(float(s), 1, lang)} m/s: {number(float(v), digits, lang)} {unit}"
                for a, s, v in zip(angle[there], middle[there], value[there], strict=True)]  # fmt: skip

    return Layer("cells", angle[there], middle[there], value=value[there], said=told)


def _between(
    line: npt.NDArray[np.float64], square: npt.NDArray[np.float64], u: npt.NDArray[np.float64],
    v: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:  # fmt: skip
    """Return values between the points of an even square grid (rows are v).

    >>> _between(np.array([0.0, 1.0]), np.array([[0.0, 1.0], [2.0, 3.0]]), np.array([0.5]), np.array([0.5]))
    array([1.5])
    """
    step = line[1] - line[0]
    across, up = ((place - line[0]) / step for place in (u, v))
    i, j = (np.clip(place.astype(int), 0, len(line) - 2) for place in (across, up))
    s, t = across - i, up - j
    low = square[j, i] * (1 - s) + square[j, i + 1] * s
    high = square[j + 1, i] * (1 - s) + square[j + 1, i + 1] * s
    mixed: npt.NDArray[np.float64] = low * (1 - t) + high * t
    return mixed
