"""A small upload and a query after 5,000 small uploads, against the same after 50.

One dataset grows by uploads of 30 rows from 200 stations in 50 places. After 50 and after 5,000 of them,
further uploads, each followed by a query (that station's days), are measured; the medians are compared. The
uploads between are the real thing (whole ``upload()``), so that journal, versions and arrivals are as they
would be.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.upload import table

NAME = "small_uploads"
TARGET = 1.5
STATIONS = 200
MEASURED = 15


def station(number: int) -> str:
    """Return the station that gives the upload with this number."""
    return f"EE-A/place-{number % STATIONS:03d}"


def upload(shared: Any, number: int) -> float:
    """Upload one file; return the seconds that it took."""
    from kit.model import Source

    source = Source(f"{number}.csv", table(number // STATIONS))
    start = time.perf_counter()
    receipt = shared.upload(source, station=station(number))
    taken = time.perf_counter() - start
    assert receipt.status == "stored", receipt.record
    return taken


def query(shared: Any, number: int) -> float:
    """Ask for the days of one station; return the seconds that it took."""
    start = time.perf_counter()
    found = shared.readings("temperature", station=station(number))
    taken = time.perf_counter() - start
    assert float(found["temperature"].count()) > 0
    return taken


def measured(shared: Any, number: int) -> tuple[float, float]:
    """Return the median seconds of an upload and of the query after it."""
    both = [(upload(shared, number + one), query(shared, number + one)) for one in range(MEASURED)]
    uploads, queries = zip(*both, strict=True)
    return statistics.median(uploads), statistics.median(queries)


def run(quick: bool) -> dict[str, Any]:
    """Measure and return the result."""
    from kit.dataset import create
    from kit.model import Station

    few, many = 50, 400 if quick else 5000
    results = {}
    with tempfile.TemporaryDirectory() as place:
        shared = create(Path(place) / "dataset", school="EE-A", region="EE-79")
        for number in range(STATIONS):
            shared.add_station(
                Station(station(number), "EE-79", 58 + number / 50, 26.7, zone="Europe/Tallinn")
            )
        number = 0
        for count in (few, many):
            while number < count:
                upload(shared, number)
                number += 1
            results[count] = measured(shared, number)
            number += MEASURED
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
