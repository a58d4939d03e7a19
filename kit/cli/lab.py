"""``kit lab``: JupyterLab with the lessons, on this computer only."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

from kit import lesson
from kit.dataset.sample import cache, open_shared
from kit.text import language, tr

#: JupyterLab asks about news on its first start and looks for them on the internet; a class needs neither.
QUIET = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}


def lab(options: Namespace) -> int:
    """Put the lessons' notebooks into the class's folder (never over theirs) and start JupyterLab there."""
    folder = Path(options.folder).resolve()
    put = copy_lessons(folder, language(), teacher=options.teacher)
    shared = open_shared(options.dataset)
    print(
        tr(
            "The lessons are in {folder}; the data are those of {dataset}.",
            folder=folder,
            dataset=shared.folder,
        )
    )
    if put:
        print(tr("New there: {names}", names=", ".join(path.name for path in put)))
    environment = os.environ | {
        "KIT_DATASET": str(shared.folder),
        "KIT_LANG": language(),
        "JUPYTER_CONFIG_PATH": os.pathsep.join(
            filter(None, [str(_settings()), os.environ.get("JUPYTER_CONFIG_PATH")])
        ),
    }
    shared.close()
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        str(folder),
        f"--port={options.port}",
        "--ServerApp.ip=127.0.0.1",
    ]
    if options.no_browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # containers and class servers; Jupyter refuses root otherwise
    return subprocess.run(command, env=environment, check=False).returncode


def copy_lessons(folder: Path, lang: str, *, teacher: bool = False) -> list[Path]:
    """Copy the built notebooks that are not there yet, never over a class's own work; return the new ones."""
    folder.mkdir(parents=True, exist_ok=True)
    put = []
    for one in lesson.list_lessons():
        pupils = lesson.notebooks(one.folder, lang)
        teachers = [path.with_name("teacher.ipynb") for path in pupils] if teacher else []
        for source in pupils + teachers:
            target = folder / f"{one.id}-{source.stem}.ipynb"
            if not target.exists():
                shutil.copyfile(source, target)
                put.append(target)
    return put


def _settings() -> Path:
    """Return a folder with JupyterLab's settings for a class."""
    folder = cache() / "lab"
    page = folder / "labconfig" / "page_config.json"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(json.dumps(QUIET), encoding="utf-8")
    return folder
