"""A real JupyterLab and a real browser for the tests: no internet, one page for each notebook."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
SIZES = {"laptop": (1366, 768), "tablet": (820, 1180)}
#: The kernel of the notebook on the screen has nothing to do.
IDLE = "jupyterapp.shell.currentWidget?.context?.sessionContext?.session?.kernel?.status === 'idle'"
CONFIG = """
from jupyterlab.galata import configure_jupyter_server
configure_jupyter_server(c)
c.ServerApp.ip = "127.0.0.1"
c.ServerApp.port = {port}
c.ServerApp.root_dir = {root!r}
"""


@contextmanager
def chromium() -> Iterator[Any]:
    """Debian's chromium, driven by playwright; the test is skipped where it is not installed."""
    if not Path(CHROMIUM).is_file():
        pytest.skip("Debian's chromium is not installed")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as play:
        found = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield found
        found.close()


@contextmanager
def jupyterlab(root: Path, cache: Path) -> Iterator[str]:
    """A JupyterLab on this machine with the notebooks of a folder; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = root / "config.py"
    config.write_text(CONFIG.format(port=port, root=str(root)), encoding="utf-8")
    (root / "labconfig").mkdir()
    (root / "labconfig" / "page_config.json").write_text(
        '{"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": true}}', encoding="utf-8"
    )
    surroundings = {key: value for key, value in os.environ.items() if key not in ("KIT_DATASET", "KIT_LANG")}
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", f"--config={config}", "--no-browser", "--allow-root"],
        cwd=root, env=surroundings | {"KIT_CACHE": str(cache), "JUPYTER_CONFIG_DIR": str(root)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address + "/api")
        yield address
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:  # a kernel that does not end
            server.kill()
            server.wait(timeout=20)


def _wait_for(address: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(address, timeout=2)
        except OSError:
            time.sleep(0.3)
        else:
            return
    raise AssertionError(f"JupyterLab did not answer within {seconds} s")


class Page:
    """One notebook in one browser window."""

    def __init__(self, browser: Any, address: str, notebook: str, size: tuple[int, int]) -> None:
        self.context = browser.new_context(viewport={"width": size[0], "height": size[1]})
        self.page = self.context.new_page()
        self.beyond: list[str] = []
        self.page.on("request", self._note)
        self.page.goto(f"{address}/doc/tree/{notebook}")
        self.page.wait_for_function("window.jupyterapp !== undefined", timeout=60_000)
        self.page.wait_for_function(IDLE, timeout=90_000)

    def _note(self, request: Any) -> None:
        if not request.url.startswith(("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:", "about:")):
            self.beyond.append(request.url)

    def run_all(self) -> list[dict[str, Any]]:
        self.page.set_default_timeout(180_000)
        self.page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
        self.page.wait_for_timeout(1500)
        return self.cells()

    def place(self, text: str) -> int:
        """Return the number of the first code cell that holds a text."""
        return next(n for n, cell in enumerate(self.cells()) if text in "".join(cell["source"]))

    def show(self, text: str) -> Any:
        """Bring the first code cell that holds a text into view and return it."""
        number = self.place(text)
        self.scroll_to(number)
        return self.code_cell(number)

    def code_cell(self, number: int) -> Any:
        """Return a code cell as it stands on the page (far ones are not there: scroll to it first)."""
        kinds = self.page.evaluate(
            "jupyterapp.shell.currentWidget.content.model.toJSON().cells.map(one => one.cell_type)"
        )
        place = [at for at, kind in enumerate(kinds) if kind == "code"][number]
        return self.page.locator(f'.jp-Notebook [data-windowed-list-index="{place}"]')

    def run(self, source: str) -> str:
        """Write code into a new last cell, run it and return what it shows, as text."""
        made = self.page.evaluate(
            "async source => {const nb = jupyterapp.shell.currentWidget.content;"
            "nb.activeCellIndex = nb.widgets.length - 1;"
            "await jupyterapp.commands.execute('notebook:insert-cell-below');"
            "nb.activeCell.model.sharedModel.setSource(source);"
            "await jupyterapp.commands.execute('notebook:run-cell');"
            "const shown = nb.activeCell.model.outputs.toJSON();"
            "return shown.map(one => one.text ?? one.data['text/plain']).join('')}",
            source,
        )
        return str(made)

    def wait_until_run(self) -> None:
        """Wait until every cell has run (or has failed)."""
        self.page.wait_for_function(
            "jupyterapp.shell.currentWidget.content.model.toJSON().cells"
            ".every(one => one.cell_type !== 'code' || one.execution_count)",
            timeout=120_000,
        )

    def restart(self) -> None:
        """Restart the kernel and forget what was shown, as the menu does."""
        self.page.evaluate(
            "async () => {const panel = jupyterapp.shell.currentWidget;"
            "await panel.sessionContext.session.kernel.restart();"
            "await jupyterapp.commands.execute('notebook:clear-all-cell-outputs')}"
        )
        self.page.wait_for_function(IDLE, timeout=90_000)

    def picture(self, folder: Path, name: str) -> None:
        """Keep a picture of the screen, in ``$KIT_SCREENSHOTS`` where somebody wants to look at it."""
        shots = Path(os.environ.get("KIT_SCREENSHOTS", folder))
        shots.mkdir(parents=True, exist_ok=True)
        self.page.wait_for_timeout(600)
        self.page.screenshot(path=shots / f"{name}.png")

    def cells(self) -> list[dict[str, Any]]:
        found = self.page.evaluate("jupyterapp.shell.currentWidget.content.model.toJSON().cells")
        return [cell for cell in found if cell["cell_type"] == "code"]

    def scroll_to(self, number: int) -> None:
        """Bring a code cell into view."""
        self.page.evaluate(
            "n => {const nb = jupyterapp.shell.currentWidget.content;"
            "const place = nb.widgets.map((w, i) => w.model.type === 'code' ? i : -1).filter(i => i >= 0)[n];"
            "nb.activeCellIndex = place; return nb.scrollToItem(place, 'start')}",
            number,
        )
        self.page.wait_for_timeout(900)
