"""Is there enough for a lesson? What its least data ask for, and what the shared data hold of it.

Days are days with a daily value (18 of 24 hours; of sightings: days with a survey), years are full years, as
trends need them. Both come from daily values, never from the readings themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kit.lesson.beside import days_together
from kit.lesson.least import SIGHTINGS, Need
from kit.lesson.source import Lesson, load
from kit.model import Station
from kit.text import number, tr, trn
from kit.vocab import variable as known

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from kit.dataset import Dataset
    from kit.dataset.snapshot import Snapshot


@dataclass(frozen=True)
class There:
    """A need of a lesson and what there is.

    ``found`` counts days or full years at our station (those that it has in common with a station beside it,
    if that is what is needed); for a need of the region the other schools that have so many, and ``most`` is
    then the most that one of them has.
    """

    need: Need
    found: int
    most: int = 0

    @property
    def wanted(self) -> int:
        """How many ``found`` must be at least."""
        return self.need.schools if self.need.whose == "region" else self.need.days or self.need.years

    @property
    def enough(self) -> bool:
        """Whether the need is met."""
        return self.found >= self.wanted

    def needed(self, lang: str | None = None) -> str:
        """Say what is needed.

        >>> There(Need("pm25", days=28), 3).needed("en")
        'PM2.5 (fine particles): 28 days at our station'
        """
        words = {"name": _name(self.need, lang), "amount": _amount(self.need, None, lang)}
        if self.need.whose == "ours":
            return tr("{name}: {amount} at our station", lang, **words)
        if self.need.whose == "beside":
            return tr("{name}: {amount} at our station and at another one beside it", lang, **words)
        return trn(
            "{name}: {amount} at {n} other school of the region",
            "{name}: {amount} at {n} other schools of the region", self.need.schools, lang, **words,
        )  # fmt: skip

    def there(self, lang: str | None = None) -> str:
        """Say what there is.

        >>> There(Need("pm25", days=28), 3).there("en")
        '3 days'
        >>> There(Need("pm25", years=5, whose="region"), 0, 2).there("en")
        '0 schools (the most: 2 full years)'
        """
        if self.need.whose != "region":
            return _amount(self.need, self.found, lang)
        most = _amount(self.need, self.most, lang)
        return trn("{n} school (the most: {most})", "{n} schools (the most: {most})", self.found, lang,
                   most=most)  # fmt: skip

    def too_little(self, lang: str | None = None) -> str:
        """Say what there is and what is needed, within a sentence.

        >>> There(Need("pm25", days=28), 3).too_little("en")
        'PM2.5 (fine particles): 3 days instead of 28'
        >>> There(Need("pm25", years=5, whose="region"), 0, 2).too_little("en")
        'PM2.5 (fine particles): 0 other schools with 5 full years instead of 1'
        """
        words = {"name": _name(self.need, lang), "needed": number(self.wanted, 0, lang)}
        if self.need.whose == "ours":
            return tr("{name}: {there} instead of {needed}", lang, **words, there=self.there(lang))
        if self.need.whose == "beside":
            return tr("{name} beside another station: {there} instead of {needed}", lang, **words,
                      there=self.there(lang))  # fmt: skip
        return trn(
            "{name}: {n} other school with {amount} instead of {needed}",
            "{name}: {n} other schools with {amount} instead of {needed}", self.found, lang, **words,
            amount=_amount(self.need, None, lang),
        )  # fmt: skip


def _name(need: Need, lang: str | None) -> str:
    return tr("surveys", lang) if need.variable == SIGHTINGS else known(need.variable).name(lang)


def _amount(need: Need, n: int | None, lang: str | None) -> str:
    """Return so many days, or full years if the need speaks of years (None: what it asks for)."""
    if need.years:
        return trn("{n} full year", "{n} full years", need.years if n is None else n, lang)
    return trn("{n} day", "{n} days", need.days if n is None else n, lang)


def enough(lesson: Lesson | str, shared: Dataset | Snapshot, station: str) -> tuple[There, ...]:
    """Return, for each need of a lesson, what a dataset has: at this station, and in its region."""
    needs = (lesson if isinstance(lesson, Lesson) else load(lesson)).least.needs
    found = {one.need: one for one in (*at_station(needs, shared, station), *around(needs, shared, station))}
    return tuple(found[need] for need in needs)


def at_station(needs: Iterable[Need], shared: Dataset | Snapshot, station: str) -> tuple[There, ...]:
    """Return what one station has of what a lesson needs of ours, and beside ours."""
    ours = [need for need in needs if need.whose != "region"]
    counts = counted(shared, ours, [station])
    return tuple(There(need, counts[need].get(station, 0)) for need in ours)


def around(needs: Iterable[Need], shared: Dataset | Snapshot, station: str) -> tuple[There, ...]:
    """Return what the other schools have of what a lesson needs, in the area of :func:`compared`."""
    return compared(needs, shared, station)[1]


def compared(
    needs: Iterable[Need], shared: Dataset | Snapshot, station: str
) -> tuple[str | None, tuple[There, ...]]:
    """Return the area to compare a station with (None: everywhere), and what its other schools have.

    It is :func:`region_of`; or our country, if only there other schools have all that is needed of them.
    Other countries are looked at only by a school that is alone in its own, whatever they have.
    """
    places = {one.id: one for one in shared.stations()}
    theirs = [need for need in needs if need.whose == "region"]
    smallest = region_of(places, station)
    found = _others(theirs, shared, places, station, smallest or "")
    country = (smallest or "").split("-")[0]
    if country != (smallest or "") and not all(one.enough for one in found):
        wider = _others(theirs, shared, places, station, country)
        if all(one.enough for one in wider):
            return country, wider
    return smallest, found


def _others(
    needs: Sequence[Need], shared: Dataset | Snapshot, places: Mapping[str, Station], station: str, area: str
) -> tuple[There, ...]:
    counts = counted(shared, needs, other_schools(places, station, area))
    found = []
    for need in needs:
        schools: dict[str, int] = {}
        for one, count in counts[need].items():
            schools[places[one].school] = max(count, schools.get(places[one].school, 0))
        with_enough = sum(count >= (need.days or need.years) for count in schools.values())
        found.append(There(need, with_enough, max(schools.values(), default=0)))
    return tuple(found)


def areas(places: Mapping[str, Station], station: str) -> tuple[str, ...]:
    """Return where to look for others, each within the next: a station's region, its country, all ("").

    >>> areas({"EE-A/a": Station("EE-A/a", "EE-79")}, "EE-A/a"), areas({}, "EE-A/a")
    (('EE-79', 'EE', ''), ('',))
    """
    ours = places[station].region if station in places else ""
    return tuple(dict.fromkeys((ours, ours.split("-")[0], "")))


def near(
    places: Mapping[str, Station], station: str, among: Iterable[str], least: int, *, schools: bool = False
) -> list[str]:
    """Return those of some stations that are in the smallest area (:func:`areas`) with enough of them.

    ``least`` counts stations, or their ``schools``; all of ``among`` if no area has so many.

    >>> places = {f"EE-{c}/a": Station(f"EE-{c}/a", region) for c, region in zip("AB", ("EE-79", "EE-68"))}
    >>> near(places, "EE-A/a", places, 1), near(places, "EE-A/a", places, 2)
    (['EE-A/a'], ['EE-A/a', 'EE-B/a'])
    """
    asked = [places[one] for one in among]
    for area in areas(places, station):
        held = [one for one in asked if one.region.startswith(area)]
        if len({one.school if schools else one.id for one in held}) >= least:
            break
    return [one.id for one in held]


def region_of(places: Mapping[str, Station], station: str) -> str | None:
    """Return the smallest area (:func:`areas`) with another station to compare with; None: everywhere.

    >>> region_of({"EE-A/a": Station("EE-A/a", "EE-79"), "EE-B/b": Station("EE-B/b", "EE-68")}, "EE-A/a")
    'EE'
    """
    among = [one.region for one in places.values()]
    fit = (area for area in areas(places, station) if sum(one.startswith(area) for one in among) > 1)
    return next(fit, "") or None


def other_schools(places: Mapping[str, Station], station: str, region: str | None) -> list[str]:
    """Return the stations of other schools in a region; of those indoors only for a station indoors."""
    ours = places.get(station, Station(station))
    return [
        one.id
        for one in places.values()
        if one.school != ours.school
        and one.region.startswith(region or "")
        and (one.exposure == "indoor") == (ours.exposure == "indoor")
    ]


def counted(
    shared: Dataset | Snapshot, needs: Sequence[Need], stations: Sequence[str]
) -> dict[Need, dict[str, int]]:
    """Return for each need how many days or full years each of the stations has (those with any)."""
    found: dict[Need, dict[str, int]] = {need: {} for need in needs}
    places = {one.id for one in shared.stations()}.intersection(stations)
    alone = [need for need in needs if need.whose != "beside"]
    names = sorted({need.variable for need in alone} - {SIGHTINGS})
    if names and places:
        days: Any = shared.readings(names, station=sorted(places), freq="1D")
        for need in alone:
            if need.variable in days and days.sizes.get("time"):
                found[need] = _of_readings(days, need)
    for need in (one for one in needs if one.whose == "beside"):
        together = days_together(shared, need.variable, sorted(places))
        most = {one: max(others.values(), default=0) for one, others in together.items()}
        found[need] = {one: n for one, n in most.items() if n}
    surveyed = [need for need in needs if need.variable == SIGHTINGS]
    if surveyed and places:
        sightings = shared.sightings(station=sorted(places))
        for need in surveyed:
            found[need] = _of_surveys(sightings, need)
    return found


def _of_readings(days: xr.Dataset, need: Need) -> dict[str, int]:
    there = days[need.variable].notnull().transpose("station", "time")
    ids = [str(one) for one in np.atleast_1d(days["station"].values)]
    counts = dict(zip(ids, (int(n) for n in there.sum("time").values), strict=True))
    if not need.years or not any(counts.values()):
        return {one: n for one, n in counts.items() if n}
    from kit.analysis import series

    # of directions there is no month, but there are days
    name = "wind_speed" if known(need.variable).kind == "vector" else need.variable
    full = series.monthly(days[[need.variable]].rename({need.variable: name}), name).full_years().sum()
    return {str(one): int(n) for one, n in full.items() if n}


def _of_surveys(sightings: pd.DataFrame, need: Need) -> dict[str, int]:
    """Return the days, or the years, with a survey of which the day is known."""
    exact = sightings[sightings["eventDate"].str.len() == 10]
    each = exact[["station", "eventDate"]].drop_duplicates()
    if need.years:
        each = each.assign(eventDate=each["eventDate"].str[:4]).drop_duplicates()
    return {str(one): int(n) for one, n in each.groupby("station", observed=True).size().items()}


def listed(found: Iterable[There], lang: str | None = None) -> str:
    """Return what several needs lack, within a sentence."""
    return "; ".join(one.too_little(lang) for one in found)
