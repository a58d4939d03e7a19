"""Context flags: what only the whole of a version can tell of a reading, joined when readings are read.

They depend on all entries of a version and on the rules, never on the order in which entries arrived or on
what is asked for: each variable is checked as a whole, once per version, and kept in memory. Nothing of it is
stored, so the tables hold the file flags only and can be derived submission by submission.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from kit.checks.context import run_context
from kit.dataset.state import State, station_from
from kit.model import IDENTITY, READINGS, Flag, NotRun, Station
from kit.store.frames import to_pandas

if TYPE_CHECKING:
    import polars as pl

#: A variable's rows that count, at all stations and times.
Whole = Callable[[str], "pl.DataFrame"]
_KEPT = 32


class Contexts:
    """The context flags of the variables of a dataset, by version."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], tuple[pl.DataFrame, tuple[NotRun, ...]]] = {}

    def of(
        self, version: str, variable: str, state: State, whole: Whole
    ) -> tuple[pl.DataFrame, tuple[NotRun, ...]]:
        """Return identity and ``_context`` (codes) of the readings found, and the checks not run."""
        key = (version, variable)
        if key not in self._found:
            while len(self._found) >= _KEPT:
                self._found.pop(next(iter(self._found)), None)
            self._found[key] = _derive(whole(variable), state)
        return self._found[key]

    def join(
        self, rows: pl.DataFrame, version: str, state: State, whole: Whole
    ) -> tuple[pl.DataFrame, tuple[NotRun, ...]]:
        """Return rows with their context flags taken in, and the checks that could not run."""
        import polars as pl

        not_run: list[NotRun] = []
        parts = []
        for variable in rows["variable"].unique().sort().to_list():
            marks, missing = self.of(version, str(variable), state, whole)
            parts.append(marks)
            not_run += missing
        if not parts or not sum(len(part) for part in parts):
            return rows, tuple(not_run)
        rows = rows.join(pl.concat(parts), on=list(IDENTITY), how="left", maintain_order="left")
        found = pl.col("_context")
        usable = found.is_not_null() & (pl.col("flag") < int(Flag.FAIL))
        said = pl.when(pl.col("reason") == "").then(found).otherwise(pl.col("reason") + ";" + found)
        suspect = pl.lit(int(Flag.SUSPECT), dtype=rows["flag"].dtype)
        rows = rows.with_columns(
            pl.when(usable).then(suspect).otherwise(pl.col("flag")).alias("flag"),
            pl.when(usable).then(said).otherwise(pl.col("reason")).alias("reason"),
        )
        return rows.drop("_context"), tuple(not_run)


def _derive(rows: pl.DataFrame, state: State) -> tuple[pl.DataFrame, tuple[NotRun, ...]]:
    import polars as pl

    table = to_pandas(rows, {**READINGS, "submission": "str"})
    found = run_context(table, state.stations, _given(state))
    codes = pl.Series("_context", found.reason.tolist(), dtype=pl.String)
    marks = rows.select(list(IDENTITY)).with_columns(codes).filter(pl.col("_context") != "")
    return marks, found.not_run


def _given(state: State) -> Mapping[str, Mapping[str, Station]]:
    """Return the stations as each submission that counts gave them."""
    return {
        key: {item["id"]: station_from(item) for item in state.submissions[key].entry.content["stations"]}
        for key in state.live()
    }
