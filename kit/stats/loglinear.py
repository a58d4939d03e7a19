"""Counts of many sites over years with gaps: a loglinear model with an effect of each site and each year.

The expected count of site i in year j is effort x exp(site_i + year_j). Missing counts need no filling in to
estimate the effects; afterwards they are filled in with what the model expects, and the totals of the years
make the index. Counts that vary more than chance alone (overdispersion) and that remember the year before
(serial correlation) are allowed for by generalised estimating equations (Liang & Zeger 1986,
doi:10.1093/biomet/73.1.13). The model is that of TRIM (Pannekoek & van Strien 2005, TRIM 3 Manual, Statistics
Netherlands; Bogaart, van der Loo & Pannekoek, https://CRAN.R-project.org/package=rtrim), its "model 3".
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kit.stats.kendall import Floats

ITERATIONS = 200
CLOSE = 1e-9
#: Effects further from 0 than this have run away: the counts do not determine them.
RUN_AWAY = 25.0
#: The memory is kept inside this, or the equations could not be solved.
STRONGEST = 0.95


Variant = Literal["unbiased", "TRIM"]


@dataclass(frozen=True)
class Loglinear:
    """A fitted model.

    ``sites`` (sites,) and ``years`` (years,) are the effects on the log scale, the first year's being 0.
    ``coefficients`` and ``covariance`` are those of the columns of the design (every year but the first).
    ``totals`` (years,) is the sum over the sites at unit effort with the missing counts filled in,
    ``totals_covariance`` (years, years); ``expected`` (sites, years) are the model's counts at unit effort.
    ``dispersion`` is the variance over that of chance alone, ``memory`` the correlation with the year before,
    ``freedom`` counts less unknowns. ``converged`` is False where the counts do not determine the effects.
    """

    sites: Floats
    years: Floats
    coefficients: Floats
    covariance: Floats
    totals: Floats
    totals_covariance: Floats
    expected: Floats
    dispersion: float
    memory: float
    freedom: int
    converged: bool

    def index(self, base: int = 0) -> tuple[Floats, Floats]:
        """Return totals over that of the year ``base``, and their standard errors (delta method)."""
        ratio = self.totals / self.totals[base]
        turn = np.diag(1 / self.totals)
        turn[:, base] -= 1 / self.totals[base]
        variance = np.einsum("ji,ik,jk->j", turn, self.totals_covariance, turn)
        return ratio, ratio * np.sqrt(np.maximum(variance, 0.0))

    def slope(self, times: ArrayLike | None = None) -> tuple[float, float]:
        """Return the slope of the log totals over the years (least squares) and its standard error."""
        t = np.arange(len(self.totals), dtype=float) if times is None else np.asarray(times, dtype=float)
        weight = (t - t.mean()) / ((t - t.mean()) ** 2).sum()
        relative = self.totals_covariance / np.outer(self.totals, self.totals)
        return float(weight @ np.log(self.totals)), math.sqrt(max(float(weight @ relative @ weight), 0.0))


@dataclass
class _State:
    """What the iterations carry on; ``w`` (sites, years, years) is the inverse correlation where counted."""

    counts: Floats
    effort: Floats
    there: NDArray[np.bool_]
    lags: Floats
    design: Floats
    sites: Floats
    beta: Floats
    dispersion: float = 1.0
    memory: float = 0.0
    w: Floats = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        self.correlate(0.0)

    @property
    def mu(self) -> Floats:
        """Expected counts at the effort there was."""
        found: Floats = self.effort * np.exp(self.sites[:, None] + self.design @ self.beta)
        return found

    def correlate(self, memory: float) -> None:
        """Take over a memory and weigh the counts by it."""
        self.memory = memory
        pair = self.there[:, :, None] & self.there[:, None, :]
        full = np.where(pair, memory**self.lags, np.eye(len(self.lags)))
        self.w = np.where(pair, np.linalg.inv(full), 0.0)

    def residuals(self, mu: Floats) -> Floats:
        """Return Pearson residuals, 0 where nothing was counted."""
        found: Floats = np.where(self.there, (self.counts - mu) / np.sqrt(mu), 0.0)
        return found

    def deviance(self) -> float:
        """Return the Poisson deviance without its constant."""
        mu = self.mu
        return float(2 * (mu - self.counts * np.log(mu))[self.there].sum())


@dataclass(frozen=True)
class _Information:
    """Parts of the information at dispersion 1: sites' own, sites with effects, effects without the sites."""

    d: Floats
    cross: Floats
    e: Floats


def _information(s: _State, mu: Floats) -> _Information:
    root = np.where(s.there, np.sqrt(mu), 0.0)
    omega = root[:, :, None] * s.w * root[:, None, :]
    by_year = omega.sum(axis=2)
    d, cross = by_year.sum(axis=1), by_year @ s.design
    e = s.design.T @ omega.sum(axis=0) @ s.design - (cross / d[:, None]).T @ cross
    return _Information(d, cross, e)


def _step(s: _State, halve: bool) -> float:
    """Improve the effects once; return how far the year effects moved."""
    mu = s.mu
    part = _information(s, mu)
    root = np.where(s.there, np.sqrt(mu), 0.0)
    score = root * np.einsum("ijk,ik->ij", s.w, s.residuals(mu))
    by_site = score.sum(axis=1)
    wanted = s.design.T @ score.sum(axis=0) - part.cross.T @ (by_site / part.d)
    move = np.linalg.lstsq(part.e, wanted, rcond=1e-12)[0]
    of_sites = (by_site - part.cross @ move) / part.d
    size = min(1.0, 2.0 / max(float(np.abs(move).max(initial=0.0)), float(np.abs(of_sites).max()), 1e-300))
    before, sites, beta = s.deviance() if halve else math.inf, s.sites, s.beta
    for _ in range(30):
        s.sites, s.beta = sites + size * of_sites, beta + size * move
        if not halve or s.deviance() <= before + 1e-12 * abs(before):
            break
        size /= 2
    return float(max(np.abs(size * move).max(initial=0.0), np.abs(size * of_sites).max()))


def _moments(s: _State) -> tuple[float, float, NDArray[np.bool_]]:
    """Return the sum of squared residuals, that of products a year apart, and where these are."""
    r = s.residuals(s.mu)
    pairs = s.there[:, :-1] & s.there[:, 1:] & np.isclose(np.diagonal(s.lags, 1), 1.0)
    return float((r * r).sum()), float((r[:, :-1] * r[:, 1:])[pairs].sum()), pairs


def _as_trim(s: _State, freedom: int) -> None:
    """Take over the memory by TRIM's formula."""
    squares, products, pairs = _moments(s)
    dispersion = squares / freedom
    if dispersion > 0 and pairs.any():
        found = products / (int(pairs.sum()) * dispersion)
        s.correlate(float(np.clip(found, -STRONGEST, STRONGEST)))


def _unbiased(s: _State, serial: bool) -> tuple[float, float]:
    """Return dispersion and memory such that the residuals' squares and products are those expected.

    Residuals are what is left once the effects are taken out, which takes out some of the memory, too; here
    that is allowed for. The state must be that of the fit without memory.
    """
    squares, products, pairs = _moments(s)
    root = np.where(s.there, np.sqrt(s.mu), 0.0)
    size = np.linalg.norm(root, axis=1)
    own = (
        np.eye(len(s.lags)) * s.there[:, None, :]
        - root[:, :, None] * root[:, None, :] / size[:, None, None] ** 2
    )
    columns = own @ (root[:, :, None] * s.design)
    gram = np.einsum("ijp,ijq->pq", columns, columns)
    values, vectors = np.linalg.eigh(gram)
    keep = values > 1e-10 * max(float(values.max(initial=0.0)), 1e-300)
    q = columns @ (vectors[:, keep] / np.sqrt(values[keep]))

    def expected(memory: float) -> tuple[float, float]:
        """Return the two sums that residuals of dispersion 1 and this memory have."""
        r = np.where(s.there[:, :, None] & s.there[:, None, :], memory**s.lags, 0.0)
        shared = own @ r @ q
        whole = np.einsum("ijp,ijq->pq", q, r @ q)
        cross = shared @ q.transpose(0, 2, 1)
        left = own @ r @ own - cross - cross.transpose(0, 2, 1) + q @ whole @ q.transpose(0, 2, 1)
        next_year = np.diagonal(left, 1, axis1=1, axis2=2)
        return float(np.trace(left, axis1=1, axis2=2).sum()), float(next_year[pairs].sum())

    low, high = 0.0, STRONGEST
    if serial and squares > 0 and pairs.any():
        for _ in range(30):
            middle = (low + high) / 2
            trace, next_year = expected(middle)
            low, high = (middle, high) if next_year * squares < products * trace else (low, middle)
    return max(squares / expected(low)[0], 1.0), low


def fit(
    counts: ArrayLike, effort: ArrayLike | None = None, times: ArrayLike | None = None, *,
    design: ArrayLike | None = None, dispersed: bool = True, serial: bool = True,
    variant: Variant = "unbiased",
) -> Loglinear:  # fmt: skip
    """Return the loglinear model of counts.

    Parameters
    ----------
    counts
        Shape (sites, years), NaN where nothing was counted; every site and every year needs a count above 0.
    effort
        What each count took (surveys, minutes), shape (sites, years), above 0 where there is a count;
        default: 1 everywhere.
    times
        The years, rising, shape (years,); default: 0, 1, 2 ...
    design
        Shape (years, columns): other effects of the years than one each, for instance one column
        0, 1, 2 ... for a steady growth (TRIM's model 2).
    dispersed, serial
        Whether to allow for overdispersion and for memory.
    variant
        How dispersion and memory are estimated. ``"TRIM"``: by its formulas; these find too little memory in
        short series, since site effects take some out. ``"unbiased"``: the same moments with what they
        expect, dispersion at least 1 and memory at least 0; the effects are then those of independent counts
        (1 to 2 % less exact, measured, but always to be had) and only their errors know of the memory.

    Examples
    --------
    Two sites, the second not counted in the second year; the first one doubled:

    >>> found = fit([[10.0, 20.0, 10.0], [5.0, np.nan, 5.0]], dispersed=False, serial=False)
    >>> np.exp(found.years).round(3).tolist(), found.totals.round(3).tolist(), found.freedom
    ([1.0, 2.0, 1.0], [15.0, 30.0, 15.0], 1)
    """
    y = np.asarray(counts, dtype=float)
    there = np.isfinite(y)
    given = np.ones(y.shape) if effort is None else np.asarray(effort, dtype=float)
    t = np.arange(y.shape[1], dtype=float) if times is None else np.asarray(times, dtype=float)
    b = np.eye(len(t))[:, 1:] if design is None else np.asarray(design, dtype=float)
    used = np.where(there, given, 1.0)
    filled = np.where(there, y, 0.0)
    start = np.log(filled.sum(axis=1) / np.where(there, used, 0.0).sum(axis=1))
    s = _State(filled, used, there, np.abs(t[:, None] - t), b, start, np.zeros(b.shape[1]))
    freedom = int(there.sum()) - y.shape[0] - b.shape[1]
    converged = _settle(s, freedom, dispersed and freedom > 0, serial and freedom > 0, variant)
    return _finished(s, freedom, converged)


def _settle(s: _State, freedom: int, dispersed: bool, serial: bool, variant: Variant) -> bool:
    """Iterate, first as if all counts were independent; return whether it came to rest."""
    settled = _iterate(s, halve=True)
    if not settled or not (dispersed or serial):
        return settled
    if variant == "unbiased":
        dispersion, s.memory = _unbiased(s, serial)
    else:
        before, dispersion = math.inf, 1.0
        while serial and settled and abs(s.memory - before) > CLOSE:
            before = s.memory
            _as_trim(s, freedom)
            settled = _iterate(s, halve=False)
        dispersion = _moments(s)[0] / freedom
    s.dispersion = dispersion if dispersed else 1.0
    return settled


def _iterate(s: _State, halve: bool) -> bool:
    for _ in range(ITERATIONS):
        moved = _step(s, halve)
        if np.abs(s.beta).max(initial=0.0) > RUN_AWAY or not math.isfinite(moved):
            return False
        if moved < CLOSE:
            return True
    return False


def determined(counts: ArrayLike) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the sites and the years, shapes (sites,) and (years,), whose effects the counts determine.

    ``counts`` has shape (sites, years), NaN where missing. A count ties its site to its year: the expected
    count may not grow without end. A count above 0 ties the year to the site, too: it may not vanish. Effects
    within a group of sites and years that can be reached from each other are finite, between groups they are
    not (when maximum likelihood estimates exist: Haberman 1974, The Analysis of Frequency Data). The answer
    is the group with most sites.

    The second site was counted in no other year but one in which it had none, so it may be anything:

    >>> sites, years = determined([[4.0, 2.0, np.nan], [np.nan, 0.0, 3.0], [1.0, 5.0, np.nan]])
    >>> sites.tolist(), years.tolist()
    ([True, False, True], [True, True, False])
    """
    y = np.asarray(counts, dtype=float)
    n, m = y.shape
    reached = np.eye(n + m, dtype=bool)
    reached[:n, n:] = np.isfinite(y)
    reached[n:, :n] = (y > 0).T
    while True:
        ahead = reached.astype(float)
        further = ahead @ ahead > 0
        if (further == reached).all():
            break
        reached = further
    both = reached & reached.T
    best = both[np.argmax(both[:, :n].sum(axis=1))] if n + m else np.zeros(0, dtype=bool)
    return best[:n], best[n:]


def _finished(s: _State, freedom: int, converged: bool) -> Loglinear:
    """Return the fit; covariances follow from how each residual moves the effects and the totals."""
    mu = s.mu
    part = _information(s, mu)
    inverse = np.linalg.pinv(part.e, hermitian=True)
    root, unit = np.where(s.there, np.sqrt(mu), 0.0), mu / s.effort
    missing = np.where(s.there, 0.0, unit)
    scored = root[:, :, None] * s.w
    by_site = part.cross / part.d[:, None]
    moved = (scored.transpose(0, 2, 1) @ (s.design - by_site[:, None, :])) @ inverse
    pulled = s.design * missing.sum(axis=0)[:, None] - missing.T @ by_site
    turn = np.einsum("ikp,jp->ijk", moved, pulled)
    turn += (missing / part.d[:, None])[:, :, None] * scored.sum(axis=1)[:, None, :]
    turn += np.eye(len(s.lags)) * (root / s.effort)[:, :, None]
    joint = np.where(s.there[:, :, None] & s.there[:, None, :], s.memory**s.lags, 0.0)
    return Loglinear(
        sites=s.sites, years=s.design @ s.beta, coefficients=s.beta,
        covariance=s.dispersion * np.einsum("ikp,ikq->pq", moved, joint @ moved),
        totals=np.where(s.there, s.counts / s.effort, unit).sum(axis=0),
        totals_covariance=s.dispersion * (turn @ joint @ turn.transpose(0, 2, 1)).sum(axis=0),
        expected=unit, dispersion=s.dispersion, memory=s.memory, freedom=freedom, converged=converged,
    )  # fmt: skip
