"""Directions, running means, lines, blocks, surfaces: against scipy, by hand, and by their own laws."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats
from scipy.cluster.hierarchy import leaves_list, linkage

from kit.stats import additive, blocks, surface
from kit.stats.circular import sector_of, sector_weights, vector_mean, vector_means
from kit.stats.clusters import leaf_order
from kit.stats.regression import agreement, lines, orthogonal
from kit.stats.rolling import rolling_mean, runs

NUMBERS = st.floats(-100, 100, allow_nan=False, width=32)


def test_mean_vectors_are_those_of_scipy() -> None:
    rng = np.random.default_rng(3)
    directions = rng.uniform(0, 360, 200)
    mean, length = vector_mean(directions)
    assert mean == pytest.approx(stats.circmean(directions, high=360), abs=1e-9)
    assert 1 - length == pytest.approx(stats.circvar(directions, high=360), abs=1e-12)
    groups = rng.integers(-1, 3, 200)
    found, _ = vector_means(directions, np.ones(200), groups, 3)
    for k in range(3):
        assert found[k] == pytest.approx(vector_mean(directions[groups == k])[0])


@settings(deadline=None)
@given(arrays(float, st.integers(1, 40), elements=st.floats(0, 720)), st.integers(4, 36))
def test_every_direction_is_in_its_sector(directions: np.ndarray, sectors: int) -> None:
    place = sector_of(directions, sectors)
    gap = np.abs((directions - place * 360 / sectors + 180) % 360 - 180)
    assert ((place >= 0) & (place < sectors)).all()
    assert (gap <= 180 / sectors + 1e-6).all()


@pytest.mark.parametrize("sectors", [8, 12, 16, 36])
def test_evenly_spread_tens_make_an_even_rose(sectors: int) -> None:
    tens = np.arange(10.0, 361.0, 10.0)
    counts = np.bincount(sector_of(tens, sectors), minlength=sectors)
    assert counts * sector_weights(tens, sectors) == pytest.approx(np.full(sectors, 36 / sectors))
    assert sector_weights([], sectors).tolist() == [1.0] * sectors


@settings(deadline=None)
@given(
    arrays(float, st.integers(1, 30), elements=st.one_of(NUMBERS, st.just(np.nan))),
    st.integers(1, 9),
    st.sampled_from(["left", "centre", "right"]),
    st.floats(0, 1),
)
def test_running_means_by_the_definition(values: np.ndarray, width: int, align: str, needed: float) -> None:
    found = rolling_mean(values, width, align, needed)  # type: ignore[arg-type]
    before = {"right": width - 1, "left": 0, "centre": (width - 1) // 2}[align]
    for k in range(len(values)):
        window = values[max(k - before, 0) : k - before + width]
        window = window[np.isfinite(window)]
        if len(window) == 0 or len(window) < needed * width - 1e-9:
            assert np.isnan(found[k])
        else:
            assert found[k] == pytest.approx(window.mean(), abs=1e-9)


def test_centred_windows_at_both_ends() -> None:
    """1 to 40 in windows of 8, by hand; openair has 2.5 and 3 at rows 4 and 5, 39 at row 38."""
    found = rolling_mean(np.arange(1.0, 41.0), 8, "centre", 0.75)
    assert found[2:5].tolist() == [4.0, 4.5, 5.5]
    assert found[36:38].tolist() == [37.0, 37.5]


@settings(deadline=None)
@given(st.lists(st.booleans(), max_size=40), st.integers(1, 5))
def test_runs_by_the_definition(above: list[bool], least: int) -> None:
    found = runs(above, least)
    inside = {k for a, b in found for k in range(a, b)}
    assert all(above[k] for k in inside)
    for a, b in found:
        assert b - a >= least
        assert a == 0 or not above[a - 1]
        assert b == len(above) or not above[b]


@settings(deadline=None)
@given(arrays(float, st.tuples(st.integers(4, 40), st.just(2)), elements=NUMBERS))
def test_lines_are_those_of_scipy(pairs: np.ndarray) -> None:
    x, y = pairs.T
    found = lines(np.r_[x, np.nan], np.r_[y, 1.0])
    if np.ptp(x) < 1e-3 or np.ptp(y) < 1e-3:
        return
    known = stats.linregress(x, y)
    assert found.slope[0] == pytest.approx(known.slope, rel=1e-6, abs=1e-9)
    assert found.intercept[0] == pytest.approx(known.intercept, rel=1e-6, abs=1e-6)
    assert found.r2[0] == pytest.approx(known.rvalue**2, rel=1e-6, abs=1e-9)
    assert found.slope_se[0] == pytest.approx(known.stderr, rel=1e-4, abs=1e-6)


def test_the_orthogonal_line_minimises_distances_and_treats_both_alike() -> None:
    rng = np.random.default_rng(8)
    x = rng.normal(20, 8, 300)
    a, b = x + rng.normal(0, 2, 300), 3 + 1.2 * x + rng.normal(0, 2, 300)
    found, turned = orthogonal(a, b), orthogonal(b, a)
    assert found.slope == pytest.approx(1 / turned.slope)

    def distance(slope: float, intercept: float) -> float:
        return float((((b - intercept - slope * a) ** 2) / (1 + slope**2)).sum())

    best = distance(found.slope, found.intercept)
    for shift in (-0.02, 0.02):
        assert best < distance(found.slope + shift, found.intercept - shift * a.mean())
        assert best < distance(found.slope, found.intercept + shift)
    assert found.uncertainty(30.0) > found.uncertainty(30.0, reference=1.0)
    assert np.isnan(orthogonal([1, 1, 1], [1, 2, 3]).slope)


def test_agreement_by_hand() -> None:
    found = agreement([2.0, 4.0, 6.0, np.nan], [1.0, 4.0, 10.0, 5.0])
    assert found["n"] == 3
    assert (found["mb"], found["mge"]) == (1.0, pytest.approx(5 / 3))
    assert found["nmb"] == pytest.approx(0.25)
    assert found["rmse"] == pytest.approx(np.sqrt(17 / 3))
    assert found["coe"] == pytest.approx(1 - 5 / 4)
    assert found["ioa"] == pytest.approx(1 - 5 / 8)
    assert found["fac2"] == 1.0
    assert agreement([1.0, 2.0], [9.0, 9.0])["ioa"] == pytest.approx(2 / 15 - 1)
    assert agreement([], [])["n"] == 0
    nothing_seen = agreement([0.0, 0.0, 2.0, 2.0], [3.0, 0.0, 1.0, 9.0])  # ratios: infinite, none, .5, 4.5
    assert nothing_seen["fac2"] == pytest.approx(1 / 3)


@pytest.mark.fielddata
def test_norris_as_certified_by_nist(field_data: Path) -> None:
    """A calibration of ozone monitors; the certified values stand in the file."""
    text = (field_data / "known/nist_strd/linregress_Norris.dat").read_text().splitlines()
    certified = [float(word) for line in text[30:40] for word in line.split() if "." in word]
    intercept, intercept_se, slope, slope_se, scatter, r2 = certified
    y, x = np.array([line.split() for line in text[60:96]], dtype=float).T
    found = lines(x, y)
    assert found.n[0] == 36
    assert found.slope[0] == pytest.approx(slope, rel=1e-12)
    assert found.intercept[0] == pytest.approx(intercept, rel=1e-10)
    assert found.slope_se[0] == pytest.approx(slope_se, rel=1e-10)
    assert found.intercept_se[0] == pytest.approx(intercept_se, rel=1e-10)
    assert found.scatter[0] == pytest.approx(scatter, rel=1e-10)
    assert found.r2[0] == pytest.approx(r2, rel=1e-13)


def test_intervals_hold_the_mean_of_autocorrelated_hours() -> None:
    """Scenario mean_coverage in short: 120 runs of 30 days, correlation .8 from hour to hour."""
    rng = np.random.default_rng(11)
    hits = []
    for _ in range(120):
        noise = rng.standard_normal(30 * 24) * 0.6
        x = np.empty_like(noise)
        x[0] = noise[0] / 0.6
        for k in range(1, len(x)):
            x[k] = 0.8 * x[k - 1] + noise[k]
        drawn = blocks.blocks_of_days(np.repeat(np.arange(30), 24), x)
        block = drawn.places
        cell = block * 24 + np.tile(np.arange(24), 30)
        shape = (int(block.max()) + 1, 24)
        sums = np.bincount(cell, weights=x).reshape(shape)
        counts = np.bincount(cell).astype(float).reshape(shape)
        low, high = blocks.interval(blocks.influence(sums, counts), beyond=drawn.beyond, runs=299)
        mean = sums.sum(axis=0) / counts.sum(axis=0)
        hits.append(((mean + low <= 0) & (mean + high >= 0)).mean())
    assert 0.92 < np.mean(hits) < 0.985


def test_intervals_need_blocks_and_are_the_same_each_time() -> None:
    few = blocks.interval(np.array([[-0.5], [0.5], [0.0], [0.0]]))
    assert np.isnan(few).all()
    parts = np.random.default_rng(1).normal(size=(12, 3))
    assert np.array_equal(blocks.interval(parts - parts.mean(0)), blocks.interval(parts - parts.mean(0)))


def test_the_surface_finds_a_hill_and_doubts_where_nothing_is() -> None:
    rng = np.random.default_rng(2)
    x, y = rng.uniform(-1, 1, (2, 600))
    z = np.exp(-4 * (x**2 + y**2)) + rng.normal(0, 0.05, 600)
    found = surface.fit(x, y, z, np.ones(600), (-1.0, 1.0))
    value, se = found.at([0.0, 0.9], [0.0, 0.9])
    assert value == pytest.approx(np.exp([0, -4 * 1.62]), abs=0.06)
    assert (se < 0.06).all()
    left = surface.fit(x[x < 0], y[x < 0], z[x < 0], np.ones((x < 0).sum()), (-1.0, 1.0))
    _, doubt = left.at([-0.5, 0.9], [0.0, 0.0])
    assert doubt[1] > 5 * doubt[0]


def test_splines_add_up_to_one() -> None:
    rows = surface.basis(np.linspace(-3, 5, 100), -1, 2, 7)
    assert rows.sum(axis=1) == pytest.approx(np.ones(100))
    assert (rows >= -1e-12).all()


def test_the_additive_model_tells_effects_apart_and_knows_when_there_are_none() -> None:
    rng = np.random.default_rng(4)
    n = 3000
    hour, temperature = rng.uniform(0, 24, n), rng.normal(10, 8, n)
    block = np.arange(n) // 60 % 6
    terms = [additive.circle("hour", hour, 24.0), additive.curve("temperature", temperature)]
    truth = np.sin(hour / 24 * 2 * np.pi) + 0.002 * (temperature - 10) ** 2
    found = additive.fit(truth + rng.normal(0, 0.3, n), terms, block)
    assert np.corrcoef(found.parts["hour"], np.sin(hour / 24 * 2 * np.pi))[0, 1] > 0.999
    assert found.skill == pytest.approx(1 - 0.09 / (truth.var() + 0.09), abs=0.03)
    nothing = additive.fit(rng.normal(0, 1, n), terms, block)
    assert -0.02 < nothing.skill < 0.01


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 9), st.integers(0, 10_000))
def test_groups_stand_together_as_scipy_has_them(size: int, seed: int) -> None:
    table = np.random.default_rng(seed).normal(size=(size, 4))
    order = leaf_order(table)
    assert sorted(order) == list(range(size))
    known = linkage(table, "complete")
    place = {leaf: k for k, leaf in enumerate(order)}
    members: dict[int, list[int]] = {k: [k] for k in range(size)}
    for step, (a, b, *_) in enumerate(known):
        members[size + step] = members[int(a)] + members[int(b)]
        places = sorted(place[leaf] for leaf in members[size + step])
        assert places == list(range(places[0], places[0] + len(places)))
    assert len(leaves_list(known)) == size
