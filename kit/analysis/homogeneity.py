"""Is it the same trend everywhere, and in every month? Before one number is given for a whole region.

The question is that of van Belle & Hughes (1984, doi:10.1029/WR020i001p00127). Their test takes stations and
months for independent; here whole years are shuffled, all stations together (:mod:`kit.stats.homogeneity`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import xarray as xr

from kit.analysis.conditions import By, conditioned
from kit.analysis.full_years import rests_on
from kit.analysis.result import Result, named
from kit.analysis.trend import TrendResult, trend
from kit.errors import AnalysisError
from kit.stats import homogeneity as parts
from kit.text import N_, number, tr

RARE = 0.05
SHOWN = ("station", "station_name", "slope", "low", "high", "full_years")

METHOD = N_("Scores of stations and of months without the joint slope; whole years put into another order")
STATIONS_SAME = N_("{name}: one trend fits all {n} stations.")
STATIONS_DIFFER = N_("{name}: the {n} stations do not have the same trend.")
MONTHS_SAME = N_("One trend fits all months of the year.")
MONTHS_DIFFER = N_("The months of the year do not have the same trend.")
CHANCE = N_(
    "If all had the same trend, shuffling the years would make them as unlike in {stations} of 100 tries."
)
ONE_EACH = N_("A joint number hides this: look at the stations or the seasons one by one.")
CAUTION = N_(
    "That one trend fits does not show that it is the same everywhere: with few years only large differences "
    "are found. And stations can differ because their devices age differently."
)


@dataclass(frozen=True, kw_only=True)
class HomogeneityResult(Result):
    """Whether one trend fits all stations, and all months.

    ``p_stations`` and ``p_months`` are the shares of shufflings in which stations (months) are as unlike, NaN
    where there is only one; ``smallest_p`` is the smallest possible one. ``parts`` has a row for each:
    ``what``, ``statistic``, ``freedom``, ``p``. ``stations``: each station's own slope (as ``trend`` gives
    it).
    """

    variable: str
    unit: str
    slope: float
    p_stations: float
    p_months: float
    smallest_p: float
    n_stations: int
    years: int
    parts: pd.DataFrame = field(repr=False)
    stations: pd.DataFrame = field(repr=False)

    @property
    def same(self) -> bool:
        """Whether one trend fits: chance makes stations, and months, as unlike in more than 1 of 20 tries."""
        return not (self.p_stations <= RARE or self.p_months <= RARE)

    @property
    def table(self) -> pd.DataFrame:
        """One row per station: its own slope."""
        return self.stations

    def sentence(self, lang: str | None = None) -> str:
        """Say whether one trend fits."""
        said = []
        if self.n_stations > 1:
            template = STATIONS_DIFFER if self.p_stations <= RARE else STATIONS_SAME
            said.append(
                tr(template, lang, name=named(self.variable, lang), n=number(self.n_stations, 0, lang))
            )
            share = number(100 * self.p_stations, 0 if self.p_stations > 0.01 else 2, lang)
            said.append(tr(CHANCE, lang, stations=share))
        if not math.isnan(self.p_months):
            said.append(tr(MONTHS_DIFFER if self.p_months <= RARE else MONTHS_SAME, lang))
        return " ".join(said if self.same else [*said, tr(ONE_EACH, lang)])

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang)

    def to_dict(self, lang: str | None = None) -> dict[str, object]:
        """Return everything as plain JSON values, with ``same``."""
        return {**super().to_dict(lang), "same": self.same}


@conditioned
def homogeneity(
    ds: xr.Dataset, variable: str | None = None, *, months: tuple[int, ...] | None = None, by: By = None
) -> HomogeneityResult:
    """Return whether one trend fits all stations and all months of the year.

    Parameters
    ----------
    ds, variable, months
        As :func:`kit.analysis.trend`, with the same rules about what is too short or left out.
    by
        For each part: season, weekday, region, school, exposure.

    Raises
    ------
    AnalysisError
        As :func:`kit.analysis.trend`; ``one-series``: one station and one month only.

    Notes
    -----
    Measured at 10 and 15 years (correlation between stations 0 to .8, between months 0 and .3; 150 runs each,
    ``python -m tests.simulations homogeneity_size``): three and eight stations are called different where
    none is in 2 to 8 %, in 5.2 % on average; months in 1 to 7 %, in 4.3 % on average.

    Examples
    --------
    >>> times = pd.date_range("2018-01-01", "2024-12-01", freq="MS").as_unit("us")
    >>> year = times.year.to_numpy(float)
    >>> ds = xr.Dataset({"pm25": (("station", "time"), np.array([year, -year]))},
    ...                 {"station": ["A/1", "B/1"], "time": times}, {"freq": "1M"})
    >>> found = homogeneity(ds)
    >>> round(found.p_stations, 4), found.p_months, found.same
    (0.0004, 1.0, False)
    """
    whole: TrendResult = trend(ds, variable, months=months)
    chosen = whole.months
    used = whole.stations[whole.stations["used"]]
    if len(used) < 2 and len(chosen) < 2:
        raise AnalysisError("One station and one month: there is nothing to compare.",
                            do="Take several stations or all months.", code="one-series")  # fmt: skip
    cubes, years = rests_on(ds, whole.variable, chosen, used["station"])
    cube = np.hstack([*cubes.values()])
    held = np.isfinite(cube).any(axis=1)
    found = parts.by_shuffling(cube[held], years[held], whole.slope, len(chosen), whole.widened)
    rows = [("stations", found.stations), ("months", found.months)]
    return HomogeneityResult(
        method=METHOD, n=whole.n, completeness=whole.completeness, version=whole.version, notes=whole.notes,
        variable=whole.variable, unit=whole.unit, slope=whole.slope, p_stations=found.stations.p,
        p_months=found.months.p, smallest_p=found.trend.smallest, n_stations=len(used), years=whole.years,
        parts=pd.DataFrame([{"what": what, "statistic": one.statistic, "freedom": one.freedom, "p": one.p}
                            for what, one in rows]),
        stations=used[[*SHOWN]].reset_index(drop=True),
    )  # fmt: skip
