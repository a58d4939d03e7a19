"""The air quality index of the United States (AQI) of particles, for days.

Breakpoints as revised in 2024 (``kit/tables/indices.csv``; 40 CFR part 58 appendix G, 89 FR 16202). The index
is about means of 24 hours: of PM2.5 cut off (not rounded) to 0.1 µg/m³, of PM10 to 1 µg/m³. Between two
breakpoints it rises evenly; above the last one it goes on in the same way. Tables before May 2024 gave other
numbers for the same air.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from kit.analysis import series
from kit.analysis.air import NOT_OFFICIAL, PARTICLES, TABLE, TABLE_LABEL, too_humid, with_corrected
from kit.analysis.airdays import day_means, hours_of
from kit.analysis.conditions import By, conditioned
from kit.analysis.result import HEADINGS, Result
from kit.analysis.rows import rows
from kit.errors import AnalysisError
from kit.text import N_, number, tr

Floats = NDArray[np.float64]
CATEGORIES = (
    N_("good air"), N_("moderate air"), N_("unhealthy for sensitive groups"), N_("unhealthy air"),
    N_("very unhealthy air"), N_("hazardous air"),
)  # fmt: skip
HEADINGS["aqi"] = N_("index")

METHOD = N_("US air quality index (AQI) of particles, daily means, the worse of PM2.5 and PM10 counts")
SENTENCE = N_("On {n} of {days} days the US index was at most 50 ({good}); the highest was {most} ({worst}).")
CAUTION = N_(
    "This does not show whether the air was healthy, nor what an official station would have measured. It is "
    "the part of particles only; ozone and other gases could make it worse. The table changed in 2024: older "
    "indices cannot be compared."
)


@dataclass(frozen=True)
class Breakpoints:
    """Where the bands of one pollutant begin and end (µg/m³ and index), and to what a value is cut off."""

    low: Floats
    high: Floats
    index_low: Floats
    index_high: Floats
    step: float
    source: str

    def index(self, values: ArrayLike) -> Floats:
        """Return the index of means of 24 hours, NaN where missing; values below 0 count as 0.

        >>> us_breakpoints()["pm25"].index([-1.0, 9.0, 9.09, 35.49, 35.5, 125.4, 325.4]).tolist()
        [0.0, 50.0, 50.0, 100.0, 101.0, 200.0, 500.0]
        >>> us_breakpoints()["pm10"].index([54.9, 154.0, 604.0]).tolist()
        [50.0, 100.0, 500.0]
        """
        given = np.maximum(np.asarray(values, dtype=float), 0.0)
        cut = np.floor(np.round(given / self.step, 6)) * self.step
        place = np.clip(np.searchsorted(self.high, cut - self.step / 2), 0, len(self.high) - 1)
        rise = (self.index_high - self.index_low) / (self.high - self.low)
        found = rise[place] * (cut - self.low[place]) + self.index_low[place]
        return np.where(np.isfinite(given), np.floor(found + 0.5), np.nan)


@cache
def us_breakpoints(version: str = "2024") -> MappingProxyType[str, Breakpoints]:
    """Return the breakpoints by pollutant.

    >>> us_breakpoints()["pm25"].high.tolist()
    [9.0, 35.4, 55.4, 125.4, 225.4, 325.4]
    """
    with TABLE.open(encoding="utf-8", newline="") as file:
        lines = [
            line for line in csv.DictReader(file) if (line["index"], line["version"]) == ("US AQI", version)
        ]
    found = {}
    for name in dict.fromkeys(line["pollutant"] for line in lines):
        mine = [line for line in lines if line["pollutant"] == name]
        high, step = np.array([float(line["upper"]) for line in mine]), float(mine[0]["step"])
        found[name] = Breakpoints(
            np.concatenate([[0.0], high[:-1] + step]), high,
            np.array([float(line["index_low"]) for line in mine]),
            np.array([float(line["index_high"]) for line in mine]), step, mine[0]["source"],
        )  # fmt: skip
    return MappingProxyType(found)


@dataclass(frozen=True, kw_only=True)
class UsIndexResult(Result):
    """The US index per station and day.

    ``days`` has ``station``, ``station_name``, ``time`` (local standard date), ``aqi`` (whole number),
    ``band`` (1 to 6), ``name`` (its words), ``worst`` (the pollutant that decided).
    """

    table_version: str
    source: str
    days: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per station and day."""
        return self.days

    def sentence(self, lang: str | None = None) -> str:
        """Say on how many days the air was good, and the highest index."""
        top = self.days.iloc[int(self.days["aqi"].to_numpy().argmax())]
        main = tr(SENTENCE, lang, n=int((self.days["band"] == 1).sum()), days=number(len(self.days), 0, lang),
                  good=tr(CATEGORIES[0], lang), most=number(int(top["aqi"]), 0, lang),
                  worst=tr(CATEGORIES[int(top["band"]) - 1], lang))  # fmt: skip
        return f"{main} {tr(NOT_OFFICIAL, lang)}"

    def scope(self, lang: str | None = None) -> dict[str, str]:
        """Return the base's labels and words, and which table of bands was used."""
        return {**super().scope(lang), tr(TABLE_LABEL, lang): f"{self.table_version}: {self.source}"}

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang)


@conditioned
def us_air_quality_index(
    ds: xr.Dataset, *, version: str = "2024", corrected: Mapping[str, str] | None = None, by: By = None
) -> UsIndexResult:
    """Return the US air quality index of PM2.5 and PM10 per station and local day.

    Parameters
    ----------
    ds
        Hourly readings (``freq="1h"``) of ``pm25``, ``pm10`` or both (µg/m³) and, if known, ``humidity`` (%).
        A day needs 18 of 24 hours. Hours of uncorrected readings damper than 85 % are left out, as in
        :func:`kit.analysis.air_quality_index`. Indoor stations get no index.
    version
        Version of the table.
    corrected
        As in :func:`kit.analysis.air_quality_index`.

    Raises
    ------
    AnalysisError
        ``no-pollutant``, ``not-hourly``, ``indoor-index``, ``no-band``.

    Examples
    --------
    >>> times = pd.date_range("2026-01-01", periods=48, freq="h").as_unit("us")
    >>> values = xr.DataArray([np.repeat([8.0, 40.0], 24)], dims=("station", "time"))
    >>> ds = xr.Dataset({"pm25": values}, {"station": ["EE-A/roof"], "time": times}, {"freq": "1h"})
    >>> us_air_quality_index(ds).table[["aqi", "name"]].values.tolist()
    [[44, 'good air'], [112, 'unhealthy for sensitive groups']]
    """
    breakpoints = us_breakpoints(version)
    ds, raw = with_corrected(ds, corrected or {})
    held = [name for name in PARTICLES if name in ds.data_vars]
    if not held:
        raise AnalysisError("None of the pollutants of the index is here.",
                            do="It needs one of: {pollutants}.", code="no-pollutant",
                            pollutants="PM2.5, PM10")  # fmt: skip
    if all(place == "indoor" for place in series.station_text(ds, "exposure").values()):
        raise AnalysisError(
            "All these stations stand indoors; the index is about outdoor air.", code="indoor-index"
        )
    found = rows(ds, held, hourly=True)
    humid, notes = too_humid(ds, found.stations, [name for name in held if name in raw])
    table = []
    dry = replace(found, values={
        name: np.where(humid & (name in raw), np.nan, found.values[name]) for name in held
    })  # fmt: skip
    for station in found.stations:
        days = pd.DataFrame({name: day_means(hours_of(dry, station, name)) for name in held})
        index = pd.DataFrame({name: breakpoints[name].index(days[name]) for name in held}, index=days.index)
        index = index.dropna(how="all")
        if len(index):
            most = index.max(axis=1)
            table.append(
                _days(station, found.names[station], most, index.idxmax(axis=1), breakpoints[held[0]])
            )
    if not table:
        raise AnalysisError(
            "No day is left that can get an index.", code="no-band",
            why="A day needs 18 of its hours; damp hours of uncorrected readings are left out.",
        )  # fmt: skip
    whole = pd.concat(table, ignore_index=True)
    possible = len(found.stations) * len(np.unique(found.local.astype("datetime64[D]")))
    return UsIndexResult(
        method=METHOD, n=len(whole), completeness=len(whole) / possible, version=series.version(ds),
        notes=(*found.notes, *notes), table_version=version, source=breakpoints[held[0]].source, days=whole,
    )  # fmt: skip


def _days(station: str, shown: str, most: pd.Series, worst: pd.Series, bands: Breakpoints) -> pd.DataFrame:
    band = np.clip(np.searchsorted(bands.index_high, most.to_numpy()), 0, len(bands.index_high) - 1) + 1
    names: list[Any] = [CATEGORIES[k - 1] for k in band]
    return pd.DataFrame({
        "station": station, "station_name": shown, "time": most.index,
        "aqi": most.to_numpy().astype(np.int64), "band": band, "name": names, "worst": worst.to_numpy(),
    })  # fmt: skip
