"""The whole ``upload()`` of a 30-row file, against pandas reading it and SQLite keeping the rows.

kit finds out what the file is, checks every reading, acknowledges it and brings it into the tables of a
dataset on the disk. The alternative is told what the file is: ``pandas.read_csv`` with the dates parsed, then
``executemany`` into an indexed table of SQLite (WAL, ``synchronous=FULL``, the same durability) in one
transaction. Both do the same files of the same sensor, one after another, in turns; medians are compared.
"""

from __future__ import annotations

import io
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

NAME = "upload"
TARGET = 3.0
STATION = "EE-A/roof"


def table(number: int) -> bytes:
    """Return a file of 30 half-hours of one device, in summer: no hour of the clock is missing or doubled."""
    import numpy as np

    times = np.datetime64("2024-04-01T00:00", "s") + (np.arange(30) + 30 * number) * np.timedelta64(1800, "s")
    rows = [f"{time},{5 + at % 7 * 0.5},{60 + at % 9}" for at, time in enumerate(times.astype(str))]
    return "\n".join(["time,temperature (°C),humidity (%)", *rows, ""]).encode()


def kit(folder: Path) -> Callable[[int], object]:
    """Return what uploads a file to a dataset that knows the station."""
    from kit.dataset import create
    from kit.model import Source, Station

    shared = create(folder / "dataset", school="EE-A", region="EE-79")
    shared.add_station(Station(STATION, "EE-79", 58.378, 26.729, zone="Europe/Tallinn"))

    def act(number: int) -> object:
        receipt = shared.upload(Source(f"week{number}.csv", table(number)), station=STATION)
        assert (receipt.status, receipt.record["accepted"]) == ("stored", 30)
        return receipt

    return act


def pandas_and_sqlite(folder: Path) -> Callable[[int], object]:
    """Return what reads a file and inserts its rows."""
    import pandas as pd

    sql = sqlite3.connect(folder / "rows.sqlite", isolation_level=None)
    sql.execute("PRAGMA journal_mode=WAL")
    sql.execute("PRAGMA synchronous=FULL")
    sql.execute(
        "CREATE TABLE rows (station, time, temperature, humidity, PRIMARY KEY (station, time)) WITHOUT ROWID"
    )

    def act(number: int) -> object:
        frame = pd.read_csv(io.BytesIO(table(number)), parse_dates=["time"])
        times = frame["time"].astype("int64").tolist()
        rows = zip(
            [STATION] * len(frame), times, *(frame[name].tolist() for name in frame.columns[1:]), strict=True
        )
        sql.execute("BEGIN IMMEDIATE")
        sql.executemany("INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?)", rows)
        return sql.execute("COMMIT")

    return act


def run(quick: bool) -> dict[str, Any]:
    """Measure and return the result."""
    rounds = 20 if quick else 200
    ways = {"kit": kit, "pandas and SQLite": pandas_and_sqlite}
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    with tempfile.TemporaryDirectory() as place:
        acts = {name: make(Path(place)) for name, make in ways.items()}
        for number in range(rounds + 5):
            for name, act in acts.items():
                clock, cpu = time.perf_counter(), time.process_time()
                act(number)
                taken[name].append((time.perf_counter() - clock, time.process_time() - cpu))
    middle = {}
    for name, all_of_them in taken.items():
        clocks, cpus = zip(*all_of_them[5:], strict=True)  # what is loaded on first use is not measured
        middle[name] = statistics.median(clocks)
        print(f"{name:18} {middle[name] * 1000:7.2f} ms  ({statistics.median(cpus) * 1000:.2f} ms of CPU)")
    value = middle["kit"] / middle["pandas and SQLite"]
    print(f"a file of 30 rows, {rounds} times: {value:.1f} times (at most {TARGET:g})")
    return {
        "name": NAME, "value": round(value, 2), "unit": "time / time of pandas and SQLite",
        "target": f"<= {TARGET:g}", "against": "pandas.read_csv + SQLite (WAL, synchronous=FULL)",
        "ok": value <= TARGET,
    }  # fmt: skip
