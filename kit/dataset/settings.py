"""``kit.toml``: what makes a folder a shared dataset, and whose it is."""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

from kit.errors import DatasetError, UsageError
from kit.store import folder as disk
from kit.store.journal import NAME as JOURNAL
from kit.store.space import BUCKET, Space, Unreachable, space_of

NAME = "kit.toml"
#: Number of the layout of the folder that this kit writes (ARCHITECTURE.md, "The dataset folder").
LAYOUT = 2


@dataclass(frozen=True)
class Settings:
    """What ``kit.toml`` says: the school, region and zone that new stations get, the language of words."""

    school: str = ""
    region: str = ""
    zone: str = ""
    language: str = ""
    layout: int = LAYOUT

    def text(self) -> str:
        """Return the text of ``kit.toml``."""
        lines = [
            "# This folder is a shared dataset of kit. What was given is in entries/ and raw/ (the truth)",
            "# and, for moments, in journal.sqlite; tables/ and versions/ are made from it.",
        ]
        for name in ("layout", "school", "region", "zone", "language"):
            lines.append(f"{name} = {json.dumps(getattr(self, name), ensure_ascii=False)}")
        return "\n".join(lines) + "\n"


def read_settings(place: Space | Path) -> Settings:
    """Return the settings of a dataset; :class:`DatasetError` if there is none.

    While the network is away, those of a bucket are what they were when it was read last.
    """
    space = space_of(place)
    try:
        data = space.get(NAME)
    except (FileNotFoundError, NotADirectoryError):
        raise DatasetError(
            "The folder {folder} is not a shared dataset.",
            why="It holds no file kit.toml.",
            do="Name another folder, or make a dataset with kit init {folder}.",
            code="no-dataset", folder=space.url,
        ) from None  # fmt: skip
    except Unreachable:
        if not (space.home / NAME).exists():
            raise
        data = (space.home / NAME).read_bytes()
    except OSError as error:
        raise disk.explain(error, space.home) from error
    found = settings_from(data.decode("utf-8", "replace"), space.url)
    if space.local is None:
        with disk.in_words(space.home):
            disk.keep(space.home / NAME, data)
    return found


def settings_from(text: str, folder: str) -> Settings:
    """Return what the text of the ``kit.toml`` in ``folder`` (or in a backup) says."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DatasetError(
            "The file {file} cannot be understood.",
            why="The computer says: {said}",
            do="Correct it by hand, or copy it from a backup.",
            code="settings", file=f"{folder}/{NAME}", said=str(error),
        ) from None  # fmt: skip
    layout = found.get("layout", LAYOUT)
    if not isinstance(layout, int) or layout > LAYOUT:
        raise DatasetError(
            "The dataset in {folder} was made by a newer kit.",
            why="Its layout is number {layout}; this kit knows layouts up to {known}.",
            do="Install a newer kit.",
            code="newer-layout", folder=folder, layout=str(layout), known=str(LAYOUT),
        )  # fmt: skip
    words = {name: str(found.get(name, "")) for name in ("school", "region", "zone", "language")}
    return Settings(layout=layout, **words)


def make(space: Space, settings: Settings) -> None:
    """Make an empty folder or bucket a dataset."""
    with disk.in_words(space.home):
        disk.make_folder(space.home)
        disk.refuse_network_share(space.home)
        if space.local is None and (space.home / JOURNAL).exists() and not space.exists(NAME):
            raise DatasetError(
                "This computer still keeps the journal of another dataset that was at {url}.",
                why="It stands in {folder}. Files that were given and never delivered may be in it.",
                do="Delete that folder if nobody needs it any more, or name another address.",
                code="old-journal", url=space.url, folder=str(space.home),
            )  # fmt: skip
        made = space.create(NAME, settings.text().encode())
    if not made:
        raise UsageError(
            "The folder {folder} is a shared dataset already.",
            do="Use it as it is, or name another folder.",
            code="dataset-exists", folder=space.url,
        )  # fmt: skip


def place_of(url: str | os.PathLike[str]) -> str | Path:
    """Return the absolute path of a folder, or the address of a bucket."""
    place = os.fspath(url)
    if place.startswith(BUCKET):
        return place
    if "://" in place and not place.startswith("file://"):
        raise UsageError(
            "{url} cannot be opened.",
            why="This kit opens datasets in folders of this computer and in buckets (s3://...).",
            do="Name a folder or a bucket.",
            code="not-a-folder", url=place,
        )  # fmt: skip
    return Path(place.removeprefix("file://")).expanduser().absolute()


def find(url: str | os.PathLike[str] | None) -> str | Path:
    """Return the folder or bucket of the dataset: ``url``, else ``$KIT_DATASET``, else upward from here."""
    place = os.fspath(url) if url else os.environ.get("KIT_DATASET", "")
    if place:
        return place_of(place)
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / NAME).is_file():
            return folder
    raise DatasetError(
        "There is no shared dataset here.",
        why="Neither {folder} nor a folder above it holds a file kit.toml, and KIT_DATASET is not set.",
        do="Name its folder, or make one with kit init FOLDER.",
        code="no-dataset", folder=str(here),
    )  # fmt: skip
