"""What is counted: hours in bands, days of a kind, sums of a year, limits kept, readings that are there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from kit.analysis import (
    AirQualityResult,
    DegreeDaysResult,
    ExceedanceResult,
    GrowingSeasonResult,
    MissingResult,
    RainResult,
    RulesResult,
    ShuffleResult,
    UsIndexResult,
    WeatherDaysResult,
)
from kit.analysis.exceed import AVERAGES, RULE
from kit.analysis.result import Note, Result, called, said
from kit.figures import colours
from kit.figures.chart import Chart
from kit.figures.forms import (
    BLUE,
    GREEN,
    ORANGE,
    alone,
    few,
    floats,
    named_axis,
    parts,
    rule,
    style,
    years_axis,
)
from kit.figures.layers import GREY, Layer
from kit.figures.panels import Axis, Panel, hours, months, words_at, year_days
from kit.figures.told import BARS, DOTS, LINES, Told, chart, names
from kit.text import N_, number, tr

YEAR = N_("year")
INDEX = N_("Air quality: how often which band")
SHARE_HOURS, SHARE_DAYS = N_("% of the hours with a band"), N_("% of the days with a band")
LIMITS = N_("Limits and what was measured, year by year")
KEPT, BROKEN, OPEN = N_("not above the limit"), N_("above the limit"), N_("cannot be said")
SHUFFLED = N_("{name}: what shuffling the years gives")
BY_CHANCE, REAL = N_("shuffled years"), N_("the real order of the years")
DIFFERENCE, TIMES = N_("rises minus falls"), N_("how many shufflings")
WEATHER_DAYS = N_("Special days of the weather, year by year")
KINDS = {"frost": N_("frost days"), "ice": N_("ice days"), "summer": N_("summer days"),
         "hot": N_("hot days"), "tropical": N_("tropical nights")}  # fmt: skip
DAYS = N_("days")
DEGREE_DAYS, RAIN, GROWING = (
    N_("Degree days, year by year"),
    N_("Rain, year by year"),
    N_("Growing season, year by year"),
)
WHOLE, PART = N_("full year"), N_("year with gaps: at least so much")
SEASON, UNSURE = N_("growing season"), N_("missing days may have moved its ends")
RULES = N_("Own rules and what kit doubts")
HITS, MISSES, EXTRA = (
    N_("marked, and doubted by kit"),
    N_("doubted by kit, not marked"),
    N_("marked, not doubted by kit"),
)
VALUES = N_("number of values")
MISSING = N_("{name}: which readings are there")
THERE = N_("% of the possible readings")
BY_STATION, BY_MONTH, BY_HOUR = N_("by station"), N_("by month"), N_("by hour of the day")


def of_european(result: AirQualityResult) -> Chart:
    """Return the share of the hours in each band, a bar for each station."""
    shares = result.shares.assign(station_name=[result.names.get(s, s) for s in result.shares["station"]])
    return _bands(result, shares, SHARE_HOURS)


def of_us(result: UsIndexResult) -> Chart:
    """Return the share of the days in each band, a bar for each station."""
    days = result.days
    keys = ["station", "station_name", "band", "name"]
    shares = days.groupby(keys, sort=True).size().rename("n").reset_index()
    shares["share"] = shares["n"] / shares.groupby("station")["n"].transform("sum")
    return _bands(result, shares, SHARE_DAYS)


def _bands(result: Result, shares: pd.DataFrame, label: str) -> Chart:
    """Return stacked bars, light for the best band and dark for the worst."""
    stations = list(dict.fromkeys(names(shares)))
    place = dict(zip(dict.fromkeys(shares["station"]), range(len(stations)), strict=True))
    left = np.zeros(len(stations))
    layers = []
    for band, colour in zip(range(1, 7), colours.shades(6), strict=True):
        mine = shares[shares["band"] == band]
        if not mine["share"].sum() > 0:
            continue
        share = np.zeros(len(stations))
        share[[place[s] for s in mine["station"]]] = 100 * floats(mine["share"])
        at = np.flatnonzero(share > 0)
        said = partial(_share_said, [stations[i] for i in at], str(mine["name"].iloc[0]), share[at])
        layers.append(
            Layer(
                "bars",
                (left + share)[at],
                at.astype(float),
                str(mine["name"].iloc[0]),
                low=left[at],
                colour=colour,
                across=True,
                said=said,
            )
        )
        left = left + share
    panel = Panel(tuple(layers), x=Axis(span=(0.0, 100.0)), y=words_at(stations, down=True))
    return chart("air-quality", (panel,), Told(result, (INDEX, {}), BARS, label), unit="%", digits=1)


def _share_said(stations: list[str], band: str, share: Any, lang: str) -> list[str]:
    return [f"{name}, {tr(band, lang)}: {number(float(value), 1, lang)} %"
            for name, value in zip(stations, share, strict=True)]  # fmt: skip


def of_exceedances(result: ExceedanceResult) -> Chart:
    """Return a mark for each rule and year, a panel for each station: above, not above, not known."""
    rules = list(dict.fromkeys(zip(result.years["pollutant"], result.years["average"], strict=True)))
    span = years_axis(result.years["year"])
    axis = Axis(partial(_rules, rules), (-0.5, len(rules) - 0.5), down=True)
    held, notes = few(list(parts(result.years)))
    panels = []
    for name, part in held:
        up = np.array(
            [rules.index(key) for key in zip(part["pollutant"], part["average"], strict=True)], float
        )
        layers = [
            Layer(
                "points",
                floats(part["year"])[mine],
                up[mine],
                text,
                colour=colour,
                symbol=symbol,
                size=11,
                said=partial(_rules_said, part[mine], text),
            )
            for text, colour, symbol, mine in (
                (KEPT, BLUE, "circle", _verdict(part, False)),
                (BROKEN, ORANGE, "square", _verdict(part, True)),
                (OPEN, GREY, "x-thin", _verdict(part, None)),
            )
            if mine.any()
        ]
        panels.append(Panel(tuple(layers), title=alone(name) if len(held) > 1 else None, x=span, y=axis))
    words = Told(result, (LIMITS, {}), DOTS, YEAR, "", notes)
    return chart("exceedances", tuple(panels), words, unit="", digits=0)


def _verdict(part: pd.DataFrame, wanted: bool | None) -> Any:
    found = [None if value is None or value != value else bool(value) for value in part["above"].tolist()]
    return np.array([value is wanted for value in found], dtype=bool)


def _rules(rules: Sequence[tuple[str, str]], lang: str) -> list[tuple[float, str]]:
    return [(float(at), tr(RULE, lang, name=called(name), average=tr(AVERAGES[average], lang)))
            for at, (name, average) in enumerate(rules)]  # fmt: skip


def _rules_said(part: pd.DataFrame, text: str, lang: str) -> list[str]:
    return [f"{year}: {tr(text, lang)} ({number(100 * capture, 0, lang)} %)"
            for year, capture in zip(part["year"], part["capture"], strict=True)]  # fmt: skip


def of_shuffle(result: ShuffleResult) -> Chart:
    """Return how often each difference came out of shuffled years, and where the real one lies."""
    table = result.table
    x, y = floats(table["rose_more"]), floats(table["shufflings"])
    wide = 0.9 * (float(np.diff(x).min()) if len(x) > 1 else 1.0)
    layers = (
        Layer("bars", x, y, BY_CHANCE, colour=BLUE, wide=wide),
        rule(
            float(result.score), np.array([0.0, y.max() * 1.02]), REAL, upright=True, colour=ORANGE, width=3
        ),
    )
    words = Told(result, (SHUFFLED, {"name": called(result.variable)}), BARS, DIFFERENCE, TIMES)
    return chart("shuffle", (Panel(layers),), words, unit="", digits=0)


def of_weather_days(result: WeatherDaysResult) -> Chart:
    """Return the number of days of each kind in full years, a panel for each station; bars for one year."""
    years = result.years
    kinds = [kind for kind in KINDS if floats(years[kind]).sum() > 0] or ["frost"]
    most = Axis(span=(0, 1.05 * max(1.0, float(years[kinds].to_numpy(dtype=float).max()))))
    single = years.loc[years["full"], "year"].nunique() == 1
    x, y = (
        (most, named_axis(partial(_kinds, kinds), len(kinds)))
        if single
        else (years_axis(years["year"]), most)
    )
    held, notes = few(list(parts(years)))
    panels = []
    for name, part in held:
        layers = _of_one_year(part, kinds) if single else _year_by_year(part, kinds)
        panels.append(Panel(layers, title=alone(name) if len(held) > 1 else None, x=x, y=y))
    only: Note = (N_("Only full years are drawn; the table holds all."), {})
    form, below, beside = (BARS, DAYS, "") if single else (LINES, YEAR, DAYS)
    words = Told(result, (WEATHER_DAYS, {}), form, below, beside, (only, *notes))
    return chart("weather-days", tuple(panels), words, unit="", digits=0)


def _year_by_year(part: pd.DataFrame, kinds: Sequence[str]) -> tuple[Layer, ...]:
    """Return a line for each kind of days."""
    there = np.where(part["full"], 1.0, np.nan)
    return tuple(
        Layer("line", floats(part["year"]), floats(part[kind]) * there, KINDS[kind], **style(at))
        for at, kind in enumerate(kinds)
    )


def _of_one_year(part: pd.DataFrame, kinds: Sequence[str]) -> tuple[Layer, ...]:
    """Return a bar for each kind of days in the only full year; none where that year is not full."""
    return tuple(
        Layer(
            "bars",
            floats(list(one)),
            np.arange(len(kinds), dtype=np.float64),
            str(year),
            colour=BLUE,
            across=True,
        )
        for year, *one in part.loc[part["full"], ["year", *kinds]].itertuples(index=False)
    )


def _kinds(kinds: Sequence[str], lang: str) -> list[str]:
    return [tr(KINDS[kind], lang) for kind in kinds]


def of_degree_days(result: DegreeDaysResult) -> Chart:
    """Return the sum of each year, a panel for each station."""
    return _sums(result, result.years, "degree_days", "°C d", DEGREE_DAYS, "degree-days")


def of_rain(result: RainResult) -> Chart:
    """Return the rain of each year, a panel for each station."""
    return _sums(result, result.years, "total", "mm", RAIN, "rain")


def _sums(result: Result, years: pd.DataFrame, column: str, unit: str, title: str, kind: str) -> Chart:
    """Return a bar for each year; hatched where days are missing, so that the sum is a lower bound."""
    span, most = years_axis(years["year"]), float(np.nanmax(floats(years[column]), initial=1.0))
    held, notes = few(list(parts(years)))
    panels = []
    for name, part in held:
        gaps = part["at_least"].to_numpy(dtype=bool)
        layers = tuple(
            Layer(
                "bars",
                floats(part["year"])[mine],
                floats(part[column])[mine],
                text,
                colour=colour,
                hatch=hatch,
            )
            for text, colour, hatch, mine in ((WHOLE, BLUE, "", ~gaps), (PART, GREY, "/", gaps))
            if mine.any()
        )
        panels.append(
            Panel(layers, title=alone(name) if len(held) > 1 else None, x=span, y=Axis(span=(0, most * 1.05)))
        )
    words = Told(result, (title, {}), BARS, YEAR, unit, notes)
    return chart(kind, tuple(panels), words, unit=unit, digits=0)


def of_growing(result: GrowingSeasonResult) -> Chart:
    """Return the growing season of each year from its first to its last day, a panel for each station."""
    held, notes = few(list(parts(result.years)))
    span, panels = years_axis(result.years["year"]), []
    for name, part in held:
        part = part[part["start"].notna() & part["end"].notna()]
        year = floats(part["year"])
        begin = pd.DatetimeIndex(part["start"])
        first = floats(begin.day_of_year)
        last = first + floats((pd.DatetimeIndex(part["end"]) - begin).days)
        sure = part["sure"].to_numpy(dtype=bool)
        layers = tuple(
            Layer(
                "bars",
                year[mine],
                last[mine],
                text,
                low=first[mine],
                colour=colour,
                hatch=hatch,
                said=partial(_season_said, part[mine]),
            )
            for text, colour, hatch, mine in ((SEASON, GREEN, "", sure), (UNSURE, GREY, "/", ~sure))
            if mine.any()
        )
        panels.append(Panel(layers, title=alone(name) if len(held) > 1 else None, x=span, y=year_days()))
    words = Told(result, (GROWING, {}), BARS, YEAR, "", notes)
    return chart("growing-season", tuple(panels), words, unit="", digits=0)


def _season_said(part: pd.DataFrame, lang: str) -> list[str]:
    from kit.text import day

    return [
        f"{day(start.date(), lang)} – {day(end.date(), lang)} ({number(float(length), 0, lang)})"
        for start, end, length in zip(part["start"], part["end"], part["length"], strict=True)
    ]


def of_missing(result: MissingResult) -> Chart:
    """Return the share of the readings that are there, by station, month and hour."""
    shown = result.stations.head(30)
    full = Axis(span=(0.0, 100.0), title=lambda lang: tr(THERE, lang))
    upright = Axis(span=(0.0, 100.0), title=lambda _: "%")
    bars = partial(Layer, "bars", colour=BLUE, legend=False)
    up = np.arange(len(shown), dtype=np.float64)
    panels = [Panel((bars(100 * floats(shown["share"]), up, across=True),),
                    title=lambda lang: tr(BY_STATION, lang), x=full, y=words_at(names(shown), down=True)),
              Panel((bars(floats(result.months["month"]), 100 * floats(result.months["share"])),),
                    title=lambda lang: tr(BY_MONTH, lang), x=months(), y=upright)]  # fmt: skip
    if len(result.hours):
        layer = bars(floats(result.hours["hour"]), 100 * floats(result.hours["share"]))
        panels.append(Panel((layer,), title=lambda lang: tr(BY_HOUR, lang), x=hours(), y=upright))
    words = Told(result, (MISSING, {"name": called(result.variable)}), BARS)
    return chart("missing", tuple(panels), words, unit="%", digits=0, columns=1)


def of_rules(result: RulesResult) -> Chart:
    """Return a bar for each rule: what it finds of what kit doubts, what it misses, what it marks more."""
    table = result.tried
    up, left = np.arange(len(table), dtype=np.float64), np.zeros(len(table))
    layers = []
    for column, text, colour, hatch in (
        ("hits", HITS, BLUE, ""),
        ("misses", MISSES, ORANGE, "/"),
        ("extra", EXTRA, GREY, "."),
    ):
        count = floats(table[column])
        layers.append(
            Layer("bars", left + count, up, text, low=left, colour=colour, hatch=hatch, across=True,
                  said=partial(_counted, count, text))
        )  # fmt: skip
        left = left + count
    most = max(1.0, float(left.max()))
    panel = Panel(
        tuple(layers), x=Axis(span=(0.0, 1.02 * most)), y=named_axis(partial(_called, result), len(table))
    )
    return chart("rules", (panel,), Told(result, (RULES, {}), BARS, VALUES), unit="", digits=0)


def _called(result: RulesResult, lang: str) -> list[str]:
    return [said(result.names[rule], lang) for rule in result.tried["rule"]]


def _counted(counts: Any, text: str, lang: str) -> list[str]:
    return [f"{number(float(count), 0, lang)} {tr(text, lang)}" for count in counts]
