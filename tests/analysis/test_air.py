"""The European air quality index: bounds, worst pollutant, and what a school station cannot say."""

from __future__ import annotations

import csv

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from kit.analysis import air_quality_index
from kit.analysis.air import BANDS, TABLE, european_bands
from kit.errors import AnalysisError


def hours(exposure: tuple[str, ...] = ("roof",), **variables: list[list[float]] | list[float]) -> xr.Dataset:
    values = {name: np.atleast_2d(np.asarray(v, dtype=float)) for name, v in variables.items()}
    n = next(iter(values.values())).shape[1]
    return xr.Dataset(
        {name: (("station", "time"), v) for name, v in values.items()},
        coords={
            "station": [f"EE-{chr(65 + i)}/roof" for i in range(len(exposure))],
            "time": pd.date_range("2025-01-01", periods=n, freq="h", unit="us"),
            "exposure": ("station", list(exposure)),
        },
        attrs={"freq": "1h", "dataset_version": "3f9ac2d41b07", "rules": 1},
    )


def test_the_table_has_five_pollutants_with_rising_bounds_and_a_source() -> None:
    with TABLE.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["index"] == "EAQI"]
    assert len(rows) == 30
    assert all(row["source"] and row["unit"] == "ug/m3" for row in rows)
    assert [row["name"] + " air" for row in rows[:6]] == list(BANDS)
    bands = european_bands()
    assert set(bands) == {"pm25", "pm10", "no2", "o3", "so2"}
    for found in bands.values():
        assert len(found.upper) == 5
        assert list(found.upper) == sorted(set(found.upper))


@pytest.mark.parametrize(
    ("pollutant", "value", "band"),
    [("pm25", 5.0, 1), ("pm25", 5.01, 2), ("pm25", 15.0, 2), ("pm25", 50.0, 3), ("pm25", 90.1, 5),
     ("pm25", 999, 6),
     ("pm25", -2.0, 1), ("pm10", 45.0, 2), ("pm10", 270.1, 6), ("no2", 10.0, 1), ("no2", 100.0, 4),
     ("o3", 100.5, 3), ("o3", 180.0, 5), ("so2", 275.0, 5), ("so2", 20.1, 2)],
)  # fmt: skip
def test_a_value_on_a_bound_belongs_to_the_better_band(pollutant: str, value: float, band: int) -> None:
    found = air_quality_index(hours(**{pollutant: [value]}))
    assert found.hours["band"].tolist() == [band]


def test_the_worst_pollutant_counts() -> None:
    found = air_quality_index(hours(pm25=[3.0, 60.0, np.nan], no2=[70.0, 5.0, 5.0], o3=[10.0, 110.0, np.nan]))
    assert found.hours["band"].tolist() == [4, 4, 1]
    assert found.hours["worst"].tolist() == ["no2", "pm25", "no2"]
    assert found.label("EE-A/roof", "en").startswith("only from ")
    assert found.table["hours"].sum() == 3
    assert found.table.set_index("band").loc[4, "share"] == pytest.approx(2 / 3)
    whole = air_quality_index(hours(pm10=[3.0], no2=[1.0], o3=[2.0], so2=[1.0]))
    assert whole.labels == {"EE-A/roof": ""}
    assert "PM part only" not in whole.sentence("en")


def test_a_pm_only_station_says_so_and_is_no_warning() -> None:
    found = air_quality_index(hours(pm25=[3.0, 7.0, 100.0], pm10=[4.0, 8.0, 110.0]))
    assert found.label("EE-A/roof", "en") == "PM part only"
    assert "PM part only" in found.sentence("en")
    assert "not an official warning" in found.sentence("en")
    assert "67 % of the 3 hours with a band" in found.sentence("en")
    assert "very poor" in found.sentence("en")
    assert "ainult peenosakeste osa" in found.sentence("et").lower()
    assert "väga halb" in found.sentence("et")
    assert any("could only make the index worse" in text for text in found.remarks("en"))
    assert "2025" in found.scope("en")["Table of bands"]


def test_no_band_from_damp_uncorrected_particles() -> None:
    ds = hours(pm25=[60.0, 60.0, 60.0], no2=[5.0, 5.0, np.nan], humidity=[85.0, 85.1, 99.0])
    found = air_quality_index(ds)
    assert found.hours["band"].tolist() == [4, 1]  # hour 2 from NO2 alone, hour 3 from nothing
    assert found.completeness == pytest.approx(2 / 3)
    assert any("85 %: 2." in text for text in found.remarks("en"))
    reference = ds.assign_coords(instrument=("station", ["reference"]))
    assert air_quality_index(reference).hours["band"].tolist() == [4, 4, 4]
    unknown = air_quality_index(ds.drop_vars("humidity"))
    assert len(unknown.hours) == 3
    assert any("humidity is not known" in text for text in unknown.remarks("en"))
    with pytest.raises(AnalysisError, match="too damp"):
        air_quality_index(hours(pm25=[60.0], humidity=[97.0]))


def test_indoor_stations_get_no_band() -> None:
    ds = hours(("roof", "indoor"), pm25=[[3.0, 4.0], [300.0, 300.0]])
    found = air_quality_index(ds)
    assert set(found.hours["station"]) == {"EE-A/roof"}
    assert found.hours["band"].max() == 1
    assert any("EE-B/roof stands indoors" in text for text in found.remarks("en"))
    with pytest.raises(AnalysisError, match="outdoor air"):
        air_quality_index(hours(("indoor",), pm25=[3.0]))


def test_only_hours_and_only_pollutants() -> None:
    days = hours(pm25=[3.0, 4.0])
    days = days.assign_coords(time=pd.date_range("2024-03-01", periods=2))
    days.attrs["freq"] = "1D"
    with pytest.raises(AnalysisError, match="hourly"):
        air_quality_index(days)
    with pytest.raises(AnalysisError, match="ozone"):
        air_quality_index(hours(temperature=[3.0]))


def test_failed_values_get_no_band() -> None:
    ds = hours(pm25=[3.0, 900.0])
    ds["pm25_flag"] = (("station", "time"), np.array([[1, 4]], dtype="int8"))
    assert air_quality_index(ds).hours["band"].tolist() == [1]


def test_hours_without_humidity_are_counted() -> None:
    ds = hours(("roof", "roof"), pm25=[[9.0] * 4] * 2, humidity=[[50.0, np.nan, 90.0, 50.0], [np.nan] * 4])
    ds = ds.assign_coords(station_name=("station", ["Roof", "Hill"]))
    found = air_quality_index(ds)
    assert len(found.hours) == 7
    assert any(text.startswith("Hours with a band although the humidity is not known: 5.")
               for text in found.remarks("en"))  # fmt: skip
    assert "Hill: PM part only. What is not measured there could only make the index worse." in found.remarks(
        "en"
    )


@pytest.mark.filterwarnings("error")
def test_nothing_at_all() -> None:
    for ds in (hours(pm25=[np.nan] * 3), hours(pm25=[3.0]).isel(station=slice(0, 0))):
        with pytest.raises(AnalysisError, match=r"No hour is left|no readings here"):
            air_quality_index(ds)
