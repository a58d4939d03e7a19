"""Where does the wind come from? Roses and vector means.

A direction is the one the wind comes *from*, in degrees from north over east; 0 and 360 are one. Calms have
no direction and are counted apart. Directions are averaged as vectors: 350 and 10 give 0, not 180.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike

from kit.analysis import series
from kit.analysis.result import Result, called
from kit.errors import AnalysisError, UsageError
from kit.text import N_, number, tr

#: The names of sixteen sectors clockwise from north.
COMPASS = (
    N_("north"), N_("north-north-east"), N_("north-east"), N_("east-north-east"), N_("east"),
    N_("east-south-east"), N_("south-east"), N_("south-south-east"), N_("south"), N_("south-south-west"),
    N_("south-west"), N_("west-south-west"), N_("west"), N_("west-north-west"), N_("north-west"),
    N_("north-north-west"),
)  # fmt: skip

METHOD = N_(
    "Share of the times with speed and direction, by sector; calms apart; vector mean weighted by speed"
)
MAIN = N_(
    "The wind came most often from the {sector} ({share} % of the time); it was calm {calm} % of the time."
)
ALL_CALM = N_("It was calm all the time.")
CAUTION = N_(
    "This does not show how the wind blows over the whole region: houses and trees near a station turn "
    "and slow it. A rose of a few months is not the wind of a year."
)


@dataclass(frozen=True, kw_only=True)
class WindResult(Result):
    """A wind rose.

    ``rose`` has one row per sector: ``sector`` (its middle, degrees), ``low`` and ``high`` (its borders),
    ``n``, ``share`` (of all times with speed and direction, calms included), ``mean_speed`` (m/s). ``calms``
    is their share; ``direction`` and ``vector_speed`` are the vector mean; ``speed`` the scalar mean.
    """

    sectors: int
    calms: float
    direction: float
    vector_speed: float
    speed: float
    rose: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per sector."""
        return self.rose

    def sentence(self, lang: str | None = None) -> str:
        """Say where the wind mostly came from."""
        if self.calms == 1:
            return tr(ALL_CALM, lang)
        top = self.rose.iloc[int(self.rose["share"].to_numpy().argmax())]
        name = tr(COMPASS[round(float(top["sector"]) / 22.5) % 16], lang)
        return tr(MAIN, lang, sector=name, share=number(100 * top["share"], 0, lang),
                  calm=number(100 * self.calms, 0, lang))  # fmt: skip

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang)


def vector_mean(directions: ArrayLike, speeds: ArrayLike | None = None) -> tuple[float, float]:
    """Return the mean direction (0 to 360, excluding 360) and the length of the mean vector.

    Without speeds every direction weighs the same and the length is 0 to 1 (1: always the same direction).
    Pairs with a missing value are left out; calms (speed 0) weigh nothing. A mean of length 0 has no
    direction (NaN).

    >>> [round(x, 6) for x in vector_mean([350.0, 20.0])]
    [5.0, 0.965926]
    """
    degrees = np.asarray(directions, dtype=float)
    weight = np.ones_like(degrees) if speeds is None else np.asarray(speeds, dtype=float)
    keep = np.isfinite(degrees) & np.isfinite(weight)
    if not keep.any():
        return math.nan, math.nan
    angle, weight = np.radians(degrees[keep]), weight[keep]
    east, north = float((weight * np.sin(angle)).mean()), float((weight * np.cos(angle)).mean())
    length = math.hypot(east, north)
    if length < 1e-12:
        return math.nan, 0.0
    return math.degrees(math.atan2(east, north)) % 360.0 % 360.0, length


def sector_of(directions: ArrayLike, sectors: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return the sector 0 (north) to ``sectors`` - 1 of each direction; halfway belongs to the lower one.

    >>> sector_of([0.0, 360.0, 15.0, 15.1, 345.1], 12).tolist()
    [0, 0, 0, 1, 0]
    """
    width = 360.0 / sectors
    found = np.ceil(np.mod(np.asarray(directions, dtype=float), 360.0) / width - 0.5)
    places: np.ndarray[Any, np.dtype[np.int64]] = np.mod(found, sectors).astype(np.int64)
    return places


def wind_rose(ds: xr.Dataset, *, sectors: int = 16, calm_below: float = 0.0) -> WindResult:
    """Return the wind rose of all stations of ``ds`` (usually one).

    Parameters
    ----------
    ds
        ``wind_speed`` (m/s) and ``wind_direction`` (degrees), dims (station, time), hourly or finer.
    sectors
        4, 8, 12, 16 ... 36; sector 0 is centred on north.
    calm_below
        Speeds up to this value (m/s, inclusive) are calms.

    Raises
    ------
    AnalysisError
        ``no-wind``: no time has both speed and direction.
    """
    if not 4 <= sectors <= 36:
        raise UsageError("A rose has 4 to 36 sectors, not {value}.", code="sectors", value=sectors)
    missing = [name for name in ("wind_speed", "wind_direction") if name not in ds.data_vars]
    if missing:
        raise AnalysisError("Not measured here: {name}.", do="A wind rose needs wind speed and direction.",
                            code="no-wind", name=called(missing[0]))  # fmt: skip
    speed = series.frame(ds, "wind_speed").to_numpy().ravel()
    direction = series.frame(ds, "wind_direction").to_numpy().ravel()
    calm = speed <= calm_below
    keep = np.isfinite(speed) & (calm | np.isfinite(direction))
    if not keep.any():
        raise AnalysisError("No time here has both wind speed and wind direction.", code="no-wind")
    blowing = keep & ~calm
    place = sector_of(direction[blowing], sectors)
    n = np.bincount(place, minlength=sectors)
    total = np.bincount(place, weights=speed[blowing], minlength=sectors)
    width = 360.0 / sectors
    middle = np.arange(sectors) * width
    rose = pd.DataFrame({
        "sector": middle, "low": np.mod(middle - width / 2, 360.0), "high": middle + width / 2, "n": n,
        "share": n / keep.sum(), "mean_speed": np.where(n > 0, total / np.maximum(n, 1), np.nan),
    })  # fmt: skip
    towards, length = vector_mean(np.where(calm, 0.0, direction)[keep], np.where(calm, 0.0, speed)[keep])
    return WindResult(
        method=METHOD, n=int(keep.sum()), completeness=float(keep.mean()), version=series.version(ds),
        sectors=sectors, calms=float((keep & calm).sum() / keep.sum()), direction=towards,
        vector_speed=length, speed=float(speed[keep].mean()), rose=rose,
    )  # fmt: skip
