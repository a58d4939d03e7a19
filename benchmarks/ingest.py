"""Read, understand and check 1,000,000 rows of Sensor.Community against polars.read_csv with dates parsed.

The rows are those of the archive of 48 sensors around Aberdeen (``big/`` of the field data; without it: rows
of the same shape, made here). Both run in fresh Pythons, in turns; the medians of time and of peak memory
above the imports are compared. kit has to know the stations, as at a school's second upload.
"""

from __future__ import annotations

import statistics
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks._measure import FIELD_DATA, in_fresh_python, measured

NAME = "ingest"
TIME, MEMORY = 4.0, 3.0
ARCHIVE = FIELD_DATA / "big" / "sensor_community_aberdeen_2019H1.tar.gz"
HEADER = "sensor_id;sensor_type;location;lat;lon;timestamp;P1;durP1;ratioP1;P2;durP2;ratioP2"


def write_table(path: Path, rows: int) -> str:
    """Write a table of that many rows of particle sensors; return where they are from."""
    lines = _archived() if ARCHIVE.exists() else _made()
    count = 0
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER + "\n")
        while count < rows:
            taken = 0
            for line in lines:
                file.write(line + "\n")
                taken += 1
                if count + taken == rows:
                    break
            count += taken
            lines = _archived() if ARCHIVE.exists() else _made()
    return "the archive of Aberdeen" if ARCHIVE.exists() else "rows made here"


def _archived() -> Iterator[str]:
    with tarfile.open(ARCHIVE) as archive:
        for member in archive:
            file = archive.extractfile(member) if member.isfile() and "sds011" in member.name else None
            if file is not None:
                yield from file.read().decode().splitlines()[1:]


def _made() -> Iterator[str]:
    """Yield ten sensors' rows, every 150 seconds for half a year."""
    import numpy as np

    rng = np.random.default_rng(1)
    start = np.datetime64("2019-01-01T00:00:00")
    for sensor in range(10):
        times = start + np.arange(100_000) * np.timedelta64(150, "s")
        coarse = np.round(np.exp(rng.normal(2.5, 0.6, len(times))), 2)
        fine = np.round(coarse * rng.uniform(0.3, 0.9, len(times)), 2)
        head = f"{5000 + sensor};SDS011;{2600 + sensor};57.1{sensor}0;-2.1{sensor}0"
        for moment, one, two in zip(times.astype(str), coarse.tolist(), fine.tolist(), strict=True):
            yield f"{head};{moment};{one:.2f};;;{two:.2f};;"


def read_by_kit(path: Path) -> int:
    """Return how many rows kit read from a file: the whole way to checked readings."""
    from kit import formats, ingest

    (source,) = formats.open_source(path)
    report = ingest.understand(source, STATIONS.get("answers"))
    assert not report.questions, report.questions[0]
    assert len(report.readings) > 0
    return report.rows


def read_by_polars(path: Path) -> int:
    """Return how many rows polars read from a file, with its own way of parsing dates."""
    import polars

    return polars.read_csv(path, separator=";", try_parse_dates=True).height


#: Answers to what kit asks about the places of the table, found out before anything is measured.
STATIONS: dict[str, dict[str, str]] = {}


def prepare(path: Path) -> None:
    """Load what both need, and answer kit's questions from the table's own places."""
    import polars  # noqa: F401  (imports are not measured)

    from kit import ingest
    from kit.model import Source

    lines = path.read_bytes().split(b"\n")
    few = {line.split(b";")[2]: line for line in lines[1:] if line}
    small = Source("small.csv", b"\n".join([lines[0], *few.values()]))
    del lines
    report = ingest.understand(small)
    STATIONS["answers"] = {question.id: question.likely for question in report.questions}
    ingest.understand(small, STATIONS["answers"])


def run(quick: bool) -> dict[str, Any]:
    """Measure and return the result."""
    rows, rounds = (100_000, 1) if quick else (1_000_000, 3)
    found: dict[str, list[dict[str, Any]]] = {"kit": [], "polars": []}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        print(f"{rows:,} rows of {write_table(path, rows)}, {path.stat().st_size / 2**20:.0f} MiB")
        for _ in range(rounds):
            for who, results in found.items():
                results.append(in_fresh_python(NAME, who, str(path)))
    middle = {
        who: {
            key: statistics.median(one[key] for one in results) for key in ("seconds", "cpu", "mib", "rows")
        }
        for who, results in found.items()
    }
    for who, one in middle.items():
        print(f"{who:7} {one['seconds']:6.2f} s  ({one['cpu']:.2f} s of CPU)  {one['mib']:6.0f} MiB")
    assert middle["kit"]["rows"] == middle["polars"]["rows"] == rows
    time, memory = (middle["kit"][key] / middle["polars"][key] for key in ("seconds", "mib"))
    print(f"time {time:.2f} times (at most {TIME:g}), memory {memory:.2f} times (at most {MEMORY:g})")
    return {
        "name": NAME, "value": round(time, 2), "unit": "time / time of polars.read_csv",
        "target": f"<= {TIME:g} (and peak memory {memory:.2f} <= {MEMORY:g})",
        "against": "polars.read_csv(try_parse_dates=True)", "ok": time <= TIME and memory <= MEMORY,
    }  # fmt: skip


if __name__ == "__main__":
    who, table = sys.argv[1], Path(sys.argv[2])
    prepare(table)
    reader = {"kit": read_by_kit, "polars": read_by_polars}[who]
    print(measured(lambda: reader(table)))
