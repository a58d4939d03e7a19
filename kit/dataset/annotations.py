"""Annotations: what people say about a station for a while, or about a submission; they change no reading.

What happened is a choice and counts at once. Words of a pupil wait for a teacher (:func:`let_wait`);
approved, they are an entry about the first one, and both are one annotation. Who calls ``shared.annotate``
with words is the teacher or the coordinator: those count at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from kit.dataset import waiting
from kit.dataset.reviews import utc
from kit.dataset.waiting import MARK, Waiting
from kit.errors import UsageError
from kit.text import N_

if TYPE_CHECKING:
    from kit.dataset.local import Dataset
    from kit.dataset.state import State
    from kit.entry import Entry

KIND = "annotation"
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


def let_wait(
    shared: Dataset, station: str, text: str, what: str = "", since: datetime | None = None,
    until: datetime | None = None, *, now: datetime | None = None,
) -> tuple[str, Waiting | None]:  # fmt: skip
    """Note what happened at once, and let the words wait for a teacher.

    Return the entry's id ("" if only words were given) and what waits (None without words). Parameters and
    errors are those of ``shared.annotate``.
    """
    annotate, school = shared.annotate, shared.station(station).school
    facts = {name: value for name, value in content_of("", what, since, until).items() if name != "text"}
    first = annotate(station, what=what, since=since, until=until, now=now) if what else ""
    if not text.strip():
        return first, None
    about = f"{school}/{first}" if first else station
    return first, waiting.put(shared, KIND, about, {"text": text}, facts, school=school, now=now)


def annotations_in(state: State) -> Iterator[Annotation]:
    """Yield the annotations in the order of entries, with the words that were approved later."""
    found: dict[str, Annotation] = {}
    seen = set()
    for entry in state.entries:
        if entry.kind != KIND or entry.content.get(MARK, entry.id) in seen:
            continue
        seen.add(entry.content.get(MARK, entry.id))  # two copies of a folder may have approved it apart
        one, first = _annotation(entry), entry.subject.rpartition("/")[2]
        if MARK in entry.content and first in found:
            found[first] = replace(found[first], text=one.text)
        else:
            found[entry.id] = one
    yield from found.values()


def _annotation(entry: Entry) -> Annotation:
    held = entry.content
    since, until = (
        datetime.fromisoformat(held[name]) if held.get(name) else None for name in ("since", "until")
    )
    return Annotation(entry.id, entry.subject, held.get("what", ""), held["text"], since, until)
