r"""Sensor.Community (formerly luftdaten.info): the files of its archive, one per sensor and day.

Sample (semicolons, decimal point, one line per transmission, about every 2.5 minutes)::

    sensor_id;sensor_type;location;lat;lon;timestamp;P1;durP1;ratioP1;P2;durP2;ratioP2
    4711;SDS011;2300;58.380;26.722;2024-03-01T00:01:12;9.53;;;2.83;;
    sensor_id;sensor_type;location;lat;lon;timestamp;pressure;altitude;pressure_sealevel;temperature;humidity
    4712;BME280;2300;58.380;26.722;2024-03-01T00:01:13;101792.89;;;9.03;87.34

What the format defines
    ``P1`` is PM10 and ``P2`` is PM2.5 (not PM1 and PM2.5); ``P0`` is PM1 and ``P4`` PM4. Pressure is in
    **Pa** and as measured at the station; temperature in degrees Celsius; humidity in percent; sound in dB.
    ``timestamp`` is UTC without saying so: the moment at which the server received the values.
Traps
    * Early files write ``2016-08-13T00:00:26.053188+00:00``.
    * The same time may stand twice, the second row without values.
    * ``durP1``, ``ratioP1`` … belong to another kind of sensor (PPD42NS) and are never values. The ``P1`` and
      ``P2`` of such a sensor are particles per 0.01 cubic foot and no mass at all; without any signal it
      gives 0.62. They are left out (source: the firmware, airrohr-firmware.ino, sensorPPD).
    * ``altitude`` and ``pressure_sealevel`` are computed by the platform from the place that the owner
      entered; they are not measured.
    * Joined files hold several sensors and places; ``location`` is the number of the place, ``sensor_id``
      of the sensor. The name of a file with ``_indoor`` means a sensor inside a house: its temperature is not
      that of the air outside.
    * A republished long shape has ``value_type;value`` in place of the columns, with ``NULL``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from kit.formats._delimited import Table, no_rows, read_table
from kit.formats._format import Format
from kit.model import Column, Problem, RawTable, Source
from kit.text import N_

_FIRST = ("sensor_id", "sensor_type", "location")
#: What the format's own names mean: variable and unit.
MEANING: dict[str, tuple[str, str]] = {
    "P0": ("pm1", "µg/m³"),
    "P1": ("pm10", "µg/m³"),
    "P2": ("pm25", "µg/m³"),
    "P4": ("pm4", "µg/m³"),
    "temperature": ("temperature", "°C"),
    "humidity": ("humidity", "%"),
    "pressure": ("pressure", "Pa"),
    "noise_LAeq": ("noise", "dB"),
    "co2_ppm": ("co2", "ppm"),
}
_PLATFORM = N_("computed by the platform from the place, not measured")
_OTHER_SENSOR = N_("raw value of another kind of particle sensor")
_COUNTS = N_("counts of particles (PPD42NS), not micrograms per cubic metre")
_COUNTS_ROW = N_("Row {row}: the {value} counts particles and gives no micrograms per cubic metre.")
_NOT_KEPT = N_("not a quantity that kit keeps")


def sniff(source: Source, head: str) -> float:
    """1 if a line of the file begins with the archive's first three column names.

    >>> sniff(Source("a.csv", b""), "sensor_id;sensor_type;location;lat;lon;timestamp;P1")
    1.0
    """
    return 1.0 if re.search(r'^\W*"?sensor_id"?[;,\t]"?sensor_type"?[;,\t]"?location\b', head, re.M) else 0.0


def _is_header(cells: Sequence[str]) -> bool:
    return tuple(cell.strip("\ufeff") for cell in cells[:3]) == _FIRST


def parse(source: Source) -> RawTable:
    """Read an archive file; see the module for what its columns mean."""
    table = read_table(source, _is_header)
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    table = _without_repeated_header(table)
    if {"value_type", "value"} <= set(table.header):
        return _long(table, source)
    only_counts = _without_counts(table)
    columns = tuple(_column(name) for name in table.header)
    if only_counts:
        columns = tuple(
            Column(c.name, "ignored", label=c.label, reason=_COUNTS) if re.fullmatch(r"P\d", c.name) else c
            for c in columns
        )
    return _raw(table, columns, source)


def _raw(table: Table, columns: tuple[Column, ...], source: Source) -> RawTable:
    notes = table.notes
    indoors = "indoor" in source.name.lower()
    if indoors:
        notes = (*notes, (N_("The name of the file says that the sensor is indoors."), {}))
    return RawTable(
        "sensor-community", "readings", table.frame, columns, zone="UTC", decimal=table.decimal,
        missing=("NULL", "nan"), blank=table.blank, refused=table.refused, around=table.around, notes=notes,
        exposure="indoor" if indoors else "",
    )  # fmt: skip


def _without_counts(table: Table) -> bool:
    """Return True if all rows are of a PPD42NS; refuse such rows between those of other sensors."""
    if "sensor_type" not in table.frame:
        return False
    counts = table.frame["sensor_type"].str.upper().str.startswith("PPD42")
    if not counts.any() or counts.all():
        return bool(counts.any())
    rows = [(int(str(row)), str(kind)) for row, kind in table.frame.loc[counts, "sensor_type"].items()]
    table.refused = (
        *table.refused,
        *(Problem("raw-signal", _COUNTS_ROW, row, "sensor_type", kind) for row, kind in rows),
    )
    table.frame = table.frame.loc[~counts]
    return False


def _without_repeated_header(table: Table) -> Table:
    """Joined files repeat the header before each part; those lines are no records."""
    again = table.frame[table.header[0]] == table.header[0]
    if again.any():
        note = N_("Header lines repeated inside the file that were skipped: {n}.")
        table.notes = (*table.notes, (note, {"n": int(again.sum())}))
        table.frame = table.frame.loc[~again]
    return table


def _column(name: str) -> Column:
    known = {
        "sensor_id": Column(name, "sensor"),
        "sensor_type": Column(name, "note", label="sensor_type"),
        "location": Column(name, "station"),
        "lat": Column(name, "latitude"),
        "lon": Column(name, "longitude"),
        "timestamp": Column(name, "time"),
    }
    if name in known:
        return known[name]
    if name in MEANING:
        variable, unit = MEANING[name]
        return Column(name, "value", label=name, variable=variable, unit=unit)
    if re.fullmatch(r"(dur|ratio)P\d", name):
        return Column(name, "ignored", label=name, reason=_OTHER_SENSOR)
    if name in ("altitude", "pressure_sealevel"):
        return Column(name, "ignored", label=name, reason=_PLATFORM)
    return Column(name, "ignored", label=name, reason=_NOT_KEPT)


def _long(table: Table, source: Source) -> RawTable:
    """The republished long shape: known names become variable ids, with their units beside them."""
    frame = table.frame.copy()
    kind = frame["value_type"]
    variables = {name: variable for name, (variable, _) in MEANING.items()}
    units = {name: unit for name, (_, unit) in MEANING.items()}
    frame["value_type"] = kind.map(lambda name: variables.get(name, name)).astype("str")
    if "unit" not in frame.columns:
        frame["unit"] = kind.map(lambda name: units.get(name, "")).astype("str")
    table.frame = frame
    roles = {"value_type": "label", "value": "value", "unit": "unit"}
    columns = []
    for name in frame.columns:
        column = _column(str(name))
        columns.append(replace(column, role=roles[name], reason="") if name in roles else column)  # type: ignore[arg-type]
    return _raw(table, tuple(columns), source)


FORMAT = Format(
    "sensor-community", "Sensor.Community", "sensor_id;sensor_type;location;lat;lon;timestamp", sniff, parse
)
