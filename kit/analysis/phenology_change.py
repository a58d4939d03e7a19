"""Does spring come later in the north, and earlier after warm months? First dates along a scale.

A first date is an interval (:mod:`kit.analysis.phenology`); its middle is used where it is short enough. How
rare a slope is by chance is found by dealing the places (or the years) anew, and its interval holds every
slope that the same test does not reject (:mod:`kit.stats.permutation`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from kit.analysis import series
from kit.analysis.conditions import By, conditioned
from kit.analysis.gradient import CHANCE, FEWEST_PLACES, STEP, slope
from kit.analysis.phenology import PhenologyResult, phenology
from kit.analysis.result import HEADINGS, Note, Result, digits_for
from kit.analysis.together import school_of, too_few_stations
from kit.errors import AnalysisError, UsageError
from kit.stats import panel
from kit.stats.kendall import Floats
from kit.stats.permutation import Chance
from kit.text import N_, number, tr

#: Longer intervals do not say when it came (days).
WIDEST = 14
#: Fewer years do not tell a warm spring from a change of the place.
FEWEST_YEARS = 10
#: Kilometres of one degree of latitude (mean radius of the Earth, 6371 km; doi:10.1007/s001900050278).
DEGREE = 111.2
SECONDS = 86400.0
ALONG = {"latitude": N_("100 km towards the north"), "longitude": N_("100 km towards the east")}

METHOD = N_("Middles of the first-date intervals; slope by least squares; chance by dealing the places anew")
METHOD_YEARS = N_(
    "Middles of the first-date intervals, each station against its own level; slope by least squares; "
    "chance by dealing the years anew"
)
LATER = N_("In {year}, {name} came {size} days later for every {step} (between {low} and {high}).")
EARLIER = N_("In {year}, {name} came {size} days earlier for every {step} (between {low} and {high}).")
UNCLEAR = N_(
    "In {year}: no clear difference between the places for {name}. Everything from {low} to {high} days "
    "later for every {step} fits."
)
CAUTION = N_(
    "This does not show what made it come later or earlier: places differ in many things, and in how often "
    "somebody looks. It is one spring."
)
WARM_EARLIER = N_(
    "{name} came {size} days earlier for each °C that the months before were warmer (between {low} and "
    "{high})."
)
WARM_LATER = N_(
    "{name} came {size} days later for each °C that the months before were warmer (between {low} and {high})."
)
WARM_UNCLEAR = N_(
    "{name}: no clear relation to the temperature of the months before. Everything from {low} to {high} days "
    "later for each °C fits."
)
CHANCE_YEARS = N_(
    "Years compared: {places}. By chance alone it would be as large in {count} of {n} shufflings; at the "
    "rarest in {rarest}."
)
WARM_CAUTION = N_(
    "This does not show that warmth is the reason: food, wind and the places it comes from change with it. "
    "Where both change over the years, any two such things go together."
)
TOO_WIDE = N_("Left out, first dates of which nobody knows the day within {days} days: {n}.")
NO_PLACE = N_("Left out, places of which it is not known where they stand along this scale: {n}.")
WITHOUT_YEARS = N_(
    "Without the steady change of both over the years it is {slope} days for each °C (between {low} and "
    "{high})."
)
HEADINGS |= {"date": N_("date"), "temperature": N_("temperature"), "width": N_("known within days")}


@dataclass(frozen=True, kw_only=True)
class _Slope(Result):
    """What both results have: ``slope`` with its 95 % interval, and how rare it is by chance."""

    taxon: str
    slope: float
    low: float
    high: float
    p: float
    count: int
    orders: int
    smallest_p: float

    @property
    def direction(self) -> str:
        """``"later"``, ``"earlier"``, or ``"unclear"`` where the interval holds zero."""
        return "later" if self.low > 0 else "earlier" if self.high < 0 else "unclear"

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        """Return everything as plain JSON values, with ``direction``."""
        return {**super().to_dict(lang), "direction": self.direction}

    def _said(self, lang: str | None) -> dict[str, str]:
        sign = -1 if self.direction == "earlier" else 1
        ends = sorted((sign * self.low, sign * self.high))
        digits = digits_for(self.slope, (ends[1] - ends[0]) / 2)
        values = {"size": sign * self.slope, "low": ends[0], "high": ends[1]}
        return {key: number(value, min(digits, 1), lang) for key, value in values.items()}

    def _chance(self, template: str, places: int, lang: str | None) -> str:
        return tr(
            template, lang, places=number(places, 0, lang), count=number(self.count, 0, lang),
            n=number(self.orders, 0, lang), rarest=number(round(self.smallest_p * self.orders), 0, lang),
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class PhenologyGradientResult(_Slope):
    """First dates of one spring along a scale.

    ``slope`` is in days per 100 km for ``along`` ``"latitude"`` or ``"longitude"`` (``per_degree`` in days
    per degree), else in days per step of the scale given. ``places`` has one row per school (and point of
    the scale): ``place``, ``along``, ``date`` (middle of the interval), ``width`` (its length in days).
    """

    year: int
    along: str
    per_degree: float
    places: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per place."""
        return self.places

    def sentence(self, lang: str | None = None) -> str:
        """Say how much later it came along the scale."""
        template = {"later": LATER, "earlier": EARLIER, "unclear": UNCLEAR}[self.direction]
        main = tr(template, lang, name=self.taxon, year=self.year, step=tr(ALONG.get(self.along, STEP), lang),
                  **self._said(lang))  # fmt: skip
        return f"{main} {self._chance(CHANCE, len(self.places), lang)}"

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang)


@dataclass(frozen=True, kw_only=True)
class PhenologyTemperatureResult(_Slope):
    """First dates of many years against the temperature of the months before.

    ``slope`` is in days per °C. ``without_years`` (with ``_low`` and ``_high``) is the slope once a straight
    line over the years is taken out of both. ``years`` has one row per year: ``year``, ``date`` (level of
    the region), ``temperature`` (°C, mean of ``months``), ``stations`` (with a first date).
    """

    months: tuple[int, ...]
    without_years: float
    without_years_low: float
    without_years_high: float
    years: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per year."""
        return self.years

    def sentence(self, lang: str | None = None) -> str:
        """Say how much earlier it came in warmer years."""
        kinds = {"later": WARM_LATER, "earlier": WARM_EARLIER, "unclear": WARM_UNCLEAR}
        main = tr(kinds[self.direction], lang, name=self.taxon, **self._said(lang))
        return f"{main} {self._chance(CHANCE_YEARS, len(self.years), lang)}"

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(WARM_CAUTION, lang)


def _middles(found: PhenologyResult, widest: float, notes: list[Note]) -> pd.DataFrame:
    """Return the first dates that are known well enough, with ``date`` (middle) and ``width`` (days)."""
    table = found.dates
    width = (table["first"] - table["not_before"]).dt.total_seconds() / SECONDS
    keep = width <= widest
    if not keep.all():
        notes.append((TOO_WIDE, {"n": int((~keep).sum()), "days": widest}))
    middle = table["not_before"] + (table["first"] - table["not_before"]) / 2
    return pd.DataFrame(table.assign(date=middle, width=width)[keep]).reset_index(drop=True)


@conditioned
def phenology_gradient(
    sightings: pd.DataFrame, taxon: str, along: str | Mapping[str, float] = "latitude", *,
    year: int | None = None, starts: int = 1, widest: float = WIDEST, by: By = None,
) -> PhenologyGradientResult:  # fmt: skip
    """Return how the first date changes across the region in one spring.

    Parameters
    ----------
    sightings, taxon, by
        As for :func:`kit.analysis.phenology`.
    along
        ``"latitude"`` or ``"longitude"`` (from the places of the sightings), or a mapping of station or
        school to a number: km from the coast, metres of height …
    year
        Which year; default: the one with most first dates.
    starts
        The month in which the year begins, see :func:`kit.analysis.phenology`.
    widest
        First dates are used if their interval is at most so long (days).

    Raises
    ------
    AnalysisError
        Those of :func:`kit.analysis.phenology`; ``few-stations``: fewer than five places; ``one-place``.
    UsageError
        ``unknown-scale``.

    Examples
    --------
    It came two days later at each of five schools, half a degree (56 km) apart:

    >>> rows = [(f"EE-{k}/park", 58 + k / 2, f"2026-04-{day:02d}", name) for k in range(5)
    ...         for day in range(1, 20) for name in ("Pica pica", "Hirundo rustica")
    ...         if name == "Pica pica" or day >= 5 + 2 * k]
    >>> frame = pd.DataFrame(rows, columns=["station", "decimalLatitude", "eventDate", "scientificName"])
    >>> frame = frame.assign(eventID=frame["eventDate"], complete=True, flag=1, individualCount=1.0,
    ...                      effort_minutes=10.0, occurrenceStatus="present")
    >>> found = phenology_gradient(frame, "Hirundo rustica")
    >>> round(found.per_degree, 6), round(found.slope, 2), found.count, found.orders
    (4.0, 3.6, 2, 120)
    """
    first = phenology(sightings, taxon, starts=starts)
    notes = list(first.notes)
    table = _middles(first, widest, notes)
    chosen = year if year is not None else int(table["year"].mode().max()) if len(table) else 0
    table = table[table["year"] == chosen]
    scale, unit = _scale(sightings, along)
    known = table.assign(along=[scale(str(place)) for place in table["place"]])
    lost = int((~np.isfinite(known["along"].to_numpy(dtype=float))).sum())
    if lost:
        notes.append((NO_PLACE, {"n": lost}))
    known = known[np.isfinite(known["along"])]
    places = known.assign(place=known["place"].map(school_of), point=known["along"].round(2))
    places = places.groupby(["place", "point"])[["along", "date", "width"]].mean().reset_index()
    if len(places) < FEWEST_PLACES:
        raise too_few_stations(len(places), FEWEST_PLACES)
    x = places["along"].to_numpy(dtype=float)
    if np.ptp(x) <= 1e-9 * max(float(np.abs(x).max()), 1e-300):
        raise AnalysisError("All these places are the same along this scale.",
                            do="Take places that differ in it.", code="one-place")  # fmt: skip
    days = (places["date"] - pd.Timestamp(chosen, starts, 1)).dt.total_seconds().to_numpy(float) / SECONDS
    found = slope(x / unit, days)
    return PhenologyGradientResult(
        method=METHOD, n=int(known["lists"].sum()), completeness=first.completeness, version=first.version,
        notes=tuple(notes), taxon=taxon, **_numbers(found), year=chosen,
        along=along if isinstance(along, str) else "", per_degree=found.estimate / unit,
        places=places[["place", "along", "date", "width"]],
    )  # fmt: skip


def _numbers(found: Chance) -> dict[str, Any]:
    return {
        "slope": found.estimate, "low": found.low, "high": found.high, "p": found.p, "count": found.count,
        "orders": found.deals, "smallest_p": found.smallest,
    }  # fmt: skip


def _scale(sightings: pd.DataFrame, along: str | Mapping[str, float]) -> tuple[Any, float]:
    """Return a function of the station's number along the scale, and how much of it is one step."""
    if not isinstance(along, str):
        return lambda station: float(along.get(station, along.get(school_of(station), math.nan))), 1.0
    columns = {"latitude": "decimalLatitude", "longitude": "decimalLongitude"}
    if along not in columns:
        raise UsageError(
            "There is no scale {name} here.",
            do="Use one of {known}, or give each station a number: along={{...}}.",
            code="unknown-scale", name=along, known=", ".join(columns),
        )  # fmt: skip
    held = [column for column in columns.values() if column in sightings]
    means = sightings.groupby(sightings["station"].fillna("").astype(str))[held].mean()
    if columns[along] not in means:
        return lambda station: math.nan, 1.0
    shrink = 1.0
    if along == "longitude" and "decimalLatitude" in means:
        shrink = math.cos(math.radians(float(means["decimalLatitude"].mean())))
    return lambda station: float(means[columns[along]].get(station, math.nan)), 100 / (DEGREE * shrink)


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
    table = _middles(first, widest, notes)
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
        raise AnalysisError("All these years had the same temperature.", code="one-temperature")
    year = both.index.to_numpy(dtype=float)
    shown = _first_of(both.index.to_series(), usual[-1], starts) + pd.to_timedelta(both["date"], unit="D")
    found, free = slope(x, y), slope(_without_line(x, year), _without_line(y, year))
    digits = digits_for(free.low, free.high)
    ends = {"slope": free.estimate, "low": free.low, "high": free.high}
    notes.append((WITHOUT_YEARS, {key: round(end, digits) for key, end in ends.items()}))
    counts = table.groupby("year")["place"].nunique().reindex(both.index)
    return PhenologyTemperatureResult(
        method=METHOD_YEARS, n=first.n, completeness=first.completeness, version=first.version,
        notes=tuple(notes), taxon=taxon, **_numbers(found), months=wanted, without_years=free.estimate,
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
