"""The growing season: from the first warm spell of a year to the first cold one of its second half."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from kit.analysis import series
from kit.analysis.conditions import By, conditioned
from kit.analysis.days import limits, of_day
from kit.analysis.result import HEADINGS, Result
from kit.analysis.weather_days import latest
from kit.errors import AnalysisError
from kit.stats.rolling import runs
from kit.text import N_, number, tr

#: Days of a spell (ETCCDI).
SPELL = 6

HEADINGS |= {"start": N_("start"), "end": N_("end"), "length": N_("length in days")}
METHOD = N_("Growing season: from the first 6 days above 5 °C to the first 6 days below 5 °C after midsummer")
SENTENCE = N_(
    "{station}: the growing season of {year} began on {start} and ended on {end}; it took {n} days."
)
OPEN = N_(
    "{station}: the growing season of {year} began on {start} and lasted to the end of the year ({n} days)."
)
NONE = N_("{station}: {year} had no growing season.")
UNSURE = N_("Missing days leave open when exactly it was.")
CAUTION = N_(
    "This is the warm time of the year by the thermometer. When plants really grow also depends on light, "
    "soil, water and frost at night."
)


@dataclass(frozen=True, kw_only=True)
class GrowingSeasonResult(Result):
    """The growing season per station and year.

    ``years`` has ``station``, ``station_name``, ``year`` (in the southern hemisphere that of its July),
    ``start`` (first day), ``end`` (last day), ``open`` (no cold spell ended it), ``length`` (days; 0: none),
    ``sure`` (False where missing days could move start or end), ``days``, ``capture`` and ``full``.
    """

    years: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per station and year."""
        return self.years

    def sentence(self, lang: str | None = None) -> str:
        """Say start, end and length of each station's latest full year."""
        said = []
        for row in latest(self.years):
            words = {"station": row["station_name"], "year": int(row["year"])}
            if row["length"]:
                words |= {"start": _date(row["start"], lang), "n": number(int(row["length"]), 0, lang)}
                text = tr(OPEN if row["open"] else SENTENCE, lang, end=_date(row["end"], lang), **words)
            else:
                text = tr(NONE, lang, **words)
            said.append(text if row["sure"] else f"{text} {tr(UNSURE, lang)}")
        return " ".join(said)

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang)


def _date(day: pd.Timestamp, lang: str | None) -> str:
    from babel.dates import format_date

    from kit.text import language

    return str(format_date(day.date(), "long", locale=language(lang)))


@conditioned
def growing_season(ds: xr.Dataset, *, by: By = None) -> GrowingSeasonResult:
    """Return start, end and length of the growing season.

    Parameters
    ----------
    ds
        Hourly or daily ``temperature`` (°C), whole years; a day needs 18 hours. Years count from January, in
        the southern hemisphere (latitude below 0) from July.

    Raises
    ------
    AnalysisError
        ``too-short``: no station has a full year; as :func:`kit.analysis.weather_days`.

    Notes
    -----
    ETCCDI's GSL (https://etccdi.pacificclimate.org/list_27_indices.shtml): the start is the first day of the
    first 6 days in a row with a mean above 5 °C; the end the day before the first 6 days in a row below 5 °C
    that begin after 1 July (1 January in the south), or else the last day. A missing day ends a spell; the
    year is also looked at with all missing days warm and all cold, and ``sure`` says whether that changes
    nothing.

    Examples
    --------
    >>> days = pd.date_range("2025-01-01", "2025-12-31").as_unit("us")
    >>> values = np.where((days.month > 4) & (days.month < 10), 12.0, 1.0)
    >>> ds = xr.Dataset({"temperature": (("station", "time"), [values])},
    ...                 {"station": ["EE-A/roof"], "time": days}, {"freq": "1D"})
    >>> growing_season(ds).sentence("en")[:71]
    'EE-A/roof: the growing season of 2025 began on May 1, 2025 and ended on'
    >>> int(growing_season(ds).table["length"].iloc[0])
    153
    """
    found = of_day(ds, "temperature")
    latitude = dict(zip(map(str, np.atleast_1d(ds["station"].values)), _latitudes(ds), strict=True))
    table = []
    for station, values in found.tables["mean"].items():
        south = latitude[str(station)] < 0
        table += _years(values, south, {"station": str(station), "station_name": found.names[str(station)]})
    if not any(row["full"] for row in table):
        raise AnalysisError(
            "No station has a full year of temperatures, so the growing season cannot be told.",
            why="A full year has 75 % of its days, and of the days of each quarter.", code="too-short",
        )  # fmt: skip
    result = pd.DataFrame([row for row in table if row["full"]])
    return GrowingSeasonResult(
        method=METHOD, n=int(result["days"].sum()), completeness=float(result["capture"].mean()),
        version=series.version(ds), notes=found.notes, years=result,
    )  # fmt: skip


def _latitudes(ds: xr.Dataset) -> NDArray[np.float64]:
    if "latitude" not in ds.coords:
        return np.full(ds.sizes["station"], np.nan)
    return np.atleast_1d(ds["latitude"].values).astype(np.float64)


def _years(values: pd.Series, south: bool, head: dict[str, object]) -> list[dict[str, object]]:
    """Return one row per year that has days."""
    index = pd.DatetimeIndex(values.index)
    begin = pd.DateOffset(months=6 if south else 0)
    rows: list[dict[str, object]] = []
    for year in range(index[0].year - south, index[-1].year + 1):
        first = pd.Timestamp(year=year, month=1, day=1) + begin
        days = pd.date_range(first, first + pd.DateOffset(years=1) - pd.Timedelta(days=1))
        mean = values.reindex(days).to_numpy(dtype=float)
        there = np.isfinite(mean)
        if not there.any():
            continue
        quarters = [part.mean() for part in np.array_split(there, 4)]
        start, end = season(mean)
        others = {season(np.where(there, mean, fill)) for fill in (50.0, -50.0)}
        rows.append({
            **head, "year": year, "start": days[start] if end > start else pd.NaT,
            "end": days[end - 1] if end > start else pd.NaT, "length": end - start,
            "open": bool(end > start and end == len(days)),
            "sure": others == {(start, end)}, "days": int(there.sum()), "capture": float(there.mean()),
            "full": bool(there.mean() >= series.NEEDED and min(quarters) >= series.NEEDED),
        })  # fmt: skip
    return rows


def season(mean: NDArray[np.float64]) -> tuple[int, int]:
    """Return first day and the day after the last of a growing season, counted from 0; (0, 0) without one.

    ``mean`` are the days of a year that begins in the middle of the cold season; NaN where missing.

    >>> season(np.r_[np.zeros(100), np.full(150, 10.0), np.zeros(115)])
    (100, 250)
    """
    base, half = limits("growing")["base"], 181 + (len(mean) == 366)
    spells = partial(runs, least=SPELL)
    warm = spells(mean > base)
    if not warm:
        return 0, 0
    start = warm[0][0]
    cold = [first for first, _ in spells(np.r_[np.zeros(half, dtype=bool), (mean < base)[half:]])]
    end = next((first for first in cold if first > start), len(mean))
    return start, end
