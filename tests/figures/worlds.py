"""One small result of every analysis, made from readings and sightings that are made up here."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd
import xarray as xr

from kit import analysis as a
from kit.analysis.result import Result
from kit.model import SIGHTINGS, empty
from tests.figures.conftest import PLACES, make_daily

Made = Callable[[], Result]


def dataset(times: pd.DatetimeIndex, cube: dict[str, np.ndarray], freq: str, **more: list) -> xr.Dataset:
    """Readings of the three stations as ``readings()`` gives them."""
    names, lats, lons, regions = (list(part) for part in zip(*PLACES.values(), strict=True))
    held: dict[str, tuple] = {}
    for name, values in cube.items():
        held[name] = (("station", "time"), values)
        held[f"{name}_flag"] = (("station", "time"), np.where(np.isnan(values), 9, 1).astype(np.int8))
        held[f"{name}_coverage"] = (("station", "time"), np.where(np.isnan(values), 0.0, 1.0))
    about = {
        "station_name": names, "latitude": lats, "longitude": lons, "region": regions,
        "elevation": [40.0, 120.0, 75.0], "school": [key.split("/")[0] for key in PLACES],
        "exposure": ["roof", "garden", "roof"], "zone": ["Europe/Tallinn"] * 3, **more,
    }  # fmt: skip
    coords = {"station": list(PLACES), "time": times.as_unit("us").to_numpy()}
    return xr.Dataset(held, {**coords, **{name: ("station", value) for name, value in about.items()}},
                      {"dataset_version": "3f9ac2d41b07", "rules": 1, "freq": freq})  # fmt: skip


@cache
def hourly(days: int = 400) -> xr.Dataset:
    """Hours with a course of the day and of the year, wind, a gap and some smoky days."""
    random = np.random.default_rng(5)
    times = pd.date_range("2024-01-01", periods=24 * days, freq="h")
    hour, year = np.arange(len(times)) % 24, np.arange(len(times)) / 8766
    calm = np.repeat(random.random(days) < 0.15, 24)
    speed = np.where(calm, 0.3, random.gamma(2.5, 1.2, len(times)).round(1))
    direction = np.mod(np.repeat(random.normal(230, 70, days), 24) + random.normal(0, 15, len(times)), 360)
    level = 9 + 3 * np.cos(2 * np.pi * year) + 2 * np.sin(2 * np.pi * (hour - 6) / 12) + 6 * calm
    cube: dict[str, list] = {
        "pm25": [],
        "temperature": [],
        "humidity": [],
        "wind_speed": [],
        "wind_direction": [],
    }
    smoke = np.repeat(random.random(days) < 0.03, 24) * 45
    for k in range(3):
        dust = np.clip(
            level + k + smoke + 3 * (np.abs(direction - 90) < 40) + random.gamma(2, 1, len(times)), 0, None
        )
        warm = 6 - 12 * np.cos(2 * np.pi * (year - 0.05)) + 4 * np.sin(2 * np.pi * (hour - 9) / 24) - k
        cube["pm25"].append(dust)
        cube["temperature"].append(warm + random.normal(0, 1.5, len(times)))
        cube["humidity"].append(np.clip(85 - 1.2 * warm + random.normal(0, 5, len(times)), 20, 80))
        cube["wind_speed"].append(speed)
        cube["wind_direction"].append(direction)
    made = {name: np.array(values) for name, values in cube.items()}
    made["pm25"][1, 2000:2600] = np.nan
    made["no2"] = made["pm25"] * 0.8 + random.normal(0, 3, made["pm25"].shape).clip(-5, 5) + 10
    return dataset(times, made, "1h")


@cache
def years() -> xr.Dataset:
    """Ten years of days: warmth and rain."""
    random = np.random.default_rng(8)
    times = pd.date_range("2015-01-01", "2024-12-31", freq="D")
    year = np.arange(len(times)) / 365.25
    shared = random.normal(0, 3, len(times))
    warm = np.array([6 - 12 * np.cos(2 * np.pi * (year - 0.05)) + shared + random.normal(0, 1, len(times)) - k
                     for k in range(3)])  # fmt: skip
    rain = np.where(random.random((3, len(times))) < 0.4, random.gamma(0.8, 4, (3, len(times))), 0).round(1)
    warm[2, 900:1200] = np.nan
    rain[2, 900:1200] = np.nan
    return dataset(times, {"temperature": warm, "rain": rain}, "1D")


@cache
def pupils() -> pd.DataFrame:
    """Complete lists of three schools."""
    random = np.random.default_rng(1)
    names = [
        f"{genus} {kind}"
        for genus in ("Parus", "Pica", "Turdus", "Sitta")
        for kind in ("major", "minor", "alba", "rara")
    ]
    chance = np.geomspace(0.8, 0.05, len(names))
    rows = []
    for at, station in enumerate(PLACES):
        for survey in range(14):
            found = np.flatnonzero(
                random.random(len(names)) < chance * (1 if at < 2 else np.arange(len(names)) % 2)
            )
            day = str((pd.Timestamp("2025-03-01") + pd.Timedelta(days=int(survey * 9))).date())
            rows += [(station, f"{at}-{survey}", day, names[i], 1.0 + random.poisson(3)) for i in found]
            if not len(found):
                rows.append((station, f"{at}-{survey}", day, "", np.nan))
    table = empty(SIGHTINGS).reindex(range(len(rows)))
    columns = ["station", "eventID", "eventDate", "scientificName", "individualCount"]
    table[columns] = pd.DataFrame(rows)
    table["individualCount"] = table["individualCount"].astype(float)
    for name, value in {
        "complete": True,
        "effort_minutes": 15.0,
        "occurrenceStatus": "present",
        "flag": 1,
    }.items():
        table[name] = value
    return table


TIT, PIE, SWALLOW = "Parus major", "Pica pica", "Hirundo rustica"
WARM = {year: 5.0 + 2 * np.sin(1.7 * year) for year in range(2014, 2026)}


def lists(rows: list[tuple]) -> pd.DataFrame:
    """Complete lists of ten minutes: (station, day, species, count); a list is a station's day."""
    table = empty(SIGHTINGS).reindex(range(len(rows)))
    table[["station", "eventDate", "scientificName", "individualCount"]] = pd.DataFrame(rows)
    table["individualCount"] = table["individualCount"].astype(float)
    table["eventID"] = table["station"] + table["eventDate"]
    for name, value in {
        "complete": True,
        "effort_minutes": 10.0,
        "occurrenceStatus": "present",
        "flag": 1,
    }.items():
        table[name] = value
    return table


@cache
def springs() -> pd.DataFrame:
    """Lists of twelve springs at six parks; swallows come later in the north and in cold years."""
    random = np.random.default_rng(3)
    rows = []
    for park in range(6):
        for year, warm in WARM.items():
            came = 112 + 3 * park - 3 * (warm - 5)
            for day in range(80, 170, 3):
                date = str((pd.Timestamp(year, 1, 1) + pd.Timedelta(days=day)).date())
                rows.append((f"EE-{park}/park", date, TIT, 1.0))
                rows += [(f"EE-{park}/park", date, PIE, 1.0)] * bool(random.random() < 0.3 + 0.08 * park)
                rows += [(f"EE-{park}/park", date, SWALLOW, 2.0)] * bool(
                    day >= came and random.random() < 0.9
                )
    table = lists(rows)
    places = {f"EE-{park}/park": 57.5 + 0.4 * park for park in range(6)}
    return table.assign(decimalLatitude=table["station"].map(places), decimalLongitude=25.0)


@cache
def visits() -> pd.DataFrame:
    """Four visits each at thirty places; at half of them there are tits, which a visit may overlook."""
    random = np.random.default_rng(6)
    rows = []
    for place in range(30):
        for visit in range(4):
            rows.append((f"EE-{place}/park", f"2025-05-{1 + 7 * visit:02d}", PIE, 1.0))
            if place % 2 and random.random() < 0.6:
                rows.append((f"EE-{place}/park", f"2025-05-{1 + 7 * visit:02d}", TIT, 1.0))
    return lists(rows)


@cache
def counts() -> pd.DataFrame:
    """Yearly counts at eight parks, growing, with holes."""
    random = np.random.default_rng(7)
    return lists(
        [
            (f"EE-{park}/park", f"{year}-05-01", TIT, float(random.poisson(8 * 1.06 ** (year - 2012)) + 1))
            for park in range(8)
            for year in range(2012, 2026)
            if random.random() < 0.85
        ]
    )


@cache
def listed() -> pd.DataFrame:
    """Lists at the schools on most days of a year; fewer tits on smoky days."""
    random = np.random.default_rng(9)
    held = days()["pm25"]
    rows = []
    for at, station in enumerate(PLACES):
        for day, dust in zip(held["time"].values, held.values[at], strict=True):
            if random.random() < 0.4:
                date = str(pd.Timestamp(day).date())
                rows.append((station, date, PIE, 1.0))
                rows += [(station, date, TIT, 1.0)] * bool(random.random() < (0.3 if dust > 18 else 0.7))
    return lists(rows)


@cache
def daily() -> xr.Dataset:
    """Five years of days of fine dust, falling, with seasons; heights and places of the stations."""
    held = make_daily()
    return held.assign_coords(elevation=("station", [40.0, 120.0, 75.0]))


@cache
def six() -> xr.Dataset:
    """Six stations at different heights."""
    one = daily().isel(time=slice(0, 500))
    two = one.assign_coords(
        station=[f"{name}2" for name in PLACES], elevation=("station", [150.0, 60.0, 210.0]),
        station_name=("station", [f"{name}, teine maja" for name in one["station_name"].values]),
        school=("station", [f"{name}2" for name in one["school"].values]),
        latitude=one["latitude"] + 0.4,
    )  # fmt: skip
    both = xr.concat([one, two], "station", coords="different", compat="equals")
    both["pm25"] = both["pm25"] - both["elevation"] / 50 + 6
    return both.assign_attrs(one.attrs)


@cache
def days() -> xr.Dataset:
    """The hours as days."""
    made = hourly().resample(time="1D").mean()
    cube = {name: made[name].transpose("station", "time").values for name in ("pm25", "temperature")}
    return dataset(pd.DatetimeIndex(made["time"].values), cube, "1D")


@cache
def doubted() -> pd.DataFrame:
    """Readings one by one, some of them doubted."""
    value = hourly()["pm25"].values[0].round(1)
    value[[300, 900, 1500]] = 400.0
    value[2000:2010] = 7.7
    flag = np.where(value > 150, 3, 1)
    flag[2002:2012] = 4
    return pd.DataFrame({"time": hourly()["time"].values, "value": value, "flag": flag})


ROOF, YARD = list(PLACES)[:2]
RESULTS: dict[str, Made] = {
    "accumulation": lambda: a.accumulation(pupils()),
    "air-quality": lambda: a.air_quality_index(hourly()[["pm25", "no2", "humidity"]]),
    "air-statistics": lambda: a.air_statistics(hourly(), "pm25"),
    "anomaly": lambda: a.anomaly(daily()),
    "averages": lambda: a.averages(daily(), "month"),
    "before-after": lambda: a.before_after(daily().isel(time=slice(0, 400)), "2021-08-01", [ROOF]),
    "calendar": lambda: a.calendar(daily().isel(station=[0], time=slice(0, 365))),
    "calendar-years": lambda: a.calendar(daily().isel(station=[0])),
    "deviations": lambda: a.deviations(hourly(), YARD, reference=ROOF, variable="pm25", by="temperature"),
    "calibration": lambda: a.calibrate(hourly(), YARD, reference=ROOF, variable="pm25"),
    "change": lambda: a.change_point(daily()),
    "checklists": lambda: a.checklists(pupils()),
    "climatology": lambda: a.climatology(years(), "temperature"),
    "climatology-days": lambda: a.climatology(years(), "temperature", over="day"),
    "compare": lambda: a.compare(daily(), YARD),
    "correlation": lambda: a.correlation(hourly()),
    "degree-days": lambda: a.degree_days(years()),
    "dissimilarity": lambda: a.dissimilarity(pupils()),
    "diversity": lambda: a.diversity(pupils()),
    "dryness": lambda: a.dryness(years(), needed=9),
    "episodes": lambda: a.episodes(hourly(), "pm25", above=40),
    "exceedances": lambda: a.exceedances(hourly()[["pm25", "no2"]]),
    "gradient": lambda: a.gradient(six(), "elevation"),
    "growing-season": lambda: a.growing_season(years()),
    "homogeneity": lambda: a.homogeneity(daily()),
    "influence": lambda: a.influence(daily()),
    "join": lambda: a.join(days()[["pm25"]], listed(), TIT),
    "join-species": lambda: a.join(days()[["pm25"]], listed()),
    "mixed-trend": lambda: a.mixed_trend(daily()),
    "occupancy": lambda: a.occupancy(visits(), TIT),
    "phenology": lambda: a.phenology(springs(), SWALLOW),
    "phenology-across": lambda: a.phenology_gradient(springs(), SWALLOW),
    "phenology-years": lambda: a.phenology_trend(springs(), SWALLOW),
    "phenology-warmth": lambda: a.phenology_temperature(springs(), SWALLOW, WARM),
    "reporting-rate": lambda: a.reporting_rate(springs(), PIE),
    "yearly-index": lambda: a.yearly_index(counts(), TIT),
    "missing": lambda: a.missing(hourly(), "pm25"),
    "normalise": lambda: a.normalise(hourly().isel(station=[0]), "pm25"),
    "ordination": lambda: a.ordination(pupils(), by=("station", "month")),
    "percentile-rose": lambda: a.percentile_rose(hourly(), "pm25"),
    "polar": lambda: a.polar(hourly(), "pm25"),
    "polar-bins": lambda: a.polar(hourly(), "pm25", smooth=False, sectors=16),
    "pollution-rose": lambda: a.pollution_rose(hourly(), "pm25"),
    "rain": lambda: a.rain_statistics(years()),
    "ranks": lambda: a.rank_abundance(pupils()),
    "rarefaction": lambda: a.rarefaction(pupils()),
    "relation": lambda: a.linear_relation(hourly(), "pm25", "no2"),
    "relation-hours": lambda: a.linear_relation(hourly(), "pm25", "no2", over="hour"),
    "rules": lambda: a.rules(doubted(), high=[50, 100], jump=20, same=6),
    "shuffle": lambda: a.shuffle(daily()),
    "similarity": lambda: a.similarity(daily()),
    "smooth": lambda: a.smooth_trend(daily()),
    "trend": lambda: a.trend(daily()),
    "us-air-quality": lambda: a.us_air_quality_index(hourly()[["pm25", "humidity"]]),
    "variation-hour": lambda: a.variation(hourly(), "hour", "pm25"),
    "variation-hour-weekday": lambda: a.variation(hourly(), "hour-weekday", "pm25"),
    "variation-month": lambda: a.variation(hourly(), "month", "pm25"),
    "variation-weekday": lambda: a.variation(hourly(), "weekday", "pm25"),
    "variation-wind": lambda: a.variation(hourly(), "wind", "pm25"),
    "weather-days": lambda: a.weather_days(hourly(800)),
    "wind": lambda: a.wind_rose(hourly()),
}
#: The same analyses asked for parts.
PARTED: dict[str, Made] = {
    "calendar-parts": lambda: a.calendar(daily().isel(time=slice(0, 365)), by="station"),
    "correlation-parts": lambda: a.correlation(hourly(), by="season"),
    "polar-parts": lambda: a.polar(hourly(), "pm25", by="season"),
    "rose-parts": lambda: a.wind_rose(hourly(), by="season"),
    "influence-parts": lambda: a.influence(daily(), by="season"),
    "missing-parts": lambda: a.missing(hourly(), "pm25", by="season"),
    "similarity-parts": lambda: a.similarity(daily(), by="season"),
    "trend-parts": lambda: a.trend(daily(), by="season"),
    "variation-parts": lambda: a.variation(hourly(), "hour", "pm25", by=("weekend", "season")),
}  # fmt: skip


@cache
def found(name: str) -> Result:
    """Return a result by its name."""
    return {**RESULTS, **PARTED}[name]()
