"""Time of `import kit` against `import pandas`, each in a fresh Python.

The two take turns, so that a slow moment of the machine meets both; the value is the ratio of the medians.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

NAME = "import_cost"
TARGET = 0.15
ROOT = Path(__file__).resolve().parents[1]
CODE = "import time; t = time.perf_counter(); import {}; print(time.perf_counter() - t)"


def seconds(module: str) -> float:
    """Return how long one import takes in a fresh Python."""
    command = [sys.executable, "-c", CODE.format(module)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return float(done.stdout)


def run(quick: bool) -> dict[str, Any]:
    """Measure and return the result."""
    rounds = 5 if quick else 21
    times: dict[str, list[float]] = {"kit": [], "pandas": []}
    for module in times:
        seconds(module)  # once unmeasured: bytecode and disk cache
    for _ in range(rounds):
        for module, found in times.items():
            found.append(seconds(module))
    ours, theirs = (statistics.median(times[module]) for module in ("kit", "pandas"))
    print(f"import kit {1000 * ours:.1f} ms, import pandas {1000 * theirs:.1f} ms (medians of {rounds})")
    ratio = ours / theirs
    return {
        "name": NAME, "value": round(ratio, 4), "unit": "time / time of import pandas",
        "target": f"<= {TARGET}", "against": "import pandas", "ok": ratio <= TARGET,
    }  # fmt: skip
