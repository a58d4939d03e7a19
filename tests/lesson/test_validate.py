"""Every rule for lessons finds the lesson that breaks it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kit import lesson

SHIPPED = Path(__file__).resolve().parents[2] / "lessons" / "00-our-air"

#: file, what stands there, what is put in its place, what is said
BROKEN = {
    "minutes": ("lesson.toml", "minutes = 12, who = \"together\"", "minutes = 15, who = \"together\"",
                "Hour 1: its steps take 48 minutes, not 45."),
    "work": ("lesson.toml", "minutes = 12, who = \"together\"", "minutes = 12, who = \"pupils\"",
             "Hour 1: pupils work 40 minutes; at most 30 are allowed."),
    "who": ("lesson.toml", "who = \"together\" },\n    { id = \"look\"",
            "who = \"nobody\" },\n    { id = \"look\"",
            "Step air: who works is nobody"),
    "order": ("lesson.md", "{{step look}}", "{{step doubt}}", "by lesson.toml it should be {{step look}}"),
    "stop": ("lesson.md", "{{early-finish}}", "", "it should be {{early-finish}}"),
    "unknown task": ("lesson.md", 'kit.answer("A1", ...)', 'kit.answer("A9", ...)',
                     "asks for task A9, which is not in answers.toml"),
    "not answered": ("lesson.md", 'kit.answer("A1", ...)', "lesson.look()", "Task A1 is never answered"),
    "not asked": ("lesson.md", "{{task A1}}", "", "Task A1 is never asked"),
    "no right answer": ("answers.toml", 'code = "lesson.report.rows"', "", "Task A1 has no right answer."),
    "code": ("answers.toml", 'code = "lesson.report.rows"', 'code = "lesson.report.("',
             "Task A1: Python cannot read its code."),
    "hints": ("answers.toml", '    "Look for a date that does not exist.",\n',
              "", "Task A6 has fewer than two hints."),
    "parameters": ("lesson.md", 'file = ""', "", "The parameters cell does not set file."),
    "python": ("lesson.md", "lesson.doubtful()", "lesson.doubtful(", "Python cannot read this cell"),
    "no code": ("lesson.md", 'tags=["no-code"]\nlesson.means', 'tags=["look"]\nlesson.means',
                "Step doubt has code to write and no way without code."),
    "licence": ("lesson.toml", "CC-BY-4.0", "all rights reserved",
                "The licence all rights reserved is not one of"),
    "heading": ("lesson.md", "Here are the values", "##### Here are the values", "skips a level"),
    "image": ("lesson.md", "Here are the values", "![](x.png) Here are the values", "no alternative text"),
    "translation": ("locale/et.po", 'msgstr "Vaatame oma faili"', 'msgstr ""',
                    "Not translated (et): Look at our file"),
    "link": ("locale/et.po", "jämedam](https://www.epa.gov/", "jämedam](https://example.org/",
             "Code or links differ"),
    "directive": ("lesson.md", "{{licence}}", "{{sponsor}}", "unknown directive {{sponsor}}"),
    "toml": ("lesson.toml", "[parameters]", "[parameters", "lesson.toml cannot be read"),
}  # fmt: skip


def test_the_shipped_lesson_has_nothing_missing() -> None:
    assert lesson.validate(SHIPPED) == []


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_named(rule: str, tmp_path: Path) -> None:
    name, old, new, said = BROKEN[rule]
    folder = Path(shutil.copytree(SHIPPED, tmp_path / "broken", ignore=shutil.ignore_patterns("build")))
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    found = lesson.validate(folder)
    assert any(said in problem for problem in found), found


def test_hours_keep_their_rules() -> None:
    made = lesson.load(SHIPPED)
    assert [hour.minutes for hour in made.hours] == [45, 45]
    assert [hour.pupils for hour in made.hours] == [28, 30]
    assert [step.id for hour in made.hours for step in hour.steps if step.stop] == ["add", "years"]
