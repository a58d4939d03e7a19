"""Three depths from one source: the right cells, steps, tasks and criteria in each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kit import classroom, lesson, text
from kit.cli.lab import copy_lessons
from kit.errors import NotFoundError

FACTS = """\
id = "three-ways"
title = "How warm is it?"
version = "1"
source = "en"
languages = ["en"]
ages = "13-15"
depths = ["A", "B", "C"]
licence = "CC-BY-4.0"
subjects = ["science"]
variables = ["temperature"]
questions = ["How warm was it?"]
objectives = ["read a table"]
materials = ["a computer"]

[minimum]
text = "Least data: one day."
needs = [{ variable = "temperature", days = 1 }]

[parameters]
station = "EE-TRT-7k2p/roof"
file = ""

[[hours]]
title = "one hour"
minutes = 45
steps = [
    { id = "talk", title = "Talk", minutes = 15, who = "together" },
    { id = "guided", title = "Follow the steps", minutes = 30, stop = true, depths = ["A"] },
    { id = "open", title = "Find your own way", minutes = 30, stop = true, depths = ["B", "C"] },
]
"""
TEXT = """\
{{title}}

{{about}}

```python tags=["parameters"]
language = "{{language}}"
dataset = ""
station = "{{station}}"
file = ""
```

```python tags=["setup", "no-code"]
import kit

lesson = kit.lesson.start("{{id}}", lang=language, station=station, depth="{{depth}}")
```

{{hour 1}}

{{step talk}}

Everybody reads this.

<!-- #region tags=["A"] -->
{{step guided}}

Only the guided way reads this.

{{task 1}}
<!-- #endregion -->

```python tags=["A"]
kit.answer("1", ...)
```

<!-- #region tags=["B", "C"] -->
{{step open}}

{{task 2}}
<!-- #endregion -->

```python tags=["B", "C"]
kit.answer("2", ...)
```

```python tags=["C", "code"]
lesson.shared.readings("temperature")
```

```python tags=["C", "no-code"]
lesson.look()
```

{{early-finish}}

{{rubric}}

{{licence}}
"""
TASKS = """\
[1]
kind = "number"
question = "How many are three?"
answer = "3"
depths = ["A"]
hints = ["Count.", "Three."]
explain = "It is."

[2]
kind = "text"
question = "What did you find?"
depths = ["B", "C"]
"""
RUBRIC = """\
levels = ["not yet", "there"]

[[criteria]]
id = "read"
title = "Reading a table"
levels = ["We guess.", "We read."]

[[criteria]]
id = "own"
title = "Asking"
levels = ["We follow.", "We ask."]
depths = ["C"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "my-lessons" / "three-ways"
    made.mkdir(parents=True)
    for name, written in {
        "lesson.toml": FACTS, "lesson.md": TEXT, "answers.toml": TASKS, "rubric.toml": RUBRIC,
    }.items():  # fmt: skip
        (made / name).write_text(written, encoding="utf-8")
    return made


def edit(path: Path, old: str, new: str) -> None:
    written = path.read_text(encoding="utf-8")
    assert old in written
    path.write_text(written.replace(old, new, 1), encoding="utf-8")


def notebook(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def words(path: Path) -> str:
    return "\n".join("".join(cell["source"]) for cell in notebook(path)["cells"])


def test_nothing_is_missing_in_any_depth(folder: Path) -> None:
    assert lesson.validate(folder) == []


def test_each_depth_has_its_own_notebooks_and_only_its_cells(folder: Path, tmp_path: Path) -> None:
    built = {path.stem: path for path in lesson.build(folder, tmp_path / "out", "en")}
    assert list(built) == ["pupil-a", "teacher-a", "pupil-b", "teacher-b", "pupil-c", "teacher-c"]
    own = {
        "Only the guided way": "a", 'kit.answer("1"': "a", 'kit.answer("2"': "bc", "shared.readings": "c",
        "Everybody reads this.": "abc", "We ask.": "c", "We read.": "abc", "Find your own way": "bc",
    }  # fmt: skip
    for said, depths in own.items():
        assert "".join(d for d in "abc" if said in words(built[f"pupil-{d}"])) == depths, said
    assert "Depth B: partly open" in words(built["pupil-b"])
    assert 'depth="C")' in words(built["teacher-c"])
    assert notebook(built["pupil-a"])["metadata"]["kit"]["depth"] == "A"


def test_one_depth_keeps_the_usual_names(folder: Path, tmp_path: Path) -> None:
    edit(folder / "lesson.toml", '["A", "B", "C"]', '["C"]')
    built = lesson.build(folder, tmp_path / "out", "en")
    assert [path.name for path in built] == ["pupil.ipynb", "teacher.ipynb"]
    assert "Only the guided way" not in words(built[0])
    assert "Depth" not in words(built[0])


def test_minutes_and_tasks_are_judged_in_each_depth(folder: Path) -> None:
    edit(
        folder / "lesson.toml",
        'minutes = 30, stop = true, depths = ["A"]',
        'minutes = 29, stop = true, depths = ["A"]',
    )
    edit(folder / "answers.toml", 'depths = ["B", "C"]', 'depths = ["B"]')
    found = lesson.validate(folder)
    assert "Depth A: Hour 1: its steps take 44 minutes, not 45." in found
    assert "Depth C: lesson.md asks for task 2, which is not in answers.toml." in found
    assert not [problem for problem in found if problem.startswith("Depth B")]


def test_depths_that_the_lesson_does_not_have_are_named(folder: Path) -> None:
    edit(folder / "lesson.toml", '["A", "B", "C"]', '["A", "B"]')
    found = lesson.validate(folder)
    assert "“own” is for depth C, which lesson.toml does not name in depths." in found
    assert any(problem.startswith("“2” is for depth C") for problem in found)
    edit(folder / "lesson.toml", '["A", "B"]', '["A", "Z"]')
    assert "lesson.toml: depths names Z, which kit does not know." in lesson.validate(folder)


def test_a_lesson_of_depths_must_be_started_in_one(folder: Path) -> None:
    edit(folder / "lesson.md", ', depth="{{depth}}"', "")
    assert 'lesson.md starts the lesson without depth="{{depth}}".' in lesson.validate(folder)


def test_an_unknown_depth_is_an_error(folder: Path) -> None:
    with pytest.raises(NotFoundError, match="three-ways has no depth D"):
        lesson.load(folder).at("D")


def test_lab_puts_every_depth_beside_the_others(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    put = {path.name for path in copy_lessons(tmp_path / "class", "en", teacher=True)}
    assert {f"three-ways-{who}-{d}.ipynb" for who in ("pupil", "teacher") for d in "abc"} <= put
    assert "00-our-air-pupil.ipynb" in put


@pytest.mark.parametrize("minutes", [30, 40, 45, 90])
def test_a_teachers_version_keeps_the_depths_and_fills_the_hour_in_each(
    folder: Path, tmp_path: Path, minutes: int
) -> None:
    made = lesson.new("own", folder, minutes=minutes, out=tmp_path)
    assert lesson.validate(made) == []
    for depth in "ABC":
        (hour,) = lesson.load(made).at(depth).hours
        assert sum(step.minutes for step in hour.steps) == hour.minutes == minutes
    assert set(lesson.load(made).at("C").tasks) == {"2"}


def test_only_the_tasks_of_the_depth_are_there(
    folder: Path, practice_cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KIT_CACHE", str(practice_cache))
    monkeypatch.chdir(tmp_path)
    lesson.start(folder, lang="en", depth="A")
    try:
        assert set(classroom.current().tasks) == {"1"}
    finally:
        classroom.leave()
        text.use(None)
