"""How many species where? Stations compared at equal effort.

Rules (DESIGN 4.9): only surveys whose list is complete say what was *not* seen, so only they count. More
searching finds more species, so the stations are brought to the same effort: the smallest number of survey
minutes that any of them has (of surveys, where minutes are missing). A noted presence ("X") counts as found,
never as zero and never as a number; indices of abundance come only from surveys in which every individual was
counted. How the numbers are made stands in :mod:`kit.analysis.species`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from kit.analysis import species
from kit.analysis.result import Note, Result
from kit.errors import AnalysisError, UsageError
from kit.text import N_, number, tr, trn

Effort = Literal["minutes", "surveys"]

METHOD = N_("Species expected at equal effort, from complete lists (Mao tau; Colwell, Mao & Chang 2004)")
MOST = N_("With {effort}, most species are found at {place}: {species}. The fewest at {least}: {fewest}.")
ONE = N_("At {place}, {effort} find {species} species.")
EQUAL = N_("With {effort}, equally many species are found at every place: {species}.")
CAUTION = N_(
    "This does not show that a species is absent where nobody saw it, nor that more species mean a "
    "healthier place. Observers, seasons and weather differ between stations; equal effort does not make "
    "these equal."
)
NOT_COMPLETE = N_("Left out, surveys whose list is not complete: {n}.")
NO_SURVEY = N_("Left out, sightings that belong to no survey: {n}.")
FAILED = N_("Left out, surveys with a sighting that failed a check (their list is no longer whole): {n}.")
NOT_SPECIES = N_("Not counted as species, sightings named less exactly than a species: {n}.")
NO_MINUTES = N_("Effort is counted in surveys, because some surveys do not say how long they took: {n}.")
UNCOUNTED = N_(
    "Left out of the indices of abundance, surveys in which something was only noted as present: {n}."
)
#: Second words that do not make a name a species.
CAPTIVE = N_("Not counted, animals in captivity and planted plants: {n}.")
NOT_WILD = frozenset({"captive", "cultivated"})
NOT_EPITHETS = frozenset({"sp", "sp.", "spp", "spp.", "cf", "cf.", "aff", "aff.", "agg."})


@dataclass(frozen=True, kw_only=True)
class DiversityResult(Result):
    """Species per group (station) at equal effort.

    ``effort`` is the common effort, ``effort_unit`` ``"minutes"`` or ``"surveys"``. ``groups`` has one row
    per group: its name, ``surveys``, ``minutes``, ``found`` (species in all its complete lists),
    ``at_equal_effort`` (species expected at the common effort), and from counted surveys ``counted_surveys``,
    ``individuals``, ``hill0``, ``hill1``, ``hill2``, ``shannon``, ``simpson``, ``chao1`` (iNEXT's form),
    ``coverage``; and ``rarefied`` (species among ``individuals_common`` individuals).
    """

    by: str
    effort: float
    effort_unit: Effort
    individuals_common: int
    names: dict[str, str] = field(default_factory=dict)
    groups: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per group, most species at equal effort first."""
        return self.groups

    def effort_text(self, lang: str | None = None) -> str:
        """Return the common effort in words."""
        n = round(self.effort)
        if self.effort_unit == "minutes":
            return trn("{n} minute of searching", "{n} minutes of searching", n, lang)
        return trn("{n} survey", "{n} surveys", n, lang)

    def sentence(self, lang: str | None = None) -> str:
        """Say where most and fewest species are expected at equal effort."""
        most, least = self.groups.iloc[0], self.groups.iloc[-1]
        values = {"effort": self.effort_text(lang), "place": self._place(most),
                  "species": number(most["at_equal_effort"], 1, lang)}  # fmt: skip
        if len(self.groups) == 1:
            return tr(ONE, lang, **values)
        fewest = number(least["at_equal_effort"], 1, lang)
        if fewest == values["species"]:
            return tr(EQUAL, lang, **values)
        return tr(MOST, lang, least=self._place(least), fewest=fewest, **values)

    def _place(self, row: pd.Series) -> str:
        return self.names.get(str(row[self.by]), str(row[self.by]))

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang)


def diversity(
    sightings: pd.DataFrame, *, by: str = "station", effort: Effort | None = None, version: str = ""
) -> DiversityResult:
    """Return species per group at equal effort.

    Parameters
    ----------
    sightings
        Columns of ``kit.model.SIGHTINGS``; a survey is one ``eventID``. A survey that found nothing is a row
        with ``occurrenceStatus`` ``"absent"`` (or without a name).
    by
        The column to compare, ``"station"`` by default.
    effort
        ``"minutes"`` or ``"surveys"``; default: minutes if every survey used says how long it took.
    version
        ``version/rules`` of the dataset; default: ``sightings.attrs["version"]``.

    Raises
    ------
    AnalysisError
        ``no-complete-lists``: nothing can be compared.

    Examples
    --------
    Two surveys with 2 species and 1 of them, against one with 2:

    >>> rows = [("a", "1", "Parus major"), ("a", "1", "Pica pica"), ("a", "2", "Pica pica"),
    ...         ("b", "3", "Parus major"), ("b", "3", "Pica pica")]
    >>> frame = pd.DataFrame(rows, columns=["station", "eventID", "scientificName"])
    >>> frame = frame.assign(complete=True, individualCount=1.0, effort_minutes=10.0,
    ...                      occurrenceStatus="present", flag=1)
    >>> diversity(frame).table[["station", "found", "at_equal_effort"]].values.tolist()
    [['b', 2, 2.0], ['a', 2, 1.5]]
    """
    if by not in sightings.columns:
        raise UsageError("These sightings have no column {by}.", code="no-column", by=by)
    used, notes = _complete_surveys(sightings)
    used = used[used[by].notna()]
    if used.empty:
        raise AnalysisError(
            "No survey here has a complete list, so nothing can be compared at equal effort.",
            why="Only a complete list says what was looked for and not seen.",
            do="Note for each survey that everything seen was written down, and how long it took.",
            code="no-complete-lists",
        )
    minutes = used.groupby("eventID")["effort_minutes"].max()
    unknown = int((~(minutes > 0)).sum())
    unit: Effort = effort or ("surveys" if unknown else "minutes")
    if unit == "minutes" and unknown:
        keep = used["eventID"].map(minutes) > 0
        used, minutes = used[keep], minutes[minutes > 0]
        if used.empty:
            raise AnalysisError("No survey says how long it took.",
                                do='Compare by surveys: effort="surveys".', code="no-effort")  # fmt: skip
    elif unknown and effort is None:
        notes.append((NO_MINUTES, {"n": unknown}))
    groups = [_group(name, part, minutes) for name, part in used.groupby(by, sort=True)]
    common = min(group[unit] for group in groups)
    counted = [group["individuals"] for group in groups if group["individuals"]]
    individuals = int(min(counted)) if counted else 0
    lost = sum(group["surveys"] - group["counted_surveys"] for group in groups)
    if lost:
        notes.append((UNCOUNTED, {"n": lost}))
    table = pd.DataFrame([_row(by, group, unit, common, individuals) for group in groups])
    table = table.sort_values(["at_equal_effort", by], ascending=[False, True], ignore_index=True)
    all_surveys = _survey_ids(sightings).nunique()
    return DiversityResult(
        method=METHOD, n=int(table["surveys"].sum()),
        completeness=float(table["surveys"].sum() / max(all_surveys, 1)),
        version=version or str(sightings.attrs.get("version", "")), notes=tuple(notes), by=by,
        names=_shown(sightings, by, table), effort=float(common), effort_unit=unit,
        individuals_common=individuals, groups=table,
    )  # fmt: skip


def _shown(sightings: pd.DataFrame, by: str, table: pd.DataFrame) -> dict[str, str]:
    """Return what people call the groups: the stations' names where the sightings know them."""
    known = sightings.attrs.get("station_names", {}) if by == "station" else {}
    held = {str(group): known.get(str(group), str(group)) for group in table[by]}
    names = list(held.values())
    return {key: f"{name} ({key})" if names.count(name) > 1 and name != key else name
            for key, name in held.items()}  # fmt: skip


def _survey_ids(sightings: pd.DataFrame) -> pd.Series:
    """Return what tells the surveys apart: two stations may use the same numbers for theirs."""
    ids = sightings["eventID"].fillna("").astype(str)
    if "station" in sightings:
        ids = (sightings["station"].fillna("").astype(str) + " " + ids).where(ids != "", "")
    return ids[ids != ""]


def _complete_surveys(sightings: pd.DataFrame) -> tuple[pd.DataFrame, list[Note]]:
    """Return the rows of complete surveys that passed the checks, with ``species``, and what was left out.

    A survey of which a sighting failed a check does not list everything that was found any more; counting it
    would make zeros of what failed.
    """
    notes: list[Note] = []

    def note(template: str, n: int) -> None:
        if n:
            notes.append((template, {"n": int(n)}))

    ids = _survey_ids(sightings)
    whole = sightings.loc[ids.index].assign(eventID=ids)
    note(NO_SURVEY, len(sightings) - len(whole))
    complete = _is_complete(whole)
    note(NOT_COMPLETE, whole.loc[~complete, "eventID"].nunique())
    whole = whole[complete].copy()
    failed = whole["flag"].isin([4, 9]).groupby(whole["eventID"]).transform("any").astype(bool)
    note(FAILED, whole.loc[failed, "eventID"].nunique())
    whole = whole[~failed].copy()
    absent = (whole["occurrenceStatus"].fillna("present") == "absent") | (whole["individualCount"] == 0)
    present = ~absent
    names = whole["scientificName"].fillna("").astype(str).map(_species)
    named = whole["scientificName"].fillna("").astype(str) != ""
    note(NOT_SPECIES, int((present & named & (names == "")).sum()))
    if "degreeOfEstablishment" in whole:
        wild = ~whole["degreeOfEstablishment"].fillna("").astype(str).str.lower().isin(NOT_WILD)
        note(CAPTIVE, int((present & ~wild).sum()))
        present &= wild
    whole["species"] = names.where(present, "")
    return whole, notes


def _is_complete(table: pd.DataFrame) -> pd.Series:
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


def _species(name: str) -> str:
    """Return genus and epithet of a scientific name, "" if it names less (or more) than one species.

    >>> _species("Parus major Linnaeus, 1758"), _species("Parus sp."), _species("Aves")
    ('Parus major', '', '')
    >>> _species("Aythya marila/affinis"), _species("Anas platyrhynchos x rubripes")
    ('', '')
    >>> _species("Mentha × piperita")
    'Mentha piperita'
    """
    words = name.split()
    if {"x", "×"} & set(words[2:]):
        return ""  # a hybrid of two species
    words = [word for word in words if word not in ("x", "×")]
    if len(words) < 2 or words[1] in NOT_EPITHETS or not words[1][:1].islower() or "/" in words[0] + words[1]:
        return ""
    return " ".join(words[:2])


def _group(name: Any, part: pd.DataFrame, minutes: pd.Series) -> dict[str, Any]:
    """Return what is known of one group before stations are compared."""
    surveys = part["eventID"].unique()
    seen = part[part["species"] != ""]
    pairs = seen[["eventID", "species"]].drop_duplicates()
    bare = seen[~(seen["individualCount"] > 0)]["eventID"].unique()
    numbers = seen[~seen["eventID"].isin(bare)].groupby("species")["individualCount"].sum()
    whole = bool((numbers == numbers.round()).all())
    counts = numbers.to_numpy(dtype=float) if whole else np.array([])
    return {
        "name": name, "surveys": len(surveys), "minutes": float(minutes.reindex(surveys).sum()),
        "found": int(pairs["species"].nunique()),
        "in_surveys": pairs.groupby("species").size().to_numpy(dtype=float),
        "counted_surveys": len(surveys) - len(bare), "individuals": int(counts.sum()), "counts": counts,
    }  # fmt: skip


def _row(by: str, group: dict[str, Any], unit: Effort, common: float, individuals: int) -> dict[str, Any]:
    """Return one row of the table: at the common effort, and the indices of abundance."""
    surveys = group["surveys"]
    share = min(1.0, common / group[unit])  # surveys of one group count as equally long
    counts: Sequence[float] = group["counts"]
    row = {
        by: group["name"], "surveys": surveys, "minutes": group["minutes"], "found": group["found"],
        "at_equal_effort": round(species.mao_tau(group["in_surveys"], surveys, share * surveys), 6),
        "counted_surveys": group["counted_surveys"], "individuals": group["individuals"],
    }  # fmt: skip
    if not len(counts):
        names = ("rarefied", "hill0", "hill1", "hill2", "shannon", "simpson", "chao1", "coverage")
        return {**row, **dict.fromkeys(names, math.nan)}
    return {
        **row, "rarefied": species.rarefied(counts, individuals),
        **{f"hill{q}": species.hill(counts, q) for q in (0, 1, 2)},
        "shannon": species.shannon(counts), "simpson": species.simpson(counts),
        "chao1": species.chao1(counts), "coverage": species.coverage(counts),
    }  # fmt: skip
