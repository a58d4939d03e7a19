"""Which part each reading or sighting belongs to: the sides of a condition (season, hour, wind ...)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from kit.analysis import series
from kit.analysis.result import Note, called
from kit.errors import AnalysisError, UsageError
from kit.stats.sun import elevation
from kit.text import N_

#: Which part each (station, time) belongs to, -1 for none.
Places = NDArray[np.int64]

SEASONS = (N_("winter"), N_("spring"), N_("summer"), N_("autumn"))
WEEKDAYS = (
    N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"),
)  # fmt: skip
WEEKEND = (N_("Monday to Friday"), N_("weekend"))
MONTHS = (
    N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June"), N_("July"), N_("August"),
    N_("September"), N_("October"), N_("November"), N_("December"),
)  # fmt: skip
DAYLIGHT = (N_("night"), N_("day"))
SECTORS = (
    N_("north"), N_("northeast"), N_("east"), N_("southeast"),
    N_("south"), N_("southwest"), N_("west"), N_("northwest"),
)  # fmt: skip
QUARTERS = (
    N_("{name}: lowest quarter"), N_("{name}: second quarter"), N_("{name}: third quarter"),
    N_("{name}: highest quarter"),
)  # fmt: skip
CALENDAR: Mapping[str, Sequence[str]] = {
    "season": SEASONS, "weekday": WEEKDAYS, "weekend": WEEKEND, "month": MONTHS,
}  # fmt: skip
STATIONS = ("station", "school", "region", "exposure")
OF_SIGHTINGS = (*CALENDAR, "year", "station", "school", "region")
KNOWN = (*CALENDAR, "hour", "year", "daylight", "wind", *STATIONS)


def side_of_readings(ds: xr.Dataset, name: str) -> tuple[list[Note], Places]:
    """Return the labels of one condition, and which of them each (station, time) has (-1: none)."""
    if name in STATIONS:
        shown = series.station_names(ds) if name == "station" else series.station_text(ds, name)
        labels = sorted({text for text in shown.values() if text})
        places = np.array([labels.index(text) if text else -1 for text in shown.values()])
        return _plain(labels), np.repeat(places[:, None], ds.sizes["time"], axis=1)
    if name == "wind":
        return _plain(SECTORS), _sectors(ds)
    if name in (*CALENDAR, "hour", "year", "daylight"):
        labels, places = _calendar(ds, name)
        return _plain(labels), places
    if name in ds.data_vars:
        return [(text, {"name": called(name)}) for text in QUARTERS], _quarters(ds, name)
    raise UsageError(
        "Readings cannot be split by {name}.",
        do="Use one of {known}, or a variable that is among these readings.",
        code="unknown-condition", name=name, known=", ".join(KNOWN),
    )  # fmt: skip


def _plain(labels: Sequence[str]) -> list[Note]:
    return [(label, {}) for label in labels]


def _calendar(ds: xr.Dataset, name: str) -> tuple[list[str], Places]:
    if name in ("hour", "daylight") and series.step(ds) != "hour":
        raise UsageError(
            "These readings have no hours, so they cannot be split by {name}.",
            do='Take hourly readings: freq="1h".',
            code="condition-step", name=name,
        )  # fmt: skip
    if name in ("weekday", "weekend") and series.step(ds) not in ("hour", "day"):
        raise UsageError(
            "These readings have no days, so they cannot be split by {name}.",
            do='Take daily readings: freq="1D".',
            code="condition-step", name=name,
        )  # fmt: skip
    if name == "daylight":
        middle = ds["time"].values + np.timedelta64(30, "m")
        height = elevation(middle[None, :], ds["latitude"].values[:, None], ds["longitude"].values[:, None])
        return list(DAYLIGHT), np.where(np.isfinite(height), (height > 0).astype(np.int64), -1)
    rows = [pd.DatetimeIndex(row) for row in series.local_times(ds)]
    if name == "year":
        years = np.array([row.year for row in rows])
        known = sorted({int(year) for year in np.unique(years)})
        return [str(year) for year in known], np.searchsorted(known, years)
    if name == "hour":
        return [f"{hour:02d}:00" for hour in range(24)], np.array([row.hour for row in rows])
    months, weekdays = (np.array([getattr(row, part) for row in rows]) for part in ("month", "day_of_week"))
    places = {
        "season": months % 12 // 3, "month": months - 1, "weekday": weekdays, "weekend": weekdays // 5,
    }[name]  # fmt: skip
    return list(CALENDAR[name]), places.astype(np.int64)


def _sectors(ds: xr.Dataset) -> Places:
    if "wind_direction" not in ds.data_vars:
        raise AnalysisError("Not measured here: {name}.", do="Take readings of it, too.",
                            code="no-wind", name=called("wind_direction"))  # fmt: skip
    direction = series.frame(ds, "wind_direction").to_numpy().T
    speed = (
        series.frame(ds, "wind_speed").to_numpy().T
        if "wind_speed" in ds.data_vars
        else np.ones_like(direction)
    )
    return side_of_wind(direction, speed)


def side_of_wind(direction: NDArray[np.float64], speed: NDArray[np.float64]) -> Places:
    """Return from which of eight sides the wind blows, -1 in calms and where the direction is unknown.

    >>> side_of_wind(np.array([350.0, 100.0, 100.0, np.nan]), np.array([2.0, 2.0, 0.0, 2.0])).tolist()
    [0, 2, -1, -1]
    """
    from kit.analysis.wind import sector_of

    blows = np.isfinite(direction) & ~(speed == 0)
    return np.where(blows, sector_of(np.where(blows, direction, 0.0), len(SECTORS)), -1)


def _quarters(ds: xr.Dataset, name: str) -> Places:
    """Return the quarter of another variable; a value on a border belongs to the lower one."""
    values = series.frame(ds, name).to_numpy().T
    if not np.isfinite(values).any():
        raise AnalysisError(
            "There are no readings here: {name}.",
            do="Ask for a longer time or more stations.",
            code="empty",
            name=called(name),
        )
    borders = np.nanquantile(values, [0.25, 0.5, 0.75])
    return np.where(np.isfinite(values), np.searchsorted(borders, values, side="left"), -1)


def side_of_sightings(sightings: pd.DataFrame, name: str) -> tuple[list[Note], Places]:
    """Return the labels of one condition, and which of them each sighting has (-1: none).

    A date that is not known exactly enough (only its year, an interval over two months) has no month, season
    or weekday. ``region`` needs ``sightings.attrs["station_regions"]``, as a dataset gives it.

    >>> days = pd.DataFrame({"station": "EE-A/1", "eventDate": ["2026-12-24", "2026-01", "2026", ""]})
    >>> labels, places = side_of_sightings(days, "season")
    >>> labels[0][0], places.tolist()
    ('winter', [0, 0, -1, -1])
    """
    if name not in OF_SIGHTINGS:
        raise UsageError(
            "Sightings cannot be split by {name}.", do="Use one of {known}.",
            code="unknown-condition", name=name, known=", ".join(OF_SIGHTINGS),
        )  # fmt: skip
    if name in ("station", "school", "region"):
        keys, place = np.unique(sightings["station"].fillna("").astype(str), return_inverse=True)
        shown = _of_stations(sightings, [str(key) for key in keys], name)
        labels = sorted({text for text in shown if text})
        places = np.array([labels.index(text) if text else -1 for text in shown], dtype=np.int64)[place]
        return _plain(labels), places
    texts, place = np.unique(sightings["eventDate"].fillna("").astype(str), return_inverse=True)
    dates = np.array([_spot(str(text)) for text in texts], dtype=np.int64).reshape(-1, 3)[place]
    year, month, weekday = dates.T
    if name == "year":
        known = sorted({int(one) for one in year if one >= 0})
        return _plain([str(one) for one in known]), np.where(year >= 0, np.searchsorted(known, year), -1)
    places = {
        "season": np.where(month > 0, month % 12 // 3, -1), "month": np.where(month > 0, month - 1, -1),
        "weekday": weekday, "weekend": np.where(weekday >= 0, weekday // 5, -1),
    }[name]  # fmt: skip
    return _plain(CALENDAR[name]), places


def _of_stations(sightings: pd.DataFrame, stations: list[str], name: str) -> list[str]:
    """Return name, school or region of each station, "" where it is not known."""
    if name == "school":
        return [station.partition("/")[0] for station in stations]
    if name == "region":
        regions = sightings.attrs.get("station_regions", {})
        return [str(regions.get(station, "")) for station in stations]
    return list(names_of_stations(sightings, stations).values())


def names_of_stations(sightings: pd.DataFrame, stations: Sequence[str]) -> dict[str, str]:
    """Return what people call the stations; where two have one name, their ids stand behind it."""
    known = sightings.attrs.get("station_names", {})
    held = {station: str(known.get(station, station)) for station in stations}
    names = list(held.values())
    return {key: f"{text} ({key})" if names.count(text) > 1 and text != key else text
            for key, text in held.items()}  # fmt: skip


def _spot(text: str) -> tuple[int, int, int]:
    """Return year, month and weekday (0: Monday) of an ISO date or interval, -1 for what it leaves open."""
    start, _, end = text.partition("/")
    start, end = start[:10], (end or start)[:10]
    if not start[:4].isdecimal() or len(end) < len(start) or end[:4] != start[:4]:
        return -1, -1, -1
    month = int(start[5:7]) if len(start) >= 7 and end[:7] == start[:7] else -1
    if len(start) < 10 or end != start:
        return int(start[:4]), month, -1
    try:
        return int(start[:4]), month, date.fromisoformat(start).weekday()
    except ValueError:
        return int(start[:4]), month, -1
