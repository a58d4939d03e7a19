"""The same question asked of parts of the readings."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from kit.analysis.conditions import Conditioned, conditioned, split
from kit.analysis.result import Result
from kit.errors import AnalysisError, UsageError
from kit.stats.sun import elevation


def hourly(days: int = 366) -> xr.Dataset:
    """Two stations, one in UTC+2 and one in UTC; the value is the hour in UTC since the start."""
    times = pd.date_range("2024-01-01", periods=24 * days, freq="h").as_unit("us")
    value = np.tile(np.arange(len(times), dtype=float), (2, 1))
    return xr.Dataset(
        {
            "pm25": (("station", "time"), value),
            "pm25_flag": (("station", "time"), np.ones_like(value, dtype=np.int8)),
            "wind_direction": (
                ("station", "time"),
                np.tile([10.0, 80.0, 350.0, np.nan], (2, len(times) // 4)),
            ),
            "wind_speed": (("station", "time"), np.tile([2.0, 0.0, 2.0, 2.0], (2, len(times) // 4))),
        },
        {
            "station": ["EE-A/roof", "GB-B/yard"], "time": times,
            "zone": ("station", ["Europe/Tallinn", "Europe/London"]),
            "region": ("station", ["EE-79", "GB-ENG"]),
            "latitude": ("station", [58.4, 51.5]), "longitude": ("station", [26.7, 0.0]),
        },
        {"freq": "1h"},
    )  # fmt: skip


def parts(ds: xr.Dataset, *by: str) -> dict[str, xr.Dataset]:
    return {" ".join(text for text, _ in words): part for words, part in split(ds, by)}


def test_hours_are_local_standard_time() -> None:
    noon = parts(hourly(), "hour")["12:00"]
    values = noon["pm25"].to_pandas()
    assert set(values.loc["EE-A/roof"].dropna() % 24) == {10.0}
    assert set(values.loc["GB-B/yard"].dropna() % 24) == {12.0}


@pytest.mark.parametrize(
    "by", ["season", "weekday", "weekend", "hour", "month", "year", "daylight", "station"]
)
def test_every_reading_is_in_exactly_one_part(by: str) -> None:
    ds = hourly()
    counts = sum(int(part["pm25"].notnull().sum()) for part in parts(ds, by).values())
    assert counts == ds["pm25"].size


def test_flags_of_what_is_left_out_say_missing_and_keep_their_kind() -> None:
    part = parts(hourly(), "hour")["12:00"]
    assert part["pm25_flag"].dtype == np.int8
    assert bool(((part["pm25_flag"] == 9) == part["pm25"].isnull()).all())


def test_calms_and_missing_directions_are_in_no_sector() -> None:
    found = parts(hourly(), "wind")
    assert list(found) == ["north"]
    assert int(found["north"]["pm25"].notnull().sum()) == hourly()["pm25"].size // 2


def test_quarters_of_another_variable_are_of_equal_size() -> None:
    ds = hourly()
    ds["temperature"] = ds["pm25"] * 2
    sizes = [int(part["pm25"].notnull().sum()) for part in parts(ds, "temperature").values()]
    assert len(sizes) == 4
    assert max(sizes) - min(sizes) <= 2


def test_two_conditions_are_crossed() -> None:
    found = parts(hourly(), "season", "weekend")
    assert len(found) == 8
    assert list(found)[:2] == ["winter Monday to Friday", "winter weekend"]


def test_unknown_and_impossible_conditions_say_what_to_do() -> None:
    with pytest.raises(UsageError, match="season, weekday"):
        split(hourly(), ["mood"])
    with pytest.raises(UsageError, match="Take hourly readings"):
        split(hourly().isel(time=slice(0, None, 24)).assign_attrs(freq="1D"), ["hour"])


class Mean(Result):
    """A result for this test."""

    @property
    def table(self) -> pd.DataFrame:
        return pd.DataFrame({"n": [self.n]})

    def sentence(self, lang: str | None = None) -> str:
        return str(self.n)

    def caution(self, lang: str | None = None) -> str:
        return "-"


@conditioned
def counted(ds: xr.Dataset, *, least: int = 0, by: object = None) -> Mean:
    n = int(ds["pm25"].notnull().sum())
    if n < least:
        raise AnalysisError("Too few: {n}.", code="few", n=n)
    return Mean(method="", n=n, completeness=1.0, version="")


def test_an_analysis_answers_for_each_part() -> None:
    whole, found = counted(hourly()), counted(hourly(), by="season")
    assert isinstance(found, Conditioned)
    assert list(found) == ["winter", "spring", "summer", "autumn"]
    assert found.n == whole.n
    assert found.table["part"].tolist() == list(found)
    assert found.sentence("et").startswith("talv: ")


def test_a_part_with_too_little_keeps_its_place_and_says_so() -> None:
    found = counted(hourly(), least=4400, by="season")
    assert isinstance(found, Conditioned)
    assert list(found) == ["spring", "summer"]
    assert "autumn: Too few: 4,368." in found.sentence("en")
    with pytest.raises(AnalysisError):
        found["autumn"]
    with pytest.raises(AnalysisError):
        counted(hourly(), least=10**9, by="season")


def test_the_height_of_the_sun() -> None:
    """Reda & Andreas 2004 (doi:10.1016/j.solener.2003.12.003), worked example: 50.11162 degrees from above.

    On midsummer day the sun does not set at 69 degrees north, and hardly rises there at midwinter.
    """
    there = elevation(np.datetime64("2003-10-17T19:30:30"), 39.742476, -105.1786)
    assert float(90 - there) == pytest.approx(50.11162, abs=0.03)
    day = np.arange(24 * 60) * np.timedelta64(1, "m")
    assert elevation(np.datetime64("2026-06-21T00:00") + day, 69.0, 25.0).min() > 0
    assert elevation(np.datetime64("2026-12-21T00:00") + day, 69.0, 25.0).max() < 0


def sightings() -> pd.DataFrame:
    """Dates that are known to the day, month and year, or are intervals; one impossible, one missing."""
    dates = [
        "2026-12-24",
        "2027-01-10",
        "2026-05",
        "2026",
        "2026-05-01/2026-05-20",
        "2026-12-30/2027-01-02",
        "2026-04-31",
        "",
    ]
    table = pd.DataFrame({"eventDate": dates, "station": ["EE-A/1", "EE-A/2", "EE-B/1", "EE-B/1"] * 2})
    table.attrs = {
        "station_names": {"EE-A/1": "Roof", "EE-A/2": "Roof"},
        "station_regions": {"EE-A/1": "EE-79", "EE-A/2": "EE-79", "EE-B/1": "EE-37"},
    }
    return table


def sizes(by: str) -> dict[str, int]:
    return {words[0][0]: len(part) for words, part in split(sightings(), [by])}


def test_sightings_are_split_by_their_dates_as_far_as_these_are_known() -> None:
    assert sizes("season") == {"winter": 2, "spring": 3}
    assert sizes("month") == {"January": 1, "April": 1, "May": 2, "December": 1}
    assert sizes("year") == {"2026": 5, "2027": 1}
    assert sizes("weekday") == {"Thursday": 1, "Sunday": 1}
    assert sizes("weekend") == {"Monday to Friday": 1, "weekend": 1}


def test_sightings_are_split_by_their_places() -> None:
    assert sizes("station") == {"EE-B/1": 4, "Roof (EE-A/1)": 2, "Roof (EE-A/2)": 2}
    assert sizes("school") == {"EE-A": 4, "EE-B": 4}
    assert sizes("region") == {"EE-37": 4, "EE-79": 4}
    assert dict(split(sightings(), ["region"])[0][1].attrs) == sightings().attrs
    with pytest.raises(UsageError, match="Use one of season, weekday"):
        split(sightings(), ["wind"])
    assert split(sightings().iloc[:0], ["season", "station"]) == []


@conditioned
def listed(table: pd.DataFrame, *, by: object = None) -> Mean:
    return Mean(method="", n=len(table), completeness=1.0, version="")


def test_an_analysis_of_sightings_answers_for_each_part() -> None:
    found = listed(sightings(), by=("school", "season"))
    assert isinstance(found, Conditioned)
    assert {label: one.n for label, one in found.items()} == {
        "EE-A · winter": 2, "EE-A · spring": 1, "EE-B · spring": 2,
    }  # fmt: skip
