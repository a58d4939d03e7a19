"""What a reading costs: the processor's time of uploads, settling and questions, and bytes of each kind.

The figures behind "Capacity" in ARCHITECTURE.md. Files of 30 and of 1,000 hours of three variables are given
one by one (understood, checked, acknowledged and brought into a version each), then in groups (of an inbox,
an archive or a hub, which share a version), by stations that stand apart in pairs. Times are the processor's:
what waits for the disk is not in them, other programs disturb them little. The value is how many readings a
second one core takes in, settles and keeps when schools give 30 rows at a time.
"""

from __future__ import annotations

import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

NAME = "capacity"
VARIABLES = 3
HEADER = "time,temperature (°C),humidity (%),pm2.5 (ug/m3)"


def file(station: int, start: int, rows: int) -> bytes:
    """Return a file of so many hours of a station, from an hour on."""
    rng = np.random.default_rng([station, start])
    hours = np.arange(start, start + rows)
    times = (np.datetime64("2024-01-01T00:00", "s") + hours * np.timedelta64(3600, "s")).astype(str)
    warm = 8 + 6 * np.sin(hours / 24 * 2 * np.pi) + rng.normal(0, 1, rows)
    damp = np.clip(70 + rng.normal(0, 8, rows), 20, 100)
    dust = rng.gamma(3, 3, rows)
    lines = (f"{t},{a:.1f},{b:.0f},{c:.1f}" for t, a, b, c in zip(times, warm, damp, dust, strict=True))
    return "\n".join([HEADER, *lines, ""]).encode()


def dataset(folder: Path, stations: int) -> Any:
    """Return a dataset with stations in pairs of neighbours, which settles only when it is told to."""
    from kit.dataset import create
    from kit.dataset.background import Settler
    from kit.model import Station

    shared = create(folder)
    Settler.look = lambda *_: False  # type: ignore[method-assign]
    for one in range(stations):
        place = 40.0 + one // 2 % 30 + one % 2 / 100, float(one // 60)
        shared.add_station(Station(name(one), "", *place, zone="UTC"))
    return shared


def name(station: int) -> str:
    """Return the id of a station."""
    return f"XX-{station // 2:04d}/{'ab'[station % 2]}"


def sources(stations: int, rows: int, files: int) -> Iterator[tuple[str, Any]]:
    """Yield the station and the source of each file, round by round."""
    from kit.model import Source

    for number in range(files):
        for one in range(stations):
            yield name(one), Source(f"{one}-{number}.csv", file(one, number * rows, rows))


def busy(work: Callable[[], object]) -> float:
    """Return the processor's seconds of some work, those of the system and of all threads with them."""
    start = time.process_time()
    work()
    return time.process_time() - start


def measure(rows: int, stations: int, files: int) -> dict[str, float]:
    """Measure with files of so many rows; print and return the figures."""
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        shared = dataset(Path(folder) / "dataset", stations)
        given = list(sources(stations, rows, files))
        half = min(len(given) // 2, 200)
        readings = rows * VARIABLES * len(given)

        def one_by_one() -> None:
            for station, source in given[:half]:
                assert shared.upload(source, station=station).status == "stored"

        def in_groups() -> None:
            from kit.dataset import uploading
            from kit.dataset.answering import Act

            group = []
            for station, source in given[half:]:
                group.append(uploading.upload(shared, source, Act({"station": station})))
                if len(group) == 50 or source is given[-1][1]:
                    assert {uploading.settled(shared, one).status for one in group} == {"stored"}
                    group = []

        shared.upload(given[0][1], station=given[0][0])  # what is loaded on first use is not measured
        given.pop(0)
        found["single"] = busy(one_by_one) / half
        found["grouped"] = busy(in_groups) / (len(given) - half)
        store = Path(folder) / "dataset"
        found |= {f"{kind} bytes": size(store / kind) / readings for kind in ("raw", "entries", "arrivals")}
        found["settling"] = busy(shared.compact) / readings
        found["settled bytes"] = (size(store / "tables")) / readings
        found["again"] = busy(lambda: shared.upload(more(rows, files), station=name(0)))
        found["settling one file"] = busy(shared.compact)
        for _ in range(2):  # the first time loads what is needed
            found["school"] = busy(lambda: shared.readings("temperature", station=name(1), freq="1D"))
            found["region"] = busy(lambda: shared.readings("temperature", freq="1M"))
        found |= opened(store)
        told(rows, len(given) + 1, readings, found)
    return found


def opened(folder: Path) -> dict[str, float]:
    """Return what it costs a process to know what the entries mean: seconds and bytes for each of them."""
    from kit.dataset import Dataset

    shared = Dataset(folder)
    taken = busy(shared._now)
    count = len(shared._now()[1].entries)
    tracemalloc.start()
    again = Dataset(folder)
    again._now()
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return {"opening": taken / count, "memory": kept / count}


def more(rows: int, files: int) -> Any:
    """Return a source that the dataset does not hold."""
    from kit.model import Source

    return Source("more.csv", file(0, files * rows, rows))


def size(folder: Path) -> int:
    """Return the bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def told(rows: int, files: int, readings: int, found: dict[str, float]) -> None:
    """Print what was found."""
    print(f"{files:,} files of {rows:,} rows, {readings:,} readings")
    print(f"  a file alone      {found['single'] * 1000:9.1f} ms of processor's time")
    print(f"  a file of a group {found['grouped'] * 1000:9.1f} ms")
    again = f"{found['settling one file']:.2f} s after one more file"
    print(f"  settling          {found['settling'] * 1e6:9.2f} µs a reading, {again}")
    for kind in ("raw", "entries", "arrivals", "settled"):
        print(f"  {kind:17} {found[f'{kind} bytes']:9.2f} bytes a reading")
    print(
        f"  opening           {found['opening'] * 1000:9.2f} ms and {found['memory'] / 1024:.1f} KiB an entry"
    )
    print(f"  days of a station {found['school'] * 1000:9.1f} ms")
    print(f"  months of all     {found['region'] * 1000:9.1f} ms", flush=True)


def run(quick: bool) -> dict[str, Any]:
    """Measure and return the result."""
    small = measure(30, 10 if quick else 40, 4 if quick else 15)
    measure(1_000, 4 if quick else 20, 2 if quick else 5)
    each = 30 * VARIABLES
    value = each / (small["grouped"] + each * small["settling"])
    return {
        "name": NAME, "value": round(value), "unit": "readings a second and core", "target": "none",
        "against": "nothing: the figures of ARCHITECTURE.md", "ok": True,
    }  # fmt: skip
