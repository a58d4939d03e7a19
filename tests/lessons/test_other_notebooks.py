"""Pupils' notebooks of all other depths and languages, run by papermill in kernels forked from a warm one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lessons.executed import PUPILS, check, named, run
from tests.lessons.test_pupils_notebooks import OWN

OTHERS = [path for path in PUPILS if path not in OWN]


@pytest.mark.slow
@pytest.mark.parametrize("notebook", OTHERS, ids=named)
def test_papermill_runs_it(
    notebook: Path, warm: str, practice_cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KIT_CACHE", str(practice_cache))
    check(run(notebook, tmp_path, warm), tmp_path, notebook.parent.name)
