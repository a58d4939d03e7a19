"""``kit.toml``: what makes a folder a shared dataset, and whose it is."""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

from kit.errors import DatasetError, UsageError
from kit.store import folder as disk

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


def read_settings(folder: Path) -> Settings:
    """Return the settings of the dataset in ``folder``; :class:`DatasetError` if it is none."""
    path = folder / NAME
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, NotADirectoryError):
        raise DatasetError(
            "The folder {folder} is not a shared dataset.",
            why="It holds no file kit.toml.",
            do="Name another folder, or make a dataset with kit init {folder}.",
            code="no-dataset", folder=str(folder),
        ) from None  # fmt: skip
    except OSError as error:
        raise disk.explain(error, folder) from error
    return settings_from(text, folder)


def settings_from(text: str, folder: Path) -> Settings:
    """Return what the text of the ``kit.toml`` in ``folder`` (or in a backup) says."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DatasetError(
            "The file {file} cannot be understood.",
            why="The computer says: {said}",
            do="Correct it by hand, or copy it from a backup.",
            code="settings", file=str(folder / NAME), said=str(error),
        ) from None  # fmt: skip
    layout = found.get("layout", LAYOUT)
    if not isinstance(layout, int) or layout > LAYOUT:
        raise DatasetError(
            "The dataset in {folder} was made by a newer kit.",
            why="Its layout is number {layout}; this kit knows layouts up to {known}.",
            do="Install a newer kit.",
            code="newer-layout", folder=str(folder), layout=str(layout), known=str(LAYOUT),
        )  # fmt: skip
    words = {name: str(found.get(name, "")) for name in ("school", "region", "zone", "language")}
    return Settings(layout=layout, **words)


def make(folder: Path, settings: Settings) -> None:
    """Make ``folder`` a dataset."""
    with disk.in_words(folder):
        disk.make_folder(folder)
        disk.refuse_network_share(folder)
        made = disk.create(folder / NAME, settings.text().encode())
    if not made:
        raise UsageError(
            "The folder {folder} is a shared dataset already.",
            do="Use it as it is, or name another folder.",
            code="dataset-exists", folder=str(folder),
        )  # fmt: skip


def find(url: str | os.PathLike[str] | None) -> Path:
    """Return the folder of the dataset: ``url``, else ``$KIT_DATASET``, else upward from here."""
    place = os.fspath(url) if url else os.environ.get("KIT_DATASET", "")
    if place:
        if "://" in place and not place.startswith("file://"):
            raise UsageError(
                "{url} cannot be opened.",
                why="This kit opens datasets in folders of this computer.",
                do="Name a folder.",
                code="not-a-folder", url=place,
            )  # fmt: skip
        return Path(place.removeprefix("file://")).expanduser().absolute()
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
