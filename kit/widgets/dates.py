"""Fields for days and moments: the browser's own, worked with keys and in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kit.classroom.panel import controls, named
from kit.dataset.dates import first_day, last_day


def date_field(
    words: str, day: str = "", changed: Callable[[Any], None] | None = None, *, last: bool = False
) -> Any:
    """Return a field for a day, with its words; ``day`` is a date, a month or a year ("" for none).

    Of a month or year it shows the first day (with ``last`` the last one).
    """
    value = (last_day if last else first_day)(day) if day else None
    field = controls().DatePicker(value=value)
    if changed is not None:
        field.observe(changed, names="value")
    return named(field, words)


def day_of(field: Any) -> str:
    """Return the day in a field as text, "" for none."""
    return str(field.value.isoformat()) if field.value else ""


def moment_field(words: str) -> Any:
    """Return a field for a day and a clock time, with its words."""
    return named(controls().NaiveDatetimePicker(), words)
