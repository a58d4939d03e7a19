"""Aggregation in steps: reading → hour → local standard day → month or year, with completeness at each.

A device that measures every 2.5 minutes weighs as much as an hourly one. What a step makes of a
variable depends on its kind (``kit/tables/variables.csv``): mean, sum, max, point (extremes of a day,
then their mean), vector (wind direction).
"""

from kit.aggregate.cadence import cadence
from kit.aggregate.days import daily, monthly, yearly
from kit.aggregate.groups import FRAME
from kit.aggregate.hours import COMPLETE, hourly
from kit.aggregate.pipeline import (
    FREQUENCIES,
    from_days,
    from_hours,
    station_days,
    station_hours,
    to_freq,
    with_sensor,
)
from kit.aggregate.sensors import merge_sensors
from kit.aggregate.wind import vector_mean
from kit.aggregate.zones import standard_offset

__all__ = [
    "COMPLETE",
    "FRAME",
    "FREQUENCIES",
    "cadence",
    "daily",
    "from_days",
    "from_hours",
    "hourly",
    "merge_sensors",
    "monthly",
    "standard_offset",
    "station_days",
    "station_hours",
    "to_freq",
    "vector_mean",
    "with_sensor",
    "yearly",
]
