"""Values that were given for whole months and years, and what becomes of them in the steps of aggregation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kit.aggregate import to_freq
from kit.model import MONTH, YEAR, Station

HERE = {"s/a": Station("s/a", zone="Europe/Tallinn")}
OFFSET = pd.Timedelta(hours=2)


def months(start: str, values: list[float], variable: str = "temperature") -> pd.DataFrame:
    """Readings of whole months, at the first of each in local standard time."""
    times = pd.date_range(start, periods=len(values), freq="MS").as_unit("us") - OFFSET
    return pd.DataFrame({
        "station": "s/a", "sensor": "1", "variable": variable, "time": times, "period": MONTH,
        "value": values, "flag": 1,
    })  # fmt: skip


def hours(start: str, count: int, value: float, variable: str = "temperature") -> pd.DataFrame:
    times = pd.date_range(start, periods=count, freq="h").as_unit("us") - OFFSET
    return pd.DataFrame({
        "station": "s/a", "sensor": "1", "variable": variable, "time": times, "period": 3600,
        "value": value, "flag": 1,
    })  # fmt: skip


def test_months_are_their_own_months_of_28_to_31_days() -> None:
    values = [float(month) for month in range(1, 13)]
    found = to_freq(months("2023-01-01", values), HERE, "1MS")
    assert found["time"].dt.strftime("%Y-%m-%d").tolist() == [f"2023-{m:02d}-01" for m in range(1, 13)]
    assert found["value"].tolist() == values
    assert found["n"].tolist() == [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    assert (found["coverage"] == 1).all()


@pytest.mark.parametrize("freq", ["1h", "1D"])
def test_months_are_no_hours_and_no_days(freq: str) -> None:
    assert to_freq(months("2023-01-01", [1.0, 2.0]), HERE, freq).empty


def test_a_year_of_means_weighs_its_months_by_their_days() -> None:
    values = [float(month) for month in range(1, 13)]
    found = to_freq(months("2023-01-01", values), HERE, "1YS")
    days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    assert found["value"].tolist() == pytest.approx([np.average(values, weights=days)])
    assert found["n"].tolist() == [365]


def test_a_year_of_rain_is_the_sum_of_its_months_and_says_so_if_one_is_missing() -> None:
    whole = to_freq(months("2023-01-01", [10.0] * 12, "rain"), HERE, "1YS")
    assert (whole["value"].tolist(), whole["at_least"].tolist()) == ([120.0], [False])
    part = to_freq(months("2023-01-01", [10.0] * 11, "rain"), HERE, "1YS")
    assert (part["value"].tolist(), part["at_least"].tolist()) == ([110.0], [True])


def test_given_years_are_years() -> None:
    table = months("2023-01-01", [6.5]).assign(period=YEAR)
    assert to_freq(table, HERE, "1YS")["value"].tolist() == [6.5]
    assert to_freq(table, HERE, "1MS").empty


def test_a_month_that_the_readings_make_complete_is_made_of_them() -> None:
    table = pd.concat([months("2023-01-01", [5.0, 6.0, 7.0]), hours("2023-02-01", 24 * 25, 1.0)])
    found = to_freq(table, HERE, "1MS")
    assert found["value"].tolist() == [5.0, 1.0, 7.0]
    assert found["deployment"].tolist() == [0, 1, 0]  # marked: not the same measurement


def test_a_month_with_too_few_days_takes_the_given_value_and_never_a_mixture() -> None:
    table = pd.concat([months("2023-01-01", [5.0, 6.0, 7.0]), hours("2023-02-01", 24 * 10, 1.0)])
    found = to_freq(table, HERE, "1MS")
    assert found["value"].tolist() == [5.0, 6.0, 7.0]


def test_rain_of_incomplete_days_gives_way_to_the_given_month() -> None:
    table = pd.concat([months("2023-02-01", [60.0], "rain"), hours("2023-02-01", 24 * 27, 0.1, "rain")])
    found = to_freq(table, HERE, "1MS")
    assert (found["value"].tolist(), found["at_least"].tolist()) == ([60.0], [False])
    full = pd.concat([months("2023-02-01", [60.0], "rain"), hours("2023-02-01", 24 * 28, 0.1, "rain")])
    assert to_freq(full, HERE, "1MS")["value"].tolist() == pytest.approx([67.2])


def test_means_of_daily_extremes_stay_means() -> None:
    highest = months("2023-01-01", [2.0, 4.0], "temperature_max")
    assert to_freq(highest, HERE, "1MS")["value"].tolist() == [2.0, 4.0]
