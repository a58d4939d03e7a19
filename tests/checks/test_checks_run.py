"""All checks together over a long table."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from kit.checks import REASONS, run
from kit.errors import UsageError
from kit.model import Station
from kit.text import tr

NOW = datetime(2026, 6, 1, tzinfo=UTC)
ROOF = Station("s/roof", latitude=58.378, longitude=26.729, zone="Europe/Tallinn")
HERE = {ROOF.id: ROOF}


def table(values, variable="temperature", freq="h", start="2026-03-01", **more):
    columns = {"station": ROOF.id, "sensor": "1", "variable": variable, "period": 0, **more}
    times = pd.date_range(start, periods=len(values), freq=freq).as_unit("us")
    return pd.DataFrame({"time": times, "value": np.array(values, dtype=float), **columns})


def wavy(n, mean=10.0):
    return (mean + 3 * np.sin(np.arange(n) / 24 * 2 * np.pi) + 0.1 * (np.arange(n) % 3)).round(2)


def outcome(frame, stations=HERE, now=NOW):
    done = run(frame, stations, now)
    return done.flag.tolist(), done.reason.tolist(), done.not_run


def test_good_readings_are_good_and_everything_could_run():
    flag, reason, not_run = outcome(table(wavy(48)))
    assert flag == [1] * 48
    assert reason == [""] * 48
    assert not_run == ()


def test_each_defect_is_found_with_its_reason_and_its_neighbours_stay_good():
    values = wavy(240)
    values[20] = np.nan
    values[40] = 86.0  # Fahrenheit
    values[60] += 9.0
    values[80] = 85.0  # DS18B20 after a power cut
    values[100:] += 11.0
    values[150:170] = 21.34
    flag, reason, _ = outcome(table(values))
    assert {i: (flag[i], reason[i]) for i in range(240) if reason[i]} == {
        20: (9, "missing"), 40: (4, "out-of-range"), 60: (3, "spike"), 80: (4, "out-of-range;stuck-code"),
        100: (3, "rate-of-change"), **dict.fromkeys(range(150, 170), (3, "flat-line")),
    }  # fmt: skip


def test_the_order_of_the_rows_does_not_matter():
    values = wavy(200)
    values[[30, 31, 90]] = [30.0, np.nan, -60.0]
    frame = pd.concat([table(values), table(wavy(200), sensor="2"), table(wavy(200, 50), "humidity")])
    frame = frame.reset_index(drop=True)
    shuffled = frame.sample(frac=1, random_state=7)
    straight, mixed = run(frame, HERE, NOW), run(shuffled, HERE, NOW)
    assert (straight.flag[shuffled.index] == mixed.flag).all()
    assert (straight.reason[shuffled.index] == mixed.reason).all()
    assert straight.not_run == mixed.not_run


def test_series_do_not_mix():
    warm, cold = table([25.0, 26.0, 25.0]), table([-5.0, -4.0, -5.0], sensor="2")
    both = pd.concat([warm, cold]).sort_values(["time", "sensor"], ignore_index=True)
    assert outcome(both)[0] == [1] * 6


def test_repeated_times_are_checked_once_and_flagged_together():
    values = wavy(20)
    values[10] = 34.0
    frame = table(values)
    frame = pd.concat([frame, frame.iloc[[10]], frame.iloc[[5]].assign(value=np.nan)], ignore_index=True)
    flag, reason, _ = outcome(frame)
    assert (flag[10], flag[20], flag[21]) == (4, 4, 9)
    assert reason[10] == reason[20] == "spike"
    assert reason[21] == "missing"


def test_calm_dry_night_and_fog_may_stay_the_same():
    zeros, full = np.zeros(100), np.full(100, 100.0)
    for variable, values in (
        ("rain", zeros), ("wind_speed", zeros), ("radiation", zeros), ("humidity", full), ("uv_index", zeros),
    ):  # fmt: skip
        assert set(outcome(table(values, variable))[0]) == {1}, variable


def test_a_stuck_pressure_sensor_fails_after_two_days():
    flag, reason, _ = outcome(table(np.full(60, 1013.2), "pressure"))
    assert set(flag) == {4}
    assert set(reason) == {"flat-line"}


def test_small_negative_dust_stays():
    assert outcome(table([2.0, -1.0, -3.0, 0.0, 1.0], "pm25"))[0] == [1] * 5
    flag, reason, _ = outcome(table([2.0, -6.0, -30.0], "pm25"))
    assert flag[1:] == [3, 4]
    assert reason[1:] == ["unusual-value", "out-of-range"]


def test_wind_direction_ends_at_360():
    flag, reason, _ = outcome(table([0.0, 360.0, 361.0, -1.0], "wind_direction"))
    assert flag == [1, 1, 4, 4]
    assert reason[2] == "out-of-range"


def test_codes_of_broken_sensors():
    flag, reason, _ = outcome(table([5.0, 999.9, 5.5], "pm25"))
    assert (flag[1], reason[1]) == (4, "unusual-value;stuck-code")
    flag, reason, _ = outcome(table([8.0, 1999.9, 8.5], "pm10"))
    assert (flag[1], reason[1]) == (4, "unusual-value;stuck-code")
    flag, reason, _ = outcome(table([8.0, -144.7, 8.5]))
    assert (flag[1], reason[1]) == (4, "out-of-range;stuck-code")


def test_one_saturated_humidity_is_good_a_short_time_suspect_a_long_time_wrong():
    values = wavy(200, 80.0)
    values[20], values[50:53], values[100:120] = 99.9, 99.9, 99.9
    flag, reason, _ = outcome(table(values, "humidity"))
    assert flag[20] == 1
    assert flag[50:53] == [3] * 3
    assert flag[100:120] == [4] * 20
    assert {reason[i] for i in range(200) if flag[i] > 1} == {"stuck-code"}


def test_impossible_and_future_times():
    frame = table(wavy(4))
    times = ["1601-01-01", "2026-05-31", "2026-06-01T05:00", "2062-01-01"]
    frame["time"] = np.array(times, dtype="M8[us]")
    flag, reason, _ = outcome(frame)
    assert flag == [4, 1, 3, 4]
    assert reason == ["impossible-time", "", "future-time", "future-time"]
    frame["time"] = pd.NaT
    assert outcome(frame)[1] == ["impossible-time"] * 4


def test_without_a_now_the_future_is_not_run():
    _, _, not_run = outcome(table(wavy(48)), now=None)
    assert [(n.check, n.to_dict("en")["why"]) for n in not_run] == [
        ("time", "It is not known when the file was given.")
    ]


@pytest.mark.parametrize(("latitude", "longitude"), [(0.0, 0.0), (95.0, 20.0), (10.0, 181.0)])
def test_an_impossible_place_fails_all_its_readings(latitude, longitude):
    flag, reason, not_run = outcome(
        table(wavy(48)), {ROOF.id: Station(ROOF.id, latitude=latitude, longitude=longitude)}
    )
    assert set(flag) == {4}
    assert set(reason) == {"impossible-location"}
    assert not_run == ()  # the values themselves could still be checked


def test_stations_without_a_place_are_visible():
    _, _, not_run = outcome(table(wavy(48)), {ROOF.id: Station(ROOF.id)})
    assert [(n.check, n.station, n.why) for n in not_run] == [
        ("location", ROOF.id, "The station has no coordinates."),
        ("half-year-range", ROOF.id, "The station has no coordinates."),
    ]
    assert outcome(table(wavy(48)), {})[2][0].why == "The station is not known here."


def test_a_station_that_moved_is_suspect():
    frame = table(wavy(24)).assign(latitude=58.378, longitude=26.729)
    frame.loc[10:, "latitude"] = 58.5
    flag, reason, _ = outcome(frame)
    assert flag == [1] * 10 + [3] * 14
    assert reason[10] == "station-moved"


def test_a_variable_without_limits_is_not_evaluated_and_visible():
    flag, reason, not_run = outcome(table([1.0, np.nan, 3.0], "new_variable"))
    assert flag == [2, 9, 2]
    assert reason == ["", "missing", ""]
    assert {n.check for n in not_run} == {"gross-range", "spike", "flat-line", "rate-of-change"}


def test_too_few_readings_are_visible():
    _, _, not_run = outcome(table([10.0]))
    words = {n.check: n.to_dict("en")["why"] for n in not_run}
    assert words == {
        "spike": "Sensor 1 has too few values: 1. At least 3 are needed.",
        "flat-line": "Sensor 1 has too few values: 1. At least 10 are needed.",
        "rate-of-change": "Sensor 1 has too few values: 1. At least 2 are needed.",
    }


def test_daily_readings_cannot_be_compared_hour_by_hour():
    flag, _, not_run = outcome(table(wavy(30) + np.arange(30) % 2 * 20, freq="D", period=86400))
    assert set(flag) == {1}
    why = "Sensor 1 measures every 24 hours. Neighbouring readings must be at most 3 hours apart."
    assert [(n.check, n.to_dict("en")["why"]) for n in not_run] == [("spike", why), ("rate-of-change", why)]


def test_what_is_reported_as_not_run_flags_nothing():
    frame = table(wavy(30), freq="D")
    frame.loc[30] = frame.loc[29].to_dict() | {"time": frame.time[29] + pd.Timedelta("1h"), "value": 34.0}
    frame.loc[31] = frame.loc[29].to_dict() | {"time": frame.time[29] + pd.Timedelta("2h")}
    flag, _, not_run = outcome(frame)
    assert set(flag) == {1}
    assert [n.check for n in not_run] == ["spike", "rate-of-change"]


def test_a_short_file_cannot_show_a_flat_line():
    _, _, not_run = outcome(table(wavy(60), freq="5min"))
    assert [(n.check, n.to_dict("en")["why"]) for n in not_run] == [
        ("flat-line", "The readings of sensor 1 cover 4.92 hours. At least 12 hours are needed.")
    ]
    assert "12 tundi" in not_run[0].to_dict("et")["why"]


def test_infinite_values_fail():
    assert outcome(table([10.0, np.inf, -np.inf, 10.0]))[0] == [1, 4, 4, 1]


def test_an_empty_table_and_a_wrong_table():
    assert outcome(table([]))[:2] == ([], [])
    with pytest.raises(UsageError, match="no column sensor, period"):
        run(table(wavy(3)).drop(columns=["sensor", "period"]), HERE)


def test_reasons_come_in_a_fixed_order_and_all_have_words():
    frame = table([10.0, 85.0, np.nan])
    frame["time"] = pd.Timestamp("1500-01-01").as_unit("us")
    reasons = outcome(frame)[1]
    assert reasons[1] == "impossible-time;out-of-range;stuck-code"
    assert reasons[2] == "missing;impossible-time"
    assert all(tr(REASONS[code], "et") != REASONS[code] for code in reasons[1].split(";"))


def test_half_a_million_readings_take_seconds_not_minutes():
    from time import process_time

    frame = pd.concat(
        [table(wavy(50_000), sensor=str(i), start="2019-01-01") for i in range(10)], ignore_index=True
    )
    begin = process_time()
    done = run(frame, HERE, NOW)
    assert process_time() - begin < 10  # 0.4 s on a quiet machine
    assert len(done.flag) == 500_000


def test_the_first_good_values_after_a_stuck_sensor_stay_good():
    """What was no measurement does not make the day before look quiet."""
    values = 60 + 20 * np.sin(np.arange(400) / 24 * 2 * np.pi)
    values[150:250] = 99.9
    flag, reason, _ = outcome(table(values.round(2), "humidity"))
    assert {reason[i] for i in range(150, 250)} == {"stuck-code"}
    assert {flag[i] for i in (*range(150), *range(250, 400))} == {1}
