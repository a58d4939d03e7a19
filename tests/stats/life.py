"""Made-up counts, lists and arrivals with a known truth, for the tests of the analyses of life in time."""

from __future__ import annotations

import numpy as np
import scipy.stats


def counts(
    rng: np.random.Generator, sites: int, years: np.ndarray, *, missing: float = 0.0,
    overdispersion: float = 1.0, serial: float = 0.0, mean: float = 10.0,
) -> np.ndarray:  # fmt: skip
    """Return counts (sites, years), NaN where missing; ``years`` (years,) are the true log effects.

    Variance is ``overdispersion`` x mean (negative binomial), neighbouring years are linked by a normal
    copula with the correlation ``serial``; the sites differ by a factor of about two.
    """
    expected = mean * np.exp(rng.normal(0, 0.7, sites))[:, None] * np.exp(years)
    z = rng.standard_normal((sites, len(years)))
    for j in range(1, len(years)):
        z[:, j] = serial * z[:, j - 1] + np.sqrt(1 - serial**2) * z[:, j]
    chance = scipy.stats.norm.cdf(z)
    if overdispersion > 1:
        found = scipy.stats.nbinom.ppf(chance, expected / (overdispersion - 1), 1 / overdispersion)
    else:
        found = scipy.stats.poisson.ppf(chance, expected)
    return np.where(rng.random(found.shape) < missing, np.nan, found)


def arrivals(
    rng: np.random.Generator, lists_per_week: float, detection: float, *, weeks: int = 26
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return days of lists, whether it stands on each, and the true day of arrival.

    It comes in the middle third of the time, stays, and each list then has it with the chance ``detection``.
    """
    days = np.sort(rng.uniform(0, 7 * weeks, rng.poisson(lists_per_week * weeks)))
    came = rng.uniform(7 * weeks / 3, 14 * weeks / 3)
    return days, (days >= came) & (rng.random(len(days)) < detection), came
