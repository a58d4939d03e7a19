"""Pupils' notebooks in other languages, run by papermill in kernels that are forked from one warm process."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit import lesson
from tests.lessons.executed import PUPILS, check, named, run

TRANSLATED = [path for path in PUPILS if path.parent.name != lesson.load(path.parents[2]).source]


@pytest.mark.slow
@pytest.mark.parametrize("notebook", TRANSLATED, ids=named)
def test_papermill_runs_it(
    notebook: Path, warm: str, practice_cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KIT_CACHE", str(practice_cache))
    check(run(notebook, tmp_path, warm), tmp_path, notebook.parent.name)
