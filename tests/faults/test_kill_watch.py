"""``kit upload --watch`` and ``kit correct`` killed at random: nothing is lost, nothing counts twice."""

from __future__ import annotations

import random
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from kit.dataset import create, open_dataset
from kit.model import Station
from tests.faults.test_kill_upload import HEAD, ROOF, Uploader, pytestmark  # noqa: F401

GARDEN = Station("EE-A/garden", "EE-79", 58.379, 26.73, zone="Europe/Tallinn")


@pytest.fixture
def uploader() -> Iterator[Uploader]:
    made = Uploader()
    yield made
    assert made.process.stdin is not None
    made.process.stdin.close()
    made.process.wait(30)


def card(hours: int) -> str:
    """A logger's file of so many hours: it grows at its end."""
    times = np.datetime64("2024-01-01T00:00", "s") + np.arange(hours) * np.timedelta64(3600, "s")
    lines = [
        f"7;SDS011;12;58.378;26.729;{t};{5 + n % 50};;;{4 + n % 50};;"
        for n, t in enumerate(times.astype(str))
    ]
    return "\n".join([HEAD, *lines]) + "\n"


@pytest.mark.slow
def test_watching_a_growing_folder_killed_20_times(tmp_path: Path, uploader: Uploader) -> None:
    chance = random.Random(7)
    folder, drop = tmp_path / "shared", tmp_path / "drop"
    drop.mkdir()
    create(folder, school="EE-A", region="EE-79").add_station(ROOF)
    hours = 0

    def order(number: int) -> dict[str, object]:
        output = tmp_path / f"{number}.jsonl"
        output.touch()
        arguments = ["--dataset", str(folder), "upload", "--inbox", str(drop), "--watch", "--every", "0.1"]
        return {"arguments": [*arguments, "--json", "--yes"], "output": str(output)}

    for number in range(20):
        hours += chance.choice([5, 24, 200])
        (drop / "card.csv").write_text(card(hours))
        (drop / f"page-{number}.csv").write_text("<html><body>404</body></html>")
        orders = [order(2 * number), order(2 * number + 1)] if number % 4 == 3 else [order(2 * number)]
        codes, _ = uploader.run(orders, chance.uniform(0.05, 1.2))
        assert set(codes) == {-signal.SIGKILL}
    (drop / "page-20.csv").write_text("<html><body>404</body></html>")  # the others may all be told already
    codes, _ = uploader.run([{**order(99), "arguments": [*order(99)["arguments"][:5], "--yes"]}], None)  # type: ignore[index]
    assert codes == [1], "the last page is refused"
    shared = open_dataset(folder)
    table = shared.readings("pm10", freq=None)
    assert len(table) == hours
    kept = [item.entry.payload for item in shared.submissions()]
    assert len(kept) == len(set(kept)), "no state of the card was stored twice"
    assert shared.verify()["ok"]
    receipts = sorted(path.name for path in (drop / "receipts").glob("*.txt"))
    assert receipts == sorted(["card.csv.receipt.txt", *(f"page-{n}.csv.receipt.txt" for n in range(21))])
    assert (drop / "receipts" / "card.csv.receipt.txt").read_text(encoding="utf-8").startswith("card.csv")


@pytest.mark.slow
def test_correct_killed_20_times(tmp_path: Path, uploader: Uploader) -> None:
    chance = random.Random(8)
    folder = tmp_path / "shared"
    shared = create(folder, school="EE-A", region="EE-79")
    for station in (ROOF, GARDEN):
        shared.add_station(station)
    path = tmp_path / "card.csv"
    path.write_text(card(300))
    shared.upload(path)
    shared.close()
    length, killed, places = 1.0, 0, ["EE-A/garden", "EE-A/roof", "EE-A/pond"]
    for number in range(26):
        output = tmp_path / f"{number}.jsonl"
        output.touch()
        words = [
            "--dataset",
            str(folder),
            "correct",
            "card.csv",
            "--station",
            chance.choice(places),
            "--json",
        ]
        after = None if number == 0 else chance.uniform(0.02, length)
        codes, took = uploader.run([{"arguments": words, "output": str(output)}], after)
        assert codes[0] in (0, 2, -signal.SIGKILL), "2: it stands there already"
        killed += codes == [-signal.SIGKILL]
        length = took if after is None else length
        shared = open_dataset(folder)
        live = [item for item in shared.submissions() if not item.retracted]
        assert len(live) == 1
        table = shared.readings("pm10", freq=None)
        assert (len(table), set(table["station"])) == (300, set(live[0].stations))
        shared.close()
    assert killed > 5
    assert open_dataset(folder).verify()["ok"]
