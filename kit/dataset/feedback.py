"""Feedback: what teachers say about a lesson they taught. Entries, so that it travels with the dataset.

A note speaks of a lesson and of those that it was made from, so whoever looks after the origin reads what
teachers of all its own versions say. It names nobody: traces of people are taken out of its words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from kit.dataset.deriving import stamp
from kit.errors import NotFoundError, UsageError
from kit.ingest.lines import remark
from kit.store.acts import Draft

if TYPE_CHECKING:
    from datetime import datetime

    from kit.dataset.local import Dataset
    from kit.dataset.state import State
    from kit.dataset.view import View
    from kit.entry import Entry

KIND = "feedback"
#: Minutes of a step and characters of a note that can be meant.
MOST_MINUTES, MOST_WORDS = 600, 4000


@dataclass(frozen=True)
class Feedback:
    """A teacher's note on a lesson.

    Attributes
    ----------
    lesson, version
        The lesson that was taught (its id) and its version.
    origins
        Lessons that it was made from, nearest first: id -> version.
    lang, depth
        In which language it was taught, and at which depth ("" where there is one).
    worked, change
        What worked well, and what should be changed.
    minutes
        How long steps really took: step -> minutes.
    id, school, made
        The entry's id, the school and the time (UTC) of the note.
    """

    lesson: str
    version: str = ""
    origins: Mapping[str, str] = field(default_factory=dict)
    lang: str = ""
    depth: str = ""
    worked: str = ""
    change: str = ""
    minutes: Mapping[str, int] = field(default_factory=dict)
    id: str = ""
    school: str = ""
    made: str = ""

    def content(self) -> dict[str, Any]:
        """Return what the entry holds; only what was said stands in it."""
        said = {name: getattr(self, name) for name in _SAID}
        return {
            name: dict(value) if isinstance(value, Mapping) else value
            for name, value in said.items()
            if value
        }

    def speaks_of(self, lesson: str) -> bool:
        """Return whether it is about a lesson, or about an own version of it.

        >>> Feedback("my-air", origins={"03-air-today": "1.0"}).speaks_of("03-air-today")
        True
        """
        return lesson in (self.lesson, *self.origins)


_SAID = ("lesson", "version", "origins", "lang", "depth", "worked", "change", "minutes")


def give(shared: Dataset, note: Feedback, *, now: datetime | None = None) -> str:
    """Keep a note as an entry and return its id.

    Addresses, telephone numbers and the like are taken out of its words. Raises
    :class:`kit.errors.UsageError` for a note that says nothing, is too long, or holds impossible minutes.
    """
    note = replace(note, worked=remark(note.worked), change=remark(note.change))
    if not (note.worked or note.change or note.minutes):
        raise UsageError(
            "This note says nothing yet.", do="Write what worked, what to change, or how long a step took.",
            code="empty-feedback",
        )  # fmt: skip
    if max(len(note.worked), len(note.change)) > MOST_WORDS:
        raise UsageError("This note is too long.", do="Write at most {most} characters.",
                         code="long-feedback", most=MOST_WORDS)  # fmt: skip
    for step, minutes in note.minutes.items():
        if type(minutes) is not int or not 0 <= minutes <= MOST_MINUTES:
            raise UsageError(
                "{step}: {minutes} minutes cannot be meant.", do="Write a whole number of minutes.",
                code="feedback-minutes", step=step, minutes=minutes,
            )  # fmt: skip
    return shared.act(Draft(KIND, shared.school, note.lesson, stamp(now), note.content()))


def given(shared: View, lesson: str = "") -> list[Feedback]:
    """Return the notes that count, in their order; those on one lesson and on own versions of it."""
    found = _counting(shared._now()[1])
    return [note for note in found if not lesson or note.speaks_of(lesson)]


def take_back(shared: Dataset, note: str, reason: str = "", *, now: datetime | None = None) -> str:
    """Take a note back (its id, or the first six digits of it or more); return the entry's id."""
    known = given(shared)
    close = [one for one in known if one.id.startswith(note)] if len(note) >= 6 else []
    if len(close) != 1:
        raise NotFoundError(
            "There is no note {name} on a lesson in the dataset.", do="There are: {known}.",
            code="no-feedback", name=note, known=", ".join(one.id[:12] for one in known) or "–",
        )  # fmt: skip
    content = {"retracted": True, "reason": remark(reason)}
    return shared.act(Draft("retraction", close[0].school, close[0].id, stamp(now), content))


def _counting(state: State) -> Iterator[Feedback]:
    verdicts = {entry.subject: entry.content.get("retracted") for entry in state.entries
                if entry.kind == "retraction"}  # fmt: skip
    for entry in state.entries:
        if entry.kind == KIND and not verdicts.get(entry.id):
            yield _note(entry)


def _note(entry: Entry) -> Feedback:
    """Return what an entry says; what only a later kit knows is left out."""
    held = {name: entry.content[name] for name in _SAID if name in entry.content}
    return Feedback(**{"lesson": entry.subject, **held}, id=entry.id, school=entry.school, made=entry.made)
