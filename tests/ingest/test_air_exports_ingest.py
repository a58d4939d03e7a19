"""Exports of air sensors for which kit has no reader of their own, and AirCasting, from file to readings."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import pytest

from kit.errors import FileError
from kit.ingest import receipt_record, receipt_text, understand
from kit.model import Report, Source, Station

NOW = datetime(2026, 6, 1)
ROOF = Station("school/roof", latitude=58.38, longitude=26.722, zone="Europe/Tallinn")


def take(name: str, text: str, **answers: str) -> Report:
    return understand(Source(name, text.encode()), answers, (ROOF,), now=NOW)


def at_roof(name: str, text: str, **more: str) -> Report:
    report = take(name, text, station="school/roof", **more)
    assert not report.questions, [question.id for question in report.questions]
    assert report.rows == report.accepted + report.flagged + report.rejected + report.duplicate
    again = understand(report.kept, report.answers, report.stations, now=NOW)
    assert not again.questions
    pd.testing.assert_frame_equal(again.readings, report.readings, check_exact=True)
    return report


def found(report: Report) -> dict[str, list[float]]:
    groups = report.readings.groupby("variable", sort=False)["value"]
    return {str(variable): part.tolist() for variable, part in groups}


def times(report: Report) -> list[str]:
    return sorted(set(report.readings["time"].astype(str)))


# --- AirCasting -------------------------------------------------------------------------------------------


def session(
    columns: list[tuple[str, str, str]], rows: list[str], device: str = "AirBeam3:0a1b2c3d4e5f"
) -> str:
    names, kinds, units = zip(*columns, strict=True)
    above = (
        ("Sensor_Package_Name", [device] * len(columns)), ("Sensor_Name", names),
        ("Measurement_Type", kinds), ("Measurement_Units", units),
    )  # fmt: skip
    lines = [",,,,," + ",".join(cells) for name, said in above for cells in ([name] * len(columns), said)]
    values = ",".join(f"{n}:Measurement_Value" for n in range(1, len(columns) + 1))
    return "\n".join([*lines, f"ObjectID,Session_Name,Timestamp,Latitude,Longitude,{values}", *rows, ""])


AIRBEAM = [
    ("AirBeam3-F", "Temperature", "fahrenheit"),
    ("AirBeam3-PM1", "Particulate Matter", "microgram per cubic meter"),
    ("AirBeam3-PM10", "Particulate Matter", "microgram per cubic meter"),
    ("AirBeam3-PM2.5", "Particulate Matter", "microgram per cubic meter"),
    ("AirBeam3-RH", "Humidity", "percent"),
]


def test_an_aircasting_session_says_above_its_table_what_the_columns_are() -> None:
    rows = [
        f"{n},Mari walks,2024-03-01T10:{n}:19.000,58.380123,26.722123,59.0,1,{n},2.5,40" for n in (15, 16)
    ]
    report = at_roof("walk.csv", session(AIRBEAM, rows))
    assert report.format == "aircasting"
    assert found(report) == {
        "temperature": [15.0, 15.0], "pm1": [1, 1], "pm10": [15, 16], "pm25": [2.5, 2.5],
        "humidity": [40, 40],
    }  # fmt: skip
    assert times(report) == ["2024-03-01 08:15:19", "2024-03-01 08:16:19"]
    assert set(report.readings["sensor"]) == {"AirBeam3 3d4e5f"}
    kept = report.kept.data.decode()
    assert "Mari" not in kept
    assert "0a1b2c" not in kept
    assert "58.380123" not in kept
    assert report.dropped_columns == ("Session_Name",)


def test_an_aircasting_session_of_a_phone_and_its_microphone() -> None:
    """Each quantity has moments of its own; a second device is a second table with a header of its own."""
    airbeam = [("AirBeam-PM", "Particulate Matter", "micrograms per cubic meter"), AIRBEAM[4]]
    phone = [("Phone Microphone", "Sound Level", "decibels")]
    rows = [f"{n},x,2024-03-01T10:15:{n}.000,58.38,26.722,{'' if n % 2 else n},{n if n % 2 else ''}"
            for n in (10, 11, 12)]  # fmt: skip
    sound = ["1,x,2024-03-01T10:15:30.000,58.38,26.722,61.2", "2,x,2024-03-01T10:15:31.000,58.38,26.722,loud"]
    text = session(airbeam, rows) + session(phone, sound, "Builtin")
    report = at_roof("walk.csv", text)
    assert found(report) == {"pm25": [10, 12], "humidity": [11], "noise": [61.2]}
    assert (report.rows, report.accepted, report.rejected) == (5, 4, 1)
    assert report.problems[0].row == 14  # counted from the first header
    assert "2 tables" in receipt_text(receipt_record(report), "en")


def test_an_aircasting_table_without_the_lines_above_is_refused() -> None:
    text = session(AIRBEAM[:1], ["1,x,2024-03-01T10:15:19.000,58.38,26.722,59"])
    header = ",,,,,Sensor_Package_Name\n,,,,,AirBeam3:0a1b2c3d4e5f\n"
    with pytest.raises(FileError, match="1:Measurement_Value"):
        take("walk.csv", header + text[text.index("ObjectID") :])


# --- exports that the plain reader takes ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "day"),
    [
        ("Time(dd/mm/yyyy)", "2023-10-05"),
        ("Time(mm/dd/yyyy)", "2023-05-10"),
        ("Time(DD/MM/YYYY H:mm:ss)", "2023-10-05"),
    ],
)
def test_the_order_of_dates_in_a_name_is_not_asked(header: str, day: str) -> None:
    rows = "05/10/2023 9:38:35,721,50\n05/10/2023 9:39:35,704,50\n"
    text = f"{header},Carbon dioxide(ppm),Temperature(°F)\n{rows}"
    report = at_roof("aranet.csv", text)
    assert times(report)[0] == f"{day} 06:38:35"
    assert found(report) == {"co2": [721, 704], "temperature": [10, 10]}


def test_the_dates_themselves_tell_against_a_name() -> None:
    text = "Time(mm/dd/yyyy),Carbon dioxide(ppm)\n25/10/2023 9:38:35,721\n26/10/2023 9:39:35,704\n"
    assert times(at_roof("aranet.csv", text))[0] == "2023-10-25 06:38:35"


def test_a_unit_after_in_is_no_indoor_sensor() -> None:
    """The Smart Citizen platform names quantity, unit and part: none of these was measured indoors."""
    names = {
        "Relative Humidity in % (HPP828E031 (SHT21))": 56.1, "Noise Level in dBA (ICS43432 - Noise)": 48.2,
        "Air Temperature in ºC (Sensirion SHT31 - Temperature)": 25.7,
        "Barometric Pressure in kPa (MPL3115A2 - Barometric Pressure)": 101.33,
        "PM 2.5 in ug/m3 (PMS5003_AVG-PM2.5)": 5, "Light in Lux (BH1730FVC)": 210,
    }  # fmt: skip
    text = (
        ",".join(["timestamp", *names]) + "\n2019-08-12T08:44:00.000Z," + ",".join(map(str, names.values()))
    )
    report = at_roof("device.csv", text + "\n")
    assert {name: one[0] for name, one in found(report).items()} == {
        "humidity": 56.1, "noise": 48.2, "temperature": 25.7, "pressure": 1013.3, "pm25": 5,
        "illuminance": 210,
    }  # fmt: skip


def test_a_unit_may_stand_in_a_column_behind_its_value() -> None:
    text = "Time\tCo2\tUnit\tTemp\tUnit\tHumi\tUnit\n" + "".join(
        f"2023-01-05 10:{n}0:00\t72{n}\tppm\t50\t°F\t41.2\t%\n" for n in range(3)
    )
    report = at_roof("inkbird.txt", text)
    assert found(report) == {"co2": [720, 721, 722], "temperature": [10] * 3, "humidity": [41.2] * 3}
    assert set(report.ignored_columns) == {"Unit", "Unit (2)", "Unit (3)"}


def test_units_that_change_from_row_to_row_are_not_taken_for_the_column() -> None:
    report = take(
        "x.csv", "Time,Temp,Unit\n2023-01-05 10:00,50,°F\n2023-01-05 11:00,10,°C\n", station="school/roof"
    )
    assert [question.id for question in report.questions] == ["unit.Temp"]


def test_names_in_which_a_letter_is_the_point() -> None:
    text = "time,PM1d0 (µg/m³),PM2d5_ATM (µg/m³),pm_2p5_cf1 (µg/m³)\n2021-07-01 04:00:50 UTC,4.8,6.9,7.1\n"
    assert found(at_roof("july.csv", text)) == {"pm1": [4.8], "pm25": [6.9], "pm25_cf1": [7.1]}


def test_the_history_of_home_assistant() -> None:
    """Each entity is a label of its own; what could not be read at a moment is missing."""
    text = (
        "entity_id,state,last_changed\n"
        "sensor.bme280_pressure,1012.5,2026-04-24T10:00:00.000Z\n"
        "sensor.bme280_humidity,60,2026-04-24T10:00:01.000Z\n"
        "sensor.bme280_humidity,unavailable,2026-04-24T11:00:00.000Z\n"
        "sensor.moon_phase,full,2026-04-24T11:00:00.000Z\n"
    )
    report = at_roof("history.csv", text, **{"unit.sensor.bme280_pressure": "hPa"})
    assert found(report)["pressure"] == [1012.5]
    assert found(report)["humidity"][0] == 60
    assert (report.rows, report.accepted, report.flagged, report.rejected) == (4, 2, 1, 1)
    assert [(one.row, one.code) for one in report.problems] == [(4, "not-collected")]


@pytest.mark.parametrize(
    ("begin", "end", "period"),
    [
        ("2021-03-01T09:00:00.000Z", "2021-03-01T10:00:00.000Z", 3600),
        ("01.03.2021 11:00", "01.03.2021 11:10", 600),
        ("2021-03-01 11:00", "2021-03-01 11:00", 0),
    ],
)
def test_a_period_stated_by_its_start_and_end(begin: str, end: str, period: int) -> None:
    """In whatever order the columns stand, the start is the time."""
    for names, cells in ((("from", "till"), (begin, end)), (("till", "from"), (end, begin))):
        header = ",".join(f"{name}DateTime" for name in names)
        report = at_roof("airly.csv", f"{header},PM25 [ug/m3]\n{','.join(cells)},18.1\n", date_order="dmy")
        assert times(report) == ["2021-03-01 09:00:00"]
        assert set(report.readings["period"]) == {period}


def test_dust_without_its_size_is_asked_for() -> None:
    report = take(
        "foobot.csv", "Timestamp,PM (ug/m3),CO2 (ppm)\n1614592800,12.3,562\n", station="school/roof"
    )
    assert [(one.id, one.likely) for one in report.questions] == [("variable.PM (ug/m3)", "pm25")]


def test_several_purpleair_sensors_under_other_names() -> None:
    rows = "2024-05-01 00:00:00+00:00,5,11\n2024-05-01 00:00:00+00:00,7,12\n"
    text = f"time_stamp,pm2.5_cf_1,sensor_number\n{rows}"
    report = take("day.csv", text)
    assert {question.id for question in report.questions} == {"station.11", "station.12"}


def test_whether_a_device_moves_is_no_phone_number() -> None:
    text = (
        "location_id,location_name,parameter,value,unit,datetimeUtc,latitude,longitude,isMobile,owner_name\n"
        '5,Garden,pm25,45.2,"µg/m³",2025-11-10T09:00:00Z,58.38,26.722,false,Mari Maasikas\n'
    )
    report = at_roof("openaq.csv", text)
    assert report.dropped_columns == ("owner_name",)
    assert b"Mari" not in report.kept.data


# --- official tables without a reader of their own --------------------------------------------------------


@pytest.mark.parametrize(
    "head",
    ["Aasta;Kuu;Päev;Kell (UTC)", "Vuosi;Kk;Pv;Klo;Aikavyöhyke", "Year;Month;Day;Time [UTC]"],
)
def test_year_month_day_and_a_clock_are_one_time(head: str) -> None:
    """Such tables are hourly: without the clock all rows of a day would be one another's repeats."""
    zone = ";UTC" if head.endswith("Aikavyöhyke") else ""
    rows = "".join(f"2024;1;1;{hour}:00{zone};-9,{hour}\n" for hour in (0, 1, 10))
    report = at_roof("hours.csv", f"{head};Õhutemperatuur °C\n{rows}")
    assert times(report) == ["2024-01-01 00:00:00", "2024-01-01 01:00:00", "2024-01-01 10:00:00"]
    assert set(report.readings["period"]) == {0}
    assert report.time["zone"] == "UTC"


def test_a_clock_that_always_says_midnight_leaves_a_table_of_days() -> None:
    text = "Year,Month,Day,Time [Local time],Snow depth [cm]\n2024,1,1,00:00,23\n2024,1,2,00:00,24\n"
    report = at_roof("days.csv", text)
    assert times(report) == ["2023-12-31 22:00:00", "2024-01-01 22:00:00"]
    assert set(report.readings["period"]) == {86_400}


def test_the_stations_of_a_finnish_download_are_told_apart() -> None:
    text = "Observation station,Year,Month,Day,Time [UTC],Average temperature [°C]\n" + "".join(
        f"{place},2024,1,1,0{hour}:00,-9.{hour}\n" for place in ("North", "South") for hour in (0, 1)
    )
    report = take("fmi.csv", text)
    assert {one.id for one in report.questions} >= {"station.North", "station.South"}


GSOD = (
    '"STATION","DATE","LATITUDE","LONGITUDE","NAME","TEMP","TEMP_ATTRIBUTES","DEWP","SLP","WDSP","GUST","MAX",'
    '"MIN","PRCP","SNDP","FRSHTT"\n'
    '"99999099999","2024-05-01","58.38","26.722","ANYTOWN","  50.0","24","  41.0"," 999.9","  10.0","999.9",'
    '"  59.0","  41.0"," 0.10","999.9","000000"\n'
    '"99999099999","2024-05-02","58.38","26.722","ANYTOWN","  51.8","24","9999.9","9999.9","  10.0"," 30.0",'
    '"  59.0","  41.0","99.99","999.9","010000"\n'
)


def test_noaas_summary_of_the_day_has_its_own_units_and_codes() -> None:
    report = at_roof("99999099999.csv", GSOD)
    assert report.format == "gsod"
    assert found(report) == {
        "temperature": pytest.approx([10, 11]), "dew_point": pytest.approx([5]),
        "pressure_sea_level": [999.9],
        "wind_speed": pytest.approx([5.14, 5.14], abs=0.06), "wind_gust": pytest.approx([15.43], abs=0.06),
        "temperature_max": pytest.approx([15, 15]), "temperature_min": pytest.approx([5, 5]),
        "rain": pytest.approx([2.54]),
    }  # fmt: skip
    assert times(report) == ["2024-05-01", "2024-05-02"]
    assert set(report.readings["period"]) == {86_400}
    assert (report.accepted, report.flagged) == (2, 0)


def test_global_hourly_files_with_few_columns() -> None:
    text = (
        '"STATION","DATE","LATITUDE","LONGITUDE","TMP","SLP"\n'
        '"99999099999","2024-08-24T12:00:00","58.38","26.722","+0234,1","10123,1"\n'
    )
    report = at_roof("isd.csv", text)
    assert found(report) == {"temperature": [23.4], "pressure_sea_level": [1012.3]}
    assert times(report) == ["2024-08-24 12:00:00"]


def test_a_label_of_a_long_table_without_any_value_is_missing_and_known() -> None:
    text = (
        "locationId,location,city,country,utc,local,parameter,value,unit,latitude,longitude\n"
        "2,A,B,EE,2022-02-22T08:00:00+00:00,2022-02-22T10:00:00+02:00,pm10,14,µg/m³,58.38,26.722\n"
        "2,A,B,EE,2022-02-22T08:00:00+00:00,2022-02-22T10:00:00+02:00,no2,-999,ppm,58.38,26.722\n"
    )
    report = at_roof("openaq.csv", text)
    assert (report.accepted, report.flagged, report.rejected) == (1, 1, 0)
    assert report.readings.set_index("variable")["flag"].to_dict() == {"pm10": 1, "no2": 9}


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("Õhurõhk jaama kõrgusel hPa", "pressure"), ("10 minuti keskmine tuule kiirus m/s", "wind_speed"),
        ("Lämpötilan keskiarvo [°C]", "temperature"), ("Keskituulen nopeus [m/s]", "wind_speed"),
        ("Suhteellinen kosteus keskiarvo [%]", "humidity"), ("Maksimipuuska [m/s]", "wind_gust"),
    ],
)  # fmt: skip
def test_names_in_downloads_of_weather_services_are_not_asked(name: str, variable: str) -> None:
    report = at_roof("x.csv", f"Time;{name}\n2024-05-01 10:00;11\n2024-05-01 11:00;12\n")
    assert set(found(report)) == {variable}


def test_five_minutes_of_rain_of_the_german_weather_service() -> None:
    text = (
        "STATIONS_ID;MESS_DATUM;QN_5min;RS_COUNT_05;RS_IND_05;RS_05;eor\n999;202405011205;1;5;-999;0.1;eor\n"
    )
    report = at_roof("produkt_5min_now_rr.txt", text)
    assert found(report) == {"rain": [0.1]}
    assert set(report.readings["period"]) == {300}
    assert times(report) == ["2024-05-01 12:00:00"]


def test_the_card_of_a_smart_citizen_kit_has_four_lines_of_header() -> None:
    """Short names, units, names, numbers of the quantities: the units belong to the third line."""
    text = (
        "TIME,TEMP,HUM,PRESS,PM_25\nISO 8601,C,%,kPa,ug/m3\n"
        "Time,Temperature,Humidity,Barometric pressure,PM 2.5\n,55,56,58,87\n"
        "2019-08-12T08:44:38Z,25.77,56.16,101.33,5\n2019-08-12T08:45:38Z,25.78,56.1,101.33,6\n"
    )
    report = at_roof("19-08-12.CSV", text)
    assert found(report) == {
        "temperature": [25.77, 25.78], "humidity": [56.16, 56.1], "pressure": [1013.3, 1013.3],
        "pm25": [5, 6],
    }  # fmt: skip
    assert (report.rows, report.accepted, report.rejected) == (2, 2, 0)
