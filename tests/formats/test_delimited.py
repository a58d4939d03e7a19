"""Odd text tables: encodings, line ends, separators, decimal signs, lines around the table, ragged rows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit import formats
from kit.errors import FileError
from kit.formats._body import read_body
from kit.formats._columns import unique
from kit.formats._delimited import read_table
from kit.model import Source

Build = Callable[..., bytes]
HEADER = ["Aeg", "Õhutemperatuur (°C)", "PM2.5 (µg/m³)"]
ROWS = [[f"2024-05-01 {hour:02d}:00", f"{hour - 3}.5", f"{hour}.25"] for hour in range(12)]


def cells(data: bytes, name: str = "a.csv") -> list[list[str]]:
    table = read_table(Source(name, data))
    return [list(table.header), *table.frame.to_numpy().tolist()]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    separator=st.sampled_from([";", ",", "\t", "|"]),
    decimal=st.sampled_from([".", ","]),
    newline=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]),
    preamble=st.lists(
        st.sampled_from(["Kool: Näide", "", "made by logger 7", "# note", "Serial,12"]), max_size=4
    ),
    units=st.booleans(),
    quoted=st.booleans(),
    last_newline=st.booleans(),
    count=st.integers(1, 12),
)
def test_the_same_cells_however_the_table_is_written(
    table: Build,
    separator: str,
    decimal: str,
    newline: str,
    encoding: str,
    preamble: list[str],
    units: bool,
    quoted: bool,
    last_newline: bool,
    count: int,
) -> None:
    second = ["", "°C", "µg/m³"] if units else []
    data = table(
        HEADER, ROWS[:count], separator=separator, decimal=decimal, newline=newline, encoding=encoding,
        preamble=preamble, units=second, quoted=quoted, last_newline=last_newline,
    )  # fmt: skip
    found = read_table(Source("a.csv", data))
    assert list(found.header) == HEADER
    assert found.decimal == decimal
    want = [
        [cell.replace(".", decimal) if at else cell for at, cell in enumerate(row)] for row in ROWS[:count]
    ]
    assert found.frame.to_numpy().tolist() == want
    assert list(found.frame.index) == list(range(1, count + 1))
    assert found.units == (("", "°C", "µg/m³") if units else ("", "", ""))
    assert found.refused == ()


def test_ragged_rows_are_refused_by_their_number(table: Build) -> None:
    rows = [list(row) for row in ROWS]
    rows[4].append("7")
    del rows[6][1:]
    found = read_table(Source("a.csv", table(HEADER, rows)))
    assert len(found.frame) == 10
    assert [problem.row for problem in found.refused] == [5, 7]
    assert list(found.frame.index) == [1, 2, 3, 4, 6, 8, 9, 10, 11, 12]
    words = found.refused[0].to_dict("en")
    assert words["message"] == "Row 5 has 4 cells where the header names 3."
    assert words["value"].startswith("2024-05-01 04:00")
    assert words["suggestion"]


@pytest.mark.parametrize("quoted", [False, True])
def test_blank_rows_are_counted_and_keep_their_number(table: Build, quoted: bool) -> None:
    rows = [*ROWS[:2], ["", "", ""], *ROWS[2:4]]
    data = table(HEADER, rows, quoted=quoted) + b";;\n;;\n"
    found = read_table(Source("a.csv", data))
    assert found.blank == 3
    assert list(found.frame.index) == [1, 2, 4, 5]
    assert found.frame.loc[4, "Aeg"] == "2024-05-01 02:00"


def test_empty_lines_between_rows_keep_the_numbers() -> None:
    found = read_table(Source("a.csv", b"time;a\n2024-05-01 10:00;1\n\n2024-05-01 11:00;2\n\n\n"))
    assert found.blank == 1
    assert list(found.frame.index) == [1, 3]


def test_a_last_row_that_is_cut_off_is_not_taken_for_whole(table: Build) -> None:
    data = table(HEADER, ROWS)[:-8]
    found = read_table(Source("a.csv", data))
    assert [problem.code for problem in found.refused] == ["cut-off"]
    assert found.refused[0].row == 12
    assert len(found.frame) == 11


def test_text_below_the_table_is_a_note(table: Build) -> None:
    found = read_table(Source("a.csv", table(HEADER, ROWS, footer=["Exported by X", "end of file"])))
    assert len(found.frame) == 12
    assert found.refused == ()
    assert found.around == ("Exported by X", "end of file")
    assert any("below the table" in note and params == {"n": 2} for note, params in found.notes)


def test_rows_wider_than_the_header_are_never_shifted() -> None:
    header = "Time;PM10;PM2.5;Temp;Humidity\n"
    body = "".join(f"2018/03/16 00:{minute:02d}:18;;;58.6;15.8;6.9;71.5\n" for minute in range(30))
    with pytest.raises(FileError) as caught:
        formats.parse(Source("wide.csv", (header + body).encode()))
    assert caught.value.code == "columns-shifted"
    assert "7 cells" in caught.value.words("en")
    assert "5 columns" in caught.value.words("en")


def test_separators_at_the_ends_of_lines_make_no_columns() -> None:
    assert cells(b"time;a;;\n2024-05-01 10:00;1;;\n2024-05-01 11:00;2;;\n")[0] == ["time", "a"]
    assert cells(b"time;a\n2024-05-01 10:00;1;\n2024-05-01 11:00;2;\n")[1] == ["2024-05-01 10:00", "1"]


def test_quotes_hold_separators_quotes_and_line_breaks() -> None:
    data = b'time,what,pm\n2024-05-01,"a, ""b""\nc",3\n2024-05-02,"d",4\n'
    found = read_table(Source("a.csv", data))
    assert found.frame["what"].tolist() == ['a, "b"\nc', "d"]
    assert list(found.frame.index) == [1, 2]


def test_a_stray_quote_does_not_swallow_the_rows_below() -> None:
    rows = b"".join(b"2024-05-%02d;%d;ok\n" % (day, day) for day in range(1, 20))
    data = b"time;a;b\n" + rows.replace(b"2024-05-05;5;ok", b'2024-05-05;5;"ok').replace(
        b";15;ok", b';15;o"k'
    )
    found = read_table(Source("a.csv", data))
    assert len(found.frame) == 19
    assert found.frame.loc[5, "b"] == '"ok'


def test_runs_of_blanks_separate_columns() -> None:
    data = b"station file\n  yyyy  mm   tmax    tmin\n              degC    degC\n  1948   1    8.9     3.3\n"
    data += b"  1948   2    7.9     2.2\n  1948   3   14.2     3.8\n"
    assert cells(data) == [
        ["yyyy", "mm", "tmax", "tmin"],
        ["1948", "1", "8.9", "3.3"],
        ["1948", "2", "7.9", "2.2"],
        ["1948", "3", "14.2", "3.8"],
    ]


def test_excel_states_its_separator() -> None:
    assert cells(b"sep=;\ntime;a\n2024-05-01;1,5\n") == [["time", "a"], ["2024-05-01", "1,5"]]


def test_a_header_of_two_rows_is_joined() -> None:
    data = b";;Temp;Hi;Low;Out\nDate;Time;Out;Temp;Temp;Hum\n1.05.2024;10:00;14,2;14,9;13,8;80\n"
    assert cells(data)[0] == ["Date", "Time", "Temp Out", "Hi Temp", "Low Temp", "Out Hum"]


def test_names_that_stand_twice_are_told_apart() -> None:
    assert cells(b"time;a;a;\n2024-05-01;1;2;3\n")[0] == ["time", "a", "a (2)", "column 4"]


def test_letters_saved_with_the_wrong_encoding_are_repaired() -> None:
    data = "time;Temp (°C);õhk\n2024-05-01;1;2\n".encode().decode("cp1252").encode()
    assert cells(data)[0] == ["time", "Temp (°C)", "õhk"]


def test_nul_characters_of_a_power_cut_are_left_out(table: Build) -> None:
    data = table(HEADER, ROWS).replace(b"2024-05-01 05", b"\x00" * 40 + b"2024-05-01 05")
    found = read_table(Source("a.csv", data))
    assert len(found.frame) == 12
    assert any(params.get("n") == 40 for _, params in found.notes)


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (b"", "empty", "is empty"),
        (b"\n", "empty", "1 bytes"),
        (b"x", "empty", "is empty"),
        (b" \r\n \r\n", "empty", "is empty"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "html", "web page"),
        (b"\n  <HTML><head></head>", "html", "web page"),
        (b'{"data": [1, 2]}', "markup", "JSON"),
        (b'<?xml version="1.0"?><a/>', "markup", "XML"),
        (b"%PDF-1.7 abc", "binary", "PDF"),
        (bytes(range(256)) * 20, "binary", "binary"),
        (b"just a letter\nto somebody\nwithout any table\n", "no-table", "no table"),
        (b"2024-05-01 10:00;1;2\n2024-05-01 11:00;1;2\n", "no-header", "no header"),
        (b"time;temp\n", "only-header", "no rows"),
        (b"plot;level;height\n1;low;7\n2;top;8\n", "no-times", "dates or times"),
        (b"plot;level;height\n1;low;7\n2;top;8;x\n3;top;9\n", "no-times", "row 2 has 4 cells where"),
        (b"plot;level;plot\n1;low;7\n2;top;8\n", "no-times", "two columns have the same name: plot"),
        (b"# Hello, all\n\nid\ttree\theight\n\t\t\n# None,\n# Nothing,\n\n# End\n", "no-table", "no table"),
        (b"time,name\n2024-05-01 10:00,abc\n2024-05-01 11:00,def\n", "no-values", "no column of numbers"),
    ],
)
def test_what_is_no_table_is_refused_in_words(data: bytes, code: str, words: str) -> None:
    with pytest.raises(FileError) as caught:
        formats.parse(Source("given.csv", data))
    error = caught.value
    assert error.code == code
    assert words in error.words("en")
    assert error.words("en").startswith(("given.csv", "In given.csv"))
    assert error.do


def test_the_error_lists_the_formats_that_were_tried() -> None:
    with pytest.raises(FileError) as caught:
        formats.parse(Source("given.csv", b"plot;tree;height\n1;oak;7\n2;elm;8\n"))
    words = caught.value.words("en")
    for kind in formats.FORMATS[:-1]:
        assert kind.title in words
    assert "plot, tree, height" in words
    assert caught.value.words("et") != words


def test_thousands_of_columns_of_one_name_take_no_time() -> None:
    names = unique(["x"] * 20_000)
    assert names[-1] == "x (20000)"
    assert len(set(names)) == 20_000


def test_an_empty_last_line_of_a_table_with_one_column_is_a_record() -> None:
    """Found by random damage: the lines of one firmware of many, the others emptied."""
    body = read_body(Source("one.csv", b""), "5\n\n7\n", ";", 1, cut=False)
    assert body.frame[0].tolist() == ["5", "7"]
    assert (body.frame.index.tolist(), body.blank) == ([1, 3], 2)
