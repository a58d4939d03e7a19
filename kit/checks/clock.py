"""Device clocks: never set, run on from the date that the factory gave them, set back."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kit.model import Flag

Ints = NDArray[np.int64]
Flags = NDArray[np.int8]
Bools = NDArray[np.bool_]
_DAY = np.timedelta64(86_400_000_000, "us")
_NAT = np.datetime64("NaT", "us")


def _stretches(time: NDArray[Any], series: Ints, jump: np.timedelta64) -> tuple[Ints, Ints]:
    """Return first and last place of every stretch without a jump (either way) in the order of the file."""
    step = np.diff(time)
    new = (series[1:] != series[:-1]) | (step > jump) | (step < -jump)
    first = np.flatnonzero(np.r_[True, new])
    return first, np.r_[first[1:], len(time)] - 1


def factory_dates(time: NDArray[Any], years: tuple[float, ...]) -> list[np.datetime64]:
    """Return the first days of those factory years near which (two days) there are times, in any order.

    >>> factory_dates(np.array(["2000-01-02", "NaT"], "M8[us]"), (1970.0, 2000.0))
    [np.datetime64('2000-01-01T00:00:00.000000')]
    """
    first, last = np.fmin.reduce(time, initial=_NAT), np.fmax.reduce(time, initial=_NAT)
    zeros = [np.datetime64(f"{int(year):04d}-01-01", "us") for year in years]
    zeros = [zero for zero in zeros if first - 2 * _DAY <= zero <= last + 2 * _DAY]
    return [zero for zero in zeros if (np.abs(time - zero) <= 2 * _DAY).any()]


def factory_clock(
    time: NDArray[Any],
    series: Ints,
    years: tuple[float, ...],
    jump_days: float,
    lone_days: float,
    lone_step: float,
    quick_step: float = 3,
) -> Flags:
    """Flag times of a clock that was never set and runs on from the first day of a factory year.

    Parameters
    ----------
    time
        ``datetime64[us]`` in UTC, in the order of the file; series after series (``series``: a number each).
    years
        The years with whose first day devices begin (1970, 2000 ...). A day before and after it belong to it,
        for the time zone.
    jump_days
        A stretch that begins at a factory date is wrong (4) when the clock jumps further than this before
        or after it: nobody measures for minutes and again years later.
    quick_step
        That holds for stretches shorter than ``lone_days`` of devices whose usual step is at most so many
        hours: tables of days, months and years, and old series with a pause, truly begin on such days.
    lone_days, lone_step
        A series that is one such stretch, shorter than ``lone_days`` and with steps below ``lone_step``
        hours, is suspect (3): it may be true. Longer ones stay: old series begin on such days.

    >>> t = np.array(["2000-01-01T00:00", "2000-01-01T00:05", "2024-05-01T10:00"], "M8[us]")
    >>> factory_clock(t, np.zeros(3, int), (2000.0,), 180, 60, 1).tolist()
    [4, 4, 1]
    >>> factory_clock(t[:2], np.zeros(2, int), (2000.0,), 180, 60, 1).tolist()
    [3, 3]
    >>> yearly = np.array(["1970-01-01", "1971-01-01", "1972-01-01"], "M8[us]")
    >>> factory_clock(yearly, np.zeros(3, int), (1970.0,), 180, 60, 1).tolist()
    [1, 1, 1]
    """
    flag = np.full(len(time), Flag.GOOD, dtype=np.int8)
    zeros = factory_dates(time, years)
    if not zeros:
        return flag
    first, last = _stretches(time, series, np.timedelta64(round(jump_days * 86_400_000_000), "us"))
    rising = time[last] >= time[first]
    start = np.where(rising, time[first], time[last])
    born = np.any([np.abs(start - zero) <= _DAY for zero in zeros], axis=0)
    follows = np.r_[False, series[first[1:]] == series[first[:-1]]]
    followed = np.r_[follows[1:], False]
    lasts = np.abs(time[last] - time[first])
    steps = np.maximum(last - first, 1)
    pace = np.where(last > first, lasts / steps, np.timedelta64(2**62, "us"))
    own = np.r_[0, np.cumsum(~follows[1:])]
    usual = np.minimum.reduceat(pace, np.flatnonzero(~follows))[own]  # a single row goes by its series
    short = born & (lasts < np.timedelta64(round(lone_days * 86_400_000_000), "us"))
    lone = ~follows & ~followed & (pace < np.timedelta64(round(lone_step * 3_600_000_000), "us"))
    pace = np.where(last > first, pace, usual)
    wrong = (follows | followed) & (pace <= np.timedelta64(round(quick_step * 3_600_000_000), "us"))
    level = np.where(short & wrong, Flag.FAIL, np.where(short & lone, Flag.SUSPECT, Flag.GOOD))
    return np.repeat(level.astype(np.int8), last - first + 1)


def set_back(
    time: NDArray[Any], series: Ints, least_seconds: float, share: float, most: float, least: float
) -> Flags:
    """Flag the readings of times that a clock ran through twice with 3: those after it jumped back.

    The series must rise otherwise, or its file is newest-first or unsorted: it has ``least`` readings, and at
    most ``share`` of its steps (one is always allowed) and ``most`` go back. Steps of less than
    ``least_seconds`` are corrections of the clock. Earlier times than any before are pieces put together in
    another order, and a time that the file repeats exactly is a repeated row: both stay.

    >>> t = np.array(["T10:00", "T11:00", "T12:00", "T10:30", "T11:30", "T12:30"])
    >>> t = np.array(["2026-03-01" + x for x in t], "M8[us]")
    >>> set_back(t, np.zeros(6, int), 60, 0.02, 5, 6).tolist()
    [1, 1, 1, 3, 3, 1]
    """
    flag = np.full(len(time), Flag.GOOD, dtype=np.int8)
    if len(time) < 2:
        return flag
    stamp = time.astype(np.int64)
    same = series[1:] == series[:-1]
    back = same & (np.diff(stamp) < -round(least_seconds * 1e6))
    if not back.any():
        return flag
    first = np.flatnonzero(np.r_[True, ~same])
    jumps = np.add.reduceat(np.r_[back, False], first)
    count = np.diff(np.r_[first, len(time)])
    few = (jumps > 0) & (jumps <= np.minimum(np.maximum(share * count, 1), most)) & (count >= least)
    for start, size in zip(first[few].tolist(), count[few].tolist(), strict=True):
        mine = stamp[start : start + size]
        known, often = np.unique(mine, return_counts=True)
        again = np.zeros(size, dtype=bool)
        pieces = np.r_[np.flatnonzero(back[start : start + size - 1]) + 1, size]
        for first_of, end_of in pairwise(pieces.tolist()):  # few: each begins with a jump
            before, piece = mine[:first_of], mine[first_of:end_of]
            again[first_of:end_of] = (piece > before.min()) & (piece < before.max())
        repeated = np.isin(mine, known[often > 1])
        flag[start : start + size][again & ~repeated] = Flag.SUSPECT
    return flag
