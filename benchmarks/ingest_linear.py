"""Time and memory of reading, understanding and checking per row, from 10^4 to 10^7 rows.

The value is the time per row of the largest table, in times that of the table of 10^5 rows: 1 means that time
grows as the rows do. Memory per row is compared in the same way.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from benchmarks._measure import in_fresh_python
from benchmarks.ingest import write_table

NAME = "ingest_linear"
TARGET = 1.5


def run(quick: bool) -> dict[str, Any]:
    """Measure and return the result."""
    sizes = [10**4, 10**5, 3 * 10**5] if quick else [10**4, 10**5, 10**6, 10**7]
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for rows in sizes:
            path = Path(folder) / "table.csv"
            write_table(path, rows)
            one = found[rows] = in_fresh_python("ingest", "kit", str(path))
            print(
                f"{rows:>10,} rows {one['seconds']:7.2f} s {one['mib']:7.0f} MiB"
                f"  {1e6 * one['seconds'] / rows:6.2f} µs and {one['mib'] * 2**20 / rows:5.0f} bytes per row",
                flush=True,
            )
    base, last = found[10**5], found[sizes[-1]]
    times = sizes[-1] / 10**5
    time, memory = (last[key] / base[key] / times for key in ("seconds", "mib"))
    print(f"per row, {sizes[-1]:,} against 100,000 rows: time {time:.2f} times, memory {memory:.2f} times")
    return {
        "name": NAME, "value": round(time, 2), "unit": "time per row / time per row of 100,000 rows",
        "target": f"<= {TARGET} (and memory {memory:.2f} <= {TARGET})", "against": "kit itself, 100,000 rows",
        "ok": time <= TARGET and memory <= TARGET,
    }  # fmt: skip
