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
from kit.vocab.durations import SECONDS, duration_unit

UNIT_OF = N_("the unit of the column before it")
_ZONE = re.compile(
    r"(time ?)?zone|tz|utc offset|aikavyöhyke|ajavöönd|zeitzone|tidszon|laika josla|laiko juosta"
)
_MIDNIGHT = re.compile(r"0?0[:.]00([:.]00)?")
_FORMS = ("ISO8601", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S")
#: Times stand at the end of their period; how long it is ("5 minute averages", "Time Resolution: 5 minutes").
_ENDING = re.compile(
    r"end of (the )?(averaging )?(period|interval|hour)|(period|interval|hour|time)s? ?ending|intervallende"
    r"|ende (des|der) (intervalls|zeitraums|stunde)|(perioodi|ajavahemiku|tunni) lõp"
    r"|конец (периода|интервала|часа)|кінець (періоду|інтервалу|години)",
    re.I,
)
_AVERAGED = re.compile(
    r"averag|(?<!\w)means?(?!\w)|(end|start) of|ending|mittelwert|keskm|средн|середн", re.I
)
_SPAN = r"(?P<{0}n>\d+(?:[.,]\d+)?)[ -]?(?P<{0}u>[^\W\d_]+)"
_LONG = re.compile(
    r"(?:resolution|averag\w*|mittelwerte?|auflösung|keskmis\w*)[^\d\n]{0,24}?" + _SPAN.format("a")
    + "|" + _SPAN.format("b") + r"[ -]?(?:averages?|averaged|means?|mittelwert|keskmis)", re.I,
)  # fmt: skip
_HOURLY = re.compile(
    r"hourly (mean|average|value)|hours? ending|1[ -]?h(our)? (mean|average)|tunni ?keskmi|stundenmittel",
    re.I,
)


def stated_stamp(texts: Sequence[str]) -> tuple[bool, int]:
    """Return whether the texts around a table say that times end their periods, and the period in seconds.

    The step of a logger alone is no averaging period: 0.

    >>> stated_stamp(["Time Resolution: 5 minutes / Averaging Method: End of Period"])
    (True, 300)
    >>> stated_stamp(["Hourly means"]), stated_stamp(["Resolution: 5 minutes"])
    ((False, 3600), (False, 0))
    """
    text = " ".join(texts)
    ending = bool(_ENDING.search(text))
    if _HOURLY.search(text):
        return ending, 3_600
    for found in _LONG.finditer(text) if _AVERAGED.search(text) else ():
        number, unit = found["an"] or found["bn"], duration_unit(found["au"] or found["bu"])
        seconds = float(number.replace(",", ".")) * SECONDS.get(unit, 0.0)
        if 0 < seconds <= 86_400:
            return ending, round(seconds)
    return ending, 0


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
