r"""Ambient Weather: the CSV export of ambientweather.net.

Sample (the newest row first; the units follow the account)::

    "Date","Simple Date","Outdoor Temperature (°F)","Humidity (%)","Daily Rain (in)","Feels Like (°F)"
    "2024-05-01T06:05:00+03:00","2024-05-01 06:05:00","46.6","91","0.02","44.1"

What the format defines
    The unit of every column stands in brackets. ``Date`` carries the offset of its time zone; older exports
    have one column ``Date`` of local times. "Relative" pressure is reduced to sea level, "Absolute" as
    measured. ``Humidity`` and ``Dew Point`` without a place are those outdoors.
Traps
    * "Event, Daily, Weekly, Monthly, Yearly, Total Rain" are running totals; "Hourly Rain (in/hr)" is a rate.
    * ``Sensor 1 Temperature`` … are extra sensors that may hang anywhere: ingest asks.
    * "Max Daily Gust" is the highest gust so far that day, "Avg Wind Speed (10 mins)" another average.
    * The degree sign is sometimes damaged ("Â°F").
    * The table of daily highs and lows has rows called Low, Average, High: it holds no readings.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from kit.errors import FileError
from kit.formats._delimited import no_rows, read_table
from kit.formats._format import Format, head_cells
from kit.formats._reasons import OTHER_TIME
from kit.formats._stations import station_column
from kit.model import Column, RawTable, Source
from kit.text import N_

_OWN = re.compile(
    r"simple date|ultra-violet radiation index|max daily gust"
    r"|\b(event|daily|weekly|monthly|yearly|total) rain"
    r"|relative pressure|outdoor temperature|feels like|outdoor battery",
    re.I,
)
_TIME = re.compile(r"(simple )?date( ?time)?$", re.I)
_TWICE = N_("the same quantity as another column")


def sniff(source: Source, head: str) -> float:
    """High if the table begins with ``Date`` and has the portal's own names."""
    for names in head_cells(head, 4):
        start = [name.lower() for name in names[:2]]
        if "date" not in start:
            continue
        own = {found[0].lower() for name in names if (found := _OWN.search(name))}
        if own & {"simple date", "ultra-violet radiation index", "max daily gust"} and len(own) >= 3:
            return 0.96
    return 0.0


def _is_header(cells: Sequence[str]) -> bool:
    return "date" in [cell.lower() for cell in cells[:2]] and len(cells) > 3


def parse(source: Source) -> RawTable:
    """Read an export of ambientweather.net; see the module for its rules."""
    table = read_table(source, _is_header)
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    kinds = table.frame.iloc[:, 0].str.lower()
    if len(kinds) and kinds.isin(("low", "average", "high")).all():
        raise FileError(
            "{file} is the table of daily highs and lows; it holds no readings.",
            do="Export the readings themselves: on ambientweather.net choose Download under the graph.",
            code="no-values", file=source.name,
        )  # fmt: skip
    columns: list[Column] = []
    timed = False
    for name in table.header:
        if _TIME.match(name):
            columns.append(
                Column(name, "ignored", label=name, reason=OTHER_TIME)
                if timed
                else Column(name, "time", label=name)
            )
            timed = True
            continue
        column = station_column(name.replace("Â°", "°"), table.frame[name])
        again = column.variable == "rain_rate" and any(c.variable == "rain_rate" for c in columns)
        column = replace(column, role="ignored", variable="", reason=_TWICE) if again else column
        columns.append(replace(column, name=name))
    return RawTable(
        "ambient-weather", "readings", table.frame, tuple(columns), decimal=table.decimal,
        missing=("--", "-"), blank=table.blank, refused=table.refused, around=table.around, notes=table.notes,
    )  # fmt: skip


FORMAT = Format(
    "ambient-weather", "Ambient Weather", '"Date","Simple Date","Outdoor Temperature (°F)",…', sniff, parse
)
