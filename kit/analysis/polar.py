"""From which side, and at what wind speed? Bins of direction and speed, and a smooth surface over them.

High values at little wind hint at something near; high values that come only with strong wind from one side
hint at something far or high above the ground.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from kit.analysis import series
from kit.analysis.conditions import By, conditioned
from kit.analysis.result import Note, Result, digits_for, named
from kit.analysis.roses import beside_wind
from kit.analysis.wind import COMPASS, EVENED, SECTOR_HEADINGS, sector_table, winds
from kit.errors import AnalysisError, UsageError
from kit.stats import surface
from kit.text import N_, number, tr

STATISTICS = ("frequency", "mean", "median", "max", "min", "sd", "contribution")
#: A bin with fewer values than this is thin.
THIN = 5
#: A surface needs this many bins that are not thin, and reaches no further than this share of the widest wind
#: beyond them.
FEWEST_BINS = 20
REACH = 0.1

METHOD = N_("Values by direction and speed of the wind; a smooth surface (penalised splines) over the bins")
SENTENCE = N_("{name} was highest with {speed} m/s from the {sector}: {most} {unit} ({n} values).")
OFTEN = N_("The most common wind was {speed} m/s from the {sector} ({share} % of the time).")
NOTHING = N_("No combination of direction and speed has the {needed} values that a comparison needs.")
CAUTION = N_(
    "This does not show where the source is or how far away. The edge of the picture rests on few hours of "
    "strong wind."
)
THIN_BINS = N_("{thin} of {bins} combinations of direction and speed have fewer than {needed} values.")
NO_SURFACE = N_("There are too few combinations of direction and speed for a smooth picture.")


@dataclass(frozen=True, kw_only=True)
class PolarResult(Result):
    """Values by direction and speed of the wind.

    ``bins`` has one row per sector and step of speed that occurred: ``sector`` (its middle, degrees),
    ``low``, ``high``, ``speed`` (upper border, m/s), ``n``, ``value`` (of ``statistic``), ``thin``.
    ``surface`` has one row per point of an even grid: ``u`` and ``v`` (m/s **from** the east and the north),
    ``value``, ``se`` (its standard error; NaN where there are no data near); empty where it cannot be drawn.
    ``calms`` is the share of calms.
    """

    headings = SECTOR_HEADINGS

    variable: str
    unit: str
    statistic: str
    sectors: int
    speed_step: float
    calms: float
    freedom: float
    bins: pd.DataFrame = field(repr=False)
    surface: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per bin."""
        return self.bins

    def sentence(self, lang: str | None = None) -> str:
        """Say with which wind it was highest."""
        good = self.bins[~self.bins["thin"]]
        if good.empty:
            return tr(NOTHING, lang, needed=number(THIN, 0, lang))
        top = good.iloc[int(good["value"].to_numpy().argmax())]
        upper, step = float(top["speed"]), self.speed_step
        digits = 0 if float(step).is_integer() else 1
        words = {"sector": tr(COMPASS[round(float(top["sector"]) / 22.5) % 16], lang),
                 "speed": f"{number(upper - step, digits, lang)}–{number(upper, digits, lang)}"}  # fmt: skip
        if self.statistic == "frequency":
            return tr(OFTEN, lang, share=number(100 * float(top["n"]) / self.n, 0, lang), **words)
        value = float(top["value"])
        return tr(SENTENCE, lang, name=named(self.variable, lang), n=int(top["n"]), unit=self.unit,
                  most=number(value, digits_for(value), lang), **words)  # fmt: skip

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang)


@conditioned
def polar(
    ds: xr.Dataset, variable: str | None = None, *, statistic: str = "mean", sectors: int = 36,
    speed_step: float = 1.0, calm_below: float = 0.0, smooth: bool = True, resolution: int = 51,
    by: By = None,
) -> PolarResult:  # fmt: skip
    """Return a variable by direction and speed of the wind.

    Parameters
    ----------
    ds
        Hourly readings of ``wind_speed`` (m/s), ``wind_direction`` (degrees) and the variable, dims (station,
        time).
    variable
        Which one; default: the only one besides the wind. Not needed for ``statistic="frequency"``.
    statistic
        ``"frequency"`` (how often), ``"mean"``, ``"median"``, ``"max"``, ``"min"``, ``"sd"``,
        ``"contribution"`` (share of the sum of all values, in %: mean times frequency).
    sectors, speed_step
        The bins: 4 to 36 sectors, steps of speed in m/s; a value on a border belongs to the lower bin.
    calm_below
        Speeds up to this value (m/s, inclusive) are calms and in no bin.
    smooth, resolution
        Whether and on how many points each way a surface is made. It is fitted to the means of the bins,
        weighted with how many values they have; of values that are never negative to the square root, so that
        it is not either.

    Raises
    ------
    UsageError
        ``polar-statistic``.
    AnalysisError
        ``no-wind``, ``empty``.

    Notes
    -----
    Bins agree with openair's ``polarFreq`` (doi:10.1016/j.envsoft.2011.09.008), except that it has 0 and
    360 degrees as two sectors and counts calms that have a direction; ``calm_below=-1`` does the latter
    here, too. The surface is no copy of its ``polarPlot``, see :mod:`kit.stats.surface`.

    Examples
    --------
    >>> times = pd.date_range("2026-01-01", periods=3, freq="h").as_unit("us")
    >>> cube = {"wind_speed": [1.5, 2.0, 2.5], "wind_direction": [0.0, 360.0, 4.0], "pm25": [4.0, 8.0, 3.0]}
    >>> ds = xr.Dataset({k: (("station", "time"), [v]) for k, v in cube.items()},
    ...                 {"station": ["EE-A/roof"], "time": times})
    >>> polar(ds).table[["sector", "speed", "n", "value"]].values.tolist()
    [[0.0, 2.0, 2.0, 6.0], [0.0, 3.0, 1.0, 3.0]]
    """
    if statistic not in STATISTICS or speed_step <= 0:
        raise UsageError("There is no statistic {value}.", do="Take one of: {known}.", code="polar-statistic",
                         value=statistic, known=", ".join(STATISTICS))  # fmt: skip
    counting = statistic == "frequency"
    name = "wind_speed" if counting else beside_wind(ds, variable)
    found = winds(ds, sectors, calm_below, [] if counting else [name])
    value = found.found.flat(name)
    use, keep = found.blowing & np.isfinite(value), found.keep & np.isfinite(value)
    if not use.any():
        raise AnalysisError("No time here has both a wind and a value: {name}.", code="empty",
                            do="Both must be measured at the same station.",
                            name=lambda lang: named(name, lang))  # fmt: skip
    step = np.maximum(np.ceil(found.speed[use] / speed_step - 1e-9).astype(np.int64), 1)
    bins = _bins(found.sector[use], step, value[use], statistic, sectors, speed_step)
    thin = int(bins["thin"].sum())
    notes: list[Note] = [note for note in found.notes if note[0] != EVENED]
    if thin:
        notes.append((THIN_BINS, {"thin": thin, "bins": len(bins), "needed": THIN}))
    surfaced, freedom = pd.DataFrame(), math.nan
    if smooth and not counting:
        surfaced, freedom = _surface(bins, speed_step, resolution)
        if surfaced.empty:
            notes.append((NO_SURFACE, {}))
    return PolarResult(
        method=METHOD, n=int(keep.sum()), completeness=float(keep.mean()), version=series.version(ds),
        notes=tuple(notes), variable=name, unit="%" if statistic == "contribution" else series.unit(ds, name),
        statistic=statistic, sectors=sectors, speed_step=speed_step, freedom=freedom,
        calms=float((keep & found.calm).sum() / keep.sum()), bins=bins, surface=surfaced,
    )  # fmt: skip


def _bins(
    sector: NDArray[np.int64], step: NDArray[np.int64], value: NDArray[np.float64], statistic: str,
    sectors: int, speed_step: float,
) -> pd.DataFrame:  # fmt: skip
    grouped = pd.DataFrame({"sector": sector, "step": step, "value": value}).groupby(["sector", "step"])[
        "value"
    ]
    n = grouped.size()
    if statistic == "frequency":
        values = n.astype(float)
    elif statistic == "contribution":
        values = 100 * grouped.sum() / float(value.sum())
    else:
        values = grouped.agg({"sd": "std"}.get(statistic, statistic))
    borders = sector_table(sectors)
    at = n.index.get_level_values(0)
    return pd.DataFrame({
        "sector": borders["sector"].to_numpy()[at], "low": borders["low"].to_numpy()[at],
        "high": borders["high"].to_numpy()[at], "speed": n.index.get_level_values(1) * speed_step,
        "n": n.to_numpy(), "value": values.to_numpy(dtype=float), "thin": n.to_numpy() < THIN,
    })  # fmt: skip


def _surface(bins: pd.DataFrame, speed_step: float, resolution: int) -> tuple[pd.DataFrame, float]:
    """Return the surface over the middles of the bins and its effective number of parameters."""
    known = bins[np.isfinite(bins["value"])]
    if int((~known["thin"]).sum()) < FEWEST_BINS:
        return pd.DataFrame(), math.nan
    angle = np.radians(known["sector"].to_numpy(dtype=float))
    speed = known["speed"].to_numpy(dtype=float) - speed_step / 2
    u, v, value = speed * np.sin(angle), speed * np.cos(angle), known["value"].to_numpy(dtype=float)
    n = known["n"].to_numpy(dtype=float)
    widest = float(speed.max()) + speed_step / 2
    rooted = bool((value >= 0).all())
    fitted = surface.fit(u, v, np.sqrt(value) if rooted else value, n / n.mean(), (-widest, widest))
    line = np.linspace(-widest, widest, resolution)
    grid_u, grid_v = (m.ravel() for m in np.meshgrid(line, line))
    found, se = fitted.at(grid_u, grid_v)
    near = np.full(len(grid_u), np.inf)
    firm = ~known["thin"].to_numpy()
    for x, y in zip(u[firm], v[firm], strict=True):
        near = np.minimum(near, (grid_u - x) ** 2 + (grid_v - y) ** 2)
    far = near > (REACH * widest) ** 2
    if rooted:
        found = np.maximum(found, 0.0)
        found, se = found**2, 2 * found * se
    return pd.DataFrame({"u": grid_u, "v": grid_v, "value": np.where(far, np.nan, found),
                         "se": np.where(far, np.nan, se)}), fitted.freedom  # fmt: skip
