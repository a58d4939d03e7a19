"""When something was seen: the local date, as exact as it is known, and the local clock time.

Dates of sightings are kept as ISO 8601 says them: a day ("2019-05-01"), a month ("2019-05"), a year ("2019"),
or an interval of these ("2019-05-01/2019-05-03"). An interval within one day is that day, one from the first
to the last day of a year is that year. Other ways of writing a day are read like the times of readings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kit.errors import FileError
from kit.ingest.clock import read_clock
from kit.ingest.date_orders import DATE_ORDERS
from kit.ingest.times import NEEDS_ORDER, refusal
from kit.model import Problem, Question, RawTable
from kit.text import N_

Bools = NDArray[np.bool_]
Objects = NDArray[np.object_]

COARSE = N_("{n} sightings have no exact day: only the year, the month or an interval is known.")
_DAY = r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
_PART = rf"(?:{_DAY}|\d{{4}}-(?:0[1-9]|1[0-2])|(?:1[5-9]|20)\d\d)"
_COARSE = re.compile(r"(?:1[5-9]|20)\d\d(?:[-/.](?:0?[1-9]|1[0-2]))?")
_CLOCK_OF = r"(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s?(?:Z|[+-]\d{2}:?\d{2})?)?"
_INTERVAL = re.compile(rf"({_PART}){_CLOCK_OF}\s*/\s*({_PART}|\d\d(?:-\d\d)?){_CLOCK_OF}")
_FROM = re.compile(r"[T ](\d{2}:\d{2}(?::\d{2})?)[^/Z+]*/")
_OFFSET = r"\s*[+\-−]\d{2}:?\d{2}$"
_JAVA = re.compile(
    r"[A-Z][a-z]{2} (?P<month>[A-Z][a-z]{2}) (?P<day>\d\d) \d\d:\d\d:\d\d [A-Z]{2,5} (?P<year>\d{4})"
)
_CLOCK = re.compile(
    r"^(?P<hour>[01]?\d|2[0-4])[:.h](?P<minute>[0-5]\d)(?P<second>[:.][0-5]\d)?(?:\.\d+)?\s*"
    r"(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>Z|UTC|[+\-]\d{2}:?\d{2})?(?:\s*[/-].*)?$"
)
_WORDS = re.compile(r"^(?:kell|kl|klo|klokken|um|at)\.?\s*(?=\d)|\s*(?:uhr|h|hrs|uur|час(?:а|ов)?)\.?$", re.I)
_MIDNIGHT = re.compile(r"(?<=\d)T00:00(:00(\.0+)?)?(Z|\+00:?00)?$")


@dataclass
class Dates:
    """Per row: is there a date, which, and the clock time ("" if unknown); what is asked and wrong."""

    good: Bools
    date: Objects
    clock: Objects
    problems: list[Problem] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    used: dict[str, str] = field(default_factory=dict)
    notes: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)


def read_dates(
    table: RawTable, zones: NDArray[np.object_], answers: Mapping[str, str], now: datetime, file: str
) -> Dates:
    """Return the dates of a table of sightings.

    Parameters
    ----------
    table
        With a column of role ``date`` or ``time``, or notes labelled ``year``, ``month``, ``day``.
    zones
        IANA time zone of each row's station ("" if unknown): times in UTC are turned into local ones.
    now
        Naive, UTC; dates later than a day after it are refused.

    Raises
    ------
    FileError
        ``no-times``: nothing in the table is a date.
    """
    cells, name = _cells(table, file)
    text = cells.str.strip()
    size = len(text)
    found = Dates(np.zeros(size, dtype=bool), np.full(size, "", object), np.full(size, "", object))
    coarse = _coarse(text)
    rest = np.flatnonzero(coarse == "")
    if len(rest):
        _days(found, text.iloc[rest], rest, name, zones, answers)
    known = coarse != ""
    found.date[known], found.good[known] = coarse[known], True
    starts = text.str.extract(_FROM.pattern)[0].fillna("").to_numpy(dtype=object)
    length = pd.Series(found.date, dtype="str").str.len().to_numpy(dtype=np.int64)
    same_day = known & (length == 10)
    found.clock[same_day] = starts[same_day]
    _until(found, table, zones, answers)
    length = pd.Series(found.date, dtype="str").str.len().to_numpy(dtype=np.int64)
    _limits(found, cells, name, now)
    if inexact := int((found.good & (length != 10)).sum()):
        found.notes.append((COARSE, {"n": inexact}))
    found.date[~found.good] = ""
    own = next(
        (c.name for c in table.columns if c.label == "eventTime" and c.role in ("clock", "note")), None
    )
    if own is not None:
        said = local_clock(table.frame[own]).to_numpy(dtype=object)
        found.clock = np.where(said != "", said, found.clock)
    found.clock[~found.good] = ""
    return found


def _until(found: Dates, table: RawTable, zones: NDArray[np.object_], answers: Mapping[str, str]) -> None:
    """Make intervals of days of which another column names the last one."""
    column = next((c.name for c in table.columns if c.label == "endDate" and c.role == "note"), None)
    if column is None:
        return
    last = Dates(np.zeros_like(found.good), np.full_like(found.date, ""), np.full_like(found.clock, ""))
    order = {"date_order": answers["date_order"]} if "date_order" in answers else {}
    cells = table.frame[column].fillna("").astype("str")
    _days(last, cells, np.arange(len(cells)), column, zones, order)
    later = found.good & last.good & (found.date < last.date) & (last.date != "")
    later &= pd.Series(found.date, dtype="str").str.len().to_numpy() == 10
    found.date[later] = found.date[later] + "/" + last.date[later]


def _cells(table: RawTable, file: str) -> tuple[pd.Series[str], str]:
    """Return the text of each row's date and the column that it is in; empty ones are put together."""
    name = next((c.name for c in table.columns if c.role in ("date", "time")), "")
    parts = {
        c.label: c.name for c in table.columns if c.role == "note" and c.label in ("year", "month", "day")
    }
    if not name and "year" not in parts:
        raise FileError(
            "{file} has no column with dates.", do="Add the date of each sighting, such as 2026-05-04.",
            code="no-times", file=file,
        )  # fmt: skip
    empty = pd.Series("", index=table.frame.index, dtype="str")
    cells = table.frame[name].fillna("").astype("str") if name else empty
    java = cells.str.extract(_JAVA.pattern) if cells.str.contains(r"\d [A-Z]{2,5} \d{4}").any() else None
    if java is not None:
        plain = java["day"] + " " + java["month"] + " " + java["year"]
        cells = plain.fillna(cells).astype("str")
    cells = cells.str.replace(_MIDNIGHT, "", regex=True)
    if "year" in parts and ((cells == "").any() or not name):
        year, month, day = (
            _whole(table.frame[parts[p]]) if p in parts else empty for p in ("year", "month", "day")
        )
        text = year + ("-" + month.str.zfill(2)).where((year != "") & (month != ""), "")
        text = text + ("-" + day.str.zfill(2)).where((text.str.len() == 7) & (day != ""), "")
        cells = cells.where(cells != "", text)
    return cells, name or parts["year"]


def _whole(cells: pd.Series[str]) -> pd.Series[str]:
    text = cells.astype("str").str.strip().str.replace(r"\.0+$", "", regex=True)
    return text.where(text.str.fullmatch(r"\d{1,4}") & (text.str.strip("0") != ""), "")


def _coarse(text: pd.Series[str]) -> Objects:
    """Return years, months and intervals in their canonical form; "" for everything else."""
    mask = (text.str.fullmatch(_COARSE) | text.str.fullmatch(_INTERVAL)).to_numpy(dtype=bool)
    found = np.full(len(text), "", dtype=object)
    if mask.any():
        which, kinds = pd.factorize(text[mask])
        found[mask] = np.array([_span(str(kind)) for kind in kinds], dtype=object)[which]
    return found


def _span(text: str) -> str:
    """Return a year, a month or an interval as ISO 8601 writes it, "" if it runs backwards or is no date.

    >>> [_span(t) for t in ("2019", "2019/5", "2019-05-01T06:00Z/2019-05-01T09:00Z", "2019-05-01/03")]
    ['2019', '2019-05', '2019-05-01', '2019-05-01/2019-05-03']
    >>> _span("2019-01-01/2019-12-31"), _span("2019-05-03/2019-05-01"), _span("2019-02-30/2019-03-01")
    ('2019', '', '')
    """
    found = _INTERVAL.fullmatch(text)
    if not found:
        year, *month = re.split(r"[-/.]", text)
        return f"{year}-{int(month[0]):02d}" if month else year
    start, end = found[1], found[2]
    if len(end) < 4 or (len(end) == 5 and end[2] == "-"):
        end = start[: len(start) - len(end)] + end
    if not (_exists(start) and _exists(end)) or end < start[: len(end)]:
        return ""
    if (start[4:], end[4:]) == ("-01-01", "-12-31") and start[:4] == end[:4]:
        return start[:4]
    return start if start == end else f"{start}/{end}"


def _exists(text: str) -> bool:
    try:
        np.datetime64(text)
    except ValueError:
        return False
    return True


def _days(
    found: Dates, cells: pd.Series[str], at: NDArray[np.int64], name: str,
    zones: NDArray[np.object_], answers: Mapping[str, str],
) -> None:  # fmt: skip
    """Read what is an exact day (with or without a clock)."""
    offset = cells.str.contains(r":\d\d(?:\.\d+)?" + _OFFSET).to_numpy(dtype=bool)
    local = cells.str.replace(_OFFSET, "", regex=True) if offset.any() else cells
    clock = read_clock(local.where(offset, cells) if offset.any() else cells, answers.get("date_order", ""))
    if clock.undecided:
        options = tuple(
            (order, DATE_ORDERS[order]) for order in sorted(("dmy", "mdy"), key=lambda o: o != clock.likely)
        )
        params = {"column": name, "value": clock.undecided}
        found.questions.append(Question("date_order", NEEDS_ORDER, options, clock.likely, params))
    elif clock.date_order and "date_order" in answers:
        found.used["date_order"] = answers["date_order"]
    stamps, known = _local(clock.local, clock.explicit, zones[at])
    good = ~np.isnat(stamps)
    for code, which in clock.refused.items():
        good &= ~which
        for place in np.flatnonzero(which).tolist():
            found.problems.append(refusal(code, int(cells.index[place]), name, str(cells.iloc[place])))
    days = np.datetime_as_string(stamps.astype("datetime64[D]")).astype(object)
    found.date[at] = np.where(good, days, "")
    found.good[at] = good
    if not clock.date_only:
        seconds = np.datetime_as_string(stamps.astype("datetime64[s]")).astype(object)
        texts = np.array([text[11:] for text in seconds], dtype=object)
        timed = cells.str.contains(r"\d[:.h]\d\d", regex=True).to_numpy(dtype=bool)
        found.clock[at] = np.where(good & known & timed & (texts != "00:00:00"), texts, "")


def _local(
    stamps: NDArray[np.datetime64], explicit: Bools, zones: NDArray[np.object_]
) -> tuple[NDArray[np.datetime64], Bools]:
    """Return local times, those in UTC by the zone of their station, and whether the clock is local."""
    local = stamps.copy()
    known = ~explicit
    for zone in pd.unique(zones[explicit]) if explicit.any() else ():
        at = np.flatnonzero(explicit & (zones == zone) & ~np.isnat(local))
        if zone and len(at):
            moved = pd.DatetimeIndex(local[at]).tz_localize("UTC").tz_convert(zone).tz_localize(None)
            local[at] = moved.to_numpy().astype("datetime64[us]")
            known[at] = True
    return local, known


def _limits(found: Dates, cells: pd.Series[str], name: str, now: datetime) -> None:
    """Refuse years before 1700 and days that had not come yet."""
    tomorrow = str(np.datetime64(now, "D") + np.timedelta64(1, "D"))
    which, kinds = pd.factorize(pd.Series(found.date, dtype="str").str.slice(0, 10))
    late = np.array([str(kind) > tomorrow[: len(kind)] for kind in kinds], dtype=bool)[which]
    early = np.array([str(kind) < "1700" for kind in kinds], dtype=bool)[which]
    for code, wrong in (("too-early", early & found.good), ("future-time", late & found.good)):
        found.good &= ~wrong
        for place in np.flatnonzero(wrong).tolist():
            found.problems.append(refusal(code, int(cells.index[place]), name, str(cells.iloc[place])))
    lost = ~found.good & (found.date == "")
    told = {problem.row for problem in found.problems}
    for place in np.flatnonzero(lost).tolist():
        if int(cells.index[place]) not in told:
            found.problems.append(refusal("bad-time", int(cells.index[place]), name, str(cells.iloc[place])))


def local_clock(cells: pd.Series[Any]) -> pd.Series[str]:
    """Return the local time of day ("14:50", "14:50:19"; "" if unknown or only in UTC).

    >>> local_clock(pd.Series(["08:15 AM", "2:50:19 pm", "07:16:00", "12:00Z", "06:10-0600", ""])).tolist()
    ['08:15', '14:50:19', '07:16:00', '', '06:10', '']
    >>> local_clock(pd.Series(["8.15", "8.3", "9", "9 Uhr", "kl. 10.05", "8h15"])).tolist()
    ['08:15', '08:30', '09:00', '09:00', '10:05', '08:15']
    """
    text = cells.fillna("").astype("str").str.strip().str.replace(_WORDS, "", regex=True)
    dotted = text.str.fullmatch(r"\d{1,2}[.,]\d\d").any()
    tens = text.str.fullmatch(r"\d{1,2}[.,][0-5]") if dotted else text.str.fullmatch("never")
    text = text.where(~tens, text + "0")  # a spreadsheet writes 8.30 as 8.3
    text = text.where(~text.str.fullmatch(r"\d{1,2}"), text + ":00")
    text = text.str.replace(r"^(\d{1,2}),(\d\d)$", r"\1:\2", regex=True)
    parts = text.str.extract(_CLOCK.pattern)
    hour = pd.to_numeric(parts["hour"], errors="coerce")
    half = parts["half"].fillna("").str[:1].str.lower()
    hour = hour.where(half != "p", hour % 12 + 12).where(half != "a", hour % 12)
    known = hour.notna() & (hour < 24) & ~parts["zone"].isin(["Z", "UTC", "+00:00", "+0000"])
    clock = hour.fillna(0).astype("int64").astype("str").str.zfill(2) + ":" + parts["minute"].fillna("00")
    return (
        (clock + parts["second"].fillna("").str.replace(".", ":", regex=False))
        .where(known, "")
        .astype("str")
        .reset_index(drop=True)
    )
