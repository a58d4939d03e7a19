r"""Tables written by hand in kit's own template (``kit template``), as workbook or CSV.

Sample (of the kind ``weather``; names and numbers invented)::

    kit:weather,date,time,station,air temperature (°C),rain (mm)
    example,2026-05-01,14:00,school/roof,12.5,0.4
    ,2026-05-02,14:00,school/roof,13.0,

What the format defines
    The first cell of the header is ``kit:`` and the kind of template. Every other column is known by its
    name, in any language of kit, so that nothing has to be asked: date, time, station, the names of variables
    with their units, and for sightings species, count, minutes, observers and whether the list is complete.
Traps
    A row with anything in its first cell is an example or crossed out: it is left out and counted as empty.
    Columns that a class adds are read as those of any plain table. Cells of dates in a workbook are dates; in
    text files people write them in their own order, which ingest finds or asks. Where no time was written the
    row is refused by its number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import pandas as pd

from kit.formats import plain
from kit.formats._columns import split_unit
from kit.formats._delimited import no_rows
from kit.formats._format import Format
from kit.formats._source import is_workbook
from kit.formats._workbook import sheets
from kit.model import Column, RawTable, Role, Source
from kit.text import N_, RECEIPT_LANGUAGES, tr
from kit.vocab import fold, variable, variables

FIRST = "kit:"
_HEAD = re.compile(r'^\ufeff?"?kit:([a-z]+)"?\s*[,;\t]')
MARK = N_("rows with something in it are examples and are left out")
LEFT_OUT = N_("Example rows and crossed-out rows that were left out: {n}.")


@dataclass(frozen=True)
class Term:
    """A column of a template that is no variable: its English name, and what it is."""

    name: str
    role: Role
    label: str = ""
    unit: str = ""


DATE, TIME = Term(N_("date"), "date"), Term(N_("time"), "clock")
STATION = Term(N_("station"), "station")
SPECIES = Term(N_("species"), "taxon", "vernacularName")
COUNT = Term(N_("count"), "count", "individualCount")
MINUTES = Term(N_("minutes"), "effort", "effort_minutes", "min")
OBSERVERS = Term(N_("number of observers"), "effort", "observers")
COMPLETE = Term(N_("complete list"), "note", "complete")
TERMS = (DATE, TIME, STATION, SPECIES, COUNT, MINUTES, OBSERVERS, COMPLETE)
_SIGHTINGS = (SPECIES, COUNT, MINUTES, OBSERVERS, COMPLETE)

#: Kinds of template: the variables, or for sightings the terms, that stand beside date, time and station.
KINDS: dict[str, tuple[str | Term, ...]] = {
    "weather": (
        "temperature", "humidity", "pressure", "rain", "wind_speed", "wind_direction", "snow_depth",
    ),
    "air": ("pm25", "pm10", "no2", "o3", "co2", "temperature", "humidity"),
    "water": ("water_temperature", "water_ph", "dissolved_oxygen", "water_conductivity"),
    "noise": ("noise",),
    "birds": _SIGHTINGS,
    "plants": _SIGHTINGS,
    "insects": _SIGHTINGS,
}  # fmt: skip


def header(kind: str, lang: str | None = None) -> list[str]:
    """Return the names of a template's columns.

    >>> header("noise", "en")
    ['kit:noise', 'date', 'time', 'station', 'sound level (dB)']
    """
    own = [_name(item, lang) for item in KINDS[kind]]
    return [f"{FIRST}{kind}", *(tr(term.name, lang) for term in (DATE, TIME, STATION)), *own]


def _name(item: str | Term, lang: str | None) -> str:
    if isinstance(item, Term):
        return tr(item.name, lang)
    known = variable(item)
    return f"{known.name(lang)} ({known.symbol})" if known.symbol else known.name(lang)


@cache
def _terms() -> dict[str, Term]:
    return {fold(tr(term.name, code)): term for code in RECEIPT_LANGUAGES for term in TERMS}


@cache
def _variables() -> dict[str, tuple[str, str]]:
    """Return the heads of columns, with their unit and without, and what they mean: (variable, unit)."""
    listed = {name for items in KINDS.values() for name in items if isinstance(name, str)}
    every = sorted(variables().values(), key=lambda one: one.id in listed)
    short = {fold(one.name(code)): (one.id, "") for one in every for code in RECEIPT_LANGUAGES}
    return short | {
        fold(_name(one.id, code)): (one.id, one.unit) for one in every for code in RECEIPT_LANGUAGES
    }


def sniff(source: Source, head: str) -> float:
    """Sure if the first cell is ``kit:`` and a kind."""
    found = _HEAD.match(head.lstrip())
    return 0.99 if found and found[1] in KINDS else 0.0


def parse(source: Source) -> RawTable:
    """Read a filled-in template; see the module for its rules."""
    table = plain.parse(_own_sheet(source))
    first = table.columns[0].name
    marked = table.frame[first] != ""
    frame = table.frame[~marked]
    if frame.empty and not table.refused:
        raise no_rows(source.name)
    if table.kind == "readings":
        frame = _without_midnights(frame, table.columns)
    notes = [*table.notes]
    if marked.any():
        notes.append((LEFT_OUT, {"n": int(marked.sum())}))
    columns = _known(table.columns, first, frame.columns)
    return replace(
        table, format=FORMAT.id, frame=frame, columns=columns, blank=table.blank + int(marked.sum()),
        notes=tuple(notes), period=0,
    )  # fmt: skip


def _own_sheet(source: Source) -> Source:
    """Return the template's own sheet of a workbook as text; the others are its instructions."""
    if not is_workbook(source.data):
        return source
    text = next((text for _, text in sheets(source) if _HEAD.match(text.lstrip())), "")
    return Source(source.name, text.encode()) if text else source


def _without_midnights(frame: pd.DataFrame, columns: Sequence[Column]) -> pd.DataFrame:
    """Return the table with no time where only the date was written: it was not at midnight."""
    joined = next((c.name for c in columns if c.role == "time" and " + " in c.name), "")
    clock = joined.rpartition(" + ")[2]
    if not joined or clock not in frame:
        return frame
    return frame.assign(**{joined: frame[joined].where(frame[clock] != "", "")})


def _known(columns: Iterable[Column], first: str, names: Iterable[str]) -> tuple[Column, ...]:
    there = set(names)
    found = []
    for column in columns:
        known = column
        label, unit = split_unit(column.name)
        term = _terms().get(fold(label or column.name))
        if column.name == first:
            known = Column(first, "ignored", reason=MARK)
        elif column.role in ("time", "date", "clock") or column.name not in there:
            pass
        elif term is not None and term.role not in ("date", "clock"):
            known = Column(column.name, term.role, label=term.label or label, unit=term.unit)
        elif column.role in ("value", "note", "label"):
            known = _value(column, label, unit)
        found.append(known)
    return tuple(found)


def _value(column: Column, label: str, unit: str) -> Column:
    """Return a column of values as the template defines it; another unit in its head counts."""
    for head, stated in ((column.name, ""), (label, unit)):
        variable_id, own = _variables().get(fold(head), ("", ""))
        if variable_id:
            return Column(column.name, "value", label, variable_id, stated or own)
    return column


FORMAT = Format("kit-template", "kit template", "kit:weather,date,time,station", sniff, parse)
