r"""Luftdaten / madavi: the day files that the madavi server keeps of one airRohr device, CSV and JSON.

Sample (semicolons, decimal point, UTC; ``data-esp8266-<chip>-<date>.csv``)::

    Time;durP1;ratioP1;P1;durP2;ratioP2;P2;SDS_P1;SDS_P2;Temp;Humidity;BMP_temperature;BMP_pressure;…;Signal
    2024/03/19 00:01:44;;;;;;;12.60;2.90;;;4.30;60.20;;;;;;646383;220;24380;-88

What the format defines
    ``Time`` is UTC, the moment when the server took the values (source: madavi-api, data.php).
    ``SDS_P1`` is PM10 and ``SDS_P2`` PM2.5 of an SDS011; ``Temp`` and ``Humidity`` are those of the sensor
    without a name of its own (DHT22); pressures are in Pa. ``Samples``, ``Min_cycle``, ``Max_cycle`` and
    ``Signal`` (dBm) are about the device. The JSON file of a day is a list of the same records.
    The chip's number is in the name of the file only; with the sensor's name it becomes the sensor's id.
    What the firmware itself prints as CSV has the names of the device's own messages (``BME280_pressure``)
    and ``Timestamp_ms``, time since the device was switched on.
Traps
    * **The header and the rows disagree**: the server named 20 columns and wrote 22 (``PMS_P1`` and
      ``PMS_P2`` came in before ``Temp``), or named ``Pressure`` and wrote ``BMP_temperature;BMP_pressure``.
      Read by name the temperature would be a pressure. The values say which cell is which; if they cannot,
      the file is refused. The JSON files have the same shift and lack the last cells.
    * In one file, rows may have two widths (the server was changed during the day).
    * ``P1`` and ``P2`` are counts of a PPD42NS; where ``durP1`` is empty, an SDS011 with old firmware.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from kit.errors import FileError
from kit.formats import _airrohr as airrohr
from kit.formats._aligned import Names, align
from kit.formats._body import read_body
from kit.formats._columns import unique
from kit.formats._decode import Note, decode
from kit.formats._delimited import decimal_sign, no_rows, read_table
from kit.formats._format import Format, head_cells
from kit.formats._json import read_json
from kit.formats._layout import Layout, find_layout
from kit.formats._objects import holds_json, looks_like_json, objects, table_of
from kit.formats._reasons import NOT_KEPT
from kit.formats._source import is_workbook
from kit.model import Column, RawTable, Source
from kit.text import N_

_SEPARATORS = (";", ",", "\t")
_OWN = re.compile(r"(sds|pms|hpm|npm|sps30|bme280|bmp|dnms|htu21d|sht3x|ds18b20)_\w+", re.I)
#: Lowest and highest usual number of each name, to tell which cell is which (not a check of readings).
LIMITS: dict[str, tuple[float, float]] = {
    **dict.fromkeys(("durP1", "durP2"), (0, 3e7)),
    **dict.fromkeys(("ratioP1", "ratioP2"), (0, 100)),
    **dict.fromkeys(("P1", "P2"), (0, 1e5)),
    **dict.fromkeys(("SDS_P1", "SDS_P2", "PMS_P1", "PMS_P2", "HPM_P1", "HPM_P2"), (0, 2000)),
    **dict.fromkeys(("Temp", "BMP_temperature", "BME280_temperature", "DS18B20_temperature"), (-40, 55)),
    **dict.fromkeys(("Humidity", "BME280_humidity"), (1, 100)),
    **dict.fromkeys(("Pressure", "BMP_pressure", "BME280_pressure"), (30_000, 110_000)),
    "Samples": (10_000, 1e9), "Min_cycle": (20, 9_999), "Max_cycle": (1_000, 1e8), "Signal": (-120, -1),
}  # fmt: skip
#: Names of one sensor, which sends all of them or none.
_TOGETHER = tuple(
    frozenset(names.split())
    for names in (
        "durP1 ratioP1 durP2 ratioP2", "P1 P2", "SDS_P1 SDS_P2", "PMS_P1 PMS_P2", "HPM_P1 HPM_P2",
        "Temp Humidity", "BMP_temperature BMP_pressure", "Samples Min_cycle Max_cycle",
        "BME280_temperature BME280_humidity BME280_pressure",
    )
)  # fmt: skip
SHIFTED = N_(
    "The header names {names} columns but the rows have {cells} cells. Which cell is which was found "
    "from the values: {found}."
)
MOVED = N_("Values stand under wrong names in this file. Which is which was found from the values: {found}.")
_UNNAMED = N_("the header does not name this column")


def sniff(source: Source, head: str) -> float:
    """1 for the server's own header, high for other tables with names of the firmware.

    >>> sniff(Source("a.csv", b""), "Time;durP1;ratioP1;P1;durP2;ratioP2;P2;SDS_P1;SDS_P2;Temp")
    1.0
    """
    start = head[:4000]
    if looks_like_json(start):
        return 1.0 if '"Time"' in start and re.search(r'"(durP1|SDS_P1)"', start) else 0.0
    header = next(filter(_is_header, head_cells(start, 8)), [])
    return 0.0 if not header else 1.0 if "durP1" in header else 0.9


def _is_header(cells: Sequence[str]) -> bool:
    if len(cells) < 3 or not re.match(r"time|date", cells[0].strip("\ufeff"), re.I):
        return False
    return "durP1" in cells or sum(bool(_OWN.fullmatch(cell)) for cell in cells) >= 2


def parse(source: Source) -> RawTable:
    """Read a day file, CSV or JSON; see the module for how cells find their names."""
    if holds_json(source):
        table = _from_json(source)
    elif is_workbook(source.data):
        whole = read_table(source, _is_header, _SEPARATORS)
        table = RawTable("madavi", "readings", whole.frame, (), decimal=whole.decimal, blank=whole.blank,
                         refused=whole.refused, around=whole.around, notes=whole.notes)  # fmt: skip
    else:
        table = _from_text(source)
    if table.frame.empty and not table.refused:
        raise no_rows(source.name)
    return _described(source, table)


def _from_json(source: Source) -> RawTable:
    """The JSON file of a day: a list of records; a shift of the cells is found as in the CSV."""
    frame = table_of(objects(read_json(source), source.name))
    header = tuple(str(name) for name in frame.columns)
    return _named(RawTable("madavi", "readings", frame, ()), header, _aligned(source, header, frame))


def _from_text(source: Source) -> RawTable:
    """The CSV file of a day: rows of each width find their names by themselves."""
    decoded = decode(source)
    text = decoded.text.removeprefix("\ufeff")
    layout = find_layout(text, _is_header, _SEPARATORS)
    if layout is None:
        raise no_rows(source.name)
    lines = pd.Series(text.split("\n")[layout.lines :], dtype="str")
    if len(lines) and lines.iloc[-1] == "":
        lines = lines.iloc[:-1]
    widths = lines.str.count(re.escape(layout.separator)) + 1
    header = _without_empty_end(layout.header)
    usual = widths[lines.str.strip(layout.separator + " ") != ""].value_counts()
    if usual.empty:
        raise no_rows(source.name)
    main, others = int(usual.index[0]), []
    for width, often in usual.iloc[1:].items():
        if often >= 3:
            part = _body(source, lines.where(widths == width, ""), layout, int(str(width)))
            names = align(header, part.frame, LIMITS, _inserted, _TOGETHER)
            if names is not None:
                others.append(_named(part, header, names))
                lines, widths = lines.where(widths != width, ""), widths.where(widths != width, 1)
    table = _body(source, lines, layout, main, cut=not text.endswith("\n"))
    table = _named(table, header, _aligned(source, header, table.frame))
    blank = table.blank - sum(len(part.frame) for part in others)
    frame = pd.concat([table.frame, *(part.frame for part in others)]).sort_index().fillna("").astype("str")
    notes = [*decoded.notes, *table.notes, *(note for part in others for note in part.notes)]
    return replace(
        table, frame=frame, blank=blank, notes=tuple(notes), around=layout.preamble,
        decimal=decimal_sign(frame, layout.separator),
    )  # fmt: skip


def _without_empty_end(header: Sequence[str]) -> Names:
    names = list(header)
    while names and not names[-1]:
        names.pop()
    return unique(names)


def _body(source: Source, lines: pd.Series, layout: Layout, width: int, cut: bool = False) -> RawTable:
    body = read_body(source, "\n".join(lines), layout.separator, width, cut)
    return RawTable("madavi", "readings", body.frame, (), blank=body.blank, refused=tuple(body.refused),
                    notes=tuple(body.notes))  # fmt: skip


def _inserted(header: Names, at: int, count: int) -> Names:
    """Return the names of columns that the server wrote without naming them."""
    before = header[at - 1] if at else ""
    if before == "SDS_P2" and count == 2:
        return ("PMS_P1", "PMS_P2")
    if before == "Humidity" and count == 1 and header[at : at + 1] == ("Pressure",):
        return ("BMP_temperature",)
    return ("",) * count


def _aligned(source: Source, header: Names, frame: pd.DataFrame) -> Names:
    if frame.shape[1] == len(header) and "durP1" not in header:
        return header  # not the server's own file: its names are its writer's
    names = align(header, frame, LIMITS, _inserted, _TOGETHER)
    if names is None:
        raise FileError(
            "In {file} the rows have {cells} cells but the header names only {names} columns.",
            why="Values would come under wrong names.",
            do="Correct the header line, or export the file from the device again.",
            code="columns-shifted", file=source.name, cells=frame.shape[1], names=len(header),
        )  # fmt: skip
    return names


def _named(table: RawTable, header: Names, names: Names) -> RawTable:
    """Return the table with its columns named; a shift is noted with the place of every filled column."""
    frame = table.frame
    frame.columns = pd.Index(unique(names))
    if names[: len(header)] != header[: len(names)]:
        filled = [at for at, name in enumerate(names) if name in LIMITS and (frame.iloc[:, at] != "").any()]
        found = ", ".join(f"{names[at]} = {at + 1}" for at in filled)
        text = SHIFTED if len(header) != len(names) else MOVED
        note: Note = (text, {"names": len(header), "cells": len(names), "found": found})
        return replace(table, notes=(*table.notes, note))
    return table


def _described(source: Source, table: RawTable) -> RawTable:
    """Say what every column is; the number of the chip, if the file's name tells it, becomes a column."""
    frame, columns = table.frame, []
    old_sds = _old_sds(frame)
    for name in frame.columns:
        columns.append(_column(str(name), frame[name], old_sds))
    chip = airrohr.chip_id(source.name)
    if chip and "sensor" not in frame:
        frame = frame.assign(sensor=pd.Series(chip, index=frame.index, dtype="str"))
        columns.append(Column("sensor", "sensor"))
    if any(c.role == "latitude" for c in columns) and not any(c.role == "longitude" for c in columns):
        columns = [replace(c, role="note") if c.role == "latitude" else c for c in columns]
    return replace(
        table, frame=frame, columns=tuple(columns), zone="UTC" if "durP1" in frame else "",
        missing=("nan", "NULL"),
    )  # fmt: skip


def _old_sds(frame: pd.DataFrame) -> bool:
    """Tell whether ``P1`` and ``P2`` are those of an SDS011: a PPD42NS always sends its durations too."""

    def filled(name: str) -> bool:
        return name in frame and bool((frame[name] != "").any())

    return filled("P1") and not filled("durP1") and not filled("ratioP1") and not filled("SDS_P1")


def _column(name: str, cells: pd.Series, old_sds: bool) -> Column:
    low = name.lower()
    if low == "sensor":
        return Column(name, "sensor")
    if low == "timestamp_ms":
        return Column(name, "elapsed", label=name, unit="ms")
    if re.fullmatch(r"(date ?)?time(stamp)?|date", low):
        return Column(name, "time", label=name)
    if name in ("P1", "P2") and not old_sds:
        return Column(name, "ignored", label=name, reason=airrohr.COUNTS)
    where = (
        "sds011" if name in ("P1", "P2") else "dht22" if low in ("temp", "temperature", "humidity") else ""
    )
    column = airrohr.column("BMP_pressure" if name == "Pressure" else name, where)
    if column is None:
        return Column(name, "ignored", label=name, reason=_UNNAMED if low.startswith("column ") else NOT_KEPT)
    if column.variable == "pressure":
        column = replace(column, unit=_pressure_unit(cells))
    return replace(column, name=name, label=name)


def _pressure_unit(cells: pd.Series) -> str:
    """Pa, as the firmware writes; hPa where the numbers can be nothing else."""
    numbers = pd.to_numeric(cells[cells != ""].iloc[:500], errors="coerce")
    return "hPa" if 300 <= numbers.median() <= 1100 else "Pa"


FORMAT = Format("madavi", "Luftdaten (madavi.de)", "Time;durP1;ratioP1;P1;…;SDS_P1;SDS_P2", sniff, parse)
