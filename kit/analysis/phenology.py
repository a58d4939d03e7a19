"""When does it come, when is it commonest, when does it go? First dates as what they are: intervals.

Nobody sees the first swallow on the day it arrives. What complete lists say is that it was there on the day
of the first list with it, and that it was not seen on the last list before. It may have been there and been
overlooked then; how often that happens is known from the lists of later days, and gives the day since which
it may have been there with 95 % confidence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import pandas as pd

from kit.analysis.conditions import By, conditioned
from kit.analysis.lists import Lists, lists_of
from kit.analysis.result import HEADINGS, Note, Result
from kit.analysis.together import school_of
from kit.errors import AnalysisError, UsageError
from kit.stats.arrival import arrival, seen_share
from kit.text import N_, day, number, tr

Where = Literal["station", "school", "region"]
WHERE = ("station", "school", "region")
#: Own lists needed to say how often it is overlooked; else those of all places and years say it.
OWN_LISTS = 10
DATES = ("not_before", "first", "since", "middle", "last", "gone_by")
EPOCH, DAY = pd.Timestamp(0).as_unit("us"), pd.Timedelta(days=1).as_unit("us")

METHOD = N_("First date as the interval from the last complete list without it to the first with it")
FIRST = N_("{name} was first seen on {first} ({place}); the last complete list without it is of {before}.")
NO_BEFORE = N_("{name} stands on the first complete list of {year} already, on {first} ({place}).")
SINCE = N_(
    "On {share} % of the lists of its time it was seen, so it may have been there unnoticed since {since}."
)
BETWEEN = N_(
    "In {year}, {name} was first seen on {first} ({place}), and last of all places on {latest} ({other}). "
    "Places compared: {places}."
)
MEDIAN = N_("Half of its time there was over on {median}; it was last seen on {last}.")
STILL = N_("It is on the list of {last}, and no complete list without it was made after that.")
CAUTION = N_(
    "This does not show the day of arrival: it came at some time of the interval, at a place where somebody "
    "looked. Where few lists are made, dates are late by chance; a single early bird is not the spring."
)
NO_DAY = N_("Left out, lists of which the day is not known: {n}.")
THERE_BEFORE = N_("Without a list before it: {n} of the first dates.")
HEADINGS |= {
    "place": N_("place"), "not_before": N_("last list without it"),
    "since": N_("may have been there since"), "middle": N_("middle of its time"),
    "gone_by": N_("first list without it afterwards"),
    "lists": N_("lists"), "with_it": N_("lists with it"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class PhenologyResult(Result):
    """First, middle and last dates.

    ``dates`` has one row per place and year: ``place``, ``year`` (in which the year of life begins),
    ``lists``, ``with_it``; ``not_before`` (day of the last complete list without it before the first),
    ``first``, ``since`` (it was not there before, with 95 % confidence; NaT where too few lists were made),
    ``middle``, ``last``, ``gone_by`` (first list without it after the last); ``seen`` is the share of
    lists between first and last that have it (of all places and years, where there are few). A date that
    nobody can know is NaT.
    """

    headings = MappingProxyType({"first": N_("first list with it"), "last": N_("last list with it")})

    taxon: str
    where: Where
    names: dict[str, str] = field(repr=False)
    dates: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per place and year."""
        return self.dates

    def sentence(self, lang: str | None = None) -> str:
        """Say the dates of the newest year."""
        newest = self.dates[self.dates["year"] == self.dates["year"].max()]
        row = newest.iloc[int(newest["first"].argmin())]
        words = {"name": self.taxon, "year": int(row["year"]), "first": said_day(row["first"], lang),
                 "place": self.names[str(row["place"])]}  # fmt: skip
        if len(newest) > 1:
            other = newest.iloc[int(newest["first"].argmax())]
            return tr(BETWEEN, lang, **words, latest=said_day(other["first"], lang),
                      other=self.names[str(other["place"])], places=len(newest))  # fmt: skip
        if pd.isna(row["not_before"]):
            texts = [tr(NO_BEFORE, lang, **words)]
        else:
            texts = [tr(FIRST, lang, **words, before=said_day(row["not_before"], lang))]
            if pd.notna(row["since"]) and row["since"] < row["not_before"]:
                share = number(100 * row["seen"], 0, lang)
                texts.append(tr(SINCE, lang, share=share, since=said_day(row["since"], lang)))
        gone = pd.notna(row["gone_by"])
        texts.append(tr(MEDIAN if gone else STILL, lang, median=said_day(row["middle"], lang),
                        last=said_day(row["last"], lang)))  # fmt: skip
        return " ".join(texts)

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang)


def said_day(value: Any, lang: str | None = None) -> str:
    """Return a date as the language writes it."""
    stamp = pd.Timestamp(value)
    return day(date(stamp.year, stamp.month, stamp.day), lang)


@conditioned
def phenology(
    sightings: pd.DataFrame, taxon: str, *, where: Where = "station", starts: int = 1, by: By = None
) -> PhenologyResult:
    """Return first, middle and last dates of a taxon for each place and year.

    Parameters
    ----------
    sightings
        Columns of ``kit.model.SIGHTINGS``: all sightings, not only those of the taxon.
    taxon
        A name of any rank, scientific or common.
    where
        What is one place: ``"station"``, ``"school"`` or ``"region"``.
    starts
        The month in which the year begins: 1, or 7 for what comes in autumn and goes in spring.
    by
        The same for each part: school, region …

    Raises
    ------
    AnalysisError
        ``no-complete-lists``; ``never-found``; ``no-days``: no list says its day.

    Notes
    -----
    The interval from ``not_before`` to ``first`` holds the day of arrival only as often as a list has what is
    there, or a little more. ``since`` to ``first`` held it in 94 to 100 % of the runs, 86 % with few lists
    that overlook it often (:func:`kit.stats.arrival.arrival`). The middle is the day by which half of the sum
    of weekly reporting rates is reached, so that weeks with many lists do not count more.

    Examples
    --------
    >>> days = pd.date_range("2026-04-01", periods=6, freq="3D").strftime("%Y-%m-%d")
    >>> rows = [(day, "Pica pica") for day in days] + [(day, "Hirundo rustica") for day in days[2:]]
    >>> frame = pd.DataFrame(rows, columns=["eventDate", "scientificName"])
    >>> frame = frame.assign(station="EE-A/park", eventID=frame["eventDate"], complete=True, flag=1,
    ...                      individualCount=1.0, effort_minutes=10.0, occurrenceStatus="present")
    >>> found = phenology(frame, "Hirundo rustica").table.iloc[0]
    >>> found["not_before"].date().isoformat(), found["first"].date().isoformat()
    ('2026-04-04', '2026-04-07')
    """
    held, table = dated_lists(sightings, taxon, where, starts)
    dates = _dates(table)
    notes = list(held.notes)
    lost = int(dates["not_before"].isna().sum())
    if lost:
        notes.append((THERE_BEFORE, {"n": lost}))
    places = [str(place) for place in dates["place"].unique()]
    return PhenologyResult(
        method=METHOD, n=len(table), completeness=len(table) / max(held.total, 1), version=held.version,
        notes=tuple(notes), taxon=taxon, where=where, dates=dates,
        names={place: held.names.get(place, place) for place in places},
    )  # fmt: skip


def dated_lists(sightings: pd.DataFrame, taxon: str, where: Where, starts: int) -> tuple[Lists, pd.DataFrame]:
    """Return the complete lists, and those with a day: with ``place`` and ``year``, one row per day."""
    if where not in WHERE:
        raise UsageError("A place is one of {known}.", code="where", known=", ".join(WHERE))
    if not 1 <= starts <= 12:
        raise UsageError(
            "The year begins in a month from 1 to 12, not in {value}.", code="starts", value=starts
        )
    held = lists_of(sightings, taxon)
    table = held.table[held.table["date"].notna()]
    lost = len(held.table) - len(table)
    notes: tuple[Note, ...] = (*held.notes, *([(NO_DAY, {"n": lost})] if lost else []))
    if not table["found"].any():
        raise AnalysisError(
            "No complete list with {name} says on which day it was made.",
            do="Write the day of each survey as year-month-day.", code="no-days", name=taxon,
        )  # fmt: skip
    regions = sightings.attrs.get("station_regions", {})
    naming: Mapping[Where, Callable[[str], str]] = {
        "station": str, "school": school_of, "region": lambda station: str(regions.get(station, "")),
    }  # fmt: skip
    year = table["date"].dt.year - (table["date"].dt.month < starts)
    table = table.assign(place=table["station"].map(naming[where]), year=year)
    table = table[table["place"] != ""].reset_index(drop=True)
    if not table["found"].any():
        raise AnalysisError(
            "No complete list here says what it is to be compared by: {by}.",
            why="Dates may be missing or not exact enough, or stations have no region.",
            do="Compare by something else, for instance by station.", code="no-group", by=where,
        )  # fmt: skip
    held = Lists(held.table, held.names, notes, held.total, held.version)
    return held, table


def _dates(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row per place and year with it."""
    rows = table.groupby(["place", "year"], sort=True).agg(lists=("found", "size"), with_it=("found", "sum"))
    group = table.groupby(["place", "year"], sort=True).ngroup().to_numpy()
    number = ((table["date"] - EPOCH) // DAY).to_numpy(dtype=float)
    found = table["found"].to_numpy(dtype=bool)
    rows = rows.assign(group=np.arange(len(rows))).reset_index()
    rows = rows[rows["with_it"] > 0].reset_index(drop=True)
    mine = [(number[group == one], found[group == one]) for one in rows.pop("group")]
    alone = [arrival(*one) for one in mine]
    shared = seen_share(sum(one.inside for one in alone), sum(one.hits for one in alone))
    share = [seen_share(one.inside, one.hits) if one.inside >= OWN_LISTS else shared for one in alone]
    held = [arrival(*one, chance) for one, chance in zip(mine, share, strict=True)]
    for name in DATES:
        rows[name] = EPOCH + pd.to_timedelta([getattr(one, name) for one in held], unit="D").as_unit("us")
    return rows.assign(seen=share)
