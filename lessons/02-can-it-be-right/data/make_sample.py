"""Make the lesson's sample file: November 2025 at an invented school, errors and real events (synthetic).

The air is that of the sample schools Tartu A and Tartu B (kit.samples, seed 2026): halfway between the two,
with 8 % noise of its own in PM2.5 and 0.3 °C in the temperature. Put in on purpose:

- errors at the device: 3 single hours of PM2.5 far too high, one of them far below zero; 1 temperature of
  94.1 °C; 26 hours in which the thermometer shows the same number; 4 values of -999 (a failure)
- a real event: a fire next door on the evening of 8 November, five hours of smoke. It belongs to the air of
  this place, and no rule may throw it away
- an error that no limit finds: from 18 November 20:00 the thermometer hangs for 40 hours beside an open
  window and shows 6 °C too much. Only the stations around tell

    python lessons/02-can-it-be-right/data/make_sample.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kit.samples import simulate

NEIGHBOURS = ("EE-TRT-7k2p/roof", "EE-TRT-m4x9/garden")
FILE = Path(__file__).with_name("meie_jaam_2025-11.csv")
HEADER = "Kuupäev;Kellaaeg;PM2,5 (µg/m³);Õhutemperatuur (°C)"
FIRST, HOURS = np.datetime64("2025-11-01T00"), 30 * 24
SPIKES = {77: 412.6, 322: -63.0, 611: 655.3}
FIRE, SMOKE = 7 * 24 + 18, (22.0, 71.0, 118.0, 64.0, 19.0)
HOT, STUCK, MISSING = 509, range(250, 276), (140, 141, 142, 690)
WINDOW, WARMER = slice(17 * 24 + 20, 17 * 24 + 60), 6.0


def make() -> str:
    """Return the file as text."""
    world = simulate(2026, ["temperature", "pm25"])
    local = world.time + np.timedelta64(2, "h")
    inside = (local >= FIRST) & (local < FIRST + np.timedelta64(HOURS, "h"))
    fine, warm = (
        np.mean([world.values[name][world.index(station)][inside] for station in NEIGHBOURS], axis=0)
        for name in ("pm25", "temperature")
    )
    random = np.random.default_rng(2026)
    fine = fine * random.normal(1, 0.08, HOURS)
    warm = warm + random.normal(0, 0.3, HOURS)
    fine[FIRE : FIRE + len(SMOKE)] += SMOKE
    warm[WINDOW] += WARMER
    fine[list(SPIKES)] = list(SPIKES.values())
    warm[HOT], warm[STUCK] = 94.1, warm[STUCK.start]
    rows = [
        [t.strftime("%d.%m.%Y"), t.strftime("%H:%M"), _text(fine[k]), _text(warm[k])]
        for k, t in enumerate(local[inside].astype("datetime64[s]").tolist())
    ]
    for k in MISSING:
        rows[k][2] = "-999"
    return "\r\n".join([HEADER, *(";".join(row) for row in rows)]) + "\r\n"


def _text(value: float) -> str:
    return f"{value:.1f}".replace(".", ",").replace("-0,0", "0,0")


if __name__ == "__main__":
    FILE.write_bytes(make().encode("utf-8"))
