"""The simulated world: is it what its description says?"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kit import samples
from kit.errors import UsageError
from kit.model import READINGS
from kit.samples import Simulation, air, life
from kit.samples import weather as sky
from kit.samples.fields import Array, ar1, distances, field, smooth, stream
from kit.samples.places import SITES
from kit.samples.sheet import Sheet

PAIRS = [(a, b) for a in range(len(SITES)) for b in range(a)]


@pytest.fixture(scope="module")
def world() -> Simulation:
    return samples.simulate(11)


@pytest.fixture(scope="module")
def clock(world: Simulation) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(world.time)


def column(world: Simulation, variable: str, place: str) -> Array:
    return world.values[variable][[s.folder for s in SITES].index(place)]


def anomalies(world: Simulation, clock: pd.DatetimeIndex, variable: str) -> Array:
    """Daily means without the mean of their month of the year, shape (stations, days)."""
    days = pd.DataFrame(world.values[variable].T, index=clock).resample("D").mean()
    return (days - days.groupby(days.index.month).transform("mean")).to_numpy().T


def test_ar1_equals_the_loop_it_stands_for() -> None:
    shocks = stream(1, "test").standard_normal((500, 3))
    x = np.zeros_like(shocks)
    x[0] = shocks[0]
    for t in range(1, 500):
        x[t] = 0.93 * x[t - 1] + shocks[t]
    assert np.allclose(ar1(shocks, 0.93), x, atol=1e-10)


def test_field_has_the_memory_and_the_distances_it_promises() -> None:
    apart = distances([58.0, 58.0, 54.0], [25.0, 26.0, 12.0])
    x = field(stream(3, "test"), 60_000, apart, length=500, memory=20)
    assert np.allclose(x.mean(0), 0, atol=0.12)
    assert np.allclose(x.std(0), 1, atol=0.05)
    assert np.corrcoef(x[:-20, 0], x[20:, 0])[0, 1] == pytest.approx(np.exp(-1), abs=0.05)
    assert np.corrcoef(x.T) == pytest.approx(np.exp(-apart / 500), abs=0.07)


def test_smooth_keeps_the_variance_and_takes_the_jumps() -> None:
    rough = field(stream(4, "test"), 60_000, distances([58.0], [25.0]), length=0, memory=72)
    even = smooth(rough, 72, 8)
    assert even.std() == pytest.approx(1, abs=0.06)
    assert np.diff(even[:, 0]).std() < 0.35 * np.diff(rough[:, 0]).std()


def test_distance_against_the_law_of_cosines() -> None:
    rad = np.radians([58.38, 26.72, 54.17, 12.08])
    cosine = np.sin(rad[0]) * np.sin(rad[2]) + np.cos(rad[0]) * np.cos(rad[2]) * np.cos(rad[1] - rad[3])
    assert distances([58.38, 54.17], [26.72, 12.08])[0, 1] == pytest.approx(
        6371.0 * np.arccos(cosine), abs=1e-6
    )


@pytest.mark.parametrize(
    ("celsius", "hpa"), [(-10, 2.863), (0, 6.112), (10, 12.272), (20, 23.37), (30, 42.43)]
)
def test_saturation_vapour_pressure_against_tables(celsius: float, hpa: float) -> None:
    # over water; values as in WMO tables (Goff-Gratch); the formula promises 0.4 % here
    assert float(sky.saturation(celsius)) == pytest.approx(hpa, rel=0.005)


def test_dew_point_and_humidity_belong_together(world: Simulation) -> None:
    t, td, rh = (world.values[name] for name in ("temperature", "dew_point", "humidity"))
    assert (td <= t).all()
    assert (rh >= 15).all()
    assert (rh <= 99).all()
    assert np.allclose(100 * sky.saturation(td) / sky.saturation(t), rh, atol=1e-6)


def test_neighbours_share_weather_and_air_the_less_the_farther(
    world: Simulation, clock: pd.DatetimeIndex
) -> None:
    apart = distances([s.place[0] for s in SITES], [s.place[1] for s in SITES])
    for variable in ("temperature", "pm25", "pressure", "wind_speed"):
        same = np.corrcoef(anomalies(world, clock, variable))
        near = np.mean([same[p] for p in PAIRS if apart[p] < 20])
        region = np.mean([same[p] for p in PAIRS if 20 <= apart[p] < 250])
        far = np.mean([same[p] for p in PAIRS if apart[p] >= 500])
        assert near > region + 0.02 > far + 0.1, variable
        ranks = pd.Series([apart[p] for p in PAIRS]).rank().corr(pd.Series([same[p] for p in PAIRS]).rank())
        assert ranks < -0.7, variable


def test_warm_summers_cold_winters_warm_afternoons(world: Simulation, clock: pd.DatetimeIndex) -> None:
    for place in ("tartu-a", "parnu-b", "neustrelitz-a"):
        t = pd.Series(column(world, "temperature", place), index=clock)
        assert t.groupby(clock.month).mean().idxmax() in (7, 8)
        assert t.groupby(clock.month).mean().idxmin() in (1, 2, 12)
        july = t[clock.month == 7]
        by_hour = july.groupby(july.index.hour).mean()
        assert by_hour.idxmax() in (12, 13, 14, 15)
        assert by_hour.idxmin() in (0, 1, 2, 3)
        assert 4 < by_hour.max() - by_hour.min() < 12
    assert 5 < column(world, "temperature", "tartu-a").mean() < 8
    assert 8 < column(world, "temperature", "rostock-a").mean() < 11


def test_the_sea_damps_year_and_day(world: Simulation, clock: pd.DatetimeIndex) -> None:
    def yearly(place: str) -> float:
        months = pd.Series(column(world, "temperature", place)).groupby(clock.month).mean()
        return float(months.max() - months.min())

    def daily(place: str) -> float:
        t = pd.Series(column(world, "temperature", place))[clock.month == 7]
        hours = t.groupby(clock.hour[clock.month == 7]).mean()
        return float(hours.max() - hours.min())

    for shore, inland in (("parnu-a", "parnu-b"), ("rostock-a", "neustrelitz-a"), ("harju-a", "tartu-a")):
        assert yearly(shore) < yearly(inland) - 1
        assert daily(shore) < 0.75 * daily(inland)


def test_rain_wind_and_pressure_are_of_this_world(world: Simulation) -> None:
    for k, site in enumerate(SITES):
        rain, wind = world.values["rain"][k], world.values["wind_speed"][k]
        assert 400 < rain.sum() / 7 < 800, site.folder
        assert 0.05 < (rain > 0).mean() < 0.15
        assert 1.5 < wind.mean() < 6
        assert wind.max() < 40
        assert (world.values["wind_gust"][k] > wind).all()
        assert 920 < world.values["pressure"][k].min() < world.values["pressure"][k].max() < 1075
        direction = world.values["wind_direction"][k]
        assert ((direction >= 0) & (direction < 360)).all()
        assert ((direction > 135) & (direction < 315)).mean() > 0.6


def test_heating_traffic_and_new_year_in_the_air(world: Simulation) -> None:
    local = pd.DatetimeIndex(world.time).tz_localize("UTC").tz_convert("Europe/Tallinn")
    pm = pd.Series(column(world, "pm25_dry", "tartu-a"))
    assert 5 < pm.mean() < 12
    winter, summer = pm[local.month.isin([12, 1, 2])].mean(), pm[local.month.isin([6, 7, 8])].mean()
    assert winter > 1.3 * summer
    june = local.month == 6
    work, rest = june & (local.dayofweek < 5), june & (local.dayofweek == 6)
    rush, night = local.hour == 8, local.hour == 3
    assert (
        pm[work & rush].mean() - pm[work & night].mean()
        > pm[rest & rush].mean() - pm[rest & night].mean() + 0.3
    )
    new_year = (local.dayofyear == 1) & (local.hour == 0)
    assert pm[new_year].mean() > pm[(local.month == 1) & (local.hour == 0)].median() + 10


def test_growth_against_the_formula_of_crilley() -> None:
    for kappa, humidity in ((0.4, 80.0), (0.2, 50.0), (0.3, 92.0)):
        assert float(air.growth(humidity, kappa)) == pytest.approx(1 + kappa / 1.65 / (100 / humidity - 1))
    assert float(air.growth(99.0)) == float(air.growth(95.0)), "not beyond 95 %"


def test_the_sensor_reads_high_in_damp_air_but_right_on_average(world: Simulation) -> None:
    for k in range(len(SITES)):
        ratio = world.values["pm25"][k] / world.values["pm25_dry"][k]
        humid = world.values["humidity"][k]
        assert np.corrcoef(ratio, humid)[0, 1] > 0.4
        assert ratio[humid > 90].mean() > 1.2 > 0.85 > ratio[humid < 60].mean()
        assert ratio.mean() == pytest.approx(1, abs=0.03)


def test_the_injected_trend_is_the_whole_trend(world: Simulation) -> None:
    """The same world without trends: the difference is a straight line, in every season, at every station."""
    still = samples.simulate(11, ["pm25", "temperature"], trend={"pm25": 0.0, "temperature": 0.0})
    years = (world.time - world.time[0]) / np.timedelta64(1, "s") / 86400 / 365.25
    month = pd.DatetimeIndex(world.time).month
    change = world.values["temperature"] - still.values["temperature"]
    assert np.allclose(change, 0.05 * years, atol=1e-9)
    assert np.allclose(world.values["humidity"], still.values["humidity"], atol=1e-9)
    dry = world.values["pm25_dry"] - still.values["pm25_dry"]
    assert np.allclose(dry, dry[:, :1] - 0.35 * years, atol=1e-9)
    reported = world.values["pm25"] - still.values["pm25"]
    for k in range(len(SITES)):
        assert np.polyfit(years, reported[k], 1)[0] == pytest.approx(-0.35, abs=0.015)
        for m in range(1, 13):
            assert np.polyfit(years[month == m], reported[k][month == m], 1)[0] == pytest.approx(
                -0.35, abs=0.06
            )


def test_birds_more_effort_more_species() -> None:
    rng = stream(1, "test")
    date = pd.Timestamp(2025, 5, 20)
    arrivals = {bird.latin: float(bird.arrives) for bird in life.BIRDS}
    surveys = [life._one_survey(rng, date, arrivals, "country") for _ in range(400)]
    found = pd.DataFrame(
        [(int(s[0][5]) * np.sqrt(int(s[0][6])), len(s)) for s in surveys if s and s[0][7] == "jah"]
    )
    thirds = found[1].groupby(pd.qcut(found[0], 3, duplicates="drop"), observed=True).mean().to_numpy()
    assert thirds[0] + 1 < thirds[1] < thirds[2]


def test_a_warm_spring_brings_birds_earlier(world: Simulation) -> None:
    warm = [life.warmth(world, "EE-PRN-h6w2/garden", year, 120) for year in range(2019, 2026)]
    days = [
        np.mean([life.date_in(world, stream(k, "test"), "EE-PRN-h6w2/garden", year, 120) for k in range(200)])
        for year in range(2019, 2026)
    ]
    assert abs(np.mean(warm)) < 1e-9
    assert np.polyfit(warm, days, 1)[0] == pytest.approx(-2.0, abs=0.2)


def test_readings_have_the_shape_of_the_model(world: Simulation) -> None:
    table = world.readings("pm25", ["DE-ROS-8t3c/roof"])
    assert {name: str(dtype) for name, dtype in table.dtypes.items()} == READINGS
    assert table["value"].to_numpy() == pytest.approx(column(world, "pm25", "rostock-a"))


def test_what_cannot_be_simulated_is_said() -> None:
    with pytest.raises(UsageError, match="snow") as caught:
        samples.simulate(1, ["snow"])
    assert "pm25" in caught.value.words("en")
    assert "Seda ei saa simuleerida" in caught.value.words("et")
    with pytest.raises(UsageError):
        samples.simulate(-1)


def test_defects_never_touch_and_are_found_where_they_are_noted() -> None:
    table = Sheet({"a": [str(k) for k in range(2000)], "b": ["x"] * 2000}, stream(1, "test"))
    table.gap(40)
    table.put("spike", "a", "high", 5)
    table.repeat("duplicate-row", 5)
    table.repeat("empty-row", 3, a="")
    table.hold("flat-line", "a", 25, "flat")
    rows, noted = table.rows(), {d.kind: d for d in table.defects()}
    assert len(rows) == 2000 - 40 + 5 + 3

    def where(text: str) -> list[int]:
        return [k for k, row in enumerate(rows, 1) if row[0] == text]

    assert where("high") == [first for first, _ in noted["spike"].runs]
    assert where("") == [first for first, _ in noted["empty-row"].runs]
    assert [[where("flat")[0], where("flat")[-1]]] == noted["flat-line"].runs
    again = [k for k in range(2, len(rows) + 1) if rows[k - 1] == rows[k - 2] and rows[k - 1][0] != "flat"]
    assert again == [first for first, _ in noted["duplicate-row"].runs]
    before, after = noted["gap"].runs[0]
    assert int(rows[after - 1][0]) - int(rows[before - 1][0]) == 41
