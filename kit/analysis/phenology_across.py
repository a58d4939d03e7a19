"""Does spring come later in the north? First dates of one spring along a scale."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from kit.analysis.conditions import By, conditioned
from kit.analysis.gradient import CHANCE, FEWEST_PLACES, STEP, slope
from kit.analysis.phenology import phenology
from kit.analysis.phenology_slope import SECONDS, WIDEST, SlopeOfDates, fields_of, middles
from kit.analysis.result import HEADINGS
from kit.analysis.together import school_of, too_few_stations
from kit.errors import AnalysisError, UsageError
from kit.text import N_, number, tr

#: Kilometres of one degree of latitude (mean radius of the Earth, 6371 km; doi:10.1007/s001900050278).
DEGREE = 111.2
ALONG = {"latitude": N_("100 km towards the north"), "longitude": N_("100 km towards the east")}

METHOD = N_("Middles of the first-date intervals; slope by least squares; chance by dealing the places anew")
LATER = N_("In {year}, {name} came {size} days later for every {step} (between {low} and {high}).")
EARLIER = N_("In {year}, {name} came {size} days earlier for every {step} (between {low} and {high}).")
UNCLEAR = N_(
    "In {year}: no clear difference between the places for {name}. Everything from {low} to {high} days "
    "later for every {step} fits."
)
CAUTION = N_(
    "This does not show what made it come later or earlier: places differ in many things, and in how often "
    "somebody looks. It is one spring."
)
NO_PLACE = N_("Left out, places of which it is not known where they stand along this scale: {n}.")


@dataclass(frozen=True, kw_only=True)
class PhenologyGradientResult(SlopeOfDates):
    """First dates of one spring along a scale.

    ``slope`` is in days per 100 km for ``along`` ``"latitude"`` or ``"longitude"`` (``per_degree`` in days
    per degree), else in days per step of the scale given. ``places`` has one row per school (and point of
    the scale), in the order of the scale: ``place``, ``along``, ``date`` (middle of the interval), ``width``
    (its length in days). ``names`` is what people call the places with one station.
    """

    told = MappingProxyType({"later": LATER, "earlier": EARLIER, "unclear": UNCLEAR})
    chance = CHANCE
    warning = CAUTION

    year: int
    along: str
    per_degree: float
    places: pd.DataFrame = field(repr=False)
    names: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per place."""
        return self.places

    def shown_table(self, lang: str | None = None) -> pd.DataFrame:
        """Return the table as texts for people; places on the scale with two decimals (1 km of latitude)."""
        along = [number(float(value), 2, lang) for value in self.places["along"]]
        return super().shown_table(lang).assign(**{tr(HEADINGS["along"], lang): along})

    def about(self, lang: str | None) -> dict[str, Any]:
        """Return the year and the step of the scale."""
        return {"year": self.year, "step": tr(ALONG.get(self.along, STEP), lang)}


@conditioned
def phenology_gradient(
    sightings: pd.DataFrame, taxon: str, along: str | Mapping[str, float] = "latitude", *,
    year: int | None = None, starts: int = 1, widest: float = WIDEST, by: By = None,
) -> PhenologyGradientResult:  # fmt: skip
    """Return how the first date changes across the region in one spring.

    Parameters
    ----------
    sightings, taxon, by
        As for :func:`kit.analysis.phenology`.
    along
        ``"latitude"`` or ``"longitude"`` (from the places of the sightings), or a mapping of station or
        school to a number: km from the coast, metres of height …
    year
        Which year; default: the one with most first dates.
    starts
        The month in which the year begins, see :func:`kit.analysis.phenology`.
    widest
        First dates are used if their interval is at most so long (days).

    Raises
    ------
    AnalysisError
        Those of :func:`kit.analysis.phenology`; ``few-stations``: fewer than five places; ``one-place``.
    UsageError
        ``unknown-scale``.

    Examples
    --------
    It came two days later at each of five schools, half a degree (56 km) apart:

    >>> rows = [(f"EE-{k}/park", 58 + k / 2, f"2026-04-{day:02d}", name) for k in range(5)
    ...         for day in range(1, 20) for name in ("Pica pica", "Hirundo rustica")
    ...         if name == "Pica pica" or day >= 5 + 2 * k]
    >>> frame = pd.DataFrame(rows, columns=["station", "decimalLatitude", "eventDate", "scientificName"])
    >>> frame = frame.assign(eventID=frame["eventDate"], complete=True, flag=1, individualCount=1.0,
    ...                      effort_minutes=10.0, occurrenceStatus="present")
    >>> found = phenology_gradient(frame, "Hirundo rustica")
    >>> round(found.per_degree, 6), round(found.slope, 2), found.count, found.orders
    (4.0, 3.6, 2, 120)
    """
    first = phenology(sightings, taxon, starts=starts)
    notes = list(first.notes)
    table = middles(first, widest, notes)
    chosen = year if year is not None else int(table["year"].mode().max()) if len(table) else 0
    table = table[table["year"] == chosen]
    scale, unit = _scale(sightings, along)
    known = table.assign(along=[scale(str(place)) for place in table["place"]])
    lost = int((~np.isfinite(known["along"].to_numpy(dtype=float))).sum())
    if lost:
        notes.append((NO_PLACE, {"n": lost}))
    known = known[np.isfinite(known["along"])]
    known = known.assign(
        station=known["place"], place=known["place"].map(school_of), point=known["along"].round(2)
    )
    grouped = known.groupby(["place", "point"])
    places = grouped[["along", "date", "width"]].mean().reset_index().sort_values("along", ignore_index=True)
    alone = known[known.groupby("place")["station"].transform("nunique") == 1]
    if len(places) < FEWEST_PLACES:
        raise too_few_stations(len(places), FEWEST_PLACES)
    x = places["along"].to_numpy(dtype=float)
    if np.ptp(x) <= 1e-9 * max(float(np.abs(x).max()), 1e-300):
        raise AnalysisError("All these places are the same along this scale.",
                            do="Take places that differ in it.", code="one-place")  # fmt: skip
    days = (places["date"] - pd.Timestamp(chosen, starts, 1)).dt.total_seconds().to_numpy(float) / SECONDS
    found = slope(x / unit, days)
    return PhenologyGradientResult(
        method=METHOD, n=int(known["lists"].sum()), completeness=first.completeness, version=first.version,
        notes=tuple(notes), taxon=taxon, **fields_of(found), year=chosen,
        along=along if isinstance(along, str) else "", per_degree=found.estimate / unit,
        places=places[["place", "along", "date", "width"]],
        names={row.place: first.names[row.station] for row in alone.itertuples()},
    )  # fmt: skip


def _scale(sightings: pd.DataFrame, along: str | Mapping[str, float]) -> tuple[Any, float]:
    """Return a function of the station's number along the scale, and how much of it is one step."""
    if not isinstance(along, str):
        return lambda station: float(along.get(station, along.get(school_of(station), math.nan))), 1.0
    columns = {"latitude": "decimalLatitude", "longitude": "decimalLongitude"}
    if along not in columns:
        raise UsageError(
            "There is no scale {name} here.",
            do="Use one of {known}, or give each station a number: along={{...}}.",
            code="unknown-scale", name=along, known=", ".join(columns),
        )  # fmt: skip
    held = [column for column in columns.values() if column in sightings]
    means = sightings.groupby(sightings["station"].fillna("").astype(str))[held].mean()
    if columns[along] not in means:
        return lambda station: math.nan, 1.0
    shrink = 1.0
    if along == "longitude" and "decimalLatitude" in means:
        shrink = math.cos(math.radians(float(means["decimalLatitude"].mean())))
    return lambda station: float(means[columns[along]].get(station, math.nan)), 100 / (DEGREE * shrink)
