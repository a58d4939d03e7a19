"""What people type in eighteen languages: inflected, compound, mistyped, in two languages at once."""

import csv

import numpy as np
import pytest

from kit.vocab import compass, convert, recognise, unclear_o, unit, variables, why_not
from kit.vocab.phrases import meaning, parts
from kit.vocab.units import TABLES
from kit.vocab.words import tokens


@pytest.mark.parametrize(
    ("label", "unit_text", "variable", "ucum"),
    [
        ("Ilman lämpötila", "°C", "temperature", "Cel"), ("Lufttemperatur ute", "°C", "temperature", "Cel"),
        ("Gaisa temperatūra", "°C", "temperature", "Cel"), ("Oro temperatūra", "°C", "temperature", "Cel"),
        ("Температура воздуха", "°С", "temperature", "Cel"),
        ("Температура повітря", "°C", "temperature", "Cel"),
        ("ჰაერის ტემპერატურა", "°C", "temperature", "Cel"),
        ("Havanın temperaturu", "°C", "temperature", "Cel"),
        ("Temperatura aerului", "°C", "temperature", "Cel"),
        ("Température de l'air", "°C", "temperature", "Cel"),
        ("Temperatura del aire", "°C", "temperature", "Cel"), ("t°", "°C", "temperature", "Cel"),
        ("Temperatur / température de l'air", "°C", "temperature", "Cel"), ("Tair", "K", "temperature", "K"),
        ("Suhteellinen kosteus", "%", "humidity", "%"), ("Luftfuktighet", "%", "humidity", "%"),
        ("Gaisa mitrums", "%", "humidity", "%"), ("Santykinė oro drėgmė", "%", "humidity", "%"),
        ("Відносна вологість", "%", "humidity", "%"), ("ფარდობითი ტენიანობა", "%", "humidity", "%"),
        ("Nisbi rütubət", "%", "humidity", "%"), ("Humedad relativa", "%", "humidity", "%"),
        ("rF", "%", "humidity", "%"), ("Lufttryck", "hPa", "pressure", "hPa"),
        ("Атмосферное давление", "мм рт. ст.", "pressure", "mm[Hg]"), ("Тиск", "гПа", "pressure", "hPa"),
        ("Атм. тиск", "мбар", "pressure", "hPa"), ("Atmosfer təzyiqi", "hPa", "pressure", "hPa"),
        ("Spiediens jūras līmenī", "hPa", "pressure_sea_level", "hPa"),
        ("QNH", "hPa", "pressure_sea_level", "hPa"),
        ("Давление на уровне моря", "гПа", "pressure_sea_level", "hPa"), ("P0", "hPa", "pressure", "hPa"),
        ("Vindhastighet", "m/s", "wind_speed", "m/s"), ("Vėjo greitis", "m/s", "wind_speed", "m/s"),
        ("Швидкість вітру", "м/с", "wind_speed", "m/s"), ("Viteza vântului", "km/h", "wind_speed", "km/h"),
        ("Tuule tugevus", "palli", "wind_speed", "[Bft]"), ("Windstärke", "Bft", "wind_speed", "[Bft]"),
        ("Направление ветра", "градус", "wind_direction", "deg"),
        ("Tuule suund", "kraadi", "wind_direction", "deg"),
        ("ქარის მიმართულება", "°", "wind_direction", "deg"),
        ("Ráfaga de viento", "km/h", "wind_gust", "km/h"),
        ("Nokrišņu daudzums", "mm", "rain", "mm"), ("Опади", "мм", "rain", "mm"),
        ("Yağıntı", "mm", "rain", "mm"),
        ("Intensité de pluie", "mm/h", "rain_rate", "mm/h"), ("Punct de rouă", "°C", "dew_point", "Cel"),
        ("Température du sol", "°C", "soil_temperature", "Cel"),
        ("Mulla niiskus 10 cm", "%", "soil_moisture", "%"),
        ("Температура води", "°C", "water_temperature", "Cel"), ("Освітленість", "лк", "illuminance", "lx"),
        ("Солнечная радиация", "Вт/м2", "radiation", "W/m2"), ("Bruit", "dB(A)", "noise", "dB"),
        ("Углекислый газ", "ppm", "co2", "[ppm]"), ("Озон", "мкг/м3", "o3", "ug/m3"),
        ("Fijnstof PM2.5", "ug/m^3", "pm25", "ug/m3"),
        ("Lutfdruck", "hPa", "pressure", "hPa"), ("Luftfeuchtigkiet", "%", "humidity", "%"),
        ("Temprature", "°F", "temperature", "[degF]"),
        ("BME280 temp", "°C", "temperature", "Cel"), ("SDS011 P1", "µg/m³", "pm10", "ug/m3"),
        ("UV-Intensität", "µW/cm²", "uv_irradiance", "uW/cm2"), ("pH-Wert", "-", "water_ph", "1"),
        ("Внутренняя температура", "°C", "temperature_indoor", "Cel"),
        ("Lume paksus", "cm", "snow_depth", "cm"),
        ("Sonnenscheindauer", "Stunden", "sunshine", "h"), ("TVOC", "ppb", "tvoc", "[ppb]"),
    ],
)  # fmt: skip
def test_what_people_type(label, unit_text, variable, ucum):
    match = recognise(label, unit_text)
    assert match is not None, why_not(label, unit_text)
    assert (match.variable, match.unit, match.sure) == (variable, ucum, True)


@pytest.mark.parametrize(
    ("label", "unit_text", "sensor"),
    [
        ("Temperatur", "degrees", ""),  # Celsius or Fahrenheit
        ("Temperatur", "°C", "Bodenfeuchte"), ("Temperature", "°C", "SMT50"), ("temp", "°C", "CPU"),
        ("CO2", "ppm", "BME680"), ("CO2", "ppm", "MQ135"),  # worked out from other gases
        ("Temp 10 min", "°C", ""), ("Temperatur 5cm", "°C", ""),  # neither a minimum nor a depth in soil
        ("UV [µW/m²]", "µW/cm²", ""),  # two units
        ("Lutfdruck", "", ""), ("Feinstaub", "µg/m³", ""), ("PM10 Tag", "µg/m³", ""),
        ("Temperatur (Balkon)", "°C", ""), ("Wind", "", ""), ("Leitfähigkeit", "µS/cm", ""), ("P0", "", ""),
    ],
)  # fmt: skip
def test_what_is_asked_and_not_guessed(label, unit_text, sensor):
    match = recognise(label, unit_text, sensor)
    assert match is not None
    assert not match.sure


@pytest.mark.parametrize(
    ("label", "unit_text", "why"),
    [
        ("Ощущаемая температура", "°C", "not a quantity"),
        ("Luchttemperatuur min max", "°C", "highest or lowest"),
        ("Осадки за сутки", "мм", "running total"), ("Innenluft PM10", "µg/m³", "indoors"),
        ("VOC", "kΩ", "raw signal"), ("Температура батареи", "°C", "not a quantity"),
        ("Wasserdruck", "hPa", "not know"),
        ("Air speed", "m/s", "not know"), ("Temperature", "hPa", "does not fit"),
    ],
)  # fmt: skip
def test_what_is_not_taken(label, unit_text, why):
    assert recognise(label, unit_text) is None
    assert why in why_not(label, unit_text)


@pytest.mark.parametrize("code", ["en", "et", "de", "ru", "uk"])
def test_every_variable_is_known_by_its_own_name(code):
    for name, known in variables().items():
        assert known.names[code], name
        match = recognise(known.names[code])
        assert match is not None, (name, code)
        assert match.sure, (name, code)


def test_every_word_means_something_and_every_concept_is_used():
    with (TABLES / "words.csv").open(encoding="utf-8", newline="") as file:
        words = list(csv.DictReader(file))
    with (TABLES / "meanings.csv").open(encoding="utf-8", newline="") as file:
        meanings = list(csv.DictReader(file))
    concepts = {line["concept"] for line in words}
    used = {one for line in meanings for one in (line["needs"] + " " + line["may"]).split()}
    assert used == concepts
    assert {line["variable"] for line in meanings} <= set(variables())
    for line in words:
        for word in line["words"].split("|"):
            read = parts(tokens(word))
            assert all(part.kind == "concept" for part in read), (word, read)
            assert any(line["concept"] in part.concepts for part in read), (word, read)
    for line in meanings:
        assert meaning(frozenset({one}) for one in line["needs"].split()) == (line["variable"], line["sure"])


def test_compass_points_in_many_languages():
    assert compass(["С", "СВ", "Ю-З", "северо-запад"]).tolist() == [0, 45, 225, 315]
    assert compass(["Пн", "ПнСх", "Пд", "Зх"]).tolist() == [0, 45, 180, 270]
    assert compass(["N", "NO", "E", "ONO"]).tolist() == [0, 315, 90, 292.5]  # an E: O is west
    assert compass(["N", "NO", "W", "ONO"]).tolist() == [0, 45, 270, 67.5]  # a W: O is east
    assert compass(["nord-est", "ouest", "sud-ouest"]).tolist() == [45, 270, 225]
    assert compass(["pohjoinen", "itä", "lounas"]).tolist() == [0, 90, 225]
    assert compass(["kirre", "põhjakirre", "lääs"]).tolist() == [45, 22.5, 270]
    assert unclear_o(["N", "S", "NO", "SO"])
    assert not unclear_o(["N", "S", "NE"])
    assert compass(["NO", "SO"], "west").tolist() == [315, 225]


@pytest.mark.parametrize(
    ("value", "unit_text", "variable", "expected"),
    [
        (1, "fc", "illuminance", 10.7639104), (1600, "mil", "wind_direction", 90.0),
        (0.55, "доля", "humidity", 55.0),
        (1, "Ly/min", "radiation", 697.3333333), (100, "µW/cm²", "uv_irradiance", 1.0),
        (14.5037738, "psi", "pressure", 1000.0),
        (8, "балл", "wind_speed", 18.95), (1.5, "mS/cm", "water_conductivity", 1500.0),
        (90, "мин", "sunshine", 1.5),
    ],
)  # fmt: skip
def test_more_conversions(value, unit_text, variable, expected):
    known = unit(unit_text)
    assert known is not None
    assert convert([value], known, variable)[0] == pytest.approx(expected, rel=1e-7)


def test_beaufort_forces_lie_in_their_ranges():
    with (TABLES / "beaufort.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    speeds = convert(list(range(13)), "Bft", "wind_speed")
    for line, speed in zip(lines, speeds, strict=True):
        assert float(line["low"]) <= speed <= float(line["high"])
        assert "WMO" in line["source"]
    assert (convert([3.5, 13, 40], "Bft", "wind_speed").round(2) == [5.55, 39.19, 211.49]).all()


def test_wind_in_two_languages_in_one_column():
    mixed = ["lõuna", "kagu", "N", "S", "SW", "põhjaloe", "W"]
    assert compass(mixed).tolist() == [180, 135, 0, 180, 225, 337.5, 270]
    assert compass(["СВ", "ЮЗ", "NE", "E"]).tolist() == [45, 225, 45, 90]
    assert np.isnan(compass(["lõuna", "C", "calm", "VRB"])).tolist() == [False, True, True, True]
    assert unclear_o(["lõuna", "NO"])
    assert not unclear_o(["lõuna", "NO", "W"])
    assert compass(["lõuna", "NO"], o="east").tolist() == [180, 45]
