"""Could chance alone do this? The years are shuffled again and again, and one looks how often it does.

This is the test behind :func:`kit.analysis.trend` in a form that needs no word for probability: each month is
compared with the same month of later years, and one counts how often it rose and how often it fell. With
whole years in another order the same is counted again (Hirsch & Slack 1984, doi:10.1029/WR020i006p00727, for
why years move as a whole). ``count`` of ``orders`` is then a share that a class can see in a figure.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from kit.analysis.conditions import By, conditioned
from kit.analysis.full_years import rests_on
from kit.analysis.result import HEADINGS, Result, named
from kit.analysis.trend import TrendResult, trend
from kit.stats import kendall
from kit.text import N_, number, tr

#: So many shufflings where there are more different orders than that.
SHUFFLINGS = 1000
#: Of fewer than this share of shufflings we say that chance hardly does it.
SELDOM = 0.05

METHOD = N_("Each month against the same month of later years; whole years put into another order")
COUNTED = N_(
    "{name}: compared with the same month of a later year, it rose {rose} times and fell {fell} times."
)
SHUFFLED = N_(
    "With the years shuffled, rises and falls were at least as unequal in {count} of {n} shufflings."
)
HARDLY = N_("Chance hardly does this.")
EASILY = N_("Chance can do this, too.")
MEMORY = N_(
    "Months are a little like the month before them. If that is taken into account, it is {count} of {n} "
    "shufflings."
)
CAUTION = N_(
    "That chance hardly does it does not show what did it: a new device or a new building beside the station "
    "can, too. And that chance can do it does not show that nothing changed."
)
HEADINGS["rose_more"] = N_("rises minus falls")
HEADINGS["shufflings"] = N_("shufflings")


@dataclass(frozen=True, kw_only=True)
class ShuffleResult(Result):
    """What shuffling the years does.

    ``rose`` and ``fell`` count the pairs of a month and the same month of a later year, at the same station;
    ``score`` is their difference. ``scores`` holds the differences of all shufflings, the first being
    the real order: what a histogram shows. In ``count`` of ``orders`` of them (the real one among them) the
    difference was at least as far from 0. ``allowed`` is that count if the memory of the months is taken into
    account, as :func:`kit.analysis.trend` does.
    """

    variable: str
    unit: str
    rose: int
    fell: int
    score: int
    count: int
    allowed: int
    orders: int
    years: int
    first: int
    last: int
    n_stations: int
    region: str
    scores: NDArray[np.int64] = field(repr=False)

    @property
    def share(self) -> float:
        """Share of the shufflings that were as unequal as the real order, 0 to 1."""
        return self.count / self.orders

    @property
    def table(self) -> pd.DataFrame:
        """How often each difference came out: a histogram with at most 21 bars."""
        widest = int(np.abs(self.scores).max())
        step = max(1, -(-widest // 10))
        bars = np.rint(self.scores / step).astype(int) * step
        found, times = np.unique(bars, return_counts=True)
        return pd.DataFrame({"rose_more": found, "shufflings": times})

    def sentence(self, lang: str | None = None) -> str:
        """Say what was counted, and how often shuffling did the same."""
        said = tr(COUNTED, lang, name=named(self.variable, lang), rose=number(self.rose, 0, lang),
                  fell=number(self.fell, 0, lang))  # fmt: skip
        chance = tr(SHUFFLED, lang, count=number(self.count, 0, lang), n=number(self.orders, 0, lang))
        last = HARDLY if self.allowed / self.orders <= SELDOM else EASILY
        return f"{said} {chance} {tr(last, lang)}"

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang)

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        """Return everything as plain JSON values, with the share."""
        return {**super().to_dict(lang), "share": self.share}


@conditioned
def shuffle(
    ds: xr.Dataset, variable: str | None = None, *, months: tuple[int, ...] | None = None, by: By = None
) -> ShuffleResult:
    """Return how often shuffling the years gives as much rising or falling as there was.

    All stations move together, so what they share is not counted twice. Up to six years every order of the
    years is tried once (720); beyond, 1,000 drawn orders, the same each time.

    Parameters
    ----------
    ds, variable, months
        As :func:`kit.analysis.trend`, with the same rules about what is too short or left out.
    by
        For each part: season, month, weekday, weekend, station, school, region, exposure.

    Raises
    ------
    AnalysisError
        As :func:`kit.analysis.trend`: ``too-short``, ``constant``, ``indoor``.

    Examples
    --------
    Five years, each warmer than the one before: of the 120 orders only this one and its reverse do the same.

    >>> times = pd.date_range("2020-01-01", "2024-12-01", freq="MS").as_unit("us")
    >>> warmer = xr.DataArray([times.year.to_numpy(float)], dims=("station", "time"))
    >>> ds = xr.Dataset({"temperature": warmer}, {"station": ["a"], "time": times}, {"freq": "1M"})
    >>> found = shuffle(ds)
    >>> found.rose, found.fell, found.count, found.orders
    (120, 0, 2, 120)
    """
    whole: TrendResult = trend(ds, variable, months=months, method="shuffling")
    used = whole.stations["station"][whole.stations["used"]]
    cube = np.hstack([*rests_on(ds, whole.variable, whole.months, used)[0].values()])
    cube = cube[np.isfinite(cube).any(axis=1)]
    d = kendall.rises(cube)
    upper = np.triu_indices(len(cube), 1)
    moved = np.sign(cube[upper[1]] - cube[upper[0]])
    drawn = kendall.shuffled_scores(d)
    scores = np.rint(drawn if len(drawn) <= SHUFFLINGS else drawn[_spread(len(drawn))]).astype(np.int64)
    size = np.abs(scores)
    count, allowed = (int((size >= size[0] / limit - 1e-9).sum()) for limit in (1.0, whole.widened**0.5))
    note = [(MEMORY, {"count": allowed, "n": len(scores)})] if allowed != count else []
    return ShuffleResult(
        method=METHOD, n=whole.n, completeness=whole.completeness, version=whole.version,
        notes=(*whole.notes, *note), variable=whole.variable, unit=whole.unit,
        rose=int((moved > 0).sum()), fell=int((moved < 0).sum()), score=int(scores[0]), count=count,
        allowed=allowed, orders=len(scores), years=whole.years, first=whole.first, last=whole.last,
        n_stations=whole.n_stations, region=whole.region, scores=scores,
    )  # fmt: skip


def _spread(n: int) -> NDArray[np.int64]:
    """Return :data:`SHUFFLINGS` places of n, the first (the real order) among them."""
    drawn = np.random.default_rng(0).choice(np.arange(1, n), SHUFFLINGS - 1, replace=False)
    return np.append(0, np.sort(drawn)).astype(np.int64)
