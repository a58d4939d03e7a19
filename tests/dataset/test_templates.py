"""Templates for observations by hand: kit reads them back without a question; the example never counts."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from kit import formats
from kit.dataset import Dataset
from kit.dataset.sheets import Sheet, ods, xlsx
from kit.dataset.templates import example, template
from kit.errors import FileError, UsageError
from kit.formats.kit_template import KINDS, header
from kit.model import Source
from kit.text import RECEIPT_LANGUAGES

STATION = "EE-A/roof"


def filled(kind: str, lang: str, suffix: str, times: int = 3) -> Source:
    """A template with some rows filled in: the values of the example, other days."""
    rows: list[list[str | float]] = [list(header(kind, lang)), example(kind, lang, [STATION])]
    for day in range(2, 2 + times):
        rows.append(["", f"2026-05-{day:02}", *rows[1][2:]])
    if suffix == ".csv":
        out = io.StringIO()
        comma = lang != "en"
        cells = [
            [str(c).replace(".", ",") if comma and not isinstance(c, str) else c for c in r] for r in rows
        ]
        csv.writer(out, delimiter=";" if comma else ",").writerows(cells)
        return Source("x.csv", out.getvalue().encode())
    make = xlsx if suffix == ".xlsx" else ods
    return Source(f"x{suffix}", make([Sheet("a", rows), Sheet("how to", [["Do this: a, b"], ["and, that"]])]))


@pytest.mark.parametrize("suffix", [".xlsx", ".ods", ".csv"])
@pytest.mark.parametrize("lang", list(RECEIPT_LANGUAGES))
@pytest.mark.parametrize("kind", list(KINDS))
def test_a_filled_in_template_needs_no_answer(shared: Dataset, kind: str, lang: str, suffix: str) -> None:
    receipt = shared.upload(filled(kind, lang, suffix))
    assert receipt.record["format"] == "kit-template"
    assert (receipt.status, receipt.rows, receipt.rejected) == ("stored", 3, 0)
    assert receipt.record["blank"] == 1, "the example"
    assert receipt.record["stations"][0]["id"] == STATION
    assert f"kit:{kind}" not in receipt.text("en"), "kit's own column is nobody's concern"
    if kind in ("birds", "plants", "insects"):
        found = shared.sightings()
        assert found["individualCount"].tolist() == [3, 3, 3]
        assert set(found["effort_minutes"]) == {20}
        assert found["complete"].all()
        assert (found["vernacularName"] != "").all()
    else:
        table = shared.readings(freq=None)
        assert set(table["variable"]) == set(KINDS[kind])
        assert str(table["time"].min()) == "2026-05-02 11:00:00", "14:00 by the clock on the wall"
        first = table[table["time"] == table["time"].min()].set_index("variable")["value"].to_dict()
        wanted = dict(zip(KINDS[kind], example(kind, lang, [STATION])[4:], strict=True))
        assert first == wanted
    assert shared.verify()["ok"]


@pytest.mark.parametrize("suffix", [".xlsx", ".ods", ".csv"])
def test_an_empty_template_says_that_it_is_empty(shared: Dataset, tmp_path: Path, suffix: str) -> None:
    path = template(tmp_path / f"t{suffix}", "weather", "et", [STATION, "EE-A/garden"])
    with pytest.raises(FileError) as caught:
        shared.upload(path)
    assert caught.value.code == "only-header"
    with pytest.raises(UsageError, match="is there already"):
        template(path)


def test_the_workbook_has_lists_to_choose_from_and_no_author(tmp_path: Path) -> None:
    path = template(tmp_path / "t.xlsx", "birds", "en", [STATION])
    with zipfile.ZipFile(path) as book:
        names = book.namelist()
        sheet = ElementTree.fromstring(book.read("xl/worksheets/s1.xml"))
        for name in names:
            ElementTree.fromstring(book.read(name))
    assert not [name for name in names if "docProps" in name]
    space = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    rules = [rule.text for rule in sheet.findall(".//m:formula1", space)]
    assert rules == [f'"{STATION}"', '"yes,no"']
    assert template(tmp_path / "u.xlsx", "birds", "en", [STATION]).read_bytes() == path.read_bytes()


def test_wrong_kinds_and_places(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no template of the kind stars"):
        template(tmp_path / "t.xlsx", "stars")
    with pytest.raises(UsageError, match=r"cannot be written as t\.pdf"):
        template(tmp_path / "t.pdf")
    with pytest.raises(UsageError, match="cannot be written"):
        template(tmp_path / "no" / "t.csv")


def test_own_columns_missing_times_and_crossed_out_rows(shared: Dataset) -> None:
    text = (
        "kit:weather;kuupäev;kellaaeg;jaam;õhutemperatuur (°C);lume paksus (cm);märkus\n"
        "näide;2026-05-01;14:00;EE-A/roof;12,5;;\n;2026-05-02;14:00;EE-A/roof;13,5;;soe\n"
        "x;2026-05-02;15:00;EE-A/roof;99;;vale\n;2026-05-03;;EE-A/roof;11;;\n;2026-05-04;9:30;EE-A/roof;10,5;3;\n"
    )
    receipt = shared.upload(Source("oma.csv", text.encode()))
    assert (receipt.rows, receipt.rejected, receipt.record["blank"]) == (3, 1, 2)
    assert "row 4" in receipt.text("en").lower()
    values = shared.readings("temperature", freq=None)["value"].tolist()
    assert values == [13.5, 10.5]


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("suffix", [".xlsx", ".ods"])
def test_a_template_without_rows_says_so(tmp_path: Path, kind: str, suffix: str) -> None:
    path = template(tmp_path / f"empty{suffix}", kind, "en")
    with pytest.raises(FileError) as caught:
        formats.parse(Source(path.name, path.read_bytes()))
    assert caught.value.code == "only-header"
