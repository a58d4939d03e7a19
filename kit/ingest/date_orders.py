"""Which number of a date is the day, the month, the year: decided over a whole column; instants of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kit.text import N_

Micro = NDArray[np.datetime64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: Orders of day, month and year in a date, with their names for people.
DATE_ORDERS = {
    "dmy": N_("day first, for example 31/12/2026"),
    "mdy": N_("month first, for example 12/31/2026"),
    "ymd": N_("year first, for example 2026-12-31"),
}
_DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


@dataclass(frozen=True)
class DateOrder:
    """Which number of the dates of a column is which.

    ``order`` is a key of :data:`DATE_ORDERS`, "" where every date starts with its year. Where nothing
    decides, ``undecided`` is a date that can be read in both ways and ``likely`` the order that was taken.
    """

    order: str = ""
    likely: str = ""
    undecided: str = ""


def order_dates(
    part: Mapping[str, Ints], matched: Bools, dots: Bools, answer: str, kinds: Sequence[str]
) -> tuple[DateOrder, Ints, Ints, Ints]:
    """Return the order of a column's dates, and their years, months and days.

    Parameters
    ----------
    part
        The numbers ``a b c h m s`` of each text (:func:`kit.ingest.time_forms.match_time`), -1 where missing.
    matched, dots
        Which texts are dates, and which have dots between the numbers (then the day is first).
    answer
        The order that a person gave, "" if none.
    kinds
        The texts themselves.

    >>> numbers = {"a": [10, 31], "b": [3, 3], "c": [4, 4], "h": [-1, -1], "m": [-1, -1], "s": [-1, -1]}
    >>> part = {name: np.array(of) for name, of in numbers.items()}
    >>> yes = np.array([True, True])
    >>> order, year, month, day = order_dates(part, yes, ~yes, "", ["10/03/04", "31/03/04"])
    >>> order.order, year.tolist(), month.tolist(), day.tolist()
    ('dmy', [2004, 2004], [3, 3], [10, 31])
    """
    a, b, c = part["a"], part["b"], part["c"]
    first = matched & (a > 31)
    last = matched & ~first
    if last.any() and (c[last] <= 31).all() and (answer == "ymd" or (not answer and _year_first(part, last))):
        return DateOrder("ymd"), century(a), b, c
    if not last.any():
        return DateOrder(), a, b, c
    if answer in ("dmy", "mdy"):
        found = DateOrder(answer)
    elif (a[last] > 12).any() or (b[last] > 12).any():
        found = DateOrder("dmy" if (a[last] > 12).sum() >= (b[last] > 12).sum() else "mdy")
    elif dots[last].all() or (a[last] == b[last]).all():
        found = DateOrder("dmy")
    elif runs := _running_on(part, last):
        found = DateOrder(runs)
    else:
        likely = _likely(part, last)
        found = DateOrder(likely, likely, kinds[int(np.flatnonzero(last & (a != b))[0])])
    day, month = (a, b) if found.order == "dmy" else (b, a)
    return found, np.where(first, a, century(c)), np.where(first, b, month), np.where(first, c, day)


def _year_first(part: Mapping[str, Ints], last: Bools) -> bool:
    """Tell whether dates such as 24/05/01 begin with the year: the last number changes most often.

    Only clock times that run on from day to day, in steps of a day at most, are proof of it.
    """
    a, b, c, hour = (part[name][last] for name in ("a", "b", "c", "h"))
    if len(c) < 3 or (hour < 0).any() or (b > 12).any() or (a == 0).any() or (b < 1).any() or (c < 1).any():
        return False
    often = [int((np.diff(numbers) != 0).sum()) for numbers in (a, b, c)]
    if often[2] <= max(often[:2]):
        return False
    times = instants(century(a), b, c, hour, part["m"][last], part["s"][last])
    return bool(np.median(np.abs(np.diff(times).astype(np.int64))) <= 86_400e6)


def _running_on(part: Mapping[str, Ints], last: Bools) -> str:
    """Return the order under which clock times run on from day to day, "" if that does not decide.

    A series with steps of less than two hours passes at least two midnights: under one order each is a step
    like the others, under the other one each is a month.
    """
    if (part["h"][last] < 0).any():
        return ""
    found = []
    for order in ("dmy", "mdy"):
        day, month = (part["a"], part["b"]) if order == "dmy" else (part["b"], part["a"])
        times = instants(
            century(part["c"])[last],
            month[last],
            day[last],
            part["h"][last],
            part["m"][last],
            part["s"][last],
        )
        steps = np.abs(np.diff(times).astype(np.int64)) / 1e6
        midnights = np.diff(times.astype("datetime64[D]").astype(np.int64)) != 0
        if midnights.sum() < 2 or np.median(steps) > 7200:
            return ""
        found.append((order, bool((steps[midnights] <= 7200).all()), bool((steps[midnights] > 2e6).all())))
    (one, runs, _), (other, also, _) = found
    if runs and found[1][2]:
        return one
    return other if also and found[0][2] else ""


def _likely(part: Mapping[str, Ints], last: Bools) -> str:
    """Return the order under which the times run on most evenly, to be offered first."""
    spans = {}
    for order in ("dmy", "mdy"):
        day, month = (part["a"], part["b"]) if order == "dmy" else (part["b"], part["a"])
        days = instants(
            century(part["c"])[last],
            month[last],
            day[last],
            *(np.zeros(int(last.sum()), dtype=np.int64),) * 3,
        )
        steps = np.abs(np.diff(days.astype(np.int64)))
        spans[order] = float(steps.sum()) if len(steps) else 0.0
    return "mdy" if spans["mdy"] < spans["dmy"] else "dmy"


def century(year: Ints) -> Ints:
    """Return years with four digits: 00 to 69 are 2000 to 2069, 70 to 99 are 1970 to 1999.

    Source: POSIX.1-2017, strptime(), %y (https://pubs.opengroup.org/onlinepubs/9699919799/).

    >>> century(np.array([4, 69, 70, 2026])).tolist()
    [2004, 2069, 1970, 2026]
    """
    return np.where(
        (year >= 0) & (year < 70), year + 2000, np.where((year >= 70) & (year < 100), year + 1900, year)
    )


def last_day(year: Ints, month: Ints) -> Ints:
    """Return the last day of each month (Gregorian calendar).

    >>> last_day(np.array([2024, 2026, 1900]), np.array([2, 2, 2])).tolist()
    [29, 28, 28]
    """
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    days: Ints = _DAYS[month - 1] + ((month == 2) & leap)
    return days


def instants(year: Ints, month: Ints, day: Ints, hour: Ints, minute: Ints, second: Ints) -> Micro:
    """Return instants (no zone) of real dates and clock times; a missing part of the clock (-1) counts as 0.

    >>> str(instants(*(np.array([part]) for part in (2026, 3, 1, 14, 30, -1)))[0])
    '2026-03-01T14:30:00.000000'
    """
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    seconds = (
        (day - 1) * 86400 + np.maximum(hour, 0) * 3600 + np.maximum(minute, 0) * 60 + np.maximum(second, 0)
    )
    instants: Micro = months.astype("datetime64[us]") + seconds.astype("timedelta64[s]")
    return instants
