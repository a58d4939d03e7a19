"""Lists side by side: what stands on each, what was looked for and not seen, and what nobody can say.

A complete list says of every species that is not on it: looked for, not seen. A list that is not complete
says nothing about what is not on it. A sighting without a survey says nothing about anything else.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from kit.analysis.given import need_sightings
from kit.analysis.result import Note, Result
from kit.analysis.sides import names_of_stations
from kit.analysis.surveys import NOT_WILD, is_complete, no_complete_lists, species_name, survey_ids
from kit.errors import UsageError
from kit.text import N_, day, number, tr, trn
from kit.vocab.taxa import common_name

#: So many lists stand side by side on a page.
LISTS = 6

METHOD = N_("The newest surveys as they were noted, side by side")
SENTENCE = N_("{lists} of {place} name {species} species in all: {every} on every list, {once} on only one.")
UNKNOWN = N_("“?” stands where the list is not complete: nobody can say whether the species was there.")
CAUTION = N_(
    "This does not show that a species was not there: 0 only says that it was looked for and not seen in "
    "these minutes."
)
MINUTES, OBSERVERS = N_("minutes"), N_("observers")
WHOLE, HOW_MANY = N_("complete list"), N_("how many species")
YES, NO = N_("yes"), N_("no")


@dataclass(frozen=True, kw_only=True)
class ChecklistsResult(Result):
    """Surveys side by side.

    ``lists`` has one row per survey, oldest first: ``survey``, ``station``, ``date`` (as it is written),
    ``minutes``, ``observers``, ``complete`` (bool), ``species`` (how many). ``marks`` has one row per
    species, those on most lists first, and a column per survey: ``"12"`` (counted), ``"X"`` (seen, not
    counted), ``"0"`` (a complete list without it), ``"?"`` (a list that is not complete, without it).
    """

    most_rows = 60

    names: dict[str, str] = field(repr=False)
    lists: pd.DataFrame = field(repr=False)
    marks: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per species, one column per survey."""
        return self.marks

    def headings_of(self, lang: str | None = None) -> list[str]:
        """Return what stands above each list: its day, and its place where there are several."""
        found = []
        several = self.lists["station"].nunique() > 1
        for one in self.lists.itertuples():
            date = pd.to_datetime(str(one.date), format="%Y-%m-%d", errors="coerce")
            text = day(date, lang, "medium") if isinstance(date, pd.Timestamp) else str(one.date)
            found.append(f"{self.names[str(one.station)]}, {text}" if several else text)
        return [
            text if found.count(text) == 1 else f"{text} ({at})" for at, text in enumerate(found, start=1)
        ]

    def shown_table(self, lang: str | None = None) -> pd.DataFrame:
        """Return the table for people: effort and completeness first, then the species."""
        lists = self.lists
        first = pd.DataFrame({
            tr(MINUTES, lang): [_cell(value, lang) for value in lists["minutes"]],
            tr(OBSERVERS, lang): [_cell(value, lang) for value in lists["observers"]],
            tr(WHOLE, lang): [tr(YES if value else NO, lang) for value in lists["complete"]],
            tr(HOW_MANY, lang): [_cell(value, lang) for value in lists["species"]],
        }).T  # fmt: skip
        marks = self.marks.copy()
        marks.index = pd.Index([common_name(str(name), lang) for name in marks.index])
        marks.columns = first.columns
        shown = pd.concat([first, marks])
        shown.columns = pd.Index(self.headings_of(lang))
        return shown.rename_axis(tr("what", lang)).reset_index()

    def sentence(self, lang: str | None = None) -> str:
        """Say how many species the lists name, how many all of them, how many only one."""
        seen = (~self.marks.isin(["0", "?"])).sum(axis=1)
        n = len(self.lists)
        places = ", ".join(self.names[key] for key in dict.fromkeys(self.lists["station"].astype(str)))
        return tr(
            SENTENCE, lang, lists=trn("{n} survey", "{n} surveys", n, lang), place=places, species=len(seen),
            every=int((seen == n).sum()), once=int((seen == 1).sum()),
        )  # fmt: skip

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang)


def _cell(value: float, lang: str | None) -> str:
    return "–" if math.isnan(value) else number(value, 0, lang)


def checklists(sightings: pd.DataFrame, *, last: int = LISTS, version: str = "") -> ChecklistsResult:
    """Return the newest surveys side by side, complete or not, with what each says about each species.

    Parameters
    ----------
    sightings
        Columns of ``kit.model.SIGHTINGS``. What failed a check, what is named less exactly than a species and
        what was in captivity is left out.
    last
        How many surveys, the newest by date.

    Raises
    ------
    AnalysisError
        ``no-complete-lists``: there is no survey at all.

    Examples
    --------
    The second list is not complete: nobody knows whether there was a great tit.

    >>> rows = [("1", "2026-05-01", "Parus major"), ("1", "2026-05-01", "Pica pica"),
    ...         ("2", "2026-05-02", "Pica pica"), ("3", "2026-05-03", "Pica pica")]
    >>> frame = pd.DataFrame(rows, columns=["eventID", "eventDate", "scientificName"])
    >>> frame = frame.assign(station="a", complete=[True, True, False, True], individualCount=2.0,
    ...                      effort_minutes=10.0, occurrenceStatus="present", flag=1)
    >>> checklists(frame).table.loc["Parus major"].tolist()
    ['2', '?', '0']
    """
    need_sightings(sightings)
    if last < 1:
        raise UsageError("Ask for one survey or more.", code="how-many")
    attrs = sightings.attrs
    table = sightings.reset_index(drop=True)
    ids = survey_ids(table)
    table = table.loc[ids.index].assign(eventID=ids)
    if table.empty:
        raise no_complete_lists()
    table = table.assign(
        complete=is_complete(table),
        station=table["station"].fillna("").astype(str) if "station" in table else "",
        date=table["eventDate"].fillna("").astype(str) if "eventDate" in table else "",
        clock=table["eventTime"].fillna("").astype(str) if "eventTime" in table else "",
        observers=pd.to_numeric(table["observers"]) if "observers" in table else np.nan,
    )
    failed = table["flag"].isin([4, 9]).groupby(table["eventID"]).transform("any")
    table["complete"] &= ~failed  # a list without what failed is no longer whole
    events = table.groupby("eventID", sort=False)
    lists = events.agg(
        station=("station", "first"), date=("date", "first"), clock=("clock", "first"),
        minutes=("effort_minutes", "max"), observers=("observers", "max"), complete=("complete", "all"),
    ).sort_values(["date", "clock", "station"], kind="stable")[-last:]  # fmt: skip
    marks = _marks(table[table["eventID"].isin(lists.index) & ~table["flag"].isin([4, 9])], lists["complete"])
    seen = ~marks.isin(["0", "?"])
    lists["species"] = seen.sum()
    order = np.lexsort((marks.index.astype(str), -seen.sum(axis=1)))
    stations = [str(one) for one in lists["station"].unique()]
    names = names_of_stations(sightings, stations)
    unknown: tuple[Note, ...] = ((UNKNOWN, {}),) if (marks == "?").any(axis=None) else ()
    return ChecklistsResult(
        method=METHOD, n=len(lists), completeness=float(lists["complete"].mean()),
        version=version or str(attrs.get("version", "")), notes=unknown, names=names,
        lists=lists.drop(columns="clock").rename_axis("survey").reset_index(), marks=marks.iloc[order],
    )  # fmt: skip


def _marks(table: pd.DataFrame, complete: pd.Series) -> pd.DataFrame:
    """Return what each list says about each species, (species, lists)."""
    names = table["scientificName"].fillna("").astype(str).map(species_name)
    here = (table["occurrenceStatus"].fillna("present") != "absent") & (table["individualCount"] != 0)
    if "degreeOfEstablishment" in table:
        here &= ~table["degreeOfEstablishment"].fillna("").astype(str).str.lower().isin(NOT_WILD)
    found = table.assign(species=names)[here & (names != "")]
    number_of = found.groupby(["species", "eventID"])["individualCount"].agg(
        lambda counts: "X" if counts.isna().any() else f"{counts.sum():g}"
    )
    marks = number_of.unstack("eventID").reindex(columns=complete.index)
    return marks.astype(object).fillna({key: "0" if whole else "?" for key, whole in complete.items()})
