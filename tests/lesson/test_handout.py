"""The lesson on paper: places to write, no code, nothing from elsewhere, the same bytes every time."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from kit import lesson
from kit.cli import run
from kit.errors import JobError
from kit.lesson.handout import handout

LESSONS = Path(__file__).resolve().parents[2] / "lessons"
FOLDERS = sorted(path.parent for path in LESSONS.glob("*/lesson.toml"))
VOID = {"meta", "link", "input", "img", "br", "hr"}


class Nested(HTMLParser):
    """Checks that every element is closed in its order, and keeps what was met."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.met: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.met.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID
        self.met.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def looked_at(page: str) -> Nested:
    found = Nested()
    found.feed(page)
    assert found.open == []
    ids = [attrs["id"] for _, attrs in found.met if "id" in attrs]
    assert len(ids) == len(set(ids)), "every id once"
    for tag, attrs in found.met:
        for name in ("src", "srcset", "data", "poster"):
            assert (attrs.get(name) or "data:").startswith("data:"), f"{tag} loads {attrs[name]}"
        assert tag != "link"
    return found


def words(page: str) -> str:
    return re.sub(r"<[^>]+>", " ", page.split("<body>")[1])


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_every_lesson_can_be_printed(folder: Path) -> None:
    found = lesson.load(folder)
    for lang in found.languages:
        for one in found.each_depth():
            pupil, teacher = handout(one, lang), handout(one, lang, "teacher")
            for page in (pupil, teacher):
                looked_at(page)
                assert f'<html lang="{lang}">' in page
                assert page.count("<h1") == 1
                assert "kit.answer" not in page
                assert "{{" not in page
            assert pupil.count('<div class="task">') == teacher.count('<div class="task">') == len(one.tasks)
            for task in one.tasks.values():
                for secret in (*task.hints, task.explain):
                    assert secret not in pupil
            assert len(teacher) > len(pupil)


def test_the_same_bytes_every_time(small: lesson.Lesson) -> None:
    assert handout(small.at("A"), "en") == handout(lesson.load(small.folder).at("A"), "en")


def test_each_kind_of_task_has_its_place(small: lesson.Lesson) -> None:
    page = handout(small.at("C"), "en")
    assert page.count('<span class="box"') == 2 + 3
    assert '<ul class="ticks choice">' in page
    assert '<ul class="ticks choices">' in page
    assert '<span class="blank" aria-hidden="true"></span> °C' in page
    assert "What was the <strong>mean</strong>?" in page
    assert "tea &amp; cake" in page
    assert page.count('<div class="screen">') == 1, "the table, and the panel after it"
    assert "How warm &lt;is&gt; it?" in page
    assert "Press Shift + Enter" not in page
    assert "Let them talk first" not in page
    assert "What would you ask?" not in handout(small.at("A"), "en")


def test_the_teacher_reads_hints_reasons_and_fixed_answers(small: lesson.Lesson) -> None:
    page = words(handout(small.at("A"), "en", "teacher"))
    for said in ("Let them talk first", "Look at the table.", "Every day counts once.", "within 0.2",
                 "The right answer: a, c", "The right answer comes from your own data", "45"):  # fmt: skip
        assert said in page, said


def test_it_speaks_the_readers_language(small: lesson.Lesson) -> None:
    page = words(handout(small.at("A"), "et"))
    assert "Vaata ekraani. Mida märkad?" in page
    assert "[veel tõlkimata] Which is warmer?" in page


def test_pictures_are_inside_and_missing_ones_are_named(small: lesson.Lesson) -> None:
    page = handout(small.at("A"), "en")
    pictures = [attrs for tag, attrs in looked_at(page).met if tag == "img"]
    assert [one["alt"] for one in pictures] == ["A thermometer in the shade of a wall"]
    assert str(pictures[0]["src"]).startswith("data:image/png;base64,")
    (small.folder / "data" / "dot.png").unlink()
    with pytest.raises(JobError, match=r"shows the picture data/dot\.png"):
        handout(small.at("A"), "en")


def test_it_says_what_it_is_for_machines(small: lesson.Lesson) -> None:
    page = handout(small.at("A"), "en")
    held = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    assert len(held) == 1
    assert "<" not in held[0]
    assert json.loads(held[0])["name"] == "How warm <is> it?"


def test_the_command_builds_what_was_asked_for(
    small: lesson.Lesson, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--out", str(tmp_path / "out"), "--lang", "et"]
    assert run(["lesson", "build", str(small.folder), "--for", "print", "--json", *where]) == 0
    files = [json.loads(line)["file"] for line in capsys.readouterr().out.splitlines()]
    assert [Path(path).relative_to(tmp_path / "out").as_posix() for path in files] == [
        "et/handout-a.html", "et/handout-teacher-a.html", "et/handout-c.html", "et/handout-teacher-c.html",
    ]  # fmt: skip
    made = Path(files[0]).read_text(encoding="utf-8")
    assert made == handout(small.at("A"), "et")
