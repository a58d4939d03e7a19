"""All readings of one school's last month out of 20 million, against a Polars query on the same files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks import _big

if TYPE_CHECKING:
    import pandas as pd

    from kit.dataset import Dataset

NAME = "school_month"
TARGET = 1.3
SCHOOL = 7


def run(quick: bool) -> dict[str, Any]:
    """Measure."""
    size = _big.QUICK if quick else _big.LARGE
    shared = _big.dataset(size)
    hand = by_hand(shared, size.years - 1)
    same(by_kit(shared, size.years - 1), hand())
    print("results are equal")
    took = _big.alternating(
        {
            "kit": lambda: by_kit(shared, size.years - 1),
            "Polars by hand": hand,
            "kit, by day": lambda: by_kit(shared, size.years - 1, "1D"),
        },
        9,
    )
    ratio = took["kit"] / took["Polars by hand"]
    return {
        "name": NAME, "value": round(ratio, 2), "unit": "time / time", "target": f"<= {TARGET}",
        "against": "a hand-written Polars query on the same files", "ok": ratio <= TARGET,
    }  # fmt: skip


def month(year: int) -> datetime:
    """Return the first day of the month in which the school's last campaign begins."""
    return _big.LARGE.start(SCHOOL, year).astype("datetime64[s]").item().replace(day=1)


def by_kit(shared: Dataset, year: int, freq: str | None = None) -> Any:
    """Return the readings of the school in that month."""
    name = f"{month(year):%Y-%m}"
    return shared.readings(school=f"XX-{SCHOOL:04d}", since=name, until=name, freq=freq)


def by_hand(shared: Dataset, year: int) -> Callable[[], pd.DataFrame]:
    """Return the query that somebody who knows these files writes; its end is the same pandas table."""
    import pandas as pd
    import polars as pl

    files = _big.files(shared, "readings")
    offset = timedelta(hours=2 if SCHOOL % 3 < 2 else 1)  # of the zones, by number of the school
    low = month(year).replace(tzinfo=UTC) - offset
    high = (month(year).replace(tzinfo=UTC) + timedelta(days=32)).replace(day=1) - offset
    columns = ["station", "sensor", "variable", "time", "period", "value", "row", "submission"]

    def query() -> pd.DataFrame:
        found = (
            pl.scan_parquet(files, hive_partitioning=True)
            .filter(pl.col("station") == f"XX-{SCHOOL:04d}/roof", pl.col("counts"))
            .filter(pl.col("time") >= low, pl.col("time") < high)
            .select(*columns, flag="final_flag", reason="final_reason")
            .collect()
        )
        made = {}
        for name in found.columns:
            text = found.schema[name] == pl.String
            made[name] = pd.Series(found[name].to_list(), dtype="str") if text else found[name].to_numpy()
        return pd.DataFrame(made)

    return query


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """Raise an error unless two tables are equal, bit for bit."""
    assert len(one) == len(other) > 1000
    for name in other:
        left, right = one[name].to_numpy(), other[name].to_numpy()
        assert np.array_equal(left.astype(right.dtype), right, equal_nan=name == "value"), name
