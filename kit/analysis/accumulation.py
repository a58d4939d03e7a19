"""How species add up: survey by survey, and from the commonest to the rarest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

import numpy as np
import pandas as pd

from kit.analysis.result import HEADINGS, Note, Result, said
from kit.analysis.surveys import UNCOUNTED, Group, surveys
from kit.errors import AnalysisError, UsageError
from kit.stats import accumulation as stats
from kit.text import N_, number, tr, trn
from kit.vocab.taxa import common_name

SHUFFLES = 500

METHOD = N_("Mean number of species over all orders of the complete lists (Mao tau), and random orders")
RANKS = {
    "incidence": N_("Share of the complete lists with each species, from the commonest to the rarest"),
    "abundance": N_("Share of all counted individuals by species, from the commonest to the rarest"),
}
STEPS = N_("{place}: on average {species} species are found in {first}, and {found} in {all}.")
NEW = N_("The last survey added {new} species on average: more surveys would find more.")
ENOUGH = N_("The last survey hardly added a species on average.")
CAUTION = N_(
    "This does not show that everything was found when the curve is flat: what is rare, shy or there at "
    "another time of the year is still missing."
)
COMMONEST = N_("{place}: the commonest of {found} species is {name} ({share} % {unit}).")
OF_LISTS = N_("of the lists")
OF_INDIVIDUALS = N_("of the individuals")
RANK_CAUTION = N_(
    "This does not show how many there are: what is large, loud or tame is found more often than what hides."
)
CALLED = N_("species")
NO_COUNTS = N_("No survey here counted every individual.")
HEADINGS |= {"species": N_("number of species"), "as_it_was": N_("species, as it was"), "rank": N_("rank")}


@dataclass(frozen=True, kw_only=True)
class AccumulationResult(Result):
    """Species after 1, 2, 3 ... surveys.

    ``curve`` has one row per group and number of ``surveys``: ``species`` (mean over all orders), ``sd``,
    ``low`` and ``high`` (95 % of random orders are between), ``as_it_was`` (in the order of the dates).
    """

    names: dict[str, tuple[Note, ...]] = field(repr=False)
    curve: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per group and number of surveys."""
        return self.curve

    def sentence(self, lang: str | None = None) -> str:
        """Say for each group how many species one survey finds, and all, and whether more would find more."""
        texts = []
        for key, part in self.curve.groupby("group", sort=False):
            n = len(part)
            texts.append(tr(
                STEPS, lang, place=said(self.names[str(key)], lang), first=_surveys(1, lang),
                species=number(part["species"].iloc[0], 1, lang), all=_surveys(n, lang),
                found=number(part["species"].iloc[-1], 0, lang),
            ))  # fmt: skip
            if n > 1:
                new = float(part["species"].iloc[-1] - part["species"].iloc[-2])
                shown = number(new, 1, lang)
                texts.append(tr(ENOUGH if new < 0.1 else NEW, lang, new=shown))
        return " ".join(texts)

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang)


def _surveys(n: int, lang: str | None) -> str:
    return trn("{n} survey", "{n} surveys", n, lang)


def accumulation(
    sightings: pd.DataFrame, *, by: str | Sequence[str] = "station", shuffles: int = SHUFFLES, seed: int = 0,
    version: str = "",
) -> AccumulationResult:  # fmt: skip
    """Return how species add up with complete lists, over all orders, random orders, and as it was.

    Parameters
    ----------
    sightings
        Columns of ``kit.model.SIGHTINGS``.
    by
        What is compared: see :func:`kit.analysis.surveys.surveys`.

    Raises
    ------
    AnalysisError
        ``no-complete-lists``.

    Notes
    -----
    Colwell, Mao & Chang 2004, doi:10.1890/03-0557; see :mod:`kit.stats.accumulation`.

    Examples
    --------
    Lists with 2, 1 and 1 species, 3 in all:

    >>> rows = [("1", "Parus major"), ("1", "Pica pica"), ("2", "Pica pica"), ("3", "Apus apus")]
    >>> frame = pd.DataFrame(rows, columns=["eventID", "scientificName"])
    >>> frame = frame.assign(station="a", complete=True, individualCount=1.0, effort_minutes=10.0,
    ...                      occurrenceStatus="present", flag=1)
    >>> accumulation(frame).table["species"].round(2).tolist()
    [1.33, 2.33, 3.0]
    """
    held = surveys(sightings, by, version=version)
    curve = pd.concat([_steps(group, shuffles, seed) for group in held.groups], ignore_index=True)
    return AccumulationResult(
        method=METHOD, n=held.used, completeness=held.used / max(held.total, 1), version=held.version,
        notes=held.notes, names=held.names, curve=curve,
    )  # fmt: skip


def _steps(group: Group, shuffles: int, seed: int) -> pd.DataFrame:
    mean, sd = stats.exact(group.seen)
    low, high = np.quantile(
        stats.shuffled(group.seen, max(shuffles, 1), seed), [0.025, 0.975], axis=0, method="inverted_cdf"
    )
    order = sorted(range(len(group.surveys)), key=lambda i: group.dates[i] or "9999")
    return pd.DataFrame({
        "group": group.key, "surveys": np.arange(1, len(mean) + 1), "species": mean, "sd": sd,
        "low": low, "high": high, "as_it_was": stats.in_order(group.seen[order]),
    })  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class RankResult(Result):
    """Species from the commonest to the rarest.

    ``ranks`` has one row per group and species: ``rank`` (from 1; equal ones in the order of names),
    ``name``, ``found`` (lists, or individuals), ``share`` (of all lists, or of all individuals).
    """

    headings = MappingProxyType({"found": N_("how often found"), "name": N_("scientific name")})

    datatype: Literal["incidence", "abundance"]
    names: dict[str, tuple[Note, ...]] = field(repr=False)
    ranks: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per group and species."""
        return self.ranks

    def shown_table(self, lang: str | None = None) -> pd.DataFrame:
        """Return the table with what people call the species; scientific names beside them."""
        shown = super().shown_table(lang)
        called = [common_name(str(name), lang) for name in self.ranks["name"]]
        shown.insert(list(shown.columns).index(tr(self.headings["name"], lang)), tr(CALLED, lang), called)
        return shown

    def sentence(self, lang: str | None = None) -> str:
        """Say which species is the commonest in each group."""
        unit = tr(OF_LISTS if self.datatype == "incidence" else OF_INDIVIDUALS, lang)
        return " ".join(
            tr(COMMONEST, lang, place=said(self.names[str(key)], lang), found=number(len(part), 0, lang),
               name=common_name(str(part["name"].iloc[0]), lang), unit=unit,
               share=number(100 * part["share"].iloc[0], 0, lang))
            for key, part in self.ranks.groupby("group", sort=False)
        )  # fmt: skip

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(RANK_CAUTION, lang)


def rank_abundance(
    sightings: pd.DataFrame, *, by: str | Sequence[str] = "station",
    datatype: Literal["incidence", "abundance"] = "incidence", version: str = "",
) -> RankResult:  # fmt: skip
    """Return each group's species from the commonest to the rarest.

    Parameters
    ----------
    sightings, by
        As for :func:`accumulation`.
    datatype
        ``"incidence"``: by complete lists; ``"abundance"``: by individuals, of surveys that counted all.

    Raises
    ------
    AnalysisError
        ``no-complete-lists``, ``no-counts``.

    Examples
    --------
    >>> rows = [("1", "Parus major"), ("1", "Pica pica"), ("2", "Pica pica")]
    >>> frame = pd.DataFrame(rows, columns=["eventID", "scientificName"])
    >>> frame = frame.assign(station="a", complete=True, individualCount=1.0, effort_minutes=10.0,
    ...                      occurrenceStatus="present", flag=1)
    >>> rank_abundance(frame).table[["rank", "name", "share"]].values.tolist()
    [[1, 'Pica pica', 1.0], [2, 'Parus major', 0.5]]
    """
    if datatype not in RANKS:
        raise UsageError("Species are ranked by {datatypes}.", code="datatype",
                         datatypes="incidence, abundance")  # fmt: skip
    held = surveys(sightings, by, version=version)
    notes, parts, used = list(held.notes), [], 0
    for group in held.groups:
        counted = datatype == "abundance"
        numbers = group.individuals if counted else group.in_surveys
        used += group.counted if counted else len(group.surveys)
        order = np.argsort(-numbers, kind="stable")[: int((numbers > 0).sum())]
        whole = numbers.sum() if counted else len(group.surveys)
        parts.append(pd.DataFrame({
            "group": group.key, "rank": np.arange(1, len(order) + 1),
            "name": [held.species[i] for i in order], "found": numbers[order],
            "share": numbers[order] / whole,
        }))  # fmt: skip
    ranks = pd.concat(parts, ignore_index=True)
    if ranks.empty:
        raise AnalysisError(NO_COUNTS, do='Rank by lists: datatype="incidence".', code="no-counts")
    if used < held.used:
        notes.append((UNCOUNTED, {"n": held.used - used}))
    return RankResult(
        method=RANKS[datatype], n=used, completeness=used / max(held.total, 1), version=held.version,
        notes=tuple(notes), datatype=datatype, names=held.names, ranks=ranks,
    )  # fmt: skip
