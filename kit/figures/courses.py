"""Courses: of the day, the week and the year, what is usual, and what is not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from kit.analysis import AnomalyResult, ClimatologyResult, SpiResult, VariationResult
from kit.analysis import variation as analyse
from kit.analysis.conditions import By
from kit.analysis.result import Result, called
from kit.figures import colours
from kit.figures.chart import Chart
from kit.figures.forms import BLUE, ORANGE, alone, between, few, floats, parts, times
from kit.figures.layers import Layer
from kit.figures.panels import Axis, Panel, hours, months, sides, weekdays, year_days
from kit.figures.told import BARS, GRID, LINES, Told, chart, unit_of
from kit.text import N_

TITLES = {
    "hour": N_("{name} by hour of the day"), "weekday": N_("{name} by day of the week"),
    "month": N_("{name} by month"), "hour-weekday": N_("{name} by day of the week and hour"),
    "wind": N_("{name} by the wind's side"),
}  # fmt: skip
AXES = {
    "hour": N_("hour"),
    "weekday": N_("day of the week"),
    "month": N_("month"),
    "hour-weekday": N_("hour"),
    "wind": N_("wind from the"),
}
TICKS = {"hour": hours, "weekday": weekdays, "month": months, "wind": sides}
MEAN, INTERVAL = N_("mean"), N_("where the mean lies (95 %)")
USUAL, HALF, MOST = N_("usual (median)"), N_("half of the values"), N_("80 % of the values")
USUAL_TITLE = N_("{name}: what is usual at this time of the year")
ANOMALY_TITLE = N_("{name}: difference from what is usual for the month")
ABOVE, BELOW = N_("above what is usual"), N_("below what is usual")
STATIONS = N_("from the lowest to the highest station")
SPI_TITLE = N_("Wet and dry times: how unusual the rain was (months together: {n})")
WETTER, DRIER = N_("wetter than usual"), N_("drier than usual")
SPI_NOTE = N_(
    "0 is as usual. Above 1 (or below −1) comes about once in 6 times, above 2 (or below −2) once in 44."
)


def variation(
    data: xr.Dataset | Result,
    over: str = "hour",
    variable: str | None = None,
    *,
    by: By = None,
    **options: Any,
) -> Chart:
    """Return the mean course of the day (``over="hour"``), the week or the year, with its interval.

    ``over="wind"`` gives the means by the wind's side. ``data`` are readings, or a result of
    :func:`kit.analysis.variation`, which explains the rest.
    """
    from kit.figures.results import result

    return result(data if isinstance(data, Result) else analyse(data, over, variable, by=by, **options))


def of_variation(result: VariationResult) -> Chart:
    """Return a line with its interval; hours of the week as a grid."""
    cells, over = result.cells, result.over
    title = (TITLES[over], {"name": called(result.variable)})
    mean = floats(cells["mean"])
    if over == "hour-weekday":
        layer = Layer("cells", floats(cells["hour"]), floats(cells["weekday"]), value=mean)
        panel = Panel((layer,), x=hours(), y=weekdays(down=True))
        scale = colours.around(mean, lambda _: unit_of(result))
        return chart(
            "variation", (panel,), Told(result, title, GRID, AXES[over]), values=_seen(mean), scale=scale
        )
    x = floats(cells[over])
    axis = TICKS[over]()
    symbol = "circle"
    layers = [Layer("line", x, mean, MEAN, colour=BLUE, symbol=symbol, width=2)]
    if cells["low"].notna().any():
        ends = floats(cells["low"]), floats(cells["high"])
        bars = Layer("whiskers", x, ends[1], INTERVAL, low=ends[0], colour=BLUE, width=2.2)
        layers.insert(0, between(x, *ends, INTERVAL) if over == "hour" else bars)
    words = Told(result, title, LINES, AXES[over], unit_of(result))
    return chart("variation", (Panel(tuple(layers), x=axis),), words, values=_seen(mean))


def _seen(values: Any) -> Any:
    return values[np.isfinite(values)]


def of_climatology(result: ClimatologyResult) -> Chart:
    """Return the median with the ranges that hold half and most of the values."""
    cells = result.cells.sort_values("month" if result.over == "month" else "day")
    x = floats(cells["month" if result.over == "month" else "day"])
    layers = (
        between(x, cells["p10"], cells["p90"], MOST),
        between(x, cells["p25"], cells["p75"], HALF),
        Layer("line", x, floats(cells["median"]), USUAL, colour=BLUE, width=2.2,
              symbol="circle" if len(x) <= 12 else ""),
    )  # fmt: skip
    axis = months() if result.over == "month" else year_days()
    words = Told(
        result, (USUAL_TITLE, {"name": called(result.variable)}), LINES, AXES["month"], unit_of(result)
    )
    return chart("climatology", (Panel(layers, x=axis),), words, values=_seen(floats(cells["median"])))


def of_anomaly(result: AnomalyResult) -> Chart:
    """Return a bar for each month, up or down from what is usual."""
    layers = _up_and_down(result.region, "anomaly", (ABOVE, BELOW), (ORANGE, BLUE))
    if result.n_stations > 1:
        time = times(result.region["time"]) + np.timedelta64(14, "D")
        layers += (Layer("whiskers", time, floats(result.region["high"]), STATIONS, colour="#444444", width=1,
                         low=floats(result.region["low"])),)  # fmt: skip
    words = Told(
        result, (ANOMALY_TITLE, {"name": called(result.variable)}), BARS, N_("date"), unit_of(result)
    )
    return chart("anomaly", (Panel(layers),), words, values=_seen(floats(result.region["anomaly"])))


def _up_and_down(
    frame: pd.DataFrame, column: str, names: tuple[str, str], shades: tuple[str, str]
) -> tuple[Layer, ...]:
    """Return bars above and below 0, as two layers; those below are hatched."""
    time, value = times(frame["time"]) + np.timedelta64(14, "D"), floats(frame[column])
    up, down = value >= 0, value < 0
    above, below = shades
    style: dict[str, Any] = {"wide": 26}
    return (
        Layer("bars", time[up], value[up], names[0], colour=above, **style),
        Layer("bars", time[down], value[down], names[1], colour=below, hatch="/", **style),
    )


def of_spi(result: SpiResult) -> Chart:
    """Return a bar for each month: wetter or drier than usual, a panel for each station."""
    held, notes = few(list(parts(result.index)))
    span = floats(result.index["spi"])
    most = max(2.2, float(np.nanmax(np.abs(span))) * 1.05) if np.isfinite(span).any() else 2.2
    panels = tuple(
        Panel(_up_and_down(part.rename(columns={"spi": "value"}), "value", (WETTER, DRIER), (BLUE, ORANGE)),
              title=alone(name), y=Axis(span=(-most, most)))
        for name, part in held
    )  # fmt: skip
    title = (SPI_TITLE, {"n": result.months})
    words = Told(result, title, BARS, N_("date"), "SPI", ((SPI_NOTE, {}), *notes))
    return chart("dryness", panels, words, unit="", digits=1, columns=1 if len(panels) <= 4 else 0)
