"""Roses and vector means against openair on London Marylebone Road, and by hand."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rdata
import xarray as xr

from kit.analysis import vector_mean, wind_rose
from kit.errors import AnalysisError, UsageError


def wind(speed: list[float], direction: list[float]) -> xr.Dataset:
    time = pd.date_range("2025-01-01", periods=len(speed), freq="h", unit="us")
    return xr.Dataset(
        {"wind_speed": (("station", "time"), [speed]), "wind_direction": (("station", "time"), [direction])},
        coords={"station": ["EE-A/roof"], "time": time},
        attrs={"freq": "1h"},
    )


@pytest.fixture(scope="session")
def marylebone(field_data: Path) -> pd.DataFrame:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = rdata.read_rda(field_data / "air/openair_mydata.rda")["mydata"]
    return pd.DataFrame({
        "date": pd.to_datetime(table["date"], unit="s"),
        "ws": table["ws"].to_numpy(dtype=float, na_value=np.nan),
        "wd": table["wd"].to_numpy(dtype=float, na_value=np.nan),
    })  # fmt: skip


@pytest.mark.fielddata
def test_sectors_as_openair(field_data: Path, marylebone: pd.DataFrame) -> None:
    """openair's shares are of all hours with a speed, also those without a direction; counts are compared."""
    known = pd.read_csv(field_data / "known/reference_values/openair_windrose_pollutionrose.csv")
    known = known[(known["rose"] == "windRose") & (known["angle"] == 30)]
    found = wind_rose(wind(marylebone["ws"].tolist(), marylebone["wd"].tolist()), sectors=12)
    by_speed = int(marylebone["ws"].notna().sum())
    assert by_speed == 64901
    shares = known[known["wd"] >= 0].groupby("wd")["pct"].sum() / 100 * by_speed
    mine = found.rose.assign(wd=found.rose["sector"].replace(0.0, 360.0)).set_index("wd")["n"]
    pd.testing.assert_series_equal(
        mine.astype(float).sort_index(),
        shares.sort_index(),
        check_names=False,
        check_index_type=False,
        rtol=1e-9,
    )
    calm = int((marylebone["ws"] == 0).sum())
    assert calm == known.loc[known["wd"] == -999, "sector_count"].iloc[0]
    assert found.calms == pytest.approx(calm / found.n)
    assert found.rose["share"].sum() + found.calms == pytest.approx(1)


@pytest.mark.fielddata
def test_monthly_vector_means_as_openair(field_data: Path, marylebone: pd.DataFrame) -> None:
    known = pd.read_csv(
        field_data / "known/reference_values/openair_timeaverage_month.csv", parse_dates=["date"]
    )
    known = known[(known["column"] == "wd") & (known["data_thresh"] == 0)].set_index("date")["value"]
    months = marylebone.groupby(marylebone["date"].dt.to_period("M"))
    assert len(known) == 90
    for month, part in months:
        direction, _ = vector_mean(part["wd"], part["ws"])
        assert direction == pytest.approx(known[month.to_timestamp()], abs=1e-9)


def test_north_is_one_direction_and_calms_have_none() -> None:
    found = wind_rose(wind([2.0, 2.0, 4.0, 0.0, np.nan, 3.0], [0.0, 360.0, 350.0, 180.0, 90.0, np.nan]))
    assert (
        found.n == 4
    )  # a calm needs no direction; a speed without direction and a direction alone do not count
    assert found.rose["n"].tolist() == [3] + [0] * 15
    assert found.rose.loc[0, "mean_speed"] == pytest.approx(8 / 3)
    assert found.calms == 0.25
    assert found.speed == 2.0
    assert found.completeness == pytest.approx(4 / 6)
    assert "from the north (75 % of the time); it was calm 25 %" in found.sentence("en")
    assert "põhi" in found.sentence("et")


def test_vector_means_by_hand() -> None:
    assert (
        vector_mean([350.0, 10.0])[0] == pytest.approx(0.0, abs=1e-9) or vector_mean([350.0, 10.0])[0] > 359.9
    )
    assert vector_mean([0.0, 90.0], [1.0, 1.0]) == pytest.approx((45.0, np.sqrt(0.5)))
    assert vector_mean([0.0, 90.0], [3.0, 0.0])[0] == pytest.approx(0.0)
    assert np.isnan(vector_mean([0.0, 180.0])[0])
    assert np.isnan(vector_mean([np.nan], [1.0])[0])


def test_errors_say_what_is_missing() -> None:
    with pytest.raises(AnalysisError, match="Not measured here: wind direction"):
        wind_rose(wind([1.0], [2.0]).drop_vars("wind_direction"))
    with pytest.raises(AnalysisError, match="No time here"):
        wind_rose(wind([np.nan], [np.nan]))
    with pytest.raises(UsageError, match="4 to 36"):
        wind_rose(wind([1.0], [2.0]), sectors=2)
    assert "calm all the time" in wind_rose(wind([0.0], [0.0])).sentence("en")
