"""Davis WeatherLink: the program's text export and the web's newer CSV, from the file to the readings."""

from __future__ import annotations

import pytest

from kit import formats
from kit.ingest import understand
from kit.model import Report, Source, Station

ROOF = Station("school/roof", latitude=58.38, longitude=26.722, zone="Europe/Tallinn")
METRIC = {"unit.Wind Speed": "km/h", "unit.Hi Speed": "km/h", "unit.Rain": "mm", "unit.Rain Rate": "mm/h"}

ABOVE = ["", "", "Temp", "Hi", "Out", "Dew", "Wind", "Wind", "Hi", "", "", "Rain", "In", "In", "In Air"]
_CELLS = """
Date Time Out Temp Hum Pt. Speed Dir Speed Bar Rain Rate Temp Hum Density
13/05/24 12:30a 10.2 10.4 81 7.1 3.6 N 7.2 1013.0 0.00 0.0 21.2 40 1.1
13/05/24 1:00a 10.1 10.3 82 7.2 3.6 NNE 7.2 1013.1 0.20 0.4 21.2 40 1.1
13/05/24 12:30p 9.8 10.0 83 7.1 0.0 --- 1.8 1013.1 0.00 0.0 21.2 40 1.1
13/05/24 1:00p --- --- --- --- 0.0 --- 1.8 1013.1 0.00 0.0 21.2 40 1.1
"""
NAMES, *ROWS = [line.split() for line in _CELLS.strip().split("\n")]


def tabs() -> str:
    return "\n".join("\t".join(cells) for cells in (ABOVE, NAMES, *ROWS)) + "\n"


def blanks() -> str:
    lines = ["".join(f"{cell:>9}" for cell in cells) for cells in (ABOVE, NAMES, *ROWS)]
    return "\n".join([*lines[:2], "-" * len(lines[0]), *lines[2:]]) + "\n"


def taken(name: str, text: str, answers: dict[str, str]) -> Report:
    report = understand(Source(name, text.encode()), {"station": "school/roof", **answers}, [ROOF])
    assert not report.questions, report.questions
    assert report.format == "weatherlink"
    return report


@pytest.mark.parametrize(
    "text", [tabs(), blanks(), blanks().replace("\n", "\r\n")], ids=["tabs", "blanks", "crlf"]
)
def test_the_text_export_with_its_two_rows_of_names(text: str) -> None:
    report = taken("download.txt", text, METRIC)
    assert (report.rows, report.rejected) == (4, 0)
    table = report.readings.set_index(["variable", "row"])
    assert table["value"]["temperature", 1] == 10.2
    assert table["value"]["temperature_indoor", 1] == 21.2
    assert table["value"]["humidity_indoor", 1] == 40
    assert table["value"]["dew_point", 2] == 7.2
    assert table["value"]["wind_speed", 1] == pytest.approx(1.0)
    assert table["value"]["wind_gust", 1] == pytest.approx(2.0)
    assert table["value"]["wind_direction", 2] == 22.5
    assert table["value"]["pressure_sea_level", 1] == 1013.0
    assert table["value"]["rain", 2] == 0.2
    # the time is the end of the half hour, 00:30 in Tallinn in summer: it began at 21:00 UTC the day before
    starts = table["time"]["temperature"].astype(str).tolist()
    assert starts == [
        "2024-05-12 21:00:00",
        "2024-05-12 21:30:00",
        "2024-05-13 09:00:00",
        "2024-05-13 09:30:00",
    ]
    assert table["flag"]["temperature", 4] == 9
    assert set(report.readings["period"]) == {1800}


def test_two_decimals_that_always_end_in_zero_are_millimetres() -> None:
    rows = [[*cells[:10], f"{0.2 * (n % 4 + 1):.2f}", *cells[11:]] for n, cells in enumerate(ROWS[:1] * 15)]
    rows = [
        [cells[0], f"{n + 1}:00a" if n < 11 else f"{n - 10}:00p", *cells[2:]] for n, cells in enumerate(rows)
    ]
    text = "\n".join("\t".join(cells) for cells in (ABOVE, NAMES, *rows)) + "\n"
    asked = understand(Source("a.txt", text.encode()), {"station": "school/roof"}, [ROOF]).questions
    assert {question.id for question in asked} == {"unit.Wind Speed", "unit.Hi Speed"}


def test_the_newer_web_export_with_lines_above_and_units_in_the_names() -> None:
    text = (
        '"Pond Weather Station"\n"5/13/24 00:00 - 5/14/24 00:00"\n"ISS, Vantage Pro2",,,,,,,,,,\n'
        '"Date & Time","Barometer - hPa","Temp - °C","High Temp - °C","Hum - %","Dew Point - °C",'
        '"Avg Wind Speed - km/h","Prevailing Wind Direction","High Wind Speed - km/h","Rain - mm",'
        '"High Rain Rate - mm/h","Inside Temp - °C","Inside Hum - %","Abs Pressure - hPa","ET - mm"\n'
        '"5/13/24 12:15 AM","1013.2","10.1","10.2","81","7.0","3.6","N",'
        '"7.2","0.2","0.8","21.2","40","1005.1","0"\n'
        '"5/13/24 12:30 AM","1013.1","--","--","82","7.0","3.6","--",'
        '"7.2","0.0","0.0","21.2","40","1005.1","0"\n'
        '"5/13/24 12:45 AM","1013.1","9.8","9.9","82","7.0","3.6","NNW",'
        '"7.2","0.0","0.0","21.2","40","1005.1","0"\n'
    )
    report = taken("web.csv", text, {})
    table = report.readings.set_index(["variable", "row"])
    expected = {
        "pressure_sea_level": 1013.2, "pressure": 1005.1, "temperature": 10.1, "temperature_indoor": 21.2,
        "humidity": 81, "humidity_indoor": 40, "wind_speed": 1.0, "wind_gust": 2.0, "wind_direction": 0.0,
        "rain": 0.2, "dew_point": 7.0,
    }  # fmt: skip
    assert {name: table["value"][name, 1] for name in expected} == pytest.approx(expected)
    assert set(report.readings["variable"]) == set(expected)
    assert str(table["time"]["rain", 1]) == "2024-05-12 21:00:00"
    assert table["flag"]["temperature", 2] == 9


def test_the_text_export_states_its_interval_and_the_wind_run_tells_the_unit_of_wind() -> None:
    above = "                  Temp    Hi    Out    Dew   Wind  Wind    Hi                 Arc."
    names = "  Date    Time     Out   Temp   Hum    Pt.  Speed   Run  Speed   Bar    Rain  Int."
    rows = [
        f"13/05/26  {clock}   21.3   21.4    60   13.2   4.0   1.20   4.8  1013.2   0.0     5"
        for clock in (" 1:00a", " 9:20a", "12:05p")  # pauses: the clock alone does not tell the interval
    ]
    table = formats.parse(Source("old.txt", "\n".join([above, names, "-" * 82, *rows, ""]).encode()))
    assert table.period == 300
    units = {column.name: column.unit for column in table.columns if column.role == "value"}
    assert (units["Wind Speed"], units["Hi Speed"], units["Temp Out"]) == ("m/s", "m/s", "°C")
