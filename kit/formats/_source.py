"""From a path to the files that it holds: reading, unpacking, and the limits of both.

Nothing here writes anything: archives are unpacked in memory, so the names inside them can do no harm.
"""

from __future__ import annotations

import gzip
import io
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kit.errors import FileError
from kit.formats._bundles import (
    bundle,
    descriptors,
    folder_files,
    is_product,
    names_in,
    pack,
    without_descriptions,
)
from kit.formats._phyphox import dated, is_recording
from kit.model import Source


@dataclass(frozen=True)
class Limits:
    """What kit reads at most. Sizes are in bytes; ``ratio`` counts only above 64 MiB unpacked."""

    file: int = 1 << 30
    line: int = 4 << 20
    members: int = 10_000
    unpacked: int = 1 << 30
    ratio: int = 300
    depth: int = 2


LIMITS = Limits()
_RATIO_FROM = 64 << 20
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: What is inside a document that is no table; in older files the name of a stream (ECMA-376, MS-CFB).
_DOCUMENTS = {"word/document.xml": "Word", "ppt/presentation.xml": "PowerPoint"}
_STREAMS = {"Workbook": "Excel", "WordDocument": "Word", "PowerPoint Document": "PowerPoint"}
#: OpenDocument writes what it is first, and not deflated (part 3, 3.3); of a spreadsheet it is "spreadsheet".
_NO_SHEET = (b"opendocument.text", b"opendocument.presentation", b"opendocument.graphics")
_JUNK = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


def open_source(path: str | Path, limits: Limits = LIMITS) -> list[Source]:
    """Return the files behind ``path``: itself, or the members of a .zip, .gz or .tar archive.

    Parameters
    ----------
    path
        A file. A member of an archive is named ``"a.zip!/folder/x.csv"``. Workbooks (.xlsx, .ods) are zip
        files too, but are left whole, and so is what a descriptor (meta.xml) holds together; a folder with a
        descriptor is taken like such an archive.
    limits
        How much is read at most.

    Raises
    ------
    FileError
        No such file, not readable, empty, too large, a line without an end, a broken or hostile archive.

    Examples
    --------
    >>> import tempfile, zipfile
    >>> archive = Path(tempfile.mkdtemp()) / "a.zip"
    >>> with zipfile.ZipFile(archive, "w") as out:
    ...     out.writestr("x.csv", "time,pm25\\n")
    >>> [source.name for source in open_source(archive)]
    ['a.zip!/x.csv']
    """
    path = Path(path)
    if path.is_dir() and (files := folder_files(path)):
        packed = pack((one.relative_to(path).as_posix(), _read(one, limits)) for one in files)
        return [Source(f"{path.name}.zip", packed)]
    data = _read(path, limits)
    return unpack(Source(path.name, data), limits)


def unpack(source: Source, limits: Limits = LIMITS) -> list[Source]:
    """Return the files inside ``source`` (itself, if it is not an archive); see :func:`open_source`."""
    budget = _Budget(limits, len(source.data))
    found = list(_walk(source, budget, limits.depth))
    if not found:
        raise FileError(
            "{file} is an archive without any file in it.", do="Pack the files of the device again.",
            code="empty-archive", file=source.name,
        )  # fmt: skip
    return found


def refuse_long_line(name: str, data: bytes, limits: Limits = LIMITS) -> None:
    """Raise :class:`FileError` if some line of ``data`` is longer than the limit."""
    position = 0
    while len(data) - position > limits.line:
        window = position + limits.line
        end = max(data.rfind(b"\n", position, window), data.rfind(b"\r", position, window))
        if end < 0:
            raise _long_line(name, limits)
        position = end + 1


def is_workbook(data: bytes) -> bool:
    """Tell whether the bytes are a spreadsheet (.xlsx, .ods, or the old .xls)."""
    if data[:8] == _OLE:
        return not document_kind(data)
    names = set(names_in(data)) if data[:4] == _ZIP else set()
    sheet = any(name.startswith("xl/") for name in names) or {"mimetype", "content.xml"} <= names
    return sheet and not document_kind(data)


def document_kind(data: bytes) -> str:
    """Return what the bytes are if they are an office document without a table ("Word" …), else ""."""
    if data[:8] == _OLE:
        found = {kind for stream, kind in _STREAMS.items() if stream.encode("utf-16-le") in data}
        return "" if "Excel" in found else min(found, default="")
    names = set(names_in(data)) if data[:4] == _ZIP else set()
    if {"mimetype", "content.xml"} <= names:
        return "OpenDocument" if any(kind in data[:200] for kind in _NO_SHEET) else ""
    return next((kind for name, kind in _DOCUMENTS.items() if name in names), "")


def _long_line(name: str, limits: Limits) -> FileError:
    return FileError(
        "{file} has a line of more than {mib} MiB.", why="A table has one line per record.",
        do="Export the file from the device again, as CSV.", code="long-line",
        file=name, mib=limits.line >> 20,
    )  # fmt: skip


def _too_large(name: str, size: int) -> FileError:
    return FileError(
        "{file} is too large: kit reads at most {mib} MiB at once.",
        do="Split it, for example into one file per year.", code="too-large", file=name, mib=size >> 20,
    )  # fmt: skip


def _read(path: Path, limits: Limits) -> bytes:
    name = path.name or str(path)
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise FileError("{file} is a folder.", do="Name the files in it.", code="folder", file=name)
        if not stat.S_ISREG(status.st_mode):
            raise FileError("{file} is not a file but a device.", code="not-a-file", file=name)
        if status.st_size > limits.file:
            raise _too_large(name, limits.file)
        with path.open("rb") as file:
            return _read_chunks(name, file, limits)
    except FileNotFoundError:
        raise FileError(
            "There is no file {file}.", do="Check the name and the folder.", code="no-file", file=str(path)
        ) from None
    except (OSError, ValueError) as error:
        if isinstance(error, FileError):
            raise
        raise FileError(
            "{file} cannot be opened: {reason}.", do="Check that you may read it.", code="unreadable",
            file=name, reason=getattr(error, "strerror", None) or "?",
        ) from None  # fmt: skip


def _read_chunks(name: str, file: io.BufferedReader, limits: Limits) -> bytes:
    """Read a file, giving up at the first stretch of text without a line break (bounded memory)."""
    chunks: list[bytes] = []
    size = 0
    text = True
    while chunk := file.read(limits.line):
        if not chunks:
            text = not _is_packed(chunk)
        size += len(chunk)
        if size > limits.file:
            raise _too_large(name, limits.file)
        if text and len(chunk) >= limits.line and b"\n" not in chunk and b"\r" not in chunk:
            raise _long_line(name, limits)
        chunks.append(chunk)
    return b"".join(chunks)


def _is_packed(data: bytes) -> bool:
    return data[:2] in (b"PK", b"\x1f\x8b", b"\xd0\xcf") or data[257:262] == b"ustar"


class _Budget:
    """Counts what an archive has given, over all its levels."""

    def __init__(self, limits: Limits, packed: int) -> None:
        self.limits, self.packed = limits, max(packed, 1)
        self.files = 0
        self.size = 0

    def room(self) -> int:
        return self.limits.unpacked - self.size

    def take(self, name: str, data: bytes) -> None:
        self.files += 1
        self.size += len(data)
        if self.files > self.limits.members:
            raise FileError(
                "{file} holds more than {n} files.", do="Pack fewer files into one archive.",
                code="too-many-files", file=name, n=self.limits.members,
            )  # fmt: skip
        hostile = self.size > _RATIO_FROM and self.size / self.packed > self.limits.ratio
        if self.size > self.limits.unpacked or hostile:
            raise FileError(
                "{file} unpacks to far more than its own size and was not unpacked.",
                why="Such archives can fill a computer.", do="Pack fewer files into one archive.",
                code="archive-too-large", file=name,
            )  # fmt: skip


def _walk(source: Source, budget: _Budget, depth: int) -> Iterator[Source]:
    members = _members(source, budget)
    if members is None:
        yield source
        return
    if depth == 0:
        raise FileError(
            "{file} is an archive inside an archive inside an archive.", do="Unpack it first.",
            code="nested-archive", file=source.name,
        )  # fmt: skip
    if is_product(names_in(source.data)):
        list(members)  # within the limits?
        yield source
        return
    if descriptors(names_in(source.data)):
        for name, data in bundle(source.name, list(members)):
            whole = data[:4] == b"PK\x03\x04" and bool(descriptors(names_in(data)))
            yield from [Source(name, data)] if whole else _walk(Source(name, data), budget, depth - 1)
        return
    if any(name.lower().endswith("eml.xml") for name in names_in(source.data)):
        members = iter(without_descriptions(list(members)))
    if is_recording(names_in(source.data)):
        members = iter(dated(members))
    for name, data in members:
        last = name.rsplit("/", 1)[-1]
        if name.startswith(_JUNK[0]) or last in _JUNK or last.startswith("._") or not data or _is_sheet(name):
            continue
        packed_tar = source.data[:2] == b"\x1f\x8b" and data[257:262] == b"ustar"
        inside = source.name if packed_tar else f"{source.name}!/{name}"
        yield from _walk(Source(inside, data), budget, depth - 1)


def _is_sheet(name: str) -> bool:
    """Tell whether a member holds the answers that came along with another (kit.dataset.bringing)."""
    return name.startswith("receipts/") and name.endswith(".answers.txt")


def _members(source: Source, budget: _Budget) -> Iterator[tuple[str, bytes]] | None:
    data, suffix = source.data, source.suffix
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return None if is_workbook(data) or document_kind(data) else _unzip(source, budget)
    if data[:2] == b"\x1f\x8b":
        return _gunzip(source, budget)
    if data[257:262] == b"ustar":
        return _untar(source, budget)
    if suffix in (".zip", ".gz", ".tgz", ".tar", ".xlsx", ".ods") and data:
        raise _broken(source.name)
    if suffix in (".7z", ".rar", ".bz2", ".xz"):
        raise FileError(
            "{file} is an archive of a kind that kit does not unpack.",
            do="Unpack it, or pack it as .zip.", code="unknown-archive", file=source.name,
        )  # fmt: skip
    return None


def _broken(name: str) -> FileError:
    return FileError(
        "{file} is a broken archive: it cannot be unpacked.",
        why="The file is damaged, cut off, or only has the name of an archive.",
        do="Download or copy it again.", code="broken-archive", file=name,
    )  # fmt: skip


def _safe(name: str) -> str:
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return "/".join(parts) or "file"


def _unzip(source: Source, budget: _Budget) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
            for info in archive.infolist():
                if info.is_dir():
                    continue
                if info.flag_bits & 1:
                    raise FileError(
                        "{file} is locked with a password.", do="Unpack it yourself and give the files.",
                        code="locked-archive", file=source.name,
                    )  # fmt: skip
                with archive.open(info) as member:
                    data = member.read(budget.room() + 1)
                budget.take(source.name, data)
                yield _safe(info.filename), data
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
        if isinstance(error, FileError):
            raise
        raise _broken(source.name) from None


def _gunzip(source: Source, budget: _Budget) -> Iterator[tuple[str, bytes]]:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(source.data)) as packed:
            # a read sets the memory that it asks for aside at once: small computers have no gigabyte to spare
            stated, room = int.from_bytes(source.data[-4:], "little"), budget.room()
            data = packed.read(min(stated, room) + 1)
            if len(data) > stated:  # several members, each with a size of its own
                data += packed.read(max(room + 1 - len(data), 0))
    except (OSError, EOFError, zlib.error):
        raise _broken(source.name) from None
    budget.take(source.name, data)
    inner = source.name.rsplit("/", 1)[-1]
    inner = inner[:-4] + ".tar" if inner.lower().endswith(".tgz") else inner.removesuffix(".gz")
    yield inner, data


def _untar(source: Source, budget: _Budget) -> Iterator[tuple[str, bytes]]:
    try:
        with tarfile.open(fileobj=io.BytesIO(source.data), mode="r:") as archive:
            for info in archive:
                member = archive.extractfile(info) if info.isfile() else None
                if member is not None:
                    data = member.read(min(info.size, budget.room()) + 1)
                    budget.take(source.name, data)
                    yield _safe(info.name), data
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        if isinstance(error, FileError):
            raise
        raise _broken(source.name) from None
