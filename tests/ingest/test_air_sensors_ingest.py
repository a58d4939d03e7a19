"""Low-cost air sensors from the file to the readings: values, times, sensors, questions, what is kept."""

from __future__ import annotations

import csv
import json
from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from kit.formats import open_source
from kit.ingest import receipt_record, receipt_text, understand
from kit.model import Report, Source, Station

NOW = datetime(2026, 6, 1)
ROOF = Station("school/roof", latitude=58.38, longitude=26.722, zone="Europe/Tallinn")
ONE, TWO = "5f0000000000000000000001", "5f0000000000000000000002"


def take(name: str, data: bytes, answers: dict[str, str] | None = None, stations=(ROOF,)) -> Report:
    return understand(Source(name, data), answers or {}, stations, now=NOW)


def at_roof(name: str, data: bytes, **more: str) -> Report:
    return checked(take(name, data, {"station": "school/roof", **more}))


def checked(report: Report) -> Report:
    """Every row is in one class; the kept copy gives the same readings again; every check had its limits."""
    assert not report.questions
    assert report.rows == report.accepted + report.flagged + report.rejected + report.duplicate
    again = understand(report.kept, report.answers, report.stations, now=NOW)
    pd.testing.assert_frame_equal(again.readings, report.readings, check_exact=True)
    assert not any("limit" in one.why for one in report.not_run)
    return report


def values(report: Report) -> dict[tuple[str, str], list[float]]:
    groups = report.readings.groupby(["variable", "sensor"], sort=False)["value"]
    return {(str(variable), str(sensor)): part.tolist() for (variable, sensor), part in groups}


def notes(report: Report) -> str:
    return receipt_text(receipt_record(report), "en")


# --- PurpleAir --------------------------------------------------------------------------------------------

HISTORY = (
    b"time_stamp,sensor_index,pm2.5_alt_a,pm2.5_alt_b,pm2.5_atm_a,pm2.5_atm_b,pm2.5_cf_1,temperature,pressure\n"
    b"1709251200,4711,1.1,1.0,0.96,0.81,0.9,50,1012.6\n1709251800,4711,2.8,2.4,3.91,3.05,3.5,51.8,1013.2\n"
)


def test_purpleair_history() -> None:
    report = at_roof("4711 10-Minute Average.csv", HISTORY)
    expected = {
        ("pm25_alt", "4711/a"): [1.1, 2.8], ("pm25_alt", "4711/b"): [1.0, 2.4],
        ("pm25", "4711/a"): [0.96, 3.91],
        ("pm25", "4711/b"): [0.81, 3.05], ("pm25_cf1", "4711"): [0.9, 3.5],
        ("temperature", "4711"): [10.0, 11.0], ("pressure", "4711"): [1012.6, 1013.2],
    }  # fmt: skip
    assert values(report) == {key: pytest.approx(found) for key, found in expected.items()}
    assert sorted(set(report.readings["time"].astype(str))) == ["2024-03-01 00:00:00", "2024-03-01 00:10:00"]
    assert set(report.readings["period"]) == {600}
    assert "inside its housing" in notes(report)
    assert report.kept.data == HISTORY


def test_purpleair_with_cf1_only_is_no_pm25() -> None:
    data = b"time_stamp,sensor_index,pm2.5_cf_1_a,humidity\n2024-03-01T00:00:00Z,4711,5.5,50\n"
    report = at_roof("h.csv", data)
    assert set(values(report)) == {("pm25_cf1", "4711/a"), ("humidity", "4711")}
    assert "CF=1 only" in notes(report)


def test_purpleair_channels_that_disagree_are_flagged() -> None:
    rows = [f"{1709251200 + 120 * n},7,10,{40 if n == 5 else 10.5}" for n in range(12)]
    data = "\n".join(["time_stamp,sensor_index,pm2.5_cf_1_a,pm2.5_cf_1_b", *rows]).encode()
    found = at_roof("h.csv", data).readings
    assert found[found["reason"].str.contains("channels")]["row"].tolist() == [6, 6]


def test_purpleair_memory_card_keeps_no_network_address() -> None:
    data = (
        b"UTCDateTime,mac_address,firmware_ver,hardware,current_temp_f,current_humidity,pressure,rssi,"
        b"pm2_5_cf_1,pm2_5_atm,p_0_3_um,pm2_5_cf_1_b,pm2_5_atm_b\n"
        b"2024/03/01T00:01:10z,84:f3:eb:b:a4:fd,7.02,2.0,50,51,1010.5,-60,2.2,2.1,900,2.4,2.3\n"
    )
    report = at_roof("20240301.csv", data)
    assert values(report)["pm25", "0ba4fd/a"] == [2.1]
    assert values(report)["pm25", "0ba4fd/b"] == [2.3]
    assert values(report)["temperature", "0ba4fd"] == [10.0]
    assert report.readings["time"].iloc[0] == pd.Timestamp("2024-03-01 00:01:10")
    assert report.dropped_columns == ("mac_address",)
    assert b"84:f3" not in report.kept.data


@pytest.mark.parametrize(("letter", "sensor"), [("", "a"), (" B", "b")])
def test_purpleair_old_download(letter: str, sensor: str) -> None:
    """The place is in the name of the file; a known station there is taken without a question."""
    name = f"Home{letter} (outside) (58.380 26.722) Primary Real Time 03_01_2019 03_31_2019.csv"
    data = (
        b"created_at,entry_id,PM1.0_CF1_ug/m3,PM2.5_CF1_ug/m3,PM10.0_CF1_ug/m3,UptimeMinutes,RSSI_dbm,"
        b"Temperature_F,Humidity_%,PM2.5_ATM_ug/m3,\n2019-03-01 00:00:24 UTC,1,0.4,0.8,1.1,7,-60,50,51,0.7,\n"
    )
    report = checked(take(name, data))
    assert values(report)["pm25", sensor] == [0.7]
    assert values(report)["pm25_cf1", sensor] == [0.8]
    assert report.stations[0].id == "school/roof"
    asked = take(name, data, stations=()).questions[0]
    assert asked.likely == "school/purpleair"


def test_purpleair_json_states_its_period() -> None:
    found = {"sensor_index": 7, "average": 60, "fields": ["time_stamp", "humidity", "pm2.5_atm"],
             "data": [[1709251200, 45, 3.1], [1709254800, None, 3.3], [1709258400]]}  # fmt: skip
    report = at_roof("h.json", json.dumps(found).encode())
    assert values(report)["pm25", "7"] == [3.1, 3.3]
    assert set(report.readings["period"]) == {3600}
    assert [(one.row, one.code) for one in report.problems if one.code == "ragged"] == [(3, "ragged")]


# --- AirGradient ------------------------------------------------------------------------------------------

BOARD = (
    "\ufeffLocation ID,Location Name,Location Group,Location Type,Sensor ID,Place Open,Local Date/Time,"
    "UTC Date/Time,# of aggregated records,PM2.5 (μg/m³) raw,PM2.5 (μg/m³) corrected,0.3μm particle count,"
    "CO2 (ppm) raw,CO2 (ppm) corrected,Temperature (°C) raw,Temperature (°C) corrected,Humidity (%) raw\n"
    "1,Class 5b,Kool,Indoor,airgradient:0a1b2c3d4e5f,false,2024-03-01 09:15:00,2024-03-01T07:15:00.000Z,1,"
    "3.8,3.1,400,596,590,21.4,20.9,41\n"
    "2,Roof,Kool,Outdoor,airgradient:0a1b2c3d4eaa,true,2024-03-01 09:15:00,2024-03-01T07:15:00.000Z,1,"
    "-,-,-,420,420,1.4,0.9,81\n"
)


def test_airgradient_with_two_locations() -> None:
    answers = {"station.1": "school/class", "station.2": "school/roof"}
    inside = Station("school/class", zone="Europe/Tallinn", exposure="indoor")
    report = checked(take("export.csv", BOARD.encode(), answers, (ROOF, inside)))
    found = report.readings.set_index(["station", "variable"])["value"].to_dict()
    assert found["school/class", "pm25"] == 3.8
    assert found["school/class", "pm25_maker"] == 3.1
    assert found["school/class", "temperature_indoor"] == 21.4
    assert found["school/roof", "temperature"] == 1.4
    assert ("school/roof", "pm25") not in found  # it has never measured that here: nothing is missing
    assert set(report.readings["time"].astype(str)) == {"2024-03-01 07:15:00"}
    assert set(report.readings["sensor"]) == {"3d4e5f", "3d4eaa"}
    text = report.kept.data.decode()
    assert not [word for word in ("0a1b2c", "Class 5b", "Kool") if word in text]


def test_airgradient_in_fahrenheit() -> None:
    data = BOARD.replace("°C", "°F").replace("21.4,20.9", "50,49").replace("1.4,0.9", "32,31")
    answers = {"station.1": "school/roof", "station.2": "school/roof"}
    found = take("export.csv", data.encode(), answers).readings
    assert found.loc[found["variable"].str.startswith("temperature"), "value"].tolist() == [10.0, 0.0]


MONITOR = (
    b'{"wifi":-46,"serialno":"0a1b2c3d4e5f","rco2":447,"pm02":7,"pm02Compensated":6,"atmp":25.87,"rhum":43}'
)


def test_a_monitors_own_page_is_asked_for_its_time() -> None:
    asked = take("current.json", MONITOR, {"station": "school/roof"})
    assert [question.id for question in asked.questions] == ["start"]
    report = at_roof("current.json", MONITOR, start="2024-03-01 10:00")
    assert set(report.readings["time"].astype(str)) == {"2024-03-01 08:00:00"}
    assert values(report)["pm25_maker", "3d4e5f"] == [6.0]
    assert b"0a1b2c" not in report.kept.data


# --- messages of airRohr devices --------------------------------------------------------------------------

MESSAGE = {
    "esp8266id": "1234567",
    "software_version": "NRZ-2020-133",
    "sensordatavalues": [
        {"value_type": "SDS_P1", "value": "5.38"}, {"value_type": "SDS_P2", "value": "4.98"},
        {"value_type": "temperature", "value": "3.10"},
        {"value_type": "BME280_pressure", "value": "101325.00"},
        {"value_type": "signal", "value": "-59 dBm"},
    ],
}  # fmt: skip


def test_a_message_without_time_is_asked_for_it() -> None:
    data = json.dumps(MESSAGE).encode()
    asked = take("data.json", data, {"station": "school/roof"})
    assert [question.id for question in asked.questions] == ["start"]
    report = at_roof("data.json", data, start="2024-07-01 10:00")
    assert values(report) == {
        ("pm10", "1234567/sds011"): [5.38], ("pm25", "1234567/sds011"): [4.98],
        ("temperature", "1234567/dht22"): [3.1], ("pressure", "1234567/bme280"): [1013.25],
    }  # fmt: skip
    assert set(report.readings["time"].astype(str)) == {"2024-07-01 07:00:00"}
    assert report.kept.data.startswith(b"elapsed (s),"), "JSON is kept as a table"


def test_messages_with_a_time_need_no_question_and_lose_the_network() -> None:
    data = json.dumps([
        MESSAGE | {"timestamp": 1709251200 + 150 * n, "wifi_ssid": "Kodu", "owner": "M. M."} for n in range(3)
    ]).encode()  # fmt: skip
    report = at_roof("log.json", data)
    assert values(report)["pm25", "1234567/sds011"] == [4.98] * 3
    assert report.readings["time"].min() == pd.Timestamp("2024-03-01")
    assert report.dropped_columns == ("wifi_ssid", "owner")
    assert b"Kodu" not in report.kept.data


def test_several_messages_without_time_are_refused_in_words() -> None:
    with pytest.raises(ValueError, match="do not say when"):
        take("log.json", json.dumps([MESSAGE, MESSAGE]).encode())


# --- openSenseMap -----------------------------------------------------------------------------------------


def test_an_upload_has_longitude_first_and_asks_for_each_sensor() -> None:
    data = (
        f"{ONE},4.1,2024-05-01T22:36:18.843Z,26.7220,58.3804\n{TWO},51,2024-05-01T22:36:18.843Z\n"
        f"{ONE},4.2,2024-05-01T22:37:18.843Z,26.7220,58.3804,70\n{ONE},4.4\n"
    ).encode()
    asked = take("upload.csv", data)
    assert [question.id for question in asked.questions] == [f"variable.{ONE}", f"variable.{TWO}"]
    answers = {f"variable.{ONE}": "pm25", f"unit.{ONE}": "ug/m3", f"variable.{TWO}": "humidity",
               f"unit.{TWO}": "%"}  # fmt: skip
    report = checked(take("upload.csv", data, answers))
    assert values(report) == {("pm25", ONE): [4.1, 4.2], ("humidity", TWO): [51.0]}
    assert report.stations[0].id == "school/roof"
    assert [(one.row, one.code) for one in report.problems if one.code == "no-time"] == [(4, "no-time")]


def test_json_of_one_sensor() -> None:
    found = [{"createdAt": "2024-05-01T22:36:18.843Z", "value": "4.1", "location": [26.72201, 58.38012]}]
    report = checked(take("PM2.5.json", json.dumps(found).encode(), {"unit.value": "ug/m3"}))
    assert values(report) == {("pm25", "1"): [4.1]}
    assert report.stations[0].id == "school/roof"
    assert b"58.38012" not in report.kept.data


# --- real files -------------------------------------------------------------------------------------------


@pytest.mark.fielddata
def test_madavi_days_to_the_last_reading(field_data) -> None:
    places = {"pm10": 7, "pm25": 8, "temperature": 11, "humidity": 12}
    for path in sorted((field_data / "air/sensor_community/madavi").glob("*.csv")):
        report = checked(understand(open_source(path)[0], {"station": "school/roof"}, (ROOF,), now=NOW))
        rows = list(csv.reader(path.read_text().splitlines(), delimiter=";"))[1:]
        assert report.rows == len(rows)
        assert report.rejected == 0
        found = report.readings.set_index(["row", "variable"])
        for row, cells in enumerate(rows, 1):
            for variable, at in places.items():
                value = found["value"].get((row, variable))
                assert value == float(cells[at]) if cells[at] else value is None or np.isnan(value)
        first = report.readings["time"].min()
        assert first == datetime.strptime(min(cells[0] for cells in rows), "%Y/%m/%d %H:%M:%S")


@pytest.mark.fielddata
def test_the_api_and_the_message_of_a_device(field_data) -> None:
    path = field_data / "air/api_json/sensor_community_api_upstream.json"
    first = understand(open_source(path)[0], {}, (), now=NOW, school="demo")
    answers = {question.id: question.likely for question in first.questions}
    report = checked(understand(open_source(path)[0], answers, (), now=NOW, school="demo"))
    names = {"P1": "pm10", "P2": "pm25", "temperature": "temperature", "humidity": "humidity"}
    told = {
        (str(one["sensor"]["id"]), names[value["value_type"]]): float(value["value"])
        for one in json.loads(path.read_bytes())
        for value in one["sensordatavalues"]
        if value["value_type"] in names
    }
    found = report.readings.set_index(["sensor", "variable"])["value"].to_dict()
    assert found == told
    assert (report.accepted, report.flagged) == (5, 0)
    path = field_data / "air/opensensemap/push_luftdaten_NRZ-2016-058.json"
    report = at_roof(path.name, path.read_bytes(), start="2024-03-01 10:00")
    assert values(report) == {("pm10", "sds011"): [5.38], ("pm25", "sds011"): [4.98]}


# --- nasty ------------------------------------------------------------------------------------------------


def test_several_devices_in_one_file_are_several_stations() -> None:
    data = (
        b"time_stamp,sensor_index,latitude,longitude,pm2.5_atm\n1709251200,1,58.380,26.722,5\n"
        b"1709251200,2,58.390,26.722,7\n1709251320,1,58.380,26.722,6\n"
    )
    asked = take("group.csv", data)
    assert [question.id for question in asked.questions] == ["station.2"]
    report = checked(take("group.csv", data, {"station.2": "school/yard"}))
    found = report.readings.set_index(["station", "sensor"])["value"]
    assert found["school/roof", "1"].tolist() == [5.0, 6.0]
    assert found["school/yard", "2"] == 7.0
    both = [MESSAGE | {"timestamp": 1709251200, "esp8266id": chip} for chip in ("11", "22")]
    answers = {"station.11": "school/roof", "station.22": "school/yard", "zone": "Europe/Tallinn"}
    report = checked(take("log.json", json.dumps(both).encode(), answers))
    assert set(zip(report.readings["station"], report.readings["sensor"], strict=True)) == {
        (station, f"{chip}/{part}")
        for station, chip in (("school/roof", "11"), ("school/yard", "22"))
        for part in ("sds011", "dht22", "bme280")
    }


def test_a_day_saved_again_by_a_german_spreadsheet() -> None:
    data = (
        b"Time;durP1;ratioP1;P1;durP2;ratioP2;P2;SDS_P1;SDS_P2;Temp;Humidity;Samples;Min_cycle;Max_cycle;Signal\r\n"
        b"19.03.2024 00:01;;;;;;;12,6;2,9;;;-4,3;60,2;646383;220;24380;-88\r\n"
        b"19.03.2024 00:04;;;;;;;11,87;2,57;;;-4,3;60,1;643096;220;24396;-90\r\n"
    )
    report = at_roof("data-esp8266-1234567-2024-03-19.csv", data)
    assert values(report)["temperature", "esp8266-1234567/dht22"] == [-4.3, -4.3]
    assert values(report)["pm10", "esp8266-1234567/sds011"] == [12.6, 11.87]
    assert report.readings["time"].min() == pd.Timestamp("2024-03-19 00:01")
