"""From Run to the first chart of each lesson, the kernel limited to one core and 1 GB (a small device).

Every cell is run in order, as "Run all" does, in a kernel of its own that may use one core and 1 GiB of
data (``RLIMIT_DATA``). The clock starts before the kernel does and stops when the first figure has arrived.
Lessons practise with the sample schools' dataset, which ``kit lab`` makes ahead; the time without that is
told, too, and so is the time in a kernel of ``kit lab``'s warm process (Linux). The value is the CPU time of
the slowest lesson's best round: what it takes where the core has nothing else to do.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from kit import lesson
from kit.batch.warm import Warm
from kit.batch.warm import manager as warm_kernels

NAME = "first_chart"
TARGET = 10.0
MEMORY = 1 << 30
#: Runs before the kernel's own first line: one core, 1 GiB.
LIMITED = (
    "import os, resource, sys; os.sched_setaffinity(0, {{{core}}});"
    "resource.setrlimit(resource.RLIMIT_DATA, ({memory}, {memory}));"
    "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
)
CHARTS = ("application/vnd.plotly.v1+json", "image/svg+xml", "image/png")


def notebooks(lang: str = "en") -> dict[str, Path]:
    """Return the first pupils' notebook of every lesson, by its id."""
    found = {one.id: lesson.notebooks(one.folder, lang) for one in lesson.list_lessons()}
    return {name: paths[0] for name, paths in found.items() if paths}


def measure(notebook: Path, cache: Path, warm: str = "") -> dict[str, float]:
    """Run a notebook up to its first chart.

    Returns ``seconds`` from the start of the kernel to the chart, ``cpu`` (seconds of the kernel's process),
    ``kernel`` (seconds until the kernel was ready) and ``mib`` (the most memory it held).
    """
    from jupyter_client.blocking.client import BlockingKernelClient
    from jupyter_client.manager import AsyncKernelManager
    from jupyter_core.utils import run_sync

    core = max(os.sched_getaffinity(0))
    manager: Any = warm_kernels(warm)() if warm else AsyncKernelManager()
    if not warm:
        before = LIMITED.format(core=core, memory=MEMORY)
        argv = [sys.executable, "-c", before, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        manager.kernel_spec.argv = argv
    cells = [cell for cell in json.loads(notebook.read_text("utf-8"))["cells"] if cell["cell_type"] == "code"]
    surroundings = {key: value for key, value in os.environ.items() if key not in ("KIT_DATASET", "KIT_LANG")}
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        run_sync(manager.start_kernel)(env=surroundings | {"KIT_CACHE": str(cache)}, cwd=folder)
        client = BlockingKernelClient(parent=manager, connection_file=manager.connection_file)
        client.load_connection_file()
        try:
            client.start_channels()
            client.wait_for_ready(timeout=60)
            ready = time.perf_counter() - start
            for cell in cells:
                if _has_chart(client, "".join(cell["source"])):
                    return {"seconds": time.perf_counter() - start, "kernel": ready, **_process(manager)}
        finally:
            client.stop_channels()
            run_sync(manager.shutdown_kernel)(now=True)
    raise AssertionError(f"{notebook} shows no chart")


def _has_chart(client: Any, code: str) -> bool:
    """Run a cell; whether it showed a chart. An error, or an error card, ends the measurement."""
    shown: list[Any] = []
    client.execute_interactive(code, output_hook=shown.append, timeout=300)
    wrong = [message["content"] for message in shown if message["msg_type"] == "error"]
    data = [message["content"].get("data", {}) for message in shown]
    if wrong or 'role="alert"' in str(data):
        raise AssertionError(f"{code}: {wrong or data}")
    return any(kind in held for held in data for kind in CHARTS)


def _process(manager: Any) -> dict[str, float]:
    place = Path("/proc") / str(manager.provisioner.pid)
    times = (place / "stat").read_text().rpartition(")")[2].split()
    lines = (place / "status").read_text().splitlines()
    peak = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    return {"cpu": (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK"), "mib": peak / 1024}


def run(quick: bool) -> dict[str, Any]:
    """Measure and return the result."""
    slowest = 0.0
    chosen = dict(list(notebooks().items())[:1]) if quick else notebooks()
    with tempfile.TemporaryDirectory() as folder, Warm() as warm:
        cache = Path(folder)
        for name, notebook in chosen.items():
            first = measure(notebook, cache)
            rounds = [measure(notebook, cache) for _ in range(1 if quick else 3)]
            best = min(rounds, key=lambda one: one["cpu"])
            slowest = max(slowest, best["cpu"])
            _say(name, "the practice data made on the way", first)
            _say(name, "made ahead", best)
            if warm.path:
                _say(name, "made ahead, warm kernel", measure(notebook, cache, warm.path))
    return {
        "name": NAME, "value": round(slowest, 2), "unit": "s of one core (slowest lesson)",
        "target": f"<= {TARGET}", "against": "ten seconds on a small device", "ok": slowest <= TARGET,
    }  # fmt: skip


def _say(name: str, how: str, found: dict[str, float]) -> None:
    print(
        f"{name:24} {how:36} {found['seconds']:5.1f} s (kernel ready after {found['kernel']:.1f} s, "
        f"CPU {found['cpu']:.1f} s), {found['mib']:.0f} MiB",
        flush=True,
    )
