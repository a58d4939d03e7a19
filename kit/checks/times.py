"""Times at which nobody can have measured."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kit.model import Flag

Flags = NDArray[np.int8]


def as_time(moment: datetime) -> np.datetime64:
    """Return a moment as UTC ``datetime64[us]`` without a zone; a naive one is taken as UTC.

    >>> as_time(datetime(2026, 3, 1, tzinfo=UTC))
    np.datetime64('2026-03-01T00:00:00.000000')
    """
    naive = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    return np.datetime64(naive, "us")


def impossible_time(time: NDArray[Any], earliest_year: float = 1650) -> Flags:
    """Flag times that are missing or before ``earliest_year`` with 4.

    ``time`` is ``datetime64`` in UTC.

    >>> impossible_time(np.array(["1601-01-01", "2019-03-30", "NaT"], "M8[us]")).tolist()
    [4, 1, 4]
    """
    earliest = np.datetime64(f"{int(earliest_year):04d}-01-01", "us")
    bad = np.isnat(time) | (time < earliest)
    return np.where(bad, np.int8(Flag.FAIL), np.int8(Flag.GOOD))


def future_time(time: NDArray[Any], now: datetime, clock_hours: float = 24) -> Flags:
    """Flag times after ``now``: 3 up to ``clock_hours`` ahead (a wrong zone or clock), else 4.

    >>> t = np.array(["2026-03-01T10", "2026-03-01T15", "2062-03-01"], "M8[us]")
    >>> future_time(t, datetime(2026, 3, 1, 12, tzinfo=UTC)).tolist()
    [1, 3, 4]
    """
    moment = as_time(now)
    ahead = np.timedelta64(round(clock_hours * 3_600_000_000), "us")
    flag = np.where(time > moment, np.int8(Flag.SUSPECT), np.int8(Flag.GOOD))
    flag[time > moment + ahead] = Flag.FAIL
    return flag
