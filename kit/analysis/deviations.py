"""How far a device is off beside a reference, and whether that hangs on something else, such as damp air."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from kit.analysis import series
from kit.analysis.result import Note, Result, called, digits_for, symbol
from kit.analysis.sides import QUARTERS
from kit.errors import AnalysisError
from kit.text import N_, number, tr

#: Pairs of values that four parts need.
FEWEST = 24
ALL = N_("all")

METHOD = N_("Device minus reference at the same times; four equal parts by another variable")
OFF = N_("Beside the reference {station} was typically {typical} {unit} off.")
OVERALL = N_("On average it showed {times} times what the reference showed.")
PARTS = N_(
    "Where {name} was in its lowest quarter ({low}) it showed {first} times as much, in its highest quarter "
    "({high}) {last} times."
)
CAUTION = N_(
    "This does not show that the one causes the other: damp hours, for example, are often nights, and much "
    "else is different at night. It holds for this device, this place and these weeks."
)
LEFT = N_("Values that could not be compared, as one of the two or {name} is missing: {n}.")


@dataclass(frozen=True, kw_only=True)
class DeviationsResult(Result):
    """How far a device is off: four equal parts by another variable (``by``), and all pairs together.

    ``parts`` has five rows, the last for all: ``part``, ``low`` and ``high`` (of ``by``), ``n``, ``device``
    and ``reference`` (means), ``bias`` (mean of device minus reference), ``rmse`` (typical difference: the
    root of the mean square), ``q25`` and ``q75`` (half of the differences lie between), ``times`` (device
    over reference, of the means).
    """

    headings = MappingProxyType({
        "part": N_("which"), "n": N_("number"), "low": N_("from"), "high": N_("to"),
        "device": N_("mean of the device"), "reference": N_("mean of the reference"),
        "bias": N_("mean difference"), "rmse": N_("typical difference"), "times": N_("times the reference"),
    })  # fmt: skip

    variable: str
    unit: str
    by: str
    station: str
    reference: str
    station_name: str
    left: int
    names: dict[str, tuple[Note, ...]] = field(repr=False)
    parts: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """One row per part, the last for all."""
        return self.parts

    def sentence(self, lang: str | None = None) -> str:
        """Say how far off it was typically, and in the lowest and the highest quarter."""
        first, last, whole = (self.parts.iloc[at] for at in (0, 3, 4))

        def span(row: pd.Series) -> str:
            digits, unit = digits_for(float(row["high"])), symbol(self.by)
            low, high = (number(float(row[end]), digits, lang) for end in ("low", "high"))
            return f"{low} … {high} {unit}".strip()

        typical = number(float(whole["rmse"]), max(1, digits_for(float(whole["rmse"]))), lang)
        said = tr(OFF, lang, station=self.station_name or self.station, typical=typical, unit=self.unit)
        if not np.isfinite([whole["times"], first["times"], last["times"]]).all():
            return said
        overall = tr(OVERALL, lang, times=number(float(whole["times"]), 2, lang))
        ends = [number(float(row["times"]), 2, lang) for row in (first, last)]
        parts = tr(PARTS, lang, name=called(self.by)(lang), low=span(first), high=span(last), first=ends[0],
                   last=ends[1])  # fmt: skip
        return f"{said} {overall} {parts}"

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang)


def deviations(
    ds: xr.Dataset, station: str, *, reference: str, by: str = "humidity", variable: str | None = None,
    shown: str | None = None,
) -> DeviationsResult:  # fmt: skip
    """Return how far a device is off beside a reference, in four equal parts by what else it measured.

    Parameters
    ----------
    ds
        Readings of both, dims (station, time), usually hourly.
    station, reference
        The ids of the device and of the reference.
    by
        What else the device measured; its values are put in order and cut into four parts of equal size.
    variable
        What is compared, if the dataset holds several.
    shown
        Another variable of the device to judge instead, made of this one: ``"pm25_calibrated"``,
        ``"pm25_kappa"``. The reference is always taken as it is.

    Raises
    ------
    NotFoundError
        ``unknown-station``.
    UsageError
        ``own-reference``; :func:`kit.analysis.series.main_variable`'s.
    AnalysisError
        ``too-short``: fewer than 24 pairs.

    Notes
    -----
    Differences and their quantiles are in the unit of the variable, ``times`` has none. The mean bias and the
    root of the mean square error are those that the US EPA asks for beside a reference (Duvall et al. 2021,
    EPA/600/R-20/280).

    Examples
    --------
    >>> times = pd.date_range("2026-01-01", periods=40, freq="h").as_unit("us")
    >>> damp, truth = np.linspace(30, 90, 40), np.full(40, 10.0)
    >>> cube = {"pm25": [truth * (1 + damp / 100), truth], "humidity": [damp, np.full(40, np.nan)]}
    >>> ds = xr.Dataset({k: (("station", "time"), v) for k, v in cube.items()},
    ...                 {"station": ["EE-A/roof", "EE-A/reference"], "time": times}, {"freq": "1h"})
    >>> found = deviations(ds, "EE-A/roof", reference="EE-A/reference", variable="pm25")
    >>> found.parts["times"].round(2).tolist()
    [1.37, 1.52, 1.68, 1.83, 1.6]
    """
    name = series.main_variable(ds, variable)
    theirs = series.frame(ds, name)
    ours, beside = series.frame(ds, shown or name), series.frame(ds, by)
    series.device_and_reference(theirs, station, reference)
    every = pd.DataFrame({"device": ours[station], "reference": theirs[reference], "by": beside[station]})
    pairs = every.dropna()
    if len(pairs) < FEWEST:
        raise AnalysisError(
            "Only {n} pairs of values can be compared; at least {needed} are needed.",
            do="Leave the device beside the reference for longer.", code="too-short", n=len(pairs),
            needed=FEWEST,
        )  # fmt: skip
    quarter = (pairs["by"].rank(method="first") - 1) * 4 // len(pairs)
    rows = [_row(f"quarter {at}", pairs[quarter == at]) for at in range(4)]
    names: dict[str, tuple[Note, ...]] = {
        f"quarter {at}": ((text, {"name": called(by)}),) for at, text in enumerate(QUARTERS)
    }
    left = int(theirs[station].notna().sum()) - len(pairs)
    return DeviationsResult(
        method=METHOD, n=len(pairs), completeness=len(pairs) / len(every), version=series.version(ds),
        notes=((LEFT, {"name": called(by), "n": left}),) if left else (), variable=name, left=left,
        unit=series.unit(ds, name), by=by, station=station, reference=reference,
        station_name=series.station_names(ds)[station], names=names | {ALL: ((ALL, {}),)},
        parts=pd.DataFrame([*rows, _row(ALL, pairs)]),
    )  # fmt: skip


def _row(part: str, pairs: pd.DataFrame) -> dict[str, Any]:
    gap = pairs["device"] - pairs["reference"]
    device, reference = float(pairs["device"].mean()), float(pairs["reference"].mean())
    return {
        "part": part, "low": float(pairs["by"].min()), "high": float(pairs["by"].max()), "n": len(pairs),
        "device": device, "reference": reference, "bias": float(gap.mean()),
        "rmse": float(np.sqrt((gap**2).mean())), "q25": float(gap.quantile(0.25)),
        "q75": float(gap.quantile(0.75)), "times": device / reference if reference > 0 else np.nan,
    }  # fmt: skip
