"""Complete lists and one kind of living thing: on which lists it stands, when they were made, and how long.

Which lists count is said in :mod:`kit.analysis.surveys`; here each of them becomes one row.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from kit.analysis.given import need_sightings
from kit.analysis.result import Note
from kit.analysis.sides import names_of_stations
from kit.analysis.surveys import (
    NOT_WILD,
    complete_surveys,
    no_complete_lists,
    species_name,
    survey_ids,
)
from kit.errors import AnalysisError
from kit.text import N_, join
from kit.vocab.taxa import scientific_names

#: The columns of a sighting in which a name of any rank may stand.
NAME_COLUMNS = ("scientificName", "vernacularName", "kingdom", "class")
#: So many names are offered where one is on no list.
OFFERED = 5

ON_EVERY = N_(
    "Every list has it. If these sightings were chosen by name (sightings(taxon=...)), the lists without it "
    "are missing: take all sightings and name it here."
)

UNSURE = N_("Left out, lists without {name} on which a less exact name may mean it: {n}.")


@dataclass(frozen=True)
class Lists:
    """Complete lists, one row each.

    ``table`` has ``survey``, ``station``, ``date`` (datetime64, NaT where the day is not known exactly),
    ``clock`` (hours after midnight by the local clock, NaN where it was not noted), ``minutes`` (NaN where
    not noted), ``length`` (number of species), ``others`` (of them, those not of the taxon), ``found``
    (whether the taxon stands on it) and ``count`` (its individuals, NaN where they were not counted).
    ``names`` is what people call the stations; ``total`` the number of all surveys, complete or not.
    """

    table: pd.DataFrame
    names: dict[str, str]
    notes: tuple[Note, ...]
    total: int
    version: str


def lists_of(sightings: pd.DataFrame, taxon: str | None = None) -> Lists:
    """Return the complete lists, and on which of them a taxon stands.

    Parameters
    ----------
    sightings
        All sightings (columns of ``kit.model.SIGHTINGS``), not only those of the taxon: a list without it
        says that it was not seen.
    taxon
        A name of any rank, scientific or common, in any case: ``"Parus major"``, ``"great tit"``, ``"Aves"``.
        None: anything at all.

    Raises
    ------
    AnalysisError
        ``no-complete-lists``; ``never-found``: it stands on none of them.

    Examples
    --------
    >>> rows = [("1", "Parus major", 2.0), ("1", "Pica pica", 1.0), ("2", "Pica pica", 1.0)]
    >>> frame = pd.DataFrame(rows, columns=["eventID", "scientificName", "individualCount"])
    >>> frame = frame.assign(station="EE-A/park", complete=True, effort_minutes=10.0, flag=1,
    ...                      occurrenceStatus="present", eventDate="2026-05-04", eventTime="08:30")
    >>> lists_of(frame, "great tit").table[["clock", "minutes", "length", "found", "count"]].values.tolist()
    [[8.5, 10.0, 2, True, 2.0], [8.5, 10.0, 1, False, 0.0]]
    """
    need_sightings(sightings)
    attrs = sightings.attrs
    sightings = sightings.reset_index(drop=True)
    sightings.attrs = attrs
    whole, notes = complete_surveys(sightings)
    if whole.empty:
        raise no_complete_lists()
    present = (whole["occurrenceStatus"].fillna("present") != "absent") & (whole["individualCount"] != 0)
    if "degreeOfEstablishment" in whole:
        present &= ~whole["degreeOfEstablishment"].fillna("").astype(str).str.lower().isin(NOT_WILD)
    mine = present & (is_taxon(whole, taxon) if taxon is not None else whole["species"] != "")
    events = whole.assign(mine=mine).groupby("eventID", sort=False)
    stations = events["station"].first().fillna("").astype(str)
    found = events["mine"].any()
    number = whole["individualCount"].replace(np.inf, np.nan).where(mine, 0.0)
    counts = number.groupby(whole["eventID"], sort=False).sum(min_count=1)
    uncounted = number.isna().groupby(whole["eventID"], sort=False).any()
    named = whole["species"].where(whole["species"] != "")
    species = named.groupby(whole["eventID"], sort=False).nunique()
    others = named.where(~mine).groupby(whole["eventID"], sort=False).nunique()
    minutes = events["effort_minutes"].max()
    table = pd.DataFrame({
        "survey": found.index.astype(str), "station": stations.to_numpy(),
        "date": _dates(events["eventDate"].first()), "clock": _clock(whole).to_numpy(dtype=float),
        "minutes": minutes.where((minutes > 0) & (minutes < np.inf)).to_numpy(dtype=float),
        "length": species.reindex(found.index).to_numpy(), "others": others.reindex(found.index).to_numpy(),
        "found": found.to_numpy(dtype=bool),
        "count": counts.where(~uncounted).to_numpy(float),
    })  # fmt: skip
    names = names_of_stations(sightings, [str(one) for one in stations.unique()])
    if taxon is not None:
        unsure = (present & _less_exact(whole, taxon)).groupby(whole["eventID"], sort=False).any().to_numpy()
        unsure = unsure & ~table["found"].to_numpy()
        if unsure.any():
            notes.append((UNSURE, {"name": taxon, "n": int(unsure.sum())}))
            table = table[~unsure].reset_index(drop=True)
        if not table["found"].any():
            raise _never_found(taxon, whole, len(table))
        if table["found"].all():
            notes.append((ON_EVERY, {}))
    return Lists(
        table, names, tuple(notes), int(survey_ids(sightings).nunique()), str(attrs.get("version", ""))
    )


def _never_found(taxon: str, whole: pd.DataFrame, lists: int) -> AnalysisError:
    common = [str(name) for name in whole.loc[whole["species"] != "", "species"].value_counts().index]
    return AnalysisError(
        "{name} stands on none of the {n} complete lists.",
        why="It was not seen, or its name is written in another way.",
        do="Names on the lists are, for instance: {known}.",
        code="never-found", name=taxon, n=lists, known=partial(join, common[:OFFERED] or ["–"]),
    )  # fmt: skip


def is_taxon(sightings: pd.DataFrame, taxon: str) -> pd.Series:
    """Return which sightings are of a taxon: a name of any rank, or the first words of the scientific name.

    >>> birds = pd.DataFrame({"scientificName": ["Parus major L.", "Parus", "Parusia"]})
    >>> is_taxon(birds, "parus").tolist(), is_taxon(birds, "rasvatihane").tolist()
    ([True, True, False], [True, False, False])
    """
    asked = {taxon.strip().lower(), str(scientific_names([taxon.strip()])[0][0]).lower()} - {""}
    found = pd.Series(False, index=sightings.index)
    for column in NAME_COLUMNS:
        if column in sightings:
            found |= sightings[column].fillna("").astype(str).str.lower().isin(asked)
    scientific = sightings["scientificName"].fillna("").astype(str).str.lower()
    return found | scientific.str.startswith(tuple(name + " " for name in asked) or "\0")


def _less_exact(sightings: pd.DataFrame, taxon: str) -> pd.Series:
    """Return which sightings are named less exactly than a species, in the genus of the species asked for."""
    asked = species_name(str(scientific_names([taxon.strip()])[0][0]) or taxon.strip().capitalize())
    genus = sightings["scientificName"].fillna("").astype(str).str.split().str[0]
    return (sightings["species"] == "") & (genus == asked.partition(" ")[0]) & bool(asked)


def _dates(texts: pd.Series) -> pd.DatetimeIndex:
    """Return exact dates; NaT for months, years and longer intervals."""
    exact = texts.fillna("").astype(str).str.replace(r"^(\d{4}-\d\d-\d\d)/\1$", r"\1", regex=True)
    exact = exact.where(exact.str.fullmatch(r"\d{4}-\d\d-\d\d"))
    return pd.DatetimeIndex(pd.to_datetime(exact, format="%Y-%m-%d", errors="coerce")).as_unit("us")


def _clock(whole: pd.DataFrame) -> pd.Series:
    """Return the hour by the local clock at which each list begins, NaN where it was not noted."""
    if "eventTime" not in whole:
        return pd.Series(np.nan, index=whole["eventID"].unique())
    parts = whole["eventTime"].fillna("").astype(str).str.extract(r"^([01]?\d|2[0-3]):([0-5]\d)")
    hours = parts[0].astype("float64") + parts[1].astype("float64") / 60
    return hours.groupby(whole["eventID"], sort=False).min()
