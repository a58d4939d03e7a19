"""Archives that are one thing: a descriptor and the tables it describes, or the product of a weather service.

Darwin Core Archives (meta.xml) are packed again in one fixed way, so that a .zip, a .tgz and a folder of the
same files give the same bytes. Descriptions of the data set (eml.xml and the like) name contact persons and
are left out.
"""

from __future__ import annotations

import io
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

#: The file with the values in an archive of the German weather service (DWD).
PRODUCT = re.compile(r"(?:^|/)produkt_[^/]*\.txt$", re.I)
_DESCRIPTOR = "meta.xml"
_ABOUT = re.compile(r"(^|/)(eml|metadata)\.xml$|(^|/)dataset/[^/]+\.xml$|(^|/)(rights|citations)\.txt$", re.I)
_FIXED = (1980, 1, 1, 0, 0, 0)
_UNPACKED, _MEMBERS = 1 << 30, 10_001


def descriptors(names: Iterable[str]) -> list[str]:
    """Return the folders ("" for none) that hold a descriptor, without those made by macOS.

    >>> descriptors(["x/meta.xml", "x/occurrence.txt", "__MACOSX/x/._meta.xml"])
    ['x/']
    """
    found = [name for name in names if name.lower().rsplit("/", 1)[-1] == _DESCRIPTOR]
    return sorted(name[: -len(_DESCRIPTOR)] for name in found if not name.startswith("__MACOSX/"))


def names_in(data: bytes) -> list[str]:
    """Return the names in a .zip or .tar, none if it is neither (or broken)."""
    try:
        if data[:4] == b"PK\x03\x04":
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                return packed.namelist()
        if data[257:262] == b"ustar":
            with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as packed_:
                return [one.name.removeprefix("./") for one in islice(packed_, _MEMBERS)]
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, OSError, ValueError, NotImplementedError):
        return []
    return []


def is_archive(data: bytes) -> bool:
    """Tell whether bytes are a .zip with a descriptor in it."""
    return data[:4] == b"PK\x03\x04" and bool(descriptors(names_in(data)))


def pack(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Return a .zip of files, the same for the same files in whatever order; descriptions are left out."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for name, data in sorted(files):
            if not _ABOUT.search(name):
                packed.writestr(zipfile.ZipInfo(name, _FIXED), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def bundle(name: str, files: list[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """Yield (name, bytes) of each bundle among the members of an archive, and of each other member.

    A folder with a descriptor in it becomes one bundle; the only one bears the name of the archive.
    """
    files = [(path, data) for path, data in files if not _is_junk(path)]
    folders = descriptors(path for path, _ in files)
    rest = [(path, data) for path, data in files if not any(path.startswith(folder) for folder in folders)]
    for folder in folders:
        inside = [(path[len(folder) :], data) for path, data in files if path.startswith(folder)]
        alone = len(folders) == 1
        yield (name if alone else f"{name}!/{folder.rstrip('/')}"), pack(inside)
    yield from ((f"{name}!/{path}", data) for path, data in rest)


def _is_junk(path: str) -> bool:
    return path.startswith("__MACOSX/") or path.rsplit("/", 1)[-1].startswith("._")


def without_descriptions(files: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """Leave out eml.xml beside a table: it describes the data set and its contact persons."""
    tables = [path for path, data in files if data and not _ABOUT.search(path)]
    return [(path, data) for path, data in files if not (tables and _ABOUT.search(path))]


def folder_files(path: Path) -> list[Path]:
    """Return the files of a folder that is an unpacked archive, none if it is not."""
    files = sorted(one for one in path.rglob("*") if one.is_file())[:1000]
    return files if any(one.name.lower() == _DESCRIPTOR and one.parent == path for one in files) else []


def members(data: bytes) -> dict[str, bytes]:
    """Return the files of a bundle by their names; empty where it is broken or far too large."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            infos = [info for info in packed.infolist() if not info.is_dir()]
            if sum(info.file_size for info in infos) > _UNPACKED:
                return {}
            return {info.filename: packed.open(info).read(info.file_size + 1) for info in infos}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, RuntimeError):
        return {}


def is_product(names: Iterable[str]) -> bool:
    """Tell whether an archive holds one product and nothing else but what is said about it.

    >>> is_product(["produkt_klima_tag_x.txt", "Metadaten_Geographie_x.txt"]), is_product(["a.csv"])
    (True, False)
    """
    listed = [name for name in names if not name.endswith("/")]
    products = [name for name in listed if PRODUCT.search(name)]
    others = [name for name in listed if "metadaten_" not in name.lower() and name not in products]
    return len(products) == 1 and not others
