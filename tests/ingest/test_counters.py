"""Running totals of rain: simulated gauges with resets, gaps, restarts and glitches against the true rain."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kit import aggregate
from kit.ingest import understand
from kit.ingest.amounts import AT_LEAST, FIRST, HOUR, SECOND, UNKNOWN, differences
from kit.model import Source, Station

ROOF = Station("school/roof", latitude=58.38, longitude=26.722, zone="Europe/Tallinn")
ANSWER = {"station": "school/roof"}
SPANS = ("hour", "day", "week", "month", "year", "total")
MARKS = {"hour": "h", "day": "D", "month": "M", "year": "Y"}


def simulate(days: int = 40, minutes: int = 10, seed: int = 1, start: str = "2025-12-10") -> pd.DataFrame:
    """Local standard times (UTC+2, no summer time in the span), true rain before each, and every counter."""
    rng = np.random.default_rng(seed)
    times = pd.date_range(start, periods=days * 1440 // minutes, freq=f"{minutes}min").as_unit("us")
    wet = np.repeat(rng.random(len(times) // 12 + 1) < 0.15, 12)[: len(times)]
    fell = np.where(wet, rng.integers(0, 8, len(times)), 0) * 0.2
    table = pd.DataFrame({"time": times, "fell": fell})
    stamp = times.to_numpy()
    for span in SPANS:
        if span == "total":
            group = np.zeros(len(times))
        elif span == "week":
            group = (stamp.astype("datetime64[D]").astype(int) + 3) // 7
        else:
            group = stamp.astype(f"datetime64[{MARKS[span]}]").astype(int)
        table[span] = table.groupby(group)["fell"].cumsum().round(1)
    return table


def micro(times: pd.Series) -> np.ndarray:
    return times.to_numpy().astype("datetime64[us]").astype(np.int64)


def file_of(table: pd.DataFrame, columns: dict[str, str], name: str = "rain.csv") -> Source:
    text = table[["time", *columns]].rename(columns=columns)
    text["time"] = table["time"].dt.strftime("%Y-%m-%d %H:%M")
    return Source(name, text.to_csv(index=False).encode())


@pytest.mark.parametrize("span", SPANS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_without_gaps_every_amount_is_the_true_one(span: str, seed: int) -> None:
    table = simulate(seed=seed)
    found = differences(micro(table["time"]), table[span].to_numpy(), span)
    assert found.state[0] == FIRST
    assert np.isnan(found.value[0])
    missed = table["fell"].to_numpy()[1:] - found.value[1:]
    # unseen is only a reset after which more falls at once than the counter had shown before
    assert (missed >= -1e-6).all()
    assert (missed > 1e-6).sum() <= (2 if span == "hour" else 0)
    assert set(found.period[1:]) == {600}
    assert (found.start[1:] == micro(table["time"])[:-1]).all()


def test_order_and_repeated_rows_do_not_matter() -> None:
    table = simulate(days=5)
    both = pd.concat([table, table.iloc[100:200]]).sample(frac=1, random_state=3)
    one = differences(micro(table["time"]), table["day"].to_numpy(), "day")
    other = differences(micro(both["time"]), both["day"].to_numpy(), "day")
    again = pd.DataFrame({"time": micro(both["time"]), "value": other.value, "period": other.period})
    again = again.drop_duplicates().sort_values("time")
    np.testing.assert_allclose(again["value"], one.value)
    assert again["period"].tolist() == one.period.tolist()


@pytest.mark.parametrize("span", ["day", "month", "year", "total"])
def test_across_gaps_an_amount_is_right_or_marked_as_at_least(span: str) -> None:
    rng = np.random.default_rng(7)
    for seed in range(20):
        table = simulate(seed=seed)
        keep = np.ones(len(table), dtype=bool)
        for _ in range(12):
            first = rng.integers(1, len(table) - 200)
            keep[first : first + rng.integers(1, 300)] = False
        truth = table["fell"].cumsum().to_numpy()[keep]
        part = table[keep]
        found = differences(micro(part["time"]), part[span].to_numpy(), span)
        true = np.diff(truth)
        sure = found.state[1:] == 0
        np.testing.assert_allclose(found.value[1:][sure], true[sure], atol=1e-6)
        least = found.state[1:] == AT_LEAST
        assert (found.value[1:][least] <= true[least] + 1e-6).all()
        assert (sure | least).all()
        if span == "total":
            assert sure.all()


def test_a_daily_counter_that_starts_again_at_nine_tells_so_itself() -> None:
    table = simulate(days=30)
    local = micro(table["time"])
    day = (local - 9 * HOUR) // (24 * HOUR)
    table["nine"] = table.groupby(day)["fell"].cumsum().round(1)
    keep = np.ones(len(table), dtype=bool)
    night = (table["time"].dt.day % 5 == 2) & (table["time"].dt.hour.isin([22, 23, 0, 1, 2, 3]))
    keep[night] = False
    part = table[keep]
    found = differences(micro(part["time"]), part["nine"].to_numpy(), "day")
    np.testing.assert_allclose(found.value[1:], np.diff(table["fell"].cumsum()[keep]), atol=1e-6)
    assert not (found.state[1:] == AT_LEAST).any()  # midnight lies in the gaps, but nothing starts again then


@pytest.mark.parametrize(
    ("values", "expected", "states"),
    [
        ([10.0, 10.2, 0.0, 10.4, 10.6], [0.2, np.nan, 0.2, 0.2], [0, UNKNOWN, 0, 0]),  # a dip
        (
            [10.0, 10.2, 0.0, 0.0, 0.0, 10.4],
            [0.2, np.nan, np.nan, np.nan, 0.2],
            [0, UNKNOWN, UNKNOWN, UNKNOWN, 0],
        ),
        ([10.0, 10.2, 99.0, 10.4, 10.6], [0.2, np.nan, 0.2, 0.2], [0, UNKNOWN, 0, 0]),  # a peak
        ([10.0, 10.2, 0.0, 0.2, 0.4, 0.4], [0.2, 0.0, 0.2, 0.2, 0.0], [0, 0, 0, 0, 0]),  # a restart
        ([0.0, 0.4, 0.0, 0.6], [0.4, 0.0, 0.6], [0, 0, 0]),  # too small to tell: a restart
        ([1000.0, 1000.2, 400.0, 400.2], [0.2, np.nan, 0.2], [0, UNKNOWN, 0]),  # set by hand
        ([10.0, 10.2, 10.1, 10.3], [0.2, 0.0, 0.2], [0, 0, 0]),  # it flickers
        ([10.0, np.nan, 10.6], [np.nan, 0.6], [0, 0]),
        ([10.0, -1.0, 10.6], [np.nan, 0.6], [UNKNOWN, 0]),
    ],
)
def test_restarts_are_told_from_glitches(
    values: list[float], expected: list[float], states: list[int]
) -> None:
    time = np.arange(len(values)) * 300 * SECOND + 12 * HOUR
    found = differences(time, np.array(values), "total")
    np.testing.assert_allclose(found.value[1:], expected, atol=1e-9)
    assert found.state[1:].tolist() == states


def test_overlapping_files_give_the_same_identities_and_values() -> None:
    table = simulate(days=10)
    one, two = table.iloc[:800], table.iloc[500:]
    readings = []
    for part in (one, two, table):
        report = understand(
            file_of(part, {"day": "Daily Rain (mm)", "year": "Yearly Rain (mm)"}), ANSWER, [ROOF]
        )
        assert not report.questions
        assert report.ignored_columns["Daily Rain (mm)"].startswith("a running total")
        known = report.readings[report.readings["value"].notna()]
        readings.append(known.set_index(["time", "period"])["value"])
    common = readings[0].index.intersection(readings[1].index)
    assert len(common) == 299  # 300 rows in common, of which the first of the later file has no amount
    assert readings[0][common].equals(readings[1][common])
    assert readings[2].equals(readings[0].combine_first(readings[1]))


@pytest.mark.parametrize(
    "columns",
    [
        {"day": "Daily Rain(mm)"},
        {"day": "Dayrain"},
        {"day": "rain today (mm)"},
        {"year": "Yearly Rain (mm)"},
        {"day": "Tagesregen (mm)", "month": "Monatsregen (mm)"},
        {"total": "Rain Total (mm)"},
        {"day": "Ööpäeva sademed (mm)", "year": "Aasta sademed (mm)"},
    ],
)
def test_a_plain_table_with_counters_gives_the_true_sums(columns: dict[str, str]) -> None:
    table = simulate()
    report = understand(file_of(table, columns), ANSWER | {"unit.Dayrain": "mm"}, [ROOF])
    assert not report.questions
    assert set(report.readings["variable"]) == {"rain"}
    days = aggregate.to_freq(report.readings, {ROOF.id: ROOF}, "1D")
    standard = table["time"] - pd.Timedelta("1us")  # what fell before midnight belongs to the day before
    truth = table.groupby(standard.dt.floor("D"))["fell"].sum()
    common = days.set_index("time")["value"].loc[truth.index[2:-1]]
    np.testing.assert_allclose(common, truth.iloc[2:-1], atol=1e-6)
    assert not days["at_least"].iloc[2:-1].any()


def test_inches_become_millimetres_without_noise() -> None:
    table = simulate(days=3)
    table["in"] = (table["total"] / 0.2 * 0.01).round(2)
    report = understand(file_of(table, {"in": "dailyrainin"}), ANSWER, [ROOF])
    known = report.readings["value"].dropna()
    assert report.variables["rain"]["unit_in"] == "[in_i]"
    np.testing.assert_allclose(known, (table["fell"][1:] / 0.2 * 0.254), atol=1e-9)


def test_days_of_a_table_of_days_are_no_counters() -> None:
    text = "Date,Daily Rain (mm)\n" + "".join(f"2026-03-{d:02d},{d % 7}.5\n" for d in range(1, 29))
    report = understand(Source("days.csv", text.encode()), ANSWER, [ROOF])
    assert not report.questions
    assert report.readings["value"].tolist() == [d % 7 + 0.5 for d in range(1, 29)]
    assert set(report.readings["period"]) == {86400}


def test_what_the_name_and_the_numbers_do_not_settle_is_asked() -> None:
    rng = np.random.default_rng(4)
    times = pd.date_range("2026-03-01", periods=200, freq="h")
    table = pd.DataFrame(
        {"time": times, "a": np.where(rng.random(200) < 0.3, rng.integers(1, 9, 200) * 0.2, 0)}
    )
    table["a"] = table["a"].round(1)
    source = file_of(table, {"a": "Rain Total (mm)"})
    question = understand(source, ANSWER, [ROOF]).questions[0]
    assert question.id == "variable.Rain Total (mm)"
    assert question.likely == "rain-total"
    assert {"rain", "ignore"} <= {value for value, _ in question.options}
    each = understand(source, ANSWER | {question.id: "rain"}, [ROOF])
    assert not each.questions
    assert each.readings["value"].sum() == pytest.approx(table["a"].sum())
    total = understand(source, ANSWER | {question.id: "rain-day"}, [ROOF])
    assert total.answers[question.id] == "rain-day"
    assert len(total.readings) == 200


def test_a_record_with_other_values_is_not_flagged_for_its_first_counter() -> None:
    text = "time,temp (C),Daily Rain (mm)\n2026-03-01 10:00,4.1,0.4\n2026-03-01 10:05,4.2,0.6\n"
    report = understand(Source("a.csv", text.encode()), ANSWER, [ROOF])
    assert (report.accepted, report.flagged, report.rejected) == (2, 0, 0)
    rain = report.readings[report.readings["variable"] == "rain"]
    assert rain[["period", "value", "row"]].values.tolist() == [[300, 0.2, 2]]
    assert str(rain["time"].iloc[0]) == "2026-03-01 08:00:00"
    assert any("running total" in template for template, _ in report.notes)


def test_a_file_of_one_counter_accounts_for_its_first_row() -> None:
    text = "time,Daily Rain (mm)\n2026-03-01 10:00,0.4\n2026-03-01 10:05,0.6\n"
    report = understand(Source("a.csv", text.encode()), ANSWER, [ROOF])
    assert (report.rows, report.accepted, report.flagged, report.rejected) == (2, 1, 1, 0)


def test_the_rain_of_each_record_is_preferred_to_counters() -> None:
    table = simulate(days=2)
    report = understand(file_of(table, {"fell": "Rain (mm)", "day": "Dayrain (mm)"}), ANSWER, [ROOF])
    assert report.ignored_columns["Dayrain (mm)"] == "the rain of each record was taken instead"
    assert report.readings["value"].sum() == pytest.approx(table["fell"].sum())


def test_irregular_readings_are_one_series_for_the_checks() -> None:
    table = simulate(days=4, minutes=5)
    table["time"] += pd.to_timedelta(np.random.default_rng(2).integers(0, 90, len(table)), unit="s")
    text = table[["time", "day"]].rename(columns={"day": "Daily Rain (mm)"})
    report = understand(Source("a.csv", text.to_csv(index=False).encode()), ANSWER, [ROOF])
    assert len(set(report.readings["period"])) > 50
    assert len(report.not_run) < 8


def test_a_year_counter_that_does_not_move_is_not_taken() -> None:
    table = simulate(days=6)
    table["year"] = 812.4
    report = understand(
        file_of(table, {"day": "Daily Rain (mm)", "year": "Yearly Rain (mm)"}), ANSWER, [ROOF]
    )
    assert "Daily Rain (mm)" not in report.ignored_columns
    known = report.readings["value"].dropna()
    assert known.sum() == pytest.approx(table["fell"][1:].sum())


def test_two_stations_in_one_file_have_two_counters() -> None:
    table = simulate(days=4)
    other = simulate(days=4, seed=9)
    both = pd.concat([table.assign(site="roof"), other.assign(site="yard")]).sort_values(
        "time", kind="stable"
    )
    text = both[["time", "site", "day"]].rename(columns={"day": "Daily Rain (mm)"}).to_csv(index=False)
    yard = Station("school/yard", latitude=58.39, longitude=26.7, zone="Europe/Tallinn")
    answers = {"station.roof": "school/roof", "station.yard": "school/yard"}
    report = understand(Source("two.csv", text.encode()), answers, [ROOF, yard])
    assert not report.questions
    sums = report.readings.groupby("station")["value"].sum()
    assert sums["school/roof"] == pytest.approx(table["fell"][1:].sum())
    assert sums["school/yard"] == pytest.approx(other["fell"][1:].sum())


@pytest.mark.parametrize("newest_first", [False, True])
def test_a_redacted_copy_gives_the_same_amounts(newest_first: bool) -> None:
    table = simulate(days=3).assign(observer="Mari Maasikas")
    table = table[::-1] if newest_first else table
    text = table[["time", "day", "year", "observer"]]
    text = text.rename(columns={"day": "Daily Rain (mm)", "year": "Yearly Rain (mm)", "observer": "Observer"})
    report = understand(Source("a.csv", text.to_csv(index=False).encode()), ANSWER, [ROOF])
    assert report.dropped_columns == ("Observer",)
    assert b"Mari" not in report.kept.data
    again = understand(report.kept, report.answers, report.stations)
    assert not again.questions
    pd.testing.assert_frame_equal(again.readings, report.readings)
    assert report.readings["value"].sum() == pytest.approx(
        table["fell"].sum() - table["fell"].sort_index().iloc[0]
    )


def test_the_repeated_hour_in_autumn_and_its_counter() -> None:
    utc = pd.date_range("2025-10-25 18:00", "2025-10-26 06:00", freq="10min", tz="UTC")
    rng = np.random.default_rng(5)
    fell = np.where(rng.random(len(utc)) < 0.3, 0.2, 0.0)
    local = utc.tz_convert("Europe/Tallinn")
    day = pd.Series(fell).groupby(local.strftime("%Y-%m-%d").to_numpy()).cumsum().round(1)
    text = "time,Daily Rain (mm)\n" + "".join(
        f"{at:%Y-%m-%d %H:%M},{total}\n" for at, total in zip(local, day, strict=True)
    )
    report = understand(Source("night.csv", text.encode()), ANSWER, [ROOF])
    known = report.readings.dropna(subset=["value"])
    assert known["value"].tolist() == pytest.approx(fell[1:].tolist())
    assert set(known["period"]) == {600}


def test_words_and_gaps_in_a_counter_are_told_and_cross_over() -> None:
    text = (
        "time,temp (C),Daily Rain (mm)\n2026-03-01 10:00,4.0,0.4\n2026-03-01 10:05,4.0,wet\n"
        "2026-03-01 10:10,4.0,\n2026-03-01 10:15,4.0,1.0\n"
    )
    report = understand(Source("a.csv", text.encode()), ANSWER, [ROOF])
    rain = report.readings[report.readings["variable"] == "rain"].set_index("row")
    assert rain["flag"].to_dict() == {2: 9, 3: 9, 4: 1}
    assert rain.loc[4, ["period", "value"]].tolist() == [900, 0.6]
    assert any(problem.code == "unreadable" and problem.row == 2 for problem in report.problems)


def test_a_reset_across_a_night_is_at_least_and_says_so() -> None:
    text = "time,Daily Rain (mm)\n" + "".join(
        f"2026-03-01 {hour}:00,{hour / 10}\n" for hour in range(10, 20)
    ) + "2026-03-02 09:00,2.4\n2026-03-02 10:00,2.6\n"  # fmt: skip
    report = understand(Source("a.csv", text.encode()), ANSWER, [ROOF])
    night = report.readings[report.readings["row"] == 11].iloc[0]
    assert (night["value"], night["period"], night["flag"], night["reason"]) == (
        2.4,
        14 * 3600,
        3,
        "counter-reset",
    )
    assert any("at least this much fell" in problem.to_dict("en")["message"] for problem in report.problems)
    assert any("vähemalt nii palju sadas" in problem.to_dict("et")["message"] for problem in report.problems)
