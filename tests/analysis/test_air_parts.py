"""Courses, roses, guidelines, corrections on small made-up readings: rules, words, nasty input."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from kit.analysis import (
    air_quality_index,
    air_statistics,
    averages,
    calendar,
    calibrate,
    correct,
    correlation,
    episodes,
    exceedances,
    linear_relation,
    lost,
    normalise,
    percentile_rose,
    polar,
    pollution_rose,
    rolling,
    us_air_quality_index,
    variation,
    wind_rose,
)  # fmt: skip
from kit.analysis.correct import dried, epa
from kit.analysis.exceed import AVERAGES, STANDARDS, TABLE, rules
from kit.errors import AnalysisError, KitError, NotFoundError, UsageError
from kit.vocab.variables import variables


def made(
    n: int, start: str = "2025-01-01", freq: str = "h", exposure: tuple[str, ...] = ("roof",), zone: str = "",
    **values: Any,
) -> xr.Dataset:  # fmt: skip
    """Readings of one or several stations; values of one station count for all."""
    stations = [f"EE-{chr(65 + k)}/{place}" for k, place in enumerate(exposure)]
    cube = {
        name: np.broadcast_to(np.asarray(v, dtype=float), (len(stations), n)) for name, v in values.items()
    }
    return xr.Dataset(
        {name: (("station", "time"), v.copy()) for name, v in cube.items()},
        {
            "station": stations, "time": pd.date_range(start, periods=n, freq=freq).as_unit("us"),
            "exposure": ("station", list(exposure)), "zone": ("station", [zone] * len(stations)),
        },
        {"freq": "1h" if freq == "h" else "1D", "dataset_version": "3f9ac2d41b07", "rules": 1},
    )  # fmt: skip


def windy(n: int = 24 * 90, seed: int = 1, **more: Any) -> xr.Dataset:
    rng = np.random.default_rng(seed)
    speed, direction = rng.gamma(3, 1.1, n), rng.uniform(0, 360, n)
    speed[rng.random(n) < 0.02] = 0.0
    east = np.cos(np.radians(direction - 90))
    pm = np.maximum(8 + 6 * east + rng.gamma(2, 1.5, n) - 0.8 * speed, 0)
    return made(n, pm25=pm, wind_speed=speed, wind_direction=direction, **more)


ASKED: dict[str, Callable[..., Any]] = {
    "variation": lambda ds, **k: variation(ds, "hour", "pm25", **k),
    "weekday": lambda ds, **k: variation(ds, "weekday", "pm25", **k),
    "sides": lambda ds, **k: variation(ds, "wind", "pm25", **k),
    "turned": lambda ds, **k: variation(ds, "hour", "wind_direction", **k),
    "calendar": lambda ds, **k: calendar(ds, "pm25", **k),
    "averages": lambda ds, **k: averages(ds, "week", "pm25", statistics=["mean", "sd", 95], **k),
    "directions": lambda ds, **k: averages(ds, "month", "wind_direction", **k),
    "wind_rose": lambda ds, **k: wind_rose(ds, **k),
    "pollution_rose": lambda ds, **k: pollution_rose(ds, **k),
    "percentile_rose": lambda ds, **k: percentile_rose(ds, sectors=8, **k),
    "polar": lambda ds, **k: polar(ds, resolution=21, **k),
    "frequency": lambda ds, **k: polar(ds, statistic="frequency", **k),
    "correlation": lambda ds, **k: correlation(ds, kind="spearman", **k),
    "linear_relation": lambda ds, **k: linear_relation(ds, "wind_speed", "pm25", over="hour", **k),
    "exceedances": lambda ds, **k: exceedances(ds, **k),
    "us": lambda ds, **k: us_air_quality_index(ds, **k),
    "air_statistics": lambda ds, **k: air_statistics(ds, "pm25", **k),
    "episodes": lambda ds, **k: episodes(ds, "pm25", above=15, least=2, **k),
    "normalise": lambda ds, **k: normalise(ds, "pm25", **k),
}


@pytest.mark.parametrize("name", ASKED)
def test_every_answer_has_words_in_both_languages_and_plain_values(name: str) -> None:
    found = ASKED[name](windy())
    for lang in ("en", "et"):
        said = found.sentence(lang)
        assert said
        assert "{" not in said + found.caution(lang) + "".join(found.remarks(lang))
        assert "nan" not in said.lower().replace("finance", "")
        assert found.to_dict(lang)["kind"] == type(found).__name__
    assert found.sentence("en") != found.sentence("et")
    assert found.version == "3f9ac2d41b07/1"
    assert found.n > 0
    assert 0 <= found.completeness <= 1
    assert len(found.table)
    assert found._repr_html_().startswith("<div")


@pytest.mark.parametrize("name", ASKED)
def test_every_analysis_is_asked_of_parts(name: str) -> None:
    ds = windy(24 * 120)
    parts = ASKED[name](ds, by="weekend")
    assert list(parts) == ["Monday to Friday", "weekend"]
    assert parts.table["part"].unique().tolist() == list(parts)
    if name not in ("us", "exceedances", "normalise"):
        assert parts.n == ASKED[name](ds).n


@pytest.mark.parametrize("name", ASKED)
def test_nothing_measured_is_said_and_not_computed(name: str) -> None:
    ds = windy(240)
    for variable in list(ds.data_vars):
        ds[variable] = ds[variable] * np.nan
    with pytest.raises(KitError) as caught:
        ASKED[name](ds)
    assert caught.value.words("et") != caught.value.words("en")


@pytest.mark.parametrize("name", [name for name in ASKED if name != "normalise"])
def test_readings_indoors_are_in_no_answer_of_several_stations(name: str) -> None:
    ds = windy(exposure=("roof", "indoor"))
    ds["pm25"][1] = 900.0
    ds["wind_speed"][1] = 9.0
    both, alone = ASKED[name](ds), ASKED[name](ds.isel(station=[0]))
    pd.testing.assert_frame_equal(both.table, alone.table)
    assert any("indoors" in text for text in both.remarks("en"))
    with pytest.raises(AnalysisError, match="indoors"):
        ASKED[name](ds.isel(station=[1, 1]).assign_coords(station=["EE-B/a", "EE-B/b"]))


def test_failed_readings_are_left_out() -> None:
    ds = windy(24 * 60)
    flags = np.ones((1, 24 * 60), dtype=np.int8)
    flags[0, ::7] = 4
    marked = ds.assign(pm25_flag=(("station", "time"), flags))
    gone = ds.copy(deep=True)
    gone["pm25"][0, ::7] = np.nan
    for name in ("variation", "pollution_rose", "correlation", "calendar"):
        pd.testing.assert_frame_equal(ASKED[name](marked).table, ASKED[name](gone).table)


def test_hours_are_local_standard_time_all_year() -> None:
    n = 24 * 365
    ds = made(n, zone="Europe/Tallinn", pm25=np.arange(n) % 24 == 10)
    found = variation(ds, "hour").table
    assert found.loc[found["mean"] > 0, "hour"].tolist() == [12]


def test_stations_count_equally_in_a_course() -> None:
    ds = made(24 * 40, exposure=("roof", "yard"), pm25=[[2.0], [8.0]])
    ds["pm25"][1, 24 * 10 :] = np.nan
    assert variation(ds, "hour").table["mean"].tolist() == pytest.approx([5.0] * 24)
    assert "same on average at all times" in variation(ds, "hour").sentence("en")


def test_a_doubt_that_all_parts_share_is_said_once() -> None:
    noise = np.random.default_rng(3).normal(10, 4, (2, 24 * 60))
    ds = made(24 * 60, exposure=("roof", "yard"), pm25=noise)
    found = variation(ds, "hour", by="station")
    alone = [one.sentence("en") for one in found.results.values()]
    assert all(text.endswith("The two could also be alike: their intervals overlap.") for text in alone)
    said = found.sentence("en")
    assert said.count("overlap") == 1
    assert said.endswith(
        "In every part the highest and the lowest could also be alike: their intervals overlap."
    )
    assert "Igas osas" in found.sentence("et")
    ds["pm25"][0] = 10 + 5 * (np.arange(24 * 60) % 24 == 6) + 0.1 * noise[0]
    clear = variation(ds, "hour", by="station").sentence("en")
    assert clear.count("The two could also be alike") == 1
    assert "every part" not in clear


def test_a_few_days_give_no_intervals_and_say_so() -> None:
    found = variation(windy(48), "hour", "pm25")
    assert found.table["low"].isna().all()
    assert any("No intervals" in text for text in found.remarks("en"))
    with pytest.raises(UsageError, match="hour, weekday, month"):
        variation(windy(48), "minute", "pm25")
    with pytest.raises(AnalysisError, match="hourly"):
        variation(made(30, freq="D", pm25=1.0), "hour")


def test_means_by_the_winds_side_leave_out_calms_and_thin_sides() -> None:
    n = 24 * 60
    direction = np.tile([180.0, 180.0, 350.0, 10.0], n // 4)
    direction[:19] = 90.0
    speed = np.where(np.arange(n) % 8 == 0, 0.0, 2.0)
    dust = np.where(direction == 180, 5.0, 20.0) + np.random.default_rng(3).gamma(2, 1, n)
    dust[direction == 90] = 900.0
    found = variation(made(n, pm10=np.where(speed == 0, 500.0, dust), wind_speed=speed,
                           wind_direction=direction), "wind")  # fmt: skip
    sides = found.table.set_index("label")
    plain = (
        pd.Series(dust)[speed > 0].groupby(pd.Series(direction).replace(350.0, 10.0)).agg(["mean", "size"])
    )
    assert sides.loc["north", "mean"] == pytest.approx(plain.loc[10.0, "mean"])
    assert sides.loc["south", ["mean", "n"]].tolist() == pytest.approx(plain.loc[180.0].tolist())
    assert sides["mean"].dropna().index.tolist() == ["north", "south"]
    assert sides.loc["south", "high"] < sides.loc["north", "low"]
    assert "with wind from the north (22 µg/m³), lowest from the south (7 µg/m³)" in found.sentence("en")
    assert "alike" not in found.sentence("en")
    assert "source" in found.caution("en")
    assert any("too few" in text for text in found.remarks("en"))
    assert found.n == int(plain.loc[[10.0, 180.0], "size"].sum())


def test_one_side_alone_is_compared_with_nothing() -> None:
    ds = made(240, pm10=np.arange(240.0), wind_speed=2.0, wind_direction=45.0)
    with pytest.raises(AnalysisError, match="Fewer than two sides") as caught:
        variation(ds, "wind", "pm10")
    assert caught.value.code == "few-sides"
    with pytest.raises(AnalysisError, match="Not measured here: wind direction"):
        variation(ds[["pm10", "wind_speed"]], "wind", "pm10")
    with pytest.raises(UsageError):
        linear_relation(ds, "wind_speed", "pm10", over="wind")


def test_without_a_link_to_the_wind_the_sides_may_be_alike() -> None:
    ds = windy()
    ds["pm25"][:] = np.random.default_rng(7).gamma(3, 3, ds["pm25"].shape)
    assert "alike" in variation(ds, "wind", "pm25").sentence("en")


def test_directions_turn_over_north_in_courses_and_averages() -> None:
    ds = made(48, wind_direction=np.tile([350.0, 10.0], 24), wind_speed=3.0)
    found = averages(ds, "day", "wind_direction").table["mean"]
    assert np.minimum(found, 360 - found).max() < 1e-9
    monday = variation(ds, "weekday", "wind_direction").table["mean"].dropna()
    assert np.minimum(monday, 360 - monday).max() < 1e-9


def test_part_periods_are_not_taken_for_whole_ones() -> None:
    ds = made(24 * 45, pm25=4.0)
    assert averages(ds, "month").table["mean"].isna().tolist() == [False, True]
    assert averages(ds, "month", needed=0).table["mean"].tolist() == [4.0, 4.0]
    with pytest.raises(AnalysisError, match="coarser"):
        averages(made(9, freq="D", pm25=1.0), "hour")
    with pytest.raises(UsageError, match="mean, min"):
        averages(ds, statistics="mode")
    with pytest.raises(UsageError, match="percentile from 0"):
        averages(ds, statistics=[101])


def test_a_calendar_has_a_place_for_every_day() -> None:
    found = calendar(windy(24 * 59), "pm25").table
    assert not found.duplicated(["month", "week", "weekday"]).any()
    assert found["week"].between(0, 5).all()
    with pytest.raises(AnalysisError, match="No day"):
        calendar(windy(10), "pm25")


def test_the_dirty_side_is_found() -> None:
    ds = windy()
    assert "from the east" in pollution_rose(ds, sectors=8).sentence("en")
    assert "from the east" in percentile_rose(ds, sectors=8).sentence("en")
    found = pollution_rose(ds, sectors=8)
    assert found.table["contribution"].sum() + found.calms * found.calm_mean / found.mean == pytest.approx(1)
    assert found.classes["share"].sum() + found.calms == pytest.approx(1)
    assert found.table["high_share"].idxmax() == 2
    surface = polar(ds, resolution=21).surface.dropna()
    top = surface.iloc[int(surface["value"].to_numpy().argmax())]
    assert top["u"] > abs(top["v"])
    assert (surface["value"] >= 0).all()


def test_roses_refuse_nonsense() -> None:
    ds = windy(100)
    for wrong in ({"sectors": 3}, {"sectors": 99}, {"classes": (4, 2)}):
        with pytest.raises(UsageError):
            pollution_rose(ds, **wrong)  # type: ignore[arg-type]
    with pytest.raises(UsageError):
        percentile_rose(ds, percentiles=(50, 120))
    with pytest.raises(UsageError):
        polar(ds, statistic="mode")
    thin = percentile_rose(windy(30))
    assert "No side has" in thin.sentence("en")
    assert polar(windy(30)).surface.empty


def test_stations_of_different_level_make_no_correlation() -> None:
    rng = np.random.default_rng(6)
    ds = made(24 * 60, exposure=("roof", "yard"), pm25=0.0, no2=0.0)
    for name in ("pm25", "no2"):
        ds[name][:] = rng.normal(0, 1, (2, 24 * 60)) + np.array([[0.0], [50.0]])
    for kind in ("pearson", "spearman"):
        found = correlation(ds, kind=kind)
        assert abs(found.table["r"].iloc[0]) < 0.1
        assert found.sentence("en") == "No two of these clearly rose and fell together."
    with pytest.raises(UsageError, match="two variables"):
        correlation(ds[["pm25"]])


def test_a_constant_has_no_correlation() -> None:
    ds = windy(24 * 30).assign(co2=(("station", "time"), np.full((1, 24 * 30), 400.0)))
    found = correlation(ds)
    assert found.matrix.loc["co2", "pm25"] != found.matrix.loc["co2", "pm25"]
    assert any("carbon dioxide" in text for text in found.remarks("en"))


# guidelines


def test_the_table_of_guidelines_names_known_things() -> None:
    with TABLE.open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    assert {line["standard"] for line in lines} == set(STANDARDS)
    assert {line["average"] for line in lines} <= set(AVERAGES)
    assert all(line["source"].startswith(("WHO", "Directive")) for line in lines)
    assert all(variables()[line["pollutant"]].unit == line["unit"] for line in lines)
    assert {(r.value, r.allowed) for r in rules("eu") if r.pollutant == "pm10"} == {(40.0, None), (50.0, 35)}


def test_the_count_is_a_verdict_only_where_enough_was_measured() -> None:
    values = np.full(365, 10.0)
    values[:40] = 60.0
    whole = exceedances(made(365, freq="D", pm10=values), "eu").table.set_index("average")
    assert whole.loc["day", ["count", "above"]].tolist() == [40.0, True]
    assert whole.loc["year", "value"] == pytest.approx(values.mean())
    values[:40] = 10.0
    values[:30] = 60.0
    values[100:250] = np.nan
    part = exceedances(made(365, freq="D", pm10=values), "eu")
    row = part.table.set_index("average").loc["day"]
    assert row["above"] is None
    assert row["count"] == 30
    assert row["percentile"] == pytest.approx(100 * (1 - 35 / 365))
    assert row["percentile_value"] == 60.0
    assert "Cannot be said" in part.sentence("en")
    assert any("percentile" in text for text in part.remarks("en"))


def test_a_year_without_its_summer_has_no_mean() -> None:
    values = np.full(365, 50.0)
    values[181:243] = np.nan
    row = exceedances(made(365, freq="D", pm25=values), "who2021").table.set_index("average").loc["year"]
    assert math.isnan(row["value"])
    assert row["above"] is None


def test_eight_hours_belong_to_the_day_in_which_they_end() -> None:
    ozone = np.full(24 * 365, 20.0)
    ozone[24 * 100 + 18 : 24 * 101 + 2] = 110.0
    found = exceedances(made(24 * 365, o3=ozone), "who2021").table.set_index("average").loc["8h"]
    assert found["count"] == 1
    assert not bool(found["above"])
    daily = exceedances(made(365, freq="D", no2=30.0), "eu2030")
    assert any("hourly mean" in text for text in daily.remarks("en"))
    with pytest.raises(AnalysisError, match="hourly"):
        exceedances(made(365, freq="D", o3=30.0), "eu2030")
    with pytest.raises(UsageError, match="who2021"):
        exceedances(made(365, freq="D", o3=30.0), "naaqs")


def test_the_season_of_ozone() -> None:
    ozone = np.where(pd.date_range("2025-01-01", periods=8760, freq="h").month.isin(range(4, 10)), 80.0, 20.0)
    row = exceedances(made(8760, o3=ozone), "who2021").table.set_index("average").loc["season"]
    assert row["value"] == pytest.approx(80.0, abs=0.1)
    assert bool(row["above"])


def test_corrected_particles_get_a_band_in_damp_air() -> None:
    ds = made(24, pm25=60.0, humidity=90.0)
    ds["pm25_kappa"] = ds["pm25"] / 3
    with pytest.raises(AnalysisError, match="too damp"):
        air_quality_index(ds)
    assert set(air_quality_index(ds, corrected={"pm25": "pm25_kappa"}).hours["band"]) == {3}
    assert us_air_quality_index(ds, corrected={"pm25": "pm25_kappa"}).table["aqi"].tolist() == [71]
    with pytest.raises(AnalysisError, match="Correct the readings first"):
        air_quality_index(ds, corrected={"pm25": "pm25_epa"})


def test_the_us_index_cuts_off_and_leaves_damp_hours_out() -> None:
    ds = made(48, pm25=np.repeat([35.49, 36.0], 24), humidity=np.repeat([50.0, 90.0], 24))
    found = us_air_quality_index(ds)
    assert found.table["aqi"].tolist() == [100]
    assert "2024" in found.scope("en")["Table of bands"]
    assert "not an official warning" in found.sentence("en")
    both = us_air_quality_index(made(24, pm25=5.0, pm10=200.0)).table.iloc[0]
    assert (both["worst"], both["aqi"]) == ("pm10", 123)
    with pytest.raises(AnalysisError, match="outdoor air"):
        us_air_quality_index(made(24, exposure=("indoor",), pm25=5.0))
    above = us_air_quality_index(made(24, pm25=425.3)).table.iloc[0]
    assert above["aqi"] > 500
    assert above["band"] == 6


# corrections


def test_corrections_are_new_variables_and_say_what_they_lost() -> None:
    ds = made(5, pm25_cf1=[20.0, 20.0, 400.0, np.nan, 20.0], humidity=[50.0, np.nan, 50.0, 50.0, 50.0])
    times = pd.DatetimeIndex(ds["time"].values)
    channels = pd.DataFrame({
        "station": "EE-A/roof", "variable": "pm25_cf1", "flag": 1, "time": np.repeat(times, 2),
        "sensor": ["a", "b"] * 5, "value": [20.0, 21.0, 20.0, 20.0, 400.0, 401.0, 1.0, 1.0, 10.0, 30.0],
    })  # fmt: skip
    found = correct(ds, "epa", channels=channels)
    assert found["pm25_epa"].values[0, 0] == pytest.approx(0.524 * 20 - 0.0862 * 50 + 5.75)
    assert found["pm25_epa_lost_flag"].values.tolist() == [[0, 2, 5, 1, 4]]
    assert found["pm25_epa_flag"].values.tolist() == [[1, 9, 9, 9, 9]]
    assert "pm25_cf1" in found
    assert lost(found, "pm25_epa")["n"].sum() == 3
    alone = correct(ds, "epa", channels=channels[channels["sensor"] == "a"])
    assert (alone["pm25_epa_lost_flag"].values[0, [0, 4]] == 3).all()
    with pytest.raises(AnalysisError, match="two channels"):
        correct(ds, "epa")
    with pytest.raises(AnalysisError, match="only for PurpleAir"):
        correct(made(5, pm25=1.0, humidity=50.0), "epa", channels=channels)
    assert len(variation_of(found)) == 24


def variation_of(ds: xr.Dataset) -> pd.DataFrame:
    return variation(ds, "hour", "pm25_epa").table


def test_drying_by_the_formula_and_clipped() -> None:
    damp = np.array([0.0, 50.0, 90.0, 95.0, 99.0, 100.0, 120.0])
    found = dried(np.full(7, 100.0), damp, 0.4)
    assert found[0] == 100.0
    assert found[2] == pytest.approx(100 / (1 + 0.4 / 1.65 / (1 / 0.9 - 1)))
    assert found[3] == found[4] == found[6]
    assert (np.diff(found) <= 0).all()
    assert np.isnan(epa([1.0], [np.nan])).all()
    ds = made(3, pm10=30.0, humidity=80.0).assign_coords(instrument=("station", ["reference"]))
    kept = correct(ds, "kappa")
    assert np.isnan(kept["pm10_kappa"].values).all()
    assert "reference" in lost(kept, "pm10_kappa")["reason"].iloc[0]
    with pytest.raises(UsageError, match="between 0 and 1"):
        correct(ds, "kappa", kappa=3)
    with pytest.raises(AnalysisError, match="relative humidity"):
        correct(made(3, pm10=30.0), "kappa")
    with pytest.raises(UsageError, match="epa, kappa"):
        correct(ds, "magic")


def beside(days: int = 40, seed: int = 2) -> xr.Dataset:
    rng = np.random.default_rng(seed)
    n = days * 24
    truth = np.exp(rng.normal(2.3, 0.5, n))
    damp = rng.uniform(40, 95, n)
    device = 2 + 1.5 * truth + 0.1 * (damp - 60) + rng.normal(0, 1, n)
    ds = made(n, exposure=("roof", "ref"), pm25=np.stack([device, truth]), humidity=damp)
    return ds


def test_a_calibration_is_judged_on_days_it_has_not_seen() -> None:
    ds = beside()
    plain = calibrate(ds, "EE-A/roof", reference="EE-B/ref", variable="pm25")
    damp = calibrate(ds, "EE-A/roof", reference="EE-B/ref", variable="pm25", beside=["humidity"])
    before, after = plain.table["rmse"]
    assert after < before / 4
    assert damp.table["rmse"].iloc[1] < after
    assert damp.slope == pytest.approx(1 / 1.5, rel=0.03)
    assert damp.coefficients[0] == pytest.approx(-0.1 / 1.5, rel=0.1)
    assert plain.table["slope"].iloc[0] == pytest.approx(1.5, rel=0.05)
    assert plain.table["relative"].iloc[1] < plain.table["relative"].iloc[0]
    assert "EE-A/roof" in plain.sentence("en")
    made_new = damp.apply(ds)["pm25_calibrated"]
    assert np.isnan(made_new.values[1]).all()
    assert float(np.abs(made_new.values[0] - ds["pm25"].values[1]).mean()) < 0.8
    assert "humidity" in made_new.attrs["comment"]
    with pytest.raises(NotFoundError, match="EE-B/ref"):
        calibrate(ds, "EE-A/roof", reference="EE-Z/x", variable="pm25")
    with pytest.raises(AnalysisError, match="14"):
        calibrate(beside(10), "EE-A/roof", reference="EE-B/ref", variable="pm25")
    with pytest.raises(UsageError, match="own reference") as own:
        calibrate(ds, "EE-A/roof", reference="EE-A/roof", variable="pm25")
    assert "Name another station" in own.value.words()


def test_a_useless_calibration_says_so() -> None:
    rng = np.random.default_rng(3)
    n = 24 * 20
    truth = 10 + rng.normal(0, 0.01, n)
    ds = made(n, exposure=("roof", "ref"), pm25=np.stack([truth + rng.normal(0, 0.0001, n), truth]))
    ds["pm25"][0, :48] += 30
    assert "does not help" in calibrate(ds, "EE-A/roof", reference="EE-B/ref").sentence("en") or (
        calibrate(ds, "EE-A/roof", reference="EE-B/ref").table["rmse"].is_monotonic_decreasing
    )


def test_normalising_takes_the_weather_away_and_refuses_without_skill() -> None:
    ds = windy(24 * 120, seed=5)
    found = normalise(ds, "pm25")
    east = np.cos(np.radians(ds["wind_direction"].values[0] - 90))
    assert found.weather_skill > 0.2
    assert found.effects.set_index("term").loc["wind", "high"] > 1.2
    days = found.days.dropna()
    by_day = pd.Series(east).groupby(np.arange(len(east)) // 24).mean()
    assert (
        abs(np.corrcoef(days["normalised"], by_day)[0, 1]) < 0.4 < np.corrcoef(days["observed"], by_day)[0, 1]
    )
    rng = np.random.default_rng(1)
    ds["pm25"][0] = rng.gamma(2, 4, ds.sizes["time"])
    with pytest.raises(AnalysisError, match="too little"):
        normalise(ds, "pm25")
    with pytest.raises(AnalysisError, match="8 weeks"):
        normalise(windy(24 * 20), "pm25")
    with pytest.raises(AnalysisError, match="station by station"):
        normalise(windy(24 * 60, exposure=("roof", "yard")), "pm25")


def test_gaps_in_time_are_gaps_in_running_means() -> None:
    ds = made(10, o3=np.arange(10.0)).isel(time=[0, 1, 2, 7, 8, 9])
    found = rolling(ds, hours=3, needed=1.0)["o3_3h"].values[0]
    assert np.isnan(found).tolist() == [True, True, False, True, True, False]
    assert episodes(ds, above=-1, least=3).table["hours"].tolist() == [3, 3]
    assert "never above" in episodes(ds, above=99).sentence("en")


def test_tables_for_people_name_years_variables_and_averages() -> None:
    shown = exceedances(windy(24 * 40), "eu2030").shown_table("en")
    assert shown["year"].iloc[0] == "2025"
    assert "PM2.5 (fine particles)" in set(shown["pollutant"])
    assert "daily mean" in set(shown["average"])
    assert "slope" in linear_relation(windy(), "wind_speed", "pm25").shown_table("en")


def test_stations_that_measured_nothing_of_it_are_not_in_the_table() -> None:
    ds = windy(24 * 40, exposure=("roof", "yard"))
    ds["pm25"][1] = np.nan
    assert set(averages(ds, "week", "pm25").table["station"]) == {"EE-A/roof"}
