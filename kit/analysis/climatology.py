"""What is usual at a station at each time of the year: quantiles that a few wild days do not move."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from kit.aggregate.zones import standard_offset
from kit.analysis import series
from kit.analysis.asked import Asked
from kit.analysis.conditions import By, conditioned
from kit.analysis.given import need_readings
from kit.analysis.result import HEADINGS, Note, Result, called, digits_for, named
from kit.analysis.rows import rows
from kit.analysis.sides import MONTHS
from kit.errors import AnalysisError, UsageError
from kit.text import N_, number, tr
from kit.vocab.variables import known

OVER = ("month", "day")
#: Years that a usual value needs.
FEWEST = 2
QUANTILES = {"p10": 0.1, "p25": 0.25, "median": 0.5, "p75": 0.75, "p90": 0.9}
#: Half the width of the window around a day of the year: WMO's 31 days.
HALF_WINDOW = 15
HEADINGS |= {"p25": N_("a quarter is below"), "p75": N_("a quarter is above")}

METHODS = {
    "month": N_("Median and quantiles of the values of each calendar month; stations count equally"),
    "day": N_("Median and quantiles around each day of the year (31 days); stations count equally"),
}
SENTENCE = N_(
    "{name} is usually highest in {top} (half of the values from {top_low} to {top_high} {unit}) and lowest "
    "in {low} (from {low_low} to {low_high} {unit})."
)
ONE = N_("{name} in {top}: half of the values from {top_low} to {top_high} {unit}.")
SAME = N_("{name}: the usual value is the same at all times of the year.")
CAUTION = N_(
    "This rests on {years} years at most; a climate normal takes 30. What is usual for these stations need "
    "not be usual for the place."
)
LEFT_OUT = N_("{station} was left out: it has no time of the year measured in {needed} different years.")
DEVICE = N_(
    "{station}: only the readings of the device with most values count; another one may read differently."
)


@dataclass(frozen=True, kw_only=True)
class ClimatologyResult(Result):
    """What is usual by calendar month, or by day of the year.

    ``cells`` has one row per month (``month``, 1 to 12) or day (``day``, 1 to 366 as in a leap year):
    ``label`` (month), ``p10``, ``p25``, ``median``, ``p75``, ``p90`` (means over the stations that have all
    of these), ``n_stations`` and ``n`` (values). ``stations`` has the same for each station, with ``years``,
    how many years stand behind it.
    """

    headings = MappingProxyType({"median": N_("usual (median)")})

    variable: str
    unit: str
    over: str
    n_stations: int
    cells: pd.DataFrame = field(repr=False)
    stations: pd.DataFrame = field(repr=False)

    @property
    def names(self) -> dict[str, tuple[Note, ...]]:
        """What people call the days of the year."""
        days = self.cells.get("day", ())
        return {str(day): (("{day}", {"day": partial(_date, int(day))}),) for day in days}

    @property
    def table(self) -> pd.DataFrame:
        """One row per month or day of the year."""
        return self.cells

    def sentence(self, lang: str | None = None) -> str:
        """Say when it is usually highest and lowest."""
        seen = self.cells[self.cells["median"].notna()]
        at = seen["median"].to_numpy(dtype=float)
        words = {"name": named(self.variable, lang), "unit": self.unit}
        meant = known(self.variable)
        digits = meant.digits if meant else digits_for(*at)
        for kind, row in (("top", seen.iloc[int(at.argmax())]), ("low", seen.iloc[int(at.argmin())])):
            words[f"{kind}_low"], words[f"{kind}_high"] = (
                number(float(row[name]), digits, lang) for name in ("p25", "p75")
            )
            words[kind] = tr(str(row["label"]), lang) if "month" in row else _date(int(row["day"]), lang)
        alike = len(seen) > 1 and at.max() == at.min()
        return tr(SAME if alike else SENTENCE if len(seen) > 1 else ONE, lang, **words)

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang, years=int(self.stations["years"].max()))


def _date(day: int, lang: str | None = None) -> str:
    from babel.dates import format_skeleton

    from kit.text import language

    date = pd.Timestamp("2024-01-01") + pd.Timedelta(days=day - 1)
    return str(format_skeleton("MMMMd", date.to_pydatetime(), locale=language(lang)))


@conditioned
def climatology(
    ds: xr.Dataset, variable: str | None = None, *, over: str = "month", by: By = None
) -> ClimatologyResult:
    """Return what is usual at each time of the year, told so that a few wild values do not move it.

    Parameters
    ----------
    ds
        Hourly, daily or monthly readings. Hours are taken as they are (``by="hour"`` keeps hours apart);
        months and days are those of local standard time. Of several stations those indoors are left out.
    variable
        Which one, if the dataset holds several.
    over
        ``"month"``, or ``"day"``: 31 days around each day of the year (WMO-No. 1203, 2017,
        https://library.wmo.int/idurl/4/55797), 29 February counting as 28 February in other years.

    Raises
    ------
    UsageError
        ``climatology-over``; ``direction``.
    AnalysisError
        ``too-short``: no time of the year was measured in two years; ``empty``, ``indoor``; ``not-daily``
        where days are asked of months.

    Notes
    -----
    A year counts for a month (window) only if 75 % of its days (of the window) are there, so that each year
    weighs about the same. Quantiles are of type 7 (Hyndman & Fan 1996, doi:10.2307/2684934). Where a device
    was replaced, the one with most values counts. Stations read by hand have one value a day; compare them
    with others at that hour (:func:`kit.analysis.at_hour`).

    Examples
    --------
    >>> days = pd.date_range("2023-01-01", "2025-12-31").as_unit("us")
    >>> values = np.where(days.month == 7, 20.0, 5.0) + (days.year == 2025)
    >>> values[days.day_of_year == 190] = 99.0
    >>> ds = xr.Dataset({"temperature": (("station", "time"), [values])},
    ...                 {"station": ["EE-A/roof"], "time": days}, {"freq": "1D"})
    >>> climatology(ds).table.loc[6, ["p25", "median", "p75", "n"]].astype(float).tolist()
    [20.0, 20.0, 21.0, 93.0]
    """
    if over not in OVER:
        raise UsageError("What is usual can be told by: {known}, not by {value}.", code="climatology-over",
                         value=over, known=", ".join(OVER))  # fmt: skip
    name = series.main_variable(ds, variable)
    if name == "wind_direction":
        raise UsageError("{name} is a direction: it has no mean that could rise or fall.",
                         do="Ask how often the wind came from each side instead (a wind rose).",
                         code="direction", name=lambda lang: named(name, lang))  # fmt: skip
    found = rows(ds, [name])
    if found.step == "year" or (found.step == "month" and over == "day"):
        raise AnalysisError("These readings have no days, so they cannot be split by {name}.",
                            do='Take daily readings: freq="1D".', code="condition-step",
                            name=over)  # fmt: skip
    best = _one_device(ds, name)
    notes: list[Note] = [*found.notes, *series.at_one_hour(ds)]
    tables = []
    for at, station in enumerate(found.stations):
        keep, changed = best[station]
        values = np.where(keep, found.values[name][:, at], np.nan)
        usual = _usual(values, found.local[:, at], over, found.step, found.part)
        if usual["median"].isna().all():
            notes.append((LEFT_OUT, {"station": found.names[station], "needed": FEWEST}))
            continue
        if changed:
            notes.append((DEVICE, {"station": found.names[station]}))
        tables.append(usual.assign(station=station, station_name=found.names[station]))
    if not tables:
        raise AnalysisError(
            "No station has measured {name} at the same time of two years, so nothing is usual yet.",
            do="Compare the stations with each other on the same days instead.", code="too-short",
            name=called(name),
        )  # fmt: skip
    stations = pd.concat(tables, ignore_index=True)
    cells = _cells(stations, over)
    there = stations["median"].notna().groupby(stations["station"]).any()
    return ClimatologyResult(
        method=METHODS[over], n=int(np.isfinite(found.values[name]).sum()),
        completeness=float(np.isfinite(found.values[name]).mean()), version=series.version(ds),
        notes=tuple(notes), variable=name, unit=series.unit(ds, name), over=over, n_stations=int(there.sum()),
        cells=cells, stations=stations,
    )  # fmt: skip


def _one_device(ds: xr.Dataset, name: str) -> dict[str, tuple[NDArray[np.bool_], bool]]:
    """Return which values of each station are of the device with most, and whether others are lost."""
    there = series.frame(ds, name).notna()
    choices = [mine & there for mine in series.deployments(ds, name)]
    counts = np.array([mine.sum().to_numpy() for mine in choices])
    best = counts[::-1].argmax(axis=0)  # of equal ones the latest
    found = {}
    for at, station in enumerate(there.columns):
        mine = choices[len(choices) - 1 - best[at]][station].to_numpy(dtype=bool)
        found[str(station)] = (mine, bool(mine.sum() < there[station].sum()))
    return found


def _usual(
    values: NDArray[np.float64], local: NDArray[np.datetime64], over: str, step: str, part: Asked | None
) -> pd.DataFrame:
    """Return the quantiles of one station at each time of the year; NaN with fewer than two whole years."""
    days = local.astype("datetime64[D]")
    year = days.astype("datetime64[Y]").astype(np.int64)
    month = days.astype("datetime64[M]").astype(np.int64) % 12
    there = np.isfinite(values)
    place = month if over == "month" else _day_of_leap_year(days)
    rows_: list[dict[str, float]] = []
    for spot in range(12 if over == "month" else 366):
        near = (place == spot) if over == "month" else _near(place, spot)
        mine = near & there
        length = 1 if step == "month" else (28.25 if spot == 1 else 30.4) if over == "month" else 31
        length *= _share_asked(spot, over, step, part)
        turn = year + _turned(place, spot) if over == "day" else year
        whole = _whole_years(turn[mine], days[mine], series.NEEDED * length)
        chosen = values[mine & np.isin(turn, whole)]
        head = {"month": spot + 1} if over == "month" else {"day": spot + 1}
        some = len(whole) >= FEWEST
        cuts = np.quantile(chosen, list(QUANTILES.values())) if some else np.full(len(QUANTILES), np.nan)
        n = {"n": len(chosen) if some else 0, "years": len(whole)}
        rows_.append({**head, **dict(zip(QUANTILES, cuts, strict=True)), **n})
    return pd.DataFrame(rows_)


def _share_asked(spot: int, over: str, step: str, part: Asked | None) -> float:
    """Return the share of the days of a time of the year that were asked for: one month, the weekend …"""
    share = len(part.weekdays) / 7 if part and part.weekdays is not None and step != "month" else 1.0
    if over == "day" and part and part.months is not None:
        days = np.arange("2024-01-01", "2025-01-01", dtype="datetime64[D]")
        month = days.astype("datetime64[M]").astype(np.int64) % 12 + 1
        share *= float(np.isin(month[_near(_day_of_leap_year(days), spot)], part.months).mean())
    return share


def _day_of_leap_year(days: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """Return the day of a leap year, from 0, that each date is: 1 March is always 60."""
    month = days.astype("datetime64[M]")
    first = np.array([0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335])
    return np.asarray(
        first[month.astype(np.int64) % 12] + (days - month.astype("datetime64[D]")).astype(np.int64)
    )


def _near(place: NDArray[np.int64], spot: int) -> NDArray[np.bool_]:
    """Return which days lie at most half a window from a day of the year, over New Year too."""
    gap = np.abs(place - spot)
    return np.asarray(np.minimum(gap, 366 - gap) <= HALF_WINDOW)


def _turned(place: NDArray[np.int64], spot: int) -> NDArray[np.int64]:
    """Return by how many years a day near New Year belongs to the window of another year."""
    return np.where(place - spot > 183, 1, np.where(spot - place > 183, -1, 0))


def _whole_years(year: NDArray[np.int64], days: NDArray[np.datetime64], needed: float) -> NDArray[np.int64]:
    """Return the years of which as many different days as ``needed`` are there."""
    pairs = np.unique(np.stack([year, days.astype(np.int64)]), axis=1)[0]
    years, counts = np.unique(pairs, return_counts=True)
    return np.asarray(years[counts >= needed])


def _cells(stations: pd.DataFrame, over: str) -> pd.DataFrame:
    """Return the means of the stations that have every time of the year that some station has."""
    key = over
    wide = stations.pivot(index=key, columns="station", values="median")
    seen = wide.notna().any(axis=1)
    full = wide.columns[wide[seen].notna().all()]
    chosen = stations[stations["station"].isin(full if len(full) else wide.columns)]
    grouped = chosen.groupby(key)
    table = grouped[list(QUANTILES)].mean()
    table["n_stations"] = grouped["median"].count()
    table["n"] = grouped["n"].sum()
    table = table.reset_index()
    label = [MONTHS[int(m) - 1] for m in table["month"]] if over == "month" else table["day"].astype(str)
    table.insert(0, "label", label)
    return table


def at_hour(ds: xr.Dataset, hour: int | None = None) -> xr.Dataset:
    """Return the readings of one hour of each day, as daily readings: so what is read by hand is compared.

    A thermometer that is read at eight has no mean of the day. At that hour it can be compared with other
    stations and other years: every analysis of days takes the answer.

    Parameters
    ----------
    ds
        Hourly readings (UTC), dims (station, time).
    hour
        0 to 23, local standard time at each station (in summer the clock on the wall shows one more). Without
        it, the hour at which most days of the station with fewest hours a day were read.

    Returns
    -------
    xarray.Dataset
        The same variables with one value a day (time: local standard date), ``freq`` "1D", ``at_hour``. A
        coverage is 1 where there is a reading: its hour is all that was asked for.

    Raises
    ------
    UsageError
        ``hour``.
    AnalysisError
        ``not-hourly``, ``empty``.

    Examples
    --------
    >>> times = pd.DatetimeIndex(["2026-01-01T06:00", "2026-01-02T06:00", "2026-01-02T15:00"]).as_unit("us")
    >>> ds = xr.Dataset({"temperature": (("station", "time"), [[-3.0, -5.0, 1.0]])},
    ...                 {"station": ["EE-A/yard"], "zone": ("station", ["Europe/Tallinn"]), "time": times},
    ...                 {"freq": "1h"})
    >>> found = at_hour(ds)
    >>> found.attrs["at_hour"], found["temperature"].values.tolist()
    (8, [[-3.0, -5.0]])
    """
    need_readings(ds)
    if series.step(ds) != "hour":
        raise AnalysisError("This question needs hourly readings; these are not hourly.",
                            do='Take hourly readings: freq="1h".', code="not-hourly")  # fmt: skip
    if hour is not None and not (0 <= hour <= 23 and int(hour) == hour):
        raise UsageError("An hour of the day is 0 to 23, not {value}.", code="hour", value=hour)
    if 0 in ds.sizes.values():
        raise AnalysisError(
            "There are no readings here.", do="Ask for a longer time or more stations.", code="empty"
        )
    ds = (ds if "station" in ds.dims else ds.expand_dims("station")).sortby("time")
    zones = list(series.station_text(ds, "zone").values())
    stamps = ds["time"].values.astype("datetime64[us]").astype(np.int64)
    local = np.stack([stamps + (standard_offset(z, stamps) * 1_000_000 if z else 0) for z in zones])
    hours = local // 3_600_000_000
    chosen = _usual_hour(ds, hours) if hour is None else int(hour)
    day = (hours // 24).astype("datetime64[D]")
    mine = hours % 24 == chosen
    every = np.unique(day[mine])
    parts = []
    for at in range(ds.sizes["station"]):
        place = np.flatnonzero(mine[at])
        place = place[np.append(np.diff(day[at][place].astype(np.int64)) != 0, True)] if len(place) else place
        part = ds.isel(station=[at], time=place)
        part = part.assign_coords(time=day[at][place].astype("datetime64[us]"))
        nothing = {n: _nothing(str(n)) for n in part.data_vars}
        parts.append(part.reindex(time=every.astype("datetime64[us]"), fill_value=nothing))
    whole = xr.concat(parts, "station") if len(parts) > 1 else parts[0]
    for name in whole.data_vars:
        whole[name] = whole[name].astype(ds[name].dtype).assign_attrs(ds[name].attrs)
        if str(name).endswith("_coverage"):
            value = str(name).removesuffix("_coverage")
            whole[name] = (whole[value].notnull() * 1.0).assign_attrs(ds[name].attrs)
    return whole.assign_attrs({**ds.attrs, "freq": "1D", "at_hour": chosen})


def _nothing(name: str) -> float:
    from kit.analysis.conditions import NOTHING

    return float(NOTHING.get(name.rpartition("_")[2], np.nan))


def _usual_hour(ds: xr.Dataset, hours: NDArray[np.int64]) -> int:
    """Return the hour of most readings at the station that has fewest a day; of equal ones the earliest."""
    held = [str(name) for name in ds.data_vars if not str(name).endswith(series.ANCILLARY)]
    there = np.logical_or.reduce([series.frame(ds, name).notna().to_numpy().T for name in held])
    if there.shape != hours.shape or not there.any():
        raise AnalysisError(
            "There are no readings here.", do="Ask for a longer time or more stations.", code="empty"
        )
    a_day = [len(np.unique(h[t])) / len(np.unique(h[t] // 24)) if t.any() else np.inf
             for h, t in zip(hours, there, strict=True)]  # fmt: skip
    rarest = int(np.argmin(a_day))
    counts = np.bincount(hours[rarest][there[rarest]] % 24, minlength=24)
    return int(counts.argmax())
