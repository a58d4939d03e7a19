"""Frames that are in order are put together as sorting them would, whatever the series in each."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from kit.dataset.parts import in_order

ORDER = ["variable", "station", "time"]


def frames(seed: int) -> list[pl.DataFrame]:
    """Return frames in order that share no series; some are empty."""
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, 60)
    table = pl.DataFrame({
        "variable": rng.choice(["noise", "pm25", "rain"], rows),
        "station": rng.choice(list("abcdefgh"), rows),
        "time": rng.permutation(rows),
    }, schema={"variable": pl.String, "station": pl.String, "time": pl.Int64}).sort(ORDER)  # fmt: skip
    series = list(table.select("variable", "station").iter_rows())
    owner = {one: int(rng.integers(4)) for one in sorted(set(series))}
    mine = pl.Series([owner[one] for one in series], dtype=pl.Int64)
    return [table.filter(mine == number) for number in range(5)]


@pytest.mark.parametrize("seed", range(40))
def test_the_same_as_sorting(seed: int) -> None:
    given = frames(seed)
    assert_frame_equal(in_order(given), pl.concat(given).sort(ORDER))
    one = [frame.filter(pl.col("variable") == "pm25").drop("variable") for frame in given]
    assert_frame_equal(in_order(one), pl.concat(one).sort("station", "time"))
