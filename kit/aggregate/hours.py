"""From readings to hours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kit.aggregate import wind
from kit.aggregate.cadence import cadences
from kit.aggregate.groups import (
    DAY,
    FRAME,
    HOUR,
    MICRO,
    SUM,
    TURNED,
    VECTOR,
    Groups,
    as_category,
    best,
    changes,
    combine,
    constant,
    extremes,
    from_stamps,
    kinds,
    sorting,
    stamps,
    take,
)  # fmt: skip
from kit.aggregate.sums import WHOLE, by_hour
from kit.errors import UsageError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: Share of what was expected that an hour, a month or a year needs.
COMPLETE = 0.75
#: Momentary readings up to this many seconds apart stand for the time until the next one.
LONGEST_STEP = 3 * HOUR
NEEDED = ("station", "sensor", "variable", "time", "period", "value", "flag")


def hourly(readings: pd.DataFrame, use: Sequence[int] = (1, 2, 3)) -> pd.DataFrame:
    """Aggregate readings to hours (UTC), per station, sensor and variable.

    An hour is complete with 75 % of the readings expected from the device's own interval on that
    day (found from all its times, also of readings that are not used). An incomplete hour has the
    value NaN, except for sums, which are marked ``at_least``. Readings over more than an hour stand
    for that many hours (``span``); readings over a day or more pass through unchanged.

    Parameters
    ----------
    readings
        Long table with the columns station, sensor, variable, time (UTC, start), period (s), value
        (canonical unit), flag; any order. Of several readings at one time the last row counts.
    use
        The flags whose values are used: any of 1, 2, 3. Never 4 (fail) and 9 (missing).

    Returns
    -------
    pandas.DataFrame
        Columns ``kit.aggregate.FRAME``, sorted by station, sensor, variable, time.

    Raises
    ------
    UsageError
        If a column is missing or ``use`` asks for failed or missing values.

    >>> import pandas as pd
    >>> times = pd.date_range("2019-03-30", periods=6, freq="10min").as_unit("us")
    >>> table = pd.DataFrame({"station": "s/a", "sensor": "1", "variable": "pm25", "time": times,
    ...     "period": 0, "value": [1.0, 2, 3, 4, 5, 90], "flag": [1, 1, 1, 1, 3, 4]})
    >>> hourly(table)[["value", "n", "coverage", "flag"]].round(2).values.tolist()
    [[3.0, 5.0, 0.83, 3.0]]
    """
    check_call(readings, use)
    timeless = np.isnat(readings["time"].to_numpy())
    if timeless.any():
        readings = readings[~timeless]
    table = _usable(readings, use)
    long = table.period >= DAY
    stretch = ~long & (table.period > 0) & (kinds(table.names[2]) == SUM)
    if not long.any() and not stretch.any():
        return _hours(table)
    hours = _hours(table.where(~long & ~stretch))
    if stretch.any():
        hours = _with_stretches(hours, table.where(stretch))
    frame = pd.concat([hours, _unchanged(table.where(long))], ignore_index=True) if long.any() else hours
    order = sorting(combine([frame[c].array for c in FRAME[:3]]), stamps(frame["time"].to_numpy()))
    return frame if order is None else frame.iloc[order].reset_index(drop=True)


def _usable(readings: pd.DataFrame, use: Sequence[int]) -> _Rows:
    """Return the readings that are used, sorted, with the cadence of all where that matters."""
    names = [as_category(readings[name]) for name in ("station", "sensor", "variable")]
    stamp, value = stamps(readings["time"].to_numpy()), readings["value"].to_numpy(dtype=np.float64)
    period, flag = readings["period"].to_numpy(), readings["flag"].to_numpy()
    if len(period) and bool((period == period[0]).all()):
        period = constant(np.int64(period[0]), len(period))
    else:
        period = period.astype(np.int64)
    rows, key = _Rows(names, stamp, period, value, flag), combine([*names, period])
    order = sorting(key, stamp)  # stable: of equal times the later row comes last
    if order is not None:
        rows, key = rows.take(order), key[order]
    new, rise = changes(key), np.diff(rows.stamp)
    rise[new[1:]] = HOUR * MICRO
    if not _hour_by_hour(period, rise):
        rows.step = cadences(rows.stamp, np.cumsum(new) - 1)
    used = np.isfinite(rows.value) & _any_of(rows.flag, use)
    if not rise.all():
        kept = np.flatnonzero(used)
        again = (key[kept[1:]] == key[kept[:-1]]) & (rows.stamp[kept[1:]] == rows.stamp[kept[:-1]])
        used[kept[:-1][again]] = False
    return rows.where(used)


def _any_of(flag: NDArray[Any], use: Sequence[int]) -> Bools:
    """Return which flags are among those to use."""
    found = np.asarray(flag == use[0])
    for one in use[1:]:
        found |= flag == one
    return found


def _hour_by_hour(period: Ints, rise: Ints) -> bool:
    """Return whether each reading is its hour: all are over one hour and none overlap.

    ``rise`` are the microseconds since the reading before in the same series. The cadence is an hour or more
    then, so that one reading is expected of an hour.
    """
    return bool((period == HOUR).all()) and int(rise.min(initial=HOUR * MICRO)) >= HOUR * MICRO


def check_call(readings: pd.DataFrame, use: Sequence[int]) -> None:
    """Raise :class:`UsageError` for a table or flags that :func:`hourly` cannot use."""
    absent = [name for name in NEEDED if name not in readings.columns]
    if absent:
        raise UsageError("The table to aggregate has no column {columns}.", columns=", ".join(absent))
    if not use or not set(use) <= {1, 2, 3}:
        raise UsageError(
            "Only values with the flags 1, 2 and 3 can be used, not {flags}.",
            why="4 means failed and 9 missing.", flags=", ".join(map(str, use)) or "none",
        )  # fmt: skip


class _Rows:
    """Usable readings, column by column, sorted by series and time.

    ``step`` is the cadence at each; None where each reading is its hour (:func:`_hour_by_hour`).
    """

    def __init__(
        self, names: list[pd.Categorical], stamp: Ints, period: Ints, value: Floats, flag: Ints,
        step: Floats | None = None,
    ) -> None:  # fmt: skip
        self.names, self.stamp, self.period = names, stamp, period
        self.value, self.flag, self.step = value, flag, step

    def where(self, mask: Bools) -> _Rows:
        """Return the rows in ``mask``."""
        return self if mask.all() else self.take(np.flatnonzero(mask))

    def take(self, at: Ints) -> _Rows:
        """Return the rows at these places."""
        names = [take(name, at) for name in self.names]
        period = self.period[at] if self.period.strides[0] else self.period[: len(at)]
        step = None if self.step is None else self.step[at]
        return _Rows(names, self.stamp[at], period, self.value[at], self.flag[at], step)


def _frame(names: list[pd.Categorical], **columns: Any) -> pd.DataFrame:
    station, sensor, variable = names
    one, nothing = constant(np.int64(1), len(station)), constant(np.nan, len(station))
    data = {"station": station, "sensor": sensor, "variable": variable, "devices": one, **columns}
    return pd.DataFrame({name: data.get(name, nothing) for name in FRAME}, copy=False)


def _with_stretches(hours: pd.DataFrame, rows: _Rows) -> pd.DataFrame:
    """Return hours together with sums over stretches of less than a day, one row per name and hour."""
    parts = by_hour(combine(rows.names), rows.stamp, rows.period, rows.value, rows.flag)
    at = parts["row"].astype(np.int64)
    count = len(at)
    frame = _frame(
        [take(name, at) for name in rows.names],
        time=from_stamps(parts["hour"].astype(np.int64) * (HOUR * MICRO)), period=np.full(count, HOUR),
        span=np.ones(count), value=parts["value"], n=parts["n"].astype(np.int64), coverage=parts["coverage"],
        flag=parts["flag"].astype(np.int8), at_least=parts["coverage"] < WHOLE, min=parts["min"],
        max=parts["max"],
    )  # fmt: skip
    if not len(hours):
        return frame
    both = pd.concat([hours, frame], ignore_index=True)
    return best(both, combine([*(both[name].array for name in FRAME[:3]), stamps(both["time"].to_numpy())]))


def _unchanged(rows: _Rows) -> pd.DataFrame:
    """Return readings over a day or longer as rows of a frame of hours."""
    count = len(rows.stamp)
    turned = kinds(rows.names[2]) == TURNED
    du, dv = wind.components(np.where(turned, rows.value, np.nan))
    return _frame(
        rows.names,
        time=from_stamps(rows.stamp), period=rows.period, span=rows.period / HOUR, value=rows.value,
        n=np.ones(count, dtype=np.int64), coverage=np.ones(count), flag=rows.flag.astype(np.int8),
        at_least=np.zeros(count, dtype=bool), min=rows.value, max=rows.value, du=du, dv=dv,
    )  # fmt: skip


def _hours(rows: _Rows) -> pd.DataFrame:
    """Aggregate readings of less than a day to hours."""
    if rows.step is None:
        return _hours_as_given(rows)
    hour = rows.stamp // (HOUR * MICRO)
    groups = Groups(combine([*rows.names, rows.period, hour]), rows.stamp)
    names, hour = [groups.take(name) for name in rows.names], groups.take(hour)
    n = groups.size.astype(np.float64)
    expected, span = _expected(rows, groups)
    coverage = np.minimum(1.0, np.divide(n, expected, out=np.zeros_like(n), where=expected > 0))
    low, high = groups.min(rows.value), groups.max(rows.value)
    kind = kinds(names[2])
    value = groups.mean(rows.value)
    total = kind == SUM
    if total.any():
        value = np.where(total, groups.sum(rows.value), value)
    upper, lower = extremes(names[2], kind)
    if upper.any() or lower.any():
        value = np.where(upper, high, np.where(lower, low, value))
    vector = dict.fromkeys(VECTOR, np.full(len(n), np.nan))
    turned = kind == TURNED
    if turned.any():
        vector = _vectors(rows, groups)
        value = np.where(turned, mean_direction(vector), value)
        low, high = np.where(turned, np.nan, low), np.where(turned, np.nan, high)
    whole = coverage >= COMPLETE - 1e-9
    frame = _frame(
        names,
        time=from_stamps(hour * (HOUR * MICRO)), period=np.full(len(n), HOUR), span=span,
        value=np.where(whole | total, value, np.nan), n=n.astype(np.int64), coverage=coverage,
        flag=groups.highest(rows.flag).astype(np.int8), at_least=total & (n < np.floor(expected + 0.01)),
        min=low, max=high, **vector,
    )  # fmt: skip
    if not len(hour) or rows.period.min() == rows.period.max():
        return frame
    # The mean that a device states says more about its hour than one look at it.
    period = groups.take(rows.period)
    weight = np.where(period > 0, np.maximum(n, 2), n).astype(np.int64)
    return best(frame, combine([*names, hour]), weight)


def _hours_as_given(rows: _Rows) -> pd.DataFrame:
    """Return readings each of which is its hour."""
    count, value, vector = len(rows.stamp), rows.value, {}
    start = rows.stamp // (HOUR * MICRO)
    start *= HOUR * MICRO
    one, whole = constant(np.int64(1), count), constant(1.0, count)
    low, turned = value, kinds(rows.names[2]) == TURNED
    if turned.any():
        vector = _vectors(rows, Groups(np.arange(count)))
        value = np.where(turned, mean_direction(vector), value)
        low = np.where(turned, np.nan, rows.value)
    return _frame(
        rows.names,
        time=from_stamps(start), period=rows.period, span=whole, value=value, n=one,
        coverage=whole, flag=rows.flag.astype(np.int8, copy=False), at_least=constant(np.False_, count),
        min=low, max=low, **vector,
    )  # fmt: skip


def _expected(rows: _Rows, groups: Groups) -> tuple[Floats, Floats]:
    """Return how many readings each hour should have, and how many hours it stands for."""
    period, step = groups.take(rows.period), np.asarray(groups.take(rows.step))
    if len(period) and period.min() > 0 and period.max() <= HOUR and not np.isnan(step).any():
        return HOUR / np.minimum(step, HOUR), np.ones(len(step))
    step = np.where(np.isnan(step) & (period > 0), period, step)
    over = period > HOUR
    span = np.where(over, np.minimum(period, np.maximum(step, HOUR)) / HOUR, 1.0)
    rare = (period == 0) & (step > HOUR) & (step <= LONGEST_STEP)
    span = np.where(rare, step / HOUR, span)
    expected = np.where(over, 1.0, HOUR / np.minimum(step, HOUR))
    return np.where(np.isnan(expected), np.inf, expected), span


def _vectors(rows: _Rows, groups: Groups) -> dict[str, Floats]:
    """Return the mean vectors of each hour of wind direction, with and without the speed."""
    turned = kinds(rows.names[2]) == TURNED
    speed = _speed_at(rows, turned)
    calm = speed == 0
    has_speed, has_direction = turned & np.isfinite(speed), turned & ~calm
    du, dv = wind.components(np.where(turned, rows.value, 0.0))
    heavy = np.where(has_speed, speed, 0.0)
    enough = groups.sum(has_speed) >= wind.SPEEDS_NEEDED * groups.sum(turned)
    u, v = groups.mean(du * heavy, None, has_speed), groups.mean(dv * heavy, None, has_speed)
    return {
        "u": np.where(enough, u, np.nan), "v": np.where(enough, v, np.nan),
        "du": groups.mean(du, None, has_direction), "dv": groups.mean(dv, None, has_direction),
    }  # fmt: skip


def _speed_at(rows: _Rows, turned: Bools) -> Floats:
    """Return for each direction the wind speed of the same station, time and period (NaN: none)."""
    found = np.full(len(rows.stamp), np.nan)
    fast = np.asarray(rows.names[2] == "wind_speed")
    if not fast.any():
        return found
    place = combine([rows.names[0], rows.period, rows.stamp])
    speeds = Groups(place[fast])
    where = place[fast][speeds.first]
    mean = speeds.mean(rows.value[fast])
    at = np.flatnonzero(turned)
    near = np.minimum(np.searchsorted(where, place[at]), len(where) - 1)
    found[at] = np.where(where[near] == place[at], mean[near], np.nan)
    return found


def mean_direction(vector: dict[str, Floats]) -> Floats:
    """Return the direction of the weighted vector where there is one, else of the unweighted."""
    weighted = np.isfinite(vector["u"])
    return np.where(
        weighted, wind.direction_of(vector["u"], vector["v"]), wind.direction_of(vector["du"], vector["dv"])
    )


def usable(frame: pd.DataFrame, kind: NDArray[Any]) -> Bools:
    """Return which rows count in the next step: those with a value, and complete calms."""
    whole = frame["coverage"].to_numpy() >= COMPLETE - 1e-9
    return np.asarray(np.isfinite(frame["value"].to_numpy()) | ((kind == TURNED) & whole), dtype=bool)
