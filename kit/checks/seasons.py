"""Limits that depend on the half of the year and on the latitude (WMO-No. 305)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kit.checks.limits import Limits
from kit.checks.ranges import gross_range
from kit.model import Flag

Floats = NDArray[np.float64]
Flags = NDArray[np.int8]
Bools = NDArray[np.bool_]


def is_summer(time: NDArray[Any], latitude: float) -> Bools:
    """Return which times lie in the summer half of the year: April to September in the north.

    ``time`` is ``datetime64`` in UTC; south of the equator the halves change places.

    >>> is_summer(np.array(["2026-01-05", "2026-04-01", "2026-09-30"], "M8[us]"), 58.4).tolist()
    [False, True, True]
    """
    month = time.astype("datetime64[M]").astype(np.int64) % 12
    warm = (month >= 3) & (month <= 8)
    return np.asarray(warm if latitude >= 0 else ~warm, dtype=bool)


def half_year_range(value: Floats, time: NDArray[Any], latitude: float, own: Limits) -> Flags:
    """Flag values outside the limits of their half-year and latitude band: 3 suspect, 4 erroneous.

    ``own`` has the parameters ``<band>_<half>_<limit>``: band ``high`` (poleward of ``band_latitude``) or
    ``low``, half ``winter`` or ``summer``, limit as in :func:`kit.checks.ranges.gross_range`. 45 °C are
    erroneous in a northern winter and only suspect in its summer:

    >>> from kit.checks.limits import limits
    >>> t = np.array(["2026-01-05", "2026-07-05"], "M8[us]")
    >>> half_year_range(np.array([45.0, 45.0]), t, 58.4, limits("half-year-range", "temperature")).tolist()
    [4, 3]
    """
    band = "high" if abs(latitude) > own.one("band_latitude") else "low"
    summer = is_summer(time, latitude)
    flags = []
    for half in ("winter", "summer"):
        ends = (
            own.one(f"{band}_{half}_{end}") for end in ("fail_min", "fail_max", "suspect_min", "suspect_max")
        )
        flags.append(gross_range(value, *ends))
    flags[0][summer] = flags[1][summer]
    flags[0][np.isnat(time) & (flags[0] != Flag.MISSING)] = Flag.NOT_EVALUATED
    return flags[0]
