"""Corrections of particle readings, as a new variable beside the old one.

The raw readings stay. What a correction cannot correct is missing in the new variable, and ``lost`` says how
much and why. The coefficients are in ``kit/tables/corrections.csv``.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from kit.analysis import series
from kit.analysis.given import need_readings
from kit.analysis.result import called
from kit.errors import AnalysisError, UsageError
from kit.text import N_

Floats = NDArray[np.float64]
TABLE = Path(__file__).parents[1] / "tables" / "corrections.csv"
PARTICLES = ("pm1", "pm25", "pm4", "pm10")
METHODS = ("epa", "kappa")
#: Why there is no corrected value; the number is what ``<variable>_lost_flag`` holds.
REASONS = (
    N_("corrected"), N_("no reading"), N_("the humidity is not known"), N_("only one channel measured"),
    N_("the two channels do not agree"), N_("above the range of the correction"),
    N_("a reference instrument, which needs no correction"),
)  # fmt: skip
KEPT, NO_READING, NO_HUMIDITY, ONE_CHANNEL, DISAGREE, TOO_HIGH, REFERENCE = range(7)
MEANINGS = "corrected no_reading no_humidity one_channel channels_disagree out_of_range reference"
TITLES = {
    "epa": "PM2.5 corrected for PurpleAir devices (US EPA)",
    "kappa": "corrected for water on the particles",
}


@cache
def coefficients(method: str) -> Mapping[str, float]:
    """Return the numbers of a correction.

    >>> coefficients("epa")["slope"]
    0.524
    """
    with TABLE.open(encoding="utf-8", newline="") as file:
        lines = [line for line in csv.DictReader(file) if line["method"] == method]
    return MappingProxyType({line["parameter"]: float(line["value"]) for line in lines})


def epa(cf1: ArrayLike, humidity: ArrayLike) -> Floats:
    """Return PM2.5 (µg/m³) from the mean of a PurpleAir's cf_1 channels (µg/m³) and its own humidity (%).

    Barkjohn et al. 2021 (doi:10.5194/amt-14-4617-2021): 0.524 cf_1 - 0.0862 RH + 5.75, a fit to devices in
    the United States. It can be a little below 0 in clean damp air.

    >>> epa([20.0], [50.0]).round(2).tolist()
    [11.92]
    """
    k = coefficients("epa")
    found: Floats = (
        k["slope"] * np.asarray(cf1, dtype=float)
        + k["humidity"] * np.asarray(humidity, dtype=float)
        + k["intercept"]
    )
    return found


def dried(values: ArrayLike, humidity: ArrayLike, kappa: float | None = None) -> Floats:
    """Return particle readings without the water that damp air adds to them (κ-Köhler).

    ``values / (1 + κ / 1.65 / (100 / RH - 1))``, Crilley et al. 2018 (doi:10.5194/amt-11-709-2018) after
    Petters & Kreidenweis 2007 (doi:10.5194/acp-7-1961-2007). Humidity above 95 % counts as 95 %.

    >>> dried([40.0, 40.0], [50.0, 100.0]).round(2).tolist()
    [33.85, 8.98]
    """
    k = coefficients("kappa")
    damp = np.clip(np.asarray(humidity, dtype=float), 0.0, k["highest_humidity"]) / 100.0
    water = (k["kappa"] if kappa is None else kappa) / k["density"] * damp / (1.0 - damp)
    found: Floats = np.asarray(values, dtype=float) / (1.0 + water)
    return found


def correct(
    ds: xr.Dataset, method: str, variable: str | None = None, *, channels: pd.DataFrame | None = None,
    kappa: float | None = None,
) -> xr.Dataset:  # fmt: skip
    """Return the readings with a corrected variable beside the raw one.

    Parameters
    ----------
    ds
        Hourly readings with ``humidity`` (%), dims (station, time).
    method
        ``"epa"``: only for ``pm25_cf1`` of PurpleAir devices whose two channels agree; gives ``pm25_epa``.
        ``"kappa"``: for particles of any optical counter; gives ``pm25_kappa`` (``pm10_kappa`` …).
    variable
        For ``kappa``, where the dataset holds several kinds of particles.
    channels
        For ``epa``: the single channels, ``shared.readings("pm25_cf1", freq=None)``. An hour is lost where
        one of them is missing, or where they differ by at least 5 µg/m³ and 61 %.
    kappa
        How much water the particles take up, 0 to 1 (default 0.3).

    Returns
    -------
    xarray.Dataset
        With ``pm25_epa``, ``pm25_epa_flag`` (that of the reading, 9 where missing) and
        ``pm25_epa_lost_flag``: 0 or why there is no value (:data:`REASONS`; see :func:`lost`).

    Raises
    ------
    UsageError
        ``correction``: no such method; ``kappa``.
    AnalysisError
        ``not-measured``; ``channels-needed``; ``not-hourly``.

    Examples
    --------
    >>> times = pd.date_range("2026-01-01", periods=3, freq="h").as_unit("us")
    >>> cube = {"pm25": [40.0, 40.0, 40.0], "humidity": [50.0, 97.0, np.nan]}
    >>> ds = xr.Dataset({k: (("station", "time"), [v]) for k, v in cube.items()},
    ...                 {"station": ["EE-A/roof"], "time": times}, {"freq": "1h"})
    >>> correct(ds, "kappa")["pm25_kappa"].values.round(2).tolist()
    [[33.85, 8.98, nan]]
    """
    need_readings(ds)
    if method not in METHODS:
        raise UsageError("There is no correction {value}.", do="Take one of: {known}.", code="correction",
                         value=method, known=", ".join(METHODS))  # fmt: skip
    if kappa is not None and not 0 <= kappa <= 1:
        raise UsageError("Kappa lies between 0 and 1, not at {value}.", code="kappa", value=kappa)
    name = "pm25_cf1" if method == "epa" else _particles(ds, variable)
    if method == "epa" and name not in ds.data_vars:
        raise AnalysisError(
            "The EPA correction is only for PurpleAir's CF=1 values, and there are none here.",
            why="It was fitted to them; other devices and other columns need another correction.",
            do='For other devices take method "kappa" or a calibration beside a reference.',
            code="not-measured",
        )  # fmt: skip
    if "humidity" not in ds.data_vars:
        raise AnalysisError("Not measured here: {name}.", do="Take readings of it, too.", code="not-measured",
                            name=called("humidity"))  # fmt: skip
    if series.step(ds) != "hour":
        raise AnalysisError("This question needs hourly readings; these are not hourly.",
                            do='Take hourly readings: freq="1h".', code="not-hourly")  # fmt: skip
    times, stations = (
        pd.DatetimeIndex(ds["time"].values),
        [str(s) for s in np.atleast_1d(ds["station"].values)],
    )
    raw, humidity = (
        series.frame(ds, each).reindex(times)[stations].to_numpy() for each in (name, "humidity")
    )
    reason = np.where(np.isnan(humidity), NO_HUMIDITY, KEPT)
    if method == "epa":
        if channels is None:
            raise AnalysisError(
                "Whether the two channels of the device agree is not known.",
                why="A dirty or broken channel is only seen beside the other one.",
                do='Give them: channels=shared.readings("pm25_cf1", freq=None).', code="channels-needed",
            )  # fmt: skip
        reason = np.where(raw > coefficients("epa")["highest"], TOO_HIGH, reason)
        agreed = _channels(channels, stations, times)
        reason = np.where(agreed != KEPT, agreed, reason)
        made = epa(raw, humidity)
    else:
        made = dried(raw, humidity, kappa)
    reference = np.array([text == "reference" for text in series.station_text(ds, "instrument").values()])
    reason = np.where(np.isnan(raw), NO_READING, np.where(reference[None, :], REFERENCE, reason))
    return _with(ds, f"{name.removesuffix('_cf1')}_{method}", name, made, reason, method)


def _particles(ds: xr.Dataset, variable: str | None) -> str:
    held = [name for name in PARTICLES if name in ds.data_vars]
    if variable is None and not held:
        raise AnalysisError("Not measured here: {name}.", do="Take readings of it, too.", code="not-measured",
                            name=called("pm25"))  # fmt: skip
    name = series.main_variable(ds[held] if variable is None else ds, variable)
    if name not in PARTICLES:
        raise UsageError("This correction is for particles: {known}.", code="not-particles",
                         known=", ".join(PARTICLES))  # fmt: skip
    return name


def _channels(table: pd.DataFrame, stations: list[str], times: pd.DatetimeIndex) -> NDArray[np.int64]:
    """Return per (time, station) whether two channels are there and agree, else the reason."""
    k = coefficients("epa")
    mine = (
        table[(table["variable"] == "pm25_cf1") & ~table["flag"].isin([4, 9])] if "flag" in table else table
    )
    stamp = pd.DatetimeIndex(mine["time"]).floor("h")
    grouped = mine.assign(step=stamp).groupby(["station", "step", "sensor"], observed=True)["value"].mean()
    both = grouped.groupby(level=[0, 1], observed=True).agg(["min", "max", "count"])
    gap, half = both["max"] - both["min"], (both["max"] + both["min"]) / 2
    apart = (gap >= k["channels_differ"]) & (gap >= k["channels_share"] * half)
    reason = np.where(both["count"] < 2, ONE_CHANNEL, np.where(apart, DISAGREE, KEPT))
    wide = pd.Series(reason, index=both.index).unstack(level=0)
    found = wide.reindex(index=times, columns=stations).to_numpy(dtype=float)
    return np.where(np.isnan(found), ONE_CHANNEL, found).astype(np.int64)


def _with(
    ds: xr.Dataset, new: str, old: str, made: Floats, reason: NDArray[np.int64], method: str
) -> xr.Dataset:
    """Return the dataset with the new variable, its flags and why values are missing."""
    dims, keep = ("station", "time"), reason == KEPT
    values = np.where(keep, made, np.nan).T
    flags = (
        ds[f"{old}_flag"].transpose(*dims).values
        if f"{old}_flag" in ds
        else np.ones(values.shape, dtype=np.int8)
    )
    source = next(line["source"] for line in _lines() if line["method"] == method)
    attrs = {
        "long_name": TITLES[method], "units": ds[old].attrs.get("units", "ug m-3"),
        "comment": f"made of {old}", "references": source,
        "ancillary_variables": f"{new}_flag {new}_lost_flag",
    }  # fmt: skip
    why = {"flag_values": np.arange(len(REASONS), dtype=np.int8), "flag_meanings": MEANINGS}
    return ds.assign({
        new: (dims, values, attrs),
        f"{new}_flag": (dims, np.where(keep.T, flags, 9).astype(np.int8)),
        f"{new}_lost_flag": (dims, reason.T.astype(np.int8), why),
    })  # fmt: skip


def _lines() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def lost(ds: xr.Dataset, variable: str) -> pd.DataFrame:
    """Return how many values a correction (or :func:`kit.analysis.derive`) lost and why, per station.

    Columns ``station``, ``reason`` (English; ``tr`` gives other languages), ``n``; what never was measured is
    not lost.

    >>> times = pd.date_range("2026-01-01", periods=2, freq="h").as_unit("us")
    >>> cube = {"pm25": [40.0, 40.0], "humidity": [50.0, np.nan]}
    >>> ds = xr.Dataset({k: (("station", "time"), [v]) for k, v in cube.items()},
    ...                 {"station": ["EE-A/roof"], "time": times}, {"freq": "1h"})
    >>> lost(correct(ds, "kappa"), "pm25_kappa")[["reason", "n"]].values.tolist()
    [['the humidity is not known', 1]]
    """
    need_readings(ds)
    name = f"{variable}_lost_flag"
    if name not in ds:
        raise UsageError("{name} is no corrected variable.", code="correction", name=variable)
    table = []
    reasons = ds[name].attrs.get("reasons", REASONS)
    for station, row in zip(np.atleast_1d(ds["station"].values), ds[name].values, strict=True):
        counts = np.bincount(row.astype(np.int64), minlength=len(reasons))
        table += [
            (str(station), reasons[k], int(counts[k])) for k in range(NO_HUMIDITY, len(reasons)) if counts[k]
        ]
    return pd.DataFrame(table, columns=["station", "reason", "n"])
