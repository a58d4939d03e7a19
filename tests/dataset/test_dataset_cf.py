"""What readings() hands to analyses: CF attributes, wind, incomplete sums, devices, hand readings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from kit import analysis
from kit.aggregate import to_freq
from kit.dataset import Dataset
from kit.dataset.arrays import step_of, to_xarray
from kit.errors import AnalysisError
from kit.model import RULES, Flag, Source, Station

ROOF = Station(
    "EE-A/roof", "EE-79", 58.378, 26.729, 60.0, zone="Europe/Tallinn", exposure="roof", name="Katus"
)
YARD = Station("EE-B/yard", "EE-79", 58.4, 26.8, zone="Europe/Tallinn")
HILL = Station("EE-C/hill", "EE-79", 58.3, 26.8, zone="Europe/Tallinn")


def rows(variable: str, values: np.ndarray, start: str = "2024-02-29T22:00", **more: object) -> pd.DataFrame:
    """Return hourly readings of the roof from a UTC time on."""
    times = pd.date_range(start, periods=len(values), freq="h").as_unit("us")
    columns = {"station": ROOF.id, "sensor": "1", "variable": variable, "period": 3600, "flag": 1, **more}
    return pd.DataFrame({"time": times, "value": np.asarray(values, dtype=float), **columns})


def arrays(*tables: pd.DataFrame, freq: str = "1D", wanted: list[str] | None = None) -> xr.Dataset:
    stations = [ROOF, YARD, HILL]
    frame = to_freq(pd.concat(tables), {one.id: one for one in stations}, step_of(freq))
    return to_xarray(frame, stations, freq, None, wanted)


def everything() -> xr.Dataset:
    hours = np.arange(24.0 * 31)
    return arrays(
        rows("pm25", 10 + hours % 7), rows("rain", hours % 3), rows("wind_speed", 2 + hours % 4),
        rows("wind_direction", hours % 360), rows("temperature_max", hours % 20),
        rows("wind_gust", hours % 9),
        rows("pm25", 5 + hours % 5, station=YARD.id),
    )  # fmt: skip


def test_attributes_of_the_cf_conventions() -> None:
    """CF-1.13: chapters 2.6, 3.1-3.5, 4, 7.3, 9 (discrete sampling geometries) and appendix A."""
    ds = everything()
    assert (ds.attrs["Conventions"], ds.attrs["featureType"]) == ("CF-1.13", "timeSeries")
    assert [name for name in ds.variables if ds[name].attrs.get("cf_role") == "timeseries_id"] == ["station"]
    for name, standard, units in (
        ("latitude", "latitude", "degrees_north"), ("longitude", "longitude", "degrees_east"),
        ("elevation", "surface_altitude", "m"),
    ):  # fmt: skip
        attributes = ds[name].attrs
        assert (attributes["standard_name"], attributes["units"], ds[name].dims) == (
            standard,
            units,
            ("station",),
        )
    assert ds["time"].attrs["standard_name"] == "time"
    measured = [str(name) for name in ds.data_vars if "cell_methods" in ds[name].attrs]
    assert sorted(measured) == [
        "pm25",
        "rain",
        "temperature_max",
        "wind_direction",
        "wind_gust",
        "wind_speed",
    ]
    for name in measured:
        attributes = ds[name].attrs
        assert attributes["units"]
        assert attributes["long_name"]
        assert attributes["standard_name"]
        for beside in attributes["ancillary_variables"].split():
            assert ds[beside].dims == ds[name].dims
            for key in ("flag_values",) if "flag_meanings" in ds[beside].attrs else ():
                flags = ds[beside].attrs
                assert flags[key].dtype == ds[beside].dtype  # CF 3.5
                assert len(flags[key]) == len(flags["flag_meanings"].split())
                assert set(np.unique(ds[beside])) <= set(flags[key].tolist())
    methods = {name: ds[name].attrs["cell_methods"] for name in measured}
    assert methods == {
        "pm25": "time: mean", "rain": "time: sum", "temperature_max": "time: maximum",
        "wind_gust": "time: maximum", "wind_speed": "time: mean",
        "wind_direction": "time: mean (comment: vector mean)",
    }  # fmt: skip


@pytest.mark.parametrize("freq", ["1h", "1D", "1M", "1Y"])
def test_as_netcdf_and_back(tmp_path: Path, freq: str) -> None:
    pytest.importorskip("scipy")
    ds = arrays(rows("pm25", np.arange(24.0 * 60)), rows("rain", np.ones(24 * 60)), freq=freq)
    ds.to_netcdf(tmp_path / "a.nc", engine="scipy")
    with xr.open_dataset(tmp_path / "a.nc", engine="scipy") as back:
        assert str(back["time"].values[0]) == str(ds["time"].values[0].astype(back["time"].dtype))
        for name in ds.data_vars:
            np.testing.assert_array_equal(back[name].values, ds[name].values)
        assert back["station"].values.tolist() == [ROOF.id]
        assert back["station_name"].values.tolist() == ["Katus"]
        assert back["pm25"].attrs["standard_name"] == ds["pm25"].attrs["standard_name"]
        assert back["pm25_flag"].dtype == np.int8


def test_a_direction_alone_is_weighted_with_the_speed(shared: Dataset) -> None:
    """Half the hours 5 m/s from the north, half 1 m/s from the east: 11.3 degrees, not 45."""
    table = "time (UTC),wind speed (m/s),wind direction (deg)\n" + "".join(
        f"2024-03-01T{h:02d}:00:00Z,{5 if h % 2 else 1},{0 if h % 2 else 90}\n" for h in range(24)
    )
    answers = {"time_zone": "UTC"}
    receipt = shared.upload(Source("wind.csv", table.encode()), station="EE-A/roof", answers=answers)
    assert receipt.to_dict()["accepted"] == 24, receipt.to_dict()
    ds = shared.readings("wind_direction", freq="1D")
    assert list(ds.data_vars) == ["wind_direction", "wind_direction_flag", "wind_direction_coverage"]
    day = ds["wind_direction"].sel(time="2024-03-01").item()
    assert day == pytest.approx(np.degrees(np.arctan2(1, 5)), abs=1.5)


def test_rain_of_which_an_hour_is_missing_is_marked() -> None:
    rain = rows("rain", np.ones(24 * 62))
    ds = arrays(rain.drop(index=100), freq="1M")
    assert ds["rain"].sel(station=ROOF.id).values[:2].tolist() == [31 * 24 - 1, 30 * 24]
    assert ds["rain_at_least"].sel(station=ROOF.id).values[:2].tolist() == [1, 0]
    assert analysis.series.frame(ds, "rain")[ROOF.id].isna().tolist()[:2] == [True, False]
    assert analysis.series.main_variable(ds) == "rain"


def test_flags_4_and_9_are_never_used_and_3_is() -> None:
    values = np.full(24, 10.0)
    table = rows("pm25", values)
    table.loc[:1, ["value", "flag"]] = [900.0, Flag.FAIL]
    table.loc[2, "flag"] = Flag.MISSING
    table.loc[3, ["value", "flag"]] = [31.0, Flag.SUSPECT]
    ds = arrays(table)
    assert ds["pm25"].item() == pytest.approx((20 * 10 + 31) / 21)
    assert ds["pm25_flag"].item() == 3
    assert ds["pm25_coverage"].item() == 21 / 24
    frame = to_freq(table, {ROOF.id: ROOF}, "1D", (1, 2))
    without = to_xarray(frame, [ROOF], "1D", None, None)
    assert without["pm25"].item() == 10.0


def test_one_reading_a_day_by_hand_is_no_daily_mean() -> None:
    """Read at 14:00 only: such days are not compared with means of 24 hours, nor do they make a month."""
    times = pd.date_range("2024-03-01T12:00", periods=31, freq="D").as_unit("us")
    by_hand = pd.DataFrame({"station": YARD.id, "sensor": "1", "variable": "temperature", "time": times,
                            "period": 0, "value": 20.0, "flag": 1})  # fmt: skip
    device = rows("temperature", np.full(24 * 31, 10.0))
    for freq in ("1D", "1M"):
        ds = arrays(by_hand, device, freq=freq)
        assert ds["temperature"].sel(station=YARD.id).isnull().all()
        assert (ds["temperature"].sel(station=ROOF.id) == 10).all()
        assert ds["temperature_coverage"].sel(station=YARD.id).max() < 0.05
    hours = arrays(by_hand, device, freq="1h")["temperature"]
    both = hours.dropna("time")  # at that hour they can be compared
    assert both.sizes["time"] == 31
    assert (both.sel(station=YARD.id) - both.sel(station=ROOF.id) == 10).all()
    with pytest.raises(AnalysisError, match=r"so it has no daily means\. Compare it at the hour"):
        analysis.compare(arrays(by_hand, device), YARD.id)
    third = arrays(by_hand, device, device.assign(station="EE-C/hill"))
    found = analysis.compare(third, ROOF.id)
    assert found.n_others == 1
    assert found.remarks("en")[0].startswith("EE-B/yard was left out: on no day did it measure during 18 of")
    assert "kellaajal" in found.remarks("et")[0]


def test_a_replaced_sensor_is_seen_in_the_arrays() -> None:
    """Two devices at one station, 5 years each, the second reads 4 µg/m³ more: no trend is made of that."""
    ds = arrays(*_ten_years(4.0))
    assert ds["pm25_deployment"].dtype == np.int16
    assert ds["pm25_deployment"].attrs["long_name"] == "deployment"
    assert "pm25_deployment" in ds["pm25"].attrs["ancillary_variables"]
    assert analysis.series.main_variable(ds) == "pm25"
    found = analysis.trend(ds)
    assert found.direction == "unclear"
    assert (found.first, found.last) == (2020, 2024)
    assert found.remarks("en")[0].startswith("Katus: another device took over.")
    assert analysis.trend(ds.drop_vars("pm25_deployment")).direction == "up"


def _ten_years(bias: float) -> list[pd.DataFrame]:
    rng = np.random.default_rng(3)
    days = pd.date_range("2015-01-01", "2024-12-31", freq="D").as_unit("us")
    value = 12 + 3 * np.cos(2 * np.pi * days.dayofyear / 365) + rng.normal(0, 2, len(days))
    table = pd.DataFrame({
        "station": ROOF.id, "sensor": np.where(days.year < 2020, "old", "new"), "variable": "pm25",
        "time": days, "period": 86400, "value": value + bias * (days.year >= 2020), "flag": 1,
    })  # fmt: skip
    return [table]


def test_sightings_bring_version_and_names(shared: Dataset) -> None:
    assert shared.sightings().attrs == {
        "version": f"{shared.version}/{RULES}",
        "station_names": {"EE-A/roof": "Roof"},
        "station_regions": {"EE-A/roof": "EE-79"},
    }
    assert shared.sightings("Aves").attrs["version"].startswith(shared.version)
