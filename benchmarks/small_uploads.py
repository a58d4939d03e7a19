"""A small upload and a query after 5,000 small uploads, against the same after 50.

One dataset grows by uploads of 30 rows: 50 places out of each other's reach, five stations each, twenty
uploads a station. After 50 and after 5,000 of them, further uploads to the first place, each followed by a
query (that station's days), are measured; the medians are compared. The uploads between are the real thing
(whole ``upload()``), so that journal, versions and arrivals are as they would be.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from itertools import product
from pathlib import Path
from typing import Any

from benchmarks.upload import table

NAME = "small_uploads"
TARGET = 1.5
PLACES, STATIONS, ROUNDS = 50, 5, 20
MEASURED = 15


def station(place: int, number: int) -> str:
    """Return one of the stations of a place."""
    return f"EE-{place:02d}/{number % STATIONS}"


def upload(shared: Any, place: int, number: int) -> float:
    """Upload the file with this number from a place; return the seconds that it took."""
    from kit.model import Source

    source = Source(f"{place}-{number}.csv", table(number // STATIONS))
    start = time.perf_counter()
    receipt = shared.upload(source, station=station(place, number))
    taken = time.perf_counter() - start
    assert receipt.status == "stored", receipt.record
    return taken


def query(shared: Any, number: int) -> float:
    """Ask for the days of one station; return the seconds that it took."""
    start = time.perf_counter()
    found = shared.readings("temperature", station=station(0, number))
    taken = time.perf_counter() - start
    assert float(found["temperature"].count()) > 0
    return taken


def measured(shared: Any, number: int) -> tuple[float, float]:
    """Return the median seconds of an upload and of the query after it."""
    both = [(upload(shared, 0, number + one), query(shared, number + one)) for one in range(MEASURED)]
    uploads, queries = zip(*both, strict=True)
    return statistics.median(uploads), statistics.median(queries)


def run(quick: bool) -> dict[str, Any]:
    """Measure and return the result."""
    from kit.dataset import create
    from kit.model import Station

    few, many = 50, 400 if quick else PLACES * STATIONS * ROUNDS
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        shared = create(Path(folder) / "dataset")
        for place, number in product(range(PLACES), range(STATIONS)):
            there = 40 + place % 10 + number / 100, place // 10 * 2.0
            shared.add_station(Station(station(place, number), "", *there, zone="UTC"))
        each = STATIONS * ROUNDS
        for count in (few, many):
            for number in range(0 if count == few else few, count):
                upload(shared, number // each, number % each)
            results[count] = measured(shared, each + (count == many) * MEASURED)
            print(
                f"after {count:5} uploads: an upload {results[count][0] * 1000:6.1f} ms, "
                f"a query {results[count][1] * 1000:6.1f} ms; version {shared.versions()[-1].number}"
            )
    ratios = [after / before for before, after in zip(results[few], results[many], strict=True)]
    value = sum(results[many]) / sum(results[few])
    print(f"upload {ratios[0]:.2f} times, query {ratios[1]:.2f} times, both {value:.2f} (at most {TARGET:g})")
    return {
        "name": NAME, "value": round(value, 2), "unit": f"time after {many} / time after {few}",
        "target": f"<= {TARGET:g}", "against": "itself after 50 uploads", "ok": value <= TARGET,
    }  # fmt: skip
