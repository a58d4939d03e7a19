"""The panels in JupyterLab, in a real browser, as a pupil without a mouse meets them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from kit.dataset import create
from kit.model import Source, Station
from tests.browser.jupyter import SIZES, Page, jupyterlab
from tests.widgets.conftest import FAR, ROOF, csv, rows

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SETUP = """
from pathlib import Path
from kit import classroom, widgets
from kit.classroom.tasks import Task
from kit.dataset import Dataset

shared = Dataset("ours")
tasks = {
    "1": Task("1", "number", "How many stations are there?", code="2", hints=("Look at the map.",)),
    "2": Task("2", "choice", "Which of them is in Tartumaa?", answer="b", options={"a": "Far", "b": "Roof"}),
}
progress = classroom.Progress("t", Path("my-progress.json"))
classroom.enter(classroom.Context("t", tasks, lambda code: int(code), progress))
"""
PANELS = ("explorer(shared)", "quiz()", "map_panel(shared)", "chart_builder(shared)", "annotate(shared)",
          'review(shared, "temperature")')  # fmt: skip
#: The words of the control on which the keyboard is.
FOCUS = """() => {const one = document.activeElement;
return (one.labels?.[0]?.innerText || one.innerText || "").trim()}"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, practice_cache: Path) -> Iterator[tuple[str, Path]]:
    """A JupyterLab whose notebook has every panel; its address and its folder."""
    root = tmp_path_factory.mktemp("panels")
    shared = create(root / "ours", school="EE-AAA", zone="Europe/Tallinn")
    shared.add_station(Station(ROOF, "EE-79", 58.4, 26.0, 60.0, "Europe/Tallinn", "roof", "Roof"))
    shared.add_station(Station(FAR, "EE-37", 59.3, 26.0, 60.0, "Europe/Tallinn", "roof", "Far"))
    wrong = rows(1)
    wrong.loc[60, "temperature"] = 45.0
    shared.upload(Source("roof.csv", csv(wrong, wind=True)), station=ROOF)
    shared.upload(Source("far.csv", csv(rows(3))), station=FAR, school="EE-BBB")
    shared.close()
    cells = [SETUP, *(f"widgets.{panel}" for panel in PANELS)]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for size in ("explore", "quiz", *SIZES):
        nbformat.write(book, root / f"{size}.ipynb")
    with jupyterlab(root, practice_cache) as address:
        yield address, root


def _press(page: Page, *keys: str) -> None:
    for key in keys:
        page.page.keyboard.press(key)
        page.page.wait_for_timeout(250)


def _at(page: Page, number: int, kind: str) -> None:
    """Bring a panel into view, with the keyboard on its first control of a kind."""
    page.scroll_to(number)
    page.page.locator(".jp-Cell").nth(number).locator(f".kit-frame {kind}").first.focus()


def test_a_pupil_without_a_mouse_explores(browser: Any, lab: tuple[str, Path]) -> None:
    page = Page(browser, lab[0], "explore.ipynb", SIZES["laptop"])
    page.run_all()
    page.page.set_default_timeout(60_000)
    said = page.page.locator(".kit-sentence")
    said.filter(has_text="PM2.5 (fine particles): daily means at 2 stations").first.wait_for()

    _at(page, 1, "select")
    labels = []
    while (seen := page.page.evaluate(FOCUS)) != "Save as CSV":
        labels.append(seen)
        _press(page, "Tab")
        assert len(labels) < 40
    order = list(dict.fromkeys(label for label in labels if not label.startswith("Data table")))
    assert order == [
        "What",
        "Where",
        "And beside it",
        "From (day)",
        "Until (day)",
        "Step",
        "Which readings",
        "Show",
    ]

    _at(page, 1, "select")
    _press(page, "Space", "ArrowDown")
    begin = time.perf_counter()
    page.page.keyboard.press("Enter")
    said.filter(has_text="Air temperature: daily means at 2 stations").first.wait_for()
    assert time.perf_counter() - begin < 20
    drawn = page.page.locator(".jp-Cell").nth(1).locator(".js-plotly-plot .main-svg").first
    drawn.wait_for()
    assert drawn.bounding_box()["height"] > 300, "the figure is seen"

    assert 'role="alert"' not in page.page.content()
    assert page.beyond == []
    page.context.close()


def test_a_pupil_without_a_mouse_answers_and_nothing_of_it_is_in_the_notebook(
    browser: Any, lab: tuple[str, Path]
) -> None:
    page = Page(browser, lab[0], "quiz.ipynb", SIZES["laptop"])
    page.run_all()
    page.page.set_default_timeout(60_000)
    page.page.get_by_text("How many stations are there?").first.wait_for()
    _at(page, 2, "input[type=text]")
    page.page.keyboard.type("3")
    _press(page, "Tab", "Enter")
    page.page.get_by_text("1: not yet.").wait_for()
    assert page.page.evaluate(FOCUS) == "Check", "the place of the keyboard stays"
    _press(page, "Tab", "Enter")
    page.page.get_by_text("Hint 1 of 1 to 1").wait_for()
    _press(page, "Shift+Tab", "Shift+Tab", "Control+A")
    page.page.keyboard.type("2")
    _press(page, "Tab", "Enter")
    page.page.get_by_text("1: right!").wait_for()
    _press(page, "Tab", "Tab", "Tab")
    assert page.page.evaluate(FOCUS) == "b) Roof"
    _press(page, "Space", "Tab", "Enter")
    page.page.get_by_text("2: right!").wait_for()
    page.page.get_by_text("2 tasks done of 2").wait_for()
    assert (lab[1] / "my-progress.json").is_file()

    _press(page, "Escape", "Control+s")
    page.page.wait_for_function("() => !jupyterapp.shell.currentWidget.context.model.dirty")
    saved = (lab[1] / "quiz.ipynb").read_text(encoding="utf-8")
    assert "widget-state" not in saved, "no content of a panel is kept in the notebook"
    for word in ("Roof (EE-AAA/roof)", "daily means", "not yet."):
        assert word not in saved
    page.context.close()


@pytest.mark.parametrize("size", SIZES)
def test_every_panel_is_seen_in_full(browser: Any, lab: tuple[str, Path], tmp_path: Path, size: str) -> None:
    page = Page(browser, lab[0], f"{size}.ipynb", SIZES[size])
    page.run_all()
    page.page.set_default_timeout(60_000)
    shots = Path(os.environ.get("KIT_SCREENSHOTS", tmp_path))
    shots.mkdir(parents=True, exist_ok=True)
    for number, panel in enumerate(PANELS, start=1):
        page.scroll_to(number)
        frame = page.page.locator(".jp-Cell").nth(number).locator(".kit-frame").first
        frame.wait_for()
        page.page.wait_for_timeout(1500)
        page.page.screenshot(path=shots / f"panel-{panel.split('(')[0]}-{size}.png")
        fields = frame.locator("select, input, textarea")
        names = fields.evaluate_all("all => all.map(one => one.labels[0]?.innerText.trim() ?? '')")
        assert names, panel
        assert all(names), (panel, names)
        small = (
            "all => all.filter(one => one.offsetParent && one.getBoundingClientRect().height < 24)"
            ".map(one => one.outerHTML)"
        )
        assert frame.locator("select, button").evaluate_all(small) == []
        wide = "one => one.scrollWidth > one.clientWidth + 2"
        assert not frame.evaluate(wide), f"{panel} is wider than its place"
    page.context.close()
