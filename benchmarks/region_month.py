"""Monthly means per region by the steps of DESIGN 4.1 out of 20 million readings, against Polars by hand.

The steps: reading -> hour -> station-day (18 hours) -> station-month (75 % of the days) -> region, every
station with the same weight; of the readings that count, those with flags 1 and 2 (raw), or 1 to 3 (from the
roll-up by day, which holds the usual flags). The queries by hand know that a station has one sensor of each
variable, that it is hourly, how the files are sorted and where they are; kit finds that out. Results must be
equal.
DuckDB is printed beside them where it is installed (group ``bench``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks import _big

if TYPE_CHECKING:
    import polars as pl

    from kit.dataset import Dataset

NAME = "region_month"
RAW, ROLLED = 1.3, 0.2
HOUR = 3_600_000_000


def run(quick: bool) -> dict[str, Any]:
    """Measure; the value is the worse of the two ratios, each as a share of its own target."""
    shared = _big.dataset(_big.QUICK if quick else _big.LARGE)
    hand = by_hand(shared, "pm25")
    works: dict[str, Callable[[], Any]] = {
        "kit, raw": lambda: by_kit(shared, "pm25", (1, 2)),
        "Polars by hand, raw": lambda: hand((1, 2)),
        "kit, from the roll-up": lambda: by_kit(shared, "pm25", (1, 2, 3)),
        "Polars by hand, raw, flags 1 to 3": lambda: hand((1, 2, 3)),
    }
    duck = by_duckdb(shared, "pm25")
    if duck is not None:
        works["DuckDB by hand, raw"] = lambda: duck((1, 2))
    for use in ((1, 2), (1, 2, 3)):
        same(by_kit(shared, "pm25", use), hand(use))
        if duck is not None:
            same(by_kit(shared, "pm25", use), duck(use))
    print("results are equal")
    took = _big.alternating(works, 5 if quick else 7)
    best = min(took[name] for name in works if "by hand" in name)
    raw = took["kit, raw"] / took["Polars by hand, raw"]
    rolled = took["kit, from the roll-up"] / best
    print(
        f"raw {raw:.2f} times Polars (<= {RAW}); roll-up {rolled:.3f} times the best raw query (<= {ROLLED})"
    )
    return {
        "name": NAME, "value": round(raw, 2), "unit": "time / time",
        "target": f"<= {RAW} (and roll-up {rolled:.3f} <= {ROLLED})",
        "against": "a hand-written Polars query on the same files", "ok": raw <= RAW and rolled <= ROLLED,
    }  # fmt: skip


def by_kit(shared: Dataset, variable: str, use: Sequence[int]) -> dict[tuple[str, str], float]:
    """Return the mean of each region and month."""
    ds = shared.readings(variable, freq="1M", use=use)
    regions, place = np.unique(ds["region"].to_numpy().astype(str), return_inverse=True)
    months = ds["time"].to_numpy().astype("datetime64[M]").astype(str)
    value = ds[variable].to_numpy()
    found = {}
    for number, region in enumerate(regions.tolist()):
        mine = value[place == number]
        count = np.isfinite(mine).sum(axis=0)
        total = np.nansum(mine, axis=0)
        there = np.flatnonzero(count)
        found |= {(region, months[at]): float(total[at] / count[at]) for at in there}
    return found


def by_hand(shared: Dataset, variable: str) -> Callable[[Sequence[int]], dict[tuple[str, str], float]]:
    """Return the query that somebody who knows Polars and these files writes."""
    import polars as pl

    files, places = _big.files(shared, "readings", variable), _places(shared)

    def query(use: Sequence[int]) -> dict[tuple[str, str], float]:
        series = pl.struct("station", "sensor").rle_id().cast(pl.Int64)
        hours = (
            pl.scan_parquet(files)
            .filter(pl.col("counts") & pl.col("final_flag").is_in(list(use)))
            .select("station", "sensor", "value", hour=pl.col("time").dt.epoch("us") // HOUR)
            .select("station", "hour", "value", key=(series * 10_000_000 + pl.col("hour")).set_sorted())
            .group_by("key")
            .agg(pl.col("station").first(), pl.col("hour").first(), pl.col("value").mean())
        )
        days = (
            hours.join(places.lazy(), on="station")
            .with_columns(day=((pl.col("hour") + pl.col("offset")) // 24).cast(pl.Int32).cast(pl.Date))
            .group_by("station", "region", "day")
            .agg(pl.col("value").mean(), n=pl.len())
            .filter(pl.col("n") >= 18)
        )
        months = (
            days.with_columns(month=pl.col("day").dt.truncate("1mo"), length=pl.col("day").dt.days_in_month())
            .group_by("station", "region", "month", "length")
            .agg(pl.col("value").mean(), n=pl.len())
            .filter(pl.col("n") >= 0.75 * pl.col("length"))
        )
        found = months.group_by("region", "month").agg(pl.col("value").mean()).collect()
        return {(region, f"{month:%Y-%m}"): value for region, month, value in found.iter_rows()}

    return query


def by_duckdb(
    shared: Dataset, variable: str
) -> Callable[[Sequence[int]], dict[tuple[str, str], float]] | None:
    """Return the same in SQL, None where DuckDB is not installed."""
    try:
        import duckdb
    except ImportError:
        print("DuckDB is not installed")
        return None
    sql = duckdb.connect()
    sql.execute("CREATE TABLE places (station TEXT, region TEXT, shift BIGINT)")
    sql.executemany("INSERT INTO places VALUES (?, ?, ?)", _places(shared).rows())
    files = _big.files(shared, "readings", variable)

    def query(use: Sequence[int]) -> dict[tuple[str, str], float]:
        rows = sql.execute(
            f"""
            WITH hours AS (
                SELECT station, epoch_us("time") // {HOUR} AS hour, avg(value) AS value
                FROM read_parquet({files!r}, hive_partitioning = false)
                WHERE counts AND final_flag IN ({", ".join(map(str, use))}) GROUP BY station, sensor, hour
            ), days AS (
                SELECT station, region, DATE '1970-01-01' + ((hour + shift) // 24)::INT AS day,
                    avg(value) AS value
                FROM hours JOIN places USING (station) GROUP BY ALL HAVING count(*) >= 18
            ), months AS (
                SELECT station, region, strftime(day, '%Y-%m') AS month, avg(value) AS value FROM days
                GROUP BY station, region, month
                HAVING count(*) >= 0.75 * any_value(extract('day' FROM last_day(day)))
            ) SELECT region, month, avg(value) FROM months GROUP BY ALL
            """
        ).fetchall()
        return {(region, month): value for region, month, value in rows}

    return query


def _places(shared: Dataset) -> pl.DataFrame:
    import polars as pl

    offsets = {"Europe/Tallinn": 2, "Europe/Riga": 2, "Europe/Berlin": 1}
    rows = [(one.id, one.region, offsets[one.zone]) for one in shared.stations()]
    return pl.DataFrame(rows, schema=["station", "region", "offset"], orient="row")


def same(one: dict[tuple[str, str], float], other: dict[tuple[str, str], float]) -> None:
    """Raise an error unless two results are equal (to the rounding of sums in another order)."""
    assert one.keys() == other.keys()
    assert len(one) > 10
    np.testing.assert_allclose([one[key] for key in other], list(other.values()), rtol=1e-12)
