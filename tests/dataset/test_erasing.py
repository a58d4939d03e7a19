"""What is erased leaves every byte of the folder, comes back from nowhere, and says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kit.dataset import Dataset, create, open_dataset
from kit.model import Source, Station
from tests.ingest.test_privacy_canaries import everything

A = Station("EE-A/roof", "EE-79", 58.378, 26.729, zone="Europe/Tallinn", exposure="roof", name="Quixroof")
B = Station("EE-B/yard", "EE-79", 58.381, 26.735, zone="Europe/Tallinn", exposure="garden", name="Ovaryard")
WORD = "Zwqkanary"


def weather(word: str, first: float, day: int = 1) -> Source:
    lines = ["time,temperature (°C),weather"]
    lines += [f"2024-03-{day:02}T{hour:02}:00,{first + hour / 10},{word}" for hour in range(6)]
    return Source(f"{word}{day}.csv", "\n".join(lines).encode() + b"\n")


def give(shared: Dataset, station: Station, source: Source) -> str:
    answers = {"station": station.id, "zone": "UTC"}
    return shared.upload(source, answers=answers, accept_likely=True).submission


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Dataset, str, str]:
    """A dataset of two schools, with planted words in what the first one gave."""
    shared = create(tmp_path / "one", region="EE-79", zone="Europe/Tallinn")
    shared.add_station(A)
    shared.add_station(B)
    mine = give(shared, A, weather(WORD, 3.0))
    other = give(shared, B, weather("Otherword", 4.0))
    return shared, mine, other


def test_thin(pair: tuple[Dataset, str, str]) -> None:
    shared, mine, other = pair
    shared.compact()
    done = shared.erase("EE-A", "wish")
    print(done.text("en"))
    assert done.ok, done
    assert not [where for where, text in everything(shared.folder) if WORD in text or "Quixroof" in text or mine[:12] in text]
    assert [one.id for one in shared.submissions()] == [other]
    assert shared.verify()["differences"] == []
