"""Levels over time: means of periods, a station beside others, before and after, with and without weather."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from kit.analysis import (
    AirStatisticsResult,
    AveragesResult,
    BeforeAfterResult,
    ChangeResult,
    CompareResult,
    EpisodesResult,
    NormaliseResult,
    RelationResult,
    SmoothResult,
)
from kit.analysis.result import Note, called, digits_for
from kit.figures.chart import Chart
from kit.figures.forms import (
    BLUE,
    GREEN,
    ORANGE,
    alone,
    between,
    few,
    floats,
    lines_of,
    parts,
    rule,
    style,
    times,
    unbroken,
    years_axis,
)
from kit.figures.layers import Layer
from kit.figures.lines import MANY_VALUES
from kit.figures.panels import Axis, Panel, hours, weekdays
from kit.figures.slopes import MONTHS
from kit.figures.told import CLOUD, LINES, Told, chart, unit_of
from kit.text import N_, day, number, tr

DATE = N_("date")
AVERAGES = N_("{name}: means by period")
YEARS = N_("{name} year by year")
EPISODES = N_("{name}: times above {above} {unit}")
EPISODE, BOUND = (
    N_("Each mark is the highest value of a time above the bound; the larger, the longer it lasted."),
    N_("the bound"),
)
COMPARED = N_("{name}: {station} beside the others")
OTHERS, SPREAD = N_("mean of the others"), N_("from the lowest to the highest of the others")
OF_MONTHS = N_("Drawn: means of the common days of each month.")
SMOOTH = N_("{name}: the smooth level, without the season")
SMOOTH_LINE, SMOOTH_BAND = N_("smooth level"), N_("where it may lie (95 %)")
CHANGE = N_("{name}: the most likely change of level")
BEFORE, AFTER, LEVEL = N_("mean before"), N_("mean after"), N_("level before and after")
NATURAL = N_("{name} before and after {day}")
DAYS, WHEN = N_("single days"), N_("the day of the change")
LESS = N_("Shown: the stations where something changed, less the others on the same days.")
WEATHER = N_("{name} with and without the weather")
MEASURED, NORMALISED = N_("as measured"), N_("with average weather")
RELATION = N_("{second} for each unit of {first}")
SLOPES, ERRORS = N_("slope of the part"), N_("about where it lies (two standard errors)")


def of_averages(result: AveragesResult) -> Chart:
    """Return the first statistic of each period, a line for each station."""
    column = result.columns[0]
    words = Told(result, (AVERAGES, {"name": called(result.variable)}), LINES, DATE, unit_of(result))
    layers = lines_of(result.periods, "time", column)
    return chart("averages", (Panel(layers),), words, values=_seen(result.periods[column]))


def of_air_statistics(result: AirStatisticsResult) -> Chart:
    """Return the mean of each year, a line for each station."""
    words = Told(result, (YEARS, {"name": called(result.variable)}), LINES, N_("year"), unit_of(result))
    panel = Panel(lines_of(result.years, "year", "mean"), x=years_axis(result.years["year"]))
    return chart("air-statistics", (panel,), words, values=_seen(result.years["mean"]))


def _seen(values: Any) -> Any:
    held = floats(values)
    return held[np.isfinite(held)]


def of_episodes(result: EpisodesResult) -> Chart:
    """Return a point for each time above the bound: when, how high, how long."""
    runs, unit = result.runs, unit_of(result)
    top = _seen(runs["max"])
    digits = digits_for(*top)
    layers = []
    for at, (name, part) in enumerate(parts(runs)):
        hours_ = floats(part["hours"])
        how = style(at)
        how.pop("dash")
        layers.append(Layer("points", times(part["time"]), floats(part["max"]), name,
                            size=6 + 4 * np.sqrt(hours_ / max(hours_.max(), 1)),
                            said=partial(_episode_said, part, unit, digits), **how))  # fmt: skip
    if len(runs):
        layers.append(rule(result.above, times(runs["time"]), BOUND))
    above = {"above": partial(_plain, result.above), "unit": unit, "name": called(result.variable)}
    words = Told(result, (EPISODES, above), CLOUD, DATE, unit, ((EPISODE, {}),))
    return chart("episodes", (Panel(tuple(layers)),), words, values=top)


def _plain(value: float, lang: str) -> str:
    return number(value, None, lang)


def _episode_said(part: pd.DataFrame, unit: str, digits: int, lang: str) -> list[str]:
    text = N_("{day}: up to {most} {unit} (hours: {n})")
    return [
        tr(
            text,
            lang,
            day=day(start.date(), lang),
            n=int(n),
            most=number(float(most), digits, lang),
            unit=unit,
        )
        for start, n, most in zip(part["time"], part["hours"], part["max"], strict=True)
    ]


def of_compare(result: CompareResult) -> Chart:
    """Return one station's line beside the mean and the range of the others."""
    days, name = result.days, result.station_name or result.station
    notes: tuple[Note, ...] = ()
    if len(days) > MANY_VALUES and result.step in ("hour", "day"):
        days = days.set_index("time").resample("MS").mean().dropna().reset_index()
        notes = ((OF_MONTHS, {}),)
    columns = [floats(days[column]) for column in ("here", "others", "low", "high")]
    time, here, others, low, high = unbroken(times(days["time"]), *columns)
    layers = [
        Layer("line", time, others, OTHERS, colour="#4d4d4d", dash="dash"),
        Layer("line", time, here, name, colour=BLUE, width=1.8),
    ]
    if result.n_others > 1:
        layers.insert(0, between(time, low, high, SPREAD, "#4d4d4d"))
    title = (COMPARED, {"name": called(result.variable), "station": name})
    words = Told(result, title, LINES, DATE, unit_of(result), notes)
    return chart("compare", (Panel(tuple(layers)),), words, values=_seen(days["here"]))


def of_smooth(result: SmoothResult) -> Chart:
    """Return the months without their season, the smooth level and its range."""
    held = result.series
    time = times(held["time"])
    layers = (
        between(time, held["low"], held["high"], SMOOTH_BAND, ORANGE),
        Layer("line", time, floats(held["value"]), MONTHS, colour=BLUE, width=1.1, symbol="circle"),
        Layer("line", time, floats(held["curve"]), SMOOTH_LINE, colour=ORANGE, width=2.6),
    )
    words = Told(result, (SMOOTH, {"name": called(result.variable)}), LINES, DATE, unit_of(result))
    return chart("smooth", (Panel(layers),), words, values=_seen(held["curve"]))


def of_change(result: ChangeResult) -> Chart:
    """Return the months without their season with the level before and after, a panel for each station."""
    called_ = result.stations.set_index("station")["station_name"]
    frame = result.series.assign(station_name=[called_[station] for station in result.series["station"]])
    held, notes = few(list(parts(frame)))
    panels = tuple(_stepped(part, name if len(called_) > 1 else "") for name, part in held)
    title = (CHANGE, {"name": called(result.variable)})
    words = Told(result, title, LINES, DATE, unit_of(result), notes)
    columns = 1 if len(panels) <= 3 else 0
    return chart("change", panels, words, values=_seen(frame["level"]), columns=columns)


def _stepped(part: pd.DataFrame, name: str) -> Panel:
    time, level = times(part["time"]), floats(part["level"])
    step = np.flatnonzero(np.diff(level) != 0)
    broken = np.insert(level, step + 1, np.nan)
    layers = (
        Layer("line", time, floats(part["value"]), MONTHS, colour=BLUE, width=1.1, symbol="circle"),
        Layer("line", np.insert(time, step + 1, time[step]), broken, LEVEL, colour=ORANGE, width=2.8),
    )
    return Panel(layers, title=alone(name) if name else None)


def of_before_after(result: BeforeAfterResult) -> Chart:
    """Return the days before and after with their means."""
    days = result.days
    time, value, after = times(days["time"]), floats(days["value"]), days["after"].to_numpy(dtype=bool)
    ends = np.array([np.nanmin(value), np.nanmax(value)])
    when = np.datetime64(result.when, "us")
    layers = (
        Layer("points", time, value, DAYS, colour=BLUE, symbol="circle", size=5, faint=True),
        rule(float(np.nanmean(value[~after])), time[~after], BEFORE, colour=GREEN, dash="solid", width=2.8),
        rule(float(np.nanmean(value[after])), time[after], AFTER, colour=ORANGE, dash="solid", width=2.8),
        rule(when, ends, WHEN, upright=True),
    )
    title = (NATURAL, {"name": called(result.variable), "day": partial(day, result.when.date())})
    notes: tuple[Note, ...] = ((LESS, {}),) if result.n_others else ()
    words = Told(result, title, CLOUD, DATE, unit_of(result), notes)
    return chart("before-after", (Panel(layers),), words, values=[result.change])


def of_normalise(result: NormaliseResult) -> Chart:
    """Return the months as measured and as they would have been in average weather."""
    held = result.months
    time = times(held["time"])
    layers = (
        Layer(
            "line", time, floats(held["observed"]), MEASURED, colour="#4d4d4d", dash="dash", symbol="square"
        ),
        Layer("line", time, floats(held["normalised"]), NORMALISED, colour=BLUE, width=2.4, symbol="circle"),
    )
    words = Told(result, (WEATHER, {"name": called(result.variable)}), LINES, DATE, unit_of(result))
    return chart("normalise", (Panel(layers),), words, values=_seen(held["observed"]))


def of_relation(result: RelationResult) -> Chart:
    """Return the slope of each part with two standard errors either way."""
    held = result.lines[result.lines["slope"].notna()].reset_index(drop=True)
    slope, error = floats(held["slope"]), 2 * floats(held["slope_se"])
    axis, x = Axis(), np.arange(len(held), dtype=np.float64)
    label = DATE
    if "time" in held:
        x = times(held["time"])  # type: ignore[assignment]
    elif result.over == "hour":
        axis, x, label = hours(), floats(held["hour"]), N_("hour")
    elif result.over == "weekday":
        axis, x, label = weekdays(), floats(held["weekday"]), N_("day of the week")
    else:
        label = N_("hour of the week") if result.over == "hour-weekday" else ""
        axis = Axis() if len(held) > 1 else Axis(lambda _: [(0.0, "")], (-1.0, 1.0))
    layers = (
        Layer("whiskers", x, slope + error, ERRORS, low=slope - error, colour=BLUE, width=1.6),
        Layer("points", x, slope, SLOPES, colour=BLUE, symbol="circle", size=8),
    )
    title = (RELATION, {"first": called(result.x), "second": called(result.y)})
    unit = f"{result.unit_y} / {result.unit_x}"
    words = Told(result, title, CLOUD, label, unit)
    return chart("relation", (Panel(layers, x=axis),), words, values=[result.slope], unit=unit)
