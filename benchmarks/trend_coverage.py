"""How often the 95 % interval of the regional trend holds the trend that was put in.

For each seed: simulated hours of the four long sample stations (2019-2025), with gaps as in the sample
files → hours, local standard days (kit.aggregate) → kit.analysis.trend → does the interval hold the injected
change of PM2.5 per year? An interval that means what it says does so in 90-99 % of 200 seeds. Beside it, the
interval of a straight line through the same monthly means of the region by least squares, as a spreadsheet
gives it: it takes months and stations to be independent.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from kit import samples
from kit.aggregate import daily, hourly
from kit.analysis import trend
from kit.samples import Simulation

NAME = "trend_coverage"
STATIONS = ("EE-TRT-7k2p/roof", "EE-TRT-m4x9/garden", "EE-PRN-3v8d/roof", "DE-ROS-8t3c/roof")
LOWEST, HIGHEST = 0.90, 0.99
#: Twenty intervals of 95 % hold the truth fewer than 17 times with a probability of 1.6 %.
LOWEST_QUICK = 17 / 20
#: Hours that a gap takes away, at each station, as in the sample files.
GAPS = (264, 30, 30, 30)


def with_gaps(world: Simulation, variable: str) -> pd.DataFrame:
    """Return the long table of readings of the four stations, some hours missing."""
    rng = np.random.default_rng([world.seed, 1])
    table = world.readings(variable, STATIONS)
    keep = np.ones(len(table), dtype=bool)
    hours = len(world.time)
    for k in range(len(STATIONS)):
        for length in GAPS:
            first = k * hours + int(rng.integers(0, hours - length))
            keep[first : first + length] = False
    return table[keep]


def days(readings: pd.DataFrame, world: Simulation) -> xr.Dataset:
    """Return daily means as ``dataset.readings(freq="1D")`` gives them, by kit.aggregate."""
    stations = {station.id: station for station in world.stations}
    table = daily(hourly(readings), stations)
    return as_dataset(table.pivot(index="time", columns="station", values="value"), world)


def days_by_hand(readings: pd.DataFrame, world: Simulation) -> xr.Dataset:
    """Return the same days by plain means: fast, and an independent way that must give the same."""
    offset = {s.id: 1 if s.zone == "Europe/Berlin" else 2 for s in world.stations}
    local = readings["time"] + pd.to_timedelta(readings["station"].map(offset), unit="h")
    groups = readings["value"].groupby([local.dt.floor("D"), readings["station"]])
    return as_dataset(groups.mean().where(groups.count() >= 18).unstack(), world)


def as_dataset(table: pd.DataFrame, world: Simulation) -> xr.Dataset:
    """Return days as a dataset with dims (station, time)."""
    known = {s.id: s for s in world.stations}
    names = [str(name) for name in table.columns]
    return xr.Dataset(
        {"pm25": (("station", "time"), table.to_numpy(dtype=float).T)},
        coords={
            "station": names, "time": pd.DatetimeIndex(table.index).to_numpy().astype("datetime64[us]"),
            "region": ("station", [known[name].region for name in names]),
            "exposure": ("station", [known[name].exposure for name in names]),
            "station_name": ("station", [known[name].name for name in names]),
        },
        attrs={"freq": "1D"},
    )  # fmt: skip


def least_squares(ds: xr.Dataset) -> tuple[float, float]:
    """Return the 95 % interval of the slope of a straight line through the region's monthly anomalies."""
    month = ds["pm25"].mean("station").to_pandas().resample("MS").mean()["2019":"2025"]
    y = (month - month.groupby(month.index.month).transform("mean")).to_numpy()
    x = np.arange(len(y)) / 12
    x = x - x.mean()
    slope = float(x @ y / (x @ x))
    error = float(np.sqrt(((y - slope * x) ** 2).sum() / (len(y) - 2) / (x @ x)))
    return slope - 1.99 * error, slope + 1.99 * error


def run(quick: bool) -> dict[str, Any]:
    """Simulate, analyse, count."""
    seeds = 20 if quick else 200
    low_target, high_target = (LOWEST_QUICK, 1.0) if quick else (LOWEST, HIGHEST)
    injected = samples.TREND["pm25"]
    held, naive, slopes, widths = [], [], [], []
    for seed in range(1, seeds + 1):
        world = samples.simulate(seed, ["pm25"])
        readings = with_gaps(world, "pm25")
        ds = days_by_hand(readings, world)
        if seed == 1:
            _same(days(readings, world), ds)
        found = trend(ds, "pm25")
        low, high = least_squares(ds)
        held.append(found.low <= injected <= found.high)
        naive.append(low <= injected <= high)
        slopes.append(found.slope)
        widths.append(found.high - found.low)
        if sys.stderr.isatty():
            print(f"\r{seed}/{seeds}", end="", file=sys.stderr, flush=True)
    share = float(np.mean(held))
    bias = float(np.mean(slopes)) - injected
    print(f"injected {injected} µg/m³ a year; {seeds} seeds; mean estimate {np.mean(slopes):.3f} "
          f"(bias {bias:+.3f} ± {np.std(slopes) / np.sqrt(seeds):.3f}); "
          f"median width of the interval {np.median(widths):.2f}")  # fmt: skip
    print(f"the interval holds the injected trend in {sum(held)} of {seeds} seeds ({100 * share:.1f} %); "
          f"least squares on monthly means in {100 * np.mean(naive):.1f} %")  # fmt: skip
    return {
        "name": NAME, "value": round(share, 4),
        "unit": "share of 95 % intervals that hold the injected trend",
        "target": f"{low_target}-{high_target}", "against": "the trend that was put in",
        "ok": low_target <= share <= high_target,
    }  # fmt: skip


def _same(one: xr.Dataset, other: xr.Dataset) -> None:
    """Check that kit.aggregate and plain means give the same days."""
    one, other = xr.align(one, other, join="inner")
    difference = float(np.nanmax(np.abs(one["pm25"].values - other["pm25"].values)))
    missing = int((np.isnan(one["pm25"].values) != np.isnan(other["pm25"].values)).sum())
    print(f"days by kit.aggregate and by plain means: largest difference {difference:.1e}, "
          f"{missing} days present in only one")  # fmt: skip
    if difference > 1e-9 or missing:
        raise AssertionError("kit.aggregate and plain means give different days")
