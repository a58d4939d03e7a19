"""Time of kit's checks against ioos_qc 3.0, test by test, on the same values, and where their flags differ.

A made-up dust sensor: a value every 2.5 minutes with noise, missing values, pauses, spikes, stuck hours and
hours in which it hardly reacts. Both sides get arrays of times (datetime64, in the unit that each works with)
and values and return flags. They take turns; the value is the geometric mean of the ratios of the medians.
Flags must be the same wherever the definitions agree; where they do not, the differences are counted and the
reason is printed.

ioos_qc is no dependency of kit: ``.venv/bin/uv pip install --group bench`` brings it.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from kit.checks import places, ranges, shape, windows

NAME = "checks"
TARGET = 8.0
STEP_HOURS = 2.5 / 60
SPAN, USUAL = (-15.0, 2000.0), (-5.0, 100.0)
SPIKE = (50.0, 200.0)
PER_HOUR = 150.1
FLAT_HOURS = (3.0, 6.0)
TOLERANCE = 1e-6
SIGNAL_HOURS, SIGNAL = 3.0, (0.5, 0.1)
GAP_HOURS = 2.0
#: What ioos_qc flags as good or could not judge is nothing wrong; higher flags are.
WRONG = 3
Flags = np.ndarray[Any, np.dtype[Any]]


def values(size: int) -> dict[str, Any]:
    """Return times, values and places of one sensor, always the same ones."""
    rng = np.random.default_rng(20)
    steps = np.full(size, round(STEP_HOURS * 3600))
    steps[rng.integers(1, size, size // 20_000)] = 6 * 3600
    stamp = np.datetime64("2020-01-01", "ns") + np.cumsum(steps).astype("timedelta64[s]")
    hour = np.cumsum(steps) / 3600
    value = 12 + 6 * np.sin(hour / 24 * 2 * np.pi) + rng.normal(0, 1.5, size)
    for first in rng.integers(0, size - 400, size // 10_000):
        value[first : first + 120] = value[first]
    for first in rng.integers(0, size - 400, size // 20_000):
        value[first : first + 200] = value[first] + rng.normal(0, 0.02, 200)
    value[rng.integers(0, size, size // 1_000)] += rng.choice([80.0, 400.0, 3000.0], size // 1_000)
    value[rng.integers(0, size, size // 200)] = np.nan
    latitude, longitude = np.full(size, 58.38), np.full(size, 26.72)
    latitude[rng.integers(0, size, 50)] = 95.0
    zero = rng.integers(0, size, 50)
    latitude[zero], longitude[zero] = 0.0, 0.0
    times = stamp.astype("datetime64[us]")
    return {
        "time": times,
        "stamp": stamp,
        "value": np.round(value, 2),
        "latitude": latitude,
        "longitude": longitude,
    }


def hours(data: dict[str, Any]) -> Any:
    """Return times as kit's checks take them."""
    return data["time"].astype(np.int64) / 3_600_000_000


def ours(data: dict[str, Any]) -> dict[str, Callable[[], Flags]]:
    """Return kit's checks, by name."""
    value, series = data["value"], np.zeros(len(data["value"]), dtype=np.int64)
    everywhere = math.inf
    return {
        "gross range": lambda: ranges.gross_range(value, *SPAN, *USUAL),
        "spike": lambda: shape.spike(hours(data), value, series, everywhere, *SPIKE),
        "rate of change": lambda: shape.rate_of_change(
            hours(data), value, series, everywhere, PER_HOUR, least_hours=0.0
        ),
        "flat line": lambda: shape.flat_line(
            hours(data), value, series, everywhere, *FLAT_HOURS, tolerance=TOLERANCE
        ),
        "attenuated signal": lambda: windows.attenuated_signal(
            hours(data), value, series, SIGNAL_HOURS, *SIGNAL
        ),
        "gap": lambda: windows.time_gap(hours(data), series, GAP_HOURS),
        "location": lambda: places.impossible_locations(data["latitude"], data["longitude"]),
    }


def theirs(data: dict[str, Any]) -> dict[str, Callable[[], Flags]]:
    """Return the tests of ioos_qc, by the same names, called as its documentation does."""
    from ioos_qc import qartod

    value, stamp = data["value"], data["stamp"]
    return {
        "gross range": lambda: qartod.gross_range_test(value, SPAN, USUAL),
        "spike": lambda: qartod.spike_test(value, *SPIKE),
        "rate of change": lambda: qartod.rate_of_change_test(value, stamp, PER_HOUR / 3600),
        "flat line": lambda: qartod.flat_line_test(
            value, stamp, *(round(3600 * h) for h in FLAT_HOURS), tolerance=TOLERANCE
        ),
        "attenuated signal": lambda: qartod.attenuated_signal_test(
            value, stamp, *SIGNAL, test_period=round(3600 * SIGNAL_HOURS), check_type="range"
        ),
        "gap": lambda: qartod.time_gap_test(stamp, GAP_HOURS),
        "location": lambda: qartod.location_test(data["longitude"], data["latitude"]),
    }


def seconds(work: Callable[[], Flags]) -> tuple[float, Flags]:
    """Return how long a call takes, and what it returns."""
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def run(quick: bool) -> dict[str, Any]:
    """Measure and return the result."""
    size, rounds = (100_000, 3) if quick else (1_000_000, 5)
    data = values(size)
    kit_checks, ioos_tests = ours(data), theirs(data)
    ratios, same = [], True
    print(f"{size} values, medians of {rounds} rounds after one unmeasured")
    for name, mine in kit_checks.items():
        other = ioos_tests[name]
        kit_flags, ioos_flags = mine(), np.ma.filled(other(), 2)
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(rounds):
            for work, found in zip((mine, other), times, strict=True):
                found.append(seconds(work)[0])
        kit_time, ioos_time = (statistics.median(found) for found in times)
        ratios.append(ioos_time / kit_time)
        took = f"kit {1000 * kit_time:7.1f} ms, ioos_qc {1000 * ioos_time:9.1f} ms"
        print(f"{name:18} {took}: {ratios[-1]:.1f} times", flush=True)
        same &= _compare(name, data, kit_flags, np.asarray(ioos_flags))
    mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
    print(f"geometric mean {mean:.1f}, slowest {min(ratios):.1f}; flags as expected: {same}")
    return {
        "name": NAME, "value": round(mean, 2), "unit": "time of ioos_qc / time of kit, geometric mean",
        "target": f">= {TARGET:g}, none below 1, same flags where definitions agree",
        "against": "ioos_qc 3.0", "ok": mean >= TARGET and min(ratios) >= 1 and same,
    }  # fmt: skip


def _compare(name: str, data: dict[str, Any], kit: Flags, ioos: Flags) -> bool:
    """Print where the flags differ; return whether every difference has the reason that is named."""
    differ = np.flatnonzero(kit != ioos)
    if not len(differ):
        print(f"{'':18} the same flags: {_counts(kit)}")
        return True
    reason, expected = REASONS[name](data, kit, ioos)
    strange = int((~expected[differ]).sum())
    print(f"{'':18} kit {_counts(kit)}, ioos_qc {_counts(ioos)}")
    print(f"{'':18} {len(differ)} differ: {reason}; for another reason: {strange}")
    return strange == 0


def _counts(flags: Flags) -> dict[int, int]:
    return {int(flag): int(count) for flag, count in zip(*np.unique(flags, return_counts=True), strict=True)}


def _beside_missing(data: dict[str, Any], reach: int = 1) -> Flags:
    absent = np.isnan(data["value"])
    found = absent.copy()
    for shift in range(1, reach + 1):
        found[shift:] |= absent[:-shift]
        found[:-shift] |= absent[shift:]
    return found


def _spike(data: dict[str, Any], kit: Flags, ioos: Flags) -> tuple[str, Flags]:
    near = np.zeros(len(kit), dtype=bool)
    wrong = kit >= WRONG
    wrong[np.isnan(data["value"])] = False
    for shift in (1, 2):
        near[shift:] |= wrong[:-shift]
        near[:-shift] |= wrong[shift:]
    ends = np.zeros(len(kit), dtype=bool)
    ends[[0, -1]] = True
    level = (kit >= WRONG) & (ioos >= WRONG)
    return (
        "kit does not flag the good values beside a spike, looks past a missing value, and measures "
        "the height from the nearer neighbour, not from the mean of both"
    ), near | ends | level | _beside_missing(data, 2)  # fmt: skip


def _rate(data: dict[str, Any], kit: Flags, ioos: Flags) -> tuple[str, Flags]:
    return (
        "kit compares with the last value there was, ioos_qc with none after a missing one",
        _beside_missing(data),
    )


def _flat(data: dict[str, Any], kit: Flags, ioos: Flags) -> tuple[str, Flags]:
    found = (kit >= WRONG) & (ioos < WRONG) | (kit == 4) & (ioos == WRONG)
    return (
        "kit flags the whole stretch, from its first value on and by its length in time; ioos_qc begins "
        "when one window is full"
    ), found | _near_gap(data, 150) | _beside_missing(data, 150)  # fmt: skip


def _near_gap(data: dict[str, Any], reach: int) -> Flags:
    gap = np.flatnonzero(np.diff(data["time"]) > np.timedelta64(int(3600 * GAP_HOURS), "s"))
    found = np.zeros(len(data["time"]), dtype=bool)
    for at in gap.tolist():
        found[max(at - reach, 0) : at + reach] = True
    return found


def _signal(data: dict[str, Any], kit: Flags, ioos: Flags) -> tuple[str, Flags]:
    window = round(SIGNAL_HOURS / STEP_HOURS)
    absent = np.cumsum(np.r_[0, np.isnan(data["value"])])
    start = np.maximum(np.arange(len(kit)) - window, 0)
    return (
        "a missing value in the window: kit leaves it out, ioos_qc does not judge such a window"
    ), absent[1:] - absent[start] > 0  # fmt: skip


def _gap(data: dict[str, Any], kit: Flags, ioos: Flags) -> tuple[str, Flags]:
    return "3 in kit and 4 in ioos_qc: a value after a pause is not wrong", (kit == WRONG) & (ioos == 4)


def _location(data: dict[str, Any], kit: Flags, ioos: Flags) -> tuple[str, Flags]:
    return "0, 0 is a place for ioos_qc and a GPS without a fix for kit", data["latitude"] == 0


REASONS: dict[str, Callable[[dict[str, Any], Flags, Flags], tuple[str, Flags]]] = {
    "spike": _spike, "rate of change": _rate, "flat line": _flat, "attenuated signal": _signal,
    "gap": _gap, "location": _location,
}  # fmt: skip
