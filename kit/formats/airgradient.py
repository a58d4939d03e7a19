r"""AirGradient: the dashboard's export (CSV), and the JSON of the API and of a monitor in the own network.

Samples (the CSV begins with a byte order mark; ``-`` is missing)::

    Location ID,Location Name,Location Group,Location Type,Sensor ID,…,UTC Date/Time,PM2.5 (μg/m³) raw,…
    4711,Class 5b,-,Indoor,airgradient:0a1b2c3d4e5f,…,2024-03-01T07:15:00.000Z,3.8,…

    [{"locationId": 4711, "pm02": 3.8, "atmp": 21.4, "rhum": 41, "timestamp": "2024-03-01T07:15:00.000Z"}]

What the format defines
    The UTC column is the time; the local one says the same and is left out. A mean of several records stands
    at the start of its period; how long that is, is not stated (0). Each location is a station; its type says
    whether it stands indoors. In JSON ``pm02`` is PM2.5, ``rco2`` CO2, ``atmp`` temperature (°C), ``rhum``
    humidity. Source: https://github.com/airgradienthq/arduino (docs/local-server.md).
Raw and corrected
    Raw values are kept under the usual variables, as of every other low-cost device. PM2.5 "corrected" (by
    a formula that the owner chooses in the dashboard) is another quantity, ``pm25_maker``. Other corrected
    columns are left out where the raw one is there. ``pm02Standard`` is CF=1, thus ``pm25_cf1``.
Traps
    * The sensor's id is its whole network address; only its last six digits are kept, as the sensor's number.
    * Names of locations and groups are those of families and classes; they are dropped.
    * Units follow the account: °C or °F, and µ is written in two ways.
    * What a monitor shows under ``/measures/current`` has no time; kit asks when it was.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from kit.errors import FileError
from kit.formats import _airrohr as airrohr
from kit.formats._columns import split_unit
from kit.formats._delimited import no_rows, read_table
from kit.formats._devices import MOMENT, short_address
from kit.formats._format import Format, head_cells
from kit.formats._json import read_json
from kit.formats._objects import holds_json, looks_like_json, objects, table_of, text_of
from kit.formats._reasons import ADDRESS, NOT_KEPT, OTHER_TIME, WHO
from kit.model import Column, RawTable, Role, Source
from kit.text import N_

_PLAIN: dict[str, tuple[str, str]] = {
    "pm1": ("pm1", "µg/m³"), "pm2.5": ("pm25", "µg/m³"), "pm10": ("pm10", "µg/m³"), "co2": ("co2", "ppm"),
    "temperature": ("temperature", ""), "humidity": ("humidity", "%"),
    "pm01": ("pm1", "µg/m³"), "pm02": ("pm25", "µg/m³"), "rco2": ("co2", "ppm"),
    "atmp": ("temperature", "°C"), "rhum": ("humidity", "%"), "pm02standard": ("pm25_cf1", "µg/m³"),
}  # fmt: skip
_CORRECTED = re.compile(r"[\s_]?(corrected|compensated)$")
_ROLES: dict[str, Role] = {"locationid": "station", "locationname": "personal", "locationgroup": "personal"}
_TYPE = ("locationtype",)
_ADDRESS = ("sensorid", "serialno", "serial")
#: The column with the number of the monitor, made of its address.
SENSOR = "monitor"
_ABOUT = re.compile(
    r"placeopen|#ofaggregatedrecords|datapoints|wifi|boot(count)?|ledmode|firmware(version)?|model|fwmode"
    r"|monitordisplaycompensatedvalues|satellites"
)
_CORRECTED_TOO = N_("corrected by the maker; the raw values are kept")


def sniff(source: Source, head: str) -> float:
    """High for the dashboard's own columns or the monitor's own names in JSON.

    >>> sniff(Source("a.json", b""), '{"wifi":-46,"serialno":"0a1b2c3d4e5f","pm02":7,"atmp":25.87}')
    0.95
    """
    start = head[:6000]
    if looks_like_json(start):
        names = set(re.findall(r'"(\w+)"\s*:', start))
        own = names & {"pm02", "atmp", "rhum", "rco2", "pm003Count", "pm01"}
        known = names & {"serialno", "locationId", "wifi"}
        return 0.95 if len(own) >= 2 and known and "sensordatavalues" not in names else 0.0
    return 0.95 if any(map(_is_header, head_cells(start, 3))) else 0.0


def _is_header(cells: Sequence[str]) -> bool:
    names = {_key(cell) for cell in cells}
    if "utcdate/time" in names and names & {"locationid", "placeopen", "localdate/time"}:
        return True
    return (
        bool(names & {"timestamp", _key(MOMENT)})
        and len(names & {"pm02", "atmp", "rhum", "rco2", "pm01"}) >= 2
    )


def _key(name: str) -> str:
    """Return a name without blanks, lines and case.

    >>> _key("Location ID"), _key("location_id"), _key("PM2.5 (μg/m³) raw")
    ('locationid', 'locationid', 'pm2.5(μg/m³)raw')
    """
    return re.sub(r"[\s_\ufeff]+", "", name.lower())


def parse(source: Source) -> RawTable:
    """Read an export of the dashboard, or JSON of the API or a monitor."""
    if holds_json(source):
        frame = _from_json(source)
        table = RawTable("airgradient", "readings", frame, ())
    else:
        read = read_table(source, _is_header, (",", ";", "\t"))
        table = RawTable("airgradient", "readings", read.frame, (), decimal=read.decimal, blank=read.blank,
                         refused=read.refused, notes=read.notes, around=read.around)  # fmt: skip
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    frame = table.frame
    names = [str(name) for name in frame.columns]
    address = next((name for name in names if _key(name) in _ADDRESS), "")
    if address and SENSOR not in frame:
        short = {text: short_address(str(text)) for text in frame[address].unique()}
        frame = frame.assign(**{SENSOR: frame[address].map(short).astype("str")})
        names.append(SENSOR)
    table.frame = frame
    table.columns = tuple(_one_time(_column(name, names) for name in names))
    table.zone, table.missing = "UTC" if MOMENT not in frame else "", ("-", "--", "null")
    return table


def _from_json(source: Source) -> pd.DataFrame:
    found = objects(read_json(source), source.name)
    timed = [bool(text_of(one.get("timestamp"))) for one in found]
    if not all(timed) and len(found) > 1:
        raise FileError(
            "The messages in {file} do not say when they were sent.",
            why="Devices send no time; the server that takes their messages has the clock.",
            do="Export the period from the maker's dashboard as CSV.", code="no-times", file=source.name,
        )  # fmt: skip
    return table_of(_flat(one, time) for one, time in zip(found, timed, strict=True))


def _flat(record: Mapping[str, Any], timed: bool) -> dict[str, Any]:
    """One record; the two channels of an outdoor monitor, kept apart under ``channels``, stay unread."""
    flat = {key: value for key, value in record.items() if timed or key != "timestamp"}
    return flat if timed else {MOMENT: "0", **flat}


def _column(name: str, names: Sequence[str]) -> Column:
    key = _key(name)
    if name == MOMENT:
        return Column(name, "elapsed", label=name, unit="s")
    if name == SENSOR:
        return Column(name, "sensor")
    if key in ("utcdate/time", "timestamp"):
        return Column(name, "time", label=name)
    if key in ("localdate/time", "timestampserver"):
        return Column(name, "ignored", label=name, reason=OTHER_TIME)
    if key in _ROLES:
        return Column(name, _ROLES[key], label=name, reason=WHO if _ROLES[key] == "personal" else "")
    if key in _TYPE:
        return Column(name, "note", label="exposure")
    if key in _ADDRESS:
        return Column(name, "personal", label=name, reason=ADDRESS)
    if key in ("latitude", "longitude"):
        return Column(name, key, label=name)  # type: ignore[arg-type]
    value = _value(name, names)
    if value:
        return value
    reason = airrohr.DEVICE if _ABOUT.fullmatch(key) else NOT_KEPT
    return Column(
        name,
        "ignored",
        label=name,
        reason=airrohr.NUMBERS if "count" in key and "boot" not in key else reason,
    )


def _value(name: str, names: Sequence[str]) -> Column | None:
    """Return the column of a quantity; of raw and corrected ones the raw one is the usual variable."""
    label, unit = split_unit(name)
    low = label.lower()
    corrected = bool(_CORRECTED.search(low))
    base = re.sub(r"[\s_]?raw$", "", _CORRECTED.sub("", low)).strip()
    if base not in _PLAIN:
        return None
    variable, own_unit = _PLAIN[base]
    if corrected and variable == "pm25":
        return Column(name, "value", label=name, variable="pm25_maker", unit=unit or own_unit)
    others = {re.sub(r"[\s_]?raw$", "", split_unit(one)[0].lower()).strip() for one in names if one != name}
    if corrected and base in others:
        return Column(name, "ignored", label=name, reason=_CORRECTED_TOO)
    return Column(name, "value", label=name, variable=variable, unit=unit or own_unit)


def _one_time(columns: Any) -> list[Column]:
    """Of several columns with times, the first one is used."""
    found: list[Column] = []
    for column in columns:
        again = column.role == "time" and any(one.role == "time" for one in found)
        found.append(
            Column(column.name, "ignored", label=column.label, reason=OTHER_TIME) if again else column
        )
    return found


FORMAT = Format(
    "airgradient", "AirGradient", "Location ID,Location Name,…,Local Date/Time,UTC Date/Time,…", sniff, parse
)
