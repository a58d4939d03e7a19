"""Local standard days of readings, year by year: what weather days, degree days and rain rest on."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd
import xarray as xr

from kit.analysis import series
from kit.analysis.airdays import hours_of
from kit.analysis.result import Note, called
from kit.analysis.rows import rows
from kit.errors import AnalysisError

TABLE = Path(__file__).parents[1] / "tables" / "weather_days.csv"


@cache
def limits(kind: str) -> Mapping[str, float]:
    """Return the numbers of a kind of day out of ``kit/tables/weather_days.csv``.

    >>> dict(limits("heating"))
    {'base': 18.0, 'limit': 15.0}
    """
    with TABLE.open(encoding="utf-8", newline="") as file:
        lines = [line for line in csv.DictReader(file) if line["kind"] == kind]
    return MappingProxyType({line["parameter"]: float(line["value"]) for line in lines})


@dataclass(frozen=True)
class Days:
    """Values of days, by statistic: tables of local standard dates (rows, whole years) and stations.

    Where only some months or weekdays were asked for, only these are rows. ``names`` are what people call the
    stations.
    """

    tables: Mapping[str, pd.DataFrame]
    names: Mapping[str, str]
    notes: tuple[Note, ...]

    def by_year(self, there: pd.DataFrame, columns: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
        """Return one row per station and year in which some day was measured.

        ``there`` says which days were; ``columns`` are tables of years (rows) and stations, by name. The
        answer has ``station``, ``station_name``, ``year``, these columns, ``days`` (measured), ``possible``
        (days), ``capture`` (their share) and ``full`` (75 % of the days, and of those of each quarter).
        """
        index = pd.DatetimeIndex(there.index)
        by_year = there.groupby(index.year)
        share, days = by_year.mean(), by_year.sum()
        worst = there.groupby([index.year, index.quarter]).mean().groupby(level=0).min()
        possible = np.tile(by_year.size().to_numpy(), len(there.columns))
        whole = (share >= series.NEEDED) & (worst >= series.NEEDED)
        stations = [str(name) for name in there.columns for _ in share.index]
        cells = {**columns, "days": days, "capture": share, "full": whole}
        flat = {name: table.to_numpy().T.ravel() for name, table in cells.items()}
        table = pd.DataFrame({
            "station": stations, "station_name": [self.names[name] for name in stations],
            "year": np.tile(share.index.to_numpy(), len(there.columns)), **flat, "possible": possible,
        })  # fmt: skip
        return table[table["days"] > 0].reset_index(drop=True)


def of_day(
    ds: xr.Dataset, variable: str, statistics: tuple[str, ...] = ("mean",), needed: float = series.NEEDED
) -> Days:
    """Return days of a variable; outdoor stations only, unless there is only one station.

    Parameters
    ----------
    ds
        Hourly readings, or daily ones (then the only statistic is the value of the day).
    statistics
        What is made of the hours of a day: ``mean``, ``min``, ``max``, ``sum``.
    needed
        Share of the 24 hours that a day needs.

    Raises
    ------
    AnalysisError
        ``not-measured``, ``empty``, ``indoor``; ``not-daily`` for months and years; ``no-day`` where no day
        has enough hours.
    """
    found = rows(ds, [variable])
    if found.step not in ("hour", "day"):
        raise AnalysisError("These readings are neither hourly nor daily; days are needed here.",
                            do='Take daily readings: freq="1D".', code="not-daily")  # fmt: skip
    made: dict[str, dict[str, pd.Series]] = {how: {} for how in statistics}
    for station in found.stations:
        if found.step == "day":
            values = pd.Series(
                found.values[variable][:, found.stations.index(station)], pd.DatetimeIndex(found.times)
            )
            for how in statistics:
                made[how][station] = values
            continue
        hours = hours_of(found, station, variable)
        grouped = hours.groupby(pd.DatetimeIndex(hours.index).floor("D"))
        whole = grouped.count() >= max(24 * needed - 1e-9, 1)
        for how in statistics:
            made[how][station] = grouped.agg(how).where(whole)
    first = made[statistics[0]]
    if not any(one.notna().any() for one in first.values()):
        raise AnalysisError("No day has enough readings for a value of the day.",
                            why="A day needs {share} % of its readings.",
                            do="Ask for a longer time or more stations.", code="no-day",
                            share=round(100 * needed))  # fmt: skip
    index = _whole_years(ds, first)
    tables = {
        how: pd.DataFrame({station: one.reindex(index) for station, one in values.items()})
        for how, values in made.items()
    }
    return Days(tables, found.names, found.notes)


def _whole_years(ds: xr.Dataset, values: Mapping[str, pd.Series]) -> pd.DatetimeIndex:
    """Return all days of the years in which something was measured, or those that were asked for."""
    there = [one.dropna().index for one in values.values() if one.notna().any()]
    first, last = min(i.min() for i in there).year, max(i.max() for i in there).year
    index = pd.date_range(f"{first}-01-01", f"{last}-12-31", freq="D")
    keep = np.ones(len(index), dtype=bool)
    for kind, part in (("months", index.month), ("weekdays", index.day_of_week)):
        if kind in ds.attrs:
            keep &= part.isin(list(ds.attrs[kind]))
    return index[keep]


def extremes(ds: xr.Dataset) -> tuple[Days, bool]:
    """Return lowest (``min``) and highest (``max``) temperature of days, and whether of hourly means.

    Daily readings need ``temperature_min`` and ``temperature_max``; of hourly ones ``temperature`` is enough,
    and a day needs 18 of its hours.

    Raises
    ------
    AnalysisError
        As :func:`of_day`; ``no-extremes`` where there are only means of days.
    """
    both = ("temperature_min", "temperature_max")
    if series.step(ds) == "hour":
        return of_day(ds, "temperature", ("min", "max")), True
    if any(name not in ds.data_vars for name in both):
        raise AnalysisError(
            "The lowest and highest temperature of each day are needed; these readings do not hold them.",
            do='Take hourly readings (freq="1h"), or also {low} and {high}.', code="no-extremes",
            low=called(both[0]), high=called(both[1]),
        )  # fmt: skip
    low, high = (of_day(ds, name, (how,)) for name, how in zip(both, ("min", "max"), strict=True))
    index = low.tables["min"].index.union(high.tables["max"].index)
    tables = {"min": low.tables["min"].reindex(index), "max": high.tables["max"].reindex(index)}
    return Days(tables, low.names, low.notes), False
