"""What people type about data: no byte of the dataset may hold a canary word about people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from kit.dataset import Dataset
from kit.ingest.lines import remark
from tests.dataset.conftest import ROOF, DayFile
from tests.ingest.test_privacy_canaries import CELLS, LAT, LON, MAIL, NAME, PHONE, everything, leaks

#: What is typed: all that a cell can say about people, and names behind a word that says so.
TEXTS = [
    *(text for _, text in CELLS.values() if text.strip("0123456789.")),  # one number alone is no place
    f"Observer: {NAME} Q.; Site: pond",
    f"new battery\nVaatleja: {NAME}\nMeasured by: {NAME} {MAIL} tel {PHONE}",
    f"measured by {NAME} in the garden, {LAT} {LON}",
]
Say = Callable[[Dataset, str, str], object]
SAYS: dict[str, Say] = {
    "annotate a submission": lambda shared, given, text: shared.annotate(given, text),
    "annotate a station": lambda shared, _, text: shared.annotate(ROOF.id, text),
    "retract": lambda shared, given, text: shared.retract(given, text),
    "restore": lambda shared, given, text: shared.restore(given, text),
    "review": lambda shared, _, text: shared.review(ROOF.id, "pm10", 4, "device", sensor=text),
    "cite": lambda shared, _, text: shared.cite(text),
    "name a station": lambda shared, _, text: shared.add_station(replace(ROOF, name=text)),
}


@pytest.mark.parametrize("act", SAYS)
def test_no_byte_of_the_dataset_names_anybody(shared: Dataset, day_file: DayFile, act: str) -> None:
    given = shared.upload(day_file([5.0]), station=ROOF.id).submission
    before = len(shared._now()[1].entries)
    # The name of a sensor is that in the files, from which only what has a form was taken out.
    for text in TEXTS if act != "review" else [MAIL, PHONE, f"{LAT} {LON}"]:
        SAYS[act](shared, given, text)
    assert len(shared._now()[1].entries) > before
    shared.close()
    assert not leaks(everything(shared.folder))


@pytest.mark.parametrize(
    "text",
    [
        "new battery on 2026-05-01 at 10:20, sensor 4071, 12.5 °C instead of 21.25",
        "Collected rain was poured out; the roof was mown\nsecond line",
        "õhuniiskus 100 %: andur oli märg",
        "",
    ],
)
def test_what_names_nobody_stays(shared: Dataset, text: str) -> None:
    assert remark(text) == text
    entry = shared._store.journal.entry(shared.annotate(ROOF.id, text))
    assert entry is not None
    assert entry.content["text"] == text


def test_said_twice_is_redacted_once(shared: Dataset) -> None:
    for text in TEXTS:
        assert remark(remark(text)) == remark(text)


def test_reasons_are_kept(shared: Dataset, day_file: DayFile) -> None:
    given = shared.upload(day_file([5.0]), station=ROOF.id).submission
    entry = shared._store.journal.entry(shared.retract(given, f" wrong sensor, ask {MAIL} "))
    assert entry is not None
    assert entry.content == {"retracted": True, "reason": "wrong sensor, ask [e-mail]"}
