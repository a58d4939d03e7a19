"""Teachers' notebooks with all right answers shown, run by papermill in warm kernels.

Of each lesson and depth one, the languages by turns: the pupils' notebooks of all of them run elsewhere.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lessons.executed import TEACHERS, check, named, run

#: Of notebooks with the same name in a lesson, the first, the second, the first … language's.
CHOSEN = [
    sorted(path for path in TEACHERS if (path.parents[2], path.name) == one)[number % 2 - 1]
    for number, one in enumerate(sorted({(path.parents[2], path.name) for path in TEACHERS}))
]


@pytest.mark.slow
@pytest.mark.parametrize("notebook", CHOSEN, ids=named)
def test_papermill_runs_it(
    notebook: Path, warm: str, practice_cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KIT_CACHE", str(practice_cache))
    made = run(notebook, tmp_path, warm)
    check(made, tmp_path, notebook.parent.name)
    shown = [cell for cell in made["cells"] if "kit.solution(" in "".join(cell["source"])]
    assert shown, "a teacher sees the answers"
    assert all(cell["outputs"] for cell in shown)
    assert "feedback_panel(lesson)" in "".join(made["cells"][-2]["source"]), "and is asked at the end"
