"""What is told about a table as a whole: values and units of its variables, its time, empty tables."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kit.checks.series import numbered
from kit.ingest.meanings import Meaning
from kit.ingest.periods import winter_offset
from kit.ingest.places import Places
from kit.ingest.time_forms import offset_of
from kit.ingest.times import Times
from kit.model import IDENTITY, RawTable, Report
from kit.text import N_
from kit.vocab import convert, variable

LOCAL = N_("The times were read as local time of {zone}.")
CLASHES = N_(
    "Readings at the same time as another one with a different value: {n}. The later row counts. If the file"
    " holds several places or sensors, give each its own file or a column that names it."
)
FIXED = N_("The times were read in {zone} all year, without summer time.")
STANDARD_DAYS = N_("The file holds days without clock times; a day begins at midnight, local standard time.")


def empty_table(columns: Mapping[str, str]) -> pd.DataFrame:
    """Return a table without rows and with the given columns and dtypes."""
    return _empty_table(tuple(columns.items())).copy(deep=False)


@cache
def _empty_table(columns: tuple[tuple[str, str], ...]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series([], dtype=dtype) for name, dtype in columns})


def decimals(values: Any) -> int:
    """Return how many decimals numbers have, at most 4 (looking at up to 200 different ones).

    >>> decimals([39.02, 26.0, float("nan")]), decimals([7.0])
    (2, 0)
    """
    kinds = np.unique(np.asarray(values, dtype=np.float64))
    kinds = kinds[np.isfinite(kinds)]
    known = kinds[np.linspace(0, len(kinds) - 1, min(len(kinds), 200)).astype(int)].tolist()
    tails = (repr(one).partition(".")[2] for one in known if "e" not in repr(one))
    return min(4, max((len(tail) for tail in tails if tail != "0"), default=0))


def shown_digits(parts: list[Meaning], name: str) -> int:
    """Return the decimals with which the extremes of a variable are told.

    What is *told* has the decimals of the file, and where the unit was converted as many more as keep one
    step of the file apart (0.01 °F = 0.006 °C: 3 decimals); for what is stored see ``kit.ingest.precision``.

    >>> from types import SimpleNamespace
    >>> part = SimpleNamespace(unit="[degF]", values=np.array([50.12, 51.34]))
    >>> shown_digits([part], "temperature")
    3
    """
    digits = 0
    for part in parts:
        step = abs(float(np.diff(convert([0.0, 1.0], part.unit, name))[0]))
        more = 0 if step == 1 else max(1, math.ceil(-math.log10(step)))
        digits = max(digits, decimals(part.values) + more)
    return digits


def summary(readings: pd.DataFrame, meanings: list[Meaning]) -> dict[str, dict[str, Any]]:
    """Return per variable units in the file and kept, how many values, smallest, largest, the columns."""
    found = {}
    of, kinds = numbered(readings["variable"])
    codes, value = {str(kind): code for code, kind in enumerate(kinds)}, readings["value"].to_numpy()
    for name in dict.fromkeys(part.variable for part in meanings):
        values = value[of == codes.get(name, -1)]
        values = values[~np.isnan(values)]
        parts = [part for part in meanings if part.variable == name]
        units = dict.fromkeys(part.unit for part in parts)
        converted = any(unit != variable(name).unit for unit in units)
        digits = shown_digits(parts, name) if converted else 15
        found[name] = {
            "unit_in": ", ".join(units), "unit": variable(name).unit, "count": len(values),
            "min": round(float(values.min()), digits) if len(values) else None,
            "max": round(float(values.max()), digits) if len(values) else None,
            "columns": list(dict.fromkeys(part.name for part in parts))[:20],
        }  # fmt: skip
    return found


def span(
    times: pd.Series[Any], places: Places, table: RawTable, answers: Mapping[str, str]
) -> dict[str, str]:
    """Return the first and the last time (UTC) and the zone in which the file tells its times."""
    own = dict.fromkeys(one.zone for one in places.stations if one.zone)
    kinds = [answers["zone"]] if answers.get("zone") else list(own)
    zone = table.zone or ", ".join(dict.fromkeys(map(winter_offset, kinds)) if table.fixed_offset else kinds)
    if not len(times):
        return {"start": "", "end": "", "zone": zone}
    moments = times.to_numpy(dtype="datetime64[us]")
    ends = [one.item().isoformat() + "Z" for one in (np.fmin.reduce(moments), np.fmax.reduce(moments))]
    return {"start": ends[0], "end": ends[1], "zone": zone}


def note_clashes(report: Report, again: NDArray[np.bool_]) -> None:
    """Say in the notes how many readings stand at the time of another one with a different value.

    ``again`` says which readings share their identity with another one.
    """
    if not again.any():
        return
    table = report.readings.loc[again, [*IDENTITY, "value"]].dropna(subset=["value"]).drop_duplicates()
    clashes = int(table.duplicated(list(IDENTITY), keep="first").sum())
    if clashes:
        report.notes = (*report.notes, (CLASHES, {"n": clashes}))


def note_times(report: Report, table: RawTable, times: Times) -> None:
    """Say in the notes how times without a zone, and days without clock times, were read."""
    notes = list(report.notes)
    if not table.zone and not times.own_zone:
        zone = report.time["zone"]
        notes.append((LOCAL if offset_of(zone) is None else FIXED, {"zone": zone}))
    if (
        times.period == 86400
        and table.zone != "UTC"
        and (times.utc.astype("datetime64[D]") != times.utc).any()
    ):
        notes.append((STANDARD_DAYS, {}))
    report.notes = tuple(notes)
