"""Which value counts: against a plain-Python statement of the rule, for random rows."""

from __future__ import annotations

import math

import hypothesis.strategies as st
import numpy as np
import polars as pl
from hypothesis import given, settings

from kit.dataset import winners

ROW = st.tuples(
    st.sampled_from(["s/a", "s/b"]),
    st.sampled_from(["1", "2"]),
    st.integers(0, 2),  # time
    st.sampled_from([0, 3600]),
    st.sampled_from([1.0, 2.0, -0.0, math.nan]),
    st.sampled_from(["sub1", "sub2", "sub3", "gone"]),
)
ORDER = {"sub2": 0, "sub3": 5, "sub1": 9}


def frame(rows: list[tuple[str, str, int, int, float, str]]) -> pl.DataFrame:
    columns = list(zip(*rows, strict=True)) or [[]] * 6
    return pl.DataFrame({
        "station": pl.Series(columns[0], dtype=pl.String),
        "sensor": pl.Series(columns[1], dtype=pl.String),
        "variable": pl.Series(["pm25"] * len(rows), dtype=pl.String),
        "time": pl.Series(np.array(columns[2], dtype="datetime64[us]")),
        "period": pl.Series(columns[3], dtype=pl.Int32),
        "value": pl.Series(columns[4], dtype=pl.Float64),
        "submission": pl.Series(columns[5], dtype=pl.String),
        "row": pl.Series(range(len(rows)), dtype=pl.Int64),
    })  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(ROW, max_size=40))
def test_the_rule(rows: list[tuple[str, str, int, int, float, str]]) -> None:
    wanted: dict[tuple[str, str, int, int], tuple[float, str]] = {}
    in_order = sorted((ORDER[row[5]], number, row) for number, row in enumerate(rows) if row[5] in ORDER)
    for _, _, (station, sensor, time, period, value, submission) in in_order:
        key = (station, sensor, time, period)
        if key not in wanted or not math.isnan(value) or math.isnan(wanted[key][0]):
            wanted[key] = (value, submission)
    found = winners.readings(frame(rows), ORDER)
    got = {
        (r["station"], r["sensor"], int(r["time"].timestamp() * 1e6 + 0.5) % 10, r["period"]): (
            r["value"],
            r["submission"],
        )
        for r in found.with_columns(pl.col("time").dt.replace_time_zone("UTC")).iter_rows(named=True)
    }
    assert {k: (str(v), s) for k, (v, s) in got.items()} == {k: (str(v), s) for k, (v, s) in wanted.items()}
    assert len(found) == len(wanted)
    shuffled = winners.readings(frame(rows).sample(fraction=1, shuffle=True, seed=1), ORDER)
    assert shuffled.equals(found, null_equal=True)
