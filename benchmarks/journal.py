"""Checked submissions of 30 rows acknowledged per second by 8 processes, against one Delta commit per upload.

Each submission is what ``upload()`` hands to the journal when it has read and checked a file: an entry, the
kept copy and the packed rows. It counts as acknowledged when it is durable. The alternative appends the same
30 rows to a Delta table, one commit each, from as many processes, with many retries as its authors recommend
for many writers; it is not even made durable (deltalake flushes nothing). Both go on for the same time, and
what is found at the end is counted: nothing acknowledged may be missing.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks._measure import ROOT

NAME = "journal"
TARGET = 15.0
PROCESSES = 8


def kept_copy(who: int, number: int) -> bytes:
    """Return a file of 30 hours of one sensor."""
    lines = [
        f"2024-01-{1 + hour // 24:02d}T{hour % 24:02d}:00:00,{(who + number + hour) % 40 / 2}"
        for hour in range(30)
    ]
    return f"time,temperature of {who}.{number}\n".encode() + "\n".join(lines).encode() + b"\n"


def rows(who: int) -> Any:
    """Return the readings of such a file."""
    import numpy as np
    import pandas as pd

    from kit.model import READINGS

    hours = np.arange(30)
    return pd.DataFrame({
        "station": f"EE-A/place-{who}", "sensor": "1", "variable": "temperature",
        "time": np.datetime64("2024-01-01", "us") + hours * np.timedelta64(3600, "s"),
        "period": 0, "value": (who + hours) % 40 / 2, "flag": 1, "reason": "", "row": hours + 1,
    }).astype(READINGS)[list(READINGS)]  # fmt: skip


def kit(folder: Path, who: int) -> Callable[[int], object]:
    """Return what acknowledges a submission."""
    from kit.model import READINGS
    from kit.store.acts import Draft
    from kit.store.frames import pack
    from kit.store.journal import Journal

    journal, made, place = Journal(folder), rows(who), f"EE-A/place-{who}"
    content = {
        "answers": {"station": place, "zone": "UTC"}, "format": "plain", "kind": "readings", "rules": 2,
        "receipt": {"rows": 30, "accepted": 30}, "stations": [{"id": place, "school": "EE-A"}],
        "tables": {"readings": 30, "sightings": 0},
    }  # fmt: skip

    def act(number: int) -> object:
        kept = kept_copy(who, number)
        key = hashlib.sha256(kept).hexdigest()
        said = {**content, "file": f"{number}.csv", "key": key}
        packed = {"readings": pack(made, READINGS)}
        given = Draft("submission", "EE-A", "", "2024-02-01T00:00:00Z", said, key, kept, packed)
        return journal.add([given], key=key)

    return act


def delta(folder: Path, who: int) -> Callable[[int], object]:
    """Return what commits a submission to a Delta table."""
    from deltalake import CommitProperties, write_deltalake

    from kit.model import READINGS
    from kit.store.frames import to_polars

    made, how = rows(who), CommitProperties(max_commit_retries=200)

    def act(number: int) -> object:
        frame = to_polars(made, READINGS)
        return write_deltalake(folder, frame, mode="append", commit_properties=how)

    return act


def work(way: str, folder: Path, who: int, seconds: float) -> tuple[int, float]:
    """Give submissions for a while; return how many were acknowledged, and in what time."""
    act = {"kit": kit, "delta": delta}[way](folder, who)
    act(0)  # what is loaded on first use is not measured
    print("ready", flush=True)
    sys.stdin.readline()
    start, number = time.monotonic(), 0
    while time.monotonic() < start + seconds:
        number += 1
        act(number)
    return number, time.monotonic() - start


def found(way: str, folder: Path) -> int:
    """Return how many submissions are there."""
    if way == "kit":
        from kit.store.journal import Journal

        return len(Journal(folder).ids())
    from deltalake import DeltaTable

    return int(DeltaTable(folder).count()) // 30


def per_second(way: str, folder: Path, seconds: float) -> float:
    """Let the processes work and return what they did per second."""
    folder.mkdir()
    command = [sys.executable, "-m", f"benchmarks.{NAME}", way, str(folder)]
    {"kit": kit, "delta": delta}[way](folder, PROCESSES)(0)  # so that all find it there
    at_work = [
        subprocess.Popen(
            [*command, str(who), str(seconds)],
            cwd=ROOT,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for who in range(PROCESSES)
    ]
    for one in at_work:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in at_work:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    done = [json.loads(one.communicate()[0].splitlines()[-1]) for one in at_work]
    counts = [count for count, _ in done]
    there, rate = found(way, folder) - PROCESSES - 1, sum(count / taken for count, taken in done)
    assert there == sum(counts), f"{there} of {sum(counts)} are there"
    print(f"{way:6} {rate:8.1f} a second ({there} in all; a process {min(counts)} to {max(counts)})")
    return rate


def run(quick: bool) -> dict[str, Any]:
    """Measure and return the result."""
    seconds = 2.0 if quick else 10.0
    with tempfile.TemporaryDirectory() as place:
        ours = per_second("kit", Path(place) / "journal", seconds)
        theirs = per_second("delta", Path(place) / "table", seconds)
    print(f"{PROCESSES} processes, submissions of 30 rows: {ours / theirs:.0f} times (at least {TARGET:g})")
    return {
        "name": NAME, "value": round(ours / theirs, 1), "unit": "submissions per second / commits per second",
        "target": f">= {TARGET:g}", "against": "one Delta commit per upload (write_deltalake, append)",
        "ok": ours / theirs >= TARGET,
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(work(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))))
