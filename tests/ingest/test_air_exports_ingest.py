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
