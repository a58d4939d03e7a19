"""Builds the site: snapshots, kit's wheel, Python for the browser, pupils' notebooks, JupyterLite around."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from kit import samples
from kit.dataset import Dataset, open_dataset
from kit.dataset.sample import cache
from kit.dataset.snapshot import CLASS
from kit.dataset.snapshot_files import write
from kit.errors import DatasetError, JobError, NotFoundError, UsageError
from kit.lesson import practice
from kit.lesson.build import build as build_notebooks
from kit.lesson.site import engine, wheels
from kit.lesson.site.welcome import Entry, welcome
from kit.lesson.source import Lesson, find, list_lessons, load

#: What marks a folder as a site that may be written again.
MARK = "kit-site.json"
KERNEL = "@jupyterlite/pyodide-kernel-extension"
EXTENSIONS = (KERNEL, "@jupyter-widgets/jupyterlab-manager", "jupyterlab-plotly")
_ABOUT = {
    "jupyter-lite-schema-version": 0,
    "jupyter-config-data": {
        "appName": "kit",
        "exposeAppInBrowser": True,
        "disabledExtensions": ["@jupyterlab/apputils-extension:announcements"],
        "litePluginSettings": {
            f"{KERNEL}:kernel": {
                "disablePyPIFallback": True,
                "loadPyodideOptions": {"packages": [wheels.KIT]},
            }
        },
    },
}
_KERNELSPEC = {"display_name": "Python (Pyodide)", "language": "python", "name": "python"}


@dataclass(frozen=True)
class Site:
    """A site that was built: where, with which lessons, version of the data (12 hex digits) and last day."""

    folder: Path
    lessons: tuple[str, ...]
    languages: tuple[str, ...]
    version: str
    until: str
    practice: bool

    def to_dict(self) -> dict[str, Any]:
        """Return what ``kit lesson site --json`` prints and ``kit-site.json`` holds (without the folder)."""
        return {
            "lessons": list(self.lessons), "languages": list(self.languages), "version": self.version,
            "until": self.until, "practice": self.practice,
        }  # fmt: skip


def build(
    out: str | Path, *, dataset: str | Path = "", lessons: Sequence[str] = (), languages: Sequence[str] = (),
    pyodide: Iterable[str | Path] = (),
) -> Site:  # fmt: skip
    """Build the site into the folder ``out``; an earlier site there is replaced, when the new one is whole.

    Parameters
    ----------
    dataset
        Folder of the shared dataset whose snapshot goes along; "" means the class's own and, without one, the
        sample schools.
    lessons
        Ids or folders of lessons (default: all that ``kit lesson list`` names).
    languages
        Languages of the notebooks (default: all that a lesson is complete in).
    pyodide
        Where Python for the browser is: folders and archives (:func:`kit.lesson.site.engine.gather`).

    Raises
    ------
    kit.errors.JobError
        where the extra ``site`` is not installed, or JupyterLite cannot build.
    kit.errors.NotFoundError
        for a lesson that does not exist, or files of Pyodide that are not there.
    kit.errors.UsageError
        for a folder that holds something else.
    """
    _check_tools()
    target = Path(out).absolute()
    if target.exists() and any(target.iterdir()) and not (target / MARK).is_file():
        raise UsageError(
            "The folder {folder} holds something else.", do="Name a new folder.", code="site-folder",
            folder=str(target),
        )  # fmt: skip
    chosen = [load(find(name)) for name in lessons] if lessons else list_lessons()
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".kit-site-", dir=target.parent) as made:
        work = Path(made)
        engine.gather(pyodide, work / "lite" / "static" / "pyodide")
        about = _snapshots(chosen, dataset, work / "snapshots")
        _python(chosen, work, work / "lite" / "static" / "pyodide")
        entries = _notebooks(chosen, languages, work / "lite" / "files", work / "notebooks")
        site = Site(
            target, tuple(one.id for one in chosen), tuple(sorted({entry.lang for entry in entries})),
            about["version"][:12], about["until"], about["practice"],
        )  # fmt: skip
        _jupyterlite(work / "lite", work / "site", site.until)
        (work / "site" / "index.html").write_text(welcome(site, entries), encoding="utf-8", newline="\n")
        mark = json.dumps(site.to_dict(), indent=1) + "\n"
        (work / "site" / MARK).write_text(mark, encoding="utf-8", newline="\n")
        if target.exists():
            shutil.rmtree(target)
        (work / "site").rename(target)
    return site


def _check_tools() -> None:
    if find_spec("jupyterlite_core") is None or find_spec("jupyterlite_pyodide_kernel") is None:
        raise JobError(
            "Sites cannot be built here.", why="The parts of kit that build them are not installed.",
            do='Install kit with its extra: pip install "school-envkit[site]"', code="no-site-extra",
        )  # fmt: skip


def _snapshots(lessons: Sequence[Lesson], dataset: str | Path, out: Path) -> dict[str, Any]:
    """Write the snapshot of the class's dataset, and those to practise with; return what the first says.

    A class whose own data are not enough for a lesson practises, as everywhere.
    """
    try:
        shared = open_dataset(dataset or None)
    except DatasetError as error:
        if dataset or error.code != "no-dataset":
            raise
        shared = None
    made = [
        write(Dataset(practice.made_for(one)), out / one.id, values="../values", practice=True)
        for one in lessons
    ]
    if shared is not None and cache().absolute() not in shared.folder.parents:
        return write(shared, out / CLASS, values="../values")
    return max(made, key=lambda about: str(about["until"]))


def _python(lessons: Sequence[Lesson], work: Path, out: Path) -> None:
    """Write the wheels of kit and of the libraries that it needs, and their list."""
    wanted = {samples.NAME: samples.folder() / samples.NAME}
    for one in lessons:
        file = practice.our_file(one, "", one.parameters["station"])
        if file is not None and samples.folder() in file.parents:
            wanted[file.relative_to(samples.folder()).as_posix()] = file
    name, data = wheels.of_kit([one.folder for one in lessons], work / "snapshots", wanted)
    (out / name).write_bytes(data)
    engine.add_pure(out)
    engine.lock(out)


def _notebooks(
    lessons: Sequence[Lesson], languages: Sequence[str], out: Path, scratch: Path
) -> list[Entry]:  # fmt: skip
    """Write the pupils' notebooks for the kernel of the browser; return what the welcome page lists."""
    entries = []
    for one in lessons:
        for lang in [code for code in one.languages if not languages or code in languages]:
            paths = build_notebooks(one.folder, scratch / lang / one.id, lang)
            for depth, path in zip(
                one.each_depth(), [p for p in paths if p.stem.startswith("pupil")], strict=True
            ):
                book = json.loads(path.read_text(encoding="utf-8"))
                book["metadata"]["kernelspec"] = _KERNELSPEC
                place = f"{lang}/{one.id}/{path.name}"
                (out / place).parent.mkdir(parents=True, exist_ok=True)
                text = json.dumps(book, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
                (out / place).write_text(text, encoding="utf-8", newline="\n")
                entries.append(Entry(lang, depth, place))
    if not entries:
        raise NotFoundError(
            "No lesson is there in {languages}.", do="Choose other lessons or languages.",
            code="no-lessons", languages=", ".join(languages),
        )  # fmt: skip
    return entries


def _jupyterlite(folder: Path, out: Path, until: str) -> None:
    """Build JupyterLite around the files in ``folder``; they are dated as the data are."""
    dated = datetime.fromisoformat(until or "1980-01-01").replace(tzinfo=UTC)
    extensions = Path(sysconfig.get_path("data")) / "share" / "jupyter" / "labextensions"
    config = {
        "LiteBuildConfig": {
            "apps": ["notebooks", "tree"], "contents": [str(folder / "files")], "output_dir": str(out),
            "federated_extensions": [str(extensions / name) for name in EXTENSIONS],
            "ignore_sys_prefix": ["federated_extensions"], "no_sourcemaps": True,
            "no_unused_shared_packages": True, "source_date_epoch": int(dated.timestamp()),
        }
    }  # fmt: skip
    (folder / "jupyter_lite_config.json").write_text(json.dumps(config), encoding="utf-8")
    (folder / "jupyter-lite.json").write_text(json.dumps(_ABOUT), encoding="utf-8")
    command = [sys.executable, "-m", "jupyterlite_core", "build", "--lite-dir", str(folder)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode or not (out / "notebooks" / "index.html").is_file():
        raise JobError(
            "JupyterLite could not build the site.", why="It says: {said}",
            do="Show this to whoever looks after kit.", code="site-build",
            said=(done.stderr or done.stdout).strip()[-1000:],
        )  # fmt: skip
