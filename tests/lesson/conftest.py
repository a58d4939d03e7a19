"""The small lesson, for every test of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit import lesson
from tests.lesson.small import write


@pytest.fixture
def small(tmp_path: Path) -> lesson.Lesson:
    """The small lesson in a folder that a test may change."""
    return write(tmp_path / "my-lessons" / "small")
