"""Names that people type, and names that must not be taken."""

import csv

import pytest

from kit.vocab import recognise, suggest, tokens, why_not
from kit.vocab.units import TABLES


@pytest.mark.parametrize(
    ("label", "variable", "unit"),
    [
        ("Outdoor Temperature(℃)", "temperature", "Cel"), ("Temperatur Aussen(℃)", "temperature", "Cel"),
        ("Temp Out", "temperature", ""), ("T", "temperature", ""), ("tempf", "temperature", "[degF]"),
        ("Õhutemperatuur", "temperature", ""), ("õhu temperatuur, °C", "temperature", "Cel"),
        ("Teмnepaтypa", "temperature", ""), ("Temperature_F", "temperature", "[degF]"),
        ("Hum", "humidity", ""), ("RH", "humidity", ""), ("rel. Luftfeuchte", "humidity", ""),
        ("Humidity_%", "humidity", "%"), ("Suhteline õhuniiskus (%)", "humidity", "%"),
        ("CO(GT)", "co", ""), ("NO2(GT)", "no2", ""), ("NOx(GT)", "nox", ""), ("C6H6(GT)", "benzene", ""),
        ("PM2.5 µg/m³", "pm25", "ug/m3"), ("PM_2.5", "pm25", ""), ("Feinstaub PM10", "pm10", ""),
        ("ABS Pressure(hPa)", "pressure", "hPa"), ("REL Pressure(hPa)", "pressure_sea_level", "hPa"),
        ("Wind(mph)", "wind_speed", "[mi_i]/h"), ("Tuule kiirus m/s", "wind_speed", "m/s"),
        ("Max wind speed", "wind_gust", ""), ("Tuule suund", "wind_direction", ""), ("Böe", "wind_gust", ""),
        ("Indoor Temperature(℃)", "temperature_indoor", "Cel"), ("Sisetemperatuur", "temperature_indoor", ""),
        ("In Hum", "humidity_indoor", ""), ("Hi Temp", "temperature_max", ""),
        ("temperature_2m_max (°C)", "temperature_max", "Cel"),
        ("Madalaim õhutemperatuur", "temperature_min", ""),
        ("Rain Rate(in/hr)", "rain_rate", "[in_i]/h"), ("Sademed, mm", "rain", "mm"), ("Regen", "rain", ""),
        ("DO conc, mg/L", "dissolved_oxygen", "mg/L"), ("Lautstärke (dB(A))", "noise", "dB"),
        ("Solar Rad(w/m2)", "radiation", "W/m2"), ("UV-Index", "uv_index", ""), ("CO₂", "co2", ""),
    ],
)  # fmt: skip
def test_known_names(label, variable, unit):
    match = recognise(label)
    assert match is not None, why_not(label)
    assert (match.variable, match.unit, match.sure) == (variable, unit, True)


@pytest.mark.parametrize(
    ("label", "why"),
    [
        ("PT08.S1(CO)", "raw signal"), ("PT08.S4(NO2)", "raw signal"), ("NO2 WE", "raw signal"),
        ("Battery Temperature", "not a quantity"), ("Wind Chill", "not a quantity"),
        ("Heat Index", "not a quantity"),
        ("Daily Rain(mm)", "running total"), ("Rainfall 24h", "running total"),
        ("Min Luftdruck", "highest or lowest"),
        ("Indoor PM2.5", "measured indoors"), ("Heizung", "not a quantity"), ("V4", "does not know"),
        ("Temperatur CPU", "not a quantity"), ("no data", "does not know"), ("PM10 (°C)", "does not fit"),
    ],
)  # fmt: skip
def test_names_that_are_not_taken(label, why):
    assert recognise(label) is None
    assert why in why_not(label)


@pytest.mark.parametrize("label", ["Barometer", "AH", "PM2.5 raw", "Temperatur (Balkon)", "Light", "Dir"])
def test_unsure_rather_than_guessed(label):
    match = recognise(label)
    assert match is not None
    assert not match.sure


def test_the_unit_decides_where_the_name_does_not():
    assert recognise("Wind", "m/s").variable == "wind_speed"
    assert recognise("Wind", "°").variable == "wind_direction"
    assert recognise("Niederschlag", "mm/h").variable == "rain_rate"
    assert recognise("Humidity", "g/m³").variable == "absolute_humidity"
    assert recognise("Licht", "lx").sure
    assert not recognise("Regen", "Grenzwert").sure


def test_the_name_of_the_device_is_no_part_of_the_quantity():
    assert recognise("Temperatur Kiste7", "°C", "Kiste7").sure
    assert not recognise("Temperatur Kiste7", "°C").sure
    assert recognise("Temperatur DHT22").sure


def test_suggestions():
    assert suggest("temprature", ["humidity", "temperature"]) == ["temperature"]
    assert suggest("xyz", ["humidity"]) == []
    assert tokens("PM 2,5") == ("pm25",)


@pytest.mark.fielddata
def test_labels_that_people_really_typed(field_data):
    """2,950 labels of openSenseMap: most devices are understood, and the known traps are not taken."""
    path = field_data / "air/opensensemap/phenomena_titles_units_sensors_half.csv"
    with path.open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    sure = devices = 0
    for line in lines:
        match = recognise(line["title"], line["unit"], line["sensorType"])
        n = int(line["n_sensors"])
        devices += n
        sure += n * bool(match and match.sure)
        if match and match.sure:
            assert line["unit"] not in ("mV", "V", "kΩ", "kOhm", "dBm", "Birds"), line
    assert devices == 39607
    assert sure / devices > 0.88


def test_every_table_of_words_has_as_many_cells_as_its_header():
    for name in (
        "units", "gases", "aliases", "label_words", "typical", "variables", "words", "meanings", "compass",
        "beaufort",
    ):  # fmt: skip
        with (TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        assert {len(row) for row in rows} == {len(rows[0])}, name
