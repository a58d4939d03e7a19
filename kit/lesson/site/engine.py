"""Python for the browser: Pyodide's files, each checked against its hash, and the list of what a site has.

``kit/tables/pyodide.csv`` names the files of Pyodide 0.27.7 (Python 3.12, pandas 2.2, numpy 2.0) that a site
needs, with the SHA-256 of the official distribution. Where they come from does not matter: a folder, the
distribution's archive, or any archive that holds them; a file with another hash is not taken.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kit.errors import FileError, NotFoundError
from kit.lesson.site import wheels
from kit.text import N_

TABLE = Path(__file__).parents[2] / "tables" / "pyodide.csv"
VERSION = "0.27.7"
#: What ``pyodide-lock.json`` says of the core that the compiled files were made for.
INFO = {
    "abi_version": "2024_0", "arch": "wasm32", "platform": "emscripten_3_1_58", "python": "3.12.7",
    "version": VERSION,
}  # fmt: skip
#: Languages whose names of months and ways to write numbers go along.
LOCALES = ("root", "en", "et", "de", "ru", "uk")
#: What kit imports in the browser, all of it.
NEEDS = ("numpy", "pandas", "xarray", "babel", "tzdata", "ipywidgets", "sqlite3")
PURE: Mapping[str, tuple[str, ...]] = {
    "xarray": ("numpy", "pandas", "packaging"), "babel": (), "comm": (), "tzdata": (),
    "jupyterlab-widgets": (),
    "ipywidgets": ("comm", "traitlets", "jupyterlab-widgets", "ipython"),
}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """One file of Pyodide's distribution, as the table names it."""

    name: str
    version: str
    file: str
    sha256: str
    kind: str
    install_dir: str
    depends: tuple[str, ...]
    imports: tuple[str, ...]


@cache
def parts() -> tuple[Part, ...]:
    """Return the files that a site needs."""
    plain = ("name", "version", "file", "sha256", "kind", "install_dir")
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Part(**{name: line[name] for name in plain}, depends=_names(line["depends"]),
                 imports=_names(line["imports"]))
            for line in csv.DictReader(file)
        )  # fmt: skip


def _names(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split("|")))


def gather(places: Iterable[str | Path], out: Path) -> None:
    """Copy Pyodide's files from folders and archives (.whl, .zip, .tgz, .tar.bz2) into ``out``, each checked.

    Raises
    ------
    kit.errors.NotFoundError
        for files that are in none of the places, naming them.
    kit.errors.FileError
        for a place that cannot be read.
    """
    missing = {part.file: part for part in parts()}
    out.mkdir(parents=True, exist_ok=True)
    other: list[str] = []
    for place in places:
        for name, read in _files(Path(place), frozenset(missing)):
            if name not in missing:
                continue
            data = read()
            if hashlib.sha256(data).hexdigest() != missing[name].sha256:
                other.append(name)
                continue
            (out / name).write_bytes(data)
            del missing[name]
    if missing:
        raise NotFoundError(
            "{n} files of Pyodide {version} are not there: {files}.",
            why=N_("Some have another content than the official ones: {other}.") if other else "",
            do="Get the file pyodide-{version}.tar.bz2 from Pyodide's page of releases and name it: "
            "--pyodide FILE. It is needed once, on the computer that makes the site.",
            code="no-pyodide", n=len(missing), version=VERSION, files=", ".join(sorted(missing)[:5]),
            other=", ".join(other),
        )  # fmt: skip


def _files(place: Path, wanted: frozenset[str]) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Yield the wanted files of a folder or an archive, by name, with how to read each."""
    try:
        if place.is_dir():
            for folder, _folders, names in os.walk(place):
                for name in sorted(wanted.intersection(names)):
                    yield name, (Path(folder) / name).read_bytes
        elif zipfile.is_zipfile(place):
            with zipfile.ZipFile(place) as packed:
                for entry in packed.infolist():
                    yield entry.filename.rsplit("/", 1)[-1], lambda entry=entry: packed.read(entry)  # type: ignore[misc]
        else:
            with tarfile.open(place) as archive:
                for member in archive:
                    file = archive.extractfile(member) if member.isfile() else None
                    if file is not None:
                        yield member.name.rsplit("/", 1)[-1], file.read
    except (OSError, tarfile.TarError, zipfile.BadZipFile, EOFError) as error:
        raise FileError(
            "{file} cannot be read: it is no folder and no archive.", do="Name another file: --pyodide FILE",
            code="pyodide-place", file=place.name,
        ) from error  # fmt: skip


def add_pure(out: Path) -> None:
    """Write the wheels of the pure libraries that kit needs besides Pyodide's."""
    for name in PURE:
        file, data = wheels.of_installed(name, _small_babel if name == "babel" else lambda path: True)
        (out / file).write_bytes(data)


def _small_babel(path: str) -> bool:
    found = re.match(r"babel/locale-data/(\w+?)(_\w+)?\.dat$", path)
    return found is None or found[1] in LOCALES


def lock(out: Path) -> dict[str, Any]:
    """Write ``pyodide-lock.json`` for the wheels that stand in ``out``; return it."""
    packages = {
        part.name: _entry(part.name, part.version, part.file, part.sha256, part.depends, part.imports)
        | {"install_dir": part.install_dir, "package_type": part.kind}
        for part in parts() if part.kind != "core"
    }  # fmt: skip
    known = {part.file for part in parts()}
    for path in sorted(out.glob("*-py3-none-any.whl")):
        if path.name in known:
            continue
        data = path.read_bytes()
        plain, version = path.name.split("-")[:2]
        name = plain.replace("_", "-").lower()
        depends = NEEDS if name == wheels.KIT else PURE[name]
        digest = hashlib.sha256(data).hexdigest()
        packages[name] = _entry(name, version, path.name, digest, depends, wheels.imports_of(data))
    made = {"info": INFO, "packages": dict(sorted(packages.items()))}
    text = json.dumps(made, indent=1, sort_keys=True) + "\n"
    (out / "pyodide-lock.json").write_text(text, encoding="utf-8", newline="\n")
    return made


def _entry(
    name: str, version: str, file: str, digest: str, depends: Iterable[str], imports: Iterable[str]
) -> dict[str, Any]:
    return {
        "name": name, "version": version, "file_name": file, "sha256": digest, "depends": list(depends),
        "imports": list(imports), "install_dir": "site", "package_type": "package", "unvendored_tests": False,
    }  # fmt: skip
