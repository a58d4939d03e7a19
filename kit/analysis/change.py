"""When did the level change? Pettitt's place of change, station by station, and what it may be.

Unlike a trend, a change of level is looked for across changes of device: one that falls together with another
device's beginning is most likely the device's, and the result says so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from kit.analysis import series
from kit.analysis.conditions import By, conditioned
from kit.analysis.full_years import (
    FULL_YEARS,
    INDOOR_ALONE,
    LEFT_CONSTANT,
    LEFT_SHORT,
    asked_months,
    too_short,
)
from kit.analysis.result import HEADINGS, Note, Result, digits_for, named
from kit.analysis.smooth import MONTH
from kit.errors import AnalysisError
from kit.stats import changepoint, kendall
from kit.stats.multiple import benjamini_yekutieli
from kit.stats.regional import middle
from kit.text import N_, day, number, tr

LEVEL = 0.05
#: A device that changed at most so many months from the place of change is its likely reason.
NEAR = 2
#: More stations than this are not named in the sentence.
NAMED = 3

METHOD = N_("Pettitt's place of change among the months without season; half-years put into another order")
UP = N_("{name} at {station}: from {month} on it was {size} {unit} higher than before ({before} → {after}).")
DOWN = N_("{name} at {station}: from {month} on it was {size} {unit} lower than before ({before} → {after}).")
NONE = N_("{name} at {station}: no clear change of level from {first} to {last}.")
DEVICE = N_("Another device began there on {day}: the change is most likely the device's.")
OTHERS = N_("{name}: a clear change of level at {found} of {n} stations.")
STEADY = N_("{station}: a steady change fits these months as well as a sudden one.")
OTHER_DEVICE = N_("{station}: another device began on {day}; the level did not clearly change then.")
CAUTION = N_(
    "This shows when, not why: another device, a moved station, a felled tree or a new road can do it. A "
    "steady change looks like a step in its middle, and only one step is looked for."
)
HEADINGS |= {"before": N_("before"), "after": N_("after"),
             "clear": N_("clear")}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ChangeResult(Result):
    """The most likely month of a change of level at each station.

    ``stations`` has one row per station: ``station``, ``station_name``, ``month`` (first of the new level),
    ``before`` and ``after`` (medians without season), ``difference``, ``p`` (share of the shufflings with as
    great a change), ``p_adjusted`` (over the stations, Benjamini & Yekutieli), ``clear``, ``device`` (day on
    which another device began near it, else NaT), ``steady`` (a straight line leaves no more than a step) and
    ``full_years``. ``count`` of ``orders`` shufflings (of the first station) were as strong.
    """

    headings = MappingProxyType({"month": N_("month of the change")})

    variable: str
    unit: str
    first: int
    last: int
    n_stations: int
    count: int
    orders: int
    months: tuple[int, ...]
    stations: pd.DataFrame = field(repr=False)
    series: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per station."""
        return self.stations

    @property
    def smallest_p(self) -> float:
        """The smallest p that so many shufflings can give."""
        return 1 / self.orders

    def sentence(self, lang: str | None = None) -> str:
        """Say where and when the level changed, and whether a device began there then."""
        clear = self.stations[self.stations["clear"]]
        name, said = named(self.variable, lang), []
        if len(self.stations) > 1:
            said.append(tr(OTHERS, lang, name=name, found=number(len(clear), 0, lang),
                           n=number(len(self.stations), 0, lang)))  # fmt: skip
        elif clear.empty:
            said.append(tr(NONE, lang, name=name, station=self._shown(0), first=self.first, last=self.last))
        for place in clear.index[:NAMED]:
            row = clear.loc[place]
            digits = digits_for(float(row["difference"]))
            said.append(tr(
                UP if row["difference"] > 0 else DOWN, lang, name=name, station=self._shown(place),
                month=day(row["month"], lang, MONTH), unit=self.unit,
                size=number(abs(row["difference"]), digits, lang),
                before=number(row["before"], digits, lang), after=number(row["after"], digits, lang),
            ).replace("  ", " "))  # fmt: skip
            if not pd.isna(row["device"]):
                said.append(tr(DEVICE, lang, day=day(row["device"], lang)))
        return " ".join(said)

    def _shown(self, place: Any) -> str:
        row = self.stations.loc[place]
        return str(row["station_name"] or row["station"])

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang)


@conditioned
def change_point(
    ds: xr.Dataset, variable: str | None = None, *, months: tuple[int, ...] | None = None, by: By = None
) -> ChangeResult:
    """Return when the level of each station most likely changed, and whether that is clear.

    Months without their season (per station and calendar month the median over the years); the place is
    Pettitt's (1979, doi:10.2307/2346729), how often chance does as much is found by shuffling half-years: see
    :func:`kit.stats.changepoint.of_months` for its measured size. Several stations are several questions, so
    their p values are adjusted (Benjamini & Yekutieli 2001, doi:10.1214/aos/1013699998).

    Parameters
    ----------
    ds
        Readings per day or month: dims (station, time).
    variable
        Which one, if the dataset holds several.
    months
        Only these months of the year (1-12).
    by
        For each part: season, month, weekday, weekend, station, school, region, exposure.

    Raises
    ------
    AnalysisError
        ``too-short``: no station has five full years; ``constant``, ``indoor``.

    Examples
    --------
    >>> times = pd.date_range("2018-01-01", "2025-12-01", freq="MS").as_unit("us")
    >>> level = np.where(times < "2022-03", 10.0, 14.0) + np.sin(np.arange(96) * 2.0)
    >>> ds = xr.Dataset({"pm25": (("station", "time"), [level])}, {"station": ["a"], "time": times})
    >>> found = change_point(ds.assign_attrs(freq="1M"))
    >>> str(found.stations["month"][0].date()), bool(found.stations["clear"][0])
    ('2022-03-01', True)
    """
    name = series.main_variable(ds, variable)
    chosen = asked_months(ds, months)
    held = series.monthly(ds, name)
    full = held.full_years(chosen).sum()
    values = held.values[pd.DatetimeIndex(held.values.index).month.isin(chosen)]
    used, notes = _used(ds, name, values, full)
    names, shown = series.station_text(ds, "station_name"), series.station_names(ds)
    rows, lines = [], []
    for station in used:
        row, line = _of_station(values[station], len(chosen))
        devices = _devices(ds, name, station)
        near = [began for began in devices if abs(_months_between(began, row["month"])) <= NEAR]
        rows.append({"station": station, "station_name": names[station], **row,
                     "device": near[0] if near else pd.NaT, "full_years": int(full[station])})  # fmt: skip
        lines.append(line.assign(station=station))
        notes += [(OTHER_DEVICE, {"station": shown[station], "day": partial(day, began)})
                  for began in devices if began not in near]  # fmt: skip
    table = pd.DataFrame(rows)
    table["p_adjusted"] = benjamini_yekutieli(table["p"]) if len(table) > 1 else table["p"]
    table["clear"] = table["p_adjusted"] <= LEVEL
    notes += [(STEADY, {"station": shown[str(row.station)]})
              for row in table.itertuples() if row.clear and row.steady]  # fmt: skip
    whole = pd.concat(lines, ignore_index=True)
    seen = whole["time"][whole["value"].notna()]
    return ChangeResult(
        method=METHOD, n=int(whole["value"].notna().sum()), version=series.version(ds), notes=tuple(notes),
        completeness=float(whole["value"].notna().mean()), variable=name, unit=series.unit(ds, name),
        first=int(seen.min().year), last=int(seen.max().year), n_stations=len(table), months=chosen,
        count=int(rows[0]["count"]), orders=int(rows[0]["orders"]),
        stations=table.drop(columns=["count", "orders"]), series=whole,
    )  # fmt: skip


def _used(ds: xr.Dataset, name: str, values: pd.DataFrame, full: pd.Series) -> tuple[list[str], list[Note]]:
    """Return the stations that are long enough, and why others are not looked at; indoor ones only alone."""
    exposure, shown = series.station_text(ds, "exposure"), series.station_names(ds)
    notes: list[Note] = []
    single = len(full) == 1
    outdoors = [str(station) for station in full.index if single or exposure[station] != "indoor"]
    long_enough = [station for station in outdoors if full[station] >= FULL_YEARS]
    if not long_enough:
        too_short(name, full[outdoors].rename(shown), False)
    used = [station for station in long_enough if values[station].dropna().round(9).nunique() > 1]
    if not used:
        raise AnalysisError("{name} has the same value in every month, so no change can be found.",
                            do="Look at the readings themselves and at the device.",
                            code="constant", name=partial(named, name))  # fmt: skip
    notes += [(LEFT_CONSTANT, {"station": shown[s]}) for s in long_enough if s not in used]
    notes += [(LEFT_SHORT, {"station": shown[s], "years": int(full[s]), "needed": FULL_YEARS})
              for s in outdoors if s not in long_enough]  # fmt: skip
    if single and exposure[used[0]] == "indoor":
        notes.append((INDOOR_ALONE, {"station": shown[used[0]]}))
    return used, notes


def _of_station(values: pd.Series, months: int) -> tuple[dict[str, Any], pd.DataFrame]:
    """Return the change of one station, and its months without season with the level before and after."""
    there = np.flatnonzero(values.notna())
    cube = values.to_numpy(dtype=float).reshape(-1, months)
    season = middle(cube)
    level = float(np.nanmedian(cube))
    free = (cube - season).ravel()[there[0] : there[-1] + 1] + level
    times = values.index[there[0] : there[-1] + 1]
    found = changepoint.of_months(free, block=max(1, math.ceil(months / 2)))
    step = np.where(np.arange(len(free)) < found.place, found.before, found.after)
    line = kendall.theil_sen(free).slope * np.arange(len(free))
    slanted = np.nanmean(np.abs(free - line - np.nanmedian(free - line)))
    row = {
        "month": times[found.place], "before": found.before, "after": found.after,
        "difference": found.after - found.before, "p": found.p, "count": found.count, "orders": found.orders,
        "steady": bool(slanted <= np.nanmean(np.abs(free - step))),
    }  # fmt: skip
    return row, pd.DataFrame({"time": times, "value": free, "level": step})


def _devices(ds: xr.Dataset, name: str, station: str) -> list[pd.Timestamp]:
    """Return the days on which another device began at a station."""
    numbers = pd.Series(np.nan, index=pd.DatetimeIndex(series.frame(ds, name).index))
    for number_, mine in enumerate(series.deployments(ds, name)):
        numbers[mine[station].to_numpy() & series.frame(ds, name)[station].notna().to_numpy()] = number_
    known = numbers.dropna()
    return list(known.index[1:][known.to_numpy()[1:] != known.to_numpy()[:-1]])


def _months_between(began: pd.Timestamp, month: pd.Timestamp) -> int:
    return 12 * (began.year - month.year) + began.month - month.month
