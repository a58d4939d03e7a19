"""``kit lab`` in a real browser, as a teacher meets it: cards for the lessons, a form for one of her own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from kit import lesson
from tests.browser.jupyter import SIZES

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@contextmanager
def kit_lab(place: Path, cache: Path, lang: str) -> Iterator[str]:
    """A running ``kit lab`` in a folder of its own; its address."""
    known = {key: value for key, value in os.environ.items() if not key.startswith(("KIT_", "JUPYTER"))}
    said = place / "said.txt"
    with said.open("w", encoding="utf-8") as out:
        command = ["lab", "--teacher", "--no-browser", "--lang", lang, "--folder", str(place / "class")]
        lab = subprocess.Popen(
            [sys.executable, "-m", "kit", *command],
            cwd=place, env=known | {"KIT_CACHE": str(cache), "PYTHONUNBUFFERED": "1"}, stdout=out, stderr=out,
        )  # fmt: skip
        try:
            yield _address(lab, said)
        finally:
            lab.terminate()
            lab.wait(timeout=30)


def _address(lab: subprocess.Popen[bytes], said: Path, seconds: float = 300) -> str:
    end = time.monotonic() + seconds
    while time.monotonic() < end and lab.poll() is None:
        for line in said.read_text(encoding="utf-8").splitlines():
            if line.startswith("http://127.0.0.1"):
                return line.strip()
        time.sleep(0.3)
    raise AssertionError(said.read_text(encoding="utf-8"))


WORDS = {
    "en": ("My own version of a lesson", "Which lesson?", "Your title", "Minutes of one lesson hour",
           "Make my version", "Our roof", "our-roof", "Your lesson is there: Our roof"),
    "et": ("Minu versioon tunnist", "Milline tund?", "Sinu pealkiri", "Ühe tunni pikkus minutites",
           "Tee minu versioon", "Meie katus", "meie-katus", "Sinu tund on valmis: Meie katus"),
}  # fmt: skip


def opened(browser: Any, address: str, size: str, beyond: list[str]) -> Any:
    """Return a page of the browser; what it asks of other computers is noted."""
    context = browser.new_context(viewport=dict(zip(("width", "height"), SIZES[size], strict=True)))
    page = context.new_page()
    page.set_default_timeout(120_000)
    local = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:", "about:")
    page.on("request", lambda asked: None if asked.url.startswith(local) else beyond.append(asked.url))
    page.goto(address)
    return page


@pytest.mark.parametrize(("lang", "size"), [("en", "laptop"), ("et", "tablet")])
def test_a_lesson_of_ones_own_by_a_card(
    browser: Any, tmp_path: Path, practice_cache: Path, monkeypatch: pytest.MonkeyPatch, lang: str, size: str
) -> None:
    card, which, title, minutes, button, own, name, done = WORDS[lang]
    shots = Path(os.environ.get("KIT_SCREENSHOTS", tmp_path / "shots"))
    shots.mkdir(parents=True, exist_ok=True)
    beyond: list[str] = []
    with kit_lab(tmp_path, practice_cache, lang) as address:
        page = opened(browser, address, size, beyond)
        cards = page.locator(".jp-LauncherCard")
        air = lesson.load("00-our-air").title(lang)
        cards.filter(has_text=air[:20]).first.wait_for()
        page.screenshot(path=shots / f"launcher-{lang}-{size}.png")

        # a lesson's card opens its notebook
        cards.filter(has_text=air).first.click()
        tabs = page.locator("#jp-main-dock-panel .lm-TabBar-tab.lm-mod-current")
        tabs.filter(has_text="00-our-air-pupil.ipynb").wait_for()

        # the other one opens the form and runs it; by keyboard
        page.locator("#jp-main-dock-panel .lm-TabBar-addButton").first.click()
        cards.filter(has_text=card).last.focus()
        page.keyboard.press("Enter")
        page.get_by_label(which).wait_for()
        page.get_by_label(which).select_option(label=f"00-our-air · {air}")
        page.get_by_label(title).fill(own)
        page.get_by_label(minutes).fill("40")
        page.get_by_label(minutes).press("Tab")
        page.screenshot(path=shots / f"form-{lang}-{size}.png")
        page.get_by_role("button", name=button).click()
        page.get_by_text(done).wait_for()
        page.screenshot(path=shots / f"done-{lang}-{size}.png")

        monkeypatch.chdir(tmp_path / "class")
        made = lesson.load(name)
        assert made.title(lang) == own
        assert [hour.minutes for hour in made.hours] == [40, 40]
        assert lesson.validate(made.folder) == []

        # its notebook opens by the link that the form shows
        page.get_by_role("link", name=f"{name}-pupil.ipynb").click()
        tabs.filter(has_text=f"{name}-pupil.ipynb").wait_for()
        page.locator(".jp-RenderedMarkdown h1", has_text=own).first.wait_for()
        page.screenshot(path=shots / f"own-{lang}-{size}.png")
        page.context.close()
    assert beyond == []
