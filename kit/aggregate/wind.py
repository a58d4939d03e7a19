"""Means of wind directions: vectors, never plain averages of degrees.

u and v point where the wind blows to (east and north), as in meteorology; a direction says where it
comes from. The mean is weighted with the wind speed where the speed was measured at the same
station and time (the mean wind vector; R's openair does the same,
https://doi.org/10.1016/j.envsoft.2011.09.008); otherwise every direction counts the same. At each step
the speed must be there for 75 % of what has a direction. Calms (speed 0) have no direction but
count as measured.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: A mean vector shorter than this (m/s, or 1 for directions alone) points nowhere.
NOWHERE = 1e-6
SPEEDS_NEEDED = 0.75


def components(direction: Floats, speed: Floats | float = 1.0) -> tuple[Floats, Floats]:
    """Return u and v of winds from ``direction`` (degrees) with ``speed``.

    A west wind blows towards the east:

    >>> u, v = components(np.array([270.0]), 5.0)
    >>> u.round(6).tolist(), abs(v).round(6).tolist()
    ([5.0], [0.0])
    """
    angle = np.radians(direction)
    return -speed * np.sin(angle), -speed * np.cos(angle)


def direction_of(u: Floats, v: Floats) -> Floats:
    """Return the direction a wind vector comes from, in [0, 360) degrees; NaN where it is too short.

    >>> direction_of(np.array([5.0, 0.0, 0.0]), np.array([0.0, -1.0, 0.0])).tolist()
    [270.0, 0.0, nan]
    """
    degrees = np.degrees(np.arctan2(-u, -v)) % 360.0
    degrees = np.where(degrees >= 360.0 - 1e-9, 0.0, degrees)
    return np.where(np.hypot(u, v) > NOWHERE, degrees, np.nan)


def vector_mean(direction: Floats, speed: Floats | None = None) -> float:
    """Return the mean direction in degrees, weighted with ``speed`` if given.

    Pairs with a missing direction or speed are left out, calms count with weight 0.

    >>> round(vector_mean(np.array([350.0, 20.0])), 6)
    5.0
    """
    use = np.isfinite(direction) if speed is None else np.isfinite(direction) & np.isfinite(speed)
    if not use.any():
        return float("nan")
    u, v = components(direction[use], 1.0 if speed is None else speed[use])
    return float(direction_of(np.array([u.mean()]), np.array([v.mean()]))[0])
