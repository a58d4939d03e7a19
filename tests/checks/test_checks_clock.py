"""Clocks that were not set, run on from a factory date, or were set back."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kit.checks import run
from kit.ingest import understand
from kit.model import Source, Station


def table(times, order=None):
    stamp = pd.DatetimeIndex(times).as_unit("us")
    value = 10 + np.sin(np.arange(len(stamp)) / 5)
    return pd.DataFrame({
        "station": "s/a", "sensor": "1", "variable": "temperature", "period": 0, "time": stamp,
        "value": value,
        "row": np.arange(1, len(stamp) + 1) if order is None else order,
    })  # fmt: skip


def minutes(start, count, step="5min"):
    return pd.date_range(start, periods=count, freq=step)


@pytest.mark.parametrize("zero", ["1970-01-01", "1999-12-31T22:00", "2000-01-01T00:07", "2010-01-01"])
def test_a_clock_that_runs_on_from_its_factory_date_and_is_set_later(zero):
    wrong, right = minutes(zero, 30), minutes("2026-03-01T08:00", 60)
    done = run(table(wrong.append(right)), {})
    assert (done.flag[:30] == 4).all()
    assert set(done.reason[:30]) == {"factory-clock"}
    assert (done.flag[30:] == 1).all()


def test_a_clock_that_falls_back_to_its_factory_date():
    times = minutes("2026-03-01", 40).append(minutes("2000-01-01", 30))
    done = run(table(times), {})
    assert (done.flag[:40] == 1).all()
    assert (done.flag[40:] == 4).all()


@pytest.mark.parametrize("step", ["365D", "30D", "1D"])
def test_tables_that_truly_begin_on_such_a_day(step):
    """Years and months of a table lie far apart, and an official series may pause for a year."""
    times = pd.to_datetime("1980-01-01") + pd.to_timedelta(step) * np.array([0, 1, 2, 3, 400, 401])
    assert "factory-clock" not in set(run(table(times), {}).reason)


def test_a_whole_file_from_the_factory_date_is_suspect_and_long_series_are_not():
    assert set(run(table(minutes("2000-01-01", 100)), {}).reason) == {"factory-clock"}
    assert set(run(table(minutes("2000-01-01", 100)), {}).flag) == {3}
    hourly_years = run(table(minutes("2000-01-01", 9000, "h")), {})
    assert "factory-clock" not in set(hourly_years.reason)
    assert "factory-clock" not in set(run(table(minutes("2000-01-01", 100, "D")), {}).reason)
    assert set(run(table(minutes("2000-01-05", 100)), {}).flag) == {1}


def test_a_clock_set_back_makes_one_time_come_twice():
    times = minutes("2026-03-01", 40).append(minutes("2026-03-01T02:02", 40))
    done = run(table(times), {})
    assert done.reason[:40].tolist() == [""] * 40
    twice = times[40:] < times[39]
    assert (done.reason[40:] == np.where(twice, "clock-back", "")).all()


@pytest.mark.parametrize(
    "times",
    [
        minutes("2026-03-01", 60)[::-1],  # newest first
        minutes("2026-03-02", 40).append(minutes("2026-03-01", 40)),  # two pieces, the later first
        minutes("2026-03-01", 40).append(minutes("2026-03-01T01:00", 60)),  # the second piece repeats times
        minutes("2026-03-01", 60)[np.random.default_rng(1).permutation(60)],  # no order at all
    ],
)
def test_files_in_another_order_are_none_of_this(times):
    assert "clock-back" not in set(run(table(times), {}).reason)


def test_the_order_in_the_file_counts_not_that_of_the_table():
    frame = table(minutes("2026-03-01", 40).append(minutes("2026-03-01T02:02", 40)))
    mixed = frame.sample(frac=1, random_state=3)
    assert (run(mixed, {}).reason == run(frame, {}).reason[mixed.index]).all()


def test_a_file_of_an_unset_logger_end_to_end():
    rows = [f"2000-01-01 00:{n:02d};{15 + n / 10:.1f}" for n in range(30)]
    rows += [f"2026-05-13 10:{n:02d};{16 + n / 10:.1f}" for n in range(30)]
    place = Station("T/roof", latitude=58.38, longitude=26.72, zone="Europe/Tallinn")
    report = understand(
        Source("a.csv", ("time;temp (°C)\n" + "\n".join(rows)).encode()), {"station": place.id}, [place]
    )
    assert (report.flagged, report.accepted) == (30, 30)
    problem = report.problems[0].to_dict("en")
    assert problem["code"] == "factory-clock"
    assert problem["suggestion"].startswith("Set the device's clock")
