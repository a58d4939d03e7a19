"""The simulated hours of the sample schools, without any file: what the benchmark runs 200 times."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from kit.errors import UsageError
from kit.model import READINGS, Flag, Station
from kit.samples import air
from kit.samples import weather as sky
from kit.samples.fields import Array
from kit.samples.places import stations

if TYPE_CHECKING:
    import pandas as pd

#: First and last hour (UTC) of the simulation: whole local years in both countries.
START, END = "2018-12-31T22", "2025-12-31T23"
VARIABLES = (
    "temperature", "humidity", "dew_point", "wind_speed", "wind_gust", "wind_direction", "pressure", "rain",
    "pm25", "pm10",
)  # fmt: skip
#: What was put in, per year of 365.25 days, in the variable's canonical unit.
TREND = {"pm25": air.TREND, "temperature": sky.TREND}


@dataclass(frozen=True)
class Simulation:
    """Hourly values at the sample stations.

    Attributes
    ----------
    time
        UTC start of each hour, ``datetime64[us]``, shape (hours,).
    values
        Variable id -> array of shape (stations, hours) in canonical units; ``pm25`` and ``pm10`` are what
        the low-cost sensors report, ``pm25_dry`` the dry particles.
    trend
        Injected change per year of 365.25 days of each variable that has one.
    """

    seed: int
    time: npt.NDArray[np.datetime64]
    stations: tuple[Station, ...]
    values: dict[str, Array] = field(repr=False)
    trend: dict[str, float]

    def index(self, station: str) -> int:
        """Return the place of a station in the arrays."""
        return [s.id for s in self.stations].index(station)

    def readings(self, variable: str, stations: Iterable[str] | None = None) -> pd.DataFrame:
        """Return one variable as a long table with the columns of ``kit.model.READINGS``, all flags 1."""
        import pandas as pd

        chosen = [s.id for s in self.stations] if stations is None else list(stations)
        n = len(self.time)
        columns = {
            "station": np.repeat(chosen, n),
            "sensor": "1",
            "variable": variable,
            "time": np.tile(self.time, len(chosen)),
            "period": 3600,
            "value": np.concatenate([self.values[variable][self.index(s)] for s in chosen]),
            "flag": int(Flag.GOOD),
            "reason": "",
            "row": np.tile(np.arange(1, n + 1), len(chosen)),
        }
        return pd.DataFrame(columns).astype(READINGS)


def simulate(
    seed: int = 2026,
    variables: Iterable[str] | None = None,
    *,
    trend: dict[str, float] | None = None,
    start: str = START,
    end: str = END,
) -> Simulation:
    """Simulate the hours of the sample stations.

    Parameters
    ----------
    seed
        Zero or a positive whole number. The same seed gives the same numbers.
    variables
        Which variables to make (default: all); fewer are faster.
    trend
        Injected change per year by variable, instead of :data:`TREND`.
    start, end
        First and last hour, UTC. A part of the period is not a part of the whole simulation: the
        random numbers depend on the length.

    Examples
    --------
    >>> days = simulate(1, ["temperature"], start="2025-07-01T00", end="2025-07-02T23")
    >>> days.values["temperature"].shape
    (7, 48)
    """
    wanted = set(VARIABLES if variables is None else variables)
    unknown = sorted(wanted - set(VARIABLES))
    if seed < 0 or unknown:
        raise UsageError(
            "This cannot be simulated: seed {seed}, variables {names}.",
            do="The seed is 0 or more; the variables are: {known}.",
            code="cannot-simulate", seed=seed, names=", ".join(unknown) or "-", known=", ".join(VARIABLES),
        )  # fmt: skip
    per_year = {**TREND, **(trend or {})}
    hours = np.arange(np.datetime64(start, "h"), np.datetime64(end, "h") + np.timedelta64(1, "h"))
    grid = sky.Grid(seed, hours.astype("datetime64[us]"))
    now = sky.weather(grid, warming=per_year["temperature"])
    made: dict[str, Array] = {}
    if "rain" in wanted:
        made["rain"] = sky.rain(grid, now)
    if "pressure" in wanted:
        made["pressure"] = sky.pressure(grid, now)
    if "wind_direction" in wanted:
        made["wind_direction"] = sky.wind_direction(grid)
    if "wind_gust" in wanted:
        made["wind_gust"] = sky.wind_gust(grid, now)
    for name in ("temperature", "humidity", "dew_point", "wind_speed"):
        made[name] = getattr(now, name)
    if wanted & {"pm25", "pm10"}:
        made["pm25_dry"] = air.pm25_dry(grid, now, trend=per_year["pm25"])
        made["pm25"] = air.sensor_pm25(grid, now, made["pm25_dry"])
    if "pm10" in wanted:
        made["pm10"] = air.sensor_pm10(grid, made["pm25"])
    values = {name: np.ascontiguousarray(array.T) for name, array in made.items()}
    return Simulation(seed, grid.time, stations(), values, {k: v for k, v in per_year.items() if k in made})
