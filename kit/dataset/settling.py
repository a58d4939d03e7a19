"""Settling the tables (``kit compact``): all rows sorted, marked with what counts, and rolled up by day.

Only what came since the last time and what that touches (:mod:`kit.dataset.stale`) is derived; series by
series in parts of bounded size, so that memory does not grow with the dataset. Readers and uploads go on
meanwhile: the tables are written beside what they read, and one small version makes them count, once they
are on the disk. A process that is killed before that leaves only what the next settling takes back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from kit.dataset.finals import Finals, can_repair
from kit.dataset.parts import PART, groups
from kit.dataset.stale import variables_of
from kit.errors import DatasetError
from kit.store import cleaning, reading
from kit.store import flush as flushing
from kit.store import folder as disk
from kit.store.flush import Parts, on_step
from kit.store.frames import to_polars
from kit.store.layouts import LAYOUTS, NOT_RUN, SETTLED
from kit.store.lease import Taken, leased
from kit.store.tables import Outrun
from kit.store.versions import Arrival, Settled, Version

if TYPE_CHECKING:
    import polars as pl
    from deltalake import DeltaTable

    from kit.dataset.state import State
    from kit.dataset.view import View
    from kit.model import NotRun

LOCK = "settle.lock"
#: The tables are settled by themselves when so many rows have arrived, or so many files stand beside them.
DUE_ROWS, DUE_FILES = 200_000, 40


class Stopped(Exception):
    """Whoever settles was asked to stop; nothing has changed."""


def is_due(version: Version | None) -> bool:
    """Return whether enough has arrived since the tables were settled."""
    if version is None:
        return False
    return len(version.arrivals) > DUE_FILES or sum(item.rows for item in version.arrivals) > DUE_ROWS


def settle(
    shared: View, store: Parts, patience: float = 0.0, stop: Callable[[], bool] = lambda: False
) -> Version | None:
    """Settle the tables up to the newest version; return the version that this made (None: nothing to do).

    Raises :class:`DatasetError` (``settling``) when another process is settling them for longer than
    ``patience`` seconds, :class:`Stopped` when ``stop``, which is asked before each part, says so.
    """
    with disk.in_words(store.folder), alone(store, patience):
        version, state = shared._now()
        if version is None:
            return None
        work = _Work(store, version, state, stop)
        if version.settled.upto and not version.arrivals and not work.finals.stale.any:
            return None
        try:
            work.prepare()
            work.readings()
            work.sightings()
        except Outrun as error:
            raise _busy(store) from error
        return work.commit()


def clean(store: Parts, patience: float = 0.0, grace: float = cleaning.GRACE) -> cleaning.Cleaned:
    """Remove files that no version needs and no reader can still be on (:mod:`kit.store.cleaning`).

    Raises :class:`DatasetError` (``settling``) as :func:`settle` does.
    """
    with disk.in_words(store.folder), alone(store, patience):
        return cleaning.clean(store, grace)


@contextmanager
def alone(store: Parts, patience: float) -> Iterator[None]:
    """Hold the lock of whoever settles the tables."""
    from filelock import FileLock, Timeout

    try:
        lock = FileLock(str(store.folder / LOCK), timeout=patience)
        with lock, leased(store.space, store.journal.meta("replica"), patience):
            yield
    except (Timeout, Taken) as error:
        raise _busy(store) from error


def _busy(store: Parts) -> DatasetError:
    return DatasetError(
        "The tables of the dataset in {folder} are being settled by another program.",
        why="Only one can do that at a time; nothing is lost.",
        do="Go on working; it will be done soon.",
        code="settling", folder=store.space.url,
    )  # fmt: skip


@dataclass(frozen=True)
class _Part:
    """Series of one variable that are written together: stations from ``low`` on, before ``high``."""

    variable: str
    low: str
    high: str

    def where(self) -> str:
        """Return the condition in SQL."""
        terms = [f"variable = '{_quoted(self.variable)}'"]
        terms += [f"station >= '{_quoted(self.low)}'"] if self.low else []
        terms += [f"station < '{_quoted(self.high)}'"] if self.high else []
        return " AND ".join(terms)

    def holds(self, station: str) -> bool:
        """Return whether a station is in this part."""
        return self.low <= station and (not self.high or station < self.high)


def _quoted(text: str) -> str:
    return text.replace("'", "''")


class _Work:
    """One settling: from ``version`` to the next."""

    def __init__(self, store: Parts, version: Version, state: State, stop: Callable[[], bool]) -> None:
        self.store, self.version, self.state, self.stop = store, version, state, stop
        self.finals = Finals(store, version, state)
        self.app = f"kit-{store.journal.meta('replica')}"
        self.snapshots: dict[str, DeltaTable] = {}
        self.held = _stations_by_variable(state)

    def prepare(self) -> None:
        """Open the tables as the version names them."""
        for name, table in self.store.tables.items():
            self.snapshots[name] = table.prepare(self.version.settled.tables.get(name))

    def _replace(self, name: str, rows: pl.DataFrame, where: str) -> None:
        if self.stop():
            raise Stopped
        table = self.store.tables[name]
        snapshot = self.snapshots[name]
        done = int(snapshot.transaction_version(self.app) or 0)
        on_step(f"before-{name}")
        self.snapshots[name] = table.replace(snapshot, rows, where, self.app, done + 1)
        on_step(f"after-{name}")

    # --- readings, days, checks that could not run

    def readings(self) -> None:
        """Write every part that holds a stale series."""
        for variable in sorted(self.held):
            stale = self.finals.stale.of(variable) & self.held[variable]
            if stale:
                for part in self._parts(variable):
                    mine = sorted(one for one in stale if part.holds(one))
                    if mine:
                        self._write(part, mine)
                        self.finals.forget()

    def _parts(self, variable: str) -> list[_Part]:
        """Return the parts of a variable: those of the files there are, or of about equal size."""
        cuts = self.store.tables["readings"].lowest(self.snapshots["readings"], variable, "station")
        if not cuts:
            held = sorted(self.held[variable])
            cuts = [group[0] for group in groups(self.state, variable, held, PART)]
        return [_Part(variable, low, high) for low, high in pairwise(["", *cuts[1:], ""])]

    def _write(self, part: _Part, stale: Sequence[str]) -> None:
        import polars as pl

        clean = sorted(one for one in self.held[part.variable] if part.holds(one) and one not in set(stale))
        places = [self.state.stations[one] for one in stale]
        given = self._given(part.variable, stale)
        verdicts = self.finals.readings([part.variable], places)
        rows = [_marked(given, verdicts), *self._kept("readings", part.variable, clean)]
        days = [self.finals.derived_days(part.variable, stale), *self._kept("days", part.variable, clean)]
        said = [_not_run(self.finals.not_run([part.variable], places))]
        said += self._kept("not_run", part.variable, clean)
        for name, frames in (("readings", rows), ("days", days), ("not_run", said)):
            self._replace(name, pl.concat(frames), part.where())

    def _given(self, variable: str, stations: Sequence[str]) -> pl.DataFrame:
        import polars as pl

        def pick(lazy: pl.LazyFrame) -> pl.LazyFrame:
            return lazy.filter(pl.col("station").is_in(stations))

        found = reading.rows(
            self.store,
            "readings",
            self.version,
            pick,
            partition=[variable],
            can_repair=can_repair(self.store),
        )
        return found.unique(["submission", "row", "station", "sensor", "time", "period"], maintain_order=True)

    def _kept(self, name: str, variable: str, stations: Sequence[str]) -> list[pl.DataFrame]:
        """Return the settled rows of series that are not stale."""
        import polars as pl

        if not stations or not self.version.settled.upto:
            return []

        def pick(lazy: pl.LazyFrame) -> pl.LazyFrame:
            return lazy.filter(pl.col("station").is_in(stations)).select(list(SETTLED[name].columns))

        scan = reading.settled_scan(self.store, name, self.version, [variable], (None, None))
        return [pick(scan).collect()]

    def sightings(self) -> None:
        """Write all sightings anew when some arrived (they are few)."""
        if self.version.of("sightings"):
            rows = reading.rows(self.store, "sightings", self.version, lambda lazy: lazy)
            self._replace("sightings", rows, "")

    # --- the end

    def commit(self) -> Version | None:
        """Make everything durable, then the version that names it."""
        files: dict[str, str] = {}
        tables: dict[str, dict[str, str | int]] = {}
        for name, table in self.store.tables.items():
            named = self.version.settled.tables.get(name)
            known = named is not None and named["id"] == self.snapshots[name].metadata().id
            files |= table.sync(
                int(named["version"]) if named and known else -1, self.snapshots[name].version()
            )
            tables[name] = {
                "id": str(self.snapshots[name].metadata().id),
                "version": self.snapshots[name].version(),
            }
        on_step("durable")
        settled = Settled(self.version.number, tables)

        def with_tables(newest: Version | None) -> tuple[list[Arrival], Settled] | None:
            if newest is None or newest.settled != self.version.settled:
                return None  # rebuilt, or settled by somebody else
            return self._late(newest), settled

        with flushing.lock(self.store, 120.0):
            made = flushing.commit(self.store, with_tables, files=files)
        return made if made is not None and made.settled == settled else None

    def _late(self, newest: Version) -> list[Arrival]:
        """Return the arrivals that the settled tables do not hold."""
        import polars as pl

        found = []
        for item in newest.arrivals:
            if item.after >= self.version.number:
                found.append(item)
            elif item.upto > self.version.number:  # merged with rows that are settled now
                late = [one.id for one in self.store.journal.entries(self.version.number, item.upto)]
                keep = pl.col("submission").is_in(late)
                kept = self.store.arrivals.without(LAYOUTS[item.table], item, keep, self.version.number)
                found += [kept] if kept else []
        return found


def _stations_by_variable(state: State) -> dict[str, frozenset[str]]:
    """Return the stations of which any submission, also a retracted one, has rows, by variable."""
    found: dict[str, set[str]] = {}
    for item in state.submissions.values():
        for variable in variables_of(item.entry):
            found.setdefault(variable, set()).update(item.stations)
    return {name: frozenset(one for one in ids if one in state.stations) for name, ids in found.items()}


def _marked(given: pl.DataFrame, verdicts: pl.DataFrame) -> pl.DataFrame:
    """Return rows as they were given with the verdict on each."""
    import polars as pl

    key = ["station", "sensor", "time", "period", "submission", "row"]
    final = verdicts.select(*key, pl.col("flag").alias("final_flag"), pl.col("reason").alias("final_reason"))
    rows = given.join(final, on=key, how="left", maintain_order="left")
    counts = pl.col("final_flag").is_not_null()
    return rows.with_columns(
        counts.alias("counts"), pl.col("final_flag").fill_null(0).cast(pl.Int8),
        pl.col("final_reason").fill_null(""),
    ).select(list(SETTLED["readings"].columns))  # fmt: skip


def _not_run(found: Iterable[NotRun]) -> pl.DataFrame:
    import pandas as pd

    rows = [(one.check, one.variable, one.station, one.why, json.dumps(dict(one.params))) for one in found]
    return to_polars(pd.DataFrame(rows, columns=list(NOT_RUN), dtype="str"), NOT_RUN)
