"""Who is missing? Where and when a region has no readings, before anything is said about the region.

A mean over those who measure says nothing about those who do not: places without a station, holidays without
readings, nights when a device is switched off. This counts them, and guesses nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pandas as pd
import xarray as xr

from kit.analysis import series
from kit.analysis.conditions import By, conditioned
from kit.analysis.result import HEADINGS, Result, called, named
from kit.analysis.sides import MONTHS
from kit.analysis.similarity import distances
from kit.errors import AnalysisError
from kit.text import N_, join, number, tr

#: Below this share of the times a station, a region, a month or an hour is called nearly empty.
SPARSE = 0.25

METHOD = N_("Share of the times with a reading, by station, region, month and hour of the day")
SHARE = N_("{name}: {share} % of what {n} stations could have measured is there.")
NOTHING = N_("Without any reading: {stations}.")
REGIONS = N_("No readings come from these regions: {regions}.")
EMPTIEST = N_("The emptiest month is {month} with {share} %, the fullest {full} with {full_share} %.")
EVEN = N_("All months are about equally full.")
HOURS = N_("Hours of the day with less than a quarter of the readings: {hours}.")
FARTHEST = N_("Farthest from the next station: {station} ({distance} km).")
CAUTION = N_(
    "What is missing may be different from what is there: devices fail in frost, schools are closed in "
    "summer. A mean of what is there says nothing about the rest."
)
HEADINGS |= {
    "readings": N_("readings"), "possible": N_("possible"), "nearest": N_("next station, km"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class MissingResult(Result):
    """Which readings there are and which not.

    ``stations`` has one row per station: ``station``, ``station_name``, ``region``, ``readings``,
    ``possible`` (times of the whole dataset), ``share``, ``first`` and ``last`` (NaT without readings),
    ``nearest`` (km to the next station that has readings, NaN where a place is not known). ``regions``,
    ``months`` and ``hours`` have ``readings``, ``possible`` and ``share`` for each ``region``, ``month``
    (1-12) and ``hour`` (local standard time; empty where the readings have no hours). ``absent`` are regions
    asked for without any reading.
    """

    headings = MappingProxyType({"first": N_("first reading"), "last": N_("last reading")})

    variable: str
    unit: str
    step: str
    n_stations: int
    silent: tuple[str, ...]
    absent: tuple[str, ...]
    stations: pd.DataFrame = field(repr=False)
    regions: pd.DataFrame = field(repr=False)
    months: pd.DataFrame = field(repr=False)
    hours: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per station, the emptiest first."""
        return self.stations

    def sentence(self, lang: str | None = None) -> str:
        """Say how much is there, and who and what is missing."""
        said = [tr(SHARE, lang, name=named(self.variable, lang), share=_percent(self.completeness, lang),
                   n=number(self.n_stations, 0, lang))]  # fmt: skip
        if self.silent:
            said.append(tr(NOTHING, lang, stations=join(list(self.silent), lang)))
        if self.absent:
            said.append(tr(REGIONS, lang, regions=", ".join(self.absent)))
        if len(self.months) > 1:
            ordered = self.months.sort_values("share", kind="stable")
            low, high = ordered.iloc[0], ordered.iloc[-1]
            names = [tr(MONTHS[int(one["month"]) - 1], lang) for one in (low, high)]
            shares = [_percent(float(one["share"]), lang) for one in (low, high)]
            said.append(
                tr(EVEN, lang) if high["share"] - low["share"] < SPARSE / 2
                else tr(EMPTIEST, lang, month=names[0], share=shares[0], full=names[1], full_share=shares[1])
            )  # fmt: skip
        few = self.hours.loc[self.hours["share"] < SPARSE, "hour"]
        if 0 < len(few) < 24:
            said.append(tr(HOURS, lang, hours=", ".join(f"{hour:02d}" for hour in few)))
        apart = self.stations.loc[self.stations["nearest"].notna()]
        if len(apart) > 2:
            far = apart.sort_values("nearest").iloc[-1]
            distance = number(far["nearest"], 0 if far["nearest"] >= 10 else 1, lang)
            said.append(tr(FARTHEST, lang, station=far["station_name"], distance=distance))
        return " ".join(said)

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang)


def _percent(share: float, lang: str | None) -> str:
    """Return a share in percent; what is not everything is never 100, what is not nothing never 0."""
    whole = 100 * share
    shown = min(max(whole, 1), 99) if 0 < share < 1 else whole
    return number(round(shown), 0, lang)


@conditioned
def missing(
    ds: xr.Dataset, variable: str | None = None, *, regions: Sequence[str] = (), by: By = None
) -> MissingResult:
    """Return where and when there are no readings.

    Parameters
    ----------
    ds
        Readings per hour, day or month: dims (station, time). A time counts as there where its value is
        (complete enough, flag not 4 or 9).
    variable
        Which one, if the dataset holds several.
    regions
        Regions from which readings should come (ISO 3166-2), to name those that have none.
    by
        The same for each part: station, school, region, season, weekday …

    Raises
    ------
    AnalysisError
        ``empty``: there is not a single reading.

    Examples
    --------
    >>> time = pd.date_range("2026-01-01", periods=4, freq="D").as_unit("us")
    >>> values = np.array([[1.0, 2.0, 3.0, np.nan], [np.nan, np.nan, 5.0, np.nan]])
    >>> ds = xr.Dataset({"pm25": (("station", "time"), values)}, {"station": ["A/1", "B/1"], "time": time})
    >>> found = missing(ds.assign_attrs(freq="1D"))
    >>> found.completeness, found.table["share"].tolist()
    (0.5, [0.25, 0.75])
    """
    name = series.main_variable(ds, variable)
    there = series.frame(ds, name).notna()
    if not there.to_numpy().any():
        raise AnalysisError(
            "There are no readings here: {name}.",
            do="Ask for a longer time or more stations.",
            code="empty",
            name=called(name),
        )
    spacing = series.step(ds)
    stations = _stations(ds, there)
    local = series.local_times(ds)
    grid = there.to_numpy().T
    silent = tuple(stations.loc[stations["readings"] == 0, "station_name"])
    by_region = stations.groupby("region", sort=True)[["readings", "possible"]].sum().reset_index()
    by_region["share"] = by_region["readings"] / by_region["possible"]
    held = set(by_region.loc[by_region["readings"] > 0, "region"])

    return MissingResult(
        method=METHOD, n=int(grid.sum()), completeness=float(grid.mean()), version=series.version(ds),
        variable=name, unit=series.unit(ds, name), step=spacing, n_stations=len(stations),
        silent=silent, absent=tuple(one for one in dict.fromkeys(regions) if one not in held),
        stations=stations, regions=by_region,
        months=_counted(grid, local.astype("datetime64[M]").astype(np.int64) % 12 + 1, "month"),
        hours=_counted(grid, local.astype("datetime64[h]").astype(np.int64) % 24, "hour")
        if spacing == "hour" else _counted(grid[:, :0], np.zeros((len(grid), 0), dtype=np.int64), "hour"),
    )  # fmt: skip


def _counted(
    there: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
    place: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
    name: str,
) -> pd.DataFrame:
    """Return how many times there are, and how many have a reading, by place."""
    places, at = np.unique(place.ravel(), return_inverse=True)
    possible = np.bincount(at, minlength=len(places))
    readings = np.bincount(at[there.ravel()], minlength=len(places))
    return pd.DataFrame({
        name: places, "readings": readings, "possible": possible,
        "share": readings / np.maximum(possible, 1),
    })  # fmt: skip


def _stations(ds: xr.Dataset, there: pd.DataFrame) -> pd.DataFrame:
    """Return one row per station, the emptiest first."""
    names = [str(station) for station in there.columns]
    shown, region = series.station_names(ds), series.station_text(ds, "region")
    found = there.sum().to_numpy()
    ends = [(there.index[held][0], there.index[held][-1]) if held.any() else (pd.NaT, pd.NaT)
            for held in there.to_numpy().T]  # fmt: skip
    apart = distances(ds, names)
    apart[:, found == 0] = math.nan
    np.fill_diagonal(apart, math.nan)
    nearest = np.where(np.isfinite(apart), apart, np.inf).min(axis=1)
    table = pd.DataFrame({
        "station": names, "station_name": [shown[one] for one in names],
        "region": [region[one] for one in names],
        "readings": found, "possible": len(there), "share": found / len(there),
        "first": [first for first, _ in ends], "last": [last for _, last in ends],
        "nearest": np.where(np.isfinite(nearest), nearest, math.nan),
    })  # fmt: skip
    return table.sort_values(["share", "station"], ignore_index=True)
