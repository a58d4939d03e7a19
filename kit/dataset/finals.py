"""The readings that count in a version, with their final flags, and their daily values.

Both come from the settled tables where these still hold (:mod:`kit.dataset.stale`); for the other series
they are derived here, from all rows that were given, in the same way in which settling derives them. What is
read is therefore the same before and after the tables are settled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from kit import aggregate
from kit.dataset import winners
from kit.dataset.context import context
from kit.dataset.dates import borders
from kit.dataset.parts import in_order
from kit.dataset.reviews import reviewed
from kit.dataset.stale import NEEDS, Late, Stale, near, since, variables_of
from kit.dataset.state import State
from kit.model import READINGS, NotRun, Station
from kit.store import reading
from kit.store.flush import Parts
from kit.store.frames import categories, to_pandas
from kit.store.layouts import DAYS, LAYOUTS, NOT_RUN
from kit.store.versions import Version

if TYPE_CHECKING:
    from datetime import date, datetime

    import pandas as pd
    import polars as pl

#: What a row that counts says: the columns of READINGS with the final flag and reasons, and the submission.
COLUMNS = {**READINGS, "submission": "str"}
Days = tuple["date | None", "date | None"]
#: What aggregation looks at.
NEEDED = ("station", "sensor", "variable", "time", "period", "value", "flag")


class Finals:
    """What counts in one version of a dataset; what was derived once is kept in memory.

    ``before`` is what counted in an earlier version of the same dataset, if that is known.
    """

    def __init__(
        self, store: Parts, version: Version, state: State, *, settled: bool = True,
        before: Finals | None = None,
    ) -> None:  # fmt: skip
        self._store, self.version, self.state = store, version, state
        settled = settled and bool(version.settled.upto) and not store.journal.erasing
        self._late = self._find_late(before) if settled else None
        self.stale = Stale(state, everything=True) if self._late is None else since(self._late, state)
        self._rows: dict[str, dict[str, pl.DataFrame]] = {}
        self._not_run: dict[str, dict[str, list[NotRun]]] = {}
        self._days: dict[str, dict[str, pl.DataFrame]] = {}

    def _find_late(self, before: Finals | None) -> Late:
        number, upto = self.version.number, self.version.settled.upto
        if before and before._late and before.version.settled.upto == upto <= before.version.number <= number:
            new = self._store.journal.entries(before.version.number, number)
            return before._late.with_entries(new, self.state)
        ids = set(self._store.journal.ids(number, upto))
        return Late().with_entries((entry for entry in self.state.entries if entry.id in ids), self.state)

    # --- readings

    def variables(self) -> list[str]:
        """Return the variables of which any submission that counts has readings."""
        return self._variables

    @cached_property
    def _variables(self) -> list[str]:
        return sorted({
            name for key in self.state.live() for name in variables_of(self.state.submissions[key].entry)
        })  # fmt: skip

    def readings(
        self,
        variables: Iterable[str],
        stations: Sequence[Station],
        span: Days = (None, None),
        columns: Sequence[str] = tuple(COLUMNS),
    ) -> pl.DataFrame:
        """Return the rows that count of these stations on these local dates, in the order of identities."""
        import polars as pl

        wanted = [station.id for station in stations]
        spans = borders(stations, *span)
        clean, stale = self._divided(variables, wanted)
        frames = []
        for ids, names in clean.items():
            rows = self._settled_readings(names, ids, spans, columns)
            if rows is not None:
                frames.append(rows)
            else:
                stale |= dict.fromkeys(names, wanted)
        for name, mine in stale.items():
            frames += [
                _on(frame, spans, one).select(columns) for one, frame in self._derived(name, mine).items()
            ]
        if not frames:
            return LAYOUTS["readings"].no_rows().with_columns(pl.lit("").alias("submission")).select(columns)
        return in_order(frames)

    def _divided(
        self, variables: Iterable[str], wanted: Sequence[str]
    ) -> tuple[dict[tuple[str, ...], list[str]], dict[str, Sequence[str]]]:
        """Return the variables by the stations settled in them, and the other stations by variable."""
        clean: dict[tuple[str, ...], list[str]] = {}
        stale: dict[str, Sequence[str]] = {}
        for name in sorted(set(variables)):
            late = frozenset(wanted) if self.stale.everything else self.stale.of(name).intersection(wanted)
            if late:
                stale[name] = sorted(late)
            if len(late) < len(wanted):
                clean.setdefault(tuple(one for one in wanted if one not in late), []).append(name)
        return clean, stale

    def table(
        self, variables: Iterable[str], stations: Sequence[Station], span: Days = (None, None)
    ) -> pd.DataFrame:
        """Return those rows as aggregation wants them: only what it looks at, names as categories."""
        import pandas as pd

        names = sorted(set(variables))
        needed = {name: COLUMNS[name] for name in NEEDED if name != "variable" or len(names) > 1}
        table = to_pandas(self.readings(names, stations, span, tuple(needed)), needed, categories)
        if len(names) == 1:
            same = np.zeros(len(table), dtype=np.int8)
            table["variable"] = pd.Categorical.from_codes(same, categories=pd.Index(names, dtype="str"))
        return table

    def not_run(self, variables: Iterable[str], stations: Sequence[Station]) -> tuple[NotRun, ...]:
        """Return the context checks that could not run on these series."""
        clean, stale = self._divided(variables, [station.id for station in stations])
        found: list[NotRun] = []
        for ids, names in clean.items():
            settled = self._settled_not_run(names, ids)
            if settled is None:
                stale |= {name: [*stale.get(name, ()), *ids] for name in names}
            found += settled or ()
        for name, mine in stale.items():
            self._derived(name, mine)
            found += [item for one in mine for item in self._not_run[name].get(one, ())]
        return tuple(sorted(found, key=lambda one: (one.variable, one.station, one.check, one.why)))

    def _settled_readings(
        self, variables: Sequence[str], stations: Sequence[str], spans: Mapping[Any, Sequence[str]],
        columns: Sequence[str],
    ) -> pl.DataFrame | None:  # fmt: skip
        import polars as pl

        everywhere = len(stations) == len(self.state.stations)

        def pick(lazy: pl.LazyFrame) -> pl.LazyFrame:
            final = {"flag": pl.col("final_flag"), "reason": pl.col("final_reason")}
            return lazy.with_columns(**final).select(columns)

        return reading.settled(
            self._store, "readings", self.version, pick, partition=variables, times=hull(spans),
            stations=(min(stations), max(stations)),
            where=pl.col("counts") & within(spans, stations, everywhere=everywhere),
        )  # fmt: skip

    def _settled_not_run(self, variables: Sequence[str], stations: Sequence[str]) -> list[NotRun] | None:
        import json

        rows = self._settled_of("not_run", variables, stations)
        if rows is None:
            return None
        return [NotRun(a, b, c, d, json.loads(e)) for a, b, c, d, e in rows.select(list(NOT_RUN)).iter_rows()]

    def _settled_of(
        self, table: str, variables: Sequence[str], stations: Sequence[str]
    ) -> pl.DataFrame | None:
        """Return the rows of a settled table about some series."""
        return reading.settled(
            self._store, table, self.version, lambda lazy: lazy, partition=variables,
            stations=(min(stations), max(stations)),
            where=None if len(stations) == len(self.state.stations) else among(stations),
        )  # fmt: skip

    def _derived(self, variable: str, stations: Iterable[str]) -> dict[str, pl.DataFrame]:
        """Return the rows that count of whole series, by station."""
        done = self._rows.setdefault(variable, {})
        not_run = self._not_run.setdefault(variable, {})
        missing = [one for one in stations if one not in done]
        if missing:
            rows, unchecked = derive(self._store, self.version, self.state, variable, missing)
            parts = rows.partition_by("station", as_dict=True, maintain_order=True)
            done |= {one: parts[one,] for one in missing if (one,) in parts}
            done |= {one: rows.clear() for one in missing if one not in done}
            for item in unchecked:
                not_run.setdefault(item.station, []).append(item)
        return {one: done[one] for one in stations}

    def forget(self) -> None:
        """Forget what was derived (whoever settles goes through all of it once)."""
        for kept in (self._rows, self._not_run, self._days):
            kept.clear()

    # --- days

    def days(self, variables: Iterable[str], stations: Sequence[Station]) -> pd.DataFrame:
        """Return the daily values (columns ``kit.aggregate.FRAME``) of whole series, with the usual flags."""
        wanted = [station.id for station in stations]
        clean, stale = self._divided(variables, wanted)
        frames = []
        for ids, names in clean.items():
            rows = self._settled_of("days", names, ids)
            if rows is not None:
                frames.append(rows)
            else:
                stale |= dict.fromkeys(names, wanted)
        frames += [self.derived_days(name, sorted(mine)) for name, mine in stale.items()]
        rows = in_order(frames) if frames else days_frame(None)
        return aggregate.with_sensor(to_pandas(rows, DAYS, categories))

    def derived_days(self, variable: str, stations: Sequence[str]) -> pl.DataFrame:
        """Return the daily values of series that are stale."""
        import polars as pl

        done = self._days.setdefault(variable, {})
        missing = [one for one in stations if one not in done]
        if missing:
            places = {one: self.state.stations[one] for one in missing}
            parts = [self._derived(variable, missing)]
            parts += [self._whole(other, places) for other in NEEDS.get(variable, ())]
            rows = pl.concat([frame for part in parts for frame in part.values()])
            found = daily(rows, variable, places)
            split = found.partition_by("station", as_dict=True, maintain_order=True)
            done |= {one: split.get((one,), found.clear()) for one in missing}
        return pl.concat([done[one] for one in stations])

    def _whole(self, variable: str, places: Mapping[str, Station]) -> dict[str, pl.DataFrame]:
        return {"": self.readings([variable], list(places.values()))}


def derive(
    store: Parts, version: Version, state: State, variable: str, stations: Iterable[str]
) -> tuple[pl.DataFrame, list[NotRun]]:
    """Derive the rows that count of some whole series from all that was given; nothing settled is believed.

    Returns the columns :data:`COLUMNS` in the order of identities, and the context checks that could not run.
    """
    import polars as pl

    own = set(stations)
    places = [state.stations[one] for one in own]
    around = sorted(own | near(variable, places, state))

    def pick(lazy: pl.LazyFrame) -> pl.LazyFrame:
        return lazy.filter(pl.col("station").is_in(around))

    rows = winners.readings(
        reading.rows(store, "readings", version, pick, partition=[variable], can_repair=can_repair(store)),
        state.live(),
    )
    marks, not_run = context(rows, state)
    rows = reviewed(marks.filter(pl.col("station").is_in(sorted(own))), state)
    return rows.select(list(COLUMNS)), [item for item in not_run if item.station in own]


def can_repair(store: Parts) -> bool:
    """Whether this process may write what is missing."""
    return store.journal.path is not None


def daily(rows: pl.DataFrame, variable: str, places: Mapping[str, Station]) -> pl.DataFrame:
    """Return the daily values of one variable from rows that count (of the variables it needs, too)."""
    table = to_pandas(rows, COLUMNS)
    found = aggregate.station_days(table, places)
    return days_frame(found[found["variable"] == variable])


def days_frame(found: pd.DataFrame | None) -> pl.DataFrame:
    """Return daily values as the settled table has them."""
    from kit.model import empty
    from kit.store.frames import to_polars

    return to_polars(empty(DAYS) if found is None else found, DAYS)


def within(
    spans: Mapping[Any, Sequence[str]], stations: Sequence[str], *, everywhere: bool = False
) -> pl.Expr:
    """Return whether a row is of these stations (``everywhere``: all there are) and between their borders.

    Borders are naive UTC; times of the rows are marked as UTC.
    """
    import polars as pl

    if everywhere and len(spans) == 1:
        return _between(pl.lit(value=True), *map(_utc, next(iter(spans))))
    here = set(stations)
    groups = {border: [one for one in ids if one in here] for border, ids in spans.items()}
    conditions = [_between(among(mine), *map(_utc, border)) for border, mine in groups.items() if mine]
    return pl.any_horizontal(conditions) if conditions else pl.lit(value=False)


def among(stations: Sequence[str]) -> pl.Expr:
    """Return whether a row is of these stations (at least one), in a way that leaves out parts of files."""
    import polars as pl

    if len(stations) == 1:
        return pl.col("station") == stations[0]
    low, high = min(stations), max(stations)
    return (pl.col("station") >= low) & (pl.col("station") <= high) & pl.col("station").is_in(list(stations))


def _utc(moment: datetime | None) -> datetime | None:
    from datetime import UTC

    return None if moment is None else moment.replace(tzinfo=UTC)


def _between(condition: pl.Expr, low: datetime | None, high: datetime | None) -> pl.Expr:
    import polars as pl

    condition = condition & (pl.col("time") >= low) if low else condition
    return condition & (pl.col("time") < high) if high else condition


def _on(frame: pl.DataFrame, spans: Mapping[Any, Sequence[str]], station: str) -> pl.DataFrame:
    """Return the rows of one station between its borders."""
    import polars as pl

    for (low, high), ids in spans.items():
        if station in ids and (low or high):
            return frame.filter(_between(pl.lit(value=True), low, high))
    return frame


def hull(
    spans: Iterable[tuple[datetime | None, datetime | None]],
) -> tuple[datetime | None, datetime | None]:
    """Return the widest of several (from, before) borders."""
    spans = list(spans)
    lows, highs = [low for low, _ in spans], [high for _, high in spans]
    low = None if not lows or None in lows else min(item for item in lows if item)
    high = None if not highs or None in highs else max(item for item in highs if item)
    return low, high
