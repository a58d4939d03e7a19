r"""Lascar EasyLog loggers (EL-USB-1, -2, -CO …): the text file of their program.

Sample (the first name is that of the logger; its serial number stands in the first row alone)::

    Classroom 5,Time,Celsius(°C),Humidity(%rh),Dew Point(°C),Serial Number
    1,01/05/2026 16:00:00,22.5,48.5,11.1,010012345
    2,01/05/2026 17:00:00,22.0,48.5,11.0

What the format defines
    The first column numbers the records. Times are the clock of the computer that started the logger, in the
    order that it writes dates. ``Celsius`` or ``Fahrenheit`` is the temperature; values are momentary.
Traps
    * The name in front was typed by somebody and can be a pupil's: it is left out of the kept copy.
    * Loggers stand in rooms as often as outdoors; nothing in the file says it.
    * ``High Alarm``, ``Low Alarm`` are limits that were set, not readings.
    * The dew point is computed from the other two.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from kit.formats._columns import split_unit
from kit.formats._delimited import no_rows, read_table
from kit.formats._format import Format
from kit.formats._reasons import COUNTER, EMPTY
from kit.formats._stations import DEVICE, words_column
from kit.model import Column, RawTable, Source

_NUMBER = "record"
_TIME = re.compile(r"time|zeit|heure|hora|ora|aeg", re.I)
_QUANTITY = re.compile(
    r"celsius|fahrenheit|humidity|dew point|carbon monoxide|co\b|volt|amp|press|alarm", re.I
)


def sniff(source: Source, head: str) -> float:
    """Sure with a time in the second name, Celsius or the like in the third and a serial number behind."""
    return 0.96 if _is_header(_cells(head.lstrip("\ufeff").split("\n", 1)[0])) else 0.0


def _cells(line: str) -> list[str]:
    separator = max((",", ";", "\t"), key=line.count)
    return [cell.strip().strip('"').strip() for cell in line.split(separator)]


def _is_header(cells: Sequence[str]) -> bool:
    if len(cells) < 4 or not _TIME.fullmatch(cells[1]) or not _QUANTITY.match(cells[2]):
        return False
    return any(re.fullmatch(r"serial (number|no\.?)", cell, re.I) for cell in cells[3:])


def parse(source: Source) -> RawTable:
    """Read a file of EasyLog; see the module for its rules."""
    table = read_table(source, _is_header)
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    frame = table.frame.set_axis([_NUMBER, *table.header[1:]], axis=1)
    serial = next(name for name in frame.columns if re.match("serial n", name, re.I))
    frame = frame.assign(**{serial: frame[serial].replace("", None).ffill().bfill().fillna("")})
    columns = [_column(str(name), frame[name], at) for at, name in enumerate(frame.columns)]
    return RawTable(
        "lascar", "readings", frame, tuple(columns), decimal=table.decimal, blank=table.blank,
        refused=table.refused, around=table.around, notes=table.notes,
        container=table.header[0] != _NUMBER,
    )  # fmt: skip


def _column(name: str, cells: pd.Series, position: int) -> Column:
    label, unit = split_unit(name)
    if position == 0:
        return Column(name, "ignored", label=name, reason=COUNTER)
    if position == 1:
        return Column(name, "time", label=name)
    if not (cells != "").any():
        return Column(name, "ignored", label=label, reason=EMPTY)
    if re.match("serial n", name, re.I):
        return Column(name, "sensor", label=label)
    if re.search("alarm", name, re.I):
        return Column(name, "ignored", label=label, reason=DEVICE)
    return words_column(name, cells) or Column(name, "value", label=label, unit=unit)


FORMAT = Format("lascar", "Lascar EasyLog", "…,Time,Celsius(°C),Humidity(%rh),Serial Number", sniff, parse)
