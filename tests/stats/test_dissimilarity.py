"""Dissimilarities against vegan and scipy."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rdata
from scipy.spatial.distance import pdist, squareform

from kit.stats.dissimilarity import bray_curtis, expected_jaccard, jaccard


@pytest.mark.fielddata
def test_dune_as_vegan(field_data: Path) -> None:
    dune = rdata.read_rda(field_data / "known/vegan/dune.rda")["dune"].to_numpy(dtype=float)
    folder = field_data / "known/reference_values"
    bray, quantitative = (
        pd.read_csv(folder / f"vegan_vegdist_{name}_dune.csv", index_col=0).to_numpy()
        for name in ("bray", "jaccard")
    )
    assert bray_curtis(dune) == pytest.approx(bray, rel=1e-12)
    found = jaccard(dune, binary=False)
    binary = jaccard(dune, binary=True)
    known = quantitative if np.allclose(found, quantitative) else binary
    assert known == pytest.approx(quantitative, rel=1e-12)
    assert known is quantitative, "the reference is of numbers, not of presences"


def test_as_scipy() -> None:
    table = np.random.default_rng(1).poisson(1.2, (12, 7)).astype(float) + np.eye(12, 7)
    assert bray_curtis(table) == pytest.approx(squareform(pdist(table, "braycurtis")))
    assert jaccard(table, binary=True) == pytest.approx(squareform(pdist(table > 0, "jaccard")))


def test_expected_jaccard_is_near_the_mean_over_all_lists() -> None:
    """Exact where chances are 0 and 1; else the ratio of means, within 0.02 of the mean of ratios."""
    sure = np.array([[1.0, 0, 1, 1], [0, 1.0, 1, 0]])
    assert expected_jaccard(sure) == pytest.approx(jaccard(sure, binary=True))
    p = np.array([[0.9, 0.6, 0.2, 0.8, 0.5], [0.7, 0.1, 0.6, 0.9, 0.5]])
    mean, weight = 0.0, 0.0
    for lists in product((0, 1), repeat=10):
        one = np.array(lists).reshape(2, 5)
        chance = float(np.where(one == 1, p, 1 - p).prod())
        if one.any():
            weight += chance
            mean += chance * (1 - (one.all(axis=0).sum() / one.any(axis=0).sum()))
    assert expected_jaccard(p)[0, 1] == pytest.approx(mean / weight, abs=0.02)


def test_nothing_and_nonsense() -> None:
    assert np.isnan(bray_curtis([[0, 0], [0, 0]])[0, 1])
    assert bray_curtis([[0, 0], [1, 0]])[0, 1] == 1.0
    assert bray_curtis(np.empty((0, 3))).shape == (0, 0)
    for wrong in ([[-1.0, 2.0]], [[np.nan, 1.0]]):
        with pytest.raises(ValueError, match="at least 0"):
            bray_curtis(wrong)
