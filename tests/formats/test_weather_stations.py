"""Ecowitt, Ambient Weather, Netatmo and WeeWX: from the file to the readings."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from kit.errors import FileError
from kit.formats.netatmo import place_of
from kit.ingest import understand
from kit.model import Report, Source, Station

ROOF = Station("school/roof", latitude=58.38, longitude=26.722, zone="Europe/Tallinn")
ANSWER = {"station": "school/roof"}


def taken(name: str, text: str | bytes, answers: dict[str, str] | None = None) -> Report:
    data = text if isinstance(text, bytes) else text.encode()
    report = understand(Source(name, data), ANSWER | (answers or {}), [ROOF])
    assert not report.questions, report.questions
    again = understand(report.kept, report.answers, report.stations)
    pd.testing.assert_frame_equal(again.readings, report.readings)
    assert again.format == report.format
    return report


def value(report: Report, variable: str, row: int = 1, sensor: str = "1") -> float:
    table = report.readings
    found = table[(table["variable"] == variable) & (table["row"] == row) & (table["sensor"] == sensor)]
    assert len(found) == 1, (variable, row, table[["variable", "row", "sensor"]])
    return float(found["value"].iloc[0])


SD_CARD = (
    "Time,Timestamp,Indoor Temperature(°C),Indoor Humidity(%),Outdoor Temperature(°C),Outdoor Humidity(%),"
    "Dew Point(°C),Feels Like(°C),WBGT(°C),VPD(kPa),Wind(km/h),Gust(km/h),windDir_10min_avg(deg),"
    "Wind Direction(deg),ABS Pressure(hPa),REL Pressure(hPa),Solar Rad(W/m2),UV-Index,Console Battery (V),"
    "Charge,Rain Rate(mm/Hr),24h Rain(mm),Hourly Rain(mm),Event Rain(mm),Daily Rain(mm),Weekly Rain(mm),"
    "Monthly Rain(mm),Yearly Rain(mm),Piezo Rate(mm/Hr),Piezo Daily Rain(mm),Piezo Yearly Rain(mm)\n"
    "2024-10-27 03:50,1729990200,21.4,40,8.1,91,6.7,7.0,8.0,0.1,7.2,14.4,270,265,1009.2,1013.9,0,0,5.1,1,"
    "0.0,9.9,0.6,0.6,9.0,9.0,30.2,812.4,0.0,8.8,700.1\n"
    "2024-10-27 03:00,1729990800,21.4,40,--,91,6.7,7.0,8.0,0.1,7.2,14.4,270,265,1009.2,1013.9,0,0,5.1,1,"
    "1.2,9.9,0.8,0.8,9.2,9.2,30.4,812.6,1.2,9.1,700.4\n"
)


def test_an_sd_card_with_two_gauges_and_seconds_that_know_no_summer_time() -> None:
    report = taken("202410A.CSV", SD_CARD)
    assert report.format == "ecowitt"
    assert value(report, "temperature_indoor") == 21.4
    assert value(report, "temperature") == 8.1
    assert value(report, "pressure") == 1009.2
    assert value(report, "pressure_sea_level") == 1013.9
    assert value(report, "wind_speed") == pytest.approx(2.0)
    assert value(report, "wind_gust") == pytest.approx(4.0)
    assert value(report, "rain", 2) == pytest.approx(0.2)
    assert value(report, "rain", 2, "piezo") == pytest.approx(0.3)
    rain = report.readings[(report.readings["variable"] == "rain") & (report.readings["sensor"] == "1")]
    assert rain[["time", "period"]].astype(str).values.tolist() == [["2024-10-27 00:50:00", "600"]]
    assert report.ignored_columns["Daily Rain(mm)"] == "a running total; that of the year was taken instead"
    assert report.ignored_columns["24h Rain(mm)"].startswith("rain of the last hours")
    missing = report.readings[(report.readings["variable"] == "temperature") & (report.readings["row"] == 2)]
    assert missing["flag"].tolist() == [9]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (
            ""
            "Zeit;Temperatur Innen(℃);Luftfeuchtigkeit Innen(%);Temperatur Aussen(℃);"
            "Luftfeuchtigkeit Aussen(%);"
            "Taupunkt(℃);Gefühlte Temperatur(℃);Wind(m/s);Böe(m/s);Windrichtung(°);Abs. Luftdruck(hpa);"
            "Rel. Luftdruck(hpa);Sonneneinstrahlung(w/m2);UVI;Regen/Stunde(mm);Regen/Tag(mm);Regen/Jahre(mm)",
            "{};21,4;40;8,1;91;6,7;7,0;2,0;4,0;265;1009,2;1013,9;12;1;0,6;0,6;{}",
        ),
        (
            "Heure;Température intérieure(℃);Humidité intérieure(%);Température extérieure(℃);"
            "Humidité extérieure(%);Point de rosée(℃);Ressenti(℃);Vent(m/s);Rafale(m/s);Direction du vent(°);"
            "Pression ABS(hPa);Pression REL(hPa);Rayonnement solaire(W/m2);UVI;Pluie horaire(mm);"
            "Pluie journalière(mm);Pluie annuelle(mm)",
            "{};21,4;40;8,1;91;6,7;7,0;2,0;4,0;265;1009,2;1013,9;12;1;0,6;0,6;{}",
        ),
        (
            "Fecha,Temperatura interior(℃),Humedad interior(%),Temperatura exterior(℃),Humedad exterior(%),"
            "Punto de rocío(℃),Sensación térmica(℃),Viento(m/s),Ráfaga(m/s),Dirección del viento(°),"
            "Presión ABS(hPa),Presión REL(hPa),Radiación solar(W/m2),UVI,Lluvia por hora(mm),"
            "Lluvia diaria(mm),"
            "Lluvia anual(mm)",
            "{},21.4,40,8.1,91,6.7,7.0,2.0,4.0,265,1009.2,1013.9,12,1,0.6,0.6,{}",
        ),
    ],
    ids=["de", "fr", "es"],
)
def test_other_languages(header: str, row: str) -> None:
    sign = "," if ";" in header else "."
    rows = [row.format(f"2024-05-01 06:{5 * n:02d}", f"812{sign}{n}") for n in range(4)]
    report = taken("wetter.csv", "\n".join([header, *rows]) + "\n")
    assert report.format == "ecowitt"
    expected = {
        "temperature_indoor": 21.4, "humidity_indoor": 40, "temperature": 8.1, "humidity": 91,
        "dew_point": 6.7, "wind_speed": 2, "wind_gust": 4, "wind_direction": 265, "pressure": 1009.2,
        "pressure_sea_level": 1013.9, "radiation": 12, "uv_index": 1,
    }  # fmt: skip
    assert {name: value(report, name) for name in expected} == expected
    assert value(report, "rain", 2) == pytest.approx(0.1)


def test_soil_is_no_air_and_a_gust_no_wind_in_other_languages() -> None:
    header = (
        "Time,Température intérieure(℃),Humidité intérieure(%),Température extérieure(℃),Humidité(%),"
        "Humidité du sol(%),Temperatura del suelo(℃),Windböe(m/s),Wind(m/s),Luchtdruk relatief(hPa)"
    )
    report = taken("fr.csv", f"{header}\n2024/5/1 12:00,21.5,40,12.5,61,33,9.5,7.2,3.1,1013.2\n")
    assert report.format == "ecowitt"
    expected = {
        "temperature_indoor": 21.5, "humidity_indoor": 40.0, "temperature": 12.5, "humidity": 61.0,
        "soil_moisture": 33.0, "soil_temperature": 9.5, "wind_gust": 7.2, "wind_speed": 3.1,
        "pressure_sea_level": 1013.2,
    }  # fmt: skip
    assert {name: value(report, name) for name in expected} == expected


def test_an_extra_thermometer_is_asked_for_and_never_simply_outdoor_air() -> None:
    text = (
        "Time,Outdoor Temperature(℃),Outdoor Humidity(%),CH1 Temperature(℃),CH1 Humidity(%),"
        "SoilMoisture CH2(%)\n"
        "2024-05-01 06:05,8.1,91,-18.2,60,31\n2024-05-01 06:10,8.0,91,-18.1,60,31\n"
    )
    report = understand(Source("all.csv", text.encode()), ANSWER, [ROOF])
    asked = {question.id for question in report.questions}
    assert asked == {"variable.CH1 Temperature(℃)", "variable.CH1 Humidity(%)"}
    answers = dict.fromkeys(asked, "ignore")
    report = taken("all.csv", text, answers)
    assert value(report, "temperature") == 8.1
    assert value(report, "soil_moisture", sensor="ch2") == 31
    inside = taken("all.csv", text, answers | {"variable.CH1 Temperature(℃)": "temperature_indoor"})
    assert value(inside, "temperature_indoor", sensor="ch1") == -18.2


@pytest.mark.parametrize("metric", [False, True])
def test_ambient_weather_newest_first_with_offsets(metric: bool) -> None:
    t, p, s, r = ("°C", "hPa", "m/s", "mm") if metric else ("°F", "inHg", "mph", "in")
    header = (
        f'"Date","Simple Date","Outdoor Temperature ({t})","Feels Like ({t})","Dew Point ({t})",'
        f'"Wind Speed ({s})","Wind Gust ({s})","Max Daily Gust ({s})","Wind Direction (°)",'
        f'"Hourly Rain ({r}/hr)","Event Rain ({r})","Daily Rain ({r})","Weekly Rain ({r})",'
        f'"Monthly Rain ({r})",'
        f'"Yearly Rain ({r})","Relative Pressure ({p})","Humidity (%)","Ultra-Violet Radiation Index",'
        f'"Solar Radiation (W/m^2)","Indoor Temperature ({t})","Indoor Humidity (%)","Outdoor Battery",'
        f'"Absolute Pressure ({p})","Indoor Feels Like ({t})"'
    )
    numbers = (
        ["10", "9", "5", "2", "4", "9", "180", "0", "1.1", "1.1", "1.1", "9", "1013.2", "80", "1", "12", "21",
         "40", "1", "1000.1", "21"]
        if metric
        else ["50", "48", "41", "4.47", "8.95", "20", "180", "0", "0.1", "0.1", "0.1", "3", "29.92", "80",
              "1", "12", "70", "40", "1", "29.53", "70"]
    )  # fmt: skip
    rows = []
    for n in (2, 1, 0):
        cells = [f"2024-07-01T08:0{n}:00+03:00", f"2024-07-01 08:0{n}:00", *numbers]
        cells.insert(16, f"{100 + n * (1 if metric else 0.01):g}" if metric else f"{20 + n * 0.01:.2f}")
        rows.append(",".join(f'"{cell}"' for cell in cells))
    header_cells, row_cells = header.count('","') + 1, rows[0].count('","') + 1
    assert header_cells == row_cells
    text = "\n".join([header, *rows]) + "\n"
    report = taken("ambient.csv", text)
    assert report.format == "ambient-weather"
    assert str(report.readings["time"].min()) == "2024-07-01 05:00:00"
    assert value(report, "temperature", 3) == pytest.approx(10.0)
    assert value(report, "dew_point", 3) == pytest.approx(5.0)
    assert value(report, "wind_direction", 3) == 180
    assert value(report, "temperature_indoor", 3) == pytest.approx(21.0, abs=0.2)
    assert value(report, "rain_rate", 3) == 0
    assert report.ignored_columns["Daily Rain (" + r + ")"].startswith("a running total")


def test_ambient_highs_and_lows_are_refused_in_words() -> None:
    text = '"","Date","Outdoor Temperature (°C)","Max Daily Gust (km/hr)","Ultra-Violet Radiation Index"\n'
    text += '"Low","2024-07-01","8","0","0"\n"High","2024-07-01","18","20","5"\n'
    with pytest.raises(FileError) as caught:
        understand(Source("highs.csv", text.encode()), ANSWER, [ROOF])
    assert "highs and lows" in caught.value.words("en")


NETATMO = (
    'Name;Long;Lat;ModuleName;ModuleType\n"Kool";{place};{module};{kind}\n'
    'Timestamp;"Timezone : Europe/Tallinn";Temperature;Humidity;CO2;Noise;Pressure\n'
    ""
    '1714550402;"2024/05/01 11:00:02";21.6;46;981;32;1019.1\n'
    '1714550705;"2024/05/01 11:05:05";21.7;46;970;;1019\n'
)


@pytest.mark.parametrize(
    "place", ["26.7221234;58.3801234", "58.3801234,26.7221234;", "58.3801234;26.7221234"]
)
def test_netatmo_indoors_with_its_place_whichever_way_it_is_written(place: str) -> None:
    text = NETATMO.format(place=place, module="Klass 5", kind="Indoor")
    report = understand(Source("netatmo.csv", text.encode()), {"station": "school/class"}, [])
    assert not report.questions
    assert report.format == "netatmo"
    there = report.stations[0]
    assert (there.latitude, there.longitude, there.zone) == (58.38, 26.722, "Europe/Tallinn")
    assert there.exposure == "indoor"
    table = report.readings.set_index(["variable", "row"])["value"]
    assert table["temperature_indoor", 1] == 21.6
    assert table["co2", 1] == 981
    assert table["pressure_sea_level", 2] == 1019
    assert "temperature" not in set(report.readings["variable"])
    assert str(report.readings["time"].iloc[0]) == "2024-05-01 08:00:02"
    kept = report.kept.data.decode()
    assert "Kool" not in kept
    assert "Klass" not in kept
    assert "58.3801" not in kept
    again = understand(report.kept, report.answers, report.stations)
    pd.testing.assert_frame_equal(again.readings, report.readings)


def test_netatmo_without_its_first_lines_and_as_a_workbook(workbook: Callable[..., bytes]) -> None:
    text = "\n".join(NETATMO.splitlines()[2:]) + "\n"
    report = taken("netatmo.csv", text)
    assert value(report, "temperature_indoor") == 21.6
    cells = [
        ["Name", "Long", "Lat", "ModuleName", "ModuleType"], ["Kool", "26.722", "58.381", "Õu", "Outdoor"],
        ["Timestamp", "Timezone : Europe/Tallinn", "Temperature", "Humidity"],
        ["1714550402", "2024/05/01 11:00:02", "8.6", "46"],
    ]  # fmt: skip
    report = understand(Source("netatmo.xlsx", workbook({"data": cells})), {"station": "school/yard"}, [])
    assert not report.questions
    assert report.readings["value"].tolist() == [8.6, 46]
    assert report.stations[0].latitude == 58.381
    again = understand(report.kept, report.answers, report.stations)
    pd.testing.assert_frame_equal(again.readings, report.readings)


def test_netatmo_rain_of_days_stands_in_the_middle_of_the_day() -> None:
    text = (
        'Name;Long;Lat;ModuleName;ModuleType\n"Kool";26.722;58.381;Vihm;"Rain gauge"\n'
        'Timestamp;"Timezone : Europe/Tallinn";sum_rain\n'
        '1661331600;"2022/08/24 12:00:00";0.2\n1661418000;"2022/08/25 12:00:00";0.5\n'
        '1661504400;"2022/08/26 12:00:00";0\n'
    )
    report = taken("rain.csv", text)
    assert report.readings[["time", "period", "value"]].astype(str).values.tolist()[0] == [
        "2022-08-23 21:00:00", "86400", "0.2",
    ]  # fmt: skip


def test_netatmo_places_that_nobody_can_tell_are_left_out() -> None:
    assert place_of(["x", "45.1", "46.2", "", "Indoor"], "Asia/Tokyo") == (
        None,
        "The place above the table was left out: which number is the latitude is not certain.",
    )
    assert place_of(["x", "50.8524881,7.1315254", "", "Indoor"], "Europe/Berlin")[0] == (
        "50.8524881",
        "7.1315254",
    )
    assert place_of(["x", "", "", "", "Indoor"], "Europe/Berlin") == (None, "")


@pytest.mark.parametrize(
    ("system", "row", "expected"),
    [
        ("1", "29.921,29.53,70,50,10,0.01,0.12", (1013.25, 21.1, 10.0, 4.47, 0.254)),
        ("16", "1013.25,1000.0,21.1,10.0,16.09,0.0254,0.3048", (1013.25, 21.1, 10.0, 4.47, 0.254)),
        ("17", "1013.25,1000.0,21.1,10.0,4.47,0.254,3.048", (1013.25, 21.1, 10.0, 4.47, 0.254)),
    ],
)
def test_weewx_unit_systems(system: str, row: str, expected: tuple[float, ...]) -> None:
    header = "dateTime,usUnits,interval,barometer,pressure,inTemp,outTemp,windSpeed,rain,rainRate,altimeter"
    lines = [f"{1714550400 + 300 * n},{system},5,{row},1" for n in range(4)]
    report = taken("archive.csv", "\n".join([header, *lines]) + "\n")
    assert report.format == "weewx"
    names = ("pressure_sea_level", "temperature_indoor", "temperature", "wind_speed", "rain")
    assert [value(report, name) for name in names] == pytest.approx(expected, abs=0.05)
    assert value(report, "rain_rate") == pytest.approx(3.048, abs=0.05)
    assert value(report, "rain") == pytest.approx(0.254)
    assert set(report.readings["period"]) == {300}
    assert str(report.readings["time"].iloc[0]) == "2024-05-01 07:55:00"


def test_weewx_rows_of_another_unit_system_are_refused_by_number() -> None:
    text = "dateTime,usUnits,interval,outTemp\n1714550400,17,5,10\n1714550700,1,5,50\n1714551000,17,5,11\n"
    report = taken("archive.csv", text)
    assert (report.rows, report.rejected) == (3, 1)
    assert [problem.row for problem in report.problems] == [2]
    assert report.readings["value"].tolist() == [10, 11]


def test_weewx_import_file_with_words_for_directions_and_a_daily_counter() -> None:
    text = (
        "Time,Barometer,Temp,Humidity,Windspeed,Dir,Gust,Dayrain,Radiation,Uv,Comment\n"
        '28/11/2023 08:00:00,1016.9,14.6,84,1.8,113,8,0,359,3.8,"Mari started"\n'
        "28/11/2023 08:05:00,1016.9,14.6,84,1.6,Southsoutheast,7,0.4,359,3.8,\n"
        "28/11/2023 08:10:00,1017.1,14.5,84,0,,7,1.0,360,3.8,\n"
    )
    units = {"Temp": "Cel", "Windspeed": "m/s", "Gust": "m/s", "Dayrain": "mm"}  # 1016.9 can only be hPa
    asked = understand(Source("import.csv", text.encode()), ANSWER, [ROOF]).questions
    assert {question.id for question in asked} == {f"unit.{name}" for name in units}
    report = taken("import.csv", text, {f"unit.{name}": unit for name, unit in units.items()})
    assert value(report, "rain", 3) == pytest.approx(0.6)
    assert value(report, "wind_direction", 2) == 157.5
    assert report.dropped_columns == ("Comment",)
    assert b"Mari" not in report.kept.data


@pytest.mark.parametrize("header", [
    "Time,Indoor Temperature(℃),Outdoor Temperature(℃),ABS Pressure(hPa),{}",
    "Timestamp;Timezone : Europe/Tallinn;Temperature;Humidity;{}",
    "dateTime,usUnits,interval,outTemp,{}",
    "#,\"Date Time, GMT+02:00\",\"Temp, °C (LGR S/N: 1, SEN S/N: 2)\",\"RH, % (LGR S/N: 1, SEN S/N: 3)\",{}",
    "Date,Simple Date,Outdoor Temperature (°F),Ultra-Violet Radiation Index,Max Daily Gust (mph),{}",
    "time;Barometer;Temp ;High Temp ;Low Temp ;THW Index ;Hum ;{}",
])  # fmt: skip
@pytest.mark.parametrize("column", ["Observer", "Notes"])
def test_words_that_someone_added_are_never_kept(header: str, column: str) -> None:
    head = header.format(column)
    sign = ";" if head.count(";") > 2 else ","
    first = {
        "Time,": "2024-05-01 06:05,21.4,8.1,1009.2", "Times": "1714550402;2024/05/01 11:00:02;14.2;61",
        "dateT": "1714550400,17,5,10", "#,\"Da": "1,05/13/24 01:00:00 PM,14.6,80",
        "Date,": "2024-05-01T06:10:00+03:00,2024-05-01 06:10,46.8,0,5",
        "time;": "13/05/2024 15:30;1015,0;28,9;29;28;27;40",
    }[head[:5]]  # fmt: skip
    lines = [head, f"{first}{sign}Mari and Jaan", f"{first}{sign}"]
    answers = {"unit.Temp": "Cel", "unit.Barometer": "hPa"}
    report = understand(Source("a.csv", ("\n".join(lines) + "\n").encode()), ANSWER | answers, [ROOF])
    assert report.format != "plain"
    assert not report.questions
    assert report.dropped_columns == (column,)
    assert b"Mari" not in report.kept.data


EASY_WEATHER = (
    "No.,Time,Interval,Indoor Temperature(°C),Indoor Humidity(%),Outdoor Temperature(°C),Outdoor Humidity(%),"
    "Relative Pressure(hpa),Absolute Pressure(hpa),Wind speed(m/s),Gust(m/s),Wind Direction,DewPoint(°C),"
    "WindChill(°C),Hour Rainfall(mm),24 Hour Rainfall(mm),Week Rainfall(mm),Month Rainfall(mm),"
    "Total Rainfall(mm),Wind Level(bft),Gust Level(bft)\n"
    "1,2024-05-01 06:00:00,5,21.4,40,8.1,91,1013.9,1009.2,2.0,4.0,NNO,6.7,8.0,0.3,6.0,6.0,6.0,100.5,2,3\n"
    "2,2024-05-01 06:05:00,5,21.4,40,8.0,91,1013.9,1009.2,2.0,4.0,NO,6.7,8.0,0.6,6.3,6.3,6.3,100.8,2,3\n"
)


def test_easyweather_has_a_number_in_front_and_rain_of_the_last_day_is_not_rain_of_the_record() -> None:
    report = taken("EasyWeather.csv", EASY_WEATHER, {"unit.Wind Direction": "compass-o-east"})
    assert report.format == "ecowitt"
    assert [report.readings["variable"].eq(name).sum() for name in ("rain", "wind_speed")] == [1, 2]
    assert value(report, "rain", 2) == pytest.approx(0.3)
    assert value(report, "wind_speed") == 2.0
    assert value(report, "wind_direction", 2) == 45.0
    assert report.ignored_columns["24 Hour Rainfall(mm)"].startswith("rain of the last hours")
    assert report.ignored_columns["Interval"] == "the length of the interval in minutes"


EXTRA_SENSORS = (
    "Time,Thunder count,Thunder distance(km),CH1 Temperature(℃),CH1 Dew point(℃),CH1 Humidity(%),"
    "AQIN Temperature(℃),AQIN Humidity(%),AQIN CO2(ppm),AQIN Pm2.5(ug/m3),SoilMoisture CH1(%),"
    "SoilMoistureCH2(%),Pm2.5 CH1(ug/m3),WN34 CH1(℃),WaterCH1\n"
    "2024-05-01 06:05,0,--,5.1,1.0,70,21.2,40,520,3.0,31,35,4.2,12.1,Normal\n"
    "2024-05-01 06:10,0,--,5.0,1.0,71,21.1,41,530,3.1,31,35,4.3,12.2,Normal\n"
)


def test_the_extra_sensors_of_an_sd_card_are_asked_for_and_rooms_are_no_outdoor_air() -> None:
    answers = {
        "variable.CH1 Temperature(℃)": "temperature",
        "variable.CH1 Humidity(%)": "humidity",
        "variable.WN34 CH1(℃)": "soil_temperature",
    }
    asked = understand(Source("202405Allsensors_A.CSV", EXTRA_SENSORS.encode()), ANSWER, [ROOF])
    assert {question.id for question in asked.questions} == set(answers)
    report = taken("202405Allsensors_A.CSV", EXTRA_SENSORS, answers)
    assert value(report, "temperature_indoor", 1, "room") == 21.2
    assert value(report, "co2", 1, "room") == 520
    assert value(report, "temperature", 1, "ch1") == 5.1
    assert value(report, "soil_temperature", 2, "probe-ch1") == 12.2
    assert value(report, "soil_moisture", 1, "ch2") == 35
    assert value(report, "pm25", 1, "ch1") == 4.2
    assert "indoors" in report.ignored_columns["AQIN Pm2.5(ug/m3)"]


def test_the_channel_of_a_sensors_own_file_stands_in_its_name() -> None:
    text = "Zeit,Bodenfeuchte(%)\n2024/5/1 6:05,36\n2024/5/1 6:10,37\n"
    first, second = taken("2024SM1A.CSV", text), taken("2024SM2A.CSV", text)
    assert (value(first, "soil_moisture", 1, "sm1"), value(second, "soil_moisture", 1, "sm2")) == (36, 36)
    text = "Time,Temperature(℃),Dewpoint(℃),HeatIndex(℃),Humidity(%)\n2024/5/1 6:05,4.1,1.0,4.1,70\n"
    asked = understand(Source("DNT/2024CH3A.CSV", text.encode()), ANSWER, [ROOF])
    assert [question.id for question in asked.questions] == [
        "variable.Temperature(℃)",
        "variable.Humidity(%)",
    ]


def test_a_calm_of_netatmo_has_no_direction() -> None:
    text = (
        'Timestamp;"Timezone : Europe/Tallinn";WindAngle;WindStrength;GustAngle;GustStrength\n'
        '1714550402;"2024/05/01 11:00:02";180;11;190;20\n1714550702;"2024/05/01 11:05:02";-1;0;-1;0\n'
    )
    answers = {"unit.WindStrength": "km/h", "unit.GustStrength": "km/h"}
    report = taken("wind.csv", text, answers)
    wind = report.readings[report.readings["variable"] == "wind_direction"]
    assert wind["flag"].tolist() == [1, 9]
    assert report.problems == ()


def test_weewx_with_a_number_sign_in_front_of_its_header() -> None:
    text = "# dateTime,usUnits,interval,outTemp,rain\n1714550400,1,5,50.0,0.01\n1714550700,1,5,51.8,0.0\n"
    report = taken("archive.csv", text)
    assert (value(report, "temperature"), value(report, "temperature", 2)) == (10.0, 11.0)
    assert report.readings["time"].iloc[0] == pd.Timestamp("2024-05-01 07:55")


@pytest.mark.parametrize(("zone", "first"), [("Europe/Tallinn", "km/h"), ("America/Chicago", "m/s")])
def test_wind_of_netatmo_is_asked_with_its_usual_unit_first(zone: str, first: str) -> None:
    text = f'Timestamp;"Timezone : {zone}";WindAngle;WindStrength\n1714550402;"2024/05/01 11:00:02";90;3\n'
    text += '1714550702;"2024/05/01 11:05:02";85;4\n'
    report = understand(Source("wind.csv", text.encode()), {"station": "s/x"})
    (asked,) = [question for question in report.questions if question.id == "unit.WindStrength"]
    assert (asked.likely, asked.options[0][0]) == (first, first)
