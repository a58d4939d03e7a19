"""Does the region's trend hang on one school? The same trend again without each school in turn.

Leaving out one at a time is the jackknife's question (Efron 1982, doi:10.1137/1.9781611970319), asked of
schools and not of stations: the stations of a school share their roof, their device and their habits. The
trend is that of :func:`kit.analysis.trend`, by the method that it used for all schools.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pandas as pd
import xarray as xr

from kit.analysis import together
from kit.analysis.conditions import By, conditioned
from kit.analysis.full_years import rests_on
from kit.analysis.result import HEADINGS, Result, digits_for, named
from kit.analysis.trend import TrendResult, trend
from kit.stats import regional
from kit.text import N_, join, number, tr

METHOD = N_("The joint trend again without each school in turn")
SPAN = N_("{name}: with all {n} schools {slope} {unit} a year; without one of them from {low} to {high}.")
STEADY = N_("Whichever school is left out, the answer is the same.")
HANGS = N_("The answer changes without {schools}.")
MOST = N_("{school} counts most: without it the trend is {size} {unit} a year {how}.")
MORE, LESS = N_("higher"), N_("lower")
CAUTION = N_(
    "A school that counts much is not wrong: it may measure longest. And that no single school decides does "
    "not show that all of them are right; devices of one kind can err together."
)
HEADINGS |= {"school": N_("school"), "n_stations": N_("stations")}


@dataclass(frozen=True, kw_only=True)
class InfluenceResult(Result):
    """The joint trend without each school.

    ``slope``, ``low``, ``high`` are those of all schools together. ``schools`` has one row per school:
    ``school``, ``n_stations`` (its stations used), ``slope``, ``low``, ``high`` (of the others),
    ``difference`` (that slope less the whole one), ``changes`` (whether the answer is another one: rise, fall
    or unclear).
    """

    headings = MappingProxyType({"school": N_("school left out")})

    variable: str
    unit: str
    slope: float
    low: float
    high: float
    direction: str
    years: int
    n_schools: int
    n_stations: int
    schools: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per school left out, the one that counts most first."""
        return self.schools

    def sentence(self, lang: str | None = None) -> str:
        """Say how far the trend moves, and whether the answer hangs on one school."""
        slopes = self.schools["slope"].to_numpy(float)
        first = self.schools.iloc[0]
        digits = digits_for(self.slope, float(np.ptp(slopes)) / 2)
        main = tr(SPAN, lang, name=named(self.variable, lang), n=number(self.n_schools, 0, lang),
                  unit=self.unit, slope=number(self.slope, digits, lang),
                  low=number(slopes.min(), digits, lang),
                  high=number(slopes.max(), digits, lang))  # fmt: skip
        most = tr(MOST, lang, school=first["school"], unit=self.unit,
                  size=number(abs(first["difference"]), digits, lang),
                  how=tr(MORE if first["difference"] > 0 else LESS, lang))  # fmt: skip
        changed = self.schools.loc[self.schools["changes"], "school"].tolist()
        verdict = tr(HANGS, lang, schools=join(changed, lang)) if changed else tr(STEADY, lang)
        return f"{main} {verdict} {most}" if first["difference"] else f"{main} {verdict}"

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang)


@conditioned
def influence(
    ds: xr.Dataset, variable: str | None = None, *, months: tuple[int, ...] | None = None, by: By = None
) -> InfluenceResult:
    """Return the joint trend without each school in turn.

    Parameters
    ----------
    ds, variable, months
        As :func:`kit.analysis.trend`, with the same rules about what is too short or left out.
    by
        For each part: season, month, weekday, region, exposure.

    Raises
    ------
    AnalysisError
        As :func:`kit.analysis.trend`; ``few-schools``: the trend rests on one school only, or the others are
        too short without it.

    Examples
    --------
    >>> times = pd.date_range("2020-01-01", "2024-12-01", freq="MS").as_unit("us")
    >>> year = times.year.to_numpy(float)
    >>> values = np.array([year, 1.1 * year, 3 * year])
    >>> ds = xr.Dataset({"pm25": (("station", "time"), values)},
    ...                 {"station": ["A/1", "B/1", "C/1"], "time": times}, {"freq": "1M"})
    >>> found = influence(ds)
    >>> round(found.slope, 2), found.table["school"].tolist()[0], found.table["slope"].round(2).tolist()
    (1.1, 'A', [2.05, 2.0, 1.05])
    """
    whole: TrendResult = trend(ds, variable, months=months)
    chosen = whole.months
    used = [str(one) for one in whole.stations.loc[whole.stations["used"], "station"]]
    cubes, years = rests_on(ds, whole.variable, chosen, used)
    method: regional.Method = "shuffling" if whole.orders else "covariance"
    schools = list(dict.fromkeys(together.school_of(station) for station in used))
    rows = []
    for school in schools:
        rest = [station for station in used if together.school_of(station) != school]
        cube = np.hstack([np.zeros((len(years), 0)), *[cubes[one] for one in rest]])
        if np.isfinite(cube).any(axis=1).sum() >= regional.FEWEST_YEARS:
            found = regional.joint_slope(cube, years, months=chosen, method=method)
            rows.append((school, len(used) - len(rest), found.slope, found.low, found.high))
    if not rows:
        raise together.few_schools(len(schools))
    table = pd.DataFrame(rows, columns=["school", "n_stations", "slope", "low", "high"])
    table["difference"] = table["slope"] - whole.slope
    said = (table["low"] > 0).astype(int) - (table["high"] < 0).astype(int)
    table["changes"] = said != {"up": 1, "down": -1, "unclear": 0}[whole.direction]
    table = table.iloc[np.argsort(-table["difference"].abs().to_numpy(), kind="stable")]
    return InfluenceResult(
        method=METHOD, n=whole.n, completeness=whole.completeness, version=whole.version, notes=whole.notes,
        variable=whole.variable, unit=whole.unit, slope=whole.slope, low=whole.low, high=whole.high,
        direction=whole.direction, years=whole.years, n_schools=len(schools), n_stations=len(used),
        schools=table.reset_index(drop=True),
    )  # fmt: skip
