"""Help in a pupil's own language: tasks, hints, answers and error cards; the lesson stays as it is."""

from __future__ import annotations

import contextvars
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import kit
from kit import classroom, lesson, text
from kit.classroom.cards import error_html, explain
from kit.classroom.own import language_box
from kit.errors import NotFoundError
from kit.text import tr

SHIPPED = Path(__file__).resolve().parents[2] / "lessons" / "00-our-air"
CATALOGUE = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"

msgid "Look for a date that does not exist."
msgstr "Шукай дату, якої не буває."
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped lesson with help in Ukrainian, of which one hint is translated."""
    made = Path(shutil.copytree(SHIPPED, tmp_path / "00-our-air", ignore=shutil.ignore_patterns("build")))
    path = made / "lesson.toml"
    facts = path.read_text(encoding="utf-8")
    path.write_text(facts.replace('help_in = ["ru", "uk", "de"]', 'help_in = ["uk"]'), encoding="utf-8")
    (made / "locale" / "uk.po").write_text(CATALOGUE, encoding="utf-8")
    return made


@pytest.fixture
def started(
    folder: Path, practice_cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[lesson.Running]:
    monkeypatch.setenv("KIT_CACHE", str(practice_cache))
    monkeypatch.chdir(tmp_path)
    yield lesson.start(folder, lang="et")
    classroom.leave()
    text.use(None)


def test_hints_and_answers_are_in_the_chosen_language_and_the_lesson_is_not(started: lesson.Running) -> None:
    assert kit.answer("A6", 99).title == "A6: veel mitte."
    assert "цією мовою" in str(started.help_in("uk"))
    outcome = kit.answer("A6", 99)
    assert outcome.title == "A6: ще ні."
    kit.hint("A6")
    assert kit.hint("A6").paragraphs == ("Шукай дату, якої не буває.",)
    assert "Meie jaam" in repr(started), "the lesson's own words stay in its language"
    assert tr("Hint") == "Vihje"
    started.help_in()
    assert kit.answer("A6", 99).title == "A6: veel mitte."


def test_what_help_has_no_words_for_is_said_as_in_the_lesson(started: lesson.Running) -> None:
    before = kit.hint("A6").paragraphs[0]
    started.help_in("uk")
    assert classroom.current().task("A6").hints[0] == before, (
        "not translated: as in the lesson, not in English"
    )
    assert explain(NameError("x", name="nonsense"))[0] == "Python поки не знає імені nonsense."
    assert "Для вчителя" in error_html(KeyError("x"), explain(KeyError("x")))
    assert 'lang="uk"' in error_html(KeyError("x"), explain(KeyError("x")))


def test_a_language_that_the_lesson_has_not_is_refused_with_the_known_ones(started: lesson.Running) -> None:
    with pytest.raises(NotFoundError, match=r"ei ole abi keeles fi\. Sellel on: uk\."):
        started.help_in("fi")


def test_the_list_offers_the_languages_by_their_own_names(started: lesson.Running) -> None:
    found = language_box().children[1]
    assert dict(found.options) == {"nagu tund": "", "українська": "uk"}
    found.value = "uk"
    assert classroom.current().own == "uk"


def test_validate_names_every_text_of_a_task_that_help_lacks(folder: Path) -> None:
    missing = [problem for problem in lesson.validate(folder) if problem.startswith("Not translated (uk)")]
    tasks = lesson.load(folder).tasks.values()
    assert len(missing) == len({words for task in tasks for words in task.texts()}) - 1
    path = lesson.update_translation(folder, "uk")
    written = path.read_text(encoding="utf-8")
    assert "Шукай дату" in written
    assert "How many rows of readings" in written
    assert "What is in the air?" not in written, "only tasks are asked for"


def test_a_language_of_the_lesson_itself_is_no_language_of_help(folder: Path) -> None:
    path = folder / "lesson.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('["uk"]', '["uk", "et"]'), encoding="utf-8")
    assert any("help_in" in problem and "et" in problem for problem in lesson.validate(folder))


def test_what_a_panel_calls_speaks_the_notebooks_language_whatever_its_context() -> None:
    """Jupyter calls back in contexts of its own, in which the cell's never was."""
    before, inside = contextvars.copy_context(), contextvars.Context()
    try:
        text.use("et")
        assert [one.run(text.language) for one in (before, inside)] == ["et", "et"]
        with text.using("ru"):
            assert text.language() == "ru"
            text.use("de")
            assert text.language() == "de"
        assert text.language() == "et"
        text.use("en")
        assert [one.run(text.language) for one in (before, inside)] == ["en", "en"]
    finally:
        text.use(None)
