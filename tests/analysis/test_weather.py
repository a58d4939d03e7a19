"""Derived variables, weather days, degree days, the growing season, rain, and what is usual."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from kit import analysis
from kit.analysis.growing import season
from kit.errors import AnalysisError, UsageError
from kit.stats import thermo


def made(
    values: dict[str, np.ndarray],
    times: pd.DatetimeIndex,
    freq: str,
    stations: int = 1,
    **coords: list[object],
) -> xr.Dataset:
    cube = {
        k: (("station", "time"), np.tile(np.asarray(v, dtype=float), (stations, 1)))
        for k, v in values.items()
    }
    names = [f"EE-{chr(65 + n)}/roof" for n in range(stations)]
    more = {name: ("station", given) for name, given in coords.items()}
    return xr.Dataset(cube, {"station": names, "time": times.as_unit("us"), **more}, {"freq": freq})


def year(first: str = "2025-01-01", last: str = "2025-12-31") -> pd.DatetimeIndex:
    return pd.date_range(first, last, freq="D")


def hours(first: str = "2025-01-01", n: int = 24) -> pd.DatetimeIndex:
    return pd.date_range(first, periods=n, freq="h")


# derive


def test_what_is_derived_keeps_flags_coverage_and_devices_and_says_what_it_lost() -> None:
    ds = made(
        {"temperature": [32, 20, 30, 35, np.nan], "humidity": [70, 50, np.nan, 40, 50]}, hours(n=5), "1h"
    )
    ds["temperature_flag"] = (("station", "time"), np.array([[1, 1, 1, 4, 9]], dtype=np.int8))
    ds["humidity_flag"] = (("station", "time"), np.array([[3, 1, 9, 1, 1]], dtype=np.int8))
    ds["temperature_coverage"] = (("station", "time"), [[1.0, 1, 1, 1, 0]])
    ds["humidity_coverage"] = (("station", "time"), [[0.8, 1, 0, 1, 1]])
    ds["humidity_deployment"] = (("station", "time"), [[0, 0, -1, 1, 1]])
    found = analysis.derive(ds, "heat_index")
    assert found["heat_index"].notnull().values.tolist() == [[True, False, False, False, False]]
    assert found["heat_index_flag"].values.tolist() == [[3, 9, 9, 9, 9]]
    assert found["heat_index_lost_flag"].values.tolist() == [[0, 3, 2, 1, 1]]
    assert found["heat_index_coverage"].values.tolist() == [[0.8, 1, 0, 1, 0]]
    assert found["heat_index_deployment"].values[0, 1] == -1
    lost = analysis.lost(found, "heat_index")
    assert lost["n"].tolist() == [1, 1]
    assert lost["reason"].tolist()[1] == "outside the range in which the formula holds"
    assert found["temperature"].identical(ds["temperature"])  # the readings stay
    assert found["heat_index"].attrs["units"] == "degC"


@pytest.mark.parametrize("what", ["dew_point", "absolute_humidity", "vapour_pressure_deficit", "wind_chill",
                                  "apparent_temperature", "sea_level_pressure", "heat_index"])  # fmt: skip
def test_the_order_of_stations_and_times_does_not_matter(what: str) -> None:
    rng = np.random.default_rng(3)
    n = 48
    cube = {"temperature": rng.uniform(-20, 40, n), "humidity": rng.uniform(1, 103, n),
            "wind_speed": rng.uniform(0, 15, n), "pressure": rng.uniform(950, 1040, n)}  # fmt: skip
    ds = made(cube, hours(n=n), "1h", 2, elevation=[40.0, 300.0])
    ds["temperature"] = ds["temperature"] + xr.DataArray([0.0, 3.0], dims="station")
    new = {"sea_level_pressure": "pressure_sea_level"}.get(what, what)
    whole = analysis.derive(ds, what)[new]
    turned = analysis.derive(ds.isel(station=[1, 0], time=slice(None, None, -1)), what)[new]
    assert np.array_equal(whole.values, turned.values[::-1, ::-1], equal_nan=True)
    assert whole.notnull().any()
    t, r = ds["temperature"].values, np.minimum(ds["humidity"].values, 100)
    if what == "sea_level_pressure":
        other = thermo.sea_level_pressure(
            ds["pressure"].values, t, np.array([[40.0], [300.0]]), thermo.vapour_pressure(t, r)
        )
        assert np.allclose(whole.values, other)


def test_pressure_at_sea_level_needs_a_height_that_fits() -> None:
    cube = {"pressure": [980.0], "temperature": [10.0]}
    ds = made(cube, hours(n=1), "1h", 3, elevation=[100.0, 900.0, np.nan])
    found = analysis.derive(ds, "sea_level_pressure")
    assert found["pressure_sea_level_lost_flag"].values.ravel().tolist() == [0, 5, 4]
    with pytest.raises(AnalysisError, match="height of the station") as caught:
        analysis.derive(ds.drop_vars("elevation"), "sea_level_pressure")
    assert caught.value.code == "no-height"


def test_what_cannot_be_derived_says_why() -> None:
    ds = made({"temperature": [30.0]}, hours(n=1), "1h")
    with pytest.raises(UsageError, match="dew_point"):
        analysis.derive(ds, "luck")
    with pytest.raises(AnalysisError, match="relative humidity"):
        analysis.derive(ds, "dew_point")
    ds["humidity"] = ds["temperature"] + 30
    with pytest.raises(AnalysisError, match="hourly"):
        analysis.derive(ds.assign_attrs(freq="1D"), "heat_index")
    with pytest.raises(UsageError, match="already"):
        analysis.derive(analysis.derive(ds, "dew_point"), "dew_point")


# weather days


def test_limits_are_strict_as_etccdi_has_them() -> None:
    low = np.full(365, 10.0)
    high = np.full(365, 20.0)
    low[:2], high[:2] = [0.0, -0.1], [5.0, 0.0]  # frost: the second only; no ice day
    high[10:13] = [25.0, 25.1, 30.0]
    low[10:13] = [20.0, 20.1, 15.0]
    row = analysis.weather_days(
        made({"temperature_min": low, "temperature_max": high}, year(), "1D")
    ).table.iloc[0]
    assert row[["frost", "ice", "summer", "hot", "tropical", "heat_waves"]].tolist() == [1, 0, 2, 1, 1, 0]
    assert bool(row["full"])


def test_a_heat_wave_needs_three_days_in_a_row_and_counts_where_it_ends() -> None:
    days = year("2024-01-01", "2025-12-31")
    high = np.full(len(days), 15.0)
    high[364:368] = 31.0  # 30 December 2024 to 2 January 2025
    high[400:402] = 35.0
    high[500:505] = 31.0
    high[502] = np.nan
    found = analysis.weather_days(
        made({"temperature_min": high - 10, "temperature_max": high}, days, "1D")
    ).table
    assert found["heat_waves"].tolist() == [0, 1]
    assert found["longest_heat_wave"].tolist() == [0, 4]


def test_hours_make_local_days_of_eighteen_hours() -> None:
    """Frost at 22:30 UTC is frost of the next day in Tallinn; in summer the day does not move by an hour."""
    times = hours("2025-01-01", 24 * 365)
    values = np.full(len(times), 10.0)
    values[(times == "2025-03-31T22:00") | (times == "2025-07-15T21:00")] = -1.0
    values[(times >= "2025-10-10T22:00") & (times < "2025-10-11T05:00")] = np.nan  # 17 hours left
    ds = made({"temperature": values}, times, "1h", zone=["Europe/Tallinn"])
    row = analysis.weather_days(ds).table
    assert row.loc[row["year"] == 2025, "frost"].item() == 2
    assert row.loc[row["year"] == 2025, "days"].item() == 364
    april = analysis.weather_days(ds, by="month")["April"].table
    assert april["frost"].tolist() == [1]
    assert "hourly means" in " ".join(analysis.weather_days(ds).remarks("en"))


def test_only_means_of_days_are_not_enough_and_indoors_is_left_out() -> None:
    ds = made({"temperature": np.full(365, 5.0)}, year(), "1D")
    with pytest.raises(AnalysisError, match="lowest and highest") as caught:
        analysis.weather_days(ds)
    assert caught.value.code == "no-extremes"
    cube = {"temperature_min": np.full(365, 5.0), "temperature_max": np.full(365, 9.0)}
    two = made(cube, year(), "1D", 2, exposure=["roof", "indoor"])
    assert analysis.weather_days(two).table["station"].tolist() == ["EE-A/roof"]


def test_part_of_a_year_is_said_and_the_full_year_is_preferred() -> None:
    days = year("2024-01-01", "2025-03-31")
    cube = {"temperature_min": np.full(len(days), -2.0), "temperature_max": np.full(len(days), 3.0)}
    found = analysis.weather_days(made(cube, days, "1D"))
    assert found.table["full"].tolist() == [True, False]
    assert "2024" in found.sentence("en")
    assert "Only" not in found.sentence("en")
    part = analysis.weather_days(made(cube, days, "1D").isel(time=slice(400, None)))
    assert "Only 56 of 365 days" in part.sentence("en")
    assert "külmapäevi 56" in part.sentence("et")


def test_degree_days_by_hand() -> None:
    mean = np.full(365, 20.0)
    mean[:4] = [15.0, 15.1, -5.0, 25.0]
    ds = made({"temperature": mean}, year(), "1D")
    assert analysis.degree_days(ds).table["degree_days"].item() == pytest.approx(3 + 23)
    assert analysis.degree_days(ds, "cooling").table["degree_days"].item() == pytest.approx(4)
    assert analysis.degree_days(ds, "growing", base=10).table["degree_days"].item() == pytest.approx(
        np.clip(mean - 10, 0, None).sum()
    )
    gap = ds.copy(deep=True)
    gap["temperature"][0, 9] = np.nan
    assert "At least that; days missing: 1." in analysis.degree_days(gap).sentence("en")
    with pytest.raises(UsageError, match="wrong side"):
        analysis.degree_days(ds, "heating", base=18, limit=20)
    with pytest.raises(UsageError, match="heating, cooling"):
        analysis.degree_days(ds, "sleeping")


# growing season


def by_hand(mean: np.ndarray) -> tuple[int, int]:
    """The definition, day by day."""
    start = next((i for i in range(len(mean) - 5) if (mean[i : i + 6] > 5).all()), None)
    if start is None:
        return 0, 0
    half = 181 + (len(mean) == 366)
    end = next((i for i in range(max(half, start), len(mean) - 5) if (mean[i : i + 6] < 5).all()), len(mean))
    return start, end


def test_the_growing_season_is_that_of_the_definition() -> None:
    rng = np.random.default_rng(5)
    for n in (365, 366) * 60:
        course = 6 - rng.uniform(5, 15) * np.cos(2 * np.pi * np.arange(n) / 365)
        mean = course + np.convolve(rng.normal(0, 5, n + 4), np.ones(5) / 5, "valid")
        mean[rng.random(n) < rng.choice([0, 0.02])] = np.nan
        assert season(mean) == by_hand(mean)


def test_missing_days_leave_the_growing_season_open() -> None:
    mean = np.where((year().month > 4) & (year().month < 10), 12.0, 1.0)
    mean[115:122] = np.nan  # 26 April to 2 May
    found = analysis.growing_season(made({"temperature": mean}, year(), "1D"))
    assert found.table["start"].item() == pd.Timestamp("2025-05-03")
    assert not found.table["sure"].item()
    assert "Missing days" in found.sentence("en")
    with pytest.raises(AnalysisError, match="full year"):
        analysis.growing_season(made({"temperature": mean[:200]}, year()[:200], "1D"))
    south = made(
        {"temperature": np.full(730, 12.0)}, year("2024-01-02", "2025-12-31"), "1D", latitude=[-35.0]
    )
    assert analysis.growing_season(south).table["year"].tolist() == [2024]
    assert analysis.growing_season(south).table["start"].item() == pd.Timestamp("2024-07-01")


# rain


def test_rain_by_hand() -> None:
    rng = np.random.default_rng(8)
    days = year("2023-01-01", "2025-12-31")
    rain = np.where(rng.random(len(days)) < 0.6, 0.0, rng.gamma(0.7, 8.0, len(days))).round(1)
    rain[700] = np.nan
    found = analysis.rain_statistics(made({"rain": rain}, days, "1D")).table.set_index("year")
    for number in (2023, 2024, 2025):
        mine = rain[days.year == number]
        row = found.loc[number]
        assert row["wet_days"] == (mine >= 1).sum()
        assert row["total"] == pytest.approx(np.nansum(mine))
        assert row["wettest_day"] == np.nanmax(mine)
        assert row["intensity"] == pytest.approx(np.nansum(mine[mine >= 1]) / (mine >= 1).sum())
        five = [rain[i - 4 : i + 1].sum() for i in range(4, len(days)) if days[i].year == number]
        assert row["wettest_5_days"] == pytest.approx(np.nanmax(five))
        longest = run = 0
        for day, value in zip(days, rain, strict=True):
            run = run + 1 if value < 1 else 0
            longest = max(longest, run) if day.year == number else longest
        assert row["longest_dry"] == longest
    assert found["at_least"].tolist() == [False, True, False]


def test_a_drought_of_years_is_one_spell_in_each() -> None:
    ds = made({"rain": np.zeros(731)}, year("2023-01-01", "2024-12-31"), "1D")
    assert analysis.rain_statistics(ds).table["longest_dry"].tolist() == [365, 731]
    summer = analysis.rain_statistics(ds, by="season")["summer"]
    assert summer.table["longest_dry"].tolist() == [92, 92]
    assert "same at all times" in analysis.climatology(ds).sentence("en")


def test_days_of_rain_with_a_missing_hour_do_not_count() -> None:
    values = np.full(48, 0.5)
    values[30] = np.nan
    found = analysis.rain_statistics(made({"rain": values}, hours("2025-05-01", 48), "1h")).table
    assert (found["total"].item(), found["days"].item(), found["at_least"].item()) == (12.0, 1, True)


def test_the_index_of_drought_needs_twenty_years() -> None:
    rng = np.random.default_rng(2)
    time = pd.date_range("1991-01-01", periods=360, freq="MS")
    ds = made({"rain": rng.gamma(3.0, 20.0, 360).round(1)}, time, "1M")
    found = analysis.dryness(ds, months=3)
    assert len(found.table) == 358
    assert abs(found.table["spi"].mean()) < 0.02
    assert found.table["spi"].std() == pytest.approx(1.0, abs=0.03)
    assert "3 months up to the end of December 2020" in found.sentence("en")
    assert "detsember" in found.sentence("et")
    with pytest.raises(AnalysisError, match="20 years") as caught:
        analysis.dryness(ds.isel(time=slice(0, 228)))
    assert caught.value.code == "too-short"
    with pytest.raises(AnalysisError, match="Not measured"):
        analysis.dryness(made({"temperature": np.ones(360)}, time, "1M"))


# what is usual


def test_usual_months_are_robust_and_years_weigh_alike() -> None:
    days = year("2022-01-01", "2024-12-31")
    values = np.where(days.month == 7, 20.0, 5.0) + np.asarray(days.year - 2023)
    values[days == "2023-07-10"] = 500.0
    values[(days.year == 2024) & (days.day > 20)] = np.nan  # 20 of 31 days: these months do not count
    found = analysis.climatology(made({"temperature": values}, days, "1D"))
    july = found.table.iloc[6]
    assert july["label"] == "July"
    assert july["median"] == pytest.approx(np.quantile(values[(days.month == 7) & (days.year < 2024)], 0.5))
    assert found.stations["years"].tolist() == [2] * 12
    assert "July" in found.sentence("en")
    with pytest.raises(AnalysisError, match="two years"):
        analysis.climatology(made({"temperature": values[:365]}, days[:365], "1D"))


def test_usual_days_reach_over_new_year() -> None:
    days = year("2021-01-01", "2025-12-31")
    values = np.cos(2 * np.pi * days.dayofyear.to_numpy() / 365.25) + 0.01 * (days.year - 2023)
    table = analysis.climatology(made({"temperature": values}, days, "1D"), over="day").table
    assert len(table) == 366
    near = [
        (d - pd.Timestamp(f"{d.year}-01-01")).days <= 15 or d >= pd.Timestamp(f"{d.year}-12-17") for d in days
    ]
    whole = np.array(near) & (days >= "2021-12-17") & (days < "2025-01-17")
    assert table.loc[0, "median"] == pytest.approx(np.median(values[whole]), abs=0.01)
    assert table["n"].min() >= 4 * 30


def test_readings_by_hand_are_compared_at_their_hour() -> None:
    """A school reads at eight, a logger measures all day: at eight they agree."""
    times = hours("2023-01-01", 24 * 1096)
    local = times + pd.Timedelta(hours=2)
    course = 10 + 5 * np.sin(2 * np.pi * local.hour / 24) + 3 * (local.year == 2025) + 0.1 * local.month
    ds = made({"temperature": course}, times, "1h", 2, zone=["Europe/Tallinn"] * 2)
    ds["temperature"] = ds["temperature"].where(
        (xr.DataArray(local.hour == 8, dims="time")) | (ds["station"] == "EE-B/roof")
    )
    ds["temperature_coverage"] = ds["temperature"].notnull() * 1.0
    ds["temperature_flag"] = xr.where(ds["temperature"].notnull(), 1, 9).astype("int8")
    eight = analysis.at_hour(ds)
    assert eight.attrs["at_hour"] == 8
    assert eight["temperature"].dtype == np.float64
    assert eight["temperature_flag"].dtype == np.int8
    hand, logger = eight["temperature"].values
    assert np.array_equal(hand, logger, equal_nan=True)
    assert np.isfinite(hand).sum() >= 1095
    found = analysis.anomaly(eight)
    one = found.stations.pivot(index="time", columns="station", values="anomaly")
    assert np.allclose(one["EE-A/roof"], one["EE-B/roof"])
    assert found.region["anomaly"].iloc[-1] == pytest.approx(2.0)
    assert "8 o'clock" in " ".join(found.remarks("en"))
    usual = analysis.climatology(eight)
    assert usual.n_stations == 2
    assert analysis.at_hour(ds, 20)["temperature"].sel(station="EE-A/roof").notnull().sum() == 0
    with pytest.raises(UsageError):
        analysis.at_hour(ds, 24)
    with pytest.raises(AnalysisError, match="hourly"):
        analysis.at_hour(eight)


def test_an_hour_at_which_zones_differ_is_the_hour_of_each() -> None:
    times = hours("2025-06-01", 72)
    ds = made({"temperature": np.arange(72.0)}, times, "1h", 2, zone=["Europe/Tallinn", "America/New_York"])
    found = analysis.at_hour(ds, 12)["temperature"].to_pandas()
    assert found.loc["EE-A/roof"].dropna().tolist() == [10.0, 34.0, 58.0]
    assert found.loc["EE-B/roof"].dropna().tolist() == [17.0, 41.0, 65.0]


def test_anomalies_by_median_and_by_condition() -> None:
    days = year("2021-01-01", "2025-12-31")
    values = 10.0 + 20.0 * (days.year == 2025)
    ds = made({"temperature": values}, days, "1D")
    assert analysis.anomaly(ds).region["anomaly"].iloc[-1] == pytest.approx(16.0)
    assert analysis.anomaly(ds, usual="median").region["anomaly"].iloc[-1] == pytest.approx(20.0)
    summer = analysis.anomaly(ds, by="season")["summer"]
    assert len(summer.region) == 15
    with pytest.raises(UsageError, match="mean, median"):
        analysis.anomaly(ds, usual="mode")


@pytest.mark.parametrize(
    "ask",
    [analysis.weather_days, analysis.degree_days, analysis.growing_season, analysis.climatology],
)
@pytest.mark.parametrize("empty", ["time", "station"])
def test_nothing_is_said(ask: object, empty: str) -> None:
    ds = made({"temperature": np.ones(365)}, year(), "1D").isel({empty: slice(0, 0)})
    ds = (
        ds
        if ask is not analysis.weather_days
        else ds.assign(temperature_min=ds["temperature"], temperature_max=ds["temperature"])
    )
    with pytest.raises(AnalysisError):
        ask(ds)  # type: ignore[operator]


@pytest.mark.parametrize("lang", ["en", "et"])
def test_every_result_speaks(lang: str) -> None:
    days = year("2001-01-01", "2024-12-31")
    wave = 8 - 12 * np.cos(2 * np.pi * days.dayofyear.to_numpy() / 365)
    rain = np.where(np.arange(len(days)) % 3 == 0, 4.0 + days.year % 7, 0.0)
    ds = made(
        {"temperature": wave, "temperature_min": wave - 4, "temperature_max": wave + 6, "rain": rain},
        days,
        "1D",
    )
    results = [
        analysis.weather_days(ds), analysis.degree_days(ds), analysis.growing_season(ds),
        analysis.rain_statistics(ds), analysis.dryness(ds), analysis.climatology(ds, "temperature"),
        analysis.climatology(ds, "temperature", over="day"), analysis.anomaly(ds, "temperature"),
    ]  # fmt: skip
    for one in results:
        text = " ".join([one.sentence(lang), one.caution(lang), *one.remarks(lang)])
        assert "{" not in text
        assert "nan" not in text.lower()
        assert len(one.shown_table(lang)) == len(one.table)
        assert one.to_dict(lang)["sentence"] == one.sentence(lang)
        assert one.completeness == pytest.approx(1, abs=0.02)
