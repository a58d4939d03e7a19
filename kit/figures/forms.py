"""Forms that several charts share: lines of stations, points with their ranges, bars, grids."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from kit.analysis.result import Note
from kit.figures.layers import GREY, STYLES, Layer
from kit.figures.panels import Axis, words_at
from kit.figures.told import names
from kit.text import N_, number

#: With more lines than this they are thin and grey.
MOST_LINES = len(STYLES)
#: More panels than this are too small to be read.
MOST_PANELS = 12
MORE = N_("Drawn: the first {shown} of {n}; the table holds all.")
BLUE, ORANGE, GREEN = STYLES[0][0], STYLES[1][0], STYLES[2][0]
Floats = npt.NDArray[np.float64]


def floats(values: Any) -> Floats:
    """Return a column as float64."""
    return np.asarray(values, dtype=np.float64)


def times(values: Any) -> npt.NDArray[np.datetime64]:
    """Return a column of times as datetime64[us]."""
    return pd.DatetimeIndex(values).to_numpy().astype("datetime64[us]")


def style(at: int) -> dict[str, Any]:
    """Return colour, dash and symbol of the line with this number."""
    colour, dash, symbol = STYLES[at % len(STYLES)]
    return {"colour": colour, "dash": dash, "symbol": symbol}


def parts(frame: pd.DataFrame, by: str = "station") -> Iterator[tuple[str, pd.DataFrame]]:
    """Return the rows of each station, in their order, with what people call it."""
    shown = names(frame) if by == "station" else [str(value) for value in frame[by]]
    called = dict(zip(frame[by], shown, strict=True))
    for key, part in frame.groupby(by, sort=False):
        yield called[key], part


def alone(name: str) -> Callable[[str], str]:
    """Return a name that is the same in every language, as a function of the language."""
    return lambda _: name


def few(found: Sequence[Any]) -> tuple[Sequence[Any], tuple[Note, ...]]:
    """Return at most :data:`MOST_PANELS` of them, and what is said of the others."""
    if len(found) <= MOST_PANELS:
        return found, ()
    return found[:MOST_PANELS], ((MORE, {"shown": MOST_PANELS, "n": len(found)}),)


def lines_of(frame: pd.DataFrame, x: str, y: str, by: str = "station") -> tuple[Layer, ...]:
    """Return a line for each station (or value of ``by``) of a long table; gaps stay gaps."""
    held = list(parts(frame, by))
    layers = []
    for at, (name, part) in enumerate(held):
        across = times(part[x]) if pd.api.types.is_datetime64_any_dtype(part[x]) else floats(part[x])
        if len(held) > MOST_LINES:
            grey: dict[str, Any] = {"colour": GREY, "width": 0.9, "legend": False}
            layers.append(Layer("line", across, floats(part[y]), name, **grey))
        else:
            layers.append(Layer("line", across, floats(part[y]), name, **style(at)))
    return tuple(layers)


def between(x: Any, low: Any, high: Any, name: str | Callable[[str], str], colour: str = BLUE) -> Layer:
    """Return a band between two lines."""
    return Layer("band", np.asarray(x), floats(high), name, low=floats(low), colour=colour)


def rule(at: Any, over: Any, name: str | Callable[[str], str], *, upright: bool = False, **how: Any) -> Layer:
    """Return a straight line at one value: level over the ends of ``over``, or upright between them."""
    ends = np.asarray(over)
    ends = np.array([ends.min(), ends.max()])
    one = np.full(2, at)
    x, y = (one, floats(ends)) if upright else (ends, one)
    return Layer("line", x, y, name, **{"colour": "#444444", "dash": "dash", "width": 1.4, **how})


def dots(
    frame: pd.DataFrame,
    shown: Sequence[str] | Callable[[str], Sequence[str]],
    value: str,
    low: str,
    high: str,
    names_of: tuple[str, str],
    digits: int,
    unit: str,
) -> tuple[tuple[Layer, ...], Axis]:
    """Return a point and its range for each row, names from above to below, and the axis of names.

    ``names_of`` are what the points and the ranges are called in the legend.
    """
    at = np.arange(len(frame), dtype=np.float64)
    ends = Layer("whiskers", floats(frame[high]), at, names_of[1], low=floats(frame[low]), colour=BLUE,
                 width=2.2, across=True)  # fmt: skip
    said = partial(_dots_said, frame[[value, low, high]].to_numpy(dtype=float), digits, unit)
    points = Layer("points", floats(frame[value]), at, names_of[0], colour=BLUE, symbol="circle", size=9,
                   said=said)  # fmt: skip
    axis = words_at(shown, down=True) if not callable(shown) else named_axis(shown, len(frame))
    return (ends, points), axis


def _dots_said(rows: Floats, digits: int, unit: str, lang: str) -> list[str]:
    written = [[number(float(v), digits, lang) for v in row] for row in rows]
    return [f"{value} {unit} ({low} … {high})" for value, low, high in written]


def named_axis(words: Callable[[str], Sequence[str]], n: int, *, down: bool = True) -> Axis:
    """Return an axis of ``n`` names that depend on the language."""

    def ticks(lang: str) -> list[tuple[float, str]]:
        return [(float(at), text) for at, text in enumerate(words(lang))]

    return Axis(ticks, (-0.5, n - 0.5), down, named=True)


def square(matrix: Floats, digits: int, *, written: bool, signed: bool = False) -> Layer:
    """Return a matrix as cells, its first row on top where the axis runs down; numbers in small ones."""
    n = len(matrix)
    rows, columns = (m.ravel().astype(np.float64) for m in np.mgrid[0:n, 0:n])
    value = matrix.ravel()

    def words(lang: str) -> list[str]:
        sign = ["+" if signed and v > 0 else "" for v in value]
        return [
            "" if v != v else s + number(float(v), digits, lang) for s, v in zip(sign, value, strict=True)
        ]

    return Layer("cells", columns, rows, value=value, written=words if written else None)


def unbroken(time: npt.NDArray[np.datetime64], *values: Floats) -> tuple[Any, ...]:
    """Return times and values with a NaN wherever steps are missing, so that a line is broken there.

    >>> days = np.array(["2026-01-01", "2026-01-02", "2026-01-05"], dtype="datetime64[us]")
    >>> unbroken(days, np.array([1.0, 2.0, 3.0]))[1].tolist()
    [1.0, 2.0, nan, 3.0]
    """
    steps = np.diff(time.astype(np.int64))
    after = np.flatnonzero(steps > 1.9 * steps.min()) + 1 if len(steps) else np.array([], dtype=int)
    return np.insert(time, after, time[after - 1]), *(np.insert(v, after, np.nan) for v in values)


def unbroken_years(year: Any, *values: Any) -> tuple[Floats, ...]:
    """Return all years from the first to the last, with NaN where there was none.

    >>> [column.tolist() for column in unbroken_years([2020, 2022], [1.0, 3.0])]
    [[2020.0, 2021.0, 2022.0], [1.0, nan, 3.0]]
    """
    frame = pd.DataFrame(
        {at: floats(one) for at, one in enumerate(values)}, index=np.asarray(year, dtype=int)
    )
    whole = frame.sort_index().reindex(range(int(frame.index.min()), int(frame.index.max()) + 1))
    return floats(whole.index), *(floats(whole[at]) for at in whole.columns)


def years_axis(years: Any) -> Axis:
    """Return an axis of whole years; some are left out where there are many."""
    seen = np.unique(floats(years))
    step = max(1, -(-len(seen) // 10))
    return Axis(lambda _: [(float(year), f"{year:.0f}") for year in seen[::step]],
                (float(seen[0]) - 0.6, float(seen[-1]) + 0.6))  # fmt: skip
