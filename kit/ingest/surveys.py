"""What makes sightings comparable: surveys, their effort, and tables with a column per species.

A *survey* is one visit with one way of looking, named by ``eventID``. A row without a taxon and with an empty
``occurrenceStatus`` says "this survey was done" (with its effort, and whether it is complete): from it follow
the zeros of everything that it does not list. Such rows come from tables of visits or checklists, and from
rows that say that nothing was seen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kit.ingest.event_dates import local_clock
from kit.ingest.numbers import numbers
from kit.model import Column, Problem, RawTable
from kit.text import N_
from kit.vocab import fold

BAD_EFFORT = N_("Row {row}: a survey cannot have taken {value} (column {column}).")
MEND_EFFORT = N_("Write how long the survey took, or leave the cell empty.")
#: What people write where a survey found nothing (folded).
NOTHING = frozenset((
    "none", "nothing", "nothing seen", "no birds", "no species", "no butterflies", "nil", "-", "--", "0",
    "ei midagi", "ei nainud midagi", "mitte midagi", "puudub", "ei olnud", "linde polnud", "keine", "keiner",
    "nichts", "keine vogel", "ei mitaan", "ingenting", "inga", "nada", "rien", "nulle", "nichego",
))  # fmt: skip
_MINUTES = re.compile(
    r"^\s*(?P<n>\d+(?:[.,]\d+)?)\s*(?P<unit>min(?:ut\w*)?s?|m|h|hrs?|hours?|tundi?|std|stunden?"
    r"|мин\w*|хв\w*|час\w*|годин\w*|heures?|horas?|tuntia?|tim(?:mar?|me)?|stundas?|valandos?"
    r"|(?:(?:camera|trap|net)[ -]?){0,2}(?:days?|nights?)|d|(?:öö)?päeva?|tage?|nächte?|dygn|vrk"
    r"|jours?|nuits?|d[ií]as?|noches?|сут\w*|дн\w*|діб|доб\w*)\.?\s*$",
    re.I,
)
_DAYS = re.compile(r"day|night|p.eva?|tage?|n.chte?|dygn|vrk|jour|nuit|d[ií]a|noche|сут|дн|діб|доб|^d$", re.I)
#: Columns whose days are those of all cameras or traps together.
_OF_ALL = re.compile(
    r"camera|trap|kaamera|l[õo]ks|p[üu][üu]nis|falle|kamera|pi[èe]ge|c[áa]mara|ловуш|пастк|ansa"
)
#: Minutes of a year: where a row sums up a whole season, its effort is that of all observers together.
_YEAR = 366 * 1440
#: So many cameras or traps at most are of one survey.
_CAMERAS = 1000
#: Longer than this from one clock time to the next, and one of them is probably wrong.
_NIGHT = 16 * 60
_BOTH = re.compile(
    r"^\s*(\d{1,2})\s*(?::|h(?:ours?|rs?)?|t(?:undi?)?|std|stunden?)\s*(\d{1,2})(?:\s*m\w*)?\.?\s*$", re.I
)
_HOURS = re.compile(r"h(?:ou)?r?s?$|tund|st(?:un)?d|час|год|heure|hora|tunti|timm|stund|valand", re.I)


def column_of(table: RawTable, term: str) -> Column | None:
    """Return the column that holds a term of SIGHTINGS (or one that ingest asks for), None if none does."""
    return next((c for c in table.columns if c.label == term and c.role not in ("ignored", "personal")), None)


def text_of(table: RawTable, term: str) -> pd.Series[str]:
    """Return the cells of a term, numbered from 0, with single blanks; "" where there is no such column."""
    column = column_of(table, term)
    if column is None:
        return pd.Series([""] * len(table.frame), dtype="str")
    text = table.frame[column.name].fillna("").astype("str").str.strip().reset_index(drop=True)
    runs = text.str.contains(r"[^\S ]|  ")
    return text.str.replace(r"\s+", " ", regex=True) if runs.any() else text


def number_of(table: RawTable, term: str) -> NDArray[np.float64]:
    """Return the numbers of a term; NaN where there is none."""
    column = column_of(table, term)
    if column is None:
        return np.full(len(table.frame), np.nan)
    return numbers(table.frame[column.name], table.decimal, table.missing)[0]


def effort_minutes(table: RawTable, problems: list[Problem]) -> NDArray[np.float64]:
    """Return how long each survey took, in minutes; impossible numbers become NaN with a problem.

    Taken from a column of effort ("20", "20 min", "1,5 h", "0:45"; days count for each camera or trap), else
    from the clock times of start and end, else from Darwin Core's ``sampleSizeValue`` and ``sampleSizeUnit``
    (or duration, or effort), else from a ``samplingEffort`` such as "30 minutes".
    """
    column = column_of(table, "effort_minutes")
    if column is not None:
        values, unclear = numbers(table.frame[column.name], table.decimal, table.missing)
        minutes = values * {"h": 60, "d": 1440}.get(column.unit, 1)
        most = _YEAR
        if column.unit == "d":
            most = _YEAR * _CAMERAS
            if not _OF_ALL.search(column.name.lower()):
                minutes = minutes * np.fmax(number_of(table, "traps"), 1)
        if unclear.any():
            minutes[unclear] = said_minutes(table.frame[column.name][unclear].astype("str"))
        bad = (minutes < 0) | (minutes > most) | (unclear & np.isnan(minutes))
        return _told(table, column, minutes, bad, problems)
    end = column_of(table, "endTime")
    if end is not None and column_of(table, "eventTime") is not None:
        minutes = _between(text_of(table, "eventTime"), text_of(table, "endTime"))
        return _told(table, end, minutes, minutes > _NIGHT, problems)
    said = text_of(table, "samplingEffort")
    for name in ("samplingEffort", "eventDuration", "sampleSize"):
        pair = (text_of(table, f"{name}Value") + " " + text_of(table, f"{name}Unit")).str.strip()
        said = pair.where(pair.str.fullmatch(_MINUTES), said)
    if not (said != "").any():
        return np.full(len(said), np.nan)
    minutes = said_minutes(said)
    return np.where(minutes <= _YEAR, minutes, np.nan)


def said_minutes(texts: pd.Series[str]) -> NDArray[np.float64]:
    """Return the minutes in texts such as "20 min", "1,5 h", "0:45", "1 h 30 min", "2 days"; NaN for others.

    >>> said_minutes(pd.Series(["20 min", "1,5 tundi", "0:45", "1h 30min", "long"])).tolist()
    [20.0, 90.0, 45.0, 90.0, nan]
    >>> said_minutes(pd.Series(["2 trap-nights", "1 päev", "3 days"])).tolist()
    [2880.0, 1440.0, 4320.0]
    """
    parts = texts.str.extract(_MINUTES.pattern, flags=re.I)
    value = pd.to_numeric(parts["n"].str.replace(",", "."), errors="coerce").to_numpy(dtype=np.float64)
    unit = parts["unit"].fillna("")
    hours = unit.str.contains(_HOURS).to_numpy(dtype=bool)
    each = np.where(unit.str.contains(_DAYS).to_numpy(dtype=bool), 1440, np.where(hours, 60, 1))
    both = texts.str.extract(_BOTH.pattern, flags=re.I).apply(pd.to_numeric).to_numpy(dtype=np.float64)
    return np.where(np.isnan(value), both[:, 0] * 60 + both[:, 1], value * each)


def _told(
    table: RawTable,
    column: Column,
    minutes: NDArray[np.float64],
    bad: NDArray[np.bool_],
    problems: list[Problem],
) -> NDArray[np.float64]:
    """Return the minutes without the impossible ones, which are told."""
    for at in np.flatnonzero(bad).tolist():
        row, text = int(table.frame.index[at]), str(table.frame[column.name].iloc[at])
        problems.append(Problem("bad-effort", BAD_EFFORT, row, column.name, text, MEND_EFFORT))
    return np.where(bad, np.nan, minutes)


def _between(start: pd.Series[str], end: pd.Series[str]) -> NDArray[np.float64]:
    """Return the minutes from one clock time to another of the same night or day; NaN if one is missing."""
    clocks = [
        pd.to_timedelta((local_clock(cells) + ":00").str.slice(0, 8), errors="coerce")
        for cells in (start, end)
    ]
    minutes = ((clocks[1] - clocks[0]).dt.total_seconds() / 60).to_numpy(dtype=np.float64)
    return np.where(minutes < 0, minutes + 1440, np.where(minutes == 0, np.nan, minutes))


def nothing_seen(taxa: pd.Series[str]) -> NDArray[np.bool_]:
    """Tell in which rows the name of the taxon says that nothing was seen.

    >>> nothing_seen(pd.Series(["Parus major", "ei midagi", "None"])).tolist()
    [False, True, True]
    """
    which, kinds = pd.factorize(taxa)
    said = np.array([str(kind).strip().casefold() in NOTHING or fold(str(kind)) in NOTHING for kind in kinds])
    return said.astype(bool)[which] if len(kinds) else np.zeros(len(taxa), dtype=bool)


def taxon_columns(table: RawTable) -> list[Column]:
    """Return the columns of a wide table of counts, one per species; none for other tables."""
    if any(column.role == "taxon" for column in table.columns):
        return []
    return [c for c in table.columns if c.role == "count" and c.label != "individualCount"]


def apart(data: Mapping[str, Any]) -> Any:
    """Return the surveys' ids, with station and day where people began to number anew ("1", "2", "1", …)."""
    frame = pd.DataFrame({name: data[name] for name in ("eventID", "station", "eventDate")}).astype("str")
    where = frame["station"] + " " + frame["eventDate"]
    several = (where.groupby(frame["eventID"]).transform("nunique") > 1) & (frame["eventID"] != "")
    return frame["eventID"].where(~several, where + " " + frame["eventID"]).array


def numbered(events: Any, table: RawTable) -> Any:
    """Return the ids of the surveys of a wide table: rows with other counts are other surveys.

    Two pupils who counted on the same day for the same time at the same station made two surveys; a row that
    repeats another one is the same survey again.
    """
    names = pd.Series(events, dtype="str")
    cells = table.frame[[column.name for column in taxon_columns(table)]].astype("str").agg(";".join, axis=1)
    counts = pd.Series(cells.to_numpy(), index=names.index)
    first = pd.DataFrame({"name": names, "counts": counts}).drop_duplicates()
    number = (first.groupby("name").cumcount() + 1).rename("n")
    which = pd.MultiIndex.from_frame(first).get_indexer(pd.MultiIndex.from_arrays([names, counts]))
    place = number.to_numpy()[which]
    return np.where((place > 1) & (names != ""), names + " " + pd.Series(place).astype("str"), names)


def name_events(data: Mapping[str, Any], table: RawTable, visits: bool) -> Any:
    """Return ``eventID`` for tables without one: what tells a survey from others.

    Where effort stands beside the sightings, that is station, day, clock, effort and observers. A table of
    visits and the table of counts that belongs to it may tell different things; there it is station and day,
    and the clock only where a station has several on one day. Other tables have no surveys.
    """
    frame = pd.DataFrame({name: data[name] for name in ("station", "eventDate", "eventTime")}).astype("str")
    words = frame["station"] + " " + frame["eventDate"]
    rich = column_of(table, "effort_minutes") is not None or column_of(table, "complete") is not None
    if rich and not visits:
        words = words + " " + frame["eventTime"]
        for name, unit in (("effort_minutes", "min"), ("observers", "observers")):
            values = pd.Series(data[name], dtype="float64")
            words += np.where(values.isna(), "", " " + values.map("{:g}".format) + " " + unit)
        return words.array
    counted = any(c.role == "count" for c in table.columns) and any(
        c.role == "station" for c in table.columns
    )
    if not visits and (not (counted or taxon_columns(table)) or column_of(table, "occurrenceID") is not None):
        return [""] * len(frame)
    several = frame.groupby(["station", "eventDate"])["eventTime"].transform("nunique") > 1
    return words.where(~several, words + " " + frame["eventTime"]).array
