"""A lesson's files and the records in them: what is missing, unknown or of the wrong kind, in plain words."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any, TypeVar

from kit.errors import FileError, NotFoundError
from kit.text import N_, tr

T = TypeVar("T")


def _all_texts(values: Any) -> bool:
    return all(isinstance(value, str) for value in values)


#: How a field is declared -> whether a value fits, and what it must be.
_KINDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "str": (lambda value: isinstance(value, str), N_("a text in quotation marks")),
    "int": (lambda value: type(value) is int, N_("a whole number")),
    "float": (lambda value: type(value) in (int, float), N_("a number")),
    "bool": (lambda value: isinstance(value, bool), N_("true or false")),
    "tuple[str, ...]": (
        lambda value: isinstance(value, list) and _all_texts(value),
        N_("a list of texts in square brackets"),
    ),
    "Mapping[str, str]": (
        lambda value: isinstance(value, Mapping) and _all_texts(value.values()),
        N_("a table of texts"),
    ),
}


def record(kind: type[T], table: object, file: str, place: str = "", apart: tuple[str, ...] = ()) -> T:
    """Make a dataclass of texts, whole numbers and lists from a TOML table of ``file``.

    ``place`` (such as ``hours.2``) says where it stands; keys named in ``apart`` are read elsewhere. What
    does not fit raises :class:`~kit.errors.FileError`.
    """
    if not isinstance(table, Mapping):
        raise _unfit(file, place, N_("a table"))
    known: dict[str, Field[Any]] = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]
    given = {key: value for key, value in table.items() if key not in apart}
    path = f"{place}." if place else ""
    for key, value in given.items():
        if key not in known:
            raise FileError(
                "{file}: kit does not know {key}.", do="Here it knows: {known}.", code="lesson-field",
                file=file, key=path + key, known=", ".join((*known, *apart)),
            )  # fmt: skip
        fits, wanted = _KINDS[str(known[key].type)]
        if not fits(value):
            raise _unfit(file, path + key, wanted)
    for key, field in known.items():
        if key not in given and field.default is MISSING and field.default_factory is MISSING:
            raise FileError(
                "{file} does not say {key}.", do="Add a line {name} = …", code="lesson-field", file=file,
                key=path + key, name=key,
            )  # fmt: skip
    return kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in given.items()})


def records(
    kind: type[T], tables: object, file: str, place: str, apart: tuple[str, ...] = ()
) -> tuple[T, ...]:
    """Make the records of a list of tables."""
    if not isinstance(tables, list):
        raise _unfit(file, place, N_("a list of tables"))
    return tuple(
        record(kind, table, file, f"{place}.{number}", apart) for number, table in enumerate(tables, start=1)
    )


def _unfit(file: str, key: str, wanted: str) -> FileError:
    return FileError(
        "{file}: {key} must be {wanted}.", code="lesson-field", file=file, key=key,
        wanted=lambda lang: tr(wanted, lang),
    )  # fmt: skip


def existing(file: str | Path) -> Path:
    """Return the path of a file that somebody named, or raise :class:`~kit.errors.NotFoundError`."""
    path = Path(file).expanduser()
    if not path.is_file():
        raise NotFoundError(
            "There is no file {file}.", do="Put it into the folder {folder}, or write its whole path.",
            code="no-such-file", file=path.name, folder=str(path.parent.absolute()),
        )  # fmt: skip
    return path


def read_text(path: Path) -> str:
    """Read a text file; one that is missing or in another encoding raises :class:`~kit.errors.FileError`."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise FileError("{file} is missing in {folder}.", file=path.name, folder=path.parent.name) from None
    except UnicodeDecodeError as wrong:
        raise FileError(
            "{file} cannot be read: it is not saved as UTF-8.", do="Save it as UTF-8, then try again.",
            file=path.name,
        ) from wrong  # fmt: skip


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file; a broken one raises :class:`~kit.errors.FileError` that names the line."""
    written = read_text(path)
    try:
        return tomllib.loads(written)
    except tomllib.TOMLDecodeError as wrong:
        place = re.search(r"line (\d+)", str(wrong))
        line = int(place[1]) if place else written.count("\n") + 1
        raise FileError(
            "{file} cannot be read: something is missing or too much in line {line}, or just before it.",
            do="Look there: every quotation mark and every bracket needs its partner. Save, and try again.",
            file=path.name, line=line,
        ) from wrong  # fmt: skip
