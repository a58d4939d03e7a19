"""Where does the wind come from? Roses and vector means.

A direction is the one the wind comes *from*, in degrees from north over east; 0 and 360 are one. Calms have
no direction and are counted apart. Directions are averaged as vectors: 350 and 10 give 0, not 180.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from kit.analysis import series
from kit.analysis.conditions import By, conditioned
from kit.analysis.result import Note, Result, called
from kit.analysis.rows import Rows, rows
from kit.errors import AnalysisError, UsageError
from kit.stats.circular import sector_of as sector_of
from kit.stats.circular import sector_weights
from kit.stats.circular import vector_mean as vector_mean
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
EVENED = N_(
    "Directions are in tens of degrees here, and some sectors hold more tens than others; the shares are "
    "evened out."
)
#: What people call the columns of a sector.
SECTOR_HEADINGS = MappingProxyType({
    "sector": N_("direction, °"), "low": N_("lower border, °"), "high": N_("upper border, °"),
})  # fmt: skip
CAUTION = N_(
    "This does not show how the wind blows over the whole region: houses and trees near a station turn "
    "and slow it. A rose of a few months is not the wind of a year."
)


@dataclass(frozen=True, kw_only=True)
class WindResult(Result):
    """A wind rose.

    ``rose`` has one row per sector: ``sector`` (its middle, degrees), ``low`` and ``high`` (its borders),
    ``n``, ``share`` (of all times with speed and direction, calms included), ``mean_speed`` (m/s), ``weight``
    (what ``n`` was multiplied with because directions come in tens of degrees, see
    :func:`kit.stats.circular.sector_weights`; else 1). ``classes`` has one row per sector and class of speed:
    ``sector``, ``above`` and ``up_to`` (m/s), ``n``, ``share``. Shares and calms add up to 1. ``calms``
    is their share; ``direction`` and ``vector_speed`` are the vector mean; ``speed`` the scalar mean.
    """

    headings = SECTOR_HEADINGS

    sectors: int
    calms: float
    direction: float
    vector_speed: float
    speed: float
    rose: pd.DataFrame = field(repr=False)
    classes: pd.DataFrame = field(repr=False, default_factory=pd.DataFrame)

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


@dataclass(frozen=True)
class Winds:
    """The times with a wind: flat arrays of all stations.

    ``keep`` says which of all times have speed and direction (or are calm), ``calm`` which are calm;
    ``speed`` and ``direction`` are of all times; ``sector`` and ``weight`` (per sector) of those that blow.
    """

    found: Rows
    speed: NDArray[np.float64]
    direction: NDArray[np.float64]
    keep: NDArray[np.bool_]
    calm: NDArray[np.bool_]
    sector: NDArray[np.int64]
    weight: NDArray[np.float64]

    @property
    def blowing(self) -> NDArray[np.bool_]:
        """Which of all times have a wind with a direction."""
        return self.keep & ~self.calm

    @property
    def notes(self) -> tuple[Note, ...]:
        """What is to be said of the winds."""
        return (*self.found.notes, *([(EVENED, {})] if np.ptp(self.weight) else []))


def winds(
    ds: xr.Dataset, sectors: int, calm_below: float, others: Sequence[str] = (), most: int = 36
) -> Winds:
    """Return the winds of a dataset by sector, with the variables ``others`` beside them."""
    if not 4 <= sectors <= most:
        raise UsageError("A rose has 4 to 36 sectors, not {value}.", code="sectors", value=sectors)
    missing = [name for name in ("wind_speed", "wind_direction") if name not in ds.data_vars]
    if missing:
        raise AnalysisError("Not measured here: {name}.", do="A wind rose needs wind speed and direction.",
                            code="no-wind", name=called(missing[0]))  # fmt: skip
    if not np.isfinite(ds["wind_speed"].values).any():
        raise AnalysisError(
            "No time here has both wind speed and wind direction.",
            do="Both must be measured at the same station.",
            code="no-wind",
        )
    found = rows(ds, ["wind_speed", "wind_direction", *others])
    speed, direction = found.flat("wind_speed"), found.flat("wind_direction")
    calm = speed <= calm_below
    keep = np.isfinite(speed) & (calm | np.isfinite(direction))
    if not keep.any():
        raise AnalysisError(
            "No time here has both wind speed and wind direction.",
            do="Both must be measured at the same station.",
            code="no-wind",
        )
    blowing = keep & ~calm
    place = np.full(len(speed), -1, dtype=np.int64)
    place[blowing] = sector_of(direction[blowing], sectors)
    return Winds(found, speed, direction, keep, calm, place, sector_weights(direction[blowing], sectors))


def sector_table(sectors: int) -> pd.DataFrame:
    """Return the middles and borders of the sectors.

    >>> sector_table(4).values.tolist()[0]
    [0.0, 315.0, 45.0]
    """
    width = 360.0 / sectors
    middle = np.arange(sectors) * width
    return pd.DataFrame(
        {"sector": middle, "low": np.mod(middle - width / 2, 360.0), "high": middle + width / 2}
    )


def shares(n: NDArray[np.int64], weight: NDArray[np.float64], whole: float) -> NDArray[np.float64]:
    """Return shares of counts (sector, …), evened out by the sectors' weights, that add up to ``whole``."""
    evened = n * weight.reshape(-1, *[1] * (n.ndim - 1))
    total = evened.sum()
    found: NDArray[np.float64] = evened / total * whole if total else evened * 0.0
    return found


@conditioned
def wind_rose(
    ds: xr.Dataset, *, sectors: int = 16, classes: Sequence[float] = (0.0, 2.0, 4.0, 6.0),
    calm_below: float = 0.0, by: By = None,
) -> WindResult:  # fmt: skip
    """Return the wind rose of all stations of ``ds`` (usually one).

    Parameters
    ----------
    ds
        ``wind_speed`` (m/s) and ``wind_direction`` (degrees), dims (station, time), hourly or finer. Of
        several stations those indoors are left out.
    sectors
        4, 8, 12, 16 ... 36; sector 0 is centred on north.
    classes
        Where classes of speed begin (m/s); a speed on a border belongs to the lower class.
    calm_below
        Speeds up to this value (m/s, inclusive) are calms.

    Raises
    ------
    AnalysisError
        ``no-wind``: no time has both speed and direction.

    Notes
    -----
    Counts agree with openair's ``windRose`` (doi:10.1016/j.envsoft.2011.09.008). Its percentages are of all
    times with a speed, and its calms hold those without a direction; here times without a direction are left
    out.

    Examples
    --------
    >>> times = pd.date_range("2026-01-01", periods=4, freq="h").as_unit("us")
    >>> speed, direction = [[2.0, 2.0, 4.0, 0.0]], [[0.0, 360.0, 181.0, 90.0]]
    >>> ds = xr.Dataset({"wind_speed": (("station", "time"), speed),
    ...                  "wind_direction": (("station", "time"), direction)},
    ...                 {"station": ["EE-A/roof"], "time": times})
    >>> wind_rose(ds, sectors=4).table["share"].tolist()
    [0.5, 0.0, 0.25, 0.0]
    """
    found = winds(ds, sectors, calm_below)
    keep, blowing, calms = (
        found.keep,
        found.blowing,
        float((found.keep & found.calm).sum() / found.keep.sum()),
    )
    place, speed = found.sector[blowing], found.speed[blowing]
    rose = sector_table(sectors)
    n = np.bincount(place, minlength=sectors)
    rose["n"], rose["share"] = n, shares(n, found.weight, 1 - calms)
    total = np.bincount(place, weights=speed, minlength=sectors)
    rose["mean_speed"] = np.where(n > 0, total / np.maximum(n, 1), np.nan)
    rose["weight"] = found.weight
    blows = np.where(found.calm, 0.0, found.direction)[keep]
    towards, length = vector_mean(blows, np.where(found.calm, 0.0, found.speed)[keep])
    return WindResult(
        method=METHOD, n=int(keep.sum()), completeness=float(keep.mean()), version=series.version(ds),
        notes=found.notes, sectors=sectors, calms=calms, direction=towards,
        vector_speed=length, speed=float(found.speed[keep].mean()), rose=rose,
        classes=by_class(rose["sector"], place, speed, tuple(classes), found.weight, 1 - calms),
    )  # fmt: skip


def by_class(
    middles: pd.Series, place: NDArray[np.int64], values: NDArray[np.float64], borders: tuple[float, ...],
    weight: NDArray[np.float64], whole: float,
) -> pd.DataFrame:  # fmt: skip
    """Return counts and shares per sector and class of ``values``.

    What is below the first border is in the first.
    """
    if not borders or list(borders) != sorted(set(borders)):
        raise UsageError("Classes begin at rising numbers, such as 0, 2, 4, 6.", code="classes")
    which = np.clip(np.searchsorted(np.asarray(borders), values, side="left") - 1, 0, len(borders) - 1)
    n = np.bincount(place * len(borders) + which, minlength=len(middles) * len(borders))
    counts = n.reshape(len(middles), len(borders))
    return pd.DataFrame({
        "sector": np.repeat(middles.to_numpy(), len(borders)), "above": np.tile(borders, len(middles)),
        "up_to": np.tile([*borders[1:], np.inf], len(middles)), "n": counts.ravel(),
        "share": shares(counts, weight, whole).ravel(),
    })  # fmt: skip
