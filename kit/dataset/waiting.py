"""The waiting list: what a pupil wrote in words waits here until a teacher has read it.

It stands in the folder ``waiting`` of the dataset (of one in a bucket: in the folder of its journal, so on
the computer on which it was written). It is no entry yet: no version counts it, and no merge, export or
backup takes it along. Approved, it becomes an entry that names it (``draft``); sent back, the class reads
why.

A text is a file named after its content, durable when :func:`put` returns. What was approved is known by the
entry, not by the file that is gone: so a process may be killed at any moment, and approving twice is
approving once. Who decides holds a lock.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kit.dataset.deriving import stamp
from kit.entry import Entry, canonical_json
from kit.errors import NotFoundError, UsageError
from kit.ingest.lines import remark
from kit.store import flush as flushing
from kit.store import folder as disk
from kit.store import removing
from kit.store.acts import Draft

if TYPE_CHECKING:
    from datetime import datetime

    from kit.dataset.local import Dataset
    from kit.dataset.view import View
    from kit.store.flush import Parts

FOLDER = "waiting"
#: The key of an entry's content that names the text which was approved.
MARK = "draft"
#: A text is at most so many letters long.
MOST_LETTERS = 1000
_BACK = ".back.json"
_ID = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Waiting:
    """A text that waits, or that was sent back.

    Attributes
    ----------
    kind, school, subject, content
        Those of the entry that it becomes.
    written
        When it was written (UTC), as entries write it.
    back
        Why it was sent back; None while it waits.
    """

    kind: str
    school: str
    subject: str
    written: str
    content: Mapping[str, Any] = field(hash=False)
    back: str | None = None

    def canonical(self) -> bytes:
        """Return what its file holds."""
        names = ("kind", "school", "subject", "written", "content")
        return canonical_json({name: getattr(self, name) for name in names})

    @property
    def id(self) -> str:
        """SHA-256 of the whole text, as hex digits; the entry keeps it."""
        return sha256(self.canonical()).hexdigest()

    def entry(self) -> Entry:
        """Return an entry as it will be, without its place in the order."""
        return Entry(self.kind, self.school, self.subject, 0, self.written, "", {**self.content})


def clean(text: str, *, lines: bool = False) -> str:
    """Return what a person wrote without traces of people and without signs that nobody sees.

    With ``lines`` lines stay apart, else it is one line.

    >>> clean("  new\\u202e battery,\\n ask mari@kool.ee ")
    'new battery, ask [e-mail]'
    """
    rows = text.splitlines() if lines else [text]
    seen = ("".join(sign if sign.isprintable() else " " for sign in row) for row in rows)
    return remark("\n".join(row for row in (" ".join(part.split()) for part in seen) if row))


def put(
    shared: Dataset, kind: str, subject: str, words: Mapping[str, str], facts: Mapping[str, Any], *,
    school: str = "", now: datetime | None = None,
) -> Waiting:  # fmt: skip
    """Let a text wait for a teacher; the same text of the same second waits once.

    Parameters
    ----------
    kind, subject
        Of the entry that it becomes.
    words
        What a person wrote, by name; traces of people are taken out of it (:func:`clean`).
    facts
        What else the entry holds: choices, ids, versions.
    school
        The school that says it (default: the dataset's).

    Raises
    ------
    kit.errors.UsageError
        for words that are too long, and for a school that was erased.
    kit.errors.DatasetError
        when it could not be stored.
    """
    shared._must_be_writable()
    for text in words.values():
        if len(text) > MOST_LETTERS:
            raise UsageError(
                "This text is too long ({n} letters).", do="Write at most {most} letters.",
                code="long-text", n=len(text), most=MOST_LETTERS,
            )  # fmt: skip
    said = {name: clean(text, lines=True) for name, text in words.items()}
    content = {**{name: text for name, text in said.items() if text}, **facts}
    made = Waiting(kind, school or shared.school, subject, stamp(now), content)
    subjects = {entry.subject for entry in shared._now()[1].entries if entry.kind == removing.KIND}
    if removing.is_removed(made.entry(), subjects):
        raise removing.Removed(made.entry(), subjects)
    with disk.in_words(shared.folder):
        disk.keep(_place(shared.folder, made.id), made.canonical())
    return made


def waiting(shared: View) -> list[Waiting]:
    """Return what waits for a teacher, the oldest first."""
    return [one for one in there(shared) if one.back is None]


def there(shared: View) -> list[Waiting]:
    """Return what waits and what was sent back, the oldest first; what was approved is not there any more."""
    found = [one for name in _names(shared.folder) if (one := _read(shared.folder, name)) is not None]
    if found:
        done = _approved(shared)
        found = [one for one in found if one.id not in done]
    return sorted(found, key=lambda one: (one.written, one.id))


def approve(shared: Dataset, draft: str, *, now: datetime | None = None) -> str:
    """Make an entry of a text that waits; return the entry's id. Approved before, it is the same entry.

    Raises :class:`kit.errors.NotFoundError` when nothing such waits.
    """
    with _deciding(shared):
        made = _approved(shared).get(draft, "")
        if not made:
            one = _read(shared.folder, draft)
            if one is None or one.back is not None:
                raise _unknown(draft)
            content = {**one.content, "written": one.written, MARK: draft}
            made = shared.act(Draft(one.kind, one.school, one.subject, stamp(now), content))
            flushing.on_step("approved")
        _remove(shared.folder, draft)
    return made


def send_back(shared: Dataset, draft: str, reason: str) -> None:
    """Send a text back to the class, with the reason in words; done before, the new reason counts.

    Raises :class:`kit.errors.NotFoundError` when it is not there (any more).
    """
    with _deciding(shared):
        if _read(shared.folder, draft) is None or draft in _approved(shared):
            raise _unknown(draft)
        place = _place(shared.folder, draft, _BACK)
        disk.replace(place, canonical_json({"reason": clean(reason[:MOST_LETTERS])}))


def withdraw(shared: Dataset, draft: str) -> None:
    """Take a text that waits or was sent back off the list."""
    with _deciding(shared):
        if not _ID.fullmatch(draft):
            raise _unknown(draft)
        _remove(shared.folder, draft)


def forget(store: Parts) -> None:
    """Remove from the list what erasures remove, and what became entries that are gone."""
    names = _names(store.folder)
    if not names:
        return
    subjects = {entry.subject for entry in store.journal.entries() if entry.kind == removing.KIND}
    gone = {one.id for one in store.journal.erased() if one.kind in removing.QUIET}
    gone_drafts = {
        str(entry.content.get(MARK))
        for entry in map(store.objects.entry_if_whole, sorted(gone))
        if entry is not None
    }
    for name in names:
        one = _read(store.folder, name)
        if one is not None and (name in gone_drafts or removing.is_removed(one.entry(), subjects)):
            _remove(store.folder, name)


# --- files


def _place(folder: Path, draft: str, end: str = ".json") -> Path:
    return folder / FOLDER / f"{draft}{end}"


def _names(folder: Path) -> list[str]:
    """Return the names of the texts in the folder, whole or not."""
    found = (path.stem for path in (folder / FOLDER).glob("*.json"))
    return sorted(name for name in found if _ID.fullmatch(name))


def _read(folder: Path, draft: str) -> Waiting | None:
    """Return a text; None where there is none, or it is not what its name says."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        data = _place(folder, draft).read_bytes()
        if sha256(data).hexdigest() == draft:
            return replace(Waiting(**json.loads(data)), back=_back(folder, draft))
    return None


def _back(folder: Path, draft: str) -> str | None:
    with suppress(FileNotFoundError):
        try:
            return str(json.loads(_place(folder, draft, _BACK).read_bytes())["reason"])
        except (ValueError, KeyError, TypeError):  # torn: it was sent back all the same
            return ""
    return None


def _remove(folder: Path, draft: str) -> None:
    with disk.in_words(folder):
        for end in (_BACK, ".json"):  # the reason first: of one without its text nobody would know
            _place(folder, draft, end).unlink(missing_ok=True)
        if (folder / FOLDER).is_dir():
            disk.sync_folder(folder / FOLDER)


@contextmanager
def _deciding(shared: Dataset) -> Iterator[None]:
    from filelock import FileLock

    shared._must_be_writable()
    with disk.in_words(shared.folder):
        disk.make_folder(shared.folder / FOLDER)
        with FileLock(str(shared.folder / FOLDER / ".lock"), timeout=60.0):
            yield


def _approved(shared: View) -> dict[str, str]:
    """Return the texts that became entries, with these: also those that no version names yet."""
    entries = [*shared._now()[1].entries, *shared._store.journal.waiting_entries()]
    return {str(entry.content[MARK]): entry.id for entry in reversed(entries) if MARK in entry.content}


def _unknown(draft: str) -> NotFoundError:
    return NotFoundError(
        "Nothing waits under {name}.", why="Somebody approved it, sent it back or took it away meanwhile.",
        do="Look at the list again.", code="nothing-waits", name=draft[:12],
    )  # fmt: skip
