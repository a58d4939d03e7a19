"""Where a class works, and where JupyterLab keeps what it needs for one session, on a computer of many.

What pupils make stands in a folder that they choose or that is made for the day. Everything else (the token,
which notebooks were open, settings, the log) stands in a private folder that is removed when the session
ends: whoever comes next finds nothing of it, and a home folder that cannot be written does no harm.
"""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kit.dataset.sample import cache
from kit.errors import UsageError

#: The folder that holds the folders of the days.
WORK = "my-work"
#: How the names of private folders begin.
PRIVATE = "kit-lab-"
#: Files that a session writes which are nobody's answers.
NOT_WORK = (".ipynb_checkpoints",)


def can_write(folder: Path) -> bool:
    """Whether files can be made in ``folder`` (tried, as rights of network folders cannot be asked for)."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def writable(places: Iterable[Path]) -> Path:
    """Return the first folder in which files can be made.

    Raises :class:`kit.errors.UsageError` (``no-place``) if there is none.
    """
    tried = list(places)
    for place in tried:
        if can_write(place):
            return place
    raise UsageError(
        "This computer lets kit write nowhere: {places}.", do="Name a folder that you may write: --folder",
        code="no-place", places=", ".join(str(place) for place in tried),
    )  # fmt: skip


def work_places() -> list[Path]:
    """Return where the folder of the days may stand, best first: here, at home, for this session only."""
    home = [Path.home()] if _has_home() else []
    return [Path.cwd(), *home, Path(tempfile.gettempdir())]


def _has_home() -> bool:
    with suppress(RuntimeError, OSError):
        return Path.home().is_dir()
    return False


def fresh(parent: Path, today: dt.date, teacher: bool = False) -> Path:
    """Return a folder for a session in ``parent`` that holds nobody's work yet; it is made.

    It is named after the day, the second of a day gets a number: ``2026-09-14``, ``2026-09-14-2``.
    """
    name = f"{today:%Y-%m-%d}" + ("-teacher" if teacher else "")
    number = 1
    while True:
        folder = parent / (name if number == 1 else f"{name}-{number}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            number += 1
        else:
            return folder


def put_aside(folder: Path, now: dt.datetime) -> Path | None:
    """Rename a folder with work in it, so that the next ones start with an empty one; return its new name.

    Nothing is ever deleted. A folder that is not there or is empty is left as it is (None).
    """
    if not folder.is_dir() or not any(folder.iterdir()):
        return None
    number = 1
    while True:
        name = f"{folder.name}-until-{now:%Y-%m-%d-%H%M}" + ("" if number == 1 else f"-{number}")
        aside = folder.with_name(name)
        if not aside.exists():
            folder.rename(aside)
            return aside
        number += 1


def last_work(parent: Path) -> Path | None:
    """Return the newest folder of a session in ``parent``, or None."""
    try:
        found = [path for path in parent.iterdir() if path.is_dir() and any(_works(path))]
    except OSError:
        return None
    return max(found, key=lambda path: path.stat().st_mtime, default=None)


def _works(folder: Path) -> Iterable[Path]:
    return (path for path in folder.iterdir() if path.name not in NOT_WORK)


def remakeable() -> Path:
    """Return the folder for what can be made again; where that cannot be written, one of this session."""
    place = cache()
    return place if can_write(place) else Path(tempfile.mkdtemp(prefix="kit-cache-"))


@contextmanager
def private() -> Iterator[Path]:
    """Make the private folder of a session; removed at its end, as are those of sessions cut short."""
    from filelock import FileLock

    folder = Path(tempfile.mkdtemp(prefix=PRIVATE))
    with FileLock(folder / "alive"):
        _sweep(folder.parent)
        try:
            yield folder
        finally:
            for path in folder.iterdir():
                if path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def _sweep(parent: Path) -> None:
    """Remove the private folders of sessions that are over (a power cut leaves them behind)."""
    from filelock import FileLock, Timeout

    for folder in parent.glob(f"{PRIVATE}*"):
        with suppress(Timeout, OSError):
            if (folder / "alive").is_file():
                with FileLock(folder / "alive", timeout=0):
                    pass
                shutil.rmtree(folder, ignore_errors=True)


def surroundings(private: Path) -> dict[str, str]:
    """Return the environment that keeps JupyterLab's own files below ``private``, and away from home."""
    folders = {
        "JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings", "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython", "MPLCONFIGDIR": "matplotlib",
    }  # fmt: skip
    (private / "tmp").mkdir(parents=True, exist_ok=True)
    made = {}
    for variable, name in folders.items():
        (private / name).mkdir(parents=True, exist_ok=True)
        made[variable] = str(private / name)
    return made
