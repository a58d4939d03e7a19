"""What follows from readings of the weather: dew point, heat index, wind chill and others, as new variables.

The readings stay as they are. Where a new variable has no value, ``lost`` says how often and why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from kit.analysis import series
from kit.analysis.given import need_readings
from kit.analysis.result import called
from kit.errors import AnalysisError, UsageError
from kit.stats import thermo
from kit.text import N_

Floats = NDArray[np.float64]

#: Why there is no value; the number is what ``<variable>_lost_flag`` holds.
REASONS = (
    N_("derived"), N_("no reading"), N_("something else that it needs was not measured"),
    N_("outside the range in which the formula holds"), N_("the height of the station is not known"),
    N_("the station stands too high for the formula"),
)  # fmt: skip
KEPT, NO_READING, NO_OTHER, OUTSIDE, NO_HEIGHT, TOO_HIGH = range(6)
MEANINGS = "derived no_reading other_missing out_of_range height_unknown station_too_high"
#: Up to this elevation (m) pressure may be reduced by this formula (WMO-No. 8, volume I, chapter 3).
HIGHEST = 750.0


@dataclass(frozen=True)
class Formula:
    """One thing to derive.

    ``needs`` are the variables, the main one first; ``make`` takes their values, shape (time, station);
    ``holds`` gives for each whether the formula holds; ``may_use`` is a variable that makes it better;
    ``hourly``: means of days would give another answer.
    """

    name: str
    needs: tuple[str, ...]
    make: Callable[..., Floats]
    holds: Callable[..., NDArray[np.bool_]]
    attrs: Mapping[str, str]
    hourly: bool = False
    may_use: str = ""


def _damp(t: Floats, r: Floats) -> NDArray[np.bool_]:
    """Return where the Magnus formula holds: -45 to 60 °C, humidity above 0 and up to 105 % (fog, noise)."""
    return np.asarray((t >= -45) & (t <= 60) & (r > 0) & (r <= 105))


def _saturated(formula: Callable[..., Floats]) -> Callable[..., Floats]:
    """Return the formula with humidity up to 105 % counted as 100 %: such readings are of saturated air."""
    return lambda t, r, *others: formula(t, np.minimum(r, 100.0), *others)


def _attrs(units: str, long_name: str, standard_name: str, reference: str) -> dict[str, str]:
    named = {"standard_name": standard_name} if standard_name else {}
    return {**named, "long_name": long_name, "units": units, "references": reference}


WMO8 = "https://library.wmo.int/idurl/4/68695"
FORMULAS: Mapping[str, Formula] = {
    "dew_point": Formula(
        "dew_point", ("temperature", "humidity"), _saturated(thermo.dew_point), _damp,
        _attrs("degC", "dew point", "dew_point_temperature", WMO8),
    ),
    "absolute_humidity": Formula(
        "absolute_humidity", ("temperature", "humidity"), _saturated(thermo.absolute_humidity), _damp,
        _attrs("g m-3", "absolute humidity", "mass_concentration_of_water_vapor_in_air", WMO8),
    ),
    "vapour_pressure_deficit": Formula(
        "vapour_pressure_deficit", ("temperature", "humidity"), _saturated(thermo.vapour_pressure_deficit),
        _damp,
        _attrs("kPa", "vapour pressure deficit", "water_vapor_saturation_deficit_in_air",
               "https://www.fao.org/4/x0490e/x0490e07.htm"), hourly=True,
    ),
    "heat_index": Formula(
        "heat_index", ("temperature", "humidity"), _saturated(thermo.heat_index),
        lambda t, r: np.asarray((t >= (80 - 32) / 1.8) & (t <= 50) & (r >= 0) & (r <= 105)),
        _attrs("degC", "heat index", "heat_index_of_air_temperature",
               "https://www.wpc.ncep.noaa.gov/html/heatindex_equation.shtml"), hourly=True,
    ),
    "wind_chill": Formula(
        "wind_chill", ("temperature", "wind_speed"), thermo.wind_chill,
        lambda t, v: np.asarray((t >= -50) & (t <= 10) & (v > 4.8 / 3.6)),
        _attrs("degC", "wind chill", "wind_chill_of_air_temperature", "doi:10.1175/BAMS-86-10-1453"),
        hourly=True,
    ),
    "apparent_temperature": Formula(
        "apparent_temperature", ("temperature", "humidity", "wind_speed"),
        _saturated(thermo.apparent_temperature),
        lambda t, r, v: np.asarray((t >= -45) & (t <= 60) & (r >= 0) & (r <= 105) & (v >= 0)),
        _attrs("degC", "apparent temperature in the shade", "apparent_air_temperature",
               "http://www.bom.gov.au/info/thermal_stress/"), hourly=True,
    ),
    "sea_level_pressure": Formula(
        "pressure_sea_level", ("pressure", "temperature"), thermo.sea_level_pressure,
        lambda p, t: np.asarray((p > 0) & (t >= -60) & (t <= 60)),
        _attrs("hPa", "air pressure at sea level", "air_pressure_at_mean_sea_level", WMO8),
        may_use="humidity",
    ),
}  # fmt: skip


def derive(ds: xr.Dataset, what: str) -> xr.Dataset:
    """Return the readings with a new variable that follows from them.

    Parameters
    ----------
    ds
        Readings, dims (station, time): hourly ones, or daily ones for ``dew_point``, ``absolute_humidity``
        and ``sea_level_pressure``. Flags 4 and 9 are left out.
    what
        ``dew_point`` (°C), ``absolute_humidity`` (g/m³), ``vapour_pressure_deficit`` (kPa), each from
        ``temperature`` and ``humidity``; ``heat_index`` (°C; from 26.7 °C on); ``wind_chill`` (°C; up to 10
        °C, with more than 4.8 km/h of wind); ``apparent_temperature`` (°C; with ``wind_speed``);
        ``sea_level_pressure`` (hPa, as ``pressure_sea_level``; from ``pressure``, ``temperature`` and the
        elevation, up to 750 m; better with ``humidity``). Sources and units: :mod:`kit.stats.thermo`.

    Returns
    -------
    xarray.Dataset
        With the new variable (CF attributes), its ``_flag`` (the worst of what it was made of; 9 where
        missing), ``_lost_flag`` (0 or why there is none, see :data:`REASONS` and :func:`kit.analysis.lost`),
        and ``_coverage`` and ``_deployment`` where its readings have them.

    Raises
    ------
    UsageError
        ``derive``: no such thing, or it is among the readings already.
    AnalysisError
        ``not-measured``, ``not-hourly``, ``empty``; ``no-height``: no station's elevation is known.

    Notes
    -----
    The formulae with wind want it at 10 m height in the open; in a school yard it is weaker, so that wind
    chill is told too mild.

    Examples
    --------
    >>> times = pd.date_range("2026-07-01", periods=3, freq="h").as_unit("us")
    >>> cube = {"temperature": [32.0, 20.0, 30.0], "humidity": [70.0, 50.0, np.nan]}
    >>> ds = xr.Dataset({k: (("station", "time"), [v]) for k, v in cube.items()},
    ...                 {"station": ["EE-A/roof"], "time": times}, {"freq": "1h"})
    >>> derive(ds, "heat_index")["heat_index"].values.round(1).tolist()
    [[40.4, nan, nan]]
    >>> derive(ds, "dew_point")["dew_point"].values.round(1).tolist()
    [[25.8, 9.3, nan]]
    """
    need_readings(ds)
    formula = FORMULAS.get(what)
    if formula is None:
        raise UsageError("{value} cannot be derived.", do="Take one of: {known}.", code="derive", value=what,
                         known=", ".join(FORMULAS))  # fmt: skip
    if formula.name in ds.data_vars:
        raise UsageError("{value} is among the readings already.", do="Take the readings without it.",
                         code="derive", value=formula.name)  # fmt: skip
    absent = [name for name in formula.needs if name not in ds.data_vars]
    if absent:
        raise AnalysisError("Not measured here: {name}.", do="Take readings of it, too.", code="not-measured",
                            name=called(absent[0]))  # fmt: skip
    if formula.hourly and series.step(ds) != "hour":
        raise AnalysisError("This question needs hourly readings; these are not hourly.",
                            do='Take hourly readings: freq="1h".', code="not-hourly")  # fmt: skip
    ds = ds if "station" in ds.dims else ds.expand_dims("station")
    names = list(formula.needs)
    values = [_values(ds, name) for name in names]
    reason = np.where(formula.holds(*values), KEPT, OUTSIDE)
    for value in values[1:]:
        reason = np.where(np.isnan(value), NO_OTHER, reason)
    extra: list[Floats] = []
    if what == "sea_level_pressure":
        height = _heights(ds)
        reason = np.where(np.isnan(height), NO_HEIGHT, np.where(height > HIGHEST, TOO_HIGH, reason))
        extra = [height, np.zeros_like(values[0])]
        if formula.may_use in ds.data_vars:
            damp = np.clip(_values(ds, formula.may_use), 0.0, 100.0)
            vapour = thermo.vapour_pressure(np.clip(values[1], -60, 60), damp)
            extra[1] = np.where(np.isfinite(vapour), vapour, 0.0)
            names.append(formula.may_use)
    reason = np.where(np.isnan(values[0]), NO_READING, reason)
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        made = formula.make(*values, *extra)
    return _with(ds, formula, names, made, reason)


def _values(ds: xr.Dataset, name: str) -> Floats:
    """Return usable values, shape (station, time), in the order of the dataset."""
    times = pd.DatetimeIndex(ds["time"].values)
    stations = [str(station) for station in np.atleast_1d(ds["station"].values)]
    table = series.frame(ds, name).reindex(times)[stations]
    return table.to_numpy(dtype=np.float64).T


def _heights(ds: xr.Dataset) -> Floats:
    """Return each station's elevation (m), shape (station, 1)."""
    known = ds["elevation"].values if "elevation" in ds.coords else np.full(ds.sizes["station"], np.nan)
    height = np.atleast_1d(known).astype(np.float64)[:, None]
    if not np.isfinite(height).any():
        raise AnalysisError(
            "The pressure at sea level needs the height of the station, and it is not known here.",
            do="Add the elevation of the station.", code="no-height",
        )  # fmt: skip
    return height


def _with(
    ds: xr.Dataset, formula: Formula, names: list[str], made: Floats, reason: NDArray[np.int64]
) -> xr.Dataset:
    """Return the dataset with the new variable, its flags, and what else its readings have beside them."""
    dims, new, keep = ("station", "time"), formula.name, reason == KEPT
    attrs: dict[str, Any] = {
        **formula.attrs, "comment": "made of " + ", ".join(names),
        "ancillary_variables": f"{new}_flag {new}_lost_flag",
    }  # fmt: skip
    if "cell_methods" in ds[names[0]].attrs:
        attrs["cell_methods"] = ds[names[0]].attrs["cell_methods"]
    why = {"flag_values": np.arange(len(REASONS), dtype=np.int8), "flag_meanings": MEANINGS,
           "reasons": list(REASONS)}  # fmt: skip
    flags = _beside(ds, names, "flag")
    worst = np.max(np.where(flags == 9, 1, flags), axis=0) if len(flags) else np.ones(keep.shape)
    found = {
        new: (dims, np.where(keep, made, np.nan), attrs),
        f"{new}_flag": (dims, np.where(keep, worst, 9).astype(np.int8)),
        f"{new}_lost_flag": (dims, reason.astype(np.int8), why),
    }  # fmt: skip
    coverage = _beside(ds, list(formula.needs), "coverage")
    if len(coverage):
        found[f"{new}_coverage"] = (dims, np.nanmin(coverage, axis=0))
    devices = _beside(ds, names, "deployment")
    if len(devices):
        found[f"{new}_deployment"] = (dims, np.where(keep, _together(devices), -1).astype(np.int16))
    return ds.assign(found)


def _beside(ds: xr.Dataset, names: list[str], kind: str) -> NDArray[Any]:
    """Return what stands beside the variables, shape (those that have it, station, time)."""
    held = [f"{name}_{kind}" for name in names if f"{name}_{kind}" in ds]
    if not held:
        return np.empty((0, ds.sizes["station"], ds.sizes["time"]))
    return np.stack([ds[name].transpose("station", "time").values for name in held])


def _together(devices: NDArray[Any]) -> NDArray[np.int64]:
    """Return one number for each set of devices."""
    numbers = np.unique(devices.reshape(len(devices), -1), axis=1, return_inverse=True)[1]
    return np.asarray(numbers).reshape(devices.shape[1:])
