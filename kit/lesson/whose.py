"""Whose data a lesson works with: our own, a partner school's, or the samples'; never a mixture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kit.lesson.enough import There, areas, at_station, compared, counted, listed, other_schools
from kit.lesson.least import Need
from kit.lesson.source import Lesson
from kit.model import Station
from kit.text import tr

if TYPE_CHECKING:
    from kit.dataset import Dataset
    from kit.dataset.snapshot import Snapshot

Counts = Mapping[Need, Mapping[str, int]]


@dataclass(frozen=True)
class SourceOfData:
    """Whose data a started lesson works with, and why.

    ``kind`` is ``"own"``, ``"partner"`` (another school's station of the same dataset) or ``"sample"`` (a
    practice copy of the invented schools). ``station`` is the one worked with, ``name`` what people call it;
    ``own`` is our own (or the one that was asked for); ``lacks`` are the needs that it does not meet, and
    ``unanswered`` the needs that other schools do not meet: what the lesson cannot answer. ``around`` is the
    area whose schools it compares with where its region has too little: a country, or "" for everywhere.
    """

    kind: str
    station: str
    own: str
    name: str = ""
    lacks: tuple[There, ...] = ()
    unanswered: tuple[There, ...] = ()
    around: str | None = None

    def words(self, lang: str | None = None) -> list[str]:
        """Say whose data these are and why, and what cannot be answered; nothing if all is our own."""
        said = []
        if self.lacks:
            words = {"own": self.own, "what": listed(self.lacks, lang)}
            if self.kind == "partner":
                said.append(tr(
                    "You work with the data of a partner school, {partner}, because our own station {own} "
                    "has too little ({what}). The two are not mixed.",
                    lang, partner=self.name or self.station, **words,
                ))  # fmt: skip
            else:
                said.append(tr(
                    "You work with the data of an invented school, {sample}, because our own station {own} "
                    "has too little ({what}) and no partner school has enough.",
                    lang, sample=self.name or self.station, **words,
                ))  # fmt: skip
        if self.around:
            said.append(tr(
                "The other schools of our region have too few of these data, so “our region” is the whole "
                "country in this lesson.", lang,
            ))  # fmt: skip
        elif self.around is not None:
            said.append(tr(
                "The other schools of our country have too few of these data, so “our region” is all schools "
                "that share their data in this lesson.", lang,
            ))  # fmt: skip
        if self.unanswered:
            said.append(tr(
                "A part of this lesson cannot be answered with these data, as the region has too little "
                "({what}). Nothing is borrowed for it.", lang, what=listed(self.unanswered, lang),
            ))  # fmt: skip
        return said


def whose(
    lesson: Lesson, shared: Dataset | Snapshot, own: str, *, named: bool = True, from_file: bool = False
) -> SourceOfData:
    """Choose whose data a lesson works with.

    In this order: our own station; another station of our school; a partner school's, of our region, of our
    country, of any, and of these the one with most data; else the samples' (``kind`` is then ``"sample"``,
    ``station`` that of the lesson).

    Parameters
    ----------
    own
        Our own station.
    named
        Whether somebody named it; if not, the station of our school with most data is taken.
    from_file
        Whether the lesson works with a file of our own: then only the region is looked at.
    """
    needs = [need for need in lesson.least.needs if need.whose != "region"]
    places = {one.id: one for one in shared.stations()}
    kind, station, lacks = "own", own, tuple[There, ...]()
    if needs and not from_file:
        school = own.split("/", 1)[0]
        ours = [one.id for one in places.values() if one.school == school]
        groups = [[own], ours] if named else [ours or [own]]
        counts = counted(shared, needs, [*ours, own])
        best = next((one for group in groups if (one := _best(counts, group))), "")
        if not best:
            own = own if named else max(ours or [own], key=lambda one: (_amount(counts, one), one))
            lacks = tuple(one for one in at_station(needs, shared, own) if not one.enough)
            best, kind = _partner(shared, needs, own), "partner"
        if not best:
            return SourceOfData("sample", lesson.parameters["station"], own, "", lacks)
        station = best
    area, theirs = compared(lesson.least.needs, shared, station)
    place = places.get(station, Station(station))
    wider = (area or "") if theirs and (area or "") != place.region else None
    lacking = tuple(one for one in theirs if not one.enough)
    return SourceOfData(kind, station, own, place.name, lacks, lacking, wider)


def _partner(shared: Dataset | Snapshot, needs: Sequence[Need], own: str) -> str:
    """Return another school's station that has enough: in our region, our country, anywhere ("": none)."""
    places = {one.id: one for one in shared.stations()}
    looked: set[str] = set()
    for area in areas(places, own):
        near = set(other_schools(places, own, area)) - looked
        looked |= near
        if near and (best := _best(counted(shared, needs, sorted(near)), sorted(near))):
            return best
    return ""


def _best(counts: Counts, stations: Sequence[str]) -> str:
    """Return the station with most data of those that meet every need ("": none)."""
    enough = [
        one
        for one in stations
        if all(counts[need].get(one, 0) >= (need.days or need.years) for need in counts)
    ]
    return max(enough, key=lambda one: _amount(counts, one), default="")


def _amount(counts: Counts, station: str) -> float:
    """Return how many times a station has what is needed, of what it has least."""
    return min(
        per_station.get(station, 0) / (need.days or need.years) for need, per_station in counts.items()
    )
