"""How often is it reported? The share of complete lists with one kind of living thing, at equal effort.

A long list, or a long survey, finds more of everything. So the share is that of a list of the usual effort
(minutes, or the number of other species on it: list-length analysis, Szabo et al. 2010,
doi:10.1890/09-0877.1) at an average station and season, by logistic regression (:mod:`kit.stats.logistic`).
Stations that joined or left between two years, or lists made earlier in the year, do not make a change.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kit.analysis.conditions import By, conditioned
from kit.analysis.lists import Lists, lists_of
from kit.analysis.result import HEADINGS, Note, Result, said
from kit.analysis.sides import OF_SIGHTINGS, side_of_sightings
from kit.errors import AnalysisError, UsageError
from kit.stats import logistic, panel
from kit.stats.homogeneity import chi_square_tail
from kit.stats.kendall import Floats
from kit.stats.student import t_quantile
from kit.text import N_, number, tr, trn

Covariate = Literal["minutes", "species"]

#: Fewer complete lists do not tell a share.
FEWEST_LISTS = 10
#: So many more lists than unknowns.
FEWEST_SPARE = 5
#: Stations are inside these already.
PLACES = ("station", "school", "region")

METHOD = N_(
    "Share of complete lists at equal effort, an average station and season: logistic regression with "
    "Firth's penalty"
)
ONE = N_("{name} stands on {share} % of the lists of {effort} (between {low} and {high} %).")
MOST = N_(
    "On lists of {effort}, {name} was reported most often here: {most}, {share} % of the lists (between "
    "{low} and {high} %). Least often: {least}, {share2} % (between {low2} and {high2} %)."
)
CLEAR = N_("Chance alone hardly makes such a difference.")
UNCLEAR = N_("Such a difference may well be chance.")
CAUTION = N_(
    "This does not show how many there are: it may have been louder, tamer or better known at one time than "
    "at another. Lists say where people looked."
)
NO_MINUTES = N_(
    "Effort is counted in other species on the list, because lists do not say how long they took: {n}."
)
NO_EFFORT = N_("Left out, lists that do not say how long they took: {n}.")
SAME_EFFORT = N_("All lists have the same effort, so nothing was evened out.")
SEASONS_DIFFER = N_(
    "The parts compared were surveyed in different seasons, so a difference may be that of the seasons."
)
ALIKE = N_(
    "Lists of one day and place are more alike than chance makes them; all ranges are {factor} times as wide "
    "for that."
)
APART = N_("Left out, lists that share no station with the others: {n}.")
HEADINGS |= {
    "rate": N_("share at equal effort"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ReportingResult(Result):
    """Shares of complete lists with a taxon.

    ``parts`` has one row per part of ``over``: ``group``, ``lists``, ``with_it``, ``share`` (as counted),
    ``rate`` (at the effort ``effort``, at an average station and season) with its 95 % limits ``low`` and
    ``high``. ``coefficient`` is what the log of the effort adds to the logit of the share (NaN where effort
    is the same everywhere), ``p`` the chance that parts which are alike differ so much (NaN for one part).
    """

    percent = frozenset({"rate", "low", "high"})

    taxon: str
    over: str
    covariate: Covariate
    effort: float
    coefficient: float
    coefficient_low: float
    coefficient_high: float
    widened: float
    p: float
    names: dict[str, tuple[Note, ...]] = field(repr=False)
    parts: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per part, in the order of the calendar or of the names."""
        return self.parts

    def effort_text(self, lang: str | None = None) -> str:
        """Return the usual effort in words."""
        n = round(self.effort)
        if self.covariate == "minutes":
            return trn("{n} minute of searching", "{n} minutes of searching", n, lang)
        return trn("{n} other species", "{n} other species", n, lang)

    def sentence(self, lang: str | None = None) -> str:
        """Say how often it is reported, or when most and least often."""
        table = self.parts
        most, least = table.iloc[int(table["rate"].argmax())], table.iloc[int(table["rate"].argmin())]
        first = {key: number(100 * most[column], 0, lang)
                 for key, column in (("share", "rate"), ("low", "low"), ("high", "high"))}  # fmt: skip
        words = {"name": self.taxon, "effort": self.effort_text(lang), **first}
        if len(table) == 1:
            return tr(ONE, lang, **words)
        last = {key: number(100 * least[column], 0, lang)
                for key, column in (("share2", "rate"), ("low2", "low"), ("high2", "high"))}  # fmt: skip
        places = {
            key: said(self.names[str(row["group"])], lang) for key, row in (("most", most), ("least", least))
        }
        main = tr(MOST, lang, **words, **last, **places)
        return f"{main} {tr(CLEAR if self.p < 0.05 else UNCLEAR, lang)}"

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang)


@conditioned
def reporting_rate(
    sightings: pd.DataFrame, taxon: str, *, over: str | None = "year", effort: Covariate | None = None,
    by: By = None,
) -> ReportingResult:  # fmt: skip
    """Return on which share of complete lists a taxon stands, at equal effort.

    Parameters
    ----------
    sightings
        Columns of ``kit.model.SIGHTINGS``: all sightings, not only those of the taxon.
    taxon
        A name of any rank, scientific or common: ``"Parus major"``, ``"great tit"``, ``"Parus"``.
    over
        What is compared within one model: ``year season month weekday weekend station school region``, or
        None for one share of all lists.
    effort
        ``"minutes"`` or ``"species"`` (other species on the list); default: minutes if every list says how
        long it took.
    by
        The same for each part: season, school …

    Raises
    ------
    AnalysisError
        ``no-complete-lists``; ``never-found``; ``only-found``: no list is without it; ``few-lists``: fewer
        than ten; ``no-effort``.

    Notes
    -----
    The taxon itself does not count for the length of its list: else finding it would make its own list
    longer. Lists of one day and station may be alike; their variance widens all intervals.

    Examples
    --------
    Six of eight lists last year, two of eight this year; the penalty adds half a list to each side:

    >>> days = [(f"{year}-05-{day:02d}", day <= found) for year, found in ((2025, 6), (2026, 2))
    ...         for day in range(1, 9)]
    >>> rows = [(date, "Pica pica") for date, _ in days] + [(date, "Parus major") for date, it in days if it]
    >>> frame = pd.DataFrame(rows, columns=["eventDate", "scientificName"])
    >>> frame = frame.assign(station="EE-A/park", eventID=frame["eventDate"], complete=True, flag=1,
    ...                      individualCount=1.0, effort_minutes=10.0, occurrenceStatus="present")
    >>> reporting_rate(frame, "Parus major").table["rate"].round(3).tolist()
    [0.722, 0.278]
    """
    held = lists_of(sightings, taxon)
    if held.table["found"].all():
        raise AnalysisError(
            "{name} is on every complete list here, so nothing says when or where it was not seen.",
            do="Take all sightings, not only those of one name.", code="only-found", name=taxon,
        )  # fmt: skip
    table, names = _parts(held, sightings, over)
    notes = list(held.notes)
    covariate: Covariate = effort or ("species" if table["minutes"].isna().any() else "minutes")
    table = _with_effort(table, covariate, effort is not None, notes)
    if over not in PLACES:
        table = _linked(table, notes)
    if len(table) < FEWEST_LISTS:
        raise _few(len(table), FEWEST_LISTS)
    return _fitted(table, held, taxon, over, covariate, names, notes)


def _few(n: int, needed: int) -> AnalysisError:
    return AnalysisError(
        "Complete lists that can be compared here: {n}; at least {needed} are needed.",
        do="Ask for a longer time or more stations.", code="few-lists", n=n, needed=needed,
    )  # fmt: skip


def _parts(
    held: Lists, sightings: pd.DataFrame, over: str | None
) -> tuple[pd.DataFrame, dict[str, tuple[Note, ...]]]:
    """Return the lists with their part (``part``, a number), and what people call the parts."""
    table = held.table
    if over is None:
        return table.assign(part=0), {"": ()}
    if over not in OF_SIGHTINGS:
        raise UsageError("Sightings cannot be split by {name}.", do="Use one of {known}.",
                         code="unknown-condition", name=over, known=", ".join(OF_SIGHTINGS))  # fmt: skip
    dated = table.assign(eventDate=table["date"].dt.strftime("%Y-%m-%d").fillna(""))
    dated.attrs = dict(sightings.attrs)
    labels, places = side_of_sightings(dated, over)
    used = table.assign(part=places)
    used = used[used["part"] >= 0]
    if used.empty:
        raise AnalysisError(
            "No complete list here says what it is to be compared by: {by}.",
            why="Dates may be missing or not exact enough, or stations have no region.",
            do="Compare by something else, for instance by station.", code="no-group", by=over,
        )  # fmt: skip
    return used, {tr(text, "en", **given): ((text, given),) for text, given in labels}


def _with_effort(table: pd.DataFrame, covariate: Covariate, chosen: bool, notes: list[Note]) -> pd.DataFrame:
    """Return the lists with the log of their effort (``log``)."""
    if covariate not in ("minutes", "species"):
        raise UsageError("Effort is counted in {known}.", code="effort", known="minutes, species")
    unknown = int(table["minutes"].isna().sum())
    if covariate == "species":
        if unknown and not chosen:
            notes.append((NO_MINUTES, {"n": unknown}))
        return table.assign(log=np.log1p(table["others"].to_numpy(dtype=float)))
    if unknown:
        notes.append((NO_EFFORT, {"n": unknown}))
    table = table[table["minutes"].notna()]
    if table.empty:
        raise AnalysisError("No survey says how long it took.",
                            do='Compare by list length: effort="species".', code="no-effort")  # fmt: skip
    return table.assign(log=np.log(table["minutes"].to_numpy(dtype=float)))


def _linked(table: pd.DataFrame, notes: list[Note]) -> pd.DataFrame:
    """Return the lists of the stations that can be compared through common parts."""
    stations, parts = np.unique(table["station"]), np.unique(table["part"])
    cells = np.full((len(parts), len(stations)), np.nan)
    cells[np.searchsorted(parts, table["part"]), np.searchsorted(stations, table["station"])] = 1.0
    kept = table[table["station"].isin(stations[panel.linked(cells)])]
    if len(kept) < len(table):
        notes.append((APART, {"n": len(table) - len(kept)}))
    return kept


def _design(
    table: pd.DataFrame, over: str | None, middle: float, notes: list[Note]
) -> tuple[Floats, NDArray[np.int64]]:
    """Return the columns (parts; stations and seasons against their mean; effort), and the parts' numbers."""
    parts, part = np.unique(table["part"], return_inverse=True)
    columns = [np.eye(len(parts))[part]]
    if over not in PLACES:
        columns.append(_against_mean(table["station"]))
    log = table["log"].to_numpy(dtype=float)
    if np.ptp(log) > 1e-9:
        columns.append((log - middle)[:, None])
    if over not in ("season", "month") and table["date"].notna().all():
        columns.insert(1, _against_mean(table["date"].dt.month % 12 // 3))
        if np.linalg.matrix_rank(np.hstack(columns)) < sum(one.shape[1] for one in columns):
            columns.pop(1)
            notes.append((SEASONS_DIFFER, {}))
    return np.hstack(columns), parts


def _against_mean(values: pd.Series) -> Floats:
    """Return the columns of a quality, each against the mean of all (none if there is one only)."""
    kinds, kind = np.unique(values, return_inverse=True)
    found: Floats = np.vstack([np.eye(len(kinds) - 1), -np.ones(len(kinds) - 1)])[kind]
    return found


def _fitted(
    table: pd.DataFrame, held: Lists, taxon: str, over: str | None, covariate: Covariate,
    names: dict[str, tuple[Note, ...]], notes: list[Note],
) -> ReportingResult:  # fmt: skip
    middle = float(np.median(table["log"]))
    x, parts = _design(table, over, middle, notes)
    if len(table) < x.shape[1] + FEWEST_SPARE:
        raise _few(len(table), x.shape[1] + FEWEST_SPARE)
    groups = table["station"] + " " + table["date"].astype(str).where(table["date"].notna(), table["survey"])
    found = logistic.fit(x, table["found"].to_numpy(dtype=float), groups.to_numpy())
    k = len(parts)
    value, error = found.coefficients, np.sqrt(np.diag(found.covariance))
    wide = t_quantile(0.975, max(groups.nunique() - x.shape[1], 1))
    varied = np.ptp(table["log"].to_numpy()) > 1e-9
    if not varied:
        notes.append((SAME_EFFORT, {}))
    if found.widened > 1.1:
        notes.append((ALIKE, {"factor": round(math.sqrt(found.widened), 1)}))
    counted = table.groupby("part")["found"].agg(["size", "sum"])
    labels = list(names)
    rows = pd.DataFrame({
        "group": [labels[int(part)] for part in parts], "lists": counted["size"].to_numpy(),
        "with_it": counted["sum"].to_numpy(), "share": (counted["sum"] / counted["size"]).to_numpy(),
        "rate": logistic.expit(value[:k]), "low": logistic.expit(value[:k] - wide * error[:k]),
        "high": logistic.expit(value[:k] + wide * error[:k]),
    })  # fmt: skip
    slope, width = (float(value[-1]), wide * float(error[-1])) if varied else (math.nan, math.nan)
    return ReportingResult(
        method=METHOD, n=len(table), completeness=len(table) / max(held.total, 1), version=held.version,
        notes=tuple(notes), taxon=taxon, over=over or "", covariate=covariate,
        effort=math.exp(middle) - (covariate == "species"), coefficient=slope,
        coefficient_low=slope - width, coefficient_high=slope + width, widened=found.widened,
        p=_differ(value[:k], found.covariance[:k, :k]), names=names, parts=rows,
    )  # fmt: skip


def _differ(value: Floats, covariance: Floats) -> float:
    """Return the chance that equal parts differ so much (Wald's test), NaN for one part."""
    if len(value) < 2:
        return math.nan
    against = np.hstack([-np.ones((len(value) - 1, 1)), np.eye(len(value) - 1)])
    gap = against @ value
    statistic = gap @ np.linalg.solve(against @ covariance @ against.T, gap)
    return chi_square_tail(float(statistic), len(gap))
