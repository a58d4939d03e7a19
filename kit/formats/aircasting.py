r"""AirCasting (HabitatMap): the export of a session of an AirBeam, as CSV with lines about each column above.

Sample (comma; one column per measured quantity, each described by the four pairs of lines above it)::

    ,,,,,Sensor_Package_Name,Sensor_Package_Name
    ,,,,,AirBeam3:0a1b2c3d4e5f,AirBeam3:0a1b2c3d4e5f
    ,,,,,Sensor_Name,Sensor_Name
    ,,,,,AirBeam3-F,AirBeam3-PM2.5
    ,,,,,Measurement_Type,Measurement_Type
    ,,,,,Temperature,Particulate Matter
    ,,,,,Measurement_Units,Measurement_Units
    ,,,,,fahrenheit,microgram per cubic meter
    ObjectID,Session_Name,Timestamp,Latitude,Longitude,1:Measurement_Value,2:Measurement_Value
    1,School yard,2024-03-01T10:15:19.000,58.380123,26.722123,59.0,6.0

What the format defines
    ``Timestamp`` is the local time of the place, without saying which; sessions of a fixed device also have
    ``UTC_Time``, which is then used. Each column has the unit and the quantity that stand above it. The
    AirBeam's "PM" (of its first model) is PM2.5. Source: https://github.com/HabitatMap/AirCasting
    (app/services/csv/).
Traps
    * The lines above the table are the only ones that say what a column is: without them all are named
      ``Measurement_Value``. The kept copy has names such as ``AirBeam3-PM2.5 (microgram per cubic meter)``.
    * A session measured with several devices is several such tables, one below the other.
    * The name of a device holds its network address; only its last six digits are kept.
    * The name of a session is what its owner typed and is dropped.
    * In sessions of a phone each record has a value in one column only: the other cells are not missing.
    * A walk has a place in each row; it is no station. Rows far from the most frequent place are flagged.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pandas as pd

from kit.errors import FileError
from kit.formats._body import further_down, read_body
from kit.formats._columns import unique
from kit.formats._decode import decode
from kit.formats._delimited import Table, no_rows, read_table
from kit.formats._devices import short_address
from kit.formats._format import Format
from kit.formats._layout import records
from kit.formats._reasons import COUNTER, FREE_TEXT, NOT_KEPT, OTHER_TIME
from kit.model import Column, RawTable, Source
from kit.text import N_

_HEADER = re.compile(r'^"?ObjectID"?,.*$', re.M)
_VALUE = re.compile(r"\d+:Measurement_Value")
_ABOVE = ("Sensor_Package_Name", "Sensor_Name", "Measurement_Type", "Measurement_Units")
#: The column with the number of the device, made of its address.
DEVICE = "AirCasting device"
_PM = re.compile(r"[-_ ]pm(?P<size>1|2\.?5|10)?$", re.I)
_SIZES = {"1": "pm1", "2.5": "pm25", "25": "pm25", "10": "pm10", None: "pm25"}
_QUANTITIES = {
    "temperature": "temperature", "humidity": "humidity", "sound level": "noise",
    "barometric pressure": "pressure", "carbon dioxide": "co2", "carbon monoxide": "co",
    "nitrogen dioxide": "no2", "ozone": "o3",
}  # fmt: skip
_NAMED = re.compile(r"(?P<sensor>.+?)(?:, (?P<kind>[^,()]+))? \((?P<unit>[^()]*)\)")
_TWO = N_("The session was measured with several devices: {n} tables stand in this file.")


def sniff(source: Source, head: str) -> float:
    """1 if the file begins with the lines about its columns, or is a copy kept of such a file.

    >>> sniff(Source("a.csv", b""), ",,,,,Sensor_Package_Name\\n,,,,,AirBeam2:0a1b2c\\n")
    1.0
    """
    first = head.lstrip("\ufeff").split("\n", 1)[0]
    if re.match(r'^[,"\s]*Sensor_Package_Name\b', first):
        return 1.0
    return 1.0 if first.startswith("ObjectID,") and f",{DEVICE}" in first else 0.0


def parse(source: Source) -> RawTable:
    """Read a session, or the copy kept of one; see the module for what its columns mean."""
    text = decode(source).text.removeprefix("\ufeff")
    table = _kept(source) if text.startswith("ObjectID,") else _session(source, text)
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    frame = table.frame
    columns = [_column(str(name)) for name in frame.columns]
    utc = "UTC_Time" in frame
    if utc:
        columns = [
            replace(c, role="ignored", reason=OTHER_TIME) if c.name == "Timestamp" else c for c in columns
        ]
    return RawTable(
        "aircasting", "readings", frame, tuple(columns), zone="UTC" if utc else "", blank=table.blank,
        refused=table.refused, notes=table.notes, sparse=True,
    )  # fmt: skip


def _kept(source: Source) -> Table:
    return read_table(source, lambda cells: cells[0] == "ObjectID", (",",))


def _session(source: Source, text: str) -> Table:
    """Read the tables of a session, one for each device, below each other."""
    headers = list(_HEADER.finditer(text))
    if not headers:
        raise FileError(
            "{file} has no line that names the columns.",
            why="AirCasting writes one that begins with ObjectID.", do="Export the session again.",
            code="no-header", file=source.name,
        )  # fmt: skip
    starts = [0, *(_above(text, one.start()) for one in headers[1:])]
    parts, refused, blank, notes = [], [], 0, []
    first = text.count("\n", 0, headers[0].start())
    for start, header, end in zip(starts, headers, [*starts[1:], len(text)], strict=True):
        names, device = _names(text[start : header.start()], header[0], source.name)
        rows = text[header.end() + 1 : end].rstrip("\n")
        below = text.count("\n", 0, header.start()) - first
        body = read_body(source, rows, ",", len(names), cut=end == len(text) and not text.endswith("\n"))
        frame = body.frame
        frame.columns = pd.Index(names)
        frame[DEVICE] = pd.Series(device, index=frame.index, dtype="str")
        frame.index = frame.index + below
        parts.append(frame)
        refused += [further_down(problem, below) for problem in body.refused]
        blank += body.blank
        notes += body.notes
    if len(parts) > 1:
        notes.append((_TWO, {"n": len(parts)}))
    whole = pd.concat(parts).fillna("").astype("str") if len(parts) > 1 else parts[0]
    return Table(
        tuple(map(str, whole.columns)), whole, ("",) * whole.shape[1], blank=blank, refused=tuple(refused),
        notes=tuple(notes),
    )  # fmt: skip


def _above(text: str, at: int) -> int:
    """Return where the lines above a header begin that say what its columns are."""
    while at > 0:
        start = text.rfind("\n", 0, at - 1) + 1
        if not text.startswith((",", '"",'), start):
            break
        at = start
    return at


def _names(above: str, header: str, file: str) -> tuple[list[str], str]:
    """Return the names of the columns, each with its sensor and unit, and the number of the device."""
    (_, cells), *_ = records(header, ",", 1)
    lines = [line for _, line in records(above, ",", 40) if any(line)]
    said: dict[str, Sequence[str]] = {}
    for title, values in pairwise(lines):
        kind = next((cell for cell in title if cell), "")
        if kind in _ABOVE:
            said[kind] = values
    names = []
    for at, cell in enumerate(cells):
        if not _VALUE.fullmatch(cell):
            names.append(cell)
            continue
        sensor, kind, unit = (said[key][at] if at < len(said.get(key, ())) else "" for key in _ABOVE[1:])
        if not (sensor or kind):
            raise FileError(
                "{file} does not say what its column {column} holds.",
                why="The lines above the table that say so are missing.", do="Export the session again.",
                code="no-header", file=file, column=cell,
            )  # fmt: skip
        name = f"{sensor}, {kind}" if sensor and kind and not _PM.search(sensor) else sensor or kind
        names.append(f"{re.sub('[()]', ' ', name).strip()} ({unit})" if unit else name)
    packages = [cell for cell in said.get(_ABOVE[0], ()) if cell]
    return list(unique(names)), _short(packages[0]) if packages else ""


def _short(package: str) -> str:
    """Return the kind of a device with the last six digits of its network address.

    >>> _short("AirBeam3:0a1b2c3d4e5f"), _short("AirBeam3-0a1b2c3d4e5f"), _short("Government-PM2.5")
    ('AirBeam3 3d4e5f', 'AirBeam3 3d4e5f', 'Government-PM2.5')
    """
    kind, _, address = re.sub(r"[:-](?=[0-9A-Fa-f]{8,12}$)", "\t", package).partition("\t")
    return f"{kind} {short_address(address)}" if address else kind


def _column(name: str) -> Column:
    known = {
        "ObjectID": Column(name, "ignored", label=name, reason=COUNTER),
        "Session_Name": Column(name, "personal", label=name, reason=FREE_TEXT),
        "Timestamp": Column(name, "time", label=name),
        "UTC_Time": Column(name, "time", label=name),
        "Latitude": Column(name, "latitude"),
        "Longitude": Column(name, "longitude"),
        DEVICE: Column(name, "sensor"),
    }
    if name in known:
        return known[name]
    found = _NAMED.fullmatch(name)
    if not found:
        return Column(name, "ignored", label=name, reason=NOT_KEPT)
    sensor, kind, unit = found["sensor"], found["kind"] or "", found["unit"]
    if size := _PM.search(sensor):
        variable = _SIZES[size["size"]]
    else:
        variable = _QUANTITIES.get((kind or sensor).strip().lower(), "")
    if not variable and kind:
        return Column(name, "value", label=kind, unit=unit)
    return Column(name, "value", label=kind or sensor, variable=variable, unit=unit)


FORMAT = Format(
    "aircasting", "AirCasting", "ObjectID,Session_Name,Timestamp,Latitude,Longitude,…", sniff, parse
)
