"""How first dates change along something: their slope, and how rare it is by chance.

A first date is an interval (:mod:`kit.analysis.phenology`); its middle is used where it is short enough. How
rare a slope is by chance is found by dealing the places (or the years) anew, and its interval holds every
slope that the same test does not reject (:mod:`kit.stats.permutation`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from kit.analysis.phenology import PhenologyResult
from kit.analysis.result import HEADINGS, Note, Result, digits_for
from kit.stats.permutation import Chance
from kit.text import N_, number, tr

#: Longer intervals do not say when it came (days).
WIDEST = 14
SECONDS = 86400.0
TOO_WIDE = N_("Left out, first dates of which nobody knows the day within {days} days: {n}.")
HEADINGS |= {"date": N_("date"), "width": N_("known within days")}


@dataclass(frozen=True, kw_only=True)
class SlopeOfDates(Result):
    """What these results have: ``slope`` with its 95 % interval, and how rare it is by chance."""

    #: Direction -> what is said.
    told: ClassVar[Mapping[str, str]]
    #: How rare it is by chance; what may not be concluded.
    chance: ClassVar[str]
    warning: ClassVar[str]

    taxon: str
    slope: float
    low: float
    high: float
    p: float
    count: int
    orders: int
    smallest_p: float

    @property
    def direction(self) -> str:
        """``"later"``, ``"earlier"``, or ``"unclear"`` where the interval holds zero."""
        return "later" if self.low > 0 else "earlier" if self.high < 0 else "unclear"

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        """Return everything as plain JSON values, with ``direction``."""
        return {**super().to_dict(lang), "direction": self.direction}

    def numbers(self, lang: str | None) -> dict[str, str]:
        """Return the slope and its limits as people read them, in the direction of the sentence."""
        sign = -1 if self.direction == "earlier" else 1
        ends = sorted((sign * self.low, sign * self.high))
        digits = digits_for(self.slope, (ends[1] - ends[0]) / 2)
        values = {"size": sign * self.slope, "low": ends[0], "high": ends[1]}
        return {key: number(value, min(digits, 1), lang) for key, value in values.items()}

    def about(self, lang: str | None) -> dict[str, Any]:
        """Return what else the sentence names."""
        return {}

    def sentence(self, lang: str | None = None) -> str:
        """Say how much later or earlier it came, and how rare such a slope is by chance."""
        main = tr(self.told[self.direction], lang, name=self.taxon, **self.about(lang), **self.numbers(lang))
        rare = tr(
            self.chance, lang, places=number(len(self.table), 0, lang), count=number(self.count, 0, lang),
            n=number(self.orders, 0, lang), rarest=number(round(self.smallest_p * self.orders), 0, lang),
        )  # fmt: skip
        return f"{main} {rare}"

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(self.warning, lang)


def middles(found: PhenologyResult, widest: float, notes: list[Note]) -> pd.DataFrame:
    """Return the first dates that are known well enough, with ``date`` (middle) and ``width`` (days)."""
    table = found.dates
    width = (table["first"] - table["not_before"]).dt.total_seconds() / SECONDS
    keep = width <= widest
    if not keep.all():
        notes.append((TOO_WIDE, {"n": int((~keep).sum()), "days": widest}))
    middle = table["not_before"] + (table["first"] - table["not_before"]) / 2
    return pd.DataFrame(table.assign(date=middle, width=width)[keep]).reset_index(drop=True)


def fields_of(found: Chance) -> dict[str, Any]:
    """Return what :class:`SlopeOfDates` holds of a slope."""
    return {
        "slope": found.estimate, "low": found.low, "high": found.high, "p": found.p, "count": found.count,
        "orders": found.deals, "smallest_p": found.smallest,
    }  # fmt: skip
