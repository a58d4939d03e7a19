"""Local standard time: the zone's own offset without daylight saving."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kit.aggregate.groups import DAY, HOUR, MICRO
from kit.errors import UsageError
from kit.model import Station

Ints = NDArray[np.int64]
_FIXED = re.compile(r"([+-])(\d\d):?(\d\d)")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def standard_offset(zone: str, stamp: Ints) -> Ints:
    """Return the offset of local standard time from UTC in seconds for each moment.

    Daylight saving is left out; changes of the standard time itself (Moscow in 2011 and 2014) are
    not. In Ireland standard time is summer time by law (UTC+1).

    Parameters
    ----------
    zone
        IANA name or a fixed offset like ``"+02:00"``.
    stamp
        Microseconds since 1970, UTC.

    >>> july = np.array([1_562_000_000_000_000])
    >>> standard_offset("Europe/Tallinn", july).tolist(), standard_offset("Asia/Kolkata", july).tolist()
    ([7200], [19800])
    """
    fixed = _FIXED.fullmatch(zone)
    if fixed:
        seconds = int(fixed[2]) * HOUR + int(fixed[3]) * 60
        return np.full(len(stamp), -seconds if fixed[1] == "-" else seconds, dtype=np.int64)
    hour = stamp // (HOUR * MICRO)
    days, day_of = np.unique(hour // 24, return_inverse=True)
    edges = np.array(
        [[_offset_at(zone, int(day) * 24), _offset_at(zone, int(day) * 24 + 24)] for day in days]
    )
    found: Ints = edges[day_of, 0] if len(days) else np.zeros(0, dtype=np.int64)
    changing = np.flatnonzero(edges[day_of, 0] != edges[day_of, 1]) if len(days) else np.zeros(0, dtype=int)
    found[changing] = [_offset_at(zone, int(h)) for h in hour[changing]]
    return found


@lru_cache(maxsize=200_000)
def _offset_at(zone: str, hour: int) -> int:
    """Return the standard offset in seconds at a UTC hour (counted from 1970)."""
    try:
        local = (_EPOCH + timedelta(hours=hour)).astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        raise UsageError(
            "{zone} is not a time zone.", do='Use a name like "Europe/Tallinn".', zone=zone or '""'
        ) from None
    offset, saving = local.utcoffset(), local.dst()
    return round(((offset or timedelta()) - (saving or timedelta())).total_seconds())


def local_stamps(stamp: Ints, station: pd.Categorical, stations: Mapping[str, Station]) -> Ints:
    """Return the local standard time of each row's station, as microseconds.

    Raises :class:`UsageError` for a station that is unknown or has no time zone.
    """
    found = stamp.copy()
    for code in np.unique(station.codes).tolist():
        name = str(station.categories[code])
        known: Any = stations.get(name)
        if known is None or not known.zone:
            raise UsageError(
                "Days of station {station} cannot be told: its time zone is not known.",
                do="Give the station a time zone first.", code="no-zone", station=name,
            )  # fmt: skip
        here = np.flatnonzero(station.codes == code)
        found[here] += standard_offset(known.zone, stamp[here]) * MICRO
    return found


def dates(local: Ints) -> Ints:
    """Return the day number (since 1970-01-01) of local times in microseconds."""
    return local // (DAY * MICRO)
