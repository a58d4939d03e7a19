"""How often do the intervals of Hill numbers hold the truth, and how far off is Chao's lower bound?

No theory promises a level: the estimators of the whole community are biased for few individuals. Run this
file as a program for the table that the docstrings quote: ``python tests/stats/test_hill_coverage.py 1000``.
The tests repeat corners of it.
"""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

import communities

from kit.stats import hill
from kit.stats.rarefaction import curves

#: Where everything is found, intervals have no width; so much of a species is no error.
NEAR = 0.01


def measured(kind: str, species: int, units: int, incidence: bool, runs: int) -> dict[str, float]:
    """Return the share of 95 % intervals that hold the truth, by what is estimated, and Chao's bias.

    ``whole``: the community's Hill number; ``half``, ``same``, ``double``: the one expected at these sizes;
    ``chao``: the mean of Chao's lower bound / truth.
    """
    rng = np.random.default_rng([communities.KINDS.index(kind), species, units, incidence])
    chances = (communities.detections if incidence else communities.shares)(kind, species)
    sizes = [units // 2, units, 2 * units]
    truth = np.array([[communities.true_rarefied(chances, m, q) for m in sizes] for q in (0, 1, 2)])
    whole = np.array([communities.true_hill(chances, q) for q in (0, 1, 2)])
    at = np.zeros((3, 3))
    all_of_it = np.zeros(3)
    ratio = 0.0
    for run in range(runs):
        counts = communities.sample(rng, kind, species, units, incidence)
        given = units if incidence else None
        found = curves(counts, given, sizes=sizes, replicates=100, seed=run)
        at += (found.low - NEAR <= truth) & (truth <= found.high + NEAR)
        all_of_it += (found.asymptote_low <= whole) & (whole <= found.asymptote_high)
        ratio += hill.chao(counts, units=given) / species
    names = [f"{size}{q}" for q, size in product((0, 1, 2), ("half", "same", "double"))]
    return {
        **{f"whole{q}": all_of_it[q] / runs for q in (0, 1, 2)}, "chao": ratio / runs,
        **dict(zip(names, (at / runs).ravel(), strict=True)),
    }  # fmt: skip


# 100 runs: the share of a true 90 % has a standard error of 3 %.
@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "species", "units", "incidence"),
    [("lognormal", 60, 200, False), ("broken_stick", 20, 200, False), ("lognormal", 20, 30, True)],
)
def test_intervals_at_equal_size_hold_what_other_samples_would_show(
    kind: str, species: int, units: int, incidence: bool
) -> None:
    found = measured(kind, species, units, incidence, 100)
    for name in ("half0", "same0", "half1", "same1", "half2", "same2"):
        assert found[name] >= 0.85, (name, found[name])
    assert 0.8 <= found["chao"] <= 1.1


if __name__ == "__main__":
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    sizes = ((20, 50), (20, 200), (60, 200), (60, 1000), (200, 200), (200, 1000))
    cells = [(kind, s, n, False) for kind, (s, n) in product(communities.KINDS, sizes)]
    surveys = ((20, 5), (20, 10), (20, 30), (60, 10), (60, 30))
    cells += [(kind, s, t, True) for kind, (s, t) in product(("even", "lognormal"), surveys)]
    for cell in cells:
        print(*cell, *(f"{name} {share:.2f}" for name, share in measured(*cell, many).items()), flush=True)  # noqa: T201
