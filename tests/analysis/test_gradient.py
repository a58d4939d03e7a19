"""Places along a scale: against scipy, by its level, in words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.stats
import xarray as xr

from kit.analysis.gradient import gradient, slope
from kit.errors import AnalysisError, UsageError


def readings(height: np.ndarray, effect: float, seed: int = 0, days: int = 60) -> xr.Dataset:
    """Stations whose level falls with the height, on days that they share."""
    rng = np.random.default_rng(seed)
    values = rng.normal(0, 4, days) + effect * height[:, None] + rng.normal(0, 0.3, len(height))[:, None]
    values = values + rng.normal(0, 0.5, values.shape)
    return xr.Dataset(
        {"temperature": (("station", "time"), values)},
        {
            "station": [f"EE-{k}/roof" for k in range(len(height))],
            "time": pd.date_range("2026-01-01", periods=days, freq="D", unit="us"),
            "elevation": ("station", height),
        },
        {"freq": "1D"},
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_slope_and_chance_as_scipy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=6), rng.normal(size=6)
    found = slope(x, y)
    line = scipy.stats.linregress(x, y)
    assert found.estimate == pytest.approx(line.slope)
    other = scipy.stats.permutation_test(
        (x,), lambda one: scipy.stats.pearsonr(one, y)[0], permutation_type="pairings", n_resamples=np.inf
    )
    assert found.p == pytest.approx(np.mean(np.abs(other.null_distribution) >= abs(other.statistic) - 1e-12))
    for edge in (found.low, found.high):
        inside, outside = edge + 1e-6 * (found.estimate - edge), edge - 1e-6 * (found.estimate - edge)
        assert slope(x, y - inside * x).p > 0.05
        assert slope(x, y - outside * x).p <= 0.05


@pytest.mark.parametrize("stations", [6, 10])
def test_the_level_is_kept(stations: int) -> None:
    rng = np.random.default_rng(stations)
    said = [slope(rng.normal(size=stations), rng.normal(size=stations)).p <= 0.05 for _ in range(400)]
    assert np.mean(said) <= 0.08


def test_gaps_do_not_make_a_gradient_and_the_slope_is_found() -> None:
    ds = readings(np.linspace(0, 300, 9), -0.0065)
    ds["temperature"][0, :25] = np.nan  # the lowest one misses the first days, whatever their weather
    ds["temperature"][:, 25:] += 15
    found = gradient(ds)
    assert found.low < -0.0065 < found.high < 0
    assert found.sentence("en").startswith("Air temperature was ")
    assert "lower for every 100 m of height" in found.sentence("en")
    assert "madalam" in found.sentence("et")
    assert found.smallest_p <= 3 / found.orders
    assert found.n_places == found.n_stations == 9
    parts = gradient(ds, by="weekend")
    assert (set(parts), set(parts.refused)) == ({"Monday to Friday"}, {"weekend"})


def test_any_scale_and_schools_count_once() -> None:
    ds = readings(np.zeros(8), 0.0)
    names = ["EE-A/1", "EE-A/2", "EE-B/1", "EE-C/1", "EE-D/1", "EE-E/1", "EE-F/1", "EE-G/1"]
    ds = ds.assign_coords(station=names)
    town = {"EE-A": 1, "EE-B": 1, "EE-C": 1, "EE-D": 0, "EE-E": 0, "EE-F/1": 0}
    ds["temperature"][:4] += 2
    found = gradient(ds, town)
    assert (found.n_stations, found.n_places) == (7, 6)
    assert found.remarks("en") == ["EE-G/1 was left out: it is not known where it stands along this scale."]
    assert found.slope == pytest.approx(2, abs=1)
    assert found.smallest_p == pytest.approx(found.count / found.orders)


def test_two_small_groups_are_not_told_from_chance_and_the_words_say_so() -> None:
    """Three places and three others: the rarest chance is 2 of 20, so there is no interval of 95 %."""
    ds = readings(np.array([0.0, 0.0, 0.0, 300.0, 300.0, 300.0]), -0.05)
    found = gradient(ds, {str(one): float(place > 2) for place, one in enumerate(ds["station"].values)})
    assert (found.low, found.high, found.smallest_p) == (-np.inf, np.inf, 0.1)
    assert "cannot tell a difference from chance" in found.sentence("en")
    assert all("∞" not in found.sentence(lang) for lang in ("en", "et"))


def test_what_cannot_be_compared_is_said() -> None:
    ds = readings(np.linspace(0, 300, 9), 0)
    with pytest.raises(UsageError, match="elevation, latitude, longitude"):
        gradient(ds, "mood")
    with pytest.raises(AnalysisError, match="here: 0; at least 5"):
        gradient(ds, "latitude")
    with pytest.raises(AnalysisError, match="here: 4; at least 5"):
        gradient(ds.isel(station=slice(0, 4)))
    with pytest.raises(AnalysisError, match="the same along this scale"):
        gradient(ds.assign_coords(elevation=("station", np.full(9, 40.0))))
    half = ds.copy(deep=True)
    half["temperature"][:6, :30] = np.nan
    half["temperature"][6:, 30:] = np.nan
    found = gradient(half)
    assert [text for text in found.remarks("en") if "no days in common" in text] != []
