"""Made-up months of made-up stations with a known trend, for the tests of the intervals."""

from __future__ import annotations

import numpy as np

SLOPE = -0.3


def months(
    rng: np.random.Generator, years: int, stations: int, between: float, memory: float, slope: float = SLOPE
) -> np.ndarray:
    """Return values of shape (years, stations * 12).

    ``between`` is the correlation between stations, ``memory`` that between neighbouring months; every
    station has its own level, all have a season of 3 and a standard deviation of 2 around it.
    """
    n = years * 12

    def series() -> np.ndarray:
        noise, found = rng.standard_normal(n + 24), np.zeros(n + 24)
        for i in range(1, n + 24):
            found[i] = memory * found[i - 1] + np.sqrt(1 - memory**2) * noise[i]
        return found[24:]

    shared, t = series(), np.arange(n) / 12
    season = 3 * np.cos(2 * np.pi * t)
    rows = [
        10 + rng.normal(0, 3) + season + slope * t
        + 2 * (np.sqrt(between) * shared + np.sqrt(1 - between) * series())
        for _ in range(stations)
    ]  # fmt: skip
    return np.array(rows).reshape(stations, years, 12).transpose(1, 0, 2).reshape(years, -1)
