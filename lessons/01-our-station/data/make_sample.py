"""Make the lesson's sample file: two weeks of an invented school that gives its first file (synthetic).

The air is that of the sample schools Tartu A and Tartu B (kit.samples, seed 2026): halfway between the two,
0.9 °C colder, as the station stands in a hollow, with a noise of 0.15 °C of its own. Put in on purpose, all
in May 2025:

- the file does not say in which unit the temperature is: kit must ask (it is °C)
- 1 row with the date 35.05.2025, which does not exist, and 2 rows sent twice
- 3 values written as "---": the sensor gave none
- a column that says who looked at the screen: it must not be stored

    python lessons/01-our-station/data/make_sample.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kit.samples import simulate

NEIGHBOURS = ("EE-TRT-7k2p/roof", "EE-TRT-m4x9/garden")
FILE = Path(__file__).with_name("meie_jaam_2025-05.csv")
HEADER = "Aeg;Temp;Niiskus;Vaatleja"
FIRST, DAYS = np.datetime64("2025-05-05T00"), 14
COLDER = 0.9
MISSING, WRONG_DATE, TWICE = (61, 62, 63), 158, (226, 227)


def make() -> str:
    """Return the file as text."""
    world = simulate(2026, ["temperature", "humidity"])
    local = world.time + np.timedelta64(3, "h")
    inside = (local >= FIRST) & (local < FIRST + np.timedelta64(24 * DAYS, "h"))
    warm, damp = (
        np.mean([world.values[name][world.index(station)][inside] for station in NEIGHBOURS], axis=0)
        for name in ("temperature", "humidity")
    )
    warm = warm - COLDER + np.random.default_rng(2026).normal(0, 0.15, len(warm))
    rows = [
        [
            t.strftime("%d.%m.%Y %H:%M"),
            f"{warm[k]:.1f}".replace(".", ","),
            f"{damp[k]:.0f}",
            f"{k % 4 + 1}. paar",
        ]
        for k, t in enumerate(local[inside].astype("datetime64[s]").tolist())
    ]
    for k in MISSING:
        rows[k][1] = "---"
    rows[WRONG_DATE][0] = "35.05.2025" + rows[WRONG_DATE][0][10:]
    rows[TWICE[-1] + 1 : TWICE[-1] + 1] = [list(rows[k]) for k in TWICE]
    return "\r\n".join([HEADER, *(";".join(row) for row in rows)]) + "\r\n"


if __name__ == "__main__":
    FILE.write_bytes(make().encode("utf-8"))
