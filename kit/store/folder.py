"""Files that survive a power cut: written beside their place, flushed to the disk, then named.

Nothing here overwrites: an object either appears whole under its name or not at all. Hard links are used
where the file system has them (they make "only if absent" exact between processes), else a rename.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from kit.errors import DatasetError

#: File systems on which SQLite's and our locks are not safe.
NETWORK = {
    "nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "afs", "ncpfs", "9p", "ceph", "glusterfs",
    "fuse.sshfs", "fuse.rclone", "fuse.davfs", "davfs", "fuse.s3fs", "fuse.glusterfs",
}  # fmt: skip
#: Options of a 9p mount that belongs to another system: Windows under WSL, the computer around a machine.
SHARED_9P = ("aname=drvfs", "trans=virtio")
#: So many threads flush files at the same time.
HANDS = 8
#: With less free space (bytes) than this a journal cannot be opened.
ROOM = 128 * 1024
#: A file of this name says that the journal was found to be damaged; it is made anew at the next opening.
DAMAGED = "journal.damaged"
MALFORMED = "database disk image is malformed"
#: In what modules the errors of deltalake and Polars say that they are.
_ENGINES = {"_internal", "deltalake", "polars", "pyo3_runtime"}
#: What people call a dataset whose home, a folder, is not where its objects stand: URLs of buckets.
CALLED: dict[Path, str] = {}
_FULL = {errno.ENOSPC, errno.EDQUOT}
_READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}
_MAY_NOT = ("readonly", "read-only", "permission denied")
_NO_LINKS = {
    errno.EPERM,
    errno.ENOTSUP,
    errno.EOPNOTSUPP,
    errno.ENOSYS,
    errno.EMLINK,
    errno.EACCES,
    errno.EXDEV,
}


def sync_file(path: Path) -> None:
    """Flush a file's bytes to the disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def sync_bytes(path: Path) -> None:
    """Flush a file's bytes, and its size if that changed, but not the time at which it was written."""
    number = os.open(path, os.O_RDWR)
    try:
        getattr(os, "fdatasync", os.fsync)(number)
    finally:
        os.close(number)


def sync_all(root: Path, names: Iterable[str]) -> None:
    """Flush some files below a folder to the disk, and the lists of names on the way to them."""
    files = list(names)
    folders = {name[:at] for name in files for at, sign in enumerate(name) if sign == "/"} | {""}

    def flush(name: str) -> None:
        with suppress(FileNotFoundError):
            (sync_folder if name in folders else sync_file)(root / name)

    with ThreadPoolExecutor(HANDS) as hands:  # a disk flushes many as fast as one
        list(hands.map(flush, [*files, *folders]))


def sync_folder(path: Path) -> None:
    """Flush a folder's list of names to the disk (Windows does that by itself)."""
    if os.name != "nt":
        sync_file(path)


def make_folder(path: Path, *, durable: bool = True) -> None:
    """Make a folder and its parents, durable if that is wanted."""
    if path.is_dir():
        return
    make_folder(path.parent, durable=durable)
    with suppress(FileExistsError):
        path.mkdir()
    if durable:
        sync_folder(path.parent)


def create(path: Path, data: bytes, *, durable: bool = True) -> bool:
    """Write ``data`` as ``path`` only if there is none; return whether it was made by this call.

    When it returns, the file (ours or the one that was there) is whole, and durable if that is wanted.
    """
    make_folder(path.parent, durable=durable)
    beside = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.part")
    try:
        write(beside, data, durable=durable)
        made = _name_it(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    if durable:
        sync_folder(path.parent)
    return made


def write(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Write a file, and flush its bytes to the disk if that is wanted."""
    with path.open("wb") as file:
        file.write(data)
        if durable:
            file.flush()
            os.fsync(file.fileno())


def _name_it(beside: Path, path: Path) -> bool:
    try:
        link(beside, path)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if path.exists():
            return False
        beside.rename(path)
    return True


def link(source: Path, target: Path) -> None:
    """Make a hard link (a name of its own, so that tests can be a file system without links)."""
    os.link(source, target)


def replace(path: Path, data: bytes) -> None:
    """Put ``data`` in the place of a damaged object, in one step."""
    beside = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.part")
    try:
        write(beside, data)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    sync_folder(path.parent)


def keep(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Keep an object that is named after its content; a damaged one is put right.

    Durable when it returns, if that is wanted.
    """
    if path.exists() and path.read_bytes() == data:
        if durable:  # it may have been written by a process that died before it was
            sync_file(path)
            sync_folder(path.parent)
    elif not create(path, data, durable=durable) and path.read_bytes() != data:
        replace(path, data)


def file_system(folder: Path, mounts: str | None = None) -> str:
    """Return the type of the file system that holds ``folder`` ("" if it cannot be found out).

    ``mounts`` is the text of ``/proc/mounts`` (read when not given).

    >>> file_system(Path("/mnt/school/data"), "/dev/a / ext4 rw 0 0\\nsrv:/x /mnt/school nfs4 rw 0 0")
    'nfs4'
    >>> file_system(Path("/mnt/c/data"), "C: /mnt/c 9p rw,aname=drvfs;path=C:,trans=fd 0 0")
    '9p'
    >>> file_system(Path("/home/a"), "none / 9p rw,trans=fd,rfdno=4,wfdno=4 0 0")
    '9p of a sandbox'
    """
    if mounts is None:
        try:
            mounts = Path("/proc/mounts").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""
    best, kind = -1, ""
    place = folder.resolve()
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        mount = Path(fields[1].encode().decode("unicode_escape"))
        if (place == mount or mount in place.parents) and len(mount.parts) >= best:
            best, kind = len(mount.parts), fields[2]
            if kind == "9p" and not any(mark in line for mark in SHARED_9P):
                kind = "9p of a sandbox"  # its own disk, handed in by 9p: nobody else's locks are in play
    return kind


def refuse_network_share(folder: Path) -> None:
    """Raise :class:`DatasetError` when ``folder`` lies on a network share."""
    kind = file_system(folder)
    if kind == "9p":
        raise DatasetError(
            "The folder {folder} belongs to another system (9p: Windows under WSL, or the computer around a "
            "virtual machine).",
            why="Programs of two systems that write there at the same time can destroy a dataset.",
            do="Keep the dataset on this system's own disk, for instance in your home folder.",
            code="network-share",
            folder=str(folder),
        )
    if kind in NETWORK or str(folder).startswith(("\\\\", "//")):
        raise DatasetError(
            "The folder {folder} is on a network share ({kind}).",
            why="Two computers that write to one share at the same time can destroy a dataset.",
            do="Keep the dataset on a disk of one computer, and run a hub there for the others.",
            code="network-share",
            folder=str(folder),
            kind=kind or "UNC",
        )


@contextmanager
def in_words(folder: Path) -> Iterator[None]:
    """Turn errors of the disk, of SQLite, of a lock and of the tables' engines into :class:`DatasetError`."""
    try:
        yield
    except DatasetError:
        raise
    except (OSError, sqlite3.Error) as error:
        if is_damage(error):
            with suppress(OSError):
                (folder / DAMAGED).touch()
        raise explain(error, folder) from cause(error, folder)
    except BaseException as error:  # a panic of theirs is no Exception
        if type(error).__module__.split(".")[0] not in _ENGINES:
            raise
        raise explain(error, folder) from cause(error, folder)


def cause(error: BaseException, folder: Path) -> BaseException | None:
    """Return the error that a traceback may show: never what the server of a bucket wrote."""
    return None if folder in CALLED else error


def _is_full(folder: Path) -> bool:
    """Return whether there is next to no room: SQLite then speaks of an input/output error, too."""
    try:
        return shutil.disk_usage(folder).free < ROOM
    except OSError:
        return False


def is_damage(error: BaseException) -> bool:
    """Return whether SQLite says that its file is damaged."""
    text = str(error).lower()
    return isinstance(error, sqlite3.DatabaseError) and ("malformed" in text or "not a database" in text)


def explain(error: BaseException, folder: Path) -> DatasetError:
    """Return the :class:`DatasetError` that says what ``error`` means for the dataset in ``folder``."""
    if isinstance(error, DatasetError):
        return error
    text = str(error).lower()
    number = getattr(error, "errno", None)
    busy = "locked" in text or type(error).__name__ == "Timeout"
    if folder in CALLED and number is None and not busy and not isinstance(error, sqlite3.Error):
        from kit.store.bucket import in_words as told

        return told(error, CALLED[folder])
    full = number in _FULL or any(words in text for words in ("no space left", "disk is full", "quota"))
    if full or (isinstance(error, sqlite3.OperationalError) and _is_full(folder)):
        return DatasetError(
            "The disk that holds {folder} is full.",
            why="Nothing that was acknowledged is lost.",
            do="Free some space and try again.",
            code="disk-full",
            folder=str(folder),
        )
    closed = "unable to open" in text and not os.access(folder, os.W_OK)  # SQLite does not say why
    if closed or number in _READ_ONLY or any(words in text for words in _MAY_NOT):
        return DatasetError(
            "The dataset in {folder} cannot be written.",
            why="The folder or its disk is read-only for you.",
            do="Ask for the right to write there, or copy the folder to your own disk.",
            code="read-only",
            folder=str(folder),
        )
    if is_damage(error):
        return DatasetError(
            "The journal of the dataset in {folder} is damaged.",
            why="The computer says: {said}",
            do="Open the dataset again: kit makes the journal anew from what was given.",
            code="journal-damaged",
            folder=str(folder),
            said=str(error),
        )
    if busy:
        return DatasetError(
            "The dataset in {folder} is busy.",
            why="Another program has been writing to it for a long time.",
            do="Try again in a minute.",
            code="busy",
            folder=CALLED.get(folder, str(folder)),
        )
    return DatasetError(
        "The dataset in {folder} cannot be read or written.",
        why="The computer says: {said}",
        do="Run kit verify to see what is damaged, and kit rebuild to derive the tables again.",
        code="store",
        folder=str(folder),
        said=str(error).strip().splitlines()[0][:300] if str(error).strip() else type(error).__name__,
    )
