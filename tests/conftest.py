"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FIELD_DATA = Path(os.environ.get("KIT_FIELD_DATA", ROOT.parent / "shared" / "field-data"))


@pytest.fixture(scope="session")
def field_data() -> Path:
    """The folder of real device files beside the checkout; skipped where it is absent."""
    if not FIELD_DATA.is_dir():
        pytest.skip(f"the real device files are not on this machine ({FIELD_DATA.name} beside the checkout)")
    return FIELD_DATA


@pytest.fixture(autouse=True)
def _own_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the user's dataset or language."""
    for name in ("KIT_DATASET", "KIT_LANG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def practice_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the lessons' practice data are kept; made once for all tests of a session."""
    return tmp_path_factory.mktemp("kit-cache")
