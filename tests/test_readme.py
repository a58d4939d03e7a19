"""What the README tells people to type works as it stands there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def block(heading: str, language: str = "") -> str:
    part = TEXT.split(f"## {heading}\n", 1)[1]
    found = re.search(rf"^```{language}\n(.*?)^```$", part, flags=re.M | re.S)
    assert found
    return found[1]


def shell(script: str, folder: Path, cache: Path) -> subprocess.CompletedProcess[str]:
    """Run a script where ``kit`` and ``papermill`` are those of this environment."""
    environment = os.environ | {"KIT_CACHE": str(cache)}
    environment["PATH"] = str(Path(sys.executable).parent) + os.pathsep + environment["PATH"]
    return subprocess.run(
        ["bash", "-euc", script], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_the_first_two_blocks_are_the_two_commands() -> None:
    first, second = re.findall(r"^```sh\n(.*?)^```$", TEXT, flags=re.M | re.S)[:2]
    for command in (first, second):
        assert len(command.strip().splitlines()) == 1
    assert first.strip().endswith(".venv/bin/kit demo")
    assert "-r requirements.lock" in first
    assert "-m pytest" in second
    assert "-r requirements-dev.lock" in second


def test_for_a_school(tmp_path: Path, practice_cache: Path) -> None:
    (tmp_path / "march.csv").write_text("time;temp (°C)\n2026-03-01 10:00;1,5\n", encoding="utf-8")
    done = shell(block("For a school"), tmp_path, practice_cache)
    assert done.returncode == 0, done.stderr
    assert "march.csv was understood" in done.stdout
    assert "march.csv is stored" in done.stdout


@pytest.mark.slow
def test_in_a_notebook(tmp_path: Path, practice_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIT_CACHE", str(practice_cache))
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(compile(block("In a notebook", "python"), "README.md", "exec"), names)
    assert "fell by" in names["result"].sentence("en")  # type: ignore[attr-defined]


@pytest.mark.slow
def test_plain_papermill(tmp_path: Path, practice_cache: Path) -> None:
    (command,) = re.findall(r"`(papermill notebooks/regional_trend[^`]*)`", TEXT)
    command = command.replace("notebooks/", f"{ROOT}/notebooks/")
    done = shell(f"{command} --no-progress-bar", tmp_path, practice_cache)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "fell by" in (tmp_path / "out.ipynb").read_text(encoding="utf-8")
