"""Make the lesson's sample file: one month of an invented school that has just joined (synthetic).

The air is that of the sample schools Tartu A and Tartu B (kit.samples, seed 2026): halfway between the
two, 8 % noise of its own, 0.4 °C colder, and 4 µg/m³ more PM2.5 from 17 to 23 o'clock, because the houses
around it are heated with wood. Put in on purpose, all in December 2025:

- 3 spikes of PM2.5 (a spider or fog in the sensor) and 1 temperature of 86 °C
- 30 hours in which the thermometer shows the same number
- 6 values of -999, with which this program marks a failure
- 2 rows with the date 31.11.2025, which does not exist, and 3 rows sent twice

    python lessons/00-our-air/data/make_sample.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kit.samples import simulate

NEIGHBOURS = ("EE-TRT-7k2p/roof", "EE-TRT-m4x9/garden")
FILE = Path(__file__).with_name("meie_ohk_2025-12.csv")
HEADER = "Kuupäev;Kellaaeg;PM2,5 (µg/m³);Õhutemperatuur (°C);Õhuniiskus (%)"
STOVES = 4.0
SPIKES = {137: 612.4, 351: 433.0, 590: 705.9}
HOT, MISSING = 268, (90, 91, 92, 410, 411, 655)
STUCK = range(470, 500)
WRONG_DATE, TWICE = (212, 213), (300, 301, 302)


def make() -> str:
    """Return the file as text."""
    world = simulate(2026, ["temperature", "humidity", "pm25"])
    inside = (world.time >= np.datetime64("2025-11-30T22")) & (world.time < np.datetime64("2025-12-31T22"))
    local = world.time[inside] + np.timedelta64(2, "h")
    mean = {
        name: np.mean([values[world.index(station)][inside] for station in NEIGHBOURS], axis=0)
        for name, values in world.values.items()
    }
    noise = np.random.default_rng(2026).normal(1, 0.08, len(local))
    fine, warm, damp = mean["pm25"] * noise, mean["temperature"] - 0.4, mean["humidity"]
    hour = (local - local.astype("datetime64[D]")) // np.timedelta64(1, "h")
    fine += np.where((hour >= 17) & (hour < 23), STOVES, 0.0)
    fine[list(SPIKES)] = list(SPIKES.values())
    warm[HOT], warm[STUCK] = 86.0, warm[STUCK.start]
    rows = [
        [t.strftime("%d.%m.%Y"), t.strftime("%H:%M"), _text(fine[k], 1), _text(warm[k], 1), _text(damp[k], 0)]
        for k, t in enumerate(local.astype("datetime64[s]").tolist())
    ]
    for k in MISSING:
        rows[k][2] = "-999"
    for k in WRONG_DATE:
        rows[k][0] = "31.11.2025"
    rows[TWICE[-1] + 1 : TWICE[-1] + 1] = [rows[k] for k in TWICE]
    return "\r\n".join([HEADER, *(";".join(row) for row in rows)]) + "\r\n"


def _text(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".replace(".", ",").replace("-0,0", "0,0")


if __name__ == "__main__":
    FILE.write_bytes(make().encode("utf-8"))
