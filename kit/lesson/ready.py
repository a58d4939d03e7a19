"""Is a class ready for a lesson? Each need, what there is, and whose data the lesson will use."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit.lesson.enough import There, enough
from kit.lesson.practice import open_class, our_station, source_of_data
from kit.lesson.source import load
from kit.lesson.whose import SourceOfData
from kit.text import tr


@dataclass(frozen=True)
class Ready:
    """What a lesson needs and what there is (``found``), whose data it uses, whether it uploads a file."""

    lesson: str
    source: SourceOfData
    found: tuple[There, ...]
    uploads: bool

    def rows(self, lang: str | None = None) -> list[list[str]]:
        """Return one row a need: what is needed, what there is, whether that is enough."""
        return [
            [one.needed(lang), one.there(lang), tr("yes", lang) if one.enough else tr("NO", lang)]
            for one in self.found
        ]

    def words(self, lang: str | None = None) -> list[str]:
        """Say whose data the lesson will use."""
        if self.source.kind == "sample" and not self.source.lacks:
            return [
                tr("There is no dataset of yours here: the lesson practises with the sample schools.", lang)
            ]
        said = [tr("Our station: {station}.", lang, station=self.source.own), *self.source.words(lang)]
        if self.uploads:
            said.append(tr("The lesson begins with a file of your own; what is in it comes on top.", lang))
        return said

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        """Return what ``kit lesson ready --json`` prints."""
        return {
            "lesson": self.lesson, "source": self.source.kind, "station": self.source.station,
            "own": self.source.own, "words": self.words(lang),
            "needs": [
                {"variable": one.need.variable, "whose": one.need.whose, "days": one.need.days,
                 "years": one.need.years, "needed": one.wanted, "found": one.found, "enough": one.enough}
                for one in self.found
            ],
        }  # fmt: skip


def ready(lesson: str | Path, *, dataset: str | Path = "", station: str = "") -> Ready:
    """Return whether the class's data are enough for a lesson, and whose data it will use.

    ``dataset`` and ``station`` are those of :func:`kit.lesson.start`. Needs of our own are counted at our own
    station, those of the region around the station that will be used. Nothing is made or stored.
    """
    found = load(lesson)
    own = open_class(dataset)
    uploads = bool(found.facts.get("uploads", True))
    chosen = our_station(found, own, station)
    if own is None:
        return Ready(found.id, SourceOfData("sample", chosen, chosen), (), uploads)
    source = source_of_data(found, own, chosen, named=bool(station), from_file=uploads)
    there = {one.need: one for one in enough(found, own, source.own)}
    if source.kind == "partner":
        there |= {one.need: one for one in enough(found, own, source.station) if one.need.whose == "region"}
    return Ready(found.id, source, tuple(there[need] for need in found.least.needs), uploads)
