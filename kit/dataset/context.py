"""Context flags: what only the other readings of a version can tell of a reading.

They depend on the entry set and the rules, never on the order in which entries arrived or on what is asked
for. The rows as they were given hold the file flags only: every submission can be derived and verified alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kit.checks.context import run_context
from kit.dataset.state import State, station_from
from kit.model import READINGS, Flag, NotRun, Station
from kit.store.frames import to_pandas

if TYPE_CHECKING:
    import polars as pl


def context(rows: pl.DataFrame, state: State) -> tuple[pl.DataFrame, tuple[NotRun, ...]]:
    """Return the rows that count of one variable with their context flags, and the checks that could not run.

    A series gets the flags that it has in the whole of the dataset as soon as the rows hold all of it and all
    of its neighbours (:func:`kit.dataset.stale.near`).
    """
    import polars as pl

    if not len(rows):
        return rows, ()
    found = run_context(
        to_pandas(rows, {**READINGS, "submission": "str"}), state.stations, _given(rows, state)
    )
    rows = rows.with_columns(pl.Series("_context", found.reason.tolist(), dtype=pl.String))
    usable = (pl.col("_context") != "") & (pl.col("flag") < int(Flag.FAIL))
    joined = pl.col("reason") + ";" + pl.col("_context")
    said = pl.when(pl.col("reason") == "").then(pl.col("_context")).otherwise(joined)
    suspect = pl.lit(int(Flag.SUSPECT), dtype=rows["flag"].dtype)
    rows = rows.with_columns(
        pl.when(usable).then(suspect).otherwise(pl.col("flag")).alias("flag"),
        pl.when(usable).then(said).otherwise(pl.col("reason")).alias("reason"),
    )
    return rows.drop("_context"), found.not_run


def _given(rows: pl.DataFrame, state: State) -> Mapping[str, Mapping[str, Station]]:
    """Return the stations as the submissions of these rows gave them, where they stand elsewhere now."""
    found: dict[str, dict[str, Station]] = {}
    for key in rows["submission"].unique().to_list():
        for item in state.submissions[key].entry.content["stations"]:
            now = state.stations[item["id"]]
            if (item.get("latitude"), item.get("longitude")) != (now.latitude, now.longitude):
                found.setdefault(key, {})[now.id] = station_from(item)
    return found
