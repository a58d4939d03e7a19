"""Days of hourly air readings: day means, highest 8-hour means, numbers of a year."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import xarray as xr

from kit.analysis import series
from kit.analysis.averages import possible
from kit.analysis.conditions import By, conditioned
from kit.analysis.result import Result, digits_for, named
from kit.analysis.rows import Rows, rows
from kit.errors import AnalysisError
from kit.stats.rolling import Align, rolling_mean, runs
from kit.text import N_, number, tr

#: Share of the hours of a day or of a running mean that must be there: 18 of 24, 6 of 8 (Directive (EU)
#: 2024/2881 annex V; https://eur-lex.europa.eu/eli/dir/2024/2881/oj).
NEEDED = 0.75

HEAD = ("station", "station_name", "year", "capture")

METHOD = N_("Numbers of each calendar year (local standard time)")
SENTENCE = N_(
    "{name} in {year} at {station}: mean {mean} {unit}, highest hour {most} {unit}; {share} % of the hours "
    "are there."
)
NO_MEAN = N_("{name} in {year} at {station}: too few hours for a mean of the year ({share} %).")
CAUTION = N_("This does not show whether the air was healthy. A year with gaps may lack its dirtiest days.")
RUN_METHOD = N_("Runs of hours above a bound")
RUN_SENTENCE = N_(
    "{name} was above {bound} {unit} for {needed} hours or more {n} times; the longest time took {hours} "
    "hours."
)
RUN_NONE = N_("{name} was never above {bound} {unit} for {needed} hours or more.")
RUN_CAUTION = N_("This does not show why; a gap ends a run, so that some may have been longer.")


def hours_of(found: Rows, station: str, name: str) -> pd.Series:
    """Return a station's hourly values on a gapless index of local standard time."""
    at = found.stations.index(station)
    index = pd.DatetimeIndex(found.local[:, at]).floor("h")
    values = pd.Series(found.values[name][:, at], index=index)
    values = values[~values.index.duplicated(keep="last")]
    return values.reindex(pd.date_range(index.min(), index.max(), freq="h"))


def day_means(hours: pd.Series, needed: float = NEEDED) -> pd.Series:
    """Return means of local standard days; NaN with fewer than ``needed`` of 24 hours.

    >>> index = pd.date_range("2026-01-01", periods=42, freq="h")
    >>> day_means(pd.Series(2.0, index=index)).tolist(), day_means(pd.Series(2.0, index=index[:41])).tolist()
    ([2.0, 2.0], [2.0, nan])
    """
    grouped = hours.groupby(pd.DatetimeIndex(hours.index).floor("D"))
    return grouped.mean().where(grouped.count() >= max(needed * 24 - 1e-9, 1))


def day_highest(hours: pd.Series, width: int = 8, needed: float = NEEDED) -> pd.Series:
    """Return the highest running mean over ``width`` hours of each day.

    A running mean belongs to the day in which its last hour lies: the first one of a day reaches from 17:00
    of the day before to 01:00 (Directive 2008/50/EC annex XI). It needs ``needed`` of its hours, a day as
    many of its 24 running means.

    >>> index = pd.date_range("2026-01-01", periods=48, freq="h")
    >>> day_highest(pd.Series(np.r_[np.zeros(20), np.full(8, 10.0), np.zeros(20)], index=index)).tolist()
    [5.0, 10.0]
    """
    running = pd.Series(rolling_mean(hours.to_numpy(dtype=float), width, "right", needed), index=hours.index)
    grouped = running.groupby(pd.DatetimeIndex(running.index).floor("D"))
    return grouped.max().where(grouped.count() >= max(needed * 24 - 1e-9, 1))


@dataclass(frozen=True, kw_only=True)
class AirStatisticsResult(Result):
    """Numbers per station and year.

    ``years`` has ``station``, ``station_name``, ``year``, ``capture`` (share of the hours of the whole year
    that were asked for, 0 to 1), ``mean``, ``min``, ``max``, ``median``, ``max_daily`` (highest day mean),
    ``roll_8_max`` and ``roll_24_max`` (highest running means), ``p95``, ``p99`` (of hours). All but
    ``capture`` are NaN below ``needed``.
    """

    variable: str
    unit: str
    needed: float
    years: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per station and year."""
        return self.years

    def sentence(self, lang: str | None = None) -> str:
        """Say mean and maximum of each station's last year that has them."""
        ordered = self.years.assign(whole=self.years["mean"].notna()).sort_values(["whole", "year"])
        last = ordered.groupby("station").tail(1).sort_index()
        said = []
        for row in last.itertuples():
            words = {"name": named(self.variable, lang), "year": row.year, "station": row.station_name,
                     "share": number(100 * float(str(row.capture)), 0, lang), "unit": self.unit}  # fmt: skip
            mean, most = float(str(row.mean)), float(str(row.max))
            if np.isnan(mean):
                said.append(tr(NO_MEAN, lang, **words))
                continue
            digits = digits_for(mean)
            said.append(
                tr(SENTENCE, lang, mean=number(mean, digits, lang), most=number(most, digits, lang), **words)
            )
        return " ".join(said)

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang)


@conditioned
def air_statistics(
    ds: xr.Dataset, variable: str | None = None, *, needed: float = NEEDED, by: By = None
) -> AirStatisticsResult:
    """Return the usual numbers of each calendar year from hourly readings (openair's ``aqStats``).

    Parameters
    ----------
    ds
        Hourly readings, dims (station, time). Of several stations those indoors are left out.
    variable
        Which one, if the dataset holds several.
    needed
        Share of the hours that a day, a running mean and the year need; with ``by`` a year needs it of the
        hours that belong to the part (:mod:`kit.analysis.asked`), days and running means of all of theirs.

    Raises
    ------
    AnalysisError
        ``not-hourly``, ``empty``.

    Examples
    --------
    >>> times = pd.date_range("2025-01-01", periods=8760, freq="h").as_unit("us")
    >>> values = xr.DataArray([np.arange(8760.0)], dims=("station", "time"))
    >>> ds = xr.Dataset({"no2": values}, {"station": ["EE-A/roof"], "time": times}, {"freq": "1h"})
    >>> air_statistics(ds).table[["mean", "max_daily", "roll_8_max", "p95"]].round(2).values.tolist()
    [[4379.5, 8747.5, 8755.5, 8321.05]]
    """
    name = series.main_variable(ds, variable)
    found = rows(ds, [name], hourly=True)
    table: list[dict[str, object]] = []
    for at, station in enumerate(found.stations):
        hours = hours_of(found, station, name)
        end = pd.Timestamp(year=hours.index[-1].year, month=12, day=31, hour=23)
        hours = hours.reindex(pd.date_range(hours.index[0], end, freq="h"))
        days = day_means(hours, needed)
        values = hours.to_numpy()
        running = {
            width: pd.Series(rolling_mean(values, width, "right", needed), hours.index) for width in (8, 24)
        }
        years = pd.DatetimeIndex(hours.index).year
        held = years[hours.notna()]  # another zone may begin the year an hour earlier
        for year in range(held.min(), held.max() + 1):
            part = hours[years == year].dropna()
            begin = pd.DatetimeIndex([f"{year}-01-01"]).as_unit("us")
            whole = float(possible(begin, "year", found, at)[0])
            capture = min(len(part) / max(whole, 1.0), 1.0)
            row = {
                "station": station,
                "station_name": found.names[station],
                "year": int(year),
                "capture": capture,
            }
            row |= {key: float(getattr(part, key)()) for key in ("mean", "min", "max", "median")}
            row["max_daily"] = float(days[pd.DatetimeIndex(days.index).year == year].max())
            row |= {
                f"roll_{width}_max": float(means[years == year].max()) for width, means in running.items()
            }
            row |= {f"p{p}": float(part.quantile(p / 100)) for p in (95, 99)}
            if capture < needed:
                row |= dict.fromkeys([key for key in row if key not in HEAD], np.nan)
            table.append(row)
    result = pd.DataFrame(table)
    n = int(np.isfinite(found.values[name]).sum())
    return AirStatisticsResult(
        method=METHOD, n=n, completeness=float(result["capture"].mean()), version=series.version(ds),
        notes=found.notes, variable=name, unit=series.unit(ds, name), needed=needed, years=result,
    )  # fmt: skip


def rolling(
    ds: xr.Dataset,
    variable: str | None = None,
    *,
    hours: int = 8,
    align: Align = "right",
    needed: float = NEEDED,
) -> xr.Dataset:
    """Return the readings with a new variable, the running mean over ``hours`` hours: ``o3_8h`` and so on.

    Parameters
    ----------
    ds
        Hourly readings.
    variable
        Which one, if the dataset holds several; flags 4 and 9 are left out.
    hours, align, needed
        See :func:`kit.stats.rolling.rolling_mean`.

    Raises
    ------
    AnalysisError
        ``not-hourly``.

    Examples
    --------
    >>> times = pd.date_range("2026-01-01", periods=4, freq="h").as_unit("us")
    >>> ds = xr.Dataset({"o3": (("station", "time"), [[1.0, 3.0, 5.0, 7.0]])},
    ...                 {"station": ["EE-A/roof"], "time": times}, {"freq": "1h"})
    >>> rolling(ds, hours=2)["o3_2h"].values.tolist()
    [[nan, 2.0, 4.0, 6.0]]
    """
    name = series.main_variable(ds, variable)
    if series.step(ds) != "hour":
        raise AnalysisError("This question needs hourly readings; these are not hourly.",
                            do='Take hourly readings: freq="1h".', code="not-hourly")  # fmt: skip
    table = series.frame(ds, name)
    index = pd.DatetimeIndex(table.index)
    whole = table.reindex(pd.date_range(index.min(), index.max(), freq="h"))
    means = pd.DataFrame(
        rolling_mean(whole.to_numpy(dtype=float), hours, align, needed), whole.index, whole.columns
    )
    found = means.reindex(pd.DatetimeIndex(ds["time"].values)).to_numpy().T
    attrs = {
        "units": ds[name].attrs.get("units", ""),
        "cell_methods": f"time: mean (interval: {hours} hours)",
    }
    return ds.assign({f"{name}_{hours}h": (("station", "time"), found, attrs)})


@dataclass(frozen=True, kw_only=True)
class EpisodesResult(Result):
    """Runs of hours above a bound.

    ``runs`` has ``station``, ``station_name``, ``time`` (start, local standard time), ``hours``, ``mean`` and
    ``max``.
    """

    variable: str
    unit: str
    above: float
    least: int
    runs: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per run."""
        return self.runs

    def sentence(self, lang: str | None = None) -> str:
        """Say how often and how long."""
        words = {"name": named(self.variable, lang), "unit": self.unit, "needed": self.least,
                 "bound": number(self.above, None, lang)}  # fmt: skip
        if self.runs.empty:
            return tr(RUN_NONE, lang, **words)
        return tr(
            RUN_SENTENCE,
            lang,
            n=len(self.runs),
            hours=number(int(self.runs["hours"].max()), 0, lang),
            **words,
        )

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(RUN_CAUTION, lang)


@conditioned
def episodes(
    ds: xr.Dataset, variable: str | None = None, *, above: float, least: int = 5, by: By = None
) -> EpisodesResult:
    """Return when a variable stayed above a bound for ``least`` hours in a row or longer.

    This is openair's ``selectRunning``.

    Parameters
    ----------
    ds
        Hourly readings; a missing hour ends a run.
    above
        The bound, in the unit of the variable; a value on it is not above.

    Raises
    ------
    AnalysisError
        ``not-hourly``, ``empty``.

    Examples
    --------
    >>> times = pd.date_range("2026-01-01", periods=8, freq="h").as_unit("us")
    >>> ds = xr.Dataset({"pm25": (("station", "time"), [[1, 60, 70, 80, 1, 90, 1, 1.0]])},
    ...                 {"station": ["EE-A/roof"], "time": times}, {"freq": "1h"})
    >>> episodes(ds, above=50, least=3).table[["hours", "mean", "max"]].values.tolist()
    [[3.0, 70.0, 80.0]]
    """
    name = series.main_variable(ds, variable)
    found = rows(ds, [name], hourly=True)
    table = []
    for station in found.stations:
        hours = hours_of(found, station, name)
        values = hours.to_numpy(dtype=float)
        for first, end in runs(values > above, least):
            part = values[first:end]
            table.append(
                (station, found.names[station], hours.index[first], end - first, part.mean(), part.max())
            )
    n = int(np.isfinite(found.values[name]).sum())
    return EpisodesResult(
        method=RUN_METHOD, n=n, completeness=n / found.values[name].size, version=series.version(ds),
        notes=found.notes, variable=name, unit=series.unit(ds, name), above=float(above), least=least,
        runs=pd.DataFrame(table, columns=["station", "station_name", "time", "hours", "mean", "max"]),
    )  # fmt: skip
