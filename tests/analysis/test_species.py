"""Counts of species against vegan, iNEXT and enumeration."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rdata

from kit.analysis import species


@pytest.fixture(scope="session")
def reference(field_data: Path) -> Path:
    return field_data / "known/reference_values"


@pytest.fixture(scope="session")
def communities(field_data: Path) -> dict[str, pd.DataFrame]:
    folder = field_data / "known/vegan"
    return {name: rdata.read_rda(folder / f"{name}.rda")[name] for name in ("BCI", "dune")}


@pytest.fixture(scope="session")
def girdled(field_data: Path) -> list[int]:
    found = json.loads((field_data / "known/inext/spider.json").read_text())["Girdled"]
    return [int(x) for x in found]


@pytest.mark.fielddata
def test_indices_as_vegan(communities: dict[str, pd.DataFrame], reference: Path) -> None:
    known = pd.read_csv(reference / "vegan_alpha_diversity.csv")
    assert len(known) == 70
    for row in known.itertuples():
        counts = communities[row.dataset].iloc[int(row.site) - 1].to_numpy(dtype=float)
        assert counts.sum() == row.N
        assert species.hill(counts, 0) == row.S == row.hill_q0
        assert species.shannon(counts) == pytest.approx(row.shannon_ln, rel=1e-12)
        assert species.simpson(counts) == pytest.approx(row.simpson_1_D, rel=1e-12)
        assert species.hill(counts, 1) == pytest.approx(row.hill_q1, rel=1e-12)
        assert species.hill(counts, 2) == pytest.approx(row.hill_q2, rel=1e-12)
        if np.isfinite(row.chao1):
            assert species.chao1(counts, "bias-corrected") == pytest.approx(row.chao1, rel=1e-12)
            assert species.rarefied(counts, row.rarefy_n) == pytest.approx(row.rarefied_S, rel=1e-10)


@pytest.mark.fielddata
def test_mao_tau_as_vegan(communities: dict[str, pd.DataFrame], reference: Path) -> None:
    known = pd.read_csv(reference / "vegan_specaccum_exact_BCI.csv")
    plots = communities["BCI"].to_numpy()
    held = (plots > 0).sum(axis=0)
    for row in known.itertuples():
        assert species.mao_tau(held, len(plots), row.sites) == pytest.approx(row.richness, rel=1e-10)


@pytest.mark.fielddata
def test_spider_as_inext(girdled: list[int], reference: Path) -> None:
    known = pd.read_csv(reference / "inext_spider_AsyEst.csv").set_index("Diversity")
    assert species.chao1(girdled) == pytest.approx(known.loc["Species richness", "Estimator"], rel=1e-12)
    assert species.chao1(girdled, "classic") == pytest.approx(44.0)
    for q, name in enumerate(known.index):
        assert species.hill(girdled, q) == pytest.approx(known.loc[name, "Observed"], rel=1e-12)
    info = pd.read_csv(reference / "inext_spider_DataInfo.csv").iloc[0]
    assert round(species.coverage(girdled), 4) == info["SC"]
    assert species.good_coverage(girdled) == pytest.approx(1 - 12 / 168)


@pytest.mark.fielddata
def test_smaller_samples_as_inext(girdled: list[int], reference: Path) -> None:
    known = pd.read_csv(reference / "inext_spider_size_based.csv")
    known = known[known["Method"] != "Extrapolation"]
    assert len(known) > 50
    for row in known.rename(columns={"Order.q": "order"}).itertuples():
        assert species.rarefied_hill(girdled, row.m, row.order) == pytest.approx(row.qD, rel=1e-9)
        assert species.coverage(girdled, row.m) == pytest.approx(row.SC, rel=1e-9)
    at_100 = pd.read_csv(reference / "inext_spider_estimateD_n100.csv")
    for q, value in enumerate(at_100["qD"]):
        assert species.rarefied_hill(girdled, 100, q) == pytest.approx(value, rel=1e-9)


def test_rarefaction_is_the_mean_over_all_draws() -> None:
    individuals = list("aaabbcd")
    for m in range(1, 7):
        draws = [len(set(draw)) for draw in combinations(individuals, m)]
        assert species.rarefied([3, 2, 1, 1], m) == pytest.approx(np.mean(draws))
    half = species.rarefied([3, 2, 1, 1], 2.5)
    assert half == pytest.approx((species.rarefied([3, 2, 1, 1], 2) + species.rarefied([3, 2, 1, 1], 3)) / 2)


def test_edges() -> None:
    assert species.hill([], 1) == 0.0
    assert species.coverage([4, 3]) == 1.0
    assert np.isnan(species.coverage([0]))
    assert species.chao1([5, 1]) == 2.0
    with pytest.raises(ValueError, match="whole numbers"):
        species.hill([1.5], 0)
    with pytest.raises(ValueError, match="only makes samples smaller"):
        species.rarefied([2, 1], 4)
