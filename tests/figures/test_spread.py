"""The box and the scatter chart: numbers checked against pandas, words against the table."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from kit import plot
from kit.errors import AnalysisError, UsageError
from kit.text import number
from tests.figures.conftest import make_daily


@pytest.fixture(scope="module")
def two() -> xr.Dataset:
    ds = make_daily()
    noise = np.random.default_rng(1).normal(0, 3, ds["pm25"].shape)
    return ds.assign(temperature=(("station", "time"), 20 - ds["pm25"].values + noise))


def test_a_box_holds_the_middle_half_of_the_values(two: xr.Dataset) -> None:
    chart = plot.box(two, "pm25")
    rows = chart.table.set_index("station")
    for at, name in enumerate(two["station_name"].values):
        values = pd.Series(two["pm25"].values[at]).dropna()
        wanted = values.quantile([0, 0.25, 0.5, 0.75, 1.0]).tolist()
        assert rows.loc[name, ["lowest", "q25", "median", "q75", "highest"]].tolist() == pytest.approx(wanted)
    assert chart.table["median"].is_monotonic_decreasing
    top = chart.table.iloc[0]
    assert f"highest at {top['station']} ({number(top['median'], 1)} µg/m³)" in chart.sentence()
    assert chart.words("et").x == "PM2.5 (peenosakesed) (µg/m³)"
    assert "<svg" in chart.svg()
    assert {trace["type"] for trace in chart.plotly()["data"]} == {"scatter", "bar"}


def test_a_box_alone_and_boxes_of_other_times_name_no_highest(two: xr.Dataset) -> None:
    assert "half of the values lie between" in plot.box(two.isel(station=[0]), "pm25").sentence()
    apart = two["pm25"].copy()
    apart[0, :1000], apart[1:, 1000:] = np.nan, np.nan
    said = plot.box(two.assign(pm25=apart), "pm25").sentence()
    assert "highest" not in said
    assert "may not be compared" in said


def test_the_thirds_of_a_scatter_chart_are_those_of_each_station(two: xr.Dataset) -> None:
    chart = plot.scatter(two, "temperature", "pm25")
    long = two[["temperature", "pm25"]].to_dataframe()[["temperature", "pm25"]].dropna().reset_index()
    long["third"] = long.groupby("station")["temperature"].transform(lambda x: pd.qcut(x, 3, labels=False))
    wanted = long.groupby(["third", "station"])["pm25"].mean().groupby("third").mean()
    assert chart.table["y"].tolist()[:3] == pytest.approx(wanted.tolist(), rel=1e-3)
    assert chart.table["pairs"].iloc[-1] == len(long) == chart.table["pairs"].iloc[:3].sum()
    table = [number(value, 1) for value in chart.table["y"]]
    assert re.findall(r"(\d+\.\d) µg", chart.sentence()) == [table[0], table[2]]
    drawn = sum(len(layer.x) for layer in chart.layers)
    assert 1000 <= drawn <= 1500, "evenly fewer points, not the extreme ones"
    assert "one point of 4" in chart.words().note
    assert "need not cause" in chart.words().caution
    assert chart.words().y == "PM2.5 (fine particles) (µg/m³)"


def test_what_cannot_be_drawn_is_said(two: xr.Dataset) -> None:
    with pytest.raises(AnalysisError, match="9 values at the same time"):
        plot.scatter(two.isel(time=slice(2)), "temperature", "pm25")
    wind = two.rename(temperature="wind_direction")
    with pytest.raises(UsageError, match="is a direction"):
        plot.scatter(wind, "wind_direction", "pm25")
    with pytest.raises(UsageError, match="is a direction"):
        plot.box(wind, "wind_direction")
