"""What an entry holds of a receipt: little, and told in the same words."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from kit.entry import canonical_json
from kit.ingest import lasting, receipt_html, receipt_record, receipt_text, understand
from kit.model import Source, Station

ROOF = Station("EE-A/roof", "EE-79", 58.38, 26.72, zone="Europe/Tallinn")
CELLS = ("14.2", "86", "-80", "abc", "1420", "n/a", "500", "99.9", "<2", "")


def heavy(seed: int, rows: int) -> Source:
    """A file in which most cells are wrong, in many ways."""
    pick = random.Random(seed)
    names = ("temp (C)", "humidity (%)", "PM2.5 (µg/m³)", "pressure (hPa)", "CO2 (ppm)")
    lines = ["time;" + ";".join(names)]
    for row in range(rows):
        time = f"2026-0{1 + row // 28 // 24 % 9}-{1 + row // 24 % 28:02d} {row % 24:02d}:00"
        lines.append(";".join([time if pick.random() > 0.05 else "soon", *pick.choices(CELLS, k=5)]))
    return Source("heavy.csv", "\n".join(lines).encode())


@pytest.mark.parametrize("rows", [3, 40, 2000])
def test_the_words_and_the_page_are_the_same(rows: int) -> None:
    record = receipt_record(understand(heavy(rows, rows), {"station": "EE-A/roof"}, [ROOF]), status="stored")
    kept = json.loads(json.dumps(lasting(record)))
    for lang in ("en", "et", "de"):
        assert receipt_text(kept, lang) == receipt_text(record, lang)
        assert receipt_html(kept, lang) == receipt_html(record, lang)
    assert {**kept, "problems": 0} == json.loads(json.dumps({**record, "problems": 0}))


def test_an_entry_stays_small_and_the_receipt_at_once_lists_all(tmp_path: Path) -> None:
    from kit.dataset import create

    shared = create(tmp_path / "d", school="EE-A", region="EE-79")
    shared.add_station(ROOF)
    receipt = shared.upload(heavy(7, 2000), station="EE-A/roof")
    assert len(receipt.record["problems"]) == 500 < receipt.record["problems_total"]
    entry = shared._store.journal.entry(receipt.submission)
    assert entry is not None
    held = entry.content["receipt"]
    assert held["problems_total"] == receipt.record["problems_total"]
    assert 10 < len(held["problems"]) <= 105
    assert len(canonical_json(held)) < 60_000 < len(canonical_json(receipt.record))
    again = shared.upload(heavy(7, 2000), station="EE-A/roof")
    assert again.status == "already"
    assert again.text("en")
