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
#: Run by every kernel: after a restart a pupil may run any cell first, and still sees no traceback.
STARTUP = """\
def _kit_cards(info):
    from kit.classroom import cards_on
    if cards_on():
        get_ipython().events.unregister("pre_run_cell", _kit_cards)

get_ipython().events.register("pre_run_cell", _kit_cards)
"""


def lab(options: Namespace) -> int:
    """Put the lessons' notebooks into the class's folder (never over theirs) and start JupyterLab there."""
    folder = Path(options.folder).resolve()
    put = copy_lessons(folder, language(), teacher=options.teacher)
    shared = open_shared(options.dataset)
    print(
        tr(
            "The lessons are in {folder}; the data are those of {dataset}.",
            folder=folder,
            dataset=shared.url,
        )
    )
    if put:
        print(tr("New there: {names}", names=", ".join(path.name for path in put)))
    class_settings = settings(cache() / "lab")
    environment = os.environ | class_settings | {"KIT_DATASET": shared.url, "KIT_LANG": language()}
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
    sys.stdout.flush()
    return subprocess.run(command, env=environment, check=False).returncode


def copy_lessons(folder: Path, lang: str, *, teacher: bool = False) -> list[Path]:
    """Copy the built notebooks that are not there yet, never over a class's own work; return the new ones."""
    folder.mkdir(parents=True, exist_ok=True)
    put = []
    for one in lesson.list_lessons():
        pupils = lesson.notebooks(one.folder, lang)
        teachers = lesson.notebooks(one.folder, lang, "teacher") if teacher else []
        for source in pupils + teachers:
            target = folder / f"{one.id}-{source.stem}.ipynb"
            if not target.exists():
                shutil.copyfile(source, target)
                put.append(target)
    return put


def settings(folder: Path) -> dict[str, str]:
    """Write the settings of a class below ``folder``; return the environment that makes Jupyter use them.

    Kernels show errors as cards from the first cell on (for a person; never under papermill) and keep no
    history of what pupils typed.
    """
    profile = folder / "ipython" / "profile_default"
    files = {
        folder / "labconfig" / "page_config.json": json.dumps(QUIET),
        profile / "ipython_kernel_config.py": "get_config().HistoryManager.enabled = False\n",
        profile / "startup" / "00-kit.py": STARTUP,
    }
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    places = [str(folder), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    return {
        "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, places)),
        "IPYTHONDIR": str(folder / "ipython"),
    }
