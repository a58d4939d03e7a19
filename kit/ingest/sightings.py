"""Tables of sightings: Darwin Core terms, dates, counts, effort, complete lists.

An ``X`` in place of a count means "present, not counted" and becomes a missing count, never 1 or 0. A
record whose place the platform obscured is kept with the note that its coordinates are not the real ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from kit.errors import FileError
from kit.ingest.clock import DATE_ORDERS, Clock, read_clock
from kit.ingest.numbers import numbers
from kit.ingest.places import Places
from kit.ingest.times import NEEDS_ORDER, refusal
from kit.model import SIGHTINGS, Flag, Problem, Question, RawTable
from kit.text import N_
from kit.vocab import fold

OBSCURED = N_("{n} records have coordinates that the platform obscured on purpose; do not map them exactly.")
NO_PLACE = N_("{n} records have no coordinates.")
LICENCES = N_("The records come with these licences: {names}.")
NO_TAXON = N_("Row {row} names no species or group.")
MEND_TAXON = N_("Write what was seen, at least the group, for example Aves.")
BAD_COUNT = N_("Row {row}: {value} in column {column} is not a number of individuals.")
MEND_COUNT = N_("Write a whole number, or X if it was there but nobody counted.")
_YES = frozenset(("1", "true", "yes", "y", "t", "ja", "jah", "j", "complete", "taielik", "vollstandig"))
_PRESENT = frozenset(("x", "present", "+", "olemas", "vorhanden"))


@dataclass
class Sightings:
    """The table (columns of :data:`kit.model.SIGHTINGS`) and everything to be told about it."""

    table: pd.DataFrame
    problems: list[Problem] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    notes: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    used: dict[str, str] = field(default_factory=dict)


def read_sightings(
    table: RawTable, places: Places, answers: Mapping[str, str], now: datetime, file: str
) -> Sightings:
    """Return the sightings in a table; rows without a real date or a taxon are refused."""
    frame = table.frame
    texts = {term: _text(table, term) for term, dtype in SIGHTINGS.items() if dtype == "str"}
    size = len(frame)
    ids = pd.Series([station.id for station in places.stations], dtype="str")
    found = Sightings(pd.DataFrame(), notes=[])
    good, dates, clocks = _dates(found, table, places, answers, now, file)
    data: dict[str, Any] = {term: text.array for term, text in texts.items()}
    data["station"] = ids.take(places.codes).array
    data["eventDate"], data["eventTime"] = dates, clocks
    data["decimalLatitude"] = places.latitude if places.latitude is not None else np.full(size, np.nan)
    data["decimalLongitude"] = places.longitude if places.longitude is not None else np.full(size, np.nan)
    data["coordinateUncertaintyInMeters"] = _number(table, "coordinateUncertaintyInMeters")
    data["individualCount"] = _counts(found, table)
    data["effort_minutes"] = _effort(table)
    data["observers"] = _number(table, "observers")
    data["complete"] = _truth(table, "complete")
    if not _has(table, "occurrenceStatus"):
        data["occurrenceStatus"] = np.where(data["individualCount"] == 0, "absent", "present")
    named = (texts["scientificName"].str.strip() != "") | (texts["vernacularName"].str.strip() != "")
    for row in frame.index[good & ~named.to_numpy()].tolist():
        found.problems.append(Problem("no-taxon", NO_TAXON, int(row), "", "", MEND_TAXON))
    good &= named.to_numpy()
    data["flag"], data["reason"] = _flags(places, size)
    if _has(table, "effort_minutes") or _has(table, "complete"):
        if places.latitude is None:
            _at_stations(data, places)
        if not _has(table, "eventID"):
            data["eventID"] = _events(data)
    data["row"] = frame.index.to_numpy(dtype=np.int64)
    result = pd.DataFrame({name: pd.Series(data[name], dtype=dtype) for name, dtype in SIGHTINGS.items()})
    found.table = result[good].reset_index(drop=True)
    _notes(found, table, good)
    return found


def _column(table: RawTable, term: str) -> str | None:
    return next(
        (c.name for c in table.columns if c.label == term and c.role not in ("ignored", "personal")), None
    )


def _has(table: RawTable, term: str) -> bool:
    return _column(table, term) is not None


def _text(table: RawTable, term: str) -> pd.Series[str]:
    name = _column(table, term)
    if name is None:
        return pd.Series([""] * len(table.frame), dtype="str")
    return table.frame[name].fillna("").astype("str").str.strip().reset_index(drop=True)


def _number(table: RawTable, term: str) -> Any:
    name = _column(table, term)
    if name is None:
        return np.full(len(table.frame), np.nan)
    return numbers(table.frame[name], table.decimal, table.missing)[0]


def _truth(table: RawTable, term: str) -> Any:
    return _text(table, term).str.casefold().map(fold).isin(_YES).to_numpy()


def _effort(table: RawTable) -> Any:
    name = _column(table, "effort_minutes")
    minutes = _number(table, "effort_minutes")
    hours = any(c.name == name and c.unit == "h" for c in table.columns)
    return minutes * 60 if hours else minutes


def _counts(found: Sightings, table: RawTable) -> Any:
    name = _column(table, "individualCount") or next(
        (c.name for c in table.columns if c.role == "count"), None
    )
    if name is None:
        return np.full(len(table.frame), np.nan)
    cells = table.frame[name]
    values, bad = numbers(cells, table.decimal, table.missing)
    bad = bad | (values < 0)
    for at in np.flatnonzero(bad).tolist():
        text = str(cells.iloc[at])
        if fold(text) not in _PRESENT:
            row = int(cells.index[at])
            found.problems.append(Problem("bad-count", BAD_COUNT, row, name, text, MEND_COUNT))
    return np.where(bad, np.nan, values)


def _dates(
    found: Sightings, table: RawTable, places: Places, answers: Mapping[str, str], now: datetime, file: str
) -> tuple[Any, Any, Any]:
    """Return (row is good, local date, local clock time or "")."""
    name = next((c.name for c in table.columns if c.role in ("date", "time")), None)
    if name is None:
        raise FileError(
            "{file} has no column with dates.", do="Add the date of each sighting, such as 2026-05-04.",
            code="no-times", file=file,
        )  # fmt: skip
    cells = table.frame[name]
    clock = read_clock(cells, answers.get("date_order", ""))
    if clock.undecided:
        options = tuple(
            (order, DATE_ORDERS[order]) for order in sorted(("dmy", "mdy"), key=lambda o: o != clock.likely)
        )
        params = {"column": name, "value": clock.undecided}
        found.questions.append(Question("date_order", NEEDS_ORDER, options, clock.likely, params))
    elif clock.date_order and "date_order" in answers:
        found.used["date_order"] = answers["date_order"]
    local = _local(clock, places)
    refused = dict(clock.refused)
    refused["too-early"] = clock.local < np.datetime64("1700-01-01")
    refused["future-time"] = clock.local > np.datetime64(now, "us") + np.timedelta64(1, "D")
    good = ~np.isnat(clock.local)
    for code, which in refused.items():
        good &= ~which
        for at in np.flatnonzero(which).tolist():
            found.problems.append(refusal(code, int(cells.index[at]), name, str(cells.iloc[at])))
    days = np.datetime_as_string(local.astype("datetime64[D]"))
    dates = np.where(good, days, "").astype(object)
    if _has(table, "eventTime"):
        return good, dates, _text(table, "eventTime").to_numpy(dtype=object)
    seconds = np.datetime_as_string(local.astype("datetime64[s]"))
    own = np.array([text[11:] for text in seconds], dtype=object)
    return good, dates, np.full(len(cells), "", dtype=object) if clock.date_only else np.where(good, own, "")


def _local(clock: Clock, places: Places) -> Any:
    """Return local times; those written with a zone are turned into the local time of their station."""
    local = clock.local.copy()
    for code, station in enumerate(places.stations):
        at = np.flatnonzero(clock.explicit & (places.codes == code) & ~np.isnat(local))
        if len(at) and station.zone:
            stamps = pd.DatetimeIndex(local[at]).tz_localize("UTC").tz_convert(station.zone).tz_localize(None)
            local[at] = stamps.to_numpy().astype("datetime64[us]")
    return local


def _flags(places: Places, size: int) -> tuple[Any, Any]:
    """Flag 4 where the coordinates were impossible; 2 where nothing was there to check, else 1."""
    flag = np.full(size, Flag.NOT_EVALUATED, dtype=np.int8)
    if places.latitude is not None:
        flag[~np.isnan(places.latitude)] = Flag.GOOD
    flag[places.impossible] = Flag.FAIL
    return flag, np.where(places.impossible, "impossible-location", "").astype(object)


def _at_stations(data: dict[str, Any], places: Places) -> None:
    """A survey without coordinates of its own was made at its station."""
    for axis, term in (("latitude", "decimalLatitude"), ("longitude", "decimalLongitude")):
        spots = np.array([getattr(one, axis) for one in places.stations] or [np.nan], dtype=np.float64)
        data[term] = spots[places.codes]


def _events(data: dict[str, Any]) -> Any:
    """Name each survey by what tells it from others: station, day, clock, effort and observers."""
    parts = pd.DataFrame({name: data[name] for name in ("station", "eventDate", "eventTime")}).astype("str")
    words = parts["station"] + " " + parts["eventDate"] + " " + parts["eventTime"]
    for name, unit in (("effort_minutes", "min"), ("observers", "observers")):
        numbers_ = pd.Series(data[name], dtype="float64")
        words += np.where(numbers_.isna(), "", " " + numbers_.map("{:g}".format) + " " + unit)
    return words.array


def _notes(found: Sightings, table: RawTable, good: Any) -> None:
    obscured = int((_truth(table, "coordinates_obscured") & good).sum())
    if obscured:
        found.notes.append((OBSCURED, {"n": obscured}))
    missing = int(found.table["decimalLatitude"].isna().sum())
    if missing:
        found.notes.append((NO_PLACE, {"n": missing}))
    names = sorted({name or "-" for name in found.table["license"].unique()})
    if names and names != ["-"]:
        found.notes.append((LICENCES, {"names": ", ".join(names)}))
