"""Receipts: the first line says whether it worked; they fit a screen; English and Estonian; accessible."""

import ast
import json
import re
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from kit.ingest import receipt_dict, receipt_html, receipt_record, receipt_text, understand
from kit.model import Source, Station
from kit.text import tr

NOW = datetime(2026, 6, 1)
ROOF = Station("school/roof", latitude=58.38, longitude=26.72, zone="Europe/Tallinn", name="Roof")
GOOD = "time;temp (°C);RH (%)\n" + "".join(
    f"2026-03-01 {h:02d}:00;{h / 10};{60 + h % 7}\n" for h in range(24)
)
BAD = (
    "time;temp (°C);RH (%);PT08.S1(CO);user\n2026-03-01 10:00;21;60;1;a\n2026-03-01 11:00;86;60;1;a\n"
    "2026-02-30 11:00;1;60;1;a\n2026-03-01 12:00;abc;61;1;a\n2026-03-01 13:00;;62;1;a\nyesterday;1;60;1;a\n"
)


def record(text, **more):
    report = understand(Source("a <b>.csv", text.encode()), {"station": "school/roof"}, [ROOF], now=NOW)
    return receipt_record(report, **more)


def test_a_good_file_fits_one_screen():
    text = receipt_text(record(GOOD), "en")
    assert text.splitlines()[0] == "a <b>.csv was understood: 24 rows, all of them good."
    assert len(text.splitlines()) <= 24
    assert "air temperature: 24 values from 0.0 to 2.3 °C" in text
    assert "Station: Roof" in text


def test_people_read_the_clock_of_the_station_and_machines_utc():
    made = record(GOOD)
    assert "Time: 2026-03-01 00:00 to 2026-03-01 23:00, clock of the file: Europe/Tallinn" in receipt_text(
        made, "en"
    )
    made["time"]["zone"] = "UTC"
    clock = "Time: 2026-03-01 00:00 to 2026-03-01 23:00 (time of Europe/Tallinn)"
    assert clock in receipt_text(made, "en")
    assert clock in receipt_html(made, "en")
    assert "2026-03-01 00:00 kuni 2026-03-01 23:00 (aeg: Europe/Tallinn)" in receipt_text(made, "et")
    assert receipt_dict(made, "en")["time"]["start"] == "2026-02-28T22:00:00Z"
    made["stations"] = [*made["stations"], {**made["stations"][0], "zone": "Europe/Riga"}]
    assert "2026-02-28 22:00:00 UTC" in receipt_text(made, "en"), "two clocks: one that both share"


@pytest.mark.parametrize(
    ("status", "english", "estonian"),
    [
        ("stored", "is stored", "on salvestatud"),
        ("received", "is received and safe", "on vastu võetud"),
        ("already", "was already here", "oli juba olemas"),
        ("restored", "is here again", "jälle olemas"),
        ("refused", "was NOT stored", "jäi SALVESTAMATA"),
    ],
)
def test_the_first_line_says_whether_it_worked(status, english, estonian):
    found = record(GOOD, status=status)
    assert english in receipt_text(found, "en").splitlines()[0]
    assert estonian in receipt_text(found, "et").splitlines()[0]


def test_what_is_wrong_and_how_to_mend_it():
    text = receipt_text(record(BAD), "en")
    first = text.splitlines()[0]
    assert first == "a <b>.csv was understood: 6 rows, 1 good, 3 flagged, and 2 refused."
    assert "there is no such day as 2026-02-30 11:00" in text
    assert "yesterday in column time is not a time that kit can read" in text
    assert "abc in column temp (°C) is not a number" in text
    assert "row 2: 86 °C: did you mean 86 °F = 30.0 °C?" in text
    assert "Columns about people were left out and not kept: user" in text
    assert "PT08.S1(CO) (a raw signal of the sensor" in text


def test_estonian_has_no_english_left():
    text = receipt_text(record(BAD), "et")
    assert (
        text.splitlines()[0]
        == "a <b>.csv on loetud ja arusaadav: 6 rida, 1 korras, 3 märgitud ja 2 tagasi lükatud."
    )
    words = set(re.findall(r"[a-z]+", text.lower()))
    assert not words & {"the", "row", "rows", "values", "flagged", "refused", "column", "not", "is"}


def test_the_json_has_the_promised_keys():
    found = receipt_dict(record(BAD, submission="abc"), "en")
    promised = {
        "file", "status", "submission", "format", "stations", "rows", "blank", "accepted", "flagged",
        "rejected", "duplicate", "values", "variables", "time", "dropped_columns",
        "questions", "not_run", "problems",
    }  # fmt: skip
    assert promised <= set(found)
    assert set(found["problems"][0]) == {"row", "column", "value", "code", "message", "suggestion"}
    assert set(found["variables"]["temperature"]) >= {"unit_in", "unit", "count", "min", "max"}
    assert set(found["time"]) == {"start", "end", "zone"}
    assert found["stations"] == ["school/roof"]
    assert json.loads(json.dumps(found)) == json.loads(
        json.dumps(receipt_dict(record(BAD, submission="abc"), "en"))
    )


def test_a_record_survives_json_and_has_no_language():
    found = record(BAD)
    back = json.loads(json.dumps(found))
    assert receipt_text(back, "et") == receipt_text(found, "et")
    assert receipt_html(back, "en") == receipt_html(found, "en")
    assert "märgitud" not in json.dumps(found, ensure_ascii=False)


def test_at_most_five_hundred_problems_are_listed_and_all_are_counted():
    rows = "".join(f"2026-03-01 10:{i % 60:02d}:{i // 60:02d};x{i}\n" for i in range(800))
    text = (
        "time;temp (°C)\n"
        + "".join(f"2026-03-01 09:{i % 60:02d}:{i // 60:02d};{1 + (i % 60) / 50}\n" for i in range(900))
        + rows
    )
    found = record(text)
    assert len(found["problems"]) == 500
    assert found["problems_total"] == 800
    assert "(800 such rows: 901-1700)" in receipt_text(found, "en")


def test_questions_are_shown_with_the_way_to_answer_them():
    report = understand(Source("a.csv", b"time;temp\n2026-03-01 10:00;50\n"), {}, [ROOF], now=NOW)
    text = receipt_text(receipt_record(report), "en")
    assert "kit needs an answer first; nothing was stored" in text.splitlines()[0]
    assert "--answer unit.temp=[degF]  (°F)" in text
    assert "In which unit is temp (air temperature)?" in text
    page = receipt_html(receipt_record(report), "en")
    assert "<br>°F" in page
    assert "--answer" not in page, "whoever reads a page has no command line"
    estonian = receipt_text(receipt_record(report), "et")
    assert "Mis ühikus on temp (õhutemperatuur)?" in estonian
    assert receipt_dict(receipt_record(report), "et")["questions"][0]["options"]


def test_a_file_that_could_not_be_understood_has_a_receipt_too():
    found = receipt_dict({"file": "x.csv", "status": "refused"}, "en")
    assert found["rows"] == 0
    assert receipt_text({"file": "x.csv", "status": "refused"}, "en") == "x.csv was NOT stored."


class _Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.open, self.heads = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag != "br":
            self.open.append(tag)
        if tag == "th":
            self.heads.append(dict(attrs).get("scope"))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("lang", ["en", "et"])
def test_the_page_is_accessible_and_safe(lang):
    page = _Page()
    text = receipt_html(record(BAD), lang)
    page.feed(text)
    assert page.open == []
    assert page.tags.count("caption") == page.tags.count("table") == 2
    assert set(page.heads) == {"col", "row"}
    assert "h4" in page.tags
    assert "h5" in page.tags
    assert "<b>" not in text
    assert "a &lt;b&gt;.csv" in text


def test_every_template_of_ingest_and_vocabulary_is_translated():
    root = Path(__file__).parents[2] / "kit"
    lacking = []
    for path in [*root.glob("ingest/*.py"), *root.glob("vocab/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                texts = (
                    node.args[:1]
                    if name in ("N_", "tr", "trn", "FileError", "UsageError", "NotFoundError")
                    else []
                )
                texts += [k.value for k in node.keywords if k.arg in ("why", "do") and name.endswith("Error")]
                for text in texts:
                    if (
                        isinstance(text, ast.Constant)
                        and isinstance(text.value, str)
                        and tr(text.value, "et") == text.value
                    ):
                        lacking.append((path.name, text.value))
    assert not lacking
