"""From hours to local standard days, from days to months and years."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kit.aggregate.groups import (
    DAY,
    FRAME,
    LARGEST,
    MICRO,
    SUM,
    TURNED,
    VECTOR,
    Groups,
    best,
    combine,
    extremes,
    from_stamps,
    kinds,
    sorting,
    stamps,
)  # fmt: skip
from kit.aggregate.hours import COMPLETE, mean_direction, usable
from kit.aggregate.sums import fill_gaps
from kit.aggregate.wind import SPEEDS_NEEDED
from kit.aggregate.zones import dates, local_stamps
from kit.model import Station

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: Readings over this many days or more stand for a whole month, or for a whole year.
MONTH_LIKE, OVER_A_MONTH, YEAR_LIKE = 28, 31, 360
_CENTURIES = 100_000  # days


def daily(hours: pd.DataFrame, stations: Mapping[str, Station]) -> pd.DataFrame:
    """Aggregate hours to local standard days (midnight to midnight without daylight saving).

    A day needs 18 of its 24 hours, else its value is NaN (``coverage`` is still given). Sums are given
    as soon as there is one hour, and are marked ``at_least`` unless every hour is complete. Where the
    offset is no whole hour (India), an hour belongs to the date in which it began. The
    day's ``min`` and ``max`` are those of its hourly values. Readings of a whole day count as they
    are, on the date in which they began (before noon; after noon: the next date); readings over
    several days pass through.

    Parameters
    ----------
    hours
        Frame from :func:`hourly` or :func:`merge_sensors`.
    stations
        Stations by id, for their time zones.

    Returns
    -------
    pandas.DataFrame
        Columns ``FRAME``; ``time`` is the local date, ``n`` the number of hours, ``span`` in days.

    Raises
    ------
    UsageError
        For a station without a time zone.
    """
    period = hours["period"].to_numpy(dtype=np.int64)
    local = local_stamps(stamps(hours["time"].to_numpy()), hours["station"].array, stations)
    day, longer = dates(local), period > DAY
    if (period >= DAY).any():
        day = np.where(period < DAY, day, dates(local + DAY * MICRO // 2 - 1))
    short = period < DAY
    if short.all():
        return _step(hours, day, short, 24.0, DAY)
    steps = best_of([_step(hours, day, short, 24.0, DAY), _step(hours, day, period == DAY, 24.0, DAY)])
    if not longer.any():
        return steps
    rest = hours[longer].copy()
    rest["time"] = from_stamps(day[longer] * (DAY * MICRO))
    rest["span"] = period[longer] / DAY
    return by_name(pd.concat([steps, rest], ignore_index=True))


def monthly(days: pd.DataFrame) -> pd.DataFrame:
    """Aggregate local days to months: 75 % of the days, else NaN; sums need every day or are "at least".

    Readings over several days belong to the month of their middle; those over 28 to 31 days are that month.
    Sums over several days between days (rain across a gap) are added to these.
    Longer ones pass through. Columns as in :func:`daily`; ``time`` is the first of the month, ``n``
    the number of days.
    """
    period = days["period"].to_numpy(dtype=np.int64)
    target, length = _calendar(_middle(days, period), "M")
    span = np.where(period >= MONTH_LIKE * DAY, length, days["span"].to_numpy())
    fits = period <= OVER_A_MONTH * DAY
    fill = fits & (period < MONTH_LIKE * DAY) & _sums(days) & fill_gaps(days)
    kinds_of = ((fits & (period == DAY)) | fill, fits & (period > DAY) & ~fill)
    steps = first_complete([_step(days, target, mine, length, None, span) for mine in _some(kinds_of)])
    if fits.all():
        return steps
    return by_name(pd.concat([steps, days[~fits]], ignore_index=True))


def yearly(days: pd.DataFrame) -> pd.DataFrame:
    """Aggregate local days to calendar years: 75 % of the days and 75 % of each quarter, else NaN.

    A year without the summer holidays is not a year. Sums need every day or are "at least". Monthly
    readings count with their days; readings over 360 days or more are the year. Days, months and years are
    not pooled: the first of them that gives a complete year counts. ``n`` counts days.
    """
    period = days["period"].to_numpy(dtype=np.int64)
    middle = _middle(days, period)
    target, length = _calendar(middle, "Y")
    month, month_length = _calendar(middle, "M")
    month_like = (period >= MONTH_LIKE * DAY) & (period <= OVER_A_MONTH * DAY)
    span = np.where(month_like, month_length, days["span"].to_numpy())
    whole = period >= YEAR_LIKE * DAY
    span = np.where(whole, length, span)
    quarter = month.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12 // 3
    fill = (period < MONTH_LIKE * DAY) & _sums(days) & fill_gaps(days)
    frames = [
        _step(days, target, (period == DAY) | fill, length, None, span, quarter),
        _step(days, target, (period > DAY) & ~whole & ~fill, length, None, span, quarter),
        _step(days, target, whole, length, None, span),
    ]
    return first_complete(frames)


def best_of(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Return one row per name and time: the most complete one; of equal ones that of the first frame."""
    full = [frame for frame in frames if len(frame)]
    if len(full) < 2:
        return (full or frames)[0]
    both = pd.concat(full, ignore_index=True)
    return best(both, combine([*_names(both), stamps(both["time"].to_numpy())]))


def first_complete(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Return one row per name and time: of the first frame that is complete, else the most complete."""
    full = [frame.assign(rank=len(frames) - place) for place, frame in enumerate(frames) if len(frame)]
    if len(full) < 2:
        only: pd.DataFrame = (full or frames)[0][list(FRAME)]
        return only
    both = pd.concat(full, ignore_index=True)
    key = combine([*_names(both), stamps(both["time"].to_numpy())])
    finite = np.isfinite(both["value"].to_numpy())
    preferred = np.where(finite & ~both["at_least"].to_numpy(), both["rank"].to_numpy(), 0)
    order = np.lexsort((-np.arange(len(both)), both["coverage"].to_numpy(), finite, preferred, key))
    last = np.append(key[order][1:] != key[order][:-1], True)
    chosen: pd.DataFrame = both.iloc[order[last]][list(FRAME)]
    return chosen.reset_index(drop=True)


def by_name(frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows sorted by station, sensor, variable, time."""
    order = sorting(combine(_names(frame)), stamps(frame["time"].to_numpy()))
    return frame if order is None else frame.iloc[order].reset_index(drop=True)


def _names(frame: pd.DataFrame) -> list[pd.Categorical]:
    return [frame[name].array for name in ("station", "sensor", "variable")]


def _sums(days: pd.DataFrame) -> Bools:
    return np.asarray(kinds(days["variable"].array) == SUM, dtype=bool)


def _middle(days: pd.DataFrame, period: Ints) -> Ints:
    """Return the number of the day in the middle of what each row covers."""
    return dates(stamps(days["time"].to_numpy()) + period // 2 * MICRO)


def _calendar(day: Ints, unit: str) -> tuple[Ints, Floats]:
    """Return of the month ("M") or year ("Y") of each day number its first day's number and its length."""
    if not len(day):
        return day, day.astype(np.float64)
    low = int(day.min())
    if int(day.max()) - low < _CENTURIES:  # each day once
        every, place = np.arange(low, int(day.max()) + 1), day - low
    else:
        every, place = np.unique(day, return_inverse=True)
    step = every.astype("datetime64[D]").astype(f"datetime64[{unit}]")
    first = step.astype("datetime64[D]").astype(np.int64)
    length = (step + 1).astype("datetime64[D]").astype(np.int64) - first
    return first[place], length.astype(np.float64)[place]


def _some(masks: tuple[Bools, ...]) -> list[Bools]:
    """Return the masks in which there is something; one of them in any case."""
    return [mask for mask in masks if mask.any()] or [masks[0]]


def _step(
    frame: pd.DataFrame,
    target: Ints,
    mine: Bools,
    expected: Floats | float,
    period: int | None,
    span: Floats | None = None,
    quarter: Ints | None = None,
) -> pd.DataFrame:
    """Aggregate the rows in ``mine`` to one row per name and ``target`` (a day number).

    ``expected`` is what ``span`` adds up to when nothing is missing (24 hours, the days of a month).
    """
    if not mine.all():
        at = np.flatnonzero(mine)
        frame, target = frame.iloc[at], target[at]
        expected = expected if isinstance(expected, float) else expected[at]
        span = None if span is None else span[at]
        quarter = None if quarter is None else quarter[at]
    kind = kinds(frame["variable"].array)
    groups = Groups(combine([*_names(frame), target]), stamps(frame["time"].to_numpy()))
    first, use = groups.first, usable(frame, kind)
    weight = frame["span"].to_numpy(dtype=np.float64) if span is None else span
    needed = np.full(len(groups), expected) if isinstance(expected, float) else expected[first]
    at_least, value = frame["at_least"].to_numpy(), frame["value"].to_numpy(dtype=np.float64)
    count = groups.sum(weight if use.all() else np.where(use, weight, 0.0))
    covered = count
    if at_least.any():  # of incomplete sums, a part
        part = np.where(at_least, np.minimum(frame["coverage"].to_numpy(), 1.0), 1.0)
        covered = groups.sum(np.where(use, weight * part, 0.0))
    coverage = np.minimum(1.0, covered / needed)
    total = kind[first] == SUM
    result, vector = _values(frame, groups, kind, value, weight, use)
    whole = coverage >= COMPLETE - 1e-9
    if quarter is not None:
        whole &= _whole_quarters(groups, weight, use, target, quarter)
    flag, device = frame["flag"].to_numpy(), frame["devices"].to_numpy()
    length = np.full(len(groups), period) if period else (needed * DAY)
    partly = total
    if total.any():
        gaps_filled = groups.highest(use & (frame["period"].to_numpy() > DAY))
        partly = total & ((coverage < 1 - 1e-9) | (groups.highest(at_least & use) & ~gaps_filled))
    plain = np.where(kind != TURNED, value, np.nan) if (kind == TURNED).any() else value
    if not use.all():
        flag, device, plain = np.where(use, flag, 0), np.where(use, device, 0), np.where(use, plain, np.nan)
    columns = {
        "time": from_stamps(target[first] * (DAY * MICRO)), "period": length.astype(np.int64),
        "span": length / DAY, "value": np.where(whole | total, result, np.nan),
        "n": np.round(count).astype(np.int64), "coverage": coverage,
        "flag": groups.highest(flag).astype(np.int8),
        "at_least": partly, "min": groups.min(plain), "max": groups.max(plain), **vector,
        "devices": groups.union(device),
    }  # fmt: skip
    columns["flag"][columns["flag"] == 0] = 9
    names = {name: frame[name].array.take(first) for name in FRAME[:3]}
    return pd.DataFrame({name: {**names, **columns}[name] for name in FRAME}, copy=False)


def _values(
    frame: pd.DataFrame, groups: Groups, kind: NDArray[Any], value: Floats, weight: Floats, use: Bools
) -> tuple[Floats, dict[str, Floats]]:
    """Return the value of each group by the kind of its variable, and its mean vectors."""
    first, finite = groups.first, use & np.isfinite(value)
    of_group = kind[first]
    found = groups.mean(value, weight, finite)
    if (of_group == SUM).any():
        total = np.where(groups.sum(finite) > 0, groups.sum(np.where(finite, value, 0.0)), np.nan)
        found = np.where(of_group == SUM, total, found)
    upper, lower = extremes(frame["variable"].array, kind)
    short = frame["period"].to_numpy() < DAY  # of days, months take the mean of daily extremes
    highest, lowest = (kind == LARGEST) | (upper & short), lower & short
    for chosen, extreme in ((highest, groups.max), (lowest, groups.min)):
        if chosen.any():
            found = np.where(chosen[first], extreme(np.where(finite, value, np.nan)), found)
    vector = dict.fromkeys(VECTOR, np.full(len(groups), np.nan))
    turned = of_group == TURNED
    if turned.any():
        has = {name: use & np.isfinite(frame[name].to_numpy()) for name in VECTOR}
        vector = {name: groups.mean(frame[name].to_numpy(), weight, has[name]) for name in VECTOR}
        speeds = groups.sum(np.where(has["u"], weight, 0.0))
        enough = speeds >= SPEEDS_NEEDED * groups.sum(np.where(use & (kind == TURNED), weight, 0.0))
        for name in ("u", "v"):
            vector[name] = np.where(enough & turned, vector[name], np.nan)
        found = np.where(turned, mean_direction(vector), found)
    return found, vector


def _whole_quarters(groups: Groups, weight: Floats, use: Bools, target: Ints, quarter: Ints) -> Bools:
    """Return which years have 75 % of the days of each of their quarters."""
    whole = np.ones(len(groups), dtype=bool)
    year = target[groups.first].astype("datetime64[D]").astype("datetime64[Y]").astype("datetime64[M]")
    for number in range(4):
        days = groups.sum(np.where(use & (quarter == number), weight, 0.0))
        start, end = year + 3 * number, year + 3 * number + 3
        length = (end.astype("datetime64[D]") - start.astype("datetime64[D]")).astype(np.float64)
        whole &= days >= COMPLETE * length - 1e-9
    return whole
