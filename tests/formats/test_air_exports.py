"""Shapes of air sensors' files that people really bring, beside the usual ones."""

from __future__ import annotations

import json

import pytest

from kit.errors import FileError
from kit.ingest import understand
from kit.model import Report, Source, Station

YARD = Station("EE-1/yard", zone="Europe/Berlin")


def read(name: str, text: str, **answers: str) -> Report:
    report = understand(Source(name, text.encode()), {"station": YARD.id, **answers}, [YARD], school="EE-1")
    assert not report.questions, [question.id for question in report.questions]
    return report


def values(report: Report, variable: str) -> list[float]:
    return report.readings.loc[report.readings["variable"] == variable, "value"].tolist()


def test_an_opensensemap_download_may_lack_the_id_of_the_sensor() -> None:
    report = read(
        "luft.csv",
        "createdAt;value;lat;lon;unit;phenomenon\n2023-02-23T22:36:18.843Z;1013.2;51.97;7.59;hPa;Luftdruck\n",
    )
    assert values(report, "pressure") == [1013.2]


def test_the_description_of_a_box_holds_the_last_value_of_each_sensor() -> None:
    def sensor(title: str, unit: str, number: int, value: str) -> dict[str, object]:
        last = {"createdAt": "2024-03-30T11:25:43.500Z", "value": value}
        return {"title": title, "unit": unit, "_id": f"a{number}", "lastMeasurement": last}

    box = {
        "_id": "b1", "name": "Box", "exposure": "outdoor", "grouptag": [],
        "currentLocation": {"type": "Point", "coordinates": [9.96, 53.55]},
        "sensors": [
            sensor("Temperatur", "°C", 1, "9.5"), sensor("Luftdruck", "Pa", 2, "101325"),
            {"title": "PM10", "unit": "µg/m³", "_id": "a3"},
        ],
    }  # fmt: skip
    report = read("box.json", json.dumps(box))
    assert (report.format, report.rows) == ("opensensemap", 2)
    assert (values(report, "temperature"), values(report, "pressure")) == ([9.5], [1013.25])
    assert str(report.readings["time"].iloc[0]) == "2024-03-30 11:25:43.500000"


def test_a_refusal_says_why_each_column_is_not_taken() -> None:
    header = "sensor_id;sensor_type;location;lat;lon;timestamp;counts_per_minute;counts"
    text = f"{header}\n4;Radiation SBM-20;300;52.5;13.4;2024-03-01T00:00:12;19;48\n"
    with pytest.raises(FileError) as refused:
        read("geiger.csv", text)
    assert (
        "counts_per_minute (not a quantity that kit keeps); counts (about the device"
        in refused.value.words("en")
    )
    assert "(suurus, mida kit ei hoia)" in refused.value.words("et")


OLD_DAY = """Time,TemperatureF,PressureIn,WindDirection,WindSpeedGustMPH,\
HourlyPrecipIn,dailyrainin,DateUTC<br>
2024-06-01 00:04:00,50.0,29.92,West,10,0.00,0.00,2024-05-31 22:04:00<br>
2024-06-01 00:09:00,50.0,29.92,West,10,0.04,0.01,2024-05-31 22:09:00<br>
2024-06-01 00:14:00,50.0,29.92,West,10,0.04,0.03,2024-05-31 22:14:00<br>
"""
PAGE = """Date,Time,Temperature,Dew Point,Humidity,Wind,Speed,Gust,Pressure,\
Precip. Rate.,Precip. Accum.,UV,Solar
2024/05/01,12:04 AM,50.0 °F,41.0 °F,88 %,ENE,10.0 mph,20.0 mph,29.92 in,0.00 in,0.00 in,0,0 w/m²
2024/05/01,12:09 PM,68.0 °F,41.0 °F,48 %,North,0.0 mph,0.0 mph,29.92 in,0.10 in,0.05 in,3,400 w/m²
"""


def test_a_day_of_weather_underground_in_inches() -> None:
    report = read("day.csv", OLD_DAY)
    assert (report.format, str(report.readings["time"].min())) == ("wunderground", "2024-05-31 22:04:00")
    assert values(report, "temperature") == [10.0] * 3
    assert values(report, "pressure_sea_level") == pytest.approx([29.92 * 33.863886] * 3, abs=0.06)
    assert values(report, "wind_gust") == pytest.approx([4.4704] * 3, abs=0.05)
    assert values(report, "rain") == pytest.approx([0.254, 0.508])


def test_the_table_of_weather_undergrounds_page_has_its_units_in_the_cells() -> None:
    report = read("page.csv", PAGE)
    assert report.format == "wunderground"
    assert [str(time) for time in report.readings["time"].unique()] == [
        "2024-04-30 22:04:00", "2024-05-01 10:09:00"
    ]  # fmt: skip
    assert values(report, "temperature") == [10.0, 20.0]
    assert values(report, "wind_direction") == [67.5, 0.0]
    assert values(report, "wind_speed") == pytest.approx([4.4704, 0], abs=0.01)
    assert values(report, "rain") == pytest.approx([1.27])
    assert values(report, "rain_rate") == pytest.approx([0, 2.54], abs=0.05)
    assert values(report, "radiation") == [0, 400]


@pytest.mark.parametrize(
    ("system", "speed", "warm"),
    [("metric", 36, 20), ("uk_hybrid", 22.3694, 20), ("metric_si", 10, 20), ("imperial", 22.3694, 68)],
)
def test_what_weather_undergrounds_api_answers(system: str, speed: float, warm: float) -> None:
    def one(clock: str, rain: float) -> dict[str, object]:
        inner = {"tempAvg": warm, "tempHigh": warm + 1, "windspeedAvg": speed, "precipTotal": rain}
        return {
            "stationID": "ITARTU1",
            "obsTimeUtc": f"2024-05-01T{clock}Z",
            "humidityAvg": 79,
            system: inner,
        }

    text = json.dumps({"observations": [one("00:59:55", 0), one("01:59:55", 1)]})
    report = read("hourly.json", text)
    assert report.format == "wunderground"
    assert str(report.readings["time"].min()) == "2024-05-01 00:59:55"
    assert values(report, "temperature") == [20.0, 20.0]
    assert values(report, "wind_speed") == pytest.approx([10, 10], abs=0.01)
    assert values(report, "rain") == pytest.approx([25.4 if system == "imperial" else 1.0])
    assert "tempHigh" in " ".join(report.ignored_columns)


def test_a_channel_of_thingspeak_as_json_names_its_fields() -> None:
    channel = {"id": 9, "name": "Yard", "field1": "Temperature (C)", "field2": "Humidity (%)"}
    feeds = [
        {"created_at": f"2024-05-01T10:0{n}:00Z", "entry_id": n, "field1": f"14.{n}", "field2": "60"}
        for n in (1, 2)
    ]
    report = read("feeds.json", json.dumps({"channel": channel, "feeds": feeds}))
    assert (report.format, report.rows, report.time["start"]) == ("plain", 2, "2024-05-01T10:01:00Z")
    assert (values(report, "temperature"), values(report, "humidity")) == ([14.1, 14.2], [60.0, 60.0])


@pytest.mark.parametrize(
    "text",
    [
        '{"ts":1714557600,"air":{"temp_c":14.2}}\n{"ts":1714557900,"air":{"temp_c":14.4}}\n',
        '{"site":"yard","data":{"time":["2024-05-01T10:00Z","2024-05-01T10:05Z"],"temp_c":[14.2,14.4]}}',
        '[[{"entity_id":"sensor.temp_c","state":"14.2","last_changed":"2024-05-01T10:00:00Z"},'
        '{"entity_id":"sensor.temp_c","state":"14.4","last_changed":"2024-05-01T10:05:00Z"}]]',
    ],
)
def test_json_of_a_home_made_logger_is_a_table(text: str) -> None:
    report = read("log.json", text)
    assert values(report, "temperature") == [14.2, 14.4]
    assert [str(time) for time in report.readings["time"]] == ["2024-05-01 10:00:00", "2024-05-01 10:05:00"]
    assert report.kept.data.count(b"\n") == 3


def test_fields_with_numbers_for_names_are_different_quantities() -> None:
    text = "created_at,entry_id,field1,field2,field3\n2024-05-01 10:00:00 UTC,1,14.2,61,1013\n"
    text += "2024-05-01 10:05:00 UTC,2,14.3,60,1013\n"
    report = understand(Source("feeds.csv", text.encode()), {"station": YARD.id}, [YARD], school="EE-1")
    assert [question.id for question in report.questions] == [f"variable.field{n}" for n in (1, 2, 3)]


@pytest.mark.parametrize(
    "name",
    [
        "Your name",
        "What is your name?",
        "Sinu nimi",
        "Dein Name",
        "Votre nom",
        "Ваше ім'я",
        "Who",
        "Nick",
        "Kes",
    ],
)
def test_a_form_that_asks_for_a_name_keeps_none(name: str) -> None:
    text = f"Timestamp,{name},Temperature (°C)\n2024-05-01 10:00,Testname One,14\n"
    text += "2024-05-02 10:00,Testname Two,15\n"
    report = read("form.csv", text)
    assert report.dropped_columns == (name,)
    assert b"Testname" not in report.kept.data


def test_a_column_of_the_limits_of_the_who_names_nobody() -> None:
    report = read("limits.csv", "time,PM2.5 (µg/m³),WHO\n2024-05-01 10:00,14,15\n2024-05-01 11:00,15,15\n")
    assert not report.dropped_columns
    assert values(report, "pm25") == [14, 15]


def test_temps_is_a_time_in_french() -> None:
    header = "Temps,Température intérieure(℃),Humidité intérieure(%),Température extérieure(℃),Vent(km/h)"
    header += ",Humidité extérieure(%),Rafale(km/h),Pression absolue(hPa),Pluie annuelle(mm)"
    rows = "2024-05-01 06:05,21.2,45,8.1,3.6,91,7.2,1003.2,120.1\n"
    rows += "2024-05-01 06:10,21.2,45,8.2,3.6,91,7.2,1003.2,120.3\n"
    report = read("meteo.csv", f"{header}\n{rows}")
    assert (report.format, values(report, "temperature")) == ("ecowitt", [8.1, 8.2])
    assert values(report, "rain") == pytest.approx([0.2])


def test_high_and_low_are_no_places_in_any_language() -> None:
    text = "Fecha y hora;Temp. - °C;Temp. alta - °C;Temp. baja - °C\n13/4/21 0:15;11,2;11,4;11,0\n"
    report = read("meteo.csv", text)
    assert [values(report, name) for name in ("temperature", "temperature_max", "temperature_min")] == [
        [11.2], [11.4], [11.0]
    ]  # fmt: skip


def test_atm_is_a_way_to_count_particles_and_no_unit() -> None:
    report = understand(
        Source("pms.csv", b"time,PM2.5 (CF=1),PM2.5 (atm)\n2024-05-01 10:00,5,4\n"),
        {"station": YARD.id, "unit.PM2.5 (CF=1)": "ug/m3", "unit.PM2.5 (atm)": "ug/m3"}, [YARD],
    )  # fmt: skip
    assert (values(report, "pm25_cf1"), values(report, "pm25")) == ([5], [4])


def test_a_unit_said_twice_is_one_unit() -> None:
    report = read("room.csv", "Timestamp,Temperature_Celsius(°C)\n2024-05-01 10:00,21.2\n")
    assert values(report, "temperature") == [21.2]


@pytest.mark.parametrize(
    ("numbers", "hectopascals"),
    [("1013.2", 1013.2), ("101320", 1013.2), ("101.32", 1013.2), ("29.92", 1013.2)],
)
def test_numbers_prove_the_unit_of_a_pressure(numbers: str, hectopascals: float) -> None:
    report = read("p.csv", f"time,Air pressure\n2024-05-01 10:00,{numbers}\n2024-05-01 11:00,{numbers}\n")
    assert values(report, "pressure") == pytest.approx([hectopascals] * 2, abs=0.1)
    assert any("follow from the numbers" in template for template, _ in report.notes)


def test_a_pressure_of_a_mountain_or_of_mercury_is_asked() -> None:
    text = b"time,Air pressure\n2024-05-01 10:00,755\n2024-05-01 11:00,750\n"
    report = understand(Source("p.csv", text), {"station": YARD.id}, [YARD])
    assert [(question.id, question.likely) for question in report.questions] == [
        ("unit.Air pressure", "mm[Hg]")
    ]
