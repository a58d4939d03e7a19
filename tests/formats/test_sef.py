"""The Station Exchange Format, from the file to the readings (invented numbers)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from kit.ingest import understand
from kit.model import MONTH, Report, Source

HEAD = "Year\tMonth\tDay\tHour\tMinute\tPeriod\tValue\tMeta\n"


def sef(rows: str, **about: str) -> bytes:
    said = {
        "ID": "any_town", "Name": "Anytown", "Lat": "58.38", "Lon": "26.72", "Alt": "60",
        "Source": "an archive", "Link": "", "Vbl": "ta", "Stat": "point", "Units": "C", "Meta": "",
    }  # fmt: skip
    lines = "".join(f"{name}\t{value}\n" for name, value in {"SEF": "1.0.0", **said, **about}.items())
    return (lines + HEAD + rows.replace(" ", "\t")).encode()


def taken(data: bytes) -> Report:
    report = understand(Source("a_ta.tsv", data), {"station": "s/x"})
    assert not report.questions, report.questions
    assert report.format == "sef"
    again = understand(report.kept, report.answers, report.stations)
    pd.testing.assert_frame_equal(again.readings, report.readings)
    return report


def seen(report: Report) -> list[tuple[str, str, int, float]]:
    times = report.readings["time"].dt.strftime("%Y-%m-%d %H:%M")
    columns = (report.readings["variable"], times, report.readings["period"], report.readings["value"])
    return list(zip(*(column.tolist() for column in columns), strict=True))


def test_moments() -> None:
    report = taken(sef("1886 3 18 12 17 0 4.3 orig=3.4R\n1886 3 18 22 17 0 NA \n"))
    assert seen(report)[0] == ("temperature", "1886-03-18 12:17", 0, 4.3)
    (station,) = report.stations
    assert (station.latitude, station.longitude) == (58.38, 26.72)
    (asked,) = understand(Source("a.tsv", sef("1886 3 18 12 17 0 4.3 \n")), school="s").questions
    assert asked.options[0][0] == "s/station-name-anytown"


@pytest.mark.parametrize("clock", ["24 0", "NA NA"])
def test_days_with_and_without_an_hour(clock: str) -> None:
    rows = f"1886 3 18 {clock} day 4.5 \n1886 3 19 {clock} day 0 \n"
    report = taken(sef(rows, Vbl="rr", Stat="sum", Units="mm"))
    assert seen(report) == [
        ("rain", "1886-03-18 00:00", 86_400, 4.5), ("rain", "1886-03-19 00:00", 86_400, 0.0),
    ]  # fmt: skip


def test_a_day_that_ends_in_the_morning_and_months() -> None:
    rows = "1886 3 18 6 30 p1day 4.5 \n1886 3 19 6 30 24h 1.5 \n1886 3 19 18 30 12hour 2 \n"
    assert seen(taken(sef(rows, Vbl="rr", Stat="sum", Units="mm"))) == [
        ("rain", "1886-03-17 06:30", 86_400, 4.5), ("rain", "1886-03-18 06:30", 86_400, 1.5),
        ("rain", "1886-03-19 06:30", 43_200, 2.0),
    ]  # fmt: skip
    months = taken(sef("1886 3 31 24 0 month 2.5 \n1886 4 NA NA NA month 7.5 \n", Stat="mean"))
    assert [one[1:3] for one in seen(months)] == [("1886-03-01 00:00", MONTH), ("1886-04-01 00:00", MONTH)]


def test_extremes_and_a_copy_without_exact_place_and_observer() -> None:
    about = {"Lat": "58.380123", "Lon": "26.720123", "Meta": "Observer=Mari Maasikas", "Stat": "maximum"}
    report = taken(sef("1886 3 18 NA NA day 14.5 seen_by_Mari\n1886 3 19 NA NA day 15.5 \n", **about))
    assert seen(report)[0] == ("temperature_max", "1886-03-18 00:00", 86_400, 14.5)
    for text in (b"Mari", b"58.3801"):
        assert text not in report.kept.data
    assert report.dropped_columns == ("Meta",)


def test_a_time_that_is_none_is_refused_as_it_is_written() -> None:
    report = taken(sef("1886 3 18 12 17 0 4.3 \n1886 3 18 NA NA 0 4.4 \n1886 2 30 7 0 0 4.5 \n"))
    assert [(problem.row, problem.value) for problem in report.problems] == [
        (2, "1886-03-18 NA:NA"), (3, "1886-02-30 07:00"),
    ]  # fmt: skip


@pytest.mark.fielddata
def test_the_real_file(field_data: Path) -> None:
    path = field_data / "known/dataresqc_sef/Rosario_ta.tsv"
    report = taken(path.read_bytes())
    lines = path.read_text().split("\n")[13:]
    known = [cells for line in lines if len(cells := line.split("\t")) > 6 and cells[3] != "NA"]
    assert report.readings["value"].tolist() == [float(cells[6]) for cells in known]
    assert (report.rows, report.rejected, report.flagged) == (7754, 8, 3)
