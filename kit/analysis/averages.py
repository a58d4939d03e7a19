"""Means, extremes and percentiles of whole days, weeks, months, seasons of the year or years.

All values of a period count equally (as in openair's ``timeAverage`` and ``calcPercentile``). The readings of
the shared dataset themselves are aggregated step by step (``readings(freq=…)``), where a day of gaps weighs
as much as a whole one; the two differ where there are gaps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from kit.analysis import series
from kit.analysis.conditions import By, conditioned
from kit.analysis.result import Result, digits_for, named
from kit.analysis.rows import Rows, rows
from kit.errors import AnalysisError, UsageError
from kit.stats.circular import vector_means
from kit.text import N_, number, tr

PERIODS = ("hour", "day", "week", "month", "quarter", "year")
STATISTICS = ("mean", "min", "max", "median", "sum", "sd", "count")
#: What a value stands for: a number out of :data:`STATISTICS`, or a percentile 0 to 100.
Statistic = str | float
STEPS = {"hour": 3600.0, "day": 86400.0, "month": 30.4375 * 86400, "year": 365.25 * 86400}

METHOD = N_("All values of a period count equally; a period counts with enough of its values")
SENTENCE = N_("Periods ({period}) with enough readings: {whole} of {n}.")
RANGE = N_(
    "{name} was highest in the one that begins {high}: {most} {unit}, lowest in {low}: {least} {unit}."
)
CAUTION = N_(
    "This does not show why one period differs from another. Periods with gaps may miss just the highest or "
    "the lowest values."
)


@dataclass(frozen=True, kw_only=True)
class AveragesResult(Result):
    """Statistics per station and period.

    ``periods`` has one row per station and period: ``station``, ``station_name``, ``time`` (local standard
    time, start), ``n``, ``capture`` (share of the values the whole period could have, 0 to 1), then one
    column per statistic (``mean`` …, ``p95`` for the 95th percentile), NaN where ``capture`` is below
    ``needed``. Directions have ``mean`` (by vector) and ``vector_speed`` (m/s, the length of the mean wind
    vector).
    """

    variable: str
    unit: str
    period: str
    needed: float
    columns: tuple[str, ...]
    periods: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per station and period."""
        return self.periods

    def sentence(self, lang: str | None = None) -> str:
        """Say how many periods are whole, and which was highest and lowest."""
        good = self.periods[self.periods[self.columns[0]].notna()]
        first = tr(SENTENCE, lang, n=len(self.periods), period=tr(self.period, lang),
                   whole=number(len(good), 0, lang))  # fmt: skip
        if good.empty or self.unit == "°" or len(good) < 2:
            return first
        values = good[self.columns[0]].to_numpy(dtype=float)
        top, low = good.iloc[int(values.argmax())], good.iloc[int(values.argmin())]
        digits = digits_for(*values)
        return first + " " + tr(
            RANGE, lang, name=named(self.variable, lang), unit=self.unit,
            high=str(top["time"].date()), low=str(low["time"].date()),
            most=number(float(values.max()), digits, lang), least=number(float(values.min()), digits, lang),
        )  # fmt: skip

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang)


#: The periods as people name them.
NAMES = (N_("hour"), N_("day"), N_("week"), N_("month"), N_("quarter"), N_("year"))


@conditioned
def averages(
    ds: xr.Dataset, period: str = "month", variable: str | None = None, *,
    statistics: Statistic | Sequence[Statistic] = "mean", needed: float = 0.75, by: By = None,
) -> AveragesResult:  # fmt: skip
    """Return means or other statistics of whole periods, in local standard time.

    Parameters
    ----------
    ds
        Hourly or daily readings, dims (station, time). A direction (``wind_direction``) is averaged as a
        vector, weighted with ``wind_speed`` where the dataset holds it.
    period
        ``hour``, ``day``, ``week`` (from Monday), ``month``, ``quarter`` or ``year``.
    variable
        Which one, if the dataset holds several.
    statistics
        One or more of :data:`STATISTICS`, or percentiles as numbers (95 is the value that 95 % of the values
        do not exceed; between two values it is interpolated linearly, Hyndman & Fan's type 7,
        doi:10.2307/2684934).
    needed
        Share of the values that the **whole** period must have, 0 to 1. (openair judges the first and last
        period by the part that lies within the readings, so that half a year may count as a year; here it
        does not.) With ``by``, of those that belong to the part: see :mod:`kit.analysis.asked`.

    Raises
    ------
    UsageError
        ``period``, ``statistic``.
    AnalysisError
        ``empty``; ``too-short-steps``: the readings are coarser than the periods.

    Examples
    --------
    >>> times = pd.date_range("2026-01-01", periods=48, freq="h").as_unit("us")
    >>> values = xr.DataArray([np.r_[np.arange(24.0), np.full(24, 3.0)]], dims=("station", "time"))
    >>> ds = xr.Dataset({"pm25": values}, {"station": ["EE-A/roof"], "time": times}, {"freq": "1h"})
    >>> found = averages(ds, "day", statistics=["mean", "max", 95]).table
    >>> found[["mean", "max", "p95"]].round(2).values.tolist()
    [[11.5, 23.0, 21.85], [3.0, 3.0, 3.0]]
    """
    name = series.main_variable(ds, variable)
    asked = (statistics,) if isinstance(statistics, (str, int, float)) else tuple(statistics)
    columns = _columns(asked)
    if period not in PERIODS:
        raise UsageError("There is no period {value}.", do="Take one of: {known}.", code="period",
                         value=period, known=", ".join(PERIODS))  # fmt: skip
    turned = name == "wind_direction"
    speeds = ["wind_speed"] if turned and "wind_speed" in ds.data_vars else []
    found = rows(ds, [name, *speeds])
    if PERIODS.index(period) < PERIODS.index(found.step):
        raise AnalysisError("The readings are coarser than the periods asked for.",
                            do='Take hourly readings: freq="1h".', code="too-short-steps")  # fmt: skip
    make = partial(_turned, speed=found.values.get("wind_speed")) if turned else partial(_plain, asked=asked)
    tables = [
        make(found, at=at, name=name, period=period, needed=needed) for at in range(len(found.stations))
    ]
    table = pd.concat(tables, ignore_index=True)
    held = tuple(column for column in ("mean", "vector_speed") if column in table) if turned else columns
    return AveragesResult(
        method=METHOD, n=int(table["n"].sum()), completeness=float(table["capture"].mean()),
        version=series.version(ds), notes=found.notes, variable=name, unit=series.unit(ds, name),
        period=NAMES[PERIODS.index(period)], needed=needed, columns=held, periods=table,
    )  # fmt: skip


def _columns(asked: Sequence[Statistic]) -> tuple[str, ...]:
    """Return the names of the columns: ``p95`` for a percentile."""
    wrong = [s for s in asked if (s not in STATISTICS if isinstance(s, str) else not 0 <= s <= 100)]
    if wrong or not asked:
        raise UsageError(
            "There is no statistic {value}.", do="Take one of {known}, or a percentile from 0 to 100.",
            code="statistic", value=str(wrong[0]) if wrong else "–", known=", ".join(STATISTICS),
        )  # fmt: skip
    return tuple(s if isinstance(s, str) else f"p{s:g}" for s in asked)


def starts(local: NDArray[np.datetime64], period: str) -> NDArray[np.datetime64]:
    """Return when the period of each time begins.

    >>> str(starts(np.array(["2026-05-14T13:00"], dtype="datetime64[us]"), "week")[0])[:10]
    '2026-05-11'
    """
    if period == "week":
        days = local.astype("datetime64[D]").astype(np.int64)
        return ((days - 4) // 7 * 7 + 4).astype("datetime64[D]").astype("datetime64[us]")
    if period == "quarter":
        months = local.astype("datetime64[M]").astype(np.int64)
        return (months // 3 * 3).astype("datetime64[M]").astype("datetime64[us]")
    letter = {"hour": "h", "day": "D", "month": "M", "year": "Y"}[period]
    return local.astype(f"datetime64[{letter}]").astype("datetime64[us]")


def possible(begin: pd.DatetimeIndex, period: str, found: Rows, at: int) -> NDArray[np.float64]:
    """Return how many values each whole period could have at a station; of a part, those asked for."""
    starting = begin.to_numpy()
    unit, times = {
        "hour": ("h", 1), "day": ("D", 1), "week": ("D", 7), "month": ("M", 1), "quarter": ("M", 3),
        "year": ("Y", 1),
    }[period]  # fmt: skip
    ends = (starting.astype(f"datetime64[{unit}]") + times).astype("datetime64[us]")
    if found.part is not None:
        shift = int(found.local[0, at].astype(np.int64) - found.times[0].astype(np.int64))
        return found.part.count(at, shift, starting, ends, found.step)
    seconds = (ends.astype("datetime64[s]") - starting.astype("datetime64[s]")).astype(np.float64)
    whole: NDArray[np.float64] = np.maximum(np.round(seconds / STEPS[found.step]), 1.0)
    return whole


def _frame(
    found: Rows, at: int, value: NDArray[np.float64], period: str
) -> tuple[pd.DataFrame, NDArray[np.int64], int]:
    """Return the head of a station's table, the place of each value in it, and how many rows it has."""
    begin, places = np.unique(starts(found.local[:, at], period), return_inverse=True)
    n = np.bincount(places[np.isfinite(value)], minlength=len(begin))
    index = pd.DatetimeIndex(begin)
    station = found.stations[at]
    table = pd.DataFrame({
        "station": station, "station_name": found.names[station], "time": index, "n": n,
        "capture": np.minimum(n / np.maximum(possible(index, period, found, at), 1.0), 1.0),
    })  # fmt: skip
    return table, places, len(begin)


def _plain(
    found: Rows, *, at: int, name: str, period: str, needed: float, asked: Sequence[Statistic]
) -> pd.DataFrame:
    table, places, _ = _frame(found, at, found.values[name][:, at], period)
    grouped = pd.Series(found.values[name][:, at]).groupby(places)
    enough = (table["capture"] >= needed - 1e-9).to_numpy() & (table["n"] > 0).to_numpy()
    for column, statistic in zip(_columns(asked), asked, strict=True):
        if isinstance(statistic, str):
            how: str = {"sd": "std"}.get(statistic, statistic)
            values = grouped.agg(how)
        else:
            values = grouped.quantile(statistic / 100)
        table[column] = np.where(enough, values.to_numpy(dtype=float), np.nan)
    return table


def _turned(
    found: Rows, *, at: int, name: str, period: str, needed: float, speed: NDArray[np.float64] | None
) -> pd.DataFrame:
    """Return mean directions; what counts is how often there is a direction **and** a speed."""
    direction = found.values[name][:, at]
    speeds = np.ones_like(direction) if speed is None else speed[:, at]
    both = np.where(np.isfinite(speeds), direction, np.nan)
    table, places, size = _frame(found, at, both, period)
    mean, length = vector_means(direction, speeds, places.astype(np.int64), size)
    enough = (table["capture"] >= needed - 1e-9).to_numpy() & (table["n"] > 0).to_numpy()
    table["mean"] = np.where(enough, mean, np.nan)
    if speed is not None:
        table["vector_speed"] = np.where(enough, length, np.nan)
    return table
