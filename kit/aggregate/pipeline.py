"""All steps in one call, as the service needs them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from kit.aggregate.days import by_name, daily, monthly, yearly
from kit.aggregate.devices import deployments, devices
from kit.aggregate.groups import DAY, FRAME, HOUR, as_category, combine, sorting, stamps
from kit.aggregate.hours import check_call, hourly
from kit.aggregate.sensors import merge_sensors
from kit.errors import UsageError
from kit.model import Station

FREQUENCIES = ("1h", "1D", "1MS", "1YS")
NAMES = ("station", "variable")
COLUMNS = (*NAMES, "time", "value", "n", "coverage", "flag", "at_least", "deployment")


def to_freq(
    readings: pd.DataFrame, stations: Mapping[str, Station], freq: str = "1D",
    use: Sequence[int] = (1, 2, 3), *, texts: bool = True,
) -> pd.DataFrame:  # fmt: skip
    """Aggregate readings in steps to hours, local standard days, months or years per station.

    Parameters
    ----------
    readings
        Long table as for :func:`kit.aggregate.hourly`. For directions weighted with the speed it must hold
        ``wind_speed`` too.
    stations
        Stations by id (their time zones); not needed for hours.
    freq
        ``"1h"`` (time: UTC start of the hour), ``"1D"``, ``"1MS"``, ``"1YS"`` (time: local standard date of
        the first day).
    use
        The flags whose values are used: any of 1, 2, 3.
    texts
        Whether station and variable are texts in the result; else categories.

    Returns
    -------
    pandas.DataFrame
        Columns station, variable, time, value (NaN: incomplete), n (readings per hour, hours per day,
        days per month or year), coverage (0..1), flag (worst used), at_least (sums of which something is
        missing), deployment (values with the same number come from devices that may be compared over the
        years, :mod:`kit.aggregate.devices`; -1: no value used); sorted by station, variable, time.

    Raises
    ------
    UsageError
        For an unknown ``freq``, missing columns, or a station without a time zone.

    >>> times = pd.date_range("2019-03-29T22:00", periods=24, freq="h").as_unit("us")
    >>> table = pd.DataFrame({"station": "s/a", "sensor": "1", "variable": "pm25", "time": times,
    ...     "period": 3600, "value": np.arange(24.0), "flag": 1})
    >>> day = to_freq(table, {"s/a": Station("s/a", zone="Europe/Tallinn")}, "1D")
    >>> str(day.time[0].date()), float(day.value[0]), int(day.n[0])
    ('2019-03-30', 11.5, 24)
    """
    if freq not in FREQUENCIES:
        raise UsageError(
            "{freq} is not a step that kit knows.", do="Choose one of: {known}.",
            freq=freq, known=", ".join(FREQUENCIES),
        )  # fmt: skip
    if freq != "1h":
        return from_days(station_days(readings, stations, use), freq, texts=texts)
    return from_hours(station_hours(readings, use), texts=texts)


def station_hours(readings: pd.DataFrame, use: Sequence[int] = (1, 2, 3)) -> pd.DataFrame:
    """Aggregate readings to hours per station: the first half of :func:`to_freq` with ``"1h"``.

    Returns the columns of that without ``deployment``, and ``period`` (seconds; what was given for a day is
    a row of its own) and ``devices``.
    """
    parts = [_merged(part, use)[[*COLUMNS[:-1], "period", "devices"]] for part in _apart(readings, use)]
    return parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)


def from_hours(frame: pd.DataFrame, *, texts: bool = True) -> pd.DataFrame:
    """Return hours from the values of :func:`station_hours`, as :func:`to_freq` does."""
    frame = _where(frame, "period", lambda period: period < DAY)
    nothing = frame["n"].to_numpy() == 0
    if nothing.any():
        frame = frame.assign(value=frame["value"].mask(nothing))
    return _numbered(frame, texts)


def station_days(
    readings: pd.DataFrame, stations: Mapping[str, Station], use: Sequence[int] = (1, 2, 3)
) -> pd.DataFrame:
    """Aggregate readings to local standard days per station: the first half of :func:`to_freq`.

    Returns the columns ``kit.aggregate.FRAME`` (one name of a sensor for all); values that were given for
    longer than a day are rows of their own ``period``. Arguments and errors are those of :func:`to_freq`.
    """
    days = [daily(one_sensor(_merged(part, use)), stations) for part in _apart(readings, use)]
    return days[0] if len(days) == 1 else by_name(pd.concat(days, ignore_index=True))


def _apart(readings: pd.DataFrame, use: Sequence[int]) -> list[pd.DataFrame]:
    """Return the readings of the stations that have hourly ones only, and those of the others.

    What one station measured says nothing about the hours and days of another, and the former are quickly
    done.
    """
    check_call(readings, use)
    odd = readings["period"].to_numpy() != HOUR
    if odd.all() or not odd.any():
        return [readings]
    names = {name: as_category(readings[name]) for name in FRAME[:3]}
    station = names["station"]
    of_others = np.bincount(station.codes[odd], minlength=len(station.categories)) > 0
    others = of_others[station.codes]
    if others.all():
        return [readings]
    readings = readings.assign(**names)
    return [readings[~others], readings[others]]


def from_days(frame: pd.DataFrame, freq: str, *, texts: bool = True) -> pd.DataFrame:
    """Return days, months or years from the daily values of :func:`station_days`, as :func:`to_freq` does."""
    if freq == "1D":
        frame = _where(frame, "period", lambda period: period == DAY)
    else:
        frame = monthly(frame) if freq == "1MS" else yearly(frame)
        most = (31 if freq == "1MS" else 366) * DAY
        frame = _where(frame, "period", lambda period: period <= most)
    return _numbered(frame, texts)


def _where(frame: pd.DataFrame, column: str, wanted: Callable[[Any], Any]) -> pd.DataFrame:
    """Return the rows in which a column is as wanted: mostly all of them."""
    keep = wanted(frame[column].to_numpy())
    return frame if keep.all() else frame[keep]


def with_sensor(frame: pd.DataFrame) -> pd.DataFrame:
    """Return daily values without a column for the sensor in the shape that :func:`station_days` gives."""
    names = {name: as_category(frame[name]) for name in ("station", "variable")}
    return one_sensor(frame.assign(**names))[list(FRAME)]


def _merged(readings: pd.DataFrame, use: Sequence[int]) -> pd.DataFrame:
    hours = hourly(readings, use)
    return merge_sensors(hours.assign(devices=devices(hours)))


def _numbered(frame: pd.DataFrame, texts: bool) -> pd.DataFrame:
    """Return the columns that are asked for, sorted, deployments numbered as they first appear."""
    series = combine([frame["station"].array, frame["variable"].array])
    order = sorting(series, stamps(frame["time"].to_numpy()))
    if order is not None:
        frame, series = frame.iloc[order], series[order]
    number = deployments(frame["devices"].to_numpy(), series)
    columns = {name: frame[name].array if name in NAMES else frame[name].to_numpy() for name in COLUMNS[:-1]}
    frame = pd.DataFrame({**columns, "deployment": number}, copy=False)
    return frame.astype(dict.fromkeys(NAMES, "str")).copy() if texts else frame


def one_sensor(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a merged frame under one sensor name, so that the next steps make one row per station."""
    names = pd.Categorical.from_codes(np.zeros(len(frame), dtype=np.int8), categories=pd.Index(["+"]))
    return frame.assign(sensor=names)
