"""Times against the standard library (zoneinfo, datetime), and the traps of clocks."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from kit.ingest.clock import read_clock
from kit.ingest.times import read_times

NOW = datetime(2026, 11, 1)


def read(texts, zone="UTC", series=None, **more):
    cells = pd.Series(texts, index=range(1, len(texts) + 1))
    numbers = np.zeros(len(texts), dtype=np.int64) if series is None else np.asarray(series, dtype=np.int64)
    return read_times(cells, "time", [zone] * len(texts), numbers, now=more.pop("now", NOW), **more)


def iso(times):
    return [str(one)[:19] for one in times.utc]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-01T10:20:30", "2026-03-01T10:20:30"), ("2026-03-01 1:05", "2026-03-01T01:05:00"),
        ("2026-03-01T10:20:30Z", "2026-03-01T10:20:30"), ("2026-03-01T10:20:30+02:00", "2026-03-01T08:20:30"),
        ("2026-03-01T10:20:30.5+00:00", "2026-03-01T10:20:30"),
        ("2026-03-01 10:20:30 UTC", "2026-03-01T10:20:30"),
        ("2018/03/18 00:00:33", "2018-03-18T00:00:33"), ("13/04/2004 18.00.00", "2004-04-13T18:00:00"),
        ("02/28/2022 03:30 PM", "2022-02-28T15:30:00"), ("09/29/26 12:10:00 AM", "2026-09-29T00:10:00"),
        ("07/19/18 11:00:00 fm", "2018-07-19T11:00:00"), ("1.5.2024 9:05", "2024-05-01T09:05:00"),
        ("20240501T1030", "2024-05-01T10:30:00"), ("202405011030", "2024-05-01T10:30:00"),
        ("1663711800", "2022-09-20T22:10:00"), ("1663711800500", "2022-09-20T22:10:00"),
        ("1. märts 2026 14:30", "2026-03-01T14:30:00"), ("Mar 1, 2026 2:30 PM", "2026-03-01T14:30:00"),
        ("1. März 2026 14:30 MEZ", "2026-03-01T13:30:00"), ("2024-12-31 24:00", "2025-01-01T00:00:00"),
    ],
)  # fmt: skip
def test_ways_of_writing_a_time(text, expected):
    assert iso(read([text])) == [expected]


def test_fractions_of_a_second_are_kept():
    assert read(["2016-08-13T00:00:26.053188+00:00"]).utc[0] == np.datetime64("2016-08-13T00:00:26.053188")


def test_the_date_order_is_decided_over_the_whole_column():
    assert iso(read(["01/02/2024 10:00", "13/02/2024 10:00"]))[0] == "2024-02-01T10:00:00"
    assert iso(read(["01/02/2024 10:00", "01/13/2024 10:00"]))[0] == "2024-01-02T10:00:00"


def test_an_undecidable_date_order_is_a_question_with_the_likely_one_first():
    texts = ["01/02/2024 23:00", "02/02/2024 00:00", "02/02/2024 01:00"]
    question = read(texts).questions[0]
    assert question.id == "date_order"
    assert question.likely == "dmy"
    assert [value for value, _ in question.options] == ["dmy", "mdy"]
    assert iso(read(texts, date_order="mdy"))[0] == "2024-01-02T23:00:00"
    assert not read(texts, date_order="dmy").questions


def test_dots_are_day_first():
    assert iso(read(["01.02.2024 10:00"])) == ["2024-02-01T10:00:00"]


@pytest.mark.parametrize(
    ("text", "code", "word"),
    [
        ("2000-04-31", "impossible-date", "there is no such day as 2000-04-31"),
        ("2001-02-29 10:00", "impossible-date", "there is no such day"),
        ("2026-03-01 25:00", "impossible-clock", "no such clock time"),
        ("2026-03-01 10:61", "impossible-clock", "no such clock time"),
        ("", "no-time", "has no time in column time"),
        ("yesterday", "bad-time", "is not a time that kit can read"),
        ("2026-11-03 10:00", "future-time", "in the future"),
        ("1653-01-01 10:00", "too-early", "before the year 1700"),
    ],
)
def test_impossible_times_are_refused_by_row_column_and_value(text, code, word):
    times = read(["2026-01-01 10:00", text])
    problem = times.problems[0]
    assert (problem.code, problem.row, problem.column, problem.value) == (code, 2, "time", text)
    assert word in problem.to_dict("en")["message"]
    assert problem.to_dict("en")["suggestion"]
    assert problem.to_dict("et")["message"] != problem.to_dict("en")["message"]
    assert np.isnat(times.utc[1])
    assert not np.isnat(times.utc[0])


@pytest.mark.parametrize(
    "zone", ["Europe/Tallinn", "America/New_York", "Australia/Adelaide", "Europe/Dublin"]
)
def test_every_hour_of_two_years_is_right_in_utc(zone):
    """Local clock times made by zoneinfo, in the order of a logger, come back as the same instants."""
    instants = pd.date_range("2024-01-01", "2026-01-01", freq="30min", tz="UTC")
    local = [one.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M") for one in instants.to_pydatetime()]
    times = read(local, zone)
    assert not times.problems
    assert not times.ambiguous.any()
    assert np.array_equal(times.utc, instants.tz_localize(None).to_numpy().astype("datetime64[us]"))


def test_newest_first_works_too():
    instants = pd.date_range("2026-10-24", "2026-10-26", freq="10min", tz="UTC")[::-1]
    local = [
        one.astimezone(ZoneInfo("Europe/Tallinn")).strftime("%Y-%m-%d %H:%M")
        for one in instants.to_pydatetime()
    ]
    times = read(local, "Europe/Tallinn")
    assert np.array_equal(times.utc, instants.tz_localize(None).to_numpy().astype("datetime64[us]"))


def test_the_repeated_hour_is_told_apart_per_series():
    texts = ["2026-10-25 03:30", "2026-10-25 03:30", "2026-10-25 03:30", "2026-10-25 03:30"]
    times = read(texts, "Europe/Tallinn", [0, 1, 0, 1])
    assert iso(times) == ["2026-10-25T00:30:00"] * 2 + ["2026-10-25T01:30:00"] * 2
    assert not times.ambiguous.any()


def test_a_single_row_in_the_repeated_hour_is_kept_and_marked():
    times = read(["2026-10-25 02:30", "2026-10-25 03:30", "2026-10-25 04:30"], "Europe/Tallinn")
    assert times.ambiguous.tolist() == [False, True, False]
    assert not times.problems
    assert iso(times)[1] == "2026-10-25T00:30:00"


def test_the_hour_left_out_in_spring_is_refused_with_advice():
    times = read(["2026-03-29 02:30", "2026-03-29 03:30", "2026-03-29 04:30"], "Europe/Tallinn")
    assert [problem.row for problem in times.problems] == [2]
    said = times.problems[0].to_dict("en")
    assert "there was no 2026-03-29 03:30 in Europe/Tallinn" in said["message"]
    assert "--answer zone=+02:00" in said["suggestion"]
    assert np.isnat(times.utc[1])


def test_fixed_offsets_know_no_summer_time():
    assert iso(read(["2026-07-01 12:00"], "-04:00")) == ["2026-07-01T16:00:00"]


def test_a_zone_in_the_time_wins_over_the_file():
    assert iso(read(["2026-07-01 12:00+02:00"], "America/New_York")) == ["2026-07-01T10:00:00"]


def test_an_unknown_zone_is_asked_for():
    assert [question.id for question in read(["2026-07-01 12:00"], "").questions] == ["zone"]
    assert not read(["2026-07-01 12:00Z"], "").questions


def test_stamps_at_the_end_move_to_the_start_of_the_period():
    assert iso(read(["2026-07-01 12:00"], stamp="end", period=3600)) == ["2026-07-01T11:00:00"]


def test_dates_only_are_local_standard_days():
    times = read(["2026-01-01", "2026-07-01"], "Europe/Tallinn")
    assert times.period == 86400
    assert iso(times) == ["2025-12-31T22:00:00", "2026-06-30T22:00:00"]


def test_random_times_agree_with_datetime():
    rng = np.random.default_rng(7)
    seconds = rng.integers(0, 1_700_000_000, 500)
    stamps = [datetime.fromtimestamp(int(s), UTC) for s in seconds]
    for pattern in (
        "%Y-%m-%d %H:%M:%S",
        "%d/%m/%Y %H:%M:%S",
        "%m/%d/%Y %I:%M:%S %p",
        "%d.%m.%Y %H.%M.%S",
        "%Y%m%dT%H%M%S",
    ):
        clock = read_clock(pd.Series([one.strftime(pattern) for one in stamps]))
        assert clock.local.astype("datetime64[s]").astype(np.int64).tolist() == seconds.tolist(), pattern
