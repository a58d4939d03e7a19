"""Pauses in the readings of a sensor: told in the receipt, never a flag: a value after a pause is good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kit.checks.limits import Limits
from kit.checks.series import MICROSECONDS_PER_HOUR, Names, Ordered

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Gap:
    """Pauses of one sensor: how many, and the last reading before the longest with its length in hours."""

    station: str
    sensor: str
    count: int
    start: Any
    hours: float


def find_gaps(order: Ordered, step: Floats, names: Names, own: Limits) -> tuple[Gap, ...]:
    """Return the pauses longer than ``cadences`` steps and ``least_hours``, by station and sensor.

    Of several quantities of one sensor the one with most readings counts. Sensors that usually measure less
    often than every ``least_hours`` have none: people measure on working days.
    """
    least = own.one("least_hours")
    widest = np.maximum(own.one("cadences") * step, least)
    widest[~(step <= least)] = np.inf
    size = np.bincount(order.series, minlength=len(names))
    apart = np.diff(order.hours)
    pause = np.flatnonzero((order.series[1:] == order.series[:-1]) & (apart > widest[order.series[1:]]))
    if not len(pause):
        return ()
    best: dict[tuple[str, str], int] = {}
    for code in np.argsort(-size, kind="stable").tolist():
        best.setdefault((names["station"][code], names["sensor"][code]), code)
    found = []
    for (station, sensor), code in sorted(best.items()):
        mine = pause[order.series[pause] == code]
        if len(mine):
            longest = mine[np.argmax(apart[mine])]
            start = np.datetime64(round(order.hours[longest] * MICROSECONDS_PER_HOUR), "us")
            found.append(Gap(station, sensor, len(mine), start, float(apart[longest])))
    return tuple(found)
