"""A calendar of days: one value for each local day that has enough readings."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd
import xarray as xr

from kit.analysis.averages import averages
from kit.analysis.conditions import By, conditioned
from kit.analysis.result import Result, digits_for, named
from kit.errors import AnalysisError
from kit.text import N_, number, tr

CALENDAR_METHOD = N_("One value for each local day with 75 % of its readings")
CALENDAR = N_("{name} was highest on {day}: {most} {unit}. {n} of {possible} days have enough readings.")
DAY_CAUTION = N_("This does not show what happened on that day, nor whether it was the same elsewhere.")


@dataclass(frozen=True, kw_only=True)
class CalendarResult(Result):
    """One value per station and day.

    ``days`` has ``station``, ``station_name``, ``time`` (local date), ``value`` (NaN without enough
    readings), ``n``, ``capture``, and for the sheet of a calendar ``year``, ``month``, ``day``, ``weekday``
    (0 is Monday), ``week`` (0, 1 … within the month: the row).
    """

    variable: str
    unit: str
    statistic: str
    days: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per station and day."""
        return self.days

    def sentence(self, lang: str | None = None) -> str:
        """Say which day was highest."""
        good = self.days[self.days["value"].notna()]
        top = good.iloc[int(good["value"].to_numpy().argmax())]
        value = float(top["value"])
        return tr(CALENDAR, lang, name=named(self.variable, lang), day=str(top["time"].date()),
                  most=number(value, digits_for(value), lang), unit=self.unit, n=len(good),
                  possible=number(len(self.days), 0, lang))  # fmt: skip

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(DAY_CAUTION, lang)


@conditioned
def calendar(
    ds: xr.Dataset, variable: str | None = None, *, statistic: str | float = "mean", needed: float = 0.75,
    by: By = None,
) -> CalendarResult:  # fmt: skip
    """Return one value per local day, laid out for a calendar (openair's ``calendarPlot``).

    Parameters
    ----------
    ds
        Hourly or daily readings.
    variable, statistic, needed
        As in :func:`kit.analysis.averages`; a percentile is a number.

    Raises
    ------
    AnalysisError
        ``no-day``: no day has enough readings.

    Examples
    --------
    >>> import numpy as np
    >>> times = pd.date_range("2026-03-01", periods=48, freq="h").as_unit("us")
    >>> values = xr.DataArray([np.arange(48.0)], dims=("station", "time"))
    >>> ds = xr.Dataset({"pm25": values}, {"station": ["EE-A/roof"], "time": times}, {"freq": "1h"})
    >>> calendar(ds).table[["day", "weekday", "week", "value"]].values.tolist()
    [[1.0, 6.0, 0.0, 11.5], [2.0, 0.0, 1.0, 35.5]]
    """
    found = averages(ds, "day", variable, statistics=statistic, needed=needed)
    column = found.columns[0]
    days = found.table.rename(columns={column: "value"})
    if not days["value"].notna().any():
        raise AnalysisError("No day has enough readings for a value of the day.",
                            why="A day needs {share} % of its readings.",
                            do="Ask for a longer time or more stations.", code="no-day",
                            share=round(100 * needed))  # fmt: skip
    date = pd.DatetimeIndex(days["time"])
    first = (date - pd.to_timedelta(date.day - 1, unit="D")).day_of_week
    days = days[["station", "station_name", "time", "value", "n", "capture"]].assign(
        year=date.year, month=date.month, day=date.day, weekday=date.day_of_week,
        week=(date.day - 1 + first) // 7,
    )  # fmt: skip
    return CalendarResult(
        method=CALENDAR_METHOD, n=found.n, completeness=found.completeness, version=found.version,
        notes=found.notes, variable=found.variable, unit=found.unit, statistic=column, days=days,
    )  # fmt: skip
