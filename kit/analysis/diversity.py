"""How many species where? Stations compared at equal effort.

Rules (DESIGN 4.9): only surveys whose list is complete say what was *not* seen, so only they count. More
searching finds more species, so the stations are brought to the same effort: the smallest number of survey
minutes that any of them has (of surveys, where minutes are missing). A noted presence ("X") counts as found,
never as zero and never as a number; indices of abundance come only from surveys in which every individual was
counted. Which surveys count is said by :mod:`kit.analysis.surveys`, how numbers are made by
:mod:`kit.stats.hill` and :mod:`kit.stats.rarefaction`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import pandas as pd

from kit.analysis.result import Note, Result, said
from kit.analysis.surveys import UNCOUNTED, Group, surveys
from kit.errors import AnalysisError
from kit.stats import hill, rarefaction
from kit.text import N_, number, tr, trn

Effort = Literal["minutes", "surveys"]

METHOD = N_("Species expected at equal effort, from complete lists (Mao tau; Colwell, Mao & Chang 2004)")
MOST = N_("With {effort}, most species are found here: {place} ({species}). The fewest: {least} ({fewest}).")
ONE = N_("{place}: {species} species are found with {effort}.")
EQUAL = N_("With {effort}, equally many species are found in all that are compared: {species}.")
CAUTION = N_(
    "This does not show that a species is absent where nobody saw it, nor that more species mean a "
    "healthier place. Observers, seasons and weather differ between stations; equal effort does not make "
    "these equal."
)
NO_MINUTES = N_("Effort is counted in surveys, because some surveys do not say how long they took: {n}.")
#: Columns that need counts of individuals.
OF_COUNTS = (
    "rarefied", "hill0", "hill1", "hill2", "shannon", "simpson", "pielou", "hill_ratio", "berger_parker",
    "chao1", "chao1_low", "chao1_high", "coverage", "good_coverage",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class DiversityResult(Result):
    """Species per group (station) at equal effort.

    ``effort`` is the common effort, ``effort_unit`` ``"minutes"`` or ``"surveys"``. ``groups`` has one row
    per group: its key, ``surveys``, ``minutes``, ``found`` (species in all its complete lists),
    ``at_equal_effort`` (species expected at the common effort) with ``_low`` and ``_high`` (95 %, as other
    surveys of the same place would give), ``chao2`` and ``survey_coverage`` (Chao's lower bound of the number
    of species, and how complete the lists together are); and from counted surveys ``counted_surveys``,
    ``individuals``, ``hill0``, ``hill1``, ``hill2``, ``shannon``, ``simpson``, ``pielou``, ``hill_ratio``
    (D2 / D1), ``berger_parker``, ``chao1`` with its limits (iNEXT's form), ``coverage``, ``good_coverage``,
    ``rarefied`` (species among ``individuals_common`` individuals).
    """

    headings = MappingProxyType({
        "hill0": "", "coverage": "", "hill1": N_("common species (effective number, q = 1)"),
        "hill2": N_("very common species (effective number, q = 2)"),
    })  # fmt: skip

    by: str
    effort: float
    effort_unit: Effort
    individuals_common: int
    names: dict[str, tuple[Note, ...]] = field(default_factory=dict, repr=False)
    groups: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per group, most species at equal effort first."""
        return self.groups

    def shown_table(self, lang: str | None = None) -> pd.DataFrame:
        """Return the table for people; whatever makes the groups, they are named."""
        if self.by in ("station", "group"):
            return super().shown_table(lang)
        named = self.groups.rename(columns={self.by: "group"})
        return replace(self, by="group", groups=named).shown_table(lang)

    def effort_text(self, lang: str | None = None) -> str:
        """Return the common effort in words."""
        n = round(self.effort)
        if self.effort_unit == "minutes":
            return trn("{n} minute of searching", "{n} minutes of searching", n, lang)
        return trn("{n} survey", "{n} surveys", n, lang)

    def sentence(self, lang: str | None = None) -> str:
        """Say where most and fewest species are expected at equal effort."""
        most, least = self.groups.iloc[0], self.groups.iloc[-1]
        values = {"effort": self.effort_text(lang), "place": self._place(most, lang),
                  "species": number(most["at_equal_effort"], 1, lang)}  # fmt: skip
        if len(self.groups) == 1:
            return tr(ONE, lang, **values)
        fewest = number(least["at_equal_effort"], 1, lang)
        if fewest == values["species"]:
            return tr(EQUAL, lang, **values | {"species": number(most["at_equal_effort"], None, lang)})
        return tr(MOST, lang, least=self._place(least, lang), fewest=fewest, **values)

    def _place(self, row: pd.Series, lang: str | None) -> str:
        return said(self.names[str(row[self.by])], lang)

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang)


def diversity(
    sightings: pd.DataFrame, *, by: str | Sequence[str] = "station", effort: Effort | None = None,
    version: str = "",
) -> DiversityResult:  # fmt: skip
    """Return species per group at equal effort.

    Parameters
    ----------
    sightings
        Columns of ``kit.model.SIGHTINGS``; a survey is one ``eventID``. A survey that found nothing is a row
        with ``occurrenceStatus`` ``"absent"`` (or without a name).
    by
        What is compared, ``"station"`` by default: see :func:`kit.analysis.surveys.surveys`. Unlike in
        analyses of readings, the parts are not analysed each for itself: they are brought to one effort.
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
    held = surveys(sightings, by, version=version)
    notes = list(held.notes)
    unknown = sum(int(np.isnan(group.minutes).sum()) for group in held.groups)
    unit: Effort = effort or ("surveys" if unknown else "minutes")
    groups = held.groups
    if unit == "minutes" and unknown:
        groups = tuple(group.only(~np.isnan(group.minutes)) for group in groups)
        groups = tuple(group for group in groups if group.surveys)
        if not groups:
            raise AnalysisError("No survey says how long it took.",
                                do='Compare by surveys: effort="surveys".', code="no-effort")  # fmt: skip
    elif unknown and effort is None:
        notes.append((NO_MINUTES, {"n": unknown}))
    common = min(_effort(group, unit) for group in groups)
    counted = [int(group.individuals.sum()) for group in groups if group.individuals.any()]
    individuals = min(counted, default=0)
    lost = sum(len(group.surveys) - group.counted for group in groups)
    if lost:
        notes.append((UNCOUNTED, {"n": lost}))
    table = pd.DataFrame([_row(held.by, group, unit, common, individuals) for group in groups])
    table = table.sort_values(["at_equal_effort", held.by], ascending=[False, True], ignore_index=True)
    return DiversityResult(
        method=METHOD, n=int(table["surveys"].sum()),
        completeness=float(table["surveys"].sum() / max(held.total, 1)), version=held.version,
        notes=tuple(notes), by=held.by, names=held.names, effort=common, effort_unit=unit,
        individuals_common=individuals, groups=table,
    )  # fmt: skip


def _effort(group: Group, unit: Effort) -> float:
    return float(group.minutes.sum()) if unit == "minutes" else float(len(group.surveys))


def _row(by: str, group: Group, unit: Effort, common: float, individuals: int) -> dict[str, Any]:
    """Return one row of the table: at the common effort, and the indices of abundance."""
    n = len(group.surveys)
    size = min(1.0, common / _effort(group, unit)) * n  # surveys of one group count as equally long
    expected = rarefaction.curves(group.in_surveys, n, sizes=[size], orders=[0])
    counts = group.individuals
    row = {
        by: group.key, "surveys": n, "minutes": float(np.nansum(group.minutes)),
        "found": int(group.seen.any(axis=0).sum()),
        "at_equal_effort": round(float(expected.species[0, 0]), 6),
        "at_equal_effort_low": float(expected.low[0, 0]), "at_equal_effort_high": float(expected.high[0, 0]),
        "chao2": hill.chao(group.in_surveys, units=n), "survey_coverage": hill.coverage(group.in_surveys, n),
        "counted_surveys": group.counted, "individuals": int(counts.sum()),
    }  # fmt: skip
    if not counts.any():
        return {**row, **dict.fromkeys(OF_COUNTS, math.nan)}
    fewer = rarefaction.curves(counts, sizes=[individuals], orders=[0])
    values = (
        fewer.species[0, 0], *(hill.hill(counts, q) for q in (0, 1, 2)), hill.shannon(counts),
        hill.simpson(counts), hill.evenness(counts), hill.evenness(counts, "hill"),
        hill.berger_parker(counts), fewer.asymptote[0], fewer.asymptote_low[0],
        fewer.asymptote_high[0], hill.coverage(counts), hill.good_coverage(counts),
    )  # fmt: skip
    return {**row, **dict(zip(OF_COUNTS, values, strict=True))}
