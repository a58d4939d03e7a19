"""Files to take along: a .zip file or a folder that has its name only once all of it is there."""

from __future__ import annotations

import os
import secrets
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from kit.errors import UsageError
from kit.store import folder as disk

#: Every member has this date, the oldest that a .zip file can say: equal members give equal bytes.
DATE = (1980, 1, 1, 0, 0, 0)


class Pack(Protocol):
    """What is being written."""

    def put(self, name: str, data: bytes) -> None:
        """Add a file; ``name`` has "/" between folders."""


class _Zip:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive

    def put(self, name: str, data: bytes) -> None:
        info = zipfile.ZipInfo(name, DATE)
        info.external_attr = 0o644 << 16
        info.create_system = 3
        self.archive.writestr(info, data, zipfile.ZIP_DEFLATED, 6)


class _Folder:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name: str, data: bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        disk.write(path, data)


def not_there(out: Path) -> None:
    """Raise :class:`UsageError` when there is something in place of ``out``."""
    if out.exists():
        raise UsageError(
            "{out} exists already.",
            why="Nothing is overwritten.",
            do="Name another place, or delete this one.",
            code="exists", out=str(out),
        )  # fmt: skip


@contextmanager
def packing(out: Path) -> Iterator[Pack]:
    """Write ``out``, a .zip file if its name says so, else a folder; on errors nothing is left.

    Raises :class:`UsageError` when it exists, :class:`kit.errors.DatasetError` when it cannot be written.
    """
    not_there(out)
    beside = out.with_name(f".{out.name}.{os.getpid()}-{secrets.token_hex(4)}.part")
    with disk.in_words(out.parent):
        disk.make_folder(out.parent)
        try:
            if out.suffix.lower() == ".zip":
                with zipfile.ZipFile(beside, "w") as archive:
                    yield _Zip(archive)
                disk.sync_file(beside)
            else:
                beside.mkdir()
                yield _Folder(beside)
            beside.rename(out)
            disk.sync_folder(out.parent)
        finally:
            if beside.is_dir():
                shutil.rmtree(beside, ignore_errors=True)
            beside.unlink(missing_ok=True)
