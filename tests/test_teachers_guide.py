"""The guides for teachers, in every language: every lesson with its ages, and commands that exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from kit import lesson
from kit.cli.parser import build

ROOT = Path(__file__).resolve().parents[1]
GUIDES = {"en": ROOT / "docs" / "for-teachers.md", "et": ROOT / "docs" / "opetajale.md"}
LESSONS = [one for one in map(lesson.load, sorted((ROOT / "lessons").glob("[0-9][0-9]-*")))
           if not one.id.startswith("00")]  # fmt: skip


@pytest.mark.parametrize("lang", GUIDES)
def test_every_lesson_has_its_row_with_its_ages(lang: str) -> None:
    text = GUIDES[lang].read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| (\d+) \|[^|]*\| (\d+-\d+) \|", text, re.M))
    assert rows == {str(int(one.id[:2])): one.ages for one in LESSONS}


@pytest.mark.parametrize("lang", GUIDES)
def test_its_commands_are_understood(lang: str) -> None:
    """Commands with all they need are parsed as they stand; a bare name is a command with a help."""
    for line in re.findall(r"`kit ([^`]+)`", GUIDES[lang].read_text(encoding="utf-8")):
        words = shlex.split(line)
        with pytest.raises(SystemExit) as ended:
            build().parse_args([*words, "--help"])
        assert ended.value.code == 0, line


def test_the_languages_say_the_same_things() -> None:
    """As many headings, rows, points and commands in each; what grows in one language only is seen."""

    def shape(path: Path) -> list[tuple[str, int]]:
        text = path.read_text(encoding="utf-8")
        kinds = {
            "headings": r"^#+ ",
            "rows": r"^\|",
            "points": r"^\* ",
            "steps": r"^\d\. ",
            "commands": "`kit ",
        }
        return [(kind, len(re.findall(sign, text, re.M))) for kind, sign in kinds.items()]

    assert len({tuple(shape(path)) for path in GUIDES.values()}) == 1
