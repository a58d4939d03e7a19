"""Every row is accounted for: rejected > duplicate > flagged > accepted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kit.checks.series import by_series, series_numbers
from kit.model import IDENTITY, Flag, Report

Bools = NDArray[np.bool_]


def count_rows(report: Report, already: pd.DataFrame | None = None, again: Bools | None = None) -> Report:
    """Return the report with its rows and values counted (again).

    Parameters
    ----------
    report
        Of :func:`kit.ingest.understand`; its tables are not changed.
    already
        What is stored already: columns ``station sensor variable time period value`` (for sightings
        ``station occurrenceID scientificName eventDate``). ``None``: nothing.
    again
        What :func:`repeated` says of the readings, if it is known.

    Notes
    -----
    A row is *rejected* if nothing of it is stored, a *duplicate* if all its values (missing ones aside)
    are stored already or stand earlier in the file, *flagged* if one of its values has flag 3, 4 or 9,
    else *accepted*. A row of missing values only is flagged.

    Examples
    --------
    >>> from kit.ingest import understand
    >>> from kit.model import Source, Station
    >>> text = b"time;temp (C)\\n2026-03-01 10:00;1.5\\n2026-03-01 11:00;2.5\\n"
    >>> roof = Station("school/roof", zone="Europe/Tallinn")
    >>> report = understand(Source("a.csv", text), {"station": "school/roof"}, [roof])
    >>> again = count_rows(report, report.readings.head(1))
    >>> (report.accepted, report.duplicate), (again.accepted, again.duplicate)
    ((2, 0), (1, 1))
    """
    if report.kind == "sightings":
        table, keys = report.sightings, _sighting_keys(report.sightings)
        valued = np.ones(len(table), dtype=bool)
    else:
        table, keys = report.readings, [*IDENTITY, "value"]
        valued = table["value"].notna().to_numpy()
    known = _seen(table, keys, already, again)
    wrong = table["flag"].to_numpy() >= Flag.SUSPECT
    rows, codes = _rows(table["row"])
    some = _any(codes, valued, len(rows))
    new = _any(codes, valued & ~known, len(rows))
    bad = _any(codes, wrong, len(rows))
    duplicate = some & ~new
    flagged = ~duplicate & bad
    stored = len(rows)
    return replace(
        report, rejected=report.rows - stored, duplicate=int(duplicate.sum()), flagged=int(flagged.sum()),
        accepted=stored - int(duplicate.sum()) - int(flagged.sum()), values=int(valued.sum()),
    )  # fmt: skip


def _rows(column: pd.Series[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows of the file, sorted, and the place of each record's row among them."""
    row = column.to_numpy(dtype=np.int64)
    if len(row) and (np.diff(row) < 0).any():
        rows, codes = np.unique(row, return_inverse=True)
        return rows, codes
    new = np.concatenate(([True], np.diff(row) > 0))[: len(row)]
    return row[new], np.cumsum(new) - 1


def _any(codes: NDArray[np.int64], which: Bools, size: int) -> Bools:
    return np.bincount(codes, weights=which, minlength=size) > 0


def _sighting_keys(table: pd.DataFrame) -> list[str]:
    numbered = bool((table["occurrenceID"] != "").all()) and len(table) > 0
    if numbered:
        return ["station", "occurrenceID", "scientificName", "eventDate"]
    return [name for name in table.columns if name not in ("row", "flag", "reason")]


def repeated(readings: pd.DataFrame) -> Bools:
    """Return which readings share their identity with another one of the table.

    >>> times = pd.to_datetime(["2026-03-01", "2026-03-02", "2026-03-01"])
    >>> table = pd.DataFrame({"station": "s", "sensor": "1", "variable": "rain", "time": times, "period": 0})
    >>> repeated(table).tolist()
    [True, False, True]
    """
    found = np.zeros(len(readings), dtype=bool)
    series, _ = series_numbers(readings, [name for name in IDENTITY if name != "time"])
    time = readings["time"].to_numpy(dtype="datetime64[us]").view(np.int64)
    order = by_series(series)
    new = np.diff(series[order]) != 0
    if (new | (np.diff(time[order]) > 0)).all():
        return found
    order = np.lexsort((time, series))
    same = (np.diff(series[order]) == 0) & (np.diff(time[order]) == 0)
    found[order[1:][same]] = found[order[:-1][same]] = True
    return found


def _seen(table: pd.DataFrame, keys: list[str], already: pd.DataFrame | None, again: Bools | None) -> Bools:
    """Return which records stand earlier in the table, or in ``already``."""
    if already is None and "value" in keys:
        first = repeated(table) if again is None else again.copy()
        if first.any():
            first[first] = table.loc[first, keys].duplicated(keep="first").to_numpy()
        return first
    if "value" in keys and not repeated(table).any():
        first = np.zeros(len(table), dtype=bool)
    else:
        first = table[keys].duplicated(keep="first").to_numpy()
    if already is None or not len(already) or not set(keys) <= set(already.columns):
        return first
    both = pd.concat([already[keys], table[keys]], ignore_index=True)
    return both.duplicated(keep="first").to_numpy()[len(already) :]
