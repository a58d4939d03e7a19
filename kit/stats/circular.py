"""Directions: sectors of the compass, mean vectors, and directions that were rounded to tens of degrees.

A direction is the one the wind comes *from*, in degrees from north over east; 0 and 360 are one.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


def vector_mean(directions: ArrayLike, speeds: ArrayLike | None = None) -> tuple[float, float]:
    """Return the mean direction (0 to 360, excluding 360) and the length of the mean vector.

    Without speeds every direction weighs the same and the length is 0 to 1 (1: always the same direction).
    Pairs with a missing value are left out; calms (speed 0) weigh nothing. A mean of length 0 has no
    direction (NaN).

    >>> [round(x, 6) for x in vector_mean([350.0, 20.0])]
    [5.0, 0.965926]
    """
    degrees = np.asarray(directions, dtype=float).ravel()
    weight = np.ones_like(degrees) if speeds is None else np.asarray(speeds, dtype=float).ravel()
    places = np.zeros(degrees.shape, dtype=np.int64)
    direction, length = vector_means(degrees, weight, places, 1)
    return float(direction[0]), float(length[0])


def vector_means(directions: Floats, speeds: Floats, places: Places, size: int) -> tuple[Floats, Floats]:
    """Return mean direction and length of the mean vector of each group, shape (size,).

    ``places`` are the group numbers 0 to ``size`` - 1; other numbers belong to no group. The rules are those
    of :func:`vector_mean`.

    >>> found = vector_means(np.array([90.0, 180.0, 0.0]), np.array([2.0, 2.0, 5.0]), np.array([0, 0, 1]), 2)
    >>> [x.round(3).tolist() for x in found]
    [[135.0, 0.0], [1.414, 5.0]]
    """
    keep = np.isfinite(directions) & np.isfinite(speeds) & (places >= 0) & (places < size)
    angle, speed, at = np.radians(directions[keep]), speeds[keep], places[keep]
    n = np.bincount(at, minlength=size)
    with np.errstate(invalid="ignore", divide="ignore"):
        east = np.bincount(at, weights=speed * np.sin(angle), minlength=size) / n
        north = np.bincount(at, weights=speed * np.cos(angle), minlength=size) / n
    length = np.hypot(east, north)
    direction = np.degrees(np.arctan2(east, north)) % 360.0 % 360.0
    nowhere = length < 1e-12
    return np.where(nowhere, math.nan, direction), np.where(nowhere, 0.0, length)


def sector_of(directions: ArrayLike, sectors: int) -> Places:
    """Return the sector 0 (north) to ``sectors`` - 1 of each direction; halfway belongs to the lower one.

    >>> sector_of([0.0, 360.0, 15.0, 15.1, 345.1], 12).tolist()
    [0, 0, 0, 1, 0]
    """
    width = 360.0 / sectors
    found = np.ceil(np.mod(np.asarray(directions, dtype=float), 360.0) / width - 0.5)
    places: Places = np.mod(found, sectors).astype(np.int64)
    return places


def sector_weights(directions: ArrayLike, sectors: int) -> Floats:
    """Return what the number of directions in each sector is to be multiplied with, shape (sectors,).

    Many stations report tens of degrees only. Sixteen sectors then hold two or three of those directions,
    which alone makes north, east, south and west half as frequent again. The weight is the mean number of
    tens in a sector over the number in this one (Applequist 2012, J. Appl. Meteor. Climatol. 51, 1305-1309;
    openair's windRose does the same). It is 1 where the directions are finer, or where each sector holds
    equally many tens.

    >>> sector_weights([10.0, 350.0, 200.0], 16)[:5].round(4).tolist()
    [0.75, 1.125, 1.125, 1.125, 0.75]
    >>> sector_weights([10.0, 355.0], 16).tolist() == [1.0] * 16
    True
    """
    found = np.asarray(directions, dtype=float)
    found = found[np.isfinite(found)]
    if not len(found) or np.any(np.mod(found, 10.0) != 0.0):
        return np.ones(sectors)
    tens = np.bincount(sector_of(np.arange(10.0, 361.0, 10.0), sectors), minlength=sectors)
    weights: Floats = tens.mean() / np.maximum(tens, 1) if tens.min() > 0 else np.ones(sectors)
    return weights
