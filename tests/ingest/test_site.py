"""What a file says that its place cannot have, and what was probably meant."""

from __future__ import annotations

import json

import pytest

from kit.ingest import receipt_dict, receipt_record, understand
from kit.model import Report, Source, Station

ROOF = Station("T-1/roof", "EE-79", 58.38, 26.72, elevation=60.0, zone="Europe/Tallinn")


def take(name: str, cells: list[str], **answers: str) -> Report:
    text = f"time;{name}\n" + "".join(f"2026-05-13 {n:02d}:00;{cell}\n" for n, cell in enumerate(cells))
    return understand(Source("a.csv", text.encode()), {"station": ROOF.id, **answers}, [ROOF])


def said(report: Report, code: str, lang: str = "en") -> list[str]:
    record = json.loads(json.dumps(receipt_record(report)))  # as it is stored
    return [p["suggestion"] for p in receipt_dict(record, lang)["problems"] if p["code"] == code]


def test_millimetres_of_mercury_in_a_column_of_hectopascals() -> None:
    report = take("pressure (hPa)", ["751.2", "751.0", "750.9", "750.7", "750.8"])
    assert said(report, "odd-pressure") == [
        "Did you mean 750.9 mmHg = 1001.1 hPa? Then answer unit.pressure (hPa)=mmHg."
    ]
    assert "750,9 mmHg = 1001,1 hPa" in said(report, "odd-pressure", "et")[0]
    again = take(
        "pressure (hPa)", ["751.2", "751.0", "750.9", "750.7", "750.8"], **{"unit.pressure (hPa)": "mmHg"}
    )
    assert said(again, "odd-pressure") == []
    assert again.readings["value"].round(1).iloc[0] == 1001.5


def test_pressures_that_fit_their_height_are_not_asked_about() -> None:
    for cells in (["1013.2", "1020.1", "960.4"], ["1050.0", "1049.0", "1048.0"]):
        assert said(take("pressure (hPa)", cells), "odd-pressure") == []


@pytest.mark.parametrize(
    ("name", "cells", "code", "words"),
    [
        (
            "pressure (hPa)",
            ["1001.1", "1001.0", "751.2", "1000.9", "1000.8"],
            "spike",
            "751.2 mmHg = 1001.5 hPa",
        ),
        (
            "pressure (hPa)",
            ["1001.1", "1001.0", "10009", "1000.9", "1000.8"],
            "out-of-range",
            "1000.9 hPa would fit",
        ),
        ("temp (°C)", ["10.1", "10.4", "50.2", "10.2", "10.1", "10.0"], "out-of-season", "50.2 °F = 10.1 °C"),
        ("temp (°C)", ["12,5", "12,4", "125", "12,6", "13"], "out-of-range", "12,5 °C would fit"),
    ],
)
def test_a_single_slip_gets_the_value_that_fits_its_column(
    name: str, cells: list[str], code: str, words: str
) -> None:
    (suggestion,) = said(take(name, cells), code)
    assert words in suggestion


def test_swapped_coordinates_of_a_new_station() -> None:
    text = "time;lat;lon;temp (°C)\n2026-05-13 10:00;26.70;58.37;12.5\n2026-05-13 11:00;26.70;58.37;12.9\n"
    report = understand(
        Source("a.csv", text.encode()), {"station": "T-1/garden", "zone": "Europe/Tallinn"}, [ROOF]
    )
    assert said(report, "swapped-coordinates") == [
        "Were latitude and longitude swapped? 58.370, 26.700 would be near them."
    ]
    right = text.replace("26.70;58.37", "58.37;26.70")
    report = understand(Source("a.csv", right.encode()), {"station": "T-1/garden"}, [ROOF])
    assert said(report, "swapped-coordinates") == []


def test_a_pause_is_told_in_the_notes() -> None:
    rows = [f"2026-05-13 {h:02d}:{m:02d};{10 + h / 10:.1f}\n" for h in (0, 1, 2, 9, 10) for m in (0, 20, 40)]
    report = understand(
        Source("a.csv", ("time;temp (°C)\n" + "".join(rows)).encode()), {"station": ROOF.id}, [ROOF]
    )
    assert report.flagged == 0
    notes = receipt_dict(json.loads(json.dumps(receipt_record(report))), "en")["notes"]
    assert any("longest pause is 6 hours, from 2026-05-12 23:40 UTC" in note for note in notes)
