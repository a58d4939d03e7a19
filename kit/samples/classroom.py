"""Carbon dioxide in a classroom: four school weeks, two with windows opened in every break, two without.

The air of the room is taken as mixed, so that the change in an hour is ``people · breath / volume -
changes · (CO2 - outdoors)``: the mass balance with which air changes of classrooms are measured (Batterman
2017, doi:10.3390/ijerph14020145). Over a step in which nothing changes it has an exact solution, which is
used here. A pupil of secondary school breathes out about 0.004 L/s when sitting (Persily & de Jonge 2017,
doi:10.1111/ina.12383). The room, its air changes and the timetable are kit's own choice.

Nobody's room is anybody else's business: the file is read in the school and not given to the shared data.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from kit.samples.devices import clock, fixed, gz, lines, wall_clock
from kit.samples.fields import stream
from kit.samples.plan import SampleFile, sheet
from kit.samples.simulation import Simulation

STATION, PATH = "EE-TRT-7k2p/classroom", "tartu-a/klassiohk_2025-11.csv.gz"
FIRST, LAST = "2025-11-03", "2025-11-30"
ZONE, MINUTES = "Europe/Tallinn", 5
PEOPLE, BREATH, VOLUME, OUTDOORS = 24, 0.004, 190.0, 425.0
#: Air changes an hour: windows shut, windows open.
SHUT, OPEN = 0.6, 6.0
#: The Mondays of the weeks in which the windows are opened in every break.
AIRED = ("2025-11-10", "2025-11-24")
TRUTH = {
    "station": STATION, "people": PEOPLE, "litres_a_second": BREATH, "volume": VOLUME, "outdoors": OUTDOORS,
    "air_changes": {"shut": SHUT, "open": OPEN}, "aired_weeks": list(AIRED), "first": FIRST, "last": LAST,
}  # fmt: skip
#: Lessons of 45 minutes begin so many minutes after midnight: breaks of ten minutes, one of half an hour.
LESSONS = (480, 535, 590, 645, 720, 775)


def balance(start: float, people: float, changes: float, hours: float) -> float:
    """Return CO2 in ppm after a time in which nothing changes (exact solution of the mass balance).

    With nobody in the room, what is above outdoor air falls to 1/e in one air change:

    >>> round(balance(1425.0, 0, 1.0, 1.0))      # 425 + 1000 / e
    793
    """
    settled = OUTDOORS + people * BREATH * 3600 / 1000 / VOLUME / changes * 1e6
    return float(settled + (start - settled) * np.exp(-changes * hours))


def classroom(world: Simulation) -> SampleFile:
    """A room sensor's own table: a value every five minutes, local clock."""
    utc = np.timedelta64(2, "h")
    first, after = np.datetime64(FIRST) - utc, np.datetime64(LAST) + np.timedelta64(24, "h") - utc
    time = np.arange(first, after, np.timedelta64(MINUTES, "m")).astype("datetime64[us]")
    local = wall_clock(time, ZONE)
    rng = stream(world.seed, "classroom")
    crowd = rng.integers(PEOPLE - 3, PEOPLE + 2, 40)
    level, shown = OUTDOORS, []
    for moment in local:
        shown.append(level)
        there, aired = _now(moment, crowd)
        level = balance(level, there, OPEN if aired else SHUT, MINUTES / 60)
    busy = np.array([_now(moment, crowd)[0] > 0 for moment in local], dtype=float)
    warm = 20.5 + pd.Series(busy).ewm(halflife=18).mean().to_numpy() * 3.0
    columns = {
        "Kuupäev": clock(local, "%d.%m.%Y"), "Kellaaeg": clock(local, "%H:%M"),
        "CO2 (ppm)": fixed(np.array(shown) + 12 * rng.standard_normal(len(time)), 0),
        "Temperatuur (°C)": fixed(warm + 0.1 * rng.standard_normal(len(time)), 1, ","),
        "Õhuniiskus (%)": fixed(30 + 9 * (warm - 20.5) / 3 + 0.5 * rng.standard_normal(len(time)), 0),
    }  # fmt: skip
    table = sheet(world, PATH, columns)
    table.gap(12)
    rows = table.rows()
    start, end = (f"{time[k].astype('datetime64[s]')}Z" for k in (0, -1))
    return SampleFile(
        PATH, gz(lines(list(columns), rows, ";", "\r\n").encode("utf-8-sig")), STATION, {"station": STATION},
        "plain", "room sensor, the class's own table", "et", len(rows), start, end,
        ("co2", "temperature", "humidity"), table.defects(), part="classroom", shared=False,
    )  # fmt: skip


def _now(moment: pd.Timestamp, crowd: npt.NDArray[np.int64]) -> tuple[int, bool]:
    """Return how many people are in the room, and whether the windows are open."""
    minute = 60 * moment.hour + moment.minute
    if moment.dayofweek > 4 or not LESSONS[0] <= minute < LESSONS[-1] + 55:
        return 0, False
    lesson = any(first <= minute < first + 45 for first in LESSONS)
    monday = (moment - pd.Timedelta(days=moment.dayofweek)).strftime("%Y-%m-%d")
    return (int(crowd[moment.day]), False) if lesson else (3, monday in AIRED)
