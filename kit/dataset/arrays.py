"""From the values that count to arrays: an ``xarray.Dataset`` (station, time) by the CF conventions.

CF conventions 1.13 (https://cfconventions.org), discrete sampling geometry ``timeSeries``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kit.errors import UsageError
from kit.model import RULES, Flag, Station
from kit.store.versions import Version
from kit.vocab.variables import Variable
from kit.vocab.variables import variable as known_variable

if TYPE_CHECKING:
    import xarray as xr

#: What may be written for a step: the name that kit.aggregate knows.
STEPS = {
    "1h": "1h", "h": "1h", "1H": "1h", "1D": "1D", "D": "1D", "1d": "1D", "1M": "1MS", "M": "1MS",
    "1MS": "1MS", "MS": "1MS", "1ME": "1MS", "1Y": "1YS", "Y": "1YS", "1YS": "1YS", "YS": "1YS",
}  # fmt: skip
_METHODS = {
    "mean": "time: mean", "sum": "time: sum", "max": "time: maximum", "point": "time: mean",
    "vector": "time: mean (comment: vector mean)",
}  # fmt: skip
#: Extremes of a day; longer steps take the mean of the daily ones.
_EXTREMES = {"temperature_max": "time: maximum", "temperature_min": "time: minimum"}
_DEPLOYMENT = (
    "values of a station with the same number come from devices that may be compared over the years; "
    "-1: no value"
)
_COORDINATES: dict[str, dict[str, str]] = {
    "latitude": {"standard_name": "latitude", "units": "degrees_north", "long_name": "latitude"},
    "longitude": {"standard_name": "longitude", "units": "degrees_east", "long_name": "longitude"},
    "elevation": {"standard_name": "surface_altitude", "units": "m", "long_name": "height above sea level"},
    "region": {"long_name": "region (ISO 3166-2)"},
    "school": {"long_name": "school"},
    "exposure": {"long_name": "where the device stands"},
    "zone": {"long_name": "time zone"},
}


def step_of(freq: str) -> str:
    """Return the step that ``freq`` means, as :mod:`kit.aggregate` names it.

    >>> step_of("1M")
    '1MS'
    """
    if freq not in STEPS:
        raise UsageError(
            "{freq} is not a step of time that kit knows.",
            do='Write "1h", "1D", "1M" or "1Y"; or None for the readings themselves.',
            code="freq", freq=str(freq),
        )  # fmt: skip
    return STEPS[freq]


def to_xarray(
    frame: pd.DataFrame,
    stations: Sequence[Station],
    freq: str,
    version: Version | None,
    wanted: Sequence[str] | None,
    numbered: Collection[str] = (),
) -> xr.Dataset:
    """Return the arrays of an aggregated table (:func:`kit.aggregate.to_freq`).

    ``wanted`` are the variables to be in the result (None: all of the table), ``numbered`` those that have
    their deployments even where there is but one. The time axis has every step from the first to the last one
    with data; a station is there if it has data. Cells: value NaN where
    incomplete, flag 9 and coverage 0 where there is nothing.
    """
    import xarray as xr

    step = step_of(freq)
    known = {station.id: station for station in stations}
    names = list(dict.fromkeys(wanted)) if wanted is not None else sorted(frame["variable"].unique())
    there = pd.Categorical(frame["variable"])
    if not set(there.categories) <= set(names):
        mine = there.isin(names)
        frame, there = frame[mine], there[mine]
    axis = axis_of(frame["time"].to_numpy(), step)
    ids, places = _rows(pd.Categorical(frame["station"]), len(axis))
    places += _steps(frame["time"], axis, step)
    arrays: dict[str, Any] = {}
    for name in names:
        here = np.asarray(there == name)
        part = (frame, places) if here.all() else (frame[here], places[here])
        arrays |= _arrays(known_variable(name), *part, (len(ids), len(axis)), step, name in numbered)
    found = xr.Dataset(arrays, coords={"time": ("time", axis), **station_coordinates(ids, known)})
    found["time"].attrs = {"standard_name": "time", "long_name": "start of the period", "axis": "T"}
    found["time"].attrs["comment"] = (
        "UTC" if step == "1h" else "local standard date of the station (no daylight saving)"
    )
    found.attrs = {
        "Conventions": "CF-1.13",
        "featureType": "timeSeries",
        "dataset_version": version.short if version else "",
        "rules": version.rules if version else RULES,
        "freq": freq,
    }
    return found


def _rows(station: pd.Categorical, width: int) -> tuple[list[str], Any]:
    """Return the stations that occur, by id, and for each row where the cells of its station begin."""
    there = np.bincount(station.codes, minlength=len(station.categories)) > 0
    return station.categories[there].tolist(), ((np.cumsum(there) - 1) * width)[station.codes]


def axis_of(times: Any, step: str) -> pd.DatetimeIndex:
    """Return every step from the first to the last of some times."""
    if not len(times):
        return pd.DatetimeIndex([], dtype="datetime64[us]")
    return pd.date_range(times.min(), times.max(), freq=step).as_unit("us")


def _steps(times: pd.Series, axis: pd.DatetimeIndex, step: str) -> Any:
    """Return the place of each time on the axis."""
    if not len(axis):
        return np.zeros(0, dtype=np.int64)
    stamp, unit = times.to_numpy(), {"1h": "h", "1D": "D", "1MS": "M", "1YS": "Y"}[step]
    first = axis[0].to_datetime64()
    if step == "1h":  # of a zone that is no whole hour from UTC, too
        found = (stamp - first).astype("timedelta64[us]", copy=False).view(np.int64)
        found //= 3_600_000_000
        return found
    return (stamp.astype(f"datetime64[{unit}]") - first.astype(f"datetime64[{unit}]")).astype(np.int64)


def _arrays(
    variable: Variable,
    frame: pd.DataFrame,
    places: Any,
    shape: tuple[int, int],
    step: str,
    numbered: bool,
) -> dict[str, Any]:
    """Return the arrays of one variable: values, worst flag used, coverage.

    Sums have "at least" beside them; variables whose device changed somewhere have their deployments.
    """
    name, dims = variable.id, ("station", "time")
    value = np.full(shape, np.nan)
    flag = np.full(shape, int(Flag.MISSING), dtype=np.int8)
    coverage = np.zeros(shape)
    for cells, column in ((value, "value"), (flag, "flag"), (coverage, "coverage")):
        cells.reshape(-1)[places] = frame[column].to_numpy()
    attributes = {
        "units": variable.cf_units, "long_name": variable.name("en"), "cell_methods": _method(variable, step),
        "ancillary_variables": f"{name}_flag {name}_coverage",
    }  # fmt: skip
    if variable.standard_name:
        attributes["standard_name"] = variable.standard_name
    flags = {
        "long_name": "worst flag used (QARTOD)",
        "standard_name": "quality_flag",
        "flag_values": np.array([int(item) for item in Flag], dtype=np.int8),
        "flag_meanings": " ".join(item.name.lower() for item in Flag),
    }
    share = {"long_name": "share of the expected readings", "units": "1"}
    made = {name: (dims, value, attributes), f"{name}_flag": (dims, flag, flags)}
    made[f"{name}_coverage"] = (dims, coverage, share)
    if variable.kind == "sum":
        least = np.zeros(shape, dtype=np.int8)
        least.reshape(-1)[places] = frame["at_least"].to_numpy()
        words = {
            "long_name": "something is missing: the sum is at least this",
            "flag_values": np.array([0, 1], dtype=np.int8),
            "flag_meanings": "complete at_least",
        }
        made[f"{name}_at_least"] = (dims, least, words)
        attributes["ancillary_variables"] += f" {name}_at_least"
    deployment = frame["deployment"].to_numpy()
    if numbered or (deployment > 0).any():
        number = np.full(shape, -1, dtype=np.int16)
        number.reshape(-1)[places] = deployment
        made[f"{name}_deployment"] = (dims, number, {"long_name": "deployment", "comment": _DEPLOYMENT})
        attributes["ancillary_variables"] += f" {name}_deployment"
    return made


def _method(variable: Variable, step: str) -> str:
    """Return the cell methods of a variable at a step.

    >>> _method(known_variable("temperature_min"), "1MS")
    'time: minimum time: mean (comment: mean of the daily ones)'
    """
    extreme = _EXTREMES.get(variable.id)
    if extreme is None:
        return _METHODS[variable.kind]
    return extreme if step in ("1h", "1D") else f"{extreme} time: mean (comment: mean of the daily ones)"


def station_coordinates(ids: Sequence[str], known: Mapping[str, Station]) -> dict[str, Any]:
    """Return the coordinates that go along the stations."""
    chosen = [known[name] for name in ids]
    made: dict[str, Any] = {"station": ("station", np.array(ids, dtype=object), {"cf_role": "timeseries_id"})}
    columns = zip(*map(attrgetter(*_COORDINATES), chosen), strict=True) if ids else [()] * len(_COORDINATES)
    for (name, attributes), values in zip(_COORDINATES.items(), columns, strict=True):
        numbers = name in ("latitude", "longitude", "elevation")
        array = np.array([np.nan if v is None else v for v in values] if numbers else values,
                         dtype=float if numbers else object)  # fmt: skip
        made[name] = ("station", array, attributes)
    names = np.array([station.name or station.id for station in chosen], dtype=object)
    made["station_name"] = ("station", names, {"long_name": "name of the station"})
    return made
