"""Which stations move together: groups found again, and what must not make stations alike."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from kit.analysis import trend
from kit.analysis.similarity import distances, similarity
from kit.errors import AnalysisError, UsageError


def readings(values: np.ndarray, **coordinates: list[float] | list[str]) -> xr.Dataset:
    names = [f"EE-{chr(65 + s)}/roof" for s in range(len(values))]
    time = pd.date_range("2025-01-01", periods=values.shape[1], freq="D", unit="us")
    return xr.Dataset(
        {"pm25": (("station", "time"), values)},
        {"station": names, "time": time, **{k: ("station", v) for k, v in coordinates.items()}},
        {"freq": "1D"},
    )


def two_groups(seed: int = 0, days: int = 300) -> np.ndarray:
    rng = np.random.default_rng(seed)
    weather = rng.normal(size=(2, days)) * 3
    return weather[[0, 0, 0, 1, 1, 1]] + rng.normal(size=(6, days))


def test_groups_are_found_in_words() -> None:
    found = similarity(readings(two_groups()))
    assert found.table["group"].tolist() == [1, 1, 1, 2, 2, 2]
    assert found.n_groups == 2
    assert found.mean_correlation == pytest.approx(0.9 * 6 / 15, abs=0.06)
    assert found.matrix.shape == (6, 6)
    assert "They fall into 2 groups." in found.sentence("en")
    assert "rühma" in found.sentence("et")
    assert found.to_dict("en")["effective"] < 6


def test_season_trend_and_level_do_not_make_stations_alike() -> None:
    rng = np.random.default_rng(2)
    day = np.arange(730)
    shared = 20 * np.cos(2 * np.pi * day / 365) + 0.02 * day
    found = similarity(readings(shared + rng.normal(size=(5, 730)) + np.arange(5)[:, None] * 100))
    assert abs(found.mean_correlation) < 0.1
    assert found.n_groups == 5
    assert found.effective > 3.5
    assert "did not go up and down together" in found.sentence("en")


def test_a_station_of_its_own_is_named() -> None:
    values = two_groups()[:3]
    values[2] = np.random.default_rng(9).normal(size=300)
    found = similarity(readings(values))
    assert "Like no other station: EE-C/roof." in found.sentence("en")
    parts = similarity(readings(values), by="season")
    assert list(parts) == ["winter", "spring", "summer", "autumn"]


def test_gaps_copies_indoors_and_stuck_devices() -> None:
    values = two_groups()
    values[1] = values[0]
    values[2] = 7.0
    values[4, 20:] = np.nan
    found = similarity(readings(values, exposure=["roof"] * 5 + ["indoor"]))
    assert found.table["station"].tolist() == ["EE-A/roof", "EE-D/roof"]
    assert len(found.notes) == 4
    values[3, :150] = np.nan
    values[:2, 150:] = np.nan
    with pytest.raises(AnalysisError, match="here: 1; at least 2"):
        similarity(readings(values, exposure=["roof"] * 5 + ["indoor"]))
    with pytest.raises(UsageError, match="between 0 and 1"):
        similarity(readings(two_groups()), alike=2)


def test_distances() -> None:
    """A degree of latitude is 111.2 km on a sphere of 6,371 km."""
    ds = readings(two_groups()[:3], latitude=[58.0, 59.0, np.nan], longitude=[26.0, 26.0, 26.0])
    found = distances(ds, [str(one) for one in ds["station"].values])
    assert found[0, 1] == pytest.approx(6371 * np.pi / 180)
    assert np.isnan(found[0, 2])


def test_a_joint_trend_says_how_many_independent_stations_it_is_worth() -> None:
    rng = np.random.default_rng(3)
    time = pd.date_range("2015-01-01", periods=96, freq="MS", unit="us")
    season = 5 * np.cos(2 * np.pi * np.arange(96) / 12) + np.arange(96) / 24
    for between, least, most in ((0.0, 5.5, 8.0), (0.8, 1.0, 1.6)):
        noise = np.sqrt(between) * rng.normal(size=96) + np.sqrt(1 - between) * rng.normal(size=(8, 96))
        ds = xr.Dataset(
            {"pm25": (("station", "time"), season + noise)},
            {"station": [f"EE-{k}/roof" for k in range(8)], "time": time},
            {"freq": "1MS"},
        )
        found = trend(ds)
        assert least <= found.effective <= most
        assert "Independent stations that would say as much" in found.scope("en")
    assert trend(ds.isel(station=[0])).effective == 1.0
