"""Runs the scenarios of ``scenarios.toml`` and judges what was promised."""

from __future__ import annotations

import math
import tomllib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom, binomtest

from tests.simulations.methods import METHODS, SLOW, Said
from tests.simulations.processes import PROCESSES, Draws

TABLES = Path(__file__).with_name("scenarios.toml")
LEVEL = {"size": 0.05, "coverage": 0.95}
#: Words of a table that are no numbers of its scenarios.
RULES = ("methods", "measure", "promise", "at_most", "at_least", "process", "level")
#: A promise is broken where what was measured would be rarer than this if it were kept.
RARE = 0.001
BATCH = 50


@dataclass(frozen=True)
class Scenario:
    """One combination of a table: its ``number`` (from 0) and the numbers that the process is given."""

    table: str
    number: int
    process: str
    given: dict[str, Any]
    rules: dict[str, Any] = field(repr=False)

    def draws(self, runs: int, seed: int = 0) -> Iterator[Draws]:
        """Yield the runs in batches; more runs begin with the same ones."""
        rng = np.random.default_rng([zlib.crc32(self.table.encode()), self.number, seed])
        for done in range(0, runs, BATCH):
            yield PROCESSES[self.process](rng, min(BATCH, runs - done), **self.given)

    def promised(self, method: str) -> float | None:
        """Return what may not be exceeded (a size) or undercut (a coverage); None: nothing was promised."""
        rules = self.rules
        if (limit := rules.get("at_most", rules.get("at_least"))) is not None:
            return float(limit)
        where: Mapping[str, Any] | None = rules.get("level", {}).get(method)
        kept = where is not None and all(self.given[name] == value for name, value in where.items())
        return LEVEL[rules["measure"]] if kept or rules["promise"] == "level" else None


@dataclass(frozen=True)
class Measured:
    """What one method did in one scenario: the mean of ``n`` runs and where the true one lies (95 %).

    ``silent`` runs had no answer. ``verdict``: ``""`` (nothing promised), ``"kept"``, ``"by chance"`` (beyond
    the promise, but no further than chance goes) or ``"BROKEN"``.
    """

    scenario: Scenario
    method: str
    mean: float
    low: float
    high: float
    n: int
    silent: int
    verdict: str

    def line(self) -> str:
        """Return it as one line of text."""
        given = " ".join(f"{name}={value}" for name, value in self.scenario.given.items())
        silent = f", {self.silent} without an answer" if self.silent else ""
        if self.scenario.rules["measure"] == "bias":
            numbers = f"{self.mean:.3f} ({self.low:.3f} to {self.high:.3f}; {self.n} runs{silent})"
        else:
            numbers = (
                f"{100 * self.mean:.1f} % ({100 * self.low:.1f} to {100 * self.high:.1f}; "
                f"{self.n} runs{silent})"
            )
        return f"{self.scenario.table} {self.method} {given}: {numbers} {self.verdict}".rstrip()


def tables() -> dict[str, dict[str, Any]]:
    return tomllib.loads(TABLES.read_text(encoding="utf-8"))


def scenarios(table: str) -> list[Scenario]:
    """Return the combinations of a table's lists."""
    rules = tables()[table]
    lists = {name: value for name, value in rules.items() if name not in RULES}
    return [
        Scenario(table, number, rules["process"], dict(zip(lists, chosen, strict=True)), rules)
        for number, chosen in enumerate(product(*lists.values()))
    ]


def measure(scenario: Scenario, runs: int, seed: int = 0, only: str = "") -> list[Measured]:
    """Put the table's methods (or one of them) through the runs of a scenario."""
    chosen = [method for method in scenario.rules["methods"] if only in ("", method)]
    found: dict[str, list[NDArray[np.float64]]] = {method: [] for method in chosen}
    for batch, draws in enumerate(scenario.draws(runs, seed)):
        for method in chosen:
            if batch * BATCH < max(BATCH, runs / SLOW.get(method, 1)):
                said = METHODS[method](draws, scenario.rules["measure"] == "coverage")
                found[method].append(_per_run(said, draws, scenario.rules["measure"]))
    return [_judged(scenario, method, np.concatenate(parts)) for method, parts in found.items()]


def _per_run(said: Said, draws: Draws, measure: str) -> NDArray[np.float64]:
    if measure == "size":
        return said.alarms()
    if measure == "coverage":
        return said.held(draws.truth)
    return np.asarray(said.estimate / (draws.truth if said.truth is None else said.truth), dtype=float)


def _judged(scenario: Scenario, method: str, values: NDArray[np.float64]) -> Measured:
    there = values[np.isfinite(values)]
    n, silent = len(there), len(values) - len(there)
    if not n:
        return Measured(scenario, method, math.nan, math.nan, math.nan, 0, silent, "")
    mean = float(there.mean())
    if scenario.rules["measure"] == "bias":
        half = 1.96 * float(there.std(ddof=1)) / math.sqrt(n)
        return Measured(scenario, method, mean, mean - half, mean + half, n, silent, "")
    times = round(mean * n)
    ends = binomtest(times, n).proportion_ci(method="wilson")
    limit, verdict = scenario.promised(method), ""
    if limit is not None:
        careful = scenario.rules["measure"] == "size"
        kept = mean <= limit if careful else mean >= limit
        chance = binom.sf(times - 1, n, limit) if careful else binom.cdf(times, n, limit)
        verdict = "kept" if kept else "by chance" if chance >= RARE else "BROKEN"
    return Measured(scenario, method, mean, float(ends.low), float(ends.high), n, silent, verdict)


def worst(found: list[Measured]) -> list[Measured]:
    """Return, of each table and method, the scenario furthest on the wrong side (of a bias: from 1)."""
    wrong = {"size": lambda m: m.mean, "coverage": lambda m: -m.mean, "bias": lambda m: abs(m.mean - 1)}
    first: dict[tuple[str, str], Measured] = {}
    for one in found:
        key, how = (one.scenario.table, one.method), wrong[one.scenario.rules["measure"]]
        if one.n and (key not in first or how(one) > how(first[key])):
            first[key] = one
    return list(first.values())
