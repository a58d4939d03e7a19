"""``kit lab``: JupyterLab with the lessons, on this computer only."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

from kit import lesson
from kit.dataset.sample import open_shared
from kit.text import language, tr


def lab(options: Namespace) -> int:
    """Copy the pupils' notebooks into the class's folder (never over theirs) and start JupyterLab there."""
    folder = Path(options.folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    for one in lesson.list_lessons():
        for source in lesson.notebooks(one.folder, language()):
            target = folder / f"{one.id}-{source.stem}.ipynb"
            if not target.exists():
                shutil.copyfile(source, target)
    shared = open_shared(options.dataset)
    print(
        tr(
            "The lessons are in {folder}; the data are those of {dataset}.",
            folder=folder,
            dataset=shared.folder,
        )
    )
    environment = os.environ | {"KIT_DATASET": str(shared.folder), "KIT_LANG": language()}
    command = [
        sys.executable, "-m", "jupyterlab", str(folder), f"--port={options.port}", "--ServerApp.ip=127.0.0.1",
        "--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]  # fmt: skip
    if options.no_browser:
        command.append("--no-browser")
    return subprocess.run(command, env=environment, check=False).returncode
