r"""Luftdaten: the message that an airRohr device sends (or shows under ``/data.json``), as JSON.

Sample::

    {"esp8266id": "1234567", "software_version": "NRZ-2020-133", "sensordatavalues": [
      {"value_type": "SDS_P1", "value": "5.38"}, {"value_type": "SDS_P2", "value": "4.98"},
      {"value_type": "BME280_pressure", "value": "101325.00"}, {"value_type": "signal", "value": "-59"}]}

What the format defines
    One message is one moment. ``value_type`` names the sensor and the quantity: ``SDS_P1`` is PM10,
    ``SDS_P2`` PM2.5; pressures are in Pa; a quantity without a sensor's name is that of a DHT22.
    ``esp8266id`` is the chip's number: it becomes the first part of the sensor's id. Source of the names:
    https://github.com/opendata-stuttgart/sensors-software (airrohr-firmware.ino).
Traps
    * **The device sends no time**: the server that takes the message has the clock. One message alone is
      taken as the start of a run, so that kit asks when it was; of several messages nobody can tell, and they
      are refused. Servers of one's own often add a ``timestamp``: then nothing is asked.
    * ``signal`` may be "-59 dBm"; the ``age`` of the values is in seconds.
    * Names of networks and network addresses, which such servers may add, are never kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from kit.errors import FileError
from kit.formats import _airrohr as airrohr
from kit.formats._delimited import no_rows, read_table
from kit.formats._devices import MOMENT, each_device
from kit.formats._format import Format, head_cells
from kit.formats._json import read_json
from kit.formats._objects import holds_json, looks_like_json, objects, table_of, text_of
from kit.formats._reasons import ADDRESS, NOT_KEPT
from kit.formats._times import from_epoch
from kit.model import Column, Problem, RawTable, Source

#: The column that stands for the clock where a message has none.
_TIME = re.compile(r"(date|time|datetime|timestamp|created_?at|received(_at)?|ts|time_utc)", re.I)
_NETWORK = re.compile(
    r"(wifi_?)?(mac|mac_?addr(ess)?|ssid|bssid|ip|ip_?addr(ess)?|hostname|host)|fs_?ssid", re.I
)


def sniff(source: Source, head: str) -> float:
    """1 for JSON with ``sensordatavalues`` that no server has sorted, high for the plain table of it.

    >>> sniff(Source("a.json", b""), '{"software_version": "NRZ-2020-133", "sensordatavalues": [')
    1.0
    """
    start = head[:4000]
    if looks_like_json(start):
        return 1.0 if '"sensordatavalues"' in start and '"sensor_type"' not in start else 0.0
    return 0.95 if any(map(_is_header, head_cells(start, 1))) else 0.0


def _is_header(cells: Sequence[str]) -> bool:
    return cells[0] in (MOMENT, "time") and "software_version" in cells


def parse(source: Source) -> RawTable:
    """Read one message, or several that carry a time; see the module."""
    no_problems: tuple[Problem, ...] = ()
    if holds_json(source):
        frame = _messages(source)
        blank, refused = 0, no_problems
    else:
        table = read_table(source, _is_header)
        frame, blank, refused = table.frame, table.blank, table.refused
    if frame.empty and not refused:
        raise no_rows(source.name)
    frame, columns = each_device(frame, [_column(str(name)) for name in frame.columns])
    return RawTable(
        "luftdaten-push", "readings", frame, tuple(columns), missing=("nan", "NULL"), blank=blank,
        refused=tuple(refused),
    )  # fmt: skip


def _messages(source: Source) -> Any:
    """One row per message: its time (or the only moment), what is said about it, its values by name."""
    found = objects(read_json(source), source.name)
    times = [next((key for key in one if _TIME.fullmatch(key) and text_of(one[key])), "") for one in found]
    if not all(times) and len(found) > 1:
        raise FileError(
            "The messages in {file} do not say when they were sent.",
            why="Devices send no time; the server that takes their messages has the clock.",
            do="Download the sensor's file of the day from the server, or add a timestamp to each message.",
            code="no-times", file=source.name,
        )  # fmt: skip
    frame = table_of(map(_record, found, times), ["time" if times[0] else MOMENT, "software_version"])
    if times[0]:
        epoch = from_epoch(frame["time"])
        return frame if epoch is None else frame.assign(time=epoch)
    return frame


def _record(message: Mapping[str, Any], time: str) -> dict[str, Any]:
    record: dict[str, Any] = {"time": message[time]} if time else {MOMENT: "0"}
    record |= {key: value for key, value in message.items() if key not in (time, "sensordatavalues")}
    values = message.get("sensordatavalues")
    for value in values if isinstance(values, list) else ():
        if isinstance(value, dict) and text_of(value.get("value_type")):
            record.setdefault(text_of(value["value_type"]), value.get("value"))
    return record


def _column(name: str) -> Column:
    low = name.lower()
    if name == MOMENT:
        return Column(name, "elapsed", label=name, unit="s")
    if name == "time":
        return Column(name, "time", label=name)
    if low in ("esp8266id", "esp32id", "chipid", "chip_id", "sensor"):
        return Column(name, "sensor")
    if _NETWORK.fullmatch(name):
        return Column(name, "personal", label=name, reason=ADDRESS)
    where = "dht22" if low in ("temperature", "humidity") else "1"
    return airrohr.column(name, where) or Column(name, "ignored", label=name, reason=NOT_KEPT)


FORMAT = Format("luftdaten-push", "Luftdaten (airRohr)", '{"sensordatavalues": […]}', sniff, parse)
