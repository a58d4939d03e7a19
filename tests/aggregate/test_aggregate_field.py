"""Aggregation against the results of R openair on its own data, and on real files."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kit import aggregate
from kit.aggregate.wind import components, direction_of
from kit.model import Station

pytestmark = pytest.mark.fielddata
LONDON = {"s/a": Station("s/a", zone="Europe/London")}
COLUMNS = {"ws": "wind_speed", "wd": "wind_direction", "no2": "no2", "o3": "o3"}


def table(variable, times, values, station="s/a", period=3600):
    value = np.asarray(values, dtype=float)
    flag = np.where(np.isnan(value), 9, 1)
    return pd.DataFrame(
        {
            "station": station, "sensor": "1", "variable": variable, "period": period,
            "time": pd.to_datetime(times).astype("datetime64[us]"), "value": value, "flag": flag,
        }
    )  # fmt: skip


@pytest.fixture(scope="module")
def marylebone(field_data):
    rdata = pytest.importorskip("rdata")
    data = rdata.read_rda(field_data / "air/openair_mydata.rda")["mydata"]
    times = pd.to_datetime(data["date"], unit="s")
    frame = {name: data[name].astype("float64").to_numpy() for name in COLUMNS}
    return pd.DataFrame({"time": times.astype("datetime64[us]").to_numpy(), **frame})


@pytest.fixture(scope="module")
def openair(field_data):
    path = field_data / "known/reference_values/openair_timeaverage_month.csv"
    result = pd.read_csv(path, parse_dates=["date"])
    return result[result.data_thresh == 0].set_index(["column", "date"])["value"]


@pytest.fixture(scope="module")
def readings(marylebone):
    parts = [table(variable, marylebone["time"], marylebone[name]) for name, variable in COLUMNS.items()]
    return pd.concat(parts, ignore_index=True)


def test_vector_mean_is_openairs_to_nine_digits(marylebone, openair):
    months = marylebone.groupby(marylebone["time"].to_numpy().astype("M8[M]"))
    compared = 0
    for month, part in months:
        found = aggregate.vector_mean(part["wd"].to_numpy(), part["ws"].to_numpy())
        assert found == pytest.approx(openair["wd", pd.Timestamp(month)], rel=1e-9)
        compared += 1
    assert compared == 90


@pytest.mark.parametrize("name", ["ws", "wd", "no2", "o3"])
def test_months_in_steps_are_openairs_where_nothing_is_missing(readings, openair, name):
    days, months = aggregate.to_freq(readings, LONDON, "1D"), aggregate.to_freq(readings, LONDON, "1MS")
    speeds, windy = days[days.variable == "wind_speed"], months[months.variable == "wind_speed"]
    days, months = days[days.variable == COLUMNS[name]], months[months.variable == COLUMNS[name]]
    full = days[days.n == 24]
    if name == "wd":  # the weighted vector needs the speed too; without 75 % of it directions count alike
        full = full[full.time.isin(speeds[speeds.n == 24].time)]
        months = months[months.time.isin(windy[windy.value.notna()].time)]
    number = full.groupby(full.time.to_numpy().astype("M8[M]")).size()
    exact, near = 0, []
    for row in months.dropna(subset=["value"]).itertuples():
        known = openair[name, row.time]
        off = abs(row.value - known)
        if number.get(row.time, 0) == row.time.days_in_month:
            assert row.value == pytest.approx(known, rel=1e-9)
            exact += 1
        near.append(min(off, 360 - off) if name == "wd" else off / known)
    assert exact >= {"ws": 40, "wd": 40, "no2": 3, "o3": 3}[name]
    assert len(near) > 75
    assert max(near) < (3 if name == "wd" else 0.1)  # days with gaps weigh a little differently
    assert np.median(near) < (0.1 if name == "wd" else 0.005)


def test_months_of_marylebone_need_three_quarters_of_their_days(readings, field_data):
    path = field_data / "known/reference_values/openair_timeaverage_month.csv"
    result = pd.read_csv(path, parse_dates=["date"])
    blank = result[(result.data_thresh == 75) & (result.column == "o3") & result.value.isna()].date
    months = aggregate.to_freq(readings, LONDON, "1MS").query("variable == 'o3'").set_index("time")
    months = months.reindex(pd.date_range("1998-01-01", "2005-06-01", freq="MS"))
    assert months.value[blank].isna().all()
    assert months.value.isna().sum() - len(blank) <= 3  # whole days are asked for, so kit is stricter


def test_the_vector_mean_of_tartus_wind_is_not_its_plain_average(field_data):
    """The published means of WD10 are plain averages of degrees, which is another direction."""
    folder = field_data / "air/estonia_tartu"
    hours = pd.read_csv(folder / "tartu_station8_2022_hourly_iso_10rows.csv")
    first_night = hours[hours["DateTime"].str.startswith("2022-12-01")]
    direction, speed = first_night["WD10"].to_numpy(), first_night["WS10"].to_numpy()
    u, v = components(direction, speed)
    expected = direction_of(np.array([u.sum()]), np.array([v.sum()]))[0]
    assert aggregate.vector_mean(direction, speed) == pytest.approx(expected)
    assert abs(aggregate.vector_mean(direction) - direction.mean()) > 30  # 349° among 75..205°


def test_tartu_days_pass_through_and_ten_days_are_no_month(field_data):
    data = pd.read_csv(field_data / "air/estonia_tartu/tartu_station8_2022_daily_means_first_last5.csv")
    local_midnight = pd.to_datetime(data["Year-month-day"]) - pd.Timedelta("2h")
    frame = table("pm25", local_midnight, data["PM2.5"], period=86400)
    stations = {"s/a": Station("s/a", zone="Europe/Tallinn")}
    days = aggregate.to_freq(frame, stations, "1D")
    assert days.time.dt.strftime("%Y-%m-%d").tolist() == data["Year-month-day"].tolist()
    assert days.value.tolist() == data["PM2.5"].tolist()
    months = aggregate.to_freq(frame, stations, "1MS")
    assert months.n.tolist() == [5, 5]
    assert months.value.isna().all()


def test_a_sensor_of_two_and_a_half_minutes_makes_24_hours(field_data):
    data = pd.read_csv(field_data / "air/sensor_community/daily/2019-03-30_sds011_sensor_5331.csv", sep=";")
    frame = table("pm25", data["timestamp"], data["P2"], period=0)
    assert 140 <= aggregate.cadence(frame["time"].to_numpy()) <= 160
    hours = aggregate.to_freq(frame, LONDON, "1h")
    by_hand = data["P2"].groupby(pd.to_datetime(data["timestamp"]).dt.floor("h")).mean()
    present = hours.value.notna().to_numpy()
    assert present.sum() >= 22
    assert hours.value[present].tolist() == pytest.approx(by_hand[hours.time[present]].tolist())
    day = aggregate.to_freq(frame, LONDON, "1D")
    assert day.value[0] == pytest.approx(by_hand[hours.time[present]].mean())


def test_days_of_new_york_have_24_hours_when_the_clocks_change(field_data):
    data = pd.read_csv(field_data / "weather/nycflights13_weather_raw.csv")
    data = data[data["origin"] == "JFK"]
    times = pd.to_datetime(data["time_hour"]).dt.tz_localize(None)
    frame = table("temperature", times, (data["temp"] - 32) / 1.8, period=0)
    days = aggregate.to_freq(frame, {"s/a": Station("s/a", zone="America/New_York")}, "1D").set_index("time")
    change = days.loc["2013-11-02":"2013-11-04"]
    assert change.n.max() == 24
    local = times - pd.Timedelta("5h")
    by_hand = frame["value"].groupby(local.dt.date.to_numpy()).mean()
    full = days[days.n == 24]
    assert len(full) > 340
    assert full.value.tolist() == pytest.approx([by_hand[time.date()] for time in full.index])
