"""The second opinion: the same readings as the joint trend, its words, and when the two do not agree."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from kit.analysis.mixed import mixed_trend
from kit.analysis.trend import trend
from kit.errors import AnalysisError, UsageError


def readings(
    slope: float = -0.5, stations: int = 4, years: int = 6, seed: int = 0, **coordinates: list[str]
) -> xr.Dataset:
    rng = np.random.default_rng(seed)
    time = pd.date_range("2018-01-01", periods=12 * years, freq="MS", unit="us")
    t = np.arange(12 * years) / 12
    shared = 10 + 3 * np.cos(2 * np.pi * t) + slope * t + rng.normal(0, 1, len(t))
    values = shared + 4 * np.arange(stations)[:, None] + rng.normal(0, 0.5, (stations, len(t)))
    names = [f"EE-{chr(65 + s)}/roof" for s in range(stations)]
    places = {"exposure": ["roof"] * stations, "region": ["EE-79"] * stations, **coordinates}
    return xr.Dataset(
        {"pm25": (("station", "time"), values)},
        {"station": names, "time": time, **{key: ("station", value) for key, value in places.items()}},
        {"freq": "1M", "dataset_version": "3f9ac2d41b07", "rules": 1},
    )


def test_both_ways_say_the_same() -> None:
    ds = readings()
    found, plain = mixed_trend(ds), trend(ds)
    assert found.other.slope == plain.slope
    assert (found.n, found.n_stations, found.years, found.version) == (288, 4, 6, "3f9ac2d41b07/1")
    assert found.agrees
    assert (found.direction, found.region) == ("down", "EE-79")
    assert found.low < -0.5 < found.high < 0
    assert 0.5 < found.shared < 0.95
    text = found.sentence("en")
    assert f"fell by {-found.slope:.2f} µg/m³ a year from 2018 to 2023" in text
    assert f"rises and falls gives −{-plain.slope:.2f} µg/m³ a year (−{-plain.low:.2f}" in text
    assert text.endswith("the two ways agree.")
    assert "kaks viisi ütlevad sama" in found.sentence("et")
    assert f"{round(100 * found.shared)} % of the ups and downs" in found.remarks("en")[0]
    record = found.to_dict("en")
    assert (record["agrees"], record["other"]["kind"]) == (True, "TrendResult")
    assert list(found.table["station"]) == [f"EE-{one}/roof" for one in "ABCD"]
    assert "very high" in found.caution("en")


def test_a_few_extreme_values_part_the_two() -> None:
    ds = readings(slope=0.0)
    ds["pm25"][:, -2:] += 300.0
    found = mixed_trend(ds)
    assert found.slope > 5 * abs(found.other.slope)
    assert not found.agrees
    assert "do not agree" in found.sentence("en")


def test_the_same_rules_as_the_trend() -> None:
    indoors = readings(exposure=["roof", "indoor", "roof", "roof"])
    found = mixed_trend(indoors)
    assert found.n_stations == 3
    assert "indoors" in found.remarks("en")[0]
    assert list(mixed_trend(readings(), by="region")) == ["EE-79"]
    summer = mixed_trend(readings(), months=(6, 7, 8))
    assert (summer.n, summer.months) == (72, (6, 7, 8))
    alone = mixed_trend(readings(stations=1))
    assert (alone.n_stations, alone.shared, alone.own) == (1, 0.0, 0.0)
    with pytest.raises(AnalysisError, match="Too short for a trend"):
        mixed_trend(readings(years=4))
    with pytest.raises(UsageError, match="Months are numbers"):
        mixed_trend(readings(), months=(13,))


def test_gaps_and_late_stations() -> None:
    ds = readings(slope=0.0, years=9)
    values = ds["pm25"].values
    rng = np.random.default_rng(1)
    values[rng.random(values.shape) < 0.05] = np.nan
    values[0, :36] = np.nan
    values[0] += 40
    values[3, -36:] = np.nan
    found = mixed_trend(ds)
    assert found.n_stations == 4
    assert found.low < 0 < found.high
    assert found.direction == "unclear"
    assert "no clear trend" in found.sentence("en")
