"""Was this month unusual? Each month against the same months of other years at the same station."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import xarray as xr

from kit.analysis import series
from kit.analysis.conditions import By, conditioned
from kit.analysis.result import Note, Result, called, digits_for, even, named
from kit.errors import AnalysisError, UsageError
from kit.text import N_, number, tr, trn

#: A usual value needs the same month of at least this many years.
FEWEST = 2

METHODS = {
    "mean": N_("Each month minus the same station's mean of that calendar month; stations count equally"),
    "median": N_("Each month minus the same station's median of that calendar month; stations count equally"),
}
ABOVE = N_("{name} in {month} was {size} {unit} above the usual value of that month.")
BELOW = N_("{name} in {month} was {size} {unit} below the usual value of that month.")
USUAL = N_("{name} in {month} was as usual for that month.")
CAUTION = N_(
    "A single unusual month is weather, not a trend. The usual value comes from the few years that "
    "these stations have measured, not from a climate record."
)
LEFT_OUT = N_("{station} was left out: it has no calendar month measured in {needed} different years.")
INDOORS = N_("{station} was left out: it stands indoors.")


@dataclass(frozen=True, kw_only=True)
class AnomalyResult(Result):
    """Anomalies per month, in the variable's unit.

    ``region`` has one row per month: ``time``, ``anomaly`` (mean over the stations), ``low`` and ``high``
    (lowest and highest station) and ``n`` (stations). ``stations`` has ``time``, ``station``, ``value``,
    ``usual``, ``anomaly``, ``years`` (years behind the usual value).
    """

    variable: str
    unit: str
    n_stations: int
    region: pd.DataFrame = field(repr=False)
    stations: pd.DataFrame = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """The mean anomaly of the stations, one row per month."""
        return self.region

    def sentence(self, lang: str | None = None) -> str:
        """Say how unusual the latest month was."""
        from babel.dates import format_date

        from kit.text import language

        last = self.region.iloc[-1]
        size = float(last["anomaly"])
        digits = digits_for(size)
        month = format_date(last["time"], "LLLL y", locale=language(lang))
        main = tr(
            USUAL if even(size, digits) else ABOVE if size > 0 else BELOW, lang,
            name=named(self.variable, lang), month=month, unit=self.unit,
            size=number(abs(size), digits, lang),
        )  # fmt: skip
        who = trn(
            "That is the mean of {n} station.", "That is the mean of {n} stations.", int(last["n"]), lang
        )
        return f"{main.replace('  ', ' ')} {who}"

    def caution(self, lang: str | None = None) -> str:
        """Say what may not be concluded."""
        return tr(CAUTION, lang)


@conditioned
def anomaly(
    ds: xr.Dataset, variable: str | None = None, *, usual: str = "mean", by: By = None
) -> AnomalyResult:
    """Return each month's difference from the station's own usual month, and the mean over the stations.

    What is usual is told by devices that may be compared: after another device took over, months are compared
    with months of the new one only.

    Parameters
    ----------
    ds
        Readings per day or month: dims (station, time). Indoor stations are left out unless alone. What is
        read by hand at one hour is compared at that hour: ``anomaly(at_hour(hours))``.
    variable
        Which one, if the dataset holds several.
    usual
        ``"mean"`` of the same months, or ``"median"``, which one wild year does not move.

    Raises
    ------
    UsageError
        ``usual``.
    AnalysisError
        ``too-short``: no station has the same month in two years.

    Examples
    --------
    >>> time = pd.date_range("2022-01-01", periods=36, freq="MS").as_unit("us")
    >>> values = 10.0 + 9.0 * (time.year == 2024)
    >>> ds = xr.Dataset({"pm25": (("station", "time"), [values])}, {"station": ["EE-A/roof"], "time": time},
    ...                 {"freq": "1M"})
    >>> [float(anomaly(ds, usual=one).table["anomaly"].iloc[-1]) for one in ("mean", "median")]
    [6.0, 9.0]
    """
    if usual not in METHODS:
        raise UsageError("What is usual can be told by: {known}, not by {value}.", code="usual", value=usual,
                         known=", ".join(METHODS))  # fmt: skip
    name = series.main_variable(ds, variable)
    months_of = [series.monthly(ds, name, keep=mine).values for mine in series.deployments(ds, name)]
    exposure, shown = series.station_text(ds, "exposure"), series.station_names(ds)
    seldom = series.without_whole_days(ds, name)
    notes: list[Note] = series.at_one_hour(ds)
    rows = []
    for station in months_of[0].columns:
        if exposure[station] == "indoor" and len(shown) > 1:
            notes.append((INDOORS, {"station": shown[station]}))
            continue
        found = pd.concat([_unusual(station, months[station], usual) for months in months_of])
        found = found.sort_values("time", kind="stable").drop_duplicates("time")
        if station in seldom:
            notes.append((series.NO_WHOLE_DAY, {"station": shown[station]}))
        elif found.empty:
            notes.append((LEFT_OUT, {"station": shown[station], "needed": FEWEST}))
        else:
            rows.append(found)
    if not rows:
        raise AnalysisError(
            "No station has measured {name} in the same month of two years, so no month has a usual value.",
            do="Compare the stations with each other on the same days instead.",
            code="too-short", name=called(name),
        )  # fmt: skip
    stations = pd.concat(rows, ignore_index=True)
    by_month = stations.groupby("time")["anomaly"]
    region = by_month.agg(anomaly="mean", low="min", high="max", n="size").reset_index()
    possible = int((stations["time"].max().to_period("M") - stations["time"].min().to_period("M")).n) + 1
    return AnomalyResult(
        method=METHODS[usual], n=len(stations), version=series.version(ds), notes=tuple(notes), variable=name,
        completeness=float(np.clip(len(stations) / (possible * stations["station"].nunique()), 0, 1)),
        unit=series.unit(ds, name), n_stations=int(stations["station"].nunique()), region=region,
        stations=stations,
    )  # fmt: skip


def _unusual(station: str, one: pd.Series, how: str) -> pd.DataFrame:
    """Return the months of one station (and deployment) that have a usual value, with their anomaly."""
    calendar = pd.DatetimeIndex(one.index).month
    years = one.groupby(calendar).transform("count")
    usual = one.groupby(calendar).agg(how).reindex(calendar).set_axis(one.index).where(years >= FEWEST)
    return pd.DataFrame({
        "time": one.index, "station": station, "value": one.to_numpy(), "usual": usual.to_numpy(),
        "anomaly": (one - usual).to_numpy(), "years": years.to_numpy(),
    }).dropna(subset=["anomaly"])  # fmt: skip
