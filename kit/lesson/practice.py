"""Whose data a lesson works with: the class's own dataset, or practice with the sample schools."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kit.errors import DatasetError, UsageError
from kit.lesson.record import existing
from kit.lesson.source import Lesson
from kit.lesson.whose import SourceOfData, whose
from kit.model import Station

if TYPE_CHECKING:
    from kit.dataset import Dataset
    from kit.dataset.snapshot import Snapshot


def sample_station(lesson: Lesson) -> Station:
    """Return the lesson's sample station, as ``[parameters]`` and ``[sample]`` of ``lesson.toml`` say."""
    return Station(id=lesson.parameters["station"], **lesson.facts.get("sample", {}))


def our_station(lesson: Lesson, shared: Dataset | Snapshot | None, station: str) -> str:
    """Return whose data "our data" are.

    A station that was named; else, in practice and in the demo (whose schools are all samples), the
    lesson's sample station; else the only station of the dataset's own school. Which of several is ours, a
    lesson that uploads must be told; for another one any will do (:func:`kit.lesson.whose.whose` chooses).
    """
    if station:
        return station
    sample = lesson.parameters["station"]
    if shared is None or _all_samples(shared):
        return sample
    ours = [known.id for known in shared.stations() if known.school == shared.school]
    if len(ours) == 1 or (ours and not lesson.facts.get("uploads", True)):
        return ours[0]
    raise UsageError(
        "Which station is yours?", do='Write it into the second cell: station = "…". There are: {known}.',
        code="which-station", known=", ".join(ours or [known.id for known in shared.stations()]),
    )  # fmt: skip


def _all_samples(shared: Dataset | Snapshot) -> bool:
    from kit import samples

    invented = {school["id"] for school in samples.manifest()["schools"]}
    return all(station.school in invented or "Sample school" in station.name for station in shared.stations())


def data_of(
    lesson: Lesson, own: Dataset | Snapshot | None, station: str, *, named: bool, from_file: bool
) -> tuple[Dataset | Snapshot, SourceOfData]:
    """Return the dataset that a lesson works with, and whose data in it are "ours".

    ``own`` is the class's own dataset, None for practice. Where neither we nor a partner school have enough,
    it is a practice copy of the samples.
    """
    lacking = SourceOfData("sample", station, station)
    if own is not None:
        source = source_of_data(lesson, own, station, named=named, from_file=from_file)
        if source.kind != "sample":
            return own, source
        lacking = source
    shared = practice(lesson)
    if own is None and station != lesson.parameters["station"]:
        source = source_of_data(lesson, shared, station, named=named, from_file=from_file)
        if source.kind != "sample":
            return shared, source
        lacking = source
    sample = lesson.parameters["station"]
    if not lesson.facts.get("sample") and sample not in [known.id for known in shared.stations()]:
        sample = whose(lesson, shared, sample).station  # a teacher's version names her own station
    name = next((known.name for known in shared.stations() if known.id == sample), "")
    own_id = lacking.own if lacking.lacks else sample
    return shared, replace(lacking, station=sample, own=own_id, name=name)


def source_of_data(
    lesson: Lesson, shared: Dataset | Snapshot, station: str, *, named: bool, from_file: bool
) -> SourceOfData:
    """Choose whose data of a dataset a lesson works with (:func:`kit.lesson.whose.whose`).

    A station that somebody ``named`` must exist, unless a file is to be given for it (``from_file``).
    """
    if named and not from_file:
        shared.station(station)
    named = named or station == lesson.parameters["station"]
    return whose(lesson, shared, station, named=named, from_file=from_file)


def our_file(lesson: Lesson, file: str | Path, station: str) -> Path | None:
    """Return the file to upload: the named one, the lesson's own, or the newest of a sample station.

    A lesson that uploads nothing (``uploads = false``) needs none (None), unless it practises with a sample
    file that stays in its school: that one is read and not uploaded, whatever station is ours.
    """
    from kit import samples

    if file:
        return existing(file).absolute()
    if not lesson.facts.get("uploads", True):
        kept = [file for file in _sample_files(lesson, shared=False) if not file["shared"]]
        return Path(samples.folder() / kept[0]["path"]) if kept else None
    if lesson.parameters["file"] and station == lesson.parameters["station"]:
        return lesson.folder / lesson.parameters["file"]
    invented = _sample_files(lesson, station)
    if not invented:
        raise UsageError(
            "Which file of the station {station} shall be uploaded?",
            do='Write its name into the second cell: file = "…".', code="which-file", station=station,
        )  # fmt: skip
    newest = max(invented, key=lambda known: (known["start"], known["path"]))
    return Path(samples.folder() / newest["path"])


def _sample_files(lesson: Lesson, station: str = "", *, shared: bool = True) -> list[dict[str, Any]]:
    """Return the samples' files that hold a variable of the lesson (of one station).

    They are of the parts that the lesson practises with (``samples = ["spring"]``; default: the region).
    """
    from kit import samples

    wanted = set(lesson.facts["variables"])
    parts = lesson.facts.get("samples", ["region"])
    files = [
        file for file in samples.files(*parts, shared=shared) if wanted & {*file["variables"], file["kind"]}
    ]
    return [file for file in files if station in ("", file["station"])]  # "sightings" is a kind of file


def open_class(url: str | Path = "") -> Dataset | Snapshot | None:
    """Return the class's own dataset (``url``, ``$KIT_DATASET``, the ``kit.toml`` upward), or None.

    The sample schools in the cache are nobody's own: lessons practise in a copy of them.
    """
    from kit.dataset.sample import cache
    from kit.dataset.snapshot import Snapshot, open_any

    try:
        shared = open_any(url or None)
        if isinstance(shared, Snapshot):
            return None if shared.practice else shared
        return None if cache().absolute() in shared.folder.parents else shared
    except DatasetError as error:
        if error.code != "no-dataset" or url or os.environ.get("KIT_DATASET"):
            raise
        return None


def practice(lesson: Lesson) -> Dataset | Snapshot:
    """Return a dataset made from the sample schools, for this notebook alone; in the browser its snapshot.

    It is made once (some seconds) and kept in the user's cache; each notebook works in a copy that is
    removed when the notebook ends. The lesson's sample station is known in it and has no readings yet.
    """
    from kit.dataset import Dataset
    from kit.dataset.snapshot import shipped

    if found := shipped(lesson.id) or shipped():
        return found
    folder = Path(tempfile.mkdtemp(prefix="kit-practice-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    shutil.copytree(made_for(lesson), folder / "dataset", copy_function=_share)
    return Dataset(folder / "dataset")


def _share(source: str, target: str) -> None:
    """Give a copy a file: what no dataset ever changes (kept copies, tables' files) is there only once."""
    if {"raw", "tables"} & set(Path(source).parts[-4:]) and "_delta_log" not in source:
        with suppress(OSError):  # another disk, or one that cannot
            os.link(source, target)
            return
    shutil.copy2(source, target)


def made_for(lesson: Lesson) -> Path:
    """Return the folder of the dataset that a lesson practises with; it is made in the cache, once."""
    from kit.dataset.sample import further_stations, made_once

    more = [sample_station(lesson)] if lesson.facts.get("sample") else []
    more += further_stations(file for file in _sample_files(lesson, shared=False) if not file["shared"])
    return made_once(_sample_files(lesson), more)
