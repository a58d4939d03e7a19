"""Which stations of a region are looked at together, and why others are not."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr

from kit.analysis import series
from kit.analysis.result import Note, called
from kit.errors import AnalysisError, UsageError
from kit.stats import cluster, panel
from kit.text import N_
from kit.vocab.variables import known

#: Fewer common days do not say how alike two stations are.
FEWEST_DAYS = 30

INDOORS = N_("{station} was left out: it stands indoors.")
STUCK = N_("{station} was left out: it always shows the same value, as if the device were stuck.")
COPY = N_("{station} was left out: its readings are those of {other}.")
FEW = N_("{station} was left out: it has too few days ({days}).")
APART = N_("{station} was left out: it has no days in common with most of the others.")


def outdoor_days(ds: xr.Dataset, name: str) -> tuple[pd.DataFrame, list[Note]]:
    """Return the daily values of the stations outdoors (days, stations), and who was left out and why."""
    meant = known(name)
    if meant and meant.kind == "vector":
        raise UsageError("{name} is a direction: it has no mean that could be compared.", code="direction",
                         name=called(name))  # fmt: skip
    if series.step(ds) != "day":
        raise AnalysisError("These readings are not daily; days are needed here.",
                            do='Take daily readings: freq="1D".', code="not-daily")  # fmt: skip
    values = series.frame(ds, name)
    exposure, shown = series.station_text(ds, "exposure"), series.station_names(ds)
    seldom = series.without_whole_days(ds, name)
    notes: list[Note] = []
    used: list[str] = []
    for station in map(str, values.columns):
        own = values[station].dropna().round(9)
        copies = [other for other in used if own.equals(values[other].dropna().round(9))]
        said: Mapping[str, object] = {"station": shown[station]}
        if exposure[station] == "indoor":
            notes.append((INDOORS, said))
        elif station in seldom:
            notes.append((series.NO_WHOLE_DAY, said))
        elif not len(own):
            notes.append((FEW, {**said, "days": 0}))
        elif copies:
            notes.append((COPY, {**said, "other": shown[copies[0]]}))
        elif own.nunique() < 2 and len(own) >= FEWEST_DAYS:
            notes.append((STUCK, said))
        else:
            used.append(station)
    return values[used], notes


def comparable(
    values: pd.DataFrame, notes: list[Note], shown: Mapping[str, str], fewest: int
) -> pd.DataFrame:
    """Return the stations with enough days that are linked by common days; ``notes`` gets the others."""
    days = values.notna().sum()
    for station in days.index[days < fewest]:
        notes.append((FEW, {"station": shown[str(station)], "days": int(days[station])}))
    kept = values.loc[:, days >= fewest]
    if not len(kept.columns):
        return kept
    together = panel.linked(kept.to_numpy())
    notes += [(APART, {"station": shown[str(station)]}) for station in kept.columns[~together]]
    return kept.loc[:, together]


def too_few_stations(found: int, needed: int) -> AnalysisError:
    """Return the error that says how many stations there are and how many are needed."""
    return AnalysisError(
        "Stations that can be compared here: {found}; at least {needed} are needed.",
        why="Stations indoors, with too few days or without common days do not count.",
        do="Ask for more stations or a longer time.",
        code="few-stations", found=found, needed=needed,
    )  # fmt: skip


def few_schools(found: int) -> AnalysisError:
    """Return the error that says that one school alone cannot be left out or compared."""
    return AnalysisError(
        "Schools with long enough records: {found}; at least two are needed.",
        do="Take the trend itself, or ask for a larger region.", code="few-schools", found=found,
    )  # fmt: skip


def school_of(station: str) -> str:
    """Return the school's part of a station's id.

    >>> school_of("EE-TRT-7k2p/roof")
    'EE-TRT-7k2p'
    """
    return station.partition("/")[0]


def completeness(values: pd.DataFrame) -> float:
    """Return the share of station-days that hold a value, NaN where there are none."""
    return float(values.notna().to_numpy().mean()) if values.size else float(np.nan)


def effective(months: pd.DataFrame, slope: float) -> float:
    """Return how many stations with nothing in common would say as much about a region's months as these do.

    ``months`` has a row per month (index: its first day) and a column per station; season and slope (a year)
    are taken out first, so that only the shared weather counts (:func:`kit.stats.cluster.effective_number`).

    >>> time = pd.date_range("2020-01-01", periods=60, freq="MS")
    >>> weather = np.random.default_rng(0).normal(size=(60, 1))
    >>> round(effective(pd.DataFrame(weather + np.zeros((1, 5)), time), 0.0), 6)
    1.0
    """
    index = pd.DatetimeIndex(months.index)
    line = pd.Series(slope * (index.year + (index.month - 0.5) / 12), index=months.index)
    left = months.sub(line, axis=0)
    left = left - left.groupby(index.month).transform("median")
    return cluster.effective_number(cluster.correlations(left.to_numpy(), 12))
