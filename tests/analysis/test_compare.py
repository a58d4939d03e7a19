"""One station against the others: the same days only, indoor stations apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from kit.analysis import compare
from kit.errors import AnalysisError, NotFoundError, UsageError


def days(values: list[list[float]], exposure: list[str] | None = None) -> xr.Dataset:
    table = np.asarray(values, dtype=float)
    return xr.Dataset(
        {"pm25": (("station", "time"), table)},
        coords={
            "station": list("abcdefg")[: len(table)],
            "time": pd.date_range("2025-01-01", periods=table.shape[1], freq="D", unit="us"),
            "exposure": ("station", exposure or ["roof"] * len(table)),
        },
        attrs={"freq": "1D"},
    )


NAN = np.nan


def test_only_common_days_count() -> None:
    """Smoke on the last two days, when b did not measure, says nothing about the place."""
    here, other = [10, 12, 11, 13, 14, 12, 90, 95], [9, 10, 12, 12, 11, 11, NAN, NAN]
    found = compare(days([here, other]))
    assert found.difference == pytest.approx((1 + 2 - 1 + 1 + 3 + 1) / 6)
    assert (found.n_days, found.n_others, found.higher_days) == (6, 1, 5)
    assert found.completeness == pytest.approx(6 / 8)
    assert found.sentence("en") == (
        "PM2.5 (fine particles) at a was 1.2 µg/m³ higher than at the other stations on the same days. "
        "Days compared: 6; other stations: 1; days on which it was higher here: 5."
    )
    assert "1,2 µg/m³ suurem" in found.sentence("et")
    assert compare(days([here, other]), "b").difference == pytest.approx(-7 / 6)


def test_the_others_count_equally_and_indoor_ones_do_not() -> None:
    ds = days([[5] * 8, [7] * 8, [9] * 8, [100] * 8], ["roof", "garden", "roof", "indoor"])
    found = compare(ds)
    assert found.difference == -3.0
    assert found.table["station"].tolist() == ["b", "c"]
    assert found.table["difference"].tolist() == [-2.0, -4.0]
    assert found.remarks("en") == ["d was left out: it stands indoors."]


def test_a_station_with_few_days_does_not_take_the_others_days() -> None:
    ds = days([[5] * 20, [4] * 20, [1] * 4 + [NAN] * 16])
    found = compare(ds)
    assert (found.n_days, found.n_others) == (20, 1)
    assert found.remarks("en") == ["c was left out: too few days or hours in common (4)."]
    half = [3] * 11 + [NAN] * 9
    found = compare(days([[5] * 20, half, half[::-1], [4] * 20]))  # b and c share two days only
    assert found.n_days >= 10
    assert found.n_others == 2


def test_errors() -> None:
    with pytest.raises(UsageError, match="only one station"):
        compare(days([[1.0] * 9]))
    with pytest.raises(NotFoundError, match="There are: a, b"):
        compare(days([[1.0] * 9, [2.0] * 9]), "z")
    with pytest.raises(AnalysisError, match="fewer than 5 times"):
        compare(days([[1.0] * 9, [NAN] * 7 + [1.0, 2.0]]))


def test_no_difference_is_said_as_none() -> None:
    assert (
        compare(days([[5.0] * 9, [5.0] * 9]))
        .sentence("en")
        .startswith("PM2.5 (fine particles) at a was the same as at the other stations. Days compared: 9")
    )


def test_hours_are_not_called_days() -> None:
    ds = days([[5.0] * 9, [4.0] * 9])
    ds = ds.assign_coords(time=ds["time"][0].values + np.arange(9) * np.timedelta64(1, "h"))
    ds.attrs["freq"] = "1h"
    words = compare(ds).sentence("en")
    assert "at the same times. Times compared: 9" in words
    assert "day" not in words
