"""The air analyses against openair itself, on its own data (known/reference_values/openair-notes.md)."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rdata
import xarray as xr

from kit.analysis import (
    air_statistics,
    averages,
    correlation,
    linear_relation,
    polar,
    rolling,
    variation,
    wind_rose,
)
from kit.stats.kendall import theil_sen
from kit.stats.regression import lines

pytestmark = pytest.mark.fielddata
NAMES = {"ws": "wind_speed", "wd": "wind_direction"}


@pytest.fixture(scope="module")
def table(field_data: Path) -> pd.DataFrame:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        raw = rdata.read_rda(field_data / "air/openair_mydata.rda")["mydata"]
    found = {name: raw[name].to_numpy(dtype=float, na_value=np.nan) for name in raw.columns if name != "date"}
    return pd.DataFrame(found, index=pd.to_datetime(raw["date"], unit="s"))


@pytest.fixture(scope="module")
def road(table: pd.DataFrame) -> xr.Dataset:
    time = table.index.to_numpy().astype("datetime64[us]")
    values = {NAMES.get(name, name): (("station", "time"), [table[name].to_numpy()]) for name in table}
    return xr.Dataset(values, {"station": ["GB-M/road"], "time": time}, {"freq": "1h"})


def known(field_data: Path, name: str) -> pd.DataFrame:
    found = pd.read_csv(field_data / f"known/reference_values/openair_{name}.csv")
    return found.assign(date=pd.to_datetime(found["date"])) if "date" in found else found


@pytest.mark.parametrize("period", ["month", "year"])
@pytest.mark.parametrize("column", ["no2", "o3", "ws", "wd"])
@pytest.mark.parametrize("needed", [0, 75])
def test_averages(field_data: Path, road: xr.Dataset, period: str, column: str, needed: int) -> None:
    """Only the last, unfinished period differs: openair counts it as whole (its note 2)."""
    said = known(field_data, f"timeaverage_{period}")
    said = said[(said["column"] == column) & (said["data_thresh"] == needed)].set_index("date")["value"]
    found = averages(road, period, NAMES.get(column, column), needed=needed / 100).table.set_index("time")[
        "mean"
    ]
    assert len(found) == len(said)
    whole = said.index[:-1] if needed else said.index
    np.testing.assert_allclose(found[whole], said[whole], atol=1e-9, rtol=0)
    assert period == "month" or needed == 0 or pd.isna(found.iloc[-1])


@pytest.mark.parametrize(
    ("over", "panel"),
    [("hour", "hour"), ("weekday", "day"), ("month", "month"), ("hour-weekday", "day.hour")],
)
def test_variation(field_data: Path, road: xr.Dataset, over: str, panel: str) -> None:
    said = known(field_data, "timevariation")
    said = said[said["panel"] == panel]
    if panel == "day.hour":
        days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
        said = said.assign(place=said["weekday"].map(days.index) * 24 + said["hour"]).sort_values("place")
    found = variation(road, over, "o3").table
    np.testing.assert_allclose(found["mean"], said["mean"], atol=1e-9, rtol=0)
    assert (found["low"] < found["mean"]).all()
    assert (found["high"] > found["mean"]).all()
    # openair draws single hours, so its intervals are narrower
    assert (found["high"] - found["low"]).mean() > (said["upper"] - said["lower"]).mean()


@pytest.mark.parametrize(("sectors", "angle"), [(12, 30.0), (8, 45.0), (16, 22.5)])
def test_roses_with_classes(field_data: Path, road: xr.Dataset, sectors: int, angle: float) -> None:
    """openair's percentages are of the 64,901 hours with a speed; tens of degrees are evened out."""
    said = known(field_data, "windrose_pollutionrose")
    said = said[(said["angle"] == angle) & (said["wd"] >= 0)].sort_values(["wd", "interval"])
    found = wind_rose(road, sectors=sectors)
    classes = found.classes.assign(wd=found.classes["sector"].replace(0.0, 360.0))
    weight = classes["sector"].map(found.rose.set_index("sector")["weight"])
    classes = classes.assign(pct=100 * classes["n"] * weight / 64901).sort_values(["wd", "above"])
    np.testing.assert_allclose(classes["pct"], said["pct"], atol=1e-9, rtol=0)
    assert found.classes["share"].sum() + found.calms == pytest.approx(1)


@pytest.mark.parametrize("statistic", ["frequency", "mean"])
def test_polar_bins(field_data: Path, road: xr.Dataset, statistic: str) -> None:
    """openair has 0 and 360 degrees apart and counts calms with a direction (its notes 9 and 10)."""
    said = known(field_data, "polarfreq")
    said = said[(said["statistic"] == statistic) & ~said["trans"].astype(bool)]
    found = polar(road, "pm10", statistic=statistic, calm_below=-1, smooth=False).bins
    if statistic == "frequency":
        said = said.assign(wd=said["wd"] % 360).groupby(["wd", "ws"], as_index=False)["weights"].sum()
    else:
        said, found = said[~said["wd"].isin([0, 360])], found[found["sector"] > 0]
    both = found.merge(said, left_on=["sector", "speed"], right_on=["wd", "ws"])
    assert len(both) == len(found) == len(said)
    np.testing.assert_allclose(both["value"], both["weights"], atol=1e-9, rtol=0)


@pytest.mark.parametrize("needed", [0, 75])
def test_numbers_of_a_year(field_data: Path, road: xr.Dataset, needed: int) -> None:
    said = known(field_data, "aqstats_year")
    said = said[said["data_thresh"] == needed].pivot(index="year", columns="statistic", values="value")
    found = air_statistics(road, "no2", needed=needed / 100).table.set_index("year")
    np.testing.assert_allclose(100 * found["capture"], said["dat.cap"], atol=1e-9)
    names = {
        "mean": "mean", "min": "min", "max": "max", "median": "median", "max_daily": "max_daily",
        "roll_8_max": "roll_8_max", "roll_24_max": "roll_24_max", "p95": "percentile.95",
        "p99": "percentile.99",
    }  # fmt: skip
    for mine, theirs in names.items():
        np.testing.assert_allclose(found[mine], said[theirs].reindex(found.index), atol=1e-9, err_msg=mine)


def test_running_means(field_data: Path, road: xr.Dataset) -> None:
    """Rows 4 and 5 (and 3) of centred windows are other windows in openair (its note 7)."""
    said = known(field_data, "rollingmean_o3_8h_first2000")
    for align in ("left", "right", "centre"):
        mine = rolling(road.isel(time=slice(2000)), "o3", align=align)["o3_8h"].values[0]  # type: ignore[arg-type]
        theirs = said.loc[said["align"] == align, "rolling8o3"].to_numpy()
        first = 5 if align == "centre" else 0
        np.testing.assert_allclose(mine[first:], theirs[first:], atol=1e-9, err_msg=align)


def test_relations_of_months(field_data: Path, table: pd.DataFrame, road: xr.Dataset) -> None:
    """openair's months are those nearest to each date (its note 11); with these the lines agree."""
    said = known(field_data, "linearrelation_nox_no2_month").set_index("date")
    start = table.index.to_numpy().astype("datetime64[M]")
    stamp = table.index.to_numpy().astype("datetime64[s]")
    after = (start + 1).astype("datetime64[s]")
    nearest = np.where(stamp - start.astype("datetime64[s]") < after - stamp, start, start + 1)
    months, places = np.unique(nearest, return_inverse=True)
    found = lines(table["nox"], table["no2"], places, len(months))
    assert list(pd.DatetimeIndex(months)) == list(said.index)
    np.testing.assert_allclose(found.slope, said["slope"], atol=1e-9)
    np.testing.assert_allclose(found.intercept, said["intercept"], atol=1e-9)
    np.testing.assert_allclose(found.r2, said["rsquare"], atol=1e-9)
    np.testing.assert_allclose(2 * found.slope_se, said["seslope_2se"], atol=1e-9)
    assert found.n.tolist() == said["N"].tolist()
    mine = linear_relation(road, "nox", "no2").table
    own = np.polyfit(*table.loc["1999-03", ["nox", "no2"]].dropna().to_numpy().T, 1)
    row = mine[mine["time"] == "1999-03-01"].iloc[0]
    assert (row["slope"], row["intercept"]) == (pytest.approx(own[0]), pytest.approx(own[1]))


def test_raw_slopes(field_data: Path) -> None:
    """Days since the start of each month, 365 of them a year (its note 3)."""
    said = known(field_data, "theilsen_summary")
    series = known(field_data, "theilsen_monthly_series")
    for row in said[~said["autocor"]].itertuples():
        mine = series[(series["pollutant"] == row.pollutant) & (series["deseason"] == row.deseason)].dropna()
        days = (mine["date"] - pd.Timestamp("1970-01-01")).dt.days.to_numpy(dtype=float)
        assert theil_sen(mine["conc"].to_numpy(), days).slope * 365 == pytest.approx(
            row.slope_per_year, abs=1e-9
        )


def test_correlations_are_pairwise(table: pd.DataFrame, road: xr.Dataset) -> None:
    found = correlation(road, ["nox", "no2", "o3", "pm10"])
    pd.testing.assert_frame_equal(found.matrix, table[list(found.order)].corr(), check_names=False, rtol=1e-9)
    ranks = correlation(road, ["nox", "o3"], kind="spearman").table["r"].iloc[0]
    assert ranks == pytest.approx(table[["nox", "o3"]].dropna().corr("spearman").iloc[0, 1], abs=1e-12)
