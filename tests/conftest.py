"""Fixtures that every test may use."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FIELD_DATA = Path(os.environ.get("KIT_FIELD_DATA", ROOT.parent / "shared" / "field-data"))
NO_FIELD_DATA = "the real device files (../shared/field-data) are not on this machine"
NO_WHEELS = "the wheels of Pyodide 0.27.7 cannot be had here"
MAY_BE_ABSENT = (NO_FIELD_DATA, NO_WHEELS)


@pytest.fixture(scope="session")
def field_data() -> Path:
    """The folder of real device files beside the checkout; skipped where it is absent."""
    if not FIELD_DATA.is_dir():
        pytest.skip(NO_FIELD_DATA)
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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where everything is installed (``.ci/run``) a skipped test is a failed one.

    Only the real device files may be absent, which no package brings, and compiled wheels for the browser.
    """
    report = yield
    excused = any(words in str(report.longrepr) for words in MAY_BE_ABSENT)
    if report.skipped and os.environ.get("KIT_NO_SKIPS") and not excused:
        report.outcome = "failed"
        report.longrepr = f"skipped, though nothing may be skipped here: {report.longrepr}"
    return report


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Doctests are looked for in ``kit`` only: what stands here beside the tests are their tools."""
    is_tool = collection_path.suffix == ".py" and not collection_path.name.startswith("test_")
    return True if is_tool else None
