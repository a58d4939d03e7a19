"""Local dates of a station: since and until."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from kit.errors import UsageError
from kit.model import Station

Day = str | date | None


def first_day(since: Day) -> date | None:
    """Return the first day of a date, month or year.

    >>> first_day("2026-02"), first_day("2026")
    (datetime.date(2026, 2, 1), datetime.date(2026, 1, 1))
    """
    return None if since is None else _span(since)[0]


def last_day(until: Day) -> date | None:
    """Return the last day of a date, month or year.

    >>> last_day("2026-02"), last_day("2026-02-03")
    (datetime.date(2026, 2, 28), datetime.date(2026, 2, 3))
    """
    return None if until is None else _span(until)[1]


def _span(text: str | date) -> tuple[date, date]:
    if isinstance(text, datetime):
        return text.date(), text.date()
    if isinstance(text, date):
        return text, text
    try:
        if re.fullmatch(r"\d{4}", text):
            return date(int(text), 1, 1), date(int(text), 12, 31)
        if re.fullmatch(r"\d{4}-\d\d", text):
            start = date.fromisoformat(text + "-01")
            return start, (start + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return date.fromisoformat(text), date.fromisoformat(text)
    except (ValueError, OverflowError):
        pass
    raise UsageError(
        "{date} is not a date.",
        do="Write a day as 2026-03-01, a month as 2026-03, a year as 2026.",
        code="date", date=str(text),
    )  # fmt: skip


def start_of(day: date, zone: str) -> datetime:
    """Return when a local standard day begins, in naive UTC (a station without a zone: the UTC day).

    >>> start_of(date(2026, 7, 1), "Europe/Tallinn")
    datetime.datetime(2026, 6, 30, 22, 0)
    """
    import numpy as np

    from kit.aggregate.zones import standard_offset

    midnight = np.array([np.datetime64(day, "us").astype(np.int64)])
    seconds = int(standard_offset(zone, midnight)[0]) if zone else 0
    return datetime(day.year, day.month, day.day) - timedelta(seconds=seconds)


def borders(
    stations: Iterable[Station], since: date | None, until: date | None
) -> dict[tuple[datetime | None, datetime | None], list[str]]:
    """Return the stations by the UTC borders (from, before) that the local dates mean for them."""
    found: dict[tuple[datetime | None, datetime | None], list[str]] = {}
    for station in stations:
        low = start_of(since, station.zone) if since else None
        high = start_of(until + timedelta(days=1), station.zone) if until else None
        found.setdefault((low, high), []).append(station.id)
    return found
