"""Made-up communities with known Hill numbers, for the tests of the intervals."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

KINDS = ("even", "broken_stick", "lognormal", "geometric")


def shares(kind: str, species: int) -> np.ndarray:
    """Return the share of each species: equal; the means of a broken stick; quantiles of a lognormal with a
    standard deviation of 1; a geometric series whose commonest species is 1,000 times the rarest.
    """
    rank = np.arange(1, species + 1)
    if kind == "even":
        found = np.ones(species)
    elif kind == "broken_stick":
        found = np.cumsum(1 / rank[::-1])[::-1]
    elif kind == "lognormal":
        found = np.exp([NormalDist().inv_cdf((i - 0.5) / species) for i in rank])
    else:
        found = 1000.0 ** (-rank / species)
    return found / found.sum()


def detections(kind: str, species: int) -> np.ndarray:
    """Return the chance of each species to be in one survey, the commonest having 0.6."""
    found = shares(kind, species)
    return 0.6 * found / found.max()


def true_hill(parts: np.ndarray, q: float) -> float:
    share = parts / parts.sum()
    return float(np.exp(-(share * np.log(share)).sum()) if q == 1 else (share**q).sum() ** (1 / (1 - q)))


def true_rarefied(chances: np.ndarray, units: int, q: float) -> float:
    """Return the Hill number of the expected numbers of species that ``units`` draws find k times."""
    from scipy.stats import binom

    k = np.arange(1, units + 1)
    times = binom.pmf(k[:, None], units, chances[None, :]).sum(axis=1)
    share = k / (units * chances.sum())
    if q == 1:
        return float(np.exp(-(share * np.log(share) * times).sum()))
    return float((share**q * times).sum() ** (1 / (1 - q)))


def sample(rng: np.random.Generator, kind: str, species: int, units: int, incidence: bool) -> np.ndarray:
    if incidence:
        return rng.binomial(units, detections(kind, species))
    return rng.multinomial(units, shares(kind, species))
