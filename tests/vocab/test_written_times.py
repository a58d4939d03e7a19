"""Odd ways of writing a time."""

from __future__ import annotations

import pandas as pd
import pytest

from kit.ingest import understand
from kit.ingest.clock import read_clock
from kit.model import Source, Station
from kit.vocab import usual_time

YARD = Station("EE-1/yard", zone="Europe/Berlin")
ODD = {
    "2024/5/1 10:0:5": "2024-05-01T10:00:05",
    "2024-5-1 9:5:0": "2024-05-01T09:05:00",
    "1.5.2024 klo 10.15.22": "2024-05-01T10:15:22",
    "2024/05/01 2:15:22 nachm. MESZ": "2024-05-01T12:15:22",
    "2024/05/01 10:15:22 a. m. CEST": "2024-05-01T08:15:22",
    "2024/05/01 10:15:22 AM GMT+3": "2024-05-01T07:15:22",
    "1. 5. 2024 10:15:22": "2024-05-01T10:15:22",
    "2024. 05. 01. 10:15:22": "2024-05-01T10:15:22",
    "1.5.2024 г. 10:15:22": "2024-05-01T10:15:22",
    "01.05.2024 10:15 Uhr": "2024-05-01T10:15:00",
    "Wed May 1 10:15:22 2024": "2024-05-01T10:15:22",
    "2024-05-01_10:15:22": "2024-05-01T10:15:22",
    "20240501_101522": "2024-05-01T10:15:22",
    "10:15:22 2024/05/01": "2024-05-01T10:15:22",
}


@pytest.mark.parametrize("text", ODD)
def test_a_time_is_read_however_it_is_written(text: str) -> None:
    clock = read_clock(pd.Series([text, text]), "dmy" if "." in text[:3] else "")
    assert str(clock.local[0])[:19] == ODD[text]


@pytest.mark.parametrize("text", ["12,5", "1.234.567", "10.0.0.1", "PM2.5", "SN 10:5", "192.168.1.20", ""])
def test_what_is_no_time_stays_as_it_is(text: str) -> None:
    assert usual_time(text) == text


@pytest.mark.parametrize(
    "stamp", ["2024/5/1 10:0:{}", "1.5.2024 klo 10.00.0{}", "2024/05/01 10:00:0{} AM GMT+2"]
)
def test_a_table_with_such_times(stamp: str) -> None:
    rows = "".join(f"{stamp.format(n)};14,{n}\n" for n in range(1, 6))
    text = "Timestamp;Temperature (°C)\n" + rows
    report = understand(Source("a.csv", text.encode()), {"station": YARD.id, "date_order": "dmy"}, [YARD])
    assert not report.questions
    assert str(report.readings["time"].iloc[0]) == "2024-05-01 08:00:01"
    assert (report.rows, report.accepted) == (5, 5)


def test_date_and_clock_in_two_columns_without_zeros() -> None:
    text = "Date,Time,Temp C\n" + "".join(f"2024/5/1,10:{n}:{n},14.{n}\n" for n in range(5))
    report = understand(Source("a.csv", text.encode()), {"station": YARD.id}, [YARD])
    assert [str(time) for time in report.readings["time"][:2]] == [
        "2024-05-01 08:00:00",
        "2024-05-01 08:01:01",
    ]


@pytest.mark.parametrize(
    ("days", "first", "order"),
    [
        (["24/05/01", "24/05/02", "24/05/03", "24/05/04"], "2024-05-01", "ymd"),
        (["01/05/24", "02/05/24", "03/05/24", "04/05/24"], "2024-05-01", "dmy"),
        (["24/05/19", "24/05/20", "25/05/20", "26/05/20"], "2019-05-24", "dmy"),
    ],
)
def test_a_year_of_two_digits_in_front_is_seen_by_what_changes(
    days: list[str], first: str, order: str
) -> None:
    cells = pd.Series([f"{day} {hour:02d}:00" for day in days for hour in range(24)])
    clock = read_clock(cells)
    assert (str(clock.local[0])[:10], clock.date_order, clock.undecided) == (first, order, "")
