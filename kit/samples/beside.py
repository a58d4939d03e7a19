"""A cheap sensor beside a reference instrument, for a spring: how far off is it, and why?

The reference shows the dry particles of the air (noise 0.4 µg/m³). The sensor counts light that droplets
scatter: it shows ``growth · (GAIN · dry + OFFSET)`` with a noise of 0.6 µg/m³, where ``growth`` is the
κ-Köhler growth of Crilley et al. 2018 (doi:10.5194/amt-11-709-2018; :func:`kit.samples.air.growth`) with
:data:`KAPPA`, at the humidity in the sensor's housing. There it is :data:`HOUSING` °C warmer than outside and
so less humid, and there the sensor's own thermometer and hygrometer are. So a correction for water with the
same κ leaves a straight line, ``GAIN · dry + OFFSET``. Gain, offset and warmth are kit's own choice.
"""

from __future__ import annotations

import numpy as np

from kit.samples.air import growth
from kit.samples.devices import clock, fixed, lines
from kit.samples.fields import Array, stream
from kit.samples.long_series import heading, sensor_file
from kit.samples.plan import SampleFile, Slice, cut, sheet
from kit.samples.simulation import Simulation
from kit.samples.weather import saturation

ROOF, SENSOR, REFERENCE = "EE-HRJ-q5n7/roof", "EE-HRJ-q5n7/sensor", "EE-HRJ-q5n7/reference"
FIRST, LAST = "2025-03-10", "2025-06-15"
GAIN, OFFSET, KAPPA = 1.35, 1.5, 0.3
HOUSING = 2.5
TRUTH = {
    "station": SENSOR, "reference": REFERENCE, "gain": GAIN, "offset": OFFSET, "kappa": KAPPA,
    "housing_warmer": HOUSING, "first": FIRST, "last": LAST,
}  # fmt: skip


def beside(world: Simulation) -> list[SampleFile]:
    """Return the sensor's two files and that of the reference."""
    hours = cut(world, ROOF, FIRST, LAST)
    seconds = stream(world.seed, "seconds, beside the reference").integers(120, 180, len(hours.time))
    stamps = clock(hours.time + seconds.astype("timedelta64[s]"), "%Y-%m-%dT%H:%M:%S")
    return [_particles(world, hours, stamps), _humidity(world, hours, stamps), _reference(world, hours)]


def _inside(temperature: Array, humidity: Array) -> Array:
    """Return the relative humidity in the housing: the same water in warmer air."""
    return np.asarray(humidity * saturation(temperature) / saturation(temperature + HOUSING))


def _particles(world: Simulation, hours: Slice, stamps: list[str]) -> SampleFile:
    path = "harju-a/2025_sds011_sensor_99301.csv.gz"
    rng = stream(world.seed, "sensor beside the reference")
    now = hours.values
    wet = growth(_inside(now["temperature"], now["humidity"]), KAPPA)
    fine = wet * (GAIN * now["pm25_dry"] + OFFSET) + 0.6 * rng.standard_normal(len(wet))
    fine = np.clip(fine, 0.1, None)
    coarse = fine + wet * np.clip(now["pm10"] - now["pm25"], 0.1, None)
    empty = [""] * len(stamps)
    columns = heading(SENSOR, "99301", "SDS011", stamps) | {
        "P1": fixed(coarse, 2), "durP1": empty, "ratioP1": list(empty),
        "P2": fixed(fine, 2), "durP2": list(empty), "ratioP2": list(empty),
    }  # fmt: skip
    table = sheet(world, path, columns)
    table.gap(40)
    table.repeat("empty-row", 3, P1="", P2="")
    return sensor_file(table, path, SENSOR, hours, ("pm10", "pm25"), "beside")


def _humidity(world: Simulation, hours: Slice, stamps: list[str]) -> SampleFile:
    path = "harju-a/2025_dht22_sensor_99302.csv.gz"
    warm, humid = hours.values["temperature"], hours.values["humidity"]
    columns = heading(SENSOR, "99302", "DHT22", stamps) | {
        "temperature": fixed(warm + HOUSING, 2), "humidity": fixed(_inside(warm, humid), 2),
    }  # fmt: skip
    table = sheet(world, path, columns)
    table.gap(40)
    return sensor_file(table, path, SENSOR, hours, ("temperature", "humidity"), "beside")


def _reference(world: Simulation, hours: Slice) -> SampleFile:
    """The reference instrument's hours, in a plain table with Estonian words and the local clock."""
    path, fine = "harju-a/vordlusmootja_2025.csv", "PM2,5 (µg/m³)"
    rng = stream(world.seed, "reference")
    dry = hours.values["pm25_dry"]
    columns = {
        "Kuupäev": clock(hours.local, "%d.%m.%Y"), "Kellaaeg": clock(hours.local, "%H:%M"),
        fine: fixed(np.clip(dry + 0.4 * rng.standard_normal(len(dry)), 0.1, None), 1, ","),
    }  # fmt: skip
    table = sheet(world, path, columns)
    table.note("repeated-hour", hours.repeated())
    table.gap(24)
    table.put("missing-code", fine, "", 8)
    rows = table.rows()
    start, end = hours.span()
    return SampleFile(
        path, lines(list(columns), rows, ";", "\r\n").encode("utf-8-sig"), REFERENCE, {"station": REFERENCE},
        "plain", "reference instrument of an official station", "et", len(rows), start, end, ("pm25",),
        table.defects(), part="beside",
    )  # fmt: skip
