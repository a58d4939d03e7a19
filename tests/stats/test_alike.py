"""Correlations, groups and effective numbers against numpy, pandas and scipy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.cluster.hierarchy as hierarchy
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import squareform

from kit.stats import cluster


@given(st.integers(0, 10**6), st.integers(2, 12), st.sampled_from([0.0, 0.3, 0.8]))
@settings(deadline=None, max_examples=40)
def test_correlations_as_pandas(seed: int, series: int, missing: float) -> None:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(40, series)) + rng.normal(size=(40, 1)) + 1e5 * np.arange(series)
    values[rng.random(values.shape) < missing] = np.nan
    ours = cluster.correlations(values, 5)
    theirs = pd.DataFrame(values).corr(min_periods=5).to_numpy()
    np.testing.assert_allclose(ours, theirs, atol=1e-8)


@given(st.integers(0, 10**6), st.integers(2, 25))
@settings(deadline=None, max_examples=40)
def test_average_linkage_as_scipy(seed: int, items: int) -> None:
    distance = np.random.default_rng(seed).random(items * (items - 1) // 2)
    ours = cluster.average_linkage(squareform(distance))
    theirs = hierarchy.linkage(distance, "average")
    np.testing.assert_allclose(ours[:, 2:], theirs[:, 2:], atol=1e-12)
    assert (ours[:, :2] == np.sort(theirs[:, :2], axis=1)).all()
    for limit in (0.1, 0.4, 0.7):
        mine, other = cluster.groups(ours, limit), hierarchy.fcluster(theirs, limit, "distance")
        assert ((mine[:, None] == mine) == (other[:, None] == other)).all()


def test_a_series_that_does_not_vary_has_no_correlation() -> None:
    found = cluster.correlations([[1.0, 0.1], [2.0, 0.1], [3.0, 0.1]])
    assert np.isnan(found[0, 1])
    assert found[0, 0] == 1.0


@pytest.mark.parametrize("between", [0.0, 0.5, 0.8])
def test_the_effective_number_is_what_the_variance_of_the_mean_says(between: float) -> None:
    rng = np.random.default_rng(1)
    shared = np.sqrt(between) * rng.normal(size=(200_000, 1))
    values = shared + np.sqrt(1 - between) * rng.normal(size=(200_000, 8))
    found = cluster.effective_number(cluster.correlations(values))
    assert found == pytest.approx(1 / values.mean(axis=1).var(), rel=0.03)
