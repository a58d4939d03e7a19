"""A teacher's own version of a lesson: a whole copy that says where it comes from.

What the copy was made from stays in its folder ``.origin``: the files as they were then, in the teacher's
language (some 50 KB), and ``choices.toml``: what she chose, and the SHA-256 of the data files. So
``kit lesson update`` works without the internet and years later.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from kit.errors import FileError, UsageError
from kit.lesson.copying import Choices, files_of
from kit.lesson.record import existing, read_text, read_toml
from kit.lesson.source import Lesson, load
from kit.lesson.translate import carry_help
from kit.lesson.written import to_toml
from kit.text import language, tr

#: The folder of an own version in which its origin stands as it was.
ORIGIN = ".origin"
CHOICES = "choices.toml"


def new(
    name: str,
    origin: str | Path,
    *,
    title: str | None = None,
    minutes: int | Mapping[str, int] | None = None,
    station: str | None = None,
    file: str | Path | None = None,
    since: str = "",
    until: str = "",
    variables: Mapping[str, str] | None = None,
    without: Sequence[str] = (),
    lang: str | None = None,
    out: str | Path = "my-lessons",
) -> Path:
    """Make a teacher's own version of a lesson and return its folder, ``out/name``.

    Parameters
    ----------
    name
        Short name of the new lesson: letters, digits and hyphens.
    origin
        The lesson it is made from: id, number ("03") or folder. The copy records its id, title, version,
        licence and hash, and keeps its text as it is now.
    title
        The new title, in ``lang``.
    minutes
        Minutes of one lesson hour (steps are shortened or lengthened in proportion), or minutes by step.
    station
        The station whose data the lesson works with, when the notebook is not told otherwise.
    file
        The class's own data file; a copy of it goes into the lesson's folder, without addresses and the like.
    since, until
        The first and the last day that are looked at, e.g. 2026-03-01.
    variables
        Which variable takes the place of which, in facts, code and tasks: ``{"pm25": "pm10"}``. What the
        texts say is for the teacher to change.
    without
        Tasks that are left out, e.g. ``["A5"]``.
    lang
        The language of the new source; the copy is then in that language only, ready to be changed.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
        raise UsageError(
            "{name} cannot be the name of a lesson.",
            do="Use small letters, digits and hyphens, e.g. my-air.",
            code="lesson-name", name=name,
        )  # fmt: skip
    old = load(origin)
    folder = Path(out) / name
    if folder.exists():
        raise UsageError(
            "{folder} exists already.", do="Choose another name.", code="exists", folder=str(folder)
        )
    own = data_file(file) if file else None
    choices = Choices(
        language(lang), title or "", minutes, station or "", f"data/{own[0]}" if own else "", since, until,
        dict(variables or {}), tuple(without),
    )  # fmt: skip
    choices.check(old)
    files = files_of(old, name, choices)
    data = {own[0]: own[1]} if own else data_of(old, choices)
    folder.mkdir(parents=True)
    write(folder, files)
    write_data(folder, data)
    carry_help(old, folder, choices.lang)
    keep_origin(folder, files, choices, data)
    return folder


def data_file(file: str | Path) -> tuple[str, bytes]:
    """Return the name and the bytes of a data file for a lesson's folder, without traces of people."""
    from kit import formats
    from kit.model import Source

    path = existing(file)
    return path.name, formats.redact(Source(path.name, path.read_bytes())).data


def data_of(old: Lesson, choices: Choices) -> dict[str, bytes]:
    """Return the origin's data files that the copy takes along: none where it has its own."""
    if choices.station or choices.file:
        return {}
    return {
        path.name: path.read_bytes() for path in sorted((old.folder / "data").glob("*")) if path.is_file()
    }


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write texts into a folder; each file is whole at any moment."""
    for name, text in files.items():
        fresh = folder / (name + ".new")
        fresh.write_text(text, encoding="utf-8", newline="\n")
        fresh.replace(folder / name)


def write_data(folder: Path, data: Mapping[str, bytes]) -> None:
    """Write data files into the lesson's folder ``data``."""
    for name, content in data.items():
        (folder / "data").mkdir(exist_ok=True)
        (folder / "data" / name).write_bytes(content)


def keep_origin(folder: Path, files: Mapping[str, str], choices: Choices, data: Mapping[str, bytes]) -> None:
    """Keep in ``.origin`` what an own version was made from."""
    kept: dict[str, Any] = choices.to_dict()
    hashes = {name: sha256(content).hexdigest() for name, content in data.items()}
    place = folder / ORIGIN
    fresh = folder / (ORIGIN + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    remark = "# " + tr(
        "What this lesson was made from; kit lesson update needs it. Please leave it as it is."
    )
    about = to_toml({"choices": kept} | ({"data": hashes} if hashes else {}))
    write(fresh, {**files, CHOICES: f"{remark}\n{about}"})
    shutil.rmtree(place, ignore_errors=True)
    fresh.rename(place)


def kept_origin(folder: Path) -> tuple[dict[str, str], Choices, dict[str, str]]:
    """Return what :func:`keep_origin` kept: files, choices, hashes of data files."""
    place = folder / ORIGIN
    if not place.is_dir() and (folder / (ORIGIN + ".new") / CHOICES).is_file():
        (folder / (ORIGIN + ".new")).rename(place)  # keeping it was interrupted; this file is written last
    if not (place / CHOICES).is_file():
        raise FileError(
            "{lesson} does not know any more what it was made from: its folder {file} is missing.",
            do="Make a new version (kit lesson new) and bring your changes into it.",
            code="no-origin", lesson=folder.name, file=ORIGIN,
        )  # fmt: skip
    about = read_toml(place / CHOICES)
    names = sorted(path.name for path in place.iterdir() if path.name != CHOICES)
    files = {name: read_text(place / name) for name in names}
    try:
        choices = Choices.read(about["choices"])
    except (KeyError, TypeError) as wrong:
        raise FileError(
            "{file} cannot be read: {reason}", file=f"{ORIGIN}/{CHOICES}", reason=str(wrong)
        ) from wrong
    return files, choices, dict(about.get("data", {}))
