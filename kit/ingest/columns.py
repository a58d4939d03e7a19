"""From the columns (or labels) of a table to variables and units, with a question where nobody can tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kit.ingest.column_units import find_units, ucum
from kit.ingest.counters import (
    ANSWERS,
    choose,
    is_total_of_period,
    one_by_one,
    span_of,
    unit_in_name,
)
from kit.ingest.doubts import ASK_COUNTER, ASK_UNLIKELY, is_counter, unlikely
from kit.ingest.foreign import measured_cells
from kit.ingest.meanings import Columns, Meaning
from kit.ingest.numbers import numbers
from kit.ingest.several import shared
from kit.ingest.slugs import slug
from kit.model import Column, Question, RawTable
from kit.text import N_
from kit.vocab import (
    SLIDING,
    also,
    compass,
    convertible,
    o_in_name,
    recognise,
    sliding_hours,
    suggest,
    unclear_o,
    unit,
    variable,
    variables,
    why_not,
)

IGNORE = "ignore"
NO_VALUES = N_("the column has no values")
TEXT = N_("the column holds text, not numbers")
BY_ANSWER = N_("you said that it should be left out")
NOT_VALUE = N_("not a reading")
ASK_VARIABLE = N_("What does the column {column} hold?")
ASK_ALL = N_("What do the columns {columns} hold? One answer is for all of them.")
#: The question that is asked once for the columns of several places or sensors.
ALL_VARIABLES = "variable.*"
LEAVE_OUT = N_("leave this column out")
AS_COUNTER = N_("rain, as a running total: kit takes what was added from reading to reading")
_CALM = frozenset(("calm", "vrb", "var", "variable", "still", "windstill", "tuuletu", "tuulevaikus"))


def read_columns(table: RawTable, answers: Mapping[str, str]) -> Columns:
    """Return what the columns of a table of readings hold."""
    found = Columns(table)
    for column in table.columns:
        if column.role in ("ignored", "note", "event") and column.label != "sensor_type":
            found.ignored[column.name] = column.reason or NOT_VALUE
    parts = (
        _labelled(table, answers) if any(c.role == "label" for c in table.columns) else _wide(table, answers)
    )
    open_parts = []
    together = shared(table)
    for_all = answers.get(ALL_VARIABLES, "")
    for column, part in parts:
        given = answers if column.name not in together else {f"variable.{part.name}": for_all, **answers}
        _name(found, part, column, given, table.period if column.period is None else column.period)
        if not part.variable:
            open_parts.append((column, part))
    if together and for_all:
        found.used = {k: v for k, v in found.used.items() if k in answers} | {ALL_VARIABLES: for_all}
    elif together and {part.name for _, part in open_parts} >= together:
        _ask_for_all(found, table, together, open_parts)
    if not found.meanings and not found.questions:
        for column, part in open_parts:
            if found.ignored.get(part.name) not in (NO_VALUES, TEXT, BY_ANSWER):
                found.ignored.pop(part.name, None)
                found.questions.append(_ask_variable(part.name, column.unit, ""))
    choose(found)
    find_units(found, {part.name: column for column, part in parts}, answers)
    _sensors(found.meanings, {column.name: column.station for column in table.columns})
    return found


def _wide(table: RawTable, answers: Mapping[str, str]) -> Sequence[tuple[Column, Meaning]]:
    found = []
    cells = measured_cells(table)
    for column in table.columns:
        if column.role == "value":
            part = _part(table, column, column.name, cells[column.name], answers)
            found.append((column, part))
    return found


def _labelled(table: RawTable, answers: Mapping[str, str]) -> Sequence[tuple[Column, Meaning]]:
    """One meaning per label (and unit) of a long table."""
    label = next(c.name for c in table.columns if c.role == "label")
    unit_column = next((c.name for c in table.columns if c.role == "unit"), None)
    found = []
    for column in table.columns:
        if column.role != "value":
            continue
        labels = table.frame[label].astype("str")
        stated = table.frame[unit_column].astype("str") if unit_column else pd.Series("", index=labels.index)
        groups = pd.DataFrame({"label": labels, "unit": stated}).reset_index(drop=True)
        for (name, text), group in groups.groupby(["label", "unit"], sort=False):
            one = replace(column, label=str(name), unit=str(text) or column.unit, variable="")
            found.append((one, _part(table, one, str(name), group.index.to_numpy(), answers)))
    return found


def _part(
    table: RawTable, column: Column, name: str, at: NDArray[np.int64], answers: Mapping[str, str]
) -> Meaning:
    """Return the values of a column (or of one label in it), compass points among them as degrees."""
    cells = table.frame[column.name]
    if len(at) != len(cells):
        cells = cells.iloc[at]
    values, bad = numbers(cells, table.decimal, table.missing)
    written = None if pd.api.types.is_numeric_dtype(cells.dtype) else cells
    part = Meaning(name, column.name, at, values, bad, sensor=column.sensor or "1", written=written)
    match = recognise(column.label) if bad.any() and column.variable != "wind_direction" else None
    if bad.any() and (column.variable == "wind_direction" or (match and match.variable == "wind_direction")):
        text = cells.iloc[np.flatnonzero(bad)].astype("str")
        which, kinds = pd.factorize(text)
        points = [str(kind) for kind in kinds]
        o = answers.get(f"unit.{name}", "").removeprefix("compass-o-")
        o = o if o in ("east", "west") else o_in_name(column.label or name)
        degrees = compass(points, o)[which]
        part.unclear_o = unclear_o(points) and o not in ("east", "west")
        calm = np.array([kind.strip().casefold() in _CALM for kind in points])[which]
        values[bad] = degrees
        bad[bad] = np.isnan(degrees) & ~calm
    return part


def _name(found: Columns, part: Meaning, column: Column, answers: Mapping[str, str], period: int) -> None:
    """Give a part its variable, or the reason why it has none, or a question."""
    given = answers.get(f"variable.{part.name}", "")
    label = column.label or column.name
    if given:
        found.used[f"variable.{part.name}"] = given
        if given == IGNORE:
            found.ignored[part.name] = BY_ANSWER
            return
        part.counter = ANSWERS.get(given, "")
        part.variable = "rain" if part.counter else variable(given).id
        match = recognise(label, column.unit)
        part.unit = match.unit if match and match.variable == part.variable else ucum(unit_in_name(column))
    elif np.isnan(part.values).all() and not part.bad.any() and not _is_known_label(part, column, label):
        found.ignored[part.name] = NO_VALUES
    elif column.variable:
        part.variable, part.unit, part.counter = column.variable, ucum(column.unit), column.counter
    elif not _is_counter(found, part, column, label, period):
        match = recognise(label, column.unit)
        if part.bad.mean() > 0.5 and not (match and match.sure):
            found.ignored[part.name] = TEXT
        elif match is None:
            found.ignored[part.name] = column.reason or why_not(label, column.unit)
        elif unlikely(part.values, match):
            found.questions.append(_ask_variable(part.name, column.unit, match.variable, ASK_UNLIKELY))
        elif match.variable == "rain" and is_counter(part.values):
            found.questions.append(_ask_variable(part.name, column.unit, match.variable, ASK_COUNTER))
        elif not match.sure:
            found.questions.append(_ask_variable(part.name, column.unit, match.variable))
        else:
            part.variable, part.unit = match.variable, match.unit
    if part.variable:
        found.meanings.append(part)


def _is_known_label(part: Meaning, column: Column, label: str) -> bool:
    """Tell whether a label of a long table surely means a variable: its empty cells are missing values."""
    match = recognise(label, column.unit) if part.name != part.column else None
    return match is not None and match.sure and bool(match.unit)


def _is_counter(found: Columns, part: Meaning, column: Column, label: str, period: int) -> bool:
    """Tell whether the name says that a part is a running total of rain, and settle or ask it then."""
    stated = unit_in_name(column)
    values = one_by_one(part, found)
    if hours := sliding_hours(label):
        if period == hours * 3600:
            part.variable, part.unit = "rain", ucum(stated)
        else:
            found.ignored[part.name] = SLIDING
        return True
    span, sure = (column.counter, True) if column.counter else span_of(label, stated, values, period)
    if not span:
        if not is_total_of_period(label, period):
            return False
        part.variable, part.unit = "rain", ucum(stated)
    elif sure:
        part.variable, part.unit, part.counter = "rain", ucum(stated), span
    else:
        found.questions.append(_ask_variable(part.name, stated, "rain", ASK_COUNTER))
    return True


def _ask_variable(name: str, unit_text: str, likely: str, text: str = ASK_VARIABLE) -> Question:
    """Ask what a column holds; "ignore" is among the first options, nothing is likely without a name.

    Where the numbers speak against the name (``text`` says so), leaving the column out is likely.
    """
    known, others = unit(unit_text) if unit_text.strip() else None, also(name)
    fitting = [v for v in variables().values() if known is None or convertible(known, v.id)] or list(
        variables().values()
    )
    if likely:
        group = variable(likely)
        alike = [v for v in fitting if v.group == group.group and v.unit == group.unit]
        fitting = [v for v in fitting if v.id in others] + alike
    close = suggest(name, [v.id for v in fitting])
    order = sorted(fitting, key=lambda v: (v.id != likely, v.id not in others, v.id not in close))
    options = [(v.id, v.names["en"]) for v in order]
    if text == ASK_COUNTER:
        options.insert(0, ("rain-total", AS_COUNTER))
    doubtful = text != ASK_VARIABLE
    nearest = sum(v.id in close for v in order)
    options.insert(
        1 if text == ASK_COUNTER else 0 if doubtful else 1 if likely else nearest, (IGNORE, LEAVE_OUT)
    )
    params = {"column": name} | ({"variable": likely} if doubtful else {})
    likely = options[0][0] if doubtful else likely
    return Question(f"variable.{name}", text, tuple(options), likely, params)


def _ask_for_all(
    found: Columns, table: RawTable, together: set[str], parts: Sequence[tuple[Column, Meaning]]
) -> None:
    """Ask once what the columns of several places or sensors hold."""
    column, part = next((column, part) for column, part in parts if column.name in together)
    names = [column.name for column in table.columns if column.name in together]
    for name in names:
        found.ignored.pop(name, None)
    asked = _ask_variable(part.name, column.unit, "")
    shown = ", ".join(names[:4]) + (", …" if len(names) > 4 else "")
    found.questions.append(replace(asked, id=ALL_VARIABLES, text=ASK_ALL, params={"columns": shown}))


def _sensors(meanings: Sequence[Meaning], stations: Mapping[str, str]) -> None:
    """Two columns of one variable from one sensor are two sensors, named after their columns."""
    together: dict[tuple[str, str, str], list[Meaning]] = {}
    for part in meanings:
        key = (part.variable, part.sensor, stations.get(part.column, ""))
        together.setdefault(key, []).append(part)
    for parts in together.values():
        columns = {part.name for part in parts}
        if len(columns) > 1:
            for part in parts:
                part.sensor = slug(part.name)
