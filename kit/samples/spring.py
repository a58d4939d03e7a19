"""Spring on the schools' nature trails: first flowers, leaves, arrivals; and one diary of fifty springs.

Twice or three times a week from March to May a class walks its trail and ticks what of seven species it
finds: a list on which everything of the seven is looked for, so that no tick is a known absence. What is
there is found on :data:`FOUND` of the walks.

The day on which a species comes, at a place in a year, is its usual day

* :data:`NORTH` days later for each 100 km towards the north, and up to :data:`COAST` days later at the sea
  (in Europe spring comes later with latitude and height; Rötzer & Chmielewski 2001, doi:10.3354/cr018249;
  the numbers are kit's own choice);
* earlier by the species' own number of days for each °C that the month of its usual day and the two before
  it were warmer than the mean of 1976-2025 (Menzel et al. 2006, doi:10.1111/j.1365-2486.2006.01193.x, use
  the same months; over Europe they find 2.5 days per °C, more for early and fewer for late species);
* with a scatter of :data:`SCATTER` days.

Temperatures are those of one school (Tartu B) for Estonia, where the diary was kept: daily means made of the
season, weather noise with the strength and memory of :mod:`kit.samples.weather` and its warming, from 2019 on
the simulated hours themselves. In Germany it is the simulated warmth of the two schools there.
The injected trend of a species is therefore its days per °C times the warming per year.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kit.samples.devices import clock, fixed, gz, lines
from kit.samples.fields import Array, ar1, stream
from kit.samples.places import MORE, Site
from kit.samples.plan import SampleFile
from kit.samples.sheet import Defect
from kit.samples.simulation import Simulation
from kit.samples.weather import COAST_KM, TREND, YEAR_DAYS, Grid, seasonal

NORTH, COAST, SCATTER, FOUND = 3.0, 3.0, 1.0, 0.9
#: Latitude of the usual days, km of one degree.
LATITUDE, DEGREE_KM = 58.35, 111.2
DIARY, FIRST_YEAR, LAST_YEAR, LISTS_SINCE = "EE-TRT-m4x9/trail", 1976, 2025, 2021
#: Spread of the mean of a day around the season, °C in winter and summer; memories in days.
QUICK, MEMORY, SLOW, SLOW_MEMORY = (4.9, 2.9), 3.5, 1.5, 25.0


@dataclass(frozen=True)
class Sign:
    """A sign of spring: usual day of the year, days it lasts, days per °C, and the months that matter."""

    latin: str
    usual: int
    lasts: int
    per_degree: float
    months: tuple[int, ...]


SIGNS = (
    Sign("Hepatica nobilis", 100, 32, -3.0, (2, 3, 4)),
    Sign("Motacilla alba", 101, 200, -1.0, (2, 3, 4)),
    Sign("Gonepteryx rhamni", 104, 40, -2.5, (2, 3, 4)),
    Sign("Anemone nemorosa", 113, 30, -2.5, (2, 3, 4)),
    Sign("Hirundo rustica", 131, 200, -1.0, (3, 4, 5)),
    Sign("Betula pendula", 132, 200, -3.0, (3, 4, 5)),
    Sign("Prunus padus", 139, 16, -3.0, (3, 4, 5)),
)

TRAILS: tuple[Site, ...] = tuple(site for site in MORE if site.id.endswith("/trail"))
TRUTH = {
    "days_per_100_km_north": NORTH, "days_at_the_sea": COAST, "diary": DIARY, "warming_per_year": TREND,
    "days_per_degree": {sign.latin: sign.per_degree for sign in SIGNS},
    "days_per_year": {sign.latin: round(sign.per_degree * TREND, 4) for sign in SIGNS},
    "stations": [site.id for site in TRAILS],
}  # fmt: skip

#: How a table is written in each country: file, words of the header, "yes" and "no".
WRITTEN = {
    "EE": ("kevadrada", ("Kuupäev", "Minutid", "Vaatlejaid", "Täielik nimekiri"), "jah", "ei", "et"),
    "DE": ("fruehlingspfad", ("Datum", "Minuten", "Beobachter", "Vollständige Liste"), "ja", "nein", "de"),
}


def spring(world: Simulation) -> list[SampleFile]:
    """Return the lists of every trail, and the temperatures of the diary's school."""
    days = diary_temperatures(world)
    warm = {"EE": warmth(days)}
    warm["DE"] = _warmth_in_germany(world, warm["EE"])
    return [_temperature_file(days), *(_trail(world, site, warm[site.id[:2]]) for site in TRAILS)]


def diary_temperatures(world: Simulation) -> pd.Series:
    """Return the mean temperature of each day, 1976-2025, at the school of the diary, °C."""
    dates = pd.date_range(f"{FIRST_YEAR}-01-01", f"{LAST_YEAR}-12-31", freq="D")
    grid = Grid(world.seed, (dates.to_numpy() + np.timedelta64(10, "h")).astype("datetime64[us]"))
    place = world.index(DIARY.split("/")[0] + "/garden")
    strength = QUICK[0] + (QUICK[1] - QUICK[0]) * grid.summer[:, 0]
    noise = strength * _noise(world.seed, "fifty springs", len(dates), MEMORY)
    noise += SLOW * _noise(world.seed, "fifty springs, slow", len(dates), SLOW_MEMORY)
    years = (dates - pd.Timestamp(world.time[0])) / pd.Timedelta(days=YEAR_DAYS)
    values = pd.Series(seasonal(grid)[:, place] + noise + TREND * np.asarray(years), index=dates)
    simulated = pd.Series(
        world.values["temperature"][place], index=pd.DatetimeIndex(world.time) + pd.Timedelta(hours=2)
    )
    values.update(simulated.resample("D").mean())
    return values.round(1)


def _noise(seed: int, name: str, n: int, memory: float) -> Array:
    phi = float(np.exp(-1.0 / memory))
    shocks = stream(seed, name).standard_normal(n)
    shocks[1:] *= np.sqrt(1.0 - phi * phi)
    return ar1(shocks, phi)


def warmth(days: pd.Series) -> dict[tuple[int, ...], pd.Series]:
    """Return for each set of months how much warmer than the mean of all years they were, by year, °C."""
    index = pd.DatetimeIndex(days.index)
    months = days.groupby([index.year, index.month]).mean().unstack()
    found = {sign.months: months[list(sign.months)].mean(axis=1) for sign in SIGNS}
    return {key: values - values.mean() for key, values in found.items()}


def _warmth_in_germany(
    world: Simulation, here: dict[tuple[int, ...], pd.Series]
) -> dict[tuple[int, ...], pd.Series]:
    """Return the same for the German schools, whose mean over the simulated years is that of Estonia."""
    places = [world.index(station.id) for station in world.stations if station.id.startswith("DE-")]
    hours = pd.Series(world.values["temperature"][places].mean(axis=0), index=pd.DatetimeIndex(world.time))
    found = warmth(hours.resample("D").mean().loc["2019":"2025"])
    return {key: values + here[key].loc[values.index].mean() for key, values in found.items()}


def comes(rng: np.random.Generator, sign: Sign, site: Site, warmer: float) -> float:
    """Return the day of the year on which a sign of spring comes to a place."""
    north = NORTH * (site.place[0] - LATITUDE) * DEGREE_KM / 100
    sea = COAST * float(np.exp(-site.sea_km / COAST_KM))
    return sign.usual + north + sea + sign.per_degree * warmer + SCATTER * float(rng.standard_normal())


def _trail(world: Simulation, site: Site, warm: dict[tuple[int, ...], pd.Series]) -> SampleFile:
    """The lists of one trail: a column per species with ticks, a row per walk."""
    name, header, yes, no, language = WRITTEN[site.id[:2]]
    first = FIRST_YEAR if site.id == DIARY else LISTS_SINCE
    path = f"{site.folder}/{name}_{first}-{LAST_YEAR}.csv" + (".gz" if site.id == DIARY else "")
    rng = stream(world.seed, "walks of " + path)
    rows: list[list[str]] = []
    for year in range(first, LAST_YEAR + 1):
        dates = [comes(rng, sign, site, float(warm[sign.months][year])) for sign in SIGNS]
        for date in _walks(rng, year):
            there = np.array([
                day <= date.dayofyear < day + sign.lasts for day, sign in zip(dates, SIGNS, strict=True)
            ])  # fmt: skip
            whole = bool(rng.random() < 0.95)
            seen = there & (rng.random(len(SIGNS)) < (FOUND if whole else FOUND / 2))
            rows.append([
                f"{date:%d.%m.%Y}", str(rng.choice([20, 30, 45])), str(rng.choice([6, 12, 20])),
                yes if whole else no, *("x" if one else "" for one in seen),
            ])  # fmt: skip
    partial = [k for k, row in enumerate(rows, 1) if row[3] == no]
    defects = [Defect("incomplete-list", len(partial), header[3], no, [[k, k] for k in partial])]
    text = lines([*header, *(sign.latin for sign in SIGNS)], rows, ";", "\r\n").encode("utf-8-sig")
    days = ["-".join(reversed(row[0].split("."))) for row in (rows[0], rows[-1])]
    return SampleFile(
        path, gz(text) if path.endswith(".gz") else text, site.id, {"station": site.id}, "plain",
        f"a class's lists of its nature trail ({len(rows)} walks)", language, len(rows), days[0], days[1],
        (), defects, kind="sightings", part="spring",
    )  # fmt: skip


def _walks(rng: np.random.Generator, year: int) -> list[pd.Timestamp]:
    """Return the days of the walks: most Mondays, Wednesdays and Fridays from 5 March to 5 June."""
    days = pd.date_range(f"{year}-03-05", f"{year}-06-05", freq="D")
    return [day for day in days if day.dayofweek in (0, 2, 4) and rng.random() < 0.85]


def _temperature_file(days: pd.Series) -> SampleFile:
    """The school's own table of daily means."""
    station = DIARY
    path = f"tartu-b/paevik_temperatuur_{FIRST_YEAR}-{LAST_YEAR}.csv.gz"
    columns = {"Kuupäev": clock(pd.DatetimeIndex(days.index), "%d.%m.%Y"),
               "Keskmine temperatuur (°C)": fixed(days.to_numpy(dtype=float), 1, ",")}  # fmt: skip
    rows = [list(row) for row in zip(*columns.values(), strict=True)]
    return SampleFile(
        path, gz(lines(list(columns), rows, ";", "\r\n").encode("utf-8-sig")), station,
        {"station": station}, "plain", "the school's diary, daily means", "et", len(rows),
        f"{FIRST_YEAR}-01-01", f"{LAST_YEAR}-12-31", ("temperature",), [], part="spring",
    )  # fmt: skip
