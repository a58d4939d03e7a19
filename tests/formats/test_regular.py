"""The quick way through large, regular tables gives what the usual way gives."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit import formats, ingest
from kit.formats import _regular
from kit.model import Source, Station

HEADER = "sensor_id;sensor_type;location;lat;lon;timestamp;P1;durP1;ratioP1;P2;durP2;ratioP2"
BME = HEADER.split("P1")[0] + "pressure;altitude;pressure_sealevel;temperature;humidity"
PLACES = [Station("s/a", latitude=58.38, longitude=26.72, zone="Europe/Tallinn"),
          Station("s/b", latitude=57.128, longitude=-2.13, zone="Europe/London")]  # fmt: skip
ANSWERS = {"station.1": "s/a", "station.2": "s/b", "station": "s/a"}


def rows(count: int) -> list[str]:
    found = []
    for n in range(count):
        place = ("1;58.380;26.720", "2;57.1284;-2.130")[n % 2]
        found.append(f"{n % 3};SDS011;{place};2019-03-01T{n // 60 % 24:02d}:{n % 60:02d}:07;"
                     f"{3 + n % 7}.{n % 10}0;;;{'' if n % 11 == 5 else f'{n % 5}.25'};;")  # fmt: skip
    return found


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even the smallest table may take the quick way."""
    monkeypatch.setattr(_regular, "LEAST", 0)


def quick(source: Source) -> bool:
    return any(dtype == "float64" for dtype in formats.parse(source).frame.dtypes)


def same_reports(source: Source) -> None:
    fast = ingest.understand(source, ANSWERS, PLACES)
    with formats.as_text():
        assert not quick(source)
        slow = ingest.understand(source, ANSWERS, PLACES)
    pd.testing.assert_frame_equal(fast.readings, slow.readings)
    assert fast.kept == slow.kept
    assert fast.answers == slow.answers
    assert ingest.receipt_record(fast) == ingest.receipt_record(slow)


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("last", [True, False])
def test_the_same_report_and_the_same_kept_copy(newline: str, last: bool) -> None:
    text = newline.join([HEADER, *rows(500)]) + (newline if last else "")
    source = Source("a.csv", text.encode())
    assert quick(source)
    same_reports(source)


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("piece", [1, 90, 1000])
def test_the_same_report_from_pieces_of_any_size(monkeypatch: pytest.MonkeyPatch, piece: int) -> None:
    monkeypatch.setattr(_regular, "PIECE", piece)
    source = Source("a.csv", "\n".join([HEADER, *rows(60)]).encode())
    assert quick(source)
    same_reports(source)


@pytest.mark.usefixtures("always")
def test_only_the_coordinates_change_in_the_kept_copy() -> None:
    text = "\n".join([HEADER, *rows(40)]) + "\n"
    report = ingest.understand(Source("a.csv", text.encode()), ANSWERS, PLACES)
    assert report.kept.data.decode() == text.replace(";57.1284;", ";57.128;")
    assert report.kept.name == "a.csv"


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize(
    ("old", "new"),
    [("3.00;;;0.25", " 3.00;;;0.25"), ("3.00;;;0.25", "999.90;;;1999.90"), (HEADER, "\ufeff" + HEADER)],
)
def test_the_same_report_of_odd_cells(old: str, new: str) -> None:
    text = "\n".join([HEADER, *rows(60)]) + "\n"
    source = Source("a.csv", text.replace(old, new, 1).encode())
    assert quick(source)
    same_reports(source)


@pytest.mark.usefixtures("always")
def test_pressure_keeps_its_digits_through_the_conversion() -> None:
    text = f"{BME}\n1;BME280;1;58.380;26.720;2019-03-01T00:00:07;101792.90;;;9.00;87.34\n"
    source = Source("a.csv", text.encode())
    assert quick(source)
    same_reports(source)


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("3.00;;;0.25", "3.00;;;error"),
        ("3.00;;;0.25", "3,00;;;0,25"),
        ("3.00;;;0.25", "inf;;;0.25"),
        ("3.00;;;0.25", "3.00;;;0.25;extra"),
        ("3.00;;;0.25", "3.00;;0.25"),
        ("3.00;;;0.25", '"3.00";;;0.25'),
        ("T00:00:07", "T00:00:07.053188+00:00"),
        ("T00:00:07", " 00:00"),
        ("2019-03-01T00:02:07", ""),
        ("0;SDS011;1;", "0; SDS011;1;"),
        (HEADER + "\n", HEADER + "\n\n"),
        ("timestamp;P1", "timestamp;P1 "),
        ("2019-03-01T00:03:07", "2019-13-01T00:03:07"),
    ],
)
def test_what_is_not_regular_goes_the_usual_way(old: str, new: str) -> None:
    text = "\n".join([HEADER, *rows(30)]) + "\n"
    assert old in text
    source = Source("a.csv", text.replace(old, new, 1).encode())
    assert not quick(source)
    same_reports(source)


@pytest.mark.usefixtures("always")
def test_without_polars_nothing_is_regular(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "polars", None)
    assert not quick(Source("a.csv", "\n".join([HEADER, *rows(30)]).encode()))


CELL = st.one_of(
    st.floats(-50, 2000).map(lambda x: f"{x:.2f}"),
    st.sampled_from(["", "nan", "1e3", "-0.0", "NULL", "+5", "7."]),
    st.integers(-10**6, 10**6).map(str),
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(CELL, CELL, st.integers(0, 59)), min_size=3, max_size=12))
def test_any_cells_are_read_alike(cells: list[tuple[str, str, int]]) -> None:
    lines = [
        f"7;SDS011;1;58.38;26.72;2019-03-01T10:{minute:02d}:00;{one};;;{two};;" for one, two, minute in cells
    ]
    source = Source("a.csv", "\n".join([HEADER, *lines, ""]).encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_regular, "LEAST", 0)
        try:
            same_reports(source)
        except formats.FileError:
            with formats.as_text(), pytest.raises(formats.FileError):
                ingest.understand(source, ANSWERS, PLACES)


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b";;\r\n1;", b";;\r\n\r\n1;"),
        (b"SDS011", b"SDS\r011"),
        (b"\r\n1;SDS", b"\n\r1;SDS"),
        (b"3.0", b"3.\0"),
    ],
)
def test_lone_returns_empty_lines_and_zeros_are_not_regular(old: bytes, new: bytes) -> None:
    data = "\r\n".join([HEADER, *rows(30), ""]).encode()
    assert old in data
    assert quick(Source("a.csv", data))
    assert not quick(Source("a.csv", data.replace(old, new, 1)))


@pytest.mark.usefixtures("always")
def test_exact_places_in_every_row_are_shortened() -> None:
    lines = [line.replace("57.1284", "57.12843") for line in rows(3000)]
    text = "\n".join([HEADER, *lines, ""])
    report = ingest.understand(Source("a.csv", text.encode()), ANSWERS, PLACES)
    assert report.kept.data.decode() == text.replace("57.12843", "57.128")
