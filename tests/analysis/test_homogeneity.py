"""One trend for all? In words, and with what cannot be compared."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from kit.analysis.homogeneity import homogeneity
from kit.errors import AnalysisError
from tests.stats.simulated import months


def readings(values: np.ndarray) -> xr.Dataset:
    """Values of shape (years, stations * 12)."""
    years, columns = values.shape
    table = values.reshape(years, columns // 12, 12).transpose(1, 0, 2).reshape(columns // 12, -1)
    return xr.Dataset(
        {"pm25": (("station", "time"), table)},
        {
            "station": [f"EE-{k}/roof" for k in range(len(table))],
            "time": pd.date_range("2012-01-01", periods=table.shape[1], freq="MS", unit="us"),
        },
        {"freq": "1MS"},
    )


def test_one_trend_fits_in_words() -> None:
    found = homogeneity(readings(months(np.random.default_rng(1), 8, 4, 0.5, 0.3)))
    assert found.same
    assert "one trend fits all 4 stations" in found.sentence("en")
    assert "kõigi 4 jaamaga" in found.sentence("et")
    assert found.to_dict("en")["same"] is True
    assert found.smallest_p == pytest.approx(1 / 5000)
    assert len(found.table) == 4


def test_different_stations_and_different_months() -> None:
    values = months(np.random.default_rng(2), 9, 4, 0.8, 0.0, slope=0.0)
    year = np.arange(9)[:, None]
    apart = values.copy()
    apart[:, :12] += 1.5 * year
    found = homogeneity(readings(apart))
    assert found.p_stations <= 0.05 < found.p_months
    assert "do not have the same trend" in found.sentence("en")
    assert "one by one" in found.sentence("en")
    seasons = values + np.tile(np.where(np.arange(12) < 6, 0.8, 0.0), 4) * year
    found = homogeneity(readings(seasons))
    assert found.p_months <= 0.05 < found.p_stations


def test_what_cannot_be_compared() -> None:
    one = readings(months(np.random.default_rng(3), 6, 1, 0.0, 0.0))
    found = homogeneity(one)
    assert np.isnan(found.p_stations)
    assert found.sentence("en") == "One trend fits all months of the year."
    with pytest.raises(AnalysisError, match="nothing to compare"):
        homogeneity(one, months=(7,))
    with pytest.raises(AnalysisError, match="Too short"):
        homogeneity(readings(months(np.random.default_rng(3), 4, 2, 0.0, 0.0)))
