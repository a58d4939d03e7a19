"""Wheels made from what is installed here: kit's own, with lessons and snapshots in it, and pure libraries.

A wheel is a .zip with three texts about it (PEP 427, https://peps.python.org/pep-0427/). Only pure Python
goes into one: a compiled file is an error. The same files give the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import metadata
from pathlib import Path

from kit.errors import JobError

KIT = "school-envkit"
_DATE = (1980, 1, 1, 0, 0, 0)
_COMPILED = (".so", ".pyd", ".dylib", ".dll")
_LEFT_OUT = ("__pycache__", "tests", "test")


def wheel(
    name: str, version: str, files: Iterable[tuple[str, bytes]], about: bytes = b""
) -> tuple[str, bytes]:
    """Return the file name and the bytes of a pure wheel with these files (path, content)."""
    plain = name.replace("-", "_")
    info = f"{plain}-{version}.dist-info"
    more = {
        f"{info}/METADATA": about or f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: kit\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    every = dict(sorted([*files, *more.items()]))
    if compiled := [path for path in every if path.endswith(_COMPILED)]:
        raise JobError(
            "{name} is not pure Python: {file}.", why="A browser runs pure Python only.",
            do="Tell whoever looks after kit.", code="not-pure", name=name, file=compiled[0],
        )  # fmt: skip
    record = "".join(f"{path},sha256={_digest(data)},{len(data)}\n" for path, data in every.items())
    every[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path, data in every.items():
            packed.writestr(zipfile.ZipInfo(path, _DATE), data, zipfile.ZIP_DEFLATED)
    return f"{plain}-{version}-py3-none-any.whl", buffer.getvalue()


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def of_kit(lessons: Iterable[Path], snapshots: Path, samples: Mapping[str, Path]) -> tuple[str, bytes]:
    """Return kit's own wheel for the browser.

    Parameters
    ----------
    lessons
        Folders of the lessons that go into it.
    snapshots
        The folder of their snapshots (:mod:`kit.dataset.snapshot`).
    samples
        The sample files that lessons upload, by their paths in the samples' folder.
    """
    package = Path(__file__).parents[2]

    def files() -> Iterator[tuple[str, bytes]]:
        yield from _below(package, "kit", lambda path: path.parts[0] != "_shipped")
        for folder in lessons:
            yield from _below(
                folder, f"kit/_shipped/lessons/{folder.name}", lambda path: path.parts[0] != "build"
            )
        yield from _below(snapshots, "kit/_shipped/snapshots")
        for name, path in samples.items():
            yield f"kit/_shipped/datasets/{name}", path.read_bytes()

    return wheel(KIT, metadata.version(KIT), files())


def _below(
    folder: Path, into: str, wanted: Callable[[Path], bool] = lambda path: True
) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and "__pycache__" not in inside.parts and wanted(inside):
            yield f"{into}/{inside.as_posix()}", path.read_bytes()


def of_installed(name: str, wanted: Callable[[str], bool] = lambda path: True) -> tuple[str, bytes]:
    """Return the wheel of an installed pure library, without its tests and what is not ``wanted``."""
    found = metadata.distribution(name)
    files = []
    for path in found.files or ():
        inside = path.as_posix()
        aside = inside.startswith("..") or ".dist-info/" in inside or set(path.parts) & set(_LEFT_OUT)
        if not aside and not inside.endswith(".pyc") and wanted(inside):
            files.append((inside, Path(str(path.locate())).read_bytes()))
    about = (found.read_text("METADATA") or "").split("\n\n", 1)[0] + "\n"
    return wheel(found.metadata["Name"], found.version, files, about.encode())


def imports_of(data: bytes) -> list[str]:
    """Return the names under which a wheel's modules are imported."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        tops = {name.split("/")[0] for name in packed.namelist()}
    return sorted(top.removesuffix(".py") for top in tops if not top.endswith(".dist-info"))
