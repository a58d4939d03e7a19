"""The trend of stations and regions: rules, words, and the joint slope against a search by hand."""

from __future__ import annotations

import json
import pickle
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from kit.analysis import anomaly, compare, trend
from kit.errors import AnalysisError, UsageError
from kit.stats.regional import joint_slope

SLOPE = -0.5


def ends_of_lines(ds: xr.Dataset, station: int, when: str) -> xr.DataArray:
    """Return deployment numbers: 1 at one station from a date on, else 0."""
    later = (ds["time"] >= np.datetime64(when)) & (ds["station"] == ds["station"][station])
    return later.astype("int16").transpose("station", "time")


def dataset(
    stations: int = 3,
    since: str = "2018-01-01",
    until: str = "2024-12-31",
    slope: float = SLOPE,
    seed: int = 0,
    variable: str = "pm25",
) -> xr.Dataset:
    """Daily readings with a season, a level per station, shared weather and a known trend."""
    rng = np.random.default_rng(seed)
    time = pd.date_range(since, until, freq="D", unit="us")
    years = np.asarray((time - pd.Timestamp("2018-01-01")).days / 365.25)
    shared = 10 + 4 * np.cos(2 * np.pi * years) + slope * years + rng.normal(0, 2, len(time))
    values = np.array([shared + 5 * s + rng.normal(0, 1, len(time)) for s in range(stations)])
    names = [f"EE-{chr(65 + s)}/roof" for s in range(stations)]
    return xr.Dataset(
        {variable: (("station", "time"), values),
         f"{variable}_flag": (("station", "time"), np.ones(values.shape, dtype="int8")),
         f"{variable}_coverage": (("station", "time"), np.ones(values.shape))},
        coords={"station": names, "time": time, "exposure": ("station", ["roof"] * stations),
                "region": ("station", ["EE-79"] * stations), "station_name": ("station", names)},
        attrs={"dataset_version": "3f9ac2d41b07", "rules": 1, "freq": "1D"},
    )  # fmt: skip


def test_joint_slope_against_a_search_by_hand() -> None:
    """Every slope on a fine grid is kept or not by enumerating all orders of the years, written out again."""
    rng = np.random.default_rng(8)
    values = rng.normal(size=(5, 9)) + 0.4 * np.arange(5)[:, None]
    values[2, 3] = values[0, 5] = np.nan

    def score(table: np.ndarray) -> float:
        return sum(np.nansum(np.sign(table[j] - table[i])) for i in range(5) for j in range(i + 1, 5))

    def kept(slope: float) -> bool:
        left = values - slope * np.arange(5)[:, None]
        scores = [abs(score(left[list(order)])) for order in permutations(range(5))]
        return sum(s >= scores[0] for s in scores) / 120 > 0.05

    found = joint_slope(values, range(2020, 2025))
    grid = np.arange(-1.0, 2.0, 0.02)
    inside = [g for g in grid if kept(g)]
    assert found.low == pytest.approx(min(inside), abs=0.02)
    assert found.high == pytest.approx(max(inside), abs=0.02)
    slopes = [
        (values[j, g] - values[i, g]) / (j - i) for g in range(9) for i in range(5) for j in range(i + 1, 5)
    ]
    assert found.slope == pytest.approx(np.nanmedian(slopes))


def test_gaps_in_the_years_are_years_too() -> None:
    values = [[1.0], [2.0], [3.0], [6.0], [7.0]]
    found = joint_slope(values, [2010, 2011, 2012, 2015, 2016])
    assert found.slope == 1.0
    with pytest.raises(ValueError, match="needs 5 years"):
        joint_slope(values[:4], [2010, 2011, 2012, 2015])


@pytest.mark.parametrize("stations", [1, 3])
def test_the_trend_is_found(stations: int) -> None:
    found = trend(dataset(stations))
    assert found.low <= SLOPE <= found.high < 0
    assert found.slope == pytest.approx(SLOPE, abs=0.15)
    assert found.per_decade == pytest.approx(10 * found.slope)
    assert (found.n_stations, found.years, found.first, found.last) == (stations, 7, 2018, 2024)
    assert found.n == stations * 84
    assert found.completeness == 1.0
    assert (found.version, found.region, found.unit) == ("3f9ac2d41b07/1", "EE-79", "µg/m³")
    assert found.direction == "down"
    assert list(found.stations["used"]) == [True] * stations
    assert len(found.table) == (1 if stations == 1 else stations + 1)
    assert found.series["time"].is_monotonic_increasing
    assert len(found.series) == 84


def test_monthly_input_gives_the_same() -> None:
    days = dataset()
    months = days[["pm25"]].resample(time="MS").mean()
    months.attrs = {"freq": "1M"}
    by_month, by_day = trend(months), trend(days)
    assert by_month.slope == pytest.approx(by_day.slope)
    assert (by_month.low, by_month.high, by_month.p) == pytest.approx((by_day.low, by_day.high, by_day.p))


def test_a_station_that_joins_or_leaves_makes_no_trend() -> None:
    flat = dataset(4, slope=0.0, seed=2)
    changed = flat.copy(deep=True)
    changed["pm25"][3] += 60  # a very dirty station ...
    changed["pm25"][3, :700] = np.nan  # ... joins after two years
    found, before = trend(changed), trend(flat.isel(station=[0, 1, 2]))
    assert found.low <= 0 <= found.high
    assert found.slope == pytest.approx(before.slope, abs=0.1)
    assert found.series["value"].diff().abs().max() < 5  # nor a step in the line to be drawn


def test_levels_and_order_of_stations_do_not_matter() -> None:
    ds = dataset()
    shifted = ds.isel(station=[2, 0, 1]).copy(deep=True)
    shifted["pm25"] = shifted["pm25"] + xr.DataArray([7.0, -3.0, 100.0], dims="station")
    one, other = trend(ds), trend(shifted)
    assert (one.slope, one.low, one.high, one.p) == pytest.approx(
        (other.slope, other.low, other.high, other.p)
    )


def test_indoor_stations_stay_out_of_the_region() -> None:
    ds = dataset(4)
    ds["pm25"][1] = ds["pm25"][1] + 5.0 * (ds["time"].dt.year - 2018)
    ds = ds.assign_coords(exposure=("station", ["roof", "indoor", "roof", "garden"]))
    found = trend(ds)
    assert found.n_stations == 3
    assert found.direction == "down"
    assert found.stations.set_index("station").loc["EE-B/roof", "used"] == False  # noqa: E712
    assert found.stations["slope"].notna().all()  # its own trend is still shown
    assert "EE-B/roof was left out of the joint trend: it stands indoors." in found.remarks("en")
    with pytest.raises(AnalysisError, match="indoors"):
        trend(ds.assign_coords(exposure=("station", ["indoor"] * 4)))
    alone = trend(ds.isel(station=[1]))
    assert alone.remarks("en") == ["EE-B/roof stands indoors: this says nothing about the air of the region."]


def test_too_short_says_how_short_and_what_instead() -> None:
    with pytest.raises(AnalysisError) as caught:
        trend(dataset(2, until="2021-12-31"))
    words = str(caught.value)
    assert caught.value.code == "too-short"
    assert words.startswith("Too short for a trend: PM2.5 (fine particles) has 4 of the 5 full years needed")
    assert "75 %" in words
    assert "same month of other years" in words
    assert "peenosakesed" in caught.value.words("et")
    assert anomaly(dataset(2, until="2021-12-31")).n_stations == 2


def test_a_year_without_the_summer_holidays_is_not_a_year() -> None:
    ds = dataset(1, until="2022-12-31")  # just five years
    assert trend(ds).years == 5
    holidays = (ds["time"].dt.year == 2020) & ds["time"].dt.month.isin([7, 8])
    ds["pm25"] = ds["pm25"].where(~holidays)
    with pytest.raises(AnalysisError, match="4 of the 5 full years"):
        trend(ds)
    assert trend(ds, months=(1, 2, 3)).months == (1, 2, 3)  # winters are complete


def test_a_month_needs_three_quarters_of_its_days() -> None:
    ds = dataset(1)
    june = (ds["time"].dt.year == 2020) & (ds["time"].dt.month == 6)
    ds["pm25"] = ds["pm25"].where(~(june & (ds["time"].dt.day > 23)))  # 23 of 30 days: 76.7 %
    assert trend(ds).n == 84
    ds["pm25"] = ds["pm25"].where(~(june & (ds["time"].dt.day > 22)))  # 22 of 30: 73.3 %
    assert trend(ds).n == 83


def test_rain_needs_every_day() -> None:
    ds = dataset(1, variable="rain")
    monthly = trend(ds)
    assert monthly.slope == pytest.approx(SLOPE * 30.4, abs=5)  # sums, not means
    ds["rain"][0, 100] = np.nan
    assert trend(ds).n == 83


def test_failed_readings_are_not_used_and_suspect_ones_are_named() -> None:
    ds = dataset(1)
    broken = ds.copy(deep=True)
    broken["pm25"][0, 2000:] = 900.0
    broken["pm25_flag"][0, 2000:] = 4
    assert trend(broken).first == 2018
    assert trend(broken).slope == pytest.approx(trend(ds.isel(time=slice(0, 2000))).slope)
    drifting = ds.copy(deep=True)
    late = drifting["time"].dt.year >= 2023
    drifting["pm25"] = drifting["pm25"] + 20 * late
    drifting["pm25_flag"] = drifting["pm25_flag"].where(~late, 3)
    assert any("marked suspect the answer changes" in text for text in trend(drifting).remarks("en"))
    assert trend(ds).remarks("en") == []
    harmless = ds.copy(deep=True)
    harmless["pm25_flag"][0, ::50] = 3
    assert trend(harmless).remarks("en") == []


def test_no_trend_of_a_direction_or_of_hours() -> None:
    with pytest.raises(UsageError, match="direction"):
        trend(dataset(variable="wind_direction"))
    hours = dataset().isel(time=slice(0, 100))
    hours.attrs["freq"] = "1h"
    with pytest.raises(AnalysisError, match="freq="):
        trend(hours)
    years = dataset()[["pm25"]].resample(time="YS").mean()
    for freq in ("1YS", ""):
        years.attrs["freq"] = freq
        with pytest.raises(AnalysisError, match="neither daily nor monthly"):
            trend(years)
    with pytest.raises(UsageError, match="pm25"):
        trend(dataset(), "no2")
    with pytest.raises(UsageError, match="1 to 12"):
        trend(dataset(), months=(0, 13))


def test_covariance_from_ten_years() -> None:
    long = trend(dataset(2, since="2012-01-01"))
    assert (long.years, long.orders) == (13, 0)
    assert "covariance" in long.method
    shuffled = trend(dataset(2, since="2012-01-01"), method="shuffling")
    assert shuffled.slope == long.slope
    assert (shuffled.low, shuffled.high) == pytest.approx((long.low, long.high), abs=0.05)


def test_words_without_p_values_in_both_languages() -> None:
    found = trend(dataset())
    english, estonian = found.sentence("en"), found.sentence("et")
    slope, low, high = (f"{abs(x):.2f}" for x in (found.slope, found.high, found.low))
    assert english.startswith(
        f"PM2.5 (fine particles) fell by {slope} µg/m³ a year from 2018 to 2024 (between {low} and {high})."
    )
    assert "joint trend of 3 stations" in english
    assert "If nothing were changing" in english
    assert "2,520 tries" in english
    assert "p =" not in english
    assert slope.replace(".", ",") in estonian
    assert "aastas" in estonian
    assert estonian != english
    flat = trend(dataset(slope=0.0, seed=3))
    assert flat.direction == "unclear"
    assert "no clear trend" in flat.sentence("en")
    assert "will go on" in found.caution("en")


def test_the_smallest_attainable_chance_is_printed() -> None:
    five = trend(dataset(1, until="2022-12-31"))
    assert (five.orders, five.smallest_p) == (120, pytest.approx(1 / 60))
    assert five.p >= five.smallest_p
    assert five.scope("en")["Rarest chance that shuffling can show"] == "1 : 60"
    eight = trend(dataset(1, since="2017-01-01"))
    assert (eight.orders, eight.smallest_p) == (5000, 1 / 5000)
    assert trend(dataset(1, since="2012-01-01")).to_dict()["smallest_p"] == 0


def test_one_station_picked_out_and_other_units_of_time() -> None:
    ds = dataset(2)
    whole = trend(ds.isel(station=[1]))
    one = trend(ds.isel(station=1))
    assert (one.slope, one.low, one.high) == (whole.slope, whole.low, whole.high)
    assert one.stations["station"].tolist() == ["EE-B/roof"]
    assert (
        trend(ds.isel(station=1).assign_coords(time=ds["time"].astype("datetime64[ns]"))).slope == one.slope
    )
    bare = ds[["pm25"]].isel(station=[1]).drop_vars(["region", "exposure", "station_name"])
    bare.attrs = {}
    assert trend(bare).slope == one.slope
    assert (trend(bare).version, trend(bare).region) == ("", "")


def test_as_plain_values_and_as_html() -> None:
    ds = dataset(2)
    ds = ds.assign_coords(station_name=("station", ["<b>School</b>", "B"]))
    found = trend(ds)
    as_dict = json.loads(json.dumps(found.to_dict("en"), allow_nan=False))
    assert as_dict["kind"] == "TrendResult"
    assert as_dict["slope"] == found.slope
    assert len(as_dict["stations"]) == 2
    assert as_dict["sentence"] == found.sentence("en")
    html = found._repr_html_()
    assert "<b>School" not in html
    assert "3f9ac2d41b07/1" in html
    assert "May not be concluded" in html
    assert "<th>p</th>" not in html  # bands and words, no p values
    shown = found.shown_table("et")
    assert list(shown.columns[:3]) == ["jaam", "jaama nimi", "muutus aastas"]
    assert shown["kasutatud"].tolist() == ["jah"] * 3
    assert shown.iloc[-1]["muutus aastas"] == f"−{abs(found.slope):.2f}".replace(".", ",")


def test_anomaly_is_the_distance_from_the_own_usual_month() -> None:
    time = pd.date_range("2022-01-01", "2024-12-31", freq="D", unit="us")
    years = np.asarray(time.year)
    values = np.array([np.full(len(time), 10.0), np.full(len(time), 20.0)])
    values[:, years == 2024] += [[3.0], [6.0]]  # usual: 11 and 22; in 2024 2 and 4 above
    values[1, years == 2022] = np.nan  # then usual: 23, in 2024 3 above
    ds = xr.Dataset(
        {"pm25": (("station", "time"), values)},
        coords={"station": ["a", "b"], "time": time},
        attrs={"freq": "1D"},
    )
    found = anomaly(ds)
    last = found.table.iloc[-1]
    assert last["anomaly"] == pytest.approx((2 + 3) / 2)
    assert (last["low"], last["high"], last["n"]) == pytest.approx((2, 3, 2))
    first = found.table.iloc[0]
    assert (first["anomaly"], first["n"]) == pytest.approx((-1, 1))
    assert found.sentence("en").startswith("PM2.5 (fine particles) in December 2024 was 2.5 µg/m³ above")
    assert "detsember" in found.sentence("et")
    with pytest.raises(AnalysisError, match="two years"):
        anomaly(ds.isel(time=slice(800, None)))


def test_another_device_makes_no_trend() -> None:
    """A replaced sensor reads 6 µg/m³ more: across the change that would be a rise; it is none."""
    ds = dataset(1, since="2014-01-01", slope=0.0, seed=4)
    later = ends_of_lines(ds, 0, "2019-06-15")
    ds["pm25"] = ds["pm25"] + 6.0 * later
    assert trend(ds).low > 0  # what would be said if nobody knew
    ds["pm25_deployment"] = later
    found = trend(ds)
    assert found.direction == "unclear"
    assert (found.first, found.last) == (2019, 2024)  # 5 full years each: the latest deployment
    remark = found.remarks("en")[0]
    assert remark.startswith("EE-A/roof: another device took over. Only the readings from June 15, 2019 to")
    assert "teine seade" in found.remarks("et")[0]
    assert "15. juuni 2019" in found.remarks("et")[0]
    months = ds[["pm25"]].resample(time="MS").mean()
    months["pm25_deployment"] = ds["pm25_deployment"].resample(time="MS").max()
    months.attrs = {"freq": "1M"}
    assert trend(months).direction == "unclear"


def test_a_station_without_five_years_of_comparable_devices_is_left_out() -> None:
    ds = dataset(2, slope=0.0, seed=5)
    later = ends_of_lines(ds, 1, "2021-01-01")
    ds["pm25"] = ds["pm25"] + 6.0 * later
    ds["pm25_deployment"] = later
    found = trend(ds)
    assert (found.n_stations, found.direction) == (1, "unclear")
    assert found.remarks("en")[1] == "EE-B/roof was left out: it has 4 of the 5 full years needed."
    with pytest.raises(AnalysisError, match="Another device took over") as caught:
        trend(ds.isel(station=[1]))
    assert (caught.value.code, caught.value.params["found"]) == ("too-short", 4)
    usual = anomaly(ds)  # months of the new device against the new device's usual months
    assert usual.stations["anomaly"].abs().max() < 3
    assert (usual.stations["time"].dt.year[usual.stations["station"] == "EE-B/roof"]).nunique() == 7


def test_sums_of_which_something_is_missing_are_not_used() -> None:
    ds = dataset(1, variable="rain")
    whole = trend(ds)
    ds["rain_at_least"] = (("station", "time"), np.zeros(ds["rain"].shape, dtype="int8"))
    assert trend(ds).n == whole.n == 84
    ds["rain_at_least"][0, 100] = 1
    assert trend(ds).n == 83
    assert len(anomaly(ds).stations) == 83


def test_the_same_readings_under_two_names_count_once() -> None:
    one = dataset(2)
    again = one.isel(station=[0]).assign_coords(
        station=["EE-Z/copy"], station_name=("station", ["Copy"]), exposure=("station", ["roof"])
    )
    both = xr.concat([one, again], "station")
    both.attrs = one.attrs
    found, before = trend(both), trend(one)
    assert (found.slope, found.low, found.high, found.p, found.n, found.n_stations) == (
        before.slope, before.low, before.high, before.p, before.n, 2,
    )  # fmt: skip
    assert found.remarks("en") == [
        "Copy was left out of the joint trend: its readings are those of EE-A/roof."
    ]


@pytest.mark.parametrize("method", ["shuffling", "covariance"])
def test_stations_that_move_exactly_together_are_no_further_evidence(method: str) -> None:
    one = dataset(1)
    shifted = one.assign_coords(station=["EE-Z/yard"]).copy(deep=True)
    shifted["pm25"] = shifted["pm25"] + 3.0
    both = xr.concat([one, shifted], "station")
    both.attrs = one.attrs
    found, before = trend(both, method=method), trend(one, method=method)  # type: ignore[arg-type]
    assert found.n_stations == 2
    assert (found.slope, found.low, found.high, found.p) == pytest.approx(
        (before.slope, before.low, before.high, before.p), rel=1e-4
    )


def test_a_stuck_device_says_nothing() -> None:
    ds = dataset(3)
    ds["pm25"][1] = 7.0
    found = trend(ds)
    assert found.n_stations == 2
    assert found.slope == trend(ds.isel(station=[0, 2])).slope
    assert "EE-B/roof was left out: all its months have the same value" in found.remarks("en")[0]
    for method in ("shuffling", "covariance"):
        with pytest.raises(AnalysisError, match="same value in every month"):
            trend(ds.isel(station=[1]), method=method)  # type: ignore[arg-type]


def test_years_without_readings_are_said() -> None:
    ds = dataset(1, since="2006-01-01")
    ds["pm25"] = ds["pm25"].where((ds["time"].dt.year < 2009) | (ds["time"].dt.year > 2021))
    found = trend(ds)
    assert (found.years, found.first, found.last) == (6, 2006, 2024)
    assert found.remarks("en") == ["Years without any readings in between: 13."]
    assert found.completeness == pytest.approx(6 / 19)


def test_days_called_months_are_still_days() -> None:
    ds = dataset(1)
    ds["pm25"] = ds["pm25"].where(ds["time"].dt.day == 1)  # one day a month
    ds.attrs["freq"] = "1M"
    with pytest.raises(AnalysisError, match="0 of the 5 full years"):
        trend(ds)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("nothing", ["stations", "times", "values"])
def test_nothing_to_work_with_is_said(nothing: str) -> None:
    ds = dataset(2)
    if nothing == "values":
        ds["pm25"] = ds["pm25"] * np.nan
    else:
        ds = ds.isel({nothing[:-1]: slice(0, 0)})
    words = "There are no readings here|has 0 of the 5|same month of two years|fewer than 5 times"
    for analyse in (trend, anomaly, compare):
        with pytest.raises(AnalysisError, match=words):
            analyse(ds)


@pytest.mark.filterwarnings("error")
def test_values_below_zero_are_values() -> None:
    ds = dataset(2)
    low = ds.copy(deep=True)
    low["pm25"] = low["pm25"] - 100
    assert trend(low).slope == pytest.approx(trend(ds).slope)
    assert trend(low).n == trend(ds).n


def test_results_and_errors_can_be_sent_to_another_process() -> None:
    ds = dataset(1, slope=0.0, seed=4, since="2014-01-01")
    ds["pm25_deployment"] = ends_of_lines(ds, 0, "2019-06-15")
    found = trend(ds)
    assert pickle.loads(pickle.dumps(found)).remarks("et") == found.remarks("et")
