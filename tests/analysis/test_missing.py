"""Who is missing: counted by hand, in words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from kit.analysis.missing import missing
from kit.errors import AnalysisError


def readings(values: np.ndarray, freq: str = "D", start: str = "2025-01-01") -> xr.Dataset:
    n = len(values)
    return xr.Dataset(
        {"pm25": (("station", "time"), values)},
        {
            "station": [f"EE-{chr(65 + k)}/roof" for k in range(n)],
            "time": pd.date_range(start, periods=values.shape[1], freq=freq, unit="us"),
            "region": ("station", ["EE-79", "EE-37", "EE-79", "EE-84"][:n]),
            "zone": ("station", ["Europe/Tallinn"] * n),
            "latitude": ("station", [58.0, 58.5, 59.5, 59.4][:n]),
            "longitude": ("station", [26.0] * n),
        },
        {"freq": "1h" if freq == "h" else "1D"},
    )


def test_stations_regions_and_months_are_counted() -> None:
    values = np.ones((4, 365))
    values[0, 150:240] = np.nan  # May 31 to August 28
    values[1] = np.nan
    values[2, 181:212] = np.nan  # July
    found = missing(readings(values), regions=["EE-79", "EE-37", "EE-45"])
    assert found.completeness == pytest.approx((365 * 4 - 90 - 365 - 31) / (365 * 4))
    assert found.silent == ("EE-B/roof",)
    assert found.absent == ("EE-37", "EE-45")
    months = found.months.set_index("month")
    assert months.loc[7, "readings"] == 31
    assert months.loc[7, "possible"] == 4 * 31
    assert found.regions.set_index("region").loc["EE-79", "readings"] == 730 - 121
    text = found.sentence("en")
    assert "67 % of what 4 stations could have measured is there" in text
    assert "Without any reading: EE-B/roof." in text
    assert "The emptiest month is July with 25 %" in text
    assert "juuli" in found.sentence("et").lower()
    first = found.table.iloc[0]
    assert first["station"] == "EE-B/roof"
    assert first["nearest"] == pytest.approx(0.5 * 111.19, abs=0.1)
    row = found.table.set_index("station").loc["EE-A/roof"]
    assert row["nearest"] == pytest.approx(1.4 * 111.19, abs=0.1)  # the one at 58.5 is silent
    assert found.to_dict("en")["stations"][0]["first"] is None
    assert found.hours.empty


def test_hours_are_those_of_the_place() -> None:
    """A device that is on from 8 to 14 local standard time (UTC+2)."""
    hour = np.arange(240) % 24
    values = np.where((hour + 2 >= 8) & (hour + 2 < 14), 1.0, np.nan)[None, :].repeat(2, axis=0)
    found = missing(readings(values, "h"))
    assert found.hours.loc[found.hours["share"] == 1, "hour"].tolist() == [8, 9, 10, 11, 12, 13]
    assert "less than a quarter of the readings: 00, 01" in found.sentence("en")


def test_failed_values_are_missing_and_nothing_at_all_is_an_error() -> None:
    ds = readings(np.ones((2, 20)))
    ds["pm25_flag"] = (("station", "time"), np.where(np.arange(20) < 5, 4, 1)[None, :].repeat(2, axis=0))
    assert missing(ds).completeness == 0.75
    with pytest.raises(AnalysisError, match="There are no readings here"):
        missing(readings(np.full((2, 20), np.nan)))
    parts = missing(ds, by="station")
    assert [part.n for part in parts.values()] == [15, 15]
