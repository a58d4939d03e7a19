"""Weather analyses on real series: read by hand, by an official station, and by hourly stations."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from kit import aggregate, analysis
from kit.errors import AnalysisError
from kit.ingest import understand
from kit.model import Source, Station

pytestmark = pytest.mark.fielddata


def cube(table: pd.DataFrame, variable: str, freq: str, zone: str) -> xr.Dataset:
    """Return readings of one station as a dataset gives them."""
    place = {name: Station(name, zone=zone) for name in table["station"].unique()}
    found = aggregate.to_freq(table, place, {"1h": "1h", "1D": "1D"}[freq])
    found = found[found["variable"] == variable]
    columns = {"": found["value"], "_flag": found["flag"], "_coverage": found["coverage"]}
    return xr.Dataset(
        {variable + end: (("station", "time"), [column.to_numpy()]) for end, column in columns.items()},
        {"station": ["AR-X/yard"], "time": found["time"].to_numpy(), "zone": ("station", [zone])},
        {"freq": freq},
    )


@pytest.fixture(scope="module")
def rosario(field_data: Path) -> pd.DataFrame:
    """Temperatures that somebody read twice a day from 1886 to 1900."""
    data = (field_data / "known/dataresqc_sef/Rosario_ta.tsv").read_bytes()
    return understand(Source("rosario_ta.tsv", data), {"station": "AR-X/yard"}).readings


def test_readings_by_hand_have_no_days_but_hours(rosario: pd.DataFrame) -> None:
    hours = cube(rosario, "temperature", "1h", "-04:00")
    with pytest.raises(AnalysisError):  # no mean of a day, so nothing to compare
        analysis.anomaly(cube(rosario, "temperature", "1D", "-04:00"))
    eight = analysis.at_hour(hours, 8)
    raw = rosario[rosario["time"].dt.hour == 12].set_index("time")["value"]
    raw = raw[~rosario.set_index("time").loc[raw.index, "flag"].isin([4, 9]).to_numpy()]
    assert eight["temperature"].notnull().sum() == raw.groupby(raw.index.date).last().notna().sum()
    found = analysis.anomaly(eight)
    own = raw.groupby(pd.PeriodIndex(raw.index, freq="M")).agg(["mean", "count"])
    own = own[own["count"] >= 0.75 * own.index.days_in_month]["mean"]
    own = own - own.groupby(own.index.month).transform("mean")
    both = found.stations.set_index("time")["anomaly"]
    both.index = pd.PeriodIndex(both.index, freq="M")
    both, own = both.align(own, join="inner")
    assert len(both) > 50
    assert np.allclose(both, own)
    usual = analysis.climatology(eight).table.set_index("month")["median"]
    evening = analysis.climatology(analysis.at_hour(hours, 18)).table.set_index("month")["median"]
    assert usual.idxmax() in (12, 1, 2)  # summer in the south
    assert (evening - usual).dropna().min() > 0  # evenings are warmer than mornings: never mixed
