"""The site in a real browser, as a pupil with nothing installed meets it; no request goes elsewhere."""

from __future__ import annotations

import functools
import http.server
import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kit.dataset.bringing import answers_within
from kit.lesson.site import build, engine
from kit.lesson.site.build import Site
from tests import wasm
from tests.browser.jupyter import SIZES
from tests.conftest import NO_WHEELS

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LESSON = "00-our-air"
#: A lesson of surveys: what it needs must load there, too.
SURVEYS = "05-who-lives-here"
_PANEL = "jupyterapp.shell.currentWidget"
_IDLE = f"(() => {{const s = {_PANEL}?.sessionContext?.session; return s?.kernel?.status === 'idle'}})()"
_READY = f"window.jupyterapp && {_PANEL}?.content?.model?.cells.length > 3"
#: Runs every cell of code up to one that holds a text, one after the other.
_RUN = """
async ([first, last]) => {
  const panel = jupyterapp.shell.currentWidget, book = panel.content;
  let on = false;
  for (let i = 0; i < book.widgets.length; i++) {
    const cell = book.widgets[i], source = cell.model.sharedModel.source;
    if (cell.model.type !== "code") continue;
    on = on || source.includes(first);
    if (!on) continue;
    book.activeCellIndex = i;
    await jupyterapp.commands.execute("notebook:run-cell");
    if (source.includes(last)) return true;
  }
  return false;
}
"""
_ANSWER = """
async ([call, text]) => {
  const book = jupyterapp.shell.currentWidget.content;
  const at = book.widgets.findIndex((cell) => cell.model.sharedModel.source.includes(call));
  book.activeCellIndex = at;
  book.widgets[at].model.sharedModel.setSource(text);
  await jupyterapp.commands.execute("notebook:run-cell");
  return JSON.stringify(book.widgets[at].model.outputs.toJSON());
}
"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        return


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, practice_cache: Path) -> Site:
    """The site of two lessons with the sample schools."""
    folder = tmp_path_factory.mktemp("web")
    if not wasm.core(folder / "check"):
        pytest.skip(NO_WHEELS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KIT_CACHE", str(practice_cache))
        patch.delenv("KIT_DATASET", raising=False)
        return build(folder / "site", lessons=[LESSON, SURVEYS], pyodide=wasm.sources())


@pytest.fixture(scope="module")
def address(site: Site) -> Iterator[str]:
    handler = functools.partial(_Quiet, directory=str(site.folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


def test_everything_stands_in_the_site(site: Site) -> None:
    config = json.loads((site.folder / "jupyter-lite.json").read_text(encoding="utf-8"))
    kernel = config["jupyter-config-data"]["litePluginSettings"][
        "@jupyterlite/pyodide-kernel-extension:kernel"
    ]
    assert kernel["disablePyPIFallback"] is True
    assert kernel["pyodideUrl"].startswith("./static/")
    lock = json.loads((site.folder / "static/pyodide/pyodide-lock.json").read_text(encoding="utf-8"))
    for about in lock["packages"].values():
        assert (site.folder / "static/pyodide" / about["file_name"]).is_file()
    assert lock["info"] == engine.INFO


class Pupil:
    """A page of the site on a device of some size, what it asked for, and how long things took."""

    def __init__(self, browser: Any, address: str, size: str, notebook: str = f"en/{LESSON}") -> None:
        self.size, self.address = size, address
        width, height = SIZES[size]
        context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True)
        self.page = context.new_page()
        self.page.set_default_timeout(600_000)
        self.asked: list[str] = []
        self.sizes: dict[str, int] = {}
        self.took: dict[str, float] = {}
        self.page.on("request", lambda one: self.asked.append(one.url))
        self.page.on("response", self._heard)
        self.page.goto(address)
        self.picture("welcome")
        self.begun = time.monotonic()
        self.page.click(f'a[href*="{notebook}"]')
        self.page.wait_for_function(_READY)
        self.note("shown")
        self.page.wait_for_function(_IDLE)
        self.note("idle")

    def _heard(self, response: Any) -> None:
        self.sizes[response.url] = int(response.headers.get("content-length", 0))

    def note(self, what: str) -> None:
        self.took[what] = round(time.monotonic() - self.begun, 1)

    def run(self, first: str, last: str) -> None:
        """Run the cells from one to another."""
        assert self.page.evaluate(_RUN, [first, last]) is True

    def write(self, call: str, text: str) -> str:
        """Write a text into the cell with a call, run it, return its outputs."""
        return str(self.page.evaluate(_ANSWER, [call, text]))

    def picture(self, name: str) -> None:
        if folder := os.environ.get("KIT_SCREENSHOTS"):
            self.page.screenshot(path=str(Path(folder, f"site-{name}-{self.size}.png")))

    def keep(self) -> None:
        """Keep what was measured where somebody asks for it."""
        found = {**self.took, "MB": sum(self.sizes.values()) / 1e6, "requests": len(self.sizes)}
        if folder := os.environ.get("KIT_SCREENSHOTS"):
            Path(folder, f"site-{self.size}.json").write_text(json.dumps(found, indent=1), encoding="utf-8")


@pytest.fixture(scope="module", params=SIZES)
def pupil(request: pytest.FixtureRequest, browser: Any, address: str) -> Iterator[Pupil]:
    """A pupil whose first figure is on the screen."""
    found = Pupil(browser, address, request.param)
    found.run("language =", "kit.plot.timeline(lesson.readings")
    found.page.wait_for_selector(".js-plotly-plot .main-svg")
    found.note("first chart")
    found.page.locator(".js-plotly-plot").first.scroll_into_view_if_needed()
    found.picture("figure")
    yield found
    found.keep()
    found.page.context.close()


def test_answers_and_hints(pupil: Pupil) -> None:
    for text, said in (("1", "not yet"), ("747", "right")):
        outputs = pupil.write('kit.answer("A1"', f'kit.answer("A1", {text})')
        assert said in outputs.lower(), outputs
    assert "One line of the table" in pupil.write('kit.answer("A2"', 'kit.hint("A2")')


def test_a_file_is_looked_at_kept_here_and_saved(pupil: Pupil, tmp_path: Path) -> None:
    pupil.run("kit.widgets.upload_panel", "kit.widgets.upload_panel")
    pupil.page.locator(".jp-OutputArea select").last.wait_for()
    pupil.run("receipt = shared.upload", "receipt = shared.upload")
    link = pupil.page.locator('a[download$="-to-bring.zip"]').first
    link.scroll_into_view_if_needed()
    pupil.picture("receipt")
    with pupil.page.expect_download() as saved:
        link.click()
    path = tmp_path / saved.value.suggested_filename
    saved.value.save_as(path)
    kept = pupil.page.evaluate(f"JSON.stringify({_PANEL}.content.model.toJSON())")
    assert "base64" not in kept  # nothing of the file is inside the notebook
    assert answers_within(path.read_bytes())["station"] == "EE-TRT-w2d6/garden"


def test_what_is_not_there_is_said_on_a_card_and_the_kernel_goes_on(pupil: Pupil) -> None:
    wrong = pupil.write('kit.hint("A2")', 'shared.readings("pm25", freq=None)')
    assert "hours and days" in wrong
    assert "Traceback" not in wrong.split("<details")[0]
    assert "not answered" in pupil.write('kit.answer("A3"', 'kit.answer("A3", ...)')


def test_to_the_end_and_nothing_from_elsewhere(pupil: Pupil) -> None:
    pupil.run("lesson.catch_up()", "lesson.caution()")
    pupil.note("whole lesson")
    told = pupil.page.evaluate(f"JSON.stringify({_PANEL}.content.model.toJSON())")
    assert "fell by 0.38" in told
    outside = [url for url in pupil.asked if not url.startswith((pupil.address, "data:", "blob:"))]
    assert outside == []
    assert sum(pupil.sizes.values()) < 60e6


def test_a_lesson_of_surveys_in_estonian(browser: Any, address: str) -> None:
    """Every cell of depth A runs; no card of an error, nothing from elsewhere."""
    pupil = Pupil(browser, address, "tablet", f"et/{SURVEYS}/pupil-a")
    pupil.run("language =", "lesson.progress()")
    book = pupil.page.evaluate(f"{_PANEL}.content.model.toJSON()")
    outputs = [output for cell in book["cells"] for output in cell.get("outputs", [])]
    assert [output for output in outputs if output["output_type"] == "error"] == []
    assert 'role="alert"' not in json.dumps(outputs).replace('\\"', '"')
    assert sum("application/vnd.plotly.v1+json" in output.get("data", {}) for output in outputs) >= 2
    assert not [url for url in pupil.asked if not url.startswith((address, "data:", "blob:"))]
    pupil.page.context.close()


def test_nothing_is_left_in_the_folder_of_the_builder(site: Site) -> None:
    assert not list(site.folder.parent.glob(".kit-site-*"))
    assert sum(path.stat().st_size for path in site.folder.rglob("*") if path.is_file()) < 80_000_000
