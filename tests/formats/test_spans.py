"""Samplers with their own beginning and end; preambles that say at which end of a period times stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from kit.ingest import understand
from kit.model import Report, Source

TUBES = (
    "Laboratory report;;;;;;\nTube;Site name;Start date;Start time;End date;End time;NO2\n;;;;;;[µg/m3]\n"
    "7-1;Oak Street;2024-05-01;09:30;2024-05-29;10:00;21\n"
    "7-2;Oak Street;2024-05-01;09:30;2024-05-29;10:00;23\n"
    "7-3;Mill Lane;2024-05-01;09:50;2024-05-28;16:20;31\n7-4;Mill Lane;2024-05-01;09:50;2024-05-28;16:20;<1\n"
)


def taken(text: str | bytes, name: str = "a.csv", **answers: str) -> Report:
    data = text if isinstance(text, bytes) else text.encode()
    report = understand(Source(name, data), {"station": "s/*", "zone": "UTC", **answers})
    assert not report.questions, report.questions
    again = understand(report.kept, report.answers, report.stations)
    pd.testing.assert_frame_equal(again.readings, report.readings)
    return report


def seen(report: Report) -> list[list[Any]]:
    times = report.readings["time"].dt.strftime("%m-%d %H:%M")
    return report.readings.assign(time=times)[
        ["station", "sensor", "time", "period", "value"]
    ].values.tolist()


def test_tubes_side_by_side_at_several_places() -> None:
    report = taken(TUBES)
    long, short = 28 * 86_400 + 1_800, 27 * 86_400 + 6 * 3_600 + 1_800
    assert seen(report)[:3] == [
        ["s/site-name-oak-street", "1", "05-01 09:30", long, 21.0],
        ["s/site-name-oak-street", "2", "05-01 09:30", long, 23.0],
        ["s/site-name-mill-lane", "1", "05-01 09:50", short, 31.0],
    ]
    assert (report.rows, report.accepted, report.flagged, report.rejected) == (4, 3, 1, 0)


def test_the_same_report_in_a_workbook(workbook: Callable[..., bytes]) -> None:
    cells = [line.split(";") for line in TUBES.strip().split("\n")]
    assert seen(taken(workbook({"2024-05": cells}), "report.xlsx"))[:3] == seen(taken(TUBES))[:3]


def test_dates_alone_end_at_the_next_beginning_or_on_the_day_before_it() -> None:
    head = "from,until,NO2 (µg/m³)\n"
    first = taken(head + "2024-05-01,2024-05-29,20\n2024-05-29,2024-06-26,22\n", station="s/x")
    last = taken(head + "2024-05-01,2024-05-28,20\n2024-05-29,2024-06-25,22\n", station="s/x")
    assert seen(first) == seen(last)
    assert first.readings["period"].tolist() == [28 * 86_400] * 2
    days = taken(head + "2024-05-01,2024-05-01,20\n2024-05-02,2024-05-02,22\n", station="s/x")
    assert days.readings["period"].tolist() == [86_400] * 2


@pytest.mark.parametrize(
    ("end", "words"),
    [("2024-04-29 10:00", "Row 2: 2024-04-29 10:00 in column End does not say how long"),
     ("", "Row 2 has no time in column End."),
     ("later", "Row 2: later in column End is not a time that kit can read.")],
)  # fmt: skip
def test_a_row_whose_end_is_no_end_is_refused_in_words(end: str, words: str) -> None:
    text = "Start,End,NO2 (µg/m³)\n2024-05-01 10:00,2024-05-29 11:00,20\n"
    text += f"2024-05-29 10:00,{end},22\n"
    text += "2024-06-29 10:00,2024-07-28 11:00,20\n2024-07-29 10:00,2024-08-28 11:00,20\n"
    report = taken(text, station="s/x")
    assert (report.accepted, report.rejected) == (3, 1)
    (problem,) = report.problems
    assert problem.to_dict("en")["message"].startswith(words)


def test_a_week_across_the_change_to_summer_time() -> None:
    text = (
        "Algus;Lõpp;NO2 (µg/m³)\n25.03.2024 10:00;01.04.2024 10:00;20\n01.04.2024 10:00;08.04.2024 10:00;21\n"
    )
    report = taken(text, station="s/x", zone="Europe/Tallinn")
    assert report.readings["period"].tolist() == [7 * 86_400 - 3_600, 7 * 86_400]
    assert report.readings["time"].iloc[0] == pd.Timestamp("2024-03-25 08:00")


def test_many_places_in_rows_are_asked_for_once() -> None:
    rows = "".join(f"place {n};2024-05-01;2024-05-29;2{n}\n" for n in range(5))
    report = understand(Source("a.csv", f"site;start;end;NO2 (µg/m³)\n{rows}".encode()), {}, school="s")
    (asked,) = [question for question in report.questions if question.id.startswith("station")]
    assert (asked.id, [value for value, _ in asked.options]) == ("station", ["s/*"])
    assert "readings from 5 places" in asked.to_dict("en")["text"]


@pytest.mark.fielddata
def test_real_tubes(field_data: Any) -> None:
    data = (field_data / "air/recht_op_lucht/Rapportage_2021_02.xlsx").read_bytes()
    report = taken(data, "Rapportage_2021_02.xlsx", zone="Europe/Brussels")
    assert (report.rows, report.accepted, report.flagged, len(report.stations)) == (51, 48, 3, 24)
    assert report.readings["period"].between(27 * 86_400, 30 * 86_400).all()
    first = report.readings.iloc[0]
    assert (first["time"], first["period"]) == (pd.Timestamp("2021-01-29 10:32"), 29 * 86_400 + 3_780)


@pytest.mark.parametrize(
    ("above", "column", "start", "period"),
    [("Time Resolution: 5 minutes / Averaging Method: End of Period", "time", "04:55", 300),
     ("Averaging Method: Start of Period / Resolution: 5 min", "time", "05:00", 300),
     ("5 minute averages; time stamps: end of interval", "time", "04:55", 300),
     ("Hourly means, hour ending", "time", "04:00", 3600),
     ("Averaging time: 1 h (start of the hour)", "time", "05:00", 3600),
     ("Mittelwerte über 10 Minuten, Zeitstempel: Intervallende", "Zeit", "04:50", 600),
     ("Logging interval 5 minutes", "time", "05:00", 0),
     ("Grid resolution: 0.005; station of 2010", "hour ending", "04:00", 3600)],
)  # fmt: skip
def test_what_stands_above_the_table_about_its_times(
    above: str, column: str, start: str, period: int
) -> None:
    text = f"{above}\n{column};temp (°C)\n2024-05-01 05:00;14.5\n2024-05-01 06:00;15.5\n2024-05-01 07:00;15\n"
    (first, *_) = seen(taken(text, station="s/x"))
    assert first[2:4] == [f"05-01 {start}", period]


def test_what_stands_above_the_table_stays_where_people_go() -> None:
    text = "Averaging time: 5 min, end of period\ntime;temp (°C);observer\n2024-05-01 05:00;14.5;Mari\n"
    report = taken(text + "2024-05-01 06:00;15.5;Mari\n", station="s/x")
    assert seen(report)[0][2:] == ["05-01 04:55", 300, 14.5]
    assert b"Mari" not in report.kept.data
