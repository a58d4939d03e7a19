"""Places compared at equal completeness: rarefaction and extrapolation with intervals.

Rules (DESIGN 4.9): only complete lists count, numbers only where every individual was counted. Samples are
compared where all are equally complete (Chao & Jost 2012, doi:10.1890/11-1952.1) or equally large, and never
drawn out to more than twice what was found. How numbers are made stands in :mod:`kit.stats.rarefaction`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import pandas as pd

from kit.analysis.result import HEADINGS, Note, Result, said
from kit.analysis.surveys import UNCOUNTED, Group, surveys
from kit.errors import AnalysisError, UsageError
from kit.stats import hill
from kit.stats.kendall import NORMAL, Floats
from kit.stats.rarefaction import KNOTS, REPLICATES, Curves, coverage_at, curves, knots, size_at
from kit.text import N_, number, tr, trn

Datatype = Literal["incidence", "abundance"]
Base = Literal["coverage", "size"]
#: Fewer say too little about what they missed (5 surveys: 86 to 92 % of 95 % intervals hold the truth).
FEWEST: dict[str, int] = {"incidence": 5, "abundance": 20}

METHODS = {
    "incidence": N_(
        "Species expected at equal completeness or size, from complete lists; rarefaction and extrapolation "
        "to at most twice the surveys (Chao et al. 2014)"
    ),
    "abundance": N_(
        "Species expected at equal completeness or size, from counted individuals; rarefaction and "
        "extrapolation to at most twice the individuals (Chao et al. 2014)"
    ),
}
AT_COVERAGE = N_("Where all lists are {share} % complete, most species are expected here: {place}, {range}.")
AT_SIZE = N_("With {size}, most species are expected here: {place}, {range}.")
LEAST = N_("The fewest: {place}, {range}.")
CHANCE = N_("Chance alone may make such a difference.")
NO_CHANCE = N_("Chance alone hardly makes such a difference.")
RANGE = N_("{species} (probably {low} to {high})")
ONE = N_("{place}: {found} species were found; with the missed ones there are probably at least {whole}.")
CAUTION = N_(
    "This does not show which species are missed, nor how many there really are: there are at least as many "
    "as estimated. Observers, seasons and weather differ between places; equal completeness does not make "
    "these equal."
)
FEW = N_("{place} was left out: too few surveys or individuals ({n}).")
HARDLY_ANYTHING = N_("{place} was left out: so little was found that nobody can say what was missed.")
#: A point of a curve has fewer, as many or more units than there were.
STAGES = (N_("rarefaction"), N_("observed"), N_("extrapolation"))
HEADINGS |= {
    "coverage": N_("completeness of the lists"),
    "hill0": N_("species at equal completeness or size"),
    "hill0_low": N_("low end"), "hill0_high": N_("high end"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class RarefactionResult(Result):
    """Curves of species per group, and the groups at one common point.

    ``datatype`` says what the units are: surveys (``"incidence"``) or individuals (``"abundance"``);
    ``base`` what is common, ``"coverage"`` or ``"size"``, and ``level`` how much. ``groups`` has one row per
    group: ``group``, ``units``, ``found`` species, ``coverage`` (0 to 1) of the whole sample; ``size`` and
    ``stage`` (``rarefaction``, ``observed``, ``extrapolation``) at the common point; for each order q
    ``hill<q>`` there with ``_low`` and ``_high``, and ``whole<q>``, the asymptotic estimate with its limits
    (order 0: Chao2 or Chao1). ``curve`` has one row per group, order and size: ``size``, ``stage``,
    ``coverage`` with limits, ``species`` with ``low`` and ``high`` (at equal size) and ``low_at_coverage``
    and ``high_at_coverage``. ``names`` says what people call the groups.
    """

    headings = MappingProxyType({"stage": N_("how estimated")})
    percent = frozenset({"coverage"})

    datatype: Datatype
    base: Base
    level: float
    orders: tuple[float, ...]
    names: dict[str, tuple[Note, ...]] = field(repr=False)
    groups: pd.DataFrame = field(repr=False)
    curve: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per group, most species at the common point first."""
        return self.groups

    def size_text(self, lang: str | None = None) -> str:
        """Return the common size in words."""
        n = round(self.level)
        if self.datatype == "incidence":
            return trn("{n} survey", "{n} surveys", n, lang)
        return trn("{n} counted individual", "{n} counted individuals", n, lang)

    def sentence(self, lang: str | None = None) -> str:
        """Say where most and fewest species are expected, and whether that may be chance."""
        most, least = self.groups.iloc[0], self.groups.iloc[-1]
        if len(self.groups) == 1:
            return tr(ONE, lang, found=number(most["found"], 0, lang), place=self._place(most, lang),
                      whole=number(most["whole0"], 0, lang))  # fmt: skip
        said_most = {"place": self._place(most, lang), "range": self._range(most, lang)}
        if self.base == "coverage":
            first = tr(AT_COVERAGE, lang, share=number(100 * self.level, 0, lang), **said_most)
        else:
            first = tr(AT_SIZE, lang, size=self.size_text(lang), **said_most)
        second = tr(LEAST, lang, place=self._place(least, lang), range=self._range(least, lang))
        verdict = {True: NO_CHANCE, False: CHANCE, None: ""}[self.differ()]
        return f"{first} {second} {tr(verdict, lang)}".rstrip()

    def differ(self) -> bool | None:
        """Return whether most and fewest species differ by more than chance explains; None without limits.

        By the normal distribution at 5 %, divided by the number of pairs of groups, as the two are chosen
        among all of them.
        """
        most, least = self.groups.iloc[0], self.groups.iloc[-1]
        pairs = len(self.groups) * (len(self.groups) - 1) / 2
        wide = math.hypot(*(row["hill0_high"] - row["hill0"] for row in (most, least)))
        if math.isnan(wide) or not pairs:
            return None
        needed = NORMAL.inv_cdf(1 - 0.025 / pairs) / NORMAL.inv_cdf(0.975)
        return bool(most["hill0"] - least["hill0"] > needed * wide)

    def _place(self, row: pd.Series, lang: str | None) -> str:
        return said(self.names[str(row["group"])], lang)

    def _range(self, row: pd.Series, lang: str | None) -> str:
        species, low, high = (number(row[f"hill0{end}"], 1, lang) for end in ("", "_low", "_high"))
        if math.isnan(row["hill0_low"]):
            return species
        return tr(RANGE, lang, species=species, low=low, high=high)

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang)


@dataclass(frozen=True)
class _Sample:
    group: Group
    counts: Floats
    units: int | None

    @property
    def size(self) -> int:
        return int(self.counts.sum()) if self.units is None else self.units

    @property
    def rows(self) -> hill.Rows:
        return hill.rows(self.counts, self.units)


def rarefaction(
    sightings: pd.DataFrame, *, by: str | Sequence[str] = "station", datatype: Datatype = "incidence",
    base: Base = "coverage", level: float | None = None, orders: Sequence[float] = (0, 1, 2),
    replicates: int = REPLICATES, points: int = KNOTS, seed: int = 0, version: str = "",
) -> RarefactionResult:  # fmt: skip
    """Return curves of species per group, and the groups compared where all are equally complete.

    Parameters
    ----------
    sightings
        Columns of ``kit.model.SIGHTINGS``.
    by
        What is compared: see :func:`kit.analysis.surveys.surveys`.
    datatype
        ``"incidence"``: in how many surveys each species was found (needs only complete lists);
        ``"abundance"``: how many individuals (only surveys in which everything was counted).
    base, level
        The common point: a coverage (0 to 1) or a size (surveys or individuals). Default: the largest that no
        group reaches only beyond twice its sample, as Chao et al. (2014) advise.
    orders
        Orders of Hill numbers, from 0: 1 counts common species, 2 very common ones; 0, all species, is always
        there.
    replicates
        Drawn samples for the intervals; 0 for none.
    points
        Sizes per curve.

    Raises
    ------
    AnalysisError
        ``no-complete-lists``, ``too-few``, ``too-far`` (beyond twice the smallest sample).

    Notes
    -----
    Measured shares of 95 % intervals that hold the truth: see :func:`kit.stats.rarefaction.curves`.

    Examples
    --------
    Five surveys with 2, 1, 1, 1 and 1 species; Chao2 expects 0.8 * 2 * 1 / 2 species more than the 3 found:

    >>> rows = [("1", "Parus major"), ("1", "Pica pica"), ("2", "Pica pica"), ("3", "Pica pica"),
    ...         ("4", "Pica pica"), ("5", "Apus apus")]
    >>> frame = pd.DataFrame(rows, columns=["eventID", "scientificName"])
    >>> frame = frame.assign(station="a", complete=True, individualCount=1.0, effort_minutes=10.0,
    ...                      occurrenceStatus="present", flag=1)
    >>> round(float(rarefaction(frame, replicates=0).table["whole0"].iloc[0]), 6)
    3.8
    """
    if (
        datatype not in FEWEST
        or base not in ("coverage", "size")
        or not all(0 <= q < math.inf for q in orders)
    ):
        raise UsageError(
            "Species are counted by {datatypes}, at equal {bases}, of orders from 0.",
            code="datatype", datatypes="incidence, abundance", bases="coverage, size",
        )  # fmt: skip
    held = surveys(sightings, by, version=version)
    notes = list(held.notes)
    samples = _samples(held.groups, datatype, notes)
    if not samples:
        raise AnalysisError(
            "Too few complete lists or counts: {n} are needed for each place.",
            why="From fewer nobody can say what they missed.",
            do="Make more surveys, or compare fewer parts.", code="too-few", n=FEWEST[datatype],
        )  # fmt: skip
    farthest = min(_farthest(sample, base) for sample in samples)
    common = farthest if level is None else float(level)
    if not 0 < common <= farthest * (1 + 1e-9):
        raise AnalysisError(
            "Not all places can be compared at {level}; the largest common value is {farthest}.",
            why="Beyond twice the sample an estimate says more about the formula than about the place.",
            code="too-far", level=number(common, 3), farthest=number(farthest, 3),
        )  # fmt: skip
    orders = tuple(dict.fromkeys((0.0, *(float(q) for q in orders))))
    rows, parts = [], []
    for sample in samples:
        size = size_at(sample.rows, common) if base == "coverage" else common
        size = min(size, 2.0 * sample.size)
        sizes = knots(sample.size, points)
        found = curves(sample.counts, sample.units, sizes=np.append(sizes, size), orders=orders,
                       replicates=replicates, seed=seed)  # fmt: skip
        rows.append(_row(sample, found, base))
        parts.append(_curve(sample, found))
    table = pd.DataFrame(rows).sort_values(["hill0", "group"], ascending=[False, True], ignore_index=True)
    used = sum(len(sample.group.surveys) if sample.units else sample.group.counted for sample in samples)
    return RarefactionResult(
        method=METHODS[datatype], n=used, completeness=used / max(held.total, 1), version=held.version,
        notes=tuple(notes), datatype=datatype, base=base, level=common, orders=orders, names=held.names,
        groups=table, curve=pd.concat(parts, ignore_index=True),
    )  # fmt: skip


def _samples(groups: Sequence[Group], datatype: Datatype, notes: list[Note]) -> list[_Sample]:
    """Return what each group is judged by; groups that say too little are left out, with a note."""
    found = []
    lost = 0
    for group in groups:
        if datatype == "incidence":
            sample = _Sample(group, group.in_surveys, len(group.surveys))
        else:
            lost += len(group.surveys) - group.counted
            sample = _Sample(group, group.individuals, None)
        if sample.size < FEWEST[datatype]:
            notes.append((FEW, {"place": partial(said, group.words), "n": sample.size}))
        elif not sample.rows.gap[0] < 1:
            notes.append((HARDLY_ANYTHING, {"place": partial(said, group.words)}))
        else:
            found.append(sample)
    if lost:
        notes.append((UNCOUNTED, {"n": lost}))
    return found


def _farthest(sample: _Sample, base: Base) -> float:
    double = 2.0 * sample.size
    return double if base == "size" else float(coverage_at(sample.rows, [double])[0, 0])


def _stage(size: float, units: int) -> str:
    fewer, same, more = STAGES
    return same if abs(size - units) < 1e-9 else fewer if size < units else more


def _row(sample: _Sample, found: Curves, base: Base) -> dict[str, Any]:
    """Return a group at the common point, the last of the curve's sizes."""
    size = float(found.sizes[-1])
    low, high = (
        (found.low_at_coverage, found.high_at_coverage) if base == "coverage" else (found.low, found.high)
    )
    row: dict[str, Any] = {
        "group": sample.group.key, "units": sample.size, "found": int((sample.counts > 0).sum()),
        "coverage": hill.coverage(sample.counts, sample.units), "size": size,
        "stage": _stage(size, sample.size),
    }  # fmt: skip
    for i, q in enumerate(found.orders):
        row |= {f"hill{q:g}": found.species[i, -1], f"hill{q:g}_low": low[i, -1],
                f"hill{q:g}_high": high[i, -1]}  # fmt: skip
    for i, q in enumerate(found.orders):
        row |= {f"whole{q:g}": found.asymptote[i], f"whole{q:g}_low": found.asymptote_low[i],
                f"whole{q:g}_high": found.asymptote_high[i]}  # fmt: skip
    return row


def _curve(sample: _Sample, found: Curves) -> pd.DataFrame:
    """Return the long table of one group's curves, without the common point."""
    sizes = found.sizes[:-1]
    shared = {
        "group": sample.group.key, "size": sizes, "stage": [_stage(m, sample.size) for m in sizes],
        "coverage": found.coverage[:-1], "coverage_low": found.coverage_low[:-1],
        "coverage_high": found.coverage_high[:-1],
    }  # fmt: skip
    return pd.concat([
        pd.DataFrame({
            **shared, "order": q, "species": found.species[i, :-1], "low": found.low[i, :-1],
            "high": found.high[i, :-1], "low_at_coverage": found.low_at_coverage[i, :-1],
            "high_at_coverage": found.high_at_coverage[i, :-1],
        })
        for i, q in enumerate(found.orders)
    ], ignore_index=True)  # fmt: skip
