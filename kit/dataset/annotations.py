"""Annotations: what people say about a station for a while, or about a submission; they change no reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from kit.dataset.reviews import utc
from kit.errors import UsageError
from kit.text import N_

if TYPE_CHECKING:
    from kit.dataset.state import State
    from kit.entry import Entry

#: What can have happened: a choice, so that most remarks need no words of one's own.
WHAT = {
    "fire": N_("a fire nearby (bonfire, barbecue, smoke of a stove)"),
    "fireworks": N_("fireworks"),
    "traffic": N_("more traffic than usual"),
    "works": N_("building or road works"),
    "garden": N_("work in the garden (mowing, digging, watering)"),
    "weather": N_("unusual weather (storm, thick fog, dust from far away)"),
    "people": N_("many people, or windows opened"),
    "device": N_("the device was moved, cleaned or repaired"),
    "other": N_("something else"),
}


@dataclass(frozen=True)
class Annotation:
    """What an annotation says.

    Attributes
    ----------
    id
        The entry's id.
    subject
        The station or submission that it speaks of.
    what
        A key of :data:`WHAT`, "" where only words were given.
    text
        Words, without traces of people.
    since, until
        From when to when it lasted (naive UTC); None: not said.
    """

    id: str
    subject: str
    what: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def meets(self, since: datetime | None, until: datetime | None) -> bool:
        """Return whether it speaks of a time between two moments (None: open).

        >>> fire = Annotation("", "s/roof", "fire", "", datetime(2026, 5, 1, 18), datetime(2026, 5, 1, 22))
        >>> fire.meets(datetime(2026, 5, 1, 20), None), fire.meets(None, datetime(2026, 4, 30))
        (True, False)
        """
        first, last = self.since or self.until, self.until or self.since
        if first is None or last is None:
            return False
        return (since is None or last >= since) and (until is None or first <= until)


def content_of(text: str, what: str, since: datetime | None, until: datetime | None) -> Mapping[str, Any]:
    """Return what the entry of an annotation holds; only what was said stands in it.

    Raises :class:`UsageError` for an unknown ``what``, times in the wrong order, and where nothing is said.
    """
    if what and what not in WHAT:
        raise UsageError(
            "{name} is nothing that an annotation can name.",
            do="Choose one of: {known}.", code="annotation-what", name=what, known=", ".join(WHAT),
        )  # fmt: skip
    first, last = utc(since), utc(until)
    if (
        first is not None
        and last is not None
        and datetime.fromisoformat(last) < datetime.fromisoformat(first)
    ):
        raise UsageError("It cannot end before it began.", do="Look at both times.", code="annotation-time")
    said = {"what": what, "since": first, "until": last}
    return {"text": text, **{name: value for name, value in said.items() if value}}


def annotations_in(state: State) -> Iterator[Annotation]:
    """Yield the annotations in the order of entries."""
    for entry in state.entries:
        if entry.kind == "annotation":
            yield _annotation(entry)


def _annotation(entry: Entry) -> Annotation:
    held = entry.content
    since, until = (
        datetime.fromisoformat(held[name]) if held.get(name) else None for name in ("since", "until")
    )
    return Annotation(entry.id, entry.subject, held.get("what", ""), held["text"], since, until)
