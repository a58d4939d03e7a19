"""Local standard time: the zone's own offset without daylight saving."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
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
#: Days in a row that are looked at one by one; of more, only those that occur.
_DAYS = 10_000


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
    if not len(stamp):
        return np.zeros(0, dtype=np.int64)
    same = _only_offset(zone, stamp)
    if same is not None:
        return np.full(len(stamp), same, dtype=np.int64)
    there, place = np.unique(stamp // (DAY * MICRO), return_inverse=True)
    edges = np.array([_edges(zone, one) for one in there.tolist()], dtype=np.int64)
    found: Ints = edges[place, 0]
    changing = np.flatnonzero(found != edges[place, 1])
    found[changing] = [_offset_at(zone, hour) for hour in (stamp[changing] // (HOUR * MICRO)).tolist()]
    return found


def _only_offset(zone: str, stamp: Ints) -> int | None:
    """Return the offset if it is the same on all days from the first to the last moment."""
    fixed = _FIXED.fullmatch(zone)
    if fixed:
        seconds = int(fixed[2]) * HOUR + int(fixed[3]) * 60
        return -seconds if fixed[1] == "-" else seconds
    first, last = int(stamp.min()) // (DAY * MICRO), int(stamp.max()) // (DAY * MICRO)
    return _same_offset(zone, first, last) if last - first < _DAYS else None


@lru_cache(maxsize=1_000)
def _same_offset(zone: str, first: int, last: int) -> int | None:
    found = {offset for day in range(first, last + 1) for offset in _edges(zone, day)}
    return found.pop() if len(found) == 1 else None


def _edges(zone: str, day: int) -> tuple[int, int]:
    """Return the offsets at the beginning and at the end of a UTC day."""
    return _offset_at(zone, day * 24), _offset_at(zone, day * 24 + 24)


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
    if not len(stamp):
        return stamp
    counts = np.bincount(station.codes, minlength=len(station.categories))
    names: list[str] = station.categories.tolist()
    zones: dict[str, list[int]] = {}
    for code in np.flatnonzero(counts).tolist():
        known = stations.get(names[code])
        if known is None or not known.zone:
            raise UsageError(
                "Days of station {station} cannot be told: its time zone is not known.",
                do="Give the station a time zone first.", code="no-zone", station=names[code],
            )  # fmt: skip
        zones.setdefault(known.zone, []).append(code)
    offsets = np.zeros(len(counts), dtype=np.int64)
    changing, span = [], np.array([stamp.min(), stamp.max()])
    for zone, codes in zones.items():
        same = _only_offset(zone, span)
        offsets[codes] = 0 if same is None else same * MICRO
        changing += [(zone, codes)] if same is None else []
    found: Ints = stamp + offsets[station.codes] if offsets.any() else stamp.copy()
    for zone, codes in changing:
        here = np.flatnonzero(np.isin(station.codes, codes))
        found[here] += standard_offset(zone, stamp[here]) * MICRO
    return found


def dates(local: Ints) -> Ints:
    """Return the day number (since 1970-01-01) of local times in microseconds."""
    return local // (DAY * MICRO)
