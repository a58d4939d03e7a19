"""Names, addresses and exact places reach neither kept copies nor messages, wherever in a file they stand."""

from __future__ import annotations

import json

import pytest

from kit.ingest import receipt_record, understand
from kit.model import Source, Station

ROOF = Station("T-1/roof", latitude=58.38, longitude=26.72, zone="Europe/Tallinn")
GOOD = "2026-05-13 10:00,12\n2026-05-13 11:00,12.5\n"
FILES = {
    "a line above the table": "Observer: SECRET S.\ntime,temp (°C)\n" + GOOD,
    "an address above the table": "sent by secret@mail.ee\ntime,temp (°C)\n" + GOOD,
    "a line below the table": "time,temp (°C)\n" + GOOD + "Vaatleja: SECRET S.\n",
    "other words below the table": "time,temp (°C),email\n" + GOOD.replace("\n", ",secret@mail.ee\n")
    + "measured by SECRET S.\n",
    "a row of too many cells": "time,temp (°C),email\n2026-05-13 10:00,12,secret@mail.ee\n"
    "2026-05-13 11:00,12.5,secret@mail.ee,SECRET,58.3812345\n2026-05-13 12:00,12.7,\n",
    "a pair of coordinates": "time,temp (°C),GPS\n"
    + GOOD.replace("\n", ',"58.3812345, 26.7212345"\n'),
}  # fmt: skip


@pytest.mark.parametrize("where", FILES)
def test_nothing_personal_is_kept_or_told(where: str) -> None:
    source = Source("a.csv", FILES[where].encode())
    report = understand(source, {"station": ROOF.id}, [ROOF])
    told = json.dumps(receipt_record(report), ensure_ascii=False, default=str)
    for text in (report.kept.data.decode(), told, report.readings.to_csv()):
        assert "SECRET" not in text
        assert "secret" not in text
        assert "3812345" not in text
    assert report.readings["value"].tolist()[0] == 12.0
    again = understand(report.kept, report.answers, report.stations)
    assert again.readings.equals(report.readings)


def test_titles_that_name_nobody_leave_the_file_as_it_is() -> None:
    source = Source("a.csv", ("Weather at school\nStation: roof\ntime,temp (°C)\n" + GOOD).encode())
    assert understand(source, {"station": ROOF.id}, [ROOF]).kept is source


def test_a_copy_whose_only_decimals_were_places_is_read_alike() -> None:
    text = (
        "station;X;Y;time;Waterhoogte (cm)\nDike;680971,416970;5753243,135721;2024-05-01 08:00;628\n"
        "Dike;680971,416970;5753243,135721;2024-05-01 09:00;602\n"
    )
    report = understand(Source("gauge.csv", text.encode()), {"station": "s/x", "zone": "UTC"})
    assert report.readings["value"].tolist() == [6.28, 6.02]
    assert b"680971,4" not in report.kept.data
