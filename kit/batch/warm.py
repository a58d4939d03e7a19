"""Kernels that start warm: one process imports the heavy libraries once and forks a kernel for each job.

Most of a small analysis is imports. ``python -m kit.batch.warm SOCKET`` imports pandas, xarray, matplotlib
and kit, draws one small chart, then waits; asked over the socket, it forks, and the child becomes an ordinary
ipykernel. Papermill and nbclient are used as they are, with :func:`manager` as their kernel manager.

What makes a fork safe here: the process has one thread when it forks, and polars and deltalake, whose own
threads would not survive it, are imported and not used. Linux only; elsewhere kernels start cold.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any


def can_fork() -> bool:
    """Whether kernels can be forked on this computer (switched off by ``KIT_WARM=0``)."""
    return sys.platform == "linux" and os.environ.get("KIT_WARM", "1") != "0"


# --- the warm process


def _import_all() -> None:
    """Import what analyses need, and use what may be used before a fork."""
    import deltalake  # noqa: F401
    import ipykernel.ipkernel
    import ipykernel.kernelapp  # noqa: F401
    import IPython.display  # noqa: F401
    import numpy as np
    import pandas as pd
    import polars  # noqa: F401
    import xarray as xr

    import kit.analysis
    import kit.dataset  # noqa: F401
    from kit import figures
    from kit.batch import sheet  # noqa: F401

    time_axis = pd.date_range("2025-01-01", periods=40)
    values = (("station", "time"), np.arange(40.0)[None])
    place = {"latitude": ("station", [58.4]), "longitude": ("station", [26.7])}
    ds = xr.Dataset({"pm25": values}, {"station": ["a/b"], "time": time_axis, **place}, {"freq": "1D"})
    for lang in ("en", "et"):
        figures.map(ds).html(lang)
        figures.timeline(ds).html(lang)


def serve(path: str) -> None:
    """Fork a kernel for every request on the socket, until the standard input is closed."""
    _import_all()
    import gc

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # kernels that ended leave no zombies
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        door.bind(path)
        os.chmod(path, 0o600)  # noqa: PTH101  no one else may start kernels
        door.listen()
        gc.collect()
        gc.freeze()
        while True:
            ready, _, _ = select.select([door, sys.stdin], [], [])
            if door not in ready:
                return
            visitor, _ = door.accept()
            with visitor, visitor.makefile("r", encoding="utf-8") as lines:
                order = json.loads(lines.readline())
                child = os.fork()
                if child == 0:
                    _become_kernel(order, (door, visitor))
                visitor.sendall(f"{child}\n".encode())


def _become_kernel(order: dict[str, Any], inherited: tuple[socket.socket, ...]) -> None:
    """Turn this forked process into the kernel that was ordered. Never returns."""
    status = 1
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for one in inherited:
            one.close()
        with open(os.devnull) as nothing:  # noqa: PTH123  a kernel reads no terminal
            os.dup2(nothing.fileno(), 0)
        os.environ.clear()
        os.environ.update(order["env"])
        os.chdir(order["cwd"])
        import numpy as np
        from ipykernel.kernelapp import IPKernelApp

        np.random.seed()
        sys.argv = order["cmd"][2:]
        # a kernel whose warm process is gone has no one left to answer, and ends itself
        IPKernelApp.launch_instance([*order["cmd"][3:], f"--IPKernelApp.parent_handle={os.getppid()}"])
        status = 0
    finally:
        os._exit(status)


# --- for the process that runs the batch


class Warm:
    """The warm process of a batch or a JupyterLab; ``path`` is its socket ("" where kernels start cold).

    ``environment`` is what it sees (default: what this process sees); kernels see what they are ordered with.
    """

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self.environment = dict(os.environ if environment is None else environment)
        self.process: subprocess.Popen[bytes] | None = None
        self.folder: tempfile.TemporaryDirectory[str] | None = None
        self.path = ""

    def __enter__(self) -> Warm:
        if can_fork():
            self.folder = tempfile.TemporaryDirectory(prefix="kit-")
            self.path = str(Path(self.folder.name) / "warm")
            self.process = subprocess.Popen(
                [sys.executable, "-m", "kit.batch.warm", self.path],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**self.environment, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            )
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is not None:
            if self.process.stdin:
                self.process.stdin.close()
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.folder is not None:
            self.folder.cleanup()


# --- for the worker that talks to kernels


class Forked:
    """A kernel made by fork, with what jupyter_client asks of a ``subprocess.Popen``."""

    stdin: IO[bytes] | None = None
    stdout: IO[bytes] | None = None
    stderr: IO[bytes] | None = None

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def poll(self) -> int | None:
        """Return None while the kernel lives, then 0 (its exit status is not known here)."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 0
        return None

    def wait(self, timeout: float | None = None) -> int:
        """Wait until the kernel has ended."""
        limit = None if timeout is None else time.monotonic() + timeout
        while self.poll() is None:
            if limit is not None and time.monotonic() > limit:
                raise subprocess.TimeoutExpired("kernel", timeout or 0.0)
            time.sleep(0.02)
        return 0

    def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel."""
        os.kill(self.pid, signum)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the kernel."""
        self.send_signal(signal.SIGKILL)


def ask(path: str, order: dict[str, Any], patience: float = 120.0) -> int:
    """Return the process id of a new kernel; waits for the warm process to be ready.

    Raises ``OSError`` if it does not answer within ``patience`` seconds.
    """
    limit = time.monotonic() + patience
    while True:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
                line.connect(path)
                line.sendall((json.dumps(order) + "\n").encode())
                with line.makefile("r", encoding="utf-8") as answer:
                    return int(answer.readline())
        except (FileNotFoundError, ConnectionRefusedError):
            if time.monotonic() > limit or not Path(path).parent.is_dir():
                raise
            time.sleep(0.05)


def manager(path: str, base: type | None = None) -> type:
    """Return a kernel manager class whose kernels come from the warm process at ``path``.

    ``base`` is the class it extends (default: jupyter_client's, as nbclient wants it). Where the warm process
    does not answer, a kernel starts as usual.
    """
    import asyncio

    from jupyter_client.manager import AsyncKernelManager

    kind: Any = base or AsyncKernelManager

    class WarmKernelManager(kind):  # type: ignore[misc]
        async def _async_launch_kernel(self, kernel_cmd: list[str], **given: Any) -> None:
            order = {
                "cmd": kernel_cmd,
                "env": dict(given.get("env") or os.environ),
                "cwd": str(given.get("cwd") or Path.cwd()),
            }
            try:
                pid = await asyncio.to_thread(ask, path, order)
            except (OSError, ValueError):
                await super()._async_launch_kernel(kernel_cmd, **given)
                return
            provisioner: Any = self.provisioner
            provisioner.process = Forked(pid)
            provisioner.pid = provisioner.pgid = pid
            self._reconcile_connection_info(provisioner.connection_info)

    return WarmKernelManager


if __name__ == "__main__":
    serve(sys.argv[1])
