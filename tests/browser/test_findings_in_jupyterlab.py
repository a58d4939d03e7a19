"""A plan, a finding and its approval in JupyterLab: as a pupil without a mouse, then as the teacher."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from kit.dataset import Dataset, create, waiting
from kit.dataset.findings import CRITERIA, Finding, Plan, Review
from kit.dataset.findings_page import page as page_of
from kit.model import Source, Station
from tests.browser.jupyter import SIZES, Page, jupyterlab
from tests.browser.stick import RULES, Window
from tests.widgets.conftest import ROOF, csv, rows

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SETUP = """
from types import SimpleNamespace
from kit import widgets
from kit.dataset import Dataset

lesson = SimpleNamespace(
    lesson=SimpleNamespace(id="10-x"), shared=Dataset("ours"), station="EE-AAA/roof", practice=False
)
"""
PUPIL, TEACHER = ("plan", "finding", "findings"), ("approve",)
QUESTION, FINDING = "Is the zebrafinch week cleaner?", "The quokka week is 2 µg/m³ lower on 7 days."


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, practice_cache: Path) -> Iterator[tuple[str, Path]]:
    """A JupyterLab with a pupil's and a teacher's notebook; its address and its folder."""
    root = tmp_path_factory.mktemp("findings")
    shared = create(root / "ours", school="EE-AAA", zone="Europe/Tallinn")
    shared.add_station(Station(ROOF, "EE-79", 58.4, 26.0, 60.0, "Europe/Tallinn", "roof", "Roof"))
    shared.upload(Source("roof.csv", csv(rows(1))), station=ROOF)
    shared.close()
    for name, panels in (("pupil", PUPIL), ("teacher", TEACHER)):
        cells = [SETUP, *(f"widgets.{panel}(lesson)" for panel in panels)]
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(book, root / f"{name}.ipynb")
    with jupyterlab(root, practice_cache) as address:
        yield address, root


def _open(browser: Any, lab: tuple[str, Path], name: str, size: str) -> Page:
    page = Page(browser, lab[0], f"{name}.ipynb", SIZES[size])
    page.run_all()
    page.page.set_default_timeout(60_000)
    return page


def _write(page: Page, *texts: str) -> None:
    """Type where the keyboard is, and go on with Tab."""
    for text in texts:
        page.page.keyboard.type(text)
        page.page.keyboard.press("Tab")
        page.page.wait_for_timeout(200)


def _shoot(page: Page, number: int, name: str, tmp_path: Path) -> None:
    """Look at a panel: it is seen in full, every control has its words."""
    page.scroll_to(number)
    frame = page.page.locator(".jp-Cell").nth(number).locator(".kit-frame").first
    frame.wait_for()
    page.page.wait_for_timeout(1000)
    shots = Path(os.environ.get("KIT_SCREENSHOTS", tmp_path))
    shots.mkdir(parents=True, exist_ok=True)
    frame.screenshot(path=shots / f"{name}.png")
    names = frame.locator("select, input, textarea").evaluate_all(
        "all => all.map(one => one.labels[0]?.innerText.trim() ?? '')"
    )
    assert names
    assert all(names), (name, names)
    assert not frame.evaluate("one => one.scrollWidth > one.clientWidth + 2"), f"{name} is too wide"


def test_a_finding_is_written_by_a_pupil_and_published_by_the_teacher(
    browser: Any, lab: tuple[str, Path], tmp_path: Path
) -> None:
    pupil, shared = _open(browser, lab, "pupil", "laptop"), Dataset(lab[1] / "ours")
    for number, kind in ((1, "Our question"), (2, "Our finding in one sentence")):
        pupil.scroll_to(number)
        pupil.page.get_by_label(kind).first.focus()
        if number == 1:
            _write(pupil, QUESTION, "Yes, a little.", "Less traffic.", "The means differ by more than 1.")
            pupil.page.keyboard.press("Enter")
            pupil.page.get_by_text("Your plan is kept").wait_for()
            _shoot(pupil, 1, "plan-kept", tmp_path)
            pupil.scroll_to(2)
            pupil.page.get_by_role("button", name="Look for our plans again").press("Enter")
            pupil.page.locator(".jp-Cell").nth(2).get_by_text("Less traffic.").wait_for()
        else:
            _write(pupil, FINDING, "Not that traffic is the cause.")
            pupil.page.get_by_role("button", name="Keep our finding").press("Enter")
            pupil.page.get_by_text("Your finding is kept").wait_for()
            _shoot(pupil, 2, "finding-kept", tmp_path)
    assert len(waiting.waiting(shared)) == 2
    assert shared.findings() == []

    teacher = _open(browser, lab, "teacher", "tablet")
    teacher.page.get_by_text("2 texts wait for you.").wait_for()
    teacher.page.get_by_label("Which text?").select_option(index=2)
    teacher.page.get_by_text(FINDING).last.wait_for()
    _shoot(teacher, 1, "approve", tmp_path)
    teacher.page.get_by_role("button", name="I have read it: approve").press("Enter")
    teacher.page.get_by_text("Approved: finding").wait_for()
    (one,) = shared.findings()
    assert one.plan is not None
    assert (one.sentence, one.plan.question, one.planned_before) == (FINDING, QUESTION, True)

    pupil.scroll_to(3)
    pupil.page.get_by_role("button", name="Look for findings again").press("Enter")
    pupil.page.locator(".jp-Cell").nth(3).get_by_text("Not that traffic is the cause.").wait_for()
    _shoot(pupil, 3, "findings", tmp_path)
    assert pupil.beyond == teacher.beyond == []
    assert 'role="alert"' not in pupil.page.content() + teacher.page.content()
    for page, name in ((pupil, "pupil"), (teacher, "teacher")):
        page.page.keyboard.press("Escape")
        page.page.keyboard.press("Control+s")
        page.page.wait_for_function("() => !jupyterapp.shell.currentWidget.context.model.dirty")
        saved = (lab[1] / f"{name}.ipynb").read_text(encoding="utf-8")
        for word in ("zebrafinch", "quokka", "widget-state"):
            assert word not in saved, "no word of a pupil is kept in the notebook"
        page.context.close()


@pytest.mark.parametrize("lang", ["en", "et", "uk"])
def test_the_page_of_findings_passes_axe(browser: Any, axe: str, tmp_path: Path, lang: str) -> None:
    said = ("EE-AAA", "1", "10-x", "et", "2026-05-01T12:00:00Z", "3f9ac2d41b07/2", "")
    plan = Plan("a" * 64, *said, question="Kas õhk on puhtam? " * 9, expectation="Jah.", rule="Üle 1.")
    review = Review("b" * 64, *said, levels=dict.fromkeys(CRITERIA, "partly"), star="Arv.", wish="Päevad?")
    found = [
        Finding(name * 64, *said, sentence="x" * 900, limits="Põhjus.", plan=about, reviews=(review,))
        for name, about in (("c", plan), ("d", None))
    ]
    path = tmp_path / "findings.html"
    for items in (found, []):
        path.write_text(page_of(items, lang), encoding="utf-8")
        window = Window(browser, path, SIZES["tablet"])
        window.page.evaluate(axe)
        judged = window.page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        assert judged["violations"] == []
        assert len(judged["passes"]) > 8, "axe looked at the page"
        assert window.page.evaluate("document.documentElement.scrollWidth") <= SIZES["tablet"][0]
        assert window.page.get_attribute("html", "lang") == lang
        window.close()
