"""Frost days, summer days, tropical nights, heat waves; heating, cooling and growing degree days.

Days are local standard dates from midnight to midnight. The definitions are in
``kit/tables/weather_days.csv``: those of the Expert Team on Climate Change Detection and Indices (ETCCDI;
Zhang et al. 2011, doi:10.1002/wcc.147), the hot day of the German weather service, and Eurostat's degree
days.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pandas as pd
import xarray as xr

from kit.analysis import series
from kit.analysis.conditions import By, conditioned
from kit.analysis.days import extremes, limits, of_day
from kit.analysis.result import HEADINGS, Note, Result
from kit.errors import UsageError
from kit.stats.rolling import runs
from kit.text import N_, number, tr

KINDS = ("frost", "ice", "summer", "hot", "tropical")
DEGREE_DAYS = ("heating", "cooling", "growing")

HEADINGS |= {
    "frost": N_("frost days"), "ice": N_("ice days"), "summer": N_("summer days"), "hot": N_("hot days"),
    "tropical": N_("tropical nights"), "heat_waves": N_("heat waves"), "year": N_("year"), "days": N_("days"),
    "full": N_("full year"), "degree_days": N_("degree days"),
}  # fmt: skip
METHOD = N_(
    "Days counted by their lowest and highest temperature, from midnight to midnight in local standard time"
)
SENTENCE = N_(
    "{station} in {year}: frost days {frost}, ice days {ice}, summer days {summer}, hot days {hot}, tropical "
    "nights {tropical}, heat waves {waves}."
)
PART_OF_YEAR = N_("Only {n} of {possible} days were measured, so there may have been more.")
MEANING = N_(
    "Frost day: below 0 °C at its coldest. Ice day: below 0 °C all day. Summer day: above 25 °C at its "
    "warmest. Hot day: 30 °C or more. Tropical night: never down to 20 °C. Heat wave: {needed} hot days in a "
    "row or more."
)
OF_HOURS = N_(
    "The lowest and highest temperatures are those of hourly means; a thermometer shows slightly colder and "
    "warmer moments, so that a few days more would count."
)
CAUTION = N_(
    "One year is weather, not climate. Walls, roofs and sun on the device make days look warmer than they "
    "are in the open."
)
DEGREE_METHOD = N_("Degree days from the mean temperature of each day")
DEGREE_SENTENCES = {
    "heating": N_("{station} in {year}: {size} heating degree days (base {base} °C)."),
    "cooling": N_("{station} in {year}: {size} cooling degree days (base {base} °C)."),
    "growing": N_("{station} in {year}: {size} growing degree days (base {base} °C)."),
}
LEAST = N_("At least that; days missing: {missing}.")
DEGREE_NOTES = {
    "heating": N_("A day with a mean of {limit} °C or less adds how far it is below {base} °C."),
    "cooling": N_("A day with a mean of {limit} °C or more adds how far it is above {base} °C."),
    "growing": N_("A day adds how far its mean is above {base} °C."),
}
DEGREE_CAUTION = N_(
    "Years can only be compared if all days are there. How much a house or a plant needs also depends on "
    "wind, sun and rain."
)
#: Of more stations than this, the sentence names the first.
NAMED = 3


@dataclass(frozen=True, kw_only=True)
class WeatherDaysResult(Result):
    """Days of each kind per station and calendar year.

    ``years`` has ``station``, ``station_name``, ``year``, ``frost``, ``ice``, ``summer``, ``hot``,
    ``tropical`` (days), ``heat_waves``, ``longest_heat_wave`` (days; 0: none), ``days`` (measured),
    ``capture`` (their share, 0 to 1) and ``full`` (75 % of the days and of each quarter: only full years can
    be compared).
    """

    years: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per station and year."""
        return self.years

    def sentence(self, lang: str | None = None) -> str:
        """Say the numbers of each station's latest full year, or of its latest."""
        said = []
        for row in latest(self.years):
            words = {kind: number(int(row[kind]), 0, lang) for kind in KINDS}
            text = tr(SENTENCE, lang, station=row["station_name"], year=int(row["year"]),
                      waves=number(int(row["heat_waves"]), 0, lang), **words)  # fmt: skip
            if row["days"] < row["possible"]:
                text += " " + tr(PART_OF_YEAR, lang, n=number(int(row["days"]), 0, lang),
                                 possible=number(int(row["possible"]), 0, lang))  # fmt: skip
            said.append(text)
        return " ".join(said)

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang)


def latest(years: pd.DataFrame) -> list[pd.Series]:
    """Return the row of each station's latest full year, or of its latest; of the first stations only."""
    best = years.sort_values(["full", "year"], kind="stable").groupby("station", sort=False).tail(1)
    return [row for _, row in best.sort_values("station").head(NAMED).iterrows()]


@conditioned
def weather_days(ds: xr.Dataset, *, by: By = None) -> WeatherDaysResult:
    """Count frost, ice, summer and hot days, tropical nights and heat waves.

    Parameters
    ----------
    ds
        Hourly ``temperature`` (a day needs 18 hours), or daily ``temperature_min`` and ``temperature_max``;
        dims (station, time), °C. Of several stations those indoors are left out.

    Raises
    ------
    AnalysisError
        ``not-measured``, ``empty``, ``indoor``, ``no-extremes``, ``not-daily``, ``no-day``.

    Notes
    -----
    Frost day TN < 0 °C, ice day TX < 0 °C, summer day TX > 25 °C, tropical night TN > 20 °C (ETCCDI); hot day
    TX >= 30 °C (DWD); a heat wave is 3 hot days in a row, counted in the year in which it ends; a missing day
    ends it.

    Examples
    --------
    >>> days = pd.date_range("2025-01-01", "2025-12-31").as_unit("us")
    >>> low = np.where(days.month == 1, -5.0, np.where(days.month == 7, 21.0, 10.0))
    >>> cube = {"temperature_min": low, "temperature_max": low + 9}
    >>> ds = xr.Dataset({k: (("station", "time"), [v]) for k, v in cube.items()},
    ...                 {"station": ["EE-A/roof"], "time": days}, {"freq": "1D"})
    >>> weather_days(ds).table[["frost", "ice", "summer", "hot", "tropical", "heat_waves"]].values.tolist()
    [[31, 0, 31, 31, 31, 1]]
    """
    found, hourly = extremes(ds)
    low, high = found.tables["min"], found.tables["max"]
    marks = {
        "frost": low < limits("frost")["lowest_below"], "ice": high < limits("ice")["highest_below"],
        "summer": high > limits("summer")["highest_above"], "hot": high >= limits("hot")["highest_from"],
        "tropical": low > limits("tropical")["lowest_above"],
    }  # fmt: skip
    years = pd.DatetimeIndex(low.index).year
    columns = {kind: mark.groupby(years).sum() for kind, mark in marks.items()}
    least = int(limits("heat_wave")["days"])
    waves = {station: _waves(marks["hot"][station], least) for station in low.columns}
    every = columns["hot"].index
    for name, how in (("heat_waves", "count"), ("longest_heat_wave", "max")):
        made = {station: wave.groupby("year")["days"].agg(how) for station, wave in waves.items()}
        columns[name] = pd.DataFrame(made).reindex(index=every, columns=low.columns).fillna(0).astype(int)
    result = found.by_year(low.notna() & high.notna(), columns)
    said: list[Note] = [(MEANING, {"needed": least}), *([(OF_HOURS, {})] if hourly else [])]
    return WeatherDaysResult(
        method=METHOD, n=int(result["days"].sum()), completeness=float(result["capture"].mean()),
        version=series.version(ds), notes=(*found.notes, *said), years=result,
    )  # fmt: skip


def _waves(hot: pd.Series, least: int) -> pd.DataFrame:
    """Return the heat waves of a station: the year of the last day, and how many days."""
    index = pd.DatetimeIndex(hot.index)
    found = [
        (index[end - 1].year, end - first)
        for first, end in runs_of_days(hot.to_numpy(dtype=bool), index, least)
    ]
    return pd.DataFrame(found, columns=["year", "days"])


def runs_of_days(marked: np.ndarray, index: pd.DatetimeIndex, least: int) -> list[tuple[int, int]]:
    """Return (start, end) of runs of marked days; where days were not asked for, a run ends."""
    breaks = np.flatnonzero(np.diff(index.to_numpy()) > np.timedelta64(1, "D")) + 1
    edges = [0, *breaks.tolist(), len(index)]
    return [
        (start + first, start + end)
        for start, stop in pairwise(edges)
        for first, end in runs(marked[start:stop], least)
    ]


@dataclass(frozen=True, kw_only=True)
class DegreeDaysResult(Result):
    """Degree days per station and calendar year.

    ``years`` has ``station``, ``station_name``, ``year``, ``degree_days`` (°C d; of the days that were
    measured), ``at_least`` (whether days are missing), ``days``, ``possible``, ``capture`` and ``full``.
    """

    kind: str
    base: float
    limit: float
    years: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per station and year."""
        return self.years

    def sentence(self, lang: str | None = None) -> str:
        """Say the sum of each station's latest full year, or of its latest."""
        said = []
        for row in latest(self.years):
            text = tr(DEGREE_SENTENCES[self.kind], lang, station=row["station_name"], year=int(row["year"]),
                      size=number(float(row["degree_days"]), 0, lang),
                      base=number(self.base, None, lang))  # fmt: skip
            if row["at_least"]:
                text += " " + tr(LEAST, lang, missing=number(int(row["possible"] - row["days"]), 0, lang))
            said.append(text)
        return " ".join(said)

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(DEGREE_CAUTION, lang)


@conditioned
def degree_days(
    ds: xr.Dataset,
    kind: str = "heating",
    *,
    base: float | None = None,
    limit: float | None = None,
    by: By = None,
) -> DegreeDaysResult:
    """Return sums of degrees below or above a base: how much heating, cooling or growth a year asks for.

    Parameters
    ----------
    ds
        Hourly or daily ``temperature`` (°C); a day needs 18 hours.
    kind
        ``heating``: base - mean for days with a mean up to the limit (Eurostat: 18 and 15 °C); ``cooling``:
        mean - base from the limit on (21 and 24 °C); ``growing``: mean - base above the base (5 °C).
    base, limit
        Other degrees; a limit that is not given is the base then.

    Raises
    ------
    UsageError
        ``degree-days``: no such kind, or a limit on the wrong side of the base.
    AnalysisError
        As :func:`weather_days`.

    Examples
    --------
    >>> days = pd.date_range("2025-01-01", "2025-12-31").as_unit("us")
    >>> values = np.where(days.month == 1, -2.0, 16.0)
    >>> ds = xr.Dataset({"temperature": (("station", "time"), [values])},
    ...                 {"station": ["EE-A/roof"], "time": days}, {"freq": "1D"})
    >>> [float(degree_days(ds, kind).table["degree_days"].iloc[0]) for kind in ("heating", "growing")]
    [620.0, 3674.0]
    """
    if kind not in DEGREE_DAYS:
        raise UsageError("There are no degree days for {value}.", do="Take one of: {known}.",
                         code="degree-days", value=kind, known=", ".join(DEGREE_DAYS))  # fmt: skip
    zero = limits(kind)["base"] if base is None else float(base)
    edge = float(limit) if limit is not None else limits(kind)["limit"] if base is None else zero
    sign = -1.0 if kind == "heating" else 1.0
    if sign * (edge - zero) < 0 or not np.isfinite(edge + zero):
        raise UsageError("The limit {limit} lies on the wrong side of the base {base}.", code="degree-days",
                         limit=edge, base=zero)  # fmt: skip
    found = of_day(ds, "temperature")
    mean = found.tables["mean"]
    counted = (mean <= edge) if kind == "heating" else (mean >= edge)
    sums = (sign * (mean - zero)).where(counted, 0.0).where(mean.notna())
    years = pd.DatetimeIndex(mean.index).year
    least = mean.isna().groupby(years).any()
    result = found.by_year(mean.notna(), {"degree_days": sums.groupby(years).sum(), "at_least": least})
    return DegreeDaysResult(
        method=DEGREE_METHOD, n=int(result["days"].sum()), completeness=float(result["capture"].mean()),
        version=series.version(ds), kind=kind, base=zero, limit=edge, years=result,
        notes=(*found.notes, (DEGREE_NOTES[kind], {"base": zero, "limit": edge})),
    )  # fmt: skip
