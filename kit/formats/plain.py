r"""A plain table: any delimited text or workbook (.xlsx, .ods, .xls) with a header. The last resort.

Sample (everything here is found out, and reported in the notes)::

    School garden, station 2
    Kuupäev;Kell;Temp (°C);PM2.5 µg/m³;
    1.05.2024;10:00;14,2;5,1;
    1.05.2024;11:00;-999;5,3;

What is found out
    Encoding, separator (``;`` tab ``,`` ``|`` or runs of blanks), decimal sign, lines above and below the
    table, the header (one or two rows), a row of units or units inside names, empty columns and rows.
Time
    One column of times; or a date and a clock column; or year, month, day, hour; or seconds (milliseconds)
    since 1970; or, where there is no clock at all, time since the start of a run (``Time (s)``, ``aeg``),
    perhaps with a column that numbers the runs: ingest asks when they started. A column of UTC times is
    preferred to local ones, which are then ignored: UTC has no repeated hour in autumn. Cells with an offset
    ("+02:00") carry it themselves. Months ("2024-05") and years stay as they are. A table of dates without a
    clock is one of daily values (period 86 400 s); otherwise nothing is stated (0). Times stay text: ingest
    finds the order of day and month.
Values
    Wide (one column per variable) or long (a column with the name of the variable, one with the value,
    perhaps one with the unit). Numbers like -999 or -200 that stand far outside everything else in each
    column where they occur, more than once, are taken for "missing" and reported.
Places
    A column such as ``station``, ``site``, ``origin`` names the station; ``lat``/``lon`` are coordinates.
    Columns may be places or sensors each ("roof: PM2.5", "Tartu", a row of places above the names).
Left out
    Headers that are repeated, lines of totals and means, the smaller of two tables below one another: each
    with a note. A table with the times in its header is turned.
Sightings
    A column of species makes it a table of sightings (with count, effort, survey, complete list where there
    are such columns). So do columns named after species, with counts below ("Great tit", "Harakas"). A table
    of sites and dates without any reading is one of visits: each row is a survey. Species in the rows and
    days in the columns are turned; one date above the table counts for every row; genus and epithet in two
    columns are one name (``_life``).
Traps
    Names in brackets are not always units ("CO(GT)"). Empty columns at the end come from separators at the
    ends of lines. Rows with more or fewer cells than the header are refused by number, never shifted.
    Columns with names of people or free text are personal.
"""

from __future__ import annotations

from dataclasses import replace

from kit.errors import FileError
from kit.formats import _words as words
from kit.formats._beside import stated_stamp, units_beside
from kit.formats._by_place import by_place
from kit.formats._delimited import Table, no_rows, read_table
from kit.formats._format import Format
from kit.formats._intervals import with_ends
from kit.formats._layout import is_date
from kit.formats._life import (
    check_once,
    counts_nothing,
    dated_above,
    finish,
    grid_notes,
    no_names,
    sign_without,
    species_of,
    turned,
    with_degrees,
    without_metres,
)
from kit.formats._missing import missing_codes
from kit.formats._no_times import no_times
from kit.formats._plan import Plan, find_time, join_time, period_of, with_role, zone_of
from kit.formats._roles import Found, look, reading_column, sighting_column
from kit.formats._surveys import count_column, is_visits, names_only, species_columns, undated
from kit.formats._tidy import tidy
from kit.formats._turned import turned_readings
from kit.model import Column, RawTable, Source


def sniff(source: Source, head: str) -> float:
    """Always a little: a plain table is what a file is when it is nothing else."""
    return 0.1


def parse(source: Source) -> RawTable:
    """Read a plain table; see the module for what is found out."""
    try:
        table = read_table(source)
    except FileError:
        other = turned(source) or turned_readings(source)
        if other is None:
            raise
        table = other
    if table.frame.empty:
        raise no_rows(source.name)
    found = look(table)
    table, found, main = species_of(table, found)
    if main is None:
        neat = tidy(table, found)
        if neat is not table:
            table, found = neat, look(neat)
    if table.frame.empty:
        raise no_rows(source.name)
    if sum(map(is_date, table.header)) >= 3 and (other := turned_readings(source)) is not None:
        table, found = other, look(other)
    try:
        plan = find_time(source, table, found)
    except FileError:
        dated = dated_above(table) if main is not None or species_columns(found) else None
        dated = turned(source) if dated is None else dated
        if dated is None:
            raise undated(source, table, found, main) from None
        table, found, main = species_of(dated, look(dated))
        plan = find_time(source, table, found)
    if plan.kind == "day" and (dated := dated_above(table)) is not None:
        table, found = dated, look(dated)
        plan = find_time(source, table, found)
    species = species_columns(found) if main is None else []
    visits = main is None and is_visits(found, plan.names, plan.kind)
    check_once(source, species)
    if main is not None or species or visits:
        if plan.kind in ("elapsed", "day"):
            raise names_only(source, found) if main is not None else no_times(source, table, found)
        if visits and not species and counts_nothing(found):
            raise no_names(source, found)
        return _sightings(table, found, main, plan, species)
    return _readings(source, table, found, plan)


def _readings(source: Source, table: Table, found: list[Found], plan: Plan) -> RawTable:
    used = {*plan.names, *(other.name for other in plan.others)}
    free = [column for column in found if column.name not in used]
    labels = any(words.LABEL.match(c.plain) and c.shape == "text" for c in free)
    long = labels and any(words.VALUE.match(c.plain) and c.shape == "number" for c in free)
    columns = [with_role(plan, reading_column(column, long), column.name) for column in found]
    columns = _once(columns)
    if not any(column.role in ("station", "label") for column in columns):
        columns = by_place(columns, table.preamble)
    columns = columns if long else units_beside(columns, table.frame)
    if not any(column.role == "value" for column in columns):
        raise FileError(
            "{file} holds times but no column of numbers beside them.", why="Its columns are: {columns}.",
            do="Check that the file holds readings.", code="no-values", file=source.name,
            columns=", ".join(column.name for column in columns[:12]),
        )  # fmt: skip
    missing, notes = missing_codes(table, [column.name for column in columns if column.role == "value"])
    frame, columns, joined = join_time(table.frame, columns, plan)
    period = period_of(plan, table)
    if period in (0, 86_400):
        start = " + ".join(plan.names) if plan.kind == "clock" else plan.names[0]
        frame, columns = with_ends(frame, columns, plan.kind, plan.others, start)
    ends = words.END.search(plan.parts[0].plain) or stated_stamp([*table.preamble, *plan.names])[0]
    return RawTable(
        "plain", "readings", frame, tuple(columns), zone=zone_of(plan, table),
        stamp="end" if ends else "start", period=period, decimal=table.decimal, missing=missing,
        blank=table.blank, refused=table.refused, around=table.around, notes=(*table.notes, *joined, *notes),
    )  # fmt: skip


def _once(columns: list[Column]) -> list[Column]:
    """Keep one column for station, sensor and each coordinate; the others are notes."""
    seen: set[str] = set()
    found = []
    for column in columns:
        single = column.role in (
            "station", "sensor", "latitude", "longitude", "elevation", "label", "unit", "run"
        )  # fmt: skip
        if single and column.role in seen:
            column = Column(column.name, "note", label=column.label)
        seen.add(column.role)
        found.append(column)
    return found


def _sightings(
    table: Table, found: list[Found], main: Found | None, plan: Plan, species: list[str]
) -> RawTable:
    columns = [
        count_column(column.name, column.label) if column.name in species
        else with_role(plan, sighting_column(column, main), column.name)
        for column in found
    ]  # fmt: skip
    columns = finish(_once(without_metres(columns, found)), found, main)
    frame, columns = with_degrees(table.frame, columns, found)
    decimal, notes = sign_without(table, columns), grid_notes(columns)
    if plan.kind in ("parts", "epoch", "excel", "day clock"):
        frame, columns, joined = join_time(frame, columns, plan)
        notes += joined
    terms = {"time": "eventDate", "date": "eventDate", "clock": "eventTime"}
    columns = [replace(c, label=terms[c.role]) if c.role in terms else c for c in columns]
    return RawTable(
        "plain", "sightings", frame, tuple(columns), zone=zone_of(plan, table), decimal=decimal,
        blank=table.blank, refused=table.refused, around=table.around, notes=(*table.notes, *notes),
    )  # fmt: skip


FORMAT = Format("plain", "plain table", "date, time, temperature, …", sniff, parse)
