"""Hill numbers, evenness, Chao's estimators and coverage against vegan, iNEXT, scipy and first principles."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rdata
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import binom, digamma

from kit.stats import hill


@pytest.fixture(scope="session")
def girdled(field_data: Path) -> list[int]:
    found = json.loads((field_data / "known/inext/spider.json").read_text())["Girdled"]
    return [int(x) for x in found]


@pytest.mark.fielddata
def test_indices_as_vegan(field_data: Path) -> None:
    known = pd.read_csv(field_data / "known/reference_values/vegan_alpha_diversity.csv")
    folder = field_data / "known/vegan"
    communities = {name: rdata.read_rda(folder / f"{name}.rda")[name] for name in ("BCI", "dune")}
    assert len(known) == 70
    for row in known.itertuples():
        counts = communities[row.dataset].iloc[int(row.site) - 1].to_numpy(dtype=float)
        assert counts.sum() == row.N
        assert hill.hill(counts, 0) == row.S == row.hill_q0
        assert hill.shannon(counts) == pytest.approx(row.shannon_ln, rel=1e-12)
        assert hill.simpson(counts) == pytest.approx(row.simpson_1_D, rel=1e-12)
        assert hill.evenness(counts) == pytest.approx(row.pielou_J, rel=1e-12)
        assert hill.hill(counts, 1) == pytest.approx(row.hill_q1, rel=1e-12)
        assert hill.hill(counts, 2) == pytest.approx(row.hill_q2, rel=1e-12)
        if np.isfinite(row.chao1):
            assert hill.chao(counts, "bias-corrected") == pytest.approx(row.chao1, rel=1e-12)


@pytest.mark.fielddata
def test_spider_as_inext(girdled: list[int], field_data: Path) -> None:
    known = pd.read_csv(field_data / "known/reference_values/inext_spider_AsyEst.csv")
    for q, row in enumerate(known.itertuples()):
        assert hill.hill(girdled, q) == pytest.approx(row.Observed, rel=1e-12)
        assert hill.asymptotic(girdled, q) == pytest.approx(row.Estimator, rel=1e-10)
    assert hill.chao(girdled) == hill.asymptotic(girdled, 0)
    assert hill.chao(girdled, "classic") == pytest.approx(44.0)
    info = pd.read_csv(field_data / "known/reference_values/inext_spider_DataInfo.csv").iloc[0]
    assert round(hill.coverage(girdled), 4) == info["SC"]
    assert hill.good_coverage(girdled) == pytest.approx(1 - 12 / 168)


COUNTS = st.lists(st.integers(1, 40), min_size=2, max_size=15).filter(lambda x: sum(x) > len(x))


def by_sums(counts: list[int], q: float, units: int) -> float:
    """Chao & Jost (2015) as printed: sums over every smaller sample, with scipy's gamma functions."""
    x = np.array(counts, dtype=float)
    total, once, twice = x.sum(), (x == 1).sum(), (x == 2).sum()
    if twice:
        rate = 2 * twice / ((units - 1) * once + 2 * twice)
    else:
        rate = 2 / ((units - 1) * (once - 1) + 2) if once else 1.0
    ratio, z = total / units, 1 - rate
    if q == 1:
        seen = (x / units * (digamma(units) - digamma(x))).sum()
        tail = -math.log(rate) - sum(z**r / r for r in range(1, units)) if z > 0 else 0.0
        hidden = once / units * z ** (1 - units) * tail if z > 0 else 0.0
        return math.exp((seen + hidden) / ratio) * ratio
    seen = sum(
        binom(q - 1, k) * (-1) ** k * x[i] / units * math.comb(int(units - x[i]), k) / math.comb(units - 1, k)
        for i in range(len(x))
        for k in range(int(units - x[i]) + 1)
    )
    tail = rate ** (q - 1) - sum(binom(q - 1, r) * (-z) ** r for r in range(units))
    hidden = once / units * z ** (1 - units) * tail if z > 0 else 0.0
    return float(ratio ** (q / (q - 1)) * (seen + hidden) ** (1 / (1 - q)))


@pytest.mark.parametrize("q", [0.3, 0.5, 1, 1.5, 2, 2.5, 3])
@pytest.mark.parametrize("units", [None, 12])
@pytest.mark.parametrize(
    "counts", [[9, 4, 2, 1, 1, 1], [5, 4, 1, 1], [7, 6, 2, 2], [12, 11, 1, 1, 1, 2, 2, 3], [6, 5, 2, 1]]
)
def test_closed_sums_are_the_printed_ones(counts: list[int], units: int | None, q: float) -> None:
    n = units or sum(counts)
    assert hill.asymptotic(counts, q, units) == pytest.approx(by_sums(counts, q, n), rel=1e-7)


def test_what_missed_species_add_stays_exact_where_sums_cancel() -> None:
    """One in 5,000 counts is of a species found once: the direct sum has lost 12 of its digits there."""
    counts = [400_000, 99_000] + [2] * 400 + [1] * 200
    n, rate = sum(counts), 800 / ((sum(counts) - 1) * 200 + 800)
    series = sum((1 - rate) ** j / (n - 1 + j) for j in range(1, 4_000_000))
    seen = sum(x / n * (digamma(n) - digamma(x)) for x in counts)
    assert hill.asymptotic(counts, 1) == pytest.approx(math.exp(seen + 200 / n * series), rel=1e-9)


@settings(deadline=None)
@given(COUNTS)
def test_order_does_what_it_promises(counts: list[int]) -> None:
    """Hill numbers fall with the order; the estimates of what was missed never lie below the sample."""
    sample = [hill.hill(counts, q) for q in (0, 0.5, 1, 1.7, 2, 3)]
    whole = [hill.asymptotic(counts, q) for q in (0, 1, 2)]
    assert all(a >= b - 1e-9 for a, b in pairwise(sample))
    assert whole[0] >= sample[0]
    assert whole[1] >= sample[2] - 1e-9
    assert whole[2] >= sample[4] - 1e-9
    assert 0 <= hill.coverage(counts) <= 1
    assert hill.good_coverage(counts) <= hill.coverage(counts) + 1e-12


@settings(deadline=None)
@given(COUNTS)
def test_near_order_one_is_order_one(counts: list[int]) -> None:
    assert hill.hill(counts, 1.000001) == pytest.approx(hill.hill(counts, 1), rel=1e-4)
    assert hill.asymptotic(counts, 1.00001) == pytest.approx(hill.asymptotic(counts, 1), rel=1e-3)


def test_surveys_are_units_too() -> None:
    """Chao2 with (T-1)/T, by hand: 6 species in 5 surveys, 3 of them once, 1 twice."""
    counts = [5, 3, 2, 1, 1, 1]
    assert hill.chao(counts, units=5) == pytest.approx(6 + 4 / 5 * 9 / 2)
    assert hill.coverage(counts, units=5) == pytest.approx(1 - 3 / 13 * (4 * 3 / (4 * 3 + 2)))
    with pytest.raises(ValueError, match="more surveys than there are"):
        hill.chao(counts, units=4)


def test_edges() -> None:
    assert hill.hill([], 1) == 0.0
    assert hill.chao([]) == 0.0
    assert np.isnan(hill.asymptotic([0, 0], 1))
    assert hill.coverage([4, 3]) == 1.0
    assert hill.coverage([1]) == 0.0
    assert hill.coverage([1, 1, 1], units=1) == 0.0  # one survey says nothing about what it missed
    assert np.isnan(hill.coverage([0]))
    assert hill.chao([5, 1]) == 2.0
    assert np.isnan(hill.evenness([7]))
    assert hill.asymptotic([4, 3], 2, units=4) > hill.hill([4, 3], 2)
    for wrong in ([1.5], [-1], [np.nan]):
        with pytest.raises(ValueError, match="whole numbers"):
            hill.hill(wrong, 0)
        with pytest.raises(ValueError, match="whole numbers"):
            hill.coverage(wrong)
