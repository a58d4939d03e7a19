"""Which columns of a plain table are its time, and how they are put together; its zone and period."""

from __future__ import annotations

import re

import pandas as pd

from kit.formats import _words as words
from kit.formats._beside import runs, stated_span, stated_stamp, zone_column
from kit.formats._columns import zone_in
from kit.formats._decode import Note
from kit.formats._delimited import Table
from kit.formats._elapsed import elapsed_unit, is_span, runs_on
from kit.formats._no_times import no_times
from kit.formats._reasons import OTHER_TIME
from kit.formats._roles import Found, compact, dense_month, whole
from kit.formats._times import clock_text, from_epoch, from_excel, join_clock, join_day_clock, join_parts
from kit.formats._words_nature import ENTERED
from kit.model import Column, Source
from kit.text import N_
from kit.vocab.durations import duration_unit


class Plan:
    """How the time is made: ``parts`` are the columns in use, ``kind`` says how they are put together."""

    def __init__(self, kind: str, parts: list[Found], others: list[Found]) -> None:
        self.kind, self.parts, self.others = kind, parts, others

    @property
    def names(self) -> list[str]:
        return [part.name for part in self.parts]


def find_time(source: Source, table: Table, found: list[Found]) -> Plan:
    """Return the plan for a table's times.

    Raises :class:`kit.errors.FileError` when no column says when.
    """
    times = [
        column for column in found if column.shape == "datetime" and not words.NOT_TIME.search(column.plain)
    ]
    parts = _date_parts(found)
    epochs = [column for column in found if column.shape == "number" and _epoch(column)]
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
        return Plan("epoch", epochs[:1], times + dates + clocks + parts)
    excel = [column for column in found if column.shape == "number" and _counts_days(column)]
    if excel and not times and not dates:
        return Plan("excel", excel[:1], excel[1:] + clocks + parts)
    if times:
        best = max(times, key=lambda column: _rank(column, found))
        return Plan("time", [best], [*(time for time in times if time is not best), *dates, *clocks, *parts])
    if dates:
        best = max(dates, key=lambda c: (c.shape == "date", not words.END.search(c.plain), -found.index(c)))
        rest = [column for column in dates if column is not best]
        if compact(best) and len(best.sample[0]) > 8:
            return Plan("time", [best], rest)
        clocks = sorted(clocks, key=lambda column: bool(words.END.search(column.plain)))
        clock = next((column for column in clocks if column is not best), None)
        if clock is not None:
            return Plan("clock", [best, clock], [*rest, *(c for c in clocks if c is not clock), *parts])
        return Plan("date", [best], [*rest, *parts])
    if len(parts) == 3 and (clock := next((one for one in clocks if one not in parts and runs(one)), None)):
        return Plan("day clock", [*parts, clock], months)
    if len(parts) >= 2:
        return Plan("parts", parts, months)
    if months:
        return Plan("date", months[:1], months[1:])
    if parts and words.YEAR.match(parts[0].plain):
        return Plan("date", parts[:1], [])
    elapsed = _elapsed(found)
    if elapsed is not None:
        return Plan("elapsed", [elapsed], [])
    day = [column for column in clocks if column.shape == "clock"]
    if day:
        return Plan("day", day[:1], day[1:])
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
    return whole(column, 0, 235959) and all(int(cell[-2:]) < 60 for cell in column.sample if cell.isdecimal())


def _epoch(column: Found) -> bool:
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


def with_role(plan: Plan, column: Column, name: str) -> Column:
    """Return a column, unless it is (or could have been) the time: then with that role."""
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


def join_time(
    frame: pd.DataFrame, columns: list[Column], plan: Plan
) -> tuple[pd.DataFrame, list[Column], list[Note]]:
    """Return the frame and its columns with the parts of the time as one column, and what was done."""
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


def zone_of(plan: Plan, table: Table) -> str:
    """Return the zone that the table states: an offset, a column, its names or the lines above ("": none)."""
    first = plan.parts[0]
    if plan.kind == "epoch" or first.utc:
        return "UTC"
    if first.offset:
        offsets = {cell[-6:] if cell[-3] == ":" else cell[-5:-2] + ":" + cell[-2:] for cell in first.sample}
        return offsets.pop() if len(offsets) == 1 else "UTC"
    return zone_in(plan.names) or zone_column(table.frame) or zone_in(table.preamble)


def period_of(plan: Plan, table: Table) -> int:
    """Return the averaging period (s) that the table states: a day for dates, else what stands above it."""
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
