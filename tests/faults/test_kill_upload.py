"""``kit upload`` killed at random moments: nothing acknowledged is lost or doubled, and the next start works.

Acknowledged is what the command has printed. 44 runs are killed in a process that already has its libraries
loaded (so that the moments fall into understanding, journal, flush and version, not into imports), every
fifth time two of them at once; 3 more are killed as freshly started ``python -m kit``.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from kit.dataset import create, open_dataset
from kit.entry import version_id
from kit.model import Station
from kit.store.entries import Objects

KILLS = 44
FILES = 4
SEED = 20260301
HEAD = "sensor_id;sensor_type;location;lat;lon;timestamp;P1;durP1;ratioP1;P2;durP2;ratioP2"
ROOF = Station("EE-A/roof", "EE-79", 58.378, 26.729, zone="Europe/Tallinn")

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")


class Uploader:
    """Runs ``kit`` commands side by side and kills them."""

    def __init__(self) -> None:
        script = Path(__file__).with_name("uploader.py")
        self.process = subprocess.Popen(
            [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, orders: list[dict[str, object]], after: float | None) -> tuple[list[int], float]:
        """Start the commands, kill them ``after`` seconds (None: not); return exit codes and time."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(orders) + "\n")
        self.process.stdin.flush()
        numbers = [int(self.process.stdout.readline()) for _ in orders]
        start = time.monotonic()
        if after is not None:
            time.sleep(after)
            for number in numbers:
                with suppress(ProcessLookupError):  # it has ended already
                    os.kill(number, signal.SIGKILL)
        codes = [int(self.process.stdout.readline()) for _ in orders]
        return codes, time.monotonic() - start


@pytest.fixture
def uploader() -> Iterator[Uploader]:
    made = Uploader()
    yield made
    assert made.process.stdin is not None
    made.process.stdin.close()
    made.process.wait(30)


def write_file(folder: Path, number: int, chance: random.Random) -> Path:
    """A file of its own hours (no two files share a time), of 3 to 200 rows, all values distinct."""
    rows = chance.choice([3, 30, 200])
    times = np.datetime64("2024-01-01T00:00", "s") + np.timedelta64(number * 600, "m")
    stamps = (times + np.arange(rows) * np.timedelta64(60, "s")).astype(str)
    lines = [HEAD]
    lines += [f"7;SDS011;12;58.378;26.729;{t};{5 + n % 50};;;{4 + n % 50};;" for n, t in enumerate(stamps)]
    path = folder / f"day-{number:04}.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def acknowledged(outputs: list[Path]) -> dict[str, str]:
    """Return file -> submission of everything that was printed as stored."""
    found: dict[str, str] = {}
    for path in outputs:
        for line in path.read_text().split("\n")[:-1]:  # a last line without its end was not printed whole
            receipt = json.loads(line)
            assert receipt["status"] in ("stored", "already"), receipt
            assert found.setdefault(receipt["file"], receipt["submission"]) == receipt["submission"]
    return found


def check(folder: Path, outputs: list[Path], files: list[Path]) -> int:
    """Open the dataset as anybody would and look; return how many submissions there are."""
    shared = open_dataset(folder)
    submissions = shared.submissions()
    by_file = {item.file: item.id for item in submissions}
    assert len(by_file) == len(submissions), "a file was stored twice"
    lost = {file: item for file, item in acknowledged(outputs).items() if by_file.get(file) != item}
    assert not lost
    table = shared.readings("pm10", freq=None)
    stored = table.groupby("submission").size().to_dict()
    rows = {path.name: len(path.read_text().splitlines()) - 1 for path in files}
    assert stored == {item.id: rows[item.file] for item in submissions}
    named = [entry for version in shared.versions() for entry in version.added]
    assert len(named) == len(set(named))
    assert set(named) <= set(Objects(folder).entry_ids())
    assert shared.versions()[-1].id == version_id(named)
    shared.close()
    return len(submissions)


@pytest.mark.slow
def test_killed_44_times(tmp_path: Path, uploader: Uploader) -> None:
    chance = random.Random(SEED)
    folder, drop = tmp_path / "shared", tmp_path / "files"
    drop.mkdir()
    create(folder, school="EE-A", region="EE-79").add_station(ROOF)
    files: list[Path] = []
    outputs: list[Path] = []

    def order(paths: list[Path]) -> dict[str, object]:
        outputs.append(tmp_path / f"{len(outputs)}.jsonl")
        outputs[-1].touch()
        names = [str(path) for path in paths]
        arguments = ["--dataset", str(folder), "upload", *names, "--json", "--yes"]
        return {"arguments": arguments, "output": str(outputs[-1])}

    def fresh(count: int) -> list[Path]:
        new = [write_file(drop, len(files) + n, chance) for n in range(count)]
        files.extend(new)
        return new

    codes, length = uploader.run([order(fresh(FILES))], None)  # how long an undisturbed run takes
    assert codes == [0]
    killed = 0
    again: list[Path] = []
    while killed < KILLS:
        two = killed % 5 == 4
        # A file that may not have been acknowledged is given again, as a school would do.
        paths = [*again[:2], *fresh(FILES - len(again[:2]))]
        orders = [order(paths), order(paths)] if two else [order(paths)]
        codes, took = uploader.run(orders, chance.uniform(0.02, length * (1.6 if two else 1.0)))
        assert set(codes) <= {0, -signal.SIGKILL}, codes
        killed += codes.count(-signal.SIGKILL)
        if codes == [0]:
            length = took  # the computer is quicker than it was
        done = acknowledged(outputs)
        again = [path for path in files if path.name not in done]
        if killed % 8 == 0:
            check(folder, outputs, files)
    # The next start works without any repair by hand, and takes what is missing.
    codes, _ = uploader.run([order(files[-40:])], None)
    assert codes == [0]
    count = check(folder, outputs, files)
    shared = open_dataset(folder)
    result = shared.verify()
    assert result["ok"], result["differences"]
    assert shared.status()["waiting"] == 0
    assert count >= len(acknowledged(outputs)) > KILLS  # the kills did not all come too early


def test_killed_as_the_real_command(tmp_path: Path) -> None:
    """Three times, as a process of its own: at the first receipt, at the second, at the third."""
    chance = random.Random(SEED)
    folder, drop = tmp_path / "shared", tmp_path / "files"
    drop.mkdir()
    create(folder, school="EE-A", region="EE-79").add_station(ROOF)
    files: list[Path] = []
    outputs = []
    for wait_for in (1, 2, 3):
        new = [write_file(drop, len(files) + n, chance) for n in range(5)]
        files += new
        output = tmp_path / f"{wait_for}.jsonl"
        outputs.append(output)
        command = [sys.executable, "-m", "kit", "--dataset", str(folder), "upload", "--json", "--yes"]
        process = subprocess.Popen([*command, *map(str, new)], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(wait_for)]
        time.sleep(chance.uniform(0, 0.05))
        process.kill()
        lines += process.stdout.readlines()
        process.wait()
        output.write_text("".join(lines))
        assert check(folder, outputs, files) >= len(acknowledged(outputs)) >= wait_for
    assert open_dataset(folder).verify()["ok"]
