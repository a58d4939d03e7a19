"""Not a straight line: the level without its season, as it went up and down over the years."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd
import xarray as xr

from kit.analysis.conditions import By, conditioned
from kit.analysis.result import HEADINGS, Result, digits_for, named
from kit.analysis.trend import trend
from kit.stats import smooth as curves
from kit.text import N_, day, number, tr, trn

METHOD = N_(
    "Penalised spline through the months without season; band by restricted likelihood, memory allowed for"
)
ENDS = N_("{name} without its season: {start} {unit} in {first}, {end} {unit} in {last}.")
TURNED = N_("In between it was highest in {high} ({top} {unit}) and lowest in {low} ({bottom} {unit}).")
SURE = N_("At the ends that is sure to about {width} {unit} up and down.")
CAUTION = N_(
    "The curve is smooth because it was made so: short ups and downs are left out. Its ends are the least "
    "sure part, and it says nothing about what comes next."
)
#: How a month is written (babel).
MONTH = "LLLL y"
HEADINGS["curve"] = N_("smooth level")


@dataclass(frozen=True, kw_only=True)
class SmoothResult(Result):
    """A smooth level over time, in the variable's unit.

    ``series`` has one row per month: ``time``, ``value`` (mean over the stations without season, at the level
    of the stations together; NaN where none), ``curve``, ``low`` and ``high`` (95 % for each month by itself)
    and ``n`` (stations). ``start`` and ``end`` are the curve's ends; ``freedom`` says how bent it is (2: a
    straight line); ``memory`` is the correlation of neighbouring months around it.
    """

    variable: str
    unit: str
    start: float
    end: float
    first: int
    last: int
    freedom: float
    memory: float
    n_stations: int
    region: str
    confidence: float = 0.95
    series: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per month."""
        return self.series

    def sentence(self, lang: str | None = None) -> str:
        """Say where the level began and ended, and where it was highest and lowest."""
        rows = self.series
        width = float(rows["high"].iloc[[0, -1]].sub(rows["curve"].iloc[[0, -1]]).mean())
        digits = digits_for(width)

        def words(value: float) -> str:
            return number(value, digits, lang)

        ends = tr(ENDS, lang, name=named(self.variable, lang), unit=self.unit, start=words(self.start),
                  end=words(self.end), first=day(rows["time"].iloc[0], lang, MONTH),
                  last=day(rows["time"].iloc[-1], lang, MONTH))  # fmt: skip
        top, bottom = int(rows["curve"].argmax()), int(rows["curve"].argmin())
        said = [ends.replace("  ", " ")]
        if not {top, bottom} <= {0, len(rows) - 1}:
            said.append(tr(
                TURNED, lang, high=day(rows["time"].iloc[top], lang, MONTH), unit=self.unit,
                low=day(rows["time"].iloc[bottom], lang, MONTH), top=words(float(rows["curve"].iloc[top])),
                bottom=words(float(rows["curve"].iloc[bottom])),
            ))  # fmt: skip
        said.append(tr(SURE, lang, width=words(width), unit=self.unit))
        said.append(trn("That is the mean of {n} station.", "That is the mean of {n} stations.",
                        self.n_stations, lang))  # fmt: skip
        return " ".join(said)

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang)


@conditioned
def smooth_trend(
    ds: xr.Dataset, variable: str | None = None, *, months: tuple[int, ...] | None = None, by: By = None
) -> SmoothResult:
    """Return the smooth level of a station, or of the mean of several, without the season.

    In the spirit of openair's ``smoothTrend`` (Carslaw & Ropkins 2012, doi:10.1016/j.envsoft.2011.09.008),
    with the memory of the months allowed for: see :func:`kit.stats.smooth.smooth` for the band and its
    measured coverage. A station that joins or leaves neither lifts nor lowers the curve.

    Parameters
    ----------
    ds, variable, months
        As :func:`kit.analysis.trend`, with the same rules about what is too short or left out.
    by
        For each part: season, month, weekday, weekend, station, school, region, exposure.

    Raises
    ------
    AnalysisError
        As :func:`kit.analysis.trend`: ``too-short``, ``constant``, ``indoor``.

    Examples
    --------
    >>> import numpy as np
    >>> times = pd.date_range("2020-01-01", "2025-12-01", freq="MS").as_unit("us")
    >>> level = 10 + np.arange(72) / 12 + 4 * np.cos(np.arange(72) * np.pi / 6) + np.sin(np.arange(72) * 2.0)
    >>> ds = xr.Dataset({"pm25": (("station", "time"), [level])}, {"station": ["a"], "time": times})
    >>> found = smooth_trend(ds.assign_attrs(freq="1M"))
    >>> round(found.end - found.start, 1), round(found.freedom)
    (5.9, 3)
    """
    whole = trend(ds, variable, months=months, method="covariance")
    held = whole.series.set_index("time")
    every = pd.date_range(held.index[0], held.index[-1], freq="MS", unit="us")
    line = held["value"].where(held["n"] > 0).reindex(every)
    found = curves.smooth(line.to_numpy(dtype=float))
    table = pd.DataFrame({
        "time": every, "value": line.to_numpy(), "curve": found.curve, "low": found.low, "high": found.high,
        "n": held["n"].reindex(every).fillna(0).astype(int).to_numpy(),
    })  # fmt: skip
    table = table[table["time"].dt.month.isin(whole.months)].reset_index(drop=True)
    ends = table["curve"].iloc[[0, -1]].to_numpy()
    return SmoothResult(
        method=METHOD, n=found.n, completeness=whole.completeness, version=whole.version, notes=whole.notes,
        variable=whole.variable, unit=whole.unit, start=float(ends[0]), end=float(ends[1]),
        first=whole.first, last=whole.last, freedom=found.freedom, memory=found.memory,
        n_stations=whole.n_stations, region=whole.region, series=table,
    )  # fmt: skip
