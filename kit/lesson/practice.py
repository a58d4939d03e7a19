"""Whose data a lesson works with: the class's own dataset, or practice with the sample schools."""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kit import __version__
from kit.errors import DatasetError, NotFoundError, UsageError
from kit.lesson.source import Lesson
from kit.model import RULES, Station

if TYPE_CHECKING:
    from kit.dataset import Dataset

#: The parts of kit on which stored data depend.
DEPENDS = ("vocab", "tables", "formats", "checks", "ingest", "store", "dataset")


def sample_station(lesson: Lesson) -> Station:
    """Return the lesson's sample station, as ``[parameters]`` and ``[sample]`` of ``lesson.toml`` say."""
    return Station(id=lesson.parameters["station"], **lesson.facts.get("sample", {}))


def our_station(lesson: Lesson, shared: Dataset | None, station: str) -> str:
    """Return whose data "our data" are.

    A station that was named; else, in practice and in the demo (whose schools are all samples), the
    lesson's sample station; else the only station of the dataset's own school.
    """
    if station:
        return station
    sample = lesson.parameters["station"]
    if shared is None or _all_samples(shared):
        return sample
    ours = [known.id for known in shared.stations() if known.school == shared.school]
    if len(ours) == 1:
        return ours[0]
    raise UsageError(
        "Which station is yours?", do='Write it into the second cell: station = "…". There are: {known}.',
        code="which-station", known=", ".join(ours or [known.id for known in shared.stations()]),
    )  # fmt: skip


def _all_samples(shared: Dataset) -> bool:
    from kit import samples

    invented = {school["id"] for school in samples.manifest()["schools"]}
    return all(station.school in invented or "Sample school" in station.name for station in shared.stations())


def our_file(lesson: Lesson, file: str | Path, station: str) -> Path:
    """Return the file to upload: the named one, or the lesson's sample file for its sample station."""
    if file:
        path = Path(file).expanduser()
        if not path.is_file():
            raise NotFoundError(
                "There is no file {file}.", do="Put it into the folder {folder}, or write its whole path.",
                code="no-such-file", file=path.name, folder=str(path.parent.absolute()),
            )  # fmt: skip
        return path.absolute()
    if station != lesson.parameters["station"]:
        raise UsageError(
            "Which file of the station {station} shall be uploaded?",
            do='Write its name into the second cell: file = "…".', code="which-file", station=station,
        )  # fmt: skip
    return lesson.folder / lesson.parameters["file"]


def open_class(url: str | Path = "") -> Dataset | None:
    """Return the class's own dataset (``url``, ``$KIT_DATASET``, the ``kit.toml`` upward), or None."""
    from kit.dataset import open_dataset

    if url or os.environ.get("KIT_DATASET"):
        return open_dataset(url or None)
    try:
        return open_dataset()
    except DatasetError as error:
        if error.code in ("no-dataset", "dataset"):
            return None
        raise


def practice(lesson: Lesson) -> Dataset:
    """Return a dataset made from the sample schools, for this notebook alone.

    It is made once (some seconds) and kept in the user's cache; each notebook works in a copy that is
    removed when the notebook ends. The lesson's sample station is known in it and has no readings yet.
    """
    from kit.dataset import Dataset

    ready = _made(lesson)
    folder = Path(tempfile.mkdtemp(prefix="kit-practice-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    shutil.copytree(ready, folder / "dataset")
    return Dataset(folder / "dataset")


def cache() -> Path:
    """Return the folder for what can be made again: ``$KIT_CACHE``, else the user's cache folder."""
    if os.environ.get("KIT_CACHE"):
        return Path(os.environ["KIT_CACHE"])
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or Path.home() / ".cache"
    return Path(base) / "kit"


def _made(lesson: Lesson) -> Path:
    """Make the practice dataset of a lesson if it is not there; return its folder.

    It is made anew when a sample file or anything that reads, checks or stores files has changed.
    """
    from filelock import FileLock

    files = list(_sample_files(lesson.facts["variables"]))
    target = cache() / f"practice-{_key(lesson, files)}"
    cache().mkdir(parents=True, exist_ok=True)
    with FileLock(f"{target}.lock"):
        if not target.is_dir():
            fresh = Path(tempfile.mkdtemp(dir=cache()))
            _fill(fresh / "dataset", lesson, files)
            (fresh / "dataset").replace(target)
            fresh.rmdir()
            _clear_old(target)
    return target


def _key(lesson: Lesson, files: Iterable[dict[str, Any]]) -> str:
    """Return a name for what the practice data depend on."""
    from kit import samples

    package = Path(__file__).parents[1]
    sources = [path for part in DEPENDS for path in (package / part).rglob("*.*") if path.suffix != ".pyc"]
    digest = hashlib.sha256(f"{__version__} {RULES} {sample_station(lesson)}".encode())
    for path in [samples.folder() / file["path"] for file in files] + sorted(sources):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _clear_old(newest: Path) -> None:
    """Remove practice data that nobody has made for a month."""
    for old in newest.parent.glob("practice-*"):
        if old != newest and time.time() - old.stat().st_mtime > 30 * 86400:
            shutil.rmtree(old) if old.is_dir() else old.unlink()


def _sample_files(variables: Iterable[str]) -> Iterable[dict[str, Any]]:
    from kit import samples

    wanted = set(variables)
    for file in samples.manifest()["files"]:
        if wanted & set(file.get("variables", ())) and file["kind"] == "readings":
            yield file


def _fill(folder: Path, lesson: Lesson, files: Iterable[dict[str, Any]]) -> None:
    from kit import samples
    from kit.dataset import create

    shared = create(folder)
    for school in samples.manifest()["schools"]:
        for station in school["stations"]:
            shared.add_station(Station(**station))
    shared.add_station(sample_station(lesson))
    for file in files:
        shared.upload(samples.folder() / file["path"], answers=file["answers"], accept_likely=True)
    shared.close()
