"""A map of places, or times: whose species are alike lie close together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from kit.analysis.dissimilarity import CAUTION as LISTS
from kit.analysis.dissimilarity import DissimilarityResult, Measure, Of, dissimilarity
from kit.analysis.result import HEADINGS, Note, Result, said
from kit.errors import AnalysisError, UsageError
from kit.stats.kendall import Floats
from kit.stats.ordination import nmds, pcoa
from kit.text import N_, number, tr

Kind = Literal["nmds", "pcoa"]
#: With fewer places any picture is perfect, and says nothing.
FEWEST = {"nmds": 5, "pcoa": 3}

METHODS = {
    "nmds": N_("Non-metric multidimensional scaling (Kruskal 1964) of the differences between lists"),
    "pcoa": N_("Principal coordinates (Gower 1966) of the differences between lists"),
}
MAP = N_(
    "On this map, what has the same species lies close together. Closest are {one} and {other}, farthest "
    "apart {far} and {farther}."
)
STRESS = (
    (0.05, N_("It shows the differences very well (stress {value}).")),
    (0.1, N_("It shows the differences well (stress {value}).")),
    (0.2, N_("It shows the differences roughly (stress {value}).")),
    (math.inf, N_("It shows the differences badly: do not trust it (stress {value}).")),
)
SHARE = N_("It shows {value} % of the differences.")
CAUTION = N_("The axes have no meaning of their own; only the distances on the map say something.")
UNSURE = N_("Only one of {starts} attempts gave this map: another one may be as good.")
HEADINGS |= {"axis1": N_("axis 1"), "axis2": N_("axis 2")}


@dataclass(frozen=True, kw_only=True)
class OrdinationResult(Result):
    """A map in two dimensions.

    ``points`` has one row per group: ``group``, ``axis1``, ``axis2``. ``species`` has one row per species, at
    the mean of the groups weighted by how common it is there. ``stress`` (nmds: Kruskal's stress 1) or
    ``share`` (pcoa: of each axis, of the positive eigenvalues) says how faithful the map is, ``negative`` how
    large the negative eigenvalues are beside the positive ones. ``differences`` are those that the map shows.
    """

    kind: Kind
    stress: float
    share: tuple[float, ...]
    negative: float
    names: dict[str, tuple[Note, ...]] = field(repr=False)
    points: pd.DataFrame = field(repr=False)
    species: pd.DataFrame = field(repr=False)
    differences: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per group."""
        return self.points

    def sentence(self, lang: str | None = None) -> str:
        """Say who is close together and far apart on the map, and how faithful it is."""
        places = self.points[["axis1", "axis2"]].to_numpy()
        apart = np.sqrt(((places[:, None] - places) ** 2).sum(axis=2))
        above = np.triu_indices(len(apart), 1)
        near, far = int(apart[above].argmin()), int(apart[above].argmax())
        called = [said(self.names[str(key)], lang) for key in self.points["group"]]
        first = tr(MAP, lang, one=called[above[0][near]], other=called[above[1][near]],
                   far=called[above[0][far]], farther=called[above[1][far]])  # fmt: skip
        if self.kind == "pcoa":
            return f"{first} {tr(SHARE, lang, value=number(100 * sum(self.share), 0, lang))}"
        words = next(text for limit, text in STRESS if self.stress < limit)
        return f"{first} {tr(words, lang, value=number(self.stress, 2, lang))}"

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return f"{tr(CAUTION, lang)} {tr(LISTS, lang)}"


def ordination(
    sightings: pd.DataFrame, *, by: str | Sequence[str] = "station", kind: Kind = "nmds",
    measure: Measure = "bray-curtis", of: Of = "frequency", seed: int = 0, version: str = "",
) -> OrdinationResult:  # fmt: skip
    """Return a map on which groups with alike species lie close together.

    Parameters
    ----------
    sightings, by, measure, of
        As for :func:`kit.analysis.dissimilarity.dissimilarity`.
    kind
        ``"nmds"``: only the order of the differences counts (best of several starts); ``"pcoa"``: the
        differences themselves. How good a stress is: Clarke 1993, doi:10.1111/j.1442-9993.1993.tb00438.x.

    Raises
    ------
    AnalysisError
        As ``dissimilarity``, and ``too-few-points``: fewer than 5 groups (3 for ``"pcoa"``);
        ``no-differences``: all differ equally.

    Examples
    --------
    Three stations; a and b differ by 0.5, and share nothing with c, which is 1 from both:

    >>> rows = [("a", "1", "Parus major"), ("a", "1", "Pica pica"), ("b", "2", "Pica pica"),
    ...         ("b", "2", "Apus apus"), ("c", "3", "Larus canus")]
    >>> frame = pd.DataFrame(rows, columns=["station", "eventID", "scientificName"])
    >>> frame = frame.assign(complete=True, individualCount=1.0, effort_minutes=10.0,
    ...                      occurrenceStatus="present", flag=1)
    >>> found = ordination(frame, kind="pcoa")
    >>> a, b, c = found.points[["axis1", "axis2"]].to_numpy()
    >>> round(float(np.hypot(*(a - b))), 6), round(float(np.hypot(*(a - c))), 6)
    (0.5, 1.0)
    """
    if kind not in METHODS:
        raise UsageError("A map of species is made by {kinds}.", code="kind", kinds="nmds, pcoa")
    found = dissimilarity(sightings, by=by, measure=measure, of=of, shuffles=0, version=version)
    if len(found.matrix) < FEWEST[kind]:
        raise AnalysisError(
            "A map needs at least {needed} places or times with complete lists; there are {n}.",
            why="With fewer, any map is perfect and says nothing.",
            do="Look at the table of differences instead.",
            code="too-few-points", needed=FEWEST[kind], n=len(found.matrix),
        )  # fmt: skip
    if np.ptp(found.pairs["dissimilarity"]) < 1e-12:
        raise AnalysisError(
            "All places or times differ equally, so there is no map to draw.",
            do="Ask for a longer time or more stations.",
            code="no-differences",
        )
    notes = list(found.notes)
    if kind == "pcoa":
        held = pcoa(found.matrix.to_numpy())
        points, numbers = held.points, _numbers(share=tuple(held.share), negative=held.negative)
    else:
        scaled = nmds(found.matrix.to_numpy(), seed=seed)
        points, numbers = scaled.points, _numbers(stress=scaled.stress)
        if scaled.again < 2:
            notes.append((UNSURE, {"starts": scaled.starts}))
    return OrdinationResult(
        method=METHODS[kind], n=found.n, completeness=found.completeness, version=found.version,
        notes=tuple(notes), kind=kind, names=found.names, points=_named(points, "group", found.matrix.index),
        species=_species(found, points), differences=found.matrix, **numbers,
    )  # fmt: skip


def _numbers(
    stress: float = math.nan, share: tuple[float, ...] = (), negative: float = math.nan
) -> dict[str, Any]:
    return {"stress": stress, "share": tuple(float(part) for part in share), "negative": negative}


def _named(points: Floats, label: str, keys: Sequence[Any] | pd.Index) -> pd.DataFrame:
    return pd.DataFrame({label: list(keys), "axis1": points[:, 0], "axis2": points[:, 1]})


def _species(found: DissimilarityResult, points: Floats) -> pd.DataFrame:
    """Return the weighted mean place of each species."""
    weight = found.values.to_numpy()
    total = weight.sum(axis=0)
    place = np.divide(
        weight.T @ points, total[:, None], out=np.full((len(total), 2), np.nan), where=total[:, None] > 0
    )
    return _named(place, "species", found.values.columns)
