"""Sums of the last hours: no amounts, unless the rows of the table are as far apart."""

import pytest

from kit.ingest import understand
from kit.model import Source
from kit.vocab import counter_of, sliding_hours


@pytest.mark.parametrize(
    ("name", "hours"),
    [("24 Hour Rain", 24), ("24h Rain(mm)", 24), ("Rain last 48 hours", 48), ("Niederschlag 24 Stunden", 24),
     ("Sademed 12 tunni jooksul", 12), ("осадки за 24 часа", 24), ("опади за 6 годин", 6),
     ("Pluie 24 heures", 24), ("Rain", 0), ("Rain 1h", 0), ("Temp 24 h", 0), ("Rain rate 24h", 0),
     ("Rain 0.24 h", 0), ("Daily Rain", 0)],
)  # fmt: skip
def test_names(name: str, hours: int) -> None:
    assert sliding_hours(name) == hours


def test_a_sum_of_24_hours_is_no_amount_of_ten_minutes() -> None:
    rows = "\n".join(f"2024-05-01 {h:02d}:{m:02d};12;{h / 5}" for h in range(24) for m in range(0, 60, 10))
    source = Source("a.csv", f"time;temp (°C);24 Hour Rain (mm)\n{rows}\n".encode())
    report = understand(source, {"station": "s/x", "zone": "UTC"})
    assert not report.questions
    assert set(report.readings["variable"]) == {"temperature"}
    assert report.ignored_columns["24 Hour Rain (mm)"].startswith("rain of the last hours")
    assert counter_of("24 Hour Rain") == ""


def test_in_a_table_of_days_it_is_the_amount_of_the_day() -> None:
    source = Source("a.csv", b"date;24 hour rainfall (mm)\n2024-05-01;3.5\n2024-05-02;0\n2024-05-03;1\n")
    report = understand(source, {"station": "s/x", "zone": "UTC"})
    assert report.readings[["variable", "period", "value"]].values.tolist() == [
        ["rain", 86_400, 3.5], ["rain", 86_400, 0.0], ["rain", 86_400, 1.0],
    ]  # fmt: skip
