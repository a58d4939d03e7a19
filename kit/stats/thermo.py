"""Moist air, and what temperature, wind and humidity feel like: arrays in, arrays out.

Saturation is over liquid water at all temperatures, as hygrometers and WMO define relative humidity, with the
Magnus formula of WMO-No. 8 (2018, volume I, annex 4.B; coefficients of Sonntag 1990), valid from -45 to 60
°C. Temperatures are °C, humidity %, pressures hPa, wind m/s. Nothing is checked here: each function says
where it holds, and :mod:`kit.analysis.weather` keeps to it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

#: Magnus: saturation vapour pressure at 0 °C (hPa), and the two coefficients (1 and °C).
E0, MAGNUS_A, MAGNUS_B = 6.112, 17.62, 243.12
KELVIN = 273.15
#: Gas constant of water vapour: 461.5 J/(kg K), as g K / (m³ hPa).
VAPOUR = 216.68


def _floats(values: ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)


def saturation_pressure(temperature: ArrayLike) -> Floats:
    """Return the saturation vapour pressure over water (hPa).

    WMO-No. 8, annex 4.B (https://library.wmo.int/idurl/4/68695): 6.112 exp(17.62 t / (243.12 + t)); within
    0.4 % of the long formula of Sonntag (1990) from -20 to 40 °C, which has 12.28 hPa at 10 °C.

    >>> saturation_pressure([0.0, 10.0, 30.0]).round(2).tolist()
    [6.11, 12.26, 42.34]
    """
    t = _floats(temperature)
    return np.asarray(E0 * np.exp(MAGNUS_A * t / (MAGNUS_B + t)))


def vapour_pressure(temperature: ArrayLike, humidity: ArrayLike) -> Floats:
    """Return the pressure of the water vapour in the air (hPa).

    >>> vapour_pressure([20.0], [50.0]).round(2).tolist()
    [11.66]
    """
    return np.asarray(saturation_pressure(temperature) * _floats(humidity) / 100.0)


def dew_point(temperature: ArrayLike, humidity: ArrayLike) -> Floats:
    """Return the dew point over water (°C), for -45 to 60 °C and more than 0 to 100 %.

    The inverse of :func:`saturation_pressure`; NaN for 0 %.

    >>> dew_point([20.0, 20.0], [50.0, 100.0]).round(2).tolist()
    [9.26, 20.0]
    """
    damp = _floats(humidity)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(vapour_pressure(temperature, np.where(damp > 0, damp, np.nan)) / E0)
        return np.asarray(MAGNUS_B * ratio / (MAGNUS_A - ratio))


def absolute_humidity(temperature: ArrayLike, humidity: ArrayLike) -> Floats:
    """Return the mass of water vapour in a cubic metre of air (g/m³): e / (R T), the law of ideal gases.

    Saturated air of 20 °C holds 17.2 g/m³.

    >>> absolute_humidity([20.0], [100.0]).round(1).tolist()
    [17.2]
    """
    e = vapour_pressure(temperature, humidity)
    return np.asarray(VAPOUR * e / (_floats(temperature) + KELVIN))


def vapour_pressure_deficit(temperature: ArrayLike, humidity: ArrayLike) -> Floats:
    """Return how much more vapour the air could take up (kPa).

    Allen et al. 1998, FAO-56 (https://www.fao.org/4/x0490e/x0490e07.htm), with the saturation pressure of
    WMO-No. 8; the two differ by less than 0.5 % from 0 to 40 °C. Saturation at 25 °C is 3.168 kPa in FAO-56,
    3.160 here.

    >>> vapour_pressure_deficit([25.0, 25.0], [0.0, 50.0]).round(2).tolist()
    [3.16, 1.58]
    """
    return np.asarray(saturation_pressure(temperature) * (1.0 - _floats(humidity) / 100.0) / 10.0)


def heat_index(temperature: ArrayLike, humidity: ArrayLike) -> Floats:
    """Return the heat index (°C), meant for 80 °F (26.7 °C) and more, in the shade.

    Rothfusz 1990 with both adjustments of the US National Weather Service, and Steadman's simple formula
    where the answer would be below 80 °F (https://www.wpc.ncep.noaa.gov/html/heatindex_equation.shtml). Its
    chart has 106 °F for 90 °F and 70 %, which is 41.1 °C for 32.2 °C.

    >>> (heat_index([(90 - 32) / 1.8], [70.0]) * 1.8 + 32).round(1).tolist()
    [105.9]
    """
    t, r = np.broadcast_arrays(_floats(temperature) * 1.8 + 32.0, _floats(humidity))
    simple = (t + 0.5 * (t + 61.0 + (t - 68.0) * 1.2 + r * 0.094)) / 2.0
    full = (
        -42.379 + 2.04901523 * t + 10.14333127 * r - 0.22475541 * t * r - 6.83783e-3 * t**2
        - 5.481717e-2 * r**2 + 1.22874e-3 * t**2 * r + 8.5282e-4 * t * r**2 - 1.99e-6 * t**2 * r**2
    )  # fmt: skip
    dry = (13.0 - r) / 4.0 * np.sqrt(np.clip(17.0 - np.abs(t - 95.0), 0.0, None) / 17.0)
    damp = (r - 85.0) / 10.0 * (87.0 - t) / 5.0
    full = full - np.where((r < 13) & (t >= 80) & (t <= 112), dry, 0.0)
    full = full + np.where((r > 85) & (t >= 80) & (t <= 87), damp, 0.0)
    return np.asarray((np.where(simple >= 80.0, full, simple) - 32.0) / 1.8)


def wind_chill(temperature: ArrayLike, wind_speed: ArrayLike) -> Floats:
    """Return the wind chill index (°C), for at most 10 °C and more than 4.8 km/h (1.34 m/s) at 10 m height.

    Osczevski & Bluestein 2005 (doi:10.1175/BAMS-86-10-1453), in use in Canada and the United States since
    2001. Environment Canada's chart has -33 for -20 °C and 30 km/h.

    >>> wind_chill([-20.0], [30 / 3.6]).round(1).tolist()
    [-32.6]
    """
    t, v = _floats(temperature), np.clip(_floats(wind_speed) * 3.6, 0.0, None) ** 0.16
    return np.asarray(13.12 + 0.6215 * t - 11.37 * v + 0.3965 * t * v)


def apparent_temperature(temperature: ArrayLike, humidity: ArrayLike, wind_speed: ArrayLike) -> Floats:
    """Return the apparent temperature in the shade (°C).

    Steadman 1994 without radiation, as the Australian Bureau of Meteorology uses it
    (http://www.bom.gov.au/info/thermal_stress/): t + 0.33 e - 0.70 v - 4.00, v at 10 m height.

    >>> apparent_temperature([30.0], [50.0], [2.0]).round(1).tolist()
    [31.6]
    """
    t = _floats(temperature)
    e = _floats(humidity) / 100.0 * 6.105 * np.exp(17.27 * t / (237.7 + t))
    return np.asarray(t + 0.33 * e - 0.70 * _floats(wind_speed) - 4.00)


def sea_level_pressure(
    pressure: ArrayLike, temperature: ArrayLike, elevation: ArrayLike, vapour: ArrayLike = 0.0
) -> Floats:
    """Return the air pressure reduced to mean sea level (hPa), for stations up to 750 m.

    WMO-No. 8 (2018), volume I, chapter 3: log10(p0 / p) = 0.0148275 H / (T + 0.0065 H / 2 + 0.12 e), T being
    the temperature at the station in kelvin, H its elevation (m, taken as geopotential metres: 0.1 hPa at
    750 m) and e the vapour pressure (hPa; without it the answer is up to 0.1 hPa too high for each 100 m in
    damp summer air).

    >>> sea_level_pressure([954.6], [11.75], [500.0]).round(1).tolist()  # standard atmosphere: 1013.25 hPa
    [1013.2]
    """
    height = _floats(elevation)
    column = _floats(temperature) + KELVIN + 0.0065 * height / 2.0 + 0.12 * _floats(vapour)
    return np.asarray(_floats(pressure) * 10.0 ** (0.0148275 * height / column))
