"""What the source says of its values, columns with a period of their own, and tables of months."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kit.checks import REASONS
from kit.ingest import receipt_dict, receipt_record, understand
from kit.ingest.meanings import Meaning
from kit.ingest.quality import VERDICTS, add_verdicts
from kit.model import MONTH, YEAR, Column, Flag, RawTable, Report, Source, Station

ROOF = Station("s/roof", latitude=58.38, longitude=26.72, zone="Europe/Tallinn")


def verdicts(label: str, cells: list[str], flags: list[int]) -> tuple[list[int], list[str]]:
    """Flags and reasons of two columns, "a" and "b", in rows with these verdicts; ``flags`` were before."""
    count = len(cells)
    frame = pd.DataFrame({"a": ["1"] * count, "b": ["2"] * count, "q": cells})
    columns = (Column("a", "value"), Column("b", "value"), Column("q", "quality", label=label))
    nothing = (np.arange(count), np.ones(count), np.zeros(count, dtype=bool))
    meanings = [Meaning(name, name, *nothing) for name in "ab"]
    long = pd.DataFrame(
        {"_at": np.repeat(np.arange(count), 2), "_which": np.tile([0, 1], count), "value": 1.0}
    )
    long.loc[np.array(flags) == Flag.MISSING, "value"] = np.nan
    flag, reason = (
        np.array(flags, dtype=np.int8),
        np.array(["spike" if f == 3 else "" for f in flags], dtype=object),
    )
    add_verdicts(RawTable("x", "readings", frame, columns), meanings, long, flag, reason)
    return flag.tolist(), reason.tolist()


def test_a_verdict_speaks_of_the_row_or_of_one_column() -> None:
    assert verdicts("", ["fail", ""], [1, 1, 1, 1]) == ([4, 4, 1, 1], ["source-fail", "source-fail", "", ""])
    assert verdicts("b", ["estimated"], [1, 1]) == ([1, 3], ["", "source-estimated"])


def test_the_worst_verdict_counts_and_both_reasons_stay() -> None:
    assert verdicts("", ["suspect"], [4, 3]) == ([4, 3], ["source-suspect", "spike;source-suspect"])
    assert verdicts("", ["fail"], [3, 2]) == ([4, 4], ["spike;source-fail", "source-fail"])


def test_a_missing_value_stays_missing_without_a_verdict() -> None:
    assert verdicts("", ["fail"], [9, 1]) == ([9, 4], ["", "source-fail"])


def test_words_that_are_no_verdict_say_nothing() -> None:
    assert verdicts("", ["checked", ""], [1, 1, 1, 1]) == ([1, 1, 1, 1], [""] * 4)


def test_every_verdict_has_words() -> None:
    assert {code for _, code in VERDICTS.values()} <= set(REASONS)


SMHI = (
    "Datum;Tid (UTC);Lufttemperatur;Kvalitet\n2024-05-01;00:00:00;12.4;G\n2024-05-01;01:00:00;99.0;Y\n"
    "2024-05-01;02:00:00;;Y\n"
)


def test_a_receipt_tells_the_sources_verdict() -> None:
    report = understand(Source("smhi.csv", SMHI.encode()), {"station": "s/roof"}, [ROOF])
    assert report.readings["flag"].tolist() == [1, 4, 9]
    assert report.readings["reason"].tolist()[1:] == ["out-of-range;source-suspect", "missing"]
    told = receipt_dict(receipt_record(report), "et")
    assert told["flagged"] == 2
    marked = SMHI.replace("99.0", "13.0")
    words = receipt_dict(
        receipt_record(understand(Source("smhi.csv", marked.encode()), {"station": "s/roof"}, [ROOF])), "et"
    )
    assert any("kahtlaseks" in problem["message"] for problem in words["problems"])


def months(text: str, **answers: str) -> Report:
    given = {"station": "s/roof", "zone": "Europe/Tallinn", **answers}
    report = understand(Source("m.csv", text.encode()), given, [ROOF])
    assert not report.questions
    return report


@pytest.mark.parametrize(
    "cells",
    [("2024-05", "2024-06"), ("May 2024", "June 2024"), ("mai 2024", "juuni 2024"), ("05/2024", "06/2024"),
     ("2024 Mai", "2024 Juni"), ("May-24", "Jun-24"), ("5.2024", "6.2024"), ("2024/5", "2024/6")],
)  # fmt: skip
def test_months_are_written_in_many_ways(cells: tuple[str, str]) -> None:
    report = months(f"month;temp (°C)\n{cells[0]};10.5\n{cells[1]};15.5\n")
    assert [str(time) for time in report.readings["time"]] == ["2024-04-30 22:00:00", "2024-05-31 22:00:00"]
    assert set(report.readings["period"]) == {MONTH}
    assert report.readings["value"].tolist() == [10.5, 15.5]


def test_months_in_two_columns_or_as_numbers() -> None:
    for text in (
        "year;month;temp (°C)\n2024;5;10.5\n2024;12;1.5\n",
        "yyyymm;temp (°C)\n202405;10.5\n202412;1.5\n",
    ):
        report = months(text)
        assert [str(time) for time in report.readings["time"]] == [
            "2024-04-30 22:00:00",
            "2024-11-30 22:00:00",
        ]
        assert set(report.readings["period"]) == {MONTH}


def test_years() -> None:
    report = months("year;temp (°C)\n2022;6.1\n2023;6.5\n")
    assert [str(time) for time in report.readings["time"]] == ["2021-12-31 22:00:00", "2022-12-31 22:00:00"]
    assert set(report.readings["period"]) == {YEAR}


def test_months_among_days_are_refused_by_row() -> None:
    report = months("date;temp (°C)\n2024-05-01;10\n2024-06;11\n2024-06-02;12\n")
    assert [(problem.code, problem.row) for problem in report.problems] == [("no-day", 2)]
    assert set(report.readings["period"]) == {86400}


def test_the_rain_of_a_month_is_not_judged_as_that_of_a_day() -> None:
    rain = "month;rain (mm)\n2024-05;180\n2024-06;800\n2024-07;9400\n2024-08;20\n"
    report = months(rain)
    assert report.readings["flag"].tolist() == [1, 3, 4, 1]
    daily = months(rain.replace("2024-0", "2024-05-0").replace("2024-05-05", "2024-05-04"))
    assert daily.readings["flag"].tolist()[0] == 3
    yearly = months("year;rain (mm)\n2022;900\n2023;27000\n2024;640\n")
    assert yearly.readings["flag"].tolist() == [1, 4, 1]
