"""Each lesson's first notebook, in its own language, runs under plain papermill from a cold start.

The other depths and languages run in kernels that start warm (``test_other_notebooks.py``).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from kit import lesson
from tests.lessons.executed import MOST_SECONDS, PUPILS, check, named, run, worked

OWN = [
    path
    for path in PUPILS
    if path.parent.name == lesson.load(path.parents[2]).source and path.stem in ("pupil", "pupil-a")
]


@pytest.mark.slow
@pytest.mark.parametrize("notebook", OWN, ids=named)
def test_papermill_runs_it(
    notebook: Path, practice_cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KIT_CACHE", str(practice_cache))
    before = worked()
    made = run(notebook, tmp_path)
    seconds = worked() - before
    check(made, tmp_path, notebook.parent.name)
    assert seconds < MOST_SECONDS, f"{seconds:.0f} s of the processor: a class does not wait so long"


def test_papermill_still_fails_where_a_cell_fails(
    practice_cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from papermill.exceptions import PapermillExecutionError

    monkeypatch.setenv("KIT_CACHE", str(practice_cache))
    with pytest.raises(PapermillExecutionError, match="no-such-folder"):
        run(OWN[0], tmp_path, dataset=str(tmp_path / "no-such-folder"))
