"""Does spring come earlier than it did? First dates of many years at the same places."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import pandas as pd

from kit.analysis.conditions import By, conditioned
from kit.analysis.gradient import slope
from kit.analysis.phenology import phenology
from kit.analysis.phenology_slope import SECONDS, WIDEST, SlopeOfDates, fields_of, middles
from kit.analysis.phenology_warmth import CHANCE, FEWEST_YEARS
from kit.errors import AnalysisError
from kit.stats import panel
from kit.text import N_

METHOD = N_(
    "Middles of the first-date intervals, each place against its own level; slope over the years by least "
    "squares; chance by dealing the years anew"
)
EARLIER = N_(
    "From {since} to {until}, {name} came {size} days earlier with every ten years (between {low} and "
    "{high})."
)
LATER = N_(
    "From {since} to {until}, {name} came {size} days later with every ten years (between {low} and {high})."
)
UNCLEAR = N_(
    "From {since} to {until}: no clear change for {name}. Everything from {low} to {high} days later with "
    "every ten years fits."
)
CAUTION = N_(
    "This does not show what made it come earlier or later, nor when it will come next year. Who looked, and "
    "how often, may have changed over the years, too."
)


@dataclass(frozen=True, kw_only=True)
class PhenologyTrendResult(SlopeOfDates):
    """First dates over the years.

    ``slope`` is in days per ten years. ``years`` has one row per year: ``year``, ``date`` (level of the
    places), ``width`` (length of the intervals in days, their mean) and ``stations`` (with a first date).
    """

    told = MappingProxyType({"later": LATER, "earlier": EARLIER, "unclear": UNCLEAR})
    chance = CHANCE
    warning = CAUTION

    years: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per year."""
        return self.years

    def about(self, lang: str | None) -> dict[str, Any]:
        """Return the first and the last year."""
        return {"since": int(self.years["year"].iloc[0]), "until": int(self.years["year"].iloc[-1])}


@conditioned
def phenology_trend(
    sightings: pd.DataFrame, taxon: str, *, starts: int = 1, widest: float = WIDEST, by: By = None
) -> PhenologyTrendResult:
    """Return how first dates have changed over the years.

    Parameters
    ----------
    sightings, taxon, starts, by
        As for :func:`kit.analysis.phenology`.
    widest
        First dates are used if their interval is at most so long (days).

    Raises
    ------
    AnalysisError
        Those of :func:`kit.analysis.phenology`; ``few-years``: fewer than ten years have a first date.

    Notes
    -----
    Stations are joined by station and year levels (:mod:`kit.stats.panel`), so a station that joins late
    makes no change. Days are counted from 1 March (where the year begins in January), so that leap days make
    no change. The test takes the years as exchangeable if nothing changes.

    Examples
    --------
    Half a day earlier every year, at one school with a list on each day:

    >>> rows = [(f"{year}-04-{day:02d}", name) for year in range(2010, 2022) for day in range(1, 30)
    ...         for name in ("Pica pica", "Hirundo rustica")
    ...         if name == "Pica pica" or day >= 20 - (year - 2010) // 2]
    >>> frame = pd.DataFrame(rows, columns=["eventDate", "scientificName"])
    >>> frame = frame.assign(station="EE-A/park", eventID=frame["eventDate"], complete=True, flag=1,
    ...                      individualCount=1.0, effort_minutes=10.0, occurrenceStatus="present")
    >>> found = phenology_trend(frame, "Hirundo rustica")
    >>> round(found.slope, 1), found.direction
    (-4.9, 'earlier')
    """
    first = phenology(sightings, taxon, starts=starts)
    notes = list(first.notes)
    table = middles(first, widest, notes)
    month = 3 if starts == 1 else starts
    begin = pd.to_datetime(pd.DataFrame({"year": table["year"], "month": month, "day": 1}))
    days = (table["date"] - begin).dt.total_seconds() / SECONDS
    grid = table.assign(days=days).pivot_table(index="year", columns="place", values="days")
    if grid.size:
        grid = grid.loc[:, panel.linked(grid.to_numpy())].dropna(how="all")
    if len(grid) < FEWEST_YEARS:
        raise AnalysisError(
            "Years with a first date: {n}; at least {needed} are needed.",
            why="In fewer years chance alone makes such changes.",
            do="Ask for a longer time.", code="few-years", n=len(grid), needed=FEWEST_YEARS,
        )  # fmt: skip
    level = panel.levels(grid.to_numpy()).days
    found = slope(grid.index.to_numpy(dtype=float) / 10, level)
    opening = pd.to_datetime(pd.DataFrame({"year": grid.index, "month": month, "day": 1}))
    years = pd.DataFrame({
        "year": grid.index, "date": opening + pd.to_timedelta(level, unit="D"),
        "width": table.groupby("year")["width"].mean().reindex(grid.index).to_numpy(),
        "stations": grid.notna().sum(axis=1).to_numpy(),
    })  # fmt: skip
    return PhenologyTrendResult(
        method=METHOD, n=first.n, completeness=first.completeness, version=first.version, notes=tuple(notes),
        taxon=taxon, **fields_of(found), years=years,
    )  # fmt: skip
