"""Any table that holds the same readings gives the same readings, however it is written."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit.errors import FileError, UsageError
from kit.ingest import understand
from kit.model import Report, Source, Station

ROOF = Station("school/roof", latitude=58.38, longitude=26.72, zone="Europe/Tallinn")
NOW = datetime(2026, 6, 1)

DATES = {
    "%Y-%m-%d %H:%M": "", "%d.%m.%Y %H:%M": "", "%d/%m/%Y %H:%M": "dmy", "%m/%d/%Y %H:%M": "mdy",
    "%Y/%m/%d %H:%M:%S": "", "%Y-%m-%dT%H:%M:%S": "", "%d.%m.%y %H.%M": "", "%d %b %Y %H:%M": "",
    "%m/%d/%Y %I:%M %p": "mdy", "%Y%m%d %H:%M": "",
}  # fmt: skip
NAMES = {
    "en": ("Time", "Temperature", "Humidity", "Average"),
    "et": ("Aeg", "Õhutemperatuur", "Õhuniiskus", "Keskmine"),
    "de": ("Zeit", "Außentemperatur", "Luftfeuchtigkeit", "Mittel"),
    "ru": ("Время", "Температура", "Влажность", "Среднее"),
}  # fmt: skip
ENCODINGS = {
    "en": ("ascii", "utf-16"), "et": ("utf-8", "utf-8-sig", "cp1252", "utf-16"),
    "de": ("utf-8", "cp1252", "utf-16-le"), "ru": ("utf-8", "cp1251", "koi8-r", "utf-16"),
}  # fmt: skip
ABOVE = ([], ["School garden"], ["Class 7b", "", "logger 3; green box", ""])


def take(data: str | bytes, answers: dict[str, str] | None = None, name: str = "a.csv") -> Report:
    raw = data if isinstance(data, bytes) else data.encode()
    return understand(Source(name, raw), {"station": ROOF.id, **(answers or {})}, [ROOF], now=NOW)


@st.composite
def written(draw: st.DrawFn) -> tuple[bytes, dict[str, str], list[tuple[str, float, float]]]:
    """Return the bytes of a table, the answers that only a person knows, and its readings."""
    language = draw(st.sampled_from(sorted(NAMES)))
    time, first, second, total = NAMES[language]
    style = draw(st.sampled_from(sorted(DATES)))
    decimal = draw(st.sampled_from(".,"))
    separator = draw(st.sampled_from(";\t|" if decimal == "," else ";\t|,"))
    size = draw(st.integers(8, 30))
    begin = datetime(2026, draw(st.integers(1, 2)), draw(st.integers(1, 28)), draw(st.integers(0, 23)))
    values = [
        (round(draw(st.integers(-200, 250)) / 10, 1), round(draw(st.integers(200, 990)) / 10, 1))
        for _ in range(size)
    ]
    stamps = [begin + timedelta(hours=3 * at) for at in range(size)]
    units = draw(st.sampled_from(["names", "row", "cells"]))
    header = [time, first, second] if units != "names" else [time, f"{first} (°C)", f"{second} (%)"]
    lines = [header]
    if units == "row":
        lines.append(["", "°C", "%"])
    tail = (" °C", " %") if units == "cells" else ("", "")
    for stamp, pair in zip(stamps, values, strict=True):
        cells = [f"{value:.1f}".replace(".", decimal) + unit for value, unit in zip(pair, tail, strict=True)]
        lines.append([stamp.strftime(style), *cells])
    if draw(st.booleans()):
        lines.append([total, "1".replace(".", decimal), "50"])
    if draw(st.booleans()):
        lines = [[*cells, ""] for cells in lines]
    quoted = draw(st.booleans())
    rows = [separator.join(f'"{cell}"' if quoted else cell for cell in cells) for cells in lines]
    if draw(st.booleans()):
        rows.insert(len(rows) // 2 + 1, rows[0])
    encoding = draw(st.sampled_from(ENCODINGS[language]))
    if encoding in ("ascii", "koi8-r"):
        rows = [row.replace("°C", "C") for row in rows]
    above = [] if encoding == "utf-16-le" else draw(st.sampled_from(ABOVE))
    text = draw(st.sampled_from(["\n", "\r\n", "\r"])).join([*above, *rows, ""])
    offset = timedelta(hours=2)
    truth = [
        (str(np.datetime64(stamp - offset, "us")), *pair) for stamp, pair in zip(stamps, values, strict=True)
    ]
    answers = {"date_order": DATES[style]} if DATES[style] else {}
    return text.encode(encoding), answers, truth


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(written())
def test_any_writing_of_a_table_gives_its_readings(case) -> None:
    data, answers, truth = case
    report = take(data, answers)
    assert not report.questions, [question.id for question in report.questions]
    wide = report.readings.pivot(index="time", columns="variable", values="value")
    got = [(str(np.datetime64(at, "us")), row.temperature, row.humidity) for at, row in wide.iterrows()]
    assert got == truth
    again = understand(report.kept, report.answers, report.stations, now=NOW)
    assert again.readings.equals(report.readings)


HOURS = [f"2026-03-01 {hour:02d}:00" for hour in range(6)]
VALUES = [5.0, 5.5, 6.0, 6.5, 7.0, 7.5]


def rows(cells: list[str]) -> str:
    return "\n".join(cells) + "\n"


def test_places_in_columns_are_stations_and_asked_once() -> None:
    names = ["Tartu", "Narva", "Valga", "Elva", "Otepää"]
    text = rows(["Time;" + ";".join(names), *(f"{at};5.5;6;6.5;7;7.5" for at in HOURS)])
    report = understand(Source("a.csv", text.encode()), {}, [ROOF], school="school", now=NOW)
    assert [question.id for question in report.questions] == ["columns", "variable.*"]
    said = {"columns": "places", "variable.*": "no2"}
    report = understand(Source("a.csv", text.encode()), said, [ROOF], school="school", now=NOW)
    assert [question.id for question in report.questions] == ["station", "unit.*"]
    said |= {"station": "school/*", "unit.*": "ug/m3", "zone": "Europe/Tallinn"}
    report = understand(Source("a.csv", text.encode()), said, [ROOF], school="school", now=NOW)
    assert not report.questions
    first = report.readings[report.readings["row"] == 1]
    assert first["station"].tolist() == [
        f"school/{name}" for name in ("tartu", "narva", "valga", "elva", "otepaa")
    ]
    assert first["value"].tolist() == [5.5, 6.0, 6.5, 7.0, 7.5]
    assert set(report.readings["sensor"]) == {"1"}
    again = understand(report.kept, report.answers, report.stations, now=NOW)
    assert again.readings.equals(report.readings)


def test_columns_may_be_sensors_of_one_place() -> None:
    text = rows(["Time;k1;k2;k3", *(f"{at};5.5;6;6.5" for at in HOURS)])
    report = take(text, {"columns": "sensors", "variable.*": "no2", "unit.*": "ug/m3"})
    assert not report.questions
    assert sorted(set(report.readings["sensor"])) == ["k1", "k2", "k3"]
    assert set(report.readings["station"]) == {"school/roof"}
    with pytest.raises(UsageError):
        take(text, {"columns": "what"})


def test_a_title_says_what_the_columns_of_places_hold() -> None:
    text = rows(["Temperature (°C)", "Time;Tartu;Narva;Valga", *(f"{at};5.5;6;6.5" for at in HOURS)])
    said = {
        "columns": "places",
        **{f"station.{name}": f"school/{name}" for name in ("Tartu", "Narva", "Valga")},
    }
    report = take(text, {**said, "zone": "Europe/Tallinn"})
    assert not report.questions
    assert set(report.readings["variable"]) == {"temperature"}
    assert set(report.readings["station"]) == {"school/Tartu", "school/Narva", "school/Valga"}


def test_a_limit_is_a_missing_value_and_told() -> None:
    report = take(
        rows(
            [
                "Time;NO2 (µg/m³)",
                *(f"{at};{cell}" for at, cell in zip(HOURS, ["<2", "3", "4*"], strict=False)),
            ]
        )
    )
    assert (report.rows, report.accepted, report.flagged, report.rejected) == (3, 2, 1, 0)
    assert report.readings["flag"].tolist() == [9, 1, 1]
    assert [(problem.code, problem.row) for problem in report.problems] == [("only-limit", 1)]


def test_clock_times_without_a_date_ask_for_the_day() -> None:
    text = rows(["Kell;Temp (°C)", "22:00;5", "23:30;5.5", "0:30;6", "1:00;6.5"])
    report = take(text)
    assert [question.id for question in report.questions] == ["date"]
    report = take(text, {"date": "2026-03-01"})
    assert report.readings["time"].astype(str).tolist() == [
        "2026-03-01 20:00:00", "2026-03-01 21:30:00", "2026-03-01 22:30:00", "2026-03-01 23:00:00",
    ]  # fmt: skip
    assert report.answers["date"] == "2026-03-01"
    for wrong in ("yesterday", "2026-03-01 10:00", "03/04/2026", "2026-03"):
        with pytest.raises(UsageError):
            take(text, {"date": wrong})


def test_times_in_the_header_are_turned() -> None:
    text = rows(
        [
            ";".join(["Time", *HOURS]),
            "Temperature (°C);5.0;5.5;6.0;6.5;7.0;7.5",
            "Humidity (%);" + ";".join(["50"] * 6),
        ]
    )
    report = take(text)
    temps = report.readings[report.readings["variable"] == "temperature"]
    assert temps["value"].tolist() == VALUES
    assert temps["time"].astype(str).tolist()[:2] == ["2026-02-28 22:00:00", "2026-02-28 23:00:00"]


@pytest.mark.parametrize(
    ("zone", "asked", "utc"),
    [("EST", False, "2026-03-01 05:00:00"), ("CEST", False, "2026-02-28 22:00:00"), ("IST", True, "")],
)
def test_abbreviations_of_zones(zone: str, asked: bool, utc: str) -> None:
    report = take(rows(["Time;Temp (°C)", *(f"{at} {zone};5" for at in HOURS)]))
    assert [question.id for question in report.questions] == (["zone"] if asked else [])
    if asked:
        report = take(rows(["Time;Temp (°C)", *(f"{at} {zone};5" for at in HOURS)]), {"zone": "Asia/Kolkata"})
        assert not report.questions
        utc = "2026-02-28 18:30:00"
    assert str(report.readings["time"].iloc[0]) == utc


@pytest.mark.parametrize("order", ["dmy", "mdy"])
def test_clock_times_that_run_on_tell_the_order_of_the_date(order: str) -> None:
    begin = datetime(2026, 2, 1) if order == "dmy" else datetime(2026, 1, 2)
    style = "%d/%m/%Y %H:%M" if order == "dmy" else "%m/%d/%Y %H:%M"
    stamps = [begin + timedelta(hours=at) for at in range(72)]
    report = take(rows(["Time;Temp (°C)", *(f"{at:{style}};{5 + at.hour / 4}" for at in stamps)]))
    assert not report.questions
    assert str(report.readings["time"].iloc[0]) == str(begin - timedelta(hours=2))


@pytest.mark.parametrize("text", ["Time;Temp\n", "Tartu;Narva\n5;6\n7;8\n", "10:00;11:00\nx;y\n"])
def test_what_cannot_be_read_is_refused_in_words(text: str) -> None:
    with pytest.raises(FileError):
        take(text)
