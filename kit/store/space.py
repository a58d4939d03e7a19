"""Where the objects of a dataset stand: a folder of this computer, or a bucket (:mod:`kit.store.bucket`).

The rest of the store asks a space by names such as ``entries/ab/<id>.json``, with "/" between folders, and
does not know which of the two it is. In both an object appears whole or not at all, and what a call put there
is durable when it returns, in a folder unless the caller does without that (``durable=False``). A space has a
*home*, a folder of this computer with the journal and the locks: of a folder that is the folder itself.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kit.errors import DatasetError
from kit.store import folder as disk

BUCKET = "s3://"


class Unreachable(DatasetError):
    """The network, or the server behind it, does not answer now: what is there is not known."""


@dataclass(frozen=True)
class Item:
    """An object that is there: its name, size in bytes, and when it was written (seconds since 1970)."""

    name: str
    size: int
    written: float


class Space(Protocol):
    """Objects by their names.

    What is not there is a ``FileNotFoundError``; :class:`Unreachable` says that nothing is known of it now.
    """

    @property
    def url(self) -> str:
        """What people call it: a path, or ``s3://bucket/prefix``."""

    @property
    def home(self) -> Path:
        """The folder of the journal and the locks."""

    @property
    def local(self) -> Path | None:
        """The folder, None of a bucket."""

    @property
    def options(self) -> dict[str, str] | None:
        """What Polars must be told to reach it."""

    @property
    def delta_options(self) -> dict[str, str] | None:
        """What deltalake must be told to reach it."""

    def place(self, name: str) -> str:
        """Return the path or URL of an object for Polars and deltalake."""

    def writable(self) -> bool:
        """Return whether anything may be written there."""

    def create(self, name: str, data: bytes, *, durable: bool = True) -> bool:
        """Write an object only if there is none; return whether it was made by this call."""

    def keep(self, name: str, data: bytes, *, durable: bool = True) -> None:
        """Keep an object that is named after its content; a damaged one is put right."""

    def replace(self, name: str, data: bytes) -> None:
        """Put ``data`` in the place of an object, in one step."""

    def get(self, name: str) -> bytes:
        """Return an object."""

    def get_all(self, names: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """Yield some objects with their names, in that order; None for one that is not there."""

    def exists(self, name: str) -> bool:
        """Return whether there is such an object."""

    def items(self, prefix: str) -> Iterator[Item]:
        """Yield the objects whose names begin with ``prefix`` and "/", all if it is ""; hidden ones, too."""

    def delete(self, names: Iterable[str]) -> None:
        """Remove some objects, durable when this returns; one that is not there is none to remove."""

    def now(self) -> float:
        """Return the time by the clock that :attr:`Item.written` is told by."""


def space_of(place: str | os.PathLike[str] | Space) -> Space:
    """Return the space that a path or URL names.

    >>> space_of("data").local == Path("data")
    True
    """
    if isinstance(place, str) and place.startswith(BUCKET):
        from kit.store.bucket import Bucket

        return Bucket(place)
    return Folder(Path(place)) if isinstance(place, str | os.PathLike) else place


class Folder:
    """A folder of this computer."""

    options: dict[str, str] | None = None
    delta_options: dict[str, str] | None = None

    def __init__(self, folder: Path) -> None:
        self.local: Path | None = folder
        self.home = folder
        self._root = str(folder)

    @property
    def url(self) -> str:
        """The folder's path."""
        return self._root

    def place(self, name: str) -> str:
        """Return the path of an object."""
        return f"{self._root}/{name}"

    def writable(self) -> bool:
        """Return whether this user may write there."""
        return os.access(self.home, os.W_OK)

    def create(self, name: str, data: bytes, *, durable: bool = True) -> bool:
        """See :func:`kit.store.folder.create`."""
        return disk.create(self.home / name, data, durable=durable)

    def keep(self, name: str, data: bytes, *, durable: bool = True) -> None:
        """See :func:`kit.store.folder.keep`."""
        disk.keep(self.home / name, data, durable=durable)

    def replace(self, name: str, data: bytes) -> None:
        """See :func:`kit.store.folder.replace`."""
        disk.replace(self.home / name, data)

    def get(self, name: str) -> bytes:
        """Return the bytes of a file."""
        return (self.home / name).read_bytes()

    def get_all(self, names: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """Yield files one after the other."""
        for name in names:
            found = None
            with suppress(FileNotFoundError):
                found = self.get(name)
            yield name, found

    def exists(self, name: str) -> bool:
        """Return whether there is such a file."""
        return os.path.exists(f"{self._root}/{name}")  # noqa: PTH110  (asked several times at each upload)

    def items(self, prefix: str, *, deep: bool = True) -> Iterator[Item]:
        """Yield the files below a folder, only those in itself if not ``deep``."""
        start = f"{prefix}/" if prefix else ""
        try:
            with os.scandir(self.place(prefix)) as found:
                entries = list(found)
        except (FileNotFoundError, NotADirectoryError):
            return
        for one in entries:
            if one.is_dir(follow_symlinks=False):
                yield from self.items(start + one.name) if deep else ()
            else:
                with suppress(FileNotFoundError):
                    state = one.stat()
                    yield Item(start + one.name, state.st_size, state.st_mtime)

    def delete(self, names: Iterable[str]) -> None:
        """Remove files, and flush the lists of names in which they stood."""
        paths = [self.home / name for name in names]
        for path in paths:
            path.unlink(missing_ok=True)
        for folder in {path.parent for path in paths}:
            if folder.is_dir():
                disk.sync_folder(folder)

    def now(self) -> float:
        """Return this computer's time."""
        return time.time()


def sizes(space: Space, prefix: str) -> Mapping[str, int]:
    """Return the size of each object below a prefix by the last part of its name, but of hidden ones."""
    found = ((item.name.rpartition("/")[2], item.size) for item in space.items(prefix))
    return {name: size for name, size in found if not name.startswith(".")}
