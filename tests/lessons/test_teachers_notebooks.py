"""Teachers' notebooks in every language, with all right answers shown, run by papermill in warm kernels."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lessons.executed import TEACHERS, check, named, run


@pytest.mark.slow
@pytest.mark.parametrize("notebook", TEACHERS, ids=named)
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
