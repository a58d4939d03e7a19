"""Curves of species against iNEXT, vegan and the enumeration of all draws."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rdata
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.stats import drawing, hill
from kit.stats import rarefaction as rare
from kit.stats.hill import rows


@pytest.fixture(scope="session")
def girdled(field_data: Path) -> list[int]:
    found = json.loads((field_data / "known/inext/spider.json").read_text())["Girdled"]
    return [int(x) for x in found]


@pytest.mark.fielddata
def test_curves_as_inext(girdled: list[int], field_data: Path) -> None:
    """Points to 1e-9; limits, which come from other random draws (50 of them there), within a third."""
    folder = field_data / "known/reference_values"
    by_size = pd.read_csv(folder / "inext_spider_size_based.csv")
    by_coverage = pd.read_csv(folder / "inext_spider_coverage_based.csv")
    found = rare.curves(girdled, replicates=400)
    for i, q in enumerate((0, 1, 2)):
        known, other = (table[table["Order.q"] == q] for table in (by_size, by_coverage))
        assert found.sizes.tolist() == known["m"].tolist()
        assert found.species[i] == pytest.approx(known["qD"].to_numpy(), rel=1e-9)
        assert found.coverage == pytest.approx(known["SC"].to_numpy(), rel=1e-9)
        wide = (known["qD.UCL"] - known["qD"]).to_numpy()[1:]
        assert (found.high - found.species)[i, 1:] == pytest.approx(wide, rel=0.33)
        wide = (other["qD.UCL"] - other["qD"]).to_numpy()
        assert (found.high_at_coverage - found.species)[i] == pytest.approx(wide, rel=0.33)
        wide = (known["SC"] - known["SC.LCL"]).to_numpy()
        assert found.coverage - found.coverage_low == pytest.approx(wide, rel=0.33)
    known = pd.read_csv(folder / "inext_spider_AsyEst.csv")
    assert found.asymptote_low[0] == known["LCL"][0] == 26
    assert found.asymptote_high == pytest.approx(known["UCL"].to_numpy(), rel=0.15)


@pytest.mark.fielddata
def test_equal_coverage_as_inext(girdled: list[int], field_data: Path) -> None:
    """iNEXT searches the size to 2e-5 of it; at its size all numbers are the same."""
    known = pd.read_csv(field_data / "known/reference_values/inext_spider_estimateD_C0.9.csv")
    sample, size = rows(girdled), float(known["m"][0])
    assert rare.size_at(sample, 0.9) == pytest.approx(size, abs=1e-4)
    assert rare.coverage_at(sample, [size])[0, 0] == pytest.approx(known["SC"][0], rel=1e-9)
    at_100 = pd.read_csv(field_data / "known/reference_values/inext_spider_estimateD_n100.csv")
    for q in (0, 1, 2):
        assert rare.species_at(sample, [size], q)[0, 0] == pytest.approx(known["qD"][q], rel=1e-9)
        assert rare.species_at(sample, [100], q)[0, 0] == pytest.approx(at_100["qD"][q], rel=1e-9)


@pytest.mark.fielddata
def test_rarefied_species_as_vegan(field_data: Path) -> None:
    known = pd.read_csv(field_data / "known/reference_values/vegan_alpha_diversity.csv")
    folder = field_data / "known/vegan"
    communities = {name: rdata.read_rda(folder / f"{name}.rda")[name] for name in ("BCI", "dune")}
    for row in known[np.isfinite(known["rarefied_S"])].itertuples():
        counts = communities[row.dataset].iloc[int(row.site) - 1].to_numpy(dtype=float)
        found = rare.species_at(rows(counts), [row.rarefy_n], 0)[0, 0]
        assert found == pytest.approx(row.rarefied_S, rel=1e-10)
    exact = pd.read_csv(field_data / "known/reference_values/vegan_specaccum_exact_BCI.csv")
    plots = communities["BCI"].to_numpy() > 0
    found = rare.species_at(rows(plots.sum(axis=0), len(plots)), exact["sites"], 0)[0]
    assert found == pytest.approx(exact["richness"].to_numpy(), rel=1e-12)


def drawn_hill(draws: list[np.ndarray], q: float) -> float:
    """Chao et al. (2014): the Hill number of the mean numbers of species found k times, over all draws."""
    held = np.concatenate(draws)
    total = held.sum() / len(draws)
    held = held[held > 0]
    share = held / total
    worth = -share * np.log(share) if q == 1 else share**q
    summed = worth.sum() / len(draws)
    return float(np.exp(summed) if q == 1 else summed ** (1 / (1 - q)))


@pytest.mark.parametrize("q", [0, 0.5, 1, 2, 2.5])
def test_smaller_samples_are_means_over_all_draws(q: float) -> None:
    individuals, counts = np.array([0, 0, 0, 1, 1, 2, 3]), [3, 2, 1, 1]
    for m in range(1, 8):
        draws = [np.bincount(individuals[list(pick)], minlength=4) for pick in combinations(range(7), m)]
        assert rare.species_at(rows(counts), [m], q)[0, 0] == pytest.approx(drawn_hill(draws, q))
    surveys = np.array([[1, 1, 0, 1], [1, 0, 0, 1], [1, 0, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0]])
    for t in range(1, 6):
        draws = [surveys[list(pick)].sum(axis=0) for pick in combinations(range(5), t)]
        found = rare.species_at(rows(surveys.sum(axis=0), 5), [t], q)[0, 0]
        assert found == pytest.approx(drawn_hill(draws, q))


def test_coverage_is_the_chance_that_the_next_find_is_known() -> None:
    """Over all draws of m individuals: the share of what is left whose species was drawn."""
    individuals = [0, 0, 0, 1, 1, 2, 3]
    for m in range(1, 7):
        known = []
        for pick in combinations(range(7), m):
            seen = {individuals[i] for i in pick}
            rest = [individuals[i] for i in range(7) if i not in pick]
            known.append(np.mean([one in seen for one in rest]))
        assert rare.coverage_at(rows([3, 2, 1, 1]), [m])[0, 0] == pytest.approx(np.mean(known))


def test_numbers_between_are_on_a_straight_line() -> None:
    sample = rows([3, 2, 1, 1])
    for q in (0, 1, 2):
        two, half, three = rare.species_at(sample, [2, 2.5, 3], q)[0]
        assert half == pytest.approx((two + three) / 2)
    assert rare.species_at(sample, [0, 0.5], 0)[0] == pytest.approx([0.0, 0.5])
    with pytest.raises(ValueError, match="at least 0"):
        rare.species_at(sample, [-1], 0)


COUNTS = st.lists(st.integers(1, 30), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(COUNTS, st.booleans())
def test_curves_rise_meet_the_sample_and_end_at_the_asymptote(counts: list[int], surveys: bool) -> None:
    units = max(counts) + 1 if surveys else None
    sample = rows(counts, units)
    n = sample.units
    sizes = np.arange(1, 2 * n + 1)
    cover = rare.coverage_at(sample, sizes)[0]
    assert (np.diff(cover) > -1e-9).all()
    assert cover[n - 1] == pytest.approx(hill.coverage(counts, units))
    for q in (0, 1, 2):
        curve = rare.species_at(sample, sizes, q)[0]
        assert (np.diff(curve) > -1e-9).all()
        assert curve[n - 1] == pytest.approx(hill.hill(counts, q))
        far = rare.species_at(sample, [10**9 * n], q)[0, 0]
        assert far <= max(hill.asymptotic(counts, q, units), curve[n - 1]) * (1 + 1e-6)
        whole = hill.asymptotic(counts, q, units)
        if np.isfinite(whole) and whole > curve[n - 1]:
            assert far == pytest.approx(whole, rel=1e-4)


@settings(max_examples=60, deadline=None)
@given(COUNTS, st.floats(0.3, 1.0))
def test_size_at_finds_the_size(counts: list[int], part: float) -> None:
    sample = rows(counts)
    low, high = rare.coverage_at(sample, [1, 2 * sample.units])[0]
    wanted = low + part * (high - low)
    size = rare.size_at(sample, wanted)
    if np.isfinite(size):
        assert rare.coverage_at(sample, [size])[0, 0] >= wanted - 1e-9
    else:
        assert high < wanted + 1e-9


@pytest.mark.parametrize("q", [0.5, 1, 1.5])
def test_large_means_by_moments_are_the_sums(q: float, monkeypatch: pytest.MonkeyPatch) -> None:
    x, units, m = np.array([2_600, 3_000, 40_000]), 50_000, 20_000
    quick = drawing.mean_power(x, units, m, q)
    monkeypatch.setattr(drawing, "LARGE", 1e9)
    assert drawing.mean_power(x, units, m, q) == pytest.approx(quick, rel=1e-9)


def test_replicates_have_the_size_and_the_coverage_of_the_sample() -> None:
    counts = [50, 31, 18, 12, 9, 4, 2, 2, 1, 1, 1, 1]
    drawn, shares = rare.replicated(counts, replicates=500)
    assert drawn.units == sum(counts)
    assert shares.sum() == pytest.approx(1)
    unseen = int(np.ceil(hill.chao(counts) - len(counts)))
    assert len(shares) == len(counts) + unseen
    assert shares[len(counts) :].sum() == pytest.approx(1 - hill.coverage(counts))
    surveys = [9, 7, 4, 2, 2, 1, 1, 1]
    drawn, shares = rare.replicated(surveys, 10, replicates=2000)
    assert drawn.units == 10
    assert drawn.total.mean() == pytest.approx(10 * shares.sum(), rel=0.02)
    assert 10 * shares[8:].sum() == pytest.approx(sum(surveys) * (1 - hill.coverage(surveys, 10)))


def test_reading_coverage_off_a_grid_changes_no_spread() -> None:
    """Against the exact size of every replicate: the standard deviations differ by less than 2 %."""
    counts = [50, 31, 18, 12, 9, 9, 7, 5, 4, 3, 2, 2, 2, *[1] * 10]
    drawn, _ = rare.replicated(counts, replicates=60)
    wanted = np.array([0.6, 0.8, 0.9, 0.93, 0.95])
    fast = np.array(rare.at_coverage(drawn, wanted, (0, 1, 2)))
    exact = np.zeros_like(fast)
    for i in range(60):
        counts = np.repeat(drawn.values, drawn.times[i].astype(int))
        one = rows(counts)
        sizes = [rare.size_at(one, c) for c in wanted]
        for j, q in enumerate((0, 1, 2)):
            exact[j, i] = rare.species_at(one, sizes, q)[0]
    assert fast.std(axis=1) == pytest.approx(exact.std(axis=1), rel=0.02)


def test_a_flock_of_half_a_million_takes_no_time() -> None:
    """One count of a huge flock must not make every curve slow (a sum over each bird would)."""
    found = rare.curves([500_000, 3_000, 40, 7, 2, 2, 1, 1], replicates=20)
    assert found.species[0, -1] > 8
    assert (np.diff(found.species, axis=1) > -1e-6).all()


def test_nothing_found_and_one_find() -> None:
    nothing = rare.curves([0, 0], units=3, replicates=20)
    assert np.isnan(nothing.coverage[-1])
    one = rare.curves([1], replicates=20)
    assert one.species[0].tolist() == [1.0, 1.0]
    assert one.coverage.tolist() == [0.0, 0.0]
    assert np.isinf(rare.size_at(rows([1]), 0.5))
