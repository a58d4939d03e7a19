"""From where does dirty air come? What was measured, by the direction of the wind."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from kit.analysis import series
from kit.analysis.conditions import By, conditioned
from kit.analysis.result import Note, Result, called, digits_for, named
from kit.analysis.wind import COMPASS, SECTOR_HEADINGS, by_class, sector_table, shares, winds
from kit.errors import AnalysisError, UsageError
from kit.text import N_, number, tr

#: A sector with fewer values than this is thin: its numbers are given but not talked about.
THIN = 20
HIGH = 90

METHOD = N_("Values by sector of the wind at the same time; calms apart")
SENTENCE = N_(
    "{name} was highest on average with wind from the {sector}: {most} {unit} (all winds: {mean} {unit})."
)
SHARE = N_("{share} % of all {name} came with wind from there, which blew {blew} % of the time.")
PERCENTILES = N_(
    "With wind from the {sector}, {percent} % of the values were at most {most} {unit}; that is the highest "
    "of all sides."
)
NOTHING = N_("No side has the {needed} values that a comparison needs.")
CAUTION = N_(
    "This does not show where the source is: it says from which side the air came when the values were high. "
    "Wind speed, season and hour of the day change with the wind, too."
)
THIN_SIDES = N_("Sides with fewer than {needed} values, too few to say anything: {n}.")


@dataclass(frozen=True, kw_only=True)
class RoseResult(Result):
    """Values of a variable by sector of the wind.

    ``rose`` has one row per sector: ``sector``, ``low``, ``high`` (degrees), ``n``, ``share`` (of the times
    with wind and value, calms included), ``weight`` (see :class:`~kit.analysis.wind.WindResult`), ``mean``,
    ``contribution`` (share of the sum of all values, 0 to 1), ``high_share`` (share of this sector's values
    above the 90th percentile of all: the conditional probability function), one column per percentile
    (``p50``), ``thin``. ``classes`` (pollution roses) has one row per sector and class: ``sector``,
    ``above``, ``up_to``, ``n``, ``share``. ``mean`` is that of all values, ``calm_mean`` that in calms.
    """

    headings = SECTOR_HEADINGS

    variable: str
    unit: str
    sectors: int
    calms: float
    mean: float
    calm_mean: float
    percentiles: tuple[float, ...]
    rose: pd.DataFrame = field(repr=False)
    classes: pd.DataFrame = field(repr=False, default_factory=pd.DataFrame)

    @property
    def table(self) -> pd.DataFrame:
        """One row per sector."""
        return self.rose

    def sentence(self, lang: str | None = None) -> str:
        """Say from which side the highest values came."""
        good = self.rose[~self.rose["thin"]]
        if good.empty:
            return tr(NOTHING, lang, needed=number(THIN, 0, lang))
        column = f"p{self.percentiles[-1]:g}" if self.percentiles else "mean"
        top = good.iloc[int(good[column].to_numpy().argmax())]
        name = tr(COMPASS[round(float(top["sector"]) / 22.5) % 16], lang)
        value = float(top[column])
        digits = digits_for(value, self.mean)
        most = number(value, digits, lang)
        if self.percentiles:
            percent = number(self.percentiles[-1], None, lang)
            return tr(PERCENTILES, lang, sector=name, percent=percent, most=most, unit=self.unit)
        first = tr(SENTENCE, lang, name=named(self.variable, lang), sector=name, most=most, unit=self.unit,
                   mean=number(self.mean, digits, lang))  # fmt: skip
        if not math.isfinite(float(top["contribution"])) or "/m" not in self.unit:
            return first  # temperatures and the like have no sum
        part = number(100 * top["contribution"], 0, lang)
        blew = number(100 * top["share"], 0, lang)
        return f"{first} {tr(SHARE, lang, share=part, name=called(self.variable), blew=blew)}"

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang)


def nice_borders(values: NDArray[np.float64], classes: int = 6) -> tuple[float, ...]:
    """Return about ``classes`` round numbers from the lowest value to the 90th percentile.

    >>> nice_borders(np.arange(101.0))
    (0.0, 20.0, 40.0, 60.0, 80.0)
    """
    low, high = float(np.min(values)), float(np.percentile(values, 90))
    rough = max(high - low, 1e-9) / (classes - 1)
    ten = 10.0 ** math.floor(math.log10(rough))
    step = next(ten * times for times in (1, 2, 5, 10) if ten * times >= rough * 0.999)
    first = math.floor(low / step) * step
    borders = [first + step * k for k in range(classes + 1) if first + step * k < high]
    return tuple(round(b, 10) + 0.0 for b in borders) or (first,)


@conditioned
def pollution_rose(
    ds: xr.Dataset, variable: str | None = None, *, sectors: int = 16, classes: Sequence[float] = (),
    calm_below: float = 0.0, by: By = None,
) -> RoseResult:  # fmt: skip
    """Return how often each sector had which values of a variable.

    Parameters
    ----------
    ds
        Hourly readings of ``wind_speed`` (m/s), ``wind_direction`` (degrees) and the variable, dims (station,
        time).
    variable
        Which one; default: the only one besides the wind.
    sectors
        4 to 36.
    classes
        Where classes begin; default: round numbers up to the 90th percentile. A value on a border belongs to
        the lower class, values below the first border to the first.
    calm_below
        Speeds up to this value (m/s, inclusive) are calms.

    Raises
    ------
    AnalysisError
        ``no-wind``; ``empty``: no time has wind and value.

    Notes
    -----
    Counts agree with openair's ``pollutionRose`` (doi:10.1016/j.envsoft.2011.09.008); its percentages are of
    all times with a speed, also those without a value, and values of exactly 0 fall out of it. ``high_share``
    is the conditional probability function of Ashbaugh et al. 1985 (doi:10.1016/0004-6981(85)90256-2).

    Examples
    --------
    >>> times = pd.date_range("2026-01-01", periods=4, freq="h").as_unit("us")
    >>> cube = {"wind_speed": [3.0, 3.0, 3.0, 0.0], "wind_direction": [10.0, 180.0, 185.0, 0.0],
    ...         "pm25": [4.0, 10.0, 14.0, 6.0]}
    >>> ds = xr.Dataset({k: (("station", "time"), [v]) for k, v in cube.items()},
    ...                 {"station": ["EE-A/roof"], "time": times})
    >>> found = pollution_rose(ds, sectors=4, classes=(0, 5, 10))
    >>> found.table[["n", "mean", "share"]].values.tolist()[::2], found.calm_mean
    ([[1.0, 4.0, 0.25], [2.0, 12.0, 0.5]], 6.0)
    """
    return _rose(ds, variable, sectors, tuple(classes), (), calm_below)


@conditioned
def percentile_rose(
    ds: xr.Dataset, variable: str | None = None, *, percentiles: Sequence[float] = (25, 50, 75, 90, 95),
    sectors: int = 36, calm_below: float = 0.0, by: By = None,
) -> RoseResult:  # fmt: skip
    """Return percentiles of a variable by sector of the wind.

    Parameters
    ----------
    ds, variable, calm_below
        As in :func:`pollution_rose`.
    percentiles
        0 to 100, rising; interpolated linearly (type 7). They agree with openair's ``percentileRose``, which
        leaves out calms of direction 0 only and counts other calms with their last direction
        (``calm_below=-1`` keeps all of them).
    sectors
        4 to 36; default: sectors of ten degrees.

    Raises
    ------
    AnalysisError
        ``no-wind``, ``empty``.

    Examples
    --------
    >>> times = pd.date_range("2026-01-01", periods=50, freq="h").as_unit("us")
    >>> cube = {"wind_speed": np.full(50, 3.0), "wind_direction": np.full(50, 270.0), "pm25": np.arange(50.0)}
    >>> ds = xr.Dataset({k: (("station", "time"), [v]) for k, v in cube.items()},
    ...                 {"station": ["EE-A/roof"], "time": times})
    >>> percentile_rose(ds, percentiles=(50, 90), sectors=4).table[["p50", "p90"]].values.tolist()[3]
    [24.5, 44.1]
    """
    wrong = [p for p in percentiles if not 0 <= p <= 100]
    if wrong or not percentiles:
        raise UsageError("Percentiles lie between 0 and 100.", code="percentiles")
    return _rose(ds, variable, sectors, (), tuple(float(p) for p in sorted(percentiles)), calm_below)


def beside_wind(ds: xr.Dataset, variable: str | None) -> str:
    """Return the variable that is asked for, or the only one besides the wind."""
    return series.main_variable(ds.drop_vars(["wind_speed", "wind_direction"], errors="ignore"), variable)


def _rose(
    ds: xr.Dataset, variable: str | None, sectors: int, classes: tuple[float, ...],
    percentiles: tuple[float, ...], calm_below: float,
) -> RoseResult:  # fmt: skip
    name = beside_wind(ds, variable)
    found = winds(ds, sectors, calm_below, [name])
    value = found.found.flat(name)
    there = np.isfinite(value)
    keep, use = found.keep & there, found.blowing & there
    if not keep.any():
        raise AnalysisError("No time here has both a wind and a value: {name}.", code="empty",
                            do="Both must be measured at the same station.",
                            name=lambda lang: named(name, lang))  # fmt: skip
    calms = float((keep & found.calm).sum() / keep.sum())
    place, values = found.sector[use], value[use]
    rose, n = sector_table(sectors), np.bincount(place, minlength=sectors)
    rose["n"], rose["share"], rose["weight"] = n, shares(n, found.weight, 1 - calms), found.weight
    total = np.bincount(place, weights=values, minlength=sectors)
    rose["mean"] = np.where(n > 0, total / np.maximum(n, 1), np.nan)
    whole = float(value[keep].sum())
    rose["contribution"] = total / whole if whole > 0 else np.nan
    border = float(np.percentile(value[keep], HIGH))
    above = np.bincount(place, weights=(values > border).astype(float), minlength=sectors)
    rose["high_share"] = np.where(n > 0, above / np.maximum(n, 1), np.nan)
    grouped = pd.Series(values).groupby(place)
    for p in percentiles:
        rose[f"p{p:g}"] = grouped.quantile(p / 100).reindex(range(sectors)).to_numpy(dtype=float)
    rose["thin"] = n < THIN
    thin = int((rose["thin"] & (n > 0)).sum())
    notes: list[Note] = [*found.notes, *([(THIN_SIDES, {"needed": THIN, "n": thin})] if thin else [])]
    borders = classes or nice_borders(value[keep])
    calm = value[keep & found.calm]
    return RoseResult(
        method=METHOD, n=int(keep.sum()), completeness=float(keep.mean()), version=series.version(ds),
        notes=tuple(notes), variable=name, unit=series.unit(ds, name), sectors=sectors, calms=calms,
        mean=float(value[keep].mean()), calm_mean=float(calm.mean()) if len(calm) else math.nan,
        percentiles=percentiles, rose=rose,
        classes=pd.DataFrame() if percentiles else by_class(
            rose["sector"], place, values, borders, found.weight, 1 - calms
        ),
    )  # fmt: skip
