"""What is told about a table as a whole: values and units of its variables, its time, empty tables."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import pandas as pd

from kit.ingest.columns import Meaning
from kit.ingest.places import Places
from kit.ingest.times import Times
from kit.model import RawTable, Report
from kit.text import N_
from kit.vocab import variable

LOCAL = N_("The times were read as local time of {zone}.")
STANDARD_DAYS = N_("The file holds days without clock times; a day begins at midnight, local standard time.")


def empty_table(columns: Mapping[str, str]) -> pd.DataFrame:
    """Return a table without rows and with the given columns and dtypes."""
    return _empty_table(tuple(columns.items())).copy()


@cache
def _empty_table(columns: tuple[tuple[str, str], ...]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series([], dtype=dtype) for name, dtype in columns})


def summary(readings: pd.DataFrame, meanings: list[Meaning]) -> dict[str, dict[str, Any]]:
    """Return per variable the unit in the file, the unit kept, how many values, smallest and largest."""
    found = {}
    for name in dict.fromkeys(part.variable for part in meanings):
        values = readings.loc[readings["variable"] == name, "value"].dropna()
        units = dict.fromkeys(part.unit for part in meanings if part.variable == name)
        found[name] = {
            "unit_in": ", ".join(units), "unit": variable(name).unit, "count": len(values),
            "min": float(values.min()) if len(values) else None,
            "max": float(values.max()) if len(values) else None,
        }  # fmt: skip
    return found


def span(
    times: pd.Series[Any], places: Places, table: RawTable, answers: Mapping[str, str]
) -> dict[str, str]:
    """Return the first and the last time (UTC) and the zone in which the file tells its times."""
    zone = table.zone or answers.get("zone") or ", ".join(dict.fromkeys(s.zone for s in places.stations))
    if not len(times):
        return {"start": "", "end": "", "zone": zone}
    ends = [pd.Timestamp(one).isoformat() + "Z" for one in (times.min(), times.max())]
    return {"start": ends[0], "end": ends[1], "zone": zone}


def note_times(report: Report, table: RawTable, times: Times) -> None:
    """Say in the notes how times without a zone, and days without clock times, were read."""
    notes = list(report.notes)
    if not table.zone and not times.own_zone:
        notes.append((LOCAL, {"zone": report.time["zone"]}))
    if (
        times.period == 86400
        and table.zone != "UTC"
        and (times.utc.astype("datetime64[D]") != times.utc).any()
    ):
        notes.append((STANDARD_DAYS, {}))
    report.notes = tuple(notes)
