"""Data loggers of Campbell Scientific and what schools do with them: from the file to the readings."""

from __future__ import annotations

import pandas as pd
import pytest

from kit.formats.campbell import usual_step
from kit.ingest import understand
from kit.model import Report, Source, Station

ROOF = Station("school/roof", latitude=58.38, longitude=26.722, zone="+02:00")
NAMES = (
    '"TIMESTAMP","RECORD","BattV_Min","PTemp_C_Avg","AirTC_Avg","AirTC_Max","RH","WS_ms_S_WVT",'
    '"WindDir_D1_WVT","WindDir_SD1_WVT","Rain_mm_Tot","SlrW_Avg","BP_mmHg_Avg","VW_Avg","T107_C_Avg"\n'
)
UNITS = (
    '"TS","RN","Volts","Deg C","Deg C","Deg C","%","meters/second","Deg","Deg","mm","W/m^2","mmHg","m^3/m^3",'
    '"Deg C"\n'
)
DONE = '"","","Min","Avg","Avg","Max","Smp","WVc","WVc","WVc","Tot","Avg","Avg","Avg","Avg"\n'
ROWS = (
    '"2026-03-01 06:05:00",0,12.9,20.1,8.1,8.5,81.1,1.1,180,5,0,0.5,750.1,0.21,9.1\n'
    '"2026-03-01 06:10:00",1,12.9,20.1,"NAN",8.5,81.0,1.2,181,5,0.2,0.5,750.1,0.21,9.2\n'
    '"2026-03-01 06:15:00",2,12.9,20.1,8.3,8.5,80.9,1.1,182,5,0.4,0.5,750.1,0.21,9.1\n'
)
LOGGER = '"TOA5","roof","CR1000X","1234","CR1000X.Std.05","CPU:roof.CR1X","4321","Table1"\n'
TABLE = LOGGER + NAMES + UNITS + DONE + ROWS
ANSWERS = {"station": "school/roof", "variable.T107_C_Avg (Deg C) Avg": "soil_temperature"}


def taken(text: str, answers: dict[str, str] = ANSWERS) -> Report:
    report = understand(Source("Table1.dat", text.encode()), answers, [ROOF])
    assert not report.questions, report.questions
    again = understand(report.kept, report.answers, report.stations)
    pd.testing.assert_frame_equal(again.readings, report.readings)
    return report


@pytest.mark.parametrize(
    "text",
    [
        TABLE,
        NAMES + UNITS + DONE + ROWS,
        TABLE.replace('"', "").replace(",", ";"),
        TABLE.replace("\n", "\r\n"),
    ],
    ids=["as collected", "without the first line", "after a spreadsheet", "Windows"],
)
def test_means_and_sums_end_at_their_time_and_samples_are_of_the_moment(text: str) -> None:
    report = taken(text)
    assert report.format == "campbell"
    first = report.readings[report.readings["row"] == 1].set_index("variable")
    expected = {
        "temperature": ("04:00", 300, 8.1),
        "humidity": ("04:05", 0, 81.1),
        "wind_speed": ("04:00", 300, 1.1),
        "wind_direction": ("04:00", 300, 180.0),
        "rain": ("04:00", 300, 0.0),
        "radiation": ("04:00", 300, 0.5),
        "pressure": ("04:00", 300, 1000.1),
        "soil_moisture": ("04:00", 300, 21.0),
        "soil_temperature": ("04:00", 300, 9.1),
    }
    found = {
        name: (row["time"].strftime("%H:%M"), row["period"], row["value"]) for name, row in first.iterrows()
    }
    assert found == expected
    gone = report.readings[(report.readings["variable"] == "temperature") & (report.readings["row"] == 2)]
    assert gone["flag"].tolist() == [9]
    for name in ("PTemp_C_Avg (Deg C) Avg", "BattV_Min (Volts) Min", "WindDir_SD1_WVT (Deg) WVc"):
        assert name in report.ignored_columns


def test_a_kept_copy_without_its_words_says_the_same() -> None:
    text = TABLE.replace('"RH"', '"Observer"').replace("81.1", "x").replace("81.0", "y").replace("80.9", "z")
    report = taken(text)
    assert report.dropped_columns == ("Observer (%) Smp",)
    assert b"TOA5" not in report.kept.data


def test_a_probe_on_a_wire_is_asked_for() -> None:
    report = understand(Source("Table1.dat", TABLE.encode()), {"station": "school/roof"}, [ROOF])
    assert [question.id for question in report.questions] == ["variable.T107_C_Avg (Deg C) Avg"]


def test_the_step_is_the_usual_one() -> None:
    times = pd.Series(
        ["2026-03-01 06:00:00", "2026-03-01 06:10:00", "2026-03-01 06:20:00", "2026-03-02 06:00:00"]
    )
    assert usual_step(times) == 600
    assert usual_step(times.iloc[:1]) == 0


EASY_LOG = (
    "Mari's desk,Time,Celsius(°C),High Alarm,Humidity(%rh),Dew Point(°C),Serial Number\r\n"
    "1,13/05/2026 16:00:00,22.5,30.0,48.5,11.1,010012345\r\n2,13/05/2026 17:00:00,22.0,30.0,48.0,11.0\r\n"
)


def test_easylog_knows_its_serial_number_in_every_row_and_nobody_by_name() -> None:
    report = understand(Source("log.txt", EASY_LOG.encode("cp1252")), {"station": "school/roof"}, [ROOF])
    assert (report.format, report.questions, report.accepted) == ("lascar", (), 2)
    assert set(report.readings["sensor"]) == {"010012345"}
    assert report.readings.groupby("variable")["value"].first().to_dict() == {
        "dew_point": 11.1,
        "humidity": 48.5,
        "temperature": 22.5,
    }
    assert b"Mari" not in report.kept.data
    again = understand(report.kept, report.answers, report.stations)
    pd.testing.assert_frame_equal(again.readings, report.readings)
    assert again.kept.data == report.kept.data
