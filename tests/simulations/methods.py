"""What is put through the simulations: kit's own functions, each as users get it.

A method takes :class:`~tests.simulations.processes.Draws` and whether limits are needed, and gives
:class:`Said`: one answer per run. NaN is "no answer".
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from kit.analysis import variation
from kit.analysis.gradient import slope as slope_along
from kit.analysis.join import join
from kit.analysis.yearly_index import YearlyIndexResult, yearly_index
from kit.errors import AnalysisError
from kit.stats import (
    arrival,
    autocorrelation,
    bootstrap,
    changepoint,
    hill,
    homogeneity,
    kendall,
    mixed,
    occupancy,
    panel,
    permutation,
    regional,
    smooth,
)
from kit.stats.rarefaction import curves
from tests.simulations.processes import MONTHS, Draws
from tests.stats.communities import true_hill, true_rarefied

Floats = NDArray[np.float64]
#: A method this slow gets one in so many of the runs.
SLOW = {"block_bootstrap": 10, "homogeneity": 2, "homogeneity_months": 2, "mixed_model": 5}
#: Where everything is found, intervals of Hill numbers have no width; so much of a species is no error.
NEAR = 0.01


@dataclass(frozen=True)
class Said:
    """Per run ``p``, limits, estimate; shape (runs,) or (runs, k). The truth, if not that of the draws."""

    p: Any = None
    low: Any = None
    high: Any = None
    estimate: Any = None
    truth: Any = None

    def alarms(self) -> Floats:
        """Return 1 where the method says that there is an effect."""
        if self.p is None:
            return np.where(np.isnan(self.low), np.nan, (self.low > 0) | (self.high < 0))
        return np.where(np.isnan(self.p), np.nan, np.asarray(self.p) <= 0.05)

    def held(self, truth: Any) -> Floats:
        """Return 1 where the interval holds the truth; the share of a run that has several."""
        true = np.asarray(truth if self.truth is None else self.truth)
        inside = np.where(np.isnan(self.low), np.nan, (self.low <= true) & (true <= self.high))
        if inside.ndim == 1:
            return inside
        answered = np.isfinite(inside).sum(axis=1)
        return np.where(answered > 0, np.nansum(inside, axis=1) / np.maximum(answered, 1), np.nan)


Method = Callable[[Draws, bool], Said]


def each(values: Any, function: Callable[..., Any], *fields: str, more: Any = None) -> Said:
    """Return what ``function`` gives for each run; ``fields`` name its attributes."""
    many = [function(one) if more is None else function(one, more[i]) for i, one in enumerate(values)]
    return Said(**{name: np.array([getattr(one, name) for one in many], dtype=float) for name in fields})


def without_season(values: Floats) -> Floats:
    """Return months (runs, years, 12) without their medians, as (runs, months)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a month of the year that is always missing
        return (values - np.nanmedian(values, axis=1, keepdims=True)).reshape(len(values), -1)


def independent(draws: Draws) -> Floats:
    """Return (runs, n) as a test for independent values asks for: the true season taken out of months."""
    values = draws.values
    return values if values.ndim == 2 else (values - draws.given["season"]).reshape(len(values), -1)


def trend(draws: Draws, limits: bool) -> Said:
    """What kit.trend does, for one station or many, when nothing else is said."""
    years = np.arange(draws.values.shape[1])

    def one(values: Floats) -> regional.Joint:
        return regional.joint_slope(values, years, months=MONTHS, confidence=0.95 if limits else None)

    return each(draws.values, one, "p", "low", "high")


def mixed_model(draws: Draws, limits: bool) -> Said:
    """The second opinion of the region: what kit.mixed_trend rests on."""
    years = np.arange(draws.values.shape[1])
    return each(draws.values, lambda y: mixed.mixed_slope(y, years, months=tuple(MONTHS)), "p", "low", "high")


def mann_kendall(draws: Draws, limits: bool) -> Said:
    return Said(p=kendall.trends(independent(draws)).p)


def mann_kendall_without_season(draws: Draws, limits: bool) -> Said:
    return Said(p=kendall.trends(without_season(draws.values)).p)


def theil_sen(draws: Draws, limits: bool) -> Said:
    found = kendall.trends(independent(draws))
    return Said(low=12 * found.low, high=12 * found.high)


def theil_sen_without_season(draws: Draws, limits: bool) -> Said:
    found = kendall.trends(without_season(draws.values))
    return Said(low=12 * found.low, high=12 * found.high)


def block_bootstrap(draws: Draws, limits: bool) -> Said:
    found = each(without_season(draws.values), bootstrap.slope_interval, "low", "high")
    return Said(low=12 * found.low, high=12 * found.high)


def seasonal_kendall(draws: Draws, limits: bool) -> Said:
    return each(draws.values, lambda y: kendall.seasonal_kendall(y, correlated=False), "p")


def seasonal_kendall_covariance(draws: Draws, limits: bool) -> Said:
    return each(draws.values, kendall.seasonal_kendall, "p")


def hamed_rao(draws: Draws, limits: bool) -> Said:
    return each(without_season(draws.values), autocorrelation.hamed_rao, "p")


def prewhitened(draws: Draws, limits: bool) -> Said:
    return each(without_season(draws.values), autocorrelation.prewhitened, "p")


def pettitt(draws: Draws, limits: bool) -> Said:
    return each(draws.values, changepoint.pettitt, "p")


def change_point(draws: Draws, limits: bool) -> Said:
    return each(without_season(draws.values), changepoint.of_months, "p")


@lru_cache(maxsize=1)
def _homogeneities(draws: Draws) -> list[homogeneity.Homogeneity]:
    years = np.arange(float(draws.values.shape[1]))

    def one(y: Floats) -> homogeneity.Homogeneity:
        joint = regional.joint_slope(y, years, months=MONTHS, confidence=None)
        return homogeneity.by_shuffling(y, years, joint.slope, 12, joint.widened)

    return [one(y) for y in draws.values]


def homogeneity_stations(draws: Draws, limits: bool) -> Said:
    return Said(p=np.array([found.stations.p for found in _homogeneities(draws)]))


def homogeneity_months(draws: Draws, limits: bool) -> Said:
    return Said(p=np.array([found.months.p for found in _homogeneities(draws)]))


def difference_in_differences(draws: Draws, limits: bool) -> Said:
    after, treated = draws.given["after"], draws.given["treated"]
    return each(draws.values, lambda y: panel.difference_in_differences(y, after, treated), "p")


def turned_days(draws: Draws, limits: bool) -> Said:
    """What kit.before_after does where there are too few stations to tell."""
    after, treated = draws.given["after"], draws.given["treated"]
    gap = draws.values[:, :, treated].mean(axis=2) - draws.values[:, :, ~treated].mean(axis=2)
    return each(gap, lambda y: permutation.step(y, after), "p")


def gradient(draws: Draws, limits: bool) -> Said:
    def one(values: Floats, along: Floats) -> permutation.Chance:
        return slope_along(along, panel.levels(values).stations)

    return each(draws.values, one, "p", more=draws.given["along"])


@lru_cache(maxsize=1)
def _hills(draws: Draws) -> tuple[Said, Said]:
    """Return the intervals for the whole community and at half the sample's size."""
    units, size, q = draws.given["units"], draws.given["size"], draws.given["order"]
    whole, half = [], []
    for run, counts in enumerate(draws.values):
        found = curves(counts, units, sizes=[size // 2], orders=(q,), replicates=100, seed=run)
        whole.append((found.asymptote_low[0], found.asymptote_high[0]))
        half.append((found.low[0, 0] - NEAR, found.high[0, 0] + NEAR))
    ends, at = np.array(whole).T, np.array(half).T
    return (
        Said(low=ends[0], high=ends[1], truth=true_hill(draws.truth, q)),
        Said(low=at[0], high=at[1], truth=true_rarefied(draws.truth, size // 2, q)),
    )


def hill_asymptotic(draws: Draws, limits: bool) -> Said:
    return _hills(draws)[0]


def hill_rarefied(draws: Draws, limits: bool) -> Said:
    return _hills(draws)[1]


def chao1(draws: Draws, limits: bool) -> Said:
    found = np.array([hill.chao(counts) for counts in draws.values])
    return Said(estimate=found, truth=len(draws.truth))


def chao2(draws: Draws, limits: bool) -> Said:
    surveys = draws.given["surveys"]
    found = np.array([hill.chao(counts, units=draws.given["size"] // 10) for counts in surveys])
    return Said(estimate=found, truth=len(draws.truth))


def smooth_trend(draws: Draws, limits: bool) -> Said:
    return each(draws.values, smooth.smooth, "low", "high")


def variation_mean(draws: Draws, limits: bool) -> Said:
    """The mean of each hour of the day, as kit.variation gives it for one station."""
    time = pd.date_range("2026-01-01", periods=draws.values.shape[1], freq="h", unit="us")

    def one(values: Floats) -> pd.DataFrame:
        ds = xr.Dataset(
            {"pm25": (("station", "time"), values[None])}, {"station": ["EE-A/roof"], "time": time},
            {"freq": "1h"},
        )  # fmt: skip
        return variation(ds).cells

    return each(draws.values, one, "low", "high")


def of_places(draws: Draws, limits: bool) -> Said:
    """The share of places where it lives; no answer where it was found nowhere."""
    visits = np.full(draws.values.shape[1], draws.values.shape[2])
    found = [occupancy.occupancy(one.sum(axis=1), visits) for one in draws.values]
    ends = np.array([(f.low, f.high) if f.found else (np.nan, np.nan) for f in found])
    return Said(low=ends[:, 0], high=ends[:, 1])


@lru_cache(maxsize=1)
def _arrivals(draws: Draws) -> Floats:
    """Return the last day without it, the day since which it may be there, and the first, (runs, 3)."""
    found = np.full((len(draws.values), 3), np.nan)
    for run, lists in enumerate(draws.values):
        if lists[:, 1].any():
            one = arrival.arrival(lists[:, 0], lists[:, 1] > 0)
            found[run] = one.not_before, one.since, one.first
    return found


def first_date(draws: Draws, limits: bool) -> Said:
    """From the last list without it to the first with it."""
    ends = _arrivals(draws)
    return Said(low=ends[:, 0], high=ends[:, 2])


def first_date_since(draws: Draws, limits: bool) -> Said:
    """From the day since which it may have been there overlooked."""
    ends = _arrivals(draws)
    return Said(low=ends[:, 1], high=ends[:, 2])


FIRST_YEAR, SPECIES = 2000, "Alauda arvensis"


def _index_of(values: Floats) -> YearlyIndexResult | None:
    """Return what kit.yearly_index says of counts (sites, years), a complete list of an hour each."""
    site, year = np.nonzero(np.isfinite(values))
    frame = pd.DataFrame({
        "station": [f"EE-{k}/field" for k in site], "eventID": (FIRST_YEAR + year).astype(str),
        "eventDate": [f"{FIRST_YEAR + k}-05-01" for k in year], "individualCount": values[site, year],
    })  # fmt: skip
    frame = frame.assign(
        scientificName=SPECIES, occurrenceStatus="present", complete=True, effort_minutes=60.0, flag=1
    )
    try:
        return yearly_index(frame, SPECIES)
    except AnalysisError:
        return None


def index_limits(draws: Draws, limits: bool) -> Said:
    """The index of each year but the first, which is 100."""
    runs, _, years = draws.values.shape
    ends = np.full((2, runs, years), np.nan)
    for run, values in enumerate(draws.values):
        if (found := _index_of(values)) is not None and found.base == FIRST_YEAR:
            table = found.years[found.years["year"] > FIRST_YEAR]
            ends[:, run, table["year"] - FIRST_YEAR] = table[["low", "high"]].to_numpy().T / 100
    return Said(low=ends[0], high=ends[1])


def index_trend(draws: Draws, limits: bool) -> Said:
    found = [_index_of(values) for values in draws.values]
    ends = np.array([(one.change_low, one.change_high) if one else (np.nan, np.nan) for one in found])
    return Said(low=ends[:, 0], high=ends[:, 1])


def join_p(draws: Draws, limits: bool) -> Said:
    """What kit.join says of a species and daily readings; no answer where too few surveys are alike."""
    found = np.full(len(draws.values), np.nan)
    for run, seen in enumerate(draws.values):
        air, day, school = (draws.given[name][run] for name in ("air", "day", "school"))
        time = pd.date_range("2026-01-01", periods=len(air), freq="D", unit="us")
        stations = [f"EE-{k}/roof" for k in range(air.shape[1])]
        ds = xr.Dataset(
            {"pm25": (("station", "time"), air.T)}, {"station": stations, "time": time}, {"freq": "1D"}
        )
        lists = pd.DataFrame({
            "station": [f"EE-{k}/park" for k in school], "eventDate": time[day].strftime("%Y-%m-%d"),
            "eventID": np.arange(len(seen)).astype(str), "scientificName": "Pica pica",
        })  # fmt: skip
        rows = pd.concat([lists, lists[seen > 0].assign(scientificName=SPECIES)], ignore_index=True)
        rows = rows.assign(
            complete=True, flag=1, individualCount=1.0, effort_minutes=10.0, occurrenceStatus="present"
        )
        with suppress(AnalysisError):
            found[run] = join(ds, rows, SPECIES).p
    return Said(p=found)


METHODS: dict[str, Method] = {
    "trend": trend,
    "mixed_model": mixed_model,
    "mann_kendall": mann_kendall,
    "mann_kendall_without_season": mann_kendall_without_season,
    "theil_sen": theil_sen,
    "theil_sen_without_season": theil_sen_without_season,
    "block_bootstrap": block_bootstrap,
    "seasonal_kendall": seasonal_kendall,
    "seasonal_kendall_covariance": seasonal_kendall_covariance,
    "hamed_rao": hamed_rao,
    "prewhitened": prewhitened,
    "pettitt": pettitt,
    "change_point": change_point,
    "homogeneity": homogeneity_stations,
    "homogeneity_months": homogeneity_months,
    "difference_in_differences": difference_in_differences,
    "turned_days": turned_days,
    "gradient": gradient,
    "hill_asymptotic": hill_asymptotic,
    "hill_rarefied": hill_rarefied,
    "chao1": chao1,
    "chao2": chao2,
    "first_date": first_date,
    "first_date_since": first_date_since,
    "join": join_p,
    "yearly_index": index_limits,
    "yearly_index_trend": index_trend,
    "occupancy": of_places,
    "smooth_trend": smooth_trend,
    "variation_mean": variation_mean,
}
