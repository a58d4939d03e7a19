"""All checks over a long table of readings: one flag and its reasons per reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kit.checks import codes, pairs, places, ranges, seasons, shape, times, windows
from kit.checks.clock import factory_clock, factory_dates, set_back
from kit.checks.findings import Findings
from kit.checks.gaps import Gap, find_gaps
from kit.checks.limits import Limits, limits
from kit.checks.ranges import long_sums
from kit.checks.series import (
    Names,
    Ordered,
    blocks,
    by_series,
    in_order,
    median_step,
    numbered,
    series_codes,
    starts,
)
from kit.errors import UsageError
from kit.model import Flag, NotRun, Station
from kit.text import N_

Floats = NDArray[np.float64]
#: Readings that are looked at together where windows are wide: it bounds the memory.
BLOCK = 1 << 15
Ints = NDArray[np.int64]
Flags = NDArray[np.int8]

#: Columns that the checks need; ``latitude`` and ``longitude`` (degrees) may be there too.
NEEDED = ("station", "sensor", "variable", "time", "period", "value")
SHAPES = ("spike", "flat-line", "rate-of-change")

NO_LIMITS = N_("There are no limits for this variable yet.")
NO_STATION = N_("The station is not known here.")
NO_PLACE = N_("The station has no coordinates.")
NO_NOW = N_("It is not known when the file was given.")
TOO_FEW = N_("Sensor {sensor} has too few values: {n}. At least {least} are needed.")
TOO_FAR = N_(
    "Sensor {sensor} measures every {hours} hours. Neighbouring readings must be at most {most} hours apart."
)
TOO_SHORT = N_("The readings of sensor {sensor} cover {hours} hours. At least {least} hours are needed.")


@dataclass(frozen=True)
class Checked:
    """What the checks found: ``flag`` (int8, QARTOD) and ``reason`` (codes joined by ";") per reading,
    in the order of the table, the checks that could not run, and the pauses of each sensor."""

    flag: Flags
    reason: NDArray[Any]
    not_run: tuple[NotRun, ...]
    gaps: tuple[Gap, ...] = ()


def run(readings: pd.DataFrame, stations: Mapping[str, Station], now: datetime | None = None) -> Checked:
    """Check every reading.

    Parameters
    ----------
    readings
        Long table with the columns of ``kit.model.READINGS`` (flag, reason and row are not needed),
        in any order: times in UTC, values in canonical units, NaN for missing. With the columns
        ``latitude`` and ``longitude`` it is also checked whether the station moved; with ``row``, whether
        the clock jumped back in the file.
    stations
        Stations by id; those that are missing or have no place cannot be checked (see ``not_run``).
    now
        When the file was given (naive: UTC). Without it, future times cannot be found.

    Returns
    -------
    Checked
        Flags 1 good, 2 nothing could be checked, 3 suspect, 4 fail, 9 missing; the worst of all
        checks, with all their reasons. A check that could not run is in ``not_run``.

    Raises
    ------
    UsageError
        If a needed column is missing.

    Examples
    --------
    >>> table = pd.DataFrame({"station": "s/roof", "sensor": "1", "variable": "temperature", "period": 0,
    ...     "time": pd.to_datetime(["2026-03-01T10:00", "2026-03-01T11:00"]), "value": [12.0, 86.0]})
    >>> done = run(table, {})
    >>> done.flag.tolist(), done.reason.tolist()
    ([1, 4], ['', 'out-of-range'])
    """
    absent = [name for name in NEEDED if name not in readings.columns]
    if absent:
        raise UsageError("The table to check has no column {columns}.", columns=", ".join(absent))
    findings = Findings(len(readings))
    if not len(readings):
        return Checked(findings.flag, np.zeros(0, dtype=object), ())
    value = readings["value"].to_numpy(dtype=np.float64)
    time = readings["time"].to_numpy(dtype="datetime64[us]")
    findings.add("missing", ranges.missing(value))
    _check_times(findings, time, now)
    _check_places(findings, readings, stations)
    order, names = _check_series(findings, readings, value, time, stations)
    step = median_step(order.hours, order.series, len(names))
    for variable in dict.fromkeys(names["variable"]):
        _check_shapes(findings, variable, order, step, names)
    use = np.isfinite(order.value) & ~findings.wrong()[order.index]
    for check, at in pairs.disagreements(order, names, use):
        findings.add_ordered(check, np.full(len(at), Flag.SUSPECT, dtype=np.int8), order, at)
    gaps = find_gaps(order, step, names, limits("gap", "*"))
    return Checked(findings.flag, findings.words(), tuple(findings.not_run), gaps)


def _check_series(
    findings: Findings, readings: pd.DataFrame, value: Floats, time: Any, stations: Mapping[str, Station]
) -> tuple[Ordered, Names]:
    """Check clocks, and values one by one; return the series in order and what each of them is."""
    series, names = series_codes(readings, ("variable", "station", "sensor", "period"))
    order = in_order(time, value, series)
    _check_clock(findings, readings, time, series, order)
    for variable in dict.fromkeys(names["variable"]):
        mine = np.array([one == variable for one in names["variable"]], dtype=bool)
        at = np.flatnonzero(mine[series])
        pairs_of = zip(names["variable"], names["station"], strict=True)
        at_stations = sorted({station for one, station in pairs_of if one == variable})
        for check, part in long_sums(variable, readings["period"].to_numpy()[at]):
            _check_values(findings, variable, value, at[part], at_stations, check)
        _check_seasons(findings, variable, (value, time, series), at, names, stations)
    return order, names


def _check_times(findings: Findings, time: Any, now: datetime | None) -> None:
    own = limits("time", "*")
    findings.add("impossible-time", times.impossible_time(time, own.one("earliest_year")))
    if now is None:
        findings.not_run.append(NotRun("time", "", "", NO_NOW))
    else:
        findings.add("future-time", times.future_time(time, now, own.one("clock_hours")))


def _check_clock(findings: Findings, readings: pd.DataFrame, time: Any, series: Ints, order: Ordered) -> None:
    """Check the clock in the order of the file, where the table says what that is."""
    if "row" not in readings.columns:
        return
    own = limits("clock", "*")
    row = readings["row"].to_numpy()
    mixed = (row[1:] < row[:-1]).any()
    if order.rising and not mixed and not factory_dates(time, own.all("factory_year")):
        return
    at = np.lexsort((row, series)) if mixed else by_series(series)
    t, s = time[at], series[at]
    set_by_factory = factory_clock(
        t,
        s,
        own.all("factory_year"),
        *(own.one(name) for name in ("jump_days", "lone_days", "lone_step", "quick_step")),
    )
    findings.add("factory-clock", set_by_factory, at)
    limit = (own.one(f"back_{name}") for name in ("seconds", "share", "most", "least"))
    findings.add("clock-back", set_back(t, s, *limit), at)


def _check_places(findings: Findings, readings: pd.DataFrame, stations: Mapping[str, Station]) -> None:
    which, ids = numbered(readings["station"])
    often = np.bincount(which, minlength=len(ids))
    where = None
    if {"latitude", "longitude"} <= set(readings.columns):
        where = [np.asarray(readings[axis], dtype=np.float64) for axis in ("latitude", "longitude")]
    limit = limits("station-moved", "*").one("kilometres")
    for code in np.flatnonzero(often).tolist():
        key = str(ids[code])
        station = stations.get(key)
        if station is None or station.latitude is None or station.longitude is None:
            why = NO_STATION if station is None else NO_PLACE
            findings.not_run.append(NotRun("location", "", key, why))
            continue
        of_station = {
            "impossible-location": places.impossible_location(station.latitude, station.longitude),
            "outside-region": places.outside_region(station.latitude, station.longitude, station.region),
        }
        bad = {reason: flag for reason, flag in of_station.items() if flag >= Flag.SUSPECT}
        at = np.flatnonzero(which == code) if bad or where is not None else np.zeros(0, dtype=np.int64)
        for reason, flag in bad.items():
            findings.add(reason, np.full(len(at), flag, dtype=np.int8), at)
        if where is not None:
            elsewhere = at[(where[0][at] != station.latitude) | (where[1][at] != station.longitude)]
            latitude, longitude = where[0][elsewhere], where[1][elsewhere]
            away = places.moved(latitude, longitude, station.latitude, station.longitude, limit)
            findings.add_level("station-moved", away, Flag.SUSPECT, elsewhere)


def _check_values(
    findings: Findings, variable: str, value: Floats, at: Ints, stations: list[str], check: str
) -> None:
    """Check the values one by one: range (``check`` names its limits) and codes."""
    mine = value[at]
    span = limits(check, variable)
    if not span.known:
        findings.not_run += [NotRun("gross-range", variable, station, NO_LIMITS) for station in stations]
        findings.add("missing", np.full(len(at), Flag.NOT_EVALUATED, dtype=np.int8), at)
    else:
        flag = ranges.gross_range(
            mine, span.one("fail_min"), span.one("fail_max"), span.one("suspect_min"), span.one("suspect_max")
        )
        findings.add_level("out-of-range", flag, Flag.FAIL, at)
        findings.add_level("unusual-value", flag, Flag.SUSPECT, at)
    known = limits("stuck-code", variable)
    if known.known:
        findings.add("stuck-code", codes.stuck_code(mine, known.all("exactly"), known.one("at_most")), at)


def _check_seasons(
    findings: Findings, variable: str, table: tuple[Floats, Any, Ints], at: Ints,
    names: Names, stations: Mapping[str, Station],
) -> None:  # fmt: skip
    """Check values against the limits of their half of the year, where the station's latitude is known."""
    own = limits("half-year-range", variable)
    if not own.known or not own.applies:
        return
    value, time, series = table
    station_of = names.array("station")
    here = np.flatnonzero(np.bincount(series[at], minlength=len(names)))
    present = dict.fromkeys(station_of[here].tolist())
    for key in present:
        station = stations.get(key)
        if station is None or station.latitude is None:
            findings.not_run.append(
                NotRun("half-year-range", variable, key, NO_PLACE if station else NO_STATION)
            )
            continue
        mine = at if len(present) == 1 else at[(station_of == key)[series[at]]]
        flag = seasons.half_year_range(value[mine], time[mine], station.latitude, own)
        flag[findings.flag[mine] >= Flag.FAIL] = Flag.GOOD  # said already
        findings.add_level("out-of-season", flag, Flag.FAIL, mine)
        findings.add_level("unusual-value", flag, Flag.SUSPECT, mine)


def _check_shapes(findings: Findings, variable: str, order: Ordered, step: Floats, names: Names) -> None:
    """Check how the values of one variable follow each other; its series stand together in ``order``."""
    mine = [code for code, one in enumerate(names["variable"]) if one == variable]
    part = slice(*np.searchsorted(order.series, (mine[0], mine[-1] + 1)).tolist())
    at = np.arange(part.start, part.stop)
    hours, series = order.hours[part], order.series[part]
    value = order.value[part].copy()
    failed = findings.wrong()[order.index[part]]
    stuck = limits("stuck-code", variable)
    if stuck.all("repeated"):
        flag = codes.stuck_at(
            hours, value, series, link_hours(stuck, step)[series],
            stuck.all("repeated"), stuck.one("repeats"), stuck.one("fail_hours"),
        )  # fmt: skip
        findings.add_ordered("stuck-code", flag, order, at)
        failed |= flag >= Flag.SUSPECT
    value[failed & np.isfinite(value)] = np.nan  # what is no measurement is nobody's neighbour
    use = np.isfinite(value)
    extent = _extent(hours, series, use, len(names))
    for check in SHAPES:
        own = limits(check, variable)
        if not own.known:
            for station in sorted({names["station"][s] for s in np.unique(series)}):
                findings.not_run.append(NotRun(check, variable, station, NO_LIMITS))
            continue
        if not own.applies:
            continue
        able = _able(findings, check, variable, own, extent, step, names)
        gap = link_hours(own, step)[series]
        flag = shape.one_shape(check, own, hours, value, series, gap, use)
        flag[(flag == Flag.MISSING) | ~able[series]] = Flag.GOOD
        findings.add_ordered(check, flag, order, at)
        if check == "spike":
            use &= flag < Flag.SUSPECT
    _check_signal(findings, variable, order, at, value)


def _check_signal(findings: Findings, variable: str, order: Ordered, at: Ints, value: Floats) -> None:
    """Check whether a quantity still changes from day to night; windows must be nearly full."""
    own = limits("attenuated-signal", variable)
    if not own.known or not own.applies or len(at) < own.one("min_readings"):
        return
    flag = np.full(len(at), Flag.GOOD, dtype=np.int8)
    for part in blocks(order.series[at], BLOCK):
        if not windows.may_be_quiet(value[part], own.one("suspect"), int(own.one("min_readings"))):
            continue
        hours = order.hours[at[part]]
        start = windows.window_starts(hours, order.series[at[part]], own.one("window_hours"))
        quiet = windows.rolling_range(value[part], start) < own.one("suspect")
        rows = np.arange(1, len(hours) + 1) - start
        seen = np.r_[0, np.cumsum(np.isfinite(value[part]))]
        count = seen[1:] - seen[start]  # what is no measurement says nothing about quiet
        quiet &= (count >= own.one("min_readings")) & (count >= 0.75 * rows)
        quiet &= ~(value[part] >= own.one("legit_at_least"))
        quiet &= hours - hours[start] >= 0.9 * own.one("window_hours")
        flag[part][quiet] = Flag.SUSPECT
    odd = np.flatnonzero(flag > Flag.GOOD)
    odd = odd[findings.flag[order.index[at[odd]]] < Flag.SUSPECT]  # a flat line is said already
    findings.add_ordered("attenuated-signal", flag[odd], order, at[odd])


def link_hours(own: Limits, step: Floats) -> Floats:
    """Return per series the longest step in hours that is no gap; NaN, so never linked, without a cadence."""
    widest = np.maximum(own.one("gap_cadences") * step, own.one("gap_least_hours"))
    most = own.one("neighbour_hours", np.inf)
    return np.where(np.isnan(step), np.nan, np.minimum(widest, most))


def _extent(hours: Floats, series: Ints, use: NDArray[np.bool_], size: int) -> tuple[Ints, Ints, Floats]:
    """Return which series there are, and of every one of ``size`` how many values and over how many hours."""
    here = np.flatnonzero(use)
    count = np.bincount(series[here], minlength=size)
    lasts = np.zeros(size)
    first = starts(series[here])
    present = series[here[first]]
    lasts[present] = hours[here[first + count[present] - 1]] - hours[here[first]]
    return series[starts(series)], count, lasts


def _able(
    findings: Findings, check: str, variable: str, own: Limits,
    extent: tuple[Ints, Ints, Floats], step: Floats, names: Names,
) -> NDArray[np.bool_]:  # fmt: skip
    """Return per series whether the check can run, and note where it cannot."""
    present, count, lasts = extent
    least = int(own.one("min_readings", 3 if check == "spike" else 2))
    most, needed = own.one("neighbour_hours", np.inf), own.one("suspect_hours", 0.0)
    able = np.ones(len(names), dtype=bool)
    for one in present.tolist():
        sensor = {"sensor": names["sensor"][one]}
        if count[one] < least:
            why, params = TOO_FEW, {**sensor, "n": int(count[one]), "least": least}
        elif check != "flat-line" and step[one] > most:
            why, params = TOO_FAR, {**sensor, "hours": f"{step[one]:.3g}", "most": f"{most:g}"}
        elif lasts[one] < needed:
            why, params = TOO_SHORT, {**sensor, "hours": f"{lasts[one]:.3g}", "least": f"{needed:g}"}
        else:
            continue
        able[one] = False
        findings.not_run.append(NotRun(check, variable, names["station"][one], why, params))
    return able
