"""The weather of the sample schools, hour by hour.

Orders of magnitude, and where they come from:

* yearly mean and swing of temperature: Tartu 6-7 °C with January near -4 and July near 18 °C, Rostock about
  9.5-10 °C with 1.5 and 18 °C (climate normals 1991-2020 of the Estonian Environment Agency,
  https://www.ilmateenistus.ee, and of Deutscher Wetterdienst, https://www.dwd.de). The swing grows
  eastwards and is damped, and late, near the sea (scale 15 km).
* weather noise: memory of 3-4 days; correlation falls with distance over about 1000 km (Hansen & Lebedeff
  1987, doi:10.1029/JD092iD11p13345); stronger in winter; a slow part with 25 days of memory.
* humidity from temperature and dew point by the Magnus formula with the constants of Alduchov & Eskridge
  1996, doi:10.1175/1520-0450(1996)035<0601:IMFAOS>2.0.CO;2.
* high pressure brings calm, dry, clear air: colder winters' days, warmer summers' days, wider days.

A warming of :data:`TREND` °C per year is added after the humidity was found, and the dew point follows, so
that relative humidity (and with it the sensors' humidity response) has no trend of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from kit.samples.fields import Array, distances, field, smooth, stream
from kit.samples.places import SITES

YEAR_DAYS = 365.25
#: Injected warming, °C per year of 365.25 days.
TREND = 0.05
COAST_KM = 15.0


@dataclass(frozen=True)
class Grid:
    """The hours and places of a simulation. All arrays of it have the shape (hours, stations)."""

    seed: int
    time: npt.NDArray[np.datetime64]

    @cached_property
    def years(self) -> Array:
        """Years of 365.25 days since the first hour, shape (hours, 1)."""
        hours = (self.time - self.time[0]) / np.timedelta64(1, "h")
        return np.asarray(hours / 24 / YEAR_DAYS, dtype=float)[:, None]

    @cached_property
    def season(self) -> Array:
        """Phase of the year in radians, 0 at the start of the year 2000 and every 365.25 days after."""
        days = (self.time - np.datetime64("2000-01-01")) / np.timedelta64(1, "D")
        return np.asarray(2 * np.pi * days / YEAR_DAYS, dtype=float)[:, None]

    @cached_property
    def summer(self) -> Array:
        """0 in mid January, 1 in mid July, shape (hours, 1)."""
        return 0.5 - 0.5 * np.cos(self.season - 2 * np.pi * 15 / YEAR_DAYS)

    @cached_property
    def distance(self) -> Array:
        """Distances between the stations in km."""
        return distances([s.place[0] for s in SITES], [s.place[1] for s in SITES])

    @cached_property
    def coast(self) -> Array:
        """1 at the shore, 0 far inland."""
        return np.exp(-np.array([s.sea_km for s in SITES]) / COAST_KM)

    @cached_property
    def solar_hour(self) -> Array:
        """Hours after midnight by the sun."""
        utc = (self.time - self.time.astype("datetime64[D]")) / np.timedelta64(1, "h")
        east = np.array([s.place[1] for s in SITES], dtype=float) / 15.0
        return np.asarray(np.mod(utc[:, None] + east, 24.0), dtype=float)

    def local(self, station: int) -> pd.DatetimeIndex:
        """The wall clock of one station (with summer time) at every hour."""
        utc = pd.DatetimeIndex(self.time).tz_localize("UTC")
        return utc.tz_convert(SITES[station].station.zone).tz_localize(None)

    def noise(self, name: str, *, length: float, memory: float) -> Array:
        """Return the random field of one purpose (see :mod:`kit.samples.fields`)."""
        rng = stream(self.seed, name)
        return field(rng, len(self.time), self.distance, length=length, memory=memory)


def saturation(temperature: npt.ArrayLike) -> Array:
    """Return the saturation vapour pressure over water in hPa (Magnus formula).

    >>> round(float(saturation(20.0)), 1)   # published: 23.4 hPa at 20 °C
    23.3
    """
    t = np.asarray(temperature, float)
    return np.asarray(6.1094 * np.exp(17.625 * t / (243.04 + t)))


def dew_point(temperature: npt.ArrayLike, humidity: npt.ArrayLike) -> Array:
    """Return the dew point in °C (Magnus formula, solved for the temperature).

    >>> round(float(dew_point(20.0, 50.0)), 1)
    9.3
    """
    share = np.log(saturation(temperature) * np.asarray(humidity, float) / 100 / 6.1094)
    return np.asarray(243.04 * share / (17.625 - share))


@dataclass(frozen=True)
class Weather:
    """The weather that everything else depends on. Shapes (hours, stations).

    ``high`` is the pressure pattern (variance 1); ``mean_day`` the temperature without its daily swing
    and without the injected trend, which heating follows; ``breeze`` is the wind's own anomaly (variance 1).
    """

    high: Array
    temperature: Array
    mean_day: Array
    dew_point: Array
    humidity: Array
    breeze: Array
    wind_speed: Array


def weather(grid: Grid, *, warming: float = TREND) -> Weather:
    """Return temperature (°C), dew point (°C), relative humidity (%) and wind speed (m/s)."""
    high = smooth(grid.noise("pressure", length=1500, memory=72), 72, 8)
    mean_day = _mean_day(grid, high)
    swing = _daily_swing(grid, high)
    warm = warming * grid.years
    temperature = mean_day + swing + 0.35 * grid.noise("temperature, here", length=0, memory=3)

    damp = 0.5 * high + 0.87 * grid.noise("moisture", length=500, memory=48)
    moist = saturation(mean_day - (1.6 + 3.2 * grid.summer) * np.exp(0.4 * damp))
    humidity = _damped(100 * moist / saturation(temperature)) + grid.noise(
        "humidity, here", length=0, memory=2
    )
    humidity = np.clip(humidity, 15.0, 99.0)

    breeze = -0.35 * high + 0.94 * grid.noise("wind", length=500, memory=24)
    day = np.clip(np.cos(2 * np.pi * (grid.solar_hour - 14) / 24), 0, None)
    speed = (2.4 + 1.8 * grid.coast) * np.exp(0.42 * breeze - 0.088) * (1 + 0.25 * grid.summer * day)
    return Weather(
        high, temperature + warm, mean_day, dew_point(temperature + warm, humidity), humidity, breeze, speed
    )


def _damped(humidity: Array) -> Array:
    """Bend what is above 85 % so that it comes near 97 % but not beyond: damp air, seldom fog."""
    over = np.clip(humidity - 85.0, 0, None)
    return np.asarray(np.minimum(humidity, 85.0) + 12.0 * (1 - np.exp(-over / 12.0)))


def seasonal(grid: Grid) -> Array:
    """Return the usual temperature of the season in °C, from latitude, height and the sea."""
    latitude = np.array([s.place[0] for s in SITES], dtype=float)
    longitude = np.array([s.place[1] for s in SITES], dtype=float)
    height = np.array([s.place[2] for s in SITES], dtype=float)
    level = 9.7 - 0.6 * (latitude - 54.0) - 0.0065 * height
    amplitude = (8.9 + 0.17 * (longitude - 12.0)) * (1 - 0.14 * grid.coast)
    warmest = 2 * np.pi * (199.0 + 8.0 * grid.coast) / YEAR_DAYS
    return np.asarray(level + amplitude * np.cos(grid.season - warmest))


def _mean_day(grid: Grid, high: Array) -> Array:
    """Latitude, height, season, sea, weather noise; without the daily swing and without the trend."""
    usual = seasonal(grid)
    strength = (4.4 - 2.0 * grid.summer) * (1 - 0.15 * grid.coast)
    quick = strength * grid.noise("temperature", length=1000, memory=84)
    slow = 1.5 * grid.noise("temperature, slow", length=1500, memory=600)
    return np.asarray(usual + quick + slow + (2.0 * grid.summer - 1.2) * high)


def _daily_swing(grid: Grid, high: Array) -> Array:
    """Warmest at three in the afternoon by the sun; wide on clear days, narrow by the sea."""
    hour = 2 * np.pi * (grid.solar_hour - 15.0) / 24
    clear = np.clip(np.exp(0.3 * high), 0.4, 1.6)
    size = (0.9 + 2.9 * grid.summer) * (1 - 0.45 * grid.coast) * clear
    return np.asarray(size * (np.cos(hour) + 0.15 * np.cos(2 * hour)))


def pressure(grid: Grid, now: Weather) -> Array:
    """Return the air pressure at the station in hPa (sea level 1013 ± 7 in summer, ± 13 in winter)."""
    sea = 1013.0 + (13.0 - 6.0 * grid.summer) * now.high
    height = np.array([s.place[2] for s in SITES], dtype=float)
    return np.asarray(sea * np.exp(-9.80665 * height / (287.05 * (now.temperature + 273.15))))


def wind_direction(grid: Grid) -> Array:
    """Return the direction the wind comes from, degrees (most often south-west)."""
    turn = 60.0 * grid.noise("direction", length=500, memory=30)
    here = 12.0 * grid.noise("direction, here", length=0, memory=1)
    return np.mod(225.0 + turn + here, 360.0)


def wind_gust(grid: Grid, now: Weather) -> Array:
    """Return the strongest gust of the hour, m/s."""
    rough = np.abs(grid.noise("gust", length=0, memory=1))
    return np.asarray(now.wind_speed * (1.55 + 0.15 * rough) + 0.3)


def rain(grid: Grid, now: Weather) -> Array:
    """Return the rain of the hour in mm: wet in about 9 % of hours, about 600 mm in a year."""
    cloud = -0.5 * now.high + 0.87 * grid.noise("rain", length=250, memory=9)
    amount = stream(grid.seed, "rain, amount").exponential(0.75, cloud.shape)
    return np.where(cloud > 1.35, amount, 0.0)
