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
    assert "counts_per_minute (not a quantity that kit keeps); counts (about the device" in refused.value.words("en")
    assert "(suurus, mida kit ei hoia)" in refused.value.words("et")
