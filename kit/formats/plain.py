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

import re
from dataclasses import replace

import pandas as pd

from kit.errors import FileError
from kit.formats import _words as words
from kit.formats._beside import runs, stated_span, stated_stamp, units_beside, zone_column
from kit.formats._by_place import by_place
from kit.formats._columns import zone_in
from kit.formats._decode import Note
from kit.formats._delimited import Table, no_rows, read_table
from kit.formats._elapsed import elapsed_unit, is_span, runs_on
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
from kit.formats._reasons import OTHER_TIME
from kit.formats._roles import Found, compact, dense_month, look, reading_column, sighting_column, whole
from kit.formats._surveys import count_column, is_visits, names_only, species_columns, undated
from kit.formats._tidy import tidy
from kit.formats._times import clock_text, from_epoch, from_excel, join_clock, join_day_clock, join_parts
from kit.formats._turned import turned_readings
from kit.formats._words_nature import ENTERED
from kit.model import Column, RawTable, Source
from kit.text import N_
from kit.vocab.durations import duration_unit


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
        plan = _find_time(source, table, found)
    except FileError:
        dated = dated_above(table) if main is not None or species_columns(found) else None
        dated = turned(source) if dated is None else dated
        if dated is None:
            raise undated(source, table, found, main) from None
        table, found, main = species_of(dated, look(dated))
        plan = _find_time(source, table, found)
    if plan.kind == "day" and (dated := dated_above(table)) is not None:
        table, found = dated, look(dated)
        plan = _find_time(source, table, found)
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


class _Plan:
    """How the time is made: ``parts`` are the columns in use, ``kind`` says how they are put together."""

    def __init__(self, kind: str, parts: list[Found], others: list[Found]) -> None:
        self.kind, self.parts, self.others = kind, parts, others

    @property
    def names(self) -> list[str]:
        return [part.name for part in self.parts]


def _find_time(source: Source, table: Table, found: list[Found]) -> _Plan:
    times = [
        column for column in found if column.shape == "datetime" and not words.NOT_TIME.search(column.plain)
    ]
    parts = _date_parts(found)
    epochs = [column for column in found if column.shape == "number" and _epoch(column, table)]
    dense = [
        column for column in found if column.shape == "number" and compact(column) and _says_time(column)
    ]
    clocks = [column for column in found if column.shape == "clock" or _is_hour(column)]
    clocks = [column for column in clocks if not words.NOT_CLOCK.search(column.plain)]
    dates = [column for column in found if column.shape == "date" and not words.NOT_TIME.search(column.plain)]
    dates += dense
    months = [column for column in found if column.shape == "month"]
    months += [
        column for column in found if column.shape == "number" and _says_time(column) and dense_month(column)
    ]
    if any(not _is_entry(column) for column in times + dates):
        times, dates = ([c for c in some if not _is_entry(c)] for some in (times, dates))
    if epochs and not any(column.utc for column in times):
        return _Plan("epoch", epochs[:1], times + dates + clocks + parts)
    excel = [column for column in found if column.shape == "number" and _counts_days(column)]
    if excel and not times and not dates:
        return _Plan("excel", excel[:1], excel[1:] + clocks + parts)
    if times:
        best = max(times, key=lambda column: _rank(column, found))
        return _Plan("time", [best], [*(time for time in times if time is not best), *dates, *clocks, *parts])
    if dates:
        best = max(dates, key=lambda c: (c.shape == "date", not words.END.search(c.plain), -found.index(c)))
        rest = [column for column in dates if column is not best]
        if compact(best) and len(best.sample[0]) > 8:
            return _Plan("time", [best], rest)
        clocks = sorted(clocks, key=lambda column: bool(words.END.search(column.plain)))
        clock = next((column for column in clocks if column is not best), None)
        if clock is not None:
            return _Plan("clock", [best, clock], [*rest, *(c for c in clocks if c is not clock), *parts])
        return _Plan("date", [best], [*rest, *parts])
    if len(parts) == 3 and (clock := next((one for one in clocks if one not in parts and runs(one)), None)):
        return _Plan("day clock", [*parts, clock], months)
    if len(parts) >= 2:
        return _Plan("parts", parts, months)
    if months:
        return _Plan("date", months[:1], months[1:])
    if parts and words.YEAR.match(parts[0].plain):
        return _Plan("date", parts[:1], [])
    elapsed = _elapsed(found)
    if elapsed is not None:
        return _Plan("elapsed", [elapsed], [])
    day = [column for column in clocks if column.shape == "clock"]
    if day:
        return _Plan("day", day[:1], day[1:])
    raise no_times(source, table, found)


def _elapsed(found: list[Found]) -> Found | None:
    """The column that counts time from the start of a run: one with a unit of time before one without."""
    named = [(column, *elapsed_unit(column.name)) for column in found if column.shape in ("number", "clock")]
    sure = [column for column, fits, unit in named if fits and (unit or is_span(column.sample))]
    likely = [column for column, fits, _ in named if fits and column.shape == "number"]
    likely = [column for column in likely if runs_on(column.sample)]
    return next(iter([*sure, *likely]), None)


def _is_entry(column: Found) -> bool:
    """Tell whether a column says when a record was typed in, which is not when anything was seen."""
    return bool(ENTERED.search(column.plain))


def _says_time(column: Found) -> bool:
    return bool(words.TIME.match(column.plain) or words.DATE.match(column.plain))


def _is_hour(column: Found) -> bool:
    if words.HOUR.match(column.plain):
        return whole(column, 0, 24) or whole(column, 0, 2400)
    if not words.CLOCK.match(column.plain):
        return False
    return whole(column, 0, 235959) and all(int(cell[-2:]) < 60 for cell in column.sample if cell.isdigit())


def _epoch(column: Found, table: Table) -> bool:
    if not _says_time(column) or words.NOT_TIME.search(column.plain):
        return False
    return from_epoch(pd.Series(column.sample, dtype="str")) is not None


def _counts_days(column: Found) -> bool:
    """Tell whether a column named as one of times holds days as spreadsheets count them (45352.5)."""
    if not _says_time(column) or words.NOT_TIME.search(column.plain) or duration_unit(column.unit):
        return False
    return from_excel(pd.Series(column.sample, dtype="str")) is not None


def _rank(column: Found, found: list[Found]) -> tuple[bool, bool, bool, bool, int]:
    """Prefer UTC, then the start of a period, then a name that says time, then the leftmost."""
    utc = column.utc or zone_in(column.name) == "UTC"
    return (utc, column.offset, not words.END.search(column.plain), _says_time(column), -found.index(column))


def _date_parts(found: list[Found]) -> list[Found]:
    """Columns year, month, day, hour, minute, second, as far as they go without a gap."""
    parts: list[Found] = []
    rules = (
        (words.YEAR, 1500, 2200), (words.MONTH, 1, 12), (words.DAY, 1, 31), (words.HOUR, 0, 24),
        (words.MINUTE, 0, 59), (words.SECOND, 0, 60),
    )  # fmt: skip
    for pattern, low, high in rules:
        part = next(
            (c for c in found if c.shape == "number" and pattern.match(c.plain) and whole(c, low, high)), None
        )
        if part is None:
            break
        parts.append(part)
    return parts


def _columns_of(plan: _Plan, column: Column, name: str) -> Column:
    """A column, unless it is (or could have been) the time."""
    if name in plan.names:
        if plan.kind == "elapsed":
            return Column(name, "elapsed", label=column.label or name, unit=elapsed_unit(name)[1])
        role = {"time": "time", "epoch": "time", "excel": "time", "date": "date"}.get(plan.kind, "ignored")
        if plan.kind == "day":
            role = "clock"
        if plan.kind == "clock":
            role = "date" if name == plan.names[0] else "clock"
        return Column(name, role, label=column.label)  # type: ignore[arg-type]
    if plan.kind == "elapsed" and words.RUN.match(words.plain_name(name)) and column.role != "personal":
        return Column(name, "run", label=column.label or name)
    if name in {other.name for other in plan.others}:
        return Column(name, "ignored", label=column.label, reason=OTHER_TIME)
    return column


def _join(
    frame: pd.DataFrame, columns: list[Column], plan: _Plan
) -> tuple[pd.DataFrame, list[Column], list[Note]]:
    if plan.kind == "clock":
        frame, columns, note = join_clock(frame, columns, *plan.names)
        return frame, columns, [note]
    if plan.kind == "day":
        return frame.assign(**{plan.names[0]: clock_text(frame[plan.names[0]])}), columns, []
    if plan.kind == "parts":
        frame, columns, note = join_parts(frame, columns, plan.names)
        return frame, columns, [note]
    if plan.kind == "day clock":
        frame, columns, note = join_day_clock(frame, columns, plan.names)
        return frame, columns, [note]
    if plan.kind == "epoch":
        text = from_epoch(frame[plan.names[0]])
        if text is not None:
            frame = frame.assign(**{plan.names[0]: text})
        return (
            frame,
            columns,
            [(N_("Column {column} counts time since 1970 in UTC."), {"column": plan.names[0]})],
        )
    if plan.kind == "excel":
        text = from_excel(frame[plan.names[0]])
        frame = frame if text is None else frame.assign(**{plan.names[0]: text})
        counted = N_("Column {column} counts days as spreadsheets do; its numbers became dates.")
        return frame, columns, [(counted, {"column": plan.names[0]})]
    return frame, columns, []


def _zone(plan: _Plan, table: Table) -> str:
    first = plan.parts[0]
    if plan.kind == "epoch" or first.utc:
        return "UTC"
    if first.offset:
        offsets = {cell[-6:] if cell[-3] == ":" else cell[-5:-2] + ":" + cell[-2:] for cell in first.sample}
        return offsets.pop() if len(offsets) == 1 else "UTC"
    return zone_in(plan.names) or zone_column(table.frame) or zone_in(table.preamble)


def _readings(source: Source, table: Table, found: list[Found], plan: _Plan) -> RawTable:
    used = {*plan.names, *(other.name for other in plan.others)}
    free = [column for column in found if column.name not in used]
    labels = any(words.LABEL.match(c.plain) and c.shape == "text" for c in free)
    long = labels and any(words.VALUE.match(c.plain) and c.shape == "number" for c in free)
    columns = [_columns_of(plan, reading_column(column, long), column.name) for column in found]
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
    frame, columns, joined = _join(table.frame, columns, plan)
    period = _period(plan, table)
    if period in (0, 86_400):
        start = " + ".join(plan.names) if plan.kind == "clock" else plan.names[0]
        frame, columns = with_ends(frame, columns, plan.kind, plan.others, start)
    ends = words.END.search(plan.parts[0].plain) or stated_stamp([*table.preamble, *plan.names])[0]
    return RawTable(
        "plain", "readings", frame, tuple(columns), zone=_zone(plan, table), stamp="end" if ends else "start",
        period=period, decimal=table.decimal, missing=missing, blank=table.blank,
        refused=table.refused, around=table.around, notes=(*table.notes, *joined, *notes),
    )  # fmt: skip


def _period(plan: _Plan, table: Table) -> int:
    """The averaging period that the table states: days for a table of dates, else what stands above it."""
    if plan.kind == "excel" and not any(re.search(r"[.,]\d*[1-9]", cell) for cell in plan.parts[0].sample):
        return 86_400
    if (
        plan.kind == "date"
        and plan.parts[0].shape in ("date", "number")
        and not words.YEAR.match(plan.parts[0].plain)
    ):
        return 86_400
    if plan.kind == "parts" and len(plan.parts) == 3:
        return 86_400
    if plan.kind == "time" and (until := next((c for c in plan.others if words.END.search(c.plain)), None)):
        return stated_span(table.frame[plan.parts[0].name], table.frame[until.name])
    return stated_stamp([*table.preamble, *plan.names])[1]


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
    table: Table, found: list[Found], main: Found | None, plan: _Plan, species: list[str]
) -> RawTable:
    columns = [
        count_column(column.name, column.label) if column.name in species
        else _columns_of(plan, sighting_column(column, main), column.name)
        for column in found
    ]  # fmt: skip
    columns = finish(_once(without_metres(columns, found)), found, main)
    frame, columns = with_degrees(table.frame, columns, found)
    decimal, notes = sign_without(table, columns), grid_notes(columns)
    if plan.kind in ("parts", "epoch", "excel", "day clock"):
        frame, columns, joined = _join(frame, columns, plan)
        notes += joined
    terms = {"time": "eventDate", "date": "eventDate", "clock": "eventTime"}
    columns = [replace(c, label=terms[c.role]) if c.role in terms else c for c in columns]
    return RawTable(
        "plain", "sightings", frame, tuple(columns), zone=_zone(plan, table), decimal=decimal,
        blank=table.blank, refused=table.refused, around=table.around, notes=(*table.notes, *notes),
    )  # fmt: skip


FORMAT = Format("plain", "plain table", "date, time, temperature, …", sniff, parse)
