"""How many readings a part of the readings could have: by counting them one by one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from kit.analysis import air_statistics, averages, calendar, climatology, normalise
from kit.analysis.conditions import By
from kit.errors import AnalysisError

HOURS = 24 * 1096  # 2023, 2024, 2025


def made(zone: str = "Europe/Tallinn") -> xr.Dataset:
    rng = np.random.default_rng(1)
    times = pd.date_range("2022-12-31T22:00", periods=HOURS, freq="h").as_unit("us")
    cube = {
        "no2": rng.uniform(1, 9, HOURS), "wind_speed": rng.uniform(1, 9, HOURS),
        "wind_direction": rng.uniform(0, 360, HOURS), "temperature": rng.normal(0, 9, HOURS),
    }  # fmt: skip
    return xr.Dataset(
        {name: (("station", "time"), [values]) for name, values in cube.items()},
        {"station": ["EE-A/roof"], "time": times, "zone": ("station", [zone]),
         "latitude": ("station", [58.4]), "longitude": ("station", [26.7])},
        {"freq": "1h"},
    )  # fmt: skip


@pytest.mark.parametrize("period", ["year", "month", "week", "day"])
@pytest.mark.parametrize(
    "by",
    ["season", "month", "weekday", "weekend", "hour", "daylight", "year", "wind", "temperature",
     ("season", "hour"), ("weekend", "daylight"), ("season", "wind"), ("wind", "temperature")],
)  # fmt: skip
def test_a_part_without_gaps_is_whole(period: str, by: By) -> None:
    found = averages(made(), period, "no2", by=by)
    ends = found.table["time"] + pd.Timedelta(days=6 if period == "week" else 0)
    whole = found.table[found.table["time"].dt.year == ends.dt.year]  # weeks over New Year are cut
    assert whole["capture"].to_numpy() == pytest.approx(1)
    assert whole["mean"].notna().all()
    assert found.table["n"].sum() == HOURS


def test_gaps_count_within_the_part_only() -> None:
    """The summer of 2024 is lost; then half of the winter hours of 2025."""
    ds = made()
    local = pd.DatetimeIndex(ds["time"].values) + pd.Timedelta("2h")
    lost = (local.year == 2024) & local.month.isin([6, 7, 8])
    lost |= (local.year == 2025) & local.month.isin([1, 2, 12]) & (local.hour < 12)
    ds["no2"] = ds["no2"].where(~xr.DataArray(lost, dims="time"))
    found = averages(ds, "year", "no2", by="season")
    assert found["summer"].table["capture"].tolist() == [1, 0, 1]
    assert found["winter"].table["capture"].tolist() == [1, 1, 0.5]
    assert found["spring"].table["mean"].notna().all()
    assert found["winter"].table["mean"].notna().tolist() == [True, True, False]
    numbers = air_statistics(ds, "no2", by="season")["winter"].table
    assert numbers["capture"].tolist() == [1, 1, 0.5]
    part = ds["no2"].values[0][(local.year == 2024) & local.month.isin([1, 2, 12])]
    assert numbers["mean"].tolist()[1] == pytest.approx(part.mean())
    by_hand = averages(ds, "year", "no2", by=("season", "hour"))["winter · 13:00"].table
    assert by_hand["capture"].tolist() == [1, 1, 1]


def test_a_season_that_was_half_measured_is_not_whole() -> None:
    """Readings end with January 2025: of that winter 31 of 90 days are there, whatever openair would say."""
    ds = made().isel(time=slice(0, 24 * (365 + 366 + 31)))
    found = averages(ds, "year", "no2", by="season")["winter"].table
    assert found["capture"].tolist() == [1, 1, pytest.approx(31 / 90)]
    assert air_statistics(ds, "no2", by="weekend")["weekend"].table["mean"].isna().tolist()[-1]


def test_times_without_a_wind_measurement_are_missing_in_every_part() -> None:
    """A year with the anemometer away for half of it; a calm is no gap."""
    ds = made()
    local = pd.DatetimeIndex(ds["time"].values) + pd.Timedelta("2h")
    away = (local.year == 2024) & (local.month <= 6)
    ds["wind_direction"] = ds["wind_direction"].where(~xr.DataArray(away, dims="time"))
    found = averages(ds, "year", "no2", by="wind")
    for part in found.values():
        assert part.table["capture"].to_numpy() == pytest.approx([1, 184 / 366, 1])
        assert part.table["mean"].notna().tolist() == [True, False, True]
    calm = made()
    calm["wind_speed"] = calm["wind_speed"].where(calm["wind_speed"] > 5, 0.0)
    for part in averages(calm, "year", "no2", by="wind").values():
        assert part.table["capture"].to_numpy() == pytest.approx([1, 1, 1])


def test_days_of_a_part_have_their_own_hours() -> None:
    found = calendar(made(), "no2", by="daylight")
    assert found["day"].table["value"].notna().all()
    june = found["day"].table.set_index("time").loc["2024-06-21", "n"]
    assert june == 18  # hours whose middle is between sunrise and sunset


def test_weather_is_taken_away_in_parts_of_the_week_and_never_without_a_whole_month() -> None:
    ds = made().isel(time=slice(0, 24 * 200))
    ds["no2"] = 30 / (1 + ds["wind_speed"])
    for part in normalise(ds, "no2", by="weekend").values():
        assert part.table["normalised"].iloc[1:6].notna().all()
        assert "2023" in part.sentence("en")
    seldom = ds.isel(time=np.arange(ds.sizes["time"]) % 24 < 6)  # six hours of each day
    with pytest.raises(AnalysisError, match="half of the hours"):
        normalise(seldom, "no2")


@pytest.mark.parametrize("by", ["weekend", "weekday", "season", ("season", "weekend")])
def test_what_is_usual_at_weekends_needs_weekends_only(by: By) -> None:
    ds = made()
    found = climatology(ds, "no2", by=by)
    assert not found.refused
    local = pd.DatetimeIndex(ds["time"].values) + pd.Timedelta("2h")
    if by == "weekend":
        mine = ds["no2"].values[0][(local.dayofweek > 4) & (local.month == 3)]
        assert found["weekend"].table["median"].iloc[2] == pytest.approx(np.median(mine))
    if by == "season":
        days = climatology(ds, "no2", over="day", by=by)["winter"].table.set_index("day")["median"]
        assert days[[1, 31, 45, 60, 336, 366]].notna().all()  # up to 29 February, from 1 December on
        assert days[[90, 200]].isna().all()
