"""What a receipt says of one wrong value: where it is, what it is, why, and what was probably meant."""

from __future__ import annotations

import pytest

from kit.ingest import receipt_dict, receipt_record, receipt_text, understand
from kit.model import Report, Source, Station

ROOF = Station("T-1/roof", latitude=58.38, longitude=26.72, zone="Europe/Tallinn")


def hourly(cells: list[str], name: str = "temp (°C)") -> Report:
    text = f"time;{name}\n" + "".join(f"2026-05-13 {n:02d}:00;{cell}\n" for n, cell in enumerate(cells))
    return understand(Source("a.csv", text.encode()), {"station": ROOF.id}, [ROOF])


def problem(report: Report, lang: str = "en") -> dict[str, str]:
    found = receipt_dict(receipt_record(report), lang)["problems"]
    assert len(found) == 1
    assert found[0] == report.problems[0].to_dict(lang)
    return found[0]


def test_a_flagged_value_is_named_with_row_column_and_unit() -> None:
    report = hourly(["16,1", "16,3", "16,4", "165", "16,6", "16,9"])
    said = problem(report)
    assert said["message"].startswith("Row 4: 165 °C in column temp (°C). This value is not possible")
    assert (
        said["suggestion"] == "Is a decimal sign missing? 16,5 °C would fit the other values of this column."
    )
    assert "16,5 °C" in receipt_text(receipt_record(report), "en")
    estonian = problem(report, "et")
    assert estonian["message"].startswith("Rida 4: 165 °C veerus temp (°C).")
    assert "not possible" not in estonian["message"]


@pytest.mark.parametrize(
    "cells",
    [
        ["16", "17", "16", "165", "17", "18"],  # the others have no decimals either
        ["16.1", "16.3", "16.4", "995", "16.6", "16.9"],  # 99.5 does not fit either
        ["16.1", "16.3", "16.4", "165.5", "16.6", "16.9"],  # a decimal sign is there
    ],
)
def test_no_decimal_slip_where_nothing_speaks_for_it(cells: list[str]) -> None:
    assert "decimal" not in problem(hourly(cells))["suggestion"]


def test_another_unit_is_still_suggested() -> None:
    said = problem(hourly(["30.1", "30.4", "86.0", "30.2", "30.1"]))
    assert "did you mean 86 °F = 30.0 °C?" in said["suggestion"]


def test_extremes_are_told_without_the_noise_of_conversion() -> None:
    report = hourly(["100.04", "39.02", "71.06"], "temp (F)")
    facts = report.variables["temperature"]
    assert (facts["min"], facts["max"]) == (3.9, 37.8)
    assert report.readings["value"].tolist() == [37.8, 3.9, 21.7]
    report = hourly(["101792.89", "101793"], "pressure (Pa)")
    assert report.variables["pressure"]["min"] == 1017.9289
    again = understand(report.kept, report.answers, report.stations)
    assert again.variables == report.variables


def test_decimals_are_found_behind_many_equal_values() -> None:
    cells = ["0.0"] * 300 + ["1.21"]
    rows = "".join(f"2026-05-{1 + n // 24:02d} {n % 24:02d}:00;{cell}\n" for n, cell in enumerate(cells))
    report = understand(Source("a.csv", ("time;rain (in)\n" + rows).encode()), {"station": ROOF.id}, [ROOF])
    assert report.variables["rain"]["max"] == 30.734


def test_several_places_without_a_name_are_noticed() -> None:
    text = "time;temp (°C)\n2026-05-13 10:00;12.5\n2026-05-13 10:00;14.1\n2026-05-13 11:00;12.6\n"
    text += "2026-05-13 11:00;12.6\n"
    report = understand(Source("a.csv", text.encode()), {"station": ROOF.id}, [ROOF])
    assert (report.accepted, report.duplicate) == (3, 1)
    assert any("different value" in note and params == {"n": 1} for note, params in report.notes)
