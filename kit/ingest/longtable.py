"""The long table of a file: one row per reading, its flags, and the cells of which nothing could be made."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kit import checks
from kit.ingest.amounts import AT_LEAST, UNKNOWN, for_checks
from kit.ingest.cells import category, kinds
from kit.ingest.meanings import Columns, Meaning
from kit.ingest.numbers import LIMIT
from kit.ingest.periods import own_periods
from kit.ingest.places import Places
from kit.ingest.quality import add_verdicts
from kit.ingest.site import pauses
from kit.ingest.times import Times
from kit.model import Flag, Problem, RawTable, Report
from kit.text import N_

UNREADABLE = N_("Row {row}: {value} in column {column} is not a number.")
MEND_NUMBER = N_("Correct it in the file, or leave the cell empty if there was no reading.")
ONLY_LIMIT = N_("Row {row}: {value} in column {column} only says that the value lies beyond a limit.")
KEEP_LIMIT = N_("Nothing needs to be done: the reading counts as missing.")
NOT_KNOWN = N_("Row {row}: {value} is nothing that kit collects.")


def long_table(table: RawTable, columns: Columns, places: Places, times: Times) -> pd.DataFrame:
    """Return one row per reading, in the order of the file; ``_which`` is the meaning that it comes from."""
    at = np.concatenate([part.cells for part in columns.meanings]).astype(np.int32)
    which = np.repeat(
        np.arange(len(columns.meanings), dtype=np.int32), [len(part.cells) for part in columns.meanings]
    )
    value = np.concatenate([part.canonical() for part in columns.meanings])
    bad = np.concatenate([part.bad for part in columns.meanings])
    sort = np.argsort(at, kind="stable")
    at, which = at[sort], which[sort]
    periods, shift = own_periods(table, columns.meanings, times.period)
    period = periods[which] if times.spans is None else times.spans[at].astype(np.int32)
    long = pd.DataFrame({
        "station": category(
            _station(columns.meanings, places, at, which), [station.id for station in places.stations]
        ),
        "sensor": _sensor(table, columns.meanings, at, which),
        "variable": category(which, [part.variable for part in columns.meanings]),
        "time": times.utc[at] + shift[which] if shift.any() else times.utc[at],
        "period": period, "value": value[sort],
        "row": table.frame.index.to_numpy(dtype=np.int32)[at],
        "_at": at, "_which": which, "_bad": bad[sort], "_ambiguous": times.ambiguous[at],
        "_nowhere": places.impossible[at],
        "_state": np.zeros(len(at), dtype=np.int8), "_counter": np.zeros(len(at), dtype=bool),
    }, copy=False)  # fmt: skip
    if places.latitude is not None and places.longitude is not None and _elsewhere(places):
        long["latitude"], long["longitude"] = places.latitude[at], places.longitude[at]
    return long


def _elsewhere(places: Places) -> bool:
    """Tell whether some row names another place than where its station stands."""
    own = np.array([(one.latitude, one.longitude) for one in places.stations], dtype=np.float64)
    at = places.codes
    return bool(places.of_column) or bool(
        ((places.latitude != own[at, 0]) | (places.longitude != own[at, 1])).any()
    )


def _station(
    meanings: list[Meaning], places: Places, at: NDArray[np.int32], which: NDArray[np.int32]
) -> NDArray[np.int64]:
    """Return the station of every reading: that of its row, or of its column."""
    if not places.of_column:
        return places.codes[at]
    return np.array([places.of_column.get(part.column, 0) for part in meanings], dtype=np.int64)[which]


def _sensor(table: RawTable, meanings: list[Meaning], at: NDArray[np.int32], which: NDArray[np.int32]) -> Any:
    """Return the sensor of every reading: the row's sensor column, the column's channel, or both."""
    own = [part.sensor for part in meanings]
    name = next((c.name for c in table.columns if c.role == "sensor"), None)
    if name is None:
        return category(which, own)
    codes, texts = kinds(table.frame[name])
    rows = [text or "1" for text in texts]
    if all(one == "1" for one in own):
        return category(codes[at], rows)
    both = [row if one == "1" else f"{row}/{one}" for row in rows for one in own]
    return category(codes[at] * len(own) + which, both)


class Unreadable:
    """Cells that are no numbers: the problems, and the rows of which something else can be kept."""

    def __init__(self, problems: list[Problem], rows_kept: Any) -> None:
        self.problems, self.rows_kept = problems, rows_kept


def unreadable_cells(long: pd.DataFrame, meanings: list[Meaning], table: RawTable) -> Unreadable:
    """Find cells that are no numbers. A row of which nothing can be read is refused as a whole."""
    if not long["_bad"].to_numpy().any():
        return Unreadable([], ())
    problems: list[Problem] = []
    limits: list[int] = []
    bad = long[long["_bad"]]
    for row, at, part in zip(bad["row"].tolist(), bad["_at"].tolist(), bad["_which"].tolist(), strict=True):
        name = meanings[part].column
        text = str(table.frame[name].iloc[at])
        if LIMIT.fullmatch(text):
            problems.append(Problem("only-limit", ONLY_LIMIT, row, name, text[:80], KEEP_LIMIT))
            limits.append(row)
        else:
            problems.append(Problem("unreadable", UNREADABLE, row, name, text[:80], MEND_NUMBER))
    readable = np.union1d(long.loc[long["value"].notna(), "row"].unique(), np.array(limits, dtype=np.int64))
    hopeless = np.setdiff1d(bad["row"].unique(), readable)
    return Unreadable(problems, np.setdiff1d(long["row"].unique(), hopeless))


def unknown_labels(table: RawTable, columns: Columns) -> list[Problem]:
    """Rows of a long table whose label kit does not take: refused, with the reason of the label."""
    label = next((c.name for c in table.columns if c.role == "label"), None)
    if label is None:
        return []
    taken = set().union(*(set(part.cells.tolist()) for part in columns.meanings))
    texts = table.frame[label].astype("str")
    lost = [at for at in range(len(texts)) if at not in taken]
    return [
        Problem("not-collected", NOT_KNOWN, int(texts.index[at]), label, texts.iloc[at],
                columns.ignored.get(texts.iloc[at], ""))
        for at in lost
    ]  # fmt: skip


def checked(
    report: Report,
    long: pd.DataFrame,
    places: Places,
    now: datetime,
    table: RawTable,
    meanings: list[Meaning],
) -> pd.DataFrame:
    """Return the table with flags and reasons; ``report.not_run`` gets the checks that could not run."""
    known = {station.id: station for station in places.stations}
    result = checks.run(for_checks(long), known, now)
    flag, reason = result.flag.astype(np.int8), np.asarray(result.reason, dtype=object)
    for mask, code in (
        (long["_ambiguous"].to_numpy(), "ambiguous-time"),
        (long["_nowhere"].to_numpy(), "impossible-location"),
        (long["_bad"].to_numpy(), "unreadable"),
        (long["_state"].to_numpy() == AT_LEAST, "counter-reset"),
        (long["_state"].to_numpy() == UNKNOWN, "counter-glitch"),
    ):
        if mask.any():
            reason[mask] = [code if text in ("", "missing") else f"{text};{code}" for text in reason[mask]]
            raised = np.maximum(flag[mask], Flag.SUSPECT).astype(np.int8)
            flag[mask] = Flag.MISSING if code in ("unreadable", "counter-glitch") else raised
    add_verdicts(table, meanings, long, flag, reason)
    report.notes = (*report.notes, *pauses(result.gaps))
    report.not_run = tuple(sorted(result.not_run, key=lambda one: (one.check, one.variable, one.station)))
    found = long.copy(deep=False)
    found["flag"], found["reason"] = flag, pd.array(reason, dtype="str")
    return found
