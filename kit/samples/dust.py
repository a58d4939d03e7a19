"""Wind and dust at a school near a quarry: where does the dust come from?

A quarry with its gravel road lies north-west of the school's gate (:data:`DIRECTION`); dust reaches the gate
with wind from there (a bell of :data:`WIDTH` degrees to each side). It adds to PM10, in µg/m³, what

* lorries raise in working hours, thinned by the wind: :data:`LORRIES` divided by the wind speed in m/s;
* the wind itself blows off above :data:`THRESHOLD` m/s: :data:`BLOWN` times the square of what is above
  (dust lifts above a threshold; Kok et al. 2012, doi:10.1088/0034-4885/75/10/106901).

Damp ground gives none: neither within a day after rain, nor in damp air, nor in frost. A tenth of it is also
PM2.5, as the US EPA has it for dust of unpaved roads (AP-42, section 13.2.2,
https://www.epa.gov/air-emissions-factors-and-quantification). Everything else at the gate (wind, rain, the
other particles) is that of the school's garden, so the wind comes most often from the south-west, from where
no dust comes.
"""

from __future__ import annotations

import numpy as np

from kit.samples.devices import clock, fixed, gz, lines
from kit.samples.fields import Array, ar1, stream
from kit.samples.long_series import day_counter
from kit.samples.plan import SampleFile, Slice, cut, sheet
from kit.samples.simulation import Simulation

STATION, GARDEN = "EE-PRN-h6w2/gate", "EE-PRN-h6w2/garden"
PATH = "parnu-b/ilmajaam_varav_2025.csv.gz"
#: From where the dust comes, and how far to both sides (standard deviation), degrees.
DIRECTION, WIDTH = 315.0, 20.0
#: µg/m³ at 1 m/s in working hours; m/s; µg/m³ per (m/s)² above the threshold.
LORRIES, THRESHOLD, BLOWN = 190.0, 4.0, 15.0
#: Share of the dust that is PM2.5, too.
FINE = 0.1
TRUTH = {"station": STATION, "direction": DIRECTION, "width": WIDTH, "fine_share": FINE}


def dust(world: Simulation, hours: Slice) -> Array:
    """Return the dust of the quarry in PM10, µg/m³, hour by hour."""
    now, local = hours.values, hours.local
    away = np.mod(now["wind_direction"] - DIRECTION + 180.0, 360.0) - 180.0
    rain = np.concatenate([np.zeros(24), np.cumsum(now["rain"])])
    wet = rain[24:] - rain[:-24] > 0.2
    loose = ~wet & (now["humidity"] < 85) & (now["temperature"] > 0)
    hour = local.hour.to_numpy()
    work = (local.dayofweek.to_numpy() < 5) * np.where((hour >= 7) & (hour < 17), 1.0, 0.0)
    speed = np.maximum(now["wind_speed"], 1.2)
    raised = LORRIES * work / speed + BLOWN * np.clip(speed - THRESHOLD, 0, None) ** 2
    shocks = stream(world.seed, "dust of the quarry").standard_normal(len(hour)) * np.sqrt(1 - 0.8**2)
    uneven = np.exp(0.25 * ar1(shocks, 0.8))
    return np.asarray(np.exp(-0.5 * (away / WIDTH) ** 2) * loose * raised * uneven)


def gate(world: Simulation) -> SampleFile:
    """A weather station with a particle sensor at the gate, one year, local clock with summer time."""
    hours = cut(world, GARDEN, "2025-01-01", "2025-12-31")
    now, local = hours.values, hours.local
    added = dust(world, hours)
    columns = {
        "Time": clock(local, "%Y-%m-%d %H:%M"),
        "Outdoor Temperature(℃)": fixed(now["temperature"], 1),
        "Outdoor Humidity(%)": fixed(now["humidity"], 0),
        "Wind(m/s)": fixed(now["wind_speed"], 1),
        "Gust(m/s)": fixed(now["wind_gust"], 1),
        "Wind Direction(º)": fixed(np.mod(np.round(now["wind_direction"]), 360), 0),
        "Daily Rain(mm)": fixed(day_counter(now["rain"], clock(local, "%Y%m%d")), 1),
        "PM2.5(µg/m³)": fixed(now["pm25"] + FINE * added, 1),
        "PM10(µg/m³)": fixed(now["pm10"] + added, 1),
    }
    table = sheet(world, PATH, columns)
    table.note("repeated-hour", hours.repeated())
    table.gap(30)
    for column in ("PM2.5(µg/m³)", "PM10(µg/m³)"):
        table.put("missing-code", column, "--", 15)
    rows = table.rows()
    start, end = hours.span()
    variables = (
        "temperature", "humidity", "wind_speed", "wind_gust", "wind_direction", "rain", "pm25", "pm10",
    )  # fmt: skip
    return SampleFile(
        PATH, gz(lines(list(columns), rows, ",").encode()), STATION, {"station": STATION}, "ecowitt",
        "Ecowitt weather station with a particle sensor", "en", len(rows), start, end, variables,
        table.defects(), part="dust",
    )  # fmt: skip
