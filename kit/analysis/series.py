"""From a dataset of readings to tables of days and months, one column per station.

A dataset is what ``readings()`` gives: dims (station, time), one data variable per measured variable,
``<variable>_flag`` beside it, station coordinates, attributes ``dataset_version``, ``rules``, ``freq``.
Times of days and months are local standard dates; times of hours are UTC.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from kit.aggregate.zones import standard_offset
from kit.analysis.given import need_readings
from kit.analysis.result import Note, called, named
from kit.errors import AnalysisError, NotFoundError, UsageError
from kit.text import N_
from kit.vocab.variables import known

#: Share of the days that a month, a quarter and a year need.
NEEDED = 0.75
#: The same for a quarter of which only months are known: two of three.
NEEDED_MONTHS_OF_QUARTER = 2 / 3
STEPS = ("hour", "day", "month", "year")
ENDINGS = {
    "H": "hour", "D": "day", "M": "month", "MS": "month", "ME": "month", "Y": "year", "YS": "year",
    "YE": "year",
}  # fmt: skip
NO_WHOLE_DAY = N_(
    "{station} was left out: on no day did it measure during 18 of the 24 hours. Readings taken at one hour "
    "can only be compared at that hour."
)
NO_WHOLE_DAY_HERE = N_("On no day did {station} measure during 18 of the 24 hours, so it has no daily means.")
AT_THAT_HOUR = N_('Compare it at the hour at which it is read: at_hour(...) of hourly readings (freq="1h").')
ONE_HOUR = N_("Only the readings at {hour} o'clock (standard time) are compared.")
#: Of more deployments than this, the longest are looked at.
MOST_DEPLOYMENTS = 8
ANCILLARY = ("_flag", "_coverage", "_at_least", "_deployment")


@dataclass(frozen=True)
class Months:
    """Months of several stations.

    ``values`` and ``share`` have one row per calendar month (its first day; whole years) and one column
    per station; ``share`` is the share of the days that were there, 0 to 1. ``by_days`` is False where only
    whole months count (monthly readings, sums): then ``share`` is 0 or 1.
    """

    values: pd.DataFrame
    share: pd.DataFrame
    by_days: bool

    def full_years(self, months: tuple[int, ...] = tuple(range(1, 13))) -> pd.DataFrame:
        """Return, per year (rows) and station (columns), whether the year is full.

        Full means 75 % of the days of the chosen months, and of each quarter that holds one of them.
        """
        index = pd.DatetimeIndex(self.share.index)
        chosen = index.month.isin(months)
        days = pd.Series(index.days_in_month, index=index)[chosen]
        there = self.share[chosen].mul(days, axis=0)
        years, quarters = index[chosen].year, index[chosen].quarter
        by_year = there.groupby(years).sum().div(days.groupby(years).sum(), axis=0)
        by_quarter = there.groupby([years, quarters]).sum().div(days.groupby([years, quarters]).sum(), axis=0)
        limit = NEEDED if self.by_days else NEEDED_MONTHS_OF_QUARTER - 0.02
        worst = by_quarter.groupby(level=0).min()
        return (by_year >= NEEDED - 0.02 * (not self.by_days)) & (worst >= limit)


def main_variable(ds: xr.Dataset, variable: str | None = None) -> str:
    """Return ``variable`` if the dataset has it, or the only one it has."""
    need_readings(ds)
    held = [str(name) for name in ds.data_vars if not str(name).endswith(ANCILLARY)]
    if variable is None and len(held) == 1:
        return held[0]
    if variable in held:
        return str(variable)
    raise UsageError(
        "Which variable? These readings hold {held}.", do="Name one of them: variable=\"{first}\".",
        code="which-variable", held=", ".join(held) or "–", first=held[0] if held else "pm25",
    )  # fmt: skip


def frame(ds: xr.Dataset, variable: str) -> pd.DataFrame:
    """Return the values of one variable: rows are times, columns are stations.

    Values with the flags 4 (fail) and 9 (missing) are NaN, whatever stands there; so are sums of which
    something is missing ("at least 12 mm" is not 12 mm).
    """
    if 0 in (ds.sizes.get("station", 1), ds.sizes.get("time", 0)):
        raise AnalysisError(
            "There are no readings here: {name}.",
            do="Ask for a longer time or more stations.",
            code="empty",
            name=called(variable),
        )
    found = _frame(ds, variable)
    flag, at_least = f"{variable}_flag", f"{variable}_at_least"
    if flag in ds:
        found = found.mask(_frame(ds, flag).isin([4, 9]))
    return found.mask(_frame(ds, at_least) == 1) if at_least in ds else found


def deployments(ds: xr.Dataset, variable: str) -> list[pd.DataFrame]:
    """Return, for each deployment number, which values are of it (times, stations): True or False.

    Values of different deployments of a station come from devices that may not be compared over the years
    (:mod:`kit.aggregate.devices`). One table, all True, where no device changed.
    """
    name = f"{variable}_deployment"
    if name not in ds:
        return [_frame(ds, variable).notna() | True]
    numbers = _frame(ds, name)
    commonest = pd.Series(numbers.to_numpy().ravel()).value_counts().drop(-1.0, errors="ignore")
    return [numbers == number for number in sorted(commonest.index[:MOST_DEPLOYMENTS])] or [numbers == 0]


def without_whole_days(ds: xr.Dataset, variable: str) -> set[str]:
    """Return the stations that measured but never on 18 hours of a day: read by hand, or seldom."""
    name = f"{variable}_coverage"
    if name not in ds or step(ds) != "day" or 0 in ds.sizes.values():
        return set()
    highest = _frame(ds, name).max()
    some = (highest > 0) & (highest < NEEDED) & _frame(ds, variable).isna().all()
    return {str(station) for station in some.index[some]}


def one_deployment(
    ds: xr.Dataset, variable: str, months: tuple[int, ...]
) -> tuple[pd.DataFrame, dict[str, tuple[pd.Timestamp, pd.Timestamp]]]:
    """Return which values belong to each station's best deployment, and which stations lose some by that.

    The best has most full years; of equal ones it is the latest. The second answer says for each station that
    loses values when the first and the last value of its best deployment are.
    """
    choices = deployments(ds, variable)
    values = frame(ds, variable)
    if len(choices) == 1 and bool(choices[0].to_numpy().all()):
        return choices[0], {}
    full = [monthly(ds, variable, keep=mine).full_years(months).sum() for mine in choices]
    keep, changed = choices[0].copy(), {}
    for station in values.columns:
        there = values[station].notna()
        spans = [values.index[there & mine[station]] for mine in choices]
        ranked = [(int(n[station]), span.max()) if len(span) else (-1, values.index[0])
                  for n, span in zip(full, spans, strict=True)]  # fmt: skip
        best = max(range(len(choices)), key=lambda place: ranked[place])
        keep[station] = choices[best][station]
        if len(spans[best]) and len(spans[best]) < int(there.sum()):
            changed[str(station)] = (spans[best].min(), spans[best].max())
    return keep, changed


def _frame(ds: xr.Dataset, variable: str) -> pd.DataFrame:
    array = ds[variable]
    if "station" not in array.dims:
        array = array.expand_dims("station")
    table = array.transpose("time", "station").to_pandas()
    found = pd.DataFrame(table).astype(float).sort_index()
    found.columns = (
        [str(name) for name in np.atleast_1d(ds["station"].values)] if "station" in ds.coords else ["1"]
    )
    found.columns.name, found.index.name = "station", "time"
    found = found[~found.index.duplicated(keep="last")]
    return found.replace([np.inf, -np.inf], np.nan)


def at_one_hour(ds: xr.Dataset) -> list[Note]:
    """Return the remark that belongs to readings of one hour a day (:func:`kit.analysis.at_hour`)."""
    return [(ONE_HOUR, {"hour": int(ds.attrs["at_hour"])})] if "at_hour" in ds.attrs else []


def station_text(ds: xr.Dataset, coordinate: str) -> dict[str, str]:
    """Return station -> text of a station coordinate ("" where there is none)."""
    names = [str(name) for name in np.atleast_1d(ds["station"].values)] if "station" in ds.coords else ["1"]
    if coordinate not in ds.coords:
        return dict.fromkeys(names, "")
    return dict(zip(names, (str(text) for text in np.atleast_1d(ds[coordinate].values)), strict=True))


def unknown_station(station: str, known: Iterable[str]) -> NotFoundError:
    """Return the error for a station that is not among the readings.

    >>> unknown_station("EE-A/x", ["EE-A/roof"]).code
    'unknown-station'
    """
    return NotFoundError("There is no station {station} in these readings.", do="There are: {known}.",
                         code="unknown-station", station=station, known=", ".join(known))  # fmt: skip


def device_and_reference(values: pd.DataFrame, station: str, reference: str) -> None:
    """Check that a device and its reference are two stations (columns) of the readings.

    Raises :class:`NotFoundError` (``unknown-station``) and :class:`UsageError` (``own-reference``).
    """
    for one in (station, reference):
        if one not in values.columns:
            raise unknown_station(one, values.columns)
    if station == reference:
        raise UsageError("A device cannot be its own reference.", do="Name another station as the reference.",
                         code="own-reference")  # fmt: skip


def station_names(ds: xr.Dataset) -> dict[str, str]:
    """Return station -> what people call it: its name, with the id where two share a name, else the id."""
    names = {station: name or station for station, name in station_text(ds, "station_name").items()}
    shared = list(names.values())
    return {
        station: f"{name} ({station})" if shared.count(name) > 1 and name != station else name
        for station, name in names.items()
    }


def local_times(ds: xr.Dataset) -> np.ndarray[Any, np.dtype[np.datetime64]]:
    """Return the local standard time at each station, shape (station, time).

    Times of days, months and years are that already. A station without a zone has UTC.
    """
    times = ds["time"].values.astype("datetime64[us]")
    zones = list(station_text(ds, "zone").values())
    if step(ds) != "hour":
        return np.repeat(times[None, :], len(zones), axis=0)
    stamps = times.astype(np.int64)
    shifts = {zone: standard_offset(zone, stamps) * 1_000_000 if zone else 0 for zone in set(zones)}
    return np.array([stamps + shifts[zone] for zone in zones]).astype("datetime64[us]")


def version(ds: xr.Dataset) -> str:
    """Return the citation ``version/rules`` from the attributes, "" without them."""
    parts = [str(ds.attrs.get(key, "")) for key in ("dataset_version", "rules")]
    return "/".join(part for part in parts if part) if parts[0] else ""


def unit(ds: xr.Dataset, variable: str) -> str:
    """Return the unit as people write it: from the table of variables, else from the attributes."""
    meant = known(variable)
    return meant.symbol if meant else str(ds[variable].attrs.get("units", ""))


def step(ds: xr.Dataset) -> str:
    """Return the step of the times: ``"hour"``, ``"day"``, ``"month"`` or ``"year"``.

    It is what the attribute ``freq`` says and what the times themselves show; where these differ, the
    shorter one (so that days under the name of months are still counted as days).
    """
    freq = str(ds.attrs.get("freq", "")).lstrip("0123456789")
    said = ENDINGS.get(freq.upper())
    gaps = np.diff(np.unique(ds["time"].values)).astype("timedelta64[s]").astype(float)
    typical = float(np.median(gaps)) if len(gaps) else math.nan
    shown = "year" if typical > 300 * 86400 else "month" if typical > 27 * 86400 else "day"
    if typical < 86400 or (math.isnan(typical) and not said):
        shown = "hour"
    if said is None or math.isnan(typical):
        return said or shown
    return min(said, shown, key=STEPS.index)


def monthly(
    ds: xr.Dataset, variable: str, *, without_flag: int | None = None, keep: pd.DataFrame | None = None
) -> Months:
    """Return the months of daily or monthly readings.

    A month needs 75 % of its days; a sum (rain) needs every day. Means and daily extremes are averaged,
    sums added, maxima kept. Values with the flag ``without_flag``, and those not in ``keep`` (times,
    stations), are left out first.
    """
    meant = known(variable)
    kind = meant.kind if meant else "mean"
    if kind == "vector":
        raise UsageError("{name} is a direction: it has no mean that could rise or fall.",
                         do="Ask how often the wind came from each side instead (a wind rose).",
                         code="direction", name=partial(named, variable))  # fmt: skip
    if ds.attrs.get("picked"):
        raise UsageError(
            "Months cannot be compared over the years if their days were picked by {name}.",
            why="Such days are not equally many in each month.",
            do="Split by season, month, weekday, weekend, station, school or region.",
            code="picked-days", name=", ".join(ds.attrs["picked"]),
        )  # fmt: skip
    spacing = step(ds)
    if spacing in ("hour", "year"):
        raise AnalysisError("These readings are neither daily nor monthly; months are needed here.",
                            do='Take daily readings: freq="1D".', code="not-daily")  # fmt: skip
    values = frame(ds, variable)
    if without_flag is not None and f"{variable}_flag" in ds:
        values = values.mask(frame(ds, f"{variable}_flag") == without_flag)
    if keep is not None:
        values = values.where(keep)
    index = pd.DatetimeIndex(values.index)
    first, last = index.min().year, index.max().year
    months = pd.date_range(f"{first}-01-01", f"{last}-12-01", freq="MS", unit="us")
    start = pd.DatetimeIndex(
        index.year.astype(str) + "-" + index.month.astype(str).str.zfill(2) + "-01"
    ).as_unit("us")
    if spacing == "month":
        found = values.set_axis(start).groupby(level=0).mean().reindex(months)
        return Months(found, found.notna().astype(float), False)
    grouped = values.set_axis(start).groupby(level=0)
    share = grouped.count().div(_days(months, ds.attrs.get("weekdays")), axis=0).reindex(months).fillna(0.0)
    found = {"sum": grouped.sum(), "max": grouped.max()}.get(kind, grouped.mean()).reindex(months)
    if kind == "sum":
        found = found.where(share >= 1.0)
        return Months(found, found.notna().astype(float), False)
    return Months(found.where(share >= NEEDED), share, True)


def _days(months: pd.DatetimeIndex, weekdays: tuple[int, ...] | None) -> pd.Series:
    """Return how many days each month has; only those on ``weekdays`` (0: Monday) if these were asked for."""
    days = pd.date_range(months[0], months[-1] + pd.offsets.MonthEnd(0), freq="D")
    counted = days if weekdays is None else days[days.day_of_week.isin(weekdays)]
    return pd.Series(1, index=counted).resample("MS").sum().reindex(months)
