"""Which places have the same species? How different the lists of places, or times, are.

Rules (DESIGN 4.9): only complete lists count, and more searching must not look like a difference. So a
species counts by the share of surveys that found it, by the mean number a survey counted, or by the chance to
be on as many lists as the group with fewest has. What shuffled surveys would give stands beside it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations
from types import MappingProxyType
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kit.analysis.result import HEADINGS, Note, Result, said
from kit.analysis.surveys import UNCOUNTED, Group, Surveys, surveys
from kit.errors import AnalysisError, UsageError
from kit.stats.dissimilarity import bray_curtis, expected_jaccard, jaccard
from kit.stats.drawing import missed
from kit.stats.kendall import Floats
from kit.text import N_, number, tr

Measure = Literal["bray-curtis", "jaccard"]
Of = Literal["frequency", "counts", "presence"]
SHUFFLES = 200

METHODS: dict[tuple[str, str], str] = {
    ("bray-curtis", "frequency"): N_(
        "Bray-Curtis dissimilarity of the shares of complete lists with each species"
    ),
    ("bray-curtis", "counts"): N_("Bray-Curtis dissimilarity of the mean counts of a survey"),
    ("bray-curtis", "presence"): N_(
        "Sørensen dissimilarity of the species expected on equally many complete lists"
    ),
    ("jaccard", "frequency"): N_(
        "Jaccard dissimilarity (of numbers) of the shares of complete lists with each species"
    ),
    ("jaccard", "counts"): N_("Jaccard dissimilarity (of numbers) of the mean counts of a survey"),
    ("jaccard", "presence"): N_(
        "Jaccard dissimilarity (of presences) of the species expected on equally many complete lists"
    ),
}
ALIKE = N_("Most alike are {one} and {other}: {value} (0: the same, 1: nothing in common).")
DIFFERENT = N_("Most different are {one} and {other}: {value}.")
PAIR = N_("{one} and {other} differ by {value} (0: the same, 1: nothing in common).")
BY_CHANCE = N_("Shuffled surveys of these two would often differ by up to {value}.")
CAUTION = N_(
    "This does not show why the lists differ: places, seasons, observers and chance all make lists differ. "
    "Few surveys differ more than many."
)
EMPTY = N_("{place} was left out: nothing was found there.")
HEADINGS |= {"dissimilarity": N_("difference (0 to 1)"), "by_chance_high": N_("by chance up to")}


@dataclass(frozen=True, kw_only=True)
class DissimilarityResult(Result):
    """How different groups are, 0 to 1.

    ``matrix`` has a row and a column per group. ``pairs`` has one row per pair, most alike first: ``group``,
    ``other``, ``dissimilarity``, and of ``SHUFFLES`` random divisions of both groups' surveys ``by_chance``
    (mean) and ``by_chance_high`` (95 % of them are not above; NaN for single surveys). ``values`` has what
    was compared, a row per group and a column per species.
    """

    headings = MappingProxyType({"other": N_("other place or time")})

    measure: Measure
    of: Of
    names: dict[str, tuple[Note, ...]] = field(repr=False)
    matrix: pd.DataFrame = field(repr=False)
    pairs: pd.DataFrame = field(repr=False)
    values: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per pair."""
        return self.pairs

    def sentence(self, lang: str | None = None) -> str:
        """Say which two are most alike and which most different, and what chance would give."""
        alike, different = self.pairs.iloc[0], self.pairs.iloc[-1]
        if len(self.pairs) == 1:
            first = tr(PAIR, lang, **self._pair(alike, lang))
        else:
            second = tr(DIFFERENT, lang, **self._pair(different, lang))
            first = f"{tr(ALIKE, lang, **self._pair(alike, lang))} {second}"
        if math.isnan(different["by_chance_high"]):
            return first
        return f"{first} {tr(BY_CHANCE, lang, value=number(different['by_chance_high'], 2, lang))}"

    def _pair(self, row: pd.Series, lang: str | None) -> dict[str, str]:
        return {
            "one": said(self.names[str(row["group"])], lang),
            "other": said(self.names[str(row["other"])], lang),
            "value": number(row["dissimilarity"], 2, lang),
        }  # fmt: skip

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang)


def dissimilarity(
    sightings: pd.DataFrame, *, by: str | Sequence[str] = "station", measure: Measure = "bray-curtis",
    of: Of = "frequency", shuffles: int = SHUFFLES, seed: int = 0, version: str = "",
) -> DissimilarityResult:  # fmt: skip
    """Return how different the species of groups are.

    Parameters
    ----------
    sightings
        Columns of ``kit.model.SIGHTINGS``.
    by
        What is compared: see :func:`kit.analysis.surveys.surveys`.
    measure
        ``"bray-curtis"`` or ``"jaccard"``: see :mod:`kit.stats.dissimilarity`.
    of
        ``"frequency"``: the share of a group's complete lists with the species; ``"counts"``: the mean number
        of individuals in a survey that counted all; ``"presence"``: whether it is on as many lists as the
        group with fewest has.
    shuffles
        Random divisions for what chance gives; 0 for none.

    Raises
    ------
    AnalysisError
        ``no-complete-lists``, ``one-group``: fewer than two groups with any species.

    Examples
    --------
    Two lists of two species share one of them: 2 of 4 finds are not shared.

    >>> rows = [("a", "1", "Parus major"), ("a", "1", "Pica pica"), ("b", "2", "Pica pica"),
    ...         ("b", "2", "Apus apus")]
    >>> frame = pd.DataFrame(rows, columns=["station", "eventID", "scientificName"])
    >>> frame = frame.assign(complete=True, individualCount=1.0, effort_minutes=10.0,
    ...                      occurrenceStatus="present", flag=1)
    >>> dissimilarity(frame).table["dissimilarity"].tolist()
    [0.5]
    """
    if (measure, of) not in METHODS:
        raise UsageError(
            "Differences are measured as {measures}, of {kinds}.", code="measure",
            measures="bray-curtis, jaccard", kinds="frequency, counts, presence",
        )  # fmt: skip
    held = surveys(sightings, by, version=version)
    notes = list(held.notes)
    groups = _with_species(held, of, notes)
    if len(groups) < 2:
        raise AnalysisError("Fewer than two places or times have complete lists with species.",
                            do="Compare other parts.", code="one-group")  # fmt: skip
    common = min(len(group.surveys) for group in groups)
    keys = [group.key for group in groups]
    values = np.vstack([_values(group.seen, group.counts, of, common) for group in groups])
    matrix = _apart(values, measure, of)
    rng = np.random.default_rng(seed)
    rows = []
    for i, j in combinations(range(len(groups)), 2):
        chance = _by_chance(groups[i], groups[j], measure, of, common, shuffles, rng)
        rows.append((keys[i], keys[j], matrix[i, j], *chance))
    pairs = pd.DataFrame(rows, columns=["group", "other", "dissimilarity", "by_chance", "by_chance_high"])
    used = sum(len(group.surveys) for group in groups)
    return DissimilarityResult(
        method=METHODS[measure, of], n=used, completeness=used / max(held.total, 1), version=held.version,
        notes=tuple(notes), measure=measure, of=of, names=held.names,
        matrix=pd.DataFrame(matrix, index=keys, columns=keys),
        pairs=pairs.sort_values(["dissimilarity", "group", "other"], ignore_index=True),
        values=pd.DataFrame(values, index=keys, columns=list(held.species)),
    )  # fmt: skip


def _with_species(held: Surveys, of: Of, notes: list[Note]) -> list[Group]:
    """Return the groups with any species, of counts only their counted surveys; the others get a note."""
    groups = []
    lost = 0
    for group in held.groups:
        if of == "counts":
            lost += len(group.surveys) - group.counted
            group = group.only(group.whole)
        if group.seen.any():
            groups.append(group)
        else:
            notes.append((EMPTY, {"place": partial(said, group.words)}))
    if lost:
        notes.append((UNCOUNTED, {"n": lost}))
    return groups


def _values(seen: NDArray[np.bool_], counts: Floats, of: Of, common: int) -> Floats:
    """Return what is compared of surveys, (species,), or of many divisions, (divisions, species)."""
    n = seen.shape[-2]
    if of == "counts":
        return np.asarray(counts.mean(axis=-2))
    found = seen.sum(axis=-2)
    return np.asarray(found / n if of == "frequency" else 1.0 - missed(found, n, common))


def _apart(values: Floats, measure: Measure, of: Of) -> Floats:
    if of == "presence":
        found = expected_jaccard(values)
        return found if measure == "jaccard" else found / (2 - found)
    return bray_curtis(values) if measure == "bray-curtis" else jaccard(values, binary=False)


def _by_chance(
    one: Group, other: Group, measure: Measure, of: Of, common: int, shuffles: int, rng: np.random.Generator
) -> tuple[float, float]:
    """Return mean and 95th percentile of the dissimilarity of random divisions of both groups' surveys."""
    n, whole = len(one.surveys), len(one.surveys) + len(other.surveys)
    if shuffles < 1 or whole < 4:
        return math.nan, math.nan
    seen, counts = np.vstack([one.seen, other.seen]), np.vstack([one.counts, other.counts])
    found = []
    for _ in range(shuffles):
        order = rng.permutation(whole)
        halves = [_values(seen[part], counts[part], of, common) for part in (order[:n], order[n:])]
        found.append(_apart(np.vstack(halves), measure, of)[0, 1])
    return float(np.nanmean(found)), float(np.nanquantile(found, 0.95, method="inverted_cdf"))
