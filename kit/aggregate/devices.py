"""Which readings of a station come from devices that may be compared over the years.

A station's device is replaced sooner or later, and no two devices read alike. Readings of two sensors may be
joined over time only if both stood at the station together and agreed; otherwise the change of the device
would look like a change of the air. Two sensors **agree** when, on at least :data:`TOGETHER` days with hours
of both, they differ on average by no more than :data:`AGREES` of what the readings usually change from one
day to the next. Sensors that agree, also through a third one, are one *deployment*; an average of several
deployments is comparable only with averages of the same ones.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kit.aggregate.groups import TURNED, Groups, combine, constant, kinds

Ints = NDArray[np.int64]

#: Days that two sensors must have in common before an overlap says anything.
TOGETHER = 30
#: The largest mean difference, as a share of the mean change from one day to the next.
AGREES = 0.1
#: Readings over so many seconds (28 days) are values that somebody worked out for a month or a year.
GIVEN = 28 * 86_400
#: Deployments beyond this number share the last bit.
_LAST_BIT = 62


def devices(hours: pd.DataFrame) -> Ints:
    """Return the deployment of each row of :func:`kit.aggregate.hourly` as one bit of an integer.

    Within a station and variable, sensors that agree have the same bit; the lowest bit is that of the sensor
    that came first. Values that were given for whole months or years are as those of another sensor: nobody
    knows how they were worked out. Directions (they have no trend) and variables with one sensor: 1.
    """
    sensor = hours["sensor"].array.codes
    given = hours["period"].to_numpy() >= GIVEN
    if not len(hours) or (sensor.min() == sensor.max() and not given.any()):
        return constant(np.int64(1), len(hours))
    found = np.ones(len(hours), dtype=np.int64)
    key = combine([hours["station"].array, hours["variable"].array])
    groups = Groups(key, sensor)
    turned = kinds(hours["variable"].array)[groups.first] == TURNED
    mixed = groups.highest(sensor) != -groups.highest(-sensor)
    mixed |= groups.highest(given) & groups.highest(~given)
    order = np.arange(len(hours)) if groups.order is None else groups.order
    end = np.append(groups.start[1:], len(hours))
    for place in np.flatnonzero(mixed & ~turned).tolist():
        rows = order[groups.start[place] : end[place]]
        found[rows] = _bits(hours.iloc[rows])
    return found


def _bits(rows: pd.DataFrame) -> Ints:
    """Return the bit of each row of one station and variable."""
    given = rows["period"].to_numpy() >= GIVEN
    own = rows["sensor"].astype(str)
    sensor = own.where(~given, own + "\n").to_numpy()  # as no sensor is named
    table = pd.DataFrame({
        "sensor": sensor, "time": rows["time"].to_numpy(), "period": rows["period"].to_numpy(),
        "value": rows["value"].to_numpy(),
    })  # fmt: skip
    names = table.groupby("sensor")["time"].min().sort_values(kind="stable").index.tolist()
    wide = table.pivot_table(index=["period", "time"], columns="sensor", values="value", aggfunc="mean")
    group = {name: place for place, name in enumerate(names)}
    for one, other in combinations([name for name in names if name in wide], 2):
        if group[one] != group[other] and _agree(wide[one], wide[other]):
            first, second = sorted((group[one], group[other]))
            group = {name: first if place == second else place for name, place in group.items()}
    ranks = {place: min(rank, _LAST_BIT) for rank, place in enumerate(sorted(set(group.values())))}
    return np.array([1 << ranks[group[name]] for name in sensor], dtype=np.int64)


def _agree(one: pd.Series, other: pd.Series) -> bool:
    """Return whether two sensors, over their common hours, may be taken for one."""
    both = pd.DataFrame({"one": one, "other": other}).dropna()
    if both.empty:
        return False
    days = both.groupby(pd.DatetimeIndex(both.index.get_level_values("time")).floor("D")).mean()
    if len(days) < TOGETHER:
        return False
    usual = float(days.mean(axis=1).diff().abs().mean())
    return abs(float((days["other"] - days["one"]).mean())) <= AGREES * usual


def deployments(devices: Ints, series: Ints) -> NDArray[Any]:
    """Return small numbers for combinations of devices: per series 0, 1, ... as they first appear, -1: none.

    >>> deployments(np.array([1, 1, 3, 2, 0]), np.array([7, 7, 7, 7, 7])).tolist()
    [0, 0, 1, 2, -1]
    """
    if int(devices.min(initial=0)) >= 0 and int(devices.max(initial=0)) <= 1:
        return devices.astype(np.int16) - np.int16(1)
    pairs = pd.MultiIndex.from_arrays([series, devices])
    kind, _ = pd.factorize(pairs)
    table = pd.DataFrame({"series": series, "kind": kind, "there": devices != 0})
    firsts = table[table["there"]].drop_duplicates("kind")
    number = firsts.groupby("series").cumcount()
    of_kind = np.full(int(kind.max(initial=-1)) + 1, -1, dtype=np.int16)
    of_kind[firsts["kind"].to_numpy()] = number.to_numpy()
    found: NDArray[Any] = of_kind[kind]
    return found
