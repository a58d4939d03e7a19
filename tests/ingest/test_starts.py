"""Runs without a clock: the question for their start, and what its answers mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from kit.errors import FileError, UsageError
from kit.ingest import receipt_record, receipt_text, understand
from kit.model import Report, Source, Station

NOW = datetime(2026, 11, 1, 12)
ROOF = Station("school/roof", latitude=58.38, longitude=26.72, zone="Europe/Tallinn")
TWICE = b"Time (s);Temp (C)\n0;20,5\n60;20,6\n120;20,7\n0;19,1\n60;19,2\n"
ONCE = b"t/min,temp (C)\n0,20.5\n5,20.6\n10,20.8\n"


def given(data: bytes, now: datetime = NOW, **answers: str) -> Report:
    named = {name.replace("__", "."): text for name, text in answers.items()}
    return understand(Source("a.csv", data), {"station": "school/roof", **named}, [ROOF], now=now)


def told(data: bytes, **answers: str) -> Report:
    """A report without questions, which its kept copy and its answers give again."""
    report = given(data, **answers)
    assert report.questions == ()
    again = understand(report.kept, report.answers, report.stations, now=NOW)
    assert again.questions == ()
    assert again.answers == report.answers
    pd.testing.assert_frame_equal(again.readings, report.readings)
    return report


def utc(*texts: str) -> list[np.datetime64]:
    """UTC of Tallinn's wall clock, by the standard library."""
    local = [datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Tallinn")) for text in texts]
    return [np.datetime64(one.astimezone(UTC).replace(tzinfo=None), "us") for one in local]


def test_the_start_is_asked_for_with_what_is_known_and_nothing_likely() -> None:
    (question,) = given(ONCE).questions
    assert (question.id, question.likely, question.options) == ("start", "", ())
    words = question.to_dict("en")["text"]
    assert "a.csv" in words
    assert "Rows: 3" in words
    assert "10 min" in words
    assert "Millal algas" in question.to_dict("et")["text"]


def test_short_times_have_the_decimal_sign_of_the_language() -> None:
    (question,) = given(b"t (s),temperature (C)\n0,1\n0.4,2\n1.25,3\n").questions
    assert "1.25 s" in question.to_dict("en")["text"]
    assert "1,25 s" in question.to_dict("et")["text"]
    assert "1.25" not in question.to_dict("et")["text"]


def test_the_station_and_the_start_are_asked_for_together() -> None:
    report = understand(Source("a.csv", ONCE), {}, [ROOF], now=NOW)
    assert [question.id for question in report.questions] == ["station", "start"]


def test_elapsed_times_are_added_to_the_start_in_the_stations_zone() -> None:
    report = told(ONCE, start="2026-07-01 10:15")
    expected = utc("2026-07-01 10:15", "2026-07-01 10:20", "2026-07-01 10:25")
    assert report.readings["time"].to_numpy().tolist() == np.array(expected).tolist()
    assert set(report.readings["period"]) == {0}
    assert report.answers["zone"] == "Europe/Tallinn"


@pytest.mark.parametrize("text", ["1.7.2026 10:15", "2026-07-01T10:15:00", "2026-07-01 07:15Z",
                                  "2026-07-01 09:15 +02:00"])  # fmt: skip
def test_a_start_can_be_written_in_several_ways(text: str) -> None:
    assert told(ONCE, start=text).readings["time"].iloc[0] == utc("2026-07-01 10:15")[0]


def test_a_clock_that_starts_again_is_another_run() -> None:
    assert [question.id for question in given(TWICE).questions] == ["start.1", "start.2"]
    report = told(TWICE, start__1="2026-03-01 10:15", start__2="2026-03-02 08:00")
    assert report.readings["time"].iloc[3] == utc("2026-03-02 08:00")[0]
    assert any("starts again" in template for template, _ in report.notes)


@pytest.mark.parametrize(
    ("seconds", "runs"),
    [
        ([0, 1, 2, 3], 1),
        ([0, 1, 3, 2, 4], 1),  # two rows out of order
        ([3, 2, 1, 0], 1),  # the newest row first
        ([0, 10, 20, 0.5, 10.5], 2),
        ([0, 60, 0, 60, 0], 3),
        ([0.5, 60.5, 0.4], 2),
        ([20, 0.5], 2),
        ([5, 5, 5, 6, 6], 1),  # several rows at the same time
        ([-2, -1, 0, 1], 1),  # from before the trigger
    ],
)
def test_how_many_runs_there_are(seconds: list[float], runs: int) -> None:
    lines = "".join(f"{second};20\n" for second in seconds)
    assert len(given(f"Time (s);Temp (C)\n{lines}".encode()).questions) == runs


def test_a_column_can_name_the_runs() -> None:
    data = b"run;Time (s);Temp (C)\nA;0;20\nA;60;21\nB;0;22\nB;60;23\n"
    assert [question.id for question in given(data).questions] == ["start.A", "start.B"]
    report = told(data, **{"start__A": "2026-03-02 10:00", "start__B": "2026-03-01 10:00"})
    assert report.readings["time"].tolist()[2] == pd.Timestamp(utc("2026-03-01 10:00")[0])


def test_runs_may_have_any_name() -> None:
    data = b"run;Time (s);Temp (C)\nT=20;0;20\nT 20;0;21\n2 (2);0;22\n;0;23\n"
    ids = [question.id for question in given(data).questions]
    assert len(set(ids)) == 4
    assert not any("=" in name for name in ids)


def test_a_run_can_be_left_out_and_is_accounted_for() -> None:
    report = told(TWICE, start__1="2026-03-01 10:15", start__2="none")
    assert (report.rows, report.accepted, report.rejected) == (5, 3, 2)
    assert report.answers["start.2"] == "none"
    assert [problem.row for problem in report.problems if problem.code == "left-out"] == [4, 5]
    assert "nobody could say when it started" in receipt_text(receipt_record(report), "en")


def test_rows_without_a_time_are_refused_by_number() -> None:
    report = told(b"Time (s);Temp (C)\n0;20\n;21\nsoon;22\n60;23\n", start="2026-03-01 10:15")
    assert [(problem.code, problem.row) for problem in report.problems] == [
        ("no-time", 2),
        ("bad-elapsed", 3),
    ]
    assert (report.accepted, report.rejected) == (2, 2)


def test_a_start_in_the_future_or_an_end_in_the_future_is_refused_in_words() -> None:
    with pytest.raises(UsageError) as caught:
        given(ONCE, start="2027-03-01 10:15")
    assert caught.value.code == "future-start"
    with pytest.raises(UsageError) as caught:
        given(b"Time (h);Temp (C)\n0;20\n48;21\n", start="2026-10-31 10:15")
    words = caught.value.words("en")
    assert "2026-11-02 10:15 (Europe/Tallinn)" in words
    assert "48 h after the zero" in words
    assert "tulevikus" in caught.value.words("et")


@pytest.mark.parametrize("text", ["10:15", "2026-03-01", "yesterday", "3/4/2026 10:00", "1772352900", "0"])
def test_what_is_no_start_is_refused_in_words(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        given(ONCE, start=text)
    assert caught.value.code == "bad-start"
    assert "2026-03-01 10:15" in caught.value.words("en")


def test_daylight_saving_time() -> None:
    with pytest.raises(UsageError) as caught:
        given(ONCE, start="2026-03-29 03:30")
    assert "put forward" in caught.value.words("en")
    over = told(ONCE, start="2026-03-29 02:55")  # minutes go on over the missing hour
    assert np.diff(over.readings["time"].to_numpy()).astype("timedelta64[m]").astype(int).tolist() == [5, 5]
    unsure = told(ONCE, start="2026-10-25 03:30")
    assert set(unsure.readings["flag"]) == {3}
    assert unsure.readings["reason"].str.contains("ambiguous-time").all()
    sure = told(ONCE, start="2026-10-25 03:30 +02:00")
    assert set(sure.readings["flag"]) == {1}
    assert sure.readings["time"].iloc[0] == pd.Timestamp("2026-10-25 01:30")


def test_a_run_cannot_begin_before_the_one_before_it_ended() -> None:
    with pytest.raises(UsageError) as caught:
        given(TWICE, start__1="2026-03-01 10:15", start__2="2026-03-01 10:16")
    assert "had not ended" in caught.value.words("en")
    assert "2026-03-01 10:17 (Europe/Tallinn)" in caught.value.words("en")


def test_an_unknown_unit_of_time_is_asked_for() -> None:
    data = b"t,temp (C)\n0,20.5\n1000,20.6\n2000,20.8\n"
    (question,) = given(data).questions
    assert (question.id, question.likely, question.options[0][0]) == ("unit.t", "", "ms")
    report = told(data, unit__t="ms", start="2026-03-01 10:15")
    assert report.readings["time"].diff().iloc[1] == timedelta(seconds=1)
    with pytest.raises(UsageError):
        given(data, unit__t="parsec")


def test_the_zone_of_a_new_place_is_asked_for() -> None:
    answers = {"station": "school/pond", "start": "2026-07-01 10:15"}
    report = understand(Source("a.csv", ONCE), answers, [], now=NOW)
    assert [question.id for question in report.questions] == ["zone"]
    done = understand(Source("a.csv", ONCE), {**answers, "zone": "Europe/Tallinn"}, [], now=NOW)
    assert done.readings["time"].iloc[0] == utc("2026-07-01 10:15")[0]


def test_a_saw_tooth_is_no_run() -> None:
    lines = "".join(f"{second % 10};20\n" for second in range(1000))
    with pytest.raises(FileError) as caught:
        given(f"Time (s);Temp (C)\n{lines}".encode())
    assert "100 times" in caught.value.words("en")


def test_many_rows_are_placed_exactly() -> None:
    tenths = np.arange(200_000)
    lines = "".join(f"{tenth / 10:.1f},20\n" for tenth in tenths.tolist())
    report = given(f"Time (s),Temp (C)\n{lines}".encode(), start="2026-03-01 10:15")
    start = utc("2026-03-01 10:15")[0]
    expected = start + (tenths * 100_000).astype("timedelta64[us]")
    assert (report.readings["time"].to_numpy() == expected).all()


def test_clock_like_lengths_of_time() -> None:
    report = told(b"Elapsed,Temp (C)\n0:00:00,20\n0:05:30,21\n25:00:00,22\n", start="2026-03-01 10:15")
    assert report.readings["time"].diff().dt.total_seconds().tolist()[1:] == [330.0, 89670.0]


def test_a_log_without_times_asks_for_its_step() -> None:
    data = Source("microbit.csv", b"temp (C),humidity (%)\n21,50\n22,51\n\n23,52\n")
    answers = {"station": "school/roof"}
    report = understand(data, answers, [ROOF], now=NOW)
    assert [question.id for question in report.questions] == ["interval"]
    answers |= {"interval": "5 min", "start": "2026-07-01 10:15"}
    report = understand(data, answers, [ROOF], now=NOW)
    rows = report.readings.drop_duplicates("row")
    expected = utc("2026-07-01 10:15", "2026-07-01 10:20", "2026-07-01 10:30")
    assert rows["time"].to_numpy().tolist() == np.array(expected).tolist()
    with pytest.raises(UsageError):
        understand(data, {**answers, "interval": "often"}, [ROOF], now=NOW)
    with pytest.raises(FileError) as caught:
        understand(data, {**answers, "interval": "none"}, [ROOF], now=NOW)
    assert "set timestamp" in caught.value.words("en")
