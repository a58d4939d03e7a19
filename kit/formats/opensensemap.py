r"""openSenseMap: measurements of senseBoxes, one sensor or many boxes.

Samples (comma or semicolon; quoted or not; times in UTC with ``Z``; newest first or oldest first)::

    createdAt,value
    2024-05-01T08:06:13.254Z,6.38

    sensorId,createdAt,value,lat,lon
    5f0000000000000000000001,2024-05-01T22:36:18.843Z,4.1,58.3776,26.7290

    5f0000000000000000000001,4.1,2024-05-01T22:36:18.843Z,26.7290,58.3776        (upload, no header)

    [{"createdAt": "2024-05-01T22:36:18.843Z", "value": "4.1", "location": [26.7290, 58.3776]}]

What the format defines
    ``createdAt`` is UTC, the moment of the measurement. The download of many boxes has the columns the person
    chose: ``height`` (metres), ``boxId``, ``boxName``, ``exposure``, ``phenomenon``, ``unit``,
    ``sensorType``.
    The decimal sign is always a point. The description of a box as JSON holds the last value of each sensor.
    What a class uploads to the platform has **no header**: sensor, value, and as far as given the time,
    longitude, latitude, height (source: https://github.com/sensebox/openSenseMap-API, csvHandler.js; upload
    as JSON is a list of ``sensor``, ``value``, ``createdAt``, ``location``).
Traps
    * In uploads and in JSON **longitude stands before latitude**, in downloads behind it.
    * The rows of an upload are of several sensors of one box, and only their ids say which: kit asks what
      each of them measures. A row without a time is stamped by the platform; here it is refused.
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
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from kit.errors import FileError
from kit.formats._body import read_body
from kit.formats._decode import decode
from kit.formats._delimited import Table, no_rows, read_table
from kit.formats._format import Format
from kit.formats._json import read_json
from kit.formats._objects import holds_json, looks_like_json, objects, table_of, text_of
from kit.formats._reasons import SAID, WHO
from kit.formats._source import is_workbook
from kit.model import Column, RawTable, Role, Source
from kit.text import N_
from kit.vocab import recognise

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
#: The columns of an upload in their order.
UPLOAD = ("sensorId", "value", "createdAt", "lon", "lat", "height")
_UPLOADED = re.compile(
    r"(?P<sensor>[0-9a-f]{24})\s*[,;\t]\s*[-+]?\d+(\.\d*)?(e[-+]?\d+)?\s*([,;\t]\s*(\d{4}-\d\d-\d\dT.*)?)?$",
    re.I,
)


def sniff(source: Source, head: str) -> float:
    """High if the header has ``createdAt`` and ``value`` in openSenseMap's own spelling.

    >>> sniff(Source("a.csv", b""), '"createdAt","value"')
    0.9
    """
    if looks_like_json(head):
        keys = set(re.findall(r'"(\w+)"\s*:', head[:4000]))
        box = {"sensors", "sensorType", "lastMeasurement"} <= keys or {"sensors", "grouptag"} <= keys
        if keys & {"sensordatavalues", "parameter"}:
            return 0.0
        return 0.9 if box or {"createdAt", "value"} <= keys else 0.0
    line = head.lstrip("\ufeff \n").split("\n", 1)[0].replace('"', "")
    if _UPLOADED.match(line.strip()):
        return 0.95
    names = {name.strip() for name in re.split(r"[,;\t]", line)}
    if not {"createdAt", "value"} <= names:
        return 0.0
    return 1.0 if names & {"sensorId", "boxId", "phenomenon"} else 0.9 if names <= set(_ROLES) else 0.3


def _is_header(cells: Sequence[str]) -> bool:
    return "createdAt" in cells and "value" in cells


def parse(source: Source) -> RawTable:
    """Read a download of one sensor or of many boxes, or an upload; see the module."""
    if is_workbook(source.data):
        table = read_table(source, _is_header)
    elif holds_json(source):
        table = _from_json(source)
    else:
        text = decode(source).text.removeprefix("\ufeff").lstrip("\n ")
        headed = not _UPLOADED.match(text.split("\n", 1)[0].strip())
        table = read_table(source, _is_header, (",", ";", "\t")) if headed else _from_upload(source, text)
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    frame = table.frame
    names = set(table.header)
    notes = list(table.notes)
    columns = [_column(name) for name in table.header]
    if "phenomenon" not in names:
        label = phenomenon_of(source.name)
        label = label if recognise(label) else ""
        if label:
            notes.append(
                (N_("What was measured was taken from the name of the file: {name}."), {"name": label})
            )
        columns = [Column("value", "value", label=label) if c.name == "value" else c for c in columns]
    if "boxId" not in names and _PLACE not in names and {"lat", "lon"} <= names:
        place = places(frame["lat"], frame["lon"])
        known = place[place != ""].unique()
        one_box = {"phenomenon", "sensorId"} <= names and frame["phenomenon"].equals(frame["sensorId"])
        if len(known) == 1 and one_box:
            place = place.where(place != "", str(known[0]))  # an upload is of one box
        frame = frame.assign(**{_PLACE: place.astype("str")})
        columns.append(Column(_PLACE, "station", label=_PLACE))
    return RawTable(
        "opensensemap", "readings", frame, tuple(columns), zone="UTC", decimal=".", blank=table.blank,
        refused=table.refused, around=table.around, notes=tuple(notes),
    )  # fmt: skip


def _from_upload(source: Source, text: str) -> Table:
    """The rows of an upload, under the names that the platform gives them; the last cells may be missing."""
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    lines = pd.Series(text.rstrip("\n").split("\n"), dtype="str")
    counts = lines.str.count(re.escape(separator)) + 1
    fits = (counts >= 2) & (counts <= len(UPLOAD))
    if not fits.any():
        raise no_rows(source.name)
    width = int(counts[fits].max())
    missing = (width - counts).where(fits, 0).map({n: separator * n for n in range(len(UPLOAD))})
    body = read_body(source, "\n".join(lines + missing.fillna("").astype("str")), separator, width, cut=False)
    body.frame.columns = pd.Index(UPLOAD[:width])
    frame = _with_phenomenon(body.frame)
    return Table(
        tuple(map(str, frame.columns)), frame, ("",) * frame.shape[1], blank=body.blank,
        refused=tuple(body.refused), notes=tuple(body.notes), around=body.below,
    )  # fmt: skip


def _with_phenomenon(frame: pd.DataFrame) -> pd.DataFrame:
    """Let the id of a sensor stand for what it measures: for each of several ids, kit asks."""
    return frame.assign(phenomenon=frame["sensorId"]) if frame["sensorId"].nunique() > 1 else frame


def _from_json(source: Source) -> Table:
    """What the API gives for one sensor, or what was sent to it: a list of measurements."""
    frame = table_of(map(_measurement, _records(objects(read_json(source), source.name))))
    if "createdAt" not in frame:
        raise FileError(
            "{file} has no column with the time.", do="Export it again with the time.", code="no-times",
            file=source.name,
        )  # fmt: skip
    frame = _with_phenomenon(frame) if "sensorId" in frame and "phenomenon" not in frame else frame
    return Table(tuple(map(str, frame.columns)), frame, ("",) * frame.shape[1])


def _records(found: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The measurements in a JSON file; of a box that is described, the last one of each of its sensors."""
    for one in found:
        sensors = one.get("sensors")
        if not isinstance(sensors, list):
            yield one
            continue
        place = one.get("currentLocation") or one.get("location") or one.get("loc")
        box = {"boxId": one.get("_id"), "exposure": one.get("exposure"), "location": place}
        for sensor in (sensor for sensor in sensors if isinstance(sensor, dict)):
            last = sensor.get("lastMeasurement")
            if isinstance(last, dict):
                named = {"phenomenon": sensor.get("title"), "sensor": sensor.get("_id")}
                kind = {key: sensor.get(key) for key in ("unit", "sensorType")}
                yield {key: last.get(key) for key in ("createdAt", "value")} | named | kind | box


def _measurement(record: Mapping[str, Any]) -> dict[str, Any]:
    found = {key: value for key, value in record.items() if key not in ("location", "sensor", "_id")}
    sensor = text_of(record.get("sensor")) or text_of(record.get("sensor_id"))
    if sensor:
        found["sensorId"] = sensor
    place = record.get("location")
    if isinstance(place, dict):
        place = place.get("coordinates") or [place.get("lng"), place.get("lat"), place.get("height")]
    if isinstance(place, list):
        found |= dict(zip(("lon", "lat", "height"), map(text_of, place), strict=False))
    return found


def _column(name: str) -> Column:
    if name == _PLACE:
        return Column(name, "station", label=name)
    role = _ROLES.get(name)
    if role is None:
        return Column(name, "ignored", label=name, reason=SAID)
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
    stem = re.sub(r"(\.(csv|txt|gz|zip|tsv|json))+$", "", name.rsplit("/", 1)[-1], flags=re.I)
    stem = re.sub(
        r"open-?sense-?map|(?<![^\W_])ose?m(?![^\W_])|sensebox|[_-]org\b|download|archive|export|measurements?|data\b",
        " ",
        stem,
        flags=re.I,
    )
    stem = re.sub(r"\b(?=\w*\d)[0-9a-f]{20,24}\b", " ", stem)
    stem = re.sub(r"\d{4}-\d\d-\d\d(T[\d_:.-]+Z?)?|(?<![\w.])\d{4,}(?!\w)", " ", stem.replace("_", " "))
    words = [word for word in re.split(r"[\s()]+|(?<!\d)-|-(?!\d)", stem) if re.search(r"[^\W\d_]", word)]
    return " ".join(word.strip("- ") for word in words)


FORMAT = Format("opensensemap", "openSenseMap", "createdAt,value", sniff, parse)
