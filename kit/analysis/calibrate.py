"""A device beside a reference: how far off is it, and what does it show after a calibration?

A small sensor stands beside an official instrument for some weeks. The line found there is then used at other
times; how well that works is judged on days that were not used to find it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from kit.analysis import series
from kit.analysis.exceed import rules
from kit.analysis.result import HEADINGS, Note, Result, digits_for
from kit.errors import AnalysisError
from kit.stats.regression import agreement, orthogonal
from kit.text import N_, number, tr

Floats = NDArray[np.float64]
#: Days with values of both that a calibration needs, and in how many parts they are left out in turn.
FEWEST_DAYS, PARTS = 14, 5
HEADINGS["stage"], HEADINGS["bias"], HEADINGS["rmse"] = (
    N_("stage"),
    N_("mean difference"),
    N_("typical difference"),
)
STAGES = (N_("before"), N_("after"))

METHOD = N_("Least-squares calibration beside a reference; judged on days left out in turn")
BETTER = N_(
    "Beside the reference {station} was typically {before} {unit} off; after the calibration {after} {unit} "
    "(on days not used for it)."
)
WORSE = N_(
    "The calibration does not help: on days not used for it {station} was typically {after} {unit} off, "
    "without it {before} {unit}."
)
UNCERTAIN = N_("A value of {level} {unit} is then uncertain by {share} %.")
CAUTION = N_(
    "This holds for this device, this place and weather like that of these days. Devices age: a calibration "
    "must be done again. A calibrated small sensor is no official instrument."
)
SPAN = N_(
    "The readings beside the reference reach from {low} to {high} {unit}; beyond that the line is a guess."
)


@dataclass(frozen=True, kw_only=True)
class CalibrationResult(Result):
    """A calibration: reference = intercept + slope · device (+ coefficient · each of ``beside``).

    ``quality`` has two rows, ``stage`` "before" and "after" (days left out in turn), with ``n``, ``slope``
    and ``intercept`` (orthogonal line of the device on the reference), ``r2``, ``bias``, ``rmse``,
    ``uncertainty`` (expanded, k = 2, in the unit of the variable at ``level``) and ``relative`` (of
    ``level``). ``pairs`` has ``time``, ``device``, ``reference``, ``calibrated`` (left out in turn).
    """

    headings = MappingProxyType({"slope": N_("slope"), "intercept": N_("height at 0"), "r2": N_("R²")})

    variable: str
    unit: str
    station: str
    reference: str
    station_name: str
    slope: float
    intercept: float
    beside: tuple[str, ...]
    coefficients: tuple[float, ...]
    level: float
    quality: pd.DataFrame = field(repr=False)
    pairs: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """Before and after."""
        return self.quality

    def sentence(self, lang: str | None = None) -> str:
        """Say how far off the device was, before and after."""
        before, after = (float(x) for x in self.quality["rmse"])
        digits = max(1, digits_for(before, after))
        words = {"station": self.station_name or self.station, "unit": self.unit,
                 "before": number(before, digits, lang), "after": number(after, digits, lang)}  # fmt: skip
        main = tr(BETTER if after < before else WORSE, lang, **words)
        relative = float(self.quality["relative"].iloc[1])
        if not math.isfinite(relative):
            return main
        level = number(self.level, digits_for(self.level), lang)
        return f"{main} " + tr(
            UNCERTAIN, lang, level=level, unit=self.unit, share=number(100 * relative, 0, lang)
        )

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang)

    def apply(self, ds: xr.Dataset) -> xr.Dataset:
        """Return readings with the new variable ``<variable>_calibrated``.

        Only the calibrated station has values. Its flags are those of the reading, 9 where it, or something
        measured beside it, is missing.
        """
        times = pd.DatetimeIndex(ds["time"].values)
        frames = [series.frame(ds, name).reindex(times) for name in (self.variable, *self.beside)]
        if self.station not in frames[0].columns:
            raise series.unknown_station(self.station, frames[0].columns)
        own = [frame[self.station].to_numpy(dtype=float) for frame in frames]
        made = self.intercept + self.slope * own[0]
        for coefficient, values in zip(self.coefficients, own[1:], strict=True):
            made = made + coefficient * values
        dims = ("station", "time")
        stations = [str(s) for s in np.atleast_1d(ds["station"].values)]
        values = np.full((len(stations), len(times)), np.nan)
        values[stations.index(self.station)] = made
        flag, new = f"{self.variable}_flag", f"{self.variable}_calibrated"
        flags = ds[flag].transpose(*dims).values if flag in ds else np.ones(values.shape, dtype=np.int8)
        attrs = {"units": ds[self.variable].attrs.get("units", ""), "comment": self.formula(),
                 "ancillary_variables": f"{new}_flag"}  # fmt: skip
        return ds.assign({
            new: (dims, values, attrs),
            f"{new}_flag": (dims, np.where(np.isnan(values), 9, flags).astype(np.int8)),
        })  # fmt: skip

    def formula(self) -> str:
        """Return the calibration as a formula."""
        others = "".join(f" {c:+.4g} {name}" for name, c in zip(self.beside, self.coefficients, strict=True))
        return f"{self.intercept:.4g} {self.slope:+.4g} {self.variable}{others}"


def calibrate(
    ds: xr.Dataset, station: str, *, reference: str, variable: str | None = None, beside: Sequence[str] = (),
    reference_uncertainty: float = 0.0,
) -> CalibrationResult:  # fmt: skip
    """Calibrate one station's device by a reference that stood beside it.

    Parameters
    ----------
    ds
        Hourly or daily readings of both over the time side by side, dims (station, time).
    station, reference
        The ids of the device and of the reference.
    variable
        Which one, if the dataset holds several.
    beside
        What else the device measured that may explain its errors, e.g. ``("humidity",)``.
    reference_uncertainty
        Standard uncertainty of the reference itself (same unit), taken off the scatter.

    Raises
    ------
    NotFoundError
        ``unknown-station``.
    AnalysisError
        ``too-short``: fewer than 14 days with both; ``constant``: one of them never changes.

    Notes
    -----
    The line is fitted by least squares with the reference as what is to be found, so that ``apply`` gives the
    best guess of the reference. The uncertainty is that of the European guide to the demonstration of
    equivalence (2010): an orthogonal line of the device on the reference, u² = scatter² + (bias at the
    level)², expanded by 2 (:func:`kit.stats.regression.orthogonal`). Slope, intercept, R² and RMSE are those
    that the US EPA asks for (Duvall et al. 2021, EPA/600/R-20/280). "After" uses only days that were left out
    when the line was found: five parts of days in a row.

    Examples
    --------
    >>> times = pd.date_range("2026-01-01", periods=30).as_unit("us")
    >>> truth = 10 + 5 * np.sin(np.arange(30.0))
    >>> ds = xr.Dataset({"pm25": (("station", "time"), [4 + 2 * truth, truth])},
    ...                 {"station": ["EE-A/roof", "EE-A/ref"], "time": times}, {"freq": "1D"})
    >>> found = calibrate(ds, "EE-A/roof", reference="EE-A/ref")
    >>> round(found.slope, 6), round(found.intercept, 6), found.table["rmse"].round(6).tolist()
    (0.5, -2.0, [14.630507, 0.0])
    """
    name = series.main_variable(ds, variable)
    table = series.frame(ds, name)
    series.device_and_reference(table, station, reference)
    columns = {"device": table[station], "reference": table[reference]}
    columns |= {other: series.frame(ds, other)[station] for other in beside}
    pairs = pd.DataFrame(columns).dropna()
    days = pd.DatetimeIndex(pairs.index).floor("D")
    if days.nunique() < FEWEST_DAYS:
        raise AnalysisError("Only {n} days have readings of both; a calibration needs {needed}.",
                            do="Leave the device beside the reference for longer.", code="too-short",
                            n=int(days.nunique()), needed=FEWEST_DAYS)  # fmt: skip
    if pairs["device"].nunique() < 3 or pairs["reference"].nunique() < 3:
        raise AnalysisError("One of the two always shows the same value.", code="constant",
                            do="Look at the readings themselves and at the device.")  # fmt: skip
    y = pairs["reference"].to_numpy(dtype=float)
    design = np.column_stack([np.ones(len(pairs)), pairs["device"], *[pairs[other] for other in beside]])
    whole = np.linalg.lstsq(design, y, rcond=None)[0]
    fold = np.minimum(pd.factorize(days, sort=True)[0] * PARTS // days.nunique(), PARTS - 1)
    after = np.empty(len(y))
    for part in range(PARTS):
        out = fold == part
        after[out] = design[out] @ np.linalg.lstsq(design[~out], y[~out], rcond=None)[0]
    limits = [rule.value for rule in rules("eu2030") if (rule.pollutant, rule.average) == (name, "day")]
    level = limits[0] if limits else float(np.percentile(y, 90))
    device = pairs["device"].to_numpy(dtype=float)
    quality = pd.DataFrame([
        {"stage": stage, **_quality(y, values, level, reference_uncertainty)}
        for stage, values in zip(STAGES, (device, after), strict=True)
    ])  # fmt: skip
    unit, shown = series.unit(ds, name), series.station_names(ds)
    span = {"low": round(float(device.min()), 1), "high": round(float(device.max()), 1), "unit": unit}
    notes: tuple[Note, ...] = ((SPAN, span),)
    return CalibrationResult(
        method=METHOD, n=len(pairs), completeness=len(pairs) / len(table), version=series.version(ds),
        notes=notes, variable=name, unit=unit, station=station, reference=reference,
        station_name=shown[station], slope=float(whole[1]), intercept=float(whole[0]), beside=tuple(beside),
        coefficients=tuple(float(c) for c in whole[2:]), level=level,
        quality=quality,
        pairs=pd.DataFrame({"time": pairs.index, "device": device, "reference": y, "calibrated": after}),
    )  # fmt: skip


def _quality(
    reference: Floats, device: Floats, level: float, reference_uncertainty: float
) -> dict[str, float]:
    line, numbers = orthogonal(reference, device), agreement(reference, device)
    expanded = 2 * line.uncertainty(level, reference_uncertainty) if math.isfinite(line.slope) else math.nan
    return {
        "n": len(reference), "slope": line.slope, "intercept": line.intercept, "r2": line.r2,
        "bias": numbers["mb"], "rmse": numbers["rmse"], "uncertainty": expanded, "relative": expanded / level,
    }  # fmt: skip
