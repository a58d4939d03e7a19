"""Does spring come earlier after warm months? First dates of many years against temperature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pandas as pd
import xarray as xr

from kit.analysis import series
from kit.analysis.conditions import By, conditioned
from kit.analysis.gradient import slope
from kit.analysis.phenology import phenology
from kit.analysis.phenology_slope import SECONDS, WIDEST, SlopeOfDates, fields_of, middles
from kit.analysis.result import HEADINGS, digits_for
from kit.errors import AnalysisError
from kit.stats import panel
from kit.stats.kendall import Floats
from kit.text import N_

#: Fewer years do not tell a warm spring from a change of the place.
FEWEST_YEARS = 10

METHOD = N_(
    "Middles of the first-date intervals, each station against its own level; slope by least squares; "
    "chance by dealing the years anew"
)
EARLIER = N_(
    "{name} came {size} days earlier for each °C that the months before were warmer (between {low} and "
    "{high})."
)
LATER = N_(
    "{name} came {size} days later for each °C that the months before were warmer (between {low} and {high})."
)
UNCLEAR = N_(
    "{name}: no clear relation to the temperature of the months before. Everything from {low} to {high} days "
    "later for each °C fits."
)
CHANCE = N_(
    "Years compared: {places}. By chance alone it would be as large in {count} of {n} shufflings; at the "
    "rarest in {rarest}."
)
CAUTION = N_(
    "This does not show that warmth is the reason: food, wind and the places it comes from change with it. "
    "Where both change over the years, any two such things go together."
)
WITHOUT_YEARS = N_(
    "Without the steady change of both over the years it is {slope} days for each °C (between {low} and "
    "{high})."
)
HEADINGS |= {"temperature": N_("temperature")}


@dataclass(frozen=True, kw_only=True)
class PhenologyTemperatureResult(SlopeOfDates):
    """First dates of many years against the temperature of the months before.

    ``slope`` is in days per °C. ``without_years`` (with ``_low`` and ``_high``) is the slope once a straight
    line over the years is taken out of both. ``years`` has one row per year: ``year``, ``date`` (level of
    the region), ``temperature`` (°C, mean of ``months``), ``stations`` (with a first date).
    """

    told = MappingProxyType({"later": LATER, "earlier": EARLIER, "unclear": UNCLEAR})
    chance = CHANCE
    warning = CAUTION

    months: tuple[int, ...]
    without_years: float
    without_years_low: float
    without_years_high: float
    years: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per year."""
        return self.years


@conditioned
def phenology_temperature(
    sightings: pd.DataFrame, taxon: str, temperature: xr.Dataset | Mapping[int, float], *,
    months: Sequence[int] | None = None, starts: int = 1, widest: float = WIDEST, by: By = None,
) -> PhenologyTemperatureResult:  # fmt: skip
    """Return how first dates of many years go with the temperature of the months before.

    Parameters
    ----------
    sightings, taxon, by
        As for :func:`kit.analysis.phenology`.
    temperature
        Daily readings of ``temperature``, dims (station, time), or a mapping of year to °C. Stations indoors
        are left out; each station is taken against its own level, so that its gaps do not matter.
    months
        Whose mean is taken; default: the month of the usual first date and the two before (as Menzel et al.
        2006 do, doi:10.1111/j.1365-2486.2006.01193.x).
    starts
        The month in which the year begins, see :func:`kit.analysis.phenology`.
    widest
        First dates are used if their interval is at most so long (days).

    Raises
    ------
    AnalysisError
        Those of :func:`kit.analysis.phenology`; ``few-years``: fewer than ten years have a first date and a
        temperature; ``one-temperature``.

    Notes
    -----
    Stations are joined by station and year levels (:mod:`kit.stats.panel`), so a station that joins late
    makes no change. The test takes the years as exchangeable. If both series drift, that is a relation of
    its own: ``without_years`` is the slope without it.

    Examples
    --------
    Three days earlier for each °C, at one school over ten years:

    >>> warm = dict(zip(range(2015, 2025), [3, 5, 4, 6, 2, 7, 3, 4, 2, 7], strict=True))
    >>> rows = [(f"{year}-04-{day:02d}", name) for year in warm for day in range(1, 30)
    ...         for name in ("Pica pica", "Hirundo rustica")
    ...         if name == "Pica pica" or day >= 26 - 3 * warm[year]]
    >>> frame = pd.DataFrame(rows, columns=["eventDate", "scientificName"])
    >>> frame = frame.assign(station="EE-A/park", eventID=frame["eventDate"], complete=True, flag=1,
    ...                      individualCount=1.0, effort_minutes=10.0, occurrenceStatus="present")
    >>> found = phenology_temperature(frame, "Hirundo rustica", warm)
    >>> round(found.slope, 1), found.direction
    (-3.0, 'earlier')
    """
    first = phenology(sightings, taxon, starts=starts)
    notes = list(first.notes)
    table = middles(first, widest, notes)
    usual = _months_before(table["date"], starts)
    begin = _first_of(table["year"], usual[-1], starts)
    table = table.assign(days=(table["date"] - begin).dt.total_seconds() / SECONDS)
    dates = _levels(table.pivot_table(index="year", columns="place", values="days"))
    wanted = tuple(months) if months is not None else usual
    warm = _temperatures(temperature, wanted, starts)
    both = pd.DataFrame({"date": dates, "temperature": warm}).dropna()
    if len(both) < FEWEST_YEARS:
        raise AnalysisError(
            "Years with a first date and a temperature: {n}; at least {needed} are needed.",
            why="In fewer years chance alone makes such relations.",
            do="Ask for a longer time.", code="few-years", n=len(both), needed=FEWEST_YEARS,
        )  # fmt: skip
    x, y = both["temperature"].to_numpy(dtype=float), both["date"].to_numpy(dtype=float)
    if np.ptp(x) <= 1e-9:
        raise AnalysisError(
            "All these years had the same temperature.", do="Ask for a longer time.", code="one-temperature"
        )
    year = both.index.to_numpy(dtype=float)
    shown = _first_of(both.index.to_series(), usual[-1], starts) + pd.to_timedelta(both["date"], unit="D")
    found, free = slope(x, y), slope(_without_line(x, year), _without_line(y, year))
    digits = digits_for(free.low, free.high)
    ends = {"slope": free.estimate, "low": free.low, "high": free.high}
    notes.append((WITHOUT_YEARS, {key: round(end, digits) for key, end in ends.items()}))
    counts = table.groupby("year")["place"].nunique().reindex(both.index)
    return PhenologyTemperatureResult(
        method=METHOD, n=first.n, completeness=first.completeness, version=first.version,
        notes=tuple(notes), taxon=taxon, **fields_of(found), months=wanted, without_years=free.estimate,
        without_years_low=free.low, without_years_high=free.high,
        years=both.assign(date=shown, stations=counts).rename_axis("year").reset_index(),
    )  # fmt: skip


def _levels(values: pd.DataFrame) -> pd.Series:
    """Return the level of each year (rows) over the linked stations (columns)."""
    if not values.size:
        return pd.Series(dtype=float)
    kept = values.loc[:, panel.linked(values.to_numpy())].dropna(how="all")
    return pd.Series(panel.levels(kept.to_numpy()).days, index=kept.index)


def _first_of(years: pd.Series, month: int, starts: int) -> pd.Series:
    """Return the first day of a month in years of life: a leap day before it makes no date later."""
    return pd.to_datetime(pd.DataFrame({"year": years + (month < starts), "month": month, "day": 1}))


def _months_before(dates: pd.Series, starts: int) -> tuple[int, ...]:
    """Return the month of the usual date and the two before, as far as they are of the same year of life."""
    if not len(dates):
        return (starts,)
    place = int(((dates.dt.month - starts) % 12).median())
    return tuple((starts - 1 + one) % 12 + 1 for one in range(max(place - 2, 0), place + 1))


def _temperatures(
    temperature: xr.Dataset | Mapping[int, float], months: tuple[int, ...], starts: int
) -> pd.Series:
    """Return the mean of these months in each year (of life)."""
    if not isinstance(temperature, xr.Dataset):
        return pd.Series({int(year): float(value) for year, value in temperature.items()}, dtype=float)
    name = "temperature" if "temperature" in temperature.data_vars else series.main_variable(temperature)
    keep, _ = series.one_deployment(temperature, name, months)
    values = series.monthly(temperature, name, keep=keep).values
    indoors = [
        station for station, kind in series.station_text(temperature, "exposure").items() if kind == "indoor"
    ]
    values = values.drop(columns=indoors, errors="ignore")
    chosen = values[pd.DatetimeIndex(values.index).month.isin(months)]
    index = pd.DatetimeIndex(chosen.index)
    grouped = chosen.groupby(np.asarray(index.year - (index.month < starts)))
    whole = grouped.mean().where(grouped.count() == len(set(months)))
    return _levels(whole.dropna(axis=1, how="all"))


def _without_line(values: Floats, times: Floats) -> Floats:
    t = times - times.mean()
    found: Floats = values - values.mean() - t * (t @ values) / (t @ t)
    return found
