"""When did it change, how did it go up and down, could chance do it: rules and words."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from kit.analysis import Conditioned, change_point, shuffle, smooth_trend, trend
from kit.errors import AnalysisError, UsageError

ALL = (trend, change_point, smooth_trend, shuffle)


def days(
    stations: int = 1, since: str = "2016-01-01", until: str = "2023-12-31", slope: float = 0.0,
    step: float = 0.0, seed: int = 0,
) -> xr.Dataset:  # fmt: skip
    """Daily PM2.5 with a season, a slope a year, and a step at the first station on 2020-03-10."""
    rng = np.random.default_rng(seed)
    time = pd.date_range(since, until, freq="D", unit="us")
    t = np.asarray((time - time[0]).days / 365.25)
    base = 12 + 4 * np.cos(2 * np.pi * t) + slope * t + rng.normal(0, 2, len(time))
    values = np.array([base + 3 * s + rng.normal(0, 1, len(time)) for s in range(stations)])
    values[0] += step * np.asarray(time >= pd.Timestamp("2020-03-10"))
    names = [f"EE-{chr(65 + s)}/roof" for s in range(stations)]
    return xr.Dataset(
        {"pm25": (("station", "time"), values)},
        coords={"station": names, "time": time, "exposure": ("station", ["roof"] * stations),
                "region": ("station", ["EE-79"] * stations),
                "station_name": ("station", [f"School {chr(65 + s)}" for s in range(stations)])},
        attrs={"dataset_version": "3f9ac2d41b07", "rules": 1, "freq": "1D"},
    )  # fmt: skip


def test_the_month_of_a_step_is_found_and_said() -> None:
    found = change_point(days(step=5.0))
    row = found.stations.iloc[0]
    assert abs((row["month"] - pd.Timestamp("2020-03-01")).days) <= 31
    assert row["difference"] == pytest.approx(5, abs=0.6)
    assert row["clear"]
    assert not row["steady"]
    text = found.sentence("en")
    assert text.startswith("PM2.5 (fine particles) at School A: from March 2020 on it was ")
    assert "higher than before" in text
    assert "device" not in text
    assert "märts 2020" in found.sentence("et")
    assert "lower than before" in change_point(days(step=-5.0)).sentence("en")


def test_a_step_where_a_device_began_is_most_likely_the_devices() -> None:
    ds = days(step=5.0)
    later = (ds["time"] >= np.datetime64("2020-03-10")).astype("int16")
    ds["pm25_deployment"] = later.expand_dims(station=ds["station"]).transpose("station", "time")
    found = change_point(ds)
    assert found.stations["device"][0] == pd.Timestamp("2020-03-10")
    assert "Another device began there on March 10, 2020: the change is most likely" in found.sentence("en")
    flat = days()
    flat["pm25_deployment"] = ds["pm25_deployment"]
    calm = change_point(flat)
    assert "no clear change of level from 2016 to 2023" in calm.sentence("en")
    assert calm.remarks("en") == [
        "School A: another device began on March 10, 2020; the level did not clearly change then."
    ] or calm.stations["device"][0] == pd.Timestamp("2020-03-10")


def test_a_steady_change_is_named_as_such() -> None:
    found = change_point(days(slope=1.0))
    assert found.stations["clear"][0]
    assert "a steady change fits these months as well" in found.remarks("en")[0]


def test_of_several_stations_the_one_that_changed_is_named() -> None:
    found = change_point(days(4, step=6.0))
    assert found.stations["clear"].tolist() == [True, False, False, False]
    assert (found.stations["p_adjusted"] >= found.stations["p"]).all()
    assert "a clear change of level at 1 of 4 stations. PM2.5 (fine particles) at School A" in found.sentence(
        "en"
    )
    assert set(found.series["station"]) == set(found.stations["station"])


def test_indoor_stations_and_short_ones() -> None:
    ds = days(2, step=6.0)
    indoors = ds.assign_coords(exposure=("station", ["indoor", "roof"]))
    assert change_point(indoors).stations["station"].tolist() == ["EE-B/roof"]
    alone = change_point(ds.isel(station=[0]).assign_coords(exposure=("station", ["indoor"])))
    assert "stands indoors" in alone.remarks("en")[0]
    short = ds.copy(deep=True)
    short["pm25"][1, :1500] = np.nan
    assert "was left out: it has 3 of the 5" in change_point(short).remarks("en")[0]


@pytest.mark.parametrize("analyse", ALL)
def test_too_short_and_constant_are_said(analyse) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(AnalysisError, match="3 of the 5 full years"):
        analyse(days(until="2018-12-31"))
    stuck = days()
    stuck["pm25"] = stuck["pm25"] * 0 + 4
    with pytest.raises(AnalysisError, match="same value in every month"):
        analyse(stuck)
    with pytest.raises(AnalysisError):
        analyse(days() * np.nan)


@pytest.mark.parametrize("analyse", ALL)
def test_by_season_counts_full_years_within_the_season(analyse) -> None:  # type: ignore[no-untyped-def]
    ds = days(slope=-0.6)
    holidays = ds["time"].dt.month.isin([7, 8]) & (ds["time"].dt.year > 2016)
    ds["pm25"] = ds["pm25"].where(~holidays)  # no year but the first is full
    with pytest.raises(AnalysisError, match="1 of the 5 full years"):
        analyse(ds)
    found = analyse(ds, by="season")
    assert isinstance(found, Conditioned)
    assert list(found) == ["winter", "spring", "autumn"]
    assert "summer: Too short for a trend" in found.sentence("en")
    assert found["winter"].months == (1, 2, 12) if hasattr(found["winter"], "months") else True
    json.dumps(found.to_dict("et"), allow_nan=False)


def test_by_season_is_the_same_as_naming_the_months() -> None:
    ds = days(2, slope=-0.6)
    parts, summer = trend(ds, by="season"), trend(ds, months=(6, 7, 8))
    assert parts["summer"].to_dict() == summer.to_dict()
    one = trend(ds, by=("month", "station"))
    assert one["June · School B"].slope == trend(ds.isel(station=[1]), months=(6,)).slope


def test_by_weekend_needs_only_the_days_of_the_weekend() -> None:
    ds = days(slope=-0.6)
    found = trend(ds, by="weekend")
    assert list(found) == ["Monday to Friday", "weekend"]
    assert found["weekend"].n == 96
    saturdays = trend(ds, by="weekday")["Saturday"]
    assert saturdays.low <= -0.6 <= saturdays.high
    months = ds["pm25"].where(ds["time"].dt.dayofweek == 5).resample(time="MS").mean()
    assert saturdays.slope == pytest.approx(trend(months.to_dataset().assign_attrs(freq="1M")).slope)


def test_days_picked_by_wind_make_no_trend() -> None:
    ds = days()
    ds["temperature"] = ds["pm25"] * 0 + np.arange(ds.sizes["time"])
    with pytest.raises(UsageError, match="picked by temperature"):
        trend(ds, "pm25", by="temperature")


def test_the_smooth_level_follows_the_years() -> None:
    ds = days(2, since="2012-01-01")
    t = (ds["time"] - ds["time"][0]).astype("timedelta64[s]").astype(float) / (365.25 * 86400)
    ds["pm25"] = ds["pm25"] + 6 * np.sin(2 * np.pi * t / 12)
    found = smooth_trend(ds)
    rows = found.series
    truth = 13.5 + 6 * np.sin(2 * np.pi * (np.arange(144) + 0.5) / 144)
    assert np.abs(rows["curve"] - truth).max() < 0.8
    assert ((rows["low"] <= truth) & (truth <= rows["high"])).mean() > 0.8
    assert found.freedom > 3
    text = found.sentence("en")
    assert "In between it was highest in" in text
    assert "2014" in text.split("highest")[1] or "2015" in text.split("highest")[1]
    assert "mean of 2 stations" in text
    assert found.to_dict("et")["sentence"] != found.to_dict("en")["sentence"]


def test_a_station_that_joins_does_not_lift_the_curve() -> None:
    ds = days(3)
    ds["pm25"][2] += 50
    ds["pm25"][2, :900] = np.nan
    assert smooth_trend(ds).series["curve"].diff().abs().max() < 1


def test_shuffling_says_how_often_and_no_p() -> None:
    found = shuffle(days(slope=-1.0, until="2022-12-31"))
    assert (found.years, found.orders) == (7, 1000)
    assert found.rose + found.fell <= 12 * 21
    assert found.score == found.rose - found.fell == found.scores[0]
    assert found.count <= 10
    for lang in ("en", "et"):
        text = found.sentence(lang) + found.caution(lang) + " ".join(found.remarks(lang))
        assert "p =" not in text
        assert "value" not in text
    assert f"in {found.count} of 1,000 shufflings. Chance hardly does this." in found.sentence("en")
    assert found.table["shufflings"].sum() == 1000
    assert len(found.table) <= 21
    flat = shuffle(days(seed=4))
    assert flat.sentence("en").endswith("Chance can do this, too.")
    five = shuffle(days(slope=-1.0, until="2020-12-31"))
    assert (five.orders, five.count) == (120, 2)


def test_shuffling_agrees_with_the_trend() -> None:
    """Up to six years every order is tried by both; beyond, drawn ones agree within chance."""
    ds = days(3, slope=-0.15, until="2021-12-31", seed=7)
    whole, found = trend(ds), shuffle(ds)
    assert (found.allowed, found.orders) == (whole.count, whole.orders)
    longer = days(3, slope=-0.05, seed=9)
    whole, found = trend(longer), shuffle(longer)
    assert found.allowed / found.orders == pytest.approx(whole.p, abs=0.05)


def test_results_as_html_and_json() -> None:
    ds = days(2, step=4.0, slope=0.2)
    for analyse in (change_point, smooth_trend, shuffle):
        found = analyse(ds)
        kept = json.loads(json.dumps(found.to_dict("et"), allow_nan=False))
        assert kept["version"] == "3f9ac2d41b07/1"
        assert kept["caution"]
        assert "kit-result" in found._repr_html_()
        assert found.n > 90
        assert found.completeness > 0.9
