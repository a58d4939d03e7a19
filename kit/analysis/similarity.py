"""Which stations move together? Correlation of the days at each pair of stations, and groups of alike ones.

Every day is compared with the mean of the 31 days around it at its own station, so that neither the season,
nor a trend, nor a station's level makes stations alike. Groups are found by average linkage of 1 -
correlation (Sokal & Michener 1958). A station that is like no other one measures something of its own, or its
device is ill.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from kit.analysis import series, together
from kit.analysis.conditions import By, conditioned
from kit.analysis.result import HEADINGS, Result, named
from kit.errors import UsageError
from kit.stats import cluster
from kit.text import N_, join, number, tr, trn

#: A day is compared with so many days before and after it, of which so many must be there.
REACH = 15
FEWEST_AROUND = 4
#: Stations belong together from this correlation on: half of what they do is then shared (0.7 squared).
ALIKE = 0.7
EARTH = 6371.0

METHOD = N_("Correlation of each day's distance from the 31 days around it; groups by average linkage")
TOGETHER = N_("{name}: the days at the {n} stations went up and down together (mean correlation {r}).")
PARTLY = N_("{name}: the days at the {n} stations went up and down partly together (mean correlation {r}).")
APART = N_("{name}: the days at the {n} stations did not go up and down together (mean correlation {r}).")
WORTH = N_("About the mean of the region they say as much as {n} stations that have nothing in common.")
ALL_ALIKE = N_("All of them belong to one group.")
ONE_OWN = N_("Like no other station: {stations}.")
CAUTION = N_(
    "That two stations move together does not show that one makes the other do it: mostly they share their "
    "weather. A station that is like no other may stand at a special place, or its device may be ill."
)
NO_PAIR = N_("{station} was left out: it has too few days in common with another station.")
HEADINGS |= {
    "most_like": N_("most like it"), "correlation": N_("correlation"),
    "distance": N_("distance, km"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SimilarityResult(Result):
    """How alike stations are.

    ``mean_correlation`` is that of all pairs; ``effective`` how many stations without anything in common
    would say as much about the region's mean (:func:`kit.stats.cluster.effective_number`). ``stations`` has
    one row per station: ``station``, ``station_name``, ``group`` (from 1), ``most_like`` (the name of the
    station most like it), ``correlation`` (with that one), ``distance`` (to it, km). ``matrix`` holds the
    correlations (stations, stations); ``merges`` the tree, as scipy's ``linkage`` writes it, with distances 1
    - correlation.
    """

    headings = MappingProxyType({"group": N_("group")})

    variable: str
    unit: str
    n_stations: int
    n_groups: int
    mean_correlation: float
    effective: float
    alike: float
    stations: pd.DataFrame = field(repr=False)
    matrix: pd.DataFrame = field(repr=False)
    merges: np.ndarray[Any, np.dtype[np.float64]] = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per station."""
        return self.stations

    def sentence(self, lang: str | None = None) -> str:
        """Say how much the stations move together, and which ones do not."""
        r = self.mean_correlation
        how = TOGETHER if r >= self.alike else PARTLY if r >= self.alike**2 else APART
        main = tr(how, lang, name=named(self.variable, lang), n=number(self.n_stations, 0, lang),
                  r=number(r, 2, lang))  # fmt: skip
        worth = tr(WORTH, lang, n=number(self.effective, 1, lang))
        return f"{main} {worth} {self.grouping(lang)}"

    def grouping(self, lang: str | None = None) -> str:
        """Say into how many groups the stations fall, and which stand alone."""
        if self.n_groups == 1:
            return tr(ALL_ALIKE, lang)
        said = trn("They fall into {n} group.", "They fall into {n} groups.", self.n_groups, lang)
        size = self.stations["group"].map(self.stations["group"].value_counts())
        own = self.stations.loc[size == 1, "station_name"].tolist()
        return f"{said} {tr(ONE_OWN, lang, stations=join(own, lang))}" if own else said

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang)


@conditioned
def similarity(
    ds: xr.Dataset, variable: str | None = None, *, alike: float = ALIKE, by: By = None
) -> SimilarityResult:
    """Return which stations move together from day to day.

    Parameters
    ----------
    ds
        Daily readings: dims (station, time).
    variable
        Which one, if the dataset holds several.
    alike
        From which mean correlation on stations belong to one group, between 0 and 1.
    by
        The same for each part: season, weekday, month, wind …

    Raises
    ------
    AnalysisError
        ``few-stations``: fewer than two stations have 30 days in common.

    Examples
    --------
    Three stations share their weather, one stands in a cellar of its own:

    >>> rng = np.random.default_rng(0)
    >>> days = pd.date_range("2026-01-01", periods=120).as_unit("us")
    >>> values = rng.normal(0, 1, (4, 120))
    >>> values[:3] += 3 * rng.normal(0, 1, 120)
    >>> ds = xr.Dataset({"pm25": (("station", "time"), values)}, {"station": list("abcd"), "time": days})
    >>> found = similarity(ds.assign_attrs(freq="1D"))
    >>> found.table["group"].tolist(), found.n_groups
    ([1, 1, 1, 2], 2)
    """
    if not 0 < alike < 1:
        raise UsageError("The correlation from which stations are alike lies between 0 and 1.", code="alike",
                         value=str(alike))  # fmt: skip
    name = series.main_variable(ds, variable)
    values, notes = together.outdoor_days(ds, name)
    shown = series.station_names(ds)
    values = together.comparable(around(values), notes, shown, together.FEWEST_DAYS)
    matrix = cluster.correlations(values.to_numpy(), together.FEWEST_DAYS)
    kept = _complete(matrix)
    notes += [(NO_PAIR, {"station": shown[str(station)]}) for station in values.columns[~kept]]
    if kept.sum() < 2:
        raise together.too_few_stations(int(kept.sum()), 2)
    values, matrix = values.loc[:, kept], matrix[np.ix_(kept, kept)]
    merges = cluster.average_linkage(1 - matrix)
    group = cluster.groups(merges, 1 - alike)
    names = [str(station) for station in values.columns]
    return SimilarityResult(
        method=METHOD, n=int(values.notna().to_numpy().sum()), completeness=together.completeness(values),
        version=series.version(ds), notes=tuple(notes), variable=name, unit=series.unit(ds, name),
        n_stations=len(names), n_groups=int(group.max()) + 1, alike=alike,
        mean_correlation=float(matrix[np.triu_indices(len(names), 1)].mean()),
        effective=cluster.effective_number(matrix), stations=_stations(ds, names, matrix, group),
        matrix=pd.DataFrame(matrix, names, names), merges=merges,
    )  # fmt: skip


def around(values: pd.DataFrame) -> pd.DataFrame:
    """Return the distance of each day from the mean of the 31 days around it at its own station."""
    usual = values.rolling(f"{2 * REACH + 1}D", center=True, min_periods=FEWEST_AROUND).mean()
    return values - usual


def _complete(matrix: np.ndarray[Any, Any]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Return which stations have a correlation with all others kept, leaving out the emptiest first."""
    kept = np.isfinite(np.diag(matrix))
    while True:
        gaps = (np.isnan(matrix) & kept & kept[:, None]).sum(axis=1)
        if not gaps.any():
            return kept
        kept[int(np.argmax(gaps))] = False


def _stations(ds: xr.Dataset, names: list[str], matrix: np.ndarray[Any, Any], group: Any) -> pd.DataFrame:
    shown = series.station_names(ds)
    others = np.where(np.eye(len(names), dtype=bool), -np.inf, matrix)
    nearest = others.argmax(axis=1)
    apart = distances(ds, names)
    rows = np.arange(len(names))
    return pd.DataFrame({
        "station": names, "station_name": [shown[one] for one in names], "group": group + 1,
        "most_like": [shown[names[at]] for at in nearest], "correlation": matrix[rows, nearest],
        "distance": apart[rows, nearest],
    })  # fmt: skip


def distances(ds: xr.Dataset, names: list[str]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the distances between stations in km along the surface, NaN where a place is not known."""
    places = []
    for axis in ("latitude", "longitude"):
        held = series.station_text(ds, axis)
        places.append(np.radians([float(held[one] or math.nan) for one in names]))
    lat, lon = places
    a = np.sin((lat[:, None] - lat) / 2) ** 2
    a = a + np.cos(lat[:, None]) * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    found: np.ndarray[Any, np.dtype[np.float64]] = 2 * EARTH * np.arcsin(np.sqrt(np.clip(a, 0, 1)))
    return found
