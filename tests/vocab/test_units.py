"""Units against their definitions and published factors."""

import csv
from pathlib import Path

import numpy as np
import pytest

from kit.errors import UsageError
from kit.vocab import compass, convert, convertible, unit, units, units_for, variables

TABLES = Path(__file__).parents[2] / "kit" / "tables"


def one(value, unit_in, variable):
    return convert([value], unit_in, variable)[0]


@pytest.mark.parametrize(
    ("value", "unit_in", "variable", "expected"),
    [
        (212, "°F", "temperature", 100.0),
        (-40, "F", "temperature", -40.0),
        (273.15, "K", "temperature", 0.0),
        (101325, "Pa", "pressure", 1013.25),
        (29.92126, "inHg", "pressure", 1013.25),
        (760, "mmHg", "pressure", 1013.25),
        (101.325, "kPa", "pressure", 1013.25),
        (1, "mph", "wind_speed", 0.44704),
        (1, "kt", "wind_speed", 0.5144444444),
        (36, "km/h", "wind_speed", 10.0),
        (1, "in", "rain", 25.4),
        (0.0127, "m", "rain", 12.7),
        (3, "l/m²", "rain", 3.0),
        (10, "mi", "visibility", 16.09344),
        (0.31, "m3/m3", "soil_moisture", 31.0),
        (1.5, "mg/m³", "pm25", 1500.0),
        (800, "ug/m3", "co", 0.8),
        (0.1, "in/hr", "rain_rate", 2.54),
    ],
)
def test_conversions_follow_the_definitions(value, unit_in, variable, expected):
    assert one(value, unit_in, variable) == pytest.approx(expected, rel=2e-6, abs=1e-9)


@pytest.mark.parametrize(
    ("gas", "factor"),  # 1 ppb in µg/m³ at 20 °C and 1013 hPa as published for European reporting
    [("no2", 1.9125), ("no", 1.2474), ("o3", 1.9957), ("so2", 2.6609), ("benzene", 3.2430), ("nox", 1.9125)],
)
def test_gases_agree_with_the_published_factors(gas, factor):
    """https://uk-air.defra.gov.uk/assets/documents/reports/cat06/0502160851_Conversion_Factors_Between_ppb_and.pdf"""
    assert one(1, "ppb", gas) == pytest.approx(factor, rel=1.5e-3)


def test_carbon_monoxide_in_ppm_becomes_milligrams():
    assert one(1, "ppm", "co") == pytest.approx(1.1642, rel=1e-3)


def test_the_canonical_unit_keeps_every_bit():
    values = np.random.default_rng(1).normal(size=1000)
    assert np.array_equal(convert(values, "Cel", "temperature"), values)


def test_missing_stays_missing():
    assert np.isnan(one(np.nan, "°F", "temperature"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("°C", "Cel"), ("℃", "Cel"), ("ºC", "Cel"), ("°С", "Cel"), ("C°", "Cel"), ("Grad Celsius", "Cel"),
        ("μg/m³", "ug/m3"), ("µg/m³", "ug/m3"), ("ug/m^3", "ug/m3"), ("uG/M3", "ug/m3"), ("µg m⁻³", "ug/m3"),
        ("hpa", "hPa"), ("PA", "Pa"), ("mBar", "hPa"), ("Km/h", "km/h"), ("% rH", "%"), ("dB (A)", "dB"),
        ("(mm)", "mm"), ("[hPa]", "hPa"), ("w/m2", "W/m2"), ("in/hr", "[in_i]/h"), ("l/m²", "mm"),
    ],
)  # fmt: skip
def test_spellings(text, expected):
    assert unit(text).id == expected


@pytest.mark.parametrize("text", ["", "GT", "bananas", "Grenzwert eingehalten", "2", "delete-me"])
def test_what_is_no_unit(text):
    assert unit(text) is None


def test_a_wrong_unit_is_refused_with_the_possible_ones():
    with pytest.raises(UsageError, match=r"mV is not a unit of no2\. Use one of: µg/m³"):
        convert([1.0], "mV", "no2")


def test_every_variable_has_a_unit_that_is_offered_first():
    for name, known in variables().items():
        assert known.unit in units(), name
        assert units_for(name)[0].id == known.unit
        assert all(convertible(u, name) for u in units_for(name))


def test_the_table_names_a_source_for_every_unit():
    with (TABLES / "units.csv").open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    assert all(line["source"] for line in lines)
    assert len({line["unit"] for line in lines}) == len(lines)


def test_compass_points_go_round_in_three_languages():
    assert compass(["N", "NNE", "NE", "ENE", "E"]).tolist() == [0, 22.5, 45, 67.5, 90]
    assert compass(["O", "SO", "NO", "Südwest", "ONO"]).tolist() == [90, 135, 45, 225, 67.5]
    assert compass(["põhi", "kirre", "ida", "kagu", "lõuna", "edel", "lääs", "loe"]).tolist() == [
        0, 45, 90, 135, 180, 225, 270, 315,
    ]  # fmt: skip
    assert np.isnan(compass(["---", "calm"])).all()
