"""Running totals of rain become amounts: what fell between one reading of the counter and the next.

Rules (DESIGN 4.5)
    * An amount stands at the time of the *previous* reading of the same counter; its period is the time
      between the two. So it does not depend on which slice of a file was given; only the first reading of a
      slice has no amount. Across a gap there is one amount whose period is the gap.
    * A drop is a reset: the amount is the value after it, and whatever fell between the last reading and the
      reset is not known. Where readings are close together that is next to nothing; over more than two hours
      the amount is flagged 3 with the reason ``counter-reset`` (at least so much).
    * Counters of an hour, a day, a month or a year also start again while nobody looks. Over a gap that holds
      the moment of the reset (for days the clock time at which this counter drops elsewhere in the file,
      else midnight) the value after the gap is the amount, at least, even if it is not smaller.
    * A dip that comes back to its level within three readings, and a peak that goes back to it, is a glitch
      and no reset (flag 9, ``counter-glitch``), unless it stands at the reset's clock time. So is a drop to a
      value too large to have fallen since: the counter was changed by hand or its unit was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kit.text import N_
from kit.vocab import convert

if TYPE_CHECKING:
    from kit.ingest.meanings import Meaning
    from kit.model import Station

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SECOND, HOUR, DAY = 1_000_000, 3_600_000_000, 86_400_000_000
#: Readings up to this far apart (microseconds) leave next to nothing unknown at a reset.
CLOSE = 2 * HOUR
#: A device's clock may be so far from the station's (daylight saving time, a clock set wrongly).
CLOCK_OFF = 90 * 60 * SECOND
#: A dip or peak is a glitch from this size on (mm), within so many readings, if it returns so near (mm).
GLITCH, WITHIN, NEAR = 2.0, 3, 10.0
#: The most that may have fallen by the first reading after a reset: mm at once, and mm in a day.
AT_ONCE, IN_A_DAY = 10.0, 100.0

FIRST, AT_LEAST, UNKNOWN = 1, 2, 3
NOTE = N_(
    "{column} is a running total: kit takes what was added between two readings. It started again so often:"
    " {resets}."
)
GLITCHES = N_("Values of {column} that jump away and come back, and were left out: {n}.")
AT_LEAST_TEXT = N_("The counter started again since the reading before: at least this much fell.")
GLITCH_TEXT = N_("The counter jumps here in a way that rain cannot; no amount follows from it.")


@dataclass
class Amounts:
    """What follows from the readings of one counter, row by row.

    ``start`` (microseconds, UTC) and ``period`` (seconds) are those of the amount; where there is none
    (``state`` FIRST or UNKNOWN) start is the reading's own time and period 0. ``value`` is NaN there.
    """

    start: Ints
    period: Ints
    value: Floats
    state: NDArray[np.int8]
    resets: int


def differences(time: Ints, value: Floats, span: str, local: Ints | None = None, mm: float = 1.0) -> Amounts:
    """Return the amounts between the readings of one counter.

    Parameters
    ----------
    time, local
        Microseconds since 1970 in UTC and on the wall clock of the station (default: the same), any order.
    value
        The running total, in a unit of ``mm`` millimetres; NaN where missing.
    span
        When it starts again: one of :data:`kit.ingest.counters.SPANS`.

    Examples
    --------
    A counter of the day, read every ten minutes around midnight:

    >>> minutes = np.array([0, 10, 20, 30, 40]) * 60 * SECOND + 23 * HOUR + 30 * 60 * SECOND
    >>> found = differences(minutes, np.array([4.2, 4.4, 4.6, 0.0, 0.3]), "day")
    >>> found.value.round(3).tolist(), found.period.tolist(), found.resets
    ([nan, 0.2, 0.2, 0.0, 0.3], [0, 600, 600, 600, 600], 1)
    """
    local = time if local is None else local
    found = Amounts(
        time.copy(),
        np.zeros(len(time), np.int64),
        np.full(len(time), np.nan),
        np.zeros(len(time), np.int8),
        0,
    )
    usable = np.flatnonzero(np.isfinite(value) & (value >= 0))
    found.state[np.isfinite(value) & (value < 0)] = UNKNOWN
    if not len(usable):
        return found
    order = usable[np.argsort(time[usable], kind="stable")]
    last = np.append(time[order][1:] != time[order][:-1], True)
    reading = np.append(0, np.cumsum(last)[:-1])  # which distinct reading each row belongs to
    at = order[last]
    t, v, wall = time[at], value[at] * mm, local[at]
    clock = _clock(t, v, wall) if span == "day" else 0
    bad = _glitches(v, _at_clock(wall, span, clock))
    good = np.flatnonzero(~bad)
    steps = _steps(t[good], v[good], wall[good], span, clock)
    place = np.searchsorted(good, np.arange(len(t)))  # position among the good ones
    mine = np.where(bad[reading], -1, place[reading])
    first, rest = order[mine == 0], mine > 0
    found.state[first], found.state[order[mine < 0]] = FIRST, UNKNOWN
    rows, step = order[rest], mine[rest] - 1
    before = v[good][step] / mm
    rise = np.where(steps.reset[step], value[rows], np.where(steps.flat[step], 0.0, value[rows] - before))
    unknown = steps.unknown[step]
    found.value[rows] = np.where(unknown, np.nan, np.maximum(rise, 0.0))
    found.state[rows] = np.where(unknown, UNKNOWN, np.where(steps.at_least[step], AT_LEAST, 0))
    known = rows[~unknown]
    found.start[known] = t[good][step[~unknown]]
    found.period[known] = np.maximum(np.round((time[known] - found.start[known]) / SECOND), 1).astype(
        np.int64
    )
    found.resets = int((steps.reset & ~steps.unknown).sum())
    return found


@dataclass
class _Steps:
    """From one good reading to the next: a reset, no change, nothing known, at least so much."""

    reset: Bools
    flat: Bools
    unknown: Bools
    at_least: Bools


def _steps(t: Ints, v: Floats, wall: Ints, span: str, clock: int) -> _Steps:
    gap, rise = np.diff(t), np.diff(v)
    far = gap > (CLOSE if span != "hour" else HOUR + 5 * 60 * SECOND)
    positive = rise[rise > 1e-9]
    least = min(0.3, 1.01 * float(positive.min())) if len(positive) else 1e-6
    timely = _at_clock(wall, span, clock)[1:]
    drop = rise < -1e-6
    flat = drop & (rise >= -least) & (v[1:] > 0) & ~timely
    hidden = ~drop & far & _starts_again(t, wall, span, clock)
    reset = (drop & ~flat) | hidden
    possible = v[1:] <= AT_ONCE + IN_A_DAY * gap / DAY
    unknown = drop & ~flat & ~timely & ~possible
    return _Steps(reset, flat, unknown, reset & far)


def _starts_again(t: Ints, wall: Ints, span: str, clock: int) -> Bools:
    """Return between which neighbours a counter of this span must have started again."""
    if span == "hour":
        mark = wall // HOUR
    elif span == "day":
        mark = (wall - clock) // DAY
    elif span in ("month", "year"):
        stamp = wall.astype("datetime64[us]")
        mark = stamp.astype("datetime64[M]" if span == "month" else "datetime64[Y]").astype(np.int64)
    elif span == "week":
        return np.asarray(np.diff(t) >= 7 * DAY)
    else:
        return np.zeros(max(len(t) - 1, 0), dtype=bool)
    return np.asarray(np.diff(mark) > 0)


def _at_clock(wall: Ints, span: str, clock: int) -> Bools:
    """Return at which readings the device's clock may just have started the counter again."""
    if not len(wall) or span in ("event", "total"):
        return np.zeros(len(wall), dtype=bool)
    whole, off = (HOUR, 5 * 60 * SECOND) if span == "hour" else (DAY, CLOCK_OFF)
    before = np.append(wall[:1], wall[:-1])
    return np.asarray((wall - clock + off) // whole > (before - clock - off) // whole)


def _clock(t: Ints, v: Floats, wall: Ints) -> int:
    """Return the time of day (microseconds after local midnight) at which a daily counter drops, else 0."""
    at = np.flatnonzero((np.diff(v) < -1e-6) & (np.diff(t) <= CLOSE))
    if len(at) < 3:
        return 0
    angle = ((wall[at] + wall[at + 1]) / 2 % DAY) / DAY * 2 * np.pi
    middle = np.mean(np.exp(1j * angle))
    if abs(middle) < 0.6:
        return 0
    return int(np.round(np.angle(middle) / (2 * np.pi) * 24 * 4) / 4 * HOUR) % DAY


def _glitches(v: Floats, timely: Bools) -> Bools:
    """Return which readings are dips or peaks that rain cannot make."""
    bad = np.zeros(len(v), dtype=bool)
    drops = np.flatnonzero(np.diff(v) < -1e-6) + 1
    if len(drops) > 0.2 * len(v) + 5:
        return bad  # no counter: nothing can be told
    for at in drops.tolist():
        if timely[at] or bad[at] or bad[at - 1]:
            continue
        level = v[at - 1]
        for end in range(at + 1, min(at + WITHIN, len(v) - 1) + 1):
            if level - v[at] > GLITCH and level - 1e-6 <= v[end] <= level + NEAR:
                bad[at:end] = True
                break
        else:
            for start in range(at - 2, max(at - 1 - WITHIN, -1), -1):
                if 0 < v[start] <= v[at] + 1e-6 and level - v[at] > GLITCH and v[at] - v[start] <= NEAR:
                    bad[start + 1 : at] = True
                    break
    return bad


def to_amounts(
    long: pd.DataFrame, meanings: Sequence[Meaning], stations: Iterable[Station], stamps: Any
) -> tuple[pd.DataFrame, list[tuple[str, Mapping[str, Any]]]]:
    """Return the long table with amounts instead of running totals, and notes about them.

    ``stamps`` are the times (UTC) at which the rows of the frame were read. Rows of a first reading go where
    their record holds something else. The columns ``_state`` and ``_counter`` (0 and False) are filled in.
    """
    counting = [place for place, part in enumerate(meanings) if part.counter]
    zones = {station.id: station.zone for station in stations}
    state = np.zeros(len(long), dtype=np.int8)
    counter = np.isin(long["_which"].to_numpy(), counting)
    if not counter.any():
        return long, []
    read = np.asarray(stamps).astype("datetime64[us]").astype(np.int64)[long["_at"].to_numpy()]
    time = long["time"].to_numpy().astype("datetime64[us]").astype(np.int64)
    value, period = long["value"].to_numpy(copy=True), long["period"].to_numpy(copy=True)
    notes: list[tuple[str, Mapping[str, Any]]] = []
    told: dict[int, list[int]] = {place: [0, 0] for place in counting}
    keys = long.loc[counter, ["station", "sensor", "_which"]]
    at_counter = np.flatnonzero(counter)
    for number in np.unique(series := keys.groupby(list(keys), sort=False).ngroup().to_numpy()).tolist():
        rows = at_counter[series == number]
        which, station = int(long["_which"].iloc[rows[0]]), str(long["station"].iloc[rows[0]])
        part = meanings[which]
        mm = float(convert([1.0], part.unit, "rain")[0])
        stamp = read[rows]
        local = _wall(stamp, zones.get(station, ""))
        raw = np.round(value[rows] / mm, 9)
        found = differences(stamp, raw, part.counter, local, mm)
        value[rows] = convert(np.round(found.value, _digits(part.values)), part.unit, "rain")
        time[rows], period[rows], state[rows] = found.start, found.period, found.state
        told[which][0] += found.resets
        told[which][1] += int((found.state == UNKNOWN).sum())
    for which, (resets, glitches) in told.items():
        notes.append((NOTE, {"column": meanings[which].name, "resets": resets}))
        if glitches:
            notes.append((GLITCHES, {"column": meanings[which].name, "n": glitches}))
    long = long.assign(
        time=time.astype("datetime64[us]"), value=value, period=period, _state=state, _counter=counter
    )
    others = long.loc[state != FIRST, "row"].unique()
    return long[(state != FIRST) | ~long["row"].isin(others)], notes


def _digits(values: Floats) -> int:
    """Return the decimals that the values of a counter have (1 to 4)."""
    known = values[np.isfinite(values)]
    return next((digits for digits in (1, 2, 3) if (np.abs(np.round(known, digits) - known) < 1e-9).all()), 4)


def for_checks(long: pd.DataFrame) -> pd.DataFrame:
    """Return the table with one period for all amounts of a counter, so that they are one series."""
    return (
        long.assign(period=np.where(long["_counter"], 0, long["period"]))
        if long["_counter"].to_numpy().any()
        else long
    )


def _wall(stamp: Ints, zone: str) -> Ints:
    """Return wall clock times of a zone as microseconds (UTC where the zone is not known)."""
    if zone in ("", "UTC"):
        return stamp
    utc = pd.DatetimeIndex(stamp.astype("datetime64[us]")).tz_localize("UTC")
    return np.asarray(
        utc.tz_convert(zone).tz_localize(None).to_numpy().astype("datetime64[us]").astype(np.int64)
    )
