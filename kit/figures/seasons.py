"""Life in time: first dates, how often on the lists, yearly counts, and what goes with the readings."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from kit.analysis import (
    JoinResult,
    MixedTrendResult,
    OccupancyResult,
    PhenologyGradientResult,
    PhenologyResult,
    PhenologyTemperatureResult,
    PhenologyTrendResult,
    ReportingResult,
    YearlyIndexResult,
)
from kit.analysis.result import called, digits_for, said
from kit.figures.chart import Chart
from kit.figures.forms import (
    BLUE,
    GREEN,
    ORANGE,
    Floats,
    between,
    dots,
    floats,
    named_axis,
    rule,
    unbroken_years,
    years_axis,
)
from kit.figures.layers import GREY, Layer
from kit.figures.panels import Axis, Panel, words_at
from kit.figures.ranges import A_YEAR, ALONG, MAY_BE, SCALE, beside, roomy
from kit.figures.told import BARS, CLOUD, DOTS, LINES, Told, chart, names, unit_of
from kit.text import N_, number, tr

REPORTING = N_("{taxon}: on how many lists, at equal effort")
LISTS = N_("% of the lists")
PHENOLOGY = N_("{taxon}: first, middle and last dates")
FIRST, MIDDLE, LAST = N_("first date"), N_("middle of the dates"), N_("last date")
BETWEEN, THERE = N_("when it must have come"), N_("from first to last date")
ROWS = N_("Drawn: the latest {shown} of {n} rows; the table holds all.")
ACROSS = N_("{taxon}: first dates of {year} across the region")
WARMTH = N_("{taxon}: first dates and the temperature before")
OVER_YEARS = N_("{taxon}: first dates over the years")
MONTHS_MEAN = N_("mean temperature of the months before (°C)")
PLACE, YEAR, LINE = N_("place"), N_("year"), N_("line through the points")
INDEX = N_("{taxon}: index of the counts ({base} = 100)")
INDEX_LINE, BASE = N_("index"), N_("the year of comparison")
OCCUPANCY = N_("{taxon}: at how many of the places")
FOUND = N_("places where it was found (%)")
LIVES = N_("places where it was, found or not (%)")
NOTICED = N_("visits that find it where it is (%)")
JOIN = N_("{taxon} and {variable}: surveys compared in pairs")
SPECIES = N_("Number of species")
MIXED = N_("{name}: the joint trend by two methods")
MODEL, USUAL, OWN = N_("mixed model"), N_("trend as usual"), N_("a station in the model: {station}")
#: As many rows of dates can be read.
MOST_ROWS = 40
Times = npt.NDArray[np.datetime64]


def of_reporting(result: ReportingResult) -> Chart:
    """Return the share of the lists with it in each part, at equal effort."""
    table = result.parts.assign(**{name: 100 * result.parts[name] for name in ("rate", "low", "high")})
    keys = [str(key) for key in table["group"]]

    def shown(lang: str) -> list[str]:
        return [said(result.names[key], lang) if key in result.names else key for key in keys]

    layers, axis = dots(table, shown, "rate", "low", "high", (LISTS, MAY_BE), 0, "%")
    words = Told(result, (REPORTING, {"taxon": result.taxon}), DOTS, LISTS)
    return chart(
        "reporting-rate", (Panel(layers, x=Axis(span=(-2.0, 102.0)), y=axis),), words, unit="%", digits=0
    )


def of_phenology(result: PhenologyResult) -> Chart:
    """Return a row for each place and year: when it must have come, the middle, and the last date."""
    table = result.dates.sort_values(["place", "year"], kind="stable")
    n = len(table)
    table = (
        table.sort_values("year", kind="stable").tail(MOST_ROWS).sort_values(["place", "year"], kind="stable")
    )
    up = np.arange(len(table), dtype=np.float64)
    year = table["year"].to_numpy()
    days = {name: _day(table[name], year) for name in ("not_before", "first", "middle", "last")}
    several = table["place"].nunique() > 1
    shown = [_row(result, row, several) for row in table[["place", "year"]].to_dict("records")]
    layers = (
        Layer("whiskers", days["last"], up, THERE, low=days["first"], colour=GREY, width=1.2, across=True),
        Layer(
            "whiskers",
            days["first"],
            up,
            BETWEEN,
            low=days["not_before"],
            colour=ORANGE,
            width=5,
            across=True,
        ),
        *(
            Layer(
                "points",
                days[key],
                up,
                name,
                colour=colour,
                symbol=symbol,
                size=8,
                said=partial(_dates_said, table[key]),
            )
            for key, name, colour, symbol in (
                ("first", FIRST, BLUE, "circle"),
                ("middle", MIDDLE, GREEN, "diamond"),
                ("last", LAST, "#4d4d4d", "square"),
            )
        ),
    )
    held = np.concatenate([value[np.isfinite(value)] for value in days.values()] or [np.array([1.0, 366.0])])
    words = Told(
        result,
        (PHENOLOGY, {"taxon": result.taxon}),
        DOTS,
        N_("date"),
        notes=((ROWS, {"shown": MOST_ROWS, "n": n}),) if n > MOST_ROWS else (),
    )
    panel = Panel(layers, x=dates_axis(held), y=words_at(shown, down=True))
    return chart("phenology", (panel,), words, unit="", digits=0)


def _row(result: PhenologyResult, row: dict[Any, Any], several: bool) -> str:
    place = result.names.get(str(row["place"]), str(row["place"]))
    return f"{place} · {row['year']}" if several else str(row["year"])


def _day(column: pd.Series, year: Any) -> Floats:
    """Return days since the beginning of the year (1: 1 January); NaN where there is no date."""
    begin = pd.to_datetime(pd.Series([f"{one}-01-01" for one in year], index=column.index))
    return floats((column - begin).dt.total_seconds() / 86400 + 1)


def _dates_said(column: pd.Series, lang: str) -> list[str]:
    from kit.text import day

    return [day(value.date(), lang) if value == value else "–" for value in column]


def dates_axis(days: Floats) -> Axis:
    """Return an axis of days of a year (and of the next), with the first days of months or every few days."""
    low, high = float(np.min(days)), float(np.max(days))
    room = max(2.0, 0.05 * (high - low))
    wide = high - low + 2 * room
    step = next((s for s in (1, 2, 5, 7, 14) if wide / s <= 8), 0)
    base = pd.Timestamp("2023-01-01")
    if step:
        at = np.arange(np.ceil((low - room) / step) * step, high + room, step)
    else:
        months = pd.date_range(base, periods=25, freq="MS")
        at = floats((months - base).days + 1)
        at = at[(at >= low - room) & (at <= high + room)]

    def ticks(lang: str) -> list[tuple[float, str]]:
        from babel.dates import format_skeleton

        return [
            (float(one), str(format_skeleton("MMMd", base + pd.Timedelta(days=float(one) - 1), locale=lang)))
            for one in at
        ]

    return Axis(ticks, (low - room, high + room))


def of_across(result: PhenologyGradientResult) -> Chart:
    """Return the first date of each place along the scale, and the line through them."""
    table = result.places
    x, y = floats(table["along"]), _day(table["date"], [result.year] * len(table))
    shown = [result.names.get(str(place), str(place)) for place in table["place"]]
    title = (ACROSS, {"taxon": result.taxon, "year": result.year})
    return _scatter(result, (x, y), shown, result.per_degree, title, ALONG.get(result.along, SCALE), PLACE)


def of_warmth(result: PhenologyTemperatureResult) -> Chart:
    """Return the first date of each year over the temperature of the months before."""
    table = result.years
    x, y = floats(table["temperature"]), _day(table["date"], table["year"].to_numpy())
    shown = [str(year) for year in table["year"]]
    title = (WARMTH, {"taxon": result.taxon})
    return _scatter(result, (x, y), shown, result.slope, title, MONTHS_MEAN, YEAR)


def of_years(result: PhenologyTrendResult) -> Chart:
    """Return the first date of each year, and the line through them."""
    table = result.years
    x, y = floats(table["year"]), _day(table["date"], table["year"].to_numpy())
    line = float(y.mean()) + result.slope / 10 * (x - x.mean())
    across, height = unbroken_years(table["year"], y)
    dates = table.set_index("year")["date"].reindex(across)
    layers = (
        Layer("line", x, line, LINE, colour=ORANGE, dash="dash", width=2),
        Layer("line", across, height, N_("first date"), colour=BLUE, symbol="circle", width=1.2,
              said=partial(_dates_said, dates)),
    )  # fmt: skip
    words = Told(result, (OVER_YEARS, {"taxon": result.taxon}), LINES, N_("year"), N_("first date"))
    panel = Panel(layers, x=years_axis(table["year"]), y=dates_axis(y))
    return chart("first-dates-over-years", (panel,), words, unit="", digits=1)


def _scatter(
    result: PhenologyGradientResult | PhenologyTemperatureResult, places: tuple[Floats, Floats],
    shown: list[str], slope: float, title: tuple[str, dict[str, Any]], x_words: str, name: str,
) -> Chart:  # fmt: skip
    x, y = places
    ends = np.array([x.min(), x.max()])
    words, across, _, notes = beside(x, y, shown)
    layers = (
        Layer(
            "line",
            ends,
            float(y.mean()) + slope * (ends - x.mean()),
            LINE,
            colour=ORANGE,
            dash="dash",
            width=2,
        ),
        Layer("points", x, y, name, colour=BLUE, symbol="circle", size=9, said=lambda _: shown),
        words,
    )
    panel = Panel(layers, x=across, y=dates_axis(y))
    told = Told(result, title, CLOUD, x_words, N_("first date"), notes)
    return chart("first-dates", (panel,), told, unit="", digits=1)


def of_yearly(result: YearlyIndexResult) -> Chart:
    """Return the index of each year with its interval; the year of comparison is 100."""
    held = result.years
    year, index, low, high = unbroken_years(held["year"], held["index"], held["low"], held["high"])
    layers = (
        between(year, low, high, MAY_BE),
        rule(100.0, year[np.isfinite(year)], BASE),
        Layer("line", year, index, INDEX_LINE, colour=BLUE, symbol="circle", width=2.2),
    )
    title = (INDEX, {"taxon": result.taxon, "base": result.base})
    words = Told(result, title, LINES, N_("year"), N_("index"))
    return chart("yearly-index", (Panel(layers, x=years_axis(held["year"])),), words, unit="", digits=0)


def of_occupancy(result: OccupancyResult) -> Chart:
    """Return where it was found, where it most likely was, and how often a visit finds it."""
    share = result.found / result.places
    frame = 100 * pd.DataFrame({"value": [share, result.occupied, result.detection],
                                "low": [np.nan, result.low, result.detection_low],
                                "high": [np.nan, result.high, result.detection_high]})  # fmt: skip
    shown = (FOUND, LIVES, NOTICED)
    layers, axis = dots(frame, shown, "value", "low", "high", (N_("share"), MAY_BE), 0, "%")
    words = Told(result, (OCCUPANCY, {"taxon": result.taxon}), DOTS, "%")
    return chart("occupancy", (Panel(layers, x=Axis(span=(-2.0, 102.0)), y=axis),), words, unit="%", digits=0)


def of_join(result: JoinResult) -> Chart:
    """Return what was noted in the surveys with the lower and with the higher reading."""
    sides = result.sides
    scale, unit = (100.0, "%") if result.taxon else (1.0, "")
    value = scale * floats(sides["noted"])
    digits = digits_for(*floats(sides["readings"]))

    def shown(lang: str) -> list[str]:
        return [f"{tr(str(which), lang)} ({number(float(reading), digits, lang)} {unit_of(result)})"
                for which, reading in zip(sides["which"], sides["readings"], strict=True)]  # fmt: skip

    layer = Layer(
        "bars",
        value,
        np.arange(len(sides), dtype=np.float64),
        colour=BLUE,
        across=True,
        legend=False,
        wide=0.5,
    )
    taxon: Any = result.taxon or partial(tr, SPECIES)
    words = Told(result, (JOIN, {"taxon": taxon, "variable": called(result.variable)}), BARS,
                 LISTS if result.taxon else SPECIES)  # fmt: skip
    panel = Panel((layer,), y=named_axis(shown, len(sides)))
    return chart("join", (panel,), words, values=value, unit=unit)


def of_mixed(result: MixedTrendResult) -> Chart:
    """Return the joint slope of the model beside that of the trend, and each station's in the model."""
    own = result.stations[result.stations["slope"].notna()]
    frame = pd.DataFrame({"value": [result.slope, result.other.slope, *own["slope"]],
                          "low": [result.low, result.other.low, *[np.nan] * len(own)],
                          "high": [result.high, result.other.high, *[np.nan] * len(own)]})  # fmt: skip
    stations = names(own)

    def shown(lang: str) -> list[str]:
        return [tr(MODEL, lang), tr(USUAL, lang), *(tr(OWN, lang, station=name) for name in stations)]

    unit, digits = unit_of(result), digits_for(*floats(frame["value"]))
    layers, axis = dots(frame, shown, "value", "low", "high", (N_("slope"), MAY_BE), digits, unit)
    zero = rule(0.0, np.array([-0.5, len(frame) - 0.5]), N_("no change"), upright=True, dash="dot", width=1.2)
    ends = roomy(np.concatenate([frame.to_numpy(dtype=float).ravel(), [0.0]]), 0.05).span
    across = Axis(span=ends, title=lambda lang: tr(A_YEAR, lang, unit=unit).strip())
    words = Told(result, (MIXED, {"name": called(result.variable)}), DOTS)
    return chart("mixed-trend", (Panel((zero, *layers), x=across, y=axis),), words, digits=digits)
