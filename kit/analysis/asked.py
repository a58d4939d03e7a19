"""How many readings a period could have where only a part of the readings was asked for.

A year of winters is whole without its summers. What :mod:`kit.analysis.conditions` left out of a part is not
missing in it: of seasons, months, weekdays, hours and daylight the calendar says how many readings belong to
a period. How often a wind blew is only known where it was measured: the times at which it did belong to the
period, and as many more as the times at which nobody measured the wind are likely to hold. (openair's
``timeAverage(type = …)`` counts the former only, so that a month without an anemometer may be whole.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kit.analysis import series
from kit.stats.sun import elevation

Times = NDArray[np.datetime64]
#: The units of numpy in which the readings of a part are counted.
UNITS = {"hour": "h", "day": "D", "month": "M", "year": "Y"}
#: Conditions among ``picked`` that the calendar and the sun decide.
BY_CLOCK = ("hour", "daylight")


@dataclass(frozen=True)
class Asked:
    """What belongs to a part: ``months`` (1-12), ``weekdays`` (0-6), ``hours`` (0-23); None: all of them.

    ``light`` is (1,) for the day, (0,) for the night; ``latitude`` and ``longitude`` (station,) are degrees.
    Where another variable picked readings, ``picked`` has for each station when (local standard time) it did,
    ``judged`` when it was measured at all; None: nothing picked them.
    """

    months: tuple[int, ...] | None
    weekdays: tuple[int, ...] | None
    hours: tuple[int, ...] | None
    light: tuple[int, ...] | None
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    picked: Sequence[Times] | None
    judged: Sequence[Times]

    def count(self, at: int, shift: int, begin: Times, ends: Times, step: str) -> NDArray[np.float64]:
        """Return how many readings of station ``at`` belong to each period, shape (periods,).

        ``shift`` is local standard time minus UTC (microseconds); periods are in order.
        """
        whole = _within(self._calendar(at, begin, ends, step, shift), begin, ends)
        if self.picked is None:
            return whole
        judged = _within(self.judged[at], begin, ends)
        return _within(self.picked[at], begin, ends) * whole / np.maximum(judged, 1.0)

    def _calendar(self, at: int, begin: Times, ends: Times, step: str, shift: int) -> Times:
        unit = UNITS[step]
        every = np.arange(begin[0].astype(f"datetime64[{unit}]"), ends[-1].astype(f"datetime64[{unit}]"))
        hours = every.astype("datetime64[h]").astype(np.int64)
        keep = np.ones(len(every), dtype=bool)
        for chosen, place in (
            (self.months, every.astype("datetime64[M]").astype(np.int64) % 12 + 1),
            (self.weekdays, (hours // 24 + 3) % 7), (self.hours, hours % 24),
        ):  # fmt: skip
            keep &= True if chosen is None else np.isin(place, chosen)
        if self.light is not None:
            middle = every.astype("datetime64[us]") + np.timedelta64(30 * 60_000_000 - shift, "us")
            height = elevation(middle, self.latitude[at], self.longitude[at])
            keep &= np.isin((height > 0).astype(int), self.light)
        return every[keep].astype("datetime64[us]")


def _within(times: Times, begin: Times, ends: Times) -> NDArray[np.float64]:
    """Return how many of ``times`` lie in each period."""
    ordered = np.sort(times)
    first, last = (np.searchsorted(ordered, edge.astype(ordered.dtype)) for edge in (begin, ends))
    return (last - first).astype(np.float64)


def asked(ds: xr.Dataset, stations: Sequence[str]) -> Asked | None:
    """Return what belongs to a part of readings (as ``conditions.split`` gives it), None for a whole."""
    kinds = ("months", "weekdays", "hours", "light")
    held = {kind: tuple(ds.attrs[kind]) if kind in ds.attrs else None for kind in kinds}
    picked = [name for name in ds.attrs.get("picked", ()) if name not in BY_CLOCK]
    if not picked and not any(chosen is not None for chosen in held.values()):
        return None
    there: list[Times] | None = None
    known: list[Times] = []
    if picked:
        names = [{"wind": "wind_direction"}.get(name, name) for name in picked]
        held_by = [series.frame(ds, name)[list(stations)].notna().to_numpy() for name in names]
        local = dict(zip(ds["station"].values.astype(str), series.local_times(ds), strict=True))
        mask = np.logical_and.reduce(held_by)
        there = [local[key][mask[:, at]] for at, key in enumerate(stations)]
        known = [ds.attrs["judged"][key] for key in stations]
    places = [
        ds[name].sel(station=list(stations)).values.astype(float) if name in ds.coords
        else np.full(len(stations), np.nan) for name in ("latitude", "longitude")
    ]  # fmt: skip
    return Asked(**held, latitude=places[0], longitude=places[1], picked=there, judged=known)


def judged(
    ds: xr.Dataset, by: Sequence[str], chosen: Sequence[int], places: Sequence[NDArray[np.int64]]
) -> dict[str, NDArray[np.datetime64]]:
    """Return for each station when (local standard time) a variable could have picked a reading."""
    known = [
        one >= 0 if name in ("wind", *ds.data_vars) else one == n
        for name, n, one in zip(by, chosen, places, strict=True)
    ]
    if "wind" in by and "wind_speed" in ds.data_vars:  # a calm is no gap
        known[list(by).index("wind")] |= series.frame(ds, "wind_speed").to_numpy().T == 0
    there = np.logical_and.reduce(known)
    local = series.local_times(ds)
    return {str(key): local[at][there[at]] for at, key in enumerate(ds["station"].values)}
