"""The joint trend of 200 stations, ten years hour by hour: from stored readings to the chart.

The alternative is what somebody who knows pandas and pymannkendall writes in a notebook. It takes the steps
of DESIGN 4.1 (hour, local standard day with 18 hours, month with 75 % of its days), then the seasonal Kendall
test with Theil-Sen's slope at each station, and for all of them the median of the slopes of pairs of the same
month and the regional test; then it draws the mean of the stations with the line. It is spared reading (kit's
files come as ready columns), an interval of the joint slope, and the covariance between stations, which
pymannkendall has only for few series. Kit reads the days that settling had worked out. The months and the
joint slopes must be equal.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks import _big

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from kit.dataset import Dataset

NAME = "regional_trend"
TARGET = 10.0
STATIONS, YEARS = 200, 10
VARIABLE = "pm25"
OFFSETS = {"Europe/Tallinn": 2, "Europe/Riga": 2, "Europe/Berlin": 1}


def run(quick: bool) -> dict[str, Any]:
    """Measure both once, after a warm-up of what is imported and compiled."""
    shared = _big.dataset(_big.Size(20 if quick else STATIONS, YEARS, whole=True))
    by_kit(shared, few=True)
    took: dict[str, list[float]] = {"kit": [], "pandas": []}
    for _ in range(3):
        begin = time.perf_counter()
        months, slope = by_kit(shared)
        took["kit"].append(time.perf_counter() - begin)
    rows = stored(shared)
    begin = time.perf_counter()
    other_months, other_slope = by_pandas(rows, shared)
    took["pandas"].append(time.perf_counter() - begin)
    same(months, other_months)
    assert np.isclose(slope, other_slope, rtol=1e-9), (slope, other_slope)
    print(f"results are equal: {len(rows):,} readings, slope {slope:.4f} a year")
    print("; ".join(f"{name} {min(times):.2f} s" for name, times in took.items()))
    ratio = min(took["pandas"]) / min(took["kit"])
    return {
        "name": NAME, "value": round(ratio, 1), "unit": "times faster", "target": f">= {TARGET:.0f}",
        "against": "plain pandas and pymannkendall", "ok": ratio >= TARGET,
    }  # fmt: skip


def by_kit(shared: Dataset, *, few: bool = False) -> tuple[xr.Dataset, float]:
    """Return the months and the slope; the chart is drawn."""
    from kit import plot
    from kit.analysis import trend

    some = [one.id for one in shared.stations()][: 3 if few else None]
    ds = shared.readings(VARIABLE, station=some, freq="1M")
    found = trend(ds, VARIABLE)
    plot.trend(found)
    return ds, found.slope  # type: ignore[return-value]


def stored(shared: Dataset) -> pd.DataFrame:
    """Return the readings that count, as columns."""
    import polars as pl

    from kit.store.frames import categories, to_pandas

    rows = (
        pl.scan_parquet(_big.files(shared, "readings", VARIABLE))
        .filter(pl.col("counts") & (pl.col("final_flag") <= 3))
        .select("station", "time", "value")
        .collect()
    )
    return to_pandas(rows, {"station": "str", "time": "datetime64[us]", "value": "float64"}, categories)


def by_pandas(rows: pd.DataFrame, shared: Dataset) -> tuple[pd.Series[float], float]:
    """Return the months and the slope; the chart is drawn."""
    import pandas as pd
    import plotly.graph_objects as go
    import pymannkendall

    shift = {one.id: pd.Timedelta(hours=OFFSETS[one.zone]) for one in shared.stations()}
    hours = rows.groupby(["station", rows["time"].dt.floor("h")], observed=True)["value"].mean().reset_index()
    local = hours["time"] + pd.to_timedelta(hours["station"].map(shift))
    days = hours.groupby(["station", local.dt.floor("D")], observed=True)["value"].agg(["mean", "size"])
    days = days[days["size"] >= 18]["mean"].rename_axis(["station", "day"]).reset_index()
    month = days["day"].dt.to_period("M")
    months = days.groupby(["station", month], observed=True)["mean"].agg(["mean", "size"])
    length = months.index.get_level_values("day").days_in_month
    table = months[months["size"] >= 0.75 * length]["mean"].unstack("station")
    table = table.reindex(pd.period_range(table.index.min(), table.index.max(), freq="M"))

    slopes, pairs = [], []
    years = table.index.year.to_numpy()
    for name in table:
        tested = pymannkendall.seasonal_test(table[name].to_numpy(), period=12)
        slopes.append((name, tested.slope, tested.p))
        for number in range(12):
            at = np.flatnonzero(table.index.month == number + 1)
            one, when = table[name].to_numpy()[at], years[at]
            low, high = np.triu_indices(len(one), 1)
            found = (one[high] - one[low]) / (when[high] - when[low])
            pairs.append(found[np.isfinite(found)])
    slope = float(np.median(np.concatenate(pairs)))
    pymannkendall.regional_test(table.to_numpy())

    mean = (table - table.groupby(table.index.month).transform("median")).mean(axis=1)
    stamps = table.index.to_timestamp()
    line = slope * (np.arange(len(table)) - len(table) / 2) / 12
    chart = go.Figure([go.Scatter(x=stamps, y=mean), go.Scatter(x=stamps, y=line)])
    chart.update_layout(title=f"{slope:.3f} a year", template="plotly_white")
    return table.stack(), slope


def same(ds: xr.Dataset, other: pd.Series[float]) -> None:
    """Raise an error unless the months are equal."""
    mine = ds[VARIABLE].to_series().dropna()
    theirs = other.dropna()
    theirs.index = theirs.index.set_levels(theirs.index.levels[0].to_timestamp(), level=0)
    theirs = theirs.swaplevel().sort_index()
    assert len(mine) == len(theirs) > 100, (len(mine), len(theirs))
    np.testing.assert_allclose(mine.sort_index().to_numpy(), theirs.to_numpy(), rtol=1e-9)
