"""One piece of work in a fresh Python: how long it takes and how much memory it needs above its imports."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FIELD_DATA = Path(os.environ.get("KIT_FIELD_DATA", ROOT.parent / "shared" / "field-data"))


def in_fresh_python(module: str, *arguments: str) -> dict[str, Any]:
    """Run ``python -m benchmarks.MODULE ARGUMENTS`` and return what its last line of JSON says."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *arguments]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def measured(work: Callable[[], int]) -> str:
    """Do the work once and return one line of JSON: seconds, CPU seconds, peak memory in MiB, rows.

    The memory is the highest of the process so far, less what it held before the work.
    """
    before = _resident()
    clock, cpu = time.perf_counter(), time.process_time()
    rows = work()
    seconds, busy = time.perf_counter() - clock, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return json.dumps({"seconds": seconds, "cpu": busy, "mib": max(peak - before, 0.1), "rows": rows})


def _resident() -> float:
    """Return the memory that the process holds now, in MiB (Linux; elsewhere the highest so far)."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024
