"""The files in a folder that a class drops: which of them are data, and which belong to programs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from kit.dataset.settings import NAME
from kit.errors import FileError, UsageError

#: Ends of names of files that a program is still writing, or keeps beside the real ones.
UNFINISHED = (
    ".part", ".partial", ".crdownload", ".download", ".opdownload", ".filepart", ".tmp", ".temp", ".lock",
    ".swp", ".lnk", ".url", ".bak",
)  # fmt: skip
_NAMES = frozenset(("thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"))
_FOLDERS = frozenset(("__macosx", "$recycle.bin", "system volume information", "lost.dir", "@eadir"))
#: What kit itself writes beside the files.
RECEIPTS = "receipts"


def is_junk(name: str) -> bool:
    """Tell whether a file of this name is no data: hidden, half a download, a lock of an office program.

    >>> [is_junk(name) for name in (".x.csv", "~$book.xlsx", "a.csv.part", "Thumbs.db", "a.csv")]
    [True, True, True, True, False]
    """
    low = name.lower()
    return low.startswith((".", "~$", "~")) or low.endswith(UNFINISHED) or low in _NAMES


def files_in(folder: str | os.PathLike[str], *, skip: str = "") -> Iterator[Path]:
    """Yield the files below a folder, by name; a folder that is one Darwin Core Archive is one of them.

    Left out are junk, shared datasets, links to folders, and the folder ``skip`` at the top.
    """
    top = Path(folder)
    _refuse(top)
    if (top / "meta.xml").is_file():
        yield top
        return
    for place, folders, names in os.walk(top):
        here = Path(place)
        folders[:] = sorted(name for name in folders if not _is_aside(here, name, top, skip))
        archives = [name for name in folders if (here / name / "meta.xml").is_file()]
        folders[:] = [name for name in folders if name not in archives]
        for name in sorted([*names, *archives]):
            if not is_junk(name):
                yield here / name


def _is_aside(here: Path, name: str, top: Path, skip: str) -> bool:
    own = here == top and bool(skip) and name == skip
    return own or is_junk(name) or name.lower() in _FOLDERS or (here / name / NAME).is_file()


def _refuse(folder: Path) -> None:
    if not folder.is_dir():
        raise FileError(
            "There is no folder {folder}.", do="Check its name.", code="no-folder", folder=str(folder)
        )
    if (folder / NAME).is_file():
        raise UsageError(
            "The folder {folder} is a shared dataset itself.", do="Name the folder that holds your files.",
            code="is-dataset", folder=str(folder),
        )  # fmt: skip
