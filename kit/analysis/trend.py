"""Is it rising or falling? The trend of one station, or of the stations of a region together.

Rules (DESIGN 4.6): at least five full years, months against the same months of other years at the same
station, between-station covariance, no trend from a station that joins or leaves. How the slope and
its interval are found stands in :mod:`kit.stats.regional`.

Readings of one variable are used as they are: raw low-cost values, corrected values and reference values are
different variables (a correction never overwrites), so they are never pooled by naming one variable here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from kit.analysis import series, together
from kit.analysis.conditions import By, conditioned
from kit.analysis.full_years import (
    ALL_MONTHS,
    FULL_YEARS,
    INDOOR_ALONE,
    LEFT_SHORT,
    asked_months,
    telling,
    too_short,
    whole_years,
    years_of,
)  # fmt: skip
from kit.analysis.result import Note, Result, digits_for, named
from kit.errors import AnalysisError
from kit.stats import kendall, regional
from kit.stats.regional import Joint
from kit.text import N_, day, number, tr, trn

METHODS = {
    "shuffling": N_("Seasonal Kendall slope; interval from shuffling whole years, all stations together"),
    "covariance": N_("Seasonal Kendall slope; interval with the covariance between months and stations"),
}
RISE = N_("{name} rose by {slope} {unit} a year from {first} to {last} (between {low} and {high}).")
FALL = N_("{name} fell by {slope} {unit} a year from {first} to {last} (between {low} and {high}).")
UNCLEAR = N_(
    "{name}: no clear trend from {first} to {last}. "
    "Everything from {low} to {high} {unit} a year fits these readings."
)
CHANCE_ONE = N_(
    "If nothing were changing, shuffling the years would give a trend this strong about once in {n} tries."
)
CHANCE_OFTEN = N_(
    "If nothing were changing, shuffling the years would give a trend this strong in about {n} of 10 tries."
)
CHANCE_RARE = N_(
    "If nothing were changing, shuffling the years would give a trend this strong "
    "less than once in 10,000 tries."
)
CAUTION = N_(
    "This does not show why it changed, nor that it will go on. A new device, a moved station or a new "
    "building beside it can look like a trend, and a few unusual years can too."
)
WITHOUT = N_("Years without any readings in between: {years}.")
LEFT_INDOOR = N_("{station} was left out of the joint trend: it stands indoors.")
CHANGED = N_(
    "{station}: another device took over. Only the readings from {first} to {last} come from devices that "
    "may be compared with each other; only these were used."
)
EFFECTIVE = N_("Independent stations that would say as much")
RAREST = N_("Rarest chance that shuffling can show")
SUSPECT_CHANGES = N_(
    "Without the readings marked suspect the answer changes: {slope} {unit} a year ({low} to {high})."
)
SUSPECT_NEEDED = N_("Without the readings marked suspect there are too few full years for a trend.")


@dataclass(frozen=True, kw_only=True)
class TrendResult(Result):
    """A trend per year, in the variable's unit, with a 95 % interval.

    ``slope``, ``low``, ``high`` and ``p`` are those of all stations together (of the one station if there is
    one). ``count`` of ``orders`` shufflings were as strong (0 of 0 with the covariance method). ``years`` is
    the number of years with readings, ``first`` and ``last`` the first and last of them. ``region`` names the
    region or regions. ``stations`` has one row per station given, also those left out (``used`` False).
    ``series`` has one row per month: ``time``, ``value`` (mean over the stations of the readings without
    season, at the level of the stations together), ``line`` (the trend) and ``n`` (stations). ``memory`` and
    ``widened``: as in :class:`kit.stats.regional.Joint`. ``effective``: how many stations with nothing in
    common would say as much (:func:`kit.analysis.together.effective`); 1 for one station.
    """

    variable: str
    unit: str
    slope: float
    low: float
    high: float
    p: float
    count: int
    orders: int
    n_stations: int
    years: int
    first: int
    last: int
    region: str
    memory: float
    widened: float
    effective: float = math.nan
    months: tuple[int, ...] = ALL_MONTHS
    confidence: float = 0.95
    stations: pd.DataFrame = field(repr=False)
    series: pd.DataFrame = field(repr=False)

    @property
    def per_decade(self) -> float:
        """The slope per ten years."""
        return 10 * self.slope

    @property
    def smallest_p(self) -> float:
        """The smallest p that shuffling so many years can give (0 with the covariance method).

        With all orders tried, the real one and its reverse are always as strong as the real one.
        """
        return (2 if self.years <= kendall.ALL_ORDERS_UP_TO else 1) / self.orders if self.orders else 0.0

    @property
    def direction(self) -> str:
        """``"up"``, ``"down"``, or ``"unclear"`` where the interval holds zero."""
        return "up" if self.low > 0 else "down" if self.high < 0 else "unclear"

    @property
    def table(self) -> pd.DataFrame:
        """One row per station, then one for all of them together."""
        columns = ["station", "station_name", "slope", "low", "high", "p", "full_years", "months", "used"]
        rows = self.stations[columns]
        if len(rows) < 2:
            return rows.reset_index(drop=True)
        whole = {"station": "*", "station_name": "", "slope": self.slope, "low": self.low, "high": self.high,
                 "p": self.p, "full_years": self.years, "months": self.n, "used": True}  # fmt: skip
        return pd.concat([rows, pd.DataFrame([whole])], ignore_index=True)

    def scope(self, lang: str | None = None) -> dict[str, str]:
        """Return the base's labels and words, and the rarest chance that shuffling so few years can show."""
        more = {}
        if self.n_stations > 1:
            more[tr(EFFECTIVE, lang)] = number(self.effective, 1, lang)
        if self.orders:
            more[tr(RAREST, lang)] = "1 : " + number(round(1 / self.smallest_p), 0, lang)
        return {**super().scope(lang), **more}

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        """Return everything as plain JSON values, with ``direction``, ``per_decade`` and ``smallest_p``."""
        more = {"direction": self.direction, "per_decade": self.per_decade, "smallest_p": self.smallest_p}
        return {**super().to_dict(lang), **more}

    def sentence(self, lang: str | None = None) -> str:
        """Say the trend in plain words, without a p value."""
        digits = digits_for(self.slope, (self.high - self.low) / 2)
        low, high, sign = self.low, self.high, 1
        template = {"up": RISE, "down": FALL, "unclear": UNCLEAR}[self.direction]
        if self.direction == "down":
            low, high, sign = -self.high, -self.low, -1
        main = tr(
            template, lang, name=named(self.variable, lang), slope=number(sign * self.slope, digits, lang),
            unit=self.unit, low=number(low, digits, lang), high=number(high, digits, lang),
            first=self.first, last=self.last,
        )  # fmt: skip
        who = trn("This is the trend of {n} station.", "This is the joint trend of {n} stations.",
                  self.n_stations, lang)  # fmt: skip
        return f"{main.replace('  ', ' ')} {who} {self.chance(lang)}"

    def chance(self, lang: str | None = None) -> str:
        """Say how often chance alone would do this."""
        if self.p < 1e-4:
            return tr(CHANCE_RARE, lang)
        if self.p > 0.3:
            return tr(CHANCE_OFTEN, lang, n=number(round(10 * self.p), 0, lang))
        return tr(CHANCE_ONE, lang, n=number(round(1 / self.p), 0, lang))

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang)


@conditioned
def trend(
    ds: xr.Dataset,
    variable: str | None = None,
    *,
    months: tuple[int, ...] | None = None,
    method: regional.Method | None = None,
    by: By = None,
) -> TrendResult:
    """Return the trend of the stations of ``ds`` together, and of each of them.

    Parameters
    ----------
    ds
        Readings per day or month (``readings(..., freq="1D")``): dims (station, time).
    variable
        Which one, if the dataset holds several.
    months
        Only these months of the year (1-12), e.g. ``(6, 7, 8)``. Default: all (with ``by="season"`` or
        ``"month"`` those of the part). A year is full if its chosen months are.
    method
        ``"shuffling"`` or ``"covariance"``; default: shuffling for fewer than ten years.
    by
        A trend for each part: season, month, weekday, weekend, station, school, region, exposure.

    Raises
    ------
    AnalysisError
        ``too-short``: no station has five full years. A year is full with 75 % of its days, and of the
        days of each quarter.
    UsageError
        ``picked-days``: ``by="wind"``, ``"hour"`` or another variable.

    Notes
    -----
    openair's ``TheilSen`` takes all pairs of months, of any season, however much was measured, and 365 days a
    year: ``365 * kendall.theil_sen(means, days).slope`` of ``averages(ds, "month", needed=0, by=...)``.
    """
    name = series.main_variable(ds, variable)
    chosen = asked_months(ds, months)
    months_of = partial(series.monthly, ds, name)
    months_of()  # says what is wrong with the readings
    keep, changed = series.one_deployment(ds, name, chosen)
    found = _fit(ds, name, chosen, method, months_of(keep=keep), bool(changed))
    found["notes"] = _changes(ds, changed) + found["notes"]
    flag = f"{name}_flag"
    if flag in ds and bool((ds[flag] == 3).any()):
        found["notes"] += _without_suspect(ds, name, chosen, method, found, keep)
    return TrendResult(
        variable=name, unit=series.unit(ds, name), version=series.version(ds), months=chosen, **found
    )


def _fit(
    ds: xr.Dataset,
    name: str,
    chosen: tuple[int, ...],
    method: regional.Method | None,
    months: series.Months,
    changed: bool,
) -> dict[str, Any]:
    """Return the fields of a result that depend on the values."""
    full = months.full_years(chosen).sum()
    exposure, names = series.station_text(ds, "exposure"), series.station_text(ds, "station_name")
    shown, seldom = series.station_names(ds), series.without_whole_days(ds, name)
    single = len(full) == 1
    outdoors = [s for s in full.index if single or exposure[s] != "indoor"]
    long_enough = [s for s in outdoors if full[s] >= FULL_YEARS]
    if not long_enough:
        too_short(name, full[outdoors].rename(shown), changed)
    used, notes = telling(name, months.values, long_enough, shown)
    cubes, years = whole_years(months.values, full.index, chosen), years_of(months.values)
    rows: list[dict[str, Any]] = []
    for station in full.index:
        alone = (
            regional.joint_slope(cubes[station], years, months=chosen, method=method)
            if full[station] >= FULL_YEARS
            else None
        )
        rows.append(_row(station, names[station], alone, int(full[station]), cubes[station], station in used))
        if single and exposure[station] == "indoor":
            notes.append((INDOOR_ALONE, {"station": shown[station]}))
        if station not in outdoors:
            notes.append((LEFT_INDOOR, {"station": shown[station]}))
        elif station in seldom:
            notes.append((series.NO_WHOLE_DAY, {"station": shown[station]}))
        elif station not in long_enough:
            short = {"station": shown[station], "years": int(full[station]), "needed": FULL_YEARS}
            notes.append((LEFT_SHORT, short))
    joint = regional.joint_slope(np.hstack([cubes[s] for s in used]), years, months=chosen, method=method)
    values = months.values[used][pd.DatetimeIndex(months.values.index).month.isin(chosen)]
    seen = values.notna().any(axis=1)
    seen_years = pd.DatetimeIndex(values.index[seen]).year
    without = int(seen_years.max() - seen_years.min()) + 1 - seen_years.nunique()
    if without:
        notes.append((WITHOUT, {"years": without}))
    span = values[(values.index >= values.index[seen][0]) & (values.index <= values.index[seen][-1])]
    regions = series.station_text(ds, "region")
    return {
        "slope": joint.slope, "low": joint.low, "high": joint.high, "p": joint.p, "count": joint.count,
        "orders": joint.orders, "memory": joint.memory, "widened": joint.widened, "years": joint.years,
        "method": METHODS[joint.method], "n": joint.n,
        "n_stations": len(used), "effective": together.effective(values, joint.slope),
        "first": int(seen_years.min()), "last": int(seen_years.max()),
        "region": ", ".join(sorted({regions[s] for s in used} - {""})),
        "completeness": float(span.notna().to_numpy().mean()), "notes": tuple(notes),
        "stations": pd.DataFrame(rows), "series": _series(values, joint.slope),
    }  # fmt: skip


def _row(station: str, name: str, alone: Joint | None, full: int, cube: Any, used: bool) -> dict[str, Any]:
    fit = {key: getattr(alone, key) if alone else math.nan for key in ("slope", "low", "high", "p")}
    months = int(np.isfinite(cube).sum())
    return {
        "station": station,
        "station_name": name,
        **fit,
        "full_years": full,
        "months": months,
        "used": used,
    }


def _series(values: pd.DataFrame, slope: float) -> pd.DataFrame:
    """Return the monthly values without season and station level, their mean over stations, and the line.

    The season is the median, per station and calendar month, of what is left without the trend; so a
    station that joins late neither lifts nor lowers the line.
    """
    index = pd.DatetimeIndex(values.index)
    years = pd.Series(index.year + (index.month - 0.5) / 12, index=values.index)
    slanted = years * slope
    left = values.sub(slanted, axis=0)
    season = left.groupby(index.month).transform("median")
    level = float(np.nanmean(left.groupby(index.month).median().to_numpy()))
    free = (left - season).mean(axis=1) + level + slanted
    line, stations = (level + slanted).to_numpy(), values.notna().sum(axis=1).to_numpy()
    table = pd.DataFrame({"time": values.index, "value": free.to_numpy(), "line": line, "n": stations})
    there = np.flatnonzero(table["n"])
    return table.iloc[there[0] : there[-1] + 1].reset_index(drop=True)


def _changes(ds: xr.Dataset, changed: dict[str, tuple[pd.Timestamp, pd.Timestamp]]) -> tuple[Note, ...]:
    """Say which stations lose readings because their device changed."""
    shown = series.station_names(ds)
    return tuple(
        (CHANGED, {"station": shown[station], "first": partial(day, first), "last": partial(day, last)})
        for station, (first, last) in changed.items()
    )


def _without_suspect(
    ds: xr.Dataset,
    name: str,
    chosen: tuple[int, ...],
    method: regional.Method | None,
    found: dict[str, Any],
    keep: pd.DataFrame,
) -> tuple[Note, ...]:
    """Say whether leaving out the values with flag 3 changes the answer."""
    try:
        other = _fit(ds, name, chosen, method, series.monthly(ds, name, without_flag=3, keep=keep), False)
    except AnalysisError:
        return ((SUSPECT_NEEDED, {}),)
    moved = abs(other["slope"] - found["slope"]) > (found["high"] - found["low"]) / 4
    if (np.sign(other["low"]), np.sign(other["high"])) == (
        np.sign(found["low"]),
        np.sign(found["high"]),
    ) and not moved:
        return ()
    digits = digits_for(other["slope"], (other["high"] - other["low"]) / 2)
    limits = {key: round(other[key], digits) for key in ("slope", "low", "high")}
    return ((SUSPECT_CHANGES, {**limits, "unit": series.unit(ds, name)}),)
