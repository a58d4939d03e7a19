"""Every recipe of CONTRIBUTING.md is carried out on a copy of the project.

A fenced block whose first word after the language is a path makes that file (``append`` adds to its end,
``after=TEXT`` adds behind the first line that holds TEXT); a ``sh`` block with the word ``run`` is run.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"^(?P<fence>```|~~~)\w+ (?P<words>[^\n]+)\n(?P<body>.*?)^(?P=fence)$", flags=re.M | re.S)


@dataclass(frozen=True)
class Step:
    words: tuple[str, ...]
    body: str


def recipes() -> dict[str, list[Step]]:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    found = {}
    for part in re.split(r"^## ", text, flags=re.M)[1:]:
        title = part.splitlines()[0].strip()
        steps = [Step(tuple(shlex.split(m["words"])), m["body"]) for m in BLOCK.finditer(part)]
        if steps:
            found[title] = steps
    return found


def test_the_promised_recipes_are_there() -> None:
    assert {"Add a format", "Add a check", "Add a variable", "Add a lesson"} <= set(recipes())


@pytest.mark.slow
@pytest.mark.parametrize("title", sorted(recipes()))
def test_recipe_works_as_written(title: str, tmp_path: Path) -> None:
    project = tmp_path / "project"
    leave = shutil.ignore_patterns("__pycache__", "build")
    for folder in ("kit", "tests", "lessons", "datasets/sample"):
        shutil.copytree(ROOT / folder, project / folder, ignore=leave)
    shutil.copy(ROOT / "pyproject.toml", project)
    ran = 0
    for step in recipes()[title]:
        if step.words == ("run",):
            environment = os.environ | {"PYTHONPATH": str(project), "KIT_CACHE": str(tmp_path / "cache")}
            environment["PATH"] = str(Path(sys.executable).parent) + os.pathsep + environment["PATH"]
            done = subprocess.run(
                ["bash", "-euc", step.body],
                cwd=project,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, f"{step.body}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
            ran += 1
        else:
            carry_out(step, project)
    assert ran, "a recipe ends with a command that shows that it worked"


def carry_out(step: Step, project: Path) -> None:
    path = project / step.words[0]
    how = step.words[1] if len(step.words) > 1 else "new"
    if how == "new":
        assert not path.exists(), f"{path.name} exists already: the recipe is stale"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(step.body, encoding="utf-8")
    elif how == "append":
        path.write_text(path.read_text(encoding="utf-8") + step.body, encoding="utf-8")
    else:
        mark = how.removeprefix("after=")
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        places = [i for i, line in enumerate(lines) if mark in line]
        assert places, f"{mark!r} is not in {path.name}: the recipe is stale"
        lines.insert(places[0] + 1, step.body)
        path.write_text("".join(lines), encoding="utf-8")
