"""Hourly values of one variable and one region to a CF xarray.Dataset, against Polars and xarray by hand.

The alternative reads the same files, takes the readings that count with the flags 1 to 3 hour by hour (it
knows that they are hourly) and makes the same arrays with like attributes; results must be equal (bits too).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks import _big

if TYPE_CHECKING:
    import xarray as xr

    from kit.dataset import Dataset

NAME = "pivot"
TARGET = 1.5
REGION, VARIABLE = "XX-03", "pm25"


def run(quick: bool) -> dict[str, Any]:
    """Measure."""
    shared = _big.dataset(_big.QUICK if quick else _big.LARGE)

    def by_kit() -> xr.Dataset:
        found = shared.readings(VARIABLE, region=REGION, freq="1h")
        return found  # type: ignore[return-value]

    hand = by_hand(shared)
    one, other = by_kit(), hand()
    for name in other.variables:
        left, right = one[name].to_numpy(), other[name].to_numpy()
        assert left.dtype == right.dtype or name == "station", name
        assert np.array_equal(left, right, equal_nan=right.dtype.kind == "f"), name
    print(f"results are equal: {dict(one.sizes)}")
    took = _big.alternating({"kit": by_kit, "Polars and xarray by hand": hand}, 9)
    ratio = took["kit"] / took["Polars and xarray by hand"]
    return {
        "name": NAME, "value": round(ratio, 2), "unit": "time / time", "target": f"<= {TARGET}",
        "against": "hand-written Polars and xarray on the same files", "ok": ratio <= TARGET,
    }  # fmt: skip


def by_hand(shared: Dataset) -> Callable[[], xr.Dataset]:
    """Return what somebody who knows these files writes."""
    import polars as pl
    import xarray as xr

    files = _big.files(shared, "readings", VARIABLE)
    places = {one.id: one for one in shared.stations() if one.region == REGION}

    def query() -> xr.Dataset:
        rows = (
            pl.scan_parquet(files)
            .filter(pl.col("station").is_in(list(places)), pl.col("counts"))
            .filter(pl.col("final_flag") <= 3)
            .select("station", "time", "value", "final_flag")
            .collect()
        )
        runs = rows["station"].rle().struct.unnest()
        ids = runs["value"].unique().sort()
        place = {name: number for number, name in enumerate(ids)}
        at = np.repeat([place[name] for name in runs["value"]], runs["len"].to_numpy())
        stamp = rows["time"].dt.replace_time_zone(None).to_numpy()
        hour = (stamp - stamp.min()).astype(np.int64) // 3_600_000_000
        axis = stamp.min() + np.arange(hour.max() + 1) * np.timedelta64(3_600_000_000, "us")
        shape = (len(ids), len(axis))
        value, coverage = np.full(shape, np.nan), np.zeros(shape)
        flag = np.full(shape, 9, dtype=np.int8)
        value[at, hour], flag[at, hour], coverage[at, hour] = rows["value"], rows["final_flag"], 1.0
        dims, mine = ("station", "time"), [places[name] for name in ids]
        found = xr.Dataset(
            {
                VARIABLE: (dims, value, {"units": "ug m-3", "cell_methods": "time: mean"}),
                f"{VARIABLE}_flag": (dims, flag, {"standard_name": "quality_flag"}),
                f"{VARIABLE}_coverage": (dims, coverage, {"units": "1"}),
            },
            coords={
                "time": ("time", axis, {"standard_name": "time", "axis": "T"}),
                "station": ("station", np.array(ids.to_list(), dtype=object), {"cf_role": "timeseries_id"}),
                "latitude": ("station", [one.latitude for one in mine], {"units": "degrees_north"}),
                "longitude": ("station", [one.longitude for one in mine], {"units": "degrees_east"}),
                "elevation": ("station", [one.elevation for one in mine], {"units": "m"}),
            },
        )
        found.attrs = {"Conventions": "CF-1.13", "featureType": "timeSeries"}
        return found

    return query
