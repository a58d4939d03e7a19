"""Where the sun stands.

The equations of the Astronomical Almanac as Michalsky 1988 gives them (doi:10.1016/0038-092X(88)90045-X),
good to 0.01 degrees from 1950 to 2050; refraction is left out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


def elevation(times: ArrayLike, latitude: ArrayLike, longitude: ArrayLike) -> NDArray[np.float64]:
    """Return the height of the sun's centre above the horizon in degrees.

    ``times`` are UTC, latitudes and longitudes degrees (north and east positive); shapes are broadcast. NaN
    where a place is not known.

    The worked example of Reda & Andreas 2004 (doi:10.1016/j.solener.2003.12.003) has a zenith angle of
    50.11 degrees, so that the sun stands 39.89 degrees high:

    >>> moment = np.datetime64("2003-10-17T19:30:30")
    >>> round(float(elevation(moment, 39.742476, -105.1786)), 1)
    39.9
    """
    stamp: Any = np.asarray(times, dtype="datetime64[us]")
    days = (stamp - np.datetime64("2000-01-01T12:00", "us")) / np.timedelta64(1, "D")
    anomaly = np.radians((357.528 + 0.9856003 * days) % 360)
    mean = 280.460 + 0.9856474 * days
    along = np.radians((mean + 1.915 * np.sin(anomaly) + 0.020 * np.sin(2 * anomaly)) % 360)
    tilt = np.radians(23.439 - 0.0000004 * days)
    ascension = np.arctan2(np.cos(tilt) * np.sin(along), np.cos(along))
    declination = np.arcsin(np.sin(tilt) * np.sin(along))
    sidereal = (18.697374558 + 24.06570982441908 * days) % 24 * 15
    hour = np.radians(sidereal + np.asarray(longitude, dtype=float)) - ascension
    where = np.radians(np.asarray(latitude, dtype=float))
    height = np.sin(where) * np.sin(declination) + np.cos(where) * np.cos(declination) * np.cos(hour)
    found: NDArray[np.float64] = np.degrees(np.arcsin(np.clip(height, -1, 1)))
    return found
