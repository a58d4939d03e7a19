"""The sample schools as a shared dataset, and the dataset that a lesson or an analysis opens.

The files of :mod:`kit.samples` are synthetic. Without any dataset of their own, lessons and analyses use
them: they are uploaded once, as any file would be, into a dataset in the user's cache folder.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kit import __version__, samples
from kit.dataset.local import Dataset, create, open_dataset
from kit.dataset.receipt import Receipt
from kit.dataset.settings import LAYOUT
from kit.dataset.snapshot import Snapshot, open_any
from kit.errors import DatasetError
from kit.model import RULES, Station
from kit.text import tr


def fill(
    shared: Dataset, files: Iterable[Mapping[str, Any]] | None = None, more: Iterable[Station] = ()
) -> Iterator[Receipt]:
    """Add the sample schools' stations (and ``more``), upload their files; yield each receipt.

    ``files`` are items of the samples' manifest (default: those of the region, in its order).
    """
    chosen = samples.files() if files is None else list(files)
    for station in (*samples.stations(), *further_stations(chosen), *more):
        shared.add_station(station)
    for file in chosen:
        yield from shared.upload_all(
            samples.folder() / file["path"], school=file["school"], answers=file["answers"]
        )


def further_stations(files: Iterable[Mapping[str, Any]]) -> list[Station]:
    """Return the stations of these files that only they need, each once."""
    needed = {file["station"] for file in files} - {station.id for station in samples.stations()}
    every = [Station(**one) for school in samples.manifest()["schools"] for one in school["stations"]]
    return [station for station in every if station.id in needed]


def made_once(files: Iterable[Mapping[str, Any]] | None = None, more: Iterable[Station] = ()) -> Path:
    """Return the folder of a dataset with these sample files; it is made in the cache if it is not there.

    The folder appears only when it is whole; several processes may ask at the same time.
    """
    from filelock import FileLock

    chosen = samples.files() if files is None else list(files)
    more = tuple(more)
    about = hashlib.sha256(f"{__version__} {LAYOUT} {RULES} {more}".encode())
    for file in chosen:
        about.update((samples.folder() / file["path"]).read_bytes())
    folder = cache() / f"sample-{about.hexdigest()[:16]}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            beside = Path(tempfile.mkdtemp(prefix="sample-", dir=folder.parent))
            try:
                shared = create(beside / "dataset")
                for receipt in fill(shared, chosen, more):
                    if receipt.trouble:
                        raise receipt.trouble
                shared.close()
                (beside / "dataset").rename(folder)
            finally:
                shutil.rmtree(beside, ignore_errors=True)
    return folder


def cache() -> Path:
    """Return the folder for what can be made again: ``$KIT_CACHE``, else the user's cache folder."""
    from platformdirs import user_cache_path

    named = os.environ.get("KIT_CACHE")
    return Path(named) if named else user_cache_path("school-envkit", appauthor=False)


def open_sample(say: Callable[[str], None] | None = None) -> Dataset:
    """Open the dataset of all sample schools; the first time it is made, which takes some seconds."""
    say = say or _say
    say(tr("No dataset was named, so these are the sample schools: made-up readings, no real place."))
    return open_dataset(made_once())


def open_shared(url: str | os.PathLike[str] | None = None) -> Dataset | Snapshot:
    """Open the shared dataset: ``url``, else ``$KIT_DATASET``, else the folder with kit.toml found upward.

    Where there is none (and none was named), the sample schools are opened, and a sentence says so.
    Raises :class:`kit.errors.DatasetError` when the dataset that was named cannot be opened.
    """
    try:
        return open_any(url)
    except DatasetError as error:
        if error.code != "no-dataset" or url or os.environ.get("KIT_DATASET"):
            raise
    return open_sample()


def _say(words: str) -> None:
    sys.stderr.write(words + "\n")
