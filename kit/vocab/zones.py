"""The time zone of a place."""

from __future__ import annotations

from functools import cache


@cache
def zone_at(latitude: float, longitude: float) -> str:
    """Return the IANA name of the time zone at a place, "" at sea and where no map of zones is installed.

    The map is that of tzfpy (compiled: a browser has none).

    >>> zone_at(58.38, 26.72)
    'Europe/Tallinn'
    """
    try:
        from tzfpy import get_tz
    except ImportError:
        return ""
    return str(get_tz(longitude, latitude) or "")
