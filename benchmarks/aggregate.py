"""Ten million hourly readings to monthly means with completeness, against hand-written Polars doing the same.

115 stations of four time zones, ten years; some hours are missing, some failed, some are there twice. Both
start from the same arrays and take the steps of DESIGN 4.1: reading, hour (of equal times the last row
counts), local standard day (18 of 24 hours), month (75 % of its days); for each the mean, how many, the
coverage and the worst flag. Both must give the same months. Kit does more: it looks whether readings are
their hours, tells devices apart, and knows sums, directions and extremes. What Polars takes when its author
leaves out the hours, knowing that there is at most one reading in each, is printed beside it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

NAME = "aggregate"
TARGET = 1.5
ZONES = {"Europe/Tallinn": 2, "Europe/Berlin": 1, "Europe/London": 0, "Asia/Tokyo": 9}
ROUNDS = 3


def made_up(stations: int, years: int) -> dict[str, np.ndarray]:
    """Return the columns: station (a number), time, value, flag; sorted by station and time."""
    rng = np.random.default_rng(4)
    first, last = np.datetime64("2014-01-01T00", "us"), np.datetime64(f"{2014 + years}-01-01T00", "us")
    hours = np.arange(first, last, np.timedelta64(1, "h"))
    parts = []
    for station in range(stations):
        keep = rng.random(len(hours)) > 0.03
        start = int(rng.integers(0, len(hours) - 500))
        keep[start : start + 500] = False
        at = np.sort(np.r_[np.flatnonzero(keep), rng.choice(np.flatnonzero(keep), 20)])
        parts.append((np.full(len(at), station, dtype=np.int32), hours[at]))
    station, stamp = (np.concatenate(column) for column in zip(*parts, strict=True))
    n = len(stamp)
    return {
        "station": station, "time": stamp, "value": rng.gamma(2.0, 6.0, n).round(1),
        "flag": rng.choice(np.array([1, 1, 1, 1, 1, 1, 1, 2, 3, 4], dtype=np.int8), n),
    }  # fmt: skip


def names_of(stations: int) -> list[str]:
    """Return ids of stations, sorted."""
    return [f"EE-S/{number:04d}" for number in range(stations)]


def by_kit(columns: dict[str, np.ndarray], stations: int) -> pd.DataFrame:
    """Aggregate with :mod:`kit.aggregate`."""
    from kit.aggregate import to_freq
    from kit.model import Station

    names = names_of(stations)
    zones = list(ZONES)
    places = {name: Station(name, zone=zones[n % len(zones)]) for n, name in enumerate(names)}
    n = len(columns["time"])
    one = np.zeros(n, dtype=np.int8)
    table = pd.DataFrame({
        "station": pd.Categorical.from_codes(columns["station"], categories=names),
        "sensor": pd.Categorical.from_codes(one, categories=["1"]),
        "variable": pd.Categorical.from_codes(one, categories=["pm25"]),
        "time": columns["time"], "period": np.full(n, 3600), "value": columns["value"],
        "flag": columns["flag"],
    }, copy=False)  # fmt: skip
    return to_freq(table, places, "1MS", texts=False)


def by_polars(columns: dict[str, np.ndarray], stations: int, *, hours: bool = True) -> Any:
    """Aggregate with Polars, lazily and on all cores, as its users would write it.

    Within an hour there is one reading, or one that was given again: the last row counts.
    """
    import polars as pl

    shift = list(ZONES.values())
    offsets = pl.DataFrame({
        "station": np.arange(stations, dtype=np.int32),
        "shift": [shift[n % len(shift)] * 3_600_000_000 for n in range(stations)],
    })  # fmt: skip
    usable = pl.col("flag").is_in([1, 2, 3]) & pl.col("value").is_not_nan()
    rows = pl.DataFrame(columns).lazy().filter(usable)
    if hours:
        hour = pl.col("time").dt.truncate("1h")
        rows = rows.group_by("station", hour).agg(pl.col("value").last(), pl.col("flag").last())
    local = pl.col("time") + pl.col("shift").cast(pl.Duration("us"))
    days = (
        rows.join(offsets.lazy(), on="station")
        .group_by("station", local.dt.date().alias("day"))
        .agg(pl.col("value").mean(), pl.len().alias("n"), pl.col("flag").max())
        .filter(pl.col("n") >= 18)
    )
    month = pl.col("day").dt.truncate("1mo")
    months = (
        days.group_by("station", month.alias("time"))
        .agg(pl.col("value").mean(), pl.len().alias("n"), pl.col("flag").max())
        .with_columns((pl.col("n") / pl.col("time").dt.month_end().dt.day()).alias("coverage"))
        .with_columns(pl.when(pl.col("coverage") >= 0.75).then(pl.col("value")).alias("value"))
        .sort("station", "time")
    )
    return months.collect()


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the shortest time of some rounds, and the answer."""
    best, answer = np.inf, None
    for _ in range(ROUNDS):
        clock = time.perf_counter()
        answer = work()
        best = min(best, time.perf_counter() - clock)
    return best, answer


def same(mine: pd.DataFrame, theirs: Any, stations: int) -> None:
    """Fail unless the months that have days are the same."""
    mine = mine[mine["n"] > 0]
    codes = pd.Categorical(mine["station"], categories=names_of(stations)).codes
    other = theirs.to_dict(as_series=False)
    if not np.array_equal(codes, other["station"]) or not np.array_equal(
        mine["time"].to_numpy().astype("datetime64[D]"), np.array(other["time"], dtype="datetime64[D]")
    ):
        raise AssertionError("the months differ")
    for name in ("value", "n", "coverage", "flag"):
        there = np.array(other[name], dtype=float)
        if not np.allclose(mine[name].to_numpy(dtype=float), there, rtol=1e-9, equal_nan=True):
            raise AssertionError(f"{name} differs between kit and Polars")


def run(quick: bool) -> dict[str, Any]:
    """Run both, compare, and give the ratio of times."""
    import polars as pl

    stations = 12 if quick else 115
    columns = made_up(stations, 10)
    by_kit({name: column[:1000] for name, column in columns.items()}, stations)  # imports
    by_polars({name: column[:1000] for name, column in columns.items()}, stations)
    slow, theirs = seconds(lambda: by_polars(columns, stations))
    short, _ = seconds(lambda: by_polars(columns, stations, hours=False))
    mine, found = seconds(lambda: by_kit(columns, stations))
    same(found, theirs, stations)
    print(
        f"{len(columns['time']):,} readings to {len(found):,} months: kit {mine:.2f} s, Polars "
        f"{pl.__version__} {slow:.2f} s on {pl.thread_pool_size()} threads; "
        f"without the step of hours {short:.2f} s"
    )
    ratio = mine / slow
    return {
        "name": NAME, "value": round(ratio, 3), "unit": "time over that of Polars", "target": TARGET,
        "ok": bool(ratio <= TARGET), "against": "hand-written Polars, the same steps on the same arrays",
    }  # fmt: skip
