"""A small lesson with everything that a lesson can hold, and what its cells show, written by hand."""

from __future__ import annotations

import base64
from pathlib import Path

from kit import lesson
from kit.lesson.performing import Performed

FACTS = """\
id = "small"
title = "How warm <is> it?"
version = "3"
source = "en"
languages = ["en", "et"]
ages = "13-17"
depths = ["A", "C"]
licence = "CC-BY-4.0"
subjects = ["science"]
curriculum = ["ngss-sep4", "greencomp-4.2"]
glossary = ["mean"]
variables = ["temperature"]
uploads = false
questions = ["How warm was it?"]
objectives = ["read a table"]
materials = ["a computer"]

[minimum]
text = "Least data: one day."
needs = [{ variable = "temperature", days = 1 }]

[origin]
lesson = "old-one"
title = "How cold is it?"
version = "1"
licence = "CC-BY-SA-4.0"
hash = "00"

[[hours]]
title = "one hour"
minutes = 45
steps = [
    { id = "talk", title = "Talk", minutes = 15, who = "together" },
    { id = "look", title = "Look", minutes = 30, stop = true },
]
"""
TEXT = """\
{{title}}

{{about}}

{{glossary}}

<!-- #region tags=["notebook"] -->
Press Shift + Enter.
<!-- #endregion -->

```python tags=["parameters"]
language = "{{language}}"
dataset = ""
station = "{{station}}"
file = ""
```

```python tags=["setup", "no-code"]
import kit

lesson = kit.lesson.start("{{id}}", lang=language, dataset=dataset, station=station, depth="{{depth}}")
shared = lesson.shared
lesson
```

{{hour 1}}

{{step talk}}

{{questionnaire before}}

![A thermometer in the shade of a wall](data/dot.png)

<!-- #region tags=["teacher"] -->
Let them talk first.

{{timetable}}
<!-- #endregion -->

{{step look}}

Here is a table.

```python
lesson.shared.readings("temperature", station=lesson.station)["temperature"].to_series().to_frame("°C")
```

```python tags=["code"]
kit.plot.timeline(lesson.shared.readings("temperature", station=lesson.station))
```

```python tags=["no-code"]
kit.widgets.upload_panel(shared, station=lesson.station)
```

{{task 1}}

```python
kit.answer("1", ...)
```

{{task 2}}

{{task 3}}

```python
kit.answer("2", ...)
kit.answer("3", ...)
```

<!-- #region tags=["C"] -->
{{task 4}}
<!-- #endregion -->

```python tags=["C"]
kit.answer("4", ...)
```

{{early-finish}}

```python
lesson.progress()
```

{{rubric}}

{{licence}}
"""
TASKS = """\
[1]
kind = "number"
question = "What was the **mean**?"
code = "float(lesson.shared.readings('temperature', station=lesson.station)['temperature'].mean())"
variable = "temperature"
unit = "°C"
digits = 1
tolerance = 0.2
hints = ["Look at the table.", "Add and divide."]
explain = "Every day counts once."

[2]
kind = "choice"
question = "Which is warmer?"
answer = "b"
hints = ["Touch it.", "It is the second."]
explain = "Of course: 1 < 2 & so on."

[2.options]
a = "ice"
b = "tea & cake"

[3]
kind = "choices"
question = "Which are cold?"
answer = "a, c"
hints = ["There are two.", "Not the tea."]
explain = "Below 10 °C."

[3.options]
a = "ice"
b = "tea"
c = "snow"

[4]
kind = "text"
question = "What would you ask?"
depths = ["C"]
"""
RUBRIC = """\
levels = ["not yet", "there"]

[[criteria]]
id = "read"
title = "Reading a table"
levels = ["We guess.", "We read."]
"""
SURVEY = """\
[[items]]
id = "sure"
text = "I can read a table."

[[items]]
id = "time"
text = "How was the time?"
kind = "choice"

[items.options]
short = "too short"
right = "just right"
"""
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)
FIGURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="kit-0123456789-title">'
    '<title id="kit-0123456789-title">Line chart. The highest value was 3.</title><path d="M0 0L9 9"/></svg>'
)
TABLE = (
    "<table><thead><tr><th></th><th>°C</th></tr></thead>"
    "<tbody><tr><th>1</th><td>2.5</td></tr></tbody></table>"
)


def write(folder: Path) -> lesson.Lesson:
    """Write the small lesson into a folder; Estonian is not translated yet."""
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "dot.png").write_bytes(DOT)
    for name, text in {
        "lesson.toml": FACTS, "lesson.md": TEXT, "answers.toml": TASKS, "rubric.toml": RUBRIC,
        "questionnaire.toml": SURVEY,
    }.items():  # fmt: skip
        (folder / name).write_text(text, encoding="utf-8")
    return lesson.load(folder)


def shown(one: lesson.Lesson) -> Performed:
    """Return what the cells of a depth of the small lesson would show."""
    cells = [cell for cell in one.cells() if "teacher" not in cell.tags]
    outputs = [
        ({"text/html": TABLE},) if "to_frame" in cell.source
        else ({"image/svg+xml": FIGURE}, {"text/html": "<p>A sentence.</p>"}) if "kit.plot" in cell.source
        else ({"text/html": "<p>Opened in JupyterLab</p>"},) if "upload_panel" in cell.source
        else ({"text/html": "<p>of the notebook</p>"},) if cell.kind == "code" else ()
        for cell in cells
    ]  # fmt: skip
    answers = {
        "1": {"shown": "2.5 °C", "right": 2.5, "slack": 0.2},
        "2": {"shown": "b) tea & cake", "right": ["b"]},
        "3": {"shown": "a) ice; c) snow", "right": ["a", "c"]},
        "4": {"shown": "open"},
    }
    held = {name: answers[name] for name in one.tasks}
    return Performed(tuple(outputs), held, "s/roof", "School <S>", False, "0123456789ab", "2026-05-01")
