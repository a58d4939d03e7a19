"""Maps against geometry, scipy's monotone regression and its optimiser."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import isotonic_regression, minimize
from scipy.spatial.distance import pdist, squareform
from scipy.stats import spearmanr

from kit.stats.ordination import isotonic, nmds, pcoa


@settings(deadline=None)
@given(st.lists(st.floats(-100, 100), min_size=1, max_size=40))
def test_isotonic_as_scipy(values: list[float]) -> None:
    assert isotonic(values) == pytest.approx(isotonic_regression(values).x, abs=1e-9)


def test_principal_coordinates_give_back_the_distances() -> None:
    places = np.random.default_rng(2).standard_normal((9, 3))
    apart = squareform(pdist(places))
    found = pcoa(apart, axes=3)
    assert squareform(pdist(found.points)) == pytest.approx(apart)
    assert found.share.sum() == pytest.approx(1)
    assert found.negative == pytest.approx(0, abs=1e-12)
    assert (np.diff(found.share) <= 0).all()
    centred = places - places.mean(axis=0)
    variances = np.linalg.svd(centred, compute_uv=False) ** 2
    assert found.share == pytest.approx(variances / variances.sum())


def test_distances_that_fit_into_no_space_say_so() -> None:
    """A middle that is 1 from each of four places which are 2 apart from each other: no space has that."""
    apart = 2.0 * (1 - np.eye(5))
    apart[0, 1:] = apart[1:, 0] = 1.0
    assert pcoa(apart).negative > 0.01


def stress(flat: np.ndarray, wanted: np.ndarray) -> float:
    apart = pdist(flat.reshape(-1, 2))
    order = np.lexsort((apart, wanted))
    target = isotonic_regression(apart[order]).x
    return float(np.sqrt(((apart[order] - target) ** 2).sum() / (apart**2).sum()))


def test_scaling_finds_no_worse_a_map_than_a_general_optimiser() -> None:
    rng = np.random.default_rng(5)
    wanted = pdist(rng.poisson(1.5, (7, 6)), "braycurtis")
    found = nmds(squareform(wanted))
    assert found.stress == pytest.approx(stress(found.points, wanted), abs=1e-6)
    others = [minimize(stress, rng.standard_normal(14), (wanted,), method="Powell").fun for _ in range(3)]
    assert found.stress <= min(others) + 0.005


def test_only_the_order_counts() -> None:
    """A map of points is found again from the ranks of their distances alone."""
    places = np.random.default_rng(6).standard_normal((15, 2))
    apart = squareform(pdist(places))
    found = nmds(apart**3)
    assert found.stress < 0.01
    assert spearmanr(pdist(found.points), pdist(places)).statistic > 0.999
    again = nmds(apart)
    assert again.points == pytest.approx(found.points, abs=0.05)
    assert nmds(apart).points.tolist() == again.points.tolist()
    assert found.points.mean(axis=0) == pytest.approx([0, 0], abs=1e-9)


def test_few_equal_and_wrong_distances() -> None:
    assert pcoa([[0.0]]).points.tolist() == [[0.0, 0.0]]
    assert np.isfinite(nmds([[0.0, 1.0], [1.0, 0.0]]).points).all()
    same = nmds(np.zeros((4, 4)))
    assert np.isfinite(same.points).all()
    for wrong in ([[0.0, 1.0]], [[0.0, 1.0], [2.0, 0.0]], [[1.0]], [[0.0, np.nan], [np.nan, 0.0]]):
        with pytest.raises(ValueError, match="distances are"):
            pcoa(wrong)
