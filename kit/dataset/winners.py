"""Which value counts for one identity. Rows in, rows out; nothing is thrown away from the tables.

A missing value never replaces a value; else the later entry counts, by (counter, id), and within a file the
later row. ``order`` gives each submission that counts its place; rows of all others are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kit.model import IDENTITY

if TYPE_CHECKING:
    import polars as pl


def readings(rows: pl.DataFrame, order: Mapping[str, int]) -> pl.DataFrame:
    """Return one row per identity, in the order of the identities."""
    import polars as pl

    ranked = _of(rows, order).with_columns(pl.col("value").is_not_nan().alias("_has"))
    ranked = ranked.sort([*IDENTITY, "_has", "_place", "row"])
    same = pl.all_horizontal(pl.col(name) == pl.col(name).shift(-1) for name in IDENTITY)
    return ranked.filter(~same.fill_null(value=False)).drop("_place", "_has")


def sightings(rows: pl.DataFrame, order: Mapping[str, int]) -> pl.DataFrame:
    """Return one row per sighting, by station, date, time, name.

    A sighting is known by its station and ``occurrenceID``. Without that, rows that say the same are the same
    sighting when they come from different submissions, and different ones within one file.
    """
    import polars as pl

    said = [name for name in rows.columns if name not in ("flag", "reason", "row", "submission", "counter")]
    ranked = _of(rows, order).sort(["_place", "row"])
    ranked = ranked.with_columns(pl.int_range(pl.len()).over([*said, "submission"]).alias("_again"))
    named = ranked.filter(pl.col("occurrenceID") != "").unique(
        ["station", "occurrenceID"], keep="last", maintain_order=True
    )
    nameless = ranked.filter(pl.col("occurrenceID") == "").unique(
        [*said, "_again"], keep="last", maintain_order=True
    )
    columns = ["station", "eventDate", "eventTime", "scientificName", "occurrenceID", "_place", "row"]
    return pl.concat([named, nameless]).sort(columns).drop("_place", "_again")


def _of(rows: pl.DataFrame, order: Mapping[str, int]) -> pl.DataFrame:
    """Return the rows of the submissions that count, with their places."""
    import polars as pl

    if not order:
        return rows.clear().with_columns(pl.lit(0, pl.UInt32).alias("_place"))
    names = pl.Series(list(order), dtype=pl.String)
    places = pl.Series(list(order.values()), dtype=pl.UInt32)
    place = rows["submission"].replace_strict(names, places, default=None, return_dtype=pl.UInt32)
    return rows.with_columns(place.alias("_place")).filter(pl.col("_place").is_not_null())
