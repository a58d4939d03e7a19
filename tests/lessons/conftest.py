"""What tests of lessons share: a lesson begun in a folder of its own, with practice data made once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kit import classroom, lesson, text
from kit.batch.warm import Warm

Begin = Callable[..., lesson.Running]


@pytest.fixture
def begin(practice_cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Begin]:
    """Begin a lesson: ``begin("01-our-station", depth="B", lang="et", station=…, file=…)``."""
    monkeypatch.setenv("KIT_CACHE", str(practice_cache))
    monkeypatch.delenv("KIT_DATASET", raising=False)
    monkeypatch.chdir(tmp_path)

    def start(name: str | Path, *, lang: str = "en", **chosen: str | Path) -> lesson.Running:
        return lesson.start(name, lang=lang, **chosen)  # type: ignore[arg-type]

    yield start
    classroom.leave()
    text.use(None)


@pytest.fixture(scope="module")
def warm() -> Iterator[str]:
    """The socket of a process that has imported pandas, xarray and kit, and forks kernels; "" without forks.

    Such a kernel is a process of its own and starts in a second instead of ten. ``KIT_WARM=0`` starts all of
    them cold.
    """
    with Warm() as kernels:
        yield kernels.path
