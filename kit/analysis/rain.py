"""Rain days, the wettest day, dry and wet spells; how dry the last months were for the time of the year."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import xarray as xr

from kit.analysis import series
from kit.analysis.conditions import By, conditioned
from kit.analysis.days import limits, of_day
from kit.analysis.result import HEADINGS, Note, Result
from kit.analysis.rows import INDOORS
from kit.analysis.weather_days import latest
from kit.errors import AnalysisError, UsageError
from kit.stats.rain import standardised
from kit.text import N_, number, tr, trn

#: An index of drought needs the same months of so many years (WMO-No. 1090, section 4: 20 to 30 at least).
FEWEST_YEARS = 20

HEADINGS |= {
    "total": N_("rain in all"), "wet_days": N_("rain days"), "wettest_day": N_("wettest day"),
    "longest_dry": N_("longest dry spell in days"), "longest_wet": N_("longest wet spell in days"),
    "spi": N_("index of rain"),
}  # fmt: skip
METHOD = N_("Rain by local standard day; a rain day has 1 mm or more")
SENTENCE = N_(
    "{station} in {year}: {total} mm of rain on {wet} rain days; wettest day {day} ({most} mm); longest dry "
    "spell {dry} days."
)
LEAST = N_("At least that; days missing: {missing}.")
NO_RAIN = N_("{station} in {year}: no rain was measured.")
CAUTION = N_(
    "A rain gauge near walls or trees catches less, and snow and wind make it catch much less. One dry year "
    "is weather, not climate."
)
SPI_METHOD = N_(
    "Standardised precipitation index: the sum of some months against the same months of other years (gamma "
    "distribution)"
)
CLASSES = (
    (-2.0, N_("extremely dry")), (-1.5, N_("severely dry")), (-1.0, N_("moderately dry")),
    (1.0, N_("near normal")), (1.5, N_("moderately wet")), (2.0, N_("very wet")),
    (np.inf, N_("extremely wet")),
)  # fmt: skip
SPI_CAUTION = N_(
    "It says how rare such a sum is here at this time of the year, not how much water there is. Plants also "
    "feel heat, wind and the soil."
)


@dataclass(frozen=True, kw_only=True)
class RainResult(Result):
    """Rain per station and calendar year.

    ``years`` has ``station``, ``station_name``, ``year``, ``total`` (mm), ``at_least`` (whether days are
    missing), ``wet_days``, ``heavy_days``, ``very_heavy_days`` (1, 10, 20 mm and more), ``wettest_day`` (mm),
    ``wettest_date``, ``wettest_5_days`` (mm), ``intensity`` (mm of a rain day), ``longest_dry``,
    ``longest_wet`` (days), ``days``, ``possible``, ``capture``, ``full``.
    """

    years: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per station and year."""
        return self.years

    def sentence(self, lang: str | None = None) -> str:
        """Say the numbers of each station's latest full year, or of its latest."""
        from babel.dates import format_date

        from kit.text import language

        said = []
        for row in latest(self.years):
            words = {"station": row["station_name"], "year": int(row["year"])}
            if row["total"] == 0:
                text = tr(NO_RAIN, lang, **words)
            else:
                day = format_date(row["wettest_date"].date(), "long", locale=language(lang))
                text = tr(SENTENCE, lang, total=number(float(row["total"]), 0, lang), day=day,
                          wet=number(int(row["wet_days"]), 0, lang),
                          most=number(float(row["wettest_day"]), 1, lang),
                          dry=number(int(row["longest_dry"]), 0, lang), **words)  # fmt: skip
            if row["at_least"]:
                text += " " + tr(LEAST, lang, missing=number(int(row["possible"] - row["days"]), 0, lang))
            said.append(text)
        return " ".join(said)

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang)


@conditioned
def rain_statistics(ds: xr.Dataset, *, by: By = None) -> RainResult:
    """Return rain days, sums, the wettest day and the longest spells of each year.

    Parameters
    ----------
    ds
        Hourly or daily ``rain`` (mm); a day needs all its 24 hours, and days of which something is missing
        ("at least") count as missing. Of several stations those indoors are left out.

    Raises
    ------
    AnalysisError
        ``not-measured``, ``empty``, ``indoor``, ``not-daily``, ``no-day``.

    Notes
    -----
    ETCCDI (https://etccdi.pacificclimate.org/list_27_indices.shtml): R1mm, R10mm, R20mm, RX1day, RX5day (five
    days in a row, all measured), SDII (rain of the rain days over their number), CDD and CWD. A spell counts
    in the year in which it ends and may begin in the year before; a missing day ends it. ``total`` is all
    rain, not only that of rain days (PRCPTOT).

    Examples
    --------
    >>> days = pd.date_range("2025-01-01", "2025-12-31").as_unit("us")
    >>> values = np.where(days.day == 1, 12.0, np.where(days.day < 4, 0.4, 0.0))
    >>> ds = xr.Dataset({"rain": (("station", "time"), [values])},
    ...                 {"station": ["EE-A/roof"], "time": days}, {"freq": "1D"})
    >>> names = ["total", "wet_days", "heavy_days", "wettest_5_days", "intensity", "longest_dry",
    ...          "longest_wet"]
    >>> rain_statistics(ds).table[names].round(1).values.tolist()
    [[153.6, 12.0, 12.0, 12.8, 12.0, 30.0, 1.0]]
    """
    found = of_day(ds, "rain", ("sum",), needed=1.0)
    rain, bounds = found.tables["sum"], limits("rain")
    years, wet = pd.DatetimeIndex(rain.index).year, rain >= bounds["wet"]
    grouped = rain.groupby(years)
    columns = {
        "total": grouped.sum(), "at_least": rain.isna().groupby(years).any(),
        "wet_days": wet.groupby(years).sum(),
        "heavy_days": (rain >= bounds["heavy"]).groupby(years).sum(),
        "very_heavy_days": (rain >= bounds["very_heavy"]).groupby(years).sum(),
        "wettest_day": grouped.max(), "wettest_date": _when(rain),
        "wettest_5_days": _five(rain).groupby(years).max(),
    }  # fmt: skip
    columns["intensity"] = rain.where(wet).groupby(years).mean()
    columns["longest_dry"] = _longest(rain < bounds["wet"])
    columns["longest_wet"] = _longest(wet)
    result = found.by_year(rain.notna(), columns)
    return RainResult(
        method=METHOD, n=int(result["days"].sum()), completeness=float(result["capture"].mean()),
        version=series.version(ds), notes=found.notes, years=result,
    )  # fmt: skip


def _when(rain: pd.DataFrame) -> pd.DataFrame:
    """Return the date of the wettest day by year and station; the first of several."""
    index = pd.DatetimeIndex(rain.index)

    def first(one: pd.Series) -> object:
        return one.index[int(np.nanargmax(one))] if one.notna().any() else pd.NaT

    return pd.DataFrame({name: one.groupby(index.year).agg(first) for name, one in rain.items()})


def _five(rain: pd.DataFrame) -> pd.DataFrame:
    """Return the rain of each day and the four days before; NaN where one is missing or was not asked for."""
    index = pd.DatetimeIndex(rain.index)
    every = pd.date_range(index[0], index[-1], freq="D")
    return rain.reindex(every).rolling(5, min_periods=5).sum().reindex(index)


def _longest(marked: pd.DataFrame) -> pd.DataFrame:
    """Return the longest run of marked days that each year (rows) saw at each station (columns)."""
    index = pd.DatetimeIndex(marked.index)
    place = np.arange(len(index))[:, None]
    before = np.where(marked.to_numpy(dtype=bool), -1, place)
    gap = np.append([True], np.diff(index.to_numpy()) > np.timedelta64(1, "D"))
    before = np.maximum(before, np.where(gap[:, None], place - 1, -1))
    length = place - np.maximum.accumulate(before, axis=0)
    return pd.DataFrame(length, index, marked.columns).groupby(index.year).max()


@dataclass(frozen=True, kw_only=True)
class SpiResult(Result):
    """The standardised precipitation index by month.

    ``index`` has ``station``, ``station_name``, ``time`` (first day of the last month of the sum), ``total``
    (mm of ``months`` months) and ``spi`` (0: as usual; each unit is a standard deviation).
    """

    months: int
    years: int
    index: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per station and month."""
        return self.index

    def sentence(self, lang: str | None = None) -> str:
        """Say how the latest month of each station was."""
        from babel.dates import format_date

        from kit.text import language

        said = []
        for row in [part.iloc[-1] for _, part in self.index.groupby("station")][:3]:
            score = float(row["spi"])
            text = trn(
                "{station}: the month up to the end of {month} was {kind} (index {score}).",
                "{station}: the {n} months up to the end of {month} were {kind} (index {score}).",
                self.months, lang, station=row["station_name"], score=number(score, 1, lang),
                kind=tr(word(score), lang),
                month=format_date(row["time"].date(), "LLLL y", locale=language(lang)),
            )  # fmt: skip
            said.append(text)
        return " ".join(said)

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(SPI_CAUTION, lang)


def word(score: float) -> str:
    """Return the class of McKee et al. 1993 (WMO-No. 1090, table 1).

    >>> word(-1.5), word(0.99), word(2.0)
    ('severely dry', 'near normal', 'extremely wet')
    """
    if score < 0:
        return next((name for bound, name in CLASSES[:3] if score <= bound), CLASSES[3][1])
    return next(name for bound, name in CLASSES[3:] if score < bound)


@conditioned
def dryness(ds: xr.Dataset, *, months: int = 3, needed: int = FEWEST_YEARS, by: By = None) -> SpiResult:
    """Return how dry or wet each month (with the ones before) was for the time of year: the SPI.

    Parameters
    ----------
    ds
        Daily or monthly ``rain`` (mm); a month needs all its days.
    months
        Whose sum is looked at, 1 to 24: 1 to 3 for soil and plants, 12 for rivers and ground water.
    needed
        Years that each calendar month must have; WMO asks for 20 to 30 at least.

    Raises
    ------
    UsageError
        ``months``; ``direction`` and others as for months anywhere.
    AnalysisError
        ``too-short``: no station has so many years; ``not-daily``, ``indoor``.

    Notes
    -----
    See :func:`kit.stats.rain.standardised`. Sums that are all alike or hardly ever above zero have no index.

    Examples
    --------
    >>> time = pd.date_range("1995-01-01", periods=360, freq="MS").as_unit("us")
    >>> values = 50.0 + 10.0 * (time.year % 5) + time.month
    >>> ds = xr.Dataset({"rain": (("station", "time"), [values])},
    ...                 {"station": ["EE-A/roof"], "time": time}, {"freq": "1M"})
    >>> dryness(ds, months=1).table["spi"].tail(1).round(2).tolist()  # the wettest of 5
    [1.36]
    """
    if not 1 <= months <= 24 or int(months) != months:
        raise UsageError("The sum may be of 1 to 24 months, not of {value}.", code="months", value=months)
    if "rain" not in ds.data_vars:
        of_day(ds, "rain")  # says what is missing
    exposure, names = series.station_text(ds, "exposure"), series.station_names(ds)
    table = series.monthly(ds, "rain").values
    several = len(table.columns) > 1
    notes: list[Note] = []
    found = []
    for station in table.columns:
        if several and exposure[station] == "indoor":
            notes.append((INDOORS, {"station": names[station]}))
            continue
        sums = table[station].rolling(int(months), min_periods=int(months)).sum()
        calendar = pd.DatetimeIndex(sums.index).month
        enough = sums.groupby(calendar).transform("count") >= needed
        spi = sums.where(enough).groupby(calendar).transform(lambda one: standardised(one.to_numpy()))
        part = pd.DataFrame({"station": station, "station_name": names[station], "time": sums.index,
                             "total": sums.to_numpy(), "spi": spi.to_numpy()})  # fmt: skip
        found.append(part[part["spi"].notna()])
    if not any(len(part) for part in found):
        raise AnalysisError(
            "No station has {needed} years of rain sums of the same months.",
            why="With fewer years it is mostly chance how rare a sum looks.",
            do="Compare the sums themselves, or use the series of a weather service.",
            code="too-short", needed=needed,
        )  # fmt: skip
    index = pd.concat(found, ignore_index=True)
    per_month = index.groupby(["station", index["time"].dt.month]).size()
    return SpiResult(
        method=SPI_METHOD, n=len(index), completeness=float(len(index) / table.size),
        version=series.version(ds), months=int(months), years=int(per_month.min()), index=index,
        notes=tuple(notes),
    )  # fmt: skip
