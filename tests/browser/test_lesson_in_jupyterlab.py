"""The lesson in JupyterLab, in a real browser, as a pupil meets it: no internet, no traceback."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kit import lesson
from tests.browser.jupyter import SIZES, Page, jupyterlab

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, practice_cache: Path) -> Iterator[tuple[str, Path]]:
    """A JupyterLab on this machine with the pupils' notebooks; its address and its folder."""
    root = tmp_path_factory.mktemp("class")
    for lang in ("en", "et"):
        shutil.copyfile(lesson.notebooks("00-our-air", lang)[0], root / f"pupil-{lang}.ipynb")
    (root / "broken.ipynb").write_text(
        (root / "pupil-en.ipynb").read_text(encoding="utf-8"), encoding="utf-8"
    )
    with jupyterlab(root, practice_cache) as address:
        yield address, root


def outputs(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [output for cell in cells for output in cell["outputs"]]


def find(cells: list[dict[str, Any]], text: str) -> int:
    return next(n for n, cell in enumerate(cells) if text in "".join(cell["source"]))


@pytest.mark.parametrize(("lang", "size"), [("en", "laptop"), ("et", "tablet")])
def test_lesson_runs_in_jupyterlab(
    browser: Any, lab: tuple[str, Path], tmp_path: Path, lang: str, size: str
) -> None:
    page = Page(browser, lab[0], f"pupil-{lang}.ipynb", SIZES[size])
    cells = page.run_all()
    made = outputs(cells)
    assert not [output for output in made if output["output_type"] == "error"]
    assert 'role="alert"' not in str(made), "an error card"

    charts = [o for o in made if "application/vnd.plotly.v1+json" in o.get("data", {})]
    assert len(charts) >= 3
    for chart in charts:
        assert len(chart["data"]["text/plain"]) > 40, "a chart says in words what it shows"
    words = {"en": "Task A1", "et": "Ülesanne A1"}[lang]
    page.scroll_to(find(cells, 'kit.answer("A1"'))
    page.page.locator(".jp-RenderedMarkdown", has_text=words).first.wait_for(timeout=20_000)

    shots = Path(os.environ.get("KIT_SCREENSHOTS", tmp_path))
    shots.mkdir(parents=True, exist_ok=True)
    drawn = panels = 0
    for number in range(len(cells)):
        page.scroll_to(number)
        page.page.screenshot(path=shots / f"{lang}-{size}-{number:02d}.png")
        drawn = max(drawn, page.page.locator(".js-plotly-plot .main-svg").count())
        panels = max(panels, page.page.locator(".jupyter-widgets").count())
    assert drawn >= 1, "plotly drew a figure"
    assert panels > 5, "the panels are there"
    assert page.beyond == []
    page.context.close()


def test_pupil_answers_uploads_and_errs_without_code(
    browser: Any, lab: tuple[str, Path], tmp_path: Path
) -> None:
    page = Page(browser, lab[0], "broken.ipynb", SIZES["laptop"])
    cells = page.run_all()
    # a task answered in the box, with a decimal comma
    page.scroll_to(find(cells, 'kit.answer("A1"'))
    box = page.page.locator(".jp-Cell", has_text="Your answer to A1").last
    box.locator("input[type=text]").fill("747 rows")
    box.get_by_role("button", name="Check").click()
    page.page.get_by_text("A1: right!").wait_for(timeout=20_000)
    assert (lab[1] / "my-progress.json").is_file()
    assert '"right"' in (lab[1] / "my-progress.json").read_text(encoding="utf-8")

    # the file is chosen from the list, looked at and added
    page.scroll_to(find(cells, "upload_panel"))
    panel = page.page.locator(".jp-Cell", has_text="Nothing is stored yet.").last
    panel.locator("select").first.select_option(label="meie_ohk_2025-12.csv")
    page.page.get_by_text("3. If this is right, add it.").wait_for(timeout=20_000)
    panel.get_by_role("button", name="Add to class data").click()
    panel.get_by_text("747").first.wait_for(timeout=20_000)
    page.page.wait_for_timeout(800)
    shots = Path(os.environ.get("KIT_SCREENSHOTS", tmp_path))
    shots.mkdir(parents=True, exist_ok=True)
    page.page.screenshot(path=shots / "upload-panel.png")

    # a mistake in code is explained, and the notebook's file holds no traceback outside the fold
    page.page.evaluate(
        "() => {const nb = jupyterapp.shell.currentWidget.content;"
        "nb.activeCellIndex = nb.widgets.length - 2;"
        "nb.activeCell.model.sharedModel.setSource('sharde.readings(\"pm25\")');"
        "return jupyterapp.commands.execute('notebook:run-cell')}"
    )
    page.page.wait_for_timeout(1500)
    shown = page.page.get_by_text("Did you mean shared?")
    shown.wait_for(timeout=20_000)
    page.page.screenshot(path=shots / "error-card.png")
    assert not [o for o in outputs(page.cells()) if o["output_type"] == "error"]
    assert page.page.locator("details:not([open]) pre", has_text="NameError").count() >= 1
    assert page.beyond == []
    page.context.close()


PANEL = """
from pathlib import Path

from kit.dataset import create
from kit.model import Station
from kit.widgets import upload_panel

shared = create("ours", school="EE-7", zone="Europe/Tallinn")
for place in ("roof", "garden"):
    shared.add_station(Station(f"EE-7/{place}"))
rows = "".join(f"{n},21.5\\n" for n in range(9))
Path("run.csv").write_text("Time (seconds),temperature (C)\\n" + rows)
upload_panel(shared, files=["run.csv"])
"""


def test_every_field_of_the_upload_panel_is_read_out_with_its_words(
    browser: Any, lab: tuple[str, Path], tmp_path: Path
) -> None:
    """By the accessibility tree of the browser: what a screen reader says of each field."""
    import nbformat

    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(PANEL)])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(book, lab[1] / "panel.ipynb")
    page = Page(browser, lab[0], "panel.ipynb", SIZES["tablet"])
    page.run_all()
    panel = page.page.locator(".jp-OutputArea-output .jupyter-widgets").first
    panel.get_by_role("combobox", name="or from the folder").select_option(label="run.csv")
    station = panel.get_by_role("combobox", name="At which station was run.csv measured?")
    station.wait_for(timeout=20_000)
    start = panel.get_by_role("textbox", name="When did the measurement in run.csv start?")
    start.wait_for(timeout=20_000)
    fields = panel.locator("select, input:not([type=file]), textarea")
    names = fields.evaluate_all("all => all.map(one => one.labels[0]?.innerText.trim() ?? '')")
    assert len(names) == 3
    assert all(names), names
    for label in panel.locator("label.widget-label").all():
        cut = "one => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 2"
        assert not label.evaluate(cut), f"{label.inner_text()} is not seen in full"
    shots = Path(os.environ.get("KIT_SCREENSHOTS", tmp_path))
    shots.mkdir(parents=True, exist_ok=True)
    page.page.screenshot(path=shots / "upload-questions.png")
    station.select_option(label="EE-7/roof")
    start.fill("2026-05-04 10:00")
    start.press("Tab")
    page.page.get_by_text("3. If this is right, add it.").wait_for(timeout=20_000)
    page.context.close()
