"""Each with the range in which it may lie: stations, schools and groups beside each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from kit.analysis import (
    CalibrationResult,
    DeviationsResult,
    DiversityResult,
    GradientResult,
    HomogeneityResult,
    InfluenceResult,
)
from kit.analysis.result import Note, Result, called, digits_for, said, symbol
from kit.figures.chart import Chart
from kit.figures.forms import BLUE, ORANGE, Floats, dots, floats, rule
from kit.figures.labels import NEAR, arrange
from kit.figures.layers import Layer
from kit.figures.panels import Axis, Panel
from kit.figures.told import CLOUD, DOTS, Told, chart, names, unit_of
from kit.text import N_, number, tr

A_YEAR = N_("{unit} a year")
MAY_BE = N_("where it may lie (95 %)")
INFLUENCE = N_("{name}: the joint trend without each school")
WITHOUT, WHOLE = N_("trend without this school"), N_("trend with all schools")
HOMOGENEITY = N_("{name}: does one trend fit all stations?")
OWN, JOINT = N_("trend of this station"), N_("trend of all stations together")
DIVERSITY_MINUTES = N_("Species found with the same effort (minutes: {effort})")
DIVERSITY_SURVEYS = N_("Species found with the same effort (surveys: {effort})")
SPECIES = N_("number of species")
GRADIENT = N_("{name} along the places")
ALONG = {
    "elevation": N_("height above the sea (m)"), "latitude": N_("latitude (degrees north)"),
    "longitude": N_("longitude (degrees east)"),
}  # fmt: skip
SCALE, STATION, LINE = N_("along the scale"), N_("station"), N_("line of the stations")
CALIBRATION = N_("{name}: the device beside the reference")
BEFORE, AFTER, SAME = N_("as the device says"), N_("calibrated"), N_("where both would be the same")
REFERENCE = N_("reference")
DEVIATIONS = N_("{name}: how far off the device is, by {by}")
GAP, HALF = N_("mean difference from the reference"), N_("half of the differences lie here")
NONE = N_("no difference")
NUMBERS = N_("The numbers are those of the rows of the table.")


def of_influence(result: InfluenceResult) -> Chart:
    """Return the joint trend without each school, and with all of them."""
    table = result.schools
    return _beside(result, table, [str(name) for name in table["school"]], (WITHOUT, WHOLE), result.slope,
                   (INFLUENCE, {"name": called(result.variable)}), "influence")  # fmt: skip


def of_homogeneity(result: HomogeneityResult) -> Chart:
    """Return the trend of each station, and that of all together."""
    table = result.stations[result.stations["slope"].notna()].reset_index(drop=True)
    return _beside(result, table, names(table), (OWN, JOINT), result.slope,
                   (HOMOGENEITY, {"name": called(result.variable)}), "homogeneity")  # fmt: skip


def _beside(
    result: Result, table: pd.DataFrame, shown: list[str], words: tuple[str, str], whole: float, title: Note,
    kind: str,
) -> Chart:  # fmt: skip
    """Return slopes with their intervals, and the joint one as a line."""
    digits = digits_for(*table["slope"], whole)
    layers, axis = dots(table, shown, "slope", "low", "high", (words[0], MAY_BE), digits, unit_of(result))
    line = rule(whole, np.array([-0.5, len(table) - 0.5]), words[1], upright=True, colour=ORANGE)
    zero = rule(0.0, np.array([-0.5, len(table) - 0.5]), N_("no change"), upright=True, dash="dot", width=1.2)
    span = roomy(np.concatenate([floats(table["low"]), floats(table["high"]), [0.0, whole]]), 0.05).span
    across = Axis(span=span, title=lambda lang: tr(A_YEAR, lang, unit=unit_of(result)).strip())
    told = Told(result, title, DOTS)
    return chart(kind, (Panel((zero, line, *layers), x=across, y=axis),), told, digits=digits)


def of_diversity(result: DiversityResult) -> Chart:
    """Return the species of each group at equal effort, most at the top."""
    table = result.groups.reset_index(drop=True)
    value = "at_equal_effort"

    def shown(lang: str) -> Sequence[str]:
        return [said(result.names[str(key)], lang) for key in table[result.by]]

    layers, axis = dots(table, shown, value, f"{value}_low", f"{value}_high", (SPECIES, MAY_BE), 1, "")
    title = DIVERSITY_MINUTES if result.effort_unit == "minutes" else DIVERSITY_SURVEYS
    told = Told(result, (title, {"effort": _number(result.effort)}), DOTS, SPECIES)
    ends = np.concatenate([floats(table[f"{value}_low"]), floats(table[f"{value}_high"])])
    return chart("diversity", (Panel(layers, x=roomy(ends, 0.05), y=axis),), told, unit="", digits=1)


def _number(value: float) -> Callable[[str], str]:
    return lambda lang: number(value, None, lang)


def of_gradient(result: GradientResult) -> Chart:
    """Return the stations along the quality of their places, and the line through them."""
    table = result.stations
    x, y = floats(table["along"]), floats(table["level"])
    line = float(y.mean()) + result.slope * (np.array([x.min(), x.max()]) - x.mean())
    digits, unit = digits_for(*y), unit_of(result)
    shown = names(table)

    def told_of(lang: str) -> list[str]:
        return [f"{name}: {number(float(v), digits, lang)} {unit}" for name, v in zip(shown, y, strict=True)]

    layers = [
        Layer("line", np.array([x.min(), x.max()]), line, LINE, colour=ORANGE, dash="dash", width=2.2),
        Layer("points", x, y, STATION, colour=BLUE, symbol="circle", size=9, said=told_of),
    ]
    words, across, up, notes = beside(x, y, shown)
    layers.append(words)
    title = (GRADIENT, {"name": called(result.variable)})
    told = Told(result, title, CLOUD, ALONG.get(result.along, SCALE), unit, notes)
    return chart("gradient", (Panel(tuple(layers), x=across, y=up),), told, digits=digits)


def beside(x: Floats, y: Floats, shown: Sequence[str]) -> tuple[Layer, Axis, Axis, tuple[Note, ...]]:
    """Return names beside points, axes with room for them, and a note.

    Where the names do not fit, there are numbers: those of the rows of the table.
    """
    across, up = roomy(x), roomy(y)
    ends = across.span or (0.0, 1.0), up.span or (0.0, 1.0)
    box = (ends[0][0], ends[1][0], ends[0][1], ends[1][1])
    numbers = [str(at + 1) for at in range(len(shown))]
    words, notes = list(shown), ()
    places = arrange(x, y, words, box, 2.1, 15)
    if places is None:
        words, notes = numbers, ((NUMBERS, {}),)  # type: ignore[assignment]
        places = arrange(x, y, words, box, 2.1, 15) or (NEAR[0],) * len(shown)
    layer = Layer("points", x, y, size=0.1, symbol="circle", colour=BLUE, labels=lambda _: words,
                  places=places, legend=False)  # fmt: skip
    return layer, across, up, notes


def of_deviations(result: DeviationsResult) -> Chart:
    """Return the mean difference from the reference in each part, and where half of the differences lie."""
    table, unit = result.parts, unit_of(result)

    def shown(lang: str) -> Sequence[str]:
        ends = [[number(float(v), 0, lang) for v in table[end]] for end in ("low", "high")]
        spans = [f"{low} … {high} {symbol(result.by)}".strip() for low, high in zip(*ends, strict=True)]
        words = [said(result.names[str(part)], lang) for part in table["part"]]
        return [f"{word} ({span})" for word, span in zip(words, spans, strict=True)]

    digits = digits_for(*table["bias"])
    layers, axis = dots(table, shown, "bias", "q25", "q75", (GAP, HALF), digits, unit)
    zero = rule(0.0, np.array([-0.5, len(table) - 0.5]), NONE, upright=True, dash="dot", width=1.2)
    ends = np.concatenate([floats(table["q25"]), floats(table["q75"]), floats(table["bias"]), [0.0]])
    across = Axis(span=roomy(ends, 0.05).span, title=lambda lang: f"{tr(GAP, lang)} ({unit})")
    title = (DEVIATIONS, {"name": called(result.variable), "by": called(result.by)})
    told = Told(result, title, DOTS)
    return chart("deviations", (Panel((zero, *layers), x=across, y=axis),), told, digits=digits)


def roomy(values: Floats, share: float = 0.15) -> Axis:
    """Return an axis with room around its values (for words, if there are any)."""
    held = values[np.isfinite(values)] if np.isfinite(values).any() else np.zeros(1)
    wide = (float(held.max() - held.min()) or 1.0) * share
    return Axis(span=(float(held.min()) - wide, float(held.max()) + wide))


def of_calibration(result: CalibrationResult) -> Chart:
    """Return what the device says, raw and calibrated, over what the reference says."""
    pairs = result.pairs
    x = floats(pairs["reference"])
    ends = np.array([np.nanmin(x), np.nanmax(x)])
    layers = (
        Layer(
            "points", x, floats(pairs["device"]), BEFORE, colour=ORANGE, symbol="square", size=5, faint=True
        ),
        Layer(
            "points", x, floats(pairs["calibrated"]), AFTER, colour=BLUE, symbol="circle", size=5, faint=True
        ),
        Layer("line", ends, ends, SAME, colour="#222222", dash="dash", width=1.6),
    )
    title = (CALIBRATION, {"name": called(result.variable)})
    unit = unit_of(result)
    across = Axis(title=lambda lang: f"{tr(REFERENCE, lang)} ({unit})" if unit else tr(REFERENCE, lang))
    told = Told(result, title, CLOUD, "", unit)
    return chart("calibration", (Panel(layers, x=across),), told, values=x[np.isfinite(x)])
