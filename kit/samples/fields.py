"""Random fields that neighbouring stations share: AR(1) in time, correlated by distance in space.

A field has at every hour mean 0 and variance 1 at every station. Between two stations its correlation is
``exp(-distance / length)``; along time it is ``exp(-lag / memory)`` (AR(1), the simplest model of weather
noise; von Storch & Zwiers, Statistical Analysis in Climate Research, 1999, doi:10.1017/CBO9780511612336).
Lengths are in km, memories in hours. Every field has its own random stream, named by its purpose, so that
adding a field changes no other one.
"""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
EARTH_KM = 6371.0


def stream(seed: int, name: str) -> np.random.Generator:
    """Return the random generator of one purpose; the same seed and name give the same numbers.

    >>> bool(stream(1, "rain").integers(1000) == stream(1, "rain").integers(1000))
    True
    """
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def distances(latitude: npt.ArrayLike, longitude: npt.ArrayLike) -> Array:
    """Return the great-circle distances in km between all pairs of places (haversine formula).

    >>> round(float(distances([58.38, 58.38], [26.72, 24.5])[0, 1]))
    129
    """
    lat, lon = np.radians(np.asarray(latitude, float)), np.radians(np.asarray(longitude, float))
    half = np.sin((lat[:, None] - lat[None, :]) / 2) ** 2
    half = half + np.cos(lat[:, None]) * np.cos(lat[None, :]) * np.sin((lon[:, None] - lon[None, :]) / 2) ** 2
    result: Array = 2 * EARTH_KM * np.arcsin(np.sqrt(half))
    return result


def ar1(shocks: Array, phi: float) -> Array:
    """Return ``x[t] = phi * x[t-1] + shocks[t]`` along the first axis, ``x[0] = shocks[0]``.

    Done by doubling, in as many passes as the memory needs: after pass k, x holds the last 2**k shocks.

    >>> ar1(np.array([1.0, 0.0, 1.0]), 0.5).tolist()
    [1.0, 0.5, 1.25]
    """
    x = np.array(shocks, dtype=float)
    step, power = 1, phi
    while step < len(x) and power > 1e-12:
        x[step:] += power * x[:-step].copy()
        step, power = 2 * step, power * power
    return x


def field(rng: np.random.Generator, n: int, distance: Array, *, length: float, memory: float) -> Array:
    """Return a field of shape (n hours, stations); ``length`` 0 makes the stations independent."""
    k = len(distance)
    shocks: Any = rng.standard_normal((n, k))
    if length > 0:
        shocks = shocks @ np.linalg.cholesky(np.exp(-distance / length)).T
    phi = float(np.exp(-1.0 / memory))
    shocks[1:] *= np.sqrt(1.0 - phi * phi)
    return ar1(shocks, phi)


def smooth(x: Array, before: float, memory: float) -> Array:
    """Return a field without its roughest hours: a second AR(1) over a field of memory ``before``.

    Air pressure has no jumps from hour to hour, an AR(1) has. The variance stays 1.
    """
    a, b = float(np.exp(-1.0 / before)), float(np.exp(-1.0 / memory))
    spread = float(np.sqrt((1 + a * b) / ((1 - a * b) * (1 - b * b))))
    y = x / spread
    y[0] = x[0]
    return ar1(y, b)
