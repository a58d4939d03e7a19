"""Backups: everything that was given, in one .zip file, and a dataset made of it again.

A backup holds ``kit.toml``, ``entries/``, ``raw/`` and ``versions/`` of one version, in a fixed order and
without dates, so that the same version always gives the same bytes; what is derived is left out. It is
taken while others work, since none of its files ever changes. A restored copy has a journal, and with it a
replica id, of its own.
"""

from __future__ import annotations

import json
import os
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kit.dataset.packing import not_there, packing
from kit.dataset.settings import LAYOUT, NAME, place_of, settings_from
from kit.entry import canonical_json
from kit.errors import DatasetError, FileError, UsageError
from kit.store import folder as disk
from kit.store.entries import parse_entry
from kit.store.journal import NAME as JOURNAL
from kit.store.space import Space, space_of
from kit.store.versions import name_of
from kit.text import tr, trn

if TYPE_CHECKING:
    from kit.dataset.view import View
    from kit.store.flush import Parts

LIST = "backup.json"
#: A file of this name says that a backup is being restored here, and which.
MARK = "restoring"
#: So many names of damaged objects are told; the others are counted.
NAMES = 5
_OBJECT = re.compile(r"(?:entries/([0-9a-f]{2})/(\1[0-9a-f]{62})\.json|raw/([0-9a-f]{2})/(\3[0-9a-f]{62}))")
_VERSION = re.compile(r"versions/[1-9][0-9]*\.json")


@dataclass(frozen=True)
class Backup:
    """What a backup holds; ``damaged`` names what is missing from it, because it was lost or changed."""

    file: str
    version: str
    entries: int
    size: int
    damaged: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return it as ``kit backup --json`` prints it."""
        return {**asdict(self), "damaged": list(self.damaged)}

    def text(self, lang: str | None = None) -> str:
        """Return it in words.

        >>> Backup("/media/usb/kit.zip", "3f9ac2d41b07", 2, 1000).text("en")
        '2 entries (version 3f9ac2d41b07) are in /media/usb/kit.zip.'
        """
        said = trn(
            "{n} entry (version {version}) is in {file}.",
            "{n} entries (version {version}) are in {file}.",
            self.entries, lang, version=self.version or "-", file=self.file,
        )  # fmt: skip
        return "\n".join([said, *_damage(self.damaged, lang)])


@dataclass(frozen=True)
class Restored:
    """A dataset that was made of a backup, which was of the version ``wanted``."""

    folder: str
    version: str
    wanted: str
    entries: int
    damaged: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return it as ``kit restore --json`` prints it."""
        return {**asdict(self), "damaged": list(self.damaged)}

    def text(self, lang: str | None = None) -> str:
        """Return it in words."""
        said = trn(
            "{n} entry was restored to {folder} (version {version}).",
            "{n} entries were restored to {folder} (version {version}).",
            self.entries, lang, folder=self.folder, version=self.version or "-",
        )  # fmt: skip
        lines = [said, *_damage(self.damaged, lang)]
        if self.version != self.wanted:
            lines.append(tr(
                "The backup was of version {version}. If there is another copy of the dataset, merge with "
                "it: kit --dataset {folder} merge OTHER.",
                lang, version=self.wanted, folder=self.folder,
            ))  # fmt: skip
        return "\n".join(lines)


def _damage(names: tuple[str, ...], lang: str | None) -> list[str]:
    if not names:
        return []
    some = ", ".join(names[:NAMES]) + (" …" if len(names) > NAMES else "")
    return [trn("{n} file is missing or damaged and was left out: {names}.",
                "{n} files are missing or damaged and were left out: {names}.",
                len(names), lang, names=some)]  # fmt: skip


# --- making one


def backup(shared: View, store: Parts, out: Path) -> Backup:
    """Write a backup; what :meth:`kit.dataset.caring.Cared.backup` describes."""
    version, _ = shared._now()
    out = out.expanduser().absolute()
    if out.is_dir():
        short = version.short if version else "empty"
        out = out / "-".join(["kit", *re.findall(r"[\w-]+", shared.school), f"{short}.zip"])
    _check_place(out, store.folder)
    damaged: list[str] = []
    with packing(out) as pack:
        ids = store.journal.ids(version.number) if version else []
        pack.put(NAME, store.space.get(NAME))
        about = {"layout": LAYOUT, "version": version.id if version else "", "entries": len(ids)}
        pack.put(LIST, canonical_json(about))
        for name, data in _objects(store, sorted(ids), damaged):
            pack.put(name, data)
        for number in store.versions.numbers():
            if version and number <= version.number:
                pack.put(name_of(number), store.space.get(name_of(number)))
    return Backup(str(out), version.short if version else "", len(ids), out.stat().st_size, tuple(damaged))


def _check_place(out: Path, dataset: Path) -> None:
    if out.suffix.lower() != ".zip":
        raise UsageError(
            "{out} is no name for a backup.",
            do="Name a folder that exists, or a file that ends with .zip.",
            code="backup-name", out=str(out),
        )  # fmt: skip
    if dataset in out.parents or dataset.resolve() in out.resolve().parents:
        raise UsageError(
            "{out} lies in the dataset itself.",
            why="A backup there would be lost together with it.",
            do="Name a place on another disk, for instance a stick.",
            code="backup-inside", out=str(out),
        )  # fmt: skip
    not_there(out)


def _objects(store: Parts, ids: Iterable[str], damaged: list[str]) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of entries, then of kept copies, each in the order of names."""
    payloads: set[str] = set()
    for entry_id in ids:
        entry = store.objects.entry_if_whole(entry_id) or store.journal.entry(entry_id)
        data = entry.canonical() if entry else b""
        if entry is None or sha256(data).hexdigest() != entry_id:
            damaged.append(f"entries/{entry_id[:2]}/{entry_id}.json")
            continue
        payloads |= {entry.payload} - {""}
        yield f"entries/{entry_id[:2]}/{entry_id}.json", data
    for name in sorted(payloads):
        try:
            yield f"raw/{name[:2]}/{name}", store.objects.raw(name)
        except DatasetError:
            damaged.append(f"raw/{name[:2]}/{name}")


# --- making a dataset of one


def restore(backup: Path, folder: str | os.PathLike[str]) -> Restored:
    """Make a dataset in ``folder`` (or a bucket) of a backup (a .zip file, or its unpacked folder).

    Every object is verified.

    What is damaged is left out, with what depends on it, and named. When it was interrupted, the same again
    goes on with it.

    Raises
    ------
    kit.errors.UsageError
        when ``folder`` is not empty.
    kit.errors.FileError
        when ``backup`` is no backup.
    kit.errors.DatasetError
        when a newer kit made it, or ``folder`` cannot be written.
    """
    from kit.dataset.local import Dataset

    backup, space = backup.expanduser().absolute(), space_of(place_of(folder))
    found = _Found(backup)
    if not _is_empty(space) and not found.is_half(space):
        raise UsageError(
            "{folder} is not empty.",
            why="A dataset is restored to a place of its own, so that nothing is overwritten.",
            do="Name a folder that does not exist yet.",
            code="not-empty", folder=space.url,
        )  # fmt: skip
    with disk.in_words(space.home):
        settings_from(found.read(NAME).decode("utf-8", "replace"), str(backup))
        disk.make_folder(space.home)
        disk.refuse_network_share(space.home)
        space.create(MARK, found.name())
        damaged = found.unpack(space)
        space.create(NAME, found.read(NAME))  # last: until now the folder was no dataset
        space.delete([MARK])
    shared = Dataset(space.url)
    version = shared._now()[0]
    entries = len(shared._store.journal.ids())
    wanted = str(found.about.get("version") or (version.id if version else ""))
    shared.close()
    return Restored(space.url, version.short if version else "", wanted[:12], entries, tuple(damaged))


def _is_empty(space: Space) -> bool:
    """Return whether nothing is there: no file but hidden ones, no journal of something that was there."""
    folder = space.home
    if space.local is not None:
        return not folder.exists() or (folder.is_dir() and not any(folder.glob("[!.]*")))
    with disk.in_words(folder):
        return not (folder / JOURNAL).exists() and next(iter(space.items("")), None) is None


def _whole(data: bytes) -> Mapping[str, Any]:
    """Return the object that JSON holds, an empty one where it is damaged."""
    try:
        found = json.loads(data)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


class _Found:
    """A backup that is read."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.archive: zipfile.ZipFile | None = None
        if place.is_dir():
            paths = (path for path in place.rglob("*") if path.is_file())
            self.names = sorted(path.relative_to(place).as_posix() for path in paths)
        else:
            try:
                self.archive = zipfile.ZipFile(place)
            except (zipfile.BadZipFile, FileNotFoundError, IsADirectoryError) as error:
                raise self._no_backup() from error
            self.names = sorted(self.archive.namelist())
        if NAME not in self.names:
            raise self._no_backup()
        self.about = _whole(self._read(LIST)) if LIST in self.names else {}

    def _no_backup(self) -> FileError:
        return FileError(
            "{file} is no backup of a dataset.",
            why="It is not a whole .zip file that kit backup made.",
            do="Take another backup; one that was cut short while it was copied cannot be used.",
            code="no-backup", file=str(self.place),
        )  # fmt: skip

    def name(self) -> bytes:
        """Return what tells this backup from any other: its objects are named after their content."""
        return sha256("\n".join(self.names).encode()).hexdigest().encode()

    def is_half(self, space: Space) -> bool:
        """Return whether restoring this very backup to ``space`` was interrupted."""
        try:
            return not space.exists(NAME) and space.get(MARK) == self.name()
        except OSError:
            return False

    def read(self, name: str) -> bytes:
        return self.archive.read(name) if self.archive else (self.place / name).read_bytes()

    def _read(self, name: str) -> bytes:
        """Return a member, nothing of one that is damaged."""
        try:
            return self.read(name)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError):
            return b""

    def unpack(self, space: Space) -> list[str]:
        """Write every whole object; return the names of those that are not, and of what depends on them."""
        damaged: list[str] = []
        raw = set(self._objects(damaged, "raw/", space))
        entries = set(self._objects(damaged, "entries/", space, raw))
        damaged += sorted(self._wanted() - entries - set(damaged))
        if not damaged:
            for name in self.names:
                if _VERSION.fullmatch(name):
                    space.create(name, self.read(name))
        return damaged

    def _wanted(self) -> set[str]:
        """Return the names of the entries that the versions of the backup have."""
        found: set[str] = set()
        for name in self.names:
            if _VERSION.fullmatch(name):
                found.update(_whole(self._read(name)).get("added", ()))
        return {f"entries/{one[:2]}/{one}.json" for one in found}

    def _objects(
        self, damaged: list[str], kind: str, space: Space, raw: set[str] | None = None
    ) -> Iterator[str]:
        """Write the whole objects of a kind (entries whose kept copy is there); yield their names."""
        for name in self.names:
            parts = _OBJECT.fullmatch(name)
            if not parts or not name.startswith(kind):
                continue
            data = self._read(name)
            whole = sha256(data).hexdigest() == (parts[2] or parts[4])
            payload = parse_entry(data).payload if whole and raw is not None else ""
            if whole and (not payload or raw is None or f"raw/{payload[:2]}/{payload}" in raw):
                space.keep(name, data)
                yield name
            else:
                damaged.append(name)
