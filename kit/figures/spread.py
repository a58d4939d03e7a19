"""How values are spread: a box for each station, and one variable over another."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from kit.errors import AnalysisError, UsageError
from kit.figures.chart import Chart
from kit.figures.forms import BLUE, MOST_LINES, ORANGE, floats, style
from kit.figures.layers import GREY, MOST_POINTS, Layer, Table, Words, capital
from kit.figures.panels import Panel, words_at
from kit.figures.places import ALIKE, NOT_ALIKE
from kit.figures.ranges import roomy
from kit.figures.series import Gathered, Series, gather
from kit.figures.told import CLOUD
from kit.text import N_, number, tr, trn
from kit.vocab import Variable

HALF, MOST, MIDDLE = (
    N_("half of the values"),
    N_("from the lowest to the highest"),
    N_("middle value (median)"),
)
BOX_TITLE = N_("{name}, {step}: how the values are spread")
BOX_ALT = N_("Box chart, a box for each station. {sentence}")
BOX_ONE = N_("{name}, {step} at {station}: the middle value is {middle}, and half of the values lie between "
             "{low} and {high}.")  # fmt: skip
BOX_MANY = N_("{name}, {step}: the middle value is highest at {top} ({high}) and lowest at {bottom} ({low}).")
#: The thirds of the scatter chart's table need at least this many pairs.
FEWEST = 9
THIRDS = (N_("lowest third"), N_("middle third"), N_("highest third"))
SCATTER_TITLE = N_("{first} and {second}, {step}")
THIRD = N_("In the third with the lowest values of {first} the mean of {second} was {low}, in the third "
           "with the highest values {high}.")  # fmt: skip
THINNED = N_("Drawn: one point of {every}; the table counts all.")
TOGETHER = N_(
    "Two things that rise together need not cause each other: both may follow the season or the weather."
)


def _not_a_direction(found: Gathered) -> None:
    if found.variable.kind == "vector":
        raise UsageError(
            "{name} is a direction: it has no mean that could be compared.",
            do="Ask how often the wind came from each side instead (a wind rose).",
            code="direction", name=found.variable.name,
        )  # fmt: skip


def _with_unit(value: float, variable: Variable, lang: str) -> str:
    return f"{number(value, variable.digits, lang)} {variable.symbol}".strip()


def _named(variable: Variable, lang: str) -> str:
    name = capital(variable.name(lang))
    return f"{name} ({variable.symbol})" if variable.symbol else name


def box(ds: Any, variable: str | None = None) -> Chart:
    """Return a box for each station: the middle half of its values, their middle, lowest and highest.

    Parameters
    ----------
    ds
        Readings as :func:`kit.figures.timeline` takes them.
    variable
        Which variable; needed only where ``ds`` holds several.

    Notes
    -----
    Half of the values lie between the quartiles (linear interpolation). Which station is highest and which
    lowest is said only where they measured at the same times, as far as :data:`kit.figures.places.ALIKE` of
    the longest.

    Raises
    ------
    UsageError, AnalysisError
        See :func:`kit.figures.series.gather`; ``direction`` for the direction of the wind.
    """
    found = gather(ds, variable)
    _not_a_direction(found)
    rows = pd.DataFrame([_spread(one) for one in found.series])
    rows = rows.sort_values("median", ascending=False, kind="stable").reset_index(drop=True)
    at = np.arange(len(rows), dtype=np.float64)
    layers = (
        Layer("whiskers", floats(rows["highest"]), at, MOST, low=floats(rows["lowest"]), colour=GREY,
              width=1.6, across=True),
        Layer("bars", floats(rows["q75"]), at, HALF, low=floats(rows["q25"]), colour=BLUE, wide=0.5,
              across=True, said=partial(_half_said, found.variable, rows)),
        Layer("points", floats(rows["median"]), at, MIDDLE, colour=ORANGE, symbol="diamond", size=10),
    )  # fmt: skip
    span = roomy(np.concatenate([floats(rows["lowest"]), floats(rows["highest"])]), 0.05)
    panel = Panel(layers, x=span, y=words_at([str(name) for name in rows["station"]], down=True))
    words = partial(_box_words, found, rows)
    return Chart("box", (panel,), words, (_box_table(found, rows),), unit=found.variable.symbol,
                 digits=found.variable.digits)  # fmt: skip


def _spread(one: Series) -> dict[str, Any]:
    low, middle, high = (float(q) for q in np.quantile(one.value, [0.25, 0.5, 0.75]))
    least, most = float(one.value.min()), float(one.value.max())
    return {"station": one.name, "values": len(one.value), "lowest": least, "q25": low, "median": middle,
            "q75": high, "highest": most}  # fmt: skip


def _half_said(variable: Variable, rows: pd.DataFrame, lang: str) -> list[str]:
    ends = zip(rows["q25"], rows["q75"], strict=True)
    return [
        f"{number(float(low), variable.digits, lang)} … {_with_unit(float(high), variable, lang)}"
        for low, high in ends
    ]


def _box_words(found: Gathered, rows: pd.DataFrame, lang: str) -> Words:
    given = {"name": capital(found.variable.name(lang)), "step": tr(found.step_name, lang)}
    top, bottom = rows.iloc[0], rows.iloc[-1]

    def value(row: pd.Series, column: str) -> str:
        return _with_unit(float(row[column]), found.variable, lang)

    if len(rows) == 1:
        ends = {"middle": value(top, "median"), "low": value(top, "q25"), "high": value(top, "q75")}
        sentence = tr(BOX_ONE, lang, station=top["station"], **ends, **given)
    elif _alike(found):
        ends = {"high": value(top, "median"), "low": value(bottom, "median")}
        sentence = tr(BOX_MANY, lang, top=top["station"], bottom=bottom["station"], **ends, **given)
    else:
        sentence = tr(NOT_ALIKE, lang)
    title, alt = tr(BOX_TITLE, lang, **given), tr(BOX_ALT, lang, sentence=sentence)
    return Words(title, sentence, alt, _named(found.variable, lang), "")


def _alike(found: Gathered) -> bool:
    common = found.series[0].time
    for one in found.series[1:]:
        common = np.intersect1d(common, one.time)
    return len(common) >= ALIKE * max(len(one.time) for one in found.series)


def _box_table(found: Gathered, rows: pd.DataFrame) -> Table:
    heads = (N_("station"), N_("values"), N_("lowest"), N_("a quarter lies below"), N_("median"),
             N_("a quarter lies above"), N_("highest"))  # fmt: skip

    def headers(lang: str) -> list[str]:
        unit = f" ({found.variable.symbol})" if found.variable.symbol else ""
        return [tr(text, lang) + ("" if at < 2 else unit) for at, text in enumerate(heads)]

    def caption(lang: str) -> str:
        return tr(N_("{variable} by station"), lang, variable=found.variable.name(lang))

    digits = dict.fromkeys(("lowest", "q25", "median", "q75", "highest"), found.variable.digits)
    return Table(rows, caption, headers, digits, rows="station")


def scatter(ds: Any, x: str, y: str) -> Chart:
    """Return one variable over another: a point wherever a station has a value of both at the same time.

    Parameters
    ----------
    ds
        Readings of both variables, as :func:`kit.figures.timeline` takes them.
    x, y
        The variable along the chart, and the one upwards.

    Notes
    -----
    The table splits the pairs of each station into thirds by ``x``; the mean of ``y`` in a third is the mean
    over the stations of their means, so that a station with more values weighs no more than another.

    Raises
    ------
    UsageError, AnalysisError
        See :func:`kit.figures.series.gather`; ``direction`` for the direction of the wind, ``few-pairs`` with
        fewer than nine pairs.
    """
    across, up = gather(ds, x), gather(ds, y)
    _not_a_direction(across)
    _not_a_direction(up)
    pairs = _pairs(across, up)
    if len(pairs) < FEWEST:
        raise AnalysisError(
            "No two of these have {needed} values at the same time.",
            do="Ask for a longer time or more stations.", code="few-pairs", needed=FEWEST,
        )  # fmt: skip
    every = -(-len(pairs) // MOST_POINTS)
    parts = list(pairs.iloc[::every].groupby("station", sort=False))
    many = len(parts) > MOST_LINES
    layers = tuple(
        Layer("points", floats(part["x"]), floats(part["y"]), "" if many else str(name), size=6, faint=True,
              colour=GREY if many else style(at)["colour"], symbol="circle" if many else style(at)["symbol"])
        for at, (name, part) in enumerate(parts)
    )  # fmt: skip
    rows = _thirds(pairs)
    panel = Panel(layers, x=roomy(floats(pairs["x"]), 0.05))
    words = partial(_scatter_words, across, up, rows, every)
    return Chart("scatter", (panel,), words, (_scatter_table(across, up, rows),), unit=up.variable.symbol,
                 digits=up.variable.digits)  # fmt: skip


def _pairs(across: Gathered, up: Gathered) -> pd.DataFrame:
    """Return station (its name), x and y of each pair."""
    there = {one.station: one for one in up.series}
    found = []
    for one in across.series:
        if (other := there.get(one.station)) is None:
            continue
        _, mine, its = np.intersect1d(one.time, other.time, return_indices=True)
        found.append(pd.DataFrame({"station": one.name, "x": one.value[mine], "y": other.value[its]}))
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame({"station": [], "x": [], "y": []})


def _thirds(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return for each third by ``x`` (within each station), and for all pairs, their number and means."""
    rank = pairs.groupby("station")["x"].rank(method="first") - 1
    size = pairs.groupby("station")["x"].transform("size")
    third = np.floor(rank / size * 3).astype(int)
    rows = [_part(text, pairs[third == at]) for at, text in enumerate(THIRDS)]
    return pd.DataFrame([*rows, _part(N_("all pairs"), pairs)])


def _part(name: str, pairs: pd.DataFrame) -> dict[str, Any]:
    means = pairs.groupby("station")[["x", "y"]].mean().mean()
    return {"part": name, "pairs": len(pairs), "x": float(means["x"]), "y": float(means["y"])}


def _scatter_words(across: Gathered, up: Gathered, rows: pd.DataFrame, every: int, lang: str) -> Words:
    first, second = across.variable, up.variable
    given = {"first": first.name(lang), "second": second.name(lang)}
    counted = trn("{n} pair of values.", "{n} pairs of values.", int(rows["pairs"].iloc[-1]), lang)
    ends = {"low": _with_unit(float(rows["y"].iloc[0]), second, lang),
            "high": _with_unit(float(rows["y"].iloc[2]), second, lang)}  # fmt: skip
    sentence = f"{counted} {tr(THIRD, lang, **given, **ends)}"
    title = capital(tr(SCATTER_TITLE, lang, step=tr(up.step_name, lang), **given))
    note = tr(THINNED, lang, every=every) if every > 1 else ""
    alt = tr(CLOUD, lang, sentence=sentence)
    ends_named = _named(first, lang), _named(second, lang)
    return Words(title, sentence, alt, *ends_named, note, tr(TOGETHER, lang))


def _scatter_table(across: Gathered, up: Gathered, rows: pd.DataFrame) -> Table:
    def headers(lang: str) -> list[str]:
        means = [f"{tr(N_('mean'), lang)}: {_named(one.variable, lang)}" for one in (across, up)]
        return [tr(N_("which"), lang), tr(N_("pairs"), lang), *means]

    def caption(lang: str) -> str:
        return tr(N_("Split by the values of {name}"), lang, name=across.variable.name(lang))

    return Table(rows, caption, headers, {"x": across.variable.digits, "y": up.variable.digits}, rows="part")
