"""Teachers say how a lesson went; who looks after the origin hears what is said of every own version."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kit import lesson
from kit.cli import run
from kit.dataset import Dataset, create
from kit.dataset.feedback import given
from kit.errors import UsageError
from kit.lesson import panels

SHIPPED = Path(__file__).resolve().parents[2] / "lessons" / "00-our-air"


@pytest.fixture
def shared(tmp_path: Path) -> Dataset:
    return create(tmp_path / "ours", school="EE-7", zone="Europe/Tallinn")


def test_a_note_on_an_own_version_is_heard_at_its_origin(
    shared: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    lesson.new("mine", SHIPPED, lang="et")
    lesson.new("hers", "mine", lang="et")
    lesson.give_feedback(shared, "mine", worked="guessing first", minutes={"look": 12}, lang="et")
    lesson.give_feedback(shared, "hers", change="less text", minutes={"look": 9, "talk": 20})
    lesson.give_feedback(shared, "00-our-air", minutes={"look": 8})
    heard = lesson.feedback(shared, "00-our-air")
    assert [note.lesson for note in heard.notes] == ["mine", "hers", "00-our-air"]
    assert heard.notes[1].origins == {"mine": "1", "00-our-air": "1.0"}
    assert heard.times() == [
        {"step": "look", "planned": 8, "took": 9, "n": 3},
        {"step": "talk", "planned": 12, "took": 20, "n": 1},
    ]  # fmt: skip
    words = heard.text("en")
    assert "3 notes on the lesson “Our air" in words
    assert "look: planned 8 minutes, took 9 (median of 3 teachers)" in words
    assert "Worked: guessing first" in words
    assert "To change: less text" in words
    assert len(lesson.feedback(shared, "mine").notes) == 2
    assert len(lesson.feedback(shared, "hers").notes) == 1
    with pytest.raises(UsageError, match="has no step lunch"):
        lesson.give_feedback(shared, "mine", minutes={"lunch": 20})


def test_on_the_command_line(shared: Dataset, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["lesson", "feedback", "00", "--dataset", str(shared.folder), "--lang", "en"]
    assert run([*asked, "--worked", "the map, write to mari@kool.ee", "--minutes", "look=9", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["notes"][0]["worked"] == "the map, write to [e-mail]"
    assert told["times"] == [{"step": "look", "planned": 8, "took": 9, "n": 1}]
    assert run([*asked, "--retract", told["notes"][0]["id"][:8]]) == 0
    assert "0 notes on the lesson" in capsys.readouterr().out


def test_the_panel_gives_the_note(shared: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panels, "is_live", lambda: True)
    running: Any = SimpleNamespace(lesson=lesson.load(SHIPPED), shared=shared, practice=False)
    panel = panels.FeedbackPanel(running)
    labels = [field.description for field in (panel.worked, panel.change, *panel.minutes.values())]
    assert all(labels)
    assert len(panel.minutes) == 10
    panel.worked.value = "the paper game"
    panel.minutes["look"].value = 11
    panel._give(None)
    (note,) = given(shared)
    assert (note.worked, dict(note.minutes), note.version) == ("the paper game", {"look": 11}, "1.0")
    assert panel.worked.value == ""
    with pytest.raises(UsageError, match="says nothing yet"):
        panel._give(None)
    running.practice = True
    panel.worked.value = "x"
    with pytest.raises(UsageError, match="would be forgotten"):
        panel._give(None)


def test_the_form_for_an_own_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panels, "is_live", lambda: True)
    monkeypatch.chdir(tmp_path)
    shown: list[str] = []
    monkeypatch.setattr(panels, "show", lambda html, text="": shown.append(html))
    panel = panels.NewLessonPanel(tmp_path, ["EE-7/roof"], tmp_path / "my-lessons")
    panel.origin.value = "00-our-air"
    assert [code for _, code in panel.lang.options] == ["en", "et"]
    with pytest.raises(UsageError, match="has no title yet"):
        panel._make(None)
    panel.lang.value = "et"
    panel.title.value = "Meie õhk"
    assert panel.name.value == "meie-ohk"
    panel.minutes.value = 40
    panel._make(None)
    made = lesson.load("meie-ohk")
    assert made.folder == tmp_path / "my-lessons" / "meie-ohk"
    assert [hour.minutes for hour in made.hours] == [40, 40]
    for name in ("meie-ohk-pupil.ipynb", "meie-ohk-teacher.ipynb"):
        assert (tmp_path / name).is_file()
        assert f'href="{name}"' in shown[0]
    monkeypatch.setattr(panels, "is_live", lambda: False)
    assert "Opened in JupyterLab" in str(lesson.new_lesson_panel())
