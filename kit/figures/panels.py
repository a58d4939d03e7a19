"""Panels: the planes on which layers are drawn, one for most charts, several for small multiples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Literal

import numpy as np

from kit.figures.layers import Layer
from kit.text import language, tr

Box = tuple[float, float, float, float]
#: Marks of an axis in a language: where they stand, and their words.
Ticks = Callable[[str], Sequence[tuple[float, str]]]


@dataclass(frozen=True)
class Axis:
    """One axis.

    ``ticks`` are words at places (names of months, of stations); None: numbers or dates. ``span`` is what is
    drawn, None: what the layers need. ``down``: the first place is on top. ``title``: its words, where they
    are not those of the chart. ``named``: the marks are all there is (stations, species); else they are some
    places on a line of numbers (hours).
    """

    ticks: Ticks | None = None
    span: tuple[float, float] | None = None
    down: bool = False
    title: Callable[[str], str] | None = None
    named: bool = False


@dataclass(frozen=True)
class Panel:
    """Layers on one plane: ``plain``, a ``map`` (then ``box`` is west, south, east, north in degrees), or
    ``polar`` (x: degrees clockwise from the north, y: outwards from the middle).
    """

    layers: tuple[Layer, ...]
    plane: Literal["plain", "map", "polar"] = "plain"
    title: Callable[[str], str] | None = None
    x: Axis = Axis()
    y: Axis = Axis()
    box: Box | None = None

    @property
    def dates(self) -> bool:
        """Whether its x axis is one of dates."""
        return any(np.issubdtype(layer.x.dtype, np.datetime64) for layer in self.layers)


def grid(n: int, columns: int = 0) -> tuple[int, int]:
    """Return rows and columns for ``n`` panels; ``columns`` is 0 where they are not asked for.

    >>> grid(1), grid(4), grid(7), grid(12), grid(3, 1)
    ((1, 1), (2, 2), (3, 3), (3, 4), (3, 1))
    """
    across = columns or (1 if n == 1 else 2 if n <= 4 else 3 if n <= 9 else 4)
    return -(-n // across), across


def marks(axis: Axis, lang: str, letters: int) -> tuple[list[tuple[float, str]], bool]:
    """Return the marks for an x axis with room for so many letters, and whether they must slant.

    Names are all shown; of other marks some are left out where they would meet.
    """
    ticks = list(axis.ticks(lang)) if axis.ticks else []
    needed = len(ticks) * (max((len(text) for _, text in ticks), default=0) + 2)
    if axis.named:
        return ticks, needed > letters
    return ticks[:: max(1, -(-needed // letters))], False


def shared(panels: tuple[Panel, ...], at: int, across: int) -> tuple[bool, bool]:
    """Return whether a panel's x axis stands below the panel under it, and its y axis left of the first."""
    panel, first = panels[at], panels[at // across * across]
    under = panels[at + across] if at + across < len(panels) else None
    low = under is not None and under.x == panel.x and (panel.x.ticks or panel.x.span) is not None
    return low, first is not panel and first.y == panel.y and panel.y.span is not None


def words_at(words: Sequence[str], down: bool = False, margin: float = 0.5) -> Axis:
    """Return an axis with the given words (or English templates) at 0, 1, 2 …"""
    held = tuple(words)
    span = (-margin, len(held) - 1 + margin)
    return Axis(partial(_translated, held), span, down, named=True)


def _translated(words: tuple[str, ...], lang: str) -> list[tuple[float, str]]:
    return [(float(at), tr(text, lang)) for at, text in enumerate(words)]


@cache
def months(first: float = 1.0) -> Axis:
    """Return an axis of the twelve months, January at ``first``."""
    return Axis(partial(_months, first), (first - 0.5, first + 11.5))


def _months(first: float, lang: str) -> list[tuple[float, str]]:
    return [(first + at, text) for at, text in enumerate(_names("months", lang))]


@cache
def weekdays(*, down: bool = False) -> Axis:
    """Return an axis of the seven days of the week, Monday at 0."""
    return Axis(lambda lang: [(float(at), text) for at, text in enumerate(_names("days", lang))],
                (-0.5, 6.5), down)  # fmt: skip


@cache
def sides() -> Axis:
    """Return an axis of the eight sides that a wind can come from, north at 0."""
    from kit.analysis.wind import COMPASS

    return Axis(lambda lang: [(float(at), tr(name, lang)) for at, name in enumerate(COMPASS[::2])],
                (-0.5, 7.5), named=True)  # fmt: skip


@cache
def year_days() -> Axis:
    """Return an axis of the days of a leap year, 1 to 366, with the names of the months at their first."""
    starts = (1, 32, 61, 92, 122, 153, 183, 214, 245, 275, 306, 336)
    return Axis(lambda lang: list(zip(map(float, starts), _names("months", lang), strict=True)), (0.5, 366.5))


@cache
def hours(step: int = 3) -> Axis:
    """Return an axis of the hours of the day, 0 to 23."""
    return Axis(lambda _: [(float(hour), f"{hour:02d}:00") for hour in range(0, 24, step)], (-0.5, 23.5))


def _names(what: str, lang: str) -> list[str]:
    """Return the short names of months or weekdays."""
    from babel.dates import get_day_names, get_month_names

    code = language(lang)
    found: Any
    if what == "months":
        found = get_month_names("abbreviated", context="stand-alone", locale=code)
        return [str(found[month]) for month in range(1, 13)]
    found = get_day_names("abbreviated", context="stand-alone", locale=code)
    return [str(found[weekday]) for weekday in range(7)]
