"""``kit lesson update``: an own version takes in what is new in its origin, and what is hers stays."""

from __future__ import annotations

import shutil
import tempfile
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from kit.errors import UsageError
from kit.lesson.adapt import data_of, keep_origin, kept_origin, write, write_data
from kit.lesson.cells import joined, split
from kit.lesson.copying import files_of
from kit.lesson.merging import ABSENT, Difference, Merge
from kit.lesson.record import read_text
from kit.lesson.source import Lesson, find, load
from kit.lesson.translate import carry_help
from kit.lesson.validate import validate
from kit.lesson.written import changed
from kit.text import N_, tr

NOTES = "update-notes.md"
#: What became of a text, in words; open ones (a person should look) come first.
WORDS = {
    "both": N_("Both of you changed this. Yours stays."),
    "kept": N_("The origin took this out. Yours stays, because you changed it."),
    "out": N_("You took this out. The origin changed it."),
    "order": N_("Both of you changed the order. Yours stays."),
    "taken": N_("Taken from the origin:"),
    "new": N_("New from the origin:"),
    "gone": N_("Taken out, as in the origin:"),
}


@dataclass(frozen=True)
class Updated:
    """What an update did, or would do: ``differences`` in the order of the lesson, and what is not valid."""

    lesson: str
    origin: str
    version: str
    differences: tuple[Difference, ...] = ()
    problems: tuple[str, ...] = ()
    fresh: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return it as ``--json`` prints it."""
        return {
            "lesson": self.lesson, "origin": self.origin, "version": self.version, "changed": self.fresh,
            "differences": [{**asdict(one), "open": one.open} for one in self.differences],
            "problems": list(self.problems),
        }  # fmt: skip

    def text(self, lang: str | None = None) -> str:
        """Return it in words (Markdown): first what a person should look at, with both texts."""
        names = {"lesson": self.lesson, "origin": self.origin, "version": self.version}
        if not self.fresh:
            return tr("{origin} has not changed since {lesson} was made from it.", lang, **names)
        parts = ["## " + tr("{lesson}: what is new in {origin}, version {version}", lang, **names)]
        for kind, words in WORDS.items():
            for one in self.differences:
                if one.kind == kind:
                    parts.append(_told(one, words, lang))
        if len(parts) == 1:
            parts.append(tr("Nothing that your lesson holds.", lang))
        if self.problems:
            parts.append("**" + tr("Look at this before you use the lesson:", lang) + "**")
            parts.append("\n".join(f"- {problem}" for problem in self.problems))
        return "\n\n".join(parts)


def _told(one: Difference, words: str, lang: str | None) -> str:
    lines = [f"**{' · '.join(filter(None, [one.file, one.place]))}**: {tr(words, lang)}"]
    if one.open:
        for title, text in ((tr("Yours", lang), one.ours), (tr("The origin's", lang), one.theirs)):
            lines.append(f"{title}:\n\n{_quoted(text)}" if text else "")
    else:
        lines.append(_quoted(one.theirs or one.ours))
    return "\n\n".join(filter(None, lines))


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def update(lesson: str | Path, *, show: bool = False) -> Updated:
    """Take into an own version what is new in its origin; return what was done.

    Cells of ``lesson.md``, keys of the other files and data files are merged three ways (the origin as it
    was, the origin now, the teacher's). What both changed stays as the teacher has it; both texts are told,
    and kept in ``update-notes.md``. Repeating it changes nothing.

    Parameters
    ----------
    lesson
        Id or folder of a lesson that ``kit lesson new`` made.
    show
        Only say what would be done.

    Raises
    ------
    kit.errors.FileError
        when a file cannot be read; nothing is written.
    kit.errors.NotFoundError
        when the origin is not among the lessons of this computer.
    """
    mine = load(find(lesson))
    if not mine.facts.get("origin"):
        raise UsageError(
            "{lesson} was not made from another lesson.", do="Name a lesson that kit lesson new made.",
            code="no-origin", lesson=mine.id,
        )  # fmt: skip
    origin = load(find(mine.facts["origin"]["lesson"]))
    version = str(origin.facts.get("version", "1"))
    if origin.hash() == mine.facts["origin"].get("hash"):
        return Updated(mine.id, origin.id, version)
    base, choices, hashes = kept_origin(mine.folder)
    theirs = files_of(origin, mine.id, choices)
    data = data_of(origin, choices)
    differences: list[Difference] = []
    files = _files(mine, base, theirs, differences)
    taken = _data(mine.folder, hashes, data, differences)
    problems = valid(mine, files, taken)
    done = Updated(mine.id, origin.id, version, tuple(differences), tuple(problems), True)
    if not show:
        write_all(mine.folder, files, taken)
        if any(one.open for one in differences):
            _note(mine.folder / NOTES, done.text())
        carry_help(origin, mine.folder, choices.lang)
        keep_origin(mine.folder, theirs, choices, data)
    return done


def _files(
    mine: Lesson, base: Mapping[str, str], theirs: Mapping[str, str], differences: list[Difference]
) -> dict[str, str | None]:
    """Return the merged files; None: the file goes."""
    files: dict[str, str | None] = {}
    for name in dict.fromkeys([*theirs, *base]):
        path = mine.folder / name
        ours = read_text(path).replace("\r\n", "\n") if path.is_file() else None
        merge = Merge(name)
        how: Callable[..., str | None] = _text if name == "lesson.md" else _table
        merged = how(merge, base.get(name), ours, theirs.get(name))
        files[name] = theirs.get(name) if ours == base.get(name) else merged
        differences += merge.found
    return files


def _table(merge: Merge, base: str | None, ours: str | None, theirs: str | None) -> str | None:
    """Merge a file of TOML."""
    tables = [ABSENT if text is None else tomllib.loads(text) for text in (base, ours, theirs)]
    if merge.file == "lesson.toml":
        for table in tables:
            table |= {"origin": tables[2]["origin"], "version": tables[1].get("version", "1")}
    merged = merge.value("", *tables)
    if merged is ABSENT:
        return None
    return changed(ours or "", merged)


def _text(merge: Merge, base: str | None, ours: str | None, theirs: str | None) -> str | None:
    """Merge ``lesson.md`` cell by cell."""
    read = [split(text or "") for text in (base, ours, theirs)]
    pieces = merge.rows("", *(pieces for _, pieces in read))
    head = merge.value("---", *(head for head, _ in read))
    if (head, pieces) == read[1]:
        return ours
    return joined(head, pieces)


def _data(
    folder: Path, hashes: Mapping[str, str], theirs: Mapping[str, bytes], differences: list[Difference]
) -> dict[str, bytes]:
    """Return the data files to be taken from the origin; what is the teacher's own stays."""
    merge, taken = Merge("data"), {}
    for name, content in theirs.items():
        path = folder / "data" / name
        ours = sha256(path.read_bytes()).hexdigest() if path.is_file() else ABSENT
        there = sha256(content).hexdigest()
        if merge.value(name, hashes.get(name), ours, there) == there != ours:
            taken[name] = content
    differences += [Difference(one.kind, one.file, one.place) for one in merge.found]
    return taken


def valid(mine: Lesson, files: Mapping[str, str | None], data: Mapping[str, bytes]) -> list[str]:
    """Return what is not valid in the merged lesson; one that cannot be read raises an error."""
    with tempfile.TemporaryDirectory(prefix="kit-update-") as place:
        trial = Path(place) / mine.folder.name
        trial.mkdir()
        for path in [*mine.folder.glob("*.toml"), mine.folder / "lesson.md"]:
            write(trial, {path.name: read_text(path)})
        if (mine.folder / "locale").is_dir():
            shutil.copytree(mine.folder / "locale", trial / "locale")
        write_all(trial, files, data)
        load(trial).cells()
        return validate(trial)


def write_all(folder: Path, files: Mapping[str, str | None], data: Mapping[str, bytes]) -> None:
    """Write the files of a lesson (None: it goes) and data files."""
    write(folder, {name: text for name, text in files.items() if text is not None})
    for name, text in files.items():
        if text is None:
            (folder / name).unlink(missing_ok=True)
    write_data(folder, data)


def _note(path: Path, text: str) -> None:
    before = read_text(path).rstrip() + "\n\n" if path.is_file() else ""
    write(path.parent, {path.name: f"{before}{text}\n"})
