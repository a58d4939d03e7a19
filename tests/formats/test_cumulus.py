"""The monthly log of Cumulus (invented numbers)."""

from __future__ import annotations

import pandas as pd
import pytest

from kit.ingest import understand
from kit.model import Report, Source

UNITS = {"unit.temperature": "Cel", "unit.dew point": "Cel", "unit.average wind": "km/h", "unit.gust": "km/h",
         "unit.rain rate": "mm/h", "unit.rain counter": "mm", "unit.rain today": "mm",
         "unit.pressure at sea level": "hPa", "unit.indoor temperature": "Cel"}  # fmt: skip
TAIL = ",20.9,45,4.1,11.9,12.3,2.0,310,0.000,0.000"


def line(minute: int, rain: float, tail: str = TAIL) -> str:
    return (
        f"13/05/24,00:{minute:02d},12.{minute % 10},61,5.0,3.6,7.2,225,0.0,{rain},1013.2,{400 + rain}{tail}\n"
    )


def taken(text: str, name: str = "May24log.txt") -> Report:
    report = understand(Source(name, text.encode()), {"station": "s/x", "zone": "UTC", **UNITS})
    assert not report.questions, report.questions
    assert report.format == "cumulus"
    return report


def test_the_columns_mean_what_their_place_says() -> None:
    report = taken(line(0, 0.0) + line(10, 0.2) + line(20, 0.2) + line(30, 0.8))
    found = report.readings.groupby("variable", observed=True)["value"].first()
    assert found.drop("rain").to_dict() == {
        "temperature": 12.0, "humidity": 61, "dew_point": 5.0, "wind_speed": 1.0, "wind_gust": 2.0,
        "wind_direction": 225, "rain_rate": 0.0, "pressure_sea_level": 1013.2, "temperature_indoor": 20.9,
        "humidity_indoor": 45, "uv_index": 2.0, "radiation": 310,
    }  # fmt: skip
    rain = report.readings[report.readings["variable"] == "rain"]
    assert rain["value"].dropna().round(3).tolist() == [0.2, 0.0, 0.6]
    assert report.readings["time"].min() == pd.Timestamp("2024-05-13 00:00")


def test_semicolons_and_decimal_commas() -> None:
    text = (line(0, 0.0) + line(10, 0.2)).replace(",", ";").replace(".", ",").replace("/", ".")
    report = taken(text)
    assert report.readings[report.readings["variable"] == "temperature"]["value"].tolist() == [12.0, 12.0]
    assert (report.rows, report.rejected) == (2, 0)


def test_longer_lines_of_a_new_version_and_a_cut_end() -> None:
    text = line(0, 0.0) + line(10, 0.2, TAIL + ",11.5,800,0.1,230") + "13/05/24,00:20,12.1,6"
    report = taken(text)
    assert (report.rows, report.rejected) == (3, 1)
    assert [problem.code for problem in report.problems] == ["cut-off"]


def test_a_station_without_sun_sensors_and_units_that_are_asked() -> None:
    text = line(0, 0.0, ",20.9,45,4.1,11.9,12.3,0.0,0,0.000,0.000") * 2
    report = understand(Source("May24log.txt", text.encode()), {"station": "s/x", "zone": "UTC"})
    assert report.ignored_columns["solar radiation"].startswith("nothing but 0")
    asked = {question.id: question.likely for question in report.questions}
    assert asked["unit.temperature"] == "Cel"
    assert asked["unit.rain counter"] == "mm"


@pytest.mark.parametrize("text", ["13/05/24,00:10,1,2,3\n", "time,temp\n13/05/24 00:10,5\n"])
def test_other_tables_are_no_cumulus(text: str) -> None:
    from kit.formats.cumulus import sniff

    assert sniff(Source("a.txt", text.encode()), text) == 0
