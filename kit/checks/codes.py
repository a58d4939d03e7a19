"""Values that are no measurements but signs of a broken or silent sensor."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kit.checks.ranges import missing
from kit.checks.shape import linked
from kit.model import Flag

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.int8]

#: Two numbers are the same code when they differ by less (units may have been converted).
SAME = 1e-6


def stuck_code(value: Floats, exactly: Sequence[float] = (), at_most: float = float("nan")) -> Flags:
    """Flag values that a sensor sends instead of a measurement with 4.

    ``exactly`` are the codes (85 and -127 of a DS18B20, 999.9 and 1999.9 of an SDS011); values up
    to ``at_most`` are codes too (-140 of a broken BME280). Missing values get 9.

    >>> stuck_code(np.array([21.5, 85.0, -127.0, -144.7]), (85, -127), -140).tolist()
    [1, 4, 4, 4]
    """
    flag = missing(value)
    low, high = np.fmin.reduce(value, initial=np.inf), np.fmax.reduce(value, initial=-np.inf)
    for code in exactly:
        if low - 1 <= code <= high + 1:
            flag[np.abs(value - code) < SAME] = Flag.FAIL
    flag[value <= at_most] = Flag.FAIL
    return flag


def stuck_at(
    hours: Floats,
    value: Floats,
    series: Ints,
    gap: float | Floats,
    repeated: Sequence[float],
    repeats: float = 3,
    fail_hours: float = 6,
) -> Flags:
    """Flag a value at which broken sensors stay, where it is repeated.

    A wet DHT22 stays at 99.9 %, the end of its range; but fog brings a good one there too. One or
    two such readings in a row stay good, ``repeats`` in a row get 3, and 4 when they last
    ``fail_hours``. Missing readings between them do not interrupt, a gap does. Arrays as in
    :mod:`kit.checks.shape`.

    >>> v = np.r_[99.9, 80.0, np.full(7, 99.9)]
    >>> stuck_at(np.arange(9.0), v, np.zeros(9, int), 2.0, [99.9]).tolist()
    [1, 1, 4, 4, 4, 4, 4, 4, 4]
    """
    flag = missing(value)
    here = np.flatnonzero(np.isfinite(value))
    if not len(here):
        return flag
    x, h = value[here], hours[here]
    widest = np.broadcast_to(np.asarray(gap, dtype=float), value.shape)[here]
    link = linked(h, series[here], widest)
    for code in repeated:
        is_code = np.abs(x - code) < SAME
        goes_on = link.copy()
        goes_on[1:] &= is_code[1:] == is_code[:-1]
        first = np.flatnonzero(~goes_on)
        count = np.diff(np.append(first, len(x)))
        lasts = h[first + count - 1] - h[first]
        stuck = is_code[first] & (count >= repeats)
        level = np.where(stuck, np.where(lasts >= fail_hours, Flag.FAIL, Flag.SUSPECT), Flag.GOOD)
        flag[here] = np.maximum(flag[here], np.repeat(level.astype(np.int8), count))
    return flag
