"""What JupyterLab's launcher is told: a card for each lesson that a class has, and the form's."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import nbformat
import pytest
from jupyterlab_server.config import get_federated_extensions

from kit import lesson, text
from kit.lab import launcher
from kit.lab.places import WORK
from kit.lesson.handing import hand_out

SHIPPED = Path(__file__).resolve().parents[2] / "lessons" / "00-our-air"


@pytest.fixture
def deep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> lesson.Lesson:
    """A lesson of two depths beside the class's folder."""
    made = lesson.new("deep", SHIPPED, lang="et", out=tmp_path / "my-lessons", title="Sügav")
    facts = (made / "lesson.toml").read_text(encoding="utf-8")
    (made / "lesson.toml").write_text('depths = ["A", "C"]\n' + facts, encoding="utf-8")
    source = (made / "lesson.md").read_text(encoding="utf-8")
    start = "station=station, file=file)"
    (made / "lesson.md").write_text(
        source.replace(start, start[:-1] + ', depth="{{depth}}")'), encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    return lesson.load(made)


def cards(folder: Path, lang: str) -> dict[str, dict[str, object]]:
    told = json.loads(launcher.page_settings(folder, lang)["kitCards"])
    assert all(told["words"].values())
    return {card["title"]: card for card in told["cards"]}


def test_a_card_for_each_lesson_that_is_there(deep: lesson.Lesson, tmp_path: Path) -> None:
    folder = tmp_path / "class"
    assert cards(folder, "en") == {}
    handed = hand_out(folder, "et", [deep, lesson.load(SHIPPED)])
    assert [path.name for path in handed["deep"]] == ["deep-pupil-a.ipynb", "deep-pupil-c.ipynb"]
    found = cards(folder, "en")
    assert list(found) == [lesson.load(SHIPPED).title("en"), "Sügav"], "in the only language it has"
    assert found["Sügav"]["notebooks"] == [
        {"label": "Depth A: guided", "path": "deep-pupil-a.ipynb"},
        {"label": "Depth C: own inquiry", "path": "deep-pupil-c.ipynb"},
    ]
    handed["deep"][0].unlink()
    assert len(cards(folder, "et")["Sügav"]["notebooks"]) == 1  # type: ignore[arg-type]


def test_handing_out_leaves_a_classs_work_alone(tmp_path: Path) -> None:
    handed = hand_out(tmp_path, "en", [lesson.load(SHIPPED)], teacher=True)
    assert [path.name for path in handed["00-our-air"]] == [
        "00-our-air-pupil.ipynb",
        "00-our-air-teacher.ipynb",
    ]
    handed["00-our-air"][0].write_text("ours", encoding="utf-8")
    hand_out(tmp_path, "en", [lesson.load(SHIPPED)])
    assert handed["00-our-air"][0].read_text(encoding="utf-8") == "ours"


def test_the_form_is_a_notebook_in_the_language(tmp_path: Path) -> None:
    folder = tmp_path / WORK / "2026-05-04"
    folder.mkdir(parents=True)
    with text.using("et"):
        path = launcher.put_form(folder)
    assert path.name == "minu-versioon-tunnist.ipynb"
    book = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(book)
    assert 'new_lesson_panel("../../my-lessons")' in book.cells[1].source, "own versions outlive the day"
    form = cards(folder, "et")["Minu versioon tunnist"]
    assert form["run"] is True
    other = launcher.put_form(tmp_path)
    assert 'new_lesson_panel("my-lessons")' in nbformat.read(other, as_version=4).cells[1].source  # type: ignore[no-untyped-call]


def test_jupyterlab_finds_the_extension_as_it_is(tmp_path: Path) -> None:
    shutil.copytree(launcher.EXTENSIONS / "labextensions", tmp_path / "labextensions")
    found = get_federated_extensions([str(tmp_path / "labextensions")])
    build = found["kit-lessons"]["jupyterlab"]["_build"]
    script = tmp_path / "labextensions" / "kit-lessons" / build["load"]
    code = script.read_text(encoding="utf-8")
    assert 'get: name => (name === "./extension"' in code
    assert "://" not in code, "nothing is loaded from elsewhere"
