"""Moist air, heat and cold as felt: published tables, and formulae of other authors."""

from __future__ import annotations

import numpy as np
import pytest

from kit.stats import thermo


def sonntag(t: np.ndarray) -> np.ndarray:
    """Saturation over water in hPa, the long formula of Sonntag 1990 (doi:10.1127/metz/3/1994/51)."""
    kelvin = t + 273.15
    log = (
        -6096.9385 / kelvin + 16.635794 - 2.711193e-2 * kelvin + 1.673952e-5 * kelvin**2
        + 2.433502 * np.log(kelvin)
    )  # fmt: skip
    return np.exp(log)


def test_saturation_is_within_half_a_percent_of_the_long_formula() -> None:
    t = np.arange(-20.0, 41.0)
    assert sonntag(np.array([20.0]))[0] == pytest.approx(23.39, abs=0.01)
    assert np.abs(thermo.saturation_pressure(t) / sonntag(t) - 1).max() < 0.004


def test_the_deficit_is_near_that_of_fao_56() -> None:
    t = np.arange(0.0, 41.0)
    fao = 0.6108 * np.exp(17.27 * t / (t + 237.3))
    assert fao[25] == pytest.approx(3.168, abs=0.001)  # FAO-56, table 2.3
    assert np.abs(thermo.vapour_pressure_deficit(t, 0.0) / fao - 1).max() < 0.005


def test_the_dew_point_undoes_the_vapour_pressure() -> None:
    t, r = np.meshgrid(np.linspace(-45, 60, 40), np.linspace(0.5, 100, 40))
    dew = thermo.dew_point(t, r)
    assert np.allclose(thermo.saturation_pressure(dew), thermo.vapour_pressure(t, r), rtol=1e-12)
    assert (dew <= t + 1e-9).all()
    assert np.isnan(thermo.dew_point(20.0, 0.0))


@pytest.mark.parametrize(
    ("fahrenheit", "humidity", "chart"),
    [(80, 40, 80), (86, 60, 91), (90, 70, 106), (94, 50, 103), (96, 65, 121), (100, 40, 109), (110, 40, 136),
     (82, 95, 93), (84, 100, 103)],
)  # fmt: skip
def test_the_chart_of_the_heat_index(fahrenheit: float, humidity: float, chart: float) -> None:
    """The chart of the US National Weather Service (https://www.weather.gov/ama/heatindex)."""
    found = thermo.heat_index((fahrenheit - 32) / 1.8, humidity) * 1.8 + 32
    assert float(found) == pytest.approx(chart, abs=1.3)


@pytest.mark.parametrize(
    ("temperature", "speed", "chart"),
    [(0, 10, -3), (-5, 20, -12), (-10, 20, -18), (-20, 30, -33), (-30, 50, -49), (-40, 60, -64), (5, 5, 4)],
)
def test_the_chart_of_the_wind_chill(temperature: float, speed: float, chart: float) -> None:
    """Environment Canada's chart: °C and km/h."""
    assert round(float(thermo.wind_chill(temperature, speed / 3.6))) == chart


@pytest.mark.parametrize(
    ("height", "p", "t"), [(0, 1013.25, 15.0), (500, 954.61, 11.75), (750, 926.34, 10.125)]
)
def test_the_standard_atmosphere_at_sea_level(height: float, p: float, t: float) -> None:
    """ISO 2533: pressure and temperature of the standard atmosphere at some heights."""
    assert float(thermo.sea_level_pressure(p, t, height)) == pytest.approx(1013.25, abs=0.15)


def test_damp_air_is_lighter() -> None:
    dry = thermo.sea_level_pressure(980.0, 25.0, 300.0)
    assert 0.1 < float(dry - thermo.sea_level_pressure(980.0, 25.0, 300.0, 25.0)) < 0.5


def test_apparent_temperature_and_grams_of_water() -> None:
    e = 0.5 * 6.105 * np.exp(17.27 * 30 / 267.7)
    assert float(thermo.apparent_temperature(30.0, 50.0, 2.0)) == pytest.approx(30 + 0.33 * e - 1.4 - 4)
    assert float(thermo.absolute_humidity(20.0, 100.0)) == pytest.approx(
        17.3, abs=0.1
    )  # saturated: 17.3 g/m³
