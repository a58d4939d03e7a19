"""Two quantities that must agree: PM2.5 is a part of PM10, the dew point lies below the temperature.

Each rule names two variables (or two channels of one) and says which pairs cannot be: measured at one station
with one sensor at one time over one period.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kit.checks.limits import Limits, limits
from kit.checks.series import Names, Ordered

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Rule:
    """What cannot be: ``wrong(one, other, limits)``; ``both`` says whether both values are suspect.

    The limits stand in the table under ``one``.
    """

    check: str
    one: str
    other: str
    wrong: Callable[[Floats, Floats, Limits], Bools]
    both: bool = True


def part_above_whole(part: Floats, whole: Floats, own: Limits) -> Bools:
    """Return where a part is larger than the whole by more than :func:`above` allows; below zero is zero.

    >>> part_above_whole(np.array([12.0, 30.0, 4.0]), np.array([10.0, 10.0, -4.0]),
    ...     limits("part-above-whole", "pm25")).tolist()
    [False, True, False]
    """
    return above(part, np.maximum(whole, 0.0), own)


def above(one: Floats, other: Floats, own: Limits) -> Bools:
    """Return where ``one`` is higher than ``other`` by more than ``room`` + ``relative`` x other.

    >>> above(np.array([12.0, 30.0]), np.array([10.0, 10.0]), limits("dew-point", "dew_point")).tolist()
    [True, True]
    """
    return np.asarray(one - other > own.one("room") + own.one("relative", 0.0) * np.abs(other), dtype=bool)


def below(one: Floats, other: Floats, own: Limits) -> Bools:
    """Return where ``one`` is lower than ``other`` by more than ``room`` + ``relative`` x other."""
    return above(-one, -other, own)


def dry_rain(rain: Floats, humidity: Floats, own: Limits) -> Bools:
    """Return where at least ``least`` mm fell while the air had at most ``humidity`` per cent.

    >>> dry_rain(np.array([2.0, 2.0]), np.array([19.0, 60.0]), limits("dry-rain", "rain")).tolist()
    [True, False]
    """
    return np.asarray((rain >= own.one("least")) & (humidity <= own.one("humidity")), dtype=bool)


def channels_differ(a: Floats, b: Floats, own: Limits) -> Bools:
    """Return where two channels differ by more than ``absolute`` and more than ``relative`` of their mean.

    >>> channels_differ(np.array([10.0, 10.0]), np.array([14.0, 30.0]), limits("channels", "pm25")).tolist()
    [False, True]
    """
    apart = np.abs(a - b)
    return np.asarray(
        (apart > own.one("absolute")) & (apart > own.one("relative") * np.abs(a + b) / 2), dtype=bool
    )


RULES: tuple[Rule, ...] = (
    Rule("part-above-whole", "pm1", "pm25", part_above_whole),
    Rule("part-above-whole", "pm25", "pm10", part_above_whole),
    Rule("dew-point", "dew_point", "temperature", above),
    Rule("gust-below-wind", "wind_gust", "wind_speed", below),
    Rule("min-above-max", "temperature_min", "temperature_max", above),
    Rule("dry-rain", "rain", "humidity", dry_rain, both=False),
    Rule("channels", "pm1", "pm1", channels_differ),
    Rule("channels", "pm25", "pm25", channels_differ),
    Rule("channels", "pm10", "pm10", channels_differ),
    Rule("channels", "pm25_cf1", "pm25_cf1", channels_differ),
    Rule("channels", "pm25_alt", "pm25_alt", channels_differ),
)


def disagreements(order: Ordered, names: Names, use: Bools) -> Iterator[tuple[str, Ints]]:
    """Yield (check, places in ``order``) of the readings that contradict each other.

    ``names`` says variable, station, sensor and period of each series; readings outside ``use`` are left out.
    """
    keys = zip(*(names[name] for name in ("variable", "station", "sensor", "period")), strict=True)
    where = {key: code for code, key in enumerate(keys)}
    bounds = np.searchsorted(order.series, np.arange(len(names) + 1))
    present = {key[0] for key in where}
    for rule in RULES:
        own = limits(rule.check, rule.one)
        if rule.one not in present or rule.other not in present or not own.known or not own.applies:
            continue
        for (variable, station, sensor, period), code in where.items():
            partner = sensor if rule.one != rule.other else _other_channel(sensor)
            mate = where.get((rule.other, station, partner, period))
            if variable != rule.one or mate is None:
                continue
            one, other = _at_once(
                order, slice(*bounds[code : code + 2]), slice(*bounds[mate : mate + 2]), use
            )
            wrong = rule.wrong(order.value[one], order.value[other], own)
            if wrong.any():
                yield rule.check, np.concatenate((one[wrong], other[wrong])) if rule.both else one[wrong]


def _other_channel(sensor: str) -> str:
    """Return the second channel of a device whose first one this is ("" if it is none).

    >>> _other_channel("a"), _other_channel("12345/A"), _other_channel("bosch")
    ('b', '12345/B', '')
    """
    head, letter = sensor[:-1], sensor[-1:]
    if letter not in ("a", "A") or not (head == "" or head.endswith(("/", "-", " ", "_"))):
        return ""
    return head + {"a": "b", "A": "B"}[letter]


def _at_once(order: Ordered, one: slice, other: slice, use: Bools) -> tuple[Ints, Ints]:
    """Return the places of readings of two series that were taken at the same time."""
    a, b = order.hours[one], order.hours[other]
    if len(a) == len(b) and np.array_equal(a, b):
        first, second = np.arange(len(a)), np.arange(len(b))
    else:
        second = np.searchsorted(b, a)
        first = np.flatnonzero(second < len(b))
        first = first[b[second[first]] == a[first]]
        second = second[first]
    first, second = first + one.start, second + other.start
    good = use[first] & use[second]
    return first[good], second[good]
