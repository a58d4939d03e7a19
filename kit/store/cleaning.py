"""Files that no version needs any more, and what processes that died left lying about.

Rows move from file to file: arrivals are merged with others and then settled, settled tables are written
anew where something changed. What stood there before is removed once no reader can still be on it: when it
is older than ``grace`` and neither one of the newest versions names it nor one that was the newest within
``grace``. Older versions can be read all the same, from the rows of the newest one
(:mod:`kit.store.reading`).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kit.store import flush as flushing
from kit.store.flush import Parts
from kit.store.tables import Table
from kit.store.versions import Version, Versions

#: A file that is younger than this (seconds) is never removed.
GRACE = 3600.0
#: What so many of the newest versions name is never removed.
KEEP = 3


@dataclass
class Cleaned:
    """How many files were removed, and their bytes."""

    files: int = 0
    size: int = 0

    def remove(self, paths: Iterable[Path], limit: float) -> None:
        """Remove those of some files that were last written before ``limit`` (seconds since 1970)."""
        for path in paths:
            with suppress(OSError):  # gone already, or (on Windows) open in another process
                found = path.stat()
                if found.st_mtime <= limit:
                    path.unlink()
                    self.files += 1
                    self.size += found.st_size


def clean(store: Parts, grace: float = GRACE, keep: int = KEEP) -> Cleaned:
    """Remove what no version needs any more; the caller holds the lock for settling."""
    limit = time.time() - grace
    done = Cleaned()
    with flushing.lock(store, 120.0):  # nobody is about to name an arrival that stands there unnamed
        needed = {item.file for version in kept(store.versions, limit, keep) for item in version.arrivals}
        done.remove(_below(store.arrivals.folder, lambda name: name.partition(".")[0] not in needed), limit)
    newest = kept(store.versions, limit, keep)
    for table in store.tables.values():
        _table(table, newest, limit, done)
        done.remove(_below(table.aside, lambda _: True), limit)
    for place in ("", "versions", "entries", "raw"):
        deep = place in ("entries", "raw")
        done.remove(_below(store.folder / place, lambda name: name.endswith(".part"), deep=deep), limit)
    return done


def kept(versions: Versions, limit: float, keep: int = KEEP) -> list[Version]:
    """Return the newest versions, newest first: ``keep``, and all that were the newest after ``limit``."""
    found: list[Version] = []
    for number in reversed(versions.numbers()):
        if len(found) >= keep and _made(found[-1]) <= limit:
            break
        found.append(versions.read(number))
    return found


def _made(version: Version) -> float:
    return datetime.strptime(version.made, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()


def _below(folder: Path, wanted: Callable[[str], bool], *, deep: bool = True) -> Iterator[Path]:
    """Yield the files of a folder, and of the folders in it, whose names are wanted."""
    try:
        with os.scandir(folder) as found:
            items = list(found)
    except (FileNotFoundError, NotADirectoryError):
        return
    for item in items:
        if item.is_dir(follow_symlinks=False):
            if deep:
                yield from _below(Path(item.path), wanted)
        elif wanted(item.name):
            yield Path(item.path)


def _table(table: Table, versions: Sequence[Version], limit: float, done: Cleaned) -> None:
    """Remove the files of a settled table that none of these versions names."""
    named = [version.settled.tables[table.layout.name] for version in versions if version.settled.upto]
    needed: set[Path] = set()
    numbers: list[int] = []
    for item in {(str(one["id"]), int(one["version"])): one for one in named}.values():
        try:
            snapshot = table.open(int(item["version"]))
            there = [Path(path) for _, path in table.files(snapshot)]
        except Exception:  # noqa: BLE001  (deltalake's many kinds: of another table, or damaged)
            if item == named[0]:
                return  # verify tells; whoever derives the rows anew makes a new table
            continue
        if snapshot.metadata().id == item["id"]:
            needed.update(there)
            numbers.append(int(item["version"]))
    if table.folder.is_dir() and not named and _newest(table.log) <= limit:
        _discard(table, done)
    files = _below(table.folder, lambda _: True)
    done.remove((path for path in files if path not in needed and path.parent != table.log), limit)
    if numbers:
        done.remove(_log(table, min(numbers)), limit)


def _discard(table: Table, done: Cleaned) -> None:
    paths = list(_below(table.folder, lambda _: True))
    done.size += sum(path.stat().st_size for path in paths)
    done.files += len(paths)
    table.discard()


def _newest(folder: Path) -> float:
    return max((path.stat().st_mtime for path in _below(folder, lambda _: True)), default=0.0)


def _log(table: Table, oldest: int) -> Iterator[Path]:
    """Yield the files of the log that nobody needs who opens the Delta version ``oldest`` or a later one."""
    found = {path: path.name.split(".", 1)[0] for path in _below(table.log, lambda _: True, deep=False)}
    numbered = {path: int(stem) for path, stem in found.items() if stem.isdigit()}
    starts = [n for path, n in numbered.items() if ".checkpoint" in path.name and n <= oldest]
    for path in found:
        temporary = "#" in path.name or path.name.endswith(".tmp")
        if temporary or (starts and path in numbered and numbered[path] < max(starts)):
            yield path
