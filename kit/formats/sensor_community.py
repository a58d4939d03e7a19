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
    * Files of sensors of several kinds, joined by hand, change their columns in the middle: each header holds
      for the rows below it.
    * The API gives the last five minutes as JSON: records with ``location``, ``sensor`` and
      ``sensordatavalues``. They become the columns of the archive. Its place may be exact
      (``exact_location``); it is rounded like every other.
    * A microphone (DNMS) has ``noise_LAeq``, which is kept, beside the loudest and quietest moments; an SPS30
      and others also count particles (``N10`` …), which are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from kit.errors import FileError
from kit.formats import _airrohr as airrohr
from kit.formats._body import further_down
from kit.formats._decode import decode
from kit.formats._delimited import Table, no_rows, read_table
from kit.formats._format import Format
from kit.formats._json import read_json
from kit.formats._objects import holds_json, looks_like_json, objects, table_of, text_of
from kit.formats._reasons import NOT_KEPT
from kit.formats._regular import Cells, as_written, regular_frame
from kit.formats._source import is_workbook
from kit.model import Column, Problem, RawTable, Source
from kit.text import N_

_FIRST = ("sensor_id", "sensor_type", "location")
_HEADER = r'^\W*"?sensor_id"?[;,\t]"?sensor_type"?[;,\t]"?location\b'
_COUNTS_ROW = N_("Row {row}: the {value} counts particles and gives no micrograms per cubic metre.")


def sniff(source: Source, head: str) -> float:
    """1 if a line of the file begins with the archive's first three column names.

    >>> sniff(Source("a.csv", b""), "sensor_id;sensor_type;location;lat;lon;timestamp;P1")
    1.0
    """
    if looks_like_json(head):
        start = head[:4000]
        return 1.0 if '"sensordatavalues"' in start and '"sensor_type"' in start else 0.0
    return 1.0 if re.search(_HEADER, head, re.M) else 0.0


def _is_header(cells: Sequence[str]) -> bool:
    return tuple(cell.strip("\ufeff") for cell in cells[:3]) == _FIRST


def parse(source: Source) -> RawTable:
    """Read an archive file, or what the API gave; see the module for what its columns mean."""
    table = _from_api(source) if holds_json(source) else _from_text(source)
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    only_counts = _without_counts(table)
    if {"value_type", "value"} <= set(table.header):
        return _long(table, source, only_counts)
    columns = tuple(_column(name) for name in table.header)
    if only_counts:
        columns = tuple(
            Column(c.name, "ignored", label=c.label, reason=airrohr.COUNTS)
            if re.fullmatch(r"P\d", c.name)
            else c
            for c in columns
        )
    return _raw(table, columns, source)


def _cells(name: str) -> Cells:
    """What the cells of a column hold in a large file; pressure is text, for its digits count."""
    if name in ("lat", "lon"):
        return "number"
    if name == "timestamp":
        return "time"
    column = _column(name)
    if column.role != "value":
        return "kind"
    return "text" if column.variable == "pressure" else "number"


def _from_text(source: Source) -> Table:
    """The table of an archive file; of joined files whose headers differ, one table with all columns."""
    quick = regular_frame(source, ";,", _cells)
    if quick is not None and "value_type" not in quick:
        return Table(tuple(map(str, quick.columns)), quick, ("",) * quick.shape[1])
    joined = source.data.count(b"sensor_id") > 1 and not is_workbook(source.data)
    text = decode(source).text if joined else ""
    lines = [found.start() for found in re.finditer(_HEADER, text, re.M)]
    headers = [text[at:].split("\n", 1)[0].strip() for at in lines]
    if len(set(headers)) < 2:
        return _without_repeated_header(read_table(source, _is_header))
    first = text.count("\n", 0, lines[0])
    parts = []
    for at, end in zip(lines, [*lines[1:], len(text)], strict=True):
        above = text.count("\n", 0, at) - first
        try:
            part = read_table(Source(source.name, text[at:end].encode()), _is_header)
        except FileError as error:
            if error.code != "only-header":
                raise
            continue
        part.frame.index = part.frame.index + above
        part.refused = tuple(further_down(problem, above) for problem in part.refused)
        parts.append(part)
    frame = pd.concat([part.frame for part in parts]).fillna("").astype("str")
    refused = tuple(problem for part in parts for problem in part.refused)
    note = (N_("Header lines repeated inside the file that were skipped: {n}."), {"n": len(lines) - 1})
    return Table(tuple(map(str, frame.columns)), frame, ("",) * frame.shape[1], decimal=parts[0].decimal,
                 blank=sum(part.blank for part in parts), refused=refused, notes=(note,))  # fmt: skip


def _from_api(source: Source) -> Table:
    """What the API gave, as the columns of the archive; a record without its place or sensor is refused."""
    records = []
    for one in objects(read_json(source), source.name):
        place, sensor = _part(one, "location"), _part(one, "sensor")
        values = one.get("sensordatavalues")
        record: dict[str, Any] = {
            "sensor_id": sensor.get("id"), "sensor_type": _part(sensor, "sensor_type").get("name"),
            "location": place.get("id"), "lat": place.get("latitude"), "lon": place.get("longitude"),
            "timestamp": one.get("timestamp"),
        }  # fmt: skip
        if "indoor" in place:
            record["exposure"] = "indoor" if text_of(place["indoor"]) in ("1", "true") else "outdoor"
        for value in values if isinstance(values, list) else ():
            if isinstance(value, dict) and text_of(value.get("value_type")):
                record.setdefault(text_of(value["value_type"]), value.get("value"))
        records.append(record)
    frame = table_of(records)
    return Table(tuple(map(str, frame.columns)), frame, ("",) * frame.shape[1])


def _part(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = record.get(name)
    return part if isinstance(part, dict) else {}


def _raw(table: Table, columns: tuple[Column, ...], source: Source) -> RawTable:
    notes = table.notes
    indoors = "indoor" in source.name.lower()
    if indoors:
        notes = (*notes, (N_("The name of the file says that the sensor is indoors."), {}))
    return RawTable(
        "sensor-community", "readings", table.frame, columns, zone="UTC", decimal=table.decimal,
        missing=("NULL", "nan"), blank=table.blank, refused=table.refused, around=table.around, notes=notes,
        exposure="indoor" if indoors else "", written=_written(table, source),
    )  # fmt: skip


def _written(table: Table, source: Source) -> Callable[[str, Sequence[int]], list[str]] | None:
    if not any(pd.api.types.is_numeric_dtype(dtype) for dtype in table.frame.dtypes):
        return None
    rows = table.frame.index.to_numpy()
    look = as_written(source, table.header)
    return lambda column, places: look(column, [int(rows[place]) - 1 for place in places])


def _without_counts(table: Table) -> bool:
    """Return True if all rows are of a PPD42NS; refuse such rows between those of other sensors."""
    if "sensor_type" not in table.frame:
        return False
    codes, kinds = pd.factorize(table.frame["sensor_type"])
    counted = np.array([str(kind).upper().startswith("PPD42") for kind in kinds], dtype=bool)[codes]
    counts = pd.Series(counted, index=table.frame.index)
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
        "exposure": Column(name, "note", label="exposure"),
    }
    if name in known:
        return known[name]
    return airrohr.column(name, "1") or Column(name, "ignored", label=name, reason=NOT_KEPT)


def _long(table: Table, source: Source, only_counts: bool) -> RawTable:
    """The republished long shape: known names become variable ids, with their units beside them."""
    if only_counts:
        raise FileError(
            "{file} has no column with readings that kit knows.",
            why="Its sensor is a PPD42NS: it counts particles and gives no micrograms per cubic metre.",
            do="Give the file of another sensor.", code="no-values", file=source.name,
        )  # fmt: skip
    frame = table.frame.copy()
    kind = frame["value_type"]
    known = {str(name): airrohr.column(str(name), "1") for name in kind.unique()}
    variables = {name: column.variable for name, column in known.items() if column and column.variable}
    units = {name: column.unit for name, column in known.items() if column and column.variable}
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
