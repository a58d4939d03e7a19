"""The small lesson's page in a real browser: with the keyboard, on paper, judged as kit.answer judges."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kit.classroom import Task
from kit.classroom.tasks import judge, slack
from kit.lesson.forms_page import accepted_units
from kit.lesson.handout import handout
from kit.lesson.page import answers_page, page
from tests.browser.stick import Window, faults, hold
from tests.lesson.small import shown, write

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stick with the small lesson's page, handout and answers."""
    stick = tmp_path_factory.mktemp("stick")
    one = write(stick / "my-lessons" / "small").at("C")
    (stick / "small.html").write_text(page(one, "en", shown(one)), encoding="utf-8")
    (stick / "small-handout.html").write_text(handout(one, "en"), encoding="utf-8")
    (stick / "small-answers.html").write_text(answers_page(one, "en", shown(one)), encoding="utf-8")
    return stick


@pytest.mark.parametrize("name", ["small.html", "small-handout.html", "small-answers.html"])
def test_every_page_passes_axe(site: Path, browser: Any, axe: str, name: str) -> None:
    hold(browser, axe, site / name, "en")


def test_axe_would_find_something(site: Path, browser: Any, axe: str, tmp_path: Path) -> None:
    broken = tmp_path / "broken.html"
    text = (site / "small.html").read_text(encoding="utf-8")
    broken.write_text(text.replace('for="answer-1"', ""), encoding="utf-8")
    window = Window(browser, broken)
    assert {"label-title-only", "label"} & {rule for rule, _ in faults(window, axe)}
    window.close()


def told(window: Window, task: str) -> str:
    return str(window.page.inner_text(f"#told-{task}"))


def test_answers_hints_and_solution_with_the_keyboard_alone(site: Path, browser: Any) -> None:
    window = Window(browser, site / "small.html")
    press = window.page.keyboard.press
    window.page.focus("#answer-1")
    press("Enter")
    assert told(window, "1").startswith("1: not answered yet.")
    window.page.keyboard.type("2,6 °C", delay=1)
    press("Enter")
    assert told(window, "1").startswith("1: right!")
    assert "Every day counts once." in told(window, "1")
    window.page.focus("form[data-task='2'] input")
    press("Space")
    press("Tab")
    press("Enter")
    assert told(window, "2").startswith("2: not yet.")
    press("Tab")
    press("Tab")
    press("Enter")
    assert "Try first, or ask for a hint." in told(window, "2")
    press("Shift+Tab")
    press("Space")
    assert told(window, "2") == "Hint 1 of 2 to 2\n\nTouch it."
    press("Tab")
    press("Enter")
    assert "b) tea & cake" in told(window, "2")
    assert "1 < 2 & so on" in told(window, "2")
    window.page.focus("form[data-task='2'] input:checked")
    press("ArrowDown")
    press("Enter")
    assert told(window, "2").startswith("2: right!")
    for letter in ("a", "c"):
        window.page.check(f"form[data-task='3'] input[value={letter}]")
    window.page.click("form[data-task='3'] button[type=submit]")
    assert told(window, "3").startswith("3: right!")
    window.page.fill("#answer-4", "How cold are the nights?")
    window.page.click("form[data-task='4'] button[type=submit]")
    assert told(window, "4").startswith("4: saved.")
    assert window.page.inner_text("nav .progress") == "4 of 4 tasks done"
    window.close()


def test_answers_are_there_when_the_page_is_opened_anew_and_can_be_deleted(site: Path, browser: Any) -> None:
    window = Window(browser, site / "small.html")
    window.page.fill("#answer-1", "9")
    window.page.press("#answer-1", "Enter")
    window.page.check("form.survey input[name=sure][value='4']")
    window.page.reload()
    assert window.page.input_value("#answer-1") == "9"
    assert told(window, "1").startswith("1: not yet.")
    assert window.page.is_checked("form.survey input[name=sure][value='4']")
    window.page.on("dialog", lambda dialog: dialog.accept())
    window.page.click("#whole [data-does=forget]")
    window.page.reload()
    assert window.page.input_value("#answer-1") == ""
    assert not window.page.is_checked("form.survey input[name=sure][value='4']")
    window.beyond = window.beyond[:1]
    window.close()


def test_answers_are_saved_as_a_file_without_the_questionnaire(site: Path, browser: Any) -> None:
    window = Window(browser, site / "small.html", accept_downloads=True)
    window.page.fill("#answer-1", "2.5")
    window.page.press("#answer-1", "Enter")
    window.page.check("form.survey input[name=sure][value='4']")
    with window.page.expect_download() as waiting:
        window.page.click("#whole [data-does=save]")
    assert waiting.value.suggested_filename == "small-c.txt"
    text = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    assert "How warm <is> it?" in text
    assert "1: right!" in text
    assert "→ 2.5" in text
    assert "2: not answered yet." in text
    assert "I can read a table" not in text, "nobody sees who answered what"
    with window.page.expect_download() as waiting:
        window.page.click("form.survey [data-does=save-survey]")
    survey = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    assert "I can read a table.: yes" in survey
    window.close()


TYPED = [
    "12.5", "12,5", "12,5 µg/m³", "12.5 ug/m3", " 12,50 ", "12.56", "12.54", "1.25e1", "0,0125 mg/m³",
    "12.5 ppb", "12.5 bananas", "−12,5", "1 2,5", "12.5.", "about 12.5", "12", "twelve", "", "...", "…", "?",
    "___", "12,500", "1,250", "12.5 µg m-3", "12.5 μg/m^3", "-12.5", "+12.5", "12,5 !", "1'2.5", "12.5 12.6",
    "NaN",
]  # fmt: skip


def test_numbers_are_judged_as_in_the_notebook(site: Path, browser: Any) -> None:
    window = Window(browser, site / "small.html")
    for task, right in (
        (Task("1", "number", "?", variable="pm25", unit="µg/m³", digits=1), 12.5),
        (Task("1", "number", "?", variable="pm25", tolerance=0.3), 12.52),
        (Task("1", "number", "?"), 12500.0),
        (Task("1", "number", "?", variable="temperature", digits=1), -12.5),
    ):
        units = accepted_units(task) if task.variable else {}
        secret = {"right": right, "slack": slack(task, right), "units": units}
        for given in TYPED:
            here = window.page.evaluate(
                "([given, secret]) => kitPage.judge('number', given, secret)", [given, secret]
            )
            assert here == judge(task, given, right), (task, given)
    window.close()


def test_without_scripts_the_page_can_be_read(site: Path, browser: Any) -> None:
    window = Window(browser, site / "small.html", java_script_enabled=False)
    assert "your browser runs none" in window.page.inner_text("noscript")
    assert window.page.is_visible("text=What was the mean")
    assert not window.page.is_visible("button >> nth=0")
    window.close()


def test_on_paper_there_are_no_buttons(site: Path, browser: Any) -> None:
    window = Window(browser, site / "small.html")
    window.page.emulate_media(media="print")
    assert not window.page.is_visible("form.task button")
    assert not window.page.is_visible("nav")
    assert window.page.is_visible("text=What was the mean")
    window.close()
