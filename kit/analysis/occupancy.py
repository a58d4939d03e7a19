"""At how many places does it live? Places are visited several times, so that what is overlooked shows.

The model and its intervals stand in :mod:`kit.stats.occupancy`. A visit is a place and a day: lists of one
class in one lesson do not find things independently, so lists of one place and day are one visit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from kit.analysis.conditions import By, conditioned
from kit.analysis.lists import lists_of
from kit.analysis.result import HEADINGS, Note, Result
from kit.errors import AnalysisError, UsageError
from kit.stats import occupancy as stats
from kit.text import N_, number, tr

#: DESIGN: at least so many visits at so many places.
FEWEST_VISITS, FEWEST_PLACES = 3, 20
#: kit's own choice: after so many days things come and go; more than a year is not one season.
LONG_SEASON, LONGEST = 120, 366
PLACES = ("station", "school")

METHOD = N_("Occupancy in one season with detection (MacKenzie et al. 2002); interval by profile likelihood")
FOUND = N_("{name} was found at {found} of {places} places.")
ESTIMATE = N_(
    "If the visits that overlooked it are allowed for, it was at {share} % of the places (between {low} and "
    "{high} %)."
)
BORDER = N_(
    "If the visits that overlooked it are allowed for, it was at {low} % of the places at least; these "
    "visits cannot rule out that it was at all of them."
)
DETECTION = N_("Where it is, a visit finds it in {share} of 100 cases (between {low} and {high}).")
CAUTION = N_(
    "This does not show how many there are, and it holds for these places only. If something comes or goes "
    "between the visits, or some places hide it better than others, the numbers are wrong."
)
ONE_DAY = N_("Lists of the same place and day, which are one visit: {n}.")
NO_DAY = N_("Left out, lists whose day is not known: {n}.")
FEW_VISITS = N_("Left out, places with fewer than {needed} visits: {n}.")
LONG = N_(
    "From the first to the last visit there are {days} days. The numbers are right only if in all this time "
    "nothing moved in or out."
)
RARE = N_("It was found so seldom that it cannot be told whether it is rare or only hard to find.")
HEADINGS |= {
    "visits": N_("visits"), "visits_with": N_("visits that found it"),
    "chance": N_("chance that it is there"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class OccupancyResult(Result):
    """Share of the places at which a taxon was, allowing for visits that overlooked it.

    ``occupied`` (0 to 1) with its 95 % interval ``low`` to ``high``; ``detection`` (``detection_low``,
    ``detection_high``) is the chance that one visit finds it where it is. ``places`` were visited, it was
    found at ``found``. ``at_border``: the best estimate is 1. ``sites`` has one row per place: ``station``,
    ``station_name``, ``visits``, ``visits_with`` (that found it), ``chance`` (that it is there).
    """

    percent = frozenset({"chance"})

    taxon: str
    occupied: float
    low: float
    high: float
    detection: float
    detection_low: float
    detection_high: float
    places: int
    found: int
    at_border: bool
    sites: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per place."""
        return self.sites

    def sentence(self, lang: str | None = None) -> str:
        """Say at how many places it was found, and at how many it was."""

        def percent(share: float) -> str:
            return number(100 * share, 0, lang)

        seen = tr(FOUND, lang, name=self.taxon, found=number(self.found, 0, lang),
                  places=number(self.places, 0, lang))  # fmt: skip
        ends = {"low": percent(self.low), "high": percent(self.high)}
        whole = tr(BORDER if self.at_border else ESTIMATE, lang, share=percent(self.occupied), **ends)
        each = tr(DETECTION, lang, share=percent(self.detection), low=percent(self.detection_low),
                  high=percent(self.detection_high))  # fmt: skip
        return f"{seen} {whole} {each}"

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang)


@conditioned
def occupancy(
    sightings: pd.DataFrame, taxon: str, *, place: str = "station", by: By = None
) -> OccupancyResult:
    """Return at how many places a taxon was, allowing for visits that overlooked it.

    Parameters
    ----------
    sightings
        All sightings of one season (columns of ``kit.model.SIGHTINGS``), also those of other things: complete
        lists without the taxon are the visits that did not find it.
    taxon
        A name of any rank, scientific or common.
    place
        ``"station"`` or ``"school"``.
    by
        For each part: year, season, month, region …

    Raises
    ------
    AnalysisError
        ``few-places``: fewer than 20 places with three visits. ``seasons``: the visits span more than a year.
        ``no-complete-lists``, ``never-found``.
    UsageError
        ``place``.

    Notes
    -----
    Coverage of the intervals: :func:`kit.stats.occupancy.occupancy`.

    Examples
    --------
    Twenty ponds with three visits; at ten of them a newt was found, always at two of the visits:

    >>> rows = [(f"EE-A/{pond}", f"2026-05-{4 + 7 * visit:02d}", "Triturus cristatus" if pond < 10 and visit
    ...          else "Rana temporaria") for pond in range(20) for visit in range(3)]
    >>> frame = pd.DataFrame(rows, columns=["station", "eventDate", "scientificName"])
    >>> frame = frame.assign(eventID=frame["eventDate"], complete=True, individualCount=1.0, flag=1,
    ...                      effort_minutes=20.0, occurrenceStatus="present")
    >>> found = occupancy(frame, "Triturus cristatus")
    >>> found.found, round(found.occupied, 2), round(found.detection, 2)
    (10, 0.53, 0.63)
    """
    if place not in PLACES:
        raise UsageError("A place is one of {known}.", code="place", known=", ".join(PLACES))
    held = lists_of(sightings, taxon)
    visits, notes = _visits(held.table, place)
    if not visits.empty:
        span = int((visits["date"].max() - visits["date"].min()).days)
        if span >= LONGEST:
            raise AnalysisError(
                "These visits span more than a year; where something lives can change in that time.",
                do='Ask for each year by itself: by="year".', code="seasons",
            )  # fmt: skip
        if span >= LONG_SEASON:
            notes.append((LONG, {"days": span}))
    sites = visits.groupby("place")["found"].agg(["size", "sum"])
    enough = sites["size"] >= FEWEST_VISITS
    if (~enough).any():
        notes.append((FEW_VISITS, {"n": int((~enough).sum()), "needed": FEWEST_VISITS}))
    sites = sites[enough]
    if len(sites) < FEWEST_PLACES:
        raise AnalysisError(
            "At how many places it is cannot be estimated: {name} was looked for at {found} places with at "
            "least {visits} visits; {needed} are needed.",
            why="With fewer it cannot be told whether it was absent or overlooked.",
            do="Visit more places, each of them three times within a few weeks, and note complete lists.",
            code="few-places", name=taxon, found=len(sites), visits=FEWEST_VISITS, needed=FEWEST_PLACES,
        )  # fmt: skip
    fit = stats.occupancy(sites["sum"], sites["size"])
    if math.isnan(fit.occupied):
        raise AnalysisError(
            "At how many places it is cannot be estimated: {name} was found at none of the {n} places.",
            why="With no visit that found it, it is not known how often a visit overlooks it.",
            code="never-found", name=taxon, n=len(sites),
        )  # fmt: skip
    if fit.at_border and fit.found < fit.sites:
        notes.append((RARE, {}))
    used = int(sites["size"].sum())
    return OccupancyResult(
        method=METHOD, n=used, completeness=used / max(len(visits), 1), version=held.version,
        notes=(*held.notes, *notes), taxon=taxon, occupied=fit.occupied, low=fit.low, high=fit.high,
        detection=fit.detection, detection_low=fit.detection_low, detection_high=fit.detection_high,
        places=fit.sites, found=fit.found, at_border=fit.at_border,
        sites=_sites(sites, fit, held.names if place == "station" else {}),
    )  # fmt: skip


def _visits(lists: pd.DataFrame, place: str) -> tuple[pd.DataFrame, list[Note]]:
    """Return one row per place and day: ``place``, ``date``, ``found``; and what was left out."""
    dated = lists[lists["date"].notna()]
    stations = dated["station"] if place == "station" else dated["station"].str.partition("/")[0]
    visits = dated.assign(place=stations).groupby(["place", "date"])[["found"]].any().reset_index()
    notes: list[Note] = []
    if len(dated) < len(lists):
        notes.append((NO_DAY, {"n": len(lists) - len(dated)}))
    if len(visits) < len(dated):
        notes.append((ONE_DAY, {"n": len(dated) - len(visits)}))
    return visits, notes


def _sites(sites: pd.DataFrame, fit: stats.Occupancy, names: dict[str, str]) -> pd.DataFrame:
    ids = [str(one) for one in sites.index]
    left: Any = fit.left(sites["size"])
    return pd.DataFrame({
        "station": ids, "station_name": [names.get(one, one) for one in ids],
        "visits": sites["size"].to_numpy(), "visits_with": sites["sum"].to_numpy(dtype=int),
        "chance": pd.Series(left, index=sites.index).where(sites["sum"] == 0, 1.0).to_numpy(),
    })  # fmt: skip
