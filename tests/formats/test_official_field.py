"""Official files that nobody on this project wrote, with what is known of them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from kit.ingest import understand
from kit.model import MONTH, Report, Source

pytestmark = pytest.mark.fielddata


def read(path: Path, **answers: str) -> Report:
    """The report with the likely answers to all further questions."""
    given = {"station": "s/x", **answers}
    source = Source(path.name, path.read_bytes())
    for _ in range(4):
        report = understand(source, given, school="s")
        if not report.questions:
            return report
        given |= {question.id: question.likely for question in report.questions}
    raise AssertionError(report.questions)


def test_heathrow_has_922_months(field_data: Path) -> None:
    report = read(field_data / "weather" / "metoffice_heathrowdata.txt")
    assert (report.format, report.rows, report.rejected) == ("met-office", 922, 0)
    table = report.readings
    assert set(table["period"]) == {MONTH}
    assert table.groupby("variable")["value"].count().to_dict() == {
        "rain": 922, "sunshine": 814, "temperature_max": 922, "temperature_min": 922,
    }  # fmt: skip
    text = (field_data / "weather" / "metoffice_heathrowdata.txt").read_text()
    provisional = sum("Provisional" in line for line in text.split("\n"))
    assert (table["reason"] == "source-suspect").groupby(table["variable"]).sum().to_dict() == dict.fromkeys(
        ("rain", "sunshine", "temperature_max", "temperature_min"), provisional
    )
    assert not table["flag"].eq(4).any()
    assert not table["reason"].str.contains("unusual-value").any()


def test_ghcn_quality_marks_are_those_of_the_file(field_data: Path) -> None:
    path = field_data / "weather" / "ghcnd_AGE00147704.dly.csv"
    report = read(path, zone="Africa/Algiers")
    raw = pd.read_csv(path, keep_default_na=False)
    marks = pd.concat([raw[f"QFLAG{day}"].str.strip() for day in range(1, 32)])
    assert marks.value_counts().to_dict().get("I") == 24
    failed = report.readings[report.readings["reason"].str.contains("source-fail")]
    assert len(failed) == (marks.isin(["I", "O"])).sum() == 30
    values = pd.concat([pd.to_numeric(raw[f"VALUE{day}"], errors="coerce") for day in range(1, 32)])
    assert (
        report.readings["value"].notna().sum()
        == values[pd.concat([raw["element"] != "NA"] * 31)].notna().sum()
    )
    highest = report.readings.loc[report.readings["variable"] == "temperature_max", "value"].max()
    assert highest == raw.loc[raw["element"] == "TMAX", [f"VALUE{d}" for d in range(1, 32)]].apply(
        pd.to_numeric, errors="coerce").max().max() / 10  # fmt: skip


def test_openaq_answer(field_data: Path) -> None:
    report = read(field_data / "air" / "api_json" / "openaq_v3_measurements.json", zone="America/Denver")
    assert report.readings[["value", "period"]].values.tolist() == [[6.0, 3600.0], [7.5, 3600.0]]
    assert str(report.readings["time"].iloc[0]) == "2023-10-16 12:00:00"


def test_tartu_months_are_the_means_of_the_file(field_data: Path) -> None:
    path = field_data / "air" / "estonia_tartu" / "tartu_station8_2022_monthly_means.csv"
    report = read(path, zone="Europe/Tallinn")
    raw = pd.read_csv(path)
    assert (report.rows, report.rejected, set(report.readings["period"])) == (12, 0, {MONTH})
    found = report.readings[report.readings["variable"] == "pm25"]["value"].tolist()
    assert found == pytest.approx(raw["PM2.5"].tolist(), abs=1e-6)
