"""Readings → one series per station, ready to be drawn: names, gaps, flags.

Takes what ``dataset.readings()`` gives: an ``xarray.Dataset`` with dims (station, time), or the long table
(columns of :data:`kit.model.READINGS`) of ``freq=None`` and of a report.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from kit.aggregate.zones import standard_offset
from kit.analysis.given import need_readings
from kit.errors import AnalysisError, UsageError
from kit.text import N_
from kit.vocab.variables import Variable, variable, variables

#: ``freq`` of a dataset → (numpy unit of one step, what one value is called).
STEPS = {
    **dict.fromkeys(("1h", "1H", "h"), ("h", N_("hourly means"))),
    **dict.fromkeys(("1D", "1d", "D"), ("D", N_("daily means"))),
    **dict.fromkeys(("1MS", "1M", "1ME", "MS", "M"), ("M", N_("monthly means"))),
    **dict.fromkeys(("1YS", "1Y", "YS", "Y"), ("Y", N_("yearly means"))),
}
SUMS = {
    "h": N_("hourly sums"),
    "D": N_("daily sums"),
    "M": N_("monthly sums"),
    "Y": N_("yearly sums"),
}
HIGHS = {
    "h": N_("highest values of the hour"),
    "D": N_("highest values of the day"),
    "M": N_("highest values of the month"),
    "Y": N_("highest values of the year"),
}
SINGLE = N_("single readings")


@dataclass(frozen=True)
class Series:
    """The values of one variable at one station.

    ``time`` (datetime64[us], ascending) and ``value`` hold the values that exist and are good enough to use
    (flags 1-3); ``suspect`` says which of them have flag 3. ``failed_time`` and ``failed`` are values with
    flag 4 (only a long table has them). ``missing`` counts the steps without a value between the first and
    the last.
    """

    station: str
    name: str
    region: str
    latitude: float
    longitude: float
    time: npt.NDArray[np.datetime64]
    value: npt.NDArray[np.float64]
    suspect: npt.NDArray[np.bool_]
    failed_time: npt.NDArray[np.datetime64]
    failed: npt.NDArray[np.float64]
    step: np.timedelta64
    missing: int

    def with_gaps(self) -> tuple[npt.NDArray[np.datetime64], npt.NDArray[np.float64]]:
        """Return times and values with one NaN in each gap, so that a line is broken there."""
        after = np.flatnonzero(steps_between(self.time, self.step) > 1.5)
        between = self.time[after] + (self.time[after + 1] - self.time[after]) // 2
        time = np.insert(self.time, after + 1, between)
        return time, np.insert(self.value, after + 1, np.nan)

    def alone(self) -> npt.NDArray[np.bool_]:
        """Return which values have no neighbour, and so would not be seen in a line."""
        broken: npt.NDArray[np.bool_] = np.concatenate(
            [[True], steps_between(self.time, self.step) > 1.5, [True]]
        )
        return np.logical_and(broken[:-1], broken[1:])


@dataclass(frozen=True)
class Gathered:
    """All series of one variable, what one value is, and the days or moments they lie on.

    ``clock`` says that times have an hour; ``standard`` that this is the stations' own standard time (they
    all have one), else it is UTC. ``attributes`` are those of the data, with ``indoors`` (names of the
    stations that stand indoors) and ``at_least`` (there are sums of which something is missing).
    """

    variable: Variable
    series: tuple[Series, ...]
    step_name: str
    clock: bool
    attributes: dict[str, Any]
    standard: bool = False


def steps_between(time: npt.NDArray[np.datetime64], step: np.timedelta64) -> npt.NDArray[np.float64]:
    """Return how many steps lie between successive times; a month is a step of its own length.

    >>> days = np.array(["2026-01-01", "2026-01-02", "2026-01-05"], dtype="datetime64[us]")
    >>> steps_between(days, np.timedelta64(1, "D")).tolist()
    [1.0, 3.0]
    """
    unit = np.datetime_data(step.dtype)[0]
    if unit in ("M", "Y"):
        return np.diff(time.astype(f"datetime64[{unit}]").astype(np.int64)).astype(np.float64)
    wide = step.astype("timedelta64[us]").astype(np.float64)
    return np.diff(time.astype("datetime64[us]").astype(np.int64)).astype(np.float64) / max(float(wide), 1.0)


def pick(names: Iterable[str], wanted: str | None) -> Variable:
    """Return the variable to draw: the wanted one, or the only one there is."""
    there = [name for name in names if name in variables()]
    if wanted is not None:
        found = variable(wanted)
        if wanted not in there:
            raise UsageError(
                "These data hold no {name}.",
                why="They hold: {there}.",
                do="Name one of these.",
                code="variable-not-here",
                name=wanted,
                there=", ".join(there) or "–",
            )
        return found
    if not there:
        raise UsageError(
            "These data hold no variable that kit knows.",
            do="Give what shared.readings() returns.",
            code="no-variable",
        )
    if len(there) > 1:
        raise UsageError(
            "These data hold several variables: {there}.",
            do="Say which one: variable={first!r}.",
            code="several-variables",
            there=", ".join(there),
            first=there[0],
        )
    return variable(there[0])


def gather(data: Any, name: str | None = None) -> Gathered:
    """Return the series of one variable of an ``xarray.Dataset`` or a long table.

    Raises
    ------
    UsageError
        The variable is not in the data, or it is not said which of several.
    AnalysisError
        There is not a single value.
    """
    if isinstance(data, pd.DataFrame) and "variable" in data:
        found = _from_table(data, name)
    else:
        need_readings(data)
        found = _from_dataset(data, name)
    if not found.series:
        raise AnalysisError(
            "There are no values of {variable} to draw.",
            why="No station has a value in the chosen region and period.",
            do="Choose another period, region or variable.",
            code="no-values",
            variable=found.variable.id,
        )
    return found


def _names(ids: list[str], names: list[str]) -> list[str]:
    """Return a name for each station: its own, with the id where two share one."""
    shown = [name if name and name != "nan" else station for station, name in zip(ids, names, strict=True)]
    return [
        f"{name} ({station})" if shown.count(name) > 1 and name != station else name
        for station, name in zip(ids, shown, strict=True)
    ]


def _from_dataset(data: Any, name: str | None) -> Gathered:
    chosen = pick([str(key) for key in data.data_vars], name)
    values = data[chosen.id].transpose("station", "time")
    flags = data.get(f"{chosen.id}_flag")
    flag = (
        np.ones(values.shape, dtype=np.int8) if flags is None else flags.transpose("station", "time").values
    )
    ids = [str(station) for station in data["station"].values.tolist()]

    def along(coordinate: str, default: Any) -> list[Any]:
        return list(data[coordinate].values.tolist()) if coordinate in data.coords else [default] * len(ids)

    time = data["time"].values.astype("datetime64[us]")
    freq = str(data.attrs.get("freq", ""))
    unit, step_name = STEPS.get(freq, ("", SINGLE))
    step_name = {"sum": SUMS, "max": HIGHS}.get(chosen.kind, {}).get(unit, step_name)
    step = np.timedelta64(1, unit) if unit else _usual(time)  # type: ignore[call-overload]
    clock, zones = unit in ("", "h"), {str(zone) for zone in along("zone", "")}
    standard = clock and len(zones) == 1 and zones != {""}
    if standard:
        time = time + 1_000_000 * standard_offset(zones.pop(), time.astype(np.int64))
    labels = _names(ids, [str(text) for text in along("station_name", "")])
    regions, lats, lons = along("region", ""), along("latitude", np.nan), along("longitude", np.nan)
    series = tuple(
        _series(
            ids[i],
            labels[i],
            str(regions[i]),
            float(lats[i]),
            float(lons[i]),
            time,
            np.asarray(values.values[i], dtype=np.float64),
            flag[i],
            step,
        )
        for i in range(len(ids))
        if np.isfinite(values.values[i].astype(np.float64)).any()
    )
    places = along("exposure", "")
    drawn = {one.station for one in series}
    least = data.get(f"{chosen.id}_at_least")
    about = {
        "indoors": [labels[i] for i in range(len(ids)) if places[i] == "indoor" and ids[i] in drawn],
        "at_least": least is not None and bool((least.values == 1).any()),
    }
    return Gathered(chosen, series, step_name, clock, {**data.attrs, **about}, standard)


def _from_table(data: pd.DataFrame, name: str | None) -> Gathered:
    chosen = pick(sorted(set(data["variable"])), name)
    rows = data[data["variable"] == chosen.id].sort_values("time", kind="stable")
    parts = list(rows.groupby(["station", "sensor"], sort=True))
    several = len({station for (station, _), _ in parts}) < len(parts)
    series = []
    for (station, sensor), part in parts:
        value = part["value"].to_numpy(dtype=np.float64)
        time = part["time"].to_numpy().astype("datetime64[us]")
        flag = part["flag"].to_numpy() if "flag" in part else np.ones(len(part), dtype=np.int8)
        if np.isfinite(value).any():
            label = f"{station} [{sensor}]" if several else str(station)
            series.append(_series(str(station), label, "", np.nan, np.nan, time, value, flag, _usual(time)))
    return Gathered(chosen, tuple(series), SINGLE, True, {"clock": data.attrs.get("clock", "")})


def _usual(time: npt.NDArray[np.datetime64]) -> np.timedelta64:
    """Return the usual step between times (the median of the positive ones), one hour if there is none."""
    steps = np.diff(time.astype("datetime64[us]").astype(np.int64))
    steps = steps[steps > 0]
    return np.timedelta64(int(np.median(steps)) if len(steps) else 3_600_000_000, "us")


def _series(
    station: str,
    name: str,
    region: str,
    latitude: float,
    longitude: float,
    time: npt.NDArray[np.datetime64],
    value: npt.NDArray[np.float64],
    flag: npt.NDArray[np.int8],
    step: np.timedelta64,
) -> Series:
    there = np.isfinite(value)
    used, failed = there & (flag != 4), there & (flag == 4)
    between = np.rint(steps_between(time[used], step)) - 1
    return Series(
        station,
        name,
        region,
        latitude,
        longitude,
        time[used],
        value[used],
        flag[used] == 3,
        time[failed],
        value[failed],
        step,
        int(np.clip(between, 0, None).sum()),
    )
