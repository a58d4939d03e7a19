"""The names that the airRohr firmware (Sensor.Community, luftdaten.info) gives to what its sensors send.

The same names stand in the payload that a device pushes, in the files of the madavi server and in what the
firmware prints as CSV: the sensor, then the quantity (``BME280_pressure``, ``SDS_P2``). Source of the names:
https://github.com/opendata-stuttgart/sensors-software (airrohr-firmware.ino) and, for the capital names
``Temp``, ``Humidity``, ``Samples``, https://github.com/opendata-stuttgart/madavi-api (data.php).
"""

from __future__ import annotations

import re

from kit.formats._reasons import EXTREMES, NOT_KEPT
from kit.model import Column
from kit.text import N_

PLATFORM = N_("computed by the platform from the place, not measured")
COUNTS = N_("counts of particles (PPD42NS), not micrograms per cubic metre")
OTHER_SENSOR = N_("raw value of another kind of particle sensor")
NUMBERS = N_("how many particles there are, or how large; kit keeps their mass")
DEVICE = N_("about the device itself, not the air")
GPS_CLOCK = N_("the clock of the satellite receiver; the time of the record is used")

#: What the last part of a name means: variable and unit.
QUANTITIES: dict[str, tuple[str, str]] = {
    "p0": ("pm1", "µg/m³"),
    "p1": ("pm10", "µg/m³"),
    "p2": ("pm25", "µg/m³"),
    "p4": ("pm4", "µg/m³"),
    "temperature": ("temperature", "°C"),
    "temp": ("temperature", "°C"),
    "humidity": ("humidity", "%"),
    "pressure": ("pressure", "Pa"),
    "noise_laeq": ("noise", "dB"),
    "laeq": ("noise", "dB"),
    "co2_ppm": ("co2", "ppm"),
    "co2": ("co2", "ppm"),
}
#: The first part of a name: sensors that the firmware knows, with the id that their channel gets.
SENSORS = {
    "sds": "sds011", "pms": "pms", "hpm": "hpm", "npm": "npm", "ips": "ips-7100", "sps30": "sps30",
    "sen5x": "sen5x", "dht": "dht22", "htu21d": "htu21d", "sht3x": "sht3x", "bmp": "bmp180",
    "bmp280": "bmp280", "bme280": "bme280", "bme680": "bme680", "ds18b20": "ds18b20", "dnms": "dnms",
    "scd30": "scd30", "ppd": "ppd42ns",
}  # fmt: skip
_NAME = re.compile(r"(?:(?P<sensor>" + "|".join(sorted(SENSORS, key=len, reverse=True)) + r")_)?(?P<rest>.+)")
_EXTREME = re.compile(r"(noise_)?la_?(min|max)")
_PARTICLES = re.compile(r"n\d+|ts|typicalparticlesize|n_?\d.*")
_ABOUT = re.compile(
    r"samples|min_(micro|cycle)|max_(micro|cycle)|signal|interval|.*_version|age|counts?|hv_pulses"
    r"|sample_time_ms|sampling_rate"
)


def column(name: str, where: str = "") -> Column | None:
    """Return what a column (or value type) of the firmware's own name holds; None if the name is not its.

    ``where`` is the channel of values whose name has no sensor before it; a DHT22 writes ``temperature``.

    >>> found = column("BME280_pressure")
    >>> found.variable, found.unit, found.sensor, column("Samples").role, column("luck")
    ('pressure', 'Pa', 'bme280', 'ignored', None)
    """
    low = name.lower()
    if re.fullmatch(r"(dur|ratio)p\d", low):
        return _ignored(name, OTHER_SENSOR)
    if low in ("altitude", "pressure_sealevel", "pressure_at_sealevel"):
        return _ignored(name, PLATFORM)
    if re.fullmatch(r"gps_(date|time|timestamp)", low):
        return _ignored(name, GPS_CLOCK)
    if low in ("gps_lat", "gps_latitude"):
        return Column(name, "latitude", label=name)
    if low in ("gps_lon", "gps_lng", "gps_longitude"):
        return Column(name, "longitude", label=name)
    if low in ("gps_height", "gps_alt", "gps_altitude"):
        return Column(name, "elevation", label=name, unit="m")
    found = _NAME.fullmatch(low)
    sensor, rest = (found["sensor"] or "", found["rest"]) if found else ("", low)
    if rest in QUANTITIES:
        variable, unit = QUANTITIES[rest]
        return Column(name, "value", label=name, variable=variable, unit=unit,
                      sensor=SENSORS.get(sensor, where or "1"))  # fmt: skip
    for pattern, reason in ((_EXTREME, EXTREMES), (_PARTICLES, NUMBERS), (_ABOUT, DEVICE)):
        if pattern.fullmatch(rest):
            return _ignored(name, reason)
    return _ignored(name, NOT_KEPT) if sensor else None


def _ignored(name: str, reason: str) -> Column:
    return Column(name, "ignored", label=name, reason=reason)


def chip_id(name: str) -> str:
    """Return the number of the chip that a file's name tells, "" if none.

    >>> chip_id("data-esp8266-1234567-2018-03-16.csv"), chip_id("luft.csv")
    ('esp8266-1234567', '')
    """
    found = re.search(
        r"(esp(?:8266|32)|raspi|TTN)-([0-9a-z]{4,20})(?![0-9a-z])", name.rsplit("/", 1)[-1], re.I
    )
    return f"{found[1].lower()}-{found[2]}" if found else ""
