"""How the tables are laid out: their columns, how they are divided into files, their canonical order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from kit.model import READINGS, SIGHTINGS

if TYPE_CHECKING:
    import polars as pl

#: Added to the columns of rows that were given: the entry id of the submission and that entry's counter.
ORIGIN = {"submission": "str", "counter": "int64"}
#: Added when the tables are settled: whether the row is the one that counts for its identity, and what flag
#: and reasons it has in the whole of the dataset (context checks and reviews taken in).
VERDICT = {"counts": "bool", "final_flag": "int8", "final_reason": "str"}
#: One row per station, variable and local standard day (or longer period that a source gives): the columns of
#: :data:`kit.aggregate.FRAME` without the sensor.
DAYS = {
    "station": "str", "variable": "str", "time": "datetime64[us]", "period": "int64", "span": "float64",
    "value": "float64", "n": "int64", "coverage": "float64", "flag": "int8", "at_least": "bool",
    "min": "float64", "max": "float64", "u": "float64", "v": "float64", "du": "float64", "dv": "float64",
    "devices": "int64",
}  # fmt: skip
#: Context checks that could not run, with their words.
NOT_RUN = {"check": "str", "variable": "str", "station": "str", "why": "str", "params": "str"}


@dataclass(frozen=True)
class Layout:
    """One table. ``partition`` is a column with a folder for each of its values ("" for none)."""

    name: str
    columns: Mapping[str, str]
    order: tuple[str, ...]
    partition: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def all_columns(self) -> dict[str, str]:
        """The columns of a row as it arrives."""
        return {**self.columns, **self.extra}

    def in_order(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return rows in the canonical order."""
        return frame.select(list(self.all_columns)).sort(self.order)

    def no_rows(self) -> pl.DataFrame:
        """Return an empty frame with all columns."""
        return _empty(tuple(self.all_columns.items()))


@lru_cache
def _empty(columns: tuple[tuple[str, str], ...]) -> pl.DataFrame:
    from kit.model import empty
    from kit.store.frames import to_polars

    return to_polars(empty(dict(columns)), dict(columns))


#: What submissions give.
LAYOUTS = {
    "readings": Layout(
        "readings", READINGS,
        ("variable", "station", "sensor", "time", "period", "counter", "submission", "row"), "variable",
        ORIGIN,
    ),
    "sightings": Layout(
        "sightings", SIGHTINGS, ("station", "eventDate", "eventTime", "counter", "submission", "row"), "",
        ORIGIN,
    ),
}  # fmt: skip
#: The settled tables.
SETTLED = {
    "readings": Layout(
        "readings", {**READINGS, **ORIGIN, **VERDICT}, LAYOUTS["readings"].order, "variable"
    ),
    "sightings": Layout("sightings", {**SIGHTINGS, **ORIGIN}, LAYOUTS["sightings"].order),
    "days": Layout("days", DAYS, ("variable", "station", "time", "period"), "variable"),
    "not_run": Layout("not_run", NOT_RUN, ("variable", "station", "check", "why"), "variable"),
}  # fmt: skip
