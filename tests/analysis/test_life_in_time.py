"""Reporting rate, first dates, yearly index: rules and words."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from kit.analysis import (
    phenology,
    phenology_gradient,
    phenology_temperature,
    phenology_trend,
    reporting_rate,
    yearly_index,
)
from kit.analysis.lists import lists_of
from kit.analysis.result import Result
from kit.errors import AnalysisError, UsageError
from kit.model import SIGHTINGS, empty
from kit.stats import loglinear

TIT, PIE, SWALLOW = "Parus major", "Pica pica", "Hirundo rustica"


def sightings(rows: list[tuple], **defaults: object) -> pd.DataFrame:
    """Rows of (station, day, species, count); the survey is the day; every column of SIGHTINGS is there."""
    table = empty(SIGHTINGS).reindex(range(len(rows)))
    table[["station", "eventDate", "scientificName", "individualCount"]] = pd.DataFrame(rows)
    table["individualCount"] = table["individualCount"].astype(float)
    table["eventID"] = table["eventDate"]
    usual = {"complete": True, "effort_minutes": 10.0, "occurrenceStatus": "present", "flag": 1} | defaults
    for name, value in usual.items():
        table[name] = value
    table.attrs["version"] = "abc/1"
    return table


def counted(counts: np.ndarray, first: int = 2010) -> pd.DataFrame:
    """One survey of ten minutes a year at each station that counted (stations, years)."""
    rows = [
        (f"EE-{i}/park", f"{first + j}-05-01", TIT if n else PIE, n or 1.0)
        for (i, j), n in np.ndenumerate(counts)
        if np.isfinite(n)
    ]
    return sightings(rows)


def says_all(found: Result) -> None:
    """What every result must give."""
    for lang in ("en", "et"):
        assert found.sentence(lang)
        assert "{" not in found.sentence(lang) + found.caution(lang) + "".join(found.remarks(lang))
        assert len(found.shown_table(lang).columns) > 2
    assert found.sentence("et") != found.sentence("en")
    assert "NaT" not in found._repr_html_()
    json.dumps(found.to_dict("et"), allow_nan=False)
    assert pickle.loads(pickle.dumps(found)).sentence("en") == found.sentence("en")
    assert found.version == "abc/1"


# --- lists


def test_a_less_exact_name_is_no_absence() -> None:
    table = sightings([("a", "2026-05-01", TIT, 1), ("a", "2026-05-02", "Parus sp.", 1),
                       ("a", "2026-05-03", "Sitta sp.", 1), ("a", "2026-05-03", PIE, 1),
                       ("a", "2026-05-04", "Parus", 1), ("a", "2026-05-04", TIT, 1)])  # fmt: skip
    held = lists_of(table, "great tit")
    assert held.table["survey"].str[-1].tolist() == ["1", "3", "4"]
    assert held.table["found"].tolist() == [True, False, True]
    assert held.table["others"].tolist() == [0, 1, 0]
    assert lists_of(table, "Parus").table["found"].tolist() == [True, True, False, True]


def test_endless_effort_and_counts_are_not_known() -> None:
    table = sightings([("a", "2026-05-01", TIT, np.inf), ("a", "2026-05-02", PIE, 1)], effort_minutes=np.inf)
    held = lists_of(table, TIT).table
    assert held["minutes"].isna().all()
    assert np.isnan(held["count"][0])
    assert held["count"][1] == 0


# --- reporting rate


def region(
    rng: np.random.Generator, share: dict[int, float], stations: int = 4, lists: int = 30
) -> pd.DataFrame:
    """Lists of 10 to 60 minutes in spring; twice the minutes make the odds of a tit twice as high."""
    rows, minutes = [], []
    for year, usual in share.items():
        for station in range(stations):
            for k in range(lists):
                long = rng.uniform(10, 60)
                date = f"{year}-{3 + k % 3:02d}-{1 + k // 3:02d}"
                odds = usual / (1 - usual) * long / 30 * 2.0 ** (station - 1.5)
                found = [PIE, *([TIT] if rng.random() < odds / (1 + odds) else [])]
                rows += [(f"EE-{station}/park", date, name, 1) for name in found]
                minutes += [long] * len(found)
    return sightings(rows, effort_minutes=minutes)


def test_years_are_compared_at_equal_effort_and_station() -> None:
    table = region(np.random.default_rng(1), {2024: 0.5, 2025: 0.5, 2026: 0.2})
    found = reporting_rate(table, "great tit")
    says_all(found)
    assert found.covariate == "minutes"
    assert found.coefficient == pytest.approx(1.0, abs=0.6)
    assert found.coefficient_low < 1 < found.coefficient_high
    assert found.table["rate"].to_numpy() == pytest.approx([0.5, 0.5, 0.2], abs=0.13)
    assert ((found.table["low"] < found.table["rate"]) & (found.table["rate"] < found.table["high"])).all()
    assert found.p < 0.001
    assert "Least often: 2026" in found.sentence("en")
    assert "Chance alone hardly" in found.sentence("en")
    # A station with few tits that begins to count makes no drop.
    late = table[(table["station"] != "EE-0/park") | (table["eventDate"] >= "2025")]
    late = late[late["eventDate"] < "2026"]
    raw = reporting_rate(late, TIT).table
    assert raw["share"].iloc[1] < raw["share"].iloc[0] + 0.02
    assert raw["rate"].to_numpy() == pytest.approx([0.5, 0.5], abs=0.12)


def test_list_length_one_share_places_and_seasons() -> None:
    table = region(np.random.default_rng(2), {2025: 0.4, 2026: 0.4})
    found = reporting_rate(table.assign(effort_minutes=np.nan), TIT)
    assert found.covariate == "species"
    assert any("other species on the list" in text for text in found.remarks("en"))
    assert "All lists have the same effort" in " ".join(found.remarks("en"))
    one = reporting_rate(table, TIT, over=None, by="season")
    assert set(one) == {"spring"}
    assert "stands on" in one.sentence("en")
    places = reporting_rate(table, TIT, over="station").table
    assert places["rate"].is_monotonic_increasing
    assert len(reporting_rate(table, TIT, over="month").table) == 3
    assert reporting_rate(table, TIT, over="school", effort="minutes").n == 240
    moved = table.assign(eventDate=table["eventDate"].where(
        table["eventDate"] < "2026", table["eventDate"].str.replace(r"-0(\d)-", r"-1\1-", regex=True)
        .str.replace("-13-", "-10-").str.replace("-14-", "-11-").str.replace("-15-", "-12-")))  # fmt: skip
    moved["eventID"] = moved["eventDate"] + table["eventDate"]
    moved = moved[~moved["eventDate"].str.contains("-12-")]
    assert any("different seasons" in text for text in reporting_rate(moved, TIT).remarks("en"))


def test_what_has_no_reporting_rate() -> None:
    table = region(np.random.default_rng(3), {2026: 0.4}, stations=1, lists=6)
    with pytest.raises(AnalysisError, match="at least"):
        reporting_rate(table, TIT)
    with pytest.raises(AnalysisError, match="every complete list") as caught:
        reporting_rate(table, PIE)
    assert "Take all sightings" in caught.value.words("en")
    with pytest.raises(AnalysisError, match="stands on none"):
        reporting_rate(table, SWALLOW)
    with pytest.raises(AnalysisError, match="complete list"):
        reporting_rate(table.assign(complete=False), TIT)
    with pytest.raises(UsageError, match="cannot be split by wind"):
        reporting_rate(table, TIT, over="wind")
    with pytest.raises(UsageError, match="minutes, species"):
        reporting_rate(table, TIT, effort="hours")
    with pytest.raises(AnalysisError, match="how long it took"):
        reporting_rate(table.assign(effort_minutes=np.nan), TIT, effort="minutes")


def test_lists_of_one_class_on_one_day_are_one_look() -> None:
    rng = np.random.default_rng(4)
    rows = []
    for day in range(1, 29):
        there = rng.random() < 0.5
        for pupil in range(10):
            rows += [(day, pupil, name) for name in ([PIE, TIT] if there and pupil < 9 else [PIE])]
    table = sightings([("EE-1/park", f"2026-04-{day:02d}", name, 1) for day, _, name in rows])
    table["eventID"] = [f"{day}-{pupil}" for day, pupil, _ in rows]
    found = reporting_rate(table, TIT, over=None)
    assert found.widened > 5
    assert any("more alike than chance" in text for text in found.remarks("en"))
    assert found.table["high"][0] - found.table["low"][0] > 0.25


# --- first dates


def spring(rng: np.random.Generator, came: dict[tuple[str, int], int], seen: float = 0.7) -> pd.DataFrame:
    """A list every second day from March to August; swallows from the given day of the year on."""
    rows = []
    for (station, year), day in came.items():
        for k in range(60, 240, 2):
            date = (pd.Timestamp(year, 1, 1) + pd.Timedelta(days=k)).strftime("%Y-%m-%d")
            rows.append((station, date, PIE, 1))
            if k >= day and rng.random() < seen:
                rows.append((station, date, SWALLOW, 1))
    return sightings(rows)


def test_first_dates_are_intervals() -> None:
    table = spring(np.random.default_rng(1), {("EE-1/park", 2026): 110, ("EE-2/park", 2026): 118})
    found = phenology(table, "barn swallow")
    says_all(found)
    for row, day in zip(found.table.itertuples(), (110, 118), strict=True):
        true = pd.Timestamp(2026, 1, 1) + pd.Timedelta(days=day)
        assert row.since < true <= row.first
        assert row.not_before < row.first <= row.middle <= row.last
        assert row.seen == pytest.approx(0.7, abs=0.15)
    assert "Places compared: 2" in found.sentence("en")
    one = phenology(table[table["station"] == "EE-1/park"], SWALLOW)
    says_all(one)
    assert "the last complete list without it is of April" in one.sentence("en")
    whole = phenology(table, SWALLOW, where="school")
    assert whole.table["place"].tolist() == ["EE-1", "EE-2"]
    table.attrs["station_regions"] = {"EE-1/park": "EE-79"}
    assert phenology(table, SWALLOW, where="region").table["place"].tolist() == ["EE-79"]


def test_there_already_incomplete_lists_and_no_days() -> None:
    rows = [("a", "2026-04-01", SWALLOW, 1), ("a", "2026-04-05", PIE, 1), ("a", "2026-04-09", SWALLOW, 1)]
    found = phenology(sightings(rows), SWALLOW)
    says_all(found)
    assert found.table["not_before"].isna().all()
    assert "first complete list of 2026 already" in found.sentence("en")
    assert "Without a list before it: 1 of the first dates." in found.remarks("en")
    # An incomplete list without it is no list without it.
    later = sightings([("a", "2026-03-20", PIE, 1), *rows], complete=[False, True, True, True])
    assert phenology(later, SWALLOW).table["not_before"].isna().all()
    with pytest.raises(AnalysisError, match="on which day"):
        phenology(sightings(rows).assign(eventDate="2026-04"), SWALLOW)
    with pytest.raises(AnalysisError, match="by: region"):
        phenology(sightings(rows), SWALLOW, where="region")
    with pytest.raises(UsageError, match="month from 1 to 12"):
        phenology(sightings(rows), SWALLOW, starts=13)
    with pytest.raises(UsageError, match="station, school, region"):
        phenology(sightings(rows), SWALLOW, where="country")


def test_what_comes_in_autumn() -> None:
    days = pd.date_range("2025-09-01", "2026-05-01", freq="4D")
    there = (days >= "2025-11-01") & (days < "2026-03-01")
    rows = [("a", day, PIE, 1) for day in days.strftime("%Y-%m-%d")]
    rows += [("a", day, TIT, 1) for day in days[there].strftime("%Y-%m-%d")]
    found = phenology(sightings(rows), TIT, starts=7).table
    assert found["year"].tolist() == [2025]
    assert found["first"][0].month == 11
    assert found["last"][0].month == 2
    assert len(phenology(sightings(rows), TIT).table) == 2


def placed(table: pd.DataFrame, latitude: dict[str, float]) -> pd.DataFrame:
    attrs = table.attrs
    table = table.assign(decimalLatitude=table["station"].map(latitude), decimalLongitude=25.0)
    table.attrs = attrs
    return table


def test_spring_moves_north() -> None:
    stations = {f"EE-{k}/park": 57.5 + 0.4 * k for k in range(7)}
    came = {(name, 2026): round(100 + 6 * (north - 57.5)) for name, north in stations.items()}
    table = placed(spring(np.random.default_rng(3), came, seen=0.95), stations)
    found = phenology_gradient(table, SWALLOW)
    says_all(found)
    assert found.direction == "later"
    assert found.low < 6 / 1.112 < found.high
    assert found.per_degree == pytest.approx(6, abs=1.5)
    assert found.orders == 5040
    assert "100 km towards the north" in found.sentence("en")
    given = phenology_gradient(table, SWALLOW, {name: -north for name, north in stations.items()})
    assert given.slope == pytest.approx(-found.per_degree, rel=0.05)
    assert given.direction == "earlier"
    with pytest.raises(AnalysisError, match="same along this scale"):
        phenology_gradient(table, SWALLOW, "longitude")
    with pytest.raises(UsageError, match="no scale elevation"):
        phenology_gradient(table, SWALLOW, "elevation")
    with pytest.raises(AnalysisError, match="at least 5"):
        phenology_gradient(table, SWALLOW, year=2025)
    with pytest.raises(AnalysisError, match="at least 5"):
        phenology_gradient(table, SWALLOW, {"EE-1": 3.0})
    flat = placed(spring(np.random.default_rng(4), {(name, 2026): 105 for name in stations}), stations)
    unclear = phenology_gradient(flat, SWALLOW)
    assert unclear.direction == "unclear"
    says_all(unclear)


def warm_springs() -> tuple[pd.DataFrame, pd.Series]:
    rng = np.random.default_rng(5)
    warm = pd.Series(rng.normal(5, 2, 14), index=range(2010, 2024))
    came = {(f"EE-{s}/park", year): round(115 + 8 * s - 3 * (warm[year] - 5)) for year in warm.index
            for s in range(3) if not (s == 2 and year < 2017)}  # fmt: skip
    return spring(rng, came, seen=0.9), warm


def test_warm_springs_are_early_and_a_late_station_that_joins_changes_nothing() -> None:
    table, warm = warm_springs()
    found = phenology_temperature(table, SWALLOW, warm)
    says_all(found)
    assert found.direction == "earlier"
    assert found.low < -3 < found.high
    assert found.months == (3, 4, 5)
    assert found.without_years == pytest.approx(-3, abs=0.6)
    assert found.table["stations"].tolist() == [2] * 7 + [3] * 7
    assert "days earlier for each °C" in found.sentence("en")
    with pytest.raises(AnalysisError, match="Years with a first date and a temperature: 9"):
        phenology_temperature(table, SWALLOW, warm.iloc[:9].to_dict())
    with pytest.raises(AnalysisError, match="same temperature"):
        phenology_temperature(table, SWALLOW, dict.fromkeys(warm.index, 5.0))


def test_temperature_from_readings() -> None:
    table, warm = warm_springs()
    days = pd.date_range("2010-01-01", "2023-12-31").as_unit("us")
    season = -10 * np.cos(2 * np.pi * days.dayofyear / 365.25)
    outside = season + warm.reindex(days.year).to_numpy()
    values = np.stack([outside, outside + 3, np.full(len(days), 21.0) + 0.01 * days.dayofyear])
    values[1, days.year < 2016] = np.nan  # the warmer station joins late
    readings = xr.Dataset(
        {"temperature": (("station", "time"), values)},
        {"station": ["EE-1/roof", "EE-2/roof", "EE-3/class"], "time": days,
         "exposure": ("station", ["roof", "roof", "indoor"])},
        {"freq": "1D"},
    )  # fmt: skip
    found = phenology_temperature(table, SWALLOW, readings)
    given = phenology_temperature(table, SWALLOW, warm)
    assert found.slope == pytest.approx(given.slope, abs=0.05)
    assert phenology_temperature(table, SWALLOW, readings, months=[3]).months == (3,)


def test_springs_become_earlier_and_a_late_station_that_joins_changes_nothing() -> None:
    rng = np.random.default_rng(8)
    came = {(f"EE-{s}/park", year): round(115 + 8 * s - 0.7 * (year - 2010) + rng.normal(0, 1))
            for year in range(2010, 2024) for s in range(3) if not (s == 2 and year < 2017)}  # fmt: skip
    table = spring(rng, came, seen=0.9)
    found = phenology_trend(table, SWALLOW)
    says_all(found)
    assert found.direction == "earlier"
    assert found.low < -7 < found.high
    assert found.slope == pytest.approx(-7, abs=1.5)
    assert found.table["stations"].tolist() == [2] * 7 + [3] * 7
    assert "days earlier with every ten years" in found.sentence("en")
    assert (found.years["year"].iloc[0], found.years["year"].iloc[-1]) == (2010, 2023)
    same = spring(np.random.default_rng(9), {("EE-0/park", year): 115 for year in range(2010, 2024)})
    unclear = phenology_trend(same, SWALLOW)
    assert unclear.direction == "unclear"
    says_all(unclear)
    with pytest.raises(AnalysisError, match="Years with a first date: 9; at least 10"):
        phenology_trend(table[table["eventDate"] < "2019"], SWALLOW)


def test_the_change_over_the_years_of_one_place_is_the_straight_line_through_the_middles() -> None:
    came = {("EE-0/park", year): 110 + 4 * (year % 3) - year % 5 for year in range(2008, 2024)}
    table = spring(np.random.default_rng(2), came, seen=0.9)
    dates = phenology(table, SWALLOW).table
    middle = dates["not_before"] + (dates["first"] - dates["not_before"]) / 2
    since_march = (middle - pd.to_datetime(dates["year"].astype(str) + "-03-01")) / pd.Timedelta(days=1)
    found = phenology_trend(table, SWALLOW, widest=365)
    assert found.slope == pytest.approx(10 * np.polyfit(dates["year"], since_march, 1)[0])


# --- yearly index


def test_index_is_that_of_the_model() -> None:
    rng = np.random.default_rng(6)
    counts = rng.poisson(np.outer([20, 8, 12, 30, 15, 6], 1.1 ** np.arange(8))).astype(float)
    counts[rng.random(counts.shape) < 0.25] = np.nan
    found = yearly_index(counted(counts), "great tit")
    says_all(found)
    there = loglinear.fit(counts)
    assert found.table["index"].to_numpy() == pytest.approx(100 * there.index()[0])
    assert found.table["se"].to_numpy() == pytest.approx(100 * there.index()[1], abs=1e-6)
    assert found.table["counted"].tolist() == np.isfinite(counts).sum(axis=0).tolist()
    assert found.slope == pytest.approx(there.slope()[0])
    assert found.change_low < 0.1 < found.change_high
    assert found.trend.endswith("increase")
    assert found.completeness == pytest.approx(np.isfinite(counts).mean())
    again = yearly_index(counted(counts), TIT, base=2014)
    assert again.table.loc[again.table["year"] == 2014, "index"].tolist() == [100.0]
    assert again.slope == pytest.approx(found.slope)


def test_twice_the_minutes_are_not_twice_the_birds() -> None:
    counts = np.array([[10.0, 10, 12, 11, 9, 10], [20, 22, 19, 21, 20, 23], [5, 6, 5, 4, 6, 5]])
    table = counted(counts)
    late = table["eventDate"] >= "2013"
    table.loc[late, ["individualCount", "effort_minutes"]] *= 2
    assert yearly_index(table, TIT).table["index"].to_numpy() == pytest.approx(
        yearly_index(counted(counts), TIT).table["index"].to_numpy(), rel=0.05
    )
    lists = yearly_index(table.assign(effort_minutes=np.nan), TIT)
    assert lists.effort_unit == "lists"
    assert lists.table["index"].iloc[-1] > 180
    twice = pd.concat([table, table[late].assign(eventID=table["eventDate"] + " again")])
    twice.attrs = table.attrs
    assert yearly_index(twice, TIT).table["index"].to_numpy() == pytest.approx(
        yearly_index(table, TIT).table["index"].to_numpy()
    )


def test_what_is_no_count_and_who_is_left_out() -> None:
    counts = np.array([[10.0, 10, 12, 11, 9, 10], [20, 22, 19, 21, 20, 23], [0, 0, 0, np.nan, 0, 0],
                       [7, 0, 5, 6, 8, 5], [np.nan] * 6])  # fmt: skip
    table = counted(counts)
    table.loc[(table["station"] == "EE-0/park") & (table["eventDate"] == "2012-05-01"), "individualCount"] = (
        np.nan
    )
    found = yearly_index(table, TIT)
    assert found.n == 17
    assert found.n_stations == 3
    assert "Left out, stations that never counted one: 1." in found.remarks("en")
    assert any("only noted as present: 1" in text for text in found.remarks("en"))
    autumn = table.assign(eventDate=table["eventDate"].str.replace("2015-05", "2015-10"))
    assert any("another part of the year" in text for text in yearly_index(autumn, TIT).remarks("en"))
    assert yearly_index(autumn, TIT, months=[4, 5]).table["year"].tolist() == [2010, 2011, 2012, 2013, 2014]
    with pytest.raises(UsageError, match="1 to 12"):
        yearly_index(table, TIT, months=[0])
    with pytest.raises(UsageError, match="cannot begin in 1999"):
        yearly_index(table, TIT, base=1999)


def test_too_little_for_an_index_or_a_trend() -> None:
    some = np.array([[10.0, 12, 9, 11], [20, 22, 19, 23], [5, 6, 4, 7]])
    short = yearly_index(counted(some), TIT)
    assert short.trend == ""
    assert "too few years" in short.sentence("en")
    says_all(short)
    with pytest.raises(AnalysisError, match="4 yearly counts of 1 stations in 4 years"):
        yearly_index(counted(some[:1]), TIT)
    with pytest.raises(AnalysisError, match="Too few counts"):
        yearly_index(counted(np.array([[3.0, np.nan], [np.nan, 4], [2, np.nan], [np.nan, 5]])), TIT)
    gone = np.array([[10.0, 12, 9, 11, 4, 0], [20, 22, 19, 23, 3, 0], [5, 6, 4, 7, 1, 0]])
    found = yearly_index(counted(gone), TIT)
    says_all(found)
    assert found.table["index"].iloc[-1] == 0
    assert found.trend == ""
    assert "none was counted in 2015" in found.sentence("en")
    first = yearly_index(counted(gone[:, ::-1]), TIT)
    assert first.base == 2011
    with pytest.raises(AnalysisError, match="Too few counts"):
        yearly_index(counted(some), TIT, by="school")


@pytest.mark.parametrize("seed", range(3))
def test_any_order_of_the_rows_gives_the_same(seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = region(rng, {2024: 0.5, 2025: 0.4})
    table["individualCount"] = rng.integers(1, 9, len(table)).astype(float)
    mixed = table.sample(frac=1, random_state=seed)
    mixed.attrs = table.attrs
    for analysis in (reporting_rate, phenology):
        pd.testing.assert_frame_equal(analysis(table, TIT).table, analysis(mixed, TIT).table)
    one = yearly_index(pd.concat([table, counted(np.full((3, 6), 7.0))]), TIT)
    two = yearly_index(pd.concat([counted(np.full((3, 6), 7.0)), mixed]), TIT)
    assert one.table["index"].to_numpy() == pytest.approx(two.table["index"].to_numpy())


@pytest.mark.fielddata
def test_skylarks_as_rtrim(field_data: Path) -> None:
    """The index that TRIM prints for the skylarks (see tests/stats/test_loglinear.py)."""
    import rdata

    data = rdata.read_rda(field_data / "known" / "rtrim" / "skylark.RData")["skylark"]
    counts = data.pivot(index="site", columns="time", values="count").to_numpy()
    found = yearly_index(counted(counts, 1984), TIT, variant="TRIM")
    assert found.table["index"].round(2).tolist() == [100, 72.01, 84.54, 83.14, 92.21, 102.5, 110.82, 118.28]
    assert (found.slope, found.slope_se) == pytest.approx((0.0478, 0.0142), abs=5.1e-5)
    assert found.trend == "moderate increase"
    careful = yearly_index(counted(counts, 1984), TIT)
    assert careful.trend == "moderate increase"
    assert careful.slope_se > found.slope_se
