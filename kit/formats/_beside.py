"""What a plain table says beside its values: a column of units behind each value, the end of each period."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from kit.formats import _words as words
from kit.formats._columns import is_unit, zone_in
from kit.formats._roles import Found
from kit.formats._words import plain_name
from kit.model import Column
from kit.text import N_

UNIT_OF = N_("the unit of the column before it")
_ZONE = re.compile(
    r"(time ?)?zone|tz|utc offset|aikavyöhyke|ajavöönd|zeitzone|tidszon|laika josla|laiko juosta"
)
_MIDNIGHT = re.compile(r"0?0[:.]00([:.]00)?")
_FORMS = ("ISO8601", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S")


def units_beside(columns: Sequence[Column], frame: pd.DataFrame) -> list[Column]:
    """Return the columns of a wide table, each value with the unit that stands in the column behind it.

    Only a column named as one of units whose cells are all one unit counts.

    >>> frame = pd.DataFrame({"Temp": ["21", "22"], "Unit": ["°C", "°C"]})
    >>> columns = [Column("Temp", "value"), Column("Unit", "note")]
    >>> [(c.name, c.role, c.unit) for c in units_beside(columns, frame)]
    [('Temp', 'value', '°C'), ('Unit', 'ignored', '')]
    """
    found = list(columns)
    for at in range(1, len(found)):
        before, column = found[at - 1], found[at]
        if before.role != "value" or before.unit or column.role not in ("note", "ignored", "value", "unit"):
            continue
        name = re.sub(r" \d+$", "", plain_name(column.name))
        if not words.UNIT.match(name) and not re.fullmatch(r".* units?", name):
            continue
        stated = [str(cell) for cell in frame[column.name].unique() if str(cell)]
        if len(stated) == 1 and is_unit(stated[0]):
            found[at - 1] = replace(before, unit=stated[0])
            found[at] = Column(column.name, "ignored", label=column.label, reason=UNIT_OF)
    return found


def stated_span(starts: pd.Series[str], ends: pd.Series[str]) -> int:
    """Return the seconds between two columns of times, 0 if it is not the same in all rows.

    >>> stated_span(pd.Series(["2024-05-01T09:00Z"] * 2), pd.Series(["2024-05-01T10:00Z"] * 2))
    3600
    """
    for form in _FORMS:
        first, last = (pd.to_datetime(c, format=form, errors="coerce", utc=True) for c in (starts, ends))
        spans = (last - first).dropna().dt.total_seconds().unique()
        if len(spans) == 1 and 0 < spans[0] <= 86_400 and spans[0] % 1 == 0:
            return int(spans[0])
    return 0


def zone_column(frame: pd.DataFrame) -> str:
    """Return the time zone that a column states for all rows alike, "" if none does.

    >>> zone_column(pd.DataFrame({"Klo": ["10:00", "11:00"], "Aikavyöhyke": ["UTC", "UTC"]}))
    'UTC'
    """
    for name in frame.columns:
        if _ZONE.fullmatch(plain_name(str(name))):
            stated = [str(cell) for cell in frame[name].unique() if str(cell)]
            return zone_in(stated[0]) if len(stated) == 1 else ""
    return ""


def runs(clock: Found) -> bool:
    """Tell whether a column of clocks says more than that each row is a day."""
    return not all(_MIDNIGHT.fullmatch(cell) for cell in clock.sample)
