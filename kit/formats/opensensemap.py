r"""openSenseMap: measurements of senseBoxes, one sensor or many boxes.

Samples (comma or semicolon; quoted or not; times in UTC with ``Z``; newest first or oldest first)::

    createdAt,value
    2024-05-01T08:06:13.254Z,6.38

    sensorId,createdAt,value,lat,lon
    5f0000000000000000000001,2024-05-01T22:36:18.843Z,4.1,58.3776,26.7290

What the format defines
    ``createdAt`` is UTC, the moment of the measurement. The download of many boxes has the columns the person
    chose: ``height`` (metres), ``boxId``, ``boxName``, ``exposure``, ``phenomenon``, ``unit``,
    ``sensorType``.
    The decimal sign is always a point.
Traps
    * What was measured is **not in the file** of one sensor, and in that of many boxes only with the
      column ``phenomenon``; kit takes it from the file's name (``opensensemap_PM2.5_2024.csv``) or asks.
    * ``phenomenon`` and ``unit`` are what people typed: several languages, "Pa" beside "hPa",
      look-alike letters.
    * ``boxName`` is often the name of a family; it is dropped.
    * Without ``boxId`` a box is known only by its coordinates, which then name the station. A box that is
      carried about (``exposure`` "mobile") has many.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from kit.formats._delimited import no_rows, read_table
from kit.formats._format import Format
from kit.formats._roles import WHO
from kit.model import Column, RawTable, Role, Source
from kit.text import N_

_ROLES: dict[str, Role] = {
    "createdAt": "time",
    "value": "value",
    "sensorId": "sensor",
    "boxId": "station",
    "lat": "latitude",
    "lon": "longitude",
    "height": "elevation",
    "phenomenon": "label",
    "unit": "unit",
    "exposure": "note",
    "sensorType": "note",
    "boxName": "personal",
}
_PLACE = "lat, lon"
_NOT_NEEDED = N_("not needed: said by another column")


def sniff(source: Source, head: str) -> float:
    """High if the header has ``createdAt`` and ``value`` in openSenseMap's own spelling.

    >>> sniff(Source("a.csv", b""), '"createdAt","value"')
    0.9
    """
    line = head.lstrip("\ufeff \n").split("\n", 1)[0].replace('"', "")
    names = {name.strip() for name in re.split(r"[,;\t]", line)}
    if not {"createdAt", "value"} <= names:
        return 0.0
    return 1.0 if names & {"sensorId", "boxId", "phenomenon"} else 0.9 if names <= set(_ROLES) else 0.3


def _is_header(cells: Sequence[str]) -> bool:
    return "createdAt" in cells and "value" in cells


def parse(source: Source) -> RawTable:
    """Read a download of one sensor or of many boxes; see the module."""
    table = read_table(source, _is_header, (",", ";", "\t"))
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    frame = table.frame
    names = set(table.header)
    notes = list(table.notes)
    columns = [_column(name) for name in table.header]
    if "phenomenon" not in names:
        label = phenomenon_of(source.name)
        if label:
            notes.append(
                (N_("What was measured was taken from the name of the file: {name}."), {"name": label})
            )
        columns = [Column("value", "value", label=label) if c.name == "value" else c for c in columns]
    if "boxId" not in names and _PLACE not in names and {"lat", "lon"} <= names:
        frame = frame.assign(**{_PLACE: places(frame["lat"], frame["lon"])})
        columns.append(Column(_PLACE, "station", label=_PLACE))
    return RawTable(
        "opensensemap", "readings", frame, tuple(columns), zone="UTC", decimal=".", blank=table.blank,
        refused=table.refused, around=table.around, notes=tuple(notes),
    )  # fmt: skip


def _column(name: str) -> Column:
    if name == _PLACE:
        return Column(name, "station", label=name)
    role = _ROLES.get(name)
    if role is None:
        return Column(name, "ignored", label=name, reason=_NOT_NEEDED)
    if role == "personal":
        return Column(name, role, label=name, reason=WHO)
    label = "sensor_type" if name == "sensorType" else name
    return Column(name, role, label=label, unit="m" if role == "elevation" else "")


def places(latitude: pd.Series, longitude: pd.Series) -> pd.Series:
    """Return the place of each row as text, rounded to three decimals ("" where a coordinate is missing).

    >>> places(pd.Series(["58.37764"]), pd.Series(["26.7290"])).tolist()
    ['58.378, 26.729']
    """
    pairs = pd.DataFrame({"lat": latitude, "lon": longitude}).drop_duplicates()
    lat, lon = (pd.to_numeric(pairs[axis], errors="coerce") for axis in ("lat", "lon"))
    known = (lat.notna() & lon.notna()).tolist()
    names = [f"{a:.3f}, {b:.3f}" if ok else "" for a, b, ok in zip(lat, lon, known, strict=True)]
    lookup = dict(zip(pairs["lat"] + "\n" + pairs["lon"], names, strict=True))
    return (latitude + "\n" + longitude).map(lookup).astype("str")


def phenomenon_of(name: str) -> str:
    """Return what the name of a file says was measured, "" if nothing.

    >>> phenomenon_of("opensensemap_org-download-PM2.5-2024-05-01T00_00_00.csv")
    'PM2.5'
    >>> phenomenon_of("5f0000000000000000000001.csv")
    ''
    """
    stem = re.sub(r"(\.(csv|txt|gz|zip|tsv))+$", "", name.rsplit("/", 1)[-1], flags=re.I)
    stem = re.sub(
        r"open-?sense-?map|sensebox|[_-]org\b|download|archive|export|measurements?|data\b",
        " ",
        stem,
        flags=re.I,
    )
    stem = re.sub(r"\b(?=\w*\d)[0-9a-f]{20,24}\b", " ", stem)
    stem = re.sub(r"\d{4}-\d\d-\d\d(T[\d_:.-]+Z?)?|(?<![\w.])\d{4,}(?!\w)", " ", stem.replace("_", " "))
    words = [word for word in re.split(r"[\s()]+|(?<!\d)-|-(?!\d)", stem) if re.search(r"[^\W\d_]", word)]
    return " ".join(word.strip("- ") for word in words)


FORMAT = Format("opensensemap", "openSenseMap", "createdAt,value", sniff, parse)
