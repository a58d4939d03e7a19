"""Fine particles (PM2.5) in the air of the sample schools, and what a low-cost sensor makes of them.

The dry particles of an hour, in µg/m³, are a sum:

* a background that changes by :data:`TREND` every year, in a straight line, in all seasons and at all
  stations alike: **the injected trend**. It ends (or begins) at 1.5 µg/m³, so it never becomes negative;
* regional (secondary) particles × weather: less with wind, more in long quiet spells, shared between
  neighbouring stations (memory 60 hours, correlation length 500 km; a slow part of 20 days);
* heating: grows with the cold of the day below 16 °C, most in the evening, trapped under winter's high
  pressure. It follows the weather *without* the injected warming, so that it carries no trend of its own;
* traffic: two peaks on the local clock, five days a week;
* episodes: about six a year, one to four days, hundreds of km wide (smoke, dust); New Year's fireworks.

Yearly means come out at 6-10 µg/m³, as the European Environment Agency maps them for
Estonia and northern Germany (https://www.eea.europa.eu).

A low-cost optical sensor sees droplets, not dry particles: its reading is multiplied by the κ-Köhler growth
of Crilley et al. 2018, doi:10.5194/amt-11-709-2018, ``1 + (κ/1.65) / (100/RH - 1)``, here with κ = 0.2 (see
doi:10.5194/amt-17-6073-2024 for 0.15-0.29) and RH up to 95 %. The sample sensors are taken as calibrated at
their site for the season: the growth is divided by its own mean at that time of year. Hours in damp
air still read high and hours in dry air low, but the expected reading has the injected trend and no other.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from kit.samples.fields import Array, stream
from kit.samples.places import SITES
from kit.samples.weather import Grid, Weather

#: Injected change of PM2.5, µg/m³ per year of 365.25 days.
TREND = -0.35
KAPPA = 0.2
LEAST_BACKGROUND = 1.5


def growth(humidity: npt.ArrayLike, kappa: float = KAPPA) -> Array:
    """Return how many times heavier a particle looks to an optical sensor in damp air.

    >>> round(float(growth(80.0, 0.4)), 3)      # 1 + 0.2424 / 0.25
    1.97
    """
    share = np.clip(np.asarray(humidity, float), 0.0, 95.0) / 100.0
    return np.asarray(1 + (kappa / 1.65) * share / (1 - share))


def pm25_dry(grid: Grid, now: Weather, *, trend: float = TREND) -> Array:
    """Return the dry PM2.5 in µg/m³, shape (hours, stations)."""
    spell = 0.45 * grid.noise("particles", length=500, memory=60)
    spell += 0.18 * grid.noise("particles, slow", length=800, memory=480)
    spell += 0.12 * now.high - 0.13 * now.breeze + 0.2 * grid.noise("particles, here", length=0, memory=6)
    mixing = np.exp(spell - 0.15)

    secondary = np.array([s.secondary for s in SITES]) * (1.15 - 0.3 * grid.summer) * mixing
    dry = background(grid, trend) + secondary + _episodes(grid)
    for k in range(len(SITES)):
        local = grid.local(k)
        cold = np.clip(16.0 - now.mean_day[:, k], 0, None) / 9.0
        trapped = np.sqrt(mixing[:, k]) * np.exp(0.2 * now.high[:, k])
        dry[:, k] += SITES[k].heating * cold * _evenings(local) * trapped
        airing = np.exp(-0.2 * now.breeze[:, k])
        dry[:, k] += SITES[k].traffic * _rush_hours(local) * airing + _fireworks(local) * airing
    return dry


def background(grid: Grid, trend: float) -> Array:
    """Return the part that holds the injected trend: a straight line that never goes below 1.5 µg/m³."""
    length = grid.years[-1] if trend < 0 else 0.0
    return np.asarray(LEAST_BACKGROUND + trend * (grid.years - length))


def sensor_pm25(grid: Grid, now: Weather, dry: Array) -> Array:
    """Return what the low-cost sensors report: dry particles × humidity response + noise (0.3 µg/m³)."""
    wet = growth(now.humidity)
    waves = [np.ones_like(grid.season)]
    for k in (1, 2, 3):
        waves += [np.cos(k * grid.season), np.sin(k * grid.season)]
    basis = np.hstack(waves)
    usual = basis @ np.linalg.lstsq(basis, wet, rcond=None)[0]
    noise = 0.3 * stream(grid.seed, "sensor").standard_normal(dry.shape)
    return np.clip(dry * wet / usual + noise, 0.1, None)


def sensor_pm10(grid: Grid, pm25: Array) -> Array:
    """Return PM10 as the same sensor reports it: PM2.5 plus coarse dust, most in spring."""
    spring = np.clip(np.cos(grid.season - 2 * np.pi * 100 / 365.25), 0, None)
    dust = np.exp(0.5 * grid.noise("dust", length=300, memory=24))
    return np.asarray(1.15 * pm25 + (1.5 + 3.0 * spring) * dust)


def _bell(hour: Array, middle: float, width: float) -> Array:
    away = np.mod(hour - middle + 12.0, 24.0) - 12.0
    return np.exp(-0.5 * (away / width) ** 2)


def _evenings(local: pd.DatetimeIndex) -> Array:
    """Share of the day's heating smoke in each hour; mean 1 over the day."""
    hour = local.hour.to_numpy(dtype=float)
    return np.asarray((0.55 + _bell(hour, 20.0, 3.0) + 0.45 * _bell(hour, 7.0, 1.5)) / 0.934)


def _rush_hours(local: pd.DatetimeIndex) -> Array:
    """Traffic of each hour; mean 1 over the week."""
    hour = local.hour.to_numpy(dtype=float)
    week = np.array([1.0, 1.0, 1.0, 1.0, 1.0, 0.6, 0.45])[local.dayofweek.to_numpy()]
    return np.asarray(week * (0.15 + _bell(hour, 8.0, 1.5) + _bell(hour, 17.0, 2.0)) / 0.441)


def _fireworks(local: pd.DatetimeIndex) -> Array:
    """Smoke in the first four hours of the local year."""
    first = (local.dayofyear.to_numpy() == 1) & (local.hour.to_numpy() < 4)
    return np.where(first, 30.0 * np.exp(-local.hour.to_numpy(dtype=float) / 1.2), 0.0)


def _episodes(grid: Grid) -> Array:
    """Smoke and dust that pass over whole regions: shape (hours, stations)."""
    rng = stream(grid.seed, "episodes")
    n = len(grid.time)
    count = rng.poisson(6.0 * n / 8766.0)
    result = np.zeros((n, len(SITES)))
    hours = np.arange(n, dtype=float)[:, None]
    for start, days, size, where, width in zip(
        rng.uniform(0, n, count), rng.uniform(0.5, 2.0, count), rng.lognormal(2.1, 0.5, count),
        rng.integers(0, len(SITES), count), rng.uniform(150, 600, count), strict=True,
    ):  # fmt: skip
        near = np.exp(-0.5 * (grid.distance[where] / width) ** 2)
        low, high = max(int(start - 96 * days), 0), min(int(start + 96 * days) + 1, n)
        shape = np.exp(-0.5 * ((hours[low:high] - start) / (12.0 * days)) ** 2)
        result[low:high] += size * shape * near
    return result
