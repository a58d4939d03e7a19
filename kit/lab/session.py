"""One session of JupyterLab on this computer: started, watched, and told about in plain words."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kit.batch.warm import Warm
from kit.lab.launcher import EXTENSIONS

#: Seconds until an unused kernel whose window was closed is ended, and then the whole JupyterLab.
IDLE = 30 * 60
#: Seconds between two savings of a notebook that was changed.
AUTOSAVE = 20
#: What JupyterLab asks and offers that a class on a shared computer does not need.
PAGE = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
OVERRIDES = {"@jupyterlab/docmanager-extension:plugin": {"autosaveInterval": AUTOSAVE}}
#: Run by every kernel: after a restart a pupil may run any cell first, and still sees no traceback.
STARTUP = """\
def _kit_cards(info):
    from kit.classroom import cards_on
    if cards_on():
        get_ipython().events.unregister("pre_run_cell", _kit_cards)

get_ipython().events.register("pre_run_cell", _kit_cards)
"""


def write_settings(folder: Path, page: Mapping[str, Any] = MappingProxyType({})) -> dict[str, str]:
    """Write the settings of a class below ``folder``; return the environment that makes Jupyter use them.

    Kernels show errors as cards from the first cell on (for a person; never under papermill) and keep no
    history of what pupils typed; notebooks are saved every 20 seconds. ``page`` is what the page is told
    beside that, such as the launcher's cards (:mod:`kit.lab.launcher`).
    """
    profile = folder / "ipython" / "profile_default"
    files = {
        folder / "labconfig" / "page_config.json": json.dumps({**PAGE, **page}),
        folder / "labconfig" / "default_setting_overrides.json": json.dumps(OVERRIDES),
        profile / "ipython_kernel_config.py": "get_config().HistoryManager.enabled = False\n",
        profile / "startup" / "00-kit.py": STARTUP,
    }
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    places = [str(folder), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    data = [str(EXTENSIONS), os.environ.get("JUPYTER_PATH", "")]
    return {
        "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, places)),
        "JUPYTER_PATH": os.pathsep.join(filter(None, data)),
        "IPYTHONDIR": str(folder / "ipython"),
    }


@dataclass(frozen=True)
class Ended:
    """How a session ended: exit status, whether because nobody used it, the last lines of its log."""

    status: int
    idle: bool
    last_words: str


def command(root: Path, port: int, *, idle: float, terminals: bool, browser: bool, warm: bool) -> list[str]:
    """Return the command that starts JupyterLab in ``root``, for this computer only; no secret is in it."""
    culled = max(1, int(idle))
    options = [
        str(root), "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=100",
        "--ServerApp.allow_remote_access=False", f"--ServerApp.terminals_enabled={terminals}",
        "--LabApp.extension_manager=readonly", f"--ServerApp.shutdown_no_activity_timeout={culled}",
        f"--MappingKernelManager.cull_idle_timeout={culled}",
        f"--MappingKernelManager.cull_interval={max(1, min(60, culled))}",
        "--MappingKernelManager.cull_connected=False",
    ]  # fmt: skip
    if warm:
        options.append(
            "--AsyncMappingKernelManager.kernel_manager_class=kit.lab.warm_kernels.WarmServerKernelManager"
        )
    if not browser:
        options.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")  # containers and class servers; Jupyter refuses root otherwise
    return [sys.executable, "-m", "jupyterlab", *options]


def run(
    root: Path, private: Path, environment: Mapping[str, str], port: int, *, idle: float = IDLE,
    terminals: bool = False, browser: bool = True, opened: Callable[[str], None] = lambda _: None,
) -> Ended:  # fmt: skip
    """Run JupyterLab until it ends; ``opened`` gets its address (which holds the token) once it answers.

    ``private`` holds its log and the file with the token; only this account can read it.
    """
    inside = {**environment, "JUPYTER_TOKEN": secrets.token_urlsafe(24)}
    log = private / "log.txt"
    with _warm(inside) as more, log.open("w", encoding="utf-8") as out:
        order = command(root, port, idle=idle, terminals=terminals, browser=browser, warm=bool(more))
        lab = subprocess.Popen(
            order, env={**inside, **more}, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=root
        )
        _stop_in_order()
        try:
            address = _address(lab, Path(inside["JUPYTER_RUNTIME_DIR"]), inside["JUPYTER_TOKEN"])
            if address:
                opened(address)
            status = lab.wait()
        except KeyboardInterrupt:
            status = 0
        finally:
            _end(lab)
    said = log.read_text(encoding="utf-8", errors="replace")
    return Ended(status, "shutting down server" in said and "No kernels" in said, said[-2000:])


def _stop_in_order() -> None:
    """Let Ctrl-C, a closed window and the computer's shutting down end the session as one does by hand."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        if hasattr(signal, name) and threading.current_thread() is threading.main_thread():
            signal.signal(getattr(signal, name), signal.default_int_handler)


@contextmanager
def _warm(environment: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Keep a warm process for kernels, where the computer can; yield the environment that names it."""
    with Warm({**environment, "MPLBACKEND": "module://matplotlib_inline.backend_inline"}) as warm:
        yield {"KIT_WARM_SOCKET": warm.path} if warm.path else {}


def _address(lab: subprocess.Popen[Any], runtime: Path, token: str, patience: float = 120.0) -> str:
    """Return the address once the server has written it down; "" if it ended or never did."""
    limit = time.monotonic() + patience
    while lab.poll() is None and time.monotonic() < limit:
        for path in runtime.glob("jpserver-*.json"):
            try:
                about = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                continue  # half written
            return f"{about['url']}lab?token={token}"
        time.sleep(0.1)
    return ""


def _end(lab: subprocess.Popen[Any]) -> None:
    if lab.poll() is None:
        lab.terminate()
        try:
            lab.wait(timeout=10)
        except subprocess.TimeoutExpired:
            lab.kill()
            lab.wait()
