"""Which columns are running totals of rain, and which of one gauge is taken (``amounts``: what follows).

A column is a running total if its name, its numbers and the period of the table agree (``vocab/counters.py``
knows the names). The rain of each record is better than any of them; of several counters of one gauge the
longest-running consistent one is taken: it resets least.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kit.model import MONTH, YEAR
from kit.text import N_
from kit.vocab import counter_of, fold, unit

if TYPE_CHECKING:
    from kit.ingest.meanings import Columns, Meaning
    from kit.model import Column, RawTable

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: When a counter starts again; of one gauge the first of these that is consistent is taken. The answers to
#: ``variable.<column>`` say that a column is such a counter.
SPANS = ("total", "year", "month", "week", "day", "event", "hour")
ANSWERS = {f"rain-{span}": span for span in SPANS}
TAKEN: Mapping[str, str] = {
    "": N_("the rain of each record was taken instead"),
    "total": N_("a running total; the one that never starts again was taken instead"),
    "year": N_("a running total; that of the year was taken instead"),
    "month": N_("a running total; that of the month was taken instead"),
    "week": N_("a running total; that of the week was taken instead"),
    "day": N_("a running total; that of the day was taken instead"),
    "event": N_("a running total; that of the shower was taken instead"),
    "hour": N_("a running total; that of the hour was taken instead"),
}


def span_of(label: str, unit_text: str, values: Floats, period: int) -> tuple[str, bool]:
    """Return the span of the running total in a column of a plain table ("": none), and if that is sure.

    The name, the numbers and the period of the table must agree.

    >>> span_of("Daily rain", "mm", np.array([0.0, 0.2, 0.4]), 0)
    ('day', True)
    >>> span_of("Daily rain", "mm", np.array([0.0, 0.2, 0.4]), 86_400)
    ('', True)
    """
    span = counter_of(label)
    known = unit(unit_text) if unit_text.strip() else None
    if not span or (known is not None and known.dimension == "rain rate"):
        return "", True
    if is_total_of_period(label, period):
        return "", True
    steps, share = rises(values)
    if span in ("total", "hour") or period >= 86_400:
        return span, steps >= 5 and share >= 0.95
    return span, steps < 3 or share >= 0.8


def is_total_of_period(label: str, period: int) -> bool:
    """Tell whether a name says the total of the table's own period (seconds).

    >>> is_total_of_period("Daily rain", 86_400), is_total_of_period("Daily rain", 600)
    (True, False)
    """
    spans = {"day": (86_400,), "month": (MONTH,), "year": (YEAR,)}
    return period in spans.get(counter_of(label), ())


def rises(values: Floats) -> tuple[int, float]:
    """Return how many records with rain have a next one, and in which share that has the same or more.

    Forwards or backwards in the file, whichever share is larger.

    >>> rises(np.array([0.0, 0.2, 0.4, 0.4, 0.0])), rises(np.array([0.4, 0.4, 0.2, 0.0]))
    ((3, 0.6666666666666666), (2, 1.0))
    """
    known = values[np.isfinite(values)]
    best = (0, 0.0)
    for run in (known, known[::-1]):
        wet = run[:-1] > 0
        if wet.any():
            best = max(
                best, (int(wet.sum()), float((run[1:] >= run[:-1])[wet].mean())), key=lambda one: one[1]
            )
    return best


def unit_in_name(column: Column) -> str:
    """Return the text of the unit of a counter: stated, in brackets, or at the end of the name.

    >>> from kit.model import Column
    >>> [unit_in_name(Column(name, "value")) for name in ("Rain (mm)", "dailyrainin", "Rain")]
    ['mm', 'in', '']
    """
    if column.unit.strip():
        return column.unit
    label = column.label or column.name
    found = re.search(r"[(\[]([^()\[\]]+)[)\]]\s*$", label) or re.search(r"[\s_]([^\s_]+)$", label)
    if found and unit(found[1]) is not None:
        return found[1].strip()
    ending = re.search(r"rain(?:fall)?(in|mm)$", fold(label))
    return ending[1] if ending else ""


def series_of_rows(table: RawTable) -> Ints | None:
    """Return the number of the station and sensor of each row, None where there is only one."""
    names = [column.name for column in table.columns if column.role in ("station", "sensor")]
    if not names or table.frame.empty:
        return None
    numbers = np.zeros(len(table.frame), dtype=np.int64)
    for name in names:
        codes, kinds = pd.factorize(table.frame[name])
        numbers = numbers * (len(kinds) + 1) + codes
    numbers = pd.factorize(numbers)[0].astype(np.int64)
    return numbers if numbers.max() > 0 else None


def one_by_one(part: Meaning, found: Columns) -> Floats:
    """Return the values of a part with those of one station and sensor together."""
    if found.series is None:
        return part.values
    return part.values[np.argsort(found.series[part.cells], kind="stable")]


def choose(found: Columns) -> None:
    """Keep one source of rain per gauge: the rain of each record, else the best of its counters."""
    gauges: dict[str, list[Meaning]] = {}
    for part in found.meanings:
        if part.variable == "rain":
            gauges.setdefault(part.sensor, []).append(part)
    for parts in gauges.values():
        counters = [part for part in parts if part.counter]
        if not counters or len(parts) == 1:
            continue
        plain = any(not part.counter and np.isfinite(part.values).any() for part in parts)
        taken = None if plain else _best(counters, found)
        for part in counters:
            if part is not taken and (
                taken is None or part.column != taken.column or part.name != taken.name
            ):
                found.meanings.remove(part)
                found.ignored[part.name] = TAKEN[taken.counter if taken else ""]


def _best(counters: Sequence[Meaning], found: Columns) -> Meaning:
    ranked = sorted(counters, key=lambda part: SPANS.index(part.counter))
    stats = [_quality(one_by_one(part, found)) for part in ranked]
    most = max(count for count, _, _ in stats)
    grown = max(growth for count, _, growth in stats)
    fewest = min((drops for count, drops, _ in stats if count >= 0.8 * most), default=0)
    for part, (count, drops, growth) in zip(ranked, stats, strict=True):
        if count >= 0.8 * most and drops <= fewest + 2 and (growth >= 0.5 * grown or grown == 0):
            return part
    return ranked[-1]


def _quality(values: Floats) -> tuple[int, int, float]:
    """Return how many values there are, how often they drop, and how much they rise in all."""
    known = values[np.isfinite(values)]
    step = np.diff(known)
    if (step < 0).sum() > (step > 0).sum():
        step = -step[::-1]
    return len(known), int((step < 0).sum()), float(step[step > 0].sum())
