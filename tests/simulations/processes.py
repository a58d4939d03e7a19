"""Made-up data with a known truth: every run of a scenario is drawn here, many at once.

A process takes a generator, the number of runs and the scenario's numbers, and gives :class:`Draws`. Times
are months, days or hours in order; noise has a standard deviation of 1 unless said otherwise, memory is that
of a first-order autoregression, stationary from the first value on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter
from scipy.stats import nbinom, norm, poisson

from tests.stats.communities import detections as chances
from tests.stats.communities import shares

Floats = NDArray[np.float64]
Generator = np.random.Generator
MONTHS = range(1, 13)


@dataclass(frozen=True, eq=False)
class Draws:
    """Runs of one scenario: ``values`` (runs, ...), what is true, and what else a method must know."""

    values: Any
    truth: Any = 0.0
    given: dict[str, Any] = field(default_factory=dict)


def remembering(rng: Generator, shape: tuple[int, ...], memory: float) -> Floats:
    """Return standard normal series along the last axis, with a correlation of neighbours of ``memory``."""
    noise = rng.standard_normal(shape)
    noise[..., 1:] *= np.sqrt(1 - memory**2)
    found: Floats = lfilter([1.0], [1.0, -memory], noise, axis=-1)
    return found


def thinned(rng: Generator, values: Floats, missing: float) -> Floats:
    return np.where(rng.random(values.shape) < missing, np.nan, values) if missing else values


def monthly(
    rng: Generator, runs: int, years: int, autocorrelation: float, missing: float = 0.0,
    rounded: bool = False, slope: float = 0.0,
) -> Draws:  # fmt: skip
    """Months of one station: a season, a line, memory; values (runs, years, 12), truth the slope a year.

    ``given["season"]`` (12,) is the true season: nobody knows it, but who takes a test for independent values
    at its word must know it.
    """
    t = np.arange(years * 12) / 12
    season = 3 * np.cos(2 * np.pi * t)
    y = season + slope * t + remembering(rng, (runs, years * 12), autocorrelation)
    y = thinned(rng, np.round(y) if rounded else y, missing)
    return Draws(y.reshape(runs, years, 12), slope, {"season": season[:12]})


def yearly(
    rng: Generator, runs: int, years: int, autocorrelation: float, missing: float, rounded: bool
) -> Draws:
    """One value a year, nothing changes; values (runs, years)."""
    y = remembering(rng, (runs, years), autocorrelation)
    return Draws(thinned(rng, np.round(y) if rounded else y, missing))


def monthly_curved(rng: Generator, runs: int, years: int, autocorrelation: float) -> Draws:
    """Months with a season around a curve: a line, a wave or a bump, in turn; values, truth (runs, months).

    The line rises by 0.3 a year; the wave lasts as long as the record and is 2 high; the bump is 2 high and
    1.5 years wide (standard deviation) in the middle.
    """
    t = np.arange(years * 12) / 12
    forms = np.stack([
        0.3 * t, 2 * np.sin(2 * np.pi * t / years), 2 * np.exp(-(((t - years / 2) / 1.5) ** 2) / 2),
    ])  # fmt: skip
    truth = forms[np.arange(runs) % 3]
    y = truth + 3 * np.cos(2 * np.pi * t) + remembering(rng, truth.shape, autocorrelation)
    return Draws(y, truth)


def regional(
    rng: Generator, runs: int, years: int, stations: int, between: float, autocorrelation: float,
    slope: float = 0.0,
) -> Draws:  # fmt: skip
    """Months of stations that share part of their weather; values (runs, years, stations * 12).

    Every station has its own level (standard deviation 2); a station's months stand beside each other.
    """
    n = years * 12
    t = np.arange(n) / 12
    shared = remembering(rng, (runs, 1, n), autocorrelation)
    own = remembering(rng, (runs, stations, n), autocorrelation)
    y = 2 * rng.standard_normal((runs, stations, 1)) + 3 * np.cos(2 * np.pi * t) + slope * t
    y = y + np.sqrt(between) * shared + np.sqrt(1 - between) * own
    return Draws(_by_year(y, years), slope, {"stations": stations})


def _by_year(y: Floats, years: int) -> Floats:
    """Return (runs, stations, months) as (runs, years, stations * 12)."""
    runs, stations, _ = y.shape
    return y.reshape(runs, stations, years, 12).transpose(0, 2, 1, 3).reshape(runs, years, -1)


def regional_joining(
    rng: Generator, runs: int, years: int, stations: int, between: float, autocorrelation: float
) -> Draws:
    """As ``regional``; a third of the stations joins late, a third leaves early, each has five full years.

    Those that join late are lower, those that leave early higher than the others by two deviations: a mean of
    the values that are there would fall by several deviations.
    """
    found = regional(rng, runs, years, stations, between, autocorrelation)
    y = found.values.reshape(runs, years, stations, 12).transpose(0, 2, 1, 3).reshape(runs, stations, -1)
    third, month = stations // 3, np.arange(years * 12)
    gone = rng.integers(1, 12 * (years - 5) + 1, (runs, 2 * third, 1))
    y[:, :third] = np.where(month < gone[:, :third], np.nan, y[:, :third] - 2)
    y[:, third : 2 * third] = np.where(
        month >= years * 12 - gone[:, third:], np.nan, y[:, third : 2 * third] + 2
    )
    return Draws(_by_year(y, years), 0.0, found.given)


def daily_region(
    rng: Generator, runs: int, days: int, stations: int, treated: int, between: float, autocorrelation: float
) -> Draws:
    """Days of stations that share weather; nothing happens in the middle; values (runs, days, stations)."""
    shared = remembering(rng, (runs, 1, days), autocorrelation)
    own = remembering(rng, (runs, stations, days), autocorrelation)
    y = np.sqrt(between) * shared + np.sqrt(1 - between) * own
    return Draws(
        y.transpose(0, 2, 1), 0.0,
        {"after": np.arange(days) >= days // 2, "treated": np.arange(stations) < treated},
    )  # fmt: skip


def stations_in_space(rng: Generator, runs: int, stations: int, between: float) -> Draws:
    """Forty days of stations whose levels know nothing of their height; values (runs, 40, stations).

    Heights (``given``, runs x stations) are skewed, as a region's are: many low places, a few high ones. The
    weather that all share is three times as strong as what a station has for itself; ``between`` is the
    correlation of the stations' own days.
    """
    days = 40
    level = rng.standard_normal((runs, 1, stations))
    own = np.sqrt(between) * rng.standard_normal((runs, days, 1)) + np.sqrt(
        1 - between
    ) * rng.standard_normal((runs, days, stations))
    y = level + 3 * remembering(rng, (runs, 1, days), 0.5).transpose(0, 2, 1) + own
    return Draws(y, 0.0, {"along": rng.lognormal(4.0, 0.8, (runs, stations))})


def community(
    rng: Generator, runs: int, community: str, species: int, individuals: int, order: int = 0
) -> Draws:
    """Individuals drawn from a community, ten in a survey; values (runs, species), truth the shares.

    ``given["surveys"]`` (runs, species) says in how many surveys each species was found.
    """
    truth = shares(community, species)
    surveys = rng.multinomial(10, truth, size=(runs, individuals // 10))
    return Draws(
        surveys.sum(axis=1), truth,
        {"units": None, "size": individuals, "order": order, "surveys": (surveys > 0).sum(axis=1)},
    )  # fmt: skip


def incidence(rng: Generator, runs: int, community: str, species: int, units: int, order: int = 0) -> Draws:
    """In how many of the surveys each species was found; values (runs, species), truth the chances."""
    truth = chances(community, species)
    return Draws(
        rng.binomial(units, truth, size=(runs, species)), truth,
        {"units": units, "size": units, "order": order},
    )  # fmt: skip


def arrival(rng: Generator, runs: int, lists_per_week: int, detection: float) -> Draws:
    """Complete lists of one spring of 20 weeks, each of another day; the species comes in the weeks 5 to 14.

    ``values`` (runs, lists, 2): the list's day and whether it holds the species; the truth is the day (from
    0) of the arrival. From then on each list finds it with the chance ``detection``.
    """
    days = np.sort(rng.permuted(np.tile(np.arange(140), (runs, 1)), axis=1)[:, : 20 * lists_per_week], axis=1)
    came = rng.integers(28, 98, runs)
    seen = (days >= came[:, None]) & (rng.random(days.shape) < detection)
    return Draws(np.stack([days, seen], axis=-1), came.astype(float))


def counts(
    rng: Generator, runs: int, sites: int, years: int, missing: float, overdispersion: float, serial: float,
    course: str = "steps",
) -> Draws:  # fmt: skip
    """Counts of one species by site and year; values (runs, sites, years), truth the index (runs, years).

    Sites differ (log-normal around 8, deviation .7 in the logarithm), all have the same course: ``"steps"``
    (random ones, 15 % a year) or ``"flat"``. Variance is ``overdispersion`` times the mean; ``serial`` is the
    correlation of neighbouring years of a site (of the normal scores behind the counts).
    """
    steps = rng.normal(0, 0.15, (runs, years)) * (course == "steps")
    index = np.exp(np.cumsum(steps, axis=1) - steps[:, :1])
    mean = np.exp(np.log(8) + 0.7 * rng.standard_normal((runs, sites, 1))) * index[:, None]
    scores = norm.cdf(remembering(rng, (runs, sites, years), serial))
    more = overdispersion - 1
    y = nbinom.ppf(scores, mean / more, 1 / overdispersion) if more else poisson.ppf(scores, mean)
    return Draws(thinned(rng, np.asarray(y, dtype=float), missing), index)


def detections(
    rng: Generator, runs: int, sites: int, visits: int, occupied: float, detection: float
) -> Draws:
    """Whether each visit to each site found the species; values (runs, sites, visits) of 0 and 1."""
    there = rng.random((runs, sites, 1)) < occupied
    return Draws((there & (rng.random((runs, sites, visits)) < detection)).astype(float), occupied)


def air_and_sightings(rng: Generator, runs: int, surveys: int, schools: int, autocorrelation: float) -> Draws:
    """A year of days of air, and surveys on school days of spring and autumn that know nothing of it.

    Both have a season of their own and a memory from day to day; half of the variance of the air is shared by
    the schools. ``values`` (runs, surveys): whether the species was found; ``given``: ``air`` (runs, days,
    schools), ``day`` (0: Thursday 2026-01-01) and ``school`` of each survey (runs, surveys).
    """
    days = np.arange(365)
    shared = remembering(rng, (runs, 1, 365), autocorrelation)
    own = remembering(rng, (runs, schools, 365), autocorrelation)
    air = 20 + 8 * np.cos(2 * np.pi * days / 365) + 6 * np.sqrt(0.5) * (shared + own)
    life = remembering(rng, (runs, schools, 365), autocorrelation) - 1.5 * np.cos(2 * np.pi * days / 365)
    term = (((days >= 90) & (days < 150)) | ((days >= 245) & (days < 305))) & ((days + 3) % 7 < 5)
    day, school = rng.choice(days[term], (runs, surveys)), rng.integers(0, schools, (runs, surveys))
    chance = norm.cdf(life[np.arange(runs)[:, None], school, day])
    found = (rng.random((runs, surveys)) < chance).astype(float)
    return Draws(found, 0.0, {"air": air.transpose(0, 2, 1), "day": day, "school": school})


def hourly(rng: Generator, runs: int, days: int, autocorrelation: float) -> Draws:
    """Log-normal hours with a course of the day; values (runs, hours), truth the mean of each hour (24,)."""
    course = 10 + 4 * np.cos(2 * np.pi * (np.arange(24) - 8) / 24)
    y = np.tile(course, days) * np.exp(0.5 * remembering(rng, (runs, 24 * days), autocorrelation))
    return Draws(y, course * np.exp(0.125))


PROCESSES: dict[str, Callable[..., Draws]] = {
    "monthly": monthly,
    "yearly": yearly,
    "monthly_curved": monthly_curved,
    "regional": regional,
    "regional_joining": regional_joining,
    "daily_region": daily_region,
    "stations_in_space": stations_in_space,
    "community": community,
    "incidence": incidence,
    "arrival": arrival,
    "counts": counts,
    "detections": detections,
    "air_and_sightings": air_and_sightings,
    "hourly": hourly,
}
