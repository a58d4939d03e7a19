"""The checks on real files with known damage."""

from __future__ import annotations

import csv

import numpy as np
import pandas as pd
import pytest

from kit.checks import run
from kit.checks.ranges import gross_range
from kit.checks.shape import spike

pytestmark = pytest.mark.fielddata


def table(variable, times, values, station="s/a", period=0):
    time = pd.to_datetime(times).astype("datetime64[us]")
    value = np.asarray(values, dtype=float)
    return pd.DataFrame(
        {
            "station": station,
            "sensor": "1",
            "variable": variable,
            "time": time,
            "period": period,
            "value": value,
        }
    )


def checked(frame):
    done = run(frame, {})
    return frame.assign(flag=done.flag, reason=done.reason), done.not_run


def aberdeen(field_data, name):
    data = pd.read_csv(field_data / "air/aberdeen_reference" / f"aberdeen-{name}.csv", sep=";")
    columns = {"Ozone": "o3", "Nitrogen Dioxide": "no2", "PM10": "pm10", "PM2.5": "pm25"}
    parts = [
        table(variable, data["DateTime"], data[column], period=3600)
        for column, variable in columns.items() if column in data
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def test_aberdeen_spike_is_found_and_its_neighbours_stay(field_data):
    found, _ = checked(aberdeen(field_data, "union-street-roadside"))
    dust = found[found.variable == "pm10"].reset_index(drop=True)
    (at,) = dust.index[dust.value == 630]
    assert (dust.flag[at], dust.reason[at]) == (4, "spike")
    assert dust.flag[[at - 2, at - 1, at + 1, at + 2]].tolist() == [1, 1, 1, 1]
    assert (dust.reason == "spike").sum() == 1


@pytest.mark.parametrize(
    ("name", "expected"), [("union-street-roadside", 266), ("king-street", 0), ("errol-place", 203)]
)
def test_reference_monitors_keep_their_small_negative_values(field_data, name, expected):
    found, _ = checked(aberdeen(field_data, name))
    negative = found[found.value < 0]
    assert len(negative) == expected
    assert (negative.value >= -5).all()
    assert (negative.flag == 1).all()
    present = found[found.flag != 9]
    assert (present.flag == 1).mean() > 0.995


def test_rosario_typing_error_fails_and_its_neighbours_stay(field_data):
    data = pd.read_csv(field_data / "known/dataresqc_sef/Rosario_ta.tsv", sep="\t", skiprows=12)
    data = data.dropna(subset=["Hour", "Minute"]).reset_index(drop=True)
    times = pd.to_datetime(data[["Year", "Month", "Day", "Hour", "Minute"]])
    found, not_run = checked(table("temperature", times, data["Value"]))
    assert found.loc[found.value == 220.9, ["flag", "reason"]].values.tolist() == [[4, "out-of-range"]]
    assert found.value[found.flag == 4].tolist() == [220.9, 82.9, 74.2]  # two more errors of the same kind
    (at,) = found.index[found.value == 220.9]
    assert found.flag[[at - 1, at + 1]].tolist() == [1, 1]
    assert {n.check for n in not_run} >= {"spike", "rate-of-change"}  # two readings a day


def test_newark_hurricane_wind_of_1048_mph_fails(field_data):
    data = pd.read_csv(field_data / "weather/nycflights13_weather_raw.csv")
    times = pd.to_datetime(data["time_hour"]).dt.tz_localize(None)
    frame = table("wind_speed", times, data["wind_speed"] * 0.44704)
    frame["station"] = "s/" + data["origin"]
    found, _ = checked(frame)
    bad = found[found.flag == 4]
    assert bad[["station", "reason"]].values.tolist() == [["s/EWR", "out-of-range"]]
    assert bad["value"].round(1).tolist() == [468.7]
    assert found.loc[[bad.index[0] - 1, bad.index[0] + 1], "flag"].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("sensor", "saturated", "worst"), [("5332", 334, 4), ("22613", 243, 4), ("22450", 0, 1), ("17080", 0, 1)]
)
def test_dht22_stuck_at_its_upper_end(field_data, sensor, saturated, worst):
    name = f"air/sensor_community/daily/2019-03-30_dht22_sensor_{sensor}.csv"
    data = pd.read_csv(field_data / name, sep=";")
    found, _ = checked(table("humidity", data["timestamp"], data["humidity"]))
    at_end = found[found.value == 99.9]
    assert len(at_end) == saturated
    assert found.flag.max() == worst
    bad = found[found.flag.isin([3, 4])]
    assert (bad.value == 99.9).all()
    assert len(bad) >= 0.97 * saturated
    assert set(bad.reason) <= {"stuck-code"}


def test_dht22_three_readings_at_the_end_are_only_suspect(field_data):
    name = "air/sensor_community/daily/2019-03-30_dht22_sensor_23008.csv"
    data = pd.read_csv(field_data / name, sep=";")
    found, _ = checked(table("humidity", data["timestamp"], data["humidity"]))
    assert (found.value == 99.9).sum() == 3
    assert (found.flag == 4).sum() == 0


def test_ghcn_values_that_passed_there_do_not_fail_here(field_data):
    with (field_data / "weather/ghcnd_AGE00147704.dly.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    values, marks = [], []
    for row in rows:
        if row["element"] in ("TMAX", "TMIN"):
            for day in range(1, 32):
                if row[f"VALUE{day}"] not in ("", "NA", "-9999"):
                    values.append(float(row[f"VALUE{day}"]) / 10)
                    marks.append(row[f"QFLAG{day}"].replace("NA", "").strip())
    flag = gross_range(np.array(values), -90, 60, -50, 50)
    passed = np.array([mark == "" for mark in marks])
    assert passed.sum() > 5000
    assert (~passed).sum() >= 24  # 24 I (internally inconsistent) and O (outliers): no impossible values
    assert (flag[passed] == 1).all()


def qartod_spike(value, suspect, fail):
    """QARTOD's average spike test from its manual, by loops."""
    flag = [1] * len(value)
    for i in range(1, len(value) - 1):
        height = abs(value[i] - (value[i - 1] + value[i + 1]) / 2)
        flag[i] = 4 if height > fail else 3 if height > suspect else 1
    return np.array(flag)


def test_water_level_spikes_of_qartod_without_the_good_neighbours(field_data):
    data = pd.read_csv(field_data / "known/ioos_qc/water_level_example.csv")
    level = data["sea_surface_height_above_sea_level"].to_numpy(dtype=float)
    hours = pd.to_datetime(data["time"]).dt.tz_localize(None).to_numpy().astype("M8[s]").astype(float) / 3600
    order = np.argsort(hours, kind="stable")
    level, hours = level[order], hours[order]
    present = np.isfinite(level)
    level, hours = level[present], hours[present]
    theirs = qartod_spike(level, 0.4, 0.8)
    ours = spike(hours, level, np.zeros(len(level), dtype=np.int64), 12.0, 0.4, 0.8)
    assert (ours > 1).sum() > 0
    assert ((ours > 1) <= (theirs > 1)).all()
    assert (int((ours > 1).sum()), int((theirs > 1).sum())) == (36, 127)
    extra = np.flatnonzero((theirs > 1) & (ours == 1))[1:-1]
    before, after = level[extra] - level[extra - 1], level[extra] - level[extra + 1]
    alone = (before * after > 0) & (np.minimum(abs(before), abs(after)) > 0.4)
    assert alone.sum() == 4  # good values between two spikes; all others have a normal neighbour
    for at in extra[alone]:
        assert (ours[at - 2 : at + 3] == 4).any()
