"""Which surveys count, and what is compared: the rules of DESIGN 4.9 for tables of sightings.

Only surveys whose list is complete say what was *not* seen. A noted presence ("X") counts as found, never as
zero and never as a number; numbers come only from surveys in which every individual was counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from kit.analysis.given import need_sightings
from kit.analysis.result import Note
from kit.analysis.sides import OF_SIGHTINGS, names_of_stations, side_of_sightings
from kit.errors import AnalysisError, UsageError
from kit.stats.kendall import Floats
from kit.text import N_, tr

NOT_COMPLETE = N_("Left out, surveys whose list is not complete: {n}.")
NO_SURVEY = N_("Left out, sightings that belong to no survey: {n}.")
FAILED = N_("Left out, surveys with a sighting that failed a check (their list is no longer whole): {n}.")
NOT_SPECIES = N_("Not counted as species, sightings named less exactly than a species: {n}.")
CAPTIVE = N_("Not counted, animals in captivity and planted plants: {n}.")
UNCOUNTED = N_(
    "Left out of the indices of abundance, surveys in which something was only noted as present: {n}."
)
NOT_WILD = frozenset({"captive", "cultivated"})
#: Second words that do not make a name a species.
NOT_EPITHETS = frozenset({"sp", "sp.", "spp", "spp.", "cf", "cf.", "aff", "aff.", "agg."})


@dataclass(frozen=True)
class Group:
    """The complete surveys of one group.

    ``key`` tells groups apart, ``surveys`` are the ids, ``dates`` their dates, ``minutes`` (surveys,) how
    long each took (NaN where it does not say). ``seen`` says which species each survey found (surveys, all
    species), bool; ``counts`` how many individuals, likewise, NaN where they were only noted as present.
    """

    key: str
    words: tuple[Note, ...]
    surveys: tuple[str, ...]
    dates: tuple[str, ...]
    minutes: Floats
    seen: np.ndarray[Any, np.dtype[np.bool_]]
    counts: Floats

    @property
    def whole(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Which surveys counted every individual, (surveys,)."""
        return np.asarray(np.isfinite(self.counts).all(axis=1))

    @property
    def counted(self) -> int:
        """How many surveys counted every individual."""
        return int(self.whole.sum())

    @property
    def in_surveys(self) -> Floats:
        """In how many surveys each species was found."""
        return np.asarray(self.seen.sum(axis=0), dtype=float)

    @property
    def individuals(self) -> Floats:
        """How many individuals of each species the counted surveys have; none where these are no counts."""
        total = self.counts[self.whole].sum(axis=0)
        return total if (total == np.round(total)).all() else np.zeros_like(total)

    def only(self, keep: np.ndarray[Any, np.dtype[np.bool_]]) -> Group:
        """Return the group with some of its surveys, ``keep`` (surveys,)."""
        places = np.flatnonzero(keep)
        return replace(
            self, surveys=tuple(self.surveys[i] for i in places), dates=tuple(self.dates[i] for i in places),
            minutes=self.minutes[keep], seen=self.seen[keep], counts=self.counts[keep],
        )  # fmt: skip


@dataclass(frozen=True)
class Surveys:
    """The groups that are compared, the names of all species, and what was left out.

    ``total`` is the number of all surveys, complete or not.
    """

    groups: tuple[Group, ...]
    species: tuple[str, ...]
    notes: tuple[Note, ...]
    total: int
    version: str
    by: str

    @property
    def used(self) -> int:
        """How many surveys are in a group."""
        return sum(len(group.surveys) for group in self.groups)

    @property
    def names(self) -> dict[str, tuple[Note, ...]]:
        """What people call each group."""
        return {group.key: group.words for group in self.groups}


def surveys(sightings: pd.DataFrame, by: str | Sequence[str] = "station", *, version: str = "") -> Surveys:
    """Return the complete surveys, group by group.

    Parameters
    ----------
    sightings
        Columns of ``kit.model.SIGHTINGS``; a survey is one ``eventID`` of a station. A survey that found
        nothing is a row with ``occurrenceStatus`` ``"absent"`` (or without a name).
    by
        What makes a group: one or more of ``station school region season month weekday weekend year``, or a
        column of the sightings (``"eventID"``: every survey for itself).
    version
        ``version/rules`` of the dataset; default: ``sightings.attrs["version"]``.

    Raises
    ------
    AnalysisError
        ``no-complete-lists``: nothing can be compared; ``no-group``: none is in any group.
    """
    need_sightings(sightings)
    attrs = sightings.attrs
    sightings = sightings.reset_index(drop=True)
    sightings.attrs = attrs
    keys, words, order = _keys(sightings, (by,) if isinstance(by, str) else tuple(by))
    used, notes = complete_surveys(sightings)
    if used.empty:
        raise no_complete_lists()
    used = used.assign(group=keys.reindex(used.index))
    used = used[used["group"] != ""]
    if used.empty:
        raise AnalysisError(
            "No complete list here says what it is to be compared by: {by}.",
            why="Dates may be missing or not exact enough, or stations have no region.",
            do="Compare by something else, for instance by station.",
            code="no-group", by=by if isinstance(by, str) else ", ".join(by),
        )  # fmt: skip
    found = used[used["species"] != ""]
    species = tuple(sorted({str(name) for name in found["species"]}))
    groups = tuple(
        _group(key, words[key], used[used["group"] == key], species)
        for key in order if (used["group"] == key).any()
    )  # fmt: skip
    return Surveys(
        groups=groups, species=species, notes=tuple(notes),
        total=int(survey_ids(sightings).nunique()),
        version=version or str(sightings.attrs.get("version", "")),
        by=by if isinstance(by, str) else "group",
    )  # fmt: skip


def no_complete_lists() -> AnalysisError:
    """Return the error that says that nothing here can be compared."""
    return AnalysisError(
        "No survey here has a complete list, so nothing can be compared at equal effort.",
        why="Only a complete list says what was looked for and not seen.",
        do="Note for each survey that everything seen was written down, and how long it took.",
        code="no-complete-lists",
    )


def _keys(
    sightings: pd.DataFrame, by: tuple[str, ...]
) -> tuple[pd.Series, Mapping[str, tuple[Note, ...]], list[str]]:
    """Return the group of each sighting ("" for none), what people call the groups, and their order."""
    sides: list[tuple[list[str], list[Note], Any]] = []
    for name in by:
        if name in OF_SIGHTINGS and name not in sightings.columns:
            labels, places = side_of_sightings(sightings, name)
            sides.append(([tr(text, "en", **given) for text, given in labels], labels, places))
            continue
        if name not in sightings.columns:
            raise UsageError("These sightings have no column {by}.", code="no-column", by=name)
        ids = survey_ids(sightings).reindex(sightings.index) if name == "eventID" else sightings[name]
        texts, places = np.unique(ids.fillna("").astype(str), return_inverse=True)
        names = [str(text) for text in texts]
        shown = names_of_stations(sightings, names) if name == "station" else {key: key for key in names}
        sides.append((names, [(shown[key], {}) for key in names], places))
    codes = np.stack([places for _, _, places in sides], axis=1)
    lost = (codes < 0).any(axis=1)
    for i, (names, _, _) in enumerate(sides):
        lost |= np.array([*(not name for name in names), True], dtype=bool)[codes[:, i]]
    kinds, which = np.unique(codes[~lost], axis=0, return_inverse=True)
    keys = [" · ".join(side[0][code] for side, code in zip(sides, kind, strict=True)) for kind in kinds]
    words = {
        key: tuple(side[1][code] for side, code in zip(sides, kind, strict=True))
        for key, kind in zip(keys, kinds, strict=True)
    }
    found = np.full(len(sightings), "", dtype=object)
    found[~lost] = np.array(keys, dtype=object)[which.ravel()] if keys else []
    return pd.Series(found, index=sightings.index), words, keys


def _group(key: str, words: tuple[Note, ...], part: pd.DataFrame, species: tuple[str, ...]) -> Group:
    events = part.groupby("eventID", sort=False)
    found = part[part["species"] != ""]
    ids = [str(one) for one in part["eventID"].unique()]
    line = pd.Index(ids).get_indexer(pd.Index(found["eventID"]))
    place = pd.Index(species, dtype=object).get_indexer(pd.Index(found["species"], dtype=object))
    number = found["individualCount"].to_numpy(dtype=float)
    seen = np.zeros((len(ids), len(species)), dtype=bool)
    seen[line, place] = True
    counts = np.zeros(seen.shape)
    np.add.at(counts, (line, place), np.where(number > 0, number, np.nan))
    minutes = events["effort_minutes"].max().to_numpy(dtype=float)
    dates = part["eventDate"] if "eventDate" in part else pd.Series("", index=part.index)
    first = dates.fillna("").astype(str).groupby(part["eventID"], sort=False).first()
    return Group(
        key=key, words=words, surveys=tuple(ids), dates=tuple(first), seen=seen, counts=counts,
        minutes=np.where(minutes > 0, minutes, np.nan),
    )  # fmt: skip


def survey_ids(sightings: pd.DataFrame) -> pd.Series:
    """Return what tells the surveys apart: two stations may use the same numbers for theirs."""
    ids = sightings["eventID"].fillna("").astype(str)
    if "station" in sightings:
        ids = (sightings["station"].fillna("").astype(str) + " " + ids).where(ids != "", "")
    return ids[ids != ""]


def complete_surveys(sightings: pd.DataFrame) -> tuple[pd.DataFrame, list[Note]]:
    """Return the rows of complete surveys that passed the checks, with ``species``, and what was left out.

    A survey of which a sighting failed a check does not list everything that was found any more; counting it
    would make zeros of what failed.
    """
    notes: list[Note] = []

    def note(template: str, n: int) -> None:
        if n:
            notes.append((template, {"n": int(n)}))

    ids = survey_ids(sightings)
    whole = sightings.loc[ids.index].assign(eventID=ids)
    note(NO_SURVEY, len(sightings) - len(whole))
    complete = is_complete(whole)
    note(NOT_COMPLETE, whole.loc[~complete, "eventID"].nunique())
    whole = whole[complete].copy()
    failed = whole["flag"].isin([4, 9]).groupby(whole["eventID"]).transform("any").astype(bool)
    note(FAILED, whole.loc[failed, "eventID"].nunique())
    whole = whole[~failed].copy()
    absent = (whole["occurrenceStatus"].fillna("present") == "absent") | (whole["individualCount"] == 0)
    present = ~absent
    names = whole["scientificName"].fillna("").astype(str).map(species_name)
    named = whole["scientificName"].fillna("").astype(str) != ""
    note(NOT_SPECIES, int((present & named & (names == "")).sum()))
    if "degreeOfEstablishment" in whole:
        wild = ~whole["degreeOfEstablishment"].fillna("").astype(str).str.lower().isin(NOT_WILD)
        note(CAPTIVE, int((present & ~wild).sum()))
        present &= wild
    whole["species"] = names.where(present, "")
    return whole, notes


def is_complete(table: pd.DataFrame) -> pd.Series:
    """Return for each row whether its survey lists everything found.

    Where a survey has a row of its own (no taxon, no ``occurrenceStatus``), that row says so for all of it;
    else every row must say so.
    """
    own = (table["scientificName"].fillna("").astype(str) == "") & (table["occurrenceStatus"] == "")
    if "vernacularName" in table:
        own &= table["vernacularName"].fillna("").astype(str) == ""
    said = table["complete"].astype(bool)
    every = said.groupby(table["eventID"]).transform("all").astype(bool)
    if not own.any():
        return every
    named = said[own].groupby(table.loc[own, "eventID"]).any()
    return table["eventID"].map(named).astype("boolean").fillna(every).astype(bool)


def species_name(name: str) -> str:
    """Return genus and epithet of a scientific name, "" if it names less (or more) than one species.

    >>> species_name("Parus major Linnaeus, 1758"), species_name("Parus sp."), species_name("Aves")
    ('Parus major', '', '')
    >>> species_name("Aythya marila/affinis"), species_name("Anas platyrhynchos x rubripes")
    ('', '')
    >>> species_name("Mentha × piperita")
    'Mentha piperita'
    """
    words = name.split()
    if {"x", "×"} & set(words[2:]):
        return ""  # a hybrid of two species
    words = [word for word in words if word not in ("x", "×")]
    if len(words) < 2 or words[1] in NOT_EPITHETS or not words[1][:1].islower() or "/" in words[0] + words[1]:
        return ""
    return " ".join(words[:2])
