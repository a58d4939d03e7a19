"""The trend without each school: the same as the trend of the others."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from kit.analysis import trend
from kit.analysis.influence import influence
from kit.errors import AnalysisError


def readings(slopes: list[float], names: list[str], years: int = 7, seed: int = 0) -> xr.Dataset:
    rng = np.random.default_rng(seed)
    time = pd.date_range("2015-01-01", periods=12 * years, freq="MS", unit="us")
    t = np.arange(len(time)) / 12
    shared = 10 + 3 * np.cos(2 * np.pi * t) + rng.normal(0, 0.5, len(time))
    values = np.array([shared + slope * t + rng.normal(0, 0.3, len(time)) for slope in slopes])
    return xr.Dataset(
        {"pm25": (("station", "time"), values)}, {"station": names, "time": time}, {"freq": "1MS"}
    )


NAMES = ["EE-A/1", "EE-A/2", "EE-B/1", "EE-C/1", "EE-D/1"]


def test_each_row_is_the_trend_of_the_others() -> None:
    ds = readings([-0.2, -0.2, -0.3, -0.4, -0.3], NAMES)
    found = influence(ds)
    assert found.n_schools == 4
    for _, row in found.table.iterrows():
        rest = [name for name in NAMES if not name.startswith(f"{row['school']}/")]
        other = trend(ds.sel(station=rest))
        assert (row["slope"], row["low"], row["high"]) == (other.slope, other.low, other.high)
    assert found.table["difference"].abs().is_monotonic_decreasing
    assert not found.table["changes"].any()
    assert "the answer is the same" in found.sentence("en")
    assert "vastus sama" in found.sentence("et")
    assert found.to_dict("en")["schools"][0]["n_stations"] in (1, 2)


def test_a_school_that_decides_is_named() -> None:
    ds = readings([3.0, 3.0, 0.0, 0.0, 0.0], ["EE-A/1", "EE-A/2", "EE-A/3", "EE-B/1", "EE-C/1"])
    ds["pm25"][2] = ds["pm25"][0] + np.random.default_rng(3).normal(0, 0.2, ds.sizes["time"])
    found = influence(ds)
    assert found.direction == "up"
    assert found.table["school"].iloc[0] == "EE-A"
    assert "The answer changes without EE-A." in found.sentence("en")


def test_one_school_cannot_be_left_out() -> None:
    ds = readings([1.0, 1.0], ["EE-A/1", "EE-A/2"])
    with pytest.raises(AnalysisError, match="long enough records: 1; at least two"):
        influence(ds)
    with pytest.raises(AnalysisError, match="Too short"):
        influence(readings([1.0, 1.0], ["EE-A/1", "EE-B/1"], years=3))
