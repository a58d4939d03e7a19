"""The files for single questions: do kit's own functions give back what was put in?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from kit import analysis, formats, ingest, samples
from kit.dataset import Dataset, create
from kit.dataset.sample import fill
from kit.model import Station
from kit.samples import classroom, dust, life, places, spring
from kit.samples.plan import cut

pytestmark = pytest.mark.slow
TRUTH = samples.truth()


@pytest.fixture(scope="module")
def part(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Dataset]:
    """A dataset of one part of the samples, made once."""
    made: dict[str, Dataset] = {}

    def of(name: str) -> Dataset:
        if name not in made:
            made[name] = create(tmp_path_factory.mktemp(name) / "dataset")
            assert all(receipt.status == "stored" for receipt in fill(made[name], samples.files(name)))
        return made[name]

    return of


def test_the_dust_comes_from_the_quarry_and_not_from_where_the_wind_mostly_comes(
    part: Callable[[str], Dataset],
) -> None:
    here, said = part("dust"), TRUTH["dust"]
    names = ["pm10", "pm25", "wind_speed", "wind_direction", "rain"]
    days = here.readings(names, station=said["station"], freq="1h")
    for name in ("pm10", "pm25"):
        rose = analysis.pollution_rose(days, name).table.set_index("sector")
        assert rose["mean"].idxmax() == said["direction"]
        assert rose["share"].idxmax() not in (292.5, 315.0, 337.5)
    coarse = analysis.pollution_rose(days, "pm10").table.set_index("sector")["mean"]
    assert coarse[315.0] > 2 * coarse[225.0]
    dry = days.where(days["rain"] == 0)
    hour = pd.DatetimeIndex(days["time"].values).tz_localize("UTC").tz_convert("Europe/Tallinn")
    work = (hour.hour >= 7) & (hour.hour < 17) & (hour.dayofweek < 5)
    behind = np.abs((dry["wind_direction"].values[0] - 315 + 180) % 360 - 180) < 22.5
    values = dry["pm10"].values[0]
    assert np.nanmean(values[behind & work]) > 1.5 * np.nanmean(values[behind & ~work])


def test_dust_needs_wind_from_the_quarry_dry_ground_and_lorries_or_a_storm() -> None:
    world = samples.simulate(7)
    hours = cut(world, dust.GARDEN, "2025-01-01", "2025-12-31")
    made, now = dust.dust(world, hours), hours.values
    away = np.abs((now["wind_direction"] - dust.DIRECTION + 180) % 360 - 180)
    assert (made[now["rain"] > 0.2] == 0).all()
    assert (made[now["temperature"] <= 0] == 0).all()
    assert made[away > 90].max() < 0.02
    assert made[away < 20].mean() > 5
    weekend = hours.local.dayofweek.to_numpy() > 4
    assert (made[weekend & (now["wind_speed"] < dust.THRESHOLD)] == 0).all()


def test_the_sensor_beside_the_reference(part: Callable[[str], Dataset]) -> None:
    here, said = part("beside"), TRUTH["beside"]
    both = here.readings(["pm25", "humidity"], station=[said["station"], said["reference"]], freq="1h")
    plain = analysis.calibrate(both, said["station"], reference=said["reference"], variable="pm25")
    with_humidity = analysis.calibrate(
        both, said["station"], reference=said["reference"], variable="pm25", beside=("humidity",)
    )
    before, after = plain.table["rmse"]
    assert before > 4
    assert after < before / 4
    assert with_humidity.table["rmse"].iloc[1] < 0.7 * after
    assert with_humidity.coefficients[0] < 0, "the damper, the more it shows too much"

    dried = analysis.correct(both.sel(station=[said["station"]]), "kappa", "pm25", kappa=said["kappa"])
    corrected = dried["pm25_kappa"].values[0]
    reference = both["pm25"].sel(station=said["reference"]).values
    known = np.isfinite(corrected) & np.isfinite(reference)
    # the reference has noise of its own, which flattens a line a little
    slope, offset = np.polyfit(reference[known], corrected[known], 1)
    assert slope == pytest.approx(said["gain"], abs=0.06)
    assert offset == pytest.approx(said["offset"], abs=0.4)
    raw = both["pm25"].sel(station=said["station"]).values
    assert (
        np.corrcoef(corrected[known], reference[known])[0, 1]
        > np.corrcoef(raw[known], reference[known])[0, 1] + 0.03
    )


def test_the_classroom_gives_back_its_air_changes() -> None:
    """The decay after school, by a line through the logarithms, is the injected rate of air change."""
    file = samples.files("classroom", shared=False)[0]
    assert samples.files("classroom") == []
    source = formats.open_source(samples.folder() / file["path"])[0]
    known = [Station(**one) for school in samples.manifest()["schools"] for one in school["stations"]]
    rows = ingest.understand(source, file["answers"], known, school=file["school"]).readings
    air = rows[rows["variable"] == "co2"]
    time = air["time"].dt.tz_localize("UTC").dt.tz_convert(classroom.ZONE)
    said = TRUTH["classroom"]
    values = pd.Series(air["value"].to_numpy(), index=pd.DatetimeIndex(time))
    evenings = values[(values.index.dayofweek < 5) & (values.index.hour.isin((15, 16, 17)))]
    rates = []
    for _, evening in evenings.groupby(evenings.index.date):
        hours = (evening.index - evening.index[0]) / pd.Timedelta(hours=1)
        rates.append(-np.polyfit(hours, np.log(evening.to_numpy() - said["outdoors"]), 1)[0])
    assert np.median(rates) == pytest.approx(said["air_changes"]["shut"], abs=0.05)
    school = values[(values.index.dayofweek < 5) & (values.index.hour >= 8) & (values.index.hour < 13)]
    mondays = [f"{day - pd.Timedelta(days=day.dayofweek):%Y-%m-%d}" for day in school.index]
    weeks = school.groupby(mondays).mean()
    assert weeks[said["aired_weeks"]].max() < 0.7 * weeks.drop(said["aired_weeks"]).min()


def test_the_balance_of_the_room_against_small_steps() -> None:
    level, step = 500.0, 1e-4
    for _ in range(round(1.5 / step)):
        made = 20 * classroom.BREATH * 3.6 / classroom.VOLUME * 1e6
        level += step * (made - 0.8 * (level - classroom.OUTDOORS))
    assert classroom.balance(500.0, 20, 0.8, 1.5) == pytest.approx(level, rel=1e-3)


def test_the_richest_place_is_found_although_it_was_visited_least(part: Callable[[str], Dataset]) -> None:
    here = part("birds")
    assert all(receipt.status == "stored" for receipt in fill(here, _old_birds()))
    sightings, living = here.sightings(), TRUTH["birds"]["species"]
    table = analysis.diversity(sightings).table.set_index("station")
    assert table["surveys"].idxmin() == "EE-SAA-5j9r/shore"
    assert table["at_equal_effort"].idxmax() == "EE-SAA-5j9r/shore"
    for station, species in living.items():
        assert species - 3 <= table["found"][station] <= species
    assert len(life.living("shore")) == living["EE-SAA-5j9r/shore"] == 28
    rare = analysis.rarefaction(sightings).table.set_index("group")
    for station, species in living.items():
        assert rare["hill0_low"][station] - 1 <= species <= rare["hill0_high"][station] + 1


def _old_birds() -> list[dict[str, Any]]:
    return [f for f in samples.files() if f["kind"] == "sightings" and f["station"].startswith("EE")]


@pytest.fixture(scope="module")
def lists(part: Callable[[str], Dataset]) -> pd.DataFrame:
    return part("spring").sightings()


def test_spring_comes_later_towards_the_north(lists: pd.DataFrame) -> None:
    """Nearly all slopes of single springs hold the truth, and their mean is the truth.

    It is a little larger: of the schools in the north more lie at the sea.
    """
    north = TRUTH["spring"]["days_per_100_km_north"]
    here = lists[lists["station"].str.startswith("EE-")]
    found = [
        analysis.phenology_gradient(here, sign.latin, year=year)
        for sign in spring.SIGNS
        for year in (2023, 2025)
    ]
    assert all(len(one.table) == 10 for one in found)
    assert sum(one.low <= north <= one.high for one in found) >= len(found) - 2
    assert np.mean([one.slope for one in found]) == pytest.approx(north, abs=0.8)


def test_spring_comes_later_at_the_sea(lists: pd.DataFrame) -> None:
    """Of stations on one latitude, as the latitude is another cause."""
    near = {s.id: float(np.exp(-s.sea_km / spring.COAST_KM)) for s in spring.TRAILS}
    middle = [s.id for s in spring.TRAILS if 57.9 < s.place[0] < 58.7]
    here = lists[lists["station"].isin(middle)]
    slopes = [
        analysis.phenology_gradient(here, sign.latin, near, year=year).slope
        for sign in spring.SIGNS
        for year in (2023, 2024, 2025)
    ]
    assert np.mean(slopes) == pytest.approx(TRUTH["spring"]["days_at_the_sea"], abs=1.2)


@pytest.mark.parametrize("sign", spring.SIGNS, ids=lambda sign: sign.latin)
def test_fifty_springs_warmth_and_trend(
    part: Callable[[str], Dataset], lists: pd.DataFrame, sign: spring.Sign
) -> None:
    said = TRUTH["spring"]
    warm = part("spring").readings("temperature", station=said["diary"], freq="1D")
    found = analysis.phenology_temperature(lists, sign.latin, warm)
    assert found.months == sign.months
    assert len(found.years) == 50
    assert found.low <= said["days_per_degree"][sign.latin] <= found.high
    assert found.direction == "earlier"
    own = analysis.phenology(lists[lists["station"] == said["diary"]], sign.latin).dates
    middle = own["not_before"] + (own["first"] - own["not_before"]) / 2
    known = middle.notna().to_numpy()
    day, year = middle[known].dt.day_of_year.to_numpy(float), own["year"][known].to_numpy(float)
    (slope, _), spread = np.polyfit(year, day, 1, cov=True)
    assert abs(slope - said["days_per_year"][sign.latin]) < 2 * float(np.sqrt(spread[0, 0]))


def test_the_warmth_of_the_diary_is_that_of_the_simulated_hours(part: Callable[[str], Dataset]) -> None:
    world = samples.simulate(samples.truth()["seed"], ["temperature"])
    hours = pd.Series(
        world.values["temperature"][world.index("EE-TRT-m4x9/garden")], index=pd.DatetimeIndex(world.time)
    )
    days = hours.shift(2, freq="h").resample("D").mean().round(1)[:"2025-12-31"]
    read = part("spring").readings("temperature", station=spring.DIARY, since="2019", freq="1D")
    assert np.allclose(read["temperature"].values[0], days.to_numpy(), atol=0.051)
    whole = part("spring").readings("temperature", station=spring.DIARY, freq="1D")["temperature"]
    assert whole.sizes["time"] == 18263
    assert int(whole.isnull().sum()) == 0


def test_a_place_comes_when_its_latitude_its_sea_and_its_warmth_say() -> None:
    rng = np.random.default_rng(1)
    at = {name: places.site(f"{name}/trail") for name in ("EE-VOR-2f7m", "EE-RAP-w8k3", "EE-SAA-5j9r")}
    sign = spring.SIGNS[0]
    mean = {
        name: np.mean([spring.comes(rng, sign, site, warmer) for _ in range(4000)])
        for name, site, warmer in (
            ("south", at["EE-VOR-2f7m"], 0.0), ("north", at["EE-RAP-w8k3"], 0.0),
            ("warm", at["EE-VOR-2f7m"], 2.0), ("sea", at["EE-SAA-5j9r"], 0.0),
        )
    }  # fmt: skip
    assert mean["north"] - mean["south"] == pytest.approx(3 * 1.16 * 1.112 + 3 * np.exp(-45 / 15), abs=0.2)
    assert mean["warm"] - mean["south"] == pytest.approx(2 * sign.per_degree, abs=0.15)
    assert mean["sea"] - mean["south"] == pytest.approx(3 * 0.16 * 1.112 + 3 * np.exp(-1 / 15), abs=0.2)
