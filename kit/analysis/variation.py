"""When in the day, the week or the year is it high? Means by hour, weekday and month.

And with wind from which side: the same means by the side from which the wind comes.

Hours, weekdays and months are those of local standard time at the station, the whole year. Every station
counts equally. The intervals draw blocks of days (:mod:`kit.stats.blocks`): neighbouring hours and days are
alike and count as the little they are.
What they hold is printed there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from kit.analysis import series
from kit.analysis.conditions import By, conditioned
from kit.analysis.result import Note, Result, digits_for, named
from kit.analysis.roses import CAUTION as WIND_CAUTION
from kit.analysis.roses import THIN, THIN_SIDES, beside_wind
from kit.analysis.rows import Rows, rows
from kit.analysis.sides import MONTHS, WEEKDAYS, side_of_wind
from kit.analysis.wind import COMPASS
from kit.errors import AnalysisError, UsageError
from kit.stats import blocks
from kit.stats.circular import vector_means
from kit.text import N_, number, tr

#: What the clock and the calendar say; and the side that the wind comes from.
CLOCKS = ("hour", "weekday", "month", "hour-weekday")
OVER = (*CLOCKS, "wind")

METHODS = {
    "hour": N_("Mean by hour of the day; stations count equally; intervals by blocks of days"),
    "weekday": N_("Mean by day of the week; stations count equally; intervals by blocks of days"),
    "month": N_("Mean by month; stations count equally; intervals by blocks of days"),
    "hour-weekday": N_(
        "Mean by hour and day of the week; stations count equally; intervals by blocks of days"
    ),
    "wind": N_(
        "Mean by the side that the wind comes from, calms apart; stations count equally; intervals by blocks "
        "of days"
    ),
}
SENTENCE = N_("{name}: highest on average {top} ({most} {unit}), lowest {low} ({least} {unit}).")
OF_SIDES = N_(
    "{name}: highest on average with wind from the {top} ({most} {unit}), lowest from the {low} "
    "({least} {unit})."
)
SENTENCES = {"wind": OF_SIDES}
OVERLAP = N_("The two could also be alike: their intervals overlap.")
EVERY_OVERLAP = N_("In every part the highest and the lowest could also be alike: their intervals overlap.")
FLAT = N_("{name} was the same on average at all times.")
CAUTION = N_(
    "This does not show the reason: traffic, heating, weather and the hours of school change together. It is "
    "a mean; single days can look quite different."
)
#: What people call the columns of a side.
SIDE_HEADINGS = MappingProxyType({"label": N_("wind from the"), "n": N_("values")})
FEW_DAYS = N_("No intervals: fewer than {needed} blocks of {length} days have readings.")
CLOCK = N_("Hours are in standard time; in summer the clocks on the wall are one hour ahead.")


@dataclass(frozen=True, kw_only=True)
class VariationResult(Result):
    """Means by hour, weekday or month, or by the side that the wind comes from.

    ``cells`` has one row per hour (weekday, month …): ``label`` (English), ``hour`` (0 to 23) and ``weekday``
    (0 is Monday) or ``month`` (1 to 12) or ``wind`` (0 is north, 1 north-east …), ``mean``, ``low`` and
    ``high`` (95 % interval of the mean), ``n`` (values), ``p25``, ``p50`` and ``p75`` of the values.
    ``stations`` has the same means per station.
    """

    variable: str
    unit: str
    over: str
    n_stations: int
    block_days: int
    cells: pd.DataFrame = field(repr=False)
    stations: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per hour, weekday, month or side."""
        return self.cells

    @property
    def headings(self) -> Mapping[str, str]:  # type: ignore[override]
        """What people call the columns."""
        return SIDE_HEADINGS if self.over == "wind" else MappingProxyType({})

    def sentence(self, lang: str | None = None) -> str:
        """Say when it was highest and lowest."""
        top, low = self._ends()
        if top["mean"] - low["mean"] < 1e-12:
            return tr(FLAT, lang, name=named(self.variable, lang))
        digits = digits_for(*self.cells["mean"].dropna())
        words = SENTENCES.get(self.over, SENTENCE)
        main = tr(words, lang, name=named(self.variable, lang), unit=self.unit, top=_said(top, lang),
                  low=_said(low, lang), most=number(float(top["mean"]), digits, lang),
                  least=number(float(low["mean"]), digits, lang))  # fmt: skip
        return f"{main} {self.doubt(lang)}".rstrip()

    def doubt(self, lang: str | None = None, *, every: bool = False) -> str:
        """Say that highest and lowest could be alike, where their intervals overlap."""
        top, low = self._ends()
        unsure = top["mean"] - low["mean"] >= 1e-12 and top["low"] <= low["high"]
        return tr(EVERY_OVERLAP if every else OVERLAP, lang) if unsure else ""

    def _ends(self) -> tuple[pd.Series, pd.Series]:
        """Return the highest and the lowest cell."""
        seen = self.cells[self.cells["mean"].notna()]
        values = seen["mean"].to_numpy(dtype=float)
        return seen.iloc[int(values.argmax())], seen.iloc[int(values.argmin())]

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(WIND_CAUTION if self.over == "wind" else CAUTION, lang)


def _said(row: pd.Series, lang: str | None) -> str:
    return " ".join(tr(part, lang) for part in str(row["label"]).split(" ", 1))


@conditioned
def variation(
    ds: xr.Dataset,
    over: str = "hour",
    variable: str | None = None,
    *,
    confidence: float = 0.95,
    by: By = None,
) -> VariationResult:
    """Return the mean course of the day, the week or the year.

    Parameters
    ----------
    ds
        Hourly readings (for ``weekday`` and ``month`` also daily ones), dims (station, time). Indoor stations
        are left out, unless there is only one station. Directions are averaged as vectors (no intervals).
    over
        ``"hour"``, ``"weekday"`` (Monday first), ``"month"``, ``"hour-weekday"`` (168 cells) or ``"wind"``
        (eight sides, north first; needs ``wind_direction``, and leaves out what ``wind_speed`` shows as calm;
        sides with fewer than 20 values have no mean).
    variable
        Which one, if the dataset holds several.
    confidence
        Of the intervals.

    Raises
    ------
    UsageError
        ``variation-over``.
    AnalysisError
        ``not-hourly``, ``empty``, ``indoor``; of the wind also ``few-sides``: fewer than two have a mean.

    Notes
    -----
    Means agree with openair's ``timeVariation`` (Carslaw & Ropkins 2012, doi:10.1016/j.envsoft.2011.09.008).
    Its intervals draw single hours, as if each were news; they are too narrow by a factor of two and more for
    hours of air pollution. Those here draw days.

    Examples
    --------
    >>> times = pd.date_range("2026-01-05", periods=24 * 28, freq="h").as_unit("us")
    >>> values = xr.DataArray([times.hour + 10.0 * (times.day_of_week == 6)], dims=("station", "time"))
    >>> ds = xr.Dataset({"pm25": values}, {"station": ["EE-A/roof"], "time": times}, {"freq": "1h"})
    >>> variation(ds, "weekday").table["mean"].tolist()
    [11.5, 11.5, 11.5, 11.5, 11.5, 11.5, 21.5]
    """
    if over not in OVER:
        raise UsageError("There is no course by {value}.", do="Take one of: {known}.", code="variation-over",
                         value=over, known=", ".join(OVER))  # fmt: skip
    sided = over == "wind"
    name = beside_wind(ds, variable) if sided and variable is None else series.main_variable(ds, variable)
    turned = name == "wind_direction"
    speeds = ["wind_speed"] if (turned or sided) and "wind_speed" in ds.data_vars else []
    beside = ["wind_direction"] if sided else []
    found = rows(ds, list(dict.fromkeys([name, *speeds, *beside])), hourly=over.startswith("hour"))
    if found.step in ("month", "year") and over != "month":
        raise AnalysisError("These readings have no days, so they cannot be split by {name}.",
                            do='Take daily readings: freq="1D".',
                            code="condition-step", name=over)  # fmt: skip
    notes: list[Note] = list(found.notes)
    if sided:
        values, places, head, thin = _by_side(found, name)
        notes += [(THIN_SIDES, {"needed": THIN, "n": thin})] if thin else []
    else:
        values, (places, head) = found.values[name], cells(found.local, over)
    size = len(head)
    sums, counts = _by_station(values, places, size)
    with np.errstate(invalid="ignore"):
        means = sums / counts if not turned else _directions(found, name, places, size)
    there = np.isfinite(means).sum(axis=0)
    mean = _joint(means, turned)
    drawn = blocks.blocks_of_days(
        found.local.astype("datetime64[D]").astype(np.int64).ravel(), values.ravel()
    )
    table = head.assign(mean=np.where(there > 0, mean, np.nan))
    low, high = (np.full(size, np.nan),) * 2 if turned else blocks.interval(
        _influences(values, places, drawn.places.reshape(values.shape), size), confidence=confidence,
        beyond=drawn.beyond,
    )  # fmt: skip
    table["low"], table["high"] = table["mean"] + low, table["mean"] + high
    table["n"] = counts.sum(axis=0).astype(np.int64)
    if not turned:
        table[["p25", "p50", "p75"]] = _quartiles(values, places, size)
    notes += [(CLOCK, {})] if "hour" in over and found.step == "hour" else []
    if not turned and not np.isfinite(low).any():
        notes.append((FEW_DAYS, {"needed": blocks.FEWEST_BLOCKS, "length": drawn.length}))
    n = int(np.isfinite(values).sum())
    own = [head.assign(station=station, mean=row) for station, row in zip(found.stations, means, strict=True)]
    return VariationResult(
        method=METHODS[over], n=n, completeness=n / values.size, version=series.version(ds),
        notes=tuple(notes), variable=name, unit=series.unit(ds, name), over=over,
        n_stations=len(found.stations), block_days=drawn.length, cells=table,
        stations=pd.concat(own, ignore_index=True),
    )  # fmt: skip


def cells(local: NDArray[np.datetime64], over: str) -> tuple[NDArray[np.int64], pd.DataFrame]:
    """Return the cell of each (time, station), and the head of the table: labels and numbers.

    >>> cells(np.array([["2026-01-05T13:00"]], dtype="datetime64[us]"), "hour-weekday")[0].tolist()
    [[13]]
    """
    hours = local.astype("datetime64[h]").astype(np.int64)
    hour, weekday = hours % 24, (hours // 24 + 3) % 7
    month = local.astype("datetime64[M]").astype(np.int64) % 12
    if over == "hour":
        return hour, pd.DataFrame({"label": [f"{h:02d}:00" for h in range(24)], "hour": range(24)})
    if over == "weekday":
        return weekday, pd.DataFrame({"label": list(WEEKDAYS), "weekday": range(7)})
    if over == "month":
        return month, pd.DataFrame({"label": list(MONTHS), "month": range(1, 13)})
    labels = [f"{day} {h:02d}:00" for day in WEEKDAYS for h in range(24)]
    days, clock = np.repeat(np.arange(7), 24), np.tile(np.arange(24), 7)
    return weekday * 24 + hour, pd.DataFrame({"label": labels, "weekday": days, "hour": clock})


def _by_side(found: Rows, name: str) -> tuple[NDArray[np.float64], NDArray[np.int64], pd.DataFrame, int]:
    """Return values (NaN in calms and on thin sides), the side of each, the head, how many sides are thin."""
    direction = found.values["wind_direction"]
    side = side_of_wind(direction, found.values.get("wind_speed", np.ones_like(direction)))
    head = pd.DataFrame({"label": list(COMPASS[::2]), "wind": range(8)})
    there = np.isfinite(found.values[name]) & (side >= 0)
    n = np.bincount(side[there], minlength=len(head))
    if (n >= THIN).sum() < 2:
        raise AnalysisError(
            "Fewer than two sides of the wind have the {needed} values that a comparison needs: {name}.",
            do="Ask for a longer time.", code="few-sides", needed=THIN, name=lambda lang: named(name, lang),
        )  # fmt: skip
    side = np.maximum(side, 0)
    values = np.where(there & (n >= THIN)[side], found.values[name], np.nan)
    return values, side, head, int(((n > 0) & (n < THIN)).sum())


def _by_station(
    values: NDArray[np.float64], places: NDArray[np.int64], size: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return sums and counts, shape (station, cell)."""
    stations = values.shape[1]
    flat, keep = (places + np.arange(stations) * size).ravel(), np.isfinite(values).ravel()
    n = stations * size
    sums = np.bincount(flat[keep], weights=values.ravel()[keep], minlength=n)
    counts = np.bincount(flat[keep], minlength=n).astype(np.float64)
    return sums.astype(np.float64).reshape(stations, size), counts.reshape(stations, size)


def _directions(found: Rows, name: str, places: NDArray[np.int64], size: int) -> NDArray[np.float64]:
    direction = found.values[name]
    speed = found.values.get("wind_speed", np.ones_like(direction))
    columns = [
        vector_means(direction[:, at], speed[:, at], places[:, at], size)[0]
        for at in range(len(found.stations))
    ]
    return np.stack(columns)


def _joint(means: NDArray[np.float64], turned: bool) -> NDArray[np.float64]:
    """Return the mean of the stations for each cell."""
    if turned:
        size = means.shape[1]
        places = np.tile(np.arange(size), len(means))
        return vector_means(means.ravel(), np.ones(means.size), places, size)[0]
    there = np.isfinite(means)
    with np.errstate(invalid="ignore"):
        joint: NDArray[np.float64] = np.where(there, means, 0.0).sum(axis=0) / there.sum(axis=0)
    return joint


def _influences(
    values: NDArray[np.float64], places: NDArray[np.int64], block: NDArray[np.int64], size: int
) -> NDArray[np.float64]:
    """Return the influence of each block of days on the mean of the stations, shape (block, cell).

    The same dates of all stations are in the same block, so that what stations share is drawn together.
    """
    many = int(block.max()) + 1
    whole, stations = np.zeros((many, size)), np.zeros(size)
    for at in range(values.shape[1]):
        keep = np.isfinite(values[:, at])
        flat = block[keep, at] * size + places[keep, at]
        sums = np.bincount(flat, weights=values[keep, at], minlength=many * size).astype(np.float64)
        counts = np.bincount(flat, minlength=many * size).astype(np.float64).reshape(many, size)
        part = blocks.influence(sums.reshape(many, size), counts)
        whole += np.where(np.isfinite(part), part, 0.0)
        stations += counts.sum(axis=0) > 0
    parts: NDArray[np.float64] = whole / np.maximum(stations, 1)
    return parts


def _quartiles(values: NDArray[np.float64], places: NDArray[np.int64], size: int) -> NDArray[np.float64]:
    grouped = pd.Series(values.ravel()).groupby(places.ravel())
    columns = [grouped.quantile(q).reindex(range(size)).to_numpy(dtype=float) for q in (0.25, 0.5, 0.75)]
    return np.stack(columns, axis=1)
