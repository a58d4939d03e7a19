"""A second opinion about a region's trend: a linear mixed model beside Kendall's slope.

The joint trend (:mod:`kit.analysis.trend`) counts rises and falls and shuffles years; the mixed model
(:mod:`kit.stats.mixed`) takes every value as it is and estimates what stations share and how months remember
each other. Both use the same months of the same stations. Where two so different ways agree, the answer does
not hang on the way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from kit.analysis import series
from kit.analysis.conditions import By, conditioned
from kit.analysis.full_years import rests_on
from kit.analysis.result import Note, Result, digits_for, even, named
from kit.analysis.trend import CAUTION, FALL, RISE, UNCLEAR, TrendResult, trend
from kit.stats import mixed
from kit.text import N_, number, tr

METHOD = N_(
    "Linear mixed model (restricted maximum likelihood): levels of stations and months, slopes of stations, "
    "weather that all share, memory from month to month"
)
AGREE = N_("Counting rises and falls gives {slope} {unit} a year ({low} to {high}): the two ways agree.")
DISAGREE = N_(
    "Counting rises and falls gives {slope} {unit} a year ({low} to {high}): the two ways do not agree, so "
    "rely on neither before you know why."
)
SHARED = N_("Without season and trend, {share} % of the ups and downs are shared by all stations.")
OWN = N_("The trends of single stations differ by about {own} {unit} a year from the joint one.")
PULLED = N_("A few very high or very low values can pull this way; the other one hardly feels them.")


@dataclass(frozen=True, kw_only=True)
class MixedTrendResult(Result):
    """A joint slope a year by a mixed model, with a 95 % interval, beside that of ``trend``.

    ``slope``, ``low``, ``high``, ``p`` with ``freedom`` degrees of freedom. ``other`` is the result of
    :func:`kit.analysis.trend` for the same readings. ``memory`` is the correlation of what is left in
    neighbouring months of a station, ``shared`` the share (0 to 1) of the variance that all stations share,
    ``own`` the standard deviation of the stations' slopes. ``stations`` has one row per station used, its
    ``slope`` drawn towards the joint one as far as its own record is weak.
    """

    variable: str
    unit: str
    slope: float
    low: float
    high: float
    p: float
    freedom: float
    n_stations: int
    years: int
    first: int
    last: int
    region: str
    memory: float
    shared: float
    own: float
    months: tuple[int, ...]
    confidence: float = 0.95
    other: TrendResult = field(repr=False)
    stations: pd.DataFrame = field(repr=False)

    @property
    def direction(self) -> str:
        """``"up"``, ``"down"``, or ``"unclear"`` where the interval holds zero."""
        return "up" if self.low > 0 else "down" if self.high < 0 else "unclear"

    @property
    def agrees(self) -> bool:
        """Whether both ways say the same, each estimate lying within the other's interval."""
        inside = self.low <= self.other.slope <= self.high and self.other.low <= self.slope <= self.other.high
        return inside and self.direction == self.other.direction

    @property
    def table(self) -> pd.DataFrame:
        """One row per station: its slope in the model."""
        return self.stations

    def sentence(self, lang: str | None = None) -> str:
        """Say the trend, and whether the other way of finding it agrees."""
        digits = digits_for(self.slope, (self.high - self.low) / 2)
        low, high, sign = self.low, self.high, 1
        if self.direction == "down":
            low, high, sign = -self.high, -self.low, -1
        main = tr(
            {"up": RISE, "down": FALL, "unclear": UNCLEAR}[self.direction], lang,
            name=named(self.variable, lang), slope=number(sign * self.slope, digits, lang), unit=self.unit,
            low=number(low, digits, lang), high=number(high, digits, lang), first=self.first, last=self.last,
        )  # fmt: skip
        ends = {key: number(getattr(self.other, key), digits, lang) for key in ("slope", "low", "high")}
        second = tr(AGREE if self.agrees else DISAGREE, lang, unit=self.unit, **ends)
        return f"{main} {second}".replace("  ", " ")

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return f"{tr(CAUTION, lang)} {tr(PULLED, lang)}"

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        """Return everything as plain JSON values, with ``direction`` and ``agrees``."""
        other = self.other.to_dict(lang)
        return {**super().to_dict(lang), "direction": self.direction, "agrees": self.agrees, "other": other}


@conditioned
def mixed_trend(
    ds: xr.Dataset, variable: str | None = None, *, months: tuple[int, ...] | None = None, by: By = None
) -> MixedTrendResult:
    """Return the joint trend by a linear mixed model, and whether it agrees with :func:`trend`.

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

    Notes
    -----
    Sources and measured coverage: :mod:`kit.stats.mixed`.

    Examples
    --------
    >>> times = pd.date_range("2018-01-01", "2023-12-01", freq="MS").as_unit("us")
    >>> weather = np.random.default_rng(0).normal(size=(4, 72)) / 10
    >>> warmer = 0.5 * (times.year.to_numpy(float) - 2018) + weather
    >>> ds = xr.Dataset({"temperature": (("station", "time"), warmer)},
    ...                 {"station": ["A/1", "B/1", "C/1", "D/1"], "time": times}, {"freq": "1M"})
    >>> found = mixed_trend(ds)
    >>> round(found.slope, 2), round(found.other.slope, 2), found.agrees
    (0.5, 0.5, True)
    """
    whole: TrendResult = trend(ds, variable, months=months)
    used = whole.stations[whole.stations["used"]]
    cubes, years = rests_on(ds, whole.variable, whole.months, used["station"])
    fit = mixed.mixed_slope(np.hstack([*cubes.values()]), years, months=whole.months)
    both = fit.shared**2 + fit.rest**2
    shared = fit.shared**2 / both if both > 0 else 0.0
    unit = series.unit(ds, whole.variable)
    notes: list[Note] = list(whole.notes)
    if len(used) >= mixed.FEWEST_FOR_SHARED:
        notes.append((SHARED, {"share": round(100 * shared)}))
    digits = digits_for(fit.slope, (fit.high - fit.low) / 2)
    if not even(fit.own, digits):
        notes.append((OWN, {"own": round(fit.own, digits), "unit": unit}))
    stations = used[["station", "station_name", "full_years", "months"]].reset_index(drop=True)
    return MixedTrendResult(
        method=METHOD, n=fit.n, completeness=whole.completeness, version=whole.version, notes=tuple(notes),
        variable=whole.variable, unit=unit, slope=fit.slope, low=fit.low, high=fit.high, p=fit.p,
        freedom=fit.freedom, n_stations=len(used), years=whole.years, first=whole.first, last=whole.last,
        region=whole.region, memory=fit.memory, shared=shared, own=fit.own, months=whole.months, other=whole,
        stations=stations.assign(slope=fit.slopes),
    )  # fmt: skip
