"""Pages and handouts of every lesson in a real browser: WCAG 2.2 AA, little weight, no request.

A page needs a run of its notebook, so each lesson shows one of its depths in one of its languages, and one
look of it (light on a laptop, dark on a tablet); handouts show every depth, the pupils' and the teachers' by
turns. ``KIT_PAGES=all`` takes all of them.
"""

from __future__ import annotations

import gzip
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kit import lesson
from kit.batch.warm import Warm, manager
from kit.lesson.faces import Faces
from kit.lesson.handout import handout
from kit.lesson.page import answers_page, page
from kit.lesson.performing import SURROUNDINGS
from tests.browser.stick import LOOKS, hold
from tests.lessons.executed import LESSONS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

#: Bytes of a page, compressed, scripts and figures included.
MOST = 1_500_000
#: What libraries put into what they show, other in each run.
NEW_EVERY_TIME = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}| at 0x[0-9a-f]{6}"
)
ALL = os.environ.get("KIT_PAGES") == "all"
FOLDERS = sorted(path.parent for path in LESSONS.glob("[0-9]*/lesson.toml"))


def chosen() -> Iterator[tuple[str, str, str]]:
    """Yield lesson, depth and language of the pages to look at."""
    for number, folder in enumerate(FOLDERS):
        one = lesson.load(folder)
        depths, languages = one.depths or ("",), one.languages
        if ALL:
            yield from ((folder.name, depth, lang) for depth in depths for lang in languages)
        else:
            yield folder.name, depths[number % len(depths)], languages[number % len(languages)]


@pytest.fixture(scope="module")
def kernels() -> Iterator[type | None]:
    """The class of kernels that start warm, where they can."""
    with Warm(os.environ | SURROUNDINGS) as warm:
        yield manager(warm.path) if warm.path else None


@pytest.mark.parametrize(("name", "depth", "lang"), chosen())
def test_the_page_of_a_lesson(
    name: str, depth: str, lang: str, browser: Any, axe: str, kernels: type | None, practice_cache: Path,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("KIT_CACHE", str(practice_cache))
    found = lesson.load(LESSONS / name)
    one = found.at(depth) if depth else found
    done = Faces(found, lang, kernels=kernels).performed(one)
    path = tmp_path / f"page{one.suffix}.html"
    text = page(one, lang, done)
    assert not NEW_EVERY_TIME.search(text), "the same data give the same page"
    path.write_text(text, encoding="utf-8")
    assert len(gzip.compress(path.read_bytes(), 9)) <= MOST
    turn = FOLDERS.index(LESSONS / name) % 2
    hold(browser, axe, path, lang, LOOKS if ALL else [LOOKS[turn]])
    answers = tmp_path / f"answers{one.suffix}.html"
    answers.write_text(answers_page(one, lang, done), encoding="utf-8")
    hold(browser, axe, answers, lang, LOOKS if ALL else [LOOKS[1 - turn]])


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_handouts_of_a_lesson(folder: Path, browser: Any, axe: str, tmp_path: Path) -> None:
    found = lesson.load(folder)
    for number, one in enumerate(found.each_depth()):
        lang = found.languages[number % len(found.languages)]
        audiences = ("pupil", "teacher")
        for audience in audiences if ALL else [audiences[number % 2]]:
            path = tmp_path / f"{audience}{one.suffix}.html"
            path.write_text(handout(one, lang, audience), encoding="utf-8")
            hold(browser, axe, path, lang, LOOKS if ALL else [LOOKS[number % 2]])
