"""No pupil is identifiable: personal columns never reach tables or kept copies."""

from datetime import datetime

import pandas as pd
import pytest

from kit.ingest import receipt_record, receipt_text, understand
from kit.ingest.lines import without_people
from kit.ingest.personal import says_personal
from kit.model import Source, Station

NOW = datetime(2026, 6, 1)
ROOF = Station("school/roof", latitude=58.38, longitude=26.72, zone="Europe/Tallinn")


def take(data, answers=None, name="a.csv"):
    return understand(Source(name, data), {"station": "school/roof", **(answers or {})}, [ROOF], now=NOW)


@pytest.mark.parametrize(
    "name",
    ["user_login", "User name", "Vaatleja", "Õpilase nimi", "õpetaja", "E-mail", "e-post", "Telefon",
     "Benutzer", "Schüler", "Beobachter", "recordedBy", "private_latitude", "Device Owner", "Name",
     "isikukood", "Anschrift"],
)  # fmt: skip
def test_names_of_personal_columns(name):
    assert says_personal(name)


@pytest.mark.parametrize(
    "name",
    ["Number of Observers", "scientific_name", "temperature", "station name", "userless", "count", "species"],
)
def test_names_that_are_not_personal(name):
    assert not says_personal(name)


@pytest.mark.parametrize(
    ("cells", "dropped"),
    [(("11.98", "NA", "40.25"), False), (("Mari", "Jaan", ""), True), (("12", "13", "14"), True),
     (("5551234", "5551235", "5551236"), True), (("5551234.0", "5551235.0", ""), True)],
)  # fmt: skip
def test_a_word_for_name_may_be_the_code_of_a_place_where_values_stand_below(cells, dropped):
    """In Turkish "ad" is a name; a column of decimals holds no names."""
    rows = "".join(f"2026-03-0{day},7.5,{cell}\n" for day, cell in enumerate(cells, 1))
    report = take(f"date,ba,ad\n{rows}".encode())
    assert ("ad" in report.dropped_columns) is dropped


def test_personal_columns_leave_no_trace():
    text = (
        "time;vaatleja;temp (°C);märkus;kontakt\n"
        "2026-03-01 10:00;Mari Maasikas;1,5;ok;mari@kool.ee\n"
        "\n"
        "2026-03-01 11:00;Jüri Tamm;2,5;ok;555\n"
    )
    report = take(text.encode())
    assert set(report.dropped_columns) >= {"vaatleja", "kontakt"}
    for secret in ("Mari", "Maasikas", "Tamm", "kool.ee"):
        assert secret not in report.kept.data.decode()
        assert secret not in report.readings.to_csv()
        assert secret not in receipt_text(receipt_record(report), "en")
        assert secret not in str(receipt_record(report))
    assert report.readings["value"].tolist() == [1.5, 2.5]
    again = understand(report.kept, report.answers, report.stations, now=NOW)
    assert not again.questions
    pd.testing.assert_frame_equal(again.readings, report.readings, check_exact=True)
    assert again.kept.data == report.kept.data, "redacting twice changes nothing"


def test_what_stands_above_the_table_goes_too_but_is_not_forgotten():
    text = (
        "Observer: Mari Maasikas\nTimezone : Europe/Berlin\n\n"
        "time;user;temp\n;;°F\n2026-03-01 10:00;mm;50\n2026-03-01 11:00;mm;51\n"
    )
    report = take(text.encode())
    assert "Mari" not in report.kept.data.decode()
    assert str(report.readings["time"][0]) == "2026-03-01 09:00:00"
    again = understand(report.kept, report.answers, report.stations, now=NOW)
    pd.testing.assert_frame_equal(again.readings, report.readings, check_exact=True)


def test_exact_coordinates_are_rounded_in_the_kept_copy():
    text = (
        "sensor_id;sensor_type;location;lat;lon;timestamp;P1;P2\n"
        "5;SDS011;7;58.380412;26.720391;2026-03-01T10:00:00;20;10\n"
    )
    report = take(text.encode())
    assert "58.380412" not in report.kept.data.decode()
    assert b"58.380" in report.kept.data
    again = understand(report.kept, report.answers, report.stations, now=NOW)
    pd.testing.assert_frame_equal(again.readings, report.readings, check_exact=True)


def test_without_anything_personal_the_kept_copy_is_the_file_itself():
    data = b"\xef\xbb\xbftime;temp (C)\r\n2026-03-01 10:00;1,5\r\n\r\n2026-03-01 11:00;2,5\r\n;;\r\n"
    report = take(data)
    assert report.kept.data == data
    assert report.dropped_columns == ()


@pytest.mark.parametrize(
    "header",
    ["date,clock,temp (C)", "year,month,day,hour,temp (C)", "genus,species,date,count"],
)
def test_columns_that_a_reader_puts_together_do_not_stand_in_the_kept_copy(header):
    cells = {"date": "2026-03-01", "clock": "14:30", "year": "2026", "month": "3", "day": "1", "hour": "14",
             "temp (C)": "7.5", "genus": "Parus", "species": "major", "count": "3"}  # fmt: skip
    rows = "".join(",".join([*map(cells.get, header.split(",")), who]) + "\n" for who in ("Mari", "Jaan"))
    report = take(f"{header},observer\n{rows}".encode())
    assert report.kept.data.decode().splitlines()[0] == header
    assert len(report.readings) + len(report.sightings) == 2


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_names_are_looked_for_in_the_first_and_the_last_lines_of_a_long_file(newline: bytes) -> None:
    lines = [b"%d;12.5" % n for n in range(400)]
    for place in (0, 149, 150, 348, 349, 350, 399):  # a line end at the end begins a last, empty line
        lines[place] = b"Observer: A. B. %d" % place
    text = newline.join(lines)
    for end, places in ((b"", (0, 149, 350, 399)), (newline, (0, 149, 350 + 1, 399))):
        clean, changed = without_people(Source("a.csv", text + end))
        told = clean.data.split(newline)
        emptied = [place for place, line in enumerate(lines) if told[place] != line]
        assert emptied == [place for place in places if lines[place].startswith(b"Observer")]
        assert changed == len(emptied)
        assert all(told[place].startswith(b"Observer: . .") for place in emptied)
        assert told[150] == lines[150]
    short = newline.join(lines[:100])
    assert without_people(Source("a.csv", short))[1] == 1


def test_a_question_names_the_file_without_what_is_personal_in_its_name():
    data = b"time,temp (C)\n2026-03-01 10:00,1.5\n2026-03-01 11:00,2.5\n"
    report = understand(Source("mari.maasikas@example.org.csv", data), {}, [], school="school", now=NOW)
    asked = repr([(question.text, question.options, question.params) for question in report.questions])
    assert report.questions
    assert "maasikas" not in asked + report.file + report.kept.name
